package orderchange

import (
	"slices"
	"time"

	"aftersales/ent"
	"aftersales/internal/lifecycle"
	"aftersales/internal/money"
	"aftersales/internal/orders"
	"aftersales/internal/plan"
	"aftersales/internal/returns"
)

// State is how far the goods of an order line have come (contract enum DispatchState).
type State string

const (
	Undispatched State = "UNDISPATCHED"
	// InTransit: dispatched, and nobody said that they arrived.
	InTransit State = "IN_TRANSIT"
	Delivered State = "DELIVERED"
	// Gone: nothing of the line is left that could arrive.
	Gone State = "CANCELLED"
)

// silence is after what time an order of which nobody ever said that it was dispatched is not taken for undispatched any more:
// the merchant's system may not tell of dispatches at all. Then a person decides, as for goods on their way.
const silence = 30 * 24 * time.Hour

// StateOf is how far a line of an order has come by now.
func StateOf(o *ent.Order, l *ent.OrderLine, now time.Time) State {
	switch {
	case l.DeliveredAt != nil:
		return Delivered
	case o.CancelledAt != nil, l.Returned >= l.Quantity:
		return Gone
	case l.FulfilledAt != nil, now.Sub(o.PlacedAt) > silence:
		return InTransit
	default:
		return Undispatched
	}
}

// LineOption is what can be cancelled, or asked to be stopped, of one line.
type LineOption struct {
	Line  *ent.OrderLine
	State State
	// Quantity is how many: none of what arrived, is in another case, or replaces what a return took back.
	Quantity int
	// WouldRefund is what they alone would bring back, in minor units of the order's currency.
	WouldRefund int64
}

// Options is what can be done about an order before it arrives (MALL-2.3b).
type Options struct {
	Lines []LineOption
	// WouldRefund is what cancelling all that is left would bring back; nil when that cannot be asked for in one call.
	WouldRefund *int64
	// Amendable is whether it can still be sent elsewhere.
	Amendable bool
}

// Assess says what can be cancelled or changed of an order whose lines are loaded, under a law and by now. It reckons as
// Cancel does, so that the two never disagree.
func Assess(o *ent.Order, law *plan.Law, now time.Time) Options {
	out := Options{Amendable: amendable(o, now)}
	var all []money.Take
	states := map[State]bool{}
	for _, l := range o.Edges.Lines {
		opt := LineOption{Line: l, State: StateOf(o, l, now)}
		left := returns.Returnable(l)
		if left > 0 && l.ReplacesItemID == nil && opt.State != Gone {
			states[opt.State] = true
			if opt.State != Delivered {
				take := money.Take{LineID: l.ID, Held: left, Accepted: left}
				opt.Quantity = left
				opt.WouldRefund = owed(o, orders.SaleOf(o).Settle(claim(o, law, []money.Take{take})))
				all = append(all, take)
			}
		}
		out.Lines = append(out.Lines, opt)
	}
	if len(all) > 0 && len(states) == 1 {
		sum := owed(o, orders.SaleOf(o).Settle(claim(o, law, all)))
		out.WouldRefund = &sum
	}
	return out
}

// amendable reports whether an order can still be sent elsewhere: nothing of it was dispatched, and something will be.
func amendable(o *ent.Order, now time.Time) bool {
	coming := false
	for _, l := range o.Edges.Lines {
		switch StateOf(o, l, now) {
		case Undispatched:
			coming = true
		case InTransit, Delivered:
			return false
		}
	}
	return coming
}

// claim is what units that never reach the customer bring back (MALL-2.3c, MALL-4.2a): all that was paid for them, no fee, no
// price counted again, their gifts gone with them, and delivery too once nothing of the order is left, unless some of it was
// delivered and the law lets the seller keep it then.
func claim(o *ent.Order, law *plan.Law, takes []money.Take) money.Claim {
	arrived := slices.ContainsFunc(o.Edges.Lines, func(l *ent.OrderLine) bool { return l.DeliveredAt != nil })
	return money.Claim{Takes: takes, GoodsBack: true, ShippingBack: !arrived || law.FreightFor(plan.Customer).Out != plan.Customer}
}

// owed is what reaches the customer of a settlement of the order as it was before.
func owed(o *ent.Order, settled money.Settlement) int64 {
	return money.Payable(money.InKind(o.Tenders, o.Refunded, settled.FromOrder))
}

// Preview is what stopping the parcel of an interception would bring back; nil for every other case, and once it was
// resolved. Its order with the lines, detail and items must be loaded.
func (s *Service) Preview(c *ent.ServiceCase) *int64 {
	if c.Status != lifecycle.Requested || c.Edges.Order == nil {
		return nil
	}
	law := s.cases.Plans().LawVersion(c.LawCode, c.LawVersion)
	if law == nil {
		return nil
	}
	sum := owed(c.Edges.Order, orders.SaleOf(c.Edges.Order).Settle(claim(c.Edges.Order, law, takes(c.Edges.Items))))
	return &sum
}

func takes(items []*ent.ReturnItem) []money.Take {
	out := make([]money.Take, len(items))
	for i, it := range items {
		out[i] = money.Take{LineID: it.OrderLineID, Held: it.Quantity, Accepted: it.Quantity}
	}
	return out
}
