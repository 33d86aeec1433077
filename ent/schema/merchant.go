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

// Merchant is a tenant.
type Merchant struct{ ent.Schema }

func (Merchant) Mixin() []ent.Mixin { return []ent.Mixin{identified{prefix: id.Merchant}} }

func (Merchant) Fields() []ent.Field {
	return []ent.Field{
		field.String("slug").MaxRuneLen(63).NotEmpty().Immutable().Unique(),
		field.String("name").MaxRuneLen(200).NotEmpty(),
		field.String("mode").MaxRuneLen(10).Immutable(),
		field.String("currency").MaxRuneLen(3).Immutable(),
		field.String("calendar_code").MaxRuneLen(32),
		field.String("jurisdiction").MaxRuneLen(8),
		field.String("plan_code").MaxRuneLen(32),
		// no_reason_days is the merchant's own window for returns without reason, where it betters the law's.
		field.Int("no_reason_days").Optional().Nillable(),
		// status: ACTIVE, CLOSING or CLOSED; of a merchant that is not active the platform works the cases too.
		field.String("status").MaxRuneLen(10).Default("ACTIVE"),
		// refund_limit is up to how much anybody may start a refund that nobody else releases, in minor units; null: any.
		field.Int64("refund_limit").Optional().Nillable(),
		field.String("refund_trigger").MaxRuneLen(20).GoType(lifecycle.Trigger("")).Optional(),
		// gateway_url is the merchant's own payment service; empty: people pay and confirm. gateway_secret signs both ways.
		field.String("gateway_url").MaxRuneLen(2000).Optional(),
		field.String("gateway_secret").MaxRuneLen(200).Optional().Sensitive(),
		// The test clock of a SANDBOX merchant; null for LIVE ones, whose clock is the real one.
		instant("clock_at").orNull().field(),
		// settings_stamp is new whenever what the merchant has set up was written (package store): what was read under it is good
		// as long as it stands.
		field.String("settings_stamp").MaxRuneLen(26).Default(""),
		instant("created_at").forever().field(),
	}
}

func (Merchant) Edges() []ent.Edge {
	return []ent.Edge{edge.To("staff", Staff.Type), edge.To("return_addresses", ReturnAddress.Type), edge.To("adoptions", PlanAdoption.Type)}
}

func (Merchant) Annotations() []schema.Annotation {
	return []schema.Annotation{checks(map[string]string{
		"merchants_mode":   "mode IN ('LIVE', 'SANDBOX')",
		"merchants_status": "status IN ('ACTIVE', 'CLOSING', 'CLOSED')",
		"merchants_limit":  "refund_limit IS NULL OR refund_limit >= 0",
		"merchants_clock":  "(mode = 'SANDBOX') = (clock_at IS NOT NULL)",
	})}
}

// Staff is a person of the merchant who works cases; subject is the token's sub claim.
type Staff struct{ ent.Schema }

func (Staff) Mixin() []ent.Mixin { return []ent.Mixin{identified{prefix: id.Staff}, tenant{}} }

func (Staff) Fields() []ent.Field {
	return []ent.Field{
		field.String("subject").MaxRuneLen(200).NotEmpty().Immutable(),
		field.String("name").MaxRuneLen(200).NotEmpty(),
		field.String("role").MaxRuneLen(20),
	}
}

func (Staff) Edges() []ent.Edge {
	return []ent.Edge{edge.From("merchant", Merchant.Type).Ref("staff").Field("merchant_id").Unique().Required().Immutable()}
}

func (Staff) Indexes() []ent.Index {
	return []ent.Index{index.Fields("merchant_id", "subject").Unique(), index.Fields("merchant_id", "role")}
}

// ReturnAddress is where customers send goods back to (MALL-3.2e).
type ReturnAddress struct{ ent.Schema }

func (ReturnAddress) Mixin() []ent.Mixin {
	return []ent.Mixin{identified{prefix: id.ReturnAddress}, tenant{}}
}

func (ReturnAddress) Fields() []ent.Field {
	return []ent.Field{
		field.String("name").MaxRuneLen(100).NotEmpty().Immutable(),
		field.String("recipient").MaxRuneLen(200).NotEmpty(),
		field.String("phone").MaxRuneLen(40).NotEmpty(),
		field.String("line").MaxRuneLen(400).NotEmpty(),
		field.String("city").MaxRuneLen(100).NotEmpty(),
		field.String("postal_code").MaxRuneLen(20).Optional(),
		field.String("country").MaxRuneLen(2),
		field.Bool("is_default"),
	}
}

func (ReturnAddress) Edges() []ent.Edge {
	return []ent.Edge{edge.From("merchant", Merchant.Type).Ref("return_addresses").Field("merchant_id").Unique().Required().Immutable()}
}

func (ReturnAddress) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("merchant_id", "name").Unique(),
		// At most one default, also when two are set at the same moment.
		index.Fields("merchant_id").Unique().Annotations(entsql.IndexWhere("is_default")).StorageKey("returnaddress_default"),
	}
}

// ServicePolicy is one version of the words in which a merchant tells everybody how it serves after the sale (MALL-1.1a).
// Versions are never changed; the newest is the one in force.
type ServicePolicy struct{ ent.Schema }

func (ServicePolicy) Mixin() []ent.Mixin {
	return []ent.Mixin{identified{prefix: id.ServicePolicy}, tenant{}}
}

func (ServicePolicy) Fields() []ent.Field {
	return []ent.Field{
		field.Int("version").Immutable(),
		field.String("text").MaxRuneLen(20000).NotEmpty().Immutable(),
		instant("published_at").forever().field(),
	}
}

func (ServicePolicy) Indexes() []ent.Index {
	return []ent.Index{index.Fields("merchant_id", "version").Unique()}
}

// ReturnReason is why a customer sends something back; every merchant starts with the built-in ones.
type ReturnReason struct{ ent.Schema }

func (ReturnReason) Mixin() []ent.Mixin {
	return []ent.Mixin{identified{prefix: id.ReturnReason}, tenant{}}
}

func (ReturnReason) Fields() []ent.Field {
	return []ent.Field{
		field.String("handle").MaxRuneLen(40).NotEmpty().Immutable(),
		field.String("label_en").MaxRuneLen(100),
		field.String("label_zh").MaxRuneLen(100),
		field.String("at_fault").MaxRuneLen(10),
		field.Strings("remedies"),
		// urgent reasons open their cases with priority URGENT (MALL-2.2b).
		field.Bool("urgent").Default(false),
		// guidance tells the customer how to fill in the request (MALL-3.1e).
		field.String("guidance_en").MaxRuneLen(1000).Optional(),
		field.String("guidance_zh").MaxRuneLen(1000).Optional(),
		field.Int("position"),
	}
}

func (ReturnReason) Indexes() []ent.Index {
	return []ent.Index{index.Fields("merchant_id", "handle").Unique()}
}
