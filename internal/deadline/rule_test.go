package deadline

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"aftersales/internal/problem"
)

func TestTimeOfDayIsStrict(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]TimeOfDay{"00:00": 0, "09:05": 545, "18:00": 1080, "23:59": 1439} {
		if got, err := ParseTimeOfDay(s); err != nil || got != want || got.String() != s {
			t.Errorf("ParseTimeOfDay(%q) = %v, %v", s, got, err)
		}
	}
	for _, s := range []string{"", "24:00", "18:60", "9:05", "18:00:00", "18.00", "-1:00", "1/:00", "1::00", " 8:00", "18:0O", "１8:0"} {
		if got, err := ParseTimeOfDay(s); !problem.Is(err, problem.InvalidInput) {
			t.Errorf("ParseTimeOfDay(%q) = %v, %v; want INVALID_INPUT", s, got, err)
		}
	}
}

func TestRuleAndPauseKeepTheirStoredForm(t *testing.T) {
	t.Parallel()
	six := TimeOfDay(18 * 60)
	rule := Rule{Unit: WorkingDays, Length: 3, CutOff: &six}
	raw, err := json.Marshal(rule)
	if err != nil || string(raw) != `{"unit":"WORKING_DAYS","length":3,"cutOff":"18:00"}` {
		t.Errorf("rule is stored as %s, %v", raw, err)
	}
	var back Rule
	if err := json.Unmarshal(raw, &back); err != nil || !reflect.DeepEqual(back, rule) {
		t.Errorf("read back %+v, %v", back, err)
	}
	if err := json.Unmarshal([]byte(`{"cutOff":"24:00"}`), &back); err == nil {
		t.Error("a stored cut-off of 24:00 was read")
	}
	raw, err = json.Marshal(Pause{From: time.Date(2026, 5, 1, 8, 0, 0, 0, time.UTC), Reason: "NEEDS_INFO"})
	if err != nil || string(raw) != `{"from":"2026-05-01T08:00:00Z","to":null,"reason":"NEEDS_INFO"}` {
		t.Errorf("pause is stored as %s, %v", raw, err)
	}
}

func TestComputeRefusesWhatIsNoClock(t *testing.T) {
	t.Parallel()
	cn := builtIn(t, "CN")
	start := at(t, "2026-05-11T10:00:00+08:00")
	early, far := start.Add(-time.Second), time.Date(2101, 1, 1, 0, 0, 0, 0, time.UTC)
	midnight, negative := TimeOfDay(24*60), TimeOfDay(-1)
	for _, c := range []struct {
		field string
		clock Clock
	}{
		{"unit", Clock{Rule: Rule{Length: 1}}},
		{"unit", Clock{Rule: Rule{Unit: "YEARS", Length: 1}}},
		{"length", Clock{Rule: Rule{Unit: Days}}},
		{"length", Clock{Rule: Rule{Unit: Hours, Length: -1}}},
		{"length", Clock{Rule: Rule{Unit: Hours, Length: 87_601}}},
		{"length", Clock{Rule: Rule{Unit: WorkingDays, Length: 3_661}}},
		{"length", Clock{Rule: Rule{Unit: Days, Length: 3_661}}},
		{"length", Clock{Rule: Rule{Unit: Months, Length: 121}}},
		{"extendedTo", Clock{Rule: Rule{Unit: WorkingDays, Length: 7}, ExtendedTo: 7}},
		{"extendedTo", Clock{Rule: Rule{Unit: WorkingDays, Length: 7}, ExtendedTo: 6}},
		{"extendedTo", Clock{Rule: Rule{Unit: WorkingDays, Length: 7}, ExtendedTo: -1}},
		{"extendedTo", Clock{Rule: Rule{Unit: WorkingDays, Length: 7}, ExtendedTo: 3_661}},
		{"cutOff", Clock{Rule: Rule{Unit: Days, Length: 1, CutOff: &midnight}}},
		{"closeOfBusiness", Clock{Rule: Rule{Unit: Days, Length: 1, CloseOfBusiness: &negative}}},
		{"startedAt", Clock{Rule: Rule{Unit: Days, Length: 1}, Start: far}},
		{"pauses.0.to", Clock{Rule: Rule{Unit: Days, Length: 1}, Pauses: []Pause{{From: start, To: &early}}}},
		{"pauses.1.from", Clock{Rule: Rule{Unit: Days, Length: 1}, Pauses: []Pause{{From: start}, {}}}},
		{"pauses.0.to", Clock{Rule: Rule{Unit: Days, Length: 1}, Pauses: []Pause{{From: start, To: &far}}}},
	} {
		if c.clock.Start.IsZero() {
			c.clock.Start = start
		}
		_, err := Compute(cn, c.clock)
		all := problem.All(err)
		if len(all) != 1 || all[0].Code != problem.InvalidInput || strings.Join(all[0].Field, ".") != c.field ||
			all[0].Message.EN == "" || all[0].Message.ZH == "" {
			t.Errorf("%+v: %v, want INVALID_INPUT at %s", c.clock.Rule, err, c.field)
		}
		if s := Explain(cn, c.clock, Result{}, "en"); s != "" {
			t.Errorf("a refused clock is explained: %s", s)
		}
	}
	if _, err := Compute(cn, Clock{Rule: Rule{Unit: Days, Length: 1}}); !problem.Is(err, problem.InvalidInput) {
		t.Errorf("a clock without a start: %v", err)
	}
	for _, r := range []Rule{{Unit: Hours, Length: 87_600}, {Unit: WorkingDays, Length: 3_660}, {Unit: Days, Length: 3_660}, {Unit: Months, Length: 120}} {
		if _, err := Compute(cn, Clock{Rule: r, Start: start}); err != nil {
			t.Errorf("%+v: %v", r, err)
		}
	}
}
