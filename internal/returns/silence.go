package returns

import (
	"context"
	"fmt"
	"strings"

	"aftersales/ent/caseevent"
	"aftersales/internal/auth"
	"aftersales/internal/casework"
	"aftersales/internal/lifecycle"
	"aftersales/internal/plan"
	"aftersales/internal/problem"
)

// What happens when somebody says nothing: nobody reviews, and the request is approved; the customer does not act, and the
// case expires, to be taken up again while that is possible.

// standardSteps are what a customer is told whose return was approved by nobody in particular, in both languages: they are
// kept with the case, whoever reads it.
func standardSteps(remedy lifecycle.Remedy, goods lifecycle.Disposition) []string {
	var steps []string
	switch goods {
	case lifecycle.GoodsReturn:
		steps = append(steps, "请将商品寄至所示退货地址并登记运单号。 Send the goods to the return address shown and enter the waybill here.")
	case lifecycle.GoodsScrap:
		steps = append(steps, "商品无需寄回，请自行处理。 The goods need not be sent back; please dispose of them.")
	default:
		steps = append(steps, "商品无需寄回。 Nothing needs to be sent back.")
	}
	if remedy == lifecycle.Exchange {
		return append(steps, "我们将寄出换货商品。 We send the replacement.")
	}
	return append(steps, "我们将原路退款。 We refund the way you paid.")
}

// approveAlone approves what nobody reviewed in time, by the standard steps and the default return address; review verdicts
// there are none. Without an address for goods that have to come back it does nothing: the case stays with people.
func (s *Service) approveAlone(ctx context.Context, st *casework.Step) error {
	was := st.Case.Edges.Detail
	steps := standardSteps(was.Remedy, was.Disposition)
	d := s.detail(ctx, st.Case.ID).SetSteps(steps)
	reason, err := s.store.Client(ctx).ReturnReason.Get(ctx, was.ReasonID)
	if err != nil {
		return err
	}
	if reason.Handle == plan.Damaged { // nobody found out in time, and the customer is not to suffer for that (MALL-2.1c)
		d.SetDamageCause(CauseUnknown)
	}
	if was.Disposition == lifecycle.GoodsReturn {
		address, err := s.address(ctx, st.Merchant.ID, nil)
		if err != nil {
			return err
		}
		d.SetReturnAddressID(address)
	}
	if err := d.Exec(ctx); err != nil {
		return err
	}
	return st.Happened(ctx, lifecycle.Approved, strings.Join(steps, "\n"), nil)
}

// maxReopened bounds how often one case is taken up again.
const maxReopened = 2

// Reopen takes an expired return up again, while its reason and window still allow it: one that was approved waits for the
// goods again, any other for its review. Quantities are held again, unless the money went out ahead of the goods: then they
// count as returned already. What an application starts, starts anew.
//
// Requires: CUSTOMER (own case), AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND, CONFLICT, ILLEGAL_TRANSITION,
// WINDOW_CLOSED, NOT_ELIGIBLE, QUANTITY_EXCEEDS_BOUGHT naming the case that holds the goods now, LIMIT_EXCEEDED after 2 times.
func (s *Service) Reopen(ctx context.Context, caseID string, expected *int) error {
	if _, err := auth.Require(ctx, "returnReopen"); err != nil {
		return err
	}
	return s.do(ctx, lifecycle.ReturnReopen, caseID, expected, func(ctx context.Context, st *casework.Step) error {
		before, err := s.store.Client(ctx).CaseEvent.Query().Where(caseevent.CaseID(caseID), caseevent.TypeEQ(lifecycle.Reopened)).Count(ctx)
		if err != nil {
			return err
		}
		if before >= maxReopened {
			return problem.New(problem.LimitExceeded, problem.Textf("a return is taken up again at most %d times", "退货申请最多重新开启 %d 次", maxReopened),
				problem.Param{Name: "maximum", Value: fmt.Sprint(maxReopened)})
		}
		paid := len(st.Case.Edges.Refunds) > 0
		if err := s.stillAllowed(ctx, st, paid); err != nil {
			return err
		}
		if !paid {
			if err := s.orders.Hold(ctx, caseID); err != nil {
				return err
			}
		}
		if err := s.detail(ctx, caseID).ClearOpenQuestion().Exec(ctx); err != nil {
			return err
		}
		if err := st.Happened(ctx, lifecycle.Reopened, "", nil); err != nil || st.To() != lifecycle.AwaitingShipment {
			return err
		}
		return st.Happened(ctx, lifecycle.Approved, strings.Join(st.Case.Edges.Detail.Steps, "\n"), nil)
	})
}

// stillAllowed refuses to take up again what could not be asked for any more. What was agreed beyond the reason stays agreed.
func (s *Service) stillAllowed(ctx context.Context, st *casework.Step, paid bool) error {
	reason, err := st.Case.Edges.Detail.QueryReason().Only(ctx)
	if err != nil {
		return err
	}
	items, err := s.items(ctx, st.Case.ID)
	if err != nil {
		return err
	}
	o, err := s.order(ctx, st.Case.OrderID, true)
	if err != nil {
		return err
	}
	terms, err := s.Terms(ctx, st.Merchant)
	if err != nil {
		return err
	}
	for _, it := range items {
		for _, l := range o.Edges.Lines {
			if l.ID != it.OrderLineID {
				continue
			}
			if err := terms.Again(o, l, st.Case.Edges.Detail.Remedy, reason, it.Quantity, paid); err != nil {
				return err
			}
		}
	}
	return nil
}
