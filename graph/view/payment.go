package view

import (
	"context"
	"strings"

	"aftersales/internal/auth"
	"aftersales/internal/lifecycle"
	"aftersales/internal/returns"
)

// ReleasedBy is who let a large refund go.
func (r Refund) ReleasedBy() *string { return optional(r.Refund.ReleasedBy) }

// RedirectionOf shows where a refund goes instead, whole to those who may read accounts.
func RedirectionOf(a auth.Actor, to *lifecycle.Redirection) *RefundRedirection {
	out := &RefundRedirection{Account: to.Account, Consent: &to.Consent, By: to.By, At: to.At}
	if !a.SeesAccounts() {
		out.Account, out.Consent = MaskAccount(to.Account), nil
	}
	return out
}

// MaskAccount keeps the last four characters of a long account, nothing of a short one.
func MaskAccount(s string) string {
	r := []rune(s)
	shown := 0
	if len(r) >= 8 {
		shown = 4
	}
	return strings.Repeat("*", len(r)-shown) + string(r[len(r)-shown:])
}

// knowsPayment reports whether the reader needs to know how refunds are paid: who starts them, or runs the shop or service.
func knowsPayment(ctx context.Context) (a auth.Actor, ok bool) {
	a, _ = auth.From(ctx)
	return a, auth.Can(a.Role, "returnRefund") || auth.Can(a.Role, "refundLimitSet")
}

// RefundLimit is up to how much a refund goes without a release.
func (m Merchant) RefundLimit(ctx context.Context) *Money {
	if _, ok := knowsPayment(ctx); !ok || m.Merchant.RefundLimit == nil {
		return nil
	}
	return MoneyOf(*m.Merchant.RefundLimit, m.Currency)
}

// RefundGateway is what pays new refunds.
func (m Merchant) RefundGateway(ctx context.Context) *RefundGateway {
	a, ok := knowsPayment(ctx)
	switch {
	case !ok:
		return nil
	case m.GatewayURL == "":
		return &RefundGateway{Kind: returns.ManualGateway}
	case !auth.Can(a.Role, "refundGatewaySet"):
		return &RefundGateway{Kind: returns.WebhookGateway}
	}
	return &RefundGateway{Kind: returns.WebhookGateway, URL: &m.GatewayURL}
}
