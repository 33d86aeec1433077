package store

import (
	"context"
	"strconv"
	"strings"
	"time"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

	"aftersales/ent"
	"aftersales/internal/auth"
	"aftersales/internal/lifecycle"
	"aftersales/internal/plan"
)

// The pages that are asked for all day, each in one statement: ent would send one for every edge and read every column. They
// bring the rows ent would, with fewer columns; what they leave out is zero. The guard does not see them: a Reach is part of
// every one. Limits are literals, because with a parameter PostgreSQL plans every time anew.

// Reach is what one caller may read by the statements of this file: a merchant's rows, or one customer's of them. Only Brief
// makes one.
type Reach struct{ merchant, customer string }

// Brief returns the caller's reach. ok is false where only the ordinary way will do: for the service itself, for who belongs
// to no merchant, and inside a transaction, whose writes these statements do not see.
func (s *Store) Brief(ctx context.Context) (r Reach, ok bool) {
	a, known := auth.From(ctx)
	if !known || a.Anonymous() || a.System || a.MerchantID == "" || InTransaction(ctx) {
		return r, false
	}
	r.merchant = a.MerchantID
	if a.Role == auth.Customer {
		r.customer = a.CustomerID
		return r, r.customer != ""
	}
	return r, true
}

// own is the condition that confines a customer to what is theirs, and its argument after those there are.
func (r Reach) own(args []any) (string, []any) {
	if r.customer == "" {
		return "", args
	}
	return " AND customer_id = $" + strconv.Itoa(len(args)+1), append(args, r.customer)
}

// briefText is the number of bytes a statement is expected to need.
const briefText = 1500

// BriefCases asks for the newest cases of one kind. Of a case come id, number, kind, status and opened_at.
type BriefCases struct {
	Kind   lifecycle.Kind
	Status lifecycle.Status // "" for any
	Limit  int
	// Order, Customer, Next and Items say what comes beside: the number, id and name, kind, state and due_at of the open deadline
	// that is due next, and the items with quantity and the order line's sku and title.
	Order, Customer, Next, Items bool
	// Rest adds what is seldom asked for: the case's version, the ids of order, deadline, items and order lines, and how many were
	// ordered.
	Rest bool
}

// Cases reads a page of cases, newest first, in one statement.
func (s *Store) Cases(ctx context.Context, reach Reach, b BriefCases) ([]*ent.ServiceCase, error) {
	limit := rounded(b.Limit)
	args := []any{reach.merchant, string(b.Kind)}
	var from, q strings.Builder
	q.Grow(briefText)
	columns := func(always, rest string) {
		q.WriteString(always)
		if b.Rest {
			q.WriteString(rest)
		}
	}
	// The items' columns come first: a row of a second item is read no further.
	q.WriteString("SELECT c.id")
	if b.Items {
		columns(", i.quantity, l.sku, l.title", ", i.id, l.id, l.quantity")
	}
	columns(", c.number, c.status, c.opened_at", ", c.version")
	from.WriteString(" FROM (SELECT id, merchant_id, number, status, version, opened_at, order_id, customer_id FROM service_cases WHERE merchant_id = $1 AND kind = $2")
	if b.Status != "" {
		from.WriteString(" AND status = $3")
		args = append(args, string(b.Status))
	}
	own, args := reach.own(args)
	from.WriteString(own + " ORDER BY opened_at DESC, id DESC LIMIT " + strconv.Itoa(limit) + ") AS c")
	if b.Order {
		columns(", o.number", ", o.id")
		from.WriteString(" JOIN orders AS o ON o.merchant_id = c.merchant_id AND o.id = c.order_id")
	}
	if b.Customer {
		columns(", u.id, u.name", "")
		from.WriteString(" JOIN customers AS u ON u.merchant_id = c.merchant_id AND u.id = c.customer_id")
	}
	if b.Next {
		columns(", d.kind, d.state, d.due_at", ", d.id")
		next := "FROM deadlines AS n WHERE n.merchant_id = c.merchant_id AND n.case_id = c.id AND n.open ORDER BY n.due_at NULLS LAST, CASE WHEN n.due_at IS NULL THEN n.promised_due_at END, n.id LIMIT 1)"
		if s.dialect == dialect.Postgres {
			from.WriteString(" LEFT JOIN LATERAL (SELECT n.* " + next + " AS d ON true")
		} else {
			from.WriteString(" LEFT JOIN deadlines AS d ON d.id = (SELECT n.id " + next)
		}
	}
	if b.Items {
		from.WriteString(" LEFT JOIN return_items AS i ON i.merchant_id = c.merchant_id AND i.case_id = c.id" +
			" LEFT JOIN order_lines AS l ON l.merchant_id = i.merchant_id AND l.id = i.order_line_id")
	}
	q.WriteString(from.String())
	q.WriteString(" ORDER BY c.opened_at DESC, c.id DESC")
	if b.Items {
		q.WriteString(", i.position")
	}
	var cases []*ent.ServiceCase
	err := s.brief(ctx, q.String(), args, func(r *row) {
		id := r.text()
		first := len(cases) == 0 || cases[len(cases)-1].ID != id
		if first {
			cases = append(cases, &ent.ServiceCase{ID: id, MerchantID: reach.merchant, Kind: b.Kind})
		}
		c := cases[len(cases)-1]
		if b.Items {
			b.item(c, r)
		}
		if first {
			b.others(c, r)
		}
	})
	return cases[:min(len(cases), b.Limit)], err
}

// item adds a row's item to its case, which may have none.
func (b BriefCases) item(c *ent.ServiceCase, r *row) {
	item := &ent.ReturnItem{MerchantID: c.MerchantID, CaseID: c.ID, Position: len(c.Edges.Items), Quantity: r.int()}
	line := &ent.OrderLine{MerchantID: c.MerchantID, Sku: r.text(), Title: r.text()}
	if b.Rest {
		item.ID, line.ID, line.Quantity = r.text(), r.text(), r.int()
	}
	if item.Quantity > 0 {
		item.Edges.OrderLine = line
		c.Edges.Items = append(c.Edges.Items, item)
	}
}

// others reads what follows the item in the first row of a case.
func (b BriefCases) others(c *ent.ServiceCase, r *row) {
	c.Number, c.Status, c.OpenedAt = r.text(), lifecycle.Status(r.text()), r.time()
	if b.Rest {
		c.Version = r.int()
	}
	if b.Order {
		c.Edges.Order = &ent.Order{MerchantID: c.MerchantID, Number: r.text()}
		if b.Rest {
			c.Edges.Order.ID = r.text()
		}
	}
	if b.Customer {
		c.Edges.Customer = &ent.Customer{ID: r.text(), MerchantID: c.MerchantID, Name: r.text()}
	}
	if b.Next {
		next := &ent.Deadline{MerchantID: c.MerchantID, CaseID: c.ID, Open: true, Kind: plan.DeadlineKind(r.text()), State: plan.DeadlineState(r.text()), DueAt: r.maybe()}
		if b.Rest {
			next.ID = r.text()
		}
		if next.Kind != "" {
			c.Edges.Deadlines = []*ent.Deadline{next}
		}
	}
}

// rounded makes a limit one of a few, so that few statements are prepared.
func rounded(limit int) int {
	for _, step := range []int{21, 51} {
		if limit <= step {
			return step
		}
	}
	return max(limit, MaxPage+1)
}

// OpenDeadlines reads the first of a merchant's open deadlines by due instant, paused ones last, in one statement: id, kind,
// state and due_at, with the case's id, number, kind, status and version and its customer's id and name. It is for staff: a customer has no queue.
func (s *Store) OpenDeadlines(ctx context.Context, reach Reach, limit int) ([]*ent.Deadline, error) {
	if reach.customer != "" {
		return nil, errForeign
	}
	q := "SELECT d.id, d.kind, d.state, d.due_at, c.id, c.number, c.kind, c.status, c.version, u.id, u.name" +
		" FROM (SELECT id, merchant_id, case_id, kind, state, due_at FROM deadlines WHERE merchant_id = $1 AND open ORDER BY due_at NULLS LAST, id LIMIT " +
		strconv.Itoa(rounded(limit)) + ") AS d" +
		" JOIN service_cases AS c ON c.merchant_id = d.merchant_id AND c.id = d.case_id" +
		" JOIN customers AS u ON u.merchant_id = c.merchant_id AND u.id = c.customer_id" +
		" ORDER BY d.due_at NULLS LAST, d.id"
	var out []*ent.Deadline
	err := s.brief(ctx, q, []any{reach.merchant}, func(r *row) {
		d := &ent.Deadline{ID: r.text(), MerchantID: reach.merchant, Open: true, Kind: plan.DeadlineKind(r.text()), State: plan.DeadlineState(r.text()), DueAt: r.maybe()}
		c := &ent.ServiceCase{ID: r.text(), MerchantID: reach.merchant, Number: r.text(), Kind: lifecycle.Kind(r.text()), Status: lifecycle.Status(r.text()), Version: r.int()}
		c.Edges.Customer = &ent.Customer{ID: r.text(), MerchantID: reach.merchant, Name: r.text()}
		d.CaseID, d.Edges.Case = c.ID, c
		out = append(out, d)
	})
	return out[:min(len(out), limit)], err
}

// TrackedCase reads one case, and beside it, if asked for, its whole timeline and all its deadlines, in one statement: id,
// number, kind, status, version, opened_at and closed_at; of events id, type and at; of deadlines id, kind, state, open,
// started_at, promised_due_at, due_at, met_at and breached_at. It returns nil for a case that is not there, or not within reach.
func (s *Store) TrackedCase(ctx context.Context, reach Reach, id string, beside bool) (*ent.ServiceCase, error) {
	own, args := reach.own([]any{reach.merchant, id})
	// The rows beside the case are its own, so that without it they are nobody's. The first row gives the columns their types.
	q := "SELECT 0, id, number, kind, status, version, opened_at, closed_at, opened_at, opened_at, opened_at FROM service_cases WHERE merchant_id = $1 AND id = $2" + own
	if beside {
		q += " UNION ALL SELECT 1, id, type, '', '', 0, at, NULL, NULL, NULL, NULL FROM case_events WHERE merchant_id = $1 AND case_id = $2" +
			" UNION ALL SELECT 2, id, kind, state, '', CASE WHEN open THEN 1 ELSE 0 END, started_at, due_at, promised_due_at, met_at, breached_at FROM deadlines WHERE merchant_id = $1 AND case_id = $2"
	}
	var found *ent.ServiceCase
	var events []*ent.CaseEvent
	var deadlines []*ent.Deadline
	err := s.brief(ctx, q, args, func(r *row) {
		switch r.int() {
		case 0:
			found = &ent.ServiceCase{ID: r.text(), MerchantID: reach.merchant, Number: r.text(), Kind: lifecycle.Kind(r.text()), Status: lifecycle.Status(r.text()),
				Version: r.int(), OpenedAt: r.time(), ClosedAt: r.maybe()}
		case 1:
			e := &ent.CaseEvent{ID: r.text(), MerchantID: reach.merchant, CaseID: id, Type: lifecycle.Event(r.text())}
			r.skip(3)
			e.At = r.time()
			events = append(events, e)
		case 2:
			d := &ent.Deadline{ID: r.text(), MerchantID: reach.merchant, CaseID: id, Kind: plan.DeadlineKind(r.text()), State: plan.DeadlineState(r.text())}
			r.skip(1)
			d.Open, d.StartedAt, d.DueAt, d.PromisedDueAt, d.MetAt, d.BreachedAt = r.int() == 1, r.time(), r.maybe(), r.time(), r.maybe(), r.maybe()
			deadlines = append(deadlines, d)
		}
	})
	if err != nil || found == nil {
		return nil, err
	}
	found.Edges.Events, found.Edges.Deadlines = events, deadlines
	return found, nil
}

// brief runs a statement and shows its rows one by one.
func (s *Store) brief(ctx context.Context, query string, args []any, each func(*row)) error {
	var rows sql.Rows
	if err := s.drv.Query(ctx, query, args, &rows); err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	r := row{values: make([]any, len(columns)), to: make([]any, len(columns))}
	for i := range r.values {
		r.to[i] = &r.values[i]
	}
	for rows.Next() {
		if err := rows.Scan(r.to...); err != nil {
			return err
		}
		r.at = 0
		each(&r)
	}
	return rows.Err()
}

// row hands out the values of a row from left to right; a null is zero.
type row struct {
	values, to []any
	at         int
}

func (r *row) next() any {
	v := r.values[r.at]
	r.at++
	return v
}

func (r *row) skip(n int) { r.at += n }

func (r *row) text() string {
	switch v := r.next().(type) {
	case string:
		return v
	case []byte:
		return string(v)
	}
	return ""
}

func (r *row) int() int {
	n, _ := r.next().(int64)
	return int(n)
}

func (r *row) time() time.Time {
	t, _ := r.next().(time.Time)
	return t
}

func (r *row) maybe() *time.Time {
	if t, ok := r.next().(time.Time); ok {
		return &t
	}
	return nil
}
