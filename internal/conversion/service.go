// Package conversion lets a repair that leads nowhere go on as a return: the unit is exchanged or paid back by a linked case
// (design decision 13). Staff may always do so; a customer when the law or the plan gives it (law.md section 2.3).
package conversion

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"aftersales/ent"
	"aftersales/ent/repairdetail"
	"aftersales/ent/repairquote"
	"aftersales/ent/visit"
	"aftersales/internal/auth"
	"aftersales/internal/casework"
	"aftersales/internal/id"
	"aftersales/internal/lifecycle"
	"aftersales/internal/plan"
	"aftersales/internal/problem"
	"aftersales/internal/repairs"
	"aftersales/internal/returns"
	"aftersales/internal/store"
	"aftersales/internal/warranty"
)

// Service converts repairs.
type Service struct {
	store      *store.Store
	cases      *casework.Service
	returns    *returns.Service
	warranties *warranty.Service
}

// New makes the service.
func New(st *store.Store, cases *casework.Service, ret *returns.Service, war *warranty.Service) *Service {
	return &Service{st, cases, ret, war}
}

// Wish is what a repair goes on as.
type Wish struct {
	// Remedy is EXCHANGE or RETURN_AND_REFUND.
	Remedy lifecycle.Remedy
	// Reason has 1 to 5,000 characters.
	Reason string
	// NoSameModel is whether the same model cannot be had any more: then use is not charged. Staff's to say.
	NoSameModel bool
	// ReturnAddressID is where the customer sends goods that are with them; nil takes the repair's, else the merchant's default,
	// else its first. Staff's to say.
	ReturnAddressID *string
}

// Convert ends a repair as SWAPPED or REFUNDED and opens the return it goes on as, with its start, evidence and the clock of
// REPAIR, which the delivered replacement or the credited refund fulfils. It returns the return's id.
//
// Requires: CUSTOMER (own case, when entitled), AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND, CONFLICT,
// ILLEGAL_TRANSITION, INVALID_INPUT at input.remedy, input.reason, input.noSameModel or input.returnAddress, NOT_FOUND at input.returnAddress,
// NOT_ELIGIBLE for a customer whom nothing entitles or whose goods are on their way home, and where goods would have to be sent to a merchant without any address, QUANTITY_EXCEEDS_BOUGHT when another case holds the goods, IDEMPOTENCY_MISMATCH.
func (s *Service) Convert(ctx context.Context, caseID string, expected *int, key string, in Wish) (string, error) {
	a, err := auth.Require(ctx, "repairConvert")
	if err != nil {
		return "", err
	}
	var l problem.List
	if in.Reason, err = casework.Text(in.Reason, "input", "reason"); err != nil {
		l = append(l, problem.All(err)...)
	}
	if in.Remedy != lifecycle.Exchange && in.Remedy != lifecycle.ReturnAndRefund {
		l = append(l, problem.Invalid(problem.Text{EN: "a repair becomes an EXCHANGE or a RETURN_AND_REFUND", ZH: "维修可转为 EXCHANGE 或 RETURN_AND_REFUND"}, "input", "remedy"))
	}
	if in.NoSameModel && a.Role == auth.Customer {
		l = append(l, problem.Invalid(problem.Text{EN: "the merchant says whether the model can be had", ZH: "是否有同型号商品由商家确认"}, "input", "noSameModel"))
	}
	if in.ReturnAddressID != nil && a.Role == auth.Customer {
		l = append(l, problem.Invalid(problem.Text{EN: "the merchant says where the goods go", ZH: "退货地址由商家指定"}, "input", "returnAddress"))
	}
	if err := l.Err(); err != nil {
		return "", err
	}
	made := id.New(id.Return)
	act := casework.Act{Action: lifecycle.RepairConvert, CaseID: caseID, Expected: expected}
	return s.cases.DoOnce(ctx, act, key, []any{caseID, in}, made, func(ctx context.Context, st *casework.Step) error {
		return s.convert(ctx, st, made, in)
	})
}

func (s *Service) convert(ctx context.Context, st *casework.Step, made string, in Wish) error {
	d := st.Case.Edges.Repair
	if st.Actor.Role == auth.Customer && st.Case.Status == lifecycle.SentBack { // they would have the goods and something for them
		return problem.New(problem.NotEligible, problem.Text{EN: "the goods are on their way home; once they are home you can ask again, and if they were lost the merchant helps",
			ZH: "商品正在寄回途中，签收后可再次申请；如包裹丢失，请联系商家处理"})
	}
	r, err := s.claims(ctx, st, in)
	if err != nil {
		return err
	}
	entitled, ok := r.gives(in.Remedy)
	if st.Actor.Role == auth.Customer && !ok && !(r.covered && r.late) {
		return r.refusal()
	}
	here := d.ReceivedAt != nil && d.HomeAt == nil
	if st.Actor.Role == auth.Customer && here && d.DiagnosedAt == nil && !r.late { // what broke them is not known yet
		return problem.New(problem.NotEligible, problem.Text{EN: "the goods have to be looked at first; if that takes longer than promised, this is possible", ZH: "商品尚待检测；若超过承诺时限仍未完成，即可申请"})
	}
	next := returns.Converted{CaseID: made, Remedy: in.Remedy, LineID: d.OrderLineID, Quantity: d.Quantity, Here: here,
		Finding: d.Finding, ReturnAddressID: cmp.Or(in.ReturnAddressID, d.ReturnAddressID), Why: in.Reason}
	if ok && entitled.Depreciated && !(r.covered && r.late) { // what is late may be had without it
		next.DailyBps, next.Days, next.Article = r.dailyBps, r.used, r.law.Guarantees.Article
	}
	if err := s.leave(ctx, st); err != nil {
		return err
	}
	if err := st.Release(ctx, st.Now); err != nil { // nobody waits for an appointment any more
		return err
	}
	next.Clocks = st.Carried(plan.Repair)
	if err := s.returns.OpenConverted(ctx, st, next); err != nil {
		return err
	}
	outcome := lifecycle.OutcomeSwapped
	if in.Remedy == lifecycle.ReturnAndRefund {
		outcome = lifecycle.OutcomeRefunded
	}
	if st.Case.Status.Ended() { // it had gone home before
		st.Set().SetOutcome(outcome).SetOutcomeNote(in.Reason)
	} else {
		st.Ends(outcome, in.Reason)
	}
	return st.Happened(ctx, lifecycle.Converted, in.Reason, map[string]string{"from": string(lifecycle.Repair), "to": string(in.Remedy), "case": made})
}

// leave drops what the repair leaves open: appointments nobody keeps any more, a price nobody pays, parts nobody waits for.
func (s *Service) leave(ctx context.Context, st *casework.Step) error {
	client := s.store.Client(ctx)
	if err := client.Visit.Update().Where(visit.CaseID(st.Case.ID), visit.State(casework.VisitScheduled)).SetState(casework.VisitCancelled).Exec(ctx); err != nil {
		return err
	}
	if err := client.Visit.Update().Where(visit.CaseID(st.Case.ID), visit.State(casework.VisitStarted)).SetState(casework.VisitEnded).SetEndedAt(st.Now).Exec(ctx); err != nil {
		return err
	}
	d := client.RepairDetail.Update().Where(repairdetail.CaseID(st.Case.ID)).ClearDisputeUntil()
	repairs.StopWaiting(d, st.Case.Edges.Repair, st.Now)
	if err := d.Exec(ctx); err != nil {
		return err
	}
	return client.RepairQuote.Update().Where(repairquote.CaseID(st.Case.ID), repairquote.State("OPEN")).SetState("REPLACED").SetAnsweredAt(st.Now).Exec(ctx)
}

// claims are what a customer may ask for instead of a repair, and why.
type claims struct {
	law      *plan.Law
	covered  bool
	dailyBps int // what a day of use costs by the term as it was at the request
	late     bool
	used     int
	facts    plan.Faulty
	entitled []plan.Entitlement
}

func (s *Service) claims(ctx context.Context, st *casework.Step, in Wish) (*claims, error) {
	d := st.Case.Edges.Repair
	book, err := s.warranties.Book(ctx, st.Merchant)
	if err != nil {
		return nil, err
	}
	asked := book.Day(st.Case.OpenedAt)
	c, line, err := s.warranties.Cover(ctx, book, d.OrderLineID, d.SerialNumber, asked)
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(line.Edges.Warranties, func(w *ent.Warranty) bool { return d.WarrantyID != nil && w.ID == *d.WarrantyID }); i >= 0 {
		c = book.CoverEntry(line.Edges.Warranties[i], asked)
	}
	was := repairs.StandingOf(d)
	r := &claims{law: book.Law, dailyBps: was.DepreciationBps, covered: was.Reason == warranty.InWarranty}
	if d.DiagnosedAt != nil {
		r.covered = d.Covered // misuse and exclusions were looked at
	}
	for _, dl := range st.Case.Edges.Deadlines {
		r.late = r.late || dl.Kind == plan.Repair && dl.Open && dl.State == plan.Breached
	}
	r.facts = book.Faulty(line.Edges.Order, line, c, d.SerialNumber, asked)
	r.facts.InWarranty, r.facts.NoSameModel, r.facts.Unrepairable = r.covered, in.NoSameModel, d.Result == lifecycle.OutcomeUnrepairable
	if took := repairs.Caused(st.Case, st.Now, book.Calendar.Zone()); took != nil && d.ReceivedAt != nil { // on site the customer has the goods
		r.facts.PartsDays, r.facts.RepairerDays = took.Parts, took.Repairer
	}
	r.used = book.Used(line.Edges.Order, line, r.facts, book.Day(st.Now))
	none := d.Result == lifecycle.OutcomeNoFault || d.Result == lifecycle.OutcomeCancelled // no fault, or nobody wants it mended
	if !d.HumanCaused && !none {
		r.entitled = book.Law.Guarantees.Entitled(r.facts)
	}
	return r, nil
}

// gives is what the law gives of a remedy, and whether it does.
func (r *claims) gives(remedy lifecycle.Remedy) (plan.Entitlement, bool) {
	i := slices.IndexFunc(r.entitled, func(e plan.Entitlement) bool { return e.Remedy == remedy })
	if i < 0 {
		return plan.Entitlement{}, false
	}
	return r.entitled[i], true
}

// refusal says what is missing.
func (r *claims) refusal() error {
	params := []problem.Param{{Name: "covered", Value: strconv.FormatBool(r.covered)}, {Name: "late", Value: strconv.FormatBool(r.late)},
		{Name: "repairs", Value: strconv.Itoa(r.facts.Repairs)}, {Name: "repairsNeeded", Value: strconv.Itoa(r.law.Guarantees.Repairs)}}
	if !r.covered {
		return problem.New(problem.NotEligible, problem.Text{EN: "the goods are not under warranty, or the fault is not covered by it; ask the merchant in a message",
			ZH: "商品不在质保期内或故障不在质保范围，请留言与商家协商"}, params...)
	}
	return problem.New(problem.NotEligible, problem.Text{EN: "an exchange or refund takes a repair that is late or impossible, or one that has failed before as often as the law asks",
		ZH: "仅在维修逾期、无法修复或已达法定修理次数仍未修好时，方可转为换货或退货"}, params...)
}
