package shopify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"aftersales/internal/orders"
)

// manyOrders is an export of two rows an order and some 60 MB, made while it is read; every hundredth order is refused.
type manyOrders struct {
	left, made int
	buffer     []byte
}

func (m *manyOrders) Read(p []byte) (int, error) {
	for len(m.buffer) < len(p) && m.left > 0 {
		m.left--
		m.made++
		quantity := 1
		if m.made%100 == 0 {
			quantity = 0
		}
		m.buffer = fmt.Appendf(m.buffer, "#%d,2025-09-28 14:03:11 +0800,CNY,%d,Cup,20.00,\"%s\"\n#%[1]d,,,2,Mug,5.00,%[3]s\n", m.made, quantity, note)
	}
	if len(m.buffer) == 0 {
		return 0, io.EOF
	}
	n := copy(p, m.buffer)
	m.buffer = m.buffer[:copy(m.buffer, m.buffer[n:])]
	return n, nil
}

var note = strings.Repeat("please ring twice ", 30)

// Not parallel: it measures the heap of the whole process.
func TestMemoryIsConstantWhateverTheSize(t *testing.T) {
	const rows = 100_000
	live := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := live()
	var peak, calls uint64
	im := &Importer{Write: func(_ context.Context, batch []orders.Input) ([]Outcome, error) {
		if calls++; calls%10 == 0 {
			peak = max(peak, live())
		}
		outcomes := make([]Outcome, len(batch))
		for i := range outcomes {
			outcomes[i].Result = Created
		}
		return outcomes, nil
	}}
	file := io.MultiReader(strings.NewReader(smallHeader), &manyOrders{left: rows / 2})
	sum, err := im.Run(t.Context(), file, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if want := (Summary{Rows: rows, Orders: rows / 2, Created: rows / 2 * 99 / 100, Refused: rows / 2 / 100}); sum != want {
		t.Errorf("summary %+v, want %+v", sum, want)
	}
	if growth := int64(peak) - int64(before); growth > 8<<20 {
		t.Errorf("the heap grew by %d KiB at its peak; want 8 MiB at most", growth>>10)
	} else {
		t.Logf("heap growth %d KiB at its peak", growth>>10)
	}
}

func BenchmarkReader(b *testing.B) {
	r, err := NewReader(io.MultiReader(strings.NewReader(smallHeader), &manyOrders{left: 1 << 62}))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Next(); err != nil {
			if _, refused := errors.AsType[*RefusedError](err); !refused {
				b.Fatal(err)
			}
		}
	}
}
