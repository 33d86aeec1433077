package returns

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"aftersales/ent"
	"aftersales/ent/order"
	"aftersales/ent/orderline"
	"aftersales/internal/auth"
	"aftersales/internal/casework"
	"aftersales/internal/id"
	"aftersales/internal/lifecycle"
	"aftersales/internal/plan"
	"aftersales/internal/problem"
)

// Request is an application for a return.
type Request struct {
	IdempotencyKey string
	OrderID        string
	Remedy         lifecycle.Remedy
	Items          []RequestItem
	ReasonHandle   string
	Description    string
	// Channel is how the customer came (MALL-3.1b); empty means the website for a customer, the service centre for staff.
	Channel string
}

// RequestItem asks for a quantity of one order line.
type RequestItem struct {
	OrderLineID string
	Quantity    int
	// WantedSKU is the article wanted in exchange; empty: the same one.
	WantedSKU string `json:",omitempty"`
}

// Request opens a return (MALL-3.1a); staff may file it for a customer (MALL-3.1b). Quantities are held from now on, the
// plan's clocks run.
//
// Requires: CUSTOMER (own orders), AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND (order), INVALID_INPUT, and for
// what cannot be returned NOT_ELIGIBLE, WINDOW_CLOSED, QUANTITY_EXCEEDS_BOUGHT, LIMIT_EXCEEDED; IDEMPOTENCY_MISMATCH.
func (s *Service) Request(ctx context.Context, in Request) (string, error) {
	a, err := auth.Require(ctx, "returnRequest")
	if err != nil {
		return "", err
	}
	if err := in.check(a); err != nil {
		return "", err
	}
	hashed := in
	hashed.IdempotencyKey = ""
	return s.store.Once(ctx, "returnRequest", in.IdempotencyKey, hashed, func(ctx context.Context) (string, error) {
		return s.open(ctx, a, in)
	})
}

func (in *Request) check(a auth.Actor) error {
	var l problem.List
	var err error
	if in.Description, err = casework.Text(in.Description, "input", "description"); err != nil {
		l = append(l, problem.All(err)...)
	}
	l = append(l, checkItems(in.Items)...)
	in.Items = slices.Clone(in.Items)
	for i := range in.Items {
		l = append(l, checkWanted(&in.Items[i], in.Remedy, i)...)
	}
	if in.Channel == "" {
		in.Channel = "SERVICE_CENTER"
		if a.Role == auth.Customer {
			in.Channel = "WEBSITE"
		}
	}
	return l.Err()
}

func (s *Service) open(ctx context.Context, a auth.Actor, in Request) (string, error) {
	client := s.store.Client(ctx)
	m, err := s.cases.Merchant(ctx)
	if err != nil {
		return "", err
	}
	o, err := s.order(ctx, in.OrderID, false)
	if err != nil {
		return "", err
	}
	terms, err := s.Terms(ctx, m)
	if err != nil {
		return "", err
	}
	reason := terms.Reason(in.ReasonHandle)
	if reason == nil {
		return "", noReason()
	}
	lines, err := linesOf(o, in.Items)
	if err != nil {
		return "", err
	}
	if err := terms.Refuse(o, lines, in.Items, in.Remedy, reason); err != nil {
		return "", s.explained(ctx, terms, in, reason, err)
	}
	// Locks are taken in one order, whatever order the caller named the lines in.
	for _, i := range byLine(in.Items) {
		if err := s.orders.Reserve(ctx, in.Items[i].OrderLineID, in.Items[i].Quantity, "input", "items", strconv.Itoa(i), "quantity"); err != nil {
			return "", err
		}
	}
	if err := s.notTaken(ctx, m.ID, o, in.Items); err != nil {
		return "", err
	}
	caseID := id.New(id.Return)
	create := client.ServiceCase.Create().SetID(caseID).SetNumber(number(s.cases.Now(m).In(terms.Calendar.Zone()).Format("060102"), caseID)).
		SetKind(lifecycle.Return).SetCustomerID(o.CustomerID).SetOrderID(o.ID).SetChannel(in.Channel).SetPriority(priority(reason)).
		SetDescription(in.Description)
	goods := disposition(in.Remedy, reason)
	if _, err := s.cases.Open(ctx, a, m, casework.Opening{Remedy: in.Remedy, Goods: goods == lifecycle.GoodsReturn, Known: casework.Known{Plans: terms.Plans, Law: terms.Law, Calendar: terms.calendar}}, create, in.Description); err != nil {
		return "", err
	}
	if err := client.ReturnDetail.Create().SetMerchantID(m.ID).SetCaseID(caseID).SetRemedy(in.Remedy).SetDisposition(goods).
		SetRefundTrigger(s.trigger(m)).SetReasonID(reason.ID).Exec(ctx); err != nil {
		return "", err
	}
	for i, it := range in.Items {
		if err := client.ReturnItem.Create().SetMerchantID(m.ID).SetCaseID(caseID).SetOrderLineID(it.OrderLineID).SetPosition(i).SetQuantity(it.Quantity).
			SetWantedSku(it.WantedSKU).Exec(ctx); err != nil {
			return "", err
		}
	}
	return caseID, nil
}

// order reads an order with its lines; told says also with the cases they are or were part of.
func (s *Service) order(ctx context.Context, orderID string, told bool) (*ent.Order, error) {
	o, err := s.store.Client(ctx).Order.Query().Where(order.ID(orderID)).WithLines(func(q *ent.OrderLineQuery) {
		q.Order(orderline.ByPosition())
		if told {
			q.WithReturnItems(func(q *ent.ReturnItemQuery) { q.WithCase() })
		}
	}).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, casework.NotFound("order", "订单", "input", "order")
	}
	return o, err
}

// explained is a refusal in full: it names the case that holds the goods. What is granted needs not be told that, and is not
// looked up.
func (s *Service) explained(ctx context.Context, terms *Terms, in Request, reason *ent.ReturnReason, refusal error) error {
	o, err := s.order(ctx, in.OrderID, true)
	if err != nil {
		return err
	}
	lines, err := linesOf(o, in.Items)
	if err != nil {
		return err
	}
	if err := terms.Refuse(o, lines, in.Items, in.Remedy, reason); err != nil {
		return err
	}
	return refusal
}

// disposition is what becomes of the goods by what is asked for: nothing comes back for money only, nor in exchange for what never came.
func disposition(remedy lifecycle.Remedy, reason *ent.ReturnReason) lifecycle.Disposition {
	switch {
	case remedy == lifecycle.Refund, remedy == lifecycle.Exchange && (reason.Handle == plan.NotReceived || reason.Handle == plan.MissingItem):
		return lifecycle.GoodsKeep
	default:
		return lifecycle.GoodsReturn
	}
}

// trigger is from when on a merchant lets refunds start: its own choice, else after the inspection.
func (s *Service) trigger(m *ent.Merchant) lifecycle.Trigger {
	if m.RefundTrigger != "" {
		return m.RefundTrigger
	}
	return lifecycle.TriggerInspection
}

// priority puts goods that are not what was ordered first (MALL-2.2b).
func priority(reason *ent.ReturnReason) string {
	if reason.Urgent {
		return casework.Urgent
	}
	return casework.Normal
}

// number is what people call a case by: the day it opened in the merchant's zone and a tail of its id.
func number(day, caseID string) string { return "R" + day + "-" + id.Suffix(caseID, 8) }

func byLine(items []RequestItem) []int {
	order := make([]int, len(items))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return strings.Compare(items[a].OrderLineID, items[b].OrderLineID) })
	return order
}
