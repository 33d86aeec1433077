package graph

import (
	"context"
	"slices"
	"strconv"

	"aftersales/graph/view"
	"aftersales/internal/lifecycle"
	"aftersales/internal/money"
	"aftersales/internal/orders"
	"aftersales/internal/problem"
	"aftersales/internal/returns"
)

// orderInput reads an order; errors name the field within it.
func orderInput(in view.OrderInput) (orders.Input, error) {
	var l problem.List
	amount := func(text *string, field ...string) int64 {
		if text == nil {
			return 0
		}
		v, err := money.Parse(*text, in.Currency)
		for _, p := range problem.All(err) {
			l = append(l, &problem.Problem{Code: p.Code, Field: field, Message: p.Message, Params: p.Params})
		}
		return v
	}
	out := orders.Input{Number: in.Number, PlacedAt: in.PlacedAt, PaidAt: in.PaidAt, Currency: in.Currency,
		Customer: orders.CustomerInput{ExternalID: in.Customer.ExternalID, Name: in.Customer.Name, Email: note(in.Customer.Email),
			Phone: note(in.Customer.Phone), Address: note(in.Customer.Address)},
		Shipping: amount(in.Shipping, "shipping"), Discount: amount(in.Discount, "discount"), Refunded: amount(in.Refunded, "refunded")}
	out.ShippingWaived = amount(in.ShippingWaived, "shippingWaived")
	if in.FreeShippingFrom != nil {
		v := amount(in.FreeShippingFrom, "freeShippingFrom")
		out.FreeShippingFrom = &v
	}
	for i, t := range in.Tenders {
		x := money.Tender{Kind: t.Kind, Method: note(t.Method), Reference: note(t.Reference), Amount: amount(&t.Amount, "tenders", index(i), "amount"),
			Lapses: t.Lapses != nil && *t.Lapses}
		if t.Points != nil {
			x.Points = int64(*t.Points)
		}
		out.Tenders = append(out.Tenders, x)
	}
	if in.ShipTo != nil {
		to := addressOf(*in.ShipTo)
		out.ShipTo = &to
	}
	for i, line := range in.Lines {
		at := func(field string) []string { return []string{"lines", index(i), field} }
		optional := func(text *string, field string) *int64 {
			if text == nil {
				return nil
			}
			v := amount(text, at(field)...)
			return &v
		}
		out.Lines = append(out.Lines, orders.LineInput{ExternalID: note(line.ExternalID), SKU: line.Sku, Title: line.Title, Quantity: line.Quantity,
			UnitPrice: amount(&line.UnitPrice, at("unitPrice")...), Discount: amount(line.Discount, at("discount")...), Category: note(line.Category),
			SerialNumber: note(line.SerialNumber), FulfilledAt: line.FulfilledAt, DeliveredAt: line.DeliveredAt,
			Exclusion: note(line.Exclusion), ExclusionConfirmed: line.ExclusionConfirmed != nil && *line.ExclusionConfirmed,
			GiftOf: note(line.GiftOf), MarkedPrice: optional(line.MarkedPrice, "markedPrice"), Bundle: note(line.Bundle), ListPrice: optional(line.ListPrice, "listPrice")})
	}
	return out, l.Err()
}

func (r *Resolver) importOrders(ctx context.Context, in []*view.OrderInput) (*view.OrdersImportPayload, error) {
	out := &view.OrdersImportPayload{RowErrors: []*view.OrderImportError{}, UserErrors: []*view.UserError{}}
	refuse := func(i int, err error) error {
		errs, fault := refusals(ctx, err)
		if fault != nil {
			return fault
		}
		number := in[i].Number
		out.RowErrors = append(out.RowErrors, &view.OrderImportError{Index: i, Number: &number, UserErrors: errs})
		return nil
	}
	// All of them count against the limit, also those whose amounts cannot be read.
	if err := r.orders.MayImport(ctx, len(in)); err != nil {
		errs, fault := refusals(ctx, err)
		return payloadOr(&view.OrdersImportPayload{RowErrors: []*view.OrderImportError{}, UserErrors: errs}, fault)
	}
	var batch []orders.Input
	var places []int
	for i, o := range in {
		read, err := orderInput(*o)
		if err != nil {
			if err := refuse(i, err); err != nil {
				return nil, err
			}
			continue
		}
		batch, places = append(batch, read), append(places, i)
	}
	outcomes, err := r.orders.Import(ctx, batch)
	if err != nil {
		errs, fault := refusals(ctx, err)
		return payloadOr(&view.OrdersImportPayload{RowErrors: []*view.OrderImportError{}, UserErrors: errs}, fault)
	}
	for j, o := range outcomes {
		switch o.Result {
		case orders.Created:
			out.Created++
		case orders.Updated:
			out.Updated++
		case orders.Unchanged:
			out.Unchanged++
		case orders.Refused:
			if err := refuse(places[j], o.Err); err != nil {
				return nil, err
			}
		}
	}
	slices.SortFunc(out.RowErrors, func(a, b *view.OrderImportError) int { return a.Index - b.Index })
	return out, nil
}

// options answers afterSalesOptions: every remedy, possible or not and why.
func (r *Resolver) options(ctx context.Context, line *view.OrderLine, reasonHandle *string, quantity *int) ([]*view.AfterSalesOption, error) {
	t, err := r.optionTerms(ctx, line.MerchantID)
	if err != nil {
		return nil, err
	}
	reason := t.Reason(note(reasonHandle))
	if reasonHandle != nil && reason == nil {
		return nil, problem.Invalid(problem.Text{EN: "no such return reason; returnReasons lists them", ZH: "没有这样的退货原因，请查询 returnReasons"}, "reasonHandle")
	}
	wanted := 0
	if quantity != nil {
		if wanted = *quantity; wanted < 1 {
			return nil, problem.Invalid(problem.Text{EN: "must be 1 or more", ZH: "须为 1 或以上"}, "quantity")
		}
	}
	out := []*view.AfterSalesOption{}
	for _, remedy := range lifecycle.Remedies() {
		o, err := t.Assess(line.Edges.Order, line.OrderLine, remedy, reason, wanted)
		if err != nil {
			return nil, err
		}
		shown, err := showOption(ctx, t, line, o)
		if err != nil {
			return nil, err
		}
		out = append(out, shown)
	}
	return out, nil
}

func showOption(ctx context.Context, t *returns.Terms, line *view.OrderLine, o returns.Option) (*view.AfterSalesOption, error) {
	out := &view.AfterSalesOption{ID: line.ID + ":" + string(o.Remedy), Remedy: o.Remedy, Possible: o.Possible(), Until: o.Until, LastDay: o.LastDay,
		Blockers: []*view.AfterSalesBlocker{}, Promises: []*view.ServicePromise{},
		Warranty: view.CoverageOf(o.Coverage), Entitlements: view.EntitlementsOf(ctx, o.Entitled)}
	if text := localise(ctx, o.Note); text != "" {
		out.Note = &text
	}
	if o.WouldRefund != nil {
		out.WouldRefund = view.MoneyOf(*o.WouldRefund, line.Edges.Order.Currency)
	}
	for _, b := range o.Blockers {
		out.Blockers = append(out.Blockers, &view.AfterSalesBlocker{Code: b.Code, Message: localise(ctx, b.Message), Case: caseOf(b.Case)})
	}
	if o.Freight != nil {
		out.Freight = &view.FreightTerms{Back: o.Freight.Back, Out: o.Freight.Out}
	}
	promises, err := t.Promises(o.Remedy)
	for _, p := range promises {
		out.Promises = append(out.Promises, &view.ServicePromise{Kind: p.Kind, Clause: p.Clause, Length: p.Length, Unit: p.Unit, DueAt: p.DueAt, LastDay: p.LastDay})
	}
	return out, err
}

func index(i int) string { return strconv.Itoa(i) }
