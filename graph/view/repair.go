package view

import (
	"time"

	"aftersales/ent"
	"aftersales/internal/calendar"
	"aftersales/internal/casework"
	"aftersales/internal/lifecycle"
	"aftersales/internal/store"
)

// Repair shows goods that are repaired; its detail must be loaded. What it has in common with a return is shown by the same
// methods.
type Repair struct{ *Return }

// RepairOf shows a stored case of kind REPAIR.
func RepairOf(c *ent.ServiceCase) *Repair { return &Repair{&Return{c}} }

// OrderLine is what the goods are of.
func (r *Repair) OrderLine() *OrderLine { return &OrderLine{r.Edges.Repair.Edges.OrderLine} }

func (r *Repair) Quantity() int              { return r.Edges.Repair.Quantity }
func (r *Repair) SerialNumber() *string      { return optional(r.Edges.Repair.SerialNumber) }
func (r *Repair) FaultSince() *calendar.Date { return date(r.Edges.Repair.FaultSince) }
func (r *Repair) Way() *string               { return optional(r.Edges.Repair.Way) }
func (r *Repair) WishedWay() *string         { return optional(r.Edges.Repair.WishedWay) }
func (r *Repair) ConfirmedAt() *time.Time    { return r.Edges.Repair.ConfirmedAt }
func (r *Repair) DeliveredAt() *time.Time    { return r.Edges.Repair.DeliveredAt }
func (r *Repair) ReceivedAt() *time.Time     { return r.Edges.Repair.ReceivedAt }
func (r *Repair) HomeAt() *time.Time         { return r.Edges.Repair.HomeAt }

// DisputableUntil is until when the customer may turn to the platform, nil when they may not.
func (r *Repair) DisputableUntil() *time.Time { return r.Edges.Repair.DisputeUntil }

// OpenQuestion is what the merchant waits for the customer to answer.
func (r *Repair) OpenQuestion() *string {
	if r.Status != lifecycle.NeedsInfo {
		return nil
	}
	return optional(r.Edges.Repair.OpenQuestion)
}

// Instructions are what the customer was told when the repair was accepted.
func (r *Repair) Instructions() *RepairInstructions {
	d := r.Edges.Repair
	if d.ConfirmedAt == nil {
		return nil
	}
	out := &RepairInstructions{Steps: d.Steps}
	if d.Edges.ReturnAddress != nil {
		out.ReturnAddress = &ReturnAddress{d.Edges.ReturnAddress}
	}
	return out
}

type (
	// RepairEdge is a repair with its place in a list.
	RepairEdge struct {
		Cursor string
		Node   *Repair
	}
	// RepairConnection is a page of repairs.
	RepairConnection struct {
		Counter
		Edges    []*RepairEdge
		Nodes    []*Repair
		PageInfo *PageInfo
	}
)

// Repairs shows a page of repairs.
func Repairs(p *casework.Page) *RepairConnection {
	c := &RepairConnection{Counter: p.Count}
	c.Nodes, c.Edges, c.PageInfo = connect(p.Slice, func(r *ent.ServiceCase) store.Key { return casework.Key(p.Order, r) }, RepairOf,
		func(cursor string, n *Repair) *RepairEdge { return &RepairEdge{cursor, n} })
	return c
}
