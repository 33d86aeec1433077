package merchants

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"entgo.io/ent/dialect/sql"

	"aftersales/ent"
	"aftersales/ent/servicepolicy"
	"aftersales/internal/auth"
	"aftersales/internal/casework"
	"aftersales/internal/lifecycle"
	"aftersales/internal/plan"
	"aftersales/internal/problem"
)

// maxPolicy bounds a policy's text, in characters.
const maxPolicy = 20000

// Policy is what a merchant promises everybody, readable without login: its own words and the plan behind them.
type Policy struct {
	Merchant *ent.Merchant
	// Text is the newest version of the merchant's words; nil when it published none.
	Text *ent.ServicePolicy
	Plan *plan.Plan
	Law  *plan.Law
	// Standards are what new cases are promised, by kind: of the merchant's own plan and those adopted beside it.
	Standards []Standard
}

// Standard is what new cases of a kind are promised, plan by plan, the merchant's own first.
type Standard struct {
	Kind  lifecycle.Kind
	Plans []*plan.Plan
}

// Promises are those of the standard's plans that such a case can get. Where several plans promise the same, all stand here;
// the strictest holds.
func (st Standard) Promises() []plan.Promise {
	var out []plan.Promise
	for _, p := range st.Plans {
		for _, pr := range p.Promises {
			if slices.Contains(p.Kinds, st.Kind) && (len(pr.Kinds) == 0 || slices.Contains(pr.Kinds, st.Kind)) {
				out = append(out, pr)
			}
		}
	}
	return out
}

// NoReasonDays is the merchant's window for returns without reason, in days.
func (p *Policy) NoReasonDays() int {
	if own := p.Merchant.NoReasonDays; own != nil {
		return max(*own, p.Law.NoReason.Length)
	}
	return p.Law.NoReason.Length
}

// Policy reads the published standards of a merchant by id or slug (MALL-1.1a). Everybody may.
//
// Errors: NOT_FOUND.
func (s *Service) Policy(ctx context.Context, idOrSlug string) (*Policy, error) {
	if _, err := auth.Require(ctx, "servicePolicy"); err != nil {
		return nil, err
	}
	m, err := s.find(auth.AsSystem(ctx, ""), idOrSlug) // public by intent: exactly these three things, of any merchant
	if err == ErrUnknown {
		return nil, casework.NotFound("merchant", "商家", "merchant")
	}
	if err != nil {
		return nil, err
	}
	ctx = auth.AsSystem(ctx, m.ID)
	text, err := s.newestPolicy(ctx, m.ID)
	if err != nil {
		return nil, err
	}
	law, err := s.cases.Law(ctx, m)
	if err != nil {
		return nil, err
	}
	standards, err := s.standards(ctx, m)
	if err != nil {
		return nil, err
	}
	return &Policy{m, text, s.cases.Plans().Latest(m.PlanCode), law, standards}, nil
}

// standards reads what each kind of case is promised.
func (s *Service) standards(ctx context.Context, m *ent.Merchant) ([]Standard, error) {
	var out []Standard
	for _, k := range lifecycle.Kinds() {
		plans, err := s.cases.PlansFor(ctx, m, k)
		if err != nil {
			return nil, err
		}
		out = append(out, Standard{k, plans})
	}
	return out, nil
}

func (s *Service) newestPolicy(ctx context.Context, merchantID string) (*ent.ServicePolicy, error) {
	row, err := s.store.Client(ctx).ServicePolicy.Query().Where(servicepolicy.MerchantID(merchantID)).
		Order(servicepolicy.ByVersion(sql.OrderDesc())).First(ctx)
	if ent.IsNotFound(err) {
		return nil, nil
	}
	return row, err
}

// PublishPolicy puts a new version of the merchant's words in force; the old ones are kept. The same text again changes
// nothing.
//
// Requires: MERCHANT_ADMIN or PLATFORM_ADMIN. Errors: INVALID_INPUT at input.text.
func (s *Service) PublishPolicy(ctx context.Context, words string) error {
	if _, err := auth.Require(ctx, "policyPublish"); err != nil {
		return err
	}
	words = strings.TrimSpace(words)
	if n := len([]rune(words)); n == 0 || n > maxPolicy {
		return problem.Invalid(problem.Textf("must have 1 to %d characters", "须为 1 至 %d 个字符", maxPolicy), "input", "text")
	}
	m, err := s.cases.Merchant(ctx)
	if err != nil {
		return err
	}
	_, err = upsert(ctx, s, func(ctx context.Context) (string, error) {
		version := 1
		switch newest, err := s.newestPolicy(ctx, m.ID); {
		case err != nil:
			return "", err
		case newest != nil && newest.Text == words:
			return newest.ID, nil
		case newest != nil:
			version = newest.Version + 1
		}
		return "", s.store.Client(ctx).ServicePolicy.Create().SetMerchantID(m.ID).SetVersion(version).SetText(words).SetPublishedAt(s.cases.Now(m)).Exec(ctx)
	})
	return err
}

// maxWindow bounds a merchant's own return window, in days.
const maxWindow = 365

// SetReturnWindow sets the merchant's own window for returns without reason in days; nil takes the law's (MALL-1.3a: never
// below it).
//
// Requires: MERCHANT_ADMIN or PLATFORM_ADMIN. Errors: POLICY_BELOW_FLOOR at days naming the law, INVALID_INPUT at days.
func (s *Service) SetReturnWindow(ctx context.Context, days *int) error {
	if _, err := auth.Require(ctx, "returnWindowSet"); err != nil {
		return err
	}
	m, err := s.cases.Merchant(ctx)
	if err != nil {
		return err
	}
	law, err := s.cases.Law(ctx, m)
	if err != nil {
		return err
	}
	if days != nil && *days > maxWindow {
		return problem.Invalid(problem.Textf("must be at most %d", "最多 %d", maxWindow), "days")
	}
	if days != nil && *days < law.NoReason.Length {
		return &problem.Problem{Code: problem.PolicyBelowFloor, Field: []string{"days"},
			Message: problem.Textf("the law gives %d days (%s); a merchant can only give more", "法律规定为 %d 天（%s），商家只能更优", law.NoReason.Length, law.NoReason.Article),
			Params:  []problem.Param{{Name: "minimum", Value: strconv.Itoa(law.NoReason.Length)}, {Name: "rule", Value: law.NoReason.Article}}}
	}
	return s.store.InTx(auth.AsSystem(ctx, m.ID), func(ctx context.Context) error {
		u := s.store.Client(ctx).Merchant.UpdateOneID(m.ID).ClearNoReasonDays()
		if days != nil {
			u = s.store.Client(ctx).Merchant.UpdateOneID(m.ID).SetNoReasonDays(*days)
		}
		return u.Exec(ctx)
	})
}
