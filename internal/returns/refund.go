package returns

import (
	"context"
	"time"

	"entgo.io/ent/dialect/sql"

	"aftersales/ent"
	"aftersales/ent/predicate"
	"aftersales/ent/refund"
	"aftersales/internal/auth"
	"aftersales/internal/casework"
	"aftersales/internal/id"
	"aftersales/internal/lifecycle"
	"aftersales/internal/money"
	"aftersales/internal/orders"
	"aftersales/internal/problem"
	"aftersales/internal/store"
)

// States of a refund (contract enum RefundState). FAILED comes with the gateways that can fail.
const (
	Processing = "PROCESSING"
	Credited   = "CREDITED"
)

// manual is the built-in gateway: a person pays through the channel they have and confirms with its reference.
const manual = "manual"

// Refund starts paying back what the return is worth (MALL-3.3d): accepted quantities, or the requested ones where no
// goods come back, by money.md F8. The amount counts against order and lines from now on. It returns the refund's id.
//
// Requires: AGENT, FINANCE, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND, CONFLICT, ILLEGAL_TRANSITION,
// AMOUNT_EXCEEDS_PAID, IDEMPOTENCY_MISMATCH.
func (s *Service) Refund(ctx context.Context, caseID string, expected *int, key string) (string, error) {
	if _, err := auth.Require(ctx, "returnRefund"); err != nil {
		return "", err
	}
	refundID := id.New(id.Refund)
	act := casework.Act{Action: lifecycle.ReturnRefund, CaseID: caseID, Expected: expected}
	return s.cases.DoOnce(ctx, act, key, caseID, refundID, func(ctx context.Context, st *casework.Step) error {
		items, err := s.items(ctx, caseID)
		if err != nil {
			return err
		}
		amount, currency, err := s.orders.Settle(ctx, st.Case.OrderID, takes(items))
		if err != nil {
			return err
		}
		err = s.store.Client(ctx).Refund.Create().SetID(refundID).SetMerchantID(st.Case.MerchantID).SetCaseID(caseID).SetAmount(amount).
			SetCurrency(currency).SetState(Processing).SetGateway(manual).SetStartedAt(st.Now).Exec(ctx)
		if err != nil {
			return err
		}
		return st.Happened(ctx, lifecycle.RefundStarted, "", map[string]string{"amount": money.Format(amount, currency), "currency": currency})
	})
}

func takes(items []*ent.ReturnItem) []orders.Take {
	out := make([]orders.Take, len(items))
	for i, it := range items {
		out[i] = orders.Take{LineID: it.OrderLineID, Held: it.Quantity, Accepted: Counted(it)}
	}
	return out
}

// Counted is the quantity of an item that is paid for: what the inspection accepted, or all where there was none.
func Counted(it *ent.ReturnItem) int {
	if it.AcceptedQuantity != nil {
		return *it.AcceptedQuantity
	}
	return it.Quantity
}

// Preview is what Refund would pay now for a return whose items, lines and order are loaded; nil once it was started or
// the case has ended.
func Preview(c *ent.ServiceCase) *int64 {
	if c.Status.Ended() || len(c.Edges.Refunds) > 0 || c.Edges.Order == nil {
		return nil
	}
	left := orders.Refundable(c.Edges.Order)
	var total int64
	for _, it := range c.Edges.Items {
		amount := min(orders.RefundOf(it.Edges.OrderLine, Counted(it)), left)
		left -= amount
		total += amount
	}
	return &total
}

// ConfirmRefund records that the money reached the customer: REFUND is met then, not when the payment was started
// (MALL-4.2a, reading X8.2). creditedAt nil means now.
//
// Requires: FINANCE, SUPERVISOR, MERCHANT_ADMIN or INTEGRATION. Errors: NOT_FOUND, ILLEGAL_TRANSITION, INVALID_INPUT at
// reference or creditedAt (not before the refund was started, not in the future), IDEMPOTENCY_MISMATCH.
func (s *Service) ConfirmRefund(ctx context.Context, refundID, key, reference string, creditedAt *time.Time) error {
	if _, err := auth.Require(ctx, "refundConfirm"); err != nil {
		return err
	}
	reference, err := casework.Text(reference, "reference")
	if err != nil {
		return err
	}
	if len([]rune(reference)) > 200 {
		return problem.Invalid(problem.Text{EN: "must have at most 200 characters", ZH: "最多 200 个字符"}, "reference")
	}
	row, err := s.store.Client(ctx).Refund.Get(ctx, refundID)
	if ent.IsNotFound(err) {
		return casework.NotFound("refund", "退款", "id")
	}
	if err != nil {
		return err
	}
	act := casework.Act{Action: lifecycle.RefundConfirm, CaseID: row.CaseID}
	_, err = s.cases.DoOnce(ctx, act, key, []any{refundID, reference, creditedAt}, refundID, func(ctx context.Context, st *casework.Step) error {
		at := st.Now
		if creditedAt != nil {
			at = creditedAt.UTC().Truncate(time.Microsecond)
		}
		if at.After(st.Now) || at.Before(row.StartedAt) {
			return problem.Invalid(problem.Textf("must lie between the refund's start (%[1]s) and now (%[2]s)", "须在退款发起（%[1]s）与现在（%[2]s）之间",
				row.StartedAt.UTC().Format(time.RFC3339), st.Now.Format(time.RFC3339)), "creditedAt")
		}
		n, err := s.store.Client(ctx).Refund.Update().Where(refund.ID(refundID), refund.State(Processing)).
			SetState(Credited).SetReference(reference).SetCreditedAt(at).Save(ctx)
		if err != nil {
			return err
		}
		if n == 0 {
			return problem.New(problem.Conflict, problem.Text{EN: "the refund was confirmed by somebody else", ZH: "该退款已被他人确认"})
		}
		st.Ends(lifecycle.OutcomeRefunded, "")
		return st.HappenedAt(ctx, lifecycle.RefundCredited, at, "", map[string]string{
			"amount": money.Format(row.Amount, row.Currency), "currency": row.Currency, "reference": reference})
	})
	return err
}

// RefundPage is a page of refunds together with what counts the whole list when asked.
type RefundPage struct {
	store.Slice[*ent.Refund]
	Count func(ctx context.Context) (int, error)
}

// Refunds reads a page of refunds, newest first, in the given states (none: all).
//
// Requires: a role that reads cases. Errors: INVALID_INPUT for paging.
func (s *Service) Refunds(ctx context.Context, p store.Page, states []string, with func(*ent.RefundQuery)) (*RefundPage, error) {
	if _, err := auth.Require(ctx, "refunds"); err != nil {
		return nil, err
	}
	m, err := s.cases.Merchant(ctx)
	if err != nil {
		return nil, err
	}
	where := []predicate.Refund{refund.MerchantID(m.ID)}
	if len(states) > 0 {
		where = append(where, refund.StateIn(states...))
	}
	newest := store.Order{Column: refund.FieldStartedAt, Desc: true}
	slice, err := store.List(ctx, p, newest, func(ctx context.Context, by func(*sql.Selector), limit int) ([]*ent.Refund, error) {
		q := s.store.Client(ctx).Refund.Query().Where(where...).Where(by).Limit(limit)
		with(q)
		return q.All(ctx)
	}, RefundKey)
	if err != nil {
		return nil, err
	}
	return &RefundPage{slice, func(ctx context.Context) (int, error) {
		return s.store.Client(ctx).Refund.Query().Where(where...).Count(ctx)
	}}, nil
}

// RefundKey is a refund's place in the list.
func RefundKey(r *ent.Refund) store.Key { return store.Key{At: &r.StartedAt, ID: r.ID} }
