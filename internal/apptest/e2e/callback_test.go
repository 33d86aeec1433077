package e2e

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"aftersales/internal/apptest"
)

// A gateway may be faster with its report than with its answer, and may even report and then answer with an error.
func TestCallbackBeforeTheAnswer(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		g := newGateway(t, e, s)
		for number, status := range map[string]int{"A1": 200, "A2": 500} {
			g.answers = func(w http.ResponseWriter, _ *http.Request, told map[string]any) {
				is(t, "callback", g.report(credited(fmt.Sprint(told["refund"]))), 200)
				w.WriteHeader(status)
			}
			id, _ := started(s, number, now)
			is(t, "told", g.turn(), 1)
			is(t, "status", look(t, s.Agent, id).Str("status"), "COMPLETED")
			e.AdvanceReal(time.Hour)
			is(t, "told again", g.turn(), 0)
		}
		// The eighth call fails after the gateway had already refused: the refund keeps the gateway's word.
		id, refund := started(s, "A3", now)
		g.answers = func(w http.ResponseWriter, _ *http.Request, _ map[string]any) {
			if len(g.told()) == 2+8 {
				is(t, "callback", g.report(failed(refund)), 200)
			}
			w.WriteHeader(http.StatusInternalServerError)
		}
		for range 8 {
			g.turn()
			e.AdvanceReal(time.Hour)
		}
		is(t, "failure", refundSeen(s.Agent, id).Str("failure"), "The account is closed.")
		is(t, "failed once", len(look(t, s.Agent, id).told("REFUND_FAILED", "")), 1)
	})
}

// Only who has the secret reports, only of their own merchant's refunds, and only now; everybody else learns nothing.
func TestCallbacksAreSigned(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s, other := e.Sandbox("mall", now), e.Sandbox("other", now)
		g, foreign := newGateway(t, e, s), newGateway(t, e, other)
		id, refund := started(s, "A1", now)
		header, body := g.message(e.Now(), credited(refund))
		old, _ := g.message(e.Now().Add(-5*time.Minute-time.Second), credited(refund))
		ahead, _ := g.message(e.Now().Add(5*time.Minute+2*time.Second), credited(refund))
		stamp, mac, _ := strings.Cut(header, ",")
		for what, tc := range map[string]struct {
			slug, header string
			body         []byte
		}{
			"no header":               {"mall", "", body},
			"another amount of it":    {"mall", header, append([]byte(" "), body...)},
			"another time":            {"mall", "t=" + fmt.Sprint(e.Now().Unix()+1) + "," + mac, body},
			"no time":                 {"mall", mac, body},
			"no signature":            {"mall", stamp, body},
			"an empty signature":      {"mall", stamp + ",v1=", body},
			"signed without secret":   {"mall", signed("", fmt.Sprint(e.Now().Unix()), body), body},
			"a replay":                {"mall", old, body},
			"from the future":         {"mall", ahead, body},
			"another's secret":        {"mall", signed(foreign.secret, fmt.Sprint(e.Now().Unix()), body), body},
			"to another merchant":     {"other", header, body},
			"to nobody":               {"nobody", header, body},
			"to nobody, no secret":    {"nobody", signed("", fmt.Sprint(e.Now().Unix()), body), body},
			"no JSON, wrongly signed": {"mall", "t=1,v1=00", []byte("{")},
		} {
			if status, answer := send(t, e, tc.slug, tc.header, tc.body); status != 401 || answer != `{"error":"unauthorized"}` {
				t.Errorf("%s: %d %s", what, status, answer)
			}
		}
		for what, tc := range map[string]struct {
			about  map[string]any
			status int
		}{
			"no state":              {map[string]any{"refund": refund}, 400},
			"a state of our own":    {map[string]any{"refund": refund, "state": "PROCESSING"}, 400},
			"no reference":          {map[string]any{"refund": refund, "state": "CREDITED"}, 400},
			"no failure":            {map[string]any{"refund": refund, "state": "FAILED"}, 400},
			"an attempt never told": {map[string]any{"refund": refund, "state": "FAILED", "failure": "x", "id": refund + "-2"}, 400},
			"another refund's call": {map[string]any{"refund": refund, "state": "FAILED", "failure": "x", "id": "ref_1-1"}, 400},
			"a number":              {map[string]any{"refund": 7, "state": "CREDITED"}, 400},
			"nobody's refund":       {credited("ref_01h455vb4pex5vsknk084sn02q"), 404},
		} {
			if status := g.report(tc.about); status != tc.status {
				t.Errorf("%s: %d, want %d", what, status, tc.status)
			}
		}
		is(t, "another merchant's refund", foreign.report(credited(refund)), 404)
		status, _ := send(t, e, "mall", header, make([]byte, 64<<10+1))
		is(t, "too large", status, 413)
		resp, err := http.Get(e.URL + "/gateway/refunds/mall")
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		is(t, "GET", resp.StatusCode, 405)
		is(t, "state after all that", refundSeen(s.Agent, id).Str("state"), "PROCESSING")

		// A report of a failure that comes again, to the letter, after the refund was retried counts no second time.
		header, body = g.message(e.Now(), failed(refund))
		status, _ = send(t, e, "mall", header, body)
		is(t, "failed", status, 200)
		s.Finance.Must(apptest.RetryRefund, onRefund(s, refund))
		status, _ = send(t, e, "mall", header, body)
		is(t, "the same message again", status, 200)
		is(t, "state", refundSeen(s.Agent, id).Str("state"), "PROCESSING")

		// A new secret voids the one before.
		used := g.secret
		g.secret = s.Admin.Must(setGateway, apptest.Vars{"url": g.url}).Str("refundGatewaySet.secret")
		is(t, "a secret of its own", used != g.secret && len(g.secret) > 40, true)
		header, body = g.message(e.Now(), credited(refund))
		status, _ = send(t, e, "mall", signed(used, fmt.Sprint(e.Now().Unix()), body), body)
		is(t, "with the old secret", status, 401)

		// Credited by several messages at once: each is told that it is so, and it happened once.
		statuses := make([]int, 6)
		var wg sync.WaitGroup
		for i := range statuses {
			wg.Go(func() {
				mine, text := header, body
				if i%2 == 1 {
					mine, text = g.message(e.Now().Add(time.Duration(i)*time.Second), credited(refund))
				}
				statuses[i], _ = send(t, e, "mall", mine, text)
			})
		}
		wg.Wait()
		is(t, "answers", statuses, []int{200, 200, 200, 200, 200, 200})
		is(t, "credited", len(look(t, s.Agent, id).told("REFUND_CREDITED", "")), 1)

		// What waits for its release is neither told nor reported of.
		s.LimitRefunds("1.00")
		held := approvedRefund(s, "A2", now)
		s.Agent.Must(apptest.RefundReturn, apptest.Vars{"id": held, "key": s.Key()})
		g.turn()
		waiting := refundSeen(s.Agent, held).Str("id")
		is(t, "a held refund", g.report(credited(waiting)), 409)
		calls := len(g.told())
		s.Finance.Must(release, onRefund(s, waiting))
		is(t, "told once released", g.turn(), 1)
		is(t, "of", g.told()[calls], waiting+"-1")
		is(t, "credited", g.report(credited(waiting)), 200)
	})
}

// A gateway's clock may be off by a little: what it says was credited a moment from now, or a moment before it was started,
// is taken as now or then. More than that is an error of somebody's.
func TestCreditedAtOfALiveMerchant(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Live("mall")
		g := newGateway(t, e, s)
		near := e.Now().Format(time.RFC3339)
		for number, tc := range map[string]struct {
			off    time.Duration // from now, an hour after the start
			status int
			want   time.Duration // from the start
		}{
			"A1": {-30 * time.Minute, 200, 30 * time.Minute}, "A2": {4 * time.Minute, 200, time.Hour}, "A3": {-time.Hour - 4*time.Minute, 200, 0},
			"A4": {6 * time.Minute, 400, 0}, "A5": {-time.Hour - 6*time.Minute, 400, 0},
		} {
			id, refund := started(s, number, near)
			start := e.Now()
			e.AdvanceReal(time.Hour)
			about := credited(refund)
			about["creditedAt"] = e.Now().Add(tc.off).Format(time.RFC3339Nano)
			is(t, number, g.report(about), tc.status)
			if tc.status == 200 {
				is(t, number+" credited", at(t, look(t, s.Agent, id).Data, "refunds.0.creditedAt"), cn(t, start.Add(tc.want).Format(time.RFC3339Nano)))
			}
		}
	})
}

// The running server tells gateways without anybody asking, beside its other work, and stops when told to.
func TestServerTellsGateways(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		g := newGateway(t, e, s)
		told := make(chan string, 1)
		g.answers = func(_ http.ResponseWriter, _ *http.Request, call map[string]any) { told <- fmt.Sprint(call["refund"]) }
		_, refund := started(s, "A1", now)
		ln, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		stopped := make(chan error, 1)
		go func() { stopped <- e.App.Serve(ctx, ln, http.NotFoundHandler()) }()
		select {
		case got := <-told:
			is(t, "told of", got, refund)
		case <-time.After(time.Minute):
			t.Error("nothing was told")
		}
		stop()
		if err := <-stopped; err != nil {
			t.Error(err)
		}
	})
}
