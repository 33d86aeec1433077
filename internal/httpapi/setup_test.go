package httpapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"aftersales/internal/httpapi"
	"aftersales/internal/httpapi/internal/testschema"
)

// api is a running server of the test schema with everything it logged.
type api struct {
	*httptest.Server
	resolver *testschema.Resolver
	logs     *logBuffer
}

type actorKey struct{}

const (
	goodToken = "good-token"
	badToken  = "bad-token"
)

func authenticate(ctx context.Context, bearer string) (context.Context, httpapi.LogIdentity, error) {
	switch bearer {
	case "":
		return ctx, httpapi.LogIdentity{}, nil
	case goodToken:
		return context.WithValue(ctx, actorKey{}, "agent"),
			httpapi.LogIdentity{Merchant: "mer_1", Actor: "usr_1", Role: "AGENT"}, nil
	case "expiring-token":
		return ctx, httpapi.LogIdentity{ExpiresAt: time.Now().Add(20 * time.Millisecond)}, nil
	default:
		return nil, httpapi.LogIdentity{}, errors.New("token " + bearer + " is malformed")
	}
}

func newResolver() *testschema.Resolver {
	return &testschema.Resolver{
		Entered: make(chan string, 100), Left: make(chan string, 100), Released: make(chan struct{}),
		Whoami: func(ctx context.Context) string {
			actor, _ := ctx.Value(actorKey{}).(string)
			return "actor=" + actor
		},
	}
}

func setup(t *testing.T, change ...func(*httpapi.Config)) *api {
	t.Helper()
	a := &api{resolver: newResolver(), logs: new(logBuffer)}
	a.Server = httptest.NewServer(httpapi.New(a.config(change...)))
	t.Cleanup(a.Server.Close)
	return a
}

func (a *api) config(change ...func(*httpapi.Config)) httpapi.Config {
	cfg := httpapi.Config{
		Schema:       testschema.NewSchema(a.resolver),
		Logger:       slog.New(slog.NewJSONHandler(a.logs, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Authenticate: authenticate,
		Version:      "1.2.3",
	}
	for _, c := range change {
		c(&cfg)
	}
	return cfg
}

type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// lines returns the entries with that message. A request's line is written after its answer, so ask after Close.
func (l *logBuffer) lines(t *testing.T, message string) []map[string]any {
	t.Helper()
	var found []map[string]any
	for line := range strings.Lines(l.String()) {
		var entry map[string]any
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			t.Fatalf("log line %q: %v", line, err)
		}
		if entry["msg"] == message {
			found = append(found, entry)
		}
	}
	return found
}

// answer is a response read to its end.
type answer struct {
	status int
	header http.Header
	text   string
	body   struct {
		Data       map[string]any
		Errors     []gqlErr
		Extensions map[string]any
	}
	fields map[string]json.RawMessage
}

type gqlErr struct {
	Message    string
	Path       []any
	Extensions map[string]any
}

func (a answer) code() string {
	if len(a.body.Errors) == 0 {
		return ""
	}
	code, _ := a.body.Errors[0].Extensions["code"].(string)
	return code
}

func (a answer) hasData() bool { _, ok := a.fields["data"]; return ok }

func (a *api) do(t *testing.T, method, path, body string, header ...string) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, a.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Add(header[i], header[i+1])
	}
	// The default transport would hide compression.
	resp, err := (&http.Transport{DisableCompression: true, DisableKeepAlives: true}).RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	ans := answer{status: resp.StatusCode, header: resp.Header, text: string(text)}
	if len(text) > 0 && resp.Header.Get("Content-Encoding") == "" && strings.Contains(resp.Header.Get("Content-Type"), "json") {
		if err := json.Unmarshal(text, &ans.body); err != nil {
			t.Fatalf("%s is not a GraphQL response: %v", text, err)
		}
		_ = json.Unmarshal(text, &ans.fields)
	}
	return ans
}

// post sends a query in the media type whose statuses say most.
func (a *api) post(t *testing.T, query string, header ...string) answer {
	t.Helper()
	body, _ := json.Marshal(map[string]string{"query": query})
	return a.do(t, "POST", "/graphql", string(body),
		append([]string{"Content-Type", "application/json", "Accept", "application/graphql-response+json"}, header...)...)
}

// refused asserts an answer without data whose first error has the code.
func (a answer) refused(t *testing.T, status int, code string) {
	t.Helper()
	if a.status != status || a.code() != code || a.hasData() {
		t.Errorf("got %d %s, want %d with code %s and no data", a.status, a.text, status, code)
	}
}
