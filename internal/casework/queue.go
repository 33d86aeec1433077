package casework

import (
	"context"
	"reflect"
	"time"

	"entgo.io/ent/dialect/sql"

	"aftersales/ent"
	entdeadline "aftersales/ent/deadline"
	"aftersales/ent/predicate"
	"aftersales/ent/servicecase"
	"aftersales/internal/auth"
	"aftersales/internal/plan"
	"aftersales/internal/store"
)

// Risk tells how near an open deadline is to being missed (contract enum Risk).
type Risk string

const (
	OnTrack Risk = "ON_TRACK"
	AtRisk  Risk = "AT_RISK"
	Late    Risk = "LATE"
)

// RiskOf judges one deadline at an instant: LATE when missed (or made good late), AT_RISK past its threshold.
func RiskOf(d *ent.Deadline, now time.Time) Risk {
	switch {
	case d.BreachedAt != nil, d.Open && d.DueAt != nil && !now.Before(*d.DueAt):
		return Late
	case d.Open && d.AtRiskAt != nil && !now.Before(*d.AtRiskAt):
		return AtRisk
	default:
		return OnTrack
	}
}

// riskIs is RiskOf as SQL, over the deadlines table.
func riskIs(risks []Risk, now time.Time) predicate.Deadline {
	late := entdeadline.Or(entdeadline.BreachedAtNotNil(), entdeadline.And(entdeadline.Open(true), entdeadline.DueAtLTE(now)))
	near := entdeadline.And(entdeadline.Open(true), entdeadline.AtRiskAtLTE(now), entdeadline.BreachedAtIsNil(), entdeadline.DueAtGT(now))
	var any []predicate.Deadline
	for _, r := range risks {
		switch r {
		case Late:
			any = append(any, late)
		case AtRisk:
			any = append(any, near)
		case OnTrack:
			any = append(any, entdeadline.And(entdeadline.BreachedAtIsNil(), entdeadline.Or(
				entdeadline.Open(false), entdeadline.DueAtIsNil(), entdeadline.AtRiskAtGT(now))))
		}
	}
	return entdeadline.Or(any...)
}

// DeadlineFilter narrows the work queue; nil and empty fields do not narrow.
type DeadlineFilter struct {
	Kinds           []plan.DeadlineKind
	States          []plan.DeadlineState
	Open            *bool
	Obligors        []plan.Party
	Risks           []Risk
	DueBefore       *time.Time
	Assignee        *string
	ExplanationOwed *bool
	// ExplanationWanted: at risk, to be explained before the limit, and not explained yet.
	ExplanationWanted *bool
}

// ByDue is the order of the work queue: by due instant, paused clocks last.
var ByDue = store.Order{Column: entdeadline.FieldDueAt, Nullable: true}

// DeadlinePage is a page of the work queue.
type DeadlinePage struct {
	store.Slice[*ent.Deadline]
	Count func(ctx context.Context) (int, error)
}

// DeadlineKey is a deadline's place in the work queue.
func DeadlineKey(d *ent.Deadline) store.Key { return store.Key{At: d.DueAt, ID: d.ID} }

// Deadlines reads a page of the work queue.
//
// Requires: a staff role. Errors: INVALID_INPUT for paging.
func (s *Service) Deadlines(ctx context.Context, p store.Page, f DeadlineFilter, with func(*ent.DeadlineQuery)) (*DeadlinePage, error) {
	return s.DeadlinesBrief(ctx, p, f, false, with)
}

// DeadlinesBrief is Deadlines for who, where brief, shows no more than store.OpenDeadlines brings: one statement where that
// will do.
func (s *Service) DeadlinesBrief(ctx context.Context, p store.Page, f DeadlineFilter, brief bool, with func(*ent.DeadlineQuery)) (*DeadlinePage, error) {
	if _, err := auth.Require(ctx, "deadlines"); err != nil {
		return nil, err
	}
	m, err := s.confined(ctx)
	if err != nil {
		return nil, err
	}
	where := []predicate.Deadline{entdeadline.MerchantID(m)}
	if len(f.Kinds) > 0 {
		where = append(where, entdeadline.KindIn(f.Kinds...))
	}
	if len(f.States) > 0 {
		where = append(where, entdeadline.StateIn(f.States...))
	}
	if f.Open != nil {
		where = append(where, openIs(*f.Open))
	}
	if len(f.Obligors) > 0 {
		where = append(where, entdeadline.ObligorIn(f.Obligors...))
	}
	if len(f.Risks) > 0 {
		now, err := s.now(ctx)
		if err != nil {
			return nil, err
		}
		where = append(where, riskIs(f.Risks, now))
	}
	if f.DueBefore != nil {
		where = append(where, entdeadline.DueAtLT(f.DueBefore.UTC()))
	}
	if f.Assignee != nil {
		where = append(where, func(d *sql.Selector) {
			t := sql.Table(servicecase.Table)
			d.Where(sql.In(d.C(entdeadline.FieldCaseID), sql.Select(t.C(servicecase.FieldID)).From(t).
				Where(sql.And(sql.EQ(t.C(servicecase.FieldMerchantID), m), sql.EQ(t.C(servicecase.FieldAssigneeID), *f.Assignee)))))
		})
	}
	if f.ExplanationOwed != nil {
		where = append(where, entdeadline.ExplanationOwed(*f.ExplanationOwed))
	}
	if f.ExplanationWanted != nil {
		now, err := s.now(ctx)
		if err != nil {
			return nil, err
		}
		where = append(where, explanationWanted(*f.ExplanationWanted, now))
	}
	reach, short := s.store.Brief(ctx)
	short = short && brief && p.Start() && f.open()
	slice, err := store.List(ctx, p, ByDue, func(ctx context.Context, order func(*sql.Selector), limit int) ([]*ent.Deadline, error) {
		if short {
			return s.store.OpenDeadlines(ctx, reach, limit)
		}
		q := s.store.Client(ctx).Deadline.Query().Where(where...).Where(order).Limit(limit)
		with(q)
		return q.All(ctx)
	}, DeadlineKey)
	if err != nil {
		return nil, err
	}
	return &DeadlinePage{slice, func(ctx context.Context) (int, error) {
		return s.store.Client(ctx).Deadline.Query().Where(where...).Count(ctx)
	}}, nil
}

// open reports whether a filter asks for all open deadlines and nothing else.
func (f DeadlineFilter) open() bool {
	open := f.Open != nil && *f.Open
	f.Open = nil
	return open && reflect.ValueOf(f).IsZero()
}

// explanationWanted is ExplanationWanted of ExplanationOf as SQL.
func explanationWanted(wanted bool, now time.Time) predicate.Deadline {
	p := entdeadline.And(entdeadline.ExplainAhead(true), entdeadline.ExplanationIsNil(), entdeadline.Open(true), entdeadline.BreachedAtIsNil(),
		entdeadline.AtRiskAtNotNil(), entdeadline.AtRiskAtLTE(now), entdeadline.DueAtNotNil(), entdeadline.DueAtGT(now))
	if !wanted {
		return entdeadline.Or(entdeadline.AtRiskAtIsNil(), entdeadline.DueAtIsNil(), entdeadline.Not(p))
	}
	return p
}

// openIs writes the bare column, so that the planner of PostgreSQL sees the partial index's own condition.
func openIs(open bool) predicate.Deadline {
	return func(d *sql.Selector) {
		column := d.C(entdeadline.FieldOpen)
		if !open {
			column = "NOT " + column
		}
		d.Where(sql.ExprP(column))
	}
}

// Deadline finds one deadline by id. Errors: NOT_FOUND.
func (s *Service) Deadline(ctx context.Context, id string, with func(*ent.DeadlineQuery)) (*ent.Deadline, error) {
	q := s.store.Client(ctx).Deadline.Query().Where(entdeadline.ID(id))
	with(q)
	d, err := q.Only(ctx)
	if ent.IsNotFound(err) {
		return nil, NotFound("deadline", "时限", "deadline")
	}
	return d, err
}
