package auth_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"aftersales/internal/auth"

	"github.com/golang-jwt/jwt/v5"
)

const issuer = "https://id.example"

var (
	secret = []byte("0123456789abcdef0123456789abcdef")
	now    = time.Date(2026, 3, 2, 9, 30, 0, 500_000_000, time.UTC)
)

func clock() time.Time { return now }

func hmacVerifier(t testing.TB) *auth.Verifier {
	t.Helper()
	v, err := auth.NewHMACVerifier(secret, issuer, clock)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// payload is a complete set of claims with some replaced; a nil value leaves the claim out.
func payload(change map[string]any) string {
	m := map[string]any{
		"sub": "bob", "role": "AGENT", "merchant": "demo-mall",
		"iss": issuer, "aud": "aftersales", "iat": now.Unix(), "exp": now.Unix() + 600,
	}
	maps.Copy(m, change)
	maps.DeleteFunc(m, func(_ string, v any) bool { return v == nil })
	b, err := json.Marshal(m)
	if err != nil {
		panic(err)
	}
	return string(b)
}

func segment(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

// forge signs whatever it is given, well-formed or not.
func forge(t testing.TB, alg string, key any, header, payload string) string {
	t.Helper()
	text := segment(header) + "." + segment(payload)
	sig, err := jwt.GetSigningMethod(alg).Sign(text, key)
	if err != nil {
		t.Fatal(err)
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(sig)
}

func hs256(t testing.TB, header, payload string) string {
	t.Helper()
	return forge(t, "HS256", secret, header, payload)
}

const plain = `{"alg":"HS256","typ":"JWT"}`

// mustRefuse also holds that the reason gives nothing of the token away.
func mustRefuse(t *testing.T, v *auth.Verifier, token string) {
	t.Helper()
	c, err := v.Verify(context.Background(), token)
	if !errors.Is(err, auth.ErrToken) {
		t.Errorf("error is %v, want ErrToken", err)
	}
	if c != (auth.Claims{}) && err == nil {
		t.Errorf("accepted as %+v", c)
	}
	for part := range strings.SplitSeq(token, ".") {
		if len(part) > 8 && err != nil && strings.Contains(err.Error(), part) {
			t.Errorf("the reason quotes the token: %v", err)
		}
	}
}

func TestVerifyRefusesWrongForm(t *testing.T) {
	t.Parallel()
	v := hmacVerifier(t)
	good := hs256(t, plain, payload(nil))
	if _, err := v.Verify(context.Background(), good); err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(good, ".")
	swap := func(i int, s string) string {
		p := [3]string(parts)
		p[i] = s
		return strings.Join(p[:], ".")
	}
	repeated := strings.TrimSuffix(payload(nil), "}")
	for name, token := range map[string]string{
		"empty":                    "",
		"dots":                     "..",
		"one segment":              parts[0],
		"two segments":             parts[0] + "." + parts[1],
		"four segments":            good + ".",
		"five segments (JWE)":      good + "." + parts[0] + "." + parts[1],
		"space before":             " " + good,
		"line break after":         good + "\n",
		"line break inside":        swap(1, parts[1][:8]+"\r\n"+parts[1][8:]),
		"padding":                  swap(1, parts[1]+"="),
		"standard base64 alphabet": swap(2, "+"+parts[2][1:]),
		"no signature":             swap(2, ""),
		"signature cut":            swap(2, parts[2][:len(parts[2])-2]),
		"signature longer":         swap(2, parts[2]+"AAAA"),
		"signature of zeros":       swap(2, segment(strings.Repeat("\x00", 32))),
		"another payload":          swap(1, segment(payload(map[string]any{"role": "SUPERVISOR"}))),
		"another header":           swap(0, segment(`{"typ":"JWT","alg":"HS256"}`)),
		"other secret":             forge(t, "HS256", []byte("another secret of more than 32 bytes"), plain, payload(nil)),
		"empty secret":             forge(t, "HS256", []byte{}, plain, payload(nil)),
		"9 KiB":                    hs256(t, plain, payload(map[string]any{"x": strings.Repeat("x", 9<<10)})),
		"none":                     segment(`{"alg":"none"}`) + "." + parts[1] + ".",
		"none signed":              forge(t, "HS256", secret, `{"alg":"none"}`, payload(nil)),
		"nOnE signed":              forge(t, "HS256", secret, `{"alg":"nOnE"}`, payload(nil)),
		"none with library key":    forge(t, "none", jwt.UnsafeAllowNoneSignatureType, `{"alg":"none"}`, payload(nil)) + "AA",
		"hs256 lower case":         hs256(t, `{"alg":"hs256"}`, payload(nil)),
		"HS384":                    forge(t, "HS384", secret, `{"alg":"HS384"}`, payload(nil)),
		"HS512":                    forge(t, "HS512", secret, `{"alg":"HS512"}`, payload(nil)),
		"alg missing":              hs256(t, `{"typ":"JWT"}`, payload(nil)),
		"alg list":                 hs256(t, `{"alg":["HS256"]}`, payload(nil)),
		"alg null":                 hs256(t, `{"alg":null}`, payload(nil)),
		"alg twice":                hs256(t, `{"alg":"none","alg":"HS256"}`, payload(nil)),
		"alg twice, escaped":       hs256(t, `{"\u0061lg":"none","alg":"HS256"}`, payload(nil)),
		"ALG":                      hs256(t, `{"ALG":"HS256"}`, payload(nil)),
		"kid number":               hs256(t, `{"alg":"HS256","kid":1}`, payload(nil)),
		"kid null":                 hs256(t, `{"alg":"HS256","kid":null}`, payload(nil)),
		"typ JWE":                  hs256(t, `{"alg":"HS256","typ":"JWE"}`, payload(nil)),
		"typ id token hint":        hs256(t, `{"alg":"HS256","typ":"logout+jwt"}`, payload(nil)),
		"typ empty":                hs256(t, `{"alg":"HS256","typ":""}`, payload(nil)),
		"typ number":               hs256(t, `{"alg":"HS256","typ":1}`, payload(nil)),
		"crit unknown":             hs256(t, `{"alg":"HS256","crit":["x"],"x":1}`, payload(nil)),
		"crit empty":               hs256(t, `{"alg":"HS256","crit":[]}`, payload(nil)),
		"crit null":                hs256(t, `{"alg":"HS256","crit":null}`, payload(nil)),
		"b64 false":                hs256(t, `{"alg":"HS256","crit":["b64"],"b64":false}`, payload(nil)),
		"b64 alone":                hs256(t, `{"alg":"HS256","b64":true}`, payload(nil)),
		"header list":              hs256(t, `["alg","HS256"]`, payload(nil)),
		"header null":              hs256(t, `null`, payload(nil)),
		"header with a tail":       hs256(t, plain+plain, payload(nil)),
		"header not JSON":          hs256(t, `alg: HS256`, payload(nil)),
		"header not UTF-8":         hs256(t, "{\"alg\":\"HS256\",\"x\":\"\xff\"}", payload(nil)),
		"payload not UTF-8":        hs256(t, plain, repeated+",\"x\":\"\xc3\x28\"}"),
		"payload list":             hs256(t, plain, "["+payload(nil)+"]"),
		"payload null":             hs256(t, plain, "null"),
		"payload string":           hs256(t, plain, `"x"`),
		"payload with a tail":      hs256(t, plain, payload(nil)+"x"),
		"payload NaN":              hs256(t, plain, repeated+`,"x":NaN}`),
		"payload byte order mark":  hs256(t, plain, "\ufeff"+payload(nil)),
		"nested token":             hs256(t, `{"alg":"HS256","cty":"JWT"}`, good),
		"role twice":               hs256(t, plain, repeated+`,"role":"AGENT"}`),
		"role twice, escaped":      hs256(t, plain, repeated+`,"\u0072ole":"PLATFORM_ADMIN"}`),
		"repeated deep inside":     hs256(t, plain, repeated+`,"x":[{"y":{"a":1,"a":1}}]}`),
		"repeated after a list":    hs256(t, plain, repeated+`,"x":[1,{"z":[]}],"x":2}`),
		"deeply nested":            hs256(t, plain, repeated+`,"x":`+strings.Repeat("[", 5000)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mustRefuse(t, v, token)
		})
	}
}

// TestNoOtherTextOfAToken changes each character to each other one: nothing but the very text is accepted, which the
// trailing bits of a segment's last character would break.
func TestNoOtherTextOfAToken(t *testing.T) {
	t.Parallel()
	v := hmacVerifier(t)
	good := hs256(t, plain, payload(nil))
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.= \n"
	for i := range good {
		for _, c := range []byte(alphabet) {
			if c == good[i] {
				continue
			}
			changed := good[:i] + string(c) + good[i+1:]
			if _, err := v.Verify(context.Background(), changed); !errors.Is(err, auth.ErrToken) {
				t.Fatalf("%q in place %d is accepted", c, i)
			}
		}
	}
}

func FuzzVerify(f *testing.F) {
	v := hmacVerifier(f)
	good := hs256(f, plain, payload(nil))
	f.Add(good)
	f.Add(hs256(f, `{"alg":"none"}`, payload(nil)))
	f.Add("a.b.c")
	f.Fuzz(func(t *testing.T, token string) {
		if _, err := v.Verify(context.Background(), token); (err == nil) != (token == good) {
			t.Errorf("%q: %v", token, err)
		} else if err != nil && !errors.Is(err, auth.ErrToken) {
			t.Errorf("%v is not ErrToken", err)
		}
	})
}

func TestSignRoundTrip(t *testing.T) {
	t.Parallel()
	v := hmacVerifier(t)
	exp := now.Add(time.Hour).Truncate(time.Second)
	for _, role := range auth.Roles() {
		c := auth.Claims{Subject: "s", Role: role, Merchant: "m", ExpiresAt: exp, Issuer: issuer}
		switch role {
		case auth.PlatformAdmin:
			c.Merchant = ""
		case auth.Customer:
			c.Customer = "c-1"
		}
		token, err := auth.Sign(secret, issuer, c, now)
		if err != nil {
			t.Fatal(role, err)
		}
		got, err := v.Verify(context.Background(), token)
		if err != nil || got != c {
			t.Errorf("%s: %+v, %v", role, got, err)
		}
		if _, ok := auth.ParseRole(string(role)); !ok {
			t.Errorf("%s is not parsed", role)
		}
	}
	if len(auth.Roles()) != 11 {
		t.Errorf("%d roles, the contract has 11", len(auth.Roles()))
	}
	if r, ok := auth.ParseRole("agent"); ok || r != "" {
		t.Errorf("agent is parsed as %q", r)
	}
}

func TestSignRefusesWhatVerifyWould(t *testing.T) {
	t.Parallel()
	good := auth.Claims{Subject: "s", Role: auth.Agent, Merchant: "m", ExpiresAt: now.Add(time.Hour)}
	for name, tc := range map[string]struct {
		secret string
		change func(*auth.Claims)
	}{
		"short secret":    {"0123456789abcdef0123456789abcde", func(*auth.Claims) {}},
		"public key":      {"-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0C", func(*auth.Claims) {}},
		"no subject":      {string(secret), func(c *auth.Claims) { c.Subject = "" }},
		"no role":         {string(secret), func(c *auth.Claims) { c.Role = "" }},
		"no merchant":     {string(secret), func(c *auth.Claims) { c.Merchant = "" }},
		"stray customer":  {string(secret), func(c *auth.Claims) { c.Customer = "c" }},
		"expired":         {string(secret), func(c *auth.Claims) { c.ExpiresAt = now }},
		"no expiry":       {string(secret), func(c *auth.Claims) { c.ExpiresAt = time.Time{} }},
		"year 10000":      {string(secret), func(c *auth.Claims) { c.ExpiresAt = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) }},
		"another issuer":  {string(secret), func(c *auth.Claims) { c.Issuer = "x" }},
		"control in sub":  {string(secret), func(c *auth.Claims) { c.Subject = "a\nb" }},
		"customer no one": {string(secret), func(c *auth.Claims) { c.Role = auth.Customer }},
	} {
		c := good
		tc.change(&c)
		if token, err := auth.Sign([]byte(tc.secret), issuer, c, now); err == nil || token != "" {
			t.Errorf("%s: signed", name)
		}
	}
	if _, err := auth.Sign(secret, "", good, now); err == nil {
		t.Error("signed without an issuer")
	}
	if _, err := auth.NewHMACVerifier(secret[:31], issuer, clock); err == nil {
		t.Error("a verifier with a secret of 31 bytes")
	}
	if _, err := auth.NewHMACVerifier(secret, "", clock); err == nil {
		t.Error("a verifier without an issuer")
	}
}

func TestBearer(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]struct {
		token       string
		present, ok bool
	}{
		"":                    {"", false, true},
		"Bearer a.b-c_d":      {"a.b-c_d", true, true},
		"bearer x":            {"x", true, true},
		"BEARER x==":          {"x==", true, true},
		"Bearer":              {"", true, false},
		"Bearer ":             {"", true, false},
		"Bearer ==":           {"", true, false},
		"Bearer  x":           {"", true, false},
		"Bearer x ":           {"", true, false},
		"Bearer x y":          {"", true, false},
		"Bearer x,Bearer y":   {"", true, false},
		"Bearer\tx":           {"", true, false},
		" Bearer x":           {"", true, false},
		"Basic dXNlcjpwYXNz":  {"", true, false},
		"x":                   {"", true, false},
		"Bearer a=b":          {"", true, false},
		"Bearer \u00e9":       {"", true, false},
		"Bearer \"x\"":        {"", true, false},
		"Bearer x\x00":        {"", true, false},
		"Bearers x":           {"", true, false},
		"Bearer Bearer x":     {"", true, false},
		"Bearer \u202ebearer": {"", true, false},
	} {
		token, present, ok := auth.Bearer(header)
		if token != want.token || present != want.present || ok != want.ok {
			t.Errorf("%q: %q %v %v", header, token, present, ok)
		}
	}
}
