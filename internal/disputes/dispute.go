// Package disputes is the customer's turn to the platform against what the merchant decided (MALL-1.3c; E-commerce Law art. 63),
// once a case. Both sides are heard in rounds, each with its own time; a side that stays silent loses nothing but its say. What
// is disputed, and what a decision comes to, says each kind of case.
package disputes

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"aftersales/ent"
	"aftersales/ent/dispute"
	"aftersales/ent/evidence"
	"aftersales/internal/auth"
	"aftersales/internal/calendar"
	"aftersales/internal/casework"
	"aftersales/internal/deadline"
	"aftersales/internal/id"
	"aftersales/internal/lifecycle"
	"aftersales/internal/plan"
	"aftersales/internal/problem"
	"aftersales/internal/store"
)

// Service hears and decides disputes.
type Service struct {
	store *store.Store
	cases *casework.Service
	kinds map[lifecycle.Kind]Kind
}

// New makes the service; kinds register themselves.
func New(st *store.Store, cases *casework.Service) *Service {
	return &Service{st, cases, map[lifecycle.Kind]Kind{}}
}

// Kind is what only one kind of cases knows of its disputes.
type Kind interface {
	// Until is when the time to turn to the platform ends, exclusive; nil when nothing was refused, or it was disputed before.
	Until(c *ent.ServiceCase) *time.Time
	// Take carries out that a dispute begins: an ended case is taken up again, and where it stood is remembered.
	Take(ctx context.Context, st *casework.Step) error
	// Rule works out a decision for the customer, writes nothing, and completes the facts that say where it leads.
	Rule(ctx context.Context, st *casework.Step, in Decision, f *lifecycle.Facts) (Ruling, error)
	// Dismiss lets the merchant's decision stand.
	Dismiss(ctx context.Context, st *casework.Step, note string) error
}

// Ruling is a decision for the customer.
type Ruling interface {
	// Record notes on the dispute what is given.
	Record(u *ent.DisputeUpdate)
	// Uphold carries it out.
	Uphold(ctx context.Context, st *casework.Step, note string) error
}

// Of registers a kind; it is called while wiring.
func (s *Service) Of(k lifecycle.Kind, is Kind) { s.kinds[k] = is }

// Sides of a dispute (contract enum DisputeSide).
const (
	CustomerSide = "CUSTOMER"
	MerchantSide = "MERCHANT"
)

// Bounds of a dispute: rounds, the complaint itself being the first; statements of a round; pieces of evidence a statement.
const (
	maxRounds     = 5
	maxStatements = 20
	maxCited      = 20
)

// days is how long the customer may turn to the platform against what was decided.
const days = 7

// Window is when the time to turn to the platform ends, if it begins now: with the seventh day after, by the merchant's
// calendar. Exclusive; not moved by rest days, since nobody has to work for it. Nil when the customer did so before: a case is
// disputed once.
func (s *Service) Window(ctx context.Context, st *casework.Step) (*time.Time, error) {
	before, err := s.store.Client(ctx).Dispute.Query().Where(dispute.CaseID(st.Case.ID)).Exist(ctx)
	if before || err != nil {
		return nil, err
	}
	_, cal, err := s.cases.MerchantCalendar(ctx, st.Merchant)
	if err != nil {
		return nil, err
	}
	r, err := deadline.Compute(cal, deadline.Clock{Rule: deadline.Rule{Unit: deadline.Days, Length: days}, Start: st.Now})
	return &r.PromisedDueAt, err
}

// Begin turns to the platform: DISPUTED, where the merchant's clocks about money, goods and work stand still, the merchant has
// 72 hours to answer and the platform 7 days to decide. An ended case is taken up again. Staff may write down the customer's
// wish.
//
// Requires: CUSTOMER (own case), AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND, CONFLICT, ILLEGAL_TRANSITION (nothing
// was refused, or the case was disputed before), WINDOW_CLOSED naming the last day, QUANTITY_EXCEEDS_BOUGHT when another case
// holds the goods by now, INVALID_INPUT at reason, IDEMPOTENCY_MISMATCH.
func (s *Service) Begin(ctx context.Context, caseID string, expected *int, key, reason string) error {
	if _, err := auth.Require(ctx, "caseDispute"); err != nil {
		return err
	}
	reason, err := casework.Text(reason, "reason")
	if err != nil {
		return err
	}
	disputeID := id.New(id.Dispute)
	act := casework.Act{Action: lifecycle.CaseDispute, CaseID: caseID, Expected: expected, Weigh: s.inTime}
	_, err = s.cases.DoOnce(ctx, act, key, []any{caseID, reason}, disputeID, func(ctx context.Context, st *casework.Step) error {
		if err := s.kinds[st.Case.Kind].Take(ctx, st); err != nil {
			return err
		}
		first := lifecycle.EvidenceRound{Round: 1, Asked: []string{MerchantSide}, Question: reason, At: st.Now, From: st.Case.Status}
		err := s.store.Client(ctx).Dispute.Create().SetID(disputeID).SetMerchantID(st.Case.MerchantID).SetCaseID(caseID).SetReason(reason).
			SetOpenedAt(st.Now).SetRounds([]lifecycle.EvidenceRound{first}).Exec(ctx)
		if err != nil {
			return err
		}
		return st.Happened(ctx, lifecycle.EventDisputed, reason, nil)
	})
	return err
}

// inTime refuses a dispute for which it is too late, naming the last day.
func (s *Service) inTime(ctx context.Context, st *casework.Step, f *lifecycle.Facts) error {
	k := s.kinds[st.Case.Kind]
	if k == nil || f.Disputable {
		return nil
	}
	until := k.Until(st.Case)
	if until == nil {
		return nil
	}
	late := *f
	late.Disputable = true
	if _, ok := lifecycle.Next(st.Case.Kind, st.Case.Status, lifecycle.CaseDispute, late); !ok {
		return nil
	}
	_, cal, err := s.cases.MerchantCalendar(ctx, st.Merchant)
	if err != nil {
		return err
	}
	last := calendar.DateOf(until.Add(-time.Microsecond), cal.Zone())
	return problem.New(problem.WindowClosed, problem.Textf("the %[1]d days to turn to the platform ended with %[2]s", "申请平台介入的期限（%[1]d 天）已于 %[2]s 届满", days, last),
		problem.Param{Name: "lastDay", Value: last.String()}, problem.Param{Name: "rule", Value: "MALL-1.3c"})
}

// Inquiry is a question of the platform to one side or both.
type Inquiry struct {
	Sides    []string
	Question string
}

// Ask begins a round: each side asked has 72 hours from now to answer.
//
// Requires: PLATFORM_ADMIN. Errors: NOT_FOUND, ILLEGAL_TRANSITION unless DISPUTED, INVALID_INPUT at input.sides or
// input.question, LIMIT_EXCEEDED after 5 rounds, IDEMPOTENCY_MISMATCH.
func (s *Service) Ask(ctx context.Context, caseID, key string, in Inquiry) error {
	if _, err := auth.Require(ctx, "disputeAsk"); err != nil {
		return err
	}
	var l problem.List
	if n := len(in.Sides); n == 0 || n > 2 || n == 2 && in.Sides[0] == in.Sides[1] {
		l = append(l, problem.Invalid(problem.Text{EN: "name one side or both, each once", ZH: "请指明一方或双方，各一次"}, "input", "sides"))
	}
	var err error
	in.Question, err = casework.Text(in.Question, "input", "question")
	if err := append(l, problem.All(err)...).Err(); err != nil {
		return err
	}
	act := casework.Act{Action: lifecycle.DisputeAsk, CaseID: caseID}
	_, err = s.cases.DoOnce(ctx, act, key, []any{caseID, in}, caseID, func(ctx context.Context, st *casework.Step) error {
		err := s.onRounds(ctx, caseID, func(rounds []lifecycle.EvidenceRound) ([]lifecycle.EvidenceRound, error) {
			if len(rounds) >= maxRounds {
				return nil, tooMany("rounds", "举证轮次", maxRounds)
			}
			return append(rounds, lifecycle.EvidenceRound{Round: len(rounds) + 1, Asked: in.Sides, Question: in.Question, At: st.Now}), nil
		})
		if err != nil {
			return err
		}
		var clocks []plan.DeadlineKind
		if slices.Contains(in.Sides, CustomerSide) {
			clocks = append(clocks, plan.DisputeEvidence)
		}
		if slices.Contains(in.Sides, MerchantSide) {
			clocks = append(clocks, plan.DisputeAnswer)
		}
		st.Stop(clocks...) // a new question gives new time
		st.Tell(ctx, lifecycle.EvidenceAsked, in.Question, nil)
		return st.StartNow(ctx, clocks...)
	})
	return err
}

// Statement is what one side says; Evidence are ids of pieces of the case's evidence.
type Statement struct {
	Text     string
	Evidence []string
}

// Answer records what one side says in the present round, asked or not: a CUSTOMER for themself, everybody else for the
// merchant. It meets the time that side was given. Each side reads both.
//
// Requires: CUSTOMER (own case), AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND (case, evidence), ILLEGAL_TRANSITION
// unless DISPUTED, INVALID_INPUT at input.text or input.evidence, LIMIT_EXCEEDED after 20 statements a round,
// IDEMPOTENCY_MISMATCH.
func (s *Service) Answer(ctx context.Context, caseID, key string, in Statement) error {
	a, err := auth.Require(ctx, "disputeAnswer")
	if err != nil {
		return err
	}
	var l problem.List
	in.Text, err = casework.Text(in.Text, "input", "text")
	l = append(l, problem.All(err)...)
	if len(in.Evidence) > maxCited {
		return append(l, problem.Invalid(problem.Textf("at most %d", "最多 %d 项", maxCited), "input", "evidence")).Err()
	}
	for i, e := range in.Evidence {
		if slices.Contains(in.Evidence[:i], e) {
			l = append(l, problem.Invalid(problem.Text{EN: "is named twice", ZH: "重复"}, "input", "evidence", strconv.Itoa(i)))
		}
	}
	if err := l.Err(); err != nil {
		return err
	}
	side, event := MerchantSide, lifecycle.DisputeAnswered
	if a.Role == auth.Customer {
		side, event = CustomerSide, lifecycle.DisputeEvidenceGiven
	}
	act := casework.Act{Action: lifecycle.DisputeAnswer, CaseID: caseID}
	_, err = s.cases.DoOnce(ctx, act, key, []any{caseID, in}, caseID, func(ctx context.Context, st *casework.Step) error {
		if err := s.cited(ctx, caseID, in.Evidence); err != nil {
			return err
		}
		err := s.onRounds(ctx, caseID, func(rounds []lifecycle.EvidenceRound) ([]lifecycle.EvidenceRound, error) {
			last := &rounds[len(rounds)-1]
			if len(last.Answers) >= maxStatements {
				return nil, tooMany("statements in this round", "本轮陈述", maxStatements)
			}
			last.Answers = append(last.Answers, lifecycle.DisputeStatement{Side: side, Text: in.Text, Evidence: in.Evidence, By: st.Actor.Name, At: st.Now})
			return rounds, nil
		})
		if err != nil {
			return err
		}
		return st.Happened(ctx, event, in.Text, nil)
	})
	return err
}

// cited refuses evidence that is not the case's.
func (s *Service) cited(ctx context.Context, caseID string, wanted []string) error {
	if len(wanted) == 0 {
		return nil
	}
	found, err := s.store.Client(ctx).Evidence.Query().Where(evidence.CaseID(caseID), evidence.IDIn(wanted...)).IDs(ctx)
	if err != nil {
		return err
	}
	for i, e := range wanted {
		if !slices.Contains(found, e) {
			return casework.NotFound("evidence in this case", "该工单中的凭证", "input", "evidence", strconv.Itoa(i))
		}
	}
	return nil
}

// onRounds changes the rounds of a case's dispute, under the case's lock.
func (s *Service) onRounds(ctx context.Context, caseID string, change func([]lifecycle.EvidenceRound) ([]lifecycle.EvidenceRound, error)) error {
	d, err := s.store.Client(ctx).Dispute.Query().Where(dispute.CaseID(caseID)).Only(ctx)
	if err != nil {
		return err
	}
	rounds, err := change(d.Rounds)
	if err != nil {
		return err
	}
	return s.store.Client(ctx).Dispute.Update().Where(dispute.ID(d.ID)).SetRounds(rounds).Exec(ctx)
}

func tooMany(en, zh string, most int) *problem.Problem {
	return problem.New(problem.LimitExceeded, problem.Textf("at most %[1]d %[2]s", "%[3]s最多 %[1]d", most, en, zh), problem.Param{Name: "maximum", Value: fmt.Sprint(most)})
}
