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
	url, second := os.Getenv("AFTERSALES_BENCH_DATABASE_URL"), ""
	if url == "" {
		pg, err := pgtest.Start(ctx, work)
		if err != nil {
			return err
		}
		defer func() { _ = pg.Stop() }()
		if err := errors.Join(pg.CreateDatabase(ctx, "bench"), pg.CreateDatabase(ctx, "grown")); err != nil {
			return err
		}
		url, second = pg.URL("bench"), pg.URL("grown")
	} else if s.growth > 0 {
		return errors.New("-growth needs a second database: leave AFTERSALES_BENCH_DATABASE_URL empty")
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
	start := func(scale int, url string) (*bench, error) {
		b := &bench{settings: s, size: size{50, s.each * scale}, url: url, work: work, program: program, log: log}
		if err := b.prepare(ctx); err != nil {
			_, _ = log.Seek(0, io.SeekStart)
			tail, _ := io.ReadAll(log)
			return nil, errors.Join(fmt.Errorf("%w\n%s", err, tail[max(0, len(tail)-2000):]), b.stop())
		}
		return b, nil
	}
	b, err := start(s.scale, url)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.stop()) }()
	if s.growth > 0 {
		if b.grown, err = start(s.scale*s.growth, second); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, b.grown.stop()) }()
	}
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
	work, program  string
	log            io.Writer
	db             *sql.DB
	product, floor *process
	ids            []string
	tokens         *tokens
	grown          *bench // nil without growth
}

// prepare starts both servers on a data set of the bench's size.
func (b *bench) prepare(ctx context.Context) (err error) {
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

func (b *bench) stop() error { return errors.Join(b.product.stop(), b.floor.stop()) }

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

// side is one of the two that are compared: who asks, and the process that answers.
type side struct {
	caller
	server *process
}

func (b *bench) ask(op operation, conns int, server *process, product bool) side {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: conns, MaxConnsPerHost: conns, DisableCompression: true}}
	return side{caller{op, b.size, server.base, product, b.ids, b.tokens, client}, server}
}

func (b *bench) measure(ctx context.Context) ([]cell, error) {
	var cells []cell
	add := func(c cell, err error) error {
		if err == nil {
			fmt.Fprint(os.Stderr, c.row())
			cells = append(cells, c)
		}
		return err
	}
	for i, op := range operations {
		if i == 1 && b.wanted(embedded) { // before anything is written
			if err := b.embedded(ctx, add); err != nil {
				return nil, err
			}
		}
		if b.grown != nil && slices.Contains(growing, op.name) {
			if err := b.growthOf(ctx, op, add); err != nil {
				return nil, err
			}
		}
		if !b.wanted(op.name) {
			continue
		}
		if op.name != "WRITE" {
			product, floor := b.ask(op, 1, b.product, true), b.ask(op, 1, b.floor, false)
			for i := range 20 {
				if err := same(ctx, product.caller, floor.caller, i*37); err != nil {
					return nil, err
				}
			}
		}
		for _, conns := range b.conns {
			if err := add(b.cell(ctx, op.name, conns, b.ask(op, conns, b.product, true), b.ask(op, conns, b.floor, false))); err != nil {
				return nil, err
			}
		}
	}
	if b.sweep > 0 && b.wanted("SWEEP") {
		if err := add(b.sweepCell(ctx)); err != nil {
			return nil, err
		}
	}
	return cells, nil
}

// growing are the operations whose cost must not follow the amount of data.
var growing = []string{"READ", "QUEUE", "TRACK"}

// growthOf measures an operation on the larger data set, with the same on the smaller one in the floor's place.
func (b *bench) growthOf(ctx context.Context, op operation, add func(cell, error) error) error {
	for _, conns := range b.conns {
		c, err := b.cell(ctx, fmt.Sprintf("%s, %d times the data", op.name, b.growth), conns, b.grown.ask(op, conns, b.grown.product, true), b.ask(op, conns, b.product, true))
		c.beside = true
		if err := add(c, err); err != nil {
			return err
		}
	}
	return nil
}

// wanted reports whether an operation is to be measured.
func (b *bench) wanted(name string) bool {
	return b.only == "" || slices.Contains(strings.Split(b.only, ","), name)
}

// signIn signs the tokens of all who will ask: clients are given theirs by somebody else.
func (c caller) signIn() error {
	if c.op.customer == nil || !c.product {
		return nil
	}
	for n := range c.size.merchants * customers {
		if _, err := c.tokens.of(c.op.role, n%c.size.merchants, fmt.Sprintf("c-%d", n)); err != nil {
			return err
		}
	}
	return nil
}

// cell measures both sides in turns, four each.
func (b *bench) cell(ctx context.Context, name string, conns int, product, floor side) (cell, error) {
	c := cell{op: name, conns: conns}
	var next atomic.Int64
	const turns = 4
	turn := time.Duration(b.seconds) * time.Second / (2 * turns)
	for _, who := range []side{floor, product} { // warm up
		if err := who.signIn(); err != nil {
			return c, err
		}
		if _, err := drive(ctx, who.caller, conns, turn/2, &next); err != nil {
			return c, err
		}
	}
	for range turns {
		if err := turnOf(ctx, floor, conns, turn, &next, &c.floor, &c.floorCPU, &c.floorDB); err != nil {
			return c, err
		}
		before, err := product.server.allocations(ctx)
		if err != nil {
			return c, err
		}
		if err := turnOf(ctx, product, conns, turn, &next, &c.product, &c.cpu, &c.db); err != nil {
			return c, err
		}
		after, err := product.server.allocations(ctx)
		if err != nil {
			return c, err
		}
		c.allocations += after - before
	}
	slices.Sort(c.product.latencies)
	slices.Sort(c.floor.latencies)
	var err error
	c.resident, err = resident(product.server.cmd.Process.Pid)
	return c, err
}

func turnOf(ctx context.Context, who side, conns int, d time.Duration, next *atomic.Int64, sum *load, used, db *time.Duration) error {
	pid := who.server.cmd.Process.Pid
	cpu0, err := cpu(pid)
	if err != nil {
		return err
	}
	db0, err := database()
	if err != nil {
		return err
	}
	l, err := drive(ctx, who.caller, conns, d, next)
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
