package casework

import (
	"context"

	"aftersales/ent"
	"aftersales/internal/auth"
	"aftersales/internal/problem"
)

// Closing merchants: while a merchant is CLOSING the platform works its cases beside its people, once it is CLOSED in their
// place (Consumer Rights Protection Law art. 44: whoever runs the platform answers where the seller cannot be reached).

// States of a merchant (contract enum MerchantStatus).
const (
	MerchantActive  = "ACTIVE"
	MerchantClosing = "CLOSING"
	MerchantClosed  = "CLOSED"
)

// mayAct keeps the platform's hands off the cases of merchants that work them themselves, but for what is the platform's own
// (deciding disputes), and the staff of a closed merchant off theirs. Customers always act on their own.
func mayAct(a auth.Actor, operation string, m *ent.Merchant) error {
	if m.Status == MerchantActive && auth.StandsIn(a.Role, operation) {
		return problem.New(problem.NotAllowed, problem.Text{EN: "the platform acts on cases only for a merchant that is CLOSING or CLOSED", ZH: "平台仅可代 CLOSING 或 CLOSED 状态的商家处理工单"})
	}
	return stillActs(a, m)
}

// stillActs refuses the staff of a closed merchant.
func stillActs(a auth.Actor, m *ent.Merchant) error {
	if m.Status == MerchantClosed && !a.System && a.Role != auth.PlatformAdmin && a.Role != auth.Customer {
		return problem.New(problem.NotAllowed, problem.Text{EN: "the merchant is CLOSED; the platform works its cases", ZH: "商家已关闭，工单由平台处理"})
	}
	return nil
}

// scoped confines the platform to the merchant whose case it acts on; everybody else is confined already.
func scoped(ctx context.Context, a auth.Actor, c *ent.ServiceCase) (context.Context, auth.Actor) {
	if a.Role != auth.PlatformAdmin {
		return ctx, a
	}
	a.MerchantID = c.MerchantID
	return auth.ForMerchant(ctx, c.MerchantID), a
}

// StillActs refuses the staff of a closed merchant, for what is no act on a case.
func (s *Service) StillActs(ctx context.Context, m *ent.Merchant) error {
	a, _ := auth.From(ctx)
	return stillActs(a, m)
}
