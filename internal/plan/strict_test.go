package plan

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"aftersales/internal/calendar"
	"aftersales/internal/deadline"
	"aftersales/internal/lifecycle"
)

func china(t testing.TB) *calendar.Calendar {
	t.Helper()
	spec, ok := calendar.BuiltIn("CN")
	if !ok {
		t.Fatal("no calendar CN")
	}
	cal, err := calendar.New(spec, 1)
	if err != nil {
		t.Fatal(err)
	}
	return cal
}

// candidates are what plans promise a case from an event on, counted from a start.
func candidates(t testing.TB, cal *calendar.Calendar, at time.Time, e lifecycle.Event, of Subject, plans ...*Plan) (all []Candidate) {
	t.Helper()
	for _, p := range plans {
		for _, pr := range p.Starting(e, of) {
			r, err := deadline.Compute(cal, deadline.Clock{Rule: pr.Rule(), Start: at})
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, Candidate{p, pr, r.PromisedDueAt})
		}
	}
	return all
}

func clauses(all []Candidate) (out []string) {
	for _, c := range all {
		out = append(out, c.Promise.Clause)
	}
	return out
}

// What a repair and a return get from several plans at once: SLA-A's and SLA-B's figures hold where they are stricter, and
// nothing of MALL is lost.
func TestHoldingOfTheBuiltInPlans(t *testing.T) {
	t.Parallel()
	b, cal := book(t), china(t)
	at := time.Date(2025, 9, 29, 12, 0, 0, 0, time.UTC) // Monday evening before the National Day
	repair := Subject{Kind: lifecycle.Repairs}
	urgent := Subject{Kind: lifecycle.Return, Remedy: lifecycle.ReturnAndRefund, Priority: "URGENT"}
	for _, c := range []struct {
		name  string
		of    Subject
		e     lifecycle.Event
		plans []string
		want  []string
	}{
		{"the full response is a response, too", repair, lifecycle.Opened, []string{"MALL", "SLA-A"}, []string{"MALL-3.2a", "MALL-4.3a", "SLA-A-2.2.1"}},
		{"1 hour before 24", repair, lifecycle.Opened, []string{"MALL", "SLA-A", "SLA-B"}, []string{"MALL-3.2a", "MALL-4.3a", "SLA-B-2.2.1"}},
		{"whatever the order", repair, lifecycle.Opened, []string{"SLA-B", "MALL", "SLA-A"}, []string{"SLA-B-2.2.1", "MALL-3.2a", "MALL-4.3a"}},
		{"24 hours before 3 working days", repair, lifecycle.SendBackDue, []string{"MALL", "SLA-A"}, []string{"SLA-A-2.2.4"}},
		{"explained in advance", repair, lifecycle.SendBackDue, []string{"MALL", "SLA-A", "SLA-B"}, []string{"SLA-B-2.2.4"}},
		{"a visit", repair, lifecycle.SiteVisitDue, []string{"MALL", "SLA-A", "SLA-B"}, []string{"SLA-B-2.2.2"}},
		{"only A", repair, lifecycle.EventReceived, []string{"MALL", "SLA-A"}, []string{"SLA-A-2.2.3"}},
		{"compensation stands beside the equal promise without", returned, lifecycle.Opened, []string{"MALL", "SLA-A", "COURIER"}, []string{"MALL-3.2a", "MALL-4.2a", "COURIER-4.1.1"}},
		{"urgent: the quick answer and the full one", urgent, lifecycle.Opened, []string{"MALL", "COURIER"}, []string{"MALL-3.2a", "MALL-4.2a", "COURIER-4.1.1", "COURIER-4.1.2"}},
	} {
		var plans []*Plan
		for _, code := range c.plans {
			plans = append(plans, b.Latest(code))
		}
		if got := clauses(Holding(candidates(t, cal, at, c.e, c.of, plans...))); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestNoLonger(t *testing.T) {
	t.Parallel()
	const m, h, w, d, mo = deadline.Minutes, deadline.Hours, deadline.WorkingDays, deadline.Days, deadline.Months
	for _, c := range []struct {
		unit  deadline.Unit
		n     int
		than  deadline.Unit
		limit int
		want  bool
	}{
		{h, 24, h, 24, true}, {h, 25, h, 24, false}, {m, 60, h, 1, true}, {m, 61, h, 1, false}, {h, 1, m, 60, true}, {h, 2, m, 119, false},
		{h, 24, d, 1, true}, {h, 25, d, 1, false}, {h, 72, w, 3, true}, {h, 73, w, 3, false}, {m, 1440, w, 1, true}, {m, 1441, d, 1, false},
		{d, 3, w, 3, true}, {d, 4, w, 3, false}, {w, 1, d, 30, false}, {d, 1, h, 1000, false}, {w, 1, h, 1000, false},
		{w, 3, w, 3, true}, {w, 4, w, 3, false}, {d, 1, mo, 1, false}, {mo, 1, mo, 2, true}, {mo, 1, d, 100, false}, {h, 1, mo, 1, false},
	} {
		if got := NoLonger(c.unit, c.n, c.than, c.limit); got != c.want {
			t.Errorf("%d %s no longer than %d %s: %v", c.n, c.unit, c.limit, c.than, got)
		}
	}
}

// What NoLonger says is so for every start of two years, over both holidays and their make-up workdays, to the microsecond.
func TestNoLongerIsTrueOfEveryStart(t *testing.T) {
	t.Parallel()
	cal := china(t)
	rng := rand.New(rand.NewPCG(1, 2))
	units := []deadline.Unit{deadline.Minutes, deadline.Hours, deadline.WorkingDays, deadline.Days, deadline.Months}
	for range 20_000 {
		at := randomStart(rng)
		p, q := Promise{Unit: units[rng.IntN(5)], Length: 1 + rng.IntN(80)}, Promise{Unit: units[rng.IntN(5)], Length: 1 + rng.IntN(5)}
		if NoLonger(p.Unit, p.Length, q.Unit, q.Length) && count(t, cal, p, at).After(count(t, cal, q, at)) {
			t.Fatalf("from %s: %d %s are longer than %d %s", at, p.Length, p.Unit, q.Length, q.Unit)
		}
	}
}

func randomStart(rng *rand.Rand) time.Time {
	return time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(rng.Int64N(int64(700 * 24 * time.Hour)))).Truncate(time.Microsecond)
}

func count(t testing.TB, cal *calendar.Calendar, p Promise, at time.Time, pauses ...deadline.Pause) time.Time {
	t.Helper()
	r, err := deadline.Compute(cal, deadline.Clock{Rule: p.Rule(), Start: at, Pauses: pauses})
	if err != nil {
		t.Fatal(err)
	}
	return *r.DueAt
}

var (
	someEvents   = []lifecycle.Event{lifecycle.Responded, lifecycle.InfoRequested, lifecycle.ProblemConfirmed, lifecycle.PlanTold, lifecycle.Approved}
	someStatuses = []lifecycle.Status{lifecycle.NeedsInfo, lifecycle.Proposed}
	someActions  = []TimeoutAction{Escalate, Approve}
)

func some[T any](rng *rand.Rand, from []T) (out []T) {
	for _, v := range from {
		if rng.IntN(2) == 0 {
			out = append(out, v)
		}
	}
	return out
}

func randomPromise(rng *rand.Rand) Promise {
	units := []deadline.Unit{deadline.Minutes, deadline.Hours, deadline.Hours, deadline.WorkingDays, deadline.Days}
	p := Promise{Kind: FirstResponse, Clause: "c", Unit: units[rng.IntN(5)], Length: 1 + rng.IntN(4), Obligor: Merchant, Roll: rng.IntN(4) == 0,
		Stop: some(rng, someEvents), PausedIn: some(rng, someStatuses[:rng.IntN(3)]), OnTimeout: some(rng, someActions[:rng.IntN(3)]), Explain: rng.IntN(3) > 0}
	if p.Unit.Elapsed() {
		p.Length *= 12
	}
	if rng.IntN(2) == 0 {
		p.StopAll = some(rng, someEvents[:4])
	}
	p.ExplainAhead = p.Explain && rng.IntN(3) == 0
	if rng.IntN(4) == 0 {
		p.Extension = &Extension{To: p.Length + 1 + rng.IntN(3), Clause: "e"}
	}
	if rng.IntN(4) == 0 {
		p.Compensation = &Compensation{PerDayBps: 100 * (1 + rng.IntN(2)), CapBps: 1000 * (1 + rng.IntN(2))}
	}
	return p
}

// kept reports at which of a sequence of events a promise is fulfilled, -1 for never: as package casework judges it.
func kept(p Promise, events []lifecycle.Event) int {
	facts := map[lifecycle.Event]bool{}
	for i, e := range events {
		if p.StopsAt(e) {
			return i
		}
		if e == lifecycle.InfoRequested {
			e = lifecycle.Responded
		}
		if slices.Contains(p.StopAll, e) {
			if facts[e] = true; len(facts) == len(p.StopAll) {
				return i
			}
		}
	}
	return -1
}

// The reason for being of Holding: whatever a plan promises is promised by one that holds, at every start, whatever happens in
// whatever order, with a pause on the way, extended, missed or kept. (Further pauses of a clock in hours beside one in days
// use up the day it has to spare.)
func TestNothingPromisedIsLost(t *testing.T) {
	t.Parallel()
	cal := china(t)
	rng := rand.New(rand.NewPCG(3, 4))
	dropped := 0
	for range 15_000 {
		at := randomStart(rng)
		var all []Candidate
		for range 2 + rng.IntN(3) {
			p := randomPromise(rng)
			all = append(all, Candidate{&Plan{}, p, count(t, cal, p, at)})
		}
		holding := Holding(all)
		dropped += len(all) - len(holding)
		from := at.Add(time.Duration(rng.Int64N(int64(40 * time.Hour)))).Truncate(time.Microsecond)
		to := from.Add(time.Duration(rng.Int64N(int64(12 * 24 * time.Hour)))).Truncate(time.Microsecond)
		paused, events := someStatuses[rng.IntN(2)], make([]lifecycle.Event, 6)
		for i := range events {
			events[i] = someEvents[rng.IntN(len(someEvents))]
		}
		due := func(p Promise) time.Time {
			if p.PausesIn(paused) {
				return count(t, cal, p, at, deadline.Pause{From: from, To: &to})
			}
			return count(t, cal, p, at)
		}
		for _, lost := range all {
			q := lost.Promise
			if !slices.ContainsFunc(holding, func(c Candidate) bool {
				p := c.Promise
				k, l := kept(p, events), kept(q, events)
				longest := func(p Promise) Promise {
					if p.Extension != nil {
						p.Length = p.Extension.To
					}
					return p
				}
				return !due(p).After(due(q)) && !due(longest(p)).After(due(longest(q))) && (k < 0 || l >= 0 && l <= k) &&
					(p.Explain || !q.Explain) && (p.ExplainAhead || !q.ExplainAhead) && within(q.OnTimeout, p.OnTimeout) &&
					(q.Compensation == nil || p.Compensation != nil && p.Compensation.PerDayBps >= q.Compensation.PerDayBps && p.Compensation.CapBps >= q.Compensation.CapBps)
			}) {
				t.Fatalf("lost at %s with a pause %s to %s in %s and %v:\n%+v\nholding %+v", at, from, to, paused, events, q, holding)
			}
		}
	}
	if dropped < 300 {
		t.Errorf("only %d promises were needless: the test says too little", dropped)
	}
}

// Of what the customer has to do the latest holds, so that a further plan takes nothing from them.
func TestCustomersKeepTheLongestTime(t *testing.T) {
	t.Parallel()
	cal, at := china(t), time.Date(2025, 3, 3, 2, 0, 0, 0, time.UTC)
	short := Promise{Kind: ShipBack, Clause: "short", Unit: deadline.Days, Length: 7, Obligor: Customer}
	long := Promise{Kind: ShipBack, Clause: "long", Unit: deadline.Days, Length: 9, Obligor: Customer}
	for _, all := range [][]Promise{{short, long}, {long, short}, {long, short, long}} {
		var cs []Candidate
		for _, p := range all {
			cs = append(cs, Candidate{&Plan{}, p, count(t, cal, p, at)})
		}
		if got := clauses(Holding(cs)); !slices.Equal(got, []string{"long"}) {
			t.Errorf("%v", got)
		}
	}
}
