package calendar

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"aftersales/internal/problem"
)

const (
	firstYear = 1970
	lastYear  = 2100

	maxText     = 200 // characters of a name or a notice
	maxProblems = 50  // more of them help nobody, and a hostile input could make hundreds of thousands
)

var codePattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$`)

// New makes version number `version` of a calendar. The error is a problem.List naming every offending field by its path
// within spec, such as years.0.off.3.date: a zone that is not an IANA name, a weekend that leaves no workday, a year or
// a date twice, a make-up workday that is also off or is worked anyway, a date that belongs to another year.
func New(spec Spec, version int) (*Calendar, error) {
	c := &Calendar{
		spec:    spec.clone(),
		version: version,
		years:   make(map[int]Status, len(spec.Years)),
		listed:  make(map[Date]listing),
	}
	var r refusals
	if !codePattern.MatchString(spec.Code) {
		r.add(problem.Textf(
			"a calendar code is 1 to 40 letters, digits, dots, hyphens or underscores",
			"日历代码须为 1 至 40 个字母、数字、点、连字符或下划线"), "code")
	}
	r.text(spec.Name, "name")
	c.zone = r.zone(spec.TimeZone)
	c.weekend = r.weekend(spec.Weekend)
	for i, y := range spec.Years {
		r.year(c, y, "years", strconv.Itoa(i))
	}
	for i, y := range spec.Years {
		for j, d := range y.Off {
			r.off(c, y, d, "years", strconv.Itoa(i), "off", strconv.Itoa(j))
		}
	}
	// After all days off of all years: a make-up workday is judged against every one of them.
	for i, y := range spec.Years {
		for j, d := range y.MakeUpWorkdays {
			r.makeUp(c, y, d, "years", strconv.Itoa(i), "makeUpWorkdays", strconv.Itoa(j))
		}
	}
	if err := r.list.Err(); err != nil {
		return nil, err
	}
	c.spec.sort()
	c.tabulate()
	return c, nil
}

// refusals collects what is wrong with a Spec.
type refusals struct{ list problem.List }

func (r *refusals) add(msg problem.Text, path ...string) {
	if len(r.list) < maxProblems {
		r.list = append(r.list, problem.Invalid(msg, path...))
	}
}

func (r *refusals) text(s string, path ...string) {
	if strings.TrimSpace(s) == "" || !utf8.ValidString(s) || utf8.RuneCountInString(s) > maxText {
		r.add(problem.Textf("must be 1 to %d characters", "须为 1 至 %d 个字符", maxText), path...)
	}
}

// machineZones are entries of a system's zone directory that are no IANA zones: they differ from machine to machine.
var machineZones = map[string]bool{"": true, "Local": true, "localtime": true, "posixrules": true, "Factory": true}

func (r *refusals) zone(name string) *time.Location {
	if !machineZones[name] && !strings.HasPrefix(name, "posix/") && !strings.HasPrefix(name, "right/") {
		if loc, err := time.LoadLocation(name); err == nil {
			return loc
		}
	}
	r.add(problem.Textf("%q is not an IANA time zone such as Asia/Shanghai",
		"%q不是 IANA 时区名（例如 Asia/Shanghai）", clip(name)), "timeZone")
	return time.UTC
}

func (r *refusals) weekend(days []time.Weekday) (weekend [7]bool) {
	for i, d := range days {
		path := []string{"weekend", strconv.Itoa(i)}
		switch {
		case d < time.Sunday || d > time.Saturday:
			r.add(problem.Textf("%d is not a day of the week", "%d不是星期值", int(d)), path...)
		case weekend[d]:
			r.add(problem.Textf("%[1]s is named twice", "%[2]s重复", d.String(), weekdaysZH[d]), path...)
		default:
			weekend[d] = true
		}
	}
	if weekend == [7]bool{true, true, true, true, true, true, true} {
		r.add(problem.Textf("a week needs at least one workday", "每周至少须有一个工作日"), "weekend")
	}
	return weekend
}

var weekdaysZH = [7]string{"星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"}

func (r *refusals) year(c *Calendar, y Year, path ...string) {
	if y.Year < firstYear || y.Year > lastYear {
		r.add(problem.Textf("must be between %d and %d", "须在 %d 与 %d 之间", firstYear, lastYear), under(path, "year")...)
	}
	if _, ok := c.years[y.Year]; ok {
		r.add(problem.Textf("the year %d is named twice", "%d年重复", y.Year), under(path, "year")...)
	}
	c.years[y.Year] = y.Status
	if y.Status != Published && y.Status != Provisional {
		r.add(problem.Textf("must be PUBLISHED or PROVISIONAL", "须为 PUBLISHED 或 PROVISIONAL"), under(path, "status")...)
	}
	if y.Notice != "" {
		r.text(y.Notice, under(path, "notice")...)
	}
}

func (r *refusals) off(c *Calendar, y Year, d Day, path ...string) {
	if !r.day(y, d, path) {
		return
	}
	if _, ok := c.listed[d.Date]; ok {
		r.add(problem.Textf("%s is listed as off twice", "%s被重复列为休息日", d.Date), under(path, "date")...)
		return
	}
	c.listed[d.Date] = listing{name: d.Name, status: y.Status, off: true}
}

func (r *refusals) makeUp(c *Calendar, y Year, d Day, path ...string) {
	if !r.day(y, d, path) {
		return
	}
	l, ok := c.listed[d.Date]
	switch {
	case ok && l.off:
		r.add(problem.Textf("%s is both off and a make-up workday", "%s既是休息日又是调休上班日", d.Date), under(path, "date")...)
	case ok:
		r.add(problem.Textf("%s is listed as a make-up workday twice", "%s被重复列为调休上班日", d.Date), under(path, "date")...)
	case !c.weekend[d.Date.Weekday()]:
		r.add(problem.Textf("%s is no weekend day, so it is a workday already", "%s不在周末，本来就是工作日", d.Date), under(path, "date")...)
	default:
		c.listed[d.Date] = listing{name: d.Name, status: y.Status}
	}
}

// day reports whether d can be listed in y's notice at all. A notice reaches a little into the neighbouring years,
// since the New Year holiday may begin before 1 January.
func (r *refusals) day(y Year, d Day, path []string) bool {
	r.text(d.Name, under(path, "name")...)
	from, to := Date{y.Year - 1, time.December, 20}, Date{y.Year + 1, time.January, 10}
	exists := dateOf(d.Date.utc()) == d.Date
	if exists && !d.Date.Before(from) && !to.Before(d.Date) {
		return true
	}
	r.add(problem.Textf("%[1]s does not belong to the notice for %[2]d: it covers %[3]s to %[4]s",
		"%[1]s不属于%[2]d年的安排：其范围为%[3]s至%[4]s", d.Date, y.Year, from, to), under(path, "date")...)
	return false
}

func under(path []string, field string) []string {
	return append(append(make([]string, 0, len(path)+1), path...), field)
}
