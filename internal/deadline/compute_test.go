package deadline

import (
	"testing"
	"time"

	"aftersales/internal/lang"
	"aftersales/internal/problem"
)

// FuzzCompute: whatever the numbers, a clock is refused with a field or has a due time that makes sense and can be told.
func FuzzCompute(f *testing.F) {
	f.Add(byte(1), 3, 0, int64(1773108900), int64(1773300000), int64(1773400000), int64(0), byte(0), 0, 0)
	f.Add(byte(0), 24, 0, int64(1759278600), int64(0), int64(-1), int64(500), byte(1), 1080, 1080)
	f.Add(byte(2), 7, 10, int64(1758882000), int64(1758900000), int64(1759000000), int64(1), byte(2), -1, 1500)
	f.Add(byte(3), 12, 0, int64(1709179200), int64(1<<40), int64(1<<41), int64(-5), byte(3), 0, 1439)
	cals := propertyCalendars(f)
	units := []Unit{Hours, WorkingDays, Days, Months, "YEARS"}
	f.Fuzz(func(t *testing.T, unit byte, length, extendedTo int, start, from, to, nanos int64, flags byte, cutOff, closing int) {
		cal := cals[int(flags>>4)%len(cals)]
		c := Clock{
			Rule:       Rule{Unit: units[int(unit)%len(units)], Length: length, Roll: flags&1 != 0},
			Start:      time.Unix(start, nanos),
			ExtendedTo: extendedTo,
		}
		if flags&2 != 0 {
			v := TimeOfDay(cutOff)
			c.Rule.CutOff = &v
		}
		if flags&4 != 0 {
			v := TimeOfDay(closing)
			c.Rule.CloseOfBusiness = &v
		}
		end := time.Unix(to, 0)
		c.Pauses = []Pause{{From: time.Unix(from, nanos), To: &end, Reason: "IN_TRANSIT"}}
		if flags&8 != 0 {
			c.Pauses = append(c.Pauses, Pause{From: end, Reason: "waiting\nfor \xff"})
		}
		r, err := Compute(cal, c)
		if err != nil {
			if all := problem.All(err); len(all) != 1 || all[0].Field == nil {
				t.Fatalf("refused without a field: %v", err)
			}
			return
		}
		if !r.PromisedDueAt.After(c.Start) {
			t.Fatalf("promised %v for a start at %v", r.PromisedDueAt, c.Start)
		}
		if r.DueAt != nil && (r.DueAt.Before(r.PromisedDueAt) || r.DueAt.Nanosecond()%1000 != 0) {
			t.Fatalf("due %v, promised %v", r.DueAt, r.PromisedDueAt)
		}
		if at := AtRiskAt(r, c.Start, int(nanos%20_000)); at != nil && (at.After(*r.DueAt) || at.Before(instant(c.Start))) {
			t.Fatalf("at risk %v, start %v, due %v", at, c.Start, r.DueAt)
		}
		if Explain(cal, c, r, lang.EN) == "" || Explain(cal, c, r, lang.ZH) == "" {
			t.Fatal("no explanation")
		}
	})
}

func BenchmarkCompute(b *testing.B) {
	cn := builtIn(b, "CN")
	start := at(b, "2026-09-28T10:00:00+08:00")
	for name, c := range map[string]Clock{
		"3 working days":           {Rule: Rule{Unit: WorkingDays, Length: 3}, Start: start},
		"10 working days":          {Rule: Rule{Unit: WorkingDays, Length: 7}, ExtendedTo: 10, Start: start},
		"24 hours":                 {Rule: Rule{Unit: Hours, Length: 24}, Start: start},
		"7 days rolled":            {Rule: Rule{Unit: Days, Length: 7, Roll: true}, Start: start},
		"3 working days, 2 pauses": {Rule: Rule{Unit: WorkingDays, Length: 3}, Start: start, Pauses: []Pause{pause(b, "2026-09-28T12:00:00+08:00 2026-09-29T12:00:00+08:00", ""), pause(b, "2026-09-30T12:00:00+08:00 2026-10-09T12:00:00+08:00", "")}},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Compute(cn, c); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
