//go:build unix

// Package pgtest gives every test a PostgreSQL database of its own: empty (URL) or a copy of a prepared one (Template).
//
// The server behind it is started on first use, is reachable by a unix socket only, keeps nothing safe (fsync is off) and
// ends with the program that started it, however that one ends. AFTERSALES_TEST_POSTGRES_URL names a running server to use
// instead (a superuser's URL; PostgreSQL 13 or newer); AFTERSALES_TEST_POSTGRES_BIN names the directory of initdb and postgres
// where they stand in an unusual place.
//
// A program that is not a test (a benchmark, the migration diff) calls Start. The package must not know the product: no
// schema, no migrations, no data; Template is handed a function for that.
package pgtest
