package orderchange

import (
	"context"
	"slices"
	"strings"

	"aftersales/ent"
	"aftersales/ent/orderline"
	"aftersales/ent/returnitem"
	"aftersales/internal/auth"
	"aftersales/internal/casework"
	"aftersales/internal/id"
	"aftersales/internal/lifecycle"
	"aftersales/internal/money"
	"aftersales/internal/orders"
	"aftersales/internal/problem"
	"aftersales/internal/returns"
)

// Request is the wish to have an order, or a part of it, not arrive.
type Request struct {
	IdempotencyKey string
	OrderID        string
	// Items are what of it; nil means all that is left.
	Items  []Item
	Reason string
}

// Item is a quantity of one order line.
type Item struct {
	OrderLineID string
	Quantity    int
}

// Cancel cancels what was not dispatched: at once, without a fee, its refund started in the same act (MALL-2.3b, MALL-2.3c,
// MALL-4.2a). For what is on its way it asks to have the parcel stopped. It returns the case's id.
//
// Requires: CUSTOMER (own orders), AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND (order, line), INVALID_INPUT,
// NOT_ELIGIBLE (delivered, cancelled before, or some dispatched and some not), QUANTITY_EXCEEDS_BOUGHT, IDEMPOTENCY_MISMATCH.
func (s *Service) Cancel(ctx context.Context, in Request) (string, error) {
	a, err := auth.Require(ctx, "orderCancel")
	if err != nil {
		return "", err
	}
	if err := in.check(); err != nil {
		return "", err
	}
	hashed := in
	hashed.IdempotencyKey = ""
	return s.store.Once(ctx, "orderCancel", in.IdempotencyKey, hashed, func(ctx context.Context) (string, error) {
		op, err := s.begin(ctx, a, in.OrderID, in.Reason)
		if err != nil {
			return "", err
		}
		items, state, err := s.choose(ctx, op, in.Items)
		if err != nil {
			return "", err
		}
		if err := s.reserve(ctx, op.order, items, in.Items != nil); err != nil {
			return "", err
		}
		if state == InTransit {
			return s.open(ctx, op, Interception, lifecycle.Requested, true, items, func(ctx context.Context, st *casework.Step) error {
				return st.Happened(ctx, lifecycle.InterceptRequested, "", nil)
			})
		}
		settled := orders.SaleOf(op.order).Settle(claim(op.order, op.terms.Law, takesOf(items)))
		status := lifecycle.Refunding
		if owed(op.order, settled) == 0 {
			status = lifecycle.Completed
		}
		return s.open(ctx, op, Cancellation, status, status == lifecycle.Refunding, items, func(ctx context.Context, st *casework.Step) error {
			if err := st.Happened(ctx, lifecycle.Approved, "", nil); err != nil {
				return err
			}
			return s.settle(ctx, st, op.order, settled)
		})
	})
}

func (in *Request) check() error {
	var l problem.List
	var err error
	in.Reason, err = casework.Text(in.Reason, "input", "reason")
	l = append(l, problem.All(err)...)
	if in.Items != nil && len(in.Items) == 0 || len(in.Items) > 100 {
		l = append(l, problem.Invalid(problem.Text{EN: "must name 1 to 100 order lines", ZH: "须包含 1 至 100 个订单行"}, "input", "items"))
	}
	for i, it := range in.Items {
		if it.Quantity < 1 {
			l = append(l, problem.Invalid(problem.Text{EN: "must be 1 or more", ZH: "须为 1 或以上"}, "input", "items", index(i), "quantity"))
		}
		if slices.ContainsFunc(in.Items[:i], func(o Item) bool { return o.OrderLineID == it.OrderLineID }) {
			l = append(l, problem.Invalid(problem.Text{EN: "this order line is named twice", ZH: "该订单行重复"}, "input", "items", index(i), "orderLine"))
		}
	}
	return l.Err()
}

// choose finds what is to be cancelled and how far it has come; nothing named means all that is left.
func (s *Service) choose(ctx context.Context, op *opening, named []Item) ([]Item, State, error) {
	items, field := named, func(i int) []string { return []string{"input", "items", index(i)} }
	if named == nil {
		field = func(int) []string { return []string{"input", "order"} }
		for _, l := range op.order.Edges.Lines {
			if n := returns.Returnable(l); n > 0 && l.ReplacesItemID == nil && StateOf(op.order, l, op.terms.Now) != Gone {
				items = append(items, Item{l.ID, n})
			}
		}
		if len(items) == 0 {
			return nil, "", notEligible(problem.Text{EN: "nothing of this order is left to cancel", ZH: "该订单已无可取消的商品"}, "input", "order")
		}
	}
	var l problem.List
	var came []State
	var dispatched []string
	for i, it := range items {
		at := slices.IndexFunc(op.order.Edges.Lines, func(row *ent.OrderLine) bool { return row.ID == it.OrderLineID })
		if at < 0 {
			l = append(l, casework.NotFound("line in this order", "该订单中的订单行", append(field(i), "orderLine")...))
			continue
		}
		line := op.order.Edges.Lines[at]
		state := StateOf(op.order, line, op.terms.Now)
		came = append(came, state)
		switch free := returns.Returnable(line); {
		case line.ReplacesItemID != nil:
			l = append(l, notEligible(problem.Textf("%s is sent in place of returned goods; ask in the case of that return", "%s 为换货商品，请在原退货工单中处理", line.Title), field(i)...))
		case state == Delivered:
			p := notEligible(problem.Textf("%s was delivered already; ask for a return instead (returnRequest)", "%s 已送达，请改为申请退货（returnRequest）", line.Title), field(i)...)
			l = append(l, p.With("operation", "returnRequest").With("orderLine", line.ID))
		case state == Gone:
			l = append(l, notEligible(problem.Textf("%s was cancelled or taken back already", "%s 已取消或已退回", line.Title), field(i)...))
		case it.Quantity > free:
			p, err := s.held(ctx, line, it.Quantity, append(field(i), "quantity")...)
			if err != nil {
				return nil, "", err
			}
			l = append(l, p)
		case state == InTransit:
			dispatched = append(dispatched, line.Sku)
		}
	}
	if len(l) == 0 && slices.Contains(came, InTransit) && slices.Contains(came, Undispatched) {
		p := notEligible(problem.Textf("some of this was dispatched (%s) and some was not; ask for the two in calls of their own",
			"部分商品已发出（%s），部分尚未发出，请分别申请", strings.Join(dispatched, ", ")), "input", "items")
		l = append(l, p.With("dispatched", strings.Join(dispatched, ", ")))
	}
	if err := l.Err(); err != nil {
		return nil, "", err
	}
	return items, came[0], nil
}

func notEligible(t problem.Text, field ...string) *problem.Problem {
	return &problem.Problem{Code: problem.NotEligible, Field: field, Message: t}
}

// held refuses a quantity that is not free, naming the case that holds it.
func (s *Service) held(ctx context.Context, l *ent.OrderLine, wanted int, field ...string) (*problem.Problem, error) {
	free := returns.Returnable(l)
	p := &problem.Problem{Code: problem.QuantityExceedsBought, Field: field, Message: problem.Textf(
		"%[1]d asked for, %[2]d can still be cancelled: %[3]d bought, %[4]d in open cases, %[5]d gone",
		"申请 %[1]d 件，可取消 %[2]d 件：购买 %[3]d，处理中 %[4]d，已退 %[5]d", wanted, free, l.Quantity, l.Held, l.Returned)}
	p = p.With("cancellable", index(free))
	it, err := s.store.Client(ctx).ReturnItem.Query().Where(returnitem.OrderLineID(l.ID), returnitem.Holding(true), returns.Holding).
		WithCase().Order(returnitem.ByID()).First(ctx)
	switch {
	case ent.IsNotFound(err):
		return p, nil
	case err != nil:
		return nil, err
	}
	return p.With("case", it.Edges.Case.Number), nil
}

// reserve holds the quantities, so that no return takes them too. The order is locked, so that they are free unless a return
// was filed within the same instant.
func (s *Service) reserve(ctx context.Context, o *ent.Order, items []Item, named bool) error {
	places := make([]int, len(items))
	for i := range items {
		places[i] = i
	}
	slices.SortFunc(places, func(a, b int) int { return strings.Compare(items[a].OrderLineID, items[b].OrderLineID) })
	for _, i := range places {
		field := []string{"input", "order"}
		if named {
			field = []string{"input", "items", index(i), "quantity"}
		}
		if err := s.orders.Reserve(ctx, items[i].OrderLineID, items[i].Quantity, field...); err != nil {
			return err
		}
		for _, l := range o.Edges.Lines {
			if l.ID == items[i].OrderLineID {
				l.Held += items[i].Quantity
			}
		}
	}
	return nil
}

func takesOf(items []Item) []money.Take {
	out := make([]money.Take, len(items))
	for i, it := range items {
		out[i] = money.Take{LineID: it.OrderLineID, Held: it.Quantity, Accepted: it.Quantity}
	}
	return out
}

// settle takes the units out of the locked order and starts their refund; where nothing is owed the case ends here.
func (s *Service) settle(ctx context.Context, st *casework.Step, o *ent.Order, settled money.Settlement) error {
	whole, err := s.orders.Cancel(ctx, st.Case.ID, o, settled, st.Now)
	if err != nil {
		return err
	}
	scope := "PART"
	if whole {
		scope = "WHOLE"
	}
	st.Tell(ctx, lifecycle.OrderCancelled, "", map[string]string{"scope": scope})
	if err := s.audit(ctx, st, "ORDER_CANCELLED", o.ID, map[string]string{"scope": scope}); err != nil {
		return err
	}
	if owed(o, settled) == 0 {
		st.Ends(lifecycle.OutcomeResolved, "")
		return nil
	}
	return s.returns.Pay(ctx, st, id.New(id.Refund), returns.ForCancellation, settled, o)
}

// Resolution is what the carrier said about a parcel that was to be stopped.
type Resolution struct {
	Stopped bool
	// Note is what the customer reads beside; it may be empty.
	Note string
}

// Resolve says whether a parcel could be stopped: then its goods are refunded; otherwise the customer is told to refuse it at
// the door or to ask for a return.
//
// Requires: AGENT, WAREHOUSE, SUPERVISOR, MERCHANT_ADMIN or INTEGRATION. Errors: NOT_FOUND, CONFLICT, ILLEGAL_TRANSITION,
// INVALID_INPUT at input.note, IDEMPOTENCY_MISMATCH.
func (s *Service) Resolve(ctx context.Context, caseID string, expected *int, key string, in Resolution) error {
	if _, err := auth.Require(ctx, lifecycle.OrderInterceptResolve.Operation()); err != nil {
		return err
	}
	var err error
	if in.Note, err = casework.OptionalText(in.Note, "input", "note"); err != nil {
		return err
	}
	// Whether money is owed decides where the case goes on to. It is looked up before, and held against what the locked order
	// says.
	free, err := s.nothingOwed(ctx, caseID)
	if err != nil {
		return err
	}
	act := casework.Act{Action: lifecycle.OrderInterceptResolve, CaseID: caseID, Expected: expected,
		Judge: func(f *lifecycle.Facts) { f.Accepted, f.NothingOwed = in.Stopped, free }}
	_, err = s.cases.DoOnce(ctx, act, key, []any{caseID, in}, caseID, func(ctx context.Context, st *casework.Step) error {
		if !in.Stopped {
			return s.notStopped(ctx, st, in.Note)
		}
		o, err := s.orders.Locked(ctx, st.Case.OrderID, "id")
		if err != nil {
			return err
		}
		settled, err := s.settlement(ctx, st.Case, o)
		if err != nil {
			return err
		}
		for _, ch := range settled.Lines {
			for _, l := range o.Edges.Lines {
				if l.ID == ch.LineID && ch.Returned > 0 && l.DeliveredAt != nil {
					return problem.New(problem.NotEligible, problem.Textf("%s was delivered; say that the parcel could not be stopped, then the customer can return it", "%s 已送达，请登记拦截失败，由顾客申请退货", l.Title))
				}
			}
		}
		if (owed(o, settled) == 0) != free {
			return problem.New(problem.Conflict, problem.Text{EN: "the order has changed meanwhile; look at it again", ZH: "订单已被更改，请重新查看"})
		}
		if err := st.Happened(ctx, lifecycle.Approved, "", nil); err != nil {
			return err
		}
		st.Tell(ctx, lifecycle.InterceptResolved, in.Note, map[string]string{"stopped": "true"})
		return s.settle(ctx, st, o, settled)
	})
	return err
}

func (s *Service) notStopped(ctx context.Context, st *casework.Step, note string) error {
	st.Ends(lifecycle.OutcomeRejected, note)
	if err := s.orders.Release(ctx, []string{st.Case.ID}); err != nil {
		return err
	}
	st.Tell(ctx, lifecycle.InterceptResolved, note, map[string]string{"stopped": "false"})
	return st.Happened(ctx, lifecycle.EventRejected, note, nil)
}

// settlement is what the units of an interception come to.
func (s *Service) settlement(ctx context.Context, c *ent.ServiceCase, o *ent.Order) (money.Settlement, error) {
	items, err := s.store.Client(ctx).ReturnItem.Query().Where(returnitem.CaseID(c.ID)).Order(returnitem.ByPosition()).All(ctx)
	if err != nil {
		return money.Settlement{}, err
	}
	law := s.cases.Plans().LawVersion(c.LawCode, c.LawVersion)
	if law == nil {
		return money.Settlement{}, problem.New(problem.NotEligible, problem.Textf("the law %s is not known to this server", "本服务器未知法律版本 %s", c.LawCode))
	}
	return orders.SaleOf(o).Settle(claim(o, law, takes(items))), nil
}

// nothingOwed reports whether stopping the parcel would leave nothing to pay back; false for what is no open interception,
// which is refused later.
func (s *Service) nothingOwed(ctx context.Context, caseID string) (bool, error) {
	c, err := s.store.Client(ctx).ServiceCase.Get(ctx, caseID)
	if ent.IsNotFound(err) || err == nil && (c.Kind != lifecycle.OrderChange || c.Status != lifecycle.Requested) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	o, err := s.store.Client(ctx).Order.Get(ctx, c.OrderID)
	if err != nil {
		return false, err
	}
	if o.Edges.Lines, err = s.store.Client(ctx).OrderLine.Query().Where(orderline.OrderID(o.ID)).Order(orderline.ByPosition()).All(ctx); err != nil {
		return false, err
	}
	settled, err := s.settlement(ctx, c, o)
	return owed(o, settled) == 0, err
}
