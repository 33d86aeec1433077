// Package config is what an operator may set, read once from the environment and refused as a whole when any of it is
// wrong. It checks form and combination; that a database answers or a key set is fit for use is found out by those who
// open them. It knows no other package of the product and never shows a secret.
package config

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"
)

// Config is every setting. The tags are its documentation: env and envDefault as in caarlos0/env, doc is the meaning
// that Describe prints, expect completes "expected ..." when a value is refused. An empty variable counts as not set.
type Config struct {
	// Addr is the listen address, host:port; port 0 picks a free one.
	Addr string `env:"AFTERSALES_ADDR" envDefault:"127.0.0.1:8080" expect:"host:port with a port from 0 to 65535, such as 127.0.0.1:8080" doc:"Address to listen on."`

	// DatabaseURL is as configured, "" for the embedded default; Database says what to open. It may hold a password.
	DatabaseURL string `env:"AFTERSALES_DATABASE_URL" expect:"postgres://user:password@host/name or sqlite://path" doc:"Database: postgres://user:password@host/name, or sqlite://path for one file on a local disk. Empty: an SQLite file in the data directory."`
	// DataDir is where embedded data lives.
	DataDir string `env:"AFTERSALES_DATA_DIR" envDefault:"data" expect:"the path of a directory" doc:"Directory of embedded data: the database and the secret for tokens. Created when missing, relative to the working directory; back it up and keep it out of version control."`

	// JWTSecret is the shared key of HS256 tokens, 32 bytes or more.
	JWTSecret Secret `env:"AFTERSALES_JWT_SECRET" expect:"32 bytes or more, and not a public key" doc:"Secret of HS256 tokens, 32 bytes or more. Give this or one of the JWKS variables, never two of them."`
	// JWKSURL is where public keys are published.
	JWKSURL string `env:"AFTERSALES_JWKS_URL" expect:"an https:// URL without user, password and fragment (http:// only for this machine)" doc:"URL of the issuer's JSON Web Key Set (RSA, ECDSA, Ed25519); https, or http on this machine. Must answer at start."`
	// JWKSFile is a file of public keys.
	JWKSFile string `env:"AFTERSALES_JWKS_FILE" expect:"the path of a file" doc:"File with a JSON Web Key Set instead; read at start only."`
	// JWTIssuer is what the iss claim must be; never empty in a Config that Load returned.
	JWTIssuer string `env:"AFTERSALES_JWT_ISSUER" expect:"the iss claim of your tokens, at most 200 printable characters" doc:"Required iss claim of tokens. May be left out only when neither database nor key is set; it is then aftersales-embedded."`

	// LogLevel is debug, info, warn or error.
	LogLevel string `env:"AFTERSALES_LOG_LEVEL" envDefault:"info" expect:"debug, info, warn or error" doc:"Least severity that is logged: debug, info, warn, error."`
	// LogFormat is text or json.
	LogFormat string `env:"AFTERSALES_LOG_FORMAT" envDefault:"text" expect:"text or json" doc:"Form of log lines: text, json."`

	// AllowedOrigins are browser origins (scheme://host, or scheme://host:port, lower case) besides our own, or just "*".
	AllowedOrigins []string `env:"AFTERSALES_ALLOWED_ORIGINS" expect:"origins such as https://shop.example separated by commas, without path, or a single *" doc:"Browser origins that may call from another site, separated by commas, such as https://panel.example; * for any."`

	// SweepInterval is real time between two looks for deadlines that fell due and for refunds to tell a gateway of.
	SweepInterval time.Duration `env:"AFTERSALES_SWEEP_INTERVAL" envDefault:"5s" expect:"a duration from 100ms to 1h" doc:"How often due deadlines, and refunds that a gateway is to be told of, are looked for; 100ms to 1h."`

	// GatewayAllowPrivate lets merchants' payment services stand inside the server's own network and speak http.
	GatewayAllowPrivate bool `env:"AFTERSALES_GATEWAY_ALLOW_PRIVATE" envDefault:"false" expect:"true or false" doc:"Whether refund gateways may be at private addresses and use http: true, false. Leave it false where merchants are not the operator's own."`

	// MaxBodyBytes bounds a request body and a WebSocket message.
	MaxBodyBytes int64 `env:"AFTERSALES_MAX_BODY_BYTES" envDefault:"8388608" expect:"a whole number from 16384 to 268435456" doc:"Largest request body in bytes; 16384 to 268435456."`
	// QueryComplexity bounds the cost of one operation, by the schema's cost functions.
	QueryComplexity int `env:"AFTERSALES_QUERY_COMPLEXITY" envDefault:"20000" expect:"a whole number from 100 to 1000000" doc:"Largest cost of one GraphQL operation; 100 to 1000000."`
	// QueryDepth bounds the nesting of fields.
	QueryDepth int `env:"AFTERSALES_QUERY_DEPTH" envDefault:"16" expect:"a whole number from 3 to 100" doc:"Deepest nesting of one GraphQL operation; 3 to 100 (the usual introspection needs 15)."`
	// RequestTimeout bounds one query or mutation.
	RequestTimeout time.Duration `env:"AFTERSALES_REQUEST_TIMEOUT" envDefault:"30s" expect:"a duration from 1s to 10m" doc:"Longest time for one query or mutation; 1s to 10m."`

	// DrainDelay is how long a server that was told to stop still takes requests, unready.
	DrainDelay time.Duration `env:"AFTERSALES_DRAIN_DELAY" envDefault:"0s" expect:"a duration from 0s to 1m" doc:"How long a server told to stop still takes requests while /readyz answers 503, for a load balancer to look away first; 0s to 1m."`

	// DBMaxConns bounds the connections of this process to PostgreSQL, and the readers of SQLite.
	DBMaxConns int `env:"AFTERSALES_DB_MAX_CONNS" envDefault:"10" expect:"a whole number from 2 to 1000" doc:"Most database connections of this process; 2 to 1000. All processes together must stay below PostgreSQL's max_connections."`
	// MemoryLimit is the Go runtime's soft limit in MiB; 0 leaves it to GOMEMLIMIT.
	MemoryLimit int `env:"AFTERSALES_MEMORY_LIMIT" expect:"a whole number of MiB from 64 to 1048576" doc:"Soft limit of memory in MiB, about 80 % of the container's; 64 to 1048576. Empty: GOMEMLIMIT, or 64 for the server."`
}

// EmbeddedIssuer is the iss claim of tokens in the embedded default when none is configured.
const EmbeddedIssuer = "aftersales-embedded"

// Secret is text that prints as [redacted] in every common way; Reveal is the only way to it.
type Secret string

// Reveal returns the secret itself.
func (s Secret) Reveal() string { return string(s) }

// Environ is the environment of the process, as Load wants it.
func Environ() map[string]string { return env.ToMap(os.Environ()) }

// Load reads the configuration from environment variables. It refuses every wrong value, every wrong combination and
// every unknown AFTERSALES_ variable at once: the error is then Errors. Left alone are AFTERSALES_TEST_ variables, which
// are the test suite's, and those that Kubernetes sets for a Service whose name starts with "aftersales".
func Load(environ map[string]string) (Config, error) {
	given := maps.Clone(environ)
	if given == nil {
		given = map[string]string{} // nil would make env read the real environment
	}
	var c Config
	refused := refusals{}
	for _, v := range variables() {
		if given[v.name] != strings.TrimSpace(given[v.name]) {
			refused.add(v.name, "expected no white space at either end")
			delete(given, v.name)
		}
	}
	if err := env.ParseWithOptions(&c, env.Options{Environment: given}); err != nil {
		aggregate, ok := errors.AsType[env.AggregateError](err)
		if !ok {
			return Config{}, err
		}
		for _, e := range aggregate.Errors {
			parse, ok := errors.AsType[env.ParseError](e)
			if !ok {
				return Config{}, e
			}
			refused.unexpected(parse.Name) // the error itself quotes the value
		}
	}
	c.check(refused)
	c.checkKeys(refused)
	if c.Embedded() && c.JWTIssuer == "" {
		c.JWTIssuer = EmbeddedIssuer
	}
	lines := append(refused.lines(), unknown(environ)...)
	if len(lines) > 0 {
		return Config{}, Errors(lines)
	}
	return c, nil
}

// Embedded reports whether neither a database nor key material is configured: the process then keeps its data and a
// secret of its own (EmbeddedSecret) in DataDir, which is meant for trying, development and a small shop.
func (c Config) Embedded() bool {
	return c.DatabaseURL == "" && c.JWTSecret == "" && c.JWKSURL == "" && c.JWKSFile == ""
}

// Database is the URL to open: the configured one, or that of the SQLite file in DataDir.
func (c Config) Database() string {
	if c.DatabaseURL != "" {
		return c.DatabaseURL
	}
	return "sqlite://" + filepath.Join(c.DataDir, "aftersales.db")
}

// JWKS is the source of public keys, a URL or the path of a file; "" when tokens are signed with a secret.
func (c Config) JWKS() string {
	if c.JWKSURL != "" {
		return c.JWKSURL
	}
	return c.JWKSFile
}

// variable is one field's documentation.
type variable struct{ field, name, value, expect, doc string }

// variables lists the fields of Config in their order.
func variables() []variable {
	t := reflect.TypeFor[Config]()
	all := make([]variable, t.NumField())
	for i := range all {
		f := t.Field(i)
		all[i] = variable{f.Name, f.Tag.Get("env"), f.Tag.Get("envDefault"), f.Tag.Get("expect"), f.Tag.Get("doc")}
	}
	return all
}
