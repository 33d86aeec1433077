package auth

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Audience is what the aud claim of every token must name.
const Audience = "aftersales"

// Leeway is how far ahead of our clock a token's nbf and iat may lie, for an issuer whose clock is fast. The exp claim
// gets none: a token is refused from exactly ExpiresAt on, so that requests and long-lived connections agree.
const Leeway = 30 * time.Second

// maxTokenBytes bounds the work an anonymous caller can cause; a real token is well below 1 KiB.
const maxTokenBytes = 8 << 10

// ErrToken is every refusal of a token. Clients are told no more than that; the text of an error wrapping it is the
// reason, for the log, and never contains any part of the token.
var ErrToken = errors.New("token refused")

func refuse(reason string) error { return fmt.Errorf("%w: %s", ErrToken, reason) }

// Verifier turns tokens into Claims. It is safe for concurrent use.
type Verifier struct {
	keys   keySource
	issuer string
	now    func() time.Time
	seen   verified
}

// keySource is what signatures are checked with: one shared secret, or a set of public keys.
type keySource interface {
	// accepts reports whether a token may be signed with alg (a JOSE name) at all.
	accepts(alg string) bool
	// key finds the verification key of a token by its header; kid is "" when the token names none. The errors wrap
	// ErrToken.
	key(ctx context.Context, alg, kid string) (any, error)
}

// Verify returns the claims of a token that is signed by the configured key, from the configured issuer, for this
// service, valid now, and complete: see Claims for what each role must and must not carry. It is strict about form, so
// that nothing is read differently here than at the issuer: at most 8 KiB, three segments of canonical base64url, plain
// UTF-8 JSON objects without a repeated name, and no crit or b64 header. Headers that point to keys or certificates
// (jku, jwk, x5u, x5c) are never looked at. Every error wraps ErrToken.
//
// A token that was accepted is not taken apart again for a minute; only its time and its key are looked at. ctx bounds the fetch of a key
// set that an unknown key id may cause.
func (v *Verifier) Verify(ctx context.Context, token string) (Claims, error) {
	if len(token) > maxTokenBytes {
		return Claims{}, refuse("longer than 8 KiB")
	}
	sum, now := sha256.Sum256([]byte(token)), v.now()
	if c, ok := v.seen.claimsOf(ctx, sum, v.keys, now); ok {
		return c, nil
	}
	a, err := v.verify(ctx, token, now)
	if err != nil {
		return Claims{}, err
	}
	v.seen.remember(sum, a)
	return a.Claims, nil
}

func (v *Verifier) verify(ctx context.Context, token string, now time.Time) (a accepted, err error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return a, refuse("not three segments")
	}
	var raw [3][]byte
	for i, part := range parts {
		if raw[i], err = decodeSegment(part); err != nil {
			return a, err
		}
	}
	if a.header, err = parseHeader(raw[0]); err != nil {
		return a, err
	}
	if !v.keys.accepts(a.alg) {
		return a, refuse("signed with an algorithm that the configured keys do not use")
	}
	if a.key, err = v.keys.key(ctx, a.alg, a.kid); err != nil {
		return a, err
	}
	signed := token[:len(parts[0])+1+len(parts[1])]
	if jwt.GetSigningMethod(a.alg).Verify(signed, raw[2], a.key) != nil {
		return a, refuse("the signature does not match")
	}
	a.at = now
	a.Claims, err = parseClaims(raw[1], v.issuer, now)
	return a, err
}

// decodeSegment refuses what Go's decoder forgives: line breaks, padding and non-zero trailing bits, each of which
// would give one token several texts.
func decodeSegment(s string) ([]byte, error) {
	if s == "" {
		return nil, refuse("an empty segment")
	}
	if strings.ContainsAny(s, "\r\n") {
		return nil, refuse("white space in a segment")
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil {
		return nil, refuse("a segment is not canonical base64url")
	}
	return b, nil
}

type header struct{ alg, kid string }

func parseHeader(data []byte) (header, error) {
	o, err := parseObject(data)
	if err != nil {
		return header{}, fmt.Errorf("%w (header)", err)
	}
	// RFC 7515 4.1.11: a header we do not understand and must. golang-jwt leaves this check to its caller.
	if o.has("crit") || o.has("b64") {
		return header{}, refuse("crit and b64 headers are not supported")
	}
	var h header
	if h.alg, err = o.text("alg"); err != nil {
		return header{}, err
	}
	if o.has("kid") {
		if h.kid, err = o.text("kid"); err != nil {
			return header{}, err
		}
	}
	if o.has("typ") {
		typ, err := o.text("typ")
		if err != nil {
			return header{}, err
		}
		switch strings.TrimPrefix(strings.ToLower(typ), "application/") { // RFC 7515 4.1.9 lets the prefix be left out
		case "jwt", "at+jwt":
		default:
			return header{}, refuse("typ is neither JWT nor at+jwt")
		}
	}
	return h, nil
}

// Sign makes a token for c with the shared secret, valid from now until c.ExpiresAt (cut to whole seconds). It is what
// the token command and tests use; customers and staff of a real merchant get theirs from the merchant's own issuer.
// Claims that Verify would refuse are refused here, with an error that says which.
func Sign(secret []byte, issuer string, c Claims, now time.Time) (string, error) {
	if err := checkSecret(secret, issuer); err != nil {
		return "", err
	}
	if c.Issuer != "" && c.Issuer != issuer {
		return "", errors.New("the claims name another issuer")
	}
	if err := c.check(); err != nil {
		return "", err
	}
	if c.ExpiresAt.Unix() <= now.Unix() || c.ExpiresAt.Unix() > maxNumericDate {
		return "", errors.New("the token would be expired already, or expire after the year 9999")
	}
	m := jwt.MapClaims{
		"sub": c.Subject, "role": string(c.Role),
		"iss": issuer, "aud": Audience, "iat": now.Unix(), "exp": c.ExpiresAt.Unix(),
	}
	if c.Merchant != "" {
		m["merchant"] = c.Merchant
	}
	if c.Customer != "" {
		m["customer"] = c.Customer
	}
	return jwt.NewWithClaims(jwt.SigningMethodHS256, m).SignedString(secret)
}

// Bearer reads the value of one Authorization header. No header ("") is an anonymous caller: present is false and ok is
// true. A header that is anything but the word Bearer (in any case), one space and one token is present and not ok: the
// request is to be answered with 401, as is one with several Authorization headers, which is for the caller to see.
func Bearer(header string) (token string, present, ok bool) {
	if header == "" {
		return "", false, true
	}
	scheme, token, found := strings.Cut(header, " ")
	text := strings.TrimRight(token, "=") // RFC 6750 2.1: b64token, padding last
	if !found || !strings.EqualFold(scheme, "Bearer") || text == "" {
		return "", true, false
	}
	for _, c := range text {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.ContainsRune("-._~+/", c):
		default:
			return "", true, false
		}
	}
	return token, true, true
}
