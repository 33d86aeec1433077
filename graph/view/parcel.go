package view

import (
	"slices"
	"time"

	"aftersales/ent"
	"aftersales/internal/lifecycle"
	"aftersales/internal/returns"
	"aftersales/internal/store"
)

// Disposition is what becomes of the goods.
func (r *Return) Disposition() lifecycle.Disposition { return r.Edges.Detail.Disposition }

// DamageCause is what the merchant confirmed to have broken the goods.
func (r *Return) DamageCause() *string { return optional(r.Edges.Detail.DamageCause) }

// DisputableUntil is when the time to turn to the platform ends.
func (r *Return) DisputableUntil() *time.Time { return r.Edges.Detail.DisputeUntil }

// findings adds what stands beside an item's checks; what needs the case's evidence or order must have been loaded.
func (i ReturnItem) findings(out *Inspection) {
	if i.Condition != "" {
		out.Condition = &i.Condition
	}
	out.ArrivedQuantity, out.WeightGrams = i.ReturnItem.Inspection.Arrived, i.WeightGrams
	out.Photos, out.Deductions, out.MissingGifts = i.evidence(i.Photos), []*InspectionDeduction{}, []*MissingGift{}
	if i.Edges.Case == nil || i.Edges.Case.Edges.Order == nil {
		return
	}
	o := i.Edges.Case.Edges.Order
	for _, d := range i.Deductions {
		out.Deductions = append(out.Deductions, &InspectionDeduction{Reason: d.Reason, Amount: MoneyOf(d.Amount, o.Currency), Note: optional(d.Note),
			FeeCode: optional(d.FeeCode), Evidence: i.evidence(d.Evidence)})
	}
	for _, g := range i.MissingGifts {
		for _, l := range o.Edges.Lines {
			if l.ID == g.OrderLineID {
				l.Edges.Order = o
				out.MissingGifts = append(out.MissingGifts, &MissingGift{OrderLine: &OrderLine{l}, Quantity: g.Quantity})
			}
		}
	}
}

// evidence shows pieces of the case's evidence by id.
func (i ReturnItem) evidence(ids []string) []*Evidence {
	out := []*Evidence{}
	if i.Edges.Case == nil {
		return out
	}
	for _, e := range i.Edges.Case.Edges.Evidence {
		if slices.Contains(ids, e.ID) {
			out = append(out, &Evidence{e})
		}
	}
	return out
}

// Parcel shows a shipment.
type Parcel struct{ *ent.Parcel }

func (Parcel) IsNode() {}

// Proof is the evidence of its delivery.
func (p Parcel) Proof() *Evidence {
	if p.Edges.Proof == nil {
		return nil
	}
	return &Evidence{p.Edges.Proof}
}

// ParkedParcel shows goods that came in for nobody.
type ParkedParcel struct{ *ent.ParkedParcel }

func (ParkedParcel) IsNode() {}

// Note is what was written on taking it in.
func (p ParkedParcel) Note() *string { return optional(p.ParkedParcel.Note) }

// Case is what it was matched to.
func (p ParkedParcel) Case() Case {
	if p.Edges.Case == nil {
		return nil
	}
	return CaseOf(p.Edges.Case)
}

type (
	ParkedParcelEdge struct {
		Cursor string
		Node   *ParkedParcel
	}
	ParkedParcelConnection struct {
		Counter
		Edges    []*ParkedParcelEdge
		Nodes    []*ParkedParcel
		PageInfo *PageInfo
	}
)

// ParkedParcels shows a page of parked parcels.
func ParkedParcels(p *returns.ParkedPage) *ParkedParcelConnection {
	c := &ParkedParcelConnection{Counter: p.Count}
	c.Nodes, c.Edges, c.PageInfo = connect(store.Slice[*ent.ParkedParcel](p.Slice), returns.ParkedKey, func(r *ent.ParkedParcel) *ParkedParcel { return &ParkedParcel{r} },
		func(cursor string, n *ParkedParcel) *ParkedParcelEdge { return &ParkedParcelEdge{cursor, n} })
	return c
}
