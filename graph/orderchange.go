package graph

import (
	"context"

	"aftersales/ent"
	"aftersales/graph/view"
	"aftersales/internal/auth"
	"aftersales/internal/lifecycle"
	"aftersales/internal/orderchange"
)

func addressOf(in view.AddressInput) lifecycle.Address {
	return lifecycle.Address{Recipient: in.Recipient, Phone: in.Phone, Line: in.Line, City: in.City, PostalCode: note(in.PostalCode), Country: in.Country}
}

// afterChange is after for payloads whose object is a change of an order.
func (r *Resolver) afterChange(ctx context.Context, caseID string, err error) (*view.OrderChange, []*view.UserError, error) {
	c, errs, err := r.after(ctx, "orderChange", caseID, err)
	if c == nil || c.Kind != lifecycle.OrderChange {
		return nil, errs, err
	}
	return view.OrderChangeOf(c), errs, err
}

// shipTo shows where an order goes: whole to those who need it, which the audit records for staff, masked to everyone else
// (SLA-A-3.1.4).
func shipTo(ctx context.Context, o *view.Order) *view.Address {
	if o.ShipTo == nil {
		return nil
	}
	a, _ := auth.From(ctx)
	if !a.SeesShipTo() {
		return view.AddressOf(view.MaskAddress(*o.ShipTo))
	}
	if a.Role != auth.Customer {
		memoryOf(ctx).saw(&ent.Customer{ID: o.CustomerID, MerchantID: o.MerchantID})
	}
	return view.AddressOf(*o.ShipTo)
}

// cancellability shows what can be cancelled or changed of an order whose lines are loaded.
func (r *Resolver) cancellability(ctx context.Context, o *view.Order) (*view.OrderCancellability, error) {
	t, err := r.terms(ctx, o.MerchantID)
	if err != nil {
		return nil, err
	}
	options := orderchange.Assess(o.Order, t.Law, t.Now)
	out := &view.OrderCancellability{Lines: []*view.LineCancellability{}, AddressChangeable: options.Amendable}
	if options.WouldRefund != nil {
		out.WouldRefund = view.MoneyOf(*options.WouldRefund, o.Currency)
	}
	for _, l := range options.Lines {
		l.Line.Edges.Order = o.Order
		out.Lines = append(out.Lines, &view.LineCancellability{OrderLine: &view.OrderLine{OrderLine: l.Line}, State: string(l.State),
			Quantity: l.Quantity, WouldRefund: view.MoneyOf(l.WouldRefund, o.Currency)})
	}
	return out, nil
}
