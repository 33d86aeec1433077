package e2e

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"aftersales/internal/apptest"
)

// together runs n acts together, lets them start at the same moment, and returns what each came to: the code of its refusal,
// "" for success; and the payloads.
func together(t *testing.T, field string, n int, act func(i int) apptest.Response) (codes []string, payloads []apptest.Data) {
	t.Helper()
	answers := make([]apptest.Response, n)
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			<-start
			answers[i] = act(i)
		})
	}
	close(start)
	wg.Wait()
	for _, r := range answers {
		if len(r.Errors) > 0 {
			t.Fatalf("fault: %s", r.Raw)
		}
		payload := sub(t, apptest.ParseData(t, r.Data), field)
		code := ""
		if errs := payload.List("userErrors"); len(errs) > 0 {
			code = errs[0].Str("code")
		}
		codes, payloads = append(codes, code), append(payloads, payload)
	}
	return codes, payloads
}

func count(codes []string, code string) int {
	n := 0
	for _, c := range codes {
		if c == code {
			n++
		}
	}
	return n
}

// Two agents approve at once, having seen the same version: one wins, the other gets CONFLICT with the case as it is.
func TestTwoAgentsApproveAtOnce(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		o := s.Order("A1", now, cups(20, 1)...)
		for round := range 20 {
			id := s.Request(nth(o, round), "RETURN_AND_REFUND", 1)
			agents := []apptest.Caller{s.Agent, s.Agent2}
			codes, payloads := together(t, "returnApprove", 2, func(i int) apptest.Response {
				return agents[i].Do(apptest.ApproveReturn, apptest.Vars{"id": id, "v": 1})
			})
			if count(codes, "") != 1 || count(codes, "CONFLICT") != 1 {
				t.Fatalf("round %d: %q", round, codes)
			}
			for _, p := range payloads {
				is(t, "the case in both answers", p.Str("return.status")+" "+ftoa(p.Int("return.version")), "AWAITING_SHIPMENT 2")
			}
			c := look(t, s.Agent, id)
			is(t, "approvals", len(c.told("APPROVED", "")), 1)
			is(t, "approved by", c.first("APPROVED", "").Str("actor.name"), []string{"Li Na", "Wang Wei"}[slices.Index(codes, "")])
			is(t, "deadlines", len(c.List("deadlines")), 4)
		}
	})
}

// Approving and cancelling from the same version: one of the two, never both.
func TestApproveAndCancelAtOnce(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		o := s.Order("A1", now, cups(10, 1)...)
		for i := range 10 {
			id := s.Request(nth(o, i), "RETURN_AND_REFUND", 1)
			var wg sync.WaitGroup
			vars := apptest.Vars{"id": id, "v": 1}
			wg.Go(func() { s.Agent.Do(apptest.ApproveReturn, vars) })
			wg.Go(func() { s.Customer.Do(apptest.CancelReturn, vars) })
			wg.Wait()
			c := look(t, s.Agent, id)
			approved, cancelled := len(c.told("APPROVED", "")), len(c.told("CANCELLED", ""))
			is(t, "winners", approved+cancelled, 1)
			is(t, "version", c.Int("version"), 2)
			is(t, "returnable", lineOf(t, s, o, i).Int("returnableQuantity"), 1-approved)
		}
	})
}

const many = 16

// However many ask at once, money goes out once and a unit is taken back once.
func TestMoneyGoesOutOnceHoweverManyAsk(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		o := kettle(s, "A1", now)
		ready := func() string {
			id := s.Request(o, "REFUND", 1)
			s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": id})
			return id
		}
		// Each with a key of their own: one wins.
		id := ready()
		codes, payloads := together(t, "returnRefund", many, func(i int) apptest.Response {
			return s.Finance.Do(apptest.RefundReturn, apptest.Vars{"id": id, "key": fmt.Sprint("own-", i)})
		})
		if count(codes, "") != 1 || count(codes, "CONFLICT")+count(codes, "ILLEGAL_TRANSITION") != many-1 {
			t.Fatalf("refunds: %q", codes)
		}
		refund := payloads[slices.Index(codes, "")].Str("refund.id")
		codes, _ = together(t, "refundConfirm", many, func(i int) apptest.Response {
			return s.Finance.Do(apptest.ConfirmRefund, apptest.Vars{"id": refund, "key": fmt.Sprint("own-", i)})
		})
		if count(codes, "") != 1 || count(codes, "CONFLICT")+count(codes, "ILLEGAL_TRANSITION") != many-1 {
			t.Fatalf("confirmations: %q", codes)
		}
		is(t, "credited", len(look(t, s.Agent, id).told("REFUND_CREDITED", "")), 1)

		// All with the same key: everybody hears of the same refund.
		id = ready()
		codes, payloads = together(t, "returnRefund", many, func(int) apptest.Response {
			return s.Finance.Do(apptest.RefundReturn, apptest.Vars{"id": id, "key": "same"})
		})
		is(t, "refunds", count(codes, ""), many)
		for _, p := range payloads {
			is(t, "refund", p.Str("refund.id"), payloads[0].Str("refund.id"))
		}
		refund = payloads[0].Str("refund.id")
		codes, _ = together(t, "refundConfirm", many, func(int) apptest.Response {
			return s.Finance.Do(apptest.ConfirmRefund, apptest.Vars{"id": refund, "key": "same"})
		})
		is(t, "confirmations", count(codes, ""), many)
		c := look(t, s.Agent, id)
		is(t, "timeline", c.events(), []string{"OPENED", "APPROVED", "REFUND_STARTED", "REFUND_CREDITED", "CLOSED"})
		order := s.Agent.Must(`query($id: ID!) { order(id: $id) { refunded { amount } } }`, apptest.Vars{"id": o.ID})
		is(t, "refunded", order.Str("order.refunded.amount"), "198.00")
	})
}

func TestTheLastUnitIsTakenOnce(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		o := kettle(s, "A1", now)
		s.Request(o, "RETURN_AND_REFUND", 1)
		vars := make([]apptest.Vars, many)
		for i := range vars {
			vars[i] = s.RequestVars(o, "RETURN_AND_REFUND", 1)
		}
		codes, _ := together(t, "returnRequest", many, func(i int) apptest.Response { return s.Customer.Do(apptest.RequestReturn, vars[i]) })
		if count(codes, "") != 1 || count(codes, "QUANTITY_EXCEEDS_BOUGHT") != many-1 {
			t.Fatalf("requests: %q", codes)
		}
		is(t, "returnable", lineOf(t, s, o, 0).Int("returnableQuantity"), 0)

		b := s.Order("B1", now, apptest.Line{SKU: "CUP", Quantity: 20, UnitPrice: "10.00"})
		same := s.RequestVars(b, "RETURN_AND_REFUND", 1)
		codes, payloads := together(t, "returnRequest", many, func(int) apptest.Response { return s.Customer.Do(apptest.RequestReturn, same) })
		is(t, "answers", count(codes, ""), many)
		for _, p := range payloads {
			is(t, "return", p.Str("return.id"), payloads[0].Str("return.id"))
		}
		is(t, "returnable", lineOf(t, s, b, 0).Int("returnableQuantity"), 19)
	})
}

// Several cases of one line refunded at once come to what was paid and never more: 3.33, 3.33 and 3.34 of 10.00 in whatever
// order (M19); of 80.00 with 35.00 refunded elsewhere 45.00 in all (16.00, 16.00 and 13.00).
func TestCasesOfOneLineRefundedAtOnce(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		all := func(o apptest.Order, n int) (codes, amounts []string) {
			ids, keys := make([]string, n), make([]string, n)
			for i := range ids {
				ids[i], keys[i] = s.Request(o, "REFUND", 1), s.Key()
				s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": ids[i]})
			}
			codes, payloads := together(t, "returnRefund", n, func(i int) apptest.Response {
				return s.Finance.Do(apptest.RefundReturn, apptest.Vars{"id": ids[i], "key": keys[i]})
			})
			for i, p := range payloads {
				if codes[i] == "" {
					amounts = append(amounts, p.Str("refund.amount.amount"))
				}
			}
			slices.Sort(amounts)
			return codes, amounts
		}
		o := s.OrderOf("c-1", "A1", now, apptest.Vars{"lines": []apptest.Vars{{"externalId": "1", "sku": "CUP", "title": "Cup", "quantity": 3, "unitPrice": "3.34", "discount": "0.02"}}})
		_, amounts := all(o, 3)
		is(t, "amounts", amounts, []string{"3.33", "3.33", "3.34"})
		o = s.OrderOf("c-1", "B1", now, apptest.Vars{"refunded": "35.00"}, apptest.Line{SKU: "CUP", Quantity: 5, UnitPrice: "16.00"})
		codes, amounts := all(o, 5)
		is(t, "amounts", amounts, []string{"13.00", "16.00", "16.00"})
		is(t, "refused", count(codes, "AMOUNT_EXCEEDS_PAID"), 2)
		order := s.Agent.Must(`query($id: ID!) { order(id: $id) { refunded { amount } } }`, apptest.Vars{"id": o.ID})
		is(t, "refunded", order.Str("order.refunded.amount"), "80.00")
	})
}
