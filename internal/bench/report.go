package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// cell is one operation at one number of connections: the product beside its floor.
type cell struct {
	op             string
	conns          int
	product, floor load
	cpu, floorCPU  time.Duration // of the server, in all
	db, floorDB    time.Duration // of PostgreSQL, in all
	allocations    float64
	resident       int64
	sweepRows      bool // requests are rows of the sweep
	beside         bool // the product stands in the floor's place, on another database
}

func (l load) rate() float64 {
	if l.elapsed == 0 {
		return 0
	}
	return float64(l.requests) / l.elapsed.Seconds()
}

func (l load) quantile(q float64) time.Duration {
	if len(l.latencies) == 0 {
		return 0
	}
	return l.latencies[min(len(l.latencies)-1, int(q*float64(len(l.latencies))))]
}

func (l *load) add(o load) {
	l.requests += o.requests
	l.elapsed += o.elapsed
	l.latencies = append(l.latencies, o.latencies...)
}

func ms(d time.Duration) string { return fmt.Sprintf("%.2f", float64(d.Microseconds())/1000) }

func each(d time.Duration, n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%.2f", float64(d.Microseconds())/1000/float64(n))
}

func (c cell) ratio() float64 {
	if c.floor.rate() == 0 {
		return 0
	}
	return c.product.rate() / c.floor.rate()
}

const tableHead = `| operation | connections | requests/s | floor | ratio | p50 ms | floor | p99 ms | floor | server CPU ms | floor | PostgreSQL CPU ms | floor | allocations | RSS MiB |
|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|
`

func (c cell) row() string {
	n, f := c.product.requests, c.floor.requests
	if c.sweepRows {
		return fmt.Sprintf("| %s | | %.0f rows/s | %.0f | **%.2f** | | | | | | | | | | |\n", c.op, c.product.rate(), c.floor.rate(), c.ratio())
	}
	return fmt.Sprintf("| %s | %d | %.0f | %.0f | **%.2f** | %s | %s | %s | %s | %s | %s | %s | %s | %.0f | %d |\n", c.op, c.conns, c.product.rate(), c.floor.rate(), c.ratio(),
		ms(c.product.quantile(0.5)), ms(c.floor.quantile(0.5)), ms(c.product.quantile(0.99)), ms(c.floor.quantile(0.99)),
		each(c.cpu, n), each(c.floorCPU, f), each(c.db, n), each(c.floorDB, f), c.allocations/float64(max(n, 1)), c.resident>>20)
}

// plot draws the ratios as bars, with the aim of 0.90 as a line.
func plot(w io.Writer, cells []cell) error {
	const bar, gap, height = 28, 14, 260
	cells = slices.DeleteFunc(slices.Clone(cells), func(c cell) bool { return c.beside }) // not beside SQL
	width := 60 + len(cells)*(bar+gap)
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="10">`, width, height+70)
	scale := func(r float64) float64 { return min(r, 1.2) / 1.2 * height }
	for _, line := range []float64{0.6, 0.9, 1} {
		y := float64(height) - scale(line) + 10
		fmt.Fprintf(&b, `<line x1="40" x2="%d" y1="%.0f" y2="%.0f" stroke="#999" stroke-dasharray="4"/><text x="6" y="%.0f">%.2f</text>`, width, y, y, y+3, line)
	}
	for i, c := range cells {
		x, h := 50+i*(bar+gap), scale(c.ratio())
		fmt.Fprintf(&b, `<rect x="%d" y="%.0f" width="%d" height="%.0f" fill="#4477aa"/><text x="%d" y="%d">%s</text>`, x, float64(height)-h+10, bar, h, x, height+26, c.op)
		if c.conns > 0 {
			fmt.Fprintf(&b, `<text x="%d" y="%d">%d</text>`, x+8, height+40, c.conns)
		}
	}
	fmt.Fprintf(&b, `<text x="50" y="%d">requests/s of the product as a share of hand-written SQL in the same run; below: connections</text></svg>`, height+60)
	_, err := io.WriteString(w, b.String())
	return err
}
