package casework

import (
	"context"
	"errors"
	"slices"
	"time"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

	"aftersales/ent"
	entdeadline "aftersales/ent/deadline"
	"aftersales/ent/merchant"
	"aftersales/ent/predicate"
	"aftersales/ent/servicecase"
	"aftersales/internal/auth"
	"aftersales/internal/lifecycle"
	"aftersales/internal/plan"
)

// The sweep notices what nobody looked at (MALL-1.3b): deadlines that come near and deadlines that are missed. It takes
// cases in batches under their row locks and skips those another server holds, so that each miss is found exactly once
// however many servers run; every batch is a fixed number of statements.

const sweepBatch = 1000

// watch says whose clocks are looked at, and what time they show.
type watch struct {
	sandbox    bool
	merchantID string // empty: all live merchants
	caseID     string // empty: all cases
	now        time.Time
	// background: a case that somebody holds is left for the next round, instead of waiting for it.
	background bool
}

func (w watch) running() []predicate.Deadline {
	ps := []predicate.Deadline{entdeadline.StateEQ(plan.Running), entdeadline.Sandbox(w.sandbox)}
	if w.merchantID != "" {
		ps = append(ps, entdeadline.MerchantID(w.merchantID))
	}
	if w.caseID != "" {
		ps = append(ps, entdeadline.CaseID(w.caseID))
	}
	return ps
}

// Sweep looks once at every clock of the service and returns how many deadlines it found at risk or missed. Sandbox
// clocks are looked at by the time they show.
func (s *Service) Sweep(ctx context.Context) (int, error) {
	ctx = auth.AsSystem(ctx, "")
	found, failed := s.sweepAll(ctx, watch{now: s.real(), background: true})
	sandboxes, err := s.store.Client(ctx).Merchant.Query().Where(merchant.ClockAtNotNil()).All(ctx)
	if err != nil {
		return found, errors.Join(failed, err)
	}
	for _, m := range sandboxes { // what one of them fails at holds up no other
		n, err := s.sweepAll(ctx, watch{sandbox: true, merchantID: m.ID, now: s.Now(m), background: true})
		found += n
		failed = errors.Join(failed, err)
	}
	return found, failed
}

// Timetable is something beside deadlines that falls due by itself, such as scheduled maintenance.
type Timetable struct {
	// Run does what is due by an instant, of all live merchants or of one sandbox, and returns how much that was. It is called
	// again and again, by several servers at once, and must do each thing once.
	Run func(ctx context.Context, sandbox bool, merchantID string, now time.Time) (int, error)
	// Next is the first instant after one and not after another at which something of a sandbox falls due; nil for none.
	Next func(ctx context.Context, merchantID string, after, until time.Time) (*time.Time, error)
}

// OnSweep registers a timetable; it is called while wiring.
func (s *Service) OnSweep(t Timetable) { s.timetable = append(s.timetable, t) }

func (s *Service) runTimetables(ctx context.Context, sandbox bool, merchantID string, now time.Time) (int, error) {
	total := 0
	var failed error
	for _, t := range s.timetable {
		n, err := t.Run(ctx, sandbox, merchantID, now)
		total += n
		failed = errors.Join(failed, err)
	}
	return total, failed
}

// sweepAll looks at deadlines, then at everything else that falls due.
func (s *Service) sweepAll(ctx context.Context, w watch) (int, error) {
	found, err := s.sweep(ctx, w)
	if err != nil {
		return found, err
	}
	n, err := s.runTimetables(ctx, w.sandbox, w.merchantID, w.now)
	return found + n, err
}

// settle brings one case up to date before somebody acts on it.
func (s *Service) settle(ctx context.Context, m *ent.Merchant, caseID string) error {
	_, err := s.sweep(auth.AsSystem(ctx, m.ID), watch{sandbox: m.ClockAt != nil, merchantID: m.ID, caseID: caseID, now: s.Now(m)})
	return err
}

// sweep runs batches until nothing is left.
func (s *Service) sweep(ctx context.Context, w watch) (int, error) {
	total := 0
	for _, pass := range []func(context.Context, watch) (int, error){s.markAtRisk, s.markBreached} {
		for {
			var n int
			err := s.store.InTx(ctx, func(ctx context.Context) (err error) {
				n, err = pass(ctx, w)
				return err
			})
			total += n
			if err != nil {
				return total, err
			}
			if n == 0 {
				break
			}
		}
	}
	return total, nil
}

// claim locks the cases that have a deadline for which which holds, and returns of those deadlines what the sweep needs,
// with their cases (id, merchant, kind), earliest first.
func (s *Service) claim(ctx context.Context, w watch, column string, which ...predicate.Deadline) ([]*ent.Deadline, error) {
	client := s.store.Client(ctx)
	which = append(which, w.running()...)
	q := client.ServiceCase.Query().Where(func(cases *sql.Selector) {
		t := sql.Table(entdeadline.Table)
		due := sql.Select(t.C(entdeadline.FieldCaseID)).From(t)
		for _, p := range which {
			p(due)
		}
		cases.Where(sql.In(cases.C(servicecase.FieldID), due.OrderBy(t.C(column)).Limit(sweepBatch)))
	})
	if s.store.Dialect() == dialect.Postgres {
		if w.background {
			q = q.ForUpdate(sql.WithLockAction(sql.SkipLocked))
		} else {
			q = q.ForUpdate()
		}
	}
	cases, err := q.Select(servicecase.FieldID, servicecase.FieldMerchantID, servicecase.FieldKind).All(ctx)
	if err != nil || len(cases) == 0 {
		return nil, err
	}
	found, err := client.Deadline.Query().Where(append(which, s.ofCases(cases))...).Order(sql.OrderByField(column).ToFunc(), entdeadline.ByID()).
		Select(entdeadline.FieldID, entdeadline.FieldMerchantID, entdeadline.FieldCaseID, entdeadline.FieldKind, entdeadline.FieldClause, entdeadline.FieldDueAt,
			entdeadline.FieldAtRiskAt, entdeadline.FieldOnTimeout, entdeadline.FieldExplainAhead, entdeadline.FieldExplanation).All(ctx)
	if err != nil {
		return nil, err
	}
	byID := map[string]*ent.ServiceCase{}
	for _, c := range cases {
		byID[c.ID] = c
	}
	for _, d := range found {
		d.Edges.Case = byID[d.CaseID]
	}
	return found, nil
}

// markAtRisk tells, once, of clocks that have used up most of their time.
func (s *Service) markAtRisk(ctx context.Context, w watch) (int, error) {
	found, err := s.claim(ctx, w, entdeadline.FieldAtRiskAt, entdeadline.AtRiskTold(false), entdeadline.AtRiskAtLTE(w.now), entdeadline.DueAtGT(w.now))
	if err != nil || len(found) == 0 {
		return 0, err
	}
	if err := s.store.Client(ctx).Deadline.Update().Where(s.store.Among(entdeadline.FieldID, ids(found))).SetAtRiskTold(true).Exec(ctx); err != nil {
		return 0, err
	}
	if err := s.store.Client(ctx).ServiceCase.Update().Where(s.store.Among(servicecase.FieldID, caseIDs(found))).AddRevision(1).Exec(ctx); err != nil {
		return 0, err
	}
	var events []*ent.CaseEvent
	for _, d := range found {
		events = append(events, systemEvent(d, lifecycle.DeadlineAtRisk, *d.AtRiskAt))
	}
	return len(found), s.store.WriteEvents(ctx, events)
}

// markBreached finds missed deadlines, at their due instant, and carries out what the plan says: ESCALATE makes the case
// urgent and gives it to a supervisor; EXPIRE ends it.
func (s *Service) markBreached(ctx context.Context, w watch) (int, error) {
	found, err := s.claim(ctx, w, entdeadline.FieldDueAt, entdeadline.DueAtLTE(w.now))
	if err != nil || len(found) == 0 {
		return 0, err
	}
	found = untilExpired(found)
	client := s.store.Client(ctx)
	err = client.Deadline.Update().Where(s.store.Among(entdeadline.FieldID, ids(found))).SetState(plan.Breached).SetAtRiskTold(true).
		Modify(func(u *sql.UpdateBuilder) {
			u.Set(entdeadline.FieldBreachedAt, sql.Expr(entdeadline.FieldDueAt))
			u.Set(entdeadline.FieldExplanationOwed, sql.Expr(entdeadline.FieldExplain+" AND "+entdeadline.FieldExplanation+" IS NULL"))
			u.Set(entdeadline.FieldExplanationMissed, sql.Expr(entdeadline.FieldExplainAhead+" AND "+entdeadline.FieldExplanation+" IS NULL"))
		}).Exec(ctx)
	if err != nil {
		return 0, err
	}
	var escalated, expired, acting []*ent.Deadline
	var events []*ent.CaseEvent
	for _, d := range found {
		events = append(events, systemEvent(d, lifecycle.DeadlineBreached, *d.DueAt))
		if d.ExplainAhead && d.Explanation == nil { // a second breach (SLA-B-2.2.5)
			events = append(events, systemEvent(d, lifecycle.ExplanationMissed, *d.DueAt))
		}
		for _, action := range d.OnTimeout {
			switch action {
			case plan.Escalate:
				escalated = append(escalated, d)
				events = append(events, systemEvent(d, lifecycle.Escalated, *d.DueAt))
			case plan.Expire:
				expired = append(expired, d)
				events = append(events, systemEvent(d, lifecycle.EventExpired, *d.DueAt))
			default:
				acting = append(acting, d)
			}
		}
	}
	closings, err := s.expire(ctx, client, expired)
	if err != nil {
		return 0, err
	}
	if err := s.store.WriteEvents(ctx, append(events, closings...)); err != nil {
		return 0, err
	}
	urgent := caseIDs(escalated)
	if err := s.touch(ctx, urgent, escalate); err != nil {
		return 0, err
	}
	if err := s.touch(ctx, without(caseIDs(found), urgent), nil); err != nil {
		return 0, err
	}
	return len(found), s.actAlone(ctx, w, acting)
}

// untilExpired leaves out what fell due of a case after it had expired, and all but one reason to expire: earliest first, as found.
func untilExpired(found []*ent.Deadline) []*ent.Deadline {
	ended := map[string]time.Time{}
	return slices.DeleteFunc(found, func(d *ent.Deadline) bool {
		expires := slices.Contains(d.OnTimeout, plan.Expire)
		if at, gone := ended[d.CaseID]; gone {
			return expires || d.DueAt.After(at)
		}
		if expires {
			ended[d.CaseID] = *d.DueAt
		}
		return false
	})
}

// escalate makes a case urgent and names the merchant's first supervisor, unless one was named before.
func escalate(u *sql.UpdateBuilder) {
	u.Set(servicecase.FieldPriority, Urgent)
	u.Set(servicecase.FieldEscalatedToID, sql.Expr("COALESCE(escalated_to_id, (SELECT MIN(s.id) FROM staffs s WHERE s.merchant_id = service_cases.merchant_id AND s.role = 'SUPERVISOR'))"))
}

// expire ends cases whose customer let their own deadline pass, at that deadline, and gives back what they held. Cases
// close at once unless a missed deadline of the merchant still has to be explained. It returns the closing events.
func (s *Service) expire(ctx context.Context, client *ent.Client, missed []*ent.Deadline) ([]*ent.CaseEvent, error) {
	if len(missed) == 0 {
		return nil, nil
	}
	var cases []*ent.ServiceCase
	for _, d := range missed {
		cases = append(cases, d.Edges.Case)
	}
	theirs := s.ofCases(cases)
	owing, err := client.Deadline.Query().Where(theirs, entdeadline.ExplanationOwed(true)).
		GroupBy(entdeadline.FieldCaseID).Strings(ctx)
	if err != nil {
		return nil, err
	}
	owes := map[string]bool{}
	for _, c := range owing {
		owes[c] = true
	}
	var closing []*ent.CaseEvent
	var closeNow []string
	byKind := map[lifecycle.Kind][]string{}
	for _, d := range missed {
		byKind[d.Edges.Case.Kind] = append(byKind[d.Edges.Case.Kind], d.CaseID)
		if !owes[d.CaseID] {
			closeNow = append(closeNow, d.CaseID)
			closing = append(closing, systemEvent(d, lifecycle.Closed, *d.DueAt))
		}
	}
	const endedAt = "(SELECT MAX(d.breached_at) FROM deadlines d WHERE d.merchant_id = service_cases.merchant_id AND d.case_id = service_cases.id AND d.obligor = 'CUSTOMER')"
	err = client.ServiceCase.Update().Where(s.store.Among(servicecase.FieldID, caseIDs(missed))).SetStatus(lifecycle.Expired).SetOutcome(lifecycle.OutcomeExpired).AddVersion(1).
		Modify(func(u *sql.UpdateBuilder) { u.Set(servicecase.FieldEndedAt, sql.Expr(endedAt)) }).Exec(ctx)
	if err != nil {
		return nil, err
	}
	err = client.ServiceCase.Update().Where(s.store.Among(servicecase.FieldID, closeNow)).
		Modify(func(u *sql.UpdateBuilder) { u.Set(servicecase.FieldClosedAt, sql.Expr(servicecase.FieldEndedAt)) }).Exec(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.growExpired(ctx, missed); err != nil {
		return nil, err
	}
	open := client.Deadline.Update().Where(theirs, entdeadline.Open(true)).SetOpen(false)
	err = open.Modify(func(u *sql.UpdateBuilder) {
		u.Set(entdeadline.FieldState, sql.Expr("CASE WHEN state = 'BREACHED' THEN state ELSE 'CANCELLED' END"))
	}).Exec(ctx)
	if err != nil {
		return nil, err
	}
	for kind, cases := range byKind {
		if err := s.release[kind](ctx, cases); err != nil {
			return nil, err
		}
	}
	return closing, nil
}
