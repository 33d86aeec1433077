package graph

import (
	"context"
	"slices"
	"strconv"

	"aftersales/ent"
	"aftersales/graph/view"
	"aftersales/internal/lifecycle"
	"aftersales/internal/problem"
	"aftersales/internal/tickets"
)

// loadTicket loads what only questions and complaints have, and those about a case.
func loadTicket(q *ent.ServiceCaseQuery, s selection) {
	if s.asks("subject", "topic", "ground", "orderLines", "openQuestion", "answer", "satisfied", "reply") {
		q.WithTicket()
	}
	if s.asks("about") {
		q.WithAbout(func(q *ent.ServiceCaseQuery) { loadCase(q, s.of("about")) })
	}
	if s.asks("tickets") {
		q.WithTickets(func(q *ent.ServiceCaseQuery) { loadCase(q, s.of("tickets")) })
	}
}

// afterTicket is after for payloads whose object is a ticket.
func (r *Resolver) afterTicket(ctx context.Context, caseID string, err error) (*view.Ticket, []*view.UserError, error) {
	c, errs, err := r.after(ctx, "ticket", caseID, err)
	if c == nil || !c.Kind.IsTicket() {
		return nil, errs, err
	}
	return view.TicketOf(c), errs, err
}

func caller(in *view.TicketCallerInput) *tickets.Caller {
	if in == nil {
		return nil
	}
	return &tickets.Caller{ExternalID: in.ExternalID, Name: in.Name}
}

// ticketsOnly reads which kinds of tickets are asked for; none given means all.
func ticketsOnly(kinds []lifecycle.Kind) ([]lifecycle.Kind, error) {
	if len(kinds) == 0 {
		return lifecycle.Tickets(), nil
	}
	if i := slices.IndexFunc(kinds, func(k lifecycle.Kind) bool { return !k.IsTicket() }); i >= 0 {
		return nil, problem.Invalid(problem.Textf("%s is no question, complaint, opinion or other matter", "%s 不是咨询、投诉、意见或其他事项", kinds[i]), "filter", "kind", strconv.Itoa(i))
	}
	return kinds, nil
}
