package httpapi

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Config is what the product supplies. Schema is required; every other field has a safe zero value.
type Config struct {
	// Schema is executed as it is. Complexity costs are its owner's; Limits.Complexity is enforced here.
	Schema graphql.ExecutableSchema

	// Logger receives one line per request and every masked fault. Nil discards.
	Logger *slog.Logger

	// Authenticate turns a bearer token into a context that knows the actor. An empty bearer is an anonymous caller and
	// must not be refused. An error becomes HTTP 401, or WebSocket close 4403, without detail. Nil refuses every token.
	// One that wraps ErrUnavailable says nothing about the token: it becomes 503, or close 1013, and the client tries again.
	Authenticate func(ctx context.Context, bearer string) (context.Context, LogIdentity, error)

	// PrepareContext adds what an operation needs from the request, such as its language. It runs once per operation,
	// after Authenticate; on a WebSocket r is the upgrade request. Optional.
	PrepareContext func(ctx context.Context, r *http.Request) context.Context

	// PresentError gives an error of a resolver its code and text. It is not asked about errors that carry a code already.
	// What it returns without extensions.code is masked. Optional.
	PresentError func(ctx context.Context, err error) *gqlerror.Error

	// Extensions are gqlgen extensions (tracing). They are called in this order. Field interceptors cost every field.
	Extensions []graphql.HandlerExtension

	// Ready says whether the product can serve; it is given five seconds. The error is logged and not shown. Optional.
	Ready func(ctx context.Context) error

	// Landing serves GET / and everything not routed elsewhere. Nil answers 404.
	Landing http.Handler

	// Routes are further handlers by their http.ServeMux pattern, such as callbacks of other services. They see to method,
	// size and caller themselves.
	Routes map[string]http.Handler

	// Limits; zero fields take their default.
	Limits Limits

	// MetricsRegistry is where metrics are registered and what /metrics shows. Nil makes one.
	MetricsRegistry *prometheus.Registry

	// AllowedOrigins are the browser origins ("https://panel.example") that may call from another site, by CORS and by
	// WebSocket; "*" allows all. The same origin is always allowed. No cookies are involved: a token is needed anyway.
	AllowedOrigins []string

	// Version is shown by /healthz and aftersales_build_info.
	Version string
}

// ErrUnavailable is wrapped by an error of Authenticate that is our own trouble, such as a database that does not answer.
var ErrUnavailable = errors.New("temporarily unavailable")

// LogIdentity is what a log line says about the caller: identifiers only, never a token or personal data.
type LogIdentity struct {
	Merchant, Actor, Role string

	// ExpiresAt is when the token ends; a WebSocket is closed then. Zero means never.
	ExpiresAt time.Time
}

// Limits bounds what one caller can make the server do. They apply alike to HTTP and WebSocket, and before validation,
// so that an expensive document is refused cheaply.
type Limits struct {
	BodyBytes     int64 // of a request body or WebSocket message; default 8 MiB, room for an import of 1000 orders
	DocumentBytes int   // of the query text; default 128 KiB
	Tokens        int   // lexical tokens of the document; default 10000
	Depth         int   // nested fields, fragments included; default 16: the usual introspection query has 15
	Fields        int   // fields and spreads of all operations and fragments, expanded, duplicates counted; default 5000
	RootFields    int   // fields of one operation's root after expansion; default 20
	Aliases       int   // aliased fields of the document; default 60
	Directives    int   // directives of the document; default 100
	Complexity    int   // by the schema's cost functions; default 20000

	RequestTimeout time.Duration // of one query or mutation; default 30 s

	InitTimeout             time.Duration // WebSocket: until connection_init; default 5 s
	OperationsPerConnection int           // WebSocket: running at once; default 50
}

func (l Limits) withDefaults() Limits {
	return Limits{
		BodyBytes:     cmp.Or(l.BodyBytes, 8<<20),
		DocumentBytes: cmp.Or(l.DocumentBytes, 128<<10),
		Tokens:        cmp.Or(l.Tokens, 10_000),
		Depth:         cmp.Or(l.Depth, 16),
		Fields:        cmp.Or(l.Fields, 5_000),
		RootFields:    cmp.Or(l.RootFields, 20),
		Aliases:       cmp.Or(l.Aliases, 60),
		Directives:    cmp.Or(l.Directives, 100),
		Complexity:    cmp.Or(l.Complexity, 20_000),

		RequestTimeout: cmp.Or(l.RequestTimeout, 30*time.Second),

		InitTimeout:             cmp.Or(l.InitTimeout, 5*time.Second),
		OperationsPerConnection: cmp.Or(l.OperationsPerConnection, 50),
	}
}
