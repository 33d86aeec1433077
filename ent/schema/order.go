package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"aftersales/internal/id"
	"aftersales/internal/lifecycle"
	"aftersales/internal/money"
)

// Customer is a buyer of one merchant. Phone, e-mail and address are personal data (SLA-A-3.1.4).
type Customer struct{ ent.Schema }

func (Customer) Mixin() []ent.Mixin { return []ent.Mixin{identified{prefix: id.Customer}, tenant{}} }

func (Customer) Fields() []ent.Field {
	return []ent.Field{
		field.String("external_id").MaxRuneLen(200).NotEmpty().Immutable(),
		field.String("name").MaxRuneLen(200),
		field.String("email").MaxRuneLen(320).Optional().Sensitive(),
		field.String("phone").MaxRuneLen(40).Optional().Sensitive(),
		field.String("address").MaxRuneLen(1000).Optional().Sensitive(),
	}
}

func (Customer) Edges() []ent.Edge {
	return []ent.Edge{edge.To("orders", Order.Type), edge.To("cases", ServiceCase.Type)}
}

func (Customer) Indexes() []ent.Index {
	return []ent.Index{index.Fields("merchant_id", "external_id").Unique()}
}

// Order is a sale. Amounts are minor units of currency.
type Order struct{ ent.Schema }

func (Order) Mixin() []ent.Mixin { return []ent.Mixin{identified{prefix: id.Order}, tenant{}} }

func (Order) Fields() []ent.Field {
	return []ent.Field{
		field.String("customer_id").MaxRuneLen(40),
		field.String("number").MaxRuneLen(100).NotEmpty().Immutable(),
		field.String("currency").MaxRuneLen(3).Immutable(),
		instant("placed_at").field(),
		instant("paid_at").orNull().field(),
		instant("cancelled_at").orNull().field(),
		field.Int64("shipping"),
		field.Int64("discount"),
		field.Int64("tax"),
		// total is what the customer was charged; paid what of it was really paid (0 for an unpaid order).
		field.Int64("total"),
		field.Int64("paid"),
		// imported_refunded was paid back outside this service, refunded is that and what was started here (promised or
		// credited): the counter that keeps every concurrent refund below paid (design decision 7).
		field.Int64("imported_refunded"),
		field.Int64("refunded"),
		// tenders are how it was paid, in the order in which they are refunded; empty: all by one original channel.
		field.JSON("tenders", []money.Tender{}).Optional(),
		// extra_paid is what the customer paid on top here, for a dearer replacement.
		field.Int64("extra_paid").Default(0),
		// From a goods value of free_shipping_from on, delivery worth shipping_waived cost nothing.
		field.Int64("free_shipping_from").Optional().Nillable(),
		field.Int64("shipping_waived").Default(0),
		field.Int64("shipping_refunded").Default(0),
		field.Int64("shipping_withheld").Default(0),
		field.JSON("ship_to", &lifecycle.Address{}).Optional().Sensitive(),
		// input_hash recognises an import that says nothing new.
		field.String("input_hash").MaxRuneLen(64),
	}
}

func (Order) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("lines", OrderLine.Type).Annotations(entsql.OnDelete(entsql.NoAction)),
		edge.To("cases", ServiceCase.Type),
		edge.From("customer", Customer.Type).Ref("orders").Field("customer_id").Unique().Required(),
		edge.To("merchant", Merchant.Type).Field("merchant_id").Unique().Required().Immutable(),
	}
}

func (Order) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("merchant_id", "number").Unique(),
		index.Fields("merchant_id", "placed_at", "id"),
		index.Fields("merchant_id", "customer_id", "placed_at", "id"),
	}
}

func (Order) Annotations() []schema.Annotation {
	return []schema.Annotation{checks(map[string]string{
		"orders_amounts":  "shipping >= 0 AND discount >= 0 AND tax >= 0 AND total >= 0 AND paid >= 0 AND paid <= total AND imported_refunded >= 0",
		"orders_refunded": "refunded >= imported_refunded",
		"orders_shipping": "extra_paid >= 0 AND shipping_waived >= 0 AND shipping_refunded >= 0 AND shipping_withheld >= 0 AND shipping_refunded <= shipping",
	})}
}

// OrderLine is one position of an order. held is the quantity that open cases reserve, returned what refunds took back.
type OrderLine struct{ ent.Schema }

func (OrderLine) Mixin() []ent.Mixin { return []ent.Mixin{identified{prefix: id.OrderLine}, tenant{}} }

func (OrderLine) Fields() []ent.Field {
	return []ent.Field{
		field.String("order_id").MaxRuneLen(40).Immutable(),
		field.Int("position"),
		field.String("external_id").MaxRuneLen(100).Optional(),
		field.String("sku").MaxRuneLen(200).NotEmpty(),
		field.String("title").MaxRuneLen(500),
		field.Int("quantity"),
		field.Int64("unit_price"),
		field.Int64("discount"),
		// paid is what the customer paid for the whole line, order discount and tax spread over it (money.md F8).
		field.Int64("paid"),
		field.Int64("refunded").Default(0),
		field.Int("held").Default(0),
		field.Int("returned").Default(0),
		// replaced counts those of the returned units in whose place another article was sent.
		field.Int("replaced").Default(0),
		field.String("category").MaxRuneLen(100).Optional(),
		field.String("serial_number").MaxRuneLen(100).Optional(),
		// exclusion is the class of goods excepted from the return without reason; some classes only if the buyer confirmed
		// it at purchase.
		field.String("exclusion").MaxRuneLen(40).Optional(),
		field.Bool("exclusion_confirmed").Default(false),
		instant("fulfilled_at").orNull().field(),
		instant("delivered_at").orNull().field(),
		// gift_of is the external id of the line this one came with for nothing; marked_price what a unit was said to be worth.
		field.String("gift_of").MaxRuneLen(100).Optional(),
		field.Int64("marked_price").Optional().Nillable(),
		// bundle names the lines sold together at a price; list_price is what a unit costs alone, withheld what was kept back
		// because the bundle was broken up.
		field.String("bundle").MaxRuneLen(100).Optional(),
		field.Int64("list_price").Optional().Nillable(),
		field.Int64("withheld").Default(0),
		// replaces_item_id is the return item in whose place this line was sent.
		field.String("replaces_item_id").MaxRuneLen(40).Optional().Nillable(),
	}
}

func (OrderLine) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("order", Order.Type).Ref("lines").Field("order_id").Unique().Required().Immutable(),
		edge.To("return_items", ReturnItem.Type),
		edge.To("warranties", Warranty.Type),
		edge.To("repairs", RepairDetail.Type),
		edge.From("replaces", ReturnItem.Type).Ref("replacement").Field("replaces_item_id").Unique(),
	}
}

func (OrderLine) Indexes() []ent.Index {
	return []ent.Index{index.Fields("merchant_id", "order_id", "position")}
}

func (OrderLine) Annotations() []schema.Annotation {
	return []schema.Annotation{checks(map[string]string{
		"order_lines_quantity": "quantity >= 1 AND held >= 0 AND returned >= 0 AND held + returned <= quantity",
		"order_lines_parts":    "(marked_price IS NULL OR marked_price >= 0) AND (list_price IS NULL OR list_price >= 0) AND withheld >= 0",
		"order_lines_money":    "unit_price >= 0 AND discount >= 0 AND paid >= 0 AND refunded >= 0 AND refunded <= paid",
	})}
}
