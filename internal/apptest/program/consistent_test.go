package program

import (
	"strings"
	"testing"
)

const (
	ended       = "('COMPLETED', 'REJECTED', 'CANCELLED', 'EXPIRED')"
	transitions = "('INFO_REQUESTED', 'INFO_PROVIDED', 'APPROVED', 'REJECTED', 'SHIPPED', 'RECEIVED', 'INSPECTED', 'REFUND_STARTED', 'REFUND_CREDITED', 'CANCELLED', 'EXPIRED')"
)

// contradictions are queries that find nothing in a database where every act is there whole or not at all. KIND stands for
// the kind of deadline that an event of a clock tells of.
var contradictions = map[string]string{
	"a case without its detail":                  "SELECT c.id FROM service_cases c WHERE (SELECT COUNT(*) FROM return_details d WHERE d.case_id = c.id) <> 1",
	"a case without items":                       "SELECT c.id FROM service_cases c WHERE NOT EXISTS (SELECT 1 FROM return_items i WHERE i.case_id = c.id)",
	"a case that was not opened once":            "SELECT c.id FROM service_cases c WHERE (SELECT COUNT(*) FROM case_events e WHERE e.case_id = c.id AND e.type = 'OPENED') <> 1",
	"a case without the clocks of its plan":      "SELECT c.id FROM service_cases c WHERE (SELECT COUNT(*) FROM deadlines d WHERE d.case_id = c.id AND d.kind IN ('FIRST_RESPONSE', 'REVIEW', 'REFUND')) <> 3",
	"a clock that was started twice":             "SELECT d.case_id, d.kind FROM deadlines d GROUP BY d.case_id, d.kind HAVING COUNT(*) > 1",
	"an approved case without a limit to ship":   "SELECT c.id FROM service_cases c WHERE EXISTS (SELECT 1 FROM case_events e WHERE e.case_id = c.id AND e.type = 'APPROVED') <> EXISTS (SELECT 1 FROM deadlines d WHERE d.case_id = c.id AND d.kind = 'SHIP_BACK')",
	"a version that does not count the events":   "SELECT c.id, c.version FROM service_cases c WHERE c.version <> 1 + (SELECT COUNT(*) FROM case_events e WHERE e.case_id = c.id AND e.type IN " + transitions + ")",
	"an event of a transition twice":             "SELECT e.case_id, e.type FROM case_events e WHERE e.type IN " + transitions + " GROUP BY e.case_id, e.type HAVING COUNT(*) > 1",
	"a parcel without its event, or two":         "SELECT c.id FROM service_cases c WHERE (SELECT COUNT(*) FROM parcels p WHERE p.case_id = c.id) <> (SELECT COUNT(*) FROM case_events e WHERE e.case_id = c.id AND e.type = 'SHIPPED')",
	"an inspection without its event":            "SELECT c.id FROM service_cases c WHERE EXISTS (SELECT 1 FROM return_items i WHERE i.case_id = c.id AND i.accepted_quantity IS NOT NULL) <> EXISTS (SELECT 1 FROM case_events e WHERE e.case_id = c.id AND e.type = 'INSPECTED')",
	"a refund without its event, or two":         "SELECT c.id FROM service_cases c WHERE (SELECT COUNT(*) FROM refunds r WHERE r.case_id = c.id) <> (SELECT COUNT(*) FROM case_events e WHERE e.case_id = c.id AND e.type = 'REFUND_STARTED')",
	"a completed case without credited money":    "SELECT c.id FROM service_cases c WHERE (c.status = 'COMPLETED') <> EXISTS (SELECT 1 FROM refunds r WHERE r.case_id = c.id AND r.state = 'CREDITED')",
	"an end that its events do not tell":         "SELECT c.id FROM service_cases c WHERE (c.closed_at IS NOT NULL) <> ((SELECT COUNT(*) FROM case_events e WHERE e.case_id = c.id AND e.type = 'CLOSED') = 1)",
	"an ended case with an open clock":           "SELECT d.id FROM deadlines d JOIN service_cases c ON c.id = d.case_id WHERE c.status IN " + ended + " AND d.open",
	"a closed case that owes an explanation":     "SELECT d.id FROM deadlines d JOIN service_cases c ON c.id = d.case_id WHERE c.closed_at IS NOT NULL AND d.explanation_owed",
	"a clock both met and cancelled":             "SELECT d.id FROM deadlines d WHERE d.met_at IS NOT NULL AND (d.state = 'CANCELLED' OR d.open)",
	"a clock that runs and is not open":          "SELECT d.id FROM deadlines d WHERE d.state IN ('RUNNING', 'PAUSED') AND NOT d.open OR d.state IN ('MET', 'CANCELLED') AND d.open",
	"a next due instant that is not the nearest": "SELECT c.id FROM service_cases c WHERE c.next_due_at IS DISTINCT FROM (SELECT MIN(d.due_at) FROM deadlines d WHERE d.case_id = c.id AND d.open)",
	"a miss that was not told":                   "SELECT d.id FROM deadlines d WHERE d.state = 'BREACHED' AND NOT EXISTS (SELECT 1 FROM case_events e WHERE e.case_id = d.case_id AND e.type = 'DEADLINE_BREACHED' AND KIND = d.kind)",
	"a miss or a risk that was told twice":       "SELECT e.case_id, e.type, KIND FROM case_events e WHERE e.type IN ('DEADLINE_BREACHED', 'DEADLINE_AT_RISK', 'ESCALATED') GROUP BY e.case_id, e.type, KIND HAVING COUNT(*) > 1",
	"a missed clock that still runs":             "SELECT d.id FROM deadlines d JOIN merchants m ON m.id = d.merchant_id WHERE d.state = 'RUNNING' AND d.due_at <= m.clock_at",
	"units held that no open case holds": "SELECT l.id, l.held FROM order_lines l WHERE l.held <> COALESCE((SELECT SUM(i.quantity) FROM return_items i JOIN service_cases c ON c.id = i.case_id" +
		" WHERE i.order_line_id = l.id AND c.status NOT IN " + ended + " AND NOT EXISTS (SELECT 1 FROM refunds r WHERE r.case_id = c.id)), 0)",
	"units returned that no refund took back": "SELECT l.id, l.returned FROM order_lines l WHERE l.returned <> COALESCE((SELECT SUM(COALESCE(i.accepted_quantity, i.quantity)) FROM return_items i" +
		" JOIN refunds r ON r.case_id = i.case_id WHERE i.order_line_id = l.id), 0)",
	"an order's refunds that do not add up":   "SELECT o.id, o.refunded FROM orders o WHERE o.refunded <> o.imported_refunded + COALESCE((SELECT SUM(r.amount) FROM refunds r JOIN service_cases c ON c.id = r.case_id WHERE c.order_id = o.id), 0)",
	"lines' refunds that do not add up":       "SELECT o.id FROM orders o WHERE o.refunded - o.imported_refunded <> (SELECT SUM(l.refunded) FROM order_lines l WHERE l.order_id = o.id)",
	"an order without lines":                  "SELECT o.id FROM orders o WHERE NOT EXISTS (SELECT 1 FROM order_lines l WHERE l.order_id = o.id)",
	"a return without the key it came by":     "SELECT c.id FROM service_cases c WHERE (SELECT COUNT(*) FROM idempotency_keys k WHERE k.operation = 'returnRequest' AND k.object_id = c.id) <> 1",
	"a refund without the key it came by":     "SELECT r.id FROM refunds r WHERE (SELECT COUNT(*) FROM idempotency_keys k WHERE k.operation = 'returnRefund' AND k.object_id = r.id) <> 1",
	"a credit without the key it came by":     "SELECT r.id FROM refunds r WHERE (r.state = 'CREDITED') <> ((SELECT COUNT(*) FROM idempotency_keys k WHERE k.operation = 'refundConfirm' AND k.object_id = r.id) = 1)",
	"a key without what it made":              "SELECT k.id, k.operation FROM idempotency_keys k WHERE k.operation = 'returnRequest' AND NOT EXISTS (SELECT 1 FROM service_cases c WHERE c.id = k.object_id) OR k.operation IN ('returnRefund', 'refundConfirm') AND NOT EXISTS (SELECT 1 FROM refunds r WHERE r.id = k.object_id)",
	"an imported batch that is there in part": "SELECT b.name, COUNT(*) FROM (SELECT SUBSTR(o.number, 1, STRPOS(o.number, '-')) AS name, o.imported_refunded AS refunded FROM orders o WHERE o.number LIKE 'I%') b GROUP BY b.name, b.refunded HAVING COUNT(*) <> 40",
}

// consistent looks at the rows themselves for anything that was written only in part.
func consistent(t *testing.T, s settings) {
	t.Helper()
	db := s.open(t)
	kind, position := "(e.params ->> 'deadline')", "STRPOS("
	if strings.HasPrefix(s["AFTERSALES_DATABASE_URL"], "sqlite") {
		kind, position = "json_extract(CAST(e.params AS TEXT), '$.deadline')", "INSTR("
	}
	for what, query := range contradictions {
		query = strings.ReplaceAll(strings.ReplaceAll(query, "KIND", kind), "STRPOS(", position)
		if found := read(t, db, query); len(found) > 0 {
			t.Errorf("%s: %d of them, such as %s\n%s", what, len(found), found[0], query)
		}
	}
	for _, there := range []string{
		"SELECT COUNT(*) FROM deadlines WHERE state = 'BREACHED'", "SELECT COUNT(*) FROM refunds",
		"SELECT COUNT(*) FROM service_cases WHERE closed_at IS NOT NULL",
	} {
		if count(t, db, there) == 0 {
			t.Errorf("nothing to see, so nothing is proved: %s", there)
		}
	}
}
