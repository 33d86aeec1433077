package config

import (
	"net"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/agnivade/levenshtein"
)

// Errors are the reasons why a configuration is refused: each starts with the variable's name and says what was
// expected. No value is quoted, because any of them may be a secret in the wrong place.
type Errors []string

// Error has one reason a line.
func (e Errors) Error() string { return strings.Join(e, "\n") }

// refusals holds the first reason for each variable.
type refusals map[string]string

func (r refusals) add(name, reason string) {
	if _, ok := r[name]; !ok {
		r[name] = name + ": " + reason
	}
}

// unexpected refuses the variable of a field of Config.
func (r refusals) unexpected(field string) {
	for _, v := range variables() {
		if v.field == field {
			r.add(v.name, "expected "+v.expect)
		}
	}
}

func (r refusals) lines() []string {
	var lines []string
	for _, v := range variables() {
		if line, ok := r[v.name]; ok {
			lines = append(lines, line)
		}
	}
	return lines
}

// check holds each value by itself. A value that could not be parsed is zero here, and refused already.
func (c *Config) check(refused refusals) {
	expect := func(ok bool, field string) {
		if !ok {
			refused.unexpected(field)
		}
	}
	expect(validAddr(c.Addr), "Addr")
	expect(c.DatabaseURL == "" || validDatabase(c.DatabaseURL), "DatabaseURL")
	expect(c.JWTSecret == "" || len(c.JWTSecret) >= 32 && !strings.Contains(c.JWTSecret.Reveal(), "-----BEGIN "), "JWTSecret")
	expect(c.JWKSURL == "" || validKeyURL(c.JWKSURL), "JWKSURL")
	expect(!strings.Contains(c.JWKSFile, "://"), "JWKSFile")
	expect(c.JWTIssuer == "" || utf8.RuneCountInString(c.JWTIssuer) <= 200 && printable(c.JWTIssuer), "JWTIssuer")
	// The path becomes part of an SQLite URL.
	expect(!strings.ContainsAny(c.DataDir, "?#%") && printable(c.DataDir) && !strings.Contains(c.DataDir, "://"), "DataDir")
	expect(slices.Contains([]string{"debug", "info", "warn", "error"}, c.LogLevel), "LogLevel")
	expect(slices.Contains([]string{"text", "json"}, c.LogFormat), "LogFormat")
	for i, origin := range c.AllowedOrigins {
		c.AllowedOrigins[i] = strings.ToLower(strings.TrimSpace(origin))
	}
	expect(slices.Equal(c.AllowedOrigins, []string{"*"}) || !slices.ContainsFunc(c.AllowedOrigins, notOrigin), "AllowedOrigins")
	expect(within(c.SweepInterval, 100*time.Millisecond, time.Hour), "SweepInterval")
	expect(within(c.MaxBodyBytes, 16<<10, 256<<20), "MaxBodyBytes")
	expect(within(c.QueryComplexity, 100, 1_000_000), "QueryComplexity")
	expect(within(c.QueryDepth, 3, 100), "QueryDepth")
	expect(within(c.RequestTimeout, time.Second, 10*time.Minute), "RequestTimeout")
	expect(within(c.DrainDelay, 0, time.Minute), "DrainDelay")
	expect(within(c.DBMaxConns, 2, 1000), "DBMaxConns")
	expect(c.MemoryLimit == 0 || within(c.MemoryLimit, 64, 1<<20), "MemoryLimit")
}

// checkKeys holds that tokens have exactly one kind of key, and an issuer, unless all of it is left to the embedded
// default. Two kinds together would invite passing a public key off as the secret.
func (c *Config) checkKeys(refused refusals) {
	const which = "exactly one of AFTERSALES_JWT_SECRET, AFTERSALES_JWKS_URL and AFTERSALES_JWKS_FILE"
	var set []string
	for name, value := range map[string]string{
		"AFTERSALES_JWT_SECRET": c.JWTSecret.Reveal(), "AFTERSALES_JWKS_URL": c.JWKSURL, "AFTERSALES_JWKS_FILE": c.JWKSFile,
	} {
		if value != "" || refused[name] != "" {
			set = append(set, name)
		}
	}
	databaseSet := c.DatabaseURL != "" || refused["AFTERSALES_DATABASE_URL"] != ""
	if len(set) > 1 {
		for _, name := range set {
			refused.add(name, "expected "+which)
		}
	}
	if len(set) == 0 && databaseSet {
		refused.add("AFTERSALES_JWT_SECRET", "expected "+which+" when AFTERSALES_DATABASE_URL is set")
	}
	if c.JWTIssuer == "" && (len(set) > 0 || databaseSet) {
		refused.add("AFTERSALES_JWT_ISSUER", "expected the iss claim of your tokens, because a database or a key is configured")
	}
}

func within[T int | int64 | time.Duration](v, low, high T) bool { return low <= v && v <= high }

func validAddr(s string) bool {
	host, port, err := net.SplitHostPort(s)
	if err != nil || strings.ContainsAny(host, "/ @") {
		return false
	}
	n, err := strconv.ParseUint(port, 10, 16)
	return err == nil && strconv.FormatUint(n, 10) == port
}

func validDatabase(s string) bool {
	if path, ok := strings.CutPrefix(s, "sqlite://"); ok {
		// An in-memory database would be a different one for each connection.
		return path != "" && !strings.HasSuffix(path, "/") && !strings.ContainsAny(path, "?#%") && printable(path) && !strings.Contains(path, ":memory:")
	}
	if !strings.HasPrefix(s, "postgres://") && !strings.HasPrefix(s, "postgresql://") {
		return false
	}
	u, err := url.Parse(s)
	return err == nil && (u.Host != "" || u.Query().Get("host") != "") && len(u.Path) > 1 && u.Fragment == ""
}

func validKeyURL(s string) bool {
	u, err := url.Parse(s)
	if err != nil || u.Hostname() == "" || u.User != nil || u.Fragment != "" {
		return false
	}
	// Whoever can change the keys on their way can sign for anybody.
	ip := net.ParseIP(u.Hostname())
	local := u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
	return strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://") && local
}

func notOrigin(s string) bool {
	u, err := url.Parse(s)
	return err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || strings.Contains(s, "*") || s != u.Scheme+"://"+u.Host
}

func printable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(c rune) bool { return !unicode.IsPrint(c) })
}

var (
	kubernetes = regexp.MustCompile(`^AFTERSALES_(\w+_)?(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)$`)
	// kubernetesPort has a name that is easily mistaken for a setting, so its value must look the part.
	kubernetesPort = regexp.MustCompile(`^AFTERSALES_(\w+_)?PORT=(tcp|udp|sctp)://`)
)

// unknown refuses what is surely a mistyped name, because a setting that silently does nothing is worse than no start.
func unknown(environ map[string]string) []string {
	var lines []string
	for name, value := range environ {
		if !strings.HasPrefix(name, "AFTERSALES_") || strings.HasPrefix(name, "AFTERSALES_TEST_") ||
			kubernetes.MatchString(name) || kubernetesPort.MatchString(name+"="+value) {
			continue
		}
		nearest, least := "", 0
		for _, v := range variables() {
			if v.name == name {
				nearest = ""
				break
			}
			if d := levenshtein.ComputeDistance(name, v.name); nearest == "" || d < least {
				nearest, least = v.name, d
			}
		}
		if nearest != "" {
			lines = append(lines, strings.Trim(strconv.QuoteToASCII(name), `"`)+": expected a known variable; the nearest is "+nearest)
		}
	}
	slices.Sort(lines)
	return lines
}
