package disputes

import (
	"context"

	"entgo.io/ent/dialect/sql"

	"aftersales/ent"
	"aftersales/ent/dispute"
	"aftersales/ent/predicate"
	"aftersales/internal/auth"
	"aftersales/internal/store"
)

// Page is a page of disputes together with what counts the whole list when asked.
type Page struct {
	store.Slice[*ent.Dispute]
	Count func(ctx context.Context) (int, error)
}

// List reads a page of disputes, the oldest first; open tells those that wait for their decision from the others. The
// platform sees those of every merchant unless it names one: they are its work.
//
// Requires: a role that reads cases. Errors: INVALID_INPUT for paging.
func (s *Service) List(ctx context.Context, p store.Page, open *bool, with func(*ent.DisputeQuery)) (*Page, error) {
	a, err := auth.Require(ctx, "disputes")
	if err != nil {
		return nil, err
	}
	var where []predicate.Dispute
	if a.MerchantID != "" {
		where = append(where, dispute.MerchantID(a.MerchantID))
	}
	if open != nil {
		if *open {
			where = append(where, dispute.DecidedAtIsNil())
		} else {
			where = append(where, dispute.DecidedAtNotNil())
		}
	}
	oldest := store.Order{Column: dispute.FieldOpenedAt}
	slice, err := store.List(ctx, p, oldest, func(ctx context.Context, by func(*sql.Selector), limit int) ([]*ent.Dispute, error) {
		q := s.store.Client(ctx).Dispute.Query().Where(where...).Where(by).Limit(limit)
		with(q)
		return q.All(ctx)
	}, Key)
	if err != nil {
		return nil, err
	}
	return &Page{slice, func(ctx context.Context) (int, error) {
		return s.store.Client(ctx).Dispute.Query().Where(where...).Count(ctx)
	}}, nil
}

// Key is a dispute's place in the list.
func Key(d *ent.Dispute) store.Key { return store.Key{At: &d.OpenedAt, ID: d.ID} }
