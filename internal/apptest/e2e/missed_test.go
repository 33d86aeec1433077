package e2e

import (
	"testing"
	"time"

	"aftersales/internal/apptest"
)

// MALL-1.3b: a publication moves no deadline that is missed already, also when no sweep has come by yet.
func TestPublicationDoesNotResurrectAMiss(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Live("mall")
		now := e.Now().Format(time.RFC3339)
		id := s.Request(s.Order("A1", now, apptest.Line{SKU: "KETTLE", Quantity: 1, UnitPrice: "99.00"}), "REFUND", 1)
		due := look(t, s.Agent, id).deadline("REFUND").Str("dueAt")
		opened := e.Now()
		e.AdvanceReal(20 * 24 * time.Hour)
		// Every day that the clock counted becomes a holiday, after the fact.
		off := map[int][]string{}
		for d := range 20 {
			day := opened.AddDate(0, 0, d)
			off[day.Year()] = append(off[day.Year()], day.Format(time.DateOnly))
		}
		var years []apptest.Vars
		for y, days := range off {
			years = append(years, year(y, days))
		}
		e.Platform().Must(publish, calendar("CN", "Asia/Shanghai", satSun, years...))
		if _, err := e.App.Cases.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		d := look(t, s.Agent, id).deadline("REFUND")
		is(t, "state", d.Str("state"), "BREACHED")
		is(t, "breached at", d.Str("breachedAt"), due)
	})
}
