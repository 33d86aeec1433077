package deadline

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"aftersales/internal/calendar"
	"aftersales/internal/lang"
)

// What a customer reads, word for word.
func TestExplanationsOfTheWorkedExamples(t *testing.T) {
	t.Parallel()
	all := calendars(t)
	want := map[string][2]string{
		"E01": {
			"3 working days from Tuesday 10 March 2026, 10:15 (Asia/Shanghai), that day not counted; ends at 24:00 on Friday 13 March 2026.",
			"自2026年3月10日（星期二）10:15（Asia/Shanghai）起3个工作日，当日不计；截止于2026年3月13日（星期五）24:00。",
		},
		"E05": {
			"10 working days (extended from 7, counted from the same start) from Wednesday 22 January 2025, 09:00 (Asia/Shanghai), " +
				"that day not counted; weekends and 28 January - 4 February (Spring Festival) are not counted; " +
				"Sunday 26 January and Saturday 8 February are make-up workdays and count; ends at 24:00 on Tuesday 11 February 2025.",
			"自2025年1月22日（星期三）09:00（Asia/Shanghai）起10个工作日（由7个工作日延长，起算时间不变），当日不计；" +
				"周末及1月28日至2月4日（春节）不计；1月26日（星期日）、2月8日（星期六）为调休上班日，计入；截止于2025年2月11日（星期二）24:00。",
		},
		"E09": {
			"3 working days from Tuesday 30 September 2025, 09:00 (Asia/Shanghai), that day not counted; " +
				"1-8 October (National Day and Mid-Autumn Festival) are not counted; Saturday 11 October is a make-up workday and counts; " +
				"ends at 24:00 on Saturday 11 October 2025.",
			"自2025年9月30日（星期二）09:00（Asia/Shanghai）起3个工作日，当日不计；10月1日至8日（国庆节、中秋节）不计；" +
				"10月11日（星期六）为调休上班日，计入；截止于2025年10月11日（星期六）24:00。",
		},
		"E24": {
			"48 hours from Saturday 7 March 2026, 09:00 (America/New_York), nights and holidays included; ends at 10:00 on Monday 9 March 2026.",
			"自2026年3月7日（星期六）09:00（America/New_York）起48小时，夜间及节假日连续计算；截止于2026年3月9日（星期一）10:00。",
		},
		"E32": {
			"3 working days from Monday 20 April 2026, 10:00 (Africa/Cairo), that day not counted; ends at 24:00 on Thursday 23 April 2026.",
			"自2026年4月20日（星期一）10:00（Africa/Cairo）起3个工作日，当日不计；截止于2026年4月23日（星期四）24:00。",
		},
		"E34": {
			"24 hours from Wednesday 20 May 2026, 09:00 (Asia/Shanghai), nights and holidays included; " +
				"the pause from 20 May 10:00 to 16:00 (waiting for the customer to send the goods) adds 6 hours; ends at 15:00 on Thursday 21 May 2026.",
			"自2026年5月20日（星期三）09:00（Asia/Shanghai）起24小时，夜间及节假日连续计算；" +
				"5月20日10:00至16:00暂停（等待顾客寄回商品），顺延6小时；截止于2026年5月21日（星期四）15:00。",
		},
		"E36": {
			"3 working days from Monday 11 May 2026, 10:00 (Asia/Shanghai), that day not counted; weekends are not counted; " +
				"the pause from 12 May 15:00 to 15 May 09:00 (waiting for the customer to send the goods) adds 3 working days; " +
				"ends at 24:00 on Tuesday 19 May 2026.",
			"自2026年5月11日（星期一）10:00（Asia/Shanghai）起3个工作日，当日不计；周末不计；" +
				"5月12日15:00至5月15日09:00暂停（等待顾客寄回商品），顺延3个工作日；截止于2026年5月19日（星期二）24:00。",
		},
		"E38": {
			"3 working days from Monday 11 May 2026, 10:00 (Asia/Shanghai), that day not counted; " +
				"the pause from 13 May 09:00 to 18:00 (waiting for the customer to send the goods) adds no working day; " +
				"ends at 24:00 on Thursday 14 May 2026.",
			"自2026年5月11日（星期一）10:00（Asia/Shanghai）起3个工作日，当日不计；" +
				"5月13日09:00至18:00暂停（等待顾客寄回商品），不增加天数；截止于2026年5月14日（星期四）24:00。",
		},
		"E41": {
			"3 working days from Monday 11 May 2026, 10:00 (Asia/Shanghai), that day not counted; " +
				"paused since 13 May 15:00 (waiting for the customer to send the goods); no due time while the pause lasts; " +
				"without pauses it ends at 24:00 on Thursday 14 May 2026.",
			"自2026年5月11日（星期一）10:00（Asia/Shanghai）起3个工作日，当日不计；自5月13日15:00起暂停（等待顾客寄回商品）；" +
				"暂停期间没有到期时间，不计暂停则截止于2026年5月14日（星期四）24:00。",
		},
		"E43": {
			"7 calendar days from Friday 26 September 2025, 18:20 (Asia/Shanghai), that day not counted; " +
				"the last day, Friday 3 October 2025, is a rest day and moves past 3-8 October (National Day and Mid-Autumn Festival) " +
				"to the next workday; ends at 24:00 on Thursday 9 October 2025.",
			"自2025年9月26日（星期五）18:20（Asia/Shanghai）起7个自然日，当日不计；" +
				"最后一日2025年10月3日（星期五）为休息日，越过10月3日至8日（国庆节、中秋节）顺延至下一工作日；截止于2025年10月9日（星期四）24:00。",
		},
		"E48": {
			"12 months from Thursday 29 February 2024, 12:00 (Asia/Shanghai), that day not counted; " +
				"that month has no day 29, so its last day takes its place; ends at 24:00 on Friday 28 February 2025.",
			"自2024年2月29日（星期四）12:00（Asia/Shanghai）起12个月，当日不计；届满之月没有29日，以当月末日为准；截止于2025年2月28日（星期五）24:00。",
		},
		"E58": {
			"3 working days from Wednesday 30 December 2026, 10:00 (Asia/Shanghai), that day not counted; " +
				"weekends and 1 January 2027 (New Year's Day) are not counted; provisional until the official holidays of 2027 are published; " +
				"ends at 24:00 on Tuesday 5 January 2027.",
			"自2026年12月30日（星期三）10:00（Asia/Shanghai）起3个工作日，当日不计；周末及2027年1月1日（元旦）不计；" +
				"2027年放假安排尚未公布，结果为暂定；截止于2027年1月5日（星期二）24:00。",
		},
	}
	told := 0
	for _, e := range examples {
		c := e.clock(t)
		r, err := Compute(e.in(all), c)
		if err != nil {
			t.Fatal(err)
		}
		en, zh := Explain(e.in(all), c, r, lang.EN), Explain(e.in(all), c, r, lang.ZH)
		if w, ok := want[e.id[:3]]; ok {
			told++
			if en != w[0] || zh != w[1] {
				t.Errorf("%s\n%s\n%s", e.id, en, zh)
			}
		}
	}
	if told != len(want) {
		t.Errorf("%d sentences compared, want %d", told, len(want))
	}
}

func TestExplanationOfOptions(t *testing.T) {
	t.Parallel()
	cn := builtIn(t, "CN")
	c := Clock{
		Rule:   Rule{Unit: WorkingDays, Length: 1, CutOff: ofDay(t, "18:00"), CloseOfBusiness: ofDay(t, "17:30")},
		Start:  at(t, "2025-10-03T08:00:05+08:00"),
		Pauses: []Pause{pause(t, "2025-10-10T08:00:00+08:00 2025-10-10T09:00:00+08:00", " customer   on\nholiday "), pause(t, "2025-10-10T08:30:00+08:00 2025-10-10T09:00:00+08:00", "NEEDS_INFO")},
	}
	r, err := Compute(cn, c)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := Explain(cn, c, r, lang.EN), "1 working day from Friday 3 October 2025, 08:00:05 (Asia/Shanghai); "+
		"a start on a rest day or at or after 18:00 counts as made on the next workday, Thursday 9 October 2025, which is not counted itself; "+
		"the pause from 10 October 08:00 to 09:00 (customer on holiday, waiting for information from the customer) adds no working day; "+
		"ends at the close of business, 17:30, on Friday 10 October 2025."; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got, want := Explain(cn, c, r, lang.ZH), "自2025年10月3日（星期五）08:00:05（Asia/Shanghai）起1个工作日；"+
		"休息日或18:00及以后提交的视为下一工作日2025年10月9日（星期四）提交，该日不计；"+
		"10月10日08:00至09:00暂停（customer on holiday、等待顾客补充信息），不增加天数；"+
		"截止于2025年10月10日（星期五）17:30（营业结束）。"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestLongExplanationsStayReadable(t *testing.T) {
	t.Parallel()
	cn := builtIn(t, "CN")
	c := Clock{Rule: Rule{Unit: WorkingDays, Length: 1_200}, Start: at(t, "2023-01-03T10:00:00+08:00")}
	for i := range 40 {
		from := c.Start.Add(time.Duration(i) * 48 * time.Hour)
		to := from.Add(24 * time.Hour)
		c.Pauses = append(c.Pauses, Pause{From: from, To: &to, Reason: strings.Repeat("very long reason ", 20)})
	}
	c.Pauses = append(c.Pauses, Pause{From: c.Start.AddDate(0, 6, 0)})
	r, err := Compute(cn, c)
	if err != nil {
		t.Fatal(err)
	}
	en, zh := Explain(cn, c, r, lang.EN), Explain(cn, c, r, lang.ZH)
	if len([]rune(en)) > 2_000 || len([]rune(zh)) > 1_500 {
		t.Errorf("%d characters of English, %d of Chinese", len([]rune(en)), len([]rune(zh)))
	}
	for _, part := range []string{"34 further pauses added ", "paused since 3 July 10:00;", "no due time"} {
		if !strings.Contains(en, part) {
			t.Errorf("%q is missing in %s", part, en)
		}
	}
	if !strings.Contains(zh, "另有34次暂停，共顺延") || strings.Count(zh, "。") != 1 {
		t.Errorf("%s", zh)
	}
	c.Pauses = nil
	if r, err = Compute(cn, c); err != nil {
		t.Fatal(err)
	}
	en = Explain(cn, c, r, lang.EN)
	for _, part := range []string{"21-27 January (Spring Festival)", "29 September - 6 October (Mid-Autumn Festival and National Day)", " more holidays are not counted", " more days are make-up workdays"} {
		if !strings.Contains(en, part) {
			t.Errorf("%q is missing in %s", part, en)
		}
	}
}

func TestPauseLengthsInWords(t *testing.T) {
	t.Parallel()
	cn := builtIn(t, "CN")
	start := at(t, "2026-03-10T10:00:00+08:00")
	for lasts, want := range map[time.Duration][2]string{
		time.Hour:                     {"adds 1 hour;", "顺延1小时；"},
		90 * time.Minute:              {"adds 1 hour 30 minutes;", "顺延1小时30分钟；"},
		50*time.Hour + 61*time.Second: {"adds 50 hours 1 minute 1 second;", "顺延50小时1分钟1秒；"},
		time.Millisecond:              {"adds less than a second;", "顺延不足1秒；"},
	} {
		to := start.Add(lasts)
		c := Clock{Rule: Rule{Unit: Hours, Length: 1}, Start: start, Pauses: []Pause{{From: start, To: &to}}}
		r, err := Compute(cn, c)
		if err != nil {
			t.Fatal(err)
		}
		for i, l := range []lang.Lang{lang.EN, lang.ZH} {
			if got := Explain(cn, c, r, l); !strings.Contains(got, want[i]) {
				t.Errorf("%v: %s", lasts, got)
			}
		}
	}
}

func ExampleExplain() {
	spec, _ := calendar.BuiltIn("CN")
	cn, err := calendar.New(spec, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	c := Clock{
		Rule:   Rule{Unit: WorkingDays, Length: 3},
		Start:  time.Date(2026, time.May, 11, 2, 0, 0, 0, time.UTC),
		Pauses: []Pause{{From: time.Date(2026, time.May, 13, 7, 0, 0, 0, time.UTC), Reason: "NEEDS_INFO"}},
	}
	r, err := Compute(cn, c)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(Explain(cn, c, r, lang.EN))
	// Output: 3 working days from Monday 11 May 2026, 10:00 (Asia/Shanghai), that day not counted; paused since 13 May 15:00 (waiting for information from the customer); no due time while the pause lasts; without pauses it ends at 24:00 on Thursday 14 May 2026.
}
