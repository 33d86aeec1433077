package view

import (
	"aftersales/ent"
	"aftersales/internal/money"
	"aftersales/internal/plan"
)

// RefundQuoteOf shows what a refund would pay of an order, whose lines must be loaded where components show theirs.
func RefundQuoteOf(o *ent.Order, amount int64, components []money.Component, parts []money.Part) *RefundQuote {
	return &RefundQuote{Amount: MoneyOf(amount, o.Currency), Components: componentsOf(components, o, o.Currency), Parts: partsOf(parts, o.Currency)}
}

func componentsOf(components []money.Component, o *ent.Order, currency string) []*RefundComponent {
	out := make([]*RefundComponent, len(components))
	for i, c := range components {
		out[i] = &RefundComponent{Kind: c.Kind, OrderLine: lineOf(o, c.LineID), Quantity: count(int64(c.Quantity)), Amount: MoneyOf(c.Amount, currency), Reason: optional(c.Reason)}
	}
	return out
}

// lineOf finds a line among those loaded with its order, nil when it is none or not loaded.
func lineOf(o *ent.Order, id string) *OrderLine {
	if o == nil {
		return nil
	}
	for _, l := range o.Edges.Lines {
		if l.ID == id {
			l.Edges.Order = o
			return &OrderLine{l}
		}
	}
	return nil
}

func partsOf(parts []money.Part, currency string) []*RefundPart {
	out := make([]*RefundPart, len(parts))
	for i, p := range parts {
		out[i] = &RefundPart{Kind: p.Kind, Method: optional(p.Method), Reference: optional(p.Reference), Amount: MoneyOf(p.Amount, currency), Points: count(p.Points), Lapsed: p.Lapsed}
	}
	return out
}

// Components say how the sum came about; the lines of the case's order must be loaded where they show theirs.
func (r Refund) Components() []*RefundComponent {
	var o *ent.Order
	if r.Edges.Case != nil {
		o = r.Edges.Case.Edges.Order
	}
	return componentsOf(r.Refund.Components, o, r.Currency)
}

// Parts are what goes back by each tender.
func (r Refund) Parts() []*RefundPart { return partsOf(r.Refund.Parts, r.Currency) }

// ReturnFreightOf shows who bears which way of a return, whose order and detail with its receipt must be loaded.
func ReturnFreightOf(c *ent.ServiceCase, by *plan.Freight) *ReturnFreight {
	if by == nil {
		return nil
	}
	d := c.Edges.Detail
	out := &ReturnFreight{Back: by.Back, Out: by.Out, Claimed: maybeMoney(d.FreightClaimed, c.Edges.Order.Currency)}
	if d.Edges.FreightReceipt != nil {
		out.Receipt = &Evidence{d.Edges.FreightReceipt}
	}
	return out
}
