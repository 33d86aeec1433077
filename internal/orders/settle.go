package orders

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

	"aftersales/ent"
	"aftersales/ent/order"
	"aftersales/ent/orderline"
	"aftersales/ent/returnitem"
	"aftersales/internal/money"
	"aftersales/internal/problem"
)

// SaleOf is an order as the money rules see it; its lines must be loaded.
func SaleOf(o *ent.Order) money.Sale {
	s := money.Sale{
		Paid: o.Paid + o.ExtraPaid, Refunded: o.Refunded, Shipping: o.Shipping, ShippingRefunded: o.ShippingRefunded,
		FreeFrom: o.FreeShippingFrom, Waived: o.ShippingWaived, ShippingWithheld: o.ShippingWithheld,
	}
	byExternal := map[string]string{}
	for _, l := range o.Edges.Lines {
		if l.ExternalID != "" {
			byExternal[l.ExternalID] = l.ID
		}
	}
	for _, l := range o.Edges.Lines {
		line := money.SaleLine{ID: l.ID, Quantity: l.Quantity, Held: l.Held, Returned: l.Returned, Replaced: l.Replaced, Paid: l.Paid, Refunded: l.Refunded,
			UnitPrice: l.UnitPrice, Bundle: l.Bundle, ListPrice: l.UnitPrice, Withheld: l.Withheld}
		if l.ListPrice != nil {
			line.ListPrice = *l.ListPrice
		}
		if l.GiftOf != "" {
			line.GiftOf = byExternal[l.GiftOf]
		}
		if l.MarkedPrice != nil {
			line.MarkedPrice = *l.MarkedPrice
		}
		s.Lines = append(s.Lines, line)
	}
	return s
}

// Refundable is what can still be paid back of an order.
func Refundable(o *ent.Order) int64 { return max(0, o.Paid+o.ExtraPaid-o.Refunded) }

// Settle turns what a case held into returned goods and money promised back, and returns what the claim came to with the
// order as it was before. It runs in the caller's transaction, locks the order first, and moves counters only under their
// ceilings: no line and no order ever pays back more than was paid, whatever runs at the same time (design decision 7).
// Errors: AMOUNT_EXCEEDS_PAID when nothing is left to refund.
func (s *Service) Settle(ctx context.Context, caseID, orderID string, claim money.Claim) (money.Settlement, *ent.Order, error) {
	o, err := s.lock(ctx, orderID)
	if err != nil {
		return money.Settlement{}, nil, err
	}
	settled := SaleOf(o).Settle(claim)
	if settled.Total() == 0 {
		return settled, nil, exceedsPaid(o)
	}
	return settled, o, s.apply(ctx, caseID, o, settled)
}

// SettleMore is Settle for units of a case that no longer holds them, because a part of it was settled before.
// Errors: AMOUNT_EXCEEDS_PAID when nothing is left to refund, QUANTITY_EXCEEDS_BOUGHT when another case holds the units now.
func (s *Service) SettleMore(ctx context.Context, caseID, orderID string, claim money.Claim) (money.Settlement, *ent.Order, error) {
	o, err := s.lock(ctx, orderID)
	if err != nil {
		return money.Settlement{}, nil, err
	}
	for _, t := range claim.Takes {
		at := slices.IndexFunc(o.Edges.Lines, func(l *ent.OrderLine) bool { return l.ID == t.LineID })
		if l := o.Edges.Lines[at]; t.Accepted > l.Quantity-l.Held-l.Returned {
			return money.Settlement{}, nil, exceedsBought(l)
		}
	}
	settled := SaleOf(o).Settle(claim)
	if settled.Total() == 0 {
		return settled, nil, exceedsPaid(o)
	}
	return settled, o, s.apply(ctx, caseID, o, settled)
}

// apply writes a settlement of a case to its locked order.
func (s *Service) apply(ctx context.Context, caseID string, o *ent.Order, settled money.Settlement) error {
	for _, ch := range settled.Lines {
		at := slices.IndexFunc(o.Edges.Lines, func(l *ent.OrderLine) bool { return l.ID == ch.LineID })
		l := o.Edges.Lines[at]
		n, err := s.store.Client(ctx).OrderLine.Update().
			Where(orderline.ID(l.ID), orderline.HeldGTE(ch.Released), orderline.RefundedLTE(l.Paid-ch.Refunded), orderline.ReturnedLTE(l.Quantity-ch.Returned)).
			AddHeld(-ch.Released).AddReturned(ch.Returned).AddReplaced(ch.Replaced).AddRefunded(ch.Refunded).AddWithheld(ch.Withheld).Save(ctx)
		if err != nil {
			return err
		}
		if n == 0 {
			return exceedsPaid(o)
		}
	}
	err := s.store.Client(ctx).ReturnItem.Update().Where(returnitem.CaseID(caseID)).SetHolding(false).Exec(ctx)
	if err != nil {
		return err
	}
	n, err := s.store.Client(ctx).Order.Update().Where(order.ID(o.ID), order.RefundedLTE(o.Paid+o.ExtraPaid-settled.FromOrder)).
		AddRefunded(settled.FromOrder).AddShippingRefunded(settled.Shipping).AddShippingWithheld(settled.ShippingWithheld).Save(ctx)
	if err != nil {
		return err
	}
	if n == 0 {
		return exceedsPaid(o)
	}
	return nil
}

func exceedsPaid(o *ent.Order) error {
	left := money.Format(Refundable(o), o.Currency)
	return problem.New(problem.AmountExceedsPaid, problem.Textf("of order %s only %s %s can still be refunded", "订单 %s 还可退款 %s %s", o.Number, left, o.Currency),
		problem.Param{Name: "remaining", Value: left}, problem.Param{Name: "currency", Value: o.Currency}, problem.Param{Name: "paid", Value: fmt.Sprint(money.Format(o.Paid+o.ExtraPaid, o.Currency))})
}

// asCounter locks as an UPDATE of counters does. FOR UPDATE itself would also keep others from pointing a foreign key at
// the row, and so deadlock with a request that reserved a line and now opens its case on the order.
var asCounter = sql.WithLockClause("FOR NO KEY UPDATE")

// lock reads an order with its lines under their row locks.
func (s *Service) lock(ctx context.Context, orderID string) (*ent.Order, error) {
	oq := s.store.Client(ctx).Order.Query().Where(order.ID(orderID))
	lq := s.store.Client(ctx).OrderLine.Query().Where(orderline.OrderID(orderID)).Order(orderline.ByID())
	if s.store.Dialect() == dialect.Postgres {
		oq, lq = oq.ForUpdate(asCounter), lq.ForUpdate(asCounter)
	}
	o, err := oq.Only(ctx)
	if err != nil {
		return nil, err
	}
	if o.Edges.Lines, err = lq.All(ctx); err != nil {
		return nil, err
	}
	slices.SortFunc(o.Edges.Lines, func(a, b *ent.OrderLine) int { return cmp.Or(a.Position-b.Position, cmp.Compare(a.ID, b.ID)) })
	return o, nil
}
