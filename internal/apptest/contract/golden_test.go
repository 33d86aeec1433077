package contract

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aftersales/internal/lifecycle"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares text with a committed file and names the first line that differs.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := string(raw)
	if got == want {
		return
	}
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range max(len(g), len(w)) {
		var a, b string
		if i < len(g) {
			a = g[i]
		}
		if i < len(w) {
			b = w[i]
		}
		if a != b {
			t.Fatalf("%s, line %d:\n got %s\nwant %s\nIf the change is meant: go test ./internal/apptest/contract -update", path, i+1, a, b)
		}
	}
}

// The diagram of the return is drawn from the transition table itself (MALL-3).
func TestDiagramOfTheReturn(t *testing.T) {
	t.Parallel()
	golden(t, "../../docs/diagrams/return.mmd", lifecycle.Diagram(lifecycle.Return))
}

// The same for repairs and for services at the customer's.
func TestDiagramsOfRepairsAndServices(t *testing.T) {
	t.Parallel()
	golden(t, "../../docs/diagrams/repair.mmd", lifecycle.Diagram(lifecycle.Repairs))
	golden(t, "../../docs/diagrams/service.mmd", lifecycle.Diagram(lifecycle.Installation))
}

// The same of changes to orders (MALL-2.3b).
func TestDiagramOfTheOrderChange(t *testing.T) {
	t.Parallel()
	golden(t, "../../docs/diagrams/orderchange.mmd", lifecycle.Diagram(lifecycle.OrderChange))
}

// moment is an instant of a test, given as RFC 3339.
func moment(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}
