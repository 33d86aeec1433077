package lifecycle

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
