package store_test

import (
	"context"
	"errors"
	"testing"

	"aftersales/ent"
	"aftersales/ent/returnreason"
	"aftersales/ent/staff"
	"aftersales/internal/apptest"
	"aftersales/internal/auth"
	"aftersales/internal/store"
)

// Whoever writes what a merchant has set up gives it a new stamp, in the same transaction; whoever does not, leaves it.
func TestSettingsAreStamped(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		a, b := e.Sandbox("shop-a", "2025-09-24T10:00:00+08:00"), e.Sandbox("shop-b", "2025-09-24T10:00:00+08:00")
		st := e.App.Store
		ctx := auth.AsSystem(t.Context(), a.ID)
		stamp := func(of string) string {
			t.Helper()
			m, err := st.Client(ctx).Merchant.Get(auth.AsSystem(ctx, of), of)
			if err != nil {
				t.Fatal(err)
			}
			return m.SettingsStamp
		}
		before, others := stamp(a.ID), stamp(b.ID)
		if before == "" || before == others {
			t.Fatalf("stamps %q and %q: a new merchant has reasons", before, others)
		}
		hire := func(ctx context.Context) error {
			return st.Client(ctx).Staff.Create().SetMerchantID(a.ID).SetSubject("li-na").SetName("Li Na").SetRole("AGENT").Exec(ctx)
		}
		regret := errors.New("regret")
		if err := st.InTx(ctx, func(ctx context.Context) error { return errors.Join(hire(ctx), regret) }); !errors.Is(err, regret) || stamp(a.ID) != before {
			t.Errorf("rolled back: %v, stamp %q after %q", err, stamp(a.ID), before)
		}
		for what, write := range map[string]func(ctx context.Context, c *ent.Client) error{
			"a new row": func(ctx context.Context, _ *ent.Client) error { return hire(ctx) },
			"an update": func(ctx context.Context, c *ent.Client) error {
				return c.ReturnReason.Update().Where(returnreason.Handle("QUALITY")).SetUrgent(true).Exec(ctx)
			},
			"a delete": func(ctx context.Context, c *ent.Client) error {
				_, err := c.Staff.Delete().Where(staff.Subject("nobody")).Exec(ctx)
				return err
			},
		} {
			before = stamp(a.ID)
			err := st.InTx(ctx, func(ctx context.Context) error {
				if store.SettingsChange(ctx, a.ID) {
					t.Errorf("%s: it changes before it is written", what)
				}
				err := write(ctx, st.Client(ctx))
				if !store.SettingsChange(ctx, a.ID) || store.SettingsChange(ctx, b.ID) {
					t.Errorf("%s: not known to change, or for others too", what)
				}
				return err
			})
			if err != nil || stamp(a.ID) == before {
				t.Errorf("%s: %v, stamp still %q", what, err, before)
			}
		}
		if got := stamp(b.ID); got != others {
			t.Errorf("the other merchant has a new stamp %q", got)
		}
		before = stamp(a.ID)
		if err := hire(ctx); err == nil {
			t.Error("settings were written outside a transaction")
		}
		if err := st.InTx(ctx, func(ctx context.Context) error {
			return st.Client(ctx).Customer.Create().SetMerchantID(a.ID).SetExternalID("c").SetName("C").Exec(ctx)
		}); err != nil || stamp(a.ID) != before {
			t.Errorf("a customer is no setting: %v", err)
		}
	})
}
