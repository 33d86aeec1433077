package warranty

import (
	"context"

	"entgo.io/ent/dialect/sql"

	"aftersales/ent"
	"aftersales/ent/predicate"
	entwarranty "aftersales/ent/warranty"
	"aftersales/internal/auth"
	"aftersales/internal/casework"
	"aftersales/internal/problem"
	"aftersales/internal/store"
)

// Filter narrows a list of entries; nil does not narrow.
type Filter struct {
	Customer, OrderLine *string
	State               *string
}

// Page is a page of entries together with what counts the whole list when asked.
type Page struct {
	store.Slice[*ent.Warranty]
	Count func(ctx context.Context) (int, error)
}

// Key is an entry's place in the list.
func Key(w *ent.Warranty) store.Key { return store.Key{At: &w.RegisteredAt, ID: w.ID} }

// List reads a page of entries, newest first; a CUSTOMER gets only their own.
//
// Requires: a role that reads cases. Errors: INVALID_INPUT for paging, or when no merchant is named.
func (s *Service) List(ctx context.Context, p store.Page, f Filter, with func(*ent.WarrantyQuery)) (*Page, error) {
	if _, err := auth.Require(ctx, "warranties"); err != nil {
		return nil, err
	}
	m, err := s.cases.Merchant(ctx)
	if err != nil {
		return nil, err
	}
	where := []predicate.Warranty{entwarranty.MerchantID(m.ID)}
	if f.Customer != nil {
		where = append(where, entwarranty.CustomerID(*f.Customer))
	}
	if f.OrderLine != nil {
		where = append(where, entwarranty.OrderLineID(*f.OrderLine))
	}
	if f.State != nil {
		where = append(where, entwarranty.State(*f.State))
	}
	newest := store.Order{Column: entwarranty.FieldRegisteredAt, Desc: true}
	slice, err := store.List(ctx, p, newest, func(ctx context.Context, by func(*sql.Selector), limit int) ([]*ent.Warranty, error) {
		q := s.store.Client(ctx).Warranty.Query().Where(where...).Where(by).Limit(limit)
		with(q)
		return q.All(ctx)
	}, Key)
	if err != nil {
		return nil, err
	}
	return &Page{slice, func(ctx context.Context) (int, error) {
		return s.store.Client(ctx).Warranty.Query().Where(where...).Count(ctx)
	}}, nil
}

// Find finds one entry by id, or the one in force for a serial number, else the last that was.
//
// Requires: a role that reads cases. Errors: NOT_FOUND, also for what is another merchant's or customer's; INVALID_INPUT unless
// exactly one is given.
func (s *Service) Find(ctx context.Context, id, serial *string, with func(*ent.WarrantyQuery)) (*ent.Warranty, error) {
	if _, err := auth.Require(ctx, "warranty"); err != nil {
		return nil, err
	}
	q := s.store.Client(ctx).Warranty.Query()
	switch {
	case id != nil && serial == nil:
		q = q.Where(entwarranty.ID(*id))
	case serial != nil && id == nil:
		m, err := s.cases.Merchant(ctx)
		if err != nil {
			return nil, err
		}
		// ACTIVE sorts before REPLACED.
		q = q.Where(entwarranty.MerchantID(m.ID), entwarranty.SerialNumber(*serial), entwarranty.SerialNumberNEQ("")).
			Order(entwarranty.ByState(), entwarranty.ByRegisteredAt(sql.OrderDesc()), entwarranty.ByID(sql.OrderDesc()))
	default:
		return nil, problem.Invalid(problem.Text{EN: "give either id or serial", ZH: "请给出 id 或 serial 之一"}, "id")
	}
	with(q)
	row, err := q.First(ctx)
	if ent.IsNotFound(err) {
		return nil, casework.NotFound("warranty", "质保", "id")
	}
	return row, err
}
