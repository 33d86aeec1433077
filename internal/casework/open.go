package casework

import (
	"context"
	"slices"

	"aftersales/ent"
	"aftersales/ent/servicecase"
	"aftersales/internal/auth"
	"aftersales/internal/lifecycle"
	"aftersales/internal/plan"
)

// Opening is what a new case asks for; then, if given, carries on in the same act: what is settled the moment it is asked.
type Opening struct {
	Remedy lifecycle.Remedy
	Goods  bool
	Status lifecycle.Status // empty: REQUESTED
	// From is the case that goes on as this one: it keeps when that was opened and the law it is under, and nobody has to answer
	// or review again (design decision 13).
	From *ent.ServiceCase
	// Known is what the caller has read already; what is not there is read.
	Known Known
	Then  func(ctx context.Context, st *Step) error
}

// Known is what new cases of a kind are under: the plans, the law, and the newest version of the calendar.
type Known struct {
	Plans    []*plan.Plan
	Law      *plan.Law
	Calendar *ent.Calendar
}

// Open writes a new case with its first event; the plan's clocks that start at OPENED start. create must carry everything
// but status, version, numbers of the plan and times.
func (s *Service) Open(ctx context.Context, a auth.Actor, m *ent.Merchant, as Opening, create *ent.ServiceCaseCreate, note string) (*Step, error) {
	if err := stillActs(a, m); err != nil {
		return nil, err
	}
	kind, _ := create.Mutation().Kind()
	plans, law := as.Known.Plans, as.Known.Law
	var err error
	if plans == nil {
		if plans, err = s.PlansFor(ctx, m, kind); err != nil {
			return nil, err
		}
	}
	refs := make([]plan.Ref, len(plans))
	for i, p := range plans {
		refs[i] = plan.Ref{Code: p.Code, Version: p.Version}
	}
	if law == nil {
		if law, err = s.Law(ctx, m); err != nil {
			return nil, err
		}
	}
	status := lifecycle.Requested
	if as.Status != "" {
		status = as.Status
	}
	now := s.Now(m)
	create.SetMerchantID(m.ID).SetStatus(lifecycle.Requested).SetPlanCode(refs[0].Code).SetPlanVersion(refs[0].Version).SetPlans(refs).
		SetLawCode(law.Code).SetLawVersion(law.Version).SetOpenedAt(now).SetContactedAt(now)
	if from := as.From; from != nil {
		create.SetOriginID(from.ID).SetOpenedAt(from.OpenedAt).SetLawCode(from.LawCode).SetLawVersion(from.LawVersion)
	}
	st, err := s.newStep(ctx, unwritten(create.Mutation()), m, a)
	if err != nil {
		return nil, err
	}
	st.remedy, st.goods, st.calendar = as.Remedy, as.Goods, as.Known.Calendar
	if err := st.opened(ctx, as, note); err != nil {
		return nil, err
	}
	if st.Case, err = create.SetNillableNextDueAt(nextDue(st.deadlines)).Save(ctx); err != nil {
		return nil, err
	}
	st.set = s.store.Client(ctx).ServiceCase.Update().Where(servicecase.ID(st.Case.ID), servicecase.Version(st.Case.Version))
	if as.Then == nil {
		return st, st.writeRest(ctx)
	}
	return st, st.perform(ctx, "", status, func(ctx context.Context, st *Step) error {
		st.to = status
		return as.Then(ctx, st)
	})
}

// unwritten is a case as far as its clocks ask before it is written.
func unwritten(m *ent.ServiceCaseMutation) *ent.ServiceCase {
	c := &ent.ServiceCase{}
	c.ID, _ = m.ID()
	c.MerchantID, _ = m.MerchantID()
	c.Kind, _ = m.Kind()
	c.Status, _ = m.Status()
	c.Priority, _ = m.Priority()
	c.Plans, _ = m.Plans()
	c.LawCode, _ = m.LawCode()
	c.LawVersion, _ = m.LawVersion()
	return c
}

// opened writes the first event of a case and starts what it starts; of a case that another one goes on as, what is promised of
// money and goods, from now on.
func (st *Step) opened(ctx context.Context, as Opening, note string) error {
	if as.From == nil {
		return st.Happened(ctx, lifecycle.Opened, note, nil)
	}
	st.Tell(ctx, lifecycle.Opened, note, nil)
	return st.startClocks(ctx, st.Now, func(p *plan.Plan) []plan.Promise {
		return slices.DeleteFunc(st.starting(p, lifecycle.Opened), func(pr plan.Promise) bool {
			return pr.Kind == plan.FirstResponse || pr.Kind == plan.Review
		})
	})
}
