package e2e

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"aftersales/internal/apptest"
	"aftersales/internal/auth"
)

const readOffers = `query($id: ID!) { return(id: $id) { status remedy disposition refundTrigger proposals { id round remedy disposition amount { amount currency } message author madeAt expiresAt state answeredAt answer } } }`

// offersOf are the offers of a return as somebody sees them.
func offersOf(t testing.TB, c apptest.Caller, returnID string) apptest.Data {
	t.Helper()
	return sub(t, c.Must(readOffers, apptest.Vars{"id": returnID}), "return")
}

func offer(remedy, disposition, amount string) apptest.Vars {
	in := apptest.Vars{"remedy": remedy, "disposition": disposition, "message": "What about this?"}
	if amount != "" {
		in["amount"] = amount
	}
	return in
}

func propose(s *apptest.Shop, id string, in apptest.Vars) apptest.Vars {
	return apptest.Vars{"id": id, "key": s.Key(), "in": in}
}

// MALL-3.3f: the merchant offers a part of the price for goods that stay with the customer; reading X8.1: while the customer
// thinks about it the merchant's clocks stand still. Tuesday 11 March: PROPOSAL_REPLY, three calendar days, ends with Friday
// 14. REFUND, three working days (Wed, Thu, Fri), stands still from Tuesday to Wednesday, which adds Wednesday: its last day
// is Monday 17. Of 99.00 the customer gets 30.00 and keeps the lamp, so that 69.00 can still be returned later.
func TestOfferToKeepTheGoods(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-03-11T10:15:00+08:00")
		o := s.Order("A1", "2025-03-11T10:15:00+08:00", apptest.Line{SKU: "LAMP", Quantity: 1, UnitPrice: "99.00"})
		id := s.Request(o, "RETURN_AND_REFUND", 1)
		s.Advance("2025-03-11T12:00:00+08:00")
		made := s.Offer(id, "30.00")

		c := look(t, s.Customer, id)
		is(t, "status", c.Str("status")+" "+ftoa(c.Int("version")), "PROPOSED 2")
		is(t, "customer's actions", c.Strings("allowedActions"), []string{"RETURN_PROPOSAL_ACCEPT", "RETURN_PROPOSAL_DECLINE", "RETURN_CANCEL", "CASE_MESSAGE_ADD", "CASE_EVIDENCE_ADD"})
		is(t, "FIRST_RESPONSE", state(c.deadline("FIRST_RESPONSE"))+" "+at(t, c.deadline("FIRST_RESPONSE"), "metAt"), "MET 2025-03-11T12:00:00+08:00")
		is(t, "REVIEW", state(c.deadline("REVIEW")), "PAUSED open")
		is(t, "REFUND", state(c.deadline("REFUND")), "PAUSED open")
		reply := c.deadline("PROPOSAL_REPLY")
		is(t, "PROPOSAL_REPLY", state(reply)+" "+reply.Str("obligor")+" "+reply.Str("rule.clause"), "RUNNING open CUSTOMER MALL-3.3f")
		is(t, "by silence", reply.Strings("rule.onTimeout"), []string{"DECLINE"})
		is(t, "due", at(t, reply, "dueAt"), "2025-03-15T00:00:00+08:00")
		p := offersOf(t, s.Customer, id).List("proposals")[0]
		is(t, "id", p.Str("id"), made)
		is(t, "offer", p.Str("remedy")+" "+p.Str("disposition")+" "+amount(p, "amount"), "REFUND KEEP 30.00 CNY")
		is(t, "round", p.Int("round"), 1)
		is(t, "by", p.Str("author")+": "+p.Str("message"), "Li Na: Keep it and take 30.00?")
		is(t, "made", at(t, p, "madeAt"), "2025-03-11T12:00:00+08:00")
		is(t, "expires", at(t, p, "expiresAt"), "2025-03-15T00:00:00+08:00")
		is(t, "state", p.Str("state"), "OPEN")
		is(t, "no answer", fmt.Sprint(p.Get("answeredAt"), p.Get("answer")), "<nil> <nil>")
		node := s.Customer.Must(`query($id: ID!) { node(id: $id) { ... on Proposal { state amount { amount } expiresAt } } }`, apptest.Vars{"id": made})
		is(t, "by its id", node.Str("node.state")+" "+node.Str("node.amount.amount")+" "+at(t, node, "node.expiresAt"), "OPEN 30.00 2025-03-15T00:00:00+08:00")
		if d := e.As(auth.Customer, s.Slug, "c-2").Must(`query($id: ID!) { node(id: $id) { id } }`, apptest.Vars{"id": made}); d.Get("node") != nil {
			t.Error("another customer sees the offer")
		}

		s.Advance("2025-03-12T12:00:00+08:00")
		s.Customer.Must(apptest.AcceptOffer, apptest.Vars{"id": id, "v": 2, "m": nil})
		c = look(t, s.Customer, id)
		is(t, "status", c.Str("status")+" "+ftoa(c.Int("version")), "REFUNDING 3")
		is(t, "remedy", c.Str("remedy"), "REFUND")
		is(t, "REVIEW", state(c.deadline("REVIEW"))+" "+at(t, c.deadline("REVIEW"), "metAt"), "MET 2025-03-12T12:00:00+08:00")
		is(t, "REVIEW's pause", at(t, c.deadline("REVIEW"), "pauses.0.to"), "2025-03-12T12:00:00+08:00")
		is(t, "PROPOSAL_REPLY", state(c.deadline("PROPOSAL_REPLY")), "MET")
		is(t, "REFUND", state(c.deadline("REFUND"))+" "+at(t, c.deadline("REFUND"), "dueAt"), "RUNNING open 2025-03-18T00:00:00+08:00")
		is(t, "steps", c.Strings("instructions.steps")[0], "Keep it and take 30.00?")
		is(t, "no address", c.Get("instructions.returnAddress"), nil)
		is(t, "refundable", amount(c.Data, "refundable"), "30.00 CNY")
		seen := offersOf(t, s.Agent, id)
		is(t, "now", seen.Str("remedy")+" "+seen.Str("disposition"), "REFUND KEEP")
		is(t, "answer", seen.Str("proposals.0.state")+" "+at(t, seen, "proposals.0.answeredAt"), "ACCEPTED 2025-03-12T12:00:00+08:00")

		s.Confirm(s.Refund(id))
		c = look(t, s.Customer, id)
		is(t, "end", c.Str("status")+" "+c.Str("outcome"), "COMPLETED COMPENSATED")
		is(t, "paid", amount(c.Data, "refunds.0.amount"), "30.00 CNY")
		is(t, "timeline", c.events(), []string{"OPENED", "PROPOSED", "PROPOSAL_ACCEPTED", "APPROVED", "REFUND_STARTED", "REFUND_CREDITED", "CLOSED"})
		is(t, "still returnable", lineOf(t, s, o, 0).Int("returnableQuantity"), 1)
		is(t, "for the rest", option(t, s.Customer, o, "QUALITY", "RETURN_AND_REFUND").Str("wouldRefund.amount"), "69.00")
	})
}

// What cannot be offered is refused with the field and why, and nothing is written.
func TestOffersThatAreRefused(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		id := s.Request(kettle(s, "A1", now), "RETURN_AND_REFUND", 1)
		words := func(in apptest.Vars, text string) apptest.Vars { in["message"] = text; return in }
		for _, tc := range []struct {
			name, code, field string
			in                apptest.Vars
		}{
			{"money without goods that come back", "INVALID_INPUT", "input.disposition", offer("REFUND", "RETURN", "")},
			{"goods back that stay", "INVALID_INPUT", "input.disposition", offer("RETURN_AND_REFUND", "KEEP", "")},
			{"goods back that are thrown away", "INVALID_INPUT", "input.disposition", offer("RETURN_AND_REFUND", "SCRAP", "")},
			{"a repair", "NOT_ELIGIBLE", "input.remedy", offer("REPAIR", "RETURN", "")},
			{"an exchange with a sum", "INVALID_INPUT", "input.amount", offer("EXCHANGE", "RETURN", "10.00")},
			{"nothing", "INVALID_INPUT", "input.amount", offer("REFUND", "KEEP", "0.00")},
			{"less than nothing", "INVALID_INPUT", "input.amount", offer("REFUND", "KEEP", "-1.00")},
			{"no sum", "INVALID_INPUT", "input.amount", offer("REFUND", "KEEP", "ten")},
			{"half a cent", "INVALID_INPUT", "input.amount", offer("REFUND", "KEEP", "10.005")},
			{"more than it is worth", "AMOUNT_EXCEEDS_PAID", "input.amount", offer("REFUND", "KEEP", "99.01")},
			{"what was asked for", "NOT_ELIGIBLE", "input", offer("RETURN_AND_REFUND", "RETURN", "")},
			{"what was asked for, in figures", "NOT_ELIGIBLE", "input", offer("RETURN_AND_REFUND", "RETURN", "99.00")},
			{"no words", "INVALID_INPUT", "input.message", words(offer("REFUND", "KEEP", "10.00"), " \n")},
			{"too many words", "INVALID_INPUT", "input.message", words(offer("REFUND", "KEEP", "10.00"), strings.Repeat("长", 5001))},
		} {
			t.Run(tc.name, func(t *testing.T) {
				r := refusedAs(t, s.Agent.Refused(apptest.ProposeOffer, propose(s, id, tc.in)), tc.code, tc.field)
				if tc.code == "AMOUNT_EXCEEDS_PAID" {
					is(t, "maximum", param(t, r, "maximum")+" "+param(t, r, "currency"), "99.00 CNY")
				}
			})
		}
		refusedAs(t, s.Agent.Refused(apptest.ProposeOffer, propose(s, "ret_01h455vb4pex5vsknk084sn02q", offer("REFUND", "KEEP", "1.00"))), "NOT_FOUND", "id")
		stale := propose(s, id, offer("REFUND", "KEEP", "1.00"))
		stale["v"] = 9
		refusedAs(t, s.Agent.Refused(apptest.ProposeOffer, stale), "CONFLICT", "")
		for _, c := range []apptest.Caller{s.Customer, s.Warehouse, s.Finance, s.Integration, e.Platform()} {
			if r := c.Do(apptest.ProposeOffer, propose(s, id, offer("REFUND", "KEEP", "1.00"))); len(r.Errors) != 1 || r.Errors[0].Code() != "FORBIDDEN" {
				t.Errorf("%s", r.Raw)
			}
		}
		for _, act := range []string{apptest.AcceptOffer, apptest.DeclineOffer} {
			refusedAs(t, s.Customer.Refused(act, apptest.Vars{"id": id}), "ILLEGAL_TRANSITION", "")
		}
		is(t, "offers", len(offersOf(t, s.Agent, id).List("proposals")), 0)
		c := look(t, s.Agent, id)
		is(t, "version", c.Int("version"), 1)
		is(t, "timeline", c.events(), []string{"OPENED"})
		s.Agent.Must(apptest.AskInfo, apptest.Vars{"id": id})
		refusedAs(t, s.Agent.Refused(apptest.ProposeOffer, propose(s, id, offer("REFUND", "KEEP", "1.00"))), "ILLEGAL_TRANSITION", "")

		// What never came cannot be sent back; what the rules pay is at most what is left of the order.
		b := s.OrderOf("c-1", "B1", now, apptest.Vars{"refunded": "150.00"}, apptest.Line{SKU: "KETTLE", Quantity: 2, UnitPrice: "99.00"})
		lost := s.Customer.Must(apptest.RequestReturn, with(s.RequestVars(b, "REFUND", 1), "reasonHandle", "NOT_RECEIVED")).Str("returnRequest.return.id")
		refusedAs(t, s.Agent.Refused(apptest.ProposeOffer, propose(s, lost, offer("RETURN_AND_REFUND", "RETURN", ""))), "NOT_ELIGIBLE", "input.disposition")
		r := refusedAs(t, s.Agent.Refused(apptest.ProposeOffer, propose(s, lost, offer("REFUND", "KEEP", "48.01"))), "AMOUNT_EXCEEDS_PAID", "input.amount")
		is(t, "left", param(t, r, "maximum"), "48.00")

		// No goods can come back to a merchant without an address; everything else can be offered.
		address(s, "main", false)
		d := s.Request(kettle(s, "D1", now), "REFUND", 1)
		refusedAs(t, s.Agent.Refused(apptest.ProposeOffer, propose(s, d, offer("RETURN_AND_REFUND", "RETURN", ""))), "NOT_ELIGIBLE", "input.disposition")
		s.Offer(d, "10.00")
	})
}

// Rounds: what is declined goes on where it was, its clocks too. REVIEW, 48 hours from Tuesday 10:15, stands still from
// Tuesday 12:00 to Wednesday 12:00 and ends on Friday 10:15. MALL-3.3f: ten rounds are recorded, and no eleventh is made.
func TestOffersInRounds(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-03-11T10:15:00+08:00")
		id := s.Request(kettle(s, "A1", "2025-03-11T10:15:00+08:00"), "RETURN_AND_REFUND", 1)
		s.Advance("2025-03-11T12:00:00+08:00")
		s.Offer(id, "10.00")
		s.Advance("2025-03-12T12:00:00+08:00")
		refusedAs(t, s.Agent.Refused(apptest.DeclineOffer, apptest.Vars{"id": id, "m": nil}), "INVALID_INPUT", "message")
		refusedAs(t, s.Agent.Refused(apptest.AcceptOffer, apptest.Vars{"id": id, "m": " "}), "INVALID_INPUT", "message")
		stranger := e.As(auth.Customer, s.Slug, "c-2")
		for _, act := range []string{apptest.AcceptOffer, apptest.DeclineOffer} {
			refusedAs(t, s.Customer.Refused(act, apptest.Vars{"id": id, "v": 1}), "CONFLICT", "")
			refusedAs(t, stranger.Refused(act, apptest.Vars{"id": id}), "NOT_FOUND", "id")
			if r := s.Warehouse.Do(act, apptest.Vars{"id": id}); len(r.Errors) != 1 || r.Errors[0].Code() != "FORBIDDEN" {
				t.Errorf("%s", r.Raw)
			}
		}
		s.Customer.Must(apptest.DeclineOffer, apptest.Vars{"id": id, "v": 2, "m": "Not enough."})
		c := look(t, s.Customer, id)
		is(t, "status", c.Str("status"), "REQUESTED")
		is(t, "REVIEW", state(c.deadline("REVIEW"))+" "+at(t, c.deadline("REVIEW"), "dueAt"), "RUNNING open 2025-03-14T10:15:00+08:00")
		is(t, "REFUND", state(c.deadline("REFUND"))+" "+at(t, c.deadline("REFUND"), "dueAt"), "RUNNING open 2025-03-18T00:00:00+08:00")
		is(t, "PROPOSAL_REPLY", state(c.deadline("PROPOSAL_REPLY")), "MET")
		is(t, "told", c.first("PROPOSAL_DECLINED", "").Str("note"), "Not enough.")
		p := offersOf(t, s.Customer, id).List("proposals")[0]
		is(t, "answer", p.Str("state")+" "+at(t, p, "answeredAt")+" "+p.Str("answer"), "DECLINED 2025-03-12T12:00:00+08:00 Not enough.")

		for round := 2; round <= 10; round++ {
			s.Offer(id, fmt.Sprintf("%d.00", 10*round-5))
			s.Agent.Must(apptest.DeclineOffer, apptest.Vars{"id": id, "m": "By phone: no."})
		}
		r := refusedAs(t, s.Agent.Refused(apptest.ProposeOffer, propose(s, id, offer("REFUND", "KEEP", "98.00"))), "LIMIT_EXCEEDED", "")
		is(t, "maximum", param(t, r, "maximum"), "10")
		for i, p := range offersOf(t, s.Customer, id).List("proposals") {
			is(t, "round", p.Int("round"), i+1)
			is(t, "state", p.Str("state"), "DECLINED")
		}
		// What the merchant tried does not keep it from doing what was asked.
		s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": id})
		is(t, "status", look(t, s.Agent, id).Str("status"), "AWAITING_SHIPMENT")
	})
}

// An exchange for a refund, and back: the promise goes on under its other name on the same clock, with the same pauses, and
// what comes back is told where to. The agreement goes beyond what NO_REASON_7D leads to in the second case.
func TestOfferOfAnotherRemedy(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		id := s.Request(kettle(s, "A1", now), "REFUND", 1)
		s.Advance("2025-03-11T12:00:00+08:00")
		s.Agent.Must(apptest.ProposeOffer, propose(s, id, offer("EXCHANGE", "RETURN", "")))
		s.Advance("2025-03-12T12:00:00+08:00")
		s.Agent.Must(apptest.AcceptOffer, apptest.Vars{"id": id, "m": "By phone: all right."})
		c := look(t, s.Customer, id)
		is(t, "status", c.Str("status")+" "+c.Str("remedy"), "AWAITING_SHIPMENT EXCHANGE")
		is(t, "REFUND", state(c.deadline("REFUND")), "CANCELLED")
		ex := c.deadline("EXCHANGE")
		is(t, "EXCHANGE", state(ex)+" since "+at(t, ex, "startedAt"), "PAUSED open since "+now)
		is(t, "pauses", at(t, ex, "pauses.0.from")+" "+at(t, ex, "pauses.0.to"), "2025-03-11T12:00:00+08:00 2025-03-12T12:00:00+08:00")
		is(t, "SHIP_BACK", state(c.deadline("SHIP_BACK"))+" "+at(t, c.deadline("SHIP_BACK"), "dueAt"), "RUNNING open 2025-03-20T00:00:00+08:00")
		is(t, "address", c.Str("instructions.returnAddress.name"), "main")
		is(t, "answer", c.first("PROPOSAL_ACCEPTED", "").Str("note"), "By phone: all right.")
		is(t, "who said so", c.first("PROPOSAL_ACCEPTED", "").Str("actor.name"), "Li Na")

		// Money without sending anything, for a reason that has no such thing: 99.00 by rule, and the goods count as returned.
		b := s.Order("B1", now, apptest.Line{SKU: "KETTLE", Quantity: 1, UnitPrice: "99.00", Delivered: "2025-03-10T18:00:00+08:00"})
		id = s.Customer.Must(apptest.RequestReturn, with(s.RequestVars(b, "RETURN_AND_REFUND", 1), "reasonHandle", "NO_REASON_7D")).Str("returnRequest.return.id")
		s.Agent.Must(apptest.ProposeOffer, propose(s, id, offer("REFUND", "SCRAP", "")))
		s.Customer.Must(apptest.AcceptOffer, apptest.Vars{"id": id})
		s.Confirm(s.Refund(id))
		c = look(t, s.Customer, id)
		is(t, "end", c.Str("status")+" "+c.Str("outcome")+" "+amount(c.Data, "refunds.0.amount"), "COMPLETED REFUNDED 99.00 CNY")
		is(t, "gone", lineOf(t, s, b, 0).Int("returnableQuantity"), 0)
	})
}

// After the inspection the merchant can offer to keep what it would not accept, for less. 3 cups at 10.00 and 2 plates at
// 20.00 are worth 70.00; none was accepted, 40.00 is agreed: of 30.00 and 40.00 that is 17.14 and 22.86. The goods stay
// with the merchant, so they cannot also be the customer's.
func TestOfferAfterTheInspection(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-03-11T10:15:00+08:00")
		inspect := func(id string, items []string, cups, plates int) {
			s.Warehouse.Must(apptest.InspectReturn, apptest.Vars{"id": id, "items": []apptest.Vars{
				{"item": items[0], "checks": checks("FUNCTION"), "acceptedQuantity": cups}, {"item": items[1], "checks": checks("APPEARANCE"), "acceptedQuantity": plates}}})
		}
		id, items := received(t, s, "A1")
		inspect(id, items, 0, 0)
		for _, in := range []apptest.Vars{offer("REFUND", "KEEP", "40.00"), offer("REFUND", "SCRAP", "40.00"), offer("EXCHANGE", "KEEP", "")} {
			refusedAs(t, s.Agent.Refused(apptest.ProposeOffer, propose(s, id, in)), "NOT_ELIGIBLE", "input.disposition")
		}
		r := refusedAs(t, s.Agent.Refused(apptest.ProposeOffer, propose(s, id, offer("RETURN_AND_REFUND", "RETURN", "70.01"))), "AMOUNT_EXCEEDS_PAID", "input.amount")
		is(t, "maximum", param(t, r, "maximum"), "70.00")
		s.Agent.Must(apptest.ProposeOffer, propose(s, id, offer("RETURN_AND_REFUND", "RETURN", "35.00")))
		is(t, "REFUND", state(look(t, s.Agent, id).deadline("REFUND")), "PAUSED open")
		s.Customer.Must(apptest.DeclineOffer, apptest.Vars{"id": id})
		c := look(t, s.Agent, id)
		is(t, "status", c.Str("status"), "INSPECTION_FAILED")
		is(t, "REFUND", state(c.deadline("REFUND")), "RUNNING open")
		s.Agent.Must(apptest.ProposeOffer, propose(s, id, offer("RETURN_AND_REFUND", "RETURN", "40.00")))
		s.Customer.Must(apptest.AcceptOffer, apptest.Vars{"id": id})
		c = look(t, s.Customer, id)
		is(t, "status", c.Str("status"), "REFUNDING")
		is(t, "accepted", fmt.Sprint(c.Int("items.0.acceptedQuantity"), c.Int("items.1.acceptedQuantity")), "3 2")
		is(t, "approved once", len(c.told("APPROVED", "")), 1)
		is(t, "goods were sent once", len(c.told("RECEIVED", "")), 1)
		is(t, "refundable", amount(c.Data, "refundable"), "40.00 CNY")
		s.Confirm(s.Refund(id))
		c = look(t, s.Customer, id)
		is(t, "end", c.Str("status")+" "+c.Str("outcome")+" "+amount(c.Data, "refunds.0.amount"), "COMPLETED REFUNDED 40.00 CNY")
		is(t, "cups", c.Int("items.0.orderLine.returnableQuantity"), 0)
		is(t, "plates", c.Int("items.1.orderLine.returnableQuantity"), 0)

		// Two cups and a plate were accepted, 40.00; for 55.00 the merchant keeps all. By rule for all: 70.00.
		id, items = received(t, s, "A2")
		inspect(id, items, 2, 1)
		is(t, "refundable", amount(look(t, s.Agent, id).Data, "refundable"), "40.00 CNY")
		s.Agent.Must(apptest.ProposeOffer, propose(s, id, offer("RETURN_AND_REFUND", "RETURN", "55.00")))
		s.Customer.Must(apptest.DeclineOffer, apptest.Vars{"id": id})
		is(t, "status", look(t, s.Agent, id).Str("status"), "INSPECTION_PASSED")
		is(t, "refundable", amount(look(t, s.Agent, id).Data, "refundable"), "40.00 CNY")
		s.Agent.Must(apptest.ProposeOffer, propose(s, id, offer("RETURN_AND_REFUND", "RETURN", "")))
		s.Customer.Must(apptest.AcceptOffer, apptest.Vars{"id": id})
		is(t, "refundable", amount(look(t, s.Agent, id).Data, "refundable"), "70.00 CNY")

		// All was accepted: the same again is no offer, other goods are.
		id, items = received(t, s, "A3")
		inspect(id, items, 3, 2)
		refusedAs(t, s.Agent.Refused(apptest.ProposeOffer, propose(s, id, offer("RETURN_AND_REFUND", "RETURN", "70.00"))), "NOT_ELIGIBLE", "input")
		s.Agent.Must(apptest.ProposeOffer, propose(s, id, offer("EXCHANGE", "RETURN", "")))
		s.Customer.Must(apptest.AcceptOffer, apptest.Vars{"id": id})
		c = look(t, s.Agent, id)
		is(t, "status", c.Str("status")+" "+c.Str("remedy")+" "+state(c.deadline("EXCHANGE")), "REPLACING EXCHANGE RUNNING open")
	})
}

// Silence is a no, at the instant the time to answer ended (Fri 14 March, 24:00): REVIEW goes on from there. 46 hours and 15 minutes were left of it on Tuesday 12:00.
func TestSilenceDeclinesAnOffer(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-03-11T10:15:00+08:00")
		id := s.Request(kettle(s, "A1", "2025-03-11T10:15:00+08:00"), "RETURN_AND_REFUND", 1)
		s.Advance("2025-03-11T12:00:00+08:00")
		s.Offer(id, "10.00")
		const due = "2025-03-15T00:00:00+08:00"
		s.Advance(before(t, due))
		is(t, "status", look(t, s.Agent, id).Str("status"), "PROPOSED")
		s.Advance(due)
		c := look(t, s.Customer, id)
		is(t, "status", c.Str("status")+" "+c.Str("priority"), "REQUESTED NORMAL")
		is(t, "PROPOSAL_REPLY", state(c.deadline("PROPOSAL_REPLY")), "BREACHED")
		is(t, "REVIEW", state(c.deadline("REVIEW"))+" "+at(t, c.deadline("REVIEW"), "dueAt"), "RUNNING open 2025-03-16T22:15:00+08:00")
		p := offersOf(t, s.Customer, id).List("proposals")[0]
		is(t, "offer", p.Str("state")+" "+at(t, p, "answeredAt"), "EXPIRED "+due)
		declined := c.first("PROPOSAL_DECLINED", "")
		is(t, "told", at(t, declined, "at")+" by "+declined.Str("actor.name"), due+" by system")
		is(t, "no role", declined.Get("actor.role"), nil)
		refusedAs(t, s.Customer.Refused(apptest.AcceptOffer, apptest.Vars{"id": id}), "ILLEGAL_TRANSITION", "")
	})
}

// A live merchant, whose sweep comes by when it does: an answer an hour too late finds the offer expired at its own instant.
func TestLateAnswerFindsTheOfferExpired(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Live("mall")
		id := s.Request(kettle(s, "A1", e.Now().Format(time.RFC3339)), "RETURN_AND_REFUND", 1)
		s.Offer(id, "10.00")
		expires := at(t, offersOf(t, s.Agent, id), "proposals.0.expiresAt")
		due, err := time.Parse(time.RFC3339, expires)
		if err != nil {
			t.Fatal(err)
		}
		e.AdvanceReal(due.Add(time.Hour).Sub(e.Now()))
		refusedAs(t, s.Customer.Refused(apptest.AcceptOffer, apptest.Vars{"id": id}), "ILLEGAL_TRANSITION", "")
		c := look(t, s.Agent, id)
		is(t, "status", c.Str("status"), "REQUESTED")
		is(t, "REVIEW goes on from", at(t, c.deadline("REVIEW"), "pauses.0.to"), expires)
		is(t, "offer", offersOf(t, s.Agent, id).Str("proposals.0.state"), "EXPIRED")
		is(t, "answered", at(t, offersOf(t, s.Agent, id), "proposals.0.answeredAt"), expires)
		is(t, "declined once", len(c.told("PROPOSAL_DECLINED", "")), 1)
	})
}

// A request that is withdrawn takes its open offer with it.
func TestCancellingClosesTheOffer(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		o := kettle(s, "A1", now)
		id := s.Request(o, "RETURN_AND_REFUND", 1)
		s.Offer(id, "10.00")
		s.Customer.Must(apptest.CancelReturn, apptest.Vars{"id": id})
		c := look(t, s.Customer, id)
		is(t, "end", c.Str("status")+" "+c.Str("outcome"), "CANCELLED CANCELLED")
		is(t, "PROPOSAL_REPLY", state(c.deadline("PROPOSAL_REPLY")), "CANCELLED")
		p := offersOf(t, s.Customer, id).List("proposals")[0]
		is(t, "offer", p.Str("state")+" "+at(t, p, "answeredAt")+" "+p.Str("answer"), "DECLINED "+now+" changed my mind")
		is(t, "returnable", lineOf(t, s, o, 0).Int("returnableQuantity"), 2)
	})
}

// Design decision 7: of a yes and a no at the same moment one counts, of two offers at once one is made, and a repeated
// offer is the first one.
func TestOffersAtTheSameMoment(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		id := s.Request(kettle(s, "A1", now), "RETURN_AND_REFUND", 1)
		codes := func(c apptest.Caller, query, field string, vars ...apptest.Vars) (out []string) {
			found := make([]string, len(vars))
			var wg sync.WaitGroup
			for i, v := range vars {
				wg.Go(func() {
					q, f := query, field
					if v["q"] != nil {
						q, f = v["q"].(string), v["f"].(string)
					}
					payload := sub(t, apptest.ParseData(t, c.Do(q, v["vars"].(apptest.Vars)).Data), f)
					if errs := payload.List("userErrors"); len(errs) > 0 {
						found[i] = errs[0].Str("code")
					}
				})
			}
			wg.Wait()
			return found
		}
		wins := func(got []string) (n int) {
			for _, code := range got {
				switch code {
				case "":
					n++
				case "CONFLICT", "ILLEGAL_TRANSITION":
				default:
					t.Errorf("the loser is told %s", code)
				}
			}
			return n
		}
		first := propose(s, id, offer("REFUND", "KEEP", "10.00"))
		is(t, "offers made", wins(codes(s.Agent, apptest.ProposeOffer, "returnPropose", apptest.Vars{"vars": first}, apptest.Vars{"vars": propose(s, id, offer("REFUND", "KEEP", "20.00"))})), 1)
		is(t, "offers", len(offersOf(t, s.Agent, id).List("proposals")), 1)

		answers := codes(s.Customer, "", "", apptest.Vars{"q": apptest.AcceptOffer, "f": "returnProposalAccept", "vars": apptest.Vars{"id": id}},
			apptest.Vars{"q": apptest.DeclineOffer, "f": "returnProposalDecline", "vars": apptest.Vars{"id": id}})
		is(t, "answers", wins(answers), 1)
		want := map[string]string{"ACCEPTED": "REFUNDING", "DECLINED": "REQUESTED"}
		seen := offersOf(t, s.Agent, id)
		is(t, "status", seen.Str("status"), want[seen.Str("proposals.0.state")])

		other := s.Request(kettle(s, "A2", now), "RETURN_AND_REFUND", 1)
		vars := propose(s, other, offer("REFUND", "KEEP", "10.00"))
		made := s.Agent.Must(apptest.ProposeOffer, vars).Str("returnPropose.proposal.id")
		is(t, "again", s.Agent.Must(apptest.ProposeOffer, vars).Str("returnPropose.proposal.id"), made)
		vars["in"] = offer("REFUND", "KEEP", "11.00")
		refusedAs(t, s.Agent.Refused(apptest.ProposeOffer, vars), "IDEMPOTENCY_MISMATCH", "")
		is(t, "offers", len(offersOf(t, s.Agent, other).List("proposals")), 1)
	})
}
