package e2e

import (
	"strings"
	"testing"

	"aftersales/internal/apptest"
)

// MALL-2.2c, MALL-4.3a, MALL-4.3d: a fault leads to a repair, whose clock starts with the application. Tuesday 2025-03-11: 7 working days
// are Wed 12 to Fri 14, Mon 17 to Thu 20.
func TestRepairIsRequested(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		o := broken(t, s, "A1", now)
		vars := repairVars(s, o)
		in := vars["in"].(apptest.Vars)
		in["serialNumber"], in["faultSince"], in["wishedWay"] = " SN-1 ", "2025-03-10", "DEPOT"
		in["evidence"] = []apptest.Vars{{"kind": "PHOTO", "url": "https://photos.example/1.jpg", "note": "Cold."}}
		c := caseOf{sub(t, s.Customer.Must(requestRepair, vars), "repairRequest.repair"), t}
		if !strings.HasPrefix(c.Str("number"), "W250311-") || !strings.HasPrefix(c.Str("id"), "rep_") {
			t.Errorf("number %s, id %s", c.Str("number"), c.Str("id"))
		}
		is(t, "status", c.Str("kind")+" "+c.Str("status"), "REPAIR REQUESTED")
		is(t, "told", c.Str("serialNumber")+" "+c.Str("faultSince")+" "+c.Str("wishedWay")+" "+c.Str("channel"), "SN-1 2025-03-10 DEPOT WEBSITE")
		is(t, "goods", c.Str("orderLine.id"), o.Lines[0])
		is(t, "deadlines", len(c.List("deadlines")), 3)
		is(t, "REPAIR due", at(t, c.deadline("REPAIR"), "dueAt"), "2025-03-21T00:00:00+08:00")
		is(t, "customer may", c.Strings("allowedActions"), []string{"REPAIR_CANCEL", "CASE_MESSAGE_ADD", "CASE_EVIDENCE_ADD"})
		is(t, "replayed", s.Customer.Must(requestRepair, vars).Str("repairRequest.repair.id"), c.Str("id"))
		d := s.Agent.Must(`query($id: ID!, $n: String!) { node(id: $id) { ... on Repair { evidence { url note author { name } } } } case(number: $n) { __typename } repair(number: $n) { id }
			repairs(filter: { open: true }) { totalCount nodes { id } } returns { totalCount } cases(filter: { kind: [REPAIR] }) { totalCount } }`, apptest.Vars{"id": c.Str("id"), "n": c.Str("number")})
		is(t, "evidence", d.Str("node.evidence.0.note")+d.Str("node.evidence.0.author.name"), "Cold.Li Lei")
		is(t, "case", d.Str("case.__typename"), "Repair")
		is(t, "lists", []int{d.Int("repairs.totalCount"), d.Int("returns.totalCount"), d.Int("cases.totalCount")}, []int{1, 0, 1})
		queue := mechanic(s).Must(`{ cases(filter: { kind: [REPAIR], open: true }, orderBy: NEXT_DUE) { nodes { id nextDeadline { kind } } } }`, nil)
		is(t, "the department's queue", queue.Str("cases.nodes.0.id"), c.Str("id"))
		s.Agent.Must(askAboutRepair, apptest.Vars{"id": c.Str("id")})
		is(t, "asked", lookRepair(t, s.Customer, c.Str("id")).Str("openQuestion"), "Does it light up?")
		s.Customer.Must(answerRepair, apptest.Vars{"id": c.Str("id")})
		s.Agent.Must(approveRepair, apptest.Vars{"id": c.Str("id")})
		c = lookRepair(t, s.Customer, c.Str("id"))
		is(t, "approved", c.Str("status")+" "+c.Str("way")+" "+c.Str("instructions.returnAddress.name"), "AWAITING_SHIPMENT DEPOT main")
		is(t, "REPAIR", state(c.deadline("REPAIR")), "PAUSED open")
		is(t, "SHIP_BACK", state(c.deadline("SHIP_BACK")), "RUNNING open")
		s.Customer.Must(shipRepair, apptest.Vars{"id": c.Str("id")})
		mechanic(s).Must(receiveRepair, apptest.Vars{"id": c.Str("id")})
		c = lookRepair(t, s.Customer, c.Str("id"))
		is(t, "received", c.Str("status")+" "+state(c.deadline("REPAIR")), "RECEIVED RUNNING open")
	})
}
