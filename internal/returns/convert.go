package returns

import (
	"context"
	"slices"

	"aftersales/ent/order"
	"aftersales/ent/returndetail"
	"aftersales/ent/returnitem"
	"aftersales/internal/auth"
	"aftersales/internal/casework"
	"aftersales/internal/lifecycle"
	"aftersales/internal/orders"
	"aftersales/internal/problem"
)

// Convert changes what the customer gets: an exchange to money, say because the article is out of stock, or back again. The
// promise goes on under its other name on the same clock, with its start and its pauses (MALL-4.2a). Money is the merchant's
// to offer; an exchange is the customer's wish, which staff may write down.
//
// Requires: CUSTOMER (own case, only to EXCHANGE), AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND, CONFLICT,
// ILLEGAL_TRANSITION, INVALID_INPUT at reason, NOT_ELIGIBLE at remedy (the case has it already; not offered; the return's
// reason does not lead to it; it does not fit what becomes of the goods; nothing is left to refund).
func (s *Service) Convert(ctx context.Context, caseID string, expected *int, remedy lifecycle.Remedy, reason string) error {
	a, err := auth.Require(ctx, "returnConvert")
	if err != nil {
		return err
	}
	reason, err = casework.Text(reason, "reason")
	if err != nil {
		return err
	}
	if a.Role == auth.Customer && remedy != lifecycle.Exchange {
		return ineligible(problem.Text{EN: "the merchant decides about money instead; ask for it in a message", ZH: "改为退款由商家决定，请留言申请"})
	}
	if !offered(remedy) {
		return ineligible(problem.Text{EN: "this remedy is not offered here", ZH: "此处不提供该售后方式"})
	}
	act := casework.Act{Action: lifecycle.ReturnConvert, CaseID: caseID, Expected: expected, Judge: func(f *lifecycle.Facts) { f.Remedy = remedy }}
	return s.cases.Do(ctx, act, func(ctx context.Context, st *casework.Step) error {
		before := st.Case.Edges.Detail.Remedy
		goods, err := s.convertible(ctx, st, remedy)
		if err != nil {
			return err
		}
		if err := s.detail(ctx, caseID).SetRemedy(remedy).SetDisposition(goods).Exec(ctx); err != nil {
			return err
		}
		// What was set aside is not needed any more.
		if err := s.store.Client(ctx).ReturnItem.Update().Where(returnitem.CaseID(caseID)).ClearChoice().Exec(ctx); err != nil {
			return err
		}
		if remedy == lifecycle.Exchange {
			if err := s.forgive(ctx, caseID); err != nil {
				return err
			}
		}
		st.Goods(goods == lifecycle.GoodsReturn)
		if err := st.Settle(ctx, remedy); err != nil {
			return err
		}
		return st.Happened(ctx, lifecycle.Converted, reason, map[string]string{"from": string(before), "to": string(remedy)})
	})
}

// convertible says what becomes of the goods once a return is for another remedy, or why it cannot be.
func (s *Service) convertible(ctx context.Context, st *casework.Step, remedy lifecycle.Remedy) (lifecycle.Disposition, error) {
	d, err := s.store.Client(ctx).ReturnDetail.Query().Where(returndetail.CaseID(st.Case.ID)).WithReason().Only(ctx)
	if err != nil {
		return "", err
	}
	why := d.Edges.Reason
	goods := disposition(remedy, why)
	if st.Case.Status != lifecycle.Requested { // what was approved stays: goods come back, or they do not
		back := d.Disposition == lifecycle.GoodsReturn
		if remedy != lifecycle.Exchange && back != (goods == lifecycle.GoodsReturn) {
			return "", ineligible(problem.Textf("it was approved with the goods as %s; that does not go with %s", "已按商品处理方式 %s 批准，与 %s 不符", d.Disposition, remedy))
		}
		goods = d.Disposition
	}
	switch {
	case remedy == d.Remedy:
		return "", ineligible(problem.Textf("the return is for %s already", "该工单的售后方式已是 %s", remedy))
	case remedy != lifecycle.Exchange && d.Remedy != lifecycle.Exchange:
		return "", ineligible(problem.Text{EN: "only from or to an exchange", ZH: "仅可由换货转出或转为换货"})
	case !slices.Contains(why.Remedies, string(remedy)):
		return "", ineligible(problem.Textf("the reason %[1]s does not lead to this; it allows %[3]v", "原因“%[2]s”不适用该方式；可选 %[3]v", why.LabelEn, why.LabelZh, why.Remedies))
	case remedy == lifecycle.Exchange:
		return goods, nil
	}
	o, err := s.store.Client(ctx).Order.Query().Where(order.ID(st.Case.OrderID)).WithLines().Only(ctx)
	if err != nil {
		return "", err
	}
	claim, err := s.claim(ctx, st.Case)
	if err != nil {
		return "", err
	}
	if orders.SaleOf(o).Settle(claim).Total() == 0 {
		return "", ineligible(problem.Text{EN: "nothing is left to refund of what was paid", ZH: "实付金额已无可退余额"})
	}
	return goods, nil
}

func ineligible(why problem.Text) error {
	return &problem.Problem{Code: problem.NotEligible, Field: []string{"remedy"}, Message: why}
}
