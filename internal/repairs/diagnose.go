package repairs

import (
	"context"
	"slices"
	"strconv"

	"aftersales/internal/auth"
	"aftersales/internal/casework"
	"aftersales/internal/lifecycle"
	"aftersales/internal/problem"
)

// Diagnosis is what was found.
type Diagnosis struct {
	// Finding and Plan have 1 to 5,000 characters.
	Finding, Plan string
	// FaultFound and Repairable: without either nothing is repaired.
	FaultFound, Repairable bool
	// HumanCaused: somebody broke it, which HumanCausedEvidence, of this case, shows.
	HumanCaused         bool
	HumanCausedEvidence []string
	Evidence            []string
	// Exclusion is the exclusion of the warranty that the fault falls under; empty: none.
	Exclusion string
	// Goodwill repairs for nothing what would have to be paid; GoodwillReason says why.
	Goodwill       bool
	GoodwillReason string
}

func (in *Diagnosis) check() error {
	l := short(&in.Finding, 5000, "input", "finding")
	l = append(l, short(&in.Plan, 5000, "input", "plan")...)
	refuse := func(field, en, zh string) {
		l = append(l, problem.Invalid(problem.Text{EN: en, ZH: zh}, "input", field))
	}
	for _, f := range []struct {
		name string
		ids  []string
	}{{"humanCausedEvidence", in.HumanCausedEvidence}, {"evidence", in.Evidence}} {
		if len(f.ids) > 20 {
			refuse(f.name, "at most 20 references", "最多 20 项凭证")
		}
	}
	switch {
	case in.HumanCaused && len(in.HumanCausedEvidence) == 0:
		refuse("humanCausedEvidence", "show by evidence that somebody broke it", "认定人为损坏须提供凭证")
	case !in.HumanCaused && len(in.HumanCausedEvidence) > 0:
		refuse("humanCaused", "the evidence says that somebody broke it", "凭证表明为人为损坏")
	}
	if !in.FaultFound && (in.HumanCaused || in.Exclusion != "") {
		refuse("faultFound", "without a fault nobody caused it", "未发现故障则无故障原因")
	}
	if !in.FaultFound && !in.Repairable {
		refuse("repairable", "without a fault there is nothing that cannot be repaired", "未发现故障则不存在无法修复")
	}
	if in.Goodwill {
		l = append(l, short(&in.GoodwillReason, 5000, "input", "goodwillReason")...)
	} else if in.GoodwillReason != "" {
		refuse("goodwill", "a reason for goodwill is given, but no goodwill", "填写了优惠原因但未选择优惠维修")
	}
	return l.Err()
}

// result is what becomes of the repair by a diagnosis; empty while something can be repaired.
func (in *Diagnosis) result() lifecycle.Outcome {
	switch {
	case !in.FaultFound:
		return lifecycle.OutcomeNoFault
	case !in.Repairable:
		return lifecycle.OutcomeUnrepairable
	}
	return ""
}

// Diagnose records what was found with a plan, which is what DEPOT_INSPECTION asks (SLA-A-2.2.3), and decides whether the
// repair is free (MALL-5.1b). Corrected while a price is considered, it withdraws that price. Where nothing is repaired the
// goods go home: SEND_BACK starts.
//
// Requires: TECHNICIAN, AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND (case, evidence), CONFLICT, ILLEGAL_TRANSITION,
// INVALID_INPUT at input's fields, NOT_ELIGIBLE at input.humanCaused once the platform decided that nobody is to blame.
func (s *Service) Diagnose(ctx context.Context, caseID string, expected *int, in Diagnosis) error {
	if _, err := auth.Require(ctx, "repairDiagnose"); err != nil {
		return err
	}
	if err := in.check(); err != nil {
		return err
	}
	act := casework.Act{Action: lifecycle.RepairDiagnose, CaseID: caseID, Expected: expected, Judge: func(f *lifecycle.Facts) {
		f.Work.Undone = in.result() != ""
	}}
	return s.cases.Do(ctx, act, func(ctx context.Context, st *casework.Step) error { return s.diagnose(ctx, st, in) })
}

func (s *Service) diagnose(ctx context.Context, st *casework.Step, in Diagnosis) error {
	for _, e := range []struct {
		ids   []string
		field string
	}{{in.HumanCausedEvidence, "humanCausedEvidence"}, {in.Evidence, "evidence"}} {
		if err := s.knows(ctx, st.Case.ID, e.ids, "input", e.field); err != nil {
			return err
		}
	}
	if err := s.link(ctx, st); err != nil {
		return err
	}
	was := st.Case.Edges.Repair
	unit := StandingOf(was)
	if was.Ruled && (in.HumanCaused || in.Exclusion != "") {
		return &problem.Problem{Code: problem.NotEligible, Field: []string{"input", "humanCaused"},
			Message: problem.Text{EN: "the platform decided that nobody is to blame for this fault", ZH: "平台已裁决该故障不归责于顾客"}}
	}
	if in.Exclusion != "" && !slices.Contains(unit.Exclusions, in.Exclusion) {
		return problem.Invalid(problem.Text{EN: "the warranty has no such exclusion", ZH: "质保条款中没有该除外情形"}, "input", "exclusion")
	}
	covered, reason := Coverage(unit.Reason, Found{HumanCaused: in.HumanCaused, Excluded: in.Exclusion != ""})
	goodwill := in.Goodwill && !covered
	if goodwill {
		reason = Goodwill
	}
	began := was.PartsSince != nil || st.Case.Status == lifecycle.InRepair // found out during the work: the first diagnosis stays the day
	was.Covered = covered                                                  // what this act ends is counted by what it found
	d := s.detail(ctx, st.Case.ID).SetFinding(in.Finding).SetPlan(in.Plan).SetHumanCaused(in.HumanCaused).SetHumanCausedEvidence(in.HumanCausedEvidence).
		SetEvidence(in.Evidence).SetCovered(covered).SetGoodwill(goodwill).SetCoverageReason(reason).
		SetNillableWarrantyID(st.Case.Edges.Repair.WarrantyID)
	if was.DiagnosedAt == nil || !began {
		d.SetDiagnosedAt(st.Now)
	}
	if err := s.contest(ctx, st, d, reason, in.HumanCaused); err != nil {
		return err
	}
	if err := d.Exec(ctx); err != nil {
		return err
	}
	if err := s.withdrawQuote(ctx, st); err != nil {
		return err
	}
	note := in.Plan
	if goodwill {
		note += "\n" + in.GoodwillReason
	}
	params := map[string]string{"covered": strconv.FormatBool(covered), "reason": reason}
	if err := st.Happened(ctx, lifecycle.EventDiagnosed, note, params); err != nil {
		return err
	}
	result := in.result()
	if result == "" {
		return nil
	}
	if err := s.giveUp(ctx, st, result); err != nil || !st.To().Ended() {
		return err
	}
	return s.Finish(ctx, st, result, st.Now, in.Finding)
}
