// Package schema describes what is stored, one file an entity. It knows only pure packages. Rules live in use cases, never
// in hooks; what the database must hold by itself (composite foreign keys, checks) is generated into the migrations.
package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
	"entgo.io/ent/schema/mixin"

	"aftersales/internal/id"
)

// identified gives an entity its prefixed, sortable id.
type identified struct {
	mixin.Schema
	prefix string
}

func (m identified) Fields() []ent.Field {
	return []ent.Field{
		field.String("id").MaxRuneLen(40).NotEmpty().Immutable().DefaultFunc(func() string { return id.New(m.prefix) }),
	}
}

// tenant marks a row as one merchant's. The guard in package store filters every query by merchant_id and refuses writes
// for another; the unique (merchant_id, id) pair is what composite foreign keys point at (SLA-A-3.1.4).
type tenant struct{ mixin.Schema }

func (tenant) Fields() []ent.Field {
	return []ent.Field{field.String("merchant_id").MaxRuneLen(40).NotEmpty().Immutable()}
}

func (tenant) Indexes() []ent.Index {
	return []ent.Index{index.Fields("merchant_id", "id").Unique()}
}

// instant is a UTC time at microseconds; both engines compare it right because nothing else is ever written.
func instant(name string) *timeBuilder { return &timeBuilder{name: name} }

type timeBuilder struct {
	name                string
	optional, immutable bool
}

func (b *timeBuilder) orNull() *timeBuilder  { b.optional = true; return b }
func (b *timeBuilder) forever() *timeBuilder { b.immutable = true; return b }

func (b *timeBuilder) field() ent.Field {
	f := field.Time(b.name).SchemaType(map[string]string{dialect.Postgres: "timestamptz(6)"})
	if b.optional {
		f = f.Optional().Nillable()
	}
	if b.immutable {
		f = f.Immutable()
	}
	return f
}

// checks writes CHECK constraints into the table, because ent enforces lengths and enums only in Go. Each is wrapped in
// parentheses, which the migration planner leaves out for an expression such as (a) = (b).
func checks(c map[string]string) schema.Annotation {
	for name, expr := range c {
		c[name] = "(" + expr + ")"
	}
	return entsql.Checks(c)
}
