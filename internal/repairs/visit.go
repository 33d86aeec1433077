package repairs

import (
	"context"
	"time"

	"aftersales/internal/auth"
	"aftersales/internal/casework"
	"aftersales/internal/lifecycle"
	"aftersales/internal/plan"
	"aftersales/internal/problem"
	"aftersales/internal/visits"
)

// Repairs at the customer's: somebody comes, again if need be, and may take the goods along.

// ScheduleVisit agrees on an appointment, or on another one; see visits.Service.Book.
//
// Requires: AGENT, TECHNICIAN, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND (case, member of staff), CONFLICT,
// ILLEGAL_TRANSITION, INVALID_INPUT at input's fields, NOT_ELIGIBLE when the technician is elsewhere at that time.
func (s *Service) ScheduleVisit(ctx context.Context, caseID string, expected *int, a visits.Appointment) error {
	if _, err := auth.Require(ctx, "repairVisitSchedule"); err != nil {
		return err
	}
	if err := a.Check("input").Err(); err != nil {
		return err
	}
	return s.do(ctx, lifecycle.RepairVisitSchedule, caseID, expected, func(ctx context.Context, st *casework.Step) error {
		return s.visits.Book(ctx, st, a, "input")
	})
}

// MissVisit records that nobody let the technician in; see visits.Service.Miss.
//
// Requires: AGENT, TECHNICIAN, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND, CONFLICT, ILLEGAL_TRANSITION, INVALID_INPUT at
// input.at or input.note.
func (s *Service) MissVisit(ctx context.Context, caseID string, expected *int, m visits.Missed) error {
	if _, err := auth.Require(ctx, "repairVisitMissed"); err != nil {
		return err
	}
	if err := m.Check("input").Err(); err != nil {
		return err
	}
	return s.do(ctx, lifecycle.RepairVisitMissed, caseID, expected, func(ctx context.Context, st *casework.Step) error {
		return s.visits.Miss(ctx, st, m, "input")
	})
}

// StartVisit records that somebody came, at an instant or (nil) now: SITE_VISIT is fulfilled then (SLA-A-2.2.2, reading X8.8).
//
// Requires: AGENT, TECHNICIAN, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND, CONFLICT, ILLEGAL_TRANSITION, INVALID_INPUT at
// startedAt.
func (s *Service) StartVisit(ctx context.Context, caseID string, expected *int, startedAt *time.Time) error {
	if _, err := auth.Require(ctx, "repairVisitStart"); err != nil {
		return err
	}
	return s.do(ctx, lifecycle.RepairVisitStart, caseID, expected, func(ctx context.Context, st *casework.Step) error {
		return s.visits.Start(ctx, st, startedAt)
	})
}

// What follows a visit (contract enum RepairVisitNext).
const (
	// TakenIn: the goods went along to the depot.
	TakenIn = "TAKEN_IN"
	// SendIn: the customer sends them there.
	SendIn = "SEND_IN"
	// Again: somebody comes again.
	Again = "AGAIN"
)

// Leaving is the end of a visit.
type Leaving struct {
	// Next is TakenIn, SendIn or Again; empty where nothing is repaired and the goods stay: the repair ends with the visit.
	Next string
	// EndedAt is when; nil means now.
	EndedAt *time.Time
	// Note is up to 5,000 characters, required when somebody comes again.
	Note string
	// ReturnAddressID is where goods are sent to that the customer sends in; nil takes the merchant's default.
	ReturnAddressID *string
}

func (in *Leaving) check() error {
	var l problem.List
	var err error
	if in.Next == Again {
		in.Note, err = casework.Text(in.Note, "input", "note")
	} else {
		in.Note, err = casework.OptionalText(in.Note, "input", "note")
	}
	l = append(l, problem.All(err)...)
	if in.Next != SendIn && in.ReturnAddressID != nil {
		l = append(l, problem.Invalid(problem.Text{EN: "only goods that the customer sends in have an address", ZH: "仅顾客寄修时可指定地址"}, "input", "returnAddress"))
	}
	return l.Err()
}

// suits refuses what cannot follow this visit.
func (in *Leaving) suits(st *casework.Step, f *lifecycle.Facts) error {
	refuse := func(en, zh string) error { return problem.Invalid(problem.Text{EN: en, ZH: zh}, "input", "next") }
	switch {
	case !f.Work.Visiting:
		return nil // the table says no
	case f.Work.Undone && (in.Next == Again || in.Next == SendIn):
		return refuse("nothing is repaired: the goods stay, or were taken along", "无需维修：商品留在顾客处或已取走")
	case !f.Work.Undone && in.Next == "":
		return refuse("say how it goes on", "请说明后续安排")
	case in.Next == SendIn && st.Case.Status != lifecycle.InVisit:
		return refuse("after the diagnosis the goods are taken along, or somebody comes again", "检测后请将商品取走或再次上门")
	}
	f.Work.TakenIn, f.Work.SendIn = in.Next == TakenIn, in.Next == SendIn
	return nil
}

// EndVisit records that whoever came has left. Goods that were taken along are received as of then, which starts
// DEPOT_INSPECTION where nothing was diagnosed yet; goods that the customer sends in are awaited, which SHIP_BACK counts. Where
// nothing is repaired and the goods stay, the repair ends.
//
// Requires: AGENT, TECHNICIAN, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND (case, address), CONFLICT, ILLEGAL_TRANSITION,
// INVALID_INPUT at input.next, input.note, input.endedAt or input.returnAddress.
func (s *Service) EndVisit(ctx context.Context, caseID string, expected *int, in Leaving) error {
	if _, err := auth.Require(ctx, "repairVisitEnd"); err != nil {
		return err
	}
	if err := in.check(); err != nil {
		return err
	}
	act := casework.Act{Action: lifecycle.RepairVisitEnd, CaseID: caseID, Expected: expected,
		Weigh: func(_ context.Context, st *casework.Step, f *lifecycle.Facts) error { return in.suits(st, f) }}
	return s.cases.Do(ctx, act, func(ctx context.Context, st *casework.Step) error {
		left, err := s.visits.End(ctx, st, in.EndedAt, in.Note, "input")
		if err != nil {
			return err
		}
		switch {
		case in.Next == TakenIn:
			return s.takeIn(ctx, st, left)
		case in.Next == SendIn:
			return s.sendIn(ctx, st, in.ReturnAddressID)
		case st.To().Ended():
			return s.Finish(ctx, st, resultOf(st), left, in.Note)
		}
		return nil
	})
}

// takeIn books in goods that went along to the depot.
func (s *Service) takeIn(ctx context.Context, st *casework.Step, at time.Time) error {
	if err := s.detail(ctx, st.Case.ID).SetWay(casework.Depot).SetReceivedAt(at).Exec(ctx); err != nil {
		return err
	}
	st.Goods(true)
	if st.Case.Status == lifecycle.InVisit {
		return st.HappenedAt(ctx, lifecycle.EventReceived, at, "", nil)
	}
	st.Tell(ctx, lifecycle.EventReceived, "", nil) // diagnosed already: nothing is promised about finding out any more
	if st.Case.Edges.Repair.Result == "" {
		return nil
	}
	return st.Happened(ctx, lifecycle.SendBackDue, "", map[string]string{"goods": "unrepaired"})
}

// sendIn waits for goods that the customer sends to the depot.
func (s *Service) sendIn(ctx context.Context, st *casework.Step, addressID *string) error {
	address, err := s.address(ctx, st.Merchant.ID, addressID)
	if err != nil {
		return err
	}
	if err := s.detail(ctx, st.Case.ID).SetWay(casework.Depot).SetReturnAddressID(address).Exec(ctx); err != nil {
		return err
	}
	st.Goods(true)
	return st.StartNow(ctx, plan.ShipBack)
}
