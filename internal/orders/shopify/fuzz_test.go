package shopify

import (
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"
)

// Whatever the file, reading ends without a panic, every row comes out once, and an order that is taken is sound.
// Run it with -fuzzminimizetime=10x: making a whole export smaller takes the default minute otherwise.
func FuzzReader(f *testing.F) {
	for _, name := range []string{"testdata/orders_cn.csv", "testdata/orders_de.csv"} {
		file, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(file)
	}
	f.Add([]byte(sheet(f, firstRow("#1", cells{colTotal: "20.00", colDiscountAmount: "1"}), nextRow("#1", nil), firstRow("#2", cells{colLineQuantity: "-1"}))))
	f.Add([]byte(smallHeader + smallRow("#1", `"Cup`) + smallRow("#1", `Cup "`) + smallRow("#2", `"a""b"`) + "\r\n\"\n\"\"\n"))
	f.Add([]byte(strings.Replace(smallHeader, "Notes", "Total", 1) + strings.Replace(smallRow("#1", "Cup"), ",\n", ",19.98\n", 1)))

	f.Fuzz(func(t *testing.T, file []byte) {
		r, err := NewReader(strings.NewReader(string(file)))
		if err != nil {
			return
		}
		last := 0
		for {
			o, err := r.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			rows, lines := o.Rows, o.RowLines
			var refused *RefusedError
			if errors.As(err, &refused) {
				rows, lines = refused.Rows, refused.RowLines
				if len(refused.Refusals) == 0 || refused.Error() == "" {
					t.Fatal("refused without a reason")
				}
			} else if err != nil {
				t.Fatalf("a file that can be read gave %v", err)
			} else {
				checkSound(t, r, o)
			}
			if len(rows) == 0 || len(rows) > maxOrderRows || len(rows) != len(lines) {
				t.Fatalf("%d rows with %d lines", len(rows), len(lines))
			}
			for _, line := range lines {
				if line <= last {
					t.Fatalf("line %d after line %d", line, last)
				}
				last = line
			}
		}
		if most := strings.Count(string(file), "\n") + 1; last > most {
			t.Fatalf("line %d of a file of %d", last, most)
		}
	})
}

func checkSound(t *testing.T, r *Reader, o Order) {
	t.Helper()
	in := o.Input
	if in.Number == "" || in.Customer.ExternalID == "" || len(in.Lines) == 0 || in.PlacedAt.Location() != time.UTC {
		t.Fatalf("incomplete: %+v", in)
	}
	sum, ids := -in.Discount, map[string]bool{}
	for _, l := range in.Lines {
		gross := l.UnitPrice * int64(l.Quantity)
		if l.Quantity <= 0 || l.UnitPrice < 0 || l.Discount < 0 || l.Discount > gross || l.SKU == "" || l.Title == "" {
			t.Fatalf("line %+v", l)
		}
		if ids[l.ExternalID] {
			t.Fatalf("two lines with the id %q", l.ExternalID)
		}
		ids[l.ExternalID] = true
		sum += gross - l.Discount
	}
	if in.Shipping < 0 || in.Discount < 0 || in.Tax < 0 || in.Refunded < 0 || sum < 0 || in.Total != nil && *in.Total < 0 {
		t.Fatalf("negative amount: %+v", in)
	}
	status := r.header.cell(row{fields: o.Rows[0]}, colFinancialStatus)
	partly := strings.EqualFold(strings.ReplaceAll(status, " ", "_"), "partially_paid") // Total is then what was charged so far
	if in.Total != nil && !partly && sum > *in.Total+tolerance {
		t.Fatalf("lines come to %d, more than the total %d", sum, *in.Total)
	}
}
