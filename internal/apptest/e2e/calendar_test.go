package e2e

import (
	"strings"
	"testing"

	"aftersales/ent/auditentry"
	"aftersales/internal/apptest"
	"aftersales/internal/auth"
)

const publish = `mutation($in: CalendarPublishInput!) { calendarPublish(input: $in) { recomputed calendar { code version weekend timeZone years { year status notice off { date name } } isWorkday(date: "2026-10-10") } userErrors { code field message } } }`

func calendar(code, zone string, weekend []string, years ...apptest.Vars) apptest.Vars {
	return apptest.Vars{"in": apptest.Vars{"code": code, "name": code, "timeZone": zone, "weekend": weekend, "years": append([]apptest.Vars{}, years...)}}
}

func year(y int, off []string, makeUp ...string) apptest.Vars {
	days := func(dates []string) []apptest.Vars {
		out := []apptest.Vars{}
		for _, d := range dates {
			out = append(out, apptest.Vars{"date": d, "name": "元旦"})
		}
		return out
	}
	return apptest.Vars{"year": y, "status": "PUBLISHED", "notice": "for the test", "off": days(off), "makeUpWorkdays": days(makeUp)}
}

var satSun = []string{"SATURDAY", "SUNDAY"}

// E58: Wed 2026-12-30; Thu 31 (1), Fri 01-01 off, Mon 4 (2), Tue 5 (3): provisional, for nobody has published 2027. Then a
// notice makes Mon 4 a day off and Sat 9 a workday: Tue 5 (2), Wed 6 (3). Only open clocks are counted again, each with an
// audit row; what was missed or met keeps its history.
func TestPublishingAYearRecountsOpenDeadlines(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2026-12-21T10:00:00+08:00")
		o := s.Order("A1", "2026-12-21T10:00:00+08:00", apptest.Line{SKU: "CUP", Quantity: 9, UnitPrice: "10.00"})
		missed, met := s.Request(o, "REFUND", 1), s.Request(o, "REFUND", 1)
		s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": met})
		s.Confirm(s.Refund(met))
		s.Advance("2026-12-30T10:00:00+08:00")
		open, paused := s.Request(o, "REFUND", 1), s.Request(o, "REFUND", 1)
		s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": open})
		s.Agent.Must(apptest.AskInfo, apptest.Vars{"id": paused})
		d := look(t, s.Agent, open).deadline("REFUND")
		is(t, "E58", at(t, d, "dueAt"), "2027-01-06T00:00:00+08:00")
		is(t, "E58 provisional", d.Get("provisional"), true)
		if why := d.Str("why"); !strings.Contains(why, "provisional until the official holidays of 2027 are published") {
			t.Errorf("why: %s", why)
		}
		history := look(t, s.Agent, missed).deadline("REFUND")
		is(t, "missed", state(history)+" "+at(t, history, "dueAt"), "BREACHED open owed 2026-12-25T00:00:00+08:00")

		p := e.Platform().Must(publish, calendar("CN", "Asia/Shanghai", satSun, year(2027, []string{"2027-01-01", "2027-01-04"}, "2027-01-09")))
		is(t, "version", p.Int("calendarPublish.calendar.version"), 2)
		is(t, "2026 kept: Sat 10-10 is worked", p.Get("calendarPublish.calendar.isWorkday"), true)
		c := look(t, s.Agent, open)
		d = c.deadline("REFUND")
		is(t, "due", at(t, d, "dueAt"), "2027-01-07T00:00:00+08:00")
		is(t, "promised", at(t, d, "promisedDueAt"), "2027-01-07T00:00:00+08:00")
		is(t, "last day", d.Str("lastDay"), "2027-01-06")
		is(t, "provisional", d.Get("provisional"), false)
		is(t, "told", len(c.told("DEADLINE_RECOMPUTED", "refund")), 1)
		is(t, "told at", at(t, c.first("DEADLINE_RECOMPUTED", ""), "at"), "2026-12-30T10:00:00+08:00")

		d = look(t, s.Agent, paused).deadline("REFUND")
		is(t, "paused", state(d), "PAUSED open")
		is(t, "promised though paused", at(t, d, "promisedDueAt"), "2027-01-07T00:00:00+08:00")
		is(t, "due while paused", d.Get("dueAt"), nil)

		c = look(t, s.Agent, missed)
		is(t, "missed", c.deadline("REFUND").Get("dueAt"), history.Get("dueAt"))
		is(t, "missed", c.deadline("REFUND").Get("why"), history.Get("why"))
		for _, id := range []string{missed, met} {
			is(t, "told of the finished", len(look(t, s.Agent, id).told("DEADLINE_RECOMPUTED", "")), 0)
		}
		var audited []string
		rows, err := e.App.Store.Client(t.Context()).AuditEntry.Query().Where(auditentry.Action("DEADLINE_RECOMPUTED")).All(auth.AsSystem(t.Context(), ""))
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			audited = append(audited, row.ObjectID)
			is(t, "by", row.Subject+" "+row.Role, "root PLATFORM_ADMIN")
			is(t, "under", row.Data["calendar"], "CN version 2")
		}
		is(t, "audit rows", len(audited), p.Int("calendarPublish.recomputed"))
		for _, id := range []string{open, paused} {
			if want := look(t, s.Agent, id).deadline("REFUND").Str("id"); !strings.Contains(strings.Join(audited, " "), want) {
				t.Errorf("no audit row for %s", want)
			}
		}
		for _, id := range []string{missed, met} {
			if never := look(t, s.Agent, id).deadline("REFUND").Str("id"); strings.Contains(strings.Join(audited, " "), never) {
				t.Errorf("an audit row for %s", never)
			}
		}

		// The clock runs to the new end, and a new case starts under the new version.
		s.Advance(before(t, "2027-01-07T00:00:00+08:00"))
		is(t, "before", state(look(t, s.Agent, open).deadline("REFUND")), "RUNNING open")
		s.Advance("2027-01-07T00:00:00+08:00")
		is(t, "at", state(look(t, s.Agent, open).deadline("REFUND")), "BREACHED open owed")
		d = look(t, s.Agent, s.Request(o, "REFUND", 1)).deadline("REFUND")
		is(t, "new", at(t, d, "dueAt"), "2027-01-12T00:00:00+08:00") // Thu 7: Fri 8 (1), Sat 9 make-up (2), Mon 11 (3)
		is(t, "nothing left to count again", e.Platform().Must(publish, calendar("DE", "Europe/Berlin", satSun)).Int("calendarPublish.recomputed"), 0)
	})
}

// A country nobody thought of: Egypt rests on Friday and Saturday, and on 2026-04-24 its midnight does not exist (E32).
func TestPublishingAWholeCalendar(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		create := apptest.Vars{"in": apptest.Vars{"idempotencyKey": "k", "slug": "cairo", "name": "Cairo", "mode": "SANDBOX", "currency": "EGP", "calendar": "EG", "jurisdiction": "DE",
			"testClockStartsAt": "2026-04-20T10:00:00+02:00"}}
		const q = `mutation($in: MerchantCreateInput!) { merchantCreate(input: $in) { merchant { id calendar { code version } } userErrors { code field message } } }`
		refusedAs(t, e.Platform().Refused(q, create), "INVALID_INPUT", "input.calendar")
		p := e.Platform().Must(publish, calendar("EG", "Africa/Cairo", []string{"FRIDAY", "SATURDAY"}, year(2026, nil)))
		is(t, "version", p.Int("calendarPublish.calendar.version"), 1)
		is(t, "weekend", p.Strings("calendarPublish.calendar.weekend"), []string{"FRIDAY", "SATURDAY"})
		is(t, "calendar", e.Platform().Must(q, create).Str("merchantCreate.merchant.calendar.code"), "EG")

		admin, customer := e.As(auth.MerchantAdmin, "cairo", "admin"), e.As(auth.Customer, "cairo", "c-1")
		d := admin.Must(`mutation { orderUpsert(input: { number: "A1", placedAt: "2026-04-18T10:00:00+02:00", currency: EGP, customer: { externalId: "c-1", name: "Mona" },
			lines: [{ sku: "CUP", title: "Cup", quantity: 1, unitPrice: "10.00" }] }) { order { id lines { id } } userErrors { code field } } }`, nil)
		in := apptest.Vars{"in": apptest.Vars{"idempotencyKey": "r", "order": d.Str("orderUpsert.order.id"), "remedy": "REFUND", "reasonHandle": "QUALITY", "description": "Broken.",
			"items": []apptest.Vars{{"orderLine": d.Str("orderUpsert.order.lines.0.id"), "quantity": 1}}}}
		c := look(t, customer, customer.Must(apptest.RequestReturn, in).Str("returnRequest.return.id"))
		refund := c.deadline("REFUND")
		is(t, "due", refund.Str("dueAt"), "2026-04-23T22:00:00Z") // Tue 21, Wed 22, Thu 23, until the instant the clock jumps to 01:00
		is(t, "last day", refund.Str("lastDay"), "2026-04-23")
		is(t, "zone", refund.Str("timeZone"), "Africa/Cairo")
	})
}

func TestPublishingNonsenseNamesTheField(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		for _, tc := range []struct {
			field string
			vars  apptest.Vars
		}{
			{"input.code", calendar("C N", "Asia/Shanghai", satSun)},
			{"input.timeZone", calendar("X", "Asia/Peking2", satSun)},
			{"input.weekend.1", calendar("X", "Asia/Shanghai", []string{"SUNDAY", "SUNDAY"})},
			{"input.weekend", calendar("X", "Asia/Shanghai", []string{"MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"})},
			{"input.years.1.year", calendar("X", "Asia/Shanghai", satSun, year(2027, nil), year(2027, nil))},
			{"input.years.0.off.1.date", calendar("X", "Asia/Shanghai", satSun, year(2027, []string{"2027-01-01", "2027-01-01"}))},
			{"input.years.0.off.0.date", calendar("X", "Asia/Shanghai", satSun, year(2027, []string{"2028-05-01"}))},
			{"input.years.0.makeUpWorkdays.0.date", calendar("X", "Asia/Shanghai", satSun, year(2027, nil, "2027-01-08"))},
		} {
			refusedAs(t, e.Platform().Refused(publish, tc.vars), "INVALID_INPUT", tc.field)
		}
		is(t, "calendar", e.Anonymous().Must(`{ calendar(code: "X") { version } }`, nil).Get("calendar"), nil)
		is(t, "version of CN", e.Anonymous().Must(`{ calendar(code: "CN") { version } }`, nil).Int("calendar.version"), 1)
	})
}
