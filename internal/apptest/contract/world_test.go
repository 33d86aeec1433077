package contract

import (
	"fmt"
	"strings"
	"testing"

	"aftersales/internal/apptest"
	"aftersales/internal/auth"
)

// clockAt is where the sandboxes' clocks stand: a Wednesday of plain working days.
const clockAt = "2025-09-24T10:00:00+08:00"

// delivered is two days before.
const delivered = "2025-09-22T10:00:00+08:00"

// anonymous stands for no token among the roles.
const anonymous auth.Role = "ANONYMOUS"

// callers are everybody a rule about access has to think of.
func callers() []auth.Role { return append(auth.Roles(), anonymous) }

// as is the caller with a role at a shop; a CUSTOMER is c-1.
func as(s *apptest.Shop, r auth.Role) apptest.Caller {
	switch r {
	case anonymous:
		return s.Env.Anonymous()
	case auth.PlatformAdmin:
		return s.Env.Platform()
	case auth.Customer:
		return s.Customer
	case auth.MerchantAdmin:
		return s.Admin
	case auth.Agent:
		return s.Agent
	case auth.Supervisor:
		return s.Supervisor
	case auth.Warehouse:
		return s.Warehouse
	case auth.Finance:
		return s.Finance
	case auth.Integration:
		return s.Integration
	default:
		return s.Env.As(r, s.Slug, "of-"+strings.ToLower(string(r)))
	}
}

// item is a usual order line.
func item(sku string, quantity int) apptest.Line {
	return apptest.Line{SKU: sku, Quantity: quantity, UnitPrice: "99.00", Delivered: delivered}
}

// order makes an order of c-1 with a number of its own.
func order(s *apptest.Shop) apptest.Order { return orderOf(s, "c-1") }

func orderOf(s *apptest.Shop, customer string) apptest.Order {
	return s.OrderOf(customer, "N"+strings.ReplaceAll(s.Key(), s.Slug+"-key-", ""), clockAt, nil, item("KETTLE", 3))
}

// coming is an order of c-1 that has not arrived: dispatched at an instant, or not yet ("").
// enrolled puts a unit that c-1 bought under warranty and returns the warranty's id.
func enrolled(s *apptest.Shop) string {
	number := "W" + s.Key()
	goods := []apptest.Vars{{"sku": "PHONE", "title": "Phone", "quantity": 1, "unitPrice": "99.00", "category": "ELECTRONICS", "deliveredAt": delivered}}
	o := s.OrderOf("c-1", number, clockAt, apptest.Vars{"lines": goods})
	d := s.Customer.Must(`mutation($l: ID!, $k: String!) { warrantyRegister(input: { idempotencyKey: $k, orderLine: $l, serialNumber: $k }) { warranty { id } userErrors { code field message } } }`,
		apptest.Vars{"l": o.Lines[0], "k": number})
	return d.Str("warrantyRegister.warranty.id")
}

func coming(s *apptest.Shop, number, dispatched string) apptest.Order {
	line := apptest.Vars{"sku": "KETTLE", "title": "Kettle", "quantity": 1, "unitPrice": "99.00"}
	if dispatched != "" {
		line["fulfilledAt"] = dispatched
	}
	return s.OrderOf("c-1", number, clockAt, apptest.Vars{"lines": []apptest.Vars{line}})
}

// interception asks to have an order's parcel stopped and returns the case.
func interception(s *apptest.Shop, order string) string {
	return s.Customer.Must(`mutation($in: OrderCancelInput!) { orderCancel(input: $in) { orderChange { id } userErrors { code field message } } }`,
		apptest.Vars{"in": apptest.Vars{"idempotencyKey": s.Key(), "order": order, "reason": "Late."}}).Str("orderCancel.orderChange.id")
}

// Names of the states that a return can be brought to.
const (
	requested = "REQUESTED"
	needsInfo = "NEEDS_INFO"
	proposed  = "PROPOSED"
	awaiting  = "AWAITING_SHIPMENT"
	inTransit = "IN_TRANSIT"
	received  = "RECEIVED"
	inspected = "INSPECTION_PASSED"
	refunding = "REFUNDING"
	completed = "COMPLETED"
	failed    = "INSPECTION_FAILED"
	sentBack  = "SENT_BACK"
	rejected  = "REJECTED"
	disputed  = "DISPUTED"
	// failedRefund and heldRefund are returns whose refund failed, or waits to be released.
	failedRefund = "REFUND_FAILED"
	heldRefund   = "REFUNDING, held"
)

// bring makes a return of c-1 and brings it to a state; it returns its id.
func bring(s *apptest.Shop, state string) string {
	switch state {
	case failedRefund:
		id := bring(s, refunding)
		s.Finance.Must(apptest.FailRefund, apptest.Vars{"id": refundOf(s, id), "key": s.Key(), "reason": "The account is closed."})
		return id
	case heldRefund:
		id := bring(s, inspected)
		s.LimitRefunds("0")
		s.Agent.Must(apptest.RefundReturn, apptest.Vars{"id": id, "key": s.Key()})
		s.LimitRefunds(nil)
		return id
	}
	id := s.Request(order(s), "RETURN_AND_REFUND", 1)
	vars := apptest.Vars{"id": id}
	steps := []struct {
		state string
		do    func()
	}{
		{requested, func() {}},
		{awaiting, func() { s.Agent.Must(apptest.ApproveReturn, vars) }},
		{inTransit, func() { s.Customer.Must(apptest.ShipReturn, vars) }},
		{received, func() { s.Warehouse.Must(apptest.ReceiveReturn, vars) }},
		{failed, func() {
			if state == failed || state == sentBack {
				s.Inspect(id, false)
			}
		}},
		{sentBack, func() {
			if state == sentBack {
				s.Warehouse.Must(apptest.SendBack, vars)
			}
		}},
		{inspected, func() { s.Inspect(id, true) }},
		{refunding, func() { s.Refund(id) }},
		{completed, func() {
			s.Confirm(refundOf(s, id))
		}},
	}
	switch state {
	case needsInfo:
		s.Agent.Must(apptest.AskInfo, vars)
		return id
	case rejected, disputed:
		s.Supervisor.Must(apptest.RejectReturn, vars)
		if state == disputed {
			s.Customer.Must(dispute, apptest.Vars{"id": id, "key": s.Key()})
		}
		return id
	}
	if state == proposed {
		s.Offer(id, "10.00")
		return id
	}
	for _, step := range steps {
		step.do()
		if step.state == state {
			return id
		}
	}
	panic("no such state: " + state)
}

// refundOf is the one refund of a return.
func refundOf(s *apptest.Shop, returnID string) string {
	return only(s.Agent.Must(`query($id: ID!) { return(id: $id) { refunds { id } } }`, apptest.Vars{"id": returnID}).List("return.refunds")).Str("id")
}

const dispute = `mutation($id: ID!, $key: String!) { caseDispute(id: $id, idempotencyKey: $key, reason: "R") { return { id dispute { id } } userErrors { code field message } } }`

func only[T any](list []T) T {
	if len(list) != 1 {
		panic(fmt.Sprintf("%d elements instead of one", len(list)))
	}
	return list[0]
}

// outcome puts an answer's field into one word: allowed, null, a top-level error's code, or refused:CODE of a payload.
func outcome(t *testing.T, r apptest.Response, field string) string {
	t.Helper()
	if len(r.Errors) > 0 {
		return r.Errors[0].Code()
	}
	v := apptest.ParseData(t, r.Data).Get(field)
	if v == nil {
		return "null"
	}
	if payload, ok := v.(map[string]any); ok {
		if errs, _ := payload["userErrors"].([]any); len(errs) > 0 {
			code, _ := errs[0].(map[string]any)["code"].(string)
			return "refused:" + code
		}
	}
	return "allowed"
}
