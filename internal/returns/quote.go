package returns

import (
	"context"
	"slices"
	"strconv"

	"aftersales/ent"
	"aftersales/ent/order"
	"aftersales/ent/orderline"
	"aftersales/internal/auth"
	"aftersales/internal/casework"
	"aftersales/internal/lifecycle"
	"aftersales/internal/money"
	"aftersales/internal/orders"
	"aftersales/internal/plan"
	"aftersales/internal/problem"
)

// Quote is what a refund pays: how the sum comes about, and by which tenders it goes back.
type Quote struct {
	money.Settlement
	Parts []money.Part
	// Amount is what reaches the customer, in minor units of the order's currency: all but what lapses.
	Amount int64
}

// quote turns a settlement of an order, as it was before, into what is paid.
func quote(o *ent.Order, settled money.Settlement) Quote {
	parts := money.InKind(o.Tenders, o.Refunded, settled.FromOrder)
	if settled.Beyond > 0 {
		parts = append(parts, money.Original(o.Tenders, settled.Beyond))
	}
	return Quote{settled, parts, money.Payable(parts)}
}

// Quote is what a refund of so much of an order would pay if everything comes back as it should: the computation of Refund
// itself. reason nil: the customer's own choice where goods come back, else somebody else's fault.
func (t *Terms) Quote(o *ent.Order, items []RequestItem, remedy lifecycle.Remedy, reason *ent.ReturnReason) Quote {
	fault := plan.Customer
	if reason != nil {
		fault = plan.Party(reason.AtFault)
	} else if remedy == lifecycle.Refund {
		fault = plan.Merchant
	}
	claim := claimBy(t.Law, fault, remedy == lifecycle.ReturnAndRefund)
	for _, it := range items {
		claim.Takes = append(claim.Takes, money.Take{LineID: it.OrderLineID, Held: it.Quantity, Accepted: it.Quantity})
	}
	return quote(o, orders.SaleOf(o).Settle(claim))
}

// Refuse is what stands in the way of a request for several lines of an order at once, nil when nothing does: each line by
// itself, and that all together are worth nothing. Lines must be those of items, in their order, loaded as for Assess.
func (t *Terms) Refuse(o *ent.Order, lines []*ent.OrderLine, items []RequestItem, remedy lifecycle.Remedy, reason *ent.ReturnReason) error {
	for i, it := range items {
		if err := t.Refusal(o, lines[i], remedy, reason, it.Quantity, "input", "items", strconv.Itoa(i)); err != nil {
			return err
		}
	}
	if remedy == lifecycle.Exchange || t.Quote(o, items, remedy, reason).Amount > 0 {
		return nil
	}
	field := []string{"input", "items"}
	if len(items) == 1 {
		field = append(field, "0")
	}
	return &problem.Problem{Code: problem.NotEligible, Field: field, Message: nothingAlone}
}

// nothingAlone: the goods are worth something, but less than what a broken bundle or lost free delivery keeps back.
var nothingAlone = problem.Text{EN: "what would be kept back for the bundle or for delivery is all that these goods are worth", ZH: "扣除套装差价或运费后已无可退金额"}

// checkItems refuses a list of lines that cannot be asked for.
func checkItems(items []RequestItem) problem.List {
	var l problem.List
	if len(items) == 0 || len(items) > 100 {
		l = append(l, problem.Invalid(problem.Text{EN: "must name 1 to 100 order lines", ZH: "须包含 1 至 100 个订单行"}, "input", "items"))
	}
	for i, it := range items {
		if it.Quantity < 1 {
			l = append(l, problem.Invalid(problem.Text{EN: "must be 1 or more", ZH: "须为 1 或以上"}, "input", "items", strconv.Itoa(i), "quantity"))
		}
		if slices.ContainsFunc(items[:i], func(o RequestItem) bool { return o.OrderLineID == it.OrderLineID }) {
			l = append(l, problem.Invalid(problem.Text{EN: "this order line is named twice", ZH: "该订单行重复"}, "input", "items", strconv.Itoa(i), "orderLine"))
		}
	}
	return l
}

// linesOf finds the lines of a request in its order. Errors: NOT_FOUND naming the item.
func linesOf(o *ent.Order, items []RequestItem) ([]*ent.OrderLine, error) {
	lines := make([]*ent.OrderLine, len(items))
	for i, it := range items {
		at := slices.IndexFunc(o.Edges.Lines, func(l *ent.OrderLine) bool { return l.ID == it.OrderLineID })
		if at < 0 {
			return nil, casework.NotFound("line in this order", "该订单中的订单行", "input", "items", strconv.Itoa(i), "orderLine")
		}
		lines[i] = o.Edges.Lines[at]
	}
	return lines, nil
}

// QuoteFor is what a refund of several lines would pay now, with the order; with adds what the caller wants loaded beside
// each line.
//
// Requires: a role that reads orders. Errors: NOT_FOUND (order, line), INVALID_INPUT, and for what cannot be returned
// NOT_ELIGIBLE, WINDOW_CLOSED, QUANTITY_EXCEEDS_BOUGHT.
func (s *Service) QuoteFor(ctx context.Context, orderID string, items []RequestItem, remedy lifecycle.Remedy, reasonHandle string, with func(*ent.OrderLineQuery)) (*ent.Order, *Quote, error) {
	if _, err := auth.Require(ctx, "refundQuote"); err != nil {
		return nil, nil, err
	}
	l := checkItems(items)
	if remedy != lifecycle.Refund && remedy != lifecycle.ReturnAndRefund {
		l = append(l, problem.Invalid(problem.Text{EN: "only REFUND and RETURN_AND_REFUND pay money back", ZH: "仅 REFUND 与 RETURN_AND_REFUND 退款"}, "input", "remedy"))
	}
	if err := l.Err(); err != nil {
		return nil, nil, err
	}
	o, err := s.store.Client(ctx).Order.Query().Where(order.ID(orderID)).WithLines(func(q *ent.OrderLineQuery) {
		q.Order(orderline.ByPosition()).WithReturnItems(func(q *ent.ReturnItemQuery) { q.WithCase() })
		with(q)
	}).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, nil, casework.NotFound("order", "订单", "input", "order")
	}
	if err != nil {
		return nil, nil, err
	}
	ctx = auth.ForMerchant(ctx, o.MerchantID)
	m, err := s.cases.Merchant(ctx)
	if err != nil {
		return nil, nil, err
	}
	terms, err := s.Terms(ctx, m)
	if err != nil {
		return nil, nil, err
	}
	reason := terms.Reason(reasonHandle)
	if reason == nil {
		return nil, nil, noReason()
	}
	lines, err := linesOf(o, items)
	if err != nil {
		return nil, nil, err
	}
	if err := terms.Refuse(o, lines, items, remedy, reason); err != nil {
		return nil, nil, err
	}
	q := terms.Quote(o, items, remedy, reason)
	return o, &q, nil
}

func noReason() *problem.Problem {
	return problem.Invalid(problem.Text{EN: "no such return reason; returnReasons lists them", ZH: "没有这样的退货原因，请查询 returnReasons"}, "input", "reasonHandle")
}
