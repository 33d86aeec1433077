package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"aftersales/internal/id"
)

// TicketDetail holds what only a question, complaint, opinion or other matter has, beside its case.
type TicketDetail struct{ ent.Schema }

func (TicketDetail) Mixin() []ent.Mixin {
	return []ent.Mixin{identified{prefix: id.TicketDetail}, tenant{}}
}

func (TicketDetail) Fields() []ent.Field {
	return []ent.Field{
		field.String("case_id").MaxRuneLen(40).Immutable(),
		field.String("subject").MaxRuneLen(200).NotEmpty().Immutable(),
		// topic is what a question, opinion or other matter is about, ground why somebody complains; one of them is set.
		field.String("topic").MaxRuneLen(20).Optional().Immutable(),
		field.String("ground").MaxRuneLen(20).Optional().Immutable(),
		// order_line_ids are lines of the case's order.
		field.Strings("order_line_ids").Optional().Immutable(),
		field.String("open_question").MaxRuneLen(5000).Optional(),
		// answer is the last one given; satisfied what the customer said to it, null while nothing was said.
		field.String("answer").MaxRuneLen(5000).Optional(),
		instant("answered_at").orNull().field(),
		field.String("answered_by").MaxRuneLen(200).Optional(),
		field.Bool("satisfied").Optional().Nillable(),
		field.String("reply").MaxRuneLen(5000).Optional(),
	}
}

func (TicketDetail) Edges() []ent.Edge {
	return []ent.Edge{edge.From("case", ServiceCase.Type).Ref("ticket").Field("case_id").Unique().Required().Immutable()}
}

func (TicketDetail) Indexes() []ent.Index {
	return []ent.Index{index.Fields("merchant_id", "ground")}
}

func (TicketDetail) Annotations() []schema.Annotation {
	return []schema.Annotation{checks(map[string]string{
		"ticket_details_topic":  "(topic IS NULL OR topic = '') <> (ground IS NULL OR ground = '')",
		"ticket_details_answer": "(answer IS NULL OR answer = '') = (answered_at IS NULL)",
	})}
}
