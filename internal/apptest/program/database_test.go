package program

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"

	_ "github.com/lib/pq"
	_ "modernc.org/sqlite"
)

// open opens a configured database beside the program, for reading.
func (s settings) open(t testing.TB) *sql.DB {
	t.Helper()
	driver, dsn := "postgres", s["AFTERSALES_DATABASE_URL"]
	if path, ok := strings.CutPrefix(dsn, "sqlite://"); ok {
		driver, dsn = "sqlite", "file:"+path+"?_pragma=busy_timeout(10000)&_txlock=immediate"
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return db
}

// rows answers a query with one text a row, its columns separated by spaces.
func rows(t testing.TB, s settings, query string) []string {
	t.Helper()
	return read(t, s.open(t), query)
}

func read(t testing.TB, db *sql.DB, query string) []string {
	t.Helper()
	found, err := db.QueryContext(context.Background(), query)
	if err != nil {
		t.Fatalf("%v: %s", err, query)
	}
	defer found.Close()
	columns, err := found.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for found.Next() {
		values, into := make([]sql.NullString, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := found.Scan(into...); err != nil {
			t.Fatal(err)
		}
		texts := make([]string, len(values))
		for i, v := range values {
			texts[i] = v.String
			if !v.Valid {
				texts[i] = "NULL"
			}
		}
		out = append(out, strings.Join(texts, " "))
	}
	if err := found.Err(); err != nil {
		t.Fatalf("%v: %s", err, query)
	}
	return out
}

// count answers a query that counts.
func count(t testing.TB, db *sql.DB, query string) int {
	t.Helper()
	var n int
	if _, err := fmt.Sscan(read(t, db, query)[0], &n); err != nil {
		t.Fatalf("%v: %s", err, query)
	}
	return n
}
