//go:build unix

package pgtest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strconv"
	"strings"

	"github.com/lib/pq"
)

// prefix starts the name of every database made for a test: aftersales_test_RUN_NUMBER.
const prefix = "aftersales_test_"

// join uses a server that runs already and that other programs may be using in the same way. A run is marked alive by an
// advisory lock held on a connection that ends with the program, so that each newcomer can drop what dead runs left behind:
// templates, which no test's end drops, and databases of tests that were killed.
func join(ctx context.Context, address string) (*session, error) {
	base, err := url.Parse(address)
	if err != nil || !strings.HasPrefix(base.Scheme, "postgres") {
		return nil, fmt.Errorf("%s must be a postgres:// URL", envURL) // not quoted: it may hold a password
	}
	server, err := connect(ctx, base)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", envURL, err)
	}
	s := &session{Server: server, run: rand.Int64()}
	err = s.claim(ctx)
	if err == nil {
		err = s.sweep(ctx)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", envURL, err), s.leave())
	}
	return s, nil
}

// claim takes the lock that says this run is alive, on a connection that is never given back.
func (s *session) claim(ctx context.Context) (err error) {
	if s.alive, err = s.admin.Conn(ctx); err != nil {
		return err
	}
	got, err := s.tryLock(ctx, s.run)
	if err == nil && !got {
		err = fmt.Errorf("run %d is taken", s.run)
	}
	return err
}

// sweep drops the databases of runs that hold their lock no more.
func (s *session) sweep(ctx context.Context) error {
	var names []string
	query := "SELECT coalesce(array_agg(datname::text), '{}') FROM pg_database WHERE starts_with(datname, $1)"
	if err := s.alive.QueryRowContext(ctx, query, prefix).Scan(pq.Array(&names)); err != nil {
		return err
	}
	for _, name := range names {
		run, ok := runOf(name)
		if !ok || run == s.run {
			continue
		}
		dead, err := s.tryLock(ctx, run)
		if err != nil {
			return err
		}
		if !dead {
			continue
		}
		// Dropped under the lock, so that two newcomers do not trip over each other.
		err = s.DropDatabase(ctx, name)
		_, unlock := s.alive.ExecContext(ctx, "SELECT pg_advisory_unlock($1)", run)
		if err := errors.Join(err, unlock); err != nil {
			return err
		}
	}
	return nil
}

// leave gives the claim up and disconnects.
func (s *session) leave() error {
	var err error
	if s.alive != nil {
		err = s.alive.Close()
	}
	return errors.Join(err, s.Stop())
}

func (s *session) tryLock(ctx context.Context, run int64) (got bool, err error) {
	err = s.alive.QueryRowContext(ctx, "SELECT pg_try_advisory_lock($1)", run).Scan(&got)
	return got, err
}

func runOf(database string) (int64, bool) {
	run, _, found := strings.Cut(strings.TrimPrefix(database, prefix), "_")
	n, err := strconv.ParseInt(run, 10, 64)
	return n, found && err == nil
}
