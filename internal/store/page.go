package store

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"entgo.io/ent/dialect/sql"

	"aftersales/internal/problem"
)

// Page is a request for a piece of a list, by Relay's cursor rules.
type Page struct {
	First, Last   *int
	After, Before *string
}

// Start reports whether the page is the first one, read forwards.
func (p Page) Start() bool { return p.Last == nil && p.After == nil && p.Before == nil }

// Page sizes, in rows.
const (
	DefaultPage = 20
	MaxPage     = 100
)

// Order is a total order of a list: by an instant, then by id. Rows without the instant come last.
type Order struct {
	Column   string
	Desc     bool
	Nullable bool
}

// Key is a row's place in an Order.
type Key struct {
	At *time.Time `json:"t,omitempty"`
	ID string     `json:"i"`
}

// Cursor makes the opaque text of a key.
func (k Key) Cursor() string {
	raw := make([]byte, 0, 128)
	raw = append(raw, '{')
	if k.At != nil {
		raw = append(raw, `"t":"`...)
		raw = k.At.AppendFormat(raw, time.RFC3339Nano)
		raw = append(raw, `",`...)
	}
	raw = append(raw, `"i":"`...)
	raw = append(raw, k.ID...) // an id needs no escapes
	raw = append(raw, `"}`...)
	return base64.RawURLEncoding.EncodeToString(raw)
}

func parseCursor(s, field string) (*Key, error) {
	raw, err := base64.RawURLEncoding.DecodeString(s)
	var k Key
	if err == nil {
		err = json.Unmarshal(raw, &k)
	}
	if err != nil || k.ID == "" || strings.ContainsFunc(k.ID, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return nil, problem.Invalid(problem.Text{EN: "not a cursor of this list", ZH: "不是该列表的游标"}, field)
	}
	return &k, nil
}

// Slice is a piece of a list.
type Slice[T any] struct {
	Nodes            []T
	HasNext, HasPrev bool
}

// List reads one page. read gets a modifier that confines and orders the query, and how many rows to read; key tells a
// row's place. Errors: INVALID_INPUT at first, last, after or before.
func List[T any](ctx context.Context, p Page, o Order, read func(ctx context.Context, where func(*sql.Selector), limit int) ([]T, error), key func(T) Key) (Slice[T], error) {
	var none Slice[T]
	limit, backward, err := p.size()
	if err != nil {
		return none, err
	}
	var after, before *Key
	if p.After != nil {
		if after, err = parseCursor(*p.After, "after"); err != nil {
			return none, err
		}
	}
	if p.Before != nil {
		if before, err = parseCursor(*p.Before, "before"); err != nil {
			return none, err
		}
	}
	rows, err := read(ctx, func(s *sql.Selector) {
		if after != nil {
			s.Where(o.beyond(s, *after, false))
		}
		if before != nil {
			s.Where(o.beyond(s, *before, true))
		}
		o.apply(s, backward)
	}, limit+1)
	if err != nil {
		return none, err
	}
	more := len(rows) > limit
	if more {
		rows = rows[:limit]
	}
	out := Slice[T]{Nodes: rows, HasNext: more, HasPrev: after != nil}
	if backward {
		slices.Reverse(out.Nodes)
		out.HasNext, out.HasPrev = before != nil, more
	}
	return out, nil
}

func (p Page) size() (limit int, backward bool, err error) {
	switch {
	case p.First != nil && p.Last != nil:
		return 0, false, problem.Invalid(problem.Text{EN: "use first or last, not both", ZH: "first 与 last 不能同时使用"}, "last")
	case p.Last != nil:
		limit, backward = *p.Last, true
	case p.First != nil:
		limit = *p.First
	default:
		limit = DefaultPage
	}
	if limit < 1 || limit > MaxPage {
		field := "first"
		if backward {
			field = "last"
		}
		return 0, false, problem.Invalid(problem.Textf("must be from 1 to %d", "须为 1 至 %d", MaxPage), field)
	}
	return limit, backward, nil
}

func (o Order) apply(s *sql.Selector, backward bool) {
	dir := sql.Asc
	if o.Desc != backward {
		dir = sql.Desc
	}
	if !o.Nullable {
		s.OrderBy(dir(s.C(o.Column)), dir(s.C("id")))
		return
	}
	// Rows without the instant come last on both engines, first when read backwards. Said so, and not by a column of its own
	// (IS NULL), the order is that of an index.
	nulls := " NULLS LAST"
	if backward {
		nulls = " NULLS FIRST"
	}
	s.OrderExpr(sql.Expr(dir(s.C(o.Column))+nulls), sql.Expr(dir(s.C("id"))))
}

// beyond is the rows after (or before) a key in the order.
func (o Order) beyond(s *sql.Selector, k Key, before bool) *sql.Predicate {
	column, id := s.C(o.Column), s.C("id")
	cmp := sql.GT
	if o.Desc != before {
		cmp = sql.LT
	}
	if k.At == nil {
		tail := sql.And(sql.IsNull(column), cmp(id, k.ID))
		if before {
			return sql.Or(sql.NotNull(column), tail)
		}
		return tail
	}
	at := k.At.UTC()
	beyond := sql.Or(cmp(column, at), sql.And(sql.EQ(column, at), cmp(id, k.ID)))
	if o.Nullable && !before {
		return sql.Or(beyond, sql.IsNull(column))
	}
	return beyond
}

// Cut takes a page out of a list that is in memory already, in its own order; id tells a row's id, as cursors carry it.
// Errors: as List.
func Cut[T any](p Page, all []T, id func(T) string) (Slice[T], error) {
	limit, backward, err := p.size()
	if err != nil {
		return Slice[T]{}, err
	}
	from, to := 0, len(all)
	place := func(cursor, field string) (int, error) {
		k, err := parseCursor(cursor, field)
		if err != nil {
			return 0, err
		}
		i := slices.IndexFunc(all, func(row T) bool { return id(row) == k.ID })
		if i < 0 {
			return 0, problem.Invalid(problem.Text{EN: "not a cursor of this list", ZH: "不是该列表的游标"}, field)
		}
		return i, nil
	}
	if p.After != nil {
		i, err := place(*p.After, "after")
		if err != nil {
			return Slice[T]{}, err
		}
		from = i + 1
	}
	if p.Before != nil {
		if to, err = place(*p.Before, "before"); err != nil {
			return Slice[T]{}, err
		}
	}
	to = max(from, to)
	out := Slice[T]{HasPrev: from > 0, HasNext: to < len(all)}
	if to-from > limit {
		if backward {
			from = to - limit
			out.HasPrev = true
		} else {
			to = from + limit
			out.HasNext = true
		}
	}
	out.Nodes = slices.Clone(all[from:to])
	return out, nil
}
