package shopify

import (
	"bufio"
	"errors"
	"io"
	"strings"

	"aftersales/internal/problem"
)

// maxRowBytes bounds one row, so that a quote never closed cannot swallow the file.
const maxRowBytes = 256 << 10

// row is one CSV record. fields holds as many cells as the row gave; for a broken row those from fault.field on are a
// best guess, for showing only.
type row struct {
	line   int // physical line it starts on, from 1
	fields []string
	size   int
	fault  *fault
}

// fault says why a row is not proper CSV. The cells before field can be relied upon.
type fault struct {
	field int
	text  problem.Text
}

// scanner splits a file into rows (RFC 4180, CRLF or LF). encoding/csv would read on to the next quote, or to the end of
// the file, when one is left open; this one gives up on such a row alone and starts again on the very next line.
type scanner struct {
	in    *bufio.Reader
	width int // cells a row must have; 0 = any
	line  int // physical line last handed out

	// Lines of the row being read, and behind them those of a broken row, which will be read again.
	held []heldLine
	pos  int
}

type heldLine struct {
	text string // without its end
	long bool   // cut at maxRowBytes
}

func newScanner(r io.Reader) *scanner {
	return &scanner{in: bufio.NewReaderSize(r, 64<<10)}
}

// next returns the next row that is not blank; io.EOF at the end.
func (s *scanner) next() (row, error) {
	s.forget()
	for {
		l, err := s.read()
		switch {
		case err != nil:
			return row{}, err
		case l.long:
			return s.tooLong(l.text), nil
		case strings.TrimSpace(l.text) != "":
			return s.record(l.text)
		}
	}
}

// record reads the row that begins with the line first, which has been taken already.
func (s *scanner) record(first string) (row, error) {
	start, mark := s.line, s.pos
	p := parser{fields: make([]string, 0, s.width)}
	size := len(first)
	done, bad := p.feed(first)
	for !done && bad == nil {
		l, err := s.read()
		size += len(l.text) + 1
		switch {
		case errors.Is(err, io.EOF), err == nil && size > maxRowBytes:
			bad = &textUnclosed
		case err != nil:
			return row{}, err
		default:
			done, bad = p.feed(l.text)
		}
	}
	if bad == nil && s.width > 0 && len(p.fields) != s.width {
		t := problem.Textf("the row has %d cells, the header %d: a comma or a quote is wrong, or the row is cut off",
			"此行有 %d 个单元格,表头有 %d 个:逗号或引号有误,或该行不完整", len(p.fields), s.width)
		bad = &t
	}
	if bad == nil {
		return row{line: start, fields: p.fields, size: size}, nil
	}
	s.line, s.pos = start, mark
	fields, sure := salvage(first)
	return row{line: start, fields: fields, size: len(first), fault: &fault{field: sure, text: *bad}}, nil
}

// tooLong makes a broken row of the beginning of an endless line.
func (s *scanner) tooLong(head string) row {
	const shown = 4 << 10
	fields, sure := salvage(strings.ToValidUTF8(head[:shown], ""))
	return row{line: s.line, fields: fields, size: shown, fault: &fault{
		field: min(sure, len(fields)-1),
		text: problem.Textf("the line is longer than %d KiB; only its beginning is shown",
			"此行超过 %d KiB,仅显示开头部分", maxRowBytes>>10),
	}}
}

// read hands out the next physical line.
func (s *scanner) read() (heldLine, error) {
	if s.pos == len(s.held) {
		l, err := s.physical()
		if err != nil {
			return heldLine{}, err
		}
		s.held = append(s.held, l)
	}
	s.pos++
	s.line++
	return s.held[s.pos-1], nil
}

// physical reads a line from the file; of one longer than maxRowBytes it keeps the beginning only.
func (s *scanner) physical() (heldLine, error) {
	var joined []byte // of a line longer than the read buffer
	for {
		part, err := s.in.ReadSlice('\n')
		if len(joined) > 0 || errors.Is(err, bufio.ErrBufferFull) {
			if len(joined) <= maxRowBytes {
				joined = append(joined, part...)
			}
			part = joined
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err != nil && (!errors.Is(err, io.EOF) || len(part) == 0) {
			return heldLine{}, err
		}
		if len(part) > maxRowBytes {
			return heldLine{text: string(part[:maxRowBytes]), long: true}, nil
		}
		return heldLine{text: strings.TrimSuffix(strings.TrimSuffix(string(part), "\n"), "\r")}, nil
	}
}

// forget drops the lines that will not be read again.
func (s *scanner) forget() {
	switch {
	case s.pos == len(s.held):
		s.held, s.pos = s.held[:0], 0
	case s.pos > len(s.held)/2:
		n := copy(s.held, s.held[s.pos:])
		clear(s.held[n:])
		s.held, s.pos = s.held[:n], 0
	}
}

// parser takes a row apart, line by line.
type parser struct {
	fields []string
	field  strings.Builder
	quoted bool
	offset int // where the field being read starts in the line fed last
}

var (
	textUnclosed = problem.Textf("a quote is opened and not closed", "引号未闭合")
	textStray    = problem.Textf("a quote stands inside a cell; it must be doubled and the whole cell quoted",
		"单元格内有单独的引号:应写成两个引号,并将整个单元格用引号括起")
)

// feed takes one physical line. done means the row is complete; otherwise, unless bad says what is wrong, it goes on.
func (p *parser) feed(line string) (done bool, bad *problem.Text) {
	i := 0
	for {
		if !p.quoted {
			p.offset = i
			if i < len(line) && line[i] == '"' {
				p.quoted = true
				p.field.Reset()
				i++
				continue
			}
			cell, _, more := strings.Cut(line[i:], ",")
			if strings.IndexByte(cell, '"') >= 0 {
				return false, &textStray
			}
			p.fields = append(p.fields, cell)
			if !more {
				return true, nil
			}
			i += len(cell) + 1
			continue
		}
		n := strings.IndexByte(line[i:], '"')
		if n < 0 {
			p.field.WriteString(line[i:])
			p.field.WriteByte('\n')
			return false, nil
		}
		p.field.WriteString(line[i : i+n])
		i += n + 1
		switch {
		case i < len(line) && line[i] == '"':
			p.field.WriteByte('"')
			i++
		case i == len(line) || line[i] == ',':
			p.fields = append(p.fields, p.field.String())
			p.quoted = false
			if i == len(line) {
				return true, nil
			}
			i++
		default:
			return false, &textStray
		}
	}
}

// salvage takes what it can from the first line of a broken row: the cells up to the damage (sure of them), then whatever
// stands between commas.
func salvage(line string) (fields []string, sure int) {
	var p parser
	if done, _ := p.feed(line); done {
		return p.fields, len(p.fields)
	}
	return append(p.fields, strings.Split(line[p.offset:], ",")...), len(p.fields)
}
