package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/gorilla/websocket"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

type server struct {
	cfg     Config
	engine  *engine
	metrics *metrics
}

// New builds the handler of all routes. It panics when Schema is missing or an extension refuses it: mistakes of wiring.
func New(cfg Config) http.Handler {
	if cfg.Schema == nil {
		panic("httpapi: Config.Schema is required")
	}
	cfg.Limits = cfg.Limits.withDefaults()
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.MetricsRegistry == nil {
		cfg.MetricsRegistry = prometheus.NewRegistry()
	}
	if cfg.Authenticate == nil {
		cfg.Authenticate = refuseTokens
	}
	if cfg.Landing == nil {
		cfg.Landing = http.NotFoundHandler()
	}
	s := &server{cfg: cfg, engine: newEngine(cfg), metrics: newMetrics(cfg.MetricsRegistry, cfg.Version)}

	mux := http.NewServeMux()
	mux.HandleFunc("/graphql", s.graphql)
	mux.Handle("/healthz", readOnly(http.HandlerFunc(s.healthz)))
	mux.Handle("/readyz", readOnly(http.HandlerFunc(s.readyz)))
	mux.Handle("/metrics", readOnly(metricsHandler(cfg.MetricsRegistry)))
	for pattern, h := range cfg.Routes {
		mux.Handle(pattern, h)
	}
	mux.Handle("/", readOnly(cfg.Landing))
	return s.observe(mux)
}

func refuseTokens(ctx context.Context, bearer string) (context.Context, LogIdentity, error) {
	if bearer != "" {
		return ctx, LogIdentity{}, errors.New("no tokens are accepted")
	}
	return ctx, LogIdentity{}, nil
}

func readOnly(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
			return
		}
		h.ServeHTTP(w, r)
	})
}

func (s *server) healthz(w http.ResponseWriter, _ *http.Request) {
	writeStatus(w, http.StatusOK, map[string]string{"status": "ok", "version": s.cfg.Version})
}

const readyWithin = 5 * time.Second

func (s *server) readyz(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), readyWithin)
	defer cancel()
	if drainOf(ctx).stopping() {
		writeStatus(w, http.StatusServiceUnavailable, map[string]string{"status": "stopping"})
		return
	}
	if s.cfg.Ready != nil {
		if err := s.cfg.Ready(ctx); err != nil {
			s.cfg.Logger.LogAttrs(ctx, slog.LevelWarn, "not ready",
				slog.String("request_id", RequestID(ctx)), slog.String("error", err.Error()))
			writeStatus(w, http.StatusServiceUnavailable, map[string]string{"status": "unavailable"})
			return
		}
	}
	writeStatus(w, http.StatusOK, map[string]string{"status": "ready"})
}

func writeStatus(w http.ResponseWriter, status int, body map[string]string) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

func (s *server) graphql(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Vary", "Accept, Accept-Language, Accept-Encoding, Origin")
	h.Set("Cache-Control", "no-store")
	if r.Method == http.MethodGet && websocket.IsWebSocketUpgrade(r) {
		s.socket(w, r)
		return
	}
	s.allowOrigin(h, r)
	mt, acceptable := negotiate(r.Header.Values("Accept"))
	switch {
	case r.Method == http.MethodOptions:
		s.preflight(w)
	case r.Method != http.MethodGet && r.Method != http.MethodHead && r.Method != http.MethodPost:
		h.Set("Allow", "GET, HEAD, POST, OPTIONS")
		writeRefusal(w, r, mt, refuse(http.StatusMethodNotAllowed, CodeMethodNotAllowed, "use POST, or GET for queries"))
	case !acceptable:
		writeRefusal(w, r, mt, refuse(http.StatusNotAcceptable, CodeNotAcceptable,
			"answers are application/graphql-response+json or application/json"))
	default:
		s.operation(w, r, mt)
	}
}

// operation answers one GraphQL request over plain HTTP.
func (s *server) operation(w http.ResponseWriter, r *http.Request, mt mediaType) {
	// Slower than this and the client is not reading: time to run plus time to take the answer.
	_ = http.NewResponseController(w).SetWriteDeadline(graphql.Now().Add(s.cfg.Limits.RequestTimeout + answerWithin))

	ctx, err := s.authenticate(r)
	switch {
	case errors.Is(err, ErrUnavailable):
		w.Header().Set("Retry-After", "1")
		writeRefusal(w, r, mt, refuse(http.StatusServiceUnavailable, CodeUnavailable, "temporarily unavailable; try again"))
		return
	case err != nil:
		w.Header().Set("WWW-Authenticate", "Bearer")
		writeRefusal(w, r, mt, refuse(http.StatusUnauthorized, CodeUnauthenticated, "the token is not accepted"))
		return
	}
	var (
		params *graphql.RawParams
		ref    *refusal
	)
	if r.Method == http.MethodPost {
		params, ref = postParams(w, r, s.cfg.Limits.BodyBytes)
	} else {
		params, ref = getParams(r.URL)
	}
	if ref != nil {
		writeRefusal(w, r, mt, ref)
		return
	}
	params.Headers = r.Header

	if s.cfg.PrepareContext != nil {
		ctx = s.cfg.PrepareContext(ctx, r)
	}
	op, refused := s.engine.prepare(ctx, params)
	if refused != nil {
		writeResponse(w, r, mt, statusOf(refused, mt), refused)
		return
	}
	exchangeOf(r.Context()).noteOperation(op.Operation)
	switch {
	case op.Operation.Operation == ast.Subscription:
		refused = &graphql.Response{Errors: gqlerror.List{codedError(CodeSubscriptionNotSupported,
			"subscriptions are served over WebSocket, subprotocol %s", subprotocol)}}
		writeResponse(w, r, mt, statusOf(refused, mt), refused)
		return
	case op.Operation.Operation == ast.Mutation && r.Method != http.MethodPost:
		w.Header().Set("Allow", "POST")
		writeRefusal(w, r, mt, refuse(http.StatusMethodNotAllowed, CodeMethodNotAllowed, "mutations need POST"))
		return
	}
	cancel := op.limit(s.cfg.Limits.RequestTimeout)
	defer cancel()
	resp := op.next()
	if resp == nil { // cancelled before it began
		resp = &graphql.Response{Errors: gqlerror.List{cancelledError()}}
	}
	writeResponse(w, r, mt, statusOf(resp, mt), resp)
}

const answerWithin = 30 * time.Second

// authenticate returns the request's context with its actor. A refusal is logged without the token.
func (s *server) authenticate(r *http.Request) (context.Context, error) {
	bearer, ok := bearerToken(r.Header.Values("Authorization"))
	if !ok {
		return nil, errMalformedToken
	}
	ctx, identity, err := s.cfg.Authenticate(r.Context(), bearer)
	if err != nil {
		s.logTokenRefused(r.Context(), bearer, err)
		return nil, err
	}
	exchangeOf(r.Context()).identity = identity
	return ctx, nil
}

var errMalformedToken = errors.New("malformed Authorization header")

func (s *server) logTokenRefused(ctx context.Context, bearer string, err error) {
	text := err.Error()
	if bearer != "" {
		text = strings.ReplaceAll(text, bearer, "[token]")
	}
	if errors.Is(err, ErrUnavailable) {
		s.cfg.Logger.LogAttrs(ctx, slog.LevelError, "cannot tell who calls", slog.String("request_id", RequestID(ctx)), slog.String("error", truncate(text, 256)))
		return
	}
	s.cfg.Logger.LogAttrs(ctx, slog.LevelInfo, "token refused",
		slog.String("request_id", RequestID(ctx)), slog.String("error", truncate(text, 256)))
}

// originAllowed reports whether a browser on that page may call from there. Requests without Origin are no browser's.
func (s *server) originAllowed(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	for _, o := range s.cfg.AllowedOrigins {
		if o == "*" || strings.EqualFold(o, origin) {
			return true
		}
	}
	u, err := url.Parse(origin)
	return err == nil && u.Host != "" && strings.EqualFold(u.Host, r.Host)
}

func (s *server) allowOrigin(h http.Header, r *http.Request) {
	if origin := r.Header.Get("Origin"); origin != "" && s.originAllowed(r) {
		h.Set("Access-Control-Allow-Origin", origin)
		h.Set("Access-Control-Expose-Headers", "X-Request-Id")
	}
}

func (s *server) preflight(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Allow", "GET, HEAD, POST, OPTIONS")
	if h.Get("Access-Control-Allow-Origin") != "" {
		h.Set("Access-Control-Allow-Methods", "GET, POST")
		h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, X-Request-Id")
		h.Set("Access-Control-Max-Age", "600")
	}
	w.WriteHeader(http.StatusNoContent)
}
