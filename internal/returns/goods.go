package returns

import (
	"context"
	"time"

	"aftersales/ent"
	"aftersales/ent/evidence"
	"aftersales/ent/parcel"
	"aftersales/internal/auth"
	"aftersales/internal/casework"
	"aftersales/internal/lifecycle"
	"aftersales/internal/plan"
	"aftersales/internal/problem"
)

// The goods' way back: shipped by the customer, delivered at the merchant's door, and booked in.

// Shipment is goods handed to a carrier.
type Shipment struct {
	// Carrier and Waybill have 1 to 100 characters.
	Carrier, Waybill string
	// Method is SELF (brought to the carrier), PICKUP (fetched) or REFUSED (turned away at the door: the waybill is the one
	// the goods came with); empty means SELF.
	Method string
	// ShippedAt is when the carrier got it; nil means now.
	ShippedAt *time.Time
}

func (sh *Shipment) check() problem.List {
	var l problem.List
	for _, f := range []struct {
		text *string
		name string
	}{{&sh.Carrier, "carrier"}, {&sh.Waybill, "waybill"}} {
		t, err := casework.Text(*f.text, "input", f.name)
		if err == nil && len([]rune(t)) > 100 {
			err = problem.Invalid(problem.Text{EN: "must have at most 100 characters", ZH: "最多 100 个字符"}, "input", f.name)
		}
		l = append(l, problem.All(err)...)
		*f.text = t
	}
	if sh.Method == "" {
		sh.Method = "SELF"
	}
	return l
}

// within checks an instant that somebody tells: not before another, not after the present; to microseconds. nil means now.
func within(st *casework.Step, told *time.Time, from time.Time, field ...string) (time.Time, error) {
	if told == nil {
		return st.Now, nil
	}
	at := told.UTC().Truncate(time.Microsecond)
	if at.After(st.Now) || at.Before(from) {
		return at, problem.Invalid(problem.Textf("must lie between %[1]s and now (%[2]s)", "须在 %[1]s 与现在（%[2]s）之间",
			from.UTC().Format(time.RFC3339), st.Now.Format(time.RFC3339)), field...)
	}
	return at, nil
}

// Ship records that the customer sent the goods (MALL-3.2e).
//
// Requires: CUSTOMER (own case), AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND, CONFLICT, ILLEGAL_TRANSITION,
// INVALID_INPUT at input.carrier, input.waybill or input.shippedAt (not before the case opened, not in the future).
func (s *Service) Ship(ctx context.Context, caseID string, expected *int, in Shipment) error {
	if _, err := auth.Require(ctx, "returnShip"); err != nil {
		return err
	}
	if err := in.check().Err(); err != nil {
		return err
	}
	return s.do(ctx, lifecycle.ReturnShip, caseID, expected, func(ctx context.Context, st *casework.Step) error {
		at, err := within(st, in.ShippedAt, st.Case.OpenedAt, "input", "shippedAt")
		if err != nil {
			return err
		}
		err = s.store.Client(ctx).Parcel.Create().SetMerchantID(st.Case.MerchantID).SetCaseID(caseID).SetDirection(ToMerchant).SetPurpose(ParcelReturn).
			SetMethod(in.Method).SetCarrier(in.Carrier).SetWaybill(in.Waybill).SetShippedAt(at).Exec(ctx)
		if err != nil {
			return err
		}
		return st.Happened(ctx, lifecycle.Shipped, "", map[string]string{"carrier": in.Carrier, "waybill": in.Waybill})
	})
}

// Delivery is goods handed over at a door.
type Delivery struct {
	// DeliveredAt is when; nil means now.
	DeliveredAt *time.Time
	// SignedBy is who signed, up to 200 characters.
	SignedBy string
	// ProofID is a piece of the case's evidence that shows it; nil for none.
	ProofID *string
}

func (d *Delivery) check(path ...string) error {
	field := append(path, "signedBy")
	var err error
	if d.SignedBy, err = casework.OptionalText(d.SignedBy, field...); err != nil {
		return err
	}
	if len([]rune(d.SignedBy)) > 200 {
		return problem.Invalid(problem.Text{EN: "must have at most 200 characters", ZH: "最多 200 个字符"}, field...)
	}
	return nil
}

// Delivered records that the carrier handed the goods over at the merchant's door: the way back ends then, not when
// somebody books them in (design.md section 5.4), and RECEIPT_CONFIRMATION starts. Also for goods that were booked in
// already, when the signature turns out to be earlier. The law counts its days from then on, too.
//
// Requires: CUSTOMER (own case, with a proof), AGENT, WAREHOUSE, SUPERVISOR, MERCHANT_ADMIN or INTEGRATION. Errors:
// NOT_FOUND (case, proof), CONFLICT, ILLEGAL_TRANSITION, INVALID_INPUT at input.deliveredAt (not before the goods were
// sent, not after they were booked in, not in the future), input.signedBy or input.proof.
func (s *Service) Delivered(ctx context.Context, caseID string, expected *int, in Delivery) error {
	a, err := auth.Require(ctx, "returnDelivered")
	if err != nil {
		return err
	}
	if err := in.check("input"); err != nil {
		return err
	}
	switch {
	case in.ProofID == nil && a.Role == auth.Customer:
		return problem.Invalid(problem.Text{EN: "show the delivery by a piece of evidence of this case", ZH: "请提供本工单的一项签收凭证"}, "input", "proof")
	case in.ProofID == nil && in.SignedBy == "":
		return problem.Invalid(problem.Text{EN: "say who signed, or name a proof", ZH: "请说明签收人或提供凭证"}, "input", "signedBy")
	}
	return s.do(ctx, lifecycle.ReturnDelivered, caseID, expected, func(ctx context.Context, st *casework.Step) error {
		if err := s.knows(ctx, caseID, in.ProofID); err != nil {
			return err
		}
		sent, err := s.underway(ctx, caseID)
		if err != nil {
			return err
		}
		from := st.Case.OpenedAt
		if sent != nil && sent.ShippedAt != nil {
			from = *sent.ShippedAt
		}
		at, err := within(st, in.DeliveredAt, from, "input", "deliveredAt")
		if err != nil {
			return err
		}
		received := st.Case.Edges.Detail.ReceivedAt
		if received != nil && at.After(*received) {
			return problem.Invalid(problem.Textf("the goods were booked in at %s; they were not delivered later", "商品已于 %s 入库，签收时间不能更晚",
				received.UTC().Format(time.RFC3339)), "input", "deliveredAt")
		}
		if sent != nil {
			u := s.store.Client(ctx).Parcel.Update().Where(parcel.ID(sent.ID)).SetDeliveredAt(at).SetSignedBy(in.SignedBy).SetNillableProofID(in.ProofID)
			if err := u.Exec(ctx); err != nil {
				return err
			}
		}
		if err := s.detail(ctx, caseID).SetDeliveredAt(at).Exec(ctx); err != nil {
			return err
		}
		if err := endWay(ctx, st, at); err != nil {
			return err
		}
		if err := s.lawful(ctx, st, at); err != nil {
			return err
		}
		if received != nil {
			st.Tell(ctx, lifecycle.Delivered, "", nil)
			return nil
		}
		return st.HappenedAt(ctx, lifecycle.Delivered, at, "", nil)
	})
}

// endWay ends the pause of the way back at an instant; goods that nobody announced came while they were awaited.
func endWay(ctx context.Context, st *casework.Step, at time.Time) error {
	for _, way := range []lifecycle.Status{lifecycle.InTransit, lifecycle.AwaitingShipment} {
		if err := st.EndPause(ctx, way, at); err != nil {
			return err
		}
	}
	return nil
}

// lawful lets the law's clock for goods that are back start when they were handed over, unless all was paid before.
func (s *Service) lawful(ctx context.Context, st *casework.Step, at time.Time) error {
	law := s.cases.Plans().Get(st.Case.LawCode, st.Case.LawVersion)
	if law == nil {
		return nil
	}
	pr, promised := law.Promise(plan.StatutoryRefund, plan.Subject{Kind: lifecycle.Return, Remedy: lifecycle.ReturnAndRefund})
	if !promised || pr.Start != lifecycle.EventReceived || paid(st.Case) {
		return nil
	}
	st.Stop(plan.StatutoryRefund) // one that began with the booking
	return st.StartAt(ctx, at, plan.StatutoryRefund)
}

// paid reports whether refunds were made and all of them arrived; refunds must be loaded.
func paid(c *ent.ServiceCase) bool {
	for _, r := range c.Edges.Refunds {
		if r.State != casework.RefundCredited {
			return false
		}
	}
	return len(c.Edges.Refunds) > 0
}

// underway is the parcel the customer sent last, nil when none was announced.
func (s *Service) underway(ctx context.Context, caseID string) (*ent.Parcel, error) {
	row, err := s.store.Client(ctx).Parcel.Query().Where(parcel.CaseID(caseID), parcel.Direction(ToMerchant), parcel.Purpose(ParcelReturn)).
		Order(ent.Desc(parcel.FieldID)).First(ctx)
	if ent.IsNotFound(err) {
		return nil, nil
	}
	return row, err
}

// knows refuses a proof that is no evidence of the case.
func (s *Service) knows(ctx context.Context, caseID string, proofID *string) error {
	if proofID == nil {
		return nil
	}
	known, err := s.store.Client(ctx).Evidence.Query().Where(evidence.ID(*proofID), evidence.CaseID(caseID)).Exist(ctx)
	if err == nil && !known {
		return casework.NotFound("evidence of this case", "本工单的凭证", "input", "proof")
	}
	return err
}

// Receive records that the goods are back; the merchant's clock runs again. Goods that arrive although nobody announced
// them are received as well.
//
// Requires: WAREHOUSE, AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND, CONFLICT, ILLEGAL_TRANSITION.
func (s *Service) Receive(ctx context.Context, caseID string, expected *int) error {
	return s.do(ctx, lifecycle.ReturnReceive, caseID, expected, func(ctx context.Context, st *casework.Step) error {
		return s.bookIn(ctx, st, st.Now, "")
	})
}

// receiveAlone books in what nobody booked in after it was delivered, at the instant at which that was due (MALL-3.3a).
func (s *Service) receiveAlone(ctx context.Context, st *casework.Step) error {
	at := st.Now
	for _, d := range st.Case.Edges.Deadlines {
		if d.Kind == plan.ReceiptConfirmation && d.Open && d.DueAt != nil && d.DueAt.Before(at) {
			at = d.DueAt.UTC()
		}
	}
	return s.bookIn(ctx, st, at, "")
}

// bookIn writes that the goods of a case are back since an instant.
func (s *Service) bookIn(ctx context.Context, st *casework.Step, at time.Time, note string) error {
	err := s.store.Client(ctx).Parcel.Update().
		Where(parcel.CaseID(st.Case.ID), parcel.Direction(ToMerchant), parcel.Purpose(ParcelReturn), parcel.DeliveredAtIsNil()).
		SetDeliveredAt(at).Exec(ctx)
	if err != nil {
		return err
	}
	if err := s.detail(ctx, st.Case.ID).SetReceivedAt(at).Exec(ctx); err != nil {
		return err
	}
	return st.HappenedAt(ctx, lifecycle.EventReceived, at, note, nil)
}
