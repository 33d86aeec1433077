package returns

import (
	"context"

	"aftersales/ent"
	"aftersales/ent/returndetail"
	"aftersales/internal/auth"
	"aftersales/internal/casework"
	"aftersales/internal/lifecycle"
	"aftersales/internal/money"
	"aftersales/internal/orders"
	"aftersales/internal/plan"
	"aftersales/internal/problem"
)

// What a case asks back, and how it is paid: refund, preview and quote go the same way, so that they never disagree.

// Purposes of a refund (contract enum RefundPurpose).
const (
	ForReturn       = "RETURN"
	ForDifference   = "DIFFERENCE"
	ForCancellation = "CANCELLATION"
	// ForDispute is what a decision of the platform gives beyond what was settled before.
	ForDispute = "DISPUTE"
)

// Gateways that pay (contract: Refund.gateway).
const (
	// ManualGateway is a person who pays through the channel they have and confirms with its reference.
	ManualGateway = "manual"
	// WebhookGateway is the merchant's own payment service, called and calling back.
	WebhookGateway = "webhook"
)

// claim gathers what a case asks back.
func (s *Service) claim(ctx context.Context, c *ent.ServiceCase) (money.Claim, error) {
	items, err := s.items(ctx, c.ID)
	if err != nil {
		return money.Claim{}, err
	}
	d, err := s.store.Client(ctx).ReturnDetail.Query().Where(returndetail.CaseID(c.ID)).WithReason().Only(ctx)
	if err != nil {
		return money.Claim{}, err
	}
	return s.claimOf(c, d, items)
}

// claimOf is claim for a case whose detail, with its reason, and items are loaded.
func (s *Service) claimOf(c *ent.ServiceCase, d *ent.ReturnDetail, items []*ent.ReturnItem) (money.Claim, error) {
	law, err := s.lawOf(c)
	if err != nil {
		return money.Claim{}, err
	}
	claim := claimBy(law, plan.Party(d.Edges.Reason.AtFault), d.Disposition == lifecycle.GoodsReturn)
	claim.Agreed, claim.Kept = d.AgreedAmount, d.AgreedAmount != nil && d.Disposition == lifecycle.GoodsKeep
	if d.FreightClaimed != nil && freightOf(law, d).Back != plan.Customer {
		claim.FreightBack = *d.FreightClaimed
	}
	if d.Compensation != nil {
		claim.Compensation = *d.Compensation
	}
	for _, it := range items {
		t := money.Take{LineID: it.OrderLineID, Held: it.Quantity, Accepted: Counted(it)}
		for _, x := range it.Deductions {
			t.Deductions = append(t.Deductions, money.Deducted{Reason: x.Reason, Amount: x.Amount})
		}
		for _, g := range it.MissingGifts {
			t.MissingGifts = append(t.MissingGifts, money.Missing{LineID: g.OrderLineID, Quantity: g.Quantity})
		}
		claim.Takes = append(claim.Takes, t)
	}
	return claim, nil
}

// claimBy is a claim as the law has it by whose fault it is, with nothing taken yet.
func claimBy(law *plan.Law, atFault plan.Party, goodsBack bool) money.Claim {
	return money.Claim{ByChoice: atFault == plan.Customer, ShippingBack: law.FreightFor(atFault).Out != plan.Customer, GoodsBack: goodsBack}
}

// freightOf is who bears the freight of a return whose detail is loaded with its reason: by law, or by a decision.
func freightOf(law *plan.Law, d *ent.ReturnDetail) plan.Freight {
	freight := law.FreightFor(plan.Party(d.Edges.Reason.AtFault))
	if d.FreightBack != "" {
		freight.Back = d.FreightBack
	}
	return freight
}

// Counted is the quantity of an item that is paid for: what the inspection accepted, or all where there was none.
func Counted(it *ent.ReturnItem) int {
	if it.AcceptedQuantity != nil {
		return *it.AcceptedQuantity
	}
	return it.Quantity
}

// Preview is what Refund would pay now for a return whose detail with its reason, items, refunds and order with its lines
// are loaded; nil once a refund was started, for an exchange, or when the case has ended.
func (s *Service) Preview(c *ent.ServiceCase) (*Quote, error) {
	if c.Status.Ended() || len(c.Edges.Refunds) > 0 || c.Edges.Order == nil || c.Edges.Detail.Remedy == lifecycle.Exchange {
		return nil, nil
	}
	claim, err := s.claimOf(c, c.Edges.Detail, c.Edges.Items)
	if err != nil {
		return nil, err
	}
	q := quote(c.Edges.Order, orders.SaleOf(c.Edges.Order).Settle(claim))
	return &q, nil
}

// Pay writes a refund of a case, to be paid by the merchant's gateway: at once, or, above the merchant's limit, once
// somebody who answers for large refunds releases it. o is the order as it was before the settlement.
func (s *Service) Pay(ctx context.Context, st *casework.Step, refundID, purpose string, settled money.Settlement, o *ent.Order) error {
	q := quote(o, settled)
	if q.Amount == 0 {
		return problem.New(problem.AmountExceedsPaid, problem.Text{EN: "nothing of it reaches the customer: the rest was paid with a coupon that lapses", ZH: "剩余部分以不再补发的优惠券支付，无可退金额"})
	}
	gateway := ManualGateway
	if st.Merchant.GatewayURL != "" {
		gateway = WebhookGateway
	}
	held := aboveLimit(st.Merchant, q.Amount, o.Currency) && !releases(st.Actor)
	create := s.store.Client(ctx).Refund.Create().SetID(refundID).SetMerchantID(st.Case.MerchantID).SetCaseID(st.Case.ID).
		SetPurpose(purpose).SetAmount(q.Amount).SetCurrency(o.Currency).SetComponents(settled.Components).SetParts(q.Parts).
		SetState(casework.RefundProcessing).SetGateway(gateway).SetHeld(held).SetStartedAt(st.Now)
	if gateway == WebhookGateway && !held {
		create.SetCallAt(s.cases.Real())
	}
	if err := create.Exec(ctx); err != nil {
		return err
	}
	told := map[string]string{"amount": money.Format(q.Amount, o.Currency), "currency": o.Currency}
	if purpose == ForDifference {
		st.Tell(ctx, lifecycle.RefundStarted, "", told)
		return nil
	}
	return st.Happened(ctx, lifecycle.RefundStarted, "", told)
}

// aboveLimit reports whether somebody who answers for large refunds has to release a refund. The limit is in the merchant's
// currency; no rate is known, so an amount in any other is above every limit.
func aboveLimit(m *ent.Merchant, amount int64, currency string) bool {
	return m.RefundLimit != nil && (currency != m.Currency || amount > *m.RefundLimit)
}

// releases reports whether an actor may let a refund above the limit go.
func releases(a auth.Actor) bool { return auth.Can(a.Role, "refundRelease") }

// outcomeOf is how a case ends once the money arrived.
func outcomeOf(st *casework.Step) lifecycle.Outcome {
	d := st.Case.Edges.Detail
	switch {
	case d == nil: // a change of an order has none
		return lifecycle.OutcomeRefunded
	case d.ReplacedAt != nil:
		return lifecycle.OutcomeReplaced
	case d.AgreedAmount != nil && d.Disposition == lifecycle.GoodsKeep:
		return lifecycle.OutcomeCompensated
	}
	return lifecycle.OutcomeRefunded
}
