package view

import (
	"context"
	"strings"

	"aftersales/ent"
	"aftersales/internal/casework"
	"aftersales/internal/lifecycle"
)

// OrderChange shows an order that is cancelled, stopped or sent elsewhere. It is stored as a return is, and what the two have
// in common is shown by the same methods.
type OrderChange struct{ *Return }

// OrderChangeOf shows a stored case of kind ORDER_CHANGE.
func OrderChangeOf(c *ent.ServiceCase) *OrderChange { return &OrderChange{&Return{c}} }

// Change is what is changed.
func (o *OrderChange) Change() string { return o.Edges.Detail.Change }

// OutcomeNote is the reason of the outcome; what a customer can do whose parcel could not be stopped, where nobody wrote more.
func (o *OrderChange) OutcomeNote(ctx context.Context) *string {
	if o.Status == lifecycle.Rejected && o.ServiceCase.OutcomeNote == "" {
		text := say(ctx, casework.NotStopped.EN, casework.NotStopped.ZH)
		return &text
	}
	return o.Return.OutcomeNote(ctx)
}

// MaskAddress keeps of an address what does not lead to a door: the first letter of the name, the end of the phone number, city
// and country.
func MaskAddress(a lifecycle.Address) lifecycle.Address {
	name := []rune(a.Recipient)
	out := lifecycle.Address{Phone: MaskPhone(a.Phone), Line: "***", City: a.City, Country: a.Country}
	if len(name) > 0 {
		out.Recipient = string(name[:1]) + "***"
	}
	if a.PostalCode != "" {
		out.PostalCode = strings.Repeat("*", len([]rune(a.PostalCode)))
	}
	return out
}

// AddressOf shows an address.
func AddressOf(a lifecycle.Address) *Address {
	return &Address{Recipient: a.Recipient, Phone: a.Phone, Line: a.Line, City: a.City, PostalCode: optional(a.PostalCode), Country: a.Country}
}
