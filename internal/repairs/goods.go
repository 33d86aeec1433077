package repairs

import (
	"context"
	"time"

	"aftersales/ent"
	"aftersales/ent/parcel"
	"aftersales/internal/auth"
	"aftersales/internal/casework"
	"aftersales/internal/lifecycle"
	"aftersales/internal/plan"
	"aftersales/internal/problem"
)

// The goods' way to the depot: sent by the customer, delivered at the door, and booked in.

// Directions and purposes of a repair's parcels (contract enums ParcelDirection and ParcelPurpose).
const (
	toMerchant = "TO_MERCHANT"
	toCustomer = "TO_CUSTOMER"
	// ParcelIn brings the goods to the depot, ParcelHome home again.
	ParcelIn   = "REPAIR"
	ParcelHome = "SEND_BACK"
)

// Shipment is goods handed to a carrier.
type Shipment struct {
	// Carrier and Waybill have 1 to 100 characters.
	Carrier, Waybill string
	// ShippedAt is when the carrier got it; nil means now.
	ShippedAt *time.Time
}

func (sh *Shipment) check() problem.List {
	return append(short(&sh.Carrier, 100, "input", "carrier"), short(&sh.Waybill, 100, "input", "waybill")...)
}

// Ship records that the customer sent the goods; the merchant's clock stands still until they arrive (reading X8.1).
//
// Requires: CUSTOMER (own case), AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND, CONFLICT, ILLEGAL_TRANSITION,
// INVALID_INPUT at input.carrier, input.waybill or input.shippedAt (not before the case opened, not in the future).
func (s *Service) Ship(ctx context.Context, caseID string, expected *int, in Shipment) error {
	if _, err := auth.Require(ctx, "repairShip"); err != nil {
		return err
	}
	if err := in.check().Err(); err != nil {
		return err
	}
	return s.do(ctx, lifecycle.RepairShip, caseID, expected, func(ctx context.Context, st *casework.Step) error {
		at, err := within(st, in.ShippedAt, st.Case.OpenedAt, "input", "shippedAt")
		if err != nil {
			return err
		}
		if err := s.parcel(ctx, st, toMerchant, ParcelIn, in, at); err != nil {
			return err
		}
		return st.Happened(ctx, lifecycle.Shipped, "", map[string]string{"carrier": in.Carrier, "waybill": in.Waybill, "goods": "repair"})
	})
}

func (s *Service) parcel(ctx context.Context, st *casework.Step, direction, purpose string, in Shipment, at time.Time) error {
	return s.store.Client(ctx).Parcel.Create().SetMerchantID(st.Case.MerchantID).SetCaseID(st.Case.ID).SetDirection(direction).SetPurpose(purpose).
		SetCarrier(in.Carrier).SetWaybill(in.Waybill).SetShippedAt(at).Exec(ctx)
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

// Delivered records that the carrier handed the goods over at the depot: the customer's part ends then, not when somebody
// books them in, and RECEIPT_CONFIRMATION starts. Also for goods that were booked in already, when the signature turns out to
// be earlier.
//
// Requires: CUSTOMER (own case, with a proof), AGENT, WAREHOUSE, SUPERVISOR, MERCHANT_ADMIN or INTEGRATION. Errors: NOT_FOUND
// (case, proof), CONFLICT, ILLEGAL_TRANSITION, INVALID_INPUT at input.deliveredAt (not before the goods were sent, not after
// they were booked in, not in the future), input.signedBy or input.proof.
func (s *Service) Delivered(ctx context.Context, caseID string, expected *int, in Delivery) error {
	a, err := auth.Require(ctx, "repairDelivered")
	if err != nil {
		return err
	}
	if err := maybeShort(&in.SignedBy, 200, "input", "signedBy").Err(); err != nil {
		return err
	}
	switch {
	case in.ProofID == nil && a.Role == auth.Customer:
		return problem.Invalid(problem.Text{EN: "show the delivery by a piece of evidence of this case", ZH: "请提供本工单的一项签收凭证"}, "input", "proof")
	case in.ProofID == nil && in.SignedBy == "":
		return problem.Invalid(problem.Text{EN: "say who signed, or name a proof", ZH: "请说明签收人或提供凭证"}, "input", "signedBy")
	}
	return s.do(ctx, lifecycle.RepairDelivered, caseID, expected, func(ctx context.Context, st *casework.Step) error {
		if in.ProofID != nil {
			if err := s.knows(ctx, caseID, []string{*in.ProofID}, "input", "proof"); err != nil {
				return err
			}
		}
		sent, err := s.last(ctx, caseID, ParcelIn)
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
		received := st.Case.Edges.Repair.ReceivedAt
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
		// Goods that nobody announced came while they were awaited.
		for _, way := range []lifecycle.Status{lifecycle.InTransit, lifecycle.AwaitingShipment} {
			if err := st.EndPause(ctx, way, at); err != nil {
				return err
			}
		}
		if received != nil {
			st.Tell(ctx, lifecycle.Delivered, "", nil)
			return nil
		}
		return st.HappenedAt(ctx, lifecycle.Delivered, at, "", nil)
	})
}

// last is the parcel of a purpose that was sent last, nil when none was.
func (s *Service) last(ctx context.Context, caseID, purpose string) (*ent.Parcel, error) {
	row, err := s.store.Client(ctx).Parcel.Query().Where(parcel.CaseID(caseID), parcel.Purpose(purpose)).Order(ent.Desc(parcel.FieldID)).First(ctx)
	if ent.IsNotFound(err) {
		return nil, nil
	}
	return row, err
}

// Receive records that the goods are at the depot; the merchant's clock runs again, and DEPOT_INSPECTION starts where a plan
// promises one (SLA-A-2.2.3). Goods that arrive although nobody announced them are received as well.
//
// Requires: WAREHOUSE, TECHNICIAN, AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND, CONFLICT, ILLEGAL_TRANSITION.
func (s *Service) Receive(ctx context.Context, caseID string, expected *int) error {
	return s.receive(ctx, caseID, expected, "")
}

func (s *Service) receive(ctx context.Context, caseID string, expected *int, note string) error {
	return s.do(ctx, lifecycle.RepairReceive, caseID, expected, func(ctx context.Context, st *casework.Step) error {
		if err := s.bookIn(ctx, st, st.Now, note); err != nil || !st.Case.Status.Ended() {
			return err
		}
		return st.StartNow(ctx, plan.Repair) // taken up again: what ended with the case begins anew
	})
}

// Arrive books in goods that the warehouse scanned, with its note, unless that was done.
func (s *Service) Arrive(ctx context.Context, caseID, note string) error {
	err := s.receive(ctx, caseID, nil, note)
	if problem.Is(err, problem.IllegalTransition) { // refused before anything was written
		return nil
	}
	return err
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

// bookIn writes that the goods of a case are at the depot since an instant.
func (s *Service) bookIn(ctx context.Context, st *casework.Step, at time.Time, note string) error {
	err := s.store.Client(ctx).Parcel.Update().Where(parcel.CaseID(st.Case.ID), parcel.Purpose(ParcelIn), parcel.DeliveredAtIsNil()).
		SetDeliveredAt(at).Exec(ctx)
	if err != nil {
		return err
	}
	if err := s.detail(ctx, st.Case.ID).SetReceivedAt(at).Exec(ctx); err != nil {
		return err
	}
	return st.HappenedAt(ctx, lifecycle.EventReceived, at, note, nil)
}
