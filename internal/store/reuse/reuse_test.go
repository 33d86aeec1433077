package reuse

import (
	"database/sql"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"
	_ "github.com/lib/pq"

	"aftersales/internal/apptest/pgtest"
)

func openReusing(t *testing.T, conns int) *Driver {
	t.Helper()
	db, err := sql.Open("postgres", pgtest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(conns)
	t.Cleanup(func() { _ = db.Close() })
	return New(dialect.Postgres, db)
}

func (d *Driver) number(t *testing.T, query string, args ...any) (n int) {
	t.Helper()
	var rows entsql.Rows
	if err := d.Query(t.Context(), query, args, &rows); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	if n, err := entsql.ScanInt(rows); err != nil {
		t.Fatal(err)
	} else {
		return n
	}
	return 0
}

// until waits for what happens beside.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within 10 s: %s", what)
		}
	}
}

func TestStatementsThatComeAgainArePrepared(t *testing.T) {
	t.Parallel()
	d := openReusing(t, 2)
	const query = "SELECT $1::int + 1"
	for i := range 3 {
		if got := d.number(t, query, i); got != i+1 {
			t.Fatalf("%d + 1 = %d", i, got)
		}
	}
	until(t, "the statement is prepared", func() bool { return d.statements.of(query) != nil })
	for i := range 10 {
		if got := d.number(t, query, i); got != i+1 {
			t.Fatalf("prepared: %d + 1 = %d", i, got)
		}
	}
	if n := d.number(t, "SELECT count(*) FROM pg_prepared_statements WHERE statement = '"+query+"'"); n == 0 {
		t.Fatal("no connection has it prepared")
	}
	// What is wrong stays wrong, and is never prepared.
	for range 5 {
		var rows entsql.Rows
		if err := d.Query(t.Context(), "SELECT nothing FROM nowhere", []any{}, &rows); err == nil || !strings.Contains(err.Error(), "nowhere") {
			t.Fatalf("a wrong statement says %v", err)
		}
	}
}

// Transactions that hold every connection of the pool go on while a statement is to be prepared.
func TestTransactionsDoNotWaitForPreparing(t *testing.T) {
	t.Parallel()
	d := openReusing(t, 2)
	var all sync.WaitGroup
	for w := range 2 {
		all.Go(func() {
			for i := range 50 {
				tx, err := d.Tx(t.Context())
				if err != nil {
					t.Error(err)
					return
				}
				var rows entsql.Rows
				if err := tx.Query(t.Context(), fmt.Sprintf("SELECT $1::int + %d", w*1000+i%5), []any{i}, &rows); err != nil {
					t.Error(err)
					return
				}
				n, err := entsql.ScanInt(rows)
				if err != nil || n != i+w*1000+i%5 {
					t.Errorf("%d, %v", n, err)
				}
				if err := rows.Close(); err != nil {
					t.Error(err)
				}
				if err := tx.Commit(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	until(t, "statements of transactions are prepared too", func() bool { return d.statements.of("SELECT $1::int + 3") != nil })
}

// What differs each time fills neither the connections nor the memory.
// One statement more takes the place of the one that was not asked for the longest; who runs that meanwhile is not disturbed.
func TestStatementsMakeRoom(t *testing.T) {
	t.Parallel()
	d := openReusing(t, 2)
	d.statements.most = 2
	again := func(query string) {
		t.Helper()
		for range 2 {
			d.number(t, query)
		}
		until(t, query+" is prepared", func() bool { return d.statements.of(query) != nil })
	}
	again("SELECT 1")
	again("SELECT 2")
	d.statements.prepared["SELECT 2"].used.Add(-1000)
	old := d.statements.of("SELECT 2")
	d.statements.prepared["SELECT 2"].used.Add(-1000)
	again("SELECT 3")
	if d.statements.of("SELECT 1") == nil || d.statements.of("SELECT 2") != nil {
		t.Errorf("kept are %v", d.statements.prepared)
	}
	var n int
	if err := old.QueryRowContext(t.Context()).Scan(&n); err != nil || n != 2 {
		t.Errorf("a statement that was given away: %d, %v", n, err)
	}
	for range 3 { // another one at once has to wait
		d.number(t, "SELECT 4")
	}
	if got := d.statements.of("SELECT 4"); got != nil || d.statements.of("SELECT 3") == nil {
		t.Error("room was made twice within a second")
	}
}

func TestPreparedStatementsAreBounded(t *testing.T) {
	t.Parallel()
	d := openReusing(t, 2)
	for i := range maxPrepared + 50 {
		for range 2 {
			d.statements.of(fmt.Sprintf("SELECT %d", i))
		}
	}
	d.statements.of(strings.Repeat("x", MaxText+1))
	for i := range maxSeen + 10 {
		d.statements.of(fmt.Sprintf("SELECT 'once %d'", i))
	}
	d.statements.mu.RLock()
	defer d.statements.mu.RUnlock()
	if n := len(d.statements.prepared); n > maxPrepared {
		t.Errorf("%d statements are prepared", n)
	}
	if n := len(d.statements.seen); n > maxSeen {
		t.Errorf("%d texts are remembered", n)
	}
}
