// Package apptest starts the whole product for tests: the real wiring on a real database of either engine, behind a real
// HTTP server, with real tokens. Tests of behaviour run on both engines through EachEngine.
package apptest

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
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
	"aftersales/internal/auth"
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

// Caller is somebody with a token; the zero Token is an anonymous caller.
type Caller struct {
	Env   *Env
	Token string
	// Lang is sent as Accept-Language; empty sends none.
	Lang string
}

// As is a caller with a role at a merchant (slug or id; "" for PLATFORM_ADMIN); a CUSTOMER is named by external id.
func (e *Env) As(role auth.Role, merchant, subject string) Caller {
	e.t.Helper()
	c := auth.Claims{Subject: subject, Role: role, Merchant: merchant, ExpiresAt: clock.Real().Add(time.Hour)}
	if role == auth.Customer {
		c.Customer = subject
	}
	token, err := auth.Sign([]byte(secret), "test", c, clock.Real())
	if err != nil {
		e.t.Fatalf("token: %v", err)
	}
	return Caller{Env: e, Token: token}
}

// Anonymous is a caller without a token.
func (e *Env) Anonymous() Caller { return Caller{Env: e} }

// At is the same caller at another server.
func (c Caller) At(e *Env) Caller {
	c.Env = e
	return c
}

// In is the same caller reading another language.
func (c Caller) In(lang string) Caller {
	c.Lang = lang
	return c
}

// Response is a GraphQL answer.
type Response struct {
	Status int             `json:"-"`
	Raw    string          `json:"-"`
	Data   json.RawMessage `json:"data"`
	Errors []Error         `json:"errors"`
}

// Error is a top-level error.
type Error struct {
	Message    string         `json:"message"`
	Path       []any          `json:"path"`
	Extensions map[string]any `json:"extensions"`
}

// Code is the error's extensions.code.
func (e Error) Code() string {
	s, _ := e.Extensions["code"].(string)
	return s
}

// Vars are the variables of an operation.
type Vars = map[string]any

// Do sends an operation and returns the answer, whatever it is. It may be called from several goroutines.
func (c Caller) Do(query string, vars Vars) Response {
	body, err := json.Marshal(map[string]any{"query": query, "variables": vars})
	if err != nil {
		c.Env.t.Errorf("marshal: %v", err)
		return Response{}
	}
	req, err := http.NewRequest(http.MethodPost, c.Env.URL+"/graphql", bytes.NewReader(body))
	if err != nil {
		c.Env.t.Errorf("request: %v", err)
		return Response{}
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/graphql-response+json")
	if c.Token != "" {
		req.Header.Set("Authorization", "Bearer "+c.Token)
	}
	if c.Lang != "" {
		req.Header.Set("Accept-Language", c.Lang)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		c.Env.t.Errorf("POST: %v", err)
		return Response{}
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		c.Env.t.Errorf("read: %v", err)
	}
	out := Response{Status: resp.StatusCode, Raw: string(raw)}
	if err := json.Unmarshal(raw, &out); err != nil {
		c.Env.t.Errorf("answer is not JSON (status %d): %s", resp.StatusCode, raw)
	}
	return out
}

// Must sends an operation that has to succeed without top-level errors and userErrors anywhere in the first level of its
// payloads, and returns the data.
func (c Caller) Must(query string, vars Vars) Data {
	c.Env.t.Helper()
	r := c.Do(query, vars)
	if len(r.Errors) > 0 {
		c.Env.t.Fatalf("unexpected errors: %s", r.Raw)
	}
	d := ParseData(c.Env.t, r.Data)
	for field, v := range d.m {
		if payload, ok := v.(map[string]any); ok {
			if errs, ok := payload["userErrors"].([]any); ok && len(errs) > 0 {
				c.Env.t.Fatalf("%s: unexpected userErrors: %s", field, r.Raw)
			}
		}
	}
	return d
}

// Refused sends a mutation that has to be refused with userErrors, and returns them.
func (c Caller) Refused(query string, vars Vars) []Data {
	c.Env.t.Helper()
	r := c.Do(query, vars)
	if len(r.Errors) > 0 {
		c.Env.t.Fatalf("top-level errors instead of userErrors: %s", r.Raw)
	}
	d := ParseData(c.Env.t, r.Data)
	for _, v := range d.m {
		if payload, ok := v.(map[string]any); ok {
			if errs, ok := payload["userErrors"].([]any); ok && len(errs) > 0 {
				out := make([]Data, len(errs))
				for i, e := range errs {
					out[i] = Data{c.Env.t, e.(map[string]any)}
				}
				return out
			}
		}
	}
	c.Env.t.Fatalf("was not refused: %s", r.Raw)
	return nil
}

// Data is a JSON object that is read by paths such as "returnRequest.return.deadlines.0.kind".
type Data struct {
	t testing.TB
	m map[string]any
}

// ParseData reads a JSON object.
func ParseData(t testing.TB, raw []byte) Data {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatalf("not an object: %s", raw)
	}
	return Data{t, m}
}

// Get returns what stands at a path: nil for null, string, float64, bool, []any or map[string]any.
func (d Data) Get(path string) any {
	d.t.Helper()
	var v any = d.m
	for _, step := range strings.Split(path, ".") {
		switch at := v.(type) {
		case map[string]any:
			next, ok := at[step]
			if !ok {
				d.t.Fatalf("no %q of %s in %v", step, path, at)
			}
			v = next
		case []any:
			i := 0
			for _, r := range step {
				i = i*10 + int(r-'0')
			}
			if i >= len(at) {
				d.t.Fatalf("no element %s of %s: there are %d", step, path, len(at))
			}
			v = at[i]
		default:
			d.t.Fatalf("%s: nothing below %v", path, v)
		}
	}
	return v
}

// Str returns the string at a path.
func (d Data) Str(path string) string {
	d.t.Helper()
	s, ok := d.Get(path).(string)
	if !ok {
		d.t.Fatalf("%s is not a string: %v", path, d.Get(path))
	}
	return s
}

// Int returns the number at a path.
func (d Data) Int(path string) int {
	d.t.Helper()
	f, ok := d.Get(path).(float64)
	if !ok {
		d.t.Fatalf("%s is not a number: %v", path, d.Get(path))
	}
	return int(f)
}

// List returns the objects of the list at a path.
func (d Data) List(path string) []Data {
	d.t.Helper()
	l, ok := d.Get(path).([]any)
	if !ok {
		d.t.Fatalf("%s is not a list: %v", path, d.Get(path))
	}
	out := make([]Data, len(l))
	for i, v := range l {
		m, ok := v.(map[string]any)
		if !ok {
			d.t.Fatalf("%s.%d is not an object: %v", path, i, v)
		}
		out[i] = Data{d.t, m}
	}
	return out
}

// Strings returns the list of strings at a path.
func (d Data) Strings(path string) []string {
	d.t.Helper()
	l, ok := d.Get(path).([]any)
	if !ok {
		d.t.Fatalf("%s is not a list: %v", path, d.Get(path))
	}
	out := make([]string, len(l))
	for i, v := range l {
		out[i], _ = v.(string)
	}
	return out
}
