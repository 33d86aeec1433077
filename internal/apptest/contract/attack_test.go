package contract

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"aftersales/internal/apptest"
)

// refusedWith expects one kind of top-level error and nothing served.
func refusedWith(t *testing.T, what string, r apptest.Response, code string) {
	t.Helper()
	if len(r.Errors) == 0 || r.Errors[0].Code() != code {
		t.Errorf("%s: want %s, got %.300s", what, code, r.Raw)
	}
	for _, leak := range []string{"Did you mean", "goroutine", "SELECT", "pq:", "sqlite", "INTERNAL"} {
		if strings.Contains(r.Raw, leak) {
			t.Errorf("%s: the answer tells %q: %.300s", what, leak, r.Raw)
		}
	}
}

// Documents that would cost more than anybody needs are refused before anything is read.
func TestHostileDocuments(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", clockAt)
		id := bring(s, requested)
		vars := apptest.Vars{"id": id}
		deep := func(n int) string {
			return `query($id: ID!) { return(id: $id) { order { ` + strings.Repeat(`cases(first: 1) { nodes { order { `, n) + `number` + strings.Repeat(` } } }`, n) + ` } } }`
		}
		// One level of it is an honest question.
		if r := s.Agent.Do(deep(3), vars); len(r.Errors) > 0 {
			t.Errorf("three levels: %s", r.Raw)
		}
		statements := e.Statements(func() {
			for what, doc := range map[string]struct{ doc, code string }{
				"deep nesting":               {deep(10), "DOCUMENT_LIMIT_EXCEEDED"},
				"deeper nesting":             {deep(500), "DOCUMENT_LIMIT_EXCEEDED"},
				"100 aliases at the root":    {`query($id: ID!) { ` + aliased(100, `return(id: $id) { id }`) + `}`, "DOCUMENT_LIMIT_EXCEEDED"},
				"100 aliases of one field":   {`query($id: ID!) { return(id: $id) { ` + aliased(100, "number") + ` } }`, "DOCUMENT_LIMIT_EXCEEDED"},
				"a product of lists":         {`query($id: ID!) { return(id: $id) { id } orders(first: 100) { nodes { cases(first: 100) { nodes { events(first: 100) { nodes { id } } } } } } }`, "COMPLEXITY_LIMIT_EXCEEDED"},
				"many expensive roots":       {`{ ` + aliased(19, `orders(first: 100) { nodes { lines { afterSalesOptions { blockers { message } } } } }`) + `}`, "COMPLEXITY_LIMIT_EXCEEDED"},
				"a fragment within itself":   {`query($id: ID!) { return(id: $id) { ...A } } fragment A on Return { order { cases { nodes { ...A } } } }`, "GRAPHQL_VALIDATION_FAILED"},
				"fragments in a ring":        {`query($id: ID!) { return(id: $id) { ...A } } fragment A on Return { ...B } fragment B on Return { ...A }`, "GRAPHQL_VALIDATION_FAILED"},
				"a bomb of fragments":        {fragmentBomb(12), "DOCUMENT_LIMIT_EXCEEDED"},
				"an unclosed brace":          {`{ viewer { subject `, "GRAPHQL_PARSE_FAILED"},
				"a document of braces":       {strings.Repeat("{", 50_000), "GRAPHQL_PARSE_FAILED"},
				"a list of lists":            {`query($id: ID!) { return(id: $id) { id } nodes(ids: ` + strings.Repeat("[", 5_000) + strings.Repeat("]", 5_000) + `) { id } }`, ""},
				"directives without end":     {`query($id: ID!) { return(id: $id) { id ` + strings.Repeat("@include(if: true) ", 500) + `} }`, ""},
				"NUL in the document":        {"query($id: ID!) { return(id: $id) { id\x00 } }", "GRAPHQL_PARSE_FAILED"},
				"a subscription":             {`subscription { caseUpdated { id } }`, ""},
				"an unknown field, no hints": {`{ vewer { subject } }`, "GRAPHQL_VALIDATION_FAILED"},
				"an unknown argument":        {`{ cases(frst: 3) { nodes { id } } }`, "GRAPHQL_VALIDATION_FAILED"},
				"an unknown enum value":      {`{ cases(orderBy: NEWES) { nodes { id } } }`, "GRAPHQL_VALIDATION_FAILED"},
				"an unknown type":            {`{ node(id: "x") { ... on Retur { id } } }`, "GRAPHQL_VALIDATION_FAILED"},
				"an unknown input field":     {`{ cases(filter: { serch: "x" }) { nodes { id } } }`, "GRAPHQL_VALIDATION_FAILED"},
			} {
				use := vars
				if !strings.Contains(doc.doc, "$id") {
					use = nil
				}
				r := s.Agent.Do(doc.doc, use)
				if doc.code == "" { // refused by one limit or another
					if len(r.Errors) == 0 {
						t.Errorf("%s: %.200s", what, r.Raw)
						continue
					}
					doc.code = r.Errors[0].Code()
				}
				refusedWith(t, what, r, doc.code)
			}
		})
		for _, q := range statements {
			if !strings.Contains(q, "merchants") { // whose the token is
				t.Errorf("a refused document was read for: %s", q)
			}
		}
		if r := e.Anonymous().Do(`{ __schema { types { name fields { name args { name } } } } __type(name: "Return") { name } }`, nil); len(r.Errors) > 0 || !strings.Contains(r.Raw, "ReturnRequestInput") {
			t.Errorf("introspection: %.200s", r.Raw)
		}
	})
}

// aliased asks for one field n times under different names.
func aliased(n int, field string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "a%d: %s ", i, field)
	}
	return b.String()
}

// fragmentBomb doubles with every fragment.
func fragmentBomb(n int) string {
	var b strings.Builder
	b.WriteString(`query($id: ID!) { return(id: $id) { ...F0 } }`)
	for i := range n {
		fmt.Fprintf(&b, ` fragment F%d on Return { ...F%d ...F%d }`, i, i+1, i+1)
	}
	fmt.Fprintf(&b, ` fragment F%d on Return { number status }`, n)
	return b.String()
}

// Arguments outside their range, cursors that are none, and values of the wrong kind are told plainly, and are never faults.
func TestHostileArguments(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		a, b := e.Sandbox("shop-a", clockAt), e.Sandbox("shop-b", clockAt)
		for range 3 {
			bring(a, requested)
		}
		foreign := bring(b, requested)
		const bad = "BAD_USER_INPUT"
		for _, field := range []string{"cases", "returns", "orders", "deadlines", "refunds", "parkedParcels"} {
			for _, arguments := range []string{"first: 101", "first: 0", "first: -1", "last: 101", "last: 0", "first: 2147483647", "first: 1, last: 1",
				`after: ""`, `after: "rubbish"`, `after: "bnVsbA"`, `before: "e30"`, `after: "` + base64.RawURLEncoding.EncodeToString([]byte(`{"i":7}`)) + `"`,
				`after: "` + base64.RawURLEncoding.EncodeToString([]byte(`{"t":"yesterday","i":"x"}`)) + `"`,
				`after: "` + base64.RawURLEncoding.EncodeToString([]byte(strings.Repeat("[", 9_000))) + `"`,
				`after: "` + base64.RawURLEncoding.EncodeToString([]byte(`{"i":"a\u0000b"}`)) + `"`,
				`after: "` + strings.Repeat("A", 100_000) + `"`} {
				r := a.Agent.Do(`{ `+field+`(`+arguments+`) { nodes { id } } }`, nil)
				refusedWith(t, field+" "+arguments[:min(60, len(arguments))], r, bad)
			}
			// A cursor is a place, not a key: forged with a foreign id, injected with SQL, or of another list, it reaches nothing.
			for what, cursor := range map[string]string{"a foreign id": `{"t":"2025-09-24T02:00:00Z","i":"` + foreign + `"}`, "SQL": `{"t":"2025-09-24T02:00:00Z","i":"' OR 1=1 --"}`,
				"no time": `{"i":"x"}`, "a time far away": `{"t":"9999-12-31T23:59:59Z","i":"x"}`, "a time long ago": `{"t":"0000-01-01T00:00:00Z","i":"x"}`} {
				r := a.Agent.Do(`query($c: Cursor) { `+field+`(after: $c) { nodes { id } } }`, apptest.Vars{"c": base64.RawURLEncoding.EncodeToString([]byte(cursor))})
				if strings.Contains(r.Raw, foreign) || strings.Contains(r.Raw, "INTERNAL") || len(r.Errors) > 0 && r.Errors[0].Code() != bad {
					t.Errorf("%s after a cursor with %s: %s", field, what, r.Raw)
				}
			}
		}
		eventCursor := a.Agent.Must(`{ cases(first: 1) { edges { cursor node { events { edges { cursor } } } } } }`, nil)
		refusedWith(t, "a case's cursor among events", a.Agent.Do(`query($c: Cursor) { cases(first: 1) { nodes { events(after: $c) { nodes { id } } } } }`,
			apptest.Vars{"c": eventCursor.Str("cases.edges.0.cursor")}), bad)

		type try struct {
			doc  string
			vars apptest.Vars
		}
		tooMany := make([]string, 101)
		for i := range tooMany {
			tooMany[i] = foreign
		}
		invalid := "GRAPHQL_VALIDATION_FAILED"
		for what, c := range map[string]struct {
			try
			code string
		}{
			"a string for Int":           {try{`query($n: Int) { cases(first: $n) { nodes { id } } }`, apptest.Vars{"n": "3"}}, bad},
			"a literal string for Int":   {try{`{ cases(first: "3") { nodes { id } } }`, nil}, invalid},
			"a fraction for Int":         {try{`query($n: Int) { cases(first: $n) { nodes { id } } }`, apptest.Vars{"n": 1.5}}, invalid},
			"2^31 for Int":               {try{`query($n: Int) { cases(first: $n) { nodes { id } } }`, apptest.Vars{"n": int64(1) << 31}}, bad},
			"a literal 2^31":             {try{`{ cases(first: 2147483648) { nodes { id } } }`, nil}, ""},
			"2^63":                       {try{`{ cases(first: 9223372036854775808) { nodes { id } } }`, nil}, ""},
			"a boolean for a string":     {try{`query($s: String) { cases(filter: { search: $s }) { nodes { id } } }`, apptest.Vars{"s": true}}, invalid},
			"NUL in a variable":          {try{`query($s: String) { cases(filter: { search: $s }) { nodes { id } } }`, apptest.Vars{"s": "a\x00b"}}, bad},
			"NUL in a literal":           {try{`{ cases(filter: { search: "a\u0000b" }) { nodes { id } } }`, nil}, ""},
			"NUL in an id":               {try{`query($id: ID!) { node(id: $id) { id } }`, apptest.Vars{"id": "ret_\x00"}}, bad},
			"a time without offset":      {try{`{ cases(filter: { dueBefore: "2025-09-24T10:00:00" }) { nodes { id } } }`, nil}, ""},
			"a time in the year 10000":   {try{`{ cases(filter: { dueBefore: "10000-01-01T00:00:00Z" }) { nodes { id } } }`, nil}, ""},
			"more than 100 ids":          {try{`query($ids: [ID!]!) { nodes(ids: $ids) { id } }`, apptest.Vars{"ids": tooMany}}, bad},
			"a null for what must be":    {try{`query($id: ID!) { node(id: $id) { id } }`, apptest.Vars{"id": nil}}, invalid},
			"a variable that is missing": {try{`query($id: ID!) { node(id: $id) { id } }`, nil}, invalid},
		} {
			r := a.Agent.Do(c.doc, c.vars)
			if c.code == "" && len(r.Errors) > 0 {
				c.code = r.Errors[0].Code()
			}
			refusedWith(t, what, r, c.code)
		}

		// Amounts and quantities of an order: told at their field, nothing stored.
		db := openRows(t, e)
		db.unchanged("hostile orders", func() {
			for _, amount := range []string{"Infinity", "-Infinity", "NaN", "1e400", "1e3", "0x10", "٣", "-1", "1.999", "", " 1", "1,00", "99999999999999999999999999", strings.Repeat("9", 50_000), "9223372036854775807"} {
				in := newOrder(&world{})["in"].(apptest.Vars)
				in["lines"].([]apptest.Vars)[0]["unitPrice"] = amount
				r := a.Integration.Do(`mutation($in: OrderInput!) { orderUpsert(input: $in) { order { id } userErrors { code field } } }`, apptest.Vars{"in": in})
				if got := outcome(t, r, "orderUpsert"); got != "refused:INVALID_INPUT" {
					t.Errorf("unitPrice %.30q: %s %.300s", amount, got, r.Raw)
				}
			}
			for _, quantity := range []int{0, -1, 2147483647} {
				in := newOrder(&world{})["in"].(apptest.Vars)
				in["lines"].([]apptest.Vars)[0]["quantity"] = quantity
				r := a.Integration.Do(`mutation($in: OrderInput!) { orderUpsert(input: $in) { order { id } userErrors { code field } } }`, apptest.Vars{"in": in})
				if got := outcome(t, r, "orderUpsert"); got != "refused:INVALID_INPUT" {
					t.Errorf("quantity %d: %s %.300s", quantity, got, r.Raw)
				}
			}
			for what, text := range map[string]string{"nothing": "", "white space": " \t", "too long": strings.Repeat("x", 100_000), "a control character": "a\x07b", "a line break": "a\nb"} {
				in := newOrder(&world{})["in"].(apptest.Vars)
				in["number"] = text
				r := a.Integration.Do(`mutation($in: OrderInput!) { orderUpsert(input: $in) { order { id } userErrors { code field } } }`, apptest.Vars{"in": in})
				if got := outcome(t, r, "orderUpsert"); got != "refused:INVALID_INPUT" {
					t.Errorf("number of %s: %s %.300s", what, got, r.Raw)
				}
			}
		})
	})
}

// Requests that are none: batches, other methods, other media types, bodies without end.
func TestHostileRequests(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", clockAt)
		send := func(method, query, contentType, body string) (int, string) {
			req, err := http.NewRequestWithContext(t.Context(), method, e.URL+"/graphql"+query, strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Content-Type", contentType)
			req.Header.Set("Authorization", "Bearer "+s.Admin.Token)
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			raw, err := io.ReadAll(resp.Body)
			if err != nil {
				t.Fatal(err)
			}
			return resp.StatusCode, string(raw)
		}
		const mutation = `mutation{staffUpsert(input:{subject:\"spy\",name:\"Spy\",role:AGENT}){staff{id}userErrors{code}}}`
		openRows(t, e).unchanged("requests that are none", func() {
			for what, c := range map[string]struct {
				method, query, contentType, body string
				status                           int
			}{
				"a batch":              {"POST", "", "application/json", `[{"query":"` + mutation + `"},{"query":"{ viewer { subject } }"}]`, 400},
				"a form":               {"POST", "", "application/x-www-form-urlencoded", `query=` + mutation, 415},
				"plain text":           {"POST", "", "text/plain", `{"query":"` + mutation + `"}`, 415},
				"multipart":            {"POST", "", "multipart/form-data; boundary=x", `{"query":"` + mutation + `"}`, 415},
				"a mutation by GET":    {"GET", "?query=mutation%7BstaffUpsert(input%3A%7Bsubject%3A%22spy%22%2Cname%3A%22Spy%22%2Crole%3AAGENT%7D)%7BuserErrors%7Bcode%7D%7D%7D", "", "", 405},
				"another method":       {"PUT", "", "application/json", `{"query":"` + mutation + `"}`, 405},
				"query given twice":    {"POST", "", "application/json", `{"query":"{ viewer { subject } }","query":"` + mutation + `"}`, 400},
				"something behind":     {"POST", "", "application/json", `{"query":"` + mutation + `"} {}`, 400},
				"not UTF-8":            {"POST", "", "application/json", "{\"query\":\"" + mutation + "\xff\"}", 400},
				"variables, no object": {"POST", "", "application/json", `{"query":"{ viewer { subject } }","variables":[1]}`, 400},
				"huge variables":       {"POST", "", "application/json", `{"query":"query($s: String) { cases(filter: { search: $s }) { totalCount } }","variables":{"s":"` + strings.Repeat("x", 9<<20) + `"}}`, 413},
				"an empty body":        {"POST", "", "application/json", ``, 400},
				"deep JSON":            {"POST", "", "application/json", `{"query":"{ viewer { subject } }","variables":` + strings.Repeat(`{"a":`, 20_000) + `1` + strings.Repeat(`}`, 20_000) + `}`, 400},
			} {
				if status, body := send(c.method, c.query, c.contentType, c.body); status != c.status || strings.Contains(body, `"data":{`) {
					t.Errorf("%s: %d, want %d: %.200s", what, status, c.status, body)
				}
			}
		})
		// Of two operations in one document only the named one runs.
		if r := s.Admin.Do(`query A { viewer { subject } } mutation B { staffUpsert(input: { subject: "spy", name: "Spy", role: AGENT }) { staff { id } } }`, nil); len(r.Errors) == 0 {
			t.Errorf("two operations and no name: %s", r.Raw)
		}
	})
}
