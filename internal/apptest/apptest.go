// Package apptest starts the whole product for tests: the real wiring on a real database of either engine, behind a real
// HTTP server, with real tokens. Tests of behaviour run on both engines through EachEngine.
package apptest

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"aftersales/internal/app"
	"aftersales/internal/apptest/pgtest"
	"aftersales/internal/clock"
	"aftersales/internal/config"
)

// Env is one running product with a database of its own.
type Env struct {
	App *app.App
	// URL is the address of the server, without a path.
	URL    string
	Engine string // "sqlite" or "postgres"
	// Config is what it was opened with, to open a second server on the same database.
	Config config.Config

	t    testing.TB
	real *fakeClock
	sql  *recorder
}

// The collector waits as it does in production.
func init() { debug.SetGCPercent(400) }

// secret signs every token of the tests.
const secret = "a secret for tests, thirty-two bytes or more"

// EachEngine runs test on a fresh database of each engine, in parallel.
func EachEngine(t *testing.T, test func(t *testing.T, e *Env)) {
	t.Helper()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			test(t, Start(t, engine))
		})
	}
}

// Start starts the product on a fresh database of one engine. The real clock stands still at the present until
// AdvanceReal.
func Start(t testing.TB, engine string) *Env {
	t.Helper()
	var url string
	if engine == "postgres" {
		url = pgtest.Template(t, "aftersales", migrated)
	} else {
		url = "sqlite://" + freshFile(t)
	}
	return StartOn(t, engine, configFor(url))
}

// migrated makes a database ready for use, and leaves it.
func migrated(url string) error {
	a, err := app.Open(context.Background(), configFor(url), slog.New(slog.DiscardHandler), app.Options{})
	if err != nil {
		return err
	}
	return a.Close()
}

// emptyFile is an embedded database ready for use, made once: migrating takes longer than most tests.
var emptyFile = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "aftersales-test-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "empty.db")
	if err := migrated("sqlite://" + path); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// freshFile writes a copy of it for one test and returns its path.
func freshFile(t testing.TB) string {
	t.Helper()
	data, err := emptyFile()
	if err != nil {
		t.Fatalf("an empty database: %v", err)
	}
	path := filepath.Join(t.TempDir(), "test.db")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// StartAt starts the product on a database at an address, whatever is in it already.
func StartAt(t testing.TB, engine, url string) *Env {
	t.Helper()
	return StartOn(t, engine, configFor(url))
}

func configFor(url string) config.Config {
	c, err := config.Load(map[string]string{"AFTERSALES_DATABASE_URL": url, "AFTERSALES_JWT_SECRET": secret, "AFTERSALES_JWT_ISSUER": "test",
		"AFTERSALES_GATEWAY_ALLOW_PRIVATE": "true"}) // gateways of tests are on this machine
	if err != nil {
		panic(err)
	}
	return c
}

// StartOn starts a server on a database that may be in use by another one.
func StartOn(t testing.TB, engine string, cfg config.Config) *Env {
	t.Helper()
	return (&Env{Engine: engine, Config: cfg, t: t, real: &fakeClock{now: clock.Real()}, sql: &recorder{}}).start(false)
}

// Ordinary starts a second server on the same database and clock that takes no short cut: what it answers is what every
// short cut must.
func (e *Env) Ordinary() *Env {
	e.t.Helper()
	return (&Env{Engine: e.Engine, Config: e.Config, t: e.t, real: e.real, sql: &recorder{}}).start(true)
}

func (e *Env) start(ordinary bool) *Env {
	t := e.t
	t.Helper()
	var err error
	e.App, err = app.Open(context.Background(), e.Config, faultLog(t), app.Options{Now: e.real.Now, Statement: e.sql.record, Ordinary: ordinary})
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() {
		if err := e.App.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	if err := e.App.Keys(context.Background()); err != nil {
		t.Fatalf("keys: %v", err)
	}
	srv := httptest.NewServer(e.App.Handler(http.NotFoundHandler(), "test"))
	t.Cleanup(srv.Close)
	e.URL = srv.URL
	return e
}

// faultLog writes what the server logs as an error into the test's output, until the test ends.
func faultLog(t testing.TB) *slog.Logger {
	w := &testWriter{t: t}
	t.Cleanup(func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.t = nil
	})
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelError}))
}

type testWriter struct {
	mu sync.Mutex
	t  testing.TB
}

func (w *testWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.t != nil {
		w.t.Logf("server: %s", bytes.TrimSpace(p))
	}
	return len(p), nil
}

// AdvanceReal moves the clock that LIVE merchants live by.
func (e *Env) AdvanceReal(d time.Duration) { e.real.advance(d) }

// Now is the real clock of the server.
func (e *Env) Now() time.Time { return e.real.Now() }

// Statements runs fn and returns the SQL statements the product sent meanwhile, without BEGIN, COMMIT and ROLLBACK.
func (e *Env) Statements(fn func()) []string {
	e.sql.take()
	fn()
	return e.sql.take()
}

// Selects counts the SELECT statements fn causes.
func (e *Env) Selects(fn func()) int {
	n := 0
	for _, q := range e.Statements(fn) {
		if strings.HasPrefix(q, "SELECT") {
			n++
		}
	}
	return n
}

type fakeClock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *fakeClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *fakeClock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

type recorder struct {
	mu  sync.Mutex
	sql []string
}

func (r *recorder) record(_ context.Context, q string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sql = append(r.sql, q)
}

func (r *recorder) take() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := slices.Clone(r.sql)
	r.sql = nil
	return out
}
