package onsite

import (
	"context"
	"errors"
	"fmt"
	"time"

	"entgo.io/ent/dialect/sql"

	"aftersales/ent"
	"aftersales/ent/maintenanceschedule"
	"aftersales/ent/predicate"
	"aftersales/internal/auth"
	"aftersales/internal/calendar"
	"aftersales/internal/casework"
	"aftersales/internal/lifecycle"
	"aftersales/internal/problem"
	"aftersales/internal/store"
)

// Maintenance by schedule (SLA-A-2.1.4, SLA-B-2.1.4): every so many months a case opens by itself, at the start of the day in
// the zone of the merchant's calendar, once however many servers run.

// maxMonths is how far apart the cases of a schedule can be: ten years.
const maxMonths = 120

// Schedule is how often the goods of an order line are maintained.
type Schedule struct {
	OrderLineID string
	// EveryMonths is 1 to 120.
	EveryMonths int
	// FirstOn is the day the months are counted from and on which the first case opens.
	FirstOn calendar.Date
	// Until is the last day on which a case may open; nil: no end.
	Until *calendar.Date
	// Note is what the cases say, up to 5,000 characters.
	Note string
}

// NextDay is the first day not before another one that lies a multiple of so many months after the first, by the calendar: from
// 31 January on monthly 28 February, 31 March, 30 April.
func NextDay(first calendar.Date, everyMonths int, notBefore calendar.Date) calendar.Date {
	n := 0
	if months := (notBefore.Year-first.Year)*12 + int(notBefore.Month) - int(first.Month); months > 0 {
		n = months / everyMonths
	}
	for {
		if d := first.AddMonths(n * everyMonths); !d.Before(notBefore) {
			return d
		}
		n++
	}
}

// SetSchedule sets the schedule of an order line, its only one. A new one, and one with another firstOn, begins with a case on
// that day; with the same firstOn the months go on being counted from it. It returns the schedule's id.
//
// Requires: CUSTOMER (own orders), AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND (order line), INVALID_INPUT naming
// the field, NOT_ELIGIBLE (the order was cancelled, or the goods were returned).
func (s *Service) SetSchedule(ctx context.Context, in Schedule) (string, error) {
	if _, err := auth.Require(ctx, "maintenanceScheduleSet"); err != nil {
		return "", err
	}
	if err := in.check(); err != nil {
		return "", err
	}
	var made string
	err := s.store.InTx(ctx, func(ctx context.Context) error {
		var err error
		made, err = s.setSchedule(ctx, in)
		return err
	})
	if store.IsConstraint(err) {
		return "", meanwhile()
	}
	return made, err
}

func (in *Schedule) check() error {
	var l problem.List
	if in.EveryMonths < 1 || in.EveryMonths > maxMonths {
		l = append(l, problem.Invalid(problem.Textf("must be from 1 to %d", "须为 1 至 %d", maxMonths), "input", "everyMonths"))
	}
	if in.Until != nil && in.Until.Before(in.FirstOn) {
		l = append(l, problem.Invalid(problem.Text{EN: "must not lie before firstOn", ZH: "不能早于 firstOn"}, "input", "until"))
	}
	if in.FirstOn.Year > lastYear {
		l = append(l, problem.Invalid(problem.Textf("must not lie after the year %d", "不能晚于 %d 年", lastYear), "input", "firstOn"))
	}
	var err error
	in.Note, err = casework.OptionalText(in.Note, "input", "note")
	return append(l, problem.All(err)...).Err()
}

// lastYear leaves the clocks of every case room within the years that deadlines can be counted in.
const lastYear = 2080

func (s *Service) setSchedule(ctx context.Context, in Schedule) (string, error) {
	client := s.store.Client(ctx)
	m, err := s.cases.Merchant(ctx)
	if err != nil {
		return "", err
	}
	if err := s.cases.StillActs(ctx, m); err != nil {
		return "", err
	}
	l, err := s.line(ctx, in.OrderLineID, "input", "orderLine")
	if err != nil {
		return "", err
	}
	if p := unserved(l); p != nil {
		return "", p.At("input", "orderLine")
	}
	_, cal, err := s.cases.MerchantCalendar(ctx, m)
	if err != nil {
		return "", err
	}
	old, err := client.MaintenanceSchedule.Query().Where(maintenanceschedule.MerchantID(m.ID), maintenanceschedule.OrderLineID(l.ID)).Only(ctx)
	if err != nil && !ent.IsNotFound(err) {
		return "", err
	}
	today := calendar.DateOf(s.cases.Now(m), cal.Zone())
	goesOn := old != nil && old.FirstOn == in.FirstOn.String()
	if !goesOn && !today.Before(in.FirstOn) {
		return "", problem.Invalid(problem.Textf("must lie after today, %s", "须晚于今天 %s", today), "input", "firstOn")
	}
	until := ""
	if in.Until != nil {
		until = in.Until.String()
	}
	next := startOf(cal, NextDay(in.FirstOn, in.EveryMonths, today.AddDays(1)), in.Until)
	if goesOn && old.NextAt != nil && !s.cases.Now(m).Before(*old.NextAt) {
		next = old.NextAt // due, and about to open
	}
	if old == nil {
		create := client.MaintenanceSchedule.Create().SetMerchantID(m.ID).SetOrderLineID(l.ID).SetCustomerID(l.Edges.Order.CustomerID).
			SetEveryMonths(in.EveryMonths).SetFirstOn(in.FirstOn.String()).SetNillableNextAt(next).SetSandbox(m.ClockAt != nil).SetUntil(until).SetNote(in.Note)
		row, err := create.Save(ctx)
		if err != nil {
			return "", err
		}
		return row.ID, nil
	}
	asRead := maintenanceschedule.NextAtIsNil() // a case may open at this very moment
	if old.NextAt != nil {
		asRead = maintenanceschedule.NextAt(*old.NextAt)
	}
	u := client.MaintenanceSchedule.Update().Where(maintenanceschedule.MerchantID(m.ID), maintenanceschedule.ID(old.ID), asRead).
		SetEveryMonths(in.EveryMonths).SetFirstOn(in.FirstOn.String()).SetUntil(until).SetNote(in.Note)
	if !goesOn {
		u.SetOpened(0)
	}
	if next == nil {
		u.ClearNextAt()
	} else {
		u.SetNextAt(*next)
	}
	n, err := u.Save(ctx)
	if err == nil && n == 0 {
		err = meanwhile()
	}
	return old.ID, err
}

func meanwhile() *problem.Problem {
	return problem.New(problem.Conflict, problem.Text{EN: "the schedule changed at the same moment; try again", ZH: "该计划刚刚发生变化，请重试"})
}

// startOf is when a day starts on which a case opens; nil when the schedule has ended by then.
func startOf(cal *calendar.Calendar, day calendar.Date, until *calendar.Date) *time.Time {
	if until != nil && until.Before(day) {
		return nil
	}
	at := cal.StartOfDay(day).UTC()
	return &at
}

// EndSchedule ends a schedule; cases that it opened go on. Ending one that has ended changes nothing.
//
// Requires: CUSTOMER (own), AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND.
func (s *Service) EndSchedule(ctx context.Context, scheduleID string) error {
	if _, err := auth.Require(ctx, "maintenanceScheduleEnd"); err != nil {
		return err
	}
	return s.store.InTx(ctx, func(ctx context.Context) error {
		m, err := s.cases.Merchant(ctx)
		if err != nil {
			return err
		}
		if err := s.cases.StillActs(ctx, m); err != nil {
			return err
		}
		row, err := s.store.Client(ctx).MaintenanceSchedule.Query().Where(maintenanceschedule.ID(scheduleID)).Only(ctx)
		if ent.IsNotFound(err) {
			return casework.NotFound("maintenance schedule", "保养计划", "id")
		}
		if err != nil {
			return err
		}
		return s.store.Client(ctx).MaintenanceSchedule.Update().Where(maintenanceschedule.MerchantID(m.ID), maintenanceschedule.ID(row.ID)).ClearNextAt().Exec(ctx)
	})
}

// SchedulePage is a page of schedules together with what counts the whole list when asked.
type SchedulePage struct {
	store.Slice[*ent.MaintenanceSchedule]
	Count func(ctx context.Context) (int, error)
}

// byNext is the order of schedules: by the next case, ended ones last.
var byNext = store.Order{Column: maintenanceschedule.FieldNextAt, Nullable: true}

// ScheduleKey is a schedule's place in the list.
func ScheduleKey(m *ent.MaintenanceSchedule) store.Key { return store.Key{At: m.NextAt, ID: m.ID} }

// Schedules reads a page of the schedules within the actor's reach, of one order line or all, ended ones or only the others.
//
// Requires: a role that reads cases. Errors: INVALID_INPUT for paging.
func (s *Service) Schedules(ctx context.Context, p store.Page, orderLine *string, ended *bool, with func(*ent.MaintenanceScheduleQuery)) (*SchedulePage, error) {
	if _, err := auth.Require(ctx, "maintenanceSchedules"); err != nil {
		return nil, err
	}
	m, err := s.cases.Merchant(ctx)
	if err != nil {
		return nil, err
	}
	where := []predicate.MaintenanceSchedule{maintenanceschedule.MerchantID(m.ID)}
	if orderLine != nil {
		where = append(where, maintenanceschedule.OrderLineID(*orderLine))
	}
	switch {
	case ended == nil:
	case *ended:
		where = append(where, maintenanceschedule.NextAtIsNil())
	default:
		where = append(where, maintenanceschedule.NextAtNotNil())
	}
	slice, err := store.List(ctx, p, byNext, func(ctx context.Context, order func(*sql.Selector), limit int) ([]*ent.MaintenanceSchedule, error) {
		q := s.store.Client(ctx).MaintenanceSchedule.Query().Where(where...).Where(order).Limit(limit)
		with(q)
		return q.All(ctx)
	}, ScheduleKey)
	if err != nil {
		return nil, err
	}
	return &SchedulePage{slice, func(ctx context.Context) (int, error) {
		return s.store.Client(ctx).MaintenanceSchedule.Query().Where(where...).Count(ctx)
	}}, nil
}

// dueBatch is how many schedules one turn looks at.
const dueBatch = 100

// openDue opens the cases that are due by an instant, each in a transaction of its own: one that cannot be opened delays no
// other, and is tried again the next time.
func (s *Service) openDue(ctx context.Context, sandbox bool, merchantID string, now time.Time) (int, error) {
	total, last := 0, ""
	var failed error
	for {
		q := s.store.Client(ctx).MaintenanceSchedule.Query().Where(maintenanceschedule.Sandbox(sandbox), maintenanceschedule.NextAtLTE(now), maintenanceschedule.IDGT(last))
		if merchantID != "" {
			q = q.Where(maintenanceschedule.MerchantID(merchantID))
		}
		due, err := q.Order(maintenanceschedule.ByID()).Limit(dueBatch).All(ctx)
		if err != nil || len(due) == 0 {
			return total, errors.Join(failed, err)
		}
		for _, row := range due {
			n, err := s.openOne(auth.AsSystem(ctx, row.MerchantID), row)
			if err != nil {
				failed = errors.Join(failed, fmt.Errorf("maintenance schedule %s: %w", row.ID, err))
			}
			total, last = total+n, row.ID
		}
	}
}

// openOne moves a schedule on to its next day and opens the case of the one that came. Where the goods are gone, or the
// merchant closed, the schedule ends instead. However many days passed unnoticed, one case opens.
func (s *Service) openOne(ctx context.Context, row *ent.MaintenanceSchedule) (opened int, err error) {
	err = s.store.InTx(ctx, func(ctx context.Context) error {
		opened = 0
		m, err := s.cases.Merchant(ctx)
		if err != nil {
			return err
		}
		l, err := s.line(ctx, row.OrderLineID)
		if err != nil {
			return err
		}
		_, cal, err := s.cases.MerchantCalendar(ctx, m)
		if err != nil {
			return err
		}
		u := s.store.Client(ctx).MaintenanceSchedule.Update().
			Where(maintenanceschedule.MerchantID(m.ID), maintenanceschedule.ID(row.ID), maintenanceschedule.NextAt(*row.NextAt))
		gone := unserved(l) != nil || m.Status == casework.MerchantClosed
		next := (*time.Time)(nil)
		if !gone {
			if next, err = following(cal, row, s.cases.Now(m)); err != nil {
				return err
			}
			u.AddOpened(1)
		}
		if next == nil {
			u.ClearNextAt()
		} else {
			u.SetNextAt(*next)
		}
		n, err := u.Save(ctx)
		if err != nil || n == 0 || gone { // n == 0: another server was faster
			return err
		}
		in := Request{Kind: lifecycle.Maintenance, Quantity: l.Quantity - l.Returned, Description: row.Note, Channel: "SERVICE_CENTER"}
		if in.Description == "" {
			in.Description = scheduled
		}
		a, _ := auth.From(ctx)
		opened = 1
		_, err = s.open(ctx, a, m, l, in)
		return err
	})
	return opened, err
}

// scheduled is what a case says that a schedule without a note opened.
const scheduled = "Scheduled maintenance 定期保养"

// following is when the case after the present day opens; nil for none.
func following(cal *calendar.Calendar, row *ent.MaintenanceSchedule, now time.Time) (*time.Time, error) {
	first, err := calendar.ParseDate(row.FirstOn)
	if err != nil {
		return nil, err
	}
	var until *calendar.Date
	if row.Until != "" {
		d, err := calendar.ParseDate(row.Until)
		if err != nil {
			return nil, err
		}
		until = &d
	}
	tomorrow := calendar.DateOf(now, cal.Zone()).AddDays(1)
	return startOf(cal, NextDay(first, row.EveryMonths, tomorrow), until), nil
}

// nextDue is when the next case of a sandbox opens within a time; nil for none.
func (s *Service) nextDue(ctx context.Context, merchantID string, after, until time.Time) (*time.Time, error) {
	row, err := s.store.Client(ctx).MaintenanceSchedule.Query().Where(maintenanceschedule.MerchantID(merchantID), maintenanceschedule.NextAtGT(after), maintenanceschedule.NextAtLTE(until)).
		Order(maintenanceschedule.ByNextAt()).First(ctx)
	if ent.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return row.NextAt, nil
}
