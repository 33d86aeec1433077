// Package casework holds the use cases that every kind of case shares: acting on a case in one transaction, its timeline,
// its deadlines from start to breach, assignment, answers, explanations, closing, the sweep, the sandbox clock and the
// published calendars. Kinds (package returns, …) build on it. It knows the store and the pure rules, never GraphQL.
package casework

import (
	"context"
	"fmt"
	"time"

	"aftersales/ent"
	"aftersales/internal/auth"
	"aftersales/internal/calendar"
	"aftersales/internal/lifecycle"
	"aftersales/internal/plan"
	"aftersales/internal/problem"
	"aftersales/internal/store"
)

// Service carries out what is common to all cases.
type Service struct {
	store     *store.Store
	plans     *plan.Book
	calendars *calendars
	real      func() time.Time
	release   map[lifecycle.Kind]Release
	automatic map[timeout]Automatic
	timetable []Timetable
	derived   derived
	settings  settings
}

// Release gives back what cases of one kind hold (quantities of order lines) when the sweep ends them.
type Release func(ctx context.Context, caseIDs []string) error

// New makes the service; real is the real clock, which LIVE merchants live by.
func New(st *store.Store, plans *plan.Book, real func() time.Time) *Service {
	return &Service{store: st, plans: plans, real: real, calendars: newCalendars(st), release: map[lifecycle.Kind]Release{}, automatic: map[timeout]Automatic{}}
}

// OnRelease registers a kind's Release; it is called once while wiring.
func (s *Service) OnRelease(k lifecycle.Kind, r Release) { s.release[k] = r }

// Merchant returns the merchant the actor is confined to.
func (s *Service) Merchant(ctx context.Context) (*ent.Merchant, error) {
	a, _ := auth.From(ctx)
	if a.MerchantID == "" {
		return nil, problem.Invalid(problem.Text{EN: "name the merchant by the merchant argument", ZH: "请用 merchant 参数指明商家"}, "merchant")
	}
	m, err := s.MerchantRow(ctx, a.MerchantID)
	if ent.IsNotFound(err) {
		return nil, NotFound("merchant", "商家", "merchant")
	}
	return m, err
}

// Now is the present time by a merchant's clock: the test clock of a sandbox, else the real one.
func (s *Service) Now(m *ent.Merchant) time.Time {
	if m.ClockAt != nil {
		return m.ClockAt.UTC()
	}
	return s.real()
}

// Real is the real time, by which backoff and leases are counted, whatever a sandbox's clock shows.
func (s *Service) Real() time.Time { return s.real() }

// Law is the law a merchant's new cases are under: that of its jurisdiction in force by its clock.
func (s *Service) Law(ctx context.Context, m *ent.Merchant) (*plan.Law, error) {
	_, cal, err := s.MerchantCalendar(ctx, m)
	if err != nil {
		return nil, err
	}
	return s.LawBy(m, cal)
}

// LawBy is Law for a caller who has the merchant's calendar at hand.
func (s *Service) LawBy(m *ent.Merchant, cal *calendar.Calendar) (*plan.Law, error) {
	l := s.plans.Law(m.Jurisdiction, calendar.DateOf(s.Now(m), cal.Zone()))
	if l == nil {
		return nil, problem.New(problem.NotEligible, problem.Textf("no law of %s is known for this date", "未知 %s 在该日期的法律", m.Jurisdiction))
	}
	return l, nil
}

// Plans is the set of plans the service knows.
func (s *Service) Plans() *plan.Book { return s.plans }

// NotFound is the refusal for an id that does not exist or is someone else's: the two are not told apart.
func NotFound(en, zh string, field ...string) *problem.Problem {
	return &problem.Problem{Code: problem.NotFound, Field: field, Message: problem.Textf("no such %[1]s", "没有这样的%[2]s", en, zh)}
}

func conflict(current int) *problem.Problem {
	return problem.New(problem.Conflict, problem.Textf(
		"the case has changed meanwhile (it is at version %d now); look at it again",
		"该工单已被更改（当前版本 %d），请重新查看", current), problem.Param{Name: "version", Value: fmt.Sprint(current)})
}

// States of a refund (contract enum RefundState).
const (
	RefundProcessing = "PROCESSING"
	RefundCredited   = "CREDITED"
	RefundFailed     = "FAILED"
)

// FactsOf gathers what the transition table asks about a case; detail, refunds and deadlines must be loaded.
func FactsOf(c *ent.ServiceCase, now time.Time) lifecycle.Facts {
	f := lifecycle.Facts{Closed: c.ClosedAt != nil}
	if d := c.Edges.Detail; d != nil {
		f.Remedy, f.CameFrom, f.Trigger = d.Remedy, d.CameFrom, d.RefundTrigger
		f.GoodsDue = d.Disposition == lifecycle.GoodsReturn && d.ReceivedAt == nil
		f.Approved = len(d.Steps) > 0
		f.GoodsOwed = d.GoodsOwed > 0
		f.Disputable = d.DisputeUntil != nil && now.Before(*d.DisputeUntil)
		f.Settled = d.ReplacedAt != nil
		f.AtDoor = d.DeliveredAt != nil
		f.Upheld = d.FreightBack != "" // a decision for the customer always says who bears the way back
	}
	if hasWork(c.Kind) {
		workFacts(&f, c, now)
	}
	f.Ticket.Final = c.Kind == lifecycle.Opinion
	f.Ticket.Reopenable = c.Kind.IsTicket() && c.EndedAt != nil && now.Before(c.EndedAt.Add(ReopenWithin))
	for _, r := range c.Edges.Refunds {
		f.RefundStarted = true
		f.Held = f.Held || r.Held
		switch r.State {
		case RefundProcessing:
			f.RefundPending = f.RefundPending || !r.Held
		case RefundFailed:
			f.RefundFailed = true
		default:
			f.Settled = true
		}
	}
	for _, d := range c.Edges.Deadlines {
		if d.ExplanationOwed {
			f.ExplanationOwed, f.Overdue = true, true
		}
		if explainable(d, now) {
			f.Overdue = true
		}
	}
	return f
}

// AllowedActions lists what the actor may do to a case of m now: what the table allows, less what the role may not.
func AllowedActions(a auth.Actor, m *ent.Merchant, c *ent.ServiceCase, now time.Time) []lifecycle.Action {
	out := []lifecycle.Action{}
	facts := FactsOf(c, now)
	for _, action := range lifecycle.Allowed(c.Kind, c.Status, facts) {
		op := action.Operation()
		if action == lifecycle.ReturnConvert && a.Role == auth.Customer && facts.Remedy == lifecycle.Exchange {
			continue // a customer may wish for an exchange; money instead is the merchant's to offer
		}
		if d := c.Edges.Repair; action == lifecycle.RepairConvert && a.Role == auth.Customer && d != nil && (d.HumanCaused || d.DiagnosedAt != nil && !d.Covered && !d.Goodwill) {
			continue // neither a warranty nor the law gives anything else for what is not covered
		}
		if action == lifecycle.RepairConvert && a.Role == auth.Customer && c.Status == lifecycle.SentBack {
			continue // not goods and their worth: only the merchant can say that a parcel was lost
		}
		if (a.System || auth.Can(a.Role, op) || auth.StandsIn(a.Role, op)) && mayAct(a, op, m) == nil {
			out = append(out, action)
		}
	}
	return out
}

func illegal(a auth.Actor, m *ent.Merchant, c *ent.ServiceCase, action lifecycle.Action, now time.Time) *problem.Problem {
	p := problem.New(problem.IllegalTransition, problem.Textf("%s is not possible while the case is %s", "工单处于 %[2]s 状态时不能执行 %[1]s", action, c.Status),
		problem.Param{Name: "status", Value: string(c.Status)})
	p.Allowed = []string{}
	for _, allowed := range AllowedActions(a, m, c, now) {
		p.Allowed = append(p.Allowed, string(allowed))
	}
	return p
}

// exactlyOne is the refusal of a selector that names nothing or two things.
func exactlyOne(a, b string) *problem.Problem {
	return problem.Invalid(problem.Textf("give either %s or %s", "请给出 %s 或 %s 之一", a, b), a)
}

// Ways in which a repair or a service is done.
const (
	Depot  = "DEPOT"
	OnSite = "ON_SITE"
	Remote = "REMOTE"
)

// ReopenWithin is how long after its end a question or complaint can be taken up again.
const ReopenWithin = 30 * 24 * time.Hour

// hasWork reports whether cases of a kind keep their details as a repair does.
func hasWork(k lifecycle.Kind) bool { return k == lifecycle.Repairs || k.IsService() }

// workFacts gathers what the tables of repairs and services ask; the case's repair, visits, parts and deadlines must be loaded.
func workFacts(f *lifecycle.Facts, c *ent.ServiceCase, now time.Time) {
	d := c.Edges.Repair
	if d == nil {
		return
	}
	f.Approved = d.ConfirmedAt != nil
	f.AtDoor = d.DeliveredAt != nil
	f.CameFrom, f.Disputable = d.CameFrom, d.DisputeUntil != nil && now.Before(*d.DisputeUntil)
	w := &f.Work
	w.OnSite = d.Way == OnSite
	w.Here = d.ReceivedAt != nil && d.HomeAt == nil
	w.Paid = d.Covered || d.Goodwill || d.AcceptedAt != nil
	w.Unrepairable = d.Result == lifecycle.OutcomeUnrepairable && (c.Outcome == "" || c.Outcome == lifecycle.OutcomeUnrepairable)
	w.Undone = d.Result != "" && d.Result != lifecycle.OutcomeRepaired
	w.Decided = w.Undone
	for _, v := range c.Edges.Visits {
		w.Scheduled = w.Scheduled || v.State == VisitScheduled
		w.Visiting = w.Visiting || v.State == VisitStarted
	}
	special := false
	for _, p := range c.Edges.Parts {
		w.PartsAwaited = w.PartsAwaited || p.ExpectedOn != "" && p.ArrivedAt == nil
		special = special || p.Special
	}
	for _, dl := range c.Edges.Deadlines {
		w.Extendable = w.Extendable || special && dl.Kind == plan.Repair && dl.Open && dl.ExtendedTo == 0 && dl.State != plan.Breached
	}
}

// States of a visit (contract enum VisitState).
const (
	VisitScheduled = "SCHEDULED"
	VisitMoved     = "MOVED"
	VisitMissed    = "MISSED"
	VisitStarted   = "STARTED"
	VisitEnded     = "ENDED"
	VisitCancelled = "CANCELLED"
)
