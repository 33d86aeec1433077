package contract

import (
	"strings"
	"testing"

	"aftersales/internal/apptest"
	"aftersales/internal/auth"
)

// briefReads are the pages answered by one hand-written statement, with everything those bring.
var briefReads = []struct {
	name, doc string
	vars      func(s *apptest.Shop, returns []string) []apptest.Vars
}{
	{"returns in one state", `query($s: [CaseStatus!], $n: Int) { returns(first: $n, filter: { status: $s }) { nodes { __typename id number kind status statusLabel version openedAt
		order { __typename id number } customer { __typename id name } nextDeadline { __typename id kind state open dueAt } items { __typename id quantity orderLine { __typename id sku title quantity } } }
		edges { cursor node { number } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount } }`,
		func(*apptest.Shop, []string) []apptest.Vars {
			return []apptest.Vars{{"s": []string{"REQUESTED"}, "n": 2}, {"s": []string{"AWAITING_SHIPMENT"}, "n": 20}, {"s": []string{"COMPLETED"}, "n": 100},
				{"s": []string{"NEEDS_INFO"}}, {"s": []string{}}, {"n": 3}, {"s": []string{"EXPIRED"}}, {"n": 0}, {"s": []string{"REQUESTED", "COMPLETED"}}}
		}},
	{"returns without what stands beside", `query($n: Int) { returns(first: $n) { nodes { number status customer { name } ... on Return @include(if: true) { openedAt } } } }`,
		func(*apptest.Shop, []string) []apptest.Vars { return []apptest.Vars{{"n": 5}} }},
	{"returns with little of what stands beside", `{ page: returns(first: 9) { nodes { id number openedAt items { quantity orderLine { sku title } } order { number } customer { name } nextDeadline { kind state dueAt } } }
		versions: returns(first: 9) { nodes { version items { quantity } } } orders: returns(first: 9) { nodes { order { id } } } deadlines: returns(first: 9) { nodes { nextDeadline { id } } }
		items: returns(first: 9) { nodes { items { id } } } lines: returns(first: 9) { nodes { items { orderLine { id } } } } ordered: returns(first: 9) { nodes { items { orderLine { quantity } } } } }`,
		func(*apptest.Shop, []string) []apptest.Vars { return []apptest.Vars{{}} }},
	{"returns with what a statement does not bring", `{ returns(first: 5) { nodes { number items { quantity } customer { name phone externalId } nextDeadline { dueAt promisedDueAt } allowedActions } } }`,
		func(*apptest.Shop, []string) []apptest.Vars { return []apptest.Vars{{}} }},
	{"work queue", `query($n: Int) { deadlines(first: $n) { nodes { __typename id kind state open dueAt case { __typename id number kind status statusLabel version customer { __typename id name } } }
		edges { cursor } pageInfo { hasNextPage endCursor } totalCount } }`,
		func(*apptest.Shop, []string) []apptest.Vars {
			return []apptest.Vars{{"n": 1}, {"n": 4}, {"n": 100}, {"n": 101}}
		}},
	{"work queue with what its statement does not bring", `{ deadlines(first: 5) { nodes { risk why clause startedAt case { customer { phone } ... on Return { remedy } } } } }`,
		func(*apptest.Shop, []string) []apptest.Vars { return []apptest.Vars{{}} }},
	{"tracked case", `query($id: ID!) { return(id: $id) { __typename id number kind status statusLabel version openedAt closedAt
		events(first: 3) { nodes { __typename id type at } edges { cursor } pageInfo { hasNextPage } totalCount } last: events(last: 1) { nodes { type } }
		deadlines { __typename id kind state open startedAt promisedDueAt dueAt metAt breachedAt } running: deadlines(open: true) { kind } nextDeadline { kind dueAt } } }`,
		func(_ *apptest.Shop, returns []string) []apptest.Vars { return ids(returns) }},
	{"tracked case with what its statement does not bring", `query($id: ID!) { return(id: $id) { status events(first: 3) { nodes { text actor { name } } } deadlines { kind clause why } order { number } } }`,
		func(_ *apptest.Shop, returns []string) []apptest.Vars { return ids(returns) }},
}

func ids(of []string) (out []apptest.Vars) {
	for _, id := range of {
		out = append(out, apptest.Vars{"id": id})
	}
	return out
}

// Pages read by one statement show what the ordinary way shows, to whoever asks: the masked, the refused, another customer and
// another merchant too.
func TestBriefReadsAnswerAsTheOrdinaryWay(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", clockAt)
		other := e.Sandbox("other", clockAt)
		foreign := bring(other, awaiting)
		var returns []string
		for _, state := range []string{requested, requested, needsInfo, awaiting, completed, received} {
			returns = append(returns, bring(s, state))
		}
		bringRepair(s, requested)
		o := s.OrderOf("c-2", "TWO", delivered, nil, item("KETTLE", 2), item("LAMP", 1), item("CHAIR", 1))
		in := s.RequestVars(o, "RETURN_AND_REFUND", 1)
		in["in"].(apptest.Vars)["items"] = []apptest.Vars{{"orderLine": o.Lines[2], "quantity": 1}, {"orderLine": o.Lines[0], "quantity": 2}}
		returns = append(returns, s.Agent.Must(apptest.RequestReturn, in).Str("returnRequest.return.id"))
		returns = append(returns, foreign, "ret_unknown", "not an id", s.Agent.Must(`{ deadlines(first: 1) { nodes { id } } }`, nil).Str("deadlines.nodes.0.id"))
		ordinary := e.Ordinary()
		callers := map[string]apptest.Caller{"agent": s.Agent, "warehouse": s.Warehouse, "admin": s.Admin, "customer": s.Customer, "another customer": e.As(auth.Customer, "mall", "c-2"),
			"unknown customer": e.As(auth.Customer, "mall", "nobody"), "another merchant": other.Agent, "platform": e.Platform(), "anonymous": e.Anonymous(), "chinese": s.Agent.In("zh-CN")}
		shown := 0
		for _, read := range briefReads {
			for who, c := range callers {
				for _, vars := range read.vars(s, returns) {
					got, want := c.Do(read.doc, vars), c.At(ordinary).Do(read.doc, vars)
					if !sameAnswer(got, want) || strings.Contains(got.Raw, "INTERNAL") {
						t.Errorf("%s, %s, %v\nis answered %s\nordinarily %s", read.name, who, vars, got.Raw, want.Raw)
					}
					if strings.Contains(got.Raw, `"number"`) {
						shown++
					}
				}
			}
		}
		if shown < 50 {
			t.Errorf("only %d answers show anything", shown)
		}
	})
}

// What a mutation answers with is read as briefly, and shows what the ordinary way shows: of every kind of case, to whoever may
// act, also when the act is refused.
func TestBriefPayloadsAnswerAsTheOrdinaryWay(t *testing.T) {
	t.Parallel()
	const fields = `__typename id number kind status statusLabel version openedAt closedAt
		events(first: 3) { nodes { __typename id type at } totalCount } deadlines { id kind state open startedAt promisedDueAt dueAt metAt breachedAt } nextDeadline { kind dueAt }`
	documents := []string{ // none of them changes anything: the version is wrong
		`mutation($id: ID!) { caseClose(id: $id, expectedVersion: 999) { case { ` + fields + ` } userErrors { code field } } }`,
		`mutation($id: ID!) { caseClose(id: $id, expectedVersion: 999) { case { number status ... on Return { version } } userErrors { code } } }`,
		`mutation($id: ID!) { caseClose(id: $id, expectedVersion: 999) { case { number customer { name phone } allowedActions } userErrors { code } } }`,
		`mutation($id: ID!) { caseClose(id: $id, expectedVersion: 999) { userErrors { code } } }`,
		`mutation($id: ID!) { returnCancel(id: $id, expectedVersion: 999) { return { ` + fields + ` } userErrors { code field } } }`,
	}
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", clockAt)
		other := e.Sandbox("other", clockAt)
		cases := []string{bring(s, requested), bring(s, completed), bringRepair(s, requested), bringService(s, requested), bringTicket(s, requested), bring(other, requested), "ret_unknown"}
		ordinary := e.Ordinary()
		shown := 0
		for who, c := range map[string]apptest.Caller{"agent": s.Agent, "admin": s.Admin, "warehouse": s.Warehouse, "customer": s.Customer, "another customer": e.As(auth.Customer, "mall", "c-2"),
			"another merchant": other.Agent, "platform": e.Platform(), "anonymous": e.Anonymous(), "chinese": s.Agent.In("zh-CN")} {
			for _, doc := range documents {
				for _, id := range cases {
					got, want := c.Do(doc, apptest.Vars{"id": id}), c.At(ordinary).Do(doc, apptest.Vars{"id": id})
					if !sameAnswer(got, want) || strings.Contains(got.Raw, "INTERNAL") {
						t.Errorf("%s, %s, %s\nis answered %s\nordinarily %s", doc, who, id, got.Raw, want.Raw)
					}
					if strings.Contains(got.Raw, `"number"`) {
						shown++
					}
				}
			}
		}
		if shown < 60 {
			t.Errorf("only %d answers show anything", shown)
		}
	})
}
