package contract

import (
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	_ "github.com/lib/pq"  // the engines, seen by a connection of our own
	_ "modernc.org/sqlite" // the product's guard does not stand between

	"aftersales/internal/apptest"
)

// rows looks at everything stored, past the product and its tenant guard.
type rows struct {
	t      *testing.T
	db     *sql.DB
	engine string
	tables []string
	// version and known are the last look: while the database says that nothing was committed since, its hash holds.
	version, known string
}

func openRows(t *testing.T, e *apptest.Env) *rows {
	t.Helper()
	driver, dsn := "postgres", e.Config.Database()
	list := `SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY 1`
	if e.Engine == "sqlite" {
		driver, dsn = "sqlite", "file:"+strings.TrimPrefix(dsn, "sqlite://")+"?mode=ro&_pragma=busy_timeout(10000)"
		list = `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1`
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	db.SetMaxOpenConns(1) // SQLite tells a connection what others committed since its own last look
	r := &rows{t: t, db: db, engine: e.Engine}
	r.tables = r.column(list)
	for _, must := range []string{"audit_entries", "idempotency_keys", "service_cases"} {
		if !slices.Contains(r.tables, must) {
			t.Fatalf("no table %s among %q", must, r.tables)
		}
	}
	return r
}

// column reads the first column of a query as text.
func (r *rows) column(query string, args ...any) []string {
	r.t.Helper()
	result, err := r.db.QueryContext(r.t.Context(), query, args...)
	if err != nil {
		r.t.Fatal(err)
	}
	defer result.Close()
	var out []string
	for result.Next() {
		var s string
		if err := result.Scan(&s); err != nil {
			r.t.Fatal(err)
		}
		out = append(out, s)
	}
	if err := result.Err(); err != nil {
		r.t.Fatal(err)
	}
	return out
}

// hash is one value for all rows of all tables, audit and idempotency keys included.
func (r *rows) hash() string {
	r.t.Helper()
	changes := `SELECT CAST(pg_snapshot_xmax(pg_current_snapshot()) AS text)` // a transaction of any database moves it
	if r.engine == "sqlite" {
		changes = `PRAGMA data_version`
	}
	if version := only(r.column(changes)); version != r.version {
		r.version, r.known = version, r.compute()
	}
	return r.known
}

func (r *rows) compute() string {
	r.t.Helper()
	if r.engine == "postgres" {
		parts := make([]string, len(r.tables))
		for i, name := range r.tables {
			parts[i] = `SELECT '` + name + `' || count(*) || COALESCE(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM "` + name + `" t`
		}
		return strings.Join(r.column(strings.Join(parts, " UNION ALL ")), "\n")
	}
	sum := sha256.New()
	for _, name := range r.tables {
		fmt.Fprintln(sum, name)
		r.write(sum, `SELECT * FROM "`+name+`" ORDER BY 1`)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

func (r *rows) write(sum io.Writer, query string) {
	r.t.Helper()
	result, err := r.db.QueryContext(r.t.Context(), query)
	if err != nil {
		r.t.Fatal(err)
	}
	defer result.Close()
	columns, err := result.Columns()
	if err != nil {
		r.t.Fatal(err)
	}
	values := make([]sql.RawBytes, len(columns))
	into := make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	for result.Next() {
		if err := result.Scan(into...); err != nil {
			r.t.Fatal(err)
		}
		for _, v := range values {
			fmt.Fprintf(sum, "%t %d ", v == nil, len(v))
			if _, err := sum.Write(v); err != nil {
				r.t.Fatal(err)
			}
		}
	}
	if err := result.Err(); err != nil {
		r.t.Fatal(err)
	}
}

// unchanged runs fn and fails when any row was added, changed or removed meanwhile.
func (r *rows) unchanged(what string, fn func()) {
	r.t.Helper()
	before := r.hash()
	fn()
	if r.hash() != before {
		r.t.Errorf("%s: something was written", what)
	}
}

// The instrument itself: it sees one changed row, and nothing where nothing happened.
func TestRowsSeeEveryWrite(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		r := openRows(t, e)
		s := e.Sandbox("mall", "2025-09-24T10:00:00+08:00")
		before := r.hash()
		s.Customer.Must(`{ viewer { subject } orders { nodes { id } } }`, nil)
		if r.hash() != before {
			t.Error("a read is taken for a write")
		}
		s.Admin.Must(`mutation { staffUpsert(input: { subject: "li.na", name: "Li Nana", role: AGENT }) { staff { id } userErrors { code } } }`, nil)
		if r.hash() == before {
			t.Error("a changed name is not seen")
		}
	})
}
