package view

import (
	"testing"
	"time"

	"aftersales/ent"
)

// The next deadline is the same in whatever order the rows came: the earliest, running before paused, the smaller id of equals.
func TestNextDeadlineIsTheSameInAnyOrder(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	later := at.Add(time.Hour)
	deadline := func(id string, promised time.Time, due *time.Time) *ent.Deadline {
		return &ent.Deadline{ID: id, Open: true, PromisedDueAt: promised, DueAt: due}
	}
	for name, rows := range map[string][]*ent.Deadline{
		"paused, of equal promises": {deadline("a", at, nil), deadline("b", at, nil), deadline("c", later, nil)},
		"paused":                    {deadline("b", at, nil), deadline("a", later, nil)},
		"running before paused":     {deadline("b", later, &later), deadline("a", at, nil)},
		"due at one instant":        {deadline("a", at, &later), deadline("b", at, &later)},
		"running":                   {deadline("b", later, &at), deadline("a", at, &later)},
	} {
		want := rows[0].ID
		for shift := range rows {
			turned := append(append([]*ent.Deadline{}, rows[shift:]...), rows[:shift]...)
			r := &Return{ServiceCase: &ent.ServiceCase{Edges: ent.ServiceCaseEdges{Deadlines: turned}}}
			if got := r.NextDeadline(); got == nil || got.ID != want {
				t.Errorf("%s, turned by %d: next is %v, want %s", name, shift, got, want)
			}
		}
	}
}
