//go:build unix

package pgtest

import (
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

func connectTo(t *testing.T, url string) *sql.DB {
	t.Helper()
	db, err := sql.Open("postgres", url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func ask[T any](t *testing.T, db *sql.DB, query string, args ...any) (answer T) {
	t.Helper()
	if err := db.QueryRowContext(t.Context(), query, args...).Scan(&answer); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return answer
}

func run(t *testing.T, db *sql.DB, statement string) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func exists(t *testing.T, s *Server, database string) bool {
	t.Helper()
	return ask[bool](t, s.admin, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", database)
}

func TestURLIsAnEmptyDatabaseOfTheTestsOwn(t *testing.T) {
	t.Parallel()
	first, second := connectTo(t, URL(t)), connectTo(t, URL(t))
	run(t, first, "CREATE TABLE mine (id int)")
	const tables = "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
	if n := ask[int](t, first, tables); n != 1 {
		t.Errorf("the database has %d tables, want the 1 just made", n)
	}
	if n := ask[int](t, second, tables); n != 0 {
		t.Errorf("another database has %d tables, want none", n)
	}
	if got := ask[string](t, first, "SHOW server_encoding"); got != "UTF8" {
		t.Errorf("encoding %s, want UTF8", got)
	}
	// Case folding of letters beyond ASCII shows that the locale is C.UTF-8 and not plain C.
	if got := ask[string](t, first, "SELECT lower('ÄÖ')"); got != "äö" {
		t.Errorf("lower('ÄÖ') = %q, want äö", got)
	}
}

func TestURLIsDroppedWithTheTestEvenInUse(t *testing.T) {
	t.Parallel()
	var name string
	var db *sql.DB
	t.Run("user", func(t *testing.T) {
		url := URL(t)
		var err error
		if db, err = sql.Open("postgres", url); err != nil {
			t.Fatal(err)
		}
		name = ask[string](t, db, "SELECT current_database()") // and leaves its connection open
	})
	defer func() { _ = db.Close() }()
	s, err := open()
	if err != nil {
		t.Fatal(err)
	}
	if exists(t, s.Server, name) {
		t.Errorf("database %s is still there", name)
	}
}

func TestTemplateIsPreparedOnceAndCopiedForEach(t *testing.T) {
	t.Parallel()
	var prepared atomic.Int32
	prepare := func(url string) error {
		prepared.Add(1)
		db, err := sql.Open("postgres", url)
		if err != nil {
			return err
		}
		_, err = db.Exec("CREATE TABLE item (name text); INSERT INTO item VALUES ('seed')")
		return errors.Join(err, db.Close())
	}
	names := make(map[string]bool)
	var mu sync.Mutex
	t.Run("copies", func(t *testing.T) {
		for i := range 12 {
			t.Run(fmt.Sprint(i), func(t *testing.T) {
				t.Parallel()
				db := connectTo(t, Template(t, "items", prepare))
				run(t, db, fmt.Sprintf("INSERT INTO item VALUES ('mine %d')", i))
				want := fmt.Sprintf("mine %d,seed", i)
				if got := ask[string](t, db, "SELECT string_agg(name, ',' ORDER BY name) FROM item"); got != want {
					t.Errorf("items %q, want %q", got, want)
				}
				mu.Lock()
				defer mu.Unlock()
				names[ask[string](t, db, "SELECT current_database()")] = true
			})
		}
	})
	if n := prepared.Load(); n != 1 {
		t.Errorf("prepare ran %d times, want once", n)
	}
	if len(names) != 12 {
		t.Errorf("%d databases for 12 tests", len(names))
	}
	s, err := open()
	if err != nil {
		t.Fatal(err)
	}
	for name := range names {
		if exists(t, s.Server, name) {
			t.Errorf("database %s is still there", name)
		}
	}
}

func TestTemplateIsClosedToConnections(t *testing.T) {
	t.Parallel()
	var original string
	Template(t, "sealed", func(url string) error { original = url; return nil })
	if err := connectTo(t, original).PingContext(t.Context()); err == nil || !strings.Contains(err.Error(), "not currently accepting connections") {
		t.Errorf("connecting to a template: %v, want a refusal", err)
	}
}

func TestTemplateTellsWhyPreparingFailed(t *testing.T) {
	t.Parallel()
	s, err := open()
	if err != nil {
		t.Fatal(err)
	}
	broken := errors.New("no such column")
	calls := 0
	tpl := &template{}
	for range 2 {
		if _, err := tpl.prepared(s, func(string) error { calls++; return broken }); !errors.Is(err, broken) {
			t.Errorf("error %v, want %v", err, broken)
		}
	}
	if calls != 1 {
		t.Errorf("prepare ran %d times, want once", calls)
	}

	// As t.Fatal within prepare does.
	tpl = &template{}
	var wg sync.WaitGroup
	wg.Go(func() {
		_, _ = tpl.prepared(s, func(string) error { runtime.Goexit(); return nil })
	})
	wg.Wait()
	if _, err := tpl.prepared(s, func(string) error { return nil }); err == nil {
		t.Error("a template whose preparation was cut short is handed out")
	}
}
