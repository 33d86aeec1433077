package casework

import (
	"context"
	"fmt"
	"time"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

	"aftersales/ent"
	entcalendar "aftersales/ent/calendar"
	entdeadline "aftersales/ent/deadline"
	"aftersales/ent/merchant"
	"aftersales/ent/servicecase"
	"aftersales/internal/auth"
	"aftersales/internal/calendar"
	"aftersales/internal/lifecycle"
	"aftersales/internal/plan"
	"aftersales/internal/problem"
	"aftersales/internal/store"
)

// Publish writes a new version of a calendar (years not named are kept) and counts every open clock of that calendar again
// by it, with an audit row each (deadlines.md 2.11). Missed and finished deadlines keep their history. It returns the
// calendar and how many clocks were counted again.
//
// Requires: PLATFORM_ADMIN. Errors: INVALID_INPUT naming the field.
func (s *Service) Publish(ctx context.Context, spec calendar.Spec) (*ent.Calendar, int, error) {
	a, err := auth.Require(ctx, "calendarPublish")
	if err != nil {
		return nil, 0, err
	}
	var row *ent.Calendar
	err = s.store.InTx(ctx, func(ctx context.Context) error {
		row, err = s.publish(ctx, spec)
		return err
	})
	if store.IsConstraint(err) {
		return nil, 0, problem.New(problem.Conflict, problem.Text{EN: "another version of this calendar was published at the same time; try again", ZH: "该日历刚刚发布了另一版本，请重试"})
	}
	if err != nil {
		return nil, 0, err
	}
	n, err := s.recompute(ctx, a, row.Code)
	return row, n, err
}

func (s *Service) publish(ctx context.Context, spec calendar.Spec) (*ent.Calendar, error) {
	version := 1
	if _, err := calendar.New(spec, version); err != nil { // by itself first: its field paths are the caller's
		return nil, err
	}
	switch old, _, err := s.calendars.latest(ctx, spec.Code); {
	case err == nil:
		version, spec = old.Version+1, old.Spec.Merge(spec)
	case !problem.Is(err, problem.NotFound):
		return nil, err
	}
	if _, err := calendar.New(spec, version); err != nil {
		return nil, err
	}
	return s.store.Client(ctx).Calendar.Create().SetCode(spec.Code).SetVersion(version).SetSpec(spec).SetPublishedAt(s.real()).Save(ctx)
}

// RecomputeOutdated counts clocks again that a publication did not reach, because its server stopped half-way or a case
// was opened at the same moment. The background worker calls it.
func (s *Service) RecomputeOutdated(ctx context.Context) (int, error) {
	ctx = auth.AsSystem(ctx, "")
	codes, err := s.store.Client(ctx).Calendar.Query().Unique(true).Select(entcalendar.FieldCode).Strings(ctx)
	if err != nil {
		return 0, err
	}
	total := 0
	for _, code := range codes {
		a, _ := auth.From(ctx)
		n, err := s.recompute(ctx, a, code)
		total += n
		if err != nil {
			return total, err
		}
	}
	return total, nil
}

// recompute works in batches of whole cases, each batch one transaction.
func (s *Service) recompute(ctx context.Context, by auth.Actor, code string) (int, error) {
	ctx = auth.AsSystem(ctx, "")
	total := 0
	for {
		var taken, counted int
		err := s.store.InTx(ctx, func(ctx context.Context) error {
			newest, cal, err := s.calendars.latest(ctx, code)
			if err != nil {
				return err
			}
			taken, counted, err = s.recomputeBatch(ctx, by, newest, cal)
			return err
		})
		if err == nil {
			total += counted
		}
		if err != nil || taken == 0 {
			return total, err
		}
	}
}

// recomputeBatch moves a batch of clocks to the newest version: how many it took, and how many of them were counted again.
func (s *Service) recomputeBatch(ctx context.Context, by auth.Actor, newest *ent.Calendar, cal *calendar.Calendar) (taken, counted int, err error) {
	client := s.store.Client(ctx)
	// Asked for by themselves: there are few or none, and without them no clock has to be looked at.
	older, err := client.Calendar.Query().Where(entcalendar.Code(newest.Code), entcalendar.VersionLT(newest.Version)).IDs(ctx)
	if err != nil || len(older) == 0 {
		return 0, 0, err
	}
	outdated := []func(*sql.Selector){
		entdeadline.CalendarIDIn(older...), entdeadline.Open(true), entdeadline.StateIn(plan.Running, plan.Paused), notYetDue(s.real()),
	}
	q := client.ServiceCase.Query().Where(func(cases *sql.Selector) {
		t := sql.Table(entdeadline.Table)
		of := sql.Select(t.C(entdeadline.FieldCaseID)).From(t)
		for _, p := range outdated {
			p(of)
		}
		cases.Where(sql.In(cases.C(servicecase.FieldID), of.Limit(sweepBatch)))
	})
	if s.store.Dialect() == dialect.Postgres {
		q = q.ForUpdate()
	}
	cases, err := q.Select(servicecase.FieldID, servicecase.FieldMerchantID).All(ctx)
	if err != nil || len(cases) == 0 {
		return 0, 0, err
	}
	dq := client.Deadline.Query()
	for _, p := range outdated {
		dq = dq.Where(p)
	}
	ds, err := dq.Where(s.ofCases(cases)).All(ctx)
	if err != nil {
		return 0, 0, err
	}
	var audits []*ent.AuditEntryCreate
	var events []*ent.CaseEvent
	var moved []*ent.Deadline
	for _, d := range ds {
		before := *d
		d.CalendarID = newest.ID
		if err := compute(cal, d); err != nil {
			return 0, 0, fmt.Errorf("deadline %s: %w", d.ID, err)
		}
		if err := updateDeadline(ctx, client, d); err != nil {
			return 0, 0, err
		}
		if d.Rule.Unit.Elapsed() {
			continue // moves to the new version, but no calendar changes it
		}
		counted++
		audits = append(audits, client.AuditEntry.Create().SetMerchantID(d.MerchantID).SetAction("DEADLINE_RECOMPUTED").SetObjectID(d.ID).
			SetSubject(by.Subject).SetRole(string(by.Role)).SetRequestID(by.RequestID).SetAt(s.real()).SetData(map[string]string{
			"calendar": fmt.Sprintf("%s version %d", newest.Code, newest.Version),
			"dueFrom":  stamp(before.DueAt), "dueTo": stamp(d.DueAt),
			"promisedFrom": stamp(&before.PromisedDueAt), "promisedTo": stamp(&d.PromisedDueAt),
		}))
		if !before.PromisedDueAt.Equal(d.PromisedDueAt) || stamp(before.DueAt) != stamp(d.DueAt) || before.Provisional != d.Provisional {
			moved = append(moved, d)
			m, err := s.Merchant(auth.AsSystem(ctx, d.MerchantID))
			if err != nil {
				return 0, 0, err
			}
			events = append(events, systemEvent(d, lifecycle.DeadlineRecomputed, s.Now(m)))
		}
	}
	if err := client.AuditEntry.CreateBulk(audits...).Exec(ctx); err != nil {
		return 0, 0, err
	}
	if len(moved) == 0 {
		return len(ds), counted, nil
	}
	if err := s.store.WriteEvents(ctx, events); err != nil {
		return 0, 0, err
	}
	return len(ds), counted, s.touch(ctx, caseIDs(moved), nil)
}

// notYetDue leaves out clocks whose due instant has passed, by the merchant's own time: they are missed, even if the sweep
// has not called them so yet, and no publication moves them.
func notYetDue(real time.Time) func(*sql.Selector) {
	return func(d *sql.Selector) {
		merchants, due := sql.Table(merchant.Table), d.C(entdeadline.FieldDueAt)
		shows := sql.Select(merchants.C(merchant.FieldID)).From(merchants).Where(sql.And(
			sql.ColumnsEQ(merchants.C(merchant.FieldID), d.C(entdeadline.FieldMerchantID)),
			sql.ColumnsLT(merchants.C(merchant.FieldClockAt), due)))
		d.Where(sql.Or(
			sql.IsNull(due),
			sql.And(sql.EQ(d.C(entdeadline.FieldSandbox), false), sql.GT(due, real)),
			sql.And(sql.EQ(d.C(entdeadline.FieldSandbox), true), sql.Exists(shows)),
		))
	}
}

func stamp(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}
