package contract

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"aftersales/internal/apptest"
	"aftersales/internal/auth"
	"aftersales/internal/id"
)

// table is a Markdown table with one row per subject and one column per caller.
type table struct {
	b     strings.Builder
	width int
}

func newTable(subject string, subjects []string) *table {
	t := &table{width: len(subject)}
	for _, s := range subjects {
		t.width = max(t.width, len(s))
	}
	head := []string{}
	rule := []string{}
	for _, r := range callers() {
		head = append(head, string(r))
		rule = append(rule, strings.Repeat("-", cellWidth))
	}
	t.line(subject, head)
	t.line(strings.Repeat("-", t.width), rule)
	return t
}

const cellWidth = len("UNAUTHENTICATED")

func (t *table) line(subject string, cells []string) {
	fmt.Fprintf(&t.b, "| %-*s |", t.width, subject)
	for _, c := range cells {
		fmt.Fprintf(&t.b, " %-*s |", cellWidth, c)
	}
	t.b.WriteString("\n")
}

// rootFields lists what clients can start from, in the order of the schema.
func rootFields(root *ast.Definition) (names []string) {
	for _, f := range root.Fields {
		if !strings.HasPrefix(f.Name, "__") {
			names = append(names, f.Name)
		}
	}
	slices.Sort(names)
	return names
}

// SLA-A-3.1.4: who may use what, every root field for every role, on both engines. A field that is not in attempts fails
// here; a refusal must have written nothing, a permitted mutation must have written something.
func TestPermissions(t *testing.T) {
	t.Parallel()
	results := make(chan string, 2)
	t.Run("engines", func(t *testing.T) {
		apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) { results <- permissions(t, e) })
	})
	if t.Failed() {
		return
	}
	first, second := <-results, <-results
	if first != second {
		t.Errorf("the engines differ:\n%s\n%s", first, second)
	}
	golden(t, "testdata/permissions.md", first)
}

func permissions(t *testing.T, e *apptest.Env) string {
	w := newWorld(t, e)
	var b strings.Builder
	b.WriteString("# Who may use what\n\nWritten by `go test ./internal/apptest/contract -update`, from answers of the running product. CUSTOMER acts on their own\n" +
		"order or case; PLATFORM_ADMIN names the merchant where the field has an argument for it.\n\n" +
		"allowed: an answer; null: no answer and no error; FORBIDDEN, UNAUTHENTICATED: top-level errors; refused:CODE: a userError.\n")
	schema := served()
	known := map[string]bool{}
	for _, root := range []*ast.Definition{schema.Query, schema.Mutation} {
		fields := rootFields(root)
		b.WriteString("\n## " + root.Name + "\n\n")
		out := newTable("field", fields)
		for _, field := range fields {
			known[field] = true
			attempt, ok := attempts[field]
			if !ok {
				t.Errorf("%s.%s: attempts does not say how to try it", root.Name, field)
				continue
			}
			var cells []string
			for _, role := range callers() {
				cells = append(cells, w.try(root, field, attempt, role))
			}
			out.line(field, cells)
		}
		b.WriteString(out.b.String())
	}
	for field := range attempts {
		if !known[field] {
			t.Errorf("attempts tries %s, which the schema does not have", field)
		}
	}
	b.WriteString("\n## node(id), by the type of the id\n\n")
	b.WriteString(w.nodes())
	return b.String()
}

// try sends one field as one role and tells the outcome.
func (w *world) try(root *ast.Definition, field string, a attempt, role auth.Role) string {
	shop := w.main
	if a.shop != nil {
		shop = a.shop(w)
	}
	vars := apptest.Vars{}
	if a.with != nil {
		vars = a.with(w)
	}
	argument := root.Fields.ForName(field).Arguments.ForName("merchant")
	if argument != nil && vars["m"] == nil && (role == auth.PlatformAdmin || argument.Type.NonNull) {
		vars["m"] = shop.ID
	}
	before := w.rows.written()
	r := as(shop, role).Do(a.doc, vars)
	wrote := w.rows.written() != before
	got := outcome(w.t, r, field)
	what := root.Name + "." + field + " as " + string(role)
	switch mutation := root.Name == "Mutation"; {
	case got == "INTERNAL":
		w.t.Errorf("%s: %s", what, r.Raw)
	case mutation && got == "allowed" && !wrote:
		w.t.Errorf("%s: permitted, but nothing was written", what)
	case mutation && got == "allowed":
		clear(w.targets) // used up
	case wrote:
		w.t.Errorf("%s: %s, but something was written", what, got)
	}
	return got
}

// nodes tells which types each role reaches by id, within its own merchant.
func (w *world) nodes() string {
	ids := everyID(w.t, w.main, w.bring(completed))
	prefixes := slices.Sorted(maps.Keys(ids))
	out := newTable("prefix", prefixes)
	for _, prefix := range prefixes {
		var cells []string
		for _, role := range callers() {
			w.rows.unchanged("node "+prefix+" as "+string(role), func() {
				vars := apptest.Vars{"id": ids[prefix]}
				cells = append(cells, outcome(w.t, as(w.main, role).Do(`query($id: ID!) { node(id: $id) { id } }`, vars), "node"))
			})
		}
		out.line(prefix, cells)
	}
	return out.b.String()
}

// compensated writes a proposal without moving the clock to a breach.
func compensated(t *testing.T, s *apptest.Shop, caseID, deadlineID string) string {
	t.Helper()
	ctx := auth.AsSystem(t.Context(), s.ID)
	at := time.Date(2025, 9, 24, 2, 0, 0, 0, time.UTC)
	row, err := s.Env.App.Store.Client(ctx).Compensation.Create().SetMerchantID(s.ID).SetCaseID(caseID).SetDeadlineID(deadlineID).SetClause("COURIER-4.1.4").
		SetBase(9900).SetCurrency("CNY").SetPerDayBps(100).SetCapBps(1000).SetDays(1).SetAmount(99).SetState("PROPOSED").SetProposedAt(at).Save(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return row.ID
}

// everyID gives an id of each type a client can address, of a shop with a completed return.
func everyID(t *testing.T, s *apptest.Shop, returnID string) map[string]string {
	t.Helper()
	d := s.Admin.Must(`query($id: ID!) {
		viewer { merchant { id calendar { id } staff { id } returnAddresses { id } } }
		returnReasons { id }
		return(id: $id) { id customer { id } order { id lines { id } } items { id } parcels { id } refunds { id } deadlines { id } events { nodes { id } } }
	}`, apptest.Vars{"id": returnID})
	ids := map[string]string{id.Dispute: s.Admin.Must(`query($id: ID!) { return(id: $id) { dispute { id } } }`, apptest.Vars{"id": bring(s, disputed)}).Str("return.dispute.id")}
	for _, path := range []string{"viewer.merchant.id", "viewer.merchant.calendar.id", "viewer.merchant.staff.0.id", "viewer.merchant.returnAddresses.0.id",
		"returnReasons.0.id", "return.id", "return.customer.id", "return.order.id", "return.order.lines.0.id", "return.items.0.id",
		"return.parcels.0.id", "return.refunds.0.id", "return.deadlines.0.id", "return.events.nodes.0.id"} {
		found := d.Str(path)
		prefix := id.Prefix(found)
		if ids[prefix] != "" {
			t.Fatalf("two ids begin with %s", prefix)
		}
		ids[prefix] = found
	}
	ids[id.OrderChange] = interception(s, coming(s, "coming-"+s.Key(), delivered).ID)
	ids[id.Repair] = bringRepair(s, requested)
	ids[id.OnSiteService] = bringService(s, visitAgreed)
	ids[id.Ticket] = complainAbout(s, returnID)
	ids[id.Visit] = s.Admin.Must(`query($id: ID!) { service(id: $id) { visits { id } } }`, apptest.Vars{"id": ids[id.OnSiteService]}).Str("service.visits.0.id")
	ids[id.Maintenance] = maintained(s, order(s))
	ids[id.Warranty] = enrolled(s)
	ids[id.RepairQuote], ids[id.RepairPart] = quoteOf(s, bringRepair(s, quoted)), partOf(s, bringRepair(s, awaitingParts))
	ids["pkp"] = s.Park("of-" + returnID)
	ids[id.Compensation] = compensated(t, s, returnID, ids[id.Deadline])
	return ids
}
