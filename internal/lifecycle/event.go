package lifecycle

// Event is what happened to a case (contract enum CaseEventType). Events are the timeline that customers read
// (MALL-1.2a) and what starts and stops a plan's clocks.
type Event string

const (
	Opened             Event = "OPENED"
	Responded          Event = "RESPONDED"
	InfoRequested      Event = "INFO_REQUESTED"
	InfoProvided       Event = "INFO_PROVIDED"
	Approved           Event = "APPROVED"
	EventRejected      Event = "REJECTED"
	Shipped            Event = "SHIPPED"
	EventReceived      Event = "RECEIVED"
	Inspected          Event = "INSPECTED"
	RefundStarted      Event = "REFUND_STARTED"
	RefundCredited     Event = "REFUND_CREDITED"
	Assigned           Event = "ASSIGNED"
	Escalated          Event = "ESCALATED"
	DeadlineAtRisk     Event = "DEADLINE_AT_RISK"
	DeadlineBreached   Event = "DEADLINE_BREACHED"
	DeadlineRecomputed Event = "DEADLINE_RECOMPUTED"
	DelayExplained     Event = "DELAY_EXPLAINED"
	EventCancelled     Event = "CANCELLED"
	EventExpired       Event = "EXPIRED"
	Closed             Event = "CLOSED"
	MessageAdded       Event = "MESSAGE_ADDED"
	EvidenceAdded      Event = "EVIDENCE_ADDED"
)
