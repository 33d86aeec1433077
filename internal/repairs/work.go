package repairs

import (
	"context"
	"strconv"

	"aftersales/internal/auth"
	"aftersales/internal/casework"
	"aftersales/internal/lifecycle"
	"aftersales/internal/problem"
)

// The work and its test.

// How goods go home (contract enum RepairHandover).
const (
	Send    = "SEND"
	Collect = "COLLECT"
)

// Start begins a repair that is free; an accepted quote begins it by itself.
//
// Requires: TECHNICIAN, AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND, CONFLICT, ILLEGAL_TRANSITION.
func (s *Service) Start(ctx context.Context, caseID string, expected *int) error {
	return s.do(ctx, lifecycle.RepairStart, caseID, expected, func(ctx context.Context, st *casework.Step) error {
		if err := s.detail(ctx, caseID).ClearDisputeUntil().Exec(ctx); err != nil { // for nothing, whoever is to blame
			return err
		}
		if err := s.awaits(ctx, st, st.Now); err != nil {
			return err
		}
		return st.Happened(ctx, lifecycle.RepairStarted, "", nil)
	})
}

// Completion is work that was done, and its test.
type Completion struct {
	// WorkDone has 1 to 5,000 characters, TestNotes up to as many; a test that was not passed says what it showed.
	WorkDone, TestNotes string
	// Parts were at hand and not recorded before.
	Parts  []Part
	Passed bool
	// Handover is Send, the default, or Collect; empty where the work was done on site.
	Handover string
}

func (in *Completion) check() error {
	l := short(&in.WorkDone, 5000, "input", "workDone")
	if in.Passed {
		l = append(l, maybeShort(&in.TestNotes, 5000, "input", "testNotes")...)
	} else {
		l = append(l, short(&in.TestNotes, 5000, "input", "testNotes")...)
	}
	if len(in.Parts) > maxParts {
		l = append(l, problem.Invalid(problem.Textf("at most %d parts", "最多 %d 个配件", maxParts), "input", "parts"))
	}
	for i := range in.Parts {
		l = append(l, in.Parts[i].check("input", "parts", strconv.Itoa(i))...)
	}
	return l.Err()
}

// Complete records the work and its test. Passed, it fulfils REPAIR (MALL-4.3a); goods at the depot then go home, which
// SEND_BACK counts (SLA-A-2.2.4), or wait for the customer, which COLLECTION does.
//
// Requires: TECHNICIAN, AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND, CONFLICT, ILLEGAL_TRANSITION, INVALID_INPUT at
// input's fields, LIMIT_EXCEEDED for more than 50 parts.
func (s *Service) Complete(ctx context.Context, caseID string, expected *int, in Completion) error {
	if _, err := auth.Require(ctx, "repairComplete"); err != nil {
		return err
	}
	if err := in.check(); err != nil {
		return err
	}
	act := casework.Act{Action: lifecycle.RepairComplete, CaseID: caseID, Expected: expected, Judge: func(f *lifecycle.Facts) { f.Work.Passed = in.Passed }}
	return s.cases.Do(ctx, act, func(ctx context.Context, st *casework.Step) error {
		here := casework.FactsOf(st.Case, st.Now).Work.Here
		if !here && in.Handover != "" {
			return problem.Invalid(problem.Text{EN: "the goods are with the customer", ZH: "商品在顾客处"}, "input", "handover")
		}
		if err := s.addParts(ctx, st, "", in.Parts...); err != nil {
			return err
		}
		d := s.detail(ctx, caseID).SetWorkDone(in.WorkDone).SetTestNotes(in.TestNotes)
		if !in.Passed {
			if err := d.Exec(ctx); err != nil {
				return err
			}
			return st.Happened(ctx, lifecycle.TestFailed, in.TestNotes, nil)
		}
		d.ClearDisputeUntil().SetCompletedAt(st.Now).SetResult(lifecycle.OutcomeRepaired).SetCollecting(in.Handover == Collect)
		if err := d.Exec(ctx); err != nil {
			return err
		}
		if err := st.Happened(ctx, lifecycle.RepairCompleted, in.WorkDone, nil); err != nil {
			return err
		}
		switch {
		case !here:
			return s.Finish(ctx, st, lifecycle.OutcomeRepaired, st.Now, "")
		case in.Handover == Collect:
			return st.Happened(ctx, lifecycle.ReadyForCollection, "", nil)
		default:
			return st.Happened(ctx, lifecycle.SendBackDue, "", map[string]string{"goods": "repaired"})
		}
	})
}
