package config

import (
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"reflect"
	"strings"
	"text/tabwriter"
)

const redacted = "[redacted]"

// String is "[redacted]", or "" when there is no secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return redacted
}

// GoString keeps %#v from showing the secret.
func (s Secret) GoString() string { return fmt.Sprintf("%q", s.String()) }

// MarshalText keeps encoders (JSON) from showing the secret.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue keeps log handlers from showing the secret.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// String lists every setting as NAME=value, without the secret and without the user, password and parameters of the
// database URL.
func (c Config) String() string {
	var b strings.Builder
	for i, a := range c.attrs() {
		if i > 0 {
			b.WriteByte(' ')
		}
		fmt.Fprintf(&b, "%s=%s", a.Key, a.Value)
	}
	return b.String()
}

// GoString is String, so that %#v shows no more.
func (c Config) GoString() string { return c.String() }

// MarshalText is String, so that JSON and other encoders show no more.
func (c Config) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// LogValue is the settings as a group, with the same omissions as String.
func (c Config) LogValue() slog.Value { return slog.GroupValue(c.attrs()...) }

func (c Config) attrs() []slog.Attr {
	v := reflect.ValueOf(c)
	var attrs []slog.Attr
	for i, known := range variables() {
		text := fmt.Sprint(v.Field(i).Interface())
		switch known.field {
		case "DatabaseURL":
			text = withoutCredentials(c.DatabaseURL)
		case "AllowedOrigins":
			text = strings.Join(c.AllowedOrigins, ",")
		}
		attrs = append(attrs, slog.String(known.name, text))
	}
	return attrs
}

// withoutCredentials drops the parameters too: lib/pq takes user, password and sslpassword there.
func withoutCredentials(s string) string {
	if s == "" || strings.HasPrefix(s, "sqlite://") {
		return s
	}
	u, err := url.Parse(s)
	if err != nil {
		return redacted
	}
	shown := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}
	if u.User != nil {
		shown.User = url.User("***")
	}
	return shown.String()
}

// Describe writes a table of all variables: name, default and meaning, for --help and the README.
func Describe(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "VARIABLE\tDEFAULT\tMEANING")
	for _, v := range variables() {
		value := v.value
		if value == "" {
			value = "-"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\n", v.name, value, v.doc)
	}
	return t.Flush()
}
