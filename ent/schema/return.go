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
	"aftersales/internal/plan"
)

// ReturnDetail holds what only a return has, or a change of an order, beside its case.
type ReturnDetail struct{ ent.Schema }

func (ReturnDetail) Mixin() []ent.Mixin {
	return []ent.Mixin{identified{prefix: id.ReturnDetail}, tenant{}}
}

func (ReturnDetail) Fields() []ent.Field {
	return []ent.Field{
		field.String("case_id").MaxRuneLen(40).Immutable(),
		field.String("remedy").MaxRuneLen(20).GoType(lifecycle.Remedy("")),
		// disposition is what becomes of the goods; received_at when they were booked in.
		field.String("disposition").MaxRuneLen(10).GoType(lifecycle.Disposition("")).Default(string(lifecycle.GoodsReturn)),
		instant("received_at").orNull().field(),
		// delivered_at is when the carrier handed them over at the merchant's door.
		instant("delivered_at").orNull().field(),
		// goods_owed counts units that were not accepted and are still with the merchant.
		field.Int("goods_owed").Default(0),
		// refund_trigger is pinned when the case opens: from when on its refund may start.
		field.String("refund_trigger").MaxRuneLen(20).GoType(lifecycle.Trigger("")).Default(string(lifecycle.TriggerInspection)),
		// came_from is the status in which an open offer was made or a dispute began.
		field.String("came_from").MaxRuneLen(30).GoType(lifecycle.Status("")).Optional(),
		// agreed_amount is what the customer gets in all by an accepted offer or a decision, in minor units; null: by rule.
		field.Int64("agreed_amount").Optional().Nillable(),
		// freight_* is what the customer paid to send the goods and asks back; freight_back names who bears it when a decision said so.
		field.Int64("freight_claimed").Optional().Nillable(),
		field.String("freight_receipt_id").MaxRuneLen(40).Optional().Nillable(),
		field.String("freight_back").MaxRuneLen(10).GoType(plan.Party("")).Optional(),
		// compensation is paid on top by a decision, in minor units.
		field.Int64("compensation").Optional().Nillable(),
		field.String("damage_cause").MaxRuneLen(20).Optional(),
		instant("dispute_until").orNull().field(),
		instant("replaced_at").orNull().field(),
		// change is what an ORDER_CHANGE is about: CANCEL, INTERCEPT or ADDRESS; empty for returns.
		field.String("change").MaxRuneLen(12).Optional(),
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
		edge.To("freight_receipt", Evidence.Type).Field("freight_receipt_id").Unique(),
		edge.To("return_address", ReturnAddress.Type).Field("return_address_id").Unique(),
	}
}

func (ReturnDetail) Annotations() []schema.Annotation {
	return []schema.Annotation{checks(map[string]string{
		"return_details_remedies":    "remedy IN ('REFUND', 'RETURN_AND_REFUND', 'EXCHANGE', 'REPAIR')",
		"return_details_disposition": "disposition IN ('RETURN', 'KEEP', 'SCRAP')",
		"return_details_owed":        "goods_owed >= 0",
		"return_details_money":       "(agreed_amount IS NULL OR agreed_amount >= 0) AND (freight_claimed IS NULL OR freight_claimed >= 0) AND (compensation IS NULL OR compensation >= 0)",
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
		field.String("condition").MaxRuneLen(20).GoType(lifecycle.GoodsCondition("")).Optional(),
		field.JSON("deductions", []lifecycle.Deduction{}).Optional(),
		field.JSON("missing_gifts", []lifecycle.MissingGift{}).Optional(),
		field.Int("weight_grams").Optional().Nillable(),
		// photos are ids of the case's evidence.
		field.Strings("photos").Optional(),
		field.Int("sent_back").Default(0),
		// holding: the quantity counts as held of its order line; not once it was settled or given up.
		field.Bool("holding").Default(true),
		// wanted_sku is what the customer wants instead, empty for the same article.
		field.String("wanted_sku").MaxRuneLen(200).Optional(),
		// choice is the article set aside as the replacement, until it is sent and becomes a line of the order.
		field.JSON("choice", &lifecycle.Replacement{}).Optional(),
	}
}

func (ReturnItem) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("case", ServiceCase.Type).Ref("items").Field("case_id").Unique().Required().Immutable(),
		edge.From("order_line", OrderLine.Type).Ref("return_items").Field("order_line_id").Unique().Required().Immutable(),
		edge.To("inspector", Staff.Type).Field("inspector_id").Unique(),
		edge.To("replacement", OrderLine.Type).Unique(),
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
		"return_items_sent_back": "sent_back >= 0 AND sent_back <= quantity",
		"return_items_quantity":  "quantity >= 1 AND (accepted_quantity IS NULL OR (accepted_quantity >= 0 AND accepted_quantity <= quantity))",
	})}
}

// Parcel is goods on their way (MALL-3.2e).
type Parcel struct{ ent.Schema }

func (Parcel) Mixin() []ent.Mixin { return []ent.Mixin{identified{prefix: id.Parcel}, tenant{}} }

func (Parcel) Fields() []ent.Field {
	return []ent.Field{
		field.String("case_id").MaxRuneLen(40).Immutable(),
		field.String("direction").MaxRuneLen(15).Immutable(),
		// purpose says what travels: the goods of a return, its replacement, or goods that were not accepted.
		field.String("purpose").MaxRuneLen(12).Default("RETURN").Immutable(),
		// method is how it was handed over: SELF, PICKUP, or REFUSED at the door.
		field.String("method").MaxRuneLen(10).Default("SELF").Immutable(),
		field.String("carrier").MaxRuneLen(100).Immutable(),
		field.String("waybill").MaxRuneLen(100).Immutable(),
		instant("shipped_at").orNull().field(),
		instant("delivered_at").orNull().field(),
		// signed_by is who signed for it; proof_id the evidence that shows the delivery.
		field.String("signed_by").MaxRuneLen(200).Optional(),
		field.String("proof_id").MaxRuneLen(40).Optional().Nillable(),
	}
}

func (Parcel) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("case", ServiceCase.Type).Ref("parcels").Field("case_id").Unique().Required().Immutable(),
		edge.To("proof", Evidence.Type).Field("proof_id").Unique(),
	}
}

func (Parcel) Indexes() []ent.Index {
	return []ent.Index{index.Fields("merchant_id", "case_id"), index.Fields("merchant_id", "waybill")}
}

// ParkedParcel is goods that arrived and belong to no open case, until somebody finds out to which.
type ParkedParcel struct{ ent.Schema }

func (ParkedParcel) Mixin() []ent.Mixin {
	return []ent.Mixin{identified{prefix: id.ParkedParcel}, tenant{}}
}

func (ParkedParcel) Fields() []ent.Field {
	return []ent.Field{
		field.String("carrier").MaxRuneLen(100).Immutable(),
		field.String("waybill").MaxRuneLen(100).Immutable(),
		field.String("note").MaxRuneLen(5000).Optional().Immutable(),
		instant("arrived_at").forever().field(),
		field.String("case_id").MaxRuneLen(40).Optional().Nillable(),
		instant("matched_at").orNull().field(),
	}
}

func (ParkedParcel) Edges() []ent.Edge {
	return []ent.Edge{edge.To("case", ServiceCase.Type).Field("case_id").Unique()}
}

func (ParkedParcel) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("merchant_id", "arrived_at", "id"),
		index.Fields("merchant_id", "waybill"),
	}
}

func (ParkedParcel) Annotations() []schema.Annotation {
	return []schema.Annotation{checks(map[string]string{
		"parked_parcels_matched": "(case_id IS NULL) = (matched_at IS NULL)",
	})}
}

// Proposal is one offer of the merchant to settle a case otherwise; a case has at most one that is open.
type Proposal struct{ ent.Schema }

func (Proposal) Mixin() []ent.Mixin { return []ent.Mixin{identified{prefix: id.Proposal}, tenant{}} }

func (Proposal) Fields() []ent.Field {
	return []ent.Field{
		field.String("case_id").MaxRuneLen(40).Immutable(),
		field.Int("round").Immutable(),
		field.String("remedy").MaxRuneLen(20).GoType(lifecycle.Remedy("")).Immutable(),
		field.String("disposition").MaxRuneLen(10).GoType(lifecycle.Disposition("")).Immutable(),
		// amount is what the customer would get in all, in minor units of the order's currency; null: by rule.
		field.Int64("amount").Optional().Nillable().Immutable(),
		field.String("message").MaxRuneLen(5000).Immutable(),
		field.String("author_name").MaxRuneLen(200).Immutable(),
		instant("made_at").forever().field(),
		// state: OPEN, ACCEPTED, DECLINED or EXPIRED.
		field.String("state").MaxRuneLen(10),
		instant("answered_at").orNull().field(),
		field.String("answer").MaxRuneLen(5000).Optional(),
	}
}

func (Proposal) Edges() []ent.Edge {
	return []ent.Edge{edge.From("case", ServiceCase.Type).Ref("proposals").Field("case_id").Unique().Required().Immutable()}
}

func (Proposal) Indexes() []ent.Index {
	return []ent.Index{index.Fields("merchant_id", "case_id", "round").Unique()}
}

func (Proposal) Annotations() []schema.Annotation {
	return []schema.Annotation{checks(map[string]string{
		"proposals_state":    "state IN ('OPEN', 'ACCEPTED', 'DECLINED', 'EXPIRED')",
		"proposals_answered": "(state = 'OPEN') = (answered_at IS NULL)",
		"proposals_amount":   "amount IS NULL OR amount >= 0",
	})}
}

// Dispute is the customer's turn to the platform against a decision of the merchant; a case has at most one.
type Dispute struct{ ent.Schema }

func (Dispute) Mixin() []ent.Mixin { return []ent.Mixin{identified{prefix: id.Dispute}, tenant{}} }

func (Dispute) Fields() []ent.Field {
	return []ent.Field{
		field.String("case_id").MaxRuneLen(40).Immutable(),
		field.String("reason").MaxRuneLen(5000).Immutable(),
		instant("opened_at").forever().field(),
		field.JSON("rounds", []lifecycle.EvidenceRound{}).Optional(),
		// verdict: MERCHANT, CUSTOMER, CARRIER or SHARED; empty until decided.
		field.String("verdict").MaxRuneLen(10).Optional(),
		field.String("decision").MaxRuneLen(5000).Optional(),
		field.String("decided_by").MaxRuneLen(200).Optional(),
		instant("decided_at").orNull().field(),
		field.String("freight_bearer").MaxRuneLen(10).GoType(plan.Party("")).Optional(),
		field.Int64("refund_amount").Optional().Nillable(),
		field.Int64("compensation").Optional().Nillable(),
	}
}

func (Dispute) Edges() []ent.Edge {
	return []ent.Edge{edge.From("case", ServiceCase.Type).Ref("dispute").Field("case_id").Unique().Required().Immutable()}
}

func (Dispute) Indexes() []ent.Index {
	return []ent.Index{index.Fields("merchant_id", "case_id").Unique()}
}

func (Dispute) Annotations() []schema.Annotation {
	return []schema.Annotation{checks(map[string]string{
		"disputes_decided": "(decided_at IS NULL) = (verdict IS NULL OR verdict = '')",
	})}
}

// Refund is money on its way back to the customer: at most one of each purpose a case.
type Refund struct{ ent.Schema }

func (Refund) Mixin() []ent.Mixin { return []ent.Mixin{identified{prefix: id.Refund}, tenant{}} }

func (Refund) Fields() []ent.Field {
	return []ent.Field{
		field.String("case_id").MaxRuneLen(40).Immutable(),
		field.Int64("amount").Immutable(),
		field.String("currency").MaxRuneLen(3).Immutable(),
		field.String("state").MaxRuneLen(12),
		field.String("gateway").MaxRuneLen(30).Immutable(),
		// purpose: RETURN (what the goods were worth), DIFFERENCE (a cheaper replacement), or CANCELLATION of an order.
		field.String("purpose").MaxRuneLen(15).Default("RETURN").Immutable(),
		// components say how the amount came about, parts by which tenders it goes back.
		field.JSON("components", []money.Component{}).Optional().Immutable(),
		field.JSON("parts", []money.Part{}).Optional().Immutable(),
		field.String("reference").MaxRuneLen(200).Optional(),
		field.String("failure").MaxRuneLen(1000).Optional(),
		field.Int("attempts").Default(1),
		field.JSON("redirection", &lifecycle.Redirection{}).Optional(),
		// held: waits for somebody who answers for large refunds; released_by is who let it go.
		field.Bool("held").Default(false),
		field.String("released_by").MaxRuneLen(200).Optional(),
		// call_at is when the gateway is called next, in real time; null when there is nothing to call. calls counts them.
		instant("call_at").orNull().field(),
		field.Int("calls").Default(0),
		instant("started_at").forever().field(),
		instant("credited_at").orNull().field(),
	}
}

func (Refund) Edges() []ent.Edge {
	return []ent.Edge{edge.From("case", ServiceCase.Type).Ref("refunds").Field("case_id").Unique().Required().Immutable()}
}

func (Refund) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("merchant_id", "case_id", "purpose").Unique(),
		index.Fields("merchant_id", "started_at", "id"),
		index.Fields("call_at").Annotations(entsql.IndexWhere("call_at IS NOT NULL")).StorageKey("refund_calls"),
	}
}

func (Refund) Annotations() []schema.Annotation {
	return []schema.Annotation{checks(map[string]string{
		"refunds_states": "state IN ('PROCESSING', 'CREDITED', 'FAILED')",
		"refunds_amount": "amount > 0",
		"refunds_credit": "(state = 'CREDITED') = (credited_at IS NOT NULL)",
	})}
}
