package returns

import (
	"context"

	"entgo.io/ent/dialect/sql"

	"aftersales/ent"
	"aftersales/ent/dispute"
	"aftersales/ent/predicate"
	"aftersales/internal/auth"
	"aftersales/internal/store"
)

// DisputePage is a page of disputes together with what counts the whole list when asked.
type DisputePage struct {
	store.Slice[*ent.Dispute]
	Count func(ctx context.Context) (int, error)
}

// Disputes reads a page of disputes, the oldest first; open tells those that wait for their decision from the others. The
// platform sees those of every merchant unless it names one: they are its work.
//
// Requires: a role that reads cases. Errors: INVALID_INPUT for paging.
func (s *Service) Disputes(ctx context.Context, p store.Page, open *bool, with func(*ent.DisputeQuery)) (*DisputePage, error) {
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
	}, DisputeKey)
	if err != nil {
		return nil, err
	}
	return &DisputePage{slice, func(ctx context.Context) (int, error) {
		return s.store.Client(ctx).Dispute.Query().Where(where...).Count(ctx)
	}}, nil
}

// DisputeKey is a dispute's place in the list.
func DisputeKey(d *ent.Dispute) store.Key { return store.Key{At: &d.OpenedAt, ID: d.ID} }
