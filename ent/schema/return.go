package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"aftersales/internal/id"
	"aftersales/internal/lifecycle"
)

// ReturnDetail holds what only a return has, beside its case.
type ReturnDetail struct{ ent.Schema }

func (ReturnDetail) Mixin() []ent.Mixin {
	return []ent.Mixin{identified{prefix: id.ReturnDetail}, tenant{}}
}

func (ReturnDetail) Fields() []ent.Field {
	return []ent.Field{
		field.String("case_id").MaxRuneLen(40).Immutable(),
		field.String("remedy").MaxRuneLen(20).GoType(lifecycle.Remedy("")).Immutable(),
		field.String("reason_id").MaxRuneLen(40).Immutable(),
		field.JSON("review", &lifecycle.Review{}).Optional(),
		field.String("open_question").MaxRuneLen(5000).Optional(),
		field.Strings("steps").Optional(),
		field.Strings("materials").Optional(),
		field.String("return_address_id").MaxRuneLen(40).Optional().Nillable(),
	}
}

func (ReturnDetail) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("case", ServiceCase.Type).Ref("detail").Field("case_id").Unique().Required().Immutable(),
		edge.To("reason", ReturnReason.Type).Field("reason_id").Unique().Required().Immutable(),
		edge.To("return_address", ReturnAddress.Type).Field("return_address_id").Unique(),
	}
}

func (ReturnDetail) Annotations() []schema.Annotation {
	return []schema.Annotation{checks(map[string]string{
		"return_details_remedy": "remedy IN ('REFUND', 'RETURN_AND_REFUND')",
	})}
}

// ReturnItem is one order line in a return, with what the inspection found.
type ReturnItem struct{ ent.Schema }

func (ReturnItem) Mixin() []ent.Mixin {
	return []ent.Mixin{identified{prefix: id.ReturnItem}, tenant{}}
}

func (ReturnItem) Fields() []ent.Field {
	return []ent.Field{
		field.String("case_id").MaxRuneLen(40).Immutable(),
		field.String("order_line_id").MaxRuneLen(40).Immutable(),
		field.Int("position").Immutable(),
		field.Int("quantity").Immutable(),
		field.Int("accepted_quantity").Optional().Nillable(),
		field.JSON("inspection", &lifecycle.Inspection{}).Optional(),
		// inspector_id is null when the inspector's token names nobody in the staff list.
		field.String("inspector_id").MaxRuneLen(40).Optional().Nillable(),
	}
}

func (ReturnItem) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("case", ServiceCase.Type).Ref("items").Field("case_id").Unique().Required().Immutable(),
		edge.From("order_line", OrderLine.Type).Ref("return_items").Field("order_line_id").Unique().Required().Immutable(),
		edge.To("inspector", Staff.Type).Field("inspector_id").Unique(),
	}
}

func (ReturnItem) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("merchant_id", "case_id", "order_line_id").Unique(),
		index.Fields("merchant_id", "order_line_id"),
	}
}

func (ReturnItem) Annotations() []schema.Annotation {
	return []schema.Annotation{checks(map[string]string{
		"return_items_quantity": "quantity >= 1 AND (accepted_quantity IS NULL OR (accepted_quantity >= 0 AND accepted_quantity <= quantity))",
	})}
}

// Parcel is goods on their way (MALL-3.2e).
type Parcel struct{ ent.Schema }

func (Parcel) Mixin() []ent.Mixin { return []ent.Mixin{identified{prefix: id.Parcel}, tenant{}} }

func (Parcel) Fields() []ent.Field {
	return []ent.Field{
		field.String("case_id").MaxRuneLen(40).Immutable(),
		field.String("direction").MaxRuneLen(15).Immutable(),
		field.String("carrier").MaxRuneLen(100).Immutable(),
		field.String("waybill").MaxRuneLen(100).Immutable(),
		instant("shipped_at").orNull().field(),
		instant("delivered_at").orNull().field(),
	}
}

func (Parcel) Edges() []ent.Edge {
	return []ent.Edge{edge.From("case", ServiceCase.Type).Ref("parcels").Field("case_id").Unique().Required().Immutable()}
}

func (Parcel) Indexes() []ent.Index {
	return []ent.Index{index.Fields("merchant_id", "case_id"), index.Fields("merchant_id", "waybill")}
}

// Refund is money on its way back to the customer. A case has at most one that is not failed.
type Refund struct{ ent.Schema }

func (Refund) Mixin() []ent.Mixin { return []ent.Mixin{identified{prefix: id.Refund}, tenant{}} }

func (Refund) Fields() []ent.Field {
	return []ent.Field{
		field.String("case_id").MaxRuneLen(40).Immutable(),
		field.Int64("amount").Immutable(),
		field.String("currency").MaxRuneLen(3).Immutable(),
		field.String("state").MaxRuneLen(12),
		field.String("gateway").MaxRuneLen(30).Immutable(),
		field.String("reference").MaxRuneLen(200).Optional(),
		instant("started_at").forever().field(),
		instant("credited_at").orNull().field(),
	}
}

func (Refund) Edges() []ent.Edge {
	return []ent.Edge{edge.From("case", ServiceCase.Type).Ref("refunds").Field("case_id").Unique().Required().Immutable()}
}

func (Refund) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("merchant_id", "case_id").Unique(),
		index.Fields("merchant_id", "started_at", "id"),
	}
}

func (Refund) Annotations() []schema.Annotation {
	return []schema.Annotation{checks(map[string]string{
		"refunds_state":  "state IN ('PROCESSING', 'CREDITED')",
		"refunds_amount": "amount > 0",
		"refunds_credit": "(state = 'CREDITED') = (credited_at IS NOT NULL)",
	})}
}
