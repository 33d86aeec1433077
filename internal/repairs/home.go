package repairs

import (
	"cmp"
	"context"
	"time"

	"aftersales/ent"
	"aftersales/ent/parcel"
	"aftersales/internal/auth"
	"aftersales/internal/casework"
	"aftersales/internal/lifecycle"
)

// The goods' way home, repaired or not.

// SendBack records that the goods are on their way home: SEND_BACK is fulfilled when the carrier got them, and when they were
// delivered is recorded beside it (SLA-A-2.2.4, reading X8.9). A parcel that was lost may be followed by another.
//
// Requires: WAREHOUSE, TECHNICIAN, AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND, CONFLICT, ILLEGAL_TRANSITION,
// INVALID_INPUT at input.carrier, input.waybill or input.shippedAt (not before they were ready, not in the future).
func (s *Service) SendBack(ctx context.Context, caseID string, expected *int, in Shipment) error {
	if _, err := auth.Require(ctx, "repairSendBack"); err != nil {
		return err
	}
	if err := in.check().Err(); err != nil {
		return err
	}
	return s.do(ctx, lifecycle.RepairSendBack, caseID, expected, func(ctx context.Context, st *casework.Step) error {
		at, err := within(st, in.ShippedAt, ready(st), "input", "shippedAt")
		if err != nil {
			return err
		}
		if err := s.parcel(ctx, st, toCustomer, ParcelHome, in, at); err != nil {
			return err
		}
		if err := s.detail(ctx, caseID).SetCollecting(false).Exec(ctx); err != nil {
			return err
		}
		return st.HappenedAt(ctx, lifecycle.EventSentBack, at, "", map[string]string{"carrier": in.Carrier, "waybill": in.Waybill, "goods": "repair"})
	})
}

// ready is the instant before which goods cannot have left the depot: the end of the work, else when they were booked in.
func ready(st *casework.Step) time.Time {
	d := st.Case.Edges.Repair
	switch {
	case d.CompletedAt != nil:
		return *d.CompletedAt
	case d.ReceivedAt != nil:
		return *d.ReceivedAt
	}
	return st.Case.OpenedAt
}

// SendBackDelivered records that the goods are home, and the repair ends as what became of it. One that is disputed goes on being
// so; one that was decided for the customer meanwhile begins again, and only now is the customer asked to send the goods.
//
// Requires: CUSTOMER (own case), AGENT, WAREHOUSE, SUPERVISOR, MERCHANT_ADMIN or INTEGRATION. Errors: NOT_FOUND, CONFLICT,
// ILLEGAL_TRANSITION, INVALID_INPUT at deliveredAt (not before they were sent, not in the future) or signedBy.
func (s *Service) SendBackDelivered(ctx context.Context, caseID string, expected *int, in Delivery) error {
	if _, err := auth.Require(ctx, "repairSendBackDelivered"); err != nil {
		return err
	}
	if err := maybeShort(&in.SignedBy, 200, "signedBy").Err(); err != nil {
		return err
	}
	return s.do(ctx, lifecycle.RepairSendBackDelivered, caseID, expected, func(ctx context.Context, st *casework.Step) error {
		sent, err := s.store.Client(ctx).Parcel.Query().Where(parcel.CaseID(caseID), parcel.Purpose(ParcelHome)).Order(ent.Desc(parcel.FieldID)).First(ctx)
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
		params := map[string]string{"goods": "repair"}
		switch st.To() {
		case lifecycle.AwaitingShipment: // the platform decided meanwhile that it begins again
			if err := st.HappenedAt(ctx, lifecycle.SendBackDelivered, at, "", params); err != nil {
				return err
			}
			d := st.Case.Edges.Repair
			return s.again(ctx, st, s.detail(ctx, caseID).ClearCameFrom(), Approval{Way: casework.Depot, Steps: d.Steps, ReturnAddressID: d.ReturnAddressID})
		case lifecycle.Disputed: // it is decided as one that had ended
			u := s.detail(ctx, caseID).SetCameFrom(lifecycle.Completed).SetHomeAt(at)
			if _, err := s.count(ctx, st, u, at); err != nil {
				return err
			}
			if err := u.Exec(ctx); err != nil {
				return err
			}
		default:
			if err := s.Finish(ctx, st, resultOf(st), at, ""); err != nil {
				return err
			}
		}
		return st.HappenedAt(ctx, lifecycle.SendBackDelivered, at, "", params)
	})
}

// resultOf is what became of the repair.
func resultOf(st *casework.Step) lifecycle.Outcome {
	return cmp.Or(st.Case.Edges.Repair.Result, lifecycle.OutcomeExpired)
}

// Collection is goods that the customer fetched.
type Collection struct {
	// At is when; nil means now.
	At *time.Time
	// SignedBy is who signed, up to 200 characters.
	SignedBy string
}

// Collected records that the customer fetched the goods, and the repair ends as what became of it; also after the time for it
// had passed.
//
// Requires: WAREHOUSE, TECHNICIAN, AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND, CONFLICT, ILLEGAL_TRANSITION,
// INVALID_INPUT at collectedAt (not before they were ready, not in the future) or signedBy.
func (s *Service) Collected(ctx context.Context, caseID string, expected *int, in Collection) error {
	if _, err := auth.Require(ctx, "repairCollect"); err != nil {
		return err
	}
	if err := maybeShort(&in.SignedBy, 200, "signedBy").Err(); err != nil {
		return err
	}
	return s.do(ctx, lifecycle.RepairCollect, caseID, expected, func(ctx context.Context, st *casework.Step) error {
		at, err := within(st, in.At, ready(st), "collectedAt")
		if err != nil {
			return err
		}
		if err := s.Finish(ctx, st, resultOf(st), at, ""); err != nil {
			return err
		}
		var params map[string]string
		if in.SignedBy != "" {
			params = map[string]string{"signedBy": in.SignedBy}
		}
		return st.HappenedAt(ctx, lifecycle.Collected, at, "", params)
	})
}
