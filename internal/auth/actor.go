package auth

import "context"

// Actor is who acts: the subject of a verified token, or the service itself (System).
type Actor struct {
	Subject string
	Role    Role
	// Name is what timelines show: the staff or customer name where known, else the subject.
	Name string
	// MerchantID is the tenant everything is confined to. Empty only for PLATFORM_ADMIN before they named a merchant,
	// and for jobs of the service that cross tenants.
	MerchantID string
	// CustomerID confines a CUSTOMER to their own orders and cases; NoCustomer when the token's customer is unknown here.
	CustomerID string
	// CustomerExternalID is the token's customer claim.
	CustomerExternalID string
	// System marks the service's own jobs: sweeps, seeding, the import command.
	System bool
	// RequestID ties audit rows to the request's log line.
	RequestID string
}

// NoCustomer is an id that no customer has: a token for a customer this service never heard of sees nothing.
const NoCustomer = "none"

// Anonymous reports whether nobody was authenticated.
func (a Actor) Anonymous() bool { return a.Role == "" && !a.System }

type actorKey struct{}

// With returns a context in which a acts.
func With(ctx context.Context, a Actor) context.Context { return context.WithValue(ctx, actorKey{}, a) }

// From returns the actor of the context; ok is false when none was ever set, which the tenant guard refuses.
func From(ctx context.Context) (a Actor, ok bool) {
	a, ok = ctx.Value(actorKey{}).(Actor)
	return a, ok
}

// AsSystem returns a context in which the service itself acts, for one merchant or (merchantID empty) across all.
func AsSystem(ctx context.Context, merchantID string) context.Context {
	a, _ := From(ctx)
	return With(ctx, Actor{System: true, MerchantID: merchantID, Subject: "system", Name: "system", RequestID: a.RequestID})
}

// ForMerchant confines the actor of the context to one merchant: what PLATFORM_ADMIN does by naming one.
func ForMerchant(ctx context.Context, merchantID string) context.Context {
	a, _ := From(ctx)
	a.MerchantID = merchantID
	return With(ctx, a)
}
