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
	requestRepair = `mutation($in: RepairRequestInput!) { repairRequest(input: $in) { repair { id } userErrors { code field message } } }`
	approveRepair = `mutation($id: ID!) { repairApprove(id: $id, input: { way: DEPOT, steps: ["S"] }) { repair { id } userErrors { code field message } } }`
	shipRepair    = `mutation($id: ID!) { repairShip(id: $id, input: { carrier: "C", waybill: "W" }) { repair { id } userErrors { code field message } } }`
	receiveRepair = `mutation($id: ID!) { repairReceive(id: $id) { repair { id } userErrors { code field message } } }`
	askOfRepair   = `mutation($id: ID!) { repairRequestInfo(id: $id, question: "Q?") { repair { id } userErrors { code field message } } }`
)

func repairOf(line string, key string) apptest.Vars {
	return apptest.Vars{"in": apptest.Vars{"idempotencyKey": key, "orderLine": line, "description": "Cold."}}
}

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

func onRepairID(call string) intrusion {
	return intrusion{prefix: id.Repair, doc: `mutation($id: ID!) { ` + call + ` { repair { id }` + ok + `} }`}
}

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
	"repairReceive.id": onRepairID(`repairReceive(id: $id)`),
}
