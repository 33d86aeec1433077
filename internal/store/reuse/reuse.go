// Package reuse is ent's driver with statement reuse: a statement that comes again is prepared once for each connection, so
// that the database neither parses nor, after a few runs, plans it anew; from PostgreSQL the answer takes one round trip
// instead of two.
package reuse

import (
	"context"
	"database/sql"
	"sync"
	"sync/atomic"
	"time"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"

	"aftersales/internal/clock"
)

const (
	// maxPrepared bounds what every connection keeps; one more takes the place of another. Those of SQLite are in our own memory.
	maxPrepared       = 300
	maxPreparedSQLite = 40
	// maxSeen bounds the memory of what came once: lists of ids make many texts that never come again.
	maxSeen = 4096
	// MaxText is the longest text, in bytes, that is prepared: it leaves out bulk writes, whose texts are long and differ each time.
	MaxText = 6000
)

// statements are the prepared statements of one pool.
type statements struct {
	db       *sql.DB
	most     int
	mu       sync.RWMutex
	prepared map[string]*kept // nil while it is being prepared
	seen     map[string]struct{}
	dropped  time.Time // the last one that made room

	preparing sync.WaitGroup
}

// kept is a prepared statement and when it was last asked for.
type kept struct {
	*sql.Stmt
	used atomic.Int64 // Unix time in seconds
}

func newStatements(db *sql.DB, most int) *statements {
	return &statements{db: db, most: most, prepared: map[string]*kept{}, seen: map[string]struct{}{}}
}

// of returns the prepared statement of a text, nil when it is to run as it is: the first time, and while it is being
// prepared. That needs a connection of the pool, and a transaction holds one already: were it to wait for another, all of
// them could wait for each other. So it is done beside, for the next time.
func (s *statements) of(query string) *sql.Stmt {
	if len(query) > MaxText {
		return nil
	}
	s.mu.RLock()
	stmt, known := s.prepared[query]
	s.mu.RUnlock()
	switch {
	case stmt != nil:
		stmt.used.Store(clock.Real().Unix())
		return stmt.Stmt
	case known:
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, known := s.prepared[query]; known {
		return nil
	}
	if _, again := s.seen[query]; !again {
		if len(s.seen) >= maxSeen {
			clear(s.seen)
		}
		s.seen[query] = struct{}{}
		return nil
	}
	if len(s.prepared) >= s.most && !s.drop() {
		return nil
	}
	s.prepared[query] = nil
	s.preparing.Go(func() { s.prepare(query) })
	return nil
}

// drop makes room, once a second, by the statement that was not asked for the longest. Who was given it has begun to use it by
// the time it is closed.
func (s *statements) drop() bool {
	if clock.Real().Sub(s.dropped) < time.Second {
		return false
	}
	oldest := ""
	for query, stmt := range s.prepared {
		if stmt != nil && (oldest == "" || stmt.used.Load() < s.prepared[oldest].used.Load()) {
			oldest = query
		}
	}
	if oldest == "" {
		return false
	}
	stmt := s.prepared[oldest]
	delete(s.prepared, oldest)
	delete(s.seen, oldest)
	s.dropped = clock.Real()
	time.AfterFunc(time.Minute, func() { _ = stmt.Close() })
	return true
}

func (s *statements) prepare(query string) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	stmt, err := s.db.PrepareContext(ctx, query)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil { // running it as it is says what is wrong with it
		delete(s.prepared, query)
		delete(s.seen, query)
		return
	}
	k := &kept{Stmt: stmt}
	k.used.Store(clock.Real().Unix())
	s.prepared[query] = k
}

// Driver is ent's driver over a pool with its prepared statements.
type Driver struct {
	*entsql.Driver
	conn       entsql.Conn
	statements *statements
}

// New makes the driver of a pool, "postgres" or "sqlite3".
func New(d string, db *sql.DB) *Driver {
	s := newStatements(db, map[string]int{dialect.Postgres: maxPrepared, dialect.SQLite: maxPreparedSQLite}[d])
	return &Driver{entsql.OpenDB(d, db), entsql.Conn{ExecQuerier: onPool{s}}, s}
}

// Close waits for what is being prepared: a connection that is in use is closed later than the pool, and the last one tidies up
// an SQLite file.
func (d *Driver) Close() error {
	d.statements.preparing.Wait()
	return d.DB().Close()
}

// Exec implements dialect.ExecQuerier.
func (d *Driver) Exec(ctx context.Context, query string, args, v any) error {
	return d.conn.Exec(ctx, query, args, v)
}

// Query implements dialect.ExecQuerier.
func (d *Driver) Query(ctx context.Context, query string, args, v any) error {
	return d.conn.Query(ctx, query, args, v)
}

// Tx implements dialect.Driver.
func (d *Driver) Tx(ctx context.Context) (dialect.Tx, error) {
	tx, err := d.DB().BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	return &entsql.Tx{Conn: entsql.Conn{ExecQuerier: inTx{d.statements, tx}}, Tx: tx}, nil
}

type onPool struct{ *statements }

func (p onPool) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if stmt := p.of(query); stmt != nil {
		return stmt.ExecContext(ctx, args...)
	}
	return p.db.ExecContext(ctx, query, args...)
}

func (p onPool) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if stmt := p.of(query); stmt != nil {
		return stmt.QueryContext(ctx, args...)
	}
	return p.db.QueryContext(ctx, query, args...)
}

type inTx struct {
	*statements
	tx *sql.Tx
}

func (t inTx) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if stmt := t.of(query); stmt != nil {
		return t.tx.StmtContext(ctx, stmt).ExecContext(ctx, args...)
	}
	return t.tx.ExecContext(ctx, query, args...)
}

func (t inTx) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if stmt := t.of(query); stmt != nil {
		return t.tx.StmtContext(ctx, stmt).QueryContext(ctx, args...)
	}
	return t.tx.QueryContext(ctx, query, args...)
}
