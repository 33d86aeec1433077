package contract

import (
	"fmt"
	"testing"

	"aftersales/internal/apptest"
)

// world is what the permission matrix acts on.
type world struct {
	t    *testing.T
	rows *rows
	// main works cases; late has missed deadlines; idle has no cases, so that its clock may move.
	main, late, idle *apptest.Shop
	// targets are objects in the state an attempt needs; a refusal leaves them, a success uses them up.
	targets map[string]string
	number  int
	// missed are deadlines to explain; ended are cases that only wait to be closed.
	missed, ended []string
	// explained is a missed deadline that was explained; owed are proposed compensations.
	explained string
	owing     *apptest.Shop
	owed      []string
	// expired are cases of overdue that its customer let expire.
	overdue *apptest.Shop
	expired []string
}

// handlers is how many roles may explain and close, and so how many objects each needs.
const handlers = 3

func newWorld(t *testing.T, e *apptest.Env) *world {
	w := &world{t: t, rows: openRows(t, e), targets: map[string]string{}}
	w.main = e.Sandbox("main", clockAt)
	w.late = e.Sandbox("late", clockAt)
	w.idle = e.Sandbox("idle", clockAt)
	var cases []string
	for range 2 * handlers {
		cases = append(cases, w.late.Request(order(w.late), "RETURN_AND_REFUND", 1))
	}
	w.late.Advance("2025-09-25T10:00:01+08:00") // FIRST_RESPONSE, 24 hours, is missed
	for i, id := range cases {
		vars := apptest.Vars{"id": id}
		missed := only(w.late.Agent.Must(`query($id: ID!) { return(id: $id) { deadlines(state: [BREACHED]) { id } } }`, vars).List("return.deadlines")).Str("id")
		if i < handlers {
			w.missed = append(w.missed, missed)
			continue
		}
		w.late.Agent.Must(apptest.RejectReturn, vars)
		w.late.Agent.Must(explain, apptest.Vars{"id": missed, "at": "2025-09-25T10:00:01+08:00"})
		w.ended, w.explained = append(w.ended, id), missed
	}
	w.owing = e.Sandbox("owing", clockAt)
	w.owing.Adopt("RETURN", "COURIER")
	for range 2 * handlers {
		w.owing.Request(order(w.owing), "RETURN_AND_REFUND", 1)
	}
	w.owing.Advance("2025-09-25T10:00:00+08:00") // the courier agreement's 24 hours are missed
	for _, c := range w.owing.Admin.Must(`{ compensations { nodes { id } } }`, nil).List("compensations.nodes") {
		w.owed = append(w.owed, c.Str("id"))
	}
	w.overdue = e.Sandbox("overdue", clockAt)
	for range handlers + 1 { // the customer, too
		w.expired = append(w.expired, bring(w.overdue, awaiting))
	}
	w.overdue.Advance("2025-10-02T10:00:00+08:00") // SHIP_BACK, 7 days, is missed
	return w
}

func owedCompensation(w *world) apptest.Vars {
	return apptest.Vars{"id": w.pop("compensation", &w.owed), "key": fmt.Sprintf("key-%d", w.next())}
}

const explain = `mutation($id: ID!, $at: DateTime!) { caseExplainDelay(deadline: $id, input: { reason: WORKLOAD, text: "Sorry.", toldAt: $at, channel: PHONE }) { deadline { id } userErrors { code } } }`

func (w *world) next() int {
	w.number++
	return w.number
}

// bring gives a return of main in a state, the same one until it is used up.
func (w *world) bring(state string) string {
	if w.targets[state] == "" {
		w.targets[state] = bring(w.main, state)
	}
	return w.targets[state]
}

// pop takes the next of the prepared objects in turn; the roles that are refused leave it for the next.
func (w *world) pop(name string, from *[]string) string {
	if w.targets[name] == "" && len(*from) > 0 {
		w.targets[name], *from = (*from)[0], (*from)[1:]
	}
	return w.targets[name]
}

// attempt is how a root field is tried: an operation that would succeed for somebody who may, with $m for the merchant.
type attempt struct {
	doc  string
	with func(*world) apptest.Vars
	shop func(*world) *apptest.Shop
}

// on brings a return to a state for an attempt.
func on(state string) func(*world) apptest.Vars {
	return func(w *world) apptest.Vars {
		return apptest.Vars{"id": w.bring(state), "key": fmt.Sprintf("key-%d", w.next())}
	}
}

// underWarranty is a unit under warranty of c-1, the same one until it is used up; c-2 is a customer, too.
func underWarranty(w *world) apptest.Vars {
	if w.targets["warranty"] == "" {
		orderOf(w.main, "c-2")
		w.targets["warranty"] = enrolled(w.main)
	}
	return apptest.Vars{"id": w.targets["warranty"]}
}

func ofMain(path, query string) func(*world) apptest.Vars {
	return func(w *world) apptest.Vars {
		return apptest.Vars{"id": w.main.Admin.Must(query, apptest.Vars{"id": w.bring(refunding)}).Str(path)}
	}
}

var attempts = map[string]attempt{
	"viewer":          {doc: `{ viewer { subject } }`},
	"now":             {doc: `query($m: ID) { now(merchant: $m) }`},
	"node":            {doc: `query($id: ID!) { node(id: $id) { id } }`, with: on(requested)},
	"nodes":           {doc: `query($id: ID!) { nodes(ids: [$id]) { id } }`, with: on(requested)},
	"merchant":        {doc: `{ merchant(slug: "main") { id } }`},
	"order":           {doc: `query($id: ID!, $m: ID) { order(id: $id, merchant: $m) { id } }`, with: ofMain("return.order.id", `query($id: ID!) { return(id: $id) { order { id } } }`)},
	"orders":          {doc: `query($m: ID) { orders(merchant: $m) { nodes { id } totalCount } }`},
	"case":            {doc: `query($id: ID!, $m: ID) { case(id: $id, merchant: $m) { id } }`, with: on(requested)},
	"cases":           {doc: `query($m: ID) { cases(merchant: $m) { nodes { id } totalCount } }`},
	"return":          {doc: `query($id: ID!) { return(id: $id) { id } }`, with: on(requested)},
	"returns":         {doc: `query($m: ID) { returns(merchant: $m) { nodes { id } totalCount } }`},
	"deadlines":       {doc: `query($m: ID) { deadlines(merchant: $m) { nodes { id } totalCount } }`},
	"refunds":         {doc: `query($m: ID) { refunds(merchant: $m) { nodes { id } totalCount } }`},
	"returnReasons":   {doc: `query($m: ID) { returnReasons(merchant: $m) { id } }`},
	"calendar":        {doc: `{ calendar(code: "CN") { id } }`},
	"deadlinePreview": {doc: `{ deadlinePreview(input: { calendar: "CN", unit: WORKING_DAYS, length: 3, startedAt: "2025-09-24T10:00:00+08:00" }) { promisedDueAt } }`},
	"servicePolicy":   {doc: `query($m: ID!) { servicePolicy(merchant: $m) { merchantName } }`},

	"fees": {doc: `query($m: ID) { fees(merchant: $m) { id } }`},

	"plans":       {doc: `query($m: ID) { plans(merchant: $m) { code } }`},
	"planPreview": {doc: `query($m: ID) { planPreview(merchant: $m, input: { base: "MALL", code: "OWN", name: "Own", promises: [{ kind: FIRST_RESPONSE, length: 12 }] }) { cases } }`},
	"planDerive": {
		doc:  `mutation($m: ID, $n: String!) { planDerive(merchant: $m, idempotencyKey: $n, input: { base: "MALL", code: "OWN", name: "Own", promises: [{ kind: FIRST_RESPONSE, length: 12 }] }) { plan { code } userErrors { code field message } } }`,
		with: numbered("n", "derive"),
	},
	"compensations": {doc: `query($m: ID) { compensations(merchant: $m) { nodes { id } totalCount } }`},
	"compensationApprove": {
		doc:  `mutation($id: ID!, $key: String!) { compensationApprove(id: $id, idempotencyKey: $key) { compensation { id state } userErrors { code field message } } }`,
		with: owedCompensation,
		shop: func(w *world) *apptest.Shop { return w.owing },
	},
	"compensationReject": {
		doc:  `mutation($id: ID!, $key: String!) { compensationReject(id: $id, idempotencyKey: $key, note: "No.") { compensation { id state } userErrors { code field message } } }`,
		with: owedCompensation,
		shop: func(w *world) *apptest.Shop { return w.owing },
	},
	"caseUnderstandingSet": {
		doc: `mutation($id: ID!, $u: CustomerUnderstanding!) { caseUnderstandingSet(deadline: $id, understanding: $u) { deadline { id } userErrors { code field message } } }`,
		with: func(w *world) apptest.Vars {
			d := w.late.Admin.Must(`query($id: ID!) { node(id: $id) { ... on Deadline { explanation { understanding } } } }`, apptest.Vars{"id": w.explained})
			other := "ACCEPTED"
			if d.Str("node.explanation.understanding") == other {
				other = "REFUSED"
			}
			return apptest.Vars{"id": w.explained, "u": other}
		},
		shop: func(w *world) *apptest.Shop { return w.late },
	},
	"planAdopt": {
		doc: `mutation($m: ID, $p: [String!]!) { planAdopt(merchant: $m, input: { kinds: [RETURN], plans: $p }) { plans { code } userErrors { code field message } } }`,
		with: func(w *world) apptest.Vars { // each time another one: none is adopted twice in a row
			return apptest.Vars{"p": [][]string{{"SLA-A"}, {"COURIER"}, {}}[w.next()%3]}
		},
		shop: func(w *world) *apptest.Shop { return w.idle },
	},
	"warrantyTerms": {doc: `query($m: ID) { warrantyTerms(merchant: $m) { category } }`},
	"warranties":    {doc: `query($m: ID) { warranties(merchant: $m) { nodes { id } totalCount } }`},
	"warranty":      {doc: `query($id: ID!, $m: ID) { warranty(id: $id, merchant: $m) { id } }`, with: underWarranty},
	"warrantyTermSet": {
		doc:  `mutation($m: ID, $n: String!) { warrantyTermSet(merchant: $m, input: { category: $n, months: 12, basis: INVOICE }) { warrantyTerm { category } userErrors { code field message } } }`,
		with: numbered("n", "SHOES"),
	},
	"warrantyRegister": {
		doc: `mutation($id: ID!, $key: String!) { warrantyRegister(input: { idempotencyKey: $key, orderLine: $id, serialNumber: $key }) { warranty { id } userErrors { code field message } } }`,
		with: func(w *world) apptest.Vars {
			n := fmt.Sprintf("unit-%d", w.next())
			goods := []apptest.Vars{{"sku": "PHONE", "title": "Phone", "quantity": 1, "unitPrice": "99.00", "category": "ELECTRONICS", "deliveredAt": delivered}}
			return apptest.Vars{"id": w.main.OrderOf("c-1", n, clockAt, apptest.Vars{"lines": goods}).Lines[0], "key": n}
		},
	},
	"repairConvert": {
		doc:  `mutation($id: ID!, $key: String!) { repairConvert(id: $id, idempotencyKey: $key, input: { remedy: EXCHANGE, reason: "R" }) { repair { id } return { id } userErrors { code field message } } }`,
		with: onRepair(received),
	},
	"warrantyTransfer": {
		doc:  `mutation($id: ID!) { warrantyTransfer(id: $id, customer: "c-2") { warranty { id } userErrors { code field message } } }`,
		with: underWarranty,
	},

	"feeUpsert": {
		doc:  `mutation($m: ID, $n: String!) { feeUpsert(merchant: $m, input: { code: $n, name: "N", basis: "B", amount: "1.00", legalReference: "L", validFrom: "2025-01-01" }) { fee { id } userErrors { code field message } } }`,
		with: numbered("n", "FEE"),
	},
	"disputes": {doc: `query($m: ID) { disputes(merchant: $m) { nodes { id } totalCount } }`},

	"merchantStatusSet": {
		doc:  `mutation($m: ID!) { merchantStatusSet(merchant: $m, status: CLOSING, reason: "R") { merchant { status } userErrors { code } } }`,
		shop: func(w *world) *apptest.Shop { return w.idle },
	},
	"caseDispute": {doc: dispute, with: on(rejected)},
	"disputeAnswer": {
		doc:  `mutation($id: ID!, $key: String!) { disputeAnswer(id: $id, idempotencyKey: $key, input: { text: "T" }) { return { id } userErrors { code } } }`,
		with: on(disputed),
	},
	"disputeAsk": {
		doc:  `mutation($id: ID!, $key: String!) { disputeAsk(id: $id, idempotencyKey: $key, input: { sides: [CUSTOMER], question: "Q" }) { return { id } userErrors { code } } }`,
		with: on(disputed),
	},
	"disputeDecide": {
		doc:  `mutation($id: ID!, $key: String!) { disputeDecide(id: $id, idempotencyKey: $key, input: { verdict: CUSTOMER, decision: "D" }) { return { id } userErrors { code } } }`,
		with: on(disputed),
	},
	"merchantCreate": {
		doc:  `mutation($n: String!) { merchantCreate(input: { idempotencyKey: $n, slug: $n, name: "N", mode: SANDBOX, currency: CNY, calendar: "CN", jurisdiction: "CN" }) { merchant { id } userErrors { code } } }`,
		with: numbered("n", "new"),
	},
	"staffUpsert": {
		doc:  `mutation($m: ID, $n: String!) { staffUpsert(merchant: $m, input: { subject: $n, name: "N", role: AGENT }) { staff { id } userErrors { code } } }`,
		with: numbered("n", "new"),
	},
	"policyPublish": {
		doc:  `mutation($m: ID, $n: String!) { policyPublish(merchant: $m, input: { text: $n }) { servicePolicy { version } userErrors { code } } }`,
		with: numbered("n", "words"),
	},
	"refundTriggerSet": {
		doc: `mutation($m: ID, $n: RefundTrigger) { refundTriggerSet(merchant: $m, trigger: $n) { merchant { refundTrigger } userErrors { code } } }`,
		with: func(w *world) apptest.Vars {
			return apptest.Vars{"n": []string{"APPROVAL", "CARRIER_PICKUP", "RECEIPT"}[w.next()%3]}
		},
	},
	"returnWindowSet": {
		doc: `mutation($m: ID, $n: Int!) { returnWindowSet(merchant: $m, days: $n) { servicePolicy { noReason { days } } userErrors { code } } }`,
		with: func(w *world) apptest.Vars {
			return apptest.Vars{"n": 7 + w.next()%300}
		},
	},
	"returnAddressUpsert": {
		doc:  `mutation($m: ID, $n: String!) { returnAddressUpsert(merchant: $m, input: { name: $n, recipient: "R", phone: "02100000000", line: "1", city: "Shanghai", country: "CN", isDefault: false }) { returnAddress { id } userErrors { code } } }`,
		with: numbered("n", "new"),
	},
	"orderUpsert":  {doc: `mutation($m: ID, $in: OrderInput!) { orderUpsert(merchant: $m, input: $in) { order { id } userErrors { code } } }`, with: newOrder},
	"ordersImport": {doc: `mutation($m: ID, $in: OrderInput!) { ordersImport(merchant: $m, orders: [$in]) { created userErrors { code } } }`, with: newOrder},
	"calendarPublish": {
		doc:  `mutation($n: String!) { calendarPublish(input: { code: "TEST", name: $n, timeZone: "Asia/Shanghai", weekend: [SUNDAY], years: [{ year: 2030, status: PROVISIONAL, off: [], makeUpWorkdays: [] }] }) { calendar { id } userErrors { code } } }`,
		with: numbered("n", "Test"),
	},
	"testClockAdvance": {
		doc: `mutation($m: ID, $to: DateTime!) { testClockAdvance(merchant: $m, to: $to) { now userErrors { code } } }`,
		with: func(w *world) apptest.Vars {
			return apptest.Vars{"to": fmt.Sprintf("2026-01-01T00:00:00.%06dZ", w.next())}
		},
		shop: func(w *world) *apptest.Shop { return w.idle },
	},

	"returnRequest": {
		doc:  apptest.RequestReturn,
		with: func(w *world) apptest.Vars { return w.main.RequestVars(w.freshOrder(), "RETURN_AND_REFUND", 1) },
	},
	"returnProvideInfo": {doc: apptest.GiveInfo, with: on(needsInfo)},
	"returnShip":        {doc: apptest.ShipReturn, with: on(awaiting)},
	"returnCancel":      {doc: apptest.CancelReturn, with: on(requested)},
	"returnRequestInfo": {doc: apptest.AskInfo, with: on(requested)},
	"returnApprove":     {doc: apptest.ApproveReturn, with: on(requested)},
	"returnReject":      {doc: apptest.RejectReturn, with: on(requested)},
	"returnReceive":     {doc: apptest.ReceiveReturn, with: on(inTransit)},
	"returnInspect": {doc: apptest.InspectReturn, with: func(w *world) apptest.Vars {
		id := w.bring(received)
		return apptest.Vars{"id": id, "items": w.main.Findings(id, true)}
	}},
	"returnDelivered": {doc: apptest.Delivered, with: func(w *world) apptest.Vars {
		vars := on(inTransit)(w)
		if w.targets["proof"] == "" {
			w.targets["proof"] = w.main.Evidence(w.main.Customer, w.targets[inTransit])
		}
		vars["in"] = apptest.Vars{"deliveredAt": clockAt, "signedBy": "Zhao", "proof": w.targets["proof"]}
		return vars
	}},
	"returnSendBack":          {doc: apptest.SendBack, with: on(failed)},
	"returnSendBackDelivered": {doc: apptest.SentBackHome, with: on(sentBack)},
	"parcelPark": {doc: apptest.ParkParcel, with: func(w *world) apptest.Vars {
		n := fmt.Sprintf("park-%d", w.next())
		return apptest.Vars{"in": apptest.Vars{"idempotencyKey": n, "carrier": "SF", "waybill": n}}
	}},
	"parcelMatch": {doc: apptest.MatchParcel, with: func(w *world) apptest.Vars {
		if w.targets["parked"] == "" {
			w.targets["parked"] = w.main.Park(fmt.Sprintf("match-%d", w.next()))
		}
		return apptest.Vars{"id": w.targets["parked"], "case": w.bring(awaiting)}
	}},
	"parkedParcels": {doc: `query($m: ID) { parkedParcels(merchant: $m) { nodes { id } totalCount } }`},
	"returnReplace": {doc: replace, with: onExchange(inspected)},
	"returnReplacementDelivered": {
		doc:  `mutation($id: ID!) { returnReplacementDelivered(id: $id) { return { id } userErrors { code } } }`,
		with: onExchange(replacementSent),
	},
	"returnConvert": {
		doc:  `mutation($id: ID!) { returnConvert(id: $id, remedy: EXCHANGE, reason: "R") { return { id } userErrors { code } } }`,
		with: on(requested),
	},
	"refundQuote": {
		doc: `query($in: RefundQuoteInput!) { refundQuote(input: $in) { amount { amount } } }`,
		with: func(w *world) apptest.Vars {
			o := w.freshOrder()
			return apptest.Vars{"in": apptest.Vars{"order": o.ID, "remedy": "RETURN_AND_REFUND", "reasonHandle": "QUALITY", "items": []apptest.Vars{{"orderLine": o.Lines[0], "quantity": 1}}}}
		},
	},
	"returnFreightClaim": {
		doc: `mutation($id: ID!, $receipt: ID!) { returnFreightClaim(id: $id, input: { amount: "12.00", receipt: $receipt }) { return { id } userErrors { code field message } } }`,
		with: func(w *world) apptest.Vars {
			id := w.bring(inTransit)
			return apptest.Vars{"id": id, "receipt": receipt(w.main, id)}
		},
	},
	"returnRefund": {doc: apptest.RefundReturn, with: on(inspected)},
	"returnPropose": {doc: apptest.ProposeOffer, with: func(w *world) apptest.Vars {
		vars := on(requested)(w)
		vars["in"] = apptest.Vars{"remedy": "REFUND", "disposition": "KEEP", "amount": "10.00", "message": "What about this?"}
		return vars
	}},
	"returnProposalAccept":  {doc: apptest.AcceptOffer, with: on(proposed)},
	"returnProposalDecline": {doc: apptest.DeclineOffer, with: on(proposed)},
	"returnReopen": {
		doc:  apptest.ReopenReturn,
		with: func(w *world) apptest.Vars { return apptest.Vars{"id": w.pop("expired", &w.expired)} },
		shop: func(w *world) *apptest.Shop { return w.overdue },
	},
	"refundConfirm": {doc: apptest.ConfirmRefund, with: func(w *world) apptest.Vars {
		vars := ofMain("return.refunds.0.id", `query($id: ID!) { return(id: $id) { refunds { id } } }`)(w)
		vars["key"] = fmt.Sprintf("key-%d", w.next())
		return vars
	}},
	"refundFail": {doc: apptest.FailRefund, with: onRefund(refunding)},
	// One that failed is retried and redirected, one above the limit released.
	"refundRetry": {doc: apptest.RetryRefund, with: onRefund(failedRefund)},
	"refundRedirect": {
		doc:  `mutation($id: ID!, $key: String!) { refundRedirect(id: $id, idempotencyKey: $key, input: { account: "6222 0000 1234", consent: "By phone." }) { refund { id } userErrors { code } } }`,
		with: onRefund(failedRefund),
	},
	"refundRelease": {
		doc:  `mutation($id: ID!, $key: String!) { refundRelease(id: $id, idempotencyKey: $key) { refund { id } userErrors { code } } }`,
		with: onRefund(heldRefund),
	},
	"refundLimitSet": {
		doc:  `mutation($m: ID, $n: Decimal!) { refundLimitSet(merchant: $m, limit: $n) { merchant { id } userErrors { code } } }`,
		with: func(w *world) apptest.Vars { return apptest.Vars{"n": fmt.Sprintf("%d.00", 100000+w.next())} },
	},
	"refundGatewaySet": {
		doc:  `mutation($m: ID) { refundGatewaySet(merchant: $m, input: { url: "https://pay.example/refunds" }) { secret userErrors { code } } }`,
		shop: func(w *world) *apptest.Shop { return w.idle },
	},
	"orderCancel": {
		doc: `mutation($in: OrderCancelInput!) { orderCancel(input: $in) { orderChange { id status } userErrors { code field message } } }`,
		with: func(w *world) apptest.Vars {
			return apptest.Vars{"in": apptest.Vars{"idempotencyKey": fmt.Sprintf("key-%d", w.next()), "order": w.order("undispatched", ""), "reason": "R"}}
		},
	},
	"orderAmendAddress": {
		doc: `mutation($in: OrderAmendAddressInput!) { orderAmendAddress(input: $in) { orderChange { id status } userErrors { code field message } } }`,
		with: func(w *world) apptest.Vars {
			return apptest.Vars{"in": apptest.Vars{"idempotencyKey": fmt.Sprintf("key-%d", w.next()), "order": w.order("redirected", ""),
				"shipTo": apptest.Vars{"recipient": "R", "phone": "1", "line": "1", "city": "C", "country": "CN"}}}
		},
	},
	"orderInterceptResolve": {
		doc: `mutation($id: ID!, $key: String!) { orderInterceptResolve(id: $id, idempotencyKey: $key, input: { stopped: true }) { orderChange { id status } userErrors { code field message } } }`,
		with: func(w *world) apptest.Vars {
			if w.targets["interception"] == "" {
				w.targets["interception"] = interception(w.main, w.order("dispatched", delivered))
			}
			return apptest.Vars{"id": w.targets["interception"], "key": fmt.Sprintf("key-%d", w.next())}
		},
	},
	"repairVisitSchedule": {doc: onRepairDo(`repairVisitSchedule(id: $id, input: { startsAt: "2025-09-25T10:00:00+08:00", endsAt: "2025-09-25T12:00:00+08:00" })`), with: onRepairVisit(confirmedService)},
	"repairVisitMissed":   {doc: onRepairDo(`repairVisitMissed(id: $id, input: { at: "` + clockAt + `", note: "N" })`), with: onRepairVisit(visitAgreed)},
	"repairVisitStart":    {doc: onRepairDo(`repairVisitStart(id: $id)`), with: onRepairVisit(visitAgreed)},
	"repairVisitEnd":      {doc: onRepairDo(`repairVisitEnd(id: $id, input: { next: TAKEN_IN })`), with: onRepairVisit(inVisit)},

	"service":              {doc: `query($id: ID!) { service(id: $id) { id } }`, with: onService(requested)},
	"services":             {doc: `query($m: ID) { services(merchant: $m) { nodes { id } totalCount } }`},
	"visits":               {doc: `query($m: ID) { visits(merchant: $m, from: "2025-09-01T00:00:00+08:00", to: "2025-10-01T00:00:00+08:00") { nodes { id } totalCount } }`},
	"maintenanceSchedules": {doc: `query($m: ID) { maintenanceSchedules(merchant: $m) { nodes { id } totalCount } }`},
	"serviceRequest": {
		doc: `mutation($in: ServiceRequestInput!) { serviceRequest(input: $in) { service { id } userErrors { code field message } } }`,
		with: func(w *world) apptest.Vars {
			return apptest.Vars{"in": apptest.Vars{"idempotencyKey": fmt.Sprintf("key-%d", w.next()), "kind": "INSTALLATION", "orderLine": w.freshOrder().Lines[0], "description": "D"}}
		},
	},
	"ticket":              {doc: `query($id: ID!) { ticket(id: $id) { id } }`, with: onTicket(requested)},
	"tickets":             {doc: `query($m: ID) { tickets(merchant: $m) { nodes { id } totalCount } }`},
	"ticketOpen":          ticketAttempt(`ticketOpen(input: { idempotencyKey: $k, kind: INQUIRY, subject: "S", description: "D", order: $order })`),
	"complaintOpen":       ticketAttempt(`complaintOpen(input: { idempotencyKey: $k, subject: "S", description: "D", ground: DELIVERY, order: $order })`),
	"ticketRequestInfo":   {doc: onTicketDo(`ticketRequestInfo(id: $id, question: "Q?")`), with: onTicket(requested)},
	"ticketProvideInfo":   {doc: onTicketDo(`ticketProvideInfo(id: $id, answer: "A.")`), with: onTicket(needsInfo)},
	"ticketAnswer":        {doc: onTicketDo(`ticketAnswer(id: $id, answer: "A.")`), with: onTicket(requested)},
	"ticketAnswerAccept":  {doc: onTicketDo(`ticketAnswerAccept(id: $id, message: "M")`), with: onTicket(ticketAnswered)},
	"ticketAnswerDecline": {doc: onTicketDo(`ticketAnswerDecline(id: $id, message: "M")`), with: onTicket(ticketAnswered)},
	"ticketReject":        {doc: onTicketDo(`ticketReject(id: $id, reason: "R")`), with: onTicket(requested)},
	"ticketCancel":        {doc: onTicketDo(`ticketCancel(id: $id)`), with: onTicket(requested)},
	"ticketReopen":        {doc: onTicketDo(`ticketReopen(id: $id, reason: "R")`), with: onTicket(ticketSettled)},

	"serviceRequestInfo":   {doc: onServiceDo(`serviceRequestInfo(id: $id, question: "Q?")`), with: onService(requested)},
	"serviceProvideInfo":   {doc: onServiceDo(`serviceProvideInfo(id: $id, answer: "A.")`), with: onService(needsInfo)},
	"serviceConfirm":       {doc: onServiceDo(`serviceConfirm(id: $id, input: { way: ON_SITE, steps: ["S"] })`), with: onService(requested)},
	"serviceReject":        {doc: onServiceDo(`serviceReject(id: $id, reason: "R")`), with: onService(requested)},
	"serviceCancel":        {doc: onServiceDo(`serviceCancel(id: $id)`), with: onService(requested)},
	"serviceVisitSchedule": {doc: onServiceDo(`serviceVisitSchedule(id: $id, input: { startsAt: "2025-09-25T10:00:00+08:00", endsAt: "2025-09-25T12:00:00+08:00" })`), with: onService(confirmedService)},
	"serviceVisitMissed":   {doc: onServiceDo(`serviceVisitMissed(id: $id, input: { at: "` + clockAt + `", note: "N" })`), with: onService(visitAgreed)},
	"serviceVisitStart":    {doc: onServiceDo(`serviceVisitStart(id: $id)`), with: onService(visitAgreed)},
	"serviceVisitEnd":      {doc: onServiceDo(`serviceVisitEnd(id: $id, note: "N")`), with: onService(inVisit)},
	"serviceComplete":      {doc: onServiceDo(`serviceComplete(id: $id, input: { workDone: "W" })`), with: onService(inVisit)},
	"maintenanceScheduleSet": {
		doc: `mutation($line: ID!, $n: Int!) { maintenanceScheduleSet(input: { orderLine: $line, everyMonths: $n, firstOn: "2025-12-31" }) { maintenanceSchedule { id } userErrors { code field message } } }`,
		with: func(w *world) apptest.Vars {
			return apptest.Vars{"line": w.freshOrder().Lines[0], "n": 1 + w.next()%100}
		},
	},
	"maintenanceScheduleEnd": {
		doc: `mutation($id: ID!) { maintenanceScheduleEnd(id: $id) { maintenanceSchedule { id } userErrors { code field message } } }`,
		with: func(w *world) apptest.Vars {
			if w.targets["schedule"] == "" {
				w.targets["schedule"] = maintained(w.main, order(w.main))
			}
			return apptest.Vars{"id": w.targets["schedule"]}
		},
	},
	"caseAssign": {
		doc: `mutation($id: ID!, $staff: ID!) { caseAssign(id: $id, staff: $staff) { case { id } userErrors { code } } }`,
		with: func(w *world) apptest.Vars {
			return apptest.Vars{"id": w.bring(requested), "staff": w.main.Admin.Must(`{ merchant { staff { id } } }`, nil).Str("merchant.staff.0.id")}
		},
	},
	"caseRespond": {
		doc:  `mutation($id: ID!, $key: String!) { caseRespond(id: $id, idempotencyKey: $key, message: "We look into it.") { case { id } userErrors { code } } }`,
		with: on(requested),
	},
	"caseMessageAdd": {
		// To the customer: roles that write notes only are refused.
		doc:  `mutation($id: ID!, $key: String!) { caseMessageAdd(id: $id, idempotencyKey: $key, text: "A word.") { message { id } userErrors { code } } }`,
		with: on(requested),
	},
	"caseEvidenceAdd": {
		doc:  `mutation($id: ID!, $key: String!) { caseEvidenceAdd(id: $id, idempotencyKey: $key, input: { kind: PHOTO, url: "https://photos.example/1.jpg" }) { evidence { id } userErrors { code } } }`,
		with: on(requested),
	},
	"caseExplainDelay": {
		doc: explain,
		with: func(w *world) apptest.Vars {
			return apptest.Vars{"id": w.pop("missed", &w.missed), "at": "2025-09-25T10:00:01+08:00"}
		},
		shop: func(w *world) *apptest.Shop { return w.late },
	},
	"caseClose": {
		doc:  `mutation($id: ID!) { caseClose(id: $id) { case { id closedAt } userErrors { code } } }`,
		with: func(w *world) apptest.Vars { return apptest.Vars{"id": w.pop("ended", &w.ended)} },
		shop: func(w *world) *apptest.Shop { return w.late },
	},
}

// onRefund is on for the refund of the return.
func onRefund(state string) func(*world) apptest.Vars {
	return func(w *world) apptest.Vars {
		return apptest.Vars{"id": refundOf(w.main, w.bring(state)), "key": fmt.Sprintf("key-%d", w.next()), "reason": "The account is closed."}
	}
}

func numbered(name, word string) func(*world) apptest.Vars {
	return func(w *world) apptest.Vars { return apptest.Vars{name: fmt.Sprintf("%s-%d", word, w.next())} }
}

func newOrder(w *world) apptest.Vars {
	return apptest.Vars{"in": apptest.Vars{"number": fmt.Sprintf("M%d", w.next()), "placedAt": delivered, "currency": "CNY",
		"customer": apptest.Vars{"externalId": "c-1", "name": "Li Lei"},
		"lines":    []apptest.Vars{{"sku": "KETTLE", "title": "Kettle", "quantity": 1, "unitPrice": "99.00"}}}}
}

// order is an order of c-1 that was dispatched at an instant, or not yet (""), the same one until it is used up.
func (w *world) order(name, dispatched string) string {
	if w.targets[name] == "" {
		w.targets[name] = coming(w.main, fmt.Sprintf("%s-%d", name, w.next()), dispatched).ID
	}
	return w.targets[name]
}

// freshOrder is an order that nothing was returned of, the same one until a request succeeds.
func (w *world) freshOrder() apptest.Order {
	if w.targets["order"] == "" {
		o := order(w.main)
		w.targets["order"], w.targets["line"] = o.ID, o.Lines[0]
	}
	return apptest.Order{ID: w.targets["order"], Lines: []string{w.targets["line"]}}
}

// receipt adds a receipt to a return and gives its id.
func receipt(s *apptest.Shop, returnID string) string {
	return s.Agent.Must(`mutation($id: ID!, $key: String!) { caseEvidenceAdd(id: $id, idempotencyKey: $key, input: { kind: DOCUMENT, url: "https://photos.example/receipt.pdf" }) { evidence { id } userErrors { code field message } } }`,
		apptest.Vars{"id": returnID, "key": s.Key()}).Str("caseEvidenceAdd.evidence.id")
}
