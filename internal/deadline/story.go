package deadline

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"aftersales/internal/calendar"
	"aftersales/internal/lang"
)

// Explain says in one sentence of English or Chinese, for a customer, why a clock ends when it ends: start and zone,
// holidays passed over, make-up workdays counted, pauses with what they added, extension, roll, an unpublished year, and
// the end. r is what Compute made of c by the same calendar. A clock that Compute refuses has no explanation ("").
func Explain(cal *calendar.Calendar, c Clock, r Result, l lang.Lang) string {
	if c.check() != nil {
		return ""
	}
	s := story{tally: count(cal, c), clock: c, cal: cal}
	s.Result = r
	s.gather()
	if l == lang.ZH {
		return s.chinese()
	}
	return s.english()
}

// A sentence names this many holidays, make-up days or pauses and sums up the rest: it has to be read.
const named = 6

// story is what there is to tell, before it is put into words.
type story struct {
	tally
	clock    Clock
	cal      *calendar.Calendar
	holidays []stretch // passed over while counting working days
	weekends bool      // so were days off without a name
	makeUps  []calendar.Date
	rolled   []stretch // holidays that the last day was moved out of
}

// stretch is consecutive days off with one name.
type stretch struct {
	from, to calendar.Date
	name     string
}

func (s *story) gather() {
	switch {
	case s.clock.Rule.Unit == WorkingDays:
		for d := s.day0.AddDays(1); !s.counting().Before(d); d = d.AddDays(1) {
			name, off, makeUp := s.cal.DayName(d)
			switch {
			case off:
				s.holidays = lengthen(s.holidays, d, name)
			case makeUp:
				s.makeUps = append(s.makeUps, d)
			case !s.cal.IsWorkday(d):
				s.weekends = true
			}
		}
	case s.LastDay != nil:
		for d := s.nominal; d.Before(*s.LastDay); d = d.AddDays(1) {
			if name, off, _ := s.cal.DayName(d); off {
				s.rolled = lengthen(s.rolled, d, name)
			}
		}
	}
}

// counting is the last day that counting has reached: the day before which an open pause stopped it, or the end.
func (s *story) counting() calendar.Date {
	if p := s.open(); p != nil {
		return calendar.DateOf(p.from, s.cal.Zone())
	}
	return s.nominal
}

// open is the pause that still runs, if any.
func (s *story) open() *effect {
	if n := len(s.pauses); n > 0 && s.pauses[n-1].open {
		return &s.pauses[n-1]
	}
	return nil
}

// rest sums up the closed pauses from the i-th on.
func (s *story) rest(i int) (n int, sum effect) {
	for _, p := range s.pauses[i:] {
		if !p.open {
			n++
			sum.days += p.days
			sum.elapsed += p.elapsed
		}
	}
	return n, sum
}

// moves: the roll moved the last day.
func (s *story) moves() bool { return s.LastDay != nil && s.nominal.Before(*s.LastDay) }

// shortMonth: the day number of the start does not exist in the last month.
func (s *story) shortMonth() bool {
	return s.clock.Rule.Unit == Months && s.day0.AddMonths(s.length).Day != s.day0.Day
}

func lengthen(list []stretch, d calendar.Date, name string) []stretch {
	if n := len(list); n > 0 && list[n-1].name == name && list[n-1].to.AddDays(1) == d {
		list[n-1].to = d
		return list
	}
	return append(list, stretch{d, d, name})
}

// end is the local date and time of the effective due time, 24:00 of the last day where that is what it means.
func (s *story) end(due time.Time, last *calendar.Date) (calendar.Date, string) {
	if last != nil && s.clock.Rule.CloseOfBusiness == nil {
		return *last, "24:00"
	}
	return s.local(due)
}

// local is an instant on the calendar zone's clock, with seconds only where there are some.
func (s *story) local(t time.Time) (calendar.Date, string) {
	t = t.In(s.cal.Zone())
	layout := "15:04"
	if t.Second() != 0 {
		layout = time.TimeOnly
	}
	return calendar.DateOf(t, s.cal.Zone()), t.Format(layout)
}

// parts splits a duration for display, dropping fractions of a second.
func parts(d time.Duration) (hours, minutes, seconds int) {
	total := int(d / time.Second)
	return total / 3600, total / 60 % 60, total % 60
}

// reasons are the case statuses that stop a clock because the customer holds the ball, in customers' words.
var reasons = map[string]struct{ en, zh string }{
	"NEEDS_INFO":        {"waiting for information from the customer", "等待顾客补充信息"},
	"PROPOSED":          {"waiting for the customer's answer to a proposal", "等待顾客答复协商方案"},
	"QUOTED":            {"waiting for the customer's answer to a quote", "等待顾客确认报价"},
	"AWAITING_SHIPMENT": {"waiting for the customer to send the goods", "等待顾客寄回商品"},
	"IN_TRANSIT":        {"goods on their way back", "商品寄回途中"},
	// Not statuses: what happened to an appointment.
	"APPOINTMENT_MISSED": {"nobody let the technician in", "上门无人，等待重新预约"},
	"APPOINTMENT_MOVED":  {"the customer moved the appointment", "顾客改约"},
}

// because joins the reasons of a pause; a reason that is not a status is told as it was written.
func because(p effect, l lang.Lang, separator string) string {
	var told []string
	for _, r := range p.reasons {
		text := brief(r)
		if known, ok := reasons[r]; ok {
			if text = known.en; l == lang.ZH {
				text = known.zh
			}
		}
		if text != "" && !slices.Contains(told, text) {
			told = append(told, text)
		}
	}
	return strings.Join(told, separator)
}

// brief makes one short line of what somebody typed.
func brief(text string) string {
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, "")), " ")
	if utf8.RuneCountInString(text) > 80 {
		return string([]rune(text)[:80]) + "..."
	}
	return text
}
