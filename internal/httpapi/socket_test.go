package httpapi_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"aftersales/internal/httpapi"

	"github.com/gorilla/websocket"
)

// client speaks graphql-transport-ws frame by frame. Reads fail after a bound, so that a missing message is a failure.
type client struct {
	*websocket.Conn
	t *testing.T
}

const patience = 10 * time.Second

func (a *api) dial(t *testing.T, header ...string) *client {
	t.Helper()
	return dialURL(t, a.URL, []string{"graphql-transport-ws"}, header...)
}

func dialURL(t *testing.T, url string, protocols []string, header ...string) *client {
	t.Helper()
	h := http.Header{}
	for i := 0; i < len(header); i += 2 {
		h.Add(header[i], header[i+1])
	}
	d := websocket.Dialer{Subprotocols: protocols}
	conn, resp, err := d.DialContext(t.Context(), "ws"+strings.TrimPrefix(url, "http")+"/graphql", h)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	t.Cleanup(func() { conn.Close() })
	return &client{conn, t}
}

// ready returns a client whose connection is acknowledged.
func (a *api) ready(t *testing.T, payload string) *client {
	t.Helper()
	c := a.dial(t)
	c.send(`{"type":"connection_init","payload":` + payload + `}`)
	c.expect(`{"type":"connection_ack"}`)
	return c
}

func (c *client) send(text string) {
	c.t.Helper()
	if err := c.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
		c.t.Fatal(err)
	}
}

func (c *client) subscribe(id, query string) {
	c.t.Helper()
	q, _ := json.Marshal(query)
	c.send(fmt.Sprintf(`{"id":%q,"type":"subscribe","payload":{"query":%s}}`, id, q))
}

func (c *client) read() string {
	c.t.Helper()
	_ = c.SetReadDeadline(time.Now().Add(patience))
	_, data, err := c.ReadMessage()
	if err != nil {
		c.t.Fatal(err)
	}
	return string(data)
}

func (c *client) expect(want ...string) {
	c.t.Helper()
	for _, w := range want {
		if got := c.read(); got != w {
			c.t.Fatalf("got %s, want %s", got, w)
		}
	}
}

// closed asserts that nothing but the close frame comes.
func (c *client) closed(code int, reason string) {
	c.t.Helper()
	_ = c.SetReadDeadline(time.Now().Add(patience))
	_, data, err := c.ReadMessage()
	ce, ok := errors.AsType[*websocket.CloseError](err)
	if !ok {
		c.t.Fatalf("got %s, %v, want close %d", data, err, code)
	}
	if ce.Code != code || ce.Text != reason {
		c.t.Errorf("closed with %d %q, want %d %q", ce.Code, ce.Text, code, reason)
	}
}

func TestSocketRunsOperations(t *testing.T) {
	t.Parallel()
	a := setup(t)
	c := a.ready(t, `{"authorization":"Bearer `+goodToken+`"}`)

	c.subscribe("1", `{ hello whoami }`)
	c.expect(`{"id":"1","type":"next","payload":{"data":{"hello":"world","whoami":"actor=agent"}}}`, `{"id":"1","type":"complete"}`)
	c.subscribe("1", `mutation { rename(to: "x") }`) // the id is free again
	c.expect(`{"id":"1","type":"next","payload":{"data":{"rename":"x"}}}`, `{"id":"1","type":"complete"}`)
	c.subscribe("s \"é\"", `subscription { count(to: 3) }`)
	for i := 1; i <= 3; i++ {
		c.expect(fmt.Sprintf(`{"id":"s \"é\"","type":"next","payload":{"data":{"count":%d}}}`, i))
	}
	c.expect(`{"id":"s \"é\"","type":"complete"}`)
	c.send(`{"id":"v","type":"subscribe","payload":{"query":"query Q($n: Int!) { number(value: $n) }","operationName":"Q","variables":{"n":7},"extensions":null}}`)
	c.expect(`{"id":"v","type":"next","payload":{"data":{"number":7}}}`, `{"id":"v","type":"complete"}`)

	// Errors while executing are part of the answer.
	c.subscribe("e", `{ fails }`)
	c.expect(`{"id":"e","type":"next","payload":{"errors":[{"message":"internal error","path":["fails"],"locations":[{"line":1,"column":3}],"extensions":{"code":"INTERNAL"}}],"data":{"fails":null}}}`,
		`{"id":"e","type":"complete"}`)
	// Errors before execution end the operation, and no complete follows: the pong comes next.
	for id, query := range map[string]string{"syntax": `{`, "field": `{ nothing }`, "limit": "{ " + numbered(21, "a%[1]d: hello ") + "}", "source": `subscription { refused }`} {
		c.subscribe(id, query)
		c.send(`{"type":"ping"}`)
		first := c.read()
		if first == `{"type":"pong"}` { // operations run beside the reader
			first = c.read()
		} else {
			c.expect(`{"type":"pong"}`)
		}
		var m struct {
			ID, Type string
			Payload  []gqlErr
		}
		if err := json.Unmarshal([]byte(first), &m); err != nil || m.ID != id || m.Type != "error" ||
			len(m.Payload) != 1 || m.Payload[0].Extensions["code"] == nil {
			t.Errorf("%s: %s, %v", id, first, err)
		}
	}
	c.send(`{"type":"ping"}`)
	c.expect(`{"type":"pong"}`)
}

func TestSocketPing(t *testing.T) {
	t.Parallel()
	c := setup(t).dial(t)
	c.send(`{"type":"ping","payload":{"n":1}}`) // even before connection_init
	c.expect(`{"type":"pong","payload":{"n":1}}`)
	c.send(`{"type":"pong","payload":{"n":1}}`) // unasked, not answered
	c.send(`{"type":"connection_init"}`)
	c.expect(`{"type":"connection_ack"}`)
}

func TestSocketCloses(t *testing.T) {
	t.Parallel()
	a := setup(t)
	const initOK = `{"type":"connection_init"}`
	for name, tc := range map[string]struct {
		send   []string
		code   int
		reason string
	}{
		"no JSON":            {[]string{`x`}, 4400, "Invalid message received"},
		"trailing":           {[]string{initOK + `x`}, 4400, "Invalid message received"},
		"array":              {[]string{`[]`}, 4400, "Invalid message received"},
		"no type":            {[]string{`{}`}, 4400, "Unexpected message type"},
		"unknown type":       {[]string{`{"type":"start"}`}, 4400, "Unexpected message type"},
		"server's type":      {[]string{`{"type":"next","id":"1"}`}, 4400, "Unexpected message type"},
		"type is a number":   {[]string{`{"type":1}`}, 4400, "Invalid message received"},
		"not UTF-8":          {[]string{"{\"type\":\"ping\",\"x\":\"\xff\"}"}, 4400, "Invalid message received"},
		"ping payload":       {[]string{`{"type":"ping","payload":1}`}, 4400, "Invalid payload of a ping message"},
		"pong payload":       {[]string{`{"type":"pong","payload":"x"}`}, 4400, "Invalid payload of a pong message"},
		"init payload":       {[]string{`{"type":"connection_init","payload":[]}`}, 4400, "Invalid payload of a connection_init message"},
		"early subscribe":    {[]string{`{"type":"subscribe","id":"1","payload":{"query":"{ hello }"}}`}, 4401, "Unauthorized"},
		"second init":        {[]string{initOK, initOK}, 4429, "Too many initialisation requests"},
		"bad token":          {[]string{`{"type":"connection_init","payload":{"Authorization":"Bearer ` + badToken + `"}}`}, 4403, "Forbidden"},
		"bare token":         {[]string{`{"type":"connection_init","payload":{"authorization":"` + goodToken + `"}}`}, 4403, "Forbidden"},
		"token is a number":  {[]string{`{"type":"connection_init","payload":{"authorization":1}}`}, 4403, "Forbidden"},
		"no id":              {[]string{initOK, `{"type":"subscribe","payload":{"query":"{ hello }"}}`}, 4400, "Invalid subscribe message: id is missing"},
		"empty id":           {[]string{initOK, `{"type":"subscribe","id":"","payload":{"query":"{ hello }"}}`}, 4400, "Invalid subscribe message: id is missing"},
		"id is a number":     {[]string{initOK, `{"type":"subscribe","id":1,"payload":{"query":"{ hello }"}}`}, 4400, "Invalid message received"},
		"no payload":         {[]string{initOK, `{"type":"subscribe","id":"1"}`}, 4400, "Invalid subscribe message: the request is not valid JSON in UTF-8"},
		"no query":           {[]string{initOK, `{"type":"subscribe","id":"1","payload":{}}`}, 4400, `Invalid subscribe message: "query" is required`},
		"query is a number":  {[]string{initOK, `{"type":"subscribe","id":"1","payload":{"query":1}}`}, 4400, `Invalid subscribe message: "query" must be a string`},
		"variables an array": {[]string{initOK, `{"type":"subscribe","id":"1","payload":{"query":"{ hello }","variables":[]}}`}, 4400, `Invalid subscribe message: "variables" must be an object or null`},
		"complete no id":     {[]string{initOK, `{"type":"complete"}`}, 4400, "Invalid complete message: id is missing"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := a.dial(t)
			for _, m := range tc.send {
				c.send(m)
			}
			if tc.send[0] == initOK {
				c.expect(`{"type":"connection_ack"}`)
			}
			c.closed(tc.code, tc.reason)
		})
	}
	t.Run("binary", func(t *testing.T) {
		t.Parallel()
		c := a.dial(t)
		if err := c.WriteMessage(websocket.BinaryMessage, []byte(initOK)); err != nil {
			t.Fatal(err)
		}
		c.closed(4400, "Invalid message received")
	})
	t.Run("header token", func(t *testing.T) {
		t.Parallel()
		c := a.dial(t, "Authorization", "Bearer "+badToken)
		c.send(initOK)
		c.closed(4403, "Forbidden")
	})
	t.Run("subprotocol", func(t *testing.T) {
		t.Parallel()
		for _, protocols := range [][]string{nil, {"graphql-ws"}} {
			dialURL(t, a.URL, protocols).closed(4406, "Subprotocol not acceptable")
		}
	})
	t.Run("large before init", func(t *testing.T) {
		t.Parallel()
		c := a.dial(t)
		c.send(`{"type":"connection_init","payload":{"x":"` + strings.Repeat("x", 64<<10) + `"}}`)
		c.closed(1009, "")
	})
}

func TestSocketTokens(t *testing.T) {
	t.Parallel()
	a := setup(t)
	c := a.dial(t, "Authorization", "Bearer "+goodToken)
	c.send(`{"type":"connection_init","payload":{"authorization":""}}`)
	c.expect(`{"type":"connection_ack"}`)
	c.subscribe("1", `{ whoami }`)
	c.expect(`{"id":"1","type":"next","payload":{"data":{"whoami":"actor=agent"}}}`, `{"id":"1","type":"complete"}`)

	anonymous := a.ready(t, `null`)
	anonymous.subscribe("1", `{ whoami }`)
	anonymous.expect(`{"id":"1","type":"next","payload":{"data":{"whoami":"actor="}}}`, `{"id":"1","type":"complete"}`)

	expiring := a.ready(t, `{"Authorization":"Bearer expiring-token"}`)
	expiring.closed(4403, "Token expired")
}

func TestSocketInitTimeout(t *testing.T) {
	t.Parallel()
	a := setup(t, func(c *httpapi.Config) { c.Limits.InitTimeout = 10 * time.Millisecond })
	a.dial(t).closed(4408, "Connection initialisation timeout")
}

func TestSocketOrigin(t *testing.T) {
	t.Parallel()
	a := setup(t, func(c *httpapi.Config) { c.AllowedOrigins = []string{"https://panel.example"} })
	for _, origin := range []string{"https://panel.example", a.URL} {
		a.dial(t, "Origin", origin)
	}
	got := a.do(t, "GET", "/graphql", "", "Origin", "https://evil.example", "Connection", "Upgrade", "Upgrade", "websocket",
		"Sec-WebSocket-Version", "13", "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
	got.refused(t, 403, "FORBIDDEN_ORIGIN")
}

func TestSocketDuplicateID(t *testing.T) {
	t.Parallel()
	a := setup(t)
	c := a.ready(t, `{}`)
	c.subscribe("same", `subscription { endless }`)
	c.expect(`{"id":"same","type":"next","payload":{"data":{"endless":1}}}`)
	c.subscribe("same", `{ hello }`)
	c.closed(4409, "Subscriber for same already exists")
	if name := <-a.resolver.Left; name != "endless" {
		t.Errorf("%s saw its context end", name)
	}
	long := a.ready(t, `{}`)
	id := strings.Repeat("é", 200)
	long.subscribe(id, `subscription { endless }`)
	long.read()
	long.subscribe(id, `{ hello }`)
	long.closed(4409, "Subscriber for "+strings.Repeat("é", 32)+" already exists")
}

func TestSocketCompleteEndsOperation(t *testing.T) {
	t.Parallel()
	a := setup(t)
	c := a.ready(t, `{}`)
	c.send(`{"type":"complete","id":"unknown"}`) // ignored
	for _, query := range []string{`subscription { endless }`, `{ waits }`} {
		c.subscribe("1", query)
		if strings.HasPrefix(query, "sub") {
			c.expect(`{"id":"1","type":"next","payload":{"data":{"endless":1}}}`)
		}
		<-a.resolver.Entered
		c.send(`{"type":"complete","id":"1"}`)
		<-a.resolver.Left
		c.subscribe("1", `{ hello }`) // nothing of the first comes in between, and the id is free
		c.expect(`{"id":"1","type":"next","payload":{"data":{"hello":"world"}}}`, `{"id":"1","type":"complete"}`)
	}
}

func TestSocketClosingCancelsOperations(t *testing.T) {
	t.Parallel()
	for _, leave := range []func(*client){
		func(c *client) { c.Close() }, // without a close frame
		func(c *client) {
			_ = c.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(1000, ""), time.Now().Add(time.Second))
		},
	} {
		a := setup(t)
		c := a.ready(t, `{}`)
		c.subscribe("1", `subscription { endless }`)
		c.subscribe("2", `{ waits }`)
		<-a.resolver.Entered
		<-a.resolver.Entered
		leave(c)
		<-a.resolver.Left
		<-a.resolver.Left
	}
}

func TestSocketLimitsOperations(t *testing.T) {
	t.Parallel()
	a := setup(t, func(c *httpapi.Config) { c.Limits.OperationsPerConnection = 2 })
	c := a.ready(t, `{}`)
	c.subscribe("1", `{ waits }`)
	c.subscribe("2", `{ waits }`)
	c.subscribe("3", `{ hello }`)
	c.expect(`{"id":"3","type":"error","payload":[{"message":"more than 2 operations are running on this connection","extensions":{"code":"TOO_MANY_OPERATIONS"}}]}`)
	close(a.resolver.Released)
	for range 4 { // the two still answer
		if m := c.read(); !strings.Contains(m, `"type":"next","payload":{"data":{"waits":null}}`) && !strings.Contains(m, `"type":"complete"`) {
			t.Errorf("got %s", m)
		}
	}
}

func TestSocketOperationTimesOut(t *testing.T) {
	t.Parallel()
	a := setup(t, func(c *httpapi.Config) { c.Limits.RequestTimeout = 10 * time.Millisecond })
	c := a.ready(t, `{}`)
	c.subscribe("1", `{ waits }`)
	c.expect(`{"id":"1","type":"next","payload":{"errors":[{"message":"the operation took too long","path":["waits"],"locations":[{"line":1,"column":3}],"extensions":{"code":"TIMEOUT"}}],"data":{"waits":null}}}`,
		`{"id":"1","type":"complete"}`)
	// A stream is not a request that takes too long.
	c.subscribe("2", `subscription { count(to: 2) }`)
	c.expect(`{"id":"2","type":"next","payload":{"data":{"count":1}}}`, `{"id":"2","type":"next","payload":{"data":{"count":2}}}`, `{"id":"2","type":"complete"}`)
}

func TestSocketSurvivesPanics(t *testing.T) {
	t.Parallel()
	a := setup(t, func(c *httpapi.Config) {
		c.PrepareContext = func(ctx context.Context, r *http.Request) context.Context {
			if r.Header.Get("Accept-Language") == "panic" {
				panic("broken")
			}
			return ctx
		}
	})
	c := a.dial(t, "Accept-Language", "panic")
	c.send(`{"type":"connection_init"}`)
	c.expect(`{"type":"connection_ack"}`)
	c.subscribe("1", `{ hello }`)
	c.expect(`{"id":"1","type":"error","payload":[{"message":"internal error","extensions":{"code":"INTERNAL"}}]}`)
	c.send(`{"type":"ping"}`)
	c.expect(`{"type":"pong"}`)
}

func TestSocketLogAndMetrics(t *testing.T) {
	t.Parallel()
	a := setup(t)
	c := a.dial(t, "X-Request-Id", "sock-1")
	c.send(`{"type":"connection_init","payload":{"authorization":"Bearer ` + goodToken + `"}}`)
	c.expect(`{"type":"connection_ack"}`)
	c.subscribe("1", `subscription Watch { count(to: 2) }`)
	for range 3 {
		c.read()
	}
	if text := a.do(t, "GET", "/metrics", "").text; !strings.Contains(text, "aftersales_websocket_connections 1\n") ||
		!strings.Contains(text, `aftersales_websocket_operations_total{operation="subscription"} 1`) {
		t.Error("the open socket is not in the metrics")
	}
	c.send(`nonsense`)
	c.closed(4400, "Invalid message received")
	c.Close()
	waitForText(t, func() string { return a.do(t, "GET", "/metrics", "").text }, `aftersales_websocket_closes_total{code="4400"} 1`)
	waitForText(t, a.logs.String, `"status":101`)

	ops := a.logs.lines(t, "operation")
	if len(ops) != 1 {
		t.Fatalf("%d lines: %s", len(ops), a.logs)
	}
	for key, want := range map[string]any{"operation": "Watch", "type": "subscription", "actor": "usr_1", "answers": 2.0, "transport": "websocket", "request_id": "sock-1"} {
		if ops[0][key] != want {
			t.Errorf("%s: %v, want %v", key, ops[0][key], want)
		}
	}
	if closed := a.logs.lines(t, "websocket closed"); len(closed) != 1 || closed[0]["code"] != 4400.0 {
		t.Errorf("closed: %v", closed)
	}
	if strings.Contains(a.logs.String(), goodToken) || strings.Contains(a.logs.String(), "count(") {
		t.Error("the log holds the token or the query")
	}
}

// waitForText polls what the server writes after its last word to the client.
func waitForText(t *testing.T, read func() string, want string) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for !strings.Contains(read(), want) {
		if time.Now().After(deadline) {
			t.Fatalf("no %s in %s", want, read())
		}
	}
}
