// Package visits is somebody coming to the customer at an agreed time: the appointment made, moved and missed, the visit
// begun and ended, and what that does to the clocks of a case. Repairs and services at the customer's share it; it acts
// within their steps and never decides a case's status.
package visits

import (
	"context"
	"slices"
	"time"

	"entgo.io/ent/dialect"

	"aftersales/ent"
	"aftersales/ent/staff"
	"aftersales/ent/visit"
	"aftersales/internal/auth"
	"aftersales/internal/casework"
	"aftersales/internal/clock"
	"aftersales/internal/lifecycle"
	"aftersales/internal/plan"
	"aftersales/internal/problem"
	"aftersales/internal/store"
)

// Service keeps appointments and visits.
type Service struct {
	store *store.Store
	cases *casework.Service
}

// New makes the service.
func New(st *store.Store, cases *casework.Service) *Service { return &Service{st, cases} }

// clocks are those that stand still while the customer keeps the merchant from coming.
var clocks = []plan.DeadlineKind{plan.SiteVisit, plan.Repair}

// Limits of an appointment that no source gives: how long the time may be within which somebody comes, and how far ahead it
// can be agreed on.
const (
	longest = 24 * time.Hour
	ahead   = 366 * 24 * time.Hour
)

// Appointment is a time agreed on with the customer.
type Appointment struct {
	// StartsAt and EndsAt are the time within which somebody comes.
	StartsAt, EndsAt time.Time
	// TechnicianID is a member of staff; nil: nobody named yet, or as before when an appointment is moved.
	TechnicianID *string
	// MovedBy is who wanted another time: MERCHANT or CUSTOMER. Given exactly when there is an appointment already whose time
	// changes.
	MovedBy plan.Party
	// Note is what was agreed on, or why it was moved; up to 5,000 characters.
	Note string
}

// Check reads what needs no case to be judged; field is where the appointment stands in the input.
func (a *Appointment) Check(field ...string) problem.List {
	var l problem.List
	at := func(name string) []string { return under(field, name) }
	a.StartsAt, a.EndsAt = clock.Micros(a.StartsAt), clock.Micros(a.EndsAt)
	switch {
	case !a.StartsAt.Before(a.EndsAt):
		l = append(l, problem.Invalid(problem.Text{EN: "must lie after startsAt", ZH: "须晚于 startsAt"}, at("endsAt")...))
	case a.EndsAt.Sub(a.StartsAt) > longest:
		l = append(l, problem.Invalid(problem.Text{EN: "must lie at most 24 hours after startsAt", ZH: "不得晚于 startsAt 后 24 小时"}, at("endsAt")...))
	}
	if a.MovedBy != "" && a.MovedBy != plan.Merchant && a.MovedBy != plan.Customer {
		l = append(l, problem.Invalid(problem.Text{EN: "must be MERCHANT or CUSTOMER", ZH: "须为 MERCHANT 或 CUSTOMER"}, at("movedBy")...))
	}
	var err error
	a.Note, err = casework.OptionalText(a.Note, at("note")...)
	return append(l, problem.All(err)...)
}

// under is the path of a field of an input.
func under(field []string, name string) []string { return append(slices.Clone(field), name) }

// Due says that somebody has to come: SITE_VISIT starts, at the confirmation that it needs somebody there (SLA-A-2.2.2,
// SLA-B-2.2.2).
func (s *Service) Due(ctx context.Context, st *casework.Step) error {
	return st.Happened(ctx, lifecycle.SiteVisitDue, "", nil)
}

// Book agrees on an appointment, or on another one instead: then the old one stays on record as MOVED, with who wanted that.
// If it was the customer, and the new time is later, SITE_VISIT and REPAIR stand still from the one to the other; if it was
// the merchant, they run on. Clocks that waited for an appointment run again from its start. An appointment after the due
// time is taken: the clock says what it is.
//
// Errors, at field: INVALID_INPUT at startsAt (in the past, more than 366 days ahead) and movedBy (missing, or nothing to
// move), NOT_FOUND at technician, NOT_ELIGIBLE when the technician is elsewhere at that time, naming the visit.
func (s *Service) Book(ctx context.Context, st *casework.Step, a Appointment, field ...string) error {
	at := func(name string) []string { return under(field, name) }
	switch {
	case a.StartsAt.Before(st.Now):
		return problem.Invalid(problem.Textf("must not lie in the past; it is %s", "不能早于当前时间 %s", st.Now.Format(time.RFC3339)), at("startsAt")...)
	case a.StartsAt.Sub(st.Now) > ahead:
		return problem.Invalid(problem.Text{EN: "must lie within 366 days", ZH: "须在 366 天以内"}, at("startsAt")...)
	}
	old := current(st.Case, casework.VisitScheduled)
	same := old != nil && old.StartsAt.Equal(a.StartsAt) && old.EndsAt.Equal(a.EndsAt)
	switch moved := old != nil && !same; {
	case moved && a.MovedBy == "":
		return problem.Invalid(problem.Text{EN: "say who wanted another time", ZH: "请说明由哪一方改约"}, at("movedBy")...)
	case !moved && a.MovedBy != "":
		return problem.Invalid(problem.Text{EN: "there is no appointment to move", ZH: "没有可改的预约"}, at("movedBy")...)
	}
	if a.TechnicianID == nil && old != nil {
		a.TechnicianID = old.TechnicianID
	}
	if err := s.free(ctx, a, old, at("technician")...); err != nil {
		return err
	}
	when, err := s.when(ctx, st, a)
	if err != nil {
		return err
	}
	if same { // somebody else comes
		if err := s.update(ctx, old).SetNillableTechnicianID(a.TechnicianID).Exec(ctx); err != nil {
			return err
		}
		st.Tell(ctx, lifecycle.EventScheduled, a.Note, when)
		return nil
	}
	if err := st.Release(ctx, a.StartsAt); err != nil {
		return err
	}
	event := lifecycle.EventScheduled
	if old != nil {
		event = lifecycle.VisitMoved
		if err := s.move(ctx, st, old, a); err != nil {
			return err
		}
	}
	create := s.store.Client(ctx).Visit.Create().SetMerchantID(st.Case.MerchantID).SetCaseID(st.Case.ID).SetRound(len(st.Case.Edges.Visits) + 1).
		SetState(casework.VisitScheduled).SetStartsAt(a.StartsAt).SetEndsAt(a.EndsAt).SetNillableTechnicianID(a.TechnicianID).
		SetArrangedAt(st.Now).SetArrangedBy(st.Actor.Name)
	if old == nil {
		create.SetNote(a.Note)
	}
	if err := create.Exec(ctx); err != nil {
		return err
	}
	return st.Happened(ctx, event, a.Note, when)
}

// move puts an appointment aside for another one.
func (s *Service) move(ctx context.Context, st *casework.Step, old *ent.Visit, to Appointment) error {
	if to.MovedBy == plan.Customer && to.StartsAt.After(old.StartsAt) {
		if err := st.Spare(ctx, casework.AppointmentMoved, old.StartsAt, to.StartsAt, clocks...); err != nil {
			return err
		}
	}
	u := s.update(ctx, old).SetState(casework.VisitMoved).SetMovedBy(string(to.MovedBy))
	if to.Note != "" {
		u.SetNote(to.Note)
	}
	return u.Exec(ctx)
}

// free makes sure that the technician is nowhere else at the time. It holds the technician's row until the transaction ends,
// so that of two appointments made at once one sees the other.
func (s *Service) free(ctx context.Context, a Appointment, instead *ent.Visit, field ...string) error {
	if a.TechnicianID == nil {
		return nil
	}
	q := s.store.Client(ctx).Staff.Query().Where(staff.ID(*a.TechnicianID))
	if s.store.Dialect() == dialect.Postgres {
		q = q.ForUpdate()
	}
	who, err := q.Only(ctx)
	if ent.IsNotFound(err) {
		return casework.NotFound("member of staff", "员工", field...)
	}
	if err != nil {
		return err
	}
	busy := s.store.Client(ctx).Visit.Query().Where(visit.MerchantID(who.MerchantID), visit.TechnicianID(who.ID),
		visit.StateIn(casework.VisitScheduled, casework.VisitStarted), visit.StartsAtLT(a.EndsAt), visit.EndsAtGT(a.StartsAt))
	if instead != nil {
		busy = busy.Where(visit.IDNEQ(instead.ID))
	}
	other, err := busy.Order(visit.ByStartsAt()).First(ctx)
	if ent.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	p := problem.New(problem.NotEligible, problem.Textf("%[1]s is at another customer's from %[2]s to %[3]s", "%[1]s 在 %[2]s 至 %[3]s 已有其他上门安排",
		who.Name, other.StartsAt.UTC().Format(time.RFC3339), other.EndsAt.UTC().Format(time.RFC3339)), problem.Param{Name: "visit", Value: other.ID})
	p.Field = field
	return p
}

// when tells the time of an appointment in the merchant's zone.
func (s *Service) when(ctx context.Context, st *casework.Step, a Appointment) (map[string]string, error) {
	_, cal, err := s.cases.MerchantCalendar(ctx, st.Merchant)
	if err != nil {
		return nil, err
	}
	from, to, until := a.StartsAt.In(cal.Zone()), a.EndsAt.In(cal.Zone()), "15:04"
	if from.YearDay() != to.YearDay() {
		until = "2006-01-02 15:04"
	}
	return map[string]string{"when": from.Format("2006-01-02 15:04") + " – " + to.Format(until) + " (" + cal.ZoneName() + ")"}, nil
}

// current is the case's visit in a state that at most one of its visits has.
func current(c *ent.ServiceCase, state string) *ent.Visit {
	for _, v := range c.Edges.Visits {
		if v.State == state {
			return v
		}
	}
	return nil
}

func (s *Service) update(ctx context.Context, v *ent.Visit) *ent.VisitUpdate {
	return s.store.Client(ctx).Visit.Update().Where(visit.MerchantID(v.MerchantID), visit.ID(v.ID))
}

// technician is who begins a visit that names nobody: the technician who says so.
func technician(ctx context.Context, st *casework.Step) (string, error) {
	if st.Actor.Role != auth.Technician {
		return "", nil
	}
	return st.StaffID(ctx)
}
