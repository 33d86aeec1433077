package returns

import (
	"context"
	"strings"

	"aftersales/ent"
	"aftersales/ent/parcel"
	"aftersales/ent/returnitem"
	"aftersales/internal/auth"
	"aftersales/internal/casework"
	"aftersales/internal/lifecycle"
	"aftersales/internal/plan"
	"aftersales/internal/problem"
)

// Goods that were not accepted go home (MALL-3.3c).

// SendBack records that what was not accepted is on its way to the customer; SEND_BACK is met when the carrier got it.
//
// Requires: WAREHOUSE, AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND, CONFLICT, ILLEGAL_TRANSITION, INVALID_INPUT
// at input.carrier, input.waybill or input.shippedAt (not before the goods were booked in, not in the future).
func (s *Service) SendBack(ctx context.Context, caseID string, expected *int, in Shipment) error {
	if _, err := auth.Require(ctx, "returnSendBack"); err != nil {
		return err
	}
	if err := in.check().Err(); err != nil {
		return err
	}
	return s.do(ctx, lifecycle.ReturnSendBack, caseID, expected, func(ctx context.Context, st *casework.Step) error {
		from := st.Case.OpenedAt
		if received := st.Case.Edges.Detail.ReceivedAt; received != nil {
			from = *received
		}
		at, err := within(st, in.ShippedAt, from, "input", "shippedAt")
		if err != nil {
			return err
		}
		items, err := s.items(ctx, caseID)
		if err != nil {
			return err
		}
		client := s.store.Client(ctx)
		for _, it := range items {
			if n := withMerchant(it); n > 0 {
				if err := client.ReturnItem.Update().Where(returnitem.ID(it.ID)).AddSentBack(n).Exec(ctx); err != nil {
					return err
				}
			}
		}
		err = client.Parcel.Create().SetMerchantID(st.Case.MerchantID).SetCaseID(caseID).SetDirection(ToCustomer).SetPurpose(ParcelSendBack).
			SetMethod(in.Method).SetCarrier(in.Carrier).SetWaybill(in.Waybill).SetShippedAt(at).Exec(ctx)
		if err != nil {
			return err
		}
		if err := s.detail(ctx, caseID).SetGoodsOwed(0).Exec(ctx); err != nil {
			return err
		}
		if facts := casework.FactsOf(st.Case, st.Now); st.To() == lifecycle.SentBack && !facts.RefundStarted && !facts.Settled {
			st.Stop(plan.Refund, plan.Exchange, plan.StatutoryRefund) // refused: no money and no goods are owed any more
		}
		return st.HappenedAt(ctx, lifecycle.EventSentBack, at, "", map[string]string{"carrier": in.Carrier, "waybill": in.Waybill})
	})
}

// withMerchant is how many of an item's units came, were not accepted, and were not sent home yet.
func withMerchant(it *ent.ReturnItem) int {
	if it.Inspection == nil || it.AcceptedQuantity == nil {
		return 0
	}
	return max(0, there(it)-*it.AcceptedQuantity)
}

// there is how many of an item's units came, as far as anybody counted, and were not sent home.
func there(it *ent.ReturnItem) int {
	arrived := it.Quantity
	if it.Inspection != nil && it.Inspection.Arrived != nil {
		arrived = *it.Inspection.Arrived
	}
	return max(0, arrived-it.SentBack)
}

// SendBackDelivered records that the goods are home: the case ends as what became of it, or goes on with a refund that is
// still under way. What is still held of the order is free again.
//
// Requires: CUSTOMER (own case), AGENT, WAREHOUSE, SUPERVISOR, MERCHANT_ADMIN or INTEGRATION. Errors: NOT_FOUND, CONFLICT,
// ILLEGAL_TRANSITION, INVALID_INPUT at deliveredAt (not before they were sent, not in the future) or signedBy.
func (s *Service) SendBackDelivered(ctx context.Context, caseID string, expected *int, in Delivery) error {
	if _, err := auth.Require(ctx, "returnSendBackDelivered"); err != nil {
		return err
	}
	if err := in.check(); err != nil {
		return err
	}
	return s.do(ctx, lifecycle.ReturnSendBackDelivered, caseID, expected, func(ctx context.Context, st *casework.Step) error {
		sent, err := s.store.Client(ctx).Parcel.Query().Where(parcel.CaseID(caseID), parcel.Direction(ToCustomer), parcel.Purpose(ParcelSendBack), parcel.DeliveredAtIsNil()).
			Order(ent.Desc(parcel.FieldID)).First(ctx)
		if ent.IsNotFound(err) {
			return problem.New(problem.NotEligible, problem.Text{EN: "nothing of this return is on its way to the customer", ZH: "该退货没有正在退回顾客的商品"})
		}
		if err != nil {
			return err
		}
		at, err := within(st, in.DeliveredAt, *sent.ShippedAt, "deliveredAt")
		if err != nil {
			return err
		}
		if err := s.store.Client(ctx).Parcel.Update().Where(parcel.ID(sent.ID)).SetDeliveredAt(at).SetSignedBy(in.SignedBy).Exec(ctx); err != nil {
			return err
		}
		switch st.To() {
		case lifecycle.Completed:
			st.Ends(outcomeOf(st), "")
		case lifecycle.Rejected:
			note, err := s.faults(ctx, caseID)
			if err != nil {
				return err
			}
			st.Ends(lifecycle.OutcomeRejected, note)
		}
		if st.To().Ended() {
			if err := s.orders.Release(ctx, []string{caseID}); err != nil {
				return err
			}
		}
		return st.HappenedAt(ctx, lifecycle.SendBackDelivered, at, "", nil)
	})
}

// faults is what the inspection wrote about what it did not accept: the reason the customer reads. Empty when it wrote nothing.
func (s *Service) faults(ctx context.Context, caseID string) (string, error) {
	items, err := s.items(ctx, caseID)
	if err != nil {
		return "", err
	}
	var notes []string
	for _, it := range items {
		if it.Inspection == nil {
			continue
		}
		if it.Inspection.Notes != "" {
			notes = append(notes, it.Inspection.Notes)
		}
		for _, c := range it.Inspection.Checks {
			if !c.Passed && c.Note != "" {
				notes = append(notes, c.Note)
			}
		}
	}
	text := []rune(strings.Join(notes, "\n"))
	return string(text[:min(len(text), maxNote)]), nil
}

// maxNote bounds an outcome's note, in characters.
const maxNote = 5000

// giveUp takes back what an inspection accepted, because the return is rejected after all: the goods have to go home.
func (s *Service) giveUp(ctx context.Context, st *casework.Step) error {
	d := st.Case.Edges.Detail
	if d.ReceivedAt == nil || d.ReplacedAt != nil || len(st.Case.Edges.Refunds) > 0 {
		return nil
	}
	items, err := s.items(ctx, st.Case.ID)
	if err != nil {
		return err
	}
	owed := 0
	for _, it := range items {
		if it.AcceptedQuantity == nil || *it.AcceptedQuantity == 0 {
			owed += withMerchant(it)
			continue
		}
		owed += there(it)
		if err := s.store.Client(ctx).ReturnItem.Update().Where(returnitem.ID(it.ID)).SetAcceptedQuantity(0).Exec(ctx); err != nil {
			return err
		}
	}
	return s.detail(ctx, st.Case.ID).SetGoodsOwed(owed).Exec(ctx)
}
