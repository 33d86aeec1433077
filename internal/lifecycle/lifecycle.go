// Package lifecycle holds the transition tables of every case kind: which action leads from which status to which, and
// under which condition. Behaviour, allowedActions, the error that lists them and the diagram all read the same table.
//
// It is pure: no clock, no storage, no roles (who may use an action is the permission table of package auth).
package lifecycle

import (
	"fmt"
	"slices"
	"strings"
)

// Kind is the kind of a case (contract enum CaseKind).
type Kind string

// Return is the only kind of the first slice; the others of the contract follow with their capabilities.
const Return Kind = "RETURN"

// Status is the state of a case (contract enum CaseStatus), spelled the same in Go, database and SDL.
type Status string

const (
	Requested        Status = "REQUESTED"
	NeedsInfo        Status = "NEEDS_INFO"
	AwaitingShipment Status = "AWAITING_SHIPMENT"
	InTransit        Status = "IN_TRANSIT"
	Received         Status = "RECEIVED"
	InspectionPassed Status = "INSPECTION_PASSED"
	InspectionFailed Status = "INSPECTION_FAILED"
	Refunding        Status = "REFUNDING"
	Completed        Status = "COMPLETED"
	Rejected         Status = "REJECTED"
	Cancelled        Status = "CANCELLED"
	Expired          Status = "EXPIRED"
)

// Ended reports whether the case has reached a terminal status. It may still lack its closing (closedAt) while a missed
// deadline waits for its explanation.
func (s Status) Ended() bool {
	return s == Completed || s == Rejected || s == Cancelled || s == Expired
}

// EndedStatuses lists the terminal statuses, for queries.
func EndedStatuses() []Status { return []Status{Completed, Rejected, Cancelled, Expired} }

// Outcome is how a case ended (contract enum CaseOutcome). MALL-1.1b: no case ends without one.
type Outcome string

const (
	OutcomeRefunded  Outcome = "REFUNDED"
	OutcomeRejected  Outcome = "REJECTED"
	OutcomeCancelled Outcome = "CANCELLED"
	OutcomeExpired   Outcome = "EXPIRED"
)

// Remedy is what the customer asks for (contract enum Remedy).
type Remedy string

const (
	Refund          Remedy = "REFUND"
	ReturnAndRefund Remedy = "RETURN_AND_REFUND"
	Exchange        Remedy = "EXCHANGE"
	Repair          Remedy = "REPAIR"
)

// Remedies lists every remedy in the order clients show them.
func Remedies() []Remedy { return []Remedy{Refund, ReturnAndRefund, Exchange, Repair} }

// Action is something an actor can do to a case (contract enum CaseAction).
type Action string

const (
	ReturnRequestInfo Action = "RETURN_REQUEST_INFO"
	ReturnProvideInfo Action = "RETURN_PROVIDE_INFO"
	ReturnApprove     Action = "RETURN_APPROVE"
	ReturnReject      Action = "RETURN_REJECT"
	ReturnShip        Action = "RETURN_SHIP"
	ReturnReceive     Action = "RETURN_RECEIVE"
	ReturnInspect     Action = "RETURN_INSPECT"
	ReturnRefund      Action = "RETURN_REFUND"
	RefundConfirm     Action = "REFUND_CONFIRM"
	ReturnCancel      Action = "RETURN_CANCEL"
	CaseAssign        Action = "CASE_ASSIGN"
	CaseRespond       Action = "CASE_RESPOND"
	CaseExplainDelay  Action = "CASE_EXPLAIN_DELAY"
	CaseClose         Action = "CASE_CLOSE"
	CaseMessageAdd    Action = "CASE_MESSAGE_ADD"
	CaseEvidenceAdd   Action = "CASE_EVIDENCE_ADD"

	// Expire is what the sweep does when the customer's own deadline ends a case; no caller can ask for it.
	Expire Action = "EXPIRE"
)

// Operation is the name of the mutation that carries the action out: RETURN_APPROVE is returnApprove.
func (a Action) Operation() string {
	words := strings.Split(strings.ToLower(string(a)), "_")
	for i := 1; i < len(words); i++ {
		words[i] = strings.ToUpper(words[i][:1]) + words[i][1:]
	}
	return strings.Join(words, "")
}

// Facts are what a condition of the table may ask about the case, beside its status.
type Facts struct {
	Remedy Remedy
	// Accepted is whether the inspection accepted at least one unit.
	Accepted bool
	// RefundStarted is whether a refund of this case is on its way.
	RefundStarted bool
	// Overdue is whether some deadline of the merchant was missed or is at risk and has no explanation yet.
	Overdue bool
	// ExplanationOwed is whether some missed deadline still lacks its explanation.
	ExplanationOwed bool
	// Closed is whether closedAt is set.
	Closed bool
}

// Condition narrows a transition by facts; Label is what the diagram shows.
type Condition struct {
	Label string
	Holds func(Facts) bool
}

// Transition is one row of a table. To equal to From (or empty) leaves the status as it is.
type Transition struct {
	Action Action
	From   []Status
	To     Status
	When   *Condition
}

var (
	withGoods     = &Condition{"goods come back", func(f Facts) bool { return f.Remedy == ReturnAndRefund }}
	withoutGoods  = &Condition{"refund only", func(f Facts) bool { return f.Remedy == Refund }}
	anyAccepted   = &Condition{"something accepted", func(f Facts) bool { return f.Accepted }}
	noneAccepted  = &Condition{"nothing accepted", func(f Facts) bool { return !f.Accepted }}
	notYetStarted = &Condition{"no refund under way", func(f Facts) bool { return !f.RefundStarted }}
	started       = &Condition{"refund under way", func(f Facts) bool { return f.RefundStarted }}
)

// returnTable is MALL-3 as a graph: 3.1 request, 3.2 review and shipment, 3.3 inspection and refund. A case never gets
// stuck: every status that is not terminal has a way on (MALL-1.1b).
var returnTable = []Transition{
	{ReturnRequestInfo, []Status{Requested}, NeedsInfo, nil},
	{ReturnProvideInfo, []Status{NeedsInfo}, Requested, nil},
	{ReturnApprove, []Status{Requested}, AwaitingShipment, withGoods},
	{ReturnApprove, []Status{Requested}, Refunding, withoutGoods},
	{ReturnReject, []Status{Requested, NeedsInfo, InspectionFailed}, Rejected, nil},
	// Approved, but the money turned out to have gone back by another way: the case still needs an end with a reason.
	{ReturnReject, []Status{InspectionPassed, Refunding}, Rejected, notYetStarted},
	{ReturnShip, []Status{AwaitingShipment}, InTransit, nil},
	{ReturnReceive, []Status{AwaitingShipment, InTransit}, Received, nil},
	{ReturnInspect, []Status{Received, InspectionFailed}, InspectionPassed, anyAccepted},
	{ReturnInspect, []Status{Received, InspectionFailed}, InspectionFailed, noneAccepted},
	{ReturnRefund, []Status{InspectionPassed, Refunding}, Refunding, notYetStarted},
	{RefundConfirm, []Status{Refunding}, Completed, started},
	{ReturnCancel, []Status{Requested, NeedsInfo, AwaitingShipment, InTransit}, Cancelled, nil},
	{Expire, []Status{NeedsInfo, AwaitingShipment}, Expired, nil},
}

// sideActions change something about a case but not its status.
var sideActions = []struct {
	Action Action
	Holds  func(Status, Facts) bool
}{
	{CaseAssign, func(s Status, _ Facts) bool { return !s.Ended() }},
	{CaseRespond, func(_ Status, f Facts) bool { return !f.Closed }},
	{CaseMessageAdd, func(_ Status, f Facts) bool { return !f.Closed }},
	{CaseEvidenceAdd, func(_ Status, f Facts) bool { return !f.Closed }},
	{CaseExplainDelay, func(_ Status, f Facts) bool { return f.Overdue && !f.Closed }},
	{CaseClose, func(s Status, f Facts) bool { return s.Ended() && !f.Closed && !f.ExplanationOwed }},
}

// Table returns the transitions of a kind.
func Table(k Kind) []Transition {
	if k == Return {
		return returnTable
	}
	return nil
}

// Next returns the status that action leads to from s, and whether the table allows it under these facts.
func Next(k Kind, s Status, a Action, f Facts) (Status, bool) {
	for _, t := range Table(k) {
		if t.Action == a && slices.Contains(t.From, s) && (t.When == nil || t.When.Holds(f)) {
			return t.To, true
		}
	}
	for _, sa := range sideActions {
		if sa.Action == a && sa.Holds(s, f) {
			return s, true
		}
	}
	return "", false
}

// Allowed lists what can be done to a case in status s under these facts, in the table's order, each action once. The
// outcome of an inspection is not known beforehand, so either outcome counts. Expire is not listed: only the sweep does it.
func Allowed(k Kind, s Status, f Facts) []Action {
	var out []Action
	add := func(a Action) {
		if a != Expire && !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	for _, t := range Table(k) {
		open := t.When == nil || t.When == anyAccepted || t.When == noneAccepted || t.When.Holds(f)
		if slices.Contains(t.From, s) && open {
			add(t.Action)
		}
	}
	for _, sa := range sideActions {
		if sa.Holds(s, f) {
			add(sa.Action)
		}
	}
	return out
}

// Diagram draws the table of a kind as a Mermaid state diagram.
func Diagram(k Kind) string {
	var b strings.Builder
	b.WriteString("stateDiagram-v2\n    [*] --> REQUESTED\n")
	for _, t := range Table(k) {
		for _, from := range t.From {
			label := string(t.Action)
			if t.When != nil {
				label += " (" + t.When.Label + ")"
			}
			fmt.Fprintf(&b, "    %s --> %s: %s\n", from, t.To, label)
		}
	}
	for _, s := range EndedStatuses() {
		fmt.Fprintf(&b, "    %s --> [*]\n", s)
	}
	return b.String()
}
