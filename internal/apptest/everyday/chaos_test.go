package everyday

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"aftersales/internal/apptest"
)

func TestMain(m *testing.M) {
	// Each check is dozens of requests. The same ones every time, so that a change is to blame for what it finds;
	// -rapid.checks and -rapid.seed on the command line go farther.
	for name, value := range map[string]string{"rapid.checks": "6", "rapid.seed": "20250311"} {
		if err := flag.Set(name, value); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// chaos does anything to several cases of one order at once, as everybody who may.
type chaos struct {
	*story
	r     *rapid.T
	now   time.Time
	cases []string
}

// MALL-1.1b, MALL-1.3b, MALL-2.3c: whatever is done in whatever order, allowedActions are what the server accepts, a case that
// has not ended has a deadline that somebody has to keep, no more goes back than was paid, by no means of payment more than
// was paid by it, and no unit twice.
func TestWhateverIsDoneMoneyAndGoodsAreConserved(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		shops := 0
		rapid.Check(t, func(r *rapid.T) {
			shops++
			now, err := time.Parse(time.RFC3339, opening)
			if err != nil {
				r.Fatal(err)
			}
			c := &chaos{story: &story{Shop: e.Sandbox(fmt.Sprint("chaos-", shops), opening), t: t}, r: r, now: now}
			c.begin()
			for range rapid.IntRange(10, 45).Draw(r, "steps") {
				switch what := rapid.IntRange(0, 11).Draw(r, "what"); {
				case what == 0 || len(c.cases) == 0:
					c.file()
				case what == 1:
					c.now = c.now.Add(time.Duration(rapid.SampledFrom([]int{1, 25, 50, 100, 200}).Draw(r, "hours")) * time.Hour)
					c.Advance(c.now.Format(time.RFC3339))
				default:
					c.act(rapid.SampledFrom(c.cases).Draw(r, "case"))
				}
				c.check()
			}
		})
	})
}

func (c *chaos) begin() {
	if rapid.Bool().Draw(c.r, "early") {
		c.do(c.Admin, "refundTriggerSet", apptest.Vars{"trigger": rapid.SampledFrom([]string{"APPROVAL", "CARRIER_PICKUP", "RECEIPT"}).Draw(c.r, "trigger")})
	}
	if rapid.Bool().Draw(c.r, "limited") {
		c.do(c.Admin, "refundLimitSet", apptest.Vars{"limit": "15.00"})
	}
	part := func(id, sku, price string, n int, more apptest.Vars) apptest.Vars {
		l := apptest.Vars{"externalId": id, "sku": sku, "title": sku, "quantity": n, "unitPrice": price, "deliveredAt": signed(1)}
		maps.Copy(l, more)
		return l
	}
	// 4 x 3.33 + 2 x 10.00 + 25.00 + 25.00 - 1.00 + 6.00 = 88.32
	c.buys(apptest.Vars{"discount": "1.00", "refunded": "5.00", "shipping": "6.00", "freeShippingFrom": "200.00",
		"tenders": []apptest.Vars{{"kind": "MONEY", "method": "card", "amount": "60.32"}, {"kind": "COUPON", "amount": "20.00", "lapses": rapid.Bool().Draw(c.r, "lapses")}, {"kind": "POINTS", "amount": "8.00", "points": 81}},
		"lines": []apptest.Vars{part("1", "CUP", "3.33", 4, nil), part("2", "PLATE", "10.00", 2, nil), part("3", "LEFT", "25.00", 1, apptest.Vars{"bundle": "PAIR", "listPrice": "30.00"}),
			part("4", "RIGHT", "25.00", 1, apptest.Vars{"bundle": "PAIR", "listPrice": "30.00"}), part("5", "TEA", "0.00", 2, apptest.Vars{"giftOf": "2", "markedPrice": "2.00"})}})
}

func (c *chaos) file() {
	c.lines()
	remedy := rapid.SampledFrom([]string{"REFUND", "RETURN_AND_REFUND", "EXCHANGE"}).Draw(c.r, "remedy")
	in := c.application(remedy, rapid.SampledFrom([]string{"QUALITY", "OTHER"}).Draw(c.r, "reason"))
	in["items"] = []apptest.Vars{{"orderLine": rapid.SampledFrom(c.order.Lines).Draw(c.r, "line"), "quantity": rapid.IntRange(1, 2).Draw(c.r, "quantity")}}
	errs, payload := c.try(c.Customer, "returnRequest", apptest.Vars{"input": in})
	if len(errs) == 0 {
		c.cases = append(c.cases, payload.Str("return.id"))
	} else if code := errs[0].Str("code"); !slices.Contains([]string{"QUANTITY_EXCEEDS_BOUGHT", "NOT_ELIGIBLE", "LIMIT_EXCEEDED"}, code) {
		c.r.Fatalf("request: %s %s", code, errs[0].Str("message"))
	}
}

// acts are the mutations on a case, each with what it is given; nil variables: its object does not exist yet.
func (c *chaos) acts(seen apptest.Data) map[string]func() (apptest.Caller, apptest.Vars) {
	ok := apptest.Vars{"ok": true}
	refund := func(by apptest.Caller, more apptest.Vars) func() (apptest.Caller, apptest.Vars) {
		return func() (apptest.Caller, apptest.Vars) {
			refunds := seen.List("refunds")
			if len(refunds) == 0 {
				return by, nil
			}
			vars := apptest.Vars{"id": refunds[len(refunds)-1].Str("id")}
			maps.Copy(vars, more)
			return by, vars
		}
	}
	given := func(by apptest.Caller, vars apptest.Vars) func() (apptest.Caller, apptest.Vars) {
		return func() (apptest.Caller, apptest.Vars) { return by, vars }
	}
	parcel := apptest.Vars{"carrier": "SF", "waybill": "SF-" + c.Key()}
	platform := c.Env.As("PLATFORM_ADMIN", "", "judge")
	decision := apptest.Vars{"verdict": rapid.SampledFrom([]string{"MERCHANT", "CUSTOMER", "CARRIER"}).Draw(c.r, "verdict"), "decision": "So be it."}
	inspect := func() (apptest.Caller, apptest.Vars) {
		var items []apptest.Vars
		for _, it := range seen.List("items") {
			items = append(items, apptest.Vars{"item": it.Str("id"), "acceptedQuantity": rapid.IntRange(0, it.Int("quantity")).Draw(c.r, "accepted"),
				"checks": []apptest.Vars{{"aspect": "APPEARANCE", "passed": true}, {"aspect": "FUNCTION", "passed": true}, {"aspect": "ACCESSORIES", "passed": true}}})
		}
		return c.Admin, apptest.Vars{"items": items}
	}
	return map[string]func() (apptest.Caller, apptest.Vars){
		"returnRequestInfo":          given(c.Admin, apptest.Vars{"question": "Which?"}),
		"returnProvideInfo":          given(c.Admin, apptest.Vars{"answer": "This."}),
		"returnApprove":              given(c.Admin, apptest.Vars{"input": apptest.Vars{"review": apptest.Vars{"product": ok, "description": ok, "reason": ok}, "steps": []string{"Send it."}}}),
		"returnReject":               given(c.Admin, apptest.Vars{"input": apptest.Vars{"reason": "No."}}),
		"returnShip":                 given(c.Admin, apptest.Vars{"input": parcel}),
		"returnReceive":              given(c.Admin, apptest.Vars{}),
		"returnInspect":              inspect,
		"returnRefund":               given(c.Agent, apptest.Vars{}),
		"refundConfirm":              refund(c.Admin, apptest.Vars{"reference": "bank"}),
		"refundFail":                 refund(c.Admin, apptest.Vars{"reason": "Closed."}),
		"refundRetry":                refund(c.Admin, apptest.Vars{}),
		"refundRelease":              refund(c.Admin, apptest.Vars{}),
		"returnPropose":              given(c.Admin, apptest.Vars{"input": apptest.Vars{"remedy": "REFUND", "disposition": rapid.SampledFrom([]string{"KEEP", "SCRAP"}).Draw(c.r, "disposition"), "amount": "1.50", "message": "Keep it."}}),
		"returnProposalAccept":       given(c.Admin, apptest.Vars{"message": "Yes, by phone."}),
		"returnProposalDecline":      given(c.Admin, apptest.Vars{"message": "No, by phone."}),
		"returnReplace":              given(c.Admin, apptest.Vars{"input": apptest.Vars{"shipment": parcel}}),
		"returnReplacementDelivered": given(c.Admin, apptest.Vars{}),
		"returnConvert":              given(c.Admin, apptest.Vars{"remedy": rapid.SampledFrom([]string{"RETURN_AND_REFUND", "EXCHANGE"}).Draw(c.r, "to"), "reason": "Sold out."}),
		"returnSendBack":             given(c.Admin, apptest.Vars{"input": parcel}),
		"returnSendBackDelivered":    given(c.Admin, apptest.Vars{}),
		"returnReopen":               given(c.Admin, apptest.Vars{}),
		"caseDispute":                given(c.Customer, apptest.Vars{"reason": "I object."}),
		"disputeDecide":              given(platform, apptest.Vars{"input": decision}),
		"returnCancel":               given(c.Admin, apptest.Vars{}),
	}
}

// refusable are what an allowed action may still be refused for: what it would do is not possible with these goods or this
// money.
var refusable = []string{"AMOUNT_EXCEEDS_PAID", "NOT_ELIGIBLE", "QUANTITY_EXCEEDS_BOUGHT", "WINDOW_CLOSED", "LIMIT_EXCEEDED", "FORBIDDEN"}

func (c *chaos) act(id string) {
	c.id = id
	seen := c.see(c.Admin)
	acts := c.acts(seen)
	// Mostly what is allowed, so that cases get on; now and then anything.
	var names []string
	for _, a := range seen.Strings("allowedActions") {
		if name := operation(a); acts[name] != nil {
			names = append(names, name)
		}
	}
	if seen.Str("status") == "DISPUTED" {
		names = append(names, "disputeDecide")
	}
	if len(names) == 0 || rapid.IntRange(0, 4).Draw(c.r, "any") == 0 {
		names = slices.Sorted(maps.Keys(acts))
	}
	name := rapid.SampledFrom(names).Draw(c.r, "action")
	by, vars := acts[name]()
	if vars == nil {
		return
	}
	allowed := slices.ContainsFunc(c.see(by).Strings("allowedActions"), func(a string) bool { return operation(a) == name })
	errs, _ := c.try(by, name, vars)
	code := ""
	if len(errs) > 0 {
		code = errs[0].Str("code")
	}
	switch {
	case allowed && (code == "" || slices.Contains(refusable, code)), !allowed && code != "":
	case name == "returnConvert" && code == "INVALID_INPUT": // it is that already
	default:
		c.r.Fatalf("%s in %s: refused as %q %v, allowed %v", name, seen.Str("status"), code, errs, seen.Strings("allowedActions"))
	}
}

// operation is the mutation of an action: RETURN_APPROVE is returnApprove.
func operation(action string) string {
	words := strings.Split(strings.ToLower(action), "_")
	for i := 1; i < len(words); i++ {
		words[i] = strings.ToUpper(words[i][:1]) + words[i][1:]
	}
	return strings.Join(words, "")
}

func (c *chaos) check() {
	o := c.Admin.Must(`query($id: ID!) { order(id: $id) { total { amount } refunded { amount } extraPaid { amount } lines { quantity returnableQuantity } cases(first: 100) { nodes { id status outcome closedAt allowedActions
		deadlines { kind state open obligor explanationOwed } ... on Return { refunds { state amount { amount } components { kind amount { amount } } parts { kind amount { amount } points lapsed } } } } } } }`,
		apptest.Vars{"id": c.order.ID}).Sub("order")
	refunded, back, points := 500, map[string]int{}, 0 // 5.00 went back elsewhere
	for _, k := range o.List("cases.nodes") {
		open := 0
		for _, d := range k.List("deadlines") {
			if d.Get("open") == true {
				open++
			}
			if d.Get("explanationOwed") == true && k.Get("closedAt") != nil {
				c.r.Fatalf("%s closed though an explanation is owed for %s", k.Str("status"), d.Str("kind"))
			}
		}
		if ended := k.Get("outcome") != nil; ended != (open == 0) {
			c.r.Fatalf("%s with %d open deadlines", k.Str("status"), open)
		}
		if k.Get("closedAt") == nil && len(k.Strings("allowedActions")) == 0 {
			c.r.Fatalf("%s is a dead end", k.Str("status"))
		}
		for _, r := range k.List("refunds") {
			sum, beyond := 0, 0
			for _, x := range r.List("components") {
				sum += c.cents(x.Str("amount.amount"))
				if slices.Contains([]string{"FREIGHT_BACK", "COMPENSATION"}, x.Str("kind")) {
					beyond += c.cents(x.Str("amount.amount"))
				}
			}
			refunded += sum - beyond
			paid, all := 0, 0
			for _, p := range r.List("parts") {
				n := c.cents(p.Str("amount.amount"))
				all += n
				back[p.Str("kind")] += n
				if p.Get("lapsed") != true {
					paid += n
				}
				if p.Get("points") != nil {
					points += p.Int("points")
				}
			}
			if all != sum || paid != c.cents(r.Str("amount.amount")) {
				c.r.Fatalf("components come to %d, parts to %d, %d reach the customer of %s", sum, all, paid, r.Str("amount.amount"))
			}
		}
	}
	if got := c.cents(o.Str("refunded.amount")); got != refunded || got > c.cents(o.Str("total.amount"))+c.cents(o.Str("extraPaid.amount")) {
		c.r.Fatalf("refunded %d, by its refunds %d, of %s", got, refunded, o.Str("total.amount"))
	}
	if back["COUPON"] > 2000 || back["POINTS"] > 800 || points > 81 {
		c.r.Fatalf("by means of payment %v, %d points", back, points)
	}
	for _, l := range o.List("lines") {
		if n := l.Int("returnableQuantity"); n < 0 || n > l.Int("quantity") {
			c.r.Fatalf("%d of %d units can be returned", n, l.Int("quantity"))
		}
	}
}

func (c *chaos) cents(amount string) int {
	whole, rest, _ := strings.Cut(amount, ".")
	n, err := strconv.Atoi(whole + rest)
	if err != nil {
		c.r.Fatal(err)
	}
	return n
}
