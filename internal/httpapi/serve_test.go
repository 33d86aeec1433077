package httpapi_test

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"aftersales/internal/httpapi"

	"github.com/gorilla/websocket"
)

// serving runs Serve on a free port; stop asks it to end, and ended is its result.
func serving(t *testing.T, within time.Duration) (a *api, stop context.CancelFunc, ended chan error) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	a = &api{resolver: newResolver(), logs: new(logBuffer)}
	a.Server = &httptest.Server{URL: "http://" + ln.Addr().String()}
	ctx, stop := context.WithCancel(context.Background())
	t.Cleanup(stop)
	ended = make(chan error, 1)
	go func() {
		ended <- httpapi.ServeWithin(ctx, ln, httpapi.New(a.config()), slog.New(slog.DiscardHandler), 0, within)
	}()
	return a, stop, ended
}

func get(url string) chan string {
	result := make(chan string, 1)
	go func() {
		resp, err := http.Get(url)
		if err != nil {
			result <- err.Error()
			return
		}
		defer resp.Body.Close()
		text, _ := io.ReadAll(resp.Body)
		result <- string(text)
	}()
	return result
}

func TestServeStopsInOrder(t *testing.T) {
	t.Parallel()
	a, stop, ended := serving(t, patience)
	running := get(a.URL + "/graphql?query={waits,hello}")
	idle := a.ready(t, `{}`)
	busy := a.ready(t, `{}`)
	busy.subscribe("m", `mutation { waitThenRename(to: "x") }`)
	busy.subscribe("s", `subscription { endless }`)
	busy.expect(`{"id":"s","type":"next","payload":{"data":{"endless":1}}}`)
	for range 3 {
		<-a.resolver.Entered
	}

	stop()
	idle.closed(1001, "Server is stopping")
	if name := <-a.resolver.Left; name != "endless" { // the stream ends, the mutation does not
		t.Errorf("%s was cancelled", name)
	}
	busy.subscribe("late", `{ hello }`)
	busy.expect(`{"id":"late","type":"error","payload":[{"message":"the server is stopping","extensions":{"code":"UNAVAILABLE"}}]}`)
	waitForText(t, func() string {
		conn, err := net.Dial("tcp", strings.TrimPrefix(a.URL, "http://"))
		if err != nil {
			return err.Error()
		}
		conn.Close()
		return "connected"
	}, "refused")
	select {
	case err := <-ended:
		t.Fatalf("ended with %v while operations run", err)
	default:
	}

	close(a.resolver.Released)
	busy.expect(`{"id":"m","type":"next","payload":{"data":{"waitThenRename":"x"}}}`, `{"id":"m","type":"complete"}`)
	busy.closed(1001, "Server is stopping") // and no complete for the stream
	if got := <-running; got != `{"data":{"waits":null,"hello":"world"}}` {
		t.Errorf("the running request got %s", got)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestServeCancelsWhatDoesNotFinish(t *testing.T) {
	t.Parallel()
	a, stop, ended := serving(t, 20*time.Millisecond)
	running := get(a.URL + "/graphql?query={waits}")
	c := a.ready(t, `{}`)
	c.subscribe("1", `{ waits }`)
	<-a.resolver.Entered
	<-a.resolver.Entered
	stop()
	<-a.resolver.Left
	<-a.resolver.Left
	_ = c.SetReadDeadline(time.Now().Add(patience))
	_, data, err := c.ReadMessage()
	if err == nil { // the cancelled operation may still say so
		if !strings.Contains(string(data), `"UNAVAILABLE"`) {
			t.Errorf("got %s", data)
		}
		for err == nil {
			_, _, err = c.ReadMessage()
		}
	}
	if !websocket.IsCloseError(err, websocket.CloseGoingAway) {
		t.Errorf("closed with %v", err)
	}
	if got := <-running; !strings.Contains(got, `"UNAVAILABLE"`) {
		t.Errorf("got %s", got)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestServeReportsABrokenListener(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ln.Close()
	err = httpapi.Serve(t.Context(), ln, http.NotFoundHandler(), slog.New(slog.DiscardHandler), 0)
	if err == nil || !strings.HasPrefix(err.Error(), "serve http: ") {
		t.Errorf("got %v", err)
	}
}

// While it lingers a stopping server says that it is not ready and answers whoever has not heard yet.
func TestServeLingersUnready(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	a := &api{resolver: newResolver(), logs: new(logBuffer)}
	a.Server = &httptest.Server{URL: "http://" + ln.Addr().String()}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- httpapi.Serve(ctx, ln, httpapi.New(a.config()), slog.New(slog.DiscardHandler), patience)
	}()
	idle := a.ready(t, `{}`)
	stop()
	idle.closed(1001, "Server is stopping")
	if got := a.do(t, "GET", "/readyz", ""); got.status != 503 || strings.TrimSpace(got.text) != `{"status":"stopping"}` {
		t.Errorf("readyz: %d %s", got.status, got.text)
	}
	if got := a.do(t, "GET", "/healthz", ""); got.status != 200 {
		t.Errorf("healthz: %d %s", got.status, got.text)
	}
	if got := <-get(a.URL + "/graphql?query={hello}"); got != `{"data":{"hello":"world"}}` {
		t.Errorf("got %s", got)
	}
	_ = ln.Close() // nobody waits for the rest of the time
	if err := <-ended; err == nil || !strings.HasPrefix(err.Error(), "serve http: ") {
		t.Errorf("ended with %v", err)
	}
}
