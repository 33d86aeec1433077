// Package tickets is what is asked or said, and answered: questions before and after a purchase (MALL-2.3a), complaints
// (SLA-A-2.1.3), opinions and suggestions (PLEDGE-2.4), and every matter that fits nowhere else (MALL-1.1b, SLA-A-2.1.5).
// They have no goods or money of their own. Its use cases stand on package casework.
package tickets

import (
	"context"

	"aftersales/ent"
	"aftersales/ent/message"
	"aftersales/ent/ticketdetail"
	"aftersales/internal/auth"
	"aftersales/internal/casework"
	"aftersales/internal/lifecycle"
	"aftersales/internal/plan"
	"aftersales/internal/store"

	"entgo.io/ent/dialect/sql"
)

// Service carries a ticket from the question to its end.
type Service struct {
	store *store.Store
	cases *casework.Service
}

// New makes the service. What a customer does not object to in time is settled.
func New(st *store.Store, cases *casework.Service) *Service {
	s := &Service{st, cases}
	for _, k := range lifecycle.Tickets() {
		cases.OnRelease(k, func(context.Context, []string) error { return nil }) // they hold nothing
		cases.OnTimeout(plan.Accept, k, casework.Automatic{Action: lifecycle.TicketAnswerAccept, Do: s.acceptAlone, Instead: s.unlessTheyWrote})
	}
	return s
}

// Limits that no source gives.
const (
	maxSubject  = 200
	maxName     = 200
	maxLines    = 50
	maxEvidence = 20
	// maxOpen is how many open tickets a customer can have.
	maxOpen = 50
)

// Grounds of complaints that are handled first (contract enum ComplaintGround).
const (
	GroundSafety  = "SAFETY"
	GroundPrivacy = "PRIVACY"
)

// ofTicket makes the timeline read as that of a question, not of goods.
func ofTicket() map[string]string { return map[string]string{"ticket": "1"} }

func (s *Service) do(ctx context.Context, action lifecycle.Action, caseID string, expected *int, fn func(ctx context.Context, st *casework.Step) error) error {
	return s.cases.Do(ctx, casework.Act{Action: action, CaseID: caseID, Expected: expected}, fn)
}

func (s *Service) detail(ctx context.Context, caseID string) *ent.TicketDetailUpdate {
	return s.store.Client(ctx).TicketDetail.Update().Where(ticketdetail.CaseID(caseID))
}

// RequestInfo asks the customer a question; INFO_REPLY starts, and the clocks of settling the matter stand still.
//
// Requires: AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND, CONFLICT, ILLEGAL_TRANSITION, INVALID_INPUT at question.
func (s *Service) RequestInfo(ctx context.Context, caseID string, expected *int, question string) error {
	if _, err := auth.Require(ctx, "ticketRequestInfo"); err != nil {
		return err
	}
	question, err := casework.Text(question, "question")
	if err != nil {
		return err
	}
	return s.do(ctx, lifecycle.TicketRequestInfo, caseID, expected, func(ctx context.Context, st *casework.Step) error {
		if err := s.detail(ctx, caseID).SetOpenQuestion(question).Exec(ctx); err != nil {
			return err
		}
		return st.Happened(ctx, lifecycle.InfoRequested, question, nil)
	})
}

// ProvideInfo answers the open question; staff may write down what the customer said.
//
// Requires: CUSTOMER (own case), AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND, CONFLICT, ILLEGAL_TRANSITION,
// INVALID_INPUT at answer.
func (s *Service) ProvideInfo(ctx context.Context, caseID string, expected *int, answer string) error {
	if _, err := auth.Require(ctx, "ticketProvideInfo"); err != nil {
		return err
	}
	answer, err := casework.Text(answer, "answer")
	if err != nil {
		return err
	}
	return s.do(ctx, lifecycle.TicketProvideInfo, caseID, expected, func(ctx context.Context, st *casework.Step) error {
		if err := s.detail(ctx, caseID).ClearOpenQuestion().Exec(ctx); err != nil {
			return err
		}
		return st.Happened(ctx, lifecycle.InfoProvided, answer, nil)
	})
}

// Answer gives the answer, or the solution of what is complained about; it stands in the thread, too. The customer says whether
// that settles the matter, and the clocks of settling it stand still meanwhile; an opinion is answered and ends. A question to
// the customer that is still open is needless then.
//
// Requires: AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND, CONFLICT, ILLEGAL_TRANSITION, INVALID_INPUT at answer,
// LIMIT_EXCEEDED when the thread is full.
func (s *Service) Answer(ctx context.Context, caseID string, expected *int, answer string) error {
	if _, err := auth.Require(ctx, "ticketAnswer"); err != nil {
		return err
	}
	answer, err := casework.Text(answer, "answer")
	if err != nil {
		return err
	}
	return s.do(ctx, lifecycle.TicketAnswer, caseID, expected, func(ctx context.Context, st *casework.Step) error {
		if err := st.Say(ctx, answer); err != nil {
			return err
		}
		err := s.detail(ctx, caseID).SetAnswer(answer).SetAnsweredAt(st.Now).SetAnsweredBy(st.Actor.Name).ClearOpenQuestion().ClearSatisfied().ClearReply().Exec(ctx)
		if err != nil {
			return err
		}
		st.Stop(plan.InfoReply)
		if st.To() == lifecycle.Proposed {
			return st.Happened(ctx, lifecycle.EventProposed, answer, ofTicket())
		}
		if err := st.Happened(ctx, lifecycle.Responded, answer, nil); err != nil {
			return err
		}
		st.Ends(lifecycle.OutcomeResolved, answer)
		return st.Happened(ctx, lifecycle.Answered, "", nil)
	})
}

// Accept records that the answer settles the matter; staff may write down what the customer said.
//
// Requires: CUSTOMER (own case), AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND, CONFLICT, ILLEGAL_TRANSITION,
// INVALID_INPUT at message, which staff must give.
func (s *Service) Accept(ctx context.Context, caseID string, expected *int, message string) error {
	a, err := auth.Require(ctx, "ticketAnswerAccept")
	if err != nil {
		return err
	}
	check := casework.Text // in whose name staff act, they say how they know
	if a.Role == auth.Customer {
		check = casework.OptionalText
	}
	if message, err = check(message, "message"); err != nil {
		return err
	}
	return s.do(ctx, lifecycle.TicketAnswerAccept, caseID, expected, func(ctx context.Context, st *casework.Step) error {
		if err := s.detail(ctx, caseID).SetSatisfied(true).SetReply(message).Exec(ctx); err != nil {
			return err
		}
		return s.settled(ctx, st, message)
	})
}

// acceptAlone takes the silence on an answer for a yes; whether the customer is satisfied, nobody knows.
func (s *Service) acceptAlone(ctx context.Context, st *casework.Step) error {
	return s.settled(ctx, st, "")
}

// unlessTheyWrote hands a matter back to the merchant's people where the customer did not say yes or no, and yet
// had the last word in the thread.
func (s *Service) unlessTheyWrote(ctx context.Context, c *ent.ServiceCase) (*casework.Automatic, error) {
	// The answer stands in the thread, too.
	last, err := s.store.Client(ctx).Message.Query().Where(message.CaseID(c.ID), message.Internal(false)).
		Order(message.ByAt(sql.OrderDesc()), message.ByID(sql.OrderDesc())).First(ctx)
	if err != nil || last.AuthorRole != string(auth.Customer) {
		return nil, err
	}
	return &casework.Automatic{Action: lifecycle.TicketAnswerDecline, Do: func(ctx context.Context, st *casework.Step) error {
		if err := s.detail(ctx, c.ID).SetReply(last.Text).Exec(ctx); err != nil {
			return err
		}
		return st.Happened(ctx, lifecycle.ProposalDeclined, last.Text, ofTicket())
	}}, nil
}

func (s *Service) settled(ctx context.Context, st *casework.Step, message string) error {
	st.Ends(lifecycle.OutcomeResolved, st.Case.Edges.Ticket.Answer)
	if err := st.Happened(ctx, lifecycle.ProposalAccepted, message, ofTicket()); err != nil {
		return err
	}
	return st.Happened(ctx, lifecycle.Resolved, "", nil)
}

// Decline records that the answer does not settle the matter, and why; the merchant's clocks go on.
//
// Requires: CUSTOMER (own case), AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND, CONFLICT, ILLEGAL_TRANSITION,
// INVALID_INPUT at message.
func (s *Service) Decline(ctx context.Context, caseID string, expected *int, message string) error {
	if _, err := auth.Require(ctx, "ticketAnswerDecline"); err != nil {
		return err
	}
	message, err := casework.Text(message, "message")
	if err != nil {
		return err
	}
	return s.do(ctx, lifecycle.TicketAnswerDecline, caseID, expected, func(ctx context.Context, st *casework.Step) error {
		if err := s.detail(ctx, caseID).SetSatisfied(false).SetReply(message).Exec(ctx); err != nil {
			return err
		}
		return st.Happened(ctx, lifecycle.ProposalDeclined, message, ofTicket())
	})
}

// Reject ends a ticket without an answer, with a reason the customer reads.
//
// Requires: AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND, CONFLICT, ILLEGAL_TRANSITION, INVALID_INPUT at reason.
func (s *Service) Reject(ctx context.Context, caseID string, expected *int, reason string) error {
	if _, err := auth.Require(ctx, "ticketReject"); err != nil {
		return err
	}
	reason, err := casework.Text(reason, "reason")
	if err != nil {
		return err
	}
	return s.do(ctx, lifecycle.TicketReject, caseID, expected, func(ctx context.Context, st *casework.Step) error {
		st.Ends(lifecycle.OutcomeRejected, reason)
		return st.Happened(ctx, lifecycle.EventRejected, reason, nil)
	})
}

// Cancel withdraws a ticket that has not ended.
//
// Requires: CUSTOMER (own case), AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND, CONFLICT, ILLEGAL_TRANSITION,
// INVALID_INPUT at reason.
func (s *Service) Cancel(ctx context.Context, caseID string, expected *int, reason string) error {
	if _, err := auth.Require(ctx, "ticketCancel"); err != nil {
		return err
	}
	reason, err := casework.OptionalText(reason, "reason")
	if err != nil {
		return err
	}
	return s.do(ctx, lifecycle.TicketCancel, caseID, expected, func(ctx context.Context, st *casework.Step) error {
		st.Ends(lifecycle.OutcomeCancelled, reason)
		return st.Happened(ctx, lifecycle.EventCancelled, reason, nil)
	})
}

// Reopen takes up again what was called settled, refused or given up, within 30 days of its end. What an application starts,
// starts anew.
//
// Requires: CUSTOMER (own case), AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND, CONFLICT, ILLEGAL_TRANSITION,
// INVALID_INPUT at reason, LIMIT_EXCEEDED with 50 open tickets of the customer.
func (s *Service) Reopen(ctx context.Context, caseID string, expected *int, reason string) error {
	if _, err := auth.Require(ctx, "ticketReopen"); err != nil {
		return err
	}
	reason, err := casework.Text(reason, "reason")
	if err != nil {
		return err
	}
	return s.do(ctx, lifecycle.TicketReopen, caseID, expected, func(ctx context.Context, st *casework.Step) error {
		if err := s.notTooMany(ctx, st.Merchant, st.Case.CustomerID); err != nil {
			return err
		}
		u := s.detail(ctx, caseID).ClearOpenQuestion().SetReply(reason)
		if st.Case.Edges.Ticket.AnsweredAt != nil {
			u.SetSatisfied(false)
		}
		if err := u.Exec(ctx); err != nil {
			return err
		}
		return st.Happened(ctx, lifecycle.Reopened, reason, ofTicket())
	})
}
