package graph

import (
	"context"

	"aftersales/ent"
	"aftersales/ent/caseevent"
	"aftersales/ent/compensation"
	"aftersales/ent/customer"
	entdeadline "aftersales/ent/deadline"
	"aftersales/ent/dispute"
	"aftersales/ent/evidence"
	"aftersales/ent/maintenanceschedule"
	"aftersales/ent/merchant"
	"aftersales/ent/message"
	"aftersales/ent/order"
	"aftersales/ent/orderline"
	"aftersales/ent/parcel"
	"aftersales/ent/parkedparcel"
	"aftersales/ent/proposal"
	"aftersales/ent/refund"
	"aftersales/ent/repairpart"
	"aftersales/ent/repairquote"
	"aftersales/ent/returnaddress"
	"aftersales/ent/returnitem"
	"aftersales/ent/returnreason"
	"aftersales/ent/servicecase"
	"aftersales/ent/staff"
	"aftersales/ent/visit"
	"aftersales/ent/warranty"
	"aftersales/graph/view"
	"aftersales/internal/auth"
	"aftersales/internal/id"
)

// nodes finds objects by their global ids, one statement a type however many ids, under the same rules as every other way
// to them; what is missing or out of reach is null.
func (r *Resolver) nodes(ctx context.Context, a auth.Actor, ids []string) ([]view.Node, error) {
	byType := map[string][]string{}
	for _, want := range ids {
		if p := id.Prefix(want); auth.CanReadNode(a.Role, p) {
			byType[p] = append(byType[p], want)
		}
	}
	found := map[string]view.Node{}
	s := selected(ctx)
	for prefix, ids := range byType {
		if err := r.find(ctx, prefix, ids, s, found); err != nil {
			return nil, err
		}
	}
	out := make([]view.Node, len(ids))
	for i, want := range ids {
		out[i] = found[want]
	}
	return out, nil
}

// find reads the objects of one type into found.
func (r *Resolver) find(ctx context.Context, prefix string, ids []string, s selection, found map[string]view.Node) error {
	c := r.store.Client(ctx)
	switch prefix {
	case id.Return, id.OrderChange, id.Repair, id.OnSiteService, id.Ticket:
		q := c.ServiceCase.Query().Where(servicecase.IDIn(ids...))
		loadCase(q, s)
		return collect(ctx, q.All, found, func(v *ent.ServiceCase) (string, view.Node) { return v.ID, view.CaseOf(v) })
	case id.Order:
		q := c.Order.Query().Where(order.IDIn(ids...))
		loadOrder(q, s)
		return collect(ctx, q.All, found, func(v *ent.Order) (string, view.Node) { return v.ID, &view.Order{Order: v} })
	case id.OrderLine:
		q := c.OrderLine.Query().Where(orderline.IDIn(ids...))
		loadLine(q, s, false)
		return collect(ctx, q.All, found, func(v *ent.OrderLine) (string, view.Node) { return v.ID, &view.OrderLine{OrderLine: v} })
	case id.Customer:
		return collect(ctx, c.Customer.Query().Where(customer.IDIn(ids...)).All, found, func(v *ent.Customer) (string, view.Node) { return v.ID, &view.Customer{Customer: v} })
	case id.ReturnItem:
		q := c.ReturnItem.Query().Where(returnitem.IDIn(ids...))
		loadItem(q, s)
		loadFindings(q, s.of("inspection"))
		return collect(ctx, q.All, found, func(v *ent.ReturnItem) (string, view.Node) { return v.ID, &view.ReturnItem{ReturnItem: v} })
	case id.Parcel:
		q := c.Parcel.Query().Where(parcel.IDIn(ids...))
		loadParcel(q, s)
		return collect(ctx, q.All, found, func(v *ent.Parcel) (string, view.Node) { return v.ID, &view.Parcel{Parcel: v} })
	case id.ParkedParcel:
		q := c.ParkedParcel.Query().Where(parkedparcel.IDIn(ids...))
		loadParked(q, s)
		return collect(ctx, q.All, found, func(v *ent.ParkedParcel) (string, view.Node) { return v.ID, &view.ParkedParcel{ParkedParcel: v} })
	case id.CaseEvent:
		return collect(ctx, c.CaseEvent.Query().Where(caseevent.IDIn(ids...)).All, found, func(v *ent.CaseEvent) (string, view.Node) { return v.ID, &view.CaseEvent{CaseEvent: v} })
	case id.Deadline:
		q := c.Deadline.Query().Where(entdeadline.IDIn(ids...))
		loadDeadline(q, s)
		return collect(ctx, q.All, found, func(v *ent.Deadline) (string, view.Node) { return v.ID, &view.Deadline{Deadline: v} })
	case id.Refund:
		q := c.Refund.Query().Where(refund.IDIn(ids...))
		loadRefund(q, s)
		return collect(ctx, q.All, found, func(v *ent.Refund) (string, view.Node) { return v.ID, &view.Refund{Refund: v} })
	case id.Compensation:
		q := c.Compensation.Query().Where(compensation.IDIn(ids...))
		loadCompensation(q, s)
		return collect(ctx, q.All, found, func(v *ent.Compensation) (string, view.Node) { return v.ID, &view.Compensation{Compensation: v} })
	case id.Dispute:
		q := c.Dispute.Query().Where(dispute.IDIn(ids...))
		loadDispute(q, s)
		return collect(ctx, q.All, found, func(v *ent.Dispute) (string, view.Node) { return v.ID, &view.Dispute{Dispute: v} })
	case id.Message:
		return collect(ctx, c.Message.Query().Where(message.IDIn(ids...)).All, found, func(v *ent.Message) (string, view.Node) { return v.ID, &view.Message{Message: v} })
	case id.Evidence:
		return collect(ctx, c.Evidence.Query().Where(evidence.IDIn(ids...)).All, found, func(v *ent.Evidence) (string, view.Node) { return v.ID, &view.Evidence{Evidence: v} })
	case id.Proposal:
		q := c.Proposal.Query().Where(proposal.IDIn(ids...))
		loadProposal(q)
		return collect(ctx, q.All, found, func(v *ent.Proposal) (string, view.Node) { return v.ID, &view.Proposal{Proposal: v} })
	case id.RepairPart:
		return collect(ctx, c.RepairPart.Query().Where(repairpart.IDIn(ids...)).All, found, func(v *ent.RepairPart) (string, view.Node) { return v.ID, &view.RepairPart{RepairPart: v} })
	case id.RepairQuote:
		q := c.RepairQuote.Query().Where(repairquote.IDIn(ids...)).WithCase(func(q *ent.ServiceCaseQuery) { q.WithDeadlines() })
		return collect(ctx, q.All, found, func(v *ent.RepairQuote) (string, view.Node) { return v.ID, &view.RepairQuote{RepairQuote: v} })
	case id.ReturnAddress:
		return collect(ctx, c.ReturnAddress.Query().Where(returnaddress.IDIn(ids...)).All, found, func(v *ent.ReturnAddress) (string, view.Node) { return v.ID, &view.ReturnAddress{ReturnAddress: v} })
	case id.ReturnReason:
		return collect(ctx, c.ReturnReason.Query().Where(returnreason.IDIn(ids...)).All, found, func(v *ent.ReturnReason) (string, view.Node) { return v.ID, &view.ReturnReason{ReturnReason: v} })
	case id.Staff:
		return collect(ctx, c.Staff.Query().Where(staff.IDIn(ids...)).All, found, func(v *ent.Staff) (string, view.Node) { return v.ID, &view.Staff{Staff: v} })
	case id.Merchant:
		q := c.Merchant.Query().Where(merchant.IDIn(ids...))
		loadMerchant(q, s)
		return collect(ctx, q.All, found, func(v *ent.Merchant) (string, view.Node) { return v.ID, &view.Merchant{Merchant: v} })
	case id.Visit:
		q := c.Visit.Query().Where(visit.IDIn(ids...))
		loadVisit(q, s, false)
		return collect(ctx, q.All, found, func(v *ent.Visit) (string, view.Node) { return v.ID, &view.Visit{Visit: v} })
	case id.Maintenance:
		q := c.MaintenanceSchedule.Query().Where(maintenanceschedule.IDIn(ids...))
		loadSchedule(q, s)
		return collect(ctx, q.All, found, func(v *ent.MaintenanceSchedule) (string, view.Node) {
			return v.ID, &view.MaintenanceSchedule{MaintenanceSchedule: v}
		})
	case id.Warranty:
		q := c.Warranty.Query().Where(warranty.IDIn(ids...))
		loadWarranty(q, s)
		return collect(ctx, q.All, found, func(v *ent.Warranty) (string, view.Node) { return v.ID, &view.Warranty{Warranty: v} })
	case id.Calendar:
		return r.findCalendars(ctx, ids, found)
	case id.Fee:
		return r.findFees(ctx, ids, found)
	}
	return nil
}

func collect[T any](ctx context.Context, all func(context.Context) ([]T, error), found map[string]view.Node, show func(T) (string, view.Node)) error {
	rows, err := all(ctx)
	for _, row := range rows {
		key, node := show(row)
		found[key] = node
	}
	return err
}
