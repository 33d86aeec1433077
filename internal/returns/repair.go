package returns

import (
	"context"
	"slices"
	"strconv"
	"time"

	"aftersales/ent"
	"aftersales/ent/repairdetail"
	"aftersales/ent/returnitem"
	"aftersales/ent/servicecase"
	"aftersales/internal/auth"
	"aftersales/internal/casework"
	"aftersales/internal/lifecycle"
	"aftersales/internal/problem"
	"aftersales/internal/warranty"
)

// assessRepair says whether a repair of a line can be asked for (MALL-2.2c), whether it would be free (MALL-5.1b), and what the
// law gives for a fault that shows today. The line's warranties, and its repairs with their cases, must be loaded.
func (t *Terms) assessRepair(out *Option, o *ent.Order, l *ent.OrderLine, reason *ent.ReturnReason, quantity int) {
	block := func(b Blocker) { out.Blockers = append(out.Blockers, b) }
	if reason != nil && !slices.Contains(reason.Remedies, string(out.Remedy)) {
		block(Blocker{Code: NotOffered, Message: problem.Textf("the reason %[1]s does not lead to this; it allows %[3]v", "原因“%[2]s”不适用该方式；可选 %[3]v", reason.LabelEn, reason.LabelZh, reason.Remedies)})
	}
	switch free := Repairable(l); {
	case l.DeliveredAt == nil && t.Now.Sub(o.PlacedAt) < Unheard:
		block(Blocker{Code: NotDelivered, Message: problem.Text{EN: "the goods were not delivered yet", ZH: "商品尚未送达"}})
	case l.Returned >= l.Quantity:
		block(Blocker{Code: AlreadyRefunded, Message: problem.Text{EN: "nothing of this line is with the customer any more", ZH: "顾客已不持有该行商品"}})
	case max(quantity, 1) > free:
		block(t.inRepair(l, max(quantity, 1), free))
	}
	c := t.Warranty.Cover(o, l, "", t.Warranty.Today())
	out.Coverage, out.Entitled = &c, nil
	if l.Returned < l.Quantity && l.DeliveredAt != nil {
		out.Entitled = t.Warranty.Law.Guarantees.Entitled(t.Warranty.Faulty(o, l, c, "", t.Warranty.Today()))
	}
	if l.DeliveredAt == nil && c.Term != nil {
		out.Note = problem.Text{EN: "The delivery date is not known, so the warranty counts from the invoice.", ZH: "签收时间未知，质保自开票日起算。"}
	}
}

// Unheard is after how long goods of which nobody told that they arrived count as arrived: many shops do not tell.
const Unheard = 30 * 24 * time.Hour

// Repairable is how many units of a line the customer has that no open case is about: its repairs must be loaded with their
// cases.
func Repairable(l *ent.OrderLine) int {
	free := Returnable(l)
	for _, r := range l.Edges.Repairs {
		if c := r.Edges.Case; c != nil && c.Kind == lifecycle.Repairs && !c.Status.Ended() {
			free -= r.Quantity
		}
	}
	return max(0, free)
}

// notUnderRepair refuses to take back units that an open repair is about: the goods go one way only. The lines must be
// reserved, and so locked.
func (s *Service) notUnderRepair(ctx context.Context, merchantID string, o *ent.Order, items []RequestItem) error {
	ids := make([]string, len(items))
	for i, it := range items {
		ids[i] = it.OrderLineID
	}
	open, err := s.store.Client(ctx).RepairDetail.Query().Where(repairdetail.MerchantID(merchantID), repairdetail.OrderLineIDIn(ids...), repairdetail.HasCaseWith(
		servicecase.MerchantID(merchantID), servicecase.KindEQ(lifecycle.Repairs), servicecase.EndedAtIsNil())).
		WithCase().All(auth.AsSystem(ctx, merchantID)) // whoever asked for it: goods may have changed hands
	if err != nil || len(open) == 0 {
		return err
	}
	for i, it := range items {
		under, holder := 0, ""
		for _, d := range open {
			if d.OrderLineID == it.OrderLineID {
				under, holder = under+d.Quantity, d.Edges.Case.Number
			}
		}
		at := slices.IndexFunc(o.Edges.Lines, func(l *ent.OrderLine) bool { return l.ID == it.OrderLineID })
		if free := Returnable(o.Edges.Lines[at]) - under; under > 0 && it.Quantity > free {
			return &problem.Problem{Code: problem.QuantityExceedsBought, Field: []string{"input", "items", strconv.Itoa(i), "quantity"},
				Message: problem.Textf("%[1]d asked for, %[2]d can be returned: repair %[3]s is about the others", "申请 %[1]d 件，可退 %[2]d 件：其余正在维修（%[3]s）", it.Quantity, max(0, free), holder),
				Params:  []problem.Param{{Name: "returnable", Value: strconv.Itoa(max(0, free))}, {Name: "case", Value: holder}}}
		}
	}
	return nil
}

// inRepair blocks a repair of more units than no open case is about, naming one.
func (t *Terms) inRepair(l *ent.OrderLine, wanted, free int) Blocker {
	b := t.held(l, wanted, free)
	b.Message = problem.Textf("%[1]d asked for, %[2]d can be repaired: the customer has %[3]d, and open cases are about the others",
		"申请 %[1]d 件，可报修 %[2]d 件：顾客持有 %[3]d 件，其余正在处理中", wanted, free, l.Quantity-l.Returned)
	b.Params[0] = problem.Param{Name: "repairable", Value: strconv.Itoa(free)}
	for _, r := range l.Edges.Repairs {
		if c := r.Edges.Case; b.Case == nil && c != nil && c.Kind == lifecycle.Repairs && !c.Status.Ended() {
			b.Case = c
			b.Params = append(b.Params, problem.Param{Name: "case", Value: c.Number})
		}
	}
	return b
}

// renewWarranties lets the warranties of exchanged units go over to what replaced them, once that was delivered.
func (s *Service) renewWarranties(ctx context.Context, st *casework.Step) error {
	client := s.store.Client(ctx)
	var entry *string
	if origin := st.Case.OriginID; origin != nil { // the repair says which unit it was
		d, err := client.RepairDetail.Query().Where(repairdetail.CaseID(*origin)).Only(auth.AsSystem(ctx, st.Case.MerchantID))
		if err != nil {
			return err
		}
		entry = d.WarrantyID
	}
	items, err := client.ReturnItem.Query().Where(returnitem.CaseID(st.Case.ID)).Order(returnitem.ByPosition()).WithOrderLine().WithReplacement().All(ctx)
	if err != nil {
		return err
	}
	for _, it := range items {
		if it.Edges.Replacement == nil {
			continue
		}
		err := s.warranties.Swap(ctx, st, warranty.Unit{Old: it.Edges.OrderLine, New: it.Edges.Replacement, Entry: entry, Quantity: Counted(it)})
		if err != nil {
			return err
		}
	}
	return nil
}
