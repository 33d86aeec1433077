package casework

import (
	"context"
	"slices"
	"strconv"
	"time"

	"entgo.io/ent/dialect/sql"

	"aftersales/ent"
	"aftersales/ent/compensation"
	"aftersales/ent/orderline"
	"aftersales/ent/predicate"
	"aftersales/ent/repairdetail"
	"aftersales/ent/returnitem"
	"aftersales/ent/ticketdetail"
	"aftersales/internal/auth"
	"aftersales/internal/calendar"
	"aftersales/internal/lifecycle"
	"aftersales/internal/money"
	"aftersales/internal/plan"
	"aftersales/internal/problem"
	"aftersales/internal/store"
)

// What a missed promise costs where the plan says so (COURIER-4.1.4, money.md F7): the service proposes it at the breach,
// people approve or reject it, once. Until then it grows with the delay. It is paid by a later feature.

// States of a compensation (contract enum CompensationState).
const (
	CompensationProposed = "PROPOSED"
	CompensationApproved = "APPROVED"
	CompensationRejected = "REJECTED"
	// CompensationWithdrawn: the promise turned out to have been kept.
	CompensationWithdrawn = "WITHDRAWN"
)

// compensates reports whether missing a deadline leads to a proposal.
func compensates(d *ent.Deadline) bool { return slices.Contains(d.OnTimeout, plan.Compensate) }

// DaysLate is by how many days a deadline that was due is late at an instant, at least 1: days of the calendar's zone after its
// last day, and for clocks of elapsed time every 24 hours begun.
func DaysLate(cal *calendar.Calendar, d *ent.Deadline, at time.Time) int {
	if last, err := calendar.ParseDate(d.LastDay); err == nil {
		return max(1, last.DaysUntil(calendar.DateOf(at, cal.Zone())))
	}
	return 1 + int(max(0, at.Sub(*d.DueAt))/(24*time.Hour))
}

// Owed is what a proposed compensation comes to at an instant: how many days, and how much in minor units. Once decided it
// stays as it was then.
func Owed(cal *calendar.Calendar, row *ent.Compensation, d *ent.Deadline, at time.Time) (days int, amount int64) {
	switch {
	case row.State != CompensationProposed || d.DueAt == nil:
		return row.Days, row.Amount
	case !d.Open: // kept at last, or the case ended without it: counted then
		return row.Days, row.Amount
	}
	return owedAt(cal, row, d, at)
}

func owedAt(cal *calendar.Calendar, row *ent.Compensation, d *ent.Deadline, at time.Time) (days int, amount int64) {
	days = DaysLate(cal, d, at)
	return days, money.LateService(row.Base, row.PerDayBps, days, row.CapBps)
}

// Owed is what a compensation comes to now; its deadline must be loaded.
func (s *Service) Owed(ctx context.Context, row *ent.Compensation, now time.Time) (days int, amount int64, err error) {
	cal, err := s.CalendarOf(ctx, row.Edges.Deadline)
	if err != nil {
		return 0, 0, err
	}
	days, amount = Owed(cal, row, row.Edges.Deadline, now)
	return days, amount, nil
}

// proposeAlone proposes, at the breach, what a missed deadline costs.
func (s *Service) proposeAlone(ctx context.Context, w watch, missed *ent.Deadline) error {
	c, err := s.store.Client(ctx).ServiceCase.Get(ctx, missed.CaseID)
	if err != nil {
		return err
	}
	st, err := s.begin(ctx, system(c.MerchantID), c)
	if err != nil {
		return ignoreUnknownPlan(err)
	}
	st.Now = w.now
	st.because = missed
	st.touched[missed.ID] = true // write settles what it costs
	return st.write(ctx)
}

// settleCompensations proposes what missed deadlines of this act cost, lets proposals grow to the day a promise was kept, and
// withdraws those of promises that turn out to have been kept.
func (st *Step) settleCompensations(ctx context.Context) error {
	for _, d := range st.deadlines {
		if !st.touched[d.ID] || !compensates(d) {
			continue
		}
		row, err := st.svc.store.Client(ctx).Compensation.Query().Where(compensation.DeadlineID(d.ID)).Only(ctx)
		switch {
		case ent.IsNotFound(err) && d.State == plan.Breached:
			err = st.propose(ctx, d)
		case ent.IsNotFound(err):
			err = nil
		case err == nil && row.State == CompensationProposed && d.BreachedAt == nil: // kept after all, spared, or carried over to another case
			err = st.withdraw(ctx, row)
		case err == nil && row.State == CompensationProposed:
			err = st.growTo(ctx, row, d)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (st *Step) propose(ctx context.Context, d *ent.Deadline) error {
	pr, ok := st.promiseOf(d)
	if !ok || pr.Compensation == nil {
		return nil
	}
	base, currency, err := st.svc.paidFor(ctx, st.Case)
	if err != nil || base == 0 {
		return err // nothing was paid for, so nothing can be owed by this rule
	}
	cal, err := st.svc.calendars.byID(ctx, d.CalendarID)
	if err != nil {
		return err
	}
	until := *d.DueAt // at the breach itself
	if d.MetAt != nil {
		until = *d.MetAt
	}
	days := DaysLate(cal, d, until)
	amount := money.LateService(base, pr.Compensation.PerDayBps, days, pr.Compensation.CapBps)
	err = st.svc.store.Client(ctx).Compensation.Create().SetMerchantID(d.MerchantID).SetCaseID(d.CaseID).SetDeadlineID(d.ID).SetClause(pr.Compensation.Clause).
		SetBase(base).SetCurrency(currency).SetPerDayBps(pr.Compensation.PerDayBps).SetCapBps(pr.Compensation.CapBps).SetDays(days).SetAmount(amount).
		SetState(CompensationProposed).SetProposedAt(*d.DueAt).Exec(ctx)
	if err != nil {
		return err
	}
	st.log(ctx, lifecycle.CompensationProposed, *d.DueAt, "", map[string]string{"amount": money.Format(amount, currency), "currency": currency,
		"deadline": string(d.Kind), "clause": pr.Compensation.Clause})
	return nil
}

func (st *Step) withdraw(ctx context.Context, row *ent.Compensation) error {
	err := st.svc.store.Client(ctx).Compensation.UpdateOneID(row.ID).SetState(CompensationWithdrawn).SetDecidedAt(st.Now).SetDecidedBy("system").Exec(ctx)
	if err != nil {
		return err
	}
	st.Tell(ctx, lifecycle.CompensationDecided, "", map[string]string{"state": CompensationWithdrawn, "clause": row.Clause})
	return nil
}

// growTo sets a proposal to what it comes to with the day on which the promise was kept, or the case ended without that. What
// happens to a clock that stopped before changes nothing.
func (st *Step) growTo(ctx context.Context, row *ent.Compensation, d *ent.Deadline) error {
	if !st.stopped[d.ID] || d.DueAt == nil {
		return nil
	}
	at := st.Now
	if d.MetAt != nil {
		at = *d.MetAt
	}
	return st.svc.grow(ctx, row, d, at)
}

func (s *Service) grow(ctx context.Context, row *ent.Compensation, d *ent.Deadline, at time.Time) error {
	cal, err := s.calendars.byID(ctx, d.CalendarID)
	if err != nil {
		return err
	}
	days, amount := owedAt(cal, row, d, at)
	return s.store.Client(ctx).Compensation.UpdateOneID(row.ID).SetDays(days).SetAmount(amount).Exec(ctx)
}

// growExpired sets the proposals of cases that expire to what they come to at that instant: nobody keeps those promises any more.
func (s *Service) growExpired(ctx context.Context, missed []*ent.Deadline) error {
	expiredAt := map[string]time.Time{}
	for _, d := range missed {
		expiredAt[d.CaseID] = *d.DueAt
	}
	rows, err := s.store.Client(ctx).Compensation.Query().Where(compensation.State(CompensationProposed), s.store.Among(compensation.FieldCaseID, caseIDs(missed))).
		WithDeadline().All(ctx)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if d := row.Edges.Deadline; d.Open && d.DueAt != nil && d.BreachedAt != nil {
			if err := s.grow(ctx, row, d, expiredAt[row.CaseID]); err != nil {
				return err
			}
		}
	}
	return nil
}

// paidFor is what the customer paid for the units a case is about: of each line the share of those units, half up. A complaint
// is about all units of the lines it names, or of its order; one without an order is about nothing that was paid.
func (s *Service) paidFor(ctx context.Context, c *ent.ServiceCase) (base int64, currency string, err error) {
	client := s.store.Client(ctx)
	if c.OrderID == "" {
		return 0, "", nil
	}
	o, err := client.Order.Get(ctx, c.OrderID)
	if err != nil {
		return 0, "", err
	}
	units := map[string]int{}
	switch {
	case c.Kind.IsTicket():
		return s.paidForLines(ctx, c, o)
	case hasWork(c.Kind):
		d, err := client.RepairDetail.Query().Where(repairdetail.CaseID(c.ID)).Only(ctx)
		if err != nil {
			return 0, "", err
		}
		units[d.OrderLineID] = d.Quantity
	default:
		items, err := client.ReturnItem.Query().Where(returnitem.CaseID(c.ID)).All(ctx)
		if err != nil {
			return 0, "", err
		}
		for _, it := range items {
			units[it.OrderLineID] += it.Quantity
		}
	}
	lines, err := client.OrderLine.Query().Where(orderline.OrderID(o.ID)).All(ctx)
	if err != nil {
		return 0, "", err
	}
	for _, l := range lines {
		base += money.ShareOf(l.Paid, units[l.ID], l.Quantity)
	}
	return base, o.Currency, nil
}

// paidForLines is what was paid for the lines a question or complaint names; naming none it is about the order.
func (s *Service) paidForLines(ctx context.Context, c *ent.ServiceCase, o *ent.Order) (base int64, currency string, err error) {
	d, err := s.store.Client(ctx).TicketDetail.Query().Where(ticketdetail.CaseID(c.ID)).Only(ctx)
	if err != nil {
		return 0, "", err
	}
	q := s.store.Client(ctx).OrderLine.Query().Where(orderline.OrderID(o.ID))
	if len(d.OrderLineIds) > 0 {
		q = q.Where(orderline.IDIn(d.OrderLineIds...))
	}
	lines, err := q.WithReplaces().All(ctx)
	if err != nil {
		return 0, "", err
	}
	for _, l := range lines {
		// A unit sent in place of another was paid for once.
		if of := l.Edges.Replaces; of == nil || !slices.ContainsFunc(lines, func(o *ent.OrderLine) bool { return o.ID == of.OrderLineID }) {
			base += l.Paid
		}
	}
	return base, o.Currency, nil
}

// DecideCompensation approves or rejects a proposal, once; an approved one stays at the amount it has come to.
//
// Requires: SUPERVISOR, FINANCE or MERCHANT_ADMIN. Errors: NOT_FOUND, INVALID_INPUT at note, CONFLICT when it was decided or
// withdrawn already, IDEMPOTENCY_MISMATCH.
func (s *Service) DecideCompensation(ctx context.Context, compensationID, key string, approve bool, note string) error {
	operation, state := "compensationReject", CompensationRejected
	if approve {
		operation, state = "compensationApprove", CompensationApproved
	}
	a, err := auth.Require(ctx, operation)
	if err != nil {
		return err
	}
	check := Text
	if approve {
		check = OptionalText
	}
	if note, err = check(note, "note"); err != nil {
		return err
	}
	row, err := s.Compensation(ctx, compensationID)
	if err != nil {
		return err
	}
	seen, err := s.arriveBeside(ctx, a, operation, row.CaseID)
	if err != nil {
		return err
	}
	ctx, a = scoped(ctx, a, seen)
	_, err = s.store.Once(ctx, operation, key, []string{compensationID, note}, func(ctx context.Context) (string, error) {
		st, err := s.begin(ctx, a, seen)
		if err != nil {
			return "", err
		}
		return compensationID, st.decide(ctx, compensationID, state, note)
	})
	return err
}

// Compensation finds a compensation by id. Errors: NOT_FOUND.
func (s *Service) Compensation(ctx context.Context, compensationID string) (*ent.Compensation, error) {
	row, err := s.store.Client(ctx).Compensation.Query().Where(compensation.ID(compensationID)).WithDeadline().Only(ctx)
	if ent.IsNotFound(err) {
		return nil, NotFound("compensation", "补偿", "id")
	}
	return row, err
}

// decide moves a proposal to its decision under the row lock of its case.
func (st *Step) decide(ctx context.Context, compensationID, state, note string) error {
	client := st.svc.store.Client(ctx)
	row, err := st.svc.Compensation(ctx, compensationID) // again: it may have been decided, or have grown, meanwhile
	if err != nil {
		return err
	}
	days, amount, err := st.svc.Owed(ctx, row, st.Now)
	if err != nil {
		return err
	}
	n, err := client.Compensation.Update().Where(compensation.ID(row.ID), compensation.State(CompensationProposed)).SetState(state).SetDays(days).SetAmount(amount).
		SetDecidedAt(st.Now).SetDecidedBy(st.Actor.Name).SetNote(note).Save(ctx)
	if err != nil {
		return err
	}
	if n == 0 {
		return problem.New(problem.Conflict, problem.Textf("this compensation is %s already", "该补偿已处于 %s 状态", row.State), problem.Param{Name: "state", Value: row.State})
	}
	st.Tell(ctx, lifecycle.CompensationDecided, "", map[string]string{"state": state, "amount": money.Format(amount, row.Currency), "currency": row.Currency,
		"days": strconv.Itoa(days), "clause": row.Clause})
	return st.write(ctx)
}

// CompensationPage is a page of compensations together with what counts the whole list when asked.
type CompensationPage struct {
	store.Slice[*ent.Compensation]
	Count func(ctx context.Context) (int, error)
}

// CompensationKey is a compensation's place in the list.
func CompensationKey(c *ent.Compensation) store.Key { return store.Key{At: &c.ProposedAt, ID: c.ID} }

// Compensations reads a page of compensations, newest first, in the given states (none: all).
//
// Requires: a role that reads cases. Errors: INVALID_INPUT for paging.
func (s *Service) Compensations(ctx context.Context, p store.Page, states []string, with func(*ent.CompensationQuery)) (*CompensationPage, error) {
	if _, err := auth.Require(ctx, "compensations"); err != nil {
		return nil, err
	}
	m, err := s.confined(ctx)
	if err != nil {
		return nil, err
	}
	where := []predicate.Compensation{compensation.MerchantID(m)}
	if len(states) > 0 {
		where = append(where, compensation.StateIn(states...))
	}
	newest := store.Order{Column: compensation.FieldProposedAt, Desc: true}
	slice, err := store.List(ctx, p, newest, func(ctx context.Context, by func(*sql.Selector), limit int) ([]*ent.Compensation, error) {
		q := s.store.Client(ctx).Compensation.Query().Where(where...).Where(by).Limit(limit)
		with(q)
		return q.All(ctx)
	}, CompensationKey)
	if err != nil {
		return nil, err
	}
	return &CompensationPage{slice, func(ctx context.Context) (int, error) {
		return s.store.Client(ctx).Compensation.Query().Where(where...).Count(ctx)
	}}, nil
}
