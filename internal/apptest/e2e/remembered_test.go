package e2e

import (
	"context"
	"errors"
	"testing"

	"aftersales/internal/apptest"
	"aftersales/internal/auth"
	"aftersales/internal/lifecycle"
)

// What a transaction wrote and took back is remembered by nobody, even when it was read in between; and what is remembered is
// asked for without a statement.
func TestSettingsOfATransactionAreItsOwn(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-09-24T10:00:00+08:00")
		ctx := auth.AsSystem(t.Context(), s.ID)
		cases, client := e.App.Cases, e.App.Store.Client
		reasons := func(ctx context.Context) (int, error) {
			m, err := cases.MerchantRow(ctx, s.ID)
			if err != nil {
				return 0, err
			}
			set, err := cases.Settings(ctx, m)
			if err != nil {
				return 0, err
			}
			return len(set.Reasons), nil
		}
		before, err := reasons(ctx)
		if err != nil || before == 0 {
			t.Fatal(before, err)
		}
		regret := errors.New("regret")
		err = e.App.Store.InTx(ctx, func(ctx context.Context) error {
			if _, err := client(ctx).ReturnReason.Delete().Exec(ctx); err != nil {
				return err
			}
			if n, err := reasons(ctx); err != nil || n != 0 {
				t.Errorf("inside: %d reasons, %v", n, err)
			}
			return regret
		})
		if !errors.Is(err, regret) {
			t.Fatal(err)
		}
		statements := len(e.Statements(func() {
			if n, err := reasons(ctx); err != nil || n != before {
				t.Errorf("afterwards: %d reasons, %v; want %d", n, err, before)
			}
		}))
		if statements != 1 {
			t.Errorf("%d statements, want that of the merchant's row alone", statements)
		}
	})
}

// A plan that this server does not know stands in the way of new cases of its kind, and of nothing else.
func TestAnUnknownPlanHoldsUpItsKindAlone(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-09-24T10:00:00+08:00")
		ctx := auth.AsSystem(t.Context(), s.ID)
		err := e.App.Store.InTx(ctx, func(ctx context.Context) error {
			return e.App.Store.Client(ctx).PlanAdoption.Create().SetMerchantID(s.ID).SetKind(lifecycle.Complaint).SetPlanCode("OF-TOMORROW").SetPosition(0).
				SetAdoptedAt(e.Now()).Exec(ctx)
		})
		if err != nil {
			t.Fatal(err)
		}
		m, err := e.App.Cases.MerchantRow(ctx, s.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range lifecycle.Kinds() {
			plans, err := e.App.Cases.PlansFor(ctx, m, k)
			if known := err == nil && len(plans) == 1; known == (k == lifecycle.Complaint) {
				t.Errorf("%s: %d plans, %v", k, len(plans), err)
			}
		}
	})
}
