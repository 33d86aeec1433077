// Package store opens the database and is the only way to it: transactions, the tenant guard, migrations, idempotency
// keys and paging live here, and so does every piece of hand-written SQL. It knows ent but no rule and no GraphQL.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"entgo.io/ent/dialect"
	"github.com/lib/pq"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"aftersales/ent"
	"aftersales/internal/store/reuse"
)

// Options say where the database is.
type Options struct {
	// URL is postgres://… or sqlite://path.
	URL string
	// MaxConns bounds the PostgreSQL pool and the SQLite reader pool.
	MaxConns int
	// Statement, when set, is told every SQL statement; tests count them.
	Statement func(ctx context.Context, query string)
}

// Store is the opened database: a writer and a reader client, the same pool on PostgreSQL, two pools on SQLite (one
// connection writes, many read).
type Store struct {
	dialect string
	writer  *ent.Client
	reader  *ent.Client
	drv     dialect.Driver // the reader's
	pools   []*reuse.Driver
}

// Open connects and checks the connection; it does not migrate.
func Open(ctx context.Context, o Options) (*Store, error) {
	scheme, rest, _ := strings.Cut(o.URL, "://")
	switch scheme {
	case "postgres", "postgresql":
		return openPostgres(ctx, o)
	case "sqlite":
		return openSQLite(ctx, rest, o)
	default:
		return nil, fmt.Errorf("database URL must begin with postgres:// or sqlite://, not %q", scheme+"://")
	}
}

func openPostgres(ctx context.Context, o Options) (*Store, error) {
	connector, err := pq.NewConnector(o.URL)
	if err != nil {
		return nil, fmt.Errorf("database URL: %w", err)
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(o.MaxConns)
	db.SetMaxIdleConns(o.MaxConns)
	db.SetConnMaxIdleTime(5 * time.Minute)
	if err := db.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("cannot reach PostgreSQL: %w", err), db.Close())
	}
	s := &Store{dialect: dialect.Postgres}
	s.drv = s.open(db, o)
	s.writer = newClient(s.drv)
	s.reader = s.writer
	return s, nil
}

func openSQLite(ctx context.Context, path string, o Options) (*Store, error) {
	if path == "" {
		return nil, errors.New("database URL: sqlite:// needs a path")
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	// busy_timeout first: the pragmas after it may already have to wait for another process.
	q := url.Values{"_pragma": {"busy_timeout(10000)", "journal_mode(WAL)", "foreign_keys(1)", "synchronous(NORMAL)"}}
	q.Set("_time_format", "sqlite")
	read := "file:" + path + "?" + q.Encode()
	q.Set("_txlock", "immediate")
	write := "file:" + path + "?" + q.Encode()

	s := &Store{dialect: dialect.SQLite}
	open := func(dsn string, conns int) (dialect.Driver, error) {
		db, err := sql.Open("sqlite", dsn)
		if err != nil {
			return nil, err
		}
		db.SetMaxOpenConns(conns)
		db.SetMaxIdleConns(conns)
		drv := s.open(db, o)
		if err := db.PingContext(ctx); err != nil {
			return nil, fmt.Errorf("cannot open SQLite file %s: %w", path, err)
		}
		return drv, nil
	}
	writer, err := open(write, 1)
	if err == nil {
		s.drv, err = open(read, max(2, min(o.MaxConns, 4)))
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	s.writer, s.reader = newClient(writer), newClient(s.drv)
	return s, nil
}

// open makes a pool of the store's and the driver over it.
func (s *Store) open(db *sql.DB, o Options) dialect.Driver {
	pool := reuse.New(s.dialect, db)
	s.pools = append(s.pools, pool)
	var drv dialect.Driver = pool
	if o.Statement != nil {
		drv = watched{drv, o.Statement}
	}
	if s.dialect == dialect.Postgres {
		drv = gathering{drv}
	}
	return drv
}

func newClient(drv dialect.Driver) *ent.Client {
	c := ent.NewClient(ent.Driver(drv))
	guard(c)
	return c
}

// Close closes every pool.
func (s *Store) Close() error {
	var errs []error
	for _, pool := range s.pools {
		errs = append(errs, pool.Close())
	}
	return errors.Join(errs...)
}

// Dialect is "postgres" or "sqlite3".
func (s *Store) Dialect() string { return s.dialect }

type txKey struct{}

// running is a transaction on its way.
type running struct {
	tx       *ent.Tx
	settings map[string]bool // merchants whose settings it writes
}

// Client returns the client to use in ctx: that of the running transaction, else the reader.
func (s *Store) Client(ctx context.Context) *ent.Client {
	if r, ok := ctx.Value(txKey{}).(*running); ok {
		return r.tx.Client()
	}
	return s.reader
}

// InTransaction reports whether ctx is inside a transaction: what is read there may never have been.
func InTransaction(ctx context.Context) bool { return ctx.Value(txKey{}) != nil }

// attempts bounds how often a transaction that lost against another is run again.
const attempts = 6

// InTx runs fn in one transaction; inside fn, Client(ctx) is the transaction's. It commits when fn returns nil and rolls
// back otherwise, so a refusal never leaves anything behind. A transaction that the database gave up because of another
// one (deadlock, serialisation, busy) is run again from the start; fn must therefore have no effect outside the database.
// Inside a running transaction InTx joins it.
func (s *Store) InTx(ctx context.Context, fn func(ctx context.Context) error) error {
	if InTransaction(ctx) {
		return fn(ctx)
	}
	var err error
	for try := range attempts {
		if err = s.once(ctx, fn); err == nil || !lostRace(err) {
			return err
		}
		wait := time.NewTimer(time.Duration(rand.Int64N(int64(5*time.Millisecond) << try)))
		select {
		case <-ctx.Done():
			wait.Stop()
			return ctx.Err()
		case <-wait.C:
		}
	}
	return fmt.Errorf("gave up after %d attempts: %w", attempts, err)
}

func (s *Store) once(ctx context.Context, fn func(ctx context.Context) error) (err error) {
	tx, err := s.writer.Tx(ctx)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	committed := false
	defer func() {
		if !committed { // also on panic: nothing half-written survives
			err = errors.Join(err, ignoreDone(tx.Rollback()))
		}
	}()
	r := &running{tx, map[string]bool{}}
	ctx = context.WithValue(ctx, txKey{}, r)
	if err := fn(ctx); err != nil {
		return err
	}
	if err := r.stamp(ctx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	committed = true
	return nil
}

func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}

// lostRace reports whether the database itself asks to run the transaction again.
func lostRace(err error) bool {
	if e, ok := errors.AsType[*pq.Error](err); ok {
		return e.Code == "40001" || e.Code == "40P01"
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code()&0xff == sqlite3.SQLITE_BUSY
	}
	return false
}

// Healthy reports whether the database answers.
func (s *Store) Healthy(ctx context.Context) error {
	for _, pool := range s.pools {
		if err := pool.DB().PingContext(ctx); err != nil {
			return err
		}
	}
	return nil
}

// watched tells every statement to a listener.
type watched struct {
	dialect.Driver
	tell func(context.Context, string)
}

func (d watched) Exec(ctx context.Context, q string, args, v any) error {
	d.tell(ctx, q)
	return d.Driver.Exec(ctx, q, args, v)
}

func (d watched) Query(ctx context.Context, q string, args, v any) error {
	d.tell(ctx, q)
	return d.Driver.Query(ctx, q, args, v)
}

func (d watched) Tx(ctx context.Context) (dialect.Tx, error) {
	tx, err := d.Driver.Tx(ctx)
	if err != nil {
		return nil, err
	}
	return watchedTx{tx, d.tell}, nil
}

type watchedTx struct {
	dialect.Tx
	tell func(context.Context, string)
}

func (t watchedTx) Exec(ctx context.Context, q string, args, v any) error {
	t.tell(ctx, q)
	return t.Tx.Exec(ctx, q, args, v)
}

func (t watchedTx) Query(ctx context.Context, q string, args, v any) error {
	t.tell(ctx, q)
	return t.Tx.Query(ctx, q, args, v)
}
