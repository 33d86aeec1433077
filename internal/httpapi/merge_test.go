package httpapi

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"aftersales/internal/httpapi/internal/testschema"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/core"
	"github.com/vektah/gqlparser/v2/validator/rules"
	"pgregory.net/rapid"
)

func checkMerge(t interface{ Fatalf(string, ...any) }, query string, rule core.Rule) gqlerror.List {
	doc, err := parser.ParseQuery(&ast.Source{Input: query})
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return validator.ValidateWithRules(testschema.NewSchema(&testschema.Resolver{}).Schema(), doc, rules.NewRules(rule))
}

func TestFieldsCanMerge(t *testing.T) {
	t.Parallel()
	const dog, cat = "... on Dog { %s } ", "... on Cat { %s }"
	for query, conflict := range map[string]string{
		`{ hello hello }`:                     "",
		`{ a: hello a: hello }`:               "",
		`{ a: hello a: fails }`:               `they return conflicting types "String!" and "String"`,
		`{ a: hello a: whoami }`:              `"hello" and "whoami" are different fields`,
		`{ a: hello a: node {id} }`:           `they return conflicting types "String!" and "Node!"`,
		`{ echo(text: "x") echo(text: "y") }`: "they have differing arguments",
		`{ echo(text: "x") ...A } fragment A on Query { echo(text: "y") }`:                 "they have differing arguments",
		`query($a: String!, $b: String!) { echo(text: $a) echo(text: $b) }`:                "they have differing arguments",
		`{ node { name(tags: ["a"]) name(tags: ["a"]) } }`:                                 "",
		`{ node { name(tags: ["a"]) name(tags: ["b"]) } }`:                                 "they have differing arguments", // the library lets this pass
		`{ node { name(tags: ["a"]) name(tags: ["a", "b"]) } }`:                            "they have differing arguments",
		`{ node { next { a: id } } node { next { a: name } } }`:                            `they return conflicting types "ID!" and "String!"`,
		`{ node { next { a: nodes { id } } ... { next { a: nodes(first: 2) { id } } } } }`: "they have differing arguments",
		// Fields of two object types never meet, so they may differ; their types still may not.
		`{ pet { ` + fmt.Sprintf(dog, "a: barks") + fmt.Sprintf(cat, "a: meows") + ` } }`:                           "",
		`{ pet { ` + fmt.Sprintf(dog, "size") + fmt.Sprintf(cat, "size") + ` } }`:                                   `they return conflicting types "Int!" and "String!"`,
		`{ pet { ` + fmt.Sprintf(dog, "friend { a: name }") + fmt.Sprintf(cat, "friend { a: __typename }") + ` } }`: "",
		`{ pet { a: name ` + fmt.Sprintf(dog, "a: __typename") + ` } }`:                                             `"__typename" and "name" are different fields`,
		`{ pet { n: name ` + fmt.Sprintf(dog, "friend { n: name }") + ` } }`:                                        "",
	} {
		errs := checkMerge(t, query, fieldsCanMerge(1000))
		switch {
		case conflict == "" && len(errs) > 0:
			t.Errorf("%s: %v", query, errs)
		case conflict != "" && (len(errs) == 0 || !strings.Contains(errs[0].Message, conflict) || len(errs[0].Locations) != 1):
			t.Errorf("%s: %v, want %s", query, errs, conflict)
		}
	}
}

// The library's rule, where it is right and quick enough, is the reference.
func TestFieldsCanMergeAgreesWithLibrary(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var b strings.Builder
		b.WriteString("{ node { ...N ")
		drawNode(t, &b, 3)
		b.WriteString(" } pet { ...P ")
		drawPet(t, &b, 2)
		b.WriteString(" } } fragment N on Node { ")
		drawNode(t, &b, 1)
		b.WriteString(" } fragment P on Pet { name ... on Cat { a: size } }")
		query := b.String()
		ours := checkMerge(t, query, fieldsCanMerge(100_000))
		theirs := checkMerge(t, query, rules.OverlappingFieldsCanBeMergedRule)
		if (len(ours) > 0) != (len(theirs) > 0) {
			t.Fatalf("%s\nours: %v\ntheirs: %v", query, ours, theirs)
		}
	})
}

func drawNode(t *rapid.T, b *strings.Builder, depth int) {
	for range rapid.IntRange(1, 4).Draw(t, "fields") {
		alias := rapid.SampledFrom([]string{"", "", "a: ", "b: "}).Draw(t, "alias")
		switch pick := rapid.IntRange(0, 5).Draw(t, "field"); {
		case pick == 0:
			b.WriteString(alias + "id ")
		case pick == 1:
			b.WriteString(alias + `name(prefix: "` + rapid.SampledFrom([]string{"x", "y"}).Draw(t, "prefix") + `") `)
		case pick == 2 && depth > 1:
			b.WriteString("...N ")
		case pick == 3 && depth > 0:
			b.WriteString("... on Node { ")
			drawNode(t, b, depth-1)
			b.WriteString("} ")
		case depth > 0:
			b.WriteString(alias + rapid.SampledFrom([]string{"next { ", "nodes { "}).Draw(t, "link"))
			drawNode(t, b, depth-1)
			b.WriteString("} ")
		default:
			b.WriteString("id ")
		}
	}
}

func drawPet(t *rapid.T, b *strings.Builder, depth int) {
	for range rapid.IntRange(1, 4).Draw(t, "fields") {
		alias := rapid.SampledFrom([]string{"", "a: ", "b: "}).Draw(t, "alias")
		kind := rapid.SampledFrom([]string{"Dog", "Cat"}).Draw(t, "kind")
		switch rapid.IntRange(0, 4).Draw(t, "field") {
		case 0:
			b.WriteString(alias + "name ")
		case 1:
			b.WriteString("...P ")
		case 2:
			b.WriteString("... on " + kind + " { " + alias + rapid.SampledFrom([]string{"size", "name"}).Draw(t, "leaf") + " } ")
		default:
			if depth == 0 {
				b.WriteString("name ")
				continue
			}
			b.WriteString("... on " + kind + " { " + alias + "friend { ")
			drawPet(t, b, depth-1)
			b.WriteString("} } ")
		}
	}
}

// Each friend is a Dog's and a Cat's, each with the Pet's own: the comparisons double at every level.
func TestFieldsCanMergeGivesUp(t *testing.T) {
	t.Parallel()
	set := "name"
	for range 12 {
		set = "name ... on Dog { friend { " + set + " } } ... on Cat { friend { name } } ...A"
	}
	query := "{ pet { " + set + " } } fragment A on Pet { ... on Dog { friend { name } } ... on Cat { friend { name } } }"
	start := time.Now()
	errs := checkMerge(t, query, fieldsCanMerge(100))
	if len(errs) != 1 || codeOf(errs[0]) != CodeDocumentLimit || time.Since(start) > 5*time.Second {
		t.Errorf("%v after %v", errs, time.Since(start))
	}
}

func TestLRUKeepsWithinEntriesAndBytes(t *testing.T) {
	t.Parallel()
	c := newLRU[int](3, 160)
	for i, key := range []string{"a", "b", "c"} {
		c.add(key, i, 10)
	}
	c.get("a")
	c.add("d", 3, 10) // pushes out b, the longest unused
	c.add("a", 9, 10) // is there already
	for key, want := range map[string]bool{"a": true, "b": false, "c": true, "d": true} {
		if _, ok := c.get(key); ok != want {
			t.Errorf("%s is there: %v", key, ok)
		}
	}
	if v, _ := c.get("a"); v != 0 || c.bytes != 30 {
		t.Errorf("a is %d, %d bytes", v, c.bytes)
	}
	c.add("large", 1, 11) // a sixteenth of 160 is 10
	if _, ok := c.get("large"); ok {
		t.Error("one entry takes more than its share")
	}

	byBytes := newLRU[int](1000, 160)
	for i := range 100 {
		byBytes.add(fmt.Sprint(i), i, 10)
	}
	if len(byBytes.entries) != 16 || byBytes.order.Len() != 16 || byBytes.bytes != 160 {
		t.Errorf("%d entries, %d bytes", len(byBytes.entries), byBytes.bytes)
	}
}
