package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// side is one of the two that are compared: who asks, and the process that answers.
type side struct {
	caller
	server *process
}

func (b *bench) ask(op operation, conns int, server *process, product bool) side {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: conns, MaxConnsPerHost: conns, DisableCompression: true}}
	return side{caller{op, b.size, server.base, product, b.ids, b.tokens, client}, server}
}

func (b *bench) measure(ctx context.Context) ([]cell, error) {
	var cells []cell
	add := func(c cell, err error) error {
		if err == nil {
			fmt.Fprint(os.Stderr, c.row())
			cells = append(cells, c)
		}
		return err
	}
	for i, op := range operations {
		if i == 1 && b.wanted(embedded) { // before anything is written
			if err := b.embedded(ctx, add); err != nil {
				return nil, err
			}
		}
		if !b.wanted(op.name) {
			continue
		}
		if op.name != "WRITE" {
			if err := b.same(ctx, op); err != nil {
				return nil, err
			}
		}
		for _, conns := range b.conns {
			if err := add(b.cell(ctx, op.name, conns, b.ask(op, conns, b.product, true), b.ask(op, conns, b.floor, false))); err != nil {
				return nil, err
			}
		}
	}
	if b.growth > 0 {
		if err := b.grown(ctx, add); err != nil {
			return nil, err
		}
	}
	if b.sweep > 0 && b.wanted("SWEEP") {
		if err := add(b.sweepCell(ctx)); err != nil {
			return nil, err
		}
	}
	return cells, nil
}

// same reports whether product and floor answer an operation alike.
func (b *bench) same(ctx context.Context, op operation) error {
	product, floor := b.ask(op, 1, b.product, true), b.ask(op, 1, b.floor, false)
	for i := range 20 {
		if err := same(ctx, product.caller, floor.caller, i*37); err != nil {
			return err
		}
	}
	return nil
}

// growing are the operations whose cost must not follow the amount of data.
var growing = []string{"READ", "QUEUE", "TRACK"}

// grown measures them on a larger data set on a PostgreSQL of its own, with the same on this one in the floor's place.
func (b *bench) grown(ctx context.Context, add func(cell, error) error) (err error) {
	larger, err := open(ctx, b.yard, b.scale*b.growth, "")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, larger.stop()) }()
	for _, op := range operations {
		if !slices.Contains(growing, op.name) || !b.wanted(op.name) {
			continue
		}
		if err := larger.same(ctx, op); err != nil {
			return err
		}
		for _, conns := range b.conns {
			c, err := b.cell(ctx, fmt.Sprintf("%s, %d times the data", op.name, b.growth), conns, larger.ask(op, conns, larger.product, true), b.ask(op, conns, b.product, true))
			c.beside = true
			if err := add(c, err); err != nil {
				return err
			}
		}
	}
	return nil
}

// wanted reports whether an operation is to be measured.
func (b *bench) wanted(name string) bool {
	return b.only == "" || slices.Contains(strings.Split(b.only, ","), name)
}

// signIn signs the tokens of all who will ask: clients are given theirs by somebody else.
func (c caller) signIn() error {
	if c.op.customer == nil || !c.product {
		return nil
	}
	for n := range c.size.merchants * customers {
		if _, err := c.tokens.of(c.op.role, n%c.size.merchants, fmt.Sprintf("c-%d", n)); err != nil {
			return err
		}
	}
	return nil
}

// cell measures both sides in turns, four each.
func (b *bench) cell(ctx context.Context, name string, conns int, product, floor side) (cell, error) {
	c := cell{op: name, conns: conns}
	var next atomic.Int64
	const turns = 4
	turn := time.Duration(b.seconds) * time.Second / (2 * turns)
	for _, who := range []side{floor, product} { // warm up
		if err := who.signIn(); err != nil {
			return c, err
		}
		if _, err := drive(ctx, who.caller, conns, turn/2, &next); err != nil {
			return c, err
		}
	}
	for range turns {
		if err := turnOf(ctx, floor, conns, turn, &next, &c.floor, &c.floorCPU, &c.floorDB); err != nil {
			return c, err
		}
		before, err := product.server.allocations(ctx)
		if err != nil {
			return c, err
		}
		if err := turnOf(ctx, product, conns, turn, &next, &c.product, &c.cpu, &c.db); err != nil {
			return c, err
		}
		after, err := product.server.allocations(ctx)
		if err != nil {
			return c, err
		}
		c.allocations += after - before
	}
	slices.Sort(c.product.latencies)
	slices.Sort(c.floor.latencies)
	var err error
	c.resident, err = resident(product.server.cmd.Process.Pid)
	return c, err
}

func turnOf(ctx context.Context, who side, conns int, d time.Duration, next *atomic.Int64, sum *load, used, db *time.Duration) error {
	pid := who.server.cmd.Process.Pid
	cpu0, err := cpu(pid)
	if err != nil {
		return err
	}
	db0, err := database()
	if err != nil {
		return err
	}
	l, err := drive(ctx, who.caller, conns, d, next)
	if err != nil {
		return err
	}
	cpu1, err := cpu(pid)
	if err != nil {
		return err
	}
	db1, err := database()
	sum.add(l)
	*used += cpu1 - cpu0
	*db += db1 - db0
	return err
}
