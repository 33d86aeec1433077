// Package onsite is work at the customer's without goods or money that move: installation, commissioning, guidance in use and
// maintenance (SLA-A-2.1.1, SLA-A-2.1.4, SLA-B-2.1.2, SLA-B-2.1.4), asked for or by schedule. Each is a case with its visits
// (package visits) and its clocks. Its use cases stand on package casework.
package onsite

import (
	"context"
	"strconv"
	"time"

	"entgo.io/ent/dialect"

	"aftersales/ent"
	"aftersales/ent/orderline"
	"aftersales/ent/repairdetail"
	"aftersales/ent/servicecase"
	"aftersales/internal/auth"
	"aftersales/internal/casework"
	"aftersales/internal/id"
	"aftersales/internal/lifecycle"
	"aftersales/internal/problem"
	"aftersales/internal/store"
	"aftersales/internal/visits"
)

// Service carries a service from request to completion, and keeps the schedules of maintenance.
type Service struct {
	store  *store.Store
	cases  *casework.Service
	visits *visits.Service
}

// New makes the service, lets the sweep call off the appointments of expired cases, and lets it open those that are scheduled.
func New(st *store.Store, cases *casework.Service, vis *visits.Service) *Service {
	s := &Service{st, cases, vis}
	for _, k := range lifecycle.Services() {
		cases.OnRelease(k, vis.CallOff)
	}
	cases.OnSweep(casework.Timetable{Run: s.openDue, Next: s.nextDue})
	return s
}

// Limits that no source gives.
const (
	maxWishes = 5
	maxSteps  = 20
	// maxOpen is how many open services of one kind an order line can have.
	maxOpen = 5
)

// Request is an application for a service.
type Request struct {
	IdempotencyKey string
	Kind           lifecycle.Kind
	OrderLineID    string
	Quantity       int
	Description    string
	// Wished are times at which the customer would like to be visited.
	Wished []lifecycle.Window
	// Channel is how the customer came; empty means the website for a customer, the service centre for staff.
	Channel string
}

// Request opens a service for goods of an order line; staff may file it for a customer. The plan's clocks run.
//
// Requires: CUSTOMER (own orders), AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND (order line), INVALID_INPUT naming
// the field, NOT_ELIGIBLE (the order was cancelled, or the goods were returned), QUANTITY_EXCEEDS_BOUGHT, LIMIT_EXCEEDED,
// IDEMPOTENCY_MISMATCH.
func (s *Service) Request(ctx context.Context, in Request) (string, error) {
	a, err := auth.Require(ctx, "serviceRequest")
	if err != nil {
		return "", err
	}
	if err := in.check(a); err != nil {
		return "", err
	}
	hashed := in
	hashed.IdempotencyKey = ""
	return s.store.Once(ctx, "serviceRequest", in.IdempotencyKey, hashed, func(ctx context.Context) (string, error) {
		m, err := s.cases.Merchant(ctx)
		if err != nil {
			return "", err
		}
		l, err := s.line(ctx, in.OrderLineID, "input", "orderLine")
		if err != nil {
			return "", err
		}
		if p := unserved(l); p != nil {
			return "", p.At("input", "orderLine")
		}
		if left := l.Quantity - l.Returned; in.Quantity > left {
			return "", problem.New(problem.QuantityExceedsBought, problem.Textf("the customer has %d of them", "顾客持有 %d 件", left),
				problem.Param{Name: "maximum", Value: strconv.Itoa(left)}).At("input", "quantity")
		}
		if err := s.notTooMany(ctx, l, in.Kind); err != nil {
			return "", err
		}
		return s.open(ctx, a, m, l, in)
	})
}

func (in *Request) check(a auth.Actor) error {
	var l problem.List
	if !in.Kind.IsService() {
		l = append(l, problem.Invalid(problem.Text{EN: "must be INSTALLATION, COMMISSIONING, USAGE_GUIDANCE or MAINTENANCE", ZH: "须为 INSTALLATION、COMMISSIONING、USAGE_GUIDANCE 或 MAINTENANCE"}, "input", "kind"))
	}
	if in.Quantity < 1 {
		l = append(l, problem.Invalid(problem.Text{EN: "must be 1 or more", ZH: "须为 1 或以上"}, "input", "quantity"))
	}
	var err error
	in.Description, err = casework.Text(in.Description, "input", "description")
	l = append(l, problem.All(err)...)
	if len(in.Wished) > maxWishes {
		l = append(l, problem.Invalid(problem.Textf("at most %d times", "最多 %d 个时间段", maxWishes), "input", "wishedTimes"))
	}
	for i := range in.Wished {
		w := &in.Wished[i]
		w.From, w.To = w.From.UTC().Truncate(time.Microsecond), w.To.UTC().Truncate(time.Microsecond)
		if !w.From.Before(w.To) {
			l = append(l, problem.Invalid(problem.Text{EN: "must lie after from", ZH: "须晚于 from"}, "input", "wishedTimes", strconv.Itoa(i), "to"))
		}
	}
	if in.Channel == "" {
		in.Channel = "SERVICE_CENTER"
		if a.Role == auth.Customer {
			in.Channel = "WEBSITE"
		}
	}
	return l.Err()
}

// notTooMany refuses one more open service of a kind for a line. The line's row is held until the transaction ends, so that of
// two requests at once one sees the other.
func (s *Service) notTooMany(ctx context.Context, l *ent.OrderLine, k lifecycle.Kind) error {
	client := s.store.Client(ctx)
	if s.store.Dialect() == dialect.Postgres {
		if _, err := client.OrderLine.Query().Where(orderline.ID(l.ID)).ForUpdate().Only(ctx); err != nil {
			return err
		}
	}
	n, err := client.ServiceCase.Query().Where(servicecase.MerchantID(l.MerchantID), servicecase.OrderID(l.OrderID), servicecase.KindEQ(k),
		servicecase.StatusNotIn(lifecycle.EndedStatuses()...),
		servicecase.HasRepairWith(repairdetail.MerchantID(l.MerchantID), repairdetail.OrderLineID(l.ID))).Count(ctx)
	if err != nil || n < maxOpen {
		return err
	}
	return problem.New(problem.LimitExceeded, problem.Textf("%d such services are open for this line already", "该行商品已有 %d 个进行中的同类服务", maxOpen),
		problem.Param{Name: "maximum", Value: strconv.Itoa(maxOpen)})
}

// line finds an order line within the actor's reach, with its order and customer.
func (s *Service) line(ctx context.Context, lineID string, field ...string) (*ent.OrderLine, error) {
	l, err := s.store.Client(ctx).OrderLine.Query().Where(orderline.ID(lineID)).
		WithOrder().Only(ctx)
	if ent.IsNotFound(err) {
		return nil, casework.NotFound("order line", "订单行", field...)
	}
	return l, err
}

// unserved is why nothing can be done any more for the goods of a line; nil when it can.
func unserved(l *ent.OrderLine) *problem.Problem {
	switch {
	case l.Edges.Order.CancelledAt != nil:
		return problem.New(problem.NotEligible, problem.Text{EN: "the order was cancelled", ZH: "订单已取消"})
	case l.Returned >= l.Quantity:
		return problem.New(problem.NotEligible, problem.Text{EN: "the goods were returned", ZH: "商品已退回"})
	}
	return nil
}

// open writes the case with its detail.
func (s *Service) open(ctx context.Context, a auth.Actor, m *ent.Merchant, l *ent.OrderLine, in Request) (string, error) {
	_, cal, err := s.cases.MerchantCalendar(ctx, m)
	if err != nil {
		return "", err
	}
	client, caseID := s.store.Client(ctx), id.New(id.OnSiteService)
	day := s.cases.Now(m).In(cal.Zone()).Format("060102")
	create := client.ServiceCase.Create().SetID(caseID).SetNumber("S" + day + "-" + id.Suffix(caseID, 8)).SetKind(in.Kind).
		SetCustomerID(l.Edges.Order.CustomerID).SetOrderID(l.OrderID).SetChannel(in.Channel).SetPriority(casework.Normal).SetDescription(in.Description)
	if _, err := s.cases.Open(ctx, a, m, casework.Opening{}, create, in.Description); err != nil {
		return "", err
	}
	return caseID, client.RepairDetail.Create().SetMerchantID(m.ID).SetCaseID(caseID).SetOrderLineID(l.ID).SetQuantity(in.Quantity).
		SetSerialNumber(l.SerialNumber).SetWishedTimes(in.Wished).Exec(ctx)
}

func (s *Service) do(ctx context.Context, action lifecycle.Action, caseID string, expected *int, fn func(ctx context.Context, st *casework.Step) error) error {
	return s.cases.Do(ctx, casework.Act{Action: action, CaseID: caseID, Expected: expected}, fn)
}

func (s *Service) detail(ctx context.Context, caseID string) *ent.RepairDetailUpdate {
	return s.store.Client(ctx).RepairDetail.Update().Where(repairdetail.CaseID(caseID))
}

// RequestInfo asks the customer a question before the service is confirmed; INFO_REPLY starts.
//
// Requires: AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND, CONFLICT, ILLEGAL_TRANSITION, INVALID_INPUT at question.
func (s *Service) RequestInfo(ctx context.Context, caseID string, expected *int, question string) error {
	if _, err := auth.Require(ctx, "serviceRequestInfo"); err != nil {
		return err
	}
	question, err := casework.Text(question, "question")
	if err != nil {
		return err
	}
	return s.do(ctx, lifecycle.ServiceRequestInfo, caseID, expected, func(ctx context.Context, st *casework.Step) error {
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
	if _, err := auth.Require(ctx, "serviceProvideInfo"); err != nil {
		return err
	}
	answer, err := casework.Text(answer, "answer")
	if err != nil {
		return err
	}
	return s.do(ctx, lifecycle.ServiceProvideInfo, caseID, expected, func(ctx context.Context, st *casework.Step) error {
		if err := s.detail(ctx, caseID).ClearOpenQuestion().Exec(ctx); err != nil {
			return err
		}
		return st.Happened(ctx, lifecycle.InfoProvided, answer, nil)
	})
}

// Reject refuses the service with a reason the customer reads, before it was confirmed.
//
// Requires: AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND, CONFLICT, ILLEGAL_TRANSITION, INVALID_INPUT at reason.
func (s *Service) Reject(ctx context.Context, caseID string, expected *int, reason string) error {
	if _, err := auth.Require(ctx, "serviceReject"); err != nil {
		return err
	}
	reason, err := casework.Text(reason, "reason")
	if err != nil {
		return err
	}
	return s.do(ctx, lifecycle.ServiceReject, caseID, expected, func(ctx context.Context, st *casework.Step) error {
		st.Ends(lifecycle.OutcomeRejected, reason)
		return st.Happened(ctx, lifecycle.EventRejected, reason, nil)
	})
}

// Cancel withdraws the service while nobody is at the customer's; an appointment is called off.
//
// Requires: CUSTOMER (own case), AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND, CONFLICT, ILLEGAL_TRANSITION,
// INVALID_INPUT at reason.
func (s *Service) Cancel(ctx context.Context, caseID string, expected *int, reason string) error {
	if _, err := auth.Require(ctx, "serviceCancel"); err != nil {
		return err
	}
	reason, err := casework.OptionalText(reason, "reason")
	if err != nil {
		return err
	}
	return s.do(ctx, lifecycle.ServiceCancel, caseID, expected, func(ctx context.Context, st *casework.Step) error {
		if err := s.visits.CallOff(ctx, []string{caseID}); err != nil {
			return err
		}
		st.Ends(lifecycle.OutcomeCancelled, reason)
		return st.Happened(ctx, lifecycle.EventCancelled, reason, nil)
	})
}
