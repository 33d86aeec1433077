package returns

import (
	"context"

	"entgo.io/ent/dialect/sql"

	"aftersales/ent"
	"aftersales/ent/predicate"
	"aftersales/ent/refund"
	"aftersales/internal/auth"
	"aftersales/internal/casework"
	"aftersales/internal/id"
	"aftersales/internal/lifecycle"
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
		return s.payBack(ctx, st, refundID)
	})
}

func (s *Service) payBack(ctx context.Context, st *casework.Step, refundID string) error {
	claim, err := s.claim(ctx, st.Case)
	if err != nil {
		return err
	}
	settled, o, err := s.orders.Settle(ctx, st.Case.ID, st.Case.OrderID, claim)
	if err != nil {
		return err
	}
	return s.Pay(ctx, st, refundID, ForReturn, settled, o)
}

// refundAlone starts the refund that nobody started in time, where the plan says so: of what an inspection accepted, or of
// what was approved without goods. Above the merchant's limit it waits to be released, as any other.
func (s *Service) refundAlone(ctx context.Context, st *casework.Step) error {
	return s.payBack(ctx, st, id.New(id.Refund))
}

// goodsFirst keeps the service from paying by itself ahead of the goods, whatever the merchant lets its people do.
func goodsFirst(f *lifecycle.Facts) { f.Trigger = lifecycle.TriggerInspection }

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
