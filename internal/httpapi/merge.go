package httpapi

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator/core"
)

// fieldsCanMerge is the rule "Field Selection Merging" of the GraphQL specification (5.3.2). The parser library's own rule
// compares fields pair by pair, which a document of some kilobytes can stretch to minutes, and takes list and object
// arguments for equal whatever is in them. This one compares within groups of the same response name, level by level,
// and gives up at a fixed amount of work.
func fieldsCanMerge(budget int) core.Rule {
	return core.Rule{
		Name: "OverlappingFieldsCanBeMerged",
		RuleFunc: func(observers *core.Events, addError core.AddErrFunc) {
			observers.OnOperation(func(w *core.Walker, op *ast.OperationDefinition) {
				m := merger{schema: w.Schema, budget: budget, addError: addError}
				root := []ast.SelectionSet{op.SelectionSet}
				m.sameShape(root)
				m.sameMeaning(root)
				if m.budget < 0 {
					addError(core.Message("the document's overlapping fields take too much work to compare"),
						core.At(op.Position), func(e *gqlerror.Error) { e.Extensions = map[string]any{"code": CodeDocumentLimit} })
				}
			})
		},
	}
}

type merger struct {
	schema   *ast.Schema
	budget   int // fields that may still be visited; negative: given up
	addError core.AddErrFunc
}

// namesakes are the fields that answer under one response name, with fragments expanded.
type namesakes []*ast.Field

func (n namesakes) selections() []ast.SelectionSet {
	var sets []ast.SelectionSet
	for _, f := range n {
		if len(f.SelectionSet) > 0 {
			sets = append(sets, f.SelectionSet)
		}
	}
	return sets
}

// group collects the fields of several selection sets of one object by response name, in order of appearance. Fields
// that the schema does not know are left to the rules that report them.
func (m *merger) group(sets []ast.SelectionSet) []namesakes {
	var (
		groups  []namesakes
		index   = make(map[string]int)
		spread  = make(map[string]bool)
		collect func(ast.SelectionSet)
	)
	collect = func(set ast.SelectionSet) {
		for _, selection := range set {
			if m.budget--; m.budget < 0 {
				return
			}
			switch sel := selection.(type) {
			case *ast.Field:
				if sel.Definition == nil || sel.ObjectDefinition == nil {
					continue
				}
				i, ok := index[sel.Alias]
				if !ok {
					i = len(groups)
					index[sel.Alias] = i
					groups = append(groups, nil)
				}
				groups[i] = append(groups[i], sel)
			case *ast.InlineFragment:
				collect(sel.SelectionSet)
			case *ast.FragmentSpread:
				if sel.Definition != nil && !spread[sel.Name] {
					spread[sel.Name] = true
					collect(sel.Definition.SelectionSet)
				}
			}
		}
	}
	for _, set := range sets {
		collect(set)
	}
	return groups
}

// sameShape requires that whatever concrete type answers, a response name has one type.
func (m *merger) sameShape(sets []ast.SelectionSet) {
	for _, fields := range m.group(sets) {
		for _, f := range fields[1:] {
			if a, b := typeOf(fields[0]), typeOf(f); !m.typesAgree(a, b) {
				m.conflict(f, "they return conflicting types %q and %q", a.String(), b.String())
				return
			}
		}
		if sub := fields.selections(); len(sub) > 0 && m.budget >= 0 {
			m.sameShape(sub)
		}
	}
}

// sameMeaning requires that fields which can answer for the same object are the same field with the same arguments.
// Fields of two different object types never do, so they are compared type by type, each with those of interfaces.
func (m *merger) sameMeaning(sets []ast.SelectionSet) {
	for _, fields := range m.group(sets) {
		for _, together := range byParent(fields) {
			for _, f := range together[1:] {
				if f.Name != together[0].Name {
					m.conflict(f, "%q and %q are different fields", together[0].Name, f.Name)
					return
				}
				if !sameArguments(together[0].Arguments, f.Arguments) {
					m.conflict(f, "they have differing arguments")
					return
				}
			}
			if sub := together.selections(); len(sub) > 0 && m.budget >= 0 {
				m.sameMeaning(sub)
			}
		}
	}
}

func byParent(fields namesakes) []namesakes {
	if len(fields) == 1 {
		return []namesakes{fields}
	}
	var abstract namesakes
	var objects []namesakes
	index := make(map[string]int)
	for _, f := range fields {
		if f.ObjectDefinition.Kind != ast.Object {
			abstract = append(abstract, f)
			continue
		}
		i, ok := index[f.ObjectDefinition.Name]
		if !ok {
			i = len(objects)
			index[f.ObjectDefinition.Name] = i
			objects = append(objects, nil)
		}
		objects[i] = append(objects[i], f)
	}
	if len(objects) == 0 {
		return []namesakes{abstract}
	}
	for i := range objects {
		objects[i] = append(objects[i], abstract...)
	}
	return objects
}

func (m *merger) conflict(f *ast.Field, reason string, args ...any) {
	m.addError(
		core.Message("Fields %q conflict because ", f.Alias), core.Message(reason, args...),
		core.Message(". Use different aliases on the fields to fetch both if this was intentional."),
		core.At(f.Position),
	)
}

// typeOf corrects the parser library, which takes __typename for nullable.
func typeOf(f *ast.Field) *ast.Type {
	if f.Name == "__typename" {
		return ast.NonNullNamedType("String", nil)
	}
	return f.Definition.Type
}

func (m *merger) typesAgree(a, b *ast.Type) bool {
	if a.NonNull != b.NonNull || (a.Elem == nil) != (b.Elem == nil) {
		return false
	}
	if a.Elem != nil {
		return m.typesAgree(a.Elem, b.Elem)
	}
	ta, tb := m.schema.Types[a.NamedType], m.schema.Types[b.NamedType]
	if ta == nil || tb == nil || (ta.IsCompositeType() && tb.IsCompositeType()) {
		return true
	}
	return ta.Name == tb.Name
}

func sameArguments(a, b ast.ArgumentList) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(x *ast.Argument) bool {
		y := b.ForName(x.Name)
		return y == nil || !sameValue(x.Value, y.Value)
	})
}

func sameValue(a, b *ast.Value) bool {
	if a.Kind != b.Kind || a.Raw != b.Raw || len(a.Children) != len(b.Children) {
		return false
	}
	for i, child := range a.Children {
		other := b.Children[i].Value
		if a.Kind == ast.ObjectValue {
			other = b.Children.ForName(child.Name)
		}
		if other == nil || !sameValue(child.Value, other) {
			return false
		}
	}
	return true
}
