package apptest

import "testing"

// DataOf reads a JSON object that stood inside another one.
func DataOf(t testing.TB, m map[string]any) Data { return Data{t, m} }
