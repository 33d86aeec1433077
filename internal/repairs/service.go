// Package repairs is the repair of goods that do not work as they should (MALL-2.2c, MALL-4.3): from the customer's request
// through review, diagnosis, price, work and test until the goods are home again. Whatever is found, they go home: repaired,
// as they were, or as another case that swaps or refunds them. Its use cases stand on package casework; visits at the
// customer's are package visits'.
package repairs

import (
	"context"
	"strings"

	"aftersales/ent"
	"aftersales/ent/repairdetail"
	"aftersales/ent/repairquote"
	"aftersales/ent/returnaddress"
	"aftersales/ent/visit"
	"aftersales/internal/auth"
	"aftersales/internal/casework"
	"aftersales/internal/disputes"
	"aftersales/internal/lifecycle"
	"aftersales/internal/plan"
	"aftersales/internal/problem"
	"aftersales/internal/store"
	"aftersales/internal/visits"
	"aftersales/internal/warranty"
)

// Service carries a repair from request to the customer's door.
type Service struct {
	store      *store.Store
	cases      *casework.Service
	warranties *warranty.Service
	visits     *visits.Service
	disputes   *disputes.Service
}

// New makes the service and says what happens where somebody was silent.
func New(st *store.Store, cases *casework.Service, war *warranty.Service, vis *visits.Service, dis *disputes.Service) *Service {
	s := &Service{st, cases, war, vis, dis}
	dis.Of(lifecycle.Repairs, disputed{s})
	cases.OnRelease(lifecycle.Repairs, s.release)
	cases.OnTimeout(plan.Approve, lifecycle.Repairs, casework.Automatic{Action: lifecycle.RepairApprove, Do: s.approveAlone})
	cases.OnTimeout(plan.Decline, lifecycle.Repairs, casework.Automatic{Action: lifecycle.RepairQuoteDecline, Do: s.declineAlone})
	cases.OnTimeout(plan.Receive, lifecycle.Repairs, casework.Automatic{Action: lifecycle.RepairReceive, Do: s.receiveAlone})
	return s
}

// release ends what an expired repair leaves open: nobody comes any more, no price is offered, no part is waited for.
func (s *Service) release(ctx context.Context, caseIDs []string) error {
	client := s.store.Client(ctx)
	if err := s.visits.CallOff(ctx, caseIDs); err != nil {
		return err
	}
	waiting, err := client.RepairDetail.Query().Where(repairdetail.CaseIDIn(caseIDs...), repairdetail.PartsSinceNotNil()).WithCase().All(ctx)
	if err != nil {
		return err
	}
	for _, d := range waiting {
		u := client.RepairDetail.Update().Where(repairdetail.ID(d.ID))
		StopWaiting(u, d, *d.Edges.Case.EndedAt)
		if err := u.Exec(ctx); err != nil {
			return err
		}
	}
	open, err := client.RepairQuote.Query().Where(repairquote.CaseIDIn(caseIDs...), repairquote.State(QuoteOpen)).WithCase().All(ctx)
	if err != nil {
		return err
	}
	for _, q := range open {
		if err := client.RepairQuote.UpdateOne(q).SetState(QuoteExpired).SetAnsweredAt(*q.Edges.Case.EndedAt).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// endVisits ends with a repair what was agreed on for it: who is there leaves, and nobody comes any more.
func (s *Service) endVisits(ctx context.Context, st *casework.Step) error {
	err := s.store.Client(ctx).Visit.Update().Where(visit.CaseID(st.Case.ID), visit.State(casework.VisitStarted)).SetState(casework.VisitEnded).SetEndedAt(st.Now).Exec(ctx)
	if err != nil {
		return err
	}
	return s.visits.CallOff(ctx, []string{st.Case.ID})
}

func (s *Service) do(ctx context.Context, action lifecycle.Action, caseID string, expected *int, fn func(ctx context.Context, st *casework.Step) error) error {
	return s.cases.Do(ctx, casework.Act{Action: action, CaseID: caseID, Expected: expected}, fn)
}

func (s *Service) detail(ctx context.Context, caseID string) *ent.RepairDetailUpdate {
	return s.store.Client(ctx).RepairDetail.Update().Where(repairdetail.CaseID(caseID))
}

// RequestInfo asks the customer a question; the merchant's clocks stand still until the answer (SLA-A-3.2.1).
//
// Requires: AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND, CONFLICT, ILLEGAL_TRANSITION, INVALID_INPUT at question.
func (s *Service) RequestInfo(ctx context.Context, caseID string, expected *int, question string) error {
	if _, err := auth.Require(ctx, "repairRequestInfo"); err != nil {
		return err
	}
	question, err := casework.Text(question, "question")
	if err != nil {
		return err
	}
	return s.do(ctx, lifecycle.RepairRequestInfo, caseID, expected, func(ctx context.Context, st *casework.Step) error {
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
	if _, err := auth.Require(ctx, "repairProvideInfo"); err != nil {
		return err
	}
	answer, err := casework.Text(answer, "answer")
	if err != nil {
		return err
	}
	return s.do(ctx, lifecycle.RepairProvideInfo, caseID, expected, func(ctx context.Context, st *casework.Step) error {
		if err := s.detail(ctx, caseID).ClearOpenQuestion().Exec(ctx); err != nil {
			return err
		}
		return st.Happened(ctx, lifecycle.InfoProvided, answer, nil)
	})
}

// Approval is a request that is accepted.
type Approval struct {
	// Way is casework.Depot or casework.OnSite.
	Way string
	// Steps are what the customer is to do: 1 to 20 texts.
	Steps []string
	// ReturnAddressID is where the goods go; nil takes the merchant's default. Only for the depot.
	ReturnAddressID *string
	// Appointment is the first visit of a repair on site, if it is agreed on already.
	Appointment *visits.Appointment
}

func (in *Approval) check() error {
	var l problem.List
	if in.Way == casework.OnSite && in.ReturnAddressID != nil {
		l = append(l, problem.Invalid(problem.Text{EN: "no goods are sent where somebody comes", ZH: "上门维修无需寄送商品"}, "input", "returnAddress"))
	}
	switch {
	case in.Appointment == nil:
	case in.Way == casework.Depot:
		l = append(l, problem.Invalid(problem.Text{EN: "nobody comes where the goods are sent in", ZH: "寄修无需预约上门"}, "input", "appointment"))
	default:
		l = append(l, in.Appointment.Check("input", "appointment")...)
	}
	return append(l, checkSteps(in.Steps)...).Err()
}

// Approve accepts the request: the goods are sent to the depot, or somebody comes, for whom SITE_VISIT runs from now on
// (SLA-A-2.2.2: from the confirmation).
//
// Requires: AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND (case, address), CONFLICT, ILLEGAL_TRANSITION, INVALID_INPUT
// at input.steps, input.returnAddress or input.appointment, NOT_ELIGIBLE when the technician is elsewhere at that time.
func (s *Service) Approve(ctx context.Context, caseID string, expected *int, in Approval) error {
	if _, err := auth.Require(ctx, "repairApprove"); err != nil {
		return err
	}
	if err := in.check(); err != nil {
		return err
	}
	act := casework.Act{Action: lifecycle.RepairApprove, CaseID: caseID, Expected: expected, Judge: func(f *lifecycle.Facts) {
		f.Work.OnSite, f.Work.Scheduled = in.Way == casework.OnSite, in.Appointment != nil
	}}
	return s.cases.Do(ctx, act, func(ctx context.Context, st *casework.Step) error { return s.approve(ctx, st, in) })
}

func (s *Service) approve(ctx context.Context, st *casework.Step, in Approval) error {
	d := s.detail(ctx, st.Case.ID).SetWay(in.Way).SetSteps(in.Steps).SetConfirmedAt(st.Now)
	if in.Way == casework.Depot {
		address, err := s.address(ctx, st.Merchant.ID, in.ReturnAddressID)
		if err != nil {
			return err
		}
		d.SetReturnAddressID(address)
	}
	if err := d.Exec(ctx); err != nil {
		return err
	}
	st.Goods(in.Way == casework.Depot)
	if err := st.Happened(ctx, lifecycle.Approved, strings.Join(in.Steps, "\n"), nil); err != nil || in.Way == casework.Depot {
		return err
	}
	if err := s.visits.Due(ctx, st); err != nil || in.Appointment == nil {
		return err
	}
	return s.visits.Book(ctx, st, *in.Appointment, "input", "appointment")
}

// standardSteps are what a customer is told whose repair was accepted by nobody in particular, in both languages: they are
// kept with the case, whoever reads it.
var standardSteps = []string{"请将商品寄至所示地址并登记运单号。 Send the goods to the address shown and enter the waybill here.",
	"我们将检测并告知维修方案。 We find out what is wrong and tell you the plan."}

// approveAlone accepts for the depot what nobody reviewed in time. Without a default address it does nothing: the case stays
// with people.
func (s *Service) approveAlone(ctx context.Context, st *casework.Step) error {
	return s.approve(ctx, st, Approval{Way: casework.Depot, Steps: standardSteps})
}

// address picks the designated address of the depot.
func (s *Service) address(ctx context.Context, merchantID string, wanted *string) (string, error) {
	q := s.store.Client(ctx).ReturnAddress.Query().Where(returnaddress.MerchantID(merchantID))
	if wanted != nil {
		q = q.Where(returnaddress.ID(*wanted))
	} else {
		q = q.Where(returnaddress.IsDefault(true))
	}
	row, err := q.First(ctx)
	switch {
	case ent.IsNotFound(err) && wanted != nil:
		return "", casework.NotFound("return address", "退货地址", "input", "returnAddress")
	case ent.IsNotFound(err):
		return "", problem.Invalid(problem.Text{EN: "the merchant has no default return address; name one", ZH: "商家没有默认退货地址，请指定"}, "input", "returnAddress")
	case err != nil:
		return "", err
	}
	return row.ID, nil
}

// Reject refuses the request with a reason the customer reads.
//
// Requires: AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND, CONFLICT, ILLEGAL_TRANSITION, INVALID_INPUT at reason.
func (s *Service) Reject(ctx context.Context, caseID string, expected *int, reason string) error {
	if _, err := auth.Require(ctx, "repairReject"); err != nil {
		return err
	}
	reason, err := casework.Text(reason, "reason")
	if err != nil {
		return err
	}
	return s.do(ctx, lifecycle.RepairReject, caseID, expected, func(ctx context.Context, st *casework.Step) error {
		until, err := s.disputes.Window(ctx, st)
		if err != nil {
			return err
		}
		if err := s.detail(ctx, caseID).ClearOpenQuestion().SetNillableDisputeUntil(until).Exec(ctx); err != nil {
			return err
		}
		st.Ends(lifecycle.OutcomeRejected, reason)
		return st.Happened(ctx, lifecycle.EventRejected, reason, nil)
	})
}

// Cancel withdraws the repair. Goods that are with the merchant go home as they are: nobody owes their repair any more, and
// SEND_BACK starts.
//
// Requires: CUSTOMER (own case), AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND, CONFLICT, ILLEGAL_TRANSITION,
// INVALID_INPUT at reason.
func (s *Service) Cancel(ctx context.Context, caseID string, expected *int, reason string) error {
	if _, err := auth.Require(ctx, "repairCancel"); err != nil {
		return err
	}
	reason, err := casework.OptionalText(reason, "reason")
	if err != nil {
		return err
	}
	return s.do(ctx, lifecycle.RepairCancel, caseID, expected, func(ctx context.Context, st *casework.Step) error {
		if err := st.Happened(ctx, lifecycle.EventCancelled, reason, nil); err != nil {
			return err
		}
		if st.To().Ended() {
			outcome := lifecycle.OutcomeCancelled
			if found := st.Case.Edges.Repair.Result; found != "" { // it was found that nothing can be done, and nothing else is wanted
				outcome = found
			}
			st.Ends(outcome, reason)
			d := s.detail(ctx, caseID).ClearOpenQuestion()
			if outcome == lifecycle.OutcomeCancelled {
				d.ClearDisputeUntil()
			}
			StopWaiting(d, st.Case.Edges.Repair, st.Now)
			if err := d.Exec(ctx); err != nil {
				return err
			}
			return s.endVisits(ctx, st)
		}
		return s.giveUp(ctx, st, lifecycle.OutcomeCancelled)
	})
}

// giveUp records that nothing is repaired: what is owed is that the goods go home. Whether the repair itself is still owed
// depends on why: what the customer did not want, or what was no fault, is not; what cannot be repaired still is, until
// something else is given in its place.
func (s *Service) giveUp(ctx context.Context, st *casework.Step, result lifecycle.Outcome) error {
	d := s.detail(ctx, st.Case.ID).SetResult(result)
	if result == lifecycle.OutcomeCancelled {
		d.ClearDisputeUntil()
	}
	if st.Case.Edges.Repair.ReceivedAt == nil { // the customer has the goods: it took no longer
		if _, err := s.count(ctx, st, d, st.Now); err != nil {
			return err
		}
	}
	StopWaiting(d, st.Case.Edges.Repair, st.Now)
	if err := d.Exec(ctx); err != nil {
		return err
	}
	if result != lifecycle.OutcomeUnrepairable {
		st.Stop(plan.Repair, plan.DepotInspection)
	}
	if !casework.FactsOf(st.Case, st.Now).Work.Here {
		return nil
	}
	return st.Happened(ctx, lifecycle.SendBackDue, "", map[string]string{"goods": "unrepaired"})
}
