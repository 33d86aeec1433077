package httpapi_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"aftersales/internal/httpapi"
	"aftersales/internal/httpapi/internal/testschema"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

func TestRequestIsRefused(t *testing.T) {
	t.Parallel()
	a := setup(t, func(c *httpapi.Config) { c.Limits.BodyBytes = 2000 })
	const ok = `{"query":"{ hello }"}`
	for name, tc := range map[string]struct {
		method, path, body string
		header             []string
		status             int
		code               string
	}{
		"trailing garbage":       {body: ok + `x`, status: 400, code: "BAD_REQUEST"},
		"second value":           {body: ok + ok, status: 400, code: "BAD_REQUEST"},
		"batch":                  {body: `[` + ok + `]`, status: 400, code: "BAD_REQUEST"},
		"no object":              {body: `null`, status: 400, code: "BAD_REQUEST"},
		"parameter twice":        {body: `{"query":"{ hello }","query":"{ fails }"}`, status: 400, code: "BAD_REQUEST"},
		"other case":             {body: `{"Query":"{ hello }"}`, status: 400, code: "BAD_REQUEST"},
		"null query":             {body: `{"query":null}`, status: 400, code: "BAD_REQUEST"},
		"not UTF-8":              {body: "{\"query\":\"{ hello }\xff\"}", status: 400, code: "BAD_REQUEST"},
		"form":                   {body: "query=%7Bhello%7D", header: []string{"Content-Type", "application/x-www-form-urlencoded"}, status: 415, code: "UNSUPPORTED_MEDIA_TYPE"},
		"text":                   {body: ok, header: []string{"Content-Type", "text/plain"}, status: 415, code: "UNSUPPORTED_MEDIA_TYPE"},
		"multipart":              {body: ok, header: []string{"Content-Type", "multipart/form-data; boundary=x"}, status: 415, code: "UNSUPPORTED_MEDIA_TYPE"},
		"latin-1":                {body: ok, header: []string{"Content-Type", "application/json; charset=iso-8859-1"}, status: 415, code: "UNSUPPORTED_MEDIA_TYPE"},
		"two content types":      {body: ok, header: []string{"Content-Type", "application/json", "Content-Type", "text/plain"}, status: 415, code: "UNSUPPORTED_MEDIA_TYPE"},
		"compressed":             {body: ok, header: []string{"Content-Type", "application/json", "Content-Encoding", "gzip"}, status: 415, code: "UNSUPPORTED_MEDIA_TYPE"},
		"too large":              {body: `{"query":"{ hello }","x":"` + strings.Repeat("a", 2000) + `"}`, status: 413, code: "REQUEST_TOO_LARGE"},
		"html":                   {body: ok, header: []string{"Content-Type", "application/json", "Accept", "text/html"}, status: 406, code: "NOT_ACCEPTABLE"},
		"refused by q":           {body: ok, header: []string{"Content-Type", "application/json", "Accept", "application/json;q=0"}, status: 406, code: "NOT_ACCEPTABLE"},
		"PUT":                    {method: "PUT", body: ok, status: 405, code: "METHOD_NOT_ALLOWED"},
		"DELETE":                 {method: "DELETE", status: 405, code: "METHOD_NOT_ALLOWED"},
		"GET without query":      {method: "GET", status: 400, code: "BAD_REQUEST"},
		"GET query twice":        {method: "GET", path: "?query={hello}&query={hello}", status: 400, code: "BAD_REQUEST"},
		"GET bad escape":         {method: "GET", path: "?query=%zz", status: 400, code: "BAD_REQUEST"},
		"GET variables no JSON":  {method: "GET", path: "?query={hello}&variables=x", status: 400, code: "BAD_REQUEST"},
		"GET variables array":    {method: "GET", path: "?query={hello}&variables=[1]", status: 400, code: "BAD_REQUEST"},
		"GET variables trailing": {method: "GET", path: "?query={hello}&variables={}x", status: 400, code: "BAD_REQUEST"},
		"GET extensions string":  {method: "GET", path: `?query={hello}&extensions="a"`, status: 400, code: "BAD_REQUEST"},
		"bad token":              {body: ok, header: []string{"Content-Type", "application/json", "Authorization", "Bearer " + badToken}, status: 401, code: "UNAUTHENTICATED"},
		"basic":                  {body: ok, header: []string{"Content-Type", "application/json", "Authorization", "Basic dTpw"}, status: 401, code: "UNAUTHENTICATED"},
		"bare bearer":            {body: ok, header: []string{"Content-Type", "application/json", "Authorization", "Bearer "}, status: 401, code: "UNAUTHENTICATED"},
		"two tokens":             {body: ok, header: []string{"Content-Type", "application/json", "Authorization", "Bearer " + goodToken, "Authorization", "Bearer " + goodToken}, status: 401, code: "UNAUTHENTICATED"},
	} {
		t.Run(name, func(t *testing.T) {
			if tc.method == "" {
				tc.method = "POST"
			}
			if tc.header == nil {
				tc.header = []string{"Content-Type", "application/json"}
			}
			got := a.do(t, tc.method, "/graphql"+tc.path, tc.body, tc.header...)
			got.refused(t, tc.status, tc.code)
			if len(got.body.Errors) != 1 {
				t.Errorf("%d errors, want one", len(got.body.Errors))
			}
			if allow := got.header.Get("Allow"); (tc.status == 405) != (allow != "") {
				t.Errorf("Allow %q", allow)
			}
			if www := got.header.Get("WWW-Authenticate"); (tc.status == 401) != (www == "Bearer") {
				t.Errorf("WWW-Authenticate %q", www)
			}
		})
	}
}

// A body without Content-Length meets the same limit.
func TestChunkedBodyIsLimited(t *testing.T) {
	t.Parallel()
	a := setup(t, func(c *httpapi.Config) { c.Limits.BodyBytes = 100 })
	body := io.MultiReader(strings.NewReader(`{"query":"`), strings.NewReader(strings.Repeat("a", 1000)))
	req, _ := http.NewRequestWithContext(t.Context(), "POST", a.URL+"/graphql", body)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(resp.Body)
	if resp.StatusCode != 413 || !bytes.Contains(text, []byte(`"REQUEST_TOO_LARGE"`)) {
		t.Errorf("got %d %s", resp.StatusCode, text)
	}
}

func TestAcceptNegotiation(t *testing.T) {
	t.Parallel()
	a := setup(t)
	const modern, legacy = "application/graphql-response+json; charset=utf-8", "application/json; charset=utf-8"
	for accept, want := range map[string]string{
		"application/graphql-response+json, application/json":                               modern,
		"application/json, application/graphql-response+json":                               modern,
		"application/graphql-response+json; charset=utf-8, application/json; charset=utf-8": modern,
		"application/graphql-response+json;q=0.5, application/json":                         legacy,
		"application/*":                                   legacy,
		"text/html, */*;q=0.1":                            legacy,
		"*/*, application/graphql-response+json":          modern,
		"application/json;q=0, */*":                       modern,
		"application/json; charset=latin1, */*;q=0.1":     legacy,
		"text/event-stream, application/json":             legacy,
		"APPLICATION/GRAPHQL-RESPONSE+JSON, nonsense;;=,": modern,
	} {
		got := a.do(t, "POST", "/graphql", `{"query":"{ hello }"}`, "Content-Type", "application/json", "Accept", accept)
		if got.status != 200 || got.header.Get("Content-Type") != want {
			t.Errorf("Accept %q: %d %q, want %q", accept, got.status, got.header.Get("Content-Type"), want)
		}
	}
}

func TestOperationIsAnswered(t *testing.T) {
	t.Parallel()
	a := setup(t)
	got := a.post(t, `{ hello }`, "Authorization", "Bearer "+goodToken)
	if got.text != `{"data":{"hello":"world"}}` {
		t.Errorf("got %s", got.text)
	}
	for name, want := range map[string]string{
		"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
		"Vary": "Accept, Accept-Language, Accept-Encoding, Origin",
	} {
		if got.header.Get(name) != want {
			t.Errorf("%s: %q, want %q", name, got.header.Get(name), want)
		}
	}
	if got := a.post(t, `mutation { rename(to: "x") }`); got.text != `{"data":{"rename":"x"}}` {
		t.Errorf("got %s", got.text)
	}
	if got := a.do(t, "POST", "/graphql", "\ufeff"+`{"query":"{ hello }"}`, "Content-Type", "application/json; charset=UTF-8"); got.status != 200 || !got.hasData() {
		t.Errorf("byte order mark: %d %s", got.status, got.text)
	}
	if got := a.do(t, "HEAD", "/graphql?query={hello}", ""); got.status != 200 || got.text != "" {
		t.Errorf("HEAD: %d %q", got.status, got.text)
	}
	if got := a.post(t, `subscription { endless }`); true {
		got.refused(t, 400, "SUBSCRIPTION_NOT_SUPPORTED")
	}
	if got := a.post(t, `query A { hello } query B { hello }`); true {
		got.refused(t, 400, "OPERATION_RESOLUTION_FAILURE")
	}
	if got := a.do(t, "GET", "/graphql?operationName=C&query=query+A{hello}query+B{hello}", ""); got.code() != "OPERATION_RESOLUTION_FAILURE" || got.status != 200 {
		t.Errorf("got %d %s", got.status, got.text)
	}
	// @defer is answered whole.
	if got := a.post(t, `query($d: Boolean!) { hello ... @defer(if: $d) { echo(text: "x") } ...F @defer(label: "l") } fragment F on Query { number(value: 3) }`); got.code() != "GRAPHQL_VALIDATION_FAILED" {
		t.Errorf("missing variable: %s", got.text)
	}
	if got := a.post(t, `{ hello ... @defer { echo(text: "x") } ...F @defer(label: "l") } fragment F on Query { number(value: 3) }`); got.text != `{"data":{"hello":"world","echo":"x","number":3}}` {
		t.Errorf("@defer: %s", got.text)
	}
}

func TestIdentityReachesResolvers(t *testing.T) {
	t.Parallel()
	a := setup(t, func(c *httpapi.Config) {
		c.PrepareContext = func(ctx context.Context, r *http.Request) context.Context {
			actor, _ := ctx.Value(actorKey{}).(string)
			return context.WithValue(ctx, actorKey{}, actor+"/"+r.Header.Get("Accept-Language"))
		}
	})
	if got := a.post(t, `{ whoami }`, "Authorization", "bearer "+goodToken, "Accept-Language", "zh-CN"); got.body.Data["whoami"] != "actor=agent/zh-CN" {
		t.Errorf("got %s", got.text)
	}
	if got := a.post(t, `{ whoami }`); got.body.Data["whoami"] != "actor=/" {
		t.Errorf("anonymous: %s", got.text)
	}
}

func TestFaultsAreMasked(t *testing.T) {
	t.Parallel()
	a := setup(t)
	for query, want := range map[string]string{
		`{ hello fails }`:                    `{"errors":[{"message":"internal error","path":["fails"],"locations":[{"line":1,"column":9}],"extensions":{"code":"INTERNAL"}}],"data":{"hello":"world","fails":null}}`,
		`{ hello failsHard }`:                `{"errors":[{"message":"internal error","path":["failsHard"],"locations":[{"line":1,"column":9}],"extensions":{"code":"INTERNAL"}}],"data":null}`,
		`{ hello panics }`:                   `{"errors":[{"message":"internal error","path":["panics"],"extensions":{"code":"INTERNAL"}}],"data":{"hello":"world","panics":null}}`,
		`{ refused }`:                        `{"errors":[{"message":"not for you","path":["refused"],"locations":[{"line":1,"column":3}],"extensions":{"code":"FORBIDDEN"}}],"data":{"refused":null}}`,
		`{ n: node { id } moment(at: "x") }`: `{"errors":[{"message":"moment must be now","path":["moment"],"extensions":{"argument":"at","code":"BAD_USER_INPUT"}}],"data":null}`,
	} {
		if got := a.post(t, query, "X-Request-Id", "fault-1"); got.status != 200 || got.text != want {
			t.Errorf("%s:\n got %d %s\nwant 200 %s", query, got.status, got.text, want)
		}
	}
	if got := a.post(t, `{ hello }`); got.body.Data["hello"] != "world" {
		t.Errorf("after a panic: %s", got.text)
	}
	a.Close()
	faults, panics := a.logs.lines(t, "fault"), a.logs.lines(t, "panic")
	if len(faults) != 2 || faults[0]["request_id"] != "fault-1" || faults[0]["error"] == nil ||
		!strings.Contains(faults[0]["error"].(string), testschema.Secret) {
		t.Errorf("faults %v", faults)
	}
	if len(panics) != 1 || panics[0]["request_id"] != "fault-1" || !strings.Contains(panics[0]["stack"].(string), "testschema") {
		t.Errorf("panics %v", panics)
	}
}

func TestPresentErrorGivesCodes(t *testing.T) {
	t.Parallel()
	a := setup(t, func(c *httpapi.Config) {
		c.PresentError = func(_ context.Context, err error) *gqlerror.Error {
			if strings.Contains(err.Error(), testschema.Secret) {
				return &gqlerror.Error{Message: "try later", Extensions: map[string]any{"code": "BUSY"}}
			}
			return nil
		}
	})
	got := a.post(t, `{ fails }`)
	if want := `{"errors":[{"message":"try later","path":["fails"],"locations":[{"line":1,"column":3}],"extensions":{"code":"BUSY"}}],"data":{"fails":null}}`; got.text != want {
		t.Errorf("got %s", got.text)
	}
	if got := a.post(t, `{ refused }`); got.code() != "FORBIDDEN" {
		t.Errorf("a coded error is changed: %s", got.text)
	}
}

// interrupter is an extension that answers by itself, or panics, outside of any resolver.
type interrupter struct{ panics bool }

func (interrupter) ExtensionName() string                   { return "Interrupter" }
func (interrupter) Validate(graphql.ExecutableSchema) error { return nil }
func (i interrupter) InterceptOperation(ctx context.Context, _ graphql.OperationHandler) graphql.ResponseHandler {
	if i.panics {
		panic(testschema.Secret)
	}
	return graphql.OneShot(graphql.ErrorResponse(ctx, testschema.Secret))
}

func TestFaultOutsideResolversIs500(t *testing.T) {
	t.Parallel()
	for _, x := range []interrupter{{panics: true}, {panics: false}} {
		a := setup(t, func(c *httpapi.Config) { c.Extensions = []graphql.HandlerExtension{x} })
		got := a.post(t, `{ hello }`)
		got.refused(t, 500, "INTERNAL")
		if strings.Contains(got.text, testschema.Secret) {
			t.Errorf("got %s", got.text)
		}
	}
	a := setup(t, func(c *httpapi.Config) {
		c.PrepareContext = func(context.Context, *http.Request) context.Context { panic(testschema.Secret) }
	})
	a.post(t, `{ hello }`).refused(t, 500, "INTERNAL")
}

func TestRequestTimesOut(t *testing.T) {
	t.Parallel()
	a := setup(t, func(c *httpapi.Config) { c.Limits.RequestTimeout = 10 * time.Millisecond })
	got := a.post(t, `{ hello waits }`)
	if got.status != 200 || got.code() != "TIMEOUT" {
		t.Errorf("got %d %s", got.status, got.text)
	}
	if name := <-a.resolver.Left; name != "waits" {
		t.Errorf("%s saw its context end", name)
	}
}

func TestClientLeaving(t *testing.T) {
	t.Parallel()
	a := setup(t)
	ctx, cancel := context.WithCancel(t.Context())
	req, _ := http.NewRequestWithContext(ctx, "GET", a.URL+"/graphql?query={waits}", nil)
	failed := make(chan error, 1)
	go func() {
		resp, err := http.DefaultClient.Do(req)
		if err == nil {
			resp.Body.Close()
		}
		failed <- err
	}()
	<-a.resolver.Entered
	cancel()
	if err := <-failed; !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	<-a.resolver.Left // the resolver's context ended with the client's connection
	a.Close()
	if faults := a.logs.lines(t, "fault"); len(faults) != 0 {
		t.Errorf("a leaving client is logged as a fault: %v", faults)
	}
}

func TestPersistedQueries(t *testing.T) {
	t.Parallel()
	a := setup(t)
	hash := func(q string) string { s := sha256.Sum256([]byte(q)); return hex.EncodeToString(s[:]) }
	send := func(query, hash string) answer {
		q := url.Values{"extensions": {`{"persistedQuery":{"version":1,"sha256Hash":"` + hash + `"}}`}}
		if query != "" {
			q.Set("query", query)
		}
		return a.do(t, "GET", "/graphql?"+q.Encode(), "", "Accept", "application/graphql-response+json")
	}
	const query = `{ hello }`
	send("", hash(query)).refused(t, 400, "PERSISTED_QUERY_NOT_FOUND")
	send(query, hash("other")).refused(t, 400, "BAD_REQUEST")
	send("", hash("other")).refused(t, 400, "PERSISTED_QUERY_NOT_FOUND")
	if got := send(query, hash(query)); got.body.Data["hello"] != "world" {
		t.Errorf("register: %s", got.text)
	}
	if got := send("", hash(query)); got.body.Data["hello"] != "world" {
		t.Errorf("by hash: %s", got.text)
	}
	// An invalid document is not remembered; nor may a mutation hide behind a hash.
	send(`{ nothing }`, hash(`{ nothing }`)).refused(t, 400, "GRAPHQL_VALIDATION_FAILED")
	send("", hash(`{ nothing }`)).refused(t, 400, "PERSISTED_QUERY_NOT_FOUND")
	const mutation = `mutation { rename(to: "x") }`
	a.do(t, "POST", "/graphql", `{"query":"mutation { rename(to: \"x\") }","extensions":{"persistedQuery":{"version":1,"sha256Hash":"`+hash(mutation)+`"}}}`,
		"Content-Type", "application/json")
	send("", hash(mutation)).refused(t, 405, "METHOD_NOT_ALLOWED")
	for _, bad := range []string{`true`, `{"version":2,"sha256Hash":"` + hash(query) + `"}`, `{"version":1}`, `{"version":1,"sha256Hash":"ab"}`} {
		a.do(t, "POST", "/graphql", `{"query":"{ hello }","extensions":{"persistedQuery":`+bad+`}}`,
			"Content-Type", "application/json").refused(t, 400, "BAD_REQUEST")
	}
}

func TestAnswerIsCompressed(t *testing.T) {
	t.Parallel()
	a := setup(t)
	const query = `{ large(bytes: 5000) }`
	got := a.post(t, query, "Accept-Encoding", "br, gzip;q=0.8")
	if got.header.Get("Content-Encoding") != "gzip" || len(got.text) > 500 {
		t.Fatalf("%d bytes, %v", len(got.text), got.header)
	}
	z, err := gzip.NewReader(strings.NewReader(got.text))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(z)
	if want := `{"data":{"large":"` + strings.Repeat("a", 5000) + `"}}`; err != nil || string(plain) != want {
		t.Errorf("%d bytes, %v", len(plain), err)
	}
	for _, enc := range []string{"", "identity", "gzip;q=0", "br"} {
		if got := a.post(t, query, "Accept-Encoding", enc); got.header.Get("Content-Encoding") != "" {
			t.Errorf("Accept-Encoding %q is answered by %q", enc, got.header.Get("Content-Encoding"))
		}
	}
	if got := a.post(t, `{ hello }`, "Accept-Encoding", "gzip"); got.header.Get("Content-Encoding") != "" {
		t.Error("a short answer is compressed")
	}
}
