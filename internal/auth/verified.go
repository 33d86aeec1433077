package auth

import (
	"bytes"
	"context"
	"crypto"
	"crypto/sha256"
	"sync"
	"time"
)

const (
	// maxVerified bounds what is remembered: a few MiB.
	maxVerified = 20_000
	// verifiedFor is how long a token is not taken apart again.
	verifiedFor = time.Minute
)

// verified remembers tokens that were accepted lately, by their hash: clients send the same one with every request. What was
// refused is not remembered.
type verified struct {
	mu     sync.RWMutex
	claims map[[sha256.Size]byte]accepted
}

// accepted is a token's claims, and the header and key by which it was accepted.
type accepted struct {
	Claims
	header
	key any
	at  time.Time
}

// claimsOf returns the claims of a token that was accepted within verifiedFor, has not expired since, and whose key is still
// the one its header names.
func (v *verified) claimsOf(ctx context.Context, sum [sha256.Size]byte, keys keySource, now time.Time) (Claims, bool) {
	v.mu.RLock()
	a, known := v.claims[sum]
	v.mu.RUnlock()
	if !known || now.Before(a.at) || now.Sub(a.at) >= verifiedFor || !now.Before(a.ExpiresAt) {
		return Claims{}, false
	}
	key, err := keys.key(ctx, a.alg, a.kid)
	return a.Claims, err == nil && equal(key, a.key)
}

func equal(a, b any) bool {
	switch a := a.(type) {
	case []byte:
		b, same := b.([]byte)
		return same && bytes.Equal(a, b)
	case interface{ Equal(crypto.PublicKey) bool }:
		return a.Equal(b)
	}
	return false
}

func (v *verified) remember(sum [sha256.Size]byte, a accepted) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.claims == nil || len(v.claims) >= maxVerified {
		v.claims = map[[sha256.Size]byte]accepted{}
	}
	v.claims[sum] = a
}
