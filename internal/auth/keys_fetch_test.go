package auth_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"aftersales/internal/auth"
)

func TestUnfitKeySetIsRefusedAtStart(t *testing.T) {
	t.Parallel()
	k := keyring()
	private := jwk(t, "p", k.ed, map[string]any{"d": b64(k.ed.Seed())})
	for name, tc := range map[string]struct{ set, reason string }{
		"not JSON":     {"<html>", "not JSON"},
		"no keys":      {`{"keys":[]}`, "no key"},
		"error object": {`{"error":"down"}`, "no key"},
		"list":         {`[]`, "not JSON"},
		"symmetric":    {keySet(jwk(t, "r", k.rsa, nil), map[string]any{"kty": "oct", "kid": "s", "k": b64(secret)}), "key 2 of the JSON Web Key Set is symmetric"},
		"private":      {keySet(private), "is private"},
		"weak RSA":     {keySet(jwk(t, "w", k.weakRSA, nil)), "2048"},
		"encryption":   {keySet(jwk(t, "r", k.rsa, map[string]any{"use": "enc"})), "no key"},
		"only HS256":   {keySet(jwk(t, "r", k.rsa, map[string]any{"alg": "HS256"})), "no key"},
		"malformed":    {keySet(jwk(t, "r", k.p256, map[string]any{"y": ""})), "malformed"},
		"1 MiB":        {keySet(jwk(t, "r", k.rsa, map[string]any{"pad": strings.Repeat("x", 1<<20)})), "longer"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, source := range []string{serve(t, tc.set).URL, file(t, tc.set)} {
				if name == "1 MiB" && !strings.HasPrefix(source, "http") {
					continue // the operator's own file
				}
				v, err := auth.NewJWKSVerifier(t.Context(), source, issuer, clock, discard)
				if v != nil || err == nil || !strings.Contains(err.Error(), tc.reason) {
					t.Errorf("%s: %v, want a reason with %q", source, err, tc.reason)
				}
				if err != nil && strings.Contains(err.Error(), b64(k.ed.Seed())) {
					t.Error("the error quotes the private key")
				}
			}
		})
	}
}

func TestUnreachableKeySetIsRefusedAtStart(t *testing.T) {
	t.Parallel()
	good := serve(t, keySet(jwk(t, "r", keyring().rsa, nil)))
	redirect := httptest.NewServer(http.RedirectHandler(good.URL, http.StatusFound))
	t.Cleanup(redirect.Close)
	missing := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(missing.Close)
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()

	for name, source := range map[string]string{
		"redirect": redirect.URL, "404": missing.URL, "closed": closed.URL,
		"no file": filepath.Join(t.TempDir(), "none.json"), "no source": "",
	} {
		if v, err := auth.NewJWKSVerifier(t.Context(), source, issuer, clock, discard); v != nil || err == nil {
			t.Errorf("%s: starts", name)
		}
	}
	if _, err := auth.NewJWKSVerifier(t.Context(), good.URL, "", clock, discard); err == nil {
		t.Error("starts without an issuer")
	}
}

func TestRotatedKeyIsFetchedOnceForAll(t *testing.T) {
	t.Parallel()
	k := keyring()
	old, fresh := jwk(t, "old", k.rsa, nil), jwk(t, "new", k.p256, nil)
	p := serve(t, keySet(old))
	v := jwksVerifier(t, p.URL)
	token := forge(t, "ES256", k.p256, head("ES256", "new"), payload(nil))

	p.set.Store(keySet(old, fresh))
	var wg sync.WaitGroup
	for range 24 {
		wg.Go(func() { mustAccept(t, v, token) })
	}
	wg.Wait()
	if n := p.fetches.Load(); n != 2 {
		t.Errorf("fetched %d times, want once at start and once for the new key", n)
	}

	// A flood of made-up ids right after causes no further fetch and does not wait for one.
	for range 50 {
		mustRefuse(t, v, forge(t, "ES256", k.p256, head("ES256", "made up"), payload(nil)))
	}
	if n := p.fetches.Load(); n != 2 {
		t.Errorf("made-up key ids made it %d fetches", n)
	}
	mustAccept(t, v, token)
	mustAccept(t, v, forge(t, "RS256", k.rsa, head("RS256", "old"), payload(nil)))
}

func TestWithdrawnKeyIsNoLongerAccepted(t *testing.T) {
	t.Parallel()
	k := keyring()
	p := serve(t, keySet(jwk(t, "old", k.rsa, nil)))
	v := jwksVerifier(t, p.URL)
	old := forge(t, "RS256", k.rsa, head("RS256", "old"), payload(nil))
	mustAccept(t, v, old)
	p.set.Store(keySet(jwk(t, "new", k.p256, nil)))
	mustAccept(t, v, forge(t, "ES256", k.p256, head("ES256", "new"), payload(nil)))
	mustRefuse(t, v, old)
}

func TestUnfitFetchKeepsTheKeys(t *testing.T) {
	t.Parallel()
	k := keyring()
	for _, bad := range []string{`{"error":"maintenance"}`, `{"keys":[]}`, `<html>`, keySet(map[string]any{"kty": "oct", "kid": "new", "k": b64(secret)})} {
		p := serve(t, keySet(jwk(t, "r", k.rsa, nil)))
		var log bytes.Buffer
		v, err := auth.NewJWKSVerifier(t.Context(), p.URL, issuer, clock, slog.New(slog.NewTextHandler(&log, nil)))
		if err != nil {
			t.Fatal(err)
		}
		p.set.Store(bad)
		mustRefuse(t, v, forge(t, "ES256", k.p256, head("ES256", "new"), payload(nil)))
		if n := p.fetches.Load(); n != 2 {
			t.Errorf("fetched %d times, want 2", n)
		}
		if !strings.Contains(log.String(), "could not refresh") || strings.Contains(log.String(), b64(secret)) {
			t.Errorf("the log says %q", log.String())
		}
		mustAccept(t, v, forge(t, "RS256", k.rsa, head("RS256", "r"), payload(nil)))
	}
}

func TestCallerWhoHangsUpDoesNotUseUpTheFetch(t *testing.T) {
	t.Parallel()
	k := keyring()
	set := keySet(jwk(t, "r", k.rsa, nil))
	var fetches atomic.Int64
	reached, release := make(chan struct{}), make(chan struct{})
	p := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if fetches.Add(1) > 1 {
			close(reached)
			<-release
			_, _ = w.Write([]byte(keySet(jwk(t, "new", k.p256, nil))))
			return
		}
		_, _ = w.Write([]byte(set))
	}))
	t.Cleanup(p.Close)
	v := jwksVerifier(t, p.URL)

	ctx, hangUp := context.WithCancel(t.Context())
	token := forge(t, "ES256", k.p256, head("ES256", "new"), payload(nil))
	done := make(chan error)
	go func() {
		_, err := v.Verify(ctx, token)
		done <- err
	}()
	<-reached
	hangUp()

	// Another caller who has gone waits for nobody.
	if _, err := v.Verify(ctx, token); !errors.Is(err, auth.ErrToken) {
		t.Errorf("a caller who left: %v", err)
	}
	close(release)
	if err := <-done; err != nil {
		t.Errorf("the fetch was abandoned: %v", err)
	}
	mustAccept(t, v, token)
}
