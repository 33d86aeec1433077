package visits

import (
	"context"
	"time"

	"entgo.io/ent/dialect/sql"

	"aftersales/ent"
	"aftersales/ent/predicate"
	"aftersales/ent/visit"
	"aftersales/internal/auth"
	"aftersales/internal/clock"
	"aftersales/internal/problem"
	"aftersales/internal/store"
)

// Filter narrows the calendar of visits: those that touch the time from From (inclusive) to To (exclusive), of one technician
// or of all, in one of the states or in any.
type Filter struct {
	From, To   time.Time
	Technician *string
	States     []string
}

// Page is a page of visits together with what counts the whole list when asked.
type Page struct {
	store.Slice[*ent.Visit]
	Count func(ctx context.Context) (int, error)
}

// Key is a visit's place in the list.
func Key(v *ent.Visit) store.Key { return store.Key{At: &v.StartsAt, ID: v.ID} }

// List reads a page of a merchant's calendar of visits, the earliest first.
//
// Requires: a staff role. Errors: INVALID_INPUT for paging, and at to unless it lies after from.
func (s *Service) List(ctx context.Context, p store.Page, f Filter, with func(*ent.VisitQuery)) (*Page, error) {
	if _, err := auth.Require(ctx, "visits"); err != nil {
		return nil, err
	}
	m, err := s.cases.Merchant(ctx)
	if err != nil {
		return nil, err
	}
	f.From, f.To = clock.Micros(f.From), clock.Micros(f.To)
	if !f.From.Before(f.To) {
		return nil, problem.Invalid(problem.Text{EN: "must lie after from", ZH: "须晚于 from"}, "to")
	}
	where := []predicate.Visit{visit.MerchantID(m.ID), visit.StartsAtLT(f.To), visit.EndsAtGT(f.From),
		visit.StartsAtGTE(f.From.Add(-longest))} // no appointment is longer: the index begins there
	if f.Technician != nil {
		where = append(where, visit.TechnicianID(*f.Technician))
	}
	if len(f.States) > 0 {
		where = append(where, visit.StateIn(f.States...))
	}
	slice, err := store.List(ctx, p, store.Order{Column: visit.FieldStartsAt}, func(ctx context.Context, order func(*sql.Selector), limit int) ([]*ent.Visit, error) {
		q := s.store.Client(ctx).Visit.Query().Where(where...).Where(order).Limit(limit)
		with(q)
		return q.All(ctx)
	}, Key)
	if err != nil {
		return nil, err
	}
	return &Page{slice, func(ctx context.Context) (int, error) {
		return s.store.Client(ctx).Visit.Query().Where(where...).Count(ctx)
	}}, nil
}
