package returns

import (
	"context"
	"slices"

	"aftersales/ent"
	"aftersales/ent/caseevent"
	"aftersales/ent/dispute"
	"aftersales/ent/order"
	"aftersales/ent/orderline"
	"aftersales/ent/returnitem"
	"aftersales/internal/auth"
	"aftersales/internal/casework"
	"aftersales/internal/id"
	"aftersales/internal/lifecycle"
	"aftersales/internal/plan"
	"aftersales/internal/problem"
)

// The platform's decision of a dispute, and what follows from it.

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
	if in.Remedy != nil && !offered(*in.Remedy) {
		l = append(l, notOffered("input", "remedy"))
	}
	if shared && in.Remedy != nil && *in.Remedy == lifecycle.Exchange {
		refuse("remedy", "where the blame is shared the customer gets money", "责任分担时仅可退款")
	}
	return l.Err()
}

func notOffered(field ...string) *problem.Problem {
	return &problem.Problem{Code: problem.NotEligible, Field: field, Message: problem.Text{EN: "this remedy is not offered here", ZH: "此处不提供该售后方式"}}
}

// Decide ends a dispute. MERCHANT and CARRIER: the customer gets what was asked for in full, and the freight; SHARED: a part in
// money; CUSTOMER: the merchant's decision stands, and goods that are still there go home. What is owed, is owed from now on:
// 3 working days begin where no promise about it runs. Where a part was refunded or replaced before, the decision itself starts
// the refund of the rest. Nobody decides the review of what they decided.
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
	var r *ruling
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
		if r, err = s.rule(ctx, st, in); err != nil {
			return err
		}
		f.Remedy, f.GoodsDue, f.Due = r.remedy, r.goodsDue, r.due
		if r.rest != nil && r.due { // the decision starts the refund
			f.RefundStarted, f.RefundPending = true, true
		}
		return nil
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
			return s.dismiss(ctx, st, in.Text)
		}
		return s.uphold(ctx, st, r, in.Text)
	})
	return err
}

// deciding are the events of somebody who took part in what a dispute is about.
var deciding = []lifecycle.Event{lifecycle.Approved, lifecycle.EventRejected, lifecycle.EventProposed, lifecycle.Inspected, lifecycle.RefundStarted,
	lifecycle.RefundReleased, lifecycle.Converted, lifecycle.EventDisputed, lifecycle.DisputeAnswered}

// impartial refuses whoever decided on the case, under whatever role: nobody decides the review of their own decision.
func (s *Service) impartial(ctx context.Context, st *casework.Step) error {
	own, err := s.store.Client(ctx).CaseEvent.Query().Where(caseevent.CaseID(st.Case.ID), caseevent.ActorSubject(st.Actor.Subject), caseevent.TypeIn(deciding...)).Exist(ctx)
	if err != nil || !own {
		return err
	}
	return problem.New(problem.Forbidden, problem.Text{EN: "you acted on this case yourself; somebody else has to decide its review", ZH: "您曾处理过该工单，须由他人裁决"})
}

// record writes the decision down; a case is decided once.
func (s *Service) record(ctx context.Context, st *casework.Step, in Decision, r *ruling) error {
	u := s.store.Client(ctx).Dispute.Update().Where(dispute.CaseID(st.Case.ID), dispute.DecidedAtIsNil()).
		SetVerdict(in.Verdict).SetDecision(in.Text).SetDecidedBy(st.Actor.Name).SetDecidedAt(st.Now)
	if r != nil {
		u.SetFreightBearer(r.bearer).SetNillableRefundAmount(r.agreed)
		if r.compensation > 0 {
			u.SetCompensation(r.compensation)
		}
	}
	if err := u.Exec(ctx); err != nil {
		return err
	}
	return s.detail(ctx, st.Case.ID).ClearCameFrom().Exec(ctx)
}

// dismiss lets the merchant's decision stand.
func (s *Service) dismiss(ctx context.Context, st *casework.Step, note string) error {
	switch st.To() {
	case lifecycle.InspectionFailed:
		return st.Happened(ctx, lifecycle.SendBackDue, "", nil)
	case lifecycle.Completed:
		st.Ends(outcomeOf(st), note)
	default:
		st.Ends(lifecycle.OutcomeRejected, note)
	}
	if !st.To().Ended() {
		return nil
	}
	return s.orders.Release(ctx, []string{st.Case.ID})
}

// uphold carries out a decision for the customer.
func (s *Service) uphold(ctx context.Context, st *casework.Step, r *ruling, note string) error {
	d := s.detail(ctx, st.Case.ID).SetFreightBack(r.freight).SetGoodsOwed(0)
	st.Stop(plan.SendBack)
	if r.rest != nil {
		if err := d.SetRemedy(r.remedy).Exec(ctx); err != nil {
			return err
		}
		return s.payRest(ctx, st, r)
	}
	if r.agreed != nil {
		d.SetAgreedAmount(*r.agreed)
	} else {
		d.ClearAgreedAmount()
	}
	if r.compensation > 0 {
		d.SetCompensation(r.compensation)
	}
	d.SetRemedy(r.remedy).SetDisposition(r.disposition)
	if r.goodsDue {
		address, err := s.designated(ctx, st)
		if err != nil {
			return err
		}
		d.SetReturnAddressID(address).SetSteps([]string{note}).ClearReceivedAt().ClearDeliveredAt()
	}
	if err := d.Exec(ctx); err != nil {
		return err
	}
	items := s.store.Client(ctx).ReturnItem.Update().Where(returnitem.CaseID(st.Case.ID))
	switch {
	case r.goodsDue:
		items.ClearAcceptedQuantity().SetSentBack(0)
	case st.Case.Edges.Detail.ReceivedAt != nil:
		items.Modify(acceptAll)
	}
	if err := items.ClearDeductions().ClearMissingGifts().Exec(ctx); err != nil {
		return err
	}
	st.Goods(r.disposition == lifecycle.GoodsReturn)
	if err := st.Award(ctx, r.remedy); err != nil || !r.goodsDue {
		return err
	}
	return st.Happened(ctx, lifecycle.Approved, note, nil)
}

// payRest starts the refund of what a decision gives beyond what was settled before, if it is anything.
func (s *Service) payRest(ctx context.Context, st *casework.Step, r *ruling) error {
	if !r.due {
		st.Ends(outcomeOf(st), "")
		return nil
	}
	items := s.store.Client(ctx).ReturnItem.Update().Where(returnitem.CaseID(st.Case.ID))
	if !r.rest.Kept {
		items.Modify(acceptAll)
	}
	if err := items.ClearDeductions().ClearMissingGifts().Exec(ctx); err != nil {
		return err
	}
	settled, o, err := s.orders.SettleMore(ctx, st.Case.ID, st.Case.OrderID, *r.rest)
	if err != nil {
		return err
	}
	if err := st.Award(ctx, r.remedy); err != nil {
		return err
	}
	return s.Pay(ctx, st, id.New(id.Refund), ForDispute, settled, o)
}

// designated is where the goods of a decision go: as the customer was told before, else the merchant's default.
func (s *Service) designated(ctx context.Context, st *casework.Step) (string, error) {
	if told := st.Case.Edges.Detail.ReturnAddressID; told != nil {
		return *told, nil
	}
	address, err := s.address(ctx, st.Merchant.ID, nil)
	if problem.Is(err, problem.InvalidInput) {
		return "", problem.New(problem.NotEligible, problem.Text{EN: "the goods would have to come back, and the merchant has no default return address", ZH: "须退回商品，但商家没有默认退货地址"})
	}
	return address, err
}

// saleOf reads an order with its lines.
func (s *Service) saleOf(ctx context.Context, orderID string) (*ent.Order, error) {
	return s.store.Client(ctx).Order.Query().Where(order.ID(orderID)).WithLines(func(q *ent.OrderLineQuery) { q.Order(orderline.ByPosition()) }).Only(ctx)
}

// sentHome reports whether goods of a return are on their way to the customer again, or there.
func sentHome(items []*ent.ReturnItem) bool {
	return slices.ContainsFunc(items, func(it *ent.ReturnItem) bool { return it.SentBack > 0 })
}
