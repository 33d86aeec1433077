package plain

import (
	"context"
	"io"
	"strconv"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"aftersales/graph/scalar"
)

// Writer gathers an answer. The generated code calls it; a function that returns false has met something that gqlgen must
// answer, and what was gathered is worth nothing.
type Writer struct {
	// Context is that of the field whose answer is written.
	Context context.Context
	buf     []byte
}

// Write makes a Writer an io.Writer for marshalers of other packages.
func (w *Writer) Write(p []byte) (int, error) {
	w.buf = append(w.buf, p...)
	return len(p), nil
}

// Byte writes punctuation.
func (w *Writer) Byte(b byte) bool {
	w.buf = append(w.buf, b)
	return true
}

// Key writes a field's name in the answer.
func (w *Writer) Key(s *Step) { w.buf = append(w.buf, s.key...) }

// Null writes a null where the schema allows one.
func (w *Writer) Null() bool {
	w.buf = append(w.buf, "null"...)
	return true
}

// String writes a string as graphql.MarshalString does.
func (w *Writer) String(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c > '~' {
			graphql.MarshalString(s).MarshalGQL(w)
			return true
		}
	}
	w.buf = append(w.buf, '"')
	w.buf = append(w.buf, s...)
	w.buf = append(w.buf, '"')
	return true
}

// Int writes an integer as graphql.MarshalInt does.
func (w *Writer) Int(i int) bool {
	w.buf = strconv.AppendInt(w.buf, int64(i), 10)
	return true
}

// Boolean writes a boolean.
func (w *Writer) Boolean(b bool) bool {
	w.buf = strconv.AppendBool(w.buf, b)
	return true
}

// DateTime writes an instant as scalar.MarshalDateTime does.
func (w *Writer) DateTime(t time.Time) bool {
	w.buf = scalar.AppendDateTime(w.buf, t)
	return true
}

// Marshal writes what any other marshaler makes; ok is whether a null is allowed.
func (w *Writer) Marshal(m graphql.Marshaler, nullable bool) bool {
	if m == graphql.Null && !nullable {
		return false
	}
	m.MarshalGQL(w)
	return true
}

// answer is a finished piece of an answer.
type answer struct{ text []byte }

func (a *answer) MarshalGQL(w io.Writer) { _, _ = w.Write(a.text) }
