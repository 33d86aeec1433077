package merchants

import (
	"context"

	"aftersales/ent"
	"aftersales/internal/auth"
	"aftersales/internal/money"
	"aftersales/internal/problem"
)

// SetRefundLimit sets up to how much a refund goes without a release by FINANCE or MERCHANT_ADMIN, as a decimal number of
// the merchant's currency; nil takes the limit away, 0 has every refund released. It counts for refunds started from now on;
// those that wait keep waiting. The change is audited.
//
// Requires: MERCHANT_ADMIN or PLATFORM_ADMIN. Errors: INVALID_INPUT at limit (no number, negative, too many decimals).
func (s *Service) SetRefundLimit(ctx context.Context, limit *string) error {
	a, err := auth.Require(ctx, "refundLimitSet")
	if err != nil {
		return err
	}
	m, err := s.cases.Merchant(ctx)
	if err != nil {
		return err
	}
	var amount int64
	if limit != nil {
		if amount, err = money.Parse(*limit, m.Currency); err != nil {
			return problem.All(err)[0].At("limit")
		}
		if amount < 0 {
			return problem.Invalid(problem.Text{EN: "must not be negative", ZH: "不能为负数"}, "limit")
		}
	}
	return s.Change(ctx, a, m, "REFUND_LIMIT_SET", func(u *ent.MerchantUpdateOne) map[string]string {
		if limit == nil {
			u.ClearRefundLimit()
			return map[string]string{"limit": "none"}
		}
		u.SetRefundLimit(amount)
		return map[string]string{"limit": money.Format(amount, m.Currency), "currency": m.Currency}
	})
}

// Change writes settings of a merchant that move money, and who changed them, in one transaction.
func (s *Service) Change(ctx context.Context, a auth.Actor, m *ent.Merchant, action string, set func(*ent.MerchantUpdateOne) map[string]string) error {
	return s.store.InTx(auth.AsSystem(ctx, m.ID), func(ctx context.Context) error {
		u := s.store.Client(ctx).Merchant.UpdateOneID(m.ID)
		data := set(u)
		if err := u.Exec(ctx); err != nil {
			return err
		}
		return s.store.Client(ctx).AuditEntry.Create().SetMerchantID(m.ID).SetAction(action).SetObjectID(m.ID).SetSubject(a.Subject).
			SetRole(string(a.Role)).SetRequestID(a.RequestID).SetData(data).SetAt(s.cases.Real()).Exec(ctx)
	})
}
