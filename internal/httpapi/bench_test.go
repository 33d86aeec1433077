package httpapi_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"aftersales/internal/httpapi"
	"aftersales/internal/httpapi/internal/testschema"
)

// BenchmarkRequest is the cost of everything but resolvers: one field, from the request to the written answer.
func BenchmarkRequest(b *testing.B) {
	h := httpapi.New(httpapi.Config{Schema: testschema.NewSchema(newResolver()), Authenticate: authenticate})
	const body = `{"query":"query Hello($text: String!) { echo(text: $text) }","variables":{"text":"x"}}`
	b.ReportAllocs()
	for b.Loop() {
		r := httptest.NewRequest("POST", "/graphql", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer "+goodToken)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			b.Fatal(w.Body.String())
		}
	}
}

// BenchmarkValidation is the worst that fits the limits: a document seen for the first time, full of fields that overlap.
func BenchmarkValidation(b *testing.B) {
	var doc strings.Builder
	doc.WriteString("{ node { ")
	for range 15 {
		doc.WriteString("next { " + strings.Repeat("next { "+strings.Repeat("id name ...F ", 9)+"} ", 9) + "} ")
	}
	doc.WriteString("} } fragment F on Node { id }")
	query := doc.String()
	h := httpapi.New(httpapi.Config{Schema: testschema.NewSchema(newResolver()), Limits: httpapi.Limits{Complexity: 1 << 30}})
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		n++
		r := httptest.NewRequest("POST", "/graphql", strings.NewReader(`{"query":"`+query+strings.Repeat(" ", n%4096)+`"}`))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Accept", "application/graphql-response+json")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			b.Fatal(w.Body.String())
		}
	}
}
