package console

import (
	"bytes"
	"crypto/rand"
	_ "embed"
	"fmt"
	"html/template"
	"net/http"

	"aftersales/internal/lang"
)

// Token lets a visitor of the embedded default act as one demo person.
type Token struct {
	Label    string `json:"label"`    // unique, shown in the picker, for instance "AGENT Li Na · demo-mall"
	Role     string `json:"role"`     // as in the JWT
	Merchant string `json:"merchant"` // slug; empty for a platform role
	Value    string `json:"value"`    // the JWT itself, without "Bearer"
}

// Example is one numbered operation that a visitor loads into the editor with one click.
type Example struct {
	Title       string `json:"title"`
	Description string `json:"description"`
	Query       string `json:"query"`
	Variables   string `json:"variables"`  // a JSON object, or empty
	TokenLabel  string `json:"tokenLabel"` // Label of the fitting Token; empty or unknown leaves the picked one
}

// Config is what the page shows.
type Config struct {
	Endpoint string    // path of the GraphQL endpoint on this server, "/graphql"
	Tokens   []Token   // shown only when Embedded
	Examples []Example // in the order in which to try them
	Version  string    // of the product
	// Embedded says that this is the zero-setup default with demo data. Otherwise the page publishes no token, whatever
	// Tokens holds, and asks the visitor for one.
	Embedded bool
}

//go:embed page.html
var pageSource string

// Handler serves the page at "/" and its parts below "/assets/"; any other path is 404 and any method but GET and HEAD 405.
//
// The page is never stored, because it may carry tokens and carries a nonce; assets are named by their content and cached
// for ever. The prose is in English and Chinese, Accept-Language picks the one shown first.
func Handler(cfg Config) http.Handler {
	if !cfg.Embedded {
		cfg.Tokens = nil
	}
	files := loadAssets()
	page := template.Must(template.New("page").Funcs(template.FuncMap{
		"asset":  files.path,
		"number": func(i int) int { return i + 1 },
	}).Parse(pageSource))

	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		servePage(w, r, page, cfg)
	})
	mux.HandleFunc("GET /assets/{file}", files.serve)
	return mux
}

// pageData is what the template sees. Script travels as a data block of type application/json: the policy forbids inline
// scripts, and html/template escapes it so that no value can end the block.
type pageData struct {
	Config
	Lang   lang.Lang
	Groups []tokenGroup
	Nonce  string
	Script scriptData
}

type scriptData struct {
	Endpoint string    `json:"endpoint"`
	Tokens   []Token   `json:"tokens"`
	Examples []Example `json:"examples"`
	Nonce    string    `json:"nonce"`
}

// tokenGroup is the tokens of one merchant; Index is a token's place in Config.Tokens.
type tokenGroup struct {
	Merchant string
	Choices  []tokenChoice
}

type tokenChoice struct {
	Index int
	Label string
}

func groupTokens(tokens []Token) []tokenGroup {
	var groups []tokenGroup
	place := map[string]int{}
	for i, t := range tokens {
		g, seen := place[t.Merchant]
		if !seen {
			g = len(groups)
			place[t.Merchant] = g
			groups = append(groups, tokenGroup{Merchant: t.Merchant})
		}
		groups[g].Choices = append(groups[g].Choices, tokenChoice{i, t.Label})
	}
	return groups
}

func servePage(w http.ResponseWriter, r *http.Request, page *template.Template, cfg Config) {
	nonce := rand.Text()
	data := pageData{
		Config: cfg,
		Lang:   lang.Negotiate(r.Header.Get("Accept-Language")),
		Groups: groupTokens(cfg.Tokens),
		Nonce:  nonce,
		// Never nil: the script iterates over both.
		Script: scriptData{cfg.Endpoint, append([]Token{}, cfg.Tokens...), append([]Example{}, cfg.Examples...), nonce},
	}
	var buf bytes.Buffer
	if err := page.Execute(&buf, data); err != nil {
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	secure(h)
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", string(data.Lang))
	h.Set("Vary", "Accept-Language")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", policy(nonce))
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Content-Length", fmt.Sprint(buf.Len()))
	_, _ = w.Write(buf.Bytes()) // the visitor went away: nobody is left to tell
}

// policy allows this server only. The IDE's dialogs add one style element of their own while they are open: that is what the
// nonce is for. Its lint marks are data: images inside its style sheet. connect-src 'self' covers WebSockets of this origin.
func policy(nonce string) string {
	return "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-" + nonce + "'; img-src 'self' data:; " +
		"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}

// secure sets what holds for the page and for its parts.
func secure(h http.Header) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
}
