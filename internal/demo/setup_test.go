package demo_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"aftersales/internal/app"
	"aftersales/internal/apptest"
	"aftersales/internal/apptest/pgtest"
	"aftersales/internal/config"
	"aftersales/internal/demo"
)

// settings are those of a server on a database; the secret is the one that package apptest signs tokens with.
func settings(url string) (config.Config, error) {
	return config.Load(map[string]string{"AFTERSALES_DATABASE_URL": url, "AFTERSALES_JWT_SECRET": "a secret for tests, thirty-two bytes or more", "AFTERSALES_JWT_ISSUER": "test"})
}

// seed fills the empty database at url.
func seed(url string) error {
	cfg, err := settings(url)
	if err != nil {
		return err
	}
	ctx := context.Background()
	a, err := app.Open(ctx, cfg, slog.New(slog.DiscardHandler), app.Options{})
	if err != nil {
		return err
	}
	defer a.Close()
	return demo.Seed(ctx, a)
}

// sqliteFile is a seeded SQLite database, made once for all tests.
var sqliteFile = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "demo")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "demo.db")
	if err := seed("sqlite://" + path); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// start starts the product on a copy of a seeded database.
func start(t *testing.T, engine string) *apptest.Env {
	t.Helper()
	var url string
	if engine == "postgres" {
		url = pgtest.Template(t, "demo", seed)
	} else {
		raw, err := sqliteFile()
		if err != nil {
			t.Fatalf("seed: %v", err)
		}
		path := filepath.Join(t.TempDir(), "demo.db")
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		url = "sqlite://" + path
	}
	cfg, err := settings(url)
	if err != nil {
		t.Fatal(err)
	}
	return apptest.StartOn(t, engine, cfg)
}

// eachEngine runs test on a seeded database of each engine, in parallel.
func eachEngine(t *testing.T, test func(t *testing.T, e *apptest.Env)) {
	t.Helper()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			test(t, start(t, engine))
		})
	}
}

// as is the caller with the token of a person of the demo.
func as(t *testing.T, e *apptest.Env, label string) apptest.Caller {
	t.Helper()
	for _, p := range demo.People() {
		if p.Label == label {
			return e.As(p.Role, p.Merchant, p.Subject)
		}
	}
	t.Fatalf("nobody is called %q", label)
	return apptest.Caller{}
}

// answer is what a query is answered with, word by word.
func answer(t *testing.T, c apptest.Caller, query string) string {
	t.Helper()
	r := c.Do(query, nil)
	if len(r.Errors) > 0 {
		t.Fatalf("unexpected errors: %s", r.Raw)
	}
	return string(r.Data)
}

func text(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

const everyCase = `{ cases(first: 20) { nodes { status priority openedAt closedAt outcome order { number } customer { name } assignee { name } escalatedTo { name }
  deadlines { kind state dueAt promisedDueAt metAt breachedAt why explanationOwed explanation { reason text toldAt } }
  events(first: 30) { nodes { type at note actor { role name } } } } } }`

const everyOrder = `{ orders(first: 100) { nodes { number placedAt total { amount currency } refunded { amount } customer { externalId name email phone }
  lines { sku title quantity returnableQuantity deliveredAt paid { amount } } } } }`
