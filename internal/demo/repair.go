package demo

import (
	"context"

	"aftersales/ent/orderline"
	"aftersales/internal/calendar"
	"aftersales/internal/casework"
	"aftersales/internal/repairs"
)

// What people do about a repair.

func requestsRepair(line int, text string) act {
	return func(ctx context.Context, st *stage, c *filed) error {
		lines, err := st.app.Store.Client(ctx).OrderLine.Query().Where(orderline.OrderID(st.orderIDs[c.order])).Order(orderline.ByPosition()).All(ctx)
		if err != nil {
			return err
		}
		c.caseID, err = st.app.Repairs.Request(ctx, repairs.Request{IdempotencyKey: st.key(c.order), OrderLineID: lines[line-1].ID, Quantity: 1,
			SerialNumber: lines[line-1].SerialNumber, Description: text, WishedWay: casework.Depot})
		return err
	}
}

func approvesRepair(steps ...string) act {
	return func(ctx context.Context, st *stage, c *filed) error {
		return st.app.Repairs.Approve(ctx, c.caseID, nil, repairs.Approval{Way: casework.Depot, Steps: steps})
	}
}

func shipsRepair(carrier, waybill string) act {
	return func(ctx context.Context, st *stage, c *filed) error {
		return st.app.Repairs.Ship(ctx, c.caseID, nil, repairs.Shipment{Carrier: carrier, Waybill: waybill})
	}
}

func receivesRepair(ctx context.Context, st *stage, c *filed) error {
	return st.app.Repairs.Receive(ctx, c.caseID, nil)
}

func diagnoses(finding, plan string) act {
	return func(ctx context.Context, st *stage, c *filed) error {
		return st.app.Repairs.Diagnose(ctx, c.caseID, nil, repairs.Diagnosis{Finding: finding, Plan: plan, FaultFound: true, Repairable: true})
	}
}

// awaitsPart records a special part that is expected on a day.
func awaitsPart(name, supplier, expected string) act {
	return func(ctx context.Context, st *stage, c *filed) error {
		day, err := calendar.ParseDate(expected)
		if err != nil {
			return err
		}
		c.partID, err = st.app.Repairs.RecordPart(ctx, c.caseID, nil, st.key(c.order), repairs.Part{Name: name, Quantity: 1, Special: true, Supplier: supplier, ExpectedOn: &day})
		return err
	}
}

func extendsRepair(reason string) act {
	return func(ctx context.Context, st *stage, c *filed) error {
		return st.app.Repairs.Extend(ctx, c.caseID, nil, c.partID, reason)
	}
}
