package command

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"aftersales/internal/config"
	"aftersales/internal/console"
)

// --reset throws away the embedded database with its side files and keeps the secret, so that tokens stay good.
func TestResetRemovesTheEmbeddedDatabaseOnly(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cfg, err := config.Load(map[string]string{"AFTERSALES_DATA_DIR": dir})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := config.EmbeddedSecret(dir); err != nil {
		t.Fatal(err)
	}
	for _, f := range []string{"aftersales.db", "aftersales.db-wal", "orders.csv"} {
		if err := os.WriteFile(filepath.Join(dir, f), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := resetEmbedded(cfg); err != nil {
		t.Fatal(err)
	}
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	if len(left) != 2 || filepath.Base(left[0]) != "jwt.secret" || filepath.Base(left[1]) != "orders.csv" {
		t.Errorf("left: %v", left)
	}
	if err := resetEmbedded(cfg); err != nil {
		t.Errorf("nothing to reset: %v", err)
	}
}

func TestResetRefusesAConfiguredDatabase(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "shop.db")
	if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(map[string]string{"AFTERSALES_DATABASE_URL": "sqlite://" + path,
		"AFTERSALES_JWT_SECRET": "a secret for tests, thirty-two bytes or more", "AFTERSALES_JWT_ISSUER": "test"})
	if err != nil {
		t.Fatal(err)
	}
	if err := resetEmbedded(cfg); err == nil {
		t.Error("was not refused")
	}
	if _, err := os.Stat(path); err != nil {
		t.Errorf("the database: %v", err)
	}
}

// An address in use may mean that a server works on that very data: it is not thrown away under its feet.
func TestResetWaitsForTheAddress(t *testing.T) {
	dir := t.TempDir()
	database := filepath.Join(dir, "aftersales.db")
	if err := os.WriteFile(database, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(map[string]string{"AFTERSALES_DATA_DIR": dir, "AFTERSALES_ADDR": "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	cfg.Addr = "127.0.0.1:-1" // cannot be listened on
	c := &cli{out: &bytes.Buffer{}, err: &bytes.Buffer{}, cfg: cfg}
	if err := c.serve(t.Context(), []string{"--reset"}); err == nil || !strings.HasPrefix(err.Error(), "listen: ") {
		t.Errorf("serve: %v", err)
	}
	if _, err := os.Stat(database); err != nil {
		t.Errorf("the database: %v", err)
	}
}

// What is printed at the first start: each token in a line of its own with its label, a query that can be pasted, and
// the address in the end.
func TestWelcome(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	c := &cli{out: &out, cfg: config.Config{DataDir: "data"}}
	c.welcome("http://127.0.0.1:8080", console.Config{Endpoint: "/graphql", Tokens: []console.Token{
		{Label: "AGENT Li Na · demo-mall", Role: "AGENT", Value: "token-1"}, {Label: "PLATFORM_ADMIN Operator", Role: "PLATFORM_ADMIN", Value: "token-2"},
	}})
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	for _, want := range []string{
		"  AGENT Li Na · demo-mall  token-1", "  PLATFORM_ADMIN Operator  token-2",
		`  curl -s http://127.0.0.1:8080/graphql \`, `    -H 'Authorization: Bearer token-1' \`, "    -d '" + firstQuery + "'",
	} {
		found := false
		for _, l := range lines {
			found = found || l == want
		}
		if !found {
			t.Errorf("no line %q in\n%s", want, out.String())
		}
	}
	if last := lines[len(lines)-1]; !strings.HasPrefix(last, "Open http://127.0.0.1:8080 ") {
		t.Errorf("last line: %s", last)
	}
}
