package returns

import (
	"context"
	"fmt"

	"aftersales/ent"
	"aftersales/ent/caseevent"
	"aftersales/ent/evidence"
	"aftersales/internal/auth"
	"aftersales/internal/casework"
	"aftersales/internal/lifecycle"
	"aftersales/internal/money"
	"aftersales/internal/plan"
	"aftersales/internal/problem"
)

// The freight of a return: who bears which way, and what the customer paid for the way back and asks back with a receipt.

// Freight is who bears which way of a return whose detail is loaded with its reason; nil where no goods come back.
func (s *Service) Freight(c *ent.ServiceCase) (*plan.Freight, error) {
	d := c.Edges.Detail
	if d == nil || d.Disposition != lifecycle.GoodsReturn {
		return nil, nil
	}
	law, err := s.lawOf(c)
	if err != nil {
		return nil, err
	}
	freight := freightOf(law, d)
	return &freight, nil
}

// maxFreight bounds what one way back can cost, in minor units.
const maxFreight = 1_000_000_000

// ClaimFreight records what the customer paid for the way back, with the receipt as evidence of the case: it is paid on top
// of what the goods were worth. The customer may correct their claim until the merchant did; the merchant only lowers it.
// It moves no deadline and no version.
//
// Requires: CUSTOMER (own case), AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND (return; input.receipt), CONFLICT,
// ILLEGAL_TRANSITION (before the goods were sent, once a refund was started), NOT_ELIGIBLE naming who says that the customer bears it,
// INVALID_INPUT at input.amount.
func (s *Service) ClaimFreight(ctx context.Context, caseID string, expected *int, amount, receiptID string) error {
	if _, err := auth.Require(ctx, lifecycle.ReturnFreightClaim.Operation()); err != nil {
		return err
	}
	return s.do(ctx, lifecycle.ReturnFreightClaim, caseID, expected, func(ctx context.Context, st *casework.Step) error {
		o, err := s.store.Client(ctx).Order.Get(ctx, st.Case.OrderID)
		if err != nil {
			return err
		}
		if st.Case.Edges.Detail.Edges.Reason, err = st.Case.Edges.Detail.QueryReason().Only(ctx); err != nil {
			return err
		}
		if err := s.mayClaimFreight(st.Case); err != nil {
			return err
		}
		claimed, err := s.freightAmount(ctx, st, amount, o.Currency)
		if err != nil {
			return err
		}
		_, err = s.store.Client(ctx).Evidence.Query().Where(evidence.ID(receiptID), evidence.CaseID(caseID)).OnlyID(ctx)
		if ent.IsNotFound(err) {
			return casework.NotFound("evidence of this case", "该工单的凭证", "input", "receipt")
		}
		if err != nil {
			return err
		}
		if err := s.detail(ctx, caseID).SetFreightClaimed(claimed).SetFreightReceiptID(receiptID).Exec(ctx); err != nil {
			return err
		}
		return st.Happened(ctx, lifecycle.FreightClaimed, "", map[string]string{"amount": money.Format(claimed, o.Currency), "currency": o.Currency})
	})
}

// mayClaimFreight refuses a claim for a way back that the customer bears, and says who says so.
func (s *Service) mayClaimFreight(c *ent.ServiceCase) error {
	law, err := s.lawOf(c)
	if err != nil {
		return err
	}
	d := c.Edges.Detail
	switch {
	case d.Disposition != lifecycle.GoodsReturn:
		return problem.New(problem.NotEligible, problem.Text{EN: "no goods come back", ZH: "无需退回商品"})
	case freightOf(law, d).Back != plan.Customer:
		return nil
	case d.FreightBack != "":
		return problem.New(problem.NotEligible, problem.Text{EN: "by the platform's decision the customer bears the way back", ZH: "根据平台裁决，退货运费由顾客承担"})
	}
	reason := d.Edges.Reason
	return problem.New(problem.NotEligible,
		problem.Textf("for the reason %[1]s the customer bears the way back (%[3]s)", "退货原因为“%[2]s”时退货运费由顾客承担（%[3]s）", reason.LabelEn, reason.LabelZh, law.NoReason.Article),
		problem.Param{Name: "reason", Value: reason.Handle}, problem.Param{Name: "rule", Value: law.NoReason.Article})
}

// freightAmount reads a claim and keeps it within what the actor may claim.
func (s *Service) freightAmount(ctx context.Context, st *casework.Step, text, currency string) (int64, error) {
	claimed, err := money.Parse(text, currency)
	for _, p := range problem.All(err) {
		return 0, p.At("input", "amount")
	}
	customer := st.Actor.Role == auth.Customer
	if claimed < 0 || claimed > maxFreight || claimed == 0 && customer {
		return 0, problem.Invalid(problem.Text{EN: "must be an amount above 0 that a parcel can cost", ZH: "须为大于 0 的合理运费金额"}, "input", "amount")
	}
	before := st.Case.Edges.Detail.FreightClaimed
	if before == nil || claimed <= *before {
		return claimed, nil
	}
	if customer {
		merchants, err := s.store.Client(ctx).CaseEvent.Query().Where(caseevent.CaseID(st.Case.ID), caseevent.Type(lifecycle.FreightClaimed),
			caseevent.ActorRoleNEQ(string(auth.Customer))).Exist(ctx)
		if err != nil || !merchants {
			return claimed, err
		}
	}
	is := money.Format(*before, currency)
	return 0, problem.Invalid(problem.Textf("%[1]s %[2]s were claimed or granted; it can only be lowered", "已申请或核定 %[1]s %[2]s，只能调低", is, currency), "input", "amount").With("maximum", is)
}

// lawOf is the law a case was opened under.
func (s *Service) lawOf(c *ent.ServiceCase) (*plan.Law, error) {
	law := s.cases.Plans().LawVersion(c.LawCode, c.LawVersion)
	if law == nil {
		return nil, fmt.Errorf("case %s: law %s version %d is not known to this server", c.ID, c.LawCode, c.LawVersion)
	}
	return law, nil
}
