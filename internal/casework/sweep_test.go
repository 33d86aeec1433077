package casework

import (
	"testing"
	"time"

	"aftersales/ent"
	"aftersales/internal/plan"
)

// A sweep that comes late finds several deadlines of a case at once: what fell due after the case had expired was not missed, and
// it expires once.
func TestACaseExpiresOnce(t *testing.T) {
	due := func(id, caseID string, hour int, on plan.TimeoutAction) *ent.Deadline {
		at := time.Date(2025, 10, 1, hour, 0, 0, 0, time.UTC)
		return &ent.Deadline{ID: id, CaseID: caseID, DueAt: &at, OnTimeout: []plan.TimeoutAction{on}}
	}
	found := []*ent.Deadline{
		due("before", "a", 1, plan.Escalate), due("ends", "a", 2, plan.Expire), due("at once", "a", 2, plan.Escalate),
		due("twice", "a", 2, plan.Expire), due("other", "b", 3, plan.Escalate), due("after", "a", 3, plan.Escalate), due("again", "a", 4, plan.Expire),
	}
	got := ""
	for _, d := range untilExpired(found) {
		got += d.ID + ", "
	}
	if want := "before, ends, at once, other, "; got != want {
		t.Errorf("missed: %s, want %s", got, want)
	}
}
