// Package orders takes in what merchants sold: orders with their lines and customers, one by one or in bulk, always
// recognised by the order's number, so that the same import again changes nothing. It also answers reads of orders.
package orders

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

	"aftersales/ent"
	"aftersales/ent/customer"
	"aftersales/ent/order"
	"aftersales/ent/orderline"
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
// Requires: INTEGRATION, MERCHANT_ADMIN or PLATFORM_ADMIN. Errors: INVALID_INPUT naming the field.
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

func (s *Service) write(ctx context.Context, operation string, in []Input) ([]Outcome, error) {
	if _, err := auth.Require(ctx, operation); err != nil {
		return nil, err
	}
	if len(in) > MaxBatch {
		return nil, &problem.Problem{Code: problem.LimitExceeded, Field: []string{"orders"},
			Message: problem.Textf("at most %d orders a call", "每次最多 %d 个订单", MaxBatch), Params: []problem.Param{{Name: "maximum", Value: fmt.Sprint(MaxBatch)}}}
	}
	m, err := s.cases.Merchant(ctx)
	if err != nil {
		return nil, err
	}
	var out []Outcome
	for try := 0; ; try++ {
		err = s.store.InTx(ctx, func(ctx context.Context) error {
			out, err = s.batch(ctx, m, in)
			return err
		})
		// Another import of the same order or customer at the same moment: look again, now it is there.
		if !ent.IsConstraintError(err) || try == 3 {
			return out, err
		}
	}
}

// batch is one import inside its transaction: a fixed number of statements for what is new or unchanged, a few more for
// each order that changes.
func (s *Service) batch(ctx context.Context, m *ent.Merchant, in []Input) ([]Outcome, error) {
	client := s.store.Client(ctx)
	out := make([]Outcome, len(in))
	seen := map[string]int{}
	var numbers, externalIDs []string
	for i := range in {
		if first, twice := seen[in[i].Number]; twice {
			out[i] = refused(problem.Invalid(problem.Textf("order %s is already at position %d of this call", "订单 %s 在本次请求的第 %d 位已出现", in[i].Number, first), "number"))
			continue
		}
		if err := in[i].check().Err(); err != nil {
			out[i] = refused(err)
			continue
		}
		seen[in[i].Number] = i
		numbers = append(numbers, in[i].Number)
		externalIDs = append(externalIDs, in[i].Customer.ExternalID)
	}
	existing, err := s.existing(ctx, m.ID, numbers)
	if err != nil {
		return nil, err
	}
	customers, err := s.customers(ctx, m.ID, externalIDs)
	if err != nil {
		return nil, err
	}
	var newCustomers []*ent.CustomerCreate
	unwritten := map[string]*ent.CustomerCreate{} // of newCustomers, by external id
	var newOrders []*ent.OrderCreate
	var newLines []*ent.OrderLineCreate
	for i := range in {
		if out[i].Result == Refused {
			continue
		}
		o := &in[i]
		hash := o.hash()
		old := existing[o.Number]
		if old != nil && old.InputHash == hash {
			out[i] = Outcome{Result: Unchanged, ID: old.ID}
			continue
		}
		priced := o.price()
		cus, known := customers[o.Customer.ExternalID]
		if !known {
			create := newCustomer(client, m.ID, o.Customer)
			id, _ := create.Mutation().ID()
			cus = &ent.Customer{ID: id}
			customers[o.Customer.ExternalID] = cus
			newCustomers = append(newCustomers, create)
			unwritten[o.Customer.ExternalID] = create
		} else if create, waits := unwritten[o.Customer.ExternalID]; waits {
			describe(create, o.Customer) // the later order knows better, as it would in a call of its own
		} else if err := updateCustomer(ctx, client, cus, o.Customer); err != nil {
			return nil, err
		}
		if old != nil {
			// A customer who is new with a changed order must exist before the order points at them.
			if len(newCustomers) > 0 {
				if err := client.Customer.CreateBulk(newCustomers...).Exec(ctx); err != nil {
					return nil, err
				}
				newCustomers = nil
				clear(unwritten)
			}
			out[i], err = s.update(ctx, client, m.ID, old, o, priced, cus.ID, hash)
			if err != nil {
				return nil, err
			}
			continue
		}
		create := newOrder(client, m.ID, o, priced, cus.ID, hash)
		id, _ := create.Mutation().ID()
		newOrders = append(newOrders, create)
		for j := range o.Lines {
			newLines = append(newLines, newLine(client, m.ID, id, j, &o.Lines[j], priced.lines[j]))
		}
		out[i] = Outcome{Result: Created, ID: id}
	}
	if err := client.Customer.CreateBulk(newCustomers...).Exec(ctx); err != nil {
		return nil, err
	}
	if err := client.Order.CreateBulk(newOrders...).Exec(ctx); err != nil {
		return nil, err
	}
	const chunk = 1000 // rows a statement, below both engines' limit of parameters
	for len(newLines) > 0 {
		n := min(chunk, len(newLines))
		if err := client.OrderLine.CreateBulk(newLines[:n]...).Exec(ctx); err != nil {
			return nil, err
		}
		newLines = newLines[n:]
	}
	return out, nil
}

func refused(err error) Outcome { return Outcome{Result: Refused, Err: err} }

func (s *Service) existing(ctx context.Context, merchantID string, numbers []string) (map[string]*ent.Order, error) {
	q := s.store.Client(ctx).Order.Query().Where(order.MerchantID(merchantID), order.NumberIn(numbers...)).
		WithLines(func(q *ent.OrderLineQuery) { q.Order(orderline.ByPosition()) })
	if s.store.Dialect() == dialect.Postgres {
		q = q.ForUpdate(asCounter)
	}
	rows, err := q.All(ctx)
	if err != nil {
		return nil, err
	}
	out := make(map[string]*ent.Order, len(rows))
	for _, o := range rows {
		out[o.Number] = o
	}
	return out, nil
}

func (s *Service) customers(ctx context.Context, merchantID string, externalIDs []string) (map[string]*ent.Customer, error) {
	rows, err := s.store.Client(ctx).Customer.Query().Where(customer.MerchantID(merchantID), customer.ExternalIDIn(externalIDs...)).All(ctx)
	if err != nil {
		return nil, err
	}
	out := make(map[string]*ent.Customer, len(rows))
	for _, c := range rows {
		out[c.ExternalID] = c
	}
	return out, nil
}

// hash recognises an input that says nothing new.
func (in *Input) hash() string {
	raw, err := json.Marshal(in)
	if err != nil {
		panic(err) // plain data always marshals
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
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
