package httpapi_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"aftersales/internal/httpapi"
)

// numbered repeats a text with its number put in, by %[1]d, and the next, by %[2]d.
func numbered(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i, i+1)
	}
	return b.String()
}

// nested is a chain of n "next" fields around an id.
func nested(n int) string {
	return strings.Repeat("next { ", n) + "id" + strings.Repeat(" }", n)
}

func TestDocumentLimits(t *testing.T) {
	t.Parallel()
	a := setup(t)
	const limit, parse, invalid = "DOCUMENT_LIMIT_EXCEEDED", "GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED"
	double := func(n int) string {
		var b strings.Builder
		b.WriteString("{ node { ...F0 } }")
		for i := range n {
			fmt.Fprintf(&b, " fragment F%d on Node { ...F%d next { ...F%d } }", i, i+1, i+1)
		}
		fmt.Fprintf(&b, " fragment F%d on Node { id }", n)
		return b.String()
	}
	chain := func(n int) string { // fragments that each hold the rest of the chain
		var b strings.Builder
		b.WriteString("{ node { ...F0 } }")
		for i := range n {
			fmt.Fprintf(&b, " fragment F%d on Node { %s ...F%d }", i, strings.Repeat("id ", 10), i+1)
		}
		fmt.Fprintf(&b, " fragment F%d on Node { id }", n)
		return b.String()
	}
	spreads := func(n int, spread string) string { // fragments of spreads only, at whose end is no fragment
		return "{ __schema { ...F0 } }" + numbered(n, " fragment F%[1]d on __Schema { "+spread+" }")
	}
	for name, tc := range map[string]struct{ query, code string }{
		"doubling to nowhere":      {spreads(40, "...F%[2]d ...F%[2]d"), limit},
		"chain to nowhere":         {spreads(1000, "...F%[2]d"), limit},
		"depth 16":                 {"{ node { " + nested(14) + " } }", ""},
		"depth 17":                 {"{ node { " + nested(15) + " } }", limit},
		"depth by fragments":       {"{ node { ...A } } fragment A on Node { " + strings.Replace(nested(8), "id", "...B", 1) + " } fragment B on Node { " + nested(8) + " }", limit},
		"depth by inline":          {"{ node { ... { " + nested(8) + " ... on Node { " + nested(15) + " } } } }", limit},
		"fragment cycle":           {"{ node { ...A } } fragment A on Node { next { ...B } } fragment B on Node { next { ...A } }", invalid},
		"fragment in itself":       {"{ node { ...A } } fragment A on Node { ...A }", invalid},
		"unused cycle":             {"{ hello } fragment A on Node { ...A }", invalid},
		"60 aliases":               {"{ node { " + numbered(60, "a%[1]d: id ") + "} }", ""},
		"61 aliases":               {"{ node { " + numbered(61, "a%[1]d: id ") + "} }", limit},
		"20 root fields":           {"{ " + numbered(20, "a%[1]d: hello ") + "}", ""},
		"21 root fields":           {"{ " + numbered(21, "a%[1]d: hello ") + "}", limit},
		"21 mutations":             {"mutation { " + numbered(21, "a%[1]d: rename(to: \"x\") ") + "}", limit},
		"root fields by fragments": {"{ ...A ... { ...A } } fragment A on Query { " + strings.Repeat("hello ", 11) + "}", limit},
		"500 duplicates":           {"{ node { " + strings.Repeat("id ", 500) + "} }", ""},
		"10000 duplicates":         {"{ node { " + strings.Repeat("id ", 9000) + "} }", limit},
		"nested duplicates":        {"{ " + strings.Repeat("node { "+strings.Repeat("next { "+strings.Repeat("id ", 18)+"} ", 18)+"} ", 18) + "}", limit},
		"doubling fragments":       {double(30), limit},
		"chained fragments":        {chain(150), limit},
		"100 directives":           {"{ hello " + strings.Repeat("@include(if: true) ", 100) + "}", invalid}, // not repeatable
		"101 directives":           {"{ hello " + strings.Repeat("@include(if: true) ", 101) + "}", limit},
		"directives in fragments":  {"{ node { ...A } } fragment A on Node { " + strings.Repeat("id @skip(if: false) ", 101) + "}", limit},
		"tokens":                   {"{ hello " + strings.Repeat("#\n", 10001) + "}", parse},
		"deep list value":          {"{ echo(text: " + strings.Repeat("[", 5000), parse},
		"bytes":                    {"{ hello } #" + strings.Repeat("x", 128<<10), limit},
		"complexity":               {"{ node { nodes(first: 100) { nodes(first: 100) { nodes(first: 100) { id } } } } }", "COMPLEXITY_LIMIT_EXCEEDED"},
		"many wrong fields":        {"{ node { " + numbered(3000, "wrong%[1]d ") + "} }", invalid},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			start := time.Now()
			got := a.post(t, tc.query)
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("took %v", took)
			}
			if got.code() != tc.code {
				t.Errorf("code %q, want %q: %.300s", got.code(), tc.code, got.text)
			}
			if tc.code != "" && (got.status != 400 || got.hasData()) {
				t.Errorf("got %d %.300s", got.status, got.text)
			}
			if len(got.body.Errors) > 20 {
				t.Errorf("%d errors", len(got.body.Errors))
			}
		})
	}
}

func TestComplexityKnowsVariables(t *testing.T) {
	t.Parallel()
	a := setup(t, func(c *httpapi.Config) { c.Limits.Complexity = 100 })
	send := func(first string) answer {
		return a.do(t, "POST", "/graphql", `{"query":"query($n: Int!) { node { nodes(first: $n) { id } } }","variables":{"n":`+first+`}}`,
			"Content-Type", "application/json", "Accept", "application/graphql-response+json")
	}
	if got := send("50"); got.status != 200 {
		t.Errorf("got %d %s", got.status, got.text)
	}
	send("100").refused(t, 400, "COMPLEXITY_LIMIT_EXCEEDED")
}

func TestErrorsDoNotSuggestNames(t *testing.T) {
	t.Parallel()
	a := setup(t)
	for query, hidden := range map[string]string{
		`{ hell }`:                           "hello",
		`{ echo(tex: "x") }`:                 "text",
		`{ node }`:                           "{ ... }",
		`query($n: In) { hello }`:            "Int",
		`{ pet { bark } }`:                   "Dog",
		`{ node { nodes(frst: 3) { id } } }`: "first",
	} {
		got := a.post(t, query)
		if got.code() != "GRAPHQL_VALIDATION_FAILED" || strings.Contains(got.text, "Did you mean") ||
			strings.Contains(got.body.Errors[0].Message, `"`+hidden+`"`) {
			t.Errorf("%s: %s", query, got.text)
		}
	}
}

func TestVariableErrorNamesTheVariable(t *testing.T) {
	t.Parallel()
	got := setup(t).do(t, "POST", "/graphql", `{"query":"query($n: Int!) { number(value: $n) }","variables":{"n":null}}`, "Content-Type", "application/json")
	got.refused(t, 200, "GRAPHQL_VALIDATION_FAILED")
	if e := got.body.Errors[0]; e.Message != "variable $n: cannot be null" || e.Path != nil {
		t.Errorf("got %s", got.text)
	}
}

const introspectionQuery = `query IntrospectionQuery { __schema { queryType { name } mutationType { name } subscriptionType { name }
  types { ...FullType } directives { name description locations args { ...InputValue } } } }
fragment FullType on __Type { kind name description
  fields(includeDeprecated: true) { name description args { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason }
  inputFields { ...InputValue } interfaces { ...TypeRef }
  enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason } possibleTypes { ...TypeRef } }
fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue }
fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name
  ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } } } }`

func TestUsualIntrospectionPasses(t *testing.T) {
	t.Parallel()
	got := setup(t).post(t, introspectionQuery)
	if got.status != 200 || !strings.Contains(got.text, `"possibleTypes":[{"kind":"OBJECT","name":"Dog"`) {
		t.Errorf("got %d %.500s", got.status, got.text)
	}
}
