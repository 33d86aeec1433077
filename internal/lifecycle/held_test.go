package lifecycle

import "testing"

// A refund that waits to be released is money that did not arrive: a case goes on and ends as if it were on its way, and
// nothing can be said of its payment yet.
func TestHeldRefundsAreNotPaid(t *testing.T) {
	t.Parallel()
	held := Facts{Remedy: ReturnAndRefund, RefundStarted: true, Held: true, Accepted: true}
	onItsWay := Facts{Remedy: ReturnAndRefund, RefundStarted: true, RefundPending: true, Accepted: true}
	paid := Facts{Remedy: ReturnAndRefund, RefundStarted: true, Settled: true, Accepted: true}
	for _, c := range []struct {
		from   Status
		action Action
		facts  Facts
		want   Status // empty: refused
	}{
		{Received, ReturnInspect, held, Refunding},
		{Received, ReturnInspect, onItsWay, Refunding},
		{Received, ReturnInspect, paid, Completed},
		{ReplacementShipped, ReturnReplacementDelivered, held, Refunding},
		{ReplacementShipped, ReturnReplacementDelivered, onItsWay, Refunding},
		{ReplacementShipped, ReturnReplacementDelivered, paid, Completed},
		{InspectionFailed, ReturnReject, held, ""},
		{InspectionFailed, ReturnReject, paid, Rejected},
		{Refunding, RefundConfirm, held, ""},
		{Refunding, RefundFail, held, ""},
		{Refunding, RefundRetry, held, ""},
		{Refunding, RefundRelease, held, Refunding},
		{Refunding, RefundRelease, onItsWay, ""},
		{RefundFailed, RefundRetry, Facts{RefundStarted: true, RefundFailed: true}, Refunding},
		{RefundFailed, RefundConfirm, Facts{RefundStarted: true, RefundFailed: true}, ""},
	} {
		got, ok := Next(Return, c.from, c.action, c.facts)
		if got != c.want || ok != (c.want != "") {
			t.Errorf("%s in %s with %+v leads to %q, want %q", c.action, c.from, c.facts, got, c.want)
		}
	}
}
