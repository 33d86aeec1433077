package returns

import (
	"context"
	"slices"
	"time"

	"aftersales/ent"
	"aftersales/ent/order"
	"aftersales/ent/orderline"
	"aftersales/ent/returnitem"
	"aftersales/internal/casework"
	"aftersales/internal/disputes"
	"aftersales/internal/id"
	"aftersales/internal/lifecycle"
	"aftersales/internal/plan"
	"aftersales/internal/problem"
)

// Disputes of returns: what a dispute takes up again, and what follows from the platform's decision (MALL-1.3c). MERCHANT and
// CARRIER: the customer gets what was asked for in full, and the freight; SHARED: a part in money; CUSTOMER: the merchant's
// decision stands, and goods that are still there go home. What is owed, is owed from now on: 3 working days begin where no
// promise about it runs. Where a part was refunded or replaced before, the decision itself starts the refund of the rest.
type disputed struct{ *Service }

func (disputed) Until(c *ent.ServiceCase) *time.Time {
	if c.Edges.Detail == nil {
		return nil
	}
	return c.Edges.Detail.DisputeUntil
}

// Take holds the goods of an ended return again.
func (s disputed) Take(ctx context.Context, st *casework.Step) error {
	if st.Case.Status.Ended() && !settledBefore(st.Case) {
		if err := s.orders.Hold(ctx, st.Case.ID); err != nil {
			return err
		}
	}
	return s.detail(ctx, st.Case.ID).SetCameFrom(st.Case.Status).ClearDisputeUntil().Exec(ctx)
}

func (s disputed) Rule(ctx context.Context, st *casework.Step, in disputes.Decision, f *lifecycle.Facts) (disputes.Ruling, error) {
	if in.Remedy != nil && !offered(*in.Remedy) {
		return nil, notOffered("input", "remedy")
	}
	r, err := s.rule(ctx, st, in)
	if err != nil {
		return nil, err
	}
	f.Remedy, f.GoodsDue, f.Due = r.remedy, r.goodsDue, r.due
	if r.rest != nil && r.due { // the decision starts the refund
		f.RefundStarted, f.RefundPending = true, true
	}
	return upheld{s.Service, r}, nil
}

// Dismiss lets the merchant's decision stand.
func (s disputed) Dismiss(ctx context.Context, st *casework.Step, note string) error {
	if err := s.detail(ctx, st.Case.ID).ClearCameFrom().Exec(ctx); err != nil {
		return err
	}
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

// settledBefore reports whether the customer got something of a case already, or was to get it: its goods are no longer held.
func settledBefore(c *ent.ServiceCase) bool {
	return len(c.Edges.Refunds) > 0 || c.Edges.Detail.ReplacedAt != nil
}

// upheld is a decision for the customer of a return.
type upheld struct {
	s *Service
	r *ruling
}

func (u upheld) Record(d *ent.DisputeUpdate) {
	d.SetFreightBearer(u.r.bearer).SetNillableRefundAmount(u.r.agreed)
	if u.r.compensation > 0 {
		d.SetCompensation(u.r.compensation)
	}
}

func (u upheld) Uphold(ctx context.Context, st *casework.Step, note string) error {
	return u.s.uphold(ctx, st, u.r, note)
}

func notOffered(field ...string) *problem.Problem {
	return &problem.Problem{Code: problem.NotEligible, Field: field, Message: problem.Text{EN: "this remedy is not offered here", ZH: "此处不提供该售后方式"}}
}

// uphold carries out a decision for the customer.
func (s *Service) uphold(ctx context.Context, st *casework.Step, r *ruling, note string) error {
	d := s.detail(ctx, st.Case.ID).ClearCameFrom().SetFreightBack(r.freight).SetGoodsOwed(0)
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

// designated is where the goods of a decision go: as the customer was told before, else the merchant's default, else its first.
func (s *Service) designated(ctx context.Context, st *casework.Step) (string, error) {
	if told := st.Case.Edges.Detail.ReturnAddressID; told != nil {
		return *told, nil
	}
	return s.anyAddress(ctx, st.Merchant.ID, nil)
}

// saleOf reads an order with its lines.
func (s *Service) saleOf(ctx context.Context, orderID string) (*ent.Order, error) {
	return s.store.Client(ctx).Order.Query().Where(order.ID(orderID)).WithLines(func(q *ent.OrderLineQuery) { q.Order(orderline.ByPosition()) }).Only(ctx)
}

// sentHome reports whether goods of a return are on their way to the customer again, or there.
func sentHome(items []*ent.ReturnItem) bool {
	return slices.ContainsFunc(items, func(it *ent.ReturnItem) bool { return it.SentBack > 0 })
}
