package contract

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"aftersales/internal/apptest"
	"aftersales/internal/auth"
	"aftersales/internal/id"
)

// idPlaces lists every place of the API that takes an id, as field.argument or field.argument.inputField, lists left out.
func idPlaces(s *ast.Schema) (places []string) {
	var within func(path string, t *ast.Type, seen []string)
	within = func(path string, t *ast.Type, seen []string) {
		if t.Name() == "ID" {
			places = append(places, path)
			return
		}
		def := s.Types[t.Name()]
		if def.Kind != ast.InputObject || slices.Contains(seen, def.Name) {
			return
		}
		for _, f := range def.Fields {
			within(path+"."+f.Name, f.Type, append(seen, def.Name))
		}
	}
	for _, root := range []*ast.Definition{s.Query, s.Mutation} {
		for _, f := range root.Fields {
			for _, a := range f.Arguments {
				within(f.Name+"."+a.Name, a.Type, nil)
			}
		}
	}
	slices.Sort(places)
	return places
}

// intrusion is an operation with somebody else's id ($id) in one place, everything else being right and the caller's own.
type intrusion struct {
	prefix string // of the ids that belong in the place
	doc    string
	with   func(m *mine) apptest.Vars
}

// mine is what the intruder has themself, so that only the foreign id can be what is refused.
type mine struct {
	s                   *apptest.Shop
	requested, received string
	inspecting, item    string // a second case that has come back, and its item
	parked              string
	exchanged           string // an exchange whose goods were accepted
	disputed            string
	repair, sentIn      string // a repair that was requested, one on its way to the depot
	waiting             string // a repair that waits for a special part
	repairNumber        string
	number              string // of the case requested
	staff               string
	serial              string // of a unit under warranty
	warrantied          string // the order line of that unit
	order               apptest.Order
	orderNumber         string
	service, confirmed  string // a service that was asked for, and one that was confirmed on site
	serviceNumber       string
	ticket              string // a question
	ticketNumber        string
	// repairs on site: asked for, confirmed, and with somebody there
	askedRepair, confirmedRepair, visitedRepair string
	convertible                                 string // a repair on site, for its conversion
}

const (
	ok  = ` userErrors { code field message params { name value } allowedActions } `
	who = `{ id number customer { name phone } } `
)

var intrusions = map[string]intrusion{
	"node.id":                   {"*", `query($id: ID!) { node(id: $id) { id __typename } }`, nil},
	"nodes.ids":                 {"*", `query($id: ID!) { nodes(ids: [$id, $id]) { id __typename } }`, nil},
	"merchant.id":               {id.Merchant, `query($id: ID!) { merchant(id: $id) { id name staff { name } returnAddresses { phone } } }`, nil},
	"order.id":                  {id.Order, `query($id: ID!) { order(id: $id) { id number } }`, nil},
	"case.id":                   {id.Return, `query($id: ID!) { case(id: $id) ` + who + `}`, nil},
	"return.id":                 {id.Return, `query($id: ID!) { return(id: $id) ` + who + `}`, nil},
	"orders.filter.customer":    {id.Customer, `query($id: ID!) { orders(filter: { customer: $id }) { nodes { id } totalCount } }`, nil},
	"cases.filter.assignee":     {id.Staff, `query($id: ID!) { cases(filter: { assignee: $id }) { nodes { id } totalCount } }`, nil},
	"cases.filter.customer":     {id.Customer, `query($id: ID!) { cases(filter: { customer: $id }) { nodes { id } totalCount } }`, nil},
	"cases.filter.order":        {id.Order, `query($id: ID!) { cases(filter: { order: $id }) { nodes { id } totalCount } }`, nil},
	"returns.filter.assignee":   {id.Staff, `query($id: ID!) { returns(filter: { assignee: $id }) { nodes { id } totalCount } }`, nil},
	"returns.filter.customer":   {id.Customer, `query($id: ID!) { returns(filter: { customer: $id }) { nodes { id } totalCount } }`, nil},
	"returns.filter.order":      {id.Order, `query($id: ID!) { returns(filter: { order: $id }) { nodes { id } totalCount } }`, nil},
	"deadlines.filter.assignee": {id.Staff, `query($id: ID!) { deadlines(filter: { assignee: $id }) { nodes { id } totalCount } }`, nil},

	"now.merchant":                   {id.Merchant, `query($id: ID!) { now(merchant: $id) }`, nil},
	"order.merchant":                 {id.Merchant, `query($id: ID!, $n: String!) { order(number: $n, merchant: $id) { id } }`, func(m *mine) apptest.Vars { return apptest.Vars{"n": m.orderNumber} }},
	"orders.merchant":                {id.Merchant, `query($id: ID!) { orders(merchant: $id) { nodes { id } totalCount } }`, nil},
	"case.merchant":                  {id.Merchant, `query($id: ID!, $n: String!) { case(number: $n, merchant: $id) { id } }`, func(m *mine) apptest.Vars { return apptest.Vars{"n": m.number} }},
	"cases.merchant":                 {id.Merchant, `query($id: ID!) { cases(merchant: $id) { nodes { id } totalCount } }`, nil},
	"returns.merchant":               {id.Merchant, `query($id: ID!) { returns(merchant: $id) { nodes { id } totalCount } }`, nil},
	"deadlines.merchant":             {id.Merchant, `query($id: ID!) { deadlines(merchant: $id) { nodes { id } totalCount } }`, nil},
	"refunds.merchant":               {id.Merchant, `query($id: ID!) { refunds(merchant: $id) { nodes { id } totalCount } }`, nil},
	"returnReasons.merchant":         {id.Merchant, `query($id: ID!) { returnReasons(merchant: $id) { id handle } }`, nil},
	"deadlinePreview.input.merchant": {id.Merchant, `query($id: ID!) { deadlinePreview(input: { merchant: $id, unit: WORKING_DAYS, length: 3, startedAt: "2025-09-24T10:00:00+08:00" }) { dueAt } }`, nil},

	"repairConvert.id":                 {id.Repair, `mutation($id: ID!) { repairConvert(id: $id, idempotencyKey: "k", input: { remedy: EXCHANGE, reason: "R" }) { repair { id } return { id }` + ok + `} }`, nil},
	"warranty.id":                      {id.Warranty, `query($id: ID!) { warranty(id: $id) { id serialNumber customer { name } } }`, nil},
	"warranty.merchant":                {id.Merchant, `query($id: ID!, $s: String!) { warranty(serial: $s, merchant: $id) { id } }`, func(m *mine) apptest.Vars { return apptest.Vars{"s": m.serial} }},
	"warranties.merchant":              {id.Merchant, `query($id: ID!) { warranties(merchant: $id) { nodes { id } totalCount } }`, nil},
	"warranties.filter.customer":       {id.Customer, `query($id: ID!) { warranties(filter: { customer: $id }) { nodes { id } totalCount } }`, nil},
	"warranties.filter.orderLine":      {id.OrderLine, `query($id: ID!) { warranties(filter: { orderLine: $id }) { nodes { id } totalCount } }`, nil},
	"warrantyTerms.merchant":           {id.Merchant, `query($id: ID!) { warrantyTerms(merchant: $id) { category } }`, nil},
	"warrantyTermSet.merchant":         {id.Merchant, `mutation($id: ID!) { warrantyTermSet(merchant: $id, input: { category: "SPY", months: 1, basis: INVOICE }) { warrantyTerm { category }` + ok + `} }`, nil},
	"warrantyRegister.input.orderLine": {id.OrderLine, `mutation($id: ID!) { warrantyRegister(input: { idempotencyKey: "k", orderLine: $id, serialNumber: "SPY" }) { warranty { id }` + ok + `} }`, nil},
	"warrantyTransfer.id":              {id.Warranty, `mutation($id: ID!) { warrantyTransfer(id: $id, customer: "c-1") { warranty { id }` + ok + `} }`, nil},

	"fees.merchant":                 {id.Merchant, `query($id: ID!) { fees(merchant: $id) { id } }`, nil},
	"feeUpsert.merchant":            {id.Merchant, `mutation($id: ID!) { feeUpsert(merchant: $id, input: { code: "SPY", name: "N", basis: "B", amount: "1.00", legalReference: "L", validFrom: "2025-01-01" }) { fee { code }` + ok + `} }`, nil},
	"plans.merchant":                {id.Merchant, `query($id: ID!) { plans(merchant: $id) { code } }`, nil},
	"planAdopt.merchant":            {id.Merchant, `mutation($id: ID!) { planAdopt(merchant: $id, input: { kinds: [RETURN], plans: ["SLA-A"] }) { plans { code }` + ok + `} }`, nil},
	"disputes.merchant":             {id.Merchant, `query($id: ID!) { disputes(merchant: $id) { nodes { id } totalCount } }`, nil},
	"planDerive.merchant":           {id.Merchant, `mutation($id: ID!) { planDerive(merchant: $id, idempotencyKey: "k", input: { base: "MALL", code: "OWN", name: "Own", promises: [{ kind: FIRST_RESPONSE, length: 12 }] }) { plan { code }` + ok + `} }`, nil},
	"planPreview.merchant":          {id.Merchant, `query($id: ID!) { planPreview(merchant: $id, input: { base: "MALL", code: "OWN", name: "Own", promises: [{ kind: FIRST_RESPONSE, length: 12 }] }) { cases } }`, nil},
	"compensations.merchant":        {id.Merchant, `query($id: ID!) { compensations(merchant: $id) { nodes { id } totalCount } }`, nil},
	"compensationApprove.id":        {id.Compensation, `mutation($id: ID!) { compensationApprove(id: $id, idempotencyKey: "k") { compensation { id }` + ok + `} }`, nil},
	"compensationReject.id":         {id.Compensation, `mutation($id: ID!) { compensationReject(id: $id, idempotencyKey: "k2", note: "N") { compensation { id }` + ok + `} }`, nil},
	"caseUnderstandingSet.deadline": {id.Deadline, `mutation($id: ID!) { caseUnderstandingSet(deadline: $id, understanding: ACCEPTED) { deadline { id }` + ok + `} }`, nil},

	"merchantStatusSet.merchant":   {id.Merchant, `mutation($id: ID!) { merchantStatusSet(merchant: $id, status: CLOSING, reason: "R") { merchant { id }` + ok + `} }`, nil},
	"caseDispute.id":               onReturn(`caseDispute(id: $id, idempotencyKey: "k", reason: "R")`),
	"disputeAnswer.id":             onReturn(`disputeAnswer(id: $id, idempotencyKey: "k", input: { text: "T" })`),
	"disputeAsk.id":                onReturn(`disputeAsk(id: $id, idempotencyKey: "k", input: { sides: [CUSTOMER], question: "Q" })`),
	"disputeDecide.id":             onReturn(`disputeDecide(id: $id, idempotencyKey: "k", input: { verdict: CUSTOMER, decision: "D" })`),
	"disputeAnswer.input.evidence": {id.Evidence, `mutation($id: ID!, $own: ID!) { disputeAnswer(id: $own, idempotencyKey: "k", input: { text: "T", evidence: [$id] }) { return { status }` + ok + `} }`, func(m *mine) apptest.Vars { return apptest.Vars{"own": m.disputed} }},

	"staffUpsert.merchant":         {id.Merchant, `mutation($id: ID!) { staffUpsert(merchant: $id, input: { subject: "spy", name: "Spy", role: AGENT }) { staff { id }` + ok + `} }`, nil},
	"policyPublish.merchant":       {id.Merchant, `mutation($id: ID!) { policyPublish(merchant: $id, input: { text: "Nothing is promised." }) { servicePolicy { version }` + ok + `} }`, nil},
	"returnWindowSet.merchant":     {id.Merchant, `mutation($id: ID!) { returnWindowSet(merchant: $id, days: 30) { servicePolicy { version }` + ok + `} }`, nil},
	"refundLimitSet.merchant":      {id.Merchant, `mutation($id: ID!) { refundLimitSet(merchant: $id, limit: "1.00") { merchant { id refundLimit { amount } }` + ok + `} }`, nil},
	"refundGatewaySet.merchant":    {id.Merchant, `mutation($id: ID!) { refundGatewaySet(merchant: $id, input: { url: "https://spy.example/" }) { merchant { id } secret` + ok + `} }`, nil},
	"returnAddressUpsert.merchant": {id.Merchant, `mutation($id: ID!) { returnAddressUpsert(merchant: $id, input: { name: "main", recipient: "Spy", phone: "1", line: "1", city: "1", country: "CN", isDefault: true }) { returnAddress { id }` + ok + `} }`, nil},
	"orderUpsert.merchant":         {id.Merchant, `mutation($id: ID!, $in: OrderInput!) { orderUpsert(merchant: $id, input: $in) { order { id }` + ok + `} }`, foreignOrder},
	"ordersImport.merchant":        {id.Merchant, `mutation($id: ID!, $in: OrderInput!) { ordersImport(merchant: $id, orders: [$in]) { created updated unchanged rowErrors { index }` + ok + `} }`, foreignOrder},
	"testClockAdvance.merchant":    {id.Merchant, `mutation($id: ID!) { testClockAdvance(merchant: $id, to: "2026-01-01T00:00:00Z") { now` + ok + `} }`, nil},

	"returnRequest.input.order": {id.Order, `mutation($id: ID!, $line: ID!) { returnRequest(input: { idempotencyKey: "k", order: $id, remedy: RETURN_AND_REFUND, reasonHandle: "QUALITY", description: "d", items: [{ orderLine: $line, quantity: 1 }] }) { return { id }` + ok + `} }`,
		func(m *mine) apptest.Vars { return apptest.Vars{"line": m.order.Lines[0]} }},
	"returnRequest.input.items.orderLine": {id.OrderLine, `mutation($id: ID!, $own: ID!) { returnRequest(input: { idempotencyKey: "k", order: $own, remedy: RETURN_AND_REFUND, reasonHandle: "QUALITY", description: "d", items: [{ orderLine: $id, quantity: 1 }] }) { return { id }` + ok + `} }`,
		func(m *mine) apptest.Vars { return apptest.Vars{"own": m.order.ID} }},
	"returnRequestInfo.id": onReturn(`returnRequestInfo(id: $id, question: "Q?")`),
	"returnProvideInfo.id": onReturn(`returnProvideInfo(id: $id, answer: "A.")`),
	"returnApprove.id":     onReturn(`returnApprove(id: $id, input: { review: { product: { ok: true }, description: { ok: true }, reason: { ok: true } }, steps: ["S"] })`),
	"returnApprove.input.returnAddress": {id.ReturnAddress, `mutation($id: ID!, $own: ID!) { returnApprove(id: $own, input: { review: { product: { ok: true }, description: { ok: true }, reason: { ok: true } }, steps: ["S"], returnAddress: $id }) { return { status }` + ok + `} }`,
		func(m *mine) apptest.Vars { return apptest.Vars{"own": m.requested} }},
	"returnReject.id":  onReturn(`returnReject(id: $id, input: { reason: "R" })`),
	"returnShip.id":    onReturn(`returnShip(id: $id, input: { carrier: "C", waybill: "W" })`),
	"returnReceive.id": onReturn(`returnReceive(id: $id)`),
	"returnInspect.id": onReturn(`returnInspect(id: $id, items: [{ item: "rit_x", checks: [{ aspect: APPEARANCE, passed: true }, { aspect: FUNCTION, passed: true }, { aspect: ACCESSORIES, passed: true }] }])`),
	"returnInspect.items.item": {id.ReturnItem, `mutation($id: ID!, $own: ID!) { returnInspect(id: $own, items: [{ item: $id, checks: [{ aspect: APPEARANCE, passed: true }, { aspect: FUNCTION, passed: true }, { aspect: ACCESSORIES, passed: true }] }]) { return { status }` + ok + `} }`,
		func(m *mine) apptest.Vars { return apptest.Vars{"own": m.received} }},
	"returnInspect.items.photos":                 {id.Evidence, inspectOwn(`acceptedQuantity: 99, photos: [$id]`), ofInspecting},
	"returnInspect.items.deductions.evidence":    {id.Evidence, inspectOwn(`deductions: [{ reason: USED, amount: "9999999.00", note: "Worn.", evidence: [$id] }]`), ofInspecting},
	"returnInspect.items.missingGifts.orderLine": {id.OrderLine, inspectOwn(`missingGifts: [{ orderLine: $id, quantity: 1 }]`), ofInspecting},
	"returnDelivered.id":                         onReturn(`returnDelivered(id: $id, input: { deliveredAt: "2025-09-24T10:00:00+08:00", signedBy: "Z" })`),
	"returnDelivered.input.proof": {id.Evidence, `mutation($id: ID!, $own: ID!) { returnDelivered(id: $own, input: { deliveredAt: "2025-09-24T10:00:01+08:00", proof: $id }) { return { id }` + ok + `} }`,
		func(m *mine) apptest.Vars { return apptest.Vars{"own": m.inspecting} }},
	"returnSendBack.id":          onReturn(`returnSendBack(id: $id, input: { carrier: "C", waybill: "W" })`),
	"returnSendBackDelivered.id": onReturn(`returnSendBackDelivered(id: $id)`),
	"parcelMatch.id": {id.ParkedParcel, `mutation($id: ID!, $own: ID!) { parcelMatch(id: $id, case: $own) { return { id } parkedParcel { id }` + ok + `} }`,
		func(m *mine) apptest.Vars { return apptest.Vars{"own": m.requested} }},
	"parcelMatch.case": {id.Return, `mutation($id: ID!, $own: ID!) { parcelMatch(id: $own, case: $id) { return { id } parkedParcel { id }` + ok + `} }`,
		func(m *mine) apptest.Vars { return apptest.Vars{"own": m.parked} }},
	"parkedParcels.merchant": {id.Merchant, `query($id: ID!) { parkedParcels(merchant: $id) { nodes { id } totalCount } }`, nil},
	"returnReplace.id":       onReturn(`returnReplace(id: $id, idempotencyKey: "k", input: {})`),
	"returnReplace.input.items.item": {id.ReturnItem, `mutation($id: ID!, $own: ID!) { returnReplace(id: $own, idempotencyKey: "k", input: { items: [{ item: $id }] }) { return { status }` + ok + `} }`,
		func(m *mine) apptest.Vars { return apptest.Vars{"own": m.exchanged} }},
	"returnReplacementDelivered.id":     onReturn(`returnReplacementDelivered(id: $id)`),
	"returnConvert.id":                  onReturn(`returnConvert(id: $id, remedy: EXCHANGE, reason: "R")`),
	"returnRefund.id":                   onReturn(`returnRefund(id: $id, idempotencyKey: "k")`),
	"returnCancel.id":                   onReturn(`returnCancel(id: $id)`),
	"refundConfirm.id":                  {id.Refund, `mutation($id: ID!) { refundConfirm(id: $id, idempotencyKey: "k", reference: "r") { return { id } refund { id }` + ok + `} }`, nil},
	"refundFail.id":                     {id.Refund, `mutation($id: ID!) { refundFail(id: $id, idempotencyKey: "k", reason: "r") { return { id } case { id } refund { id }` + ok + `} }`, nil},
	"refundRetry.id":                    {id.Refund, `mutation($id: ID!) { refundRetry(id: $id, idempotencyKey: "k") { return { id } case { id } refund { id }` + ok + `} }`, nil},
	"refundRedirect.id":                 {id.Refund, `mutation($id: ID!) { refundRedirect(id: $id, idempotencyKey: "k", input: { account: "1", consent: "c" }) { case { id } refund { id redirection { account } }` + ok + `} }`, nil},
	"refundRelease.id":                  {id.Refund, `mutation($id: ID!) { refundRelease(id: $id, idempotencyKey: "k") { return { id } case { id } refund { id }` + ok + `} }`, nil},
	"orderCancel.input.order":           {id.Order, `mutation($id: ID!) { orderCancel(input: { idempotencyKey: "k", order: $id, reason: "R" }) { orderChange { id }` + ok + `} }`, nil},
	"orderCancel.input.items.orderLine": {id.OrderLine, `mutation($id: ID!, $own: ID!) { orderCancel(input: { idempotencyKey: "k", order: $own, items: [{ orderLine: $id, quantity: 1 }], reason: "R" }) { orderChange { id }` + ok + `} }`, ownOrder},
	"orderAmendAddress.input.order":     {id.Order, `mutation($id: ID!) { orderAmendAddress(input: { idempotencyKey: "k", order: $id, shipTo: { recipient: "R", phone: "1", line: "1", city: "C", country: "CN" } }) { orderChange { id }` + ok + `} }`, nil},
	"orderInterceptResolve.id":          {id.OrderChange, `mutation($id: ID!) { orderInterceptResolve(id: $id, idempotencyKey: "k", input: { stopped: true }) { orderChange { id }` + ok + `} }`, nil},
	"refundQuote.input.order": {id.Order, `query($id: ID!, $line: ID!) { refundQuote(input: { order: $id, remedy: RETURN_AND_REFUND, reasonHandle: "QUALITY", items: [{ orderLine: $line, quantity: 1 }] }) { amount { amount } } }`,
		func(m *mine) apptest.Vars { return apptest.Vars{"line": m.order.Lines[0]} }},
	"refundQuote.input.items.orderLine": {id.OrderLine, `query($id: ID!, $own: ID!) { refundQuote(input: { order: $own, remedy: RETURN_AND_REFUND, reasonHandle: "QUALITY", items: [{ orderLine: $id, quantity: 1 }] }) { amount { amount } } }`,
		func(m *mine) apptest.Vars { return apptest.Vars{"own": m.order.ID} }},
	"returnFreightClaim.id": onReturn(`returnFreightClaim(id: $id, input: { amount: "1.00", receipt: "evi_01h455vb4pex5vsknk084sn02q" })`),
	"returnFreightClaim.input.receipt": {id.Evidence, `mutation($id: ID!, $own: ID!) { returnFreightClaim(id: $own, input: { amount: "1.00", receipt: $id }) { return { id }` + ok + `} }`,
		func(m *mine) apptest.Vars { return apptest.Vars{"own": m.received} }},
	"caseAssign.id": {id.Return, `mutation($id: ID!, $own: ID!) { caseAssign(id: $id, staff: $own) { case { id }` + ok + `} }`,
		func(m *mine) apptest.Vars { return apptest.Vars{"own": m.staff} }},
	"caseAssign.staff": {id.Staff, `mutation($id: ID!, $own: ID!) { caseAssign(id: $own, staff: $id) { case { assignee { name } }` + ok + `} }`,
		func(m *mine) apptest.Vars { return apptest.Vars{"own": m.requested} }},
	"caseRespond.id":            {id.Return, `mutation($id: ID!) { caseRespond(id: $id, idempotencyKey: "k", message: "M") { case { id }` + ok + `} }`, nil},
	"caseMessageAdd.id":         {id.Return, `mutation($id: ID!) { caseMessageAdd(id: $id, idempotencyKey: "k", text: "M") { message { id } case { id }` + ok + `} }`, nil},
	"caseEvidenceAdd.id":        {id.Return, `mutation($id: ID!) { caseEvidenceAdd(id: $id, idempotencyKey: "k", input: { kind: PHOTO, url: "https://photos.example/1.jpg" }) { evidence { id } case { id }` + ok + `} }`, nil},
	"caseExplainDelay.deadline": {id.Deadline, `mutation($id: ID!) { caseExplainDelay(deadline: $id, input: { reason: OTHER, text: "T", toldAt: "2025-09-24T10:00:00+08:00", channel: PHONE }) { deadline { id }` + ok + `} }`, nil},
	"caseClose.id":              {id.Return, `mutation($id: ID!) { caseClose(id: $id) { case { id }` + ok + `} }`, nil},

	"repairVisitSchedule.id": onRepairID(`repairVisitSchedule(id: $id, input: { startsAt: "2025-09-26T10:00:00Z", endsAt: "2025-09-26T12:00:00Z" })`),
	"repairVisitMissed.id":   onRepairID(`repairVisitMissed(id: $id, input: { at: "2025-09-24T02:00:00Z", note: "N" })`),
	"repairVisitStart.id":    onRepairID(`repairVisitStart(id: $id)`),
	"repairVisitEnd.id":      onRepairID(`repairVisitEnd(id: $id, input: { next: TAKEN_IN })`),
	"repairVisitSchedule.input.technician": {id.Staff, `mutation($id: ID!, $own: ID!) { repairVisitSchedule(id: $own, input: { startsAt: "2025-09-27T10:00:00Z", endsAt: "2025-09-27T12:00:00Z", technician: $id }) { repair { status }` + ok + `} }`,
		func(m *mine) apptest.Vars { return apptest.Vars{"own": m.confirmedRepair} }},
	"repairApprove.input.appointment.technician": {id.Staff, `mutation($id: ID!, $own: ID!) { repairApprove(id: $own, input: { way: ON_SITE, steps: ["S"], appointment: { startsAt: "2025-09-28T10:00:00Z", endsAt: "2025-09-28T12:00:00Z", technician: $id } }) { repair { status }` + ok + `} }`,
		func(m *mine) apptest.Vars { return apptest.Vars{"own": m.askedRepair} }},
	"repairConvert.input.returnAddress": {id.ReturnAddress, `mutation($id: ID!, $own: ID!) { repairConvert(id: $own, idempotencyKey: "k", input: { remedy: EXCHANGE, reason: "R", returnAddress: $id }) { return { status }` + ok + `} }`,
		func(m *mine) apptest.Vars { return apptest.Vars{"own": m.convertible} }},
	"repairVisitEnd.input.returnAddress": {id.ReturnAddress, `mutation($id: ID!, $own: ID!) { repairVisitEnd(id: $own, input: { next: SEND_IN, returnAddress: $id }) { repair { status }` + ok + `} }`,
		func(m *mine) apptest.Vars { return apptest.Vars{"own": m.visitedRepair} }},
	"service.id":                     {id.OnSiteService, `query($id: ID!) { service(id: $id) ` + who + `}`, nil},
	"service.merchant":               {id.Merchant, `query($id: ID!, $n: String!) { service(number: $n, merchant: $id) { id } }`, func(m *mine) apptest.Vars { return apptest.Vars{"n": m.serviceNumber} }},
	"services.merchant":              {id.Merchant, `query($id: ID!) { services(merchant: $id) { nodes { id } totalCount } }`, nil},
	"services.filter.assignee":       {id.Staff, `query($id: ID!) { services(filter: { assignee: $id }) { nodes { id } totalCount } }`, nil},
	"services.filter.customer":       {id.Customer, `query($id: ID!) { services(filter: { customer: $id }) { nodes { id } totalCount } }`, nil},
	"services.filter.order":          {id.Order, `query($id: ID!) { services(filter: { order: $id }) { nodes { id } totalCount } }`, nil},
	"visits.merchant":                {id.Merchant, `query($id: ID!) { visits(merchant: $id, from: "2025-09-01T00:00:00Z", to: "2025-10-01T00:00:00Z") { nodes { id } totalCount } }`, nil},
	"visits.technician":              {id.Staff, `query($id: ID!) { visits(technician: $id, from: "2025-09-01T00:00:00Z", to: "2025-10-01T00:00:00Z") { nodes { id } totalCount } }`, nil},
	"serviceRequest.input.orderLine": {id.OrderLine, `mutation($id: ID!) { serviceRequest(input: { idempotencyKey: "k", kind: INSTALLATION, orderLine: $id, description: "D" }) { service { quantity }` + ok + `} }`, nil},
	"ticket.id":                      {id.Ticket, `query($id: ID!) { ticket(id: $id) ` + who + `}`, nil},
	"ticket.merchant":                {id.Merchant, `query($id: ID!, $n: String!) { ticket(number: $n, merchant: $id) { id } }`, func(m *mine) apptest.Vars { return apptest.Vars{"n": m.ticketNumber} }},
	"tickets.merchant":               {id.Merchant, `query($id: ID!) { tickets(merchant: $id) { nodes { id } totalCount } }`, nil},
	"tickets.filter.assignee":        {id.Staff, `query($id: ID!) { tickets(filter: { assignee: $id }) { nodes { id } totalCount } }`, nil},
	"tickets.filter.customer":        {id.Customer, `query($id: ID!) { tickets(filter: { customer: $id }) { nodes { id } totalCount } }`, nil},
	"tickets.filter.order":           {id.Order, `query($id: ID!) { tickets(filter: { order: $id }) { nodes { id } totalCount } }`, nil},
	"tickets.filter.about":           {id.Return, `query($id: ID!) { tickets(filter: { about: $id }) { nodes { id } totalCount } }`, nil},
	"ticketRequestInfo.id":           onATicket(`ticketRequestInfo(id: $id, question: "Q?")`),
	"ticketProvideInfo.id":           onATicket(`ticketProvideInfo(id: $id, answer: "A.")`),
	"ticketAnswer.id":                onATicket(`ticketAnswer(id: $id, answer: "A.")`),
	"ticketAnswerAccept.id":          onATicket(`ticketAnswerAccept(id: $id, message: "M")`),
	"ticketAnswerDecline.id":         onATicket(`ticketAnswerDecline(id: $id, message: "M")`),
	"ticketReject.id":                onATicket(`ticketReject(id: $id, reason: "R")`),
	"ticketCancel.id":                onATicket(`ticketCancel(id: $id)`),
	"ticketReopen.id":                onATicket(`ticketReopen(id: $id, reason: "R")`),
	"ticketOpen.input.order":         {id.Order, `mutation($id: ID!) { ticketOpen(input: { idempotencyKey: "ticketOpenorder", kind: OTHER, subject: "S", description: "D", order: $id }) { ticket { subject }` + ok + `} }`, nil},
	"ticketOpen.input.orderLines":    {id.OrderLine, `mutation($id: ID!) { ticketOpen(input: { idempotencyKey: "ticketOpenorderLines", kind: OTHER, subject: "S", description: "D", orderLines: [$id] }) { ticket { subject }` + ok + `} }`, nil},
	"ticketOpen.input.about":         {id.Return, `mutation($id: ID!) { ticketOpen(input: { idempotencyKey: "ticketOpenabout", kind: OTHER, subject: "S", description: "D", about: $id }) { ticket { subject }` + ok + `} }`, nil},
	"ticketOpen.input.customer":      {id.Customer, `mutation($id: ID!) { ticketOpen(input: { idempotencyKey: "ticketOpencustomer", kind: OTHER, subject: "S", description: "D", customer: $id }) { ticket { subject }` + ok + `} }`, nil},
	"complaintOpen.input.order":      {id.Order, `mutation($id: ID!) { complaintOpen(input: { idempotencyKey: "complaintOpenorder", ground: OTHER, subject: "S", description: "D", order: $id }) { ticket { subject }` + ok + `} }`, nil},
	"complaintOpen.input.orderLines": {id.OrderLine, `mutation($id: ID!) { complaintOpen(input: { idempotencyKey: "complaintOpenorderLines", ground: OTHER, subject: "S", description: "D", orderLines: [$id] }) { ticket { subject }` + ok + `} }`, nil},
	"complaintOpen.input.about":      {id.Return, `mutation($id: ID!) { complaintOpen(input: { idempotencyKey: "complaintOpenabout", ground: OTHER, subject: "S", description: "D", about: $id }) { ticket { subject }` + ok + `} }`, nil},
	"complaintOpen.input.customer":   {id.Customer, `mutation($id: ID!) { complaintOpen(input: { idempotencyKey: "complaintOpencustomer", ground: OTHER, subject: "S", description: "D", customer: $id }) { ticket { subject }` + ok + `} }`, nil},
	"serviceRequestInfo.id":          onAService(`serviceRequestInfo(id: $id, question: "Q?")`),
	"serviceProvideInfo.id":          onAService(`serviceProvideInfo(id: $id, answer: "A.")`),
	"serviceConfirm.id":              onAService(`serviceConfirm(id: $id, input: { way: ON_SITE, steps: ["S"] })`),
	"serviceReject.id":               onAService(`serviceReject(id: $id, reason: "R")`),
	"serviceCancel.id":               onAService(`serviceCancel(id: $id)`),
	"serviceVisitSchedule.id":        onAService(`serviceVisitSchedule(id: $id, input: { startsAt: "2025-09-26T10:00:00Z", endsAt: "2025-09-26T12:00:00Z" })`),
	"serviceVisitMissed.id":          onAService(`serviceVisitMissed(id: $id, input: { at: "2025-09-24T02:00:00Z", note: "N" })`),
	"serviceVisitStart.id":           onAService(`serviceVisitStart(id: $id)`),
	"serviceVisitEnd.id":             onAService(`serviceVisitEnd(id: $id, note: "N")`),
	"serviceComplete.id":             onAService(`serviceComplete(id: $id, input: { workDone: "W" })`),
	"serviceConfirm.input.appointment.technician": {id.Staff, `mutation($id: ID!, $own: ID!) { serviceConfirm(id: $own, input: { way: ON_SITE, steps: ["S"], appointment: { startsAt: "2025-09-26T10:00:00Z", endsAt: "2025-09-26T12:00:00Z", technician: $id } }) { service { status }` + ok + `} }`,
		func(m *mine) apptest.Vars { return apptest.Vars{"own": m.service} }},
	"serviceVisitSchedule.input.technician": {id.Staff, `mutation($id: ID!, $own: ID!) { serviceVisitSchedule(id: $own, input: { startsAt: "2025-09-26T10:00:00Z", endsAt: "2025-09-26T12:00:00Z", technician: $id }) { service { status }` + ok + `} }`,
		func(m *mine) apptest.Vars { return apptest.Vars{"own": m.confirmed} }},
	"maintenanceSchedules.merchant":          {id.Merchant, `query($id: ID!) { maintenanceSchedules(merchant: $id) { nodes { id } totalCount } }`, nil},
	"maintenanceSchedules.orderLine":         {id.OrderLine, `query($id: ID!) { maintenanceSchedules(orderLine: $id) { nodes { id } totalCount } }`, nil},
	"maintenanceScheduleSet.input.orderLine": {id.OrderLine, `mutation($id: ID!) { maintenanceScheduleSet(input: { orderLine: $id, everyMonths: 1, firstOn: "2025-12-31" }) { maintenanceSchedule { everyMonths }` + ok + `} }`, nil},
	"maintenanceScheduleEnd.id":              {id.Maintenance, `mutation($id: ID!) { maintenanceScheduleEnd(id: $id) { maintenanceSchedule { id }` + ok + `} }`, nil},

	"returnPropose.id":          onReturn(`returnPropose(id: $id, idempotencyKey: "k", input: { remedy: REFUND, disposition: KEEP, amount: "1.00", message: "M" })`),
	"returnProposalAccept.id":   onReturn(`returnProposalAccept(id: $id, message: "M")`),
	"returnProposalDecline.id":  onReturn(`returnProposalDecline(id: $id, message: "M")`),
	"returnReopen.id":           onReturn(`returnReopen(id: $id)`),
	"refundTriggerSet.merchant": {id.Merchant, `mutation($id: ID!) { refundTriggerSet(merchant: $id, trigger: APPROVAL) { merchant { id }` + ok + `} }`, nil},
}

// public are the places where an id may be anybody's: the published standards of a merchant (MALL-1.1a).
var public = []string{"servicePolicy.merchant"}

func inspectOwn(found string) string {
	return `mutation($id: ID!, $own: ID!, $item: ID!) { returnInspect(id: $own, items: [{ item: $item, ` + found + `, checks: [{ aspect: APPEARANCE, passed: true }, { aspect: FUNCTION, passed: true }, { aspect: ACCESSORIES, passed: true }] }]) { return { status }` + ok + `} }`
}

func ofInspecting(m *mine) apptest.Vars { return apptest.Vars{"own": m.inspecting, "item": m.item} }

func onReturn(call string) intrusion {
	return intrusion{prefix: id.Return, doc: `mutation($id: ID!) { ` + call + ` { return { id }` + ok + `} }`}
}

func onAService(call string) intrusion {
	return intrusion{prefix: id.OnSiteService, doc: `mutation($id: ID!) { ` + call + ` { service { id }` + ok + `} }`}
}

func ownOrder(m *mine) apptest.Vars { return apptest.Vars{"own": m.order.ID} }

func foreignOrder(*mine) apptest.Vars {
	return apptest.Vars{"in": apptest.Vars{"number": "N1", "placedAt": delivered, "currency": "CNY", "customer": apptest.Vars{"externalId": "spy", "name": "Spy"},
		"lines": []apptest.Vars{{"sku": "S", "title": "T", "quantity": 1, "unitPrice": "1.00"}}}}
}

func belongings(s *apptest.Shop) *mine {
	m := &mine{s: s, requested: bring(s, requested), received: bring(s, received), disputed: bring(s, disputed), exchanged: bringExchange(s, inspected), order: order(s)}
	d := s.Admin.Must(`query($id: ID!, $order: ID!) { return(id: $id) { number } order(id: $order) { number } merchant { staff { id } } }`,
		apptest.Vars{"id": m.requested, "order": m.order.ID})
	w := s.Admin.Must(`query($id: ID!) { warranty(id: $id) { serialNumber orderLine { id } } }`, apptest.Vars{"id": enrolled(s)})
	m.serial, m.warrantied = w.Str("warranty.serialNumber"), w.Str("warranty.orderLine.id")
	m.inspecting = s.Request(m.order, "RETURN_AND_REFUND", 1)
	s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": m.inspecting})
	s.Warehouse.Must(apptest.ReceiveReturn, apptest.Vars{"id": m.inspecting})
	m.item = s.Findings(m.inspecting, true)[0]["item"].(string)
	m.parked = s.Park("own")
	m.repair, m.sentIn = bringRepair(s, requested), bringRepair(s, inTransit)
	m.waiting = bringRepair(s, awaitingParts)
	m.repairNumber = s.Admin.Must(`query($id: ID!) { repair(id: $id) { number } }`, apptest.Vars{"id": m.repair}).Str("repair.number")
	m.askedRepair, m.confirmedRepair, m.visitedRepair = bringRepairVisit(s, requested), bringRepairVisit(s, confirmedService), bringRepairVisit(s, inVisit)
	m.convertible = bringRepairVisit(s, confirmedService)
	m.service, m.confirmed = bringService(s, requested), bringService(s, confirmedService)
	m.serviceNumber = s.Admin.Must(`query($id: ID!) { service(id: $id) { number } }`, apptest.Vars{"id": m.service}).Str("service.number")
	m.ticket = bringTicket(s, requested)
	m.ticketNumber = s.Admin.Must(`query($id: ID!) { ticket(id: $id) { number } }`, apptest.Vars{"id": m.ticket}).Str("ticket.number")
	m.number, m.orderNumber, m.staff = d.Str("return.number"), d.Str("order.number"), d.Str("merchant.staff.0.id")
	return m
}

// SLA-A-3.1.4: one merchant's ids in the hands of another merchant's people. Whatever the role and wherever the id is put,
// the answer is that of an id that nobody has, to the byte, and nothing is written.
func TestForeignIDsAreUnknownIDs(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		a, b := e.Sandbox("shop-a", clockAt), e.Sandbox("shop-b", clockAt)
		ids := everyID(t, a, bring(a, completed))
		own := belongings(b)
		delete(ids, id.Calendar) // calendars are everybody's
		in := &intruders{t: t, rows: openRows(t, e), ids: ids, own: own}
		for _, role := range auth.Roles() {
			if role != auth.PlatformAdmin { // who may name any merchant
				in.attack(string(role)+" of another merchant", as(b, role))
			}
		}
	})
}

// SLA-A-3.1.4: the same for one customer's ids in the hands of another customer of the same merchant. What a merchant
// shows all its customers (reasons, addresses, itself) is not foreign.
func TestAnotherCustomersIDsAreUnknownIDs(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("shop-a", clockAt)
		ids := everyID(t, s, bring(s, completed))
		for _, everybodys := range []string{id.Calendar, id.Merchant, id.ReturnAddress, id.ReturnReason} {
			delete(ids, everybodys)
		}
		other := e.As(auth.Customer, s.Slug, "c-2")
		mine := belongings(s)
		mine.order = orderOf(s, "c-2")
		in := &intruders{t: t, rows: openRows(t, e), ids: ids, own: mine}
		in.attack("another customer", other)
		// A token for a customer whom the merchant does not know sees nothing either.
		in.attack("an unknown customer", e.As(auth.Customer, s.Slug, "nobody"))
	})
}

type intruders struct {
	t    *testing.T
	rows *rows
	ids  map[string]string
	own  *mine
}

// attack tries every place with every foreign id that fits it.
func (in *intruders) attack(who string, c apptest.Caller) {
	in.t.Helper()
	before := in.rows.written()
	for _, place := range idPlaces(served()) {
		if slices.Contains(public, place) {
			continue
		}
		intrusion, known := intrusions[place]
		if !known {
			in.t.Errorf("%s takes an id, and no intrusion tries it", place)
			continue
		}
		for prefix, foreign := range in.ids {
			if intrusion.prefix != "*" && intrusion.prefix != prefix {
				continue
			}
			got, want := intrusion.answer(c, in.own, foreign), intrusion.answer(c, in.own, id.New(prefix))
			if got != want {
				in.t.Errorf("%s, %s with a %s:\n foreign: %s\nnobody's: %s", who, place, prefix, got, want)
			}
			for _, secret := range []string{"INTERNAL", "GRAPHQL_", `"nodes":[{`, `"version"`} {
				if strings.Contains(got, secret) {
					in.t.Errorf("%s, %s with a %s: %s", who, place, prefix, got)
				}
			}
		}
	}
	if in.rows.written() != before {
		in.t.Errorf("%s: something was written", who)
	}
}

// answer is what a caller is told about an id, with the id itself taken out.
func (i intrusion) answer(c apptest.Caller, own *mine, value string) string {
	vars := apptest.Vars{}
	if i.with != nil {
		vars = i.with(own)
	}
	vars["id"] = value
	return strings.ReplaceAll(c.Do(i.doc, vars).Raw, value, "ID")
}

// The instrument itself: for those whose ids they are, every one of these operations tells something about the id that it
// would not tell about nobody's. Otherwise the tests above would prove nothing.
func TestOwnIDsAreKnownIDs(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("shop-a", clockAt)
		ids := everyID(t, s, bring(s, completed))
		own := belongings(s)
		for _, c := range []string{own.requested, own.repair, own.service, own.ticket} {
			s.Agent.Must(`mutation($id: ID!, $staff: ID!) { caseAssign(id: $id, staff: $staff) { case { id } userErrors { code } } }`, apptest.Vars{"id": c, "staff": own.staff})
		}
		itemOf := func(returnID string) string {
			return s.Admin.Must(`query($id: ID!) { return(id: $id) { items { id } } }`, apptest.Vars{"id": returnID}).Str("return.items.0.id")
		}
		more := map[string][]string{id.RepairPart: {partOf(s, own.waiting)}, id.Evidence: {s.Evidence(s.Customer, own.inspecting)}, id.Order: {own.order.ID}, id.OrderLine: {own.order.Lines[0], own.warrantied}, id.Staff: {own.staff},
			id.ReturnItem: {itemOf(own.received), itemOf(own.exchanged)}}
		for _, place := range idPlaces(served()) {
			i, known := intrusions[place]
			if !known {
				continue
			}
			for prefix := range ids {
				if i.prefix != "*" && i.prefix != prefix {
					continue
				}
				asker := s.Admin
				if field, _, _ := strings.Cut(place, "."); !auth.Can(auth.MerchantAdmin, field) {
					asker = e.Platform() // what only the platform does
				}
				// Read anew each time: some of these mutations succeed.
				nobodys := i.answer(asker, own, id.New(prefix))
				known := slices.ContainsFunc(append([]string{ids[prefix]}, more[prefix]...), func(id string) bool { return i.answer(asker, own, id) != nobodys })
				if !known {
					t.Errorf("%s: one's own %s is answered like nobody's: %s", place, prefix, nobodys)
				}
			}
		}
	})
}

// Every place that is tried exists, so that the table cannot rot.
func TestIntrusionsNamePlacesOfTheSchema(t *testing.T) {
	t.Parallel()
	places := idPlaces(served())
	for place := range intrusions {
		if !slices.Contains(places, place) {
			t.Errorf("%s takes no id", place)
		}
	}
	for _, place := range public {
		if !slices.Contains(places, place) {
			t.Errorf("%s takes no id", place)
		}
	}
}

// Lists, numbers and slugs of another merchant: two merchants with the same order number each see their own.
func TestListsAndNumbersStayWithinTheMerchant(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		a, b := e.Sandbox("shop-a", clockAt), e.Sandbox("shop-b", clockAt)
		oa, ob := a.Order("SAME", clockAt, item("A", 1)), b.Order("SAME", clockAt, item("B", 1))
		ra, rb := a.Request(oa, "RETURN_AND_REFUND", 1), b.Request(ob, "RETURN_AND_REFUND", 1)
		number := a.Agent.Must(`query($id: ID!) { return(id: $id) { number } }`, apptest.Vars{"id": ra}).Str("return.number")
		for _, role := range auth.Roles() {
			c := as(b, role)
			if role == auth.PlatformAdmin || !auth.Can(role, "cases") {
				continue
			}
			d := c.Must(`query($n: String!) {
				order(number: "SAME") { id } orders { nodes { id } totalCount } cases { nodes { id } totalCount } returns { nodes { id } }
				found: cases(filter: { search: $n }) { totalCount } bySlug: merchant(slug: "shop-a") { id } case(number: $n) { id }
			}`, apptest.Vars{"n": number})
			if d.Str("order.id") != ob.ID || only(d.List("orders.nodes")).Str("id") != ob.ID || d.Int("orders.totalCount") != 1 {
				t.Errorf("%s: orders %v", role, d)
			}
			if only(d.List("cases.nodes")).Str("id") != rb || only(d.List("returns.nodes")).Str("id") != rb || d.Int("cases.totalCount") != 1 {
				t.Errorf("%s: cases %v", role, d)
			}
			if d.Int("found.totalCount") != 0 || d.Get("bySlug") != nil || d.Get("case") != nil {
				t.Errorf("%s: reached shop-a: %v", role, d)
			}
		}
	})
}

// PLATFORM_ADMIN reads across merchants only by naming one, and then only that one.
func TestPlatformAdminNamesTheMerchant(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		a, b := e.Sandbox("shop-a", clockAt), e.Sandbox("shop-b", clockAt)
		bring(a, requested)
		a.Park("one")
		enrolled(a)
		for _, list := range []string{"orders", "cases", "returns", "deadlines", "refunds", "parkedParcels", "warranties"} {
			r := e.Platform().Do(fmt.Sprintf(`{ %s { nodes { id } } }`, list), nil)
			if len(r.Errors) != 1 || r.Errors[0].Code() != "BAD_USER_INPUT" {
				t.Errorf("%s without a merchant: %s", list, r.Raw)
			}
			d := e.Platform().Must(fmt.Sprintf(`query($a: ID!, $b: ID!) { a: %[1]s(merchant: $a) { totalCount } b: %[1]s(merchant: $b) { totalCount nodes { id } } }`, list),
				apptest.Vars{"a": a.Slug, "b": b.ID})
			if list != "refunds" && d.Int("a.totalCount") == 0 || d.Int("b.totalCount") != 0 || len(d.List("b.nodes")) != 0 {
				t.Errorf("%s: %v", list, d)
			}
		}
	})
}
