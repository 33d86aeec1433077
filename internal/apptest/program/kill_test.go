package program

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"aftersales/internal/apptest"
	"aftersales/internal/auth"
)

// number reads a setting of this test from the environment.
func number(t *testing.T, name string, otherwise uint64) uint64 {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// A server that is killed in the middle of its work leaves nothing half done: after each restart the same requests in the
// same words give each object once, everything that was acknowledged is there, and all rows agree with one another
// (design decisions 4, 7 and 8). The kills come after seeded numbers of answers; AFTERSALES_TEST_SEED repeats a run,
// AFTERSALES_TEST_KILLS makes a longer one.
func TestAKilledServerLeavesNothingHalfDone(t *testing.T) {
	t.Parallel()
	seed := number(t, "AFTERSALES_TEST_SEED", rand.Uint64())
	kills := number(t, "AFTERSALES_TEST_KILLS", 6)
	t.Logf("AFTERSALES_TEST_SEED=%d", seed)
	onEachEngine(t, func(t *testing.T, s settings) {
		began := time.Date(2025, 9, 24, 2, 0, 0, 0, time.UTC)
		s = s.with("AFTERSALES_SWEEP_INTERVAL", "100ms")
		c := newCrowd(t)
		srv := s.start(t)
		srv.shop(token(t, auth.PlatformAdmin, "", "root"), "mall", began.Format(time.RFC3339))
		c.serve(srv)
		var work sync.WaitGroup
		for i := range uint64(5) {
			work.Go(func() { c.journeys(fmt.Sprintf("J%d", i), rand.New(rand.NewPCG(seed, i))) })
		}
		work.Go(c.imports)
		work.Go(func() { c.clockwork(began) })

		r := rand.New(rand.NewPCG(seed, 99))
		interrupted := 0
		for range kills {
			// The jitter is no wait for anything: it moves the kill along within whatever is going on.
			answers, jitter := 20+r.IntN(60), time.Duration(r.IntN(int(10*time.Millisecond)))
			if !c.awaitAnswers(answers) {
				break
			}
			time.Sleep(jitter)
			before := c.lostRequests()
			srv.kill()
			srv = s.start(t)
			if lost := c.lostRequests() - before; lost > 0 {
				interrupted++
			}
			c.serve(srv)
		}
		c.awaitAnswers(60)
		c.stop()
		work.Wait()
		if t.Failed() {
			return
		}
		t.Logf("%d kills, %d of them within requests: %d answers, %d requests without; %d returns, %d orders, clock at %s",
			kills, interrupted, c.answers, c.lost, len(c.returns), len(c.orders), c.clock)
		if interrupted == 0 {
			t.Error("no kill met a request: this run proves nothing")
		}
		c.acknowledged(srv)
		consistent(t, s)
		if status := srv.stop(); status != 0 {
			t.Errorf("status %d", status)
		}
	})
}

func (c *crowd) lostRequests() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.lost
}

// acknowledged holds that everything the crowd was told is what the API shows, once, and that repeating a request in the
// same words still answers with the first object.
func (c *crowd) acknowledged(srv *server) {
	c.t.Helper()
	shown := map[string]apptest.Data{}
	perOrder := map[string]int{}
	for cursor := any(nil); ; {
		d := srv.must(c.admin, `query($after: Cursor) { returns(first: 50, after: $after) { nodes { id status order { number refunded { amount } }
		  items { quantity } refunds { id state amount { amount } } deadlines { kind state open metAt breachedAt dueAt } nextDeadline { dueAt } events(first: 1) { nodes { type } } }
		  pageInfo { hasNextPage endCursor } } }`, vars{"after": cursor})
		for _, r := range d.List("returns.nodes") {
			shown[r.Str("id")] = r
			perOrder[r.Str("order.number")]++
		}
		if d.Get("returns.pageInfo.hasNextPage") != true {
			break
		}
		cursor = d.Get("returns.pageInfo.endCursor")
	}
	if len(shown) != len(c.returns) {
		c.t.Errorf("%d returns were acknowledged, %d are shown", len(c.returns), len(shown))
	}
	cents := map[string]int{}
	for _, f := range c.returns {
		r, ok := shown[f.id]
		if !ok {
			c.t.Errorf("%+v was acknowledged and is gone", *f)
			continue
		}
		expired := r.Str("status") == "EXPIRED" && (f.status == "AWAITING_SHIPMENT" || f.status == "NEEDS_INFO")
		// Nobody reviewed it for 48 hours: approved by itself.
		alone := f.status == "REQUESTED" && (r.Str("status") == "AWAITING_SHIPMENT" || r.Str("status") == "EXPIRED")
		if r.Str("status") != f.status && !expired && !alone {
			c.t.Errorf("%+v is shown as %s", *f, r.Str("status"))
		}
		if r.Int("items.0.quantity") != f.quantity || r.Str("order.number") != f.order || r.Str("events.nodes.0.type") != "OPENED" {
			c.t.Errorf("%+v is shown as %v", *f, r)
		}
		if f.refund != "" && (len(r.List("refunds")) != 1 || r.Str("refunds.0.id") != f.refund || r.Str("refunds.0.amount.amount") != f.paid) {
			c.t.Errorf("%+v has the refunds %v", *f, r.Get("refunds"))
		}
		for _, refund := range r.List("refunds") {
			cents[f.order] += minor(c.t, refund.Str("amount.amount"))
		}
		next := ""
		for _, d := range r.List("deadlines") {
			if due, ok := d.Get("dueAt").(string); ok && d.Get("open") == true && (next == "" || due < next) {
				next = due
			}
			if d.Get("metAt") != nil && (d.Str("state") == "CANCELLED" || d.Get("open") == true) {
				c.t.Errorf("%+v has the deadline %v", *f, d)
			}
		}
		if nearest, ok := r.Get("nextDeadline").(map[string]any); next != "" && (!ok || nearest["dueAt"] != next) {
			c.t.Errorf("%+v: next deadline %v, want %s", *f, r.Get("nextDeadline"), next)
		}
	}
	for id, r := range shown {
		if got, want := minor(c.t, r.Str("order.refunded.amount")), cents[r.Str("order.number")]; got != want {
			c.t.Errorf("order %s of %s has %d refunded, its refunds are %d", r.Str("order.number"), id, got, want)
		}
	}
	for n, numberOf := range c.orders {
		if n%10 != 0 && !strings.HasPrefix(numberOf, "J") {
			continue // a sample of the imported ones; consistent counts them all
		}
		if d := srv.must(c.admin, `query($n: String!) { order(number: $n) { number } }`, vars{"n": numberOf}); d.Get("order") == nil {
			c.t.Errorf("order %s was acknowledged and is gone", numberOf)
		}
	}
	now := srv.must(c.admin, `{ now }`, nil).Str("now")
	if at, err := time.Parse(time.RFC3339, now); err != nil || at.Format(time.RFC3339) < c.clock {
		c.t.Errorf("the clock shows %s and was told to have reached %s", now, c.clock)
	}
	for _, f := range c.returns {
		if f.refund != "" {
			if got := srv.must(c.finance, apptest.RefundReturn, vars{"id": f.id, "key": f.refundKey}).Str("returnRefund.refund.id"); got != f.refund {
				c.t.Errorf("the refund of %+v is now %s", *f, got)
			}
		}
	}
}

// minor reads an amount of yuan as fen.
func minor(t testing.TB, amount string) int {
	t.Helper()
	n, err := strconv.Atoi(strings.Replace(amount, ".", "", 1))
	if err != nil {
		t.Fatal(err)
	}
	return n
}
