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
	"slices"
	"strings"
	"sync/atomic"
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
	url := os.Getenv("AFTERSALES_BENCH_DATABASE_URL")
	if url == "" {
		pg, err := pgtest.Start(ctx, work)
		if err != nil {
			return err
		}
		defer func() { _ = pg.Stop() }()
		if err := pg.CreateDatabase(ctx, "bench"); err != nil {
			return err
		}
		url = pg.URL("bench")
	}
	log, err := os.Create(filepath.Join(work, "server.log"))
	if err != nil {
		return err
	}
	defer log.Close()
	b, err := prepare(ctx, s, url, work, log)
	if err != nil {
		_, _ = log.Seek(0, io.SeekStart)
		tail, _ := io.ReadAll(log)
		return fmt.Errorf("%w\n%s", err, tail[max(0, len(tail)-2000):])
	}
	defer func() { err = errors.Join(err, b.product.stop(), b.floor.stop()) }()
	cells, err := b.measure(ctx)
	if err != nil {
		return err
	}
	return write(s, cells)
}

// bench is everything that runs during the measurement.
type bench struct {
	settings
	size           size
	url            string
	db             *sql.DB
	product, floor *process
	ids            []string
	tokens         *tokens
}

func prepare(ctx context.Context, s settings, url, work string, log io.Writer) (*bench, error) {
	b := &bench{settings: s, size: size{50, s.each * s.scale}, url: url}
	program := filepath.Join(work, "aftersales")
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", program, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("go build: %w\n%s", err, out)
	}
	var err error
	if b.db, err = sql.Open("postgres", url); err != nil {
		return nil, err
	}
	addr, err := freeAddress(ctx)
	if err != nil {
		return nil, err
	}
	env := []string{"AFTERSALES_DATABASE_URL=" + url, "AFTERSALES_ADDR=" + addr, "AFTERSALES_JWT_SECRET=" + secret, "AFTERSALES_JWT_ISSUER=" + issuer,
		"AFTERSALES_LOG_FORMAT=json"}
	if b.product, err = start(ctx, program, nil, env, addr, "/readyz", log); err != nil {
		return nil, err
	}
	b.tokens = &tokens{made: map[string]string{}, sign: func(c auth.Claims) (string, error) { return auth.Sign([]byte(secret), issuer, c, time.Now()) }}
	if err := b.merchants(ctx); err != nil {
		return nil, err
	}
	began := time.Now()
	if err := fill(ctx, b.db, b.size); err != nil {
		return nil, err
	}
	fmt.Fprintf(os.Stderr, "%d orders, %d deadlines written in %s\n", b.size.orders(), 2*b.size.orders(), time.Since(began).Round(time.Second))
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	if addr, err = freeAddress(ctx); err != nil {
		return nil, err
	}
	b.floor, err = start(ctx, self, []string{"floor", url, addr}, nil, addr, "/", log)
	return b, err
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

func (b *bench) callers(op operation, conns int) (product, floor caller) {
	client := func() *http.Client {
		return &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: conns, MaxConnsPerHost: conns, DisableCompression: true}}
	}
	product = caller{op, b.size, b.product.base, true, b.ids, b.tokens, client()}
	floor = caller{op, b.size, b.floor.base, false, b.ids, b.tokens, client()}
	return product, floor
}

func (b *bench) measure(ctx context.Context) ([]cell, error) {
	var cells []cell
	wanted := strings.Split(b.only, ",")
	for _, op := range operations {
		if b.only != "" && !slices.Contains(wanted, op.name) {
			continue
		}
		product, floor := b.callers(op, 1)
		if op.name != "WRITE" {
			for i := range 20 {
				if err := same(ctx, product, floor, i*37); err != nil {
					return nil, err
				}
			}
		}
		for _, conns := range b.conns {
			c, err := b.cell(ctx, op, conns)
			if err != nil {
				return nil, err
			}
			fmt.Fprint(os.Stderr, c.row())
			cells = append(cells, c)
		}
	}
	if b.sweep > 0 && (b.only == "" || slices.Contains(wanted, "SWEEP")) {
		c, err := b.sweepCell(ctx)
		if err != nil {
			return nil, err
		}
		fmt.Fprint(os.Stderr, c.row())
		cells = append(cells, c)
	}
	return cells, nil
}

// cell measures product and floor in turns, two each.
func (b *bench) cell(ctx context.Context, op operation, conns int) (cell, error) {
	c := cell{op: op.name, conns: conns}
	product, floor := b.callers(op, conns)
	var next atomic.Int64
	turn := time.Duration(b.seconds) * time.Second / 4
	for _, who := range []struct {
		caller caller
		d      time.Duration
	}{{floor, turn / 4}, {product, turn / 4}} { // warm up
		if _, err := drive(ctx, who.caller, conns, who.d, &next); err != nil {
			return c, err
		}
	}
	for range 2 {
		if err := b.turn(ctx, floor, b.floor, conns, turn, &next, &c.floor, &c.floorCPU, &c.floorDB); err != nil {
			return c, err
		}
		before, err := b.product.allocations(ctx)
		if err != nil {
			return c, err
		}
		if err := b.turn(ctx, product, b.product, conns, turn, &next, &c.product, &c.cpu, &c.db); err != nil {
			return c, err
		}
		after, err := b.product.allocations(ctx)
		if err != nil {
			return c, err
		}
		c.allocations += after - before
	}
	slices.Sort(c.product.latencies)
	slices.Sort(c.floor.latencies)
	var err error
	c.resident, err = resident(b.product.cmd.Process.Pid)
	return c, err
}

func (b *bench) turn(ctx context.Context, who caller, server *process, conns int, d time.Duration, next *atomic.Int64, sum *load, used, db *time.Duration) error {
	pid := server.cmd.Process.Pid
	cpu0, err := cpu(pid)
	if err != nil {
		return err
	}
	db0, err := database()
	if err != nil {
		return err
	}
	l, err := drive(ctx, who, conns, d, next)
	if err != nil {
		return err
	}
	cpu1, err := cpu(pid)
	if err != nil {
		return err
	}
	db1, err := database()
	sum.add(l)
	*used += cpu1 - cpu0
	*db += db1 - db0
	return err
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
