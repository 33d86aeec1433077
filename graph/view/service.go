package view

import (
	"slices"
	"time"

	"aftersales/ent"
	"aftersales/internal/calendar"
	"aftersales/internal/casework"
	"aftersales/internal/lifecycle"
	"aftersales/internal/onsite"
	"aftersales/internal/plan"
	"aftersales/internal/store"
	"aftersales/internal/visits"
)

// OnSiteService shows work at the customer's; what it has in common with a return is shown by the same methods.
type OnSiteService struct{ *Return }

// OnSiteServiceOf shows a stored case of one of the kinds of services.
func OnSiteServiceOf(c *ent.ServiceCase) *OnSiteService { return &OnSiteService{&Return{c}} }

// OrderLine is that of the goods.
func (s *OnSiteService) OrderLine() *OrderLine {
	return &OrderLine{s.Edges.Repair.Edges.OrderLine}
}

// Quantity is how many of the goods it is about.
func (s *OnSiteService) Quantity() int { return s.Edges.Repair.Quantity }

// WishedTimes are when the customer would like to be visited.
func (s *OnSiteService) WishedTimes() []*TimeWindow {
	out := []*TimeWindow{}
	for _, w := range s.Edges.Repair.WishedTimes {
		out = append(out, &TimeWindow{From: w.From, To: w.To})
	}
	return out
}

// OpenQuestion is what the merchant waits for the customer to answer.
func (s *OnSiteService) OpenQuestion() *string {
	if s.Status != lifecycle.NeedsInfo {
		return nil
	}
	return optional(s.Edges.Repair.OpenQuestion)
}

// ServiceWay is how it is done; nil until confirmed.
func (s *OnSiteService) ServiceWay() *string { return optional(s.Edges.Repair.Way) }

// ConfirmedAt is when it was confirmed.
func (s *OnSiteService) ConfirmedAt() *time.Time { return s.Edges.Repair.ConfirmedAt }

// Steps are what the customer was told.
func (s *OnSiteService) Steps() []string {
	if s.Edges.Repair.Steps == nil {
		return []string{}
	}
	return s.Edges.Repair.Steps
}

// Visits are the appointments and visits in the order in which they were agreed on.
func (s *OnSiteService) Visits() []*Visit { return visitsOf(s.ServiceCase) }

// Visits are the repair's appointments and visits in the order in which they were agreed on.
func (r *Repair) Visits() []*Visit { return visitsOf(r.ServiceCase) }

// WorkDone is what was done.
func (s *OnSiteService) WorkDone() *string { return optional(s.Edges.Repair.WorkDone) }

// CompletedAt is when it was recorded as done.
func (s *OnSiteService) CompletedAt() *time.Time { return s.Edges.Repair.CompletedAt }

// visitsOf shows a case's visits, which must be loaded.
func visitsOf(c *ent.ServiceCase) []*Visit {
	rows := slices.Clone(c.Edges.Visits)
	slices.SortFunc(rows, func(a, b *ent.Visit) int { return a.Round - b.Round })
	out := make([]*Visit, len(rows))
	for i, v := range rows {
		v.Edges.Case = c
		out[i] = &Visit{v}
	}
	return out
}

// Visit shows an appointment and what became of it.
type Visit struct{ *ent.Visit }

// IsNode marks it as an object with a global id.
func (Visit) IsNode() {}

// Case is what somebody comes for.
func (v Visit) Case() Case { return CaseOf(v.Edges.Case) }

// Technician is who comes.
func (v Visit) Technician() *Staff { return StaffOf(v.Edges.Technician) }

// Note is what was said about it.
func (v Visit) Note() *string { return optional(v.Visit.Note) }

// MovedBy is who wanted another time.
func (v Visit) MovedBy() *plan.Party {
	if v.Visit.MovedBy == "" {
		return nil
	}
	by := plan.Party(v.Visit.MovedBy)
	return &by
}

// MaintenanceSchedule shows how often goods are maintained.
type MaintenanceSchedule struct{ *ent.MaintenanceSchedule }

// IsNode marks it as an object with a global id.
func (MaintenanceSchedule) IsNode() {}

// OrderLine is that of the goods.
func (m MaintenanceSchedule) OrderLine() *OrderLine { return &OrderLine{m.Edges.OrderLine} }

// Customer is whose they are.
func (m MaintenanceSchedule) Customer() *Customer { return &Customer{m.Edges.Customer} }

// FirstOn is the day the months are counted from.
func (m MaintenanceSchedule) FirstOn() *calendar.Date { return date(m.MaintenanceSchedule.FirstOn) }

// Until is the last day on which a case may open.
func (m MaintenanceSchedule) Until() *calendar.Date { return date(m.MaintenanceSchedule.Until) }

// Note is what the cases say.
func (m MaintenanceSchedule) Note() *string { return optional(m.MaintenanceSchedule.Note) }

type (
	// OnSiteServiceEdge is a service in a list.
	OnSiteServiceEdge struct {
		Cursor string
		Node   *OnSiteService
	}
	// OnSiteServiceConnection is a page of services.
	OnSiteServiceConnection struct {
		Counter
		Edges    []*OnSiteServiceEdge
		Nodes    []*OnSiteService
		PageInfo *PageInfo
	}
	// VisitEdge is a visit in a list.
	VisitEdge struct {
		Cursor string
		Node   *Visit
	}
	// VisitConnection is a page of visits.
	VisitConnection struct {
		Counter
		Edges    []*VisitEdge
		Nodes    []*Visit
		PageInfo *PageInfo
	}
	// MaintenanceScheduleEdge is a schedule in a list.
	MaintenanceScheduleEdge struct {
		Cursor string
		Node   *MaintenanceSchedule
	}
	// MaintenanceScheduleConnection is a page of schedules.
	MaintenanceScheduleConnection struct {
		Counter
		Edges    []*MaintenanceScheduleEdge
		Nodes    []*MaintenanceSchedule
		PageInfo *PageInfo
	}
)

// Services shows a page of services.
func Services(p *casework.Page) *OnSiteServiceConnection {
	c := &OnSiteServiceConnection{Counter: p.Count}
	c.Nodes, c.Edges, c.PageInfo = connect(p.Slice, func(r *ent.ServiceCase) store.Key { return casework.Key(p.Order, r) }, OnSiteServiceOf,
		func(cursor string, n *OnSiteService) *OnSiteServiceEdge { return &OnSiteServiceEdge{cursor, n} })
	return c
}

// Visits shows a page of visits.
func Visits(p *visits.Page) *VisitConnection {
	c := &VisitConnection{Counter: p.Count}
	c.Nodes, c.Edges, c.PageInfo = connect(p.Slice, visits.Key, func(v *ent.Visit) *Visit { return &Visit{v} },
		func(cursor string, n *Visit) *VisitEdge { return &VisitEdge{cursor, n} })
	return c
}

// MaintenanceSchedules shows a page of schedules.
func MaintenanceSchedules(p *onsite.SchedulePage) *MaintenanceScheduleConnection {
	c := &MaintenanceScheduleConnection{Counter: p.Count}
	c.Nodes, c.Edges, c.PageInfo = connect(p.Slice, onsite.ScheduleKey, func(m *ent.MaintenanceSchedule) *MaintenanceSchedule { return &MaintenanceSchedule{m} },
		func(cursor string, n *MaintenanceSchedule) *MaintenanceScheduleEdge {
			return &MaintenanceScheduleEdge{cursor, n}
		})
	return c
}
