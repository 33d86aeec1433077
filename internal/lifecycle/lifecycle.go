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

const (
	// Return is goods that come back, for money or for other goods.
	Return Kind = "RETURN"
	// OrderChange is an order cancelled, stopped on its way or sent elsewhere before it arrived (MALL-2.3b).
	OrderChange Kind = "ORDER_CHANGE"
	// Repairs is goods that do not work as they should (MALL-2.2c).
	Repairs Kind = "REPAIR"
	// Installation, Commissioning, UsageGuidance and Maintenance are services at the customer's (SLA-A-2.1.1, SLA-A-2.1.4).
	Installation  Kind = "INSTALLATION"
	Commissioning Kind = "COMMISSIONING"
	UsageGuidance Kind = "USAGE_GUIDANCE"
	Maintenance   Kind = "MAINTENANCE"
	// Inquiry is a question before or after a purchase (MALL-2.3a), Complaint about goods or service, Opinion a suggestion
	// (PLEDGE-2.4), Other any other matter (MALL-1.1b, SLA-A-2.1.5): tickets, without goods or money of their own.
	Inquiry   Kind = "INQUIRY"
	Complaint Kind = "COMPLAINT"
	Opinion   Kind = "OPINION"
	Other     Kind = "OTHER"
)

// Kinds lists the kinds of cases that can be opened.
func Kinds() []Kind {
	return []Kind{Return, OrderChange, Repairs, Installation, Commissioning, UsageGuidance, Maintenance, Inquiry, Complaint, Opinion, Other}
}

// Services lists the kinds that are work at the customer's, without goods or money that move.
func Services() []Kind { return []Kind{Installation, Commissioning, UsageGuidance, Maintenance} }

// IsService reports whether a kind is work at the customer's.
func (k Kind) IsService() bool { return slices.Contains(Services(), k) }

// Tickets lists the kinds that are asked or said, and answered.
func Tickets() []Kind { return []Kind{Inquiry, Complaint, Opinion, Other} }

// IsTicket reports whether a kind is asked or said, and answered.
func (k Kind) IsTicket() bool { return slices.Contains(Tickets(), k) }

// Status is the state of a case (contract enum CaseStatus), spelled the same in Go, database and SDL.
type Status string

const (
	Requested        Status = "REQUESTED"
	NeedsInfo        Status = "NEEDS_INFO"
	Proposed         Status = "PROPOSED"
	AwaitingShipment Status = "AWAITING_SHIPMENT"
	InTransit        Status = "IN_TRANSIT"
	Received         Status = "RECEIVED"
	InspectionPassed Status = "INSPECTION_PASSED"
	InspectionFailed Status = "INSPECTION_FAILED"
	Refunding        Status = "REFUNDING"
	RefundFailed     Status = "REFUND_FAILED"
	Replacing        Status = "REPLACING"
	// ReplacementShipped: the replacement is on its way to the customer.
	ReplacementShipped Status = "REPLACEMENT_SHIPPED"
	// SentBack: goods that were not accepted are on their way home.
	SentBack Status = "SENT_BACK"
	// VisitScheduled: somebody comes at an agreed time; InVisit: they are there.
	VisitScheduled Status = "VISIT_SCHEDULED"
	InVisit        Status = "IN_VISIT"
	Diagnosed      Status = "DIAGNOSED"
	Quoted         Status = "QUOTED"
	InRepair       Status = "IN_REPAIR"
	// AwaitingParts never stops a clock: the extension is what special parts buy (MALL-4.3b).
	AwaitingParts Status = "AWAITING_PARTS"
	// Tested: repaired, works, and waits to go home.
	Tested    Status = "TESTED"
	Disputed  Status = "DISPUTED"
	Completed Status = "COMPLETED"
	Rejected  Status = "REJECTED"
	Cancelled Status = "CANCELLED"
	Expired   Status = "EXPIRED"
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
	OutcomeRefunded Outcome = "REFUNDED"
	OutcomeReplaced Outcome = "REPLACED"
	// OutcomeCompensated: the customer kept the goods and was paid something.
	OutcomeCompensated Outcome = "COMPENSATED"
	// OutcomeResolved: what was asked for was done, and no money or goods moved.
	OutcomeResolved  Outcome = "RESOLVED"
	OutcomeRejected  Outcome = "REJECTED"
	OutcomeCancelled Outcome = "CANCELLED"
	OutcomeExpired   Outcome = "EXPIRED"

	OutcomeRepaired      Outcome = "REPAIRED"
	OutcomeUnrepairable  Outcome = "UNREPAIRABLE"
	OutcomeQuoteDeclined Outcome = "QUOTE_DECLINED"
	OutcomeNoFault       Outcome = "NO_FAULT_FOUND"
	// OutcomeSwapped: the unit is exchanged, by a linked case.
	OutcomeSwapped Outcome = "SWAPPED"
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

// Disposition is what becomes of the goods (contract enum Disposition).
type Disposition string

const (
	// GoodsReturn: the customer sends them back.
	GoodsReturn Disposition = "RETURN"
	// GoodsKeep: the customer keeps them, or never had them.
	GoodsKeep Disposition = "KEEP"
	// GoodsScrap: the customer throws them away.
	GoodsScrap Disposition = "SCRAP"
)

// Trigger is from when on a merchant lets a refund start (contract enum RefundTrigger).
type Trigger string

const (
	TriggerApproval   Trigger = "APPROVAL"
	TriggerPickup     Trigger = "CARRIER_PICKUP"
	TriggerReceipt    Trigger = "RECEIPT"
	TriggerInspection Trigger = "INSPECTION"
)

// Triggers lists them from the earliest to the latest.
func Triggers() []Trigger {
	return []Trigger{TriggerApproval, TriggerPickup, TriggerReceipt, TriggerInspection}
}

// reached reports whether a refund may start at the point named: at its own or any later one.
func (t Trigger) reached(point Trigger) bool {
	own := slices.Index(Triggers(), t)
	return own >= 0 && own <= slices.Index(Triggers(), point)
}

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

	ReturnPropose              Action = "RETURN_PROPOSE"
	ReturnProposalAccept       Action = "RETURN_PROPOSAL_ACCEPT"
	ReturnProposalDecline      Action = "RETURN_PROPOSAL_DECLINE"
	ReturnReplace              Action = "RETURN_REPLACE"
	ReturnReplacementDelivered Action = "RETURN_REPLACEMENT_DELIVERED"
	ReturnConvert              Action = "RETURN_CONVERT"
	ReturnSendBack             Action = "RETURN_SEND_BACK"
	ReturnSendBackDelivered    Action = "RETURN_SEND_BACK_DELIVERED"
	ReturnReopen               Action = "RETURN_REOPEN"
	ReturnDelivered            Action = "RETURN_DELIVERED"
	ReturnFreightClaim         Action = "RETURN_FREIGHT_CLAIM"
	ParcelMatch                Action = "PARCEL_MATCH"
	RefundFail                 Action = "REFUND_FAIL"
	RefundRetry                Action = "REFUND_RETRY"
	RefundRedirect             Action = "REFUND_REDIRECT"
	RefundRelease              Action = "REFUND_RELEASE"
	CaseDispute                Action = "CASE_DISPUTE"
	DisputeAnswer              Action = "DISPUTE_ANSWER"
	DisputeAsk                 Action = "DISPUTE_ASK"
	DisputeDecide              Action = "DISPUTE_DECIDE"
	OrderInterceptResolve      Action = "ORDER_INTERCEPT_RESOLVE"

	RepairRequestInfo       Action = "REPAIR_REQUEST_INFO"
	RepairProvideInfo       Action = "REPAIR_PROVIDE_INFO"
	RepairApprove           Action = "REPAIR_APPROVE"
	RepairReject            Action = "REPAIR_REJECT"
	RepairCancel            Action = "REPAIR_CANCEL"
	RepairShip              Action = "REPAIR_SHIP"
	RepairDelivered         Action = "REPAIR_DELIVERED"
	RepairReceive           Action = "REPAIR_RECEIVE"
	RepairVisitSchedule     Action = "REPAIR_VISIT_SCHEDULE"
	RepairVisitMissed       Action = "REPAIR_VISIT_MISSED"
	RepairVisitStart        Action = "REPAIR_VISIT_START"
	RepairVisitEnd          Action = "REPAIR_VISIT_END"
	RepairDiagnose          Action = "REPAIR_DIAGNOSE"
	RepairQuote             Action = "REPAIR_QUOTE"
	RepairQuoteAccept       Action = "REPAIR_QUOTE_ACCEPT"
	RepairQuoteDecline      Action = "REPAIR_QUOTE_DECLINE"
	RepairStart             Action = "REPAIR_START"
	RepairPartRecord        Action = "REPAIR_PART_RECORD"
	RepairPartArrive        Action = "REPAIR_PART_ARRIVE"
	RepairExtend            Action = "REPAIR_EXTEND"
	RepairComplete          Action = "REPAIR_COMPLETE"
	RepairSendBack          Action = "REPAIR_SEND_BACK"
	RepairSendBackDelivered Action = "REPAIR_SEND_BACK_DELIVERED"
	RepairCollect           Action = "REPAIR_COLLECT"
	RepairConvert           Action = "REPAIR_CONVERT"

	ServiceRequestInfo   Action = "SERVICE_REQUEST_INFO"
	ServiceProvideInfo   Action = "SERVICE_PROVIDE_INFO"
	ServiceConfirm       Action = "SERVICE_CONFIRM"
	ServiceReject        Action = "SERVICE_REJECT"
	ServiceCancel        Action = "SERVICE_CANCEL"
	ServiceVisitSchedule Action = "SERVICE_VISIT_SCHEDULE"
	ServiceVisitMissed   Action = "SERVICE_VISIT_MISSED"
	ServiceVisitStart    Action = "SERVICE_VISIT_START"
	ServiceVisitEnd      Action = "SERVICE_VISIT_END"
	ServiceComplete      Action = "SERVICE_COMPLETE"

	TicketRequestInfo   Action = "TICKET_REQUEST_INFO"
	TicketProvideInfo   Action = "TICKET_PROVIDE_INFO"
	TicketAnswer        Action = "TICKET_ANSWER"
	TicketAnswerAccept  Action = "TICKET_ANSWER_ACCEPT"
	TicketAnswerDecline Action = "TICKET_ANSWER_DECLINE"
	TicketReject        Action = "TICKET_REJECT"
	TicketCancel        Action = "TICKET_CANCEL"
	TicketReopen        Action = "TICKET_REOPEN"

	CaseAssign       Action = "CASE_ASSIGN"
	CaseRespond      Action = "CASE_RESPOND"
	CaseExplainDelay Action = "CASE_EXPLAIN_DELAY"
	CaseClose        Action = "CASE_CLOSE"
	CaseMessageAdd   Action = "CASE_MESSAGE_ADD"
	CaseEvidenceAdd  Action = "CASE_EVIDENCE_ADD"

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
	// GoodsDue is whether the customer still has to send goods.
	GoodsDue bool
	// Approved is whether a review said yes.
	Approved bool
	// CameFrom is the status in which an offer was made or a dispute began.
	CameFrom Status
	// Trigger is from when on the refund may start.
	Trigger Trigger
	// Accepted is whether the inspection accepted at least one unit.
	Accepted bool
	// NothingOwed is whether what was stopped on its way leaves nothing to pay back (an unpaid order).
	NothingOwed bool
	// GoodsOwed is whether goods that were not accepted are still with the merchant.
	GoodsOwed bool
	// Shipped is whether the replacement is sent with this act.
	Shipped bool
	// RefundStarted, RefundPending and RefundFailed: some refund of this case was started, is on its way (one that waits to be
	// released is Held, not on its way), has failed.
	RefundStarted, RefundPending, RefundFailed bool
	// Held is whether a refund waits to be released by whoever answers for large ones.
	Held bool
	// Settled is whether the customer has got something: money credited or a replacement delivered.
	Settled bool
	// Disputable is whether the customer may still turn to the platform.
	Disputable bool
	// Upheld is whether a dispute was decided for the customer; the merchant can no longer refuse what was decided.
	Upheld bool
	// Due is whether a decision leaves the customer something more to get than was paid.
	Due bool
	// AtDoor is whether the goods were delivered and only wait to be booked in.
	AtDoor bool
	// Overdue is whether some deadline of the merchant was missed or is at risk and has no explanation yet.
	Overdue bool
	// ExplanationOwed is whether some missed deadline still lacks its explanation.
	ExplanationOwed bool
	// Closed is whether closedAt is set.
	Closed bool
	// Work is what only a repair, or a service at the customer's, knows.
	Work Work
	// Ticket is what only a question, complaint, opinion or other matter knows.
	Ticket Ticket
}

// Ticket are the facts of a question, complaint, opinion or other matter.
type Ticket struct {
	// Final: an answer ends the case; nobody has to say whether it settles the matter.
	Final bool
	// Reopenable: it ended so lately that it may be taken up again.
	Reopenable bool
}

// Work are the facts of a repair or of a service at the customer's.
type Work struct {
	// OnSite: somebody comes to the customer; otherwise goods travel, or nothing does.
	OnSite bool
	// Scheduled: this act, or one before, agreed on an appointment that is still to come.
	Scheduled bool
	// Visiting: a visit was started and not ended.
	Visiting bool
	// Here: the goods are with the merchant.
	Here bool
	// TakenIn, SendIn: this end of a visit took the goods to the depot, or asks the customer to send them.
	TakenIn, SendIn bool
	// Paid: the repair is free, or its price was accepted.
	Paid bool
	// Undone: it was found, or decided, that nothing is repaired; the goods only go home.
	Undone bool
	// Decided: that was so before this act.
	Decided bool
	// Unrepairable: it was found that it cannot be repaired, and nothing was given in its place yet.
	Unrepairable bool
	// Passed: the test after the repair was passed, by this act.
	Passed bool
	// PartsAwaited: with this act, a part is still to come.
	PartsAwaited bool
	// Extendable: a special part is recorded and the repair's clock may be extended for it.
	Extendable bool
}

// underWay reports whether money is still to arrive: on its way, or waiting to be released.
func (f Facts) underWay() bool { return f.RefundPending || f.Held }

// paid reports whether something was given, a refund or a replacement, and every refund arrived.
func (f Facts) paid() bool {
	return (f.RefundStarted || f.Settled) && !f.underWay() && !f.RefundFailed
}

// given reports whether the customer has got something, and no refund is still to come.
func (f Facts) given() bool { return f.Settled && !f.underWay() && !f.RefundFailed }

// early reports whether a refund could run ahead of the goods.
func (f Facts) early() bool { return f.Remedy == ReturnAndRefund && !f.RefundStarted }

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
