package contract

import (
	"fmt"
	"maps"

	"aftersales/internal/apptest"
	"aftersales/internal/id"
)

// What the rules about access have to try of repairs.

func init() {
	maps.Copy(attempts, repairAttempts)
	maps.Copy(intrusions, repairIntrusions)
}

// Operations of a repair, for tests that only need them done.
const (
	requestRepair  = `mutation($in: RepairRequestInput!) { repairRequest(input: $in) { repair { id } userErrors { code field message } } }`
	approveRepair  = `mutation($id: ID!) { repairApprove(id: $id, input: { way: DEPOT, steps: ["S"] }) { repair { id } userErrors { code field message } } }`
	shipRepair     = `mutation($id: ID!) { repairShip(id: $id, input: { carrier: "C", waybill: "W" }) { repair { id } userErrors { code field message } } }`
	receiveRepair  = `mutation($id: ID!) { repairReceive(id: $id) { repair { id } userErrors { code field message } } }`
	diagnoseRepair = `mutation($id: ID!) { repairDiagnose(id: $id, input: { finding: "F", plan: "P", goodwill: true, goodwillReason: "G" }) { repair { id } userErrors { code field message } } }`
	foundBroken    = `mutation($id: ID!, $e: ID!) { repairDiagnose(id: $id, input: { finding: "F", plan: "P", humanCaused: true, humanCausedEvidence: [$e] }) { repair { id } userErrors { code field message } } }`
	quoteRepair    = `mutation($id: ID!, $key: String!) { repairQuote(id: $id, idempotencyKey: $key, input: { lines: [{ fee: "REPAIR" }] }) { repair { id } quote { id } userErrors { code field message } } }`
	recordPart     = `mutation($id: ID!, $key: String!) { repairPartRecord(id: $id, idempotencyKey: $key, input: { name: "N", special: true, supplier: "S", expectedOn: "2025-09-26" }) { repair { id } part { id } userErrors { code field message } } }`
	completeRepair = `mutation($id: ID!) { repairComplete(id: $id, input: { workDone: "W", testPassed: true }) { repair { id } userErrors { code field message } } }`
	repairGoesHome = `mutation($id: ID!) { repairSendBack(id: $id, input: { carrier: "C", waybill: "H" }) { repair { id } userErrors { code field message } } }`
	askOfRepair    = `mutation($id: ID!) { repairRequestInfo(id: $id, question: "Q?") { repair { id } userErrors { code field message } } }`
)

func repairOf(line string, key string) apptest.Vars {
	return apptest.Vars{"in": apptest.Vars{"idempotencyKey": key, "orderLine": line, "description": "Cold."}}
}

// Names of the states that only a repair can be brought to; unpaid is DIAGNOSED and not free.
const (
	unpaid        = "DIAGNOSED, not free"
	diagnosed     = "DIAGNOSED"
	quoted        = "QUOTED"
	awaitingParts = "AWAITING_PARTS"
	tested        = "TESTED"
)

// bringRepair makes a repair of c-1 and brings it to a state; it returns its id.
func bringRepair(s *apptest.Shop, state string) string {
	id := s.Customer.Must(requestRepair, repairOf(order(s).Lines[0], s.Key())).Str("repairRequest.repair.id")
	vars := apptest.Vars{"id": id}
	if state == needsInfo {
		s.Agent.Must(askOfRepair, vars)
		return id
	}
	for _, step := range []struct {
		state string
		do    func()
	}{
		{requested, func() {}},
		{awaiting, func() { s.Agent.Must(approveRepair, vars) }},
		{inTransit, func() { s.Customer.Must(shipRepair, vars) }},
		{received, func() { s.Warehouse.Must(receiveRepair, vars) }},
		{unpaid, func() {
			if state == unpaid || state == quoted {
				s.Agent.Must(foundBroken, apptest.Vars{"id": id, "e": s.Evidence(s.Agent, id)})
			}
		}},
		{quoted, func() {
			if state == quoted {
				s.Admin.Must(`mutation { feeUpsert(input: { code: "REPAIR", name: "N", basis: "B", amount: "1.00", legalReference: "L", validFrom: "2025-01-01" }) { fee { id } userErrors { code } } }`, nil)
				s.Agent.Must(quoteRepair, apptest.Vars{"id": id, "key": s.Key()})
			}
		}},
		{diagnosed, func() { s.Agent.Must(diagnoseRepair, vars) }},
		{awaitingParts, func() {
			if state == awaitingParts {
				s.Agent.Must(recordPart, apptest.Vars{"id": id, "key": s.Key()})
			}
		}},
		{tested, func() { s.Agent.Must(completeRepair, vars) }},
		{sentBack, func() { s.Warehouse.Must(repairGoesHome, vars) }},
	} {
		step.do()
		if step.state == state {
			return id
		}
	}
	panic("no such state: " + state)
}

// repair gives a repair of main in a state, the same one until it is used up.
func (w *world) repair(state string) string {
	if name := "repair " + state; w.targets[name] == "" {
		w.targets[name] = bringRepair(w.main, state)
	}
	return w.targets["repair "+state]
}

// onRepair is on for repairs.
func onRepair(state string) func(*world) apptest.Vars {
	return func(w *world) apptest.Vars {
		return apptest.Vars{"id": w.repair(state), "key": fmt.Sprintf("key-%d", w.next())}
	}
}

var repairAttempts = map[string]attempt{
	"repair":  {doc: `query($id: ID!, $m: ID) { repair(id: $id, merchant: $m) { id } }`, with: onRepair(requested)},
	"repairs": {doc: `query($m: ID) { repairs(merchant: $m) { nodes { id } totalCount } }`},
	"repairRequest": {doc: requestRepair, with: func(w *world) apptest.Vars {
		return repairOf(w.freshOrder().Lines[0], fmt.Sprintf("key-%d", w.next()))
	}},
	"repairRequestInfo": {doc: askOfRepair, with: onRepair(requested)},
	"repairProvideInfo": {doc: `mutation($id: ID!) { repairProvideInfo(id: $id, answer: "A.") { repair { id } userErrors { code } } }`, with: onRepair(needsInfo)},
	"repairApprove":     {doc: approveRepair, with: onRepair(requested)},
	"repairReject":      {doc: `mutation($id: ID!) { repairReject(id: $id, reason: "R") { repair { id } userErrors { code } } }`, with: onRepair(requested)},
	"repairCancel":      {doc: `mutation($id: ID!) { repairCancel(id: $id) { repair { id } userErrors { code } } }`, with: onRepair(requested)},
	"repairShip":        {doc: shipRepair, with: onRepair(awaiting)},
	"repairReceive":     {doc: receiveRepair, with: onRepair(inTransit)},
	"repairDiagnose":    {doc: diagnoseRepair, with: onRepair(received)},
	"repairQuote": {doc: quoteRepair, with: func(w *world) apptest.Vars {
		quoteOf(w.main, w.repair(quoted)) // so that the schedule has the fee
		return onRepair(unpaid)(w)
	}},
	"repairQuoteAccept":       {doc: `mutation($id: ID!) { repairQuoteAccept(quote: $id, message: "M") { repair { id } userErrors { code field message } } }`, with: ofQuote},
	"repairQuoteDecline":      {doc: `mutation($id: ID!) { repairQuoteDecline(quote: $id, message: "M") { repair { id } userErrors { code field message } } }`, with: ofQuote},
	"repairStart":             {doc: `mutation($id: ID!) { repairStart(id: $id) { repair { id } userErrors { code } } }`, with: onRepair(diagnosed)},
	"repairPartRecord":        {doc: recordPart, with: onRepair(diagnosed)},
	"repairPartArrive":        {doc: `mutation($part: ID!) { repairPartArrive(part: $part) { repair { id } userErrors { code } } }`, with: ofPart},
	"repairExtend":            {doc: `mutation($id: ID!, $part: ID!) { repairExtend(id: $id, part: $part, reason: "R") { repair { id } userErrors { code field message } } }`, with: ofPart},
	"repairComplete":          {doc: completeRepair, with: onRepair(diagnosed)},
	"repairSendBack":          {doc: repairGoesHome, with: onRepair(tested)},
	"repairSendBackDelivered": {doc: `mutation($id: ID!) { repairSendBackDelivered(id: $id) { repair { id } userErrors { code } } }`, with: onRepair(sentBack)},
	"repairCollect":           {doc: `mutation($id: ID!) { repairCollect(id: $id) { repair { id } userErrors { code } } }`, with: onRepair(tested)},
	"repairDelivered": {
		doc: `mutation($id: ID!, $proof: ID!) { repairDelivered(id: $id, input: { signedBy: "Z", proof: $proof }) { repair { id } userErrors { code field message } } }`,
		with: func(w *world) apptest.Vars {
			vars := onRepair(inTransit)(w)
			if w.targets["repair proof"] == "" {
				w.targets["repair proof"] = w.main.Evidence(w.main.Customer, w.targets["repair "+inTransit])
			}
			vars["proof"] = w.targets["repair proof"]
			return vars
		},
	},
}

// ofQuote and ofPart give the quote, or the part, of a repair in the state that has one.
func ofQuote(w *world) apptest.Vars { return apptest.Vars{"id": quoteOf(w.main, w.repair(quoted))} }

func quoteOf(s *apptest.Shop, repair string) string {
	return s.Agent.Must(`query($id: ID!) { repair(id: $id) { quotes { id } } }`, apptest.Vars{"id": repair}).Str("repair.quotes.0.id")
}

func ofPart(w *world) apptest.Vars {
	id := w.repair(awaitingParts)
	return apptest.Vars{"id": id, "part": partOf(w.main, id)}
}

func partOf(s *apptest.Shop, repair string) string {
	return s.Agent.Must(`query($id: ID!) { repair(id: $id) { parts { id } } }`, apptest.Vars{"id": repair}).Str("repair.parts.0.id")
}

func onRepairID(call string) intrusion {
	return intrusion{prefix: id.Repair, doc: `mutation($id: ID!) { ` + call + ` { repair { id }` + ok + `} }`}
}

func ofReceived(m *mine) apptest.Vars { return apptest.Vars{"own": m.waiting} }

func ofRepair(m *mine) apptest.Vars { return apptest.Vars{"own": m.repair} }

var repairIntrusions = map[string]intrusion{
	"repair.id":               {id.Repair, `query($id: ID!) { repair(id: $id) ` + who + `}`, nil},
	"repair.merchant":         {id.Merchant, `query($id: ID!, $n: String!) { repair(number: $n, merchant: $id) { id } }`, func(m *mine) apptest.Vars { return apptest.Vars{"n": m.repairNumber} }},
	"repairs.merchant":        {id.Merchant, `query($id: ID!) { repairs(merchant: $id) { nodes { id } totalCount } }`, nil},
	"repairs.filter.assignee": {id.Staff, `query($id: ID!) { repairs(filter: { assignee: $id }) { nodes { id } totalCount } }`, nil},
	"repairs.filter.customer": {id.Customer, `query($id: ID!) { repairs(filter: { customer: $id }) { nodes { id } totalCount } }`, nil},
	"repairs.filter.order":    {id.Order, `query($id: ID!) { repairs(filter: { order: $id }) { nodes { id } totalCount } }`, nil},
	"repairRequest.input.orderLine": {id.OrderLine,
		`mutation($id: ID!) { repairRequest(input: { idempotencyKey: "k", orderLine: $id, description: "d" }) { repair { id }` + ok + `} }`, nil},
	"repairRequestInfo.id": onRepairID(`repairRequestInfo(id: $id, question: "Q?")`),
	"repairProvideInfo.id": onRepairID(`repairProvideInfo(id: $id, answer: "A.")`),
	"repairApprove.id":     onRepairID(`repairApprove(id: $id, input: { way: DEPOT, steps: ["S"] })`),
	"repairApprove.input.returnAddress": {id.ReturnAddress,
		`mutation($id: ID!, $own: ID!) { repairApprove(id: $own, input: { way: DEPOT, steps: ["S"], returnAddress: $id }) { repair { status }` + ok + `} }`, ofRepair},
	"repairReject.id":    onRepairID(`repairReject(id: $id, reason: "R")`),
	"repairCancel.id":    onRepairID(`repairCancel(id: $id)`),
	"repairShip.id":      onRepairID(`repairShip(id: $id, input: { carrier: "C", waybill: "W" })`),
	"repairDelivered.id": onRepairID(`repairDelivered(id: $id, input: { signedBy: "Z" })`),
	"repairDelivered.input.proof": {id.Evidence,
		`mutation($id: ID!, $own: ID!) { repairDelivered(id: $own, input: { proof: $id }) { repair { status }` + ok + `} }`, func(m *mine) apptest.Vars { return apptest.Vars{"own": m.sentIn} }},
	"repairReceive.id":  onRepairID(`repairReceive(id: $id)`),
	"repairDiagnose.id": onRepairID(`repairDiagnose(id: $id, input: { finding: "F", plan: "P" })`),
	"repairDiagnose.input.humanCausedEvidence": {id.Evidence,
		`mutation($id: ID!, $own: ID!) { repairDiagnose(id: $own, input: { finding: "F", plan: "P", humanCaused: true, humanCausedEvidence: [$id] }) { repair { status }` + ok + `} }`, ofReceived},
	"repairDiagnose.input.evidence": {id.Evidence,
		`mutation($id: ID!, $own: ID!) { repairDiagnose(id: $own, input: { finding: "F", plan: "P", evidence: [$id] }) { repair { status }` + ok + `} }`, ofReceived},
	"repairQuote.id":             onRepairID(`repairQuote(id: $id, idempotencyKey: "k", input: { lines: [{ fee: "REPAIR" }] })`),
	"repairQuoteAccept.quote":    {id.RepairQuote, `mutation($id: ID!) { repairQuoteAccept(quote: $id, message: "M") { repair { id } quote { id }` + ok + `} }`, nil},
	"repairQuoteDecline.quote":   {id.RepairQuote, `mutation($id: ID!) { repairQuoteDecline(quote: $id, message: "M") { repair { id } quote { id }` + ok + `} }`, nil},
	"repairStart.id":             onRepairID(`repairStart(id: $id)`),
	"repairPartRecord.id":        onRepairID(`repairPartRecord(id: $id, idempotencyKey: "k", input: { name: "N" })`),
	"repairPartArrive.part":      {id.RepairPart, `mutation($id: ID!) { repairPartArrive(part: $id) { repair { id } part { id }` + ok + `} }`, nil},
	"repairExtend.id":            onRepairID(`repairExtend(id: $id, part: "prt_01h455vb4pex5vsknk084sn02q", reason: "R")`),
	"repairExtend.part":          {id.RepairPart, `mutation($id: ID!, $own: ID!) { repairExtend(id: $own, part: $id, reason: "R") { repair { status }` + ok + `} }`, ofReceived},
	"repairComplete.id":          onRepairID(`repairComplete(id: $id, input: { workDone: "W", testPassed: true })`),
	"repairSendBack.id":          onRepairID(`repairSendBack(id: $id, input: { carrier: "C", waybill: "W" })`),
	"repairSendBackDelivered.id": onRepairID(`repairSendBackDelivered(id: $id)`),
	"repairCollect.id":           onRepairID(`repairCollect(id: $id)`),
}
