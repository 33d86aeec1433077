package httpapi

import (
	"bytes"
	"context"
	"log/slog"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// subscription is one "subscribe" message being answered: a query, a mutation or a stream.
type subscription struct {
	id     string
	params *graphql.RawParams
	ctx    context.Context
	cancel context.CancelFunc

	exchange exchange
	stream   bool // guarded by socket.mu; set once the operation is known
	answers  int
}

func (c *socket) subscribe(m message) {
	c.mu.Lock()
	acknowledged := c.acknowledged
	c.mu.Unlock()
	if !acknowledged {
		c.close(closeUnauthorized, "Unauthorized")
		return
	}
	if m.ID == nil || *m.ID == "" {
		c.close(closeInvalidMessage, "Invalid subscribe message: id is missing")
		return
	}
	params, err := decodeParams(m.Payload)
	if err != nil {
		c.close(closeInvalidMessage, "Invalid subscribe message: "+err.Error())
		return
	}
	params.Headers = c.request.Header

	sub := &subscription{id: *m.ID, params: params}
	sub.exchange.requestID, sub.exchange.identity = RequestID(c.request.Context()), c.identity
	ctx := context.WithValue(c.authenticated, exchangeKey{}, &sub.exchange)
	sub.ctx, sub.cancel = context.WithCancel(ctx)

	c.mu.Lock()
	var refused *gqlerror.Error
	_, exists := c.active[sub.id]
	switch {
	case exists:
	case c.stopping:
		refused = codedError(CodeUnavailable, "the server is stopping")
	case c.running >= c.server.cfg.Limits.OperationsPerConnection:
		refused = codedError(CodeTooManyOperations, "more than %d operations are running on this connection",
			c.server.cfg.Limits.OperationsPerConnection)
	default:
		c.active[sub.id] = sub
		c.running++
		c.runs.Add(1)
	}
	c.mu.Unlock()

	switch {
	case exists:
		sub.cancel()
		c.close(closeSubscriberExists, "Subscriber for "+truncate(sub.id, 64)+" already exists")
	case refused != nil:
		sub.cancel()
		c.server.metrics.count(gqlerror.List{refused})
		c.send(func(b *bytes.Buffer) { appendError(b, sub.id, gqlerror.List{refused}) })
	default:
		go c.run(sub)
	}
}

// complete ends an operation on the client's word. Nothing more is sent for its id, which is free at once.
func (c *socket) complete(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if sub := c.active[id]; sub != nil {
		c.drop(sub)
	}
}

func (c *socket) run(sub *subscription) {
	start := graphql.Now()
	defer func() {
		sub.cancel()
		c.mu.Lock()
		c.running--
		c.mu.Unlock()
		c.runs.Done()
	}()
	errs := c.execute(sub)
	if errs != nil {
		sub.exchange.errs = append(sub.exchange.errs, errs...)
		c.end(sub, func(b *bytes.Buffer) { appendError(b, sub.id, errs) })
	} else {
		c.end(sub, func(b *bytes.Buffer) { appendMessage(b, sub.id, "complete", nil) })
	}
	c.server.metrics.count(sub.exchange.errs)
	attrs := append(sub.exchange.attrs(graphql.Now().Sub(start)),
		slog.String("transport", "websocket"), slog.Int("answers", sub.answers))
	c.server.cfg.Logger.LogAttrs(sub.ctx, slog.LevelInfo, "operation", attrs...)
}

// execute sends the operation's answers. The errors it returns are of an operation that did not get so far.
func (c *socket) execute(sub *subscription) (errs gqlerror.List) {
	ctx := sub.ctx
	defer func() {
		if p := recover(); p != nil {
			errs = c.server.engine.crashed(ctx, p).Errors
		}
	}()
	if c.server.cfg.PrepareContext != nil {
		ctx = c.server.cfg.PrepareContext(ctx, c.request)
	}
	op, refused := c.server.engine.prepare(ctx, sub.params)
	if refused != nil {
		return refused.Errors
	}
	sub.params = nil // an import's variables need not live as long as a stream
	sub.exchange.noteOperation(op.Operation)
	c.server.metrics.socketOperations.WithLabelValues(string(sub.exchange.kind)).Inc()

	stream := sub.exchange.kind == ast.Subscription
	if !stream {
		cancel := op.limit(c.server.cfg.Limits.RequestTimeout)
		defer cancel()
	} else if !c.stream(sub) {
		return nil
	}
	for {
		resp := op.next()
		switch {
		case resp == nil && !stream:
			return gqlerror.List{cancelledError()}
		case resp == nil:
			return nil
		case resp.Data == nil:
			return resp.Errors
		}
		sub.answers++
		sub.exchange.noteErrors(resp.Errors)
		c.sendFor(sub, func(b *bytes.Buffer) { appendNext(b, sub.id, resp) })
		if !stream {
			return nil
		}
	}
}

// noteErrors keeps what a long stream's log line can use.
func (x *exchange) noteErrors(errs gqlerror.List) {
	if len(x.errs) < 100 {
		x.errs = append(x.errs, errs...)
	}
}

// stream marks the operation as one that a stopping server ends; false if it is stopping already.
func (c *socket) stream(sub *subscription) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	sub.stream = true
	if c.stopping {
		c.drop(sub)
	}
	return !c.stopping
}

// drop ends an operation without a word; it needs c.mu.
func (c *socket) drop(sub *subscription) {
	if c.active[sub.id] == sub {
		delete(c.active, sub.id)
	}
	sub.cancel()
}

// sendFor writes a message of an operation that the client has not completed.
func (c *socket) sendFor(sub *subscription, fill func(*bytes.Buffer)) {
	c.writing.Lock()
	defer c.writing.Unlock()
	c.mu.Lock()
	live := c.closeCode == 0 && c.active[sub.id] == sub
	c.mu.Unlock()
	if live {
		c.write(fill)
	}
}

// end frees the id and writes the last message, unless the client has completed the operation itself.
func (c *socket) end(sub *subscription, fill func(*bytes.Buffer)) {
	c.writing.Lock()
	defer c.writing.Unlock()
	c.mu.Lock()
	live := c.active[sub.id] == sub
	if live {
		delete(c.active, sub.id)
	}
	live = live && c.closeCode == 0
	c.mu.Unlock()
	if live {
		c.write(fill)
	}
}

// finishOperations refuses new operations, drops streams and waits for queries and mutations, until the connection ends
// or is cancelled. A stream gets no "complete", which would tell the client not to subscribe again elsewhere.
func (c *socket) finishOperations(ended <-chan struct{}) {
	c.mu.Lock()
	c.stopping = true
	for _, sub := range c.active {
		if sub.stream {
			c.drop(sub)
		}
	}
	c.mu.Unlock()
	// No run is added once stopping is set, so that waiting is safe.
	finished := make(chan struct{})
	go func() { c.runs.Wait(); close(finished) }()
	select {
	case <-finished:
	case <-c.ctx.Done():
	case <-ended:
	}
}
