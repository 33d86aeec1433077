package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"aftersales/internal/id"
)

// Warranty is what was promised for one unit of an order line. Days are in the zone of the merchant's calendar, written year
// first, both ends included.
type Warranty struct{ ent.Schema }

func (Warranty) Mixin() []ent.Mixin { return []ent.Mixin{identified{prefix: id.Warranty}, tenant{}} }

func (Warranty) Fields() []ent.Field {
	return []ent.Field{
		field.String("order_line_id").MaxRuneLen(40).Immutable(),
		// customer_id is whose it is now; it moves when the goods change hands.
		field.String("customer_id").MaxRuneLen(40),
		field.String("serial_number").MaxRuneLen(100).Optional(),
		field.String("category").MaxRuneLen(100).Optional().Immutable(),
		// months is the term; starts_on the day it is counted from (basis: INVOICE, DELIVERY or EXCHANGE), ends_on the last day,
		// with prolonged_days for time in repair and waiting for parts (law.md 2.3).
		field.Int("months").Immutable(),
		field.String("starts_on").MaxRuneLen(10).Immutable(),
		field.String("basis").MaxRuneLen(10).Immutable(),
		field.Int("prolonged_days").Default(0),
		field.String("ends_on").MaxRuneLen(10),
		field.Bool("parts").Immutable(),
		field.Bool("labour").Immutable(),
		field.Strings("exclusions").Optional().Immutable(),
		// state: ACTIVE or REPLACED (the unit was swapped; replaced_by_id is the entry of the new one).
		field.String("state").MaxRuneLen(10).Default("ACTIVE"),
		field.String("replaced_by_id").MaxRuneLen(40).Optional().Nillable(),
		// repairs counts those done for free under it; parts_days and repairer_days what they took, by cause.
		field.Int("repairs").Default(0),
		field.Int("parts_days").Default(0),
		field.Int("repairer_days").Default(0),
		instant("registered_at").forever().field(),
		field.String("registered_by").MaxRuneLen(200).Immutable(),
	}
}

func (Warranty) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("order_line", OrderLine.Type).Ref("warranties").Field("order_line_id").Unique().Required().Immutable(),
		edge.To("customer", Customer.Type).Field("customer_id").Unique().Required(),
		edge.To("cases", RepairDetail.Type),
		edge.To("replaces", Warranty.Type).Unique().From("replaced_by").Field("replaced_by_id").Unique(),
	}
}

func (Warranty) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("merchant_id", "order_line_id"),
		index.Fields("merchant_id", "customer_id", "registered_at", "id"),
		index.Fields("merchant_id", "registered_at", "id"),
		// A serial number has at most one entry in force.
		index.Fields("merchant_id", "serial_number").Unique().Annotations(entsql.IndexWhere("serial_number <> '' AND state = 'ACTIVE'")).StorageKey("warranty_serial"),
	}
}

func (Warranty) Annotations() []schema.Annotation {
	return []schema.Annotation{checks(map[string]string{
		"warranties_state":  "state IN ('ACTIVE', 'REPLACED')",
		"warranties_basis":  "basis IN ('INVOICE', 'DELIVERY', 'EXCHANGE')",
		"warranties_counts": "months >= 1 AND prolonged_days >= 0 AND repairs >= 0 AND parts_days >= 0 AND repairer_days >= 0 AND starts_on <= ends_on",
	})}
}

// WarrantyTerm is what a merchant promises for a category of goods.
type WarrantyTerm struct{ ent.Schema }

func (WarrantyTerm) Mixin() []ent.Mixin {
	return []ent.Mixin{identified{prefix: id.WarrantyTerm}, tenant{}}
}

func (WarrantyTerm) Fields() []ent.Field {
	return []ent.Field{
		field.String("category").MaxRuneLen(100).NotEmpty().Immutable(),
		field.Int("months"),
		field.String("basis").MaxRuneLen(10),
		field.Bool("parts"),
		field.Bool("labour"),
		field.Strings("exclusions").Optional(),
		// depreciation_bps is what a day of use costs, in ten-thousandths of the price, when goods that could be exchanged are
		// returned instead (money.md F13); 0: nothing.
		field.Int("depreciation_bps").Default(0),
	}
}

func (WarrantyTerm) Indexes() []ent.Index {
	return []ent.Index{index.Fields("merchant_id", "category").Unique()}
}

func (WarrantyTerm) Annotations() []schema.Annotation {
	return []schema.Annotation{checks(map[string]string{
		"warranty_terms_basis":  "basis IN ('INVOICE', 'DELIVERY')",
		"warranty_terms_counts": "months >= 1 AND depreciation_bps >= 0 AND depreciation_bps <= 10000",
	})}
}

// MaintenanceSchedule opens a case of kind MAINTENANCE for an order line every so many months (SLA-A-2.1.4).
type MaintenanceSchedule struct{ ent.Schema }

func (MaintenanceSchedule) Mixin() []ent.Mixin {
	return []ent.Mixin{identified{prefix: id.Maintenance}, tenant{}}
}

func (MaintenanceSchedule) Fields() []ent.Field {
	return []ent.Field{
		field.String("order_line_id").MaxRuneLen(40).Immutable(),
		field.String("customer_id").MaxRuneLen(40).Immutable(),
		field.Int("every_months"),
		// first_on is the day the months are counted from; opened counts the cases opened so far.
		field.String("first_on").MaxRuneLen(10),
		field.Int("opened").Default(0),
		// next_at is the start of the day on which the next case opens; null once it ended. sandbox copies the merchant's mode.
		instant("next_at").orNull().field(),
		field.Bool("sandbox").Immutable(),
		field.String("until").MaxRuneLen(10).Optional(),
		field.String("note").MaxRuneLen(5000).Optional(),
	}
}

func (MaintenanceSchedule) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("order_line", OrderLine.Type).Field("order_line_id").Unique().Required().Immutable(),
		edge.To("customer", Customer.Type).Field("customer_id").Unique().Required().Immutable(),
	}
}

func (MaintenanceSchedule) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("merchant_id", "order_line_id").Unique(),
		index.Fields("merchant_id", "next_at"),
		index.Fields("sandbox", "next_at").Annotations(entsql.IndexWhere("next_at IS NOT NULL")).StorageKey("maintenance_due"),
	}
}

func (MaintenanceSchedule) Annotations() []schema.Annotation {
	return []schema.Annotation{checks(map[string]string{"maintenance_every": "every_months >= 1 AND opened >= 0"})}
}
