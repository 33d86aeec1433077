package casework

import (
	"context"
	"fmt"
	"strings"
	"time"

	"aftersales/ent"
	entdeadline "aftersales/ent/deadline"
	"aftersales/internal/auth"
	"aftersales/internal/id"
	"aftersales/internal/lifecycle"
	"aftersales/internal/problem"
)

// Priorities of a case (contract enum Priority).
const (
	Normal = "NORMAL"
	Urgent = "URGENT"
)

// maxText bounds what people write into a case, in characters.
const maxText = 5000

// Text checks a text that must be there: trimmed, not empty, at most 5,000 characters, no control characters but line
// breaks and tabs.
func Text(s string, field ...string) (string, error) {
	s, err := OptionalText(s, field...)
	if err == nil && s == "" {
		return "", problem.Invalid(problem.Text{EN: "must not be empty", ZH: "不能为空"}, field...)
	}
	return s, err
}

// OptionalText is Text for what may be left out.
func OptionalText(s string, field ...string) (string, error) {
	s = strings.TrimSpace(s)
	if n := len([]rune(s)); n > maxText {
		return "", problem.Invalid(problem.Textf("must have at most %d characters, has %d", "最多 %d 个字符，现有 %d 个", maxText, n), field...)
	}
	if strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' && r != '\r' || r == 0x7f || r == '\uFFFD' }) {
		return "", problem.Invalid(problem.Text{EN: "must not contain control characters", ZH: "不能包含控制字符"}, field...)
	}
	return s, nil
}

// Assign gives an open case to a member of staff.
//
// Requires: AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND (case, staff), CONFLICT, ILLEGAL_TRANSITION once ended.
func (s *Service) Assign(ctx context.Context, caseID string, expected *int, staffID string) error {
	return s.Do(ctx, Act{Action: lifecycle.CaseAssign, CaseID: caseID, Expected: expected}, func(ctx context.Context, st *Step) error {
		to, err := s.store.Client(ctx).Staff.Get(ctx, staffID)
		if ent.IsNotFound(err) {
			return NotFound("member of staff", "员工", "staff")
		}
		if err != nil {
			return err
		}
		st.Set().SetAssigneeID(to.ID).AddVersion(1)
		return st.Happened(ctx, lifecycle.Assigned, "", map[string]string{"staff": to.Name})
	})
}

// Response is what the customer is told. A full response also confirms the problem and says how it goes on (SLA-A-2.2.1,
// SLA-B-2.2.1, COURIER-4.1.1), at once or one after the other.
type Response struct {
	Message         string
	ConfirmsProblem bool
	// Plan is how it goes on; nil: not said yet. It stands in the thread beside the message.
	Plan *string
}

// Respond sends the customer a message; the first one meets a FIRST_RESPONSE that asks for no more (MALL-4.1a), others are met
// with the last of their facts (reading X8.3). It does not raise the version.
//
// Requires: AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND, INVALID_INPUT at message or plan, LIMIT_EXCEEDED,
// ILLEGAL_TRANSITION once closed, IDEMPOTENCY_MISMATCH.
func (s *Service) Respond(ctx context.Context, caseID, key string, in Response) error {
	if _, err := auth.Require(ctx, lifecycle.CaseRespond.Operation()); err != nil {
		return err
	}
	message, err := Text(in.Message, "message")
	l := problem.List(problem.All(err))
	input, told := []string{caseID, message}, ""
	if in.ConfirmsProblem {
		input = append(input, "confirmed")
	}
	if in.Plan != nil {
		told, err = Text(*in.Plan, "plan")
		l = append(l, problem.All(err)...)
		input = append(input, "plan", told)
	}
	if err := l.Err(); err != nil {
		return err
	}
	act := Act{Action: lifecycle.CaseRespond, CaseID: caseID}
	_, err = s.DoOnce(ctx, act, key, input, caseID, func(ctx context.Context, st *Step) error {
		if err := st.say(ctx, id.New(id.Message), message, false); err != nil {
			return err
		}
		if err := st.Happened(ctx, lifecycle.Responded, message, nil); err != nil {
			return err
		}
		if in.ConfirmsProblem {
			if err := st.Happened(ctx, lifecycle.ProblemConfirmed, "", nil); err != nil {
				return err
			}
		}
		if told == "" {
			return nil
		}
		if err := st.say(ctx, id.New(id.Message), told, false); err != nil {
			return err
		}
		return st.Happened(ctx, lifecycle.PlanTold, told, nil)
	})
	return err
}

// ExplainDelay records what the customer was told about a deadline that was missed or is at risk (SLA-A-2.2.5a).
//
// Requires: AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND, INVALID_INPUT at input.text or input.toldAt,
// NOT_ELIGIBLE when there is nothing to explain, ILLEGAL_TRANSITION once closed.
func (s *Service) ExplainDelay(ctx context.Context, deadlineID string, e lifecycle.Explanation) error {
	if _, err := auth.Require(ctx, lifecycle.CaseExplainDelay.Operation()); err != nil {
		return err
	}
	var err error
	if e.Text, err = Text(e.Text, "input", "text"); err != nil {
		return err
	}
	d, err := s.store.Client(ctx).Deadline.Query().Where(entdeadline.ID(deadlineID)).Only(ctx)
	if ent.IsNotFound(err) {
		return NotFound("deadline", "时限", "deadline")
	}
	if err != nil {
		return err
	}
	e.ToldAt = e.ToldAt.UTC().Truncate(time.Microsecond)
	return s.Do(ctx, Act{Action: lifecycle.CaseExplainDelay, CaseID: d.CaseID}, func(ctx context.Context, st *Step) error {
		d := st.deadline(deadlineID)
		if !explainable(d, st.Now) {
			return problem.New(problem.NotEligible, problem.Text{EN: "this deadline was not missed, is not at risk, or is explained already", ZH: "该时限未逾期、无风险或已作说明"})
		}
		if e.ToldAt.After(st.Now) || e.ToldAt.Before(d.StartedAt) {
			return problem.Invalid(problem.Textf("must lie between the deadline's start (%[1]s) and now (%[2]s)", "须在时限开始（%[1]s）与现在（%[2]s）之间",
				d.StartedAt.UTC().Format(time.RFC3339), st.Now.Format(time.RFC3339)), "input", "toldAt")
		}
		if e.Understanding == "" {
			e.Understanding = NoAnswer
		}
		d.Explanation, d.ExplanationOwed = &e, false
		// Wanted before the limit, it may have been told then and recorded later.
		d.ExplanationMissed = d.ExplainAhead && d.BreachedAt != nil && !e.ToldAt.Before(*d.BreachedAt)
		st.touched[d.ID] = true
		return st.Happened(ctx, lifecycle.DelayExplained, e.Text, map[string]string{"deadline": string(d.Kind), "reason": e.Reason})
	})
}

// How a customer took an explanation (SLA-A-2.2.5b; contract enum CustomerUnderstanding).
const (
	Accepted = "ACCEPTED"
	Refused  = "REFUSED"
	NoAnswer = "NO_ANSWER"
)

// SetUnderstanding records how the customer took the explanation of a delay (SLA-A-2.2.5b), also once the case is closed. The
// same again changes nothing.
//
// Requires: AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND, NOT_ELIGIBLE when nothing was explained.
func (s *Service) SetUnderstanding(ctx context.Context, deadlineID, understanding string) error {
	const operation = "caseUnderstandingSet"
	a, err := auth.Require(ctx, operation)
	if err != nil {
		return err
	}
	d, err := s.store.Client(ctx).Deadline.Query().Where(entdeadline.ID(deadlineID)).Only(ctx)
	if ent.IsNotFound(err) {
		return NotFound("deadline", "时限", "deadline")
	}
	if err != nil {
		return err
	}
	seen, err := s.arriveBeside(ctx, a, operation, d.CaseID)
	if err != nil {
		return err
	}
	ctx, a = scoped(ctx, a, seen)
	return s.store.InTx(ctx, func(ctx context.Context) error {
		st, err := s.begin(ctx, a, seen)
		if err != nil {
			return err
		}
		d := st.deadline(deadlineID)
		if d.Explanation == nil {
			return problem.New(problem.NotEligible, problem.Text{EN: "nothing was explained about this deadline yet", ZH: "该时限尚未作出说明"})
		}
		if d.Explanation.Understanding == understanding {
			return nil
		}
		e := *d.Explanation
		e.Understanding = understanding
		d.Explanation = &e
		st.touched[d.ID] = true
		st.Tell(ctx, lifecycle.UnderstandingSet, "", map[string]string{"deadline": string(d.Kind), "understanding": understanding})
		return st.write(ctx)
	})
}

// arriveBeside is arrive for what is done beside the table of transitions: to an object of a case that has a state of its own,
// or after its end.
func (s *Service) arriveBeside(ctx context.Context, a auth.Actor, operation, caseID string) (*ent.ServiceCase, error) {
	seen, _, err := s.arrive(ctx, a, Act{CaseID: caseID})
	if err != nil {
		return nil, err
	}
	m, err := s.Merchant(auth.ForMerchant(ctx, seen.MerchantID))
	if err != nil {
		return nil, err
	}
	return seen, mayAct(a, operation, m)
}

func (st *Step) deadline(deadlineID string) *ent.Deadline {
	for _, d := range st.deadlines {
		if d.ID == deadlineID {
			return d
		}
	}
	return nil
}

// Close closes an ended case whose missed deadlines are all explained; an ended case with nothing to explain closed by
// itself, and closing it again changes nothing.
//
// Requires: AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND, CONFLICT, EXPLANATION_REQUIRED naming the deadlines,
// ILLEGAL_TRANSITION while the case is not ended.
func (s *Service) Close(ctx context.Context, caseID string, expected *int) error {
	a, err := auth.Require(ctx, lifecycle.CaseClose.Operation())
	if err != nil {
		return err
	}
	act := Act{Action: lifecycle.CaseClose, CaseID: caseID, Expected: expected}
	c, _, err := s.arrive(ctx, a, act)
	if err != nil {
		return err
	}
	if c.ClosedAt != nil {
		return nil
	}
	if c.Status.Ended() {
		owed, err := s.store.Client(ctx).Deadline.Query().Where(entdeadline.CaseID(c.ID), entdeadline.ExplanationOwed(true)).
			Order(entdeadline.ByDueAt()).All(ctx)
		if err != nil {
			return err
		}
		if len(owed) > 0 {
			return explanationRequired(owed)
		}
	}
	return s.Do(ctx, act, func(_ context.Context, st *Step) error {
		st.Set().SetClosedAt(st.Now)
		return nil
	})
}

func explanationRequired(owed []*ent.Deadline) error {
	kinds := make([]string, len(owed))
	params := make([]problem.Param, len(owed))
	for i, d := range owed {
		kinds[i] = string(d.Kind)
		params[i] = problem.Param{Name: fmt.Sprintf("deadline%d", i+1), Value: d.ID}
	}
	return problem.New(problem.ExplanationRequired, problem.Textf(
		"explain to the customer first why it was late: %s", "请先向客户说明逾期原因：%s", strings.Join(kinds, ", ")), params...)
}
