// Package plain writes what is below a field in one go, without a context, a goroutine and a resolver for each field.
//
// gqlgen resolves every field on its own, which is right where a field asks a resolver, and costs ten times what it does
// where a field only shows what is in memory already: most of this schema. For such fields a generator (internal/graphgen)
// writes, from the very bindings gqlgen uses, functions that append them to a buffer. A plan, made once for each place of a
// document, says which fields are asked for under which names; fragments, @skip and @include are gqlgen's own business.
//
// Nothing is decided here: a selection with a field that has a resolver of its own (checks, masking, further reading), a
// directive that does something, @defer, an argument that is refused, an error, a panic, or a null where the schema allows
// none, is left to gqlgen as a whole, which answers it from the start as if nobody had tried.
package plain

import (
	"context"
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// Type is an object, or an abstract type, of the schema.
type Type struct {
	// Fields are the plain fields of an object by name.
	Fields map[string]Field
	// Satisfies are the types a fragment on this object may name.
	Satisfies []string
	// Possible are the objects an abstract type may be, in the order the generated writer numbers them.
	Possible []string
}

// Field is a plain field.
type Field struct {
	// Number is what the generated writer knows it by; 0 is __typename.
	Number int
	// Type is the object or abstract type below it, "" for a leaf.
	Type string
	// Args says that it takes arguments.
	Args bool
}

// Plan says what to write for a value: for an object one list of steps, for an abstract type one for each possible object.
type Plan struct {
	kinds []steps
	size  int // steps of the whole plan
}

type steps struct {
	list  []Step
	plain bool
}

// Step is one field to write.
type Step struct {
	Number int
	// Args are the field's arguments, decoded.
	Args map[string]any
	// Below is the plan of what is below the field; nil for a leaf.
	Below *Plan
	key   string // with colon, and with comma where it is not the first
}

// Kind returns the steps for the n-th possible object, which is 0 where there is but one; ok is false where that object
// cannot be written plainly.
func (p *Plan) Kind(n int) (list []Step, ok bool) { return p.kinds[n].list, p.kinds[n].plain }

// Schema is what the generated code knows: the types, and how to decode arguments.
type Schema struct {
	Types map[string]Type
	// Arguments decodes the arguments of "Object.field".
	Arguments func(ctx context.Context, op *graphql.OperationContext, field string, raw map[string]any) (map[string]any, error)
}

// maxSteps bounds a plan, and maxPlanned all plans of one operation: below an abstract type every possible object has steps
// of its own, so that nested ones multiply. What is larger is left to gqlgen, which looks only at objects that are there.
const (
	maxSteps   = 2000
	maxPlanned = 10_000
)

// planner makes one plan.
type planner struct {
	*Schema
	ctx  context.Context
	op   *graphql.OperationContext
	made int // steps so far
}

// plan makes the plan of a selection on a type, of at most most steps; nil when it is not plain, or larger.
func (s *Schema) plan(ctx context.Context, op *graphql.OperationContext, name string, sel ast.SelectionSet, most int) (p *Plan, made int) {
	r := planner{Schema: s, ctx: ctx, op: op, made: maxSteps - min(most, maxSteps)}
	before := r.made
	p = r.below(name, sel)
	if r.made > maxSteps {
		p = nil
	}
	if p != nil {
		p.size = r.made - before
	}
	return p, r.made - before
}

func (r *planner) below(name string, sel ast.SelectionSet) *Plan {
	t := r.Types[name]
	if t.Possible == nil {
		if list, ok := r.steps(name, sel); ok {
			return &Plan{kinds: []steps{{list, true}}}
		}
		return nil
	}
	p, any := &Plan{kinds: make([]steps, len(t.Possible))}, false
	for i, object := range t.Possible {
		if same := slices.Index(t.Possible[:i], object); same >= 0 { // by value and by pointer
			p.kinds[i] = p.kinds[same]
			continue
		}
		p.kinds[i].list, p.kinds[i].plain = r.steps(object, sel)
		any = any || p.kinds[i].plain
	}
	if !any {
		return nil
	}
	return p
}

func (r *planner) steps(object string, sel ast.SelectionSet) ([]Step, bool) {
	t, known := r.Types[object]
	if !known || r.made > maxSteps {
		return nil, false
	}
	fields := graphql.CollectFields(r.op, sel, t.Satisfies)
	list := make([]Step, 0, len(fields))
	for i, asked := range fields {
		if len(asked.Deferrables) > 0 || directed(asked.Directives) {
			return nil, false
		}
		// A field asked for by way of two interfaces may be there twice; gqlgen writes the first.
		if slices.ContainsFunc(fields[:i], func(f graphql.CollectedField) bool { return f.Alias == asked.Alias }) {
			continue
		}
		if r.made++; r.made > maxSteps {
			return nil, false
		}
		step := Step{key: `"` + asked.Alias + `":`} // a GraphQL name needs no escapes
		if len(list) > 0 {
			step.key = `,` + step.key
		}
		if asked.Name == "__typename" {
			list = append(list, step)
			continue
		}
		f, isPlain := t.Fields[asked.Name]
		if !isPlain {
			return nil, false
		}
		step.Number = f.Number
		if f.Args {
			var err error
			if step.Args, err = r.Arguments(r.ctx, r.op, object+"."+asked.Name, asked.ArgumentMap(r.op.Variables)); err != nil {
				return nil, false
			}
		}
		if f.Type != "" {
			if step.Below = r.below(f.Type, asked.Selections); step.Below == nil {
				return nil, false
			}
		}
		list = append(list, step)
	}
	return list, true
}

// directed reports whether a field carries a directive that CollectFields has not dealt with.
func directed(ds ast.DirectiveList) bool {
	for _, d := range ds {
		if d.Name != "skip" && d.Name != "include" {
			return true
		}
	}
	return false
}
