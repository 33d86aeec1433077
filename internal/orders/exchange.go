package orders

import (
	"context"
	"slices"
	"time"

	"aftersales/ent"
	"aftersales/ent/order"
	"aftersales/internal/money"
	"aftersales/internal/problem"
)

// Replacement is an article sent in the place of what came back by one return item. UnitPrice is in minor units of the
// order's currency; nil: what the goods that came back were worth.
type Replacement struct {
	ItemID, LineID, SKU, Title, SerialNumber string
	UnitPrice                                *int64
}

// Exchange settles a case whose goods are replaced (MALL-3.3e): what it held comes back, and a line of its own, dispatched at
// an instant, takes its place and can itself be returned. It returns what the claim came to with the order as it was before;
// a difference in the customer's favour is counted as refunded, for the caller to pay. A difference that the customer owes
// must have been paid: payment is its reference at the channel. It runs in the caller's transaction, under the order's lock.
// Errors: INVALID_INPUT at input.differenceReference when the difference was not paid, or none is owed; AMOUNT_EXCEEDS_PAID.
func (s *Service) Exchange(ctx context.Context, caseID, orderID string, claim money.Claim, replacements []Replacement, payment string, at time.Time) (money.Exchanged, *ent.Order, error) {
	o, err := s.lock(ctx, orderID)
	if err != nil {
		return money.Exchanged{}, nil, err
	}
	prices := map[string]int64{}
	for _, r := range replacements {
		if r.UnitPrice != nil {
			prices[r.LineID] = *r.UnitPrice
		}
	}
	out := SaleOf(o).Exchange(claim, prices)
	if err := paysDifference(o, out.Due, payment); err != nil {
		return out, nil, err
	}
	if err := s.apply(ctx, caseID, o, out.Settlement); err != nil {
		return out, nil, err
	}
	for k, r := range replacements {
		take := slices.IndexFunc(claim.Takes, func(t money.Take) bool { return t.LineID == r.LineID })
		old := slices.IndexFunc(o.Edges.Lines, func(l *ent.OrderLine) bool { return l.ID == r.LineID })
		create := s.replacing(ctx, o.Edges.Lines[old], r, claim.Takes[take].Accepted, out.Values[take])
		if err := create.SetPosition(lastPlace(o) + 1 + k).SetFulfilledAt(at).Exec(ctx); err != nil {
			return out, nil, err
		}
	}
	return out, o, s.paidOnTop(ctx, o, out.Due, payment)
}

// paysDifference refuses a dearer replacement that was not paid for, and a payment for nothing.
func paysDifference(o *ent.Order, due int64, payment string) error {
	switch {
	case due > 0 && payment == "":
		amount := money.Format(due, o.Currency)
		return problem.Invalid(problem.Textf("the replacement is dearer: the customer pays %[1]s %[2]s first; name the payment's reference",
			"换货商品价格更高：顾客须先补差价 %[1]s %[2]s，请填写付款凭证号", amount, o.Currency), "input", "differenceReference").
			With("amount", amount).With("currency", o.Currency)
	case due == 0 && payment != "":
		return problem.Invalid(problem.Text{EN: "the customer owes no difference", ZH: "顾客无需补差价"}, "input", "differenceReference")
	}
	return nil
}

// lastPlace is the last place of an order's lines: those that the merchant's system tells of come first, however many.
func lastPlace(o *ent.Order) int {
	last := maxLines - 1
	for _, l := range o.Edges.Lines {
		if l.ReplacesItemID != nil {
			last = max(last, l.Position)
		}
	}
	return last
}

// replacing is the line that takes the place of some of another one's units. The same article at the same price takes its
// place in a bundle too.
func (s *Service) replacing(ctx context.Context, old *ent.OrderLine, r Replacement, quantity int, value int64) *ent.OrderLineCreate {
	create := s.store.Client(ctx).OrderLine.Create().SetMerchantID(old.MerchantID).SetOrderID(old.OrderID).SetReplacesItemID(r.ItemID).
		SetSku(r.SKU).SetTitle(r.Title).SetQuantity(quantity).SetPaid(value).SetSerialNumber(r.SerialNumber)
	if r.SKU == old.Sku {
		create.SetCategory(old.Category).SetExclusion(old.Exclusion).SetExclusionConfirmed(old.ExclusionConfirmed)
	}
	if r.UnitPrice != nil {
		return create.SetUnitPrice(*r.UnitPrice).SetDiscount(0)
	}
	create.SetUnitPrice(old.UnitPrice).SetDiscount(max(0, old.UnitPrice*int64(quantity)-value))
	if r.SKU == old.Sku {
		create.SetBundle(old.Bundle).SetNillableListPrice(old.ListPrice)
	}
	return create
}

// paidOnTop books what the customer paid for dearer replacements, as a tender of its own where the order's tenders are known.
func (s *Service) paidOnTop(ctx context.Context, o *ent.Order, due int64, payment string) error {
	if due == 0 {
		return nil
	}
	u := s.store.Client(ctx).Order.Update().Where(order.ID(o.ID)).AddExtraPaid(due)
	if len(o.Tenders) > 0 {
		u.SetTenders(append(slices.Clone(o.Tenders), money.Tender{Kind: money.TenderMoney, Reference: payment, Amount: due, Extra: true}))
	}
	return u.Exec(ctx)
}

// sold are the lines that the merchant's system told of: all but replacements.
func sold(lines []*ent.OrderLine) []*ent.OrderLine {
	return slices.DeleteFunc(lines, func(l *ent.OrderLine) bool { return l.ReplacesItemID != nil })
}
