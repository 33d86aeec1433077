package e2e

import (
	"testing"

	"aftersales/internal/apptest"
)

// MALL-4.2a: the refund is received within three working days of the application, counted by China's published holidays and
// make-up workdays. X8.2: what counts is the money's arrival, not that the payment was started.
//
//   - E03: Fri 2025-01-24; Sun 26 is a make-up workday (1), Mon 27 (2), 28 to 02-04 off, Wed 02-05 (3).
//   - E11: Sun 2025-09-28, itself worked but not counted; Mon 29 (1), Tue 30 (2), 10-01 to 08 off, Thu 10-09 (3).
//   - E09: Tue 2025-09-30; 10-01 to 08 off, Thu 9 (1), Fri 10 (2), Sat 11 make-up (3).
//   - Spring Festival 2026: Fri 02-13; Sat 14 make-up (1), 15 to 23 off, Tue 24 (2), Wed 25 (3).
//   - National Day 2026: Wed 09-30; 10-01 to 07 off, Thu 8 (1), Fri 9 (2), Sat 10 make-up (3).
func TestRefundWithinThreeWorkingDays(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		for _, tc := range []struct{ slug, start, due, last string }{
			{"e03", "2025-01-24T15:00:00+08:00", "2025-02-06T00:00:00+08:00", "2025-02-05"},
			{"e11", "2025-09-28T10:00:00+08:00", "2025-10-10T00:00:00+08:00", "2025-10-09"},
			{"e09", "2025-09-30T09:00:00+08:00", "2025-10-12T00:00:00+08:00", "2025-10-11"},
			{"spring26", "2026-02-13T15:00:00+08:00", "2026-02-26T00:00:00+08:00", "2026-02-25"},
			{"national26", "2026-09-30T09:00:00+08:00", "2026-10-11T00:00:00+08:00", "2026-10-10"},
		} {
			s := e.Sandbox(tc.slug, tc.start)
			o := s.Order("A1", tc.start, apptest.Line{SKU: "CUP", Quantity: 3, UnitPrice: "10.00"})
			started := func() (id, refund string) {
				id = s.Request(o, "REFUND", 1)
				s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": id})
				return id, s.Refund(id)
			}
			inTime, payInTime := started()
			late, payLate := started()
			toldLate, payToldLate := started()
			d := look(t, s.Customer, inTime).deadline("REFUND")
			is(t, tc.slug+" due", at(t, d, "dueAt"), tc.due)
			is(t, tc.slug+" promised", at(t, d, "promisedDueAt"), tc.due)
			is(t, tc.slug+" last day", d.Str("lastDay"), tc.last)
			is(t, tc.slug+" counted", len(d.Strings("countedDays")), 3)

			s.Advance(before(t, tc.due))
			c := look(t, s.Customer, late)
			is(t, tc.slug+" started, not credited", state(c.deadline("REFUND")), "RUNNING open")
			is(t, tc.slug+" breaches", len(c.told("DEADLINE_BREACHED", "")), 0)
			s.Confirm(payInTime)
			c = look(t, s.Customer, inTime)
			is(t, tc.slug+" in time", state(c.deadline("REFUND")), "MET")
			is(t, tc.slug+" closed", at(t, c.Data, "closedAt"), cn(t, before(t, tc.due)))

			s.Advance(tc.due)
			c = look(t, s.Customer, late)
			is(t, tc.slug+" at the due instant", state(c.deadline("REFUND")), "BREACHED open owed")
			is(t, tc.slug+" breach told", at(t, c.first("DEADLINE_BREACHED", "refund"), "at"), tc.due)
			s.Confirm(payLate)
			c = look(t, s.Customer, late)
			is(t, tc.slug+" late", state(c.deadline("REFUND")), "BREACHED owed")
			is(t, tc.slug+" credited", at(t, c.deadline("REFUND"), "metAt"), tc.due)
			is(t, tc.slug+" breached", at(t, c.deadline("REFUND"), "breachedAt"), tc.due)
			is(t, tc.slug+" status", c.Str("status")+" "+c.Str("outcome"), "COMPLETED REFUNDED")
			is(t, tc.slug+" closed", c.Get("closedAt"), nil)

			// The money was there in time, only nobody had said so: the sweep's call is taken back.
			is(t, tc.slug+" before it was told", state(look(t, s.Customer, toldLate).deadline("REFUND")), "BREACHED open owed")
			s.Finance.Must(apptest.ConfirmRefund, apptest.Vars{"id": payToldLate, "key": s.Key(), "at": before(t, tc.due)})
			c = look(t, s.Customer, toldLate)
			d = c.deadline("REFUND")
			is(t, tc.slug+" told late", state(d), "MET")
			is(t, tc.slug+" breached", d.Get("breachedAt"), nil)
			is(t, tc.slug+" risk", d.Str("risk"), "ON_TRACK")
			is(t, tc.slug+" closed", at(t, c.Data, "closedAt"), tc.due)
		}
	})
}

// The deadline says in the reader's language why it ends when it ends: holidays, make-up days, pauses.
func TestWhyInBothLanguages(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-09-30T09:00:00+08:00")
		address(s, "main", false) // without a default address nothing is approved by itself
		id := s.Request(kettle(s, "A1", "2025-09-30T09:00:00+08:00"), "RETURN_AND_REFUND", 1)
		why := func(lang string) string { return look(t, s.Customer.In(lang), id).deadline("REFUND").Str("why") }
		is(t, "why", why("en"), "3 working days from Tuesday 30 September 2025, 09:00 (Asia/Shanghai), that day not counted; "+
			"1-8 October (National Day and Mid-Autumn Festival) are not counted; Saturday 11 October is a make-up workday and counts; ends at 24:00 on Saturday 11 October 2025.")
		is(t, "why", why("zh-CN"), "自2025年9月30日（星期二）09:00（Asia/Shanghai）起3个工作日，当日不计；10月1日至8日（国庆节、中秋节）不计；"+
			"10月11日（星期六）为调休上班日，计入；截止于2025年10月11日（星期六）24:00。")

		// Asked from Thu 9 at noon to Fri 10 at ten: Fri is one more working day, and the end moves to Mon 13.
		s.Advance("2025-10-09T12:00:00+08:00")
		s.Agent.Must(apptest.AskInfo, apptest.Vars{"id": id})
		is(t, "why while waiting", why("en"), "3 working days from Tuesday 30 September 2025, 09:00 (Asia/Shanghai), that day not counted; "+
			"1-8 October (National Day and Mid-Autumn Festival) are not counted; paused since 9 October 12:00 (waiting for information from the customer); "+
			"no due time while the pause lasts; without pauses it ends at 24:00 on Saturday 11 October 2025.")
		s.Advance("2025-10-10T10:00:00+08:00")
		s.Customer.Must(apptest.GiveInfo, apptest.Vars{"id": id})
		d := look(t, s.Customer, id).deadline("REFUND")
		is(t, "due", at(t, d, "dueAt"), "2025-10-14T00:00:00+08:00")
		is(t, "promised", at(t, d, "promisedDueAt"), "2025-10-12T00:00:00+08:00")
		is(t, "why after a pause", why("en"), "3 working days from Tuesday 30 September 2025, 09:00 (Asia/Shanghai), that day not counted; "+
			"weekends and 1-8 October (National Day and Mid-Autumn Festival) are not counted; Saturday 11 October is a make-up workday and counts; "+
			"the pause from 9 October 12:00 to 10 October 10:00 (waiting for information from the customer) adds 1 working day; ends at 24:00 on Monday 13 October 2025.")
		is(t, "why after a pause", why("zh-CN"), "自2025年9月30日（星期二）09:00（Asia/Shanghai）起3个工作日，当日不计；周末及10月1日至8日（国庆节、中秋节）不计；"+
			"10月11日（星期六）为调休上班日，计入；10月9日12:00至10月10日10:00暂停（等待顾客补充信息），顺延1个工作日；截止于2025年10月13日（星期一）24:00。")
	})
}
