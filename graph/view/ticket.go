package view

import (
	"cmp"
	"context"
	"slices"

	"aftersales/ent"
	"aftersales/internal/casework"
	"aftersales/internal/lifecycle"
	"aftersales/internal/store"
)

// Ticket shows a question, complaint, opinion or other matter; what it has in common with a return is shown by the same methods.
type Ticket struct{ *Return }

// TicketOf shows a stored case of one of the kinds of tickets.
func TicketOf(c *ent.ServiceCase) *Ticket { return &Ticket{&Return{c}} }

// StatusLabel is the status in the reader's language.
func (t *Ticket) StatusLabel(ctx context.Context) string {
	return casework.TicketLabel(t.Status, Lang(ctx))
}

// Order is what it is about; nil when it is about none.
func (t *Ticket) Order() *Order {
	if t.Edges.Order == nil {
		return nil
	}
	return &Order{t.Edges.Order}
}

func (t *Ticket) Subject() string  { return t.Edges.Ticket.Subject }
func (t *Ticket) Topic() *string   { return optional(t.Edges.Ticket.Topic) }
func (t *Ticket) Ground() *string  { return optional(t.Edges.Ticket.Ground) }
func (t *Ticket) Satisfied() *bool { return t.Edges.Ticket.Satisfied }
func (t *Ticket) Reply() *string   { return optional(t.Edges.Ticket.Reply) }

// OrderLines are those of the order that it names, in the order's order.
func (t *Ticket) OrderLines() []*OrderLine {
	out := []*OrderLine{}
	if t.Edges.Order == nil {
		return out
	}
	for _, l := range t.Edges.Order.Edges.Lines {
		if slices.Contains(t.Edges.Ticket.OrderLineIds, l.ID) {
			l.Edges.Order = t.Edges.Order
			out = append(out, &OrderLine{l})
		}
	}
	return out
}

// About is the case it is about.
func (t *Ticket) About() Case {
	if t.Edges.About == nil {
		return nil
	}
	return CaseOf(t.Edges.About)
}

// OpenQuestion is what the merchant waits for the customer to answer.
func (t *Ticket) OpenQuestion() *string {
	if t.Status != lifecycle.NeedsInfo {
		return nil
	}
	return optional(t.Edges.Ticket.OpenQuestion)
}

// Answer is the last one given.
func (t *Ticket) Answer() *TicketAnswer {
	d := t.Edges.Ticket
	if d.AnsweredAt == nil {
		return nil
	}
	return &TicketAnswer{Text: d.Answer, At: *d.AnsweredAt, By: d.AnsweredBy}
}

// Tickets are the questions and complaints about the case, latest first.
func (r *Return) Tickets() []*Ticket {
	rows := slices.Clone(r.Edges.Tickets)
	slices.SortFunc(rows, func(a, b *ent.ServiceCase) int {
		return cmp.Or(b.OpenedAt.Compare(a.OpenedAt), cmp.Compare(b.ID, a.ID))
	})
	out := make([]*Ticket, len(rows))
	for i, c := range rows {
		out[i] = TicketOf(c)
	}
	return out
}

type (
	// TicketEdge is a ticket in a list.
	TicketEdge struct {
		Cursor string
		Node   *Ticket
	}
	// TicketConnection is a page of tickets.
	TicketConnection struct {
		Counter
		Edges    []*TicketEdge
		Nodes    []*Ticket
		PageInfo *PageInfo
	}
)

// Tickets shows a page of tickets.
func Tickets(p *casework.Page) *TicketConnection {
	c := &TicketConnection{Counter: p.Count}
	c.Nodes, c.Edges, c.PageInfo = connect(p.Slice, func(r *ent.ServiceCase) store.Key { return casework.Key(p.Order, r) }, TicketOf,
		func(cursor string, n *Ticket) *TicketEdge { return &TicketEdge{cursor, n} })
	return c
}
