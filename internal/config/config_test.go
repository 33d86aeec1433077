package config_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"aftersales/internal/config"
)

const secret = "0123456789abcdef0123456789abcdef"

// vars makes an environment of NAME=value lines, the prefix AFTERSALES_ left out.
func vars(lines ...string) map[string]string {
	m := map[string]string{"PATH": "/bin"}
	for _, line := range lines {
		name, value, _ := strings.Cut(line, "=")
		m["AFTERSALES_"+name] = value
	}
	return m
}

func TestEmbeddedDefault(t *testing.T) {
	// Not parallel: nil must not mean the real environment.
	t.Setenv("AFTERSALES_ADDR", "nonsense")
	for _, environ := range []map[string]string{nil, {}, vars("ADDR=", "DATABASE_URL=", "JWT_SECRET=", "LOG_LEVEL=")} {
		c, err := config.Load(environ)
		if err != nil {
			t.Fatal(err)
		}
		want := config.Config{
			Addr: "127.0.0.1:8080", DataDir: "data", JWTIssuer: config.EmbeddedIssuer, LogLevel: "info", LogFormat: "text",
			SweepInterval: 5 * time.Second, MaxBodyBytes: 8 << 20, QueryComplexity: 20000, QueryDepth: 16, RequestTimeout: 30 * time.Second, DBMaxConns: 10,
		}
		if !reflect.DeepEqual(c, want) {
			t.Errorf("got  %+v\nwant %+v", c, want)
		}
		if !c.Embedded() || c.Database() != "sqlite://data/aftersales.db" || c.JWKS() != "" {
			t.Errorf("embedded %v, database %s, keys %q", c.Embedded(), c.Database(), c.JWKS())
		}
	}
	if got := config.Environ()["AFTERSALES_ADDR"]; got != "nonsense" {
		t.Errorf("Environ has %q", got)
	}
}

func TestEverySettingIsRead(t *testing.T) {
	t.Parallel()
	c, err := config.Load(vars("ADDR=[::1]:0", "DATABASE_URL=postgres://u:p@db/shop?sslmode=disable", "DATA_DIR=/var/lib/as", "JWT_SECRET="+secret,
		"JWT_ISSUER=https://id.example", "LOG_LEVEL=debug", "LOG_FORMAT=json", "ALLOWED_ORIGINS=https://A.example, http://localhost:3000",
		"SWEEP_INTERVAL=100ms", "GATEWAY_ALLOW_PRIVATE=true", "MAX_BODY_BYTES=16384", "QUERY_COMPLEXITY=100", "QUERY_DEPTH=3", "REQUEST_TIMEOUT=10m", "DRAIN_DELAY=1m", "DB_MAX_CONNS=1000", "MEMORY_LIMIT=64"))
	if err != nil {
		t.Fatal(err)
	}
	want := config.Config{
		Addr: "[::1]:0", DatabaseURL: "postgres://u:p@db/shop?sslmode=disable", DataDir: "/var/lib/as", JWTSecret: secret, JWTIssuer: "https://id.example",
		LogLevel: "debug", LogFormat: "json", AllowedOrigins: []string{"https://a.example", "http://localhost:3000"},
		SweepInterval: 100 * time.Millisecond, GatewayAllowPrivate: true, MaxBodyBytes: 16384, QueryComplexity: 100, QueryDepth: 3, RequestTimeout: 10 * time.Minute, DrainDelay: time.Minute, DBMaxConns: 1000, MemoryLimit: 64,
	}
	if !reflect.DeepEqual(c, want) || c.JWTSecret.Reveal() != secret {
		t.Errorf("got  %+v\nwant %+v", c, want)
	}
	if c.Embedded() || c.Database() != want.DatabaseURL {
		t.Errorf("embedded %v, database %s", c.Embedded(), c.Database())
	}
}

func TestAcceptedCombinations(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		vars     []string
		embedded bool
		keys     string
	}{
		"own issuer, embedded":    {[]string{"JWT_ISSUER=me"}, true, ""},
		"SQLite and secret":       {[]string{"DATABASE_URL=sqlite://x/y.db", "JWT_SECRET=" + secret, "JWT_ISSUER=me"}, false, ""},
		"absolute SQLite":         {[]string{"DATABASE_URL=sqlite:///x/y.db", "JWT_SECRET=" + secret, "JWT_ISSUER=me"}, false, ""},
		"data dir and key file":   {[]string{"JWKS_FILE=keys.json", "JWT_ISSUER=me"}, false, "keys.json"},
		"socket and key URL":      {[]string{"DATABASE_URL=postgres:///shop?host=/run/postgresql", "JWKS_URL=https://id.example/keys?v=1", "JWT_ISSUER=me"}, false, "https://id.example/keys?v=1"},
		"postgresql, local keys":  {[]string{"DATABASE_URL=postgresql://h:5432/d", "JWKS_URL=http://127.0.0.1:9/keys", "JWT_ISSUER=me"}, false, "http://127.0.0.1:9/keys"},
		"IPv6 local keys":         {[]string{"JWKS_URL=http://[::1]:9/", "JWT_ISSUER=me"}, false, "http://[::1]:9/"},
		"any origin":              {[]string{"ALLOWED_ORIGINS=*"}, true, ""},
		"every interface":         {[]string{"ADDR=:8080"}, true, ""},
		"test suite's variables":  {[]string{"TEST_POSTGRES_URL=x"}, true, ""},
		"Kubernetes service":      {[]string{"SERVICE_HOST=10.0.0.1", "SERVICE_PORT=80", "SERVICE_PORT_HTTP=80", "PORT=tcp://10.0.0.1:80", "PORT_80_TCP=tcp://10.0.0.1:80", "PORT_80_TCP_ADDR=10.0.0.1"}, true, ""},
		"Kubernetes, other names": {[]string{"DB_SERVICE_HOST=10.0.0.1", "DB_PORT=tcp://10.0.0.1:5432", "DB_PORT_5432_TCP_PROTO=tcp"}, true, ""},
	} {
		c, err := config.Load(vars(tc.vars...))
		if err != nil || c.Embedded() != tc.embedded || c.JWKS() != tc.keys || c.JWTIssuer == "" {
			t.Errorf("%s: embedded %v, keys %q, %v", name, c.Embedded(), c.JWKS(), err)
		}
	}
}

func TestRefusedValues(t *testing.T) {
	t.Parallel()
	withKey := func(line string) []string { return []string{line, "JWT_SECRET=" + secret, "JWT_ISSUER=me"} }
	// Each value is refused for the first variable of its line alone.
	for _, tc := range [][]string{
		{"ADDR=localhost"}, {"ADDR=8080"}, {"ADDR=:http"}, {"ADDR=:65536"}, {"ADDR=:-1"}, {"ADDR=http://x:80"}, {"ADDR= :80"}, {"ADDR=:080"},
		withKey("DATABASE_URL=mysql://h/d"), withKey("DATABASE_URL=host=h user=u"), withKey("DATABASE_URL=postgres://h"), withKey("DATABASE_URL=postgres:///d"),
		withKey("DATABASE_URL=postgres://u:%zz@h/d"), withKey("DATABASE_URL=sqlite://"), withKey("DATABASE_URL=sqlite://:memory:"), withKey("DATABASE_URL=sqlite://dir/"),
		withKey("DATABASE_URL=sqlite://x.db?mode=ro"), withKey("DATABASE_URL=x.db"), withKey("DATABASE_URL=POSTGRES://h/d"),
		{"DATA_DIR=a?b"}, {"DATA_DIR=a\nb"}, {"DATA_DIR=file://x"}, {"DATA_DIR=  "},
		{"JWT_SECRET=" + secret[:31], "JWT_ISSUER=me"}, {"JWT_SECRET=-----BEGIN PUBLIC KEY-----" + secret, "JWT_ISSUER=me"}, {"JWT_SECRET=" + secret + "\n", "JWT_ISSUER=me"},
		{"JWKS_URL=http://id.example/keys", "JWT_ISSUER=me"}, {"JWKS_URL=id.example", "JWT_ISSUER=me"}, {"JWKS_URL=file:///x", "JWT_ISSUER=me"},
		{"JWKS_URL=https://u:p@id.example/", "JWT_ISSUER=me"}, {"JWKS_URL=https:///keys", "JWT_ISSUER=me"}, {"JWKS_URL=http://127.0.0.1.example/", "JWT_ISSUER=me"},
		{"JWKS_URL=https://id.example/#k", "JWT_ISSUER=me"}, {"JWKS_FILE=https://id.example/", "JWT_ISSUER=me"},
		{"JWT_ISSUER=a\tb"}, {"JWT_ISSUER=" + strings.Repeat("x", 201)},
		{"LOG_LEVEL=INFO"}, {"LOG_LEVEL=trace"}, {"LOG_FORMAT=xml"},
		{"ALLOWED_ORIGINS=a.example"}, {"ALLOWED_ORIGINS=https://a.example/"}, {"ALLOWED_ORIGINS=https://a.example,*"}, {"ALLOWED_ORIGINS=https://*.example"},
		{"ALLOWED_ORIGINS=https://a.example,"}, {"ALLOWED_ORIGINS=null"}, {"ALLOWED_ORIGINS=https://u@a.example"}, {"ALLOWED_ORIGINS=ftp://a.example"},
		{"DRAIN_DELAY=5"}, {"DRAIN_DELAY=-1s"}, {"DRAIN_DELAY=61s"},
		{"SWEEP_INTERVAL=5"}, {"SWEEP_INTERVAL=99ms"}, {"SWEEP_INTERVAL=61m"}, {"SWEEP_INTERVAL=-5s"},
		{"GATEWAY_ALLOW_PRIVATE=yes"}, {"GATEWAY_ALLOW_PRIVATE=2"},
		{"MAX_BODY_BYTES=16383"}, {"MAX_BODY_BYTES=268435457"}, {"MAX_BODY_BYTES=1e6"}, {"MAX_BODY_BYTES=8MB"}, {"MAX_BODY_BYTES=99999999999999999999"},
		{"QUERY_COMPLEXITY=99"}, {"QUERY_COMPLEXITY=1000001"}, {"QUERY_DEPTH=2"}, {"QUERY_DEPTH=101"}, {"QUERY_DEPTH=3.5"},
		{"REQUEST_TIMEOUT=999ms"}, {"REQUEST_TIMEOUT=11m"}, {"DB_MAX_CONNS=1"}, {"DB_MAX_CONNS=1001"}, {"DB_MAX_CONNS=ten"},
		{"MEMORY_LIMIT=63"}, {"MEMORY_LIMIT=-1"}, {"MEMORY_LIMIT=1GiB"},
	} {
		t.Run(tc[0], func(t *testing.T) {
			t.Parallel()
			name, value, _ := strings.Cut(tc[0], "=")
			c, err := config.Load(vars(tc...))
			lines, ok := errors.AsType[config.Errors](err)
			if !ok || len(lines) != 1 || !strings.HasPrefix(lines[0], "AFTERSALES_"+name+": expected ") {
				t.Fatalf("%v", err)
			}
			if len(strings.TrimSpace(value)) > len("sqlite://") && strings.Contains(lines[0], value) {
				t.Errorf("the value is quoted: %s", lines[0])
			}
			if !reflect.DeepEqual(c, config.Config{}) {
				t.Error("a refused configuration is returned")
			}
		})
	}
}

func TestRefusedCombinations(t *testing.T) {
	t.Parallel()
	key, url, file, issuer := "JWT_SECRET="+secret, "JWKS_URL=https://id.example/", "JWKS_FILE=k.json", "JWT_ISSUER=me"
	for name, tc := range map[string]struct{ vars, want []string }{
		"secret and URL":       {[]string{key, url, issuer}, []string{"JWT_SECRET", "JWKS_URL"}},
		"URL and file":         {[]string{url, file, issuer}, []string{"JWKS_URL", "JWKS_FILE"}},
		"all three":            {[]string{key, url, file, issuer}, []string{"JWT_SECRET", "JWKS_URL", "JWKS_FILE"}},
		"bad secret and file":  {[]string{"JWT_SECRET=x", file, issuer}, []string{"JWT_SECRET", "JWKS_FILE"}},
		"database, no key":     {[]string{"DATABASE_URL=sqlite://x.db", issuer}, []string{"JWT_SECRET"}},
		"database alone":       {[]string{"DATABASE_URL=postgres://h/d"}, []string{"JWT_SECRET", "JWT_ISSUER"}},
		"bad database alone":   {[]string{"DATABASE_URL=x"}, []string{"DATABASE_URL", "JWT_SECRET", "JWT_ISSUER"}},
		"key without issuer":   {[]string{key}, []string{"JWT_ISSUER"}},
		"file without issuer":  {[]string{file}, []string{"JWT_ISSUER"}},
		"two wrong values":     {[]string{"QUERY_DEPTH=x", "ADDR=x"}, []string{"ADDR", "QUERY_DEPTH"}},
		"two wrong, two typos": {[]string{"PORTS=1", "LOG_LEVEL=x", "ADRR=x", "MEMORY_LIMIT=x"}, []string{"LOG_LEVEL", "MEMORY_LIMIT", "ADRR", "PORTS"}},
	} {
		_, err := config.Load(vars(tc.vars...))
		lines, _ := errors.AsType[config.Errors](err)
		var names []string
		for _, line := range lines {
			names = append(names, strings.TrimPrefix(line[:strings.Index(line, ":")], "AFTERSALES_"))
		}
		if !slices.Equal(names, tc.want) {
			t.Errorf("%s: %v, want %v\n%v", name, names, tc.want, err)
		}
		if err != nil && (strings.Contains(err.Error(), secret) || strings.Count(err.Error(), "\n") != len(tc.want)-1) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestUnknownVariableNamesTheNearest(t *testing.T) {
	t.Parallel()
	for wrong, nearest := range map[string]string{
		"ADRESS": "AFTERSALES_ADDR", "DATABASE_URI": "AFTERSALES_DATABASE_URL", "JWT_SECRETS": "AFTERSALES_JWT_SECRET",
		"LOGLEVEL": "AFTERSALES_LOG_LEVEL", "SWEEP_INTERVALL": "AFTERSALES_SWEEP_INTERVAL", "addr": "AFTERSALES_ADDR",
	} {
		_, err := config.Load(vars(wrong + "=" + secret))
		want := "AFTERSALES_" + wrong + ": expected a known variable; the nearest is " + nearest
		if err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", wrong, err, want)
		}
	}
	// A port is a mistake for AFTERSALES_ADDR unless Kubernetes wrote it.
	if _, err := config.Load(vars("PORT=8080")); err == nil {
		t.Error("AFTERSALES_PORT=8080 is ignored")
	}
	if _, err := config.Load(map[string]string{"AFTERSALES": "x", "MY_AFTERSALES_ADDR": "x"}); err != nil {
		t.Errorf("another program's variable: %v", err)
	}
}
