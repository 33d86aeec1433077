package command

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"net"
	"os"
	"strings"
	"time"

	"aftersales/internal/app"
	"aftersales/internal/auth"
	"aftersales/internal/clock"
	"aftersales/internal/config"
	"aftersales/internal/console"
	"aftersales/internal/demo"
)

// demoTokenLife is how long the tokens printed at start are good for.
const demoTokenLife = 30 * 24 * time.Hour

func (c *cli) serve(ctx context.Context, args []string) error {
	set := flag.NewFlagSet("serve", flag.ContinueOnError)
	reset := set.Bool("reset", false, "throw the embedded demo away and start over")
	if err := c.parse(set, args, 0); err != nil {
		return err
	}
	// The address first: a demo that still runs there keeps its database.
	ln, err := net.Listen("tcp", c.cfg.Addr)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	defer ln.Close()
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
	c.log.InfoContext(ctx, "serving", "address", ln.Addr().String(), "database", a.Store.Dialect(), "version", Version())
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

// welcome prints what a newcomer needs: the address, a token for each role, and a first query to paste.
func (c *cli) welcome(url string, page console.Config) {
	fmt.Fprintf(c.out, "\nAfter-sales demo on embedded SQLite in %s\n  open   %s\n  API    %s%s\n\nTokens (good for %d days):\n",
		c.cfg.DataDir, url, url, page.Endpoint, int(demoTokenLife.Hours()/24))
	for _, t := range page.Tokens {
		fmt.Fprintf(c.out, "  %-40s %s\n", t.Label, t.Value)
	}
	for _, t := range page.Tokens {
		if t.Role == string(auth.Agent) {
			fmt.Fprintf(c.out, "\nA first query: what must this agent do next, and by when?\n\n  curl -s %s%s -H 'Content-Type: application/json' \\\n    -H 'Authorization: Bearer %s' \\\n    -d '%s'\n\n",
				url, page.Endpoint, t.Value, `{"query":"{ deadlines(first: 3) { nodes { kind dueAt risk why case { number statusLabel } } } }"}`)
			break
		}
	}
}

// resetEmbedded removes the embedded database; it refuses anything but the embedded default.
func resetEmbedded(cfg config.Config) error {
	if !cfg.Embedded() {
		return errors.New("--reset is only for the embedded default; a configured database is never thrown away")
	}
	path := strings.TrimPrefix(cfg.Database(), "sqlite://")
	for _, f := range []string{path, path + "-wal", path + "-shm"} {
		if err := os.Remove(f); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("reset: %w", err)
		}
	}
	return nil
}
