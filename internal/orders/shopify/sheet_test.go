package shopify

import (
	"encoding/csv"
	"errors"
	"io"
	"maps"
	"strings"
	"testing"
)

// cells is one row by column name.
type cells map[string]string

// sheetColumns are the columns of the files that tests write; sheet writes only these.
var sheetColumns = []string{
	colName, colEmail, colFinancialStatus, colPaidAt, colFulfillmentStatus, colFulfilledAt, colCurrency, colSubtotal,
	colShipping, colTaxes, colTotal, colDiscountAmount, colCreatedAt, colCancelledAt, colRefundedAmount, colOutstanding,
	colDuties, colID, colPhone, colLineQuantity, colLineName, colLinePrice, colLineSKU, colLineFulfillment, colLineDiscount,
	"Notes",
}

// firstRow is a good order of one line; with changes cells.
func firstRow(number string, with cells) cells {
	r := cells{
		colName: number, colEmail: "kim@example.com", colFinancialStatus: "paid", colCurrency: "CNY",
		colCreatedAt: "2025-09-28 14:03:11 +0800", colPaidAt: "2025-09-28 14:04:00 +0800",
		colLineQuantity: "1", colLineName: "Kettle", colLinePrice: "20.00", colLineSKU: "KET-1",
	}
	maps.Copy(r, with)
	return r
}

// nextRow is a further line of an order.
func nextRow(number string, with cells) cells {
	r := cells{colName: number, colLineQuantity: "1", colLineName: "Cup", colLinePrice: "5.00", colLineSKU: "CUP-1"}
	maps.Copy(r, with)
	return r
}

// sheet writes rows as CSV; line n+2 of the file is rows[n] when no cell has a newline.
func sheet(t testing.TB, rows ...cells) string {
	t.Helper()
	var b strings.Builder
	w := csv.NewWriter(&b)
	record := make([]string, len(sheetColumns))
	copy(record, sheetColumns)
	for i := -1; i < len(rows); i++ {
		if i >= 0 {
			for n, column := range sheetColumns {
				record[n] = rows[i][column]
			}
		}
		if err := w.Write(record); err != nil {
			t.Fatal(err)
		}
	}
	w.Flush()
	return b.String()
}

// readAll reads a file to its end and keeps orders and refusals apart.
func readAll(t testing.TB, file string) (taken []Order, refused []*RefusedError) {
	t.Helper()
	r, err := NewReader(strings.NewReader(file))
	if err != nil {
		t.Fatalf("NewReader: %v", err)
	}
	for {
		o, err := r.Next()
		e, isRefused := errors.AsType[*RefusedError](err)
		switch {
		case errors.Is(err, io.EOF):
			return taken, refused
		case isRefused:
			refused = append(refused, e)
		case err != nil:
			t.Fatalf("Next: %v", err)
		default:
			taken = append(taken, o)
		}
	}
}

// readOne reads a file of one good order.
func readOne(t testing.TB, file string) Order {
	t.Helper()
	taken, refused := readAll(t, file)
	if len(taken) != 1 || len(refused) != 0 {
		t.Fatalf("taken %d, refused %v; want one order taken", len(taken), refused)
	}
	return taken[0]
}
