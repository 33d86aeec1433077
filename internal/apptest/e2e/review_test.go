package e2e

import (
	"strings"
	"testing"

	"aftersales/internal/apptest"
)

const approve = `mutation($id: ID!, $v: Int, $in: ReturnApproveInput!) { returnApprove(id: $id, expectedVersion: $v, input: $in) { return { id status version } userErrors { code field message params { name value } allowedActions } } }`

const reject = `mutation($id: ID!, $in: ReturnRejectInput!) { returnReject(id: $id, input: $in) { return { id status version } userErrors { code field message params { name value } allowedActions } } }`

const addAddress = `mutation($in: ReturnAddressUpsertInput!) { returnAddressUpsert(input: $in) { returnAddress { id } userErrors { code field message } } }`

func approval() apptest.Vars {
	fine := apptest.Vars{"ok": true}
	return apptest.Vars{"review": apptest.Vars{"product": fine, "description": fine, "reason": fine}, "steps": []string{"Pack it", "Send it"}}
}

func address(s *apptest.Shop, name string, standard bool) string {
	return s.Admin.Must(addAddress, apptest.Vars{"in": apptest.Vars{"name": name, "recipient": "Returns " + name, "phone": "02100000000", "line": "2 Test Road", "city": "Hangzhou",
		"country": "CN", "isDefault": standard}}).Str("returnAddressUpsert.returnAddress.id")
}

// MALL-3.2a: staff review the application; MALL-3.2b: with a verdict on product, description and reason each; MALL-3.2c:
// the customer is told the steps, MALL-3.2d: what to prepare (nothing is mandatory), MALL-3.2e: where to send the goods.
func TestApprovalTellsTheCustomerWhatToDo(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		o := s.Order("A1", now, apptest.Line{SKU: "CUP", Quantity: 9, UnitPrice: "10.00"})
		id := s.Request(o, "RETURN_AND_REFUND", 1)
		in := approval()
		in["review"] = apptest.Vars{"product": apptest.Vars{"ok": true, "note": "serial seen"}, "description": apptest.Vars{"ok": true}, "reason": apptest.Vars{"ok": false, "note": "rather DAMAGED"}}
		in["materials"] = []string{"Original packaging, if you have it", "Proof of purchase"}
		s.Advance("2025-03-11T12:00:00+08:00")
		s.Agent.Must(approve, apptest.Vars{"id": id, "in": in})

		c := look(t, s.Customer, id)
		is(t, "status", c.Str("status"), "AWAITING_SHIPMENT")
		is(t, "version", c.Int("version"), 2)
		is(t, "product", c.Get("review.product"), map[string]any{"ok": true, "note": "serial seen"})
		is(t, "description", c.Get("review.description"), map[string]any{"ok": true, "note": nil})
		is(t, "reason", c.Get("review.reason"), map[string]any{"ok": false, "note": "rather DAMAGED"})
		is(t, "steps", c.Strings("instructions.steps"), []string{"Pack it", "Send it"})
		is(t, "materials", c.Strings("instructions.materials"), []string{"Original packaging, if you have it", "Proof of purchase"})
		is(t, "return address", c.Str("instructions.returnAddress.name"), "main")
		is(t, "line", c.Str("instructions.returnAddress.line"), "1 Test Road")
		is(t, "told", c.first("APPROVED", "").Str("note"), "Pack it\nSend it")
		is(t, "REVIEW", state(c.deadline("REVIEW")), "MET")
		is(t, "reviewed", at(t, c.deadline("REVIEW"), "metAt"), "2025-03-11T12:00:00+08:00")

		// SHIP_BACK, seven calendar days of the customer: from Tue 11 to the end of Tue 18.
		back := c.deadline("SHIP_BACK")
		is(t, "SHIP_BACK", state(back), "RUNNING open")
		is(t, "owed by", back.Str("obligor"), "CUSTOMER")
		is(t, "due", at(t, back, "dueAt"), "2025-03-19T00:00:00+08:00")
		is(t, "last day", back.Str("lastDay"), "2025-03-18")
		is(t, "customer's actions", c.Strings("allowedActions"), []string{"RETURN_SHIP", "RETURN_CONVERT", "RETURN_CANCEL", "CASE_MESSAGE_ADD", "CASE_EVIDENCE_ADD"})

		// An address can be named; a refund without goods has none.
		second := address(s, "south", false)
		id = s.Request(o, "RETURN_AND_REFUND", 1)
		in = approval()
		in["returnAddress"] = second
		s.Agent.Must(approve, apptest.Vars{"id": id, "in": in})
		is(t, "named address", look(t, s.Customer, id).Str("instructions.returnAddress.name"), "south")
		is(t, "materials", look(t, s.Customer, id).Strings("instructions.materials"), []string{})
		id = s.Request(o, "REFUND", 1)
		s.Agent.Must(approve, apptest.Vars{"id": id, "in": approval()})
		c = look(t, s.Customer, id)
		is(t, "status", c.Str("status"), "REFUNDING")
		is(t, "address", c.Get("instructions.returnAddress"), nil)
		is(t, "SHIP_BACK without goods", c.has("SHIP_BACK"), false)
	})
}

// MALL-3.2c, MALL-3.2e: an approval that leaves the customer without steps or without an address is none.
func TestApprovalRefusals(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		foreign := address(e.Sandbox("other", now), "theirs", false)
		id := s.Request(kettle(s, "A1", now), "RETURN_AND_REFUND", 1)
		for _, tc := range []struct {
			name, code, field string
			change            func(apptest.Vars)
		}{
			{"no steps", "INVALID_INPUT", "input.steps", func(in apptest.Vars) { in["steps"] = []string{} }},
			{"an empty step", "INVALID_INPUT", "input.steps.1", func(in apptest.Vars) { in["steps"] = []string{"Pack it", " "} }},
			{"too many steps", "INVALID_INPUT", "input.steps", func(in apptest.Vars) { in["steps"] = strings.Split(strings.Repeat("x", 21), "") }},
			{"an empty material", "INVALID_INPUT", "input.materials.0", func(in apptest.Vars) { in["materials"] = []string{""} }},
			{"another merchant's address", "NOT_FOUND", "input.returnAddress", func(in apptest.Vars) { in["returnAddress"] = foreign }},
			{"an address that is none", "NOT_FOUND", "input.returnAddress", func(in apptest.Vars) { in["returnAddress"] = id }},
			{"note too long", "INVALID_INPUT", "input.review.reason.note", func(in apptest.Vars) {
				in["review"].(apptest.Vars)["reason"] = apptest.Vars{"ok": true, "note": strings.Repeat("x", 5001)}
			}},
		} {
			in := approval()
			tc.change(in)
			t.Run(tc.name, func(t *testing.T) {
				refusedAs(t, s.Agent.Refused(approve, apptest.Vars{"id": id, "in": in}), tc.code, tc.field)
			})
		}
		address(s, "spare", true) // takes the place of main as the default ...
		address(s, "spare", false)
		refusedAs(t, s.Agent.Refused(approve, apptest.Vars{"id": id, "in": approval()}), "INVALID_INPUT", "input.returnAddress")

		// Only staff review.
		for _, c := range []apptest.Caller{s.Customer, s.Warehouse, s.Finance, s.Integration} {
			if r := c.Do(approve, apptest.Vars{"id": id, "in": approval()}); len(r.Errors) != 1 || r.Errors[0].Code() != "FORBIDDEN" {
				t.Errorf("approved by somebody else: %s", r.Raw)
			}
		}
		c := look(t, s.Agent, id)
		is(t, "status", c.Str("status"), "REQUESTED")
		is(t, "version", c.Int("version"), 1)
		is(t, "review", c.Get("review"), nil)
		is(t, "instructions", c.Get("instructions"), nil)
		is(t, "timeline", c.events(), []string{"OPENED"})
	})
}

// MALL-3.2a: a rejection has a reason, which the customer reads; MALL-1.1b: it is the outcome's reason, and the goods are
// free for another request.
func TestRejectionHasAReason(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		o := kettle(s, "A1", now)
		id := s.Request(o, "RETURN_AND_REFUND", 2)
		refusedAs(t, s.Agent.Refused(reject, apptest.Vars{"id": id, "in": apptest.Vars{"reason": "  "}}), "INVALID_INPUT", "input.reason")

		s.Advance("2025-03-11T11:00:00+08:00")
		bad := apptest.Vars{"ok": false, "note": "Not ours."}
		fine := apptest.Vars{"ok": true}
		s.Agent.Must(reject, apptest.Vars{"id": id, "in": apptest.Vars{"reason": " Not sold by us. ", "review": apptest.Vars{"product": bad, "description": fine, "reason": fine}}})
		c := look(t, s.Customer, id)
		is(t, "status", c.Str("status"), "REJECTED")
		is(t, "outcome", c.Str("outcome"), "REJECTED")
		is(t, "why", c.Str("outcomeNote"), "Not sold by us.")
		is(t, "closed", at(t, c.Data, "closedAt"), "2025-03-11T11:00:00+08:00")
		is(t, "verdict", c.Get("review.product"), map[string]any{"ok": false, "note": "Not ours."})
		is(t, "FIRST_RESPONSE", state(c.deadline("FIRST_RESPONSE")), "MET")
		is(t, "REVIEW", state(c.deadline("REVIEW")), "MET")
		is(t, "REFUND", state(c.deadline("REFUND")), "CANCELLED")
		is(t, "refundable", c.Get("refundable"), nil)
		is(t, "timeline", c.events(), []string{"OPENED", "REJECTED", "CLOSED"})
		is(t, "actions", look(t, s.Supervisor, id).Strings("allowedActions"), []string{"CASE_DISPUTE"})
		s.Request(o, "RETURN_AND_REFUND", 2)
	})
}

// A question and its answer: the customer sees what is asked, and the case is back where it was.
func TestQuestionAndAnswer(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		id := s.Request(kettle(s, "A1", now), "RETURN_AND_REFUND", 1)
		refusedAs(t, s.Agent.Refused(`mutation($id: ID!) { returnRequestInfo(id: $id, question: " ") { return { id } userErrors { code field } } }`, apptest.Vars{"id": id}), "INVALID_INPUT", "question")
		s.Agent.Must(apptest.AskInfo, apptest.Vars{"id": id})
		c := look(t, s.Customer, id)
		is(t, "status", c.Str("status"), "NEEDS_INFO")
		is(t, "question", c.Str("openQuestion"), "Which part is broken?")
		is(t, "actions", c.Strings("allowedActions"), []string{"RETURN_PROVIDE_INFO", "RETURN_CANCEL", "CASE_MESSAGE_ADD", "CASE_EVIDENCE_ADD"})
		refusedAs(t, s.Customer.Refused(`mutation($id: ID!) { returnProvideInfo(id: $id, answer: "") { return { id } userErrors { code field } } }`, apptest.Vars{"id": id}), "INVALID_INPUT", "answer")
		s.Customer.Must(apptest.GiveInfo, apptest.Vars{"id": id})
		c = look(t, s.Customer, id)
		is(t, "status", c.Str("status"), "REQUESTED")
		is(t, "question", c.Get("openQuestion"), nil)
		is(t, "answer", c.first("INFO_PROVIDED", "").Str("note"), "The lid.")
		is(t, "INFO_REPLY", state(c.deadline("INFO_REPLY")), "MET")

		// Asked once more there is a clock of its own, and the answer can be written down by staff.
		s.Agent.Must(apptest.AskInfo, apptest.Vars{"id": id})
		is(t, "INFO_REPLY again", state(look(t, s.Customer, id).deadline("INFO_REPLY")), "RUNNING open")
		s.Agent.Must(apptest.GiveInfo, apptest.Vars{"id": id})
		is(t, "timeline", look(t, s.Customer, id).events(), []string{"OPENED", "INFO_REQUESTED", "INFO_PROVIDED", "INFO_REQUESTED", "INFO_PROVIDED"})
	})
}
