package contract

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"aftersales/internal/apptest"
)

// walker asks for every way through the schema, one query each: what a field needs must have been loaded, however it was
// reached.
type walker struct {
	schema *ast.Schema
	depth  int
	// docs are the queries; each ends at an object, all of whose plain fields are selected.
	docs []string
}

// leaves selects the fields of a type that need no selection and no argument.
func (w *walker) leaves(def *ast.Definition) string {
	out := []string{"__typename"}
	for _, f := range def.Fields {
		if w.schema.Types[f.Type.Name()].IsLeafType() && !strings.HasPrefix(f.Name, "__") && !slices.ContainsFunc(f.Arguments, func(a *ast.ArgumentDefinition) bool { return required(a.Type, a.DefaultValue) }) {
			out = append(out, f.Name)
		}
	}
	return strings.Join(out, " ")
}

// from goes on from an object reached by a document that has %s where its selection belongs.
func (w *walker) from(doc string, def *ast.Definition, seen []string) {
	w.docs = append(w.docs, fmt.Sprintf(doc, w.leaves(def)))
	if len(seen) == w.depth {
		return
	}
	for _, possible := range w.schema.GetPossibleTypes(def) {
		if def.IsAbstractType() && def.Name == "Node" {
			continue // node(id) is tried by its types
		}
		for _, f := range possible.Fields {
			next := w.schema.Types[f.Type.Name()]
			step := possible.Name + "." + f.Name
			if !next.IsCompositeType() || strings.HasPrefix(f.Name, "__") || slices.Contains(seen, step) || slices.ContainsFunc(f.Arguments, func(a *ast.ArgumentDefinition) bool { return required(a.Type, a.DefaultValue) }) {
				continue
			}
			selection := f.Name + " { %s }"
			if strings.HasSuffix(next.Name, "Connection") {
				selection = f.Name + "(first: 2) { totalCount nodes { %s } }"
				next = w.schema.Types[next.Fields.ForName("nodes").Type.Name()]
			}
			if def.IsAbstractType() {
				selection = "... on " + possible.Name + " { " + selection + " }"
			}
			w.from(fmt.Sprintf(strings.Replace(doc, "%s", "%[1]s", 1), selection), next, append(seen[:len(seen):len(seen)], step))
		}
	}
}

// Every way through the schema is answered without a fault, from every object by two more and from cases by three, and
// byte for byte as without short cuts.
func TestEveryWayThroughTheSchemaIsAnswered(t *testing.T) {
	t.Parallel()
	e := apptest.Start(t, "sqlite") // what is loaded does not depend on the engine
	s := e.Sandbox("mall", clockAt)
	closed := bring(s, completed)
	bring(s, awaiting)
	bring(s, requested)
	ids := everyID(t, s, closed)
	w := &walker{schema: served()}
	for _, f := range w.schema.Query.Fields {
		def := w.schema.Types[f.Type.Name()]
		if !strings.HasSuffix(def.Name, "Connection") {
			continue
		}
		w.depth = 2
		if f.Name == "returns" {
			w.depth = 3
		}
		args := "first: 5"
		if f.Name == "visits" {
			args += `, from: "2025-01-01T00:00:00Z", to: "2025-12-31T00:00:00Z"`
		}
		w.from(`{ `+f.Name+`(`+args+`) { nodes { %s } } }`, w.schema.Types[def.Fields.ForName("nodes").Type.Name()], nil)
	}
	w.depth = 2
	for _, id := range ids {
		name := s.Admin.Must(`query($id: ID!) { node(id: $id) { __typename } }`, apptest.Vars{"id": id}).Str("node.__typename")
		w.from(`{ node(id: "`+id+`") { ... on `+name+` { %s } } }`, w.schema.Types[name], nil)
	}
	for field, argument := range map[string]string{"viewer": "", "merchant": "", "order": `(number: "N1")`} {
		w.from(`{ `+field+argument+` { %s } }`, w.schema.Types[w.schema.Query.Fields.ForName(field).Type.Name()], nil)
	}
	t.Logf("%d queries", len(w.docs))
	ordinary := s.Admin.At(e.Ordinary())
	for _, doc := range w.docs {
		r := s.Admin.Do(doc, nil)
		if len(r.Errors) > 0 {
			t.Errorf("%s\n%.300s", doc, r.Raw)
		}
		if want := ordinary.Do(doc, nil); r.Raw != want.Raw {
			t.Errorf("%s\nis answered %s\nordinarily %s", doc, r.Raw, want.Raw)
		}
	}
}
