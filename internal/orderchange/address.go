package orderchange

import (
	"context"

	"aftersales/internal/auth"
	"aftersales/internal/casework"
	"aftersales/internal/lifecycle"
	"aftersales/internal/orders"
	"aftersales/internal/problem"
)

// AddressChange is the wish to have an order sent elsewhere.
type AddressChange struct {
	IdempotencyKey string
	OrderID        string
	ShipTo         lifecycle.Address
	Reason         string // may be empty
}

// AmendAddress sends an order elsewhere, as long as nothing of it was dispatched (MALL-2.3b). It is done at once; the case is
// how the merchant's system learns of it. It returns the case's id.
//
// Requires: CUSTOMER (own orders), AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND (order), INVALID_INPUT naming the
// field, NOT_ELIGIBLE (dispatched or cancelled), IDEMPOTENCY_MISMATCH.
func (s *Service) AmendAddress(ctx context.Context, in AddressChange) (string, error) {
	a, err := auth.Require(ctx, "orderAmendAddress")
	if err != nil {
		return "", err
	}
	l := orders.CheckAddress(&in.ShipTo, "input", "shipTo")
	in.Reason, err = casework.OptionalText(in.Reason, "input", "reason")
	if err := append(l, problem.All(err)...).Err(); err != nil {
		return "", err
	}
	hashed := in
	hashed.IdempotencyKey = ""
	return s.store.Once(ctx, "orderAmendAddress", in.IdempotencyKey, hashed, func(ctx context.Context) (string, error) {
		op, err := s.begin(ctx, a, in.OrderID, in.Reason)
		if err != nil {
			return "", err
		}
		if !amendable(op.order, op.terms.Now) {
			return "", notAmendable(op)
		}
		return s.open(ctx, op, Amendment, lifecycle.Completed, false, nil, func(ctx context.Context, st *casework.Step) error {
			if err := s.orders.Amend(ctx, op.order, in.ShipTo); err != nil {
				return err
			}
			if err := st.Happened(ctx, lifecycle.Approved, "", nil); err != nil {
				return err
			}
			st.Tell(ctx, lifecycle.AddressChanged, "", nil)
			st.Ends(lifecycle.OutcomeResolved, "")
			return s.audit(ctx, st, "ORDER_ADDRESS_CHANGED", op.order.ID, map[string]string{})
		})
	})
}

func notAmendable(op *opening) error {
	for _, l := range op.order.Edges.Lines {
		switch StateOf(op.order, l, op.terms.Now) {
		case InTransit:
			return notEligible(problem.Text{EN: "something of this order was dispatched; orderCancel can ask to have the parcel stopped",
				ZH: "订单已有商品发出，可通过 orderCancel 申请拦截包裹"}, "input", "order").With("operation", "orderCancel")
		case Delivered:
			return notEligible(problem.Text{EN: "something of this order was delivered already", ZH: "订单已有商品送达"}, "input", "order")
		}
	}
	return notEligible(problem.Text{EN: "the order was cancelled", ZH: "订单已取消"}, "input", "order")
}
