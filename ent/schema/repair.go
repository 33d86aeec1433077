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
)

// RepairDetail holds what only a repair has, or a service at the customer's, beside its case.
type RepairDetail struct{ ent.Schema }

func (RepairDetail) Mixin() []ent.Mixin {
	return []ent.Mixin{identified{prefix: id.RepairDetail}, tenant{}}
}

func (RepairDetail) Fields() []ent.Field {
	return []ent.Field{
		field.String("case_id").MaxRuneLen(40).Immutable(),
		field.String("order_line_id").MaxRuneLen(40).Immutable(),
		field.Int("quantity").Default(1).Immutable(),
		field.String("serial_number").MaxRuneLen(100).Optional(),
		// warranty_id is the entry that was looked at when the case opened, or when the goods showed their serial number.
		field.String("warranty_id").MaxRuneLen(40).Optional().Nillable(),
		// fault_since is the day on which the fault showed first, in the zone of the merchant's calendar.
		field.String("fault_since").MaxRuneLen(10).Optional(),
		// standing is how the unit was covered on the day of the request, whatever the merchant promises since.
		field.JSON("standing", &lifecycle.Standing{}).Optional(),
		// way: DEPOT, ON_SITE or REMOTE; empty until confirmed. wished_way is what the customer asked for.
		field.String("way").MaxRuneLen(10).Optional(),
		field.String("wished_way").MaxRuneLen(10).Optional(),
		// wished_times are when the customer would like somebody to come.
		field.JSON("wished_times", []lifecycle.Window{}).Optional(),
		instant("confirmed_at").orNull().field(),
		field.String("open_question").MaxRuneLen(5000).Optional(),
		field.Strings("steps").Optional(),
		field.String("return_address_id").MaxRuneLen(40).Optional().Nillable(),
		// delivered_at is when the carrier handed the goods over at the depot, received_at when they were booked in, home_at
		// when the customer had them back.
		instant("delivered_at").orNull().field(),
		instant("received_at").orNull().field(),
		instant("home_at").orNull().field(),
		// What was found, and what is to be done about it.
		instant("diagnosed_at").orNull().field(),
		field.String("finding").MaxRuneLen(5000).Optional(),
		field.String("plan").MaxRuneLen(5000).Optional(),
		field.Bool("human_caused").Default(false),
		field.Strings("human_caused_evidence").Optional(),
		field.Strings("evidence").Optional(),
		// covered: free, by the warranty; goodwill: free although nothing says it must be.
		field.Bool("covered").Default(false),
		field.Bool("goodwill").Default(false),
		// coverage_reason is the code of why it is covered or not (enum CoverageReason).
		field.String("coverage_reason").MaxRuneLen(30).Optional(),
		// result is set once it is clear that nothing is repaired, or what was done; the outcome of the case when it ends.
		field.String("result").MaxRuneLen(20).GoType(lifecycle.Outcome("")).Optional(),
		// dispute_until is until when the customer may turn to the platform, came_from where the case stood when they did; ruled:
		// the platform decided that nobody is to blame for the fault.
		instant("dispute_until").orNull().field(),
		field.String("came_from").MaxRuneLen(30).GoType(lifecycle.Status("")).Optional(),
		field.Bool("ruled").Default(false),
		instant("accepted_at").orNull().field(),
		// price is what the customer accepted to pay, in minor units.
		field.Int64("price").Default(0),
		instant("parts_since").orNull().field(),
		instant("completed_at").orNull().field(),
		field.String("work_done").MaxRuneLen(5000).Optional(),
		field.String("test_notes").MaxRuneLen(5000).Optional(),
		field.Bool("collecting").Default(false),
		// Days that the repair took, by cause (law.md 2.3): waiting for parts, and everything else at the repairer's.
		field.Int64("parts_seconds").Default(0),
		field.Int("parts_days").Default(0),
		field.Int("repairer_days").Default(0),
	}
}

func (RepairDetail) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("case", ServiceCase.Type).Ref("repair").Field("case_id").Unique().Required().Immutable(),
		edge.From("order_line", OrderLine.Type).Ref("repairs").Field("order_line_id").Unique().Required().Immutable(),
		edge.From("warranty", Warranty.Type).Ref("cases").Field("warranty_id").Unique(),
		edge.To("return_address", ReturnAddress.Type).Field("return_address_id").Unique(),
	}
}

func (RepairDetail) Indexes() []ent.Index {
	return []ent.Index{index.Fields("merchant_id", "order_line_id"), index.Fields("merchant_id", "warranty_id")}
}

func (RepairDetail) Annotations() []schema.Annotation {
	return []schema.Annotation{checks(map[string]string{
		"repair_details_way":      "way IS NULL OR way IN ('', 'DEPOT', 'ON_SITE', 'REMOTE')",
		"repair_details_quantity": "quantity >= 1",
		"repair_details_numbers":  "price >= 0 AND parts_seconds >= 0 AND parts_days >= 0 AND repairer_days >= 0",
	})}
}

// Visit is somebody coming to the customer at an agreed time. A visit that is moved keeps its row and gets a successor.
type Visit struct{ ent.Schema }

func (Visit) Mixin() []ent.Mixin { return []ent.Mixin{identified{prefix: id.Visit}, tenant{}} }

func (Visit) Fields() []ent.Field {
	return []ent.Field{
		field.String("case_id").MaxRuneLen(40).Immutable(),
		field.Int("round").Immutable(),
		// state: SCHEDULED, MOVED, MISSED, STARTED, ENDED or CANCELLED.
		field.String("state").MaxRuneLen(10),
		instant("starts_at").forever().field(),
		instant("ends_at").forever().field(),
		field.String("technician_id").MaxRuneLen(40).Optional().Nillable(),
		// arranged_at is when the appointment was made (reading X8.8 wants both that and the visit).
		instant("arranged_at").forever().field(),
		field.String("arranged_by").MaxRuneLen(200).Immutable(),
		// moved_by is who wanted another time: MERCHANT or CUSTOMER.
		field.String("moved_by").MaxRuneLen(10).Optional(),
		field.String("note").MaxRuneLen(5000).Optional(),
		instant("started_at").orNull().field(),
		instant("ended_at").orNull().field(),
	}
}

func (Visit) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("case", ServiceCase.Type).Ref("visits").Field("case_id").Unique().Required().Immutable(),
		edge.To("technician", Staff.Type).Field("technician_id").Unique(),
	}
}

func (Visit) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("merchant_id", "case_id", "round").Unique(),
		index.Fields("merchant_id", "starts_at", "id"),
	}
}

func (Visit) Annotations() []schema.Annotation {
	return []schema.Annotation{checks(map[string]string{
		"visits_state": "state IN ('SCHEDULED', 'MOVED', 'MISSED', 'STARTED', 'ENDED', 'CANCELLED')",
		"visits_times": "starts_at < ends_at AND (ended_at IS NULL OR started_at IS NOT NULL)",
	})}
}

// RepairPart is a part a repair needs. A special one has to be procured, and is what an extension is granted for (MALL-4.3b).
type RepairPart struct{ ent.Schema }

func (RepairPart) Mixin() []ent.Mixin {
	return []ent.Mixin{identified{prefix: id.RepairPart}, tenant{}}
}

func (RepairPart) Fields() []ent.Field {
	return []ent.Field{
		field.String("case_id").MaxRuneLen(40).Immutable(),
		field.String("name").MaxRuneLen(200).NotEmpty().Immutable(),
		field.String("part_number").MaxRuneLen(100).Optional().Immutable(),
		field.Int("quantity").Immutable(),
		field.Bool("special").Immutable(),
		field.String("supplier").MaxRuneLen(200).Optional().Immutable(),
		field.String("expected_on").MaxRuneLen(10).Optional(),
		instant("recorded_at").forever().field(),
		field.String("recorded_by").MaxRuneLen(200).Immutable(),
		instant("arrived_at").orNull().field(),
	}
}

func (RepairPart) Edges() []ent.Edge {
	return []ent.Edge{edge.From("case", ServiceCase.Type).Ref("parts").Field("case_id").Unique().Required().Immutable()}
}

func (RepairPart) Indexes() []ent.Index {
	return []ent.Index{index.Fields("merchant_id", "case_id")}
}

func (RepairPart) Annotations() []schema.Annotation {
	return []schema.Annotation{checks(map[string]string{
		"repair_parts_quantity": "quantity >= 1",
		"repair_parts_special":  "NOT special OR (supplier <> '' AND expected_on <> '')",
	})}
}

// RepairQuote is the price of a repair that is not free; a case has at most one that is open.
type RepairQuote struct{ ent.Schema }

func (RepairQuote) Mixin() []ent.Mixin {
	return []ent.Mixin{identified{prefix: id.RepairQuote}, tenant{}}
}

func (RepairQuote) Fields() []ent.Field {
	return []ent.Field{
		field.String("case_id").MaxRuneLen(40).Immutable(),
		field.Int("round").Immutable(),
		field.JSON("lines", []lifecycle.QuoteLine{}).Immutable(),
		field.Int64("total").Immutable(),
		field.String("currency").MaxRuneLen(3).Immutable(),
		field.String("message").MaxRuneLen(5000).Optional().Immutable(),
		field.String("author_name").MaxRuneLen(200).Immutable(),
		instant("made_at").forever().field(),
		// state: OPEN, ACCEPTED, DECLINED, EXPIRED or REPLACED.
		field.String("state").MaxRuneLen(10),
		instant("answered_at").orNull().field(),
		field.String("answer").MaxRuneLen(5000).Optional(),
	}
}

func (RepairQuote) Edges() []ent.Edge {
	return []ent.Edge{edge.From("case", ServiceCase.Type).Ref("quotes").Field("case_id").Unique().Required().Immutable()}
}

func (RepairQuote) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("merchant_id", "case_id", "round").Unique(),
		index.Fields("merchant_id", "case_id").Unique().Annotations(entsql.IndexWhere("state = 'OPEN'")).StorageKey("repairquote_open"),
	}
}

func (RepairQuote) Annotations() []schema.Annotation {
	return []schema.Annotation{checks(map[string]string{
		"repair_quotes_state":    "state IN ('OPEN', 'ACCEPTED', 'DECLINED', 'EXPIRED', 'REPLACED')",
		"repair_quotes_answered": "(state = 'OPEN') = (answered_at IS NULL)",
		"repair_quotes_total":    "total >= 0",
	})}
}
