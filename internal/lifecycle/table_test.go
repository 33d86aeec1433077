package lifecycle

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
)

// combinations calls fn with every combination of the facts that are yes or no, for each remedy and origin.
func combinations(fn func(Facts)) {
	var flags []int
	for i, t := 0, reflect.TypeFor[Facts](); i < t.NumField(); i++ {
		if t.Field(i).Type.Kind() == reflect.Bool && !slices.Contains([]string{"Overdue", "ExplanationOwed", "Closed", "AtDoor", "Shipped", "Due"}, t.Field(i).Name) {
			flags = append(flags, i)
		}
	}
	for _, remedy := range []Remedy{Refund, ReturnAndRefund, Exchange} {
		for bits := range 1 << len(flags) {
			f := Facts{Remedy: remedy, Trigger: TriggerInspection}
			v := reflect.ValueOf(&f).Elem()
			for k, i := range flags {
				v.Field(i).SetBool(bits>>k&1 == 1)
			}
			fn(f)
		}
	}
}

// possible reports whether a case can stand in s with these facts.
func possible(s Status, f Facts) bool {
	refunds := 0
	for _, is := range []bool{f.RefundPending, f.RefundFailed, f.Held} {
		if is {
			refunds++
		}
	}
	switch {
	case refunds > 1 || refunds == 1 && !f.RefundStarted, f.RefundStarted && refunds == 0 && !f.Settled:
		return false
	case f.GoodsOwed && f.GoodsDue:
		return false
	}
	switch s {
	case Requested, NeedsInfo, Proposed:
		return !f.RefundStarted && !f.Settled
	case Refunding:
		return f.Remedy != Exchange && !f.RefundStarted || f.RefundPending || f.Held
	case RefundFailed:
		return f.RefundFailed
	case AwaitingShipment, InTransit:
		return f.GoodsDue
	case InspectionPassed:
		return !f.RefundStarted && !f.GoodsDue
	case Replacing, ReplacementShipped:
		return f.Remedy == Exchange && !f.GoodsDue
	case InspectionFailed:
		return !f.GoodsDue
	}
	return true
}

// MALL-1.1b: whatever is known about a return, it is never stuck: in every status that is not terminal somebody can do
// something that moves it, pays it, or brings it home.
func TestAReturnIsNeverStuck(t *testing.T) {
	t.Parallel()
	moves := func(a Action) bool {
		return !slices.Contains([]Action{CaseAssign, CaseRespond, CaseMessageAdd, CaseEvidenceAdd, CaseExplainDelay, CaseClose, DisputeAnswer, DisputeAsk,
			ReturnFreightClaim, ReturnDelivered, ReturnPropose, ReturnCancel, CaseDispute}, a)
	}
	stuck := map[string]bool{}
	for _, s := range statusesOf(returnTable) {
		if s.Ended() {
			continue
		}
		combinations(func(f Facts) {
			if s == Proposed {
				f.CameFrom = Requested
			}
			if possible(s, f) && !slices.ContainsFunc(Allowed(Return, s, f), moves) {
				stuck[fmt.Sprintf("%s %+v", s, f)] = true
			}
		})
	}
	for where := range stuck {
		t.Errorf("stuck in %s", where)
	}
}

// Every row of a table names statuses that other rows lead to, and what is allowed is what Next accepts, with the outcome
// of an inspection or a decision left open.
func TestAllowedIsWhatNextAccepts(t *testing.T) {
	t.Parallel()
	for _, k := range []Kind{Return, OrderChange} {
		for _, s := range statusesOf(Table(k)) {
			combinations(func(f Facts) {
				f.CameFrom = Requested
				allowed := Allowed(k, s, f)
				for _, row := range Table(k) {
					if row.Action == Expire {
						continue
					}
					_, ok := Next(k, s, row.Action, f)
					if ok && !slices.Contains(allowed, row.Action) {
						t.Fatalf("%s in %s with %+v is carried out but not offered", row.Action, s, f)
					}
				}
			})
		}
	}
}

func statusesOf(table []Transition) []Status {
	var out []Status
	for _, row := range table {
		for _, s := range append(slices.Clone(row.From), row.To) {
			if s != "" && !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	return out
}
