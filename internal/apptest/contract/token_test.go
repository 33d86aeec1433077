package contract

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"io"
	"maps"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"aftersales/internal/apptest"
	"aftersales/internal/clock"
	"aftersales/internal/config"
)

// knock sends a query with exactly these Authorization headers.
func knock(t *testing.T, e *apptest.Env, headers ...string) (status int, header http.Header, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, e.URL+"/graphql", strings.NewReader(`{"query":"{ viewer { subject role } orders { nodes { id } } }"}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header["Authorization"] = headers
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, resp.Header, string(raw)
}

// unauthenticated is the one body of every refused token: it tells nothing about why.
const unauthenticated = `{"errors":[{"message":"the token is not accepted","extensions":{"code":"UNAUTHENTICATED"}}]}`

// refusedToken expects 401, the challenge, and not a word about the reason.
func refusedToken(t *testing.T, e *apptest.Env, what string, headers ...string) {
	t.Helper()
	status, header, body := knock(t, e, headers...)
	if status != http.StatusUnauthorized || strings.TrimSpace(body) != unauthenticated {
		t.Errorf("%s: %d %s", what, status, body)
	}
	if got := header.Get("WWW-Authenticate"); got != "Bearer" && !strings.HasPrefix(got, "Bearer ") {
		t.Errorf("%s: WWW-Authenticate %q", what, got)
	}
}

func acceptedToken(t *testing.T, e *apptest.Env, what string, headers ...string) {
	t.Helper()
	if status, _, body := knock(t, e, headers...); status != http.StatusOK || strings.Contains(body, "errors") {
		t.Errorf("%s: %d %s", what, status, body)
	}
}

// good are the claims of an agent that the service accepts.
func good(changes jwt.MapClaims) jwt.MapClaims {
	now := clock.Real()
	c := jwt.MapClaims{"sub": "li.na", "iss": "test", "aud": "aftersales", "exp": now.Add(time.Hour).Unix(), "role": "AGENT", "merchant": "mall"}
	maps.Copy(c, changes)
	for name, v := range changes {
		if v == nil {
			delete(c, name)
		}
	}
	return c
}

func sign(t *testing.T, method jwt.SigningMethod, key any, claims jwt.MapClaims, header map[string]any) string {
	t.Helper()
	token := jwt.NewWithClaims(method, claims)
	maps.Copy(token.Header, header)
	text, err := token.SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// Whatever is wrong with a token, the answer is 401 without detail, and nothing is served; one engine is enough for what
// ends before the database, the merchant's own look-up excepted.
func TestWrongTokensAreRefused(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		e.Sandbox("mall", clockAt)
		secret := []byte(e.Config.JWTSecret.Reveal())
		now := clock.Real()
		hs := func(changes jwt.MapClaims) string { return sign(t, jwt.SigningMethodHS256, secret, good(changes), nil) }
		acceptedToken(t, e, "the control", "Bearer "+hs(nil))
		acceptedToken(t, e, "the scheme in small letters", "bearer "+hs(nil))

		for what, token := range map[string]string{
			"alg none":          sign(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, good(nil), nil),
			"alg none, no dots": strings.TrimRight(sign(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, good(nil), nil), "."),
			"alg None":          reheaded(t, hs(nil), `{"alg":"None","typ":"JWT"}`),
			"alg hs256":         reheaded(t, hs(nil), `{"alg":"hs256","typ":"JWT"}`),
			"HS384":             sign(t, jwt.SigningMethodHS384, secret, good(nil), nil),
			"HS512":             sign(t, jwt.SigningMethodHS512, secret, good(nil), nil),
			"another key":       sign(t, jwt.SigningMethodHS256, []byte("another secret of thirty-two bytes"), good(nil), nil),
			"an empty key":      sign(t, jwt.SigningMethodHS256, []byte{}, good(nil), nil),
			"crit":              sign(t, jwt.SigningMethodHS256, secret, good(nil), map[string]any{"crit": []string{"exp"}}),
			"crit unknown":      sign(t, jwt.SigningMethodHS256, secret, good(nil), map[string]any{"crit": []string{"urn:example"}, "urn:example": true}),
			"b64":               sign(t, jwt.SigningMethodHS256, secret, good(nil), map[string]any{"b64": false}),
			"typ":               sign(t, jwt.SigningMethodHS256, secret, good(nil), map[string]any{"typ": "JWE"}),
			"a changed claim":   reclaimed(t, hs(nil), strings.NewReplacer(`"AGENT"`, `"MERCHANT_ADMIN"`)),
			"a cut signature":   hs(nil)[:len(hs(nil))-2],
			"no signature":      hs(nil)[:strings.LastIndex(hs(nil), ".")+1],

			"expired":             hs(jwt.MapClaims{"exp": now.Add(-time.Second).Unix()}),
			"no exp":              hs(jwt.MapClaims{"exp": nil}),
			"exp a string":        hs(jwt.MapClaims{"exp": "4102444800"}),
			"exp beyond all":      hs(jwt.MapClaims{"exp": 1e300}),
			"nbf in the future":   hs(jwt.MapClaims{"nbf": now.Add(time.Hour).Unix()}),
			"iat in the future":   hs(jwt.MapClaims{"iat": now.Add(time.Hour).Unix()}),
			"another audience":    hs(jwt.MapClaims{"aud": "billing"}),
			"no audience":         hs(jwt.MapClaims{"aud": nil}),
			"an audience's start": hs(jwt.MapClaims{"aud": "after"}),
			"another issuer":      hs(jwt.MapClaims{"iss": "somebody"}),
			"no issuer":           hs(jwt.MapClaims{"iss": nil}),
			"no subject":          hs(jwt.MapClaims{"sub": nil}),
			"subject a number":    hs(jwt.MapClaims{"sub": 7}),
			"a subject of breaks": hs(jwt.MapClaims{"sub": "li.na\nrole=PLATFORM_ADMIN"}),

			"role array":         hs(jwt.MapClaims{"role": []string{"AGENT", "PLATFORM_ADMIN"}}),
			"role unknown":       hs(jwt.MapClaims{"role": "ROOT"}),
			"role in small":      hs(jwt.MapClaims{"role": "agent"}),
			"no role":            hs(jwt.MapClaims{"role": nil}),
			"role null":          reclaimed(t, hs(nil), strings.NewReplacer(`"AGENT"`, `null`)),
			"merchant unknown":   hs(jwt.MapClaims{"merchant": "no-such-shop"}),
			"no merchant":        hs(jwt.MapClaims{"merchant": nil}),
			"merchant a list":    hs(jwt.MapClaims{"merchant": []string{"mall"}}),
			"merchant by LIKE":   hs(jwt.MapClaims{"merchant": "%"}),
			"platform and shop":  hs(jwt.MapClaims{"role": "PLATFORM_ADMIN"}),
			"customer of no one": hs(jwt.MapClaims{"role": "CUSTOMER"}),
			"agent and customer": hs(jwt.MapClaims{"customer": "c-1"}),

			"nothing":      "",
			"rubbish":      "rubbish",
			"dots":         "..",
			"many dots":    strings.Repeat("a.", 2000),
			"too long":     hs(jwt.MapClaims{"pad": strings.Repeat("x", 16<<10)}),
			"padded":       hs(nil) + "==",
			"with a quote": `"` + hs(nil) + `"`,
		} {
			refusedToken(t, e, what, "Bearer "+token)
		}

		refusedToken(t, e, "two headers", "Bearer "+hs(nil), "Bearer "+hs(nil))
		refusedToken(t, e, "a good and an empty header", "Bearer "+hs(nil), "")
		refusedToken(t, e, "another scheme", "Basic bGkubmE6eA==")
		refusedToken(t, e, "no scheme", hs(nil))
		refusedToken(t, e, "two tokens", "Bearer "+hs(nil)+" "+hs(nil))
		refusedToken(t, e, "two in a list", "Bearer "+hs(nil)+", Bearer "+hs(nil))

		if status, _, body := knock(t, e); status != http.StatusOK || !strings.Contains(body, `"viewer":null`) || !strings.Contains(body, "UNAUTHENTICATED") {
			t.Errorf("no token at all is an anonymous caller: %d %s", status, body)
		}
	})
}

// reheaded puts another header before the claims, signature left as it was.
func reheaded(t *testing.T, token, header string) string {
	t.Helper()
	return base64.RawURLEncoding.EncodeToString([]byte(header)) + token[strings.Index(token, "."):]
}

// reclaimed changes the claims and leaves the signature.
func reclaimed(t *testing.T, token string, change *strings.Replacer) string {
	t.Helper()
	parts := strings.Split(token, ".")
	claims, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	parts[1] = base64.RawURLEncoding.EncodeToString([]byte(change.Replace(string(claims))))
	return strings.Join(parts, ".")
}

// With a key set, only its own algorithm is believed: a public key is no secret, and whoever knows it signs nothing.
func TestPublicKeysAreNoSecrets(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		e.Sandbox("mall", clockAt)
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			t.Fatal(err)
		}
		set := keySet(t, &key.PublicKey)
		file := filepath.Join(t.TempDir(), "keys.json")
		if err := os.WriteFile(file, set, 0o600); err != nil {
			t.Fatal(err)
		}
		cfg, err := config.Load(map[string]string{"AFTERSALES_DATABASE_URL": e.Config.Database(), "AFTERSALES_JWKS_FILE": file, "AFTERSALES_JWT_ISSUER": "test"})
		if err != nil {
			t.Fatal(err)
		}
		second, _ := logged(t, e, cfg)
		kid := map[string]any{"kid": "k1"}
		acceptedToken(t, second, "RS256 by the key", "Bearer "+sign(t, jwt.SigningMethodRS256, key, good(nil), kid))

		der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
		if err != nil {
			t.Fatal(err)
		}
		other, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			t.Fatal(err)
		}
		pemText := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
		pkcs1 := pem.EncodeToMemory(&pem.Block{Type: "RSA PUBLIC KEY", Bytes: x509.MarshalPKCS1PublicKey(&key.PublicKey)})
		for what, secret := range map[string][]byte{"PEM": pemText, "PEM, trimmed": []byte(strings.TrimSpace(string(pemText))), "PKCS #1": pkcs1, "DER": der,
			"modulus": key.N.Bytes(), "the key set": set, "nothing": {}} {
			for _, header := range []map[string]any{kid, nil} {
				refusedToken(t, second, "HS256 with the public key as "+what, "Bearer "+sign(t, jwt.SigningMethodHS256, secret, good(nil), header))
			}
		}
		refusedToken(t, second, "the other mode's secret", "Bearer "+sign(t, jwt.SigningMethodHS256, []byte(e.Config.JWTSecret.Reveal()), good(nil), kid))
		refusedToken(t, second, "another key under the same id", "Bearer "+sign(t, jwt.SigningMethodRS256, other, good(nil), kid))
		refusedToken(t, second, "an unknown key id", "Bearer "+sign(t, jwt.SigningMethodRS256, key, good(nil), map[string]any{"kid": "k2"}))
		refusedToken(t, second, "alg none", "Bearer "+sign(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, good(nil), kid))
		refusedToken(t, second, "a key brought along", "Bearer "+sign(t, jwt.SigningMethodRS256, other, good(nil), map[string]any{"jwk": json.RawMessage(keyOf(t, &other.PublicKey, "k3")), "kid": "k3"}))
		refusedToken(t, second, "expired", "Bearer "+sign(t, jwt.SigningMethodRS256, key, good(jwt.MapClaims{"exp": clock.Real().Add(-time.Minute).Unix()}), kid))
		// The first server, on the same database, goes on believing its secret and no RSA key.
		refusedToken(t, e, "RS256 where a secret is configured", "Bearer "+sign(t, jwt.SigningMethodRS256, key, good(nil), kid))
	})
}

func keyOf(t *testing.T, k *rsa.PublicKey, kid string) []byte {
	t.Helper()
	text := base64.RawURLEncoding.EncodeToString
	raw, err := json.Marshal(map[string]string{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid, "n": text(k.N.Bytes()), "e": text(big.NewInt(int64(k.E)).Bytes())})
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func keySet(t *testing.T, k *rsa.PublicKey) []byte {
	t.Helper()
	raw, err := json.Marshal(map[string]any{"keys": []json.RawMessage{keyOf(t, k, "k1")}})
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
