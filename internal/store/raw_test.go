package store_test

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"aftersales/internal/apptest"
)

// raw is a connection past the store, as somebody with a database shell has it.
type raw struct {
	t      *testing.T
	db     *sql.DB
	engine string
}

func openRaw(t *testing.T, e *apptest.Env) raw {
	t.Helper()
	driver, dsn := "postgres", e.Config.Database()
	if e.Engine == "sqlite" {
		driver, dsn = "sqlite", "file:"+strings.TrimPrefix(dsn, "sqlite://")+"?_pragma=foreign_keys(1)&_pragma=busy_timeout(10000)"
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
	return raw{t, db, e.Engine}
}

func (r raw) exec(query string) error {
	_, err := r.db.ExecContext(r.t.Context(), query)
	return err
}

func (r raw) one(query string) string {
	r.t.Helper()
	var s sql.NullString
	if err := r.db.QueryRowContext(r.t.Context(), query).Scan(&s); err != nil {
		r.t.Fatalf("%s: %v", query, err)
	}
	return s.String
}

// list reads rows of three texts.
func (r raw) list(query string) (out [][3]string) {
	r.t.Helper()
	result, err := r.db.QueryContext(r.t.Context(), query)
	if err != nil {
		r.t.Fatalf("%s: %v", query, err)
	}
	defer result.Close()
	for result.Next() {
		var row [3]string
		if err := result.Scan(&row[0], &row[1], &row[2]); err != nil {
			r.t.Fatal(err)
		}
		out = append(out, row)
	}
	if err := result.Err(); err != nil {
		r.t.Fatal(err)
	}
	return out
}

func (r raw) first(query string) (out []string) {
	r.t.Helper()
	for _, row := range r.list(query) {
		out = append(out, row[0])
	}
	return out
}

func (r raw) tables() []string {
	if r.engine == "sqlite" {
		return r.first(`SELECT name, '', '' FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`)
	}
	return r.first(`SELECT table_name, '', '' FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`)
}

func (r raw) columns(table string) []string {
	if r.engine == "sqlite" {
		return r.first(`SELECT name, '', '' FROM pragma_table_info('` + table + `')`)
	}
	return r.first(`SELECT column_name, '', '' FROM information_schema.columns WHERE table_schema = 'public' AND table_name = '` + table + `'`)
}

// link is a column that points at the id of another table.
type link struct{ table, column, to string }

func (l link) String() string { return fmt.Sprintf("%s.%s -> %s", l.table, l.column, l.to) }

// links lists the foreign keys between tables that belong to merchants. The merchant's own is not one.
func (r raw) links() (out []link) {
	r.t.Helper()
	var owned []string
	for _, table := range r.tables() {
		if slices.Contains(r.columns(table), "merchant_id") {
			owned = append(owned, table)
		}
	}
	for _, table := range owned {
		query := `SELECT "from", "table", "to" FROM pragma_foreign_key_list('` + table + `')`
		if r.engine == "postgres" {
			query = `SELECT a.attname, k.confrelid::regclass::text, b.attname FROM pg_constraint k
				CROSS JOIN LATERAL unnest(k.conkey, k.confkey) AS u(mine, theirs)
				JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.mine
				JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = u.theirs
				WHERE k.contype = 'f' AND k.conrelid = '` + table + `'::regclass`
		}
		for _, row := range r.list(query) {
			if column, to, target := row[0], row[1], row[2]; target == "id" && column != "merchant_id" && slices.Contains(owned, to) {
				out = append(out, link{table, column, to})
			}
		}
	}
	return out
}
