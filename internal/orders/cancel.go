package orders

import (
	"context"
	"slices"
	"time"

	"aftersales/ent"
	"aftersales/ent/order"
	"aftersales/internal/casework"
	"aftersales/internal/money"
)

// Locked reads an order within the actor's reach, with its lines in order, under its row locks: what it says holds until the
// caller's transaction ends. Whoever also reserves lines locks the order first. Errors: NOT_FOUND at field.
func (s *Service) Locked(ctx context.Context, orderID string, field ...string) (*ent.Order, error) {
	o, err := s.lock(ctx, orderID)
	if ent.IsNotFound(err) {
		return nil, casework.NotFound("order", "订单", field...)
	}
	return o, err
}

// Cancel writes what came of units that never reach the customer, on the Locked order: they count as returned, also where
// nothing was paid for them. Once nothing of the order is left to come, and nothing of it ever arrived, the order is cancelled as
// of at; Cancel tells whether it is.
// Errors: AMOUNT_EXCEEDS_PAID when the counters moved meanwhile.
func (s *Service) Cancel(ctx context.Context, caseID string, o *ent.Order, settled money.Settlement, at time.Time) (bool, error) {
	if err := s.apply(ctx, caseID, o, settled); err != nil {
		return false, err
	}
	for _, l := range o.Edges.Lines {
		gone := l.Returned
		for _, ch := range settled.Lines {
			if ch.LineID == l.ID {
				gone += ch.Returned
			}
		}
		if gone < l.Quantity {
			return false, nil
		}
	}
	if slices.ContainsFunc(o.Edges.Lines, func(l *ent.OrderLine) bool { return l.DeliveredAt != nil }) {
		return false, nil
	}
	return true, s.store.Client(ctx).Order.Update().Where(order.ID(o.ID), order.CancelledAtIsNil()).SetCancelledAt(at).Exec(ctx)
}
