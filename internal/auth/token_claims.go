package auth

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Claims is what a token says about its bearer. Subject, Merchant and Customer are 1 to 200 printable characters
// without white space at either end.
type Claims struct {
	// Subject is the caller's name at the issuer (sub).
	Subject string
	Role    Role
	// Merchant is the id or the slug of the caller's merchant; "" for PlatformAdmin and for nobody else.
	Merchant string
	// Customer is the external customer id, for role Customer always and for nobody else.
	Customer string
	// ExpiresAt is the instant, in UTC, from which on the token is refused (exp).
	ExpiresAt time.Time
	// Issuer is who vouches for all this (iss): the one the Verifier was made for.
	Issuer string
}

// maxTextLength is in characters, of sub, merchant, customer and kid.
const maxTextLength = 200

// maxNumericDate is the end of the year 9999 in Unix seconds, the last that RFC 3339 and both databases can write.
const maxNumericDate = 253402300799

func parseClaims(data []byte, issuer string, now time.Time) (Claims, error) {
	o, err := parseObject(data)
	if err != nil {
		return Claims{}, err
	}
	if iss, err := o.text("iss"); err != nil || iss != issuer {
		return Claims{}, refuse("iss is not the configured issuer")
	}
	if !o.audience() {
		return Claims{}, refuse("aud does not name this service")
	}
	c := Claims{Issuer: issuer}
	if c.ExpiresAt, err = o.instant("exp"); err != nil {
		return Claims{}, err
	}
	if !now.Before(c.ExpiresAt) {
		return Claims{}, refuse("expired")
	}
	for _, name := range []string{"nbf", "iat"} {
		if !o.has(name) {
			continue
		}
		at, err := o.instant(name)
		if err != nil {
			return Claims{}, err
		}
		if at.After(now.Add(Leeway)) {
			return Claims{}, refuse(name + " lies in the future")
		}
	}
	if c.Subject, err = o.text("sub"); err != nil {
		return Claims{}, err
	}
	role, err := o.text("role")
	if err != nil {
		return Claims{}, err
	}
	c.Role = Role(role)
	if c.Merchant, err = o.optionalText("merchant"); err != nil {
		return Claims{}, err
	}
	if c.Customer, err = o.optionalText("customer"); err != nil {
		return Claims{}, err
	}
	return c, c.check()
}

// check holds what the claims must be together, for tokens that come in and for those we sign.
func (c Claims) check() error {
	if _, ok := ParseRole(string(c.Role)); !ok {
		return refuse("role is not one of the contract")
	}
	if !identifier(c.Subject) {
		return refuse("sub is not 1 to 200 printable characters")
	}
	if (c.Merchant == "") != (c.Role == PlatformAdmin) {
		return refuse("merchant belongs to every role but PLATFORM_ADMIN")
	}
	if c.Merchant != "" && !identifier(c.Merchant) {
		return refuse("merchant is not 1 to 200 printable characters")
	}
	if (c.Customer != "") != (c.Role == Customer) {
		return refuse("customer belongs to the role CUSTOMER alone")
	}
	if c.Customer != "" && !identifier(c.Customer) {
		return refuse("customer is not 1 to 200 printable characters")
	}
	return nil
}

// identifier keeps out what could make two names look alike or break a log line: control and formatting characters,
// other spaces than the plain one, and U+FFFD, into which broken encodings collapse.
func identifier(s string) bool {
	if s == "" || utf8.RuneCountInString(s) > maxTextLength || strings.TrimSpace(s) != s {
		return false
	}
	for _, c := range s {
		if !unicode.IsPrint(c) || c == utf8.RuneError {
			return false
		}
	}
	return true
}

// object is a JSON object whose names are known to be different. Names are compared exactly; encoding/json's structs
// would take "Role" for "role".
type object map[string]json.RawMessage

func parseObject(data []byte) (object, error) {
	if !utf8.Valid(data) {
		return nil, refuse("not UTF-8")
	}
	if repeatsName(data) {
		return nil, refuse("a name stands twice in one JSON object")
	}
	var o object
	if err := json.Unmarshal(data, &o); err != nil || o == nil {
		return nil, refuse("not a JSON object")
	}
	return o, nil
}

// repeatsName looks at every depth: readers differ in which of two equal names they take. Malformed JSON is left to
// the parser proper.
func repeatsName(data []byte) bool {
	dec := json.NewDecoder(strings.NewReader(string(data)))
	dec.UseNumber()
	type level struct {
		names map[string]bool // nil for an array
		value bool            // in an object: the next token is a value
	}
	var open []level
	for {
		token, err := dec.Token()
		if err != nil {
			return false
		}
		if d, ok := token.(json.Delim); ok && (d == '}' || d == ']') {
			open = open[:len(open)-1]
			continue
		}
		if n := len(open); n > 0 && open[n-1].names != nil {
			in := &open[n-1]
			if !in.value {
				name, _ := token.(string)
				if in.names[name] {
					return true
				}
				in.names[name], in.value = true, true
				continue
			}
			in.value = false
		}
		switch token {
		case json.Delim('{'):
			open = append(open, level{names: map[string]bool{}})
		case json.Delim('['):
			open = append(open, level{})
		}
	}
}

func (o object) has(name string) bool {
	_, ok := o[name]
	return ok
}

// text is a claim that must be there, a string and an identifier.
func (o object) text(name string) (string, error) {
	s, err := o.optionalText(name)
	if err == nil && s == "" {
		err = refuse(name + " is missing or empty")
	}
	return s, err
}

// optionalText takes an absent claim and an empty string for the same; null is neither.
func (o object) optionalText(name string) (string, error) {
	raw, ok := o[name]
	if !ok {
		return "", nil
	}
	var s *string
	if err := json.Unmarshal(raw, &s); err != nil || s == nil {
		return "", refuse(name + " is not a string")
	}
	if *s != "" && !identifier(*s) {
		return "", refuse(name + " is not 1 to 200 printable characters")
	}
	return *s, nil
}

// audience accepts a string and an array of strings (RFC 7519 4.1.3).
func (o object) audience() bool {
	var one *string
	if json.Unmarshal(o["aud"], &one) == nil && one != nil {
		return *one == Audience
	}
	var many []*string
	if json.Unmarshal(o["aud"], &many) != nil {
		return false
	}
	found := false
	for _, aud := range many {
		if aud == nil {
			return false
		}
		found = found || *aud == Audience
	}
	return found
}

// instant reads a NumericDate (RFC 7519 2: seconds since 1970, fractions allowed) that must be there. A float is exact
// to well below a millisecond up to the year 9999, and no money or id passes here.
func (o object) instant(name string) (time.Time, error) {
	raw := string(o[name])
	if raw == "" {
		return time.Time{}, refuse(name + " is missing")
	}
	// ParseFloat takes more than JSON's numbers ("inf"), but raw is valid JSON; a string starts with its quote.
	seconds, err := strconv.ParseFloat(raw, 64)
	if err != nil || seconds <= 0 || seconds > maxNumericDate {
		return time.Time{}, refuse(name + " is not a number of seconds from 1970 to 9999")
	}
	whole, fraction := math.Modf(seconds)
	return time.Unix(int64(whole), int64(fraction*1e9)).UTC().Truncate(time.Microsecond), nil
}
