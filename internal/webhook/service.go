package webhook

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"

	"aftersales/ent"
	"aftersales/ent/refund"
	"aftersales/internal/auth"
	"aftersales/internal/casework"
	"aftersales/internal/merchants"
	"aftersales/internal/problem"
	"aftersales/internal/returns"
	"aftersales/internal/store"
)

// Service calls gateways and is called by them.
type Service struct {
	store     *store.Store
	cases     *casework.Service
	merchants *merchants.Service
	returns   *returns.Service
	log       *slog.Logger

	// private allows addresses inside the server's own network, and http.
	private bool
	client  *http.Client
}

// New makes the service. allowPrivate allows gateways at private addresses and over http, for tests and for a server whose
// merchants are all its operator's.
func New(st *store.Store, cases *casework.Service, m *merchants.Service, r *returns.Service, allowPrivate bool, log *slog.Logger) *Service {
	return &Service{store: st, cases: cases, merchants: m, returns: r, log: log, private: allowPrivate, client: newClient(allowPrivate)}
}

// SetGateway has refunds started from now on paid by the service at a URL, or, with nil, by people. It returns the secret
// that signs both ways, made anew each time and never shown again: the one before is void. The change is audited, without
// URL and secret.
//
// Refunds under way keep what they were started with. Without a URL nothing is called any more and no callback is taken: a
// person pays and confirms what is left.
//
// Requires: MERCHANT_ADMIN or PLATFORM_ADMIN. Errors: INVALID_INPUT at input.url,
// NOT_ELIGIBLE at input.url for another service while refunds that the first was told of have not arrived.
func (s *Service) SetGateway(ctx context.Context, url *string) (secret string, err error) {
	a, err := auth.Require(ctx, "refundGatewaySet")
	if err != nil {
		return "", err
	}
	m, err := s.cases.Merchant(ctx)
	if err != nil {
		return "", err
	}
	if url != nil {
		if reason := refusedURL(*url, s.private); reason != (problem.Text{}) {
			return "", problem.Invalid(reason, "input", "url")
		}
		secret = "whsec_" + rand.Text() + rand.Text() // 260 bits
	}
	if url != nil && m.GatewayURL != "" && *url != m.GatewayURL {
		under, err := s.store.Client(ctx).Refund.Query().Where(refund.MerchantID(m.ID), refund.Gateway(returns.WebhookGateway), refund.StateNEQ(casework.RefundCredited), refund.CallsGT(0)).Count(ctx)
		if err != nil {
			return "", err
		}
		if under > 0 {
			return "", &problem.Problem{Code: problem.NotEligible, Field: []string{"input", "url"},
				Message: problem.Textf("%d refunds that the service was told of have not arrived; another service could pay them again", "有 %d 笔已通知原支付服务的退款尚未到账，更换服务可能导致重复付款", under)}
		}
	}
	err = s.merchants.Change(ctx, a, m, "REFUND_GATEWAY_SET", func(u *ent.MerchantUpdateOne) map[string]string {
		if url == nil {
			u.ClearGatewayURL().ClearGatewaySecret()
			return map[string]string{"kind": returns.ManualGateway}
		}
		u.SetGatewayURL(*url).SetGatewaySecret(secret)
		return map[string]string{"kind": returns.WebhookGateway}
	})
	if err != nil {
		return "", err
	}
	return secret, nil
}
