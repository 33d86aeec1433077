// Package orders takes in what merchants sold: orders with their lines and customers, one by one or in bulk, always
// recognised by the order's number, so that the same import again changes nothing. It also answers reads of orders.
package orders

import (
	"context"
	"strconv"
	"time"

	"entgo.io/ent/dialect/sql"

	"aftersales/ent"
	"aftersales/ent/order"
	"aftersales/ent/predicate"
	"aftersales/internal/auth"
	"aftersales/internal/casework"
	"aftersales/internal/problem"
	"aftersales/internal/store"
)

// MaxBatch is how many orders one import call may carry.
const MaxBatch = 1000

// Service writes and reads orders.
type Service struct {
	store *store.Store
	cases *casework.Service
}

// New makes the service.
func New(st *store.Store, cases *casework.Service) *Service { return &Service{st, cases} }

// Result says what one order of a batch came to.
type Result string

const (
	Created   Result = "created"
	Updated   Result = "updated"
	Unchanged Result = "unchanged"
	Refused   Result = "refused"
)

// Outcome is the result of one order of a batch; Err is a Problem when it was refused.
type Outcome struct {
	Result Result
	ID     string
	Err    error
}

// Upsert writes one order.
//
// Requires: INTEGRATION, MERCHANT_ADMIN or PLATFORM_ADMIN. Errors: INVALID_INPUT naming the field, NOT_ELIGIBLE for a new order
// of a CLOSED merchant.
func (s *Service) Upsert(ctx context.Context, in Input) (string, error) {
	out, err := s.write(ctx, "orderUpsert", []Input{in})
	if err != nil {
		return "", err
	}
	return out[0].ID, out[0].Err
}

// Import writes up to MaxBatch orders in one transaction; refused ones are reported by position, the others are kept.
//
// Requires: INTEGRATION, MERCHANT_ADMIN or PLATFORM_ADMIN. Errors: LIMIT_EXCEEDED at orders.
func (s *Service) Import(ctx context.Context, in []Input) ([]Outcome, error) {
	return s.write(ctx, "ordersImport", in)
}

// MayImport refuses an import of n orders that Import would refuse as a whole, before anybody reads the orders.
func (s *Service) MayImport(ctx context.Context, n int) error { return admit(ctx, "ordersImport", n) }

func admit(ctx context.Context, operation string, n int) error {
	if _, err := auth.Require(ctx, operation); err != nil {
		return err
	}
	if n <= MaxBatch {
		return nil
	}
	return &problem.Problem{Code: problem.LimitExceeded, Field: []string{"orders"},
		Message: problem.Textf("at most %d orders a call", "每次最多 %d 个订单", MaxBatch),
		Params:  []problem.Param{{Name: "maximum", Value: strconv.Itoa(MaxBatch)}}}
}

func (s *Service) write(ctx context.Context, operation string, in []Input) ([]Outcome, error) {
	if err := admit(ctx, operation, len(in)); err != nil {
		return nil, err
	}
	m, err := s.cases.Merchant(ctx)
	if err != nil {
		return nil, err
	}
	var out []Outcome
	for try := 0; ; try++ {
		err = s.store.InTx(ctx, func(ctx context.Context) error {
			var err error
			out, err = s.batch(ctx, m, in)
			return err
		})
		// Another import of the same order or customer at the same moment: look again, now it is there.
		if !store.IsConstraint(err) || try == 3 {
			return out, err
		}
	}
}

// Filter narrows a list of orders; nil fields do not narrow.
type Filter struct {
	Customer                  *string
	PlacedAfter, PlacedBefore *time.Time
}

// Newest is the order of order lists.
var Newest = store.Order{Column: order.FieldPlacedAt, Desc: true}

// Key is an order's place in the list.
func Key(o *ent.Order) store.Key { return store.Key{At: &o.PlacedAt, ID: o.ID} }

// Page is a page of orders together with what counts the whole list when asked.
type Page struct {
	store.Slice[*ent.Order]
	Count func(ctx context.Context) (int, error)
}

// List reads a page of the orders within the actor's reach, newest first.
//
// Requires: a role that reads orders. Errors: INVALID_INPUT for paging.
func (s *Service) List(ctx context.Context, p store.Page, f Filter, with func(*ent.OrderQuery)) (*Page, error) {
	a, err := auth.Require(ctx, "orders")
	if err != nil {
		return nil, err
	}
	if a.MerchantID == "" {
		_, err := s.cases.Merchant(ctx)
		return nil, err
	}
	where := []predicate.Order{order.MerchantID(a.MerchantID)}
	if f.Customer != nil {
		where = append(where, order.CustomerID(*f.Customer))
	}
	if f.PlacedAfter != nil {
		where = append(where, order.PlacedAtGT(f.PlacedAfter.UTC()))
	}
	if f.PlacedBefore != nil {
		where = append(where, order.PlacedAtLT(f.PlacedBefore.UTC()))
	}
	slice, err := store.List(ctx, p, Newest, func(ctx context.Context, by func(*sql.Selector), limit int) ([]*ent.Order, error) {
		q := s.store.Client(ctx).Order.Query().Where(where...).Where(by).Limit(limit)
		with(q)
		return q.All(ctx)
	}, Key)
	if err != nil {
		return nil, err
	}
	return &Page{slice, func(ctx context.Context) (int, error) {
		return s.store.Client(ctx).Order.Query().Where(where...).Count(ctx)
	}}, nil
}

// Get finds one order by id or by number.
//
// Requires: a role that reads orders. Errors: NOT_FOUND, INVALID_INPUT unless exactly one is given.
func (s *Service) Get(ctx context.Context, id, number *string, with func(*ent.OrderQuery)) (*ent.Order, error) {
	a, err := auth.Require(ctx, "order")
	if err != nil {
		return nil, err
	}
	q := s.store.Client(ctx).Order.Query()
	switch {
	case id != nil && number == nil:
		q = q.Where(order.ID(*id))
	case number != nil && id == nil:
		if a.MerchantID == "" {
			_, err := s.cases.Merchant(ctx)
			return nil, err
		}
		q = q.Where(order.MerchantID(a.MerchantID), order.Number(*number))
	default:
		return nil, problem.Invalid(problem.Text{EN: "give either id or number", ZH: "请给出 id 或 number 之一"}, "id")
	}
	with(q)
	o, err := q.Only(ctx)
	if ent.IsNotFound(err) {
		return nil, casework.NotFound("order", "订单", "id")
	}
	return o, err
}
