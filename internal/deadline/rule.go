package deadline

import (
	"fmt"
	"strconv"
	"time"

	"aftersales/internal/problem"
)

// Unit is what a rule's length counts.
type Unit string

const (
	Minutes     Unit = "MINUTES"      // elapsed, as hours: for what has to be answered at once
	Hours       Unit = "HOURS"        // elapsed: nights, weekends, holidays and clock changes do not matter
	WorkingDays Unit = "WORKING_DAYS" // days worked by the calendar, make-up workdays included
	Days        Unit = "DAYS"         // calendar days
	Months      Unit = "MONTHS"       // to the same day number, else the month's end (Civil Code 202)
)

// longest is the greatest length that is still a promise: ten years.
var longest = map[Unit]int{Minutes: 10_080, Hours: 87_600, WorkingDays: 3_660, Days: 3_660, Months: 120}

// Elapsed reports whether the unit is time that passes, whatever the calendar.
func (u Unit) Elapsed() bool { return u.span() > 0 }

// span is how long one unit of elapsed time is; 0 for units of the calendar.
func (u Unit) span() time.Duration {
	switch u {
	case Minutes:
		return time.Minute
	case Hours:
		return time.Hour
	default:
		return 0
	}
}

// TimeOfDay is a local time as minutes after midnight, 0 to 1439.
type TimeOfDay int

// ParseTimeOfDay reads "HH:MM", 00:00 to 23:59; "24:00" is refused. The error is a *problem.Problem (INVALID_INPUT)
// without a field.
func ParseTimeOfDay(s string) (TimeOfDay, error) {
	digit := func(i int) int { return int(s[i]) - '0' }
	if len(s) == 5 && s[2] == ':' {
		valid := true
		for _, i := range []int{0, 1, 3, 4} {
			valid = valid && digit(i) >= 0 && digit(i) <= 9
		}
		hour, minute := digit(0)*10+digit(1), digit(3)*10+digit(4)
		if valid && hour <= 23 && minute <= 59 {
			return TimeOfDay(hour*60 + minute), nil
		}
	}
	return 0, problem.Invalid(problem.Textf(
		"a time of day is HH:MM from 00:00 to 23:59", "时间须为 HH:MM 格式，00:00 至 23:59"))
}

// String is "HH:MM".
func (t TimeOfDay) String() string { return fmt.Sprintf("%02d:%02d", int(t)/60, int(t)%60) }

// MarshalText writes "HH:MM".
func (t TimeOfDay) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads what ParseTimeOfDay reads.
func (t *TimeOfDay) UnmarshalText(text []byte) error {
	parsed, err := ParseTimeOfDay(string(text))
	if err != nil {
		return err
	}
	*t = parsed
	return nil
}

// Rule is the promise: so many units. The options are off in their zero values and have no effect on hour clocks.
type Rule struct {
	Unit   Unit `json:"unit"`
	Length int  `json:"length"`
	// Roll moves a last day that is a rest day to the next workday (Civil Code 203), for day and month clocks.
	Roll bool `json:"roll,omitempty"`
	// CutOff: a start at this local time or later, or on a rest day, counts as made on the next workday.
	CutOff *TimeOfDay `json:"cutOff,omitempty"`
	// CloseOfBusiness: the last day ends at this local time instead of 24:00.
	CloseOfBusiness *TimeOfDay `json:"closeOfBusiness,omitempty"`
}

// Pause is a time that does not count against whoever owes the promise: (From, To]. A nil To is a pause that still runs.
type Pause struct {
	From time.Time  `json:"from"`
	To   *time.Time `json:"to"`
	// Reason is text for people, or the case status that stopped the clock.
	Reason string `json:"reason"`
}

// Clock is a rule that started to run. Pauses may overlap and come in any order.
type Clock struct {
	Rule   Rule
	Start  time.Time
	Pauses []Pause
	// ExtendedTo, unless 0, replaces the rule's length, counted from the same start: when the extension was asked for
	// does not enter (MALL-4.3b).
	ExtendedTo int
}

// Instants outside these years are typing errors, and would make a walk over the days between them long.
const firstYear, lastYear = 1970, 2100

func (c Clock) check() *problem.Problem {
	most, ok := longest[c.Rule.Unit]
	if !ok {
		return problem.Invalid(problem.Textf(
			"must be MINUTES, HOURS, WORKING_DAYS, DAYS or MONTHS", "须为 MINUTES、HOURS、WORKING_DAYS、DAYS 或 MONTHS"), "unit")
	}
	if c.Rule.Length < 1 || c.Rule.Length > most {
		return problem.Invalid(problem.Textf("must be between 1 and %d", "须在 1 与 %d 之间", most), "length")
	}
	if c.ExtendedTo != 0 && (c.ExtendedTo <= c.Rule.Length || c.ExtendedTo > most) {
		return problem.Invalid(problem.Textf(
			"an extension must be longer than %d and at most %d", "延长后的期限须大于 %d 且不超过 %d", c.Rule.Length, most), "extendedTo")
	}
	if p := c.Rule.CutOff.check("cutOff"); p != nil {
		return p
	}
	if p := c.Rule.CloseOfBusiness.check("closeOfBusiness"); p != nil {
		return p
	}
	if p := checkInstant(c.Start, "startedAt"); p != nil {
		return p
	}
	for i, pause := range c.Pauses {
		if p := pause.check(); p != nil {
			return p.At("pauses", strconv.Itoa(i))
		}
	}
	return nil
}

func (t *TimeOfDay) check(field string) *problem.Problem {
	if t == nil || *t >= 0 && *t < 24*60 {
		return nil
	}
	return problem.Invalid(problem.Textf("must be between 00:00 and 23:59", "须在 00:00 与 23:59 之间"), field)
}

func (p Pause) check() *problem.Problem {
	if bad := checkInstant(p.From, "from"); bad != nil {
		return bad
	}
	if p.To == nil {
		return nil
	}
	if p.To.Before(p.From) {
		return problem.Invalid(problem.Textf("a pause cannot end before it begins", "暂停的结束不能早于开始"), "to")
	}
	return checkInstant(*p.To, "to")
}

func checkInstant(t time.Time, field string) *problem.Problem {
	if y := t.UTC().Year(); y >= firstYear && y <= lastYear {
		return nil
	}
	return problem.Invalid(problem.Textf(
		"must lie in the years %d to %d", "须在 %d 年至 %d 年之间", firstYear, lastYear), field)
}
