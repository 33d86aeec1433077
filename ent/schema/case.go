package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"aftersales/internal/deadline"
	"aftersales/internal/id"
	"aftersales/internal/lifecycle"
	"aftersales/internal/plan"
)

// ServiceCase is the core every kind of case shares: access control, work queue and timeline hang on it, and every
// transition is one conditional update of its (status, version).
type ServiceCase struct{ ent.Schema }

func (ServiceCase) Mixin() []ent.Mixin { return []ent.Mixin{identified{prefix: id.Return}, tenant{}} }

func (ServiceCase) Fields() []ent.Field {
	return []ent.Field{
		field.String("number").MaxRuneLen(40).Immutable(),
		field.String("kind").MaxRuneLen(20).GoType(lifecycle.Kind("")).Immutable(),
		field.String("status").MaxRuneLen(30).GoType(lifecycle.Status("")),
		field.Int("version").Default(1),
		field.Int("revision").Default(1),
		field.String("customer_id").MaxRuneLen(40).Immutable(),
		// order_id: a question or complaint may be about none.
		field.String("order_id").MaxRuneLen(40).Optional().Immutable(),
		// about_id is the case that a question or complaint is about.
		field.String("about_id").MaxRuneLen(40).Optional().Nillable().Immutable(),
		field.String("assignee_id").MaxRuneLen(40).Optional().Nillable(),
		field.String("escalated_to_id").MaxRuneLen(40).Optional().Nillable(),
		field.String("channel").MaxRuneLen(20).Immutable(),
		field.String("priority").MaxRuneLen(10),
		field.String("description").MaxRuneLen(5000),
		field.String("plan_code").MaxRuneLen(32).Immutable(),
		field.Int("plan_version").Immutable(),
		// plans are all the plans the case is under, the merchant's own first; empty: only that one.
		field.JSON("plans", []plan.Ref{}).Optional().Immutable(),
		// origin_id is the case this one was converted from (a repair that became an exchange or a refund); a case is converted once.
		field.String("origin_id").MaxRuneLen(40).Optional().Nillable().Immutable(),
		// The law the case is under, pinned like the plan.
		field.String("law_code").MaxRuneLen(32).Default("LAW-CN").Immutable(),
		field.Int("law_version").Default(1).Immutable(),
		instant("opened_at").forever().field(),
		instant("ended_at").orNull().field(),
		instant("closed_at").orNull().field(),
		instant("next_due_at").orNull().field(),
		// contacted_at is when the merchant last told the customer something; cases silent for long are found by it.
		instant("contacted_at").field(),
		field.String("outcome").MaxRuneLen(20).GoType(lifecycle.Outcome("")).Optional(),
		field.String("outcome_note").MaxRuneLen(5000).Optional(),
	}
}

func (ServiceCase) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("merchant", Merchant.Type).Field("merchant_id").Unique().Required().Immutable(),
		edge.From("customer", Customer.Type).Ref("cases").Field("customer_id").Unique().Required().Immutable(),
		edge.From("order", Order.Type).Ref("cases").Field("order_id").Unique().Immutable(),
		edge.To("assignee", Staff.Type).Field("assignee_id").Unique(),
		edge.To("escalated_to", Staff.Type).Field("escalated_to_id").Unique(),
		edge.To("detail", ReturnDetail.Type).Unique(),
		edge.To("repair", RepairDetail.Type).Unique(),
		edge.To("ticket", TicketDetail.Type).Unique(),
		edge.To("visits", Visit.Type),
		edge.To("parts", RepairPart.Type),
		edge.To("quotes", RepairQuote.Type),
		edge.To("compensations", Compensation.Type),
		edge.To("items", ReturnItem.Type),
		edge.To("parcels", Parcel.Type),
		edge.To("refunds", Refund.Type),
		edge.To("deadlines", Deadline.Type),
		edge.To("events", CaseEvent.Type),
		edge.To("messages", Message.Type),
		edge.To("evidence", Evidence.Type),
		edge.To("proposals", Proposal.Type),
		edge.To("dispute", Dispute.Type).Unique(),
		edge.To("tickets", ServiceCase.Type).From("about").Field("about_id").Unique().Immutable(),
		edge.To("successor", ServiceCase.Type).Unique().From("origin").Field("origin_id").Unique().Immutable(),
	}
}

func (ServiceCase) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("merchant_id", "number").Unique(),
		index.Fields("merchant_id", "opened_at", "id"),
		index.Fields("merchant_id", "status", "opened_at", "id"),
		index.Fields("merchant_id", "next_due_at", "id"),
		index.Fields("merchant_id", "customer_id", "opened_at", "id"),
		index.Fields("merchant_id", "order_id"),
		index.Fields("merchant_id", "about_id").Annotations(entsql.IndexWhere("about_id IS NOT NULL")).StorageKey("servicecase_about"),
		index.Fields("merchant_id", "contacted_at").Annotations(entsql.IndexWhere("ended_at IS NULL")).StorageKey("servicecase_silent"),
		index.Fields("merchant_id", "assignee_id"),
		index.Fields("merchant_id", "kind", "opened_at", "id"),
	}
}

func (ServiceCase) Annotations() []schema.Annotation {
	return []schema.Annotation{checks(map[string]string{
		// Kinds and statuses of the whole contract, so that a new capability changes no check.
		"service_cases_kinds":    "kind IN ('RETURN', 'REPAIR', 'COURIER_CLAIM', 'COMPLAINT', 'INQUIRY', 'OPINION', 'ORDER_CHANGE', 'INSTALLATION', 'COMMISSIONING', 'USAGE_GUIDANCE', 'MAINTENANCE', 'OTHER')",
		"service_cases_statuses": "status IN ('REQUESTED', 'NEEDS_INFO', 'PROPOSED', 'AWAITING_SHIPMENT', 'IN_TRANSIT', 'VISIT_SCHEDULED', 'IN_VISIT', 'RECEIVED', 'INSPECTION_PASSED', 'INSPECTION_FAILED', 'DIAGNOSED', 'QUOTED', 'IN_REPAIR', 'AWAITING_PARTS', 'TESTED', 'REFUNDING', 'REFUND_FAILED', 'REPLACING', 'REPLACEMENT_SHIPPED', 'SENT_BACK', 'DISPUTED', 'COMPLETED', 'REJECTED', 'CANCELLED', 'EXPIRED')",
		// MALL-1.1b: a case ends only with an outcome, and closes only after it ended.
		"service_cases_outcome": "(status IN ('COMPLETED', 'REJECTED', 'CANCELLED', 'EXPIRED')) = (outcome IS NOT NULL AND outcome <> '' AND ended_at IS NOT NULL)",
		"service_cases_closed":  "closed_at IS NULL OR ended_at IS NOT NULL",
		"service_cases_order":   "order_id IS NOT NULL OR kind IN ('COMPLAINT', 'INQUIRY', 'OPINION', 'OTHER')",
	})}
}

// Deadline is one running promise of a case. It keeps everything that explains it: rule, start, calendar version, pauses
// and both due instants (exclusive). due_at is null while paused.
type Deadline struct{ ent.Schema }

func (Deadline) Mixin() []ent.Mixin { return []ent.Mixin{identified{prefix: id.Deadline}, tenant{}} }

func (Deadline) Fields() []ent.Field {
	return []ent.Field{
		field.String("case_id").MaxRuneLen(40).Immutable(),
		field.String("calendar_id").MaxRuneLen(40),
		// sandbox copies the merchant's mode, so that the sweep of live clocks reads one index.
		field.Bool("sandbox").Immutable(),
		field.String("kind").MaxRuneLen(30).GoType(plan.DeadlineKind("")).Immutable(),
		field.String("state").MaxRuneLen(10).GoType(plan.DeadlineState("")),
		// open: somebody still has to fulfil it (running, paused, or missed and not yet made good).
		field.Bool("open"),
		field.String("obligor").MaxRuneLen(10).GoType(plan.Party("")).Immutable(),
		field.String("clause").MaxRuneLen(200).Immutable(),
		// The plan, or law (LAW-…), whose promise this is.
		field.String("plan_code").MaxRuneLen(32).Default("MALL").Immutable(),
		field.Int("plan_version").Default(1).Immutable(),
		field.JSON("rule", deadline.Rule{}).Immutable(),
		field.JSON("on_timeout", []plan.TimeoutAction{}).Immutable(),
		field.Int("at_risk_percent").Immutable(),
		field.Bool("explain").Immutable(),
		// explain_ahead: the explanation is wanted before the limit; explanation_missed: it was not there by then.
		field.Bool("explain_ahead").Default(false).Immutable(),
		field.Bool("explanation_missed").Default(false),
		// facts are those of the promise's several that were recorded so far (SLA-A-2.2.1).
		field.JSON("facts", []lifecycle.Event{}).Optional(),
		// extended_to is the length after an extension, 0 without one.
		field.Int("extended_to").Default(0),
		field.JSON("extension", &lifecycle.Extension{}).Optional(),
		field.String("extended_by_id").MaxRuneLen(40).Optional().Nillable(),
		instant("started_at").forever().field(),
		instant("promised_due_at").field(),
		field.String("promised_last_day").MaxRuneLen(10).Optional(),
		instant("due_at").orNull().field(),
		field.String("last_day").MaxRuneLen(10).Optional(),
		instant("at_risk_at").orNull().field(),
		// at_risk_told: the event of entering the at-risk time was written, once.
		field.Bool("at_risk_told").Default(false),
		instant("met_at").orNull().field(),
		instant("breached_at").orNull().field(),
		field.Bool("provisional"),
		field.JSON("pauses", []deadline.Pause{}).Optional(),
		field.Bool("explanation_owed").Default(false),
		field.JSON("explanation", &lifecycle.Explanation{}).Optional(),
	}
}

func (Deadline) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("case", ServiceCase.Type).Ref("deadlines").Field("case_id").Unique().Required().Immutable(),
		edge.To("calendar", Calendar.Type).Field("calendar_id").Unique().Required(),
		edge.To("granter", Staff.Type).Field("extended_by_id").Unique(),
	}
}

func (Deadline) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("merchant_id", "case_id"),
		index.Fields("merchant_id", "due_at", "id").Annotations(entsql.IndexWhere("open")).StorageKey("deadline_queue"),
		index.Fields("sandbox", "due_at").Annotations(entsql.IndexWhere("state = 'RUNNING'")).StorageKey("deadline_sweep_due"),
		index.Fields("sandbox", "at_risk_at").Annotations(entsql.IndexWhere("state = 'RUNNING' AND NOT at_risk_told")).StorageKey("deadline_sweep_risk"),
		index.Fields("merchant_id", "due_at").Annotations(entsql.IndexWhere("state = 'RUNNING'")).StorageKey("deadline_merchant_due"),
		index.Fields("calendar_id", "id").Annotations(entsql.IndexWhere("open")).StorageKey("deadline_calendar"),
	}
}

func (Deadline) Annotations() []schema.Annotation {
	return []schema.Annotation{checks(map[string]string{
		"deadlines_state":    "state IN ('RUNNING', 'PAUSED', 'MET', 'BREACHED', 'CANCELLED')",
		"deadlines_paused":   "(state = 'PAUSED') = (due_at IS NULL AND open)",
		"deadlines_met":      "NOT (state = 'MET' AND met_at IS NULL)",
		"deadlines_extended": "extended_to >= 0",
		"deadlines_breached": "NOT (state = 'BREACHED' AND breached_at IS NULL)",
	})}
}

// CaseEvent is one line of a case's timeline. Texts are written when read, in the reader's language.
type CaseEvent struct{ ent.Schema }

func (CaseEvent) Mixin() []ent.Mixin { return []ent.Mixin{identified{prefix: id.CaseEvent}, tenant{}} }

func (CaseEvent) Fields() []ent.Field {
	return []ent.Field{
		field.String("case_id").MaxRuneLen(40).Immutable(),
		field.String("type").MaxRuneLen(30).GoType(lifecycle.Event("")).Immutable(),
		instant("at").forever().field(),
		field.String("actor_subject").MaxRuneLen(200).Optional().Immutable(),
		field.String("actor_role").MaxRuneLen(20).Optional().Immutable(),
		field.String("actor_name").MaxRuneLen(200).Immutable(),
		field.JSON("params", map[string]string{}).Optional().Immutable(),
		field.String("note").MaxRuneLen(5000).Optional().Immutable(),
	}
}

func (CaseEvent) Edges() []ent.Edge {
	return []ent.Edge{edge.From("case", ServiceCase.Type).Ref("events").Field("case_id").Unique().Required().Immutable()}
}

func (CaseEvent) Indexes() []ent.Index {
	return []ent.Index{index.Fields("merchant_id", "case_id", "at", "id")}
}

// Message is one entry of a case's thread (MALL-3.3f). Internal ones are the merchant's own notes.
type Message struct{ ent.Schema }

func (Message) Mixin() []ent.Mixin { return []ent.Mixin{identified{prefix: id.Message}, tenant{}} }

func (Message) Fields() []ent.Field {
	return []ent.Field{
		field.String("case_id").MaxRuneLen(40).Immutable(),
		field.Bool("internal").Immutable(),
		field.String("text").MaxRuneLen(5000).NotEmpty().Immutable(),
		field.String("author_subject").MaxRuneLen(200).Immutable(),
		field.String("author_role").MaxRuneLen(20).Immutable(),
		field.String("author_name").MaxRuneLen(200).Immutable(),
		instant("at").forever().field(),
	}
}

func (Message) Edges() []ent.Edge {
	return []ent.Edge{edge.From("case", ServiceCase.Type).Ref("messages").Field("case_id").Unique().Required().Immutable()}
}

func (Message) Indexes() []ent.Index {
	return []ent.Index{index.Fields("merchant_id", "case_id", "at", "id")}
}

// Evidence is a reference to a photo, film or document that somebody keeps elsewhere; the service stores no files.
type Evidence struct{ ent.Schema }

func (Evidence) Mixin() []ent.Mixin { return []ent.Mixin{identified{prefix: id.Evidence}, tenant{}} }

func (Evidence) Fields() []ent.Field {
	return []ent.Field{
		field.String("case_id").MaxRuneLen(40).Immutable(),
		field.String("kind").MaxRuneLen(20).Immutable(),
		field.String("url").MaxRuneLen(2000).NotEmpty().Immutable(),
		field.String("sha256").MaxRuneLen(64).Optional().Immutable(),
		field.String("note").MaxRuneLen(1000).Optional().Immutable(),
		field.String("author_role").MaxRuneLen(20).Immutable(),
		field.String("author_name").MaxRuneLen(200).Immutable(),
		instant("at").forever().field(),
	}
}

func (Evidence) Edges() []ent.Edge {
	return []ent.Edge{edge.From("case", ServiceCase.Type).Ref("evidence").Field("case_id").Unique().Required().Immutable()}
}

func (Evidence) Indexes() []ent.Index {
	return []ent.Index{index.Fields("merchant_id", "case_id", "at", "id")}
}
