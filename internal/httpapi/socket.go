package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"
	"github.com/gorilla/websocket"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

const subprotocol = "graphql-transport-ws"

// Close codes of graphql-transport-ws; the package comment has the whole table.
const (
	closeInvalidMessage     = 4400
	closeUnauthorized       = 4401
	closeForbidden          = 4403
	closeSubprotocol        = 4406
	closeInitTimeout        = 4408
	closeSubscriberExists   = 4409
	closeTooManyInitRequest = 4429
)

const (
	pingEvery      = 15 * time.Second // keeps proxies from dropping an idle connection
	silentFor      = 40 * time.Second // no frame for that long, pongs included: the peer is gone
	writeWithin    = 10 * time.Second // a message to a slow reader
	closeWithin    = 2 * time.Second  // for the peer's answer to our close frame
	initBytes      = 64 << 10         // of a message before the connection is acknowledged
	maxCloseReason = 123              // RFC 6455: a control frame holds 125 bytes, two of them the code
)

// socket is one WebSocket. One goroutine reads; each operation runs in its own.
type socket struct {
	server  *server
	conn    *websocket.Conn
	request *http.Request // the upgrade
	ctx     context.Context
	cancel  context.CancelFunc

	writing sync.Mutex // one frame at a time; taken before mu

	mu           sync.Mutex // guards what follows
	acknowledged bool
	stopping     bool
	closeCode    int // 0 while open
	active       map[string]*subscription
	running      int // goroutines, which may outlive their entry in active
	runs         sync.WaitGroup

	// Written by the reader before connection_ack, read by operations after it.
	authenticated context.Context
	identity      LogIdentity
	initialised   bool // reader only
	initTimer     *time.Timer
	expiry        *time.Timer
}

type message struct {
	ID      *string         `json:"id"`
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload"`
}

func (s *server) socket(w http.ResponseWriter, r *http.Request) {
	upgrader := websocket.Upgrader{
		Subprotocols: []string{subprotocol},
		CheckOrigin:  s.originAllowed,
		Error: func(w http.ResponseWriter, r *http.Request, status int, reason error) {
			code := CodeBadRequest
			if status == http.StatusForbidden {
				code = CodeForbiddenOrigin
			}
			writeRefusal(w, r, legacyJSON, refuse(status, code, "the WebSocket upgrade is refused: %s", reason))
		},
	}
	d := drainOf(r.Context())
	defer d.enter()()
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // answered by Error
	}
	defer conn.Close()
	s.metrics.sockets.Inc()
	defer s.metrics.sockets.Dec()

	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	c := &socket{
		server: s, conn: conn, request: r, ctx: ctx, cancel: cancel,
		active: make(map[string]*subscription),
	}
	c.serve(d)
}

func (c *socket) serve(d *drain) {
	if c.conn.Subprotocol() != subprotocol {
		c.close(closeSubprotocol, "Subprotocol not acceptable")
	}
	c.initTimer = time.AfterFunc(c.server.cfg.Limits.InitTimeout, func() {
		c.close(closeInitTimeout, "Connection initialisation timeout")
	})
	defer c.initTimer.Stop()

	ended := make(chan struct{})
	go c.keepAlive(d, ended)
	code := c.read()
	close(ended)

	c.cancel()
	c.mu.Lock()
	if c.closeCode == 0 {
		c.closeCode = code
	}
	code = c.closeCode
	c.mu.Unlock()
	if c.expiry != nil {
		c.expiry.Stop()
	}
	_ = c.conn.Close()
	c.runs.Wait()
	c.server.metrics.socketCloses.WithLabelValues(strconv.Itoa(code)).Inc()
	exchangeOf(c.request.Context()).identity = c.identity
	c.server.cfg.Logger.LogAttrs(c.request.Context(), slog.LevelInfo, "websocket closed",
		slog.String("request_id", RequestID(c.request.Context())), slog.Int("code", code))
}

// read handles messages until the connection ends and returns the close code seen, 1006 for none.
func (c *socket) read() int {
	c.conn.SetReadLimit(min(initBytes, c.server.cfg.Limits.BodyBytes))
	alive := func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.closeCode == 0 { // else the deadline is that of the close
			_ = c.conn.SetReadDeadline(graphql.Now().Add(silentFor))
		}
	}
	alive()
	c.conn.SetPongHandler(func(string) error { alive(); return nil })
	for {
		kind, data, err := c.conn.ReadMessage()
		if err != nil {
			if ce, ok := errors.AsType[*websocket.CloseError](err); ok {
				return ce.Code
			}
			if errors.Is(err, websocket.ErrReadLimit) {
				return websocket.CloseMessageTooBig
			}
			return websocket.CloseAbnormalClosure
		}
		alive()
		if !c.closed() {
			c.handle(kind, data)
		}
	}
}

func (c *socket) handle(kind int, data []byte) {
	var m message
	if kind != websocket.TextMessage || !utf8.Valid(data) || json.Unmarshal(data, &m) != nil {
		c.close(closeInvalidMessage, "Invalid message received")
		return
	}
	switch m.Type {
	case "connection_init":
		c.initialise(m)
	case "ping":
		if !isObject(m.Payload) {
			c.close(closeInvalidMessage, "Invalid payload of a ping message")
			return
		}
		c.send(func(b *bytes.Buffer) { appendMessage(b, "", "pong", m.Payload) })
	case "pong":
		if !isObject(m.Payload) {
			c.close(closeInvalidMessage, "Invalid payload of a pong message")
		}
	case "subscribe":
		c.subscribe(m)
	case "complete":
		if m.ID == nil || *m.ID == "" {
			c.close(closeInvalidMessage, "Invalid complete message: id is missing")
			return
		}
		c.complete(*m.ID)
	default:
		c.close(closeInvalidMessage, "Unexpected message type")
	}
}

// isObject accepts an absent payload too.
func isObject(payload json.RawMessage) bool {
	p := bytes.TrimSpace(payload)
	return len(p) == 0 || p[0] == '{' || string(p) == "null"
}

func (c *socket) initialise(m message) {
	c.initTimer.Stop()
	if c.initialised {
		c.close(closeTooManyInitRequest, "Too many initialisation requests")
		return
	}
	c.initialised = true
	if !isObject(m.Payload) {
		c.close(closeInvalidMessage, "Invalid payload of a connection_init message")
		return
	}
	bearer, ok := initToken(m.Payload, c.request.Header)
	if !ok {
		c.close(closeForbidden, "Forbidden")
		return
	}
	ctx, identity, err := c.server.cfg.Authenticate(c.ctx, bearer)
	if err != nil {
		c.server.logTokenRefused(c.ctx, bearer, err)
		if errors.Is(err, ErrUnavailable) {
			c.close(websocket.CloseTryAgainLater, "Try again later")
			return
		}
		c.close(closeForbidden, "Forbidden")
		return
	}
	c.authenticated, c.identity = ctx, identity
	if !identity.ExpiresAt.IsZero() {
		c.expiry = time.AfterFunc(identity.ExpiresAt.Sub(graphql.Now()), func() {
			c.close(closeForbidden, "Token expired")
		})
	}
	c.mu.Lock()
	c.acknowledged = true
	c.mu.Unlock()
	c.conn.SetReadLimit(c.server.cfg.Limits.BodyBytes)
	c.send(func(b *bytes.Buffer) { appendMessage(b, "", "connection_ack", nil) })
}

// initToken looks for the token where clients put it: browsers cannot set headers on a WebSocket.
func initToken(payload json.RawMessage, h http.Header) (string, bool) {
	var fields map[string]any
	if len(payload) > 0 && json.Unmarshal(payload, &fields) != nil {
		return "", false
	}
	for _, name := range []string{"authorization", "Authorization"} {
		switch v := fields[name].(type) {
		case nil:
		case string:
			if v == "" { // what clients send that have no token
				continue
			}
			return bearerToken([]string{v})
		default:
			return "", false
		}
	}
	return bearerToken(h.Values("Authorization"))
}

// keepAlive pings, and ends the connection when the server stops.
func (c *socket) keepAlive(d *drain, ended <-chan struct{}) {
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	for {
		select {
		case <-ping.C:
			_ = c.conn.WriteControl(websocket.PingMessage, nil, graphql.Now().Add(writeWithin))
		case <-d.stopped():
			c.finishOperations(ended)
			c.close(websocket.CloseGoingAway, "Server is stopping")
			return
		case <-c.ctx.Done():
			c.close(websocket.CloseGoingAway, "Server is stopping")
			return
		case <-ended:
			return
		}
	}
}

// close sends the close frame once, cancels every operation, and leaves the reader a moment to see the peer's answer:
// closing the connection at once could destroy the frame on its way.
func (c *socket) close(code int, reason string) {
	c.mu.Lock()
	if c.closeCode != 0 {
		c.mu.Unlock()
		return
	}
	c.closeCode = code
	c.mu.Unlock()
	c.cancel()
	now := graphql.Now()
	_ = c.conn.WriteControl(websocket.CloseMessage,
		websocket.FormatCloseMessage(code, truncate(reason, maxCloseReason)), now.Add(closeWithin))
	_ = c.conn.SetReadDeadline(now.Add(closeWithin))
}

func (c *socket) closed() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closeCode != 0
}

// send writes one message unless the connection is closing.
func (c *socket) send(fill func(*bytes.Buffer)) {
	c.writing.Lock()
	defer c.writing.Unlock()
	if c.closed() {
		return
	}
	c.write(fill)
}

// write needs c.writing. A peer that does not take the message in time is dropped.
func (c *socket) write(fill func(*bytes.Buffer)) {
	b := getBuffer()
	defer putBuffer(b)
	fill(b)
	_ = c.conn.SetWriteDeadline(graphql.Now().Add(writeWithin))
	if c.conn.WriteMessage(websocket.TextMessage, b.Bytes()) != nil {
		c.cancel()
		_ = c.conn.Close()
	}
}

// appendMessage writes a message; the payload is JSON already.
func appendMessage(b *bytes.Buffer, id, kind string, payload []byte) {
	b.WriteByte('{')
	if id != "" {
		text, _ := json.Marshal(id)
		b.WriteString(`"id":`)
		b.Write(text)
		b.WriteByte(',')
	}
	b.WriteString(`"type":"` + kind + `"`)
	if len(payload) > 0 {
		b.WriteString(`,"payload":`)
		b.Write(payload)
	}
	b.WriteByte('}')
}

func appendNext(b *bytes.Buffer, id string, resp *graphql.Response) {
	text, _ := json.Marshal(id)
	b.WriteString(`{"id":`)
	b.Write(text)
	b.WriteString(`,"type":"next","payload":`)
	appendResponse(b, resp)
	b.WriteByte('}')
}

func appendError(b *bytes.Buffer, id string, errs gqlerror.List) {
	text, _ := json.Marshal(id)
	b.WriteString(`{"id":`)
	b.Write(text)
	b.WriteString(`,"type":"error","payload":`)
	appendErrors(b, errs)
	b.WriteByte('}')
}
