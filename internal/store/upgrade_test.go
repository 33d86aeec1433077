package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pressly/goose/v3"

	"aftersales/internal/apptest"
	"aftersales/internal/apptest/pgtest"
	"aftersales/internal/auth"
	"aftersales/internal/casework"
	"aftersales/internal/clock"
	"aftersales/internal/plan"
	"aftersales/internal/store"
	"aftersales/migrations"
)

// firstMigration is the version of the oldest databases there are.
const firstMigration = 20261122154813

// oldDatabase is a database as the first migration made it, with rows in every table.
func oldDatabase(t *testing.T, engine string) (url string, db raw) {
	t.Helper()
	ctx := t.Context()
	url, driver, files, dialect := "", "sqlite", fs.FS(migrations.SQLite), goose.DialectSQLite3
	dsn := ""
	if engine == "postgres" {
		url = pgtest.URL(t)
		dsn, driver, files, dialect = url, "postgres", migrations.Postgres, goose.DialectPostgres
	} else {
		file := filepath.Join(t.TempDir(), "old.db")
		url, dsn = "sqlite://"+file, "file:"+file+"?_pragma=foreign_keys(1)&_pragma=busy_timeout(10000)"
	}
	conn, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
	})
	files, err = fs.Sub(files, engine)
	if err != nil {
		t.Fatal(err)
	}
	p, err := goose.NewProvider(dialect, conn, files, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.UpTo(ctx, firstMigration); err != nil {
		t.Fatal(err)
	}
	installCalendars(t, url)
	rows, err := os.ReadFile("testdata/first.sql")
	if err != nil {
		t.Fatal(err)
	}
	db = raw{t, conn, engine}
	for _, statement := range strings.Split(string(rows), ";\n") {
		if strings.TrimSpace(statement) == "" {
			continue
		}
		if err := db.exec(statement); err != nil {
			t.Fatalf("%v in %.200s", err, statement)
		}
	}
	return url, db
}

// installCalendars writes the built-in calendars, whose table never changed, as the service does.
func installCalendars(t *testing.T, url string) {
	t.Helper()
	st, err := store.Open(t.Context(), store.Options{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	plans, err := plan.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	if err := casework.New(st, plans, clock.Real).InstallCalendars(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
}

// content reads the columns named of every row of every table, as text.
func (r raw) content(columns map[string][]string) map[string][]string {
	r.t.Helper()
	out := map[string][]string{}
	for table, names := range columns {
		rows, err := r.db.QueryContext(r.t.Context(), `SELECT "`+strings.Join(names, `", "`)+`" FROM `+table+` ORDER BY id`)
		if err != nil {
			r.t.Fatal(err)
		}
		for rows.Next() {
			values, targets := make([]any, len(names)), make([]any, len(names))
			for i := range values {
				targets[i] = &values[i]
			}
			if err := rows.Scan(targets...); err != nil {
				r.t.Fatal(err)
			}
			for i, v := range values {
				if b, ok := v.([]byte); ok {
					values[i] = string(b)
				}
			}
			out[table] = append(out[table], fmt.Sprint(values...))
		}
		if err := rows.Err(); err != nil {
			r.t.Fatal(err)
		}
		if err := rows.Close(); err != nil {
			r.t.Fatal(err)
		}
	}
	return out
}

// A database of the first version with rows in every table comes up to the newest one with nothing lost and nothing
// dangling, what is new is filled as it would be had the new version written it, and the old cases go on.
func TestUpgradeKeepsEveryRow(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			url, db := oldDatabase(t, engine)
			columns := map[string][]string{}
			for _, table := range db.tables() {
				if table != "goose_db_version" {
					columns[table] = db.columns(table)
				}
			}
			before := db.content(columns)
			for table := range columns {
				if len(before[table]) == 0 {
					t.Errorf("%s is empty, so nothing is proved about it", table)
				}
			}
			e := apptest.StartAt(t, engine, url)
			after := db.content(columns)
			for _, table := range slices.Sorted(maps.Keys(columns)) {
				if !slices.Equal(before[table], after[table]) {
					t.Errorf("%s was\n%s\nand is\n%s", table, strings.Join(before[table], "\n"), strings.Join(after[table], "\n"))
				}
			}
			upgraded(t, db)
			goesOn(t, e)
		})
	}
}

// upgraded looks at what the migration filled in.
func upgraded(t *testing.T, db raw) {
	t.Helper()
	for query, want := range map[string]string{
		"SELECT disposition FROM return_details WHERE case_id LIKE '%001'":                                                                   "RETURN",
		"SELECT disposition FROM return_details WHERE case_id LIKE '%002'":                                                                   "KEEP",
		"SELECT COUNT(*) FROM return_details WHERE refund_trigger <> 'INSPECTION' OR goods_owed <> 0":                                        "0",
		"SELECT COUNT(*) FROM return_details WHERE received_at IS NOT NULL":                                                                  "2",
		"SELECT COUNT(*) FROM return_details d JOIN case_events e ON e.case_id = d.case_id AND e.type = 'RECEIVED' AND e.at = d.received_at": "2",
		"SELECT COUNT(*) FROM return_items WHERE holding":                                                                                    "2", // received and requested
		"SELECT COUNT(*) FROM return_items WHERE holding AND (case_id LIKE '%003' OR case_id LIKE '%004')":                                   "2",
		"SELECT COUNT(*) FROM refunds WHERE purpose <> 'RETURN' OR attempts <> 1 OR held":                                                    "0",
		"SELECT COUNT(*) FROM merchants WHERE status <> 'ACTIVE'":                                                                            "0",
		"SELECT COUNT(*) FROM parcels WHERE purpose <> 'RETURN' OR method <> 'SELF'":                                                         "0",
	} {
		if got := db.one(query); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
	if db.engine == "sqlite" {
		if rows := db.list(`SELECT "table", COALESCE(rowid, ''), parent FROM pragma_foreign_key_check`); len(rows) > 0 {
			t.Errorf("dangling: %v", rows)
		}
		if got := db.one("PRAGMA integrity_check"); got != "ok" {
			t.Errorf("integrity: %s", got)
		}
	}
	if err := db.exec("INSERT INTO messages (id, merchant_id, case_id, internal, text, author_subject, author_role, author_name, at) VALUES ('msg_x', 'mer_01h455vb4pex5vsknk084sn001', 'ret_nobody', true, 't', 's', 'AGENT', 'n', '2025-03-07 00:00:00+00:00')"); err == nil {
		t.Error("foreign keys are off after the migration")
	}
}

// goesOn works the old cases with the new version, through the API.
func goesOn(t *testing.T, e *apptest.Env) {
	t.Helper()
	ctx := auth.AsSystem(context.Background(), "mer_01h455vb4pex5vsknk084sn001")
	bad := e.App.Store.Client(ctx).Message.Create().SetID("msg_y").SetMerchantID("mer_01h455vb4pex5vsknk084sn001").SetCaseID("ret_nobody").SetInternal(true).
		SetText("t").SetAuthorSubject("s").SetAuthorRole("AGENT").SetAuthorName("n").SetAt(e.Now()).Exec(ctx)
	if bad == nil {
		t.Error("the server's own connections do not check foreign keys")
	}
	agent, finance := e.As(auth.Agent, "old", "li.na"), e.As(auth.Finance, "old", "sun.li")
	status := func(query, path string, vars apptest.Vars) string {
		t.Helper()
		return agent.Must(query, vars).Str(path)
	}
	requested, refunding := apptest.Vars{"id": "ret_01h455vb4pex5vsknk084sn004"}, apptest.Vars{"id": "ref_01h455vb4pex5vsknk084sn002", "key": "confirm"}
	if got := status(apptest.ApproveReturn, "returnApprove.return.status", requested); got != "REFUNDING" {
		t.Errorf("the requested refund is %s once approved", got)
	}
	requested["key"] = "refund"
	// One cup of five, 50.00: 10.00, as 30.00 of the line and 35.00 of the order are left.
	d := finance.Must(apptest.RefundReturn, requested)
	if got := d.Str("returnRefund.refund.amount.amount"); got != "10.00" {
		t.Errorf("refund of %s", got)
	}
	if got := finance.Must(apptest.ConfirmRefund, refunding).Str("refundConfirm.return.status"); got != "COMPLETED" {
		t.Errorf("the refund under way ends in %s", got)
	}
	seen := agent.Must(`{ order(number: "A1") { refunded { amount } lines { returnableQuantity } } }`, nil)
	if got := seen.Str("order.refunded.amount"); got != "31.00" {
		t.Errorf("refunded %s", got)
	}
	if got := seen.Int("order.lines.0.returnableQuantity"); got != 1 {
		t.Errorf("returnable %d", got)
	}
}
