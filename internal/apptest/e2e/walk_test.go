package e2e

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"aftersales/internal/apptest"
)

func TestMain(m *testing.M) {
	// Each check is a database and dozens of requests; -rapid.checks on the command line walks farther.
	if err := flag.Set("rapid.checks", "8"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// statuses are all a return can have, and whether it ended there.
var statuses = map[string]bool{"REQUESTED": false, "NEEDS_INFO": false, "AWAITING_SHIPMENT": false, "IN_TRANSIT": false, "RECEIVED": false, "INSPECTION_PASSED": false,
	"INSPECTION_FAILED": false, "REFUNDING": false, "COMPLETED": true, "REJECTED": true, "CANCELLED": true, "EXPIRED": true}

// walker acts on the returns of one order at random, as the merchant's admin, who may do everything.
type walker struct {
	*apptest.Shop
	t     *rapid.T
	tb    testing.TB
	order apptest.Order
	cases []string
	now   time.Time
}

// MALL-1.1b: whatever is done to a return in whatever order, it stands in a known status, it can always go on until it has
// ended, and it closes only with an outcome. MALL-1.3b: allowedActions are exactly what the server accepts, goods and money
// stay within what was bought and paid, and somebody always has a deadline to keep.
func TestRandomWalksKeepTheRules(t *testing.T) {
	t.Parallel()
	e := apptest.Start(t, "sqlite")
	shops := 0
	rapid.Check(t, func(rt *rapid.T) {
		shops++
		start := time.Date(2025, 1, 20, 9, 0, 0, 0, beijing)
		w := &walker{Shop: e.Sandbox(fmt.Sprint("walk-", shops), start.Format(time.RFC3339)), t: rt, tb: t, now: start}
		w.order = w.OrderOf("c-1", "A1", start.Format(time.RFC3339), apptest.Vars{"discount": "1.00", "refunded": "5.00"},
			apptest.Line{SKU: "CUP", Quantity: 4, UnitPrice: "3.33"}, apptest.Line{SKU: "PLATE", Quantity: 2, UnitPrice: "10.00"})
		for range rapid.IntRange(5, 25).Draw(rt, "steps") {
			switch what := rapid.IntRange(0, 9).Draw(rt, "what"); {
			case what == 0 || len(w.cases) == 0:
				w.request()
			case what == 1:
				hours := rapid.SampledFrom([]int{1, 20, 30, 200}).Draw(rt, "hours")
				w.now = w.now.Add(time.Duration(hours) * time.Hour)
				w.Advance(w.now.Format(time.RFC3339))
			default:
				w.act(rapid.SampledFrom(w.cases).Draw(rt, "case"))
			}
			w.check()
		}
	})
}

func (w *walker) request() {
	vars := with(w.RequestVars(w.order, rapid.SampledFrom([]string{"REFUND", "RETURN_AND_REFUND"}).Draw(w.t, "remedy"), 1), "items",
		[]apptest.Vars{{"orderLine": rapid.SampledFrom(w.order.Lines).Draw(w.t, "line"), "quantity": rapid.IntRange(1, 3).Draw(w.t, "quantity")}})
	payload := sub(w.tb, apptest.ParseData(w.tb, w.Customer.Do(apptest.RequestReturn, vars).Data), "returnRequest")
	if errs := payload.List("userErrors"); len(errs) == 0 {
		w.cases = append(w.cases, payload.Str("return.id"))
	} else if code := errs[0].Str("code"); code != "QUANTITY_EXCEEDS_BOUGHT" && code != "NOT_ELIGIBLE" && code != "LIMIT_EXCEEDED" {
		w.t.Fatalf("request: %v", errs)
	}
}

// act tries one action, allowed or not, and holds the answer against allowedActions.
func (w *walker) act(id string) {
	c := look(w.tb, w.Admin, id)
	action := rapid.SampledFrom([]string{"RETURN_REQUEST_INFO", "RETURN_PROVIDE_INFO", "RETURN_APPROVE", "RETURN_REJECT", "RETURN_SHIP", "RETURN_RECEIVE", "RETURN_INSPECT",
		"RETURN_REFUND", "REFUND_CONFIRM", "RETURN_CANCEL", "CASE_RESPOND", "CASE_MESSAGE_ADD", "CASE_EVIDENCE_ADD", "CASE_EXPLAIN_DELAY", "CASE_CLOSE"}).Draw(w.t, "action")
	vars, field, query := apptest.Vars{"id": id}, "", ""
	switch action {
	case "RETURN_REQUEST_INFO":
		field, query = "returnRequestInfo", apptest.AskInfo
	case "RETURN_PROVIDE_INFO":
		field, query = "returnProvideInfo", apptest.GiveInfo
	case "RETURN_APPROVE":
		field, query = "returnApprove", apptest.ApproveReturn
	case "RETURN_REJECT":
		field, query = "returnReject", apptest.RejectReturn
	case "RETURN_SHIP":
		field, query = "returnShip", apptest.ShipReturn
	case "RETURN_RECEIVE":
		field, query = "returnReceive", apptest.ReceiveReturn
	case "RETURN_INSPECT":
		field, query = "returnInspect", apptest.InspectReturn
		var findings []apptest.Vars
		for _, it := range c.List("items") {
			findings = append(findings, apptest.Vars{"item": it.Str("id"), "checks": checks(), "acceptedQuantity": rapid.IntRange(0, it.Int("quantity")).Draw(w.t, "accepted")})
		}
		vars["items"] = findings
	case "RETURN_REFUND":
		field, query, vars["key"] = "returnRefund", apptest.RefundReturn, w.Key()
	case "REFUND_CONFIRM":
		refunds := c.List("refunds")
		if len(refunds) == 0 {
			w.forbids(c, action)
			return
		}
		field, query, vars["key"], vars["id"] = "refundConfirm", apptest.ConfirmRefund, w.Key(), refunds[0].Str("id")
	case "RETURN_CANCEL":
		field, query = "returnCancel", apptest.CancelReturn
	case "CASE_RESPOND":
		field, query, vars["key"], vars["m"] = "caseRespond", respond, w.Key(), "Hello."
	case "CASE_MESSAGE_ADD":
		field, query, vars["k"], vars["t"], vars["i"] = "caseMessageAdd", addMessage, w.Key(), "Hello.", false
	case "CASE_EVIDENCE_ADD":
		field, query, vars["k"], vars["in"] = "caseEvidenceAdd", addEvidence, w.Key(), apptest.Vars{"kind": "PHOTO", "url": "https://photos.example/1.jpg"}
	case "CASE_EXPLAIN_DELAY":
		i := slices.IndexFunc(c.List("deadlines"), func(d apptest.Data) bool {
			return d.Str("obligor") == "MERCHANT" && d.Get("explanation") == nil && (d.Get("breachedAt") != nil || d.Str("risk") == "AT_RISK")
		})
		if i < 0 || c.Get("closedAt") != nil {
			w.forbids(c, action)
			return
		}
		field, query, vars["id"] = "caseExplainDelay", explain, c.List("deadlines")[i].Str("id")
		vars["at"], vars["text"] = w.now.Format(time.RFC3339), "It took longer."
	case "CASE_CLOSE":
		field, query = "caseClose", closing
	}
	r := w.Admin.Do(query, vars)
	if len(r.Errors) > 0 {
		w.t.Fatalf("%s: %s", action, r.Raw)
	}
	errs := sub(w.tb, apptest.ParseData(w.tb, r.Data), field).List("userErrors")
	allowed := slices.Contains(c.Strings("allowedActions"), action)
	code := ""
	if len(errs) > 0 {
		code = errs[0].Str("code")
	}
	switch {
	case allowed && code == "", !allowed && code == "ILLEGAL_TRANSITION":
	case allowed && action == "RETURN_REFUND" && code == "AMOUNT_EXCEEDS_PAID": // other cases took what was left
	case !allowed && action == "CASE_CLOSE" && code == "" && c.Get("closedAt") != nil: // closing again changes nothing
	case !allowed && action == "CASE_CLOSE" && code == "EXPLANATION_REQUIRED":
	default:
		w.t.Fatalf("%s in %s: refused as %q, allowed were %v", action, c.Str("status"), code, c.Strings("allowedActions"))
	}
	if code == "ILLEGAL_TRANSITION" && !slices.Equal(errs[0].Strings("allowedActions"), c.Strings("allowedActions")) {
		w.t.Fatalf("%s: the refusal allows %v, the case %v", action, errs[0].Strings("allowedActions"), c.Strings("allowedActions"))
	}
}

// forbids: an action that lacks even its object is not offered.
func (w *walker) forbids(c caseOf, action string) {
	if slices.Contains(c.Strings("allowedActions"), action) {
		w.t.Fatalf("%s is offered in %s", action, c.Str("status"))
	}
}

func (w *walker) check() {
	d := w.Admin.Must(`query($id: ID!) { order(id: $id) { total { amount } refunded { amount } lines { id quantity returnableQuantity }
		cases(first: 50) { nodes { ... on Return { status outcome closedAt allowedActions items { quantity acceptedQuantity orderLine { id } } refunds { state amount { amount } }
			deadlines { kind state open explanationOwed } } } } } }`, apptest.Vars{"id": w.order.ID})
	used := map[string]int{}
	refunded := 500 // elsewhere
	for _, c := range d.List("order.cases.nodes") {
		status := c.Str("status")
		ended, known := statuses[status]
		if !known {
			w.t.Fatalf("status %s", status)
		}
		if ended != (c.Get("outcome") != nil) || !ended && c.Get("closedAt") != nil {
			w.t.Fatalf("%s with outcome %v, closed %v", status, c.Get("outcome"), c.Get("closedAt"))
		}
		open, owed := 0, false
		for _, dl := range c.List("deadlines") {
			if dl.Get("open") == true {
				open++
				if s := dl.Str("state"); s != "RUNNING" && s != "PAUSED" && s != "BREACHED" {
					w.t.Fatalf("%s is open and %s", dl.Str("kind"), s)
				}
			} else if s := dl.Str("state"); s == "RUNNING" || s == "PAUSED" {
				w.t.Fatalf("%s is not open and %s", dl.Str("kind"), s)
			}
			owed = owed || dl.Get("explanationOwed") == true
		}
		if ended != (open == 0) {
			w.t.Fatalf("%s with %d open deadlines", status, open)
		}
		if c.Get("closedAt") != nil && owed {
			w.t.Fatalf("%s closed though an explanation is owed", status)
		}
		if c.Get("closedAt") == nil && len(c.Strings("allowedActions")) == 0 {
			w.t.Fatalf("%s is a dead end", status)
		}
		paid := len(c.List("refunds")) > 0
		for _, it := range c.List("items") {
			switch {
			case paid && it.Get("acceptedQuantity") != nil:
				used[it.Str("orderLine.id")] += it.Int("acceptedQuantity")
			case paid, !ended:
				used[it.Str("orderLine.id")] += it.Int("quantity")
			}
		}
		for _, r := range c.List("refunds") {
			refunded += cents(w.t, r.Str("amount.amount"))
		}
	}
	for _, l := range d.List("order.lines") {
		if n := used[l.Str("id")] + l.Int("returnableQuantity"); n != l.Int("quantity") {
			w.t.Fatalf("of %d units %d are held or returned and %d can be returned", l.Int("quantity"), used[l.Str("id")], l.Int("returnableQuantity"))
		}
	}
	if got := cents(w.t, d.Str("order.refunded.amount")); got != refunded || got > cents(w.t, d.Str("order.total.amount")) {
		w.t.Fatalf("refunded %d, by its refunds %d, of %s", got, refunded, d.Str("order.total.amount"))
	}
}

func cents(t *rapid.T, amount string) int {
	n, err := strconv.Atoi(amount[:len(amount)-3] + amount[len(amount)-2:])
	if err != nil {
		t.Fatal(err)
	}
	return n
}
