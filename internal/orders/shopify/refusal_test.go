package shopify

import (
	"slices"
	"strings"
	"testing"

	"aftersales/internal/lang"
)

// Each file has a good order before and after the one refused; both must be taken, and the refusal must name line,
// column and reason.
func TestWhatCannotBeTakenIsRefusedAlone(t *testing.T) {
	t.Parallel()
	type told struct {
		line   int
		column string
		reason string // begins with
	}
	one := func(with cells) []cells { return []cells{firstRow("#2", with)} }
	tests := []struct {
		name string
		rows []cells
		want []told
	}{
		{"quantity 0", one(cells{colLineQuantity: "0"}), []told{{3, colLineQuantity, `must be 1 or more: "0"`}}},
		{"quantity negative", one(cells{colLineQuantity: "-2"}), []told{{3, colLineQuantity, `must be 1 or more: "-2"`}}},
		{"quantity in halves", one(cells{colLineQuantity: "1.5"}), []told{{3, colLineQuantity, "not a whole number"}}},
		{"quantity empty", one(cells{colLineQuantity: ""}), []told{{3, colLineQuantity, "empty"}}},
		{"quantity beyond reason", one(cells{colLineQuantity: "1000001"}), []told{{3, colLineQuantity, "not a whole number up to 1000000"}}},
		{"price negative", one(cells{colLinePrice: "-1.00"}), []told{{3, colLinePrice, `must not be negative: "-1.00"`}}},
		{"price empty", one(cells{colLinePrice: ""}), []told{{3, colLinePrice, "empty"}}},
		{"price with a symbol", one(cells{colLinePrice: "¥20"}), []told{{3, colLinePrice, `not an amount in CNY: "¥20"`}}},
		{"price with a decimal comma", one(cells{colLinePrice: "20,00"}), []told{{3, colLinePrice, "not an amount in CNY"}}},
		{"price with too many decimals", one(cells{colLinePrice: "20.005"}), []told{{3, colLinePrice, "not an amount in CNY"}}},
		{"price in parts of a yen", one(cells{colCurrency: "JPY", colLinePrice: "20.50"}), []told{{3, colLinePrice, "not an amount in JPY"}}},
		{"price beyond counting", one(cells{colLineQuantity: "1000000", colLinePrice: "10000000000.01"}), []told{{3, colLinePrice, "too large"}}},
		{"total beyond counting", one(cells{colTotal: "99999999999999"}), []told{{3, colTotal, "too large"}}},
		{"title and SKU empty", one(cells{colLineName: "", colLineSKU: ""}), []told{{3, colLineName, "empty"}}},
		{"line discount above the line", one(cells{colLineDiscount: "20.01"}), []told{{3, colLineDiscount, "more than Lineitem price x Lineitem quantity"}}},
		{"order discount above the lines", one(cells{colDiscountAmount: "20.01"}), []told{{3, colDiscountAmount, "more than the lines come to"}}},
		{"lines above total", one(cells{colTotal: "19.98"}), []told{{3, colTotal, "less than the lines come to (Lineitem price x Lineitem quantity - Lineitem discount - Discount Amount)"}}},
		{"tax and no total", one(cells{colTaxes: "1.00"}), []told{{3, colTotal, "empty"}}},
		{"currency unknown", one(cells{colCurrency: "XYQ"}), []told{{3, colCurrency, `not a currency (ISO 4217): "XYQ"`}}},
		{"currency empty", one(cells{colCurrency: ""}), []told{{3, colCurrency, "empty"}}},
		{"created empty", one(cells{colCreatedAt: ""}), []told{{3, colCreatedAt, "empty"}}},
		{"created without zone", one(cells{colCreatedAt: "2025-09-28 14:03:11"}), []told{{3, colCreatedAt, "not a time like"}}},
		{"created on a day that is not", one(cells{colCreatedAt: "2025-02-29 14:03:11 +0800"}), []told{{3, colCreatedAt, "not a time like"}}},
		{"paid as a spreadsheet shows it", one(cells{colPaidAt: "28.09.2025 14:03"}), []told{{3, colPaidAt, "not a time like"}}},
		{"cancelled in the year 1", one(cells{colCancelledAt: "0001-01-01 00:00:00 +0000"}), []told{{3, colCancelledAt, "not a time like"}}},
		{"fulfilled at nonsense", one(cells{colFulfilledAt: "yesterday"}), []told{{3, colFulfilledAt, "not a time like"}}},
		{"status unknown", one(cells{colFinancialStatus: "bezahlt"}), []told{{3, colFinancialStatus, `not a payment status: "bezahlt"`}}},
		{"partly paid, outstanding unknown", one(cells{colFinancialStatus: "partially_paid", colTotal: "20.00"}), []told{{3, colOutstanding, "empty"}}},
		{"partly paid, more outstanding than total", one(cells{colFinancialStatus: "partially_paid", colTotal: "20.00", colOutstanding: "20.01"}), []told{{3, colOutstanding, "more than Total"}}},
		{"partly paid, no total", one(cells{colFinancialStatus: "partially_paid", colOutstanding: "5.00"}), []told{{3, colTotal, "empty"}}},
		{"partly refunded, by how much unknown", one(cells{colFinancialStatus: "partially_refunded", colTotal: "20.00"}), []told{{3, colRefundedAmount, "empty"}}},
		{"refund negative", one(cells{colRefundedAmount: "-5.00"}), []told{{3, colRefundedAmount, "must not be negative"}}},
		{"text in another encoding", one(cells{colLineName: "\xb1\xa3\xce\xc2\xb1\xad"}), []told{{3, colLineName, "not UTF-8 text"}}},
		{"a zero byte", one(cells{colEmail: "a\x00@example.com"}), []told{{3, colEmail, "not UTF-8 text"}}},
		{"no line at all", one(cells{colLineQuantity: "", colLineName: "", colLinePrice: "", colLineSKU: ""}), []told{{3, colLineName, "the order has no line"}}},
		{"no name", []cells{firstRow("#2", nil), nextRow("", nil)}, []told{{4, colName, "empty: every row must name its order"}}},
		{"second line wrong", []cells{firstRow("#2", nil), nextRow("#2", cells{colLineQuantity: "x"})}, []told{{4, colLineQuantity, "not a whole number"}}},
		{"a Name that comes back", []cells{nextRow("#1", nil)}, []told{{3, colName, ""}}},
		{"two orders under one Name", []cells{firstRow("#2", cells{colID: "1"}), firstRow("#2", cells{colID: "2"})}, []told{{4, colID, "differs from line 3"}}},
		{"two totals under one Name", []cells{firstRow("#2", cells{colTotal: "30"}), firstRow("#2", cells{colTotal: "40"})}, []told{{4, colTotal, "differs from line 3"}}},
		{"everything at once", one(cells{colLineQuantity: "0", colLinePrice: "x", colCreatedAt: "x", colFinancialStatus: "x"}), []told{
			{3, colCreatedAt, "not a time"}, {3, colLineQuantity, "must be 1"}, {3, colLinePrice, "not an amount"}, {3, colFinancialStatus, "not a payment status"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if tt.name == "a Name that comes back" { // it must not stand next to the order it belongs to
				tt.rows = append([]cells{firstRow("#1b", nil)}, tt.rows...)
				tt.want = []told{{4, colName, `order "#1" began at line 2; put its rows together`}}
			}
			rows := slices.Concat([]cells{firstRow("#1", nil)}, tt.rows, []cells{firstRow("#3", nil)})
			taken, refused := readAll(t, sheet(t, rows...))
			var numbers []string
			for _, o := range taken {
				numbers = append(numbers, o.Input.Number)
			}
			if first, last := numbers[0], numbers[len(numbers)-1]; first != "#1" || last != "#3" || slices.Contains(numbers, "#2") {
				t.Errorf("taken %v; want #1 and #3, and not #2", numbers)
			}
			if len(refused) != 1 {
				t.Fatalf("refused %v; want one order", refused)
			}
			got := refused[0]
			if len(got.Refusals) != len(tt.want) {
				t.Fatalf("refusals %+v; want %+v", got.Refusals, tt.want)
			}
			for i, w := range tt.want {
				f := got.Refusals[i]
				if f.Line != w.line || f.Column != w.column || !strings.HasPrefix(f.Reason, w.reason) {
					t.Errorf("refusal %+v; want %+v", f, w)
				}
			}
			if len(got.Rows) != len(got.RowLines) || len(got.Rows) == 0 {
				t.Errorf("%d rows with %d lines", len(got.Rows), len(got.RowLines))
			}
		})
	}
}

func TestReasonsAreToldInChinese(t *testing.T) {
	t.Parallel()
	r, err := NewReader(strings.NewReader(sheet(t, firstRow("#1", cells{colLineQuantity: "0"}))))
	if err != nil {
		t.Fatal(err)
	}
	r.Lang = lang.ZH
	_, err = r.Next()
	if want := "line 2: Lineitem quantity: 必须大于等于 1:\"0\""; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestLongCellsDoNotFillTheReason(t *testing.T) {
	t.Parallel()
	_, refused := readAll(t, sheet(t, firstRow("#1", cells{colLinePrice: strings.Repeat("九", 5000)})))
	if want := `not an amount in CNY: "` + strings.Repeat("九", 40) + `…"`; refused[0].Refusals[0].Reason != want {
		t.Errorf("reason %q, want %q", refused[0].Refusals[0].Reason, want)
	}
}

// An order of 500 rows is taken; of one more it is refused in pieces, none larger than 500 rows, counted once.
func TestAnOrderHasAtMost500Rows(t *testing.T) {
	t.Parallel()
	order := func(number string, rows int) []cells {
		list := []cells{firstRow(number, nil)}
		for len(list) < rows {
			list = append(list, nextRow(number, nil))
		}
		return list
	}
	rows := slices.Concat(order("#1", 500), order("#2", 1203), order("#3", 1), order("#4", 501))
	taken, refused := readAll(t, sheet(t, rows...))
	if len(taken) != 2 || len(taken[0].Input.Lines) != 500 || taken[1].Input.Number != "#3" {
		t.Fatalf("taken %d orders; want #1 of 500 lines and #3", len(taken))
	}
	type piece struct {
		number    string
		rows      int
		line      int
		continues bool
	}
	var got []piece
	for _, e := range refused {
		got = append(got, piece{e.Refusals[0].Number, len(e.Rows), e.Refusals[0].Line, e.Continues})
	}
	want := []piece{{"#2", 500, 502, false}, {"#2", 500, 1002, true}, {"#2", 203, 1502, true}, {"#4", 500, 1706, false}, {"#4", 1, 2206, true}}
	if !slices.Equal(got, want) {
		t.Errorf("pieces %+v\nwant %+v", got, want)
	}
	if reason := refused[2].Refusals[0].Reason; !strings.Contains(reason, "refused at line 502") {
		t.Errorf("the last piece says %q; want it to name line 502", reason)
	}
}
