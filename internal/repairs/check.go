package repairs

import (
	"context"
	"strconv"
	"time"

	"aftersales/ent/evidence"
	"aftersales/internal/casework"
	"aftersales/internal/clock"
	"aftersales/internal/problem"
)

// What use cases check of their input.

// short checks a text that must be there and has at most so many characters.
func short(text *string, most int, field ...string) problem.List {
	t, err := casework.Text(*text, field...)
	if err == nil {
		err = atMost(t, most, field...)
	}
	*text = t
	return problem.All(err)
}

// maybeShort is short for what may be left out.
func maybeShort(text *string, most int, field ...string) problem.List {
	t, err := casework.OptionalText(*text, field...)
	if err == nil {
		err = atMost(t, most, field...)
	}
	*text = t
	return problem.All(err)
}

func atMost(text string, most int, field ...string) error {
	if len([]rune(text)) <= most {
		return nil
	}
	return problem.Invalid(problem.Textf("must have at most %d characters", "最多 %d 个字符", most), field...)
}

func checkSteps(steps []string) problem.List {
	var l problem.List
	if len(steps) == 0 || len(steps) > 20 {
		l = append(l, problem.Invalid(problem.Text{EN: "tell the customer 1 to 20 steps", ZH: "请告知顾客 1 至 20 个处理步骤"}, "input", "steps"))
	}
	for i := range steps {
		var err error
		steps[i], err = casework.Text(steps[i], "input", "steps", strconv.Itoa(i))
		l = append(l, problem.All(err)...)
	}
	return l
}

// within checks an instant that somebody tells: not before another, not after the present; to microseconds. nil means now.
func within(st *casework.Step, told *time.Time, from time.Time, field ...string) (time.Time, error) {
	if told == nil {
		return st.Now, nil
	}
	at := clock.Micros(*told)
	if at.After(st.Now) || at.Before(from) {
		return at, problem.Invalid(problem.Textf("must lie between %[1]s and now (%[2]s)", "须在 %[1]s 与现在（%[2]s）之间",
			from.UTC().Format(time.RFC3339), st.Now.Format(time.RFC3339)), field...)
	}
	return at, nil
}

// knows refuses evidence that is none of the case's.
func (s *Service) knows(ctx context.Context, caseID string, ids []string, field ...string) error {
	for _, id := range ids {
		known, err := s.store.Client(ctx).Evidence.Query().Where(evidence.ID(id), evidence.CaseID(caseID)).Exist(ctx)
		if err != nil {
			return err
		}
		if !known {
			return casework.NotFound("evidence of this case", "本工单的凭证", field...)
		}
	}
	return nil
}
