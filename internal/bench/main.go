// Command bench measures the main paths of the product beside hand-written SQL, in one run: make bench.
//
// It starts a PostgreSQL of its own (or uses AFTERSALES_BENCH_DATABASE_URL, an empty database), fills it, starts the product as
// in production and a floor, one SQL statement behind net/http, and drives both over HTTP in turns. It checks first that both
// give the same answer. Machines are noisy: compare ratios of one run.
package main

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"time"

	"aftersales/internal/apptest/pgtest"
	"aftersales/internal/auth"
)

const (
	secret = "a secret of the benchmark alone, 32 bytes" // #nosec
	issuer = "bench"
)

type settings struct {
	scale   int
	each    int
	seconds int
	only    string
	out     string
	conns   []int
	sweep   int
	growth  int
}

func main() {
	if len(os.Args) == 4 && os.Args[1] == "floor" {
		exitOn(serveFloor(os.Args[2], os.Args[3]))
		return
	}
	var s settings
	flag.IntVar(&s.scale, "scale", 1, "how many times 200,000 orders")
	flag.IntVar(&s.each, "orders", 4000, "orders of each of the 50 merchants, before scale")
	flag.IntVar(&s.seconds, "seconds", 10, "seconds a cell: half for the product, half for its floor")
	flag.StringVar(&s.only, "only", "", "operations to measure, separated by commas")
	flag.StringVar(&s.out, "out", "bench", "directory of the results")
	flag.IntVar(&s.sweep, "sweep", 1_000_000, "open deadlines of the sweep; 0 leaves it out")
	flag.IntVar(&s.growth, "growth", 0, "how many times the data set a second one is, for READ, QUEUE and TRACK; 0 leaves it out")
	flag.Parse()
	s.conns = []int{1, 8, 32}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	exitOn(run(ctx, s))
}

func exitOn(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func serveFloor(url, addr string) error {
	ctx := context.Background()
	f, err := newFloor(ctx, url, 10)
	if err != nil {
		return err
	}
	return http.ListenAndServe(addr, f)
}

// freeAddress is one nobody listens on.
func freeAddress(ctx context.Context) (string, error) {
	var socket net.ListenConfig
	l, err := socket.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

func run(ctx context.Context, s settings) (err error) {
	work, err := os.MkdirTemp("", "aftersales-bench")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	if err := os.Chmod(work, 0o755); err != nil { // PostgreSQL may run as another user
		return err
	}
	program := filepath.Join(work, "aftersales")
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", program, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	log, err := os.Create(filepath.Join(work, "server.log"))
	if err != nil {
		return err
	}
	defer log.Close()
	b, err := open(ctx, yard{s, work, program, log}, s.scale, os.Getenv("AFTERSALES_BENCH_DATABASE_URL"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.stop()) }()
	cells, err := b.measure(ctx)
	if err != nil {
		return err
	}
	return write(s, cells)
}

// yard is where it all happens.
type yard struct {
	settings
	work, program string
	log           *os.File
}

// bench is one data set and the two servers on it.
type bench struct {
	yard
	size           size
	url            string
	pg             *pgtest.Server // nil when somebody else's is used
	db             *sql.DB
	product, floor *process
	ids            []string
	tokens         *tokens
}

// open makes a data set of a size in an empty database, of a server of its own without a url, and starts both servers on it.
func open(ctx context.Context, y yard, scale int, url string) (*bench, error) {
	b := &bench{yard: y, size: size{50, y.each * scale}, url: url}
	if err := b.prepare(ctx); err != nil {
		_, _ = y.log.Seek(0, io.SeekStart)
		tail, _ := io.ReadAll(y.log)
		return nil, errors.Join(fmt.Errorf("%w\n%s", err, tail[max(0, len(tail)-2000):]), b.stop())
	}
	return b, nil
}

func (b *bench) prepare(ctx context.Context) (err error) {
	if b.url == "" {
		if b.pg, err = pgtest.Start(ctx, b.work); err != nil {
			return err
		}
		if err := b.pg.CreateDatabase(ctx, "bench"); err != nil {
			return err
		}
		b.url = b.pg.URL("bench")
	}
	if b.db, err = sql.Open("postgres", b.url); err != nil {
		return err
	}
	if b.product, err = b.serve(ctx, b.url); err != nil {
		return err
	}
	b.tokens = &tokens{made: map[string]string{}, sign: func(c auth.Claims) (string, error) { return auth.Sign([]byte(secret), issuer, c, time.Now()) }}
	if err := b.merchants(ctx); err != nil {
		return err
	}
	began := time.Now()
	if err := fill(ctx, b.db, b.size); err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "%d orders, %d deadlines written in %s\n", b.size.orders(), 2*b.size.orders(), time.Since(began).Round(time.Second))
	self, err := os.Executable()
	if err != nil {
		return err
	}
	addr, err := freeAddress(ctx)
	if err != nil {
		return err
	}
	b.floor, err = start(ctx, self, []string{"floor", b.url, addr}, nil, addr, "/", b.log)
	return err
}

func (b *bench) stop() error {
	errs := []error{b.product.stop(), b.floor.stop()}
	if b.db != nil {
		errs = append(errs, b.db.Close())
	}
	if b.pg != nil {
		errs = append(errs, b.pg.Stop())
	}
	return errors.Join(errs...)
}

// serve starts the product as in production, on a database.
func (b *bench) serve(ctx context.Context, url string) (*process, error) {
	addr, err := freeAddress(ctx)
	if err != nil {
		return nil, err
	}
	env := []string{"AFTERSALES_DATABASE_URL=" + url, "AFTERSALES_ADDR=" + addr, "AFTERSALES_JWT_SECRET=" + secret, "AFTERSALES_JWT_ISSUER=" + issuer,
		"AFTERSALES_LOG_FORMAT=json"}
	return start(ctx, b.program, nil, env, addr, "/readyz", b.log)
}

// merchants makes the merchants as an operator does.
func (b *bench) merchants(ctx context.Context) error {
	platform, err := b.tokens.sign(auth.Claims{Subject: "root", Role: auth.PlatformAdmin, ExpiresAt: time.Now().Add(time.Hour)})
	if err != nil {
		return err
	}
	for i := range b.size.merchants {
		slug := fmt.Sprintf("shop-%02d", i)
		b.tokens.slugs = append(b.tokens.slugs, slug)
		body := fmt.Sprintf(`{"query":"mutation { merchantCreate(input: { idempotencyKey: \"%[1]s\", slug: \"%[1]s\", name: \"%[1]s\", mode: LIVE, currency: CNY, calendar: \"CN\", jurisdiction: \"CN\" }) { merchant { id } userErrors { code message } } }"}`, slug)
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, b.product.base+"/graphql", strings.NewReader(body))
		if err != nil {
			return err
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer "+platform)
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			return err
		}
		answer, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil {
			return err
		}
		_, rest, found := strings.Cut(string(answer), `"merchant":{"id":"`)
		if !found {
			return fmt.Errorf("merchantCreate: %s", answer)
		}
		merchant, _, _ := strings.Cut(rest, `"`)
		b.ids = append(b.ids, merchant)
	}
	return nil
}

func write(s settings, cells []cell) error {
	if err := os.MkdirAll(s.out, 0o755); err != nil {
		return err
	}
	var table strings.Builder
	table.WriteString(tableHead)
	for _, c := range cells {
		table.WriteString(c.row())
	}
	if err := os.WriteFile(filepath.Join(s.out, "results.md"), []byte(table.String()), 0o644); err != nil {
		return err
	}
	f, err := os.Create(filepath.Join(s.out, "results.svg"))
	if err != nil {
		return err
	}
	fmt.Print(table.String())
	return errors.Join(plot(f, cells), f.Close())
}
