// Package auth says who is calling and what they may do.
//
// A caller proves who they are with a JSON Web Token: a Verifier turns it into Claims, or refuses it with ErrToken and a
// reason that is for the log alone. Tokens are signed either with one shared secret (HS256) or with keys published as a
// JSON Web Key Set (RSA, ECDSA, Ed25519), never both, so that a public key can never be passed off as a secret.
//
// The package knows nothing of the database, of ent, of GraphQL or of HTTP beyond the text of one header; that a
// subject, merchant or customer named by a token exists is for others to check.
package auth
