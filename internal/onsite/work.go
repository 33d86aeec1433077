package onsite

import (
	"context"
	"strconv"
	"strings"
	"time"

	"aftersales/internal/auth"
	"aftersales/internal/casework"
	"aftersales/internal/lifecycle"
	"aftersales/internal/problem"
	"aftersales/internal/visits"
)

// Confirmation says how a service is done.
type Confirmation struct {
	// Way is ON_SITE or REMOTE (by telephone or online).
	Way string
	// Steps are what the customer is told, 1 to 20.
	Steps []string
	// Appointment is the first one, if it is agreed on already; only on site.
	Appointment *visits.Appointment
}

func (in *Confirmation) check() error {
	var l problem.List
	if len(in.Steps) == 0 || len(in.Steps) > maxSteps {
		l = append(l, problem.Invalid(problem.Textf("tell the customer 1 to %d steps", "请告知顾客 1 至 %d 个处理步骤", maxSteps), "input", "steps"))
	}
	for i := range in.Steps {
		var err error
		in.Steps[i], err = casework.Text(in.Steps[i], "input", "steps", strconv.Itoa(i))
		l = append(l, problem.All(err)...)
	}
	switch a := in.Appointment; {
	case a == nil:
	case in.Way != casework.OnSite:
		l = append(l, problem.Invalid(problem.Text{EN: "only a service on site has an appointment", ZH: "仅上门服务可预约时间"}, "input", "appointment"))
	default:
		l = append(l, a.Check("input", "appointment")...)
	}
	return l.Err()
}

// Confirm accepts the request. For a service on site SITE_VISIT starts now (SLA-A-2.2.2, SLA-B-2.2.2), whether or not the
// first appointment is agreed on already.
//
// Requires: AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND (case; member of staff), CONFLICT, ILLEGAL_TRANSITION,
// INVALID_INPUT naming the field, NOT_ELIGIBLE when the technician is elsewhere at that time.
func (s *Service) Confirm(ctx context.Context, caseID string, expected *int, in Confirmation) error {
	if _, err := auth.Require(ctx, "serviceConfirm"); err != nil {
		return err
	}
	if err := in.check(); err != nil {
		return err
	}
	act := casework.Act{Action: lifecycle.ServiceConfirm, CaseID: caseID, Expected: expected, Judge: func(f *lifecycle.Facts) {
		f.Work.OnSite, f.Work.Scheduled = in.Way == casework.OnSite, in.Appointment != nil
	}}
	return s.cases.Do(ctx, act, func(ctx context.Context, st *casework.Step) error {
		if err := s.detail(ctx, caseID).SetWay(in.Way).SetSteps(in.Steps).SetConfirmedAt(st.Now).Exec(ctx); err != nil {
			return err
		}
		if err := st.Happened(ctx, lifecycle.Approved, strings.Join(in.Steps, "\n"), nil); err != nil || in.Way != casework.OnSite {
			return err
		}
		if err := s.visits.Due(ctx, st); err != nil || in.Appointment == nil {
			return err
		}
		return s.visits.Book(ctx, st, *in.Appointment, "input", "appointment")
	})
}

// Schedule agrees on an appointment, or on another one. What was confirmed to be done remotely and turns out to need somebody
// there is on site from now on: SITE_VISIT starts.
//
// Requires: AGENT, TECHNICIAN, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND (case; member of staff), CONFLICT,
// ILLEGAL_TRANSITION, INVALID_INPUT naming the field, NOT_ELIGIBLE when the technician is elsewhere at that time.
func (s *Service) Schedule(ctx context.Context, caseID string, expected *int, a visits.Appointment) error {
	if _, err := auth.Require(ctx, "serviceVisitSchedule"); err != nil {
		return err
	}
	if err := a.Check("input").Err(); err != nil {
		return err
	}
	return s.do(ctx, lifecycle.ServiceVisitSchedule, caseID, expected, func(ctx context.Context, st *casework.Step) error {
		if st.Case.Edges.Repair.Way != casework.OnSite {
			if err := s.detail(ctx, caseID).SetWay(casework.OnSite).Exec(ctx); err != nil {
				return err
			}
			if err := s.visits.Due(ctx, st); err != nil {
				return err
			}
		}
		return s.visits.Book(ctx, st, a, "input")
	})
}

// Missed records that nobody let the technician in; see visits.Service.Miss.
//
// Requires: AGENT, TECHNICIAN, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND, CONFLICT, ILLEGAL_TRANSITION, INVALID_INPUT at
// input.at or input.note.
func (s *Service) Missed(ctx context.Context, caseID string, expected *int, m visits.Missed) error {
	if _, err := auth.Require(ctx, "serviceVisitMissed"); err != nil {
		return err
	}
	if err := m.Check("input").Err(); err != nil {
		return err
	}
	return s.do(ctx, lifecycle.ServiceVisitMissed, caseID, expected, func(ctx context.Context, st *casework.Step) error {
		return s.visits.Miss(ctx, st, m, "input")
	})
}

// Start records that somebody came, at an instant or (nil) now.
//
// Requires: AGENT, TECHNICIAN, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND, CONFLICT, ILLEGAL_TRANSITION, INVALID_INPUT at
// startedAt.
func (s *Service) Start(ctx context.Context, caseID string, expected *int, startedAt *time.Time) error {
	if _, err := auth.Require(ctx, "serviceVisitStart"); err != nil {
		return err
	}
	return s.do(ctx, lifecycle.ServiceVisitStart, caseID, expected, func(ctx context.Context, st *casework.Step) error {
		return s.visits.Start(ctx, st, startedAt)
	})
}

// End records that whoever came has left and comes again; the next appointment is to be agreed on.
//
// Requires: AGENT, TECHNICIAN, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND, CONFLICT, ILLEGAL_TRANSITION, INVALID_INPUT at
// endedAt or note.
func (s *Service) End(ctx context.Context, caseID string, expected *int, endedAt *time.Time, note string) error {
	if _, err := auth.Require(ctx, "serviceVisitEnd"); err != nil {
		return err
	}
	note, err := casework.Text(note, "note")
	if err != nil {
		return err
	}
	return s.do(ctx, lifecycle.ServiceVisitEnd, caseID, expected, func(ctx context.Context, st *casework.Step) error {
		_, err := s.visits.End(ctx, st, endedAt, note)
		return err
	})
}

// Complete records that the service was done: during a visit, which ends with it at an instant or (nil) now, or remotely.
//
// Requires: AGENT, TECHNICIAN, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND, CONFLICT, ILLEGAL_TRANSITION, INVALID_INPUT at
// input.workDone or input.endedAt (also when there is no visit to end).
func (s *Service) Complete(ctx context.Context, caseID string, expected *int, workDone string, endedAt *time.Time) error {
	if _, err := auth.Require(ctx, "serviceComplete"); err != nil {
		return err
	}
	workDone, err := casework.Text(workDone, "input", "workDone")
	if err != nil {
		return err
	}
	return s.do(ctx, lifecycle.ServiceComplete, caseID, expected, func(ctx context.Context, st *casework.Step) error {
		switch {
		case st.Case.Status == lifecycle.InVisit:
			if _, err := s.visits.End(ctx, st, endedAt, "", "input"); err != nil {
				return err
			}
		case endedAt != nil:
			return problem.Invalid(problem.Text{EN: "there is no visit to end", ZH: "没有进行中的上门"}, "input", "endedAt")
		}
		if err := s.detail(ctx, caseID).SetWorkDone(workDone).SetCompletedAt(st.Now).Exec(ctx); err != nil {
			return err
		}
		st.Ends(lifecycle.OutcomeResolved, "")
		return st.Happened(ctx, lifecycle.ServiceDone, workDone, nil)
	})
}
