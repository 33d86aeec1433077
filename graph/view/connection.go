package view

import (
	"context"

	"aftersales/ent"
	"aftersales/internal/casework"
	"aftersales/internal/orders"
	"aftersales/internal/returns"
	"aftersales/internal/store"
)

// Counter counts a whole list; it runs only for queries that ask for totalCount.
type Counter func(ctx context.Context) (int, error)

// TotalCount answers the field of that name.
func (c Counter) TotalCount(ctx context.Context) (int, error) { return c(ctx) }

type (
	CaseEdge struct {
		Cursor string
		Node   Case
	}
	CaseConnection struct {
		Counter
		Edges    []*CaseEdge
		Nodes    []Case
		PageInfo *PageInfo
	}
	ReturnEdge struct {
		Cursor string
		Node   *Return
	}
	ReturnConnection struct {
		Counter
		Edges    []*ReturnEdge
		Nodes    []*Return
		PageInfo *PageInfo
	}
	OrderEdge struct {
		Cursor string
		Node   *Order
	}
	OrderConnection struct {
		Counter
		Edges    []*OrderEdge
		Nodes    []*Order
		PageInfo *PageInfo
	}
	DeadlineEdge struct {
		Cursor string
		Node   *Deadline
	}
	DeadlineConnection struct {
		Counter
		Edges    []*DeadlineEdge
		Nodes    []*Deadline
		PageInfo *PageInfo
	}
	RefundEdge struct {
		Cursor string
		Node   *Refund
	}
	// CompensationEdge and CompensationConnection are a page of compensations.
	CompensationEdge struct {
		Cursor string
		Node   *Compensation
	}
	CompensationConnection struct {
		Counter
		Edges    []*CompensationEdge
		Nodes    []*Compensation
		PageInfo *PageInfo
	}
	RefundConnection struct {
		Counter
		Edges    []*RefundEdge
		Nodes    []*Refund
		PageInfo *PageInfo
	}
	CaseEventEdge struct {
		Cursor string
		Node   *CaseEvent
	}
	CaseEventConnection struct {
		Counter
		Edges    []*CaseEventEdge
		Nodes    []*CaseEvent
		PageInfo *PageInfo
	}
)

// connect turns a slice of rows into nodes and edges.
func connect[T, N, E any](s store.Slice[T], key func(T) store.Key, node func(T) N, edge func(string, N) E) ([]N, []E, *PageInfo) {
	nodes, edges := make([]N, len(s.Nodes)), make([]E, len(s.Nodes))
	info := &PageInfo{HasNextPage: s.HasNext, HasPreviousPage: s.HasPrev}
	for i, row := range s.Nodes {
		cursor := key(row).Cursor()
		if i == 0 {
			info.StartCursor = &cursor
		}
		info.EndCursor = &cursor
		nodes[i] = node(row)
		edges[i] = edge(cursor, nodes[i])
	}
	return nodes, edges, info
}

// Cases shows a page of cases of any kind.
func Cases(p *casework.Page) *CaseConnection {
	c := &CaseConnection{Counter: p.Count}
	c.Nodes, c.Edges, c.PageInfo = connect(p.Slice, func(r *ent.ServiceCase) store.Key { return casework.Key(p.Order, r) }, CaseOf,
		func(cursor string, n Case) *CaseEdge { return &CaseEdge{cursor, n} })
	return c
}

// Returns shows a page of returns.
func Returns(p *casework.Page) *ReturnConnection {
	c := &ReturnConnection{Counter: p.Count}
	c.Nodes, c.Edges, c.PageInfo = connect(p.Slice, func(r *ent.ServiceCase) store.Key { return casework.Key(p.Order, r) },
		func(r *ent.ServiceCase) *Return { return &Return{r} }, func(cursor string, n *Return) *ReturnEdge { return &ReturnEdge{cursor, n} })
	return c
}

// Orders shows a page of orders.
func Orders(p *orders.Page) *OrderConnection {
	c := &OrderConnection{Counter: p.Count}
	c.Nodes, c.Edges, c.PageInfo = connect(p.Slice, orders.Key, func(o *ent.Order) *Order { return &Order{o} },
		func(cursor string, n *Order) *OrderEdge { return &OrderEdge{cursor, n} })
	return c
}

// Deadlines shows a page of the work queue.
func Deadlines(p *casework.DeadlinePage) *DeadlineConnection {
	c := &DeadlineConnection{Counter: p.Count}
	c.Nodes, c.Edges, c.PageInfo = connect(p.Slice, casework.DeadlineKey, func(d *ent.Deadline) *Deadline { return &Deadline{d} },
		func(cursor string, n *Deadline) *DeadlineEdge { return &DeadlineEdge{cursor, n} })
	return c
}

// Refunds shows a page of refunds.
func Refunds(p *returns.RefundPage) *RefundConnection {
	c := &RefundConnection{Counter: p.Count}
	c.Nodes, c.Edges, c.PageInfo = connect(p.Slice, returns.RefundKey, func(r *ent.Refund) *Refund { return &Refund{r} },
		func(cursor string, n *Refund) *RefundEdge { return &RefundEdge{cursor, n} })
	return c
}

// Compensations shows a page of compensations.
func Compensations(p *casework.CompensationPage) *CompensationConnection {
	c := &CompensationConnection{Counter: p.Count}
	c.Nodes, c.Edges, c.PageInfo = connect(p.Slice, casework.CompensationKey, func(row *ent.Compensation) *Compensation { return &Compensation{row} },
		func(cursor string, n *Compensation) *CompensationEdge { return &CompensationEdge{cursor, n} })
	return c
}

func pageCases(cases []*ent.ServiceCase, first *int, after *string) (*CaseConnection, error) {
	s, err := store.Cut(store.Page{First: first, After: after}, cases, func(c *ent.ServiceCase) string { return c.ID })
	if err != nil {
		return nil, err
	}
	return Cases(&casework.Page{Slice: s, Order: casework.Newest, Count: counted(len(cases))}), nil
}

func pageEvents(events []*ent.CaseEvent, first *int, after *string, last *int, before *string) (*CaseEventConnection, error) {
	s, err := store.Cut(store.Page{First: first, After: after, Last: last, Before: before}, events, func(e *ent.CaseEvent) string { return e.ID })
	if err != nil {
		return nil, err
	}
	c := &CaseEventConnection{Counter: counted(len(events))}
	c.Nodes, c.Edges, c.PageInfo = connect(s, func(e *ent.CaseEvent) store.Key { return store.Key{At: &e.At, ID: e.ID} },
		func(e *ent.CaseEvent) *CaseEvent { return &CaseEvent{e} }, func(cursor string, n *CaseEvent) *CaseEventEdge { return &CaseEventEdge{cursor, n} })
	return c, nil
}

func counted(n int) Counter { return func(context.Context) (int, error) { return n, nil } }
