// Package httpapi is the HTTP face of the product: GraphQL over HTTP and over WebSocket, health, readiness, metrics and
// the landing page, around any gqlgen ExecutableSchema.
//
// It knows protocols, limits and logs. It must not know ent, the store, use cases, roles or what a token contains: those
// arrive as functions in Config. Tenancy and permissions are therefore not decided here.
//
// # Routes
//
//	POST /graphql            one operation, body application/json
//	GET  /graphql            one query, in the parameters query, operationName, variables, extensions
//	GET  /graphql + Upgrade  WebSocket, subprotocol graphql-transport-ws
//	GET  /healthz            the process answers
//	GET  /readyz             Config.Ready says yes and the server is not stopping
//	GET  /metrics            Prometheus
//	GET  /                   Config.Landing
//
// # Media types and status
//
// The answer is application/graphql-response+json when the client asks for it, application/json for "*/*" and for no
// Accept at all (what the graphql-http audits ask; the draft would switch the latter default). What never became a GraphQL
// request (broken JSON, wrong types, wrong method or media type) has the same 4xx in both. Once a request is well formed,
// application/json says 200 whatever the operation came to, application/graphql-response+json says 400 for an operation
// that was refused before execution; a crash, timeout or cancellation that left no data is 500 or 503 in both. Every answer of
// /graphql is a GraphQL response; a refused request has no "data".
//
// # Codes
//
// extensions.code is always present. Those of this package, with the HTTP status; "*" is 400, and 200 for
// application/json:
//
//	BAD_REQUEST                   400  not a GraphQL request: JSON, types, encoding, batch, bad persisted query
//	UNAUTHENTICATED               401  the token is not accepted; no detail, WWW-Authenticate: Bearer
//	FORBIDDEN_ORIGIN              403  WebSocket from a foreign origin
//	METHOD_NOT_ALLOWED            405  other methods, and a mutation by GET; Allow says what would do
//	NOT_ACCEPTABLE                406  no media type in common
//	REQUEST_TOO_LARGE             413  Limits.BodyBytes
//	UNSUPPORTED_MEDIA_TYPE        415  anything but application/json in UTF-8 (this is also the guard against CSRF)
//	GRAPHQL_PARSE_FAILED          *    syntax, or more than Limits.Tokens
//	GRAPHQL_VALIDATION_FAILED     *    the document does not fit the schema, or a variable does not fit its type
//	OPERATION_RESOLUTION_FAILURE  *    operationName is missing or names nothing
//	DOCUMENT_LIMIT_EXCEEDED       *    bytes, depth, fields, root fields, aliases, directives or merging work
//	COMPLEXITY_LIMIT_EXCEEDED     *    Limits.Complexity, by the schema's own cost functions
//	PERSISTED_QUERY_NOT_FOUND     *    send the query along with its hash
//	SUBSCRIPTION_NOT_SUPPORTED    *    subscriptions are served over WebSocket only
//	BAD_USER_INPUT                200  an argument that a scalar refused while executing
//	TIMEOUT                       503  Limits.RequestTimeout; 200 when there are data
//	TOO_MANY_OPERATIONS           -    WebSocket: Limits.OperationsPerConnection
//	UNAVAILABLE                   503  the server is stopping and cancelled the operation, or takes no more; 200 with data
//	INTERNAL                      500  masked fault, logged with the request id; 200 when there are data
//
// Errors of resolvers keep the code that Config.PresentError (or the resolver itself) gave them; anything without a code
// is masked as INTERNAL. The messages of this package are for the developer of a client and, like those of the GraphQL
// validator beside them, are in English only; what a user should read is a UserError of the schema.
//
// # WebSocket
//
// graphql-transport-ws to the letter. The token is taken from connection_init's payload ("authorization" or
// "Authorization", "Bearer ..."), else from the upgrade request's header. Close codes:
//
//	1001 the server is stopping             4406 subprotocol missing or other
//	1013 we cannot tell now who calls
//	4400 not a message of the protocol      4408 no connection_init within Limits.InitTimeout
//	4401 subscribe before connection_ack    4409 the id is in use
//	4403 token refused, or expired later    4429 second connection_init
//
// One operation too many ends with an "error" message of that operation (TOO_MANY_OPERATIONS): closing the socket would
// take the other operations with it. 4403 rather than 4401 for an expired token, because clients reconnect after 4403.
// A stopping server ends subscriptions, lets queries and mutations finish within its bound, and closes with 1001.
//
// # Metrics
//
//	aftersales_http_requests_total{status,operation}         status 2xx..5xx; operation query, mutation or none
//	aftersales_http_request_duration_seconds{operation}      histogram
//	aftersales_http_requests_in_flight                       without WebSockets
//	aftersales_graphql_errors_total{code}                    errors in answers, HTTP and WebSocket
//	aftersales_websocket_connections                         open now
//	aftersales_websocket_operations_total{operation}         started
//	aftersales_websocket_closes_total{code}                  by close code
//	aftersales_build_info{version}                           always 1
//
// and the collectors of the Go runtime and the process.
//
// # Log
//
// One line per request ("request") and per WebSocket operation ("operation"): method, path, status, operation, type,
// duration in milliseconds, bytes, request id, merchant, actor, role, codes. Never the token, the query or its variables.
package httpapi
