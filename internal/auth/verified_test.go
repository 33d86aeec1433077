package auth_test

import (
	"errors"
	"testing"
	"time"

	"aftersales/internal/auth"
)

// A token that is remembered ends at its very second all the same, and is not accepted while the clock is behind.
func TestARememberedTokenExpires(t *testing.T) {
	t.Parallel()
	at := now
	v, err := auth.NewHMACVerifier(secret, issuer, func() time.Time { return at })
	if err != nil {
		t.Fatal(err)
	}
	exp := now.Unix() + 30
	token := hs256(t, `{"alg":"HS256"}`, payload(map[string]any{"exp": exp, "nbf": now.Unix()}))
	for _, step := range []struct {
		at       time.Time
		accepted bool
	}{
		{now, true}, {now, true}, {time.Unix(exp, 0).Add(-time.Nanosecond), true}, {time.Unix(exp, 0), false},
		{now, true}, {now.Add(-auth.Leeway - time.Second), false}, {now, true},
	} {
		at = step.at
		c, err := v.Verify(t.Context(), token)
		if step.accepted && (err != nil || c.Subject != "bob" || c.Merchant != "demo-mall") {
			t.Errorf("at %s: %+v, %v", at, c, err)
		}
		if !step.accepted && (!errors.Is(err, auth.ErrToken) || c != (auth.Claims{})) {
			t.Errorf("at %s: accepted as %+v, %v", at, c, err)
		}
		mustRefuse(t, v, token+"A") // another text is another token
	}
}
