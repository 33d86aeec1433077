package store

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql/sqlgraph"

	"aftersales/ent"
	"aftersales/internal/store/reuse"
)

// Rows that a transaction on PostgreSQL creates wait until it reads, updates, deletes or commits; then they go out as one
// statement. An act writes events, deadlines and details one after the other, and each statement of its own would wake both
// sides up once more. Nobody inside the transaction can tell the difference, except that a refused row is reported by what comes
// next; PostgreSQL lets no transaction go on after that anyway.

// maxWaiting bounds the text that waits, in bytes, so that the statement, longer by its numbers, is as a rule still one that is
// prepared.
const maxWaiting = reuse.MaxText - 1500

// gathering is a driver whose transactions gather the rows they create.
type gathering struct{ dialect.Driver }

func (d gathering) Tx(ctx context.Context) (dialect.Tx, error) {
	tx, err := d.Driver.Tx(ctx)
	if err != nil {
		return nil, err
	}
	return &gatheringTx{Tx: tx}, nil
}

// gatheringTx is one of its transactions. The rows that wait are inserts as ent wrote them, one after the other.
type gatheringTx struct {
	dialect.Tx
	ctx   context.Context // of the last row: a commit has none
	texts []string
	args  []any
	size  int
	err   error // of rows that could not be created: nothing comes after it
}

// Exec runs a statement, or lets it wait.
func (t *gatheringTx) Exec(ctx context.Context, query string, args, v any) error {
	values, ok := args.([]any)
	if v != nil || !ok || !strings.HasPrefix(query, "INSERT INTO ") || len(query) > maxWaiting {
		if err := t.send(ctx); err != nil {
			return err
		}
		return t.Tx.Exec(ctx, query, args, v)
	}
	if t.size+len(query) > maxWaiting {
		if err := t.send(ctx); err != nil {
			return err
		}
	}
	t.ctx, t.size = ctx, t.size+len(query)
	t.texts, t.args = append(t.texts, renumbered(query, len(t.args))), append(t.args, values...)
	return nil
}

// Query sends what waits, then reads.
func (t *gatheringTx) Query(ctx context.Context, query string, args, v any) error {
	if err := t.send(ctx); err != nil {
		return err
	}
	return t.Tx.Query(ctx, query, args, v)
}

// ExecContext runs a statement that ent did not write.
func (t *gatheringTx) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if err := t.send(ctx); err != nil {
		return nil, err
	}
	var res sql.Result
	err := t.Tx.Exec(ctx, query, args, &res)
	return res, err
}

// Commit sends what waits, then commits.
func (t *gatheringTx) Commit() error {
	if err := t.send(t.ctx); err != nil {
		return err
	}
	return t.Tx.Commit()
}

// send writes the rows that wait. Foreign keys are looked at when the whole statement is done, so rows may refer to each other.
func (t *gatheringTx) send(ctx context.Context) error {
	if t.err != nil || len(t.texts) == 0 {
		return t.err
	}
	rows, args, text := len(t.texts), t.args, together(t.texts, t.size)
	t.texts, t.args, t.size = nil, nil, 0
	if err := t.Tx.Exec(ctx, text, args, nil); err != nil {
		t.err = fmt.Errorf("create %d rows: %w", rows, err)
	}
	return t.err
}

// together is one statement of several inserts.
func together(texts []string, size int) string {
	last := len(texts) - 1
	if last == 0 {
		return texts[0]
	}
	var b strings.Builder
	b.Grow(size + 20*len(texts))
	sep := "WITH w"
	for i, q := range texts[:last] {
		b.WriteString(sep)
		b.WriteString(strconv.Itoa(i))
		b.WriteString(" AS (")
		b.WriteString(q)
		b.WriteString(")")
		sep = ", w"
	}
	b.WriteString(" ")
	b.WriteString(texts[last])
	return b.String()
}

// renumbered moves the parameters of an insert, $1 and on, behind n others. Its text holds names and parameters, no values.
func renumbered(query string, n int) string {
	if n == 0 {
		return query
	}
	var b strings.Builder
	b.Grow(len(query) + 100)
	for {
		before, rest, found := strings.Cut(query, "$")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		digits := 0
		for digits < len(rest) && '0' <= rest[digits] && rest[digits] <= '9' {
			digits++
		}
		number, _ := strconv.Atoi(rest[:digits])
		b.WriteString("$")
		b.WriteString(strconv.Itoa(number + n))
		query = rest[digits:]
	}
}

// IsConstraint reports whether a write broke a rule of the database, such as a name that is taken.
func IsConstraint(err error) bool {
	return ent.IsConstraintError(err) || sqlgraph.IsConstraintError(err)
}
