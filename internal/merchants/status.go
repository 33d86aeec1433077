package merchants

import (
	"context"

	"aftersales/internal/auth"
	"aftersales/internal/casework"
	"aftersales/internal/problem"
)

// SetStatus says whether a merchant is ACTIVE, CLOSING or CLOSED. While it closes the platform works its cases beside its
// people, once it is closed in their place; customers keep all their rights (MALL-1.3c, Consumer Rights Protection Law art. 44).
// The change stands in the audit with its reason; the same status again changes nothing.
//
// Requires: PLATFORM_ADMIN. Errors: INVALID_INPUT at reason or, when no merchant is named, merchant.
func (s *Service) SetStatus(ctx context.Context, status, reason string) error {
	a, err := auth.Require(ctx, "merchantStatusSet")
	if err != nil {
		return err
	}
	if reason, err = casework.Text(reason, "reason"); err != nil {
		return err
	}
	if len([]rune(reason)) > maxStatusReason {
		return problem.Invalid(problem.Textf("must have at most %d characters", "最多 %d 个字符", maxStatusReason), "reason")
	}
	return s.store.InTx(ctx, func(ctx context.Context) error {
		m, err := s.cases.Merchant(ctx)
		if err != nil || m.Status == status {
			return err
		}
		client := s.store.Client(ctx)
		if err := client.Merchant.UpdateOneID(m.ID).SetStatus(status).Exec(ctx); err != nil {
			return err
		}
		return client.AuditEntry.Create().SetMerchantID(m.ID).SetAction("MERCHANT_STATUS_SET").SetObjectID(m.ID).SetSubject(a.Subject).SetRole(string(a.Role)).
			SetRequestID(a.RequestID).SetAt(s.cases.Real()).SetData(map[string]string{"from": m.Status, "to": status, "reason": reason}).Exec(ctx)
	})
}

// maxStatusReason bounds the reason of a change of status, in characters.
const maxStatusReason = 1000
