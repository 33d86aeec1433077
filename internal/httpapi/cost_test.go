package httpapi

import (
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

// What an operation costs is counted once, unless a variable could say how many rows are asked for.
func TestCostsAreCountedOnce(t *testing.T) {
	t.Parallel()
	schema := gqlparser.MustLoadSchema(&ast.Source{Input: `
		scalar Time
		enum Status { OPEN ENDED }
		input Filter { ids: [ID!] }
		type Query { rows(id: ID, name: String, deep: Boolean, status: [Status!], first: Int, ids: [ID!], filter: Filter, since: Time): Int }`})
	for query, want := range map[string]int{
		`{ rows(first: 5) }`: 1,
		`query($id: ID!, $name: String, $deep: Boolean, $status: [Status!]) { rows(id: $id, name: $name, deep: $deep, status: $status) }`: 1,
		`query($first: Int) { rows(first: $first) }`:                                                            3,
		`query($ids: [ID!]) { rows(ids: $ids) }`:                                                                3,
		`query($filter: Filter) { rows(filter: $filter) }`:                                                      3,
		`query($since: Time) { rows(since: $since) }`:                                                           3,
		`query($id: ID = "x") { rows(first: 100, ids: [$id]) }`:                                                 3,
		`query($status: Status = OPEN, $ids: [ID!] = ["x"]) { rows(first: 100, status: [$status], ids: $ids) }`: 3,
		`query($status: Status! = OPEN) { rows(first: 100, status: [$status]) }`:                                1,
		`query($id: ID, $first: Int) { rows(id: $id, first: $first) }`:                                          3,
	} {
		parsed := gqlparser.MustLoadQuery(schema, query)
		d := &document{QueryDocument: parsed}
		counted := 0
		for i := range 3 {
			cost := d.cost(schema, parsed.Operations[0], func() int { counted++; return 10 * counted })
			if expected := 10 * min(i+1, want); cost != expected {
				t.Errorf("%s: costs %d the %d. time, want %d", query, cost, i+1, expected)
			}
		}
		if counted != want {
			t.Errorf("%s: counted %d times, want %d", query, counted, want)
		}
	}
}
