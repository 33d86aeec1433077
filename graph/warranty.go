package graph

import (
	"context"

	"aftersales/ent"
	"aftersales/graph/view"
	"aftersales/internal/warranty"
)

// book gathers what a merchant promises for goods that break, once an operation.
func (r *Resolver) book(ctx context.Context, merchantID string) (*warranty.Book, error) {
	row, err := r.merchant(ctx, merchantID)
	if err != nil {
		return nil, err
	}
	m := memoryOf(ctx)
	m.mu.Lock()
	defer m.mu.Unlock()
	if b := m.books[merchantID]; b != nil {
		return b, nil
	}
	b, err := r.warranties.Book(ctx, row)
	if err != nil {
		return nil, err
	}
	if m.books == nil {
		m.books = map[string]*warranty.Book{}
	}
	m.books[merchantID] = b
	return b, nil
}

// coverage judges a unit under warranty today; its line must be loaded.
func (r *Resolver) coverage(ctx context.Context, w *view.Warranty) (warranty.Coverage, error) {
	b, err := r.book(ctx, w.MerchantID)
	if err != nil {
		return warranty.Coverage{}, err
	}
	return b.CoverEntry(w.Warranty, b.Today()), nil
}

// afterWarranty shows a unit under warranty after an act on it, or why the act was refused.
func (r *Resolver) afterWarranty(ctx context.Context, id string, err error) (*view.Warranty, []*view.UserError, error) {
	errs, fault := refusals(ctx, err)
	if fault != nil || err != nil {
		return nil, errs, fault
	}
	row, err := r.warranties.Find(ctx, &id, nil, func(q *ent.WarrantyQuery) { loadWarranty(q, selected(ctx).of("warranty")) })
	if err != nil {
		return nil, nil, err
	}
	return &view.Warranty{Warranty: row}, errs, nil
}
