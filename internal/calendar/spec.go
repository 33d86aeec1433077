package calendar

import (
	"cmp"
	"slices"
	"time"
)

// Status says whether a year's holidays are certain.
type Status string

const (
	// Published is a year whose official notice is known.
	Published Status = "PUBLISHED"
	// Provisional is a year before its notice: only what the statute alone gives is listed.
	Provisional Status = "PROVISIONAL"
)

// Day is a date with the name of the holiday it belongs to, in the language of the notice.
type Day struct {
	Date Date   `json:"date"`
	Name string `json:"name"`
}

// Year is one year's notice. It may list days at the edges of the neighbouring years: the notice for 2023 begins with
// 2022-12-31.
type Year struct {
	Year           int    `json:"year"`
	Status         Status `json:"status"`
	Notice         string `json:"notice"` // number or title of the official notice, empty when there is none
	Off            []Day  `json:"off"`
	MakeUpWorkdays []Day  `json:"makeUpWorkdays"`
}

// Spec is a calendar as it is stored and published. TimeZone is an IANA name; Weekend holds time.Weekday numbers
// (Sunday is 0) in JSON.
type Spec struct {
	Code     string         `json:"code"`
	Name     string         `json:"name"`
	TimeZone string         `json:"timeZone"`
	Weekend  []time.Weekday `json:"weekend"`
	Years    []Year         `json:"years"`
}

// Merge is what publishing makes of a stored calendar: the years named by published replace those of s whole, years not
// named are kept; code, name, zone and weekend are published's. Neither argument is changed. Two notices that were
// valid apart may contradict each other at the turn of a year, so the result has to pass New.
func (s Spec) Merge(published Spec) Spec {
	merged := published.clone()
	for _, y := range s.clone().Years {
		replaced := slices.ContainsFunc(published.Years, func(p Year) bool { return p.Year == y.Year })
		if !replaced {
			merged.Years = append(merged.Years, y)
		}
	}
	merged.sort()
	return merged
}

func (s Spec) clone() Spec {
	s.Weekend = slices.Clone(s.Weekend)
	s.Years = slices.Clone(s.Years)
	for i := range s.Years {
		s.Years[i].Off = slices.Clone(s.Years[i].Off)
		s.Years[i].MakeUpWorkdays = slices.Clone(s.Years[i].MakeUpWorkdays)
	}
	return s
}

// sort brings years and days into the order of time; the order carries no meaning, but readers and diffs profit.
func (s Spec) sort() {
	slices.SortStableFunc(s.Years, func(a, b Year) int { return cmp.Compare(a.Year, b.Year) })
	byDate := func(a, b Day) int { return a.Date.Compare(b.Date) }
	for _, y := range s.Years {
		slices.SortStableFunc(y.Off, byDate)
		slices.SortStableFunc(y.MakeUpWorkdays, byDate)
	}
}
