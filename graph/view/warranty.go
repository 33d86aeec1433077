package view

import (
	"context"

	"aftersales/ent"
	"aftersales/internal/calendar"
	"aftersales/internal/plan"
	"aftersales/internal/warranty"
)

// Warranty shows a unit under warranty.
type Warranty struct{ *ent.Warranty }

func (Warranty) IsNode() {}

// OrderLine is null for a customer who was not the buyer.
func (w Warranty) OrderLine() *OrderLine {
	if w.Edges.OrderLine == nil {
		return nil
	}
	return &OrderLine{w.Edges.OrderLine}
}

func (w Warranty) Customer() *Customer     { return &Customer{w.Edges.Customer} }
func (w Warranty) SerialNumber() *string   { return optional(w.Warranty.SerialNumber) }
func (w Warranty) Category() *string       { return optional(w.Warranty.Category) }
func (w Warranty) StartsOn() calendar.Date { return *date(w.Warranty.StartsOn) }
func (w Warranty) EndsOn() calendar.Date   { return *date(w.Warranty.EndsOn) }

// Coverage is what a repair costs nothing of.
func (w Warranty) Coverage() *WarrantyScope { return scope(w.Parts, w.Labour, w.Exclusions) }

// Counters are what repairs took.
func (w Warranty) Counters() *WarrantyCounters {
	return &WarrantyCounters{Repairs: w.Repairs, PartsDays: w.PartsDays, RepairerDays: w.RepairerDays}
}

// ReplacedBy is the warranty of what took the unit's place, Replaces that of what it took the place of.
func (w Warranty) ReplacedBy() *Warranty { return warrantyOf(w.Edges.ReplacedBy) }
func (w Warranty) Replaces() *Warranty   { return warrantyOf(w.Edges.Replaces) }

func warrantyOf(w *ent.Warranty) *Warranty {
	if w == nil {
		return nil
	}
	return &Warranty{w}
}

func scope(parts, labour bool, exclusions []string) *WarrantyScope {
	if exclusions == nil {
		exclusions = []string{}
	}
	return &WarrantyScope{Parts: parts, Labour: labour, Exclusions: exclusions}
}

// Warranties are the units of the line that are, or were, under warranty.
func (l OrderLine) Warranties() []*Warranty {
	out := make([]*Warranty, len(l.Edges.Warranties))
	for i, w := range l.Edges.Warranties {
		out[i] = &Warranty{w}
	}
	return out
}

// CoverageOf shows whether goods are covered; nil for none.
func CoverageOf(c *warranty.Coverage) *WarrantyCoverage {
	if c == nil {
		return nil
	}
	out := &WarrantyCoverage{Covered: c.Covered, Reason: c.Reason, Basis: optional(c.Basis), StartsOn: c.StartsOn, LastDay: c.LastDay, Warranty: warrantyOf(c.Entry)}
	if c.Term != nil {
		out.Scope = scope(c.Term.Parts, c.Term.Labour, c.Term.Exclusions)
	}
	return out
}

// WarrantyTermOf shows a term.
func WarrantyTermOf(t warranty.Term) *WarrantyTerm {
	return &WarrantyTerm{Category: t.Category, Months: t.Months, Basis: t.Basis, Scope: scope(t.Parts, t.Labour, t.Exclusions),
		DepreciationBps: t.DepreciationBps, Own: t.ID != "", Clause: optional(t.Clause)}
}

// EntitlementsOf shows what the law gives.
func EntitlementsOf(ctx context.Context, es []plan.Entitlement) []*Entitlement {
	out := make([]*Entitlement, len(es))
	for i, e := range es {
		text := warranty.GroundText(e.Ground)
		out[i] = &Entitlement{Remedy: e.Remedy, Reason: e.Ground, Text: say(ctx, text.EN, text.ZH), Depreciated: e.Depreciated}
	}
	return out
}

type (
	WarrantyEdge struct {
		Cursor string
		Node   *Warranty
	}
	WarrantyConnection struct {
		Counter
		Edges    []*WarrantyEdge
		Nodes    []*Warranty
		PageInfo *PageInfo
	}
)

// Warranties shows a page of units under warranty.
func Warranties(p *warranty.Page) *WarrantyConnection {
	c := &WarrantyConnection{Counter: p.Count}
	c.Nodes, c.Edges, c.PageInfo = connect(p.Slice, warranty.Key, func(w *ent.Warranty) *Warranty { return &Warranty{w} },
		func(cursor string, n *Warranty) *WarrantyEdge { return &WarrantyEdge{cursor, n} })
	return c
}
