package disputes

import (
	"context"

	"aftersales/ent/caseevent"
	"aftersales/ent/dispute"
	"aftersales/internal/auth"
	"aftersales/internal/casework"
	"aftersales/internal/lifecycle"
	"aftersales/internal/plan"
	"aftersales/internal/problem"
)

// The platform's decision of a dispute.

// Verdicts: who is to blame (contract enum Verdict).
const (
	BlameMerchant = "MERCHANT"
	BlameCustomer = "CUSTOMER"
	BlameCarrier  = "CARRIER"
	// BlameShared divides the loss: the customer gets a part.
	BlameShared = "SHARED"
)

// Decision is how the platform decides. Amounts are in major units of the order's currency ("19.90").
type Decision struct {
	Verdict string
	// Text is the reasoning, read by both sides, 1 to 5,000 characters.
	Text string
	// Remedy and Disposition are what the customer gets and what becomes of the goods; nil: as it was asked for.
	Remedy      *lifecycle.Remedy
	Disposition *lifecycle.Disposition
	// RefundAmount is what SHARED gives the customer for the goods in all.
	RefundAmount *string
	// FreightBearer bears the way back by SHARED; nil: by law, as for the reason.
	FreightBearer *plan.Party
	// Compensation is paid on top; the merchant may recover it from whom the verdict names.
	Compensation *string
}

func (in *Decision) check() error {
	var l problem.List
	refuse := func(field, en, zh string) {
		l = append(l, problem.Invalid(problem.Text{EN: en, ZH: zh}, "input", field))
	}
	var err error
	in.Text, err = casework.Text(in.Text, "input", "decision")
	l = append(l, problem.All(err)...)
	shared := in.Verdict == BlameShared
	if in.Verdict == BlameCustomer {
		for _, x := range []struct {
			field string
			given bool
		}{{"remedy", in.Remedy != nil}, {"disposition", in.Disposition != nil}, {"compensation", in.Compensation != nil}} {
			if x.given {
				refuse(x.field, "the verdict CUSTOMER leaves the merchant's decision as it is", "裁决为 CUSTOMER 时维持商家决定")
			}
		}
	}
	switch {
	case shared && in.RefundAmount == nil:
		refuse("refundAmount", "say what the customer gets where the blame is shared", "责任分担时须填写退款金额")
	case !shared && in.RefundAmount != nil:
		refuse("refundAmount", "only the verdict SHARED names an amount; the others follow the rules", "仅裁决为 SHARED 时填写金额，其他按规则计算")
	}
	switch {
	case in.FreightBearer == nil:
	case !shared:
		refuse("freightBearer", "only the verdict SHARED leaves open who bears the freight", "仅裁决为 SHARED 时可指定运费承担方")
	case *in.FreightBearer == plan.Platform:
		refuse("freightBearer", "the platform bears no freight", "平台不承担运费")
	}
	if shared && in.Remedy != nil && *in.Remedy == lifecycle.Exchange {
		refuse("remedy", "where the blame is shared the customer gets money", "责任分担时仅可退款")
	}
	return l.Err()
}

// Decide ends a dispute. MERCHANT and CARRIER are for the customer, CUSTOMER lets the merchant's decision stand; SHARED gives a
// part, where what is disputed can be parted. What is owed, is owed from now on. Nobody decides the review of what they decided.
//
// Requires: PLATFORM_ADMIN. Errors: NOT_FOUND, CONFLICT, ILLEGAL_TRANSITION unless DISPUTED, FORBIDDEN for who acted on this
// case before, INVALID_INPUT and NOT_ELIGIBLE at input's fields, AMOUNT_EXCEEDS_PAID naming the maximum,
// QUANTITY_EXCEEDS_BOUGHT when the rest is in another case by now, IDEMPOTENCY_MISMATCH.
func (s *Service) Decide(ctx context.Context, caseID string, expected *int, key string, in Decision) error {
	if _, err := auth.Require(ctx, "disputeDecide"); err != nil {
		return err
	}
	if err := in.check(); err != nil {
		return err
	}
	var r Ruling
	act := casework.Act{Action: lifecycle.DisputeDecide, CaseID: caseID, Expected: expected, Weigh: func(ctx context.Context, st *casework.Step, f *lifecycle.Facts) error {
		if st.Case.Status != lifecycle.Disputed {
			return nil
		}
		if err := s.impartial(ctx, st); err != nil {
			return err
		}
		f.Upheld = in.Verdict != BlameCustomer
		if !f.Upheld {
			return nil
		}
		var err error
		r, err = s.kinds[st.Case.Kind].Rule(ctx, st, in, f)
		return err
	}}
	_, err := s.cases.DoOnce(ctx, act, key, []any{caseID, in}, caseID, func(ctx context.Context, st *casework.Step) error {
		if err := s.record(ctx, st, in, r); err != nil {
			return err
		}
		st.Stop(plan.DisputeAnswer, plan.DisputeEvidence) // not kept: nothing was said
		if err := st.Happened(ctx, lifecycle.DisputeDecided, in.Text, map[string]string{"verdict": in.Verdict}); err != nil {
			return err
		}
		if r == nil {
			return s.kinds[st.Case.Kind].Dismiss(ctx, st, in.Text)
		}
		return r.Uphold(ctx, st, in.Text)
	})
	return err
}

// deciding are the events of somebody who took part in what a dispute is about.
var deciding = []lifecycle.Event{lifecycle.Approved, lifecycle.EventRejected, lifecycle.EventProposed, lifecycle.Inspected, lifecycle.RefundStarted,
	lifecycle.RefundReleased, lifecycle.Converted, lifecycle.EventDisputed, lifecycle.DisputeAnswered, lifecycle.EventDiagnosed, lifecycle.EventQuoted}

// impartial refuses whoever decided on the case, under whatever role: nobody decides the review of their own decision.
func (s *Service) impartial(ctx context.Context, st *casework.Step) error {
	own, err := s.store.Client(ctx).CaseEvent.Query().Where(caseevent.CaseID(st.Case.ID), caseevent.ActorSubject(st.Actor.Subject), caseevent.TypeIn(deciding...)).Exist(ctx)
	if err != nil || !own {
		return err
	}
	return problem.New(problem.Forbidden, problem.Text{EN: "you acted on this case yourself; somebody else has to decide its review", ZH: "您曾处理过该工单，须由他人裁决"})
}

// record writes the decision down; a case is decided once.
func (s *Service) record(ctx context.Context, st *casework.Step, in Decision, r Ruling) error {
	u := s.store.Client(ctx).Dispute.Update().Where(dispute.CaseID(st.Case.ID), dispute.DecidedAtIsNil()).
		SetVerdict(in.Verdict).SetDecision(in.Text).SetDecidedBy(st.Actor.Name).SetDecidedAt(st.Now)
	if r != nil {
		r.Record(u)
	}
	return u.Exec(ctx)
}
