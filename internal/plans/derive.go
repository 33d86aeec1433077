package plans

import (
	"context"
	"slices"

	"entgo.io/ent/dialect/sql"

	"aftersales/ent"
	"aftersales/ent/derivedplan"
	"aftersales/internal/auth"
	"aftersales/internal/casework"
	"aftersales/internal/plan"
	"aftersales/internal/problem"
)

// Derivation is a version of a merchant's own plan to be made.
type Derivation struct {
	// Base is the code of the plan to better, BaseVersion its version; nil: the newest.
	Base        string
	BaseVersion *int
	Code, Name  string
	Promises    []plan.Change
}

const (
	// maxVersions bounds how many versions of its own plans a merchant may have.
	maxVersions = 200
	maxChanges  = 100
	maxName     = 200
)

// Derive makes the next version of the merchant's own plan with this code, from 1. New cases of the kinds it is adopted for
// open under it from now on; open ones keep the version they have. It returns the version.
//
// Requires: MERCHANT_ADMIN or PLATFORM_ADMIN. Errors: INVALID_INPUT and POLICY_BELOW_FLOOR naming the field, NOT_FOUND at
// input.base or input.baseVersion, LIMIT_EXCEEDED, IDEMPOTENCY_MISMATCH.
func (s *Service) Derive(ctx context.Context, key string, in Derivation) (*Entry, error) {
	a, err := auth.Require(ctx, "planDerive")
	if err != nil {
		return nil, err
	}
	m, err := s.cases.Merchant(ctx)
	if err != nil {
		return nil, err
	}
	made, err := s.store.Once(ctx, "planDerive", key, in, func(ctx context.Context) (string, error) {
		if err := s.lock(ctx, m.ID); err != nil {
			return "", err
		}
		p, base, err := s.derive(ctx, m, in)
		if err != nil {
			return "", err
		}
		row, err := s.store.Client(ctx).DerivedPlan.Create().SetMerchantID(m.ID).SetCode(p.Code).SetVersion(p.Version).SetBaseCode(base.Code).SetBaseVersion(base.Version).
			SetSpec(*p).SetPublishedAt(s.cases.Now(m)).SetPublishedBy(a.Name).Save(ctx)
		if err != nil {
			return "", err
		}
		return row.ID, nil
	})
	if err != nil {
		return nil, err
	}
	all, err := s.list(ctx, m)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(e Entry) bool { return e.Own != nil && e.Own.ID == made })
	return &all[i], nil
}

// derive makes the plan without keeping it.
func (s *Service) derive(ctx context.Context, m *ent.Merchant, in Derivation) (p, base *plan.Plan, err error) {
	var l problem.List
	name, err := casework.Text(in.Name, "name")
	l = append(l, problem.All(err)...)
	if len([]rune(name)) > maxName {
		l = append(l, problem.Invalid(problem.Textf("must have at most %d characters", "最多 %d 个字符", maxName), "name"))
	}
	l = append(l, problem.All(s.cases.Plans().CheckCode(in.Code))...)
	if len(in.Promises) == 0 || len(in.Promises) > maxChanges {
		l = append(l, problem.Invalid(problem.Textf("name 1 to %d promises", "请给出 1 至 %d 项承诺", maxChanges), "promises"))
	}
	base, err = s.base(ctx, m.ID, in)
	if len(problem.All(err)) == 0 && err != nil {
		return nil, nil, err
	}
	l = append(l, problem.All(err)...)
	if err := l.Err(); err != nil {
		return nil, nil, err
	}
	before, err := s.store.Client(ctx).DerivedPlan.Query().Where(derivedplan.MerchantID(m.ID)).Order(derivedplan.ByVersion(sql.OrderDesc())).All(ctx)
	if err != nil {
		return nil, nil, err
	}
	if len(before) >= maxVersions {
		return nil, nil, problem.New(problem.LimitExceeded, problem.Textf("a merchant has at most %d versions of its own plans", "商家自有方案最多 %d 个版本", maxVersions))
	}
	version := 1
	bases := []string{in.Code}
	for _, row := range before {
		if row.Code == in.Code {
			version = max(version, row.Version+1)
			bases = append(bases, row.BaseCode)
		}
	}
	// What keeps its name keeps its floor: those who adopted it count on that.
	if version > 1 && !slices.Contains(bases, in.Base) {
		return nil, nil, problem.Invalid(problem.Textf("%[1]s is derived from %[2]s; another base makes another plan", "%[1]s 源自 %[2]s，更换基准须使用新的代码", in.Code, bases[len(bases)-1]), "base")
	}
	law, err := s.cases.Law(ctx, m)
	if err != nil {
		return nil, nil, err
	}
	p, err = plan.Derive(base, &law.Plan, plan.Ref{Code: in.Code, Version: version}, name, in.Promises)
	return p, base, err
}

func (s *Service) base(ctx context.Context, merchantID string, in Derivation) (*plan.Plan, error) {
	latest, err := s.cases.LatestPlan(ctx, merchantID, in.Base)
	if err != nil {
		return nil, err
	}
	if latest == nil {
		return nil, casework.NotFound("plan", "服务方案", "base")
	}
	if in.BaseVersion == nil || *in.BaseVersion == latest.Version {
		return latest, nil
	}
	p, err := s.cases.Plan(ctx, merchantID, plan.Ref{Code: in.Base, Version: *in.BaseVersion})
	if err == nil && p == nil {
		err = casework.NotFound("version", "版本", "baseVersion")
	}
	return p, err
}
