package shopify

import (
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"strings"

	"aftersales/internal/lang"
	"aftersales/internal/orders"
	"aftersales/internal/problem"
)

const (
	maxOrderRows  = 500
	maxOrderBytes = 4 << 20
)

// Order is one order of the file.
type Order struct {
	Line  int // physical line its first row starts on, from 1
	Input orders.Input
	// Rows are the raw rows, so that an order refused later on can be written out as it came; RowLines are the physical
	// lines they start on.
	Rows     [][]string
	RowLines []int

	size int
}

// Refusal is one thing wrong with an order.
type Refusal struct {
	Line   int    // physical line in the file, from 1
	Number string // the order's Name; "" where it could not be read
	Column string // header name; "" where no column is to blame
	Reason string // one clause in the reader's language
}

// RefusedError refuses a whole order, with everything that is wrong with it. The caller goes on with Next.
type RefusedError struct {
	Refusals []Refusal
	Rows     [][]string // the raw rows; those of a row that is not proper CSV are a best guess
	RowLines []int
	// Continues marks further rows of the order refused just before (an order of too many rows comes in pieces).
	Continues bool

	size int
}

func (e *RefusedError) Error() string {
	parts := make([]string, len(e.Refusals))
	for i, f := range e.Refusals {
		parts[i] = fmt.Sprintf("line %d: ", f.Line)
		if f.Column != "" {
			parts[i] += f.Column + ": "
		}
		parts[i] += f.Reason
	}
	return strings.Join(parts, "; ")
}

// Reader reads orders from an export, one at a time.
type Reader struct {
	// Lang is the language of reasons; English when empty.
	Lang lang.Lang

	header    header
	rows      *scanner
	ahead     *row
	seen      recentNames
	oversized *oversizedOrder // whose further rows may still be to come
}

// NewReader reads the header row. A file that is not CSV in UTF-8, or whose header lacks a required column or names one
// twice, is an INVALID_INPUT *problem.Problem naming every such column.
func NewReader(r io.Reader) (*Reader, error) {
	s := newScanner(r)
	h, err := readHeader(s)
	if err != nil {
		return nil, err
	}
	return &Reader{header: h, rows: s, seen: newRecentNames()}, nil
}

// group is the rows of one order.
type group struct {
	number    string
	rows      []row
	size      int
	oversized bool // more of its rows follow
	continues bool // these are such rows
}

// oversizedOrder is an order of too many rows, refused without holding all of them.
type oversizedOrder struct {
	number string
	line   int
}

// Next returns the next order, a *RefusedError for one that cannot be taken, or io.EOF. Any other error is the file's own
// (reading it failed) and final; the order being read then is dropped, never returned in part.
func (r *Reader) Next() (Order, error) {
	g, err := r.group()
	if err != nil {
		return Order{}, err
	}
	rows, lines := make([][]string, len(g.rows)), make([]int, len(g.rows))
	for i, w := range g.rows {
		rows[i], lines[i] = w.fields, w.line
	}
	c := conversion{r: r, group: g}
	in := c.order()
	if len(c.refusals) > 0 {
		return Order{}, &RefusedError{Refusals: c.refusals, Rows: rows, RowLines: lines, Continues: g.continues, size: g.size}
	}
	return Order{Line: g.rows[0].line, Input: in, Rows: rows, RowLines: lines, size: g.size}, nil
}

// group collects the rows that stand together under one Name. A row whose Name is missing or unreadable goes to the order
// above it: that order may lack a line, so it must not be taken as complete.
func (r *Reader) group() (*group, error) {
	first, err := r.peek()
	if err != nil {
		return nil, err
	}
	g := &group{}
	if big := r.oversized; big != nil && r.belongs(*first, big.number) {
		g.number, g.continues = big.number, true
	} else {
		r.oversized = nil
		g.number, _ = r.name(*first)
	}
	for {
		g.rows = append(g.rows, *r.ahead)
		g.size += r.ahead.size
		r.ahead = nil
		next, err := r.peek()
		if errors.Is(err, io.EOF) {
			return g, nil
		}
		if err != nil {
			return nil, err
		}
		if !r.belongs(*next, g.number) {
			return g, nil
		}
		if len(g.rows) >= maxOrderRows || g.size >= maxOrderBytes {
			g.oversized = true
			if !g.continues {
				r.oversized = &oversizedOrder{number: g.number, line: g.rows[0].line}
			}
			return g, nil
		}
	}
}

// peek returns the next row that holds anything, without taking it.
func (r *Reader) peek() (*row, error) {
	for r.ahead == nil {
		w, err := r.rows.next()
		if errors.Is(err, io.EOF) {
			return nil, io.EOF
		}
		if err != nil {
			return nil, fmt.Errorf("reading after line %d: %w", r.rows.line, err)
		}
		if w.fault != nil || !blank(w.fields) {
			r.ahead = &w
		}
	}
	return r.ahead, nil
}

func (r *Reader) belongs(w row, number string) bool {
	name, sure := r.name(w)
	return !sure || name == "" || name == number
}

// name is the row's order; sure is false where damage to the row leaves it unknown.
func (r *Reader) name(w row) (name string, sure bool) {
	if !r.header.sure(w, colName) {
		return "", false
	}
	return r.header.cell(w, colName), true
}

func (r *Reader) text(t problem.Text) string {
	if r.Lang == lang.ZH {
		return t.ZH
	}
	return t.EN
}

func blank(fields []string) bool {
	for _, f := range fields {
		if strings.TrimSpace(f) != "" {
			return false
		}
	}
	return true
}

// namesKept is how many order names a generation of recentNames holds.
const namesKept = 1 << 18

// recentNames remembers on which line each of the last namesKept (or more, up to twice that) orders began. It holds
// hashes: at half a million names the chance of any mistaken refusal is below one in a hundred million.
type recentNames struct {
	seed           maphash.Seed
	young, settled map[uint64]int
}

func newRecentNames() recentNames {
	return recentNames{seed: maphash.MakeSeed(), young: map[uint64]int{}}
}

// first returns the line on which the order of this name began, 0 when this is its beginning, which is then remembered.
func (n *recentNames) first(name string, line int) int {
	key := maphash.String(n.seed, name)
	if at, ok := n.young[key]; ok {
		return at
	}
	if at, ok := n.settled[key]; ok {
		return at
	}
	if len(n.young) == namesKept {
		n.young, n.settled = map[uint64]int{}, n.young
	}
	n.young[key] = line
	return 0
}
