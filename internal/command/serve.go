package command

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"net"
	"os"
	"runtime/debug"
	"strings"
	"time"
	"unicode/utf8"

	"aftersales/internal/app"
	"aftersales/internal/auth"
	"aftersales/internal/clock"
	"aftersales/internal/config"
	"aftersales/internal/console"
	"aftersales/internal/demo"
)

// demoTokenLife is how long the tokens printed at start are good for.
const demoTokenLife = 30 * 24 * time.Hour

// The live heap is a few MiB: by default the collector would run every few requests. Within memoryLimit it waits for
// four times as much garbage; AFTERSALES_MEMORY_LIMIT, GOGC and GOMEMLIMIT say otherwise where they are set.
const (
	gcPercent   = 400
	memoryLimit = 64 << 20 // bytes
)

func (c *cli) tuneMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	if c.cfg.MemoryLimit == 0 && os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
}

func (c *cli) serve(ctx context.Context, args []string) error {
	set := flag.NewFlagSet("serve", flag.ContinueOnError)
	reset := set.Bool("reset", false, "throw the embedded demo away and start over")
	if err := c.parse(set, args, 0); err != nil {
		return err
	}
	if *reset {
		if err := resettable(c.cfg); err != nil {
			return err
		}
	}
	c.tuneMemory()
	// The address first: a demo that still runs there keeps its database.
	var socket net.ListenConfig
	ln, err := socket.Listen(ctx, "tcp", c.cfg.Addr)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	defer func() { _ = ln.Close() }() // serving closed it before, except after an error
	if *reset {
		if err := resetEmbedded(c.cfg); err != nil {
			return err
		}
	}
	a, err := app.Open(ctx, c.cfg, c.log, app.Options{})
	if err != nil {
		return err
	}
	return errors.Join(c.serveOn(ctx, a, ln), a.Close())
}

func (c *cli) serveOn(ctx context.Context, a *app.App, ln net.Listener) error {
	if err := a.Keys(ctx); err != nil {
		return err
	}
	page := console.Config{Endpoint: "/graphql", Version: Version(), Embedded: c.cfg.Embedded()}
	if c.cfg.Embedded() {
		if err := demo.Seed(ctx, a); err != nil {
			return fmt.Errorf("demo data: %w", err)
		}
		tokens, err := demoTokens(a)
		if err != nil {
			return err
		}
		page.Tokens = tokens
	}
	examples, err := demo.Examples(ctx, a, c.cfg.Embedded())
	if err != nil {
		return err
	}
	page.Examples = examples
	if c.cfg.Embedded() {
		c.welcome("http://"+ln.Addr().String(), page)
	}
	c.log.InfoContext(ctx, "serving", "listen", ln.Addr().String(), "database", a.Store.Dialect(), "version", Version())
	return a.Serve(ctx, ln, a.Handler(console.Handler(page), Version()))
}

func demoTokens(a *app.App) ([]console.Token, error) {
	var out []console.Token
	for _, p := range demo.People() {
		t, err := a.Token(auth.Claims{Subject: p.Subject, Role: p.Role, Merchant: p.Merchant, Customer: p.Customer, ExpiresAt: clock.Real().Add(demoTokenLife)})
		if err != nil {
			return nil, err
		}
		out = append(out, console.Token{Label: p.Label, Role: string(p.Role), Merchant: p.Merchant, Value: t})
	}
	return out, nil
}

// firstQuery is one line, to be pasted between single quotes.
const firstQuery = `{"query":"{ now deadlines(first: 3, filter: { kind: [REFUND] }) { nodes { risk dueAt why case { number statusLabel allowedActions } } } }"}`

// welcome prints what a newcomer needs: a token for each role, a first query, and last, where it is seen below the long
// lines of tokens, the address.
func (c *cli) welcome(url string, page console.Config) {
	fmt.Fprintf(c.out, "\nAfter-sales demo. Its data is kept in %s between starts; --reset starts over.\n\nTokens, good for %d days:\n",
		c.cfg.DataDir, int(demoTokenLife.Hours()/24))
	width := 0
	for _, t := range page.Tokens {
		width = max(width, utf8.RuneCountInString(t.Label))
	}
	for _, t := range page.Tokens {
		fmt.Fprintf(c.out, "  %-*s  %s\n", width, t.Label, t.Value)
	}
	if len(page.Tokens) > 0 {
		t := page.Tokens[0]
		fmt.Fprintf(c.out, "\nA first query to paste, as %s: which refunds are due next, and why then?\n\n  curl -s %s%s \\\n    -H 'Content-Type: application/json' -H 'Accept-Language: en' \\\n    -H 'Authorization: Bearer %s' \\\n    -d '%s'\n",
			t.Label, url, page.Endpoint, t.Value, firstQuery)
	}
	fmt.Fprintf(c.out, "\nOpen %s for the console: the API's IDE, these tokens, and %d examples to click. Ctrl-C stops.\n\n", url, len(page.Examples))
}

// resettable refuses to throw away anything but the embedded default.
func resettable(cfg config.Config) error {
	if !cfg.Embedded() {
		return errors.New("--reset is only for the embedded default; a configured database is never thrown away")
	}
	return nil
}

// resetEmbedded removes the embedded database; it refuses anything else.
func resetEmbedded(cfg config.Config) error {
	if err := resettable(cfg); err != nil {
		return err
	}
	path := strings.TrimPrefix(cfg.Database(), "sqlite://")
	for _, f := range []string{path, path + "-wal", path + "-shm"} {
		if err := os.Remove(f); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("reset: %w", err)
		}
	}
	return nil
}
