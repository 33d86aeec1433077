// Package plans holds the use cases about service plans: which ones a merchant keeps, its own stricter ones, what a stricter
// one would have changed, and what is published of them. What a plan is, and which of two is stricter, is package plan's;
// which plans a case is under is package casework's.
package plans

import (
	"context"
	"slices"
	"strconv"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

	"aftersales/ent"
	"aftersales/ent/derivedplan"
	"aftersales/ent/merchant"
	"aftersales/ent/planadoption"
	"aftersales/internal/auth"
	"aftersales/internal/casework"
	"aftersales/internal/lifecycle"
	"aftersales/internal/plan"
	"aftersales/internal/problem"
	"aftersales/internal/store"
)

// Service carries out what concerns plans as such.
type Service struct {
	store *store.Store
	cases *casework.Service
}

// New makes the service.
func New(st *store.Store, cases *casework.Service) *Service { return &Service{st, cases} }

// maxAdopted bounds how many plans a merchant keeps for one kind beside its own.
const maxAdopted = 10

// Adopt sets the plans kept for new cases of the kinds named, beside the merchant's own plan, which always holds; cases that
// are open keep theirs. No plans: only the merchant's own. Of what several plans promise the strictest holds (package plan).
//
// Requires: MERCHANT_ADMIN or PLATFORM_ADMIN. Errors: INVALID_INPUT at input.kinds or input.plans, NOT_FOUND at input.plans.N,
// NOT_ELIGIBLE at input.plans.N for a plan that promises nothing to such cases.
func (s *Service) Adopt(ctx context.Context, kinds []lifecycle.Kind, codes []string) error {
	if _, err := auth.Require(ctx, "planAdopt"); err != nil {
		return err
	}
	m, err := s.cases.Merchant(ctx)
	if err != nil {
		return err
	}
	if len(kinds) == 0 {
		return problem.Invalid(problem.Text{EN: "name at least one kind of cases", ZH: "请至少指明一种工单类型"}, "input", "kinds")
	}
	if len(codes) > maxAdopted {
		return problem.Invalid(problem.Textf("at most %d plans", "最多 %d 个方案", maxAdopted), "input", "plans")
	}
	var l problem.List
	var keep []string
	for i, code := range codes {
		p, err := s.cases.LatestPlan(ctx, m.ID, code)
		if err != nil {
			return err
		}
		switch at := []string{"input", "plans", strconv.Itoa(i)}; {
		case p == nil:
			l = append(l, casework.NotFound("plan", "服务方案", at...))
		case code == m.PlanCode || slices.Contains(keep, code): // holds anyway
		default:
			for _, k := range kinds {
				if !slices.Contains(p.Kinds, k) {
					refusal := problem.New(problem.NotEligible, problem.Textf("plan %s promises nothing for %s", "方案 %s 不适用于 %s", code, k), problem.Param{Name: "kind", Value: string(k)})
					refusal.Field = at
					l = append(l, refusal)
				}
			}
			keep = append(keep, code)
		}
	}
	if err := l.Err(); err != nil {
		return err
	}
	return s.store.InTx(ctx, func(ctx context.Context) error {
		if err := s.lock(ctx, m.ID); err != nil {
			return err
		}
		client := s.store.Client(ctx)
		if _, err := client.PlanAdoption.Delete().Where(planadoption.MerchantID(m.ID), planadoption.KindIn(kinds...)).Exec(ctx); err != nil {
			return err
		}
		var rows []*ent.PlanAdoptionCreate
		for _, k := range distinct(kinds) {
			for i, code := range keep {
				rows = append(rows, client.PlanAdoption.Create().SetMerchantID(m.ID).SetKind(k).SetPlanCode(code).SetPosition(i).SetAdoptedAt(s.cases.Now(m)))
			}
		}
		if len(rows) == 0 {
			return nil
		}
		return client.PlanAdoption.CreateBulk(rows...).Exec(ctx)
	})
}

// lock makes those who set a merchant's plans go one after the other: on PostgreSQL by the merchant's row; SQLite writes one
// at a time anyway.
func (s *Service) lock(ctx context.Context, merchantID string) error {
	if s.store.Dialect() != dialect.Postgres {
		return nil
	}
	_, err := s.store.Client(ctx).Merchant.Query().Where(merchant.ID(merchantID)).ForUpdate(sql.WithLockClause("FOR NO KEY UPDATE")).OnlyID(ctx)
	return err
}

func distinct[T comparable](all []T) []T {
	var out []T
	for _, v := range all {
		if !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

// Entry is one version of a plan that a merchant may adopt. Own is nil for those built in. AdoptedFor are the kinds whose new
// cases open under this very version.
type Entry struct {
	Plan       *plan.Plan
	Own        *ent.DerivedPlan
	AdoptedFor []lifecycle.Kind
}

// List gives every version of every plan of the actor's merchant, built in ones first, each with what it is adopted for.
//
// Requires: a staff role. Errors: INVALID_INPUT when no merchant is named.
func (s *Service) List(ctx context.Context) ([]Entry, error) {
	if _, err := auth.Require(ctx, "plans"); err != nil {
		return nil, err
	}
	m, err := s.cases.Merchant(ctx)
	if err != nil {
		return nil, err
	}
	return s.list(ctx, m)
}

func (s *Service) list(ctx context.Context, m *ent.Merchant) ([]Entry, error) {
	own, err := s.store.Client(ctx).DerivedPlan.Query().Where(derivedplan.MerchantID(m.ID)).
		Order(derivedplan.ByCode(), derivedplan.ByVersion()).All(ctx)
	if err != nil {
		return nil, err
	}
	adopted, err := s.store.Client(ctx).PlanAdoption.Query().Where(planadoption.MerchantID(m.ID)).Order(planadoption.ByKind(), planadoption.ByPosition()).All(ctx)
	if err != nil {
		return nil, err
	}
	var all []Entry
	for _, p := range s.cases.Plans().Plans() {
		all = append(all, Entry{Plan: p})
	}
	for _, row := range own {
		all = append(all, Entry{Plan: &row.Spec, Own: row})
	}
	newest := map[string]int{}
	for _, e := range all {
		newest[e.Plan.Code] = max(newest[e.Plan.Code], e.Plan.Version)
	}
	for i, e := range all {
		switch {
		case e.Plan.Version != newest[e.Plan.Code]:
		case e.Plan.Code == m.PlanCode:
			all[i].AdoptedFor = e.Plan.Kinds
		default:
			for _, a := range adopted {
				if a.PlanCode == e.Plan.Code {
					all[i].AdoptedFor = append(all[i].AdoptedFor, a.Kind)
				}
			}
		}
	}
	return all, nil
}
