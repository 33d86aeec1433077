package casework

import (
	"context"
	"slices"
	"sync"

	"aftersales/ent"
	"aftersales/ent/derivedplan"
	"aftersales/ent/planadoption"
	"aftersales/internal/lifecycle"
	"aftersales/internal/plan"
	"aftersales/internal/problem"

	"entgo.io/ent/dialect/sql"
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

// LatestPlan is the newest version of a plan: built in or the merchant's own; nil when there is none.
func (s *Service) LatestPlan(ctx context.Context, merchantID, code string) (*plan.Plan, error) {
	if p := s.plans.Latest(code); p != nil {
		return p, nil
	}
	row, err := s.store.Client(ctx).DerivedPlan.Query().Where(derivedplan.MerchantID(merchantID), derivedplan.Code(code)).
		Order(derivedplan.ByVersion(sql.OrderDesc())).First(ctx)
	if ent.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &row.Spec, nil
}

// PlansFor are the plans that new cases of a kind open under: the merchant's own, then those adopted for the kind.
func (s *Service) PlansFor(ctx context.Context, m *ent.Merchant, k lifecycle.Kind) ([]*plan.Plan, error) {
	all, err := s.PlansByKind(ctx, m, k)
	return all[k], err
}

// PlansByKind is PlansFor for several kinds: one statement, and one for each plan of the merchant's own.
func (s *Service) PlansByKind(ctx context.Context, m *ent.Merchant, kinds ...lifecycle.Kind) (map[lifecycle.Kind][]*plan.Plan, error) {
	rows, err := s.store.Client(ctx).PlanAdoption.Query().Where(planadoption.MerchantID(m.ID), planadoption.KindIn(kinds...)).
		Order(planadoption.ByPosition()).All(ctx)
	if err != nil {
		return nil, err
	}
	known := map[string]*plan.Plan{}
	out := map[lifecycle.Kind][]*plan.Plan{}
	add := func(k lifecycle.Kind, code string) error {
		p := known[code]
		if p == nil {
			if p, err = s.LatestPlan(ctx, m.ID, code); err != nil {
				return err
			}
		}
		if p == nil {
			return problem.New(problem.NotEligible, problem.Textf("the merchant's plan %s is not known", "商家的服务方案 %s 不存在", code))
		}
		if known[code] = p; !slices.Contains(out[k], p) {
			out[k] = append(out[k], p)
		}
		return nil
	}
	for _, k := range kinds {
		if err := add(k, m.PlanCode); err != nil {
			return nil, err
		}
	}
	for _, row := range rows {
		if err := add(row.Kind, row.PlanCode); err != nil {
			return nil, err
		}
	}
	return out, nil
}
