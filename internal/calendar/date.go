package calendar

import (
	"cmp"
	"time"

	"aftersales/internal/problem"
)

// Date is a day of the Gregorian calendar without zone or time of day. It is comparable, so it can be a map key.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// ParseDate reads "YYYY-MM-DD" and nothing else; the day must exist. The error is a *problem.Problem (INVALID_INPUT)
// without a field: the caller knows where the text stood.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || len(s) != len(time.DateOnly) {
		return Date{}, problem.Invalid(problem.Textf(
			"%q is not a date: write an existing day as YYYY-MM-DD",
			"%q不是有效日期：请按 YYYY-MM-DD 填写真实存在的日期", clip(s)))
	}
	return dateOf(t), nil
}

// DateOf is the local date of an instant in a zone: 00:00 belongs to the day it opens.
func DateOf(t time.Time, loc *time.Location) Date { return dateOf(t.In(loc)) }

func dateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

// utc is the day's 00:00 on a clock without gaps, the ground for counting days.
func (d Date) utc() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }

// String is "YYYY-MM-DD".
func (d Date) String() string { return d.utc().Format(time.DateOnly) }

// MarshalText writes "YYYY-MM-DD".
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what ParseDate reads.
func (d *Date) UnmarshalText(text []byte) error {
	parsed, err := ParseDate(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}

// Compare is -1 when d is earlier than e, 0 when they are the same day, 1 when d is later.
func (d Date) Compare(e Date) int {
	return cmp.Or(cmp.Compare(d.Year, e.Year), cmp.Compare(d.Month, e.Month), cmp.Compare(d.Day, e.Day))
}

// Before reports whether d is an earlier day than e.
func (d Date) Before(e Date) bool { return d.Compare(e) < 0 }

// Weekday is the day of the week.
func (d Date) Weekday() time.Weekday { return d.utc().Weekday() }

// AddDays is the date n calendar days later, earlier for a negative n.
func (d Date) AddDays(n int) Date {
	if day := d.Day + n; day >= 1 && day <= 28 { // within any month: counting goes day by day and has to be fast
		return Date{d.Year, d.Month, day}
	}
	return dateOf(time.Date(d.Year, d.Month, d.Day+n, 0, 0, 0, 0, time.UTC))
}

// DaysUntil is how many days after d another day is; below 0 when it is before.
func (d Date) DaysUntil(e Date) int { return int(e.utc().Sub(d.utc()) / (24 * time.Hour)) }

// AddMonths is the same day number n months later, or the month's last day where there is no such day (Civil Code 202).
func (d Date) AddMonths(n int) Date {
	last := dateOf(time.Date(d.Year, d.Month+time.Month(n)+1, 0, 0, 0, 0, 0, time.UTC))
	return Date{last.Year, last.Month, min(d.Day, last.Day)}
}

// clip keeps a caller's text short enough to be quoted in a message.
func clip(s string) string {
	r := []rune(s)
	if len(r) > 40 {
		return string(r[:40]) + "..."
	}
	return s
}
