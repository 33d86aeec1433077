package merchants

import (
	"context"

	"aftersales/internal/auth"
	"aftersales/internal/lifecycle"
)

// SetRefundTrigger says from when on the merchant's refunds may start; nil is after the inspection. It holds for cases
// opened from now on: each keeps the one it opened under (design.md section 5.4).
//
// Requires: MERCHANT_ADMIN or PLATFORM_ADMIN. Errors: INVALID_INPUT at merchant.
func (s *Service) SetRefundTrigger(ctx context.Context, trigger *lifecycle.Trigger) error {
	if _, err := auth.Require(ctx, "refundTriggerSet"); err != nil {
		return err
	}
	m, err := s.cases.Merchant(ctx)
	if err != nil {
		return err
	}
	return s.store.InTx(auth.AsSystem(ctx, m.ID), func(ctx context.Context) error {
		u := s.store.Client(ctx).Merchant.UpdateOneID(m.ID)
		if trigger == nil {
			return u.ClearRefundTrigger().Exec(ctx)
		}
		return u.SetRefundTrigger(*trigger).Exec(ctx)
	})
}
