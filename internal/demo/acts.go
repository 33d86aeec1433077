package demo

import (
	"context"
	"fmt"

	"aftersales/ent"
	entdeadline "aftersales/ent/deadline"
	"aftersales/ent/orderline"
	"aftersales/ent/returnitem"
	"aftersales/internal/casework"
	"aftersales/internal/lifecycle"
	"aftersales/internal/plan"
	"aftersales/internal/returns"
)

// item is a quantity of the n-th line of an order, counted from 1.
type item struct{ line, quantity int }

// requests files the tale's return.
func requests(remedy lifecycle.Remedy, reason, text string, items ...item) act {
	return func(ctx context.Context, st *stage, c *filed) error {
		lines, err := st.app.Store.Client(ctx).OrderLine.Query().Where(orderline.OrderID(st.orderIDs[c.order])).Order(orderline.ByPosition()).All(ctx)
		if err != nil {
			return err
		}
		in := returns.Request{IdempotencyKey: st.key(c.order), OrderID: st.orderIDs[c.order], Remedy: remedy, ReasonHandle: reason, Description: text}
		for _, it := range items {
			if it.line > len(lines) {
				return fmt.Errorf("no line %d", it.line)
			}
			in.Items = append(in.Items, returns.RequestItem{OrderLineID: lines[it.line-1].ID, Quantity: it.quantity})
		}
		c.caseID, err = st.app.Returns.Request(ctx, in)
		return err
	}
}

// then carries several acts out at the same moment.
func then(acts ...act) act {
	return func(ctx context.Context, st *stage, c *filed) error {
		for _, a := range acts {
			if err := a(ctx, st, c); err != nil {
				return err
			}
		}
		return nil
	}
}

func assigns(subject string) act {
	return func(ctx context.Context, st *stage, c *filed) error {
		return st.app.Cases.Assign(ctx, c.caseID, nil, st.staffIDs[subject])
	}
}

func responds(message string) act {
	return func(ctx context.Context, st *stage, c *filed) error {
		return st.app.Cases.Respond(ctx, c.caseID, st.key(c.order), casework.Response{Message: message})
	}
}

func asks(question string) act {
	return func(ctx context.Context, st *stage, c *filed) error {
		return st.app.Returns.RequestInfo(ctx, c.caseID, nil, question)
	}
}

// approves accepts the return; every verdict of the review is positive.
func approves(materials []string, steps ...string) act {
	return approvesDamage("", materials, steps...)
}

// approvesDamage is approves once it is known what broke the goods.
func approvesDamage(cause string, materials []string, steps ...string) act {
	return func(ctx context.Context, st *stage, c *filed) error {
		good := lifecycle.Verdict{OK: true}
		return st.app.Returns.Approve(ctx, c.caseID, nil, returns.Approval{
			Review: lifecycle.Review{Product: good, Description: good, Reason: good}, Steps: append([]string{}, steps...), Materials: append([]string{}, materials...),
			DamageCause: cause,
		})
	}
}

// rejects refuses the return because its reason does not hold.
func rejects(reason, note string) act {
	return func(ctx context.Context, st *stage, c *filed) error {
		review := lifecycle.Review{Product: lifecycle.Verdict{OK: true}, Description: lifecycle.Verdict{OK: true}, Reason: lifecycle.Verdict{Note: note}}
		return st.app.Returns.Reject(ctx, c.caseID, nil, reason, &review)
	}
}

func ships(carrier, waybill string) act {
	return func(ctx context.Context, st *stage, c *filed) error {
		return st.app.Returns.Ship(ctx, c.caseID, nil, returns.Shipment{Carrier: carrier, Waybill: waybill})
	}
}

func receives(ctx context.Context, st *stage, c *filed) error {
	return st.app.Returns.Receive(ctx, c.caseID, nil)
}

// passes inspects everything that came back and finds it in order.
func passes(notes string) act {
	return func(ctx context.Context, st *stage, c *filed) error {
		items, err := st.app.Store.Client(ctx).ReturnItem.Query().Where(returnitem.CaseID(c.caseID)).Order(returnitem.ByPosition()).All(ctx)
		if err != nil {
			return err
		}
		findings := make([]returns.Finding, len(items))
		for i, it := range items {
			findings[i] = returns.Finding{ItemID: it.ID, Notes: notes}
			for _, aspect := range lifecycle.RequiredAspects() {
				findings[i].Checks = append(findings[i].Checks, lifecycle.Check{Aspect: aspect, Passed: true})
			}
		}
		return st.app.Returns.Inspect(ctx, c.caseID, nil, findings)
	}
}

func refunds(ctx context.Context, st *stage, c *filed) (err error) {
	c.refundID, err = st.app.Returns.Refund(ctx, c.caseID, nil, st.key(c.order))
	return err
}

func credits(reference string) act {
	return func(ctx context.Context, st *stage, c *filed) error {
		return st.app.Returns.ConfirmRefund(ctx, c.refundID, st.key(c.order), reference, nil)
	}
}

// explains tells the customer, by telephone and now, why a deadline was missed.
func explains(kind plan.DeadlineKind, reason, text string) act {
	return func(ctx context.Context, st *stage, c *filed) error {
		d, err := deadlineOf(ctx, st.app.Store.Client(ctx), c.caseID, kind)
		if err != nil {
			return err
		}
		return st.app.Cases.ExplainDelay(ctx, d.ID, lifecycle.Explanation{Reason: reason, Text: text, ToldAt: st.clock, Channel: "PHONE"})
	}
}

func deadlineOf(ctx context.Context, client *ent.Client, caseID string, kind plan.DeadlineKind) (*ent.Deadline, error) {
	return client.Deadline.Query().Where(entdeadline.CaseID(caseID), entdeadline.KindEQ(kind)).Only(ctx)
}

func closes(ctx context.Context, st *stage, c *filed) error {
	return st.app.Cases.Close(ctx, c.caseID, nil)
}

func cancels(reason string) act {
	return func(ctx context.Context, st *stage, c *filed) error {
		return st.app.Returns.Cancel(ctx, c.caseID, nil, reason)
	}
}
