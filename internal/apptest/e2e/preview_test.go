package e2e

import (
	"strings"
	"testing"

	"aftersales/internal/apptest"
)

const preview = `query($in: DeadlinePreviewInput!) { deadlinePreview(input: $in) { dueAt promisedDueAt lastDay countedDays provisional why } }`

// Every worked example of the rules for deadlines, through the API: deadlinePreview counts by the code that real cases use
// (MALL-4.1a hours, MALL-4.2a working days). It needs no token.
func TestPreviewOfEveryWorkedExample(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		e.Platform().Must(publish, calendar("EG", "Africa/Cairo", []string{"FRIDAY", "SATURDAY"}, year(2026, nil)))
		e.Platform().Must(publish, calendar("US", "America/New_York", satSun, year(2026, nil)))
		for _, tc := range []struct {
			id, calendar, unit string
			length, extended   int
			roll               bool
			start              string
			pauses             []string // "from to", or "from" for one that still runs
			due, promised      string   // promised "" when it is the same; due "" while paused
			last               string
			provisional        bool
		}{
			{id: "E01", unit: "WORKING_DAYS", length: 3, start: "2026-03-10T10:15:00+08:00", due: "2026-03-14T00:00:00+08:00", last: "2026-03-13"},
			{id: "E03", unit: "WORKING_DAYS", length: 3, start: "2025-01-24T15:00:00+08:00", due: "2025-02-06T00:00:00+08:00", last: "2025-02-05"},
			{id: "E05", unit: "WORKING_DAYS", length: 7, extended: 10, start: "2025-01-22T09:00:00+08:00", due: "2025-02-12T00:00:00+08:00", last: "2025-02-11"},
			{id: "E09", unit: "WORKING_DAYS", length: 3, start: "2025-09-30T09:00:00+08:00", due: "2025-10-12T00:00:00+08:00", last: "2025-10-11"},
			{id: "E11", unit: "WORKING_DAYS", length: 3, start: "2025-09-28T10:00:00+08:00", due: "2025-10-10T00:00:00+08:00", last: "2025-10-09"},
			{id: "E13", unit: "WORKING_DAYS", length: 3, start: "2026-03-11T00:00:00+08:00", due: "2026-03-17T00:00:00+08:00", last: "2026-03-16"},
			{id: "E20", unit: "WORKING_DAYS", length: 3, start: "2025-10-10T20:00:00-04:00", due: "2025-10-16T00:00:00+08:00", last: "2025-10-15"},
			{id: "E21", unit: "HOURS", length: 24, start: "2025-10-01T08:30:00+08:00", due: "2025-10-02T08:30:00+08:00"},
			{id: "E24", calendar: "US", unit: "HOURS", length: 48, start: "2026-03-07T09:00:00-05:00", due: "2026-03-09T10:00:00-04:00"},
			{id: "E32", calendar: "EG", unit: "WORKING_DAYS", length: 3, start: "2026-04-20T10:00:00+02:00", due: "2026-04-24T01:00:00+03:00", last: "2026-04-23"},
			{id: "E34", unit: "HOURS", length: 24, start: "2026-05-20T09:00:00+08:00",
				pauses: []string{"2026-05-20T10:00:00+08:00 2026-05-20T14:00:00+08:00", "2026-05-20T12:00:00+08:00 2026-05-20T16:00:00+08:00"},
				due:    "2026-05-21T15:00:00+08:00", promised: "2026-05-21T09:00:00+08:00"},
			{id: "E36", unit: "WORKING_DAYS", length: 3, start: "2026-05-11T10:00:00+08:00", pauses: []string{"2026-05-12T15:00:00+08:00 2026-05-15T09:00:00+08:00"},
				due: "2026-05-20T00:00:00+08:00", promised: "2026-05-15T00:00:00+08:00", last: "2026-05-19"},
			{id: "E38", unit: "WORKING_DAYS", length: 3, start: "2026-05-11T10:00:00+08:00", pauses: []string{"2026-05-13T09:00:00+08:00 2026-05-13T18:00:00+08:00"},
				due: "2026-05-15T00:00:00+08:00", last: "2026-05-14"},
			{id: "E40", unit: "WORKING_DAYS", length: 3, start: "2026-05-11T10:00:00+08:00", pauses: []string{"2026-05-15T00:00:00+08:00 2026-05-19T09:00:00+08:00"},
				due: "2026-05-15T00:00:00+08:00", last: "2026-05-14"},
			{id: "E41", unit: "WORKING_DAYS", length: 3, start: "2026-05-11T10:00:00+08:00", pauses: []string{"2026-05-13T15:00:00+08:00"}, promised: "2026-05-15T00:00:00+08:00"},
			{id: "E43", unit: "DAYS", length: 7, roll: true, start: "2025-09-26T18:20:00+08:00", due: "2025-10-10T00:00:00+08:00", last: "2025-10-09"},
			{id: "E48", unit: "MONTHS", length: 12, roll: true, start: "2024-02-29T12:00:00+08:00", due: "2025-03-01T00:00:00+08:00", last: "2025-02-28"},
			{id: "E58", unit: "WORKING_DAYS", length: 3, start: "2026-12-30T10:00:00+08:00", due: "2027-01-06T00:00:00+08:00", last: "2027-01-05", provisional: true},
		} {
			if tc.calendar == "" {
				tc.calendar = "CN"
			}
			in := apptest.Vars{"calendar": tc.calendar, "unit": tc.unit, "length": tc.length, "startedAt": tc.start, "roll": tc.roll}
			if tc.extended > 0 {
				in["extendedTo"] = tc.extended
			}
			var pauses []apptest.Vars
			for _, p := range tc.pauses {
				from, to, closed := strings.Cut(p, " ")
				pause := apptest.Vars{"from": from}
				if closed {
					pause["to"] = to
				}
				pauses = append(pauses, pause)
			}
			if pauses != nil {
				in["pauses"] = pauses
			}
			d := sub(t, e.Anonymous().Must(preview, apptest.Vars{"in": in}), "deadlinePreview")
			due, last := "", "<nil>"
			if tc.due != "" {
				due = cn(t, tc.due)
			}
			if tc.last != "" {
				last = tc.last
			}
			if tc.promised == "" {
				tc.promised = tc.due
			}
			is(t, tc.id+" due", at(t, d, "dueAt"), due)
			is(t, tc.id+" promised", at(t, d, "promisedDueAt"), cn(t, tc.promised))
			is(t, tc.id+" last day", d.Get("lastDay"), last)
			is(t, tc.id+" provisional", d.Get("provisional"), tc.provisional)
			if days := d.Strings("countedDays"); tc.last != "" && tc.unit == "WORKING_DAYS" && (len(days) == 0 || days[len(days)-1] != tc.last) {
				t.Errorf("%s counts %v", tc.id, days)
			}
			if d.Str("why") == "" {
				t.Errorf("%s does not say why", tc.id)
			}
		}
	})
}

// The options that an agreement may choose: submissions after the cut-off or on a rest day count as made on the next
// workday, and the last day ends when business closes.
func TestPreviewOptionsAndRefusals(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2026-03-10T10:15:00+08:00")
		in := func(more apptest.Vars) apptest.Vars {
			v := apptest.Vars{"unit": "WORKING_DAYS", "length": 3, "startedAt": "2026-03-10T18:00:00+08:00"}
			for k, x := range more {
				v[k] = x
			}
			return apptest.Vars{"in": v}
		}
		// Tue 10 at 18:00 is no longer in time, so Wed 11 is day 0 and Mon 16 the third day; by merchant, not by calendar.
		is(t, "cut-off", cn(t, s.Customer.Must(preview, in(apptest.Vars{"cutOff": "18:00"})).Str("deadlinePreview.dueAt")), "2026-03-17T00:00:00+08:00")
		is(t, "before the cut-off", cn(t, s.Customer.Must(preview, in(apptest.Vars{"cutOff": "18:01"})).Str("deadlinePreview.dueAt")), "2026-03-14T00:00:00+08:00")
		is(t, "close of business", cn(t, e.Platform().Must(preview, in(apptest.Vars{"closeOfBusiness": "17:30", "merchant": "mall"})).Str("deadlinePreview.dueAt")), "2026-03-13T17:30:00+08:00")
		for field, more := range map[string]apptest.Vars{
			"input.calendar":        {},
			"input.length":          {"calendar": "CN", "length": 0},
			"input.extendedTo":      {"calendar": "CN", "extendedTo": 3},
			"input.cutOff":          {"calendar": "CN", "cutOff": "24:00"},
			"input.closeOfBusiness": {"calendar": "CN", "closeOfBusiness": "6pm"},
			"input.startedAt":       {"calendar": "CN", "startedAt": "1969-12-31T00:00:00Z"},
			"input.pauses.1.to":     {"calendar": "CN", "pauses": []apptest.Vars{{"from": "2026-03-11T00:00:00Z"}, {"from": "2026-03-11T00:00:00Z", "to": "2026-03-10T00:00:00Z"}}},
		} {
			r := e.Anonymous().Do(preview, in(more))
			if len(r.Errors) != 1 || r.Errors[0].Code() != "BAD_USER_INPUT" {
				t.Fatalf("%s: %s", field, r.Raw)
			}
			is(t, "field", r.Errors[0].Extensions["field"], strings.Split(field, "."))
		}
		if r := e.Anonymous().Do(preview, in(apptest.Vars{"calendar": "XX"})); len(r.Errors) != 1 || r.Errors[0].Code() != "NOT_FOUND" {
			t.Errorf("unknown calendar: %s", r.Raw)
		}
	})
}
