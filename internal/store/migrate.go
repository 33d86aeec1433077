package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"entgo.io/ent/dialect"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"aftersales/migrations"
)

// Migrate brings the database to the newest version and returns how many migrations it applied. It is safe with several
// servers starting at once: PostgreSQL holds a session lock meanwhile; on SQLite, where each migration is one transaction,
// the loser of a race looks again.
func (s *Store) Migrate(ctx context.Context, log *slog.Logger) (applied int, err error) {
	for try := range attempts {
		p, err := s.provider()
		if err != nil {
			return applied, err
		}
		results, err := p.Up(ctx)
		applied += len(results)
		for _, r := range results {
			log.InfoContext(ctx, "migration applied", "file", r.Source.Path, "took", r.Duration.Round(time.Millisecond))
		}
		if err == nil || s.dialect == dialect.Postgres {
			return applied, err
		}
		if try == attempts-1 {
			return applied, fmt.Errorf("migrate: %w", err)
		}
		select {
		case <-ctx.Done():
			return applied, ctx.Err()
		case <-time.After(200 * time.Millisecond << try):
		}
	}
	return applied, nil
}

// Migrated reports whether the database stands at the newest version: readiness needs it.
func (s *Store) Migrated(ctx context.Context) error {
	p, err := s.provider()
	if err != nil {
		return err
	}
	pending, err := p.HasPending(ctx)
	if err != nil {
		return err
	}
	if pending {
		return errors.New("migrations are pending")
	}
	return nil
}

func (s *Store) provider() (*goose.Provider, error) {
	opts := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true)}
	var files fs.FS
	var err error
	d := goose.DialectSQLite3
	if s.dialect == dialect.Postgres {
		d = goose.DialectPostgres
		files, err = fs.Sub(migrations.Postgres, "postgres")
		locker, lockErr := lock.NewPostgresSessionLocker()
		if lockErr != nil {
			return nil, lockErr
		}
		opts = append(opts, goose.WithSessionLocker(locker))
	} else {
		files, err = fs.Sub(migrations.SQLite, "sqlite")
	}
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(d, s.pools[0].DB(), files, opts...)
}
