package httpapi_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"aftersales/internal/httpapi"

	"github.com/prometheus/client_golang/prometheus"
)

func TestHealthAndReadiness(t *testing.T) {
	t.Parallel()
	var ready atomic.Bool
	a := setup(t, func(c *httpapi.Config) {
		c.Ready = func(ctx context.Context) error {
			if _, bounded := ctx.Deadline(); !bounded {
				t.Error("Ready is not bounded in time")
			}
			if !ready.Load() {
				return errors.New("database pq: is away")
			}
			return nil
		}
	})
	if got := a.do(t, "GET", "/healthz", ""); got.status != 200 || strings.TrimSpace(got.text) != `{"status":"ok","version":"1.2.3"}` {
		t.Errorf("healthz: %d %s", got.status, got.text)
	}
	if got := a.do(t, "GET", "/readyz", ""); got.status != 503 || strings.TrimSpace(got.text) != `{"status":"unavailable"}` {
		t.Errorf("readyz: %d %s", got.status, got.text)
	}
	ready.Store(true)
	if got := a.do(t, "GET", "/readyz", ""); got.status != 200 || strings.TrimSpace(got.text) != `{"status":"ready"}` {
		t.Errorf("readyz: %d %s", got.status, got.text)
	}
	for _, path := range []string{"/healthz", "/readyz", "/metrics", "/"} {
		if got := a.do(t, "POST", path, ""); got.status != 405 || got.header.Get("Allow") != "GET, HEAD" {
			t.Errorf("POST %s: %d", path, got.status)
		}
	}
}

func TestLandingServesTheRest(t *testing.T) {
	t.Parallel()
	a := setup(t, func(c *httpapi.Config) {
		c.Landing = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte("page " + r.URL.Path)) })
	})
	for _, path := range []string{"/", "/assets/ide.js"} {
		if got := a.do(t, "GET", path, ""); got.text != "page "+path || got.header.Get("X-Request-Id") == "" {
			t.Errorf("GET %s: %s", path, got.text)
		}
	}
	if got := setup(t).do(t, "GET", "/", ""); got.status != 404 {
		t.Errorf("without a landing page: %d", got.status)
	}
}

func TestPanicOfAnyHandlerIsAnswered(t *testing.T) {
	t.Parallel()
	a := setup(t, func(c *httpapi.Config) {
		c.Landing = http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("broken page") })
	})
	a.do(t, "GET", "/", "").refused(t, 500, "INTERNAL")
	if got := a.post(t, `{ hello }`); got.status != 200 {
		t.Errorf("after a panic: %d", got.status)
	}
}

func TestRequestID(t *testing.T) {
	t.Parallel()
	a := setup(t)
	for given, kept := range map[string]bool{
		"a-Z_0.9": true, strings.Repeat("x", 64): true,
		"": false, strings.Repeat("x", 65): false, "a b": false, "a\tb": false, "é": false, "a/b": false,
	} {
		got := a.do(t, "GET", "/healthz", "", "X-Request-Id", given).header.Get("X-Request-Id")
		if (got == given) != kept || got == "" {
			t.Errorf("X-Request-Id %q is answered by %q", given, got)
		}
	}
}

func TestOrigins(t *testing.T) {
	t.Parallel()
	a := setup(t, func(c *httpapi.Config) { c.AllowedOrigins = []string{"https://panel.example"} })
	for origin, want := range map[string]string{
		"https://panel.example":  "https://panel.example",
		a.URL:                    a.URL, // the same origin
		"https://evil.example":   "",
		"http://panel.example":   "",
		"https://panel.example.": "",
		"null":                   "",
	} {
		got := a.do(t, "OPTIONS", "/graphql", "", "Origin", origin, "Access-Control-Request-Method", "POST")
		if got.status != 204 || got.header.Get("Access-Control-Allow-Origin") != want {
			t.Errorf("preflight from %q: %d %q", origin, got.status, got.header.Get("Access-Control-Allow-Origin"))
		}
		if allowed := got.header.Get("Access-Control-Allow-Headers"); strings.Contains(allowed, "Authorization") != (want != "") {
			t.Errorf("preflight from %q allows headers %q", origin, allowed)
		}
		got = a.post(t, `{ hello }`, "Origin", origin)
		if got.status != 200 || got.header.Get("Access-Control-Allow-Origin") != want {
			t.Errorf("POST from %q: %d %q", origin, got.status, got.header.Get("Access-Control-Allow-Origin"))
		}
		if got.header.Get("Access-Control-Allow-Credentials") != "" {
			t.Error("credentials are allowed")
		}
	}
	everyone := setup(t, func(c *httpapi.Config) { c.AllowedOrigins = []string{"*"} })
	if got := everyone.post(t, `{ hello }`, "Origin", "https://any.example"); got.header.Get("Access-Control-Allow-Origin") != "https://any.example" {
		t.Errorf("got %q", got.header.Get("Access-Control-Allow-Origin"))
	}
}

func TestLogLine(t *testing.T) {
	t.Parallel()
	a := setup(t)
	a.do(t, "POST", "/graphql", `{"query":"query Mine($text: String!) { echo(text: $text) refused }","variables":{"text":"13800138000"}}`,
		"Content-Type", "application/json", "Authorization", "Bearer "+goodToken, "X-Request-Id", "req-1")
	a.do(t, "GET", "/graphql?query={hello}&x=13800138000", "", "Authorization", "Bearer "+badToken)
	a.do(t, "GET", "/healthz", "")
	a.Close()

	requests := a.logs.lines(t, "request")
	if len(requests) != 3 {
		t.Fatalf("%d lines: %s", len(requests), a.logs)
	}
	first := requests[0]
	for key, want := range map[string]any{
		"level": "INFO", "method": "POST", "path": "/graphql", "status": 200.0, "operation": "Mine", "type": "query",
		"request_id": "req-1", "merchant": "mer_1", "actor": "usr_1", "role": "AGENT", "codes": "FORBIDDEN",
	} {
		if first[key] != want {
			t.Errorf("%s: %v, want %v", key, first[key], want)
		}
	}
	if first["bytes"].(float64) < 50 || first["duration_ms"].(float64) <= 0 {
		t.Errorf("bytes %v, duration %v", first["bytes"], first["duration_ms"])
	}
	if requests[1]["status"] != 401.0 || requests[1]["codes"] != "UNAUTHENTICATED" || requests[1]["actor"] != nil {
		t.Errorf("refused: %v", requests[1])
	}
	if requests[2]["level"] != "DEBUG" {
		t.Errorf("healthz is logged at %v", requests[2]["level"])
	}
	if n := len(a.logs.lines(t, "token refused")); n != 1 {
		t.Errorf("%d refused tokens logged", n)
	}
	for _, secret := range []string{goodToken, badToken, "13800138000", "echo("} {
		if strings.Contains(a.logs.String(), secret) {
			t.Errorf("the log says %q", secret)
		}
	}
}

func TestMetrics(t *testing.T) {
	t.Parallel()
	reg := prometheus.NewRegistry()
	a := setup(t, func(c *httpapi.Config) { c.MetricsRegistry = reg })
	b := setup(t, func(c *httpapi.Config) { c.MetricsRegistry = reg }) // a second server of one process
	a.post(t, `{ hello }`)
	b.post(t, `{ hello }`)
	a.post(t, `mutation { rename(to: "x") }`)
	a.post(t, `{ nothing }`)
	a.Close() // counters are written after the answer

	text := b.do(t, "GET", "/metrics", "").text
	for _, line := range []string{
		`aftersales_http_requests_total{operation="query",status="2xx"} 2`,
		`aftersales_http_requests_total{operation="mutation",status="2xx"} 1`,
		`aftersales_http_requests_total{operation="none",status="4xx"} 1`,
		`aftersales_http_request_duration_seconds_count{operation="mutation"} 1`,
		`aftersales_graphql_errors_total{code="GRAPHQL_VALIDATION_FAILED"} 1`,
		`aftersales_build_info{version="1.2.3"} 1`,
		`aftersales_websocket_connections 0`,
		`aftersales_http_requests_in_flight 1`,
	} {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("no line %s", line)
		}
	}
	for _, name := range []string{"go_goroutines", "process_open_fds"} {
		if !strings.Contains(text, "\n"+name+" ") {
			t.Errorf("no %s", name)
		}
	}
}

func TestWithoutAuthenticateEveryTokenIsRefused(t *testing.T) {
	t.Parallel()
	a := setup(t, func(c *httpapi.Config) { c.Authenticate, c.Logger = nil, nil })
	a.post(t, `{ hello }`, "Authorization", "Bearer "+goodToken).refused(t, 401, "UNAUTHENTICATED")
	if got := a.post(t, `{ hello }`); got.status != 200 {
		t.Errorf("anonymous: %d", got.status)
	}
}
