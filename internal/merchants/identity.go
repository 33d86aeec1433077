package merchants

import (
	"context"
	"sync"

	"aftersales/ent"
	"aftersales/ent/customer"
	"aftersales/ent/merchant"
	"aftersales/internal/auth"
	"aftersales/internal/store"
)

// maxKnown bounds what is remembered: a few MiB.
const maxKnown = 20_000

// identities remembers which id a token's words stand for, so that a request need not ask. Ids, slugs and external ids never
// change and are never given to anybody else; what is not there is not remembered, because it may come to be.
type identities struct {
	mu  sync.RWMutex
	ids map[identity]string
}

// identity is a merchant by id or slug, or, with a merchant's id, a customer by external id.
type identity struct{ merchant, customer string }

func (k *identities) id(ctx context.Context, of identity, find func() (string, error)) (string, error) {
	k.mu.RLock()
	id, known := k.ids[of]
	k.mu.RUnlock()
	if known {
		return id, nil
	}
	id, err := find()
	if err != nil || id == "" || store.InTransaction(ctx) { // which may be rolled back
		return id, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.ids == nil || len(k.ids) >= maxKnown {
		k.ids = map[identity]string{}
	}
	k.ids[of] = id
	return id, nil
}

// merchantID finds a merchant by id or slug. Errors: ErrUnknown.
func (s *Service) merchantID(ctx context.Context, idOrSlug string) (string, error) {
	return s.known.id(ctx, identity{merchant: idOrSlug}, func() (string, error) {
		id, err := s.store.Client(ctx).Merchant.Query().Where(merchant.Or(merchant.ID(idOrSlug), merchant.Slug(idOrSlug))).OnlyID(ctx)
		if ent.IsNotFound(err) {
			return "", ErrUnknown
		}
		return id, err
	})
}

// customerID finds a merchant's customer by external id, auth.NoCustomer for one never heard of.
func (s *Service) customerID(ctx context.Context, merchantID, externalID string) (string, error) {
	id, err := s.known.id(ctx, identity{merchantID, externalID}, func() (string, error) {
		id, err := s.store.Client(ctx).Customer.Query().Where(customer.MerchantID(merchantID), customer.ExternalID(externalID)).OnlyID(ctx)
		if ent.IsNotFound(err) {
			return "", nil
		}
		return id, err
	})
	if id == "" {
		id = auth.NoCustomer
	}
	return id, err
}
