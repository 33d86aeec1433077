package returns

import (
	"context"
	"math"

	"entgo.io/ent/dialect/sql"

	"aftersales/ent"
	"aftersales/ent/returnitem"
	"aftersales/internal/casework"
	"aftersales/internal/disputes"
	"aftersales/internal/lifecycle"
	"aftersales/internal/money"
	"aftersales/internal/orders"
	"aftersales/internal/plan"
	"aftersales/internal/problem"
)

// ruling is what a decision for the customer comes to.
type ruling struct {
	remedy      lifecycle.Remedy
	disposition lifecycle.Disposition
	// goodsDue: the customer has the goods and sends them.
	goodsDue bool
	// due: the customer gets more than before.
	due bool
	// agreed is what SHARED gives for the goods, compensation what is paid on top, in minor units of the order's currency.
	agreed       *int64
	compensation int64
	// bearer is who answers for the way back, freight who repays it to the customer: the merchant, who may recover it from
	// the carrier.
	bearer, freight plan.Party
	// rest is what was not settled before; nil when nothing was.
	rest *money.Claim
}

// rule works out a decision for the customer.
func (s *Service) rule(ctx context.Context, st *casework.Step, in disputes.Decision) (*ruling, error) {
	items, err := s.items(ctx, st.Case.ID)
	if err != nil {
		return nil, err
	}
	o, err := s.saleOf(ctx, st.Case.OrderID)
	if err != nil {
		return nil, err
	}
	reason, err := s.store.Client(ctx).ReturnReason.Get(ctx, st.Case.Edges.Detail.ReasonID)
	if err != nil {
		return nil, err
	}
	r := &ruling{}
	r.bearFreight(in, s.freightOf(st.Case, reason))
	if err := r.settleOn(st.Case, items, reason, in); err != nil {
		return nil, err
	}
	claim, err := s.claim(ctx, st.Case)
	if err != nil {
		return nil, err
	}
	claim.Agreed, claim.Kept, claim.Compensation, claim.FreightBack = nil, false, 0, 0
	if spent := st.Case.Edges.Detail.FreightClaimed; spent != nil && r.freight != plan.Customer {
		claim.FreightBack = *spent
	}
	claim.GoodsBack = r.disposition == lifecycle.GoodsReturn
	for i := range claim.Takes {
		claim.Takes[i] = money.Take{LineID: claim.Takes[i].LineID, Held: claim.Takes[i].Held, Accepted: claim.Takes[i].Held}
	}
	if settledBefore(st.Case) {
		r.rest = restOf(claim, st.Case, items)
		claim = *r.rest
	}
	if err := r.price(o, claim, in); err != nil {
		return nil, err
	}
	if r.rest == nil {
		r.due = true
		return r, nil
	}
	r.rest.Agreed, r.rest.Compensation = r.agreed, r.compensation
	r.rest.Kept = r.agreed != nil && r.disposition != lifecycle.GoodsReturn
	r.due = orders.SaleOf(o).Settle(*r.rest).Total() > 0
	if r.due && pendingRefund(st.Case) {
		return nil, problem.New(problem.NotEligible, problem.Text{EN: "a refund of this case has not arrived yet; the rest can be decided once it has", ZH: "该工单有退款尚未到账，到账后方可裁决其余部分"})
	}
	return r, nil
}

// bearFreight says who bears the way back. Where merchant or carrier are to blame the merchant repays it.
func (r *ruling) bearFreight(in disputes.Decision, byLaw plan.Party) {
	switch {
	case in.Verdict != disputes.BlameShared:
		r.bearer, r.freight = plan.Party(in.Verdict), plan.Merchant
	case in.FreightBearer != nil:
		r.bearer, r.freight = *in.FreightBearer, *in.FreightBearer
	default:
		r.bearer, r.freight = byLaw, byLaw
	}
}

// freightOf is who bears the way back by law, for a case's reason.
func (s *Service) freightOf(c *ent.ServiceCase, reason *ent.ReturnReason) plan.Party {
	law := s.cases.Plans().LawVersion(c.LawCode, c.LawVersion)
	if law == nil {
		return plan.Merchant
	}
	return law.FreightFor(plan.Party(reason.AtFault)).Back
}

// settleOn decides what the customer gets and what becomes of the goods, by what the decision says and where the goods are.
func (r *ruling) settleOn(c *ent.ServiceCase, items []*ent.ReturnItem, reason *ent.ReturnReason, in disputes.Decision) error {
	d, part := c.Edges.Detail, settledBefore(c)
	home := sentHome(items)
	here := d.ReceivedAt != nil && !home
	r.remedy = d.Remedy
	if (part || in.Verdict == disputes.BlameShared) && r.remedy == lifecycle.Exchange {
		r.remedy = moneyFor(d.Disposition)
	}
	r.disposition = d.Disposition
	if in.Remedy != nil {
		if r.remedy = *in.Remedy; r.remedy == lifecycle.Exchange && part {
			return undecidable("remedy", "a part was settled already; the rest is paid in money", "部分商品已处理，其余部分仅可退款")
		}
	}
	if part && home && in.Disposition == nil {
		r.disposition = lifecycle.GoodsKeep
	}
	switch {
	case in.Disposition != nil:
		r.disposition = *in.Disposition
		if in.Remedy == nil && r.remedy != lifecycle.Exchange {
			r.remedy = moneyFor(r.disposition)
		}
	case r.remedy == lifecycle.Refund && in.Remedy != nil:
		r.disposition = lifecycle.GoodsKeep
	case r.remedy == lifecycle.ReturnAndRefund && in.Remedy != nil:
		r.disposition = lifecycle.GoodsReturn
	}
	back := r.disposition == lifecycle.GoodsReturn
	switch {
	case part:
		if back && home || !back && here {
			return undecidable("disposition", "a part was settled already; the rest of the goods stays where it is", "部分商品已处理，其余商品维持现状")
		}
		return nil
	case r.remedy == lifecycle.Refund && back, r.remedy == lifecycle.ReturnAndRefund && !back:
		return problem.Invalid(problem.Text{EN: "RETURN_AND_REFUND means that the goods come back (RETURN), REFUND that they do not", ZH: "RETURN_AND_REFUND 须退回商品（RETURN），REFUND 则无需退回"}, "input", "disposition")
	case here && !back:
		return undecidable("disposition", "the goods are with the merchant and stay there (RETURN)", "商品已在商家处，仅可选择 RETURN")
	case back && !here && (reason.Handle == plan.NotReceived || reason.Handle == plan.MissingItem):
		return undecidable("disposition", "goods that never arrived cannot come back", "未收到的商品无法退回")
	}
	r.goodsDue = back && !here
	return nil
}

func moneyFor(goods lifecycle.Disposition) lifecycle.Remedy {
	if goods == lifecycle.GoodsReturn {
		return lifecycle.ReturnAndRefund
	}
	return lifecycle.Refund
}

func undecidable(field, en, zh string) *problem.Problem {
	return &problem.Problem{Code: problem.NotEligible, Field: []string{"input", field}, Message: problem.Text{EN: en, ZH: zh}}
}

// price reads the amounts of a decision and holds them against what the rules allow; claim is all that can be asked for.
func (r *ruling) price(o *ent.Order, claim money.Claim, in disputes.Decision) error {
	sale := orders.SaleOf(o)
	goods := claim
	goods.FreightBack = 0
	byRule := sale.Settle(goods)
	everything := int64(math.MaxInt64)
	goods.Agreed = &everything
	most := min(byRule.FromOrder-byRule.Shipping, sale.Settle(goods).FromOrder)
	var err error
	if r.agreed, err = amountUpTo(in.RefundAmount, most, o.Currency, "refundAmount"); err != nil {
		return err
	}
	if r.rest == nil && r.remedy != lifecycle.Exchange && byRule.FromOrder == 0 {
		return tooMuch(0, o.Currency, "verdict")
	}
	extra, err := amountUpTo(in.Compensation, mostCompensation(o), o.Currency, "compensation")
	if err != nil {
		return err
	}
	if extra != nil {
		if r.remedy == lifecycle.Exchange {
			return undecidable("compensation", "compensation is paid with a refund, and an exchange has none", "赔偿随退款支付，换货无退款")
		}
		r.compensation = *extra
	}
	return nil
}

// mostCompensation bounds what a decision can add: three times what was paid, at least 500 yuan (Consumer Rights Protection
// Law art. 55, the most the law knows).
func mostCompensation(o *ent.Order) int64 {
	const yuan500 = 500_00
	most := 3 * (o.Paid + o.ExtraPaid)
	if o.Currency == "CNY" {
		most = max(most, yuan500)
	}
	return most
}

// amountUpTo reads an amount of a decision, in minor units; nil stays nil.
func amountUpTo(text *string, most int64, currency, field string) (*int64, error) {
	if text == nil {
		return nil, nil
	}
	amount, err := money.Parse(*text, currency)
	if ps := problem.All(err); len(ps) > 0 {
		return nil, ps[0].At("input", field)
	}
	switch {
	case err != nil:
		return nil, err
	case amount <= 0:
		return nil, problem.Invalid(problem.Text{EN: "must be more than 0", ZH: "须大于 0"}, "input", field)
	case amount > most:
		return nil, tooMuch(most, currency, field)
	}
	return &amount, nil
}

func tooMuch(most int64, currency, field string) *problem.Problem {
	limit := money.Format(most, currency)
	return &problem.Problem{Code: problem.AmountExceedsPaid, Field: []string{"input", field},
		Message: problem.Textf("at most %s %s can be decided", "最多可裁决 %s %s", limit, currency),
		Params:  []problem.Param{{Name: "maximum", Value: limit}, {Name: "currency", Value: currency}}}
}

// restOf is what of a claim was not settled before: the units that neither a refund nor a replacement was for. They are not
// held any more.
func restOf(claim money.Claim, c *ent.ServiceCase, items []*ent.ReturnItem) *money.Claim {
	paid, freight, all := map[string]int{}, false, false
	for _, r := range c.Edges.Refunds {
		for _, x := range r.Components {
			switch x.Kind {
			case money.Goods:
				paid[x.LineID] += x.Quantity
			case money.FreightBack:
				freight = true
			case money.Agreed:
				all = true
			}
		}
	}
	rest := claim
	rest.Takes = nil
	if freight {
		rest.FreightBack = 0
	}
	for _, it := range items {
		done := paid[it.OrderLineID]
		if c.Edges.Detail.ReplacedAt != nil {
			done = max(done, Counted(it))
		}
		if left := it.Quantity - done; left > 0 && !all {
			rest.Takes = append(rest.Takes, money.Take{LineID: it.OrderLineID, Accepted: left})
		}
	}
	return &rest
}

// pendingRefund reports whether money of a case is still to arrive.
func pendingRefund(c *ent.ServiceCase) bool {
	for _, r := range c.Edges.Refunds {
		if r.State != casework.RefundCredited {
			return true
		}
	}
	return false
}

// acceptAll counts every unit of an item as accepted: what a decision for the customer says of goods that failed.
func acceptAll(u *sql.UpdateBuilder) {
	u.Set(returnitem.FieldAcceptedQuantity, sql.Expr(returnitem.FieldQuantity))
}
