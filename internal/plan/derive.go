package plan

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"aftersales/internal/deadline"
	"aftersales/internal/problem"
)

// Change is what a merchant's own plan promises otherwise than its base: only ever more. What is left out (nil, empty) stays.
type Change struct {
	Kind DeadlineKind
	// Priority names the promise to cases that are this pressing; one that the base does not have is added beside the promise
	// to all (COURIER-4.1.2).
	Priority string
	Length   *int
	Unit     *deadline.Unit
	// AtRiskPercent warns earlier.
	AtRiskPercent *int
	ExplainAhead  *bool
	// OnTimeout is done beside what the base does.
	OnTimeout []TimeoutAction
	// PerDayBps and CapBps raise the compensation, or add one.
	PerDayBps, CapBps *int
	// ExtendTo shortens the extension; the length itself means none.
	ExtendTo *int
}

// UrgentClause is the clause of promises to urgent cases that a merchant adds, CompensationClause that of compensation it adds.
const (
	UrgentClause       = "COURIER-4.1.2"
	CompensationClause = "COURIER-4.1.4"
)

var planCode = regexp.MustCompile(`^[A-Z][A-Z0-9-]{1,31}$`)

// maxBps is all of what was paid.
const maxBps = 10_000

// CheckCode refuses a code that a merchant's own plan cannot have: the error is a *problem.Problem (INVALID_INPUT) at code.
func (b *Book) CheckCode(code string) error {
	if !planCode.MatchString(code) {
		return problem.Invalid(problem.Text{EN: "must be 2 to 32 capital letters, digits and hyphens, beginning with a letter", ZH: "须为 2 至 32 个大写字母、数字或连字符，并以字母开头"}, "code")
	}
	if strings.HasPrefix(code, LawPrefix) || b.Latest(code) != nil {
		return problem.Invalid(problem.Textf("%s is the code of a built-in plan", "%s 是内置方案的代码", code), "code")
	}
	return nil
}

// Derive makes a version of a merchant's own plan from a base: the same promises with changes that are provably at least as
// strict as the base and, where it has a clock of the same kind, as the law. What customers have to do themselves may only get
// longer. The error is a problem.List with fields promises.N…: POLICY_BELOW_FLOOR with the params clause, length and unit of
// what it falls below, INVALID_INPUT for what a plan cannot say.
func Derive(base *Plan, law *Plan, ref Ref, name string, changes []Change) (*Plan, error) {
	p := &Plan{Code: ref.Code, Version: ref.Version, Name: name, Kinds: slices.Clone(base.Kinds), Promises: slices.Clone(base.Promises)}
	d := &deriving{base: base, law: law, plan: p}
	for i, c := range changes {
		if slices.ContainsFunc(changes[:i], func(o Change) bool { return o.Kind == c.Kind && o.Priority == c.Priority }) {
			d.invalid(i, problem.Textf("%s is changed twice", "%s 重复修改", c.Kind), "kind")
			continue
		}
		d.change(i, c)
	}
	if err := d.refused.Err(); err != nil {
		return nil, err
	}
	return p, p.validate()
}

type deriving struct {
	base, law *Plan
	plan      *Plan
	refused   problem.List
}

func (d *deriving) invalid(i int, text problem.Text, field string) {
	d.refused = append(d.refused, problem.Invalid(text, "promises", strconv.Itoa(i), field))
}

// below refuses a change that promises less than the promise named.
func (d *deriving) below(i int, than Promise, what problem.Text, field string) {
	text := problem.Textf("less than %[1]s promises (%[2]d %[3]s)", "低于 %[1]s 的承诺（%[2]d %[3]s）", than.Clause, than.Length, than.Unit)
	d.refused = append(d.refused, &problem.Problem{Code: problem.PolicyBelowFloor, Field: []string{"promises", strconv.Itoa(i), field},
		Message: problem.Text{EN: what.EN + ": " + text.EN, ZH: what.ZH + "：" + text.ZH},
		Params:  []problem.Param{{Name: "clause", Value: than.Clause}, {Name: "length", Value: strconv.Itoa(than.Length)}, {Name: "unit", Value: string(than.Unit)}}})
}

func (d *deriving) change(i int, c Change) {
	var found []int
	for at, pr := range d.plan.Promises {
		if pr.Kind == c.Kind && pr.Priority == c.Priority {
			found = append(found, at)
		}
	}
	if len(found) == 0 && c.Priority != "" {
		found = d.add(c)
	}
	if len(found) == 0 {
		d.invalid(i, problem.Textf("plan %s promises nothing of this kind", "方案 %[1]s 没有此类承诺", d.base.Code), "kind")
		return
	}
	before := len(d.refused)
	for _, at := range found {
		changed := d.apply(i, d.plan.Promises[at], c)
		if len(d.refused) > before {
			return // the others would be refused alike
		}
		d.plan.Promises[at] = changed
	}
}

// add puts promises to urgent cases beside those to all, as they are, and says where.
func (d *deriving) add(c Change) (at []int) {
	for _, pr := range d.plan.Promises {
		if pr.Kind != c.Kind || pr.Priority != "" || pr.Obligor == Customer {
			continue
		}
		pr.Priority, pr.Clause = c.Priority, UrgentClause
		at = append(at, len(d.plan.Promises))
		d.plan.Promises = append(d.plan.Promises, pr)
	}
	return at
}

// apply changes one promise, or says why not.
func (d *deriving) apply(i int, was Promise, c Change) Promise {
	pr := was
	if c.Length != nil {
		pr.Length = *c.Length
	}
	if c.Unit != nil {
		pr.Unit = *c.Unit
	}
	if p := checkLength(pr); p != nil {
		d.refused = append(d.refused, p.At("promises", strconv.Itoa(i)))
		return was
	}
	d.checkTime(i, was, pr)
	if c.AtRiskPercent != nil {
		pr.AtRiskPercent = *c.AtRiskPercent
		switch {
		case pr.AtRiskPercent < 1 || pr.AtRiskPercent > 99:
			d.invalid(i, problem.Text{EN: "must be 1 to 99", ZH: "须为 1 至 99"}, "atRiskPercent")
		case pr.AtRiskPercent > was.AtRiskPercent:
			d.below(i, was, problem.Textf("the warning must not come later than after %d percent", "预警不得晚于 %d%%", was.AtRiskPercent), "atRiskPercent")
		}
	}
	d.changeExplanation(i, was, &pr, c)
	d.changeTimeout(i, was, &pr, c)
	d.changeExtension(i, was, &pr, c)
	return pr
}

func checkLength(pr Promise) *problem.Problem {
	most := map[deadline.Unit]int{deadline.Minutes: 10_080, deadline.Hours: 87_600, deadline.WorkingDays: 3_660, deadline.Days: 3_660, deadline.Months: 120}[pr.Unit]
	if most == 0 {
		return problem.Invalid(problem.Text{EN: "is no unit of a promise", ZH: "不是承诺的单位"}, "unit")
	}
	if pr.Length < 1 || pr.Length > most {
		return problem.Invalid(problem.Textf("must be 1 to %d", "须为 1 至 %d", most), "length")
	}
	return nil
}

// checkTime holds a promise's time against the base's and the law's.
func (d *deriving) checkTime(i int, was, pr Promise) {
	floors := []Promise{was}
	if d.law != nil {
		for _, l := range d.law.Promises {
			if l.Kind == pr.Kind {
				floors = append(floors, l)
			}
		}
	}
	for _, floor := range floors {
		switch {
		case pr.Obligor == Customer && !floor.noLonger(&pr):
			d.below(i, floor, problem.Text{EN: "what the customer has to do may only get more time", ZH: "顾客应办事项的时限只能延长"}, "length")
		case pr.Obligor != Customer && !pr.noLonger(&floor):
			d.below(i, floor, problem.Textf("%[1]d %[2]s may end later", "%[1]d %[2]s 可能更晚到期", pr.Length, pr.Unit), "length")
		}
	}
}

func (d *deriving) changeExplanation(i int, was Promise, pr *Promise, c Change) {
	switch {
	case c.ExplainAhead == nil || *c.ExplainAhead == was.ExplainAhead:
	case !*c.ExplainAhead:
		d.below(i, was, problem.Text{EN: "the explanation is promised before the limit", ZH: "须在到期前说明"}, "explainAhead")
	case pr.Obligor == Customer:
		d.invalid(i, problem.Text{EN: "customers explain nothing", ZH: "顾客无须说明"}, "explainAhead")
	default:
		pr.Explain, pr.ExplainAhead = true, true
	}
}

// addable are the consequences a merchant may add to promises of a kind, beside ESCALATE and PROPOSE_COMPENSATION.
var addable = map[TimeoutAction][]DeadlineKind{Approve: {Review}, PayBack: {Refund}, Receive: {ReceiptConfirmation}}

func (d *deriving) changeTimeout(i int, was Promise, pr *Promise, c Change) {
	add := c.OnTimeout
	if c.PerDayBps != nil || c.CapBps != nil {
		if !d.changeCompensation(i, was, pr, c) {
			return
		}
		add = append(slices.Clone(add), Compensate)
	}
	pr.OnTimeout = slices.Clone(was.OnTimeout)
	for _, action := range add {
		general := action == Escalate || action == Compensate
		switch {
		case slices.Contains(pr.OnTimeout, action):
		case pr.Obligor == Customer, !general && !slices.Contains(addable[action], pr.Kind):
			d.invalid(i, problem.Textf("%s cannot follow a missed %s", "%[2]s 逾期不能触发 %[1]s", action, pr.Kind), "onTimeout")
		case action == Compensate && pr.Compensation == nil:
			d.invalid(i, problem.Text{EN: "say how much: perDayBps and capBps", ZH: "请给出 perDayBps 与 capBps"}, "compensation")
		default:
			pr.OnTimeout = append(pr.OnTimeout, action)
		}
	}
}

// changeCompensation raises what missing the promise costs, or says why not.
func (d *deriving) changeCompensation(i int, was Promise, pr *Promise, c Change) bool {
	fresh := Compensation{Clause: CompensationClause}
	if was.Compensation != nil {
		fresh = *was.Compensation
	}
	if c.PerDayBps != nil {
		fresh.PerDayBps = *c.PerDayBps
	}
	if c.CapBps != nil {
		fresh.CapBps = *c.CapBps
	}
	switch {
	case fresh.PerDayBps < 1 || fresh.CapBps < fresh.PerDayBps || fresh.CapBps > maxBps:
		d.invalid(i, problem.Textf("perDayBps must be at least 1, and capBps from that to %d", "perDayBps 至少为 1，capBps 不得小于 perDayBps 且不超过 %d", maxBps), "compensation")
	case was.Compensation != nil && (fresh.PerDayBps < was.Compensation.PerDayBps || fresh.CapBps < was.Compensation.CapBps):
		d.below(i, was, problem.Textf("compensation may only be raised (%[1]d a day, at most %[2]d)", "补偿只能提高（每日 %[1]d，上限 %[2]d，万分比）", was.Compensation.PerDayBps, was.Compensation.CapBps), "compensation")
	default:
		pr.Compensation = &fresh
		return true
	}
	return false
}

// changeExtension shortens what an extension comes to. One in another unit than before is gone unless it is said anew.
func (d *deriving) changeExtension(i int, was Promise, pr *Promise, c Change) {
	if was.Extension == nil {
		if c.ExtendTo != nil && *c.ExtendTo > pr.Length {
			d.below(i, was, problem.Text{EN: "the promise cannot be extended", ZH: "该承诺不可延长"}, "extendTo")
		}
		return
	}
	to := was.Extension.To
	switch {
	case c.ExtendTo != nil:
		to = *c.ExtendTo
	case pr.Unit != was.Unit:
		to = pr.Length
	}
	switch {
	case c.ExtendTo != nil && to < pr.Length:
		d.invalid(i, problem.Textf("must be at least the length, %d", "不得小于时限 %d", pr.Length), "extendTo")
	case to > pr.Length && !NoLonger(pr.Unit, to, was.Unit, was.Extension.To):
		d.below(i, Promise{Clause: was.Extension.Clause, Length: was.Extension.To, Unit: was.Unit}, problem.Text{EN: "the extension may only get shorter", ZH: "延长后的时限只能缩短"}, "extendTo")
	case to == pr.Length:
		pr.Extension = nil
	default:
		pr.Extension = &Extension{To: to, Clause: was.Extension.Clause}
	}
}

// String is the promise in short, for logs and tests.
func (p Promise) String() string {
	return fmt.Sprintf("%s %d %s (%s)", p.Kind, p.Length, p.Unit, p.Clause)
}
