package httpapi

import (
	"bufio"
	"context"
	"crypto/rand"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/gorilla/websocket"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// exchange is what becomes known about one request, or one operation on a WebSocket, for its log line.
type exchange struct {
	requestID string
	identity  LogIdentity
	operation string
	kind      ast.Operation
	errs      gqlerror.List
}

type exchangeKey struct{}

func exchangeOf(ctx context.Context) *exchange {
	x, _ := ctx.Value(exchangeKey{}).(*exchange)
	return x
}

// RequestID returns the id under which the request is logged and which its answer carries as X-Request-Id; "" outside a
// request.
func RequestID(ctx context.Context) string {
	if x := exchangeOf(ctx); x != nil {
		return x.requestID
	}
	return ""
}

func noteErrors(ctx context.Context, errs gqlerror.List) {
	if x := exchangeOf(ctx); x != nil {
		x.errs = append(x.errs, errs...)
	}
}

// noteOperation records name and type. Only a resolved operation is named: its name is a GraphQL name then.
func (x *exchange) noteOperation(op *ast.OperationDefinition) {
	x.operation, x.kind = op.Name, op.Operation
}

func (x *exchange) attrs(d time.Duration) []slog.Attr {
	attrs := make([]slog.Attr, 0, 16)
	attrs = append(attrs,
		slog.String("request_id", x.requestID),
		slog.Float64("duration_ms", float64(d.Microseconds())/1000),
	)
	for _, a := range [...]struct{ key, value string }{
		{"operation", x.operation}, {"type", string(x.kind)},
		{"merchant", x.identity.Merchant}, {"actor", x.identity.Actor}, {"role", x.identity.Role},
		{"codes", strings.Join(codesOf(x.errs), ",")},
	} {
		if a.value != "" {
			attrs = append(attrs, slog.String(a.key, truncate(a.value, 128)))
		}
	}
	return attrs
}

// observe is the outermost handler: request id, log line, metrics, and the last net under a panic.
func (s *server) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := graphql.Now()
		x := &exchange{requestID: requestID(r.Header.Get("X-Request-Id"))}
		rec := &recorder{ResponseWriter: w}
		rec.Header().Set("X-Request-Id", x.requestID)
		rec.Header().Set("X-Content-Type-Options", "nosniff")
		r = r.WithContext(context.WithValue(r.Context(), exchangeKey{}, x))

		socket := websocket.IsWebSocketUpgrade(r)
		if !socket {
			s.metrics.inFlight.Inc()
		}
		defer func() {
			p := recover()
			if p != nil && p != http.ErrAbortHandler {
				s.cfg.Logger.LogAttrs(r.Context(), slog.LevelError, "panic", slog.String("request_id", x.requestID),
					slog.Any("panic", p), slog.String("stack", string(debug.Stack())))
				if rec.status == 0 && !rec.hijacked {
					writeRefusal(rec, r, legacyJSON, &refusal{http.StatusInternalServerError, internalError()})
				}
			}
			d := graphql.Now().Sub(start)
			if !socket {
				s.metrics.inFlight.Dec()
				s.metrics.request(rec.status, x, d)
			}
			s.logRequest(r, rec, x, d)
			if p == http.ErrAbortHandler {
				panic(p)
			}
		}()
		next.ServeHTTP(rec, r)
	})
}

func (s *server) logRequest(r *http.Request, rec *recorder, x *exchange, d time.Duration) {
	level := slog.LevelInfo
	switch r.URL.Path {
	case "/healthz", "/readyz", "/metrics":
		level = slog.LevelDebug
	}
	if rec.status >= 500 {
		level = slog.LevelWarn
	}
	if !s.cfg.Logger.Enabled(r.Context(), level) {
		return
	}
	attrs := append(x.attrs(d),
		slog.String("method", truncate(r.Method, 16)), slog.String("path", truncate(r.URL.Path, 256)),
		slog.Int("status", rec.status), slog.Int64("bytes", rec.bytes))
	s.cfg.Logger.LogAttrs(r.Context(), level, "request", attrs...)
}

// requestID takes over the caller's id when it is harmless in logs and headers, else makes one.
func requestID(given string) string {
	if given == "" || len(given) > 64 {
		return rand.Text()
	}
	for i := range len(given) {
		c := given[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '.', c == '_', c == '-':
		default:
			return rand.Text()
		}
	}
	return given
}

// truncate cuts at a character's boundary.
func truncate(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	return strings.ToValidUTF8(s[:limit], "")
}

// recorder remembers what was answered.
type recorder struct {
	http.ResponseWriter
	status   int
	bytes    int64
	hijacked bool
}

func (w *recorder) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *recorder) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(p)
	w.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach deadlines and flushing.
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Hijack is what the WebSocket upgrade asks of a ResponseWriter.
func (w *recorder) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err == nil {
		w.status, w.hijacked = http.StatusSwitchingProtocols, true
	}
	return conn, rw, err
}
