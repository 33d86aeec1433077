package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	_ "modernc.org/sqlite"
)

// embedded is READ on SQLite, with READ on PostgreSQL in the floor's place.
const embedded = "READ on SQLite"

// copied are the tables that READ reads, those first that others refer to; of those with a column only the newest orders' rows,
// by its prefix: enough for every page that is asked for.
var copied = []struct{ table, column, prefix string }{
	{"merchants", "", ""}, {"return_reasons", "", ""}, {"customers", "", ""}, {"orders", "id", "ord_01"}, {"order_lines", "order_id", "ord_01"},
	{"service_cases", "id", "ret_01"}, {"return_details", "case_id", "ret_01"}, {"return_items", "case_id", "ret_01"}, {"deadlines", "case_id", "ret_01"},
}

// newest is how many orders are copied.
const newest = 50_000

// embedded copies the data set into a file and asks both servers the same.
func (b *bench) embedded(ctx context.Context, add func(cell, error) error) (err error) {
	file := filepath.Join(b.work, "embedded.db")
	server, err := b.serve(ctx, "sqlite://"+file) // makes the tables
	if err != nil {
		return err
	}
	if err := server.stop(); err != nil {
		return err
	}
	if err := b.copyTo(ctx, file); err != nil {
		return fmt.Errorf("copy the data set: %w", err)
	}
	if server, err = b.serve(ctx, "sqlite://"+file); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.stop()) }()
	op := operations[0]
	for i := range 20 {
		if err := same(ctx, b.ask(op, 1, server, true).caller, b.ask(op, 1, b.product, true).caller, i*37); err != nil {
			return err
		}
	}
	for _, conns := range b.conns {
		c, err := b.cell(ctx, embedded, conns, b.ask(op, conns, server, true), b.ask(op, conns, b.product, true))
		c.beside, c.db = true, 0 // what PostgreSQL used meanwhile was not for this
		if err := add(c, err); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) copyTo(ctx context.Context, file string) (err error) {
	to, err := sql.Open("sqlite", "file:"+file+"?_pragma=foreign_keys(0)&_pragma=synchronous(0)&_time_format=sqlite")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	to.SetMaxOpenConns(1)
	// Deadlines refer to the calendar they are counted by, which each database was given its own of.
	var calendar, own string
	const ofChina = "SELECT id FROM calendars WHERE code = 'CN'"
	if err := errors.Join(b.db.QueryRowContext(ctx, ofChina).Scan(&calendar), to.QueryRowContext(ctx, ofChina).Scan(&own)); err != nil {
		return err
	}
	tx, err := to.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	for _, c := range copied {
		where := ""
		if c.column != "" {
			where = fmt.Sprintf(" WHERE %s < '%s%s'", c.column, c.prefix, number(newest))
		}
		if err := copyTable(ctx, b.db, tx, c.table, where); err != nil {
			return fmt.Errorf("%s: %w", c.table, err)
		}
	}
	if _, err := tx.ExecContext(ctx, "UPDATE deadlines SET calendar_id = ? WHERE calendar_id = ?", own, calendar); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	_, err = to.ExecContext(ctx, "ANALYZE")
	return err
}

func copyTable(ctx context.Context, from *sql.DB, to *sql.Tx, table, where string) error {
	rows, err := from.QueryContext(ctx, "SELECT * FROM "+table+where)
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.ColumnTypes()
	if err != nil {
		return err
	}
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.Name()
	}
	insert, err := to.PrepareContext(ctx, "INSERT INTO "+table+" ("+strings.Join(names, ", ")+") VALUES (?"+strings.Repeat(", ?", len(names)-1)+")")
	if err != nil {
		return err
	}
	defer insert.Close()
	values, at := make([]any, len(names)), make([]any, len(names))
	for i := range values {
		at[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(at...); err != nil {
			return err
		}
		for i, v := range values {
			if raw, ok := v.([]byte); ok { // JSON is text here
				values[i] = string(raw)
			}
		}
		if _, err := insert.ExecContext(ctx, values...); err != nil {
			return err
		}
	}
	return rows.Err()
}
