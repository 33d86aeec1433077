package e2e

import (
	"slices"
	"testing"

	"aftersales/ent/auditentry"
	"aftersales/internal/apptest"
	"aftersales/internal/auth"
)

const merchantStatus = `mutation($m: ID!, $s: MerchantStatus!, $r: String!) { merchantStatusSet(merchant: $m, status: $s, reason: $r) { merchant { status } userErrors { code field message } } }`

func setStatus(e *apptest.Env, s *apptest.Shop, status string) {
	e.Platform().Must(merchantStatus, apptest.Vars{"m": s.Slug, "s": status, "r": "The merchant leaves."})
}

// Consumer Rights Protection Law art. 44, MALL-1.3c: while a merchant closes the platform works its cases beside its people,
// once it is closed in their place, to the end; who did so does not decide a dispute about it.
func TestThePlatformWorksForAMerchantThatCloses(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		root := e.Platform()
		id := s.Request(kettle(s, "A1", now), "RETURN_AND_REFUND", 1)
		vars := apptest.Vars{"id": id}
		forbidden := func(who string, c apptest.Caller, doc string, vars apptest.Vars) {
			t.Helper()
			if r := c.Do(doc, vars); len(r.Errors) != 1 || r.Errors[0].Code() != "FORBIDDEN" {
				t.Errorf("%s: %s", who, r.Raw)
			}
		}

		// ACTIVE: its own people work.
		is(t, "platform's actions", look(t, root, id).Strings("allowedActions"), []string{})
		forbidden("the platform at an active merchant", root, apptest.ApproveReturn, vars)
		forbidden("the platform at an active merchant", root, respond, apptest.Vars{"id": id, "key": s.Key(), "m": "Hello."})

		// CLOSING: both do.
		setStatus(e, s, "CLOSING")
		is(t, "status", s.Customer.Must(`{ merchant { status } }`, nil).Str("merchant.status"), "CLOSING")
		is(t, "platform's actions", look(t, root, id).Strings("allowedActions"), look(t, s.Admin, id).Strings("allowedActions"))
		root.Must(respond, apptest.Vars{"id": id, "key": s.Key(), "m": "We look after this shop's returns."})
		is(t, "who answered", look(t, s.Customer, id).first("RESPONDED", "").Str("actor.role"), "PLATFORM_ADMIN")
		s.Agent.Must(apptest.ApproveReturn, vars)

		// CLOSED: only the platform does; its people read, its customers keep all rights.
		setStatus(e, s, "CLOSED")
		s.Customer.Must(apptest.ShipReturn, vars)
		for _, c := range []apptest.Caller{s.Agent, s.Warehouse, s.Supervisor, s.Admin} {
			is(t, "actions of its people", look(t, c, id).Strings("allowedActions"), []string{})
			forbidden("its people", c, apptest.ReceiveReturn, vars)
		}
		forbidden("its people", s.Agent, apptest.RequestReturn, s.RequestVars(kettleBefore(s), "RETURN_AND_REFUND", 1))
		more := s.Customer.Must(apptest.RequestReturn, s.RequestVars(kettleBefore(s), "RETURN_AND_REFUND", 1)).Str("returnRequest.return.id")
		root.Must(apptest.ReceiveReturn, vars)
		root.Must(apptest.InspectReturn, apptest.Vars{"id": id, "items": s.Findings(id, true)})
		key := s.Key()
		refund := root.Must(apptest.RefundReturn, apptest.Vars{"id": id, "key": key}).Str("returnRefund.refund.id")
		is(t, "again", root.Must(apptest.RefundReturn, apptest.Vars{"id": id, "key": key}).Str("returnRefund.refund.id"), refund)
		root.Must(apptest.ConfirmRefund, apptest.Vars{"id": refund, "key": s.Key()})
		c := look(t, s.Customer, id)
		is(t, "ended", c.Str("status")+" "+c.Str("refunds.0.amount.amount"), "COMPLETED 99.00")

		// Nobody decides the review of what they decided: root refused this one, so root does not judge it.
		root.Must(apptest.RejectReturn, apptest.Vars{"id": more})
		s.Customer.Must(caseDispute, complain(s, more))
		r := refusedAs(t, root.Refused(disputeDecide, verdict(s, more, "CUSTOMER", nil)), "FORBIDDEN", "")
		is(t, "told", r.Str("message"), "you acted on this case yourself; somebody else has to decide its review")
		is(t, "still open", look(t, s.Customer, more).Str("status"), "DISPUTED")
		judge(e).Must(disputeDecide, verdict(s, more, "CUSTOMER", nil))
		is(t, "decided", look(t, s.Customer, more).Str("status"), "REJECTED")

		// Back in business.
		setStatus(e, s, "ACTIVE")
		forbidden("the platform at an active merchant", root, closing, apptest.Vars{"id": id})
	})
}

// kettleBefore is the second unit of the order A1, sold before the merchant closed.
func kettleBefore(s *apptest.Shop) apptest.Order {
	d := s.Customer.Must(`{ order(number: "A1") { id lines { id } } }`, nil)
	return apptest.Order{ID: d.Str("order.id"), Lines: []string{d.Str("order.lines.0.id")}}
}

// A closed merchant sells nothing new; what it sold can still be told of. The change stands in the audit with its reason.
func TestMerchantStatus(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		kettle(s, "A1", now)
		for _, c := range []apptest.Caller{s.Admin, s.Customer, s.Agent} {
			if r := c.Do(merchantStatus, apptest.Vars{"m": s.Slug, "s": "CLOSED", "r": "R"}); len(r.Errors) != 1 || r.Errors[0].Code() != "FORBIDDEN" {
				t.Errorf("closed by somebody else: %s", r.Raw)
			}
		}
		refusedAs(t, e.Platform().Refused(merchantStatus, apptest.Vars{"m": s.Slug, "s": "CLOSED", "r": " "}), "INVALID_INPUT", "reason")
		refusedAs(t, e.Platform().Refused(merchantStatus, apptest.Vars{"m": "nowhere", "s": "CLOSED", "r": "R"}), "NOT_FOUND", "merchant")
		setStatus(e, s, "CLOSED")
		setStatus(e, s, "CLOSED") // changes nothing
		rows, err := e.App.Store.Client(t.Context()).AuditEntry.Query().Where(auditentry.Action("MERCHANT_STATUS_SET")).All(auth.AsSystem(t.Context(), ""))
		if err != nil || len(rows) != 1 {
			t.Fatalf("%d audit rows: %v", len(rows), err)
		}
		is(t, "audit", rows[0].Subject+" "+rows[0].Data["from"]+" "+rows[0].Data["to"]+" "+rows[0].Data["reason"], "root ACTIVE CLOSED The merchant leaves.")

		order := func(number string) apptest.Vars {
			return apptest.Vars{"in": apptest.Vars{"number": number, "placedAt": now, "currency": "CNY", "customer": apptest.Vars{"externalId": "c-1", "name": "Li Lei"},
				"lines": []apptest.Vars{{"externalId": "1", "sku": "KETTLE", "title": "Title of KETTLE", "quantity": 2, "unitPrice": "99.00", "deliveredAt": now}}}}
		}
		upsert := `mutation($in: OrderInput!) { orderUpsert(input: $in) { order { id } userErrors { code field message } } }`
		refusedAs(t, s.Integration.Refused(upsert, order("A2")), "NOT_ELIGIBLE", "")
		s.Integration.Must(upsert, order("A1")) // when it was delivered
		d := s.Integration.Must(`mutation($in: OrderInput!) { ordersImport(orders: [$in]) { created rowErrors { index userErrors { code } } userErrors { code } } }`, order("A3"))
		is(t, "imported", d.Int("ordersImport.created"), 0)
		is(t, "refused", d.Str("ordersImport.rowErrors.0.userErrors.0.code"), "NOT_ELIGIBLE")
		is(t, "orders", s.Admin.Must(`{ orders { totalCount } }`, nil).Int("orders.totalCount"), 1)
	})
}

// The platform sees the disputes of all merchants as one queue, the oldest first; everybody else their own.
func TestDisputesAreAQueue(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		north, south := e.Sandbox("north", "2025-03-11T10:15:00+08:00"), e.Sandbox("south", "2025-03-11T11:15:00+08:00")
		var ids []string
		for i, s := range []*apptest.Shop{north, south, north} {
			s.Advance([]string{"2025-03-11T12:00:00+08:00", "2025-03-11T13:00:00+08:00", "2025-03-11T14:00:00+08:00"}[i])
			id, _ := rejected(s, []string{"A1", "A1", "A2"}[i], "2025-03-11T10:15:00+08:00")
			s.Customer.Must(caseDispute, complain(s, id))
			ids = append(ids, id)
		}
		judge(e).Must(disputeDecide, verdict(south, ids[1], "CUSTOMER", nil))
		list := func(c apptest.Caller, vars apptest.Vars) []string {
			t.Helper()
			d := c.Must(`query($open: Boolean, $m: ID, $first: Int) { disputes(open: $open, merchant: $m, first: $first) { nodes { case { id merchant { slug } ... on Return { allowedActions } } } totalCount } }`, vars)
			var out []string
			for _, n := range d.List("disputes.nodes") {
				out = append(out, n.Str("case.id"))
			}
			return out
		}
		is(t, "all", list(judge(e), nil), ids)
		is(t, "open", list(judge(e), apptest.Vars{"open": true}), []string{ids[0], ids[2]})
		is(t, "decided", list(judge(e), apptest.Vars{"open": false}), []string{ids[1]})
		is(t, "one merchant's", list(judge(e), apptest.Vars{"m": "south"}), []string{ids[1]})
		is(t, "its own", list(north.Agent, nil), []string{ids[0], ids[2]})
		is(t, "the customer's", list(south.Customer, nil), []string{ids[1]})
		is(t, "somebody else's", list(e.As(auth.Customer, "north", "c-2"), nil), []string(nil))
		// The same number of statements for one row and for all, of however many merchants.
		one := e.Selects(func() { list(judge(e), apptest.Vars{"first": 1}) })
		all := e.Selects(func() { list(judge(e), apptest.Vars{"first": 100}) })
		is(t, "statements", all, one)
		// Each by its id, to whom it concerns.
		d := disputeOf(t, north.Customer, ids[0]).Str("id")
		node := `query($id: ID!) { node(id: $id) { ... on Dispute { reason compensation { amount } case { id } } } }`
		is(t, "node", north.Agent.Must(node, apptest.Vars{"id": d}).Str("node.case.id"), ids[0])
		is(t, "foreign node", south.Agent.Must(node, apptest.Vars{"id": d}).Get("node"), nil)
		is(t, "foreign node", e.As(auth.Customer, "north", "c-2").Must(node, apptest.Vars{"id": d}).Get("node"), nil)
		is(t, "actions of the judge", slices.Contains(look(t, judge(e), ids[0]).Strings("allowedActions"), "DISPUTE_DECIDE"), true)
	})
}
