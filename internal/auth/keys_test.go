package auth_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"aftersales/internal/auth"
)

// keyring is made once: RSA keys are slow to make.
var keyring = sync.OnceValue(func() (k struct {
	rsa, otherRSA, weakRSA *rsa.PrivateKey
	p256, p384, p521       *ecdsa.PrivateKey
	ed                     ed25519.PrivateKey
}) {
	must := func(err error) {
		if err != nil {
			panic(err)
		}
	}
	var err error
	k.rsa, err = rsa.GenerateKey(rand.Reader, 2048)
	must(err)
	k.otherRSA, err = rsa.GenerateKey(rand.Reader, 2048)
	must(err)
	k.weakRSA, err = rsa.GenerateKey(rand.Reader, 1024)
	must(err)
	for key, curve := range map[**ecdsa.PrivateKey]elliptic.Curve{&k.p256: elliptic.P256(), &k.p384: elliptic.P384(), &k.p521: elliptic.P521()} {
		*key, err = ecdsa.GenerateKey(curve, rand.Reader)
		must(err)
	}
	_, k.ed, err = ed25519.GenerateKey(rand.Reader)
	must(err)
	return k
})

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// jwk is the public part of a key as one entry of a key set; more adds or replaces members, "" takes one away.
func jwk(t testing.TB, kid string, key crypto.Signer, more map[string]any) map[string]any {
	t.Helper()
	m := map[string]any{"use": "sig"}
	if kid != "" {
		m["kid"] = kid
	}
	switch pub := key.Public().(type) {
	case *rsa.PublicKey:
		m["kty"], m["n"], m["e"] = "RSA", b64(pub.N.Bytes()), b64(big.NewInt(int64(pub.E)).Bytes())
	case *ecdsa.PublicKey:
		point, err := pub.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		half := (len(point) - 1) / 2
		m["kty"], m["crv"], m["x"], m["y"] = "EC", pub.Params().Name, b64(point[1:1+half]), b64(point[1+half:])
	case ed25519.PublicKey:
		m["kty"], m["crv"], m["x"] = "OKP", "Ed25519", b64(pub)
	}
	for name, v := range more {
		if m[name] = v; v == "" {
			delete(m, name)
		}
	}
	return m
}

func keySet(keys ...map[string]any) string {
	b, err := json.Marshal(map[string]any{"keys": keys})
	if err != nil {
		panic(err)
	}
	return string(b)
}

// idp serves a key set that a test may change, and counts how often it was fetched.
type idp struct {
	*httptest.Server
	set     atomic.Value
	fetches atomic.Int64
}

func serve(t *testing.T, set string) *idp {
	t.Helper()
	p := &idp{}
	p.set.Store(set)
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		p.fetches.Add(1)
		_, _ = w.Write([]byte(p.set.Load().(string)))
	}))
	t.Cleanup(p.Close)
	return p
}

var discard = slog.New(slog.DiscardHandler)

func jwksVerifier(t *testing.T, source string) *auth.Verifier {
	t.Helper()
	v, err := auth.NewJWKSVerifier(t.Context(), source, issuer, clock, discard)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func head(alg, kid string) string { return `{"typ":"JWT","alg":"` + alg + `","kid":"` + kid + `"}` }

func mustAccept(t *testing.T, v *auth.Verifier, token string) {
	t.Helper()
	if c, err := v.Verify(t.Context(), token); err != nil || c.Subject != "bob" {
		t.Errorf("%+v, %v", c, err)
	}
}

func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "jwks.json")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestEveryPublicAlgorithmFromURLAndFile(t *testing.T) {
	t.Parallel()
	k := keyring()
	set := keySet(jwk(t, "r", k.rsa, nil), jwk(t, "e256", k.p256, nil), jwk(t, "e384", k.p384, nil), jwk(t, "e512", k.p521, nil), jwk(t, "ed", k.ed, nil),
		map[string]any{"kty": "unheard of", "kid": "future"})
	signers := map[string]struct {
		kid string
		key any
	}{
		"RS256": {"r", k.rsa}, "RS384": {"r", k.rsa}, "RS512": {"r", k.rsa}, "PS256": {"r", k.rsa}, "PS384": {"r", k.rsa}, "PS512": {"r", k.rsa},
		"ES256": {"e256", k.p256}, "ES384": {"e384", k.p384}, "ES512": {"e512", k.p521}, "EdDSA": {"ed", k.ed},
	}
	for name, v := range map[string]*auth.Verifier{
		"url":  jwksVerifier(t, serve(t, set).URL),
		"file": jwksVerifier(t, file(t, strings.Replace(set, `,{"kid":"future","kty":"unheard of"}`, "", 1))),
	} {
		for alg, s := range signers {
			good := forge(t, alg, s.key, head(alg, s.kid), payload(nil))
			t.Run(name+" "+alg, func(t *testing.T) {
				t.Parallel()
				mustAccept(t, v, good)
				dot := strings.LastIndexByte(good, '.')
				mustRefuse(t, v, good[:dot+1]+segment("not the signature"))
				mustRefuse(t, v, good[:dot])
				mustRefuse(t, v, segment(head(alg, s.kid))+"."+segment(payload(map[string]any{"role": "SUPERVISOR"}))+good[dot:])
				mustRefuse(t, v, forge(t, alg, s.key, head(alg, s.kid), payload(map[string]any{"exp": now.Unix()})))
				mustRefuse(t, v, forge(t, alg, s.key, head(alg, s.kid), payload(map[string]any{"iss": "x"})))
			})
		}
	}
}

func TestAlgorithmConfusion(t *testing.T) {
	t.Parallel()
	k := keyring()
	rsaJWK := jwk(t, "r", k.rsa, nil)
	p := serve(t, keySet(rsaJWK, jwk(t, "e", k.p256, nil), jwk(t, "ed", k.ed, nil)))
	v := jwksVerifier(t, p.URL)
	mustAccept(t, v, forge(t, "RS256", k.rsa, head("RS256", "r"), payload(nil)))

	der, err := x509.MarshalPKIXPublicKey(k.rsa.Public())
	if err != nil {
		t.Fatal(err)
	}
	pkcs1 := x509.MarshalPKCS1PublicKey(&k.rsa.PublicKey)
	asJSON, err := json.Marshal(rsaJWK)
	if err != nil {
		t.Fatal(err)
	}
	for name, public := range map[string][]byte{
		"PEM":         pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}),
		"PEM trimmed": bytes.TrimSpace(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})),
		"PKCS1 PEM":   pem.EncodeToMemory(&pem.Block{Type: "RSA PUBLIC KEY", Bytes: pkcs1}),
		"DER":         der,
		"modulus":     k.rsa.N.Bytes(),
		"JWK":         asJSON,
		"Ed25519":     k.ed.Public().(ed25519.PublicKey),
		"empty":       {},
	} {
		for _, alg := range []string{"HS256", "HS384", "HS512"} {
			for _, kid := range []string{"r", "ed"} {
				t.Run(name+" as "+alg, func(t *testing.T) { mustRefuse(t, v, forge(t, alg, public, head(alg, kid), payload(nil))) })
			}
		}
	}

	rogue := jwk(t, "rogue", k.otherRSA, nil)
	rogueServer := serve(t, keySet(rogue))
	embedded, err := json.Marshal(rogue)
	if err != nil {
		t.Fatal(err)
	}
	rs := func(header string) string { return forge(t, "RS256", k.otherRSA, header, payload(nil)) }
	for name, token := range map[string]string{
		"none":                         segment(`{"alg":"none","kid":"r"}`) + "." + segment(payload(nil)) + ".",
		"own key under a known id":     rs(head("RS256", "r")),
		"own key, no id":               rs(`{"alg":"RS256"}`),
		"jku with a known id":          rs(`{"alg":"RS256","kid":"r","jku":"` + rogueServer.URL + `"}`),
		"jku with its own id":          rs(`{"alg":"RS256","kid":"rogue","jku":"` + rogueServer.URL + `"}`),
		"x5u":                          rs(`{"alg":"RS256","kid":"r","x5u":"` + rogueServer.URL + `"}`),
		"jwk in the header":            rs(`{"alg":"RS256","jwk":` + string(embedded) + `}`),
		"jwk in the header, known id":  rs(`{"alg":"RS256","kid":"r","jwk":` + string(embedded) + `}`),
		"x5c":                          rs(`{"alg":"RS256","kid":"r","x5c":["` + base64.StdEncoding.EncodeToString(der) + `"]}`),
		"kid as a path":                rs(head("RS256", "../../../../dev/null")),
		"RSA key id for ES256":         forge(t, "ES256", k.p256, head("ES256", "r"), payload(nil)),
		"EC key id for RS256":          forge(t, "RS256", k.rsa, head("RS256", "e"), payload(nil)),
		"Ed key id for ES256":          forge(t, "ES256", k.p256, head("ES256", "ed"), payload(nil)),
		"PS256 signature, RS256 named": forge(t, "PS256", k.rsa, head("RS256", "r"), payload(nil)),
		"ES256 in DER, not r||s": func() string {
			text := segment(head("ES256", "e")) + "." + segment(payload(nil))
			digest := crypto.SHA256.New()
			digest.Write([]byte(text))
			sig, err := k.p256.Sign(rand.Reader, digest.Sum(nil), crypto.SHA256)
			if err != nil {
				t.Fatal(err)
			}
			return text + "." + b64(sig)
		}(),
		"ES256 of zeros": segment(head("ES256", "e")) + "." + segment(payload(nil)) + "." + b64(make([]byte, 64)),
	} {
		t.Run(name, func(t *testing.T) { mustRefuse(t, v, token) })
	}
	if n := rogueServer.fetches.Load(); n != 0 {
		t.Errorf("an address named by a token was fetched %d times", n)
	}

	hmac := hmacVerifier(t)
	for alg, key := range map[string]any{"RS256": k.rsa, "PS256": k.rsa, "ES256": k.p256, "EdDSA": k.ed} {
		mustRefuse(t, hmac, forge(t, alg, key, head(alg, "r"), payload(nil)))
	}
}

func TestKeyIsForItsAlgorithmAndUse(t *testing.T) {
	t.Parallel()
	k := keyring()
	v := jwksVerifier(t, file(t, keySet(
		jwk(t, "rs512 only", k.rsa, map[string]any{"alg": "RS512"}),
		jwk(t, "encrypts", k.otherRSA, map[string]any{"use": "enc"}),
		jwk(t, "signs", k.p256, map[string]any{"use": "", "key_ops": []string{"sign"}}),
		jwk(t, "verifies", k.p256, map[string]any{"use": "", "key_ops": []string{"verify"}}),
		jwk(t, "p384", k.p384, nil),
	)))
	mustAccept(t, v, forge(t, "RS512", k.rsa, head("RS512", "rs512 only"), payload(nil)))
	mustAccept(t, v, forge(t, "ES256", k.p256, head("ES256", "verifies"), payload(nil)))
	mustAccept(t, v, forge(t, "ES256", k.p256, `{"alg":"ES256"}`, payload(nil))) // one key suits

	mustRefuse(t, v, forge(t, "RS256", k.rsa, head("RS256", "rs512 only"), payload(nil)))
	mustRefuse(t, v, forge(t, "RS256", k.otherRSA, head("RS256", "encrypts"), payload(nil)))
	mustRefuse(t, v, forge(t, "RS256", k.otherRSA, `{"alg":"RS256"}`, payload(nil)))
	mustRefuse(t, v, forge(t, "ES256", k.p256, head("ES256", "signs"), payload(nil)))
	mustRefuse(t, v, forge(t, "ES256", k.p256, head("ES256", "p384"), payload(nil)))
	mustRefuse(t, v, forge(t, "ES256", k.p256, head("ES256", "unknown"), payload(nil)))

	two := jwksVerifier(t, file(t, keySet(jwk(t, "a", k.rsa, nil), jwk(t, "b", k.otherRSA, nil))))
	mustAccept(t, two, forge(t, "RS256", k.otherRSA, head("RS256", "b"), payload(nil)))
	mustRefuse(t, two, forge(t, "RS256", k.otherRSA, `{"alg":"RS256"}`, payload(nil)))
	same := jwksVerifier(t, file(t, keySet(jwk(t, "a", k.rsa, nil), jwk(t, "a", k.otherRSA, nil))))
	mustRefuse(t, same, forge(t, "RS256", k.rsa, head("RS256", "a"), payload(nil)))
}
