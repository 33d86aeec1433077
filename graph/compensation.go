package graph

import (
	"context"

	"aftersales/ent"
	"aftersales/ent/compensation"
	"aftersales/graph/view"
	"aftersales/internal/problem"
)

// owed is what a compensation comes to now, by the merchant's clock.
func (r *Resolver) owed(ctx context.Context, c *view.Compensation) (days int, amount int64, err error) {
	now, err := r.now(ctx, c.MerchantID)
	if err != nil {
		return 0, 0, err
	}
	return r.cases.Owed(ctx, c.Compensation, now)
}

// decided shows a compensation after its decision; also after a conflict, as somebody else left it.
func (r *Resolver) decided(ctx context.Context, id string, err error) (*view.Compensation, []*view.UserError, error) {
	errs, fault := refusals(ctx, err)
	if fault != nil || err != nil && !problem.Is(err, problem.Conflict) {
		return nil, errs, fault
	}
	q := r.store.Client(ctx).Compensation.Query().Where(compensation.ID(id))
	loadCompensation(q, selected(ctx).of("compensation"))
	row, err := q.Only(ctx)
	if ent.IsNotFound(err) {
		return nil, errs, nil
	}
	if err != nil {
		return nil, nil, err
	}
	return &view.Compensation{Compensation: row}, errs, nil
}
