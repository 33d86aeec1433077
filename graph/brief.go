package graph

import (
	"context"
	"slices"

	"aftersales/ent"
	"aftersales/internal/store"
)

// Three pages are asked for all day: a merchant's returns in one state, the work queue, and a customer's own case. Where a
// query shows no more than one hand-written statement brings (store/brief.go), that statement is taken; a field more, and the
// page is loaded by selection as every other. What is listed here must be what the statements bring.

var (
	briefCase     = []string{"__typename", "id", "number", "kind", "status", "statusLabel", "version", "openedAt"}
	briefDeadline = []string{"__typename", "id", "kind", "state", "open", "dueAt"}
	named         = []string{"__typename", "id", "name"}
)

// only reports whether nothing but these fields is asked for.
func (s selection) only(names []string, more ...string) bool {
	for _, set := range s.sets {
		for _, f := range s.fields(set) {
			if !slices.Contains(names, f.Name) && !slices.Contains(more, f.Name) {
				return false
			}
		}
	}
	return true
}

// briefCases is what a page of returns shows of each, nil where that is more than one statement brings.
func (r *Resolver) briefCases(ctx context.Context) *store.BriefCases {
	s := selected(ctx).rows()
	if r.ordinary || !s.only(briefCase, "order", "customer", "nextDeadline", "items") || !s.of("customer").only(named) ||
		!s.of("order").only([]string{"__typename", "id", "number"}) || !s.of("nextDeadline").only(briefDeadline) ||
		!s.of("items").only([]string{"__typename", "id", "quantity", "orderLine"}) ||
		!s.of("items", "orderLine").only([]string{"__typename", "id", "sku", "title", "quantity"}) {
		return nil
	}
	return &store.BriefCases{Order: s.asks("order"), Customer: s.asks("customer"), Next: s.asks("nextDeadline"), Items: s.asks("items"),
		Rest: s.asks("version") || s.of("order").asks("id") || s.of("nextDeadline").asks("id") || s.of("items").asks("id") || s.of("items", "orderLine").asks("id", "quantity")}
}

// briefDeadlines reports whether a page of the work queue shows no more than one statement brings.
func (r *Resolver) briefDeadlines(ctx context.Context) bool {
	s := selected(ctx).rows()
	of := s.of("case")
	return !r.ordinary && len(of.sets) > 0 && s.only(briefDeadline, "case") &&
		of.only([]string{"__typename", "id", "number", "kind", "status", "statusLabel", "version", "customer"}) && of.of("customer").only(named)
}

// brief reports whether one statement brings all that is asked for of a single case, and whether timeline or deadlines are.
func (s selection) brief() (short, beside bool) {
	clocks := s.of("deadlines").and(s.of("nextDeadline"))
	return s.only(briefCase, "closedAt", "events", "deadlines", "nextDeadline") &&
		clocks.only(briefDeadline, "startedAt", "promisedDueAt", "metAt", "breachedAt") &&
		s.of("events").rows().only([]string{"__typename", "id", "type", "at"}), s.asks("events", "deadlines", "nextDeadline")
}

// tracked reads the case of a page that shows one, in one statement where that brings enough.
func (r *Resolver) tracked(ctx context.Context, operation, id string) (*ent.ServiceCase, error) {
	s := selected(ctx)
	with := func(q *ent.ServiceCaseQuery) { loadCase(q, s) }
	if short, beside := s.brief(); short && !r.ordinary {
		return r.cases.Tracked(ctx, operation, id, beside, with)
	}
	return r.cases.Case(ctx, operation, &id, nil, with)
}
