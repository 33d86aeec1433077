package orders

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"entgo.io/ent/dialect"

	"aftersales/ent"
	"aftersales/ent/customer"
	"aftersales/ent/order"
	"aftersales/ent/orderline"
	"aftersales/internal/casework"
	"aftersales/internal/clock"
	"aftersales/internal/money"
	"aftersales/internal/problem"
)

// change is one order of a batch that says something new.
type change struct {
	at    int // its position in the batch
	in    *Input
	hash  string
	price pricing
	// old is the order as it is known, with its lines; nil for a new one. Lines pairs the input's lines with them.
	old   *ent.Order
	lines []*ent.OrderLine
	// tenders are how it was paid, as told or as known.
	tenders []money.Tender
}

// batch is one import inside its transaction: a fixed number of statements for what is new or unchanged, a few more for
// each order that changes. What can be refused is refused before anything is written, so that a refused order leaves
// nothing behind, its customer included.
func (s *Service) batch(ctx context.Context, m *ent.Merchant, in []Input) ([]Outcome, error) {
	out, merchantID := make([]Outcome, len(in)), m.ID
	changes, err := s.changes(ctx, m, in, out)
	if err != nil || len(changes) == 0 {
		return out, err
	}
	// Two imports of the same orders at once then wait for one another instead of running into a deadlock.
	slices.SortFunc(changes, func(a, b *change) int { return strings.Compare(a.in.Number, b.in.Number) })
	customers, err := s.writeCustomers(ctx, merchantID, changes)
	if err != nil {
		return nil, err
	}
	client := s.store.Client(ctx)
	var newOrders []*ent.OrderCreate
	var newLines []*ent.OrderLineCreate
	for _, c := range changes {
		customerID := customers[c.in.Customer.ExternalID]
		if c.old != nil {
			if err := update(ctx, client, merchantID, customerID, c); err != nil {
				return nil, err
			}
			out[c.at] = Outcome{Result: Updated, ID: c.old.ID}
			continue
		}
		create := newOrder(client, merchantID, customerID, c)
		id, _ := create.Mutation().ID()
		newOrders = append(newOrders, create)
		for i := range c.in.Lines {
			newLines = append(newLines, newLine(client, merchantID, id, i, &c.in.Lines[i], c.price.lines[i]))
		}
		out[c.at] = Outcome{Result: Created, ID: id}
	}
	for rows := range slices.Chunk(newOrders, rowsAStatement) {
		if err := client.Order.CreateBulk(rows...).Exec(ctx); err != nil {
			return nil, err
		}
	}
	for rows := range slices.Chunk(newLines, rowsAStatement) {
		if err := client.OrderLine.CreateBulk(rows...).Exec(ctx); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// rowsAStatement is how many rows one INSERT carries. The SQLite driver looks for each parameter among all of them, so that
// its cost grows with the square of a statement's length: batches of 1000 rows took several times as long.
const rowsAStatement = 25

// changes finds what a batch has to write, and fills in the outcomes of what it has not: refused and unchanged orders.
func (s *Service) changes(ctx context.Context, m *ent.Merchant, in []Input, out []Outcome) ([]*change, error) {
	seen := make(map[string]bool, len(in))
	var numbers []string
	for i := range in {
		if err := in[i].check().Err(); err != nil {
			out[i] = refused(err)
			continue
		}
		if seen[in[i].Number] {
			out[i] = refused(problem.Invalid(problem.Textf("order %s stands twice in this call", "订单 %s 在本次请求中重复", in[i].Number), "number"))
			continue
		}
		seen[in[i].Number] = true
		numbers = append(numbers, in[i].Number)
	}
	known, err := s.known(ctx, m.ID, numbers)
	if err != nil {
		return nil, err
	}
	var all []*change
	var old []string
	for i := range in {
		if out[i].Result == Refused {
			continue
		}
		c := &change{at: i, in: &in[i], hash: in[i].hash(), old: known[in[i].Number]}
		if c.old != nil {
			if c.old.InputHash == c.hash {
				out[i] = Outcome{Result: Unchanged, ID: c.old.ID}
				continue
			}
			old = append(old, c.old.ID)
		}
		all = append(all, c)
	}
	lines, err := s.linesOf(ctx, m.ID, old)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(c *change) bool {
		c.price = c.in.price()
		err := matchTenders(c)
		switch {
		case c.old == nil && m.Status == casework.MerchantClosed:
			err = problem.New(problem.NotEligible, problem.Text{EN: "the merchant is CLOSED and sells nothing new", ZH: "商家已关闭，不再接受新订单"})
		case err == nil && c.old != nil:
			if c.lines, err = match(c.old, sold(lines[c.old.ID]), c.in); err == nil {
				err = keepsPromises(c)
			}
		}
		if err != nil {
			out[c.at] = refused(err)
		}
		return err != nil
	}), nil
}

func refused(err error) Outcome { return Outcome{Result: Refused, Err: err} }

// known finds the orders that are there already, under their row locks, always taken in one order.
func (s *Service) known(ctx context.Context, merchantID string, numbers []string) (map[string]*ent.Order, error) {
	q := s.store.Client(ctx).Order.Query().Where(order.MerchantID(merchantID), order.NumberIn(numbers...)).Order(order.ByID())
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

// linesOf reads the lines that the merchant's system told of; replacements sent from here are not its to know.
func (s *Service) linesOf(ctx context.Context, merchantID string, orderIDs []string) (map[string][]*ent.OrderLine, error) {
	out := map[string][]*ent.OrderLine{}
	if len(orderIDs) == 0 {
		return out, nil
	}
	rows, err := s.store.Client(ctx).OrderLine.Query().Where(orderline.MerchantID(merchantID), orderline.OrderIDIn(orderIDs...), orderline.ReplacesItemIDIsNil()).
		Order(orderline.ByPosition(), orderline.ByID()).All(ctx)
	if err != nil {
		return nil, err
	}
	for _, l := range rows {
		out[l.OrderID] = append(out[l.OrderID], l)
	}
	return out, nil
}

// writeCustomers adds the buyers who are new and brings the others up to date, and returns their ids by external id.
// Where several orders tell of one buyer the last one in the batch counts.
func (s *Service) writeCustomers(ctx context.Context, merchantID string, changes []*change) (map[string]string, error) {
	client := s.store.Client(ctx)
	told := map[string]*change{}
	for _, c := range changes {
		if before := told[c.in.Customer.ExternalID]; before == nil || before.at < c.at {
			told[c.in.Customer.ExternalID] = c
		}
	}
	externalIDs := slices.Sorted(maps.Keys(told))
	rows, err := client.Customer.Query().Where(customer.MerchantID(merchantID), customer.ExternalIDIn(externalIDs...)).All(ctx)
	if err != nil {
		return nil, err
	}
	known := make(map[string]*ent.Customer, len(rows))
	for _, row := range rows {
		known[row.ExternalID] = row
	}
	ids := make(map[string]string, len(told))
	var fresh []*ent.CustomerCreate
	for _, externalID := range externalIDs {
		in, old := told[externalID].in.Customer, known[externalID]
		if old == nil {
			create := newCustomer(client, merchantID, in)
			ids[externalID], _ = create.Mutation().ID()
			fresh = append(fresh, create)
			continue
		}
		ids[externalID] = old.ID
		if err := updateCustomer(ctx, client, old, in); err != nil {
			return nil, err
		}
	}
	for rows := range slices.Chunk(fresh, rowsAStatement) {
		if err := client.Customer.CreateBulk(rows...).Exec(ctx); err != nil {
			return nil, err
		}
	}
	return ids, nil
}

// hash recognises an input that says nothing new: the same instants in another zone are the same.
func (in *Input) hash() string {
	same := *in
	same.PlacedAt, same.PaidAt, same.CancelledAt = clock.Micros(in.PlacedAt), nullMicros(in.PaidAt), nullMicros(in.CancelledAt)
	same.Lines = slices.Clone(in.Lines)
	for i := range same.Lines {
		l := &same.Lines[i]
		l.FulfilledAt, l.DeliveredAt = nullMicros(l.FulfilledAt), nullMicros(l.DeliveredAt)
	}
	raw, err := json.Marshal(same)
	if err != nil {
		panic(err) // plain data always marshals
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}
