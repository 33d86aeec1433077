package repairs

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"aftersales/ent"
	"aftersales/ent/repairquote"
	"aftersales/internal/auth"
	"aftersales/internal/casework"
	"aftersales/internal/id"
	"aftersales/internal/lifecycle"
	"aftersales/internal/money"
	"aftersales/internal/plan"
	"aftersales/internal/problem"
)

// The price of a repair that is not free (MALL-5.1b): named by the fee schedule, accepted or declined by the customer before it
// expires. Silence is a no.

// States of a quote (contract enum RepairQuoteState).
const (
	QuoteOpen     = "OPEN"
	QuoteAccepted = "ACCEPTED"
	QuoteDeclined = "DECLINED"
	QuoteExpired  = "EXPIRED"
	QuoteReplaced = "REPLACED"
)

// maxQuotes bounds the rounds of one case; maxUnits the quantity of a line and of a part.
const (
	maxQuotes = 10
	maxLines  = 50
	maxUnits  = 1000
)

// QuoteLine asks for one position of a quote: an entry of the fee schedule by its code, so often.
type QuoteLine struct {
	Fee      string
	Quantity int
	Note     string
}

// Quoting names a price.
type Quoting struct {
	Lines   []QuoteLine
	Message string
}

func (in *Quoting) check() error {
	var l problem.List
	if len(in.Lines) == 0 || len(in.Lines) > maxLines {
		l = append(l, problem.Invalid(problem.Textf("must have 1 to %d lines", "须有 1 至 %d 行", maxLines), "input", "lines"))
	}
	for i := range in.Lines {
		if q := in.Lines[i].Quantity; q < 1 || q > maxUnits {
			l = append(l, badQuantity("input", "lines", strconv.Itoa(i), "quantity"))
		}
		l = append(l, maybeShort(&in.Lines[i].Note, 500, "input", "lines", strconv.Itoa(i), "note")...)
	}
	var err error
	in.Message, err = casework.OptionalText(in.Message, "input", "message")
	return append(l, problem.All(err)...).Err()
}

func badQuantity(field ...string) *problem.Problem {
	return problem.Invalid(problem.Textf("must be 1 to %d", "须为 1 至 %d", maxUnits), field...)
}

// Quote names the price of a repair that is not free, each line by the entry of the fee schedule that holds today (MALL-2.3d).
// It expires when QUOTE_REPLY is due; one that is still open is replaced. REPAIR stands still while the customer considers
// it (reading X8.1).
//
// Requires: TECHNICIAN, AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND, CONFLICT, ILLEGAL_TRANSITION, INVALID_INPUT at
// input.lines or input.message, LIMIT_EXCEEDED after 10, IDEMPOTENCY_MISMATCH.
func (s *Service) Quote(ctx context.Context, caseID string, expected *int, key string, in Quoting) (string, error) {
	if _, err := auth.Require(ctx, "repairQuote"); err != nil {
		return "", err
	}
	if err := in.check(); err != nil {
		return "", err
	}
	act, quoteID := casework.Act{Action: lifecycle.RepairQuote, CaseID: caseID, Expected: expected}, id.New(id.RepairQuote)
	return s.cases.DoOnce(ctx, act, key, []any{caseID, in}, quoteID, func(ctx context.Context, st *casework.Step) error {
		lines, total, err := s.priced(ctx, st, in.Lines)
		if err != nil {
			return err
		}
		client := s.store.Client(ctx)
		before, err := client.RepairQuote.Query().Where(repairquote.CaseID(caseID)).Count(ctx)
		if err != nil {
			return err
		}
		if before >= maxQuotes {
			return tooMany("quotes", "份报价", maxQuotes)
		}
		if err := s.withdrawQuote(ctx, st); err != nil {
			return err
		}
		err = client.RepairQuote.Create().SetID(quoteID).SetMerchantID(st.Case.MerchantID).SetCaseID(caseID).SetRound(before + 1).SetLines(lines).SetTotal(total).
			SetCurrency(st.Merchant.Currency).SetMessage(in.Message).SetAuthorName(st.Actor.Name).SetMadeAt(st.Now).SetState(QuoteOpen).Exec(ctx)
		if err != nil {
			return err
		}
		return st.Happened(ctx, lifecycle.EventQuoted, in.Message, map[string]string{"amount": money.Format(total, st.Merchant.Currency), "currency": st.Merchant.Currency})
	})
}

// priced looks the lines up in the fee schedule; the sum is in minor units of the merchant's currency.
func (s *Service) priced(ctx context.Context, st *casework.Step, in []QuoteLine) ([]lifecycle.QuoteLine, int64, error) {
	var l problem.List
	var total int64
	lines := make([]lifecycle.QuoteLine, len(in))
	for i, x := range in {
		fee, err := s.cases.FeeOn(ctx, st.Merchant, x.Fee, st.Now)
		if err != nil && len(problem.All(err)) == 0 {
			return nil, 0, err
		}
		if err != nil {
			for _, p := range problem.All(err) {
				l = append(l, p.At("input", "lines", strconv.Itoa(i), "fee"))
			}
			continue
		}
		lines[i] = lifecycle.QuoteLine{FeeCode: fee.Code, Name: fee.Name, Basis: fee.Basis, LegalReference: fee.LegalReference, Amount: fee.Amount, Quantity: x.Quantity, Note: x.Note}
		total += fee.Amount * int64(x.Quantity)
	}
	return lines, total, l.Err()
}

func tooMany(en, zh string, most int) *problem.Problem {
	return problem.New(problem.LimitExceeded, problem.Textf("a repair has at most %[2]d %[1]s", "每个维修工单最多 %[2]d %[3]s", en, most, zh),
		problem.Param{Name: "maximum", Value: fmt.Sprint(most)})
}

// settleQuote closes the open quote of a case, if there is one.
func (s *Service) settleQuote(ctx context.Context, caseID, state string, at time.Time, answer string) error {
	return s.store.Client(ctx).RepairQuote.Update().Where(repairquote.CaseID(caseID), repairquote.State(QuoteOpen)).
		SetState(state).SetAnsweredAt(at).SetAnswer(answer).Exec(ctx)
}

// withdrawQuote takes back the open price of a repair, if there is one, with the time to answer it.
func (s *Service) withdrawQuote(ctx context.Context, st *casework.Step) error {
	st.Stop(plan.QuoteReply)
	return s.settleQuote(ctx, st.Case.ID, QuoteReplaced, st.Now, "")
}

// AcceptQuote takes a quote: the price is agreed on, the repair begins, and its clock goes on.
//
// Requires: CUSTOMER (own case), AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND (quote), CONFLICT, ILLEGAL_TRANSITION,
// NOT_ELIGIBLE for a quote that is no longer open, INVALID_INPUT at message. It returns the case.
func (s *Service) AcceptQuote(ctx context.Context, quoteID string, expected *int, message string) (string, error) {
	return s.answer(ctx, lifecycle.RepairQuoteAccept, quoteID, expected, message, func(ctx context.Context, st *casework.Step, q *ent.RepairQuote, message string) error {
		if err := s.settleQuote(ctx, st.Case.ID, QuoteAccepted, st.Now, message); err != nil {
			return err
		}
		d := s.detail(ctx, st.Case.ID).SetPrice(q.Total).SetAcceptedAt(st.Now).ClearDisputeUntil()
		if st.To() == lifecycle.AwaitingParts {
			d.SetPartsSince(st.Now)
		}
		if err := d.Exec(ctx); err != nil {
			return err
		}
		return st.Happened(ctx, lifecycle.QuoteAccepted, message, map[string]string{"amount": money.Format(q.Total, q.Currency), "currency": q.Currency})
	})
}

// DeclineQuote refuses a quote: nothing is repaired, and the goods go home.
//
// Requires: CUSTOMER (own case), AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: as AcceptQuote. It returns the case.
func (s *Service) DeclineQuote(ctx context.Context, quoteID string, expected *int, message string) (string, error) {
	return s.answer(ctx, lifecycle.RepairQuoteDecline, quoteID, expected, message, func(ctx context.Context, st *casework.Step, _ *ent.RepairQuote, message string) error {
		return s.decline(ctx, st, QuoteDeclined, message)
	})
}

// declineAlone takes silence for a no.
func (s *Service) declineAlone(ctx context.Context, st *casework.Step) error {
	return s.decline(ctx, st, QuoteExpired, "")
}

func (s *Service) decline(ctx context.Context, st *casework.Step, state, message string) error {
	if err := s.settleQuote(ctx, st.Case.ID, state, st.Now, message); err != nil {
		return err
	}
	if err := st.Happened(ctx, lifecycle.QuoteDeclined, message, nil); err != nil {
		return err
	}
	if err := s.giveUp(ctx, st, lifecycle.OutcomeQuoteDeclined); err != nil || !st.To().Ended() {
		return err
	}
	return s.Finish(ctx, st, lifecycle.OutcomeQuoteDeclined, st.Now, message)
}

// answer carries out what was said about a quote. Who answers for the customer writes down what they said.
func (s *Service) answer(ctx context.Context, action lifecycle.Action, quoteID string, expected *int, message string,
	fn func(ctx context.Context, st *casework.Step, q *ent.RepairQuote, message string) error) (string, error) {
	a, err := auth.Require(ctx, action.Operation())
	if err != nil {
		return "", err
	}
	if a.Role == auth.Customer {
		message, err = casework.OptionalText(message, "message")
	} else {
		message, err = casework.Text(message, "message")
	}
	if err != nil {
		return "", err
	}
	q, err := s.QuoteByID(ctx, quoteID)
	if err != nil {
		return "", err
	}
	act := casework.Act{Action: action, CaseID: q.CaseID, Expected: expected, Weigh: func(ctx context.Context, _ *casework.Step, _ *lifecycle.Facts) error {
		if q, err = s.QuoteByID(ctx, quoteID); err != nil || q.State == QuoteOpen {
			return err
		}
		return problem.New(problem.NotEligible, problem.Textf("this quote can no longer be answered: it is %s", "该报价已无法答复，状态为 %s", q.State),
			problem.Param{Name: "state", Value: q.State})
	}}
	return q.CaseID, s.cases.Do(ctx, act, func(ctx context.Context, st *casework.Step) error { return fn(ctx, st, q, message) })
}

// QuoteByID finds a quote within the actor's reach. Errors: NOT_FOUND.
func (s *Service) QuoteByID(ctx context.Context, quoteID string) (*ent.RepairQuote, error) {
	row, err := s.store.Client(ctx).RepairQuote.Query().Where(repairquote.ID(quoteID)).
		WithCase(func(q *ent.ServiceCaseQuery) { q.WithDeadlines() }).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, casework.NotFound("quote", "报价", "quote")
	}
	return row, err
}
