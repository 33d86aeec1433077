package returns

import (
	"context"
	"strings"
	"time"

	"aftersales/ent"
	"aftersales/ent/caseevent"
	"aftersales/ent/refund"
	"aftersales/internal/auth"
	"aftersales/internal/casework"
	"aftersales/internal/lifecycle"
	"aftersales/internal/money"
	"aftersales/internal/problem"
)

// What becomes of a refund once it was started: released, credited, failed, tried again, sent elsewhere. The REFUND clock
// runs through all of it and is met by the credit alone (MALL-4.2a): a payment that fails is the merchant's delay.

// Limits of what is written about a payment, in characters.
const (
	maxReference = 200
	maxAccount   = 200
	maxFailure   = 1000
)

// ConfirmRefund records that the money reached the customer: REFUND is met then, not when the payment was started
// (MALL-4.2a, reading X8.2). creditedAt nil means now.
//
// Requires: FINANCE, SUPERVISOR, MERCHANT_ADMIN or INTEGRATION. Errors: NOT_FOUND, ILLEGAL_TRANSITION, NOT_ELIGIBLE when
// another refund of the case is meant, INVALID_INPUT at reference or creditedAt (not before the refund was started, not in
// the future), IDEMPOTENCY_MISMATCH.
func (s *Service) ConfirmRefund(ctx context.Context, refundID, key, reference string, creditedAt *time.Time) error {
	if _, err := auth.Require(ctx, "refundConfirm"); err != nil {
		return err
	}
	reference, err := short(reference, maxReference, "reference")
	if err != nil {
		return err
	}
	return s.onRefund(ctx, lifecycle.RefundConfirm, refundID, key, []any{refundID, reference, creditedAt}, func(ctx context.Context, st *casework.Step, row *ent.Refund) error {
		at := st.Now
		if creditedAt != nil {
			at = creditedAt.UTC().Truncate(time.Microsecond)
		}
		if at.After(st.Now) || at.Before(row.StartedAt) {
			return problem.Invalid(problem.Textf("must lie between the refund's start (%[1]s) and now (%[2]s)", "须在退款发起（%[1]s）与现在（%[2]s）之间",
				row.StartedAt.UTC().Format(time.RFC3339), st.Now.Format(time.RFC3339)), "creditedAt")
		}
		err := s.move(ctx, row, casework.RefundProcessing, func(u *ent.RefundUpdate) {
			u.SetState(casework.RefundCredited).SetReference(reference).SetCreditedAt(at).ClearCallAt()
		})
		if err != nil {
			return err
		}
		st.Ends(outcomeOf(st), "")
		told := toldOf(row)
		told["reference"] = reference
		if row.Purpose == ForDifference {
			st.Tell(ctx, lifecycle.RefundCredited, "", told)
			return nil
		}
		return st.HappenedAt(ctx, lifecycle.RefundCredited, at, "", told)
	})
}

// Failure is why a payment did not arrive. Attempt is which of the refund's attempts failed; 0 is the present one.
type Failure struct {
	Reason  string
	Attempt int
}

// FailRefund records that a payment did not arrive, and why; the clock runs on (MALL-3.3b). It can be tried again, or sent
// to another account.
//
// Requires: FINANCE, SUPERVISOR, MERCHANT_ADMIN or INTEGRATION. Errors: NOT_FOUND, ILLEGAL_TRANSITION (not on its way:
// held, failed or credited), NOT_ELIGIBLE when another refund of the case is meant, INVALID_INPUT at reason,
// CONFLICT when the attempt named is over, IDEMPOTENCY_MISMATCH.
func (s *Service) FailRefund(ctx context.Context, refundID, key string, why Failure) error {
	if _, err := auth.Require(ctx, "refundFail"); err != nil {
		return err
	}
	reason, err := short(why.Reason, maxFailure, "reason")
	if err != nil {
		return err
	}
	return s.onRefund(ctx, lifecycle.RefundFail, refundID, key, []any{refundID, reason}, func(ctx context.Context, st *casework.Step, row *ent.Refund) error {
		if why.Attempt != 0 && why.Attempt != row.Attempts {
			return overtaken()
		}
		err := s.move(ctx, row, casework.RefundProcessing, func(u *ent.RefundUpdate) {
			u.SetState(casework.RefundFailed).SetFailure(reason).ClearCallAt()
		})
		if err != nil {
			return err
		}
		return st.Happened(ctx, lifecycle.EventRefundFailed, reason, toldOf(row))
	})
}

// RetryRefund pays a failed refund once more, to where it should have gone. What was released once needs no release again.
//
// Requires: FINANCE, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND, ILLEGAL_TRANSITION (nothing failed), NOT_ELIGIBLE when
// another refund of the case is meant, IDEMPOTENCY_MISMATCH.
func (s *Service) RetryRefund(ctx context.Context, refundID, key string) error {
	return s.onRefund(ctx, lifecycle.RefundRetry, refundID, key, refundID, func(ctx context.Context, st *casework.Step, row *ent.Refund) error {
		err := s.move(ctx, row, casework.RefundFailed, func(u *ent.RefundUpdate) { s.again(st, row, u, false) })
		if err != nil {
			return err
		}
		return st.Happened(ctx, lifecycle.RefundRetried, "", toldOf(row))
	})
}

// Redirection says where a refund goes instead, and how the customer agreed. Account is personal data.
type Redirection struct{ Account, Consent string }

// RedirectRefund pays a failed refund to another account, with the customer's consent on record. Above the merchant's limit
// it is held again unless the actor may release: where the money goes is what a release is about.
//
// Requires: CUSTOMER (own), AGENT, FINANCE, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND, ILLEGAL_TRANSITION (nothing
// failed), NOT_ELIGIBLE when another refund of the case is meant, INVALID_INPUT at input.account or input.consent,
// IDEMPOTENCY_MISMATCH.
func (s *Service) RedirectRefund(ctx context.Context, refundID, key string, to Redirection) error {
	if _, err := auth.Require(ctx, "refundRedirect"); err != nil {
		return err
	}
	var l problem.List
	account, err := short(to.Account, maxAccount, "input", "account")
	l = append(l, problem.All(err)...)
	consent, err := casework.Text(to.Consent, "input", "consent")
	l = append(l, problem.All(err)...)
	if err := l.Err(); err != nil {
		return err
	}
	return s.onRefund(ctx, lifecycle.RefundRedirect, refundID, key, []string{refundID, account, consent}, func(ctx context.Context, st *casework.Step, row *ent.Refund) error {
		held := aboveLimit(st.Merchant, row.Amount, row.Currency) && !releases(st.Actor)
		err := s.move(ctx, row, casework.RefundFailed, func(u *ent.RefundUpdate) {
			s.again(st, row, u, held)
			u.SetHeld(held).ClearReleasedBy().SetRedirection(&lifecycle.Redirection{Account: account, Consent: consent, By: st.Actor.Name, At: st.Now})
		})
		if err != nil {
			return err
		}
		return st.Happened(ctx, lifecycle.RefundRedirected, "", toldOf(row))
	})
}

// ReleaseRefund lets a refund above the merchant's limit go. Two pairs of eyes: whoever started or redirected it, under
// whatever role, does not release it.
//
// Requires: FINANCE or MERCHANT_ADMIN. Errors: NOT_FOUND, ILLEGAL_TRANSITION (nothing is held), NOT_ELIGIBLE for whoever
// started it or when another refund of the case is meant, IDEMPOTENCY_MISMATCH.
func (s *Service) ReleaseRefund(ctx context.Context, refundID, key string) error {
	return s.onRefund(ctx, lifecycle.RefundRelease, refundID, key, refundID, func(ctx context.Context, st *casework.Step, row *ent.Refund) error {
		if !row.Held {
			return notThis(row)
		}
		own, err := s.store.Client(ctx).CaseEvent.Query().Where(caseevent.CaseID(row.CaseID), caseevent.ActorSubject(st.Actor.Subject),
			caseevent.TypeIn(lifecycle.RefundStarted, lifecycle.RefundRedirected)).Exist(ctx)
		if err != nil {
			return err
		}
		if own {
			return problem.New(problem.NotEligible, problem.Text{EN: "whoever started or redirected the refund cannot release it; somebody else has to", ZH: "发起或改付该退款的人不能放行，须由他人放行"})
		}
		u := s.store.Client(ctx).Refund.Update().Where(refund.ID(row.ID), refund.Held(true)).SetHeld(false).SetReleasedBy(st.Actor.Name)
		s.callSoon(st, row, u)
		if err := u.Exec(ctx); err != nil {
			return err
		}
		return st.Happened(ctx, lifecycle.RefundReleased, "", toldOf(row))
	})
}

// onRefund carries out an act about one refund of a case; the row given to fn is as it stands under the case's lock.
func (s *Service) onRefund(ctx context.Context, action lifecycle.Action, refundID, key string, input any, fn func(ctx context.Context, st *casework.Step, row *ent.Refund) error) error {
	if _, err := auth.Require(ctx, action.Operation()); err != nil {
		return err
	}
	found, err := s.store.Client(ctx).Refund.Get(ctx, refundID)
	if ent.IsNotFound(err) {
		return casework.NotFound("refund", "退款", "id")
	}
	if err != nil {
		return err
	}
	act := casework.Act{Action: action, CaseID: found.CaseID}
	_, err = s.cases.DoOnce(ctx, act, key, input, refundID, func(ctx context.Context, st *casework.Step) error {
		for _, row := range st.Case.Edges.Refunds {
			if row.ID == refundID {
				return fn(ctx, st, row)
			}
		}
		return casework.NotFound("refund", "退款", "id")
	})
	return err
}

// move takes a refund that nobody holds back out of a state. The table speaks of all refunds of a case together; that this
// one is in the state is for here.
func (s *Service) move(ctx context.Context, row *ent.Refund, from string, set func(*ent.RefundUpdate)) error {
	if row.State != from || row.Held {
		return notThis(row)
	}
	u := s.store.Client(ctx).Refund.Update().Where(refund.ID(row.ID), refund.State(from), refund.Held(false))
	set(u)
	n, err := u.Save(ctx)
	if err == nil && n == 0 {
		return overtaken()
	}
	return err
}

func overtaken() error {
	return problem.New(problem.Conflict, problem.Text{EN: "somebody else dealt with the refund at the same time; look at it again", ZH: "该退款同时被他人处理，请重新查看"})
}

// again starts the next attempt at a failed refund.
func (s *Service) again(st *casework.Step, row *ent.Refund, u *ent.RefundUpdate, held bool) {
	u.SetState(casework.RefundProcessing).AddAttempts(1).ClearFailure()
	if !held {
		s.callSoon(st, row, u)
	}
}

// callSoon has the gateway called anew, where one pays and the merchant still has it: what has no gateway any more waits for
// a person, who pays and confirms.
func (s *Service) callSoon(st *casework.Step, row *ent.Refund, u *ent.RefundUpdate) {
	u.SetCalls(0)
	if row.Gateway == WebhookGateway && st.Merchant.GatewayURL != "" {
		u.SetCallAt(s.cases.Real())
	}
}

func notThis(row *ent.Refund) error {
	state := row.State
	if row.Held {
		state = "held"
	}
	return problem.New(problem.NotEligible, problem.Textf("this refund is %s; another refund of the case is not", "该退款状态为 %s，该操作适用于工单的另一笔退款", state),
		problem.Param{Name: "state", Value: row.State})
}

// toldOf are the parameters of an event about a refund.
func toldOf(row *ent.Refund) map[string]string {
	return map[string]string{"amount": money.Format(row.Amount, row.Currency), "currency": row.Currency}
}

// short checks a line of text that must be there.
func short(text string, most int, field ...string) (string, error) {
	text, err := casework.Text(text, field...)
	switch {
	case err != nil:
		return "", err
	case len([]rune(text)) > most:
		return "", problem.Invalid(problem.Textf("must have at most %d characters", "最多 %d 个字符", most), field...)
	case strings.ContainsAny(text, "\r\n\t"):
		return "", problem.Invalid(problem.Text{EN: "must be one line", ZH: "须为单行文本"}, field...)
	}
	return text, nil
}
