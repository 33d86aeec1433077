package deadline

import (
	"fmt"
	"strings"
	"time"

	"aftersales/internal/calendar"
	"aftersales/internal/lang"
)

// english puts the story into one sentence.
func (s *story) english() string {
	day, clock := s.local(s.start)
	head := fmt.Sprintf("%s from %s, %s (%s)", s.lengthEN(), dayEN(day), clock, s.cal.ZoneName())
	var clauses []string
	add := func(format string, args ...any) { clauses = append(clauses, fmt.Sprintf(format, args...)) }

	if s.clock.Rule.Unit.Elapsed() {
		head += ", nights and holidays included"
	} else if !s.moved {
		head += ", that day not counted"
	}
	add("%s", head)
	if s.moved {
		add("a start on a rest day or at or after %s counts as made on the next workday, %s, which is not counted itself",
			s.clock.Rule.CutOff, dayEN(s.day0))
	}
	if passed := s.passedEN(); passed != "" {
		add("%s not counted", passed)
	}
	switch n := len(s.makeUps); {
	case n == 1:
		add("%s is a make-up workday and counts", s.weekdayEN(s.makeUps[0]))
	case n > 1:
		var days []string
		for _, d := range s.makeUps[:min(n, named)] {
			days = append(days, s.weekdayEN(d))
		}
		add("%s are make-up workdays and count", andEN(days, n-len(days), "more day"))
	}
	if s.shortMonth() {
		add("that month has no day %d, so its last day takes its place", s.day0.Day)
	}
	s.pausesEN(add)
	if s.moves() {
		past := ""
		if len(s.rolled) > 0 {
			past = " past " + s.stretchesEN(s.rolled)
		}
		add("the last day, %s, is a rest day and moves%s to the next workday", dayEN(s.nominal), past)
	}
	if s.Provisional && len(s.unpublished) > 0 {
		years := make([]string, len(s.unpublished))
		for i, y := range s.unpublished {
			years[i] = fmt.Sprint(y)
		}
		add("provisional until the official holidays of %s are published", andEN(years, 0, ""))
	}
	if s.DueAt == nil {
		add("no due time while the pause lasts; without pauses it %s", s.endEN(s.PromisedDueAt, s.PromisedLastDay))
	} else {
		add("%s", s.endEN(*s.DueAt, s.LastDay))
	}
	return strings.Join(clauses, "; ") + "."
}

func (s *story) lengthEN() string {
	unit := map[Unit]string{Minutes: "minute", Hours: "hour", WorkingDays: "working day", Days: "calendar day", Months: "month"}[s.clock.Rule.Unit]
	text := plural(s.length, unit)
	if s.length != s.clock.Rule.Length {
		text += fmt.Sprintf(" (extended from %d, counted from the same start)", s.clock.Rule.Length)
	}
	return text
}

// passedEN is the subject of "not counted": weekends and holidays.
func (s *story) passedEN() string {
	switch {
	case len(s.holidays) > 0 && s.weekends:
		return "weekends and " + s.stretchesEN(s.holidays) + " are"
	case len(s.holidays) > 0:
		if len(s.holidays) == 1 && s.holidays[0].from == s.holidays[0].to {
			return s.stretchesEN(s.holidays) + " is"
		}
		return s.stretchesEN(s.holidays) + " are"
	case s.weekends:
		return "weekends are"
	}
	return ""
}

func (s *story) pausesEN(add func(string, ...any)) {
	for i, p := range s.pauses {
		if i == named && len(s.pauses) > named+1 {
			n, rest := s.rest(i)
			add("%s added %s", plural(n, "further pause"), s.addedEN(rest))
			if p := s.open(); p != nil {
				add("%s", s.openEN(*p))
			}
			return
		}
		if p.open {
			add("%s", s.openEN(p))
			continue
		}
		from, _ := s.local(p.from)
		until, clock := s.local(p.to)
		if from != until {
			clock = s.momentEN(p.to)
		}
		add("the pause from %s to %s%s adds %s", s.momentEN(p.from), clock, reasonEN(p), s.addedEN(p))
	}
}

func (s *story) openEN(p effect) string { return "paused since " + s.momentEN(p.from) + reasonEN(p) }

func reasonEN(p effect) string {
	if why := because(p, lang.EN, ", "); why != "" {
		return " (" + why + ")"
	}
	return ""
}

func (s *story) addedEN(p effect) string {
	switch s.clock.Rule.Unit {
	case Minutes, Hours:
		h, m, sec := parts(p.elapsed)
		var text []string
		for _, part := range []struct {
			n    int
			unit string
		}{{h, "hour"}, {m, "minute"}, {sec, "second"}} {
			if part.n > 0 {
				text = append(text, plural(part.n, part.unit))
			}
		}
		if len(text) == 0 {
			return "less than a second"
		}
		return strings.Join(text, " ")
	case WorkingDays:
		return noneOr(p.days, "working day")
	default:
		return noneOr(p.days, "day")
	}
}

func noneOr(n int, unit string) string {
	if n == 0 {
		return "no " + unit
	}
	return plural(n, unit)
}

func (s *story) endEN(due time.Time, last *calendar.Date) string {
	day, clock := s.end(due, last)
	if s.clock.Rule.CloseOfBusiness != nil && last != nil {
		clock = "the close of business, " + clock + ","
	}
	return fmt.Sprintf("ends at %s on %s", clock, dayEN(day))
}

// stretchesEN lists holidays: "1-8 October (National Day and Mid-Autumn Festival)".
func (s *story) stretchesEN(list []stretch) string {
	var text []string
	for _, h := range list[:min(len(list), named)] {
		text = append(text, s.rangeEN(h.from, h.to)+" ("+calendar.EnglishName(h.name)+")")
	}
	return andEN(text, len(list)-len(text), "more holiday")
}

func (s *story) rangeEN(from, to calendar.Date) string {
	switch {
	case from == to:
		return s.dateEN(from)
	case from.Year != to.Year:
		return fmt.Sprintf("%d %s %d - %d %s %d", from.Day, from.Month, from.Year, to.Day, to.Month, to.Year)
	case from.Month != to.Month:
		return fmt.Sprintf("%d %s - %s", from.Day, from.Month, s.dateEN(to))
	}
	return fmt.Sprintf("%d-%s", from.Day, s.dateEN(to))
}

// dateEN leaves out the year of the start, which every sentence has told already.
func (s *story) dateEN(d calendar.Date) string {
	if day, _ := s.local(s.start); d.Year == day.Year {
		return fmt.Sprintf("%d %s", d.Day, d.Month)
	}
	return fmt.Sprintf("%d %s %d", d.Day, d.Month, d.Year)
}

func (s *story) weekdayEN(d calendar.Date) string { return d.Weekday().String() + " " + s.dateEN(d) }

func (s *story) momentEN(t time.Time) string {
	day, clock := s.local(t)
	return s.dateEN(day) + " " + clock
}

func dayEN(d calendar.Date) string {
	return fmt.Sprintf("%s %d %s %d", d.Weekday(), d.Day, d.Month, d.Year)
}

func plural(n int, unit string) string {
	if n == 1 {
		return "1 " + unit
	}
	return fmt.Sprintf("%d %ss", n, unit)
}

// andEN joins a list; `more` of a kind were left out of it.
func andEN(list []string, more int, kind string) string {
	if more > 0 {
		list = append(list, plural(more, kind))
	}
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	return strings.Join(list[:len(list)-1], ", ") + " and " + list[len(list)-1]
}
