package auth

import "slices"

// Role is what a caller is to the service; a token carries exactly one. The text is that of the contract, the same in
// tokens, GraphQL and the database.
type Role string

const (
	// Customer is the buyer: sees and acts on their own cases only.
	Customer Role = "CUSTOMER"
	// Agent handles a merchant's cases.
	Agent Role = "AGENT"
	// Warehouse receives and inspects goods; sees no phone numbers.
	Warehouse Role = "WAREHOUSE"
	// Technician diagnoses and repairs.
	Technician Role = "TECHNICIAN"
	// Finance releases refunds.
	Finance Role = "FINANCE"
	// Supervisor leads agents: assigns, overrides with a reason, closes.
	Supervisor Role = "SUPERVISOR"
	// MerchantAdmin configures one merchant: staff, plans, calendars, the sandbox clock.
	MerchantAdmin Role = "MERCHANT_ADMIN"
	// Provider is an outsourced service company working for the merchant.
	Provider Role = "PROVIDER"
	// Carrier is a courier company's login at the merchant.
	Carrier Role = "CARRIER"
	// Integration is a merchant's own system: imports orders, reports facts.
	Integration Role = "INTEGRATION"
	// PlatformAdmin runs the service itself and is the only role that belongs to no merchant.
	PlatformAdmin Role = "PLATFORM_ADMIN"
)

var roles = []Role{Customer, Agent, Warehouse, Technician, Finance, Supervisor, MerchantAdmin, Provider, Carrier, Integration, PlatformAdmin}

// Roles returns every role, in the order of the contract. The slice is the caller's own.
func Roles() []Role { return slices.Clone(roles) }

// ParseRole finds the role spelled exactly so; other spellings and cases are no role.
func ParseRole(s string) (Role, bool) {
	if r := Role(s); slices.Contains(roles, r) {
		return r, true
	}
	return "", false
}
