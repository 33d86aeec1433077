package lifecycle

// orderChangeTable is an order cancelled or stopped before it arrived (MALL-2.3b): what was not dispatched is refunded at
// once, what is on its way once the carrier says whether it could be stopped.
var orderChangeTable = []Transition{
	{OrderInterceptResolve, []Status{Requested}, Refunding, &Condition{"stopped", func(f Facts) bool { return f.Accepted && !f.NothingOwed }}},
	{OrderInterceptResolve, []Status{Requested}, Completed, &Condition{"stopped, nothing to pay back", func(f Facts) bool { return f.Accepted && f.NothingOwed }}},
	{OrderInterceptResolve, []Status{Requested}, Rejected, &Condition{"could not be stopped", func(f Facts) bool { return !f.Accepted }}},
	{RefundConfirm, []Status{Refunding}, Completed, pending},
	{RefundFail, []Status{Refunding}, RefundFailed, pending},
	{RefundRetry, []Status{RefundFailed}, Refunding, failed},
	{RefundRedirect, []Status{RefundFailed}, Refunding, failed},
}
