package calendar

import (
	"encoding/json"
	"os"
	"reflect"
	"strconv"
	"testing"
	"time"
)

func builtIn(t testing.TB, code string) *Calendar {
	t.Helper()
	spec, ok := BuiltIn(code)
	if !ok {
		t.Fatalf("no built-in calendar %s", code)
	}
	c, err := New(spec, 1)
	if err != nil {
		t.Fatalf("built-in calendar %s: %v", code, err)
	}
	return c
}

// An oracle that shares nothing with the package but the file: two sets of strings and the weekend rule (MALL-4.2a,
// MALL-4.3a: what a working day is).
func TestEveryDayOf2023To2026AgreesWithTheNotices(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("data/cn_holidays.json")
	if err != nil {
		t.Fatal(err)
	}
	type day struct{ Date, Name string }
	var file map[string]struct{ Off, Workdays []day }
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	off, worked := map[string]string{}, map[string]string{}
	for _, y := range file {
		for _, d := range y.Off {
			off[d.Date] = d.Name
		}
		for _, d := range y.Workdays {
			worked[d.Date] = d.Name
		}
	}
	cn := builtIn(t, "CN")
	days, workdays := 0, map[int]int{}
	for day := time.Date(2023, 1, 1, 12, 0, 0, 0, time.UTC); day.Year() < 2027; day = day.Add(24 * time.Hour) {
		days++
		key := day.Format("2006-01-02")
		_, isOff := off[key]
		_, isMakeUp := worked[key]
		weekend := day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
		want := isMakeUp || !weekend && !isOff
		d := Date{day.Year(), day.Month(), day.Day()}
		if got := cn.IsWorkday(d); got != want {
			t.Errorf("%s: workday %v, want %v", key, got, want)
		}
		if !cn.Published(d) {
			t.Errorf("%s is not published", key)
		}
		name, gotOff, gotMakeUp := cn.DayName(d)
		if name != off[key]+worked[key] || gotOff != isOff || gotMakeUp != isMakeUp {
			t.Errorf("%s: %q, off %v, make-up %v", key, name, gotOff, gotMakeUp)
		}
		if want {
			workdays[day.Year()]++
		}
	}
	if days != 1461 {
		t.Errorf("%d days, want 1461", days)
	}
	// The counts Chinese employers work with: 365 less weekends and holidays, plus make-up days.
	if want := map[int]int{2023: 249, 2024: 251, 2025: 248, 2026: 248}; !reflect.DeepEqual(workdays, want) {
		t.Errorf("workdays per year: %v, want %v", workdays, want)
	}
}

func TestChinaHasFourPublishedYearsAndOneProvisional(t *testing.T) {
	t.Parallel()
	spec := builtIn(t, "CN").Spec()
	if spec.TimeZone != "Asia/Shanghai" || !reflect.DeepEqual(spec.Weekend, []time.Weekday{time.Saturday, time.Sunday}) {
		t.Errorf("zone %s, weekend %v", spec.TimeZone, spec.Weekend)
	}
	type row struct {
		year, off, makeUp int
		status            Status
		notice            string
	}
	var got []row
	for _, y := range spec.Years {
		got = append(got, row{y.Year, len(y.Off), len(y.MakeUpWorkdays), y.Status, y.Notice})
	}
	want := []row{
		{2023, 27, 7, Published, "国办发明电〔2022〕16号"},
		{2024, 28, 8, Published, "国办发明电〔2023〕7号"},
		{2025, 28, 5, Published, "国办发明电〔2024〕12号"},
		{2026, 33, 6, Published, "国办发明电〔2025〕7号"},
		{2027, 13, 0, Provisional, ""},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestNoticeReachesIntoTheYearBefore(t *testing.T) {
	t.Parallel()
	cn := builtIn(t, "CN")
	eve := Date{2022, time.December, 31}
	if name, off, _ := cn.DayName(eve); name != "元旦" || !off || cn.IsWorkday(eve) || !cn.Published(eve) {
		t.Errorf("2022-12-31: %q, off %v, workday %v, published %v", name, off, cn.IsWorkday(eve), cn.Published(eve))
	}
	for _, d := range []Date{{2022, time.December, 30}, {2027, time.January, 1}, {2027, time.January, 4}, {2028, time.May, 2}} {
		if cn.Published(d) {
			t.Errorf("%v counts as published", d)
		}
	}
	if cn.IsWorkday(Date{2027, time.January, 1}) {
		t.Error("the statutory day 2027-01-01 counts as a workday")
	}
}

func TestGermanyHasItsNineHolidays(t *testing.T) {
	t.Parallel()
	de := builtIn(t, "DE")
	if de.ZoneName() != "Europe/Berlin" {
		t.Errorf("zone %s", de.ZoneName())
	}
	spec := de.Spec()
	if len(spec.Years) != 10 || spec.Years[0].Year != 2023 || spec.Years[9].Year != 2032 {
		t.Fatalf("years: %d from %d", len(spec.Years), spec.Years[0].Year)
	}
	for _, y := range spec.Years {
		if len(y.Off) != 9 || y.Status != Published || len(y.MakeUpWorkdays) != 0 {
			t.Errorf("%d: %d days off, %s", y.Year, len(y.Off), y.Status)
		}
	}
	// Easter 2026 is 5 April; Easter 2024 was 31 March.
	for _, s := range []string{
		"2026-01-01", "2026-04-03", "2026-04-06", "2026-05-01", "2026-05-14", "2026-05-25", "2026-10-03", "2026-12-25",
		"2026-12-26", "2024-03-29", "2024-04-01", "2024-05-09", "2024-05-20",
	} {
		d, err := ParseDate(s)
		if err != nil {
			t.Fatal(err)
		}
		if _, off, _ := de.DayName(d); !off || de.IsWorkday(d) {
			t.Errorf("%s is not off", s)
		}
	}
	for _, s := range []string{"2026-04-02", "2026-10-31", "2026-06-04"} { // the last two: holidays of some states only
		d, err := ParseDate(s)
		if err != nil {
			t.Fatal(err)
		}
		if s != "2026-10-31" && !de.IsWorkday(d) {
			t.Errorf("%s is off", s)
		}
		if _, off, _ := de.DayName(d); off {
			t.Errorf("%s is a nation-wide holiday", s)
		}
	}
}

func TestBuiltInSpecsAreFreshAndKeepTheirJSON(t *testing.T) {
	t.Parallel()
	for _, code := range BuiltInCodes() {
		a, ok := BuiltIn(code)
		if !ok || a.Code != code {
			t.Fatalf("BuiltIn(%s) = %s, %v", code, a.Code, ok)
		}
		a.Years[0].Off[0].Name = "changed"
		b, _ := BuiltIn(code)
		if b.Years[0].Off[0].Name == "changed" {
			t.Errorf("%s: a caller changed the next caller's calendar", code)
		}
		raw, err := json.Marshal(b)
		if err != nil {
			t.Fatal(err)
		}
		var back Spec
		if err := json.Unmarshal(raw, &back); err != nil || !reflect.DeepEqual(back, b) {
			t.Errorf("%s does not survive JSON: %v", code, err)
		}
		var keys map[string]json.RawMessage
		if err := json.Unmarshal(raw, &keys); err != nil || len(keys) != 5 || keys["timeZone"] == nil || keys["weekend"] == nil {
			t.Errorf("%s: stored keys %v, %v", code, keys, err)
		}
	}
	if _, ok := BuiltIn("FR"); ok {
		t.Error("FR is built in")
	}
}

func TestEnglishNamesOfTheBuiltInHolidays(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"国庆节":        "National Day",
		"国庆节、中秋节":    "National Day and Mid-Autumn Festival",
		"中秋节、国庆节":    "Mid-Autumn Festival and National Day",
		"Karfreitag": "Karfreitag",
		"国庆节、店庆":     "国庆节、店庆",
		"":           "",
	} {
		if got := EnglishName(name); got != want {
			t.Errorf("EnglishName(%q) = %q, want %q", name, got, want)
		}
	}
	cn, _ := BuiltIn("CN")
	for _, y := range cn.Years {
		for _, d := range append(y.Off, y.MakeUpWorkdays...) {
			if EnglishName(d.Name) == d.Name {
				t.Errorf("%s of %s has no English name", d.Name, strconv.Itoa(y.Year))
			}
		}
	}
}
