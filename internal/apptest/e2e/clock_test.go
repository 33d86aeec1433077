package e2e

import (
	"testing"

	"aftersales/internal/apptest"
)

const advance = `mutation($to: DateTime!) { testClockAdvance(to: $to) { now userErrors { code field message } } }`

// A sandbox's clock stands still, moves only forward, and does on the way what falls due there; a LIVE merchant has none.
func TestSandboxClock(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const start = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", start)
		now := func() string { return cn(t, s.Agent.Must(`{ now }`, nil).Str("now")) }
		is(t, "now", now(), start)
		e.AdvanceReal(1e12)
		is(t, "now", now(), start)
		id := s.Request(kettle(s, "A1", start), "RETURN_AND_REFUND", 1)
		refusedAs(t, s.Admin.Refused(advance, apptest.Vars{"to": before(t, start)}), "INVALID_INPUT", "to")
		is(t, "standing still", cn(t, s.Admin.Must(advance, apptest.Vars{"to": start}).Str("testClockAdvance.now")), start)

		// The question of Wed 12 is answered by nobody: in one stride to April the response is no issue, the customer's seven
		// days end with Wed 19, and nothing happens to the case that has ended.
		s.Advance("2025-03-12T09:00:00+08:00")
		s.Agent.Must(apptest.AskInfo, apptest.Vars{"id": id})
		is(t, "answer", cn(t, s.Admin.Must(advance, apptest.Vars{"to": "2025-04-01T00:00:00+08:00"}).Str("testClockAdvance.now")), "2025-04-01T00:00:00+08:00")
		c := look(t, s.Agent, id)
		is(t, "timeline", c.events(), []string{"OPENED", "DEADLINE_AT_RISK", "INFO_REQUESTED", "DEADLINE_AT_RISK", "DEADLINE_BREACHED", "EXPIRED", "CLOSED"})
		is(t, "closed", at(t, c.Data, "closedAt"), "2025-03-20T00:00:00+08:00")

		live := e.Live("live")
		refusedAs(t, live.Admin.Refused(advance, apptest.Vars{"to": "2090-01-01T00:00:00Z"}), "NOT_ELIGIBLE", "")
	})
}
