package orders

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"entgo.io/ent/dialect/sql"

	"aftersales/ent"
	"aftersales/ent/customer"
	"aftersales/ent/order"
	"aftersales/ent/orderline"
	"aftersales/ent/returnitem"
	"aftersales/ent/servicecase"
	"aftersales/internal/clock"
	"aftersales/internal/id"
	"aftersales/internal/problem"
)

func newCustomer(c *ent.Client, merchantID string, in CustomerInput) *ent.CustomerCreate {
	return c.Customer.Create().SetID(id.New(id.Customer)).SetMerchantID(merchantID).SetExternalID(in.ExternalID).
		SetName(in.Name).SetEmail(in.Email).SetPhone(in.Phone).SetAddress(in.Address)
}

func updateCustomer(ctx context.Context, c *ent.Client, old *ent.Customer, in CustomerInput) error {
	if old.Name == in.Name && old.Email == in.Email && old.Phone == in.Phone && old.Address == in.Address {
		return nil
	}
	return c.Customer.Update().Where(customer.ID(old.ID)).SetName(in.Name).SetEmail(in.Email).SetPhone(in.Phone).SetAddress(in.Address).Exec(ctx)
}

func newOrder(c *ent.Client, merchantID, customerID string, ch *change) *ent.OrderCreate {
	in := ch.in
	create := c.Order.Create().SetID(id.New(id.Order)).SetMerchantID(merchantID).SetCustomerID(customerID).SetNumber(in.Number).
		SetCurrency(in.Currency).SetPlacedAt(clock.Micros(in.PlacedAt)).SetNillablePaidAt(nullMicros(in.PaidAt)).
		SetNillableCancelledAt(nullMicros(in.CancelledAt)).SetShipping(in.Shipping).SetDiscount(in.Discount).SetTax(in.Tax).
		SetTotal(ch.price.total).SetPaid(ch.price.paid).SetImportedRefunded(in.Refunded).SetRefunded(in.Refunded).SetInputHash(ch.hash)
	setTerms(create.Mutation(), ch)
	if in.ShipTo != nil {
		create.SetShipTo(in.ShipTo)
	}
	return create
}

func newLine(c *ent.Client, merchantID, orderID string, position int, in *LineInput, paid int64) *ent.OrderLineCreate {
	create := c.OrderLine.Create().SetMerchantID(merchantID).SetOrderID(orderID).SetPosition(position).
		SetExternalID(in.ExternalID).SetSku(in.SKU).SetTitle(in.Title).SetQuantity(in.Quantity).SetUnitPrice(in.UnitPrice).
		SetDiscount(in.Discount).SetPaid(paid).SetCategory(in.Category).SetSerialNumber(in.SerialNumber).SetExclusion(in.Exclusion).SetExclusionConfirmed(in.ExclusionConfirmed).
		SetNillableFulfilledAt(nullMicros(in.FulfilledAt)).SetNillableDeliveredAt(nullMicros(in.DeliveredAt))
	setParts(create.Mutation(), in)
	return create
}

// update changes a known order and those of its lines that say something new.
func update(ctx context.Context, c *ent.Client, merchantID, customerID string, ch *change) error {
	in, old := ch.in, ch.old
	for i := range in.Lines {
		l, row, paid := &in.Lines[i], ch.lines[i], ch.price.lines[i]
		if row == nil {
			if err := newLine(c, merchantID, old.ID, i, l, paid).Exec(ctx); err != nil {
				return err
			}
			continue
		}
		if sameLine(row, i, l, paid) {
			continue
		}
		u := c.OrderLine.Update().Where(orderline.ID(row.ID)).SetPosition(i).SetExternalID(l.ExternalID).SetSku(l.SKU).SetTitle(l.Title).
			SetQuantity(l.Quantity).SetUnitPrice(l.UnitPrice).SetDiscount(l.Discount).SetPaid(paid).
			SetCategory(l.Category).SetSerialNumber(l.SerialNumber).SetExclusion(l.Exclusion).SetExclusionConfirmed(l.ExclusionConfirmed).
			SetNillableFulfilledAt(nullMicros(l.FulfilledAt)).SetNillableDeliveredAt(nullMicros(l.DeliveredAt))
		setParts(u.Mutation(), l)
		if err := u.Exec(ctx); err != nil {
			return err
		}
	}
	u := c.Order.Update().Where(order.ID(old.ID)).SetCustomerID(customerID).SetPlacedAt(clock.Micros(in.PlacedAt)).
		SetNillablePaidAt(nullMicros(in.PaidAt)).SetNillableCancelledAt(nullMicros(in.CancelledAt)).
		SetShipping(in.Shipping).SetDiscount(in.Discount).SetTax(in.Tax).SetTotal(ch.price.total).SetPaid(ch.price.paid).
		SetImportedRefunded(in.Refunded).AddRefunded(in.Refunded - old.ImportedRefunded).SetInputHash(ch.hash)
	setTerms(u.Mutation(), ch)
	if in.ShipTo != nil {
		u.SetShipTo(in.ShipTo)
	}
	return u.Exec(ctx)
}

// sameLine reports whether a line's input says nothing new of the known one. An instant that is left out keeps what is known.
func sameLine(row *ent.OrderLine, position int, l *LineInput, paid int64) bool {
	return row.Position == position && row.ExternalID == l.ExternalID && row.Sku == l.SKU && row.Title == l.Title &&
		row.Quantity == l.Quantity && row.UnitPrice == l.UnitPrice && row.Discount == l.Discount && row.Paid == paid &&
		row.Category == l.Category && row.SerialNumber == l.SerialNumber &&
		row.Exclusion == l.Exclusion && row.ExclusionConfirmed == l.ExclusionConfirmed && sameParts(row, l) &&
		tellsNothing(l.FulfilledAt, row.FulfilledAt) && tellsNothing(l.DeliveredAt, row.DeliveredAt)
}

func tellsNothing(told, known *time.Time) bool {
	return told == nil || known != nil && clock.Micros(*told).Equal(*known)
}

// match pairs the input's lines with the known ones (not the replacements sent from here), by external id, without one by
// position; a line that was known cannot disappear.
func match(old *ent.Order, known []*ent.OrderLine, in *Input) ([]*ent.OrderLine, error) {
	byExternal := map[string]*ent.OrderLine{}
	var nameless []*ent.OrderLine
	for _, l := range known {
		if l.ExternalID != "" {
			byExternal[l.ExternalID] = l
		} else {
			nameless = append(nameless, l)
		}
	}
	pairs := make([]*ent.OrderLine, len(in.Lines))
	for i, l := range in.Lines {
		if l.ExternalID != "" {
			pairs[i] = byExternal[l.ExternalID]
			delete(byExternal, l.ExternalID)
		} else if len(nameless) > 0 {
			pairs[i], nameless = nameless[0], nameless[1:]
		}
	}
	if gone := len(byExternal) + len(nameless); gone > 0 {
		return nil, problem.Invalid(problem.Textf("%d known lines of order %s are missing; a line stays, with the quantity that was sold",
			"缺少 %d 行已有明细（订单 %s）；已售明细须保留", gone, old.Number), "lines")
	}
	return pairs, nil
}

// keepsPromises refuses a change that undercuts what cases hold, what came back, or what was refunded here.
func keepsPromises(ch *change) error {
	old, in, p := ch.old, ch.in, ch.price
	if in.Currency != old.Currency {
		return problem.Invalid(problem.Textf("order %s is in %s; its currency cannot change", "订单 %s 的币种为 %s，不能更改", old.Number, old.Currency), "currency")
	}
	for i, row := range ch.lines {
		if row == nil {
			continue
		}
		if bound := row.Held + row.Returned; in.Lines[i].Quantity < bound {
			return problem.Invalid(problem.Textf("%d of this line are in returns already", "该行已有 %d 件在退货中", bound), "lines", strconv.Itoa(i), "quantity")
		}
		if p.lines[i] < row.Refunded {
			return problem.Invalid(problem.Text{EN: "more than this was refunded for the line already", ZH: "该行已退款金额超过此数"}, "lines", strconv.Itoa(i), "unitPrice")
		}
	}
	if in.Shipping < old.ShippingRefunded {
		return problem.Invalid(problem.Text{EN: "more than this was refunded for delivery already", ZH: "运费已退款金额超过此数"}, "shipping")
	}
	if in.Refunded < old.ImportedRefunded && old.Refunded > old.ImportedRefunded && len(old.Tenders) > 0 {
		return problem.Invalid(problem.Text{EN: "refunds made here went on from this amount, tender by tender; it cannot be lowered any more", ZH: "此处退款已按支付方式顺延于该金额之后，不能再调低"}, "refunded")
	}
	if mine := old.Refunded - old.ImportedRefunded; mine > 0 && mine+in.Refunded > p.paid+old.ExtraPaid {
		return problem.Invalid(problem.Text{EN: fmt.Sprintf("with the refunds made here this is more than was paid for order %s", old.Number), ZH: "加上此处已退款，超过订单实付金额"}, "refunded")
	}
	return nil
}

func nullMicros(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	u := clock.Micros(*t)
	return &u
}

// Reserve holds quantities of order lines for a case: a conditional update of a counter, so that however many cases ask
// at once, no more is held than was sold and not yet returned (design decision 7). Quantities by line id.
// Errors: QUANTITY_EXCEEDS_BOUGHT naming the line.
func (s *Service) Reserve(ctx context.Context, lineID string, quantity int, field ...string) error {
	n, err := s.store.Client(ctx).OrderLine.Update().Where(orderline.ID(lineID), orderline.QuantityGTE(quantity), holds(quantity)).AddHeld(quantity).Save(ctx)
	if err != nil || n == 1 {
		return err
	}
	l, err := s.store.Client(ctx).OrderLine.Get(ctx, lineID)
	if err != nil {
		return err
	}
	refusal := exceedsBought(l)
	refusal.Field = field
	return refusal
}

func exceedsBought(l *ent.OrderLine) *problem.Problem {
	free := l.Quantity - l.Held - l.Returned
	return &problem.Problem{Code: problem.QuantityExceedsBought,
		Message: problem.Textf("%[1]d can still be returned of this line: %[2]d bought, %[3]d in open cases, %[4]d returned",
			"该行还可退 %[1]d 件：购买 %[2]d，处理中 %[3]d，已退 %[4]d", free, l.Quantity, l.Held, l.Returned),
		Params: []problem.Param{{Name: "returnable", Value: strconv.Itoa(free)}}}
}

func holds(quantity int) func(*sql.Selector) {
	return func(s *sql.Selector) {
		s.Where(sql.P(func(b *sql.Builder) {
			b.Ident(orderline.FieldHeld).WriteString(" + ").Ident(orderline.FieldReturned).WriteString(" + ").Arg(quantity).WriteString(" <= ").Ident(orderline.FieldQuantity)
		}))
	}
}

// Release gives back what cases still hold of their order lines, for any number of cases in a fixed number of statements; a
// case that was settled or released before holds nothing. It spells the merchants of the cases out: the indexes of what
// belongs to a merchant begin with the merchant.
func (s *Service) Release(ctx context.Context, caseIDs []string) error {
	items, cases := sql.Table(returnitem.Table), sql.Table(servicecase.Table)
	of := func(column string) sql.Querier {
		merchants := sql.Select(cases.C(servicecase.FieldMerchantID)).From(cases).Where(sql.In(cases.C(servicecase.FieldID), anys(caseIDs)...))
		return sql.Select(items.C(column)).From(items).
			Where(sql.And(sql.In(items.C(returnitem.FieldMerchantID), merchants), sql.In(items.C(returnitem.FieldCaseID), anys(caseIDs)...), sql.EQ(items.C(returnitem.FieldHolding), true)))
	}
	err := s.store.Client(ctx).OrderLine.Update().
		Where(func(sel *sql.Selector) { sel.Where(sql.In(sel.C(orderline.FieldID), of(returnitem.FieldOrderLineID))) }).
		Modify(func(u *sql.UpdateBuilder) {
			u.Set(orderline.FieldHeld, sql.ExprFunc(func(b *sql.Builder) {
				b.Ident(orderline.FieldHeld).WriteString(" - ").Wrap(func(b *sql.Builder) {
					b.WriteString("SELECT SUM(i.quantity) FROM return_items i WHERE i.holding AND i.merchant_id = order_lines.merchant_id AND i.order_line_id = order_lines.id AND i.case_id IN ").
						Wrap(func(b *sql.Builder) { b.Args(anys(caseIDs)...) })
				})
			}))
		}).Exec(ctx)
	if err != nil {
		return err
	}
	return s.store.Client(ctx).ReturnItem.Update().
		Where(func(sel *sql.Selector) { sel.Where(sql.In(sel.C(returnitem.FieldID), of(returnitem.FieldID))) }).SetHolding(false).Exec(ctx)
}

// Hold reserves again what a case held before it ended, because it is taken up again.
// Errors: QUANTITY_EXCEEDS_BOUGHT naming the line, when somebody else has taken it meanwhile.
func (s *Service) Hold(ctx context.Context, caseID string) error {
	items, err := s.store.Client(ctx).ReturnItem.Query().Where(returnitem.CaseID(caseID), returnitem.Holding(false)).Order(returnitem.ByOrderLineID()).All(ctx)
	if err != nil {
		return err
	}
	for _, it := range items {
		if err := s.Reserve(ctx, it.OrderLineID, it.Quantity); err != nil {
			return err
		}
	}
	return s.store.Client(ctx).ReturnItem.Update().Where(returnitem.CaseID(caseID)).SetHolding(true).Exec(ctx)
}

func anys(ss []string) []any {
	out := make([]any, len(ss))
	for i, s := range ss {
		out[i] = s
	}
	return out
}
