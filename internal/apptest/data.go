package apptest

import "testing"

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
