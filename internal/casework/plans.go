package casework

import (
	"context"
	"slices"
	"sync"

	"aftersales/ent"
	"aftersales/ent/derivedplan"
	"aftersales/internal/plan"
)

// Which plans a case is under. A merchant keeps its own plan for everything, and may adopt further ones for some kinds of
// cases; a case keeps the versions it opened under.

// PlansOf are the plans a case opened under, the merchant's own first.
func PlansOf(c *ent.ServiceCase) []plan.Ref {
	if len(c.Plans) > 0 {
		return c.Plans
	}
	return []plan.Ref{{Code: c.PlanCode, Version: c.PlanVersion}}
}

// derived remembers merchants' own plans: a version never changes, so that what one process read stays true.
type derived struct {
	mu    sync.Mutex
	plans map[derivedKey]*plan.Plan
}

type derivedKey struct {
	merchantID string
	plan.Ref
}

// maxDerived bounds what is remembered; beyond it everything is forgotten and read again.
const maxDerived = 4096

// Plan finds one version of a plan: built in, a law, or the merchant's own; nil when there is none.
func (s *Service) Plan(ctx context.Context, merchantID string, ref plan.Ref) (*plan.Plan, error) {
	if p := s.plans.Get(ref.Code, ref.Version); p != nil {
		return p, nil
	}
	key := derivedKey{merchantID, ref}
	s.derived.mu.Lock()
	p := s.derived.plans[key]
	s.derived.mu.Unlock()
	if p != nil {
		return p, nil
	}
	row, err := s.store.Client(ctx).DerivedPlan.Query().
		Where(derivedplan.MerchantID(merchantID), derivedplan.Code(ref.Code), derivedplan.Version(ref.Version)).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	s.derived.mu.Lock()
	defer s.derived.mu.Unlock()
	if s.derived.plans == nil || len(s.derived.plans) >= maxDerived {
		s.derived.plans = map[derivedKey]*plan.Plan{}
	}
	s.derived.plans[key] = &row.Spec
	return &row.Spec, nil
}

// Promise is the promise behind a deadline, by its plan, kind and clause; false when this server does not know it.
func (s *Service) Promise(ctx context.Context, d *ent.Deadline) (plan.Promise, bool, error) {
	p, err := s.Plan(ctx, d.MerchantID, plan.Ref{Code: d.PlanCode, Version: d.PlanVersion})
	if p == nil || err != nil {
		return plan.Promise{}, false, err
	}
	i := slices.IndexFunc(p.Promises, func(pr plan.Promise) bool { return pr.Kind == d.Kind && pr.Clause == d.Clause })
	if i < 0 {
		return plan.Promise{}, false, nil
	}
	return p.Promises[i], true, nil
}
