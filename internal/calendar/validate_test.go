package calendar

import (
	"slices"
	"strings"
	"testing"
	"time"

	"aftersales/internal/problem"
)

func day(t testing.TB, date string) Day {
	t.Helper()
	d, err := ParseDate(date)
	if err != nil {
		t.Fatal(err)
	}
	return Day{Date: d, Name: "Holiday"}
}

func TestNewNamesEveryOffendingField(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		why    string
		spoil  func(*Spec)
		fields []string
	}{
		{"nothing wrong", func(*Spec) {}, nil},
		{"code", func(s *Spec) { s.Code = "C N" }, []string{"code"}},
		{"empty code", func(s *Spec) { s.Code = "" }, []string{"code"}},
		{"blank name", func(s *Spec) { s.Name = " \t" }, []string{"name"}},
		{"endless name", func(s *Spec) { s.Name = strings.Repeat("长", 201) }, []string{"name"}},
		{"no zone", func(s *Spec) { s.TimeZone = "" }, []string{"timeZone"}},
		{"the machine's own zone", func(s *Spec) { s.TimeZone = "Local" }, []string{"timeZone"}},
		{"the machine's own zone by its file", func(s *Spec) { s.TimeZone = "localtime" }, []string{"timeZone"}},
		{"leap-second zones", func(s *Spec) { s.TimeZone = "right/Asia/Shanghai" }, []string{"timeZone"}},
		{"unknown zone", func(s *Spec) { s.TimeZone = "Asia/Beijing" }, []string{"timeZone"}},
		{"a path", func(s *Spec) { s.TimeZone = "../etc/passwd" }, []string{"timeZone"}},
		{"weekend day twice", func(s *Spec) { s.Weekend = append(s.Weekend, time.Sunday) }, []string{"weekend.2"}},
		{"no such weekday", func(s *Spec) { s.Weekend = []time.Weekday{7, 6} }, []string{"weekend.0"}},
		{"no workday left", func(s *Spec) { s.Weekend = []time.Weekday{0, 1, 2, 3, 4, 5, 6}; s.Years = nil }, []string{"weekend"}},
		{"no weekend at all is a calendar", func(s *Spec) { s.Weekend = nil; s.Years[0].MakeUpWorkdays = nil }, nil},
		{"year out of range", func(s *Spec) { s.Years = []Year{{Year: 1969, Status: Published}} }, []string{"years.0.year"}},
		{"year far out of range", func(s *Spec) { s.Years = []Year{{Year: 2101, Status: Published}} }, []string{"years.0.year"}},
		{"year twice", func(s *Spec) { s.Years = append(s.Years, Year{Year: 2026, Status: Published}) }, []string{"years.1.year"}},
		{"status", func(s *Spec) { s.Years[0].Status = "NOT_FOUND_PROVISIONAL" }, []string{"years.0.status"}},
		{"day off twice", func(s *Spec) { s.Years[0].Off = append(s.Years[0].Off, day(t, "2026-10-01")) }, []string{"years.0.off.2.date"}},
		{"make-up day twice", func(s *Spec) {
			s.Years[0].MakeUpWorkdays = append(s.Years[0].MakeUpWorkdays, day(t, "2026-10-10"))
		}, []string{"years.0.makeUpWorkdays.1.date"}},
		{"off and made up", func(s *Spec) { s.Years[0].Off = append(s.Years[0].Off, day(t, "2026-10-10")) }, []string{"years.0.makeUpWorkdays.0.date"}},
		{"worked anyway", func(s *Spec) {
			s.Years[0].MakeUpWorkdays = append(s.Years[0].MakeUpWorkdays, day(t, "2026-10-12"))
		}, []string{"years.0.makeUpWorkdays.1.date"}},
		{"unnamed holiday", func(s *Spec) { s.Years[0].Off[1].Name = "" }, []string{"years.0.off.1.name"}},
		{"a day of another year", func(s *Spec) { s.Years[0].Off[1] = day(t, "2025-10-01") }, []string{"years.0.off.1.date"}},
		{"not the last days of December", func(s *Spec) { s.Years[0].Off[1] = day(t, "2025-12-19") }, []string{"years.0.off.1.date"}},
		{"the last days of December", func(s *Spec) { s.Years[0].Off[1] = day(t, "2025-12-31") }, nil},
		{"the first days of January", func(s *Spec) { s.Years[0].Off[1] = day(t, "2027-01-02") }, nil},
		{"not the first days of January", func(s *Spec) { s.Years[0].Off[1] = day(t, "2027-01-11") }, []string{"years.0.off.1.date"}},
		{"a day that does not exist", func(s *Spec) { s.Years[0].Off[1].Date = Date{2026, time.February, 30} }, []string{"years.0.off.1.date"}},
		{"two notices about one date", func(s *Spec) {
			s.Years[0].Off[1] = day(t, "2025-12-31")
			s.Years = append(s.Years, Year{Year: 2025, Status: Published, Off: []Day{day(t, "2025-12-31")}})
		}, []string{"years.1.off.0.date"}},
		{"several at once", func(s *Spec) { s.Code, s.TimeZone, s.Years[0].Status = "", "?", "" }, []string{"code", "timeZone", "years.0.status"}},
	} {
		t.Run(c.why, func(t *testing.T) {
			t.Parallel()
			spec := Spec{
				Code: "SHOP", Name: "Shop", TimeZone: "Asia/Shanghai", Weekend: []time.Weekday{time.Saturday, time.Sunday},
				Years: []Year{{
					Year: 2026, Status: Published, Notice: "own",
					Off: []Day{day(t, "2026-10-01"), day(t, "2026-10-02")}, MakeUpWorkdays: []Day{day(t, "2026-10-10")},
				}},
			}
			c.spoil(&spec)
			cal, err := New(spec, 1)
			var fields []string
			for _, p := range problem.All(err) {
				fields = append(fields, strings.Join(p.Field, "."))
				if p.Code != problem.InvalidInput || p.Message.EN == "" || p.Message.ZH == "" {
					t.Errorf("incomplete problem %+v", p)
				}
			}
			if !slices.Equal(fields, c.fields) {
				t.Errorf("fields %v, want %v", fields, c.fields)
			}
			if (cal == nil) != (c.fields != nil) {
				t.Errorf("calendar %v with problems %v", cal, fields)
			}
		})
	}
}

func TestHostileSpecMakesFewProblems(t *testing.T) {
	t.Parallel()
	y := Year{Year: 2026, Status: Published}
	for range 100_000 {
		y.Off = append(y.Off, Day{Date: Date{2026, time.May, 1}, Name: "May Day"})
	}
	_, err := New(Spec{Code: "X", Name: "X", TimeZone: "UTC", Years: []Year{y}}, 1)
	if n := len(problem.All(err)); n != maxProblems {
		t.Errorf("%d problems, want %d", n, maxProblems)
	}
}

func TestMergeReplacesNamedYearsAndKeepsTheOthers(t *testing.T) {
	t.Parallel()
	stored, _ := BuiltIn("CN")
	published := Spec{
		Code: "CN", Name: "China", TimeZone: "Asia/Urumqi", Weekend: stored.Weekend,
		Years: []Year{
			{Year: 2028, Status: Provisional, Off: []Day{day(t, "2028-01-01")}},
			{Year: 2027, Status: Published, Notice: "new", Off: []Day{day(t, "2027-01-02"), day(t, "2027-01-01")}},
		},
	}
	merged := stored.Merge(published)
	c, err := New(merged, 2)
	if err != nil {
		t.Fatal(err)
	}
	if c.Name() != "China" || c.ZoneName() != "Asia/Urumqi" || c.Zone().String() != "Asia/Urumqi" || c.Code() != "CN" || c.Version() != 2 {
		t.Errorf("%s %s %s version %d", c.Code(), c.Name(), c.ZoneName(), c.Version())
	}
	var years []int
	for _, y := range c.Spec().Years {
		years = append(years, y.Year)
	}
	if want := []int{2023, 2024, 2025, 2026, 2027, 2028}; !slices.Equal(years, want) {
		t.Errorf("years %v, want %v", years, want)
	}
	if !c.Published(Date{2027, time.June, 9}) || !c.IsWorkday(Date{2027, time.June, 9}) {
		t.Error("the statutory days of the old 2027 survived its publication")
	}
	if c.IsWorkday(Date{2026, time.October, 1}) || c.Published(Date{2028, time.March, 1}) {
		t.Error("2026 was lost or 2028 counts as published")
	}
	if len(stored.Years) != 5 || published.Years[0].Year != 2028 || published.Years[1].Off[0].Date.Day != 2 {
		t.Error("Merge changed an argument")
	}
	c.Spec().Years[0].Off[0].Name = "changed"
	if c.Spec().Years[0].Off[0].Name == "changed" {
		t.Error("a caller can change the calendar through Spec")
	}
}

func TestPublishingIsJudgedWithTheYearsThatAreKept(t *testing.T) {
	t.Parallel()
	stored, _ := BuiltIn("CN")
	published := Spec{
		Code: "CN", Name: "China", TimeZone: "Asia/Shanghai", Weekend: stored.Weekend,
		Years: []Year{{Year: 2022, Status: Published, Off: []Day{day(t, "2022-12-31")}}},
	}
	if _, err := New(published, 2); err != nil {
		t.Fatalf("alone: %v", err)
	}
	if _, err := New(stored.Merge(published), 2); !problem.Is(err, problem.InvalidInput) {
		t.Errorf("2022-12-31 is in two notices, got %v", err)
	}
}

func TestProvisionalNoticeMakesAPublishedYearsLastDayUncertain(t *testing.T) {
	t.Parallel()
	c, err := New(Spec{Code: "X", Name: "X", TimeZone: "UTC", Years: []Year{
		{Year: 2026, Status: Published},
		{Year: 2027, Status: Provisional, Off: []Day{day(t, "2026-12-31")}},
	}}, 1)
	if err != nil {
		t.Fatal(err)
	}
	if c.Published(Date{2026, time.December, 31}) || !c.Published(Date{2026, time.December, 30}) {
		t.Error("a date follows the notice that lists it")
	}
}

func TestNextWorkdayIsStrictlyAfter(t *testing.T) {
	t.Parallel()
	cn := builtIn(t, "CN")
	for from, want := range map[string]string{
		"2025-09-29": "2025-09-30", "2025-09-30": "2025-10-09", "2025-10-10": "2025-10-11", "2025-10-11": "2025-10-13",
		"2026-12-31": "2027-01-04",
	} {
		if got := cn.NextWorkday(day(t, from).Date).String(); got != want {
			t.Errorf("after %s: %s, want %s", from, got, want)
		}
	}
}
