package e2e

import (
	"slices"
	"strings"
	"testing"

	"aftersales/ent/auditentry"
	"aftersales/internal/apptest"
	"aftersales/internal/auth"
)

const (
	refundFields = `id state failure attempts calls held releasedBy gateway reference amount { amount currency } redirection { account consent by at }`
	oneRefund    = `query($id: ID!) { return(id: $id) { refunds { ` + refundFields + ` } } }`
	redirect     = `mutation($id: ID!, $key: String!, $account: String!, $consent: String!) { refundRedirect(id: $id, idempotencyKey: $key, input: { account: $account, consent: $consent }) {
		return { id status } case { id } refund { ` + refundFields + ` } userErrors { code field message params { name value } allowedActions } } }`
	release  = `mutation($id: ID!, $key: String!) { refundRelease(id: $id, idempotencyKey: $key) { return { id status version } case { id } refund { ` + refundFields + ` } userErrors { code field message params { name value } allowedActions } } }`
	setLimit = `mutation($l: Decimal, $m: ID) { refundLimitSet(merchant: $m, limit: $l) { merchant { refundLimit { amount currency } } userErrors { code field message } } }`
)

// started brings a return for money without goods to its refund, started by finance, and returns both ids.
func started(s *apptest.Shop, number, near string) (returnID, refundID string) {
	returnID = approvedRefund(s, number, near)
	return returnID, s.Refund(returnID)
}

func approvedRefund(s *apptest.Shop, number, near string) string {
	id := s.Request(kettle(s, number, near), "REFUND", 1)
	s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": id})
	return id
}

func onRefund(s *apptest.Shop, refundID string, more ...string) apptest.Vars {
	vars := apptest.Vars{"id": refundID, "key": s.Key(), "reason": "The account is closed."}
	if len(more) == 2 {
		vars["account"], vars["consent"] = more[0], more[1]
	}
	return vars
}

func refundSeen(c apptest.Caller, returnID string) apptest.Data {
	return c.Must(oneRefund, apptest.Vars{"id": returnID}).List("return.refunds")[0]
}

// offers reports whether an action is offered.
func offers(c caseOf, action string) bool {
	return slices.Contains(c.Strings("allowedActions"), action)
}

// MALL-3.3b: a payment can fail. MALL-4.2a: its deadline, three working days from Tuesday 11 March, runs on to the end of
// Friday 14 March whatever happens to the payment; trying again does not start it anew.
func TestFailedRefundIsTriedAgainOnTheSameClock(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now, due = "2025-03-11T10:15:00+08:00", "2025-03-15T00:00:00+08:00"
		s := e.Sandbox("mall", now)
		id, refund := started(s, "A1", now)
		for reason, code := range map[string]string{" ": "INVALID_INPUT", strings.Repeat("x", 1001): "INVALID_INPUT", "two\nlines": "INVALID_INPUT"} {
			vars := onRefund(s, refund)
			vars["reason"] = reason
			refusedAs(t, s.Finance.Refused(apptest.FailRefund, vars), code, "reason")
		}
		refusedAs(t, s.Finance.Refused(apptest.RetryRefund, onRefund(s, refund)), "ILLEGAL_TRANSITION", "")
		refusedAs(t, s.Finance.Refused(redirect, onRefund(s, refund, "6222 0000 1234", "By phone.")), "ILLEGAL_TRANSITION", "")
		refusedAs(t, s.Finance.Refused(release, onRefund(s, refund)), "ILLEGAL_TRANSITION", "")
		refusedAs(t, s.Finance.Refused(apptest.FailRefund, onRefund(s, "ref_01h455vb4pex5vsknk084sn02q")), "NOT_FOUND", "id")

		s.Integration.Must(apptest.FailRefund, onRefund(s, refund))
		c := look(t, s.Customer, id)
		is(t, "status", c.Str("status"), "REFUND_FAILED")
		is(t, "told", c.first("REFUND_FAILED", "").Str("text")+" "+c.first("REFUND_FAILED", "").Str("note"), "The refund of 99.00 CNY failed. The account is closed.")
		is(t, "REFUND", state(c.deadline("REFUND")), "RUNNING open")
		is(t, "due", at(t, c.deadline("REFUND"), "dueAt"), due)
		seen := refundSeen(s.Customer, id)
		is(t, "refund", seen.Str("state")+": "+seen.Str("failure"), "FAILED: The account is closed.")
		c = look(t, s.Finance, id)
		is(t, "retry, redirect, confirm, fail", []bool{offers(c, "REFUND_RETRY"), offers(c, "REFUND_REDIRECT"), offers(c, "REFUND_CONFIRM"), offers(c, "REFUND_FAIL")}, []bool{true, true, false, false})
		// Even money that arrived after all is confirmed only once the payment is on its way again.
		refused := refusedAs(t, s.Finance.Refused(apptest.ConfirmRefund, onRefund(s, refund)), "ILLEGAL_TRANSITION", "")
		is(t, "legal instead", slices.Contains(refused.Strings("allowedActions"), "REFUND_RETRY"), true)
		refusedAs(t, s.Finance.Refused(apptest.FailRefund, onRefund(s, refund)), "ILLEGAL_TRANSITION", "")

		s.Advance(due)
		c = look(t, s.Supervisor, id)
		is(t, "REFUND", state(c.deadline("REFUND")), "BREACHED open owed")
		is(t, "breached", at(t, c.deadline("REFUND"), "breachedAt"), due)
		is(t, "escalated to", c.Str("escalatedTo.name"), "Chen Jing")

		s.Advance("2025-03-17T09:00:00+08:00")
		payload := s.Supervisor.Must(apptest.RetryRefund, onRefund(s, refund))
		is(t, "after retry", payload.Str("refundRetry.return.status")+" "+payload.Str("refundRetry.refund.state"), "REFUNDING PROCESSING")
		is(t, "attempts", payload.Int("refundRetry.refund.attempts"), 2)
		is(t, "failure", payload.Get("refundRetry.refund.failure"), nil)
		is(t, "case", payload.Str("refundRetry.case.id"), id)
		is(t, "REFUND", state(look(t, s.Finance, id).deadline("REFUND")), "BREACHED open owed")
		// The bank's statement says it had arrived on Friday: nothing was late.
		vars := onRefund(s, refund)
		vars["at"] = "2025-03-14T17:00:00+08:00"
		s.Finance.Must(apptest.ConfirmRefund, vars)
		c = look(t, s.Finance, id)
		is(t, "status", c.Str("status")+" "+c.Str("outcome"), "COMPLETED REFUNDED")
		is(t, "REFUND", state(c.deadline("REFUND")), "MET")
		is(t, "timeline of the money", slices.DeleteFunc(c.events(), func(e string) bool { return !strings.HasPrefix(e, "REFUND_") }),
			[]string{"REFUND_STARTED", "REFUND_FAILED", "REFUND_RETRIED", "REFUND_CREDITED"})
		refusedAs(t, s.Finance.Refused(apptest.FailRefund, onRefund(s, refund)), "ILLEGAL_TRANSITION", "")

		// Credited after the due instant, the miss stays and waits for its explanation.
		late, lateRefund := started(s, "A2", "2025-03-17T09:00:00+08:00") // due at the end of Thursday 20 March
		s.Finance.Must(apptest.FailRefund, onRefund(s, lateRefund))
		s.Advance("2025-03-21T09:00:00+08:00")
		s.Finance.Must(apptest.RetryRefund, onRefund(s, lateRefund))
		s.Confirm(lateRefund)
		c = look(t, s.Finance, late)
		is(t, "REFUND", state(c.deadline("REFUND")), "BREACHED owed")
		is(t, "status, closed", c.Str("status")+" "+at(t, c.Data, "closedAt"), "COMPLETED ")
	})
}

// MALL-3.3b: a refund that fails for good goes to another account, by the customer's own word or one that staff put on
// record. SLA-A-3.1.4: the account is personal data, whole for those who pay or speak with the customer, masked for others,
// and in no event.
func TestRefundIsRedirectedWithConsent(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now, account = "2025-03-11T10:15:00+08:00", "6222020000001234"
		s := e.Sandbox("mall", now)
		id, refund := started(s, "A1", now)
		s.Finance.Must(apptest.FailRefund, onRefund(s, refund))
		for _, bad := range []struct{ account, consent, field string }{
			{" ", "I agree.", "input.account"}, {strings.Repeat("1", 201), "I agree.", "input.account"}, {"1\n2", "I agree.", "input.account"}, {account, "", "input.consent"},
		} {
			refusedAs(t, s.Customer.Refused(redirect, onRefund(s, refund, bad.account, bad.consent)), "INVALID_INPUT", bad.field)
		}
		is(t, "both wrong", len(s.Customer.Refused(redirect, onRefund(s, refund, "", ""))), 2)
		s.OrderOf("c-2", "B1", now, nil, apptest.Line{SKU: "CUP", Quantity: 1, UnitPrice: "5.00"})
		refusedAs(t, e.As(auth.Customer, "mall", "c-2").Refused(redirect, onRefund(s, refund, account, "I agree.")), "NOT_FOUND", "id")
		for _, c := range []apptest.Caller{s.Warehouse, s.Integration, e.Platform()} {
			if r := c.Do(redirect, onRefund(s, refund, account, "I agree.")); len(r.Errors) != 1 || r.Errors[0].Code() != "FORBIDDEN" {
				t.Errorf("%s", r.Raw)
			}
		}

		vars := onRefund(s, refund, account, "I agree.")
		payload := s.Customer.Must(redirect, vars)
		is(t, "status", payload.Str("refundRedirect.return.status")+" "+payload.Str("refundRedirect.refund.state"), "REFUNDING PROCESSING")
		is(t, "attempts", payload.Int("refundRedirect.refund.attempts"), 2)
		is(t, "again by the same key", s.Customer.Must(redirect, vars).Int("refundRedirect.refund.attempts"), 2)
		vars["account"] = "1"
		refusedAs(t, s.Customer.Refused(redirect, vars), "IDEMPOTENCY_MISMATCH", "")
		c := look(t, s.Customer, id)
		is(t, "told", c.first("REFUND_REDIRECTED", "").Str("text"), "The refund of 99.00 CNY goes to another account.")
		is(t, "account in events", strings.Contains(s.Customer.Do(oneReturn, apptest.Vars{"id": id}).Raw, account), false)

		audits := func() int {
			n, err := e.App.Store.Client(t.Context()).AuditEntry.Query().Where(auditentry.Action("PERSONAL_DATA_READ")).Count(auth.AsSystem(t.Context(), ""))
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		for _, tc := range []struct {
			who     string
			c       apptest.Caller
			account string
			consent any
			audited int
		}{
			{"CUSTOMER", s.Customer, account, "I agree.", 0}, {"AGENT", s.Agent, account, "I agree.", 1}, {"FINANCE", s.Finance, account, "I agree.", 1},
			{"WAREHOUSE", s.Warehouse, "************1234", nil, 0}, {"INTEGRATION", s.Integration, "************1234", nil, 0}, {"PLATFORM_ADMIN", e.Platform(), "************1234", nil, 0},
		} {
			before := audits()
			// By every way to it: the case's refunds, the list, node.
			d := tc.c.Must(`query($r: ID!, $m: ID) { refunds(merchant: $m) { nodes { redirection { account consent by } } } node(id: $r) { ... on Refund { redirection { account consent } } } }`,
				apptest.Vars{"r": refund, "m": s.Slug})
			is(t, tc.who+" in the list", d.Str("refunds.nodes.0.redirection.account"), tc.account)
			is(t, tc.who+" by node", d.Str("node.redirection.account"), tc.account)
			is(t, tc.who+" consent", d.Get("node.redirection.consent"), tc.consent)
			is(t, tc.who+" audited", audits()-before, tc.audited)
			if tc.who != "PLATFORM_ADMIN" {
				is(t, tc.who+" in the case", refundSeen(tc.c, id).Str("redirection.account"), tc.account)
			}
		}
		// It fails there too, and staff put on record what was agreed by phone.
		s.Finance.Must(apptest.FailRefund, onRefund(s, refund))
		s.Agent.Must(redirect, onRefund(s, refund, "1234", "Agreed by phone at 10:20."))
		seen := refundSeen(s.Agent, id)
		is(t, "redirection", seen.Str("redirection.by")+": "+seen.Str("redirection.consent"), "Li Na: Agreed by phone at 10:20.")
		is(t, "a short account", refundSeen(s.Warehouse, id).Str("redirection.account"), "****")
		s.Confirm(refund)
		is(t, "status", look(t, s.Agent, id).Str("status"), "COMPLETED")
	})
}

// Refunds above the merchant's limit wait for FINANCE or MERCHANT_ADMIN, and for somebody else than who started them.
func TestLargeRefundsAreReleased(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		for limit, code := range map[string]string{"-0.01": "INVALID_INPUT", "98.999": "INVALID_INPUT", "many": "INVALID_INPUT"} {
			refusedAs(t, s.Admin.Refused(setLimit, apptest.Vars{"l": limit}), code, "limit")
		}
		refusedAs(t, s.Admin.Refused(setLimit, apptest.Vars{"l": "1.00", "m": "nobody"}), "NOT_FOUND", "merchant")
		is(t, "limit", amount(s.Admin.Must(setLimit, apptest.Vars{"l": "99"}), "refundLimitSet.merchant.refundLimit"), "99.00 CNY")
		start := func(c apptest.Caller, id string) apptest.Data {
			c.Must(apptest.RefundReturn, apptest.Vars{"id": id, "key": s.Key()})
			return refundSeen(s.Agent, id)
		}
		// 99.00 is not above 99.00.
		is(t, "held at the limit", start(s.Agent, approvedRefund(s, "A1", now)).Get("held"), false)
		s.LimitRefunds("98.99")
		is(t, "held when FINANCE starts it", start(s.Finance, approvedRefund(s, "A2", now)).Get("held"), false)
		id := approvedRefund(s, "A3", now)
		held := start(s.Agent, id)
		refund := held.Str("id")
		is(t, "held", held.Get("held"), true)
		is(t, "state", held.Str("state")+" "+look(t, s.Customer, id).Str("status"), "PROCESSING REFUNDING")
		is(t, "REFUND", state(look(t, s.Agent, id).deadline("REFUND")), "RUNNING open")
		// Taking the limit away releases nothing that waits.
		s.LimitRefunds(nil)
		for doc, vars := range map[string]apptest.Vars{apptest.ConfirmRefund: onRefund(s, refund), apptest.FailRefund: onRefund(s, refund), apptest.RetryRefund: onRefund(s, refund)} {
			refused := refusedAs(t, s.Finance.Refused(doc, vars), "ILLEGAL_TRANSITION", "")
			is(t, "legal instead", slices.Contains(refused.Strings("allowedActions"), "REFUND_RELEASE"), true)
		}
		is(t, "offered to AGENT", offers(look(t, s.Agent, id), "REFUND_RELEASE"), false)
		for _, c := range []apptest.Caller{s.Agent, s.Supervisor, s.Integration, s.Customer} {
			if r := c.Do(release, onRefund(s, refund)); len(r.Errors) != 1 || r.Errors[0].Code() != "FORBIDDEN" {
				t.Errorf("%s", r.Raw)
			}
		}
		// Two pairs of eyes: the same person with another role is still the same person.
		refusedAs(t, e.As(auth.Finance, "mall", "li.na").Refused(release, onRefund(s, refund)), "NOT_ELIGIBLE", "")
		vars := onRefund(s, refund)
		payload := s.Finance.Must(release, vars)
		is(t, "held, by", []any{payload.Get("refundRelease.refund.held"), payload.Get("refundRelease.refund.releasedBy")}, []any{false, "sun.li"})
		s.Finance.Must(release, vars) // the same key again
		refusedAs(t, s.Finance.Refused(release, onRefund(s, refund)), "ILLEGAL_TRANSITION", "")
		is(t, "told", look(t, s.Customer, id).first("REFUND_RELEASED", "").Str("text"), "The refund of 99.00 CNY was released.")
		s.Confirm(refund)
		is(t, "status", look(t, s.Agent, id).Str("status"), "COMPLETED")

		// No rate is known: 1.00 USD is above a limit of 1000.00 CNY.
		s.LimitRefunds("1000.00")
		usd := s.OrderOf("c-1", "USD", now, apptest.Vars{"currency": "USD"}, apptest.Line{SKU: "S", Quantity: 1, UnitPrice: "1.00"})
		foreign := s.Request(usd, "REFUND", 1)
		s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": foreign})
		is(t, "another currency is held", start(s.Agent, foreign).Get("held"), true)

		// Another account for what was released is a new decision, but trying the same account again is not.
		s.LimitRefunds("50.00")
		again := approvedRefund(s, "A4", now)
		refund = start(s.Agent, again).Str("id")
		s.Finance.Must(release, onRefund(s, refund))
		s.Finance.Must(apptest.FailRefund, onRefund(s, refund))
		s.Supervisor.Must(apptest.RetryRefund, onRefund(s, refund))
		is(t, "held after a retry", refundSeen(s.Agent, again).Get("held"), false)
		s.Finance.Must(apptest.FailRefund, onRefund(s, refund))
		s.Customer.Must(redirect, onRefund(s, refund, "62220000", "I agree."))
		seen := refundSeen(s.Agent, again)
		is(t, "held, by", []any{seen.Get("held"), seen.Get("releasedBy")}, []any{true, nil})
		s.Admin.Must(release, onRefund(s, refund))
		s.Confirm(refund)

		// Who sees the limit.
		const settings = `query($m: ID!) { merchant(id: $m) { refundLimit { amount } refundGateway { kind url } } }`
		for _, c := range []apptest.Caller{s.Agent, s.Finance, s.Admin, e.Platform()} {
			is(t, "limit", c.Must(settings, apptest.Vars{"m": s.ID}).Str("merchant.refundLimit.amount"), "50.00")
		}
		for _, c := range []apptest.Caller{s.Customer, s.Warehouse, s.Integration} {
			d := c.Must(settings, apptest.Vars{"m": s.ID})
			is(t, "limit and gateway", []any{d.Get("merchant.refundLimit"), d.Get("merchant.refundGateway")}, []any{nil, nil})
		}
		n, err := e.App.Store.Client(t.Context()).AuditEntry.Query().Where(auditentry.Action("REFUND_LIMIT_SET")).Count(auth.AsSystem(t.Context(), ""))
		if err != nil || n != 5 {
			t.Errorf("%d changes of the limit audited, %v", n, err)
		}
	})
}

// Money acts happen once, however often and however simultaneously they are asked for.
func TestPaymentActsHappenOnce(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		id, refund := started(s, "A1", now)
		attempts := func() int { return refundSeen(s.Agent, id).Int("attempts") }
		won := func(codes []string) {
			t.Helper()
			if count(codes, "") != 1 || count(codes, "")+count(codes, "CONFLICT")+count(codes, "ILLEGAL_TRANSITION") != len(codes) {
				t.Errorf("codes %q", codes)
			}
		}
		vars := make([]apptest.Vars, 4)
		keys := func() {
			for i := range vars {
				vars[i] = onRefund(s, refund, "62220000", "I agree.")
			}
		}
		keys()
		codes, _ := together(t, "refundFail", 4, func(i int) apptest.Response { return s.Finance.Do(apptest.FailRefund, vars[i]) })
		won(codes)
		keys()
		// Retried and redirected by several at once: one of them starts the second attempt.
		r := make([]apptest.Caller, 4)
		for i := range r {
			r[i] = s.Finance
		}
		codes, _ = together(t, "refundRetry", 4, func(i int) apptest.Response { return r[i].Do(apptest.RetryRefund, vars[i]) })
		won(codes)
		is(t, "attempts", attempts(), 2)
		s.Finance.Must(apptest.FailRefund, onRefund(s, refund))
		one := onRefund(s, refund)
		codes, _ = together(t, "refundRetry", 4, func(int) apptest.Response { return s.Finance.Do(apptest.RetryRefund, one) })
		is(t, "by one key", count(codes, ""), 4)
		is(t, "attempts", attempts(), 3)
		// Credited and failed at once: one of the two is true.
		keys()
		codes, _ = together(t, "x", 2, func(i int) apptest.Response {
			doc := strings.Replace(apptest.FailRefund, "refundFail(", "x: refundFail(", 1)
			if i == 1 {
				doc = strings.Replace(apptest.ConfirmRefund, "refundConfirm(", "x: refundConfirm(", 1)
			}
			return s.Finance.Do(doc, vars[i])
		})
		won(codes)
	})
}
