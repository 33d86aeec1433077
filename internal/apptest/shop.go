package apptest

import (
	"fmt"
	"time"

	"aftersales/internal/auth"
)

// Shop is a merchant made through the API, with callers for the roles that work cases and a customer.
type Shop struct {
	Env                                                                         *Env
	Slug, ID                                                                    string
	Admin, Agent, Agent2, Warehouse, Finance, Supervisor, Integration, Customer Caller

	keys int
}

// Platform is the operator of the service.
func (e *Env) Platform() Caller { return e.As(auth.PlatformAdmin, "", "root") }

// Sandbox makes a sandbox merchant on the calendar CN whose clock stands at an RFC 3339 instant, with staff (Li Na and
// Wang Wei are agents, Chen Jing the supervisor), a default return address, and the customer c-1 as Customer.
func (e *Env) Sandbox(slug, clockAt string) *Shop {
	e.t.Helper()
	return e.shop(slug, `mode: SANDBOX, currency: CNY, calendar: "CN", jurisdiction: "CN", testClockStartsAt: "`+clockAt+`"`)
}

// Live makes a live merchant on the calendar CN.
func (e *Env) Live(slug string) *Shop {
	e.t.Helper()
	return e.shop(slug, `mode: LIVE, currency: CNY, calendar: "CN", jurisdiction: "CN"`)
}

func (e *Env) shop(slug, settings string) *Shop {
	e.t.Helper()
	d := e.Platform().Must(`mutation { merchantCreate(input: { idempotencyKey: "create-`+slug+`", slug: "`+slug+`", name: "Shop `+slug+`", `+settings+` }) { merchant { id } userErrors { code field message } } }`, nil)
	s := &Shop{Env: e, Slug: slug, ID: d.Str("merchantCreate.merchant.id")}
	s.sign()
	for _, p := range []struct{ subject, name, role string }{
		{"li.na", "Li Na", "AGENT"}, {"wang.wei", "Wang Wei", "AGENT"}, {"chen.jing", "Chen Jing", "SUPERVISOR"}, {"zhao.lei", "Zhao Lei", "WAREHOUSE"},
	} {
		s.Admin.Must(`mutation($s: String!, $n: String!, $r: Role!) { staffUpsert(input: { subject: $s, name: $n, role: $r }) { staff { id } userErrors { code field } } }`,
			Vars{"s": p.subject, "n": p.name, "r": p.role})
	}
	s.Admin.Must(`mutation { returnAddressUpsert(input: { name: "main", recipient: "Returns", phone: "02100000000", line: "1 Test Road", city: "Shanghai", country: "CN", isDefault: true }) { returnAddress { id } userErrors { code field } } }`, nil)
	return s
}

// At is the same people with tokens of another merchant, which must exist.
func (s *Shop) At(slug string) *Shop {
	other := &Shop{Env: s.Env, Slug: slug}
	other.sign()
	return other
}

func (s *Shop) sign() {
	e, slug := s.Env, s.Slug
	s.Admin = e.As(auth.MerchantAdmin, slug, "admin")
	s.Agent = e.As(auth.Agent, slug, "li.na")
	s.Agent2 = e.As(auth.Agent, slug, "wang.wei")
	s.Warehouse = e.As(auth.Warehouse, slug, "zhao.lei")
	s.Finance = e.As(auth.Finance, slug, "sun.li")
	s.Supervisor = e.As(auth.Supervisor, slug, "chen.jing")
	s.Integration = e.As(auth.Integration, slug, "erp")
	s.Customer = e.As(auth.Customer, slug, "c-1")
}

// Key is an idempotency key nobody used before in this shop.
func (s *Shop) Key() string {
	s.keys++
	return fmt.Sprintf("%s-key-%d", s.Slug, s.keys)
}

// Line is a line of an order to make.
type Line struct {
	SKU       string
	Quantity  int
	UnitPrice string
	// Delivered is an RFC 3339 instant, empty for unknown.
	Delivered string
}

// Order is an order made through the API.
type Order struct {
	ID    string
	Lines []string // ids in order
}

// Order makes an order of customer c-1 (phone 13800001234, e-mail li.lei@example.com), placed a week before placedNear.
func (s *Shop) Order(number, placedNear string, lines ...Line) Order {
	s.Env.t.Helper()
	return s.OrderOf("c-1", number, placedNear, nil, lines...)
}

// OrderOf makes an order of any customer; extra is merged into the input.
func (s *Shop) OrderOf(customer, number, placedNear string, extra Vars, lines ...Line) Order {
	s.Env.t.Helper()
	near, err := time.Parse(time.RFC3339, placedNear)
	if err != nil {
		s.Env.t.Fatal(err)
	}
	in := Vars{"number": number, "placedAt": near.AddDate(0, 0, -7).Format(time.RFC3339), "paidAt": near.AddDate(0, 0, -7).Format(time.RFC3339), "currency": "CNY",
		"customer": Vars{"externalId": customer, "name": "Li Lei", "email": "li.lei@example.com", "phone": "13800001234", "address": "Shanghai"}}
	var ls []Vars
	for i, l := range lines {
		v := Vars{"externalId": fmt.Sprint(i + 1), "sku": l.SKU, "title": "Title of " + l.SKU, "quantity": l.Quantity, "unitPrice": l.UnitPrice}
		if l.Delivered != "" {
			v["deliveredAt"] = l.Delivered
		}
		ls = append(ls, v)
	}
	in["lines"] = ls
	for k, v := range extra {
		in[k] = v
	}
	d := s.Integration.Must(`mutation($in: OrderInput!) { orderUpsert(input: $in) { order { id lines { id } } userErrors { code field message } } }`, Vars{"in": in})
	o := Order{ID: d.Str("orderUpsert.order.id")}
	for _, l := range d.List("orderUpsert.order.lines") {
		o.Lines = append(o.Lines, l.Str("id"))
	}
	return o
}

// Request asks, as the customer, for a return of a quantity of an order's first line, and returns the return's id.
func (s *Shop) Request(o Order, remedy string, quantity int) string {
	s.Env.t.Helper()
	d := s.Customer.Must(RequestReturn, s.RequestVars(o, remedy, quantity))
	return d.Str("returnRequest.return.id")
}

// RequestVars are the variables of RequestReturn for an order's first line, reason QUALITY.
func (s *Shop) RequestVars(o Order, remedy string, quantity int) Vars {
	return Vars{"in": Vars{"idempotencyKey": s.Key(), "order": o.ID, "remedy": remedy, "reasonHandle": "QUALITY", "description": "It does not work.",
		"items": []Vars{{"orderLine": o.Lines[0], "quantity": quantity}}}}
}

// Operations of the return, for tests that only need them done. Each payload carries status, version and userErrors.
const (
	RequestReturn = `mutation($in: ReturnRequestInput!) { returnRequest(input: $in) { return { id status version } userErrors { code field message params { name value } allowedActions } } }`
	ApproveReturn = `mutation($id: ID!, $v: Int) { returnApprove(id: $id, expectedVersion: $v, input: { review: { product: { ok: true }, description: { ok: true }, reason: { ok: true } }, steps: ["Pack it", "Send it"], materials: ["Proof of purchase"] }) { return { id status version } userErrors { code field message params { name value } allowedActions } } }`
	ShipReturn    = `mutation($id: ID!, $v: Int) { returnShip(id: $id, expectedVersion: $v, input: { carrier: "SF Express", waybill: "SF0000000001" }) { return { id status version } userErrors { code field message params { name value } allowedActions } } }`
	ReceiveReturn = `mutation($id: ID!, $v: Int) { returnReceive(id: $id, expectedVersion: $v) { return { id status version } userErrors { code field message params { name value } allowedActions } } }`
	InspectReturn = `mutation($id: ID!, $v: Int, $items: [ReturnInspectionInput!]!) { returnInspect(id: $id, expectedVersion: $v, items: $items) { return { id status version } userErrors { code field message params { name value } allowedActions } } }`
	RefundReturn  = `mutation($id: ID!, $v: Int, $key: String!) { returnRefund(id: $id, expectedVersion: $v, idempotencyKey: $key) { return { id status version } refund { id state amount { amount currency } } userErrors { code field message params { name value } allowedActions } } }`
	ConfirmRefund = `mutation($id: ID!, $key: String!, $at: DateTime) { refundConfirm(id: $id, idempotencyKey: $key, reference: "bank-1", creditedAt: $at) { return { id status version } refund { id state creditedAt reference } userErrors { code field message params { name value } allowedActions } } }`
	FailRefund    = `mutation($id: ID!, $key: String!, $reason: String!) { refundFail(id: $id, idempotencyKey: $key, reason: $reason) { return { id status version } case { id } refund { id state failure attempts } userErrors { code field message params { name value } allowedActions } } }`
	RetryRefund   = `mutation($id: ID!, $key: String!) { refundRetry(id: $id, idempotencyKey: $key) { return { id status version } case { id } refund { id state failure attempts calls } userErrors { code field message params { name value } allowedActions } } }`
	CancelReturn  = `mutation($id: ID!, $v: Int) { returnCancel(id: $id, expectedVersion: $v, reason: "changed my mind") { return { id status version } userErrors { code field message params { name value } allowedActions } } }`
	AskInfo       = `mutation($id: ID!, $v: Int) { returnRequestInfo(id: $id, expectedVersion: $v, question: "Which part is broken?") { return { id status version } userErrors { code field message params { name value } allowedActions } } }`
	GiveInfo      = `mutation($id: ID!, $v: Int) { returnProvideInfo(id: $id, expectedVersion: $v, answer: "The lid.") { return { id status version } userErrors { code field message params { name value } allowedActions } } }`
	Delivered     = `mutation($id: ID!, $v: Int, $in: ReturnDeliveredInput!) { returnDelivered(id: $id, expectedVersion: $v, input: $in) { return { id status version } userErrors { code field message params { name value } allowedActions } } }`
	SendBack      = `mutation($id: ID!, $v: Int) { returnSendBack(id: $id, expectedVersion: $v, input: { carrier: "SF Express", waybill: "SF9000000001" }) { return { id status version } userErrors { code field message params { name value } allowedActions } } }`
	SentBackHome  = `mutation($id: ID!, $v: Int, $at: DateTime) { returnSendBackDelivered(id: $id, expectedVersion: $v, deliveredAt: $at, signedBy: "Li Lei") { return { id status version } userErrors { code field message params { name value } allowedActions } } }`
	ParkParcel    = `mutation($in: ParcelParkInput!) { parcelPark(input: $in) { parkedParcel { id case { id } matchedAt } return { id status } userErrors { code field message params { name value } allowedActions } } }`
	MatchParcel   = `mutation($id: ID!, $case: ID!, $v: Int) { parcelMatch(id: $id, case: $case, expectedVersion: $v) { return { id status version } parkedParcel { id case { id } matchedAt } userErrors { code field message params { name value } allowedActions } } }`
	ProposeOffer  = `mutation($id: ID!, $v: Int, $key: String!, $in: ReturnProposeInput!) { returnPropose(id: $id, expectedVersion: $v, idempotencyKey: $key, input: $in) { return { id status version } proposal { id round state } userErrors { code field message params { name value } allowedActions } } }`
	AcceptOffer   = `mutation($id: ID!, $v: Int, $m: String = "Yes, please.") { returnProposalAccept(id: $id, expectedVersion: $v, message: $m) { return { id status version } userErrors { code field message params { name value } allowedActions } } }`
	DeclineOffer  = `mutation($id: ID!, $v: Int, $m: String = "No, thank you.") { returnProposalDecline(id: $id, expectedVersion: $v, message: $m) { return { id status version } userErrors { code field message params { name value } allowedActions } } }`
	ReopenReturn  = `mutation($id: ID!, $v: Int) { returnReopen(id: $id, expectedVersion: $v) { return { id status version } userErrors { code field message params { name value } allowedActions } } }`
	RejectReturn  = `mutation($id: ID!, $v: Int) { returnReject(id: $id, expectedVersion: $v, input: { reason: "Worn." }) { return { id status version } userErrors { code field message params { name value } allowedActions } } }`
)

// Inspect passes or fails every item of a return, as the warehouse.
func (s *Shop) Inspect(returnID string, pass bool) {
	s.Env.t.Helper()
	s.Warehouse.Must(InspectReturn, Vars{"id": returnID, "items": s.Findings(returnID, pass)})
}

// Findings are inspection inputs for every item of a return.
func (s *Shop) Findings(returnID string, pass bool) []Vars {
	s.Env.t.Helper()
	d := s.Warehouse.Must(`query($id: ID!) { return(id: $id) { items { id } } }`, Vars{"id": returnID})
	var out []Vars
	for _, it := range d.List("return.items") {
		out = append(out, Vars{"item": it.Str("id"), "checks": []Vars{{"aspect": "APPEARANCE", "passed": pass}, {"aspect": "FUNCTION", "passed": true}, {"aspect": "ACCESSORIES", "passed": true}}})
	}
	return out
}

// ToInspected brings a fresh RETURN_AND_REFUND from REQUESTED to INSPECTION_PASSED.
func (s *Shop) ToInspected(returnID string) {
	s.Env.t.Helper()
	s.Agent.Must(ApproveReturn, Vars{"id": returnID})
	s.Customer.Must(ShipReturn, Vars{"id": returnID})
	s.Warehouse.Must(ReceiveReturn, Vars{"id": returnID})
	s.Inspect(returnID, true)
}

// Park takes in a parcel that nobody announced and returns the parked parcel's id.
func (s *Shop) Park(waybill string) string {
	s.Env.t.Helper()
	d := s.Warehouse.Must(ParkParcel, Vars{"in": Vars{"idempotencyKey": s.Key(), "carrier": "SF Express", "waybill": waybill}})
	return d.Str("parcelPark.parkedParcel.id")
}

// Evidence attaches a photo to a case and returns its id.
func (s *Shop) Evidence(by Caller, caseID string) string {
	s.Env.t.Helper()
	d := by.Must(`mutation($id: ID!, $k: String!) { caseEvidenceAdd(id: $id, idempotencyKey: $k, input: { kind: PHOTO, url: "https://photos.example/1.jpg" }) { evidence { id } userErrors { code field message } } }`,
		Vars{"id": caseID, "k": s.Key()})
	return d.Str("caseEvidenceAdd.evidence.id")
}

// Offer proposes, as the agent, that the customer keeps the goods of a return and gets an amount; it returns the offer's id.
func (s *Shop) Offer(returnID, amount string) string {
	s.Env.t.Helper()
	return s.Agent.Must(ProposeOffer, Vars{"id": returnID, "key": s.Key(),
		"in": Vars{"remedy": "REFUND", "disposition": "KEEP", "amount": amount, "message": "Keep it and take " + amount + "?"}}).Str("returnPropose.proposal.id")
}

// Refund starts the refund of a return and returns its id.
func (s *Shop) Refund(returnID string) string {
	s.Env.t.Helper()
	return s.Finance.Must(RefundReturn, Vars{"id": returnID, "key": s.Key()}).Str("returnRefund.refund.id")
}

// Confirm confirms a refund as credited now.
func (s *Shop) Confirm(refundID string) {
	s.Env.t.Helper()
	s.Finance.Must(ConfirmRefund, Vars{"id": refundID, "key": s.Key()})
}

// LimitRefunds sets the merchant's limit of refunds that nobody releases; nil is none.
func (s *Shop) LimitRefunds(limit any) {
	s.Env.t.Helper()
	s.Admin.Must(`mutation($l: Decimal) { refundLimitSet(limit: $l) { merchant { id } userErrors { code field message } } }`, Vars{"l": limit})
}

// Adopt sets the plans kept for a kind of cases beside MALL, such as SLA-A; none: MALL alone.
func (s *Shop) Adopt(kind string, plans ...string) {
	s.Env.t.Helper()
	s.Admin.Must(`mutation($in: PlanAdoptInput!) { planAdopt(input: $in) { plans { code } userErrors { code field message } } }`,
		Vars{"in": Vars{"kinds": []string{kind}, "plans": append([]string{}, plans...)}})
}

// Advance moves the shop's test clock to an RFC 3339 instant.
func (s *Shop) Advance(to string) {
	s.Env.t.Helper()
	s.Admin.Must(`mutation($to: DateTime!) { testClockAdvance(to: $to) { now userErrors { code field message } } }`, Vars{"to": to})
}
