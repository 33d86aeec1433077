package e2e

import (
	"fmt"
	"strings"
	"testing"

	"aftersales/internal/apptest"
	"aftersales/internal/auth"
)

const (
	addMessage  = `mutation($id: ID!, $k: String!, $t: String!, $i: Boolean!) { caseMessageAdd(id: $id, idempotencyKey: $k, text: $t, internal: $i) { message { id text internal author { role name } at } case { id version revision } userErrors { code field message allowedActions } } }`
	addEvidence = `mutation($id: ID!, $k: String!, $in: EvidenceInput!) { caseEvidenceAdd(id: $id, idempotencyKey: $k, input: $in) { evidence { id kind url note sha256 author { role } } userErrors { code field message allowedActions } } }`
	thread      = `query($id: ID!) { case(id: $id) { version messages(first: 10) { totalCount nodes { id text internal author { role name } } } evidence { url kind } deadlines { kind state metAt } events { nodes { type note } } } }`
	silent      = `query($h: Int!) { cases(filter: { silentForHours: $h }) { nodes { id } totalCount } }`
)

func ids(d apptest.Data, path string) []string {
	var out []string
	for _, n := range d.List(path) {
		out = append(out, n.Str("id"))
	}
	return out
}

// MALL-3.3f, MALL-3.1d: a thread that customer and merchant share, notes among staff that the customer never sees, and the
// first answer to the customer recorded with who and when.
func TestThreadOfACase(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-09-24T10:00:00+08:00")
		o := s.Order("A1", "2025-09-24T10:00:00+08:00", apptest.Line{SKU: "KETTLE", Quantity: 1, UnitPrice: "99.00"})
		id := s.Request(o, "RETURN_AND_REFUND", 1)
		say := func(who apptest.Caller, text string, internal bool) apptest.Data {
			return who.Must(addMessage, apptest.Vars{"id": id, "k": s.Key(), "t": text, "i": internal})
		}
		say(s.Customer, "Is anybody there?", false)
		note := say(s.Warehouse, "We have a spare lid.", true).Str("caseMessageAdd.message.id")
		if d := s.Agent.Must(thread, apptest.Vars{"id": id}); clockState(d, "FIRST_RESPONSE") != "RUNNING" {
			t.Error("a customer's message or a note met FIRST_RESPONSE")
		}
		s.Advance("2025-09-24T11:00:00+08:00")
		say(s.Agent, "We are looking into it.", false)
		d := s.Agent.Must(thread, apptest.Vars{"id": id})
		if clockState(d, "FIRST_RESPONSE") != "MET" {
			t.Error("the answer did not meet FIRST_RESPONSE")
		}
		if got := d.Int("case.messages.totalCount"); got != 3 {
			t.Errorf("staff see %d messages", got)
		}
		if m := d.List("case.messages.nodes")[2]; m.Str("author.name") != "Li Na" || m.Str("author.role") != "AGENT" {
			t.Errorf("author %v", m)
		}
		if d.Int("case.version") != 1 {
			t.Error("talking raised the version")
		}
		d = s.Customer.Must(thread, apptest.Vars{"id": id})
		if got := d.Int("case.messages.totalCount"); got != 2 {
			t.Errorf("the customer sees %d messages", got)
		}
		for _, ev := range d.List("case.events.nodes") {
			if ev.Get("note") == "We have a spare lid." {
				t.Error("the note stands in the customer's timeline")
			}
		}
		if d := s.Customer.Must(`query($id: ID!) { node(id: $id) { id } }`, apptest.Vars{"id": note}); d.Get("node") != nil {
			t.Error("the customer reads a note by its id")
		}
		if errs := s.Customer.Refused(addMessage, apptest.Vars{"id": id, "k": s.Key(), "t": "x", "i": true}); errs[0].Str("code") != "FORBIDDEN" {
			t.Errorf("%v", errs)
		}
		if errs := s.Finance.Refused(addMessage, apptest.Vars{"id": id, "k": s.Key(), "t": "x", "i": false}); errs[0].Str("code") != "FORBIDDEN" {
			t.Errorf("%v", errs)
		}
		if errs := s.Agent.Refused(addMessage, apptest.Vars{"id": id, "k": s.Key(), "t": " ", "i": false}); errs[0].Str("code") != "INVALID_INPUT" {
			t.Errorf("%v", errs)
		}
		if errs := e.As(auth.Customer, "mall", "c-2").Refused(addMessage, apptest.Vars{"id": id, "k": s.Key(), "t": "x", "i": false}); errs[0].Str("code") != "NOT_FOUND" {
			t.Errorf("%v", errs)
		}
		key := s.Key()
		first := s.Agent.Must(addMessage, apptest.Vars{"id": id, "k": key, "t": "Once.", "i": false}).Str("caseMessageAdd.message.id")
		if again := s.Agent.Must(addMessage, apptest.Vars{"id": id, "k": key, "t": "Once.", "i": false}).Str("caseMessageAdd.message.id"); again != first {
			t.Error("the same key wrote twice")
		}
	})
}

func clockState(d apptest.Data, kind string) string {
	for _, c := range d.List("case.deadlines") {
		if c.Str("kind") == kind {
			return c.Str("state")
		}
	}
	return ""
}

// MALL-3.2d: evidence is a reference with a hash, seen by everybody who sees the case.
func TestEvidenceIsAReference(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-09-24T10:00:00+08:00")
		id := s.Request(s.Order("A1", "2025-09-24T10:00:00+08:00", apptest.Line{SKU: "KETTLE", Quantity: 1, UnitPrice: "99.00"}), "RETURN_AND_REFUND", 1)
		add := func(in apptest.Vars) apptest.Vars { return apptest.Vars{"id": id, "k": s.Key(), "in": in} }
		d := s.Customer.Must(addEvidence, add(apptest.Vars{"kind": "PHOTO", "url": "https://photos.example/1.jpg", "note": "the crack"}))
		if d.Str("caseEvidenceAdd.evidence.author.role") != "CUSTOMER" || d.Get("caseEvidenceAdd.evidence.sha256") != nil {
			t.Errorf("%v", d)
		}
		for field, in := range map[string]apptest.Vars{
			"url":    {"kind": "PHOTO", "url": "http://photos.example/1.jpg"},
			"sha256": {"kind": "PHOTO", "url": "https://photos.example/1.jpg", "sha256": "xyz"},
		} {
			errs := s.Customer.Refused(addEvidence, add(in))
			if errs[0].Str("code") != "INVALID_INPUT" || fmt.Sprint(errs[0].Strings("field")) != "[input "+field+"]" {
				t.Errorf("%s: %v", field, errs)
			}
		}
		if d := s.Warehouse.Must(thread, apptest.Vars{"id": id}); len(d.List("case.evidence")) != 1 || d.Str("case.evidence.0.url") != "https://photos.example/1.jpg" {
			t.Errorf("%v", d)
		}
	})
}

// MALL-3.3f: open cases whose customer heard nothing for more than N hours; a colleague's note or an assignment is no news.
func TestSilentCases(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-09-24T10:00:00+08:00")
		o := s.Order("A1", "2025-09-24T10:00:00+08:00", apptest.Line{SKU: "KETTLE", Quantity: 5, UnitPrice: "99.00"})
		quiet, talked, ended := s.Request(o, "RETURN_AND_REFUND", 1), s.Request(o, "RETURN_AND_REFUND", 1), s.Request(o, "RETURN_AND_REFUND", 1)
		s.Customer.Must(apptest.CancelReturn, apptest.Vars{"id": ended})
		s.Advance("2025-09-24T15:00:00+08:00")
		s.Agent.Must(addMessage, apptest.Vars{"id": talked, "k": s.Key(), "t": "Soon.", "i": false})
		s.Agent.Must(addMessage, apptest.Vars{"id": quiet, "k": s.Key(), "t": "note", "i": true})
		s.Advance("2025-09-24T20:00:00+08:00")
		if got := ids(s.Supervisor.Must(silent, apptest.Vars{"h": 5}), "cases.nodes"); len(got) != 1 || got[0] != quiet {
			t.Errorf("silent for more than 5 hours: %v, want %s", got, quiet)
		}
		if got := ids(s.Supervisor.Must(silent, apptest.Vars{"h": 4}), "cases.nodes"); len(got) != 2 {
			t.Errorf("silent for more than 4 hours: %v", got)
		}
		if got := ids(s.Supervisor.Must(silent, apptest.Vars{"h": 10}), "cases.nodes"); len(got) != 0 {
			t.Errorf("exactly 10 hours are not more than 10: %v", got)
		}
	})
}

// MALL-2.2b: goods that are not what was ordered come first; MALL-3.1e: each reason tells how to fill in the request.
func TestUrgentReasonsAndGuidance(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-09-24T10:00:00+08:00")
		for i, c := range []struct{ reason, priority string }{{"WRONG_ITEM", "URGENT"}, {"NOT_AS_DESCRIBED", "URGENT"}, {"MISSING_ITEM", "URGENT"}, {"QUALITY", "NORMAL"}} {
			o := s.Order(fmt.Sprint("A", i), "2025-09-24T10:00:00+08:00", apptest.Line{SKU: "KETTLE", Quantity: 1, UnitPrice: "99.00"})
			in := s.RequestVars(o, "RETURN_AND_REFUND", 1)
			in["in"].(apptest.Vars)["reasonHandle"] = c.reason
			d := s.Customer.Must(`mutation($in: ReturnRequestInput!) { returnRequest(input: $in) { return { priority } userErrors { code } } }`, in)
			if got := d.Str("returnRequest.return.priority"); got != c.priority {
				t.Errorf("%s opens %s", c.reason, got)
			}
		}
		en, zh := s.Customer.Must(`{ returnReasons { handle guidance urgent } }`, nil), s.Customer.In("zh-CN").Must(`{ returnReasons { handle guidance } }`, nil)
		for i, r := range en.List("returnReasons") {
			if r.Str("guidance") == "" || r.Str("guidance") == zh.List("returnReasons")[i].Str("guidance") {
				t.Errorf("%s: guidance %q", r.Str("handle"), r.Str("guidance"))
			}
		}
	})
}

// MALL-3.3f: limits count characters, not bytes: the longest Chinese message, description and answer are taken whole.
func TestLongChineseTextsAreTakenWhole(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-09-24T10:00:00+08:00")
		o := s.Order("A1", "2025-09-24T10:00:00+08:00", apptest.Line{SKU: "KETTLE", Quantity: 1, UnitPrice: "99.00"})
		long := strings.Repeat("好", 5000)
		in := s.RequestVars(o, "RETURN_AND_REFUND", 1)
		in["in"].(apptest.Vars)["description"] = long
		id := s.Customer.Must(apptest.RequestReturn, in).Str("returnRequest.return.id")
		s.Agent.Must(addMessage, apptest.Vars{"id": id, "k": s.Key(), "t": long, "i": false})
		s.Customer.Must(addEvidence, apptest.Vars{"id": id, "k": s.Key(), "in": apptest.Vars{"kind": "PHOTO", "url": "https://photos.example/1.jpg", "note": strings.Repeat("好", 1000)}})
		s.Admin.Must(publishPolicy, apptest.Vars{"t": strings.Repeat("好", 20000)})
		d := s.Customer.Must(`query($id: ID!) { case(id: $id) { description messages { nodes { text } } } }`, apptest.Vars{"id": id})
		if d.Str("case.description") != long || d.Str("case.messages.nodes.0.text") != long {
			t.Error("a text was cut")
		}
		if errs := s.Agent.Refused(addMessage, apptest.Vars{"id": id, "k": s.Key(), "t": long + "好", "i": false}); errs[0].Str("code") != "INVALID_INPUT" {
			t.Errorf("%v", errs)
		}
		if r := s.Supervisor.Do(silent, apptest.Vars{"h": 87601}); len(r.Errors) != 1 || r.Errors[0].Code() != "BAD_USER_INPUT" {
			t.Errorf("silence of more than ten years: %s", r.Raw)
		}
	})
}
