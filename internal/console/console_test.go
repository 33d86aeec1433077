package console_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"aftersales/internal/console"
)

// demo is a small configuration of the embedded default.
func demo() console.Config {
	return console.Config{
		Endpoint: "/graphql",
		Version:  "v1.2.3",
		Embedded: true,
		Tokens: []console.Token{
			{Label: "AGENT Li Na · demo-mall", Role: "AGENT", Merchant: "demo-mall", Value: "header.agent.signature"},
			{Label: "AGENT Jonas · demo-outdoor", Role: "AGENT", Merchant: "demo-outdoor", Value: "header.jonas.signature"},
			{Label: "CUSTOMER Wang Wei · demo-mall", Role: "CUSTOMER", Merchant: "demo-mall", Value: "header.customer.signature"},
			{Label: "PLATFORM_ADMIN", Role: "PLATFORM_ADMIN", Value: "header.admin.signature"},
		},
		Examples: []console.Example{
			{Title: "The work queue", Description: "What is due next", Query: "{ open(merchant: 1) }", TokenLabel: "AGENT Li Na · demo-mall"},
			{Title: "Ask for a return", Query: "query Q($m: ID!) { open(merchant: $m) }", Variables: `{"m": "1"}`, TokenLabel: "CUSTOMER Wang Wei · demo-mall"},
		},
	}
}

type answer struct {
	status int
	header http.Header
	body   string
}

func ask(t *testing.T, cfg console.Config, method, path string, header ...string) answer {
	t.Helper()
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	console.Handler(cfg).ServeHTTP(w, r)
	res := w.Result()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, string(body)}
}

var dataBlock = regexp.MustCompile(`(?s)<script id="config" type="application/json">(.*?)</script>`)

type scriptData struct {
	Endpoint string            `json:"endpoint"`
	Tokens   []console.Token   `json:"tokens"`
	Examples []console.Example `json:"examples"`
	Nonce    string            `json:"nonce"`
}

// script is the configuration as a browser reads it: everything up to the first end tag.
func script(t *testing.T, page string) scriptData {
	t.Helper()
	found := dataBlock.FindStringSubmatch(page)
	if found == nil {
		t.Fatalf("no data block in\n%s", page)
	}
	var d scriptData
	if err := json.Unmarshal([]byte(found[1]), &d); err != nil {
		t.Fatalf("data block is not JSON: %v\n%s", err, found[1])
	}
	return d
}

func TestPageShowsItsConfiguration(t *testing.T) {
	t.Parallel()
	cfg := demo()
	a := ask(t, cfg, "GET", "/")
	if a.status != http.StatusOK {
		t.Fatalf("status %d", a.status)
	}
	for _, want := range []string{
		"<title>After-sales API console</title>", ">v1.2.3<", ">demo data<", `<code id="endpoint">/graphql</code>`, `href="/healthz"`,
		`<optgroup label="platform">`, `<option value="2">CUSTOMER Wang Wei · demo-mall</option>`,
		`data-example="0"`, `<span class="step" aria-hidden="true">2</span>`, "The work queue", "What is due next",
	} {
		if !strings.Contains(a.body, want) {
			t.Errorf("page lacks %s", want)
		}
	}
	if n := strings.Count(a.body, `<optgroup label="demo-mall">`); n != 1 {
		t.Errorf("%d groups for one merchant", n)
	}
	got := script(t, a.body)
	if got.Endpoint != "/graphql" || len(got.Tokens) != 4 || len(got.Examples) != 2 {
		t.Fatalf("data block %+v", got)
	}
	for i, want := range cfg.Tokens {
		if got.Tokens[i] != want {
			t.Errorf("token %d: %+v", i, got.Tokens[i])
		}
	}
	for i, want := range cfg.Examples {
		if got.Examples[i] != want {
			t.Errorf("example %d: %+v", i, got.Examples[i])
		}
	}
}

func TestOutsideTheEmbeddedDefaultNoTokenIsPublished(t *testing.T) {
	t.Parallel()
	cfg := demo()
	cfg.Embedded = false // with tokens left in by mistake
	a := ask(t, cfg, "GET", "/")
	if strings.Contains(a.body, "signature") || strings.Contains(a.body, "<optgroup") {
		t.Error("a token reached the page")
	}
	if strings.Contains(a.body, "demo data") {
		t.Error("page calls itself a demo")
	}
	if got := script(t, a.body); got.Tokens == nil || len(got.Tokens) != 0 {
		t.Errorf("tokens %+v, want an empty list", got.Tokens)
	}
	if !strings.Contains(a.body, `<option value="own" data-en="My own token…" data-zh-cn="自己的令牌…" selected>`) {
		t.Error("page does not ask for a token")
	}
}

func TestNoValueLeavesItsPlaceInThePage(t *testing.T) {
	t.Parallel()
	const evil = "</script><script>alert(1)</script><!-- \u2028 \" ' & {{.}}"
	cfg := console.Config{
		Endpoint: evil, Version: evil, Embedded: true,
		Tokens:   []console.Token{{Label: evil, Role: evil, Merchant: evil, Value: evil}},
		Examples: []console.Example{{Title: evil, Description: evil, Query: evil, Variables: evil, TokenLabel: evil}},
	}
	body := ask(t, cfg, "GET", "/").body
	if strings.Contains(body, "alert(1)</script>") || strings.Contains(body, "<script>") {
		t.Error("a value opened or closed a script")
	}
	tags := regexp.MustCompile(`<script\b[^>]*>`).FindAllString(body, -1)
	for _, tag := range tags {
		if !strings.Contains(tag, ` src="/assets/`) && tag != `<script id="config" type="application/json">` {
			t.Errorf("unexpected %s", tag)
		}
	}
	if len(tags) != 7 {
		t.Errorf("%d script elements: %v", len(tags), tags)
	}
	got := script(t, body)
	if got.Endpoint != evil || got.Tokens[0] != cfg.Tokens[0] || got.Examples[0] != cfg.Examples[0] {
		t.Errorf("values changed on the way: %+v", got)
	}
}

func TestPolicyAllowsThisServerOnly(t *testing.T) {
	t.Parallel()
	a := ask(t, demo(), "GET", "/")
	csp := a.header.Get("Content-Security-Policy")
	nonce := script(t, a.body).Nonce
	want := "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-" + nonce + "'; img-src 'self' data:; connect-src 'self'; " +
		"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	if len(nonce) < 20 || csp != want {
		t.Errorf("policy %q with nonce %q", csp, nonce)
	}
	if again := script(t, ask(t, demo(), "GET", "/").body).Nonce; again == nonce {
		t.Error("two pages share a nonce")
	}
	for name, want := range map[string]string{
		"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
		"Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY", "Cross-Origin-Opener-Policy": "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin", "Vary": "Accept-Language", "ETag": "",
	} {
		if got := a.header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if inline := regexp.MustCompile(`(?i)<style|\sstyle=|\son[a-z]+=`).FindString(body(a)); inline != "" {
		t.Errorf("the policy would refuse %q", inline)
	}
}

// body is the page without its data block, whose text is no markup.
func body(a answer) string { return dataBlock.ReplaceAllString(a.body, "") }

func TestPageSpeaksTheVisitorsLanguage(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]string{"": "en", "zh-CN,zh;q=0.9": "zh-CN", "de, en;q=0.5": "en", "??": "en"} {
		a := ask(t, demo(), "GET", "/", "Accept-Language", header)
		if !strings.Contains(a.body, `<html lang="`+want+`">`) || a.header.Get("Content-Language") != want {
			t.Errorf("Accept-Language %q: Content-Language %q, want %q", header, a.header.Get("Content-Language"), want)
		}
	}
	page := ask(t, demo(), "GET", "/").body
	if en, zh := strings.Count(page, `<span lang="en">`), strings.Count(page, `<span lang="zh-CN">`); en != zh || en < 8 {
		t.Errorf("%d English texts, %d Chinese", en, zh)
	}
}

func TestOnlyItsOwnPathsAreServed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		method, path string
		want         int
	}{
		{"GET", "/", 200}, {"HEAD", "/", 200}, {"POST", "/", 405}, {"GET", "/index.html", 404}, {"GET", "/graphql", 404},
		{"GET", "/assets/", 404}, {"GET", "/assets/page.js", 404}, {"GET", "/assets/README.md", 404},
		{"GET", "/assets/page.0000000000000000.js", 404}, {"GET", "/assets/vendor/LICENSES.txt", 404},
	} {
		if got := ask(t, demo(), c.method, c.path).status; got != c.want {
			t.Errorf("%s %s: %d, want %d", c.method, c.path, got, c.want)
		}
	}
}
