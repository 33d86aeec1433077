package e2e

import (
	"testing"
	"time"

	"aftersales/internal/apptest"
	"aftersales/internal/auth"
)

const repairFields = `id number kind status statusLabel version description channel closedAt outcome outcomeNote quantity serialNumber faultSince way wishedWay
	confirmedAt openQuestion instructions { steps returnAddress { name } } deliveredAt receivedAt homeAt order { id } orderLine { id sku } customer { name }
	parcels { purpose direction waybill shippedAt deliveredAt signedBy } deadlines { ` + deadlineFields + ` extension { reason part length grantedAt grantedBy { name } } } nextDeadline { kind } allowedActions
	diagnosis { finding plan humanCaused covered goodwill coverageReason diagnosedAt evidence { id } } price { amount currency } daysInRepair { parts repairer }
	parts { id name special supplier expectedOn recordedBy arrivedAt quantity } work { workDone testNotes collecting completedAt }
	quotes { id round state total { amount currency } message author madeAt expiresAt answeredAt answer lines { fee name basis legalReference quantity note amount { amount } total { amount } } } quote { id }
	events(first: 100) { nodes { type at text note actor { role name } } } messages { nodes { text author { name } } }`

const (
	requestRepair  = `mutation($in: RepairRequestInput!) { repairRequest(input: $in) { repair { ` + repairFields + ` }` + refusal + `} }`
	askAboutRepair = `mutation($id: ID!, $v: Int, $q: String = "Does it light up?") { repairRequestInfo(id: $id, expectedVersion: $v, question: $q) { repair { id status } ` + refusal + `} }`
	answerRepair   = `mutation($id: ID!, $v: Int, $a: String = "No.") { repairProvideInfo(id: $id, expectedVersion: $v, answer: $a) { repair { id status } ` + refusal + `} }`
	approveRepair  = `mutation($id: ID!, $v: Int, $in: RepairApproveInput = { way: DEPOT, steps: ["Pack it", "Send it"] }) { repairApprove(id: $id, expectedVersion: $v, input: $in) { repair { id status } ` + refusal + `} }`
	rejectRepair   = `mutation($id: ID!, $v: Int, $r: String = "Worn out.") { repairReject(id: $id, expectedVersion: $v, reason: $r) { repair { id status } ` + refusal + `} }`
	cancelRepair   = `mutation($id: ID!, $v: Int) { repairCancel(id: $id, expectedVersion: $v, reason: "Works again.") { repair { id status } ` + refusal + `} }`
	shipRepair     = `mutation($id: ID!, $v: Int, $at: DateTime) { repairShip(id: $id, expectedVersion: $v, input: { carrier: "SF Express", waybill: "SF1", shippedAt: $at }) { repair { id status } ` + refusal + `} }`
	repairAtDoor   = `mutation($id: ID!, $v: Int, $in: RepairDeliveredInput = { signedBy: "Zhao" }) { repairDelivered(id: $id, expectedVersion: $v, input: $in) { repair { id status } ` + refusal + `} }`
	receiveRepair  = `mutation($id: ID!, $v: Int) { repairReceive(id: $id, expectedVersion: $v) { repair { id status } ` + refusal + `} }`
	diagnoseRepair = `mutation($id: ID!, $v: Int, $in: RepairDiagnoseInput!) { repairDiagnose(id: $id, expectedVersion: $v, input: $in) { repair { id status } ` + refusal + `} }`
	quoteRepair    = `mutation($id: ID!, $v: Int, $key: String!, $in: RepairQuoteInput!) { repairQuote(id: $id, expectedVersion: $v, idempotencyKey: $key, input: $in) { repair { id status } quote { id state total { amount } } ` + refusal + `} }`
	acceptQuote    = `mutation($id: ID!, $v: Int, $m: String) { repairQuoteAccept(quote: $id, expectedVersion: $v, message: $m) { repair { id status } quote { state answer } ` + refusal + `} }`
	declineQuote   = `mutation($id: ID!, $v: Int, $m: String) { repairQuoteDecline(quote: $id, expectedVersion: $v, message: $m) { repair { id status } quote { state answer } ` + refusal + `} }`
	startRepair    = `mutation($id: ID!, $v: Int) { repairStart(id: $id, expectedVersion: $v) { repair { id status } ` + refusal + `} }`
	recordPart     = `mutation($id: ID!, $v: Int, $key: String!, $in: RepairPartRecordInput!) { repairPartRecord(id: $id, expectedVersion: $v, idempotencyKey: $key, input: $in) { repair { id status } part { id name expectedOn } ` + refusal + `} }`
	partArrived    = `mutation($id: ID!, $v: Int, $at: DateTime) { repairPartArrive(part: $id, expectedVersion: $v, arrivedAt: $at) { repair { id status } part { arrivedAt } ` + refusal + `} }`
	extendRepair   = `mutation($id: ID!, $v: Int, $part: ID!, $r: String = "The board comes from abroad.") { repairExtend(id: $id, expectedVersion: $v, part: $part, reason: $r) { repair { id status } ` + refusal + `} }`
	completeRepair = `mutation($id: ID!, $v: Int, $in: RepairCompleteInput = { workDone: "New cord.", testPassed: true }) { repairComplete(id: $id, expectedVersion: $v, input: $in) { repair { id status } ` + refusal + `} }`
	repairGoesHome = `mutation($id: ID!, $v: Int, $at: DateTime, $w: String = "SF9") { repairSendBack(id: $id, expectedVersion: $v, input: { carrier: "SF Express", waybill: $w, shippedAt: $at }) { repair { id status } ` + refusal + `} }`
	repairIsHome   = `mutation($id: ID!, $v: Int, $at: DateTime) { repairSendBackDelivered(id: $id, expectedVersion: $v, deliveredAt: $at, signedBy: "Li Lei") { repair { id status } ` + refusal + `} }`
	fetchRepair    = `mutation($id: ID!, $v: Int, $at: DateTime) { repairCollect(id: $id, expectedVersion: $v, collectedAt: $at, signedBy: "Li Lei") { repair { id status } ` + refusal + `} }`
)

// shift moves an instant by hours.
func shift(t testing.TB, instant string, hours int) string {
	t.Helper()
	v, err := time.Parse(time.RFC3339, instant)
	if err != nil {
		t.Fatal(err)
	}
	return v.Add(time.Duration(hours) * time.Hour).Format(time.RFC3339)
}

// lookRepair is everything a caller sees of a repair.
func lookRepair(t testing.TB, c apptest.Caller, id string) caseOf {
	t.Helper()
	return caseOf{sub(t, c.Must(`query($id: ID!) { repair(id: $id) { `+repairFields+` } }`, apptest.Vars{"id": id}), "repair"), t}
}

// broken is an order of 3 irons at 100.00 placed a week before, delivered three days before; repairVars are the variables of
// requestRepair for one of them.
func broken(t testing.TB, s *apptest.Shop, number, near string) apptest.Order {
	t.Helper()
	return s.Order(number, near, apptest.Line{SKU: "IRON", Quantity: 3, UnitPrice: "100.00", Delivered: shift(t, near, -72)})
}

func repairVars(s *apptest.Shop, o apptest.Order) apptest.Vars {
	return apptest.Vars{"in": apptest.Vars{"idempotencyKey": s.Key(), "orderLine": o.Lines[0], "description": "It stays cold."}}
}

// asked files a repair as the customer and returns its id.
func asked(s *apptest.Shop, o apptest.Order) string {
	return s.Customer.Must(requestRepair, repairVars(s, o)).Str("repairRequest.repair.id")
}

// mechanic is the repair department (MALL-4.3d).
func mechanic(s *apptest.Shop) apptest.Caller { return s.Env.As(auth.Technician, s.Slug, "tan.gang") }

// atDepot files a repair and brings the goods to the depot at one instant, so that nothing of its clock stands still.
func atDepot(s *apptest.Shop, o apptest.Order) string {
	id := asked(s, o)
	vars := apptest.Vars{"id": id}
	s.Agent.Must(approveRepair, vars)
	s.Customer.Must(shipRepair, vars)
	s.Warehouse.Must(receiveRepair, vars)
	return id
}

// found is a diagnosis; more is merged into it.
func found(id string, more apptest.Vars) apptest.Vars {
	in := apptest.Vars{"finding": "The cord is broken.", "plan": "A new cord."}
	for k, v := range more {
		in[k] = v
	}
	return apptest.Vars{"id": id, "in": in}
}

var (
	forFree = apptest.Vars{"goodwill": true, "goodwillReason": "A good customer."}
	noFault = apptest.Vars{"faultFound": false}
	beyond  = apptest.Vars{"repairable": false}
)

// inWork is atDepot with the work begun, for nothing.
func inWork(s *apptest.Shop, o apptest.Order) string {
	id := atDepot(s, o)
	mechanic(s).Must(diagnoseRepair, found(id, forFree))
	mechanic(s).Must(startRepair, apptest.Vars{"id": id})
	return id
}

// fees fills the fee schedule: LABOUR 30.00, CORD 12.50.
func fees(s *apptest.Shop) {
	for _, f := range []struct{ code, amount string }{{"LABOUR", "30.00"}, {"CORD", "12.50"}} {
		s.Admin.Must(`mutation($c: String!, $a: Decimal!) { feeUpsert(input: { code: $c, name: "N", basis: "each", amount: $a, legalReference: "Price list 3", validFrom: "2024-01-01" }) { fee { id } userErrors { code field message } } }`,
			apptest.Vars{"c": f.code, "a": f.amount})
	}
}

// priced quotes LABOUR twice and a CORD for a repair, 72.50 in all, and returns the quote's id.
func priced(s *apptest.Shop, id string) string {
	return mechanic(s).Must(quoteRepair, priceVars(s, id)).Str("repairQuote.quote.id")
}

func priceVars(s *apptest.Shop, id string) apptest.Vars {
	return apptest.Vars{"id": id, "key": s.Key(), "in": apptest.Vars{"message": "As agreed by phone.",
		"lines": []apptest.Vars{{"fee": "LABOUR", "quantity": 2, "note": "Two hours."}, {"fee": "CORD"}}}}
}

// special records a special part of a repair, expected on a day, and returns its id.
func special(s *apptest.Shop, id, on string) string {
	return mechanic(s).Must(recordPart, specialVars(s, id, on)).Str("repairPartRecord.part.id")
}

func specialVars(s *apptest.Shop, id, on string) apptest.Vars {
	return apptest.Vars{"id": id, "key": s.Key(), "in": apptest.Vars{"name": "Board", "special": true, "supplier": "Maker", "expectedOn": on}}
}

// unpaid diagnoses a repair that is not free: the customer broke it.
func unpaid(t testing.TB, s *apptest.Shop, id string) {
	t.Helper()
	mechanic(s).Must(diagnoseRepair, found(id, apptest.Vars{"humanCaused": true, "humanCausedEvidence": []string{s.Evidence(mechanic(s), id)}}))
}

// forbidden is an operation that a role may not use at all.
func forbidden(t testing.TB, c apptest.Caller, doc string, vars apptest.Vars) {
	t.Helper()
	if r := c.Do(doc, vars); len(r.Errors) != 1 || r.Errors[0].Code() != "FORBIDDEN" {
		t.Errorf("not FORBIDDEN: %s", r.Raw)
	}
}
