package shopify

import (
	"context"
	"errors"
	"fmt"
	"io"

	"aftersales/internal/lang"
	"aftersales/internal/orders"
)

const (
	defaultBatch  = 500
	maxBatchRows  = 10_000
	maxBatchBytes = 8 << 20
)

// Importer takes a whole export: orders go to Write in batches, what is refused goes to a file that can be mended and
// imported again.
type Importer struct {
	// Write writes a batch and says of each order, in the same order, what became of it. An error stops the import; a
	// batch is written whole or not at all, and writing an order again changes nothing.
	Write func(ctx context.Context, batch []orders.Input) ([]Outcome, error)
	// BatchSize is the most orders a batch holds, 500 when 0; orders of very many rows make smaller batches.
	BatchSize int
	// Progress, when set, is told the sums after each batch and at the end.
	Progress func(Summary)
	// Lang is the language of reasons; English when empty.
	Lang lang.Lang
}

// Results of writing an order.
const (
	Created   = "created"
	Updated   = "updated"
	Unchanged = "unchanged"
)

// Outcome is what became of one order: a Result, or the Reasons why it was refused.
type Outcome struct {
	Result  string
	Reasons []string
}

// Summary counts rows of data and orders. Orders = Created + Updated + Unchanged + Refused. Rows that belong to no whole
// order (of a Name that had been before, of broken CSV) count as one refused order where they stand together.
type Summary struct {
	Rows, Orders, Created, Updated, Unchanged, Refused int
}

// Run imports the file in. What is refused is written to refused as CSV: the columns line, column and reason, then those
// of in; nothing is written when nothing is refused.
//
// An unusable header is an INVALID_INPUT *problem.Problem. When Run stops early (ctx ends, reading or writing fails) the
// error says so, the Summary counts what was taken until then, and the file can be imported again as it is.
func (im *Importer) Run(ctx context.Context, in io.Reader, refused io.Writer) (Summary, error) {
	r, err := NewReader(in)
	if err != nil {
		return Summary{}, err
	}
	r.Lang = im.Lang
	run := &importRun{Importer: im, limit: im.BatchSize, report: newReport(refused, r)}
	if run.limit <= 0 {
		run.limit = defaultBatch
	}
	err = run.all(ctx, r)
	if ended := run.report.flush(); err == nil {
		err = ended
	}
	if im.Progress != nil {
		im.Progress(run.sum)
	}
	if err != nil {
		taken := run.sum.Created + run.sum.Updated + run.sum.Unchanged
		return run.sum, fmt.Errorf("import stopped after %d orders were taken and %d refused: %w", taken, run.sum.Refused, err)
	}
	return run.sum, nil
}

// importRun is one Run. pending holds what was read and not yet settled, in the file's order, so that refused orders are
// reported in that order whether the reader or Write refused them.
type importRun struct {
	*Importer
	limit   int
	report  *report
	sum     Summary
	pending []pendingOrder
	batch   []orders.Input
	rows    int
	size    int
}

// pendingOrder is an order waiting for Write or, where refused is set, for its place in the report.
type pendingOrder struct {
	order   Order
	refused *RefusedError
}

func (run *importRun) all(ctx context.Context, r *Reader) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		o, err := r.Next()
		refused, isRefused := errors.AsType[*RefusedError](err)
		switch {
		case err == nil:
			run.pending = append(run.pending, pendingOrder{order: o})
			run.batch = append(run.batch, o.Input)
			run.rows += len(o.Rows)
			run.size += o.size
		case isRefused:
			run.pending = append(run.pending, pendingOrder{refused: refused})
			run.rows += len(refused.Rows)
			run.size += refused.size
		default:
			// What was read before the end, or before the damage, is good.
			if settled := run.settle(ctx); settled != nil {
				return settled
			}
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		if len(run.batch) >= run.limit || run.rows >= maxBatchRows || run.size >= maxBatchBytes {
			if err := run.settle(ctx); err != nil {
				return err
			}
			if run.Progress != nil {
				run.Progress(run.sum)
			}
		}
	}
}

// settle writes the batch, counts, and reports what was refused.
func (run *importRun) settle(ctx context.Context) error {
	var outcomes []Outcome
	if len(run.batch) > 0 {
		var err error
		if outcomes, err = run.Write(ctx, run.batch); err != nil {
			return err
		}
		if len(outcomes) != len(run.batch) {
			return fmt.Errorf("%d orders were written but %d outcomes told", len(run.batch), len(outcomes))
		}
	}
	for _, p := range run.pending {
		e := p.refused
		if e == nil {
			e = p.order.refusedFor(outcomes[0].Reasons)
			if e == nil {
				if err := run.sum.count(outcomes[0].Result, len(p.order.Rows)); err != nil {
					return err
				}
			}
			outcomes = outcomes[1:]
		}
		if e == nil {
			continue
		}
		run.sum.Rows += len(e.Rows)
		if !e.Continues {
			run.sum.Orders++
			run.sum.Refused++
		}
		if err := run.report.write(e); err != nil {
			return err
		}
	}
	clear(run.pending)
	run.pending, run.rows, run.size = run.pending[:0], 0, 0
	run.batch = make([]orders.Input, 0, cap(run.batch)) // Write may have kept the old one
	return nil
}

// refusedFor is the refusal of an order for the reasons Write gave; nil when it gave none.
func (o Order) refusedFor(reasons []string) *RefusedError {
	if len(reasons) == 0 {
		return nil
	}
	e := &RefusedError{Rows: o.Rows, RowLines: o.RowLines, size: o.size}
	for _, reason := range reasons {
		e.Refusals = append(e.Refusals, Refusal{Line: o.Line, Number: o.Input.Number, Reason: reason})
	}
	return e
}

func (s *Summary) count(result string, rows int) error {
	switch result {
	case Created:
		s.Created++
	case Updated:
		s.Updated++
	case Unchanged:
		s.Unchanged++
	default:
		return fmt.Errorf("unknown outcome %q", result)
	}
	s.Orders++
	s.Rows += rows
	return nil
}
