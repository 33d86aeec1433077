// Package console serves the landing page at "/": what the service is, and a GraphQL IDE that lives in the binary.
//
// The page needs no network beyond the server that sent it: every script and style is embedded, and the content security
// policy refuses anything else. It must not know ent, use cases or the schema: it is told an endpoint, tokens and example
// operations, and learns the rest by introspection like any other client.
package console
