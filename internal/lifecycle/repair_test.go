package lifecycle

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
)

// works calls fn with every combination of what a repair or a service may know.
func works(fn func(Facts)) {
	n := reflect.TypeFor[Work]().NumField()
	for _, approved := range []bool{false, true} {
		for bits := range 1 << n {
			f := Facts{Approved: approved}
			v := reflect.ValueOf(&f.Work).Elem()
			for i := range n {
				v.Field(i).SetBool(bits>>i&1 == 1)
			}
			fn(f)
		}
	}
}

// standing reports whether a case of a kind can stand in s with these facts.
func standing(k Kind, s Status, f Facts) bool {
	w := f.Work
	switch {
	case w.TakenIn || w.SendIn || w.Passed: // only while an act is done
		return false
	case w.Here && w.Visiting, w.Undone && w.PartsAwaited, w.Extendable && w.Undone:
		return false
	}
	switch s {
	case Requested, NeedsInfo:
		return !w.Here && !w.Visiting && (!f.Approved || s == Requested && (w.OnSite && !w.Scheduled || k != Repairs && !w.OnSite))
	case VisitScheduled:
		return f.Approved && w.OnSite && w.Scheduled && !w.Here && !w.Visiting
	case InVisit:
		return f.Approved && w.OnSite && w.Visiting
	case AwaitingShipment, InTransit:
		return f.Approved && !w.Here && !w.Visiting
	case Received, Tested:
		return f.Approved && w.Here
	case Diagnosed:
		return f.Approved && (w.Here || w.OnSite)
	case Quoted:
		return f.Approved && (w.Here || w.OnSite) && !w.Paid && !w.Undone
	case InRepair, AwaitingParts:
		return f.Approved && (w.Here || w.OnSite) && w.Paid && !w.Undone
	}
	return f.Approved || s == Disputed // also what was rejected before it was accepted
}

// MALL-1.1b: whatever is known about a repair or a service, it is never stuck: somebody can do something that brings it on,
// without the merchant having to swap or refund it.
func TestARepairIsNeverStuck(t *testing.T) {
	t.Parallel()
	moves := func(a Action) bool {
		return !slices.Contains([]Action{CaseAssign, CaseRespond, CaseMessageAdd, CaseEvidenceAdd, CaseExplainDelay, CaseClose, CaseDispute,
			RepairConvert, RepairDelivered, RepairExtend}, a)
	}
	for _, k := range append(Services(), Repairs) {
		stuck := map[string]bool{}
		for _, s := range statusesOf(Table(k)) {
			if s.Ended() {
				continue
			}
			works(func(f Facts) {
				if standing(k, s, f) && !slices.ContainsFunc(Allowed(k, s, f), moves) {
					stuck[fmt.Sprintf("%s %s %+v", k, s, f.Work)] = true
				}
			})
		}
		for where := range stuck {
			t.Errorf("stuck in %s", where)
		}
	}
}

// What is carried out is what was offered, and an act leads to one status only, whatever is known.
func TestRepairsAllowWhatNextAccepts(t *testing.T) {
	t.Parallel()
	// What only the act itself tells: a time, a finding, a test, where the goods go.
	before := func(f Facts) Facts {
		f.Work.TakenIn, f.Work.SendIn, f.Work.Passed = false, false, false
		return f
	}
	for _, k := range append(Services(), Repairs) {
		for _, s := range statusesOf(Table(k)) {
			works(func(f Facts) {
				if !standing(k, s, before(f)) {
					return
				}
				allowed := Allowed(k, s, before(f))
				for _, row := range Table(k) {
					if row.Action == Expire || !slices.Contains(row.From, s) {
						continue
					}
					if _, ok := Next(k, s, row.Action, f); ok && !slices.Contains(allowed, row.Action) {
						t.Errorf("%s: %s in %s with %+v is carried out but not offered", k, row.Action, s, f.Work)
					}
				}
			})
		}
	}
}

// MALL-1.3c: whatever was disputed and however it is decided, the decision leads somewhere: for the merchant back to where it
// stood, for the customer never to a refusal.
func TestEveryDisputeOfARepairCanBeDecided(t *testing.T) {
	t.Parallel()
	for _, from := range []Status{Rejected, Diagnosed, Quoted, SentBack, Completed} {
		works(func(f Facts) {
			f.Disputable = true
			if !standing(Repairs, from, f) && !from.Ended() || f.Work.Visiting {
				return
			}
			if to, ok := Next(Repairs, from, CaseDispute, f); !ok || to != Disputed {
				t.Fatalf("%s with %+v cannot be disputed", from, f)
			}
			f.CameFrom, f.Disputable = from, false
			if to, ok := Next(Repairs, Disputed, DisputeDecide, f); !ok || to != from {
				t.Fatalf("against the customer, from %s with %+v: %s", from, f, to)
			}
			f.Upheld = true
			to, ok := Next(Repairs, Disputed, DisputeDecide, f)
			want := AwaitingShipment
			switch {
			case from == Diagnosed || from == Quoted:
				want = Diagnosed
			case from == SentBack || f.Work.Unrepairable && from == Completed:
				want = from
			case f.Work.OnSite:
				want = Requested
			}
			if !ok || to != want {
				t.Fatalf("for the customer, from %s with %+v: %s, want %s", from, f, to, want)
			}
			// Goods on their way come home, decided or not.
			home, ok := Next(Repairs, Disputed, RepairSendBackDelivered, f)
			if ok != (from == SentBack) || ok && home != Disputed {
				t.Fatalf("home meanwhile, from %s with %+v: %s, %v", from, f, home, ok)
			}
		})
	}
	for _, f := range []Facts{{}, {Disputable: true, Work: Work{Visiting: true}}} {
		if _, ok := Next(Repairs, Diagnosed, CaseDispute, f); ok {
			t.Errorf("disputed with %+v", f)
		}
	}
}

// Design decision 13 and MALL-4.3b: the ends of a repair, and what the special part buys.
func TestEndsOfARepair(t *testing.T) {
	t.Parallel()
	here := Work{Here: true, Paid: true}
	undone := Work{Here: true, Undone: true}
	for _, c := range []struct {
		from Status
		act  Action
		with Work
		to   Status
		ok   bool
	}{
		{InRepair, RepairComplete, Work{Here: true, Paid: true, Passed: true}, Tested, true},
		{InRepair, RepairComplete, Work{OnSite: true, Paid: true, Passed: true}, Completed, true},
		{InRepair, RepairComplete, here, InRepair, true},
		{Diagnosed, RepairComplete, Work{Here: true, Passed: true}, "", false}, // neither free nor accepted
		{Diagnosed, RepairQuote, here, "", false},                              // MALL-5.1b: free
		{Diagnosed, RepairQuote, Work{Here: true}, Quoted, true},
		{Quoted, RepairQuoteDecline, Work{Here: true}, Diagnosed, true},
		{Quoted, RepairQuoteDecline, Work{OnSite: true}, Completed, true},
		{Diagnosed, RepairSendBack, undone, SentBack, true},
		{Diagnosed, RepairSendBack, here, "", false},
		{Expired, RepairCollect, here, Completed, true},
		{Expired, RepairCollect, Work{}, "", false},
		{InRepair, RepairExtend, here, "", false},
		{AwaitingParts, RepairExtend, Work{Here: true, Paid: true, Extendable: true}, AwaitingParts, true},
		{InVisit, RepairVisitEnd, Work{OnSite: true, Visiting: true, TakenIn: true}, Received, true},
		{InVisit, RepairVisitEnd, Work{OnSite: true, Visiting: true, SendIn: true}, AwaitingShipment, true},
		{InVisit, RepairVisitEnd, Work{OnSite: true, Visiting: true}, Requested, true},
		{Diagnosed, RepairVisitEnd, Work{OnSite: true, Visiting: true, Undone: true}, Completed, true},
	} {
		to, ok := Next(Repairs, c.from, c.act, Facts{Approved: true, Work: c.with})
		if to != c.to || ok != c.ok {
			t.Errorf("%s in %s with %+v: %q, %v; want %q, %v", c.act, c.from, c.with, to, ok, c.to, c.ok)
		}
	}
}
