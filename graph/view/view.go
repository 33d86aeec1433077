// Package view is what the schema's types are bound to: small structs over stored rows whose methods give exactly the
// fields clients see. Views hold no rule and read no database; what a field needs must have been loaded beside its row
// (package graph loads what a query selects). generated.go beside this file holds inputs and payloads.
package view

import (
	"context"
	"slices"

	"aftersales/ent"
	"aftersales/internal/auth"
	"aftersales/internal/calendar"
	"aftersales/internal/lang"
	"aftersales/internal/money"
)

// Node is anything with a global id.
type Node interface{ IsNode() }

type langKey struct{}

// WithLang returns a context whose texts are in l.
func WithLang(ctx context.Context, l lang.Lang) context.Context {
	return context.WithValue(ctx, langKey{}, l)
}

// Lang is the language of the reader; English unless WithLang said otherwise.
func Lang(ctx context.Context) lang.Lang {
	if l, ok := ctx.Value(langKey{}).(lang.Lang); ok {
		return l
	}
	return lang.EN
}

// say picks the text for the reader.
func say(ctx context.Context, en, zh string) string {
	if Lang(ctx) == lang.ZH {
		return zh
	}
	return en
}

// MoneyOf shows minor units of a currency.
func MoneyOf(minor int64, currency string) *Money {
	return &Money{Amount: money.Format(minor, currency), Currency: currency}
}

func maybeMoney(minor *int64, currency string) *Money {
	if minor == nil {
		return nil
	}
	return MoneyOf(*minor, currency)
}

// count is null for nothing.
func count(n int64) *int {
	if n == 0 {
		return nil
	}
	v := int(n)
	return &v
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func date(s string) *calendar.Date {
	d, err := calendar.ParseDate(s)
	if err != nil {
		return nil
	}
	return &d
}

// Viewer is who asks.
type Viewer struct {
	Subject  string
	Role     auth.Role
	Merchant *Merchant
	Customer *Customer
	Staff    *Staff
}

// Merchant shows a tenant.
type Merchant struct{ *ent.Merchant }

func (Merchant) IsNode() {}

// ReturnAddresses lists where goods are sent back to; loaded beside the merchant.
func (m Merchant) ReturnAddresses() []*ReturnAddress {
	out := make([]*ReturnAddress, len(m.Edges.ReturnAddresses))
	for i, a := range m.Edges.ReturnAddresses {
		out[i] = &ReturnAddress{a}
	}
	return out
}

// Staff shows a member of staff.
type Staff struct{ *ent.Staff }

func (Staff) IsNode() {}

// StaffOf shows a member of staff, nil for none.
func StaffOf(s *ent.Staff) *Staff {
	if s == nil {
		return nil
	}
	return &Staff{s}
}

// Subject is the token subject; customers do not see logins.
func (s Staff) Subject(ctx context.Context) string {
	if a, _ := auth.From(ctx); !a.SeesStaff() {
		return "***"
	}
	return s.Staff.Subject
}

// Role is what the person does.
func (s Staff) Role() auth.Role { return auth.Role(s.Staff.Role) }

// ReturnAddress shows an address goods go back to.
type ReturnAddress struct{ *ent.ReturnAddress }

func (ReturnAddress) IsNode() {}

// PostalCode is null where the country has none.
func (a ReturnAddress) PostalCode() *string { return optional(a.ReturnAddress.PostalCode) }

// Customer shows a buyer; phone and e-mail are resolved with masking.
type Customer struct{ *ent.Customer }

func (Customer) IsNode() {}

// Order shows a sale.
type Order struct{ *ent.Order }

func (Order) IsNode() {}

// Merchant is the seller.
func (o Order) Merchant() *Merchant { return &Merchant{o.Edges.Merchant} }

// Customer is the buyer.
func (o Order) Customer() *Customer { return &Customer{o.Edges.Customer} }

// Total is what was charged.
func (o Order) Total() *Money { return MoneyOf(o.Order.Total, o.Currency) }

// Refunded is what was paid back or is on its way, here and before.
func (o Order) Refunded() *Money { return MoneyOf(o.Order.Refunded, o.Currency) }

// Tenders are the means it was paid by, in the order they are refunded in.
func (o Order) Tenders() []*Tender {
	out := make([]*Tender, len(o.Order.Tenders))
	for i, t := range o.Order.Tenders {
		out[i] = &Tender{Kind: t.Kind, Method: optional(t.Method), Reference: optional(t.Reference), Amount: MoneyOf(t.Amount, o.Currency), Points: count(t.Points), Lapses: t.Lapses}
	}
	return out
}

// FreeShippingFrom is null when delivery did not depend on the goods' worth.
func (o Order) FreeShippingFrom() *Money { return maybeMoney(o.Order.FreeShippingFrom, o.Currency) }

// ShippingWaived is what delivery would have cost.
func (o Order) ShippingWaived() *Money { return MoneyOf(o.Order.ShippingWaived, o.Currency) }

// Lines are the positions in the order's own order.
func (o Order) Lines() []*OrderLine {
	out := make([]*OrderLine, len(o.Edges.Lines))
	for i, l := range o.Edges.Lines {
		l.Edges.Order = o.Order
		out[i] = &OrderLine{l}
	}
	return out
}

// Cases pages through the order's cases, newest first.
func (o Order) Cases(first *int, after *string) (*CaseConnection, error) {
	cases := slices.Clone(o.Edges.Cases)
	slices.SortFunc(cases, func(a, b *ent.ServiceCase) int {
		if c := b.OpenedAt.Compare(a.OpenedAt); c != 0 {
			return c
		}
		return compare(b.ID, a.ID)
	})
	return pageCases(cases, first, after)
}

// OrderLine shows a position of an order.
type OrderLine struct{ *ent.OrderLine }

func (OrderLine) IsNode() {}

func (l OrderLine) ExternalID() *string   { return optional(l.OrderLine.ExternalID) }
func (l OrderLine) Category() *string     { return optional(l.OrderLine.Category) }
func (l OrderLine) SerialNumber() *string { return optional(l.OrderLine.SerialNumber) }

// Exclusion is the class of goods excepted from the return without reason.
func (l OrderLine) Exclusion() *string { return optional(l.OrderLine.Exclusion) }

// UnitPrice is the price of one unit before discounts.
func (l OrderLine) UnitPrice() *Money {
	return MoneyOf(l.OrderLine.UnitPrice, l.Edges.Order.Currency)
}

// Paid is what was paid for the whole line, discounts and tax included.
func (l OrderLine) Paid() *Money { return MoneyOf(l.OrderLine.Paid, l.Edges.Order.Currency) }

// GiftOf is the line this one came with; its order's lines must be loaded.
func (l OrderLine) GiftOf() *OrderLine {
	if l.OrderLine.GiftOf == "" {
		return nil
	}
	for _, other := range l.Edges.Order.Edges.Lines {
		if other.ExternalID == l.OrderLine.GiftOf {
			other.Edges.Order = l.Edges.Order
			return &OrderLine{other}
		}
	}
	return nil
}

// MarkedPrice is what a gift was said to be worth, ListPrice what a unit of a bundle costs alone.
func (l OrderLine) MarkedPrice() *Money {
	return maybeMoney(l.OrderLine.MarkedPrice, l.Edges.Order.Currency)
}
func (l OrderLine) ListPrice() *Money {
	return maybeMoney(l.OrderLine.ListPrice, l.Edges.Order.Currency)
}

// Bundle names what the line was sold together with.
func (l OrderLine) Bundle() *string { return optional(l.OrderLine.Bundle) }

// ReturnableQuantity is what no open case holds and nothing took back.
func (l OrderLine) ReturnableQuantity() int { return max(0, l.Quantity-l.Held-l.Returned) }

func compare(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
