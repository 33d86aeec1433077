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
	"aftersales/internal/problem"
	"aftersales/internal/store"
)

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
		claim, err := s.claim(ctx, st.Case)
		if err != nil {
			return err
		}
		settled, o, err := s.orders.Settle(ctx, caseID, st.Case.OrderID, claim)
		if err != nil {
			return err
		}
		return s.Pay(ctx, st, refundID, ForReturn, settled, o)
	})
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
		n, err := s.store.Client(ctx).Refund.Update().Where(refund.ID(refundID), refund.State(casework.RefundProcessing), refund.Held(false)).
			SetState(casework.RefundCredited).SetReference(reference).SetCreditedAt(at).ClearCallAt().Save(ctx)
		if err != nil {
			return err
		}
		if n == 0 {
			return problem.New(problem.Conflict, problem.Text{EN: "the refund was confirmed by somebody else", ZH: "该退款已被他人确认"})
		}
		st.Ends(outcomeOf(st), "")
		if row.Purpose == ForDifference {
			st.Tell(ctx, lifecycle.RefundCredited, "", map[string]string{
				"amount": money.Format(row.Amount, row.Currency), "currency": row.Currency, "reference": reference})
			return nil
		}
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
