// Package scalar reads and writes the scalars of the schema, strictly: nothing is coerced from another kind of value.
package scalar

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"

	"aftersales/internal/calendar"
)

// MarshalString writes a string.
func MarshalString(s string) graphql.Marshaler { return graphql.MarshalString(s) }

// UnmarshalString takes strings only.
func UnmarshalString(v any) (string, error) {
	s, ok := v.(string)
	if !ok {
		return "", fmt.Errorf("must be a string")
	}
	if !utf8.ValidString(s) {
		return "", fmt.Errorf("must be valid UTF-8")
	}
	for i := range len(s) {
		if s[i] == 0 {
			return "", fmt.Errorf("must not contain a NUL character")
		}
	}
	return s, nil
}

// MarshalID writes an id.
func MarshalID(s string) graphql.Marshaler { return graphql.MarshalString(s) }

// UnmarshalID takes strings and, as the specification has it, whole numbers.
func UnmarshalID(v any) (string, error) {
	switch v := v.(type) {
	case string:
		return UnmarshalString(v)
	case json.Number:
		if _, err := strconv.ParseInt(string(v), 10, 64); err == nil {
			return string(v), nil
		}
	case int64:
		return strconv.FormatInt(v, 10), nil
	case int:
		return strconv.Itoa(v), nil
	}
	return "", fmt.Errorf("must be an ID")
}

// MarshalInt writes an integer.
func MarshalInt(i int) graphql.Marshaler { return graphql.MarshalInt(i) }

// UnmarshalInt takes whole numbers of 32 bits; 3.0 is one, "3" is not.
func UnmarshalInt(v any) (int, error) {
	n := int64(math.MaxInt64)
	switch v := v.(type) {
	case int64:
		n = v
	case int:
		n = int64(v)
	case json.Number:
		f, err := strconv.ParseFloat(string(v), 64)
		if err != nil || f != math.Trunc(f) || math.Abs(f) > math.MaxInt32+1 {
			return 0, fmt.Errorf("must be a whole number of 32 bits")
		}
		n = int64(f)
	case float64:
		if v == math.Trunc(v) && math.Abs(v) <= math.MaxInt32+1 {
			n = int64(v)
		}
	}
	if n < math.MinInt32 || n > math.MaxInt32 {
		return 0, fmt.Errorf("must be a whole number of 32 bits")
	}
	return int(n), nil
}

// MarshalBoolean writes a boolean.
func MarshalBoolean(b bool) graphql.Marshaler { return graphql.MarshalBoolean(b) }

// UnmarshalBoolean takes booleans only.
func UnmarshalBoolean(v any) (bool, error) {
	b, ok := v.(bool)
	if !ok {
		return false, fmt.Errorf("must be true or false")
	}
	return b, nil
}

// MarshalDateTime writes an instant as RFC 3339 in UTC, with as many digits of a second as it has.
func MarshalDateTime(t time.Time) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) { _, _ = w.Write(AppendDateTime(make([]byte, 0, 40), t)) })
}

// AppendDateTime appends what MarshalDateTime writes.
func AppendDateTime(buf []byte, t time.Time) []byte {
	buf = append(buf, '"')
	buf = t.UTC().AppendFormat(buf, time.RFC3339Nano)
	return append(buf, '"')
}

// UnmarshalDateTime takes RFC 3339 with an offset, between the years 1900 and 2200, and keeps microseconds.
func UnmarshalDateTime(v any) (time.Time, error) {
	s, ok := v.(string)
	if !ok {
		return time.Time{}, fmt.Errorf("must be an RFC 3339 date and time with an offset, as a string")
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil || t.Year() < 1900 || t.Year() > 2200 {
		return time.Time{}, fmt.Errorf("must be an RFC 3339 date and time with an offset, such as 2025-09-29T10:00:00+08:00")
	}
	return t.UTC().Truncate(time.Microsecond), nil
}

// MarshalDate writes a day as YYYY-MM-DD.
func MarshalDate(d calendar.Date) graphql.Marshaler { return graphql.MarshalString(d.String()) }

// UnmarshalDate takes YYYY-MM-DD of a day that exists.
func UnmarshalDate(v any) (calendar.Date, error) {
	s, ok := v.(string)
	if !ok {
		return calendar.Date{}, fmt.Errorf("must be a date, as a string")
	}
	d, err := calendar.ParseDate(s)
	if err != nil {
		return calendar.Date{}, fmt.Errorf("must be a date such as 2025-09-29")
	}
	return d, nil
}
