package demo_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"aftersales/internal/app"
	"aftersales/internal/apptest"
	"aftersales/internal/auth"
	"aftersales/internal/demo"
	"aftersales/internal/problem"
)

// The two shops stand where the first queries expect them: clocks, people, orders, and cases in every state.
func TestSeedSetsUpTwoShops(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, e *apptest.Env) {
		for _, shop := range []struct {
			admin, slug, clock string
			staff, addresses   int
			orders             [2]int
			statuses           map[string]int
		}{
			{"MERCHANT_ADMIN Zhou Min · demo-mall", demo.Mall, "2025-09-29T02:00:00Z", 8, 2, [2]int{18, 20}, map[string]int{
				"COMPLETED": 3, "REQUESTED": 3, "NEEDS_INFO": 1, "AWAITING_PARTS": 1, "AWAITING_SHIPMENT": 1, "IN_TRANSIT": 1, "RECEIVED": 1,
				"INSPECTION_PASSED": 1, "REFUNDING": 1, "REJECTED": 1, "CANCELLED": 1, "EXPIRED": 1}},
			{"MERCHANT_ADMIN Clara Neumann · demo-shop", demo.Shop, "2025-09-29T08:00:00Z", 7, 1, [2]int{10, 12}, map[string]int{
				"COMPLETED": 1, "REQUESTED": 1, "IN_TRANSIT": 1, "REFUNDING": 1, "REJECTED": 1}},
		} {
			admin := as(t, e, shop.admin)
			d := admin.Must(`{ now merchant { slug mode now staff { role } returnAddresses { isDefault } } }`, nil)
			if d.Str("now") != shop.clock || d.Str("merchant.mode") != "SANDBOX" || d.Str("merchant.slug") != shop.slug {
				t.Errorf("%s: %v", shop.slug, d)
			}
			if got := len(d.List("merchant.staff")); got != shop.staff {
				t.Errorf("%s: %d staff, want %d", shop.slug, got, shop.staff)
			}
			defaults := 0
			for _, a := range d.List("merchant.returnAddresses") {
				if a.Get("isDefault") == true {
					defaults++
				}
			}
			if got := len(d.List("merchant.returnAddresses")); got != shop.addresses || defaults != 1 {
				t.Errorf("%s: %d addresses, %d of them default", shop.slug, got, defaults)
			}
			if got := len(admin.Must(everyOrder, nil).List("orders.nodes")); got < shop.orders[0] || got > shop.orders[1] {
				t.Errorf("%s: %d orders, want %v", shop.slug, got, shop.orders)
			}
			statuses := map[string]int{}
			for _, c := range admin.Must(everyCase, nil).List("cases.nodes") {
				statuses[c.Str("status")]++
				if ended := slices.Contains([]string{"COMPLETED", "REJECTED", "CANCELLED", "EXPIRED"}, c.Str("status")); ended != (c.Get("closedAt") != nil) {
					t.Errorf("%s: %s is %s, closed at %v", shop.slug, c.Str("order.number"), c.Str("status"), c.Get("closedAt"))
				}
			}
			if want, got := text(t, shop.statuses), text(t, statuses); got != want {
				t.Errorf("%s: statuses %s, want %s", shop.slug, got, want)
			}
		}
	})
}

// What the demo promises of single cases and orders.
func TestSeedTellsTheStories(t *testing.T) {
	t.Parallel()
	e := start(t, "sqlite")
	agent := as(t, e, "AGENT Li Na · demo-mall")
	cases := map[string]apptest.Data{}
	for _, c := range agent.Must(everyCase, nil).List("cases.nodes") {
		cases[c.Str("order.number")] = c
	}
	deadline := func(order, kind string) apptest.Data {
		t.Helper()
		for _, d := range cases[order].List("deadlines") {
			if d.Str("kind") == kind {
				return d
			}
		}
		t.Fatalf("order %s has no %s", order, kind)
		return apptest.Data{}
	}

	late := deadline("DM20250905-1031", "REFUND")
	if late.Str("state") != "BREACHED" || late.Str("breachedAt") != "2025-09-24T16:00:00Z" || late.Str("metAt") != "2025-09-26T02:30:00Z" ||
		late.Get("explanation.text") == "" || late.Get("explanationOwed") != false {
		t.Errorf("the late refund: %v", late)
	}
	if c := cases["DM20250905-1031"]; c.Str("escalatedTo.name") != "陈静" || c.Str("closedAt") != "2025-09-26T03:00:00Z" {
		t.Errorf("the late case: %v", c)
	}
	if got := deadline("DM20250910-1042", "REFUND").Str("state"); got != "MET" {
		t.Errorf("the refund in time is %s", got)
	}
	holiday := deadline("DM20250920-1071", "REFUND")
	if holiday.Str("state") != "RUNNING" || holiday.Str("promisedDueAt") != "2025-09-30T16:00:00Z" || holiday.Str("dueAt") != "2025-10-10T16:00:00Z" {
		t.Errorf("the refund over the holiday: %v", holiday)
	}
	if got := deadline("DM20250918-1064", "REFUND").Str("state"); got != "PAUSED" {
		t.Errorf("while information is needed, REFUND is %s", got)
	}
	if d := deadline("DM20250925-1090", "FIRST_RESPONSE"); d.Str("state") != "RUNNING" || d.Str("dueAt") != "2025-09-29T11:40:00Z" {
		t.Errorf("the fresh request: %v", d)
	}
	if d := deadline("DM20250920-1073", "FIRST_RESPONSE"); d.Str("state") != "BREACHED" || d.Get("explanationOwed") != true {
		t.Errorf("the unanswered request: %v", d)
	}

	orders := map[string]apptest.Data{}
	for _, o := range agent.Must(everyOrder, nil).List("orders.nodes") {
		orders[o.Str("number")] = o
		if mail := o.Str("customer.email"); !strings.HasSuffix(mail, "@example.com") {
			t.Errorf("%s could be somebody's", mail)
		}
	}
	if got := orders["DM20250830-1019"].Str("refunded.amount"); got != "99.00" {
		t.Errorf("refunded before: %s", got)
	}
	if got := orders["DM20250923-1085"].Get("lines.0.deliveredAt"); got != nil {
		t.Errorf("delivery should be unknown, is %v", got)
	}
}

// A second start keeps what is there, also what visitors changed, and writes nothing.
func TestSeedAgainKeepsTheData(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, e *apptest.Env) {
		admin := as(t, e, "MERCHANT_ADMIN Zhou Min · demo-mall")
		admin.Must(`mutation { testClockAdvance(to: "2025-09-29T11:00:00+08:00") { now userErrors { code } } }`, nil)
		before := answer(t, admin, everyCase)
		sent := e.Statements(func() {
			if err := demo.Seed(t.Context(), e.App); err != nil {
				t.Fatal(err)
			}
		})
		if len(sent) > 1 || len(sent) == 1 && !strings.HasPrefix(sent[0], "SELECT") {
			t.Errorf("a second seeding sent %q", sent)
		}
		if after := answer(t, admin, everyCase); after != before {
			t.Errorf("cases changed from\n%s to\n%s", before, after)
		}
		if now := admin.Must(`{ now }`, nil).Str("now"); now != "2025-09-29T03:00:00Z" {
			t.Errorf("the clock went back to %s", now)
		}
	})
}

// Two fresh starts, here on two engines, tell the same apart from ids.
func TestSeedIsDeterministic(t *testing.T) {
	t.Parallel()
	said := map[string]string{}
	for _, engine := range []string{"sqlite", "postgres"} {
		e := start(t, engine)
		for _, label := range []string{"AGENT Li Na · demo-mall", "AGENT Jonas Becker · demo-shop"} {
			said[engine] += answer(t, as(t, e, label), everyCase) + answer(t, as(t, e, label), everyOrder)
		}
	}
	if said["sqlite"] != said["postgres"] {
		t.Errorf("sqlite:\n%s\npostgres:\n%s", said["sqlite"], said["postgres"])
	}
}

// most statements one seeding may take: two thirds of a second of an ordinary machine's one core on SQLite, so that the
// server is ready within two seconds of its first start.
const most = 3100

// Whatever statement a start is stopped at, it leaves nothing, and the next start seeds it all, within its budget.
func TestSeedInterruptedLeavesNothing(t *testing.T) {
	t.Parallel()
	cfg, err := settings("sqlite://" + filepath.Join(t.TempDir(), "demo.db"))
	if err != nil {
		t.Fatal(err)
	}
	for _, stopAt := range []int{10, 700} {
		ctx, stop := context.WithCancel(t.Context())
		left := -1 // counts only while seeding
		a, err := app.Open(t.Context(), cfg, slog.New(slog.DiscardHandler), app.Options{Statement: func(context.Context, string) {
			if left--; left == 0 {
				stop()
			}
		}})
		if err != nil {
			t.Fatal(err)
		}
		left = stopAt
		if err := demo.Seed(ctx, a); err == nil {
			t.Fatalf("stopped at statement %d, and nobody noticed", stopAt)
		}
		all := auth.AsSystem(t.Context(), "")
		slug := demo.Mall
		if _, err := a.Merchants.Scope(all, &slug); !problem.Is(err, problem.NotFound) {
			t.Errorf("stopped at statement %d: demo-mall: %v", stopAt, err)
		}
		client := a.Store.Client(all)
		for name, count := range map[string]func(context.Context) (int, error){"merchants": client.Merchant.Query().Count, "staff": client.Staff.Query().Count,
			"orders": client.Order.Query().Count, "cases": client.ServiceCase.Query().Count, "keys": client.IdempotencyKey.Query().Count} {
			if n, err := count(all); n != 0 || err != nil {
				t.Errorf("stopped at statement %d: %d %s, %v", stopAt, n, name, err)
			}
		}
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	}
	e := apptest.StartOn(t, "sqlite", cfg)
	sent := e.Statements(func() { err = demo.Seed(t.Context(), e.App) })
	if err != nil {
		t.Fatalf("seed: %v", err)
	}
	if len(sent) > most {
		t.Errorf("seeding sent %d statements, at most %d", len(sent), most)
	}
	if got := len(as(t, e, "AGENT Li Na · demo-mall").Must(everyCase, nil).List("cases.nodes")); got != 16 {
		t.Errorf("%d cases after all", got)
	}
}

// Every login works, names one person, and together they cover every role.
func TestPeopleCanSignIn(t *testing.T) {
	t.Parallel()
	e := start(t, "sqlite")
	labels, roles := map[string]bool{}, map[auth.Role]bool{}
	for _, p := range demo.People() {
		if labels[p.Label] || !strings.HasPrefix(p.Label, string(p.Role)+" ") {
			t.Errorf("label %q", p.Label)
		}
		labels[p.Label], roles[p.Role] = true, true
		d := as(t, e, p.Label).Must(`{ viewer { role merchant { slug } customer { externalId } staff { role name } } }`, nil)
		if d.Str("viewer.role") != string(p.Role) {
			t.Errorf("%s is %s", p.Label, d.Str("viewer.role"))
		}
		if p.Merchant != "" && d.Str("viewer.merchant.slug") != p.Merchant {
			t.Errorf("%s works at %v", p.Label, d.Get("viewer.merchant"))
		}
		switch p.Role {
		case auth.Customer:
			if d.Str("viewer.customer.externalId") != p.Customer {
				t.Errorf("%s is %v", p.Label, d.Get("viewer.customer"))
			}
		case auth.PlatformAdmin, auth.Integration, auth.Carrier:
			// nobody on a staff list
		default:
			if d.Str("viewer.staff.role") != string(p.Role) {
				t.Errorf("%s is on the staff list as %v", p.Label, d.Get("viewer.staff"))
			}
		}
	}
	for _, r := range auth.Roles() {
		if !roles[r] {
			t.Errorf("nobody is %s", r)
		}
	}
}

// One advance of the clock over the holiday shows the pause, the breach at its own instant, the escalation, and the
// explanation owed (MALL-1.3b).
func TestOneAdvanceShowsTheHoliday(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, e *apptest.Env) {
		as(t, e, "MERCHANT_ADMIN Zhou Min · demo-mall").Must(`mutation { testClockAdvance(to: "2025-10-13T10:00:00+08:00") { now userErrors { code } } }`, nil)
		agent := as(t, e, "AGENT Li Na · demo-mall")
		d := agent.Must(`{ order(number: "DM20250920-1071") { cases(first: 1) { nodes { status priority closedAt escalatedTo { name } allowedActions
			deadlines { kind state open breachedAt explanationOwed why pauses { from to reason } } events(first: 50) { nodes { type at } } } } } }`, nil)
		c := d.List("order.cases.nodes")[0]
		if c.Str("status") != "INSPECTION_PASSED" || c.Str("priority") != "URGENT" || c.Str("escalatedTo.name") != "陈静" {
			t.Errorf("the case: %v", c)
		}
		i := slices.IndexFunc(c.List("deadlines"), func(d apptest.Data) bool { return d.Str("kind") == "REFUND" })
		refund := c.List("deadlines")[i]
		if refund.Str("state") != "BREACHED" || refund.Get("open") != true || refund.Str("breachedAt") != "2025-10-10T16:00:00Z" || refund.Get("explanationOwed") != true {
			t.Errorf("the deadline: %v", refund)
		}
		if why := refund.Str("why"); !strings.Contains(why, "National Day") || !strings.Contains(why, "make-up") || !strings.Contains(why, "waiting for the customer to send the goods") {
			t.Errorf("why: %s", why)
		}
		if len(refund.List("pauses")) != 2 {
			t.Errorf("pauses: %v", refund.Get("pauses"))
		}
		var told []string
		for _, ev := range c.List("events.nodes") {
			if ev.Str("at") == "2025-10-10T16:00:00Z" {
				told = append(told, ev.Str("type"))
			}
		}
		if !slices.Equal(told, []string{"DEADLINE_BREACHED", "ESCALATED"}) {
			t.Errorf("at the due instant: %v", told)
		}
		if !slices.Contains(c.Strings("allowedActions"), "CASE_EXPLAIN_DELAY") {
			t.Errorf("allowed: %v", c.Strings("allowedActions"))
		}
	})
}

// Of two processes that start at once on one database, one seeds and the other finds the work done.
func TestTwoSeedAtOnce(t *testing.T) {
	t.Parallel()
	first := apptest.Start(t, "sqlite")
	second := apptest.StartOn(t, "sqlite", first.Config)
	done := make(chan error, 2)
	for _, e := range []*apptest.Env{first, second} {
		go func() { done <- demo.Seed(t.Context(), e.App) }()
	}
	for range 2 {
		select {
		case err := <-done:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(30 * time.Second):
			t.Fatal("seeding hangs")
		}
	}
	if got := len(as(t, second, "AGENT Li Na · demo-mall").Must(everyOrder, nil).List("orders.nodes")); got != 20 {
		t.Errorf("%d orders", got)
	}
}
