package store_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"aftersales/ent"
	"aftersales/ent/customer"
	"aftersales/internal/apptest"
	"aftersales/internal/auth"
	"aftersales/internal/store"
)

// Rows that a transaction creates go out together, and whoever looks, inside or outside, sees what he would have seen anyway.
func TestRowsAreCreatedTogether(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("shop", "2025-09-24T10:00:00+08:00")
		ctx := auth.AsSystem(t.Context(), s.ID)
		st := e.App.Store
		create := func(ctx context.Context, name string) error {
			return st.Client(ctx).Customer.Create().SetMerchantID(s.ID).SetExternalID(name).SetName(name).Exec(ctx)
		}
		named := func(names ...string) int {
			n, err := st.Client(ctx).Customer.Query().Where(customer.MerchantID(s.ID), customer.NameIn(names...)).Count(ctx)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		in := func(fn func(ctx context.Context) error) (sent int, err error) {
			sent = len(e.Statements(func() { err = st.InTx(ctx, fn) }))
			return sent, err
		}
		sends := func(what string, got, onPostgres, onSQLite int) {
			t.Helper()
			want := map[string]int{"postgres": onPostgres, "sqlite": onSQLite}[e.Engine]
			if got != want {
				t.Errorf("%s: %d statements, want %d", what, got, want)
			}
		}

		sent, err := in(func(ctx context.Context) error {
			return errors.Join(create(ctx, "a"), create(ctx, "b"), create(ctx, "c"))
		})
		if err != nil || named("a", "b", "c") != 3 {
			t.Fatalf("%v, %d written", err, named("a", "b", "c"))
		}
		sends("three rows", sent, 1, 3)

		sent, err = in(func(ctx context.Context) error {
			if err := errors.Join(create(ctx, "d"), create(ctx, "e")); err != nil {
				return err
			}
			row, err := st.Client(ctx).Customer.Query().Where(customer.MerchantID(s.ID), customer.Name("d")).Only(ctx)
			if err != nil {
				return fmt.Errorf("a transaction does not see its own row: %w", err)
			}
			if err := create(ctx, "f"); err != nil {
				return err
			}
			n, err := st.Client(ctx).Customer.Update().Where(customer.MerchantID(s.ID), customer.NameIn("d", "f")).SetName("D").Save(ctx)
			if err == nil && n != 2 {
				err = fmt.Errorf("an update reached %d of its own rows, %s among them", n, row.ID)
			}
			return err
		})
		if err != nil || named("D") != 2 {
			t.Fatalf("%v, %d written", err, named("D"))
		}
		sends("rows, a read, a row, an update", sent, 4, 5)

		for what, then := range map[string]func(ctx context.Context) error{
			"a commit": func(context.Context) error { return nil },
			"a read": func(ctx context.Context) error {
				_, err := st.Client(ctx).Customer.Query().Count(ctx)
				return err
			},
			"an update": func(ctx context.Context) error {
				return st.Client(ctx).Customer.Update().Where(customer.Name("a")).SetName("A").Exec(ctx)
			},
		} {
			_, err = in(func(ctx context.Context) error {
				if err := errors.Join(create(ctx, "g"), create(ctx, "a")); err != nil {
					return err
				}
				return then(ctx)
			})
			if !store.IsConstraint(err) || named("g") != 0 || named("a") != 1 {
				t.Errorf("a name that is taken, then %s: %v; %d, %d written", what, err, named("g"), named("a"))
			}
		}

		changed := errors.New("changed my mind")
		if _, err = in(func(ctx context.Context) error { return errors.Join(create(ctx, "g"), changed) }); !errors.Is(err, changed) || named("g") != 0 {
			t.Errorf("rolled back: %v, %d written", err, named("g"))
		}

		many := 100
		sent, err = in(func(ctx context.Context) error {
			for i := range many {
				if err := create(ctx, fmt.Sprintf("many %03d", i)); err != nil {
					return err
				}
			}
			return nil
		})
		n, countErr := st.Client(ctx).Customer.Query().Where(customer.NameHasPrefix("many ")).Count(ctx)
		if err := errors.Join(err, countErr); err != nil || n != many {
			t.Errorf("%v, %d written", err, n)
		}
		if e.Engine == "postgres" && sent > many/10 {
			t.Errorf("%d rows took %d statements", many, sent)
		}
	})
}

// Rows refer to rows that go out with them, and each keeps its own values.
func TestRowsThatGoTogetherKeepTheirValues(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("shop", "2025-09-24T10:00:00+08:00")
		ctx := auth.AsSystem(t.Context(), s.ID)
		st := e.App.Store
		err := st.InTx(ctx, func(ctx context.Context) error {
			c := st.Client(ctx)
			err := c.Customer.Create().SetID("cus_1").SetMerchantID(s.ID).SetExternalID("$1").SetName("pays $12").Exec(ctx)
			for i := range 3 {
				id := fmt.Sprint("ord_", i)
				err = errors.Join(err,
					c.Order.Create().SetID(id).SetMerchantID(s.ID).SetCustomerID("cus_1").SetNumber(id).SetCurrency("CNY").SetPlacedAt(e.Now()).SetShipping(int64(i)).
						SetDiscount(0).SetTax(0).SetTotal(int64(20+i)).SetPaid(int64(10+i)).SetImportedRefunded(0).SetRefunded(0).SetInputHash("").Exec(ctx))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		rows, err := st.Client(ctx).Order.Query().WithCustomer().Order(ent.Asc("number")).All(ctx)
		if err != nil || len(rows) != 3 {
			t.Fatalf("%d orders, %v", len(rows), err)
		}
		for i, o := range rows {
			if o.Shipping != int64(i) || o.Total != int64(20+i) || o.Paid != int64(10+i) || o.Edges.Customer.Name != "pays $12" || o.Edges.Customer.ExternalID != "$1" {
				t.Errorf("order %d: %v of %v", i, o, o.Edges.Customer)
			}
		}
	})
}
