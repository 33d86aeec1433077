package e2e

import (
	"strings"
	"testing"

	"aftersales/internal/apptest"
	"aftersales/internal/auth"
)

// The background worker looks for clocks of older calendars every few seconds: while there are none, it asks nothing of the
// deadlines, however many there are.
func TestNoOlderCalendarNoLookAtClocks(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-09-24T10:00:00+08:00")
		o := s.Order("A1", "2025-09-20T10:00:00+08:00", apptest.Line{SKU: "KETTLE", Quantity: 1, UnitPrice: "99.00", Delivered: "2025-09-22T10:00:00+08:00"})
		s.Request(o, "RETURN_AND_REFUND", 1)
		ctx := auth.AsSystem(t.Context(), "")
		for _, q := range e.Statements(func() {
			if n, err := e.App.Cases.RecomputeOutdated(ctx); err != nil || n != 0 {
				t.Errorf("%d counted again, %v", n, err)
			}
		}) {
			if strings.Contains(q, "deadlines") || strings.Contains(q, "service_cases") {
				t.Errorf("asked %s", q)
			}
		}
	})
}
