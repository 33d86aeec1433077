package contract

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"
	"github.com/vektah/gqlparser/v2/parser"

	"aftersales/graph/generated"
)

// served is the schema that the product executes.
func served() *ast.Schema { return generated.NewExecutableSchema(generated.Config{}).Schema() }

// parse reads SDL without judging it.
func parse(t *testing.T, name, text string) *ast.SchemaDocument {
	t.Helper()
	doc, err := parser.ParseSchema(&ast.Source{Name: name, Input: text})
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// The whole schema as clients see it; whoever changes it sees in review what they changed.
func TestSchemaIsTheGoldenOne(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	formatter.NewFormatter(&b, formatter.WithIndent("  ")).FormatSchema(served())
	golden(t, "testdata/schema.graphqls", b.String())
}

// Nothing that a client of the agreed contract relies on is gone or narrowed.
func TestSchemaKeepsTheContract(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/contract.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	for _, broken := range breaks(parse(t, "contract.graphqls", string(text)).Definitions, served().Types) {
		t.Error(broken)
	}
}

// breaks lists what of the agreed definitions the types no longer keep. Types may grow by fields, optional arguments,
// optional input fields, interfaces and enum values; what is agreed keeps its name, its type with every wrapper, and its
// default value.
func breaks(agreed ast.DefinitionList, types map[string]*ast.Definition) (broken []string) {
	say := func(format string, args ...any) { broken = append(broken, fmt.Sprintf(format, args...)) }
	for _, want := range agreed {
		got := types[want.Name]
		if got == nil || got.Kind != want.Kind {
			say("%s: was a %s", want.Name, want.Kind)
			continue
		}
		for _, i := range want.Interfaces {
			if !slices.Contains(got.Interfaces, i) {
				say("%s: no longer implements %s", want.Name, i)
			}
		}
		for _, member := range want.Types {
			if !slices.Contains(got.Types, member) {
				say("%s: no longer has the member %s", want.Name, member)
			}
		}
		for _, v := range want.EnumValues {
			if got.EnumValues.ForName(v.Name) == nil {
				say("%s.%s: is gone", want.Name, v.Name)
			}
		}
		for _, f := range want.Fields {
			now := got.Fields.ForName(f.Name)
			if now == nil {
				say("%s.%s: is gone", want.Name, f.Name)
				continue
			}
			if now.Type.String() != f.Type.String() {
				say("%s.%s: was %s, is %s", want.Name, f.Name, f.Type, now.Type)
			}
			if value(now.DefaultValue) != value(f.DefaultValue) {
				say("%s.%s: its default was %s, is %s", want.Name, f.Name, value(f.DefaultValue), value(now.DefaultValue))
			}
			broken = append(broken, brokenArguments(want.Name+"."+f.Name, f.Arguments, now.Arguments)...)
		}
		if want.Kind == ast.InputObject {
			for _, f := range got.Fields {
				if want.Fields.ForName(f.Name) == nil && required(f.Type, f.DefaultValue) {
					say("%s.%s: a new input field must be optional", want.Name, f.Name)
				}
			}
		}
	}
	return broken
}

func brokenArguments(field string, agreed, now ast.ArgumentDefinitionList) (broken []string) {
	for _, a := range agreed {
		switch b := now.ForName(a.Name); {
		case b == nil:
			broken = append(broken, fmt.Sprintf("%s(%s:): is gone", field, a.Name))
		case b.Type.String() != a.Type.String():
			broken = append(broken, fmt.Sprintf("%s(%s:): was %s, is %s", field, a.Name, a.Type, b.Type))
		case value(b.DefaultValue) != value(a.DefaultValue):
			broken = append(broken, fmt.Sprintf("%s(%s:): its default was %s, is %s", field, a.Name, value(a.DefaultValue), value(b.DefaultValue)))
		}
	}
	for _, b := range now {
		if agreed.ForName(b.Name) == nil && required(b.Type, b.DefaultValue) {
			broken = append(broken, fmt.Sprintf("%s(%s:): a new argument must be optional", field, b.Name))
		}
	}
	return broken
}

func required(t *ast.Type, d *ast.Value) bool { return t.NonNull && d == nil }

func value(v *ast.Value) string {
	if v == nil {
		return "none"
	}
	return v.String()
}

// The check itself: every kind of break is seen, growth is not one.
func TestBreaksAreSeen(t *testing.T) {
	t.Parallel()
	agreed := `
		interface Node { id: ID! }
		type Shop implements Node { id: ID! name: String! owner: String items(first: Int = 20, near: String): [Int!]! }
		enum State { OPEN SHUT }
		input Filter { state: State = OPEN  text: String }
		union Thing = Shop
		scalar Stamp`
	now := `
		interface Node { id: ID! }
		type Shop { id: ID  name: String!  items(first: Int = 10, far: Boolean!, wide: Int): [Int]! }
		enum State { OPEN }
		input Filter { state: State!  text: String  more: Int! less: Int! = 3 }
		type Thing { id: ID! }
		scalar Stamp
		type Extra { id: ID! }`
	types := map[string]*ast.Definition{}
	for _, d := range parse(t, "now", now).Definitions {
		types[d.Name] = d
	}
	want := []string{
		"Shop: no longer implements Node",
		"Shop.id: was ID!, is ID",
		"Shop.owner: is gone",
		"Shop.items: was [Int!]!, is [Int]!",
		"Shop.items(first:): its default was 20, is 10",
		"Shop.items(near:): is gone",
		"Shop.items(far:): a new argument must be optional",
		"State.SHUT: is gone",
		"Filter.state: was State, is State!",
		"Filter.state: its default was OPEN, is none",
		"Filter.more: a new input field must be optional",
		"Thing: was a UNION",
	}
	if got := breaks(parse(t, "agreed", agreed).Definitions, types); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	same := map[string]*ast.Definition{}
	for _, d := range parse(t, "agreed", agreed).Definitions {
		same[d.Name] = d
	}
	if got := breaks(parse(t, "agreed", agreed).Definitions, same); len(got) > 0 {
		t.Errorf("a schema breaks itself: %q", got)
	}
}
