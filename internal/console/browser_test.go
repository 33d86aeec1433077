package console_test

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"aftersales/internal/console"
)

//go:embed testdata/introspection.json
var introspection []byte

// api is a GraphQL endpoint with one field; it answers introspection, refuses the tokens it is told to and keeps what it was asked.
type api struct {
	refused string

	mu    sync.Mutex
	asked []asked
}

type asked struct {
	method, accept, language, authorization, operation string
}

func (s *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body struct {
		OperationName string `json:"operationName"`
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	h := r.Header
	s.mu.Lock()
	s.asked = append(s.asked, asked{r.Method, h.Get("Accept"), h.Get("Accept-Language"), h.Get("Authorization"), body.OperationName})
	s.mu.Unlock()
	if s.refused != "" && h.Get("Authorization") == "Bearer "+s.refused {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	w.Header().Set("Content-Type", "application/graphql-response+json")
	_, _ = w.Write(introspection)
}

func (s *api) all() []asked {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.asked)
}

// visit opens the page in a headless Chromium, waits until it is idle and returns its DOM and what its console said.
// Every address but this machine's is a dead end for it.
func visit(t *testing.T, cfg console.Config, s *api) (dom string, complaints []string) {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a browser")
	}
	browser, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("no chromium on PATH")
	}
	mux := http.NewServeMux()
	mux.Handle("/", console.Handler(cfg))
	mux.Handle("POST /graphql", s)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)

	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, browser,
		"--headless", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--user-data-dir="+t.TempDir(),
		"--no-sandbox", // containers rarely allow one, and the only page it opens is ours
		"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--lang=en",
		"--enable-logging=stderr", "--virtual-time-budget=20000", "--dump-dom", server.URL+"/")
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	for line := range strings.Lines(stderr.String()) {
		if strings.Contains(line, ":CONSOLE") {
			complaints = append(complaints, strings.TrimSpace(line))
		}
	}
	return stdout.String(), complaints
}

func TestBrowserLoadsTheIDEAndTheSchema(t *testing.T) {
	t.Parallel()
	s := &api{}
	dom, complaints := visit(t, demo(), s)
	if len(complaints) > 0 {
		t.Errorf("the browser complains:\n%s", strings.Join(complaints, "\n"))
	}
	want := asked{
		method: "POST", accept: "application/graphql-response+json, application/json", language: "en",
		authorization: "Bearer header.agent.signature", operation: "IntrospectionQuery",
	}
	if got := s.all(); len(got) != 1 || got[0] != want {
		t.Errorf("the endpoint was asked %+v", got)
	}
	for _, want := range []string{`class="graphiql-container`, `class="CodeMirror`, `class="answer good"`, "HTTP 200 ", ">AGENT · demo-mall"} {
		if !strings.Contains(dom, want) {
			t.Errorf("DOM lacks %s", want)
		}
	}
}

func TestBrowserShowsARefusedToken(t *testing.T) {
	t.Parallel()
	cfg := demo()
	s := &api{refused: cfg.Tokens[0].Value}
	dom, complaints := visit(t, cfg, s)
	for _, c := range complaints {
		if !strings.Contains(c, "401") { // a browser notes every failed request
			t.Errorf("the browser complains: %s", c)
		}
	}
	shown := regexp.MustCompile(`<output id="answer" class="answer bad"[^>]*>HTTP 401 · \d+ ms · token refused: pick another</output>`)
	if !shown.MatchString(dom) {
		t.Errorf("the refusal is not shown: %s", regexp.MustCompile(`<output id="answer".*?</output>`).FindString(dom))
	}
}

func TestBrowserOutsideTheEmbeddedDefaultSendsNoToken(t *testing.T) {
	t.Parallel()
	cfg := demo()
	cfg.Embedded = false
	s := &api{}
	dom, complaints := visit(t, cfg, s)
	if len(complaints) > 0 {
		t.Errorf("the browser complains:\n%s", strings.Join(complaints, "\n"))
	}
	got := s.all()
	if len(got) != 1 || got[0].authorization != "" {
		t.Errorf("the endpoint was asked %+v", got)
	}
	if !strings.Contains(dom, ">no token: only what is public<") {
		t.Error("page does not say that there is no token")
	}
	if own := regexp.MustCompile(`<input id="own"[^>]*>`).FindString(dom); own == "" || strings.Contains(own, "hidden") {
		t.Errorf("no place to paste a token: %s", own)
	}
}
