package graph_test

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"aftersales/internal/auth"
)

// The schema is the reference manual of the API: whoever writes a client has nothing else to read.

// schema parses the hand-written files alone, so that these tests do not depend on generated code.
func schema(t *testing.T) *ast.Schema {
	t.Helper()
	files, err := filepath.Glob("schema/*.graphqls")
	if err != nil || len(files) == 0 {
		t.Fatalf("found no schema files: %v", err)
	}
	sources := make([]*ast.Source, len(files))
	for i, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		sources[i] = &ast.Source{Name: name, Input: string(text)}
	}
	s, err := gqlparser.LoadSchema(sources...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// introspection reports whether a field is one that the parser adds to every schema.
func introspection(f *ast.FieldDefinition) bool { return strings.HasPrefix(f.Name, "__") }

// undescribed names every element of the schema that has no description.
func undescribed(s *ast.Schema) []string {
	var bare []string
	check := func(description string, path ...string) {
		if strings.TrimSpace(description) == "" {
			bare = append(bare, strings.Join(path, ""))
		}
	}
	for name, def := range s.Types {
		if def.BuiltIn {
			continue
		}
		check(def.Description, name)
		for _, v := range def.EnumValues {
			check(v.Description, name, ".", v.Name)
		}
		for _, f := range def.Fields {
			if introspection(f) {
				continue
			}
			check(f.Description, name, ".", f.Name)
			for _, a := range f.Arguments {
				check(a.Description, name, ".", f.Name, "(", a.Name, ":)")
			}
		}
	}
	slices.Sort(bare)
	return bare
}

func TestEveryElementIsDescribed(t *testing.T) {
	t.Parallel()
	if bare := undescribed(schema(t)); len(bare) > 0 {
		t.Errorf("%d elements have no description:\n%s", len(bare), strings.Join(bare, "\n"))
	}
}

func TestUndescribedElementsAreNamed(t *testing.T) {
	t.Parallel()
	s, err := gqlparser.LoadSchema(&ast.Source{Input: `
		type Query { plain(first: Int, "Told." last: Int): Colour  "Told." told: Form }
		"Told." enum Colour { RED  "Told." BLUE }
		"Told." interface Form { side: Int }
		input Filter { "" text: String }
		scalar Length`})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"Colour.RED", "Filter", "Filter.text", "Form.side", "Length", "Query", "Query.plain", "Query.plain(first:)"}
	if got := undescribed(s); !slices.Equal(got, want) {
		t.Errorf("undescribed = %q, want %q", got, want)
	}
}

var requires = regexp.MustCompile(`(?m)^Requires: ((?:.|\n)+?)\.$`)

// requirement is what the permission table says about a root field, in the words of the descriptions.
func requirement(operation string) []string {
	if _, err := auth.Require(auth.With(context.Background(), auth.Actor{}), operation); err == nil {
		return []string{"nothing", "also without a token"}
	}
	var may []string
	for _, r := range auth.Roles() {
		if auth.Can(r, operation) {
			may = append(may, string(r))
		}
	}
	if len(may) == len(auth.Roles()) {
		return []string{"any role"}
	}
	return may
}

// SLA-A-3.1.4: what a description promises about access is what the permission table grants.
func TestRootFieldsNameTheRolesThatMayUseThem(t *testing.T) {
	t.Parallel()
	s := schema(t)
	// A CUSTOMER reaches only their own; the descriptions say so, the table does not.
	own := regexp.MustCompile(` \(own[^)]*\)`)
	for _, root := range []*ast.Definition{s.Query, s.Mutation} {
		for _, f := range root.Fields {
			if introspection(f) {
				continue
			}
			found := requires.FindStringSubmatch(f.Description)
			if found == nil {
				t.Errorf("%s.%s: the description has no line \"Requires: ....\"", root.Name, f.Name)
				continue
			}
			text := strings.Join(strings.Fields(own.ReplaceAllString(found[1], "")), " ")
			got, want := strings.Split(text, ", "), requirement(f.Name)
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("%s.%s requires %q by its description, %q by the permission table", root.Name, f.Name, got, want)
			}
		}
	}
}

var (
	errorsLine = regexp.MustCompile(`(?m)^Errors: ((?:.|\n)+)\.$`)
	bracketed  = regexp.MustCompile(`\s*\([^)]*\)`)
)

// A query has no userErrors: a wrong argument travels as a top-level error with this code of package httpapi.
const badUserInput = "BAD_USER_INPUT"

func TestErrorsOfRootFieldsAreErrorCodes(t *testing.T) {
	t.Parallel()
	s := schema(t)
	codes := s.Types["ErrorCode"].EnumValues
	for _, root := range []*ast.Definition{s.Query, s.Mutation} {
		for _, f := range root.Fields {
			found := errorsLine.FindStringSubmatch(f.Description)
			if found == nil {
				if root == s.Mutation {
					t.Errorf("Mutation.%s: the description has no line \"Errors: ....\"", f.Name)
				}
				continue
			}
			// Behind each code stands in brackets when it comes.
			bare := strings.Join(strings.Fields(bracketed.ReplaceAllString(found[1], "")), " ")
			for code := range strings.SplitSeq(bare, ", ") {
				switch {
				case root == s.Query && code == badUserInput:
				case root == s.Query && code == "INVALID_INPUT":
					t.Errorf("Query.%s: a query answers %s, not INVALID_INPUT", f.Name, badUserInput)
				case codes.ForName(code) == nil:
					t.Errorf("%s.%s: %q is no ErrorCode", root.Name, f.Name, code)
				}
			}
		}
	}
}
