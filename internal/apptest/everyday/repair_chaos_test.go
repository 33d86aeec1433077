package everyday

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"aftersales/internal/apptest"
	"aftersales/internal/lifecycle"
)

// workshop does anything to several repairs of one order, as everybody who may.
type workshop struct {
	*apptest.Shop
	t     *testing.T
	r     *rapid.T
	now   time.Time
	line  string
	cases []string
	// where is whether this run's repairs are mostly done at the depot or at the customer's.
	where string
	// stood is the status each case had when it was last looked at.
	stood map[string]string
	tech  apptest.Caller
	// again are those whose clock began anew: taken up after their end, or by a decision.
	again map[string]bool
}

// MALL-4.3a, MALL-4.3b, MALL-1.1b, SLA-A-2.2.5a: whatever is done to repairs in whatever order, each step is a row of the
// transition table, allowedActions are what the server accepts, closedAt stands only where every deadline is done and every miss
// explained, and no repair is extended beyond 10 working days, nor twice, nor from another start.
func TestWhateverIsDoneRepairsKeepTheirTable(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		shops := 0
		rapid.Check(t, func(r *rapid.T) {
			shops++
			now, err := time.Parse(time.RFC3339, opening)
			if err != nil {
				r.Fatal(err)
			}
			w := &workshop{Shop: e.Sandbox(fmt.Sprint("workshop-", shops), opening), t: t, r: r, now: now, stood: map[string]string{}, again: map[string]bool{}}
			w.tech = e.As("TECHNICIAN", w.Slug, "tan.gang")
			w.begin()
			for range rapid.IntRange(15, 60).Draw(r, "steps") {
				switch what := rapid.IntRange(0, 12).Draw(r, "what"); {
				case what == 0 || len(w.cases) == 0:
					w.file()
				case what == 1:
					w.now = w.now.Add(time.Duration(rapid.SampledFrom([]int{1, 25, 50, 100, 200, 800}).Draw(r, "hours")) * time.Hour)
					w.Advance(w.now.Format(time.RFC3339))
					w.check("")
				default:
					w.act(rapid.SampledFrom(w.cases).Draw(r, "case"))
				}
			}
		})
	})
}

func (w *workshop) begin() {
	o := w.Order("A1", opening, apptest.Line{SKU: "IRON", Quantity: 3, UnitPrice: "100.00", Delivered: signed(1)})
	w.line = o.Lines[0]
	w.Admin.Must(`mutation { feeUpsert(input: { code: "LABOUR", name: "N", basis: "B", amount: "30.00", legalReference: "L", validFrom: "2024-01-01" }) { fee { id } userErrors { code field message } } }`, nil)
	w.where = rapid.SampledFrom([]string{"DEPOT", "ON_SITE"}).Draw(w.r, "where")
	if plans := rapid.SampledFrom([]string{"", "SLA-A", "SLA-B"}).Draw(w.r, "plan"); plans != "" {
		w.Adopt("REPAIR", plans)
	}
}

func (w *workshop) file() {
	errs, payload := w.send(w.Customer, "repairRequest", `input: { idempotencyKey: "`+w.Key()+`", orderLine: "`+w.line+`", description: "Cold." }`)
	if len(errs) == 0 {
		id := payload.Str("repair.id")
		w.cases, w.stood[id] = append(w.cases, id), "REQUESTED"
	} else if code := errs[0].Str("code"); code != "QUANTITY_EXCEEDS_BOUGHT" {
		w.r.Fatalf("request: %s %s", code, errs[0].Str("message"))
	}
}

// send carries out a mutation and gives what was refused and the payload.
func (w *workshop) send(by apptest.Caller, mutation, arguments string) ([]apptest.Data, apptest.Data) {
	r := by.Do(`mutation { `+mutation+`(`+arguments+`) { `+map[bool]string{true: "case", false: "repair"}[strings.HasPrefix(mutation, "case") || strings.HasPrefix(mutation, "dispute")]+` { id status } userErrors { code field message } } }`, nil)
	if len(r.Errors) > 0 {
		w.t.Fatalf("%s(%s): %s", mutation, arguments, r.Raw)
	}
	payload := apptest.ParseData(w.t, r.Data).Sub(mutation)
	return payload.List("userErrors"), payload
}

// acts are the mutations of a repair with their arguments and who uses them; empty arguments: what they are about is not there.
func (w *workshop) acts(seen apptest.Data) map[string]struct {
	by        apptest.Caller
	arguments string
} {
	id := `id: "` + seen.Str("id") + `"`
	key := `, idempotencyKey: "` + w.Key() + `"`
	parcel := `, input: { carrier: "SF", waybill: "SF-` + w.Key() + `" }`
	quote, part, awaited := "", "", ""
	for _, q := range seen.List("quotes") {
		quote = `quote: "` + q.Str("id") + `", message: "M"`
	}
	for _, p := range seen.List("parts") {
		part = id + `, part: "` + p.Str("id") + `", reason: "R"`
		if p.Get("expectedOn") != nil && p.Get("arrivedAt") == nil {
			awaited = `part: "` + p.Str("id") + `"`
		}
	}
	found := rapid.SampledFrom([]string{`goodwill: true, goodwillReason: "G"`, ``, `faultFound: false`, `repairable: false`}).Draw(w.r, "found")
	if len(seen.List("evidence")) > 0 && rapid.Bool().Draw(w.r, "broken") {
		found = `humanCaused: true, humanCausedEvidence: ["` + seen.Str("evidence.0.id") + `"]`
	}
	next := rapid.SampledFrom([]string{``, `next: TAKEN_IN`, `next: SEND_IN`, `next: AGAIN, note: "N"`}).Draw(w.r, "next")
	slot := `startsAt: "` + w.now.Add(time.Hour).Format(time.RFC3339) + `", endsAt: "` + w.now.Add(2*time.Hour).Format(time.RFC3339) + `"`
	missed := ""
	for _, v := range seen.List("visits") {
		if v.Str("state") == "SCHEDULED" {
			slot += `, movedBy: CUSTOMER`
			missed = id + `, input: { at: "` + v.Str("startsAt") + `", note: "N" }`
		}
	}
	kind := rapid.SampledFrom([]string{`name: "Screw"`, `name: "Cord", expectedOn: "2027-01-01"`, `name: "Board", special: true, supplier: "S", expectedOn: "2027-01-01"`}).Draw(w.r, "part")
	passed := rapid.SampledFrom([]string{`testPassed: true`, `testPassed: true, handover: COLLECT`, `testPassed: false, testNotes: "N"`}).Draw(w.r, "test")
	ruling := rapid.SampledFrom([]string{"MERCHANT", "CUSTOMER"}).Draw(w.r, "verdict")
	type try = struct {
		by        apptest.Caller
		arguments string
	}
	return map[string]try{
		"repairRequestInfo":       {w.Agent, id + `, question: "Q?"`},
		"repairProvideInfo":       {w.Customer, id + `, answer: "A."`},
		"repairApprove":           {w.Agent, id + `, input: { way: ` + w.where + `, steps: ["S"] }`},
		"repairReject":            {w.Agent, id + `, reason: "R"`},
		"repairCancel":            {w.Customer, id},
		"repairShip":              {w.Customer, id + parcel},
		"repairDelivered":         {w.Integration, id + `, input: { signedBy: "Z" }`},
		"repairReceive":           {w.Warehouse, id},
		"repairDiagnose":          {w.tech, id + `, input: { finding: "F", plan: "P" ` + found + ` }`},
		"repairQuote":             {w.tech, id + key + `, input: { lines: [{ fee: "LABOUR" }] }`},
		"repairQuoteAccept":       {w.Customer, quote},
		"repairQuoteDecline":      {w.Customer, quote},
		"repairStart":             {w.tech, id},
		"repairPartRecord":        {w.tech, id + key + `, input: { ` + kind + ` }`},
		"repairPartArrive":        {w.Warehouse, awaited},
		"repairExtend":            {w.Agent, part},
		"repairComplete":          {w.tech, id + `, input: { workDone: "W", ` + passed + ` }`},
		"repairSendBack":          {w.tech, id + parcel},
		"repairSendBackDelivered": {w.Customer, id},
		"repairCollect":           {w.tech, id},
		"repairVisitSchedule":     {w.Agent, id + `, input: { ` + slot + ` }`},
		"repairVisitMissed":       {w.tech, missed},
		"repairVisitStart":        {w.tech, id},
		"repairVisitEnd":          {w.tech, id + `, input: { ` + next + ` }`},
		"repairConvert":           {w.Agent, id + key + `, input: { remedy: EXCHANGE, reason: "R" }`},
		"caseDispute":             {w.Customer, id + key + `, reason: "R"`},
		"disputeDecide":           {w.Env.As("PLATFORM_ADMIN", "", "judge"), id + key + `, input: { verdict: ` + ruling + `, decision: "D" }`},
		"caseEvidenceAdd":         {w.Customer, id + key + `, input: { kind: PHOTO, url: "https://photos.example/1.jpg" }`},
		"caseClose":               {w.Agent, id},
	}
}

// explain tells the customer about whatever can be explained.
func (w *workshop) explain(seen apptest.Data) {
	for _, d := range seen.List("deadlines") {
		if d.Get("explanationOwed") == true {
			w.Agent.Must(`mutation($id: ID!, $at: DateTime!) { caseExplainDelay(deadline: $id, input: { reason: PARTS, text: "Sorry.", toldAt: $at, channel: PHONE }) { deadline { id } userErrors { code field message } } }`,
				apptest.Vars{"id": d.Str("id"), "at": w.now.Format(time.RFC3339)})
		}
	}
}

const workshopSees = `id status visits { state startsAt } outcome closedAt openedAt allowedActions evidence { id } quotes { id state } parts { id special expectedOn arrivedAt }
	deadlines { id kind state open explanationOwed startedAt rule { length } extension { length } }`

func (w *workshop) see(by apptest.Caller, id string) apptest.Data {
	return by.Must(`query($id: ID!) { repair(id: $id) { `+workshopSees+` } }`, apptest.Vars{"id": id}).Sub("repair")
}

// refusals that depend on more than the table: what the part, the quote or the clock says.
var mayRefuse = map[string][]string{
	"repairExtend": {"EXTENSION_REFUSED"}, "repairQuoteAccept": {"NOT_ELIGIBLE"}, "repairQuoteDecline": {"NOT_ELIGIBLE"}, "repairPartArrive": {"NOT_ELIGIBLE"},
	"repairPartRecord": {"LIMIT_EXCEEDED"}, "repairQuote": {"LIMIT_EXCEEDED"}, "caseClose": {"EXPLANATION_REQUIRED"},
	// A second diagnosis during the work is only possible when nothing can be repaired.
	"repairDiagnose": {"ILLEGAL_TRANSITION", "NOT_ELIGIBLE"}, // or the platform said that nobody is to blame
	// What follows a visit depends on what was found; nobody is missed before the time; the units may be in another case by now.
	"repairVisitEnd": {"INVALID_INPUT", "ILLEGAL_TRANSITION"}, "repairVisitMissed": {"INVALID_INPUT"}, "repairVisitSchedule": {"INVALID_INPUT"}, "repairConvert": {"QUANTITY_EXCEEDS_BOUGHT"}, "repairDelivered": {"INVALID_INPUT"}, "caseDispute": {"QUANTITY_EXCEEDS_BOUGHT", "WINDOW_CLOSED"},
}

func (w *workshop) act(id string) {
	seen := w.see(w.Admin, id)
	if rapid.IntRange(0, 9).Draw(w.r, "explain") == 0 {
		w.explain(seen)
		w.check("")
		return
	}
	acts := w.acts(seen)
	names := make([]string, 0, len(acts))
	for name := range acts {
		names = append(names, name)
	}
	slices.Sort(names)
	// Mostly what is allowed, so that cases get somewhere.
	if rapid.IntRange(0, 4).Draw(w.r, "allowed") > 0 {
		names = slices.DeleteFunc(names, func(n string) bool {
			return !slices.ContainsFunc(w.see(acts[n].by, id).Strings("allowedActions"), func(a string) bool { return operation(a) == n })
		})
	}
	if len(names) == 0 {
		return
	}
	name := rapid.SampledFrom(names).Draw(w.r, "act")
	try := acts[name]
	if try.arguments == "" || name == "caseClose" && seen.Get("closedAt") != nil { // closing again changes nothing
		return
	}
	allowed := slices.ContainsFunc(w.see(try.by, id).Strings("allowedActions"), func(a string) bool { return operation(a) == name })
	errs, _ := w.send(try.by, name, try.arguments)
	code := ""
	if len(errs) > 0 {
		code = errs[0].Str("code")
	}
	if allowed != (code == "") && !(code != "" && slices.Contains(mayRefuse[name], code)) {
		w.r.Fatalf("%s in %s: refused as %q %v, allowed %v", name, seen.Str("status"), code, errs, seen.Strings("allowedActions"))
	}
	if code == "" {
		if name == "disputeDecide" || name == "repairReceive" && lifecycle.Status(seen.Str("status")).Ended() {
			w.again[id] = true
		}
		w.check(name)
	}
}

// alone are the actions that the service carries out by itself when a clock is missed.
var alone = []lifecycle.Action{lifecycle.Expire, lifecycle.RepairApprove, lifecycle.RepairReceive, lifecycle.RepairQuoteDecline}

// leads reports whether the table leads from one status to another by steps of the actions named.
func leads(from, to string, by []lifecycle.Action) bool {
	reached := []string{from}
	for i := 0; i < len(reached); i++ {
		for _, row := range lifecycle.Table(lifecycle.Repairs) {
			next := string(row.To)
			if row.To == "" {
				next = reached[i]
			}
			if slices.Contains(by, row.Action) && slices.Contains(row.From, lifecycle.Status(reached[i])) && !slices.Contains(reached, next) {
				reached = append(reached, next)
			}
		}
	}
	return slices.Contains(reached, to)
}

// check looks at every case after an act, "" for time that passed.
func (w *workshop) check(act string) {
	by := slices.Clone(alone)
	for _, row := range lifecycle.Table(lifecycle.Repairs) {
		if row.Action.Operation() == act {
			by = append(by, row.Action)
		}
	}
	for _, id := range w.cases {
		c := w.see(w.Admin, id)
		status := c.Str("status")
		if before := w.stood[id]; before != status && !leads(before, status, by) {
			w.r.Fatalf("%s led from %s to %s, which is no row of the table", act, before, status)
		}
		w.stood[id] = status
		w.sound(c, status)
	}
}

// sound checks one case.
func (w *workshop) sound(c apptest.Data, status string) {
	open, extended := 0, 0
	for _, d := range c.List("deadlines") {
		if d.Get("open") == true {
			open++
		}
		if d.Get("explanationOwed") == true && c.Get("closedAt") != nil {
			w.r.Fatalf("%s closed though an explanation is owed for %s", status, d.Str("kind"))
		}
		if d.Get("extension") == nil {
			continue
		}
		extended++
		if d.Str("kind") != "REPAIR" || d.Int("extension.length") > 10 || !w.again[c.Str("id")] && d.Str("startedAt") != c.Str("openedAt") {
			w.r.Fatalf("%s extended to %d from %s", d.Str("kind"), d.Int("extension.length"), d.Str("startedAt"))
		}
	}
	if extended > 1 {
		w.r.Fatalf("extended %d times", extended)
	}
	ended := lifecycle.Status(status).Ended()
	if ended != (c.Get("outcome") != nil) || c.Get("closedAt") != nil && !ended {
		w.r.Fatalf("%s, outcome %v, closed %v", status, c.Get("outcome"), c.Get("closedAt"))
	}
	// Goods on their way home are the carrier's, and who is there ends the visit; otherwise somebody has something to keep.
	visiting := slices.ContainsFunc(c.List("visits"), func(v apptest.Data) bool { return v.Str("state") == "STARTED" })
	if ended && open > 0 || !ended && open == 0 && status != "SENT_BACK" && !visiting {
		w.r.Fatalf("%s with %d open deadlines", status, open)
	}
}
