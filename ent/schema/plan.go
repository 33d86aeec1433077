package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"aftersales/internal/id"
	"aftersales/internal/lifecycle"
	"aftersales/internal/plan"
)

// DerivedPlan is one version of a merchant's own plan, stricter than the one it is derived from. It never changes: cases and
// deadlines point at it by code and version.
type DerivedPlan struct{ ent.Schema }

func (DerivedPlan) Mixin() []ent.Mixin {
	return []ent.Mixin{identified{prefix: id.DerivedPlan}, tenant{}}
}

func (DerivedPlan) Fields() []ent.Field {
	return []ent.Field{
		field.String("code").MaxRuneLen(32).NotEmpty().Immutable(),
		field.Int("version").Immutable(),
		field.String("base_code").MaxRuneLen(32).Immutable(),
		field.Int("base_version").Immutable(),
		field.JSON("spec", plan.Plan{}).Immutable(),
		instant("published_at").forever().field(),
		field.String("published_by").MaxRuneLen(200).Immutable(),
	}
}

func (DerivedPlan) Indexes() []ent.Index {
	return []ent.Index{index.Fields("merchant_id", "code", "version").Unique()}
}

// PlanAdoption is a plan that a merchant keeps for a kind of cases, beside its own.
type PlanAdoption struct{ ent.Schema }

func (PlanAdoption) Mixin() []ent.Mixin {
	return []ent.Mixin{identified{prefix: id.PlanAdoption}, tenant{}}
}

func (PlanAdoption) Fields() []ent.Field {
	return []ent.Field{
		field.String("kind").MaxRuneLen(20).GoType(lifecycle.Kind("")).Immutable(),
		field.String("plan_code").MaxRuneLen(32).NotEmpty().Immutable(),
		field.Int("position"),
		instant("adopted_at").forever().field(),
	}
}

func (PlanAdoption) Edges() []ent.Edge {
	return []ent.Edge{edge.From("merchant", Merchant.Type).Ref("adoptions").Field("merchant_id").Unique().Required().Immutable()}
}

func (PlanAdoption) Indexes() []ent.Index {
	return []ent.Index{index.Fields("merchant_id", "kind", "plan_code").Unique()}
}

// Compensation is what a missed deadline costs the merchant: proposed by the service, decided by people (money.md F7). Amounts
// are minor units; it is paid by a later feature.
type Compensation struct{ ent.Schema }

func (Compensation) Mixin() []ent.Mixin {
	return []ent.Mixin{identified{prefix: id.Compensation}, tenant{}}
}

func (Compensation) Fields() []ent.Field {
	return []ent.Field{
		field.String("case_id").MaxRuneLen(40).Immutable(),
		field.String("deadline_id").MaxRuneLen(40).Immutable(),
		field.String("clause").MaxRuneLen(200).Immutable(),
		field.Int64("base").Immutable(),
		field.String("currency").MaxRuneLen(3).Immutable(),
		field.Int("per_day_bps").Immutable(),
		field.Int("cap_bps").Immutable(),
		// days and amount grow until the deadline is fulfilled or somebody decides.
		field.Int("days"),
		field.Int64("amount"),
		// state: PROPOSED, APPROVED, REJECTED or WITHDRAWN (the deadline turned out to have been kept).
		field.String("state").MaxRuneLen(10),
		instant("proposed_at").forever().field(),
		instant("decided_at").orNull().field(),
		field.String("decided_by").MaxRuneLen(200).Optional(),
		field.String("note").MaxRuneLen(5000).Optional(),
	}
}

func (Compensation) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("case", ServiceCase.Type).Ref("compensations").Field("case_id").Unique().Required().Immutable(),
		edge.To("deadline", Deadline.Type).Field("deadline_id").Unique().Required().Immutable(),
	}
}

func (Compensation) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("merchant_id", "deadline_id").Unique(),
		index.Fields("merchant_id", "case_id"),
		index.Fields("merchant_id", "state", "proposed_at", "id"),
	}
}

func (Compensation) Annotations() []schema.Annotation {
	return []schema.Annotation{checks(map[string]string{
		"compensations_state":   "state IN ('PROPOSED', 'APPROVED', 'REJECTED', 'WITHDRAWN')",
		"compensations_amounts": "base >= 0 AND per_day_bps >= 0 AND cap_bps >= 0 AND days >= 1 AND amount >= 0",
		"compensations_decided": "(state = 'PROPOSED') = (decided_at IS NULL)",
	})}
}
