package httpapi

import (
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// inspect refuses a parsed document that would be expensive to validate or to execute. It runs before validation and
// without the schema, and visits every node of the document once: a fragment is measured once, and its size counted at
// each place where it is spread.
func inspect(doc *ast.QueryDocument, limits Limits) *gqlerror.Error {
	g := guard{
		limits:    limits,
		fragments: make(map[string]*ast.FragmentDefinition, len(doc.Fragments)),
		sizes:     make(map[string]*size, len(doc.Fragments)),
	}
	for _, f := range doc.Fragments {
		g.fragments[f.Name] = f
	}

	total := 0
	for _, op := range doc.Operations {
		g.directives += len(op.Directives)
		for _, v := range op.VariableDefinitions {
			g.directives += len(v.Directives)
		}
		s := g.measure(op.SelectionSet)
		if s.roots > limits.RootFields {
			return codedError(CodeDocumentLimit, "the operation has more than %d root fields", limits.RootFields)
		}
		g.deepest = max(g.deepest, s.depth)
		total = g.add(total, s.fields)
	}
	// The validator walks each fragment on its own too, so each counts once more.
	for _, f := range doc.Fragments {
		s := g.fragment(f.Name)
		g.deepest = max(g.deepest, s.depth)
		total = g.add(total, s.fields)
	}

	switch {
	case g.cycle != "":
		return codedError(CodeValidationFailed, "Cannot spread fragment %q within itself.", g.cycle)
	case total > limits.Fields:
		return codedError(CodeDocumentLimit, "the document selects more than %d fields and fragments", limits.Fields)
	case g.deepest > limits.Depth:
		return codedError(CodeDocumentLimit, "the document is nested deeper than %d fields", limits.Depth)
	case g.aliases > limits.Aliases:
		return codedError(CodeDocumentLimit, "the document has more than %d aliases", limits.Aliases)
	case g.directives > limits.Directives:
		return codedError(CodeDocumentLimit, "the document has more than %d directives", limits.Directives)
	}
	return nil
}

type guard struct {
	limits    Limits
	fragments map[string]*ast.FragmentDefinition
	sizes     map[string]*size // nil value: being measured

	aliases, directives, deepest int
	cycle                        string
}

// size of a selection set after expansion of its fragments. A spread counts like a field, for a chain of fragments costs
// the validator as much as one of fields. Counting stops above the limit, so that doubling fragments cannot overflow.
type size struct{ fields, roots, depth int }

func (g *guard) add(a, b int) int { return min(a+b, g.limits.Fields+1) }

func (g *guard) measure(set ast.SelectionSet) size {
	var s size
	for _, selection := range set {
		switch sel := selection.(type) {
		case *ast.Field:
			g.directives += len(sel.Directives)
			if sel.Alias != sel.Name {
				g.aliases++
			}
			sub := g.measure(sel.SelectionSet)
			s.fields = g.add(s.fields, sub.fields+1)
			s.roots = g.add(s.roots, 1)
			s.depth = max(s.depth, sub.depth+1)
		case *ast.InlineFragment:
			g.directives += len(sel.Directives)
			g.include(&s, g.measure(sel.SelectionSet))
		case *ast.FragmentSpread:
			g.directives += len(sel.Directives)
			g.include(&s, *g.fragment(sel.Name))
		}
	}
	return s
}

func (g *guard) include(s *size, sub size) {
	s.fields = g.add(s.fields, sub.fields+1)
	s.roots = g.add(s.roots, sub.roots)
	s.depth = max(s.depth, sub.depth)
}

// fragment measures a fragment the first time it is met. An unknown one is the validator's to report.
func (g *guard) fragment(name string) *size {
	if s, met := g.sizes[name]; met {
		if s == nil {
			g.cycle = name
			return &size{}
		}
		return s
	}
	def := g.fragments[name]
	if def == nil {
		return &size{}
	}
	g.sizes[name] = nil
	g.directives += len(def.Directives)
	s := g.measure(def.SelectionSet)
	g.sizes[name] = &s
	return &s
}
