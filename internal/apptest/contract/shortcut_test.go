package contract

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"aftersales/internal/apptest"
)

// composer makes documents by chance: fragments, aliases, the same field twice, @skip and @include, arguments good and bad.
type composer struct {
	*rand.Rand
	schema    *ast.Schema
	fragments []string
	types     []string // of the fragments
}

// condition is a directive that is there now and then.
func (c *composer) condition() string {
	return []string{"", "", "", "", "", "", " @include(if: $yes)", " @skip(if: $yes)", " @skip(if: $no)", " @include(if: $no)"}[c.IntN(10)]
}

func (c *composer) selection(def *ast.Definition, depth int) string {
	out := []string{}
	fields := slices.DeleteFunc(slices.Clone(def.Fields), func(f *ast.FieldDefinition) bool {
		return strings.HasPrefix(f.Name, "__") || slices.ContainsFunc(f.Arguments, func(a *ast.ArgumentDefinition) bool { return required(a.Type, a.DefaultValue) })
	})
	for range 1 + c.IntN(5) {
		switch n := c.IntN(12); {
		case n == 0:
			out = append(out, "__typename")
		case n == 1 && depth > 0:
			to := c.schema.Types[def.Name]
			if possible := c.schema.GetPossibleTypes(def); len(possible) > 1 && c.IntN(2) == 0 {
				to = possible[c.IntN(len(possible))]
			} else if of := c.schema.GetImplements(def); len(of) > 0 && c.IntN(2) == 0 {
				to = of[c.IntN(len(of))]
			}
			out = append(out, fmt.Sprintf("... on %s%s { %s }", to.Name, c.condition(), c.selection(to, depth-1)))
		case n == 2 && depth > 0:
			name := fmt.Sprintf("F%d", len(c.types))
			c.types = append(c.types, def.Name)
			c.fragments = append(c.fragments, fmt.Sprintf("fragment %s on %s { %s }", name, def.Name, c.selection(def, depth-1)))
			out = append(out, "..."+name+c.condition())
		case len(fields) > 0:
			f := fields[c.IntN(len(fields))]
			next := c.schema.Types[f.Type.Name()]
			if next.IsCompositeType() && depth == 0 {
				continue
			}
			out = append(out, c.field(f, next, depth))
		}
	}
	return strings.Join(append(out, "__typename"), " ")
}

func (c *composer) field(f *ast.FieldDefinition, next *ast.Definition, depth int) string {
	text := f.Name
	if f.Arguments.ForName("first") != nil {
		// What differs in its arguments needs a name of its own.
		arguments := []string{"(first: 2)", "(first: $n)", "(first: 1)", "", "(first: 0)", `(first: 2, after: "nonsense")`}
		if c.IntN(8) > 0 {
			arguments = arguments[:4]
		}
		i := c.IntN(len(arguments))
		text = fmt.Sprintf("%s%d: %s%s", f.Name, i, f.Name, arguments[i])
	} else if c.IntN(4) == 0 {
		text = "x_" + f.Name + ": " + f.Name
	}
	text += c.condition()
	if next.IsCompositeType() {
		text += " { " + c.selection(next, depth-1) + " }"
	}
	return text
}

// document asks for fields of Query that have no required argument, or for an object by its id.
func (c *composer) document(ids map[string]string, names []string) string {
	c.fragments, c.types = nil, nil
	var body []string
	for i := range 1 + c.IntN(2) {
		if prefix := names[c.IntN(len(names))]; c.IntN(2) == 0 {
			node := c.schema.Types["Node"]
			body = append(body, fmt.Sprintf("n%d: node(id: %q) { %s }", i, ids[prefix], c.selection(node, 5)))
			continue
		}
		var lists ast.FieldList
		for _, f := range c.schema.Query.Fields {
			if strings.HasSuffix(f.Type.Name(), "Connection") && f.Name != "visits" {
				lists = append(lists, f)
			}
		}
		f := lists[c.IntN(len(lists))]
		body = append(body, fmt.Sprintf("r%d: %s(first: 3) { nodes { %s } %s }", i, f.Name,
			c.selection(c.schema.Types[c.schema.Types[f.Type.Name()].Fields.ForName("nodes").Type.Name()], 4), c.selection(c.schema.Types[f.Type.Name()], 2)))
	}
	return "query($yes: Boolean!, $no: Boolean!, $n: Int) { " + strings.Join(body, " ") + " " +
		"_: __typename @include(if: $yes) __typename @skip(if: $no) again: __typename @skip(if: $yes) p: __typename @include(if: $no) viewer { role } " +
		"limit: returns(first: $n) { __typename } } " + strings.Join(c.fragments, " ")
}

// sameAnswer compares answers byte for byte; errors may come in any order, because rows are answered at the same time.
func sameAnswer(a, b apptest.Response) bool {
	errors := func(r apptest.Response) []string {
		var out []string
		for _, e := range r.Errors {
			out = append(out, fmt.Sprint(e))
		}
		slices.Sort(out)
		return out
	}
	return a.Status == b.Status && bytes.Equal(a.Data, b.Data) && slices.Equal(errors(a), errors(b))
}

// A short cut answers byte for byte as the way it shortens, refusals, masked data and errors included, whoever asks.
func TestShortCutsAnswerAsTheOrdinaryWay(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", clockAt)
		ids := everyID(t, s, bring(s, completed))
		bring(s, awaiting)
		bring(s, requested)
		var names []string
		for name := range ids {
			names = append(names, name)
		}
		slices.Sort(names)
		ordinary := e.Ordinary()
		c := &composer{Rand: rand.New(rand.NewPCG(5, 7)), schema: served()}
		refused, answered, masked := 0, 0, 0
		for i := range 240 {
			doc := c.document(ids, names)
			caller := []apptest.Caller{s.Admin, s.Customer, s.Agent, s.Warehouse}[i%4]
			if i%8 > 3 {
				caller = caller.In("zh")
			}
			vars := apptest.Vars{"yes": true, "no": false, "n": 2}
			got, want := caller.Do(doc, vars), caller.At(ordinary).Do(doc, vars)
			if !sameAnswer(got, want) {
				t.Fatalf("%s\nis answered %s\nordinarily %s", doc, got.Raw, want.Raw)
			}
			if strings.Contains(got.Raw, `"INTERNAL"`) {
				t.Errorf("%s\nis answered %s", doc, got.Raw)
			}
			if strings.Contains(got.Raw, "***") {
				masked++
			}
			if len(got.Errors) > 0 {
				refused++
			} else {
				answered++
			}
		}
		if answered < 100 || refused < 5 || masked == 0 {
			t.Errorf("%d answered, %d refused and %d masked: the documents try too little", answered, refused, masked)
		}
	})
}

// Nested abstract types multiply what a plan must foresee; a small document must not cost a lot however deep it is.
func TestDeepDocumentsAreNotPlannedAhead(t *testing.T) {
	t.Parallel()
	e := apptest.Start(t, "sqlite")
	s := e.Sandbox("mall", clockAt)
	id := bring(s, awaiting)
	doc := "id"
	for range 7 {
		doc = "nextDeadline { case { " + doc + " } }"
	}
	doc = fmt.Sprintf("{ case(id: %q) { %s } }", id, doc)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	got, want := s.Customer.Do(doc, nil), s.Customer.At(e.Ordinary()).Do(doc, nil)
	runtime.ReadMemStats(&after)
	if !sameAnswer(got, want) || len(got.Errors) > 0 {
		t.Errorf("answered %s\nordinarily %s", got.Raw, want.Raw)
	}
	if mib := (after.TotalAlloc - before.TotalAlloc) >> 20; mib > 64 {
		t.Errorf("%d MiB allocated", mib)
	}
}
