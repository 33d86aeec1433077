package apptest

import (
	"encoding/json"
	"strings"
	"testing"
)

// Data is a JSON object that is read by paths such as "returnRequest.return.deadlines.0.kind".
type Data struct {
	t testing.TB
	m map[string]any
}

// ParseData reads a JSON object.
func ParseData(t testing.TB, raw []byte) Data {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatalf("not an object: %s", raw)
	}
	return Data{t, m}
}

// Get returns what stands at a path: nil for null, string, float64, bool, []any or map[string]any.
func (d Data) Get(path string) any {
	d.t.Helper()
	var v any = d.m
	for _, step := range strings.Split(path, ".") {
		switch at := v.(type) {
		case map[string]any:
			next, ok := at[step]
			if !ok {
				d.t.Fatalf("no %q of %s in %v", step, path, at)
			}
			v = next
		case []any:
			i := 0
			for _, r := range step {
				i = i*10 + int(r-'0')
			}
			if i >= len(at) {
				d.t.Fatalf("no element %s of %s: there are %d", step, path, len(at))
			}
			v = at[i]
		default:
			d.t.Fatalf("%s: nothing below %v", path, v)
		}
	}
	return v
}

// Str returns the string at a path.
func (d Data) Str(path string) string {
	d.t.Helper()
	s, ok := d.Get(path).(string)
	if !ok {
		d.t.Fatalf("%s is not a string: %v", path, d.Get(path))
	}
	return s
}

// Int returns the number at a path.
func (d Data) Int(path string) int {
	d.t.Helper()
	f, ok := d.Get(path).(float64)
	if !ok {
		d.t.Fatalf("%s is not a number: %v", path, d.Get(path))
	}
	return int(f)
}

// List returns the objects of the list at a path.
func (d Data) List(path string) []Data {
	d.t.Helper()
	l, ok := d.Get(path).([]any)
	if !ok {
		d.t.Fatalf("%s is not a list: %v", path, d.Get(path))
	}
	out := make([]Data, len(l))
	for i, v := range l {
		m, ok := v.(map[string]any)
		if !ok {
			d.t.Fatalf("%s.%d is not an object: %v", path, i, v)
		}
		out[i] = Data{d.t, m}
	}
	return out
}

// Strings returns the list of strings at a path.
func (d Data) Strings(path string) []string {
	d.t.Helper()
	l, ok := d.Get(path).([]any)
	if !ok {
		d.t.Fatalf("%s is not a list: %v", path, d.Get(path))
	}
	out := make([]string, len(l))
	for i, v := range l {
		out[i], _ = v.(string)
	}
	return out
}

// DataOf reads a JSON object that stood inside another one.
func DataOf(t testing.TB, m map[string]any) Data { return Data{t, m} }

// Sub returns the object at a path.
func (d Data) Sub(path string) Data {
	d.t.Helper()
	m, ok := d.Get(path).(map[string]any)
	if !ok {
		d.t.Fatalf("%s is no object: %v", path, d.Get(path))
	}
	return Data{d.t, m}
}
