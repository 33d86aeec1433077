package demo

import (
	"context"

	"aftersales/internal/app"
	"aftersales/internal/auth"
)

// Person is somebody who can sign in to the demo.
type Person struct {
	// Label is unique; it names the role, the person and the merchant.
	Label string
	Role  auth.Role
	// Merchant is the slug, empty for PLATFORM_ADMIN.
	Merchant string
	// Subject is the token's sub claim.
	Subject string
	// Customer is the external customer id, for CUSTOMER only.
	Customer string
}

// Labels that examples name.
const (
	agentLiNa    = "AGENT Li Na · demo-mall"
	customerWang = "CUSTOMER Wang Fang · demo-mall"
	adminZhou    = "MERCHANT_ADMIN Zhou Min · demo-mall"
)

// People lists the demo's logins: every role at demo-mall, some at demo-shop, and the operator of the service. The first
// is the one to begin with.
func People() []Person {
	return []Person{
		{agentLiNa, auth.Agent, Mall, "li.na", ""},
		{customerWang, auth.Customer, Mall, "c-1001", "c-1001"},
		{"CUSTOMER Zhang Wei · demo-mall", auth.Customer, Mall, "c-1002", "c-1002"},
		{"WAREHOUSE Zhao Lei · demo-mall", auth.Warehouse, Mall, "zhao.lei", ""},
		{"TECHNICIAN Qian Jun · demo-mall", auth.Technician, Mall, "qian.jun", ""},
		{"FINANCE Sun Li · demo-mall", auth.Finance, Mall, "sun.li", ""},
		{"SUPERVISOR Chen Jing · demo-mall", auth.Supervisor, Mall, "chen.jing", ""},
		{adminZhou, auth.MerchantAdmin, Mall, "zhou.min", ""},
		{"PROVIDER Anxin Repair · demo-mall", auth.Provider, Mall, "anxin.repair", ""},
		{"CARRIER Courier desk · demo-mall", auth.Carrier, Mall, "courier.desk", ""},
		{"INTEGRATION Order system · demo-mall", auth.Integration, Mall, "erp", ""},
		{"AGENT Jonas Becker · demo-shop", auth.Agent, Shop, "jonas.becker", ""},
		{"CUSTOMER Anna Schmidt · demo-shop", auth.Customer, Shop, "k-2001", "k-2001"},
		{"WAREHOUSE Mia Schulz · demo-shop", auth.Warehouse, Shop, "mia.schulz", ""},
		{"MERCHANT_ADMIN Clara Neumann · demo-shop", auth.MerchantAdmin, Shop, "clara.neumann", ""},
		{"PLATFORM_ADMIN Operator", auth.PlatformAdmin, "", "operator", ""},
	}
}

// person finds a login by its label; the zero Person has no rights anywhere.
func person(label string) Person {
	for _, p := range People() {
		if p.Label == label {
			return p
		}
	}
	return Person{}
}

// as returns a context in which the person acts, exactly as with their token.
func (p Person) as(ctx context.Context, a *app.App) (context.Context, error) {
	actor, err := a.Merchants.Identify(ctx, auth.Claims{Subject: p.Subject, Role: p.Role, Merchant: p.Merchant, Customer: p.Customer}, "")
	if err != nil {
		return nil, err
	}
	return auth.With(ctx, actor), nil
}
