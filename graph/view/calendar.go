package view

import (
	"strconv"
	"strings"
	"time"

	"aftersales/ent"
	"aftersales/internal/calendar"
	"aftersales/internal/problem"
)

// Calendar shows one version of a working-day calendar.
type Calendar struct {
	row *ent.Calendar
	cal *calendar.Calendar
}

// CalendarOf shows a stored version with what it parses to.
func CalendarOf(row *ent.Calendar, cal *calendar.Calendar) *Calendar { return &Calendar{row, cal} }

func (Calendar) IsNode() {}

func (c Calendar) ID() string       { return c.row.ID }
func (c Calendar) Code() string     { return c.row.Code }
func (c Calendar) Version() int     { return c.row.Version }
func (c Calendar) Name() string     { return c.row.Spec.Name }
func (c Calendar) TimeZone() string { return c.row.Spec.TimeZone }

// Weekend lists the weekly rest days.
func (c Calendar) Weekend() []Weekday {
	out := make([]Weekday, len(c.row.Spec.Weekend))
	for i, d := range c.row.Spec.Weekend {
		out[i] = Weekday(strings.ToUpper(d.String()))
	}
	return out
}

// Years are the years with what is special in them.
func (c Calendar) Years() []*CalendarYear {
	out := make([]*CalendarYear, len(c.row.Spec.Years))
	for i, y := range c.row.Spec.Years {
		out[i] = &CalendarYear{Year: y.Year, Status: y.Status, Notice: optional(y.Notice), Off: days(y.Off), MakeUpWorkdays: days(y.MakeUpWorkdays)}
	}
	return out
}

func days(in []calendar.Day) []*CalendarDay {
	out := make([]*CalendarDay, len(in))
	for i, d := range in {
		out[i] = &CalendarDay{Date: d.Date, Name: d.Name}
	}
	return out
}

// IsWorkday reports whether a date is worked.
func (c Calendar) IsWorkday(date calendar.Date) bool { return c.cal.IsWorkday(date) }

const maxDays = 366

// Days lists the dates from and to, both included.
func (c Calendar) Days(from, to calendar.Date) ([]*CalendarDate, error) {
	if to.Before(from) {
		return nil, problem.Invalid(problem.Text{EN: "must not lie before from", ZH: "不能早于 from"}, "to")
	}
	if from.AddDays(maxDays - 1).Before(to) {
		return nil, problem.Invalid(problem.Textf("at most %d days at a time", "每次最多 %d 天", maxDays), "to").With("maximum", strconv.Itoa(maxDays))
	}
	out := []*CalendarDate{}
	for d := from; !to.Before(d); d = d.AddDays(1) {
		name, _, _ := c.cal.DayName(d)
		out = append(out, &CalendarDate{Date: d, IsWorkday: c.cal.IsWorkday(d), Name: optional(name)})
	}
	return out, nil
}

// SpecOf reads the input of calendarPublish.
func SpecOf(in CalendarPublishInput) calendar.Spec {
	spec := calendar.Spec{Code: in.Code, Name: in.Name, TimeZone: in.TimeZone, Weekend: []time.Weekday{}}
	for _, w := range in.Weekend {
		for d := time.Sunday; d <= time.Saturday; d++ {
			if strings.EqualFold(d.String(), string(w)) {
				spec.Weekend = append(spec.Weekend, d)
			}
		}
	}
	for _, y := range in.Years {
		year := calendar.Year{Year: y.Year, Status: y.Status, Off: []calendar.Day{}, MakeUpWorkdays: []calendar.Day{}}
		if y.Notice != nil {
			year.Notice = *y.Notice
		}
		for _, d := range y.Off {
			year.Off = append(year.Off, calendar.Day{Date: d.Date, Name: d.Name})
		}
		for _, d := range y.MakeUpWorkdays {
			year.MakeUpWorkdays = append(year.MakeUpWorkdays, calendar.Day{Date: d.Date, Name: d.Name})
		}
		spec.Years = append(spec.Years, year)
	}
	return spec
}
