package program

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"aftersales/internal/auth"
	"aftersales/migrations"
)

// Several servers that start at once on one empty database share the work: every migration is applied once, every calendar
// written once, all become ready and none complains.
func TestSeveralServersStartAtOnce(t *testing.T) {
	t.Parallel()
	for engine, n := range map[string]int{"postgres": 4, "sqlite": 3} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			s := configured(fresh(t, engine))
			servers := make([]*server, n)
			for i := range servers {
				servers[i] = s.launch(t)
			}
			applied := 0
			for _, srv := range servers {
				srv.awaitServing()
				if status, body := srv.get("/readyz"); status != http.StatusOK {
					t.Errorf("/readyz: %d %s", status, body)
				}
				if wrong := srv.complaints(); len(wrong) > 0 {
					t.Errorf("a server complains:\n%s", strings.Join(wrong, ""))
				}
				applied += strings.Count(srv.log.String(), `"migration applied"`)
			}
			db := s.open(t)
			want := migrationsOf(t, engine)
			if got := count(t, db, "SELECT COUNT(*) FROM goose_db_version WHERE version_id > 0"); got != want || applied != want {
				t.Errorf("%d migrations stand in the database and %d in the logs; there are %d", got, applied, want)
			}
			if got := strings.Join(read(t, db, "SELECT code, COUNT(*) FROM calendars GROUP BY code ORDER BY code"), ", "); got != "CN 1, DE 1" {
				t.Errorf("calendars: %s", got)
			}
			// One writes, the others read it.
			platform := token(t, auth.PlatformAdmin, "", "root")
			servers[0].shop(platform, "mall", "2025-09-24T10:00:00+08:00")
			for _, srv := range servers {
				d := srv.must(platform, `{ merchant(id: "mall") { slug } }`, nil)
				if d.Str("merchant.slug") != "mall" {
					t.Errorf("%v", d)
				}
				if status := srv.stop(); status != 0 {
					t.Errorf("status %d", status)
				}
			}
		})
	}
}

func migrationsOf(t *testing.T, engine string) int {
	t.Helper()
	files := migrations.SQLite
	if engine == "postgres" {
		files = migrations.Postgres
	}
	all, err := files.ReadDir(engine)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, e := range all {
		if filepath.Ext(e.Name()) == ".sql" {
			n++
		}
	}
	return n
}

// A server told to stop turns unready, takes no connections after its drain delay, finishes what it is doing, and ends
// with 0.
func TestStopFinishesWhatRuns(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, s settings) {
		srv := s.with("AFTERSALES_DRAIN_DELAY", "2s").start(t)
		platform := token(t, auth.PlatformAdmin, "", "root")
		srv.shop(platform, "mall", "2025-09-24T10:00:00+08:00")
		if status, _ := srv.get("/readyz"); status != http.StatusOK {
			t.Fatalf("/readyz: %d", status)
		}
		// Somebody holds the database, so that a mutation has to wait.
		db := s.open(t)
		tx, err := db.BeginTx(context.Background(), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer tx.Rollback() //nolint:errcheck // it is rolled back below
		if !strings.HasPrefix(s["AFTERSALES_DATABASE_URL"], "sqlite") {
			if _, err := tx.Exec("LOCK TABLE orders IN EXCLUSIVE MODE"); err != nil {
				t.Fatal(err)
			}
		}
		slow := make(chan string, 1)
		go func() {
			a, err := ask(srv.url, platform, `mutation($in: OrderInput!) { orderUpsert(merchant: "mall", input: $in) { order { number } userErrors { message } } }`,
				vars{"in": sale("A1", 1)})
			slow <- fmt.Sprint(string(a.Data), err)
		}()
		until(t, "the mutation is being answered", func() bool { // the question itself counts as one
			_, metrics := srv.get("/metrics")
			return strings.Contains(metrics, "aftersales_http_requests_in_flight 2")
		})
		if err := srv.cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		srv.awaitLog("stopping")
		if status, body := srv.get("/readyz"); status != http.StatusServiceUnavailable {
			t.Errorf("/readyz of a server that stops: %d %s, want 503", status, body)
		}
		until(t, "it takes no connections", func() bool {
			conn, err := net.Dial("tcp", strings.TrimPrefix(srv.url, "http://"))
			if err != nil {
				return true
			}
			_ = conn.Close() // it was never used
			return false
		})
		select {
		case <-srv.ended:
			t.Error("the server ended while it was answering")
		case got := <-slow:
			t.Errorf("answered although the database is held: %s", got)
		default:
		}
		if err := tx.Rollback(); err != nil {
			t.Fatal(err)
		}
		if got := <-slow; got != `{"orderUpsert":{"order":{"number":"A1"},"userErrors":[]}}<nil>` {
			t.Errorf("the mutation that was running: %s", got)
		}
		if status := srv.status(); status != 0 {
			t.Errorf("status %d", status)
		}
		if got := read(t, db, "SELECT number FROM orders"); len(got) != 1 {
			t.Errorf("orders %v", got)
		}
	})
}

// sale is an order input of customer c-1 with one line of some units at 10.00.
func sale(number string, quantity int) vars {
	return vars{"number": number, "placedAt": "2025-09-20T10:00:00+08:00", "paidAt": "2025-09-20T10:00:00+08:00", "currency": "CNY",
		"customer": vars{"externalId": "c-1", "name": "Li Lei", "email": "li.lei@example.com", "phone": "13800001234"},
		"lines":    []vars{{"externalId": "1", "sku": "CUP", "title": "Cup", "quantity": quantity, "unitPrice": "10.00"}}}
}
