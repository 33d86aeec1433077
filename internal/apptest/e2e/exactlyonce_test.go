package e2e

import (
	"testing"

	"aftersales/internal/apptest"
	"aftersales/internal/auth"
)

// The same key with the same input is answered with what the first time made, as it is by now; with other input it is
// refused; a refusal leaves the key free.
func TestRequestKeyIsUsedOnce(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s, other := e.Sandbox("mall", now), e.Sandbox("other", now)
		o := kettle(s, "A1", now)
		vars := s.RequestVars(o, "RETURN_AND_REFUND", 3)
		refusedAs(t, s.Customer.Refused(apptest.RequestReturn, vars), "QUANTITY_EXCEEDS_BOUGHT", "input.items.0.quantity")
		vars = with(vars, "items", []apptest.Vars{{"orderLine": o.Lines[0], "quantity": 1}}) // the same key, other input
		first := s.Customer.Must(apptest.RequestReturn, vars).Str("returnRequest.return.id")

		again := s.Customer.Must(apptest.RequestReturn, vars)
		is(t, "again", again.Str("returnRequest.return.id"), first)
		s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": first})
		again = s.Customer.Must(apptest.RequestReturn, vars)
		is(t, "after the approval", again.Str("returnRequest.return.id")+" "+again.Str("returnRequest.return.status"), first+" AWAITING_SHIPMENT")
		for field, value := range map[string]any{"description": "Something else.", "remedy": "REFUND", "reasonHandle": "DAMAGED", "channel": "APP",
			"items": []apptest.Vars{{"orderLine": o.Lines[0], "quantity": 2}}} {
			refusedAs(t, s.Customer.Refused(apptest.RequestReturn, with(vars, field, value)), "IDEMPOTENCY_MISMATCH", "")
		}
		is(t, "still held", lineOf(t, s, o, 0).Int("returnableQuantity"), 1)

		// Somebody else's key is another one, whoever they are and wherever they work.
		second := s.Agent.Must(apptest.RequestReturn, vars).Str("returnRequest.return.id")
		if second == first {
			t.Error("an agent got the customer's return")
		}
		elsewhere := kettle(other, "A1", now)
		third := other.Customer.Must(apptest.RequestReturn, with(other.RequestVars(elsewhere, "RETURN_AND_REFUND", 1), "idempotencyKey", vars["in"].(apptest.Vars)["idempotencyKey"]))
		if id := third.Str("returnRequest.return.id"); id == first || id == second {
			t.Error("another merchant got the return")
		}
	})
}

func TestMoneyAndMessagesAreSentOnce(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		o := kettle(s, "A1", now)
		id, second := s.Request(o, "REFUND", 1), s.Request(o, "REFUND", 1)
		message := apptest.Vars{"id": id, "key": "m", "m": "Hello."}
		s.Agent.Must(respond, message)
		s.Agent.Must(respond, message)
		refusedAs(t, s.Agent.Refused(respond, apptest.Vars{"id": id, "key": "m", "m": "Bye."}), "IDEMPOTENCY_MISMATCH", "")
		refusedAs(t, s.Agent.Refused(respond, apptest.Vars{"id": second, "key": "m", "m": "Hello."}), "IDEMPOTENCY_MISMATCH", "")
		s.Agent2.Must(respond, message)
		is(t, "messages", len(look(t, s.Agent, id).told("RESPONDED", "")), 2)

		pay := apptest.Vars{"id": id, "key": "r"}
		refusedAs(t, s.Finance.Refused(apptest.RefundReturn, pay), "ILLEGAL_TRANSITION", "") // not approved: the key stays free
		s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": id})
		s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": second})
		refund := s.Finance.Must(apptest.RefundReturn, pay).Str("returnRefund.refund.id")
		refusedAs(t, s.Finance.Refused(apptest.RefundReturn, apptest.Vars{"id": second, "key": "r"}), "IDEMPOTENCY_MISMATCH", "")
		confirm := apptest.Vars{"id": refund, "key": "c"}
		s.Finance.Must(apptest.ConfirmRefund, confirm)
		d := s.Finance.Must(apptest.ConfirmRefund, confirm)
		is(t, "confirmed again", d.Str("refundConfirm.return.status")+" "+d.Str("refundConfirm.refund.state"), "COMPLETED CREDITED")
		refusedAs(t, s.Finance.Refused(apptest.ConfirmRefund, apptest.Vars{"id": refund, "key": "c", "at": now}), "IDEMPOTENCY_MISMATCH", "")
		d = s.Finance.Must(apptest.RefundReturn, pay)
		is(t, "refunded again", d.Str("returnRefund.refund.id")+" "+d.Str("returnRefund.return.status"), refund+" COMPLETED")
		c := look(t, s.Agent, id)
		is(t, "refunds", len(c.List("refunds")), 1)
		is(t, "timeline", c.events(), []string{"OPENED", "RESPONDED", "RESPONDED", "APPROVED", "REFUND_STARTED", "REFUND_CREDITED", "CLOSED"})
		order := s.Agent.Must(`query($id: ID!) { order(id: $id) { refunded { amount } } }`, apptest.Vars{"id": o.ID})
		is(t, "refunded", order.Str("order.refunded.amount"), "99.00")
	})
}

func TestMerchantIsCreatedOnce(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		create := func(key, slug, name string) apptest.Vars {
			return apptest.Vars{"in": apptest.Vars{"idempotencyKey": key, "slug": slug, "name": name, "mode": "LIVE", "currency": "CNY", "calendar": "CN", "jurisdiction": "CN"}}
		}
		const q = `mutation($in: MerchantCreateInput!) { merchantCreate(input: $in) { merchant { id } userErrors { code field message } } }`
		admin := e.Platform()
		id := admin.Must(q, create("k", "a", "A")).Str("merchantCreate.merchant.id")
		is(t, "again", admin.Must(q, create("k", "a", "A")).Str("merchantCreate.merchant.id"), id)
		refusedAs(t, admin.Refused(q, create("k", "a", "B")), "IDEMPOTENCY_MISMATCH", "")
		refusedAs(t, admin.Refused(q, create("k2", "a", "A")), "INVALID_INPUT", "input.slug")
		admin.Must(q, create("k2", "b", "B"))
		somebody := e.As(auth.PlatformAdmin, "", "somebody")
		if other := somebody.Must(q, create("k", "c", "C")).Str("merchantCreate.merchant.id"); other == id {
			t.Error("somebody else's key")
		}
	})
}

// A version that has been passed is CONFLICT, before anything is said about the state, and the answer shows the case as it
// is. Only transitions and assignment raise the version.
func TestStaleVersionIsAConflict(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		id := s.Request(kettle(s, "A1", now), "RETURN_AND_REFUND", 1)
		s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": id, "v": 1})
		staff := s.Agent.Must(`{ viewer { staff { id } } }`, nil).Str("viewer.staff.id")
		for name, tc := range map[string]struct {
			by    apptest.Caller
			query string
			more  apptest.Vars
		}{
			"returnRequestInfo": {s.Agent, apptest.AskInfo, nil},
			"returnProvideInfo": {s.Customer, apptest.GiveInfo, nil},
			"returnApprove":     {s.Agent2, apptest.ApproveReturn, nil},
			"returnReject":      {s.Agent, apptest.RejectReturn, nil},
			"returnShip":        {s.Customer, apptest.ShipReturn, nil},
			"returnReceive":     {s.Warehouse, apptest.ReceiveReturn, nil},
			"returnInspect":     {s.Warehouse, apptest.InspectReturn, apptest.Vars{"items": s.Findings(id, true)}},
			"returnRefund":      {s.Finance, apptest.RefundReturn, apptest.Vars{"key": s.Key()}},
			"returnCancel":      {s.Customer, apptest.CancelReturn, nil},
			"caseAssign":        {s.Agent, assign, apptest.Vars{"staff": staff}},
			"caseClose":         {s.Agent, closing, nil},
		} {
			for _, version := range []int{1, 3} { // behind and ahead
				vars := apptest.Vars{"id": id, "v": version}
				for k, v := range tc.more {
					vars[k] = v
				}
				payload := sub(t, apptest.ParseData(t, tc.by.Do(tc.query, vars).Data), name)
				is(t, name+" version", param(t, refusedAs(t, payload.List("userErrors"), "CONFLICT", ""), "version"), "2")
				object := "return"
				if name == "caseAssign" || name == "caseClose" {
					object = "case"
				}
				is(t, name+" answer", payload.Str(object+".status")+" "+ftoa(payload.Int(object+".version")), "AWAITING_SHIPMENT 2")
			}
		}
		r := refusedAs(t, s.Agent2.Refused(apptest.ApproveReturn, apptest.Vars{"id": id, "v": 2}), "ILLEGAL_TRANSITION", "")
		is(t, "allowed instead", r.Strings("allowedActions"), []string{"RETURN_SHIP", "RETURN_RECEIVE", "PARCEL_MATCH", "RETURN_CONVERT", "RETURN_CANCEL", "CASE_ASSIGN", "CASE_RESPOND", "CASE_MESSAGE_ADD", "CASE_EVIDENCE_ADD"})

		revision := look(t, s.Agent, id).Int("revision")
		answer(s, id)
		is(t, "version after a message", look(t, s.Agent, id).Int("version"), 2)
		s.Agent.Must(assign, apptest.Vars{"id": id, "v": 2, "staff": staff})
		c := look(t, s.Agent, id)
		is(t, "version after assignment", c.Int("version"), 3)
		is(t, "assignee", c.Str("assignee.name"), "Li Na")
		is(t, "revisions", c.Int("revision")-revision, 2)
		refusedAs(t, s.Agent.Refused(assign, apptest.Vars{"id": id, "staff": id}), "NOT_FOUND", "staff")
		is(t, "version after a refusal", look(t, s.Agent, id).Int("version"), 3)
	})
}
