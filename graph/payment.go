package graph

import (
	"context"

	"aftersales/ent/servicecase"
	"aftersales/graph/view"
	"aftersales/internal/lifecycle"
	"aftersales/internal/problem"
)

// refundAnswer is how an act on a refund ended; each payload of such an act shows the same.
type refundAnswer struct {
	ret    *view.Return
	of     view.Case
	refund *view.Refund
	errs   []*view.UserError
}

// afterRefund is after for acts on a refund: its case as it is now, as a return too where it is one, and, when the act was
// carried out, the refund.
func (r *Resolver) afterRefund(ctx context.Context, refundID string, refused error) (refundAnswer, error) {
	errs, fault := refusals(ctx, refused)
	out := refundAnswer{errs: errs}
	if fault != nil || refused != nil && !problem.Is(refused, problem.Conflict) && !problem.Is(refused, problem.IllegalTransition) {
		return out, fault
	}
	row, err := r.store.Client(ctx).Refund.Get(ctx, refundID)
	if err != nil {
		return out, err
	}
	q := r.store.Client(ctx).ServiceCase.Query().Where(servicecase.ID(row.CaseID))
	loadCase(q, selected(ctx).of("return").and(selected(ctx).of("case")))
	c, err := q.Only(ctx)
	if err != nil {
		return out, err
	}
	out.of = caseOf(c)
	if c.Kind == lifecycle.Return {
		out.ret = &view.Return{ServiceCase: c}
	}
	if refused == nil {
		out.refund, err = r.refund(ctx, refundID)
	}
	return out, err
}
