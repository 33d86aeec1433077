package orders

import (
	"context"
	"fmt"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

	"aftersales/ent"
	"aftersales/ent/order"
	"aftersales/ent/orderline"
	"aftersales/internal/money"
	"aftersales/internal/problem"
)

// Take is what a case settles of one line: it held Held units, of which Accepted came back for good.
type Take struct {
	LineID         string
	Held, Accepted int
}

// RefundOf is what bringing back quantity units of a line pays, by money.md F8, the order's own ceiling aside.
func RefundOf(l *ent.OrderLine, quantity int) int64 {
	return money.PartialRefund(l.Paid, l.Quantity, l.Returned, quantity, l.Refunded)
}

// Refundable is what can still be paid back of an order.
func Refundable(o *ent.Order) int64 { return max(0, o.Paid-o.Refunded) }

// Settle turns what a case held into returned goods and money promised back, and returns the amount in minor units of
// the order's currency. It runs in the caller's transaction, locks the order first, and moves counters only under their
// ceilings: no line and no order ever pays back more than was paid, whatever runs at the same time (design decision 7).
// Errors: AMOUNT_EXCEEDS_PAID when nothing is left to refund.
func (s *Service) Settle(ctx context.Context, orderID string, takes []Take) (amount int64, currency string, err error) {
	o, lines, err := s.lock(ctx, orderID)
	if err != nil {
		return 0, "", err
	}
	left := Refundable(o)
	var total int64
	for _, t := range takes {
		l := lines[t.LineID]
		amount := int64(0)
		if t.Accepted > 0 {
			amount = min(RefundOf(l, t.Accepted), left)
		}
		left -= amount
		total += amount
		n, err := s.store.Client(ctx).OrderLine.Update().
			Where(orderline.ID(l.ID), orderline.HeldGTE(t.Held), orderline.RefundedLTE(l.Paid-amount), orderline.ReturnedLTE(l.Quantity-t.Accepted)).
			AddHeld(-t.Held).AddReturned(t.Accepted).AddRefunded(amount).Save(ctx)
		if err != nil {
			return 0, "", err
		}
		if n == 0 {
			return 0, "", exceedsPaid(o)
		}
	}
	if total == 0 {
		return 0, "", exceedsPaid(o)
	}
	n, err := s.store.Client(ctx).Order.Update().Where(order.ID(o.ID), func(sel *sql.Selector) {
		sel.Where(sql.P(func(b *sql.Builder) {
			b.Ident(order.FieldRefunded).WriteString(" + ").Arg(total).WriteString(" <= ").Ident(order.FieldPaid)
		}))
	}).AddRefunded(total).Save(ctx)
	if err != nil {
		return 0, "", err
	}
	if n == 0 {
		return 0, "", exceedsPaid(o)
	}
	return total, o.Currency, nil
}

func exceedsPaid(o *ent.Order) error {
	left := money.Format(Refundable(o), o.Currency)
	return problem.New(problem.AmountExceedsPaid, problem.Textf("of order %s only %s %s can still be refunded", "订单 %s 还可退款 %s %s", o.Number, left, o.Currency),
		problem.Param{Name: "remaining", Value: left}, problem.Param{Name: "currency", Value: o.Currency}, problem.Param{Name: "paid", Value: fmt.Sprint(money.Format(o.Paid, o.Currency))})
}

// asCounter locks as an UPDATE of counters does. FOR UPDATE itself would also keep others from pointing a foreign key at
// the row, and so deadlock with a request that reserved a line and now opens its case on the order.
var asCounter = sql.WithLockClause("FOR NO KEY UPDATE")

func (s *Service) lock(ctx context.Context, orderID string) (*ent.Order, map[string]*ent.OrderLine, error) {
	oq := s.store.Client(ctx).Order.Query().Where(order.ID(orderID))
	lq := s.store.Client(ctx).OrderLine.Query().Where(orderline.OrderID(orderID)).Order(orderline.ByID())
	if s.store.Dialect() == dialect.Postgres {
		oq, lq = oq.ForUpdate(asCounter), lq.ForUpdate(asCounter)
	}
	o, err := oq.Only(ctx)
	if err != nil {
		return nil, nil, err
	}
	rows, err := lq.All(ctx)
	if err != nil {
		return nil, nil, err
	}
	lines := make(map[string]*ent.OrderLine, len(rows))
	for _, l := range rows {
		lines[l.ID] = l
	}
	return o, lines, nil
}
