package everyday

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"aftersales/internal/apptest"
)

// Tuesday; 2025-03-12 to 14 are working days, 15 and 16 a weekend.
const opening = "2025-03-11T10:15:00+08:00"

// story is one situation being played: a shop, an order, and the case it is about.
type story struct {
	*apptest.Shop
	t     *testing.T
	order apptest.Order
	id    string // the case
}

// arguments are the variables of every mutation that stories use, as the schema declares them.
var arguments = map[string]string{
	"returnDelivered":            "id: ID!, input: ReturnDeliveredInput!",
	"returnSendBack":             "id: ID!, input: ReturnSendBackInput!",
	"returnSendBackDelivered":    "id: ID!, deliveredAt: DateTime, signedBy: String",
	"parcelPark":                 "input: ParcelParkInput!",
	"parcelMatch":                "id: ID!, case: ID!",
	"returnFreightClaim":         "id: ID!, input: ReturnFreightClaimInput!",
	"returnPropose":              "id: ID!, idempotencyKey: String!, input: ReturnProposeInput!",
	"returnProposalAccept":       "id: ID!, message: String",
	"returnProposalDecline":      "id: ID!, message: String",
	"returnReopen":               "id: ID!",
	"refundTriggerSet":           "trigger: RefundTrigger",
	"caseDispute":                "id: ID!, idempotencyKey: String!, reason: String!",
	"disputeAnswer":              "id: ID!, idempotencyKey: String!, input: DisputeAnswerInput!",
	"disputeAsk":                 "id: ID!, idempotencyKey: String!, input: DisputeAskInput!",
	"disputeDecide":              "id: ID!, idempotencyKey: String!, input: DisputeDecideInput!",
	"merchantStatusSet":          "merchant: ID!, status: MerchantStatus!, reason: String!",
	"orderCancel":                "input: OrderCancelInput!",
	"orderAmendAddress":          "input: OrderAmendAddressInput!",
	"orderInterceptResolve":      "id: ID!, idempotencyKey: String!, input: OrderInterceptResolveInput!",
	"refundFail":                 "id: ID!, idempotencyKey: String!, reason: String!",
	"refundRetry":                "id: ID!, idempotencyKey: String!",
	"refundRedirect":             "id: ID!, idempotencyKey: String!, input: RefundRedirectInput!",
	"refundRelease":              "id: ID!, idempotencyKey: String!",
	"refundLimitSet":             "limit: Decimal",
	"returnReplace":              "id: ID!, idempotencyKey: String!, input: ReturnReplaceInput!",
	"returnReplacementDelivered": "id: ID!, deliveredAt: DateTime, signedBy: String",
	"returnConvert":              "id: ID!, remedy: Remedy!, reason: String!",
	"caseClose":                  "id: ID!",
	"returnRequest":              "input: ReturnRequestInput!",
	"returnApprove":              "id: ID!, input: ReturnApproveInput!",
	"returnReject":               "id: ID!, input: ReturnRejectInput!",
	"returnRequestInfo":          "id: ID!, question: String!",
	"returnProvideInfo":          "id: ID!, answer: String!",
	"returnShip":                 "id: ID!, input: ReturnShipInput!",
	"returnReceive":              "id: ID!",
	"returnInspect":              "id: ID!, items: [ReturnInspectionInput!]!",
	"returnRefund":               "id: ID!, idempotencyKey: String!",
	"refundConfirm":              "id: ID!, idempotencyKey: String!, reference: String!, creditedAt: DateTime",
	"returnCancel":               "id: ID!, reason: String",
	"caseEvidenceAdd":            "id: ID!, idempotencyKey: String!, input: EvidenceInput!",
	"caseExplainDelay":           "deadline: ID!, input: DelayExplanationInput!",
}

// do carries a mutation out and returns its payload; a refusal fails the story.
func (s *story) do(by apptest.Caller, mutation string, vars apptest.Vars) apptest.Data {
	s.t.Helper()
	errs, payload := s.try(by, mutation, vars)
	if len(errs) > 0 {
		s.t.Fatalf("%s: %s at %v: %s", mutation, errs[0].Str("code"), errs[0].Strings("field"), errs[0].Str("message"))
	}
	return payload
}

// refused carries a mutation out that must be refused with a code, and returns the refusal.
func (s *story) refused(by apptest.Caller, mutation string, vars apptest.Vars, code string) apptest.Data {
	s.t.Helper()
	errs, _ := s.try(by, mutation, vars)
	if len(errs) == 0 {
		s.t.Fatalf("%s was not refused", mutation)
	}
	if got := errs[0].Str("code"); got != code {
		s.t.Fatalf("%s: refused as %s (%s), want %s", mutation, got, errs[0].Str("message"), code)
	}
	return errs[0]
}

func (s *story) try(by apptest.Caller, mutation string, vars apptest.Vars) ([]apptest.Data, apptest.Data) {
	s.t.Helper()
	declared, known := arguments[mutation]
	if !known {
		s.t.Fatalf("no arguments are known of %s", mutation)
	}
	sent := apptest.Vars{}
	for k, v := range vars {
		sent[k] = v
	}
	var head, pass []string
	for _, a := range strings.Split(declared, ", ") {
		name, typ, _ := strings.Cut(a, ": ")
		head, pass = append(head, "$"+name+": "+typ), append(pass, name+": $"+name)
		if name == "id" && sent["id"] == nil {
			sent["id"] = s.id
		}
		if name == "idempotencyKey" && sent[name] == nil {
			sent[name] = s.Key()
		}
	}
	query := fmt.Sprintf("mutation(%s) { %s(%s) { %s userErrors { code field message params { name value } allowedActions } } }",
		strings.Join(head, ", "), mutation, strings.Join(pass, ", "), shows[mutation])
	r := by.Do(query, sent)
	if len(r.Errors) > 0 {
		s.t.Fatalf("%s: %s", mutation, r.Raw)
	}
	payload := apptest.ParseData(s.t, r.Data).Sub(mutation)
	return payload.List("userErrors"), payload
}

// shows is what stories need back of a mutation.
var shows = map[string]string{
	"parcelPark":      "parkedParcel { id }",
	"orderCancel":     "orderChange { id }",
	"returnRequest":   "return { id }",
	"returnRefund":    "refund { id amount { amount } }",
	"caseEvidenceAdd": "evidence { id }",
}

// line is a line of a story's order.
type line = apptest.Line

// buys makes the story's order.
func (s *story) buys(extra apptest.Vars, lines ...line) {
	s.t.Helper()
	s.order = s.OrderOf("c-1", "A1", opening, extra, lines...)
}

func signed(daysBefore int) string {
	t, err := time.Parse(time.RFC3339, opening)
	if err != nil {
		panic(err)
	}
	return t.AddDate(0, 0, -daysBefore).Format(time.RFC3339)
}

// ask files a return of quantities of the order's lines, in their order; 0 leaves a line out.
func (s *story) ask(remedy, reason string, quantities ...int) {
	s.t.Helper()
	s.id = s.do(s.Customer, "returnRequest", apptest.Vars{"input": s.application(remedy, reason, quantities...)}).Str("return.id")
}

func (s *story) application(remedy, reason string, quantities ...int) apptest.Vars {
	var items []apptest.Vars
	for i, n := range quantities {
		if n > 0 {
			items = append(items, apptest.Vars{"orderLine": s.order.Lines[i], "quantity": n})
		}
	}
	return apptest.Vars{"idempotencyKey": s.Key(), "order": s.order.ID, "remedy": remedy, "reasonHandle": reason, "description": "As it is.", "items": items}
}

func (s *story) approve(more apptest.Vars) {
	s.t.Helper()
	ok := apptest.Vars{"ok": true}
	in := apptest.Vars{"review": apptest.Vars{"product": ok, "description": ok, "reason": ok}, "steps": []string{"Pack it and send it."}}
	for k, v := range more {
		in[k] = v
	}
	s.do(s.Agent, "returnApprove", apptest.Vars{"input": in})
}

func (s *story) ship() {
	s.t.Helper()
	s.do(s.Customer, "returnShip", apptest.Vars{"input": apptest.Vars{"carrier": "SF", "waybill": "SF" + s.Key()}})
}

func (s *story) receive() {
	s.t.Helper()
	s.do(s.Warehouse, "returnReceive", nil)
}

// finds inspects the case's items: accepted units and whatever else was found, item by item.
func (s *story) finds(found ...apptest.Vars) {
	s.t.Helper()
	items := s.see(s.Warehouse).List("items")
	var in []apptest.Vars
	for i, it := range items {
		f := apptest.Vars{"item": it.Str("id"), "checks": []apptest.Vars{{"aspect": "APPEARANCE", "passed": true}, {"aspect": "FUNCTION", "passed": true}, {"aspect": "ACCESSORIES", "passed": true}}}
		if i < len(found) {
			for k, v := range found[i] {
				f[k] = v
			}
		}
		in = append(in, f)
	}
	s.do(s.Warehouse, "returnInspect", apptest.Vars{"items": in})
}

// back brings approved goods to the warehouse, found to be all right.
func (s *story) back() {
	s.t.Helper()
	s.approve(nil)
	s.ship()
	s.receive()
	s.finds()
}

// refund starts the refund after checking that the preview says the same, and returns its id.
func (s *story) refund() string {
	s.t.Helper()
	preview := s.see(s.Finance).Str("refundable.amount")
	d := s.do(s.Finance, "returnRefund", nil)
	if paid := d.Str("refund.amount.amount"); paid != preview {
		s.t.Fatalf("the preview said %s, the refund pays %s", preview, paid)
	}
	return d.Str("refund.id")
}

func (s *story) confirm(refundID string) {
	s.t.Helper()
	s.do(s.Finance, "refundConfirm", apptest.Vars{"id": refundID, "reference": "bank-1"})
}

// pay refunds and confirms.
func (s *story) pay() {
	s.t.Helper()
	s.confirm(s.refund())
}

// parts checks by which means the case's latest refund goes back, each as "KIND amount", points and lapsing named.
func (s *story) parts(want ...string) {
	s.t.Helper()
	refunds := s.Finance.Must(`query($id: ID!) { return(id: $id) { refunds { parts { kind amount { amount } points lapsed } } } }`, apptest.Vars{"id": s.id}).List("return.refunds")
	var got []string
	for _, p := range refunds[len(refunds)-1].List("parts") {
		text := p.Str("kind") + " " + p.Str("amount.amount")
		if p.Get("points") != nil {
			text += fmt.Sprintf(" %d points", p.Int("points"))
		}
		if p.Get("lapsed") == true {
			text += " lapsed"
		}
		got = append(got, text)
	}
	if strings.Join(got, ", ") != strings.Join(want, ", ") {
		s.t.Fatalf("it goes back as %v, want %v", got, want)
	}
}

// lines reads the ids of the order's lines again: a replacement is one more.
func (s *story) lines() {
	s.t.Helper()
	s.order.Lines = nil
	for _, l := range s.Agent.Must(`query($id: ID!) { order(id: $id) { lines { id } } }`, apptest.Vars{"id": s.order.ID}).List("order.lines") {
		s.order.Lines = append(s.order.Lines, l.Str("id"))
	}
}

// proof adds a photo to the case and returns its id.
func (s *story) proof(by apptest.Caller) string {
	s.t.Helper()
	return s.do(by, "caseEvidenceAdd", apptest.Vars{"input": apptest.Vars{"kind": "PHOTO", "url": "https://photos.example/1.jpg"}}).Str("evidence.id")
}

const watched = `query($id: ID!) { return(id: $id) { status outcome closedAt remedy refundable { amount } items { id quantity acceptedQuantity orderLine { id } }
	refunds { id state amount { amount } } nextDeadline { kind } deadlines { id kind state open obligor dueAt promisedDueAt explanationOwed pauses { from to reason } } events(first: 100) { nodes { type } } allowedActions } }`

// see reads the case as somebody sees it.
func (s *story) see(by apptest.Caller) apptest.Data {
	s.t.Helper()
	return by.Must(watched, apptest.Vars{"id": s.id}).Sub("return")
}

// stands checks status and outcome (empty while there is none).
func (s *story) stands(status, outcome string) {
	s.t.Helper()
	c := s.see(s.Customer)
	got := ""
	if c.Get("outcome") != nil {
		got = c.Str("outcome")
	}
	if c.Str("status") != status || got != outcome {
		s.t.Fatalf("the case is %s %s, want %s %s", c.Str("status"), got, status, outcome)
	}
}

// clock returns the latest clock of a kind.
func (s *story) clock(kind string) apptest.Data {
	s.t.Helper()
	var found []apptest.Data
	for _, d := range s.see(s.Agent).List("deadlines") {
		if d.Str("kind") == kind {
			found = append(found, d)
		}
	}
	if len(found) == 0 {
		s.t.Fatalf("no clock %s", kind)
	}
	return found[len(found)-1]
}

// due checks the state of a clock and, unless it is empty, when it is due.
func (s *story) due(kind, state, at string) {
	s.t.Helper()
	d := s.clock(kind)
	if d.Str("state") != state {
		s.t.Fatalf("%s is %s, want %s", kind, d.Str("state"), state)
	}
	if at == "" {
		return
	}
	want, err := time.Parse(time.RFC3339, at)
	if err != nil {
		s.t.Fatal(err)
	}
	if got, err := time.Parse(time.RFC3339, d.Str("dueAt")); err != nil || !got.Equal(want) {
		s.t.Fatalf("%s is due %s, want %s", kind, d.Str("dueAt"), at)
	}
}

// books checks what of the order went back in all, and how many units of each line can still be returned.
func (s *story) books(refunded string, returnable ...int) {
	s.t.Helper()
	o := s.Agent.Must(`query($id: ID!) { order(id: $id) { refunded { amount } lines { returnableQuantity } } }`, apptest.Vars{"id": s.order.ID}).Sub("order")
	if got := o.Str("refunded.amount"); got != refunded {
		s.t.Fatalf("of the order %s went back, want %s", got, refunded)
	}
	for i, want := range returnable {
		if got := o.List("lines")[i].Int("returnableQuantity"); got != want {
			s.t.Fatalf("of line %d %d can still be returned, want %d", i+1, got, want)
		}
	}
}

// paid checks the case's refunds, each as "amount STATE".
func (s *story) paid(want ...string) {
	s.t.Helper()
	var got []string
	for _, r := range s.see(s.Customer).List("refunds") {
		got = append(got, r.Str("amount.amount")+" "+r.Str("state"))
	}
	if strings.Join(got, ", ") != strings.Join(want, ", ") {
		s.t.Fatalf("refunds %v, want %v", got, want)
	}
}

// tells checks that an event happened.
func (s *story) tells(event string) {
	s.t.Helper()
	for _, e := range s.see(s.Customer).List("events.nodes") {
		if e.Str("type") == event {
			return
		}
	}
	s.t.Fatalf("the timeline lacks %s", event)
}

// balance holds whatever happened: no more went back than was paid, no line gave back more units than it had, and every case
// that has not ended has somebody with a deadline to keep.
func (s *story) balance() {
	s.t.Helper()
	if s.order.ID == "" {
		return
	}
	o := s.Agent.Must(`query($id: ID!) { order(id: $id) { total { amount } refunded { amount } lines { quantity returnableQuantity }
		cases(first: 50) { nodes { status outcome deadlines { state open obligor } } } } }`, apptest.Vars{"id": s.order.ID}).Sub("order")
	for _, l := range o.List("lines") {
		if n := l.Int("returnableQuantity"); n < 0 || n > l.Int("quantity") {
			s.t.Errorf("%d of %d units can be returned", n, l.Int("quantity"))
		}
	}
	for _, c := range o.List("cases.nodes") {
		watched := false
		for _, d := range c.List("deadlines") {
			watched = watched || d.Get("open") == true
		}
		if c.Get("outcome") == nil && !watched {
			s.t.Errorf("a case in %s has no deadline that anybody has to keep", c.Str("status"))
		}
	}
}

// situation is one row of the table.
type situation struct {
	name string
	play func(*story)
}

func play(t *testing.T, situations []situation) {
	t.Helper()
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		for i, sit := range situations {
			t.Run(sit.name, func(t *testing.T) {
				s := &story{Shop: e.Sandbox(fmt.Sprintf("shop-%d", i), opening), t: t}
				sit.play(s)
				s.balance()
			})
		}
	})
}
