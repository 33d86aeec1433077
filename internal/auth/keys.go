package auth

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"
)

// minSecretBytes is the output size of SHA-256, the least RFC 7518 3.2 allows for HS256.
const minSecretBytes = 32

// NewHMACVerifier verifies tokens signed with HS256 and this secret, and no other algorithm. It refuses a secret
// shorter than 32 bytes, one that is a PEM file (a public key is no secret) and an empty issuer.
func NewHMACVerifier(secret []byte, issuer string, now func() time.Time) (*Verifier, error) {
	if err := checkSecret(secret, issuer); err != nil {
		return nil, err
	}
	return &Verifier{keys: sharedSecret(bytes.Clone(secret)), issuer: issuer, now: now}, nil
}

func checkSecret(secret []byte, issuer string) error {
	switch {
	case len(secret) < minSecretBytes:
		return errors.New("the secret for signing tokens has fewer than 32 bytes")
	case bytes.Contains(secret, []byte("-----BEGIN ")):
		return errors.New("the secret for signing tokens is a PEM file; publish its public key as a JSON Web Key Set instead")
	}
	return checkIssuer(issuer)
}

func checkIssuer(issuer string) error {
	if !identifier(issuer) {
		return errors.New("the issuer of tokens is not 1 to 200 printable characters")
	}
	return nil
}

type sharedSecret []byte

func (sharedSecret) accepts(alg string) bool { return alg == "HS256" }

func (s sharedSecret) key(context.Context, string, string) (any, error) { return []byte(s), nil }

// NewJWKSVerifier verifies tokens signed with a key of the JSON Web Key Set at source: an http or https URL, or else
// the path of a file. RS256/384/512, PS256/384/512, ES256/384/512 and EdDSA (Ed25519) are taken, HMAC never.
//
// It fails when the set cannot be read now or is not fit for use: it must have a public signing key, no symmetric or
// private one, and no RSA key below 2048 bits. A file is read once. A URL is fetched again every hour, and when a token
// names an unknown key, at most twice a minute and one fetch at a time; redirects are not followed. A failed or unfit
// fetch keeps the keys there are and is told to log. The background work ends with ctx.
func NewJWKSVerifier(ctx context.Context, source, issuer string, now func() time.Time, log *slog.Logger) (*Verifier, error) {
	if err := checkIssuer(issuer); err != nil {
		return nil, err
	}
	var keys *keySet
	var err error
	if strings.HasPrefix(source, "https://") || strings.HasPrefix(source, "http://") {
		keys, err = fetchKeySet(ctx, source, log)
	} else {
		keys, err = readKeySet(source)
	}
	if err != nil {
		return nil, err
	}
	return &Verifier{keys: keys, issuer: issuer, now: now}, nil
}
