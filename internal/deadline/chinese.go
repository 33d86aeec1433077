package deadline

import (
	"fmt"
	"strings"
	"time"

	"aftersales/internal/calendar"
	"aftersales/internal/lang"
)

// chinese puts the story into one sentence.
func (s *story) chinese() string {
	day, clock := s.local(s.start)
	head := fmt.Sprintf("自%s%s（%s）起%s", dayZH(day), clock, s.cal.ZoneName(), s.lengthZH())
	var clauses []string
	add := func(format string, args ...any) { clauses = append(clauses, fmt.Sprintf(format, args...)) }

	if s.clock.Rule.Unit.Elapsed() {
		head += "，夜间及节假日连续计算"
	} else if !s.moved {
		head += "，当日不计"
	}
	add("%s", head)
	if s.moved {
		add("休息日或%s及以后提交的视为下一工作日%s提交，该日不计", s.clock.Rule.CutOff, dayZH(s.day0))
	}
	switch {
	case len(s.holidays) > 0 && s.weekends:
		add("周末及%s不计", s.stretchesZH(s.holidays))
	case len(s.holidays) > 0:
		add("%s不计", s.stretchesZH(s.holidays))
	case s.weekends:
		add("周末不计")
	}
	if n := len(s.makeUps); n > 0 {
		var days []string
		for _, d := range s.makeUps[:min(n, named)] {
			days = append(days, s.dateZH(d)+"（"+weekdayZH(d)+"）")
		}
		text := strings.Join(days, "、")
		if more := n - len(days); more > 0 {
			text += fmt.Sprintf("等%d天", n)
		}
		add("%s为调休上班日，计入", text)
	}
	if s.shortMonth() {
		add("届满之月没有%d日，以当月末日为准", s.day0.Day)
	}
	s.pausesZH(add)
	if s.moves() {
		past := ""
		if len(s.rolled) > 0 {
			past = "越过" + s.stretchesZH(s.rolled)
		}
		add("最后一日%s为休息日，%s顺延至下一工作日", dayZH(s.nominal), past)
	}
	if s.Provisional && len(s.unpublished) > 0 {
		years := make([]string, len(s.unpublished))
		for i, y := range s.unpublished {
			years[i] = fmt.Sprintf("%d年", y)
		}
		add("%s放假安排尚未公布，结果为暂定", strings.Join(years, "、"))
	}
	if s.DueAt == nil {
		add("暂停期间没有到期时间，不计暂停则%s", s.endZH(s.PromisedDueAt, s.PromisedLastDay))
	} else {
		add("%s", s.endZH(*s.DueAt, s.LastDay))
	}
	return strings.Join(clauses, "；") + "。"
}

func (s *story) lengthZH() string {
	unit := map[Unit]string{Minutes: "分钟", Hours: "小时", WorkingDays: "个工作日", Days: "个自然日", Months: "个月"}[s.clock.Rule.Unit]
	text := fmt.Sprintf("%d%s", s.length, unit)
	if s.length != s.clock.Rule.Length {
		text += fmt.Sprintf("（由%d%s延长，起算时间不变）", s.clock.Rule.Length, unit)
	}
	return text
}

func (s *story) pausesZH(add func(string, ...any)) {
	for i, p := range s.pauses {
		if i == named && len(s.pauses) > named+1 {
			n, rest := s.rest(i)
			add("另有%d次暂停，共%s", n, s.addedZH(rest))
			if p := s.open(); p != nil {
				add("%s", s.openZH(*p))
			}
			return
		}
		if p.open {
			add("%s", s.openZH(p))
			continue
		}
		from, _ := s.local(p.from)
		until, clock := s.local(p.to)
		if from != until {
			clock = s.momentZH(p.to)
		}
		add("%s至%s暂停%s，%s", s.momentZH(p.from), clock, reasonZH(p), s.addedZH(p))
	}
}

func (s *story) openZH(p effect) string {
	return "自" + s.momentZH(p.from) + "起暂停" + reasonZH(p)
}

func reasonZH(p effect) string {
	if why := because(p, lang.ZH, "、"); why != "" {
		return "（" + why + "）"
	}
	return ""
}

func (s *story) addedZH(p effect) string {
	if !s.clock.Rule.Unit.Elapsed() {
		unit := "天"
		if s.clock.Rule.Unit == WorkingDays {
			unit = "个工作日"
		}
		if p.days == 0 {
			return "不增加天数"
		}
		return fmt.Sprintf("顺延%d%s", p.days, unit)
	}
	h, m, sec := parts(p.elapsed)
	text := ""
	for _, part := range []struct {
		n    int
		unit string
	}{{h, "小时"}, {m, "分钟"}, {sec, "秒"}} {
		if part.n > 0 {
			text += fmt.Sprintf("%d%s", part.n, part.unit)
		}
	}
	if text == "" {
		return "顺延不足1秒"
	}
	return "顺延" + text
}

func (s *story) endZH(due time.Time, last *calendar.Date) string {
	day, clock := s.end(due, last)
	if s.clock.Rule.CloseOfBusiness != nil && last != nil {
		clock += "（营业结束）"
	}
	return "截止于" + dayZH(day) + clock
}

// stretchesZH lists holidays: "10月1日至8日(国庆节、中秋节)".
func (s *story) stretchesZH(list []stretch) string {
	var text []string
	for _, h := range list[:min(len(list), named)] {
		text = append(text, s.rangeZH(h.from, h.to)+"（"+h.name+"）")
	}
	joined := strings.Join(text, "、")
	if len(list) > len(text) {
		joined += fmt.Sprintf("等%d段假期", len(list))
	}
	return joined
}

func (s *story) rangeZH(from, to calendar.Date) string {
	switch {
	case from == to:
		return s.dateZH(from)
	case from.Year != to.Year:
		return fmt.Sprintf("%d年%d月%d日至%d年%d月%d日", from.Year, from.Month, from.Day, to.Year, to.Month, to.Day)
	case from.Month != to.Month:
		return fmt.Sprintf("%s至%d月%d日", s.dateZH(from), to.Month, to.Day)
	}
	return fmt.Sprintf("%s至%d日", s.dateZH(from), to.Day)
}

// dateZH leaves out the year of the start, which every sentence has told already.
func (s *story) dateZH(d calendar.Date) string {
	if day, _ := s.local(s.start); d.Year == day.Year {
		return fmt.Sprintf("%d月%d日", d.Month, d.Day)
	}
	return fmt.Sprintf("%d年%d月%d日", d.Year, d.Month, d.Day)
}

func (s *story) momentZH(t time.Time) string {
	day, clock := s.local(t)
	return s.dateZH(day) + clock
}

func dayZH(d calendar.Date) string {
	return fmt.Sprintf("%d年%d月%d日（%s）", d.Year, d.Month, d.Day, weekdayZH(d))
}

func weekdayZH(d calendar.Date) string {
	return [...]string{"星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"}[d.Weekday()]
}
