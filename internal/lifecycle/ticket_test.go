package lifecycle

import (
	"slices"
	"testing"
)

// MALL-1.1b: whatever is known about a question, complaint, opinion or other matter, it is never stuck: in every open status both
// the merchant and the customer can bring it on or end it, or only the customer is asked, whose silence ends it.
func TestATicketIsNeverStuck(t *testing.T) {
	t.Parallel()
	merchants := []Action{TicketRequestInfo, TicketAnswer, TicketReject}
	customers := []Action{TicketProvideInfo, TicketAnswerAccept, TicketAnswerDecline, TicketCancel}
	for _, k := range Tickets() {
		for _, s := range statusesOf(Table(k)) {
			for bits := range 4 {
				f := Facts{Ticket: Ticket{Final: bits&1 == 1, Reopenable: bits&2 == 2}}
				allowed := Allowed(k, s, f)
				can := func(set []Action) bool {
					return slices.ContainsFunc(allowed, func(a Action) bool { return slices.Contains(set, a) })
				}
				switch {
				case s.Ended() && slices.Contains(allowed, TicketReopen) != (f.Ticket.Reopenable && s != Cancelled):
					t.Errorf("%s %s with %+v: %v", k, s, f.Ticket, allowed)
				case !s.Ended() && (!can(customers) || s != Proposed && !can(merchants)):
					t.Errorf("%s is stuck in %s: %v", k, s, allowed)
				}
				for _, row := range Table(k) { // what is carried out is what was offered
					if _, ok := Next(k, s, row.Action, f); ok && row.Action != Expire && !slices.Contains(allowed, row.Action) {
						t.Errorf("%s in %s is carried out but not offered", row.Action, s)
					}
				}
			}
		}
	}
}

// PLEDGE-2.4: an opinion is answered, a complaint settled.
func TestAnAnswerEndsOnlyAnOpinion(t *testing.T) {
	t.Parallel()
	for final, want := range map[bool]Status{true: Completed, false: Proposed} {
		if got, ok := Next(Complaint, Requested, TicketAnswer, Facts{Ticket: Ticket{Final: final}}); !ok || got != want {
			t.Errorf("final %v leads to %s", final, got)
		}
	}
}
