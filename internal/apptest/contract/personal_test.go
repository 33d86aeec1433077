package contract

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"aftersales/internal/app"
	"aftersales/internal/apptest"
	"aftersales/internal/auth"
	"aftersales/internal/config"
)

// What the harness gives every customer, and what is left of it for those who do not need it.
const (
	phone, maskedPhone = "13800001234", "138****1234"
	email, maskedEmail = "li.lei@example.com", "l***@example.com"
)

// ways are every path to a Customer; $c is a return, $m the merchant for PLATFORM_ADMIN, $u the customer's id. Each path
// leads to fields named phone and email.
var ways = map[string]struct{ doc, path string }{
	"order.customer":             {`query($o: ID!, $m: ID) { order(id: $o, merchant: $m) { customer { id phone email } } }`, "order.customer"},
	"orders.nodes.customer":      {`query($m: ID) { orders(merchant: $m) { nodes { customer { id phone email } } } }`, "orders.nodes.0.customer"},
	"orders.edges.node.customer": {`query($m: ID) { orders(merchant: $m) { edges { node { customer { id phone email } } } } }`, "orders.edges.0.node.customer"},
	"return.customer":            {`query($c: ID!) { return(id: $c) { customer { id phone email } } }`, "return.customer"},
	"return.order.customer":      {`query($c: ID!) { return(id: $c) { order { customer { id phone email } } } }`, "return.order.customer"},
	"case.customer":              {`query($c: ID!, $m: ID) { case(id: $c, merchant: $m) { customer { id phone email } } }`, "case.customer"},
	"cases.nodes.customer":       {`query($m: ID) { cases(merchant: $m) { nodes { customer { id phone email } } } }`, "cases.nodes.0.customer"},
	"returns.nodes.customer":     {`query($m: ID) { returns(merchant: $m) { nodes { customer { id phone email } } } }`, "returns.nodes.0.customer"},
	"return.deadlines.case":      {`query($c: ID!) { return(id: $c) { deadlines { case { customer { id phone email } } } } }`, "return.deadlines.0.case.customer"},
	"return.nextDeadline.case":   {`query($c: ID!) { return(id: $c) { nextDeadline { case { customer { id phone email } } } } }`, "return.nextDeadline.case.customer"},
	"deadlines.nodes.case":       {`query($m: ID) { deadlines(merchant: $m) { nodes { case { customer { id phone email } } } } }`, "deadlines.nodes.0.case.customer"},
	"refunds.nodes.case":         {`query($m: ID) { refunds(merchant: $m) { nodes { case { customer { id phone email } } } } }`, "refunds.nodes.0.case.customer"},
	"order.cases.nodes.customer": {`query($o: ID!, $m: ID) { order(id: $o, merchant: $m) { cases { nodes { customer { id phone email } } } } }`, "order.cases.nodes.0.customer"},
	"node Customer":              {`query($u: ID!) { node(id: $u) { ... on Customer { id phone email } } }`, "node"},
	"nodes Customer":             {`query($u: ID!) { nodes(ids: [$u]) { ... on Customer { id phone email } } }`, "nodes.0"},
	"node Order":                 {`query($o: ID!) { node(id: $o) { ... on Order { customer { id phone email } } } }`, "node.customer"},
	"node Case, by a fragment":   {`query($c: ID!) { node(id: $c) { ...F } } fragment F on Case { customer { ...G } } fragment G on Customer { id phone email }`, "node.customer"},
	"aliased":                    {`query($c: ID!) { return(id: $c) { customer { id phone: email email: phone } } }`, ""},
	"blockers.case":              {`query($o: ID!, $m: ID) { order(id: $o, merchant: $m) { lines { afterSalesOptions { blockers { case { customer { id phone email } } } } } } }`, ""},
}

// SLA-A-3.1.4: phone and e-mail are whole for those who serve the customer and for the customer, masked for everybody else,
// by every way to them.
func TestPersonalDataAreMaskedByRole(t *testing.T) {
	t.Parallel()
	whole := []auth.Role{auth.Agent, auth.Supervisor, auth.MerchantAdmin, auth.Customer}
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", clockAt)
		vars := personalFixture(s)
		for _, role := range auth.Roles() {
			if !auth.Can(role, "cases") {
				continue
			}
			mine := apptest.Vars{}
			for k, v := range vars {
				mine[k] = v
			}
			if role == auth.PlatformAdmin {
				mine["m"] = s.ID
			}
			for name, way := range ways {
				if role == auth.Customer && strings.HasPrefix(name, "deadlines.") {
					continue // not theirs to ask
				}
				r := as(s, role).Do(way.doc, mine)
				if len(r.Errors) > 0 {
					t.Errorf("%s, %s: %s", role, name, r.Raw)
					continue
				}
				shown, hidden := []string{phone, email}, []string{maskedPhone, maskedEmail}
				if !slices.Contains(whole, role) {
					shown, hidden = hidden, shown
				}
				for _, text := range shown {
					if !strings.Contains(r.Raw, text) {
						t.Errorf("%s, %s: no %s in %s", role, name, text, r.Raw)
					}
				}
				for _, text := range hidden {
					if strings.Contains(r.Raw, text) {
						t.Errorf("%s, %s: %s in %s", role, name, text, r.Raw)
					}
				}
				if way.path != "" {
					d := apptest.ParseData(t, r.Data)
					if d.Str(way.path+".phone") != shown[0] || d.Str(way.path+".email") != shown[1] {
						t.Errorf("%s, %s: %s", role, name, r.Raw)
					}
				}
			}
		}
		own := s.Customer.Must(`{ viewer { customer { phone email } } }`, nil)
		if own.Str("viewer.customer.phone") != phone || own.Str("viewer.customer.email") != email {
			t.Errorf("a customer does not see their own: %v", own)
		}
		// Payloads of mutations are no way around it.
		d := s.Warehouse.Must(`mutation($id: ID!) { returnReceive(id: $id) { return { customer { phone email } } userErrors { code } } }`, apptest.Vars{"id": bring(s, inTransit)})
		if d.Str("returnReceive.return.customer.phone") != maskedPhone || d.Str("returnReceive.return.customer.email") != maskedEmail {
			t.Errorf("WAREHOUSE sees in a payload: %v", d)
		}
	})
}

// personalFixture makes a refunded return with a second, open one on the same line, and gives the variables of ways.
func personalFixture(s *apptest.Shop) apptest.Vars {
	o := s.Order("P1", clockAt, item("KETTLE", 2))
	ret := s.Request(o, "RETURN_AND_REFUND", 1)
	s.ToInspected(ret)
	s.Refund(ret)
	s.Request(o, "RETURN_AND_REFUND", 1)
	return apptest.Vars{"o": o.ID, "c": ret, "u": s.Warehouse.Must(`query($c: ID!) { return(id: $c) { customer { id } } }`, apptest.Vars{"c": ret}).Str("return.customer.id")}
}

// An import without customer ids takes the e-mail address for one: that does not make it public.
func TestAddressesAsCustomerIDsAreMasked(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", clockAt)
		db := openRows(t, e)
		vars := apptest.Vars{"id": s.OrderOf("mei@example.com", "I1", clockAt, nil, item("KETTLE", 1)).ID}
		doc := `query($id: ID!) { order(id: $id) { customer { externalId } } }`
		if got := s.Warehouse.Must(doc, vars).Str("order.customer.externalId"); strings.Contains(got, "mei@") {
			t.Errorf("WAREHOUSE sees %s", got)
		}
		if got := s.Agent.Must(doc, vars).Str("order.customer.externalId"); got != "mei@example.com" {
			t.Errorf("AGENT sees %s", got)
		}
		if got := e.As(auth.Customer, s.Slug, "mei@example.com").Must(doc, vars).Str("order.customer.externalId"); got != "mei@example.com" {
			t.Errorf("the customer sees %s", got)
		}
		if got := db.audits(); got != 1 {
			t.Errorf("%d audit rows, want that of the agent", got)
		}
	})
}

// audits counts the audit rows about reads of personal data.
func (r *rows) audits() int {
	r.t.Helper()
	return len(r.column(`SELECT id FROM audit_entries WHERE action = 'PERSONAL_DATA_READ'`))
}

// SLA-A-3.1.4: who of the staff saw a customer's data stays on record, once a customer and operation; who saw none leaves
// nothing, and a read that shows nothing personal does not write at all.
func TestUnmaskedReadsAreAudited(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", clockAt)
		db := openRows(t, e)
		vars := personalFixture(s)
		other := orderOf(s, "c-2")
		s.Customer = e.As(auth.Customer, s.Slug, "c-2")
		s.Request(other, "RETURN_AND_REFUND", 1)
		s.Customer = e.As(auth.Customer, s.Slug, "c-1")

		check := func(what string, c apptest.Caller, doc string, want int) {
			t.Helper()
			before := db.audits()
			statements := e.Statements(func() { c.Must(doc, vars) })
			if got := db.audits() - before; got != want {
				t.Errorf("%s: %d audit rows, want %d", what, got, want)
			}
			writes := slices.DeleteFunc(statements, func(q string) bool { return strings.HasPrefix(q, "SELECT") })
			if (len(writes) > 0) != (want > 0) {
				t.Errorf("%s: writes %q", what, writes)
			}
		}
		twice := `query($c: ID!) { return(id: $c) { customer { phone } order { customer { email phone } } deadlines { case { customer { phone } } } } again: return(id: $c) { customer { email } } }`
		check("one customer by many ways", s.Agent, twice, 1)
		check("the same in another operation", s.Agent, twice, 1)
		check("a list of two customers", s.Supervisor, `{ cases { nodes { customer { phone } } } orders { nodes { customer { email } } } }`, 2)
		check("the customer themself", s.Customer, twice, 0)
		check("a masked role", s.Warehouse, twice, 0)
		check("no personal field", s.Agent, `query($c: ID!) { return(id: $c) { customer { id name externalId } } cases { nodes { customer { name } } } }`, 0)
		check("a field that was skipped", s.Agent, `query($c: ID!) { return(id: $c) { customer { id phone @skip(if: true) email @include(if: false) } } }`, 0)

		row := db.column(`SELECT merchant_id || ' ' || object_id || ' ' || subject || ' ' || role || ' ' || (CASE WHEN length(request_id) > 0 THEN 'request' ELSE 'no request' END) FROM audit_entries ORDER BY at, id LIMIT 1`)
		if want := fmt.Sprintf("%s %s li.na AGENT request", s.ID, vars["u"]); only(row) != want {
			t.Errorf("the row says %q, want %q", row, want)
		}
		// The payload of a mutation is a read, too.
		before := db.audits()
		s.Agent.Must(`mutation($id: ID!) { returnApprove(id: $id, input: { review: { product: { ok: true }, description: { ok: true }, reason: { ok: true } }, steps: ["S"] }) { return { customer { phone } } userErrors { code } } }`,
			apptest.Vars{"id": bring(s, requested)})
		if got := db.audits() - before; got != 1 {
			t.Errorf("a payload that shows a phone number: %d audit rows", got)
		}
	})
}

// logged is the product once more on the database of e, its whole log in a buffer.
func logged(t *testing.T, e *apptest.Env, cfg config.Config) (*apptest.Env, *buffer) {
	t.Helper()
	log := &buffer{}
	a, err := app.Open(t.Context(), cfg, slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})), app.Options{Now: e.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := a.Keys(t.Context()); err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(a.Handler(http.NotFoundHandler(), "test"))
	t.Cleanup(srv.Close)
	second := *e
	second.App, second.URL, second.Config = a, srv.URL, cfg
	return &second, log
}

type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// SLA-A-3.1.4: the log says who did what and how it went, and nothing that a thief of logs could use.
func TestLogsHoldNoSecretsAndNoPersonalData(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", clockAt)
		vars := personalFixture(s)
		second, log := logged(t, e, e.Config)
		agent := apptest.Caller{Env: second, Token: s.Agent.Token}
		agent.Must(`query Look($c: ID!) { return(id: $c) { customer { phone email name } } }`, vars)
		agent.Do(`query Search { cases(filter: { search: "`+phone+`" }) { nodes { id } } }`, nil)
		agent.Do(`query Vars($s: String) { cases(filter: { search: $s }) { nodes { id } } }`, apptest.Vars{"s": email})
		agent.Do(`query Wrong { cases(first: -1) { nodes { id } } }`, nil)
		apptest.Caller{Env: second, Token: s.Integration.Token}.Do(`mutation Order($in: OrderInput!) { orderUpsert(input: $in) { order { id } userErrors { code message } } }`,
			apptest.Vars{"in": apptest.Vars{"number": "L1", "placedAt": "not a time " + phone, "currency": "CNY",
				"customer": apptest.Vars{"externalId": "c-9", "name": "Han Meimei", "phone": phone, "email": email}, "lines": []apptest.Vars{}}})
		broken := apptest.Caller{Env: second, Token: s.Agent.Token + "x"}
		if r := broken.Do(`{ viewer { subject } }`, nil); r.Status != http.StatusUnauthorized {
			t.Errorf("a damaged token: %d", r.Status)
		}
		text := log.String()
		for _, must := range []string{`"operation":"Look"`, `"merchant":"mall"`, `"actor":"li.na"`, `"request_id":`, `"status":401`} {
			if !strings.Contains(text, must) {
				t.Errorf("the log does not say %s", must)
			}
		}
		secrets := map[string]string{"phone": phone, "e-mail": email, "part of the phone": phone[3:], "name": "Li Lei", "another name": "Han Meimei",
			"token": s.Agent.Token, "signature": s.Agent.Token[strings.LastIndex(s.Agent.Token, ".")+1:], "claims": strings.Split(s.Agent.Token, ".")[1],
			"secret": e.Config.JWTSecret.Reveal(), "header": "Bearer "}
		for what, secret := range secrets {
			if strings.Contains(text, secret) {
				t.Errorf("the log holds a %s", what)
			}
		}
	})
}
