package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/lib/pq"

	"aftersales/internal/app"
	"aftersales/internal/config"
	"aftersales/internal/id"
)

// sweepCell measures how fast missed deadlines are found: by the product's sweep, and by the least that must be written for
// each (deadline, case, two events), in batches of 1,000 with SKIP LOCKED.
func (b *bench) sweepCell(ctx context.Context) (c cell, err error) {
	c = cell{op: "SWEEP", sweepRows: true}
	if err := b.product.stop(); err != nil { // it would take part
		return c, err
	}
	if err := fillOverdue(ctx, b.db, b.sweep); err != nil {
		return c, err
	}
	a, err := app.Open(ctx, config.Config{DatabaseURL: b.url, DBMaxConns: 10}, slog.New(slog.DiscardHandler), app.Options{})
	if err != nil {
		return c, err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	turn := func(sum *load, sweep func() (int, error)) error {
		begin := time.Now()
		n, err := sweep()
		sum.add(load{requests: n, elapsed: time.Since(begin)})
		if err == nil && n != b.sweep/10 {
			err = fmt.Errorf("the sweep found %d of %d", n, b.sweep/10)
		}
		return err
	}
	for i := range 4 { // in turns, so that neither has the untouched pages or the warm cache for itself
		if i > 0 {
			if err := b.sweepAgain(ctx); err != nil {
				return c, err
			}
		}
		if i%2 == 0 {
			err = turn(&c.floor, func() (int, error) { return sweepFloor(ctx, b.db) })
		} else {
			err = turn(&c.product, func() (int, error) { return a.Cases.Sweep(ctx) })
		}
		if err != nil {
			return c, err
		}
	}
	return c, nil
}

// sweepAgain takes back what a sweep wrote.
func (b *bench) sweepAgain(ctx context.Context) error {
	for _, text := range []string{
		"UPDATE deadlines SET state = 'RUNNING', breached_at = NULL, explanation_owed = false WHERE id LIKE 'sw%' AND state = 'BREACHED'",
		"UPDATE service_cases SET priority = 'NORMAL' WHERE id LIKE 'sw%' AND priority <> 'NORMAL'",
		"DELETE FROM case_events WHERE case_id LIKE 'sw%'",
		"VACUUM ANALYZE deadlines", "VACUUM ANALYZE case_events", "VACUUM ANALYZE service_cases",
	} {
		if _, err := b.db.ExecContext(ctx, text); err != nil {
			return err
		}
	}
	return nil
}

const (
	sweepTake = `SELECT d.id, d.case_id, d.merchant_id, d.due_at FROM deadlines d JOIN service_cases c ON c.id = d.case_id
WHERE d.state = 'RUNNING' AND NOT d.sandbox AND d.due_at <= now() ORDER BY d.due_at LIMIT 1000 FOR UPDATE OF c SKIP LOCKED`
	sweepMiss = `UPDATE deadlines SET state = 'BREACHED', at_risk_told = true, breached_at = due_at, explanation_owed = explain WHERE id = ANY($1::text[])`
	sweepCase = `UPDATE service_cases SET revision = revision + 1, priority = 'URGENT', next_due_at = (SELECT min(d.due_at) FROM deadlines d WHERE d.merchant_id = service_cases.merchant_id AND d.case_id = service_cases.id AND d.open) WHERE id = ANY($1::text[])`
	sweepTell = `INSERT INTO case_events (id, merchant_id, case_id, type, at, actor_subject, actor_name) SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::text[], $7::text[])`
)

func sweepFloor(ctx context.Context, db *sql.DB) (int, error) {
	total := 0
	for {
		n, err := sweepBatch(ctx, db)
		total += n
		if err != nil || n == 0 {
			return total, err
		}
	}
}

func sweepBatch(ctx context.Context, db *sql.DB) (int, error) {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return 0, err
	}
	defer func() { _ = tx.Rollback() }()
	rows, err := tx.QueryContext(ctx, sweepTake)
	if err != nil {
		return 0, err
	}
	var missed, cases []string
	columns := make([][]string, 7) // of the events
	for rows.Next() {
		var deadline, caseID, merchant string
		var due time.Time
		if err := rows.Scan(&deadline, &caseID, &merchant, &due); err != nil {
			return 0, err
		}
		missed, cases = append(missed, deadline), append(cases, caseID)
		for _, kind := range []string{"DEADLINE_BREACHED", "ESCALATED"} {
			for i, v := range []string{id.New(id.CaseEvent), merchant, caseID, kind, due.Format(time.RFC3339Nano), "system", "system"} {
				columns[i] = append(columns[i], v)
			}
		}
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil || len(missed) == 0 {
		return 0, err
	}
	args := make([]any, len(columns))
	for i, c := range columns {
		args[i] = pq.Array(c)
	}
	for _, w := range []struct {
		text string
		args []any
	}{{sweepMiss, []any{pq.Array(missed)}}, {sweepCase, []any{pq.Array(cases)}}, {sweepTell, args}} {
		if _, err := tx.ExecContext(ctx, w.text, w.args...); err != nil {
			return 0, fmt.Errorf("%s: %w", w.text[:30], err)
		}
	}
	return len(missed), tx.Commit()
}
