// Package demo fills the embedded default: two sandbox merchants, their staff, orders and a fortnight of cases, written
// through the product's own use cases by people with the proper roles while the shops' clocks move on. So the history
// is what the product itself would have written, and the data is a test of the product.
//
// It knows no SQL and no GraphQL beyond the text of the landing page's examples. Names, numbers and addresses belong to
// nobody.
package demo

import (
	"context"
	"fmt"

	"aftersales/internal/app"
	"aftersales/internal/auth"
	"aftersales/internal/problem"
)

// Slugs of the demo's merchants.
const (
	Mall = "demo-mall"
	Shop = "demo-shop"
)

// Seed fills a database that has no merchant demo-mall; one that has it is left as it is, so that a second start keeps
// the data. Everything is one transaction: a process killed on the way leaves nothing behind, and demo-mall exists only
// with all that belongs to it. Of two processes that seed at once one writes, the other finds the work done.
func Seed(ctx context.Context, a *app.App) error {
	ctx = auth.AsSystem(ctx, "")
	return a.Store.InTx(ctx, func(ctx context.Context) error {
		slug := Mall
		_, err := a.Merchants.Scope(ctx, &slug)
		if !problem.Is(err, problem.NotFound) {
			return err
		}
		for _, s := range []shop{mall, berlin} {
			if err := s.perform(ctx, a); err != nil {
				return fmt.Errorf("%s: %w", s.slug, err)
			}
		}
		return nil
	})
}
