package store

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"

	"aftersales/ent"
	"aftersales/internal/auth"
)

// What a merchant has set up is needed by every request and written once a month, so package casework remembers it. A merchant's
// row carries a stamp, and every transaction that writes one of these types gives it a new one: whoever reads the row knows
// whether what is remembered is still so, also when another server wrote it.
var settings = []string{ent.TypeReturnReason, ent.TypeStaff, ent.TypePlanAdoption, ent.TypeDerivedPlan, ent.TypeWarrantyTerm}

// stamped notes whose settings a mutation writes.
func stamped(next ent.Mutator) ent.Mutator {
	return ent.MutateFunc(func(ctx context.Context, m ent.Mutation) (ent.Value, error) {
		if !slices.Contains(settings, m.Type()) {
			return next.Mutate(ctx, m)
		}
		merchantID := ""
		if a, _ := auth.From(ctx); a.MerchantID != "" {
			merchantID = a.MerchantID
		} else if v, ok := m.Field("merchant_id"); ok {
			merchantID, _ = v.(string)
		}
		tx, ok := ctx.Value(txKey{}).(*running)
		if !ok || merchantID == "" {
			return nil, fmt.Errorf("store: %s is written in a transaction, for one merchant", m.Type())
		}
		tx.settings[merchantID] = true
		return next.Mutate(ctx, m)
	})
}

// SettingsChange reports whether the running transaction writes settings of a merchant: then what it reads is nobody else's yet.
func SettingsChange(ctx context.Context, merchantID string) bool {
	tx, ok := ctx.Value(txKey{}).(*running)
	return ok && tx.settings[merchantID]
}

// stamp gives new stamps to the merchants whose settings a transaction wrote.
func (r *running) stamp(ctx context.Context) error {
	for merchantID := range r.settings {
		if err := r.tx.Merchant.UpdateOneID(merchantID).SetSettingsStamp(rand.Text()).Exec(auth.AsSystem(ctx, merchantID)); err != nil {
			return err
		}
	}
	return nil
}
