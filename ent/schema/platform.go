package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"aftersales/internal/calendar"
	"aftersales/internal/id"
)

// Calendar is one published version of a working-day calendar; versions are never changed, so that a deadline can always
// say what it was counted by. Calendars belong to the platform, not to a merchant.
type Calendar struct{ ent.Schema }

func (Calendar) Mixin() []ent.Mixin { return []ent.Mixin{identified{prefix: id.Calendar}} }

func (Calendar) Fields() []ent.Field {
	return []ent.Field{
		field.String("code").MaxRuneLen(32).NotEmpty().Immutable(),
		field.Int("version").Immutable(),
		field.JSON("spec", calendar.Spec{}).Immutable(),
		instant("published_at").forever().field(),
	}
}

func (Calendar) Indexes() []ent.Index { return []ent.Index{index.Fields("code", "version").Unique()} }

// IdempotencyKey remembers the success of a create or money mutation: the same key with the same input answers with the
// same object again, with other input it is refused (design decision 7).
type IdempotencyKey struct{ ent.Schema }

func (IdempotencyKey) Mixin() []ent.Mixin { return []ent.Mixin{identified{prefix: id.Idempotency}} }

func (IdempotencyKey) Fields() []ent.Field {
	return []ent.Field{
		// merchant_id is empty for what the platform itself does (merchantCreate).
		field.String("merchant_id").MaxRuneLen(40).Immutable(),
		field.String("subject").MaxRuneLen(200).Immutable(),
		field.String("operation").MaxRuneLen(60).Immutable(),
		field.String("key").MaxRuneLen(200).Immutable(),
		field.String("input_hash").MaxRuneLen(64).Immutable(),
		field.String("object_id").MaxRuneLen(40).Immutable(),
		instant("created_at").forever().field(),
	}
}

func (IdempotencyKey) Indexes() []ent.Index {
	return []ent.Index{index.Fields("merchant_id", "subject", "operation", "key").Unique()}
}

// AuditEntry is a lasting record of who saw personal data unmasked, and of deadlines that a calendar publication moved
// (SLA-A-3.1.4, deadlines.md 2.11).
type AuditEntry struct{ ent.Schema }

func (AuditEntry) Mixin() []ent.Mixin { return []ent.Mixin{identified{prefix: id.Audit}, tenant{}} }

func (AuditEntry) Fields() []ent.Field {
	return []ent.Field{
		field.String("action").MaxRuneLen(40).Immutable(),
		field.String("object_id").MaxRuneLen(40).Immutable(),
		field.String("subject").MaxRuneLen(200).Immutable(),
		field.String("role").MaxRuneLen(20).Immutable(),
		field.String("request_id").MaxRuneLen(64).Optional().Immutable(),
		field.JSON("data", map[string]string{}).Optional().Immutable(),
		instant("at").forever().field(),
	}
}

func (AuditEntry) Indexes() []ent.Index {
	return []ent.Index{index.Fields("merchant_id", "at", "id"), index.Fields("merchant_id", "object_id")}
}

// Fee is one entry of a merchant's fee schedule (MALL-2.3d): what a fee is for, how much it is, by what rule, and when it holds.
type Fee struct{ ent.Schema }

func (Fee) Mixin() []ent.Mixin { return []ent.Mixin{identified{prefix: id.Fee}, tenant{}} }

func (Fee) Fields() []ent.Field {
	return []ent.Field{
		field.String("code").MaxRuneLen(40).NotEmpty().Immutable(),
		field.String("name").MaxRuneLen(200).NotEmpty(),
		field.String("basis").MaxRuneLen(500).NotEmpty(),
		// amount is in minor units of the merchant's currency.
		field.Int64("amount"),
		field.String("legal_reference").MaxRuneLen(500).NotEmpty(),
		// valid_from and valid_to are days in the merchant's zone, both included; no valid_to: until further notice.
		field.String("valid_from").MaxRuneLen(10).Immutable(),
		field.String("valid_to").MaxRuneLen(10).Optional(),
	}
}

func (Fee) Indexes() []ent.Index {
	return []ent.Index{index.Fields("merchant_id", "code", "valid_from").Unique()}
}

func (Fee) Annotations() []schema.Annotation {
	return []schema.Annotation{checks(map[string]string{
		"fees_amount": "amount >= 0",
		"fees_valid":  "valid_to IS NULL OR valid_to = '' OR valid_to >= valid_from",
	})}
}
