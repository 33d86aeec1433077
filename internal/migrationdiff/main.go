// Command migrationdiff writes the next versioned migration of both engines from the difference between ent/schema and
// what the existing migrations replay to. With -check it writes nothing and fails if there is a difference.
//
// Run it as `make migration NAME=what_changes`; it needs PostgreSQL's server programs for a throwaway database.
package main

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	atlas "ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/sqltool"
	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"
	"entgo.io/ent/dialect/sql/schema"
	_ "github.com/lib/pq"
	_ "modernc.org/sqlite"

	"aftersales/ent/migrate"
	"aftersales/internal/apptest/pgtest"
)

func main() {
	check := flag.Bool("check", false, "fail if the migrations do not replay to the schema")
	sum := flag.Bool("hash", false, "only write atlas.sum again, after a migration was edited by hand")
	flag.Parse()
	name := flag.Arg(0)
	if *sum {
		if err := hash("migrations/postgres", "migrations/sqlite"); err != nil {
			fmt.Fprintln(os.Stderr, "migrationdiff:", err)
			os.Exit(1)
		}
		return
	}
	if name == "" && !*check {
		fmt.Fprintln(os.Stderr, "usage: migrationdiff [-check | -hash | NAME]")
		os.Exit(2)
	}
	if err := run(context.Background(), name, *check); err != nil {
		fmt.Fprintln(os.Stderr, "migrationdiff:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, name string, check bool) (err error) {
	compose()
	tmp, err := os.MkdirTemp("", "migrationdiff")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(tmp)) }()

	pg, err := pgtest.Start(ctx, "")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pg.Stop()) }()
	if err := pg.CreateDatabase(ctx, "diff"); err != nil {
		return err
	}
	engines := []struct{ dialect, driver, dsn, dir string }{
		{dialect.Postgres, "postgres", pg.URL("diff"), "migrations/postgres"},
		{dialect.SQLite, "sqlite", "file:" + filepath.Join(tmp, "diff.db") + "?_pragma=foreign_keys(1)", "migrations/sqlite"},
	}
	for _, e := range engines {
		dir := e.dir
		if check {
			dir = filepath.Join(tmp, filepath.Base(e.dir))
			if err := os.CopyFS(dir, os.DirFS(e.dir)); err != nil {
				return err
			}
		}
		before, err := filepath.Glob(dir + "/*.sql")
		if err != nil {
			return err
		}
		if err := diff(ctx, e.dialect, e.driver, e.dsn, dir, name); err != nil {
			return fmt.Errorf("%s: %w", e.dialect, err)
		}
		after, err := filepath.Glob(dir + "/*.sql")
		if err != nil {
			return err
		}
		if check && len(after) > len(before) {
			text, _ := os.ReadFile(after[len(after)-1])
			return fmt.Errorf("%s: the migrations do not replay to ent/schema; missing:\n%s", e.dialect, text)
		}
		fmt.Printf("%s: %d migration files, %d new\n", e.dialect, len(after), len(after)-len(before))
	}
	return nil
}

func diff(ctx context.Context, d, driver, dsn, dir, name string) error {
	goose, err := sqltool.NewGooseDir(dir)
	if err != nil {
		return err
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		return err
	}
	drv := entsql.OpenDB(d, db)
	if name == "" {
		name = "check"
	}
	err = migrate.NewSchema(drv).NamedDiff(ctx, name,
		schema.WithDir(goose), schema.WithMigrationMode(schema.ModeReplay), schema.WithDialect(d),
		schema.WithFormatter(sqltool.GooseFormatter), schema.WithDropColumn(true), schema.WithDropIndex(true))
	return errors.Join(err, drv.Close())
}

// hash writes the checksums of directories again.
func hash(dirs ...string) error {
	for _, path := range dirs {
		dir, err := sqltool.NewGooseDir(path)
		if err != nil {
			return err
		}
		files, err := dir.Checksum()
		if err != nil {
			return err
		}
		if err := atlas.WriteSumFile(dir, files); err != nil {
			return err
		}
	}
	return nil
}

// compose makes every foreign key between two tenant tables (merchant_id, …) -> (merchant_id, id), so that a link across
// tenants is impossible in the database, and lets no key delete or blank anything by itself. A link from a table to itself
// has no key: it would need the unique (merchant_id, id) of a table that is only being created; such links are written by the
// service alone, within one merchant.
func compose() {
	for _, t := range migrate.Tables {
		t.ForeignKeys = slices.DeleteFunc(t.ForeignKeys, func(fk *schema.ForeignKey) bool { return fk.RefTable == t })
		own, tenant := t.Column("merchant_id")
		for _, fk := range t.ForeignKeys {
			fk.OnDelete = schema.NoAction
			ref, refTenant := fk.RefTable.Column("merchant_id")
			if tenant && refTenant {
				fk.Columns = append([]*schema.Column{own}, fk.Columns...)
				fk.RefColumns = append([]*schema.Column{ref}, fk.RefColumns...)
			}
		}
	}
}
