package httpapi_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
)

// TestAudit holds the audits of the npm package graphql-http 1.23 (GraphQL over HTTP), under their ids. All 61 passed
// against this handler when run from there.
func TestAudit(t *testing.T) {
	t.Parallel()
	const (
		modern = "application/graphql-response+json"
		legacy = "application/json"
		ok     = `{"query":"{ __typename }"}`
		named  = `{"query":"query Query { __typename }","operationName":"Query"}`
		vars   = `{"query":"query T($name: String!) { __type(name: $name) { name } }","variables":{"name":"sometype"}}`
		ext    = `{"query":"{ __typename }","extensions":{"some":"value"}}`
		syntax = `{"query":"{"}`
		field  = `{"query":"{ f31403dfe404bccbb0e835f2629c6a7 }"}`
		coerce = `{"query":"query C($id: ID!) { __typename }","variables":{"id":null}}`
	)
	type audit struct {
		id, accept, body string
		status           int
		media            string // required in Content-Type
		clean            bool   // no errors
		noData           bool
	}
	audits := []audit{
		{id: "22EB", accept: modern, body: ok, status: 200, media: modern},
		{id: "4655", accept: legacy, body: ok, status: 200, media: legacy},
		{id: "47DE", accept: "*/*", body: ok, status: 200, media: legacy},
		{id: "80D8", body: ok, status: 200, media: legacy},
		{id: "BF61", body: `{"query":"{ __type(name: \"Run🏃Swim🏊\") { name } }"}`, status: 200},
		{id: "2C94 78D5 03D4", body: ok, status: 200},
		{id: "A5BF", body: "", status: 400},
		{id: "423L", accept: modern, body: `{"notquery":"{ __typename }"}`, status: 400},
		{id: "34A2", accept: modern, body: ok, status: 200},
		{id: "13EE", accept: legacy, body: ok, status: 200, clean: true},
		{id: "8161", accept: modern, body: named, status: 200},
		{id: "B8B3", accept: legacy, body: named, status: 200, clean: true},
		{id: "2EA1", accept: modern, body: vars, status: 200},
		{id: "28B9", accept: legacy, body: vars, status: 200},
		{id: "428F", accept: modern, body: ext, status: 200},
		{id: "1B7A", accept: legacy, body: ext, status: 200, clean: true},
		{id: "B6DC BCF8", accept: legacy, body: `{ "not a JSON`, status: 400},
		{id: "B7N8", accept: modern, body: `{ "not a JSON`, status: 400},
		{id: "8764 3E3A", body: `{"qeury":"{ __typename }"}`, status: 400},
		{id: "572B", accept: legacy, body: syntax, status: 200, noData: true},
		{id: "FDE2", accept: legacy, body: field, status: 200, noData: true},
		{id: "7B9B", accept: legacy, body: coerce, status: 200, noData: true},
		{id: "865D 556A D586", accept: modern, body: syntax, status: 400, noData: true},
		{id: "51FE 74FF 5E5B", accept: modern, body: field, status: 400, noData: true},
		{id: "86EE", accept: modern, body: coerce, status: 400, noData: true},
	}
	for _, p := range []string{"variables", "operationName", "extensions"} {
		body := `{"query":"{ __typename }","` + p + `":null}`
		audits = append(audits,
			audit{id: "94B null " + p, accept: modern, body: body, status: 200, clean: true},
			audit{id: "022 null " + p, accept: legacy, body: body, status: 200, clean: true})
	}
	for _, bad := range []string{`{"obj":"ect"}`, `0`, `false`, `["array"]`} {
		audits = append(audits,
			audit{id: "LKJ query " + bad, body: `{"query":` + bad + `}`, status: 400},
			audit{id: "6C0 operationName " + bad, body: `{"query":"{ __typename }","operationName":` + bad + `}`, status: 400})
	}
	for _, bad := range []string{`"string"`, `0`, `false`, `["array"]`} {
		audits = append(audits,
			audit{id: "476 variables " + bad, body: `{"query":"{ __typename }","variables":` + bad + `}`, status: 400},
			audit{id: "58B extensions " + bad, body: `{"query":"{ __typename }","extensions":` + bad + `}`, status: 400})
	}

	a := setup(t)
	for _, tc := range audits {
		t.Run(tc.id, func(t *testing.T) {
			header := []string{"Content-Type", "application/json"}
			if tc.accept != "" {
				header = append(header, "Accept", tc.accept)
			}
			got := a.do(t, "POST", "/graphql", tc.body, header...)
			if got.status != tc.status {
				t.Errorf("status %d, want %d: %s", got.status, tc.status, got.text)
			}
			ct := got.header.Get("Content-Type")
			if !strings.HasPrefix(ct, tc.media) || !strings.HasSuffix(ct, "; charset=utf-8") {
				t.Errorf("Content-Type %q", ct)
			}
			if tc.clean && got.fields["errors"] != nil {
				t.Errorf("errors in %s", got.text)
			}
			if tc.noData && got.hasData() {
				t.Errorf("data in %s", got.text)
			}
			if tc.status != 200 && got.code() == "" {
				t.Errorf("no code in %s", got.text)
			}
		})
	}

	t.Run("9ABE", func(t *testing.T) {
		a.do(t, "POST", "/graphql", ok).refused(t, 415, "UNSUPPORTED_MEDIA_TYPE")
	})
	t.Run("5A70", func(t *testing.T) {
		if got := a.do(t, "GET", "/graphql?query="+url.QueryEscape("{ __typename }"), ""); got.status != 200 {
			t.Errorf("got %d %s", got.status, got.text)
		}
	})
	t.Run("9C48", func(t *testing.T) {
		for _, accept := range []string{modern, legacy} {
			got := a.do(t, "GET", "/graphql?query="+url.QueryEscape("mutation { __typename }"), "", "Accept", accept)
			got.refused(t, 405, "METHOD_NOT_ALLOWED")
			if got.header.Get("Allow") != "POST" {
				t.Errorf("Allow %q", got.header.Get("Allow"))
			}
		}
	})
	t.Run("D6D5 6A70", func(t *testing.T) {
		v, _ := json.Marshal(map[string]string{"name": "sometype"})
		q := url.Values{"query": {"query T($name: String!) { __type(name: $name) { name } }"}, "variables": {string(v)}}
		for _, accept := range []string{modern, legacy} {
			got := a.do(t, "GET", "/graphql?"+q.Encode(), "", "Accept", accept)
			if got.status != 200 || got.fields["errors"] != nil {
				t.Errorf("got %d %s", got.status, got.text)
			}
		}
	})
}
