package lifecycle

import "slices"

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
