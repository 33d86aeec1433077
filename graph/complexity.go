package graph

import (
	"time"

	"aftersales/graph/generated"
	"aftersales/graph/view"
	"aftersales/internal/calendar"
	"aftersales/internal/store"
)

// Config is the executable schema's configuration: resolvers and what fields cost. A field costs 1 and what is below it; a
// connection costs that for each row it may bring.
func (r *Resolver) Config() generated.Config {
	c := generated.Config{Resolvers: r}
	q := &c.Complexity.Query
	q.Cases = func(child int, first *int, _ *string, last *int, _ *string, _ *view.CaseFilter, _ *view.CaseOrder, _ *string) int {
		return rows(child, first, last)
	}
	q.Returns = func(child int, first *int, _ *string, last *int, _ *string, _ *view.ReturnFilter, _ *view.CaseOrder, _ *string) int {
		return rows(child, first, last)
	}
	q.Repairs = func(child int, first *int, _ *string, last *int, _ *string, _ *view.RepairFilter, _ *view.CaseOrder, _ *string) int {
		return rows(child, first, last)
	}
	q.Warranties = func(child int, first *int, _ *string, last *int, _ *string, _ *view.WarrantyFilter, _ *string) int {
		return rows(child, first, last)
	}
	q.Orders = func(child int, first *int, _ *string, last *int, _ *string, _ *view.OrderFilter, _ *string) int {
		return rows(child, first, last)
	}
	q.Deadlines = func(child int, first *int, _ *string, last *int, _ *string, _ *view.DeadlineFilter, _ *string) int {
		return rows(child, first, last)
	}
	q.Refunds = func(child int, first *int, _ *string, last *int, _ *string, _ *view.RefundFilter, _ *string) int {
		return rows(child, first, last)
	}
	q.ParkedParcels = func(child int, first *int, _ *string, last *int, _ *string, _ *bool, _ *string) int {
		return rows(child, first, last)
	}
	q.Disputes = func(child int, first *int, _ *string, last *int, _ *string, _ *bool, _ *string) int {
		return rows(child, first, last)
	}
	q.Services = func(child int, first *int, _ *string, last *int, _ *string, _ *view.ServiceFilter, _ *view.CaseOrder, _ *string) int {
		return rows(child, first, last)
	}
	q.Tickets = func(child int, first *int, _ *string, last *int, _ *string, _ *view.TicketFilter, _ *view.CaseOrder, _ *string) int {
		return rows(child, first, last)
	}
	q.Visits = func(child int, first *int, _ *string, last *int, _ *string, _, _ time.Time, _ *string, _ []string, _ *string) int {
		return rows(child, first, last)
	}
	q.MaintenanceSchedules = func(child int, first *int, _ *string, last *int, _ *string, _ *string, _ *bool, _ *string) int {
		return rows(child, first, last)
	}
	c.Complexity.Dispute.Rounds = func(child int) int { return 1 + 5*child }
	c.Complexity.DisputeRound.Answers = func(child int) int { return 1 + 3*child }
	q.Nodes = func(child int, ids []string) int { return 1 + child*len(ids) }
	c.Complexity.Order.Cases = func(child int, first *int, _ *string) int { return rows(child, first, nil) }
	c.Complexity.Order.Lines = func(child int) int { return 1 + 3*child }
	c.Complexity.OrderLine.AfterSalesOptions = func(child int, _ *string, _ *int) int { return 5 + 4*child }
	c.Complexity.Return.Items = func(child int) int { return 1 + 3*child }
	c.Complexity.Return.Events = func(child int, first *int, _ *string, last *int, _ *string) int { return rows(child, first, last) }
	c.Complexity.Return.Messages = func(child int, first *int, _ *string, last *int, _ *string) int { return rows(child, first, last) }
	c.Complexity.Return.Proposals = func(child int) int { return 1 + 3*child }
	c.Complexity.Return.Evidence = func(child int) int { return 1 + 3*child }
	c.Complexity.OrderChange.Items = func(child int) int { return 1 + 3*child }
	c.Complexity.OrderChange.Events = func(child int, first *int, _ *string, last *int, _ *string) int { return rows(child, first, last) }
	c.Complexity.OrderChange.Messages = func(child int, first *int, _ *string, last *int, _ *string) int { return rows(child, first, last) }
	c.Complexity.OrderChange.Evidence = func(child int) int { return 1 + 3*child }
	c.Complexity.Repair.Events = func(child int, first *int, _ *string, last *int, _ *string) int { return rows(child, first, last) }
	c.Complexity.Repair.Messages = func(child int, first *int, _ *string, last *int, _ *string) int { return rows(child, first, last) }
	c.Complexity.Repair.Quotes = func(child int) int { return 1 + 3*child }
	c.Complexity.Repair.Parts = func(child int) int { return 1 + 3*child }
	c.Complexity.RepairQuote.Lines = func(child int) int { return 1 + 3*child }
	c.Complexity.Repair.Evidence = func(child int) int { return 1 + 3*child }
	c.Complexity.Repair.Visits = func(child int) int { return 1 + 3*child }
	c.Complexity.OnSiteService.Visits = func(child int) int { return 1 + 3*child }
	c.Complexity.OnSiteService.Events = func(child int, first *int, _ *string, last *int, _ *string) int { return rows(child, first, last) }
	c.Complexity.OnSiteService.Messages = func(child int, first *int, _ *string, last *int, _ *string) int { return rows(child, first, last) }
	c.Complexity.OnSiteService.Evidence = func(child int) int { return 1 + 3*child }
	c.Complexity.Ticket.OrderLines = func(child int) int { return 1 + 3*child }
	c.Complexity.Ticket.Events = func(child int, first *int, _ *string, last *int, _ *string) int { return rows(child, first, last) }
	c.Complexity.Ticket.Messages = func(child int, first *int, _ *string, last *int, _ *string) int { return rows(child, first, last) }
	c.Complexity.Ticket.Evidence = func(child int) int { return 1 + 3*child }
	about := func(child int) int { return 1 + 3*child } // tickets about a case
	c.Complexity.Return.Tickets, c.Complexity.OrderChange.Tickets, c.Complexity.Repair.Tickets = about, about, about
	c.Complexity.OnSiteService.Tickets, c.Complexity.Ticket.Tickets = about, about
	c.Complexity.OrderCancellability.Lines = func(child int) int { return 1 + 3*child }
	c.Complexity.Refund.Components = func(child int) int { return 1 + 5*child }
	c.Complexity.RefundQuote.Components = func(child int) int { return 1 + 5*child }
	c.Complexity.Calendar.Days = func(child int, _, _ calendar.Date) int { return 1 + 100*child }
	c.Complexity.Calendar.Years = func(child int) int { return 1 + 10*child }
	c.Complexity.CalendarYear.Off = func(child int) int { return 1 + 20*child }
	return c
}

func rows(child int, first, last *int) int {
	n := store.DefaultPage
	switch {
	case first != nil:
		n = *first
	case last != nil:
		n = *last
	}
	return 1 + child*min(max(n, 1), store.MaxPage)
}
