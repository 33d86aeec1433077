// Package orderchange is what can still be done about an order before it arrives (MALL-2.3b, MALL-2.3c): cancelled before
// dispatch, stopped on its way, sent elsewhere. Each is a case of kind ORDER_CHANGE with its outcome, its timeline and an
// audit row. It stands on package casework, moves goods and money through package orders and pays through package returns.
package orderchange

import (
	"context"
	"strconv"

	"aftersales/ent"
	"aftersales/internal/auth"
	"aftersales/internal/casework"
	"aftersales/internal/id"
	"aftersales/internal/lifecycle"
	"aftersales/internal/orders"
	"aftersales/internal/problem"
	"aftersales/internal/returns"
	"aftersales/internal/store"
)

// What a case of this kind is about (contract enum OrderChangeKind).
const (
	Cancellation = "CANCEL"
	Interception = "INTERCEPT"
	Amendment    = "ADDRESS"
)

// otherReason is the handle of the return reason that every merchant has and that says nothing: the case's own words do.
const otherReason = "OTHER"

// Service changes orders before they arrive.
type Service struct {
	store   *store.Store
	cases   *casework.Service
	orders  *orders.Service
	returns *returns.Service
}

// New makes the service and lets the sweep release what ended cases held.
func New(st *store.Store, cases *casework.Service, ord *orders.Service, ret *returns.Service) *Service {
	cases.OnRelease(lifecycle.OrderChange, ord.Release)
	return &Service{st, cases, ord, ret}
}

// opening is what all changes of an order have in common: the locked order, the merchant's terms, who asks.
type opening struct {
	actor  auth.Actor
	order  *ent.Order
	terms  *returns.Terms
	reason *ent.ReturnReason
	// words are why, as the customer put it; channel how they came.
	words, channel string
}

// begin locks the order a change is about; from here to the end of the transaction nobody dispatches, cancels or returns it.
func (s *Service) begin(ctx context.Context, a auth.Actor, orderID, words string) (*opening, error) {
	m, err := s.cases.Merchant(ctx)
	if err != nil {
		return nil, err
	}
	op := &opening{actor: a, words: words, channel: "SERVICE_CENTER"}
	if op.order, err = s.orders.Locked(ctx, orderID, "input", "order"); err != nil {
		return nil, err
	}
	if a.Role == auth.Customer {
		op.channel = "WEBSITE"
	}
	if op.terms, err = s.returns.Terms(ctx, m); err != nil {
		return nil, err
	}
	if op.reason = op.terms.Reason(otherReason); op.reason == nil {
		return nil, problem.New(problem.NotEligible, problem.Textf("the merchant has no reason %s", "商家没有原因 %s", otherReason))
	}
	return op, nil
}

// open writes the case with its detail and items; then carries on in the same act. clocked is whether money may be owed, so
// that the plan's clocks for a refund run.
func (s *Service) open(ctx context.Context, op *opening, change string, status lifecycle.Status, clocked bool, items []Item, then func(ctx context.Context, st *casework.Step) error) (string, error) {
	client, m := s.store.Client(ctx), op.terms.Merchant
	caseID := id.New(id.OrderChange)
	day := op.terms.Now.In(op.terms.Calendar.Zone()).Format("060102")
	create := client.ServiceCase.Create().SetID(caseID).SetNumber("C" + day + "-" + id.Suffix(caseID, 8)).SetKind(lifecycle.OrderChange).
		SetCustomerID(op.order.CustomerID).SetOrderID(op.order.ID).SetChannel(op.channel).SetPriority(casework.Normal).SetDescription(op.words)
	as := casework.Opening{Status: status, Then: func(ctx context.Context, st *casework.Step) error {
		err := client.ReturnDetail.Create().SetMerchantID(m.ID).SetCaseID(caseID).SetRemedy(lifecycle.Refund).
			SetDisposition(lifecycle.GoodsKeep).SetChange(change).SetReasonID(op.reason.ID).Exec(ctx)
		if err != nil {
			return err
		}
		rows := make([]*ent.ReturnItemCreate, len(items))
		for i, it := range items {
			rows[i] = client.ReturnItem.Create().SetMerchantID(m.ID).SetCaseID(caseID).SetOrderLineID(it.OrderLineID).SetPosition(i).SetQuantity(it.Quantity)
		}
		if len(rows) > 0 {
			if err := client.ReturnItem.CreateBulk(rows...).Exec(ctx); err != nil {
				return err
			}
		}
		return then(ctx, st)
	}}
	if clocked {
		as.Remedy = lifecycle.Refund
	}
	_, err := s.cases.Open(ctx, op.actor, m, as, create, op.words)
	return caseID, err
}

// audit records for good who changed an order, and how (MALL-2.3b); data holds nothing personal.
func (s *Service) audit(ctx context.Context, st *casework.Step, action, orderID string, data map[string]string) error {
	data["case"] = st.Case.ID
	return s.store.Client(ctx).AuditEntry.Create().SetMerchantID(st.Case.MerchantID).SetAction(action).SetObjectID(orderID).
		SetSubject(st.Actor.Subject).SetRole(string(st.Actor.Role)).SetRequestID(st.Actor.RequestID).SetAt(s.cases.Real()).SetData(data).Exec(ctx)
}

func index(i int) string { return strconv.Itoa(i) }
