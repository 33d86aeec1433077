package orderchange

import (
	"testing"
	"time"

	"aftersales/ent"
)

// MALL-2.3b: how far a line has come decides what can be done about it. Delivered outweighs everything else that is known.
func TestStateOfALine(t *testing.T) {
	t.Parallel()
	now := time.Date(2025, 3, 11, 2, 15, 0, 0, time.UTC)
	then := now.Add(-time.Hour)
	for _, tc := range []struct {
		name   string
		placed time.Time
		order  ent.Order
		line   ent.OrderLine
		want   State
	}{
		{"nothing is known", then, ent.Order{}, ent.OrderLine{Quantity: 2}, Undispatched},
		{"a part was cancelled", then, ent.Order{}, ent.OrderLine{Quantity: 2, Returned: 1}, Undispatched},
		{"all of it was", then, ent.Order{}, ent.OrderLine{Quantity: 2, Returned: 2}, Gone},
		{"cancelled, and dispatched all the same", then, ent.Order{}, ent.OrderLine{Quantity: 2, Returned: 2, FulfilledAt: &then}, Gone},
		{"the shop cancelled the order", then, ent.Order{CancelledAt: &then}, ent.OrderLine{Quantity: 2, FulfilledAt: &then}, Gone},
		{"dispatched", then, ent.Order{}, ent.OrderLine{Quantity: 2, FulfilledAt: &then}, InTransit},
		{"delivered", then, ent.Order{}, ent.OrderLine{Quantity: 2, FulfilledAt: &then, DeliveredAt: &then}, Delivered},
		{"delivered and returned", then, ent.Order{}, ent.OrderLine{Quantity: 2, Returned: 2, DeliveredAt: &then}, Delivered},
		{"delivered, of a cancelled order", then, ent.Order{CancelledAt: &then}, ent.OrderLine{Quantity: 2, DeliveredAt: &then}, Delivered},
		{"30 days of silence", now.Add(-silence), ent.Order{}, ent.OrderLine{Quantity: 2}, Undispatched},
		{"longer silence", now.Add(-silence - time.Microsecond), ent.Order{}, ent.OrderLine{Quantity: 2}, InTransit},
	} {
		o := tc.order
		o.PlacedAt = tc.placed
		if got := StateOf(&o, &tc.line, now); got != tc.want {
			t.Errorf("%s: %s, want %s", tc.name, got, tc.want)
		}
	}
}

// An order goes elsewhere as long as nothing of it has left and something will.
func TestAmendable(t *testing.T) {
	t.Parallel()
	now := time.Date(2025, 3, 11, 2, 15, 0, 0, time.UTC)
	here, gone, sent := &ent.OrderLine{Quantity: 1}, &ent.OrderLine{Quantity: 1, Returned: 1}, &ent.OrderLine{Quantity: 1, FulfilledAt: &now}
	for _, tc := range []struct {
		lines []*ent.OrderLine
		want  bool
	}{
		{[]*ent.OrderLine{here}, true}, {[]*ent.OrderLine{gone, here}, true}, {[]*ent.OrderLine{gone}, false},
		{[]*ent.OrderLine{here, sent}, false}, {[]*ent.OrderLine{sent}, false}, {nil, false},
	} {
		o := &ent.Order{PlacedAt: now}
		o.Edges.Lines = tc.lines
		if got := amendable(o, now); got != tc.want {
			t.Errorf("%v: %t", tc.lines, got)
		}
	}
}
