package auth

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"time"

	"github.com/MicahParks/jwkset"
	"github.com/MicahParks/keyfunc/v3"
	"golang.org/x/time/rate"
)

const (
	refreshEvery   = time.Hour
	refreshUnknown = 30 * time.Second // between two fetches caused by unknown key ids
	fetchTimeout   = 5 * time.Second
	maxSetBytes    = 1 << 20
	minRSABits     = 2048
)

// keySet looks keys up by itself instead of through keyfunc's jwt.Keyfunc, which tries every key for a token without a
// key id and does not compare a key's use, its operations and its curve with the token's algorithm.
type keySet struct {
	storage jwkset.Storage
	// limit is nil for a file, which is never read again.
	limit *rate.Limiter
	// fetching has one place: the holder is asking storage for an unknown key id.
	fetching chan struct{}
}

func readKeySet(path string) (*keySet, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the JSON Web Key Set: %w", err)
	}
	if err := checkKeySet(data); err != nil {
		return nil, err
	}
	k, err := keyfunc.NewJWKSetJSON(data)
	if err != nil {
		return nil, fmt.Errorf("read the JSON Web Key Set: %w", err)
	}
	return &keySet{storage: k.Storage()}, nil
}

func fetchKeySet(ctx context.Context, url string, log *slog.Logger) (*keySet, error) {
	failFirst := false
	limit := rate.NewLimiter(rate.Every(refreshUnknown), 1)
	k, err := keyfunc.NewDefaultOverrideCtx(ctx, []string{url}, keyfunc.Override{
		Client: &http.Client{
			Transport: checkedTransport{http.DefaultTransport},
			CheckRedirect: func(*http.Request, []*http.Request) error {
				return errors.New("the address of the JSON Web Key Set redirects")
			},
		},
		HTTPTimeout:               fetchTimeout,
		NoErrorReturnFirstHTTPReq: &failFirst,
		RefreshInterval:           refreshEvery,
		RefreshUnknownKID:         limit,
		RateLimitWaitMax:          fetchTimeout, // bounds that fetch too, not only the wait
		RefreshErrorHandlerFunc: func(string) func(context.Context, error) {
			return func(ctx context.Context, err error) {
				log.WarnContext(ctx, "could not refresh the JSON Web Key Set; the keys known so far stay in use", "error", err)
			}
		},
	})
	if err != nil {
		return nil, fmt.Errorf("fetch the JSON Web Key Set: %w", err)
	}
	return &keySet{storage: k.Storage(), limit: limit, fetching: make(chan struct{}, 1)}, nil
}

// checkedTransport lets only a fit key set through, because the client behind it would replace good keys with whatever
// a 200 response holds: an error page that happens to be a JSON object empties the set.
type checkedTransport struct{ next http.RoundTripper }

func (t checkedTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := t.next.RoundTrip(r)
	if err != nil || resp.StatusCode != http.StatusOK {
		return resp, err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxSetBytes+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxSetBytes {
		return nil, errors.New("the JSON Web Key Set is longer than 1 MiB")
	}
	if err := checkKeySet(data); err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(data))
	return resp, nil
}

// checkKeySet never quotes the set: it may hold what it should not.
func checkKeySet(data []byte) error {
	var set jwkset.JWKSMarshal
	if err := json.Unmarshal(data, &set); err != nil {
		return errors.New("the JSON Web Key Set is not JSON of that form")
	}
	usable := 0
	for i, m := range set.Keys {
		if m.KTY == jwkset.KtyOct || m.K != "" {
			return fmt.Errorf("key %d of the JSON Web Key Set is symmetric; only public keys belong there", i+1)
		}
		if m.D != "" || m.P != "" || m.Q != "" || m.DP != "" || m.DQ != "" || m.QI != "" || len(m.OTH) > 0 {
			return fmt.Errorf("key %d of the JSON Web Key Set is private; only public keys belong there", i+1)
		}
		jwk, err := jwkset.NewJWKFromMarshal(m, jwkset.JWKMarshalOptions{}, jwkset.JWKValidateOptions{})
		if errors.Is(err, jwkset.ErrUnsupportedKey) {
			continue // for another consumer of the same set
		}
		if err != nil {
			return fmt.Errorf("key %d of the JSON Web Key Set is malformed", i+1)
		}
		if k, ok := jwk.Key().(*rsa.PublicKey); ok && k.N.BitLen() < minRSABits {
			return fmt.Errorf("key %d of the JSON Web Key Set is an RSA key of fewer than 2048 bits", i+1)
		}
		if slices.ContainsFunc(publicAlgorithms, func(alg string) bool { return suits(jwk, alg) }) {
			usable++
		}
	}
	if usable == 0 {
		return errors.New("the JSON Web Key Set has no key for verifying signatures")
	}
	return nil
}

var publicAlgorithms = []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}

func (s *keySet) accepts(alg string) bool { return slices.Contains(publicAlgorithms, alg) }

// key takes the key that the token names; a token that names none is taken when just one key suits its algorithm.
func (s *keySet) key(ctx context.Context, alg, kid string) (any, error) {
	found, named, err := s.known(ctx, alg, kid)
	if err != nil || found != nil {
		return found, err
	}
	if kid == "" {
		return nil, refuse("names no key, and not exactly one suits it")
	}
	if named {
		return nil, refuse("does not name exactly one key for its algorithm")
	}
	if s.limit == nil {
		return nil, refuse("names an unknown key")
	}
	// One at a time, so that the tokens that arrive together after a rotation wait for one fetch and all find the key,
	// and a flood of made-up key ids is turned away at once while the limiter is empty.
	select {
	case s.fetching <- struct{}{}:
		defer func() { <-s.fetching }()
	case <-ctx.Done():
		return nil, refuse("the caller left before the key was fetched")
	}
	if found, _, err = s.known(ctx, alg, kid); err != nil || found != nil {
		return found, err
	}
	if s.limit.Tokens() < 1 {
		return nil, refuse("names an unknown key, and the set was fetched a moment ago")
	}
	// Without the caller's cancellation: one who hangs up at once would use up the fetch that others need.
	if _, err := s.storage.KeyRead(context.WithoutCancel(ctx), kid); err != nil {
		return nil, refuse("names a key that is unknown, also after fetching the set")
	}
	found, _, err = s.known(ctx, alg, kid)
	if err == nil && found == nil {
		err = refuse("does not name exactly one key for its algorithm")
	}
	return found, err
}

// known looks in the keys at hand; named reports that some key has this id, suitable or not.
func (s *keySet) known(ctx context.Context, alg, kid string) (found any, named bool, err error) {
	all, err := s.storage.KeyReadAll(ctx)
	if err != nil {
		return nil, false, refuse("the keys cannot be read")
	}
	matches := 0
	for _, jwk := range all {
		if kid != "" && jwk.Marshal().KID != kid {
			continue
		}
		named = true
		if suits(jwk, alg) {
			matches++
			found = jwk.Key()
		}
	}
	if matches != 1 {
		found = nil
	}
	return found, named, nil
}

// suits reports whether a key may verify alg: by its own alg, use and key_ops where it has them (RFC 7517 4), by its
// type, and for ECDSA by the one curve of that algorithm (RFC 7518 3.4).
func suits(jwk jwkset.JWK, alg string) bool {
	m := jwk.Marshal()
	if m.USE != "" && m.USE != jwkset.UseSig {
		return false
	}
	if len(m.KEYOPS) > 0 && !slices.Contains(m.KEYOPS, jwkset.KeyOpsVerify) {
		return false
	}
	if own := m.ALG.String(); own != "" && own != alg {
		return false
	}
	switch k := jwk.Key().(type) {
	case *rsa.PublicKey:
		return alg[:2] == "RS" || alg[:2] == "PS"
	case *ecdsa.PublicKey:
		curves := map[string]string{"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}
		return curves[alg] == k.Curve.Params().Name
	case ed25519.PublicKey:
		return alg == "EdDSA"
	}
	return false
}
