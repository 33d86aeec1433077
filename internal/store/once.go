package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"aftersales/ent"
	"aftersales/ent/idempotencykey"
	"aftersales/internal/auth"
	"aftersales/internal/clock"
	"aftersales/internal/problem"
)

// maxKeyLength bounds an idempotency key, in bytes.
const maxKeyLength = 200

// Once runs fn in a transaction at most once for an idempotency key of the actor and operation, and returns the id of what
// fn made. The same key with the same input returns the first id again, and what fn did the second time is undone; with other
// input it is IDEMPOTENCY_MISMATCH. Only success consumes a key: after a refusal the key is free. Of two calls at once one
// runs, the other waits for it or is answered with its result.
func (s *Store) Once(ctx context.Context, operation, key string, input any, fn func(ctx context.Context) (string, error)) (string, error) {
	if key == "" || len(key) > maxKeyLength {
		return "", problem.Invalid(problem.Textf("the idempotency key must have 1 to %d characters", "幂等键须为 1 至 %d 个字符", maxKeyLength), "idempotencyKey")
	}
	raw, err := json.Marshal(input)
	if err != nil {
		return "", fmt.Errorf("hash input: %w", err)
	}
	sum := sha256.Sum256(raw)
	hash := hex.EncodeToString(sum[:])

	if InTransaction(ctx) { // what fn does could not be undone by itself
		if id, found, err := s.replay(ctx, operation, key, hash); found || err != nil {
			return id, err
		}
	}
	a, _ := auth.From(ctx)
	var made string
	err = s.InTx(ctx, func(ctx context.Context) error {
		var err error
		if made, err = fn(ctx); err != nil {
			return err
		}
		return s.Client(ctx).IdempotencyKey.Create().SetMerchantID(a.MerchantID).SetSubject(a.Subject).
			SetOperation(operation).SetKey(key).SetInputHash(hash).SetObjectID(made).SetCreatedAt(clock.Real()).Exec(ctx)
	})
	if err != nil {
		// Repetitions are rare, so they are found out by what they run into: the used key, or what the first time changed.
		if id, found, replayErr := s.replay(ctx, operation, key, hash); found || problem.Is(replayErr, problem.IdempotencyMismatch) {
			return id, replayErr
		}
		return "", err
	}
	return made, nil
}

func (s *Store) replay(ctx context.Context, operation, key, hash string) (id string, found bool, err error) {
	a, _ := auth.From(ctx)
	row, err := s.Client(ctx).IdempotencyKey.Query().Where(
		idempotencykey.MerchantID(a.MerchantID), idempotencykey.Subject(a.Subject),
		idempotencykey.Operation(operation), idempotencykey.Key(key)).Only(ctx)
	switch {
	case ent.IsNotFound(err):
		return "", false, nil
	case err != nil:
		return "", false, err
	case row.InputHash != hash:
		return "", false, problem.New(problem.IdempotencyMismatch, problem.Text{
			EN: "this idempotency key was used with other input; use a new key for a new request",
			ZH: "该幂等键已用于不同的输入；新的请求请使用新的键",
		})
	}
	return row.ObjectID, true, nil
}
