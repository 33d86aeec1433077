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

// sideAction is an action that changes something about a case but not its status. Kind is the kind it belongs to; empty: all.
type sideAction struct {
	Action Action
	Kind   Kind
	When   func(Status, Facts) bool
}

func (a sideAction) holds(k Kind, s Status, f Facts) bool {
	return (a.Kind == "" || a.Kind == k) && a.When(s, f)
}

var sideActions = []sideAction{
	{CaseAssign, "", func(s Status, _ Facts) bool { return !s.Ended() }},
	{CaseRespond, "", func(_ Status, f Facts) bool { return !f.Closed }},
	{CaseMessageAdd, "", func(_ Status, f Facts) bool { return !f.Closed }},
	{CaseEvidenceAdd, "", func(_ Status, f Facts) bool { return !f.Closed }},
	{CaseExplainDelay, "", func(_ Status, f Facts) bool { return f.Overdue && !f.Closed }},
	// Also once it was booked in: the signature may turn out to be earlier than the click.
	{ReturnDelivered, Return, func(s Status, f Facts) bool { return (s == InTransit || s == Received) && !f.AtDoor }},
	{ReturnFreightClaim, Return, func(s Status, f Facts) bool {
		return slices.Contains([]Status{InTransit, Received, InspectionPassed}, s) && !f.RefundStarted
	}},
	{RefundRelease, "", func(_ Status, f Facts) bool { return f.Held }},
	{DisputeAnswer, "", func(s Status, _ Facts) bool { return s == Disputed }},
	{DisputeAsk, "", func(s Status, _ Facts) bool { return s == Disputed }},
	// Also once it was booked in, as with returns.
	{RepairDelivered, Repairs, func(s Status, f Facts) bool { return (s == InTransit || s == Received) && !f.AtDoor }},
	{CaseClose, "", func(s Status, f Facts) bool { return s.Ended() && !f.Closed && !f.ExplanationOwed }},
}

// Table returns the transitions of a kind.
func Table(k Kind) []Transition {
	switch k {
	case Return:
		return returnTable
	case OrderChange:
		return orderChangeTable
	case Repairs:
		return repairTable
	case Installation, Commissioning, UsageGuidance, Maintenance:
		return serviceTable
	case Inquiry, Complaint, Opinion, Other:
		return ticketTable
	}
	return nil
}

// Next returns the status that action leads to from s, and whether the table allows it under these facts.
func Next(k Kind, s Status, a Action, f Facts) (Status, bool) {
	for _, t := range Table(k) {
		if t.Action == a && slices.Contains(t.From, s) && (t.When == nil || t.When.Holds(f)) {
			if t.To == "" {
				return s, true
			}
			return t.To, true
		}
	}
	for _, sa := range sideActions {
		if sa.Action == a && sa.holds(k, s, f) {
			return s, true
		}
	}
	return "", false
}

// Allowed lists what can be done to a case in status s under these facts, in the table's order, each action once. The
// outcome of an inspection, an offer or a decision is not known beforehand, so either counts. Expire is not listed: only the sweep does it.
func Allowed(k Kind, s Status, f Facts) []Action {
	var out []Action
	accepting := f // what an inspection accepts is not known beforehand
	accepting.Accepted = !f.Accepted
	add := func(a Action) {
		if a != Expire && !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	for _, t := range Table(k) {
		open := t.When == nil || t.When.Holds(f) || t.When.Holds(accepting) || decidedByInput(t, f)
		if slices.Contains(t.From, s) && open {
			add(t.Action)
		}
	}
	for _, sa := range sideActions {
		if sa.holds(k, s, f) {
			add(sa.Action)
		}
	}
	return out
}

// decidedByInput reports whether which of an action's rows applies is only known once it is done: what is accepted of an
// offer, which way a dispute is decided. They are allowed when any outcome is.
func decidedByInput(t Transition, f Facts) bool {
	switch t.Action {
	case DisputeDecide, ReturnProposalAccept:
		return true
	case RepairDiagnose:
		return !f.Work.Decided
	default:
		return false
	}
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
			to := t.To
			if to == "" {
				to = from
			}
			fmt.Fprintf(&b, "    %s --> %s: %s\n", from, to, label)
		}
	}
	for _, s := range EndedStatuses() {
		fmt.Fprintf(&b, "    %s --> [*]\n", s)
	}
	return b.String()
}
