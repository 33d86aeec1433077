package shopify

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"

	"aftersales/internal/problem"
)

// report writes refused orders as CSV: reportColumns and the columns of the file read, so that the cells can be mended
// where they stand and the report imported (columns go by name; the three in front are then ignored).
type report struct {
	out     io.Writer
	csv     *csv.Writer
	from    *Reader
	started bool
}

func newReport(out io.Writer, from *Reader) *report {
	if out == nil {
		out = io.Discard
	}
	return &report{out: out, csv: csv.NewWriter(out), from: from}
}

// write adds the rows of one refused order; each names what is wrong with it, or the line that does.
func (p *report) write(e *RefusedError) error {
	h := &p.from.header
	if !p.started {
		p.started = true
		if h.bom { // whoever opened the original in a spreadsheet needs it here too
			if _, err := io.WriteString(p.out, "\uFEFF"); err != nil {
				return err
			}
		}
		if err := p.csv.Write(p.record(reportColumns[0], reportColumns[1], reportColumns[2], h.names)); err != nil {
			return err
		}
	}
	elsewhere := p.from.text(problem.Textf("refused with its order, see line %d", "整单未导入,原因见第 %d 行", e.Refusals[0].Line))
	for i, cells := range e.Rows {
		column, reason := e.about(e.RowLines[i])
		if reason == "" {
			reason = elsewhere
		}
		if err := p.csv.Write(p.record(strconv.Itoa(e.RowLines[i]), column, reason, cells)); err != nil {
			return err
		}
	}
	return nil
}

// about joins what is wrong with one row; of several reasons each is led by its column.
func (e *RefusedError) about(line int) (column, reason string) {
	var columns, reasons, led []string
	for _, f := range e.Refusals {
		if f.Line != line {
			continue
		}
		reasons = append(reasons, f.Reason)
		if f.Column == "" {
			led = append(led, f.Reason)
			continue
		}
		columns = append(columns, f.Column)
		led = append(led, f.Column+": "+f.Reason)
	}
	if len(reasons) > 1 {
		reasons = led
	}
	return strings.Join(columns, "; "), strings.Join(reasons, "; ")
}

// record puts the report's own cells before those of a row, in place of the ones an earlier report had put there, and
// fills a short row up to the header's width.
func (p *report) record(line, column, reason string, cells []string) []string {
	h := &p.from.header
	record := append(make([]string, 0, len(h.names)+len(reportColumns)), line, column, reason)
	record = append(record, cells[min(h.reported(), len(cells)):]...)
	for len(record) < len(h.names)-h.reported()+len(reportColumns) {
		record = append(record, "")
	}
	return record
}

func (p *report) flush() error {
	p.csv.Flush()
	return p.csv.Error()
}
