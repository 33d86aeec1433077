package contract

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"aftersales/internal/apptest"
)

// pager walks through a connection; doc takes $first, $after, $last and $before, path leads to the connection.
type pager struct {
	t         *testing.T
	c         apptest.Caller
	doc, path string
	vars      apptest.Vars
}

type page struct {
	ids        []string
	start, end any
	next, prev bool
}

func (p pager) get(vars apptest.Vars) page {
	p.t.Helper()
	all := apptest.Vars{}
	for k, v := range p.vars {
		all[k] = v
	}
	for k, v := range vars {
		all[k] = v
	}
	d := p.c.Must(p.doc, all)
	out := page{start: d.Get(p.path + ".pageInfo.startCursor"), end: d.Get(p.path + ".pageInfo.endCursor")}
	out.next, _ = d.Get(p.path + ".pageInfo.hasNextPage").(bool)
	out.prev, _ = d.Get(p.path + ".pageInfo.hasPreviousPage").(bool)
	edges := d.List(p.path + ".edges")
	for _, e := range edges {
		out.ids = append(out.ids, e.Str("node.id"))
	}
	if n := len(edges); n > 0 && (edges[0].Get("cursor") != out.start || edges[n-1].Get("cursor") != out.end) {
		p.t.Errorf("%s: pageInfo's cursors are not those of the first and last edge", p.path)
	}
	return out
}

// forwards reads the whole list in pages of size, from the start; between, if any, runs after the second page.
func (p pager) forwards(size int, between func()) (all []string) {
	p.t.Helper()
	var after any
	for n := 1; ; n++ {
		got := p.get(apptest.Vars{"first": size, "after": after})
		if got.prev != (after != nil) {
			p.t.Errorf("%s, page %d: hasPreviousPage is %t", p.path, n, got.prev)
		}
		all = append(all, got.ids...)
		if !got.next {
			return all
		}
		if len(got.ids) != size {
			p.t.Fatalf("%s, page %d: %d rows although more follow", p.path, n, len(got.ids))
		}
		after = got.end
		if n == 2 && between != nil {
			between()
		}
	}
}

// backwards reads the whole list in pages of size from its end, and gives it in the list's own order.
func (p pager) backwards(size int) (all []string) {
	p.t.Helper()
	var before any
	for n := 1; ; n++ {
		got := p.get(apptest.Vars{"last": size, "before": before})
		if got.next != (before != nil) {
			p.t.Errorf("%s, page %d from the end: hasNextPage is %t", p.path, n, got.next)
		}
		all = append(got.ids, all...)
		if !got.prev {
			return all
		}
		if len(got.ids) != size {
			p.t.Fatalf("%s, page %d from the end: %d rows although more come before", p.path, n, len(got.ids))
		}
		before = got.start
	}
}

// bothWays reads a list whole, in pages forwards and in pages backwards, and expects the same n rows in the same order each
// time, each once.
func (p pager) bothWays(n int) []string {
	p.t.Helper()
	whole := p.get(apptest.Vars{"first": 100})
	if len(whole.ids) != n || whole.next || whole.prev {
		p.t.Fatalf("%s: %d rows in one page (next %t, previous %t), want %d", p.path, len(whole.ids), whole.next, whole.prev, n)
	}
	seen := map[string]bool{}
	for _, id := range whole.ids {
		if seen[id] {
			p.t.Errorf("%s: %s comes twice", p.path, id)
		}
		seen[id] = true
	}
	for _, size := range []int{1, 10, 19, n - 1, n} {
		if size < 1 || n/size > 20 {
			continue
		}
		if got := p.forwards(size, nil); !slices.Equal(got, whole.ids) {
			p.t.Errorf("%s by %d forwards: %d rows, in another order or number", p.path, size, len(got))
		}
		if got := p.backwards(size); !slices.Equal(got, whole.ids) {
			p.t.Errorf("%s by %d backwards: %d rows, in another order or number", p.path, size, len(got))
		}
	}
	return whole.ids
}

// connection is a document that pages through a root field; what stands behind the comma of "field(, …)" is kept.
func connection(field string) string {
	return `query($first: Int, $after: Cursor, $last: Int, $before: Cursor) { ` + strings.Replace(field, "(", "(first: $first, after: $after, last: $last, before: $before", 1) +
		` { edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`
}

const crowd = 57

// crowded is a shop with 57 returns, all opened at the same instant of a clock that stands still. Of each five one waits for
// the customer's parcel, so that its merchant's clocks are paused, and one has ended, so that nothing of it is due.
func crowded(t *testing.T, e *apptest.Env) (s *apptest.Shop, returns []string) {
	s, _, returns = stocked(t, e, "mall", crowd)
	for i, id := range returns {
		switch i % 5 {
		case 0:
			s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": id})
		case 1:
			s.Agent.Must(apptest.CancelReturn, apptest.Vars{"id": id})
		}
	}
	return s, returns
}

// Lists neither skip nor repeat: forwards and backwards, in either order, although every case was opened at one instant and
// many have no next due time at all (design: order is (openedAt, id) or (dueAt, id)).
func TestPagingOverEqualInstants(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s, returns := crowded(t, e)
		for _, field := range []string{"cases", "returns"} {
			newest := pager{t, s.Agent, connection(field + "(, orderBy: NEWEST)"), field, nil}.bothWays(crowd)
			want := slices.Sorted(slices.Values(returns))
			slices.Reverse(want) // ids are sortable: of one instant the newer id comes first
			if !slices.Equal(newest, want) {
				t.Errorf("%s, NEWEST: not by id within one instant", field)
			}
			pager{t, s.Agent, connection(field + "(, orderBy: NEXT_DUE)"), field, nil}.bothWays(crowd)
		}
		due := s.Agent.Must(`{ cases(first: 100, orderBy: NEXT_DUE) { nodes { id nextDeadline { dueAt } status } } }`, nil).List("cases.nodes")
		var last string
		ended := 0
		for _, c := range due {
			var at string
			if next, ok := c.Get("nextDeadline").(map[string]any); ok {
				at, _ = next["dueAt"].(string)
			}
			switch {
			case at == "":
				ended++
			case ended > 0:
				t.Errorf("%s is due at %s, after cases of which nothing is due", c.Str("id"), at)
			case at < last:
				t.Errorf("%s is due at %s, after one due at %s", c.Str("id"), at, last)
			default:
				last = at
			}
		}
		if ended == 0 || ended == crowd {
			t.Errorf("%d of %d cases without a due time: the order proves nothing", ended, crowd)
		}
		// A customer pages within their own.
		pager{t, s.Customer, connection("cases(, orderBy: NEXT_DUE)"), "cases", nil}.bothWays(1)
	})
}

// The other lists: the work queue with paused clocks last, orders of one instant, events of a case, refunds.
func TestPagingOfTheOtherLists(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s, returns := crowded(t, e)
		pager{t, s.Agent, connection("orders(,)"), "orders", nil}.bothWays(crowd)

		queue := pager{t, s.Agent, connection("deadlines(, filter: { open: true, kind: [REFUND] })"), "deadlines", nil}
		open := crowd - (crowd+3)/5 // cancelled returns owe nothing
		queue.bothWays(open)
		paused := false
		for _, d := range s.Agent.Must(`{ deadlines(first: 100, filter: { open: true, kind: [REFUND] }) { nodes { state } } }`, nil).List("deadlines.nodes") {
			if d.Str("state") == "PAUSED" {
				paused = true
			} else if paused {
				t.Error("a running clock comes after a paused one")
			}
		}
		if !paused {
			t.Error("no clock is paused: the order proves nothing")
		}

		id := returns[2]
		for i := range 9 {
			s.Agent.Must(`mutation($id: ID!, $key: String!) { caseRespond(id: $id, idempotencyKey: $key, message: "Still looking.") { case { id } userErrors { code } } }`,
				apptest.Vars{"id": id, "key": fmt.Sprint(i)})
		}
		events := pager{t, s.Agent, "", "return.events", apptest.Vars{"id": id}}
		events.doc = `query($id: ID!, $first: Int, $after: Cursor, $last: Int, $before: Cursor) { return(id: $id) { events(first: $first, after: $after, last: $last, before: $before) { edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }`
		events.bothWays(10)

		for _, id := range returns[2:5] {
			s.Customer = s.Agent // any caller who may ship
			s.ToInspected(id)
			s.Refund(id)
		}
		pager{t, s.Finance, connection("refunds(,)"), "refunds", nil}.bothWays(3)
		for i := range 7 {
			s.Park(fmt.Sprintf("P%d", i))
		}
		pager{t, s.Warehouse, connection("parkedParcels(,)"), "parkedParcels", nil}.bothWays(7)
		if got := s.Agent.Must(`{ refunds(first: 1, filter: { state: [CREDITED] }) { nodes { id } totalCount pageInfo { hasNextPage startCursor } } }`, nil); got.Int("refunds.totalCount") != 0 || got.Get("refunds.pageInfo.startCursor") != nil {
			t.Errorf("an empty list: %v", got)
		}
	})
}

// What is added or changed while somebody pages does not shift what they have not read yet.
func TestPagingWhileTheListGrows(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s, _, returns := stocked(t, e, "mall", 30)
		grow := func() { bring(s, requested); bring(s, requested) }
		for _, order := range []string{"NEWEST", "NEXT_DUE"} {
			got := pager{t, s.Agent, connection("cases(, orderBy: " + order + ")"), "cases", nil}.forwards(7, grow)
			for _, id := range returns {
				if n := strings.Count(strings.Join(got, " "), id); n != 1 {
					t.Errorf("%s: %s comes %d times", order, id, n)
				}
			}
		}
	})
}
