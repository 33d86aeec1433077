package visits

import (
	"context"
	"time"

	"aftersales/ent"
	"aftersales/ent/visit"
	"aftersales/internal/casework"
	"aftersales/internal/clock"
	"aftersales/internal/lifecycle"
	"aftersales/internal/problem"
)

// Missed is an appointment at which nobody let the technician in.
type Missed struct {
	// At is when somebody stood at the door: within the appointment, not in the future.
	At time.Time
	// Note is what happened, 1 to 5,000 characters.
	Note string
}

// Check reads what needs no case to be judged.
func (m *Missed) Check(field ...string) problem.List {
	m.At = clock.Micros(m.At)
	var err error
	m.Note, err = casework.Text(m.Note, under(field, "note")...)
	return problem.All(err)
}

// Miss records that nobody let the technician in. SITE_VISIT and REPAIR stand still from the start of the appointment until
// that of the next one; APPOINTMENT, the customer's time to agree on one, starts.
//
// Errors: INVALID_INPUT at at, under field.
func (s *Service) Miss(ctx context.Context, st *casework.Step, m Missed, field ...string) error {
	v := current(st.Case, casework.VisitScheduled)
	switch field = under(field, "at"); {
	case m.At.After(st.Now):
		return problem.Invalid(problem.Text{EN: "must not lie in the future", ZH: "不能晚于当前时间"}, field...)
	case m.At.Before(v.StartsAt) || m.At.After(v.EndsAt): // whoever comes too early or too late was not missed
		return problem.Invalid(problem.Textf("must lie within the appointment, from %[1]s to %[2]s", "须在预约时间 %[1]s 至 %[2]s 之内",
			v.StartsAt.UTC().Format(time.RFC3339), v.EndsAt.UTC().Format(time.RFC3339)), field...)
	}
	if err := s.update(ctx, v).SetState(casework.VisitMissed).SetNote(m.Note).Exec(ctx); err != nil {
		return err
	}
	if err := st.Hold(ctx, casework.AppointmentMissed, v.StartsAt, clocks...); err != nil {
		return err
	}
	return st.Happened(ctx, lifecycle.VisitMissed, m.Note, nil)
}

// Start records that somebody came: SITE_VISIT is judged by that instant, whenever it is written down (reading X8.8). at is
// nil for now.
//
// Errors: INVALID_INPUT at startedAt, under field: in the future, before the case was confirmed, or before an earlier visit
// was over.
func (s *Service) Start(ctx context.Context, st *casework.Step, at *time.Time, field ...string) error {
	field = under(field, "startedAt")
	came, err := instant(at, st.Now, field...)
	if err != nil {
		return err
	}
	if since := earliest(st.Case); came.Before(since) {
		return problem.Invalid(problem.Textf("must not lie before %s, when the visit was confirmed or the last one was over", "不能早于 %s（确认上门或上一次上门结束）", since.UTC().Format(time.RFC3339)), field...)
	}
	v := current(st.Case, casework.VisitScheduled)
	u := s.update(ctx, v).SetState(casework.VisitStarted).SetStartedAt(came)
	if v.TechnicianID == nil {
		who, err := technician(ctx, st)
		if err != nil {
			return err
		}
		if who != "" {
			u.SetTechnicianID(who)
		}
	}
	if err := u.Exec(ctx); err != nil {
		return err
	}
	if err := st.Release(ctx, came); err != nil { // earlier than agreed on: nothing is spared any more
		return err
	}
	return st.HappenedAt(ctx, lifecycle.VisitStarted, came, "", nil)
}

// earliest is before when a visit cannot have begun: the confirmation, the end of an earlier visit, or one that was missed.
func earliest(c *ent.ServiceCase) time.Time {
	var since time.Time
	if d := c.Edges.Repair; d != nil && d.ConfirmedAt != nil {
		since = *d.ConfirmedAt
	}
	for _, v := range c.Edges.Visits {
		over := v.EndedAt
		if v.State == casework.VisitMissed {
			over = &v.StartsAt
		}
		if over != nil && over.After(since) {
			since = *over
		}
	}
	return since
}

// End records that whoever came has left, and returns when; at is nil for now.
//
// Errors: INVALID_INPUT at endedAt, under field: in the future, or before the visit began.
func (s *Service) End(ctx context.Context, st *casework.Step, at *time.Time, note string, field ...string) (time.Time, error) {
	field = under(field, "endedAt")
	left, err := instant(at, st.Now, field...)
	if err != nil {
		return left, err
	}
	v := current(st.Case, casework.VisitStarted)
	if left.Before(*v.StartedAt) {
		return left, problem.Invalid(problem.Textf("must not lie before %s, when the visit began", "不能早于上门开始时间 %s", v.StartedAt.UTC().Format(time.RFC3339)), field...)
	}
	u := s.update(ctx, v).SetState(casework.VisitEnded).SetEndedAt(left)
	if note != "" {
		u.SetNote(note)
	}
	if err := u.Exec(ctx); err != nil {
		return left, err
	}
	return left, st.HappenedAt(ctx, lifecycle.VisitEnded, left, note, nil)
}

// instant is when something happened, as told or now.
func instant(told *time.Time, now time.Time, field ...string) (time.Time, error) {
	if told == nil {
		return now, nil
	}
	at := clock.Micros(*told)
	if at.After(now) {
		return at, problem.Invalid(problem.Text{EN: "must not lie in the future", ZH: "不能晚于当前时间"}, field...)
	}
	return at, nil
}

// CallOff cancels the appointments that cases still had when they ended.
func (s *Service) CallOff(ctx context.Context, caseIDs []string) error {
	return s.store.Client(ctx).Visit.Update().Where(visit.CaseIDIn(caseIDs...), visit.State(casework.VisitScheduled)).
		SetState(casework.VisitCancelled).Exec(ctx)
}
