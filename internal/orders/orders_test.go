package orders_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"aftersales/ent"
	"aftersales/ent/customer"
	"aftersales/ent/order"
	"aftersales/ent/orderline"
	"aftersales/internal/apptest"
	"aftersales/internal/auth"
	"aftersales/internal/orders"
	"aftersales/internal/problem"
)

// erp is the merchant's own system, which may write orders.
func erp(s *apptest.Shop) context.Context {
	return auth.With(context.Background(), auth.Actor{Subject: "erp", Name: "erp", Role: auth.Integration, MerchantID: s.ID})
}

// imported imports and returns the results, failing on any refusal.
func imported(t *testing.T, s *apptest.Shop, in ...orders.Input) []orders.Outcome {
	t.Helper()
	out, err := s.Env.App.Orders.Import(erp(s), in)
	if err != nil {
		t.Fatalf("import: %v", err)
	}
	for i, o := range out {
		if o.Err != nil {
			t.Fatalf("order %d was refused: %v", i, o.Err)
		}
	}
	return out
}

func results(out []orders.Outcome) string {
	var all []string
	for _, o := range out {
		all = append(all, string(o.Result))
	}
	return strings.Join(all, " ")
}

func loaded(t *testing.T, s *apptest.Shop, number string) *ent.Order {
	t.Helper()
	o, err := s.Env.App.Store.Client(erp(s)).Order.Query().Where(order.Number(number)).WithCustomer().
		WithLines(func(q *ent.OrderLineQuery) { q.Order(orderline.ByPosition()) }).Only(erp(s))
	if err != nil {
		t.Fatalf("order %s: %v", number, err)
	}
	return o
}

// The same import again changes nothing, not even a row's place in time, and writes nothing.
func TestTheSameImportAgainChangesNothing(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Live("mall")
		batch := []orders.Input{sale("#1", "a@example.com", 2), sale("#2", "b@example.com", 1), sale("#3", "a@example.com", 3)}
		first := imported(t, s, batch...)
		if got := results(first); got != "created created created" {
			t.Fatalf("first import: %s", got)
		}
		before := fmt.Sprint(loaded(t, s, "#1"), loaded(t, s, "#1").Edges)
		var again []orders.Outcome
		statements := e.Statements(func() { again = imported(t, s, batch...) })
		if got := results(again); got != "unchanged unchanged unchanged" {
			t.Errorf("second import: %s", got)
		}
		for _, q := range statements {
			if !strings.HasPrefix(q, "SELECT") {
				t.Errorf("the second import wrote: %s", q)
			}
		}
		for i := range first {
			if first[i].ID != again[i].ID {
				t.Errorf("order %d changed its id from %s to %s", i, first[i].ID, again[i].ID)
			}
		}
		if after := fmt.Sprint(loaded(t, s, "#1"), loaded(t, s, "#1").Edges); after != before {
			t.Errorf("order #1 changed:\n%s\n%s", before, after)
		}
		// The same instant told in another zone is the same order.
		moved := batch[0]
		shanghai := time.FixedZone("", 8*3600)
		moved.PlacedAt = moved.PlacedAt.In(shanghai)
		paid := moved.PaidAt.In(shanghai)
		moved.PaidAt = &paid
		if got := results(imported(t, s, moved)); got != "unchanged" {
			t.Errorf("the same order with its times in another zone: %s", got)
		}
	})
}

// What an import costs does not grow with every order: a batch is a fixed number of statements and one more for every
// few rows.
func TestAnImportIsAFixedNumberOfStatements(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Live("mall")
		var batch []orders.Input
		for i := range 200 {
			batch = append(batch, sale(fmt.Sprint(i), fmt.Sprintf("c%d@example.com", i%20), 2))
		}
		if n := len(e.Statements(func() { imported(t, s, batch...) })); n > 32 {
			t.Errorf("200 new orders took %d statements", n)
		}
		if n := len(e.Statements(func() { imported(t, s, batch...) })); n > 3 {
			t.Errorf("200 known orders took %d statements", n)
		}
	})
}

func TestAnOrderIsUpdated(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Live("mall")
		id := imported(t, s, sale("#1", "a@example.com", 2))[0].ID
		lines := loaded(t, s, "#1").Edges.Lines

		next := sale("#1", "a@example.com", 3)
		delivered := placed.Add(72 * time.Hour)
		next.Lines[0], next.Lines[1] = next.Lines[1], next.Lines[0] // recognised by external id, wherever they stand
		next.Lines[0].DeliveredAt = &delivered
		next.Lines[1].FulfilledAt = nil // left out: what is known stays
		next.Lines[1].Quantity = 5
		next.PaidAt = nil
		next.Shipping, next.Refunded = 500, 300
		out := imported(t, s, next)
		if out[0].Result != orders.Updated || out[0].ID != id {
			t.Fatalf("%+v, want order %s updated", out[0], id)
		}
		o := loaded(t, s, "#1")
		if o.Shipping != 500 || o.Refunded != 300 || o.ImportedRefunded != 300 || o.Total != 2*1000+5*1000+2*1000+500 || o.Paid != o.Total {
			t.Errorf("order %+v", o)
		}
		if o.PaidAt == nil || !o.PaidAt.Equal(placed) {
			t.Errorf("paidAt %v, want what was known", o.PaidAt)
		}
		got := o.Edges.Lines
		if len(got) != 3 || got[0].ID != lines[1].ID || got[1].ID != lines[0].ID {
			t.Fatalf("lines %v, want S1, S0 and a new one", got)
		}
		if got[0].DeliveredAt == nil || !got[0].DeliveredAt.Equal(delivered) {
			t.Errorf("delivered %v", got[0].DeliveredAt)
		}
		if got[1].Quantity != 5 || got[1].Paid != 5000 || got[1].FulfilledAt == nil {
			t.Errorf("line %+v", got[1])
		}
	})
}

// A refused order leaves nothing behind: neither lines nor what it told of its customer.
func TestAChangeThatBreaksPromisesIsRefused(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Live("mall")
		imported(t, s, sale("#1", "c-1", 2), sale("#2", "c-1", 1))
		// Of two units one goes back for good and is refunded, the other is held by an open case.
		o := apptest.Order{ID: loaded(t, s, "#1").ID, Lines: []string{loaded(t, s, "#1").Edges.Lines[0].ID}}
		first := s.Request(o, "RETURN_AND_REFUND", 1)
		s.ToInspected(first)
		s.Refund(first)
		s.Request(o, "RETURN_AND_REFUND", 1)
		before := loaded(t, s, "#1")
		if l := before.Edges.Lines[0]; l.Held != 1 || l.Returned != 1 || l.Refunded != 1000 || before.Refunded != 1000 {
			t.Fatalf("line %+v of order %+v", l, before)
		}

		for _, c := range []struct {
			name, field string
			change      func(in *orders.Input)
		}{
			{"less than held and returned", "lines.0.quantity", func(in *orders.Input) { in.Lines[0].Quantity = 1 }},
			{"less paid than refunded", "lines.0.unitPrice", func(in *orders.Input) { in.Lines[0].UnitPrice = 400 }},
			{"a line is missing", "lines", func(in *orders.Input) { in.Lines = in.Lines[:1] }},
			{"a line is another", "lines", func(in *orders.Input) { in.Lines[1].ExternalID = "S9" }},
			{"another currency", "currency", func(in *orders.Input) { in.Currency = "EUR" }},
			{"refunded elsewhere too", "refunded", func(in *orders.Input) { in.Refunded = 3001 }},
			{"not paid after all", "refunded", func(in *orders.Input) { in.Unpaid = true }},
		} {
			in := sale("#1", "c-1", 2)
			in.Customer.Name = "somebody else"
			c.change(&in)
			_, err := e.App.Orders.Upsert(erp(s), in)
			if all := problem.All(err); len(all) != 1 || all[0].Code != problem.InvalidInput || strings.Join(all[0].Field, ".") != c.field {
				t.Errorf("%s: %v, want INVALID_INPUT at %s", c.name, err, c.field)
			}
			after := loaded(t, s, "#1")
			if fmt.Sprint(before, before.Edges) != fmt.Sprint(after, after.Edges) {
				t.Errorf("%s: the order changed:\n%v %v\n%v %v", c.name, before, before.Edges, after, after.Edges)
			}
		}

		// What keeps them is taken, and the counters of cases and refunds stay.
		in := sale("#1", "c-1", 2)
		in.Lines[0].Title, in.Refunded = "another title", 3000
		if got := results(imported(t, s, in)); got != "updated" {
			t.Fatalf("%s", got)
		}
		after := loaded(t, s, "#1")
		if l := after.Edges.Lines[0]; l.Held != 1 || l.Returned != 1 || l.Refunded != 1000 || l.Title != "another title" || after.Refunded != 4000 {
			t.Errorf("line %+v of order %+v", l, after)
		}
	})
}

// Good rows are kept, whatever stands beside them, and each refusal names its place.
func TestGoodOrdersAreKeptBesideRefusedOnes(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Live("mall")
		nameless, free, twice := sale("", "x@example.com", 1), sale("#2", "free@example.com", 1), sale("#1", "late@example.com", 1)
		free.Lines[0].Quantity = 0
		noLines := sale("#4", "y@example.com", 0)
		out, err := e.App.Orders.Import(erp(s), []orders.Input{sale("#1", "a@example.com", 1), nameless, free, twice, noLines, sale("#5", "a@example.com", 1)})
		if err != nil {
			t.Fatal(err)
		}
		if got := results(out); got != "created refused refused refused refused created" {
			t.Fatalf("%s", got)
		}
		for i, field := range map[int]string{1: "number", 2: "lines.0.quantity", 3: "number", 4: "lines"} {
			if all := problem.All(out[i].Err); len(all) != 1 || strings.Join(all[0].Field, ".") != field || all[0].Message.ZH == "" {
				t.Errorf("order %d: %v, want one refusal at %s", i, out[i].Err, field)
			}
		}
		client := e.App.Store.Client(erp(s))
		numbers, err := client.Order.Query().Order(order.ByNumber()).Select(order.FieldNumber).Strings(erp(s))
		if err != nil || !slices.Equal(numbers, []string{"#1", "#5"}) {
			t.Errorf("orders %v, %v", numbers, err)
		}
		customers, err := client.Customer.Query().Select(customer.FieldExternalID).Strings(erp(s))
		if err != nil || !slices.Equal(customers, []string{"a@example.com"}) {
			t.Errorf("customers %v, %v: a refused order left its customer behind", customers, err)
		}
	})
}

func TestABatchIsLimited(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Live("mall")
		batch := make([]orders.Input, orders.MaxBatch+1)
		for i := range batch {
			batch[i] = sale(fmt.Sprint(i), "a@example.com", 1)
		}
		_, err := e.App.Orders.Import(erp(s), batch)
		if all := problem.All(err); len(all) != 1 || all[0].Code != problem.LimitExceeded || !slices.Equal(all[0].Field, []string{"orders"}) {
			t.Fatalf("%v, want LIMIT_EXCEEDED at orders", err)
		}
		if n := e.App.Store.Client(erp(s)).Order.Query().CountX(erp(s)); n != 0 {
			t.Errorf("%d orders were written", n)
		}
		if out := imported(t, s, batch[:orders.MaxBatch]...); results(out[:1]) != "created" || len(out) != orders.MaxBatch {
			t.Errorf("%d outcomes", len(out))
		}
		if out, err := e.App.Orders.Import(erp(s), nil); err != nil || len(out) != 0 {
			t.Errorf("no orders: %v, %v", out, err)
		}
	})
}

// Only those whom the permission table names may write orders; nobody's context writes nothing.
func TestWhoMayWriteOrders(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Live("mall")
		for _, role := range auth.Roles() {
			ctx := auth.With(context.Background(), auth.Actor{Subject: "x", Role: role, MerchantID: s.ID, CustomerID: auth.NoCustomer})
			_, err := e.App.Orders.Upsert(ctx, sale("#"+string(role), "a@example.com", 1))
			may := role == auth.Integration || role == auth.MerchantAdmin || role == auth.PlatformAdmin
			if may && err != nil || !may && !problem.Is(err, problem.NotAllowed) {
				t.Errorf("%s: %v", role, err)
			}
		}
		if _, err := e.App.Orders.Upsert(context.Background(), sale("#none", "a@example.com", 1)); err == nil {
			t.Error("a context without an actor wrote an order")
		}
		if n := e.App.Store.Client(erp(s)).Order.Query().CountX(erp(s)); n != 3 {
			t.Errorf("%d orders, want 3", n)
		}
	})
}

// However many systems send the same orders at once, each order and each customer is there once.
func TestTheSameOrdersFromSeveralAtOnce(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Live("mall")
		const callers, size = 4, 60
		var wg sync.WaitGroup
		created := make([]int, callers)
		for c := range callers {
			wg.Go(func() {
				batch := make([]orders.Input, size)
				for i := range batch {
					n := i
					if c%2 == 1 {
						n = size - 1 - i // the other way round, which is where deadlocks come from
					}
					batch[i] = sale(fmt.Sprint(n), fmt.Sprintf("c%d@example.com", n%7), 2)
				}
				out, err := e.App.Orders.Import(erp(s), batch)
				if err != nil {
					t.Errorf("caller %d: %v", c, err)
				}
				for i, o := range out {
					switch o.Result {
					case orders.Created:
						created[c]++
					case orders.Unchanged:
					default:
						t.Errorf("caller %d, order %d: %s %v", c, i, o.Result, o.Err)
					}
				}
			})
		}
		wg.Wait()
		sum := 0
		for _, n := range created {
			sum += n
		}
		ctx, client := erp(s), e.App.Store.Client(erp(s))
		if n := client.Order.Query().CountX(ctx); n != size || sum != size {
			t.Errorf("%d orders, %d called created; want %d", n, sum, size)
		}
		if n := client.OrderLine.Query().CountX(ctx); n != 2*size {
			t.Errorf("%d lines, want %d", n, 2*size)
		}
		if n := client.Customer.Query().CountX(ctx); n != 7 {
			t.Errorf("%d customers, want 7", n)
		}
	})
}

// The last that a batch tells of a customer counts, new or known, and an order can go over to another customer.
func TestCustomersComeWithTheirOrders(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Live("mall")
		first, second := sale("#9", "a@example.com", 1), sale("#1", "a@example.com", 1)
		second.Customer.Phone, second.Customer.Name = "+8612000000009", "林知遥 (新)"
		imported(t, s, first, second)
		got := loaded(t, s, "#9").Edges.Customer
		if got.Phone != "+8612000000009" || got.Name != "林知遥 (新)" || got.ID != loaded(t, s, "#1").Edges.Customer.ID {
			t.Errorf("customer %+v, want what the second order told", got)
		}
		third := sale("#3", "a@example.com", 1)
		third.Customer.Address = "上海市"
		imported(t, s, third)
		known := loaded(t, s, "#1").Edges.Customer
		if known.Address != "上海市" || known.Name != "林知遥" || known.ID != got.ID {
			t.Errorf("customer %+v, want what the third order told", known)
		}
		moved, fresh := sale("#9", "b@example.com", 1), sale("#10", "b@example.com", 1)
		if out := results(imported(t, s, moved, fresh)); out != "updated created" {
			t.Fatalf("%s", out)
		}
		a, b := loaded(t, s, "#9").Edges.Customer, loaded(t, s, "#10").Edges.Customer
		if a.ID != b.ID || a.ExternalID != "b@example.com" {
			t.Errorf("customers %+v and %+v, want one new one", a, b)
		}
	})
}

// Two merchants may have the same order numbers and customers; neither touches the other's.
func TestMerchantsDoNotShareOrders(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s, other := e.Live("mall"), e.Live("other")
		mine := imported(t, s, sale("#1", "a@example.com", 1))[0].ID
		theirs := sale("#1", "a@example.com", 2)
		theirs.Customer.Name = "another"
		out := imported(t, other, theirs)
		if out[0].Result != orders.Created || out[0].ID == mine {
			t.Errorf("%+v", out[0])
		}
		if o := loaded(t, s, "#1"); len(o.Edges.Lines) != 1 || o.Edges.Customer.Name != "林知遥" {
			t.Errorf("the first merchant's order became %v %v", o, o.Edges)
		}
	})
}
