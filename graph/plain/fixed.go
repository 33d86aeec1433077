package plain

import (
	"sync"
	"weak"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// maxFixed bounds how many plans, and maxFixedSteps how many steps of theirs, are kept for operations to come.
const (
	maxFixed      = 2000
	maxFixedSteps = 50_000
)

// fixed keeps the plans of fields that are the same in every operation of a document: those below which no directive stands
// and no argument is a variable. Documents are kept elsewhere, and this does not keep them.
type fixed struct {
	mu    sync.RWMutex
	plans map[weak.Pointer[ast.Field]]*Plan
	steps int // of all plans
}

// plan returns the plan of a field as it stands in the document; nil, where known, says that it is not plain.
func (x *fixed) plan(f graphql.CollectedField) (p *Plan, known bool) {
	if len(f.Selections) != len(f.SelectionSet) { // joined with another field of the same name
		return nil, false
	}
	x.mu.RLock()
	defer x.mu.RUnlock()
	p, known = x.plans[weak.Make(f.Field)]
	return p, known
}

func (x *fixed) keep(f graphql.CollectedField, p *Plan) {
	if len(f.Selections) != len(f.SelectionSet) || !same(f.SelectionSet) {
		return
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.full() {
		x.forget(func(field weak.Pointer[ast.Field]) bool { return field.Value() == nil }) // the document is gone
	}
	if x.full() {
		x.forget(func(weak.Pointer[ast.Field]) bool { return true })
	}
	if x.plans == nil {
		x.plans = map[weak.Pointer[ast.Field]]*Plan{}
	}
	x.plans[weak.Make(f.Field)] = p
	x.steps += p.steps()
}

func (x *fixed) full() bool { return len(x.plans) >= maxFixed || x.steps >= maxFixedSteps }

func (x *fixed) forget(which func(weak.Pointer[ast.Field]) bool) {
	for field, p := range x.plans {
		if which(field) {
			x.steps -= p.steps()
			delete(x.plans, field)
		}
	}
}

func (p *Plan) steps() int {
	if p == nil {
		return 0
	}
	return p.size
}

// same reports whether a selection means the same whatever the variables.
func same(set ast.SelectionSet) bool {
	for _, sel := range set {
		switch sel := sel.(type) {
		case *ast.Field:
			for _, a := range sel.Arguments {
				if variable(a.Value) {
					return false
				}
			}
			if len(sel.Directives) > 0 || !same(sel.SelectionSet) {
				return false
			}
		case *ast.InlineFragment:
			if len(sel.Directives) > 0 || !same(sel.SelectionSet) {
				return false
			}
		default: // a fragment may stand in several places; its fields may be joined with others
			return false
		}
	}
	return true
}

func variable(v *ast.Value) bool {
	if v.Kind == ast.Variable {
		return true
	}
	for _, c := range v.Children {
		if variable(c.Value) {
			return true
		}
	}
	return false
}
