package e2e

import (
	"sync"
	"testing"

	"aftersales/internal/apptest"
	"aftersales/internal/auth"
)

// MALL-3.2a, design section 5.3: nobody reviews for 48 hours, and the request is approved at that instant, by the standard
// steps and the default return address; that it was nobody in particular shows in the timeline. Tuesday 11 March 10:15: due
// on Thursday 13; SHIP_BACK, seven calendar days, then ends with Thursday 20.
func TestSilenceApprovesARequest(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const due = "2025-03-13T10:15:00+08:00"
		s := e.Sandbox("mall", "2025-03-11T10:15:00+08:00")
		back := s.Request(kettle(s, "A1", "2025-03-11T10:15:00+08:00"), "RETURN_AND_REFUND", 1)
		money := s.Request(kettle(s, "A2", "2025-03-11T10:15:00+08:00"), "REFUND", 1)
		s.Advance(before(t, due))
		is(t, "status", look(t, s.Agent, back).Str("status"), "REQUESTED")
		s.Advance("2025-03-13T18:00:00+08:00") // past the instant, but at it the case was approved
		c := look(t, s.Customer, back)
		is(t, "status", c.Str("status")+" "+ftoa(c.Int("version")), "AWAITING_SHIPMENT 2")
		approved := c.first("APPROVED", "")
		is(t, "approved", at(t, approved, "at")+" by "+approved.Str("actor.name"), due+" by system")
		is(t, "in no role", approved.Get("actor.role"), nil)
		is(t, "no verdicts", c.Get("review"), nil)
		is(t, "steps", c.Strings("instructions.steps"), []string{"请将商品寄至所示退货地址并登记运单号。 Send the goods to the return address shown and enter the waybill here.", "我们将原路退款。 We refund the way you paid."})
		is(t, "address", c.Str("instructions.returnAddress.name"), "main")
		review := c.deadline("REVIEW")
		is(t, "REVIEW", state(review)+" "+at(t, review, "breachedAt"), "BREACHED owed "+due)
		is(t, "told once", len(c.told("DEADLINE_BREACHED", "review")), 1)
		is(t, "urgent", c.Str("priority")+" "+c.Str("escalatedTo.name"), "URGENT Chen Jing")
		is(t, "SHIP_BACK", state(c.deadline("SHIP_BACK"))+" "+at(t, c.deadline("SHIP_BACK"), "dueAt"), "RUNNING open 2025-03-21T00:00:00+08:00")
		is(t, "REFUND", state(c.deadline("REFUND"))+" since "+at(t, c.deadline("REFUND"), "pauses.0.from"), "PAUSED open since "+due)

		c = look(t, s.Customer, money)
		is(t, "money", c.Str("status"), "REFUNDING")
		is(t, "no address", c.Get("instructions.returnAddress"), nil)
		is(t, "REFUND", state(c.deadline("REFUND")), "RUNNING open")
		refund := s.Refund(money)
		s.Confirm(refund)
		is(t, "paid", look(t, s.Customer, money).Str("status"), "COMPLETED")
	})
}

// Goods that nobody could send anywhere: without a default return address the case stays with people.
func TestSilenceApprovesNothingWithoutAnAddress(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-03-11T10:15:00+08:00")
		other := address(s, "other", false)
		address(s, "main", false)
		id := s.Request(kettle(s, "A1", "2025-03-11T10:15:00+08:00"), "RETURN_AND_REFUND", 1)
		s.Advance("2025-03-14T10:15:00+08:00")
		c := look(t, s.Agent, id)
		is(t, "status", c.Str("status")+" "+ftoa(c.Int("version")), "REQUESTED 1")
		is(t, "REVIEW", state(c.deadline("REVIEW")), "BREACHED open owed")
		in := approval()
		in["returnAddress"] = other
		s.Agent.Must(approve, apptest.Vars{"id": id, "in": in})
		is(t, "status", look(t, s.Agent, id).Str("status"), "AWAITING_SHIPMENT")
	})
}

// MALL-3.1e, X8.1: an application that its customer let expire can be taken up again, at most twice: then its clocks start
// anew. Asked on Tuesday 11 March, INFO_REPLY of seven calendar days ends with the 18th. From Wednesday 19 at ten: three
// working days are Thu 20, Fri 21 and Mon 24. Approved then and not sent, it expires with Wed 26, and goes on from there.
func TestExpiredReturnIsTakenUpAgain(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const near = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", near)
		o := kettle(s, "A1", near)
		id := s.Request(o, "RETURN_AND_REFUND", 2)
		refusedAs(t, s.Customer.Refused(apptest.ReopenReturn, apptest.Vars{"id": id}), "ILLEGAL_TRANSITION", "")
		s.Agent.Must(apptest.AskInfo, apptest.Vars{"id": id})
		s.Advance("2025-03-19T10:00:00+08:00")
		c := look(t, s.Customer, id)
		is(t, "expired", c.Str("status")+" "+ftoa(c.Int("version")), "EXPIRED 3")
		is(t, "returnable", lineOf(t, s, o, 0).Int("returnableQuantity"), 2)

		refusedAs(t, s.Customer.Refused(apptest.ReopenReturn, apptest.Vars{"id": id, "v": 2}), "CONFLICT", "")
		refusedAs(t, e.As(auth.Customer, s.Slug, "c-2").Refused(apptest.ReopenReturn, apptest.Vars{"id": id}), "NOT_FOUND", "id")
		for _, c := range []apptest.Caller{s.Warehouse, s.Finance, s.Integration} {
			if r := c.Do(apptest.ReopenReturn, apptest.Vars{"id": id}); len(r.Errors) != 1 || r.Errors[0].Code() != "FORBIDDEN" {
				t.Errorf("%s", r.Raw)
			}
		}
		s.Customer.Must(apptest.ReopenReturn, apptest.Vars{"id": id, "v": 3})
		refusedAs(t, s.Customer.Refused(apptest.ReopenReturn, apptest.Vars{"id": id}), "ILLEGAL_TRANSITION", "")
		c = look(t, s.Customer, id)
		is(t, "status", c.Str("status")+" "+ftoa(c.Int("version")), "REQUESTED 4")
		for _, field := range []string{"closedAt", "outcome", "openQuestion"} {
			is(t, field, c.Get(field), nil)
		}
		is(t, "held again", lineOf(t, s, o, 0).Int("returnableQuantity"), 0)
		for kind, due := range map[string]string{"FIRST_RESPONSE": "2025-03-20T10:00:00+08:00", "REVIEW": "2025-03-21T10:00:00+08:00", "REFUND": "2025-03-25T00:00:00+08:00"} {
			is(t, kind, state(c.deadline(kind))+" "+at(t, c.deadline(kind), "dueAt"), "RUNNING open "+due)
		}
		is(t, "told", c.first("REOPENED", "").Str("text"), "The return was taken up again.")

		s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": id})
		s.Advance("2025-03-27T09:00:00+08:00")
		is(t, "expired", look(t, s.Agent, id).Str("status"), "EXPIRED")
		s.Agent.Must(apptest.ReopenReturn, apptest.Vars{"id": id})
		c = look(t, s.Customer, id)
		is(t, "status", c.Str("status"), "AWAITING_SHIPMENT")
		is(t, "SHIP_BACK", state(c.deadline("SHIP_BACK"))+" "+at(t, c.deadline("SHIP_BACK"), "dueAt"), "RUNNING open 2025-04-04T00:00:00+08:00")
		is(t, "REVIEW", state(c.deadline("REVIEW")), "MET")
		is(t, "REFUND", state(c.deadline("REFUND")), "PAUSED open")
		is(t, "steps", c.Strings("instructions.steps"), []string{"Pack it", "Send it"})

		s.Advance("2025-04-04T09:00:00+08:00")
		r := refusedAs(t, s.Customer.Refused(apptest.ReopenReturn, apptest.Vars{"id": id}), "LIMIT_EXCEEDED", "")
		is(t, "maximum", param(t, r, "maximum"), "2")
		is(t, "returnable", lineOf(t, s, o, 0).Int("returnableQuantity"), 2)
	})
}

// What could not be asked for any more is not taken up again: the window for returns without reason (delivered Mon 10 March,
// its last day is Mon 17) is over, or another case has the goods. A merchant's longer window keeps it open.
func TestReopeningKeepsTheWindowAndTheQuantity(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const near = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", near)
		o := s.Order("A1", near, apptest.Line{SKU: "LAMP", Quantity: 1, UnitPrice: "99.00", Delivered: "2025-03-10T18:00:00+08:00"})
		id := s.Customer.Must(apptest.RequestReturn, with(s.RequestVars(o, "RETURN_AND_REFUND", 1), "reasonHandle", "NO_REASON_7D")).Str("returnRequest.return.id")
		s.Agent.Must(apptest.AskInfo, apptest.Vars{"id": id})
		s.Advance("2025-03-19T10:00:00+08:00")
		r := refusedAs(t, s.Customer.Refused(apptest.ReopenReturn, apptest.Vars{"id": id}), "WINDOW_CLOSED", "")
		is(t, "last day", param(t, r, "lastDay"), "2025-03-17")
		is(t, "still", look(t, s.Agent, id).Str("status"), "EXPIRED")

		s.Admin.Must(`mutation { returnWindowSet(days: 30) { servicePolicy { plan } userErrors { code field message } } }`, nil)
		other := s.Request(o, "RETURN_AND_REFUND", 1)
		r = refusedAs(t, s.Customer.Refused(apptest.ReopenReturn, apptest.Vars{"id": id}), "QUANTITY_EXCEEDS_BOUGHT", "")
		is(t, "held by", param(t, r, "case"), look(t, s.Agent, other).Str("number"))
		s.Customer.Must(apptest.CancelReturn, apptest.Vars{"id": other})

		var wg sync.WaitGroup
		codes := make([]string, 4)
		for i := range codes {
			wg.Go(func() {
				payload := sub(t, apptest.ParseData(t, s.Customer.Do(apptest.ReopenReturn, apptest.Vars{"id": id}).Data), "returnReopen")
				if errs := payload.List("userErrors"); len(errs) > 0 {
					codes[i] = errs[0].Str("code")
				}
			})
		}
		wg.Wait()
		is(t, "taken up once", count(codes, ""), 1)
		is(t, "the others", count(codes, "CONFLICT")+count(codes, "ILLEGAL_TRANSITION"), 3)
		is(t, "held once", lineOf(t, s, o, 0).Int("returnableQuantity"), 0)
	})
}

// At most five returns of one line, however they ended: the sixth is refused at its line with the number, the options say
// so beforehand, and of several at once no more than five get through. A held quantity names the case that holds it.
func TestFiveRequestsALine(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		often := func(o apptest.Order, n int) {
			for range n {
				s.Customer.Must(apptest.CancelReturn, apptest.Vars{"id": s.Request(o, "RETURN_AND_REFUND", 1)})
			}
		}
		o := s.Order("A1", now, cups(2, 3)...)
		held := s.Request(o, "RETURN_AND_REFUND", 3)
		r := refusedAs(t, s.Customer.Refused(apptest.RequestReturn, s.RequestVars(o, "RETURN_AND_REFUND", 1)), "QUANTITY_EXCEEDS_BOUGHT", "input.items.0.quantity")
		is(t, "held by", param(t, r, "case"), look(t, s.Agent, held).Str("number"))
		s.Agent.Must(apptest.RejectReturn, apptest.Vars{"id": held})
		often(o, 3)
		is(t, "a fifth time", optionFor(t, s.Customer, o, "QUALITY", "REFUND", 1).Get("possible"), true)
		often(o, 1)
		opt := optionFor(t, s.Customer, o, "QUALITY", "REFUND", 1)
		is(t, "possible", opt.Get("possible"), false)
		is(t, "blocker", opt.Str("blockers.0.code"), "LIMIT_REACHED")
		both := with(s.RequestVars(o, "RETURN_AND_REFUND", 1), "items", []apptest.Vars{{"orderLine": o.Lines[1], "quantity": 1}, {"orderLine": o.Lines[0], "quantity": 1}})
		r = refusedAs(t, s.Customer.Refused(apptest.RequestReturn, both), "LIMIT_EXCEEDED", "input.items.1")
		is(t, "maximum", param(t, r, "maximum"), "5")
		is(t, "nothing held", lineOf(t, s, o, 1).Int("returnableQuantity"), 3)
		s.Request(nth(o, 1), "RETURN_AND_REFUND", 1) // the other line has its own count

		b := s.Order("B1", now, cups(1, 20)...)
		often(b, 3)
		vars := make([]apptest.Vars, 6)
		for i := range vars {
			vars[i] = s.RequestVars(b, "RETURN_AND_REFUND", 1)
		}
		codes, _ := together(t, "returnRequest", len(vars), func(i int) apptest.Response { return s.Customer.Do(apptest.RequestReturn, vars[i]) })
		is(t, "got through", count(codes, ""), 2)
		is(t, "refused", count(codes, "LIMIT_EXCEEDED"), 4)
		is(t, "held", lineOf(t, s, b, 0).Int("returnableQuantity"), 18)
	})
}
