package casework

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"entgo.io/ent/dialect"

	"aftersales/ent"
	"aftersales/ent/customer"
	"aftersales/ent/servicecase"
	"aftersales/internal/auth"
	"aftersales/internal/lifecycle"
	"aftersales/internal/plan"
)

// Step is one act on one case inside its transaction. A use case writes its details, says what happened (Happened), and
// the step turns that into events, deadlines, pauses and the one conditional update of the case.
type Step struct {
	Case     *ent.ServiceCase
	Merchant *ent.Merchant
	Actor    auth.Actor
	Now      time.Time

	svc       *Service
	plans     []*plan.Plan            // those the merchant keeps for such cases
	law       *plan.Plan              // the law's own clocks, which run beside any promise
	known     map[plan.Ref]*plan.Plan // plans, and those of carried-over clocks
	remedy    lifecycle.Remedy
	deadlines []*ent.Deadline
	touched   map[string]bool
	stopped   map[string]bool // clocks that were kept or called off by this act
	events    []*ent.CaseEventCreate
	set       *ent.ServiceCaseUpdate
	outcome   lifecycle.Outcome
	note      string
	to        lifecycle.Status
	goods     bool          // whether goods come back: what a promise about them needs to start
	calendar  *ent.Calendar // the newest version, once asked for
	because   *ent.Deadline // the missed one for which the service acts by itself
}

// Act is what an actor wants to do to a case.
type Act struct {
	Action lifecycle.Action
	CaseID string
	// Expected is the version the caller saw; nil accepts whatever stands when the request arrives.
	Expected *int
	// Judge completes the facts that only the input knows (what an inspection accepted).
	Judge func(*lifecycle.Facts)
	// Weigh is Judge for what only the input and the case together tell; it may refuse, and writes nothing.
	Weigh func(ctx context.Context, st *Step, f *lifecycle.Facts) error
}

// Do carries out one act: permission, case within reach (NOT_FOUND), version (CONFLICT), overdue deadlines first, the
// transition table (ILLEGAL_TRANSITION with the actions allowed now), then fn and everything that follows from it, in one
// transaction. A change by somebody else between arrival and transaction is CONFLICT too, so of two at once one wins.
func (s *Service) Do(ctx context.Context, act Act, fn func(ctx context.Context, st *Step) error) error {
	a, err := auth.Require(ctx, act.Action.Operation())
	if err != nil {
		return err
	}
	seen, arrived, err := s.arrive(ctx, a, act)
	if err != nil {
		return err
	}
	ctx, a = scoped(ctx, a, seen)
	return s.store.InTx(ctx, func(ctx context.Context) error {
		st, err := s.begin(ctx, a, seen)
		if err != nil {
			return err
		}
		if err := mayAct(a, act.Action.Operation(), st.Merchant); err != nil {
			return err
		}
		if st.Merchant.ClockAt == nil {
			st.Now = arrived // what falls due while the act waits for its lock is the sweep's to find, with all that follows
		}
		facts := FactsOf(st.Case, st.Now)
		if act.Judge != nil {
			act.Judge(&facts)
		}
		if act.Weigh != nil {
			if err := act.Weigh(ctx, st, &facts); err != nil {
				return err
			}
		}
		to, ok := lifecycle.Next(st.Case.Kind, st.Case.Status, act.Action, facts)
		if !ok {
			return illegal(a, st.Merchant, st.Case, act.Action, st.Now)
		}
		return st.perform(ctx, act.Action, to, fn)
	})
}

// perform carries out an allowed act: what the use case writes, then the status with all that hangs on it.
func (st *Step) perform(ctx context.Context, action lifecycle.Action, to lifecycle.Status, fn func(ctx context.Context, st *Step) error) error {
	if isTransition(st.Case.Kind, action) {
		st.to = to
	}
	if err := fn(ctx, st); err != nil {
		return err
	}
	if st.to != "" {
		st.set.SetStatus(to)
		if err := st.enter(ctx, to); err != nil {
			return err
		}
		switch {
		case to.Ended() && !st.Case.Status.Ended():
			st.end()
		case st.Case.Status.Ended() && !to.Ended(): // taken up again
			st.set.ClearOutcome().ClearOutcomeNote().ClearEndedAt().ClearClosedAt()
		}
		st.set.AddVersion(1)
	}
	return st.write(ctx)
}

// To is the status this act leads to; empty for one that leaves it.
func (st *Step) To() lifecycle.Status { return st.to }

// DoOnce is Do for an act that carries an idempotency key and makes, or is about, the object with the id made: the same key
// with the same input changes nothing and returns the id of the first time. What was overdue when the act arrived is settled
// in a transaction of its own, so that a refusal does not undo what the server noticed on the way.
func (s *Service) DoOnce(ctx context.Context, act Act, key string, input any, made string, fn func(ctx context.Context, st *Step) error) (string, error) {
	a, err := auth.Require(ctx, act.Action.Operation())
	if err != nil {
		return "", err
	}
	// Whatever the version: a repetition names the version that stood before its first time.
	seen, _, err := s.arrive(ctx, a, Act{Action: act.Action, CaseID: act.CaseID})
	if err != nil {
		return "", err
	}
	ctx, _ = scoped(ctx, a, seen)
	return s.store.Once(ctx, act.Action.Operation(), key, input, func(ctx context.Context) (string, error) {
		return made, s.Do(ctx, act, fn)
	})
}

// arrive finds the case an act is about as it stands at the instant the act arrives, its overdue deadlines settled.
func (s *Service) arrive(ctx context.Context, a auth.Actor, act Act) (*ent.ServiceCase, time.Time, error) {
	seen, err := s.find(ctx, act)
	if err != nil {
		return nil, time.Time{}, err
	}
	m, err := s.Merchant(auth.ForMerchant(ctx, seen.MerchantID))
	if err != nil {
		return nil, time.Time{}, err
	}
	if err := mayAct(a, act.Action.Operation(), m); err != nil {
		return nil, time.Time{}, err
	}
	arrived := s.Now(m)
	if seen.NextDueAt == nil || arrived.Before(*seen.NextDueAt) {
		return seen, arrived, nil
	}
	if err := s.settle(ctx, m, seen.ID); err != nil {
		return nil, time.Time{}, err
	}
	seen, err = s.find(ctx, act)
	return seen, arrived, err
}

func isTransition(k lifecycle.Kind, a lifecycle.Action) bool {
	for _, t := range lifecycle.Table(k) {
		if t.Action == a {
			return true
		}
	}
	return false
}

func (s *Service) find(ctx context.Context, act Act) (*ent.ServiceCase, error) {
	c, err := s.store.Client(ctx).ServiceCase.Get(ctx, act.CaseID)
	if ent.IsNotFound(err) {
		return nil, NotFound("case", "工单", "id")
	}
	if err != nil {
		return nil, err
	}
	if act.Expected != nil && *act.Expected != c.Version {
		return nil, conflict(c.Version)
	}
	return c, nil
}

var errUnknownPlan = errors.New("not known to this server")

// begin loads the case under its row lock (PostgreSQL; the one writer of SQLite needs none).
func (s *Service) begin(ctx context.Context, a auth.Actor, seen *ent.ServiceCase) (*Step, error) {
	q := s.store.Client(ctx).ServiceCase.Query().Where(servicecase.ID(seen.ID)).WithDeadlines()
	switch {
	case hasWork(seen.Kind):
		q = q.WithRepair().WithVisits().WithParts()
	case seen.Kind.IsTicket():
		q = q.WithTicket()
	default:
		q = q.WithDetail().WithRefunds()
	}
	if s.store.Dialect() == dialect.Postgres {
		q = q.ForUpdate()
	}
	c, err := q.Only(ctx)
	if err != nil {
		return nil, err
	}
	if c.Version != seen.Version {
		return nil, conflict(c.Version)
	}
	m, err := s.MerchantRow(ctx, c.MerchantID)
	if err != nil {
		return nil, err
	}
	st, err := s.newStep(ctx, c, m, a)
	if err != nil {
		return nil, err
	}
	st.deadlines = c.Edges.Deadlines
	if c.Edges.Detail != nil {
		st.remedy = c.Edges.Detail.Remedy
		st.goods = c.Edges.Detail.Disposition == lifecycle.GoodsReturn
	}
	if c.Edges.Repair != nil {
		st.goods = c.Edges.Repair.Way == Depot
	}
	st.set = s.store.Client(ctx).ServiceCase.Update().Where(servicecase.ID(c.ID), servicecase.Version(c.Version)).AddRevision(1)
	return st, nil
}

func (s *Service) newStep(ctx context.Context, c *ent.ServiceCase, m *ent.Merchant, a auth.Actor) (*Step, error) {
	a, err := s.named(ctx, m, a)
	if err != nil {
		return nil, err
	}
	st := &Step{Case: c, Merchant: m, Actor: a, Now: s.Now(m), svc: s, touched: map[string]bool{}, stopped: map[string]bool{}, known: map[plan.Ref]*plan.Plan{}}
	for _, ref := range PlansOf(c) {
		p, err := st.plan(ctx, ref)
		if err != nil {
			return nil, err
		}
		st.plans = append(st.plans, p)
	}
	law, err := st.plan(ctx, plan.Ref{Code: c.LawCode, Version: c.LawVersion})
	if err != nil {
		return nil, err
	}
	st.law = law
	for _, d := range c.Edges.Deadlines { // a clock carried over from another case may stand under a plan of its own
		if _, err := st.plan(ctx, plan.Ref{Code: d.PlanCode, Version: d.PlanVersion}); err != nil {
			return nil, err
		}
	}
	return st, nil
}

// plan finds a plan the case is under; one that is not known belongs to a case opened by a newer server: acting on it without
// its clocks would lose them.
func (st *Step) plan(ctx context.Context, ref plan.Ref) (*plan.Plan, error) {
	if p := st.known[ref]; p != nil {
		return p, nil
	}
	p, err := st.svc.Plan(ctx, st.Merchant.ID, ref)
	if err != nil {
		return nil, err
	}
	if p == nil {
		return nil, fmt.Errorf("case %s: plan %s version %d: %w", st.Case.ID, ref.Code, ref.Version, errUnknownPlan)
	}
	st.known[ref] = p
	return p, nil
}

// named gives the actor the name that timelines show: the customer's, or the one by which the staff list knows the subject.
func (s *Service) named(ctx context.Context, m *ent.Merchant, a auth.Actor) (auth.Actor, error) {
	if a.System {
		return a, nil
	}
	if a.Role == auth.Customer {
		row, err := s.store.Client(ctx).Customer.Query().Where(customer.ID(a.CustomerID)).Only(ctx)
		if ent.IsNotFound(err) {
			return a, nil
		}
		if err == nil {
			a.Name = row.Name
		}
		return a, err
	}
	row, err := s.staffOf(ctx, m, a)
	if row != nil {
		a.Name = row.Name
	}
	return a, err
}

// StaffID is the id of the actor's staff row, empty when there is none.
func (st *Step) StaffID(ctx context.Context) (string, error) {
	row, err := st.svc.staffOf(ctx, st.Merchant, st.Actor)
	if err != nil || row == nil {
		return "", err
	}
	return row.ID, nil
}

// Set is the update of the case row that the step will write; use cases add columns to it.
func (st *Step) Set() *ent.ServiceCaseUpdate { return st.set }

// subject is what the case is about, as far as promises ask.
func (st *Step) subject() plan.Subject {
	return plan.Subject{Kind: st.Case.Kind, Remedy: st.remedy, Priority: st.Case.Priority}
}

// paidAhead reports whether all the case's money arrived already, before the goods did: nothing is promised about it again.
func (st *Step) paidAhead() bool {
	rs := st.Case.Edges.Refunds
	return len(rs) > 0 && !slices.ContainsFunc(rs, func(r *ent.Refund) bool { return r.State != RefundCredited })
}

// Ends says how the case ends if this act ends it (MALL-1.1b: always with an outcome and a reason).
func (st *Step) Ends(o lifecycle.Outcome, note string) { st.outcome, st.note = o, note }

// end finishes a case that reached a terminal status: what still runs is cancelled, and the case closes unless a missed
// deadline waits for its explanation (SLA-A-2.2.5a).
func (st *Step) end() {
	owed := false
	for _, d := range st.deadlines {
		if d.Open {
			st.stopOpen(d)
		}
		owed = owed || d.ExplanationOwed
	}
	st.set.SetOutcome(st.outcome).SetOutcomeNote(st.note).SetEndedAt(st.Now)
	if !owed {
		st.set.SetClosedAt(st.Now)
	}
}

// write puts the case, its deadlines and its events into the transaction.
func (st *Step) write(ctx context.Context) error {
	if next := nextDue(st.deadlines); next != nil {
		st.set.SetNextDueAt(*next)
	} else {
		st.set.ClearNextDueAt()
	}
	if st.contacted() {
		st.set.SetContactedAt(st.Now)
	}
	n, err := st.set.Save(ctx)
	if err != nil {
		return err
	}
	if n == 0 {
		return conflict(st.Case.Version + 1)
	}
	return st.writeRest(ctx)
}

// writeRest puts into the transaction what hangs on the case.
func (st *Step) writeRest(ctx context.Context) error {
	if err := st.writeDeadlines(ctx); err != nil {
		return err
	}
	if err := st.settleCompensations(ctx); err != nil {
		return err
	}
	if closed, set := st.set.Mutation().ClosedAt(); set {
		st.log(ctx, lifecycle.Closed, closed, "", nil)
	}
	for _, e := range st.events {
		if err := e.Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// contacted reports whether this act told the customer something: all that staff do but hand a case around.
func (st *Step) contacted() bool {
	if st.Actor.System || st.Actor.Role == auth.Customer {
		return false
	}
	for _, e := range st.events {
		if t, _ := e.Mutation().GetType(); t != lifecycle.Assigned {
			return true
		}
	}
	return false
}
