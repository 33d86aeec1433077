package contract

import (
	"database/sql"
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
	// changes and known are the last look at PostgreSQL: while the server says that no transaction began since, it holds.
	changes, known string
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

// written is a value that moves when something was written and committed: any row of any table, audit and idempotency keys
// included, also to what it was before.
func (r *rows) written() string {
	r.t.Helper()
	if r.engine == "sqlite" {
		return only(r.column(`PRAGMA data_version`))
	}
	changes := only(r.column(`SELECT CAST(pg_snapshot_xmax(pg_current_snapshot()) AS text)`)) // a transaction of any database moves it
	if changes != r.changes {
		parts := make([]string, len(r.tables))
		for i, name := range r.tables { // every version of a row bears the number of the transaction that wrote it
			parts[i] = `SELECT count(*) || ' ' || COALESCE(sum(xmin::text::bigint), 0) FROM "` + name + `"`
		}
		r.changes, r.known = changes, strings.Join(r.column(strings.Join(parts, " UNION ALL ")), "\n")
	}
	return r.known
}

// unchanged runs fn and fails when any row was added, changed or removed meanwhile.
func (r *rows) unchanged(what string, fn func()) {
	r.t.Helper()
	before := r.written()
	fn()
	if r.written() != before {
		r.t.Errorf("%s: something was written", what)
	}
}

// The instrument itself: it sees one changed row, and nothing where nothing happened.
func TestRowsSeeEveryWrite(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		r := openRows(t, e)
		s := e.Sandbox("mall", "2025-09-24T10:00:00+08:00")
		before := r.written()
		s.Customer.Must(`{ viewer { subject } orders { nodes { id } } }`, nil)
		if r.written() != before {
			t.Error("a read is taken for a write")
		}
		s.Admin.Must(`mutation { staffUpsert(input: { subject: "li.na", name: "Li Nana", role: AGENT }) { staff { id } userErrors { code } } }`, nil)
		if r.written() == before {
			t.Error("a changed name is not seen")
		}
	})
}
