package e2e

import (
	"strings"
	"testing"

	"aftersales/internal/apptest"
	"aftersales/internal/auth"
)

func toMoney(id string) apptest.Vars {
	return apptest.Vars{"id": id, "to": "RETURN_AND_REFUND", "why": "Sold out."}
}

func toExchange(id string) apptest.Vars {
	return apptest.Vars{"id": id, "to": "EXCHANGE", "why": "I would rather have a new one."}
}

// MALL-4.2a, X8.1: a converted case keeps its clock. Two cases side by side, one asked for money from the start, the other for
// an exchange: after the conversion REFUND has the same start, the same pauses and the same due instant in both.
func TestConvertKeepsTheClock(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const due = "2025-03-19T00:00:00+08:00" // Wed 12 to Fri 14, and the two days (12, 13) that the goods were on their way
		for _, when := range []string{"AWAITING_SHIPMENT", "IN_TRANSIT", "RECEIVED", "INSPECTION_PASSED", "REPLACING"} {
			s := e.Sandbox("mall-"+strings.ToLower(strings.ReplaceAll(when, "_", "-")), "2025-03-11T10:15:00+08:00")
			o := kettle(s, "A1", "2025-03-11T10:15:00+08:00")
			money, goods := s.Request(o, "RETURN_AND_REFUND", 1), s.Request(o, "EXCHANGE", 1)
			turn := func(status string) {
				if status == when {
					d := s.Agent.Must(convert, toMoney(goods))
					want := status
					if status == "REPLACING" {
						want = "REFUNDING"
					}
					is(t, "status", d.Str("returnConvert.return.status"), want)
				}
			}
			both := func(status string, act func(id string)) {
				act(money)
				act(goods)
				turn(status)
			}
			s.Advance("2025-03-11T15:00:00+08:00")
			both("AWAITING_SHIPMENT", func(id string) { s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": id}) })
			s.Advance("2025-03-12T09:00:00+08:00")
			both("IN_TRANSIT", func(id string) { s.Customer.Must(apptest.ShipReturn, apptest.Vars{"id": id}) })
			s.Advance("2025-03-13T09:00:00+08:00")
			both("RECEIVED", func(id string) { s.Warehouse.Must(apptest.ReceiveReturn, apptest.Vars{"id": id}) })
			both("INSPECTION_PASSED", func(id string) { s.Inspect(id, true) })
			if when == "REPLACING" {
				s.Agent.Must(replace, apptest.Vars{"id": goods, "key": s.Key(), "in": apptest.Vars{}})
				s.Advance("2025-03-13T12:00:00+08:00")
				turn("REPLACING")
				is(t, "set aside", swapOf(t, s.Agent, goods).Get("items.0.choice"), nil)
			}
			a, b := look(t, s.Customer, money), look(t, s.Customer, goods)
			is(t, when+": remedy", b.Str("remedy"), "RETURN_AND_REFUND")
			is(t, when+": EXCHANGE", state(b.deadline("EXCHANGE")), "CANCELLED")
			is(t, when+": due", at(t, b.deadline("REFUND"), "dueAt"), due)
			for _, kind := range []string{"REFUND", "STATUTORY_REFUND"} {
				for _, field := range []string{"state", "open", "startedAt", "promisedDueAt", "dueAt", "lastDay", "pauses", "why", "countedDays"} {
					is(t, when+": "+kind+" "+field, b.deadline(kind).Get(field), a.deadline(kind).Get(field))
				}
			}
			// The law's clock was not running for an exchange; it is now, from when the goods were back.
			is(t, when+": STATUTORY_REFUND", at(t, b.deadline("STATUTORY_REFUND"), "startedAt"), "2025-03-13T09:00:00+08:00")
			told := b.first("CONVERTED", "")
			is(t, when+": why", told.Str("note"), "Sold out.")
			is(t, when+": refundable", b.Str("refundable.amount"), "99.00")

			// The last instant is in time, with money instead of goods.
			refund := s.Refund(goods)
			s.Advance(before(t, due))
			s.Confirm(refund)
			b = look(t, s.Customer, goods)
			is(t, when+": REFUND", state(b.deadline("REFUND")), "MET")
			is(t, when+": STATUTORY_REFUND", state(b.deadline("STATUTORY_REFUND")), "MET")
			is(t, when+": outcome", b.Str("status")+" "+b.Str("outcome"), "COMPLETED REFUNDED")
			is(t, when+": lines", len(swapOf(t, s.Agent, goods).List("order.lines")), 1)
		}
	})
}

// A missed exchange stays missed and is made good, late, by the money; and the other way round.
func TestConvertDoesNotHealAMiss(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const due = "2025-03-15T00:00:00+08:00" // Wed 12, Thu 13, Fri 14
		s := e.Sandbox("mall", "2025-03-11T10:15:00+08:00")
		o := kettle(s, "A1", "2025-03-11T10:15:00+08:00")
		goods, money := exchangeBack(s, o, 1), s.Request(o, "RETURN_AND_REFUND", 1)
		s.ToInspected(money)
		s.Advance(due)
		is(t, "EXCHANGE", state(look(t, s.Customer, goods).deadline("EXCHANGE")), "BREACHED open owed")
		s.Agent.Must(convert, toMoney(goods))
		c := look(t, s.Customer, goods)
		is(t, "EXCHANGE", state(c.deadline("EXCHANGE")), "BREACHED open owed")
		is(t, "no second promise", c.has("REFUND"), false)
		is(t, "the law's clock", state(c.deadline("STATUTORY_REFUND")), "RUNNING open")
		s.Confirm(s.Refund(goods))
		c = look(t, s.Customer, goods)
		is(t, "EXCHANGE", state(c.deadline("EXCHANGE")), "BREACHED owed")
		is(t, "made good", at(t, c.deadline("EXCHANGE"), "metAt"), due)
		is(t, "status", c.Str("status")+" "+c.Str("outcome"), "COMPLETED REFUNDED")

		s.Customer.Must(convert, toExchange(money))
		c = look(t, s.Customer, money)
		is(t, "REFUND", state(c.deadline("REFUND")), "BREACHED open owed")
		is(t, "no second promise", c.has("EXCHANGE"), false)
		is(t, "the law's clock", state(c.deadline("STATUTORY_REFUND")), "CANCELLED")
		s.Agent.Must(replace, apptest.Vars{"id": money, "key": s.Key(), "in": parcelOf()})
		s.Agent.Must(arrived, apptest.Vars{"id": money})
		is(t, "REFUND", state(look(t, s.Customer, money).deadline("REFUND")), "BREACHED owed")
	})
}

// An exchange is the customer's wish, money the merchant's offer: who may turn a return into what, and when.
func TestConvertIsForWhomItIsFor(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		o := s.Order("A1", now, apptest.Line{SKU: "CUP", Quantity: 20, UnitPrice: "10.00"})
		refuse := func(c apptest.Caller, id, to, code, field string) {
			t.Helper()
			refusedAs(t, c.Refused(convert, apptest.Vars{"id": id, "to": to, "why": "Because."}), code, field)
		}
		id := s.Request(o, "EXCHANGE", 1)
		refuse(s.Customer, id, "RETURN_AND_REFUND", "NOT_ELIGIBLE", "remedy")
		refuse(s.Customer, id, "EXCHANGE", "NOT_ELIGIBLE", "remedy")
		refuse(s.Agent, id, "REPAIR", "NOT_ELIGIBLE", "remedy")
		refusedAs(t, s.Agent.Refused(convert, apptest.Vars{"id": id, "to": "REFUND", "why": " "}), "INVALID_INPUT", "reason")
		refusedAs(t, s.Agent.Refused(convert, apptest.Vars{"id": id, "v": 7, "to": "REFUND", "why": "W"}), "CONFLICT", "")
		for _, c := range []apptest.Caller{s.Warehouse, s.Finance, s.Integration} {
			if r := c.Do(convert, toMoney(id)); len(r.Errors) != 1 || r.Errors[0].Code() != "FORBIDDEN" {
				t.Errorf("allowed: %s", r.Raw)
			}
		}
		stranger := e.As(auth.Customer, s.Slug, "c-2")
		refuse(stranger, id, "EXCHANGE", "NOT_FOUND", "id")
		if r := look(t, s.Customer, id); r.Int("version") != 1 || r.Str("remedy") != "EXCHANGE" {
			t.Errorf("changed: %v", r)
		}

		// Asked for, not yet approved: what becomes of the goods goes with the remedy. Money without goods, then goods again.
		s.Agent.Must(convert, apptest.Vars{"id": id, "to": "REFUND", "why": "Keep it."})
		is(t, "REFUND", state(look(t, s.Customer, id).deadline("REFUND")), "RUNNING open")
		refuse(s.Agent, id, "RETURN_AND_REFUND", "NOT_ELIGIBLE", "remedy") // neither is an exchange
		s.Agent.Must(convert, toExchange(id))                              // staff write down what the customer wants
		s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": id})
		c := look(t, s.Customer, id)
		is(t, "goods come back", c.Str("status"), "AWAITING_SHIPMENT")
		is(t, "SHIP_BACK", state(c.deadline("SHIP_BACK")), "RUNNING open")
		refuse(s.Agent, id, "REFUND", "NOT_ELIGIBLE", "remedy") // approved with the goods
		s.Agent.Must(convert, toMoney(id))
		s.Customer.Must(apptest.ShipReturn, apptest.Vars{"id": id})
		s.Warehouse.Must(apptest.ReceiveReturn, apptest.Vars{"id": id})
		s.Inspect(id, true)
		s.Refund(id)
		refuse(s.Customer, id, "EXCHANGE", "ILLEGAL_TRANSITION", "") // the money is on its way

		// What never came is replaced or refunded, without goods; the reason does not lead to goods that come back.
		lost := s.Customer.Must(apptest.RequestReturn, with(s.RequestVars(o, "EXCHANGE", 1), "reasonHandle", "NOT_RECEIVED")).Str("returnRequest.return.id")
		s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": lost})
		refuse(s.Agent, lost, "RETURN_AND_REFUND", "NOT_ELIGIBLE", "remedy")
		d := s.Agent.Must(convert, apptest.Vars{"id": lost, "to": "REFUND", "why": "Sold out."})
		is(t, "status", d.Str("returnConvert.return.status"), "REFUNDING")
		d = s.Customer.Must(convert, toExchange(lost))
		is(t, "status", d.Str("returnConvert.return.status"), "REPLACING")
		s.Agent.Must(convert, apptest.Vars{"id": lost, "to": "REFUND", "why": "Sold out."})
		s.Confirm(s.Refund(lost))
		is(t, "status", look(t, s.Customer, lost).Str("status"), "COMPLETED")

		// A reason that leads to money only.
		late := s.Customer.Must(apptest.RequestReturn, with(s.RequestVars(o, "RETURN_AND_REFUND", 1), "reasonHandle", "LATE_DISPATCH")).Str("returnRequest.return.id")
		refuse(s.Customer, late, "EXCHANGE", "NOT_ELIGIBLE", "remedy")

		// The question is open: first the answer.
		asked := s.Request(o, "EXCHANGE", 1)
		s.Agent.Must(apptest.AskInfo, apptest.Vars{"id": asked})
		refuse(s.Agent, asked, "RETURN_AND_REFUND", "ILLEGAL_TRANSITION", "")
		s.Customer.Must(apptest.CancelReturn, apptest.Vars{"id": asked})
		refuse(s.Agent, asked, "RETURN_AND_REFUND", "ILLEGAL_TRANSITION", "")
	})
}
