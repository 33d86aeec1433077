package plans

import (
	"context"
	"slices"
	"strings"
	"time"

	"entgo.io/ent/dialect/sql"

	"aftersales/ent"
	entdeadline "aftersales/ent/deadline"
	"aftersales/ent/servicecase"
	"aftersales/internal/auth"
	"aftersales/internal/calendar"
	"aftersales/internal/deadline"
	"aftersales/internal/lifecycle"
	"aftersales/internal/plan"
)

// Preview is what a plan would have changed on the cases of a quarter. From and To are its first and last day, in the zone of
// the merchant's calendar.
type Preview struct {
	Plan     *plan.Plan
	From, To calendar.Date
	// Cases is how many were looked at: at most maxPreviewed, the earliest; Truncated tells that there were more.
	Cases     int
	Truncated bool
	// Promises are the merchant's promises of the plan, in its order.
	Promises []Effect
}

// Effect is what one promise would have come to: of how many cases something of its kind was promised, how many of them kept it
// in time, and how many of those would have missed this one.
type Effect struct {
	Promise                plan.Promise
	Cases, Kept, WouldMiss int
}

const (
	maxPreviewed = 20_000
	previewPage  = 200 // with their clocks about a thousand
)

// Preview counts last quarter's cases again by a plan that is not kept: with the start, the pauses and the calendar of every
// clock as they were, and the instant at which it was fulfilled. The quarter is that before the present one by the merchant's
// clock. kinds narrows the cases; empty: all that the plan is for.
//
// Requires: MERCHANT_ADMIN or PLATFORM_ADMIN. Errors: those of Derive.
func (s *Service) Preview(ctx context.Context, in Derivation, kinds []lifecycle.Kind) (*Preview, error) {
	if _, err := auth.Require(ctx, "planPreview"); err != nil {
		return nil, err
	}
	m, err := s.cases.Merchant(ctx)
	if err != nil {
		return nil, err
	}
	p, _, err := s.derive(ctx, m, in)
	if err != nil {
		return nil, err
	}
	_, cal, err := s.cases.MerchantCalendar(ctx, m)
	if err != nil {
		return nil, err
	}
	out := &Preview{Plan: p}
	for _, pr := range p.Promises {
		if pr.Obligor != plan.Customer {
			out.Promises = append(out.Promises, Effect{Promise: pr})
		}
	}
	if len(kinds) == 0 {
		kinds = p.Kinds
	}
	first, next := lastQuarter(calendar.DateOf(s.cases.Now(m), cal.Zone()))
	out.From, out.To = first, next.AddDays(-1)
	return out, s.recount(ctx, m.ID, kinds, cal.StartOfDay(first), cal.StartOfDay(next), out)
}

// lastQuarter is the first day of the quarter before that of a day, and of the day's own.
func lastQuarter(on calendar.Date) (first, next calendar.Date) {
	next = calendar.Date{Year: on.Year, Month: (on.Month-1)/3*3 + 1, Day: 1}
	return next.AddMonths(-3), next
}

// recount goes over the cases opened in a time, a page at a time.
func (s *Service) recount(ctx context.Context, merchantID string, kinds []lifecycle.Kind, from, to time.Time, out *Preview) error {
	var last *ent.ServiceCase
	for {
		q := s.store.Client(ctx).ServiceCase.Query().Where(servicecase.MerchantID(merchantID), servicecase.OpenedAtGTE(from), servicecase.OpenedAtLT(to), servicecase.KindIn(kinds...)).
			Order(servicecase.ByOpenedAt(), servicecase.ByID()).Limit(previewPage).
			WithDeadlines(func(q *ent.DeadlineQuery) { q.Where(entdeadline.ObligorNEQ(plan.Customer)) })
		if last != nil {
			at, id := last.OpenedAt, last.ID
			q = q.Where(func(c *sql.Selector) {
				c.Where(sql.Or(sql.GT(c.C(servicecase.FieldOpenedAt), at), sql.And(sql.EQ(c.C(servicecase.FieldOpenedAt), at), sql.GT(c.C(servicecase.FieldID), id))))
			})
		}
		page, err := q.All(ctx)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, c := range page {
			if out.Cases == maxPreviewed {
				out.Truncated = true
				return nil
			}
			out.Cases++
			for i := range out.Promises {
				if err := s.weigh(ctx, c, &out.Promises[i]); err != nil {
					return err
				}
			}
		}
		last = page[len(page)-1]
	}
}

// weigh counts one case for one promise.
func (s *Service) weigh(ctx context.Context, c *ent.ServiceCase, e *Effect) error {
	pr := e.Promise
	if len(pr.Kinds) > 0 && !slices.Contains(pr.Kinds, c.Kind) || pr.Priority != "" && pr.Priority != c.Priority {
		return nil
	}
	clocks := promised(c.Edges.Deadlines, pr)
	if len(clocks) == 0 {
		return nil
	}
	e.Cases++
	missed := false
	for _, d := range clocks {
		if d.State != plan.Met {
			return nil
		}
		cal, err := s.cases.CalendarOf(ctx, d)
		if err != nil {
			return err
		}
		clock := deadline.Clock{Rule: pr.Rule(), Start: d.StartedAt, Pauses: d.Pauses}
		if d.ExtendedTo != 0 && pr.Extension != nil {
			clock.ExtendedTo = pr.Extension.To
		}
		r, err := deadline.Compute(cal, clock)
		if err != nil {
			return err
		}
		missed = missed || r.DueAt != nil && !deadline.OnTime(*d.MetAt, *r.DueAt)
	}
	e.Kept++
	if missed {
		e.WouldMiss++
	}
	return nil
}

// promised picks a case's clocks that a promise would have been: those of its clause where there are any, else of its kind;
// clocks that ended with their case were neither kept nor missed, and the law's own do not count.
func promised(all []*ent.Deadline, pr plan.Promise) []*ent.Deadline {
	var kind, clause []*ent.Deadline
	for _, d := range all {
		if d.Kind != pr.Kind || d.State == plan.Cancelled || strings.HasPrefix(d.PlanCode, plan.LawPrefix) {
			continue
		}
		kind = append(kind, d)
		if d.Clause == pr.Clause {
			clause = append(clause, d)
		}
	}
	if len(clause) > 0 {
		return clause
	}
	return kind
}
