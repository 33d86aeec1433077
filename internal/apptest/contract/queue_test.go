package contract

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"aftersales/internal/apptest"
)

var placeholder = regexp.MustCompile(`\$\d+|\?`)

// explain is how the engine would carry out a statement of which it is given the parameters as literals.
func (r *rows) explain(query string) string {
	r.t.Helper()
	if r.engine == "sqlite" {
		result, err := r.db.QueryContext(r.t.Context(), "EXPLAIN QUERY PLAN "+query)
		if err != nil {
			r.t.Fatal(err)
		}
		defer result.Close()
		var out []string
		for result.Next() {
			var id, parent, unused int
			var detail string
			if err := result.Scan(&id, &parent, &unused, &detail); err != nil {
				r.t.Fatal(err)
			}
			out = append(out, detail)
		}
		if err := result.Err(); err != nil {
			r.t.Fatal(err)
		}
		return strings.Join(out, "\n")
	}
	// A table this small is read whole; what counts is whether an index can give the order at all.
	for _, off := range []string{"enable_seqscan", "enable_bitmapscan"} {
		if _, err := r.db.ExecContext(r.t.Context(), "SET "+off+" = off"); err != nil {
			r.t.Fatal(err)
		}
	}
	return strings.Join(r.column("EXPLAIN "+query), "\n")
}

// The first page of the work queue comes from an index in due order, on both engines: nothing is sorted, and no more is read
// than is shown.
func TestTheWorkQueueComesFromItsIndex(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s, _, _ := stocked(t, e, "mall", 30)
		r := openRows(t, e)
		var query string
		for _, q := range e.Statements(func() {
			s.Agent.Must(`{ deadlines(first: 20) { nodes { kind dueAt } pageInfo { hasNextPage } } }`, nil)
		}) {
			if strings.Contains(q, "deadlines") {
				query = q
			}
		}
		if query == "" {
			t.Fatal("the work queue was not read")
		}
		query = placeholder.ReplaceAllString(query, fmt.Sprintf("'%s'", s.ID)) // the merchant is the only parameter, wherever it stands
		plan := r.explain(query)
		if !strings.Contains(plan, "deadline_queue") {
			t.Errorf("the index is not used:\n%s\n%s", query, plan)
		}
		for _, sorting := range []string{"Sort", "TEMP B-TREE"} {
			if strings.Contains(plan, sorting) {
				t.Errorf("the page is sorted:\n%s\n%s", query, plan)
			}
		}
	})
}
