package demo

import (
	"context"
	"fmt"
	"slices"
	"time"

	"aftersales/internal/orders"
)

// article is something a shop sells; price is in minor units of the shop's currency.
type article struct {
	sku, title string
	price      int64
	category   string
}

// customer is somebody who bought; the phone numbers are ones that nobody can have.
type customer struct{ id, name, email, phone, address string }

// order is what a customer bought. Amounts are in minor units. delivered empty means that nobody told.
type order struct {
	number, customer, placed, delivered string
	lines                               []line
	shipping, discount, refunded        int64
}

// line is some of one article; discount is for the whole line.
type line struct {
	sku      string
	quantity int
	discount int64
	serial   string
}

// told writes an order down as the shop's own system tells it.
func (s *shop) told(o order, zone *time.Location) (orders.Input, error) {
	c := slices.IndexFunc(s.customers, func(c customer) bool { return c.id == o.customer })
	if c < 0 {
		return orders.Input{}, fmt.Errorf("order %s: no customer %s", o.number, o.customer)
	}
	who := s.customers[c]
	placed, err := local(o.placed, zone)
	if err != nil {
		return orders.Input{}, err
	}
	paid, fulfilled := placed.Add(2*time.Minute), placed.Add(18*time.Hour)
	in := orders.Input{
		Number: o.number, PlacedAt: placed, PaidAt: &paid, Currency: s.currency,
		Customer: orders.CustomerInput{ExternalID: who.id, Name: who.name, Email: who.email, Phone: who.phone, Address: who.address},
		Shipping: o.shipping, Discount: o.discount, Refunded: o.refunded,
	}
	var delivered *time.Time
	if o.delivered != "" {
		t, err := local(o.delivered, zone)
		if err != nil {
			return orders.Input{}, err
		}
		delivered = &t
	}
	for i, l := range o.lines {
		at := slices.IndexFunc(s.catalogue, func(a article) bool { return a.sku == l.sku })
		if at < 0 {
			return orders.Input{}, fmt.Errorf("order %s: no article %s", o.number, l.sku)
		}
		a := s.catalogue[at]
		in.Lines = append(in.Lines, orders.LineInput{
			ExternalID: fmt.Sprintf("%s-%d", o.number, i+1), SKU: a.sku, Title: a.title, Quantity: l.quantity, UnitPrice: a.price,
			Discount: l.discount, Category: a.category, SerialNumber: l.serial, FulfilledAt: &fulfilled, DeliveredAt: delivered,
		})
	}
	return in, nil
}

// importOrders brings all orders of the shop in with one call.
func (st *stage) importOrders(ctx context.Context) error {
	in := make([]orders.Input, len(st.orders))
	for i, o := range st.orders {
		var err error
		if in[i], err = st.told(o, st.zone); err != nil {
			return err
		}
	}
	outcomes, err := st.app.Orders.Import(ctx, in)
	if err != nil {
		return err
	}
	for i, out := range outcomes {
		if out.Err != nil {
			return fmt.Errorf("order %s: %w", in[i].Number, out.Err)
		}
		st.orderIDs[in[i].Number] = out.ID
	}
	return nil
}

func local(text string, zone *time.Location) (time.Time, error) {
	return time.ParseInLocation("2006-01-02 15:04", text, zone)
}
