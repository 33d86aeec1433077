package lifecycle

// Conditions of the table of tickets.
var (
	finalAnswer = &Condition{"an opinion", func(f Facts) bool { return f.Ticket.Final }}
	settles     = &Condition{"the customer says whether it settles the matter", func(f Facts) bool { return !f.Ticket.Final }}
	lately      = &Condition{"ended lately", func(f Facts) bool { return f.Ticket.Reopenable }}
)

// ticketTable is asking and answering (MALL-2.3a, SLA-A-2.3): questions, complaints, opinions and every other matter
// (MALL-1.1b). An answer settles a matter when the customer says so, or says nothing in time; an opinion is only answered.
var ticketTable = []Transition{
	{TicketRequestInfo, []Status{Requested}, NeedsInfo, nil},
	{TicketProvideInfo, []Status{NeedsInfo}, Requested, nil},
	// Also when the question to the customer became needless.
	{TicketAnswer, []Status{Requested, NeedsInfo}, Completed, finalAnswer},
	{TicketAnswer, []Status{Requested, NeedsInfo}, Proposed, settles},
	{TicketAnswerAccept, []Status{Proposed}, Completed, nil},
	{TicketAnswerDecline, []Status{Proposed}, Requested, nil},
	{TicketReject, []Status{Requested, NeedsInfo}, Rejected, nil},
	{TicketCancel, []Status{Requested, NeedsInfo, Proposed}, Cancelled, nil},
	// Called settled, and it was not; refused, and the customer objects; given up too early.
	{TicketReopen, []Status{Completed, Rejected, Expired}, Requested, lately},
	{Expire, []Status{NeedsInfo}, Expired, nil},
}
