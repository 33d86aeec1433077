package id

import (
	"strings"
	"sync"
	"testing"
)

// What one process makes rises strictly, also within a millisecond: timelines order events of one instant by it.
func TestIDsRise(t *testing.T) {
	t.Parallel()
	last := ""
	for range 200_000 {
		next := New(CaseEvent)
		if next <= last {
			t.Fatalf("%s after %s", next, last)
		}
		last = next
	}
}

func TestIDsOfSeveralGoroutinesDiffer(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	seen := map[string]bool{}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 5_000 {
				v := New(Order)
				mu.Lock()
				if seen[v] {
					t.Errorf("%s twice", v)
				}
				seen[v] = true
				mu.Unlock()
			}
		})
	}
	wg.Wait()
}

func TestPrefixIsThatOfWellFormedIDsOnly(t *testing.T) {
	t.Parallel()
	made := New(Return)
	if Prefix(made) != Return || len(Suffix(made, 8)) != 8 || Suffix(made, 8) != strings.ToUpper(made[len(made)-8:]) {
		t.Errorf("%s: prefix %q, suffix %q", made, Prefix(made), Suffix(made, 8))
	}
	for _, bad := range []string{"", "ret", "ret_", "ret_x", made + "0", strings.ToUpper(made), "ret_\x00"} {
		if p := Prefix(bad); p != "" {
			t.Errorf("%q has prefix %q", bad, p)
		}
	}
}
