package auth_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"aftersales/internal/auth"
)

func TestVerifyReadsTheClaims(t *testing.T) {
	t.Parallel()
	v := hmacVerifier(t)
	exp := now.Truncate(time.Second).Add(600 * time.Second)
	agent := auth.Claims{Subject: "bob", Role: auth.Agent, Merchant: "demo-mall", ExpiresAt: exp, Issuer: issuer}
	with := func(change func(*auth.Claims)) auth.Claims { c := agent; change(&c); return c }

	for name, tc := range map[string]struct {
		header, payload string
		want            auth.Claims
	}{
		"agent":                  {plain, payload(nil), agent},
		"no typ":                 {`{"alg":"HS256"}`, payload(nil), agent},
		"access token":           {`{"alg":"HS256","typ":"at+jwt"}`, payload(nil), agent},
		"long access token type": {`{"alg":"HS256","typ":"application/AT+JWT"}`, payload(nil), agent},
		"kid and jku unread":     {`{"alg":"HS256","kid":"x","jku":"http://127.0.0.1:1/"}`, payload(nil), agent},
		"several audiences":      {plain, payload(map[string]any{"aud": []string{"other", "aftersales"}}), agent},
		"unknown claims":         {plain, payload(map[string]any{"scope": []any{map[string]any{"a": 1}}, "Role": "PLATFORM_ADMIN"}), agent},
		"empty customer":         {plain, payload(map[string]any{"customer": ""}), agent},
		"no iat":                 {plain, payload(map[string]any{"iat": nil}), agent},
		"iat at the leeway":      {plain, payload(map[string]any{"iat": now.Unix() + 30, "nbf": now.Unix() + 30}), agent},
		"fractional exp": {plain, payload(map[string]any{"exp": json.Number("1772443800.75")}),
			with(func(c *auth.Claims) { c.ExpiresAt = time.Unix(1772443800, 750_000_000).UTC() })},
		"customer": {plain, payload(map[string]any{"role": "CUSTOMER", "customer": "王芳@example.com"}),
			with(func(c *auth.Claims) { c.Role, c.Customer = auth.Customer, "王芳@example.com" })},
		"platform": {plain, payload(map[string]any{"role": "PLATFORM_ADMIN", "merchant": nil}),
			with(func(c *auth.Claims) { c.Role, c.Merchant = auth.PlatformAdmin, "" })},
		"200 characters": {plain, payload(map[string]any{"sub": strings.Repeat("名", 200)}),
			with(func(c *auth.Claims) { c.Subject = strings.Repeat("名", 200) })},
		"white space in the JSON": {" {\n\"alg\" : \"HS256\" } ", " " + payload(nil) + "\n", agent},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := v.Verify(context.Background(), hs256(t, tc.header, tc.payload))
			if err != nil {
				t.Fatal(err)
			}
			if got != tc.want {
				t.Errorf("got  %+v\nwant %+v", got, tc.want)
			}
		})
	}
}

func TestVerifyRefusesWrongClaims(t *testing.T) {
	t.Parallel()
	v := hmacVerifier(t)
	soon := now.Unix() + 600
	for name, change := range map[string]map[string]any{
		"aud missing":            {"aud": nil},
		"aud of another service": {"aud": "aftersales2"},
		"aud prefix in a list":   {"aud": []string{"after", "sales"}},
		"aud empty list":         {"aud": []string{}},
		"aud mixed list":         {"aud": []any{"aftersales", 1}},
		"aud list with null":     {"aud": []any{"aftersales", json.RawMessage("null")}},
		"aud object":             {"aud": map[string]any{"aftersales": true}},
		"aud null":               {"aud": json.RawMessage("null")},
		"iss missing":            {"iss": nil},
		"iss empty":              {"iss": ""},
		"iss other":              {"iss": issuer + "/"},
		"iss list":               {"iss": []string{issuer}},
		"exp missing":            {"exp": nil},
		"exp null":               {"exp": json.RawMessage("null")},
		"exp string":             {"exp": "4102444800"},
		"exp zero":               {"exp": 0},
		"exp negative":           {"exp": -1},
		"exp huge":               {"exp": json.Number("1e300")},
		"exp beyond float":       {"exp": json.Number("1e400")},
		"exp after 9999":         {"exp": json.Number("253402300800")},
		"exp bool":               {"exp": true},
		"exp list":               {"exp": []any{soon}},
		"exp past":               {"exp": now.Unix()},
		"exp has no leeway":      {"exp": now.Unix() - 5},
		"nbf future":             {"nbf": now.Unix() + 31},
		"nbf string":             {"nbf": "0"},
		"nbf null":               {"nbf": json.RawMessage("null")},
		"iat future":             {"iat": now.Unix() + 31},
		"iat string":             {"iat": "0"},
		"sub missing":            {"sub": nil},
		"sub empty":              {"sub": ""},
		"sub number":             {"sub": 7},
		"sub null":               {"sub": json.RawMessage("null")},
		"sub blank":              {"sub": " "},
		"sub padded":             {"sub": "bob "},
		"sub line break":         {"sub": "bob\nadmin"},
		"sub NUL":                {"sub": "bob\x00"},
		"sub bidi override":      {"sub": "bob\u202e"},
		"sub no-break space":     {"sub": "bob\u00a0b"},
		"sub lone surrogate":     {"sub": json.RawMessage(`"bob\ud800"`)},
		"sub 201 characters":     {"sub": strings.Repeat("x", 201)},
		"role missing":           {"role": nil},
		"role unknown":           {"role": "ADMIN"},
		"role lower case":        {"role": "agent"},
		"role list":              {"role": []string{"AGENT"}},
		"role empty":             {"role": ""},
		"role in two":            {"role": "AGENT,SUPERVISOR"},
		"merchant missing":       {"merchant": nil},
		"merchant empty":         {"merchant": ""},
		"merchant number":        {"merchant": 1},
		"merchant list":          {"merchant": []string{"demo-mall"}},
		"merchant null":          {"merchant": json.RawMessage("null")},
		"merchant control":       {"merchant": "demo\tmall"},
		"merchant long":          {"merchant": strings.Repeat("m", 201)},
		"platform with merchant": {"role": "PLATFORM_ADMIN"},
		"platform with customer": {"role": "PLATFORM_ADMIN", "merchant": nil, "customer": "c"},
		"customer without id":    {"role": "CUSTOMER"},
		"customer with empty id": {"role": "CUSTOMER", "customer": ""},
		"customer number":        {"role": "CUSTOMER", "customer": 7},
		"customer null":          {"role": "CUSTOMER", "customer": json.RawMessage("null")},
		"customer control":       {"role": "CUSTOMER", "customer": "c\r"},
		"customer long":          {"role": "CUSTOMER", "customer": strings.Repeat("c", 201)},
		"customer of an agent":   {"customer": "c"},
		"only Role":              {"role": nil, "Role": "AGENT"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mustRefuse(t, v, hs256(t, plain, payload(change)))
		})
	}
}
