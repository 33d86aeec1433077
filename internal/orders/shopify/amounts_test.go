package shopify

import (
	"testing"

	"aftersales/internal/orders"
)

// Every row is one order of 2 x 50.00 and 1 x 20.00 (120.00) with its cells changed; amounts wanted in minor units.
func TestFiguresOfAnOrder(t *testing.T) {
	t.Parallel()
	type want struct {
		discount, lineDiscount, shipping, tax, total, refunded int64
		unpaid                                                 bool
	}
	tests := []struct {
		name string
		with cells
		want want
	}{
		{"plain", cells{colSubtotal: "120.00", colTotal: "120.00"}, want{total: 12000}},
		{"no subtotal, no discount", cells{colTotal: "120"}, want{total: 12000}},
		{"Discount Amount includes the line's", cells{colSubtotal: "100.00", colTotal: "100.00", colDiscountAmount: "20.00", colLineDiscount: "5.00"},
			want{discount: 1500, lineDiscount: 500, total: 10000}},
		{"Discount Amount excludes the line's", cells{colSubtotal: "95.00", colTotal: "95.00", colDiscountAmount: "20.00", colLineDiscount: "5.00"},
			want{discount: 2000, lineDiscount: 500, total: 9500}},
		{"without Subtotal it includes them", cells{colTotal: "100.00", colDiscountAmount: "20.00", colLineDiscount: "5.00"},
			want{discount: 1500, lineDiscount: 500, total: 10000}},
		{"without Subtotal, and smaller, it cannot", cells{colTotal: "111.00", colDiscountAmount: "4.00", colLineDiscount: "5.00"},
			want{discount: 400, lineDiscount: 500, total: 11100}},
		{"a cent of rounding is forgiven", cells{colSubtotal: "99.99", colTotal: "99.99", colDiscountAmount: "20.00"},
			want{discount: 2000, total: 9999}},
		{"line discount only", cells{colSubtotal: "115.00", colTotal: "115.00", colLineDiscount: "5.00"},
			want{lineDiscount: 500, total: 11500}},
		{"line discount told in both", cells{colSubtotal: "115.00", colTotal: "115.00", colDiscountAmount: "5.00", colLineDiscount: "5.00"},
			want{lineDiscount: 500, total: 11500}},
		{"Subtotal that fits nothing is passed over", cells{colSubtotal: "80.00", colTotal: "120.00", colDiscountAmount: "10.00"},
			want{discount: 1000, total: 12000}},

		{"free shipping, Shipping still whole", cells{colSubtotal: "120.00", colShipping: "8.00", colTotal: "120.00", colDiscountAmount: "8.00"},
			want{total: 12000}},
		{"free shipping, Shipping already 0", cells{colSubtotal: "120.00", colShipping: "0.00", colTotal: "120.00", colDiscountAmount: "8.00"},
			want{total: 12000}},
		{"free shipping with tax on top", cells{colSubtotal: "120.00", colShipping: "8.00", colTaxes: "12.00", colTotal: "132.00", colDiscountAmount: "8.00"},
			want{tax: 1200, total: 13200}},
		{"off goods, a line and shipping at once", cells{colSubtotal: "105.00", colShipping: "8.00", colTotal: "107.00", colDiscountAmount: "21.00", colLineDiscount: "5.00"},
			want{discount: 1000, lineDiscount: 500, shipping: 200, total: 10700}},

		{"tax on top", cells{colSubtotal: "120.00", colShipping: "10.00", colTaxes: "10.40", colTotal: "140.40"},
			want{shipping: 1000, tax: 1040, total: 14040}},
		{"tax on top within a cent", cells{colSubtotal: "120.00", colShipping: "10.00", colTaxes: "10.40", colTotal: "140.41"},
			want{shipping: 1000, tax: 1040, total: 14041}},
		{"tax on top, and duties", cells{colSubtotal: "120.00", colTaxes: "10.40", colDuties: "6.00", colTotal: "136.40"},
			want{tax: 1040, total: 13640}},
		{"tax included", cells{colSubtotal: "120.00", colShipping: "10.00", colTaxes: "20.76", colTotal: "130.00"},
			want{shipping: 1000, total: 13000}},
		{"tax included, and duties", cells{colSubtotal: "120.00", colTaxes: "20.76", colDuties: "6.00", colTotal: "126.00"},
			want{total: 12600}},
		{"a cent of tax on top", cells{colSubtotal: "120.00", colTaxes: "0.01", colTotal: "120.01"}, want{tax: 1, total: 12001}},
		{"a cent of tax included", cells{colSubtotal: "120.00", colTaxes: "0.01", colTotal: "120.00"}, want{total: 12000}},
		{"without Subtotal Total decides too", cells{colTaxes: "10.40", colTotal: "120.40", colDiscountAmount: "10.00"},
			want{discount: 1000, tax: 1040, total: 12040}},
		{"a tip stays in Total alone", cells{colSubtotal: "120.00", colTotal: "125.00"}, want{total: 12500}},
		{"a tip beside tax included", cells{colSubtotal: "120.00", colTaxes: "19.16", colTotal: "125.00"}, want{total: 12500}},
		{"a tip beside tax on top", cells{colSubtotal: "120.00", colTaxes: "10.40", colTotal: "135.40"}, want{tax: 1040, total: 13540}},

		{"refunded in part", cells{colFinancialStatus: "partially_refunded", colTotal: "120.00", colRefundedAmount: "50.00"},
			want{total: 12000, refunded: 5000}},
		{"refunded, amount told", cells{colFinancialStatus: "refunded", colTotal: "120.00", colRefundedAmount: "119.00"},
			want{total: 12000, refunded: 11900}},
		{"refunded, amount not told: all of it", cells{colFinancialStatus: "refunded", colTotal: "120.00"},
			want{total: 12000, refunded: 12000}},
		{"partly paid", cells{colFinancialStatus: "partially_paid", colPaidAt: "", colTotal: "120.00", colOutstanding: "100.00"}, want{total: 2000}},
		{"partly paid, as a person writes it", cells{colFinancialStatus: "Partially paid", colTotal: "120.00", colOutstanding: "0.00"}, want{total: 12000}},
		{"pending", cells{colFinancialStatus: "pending", colPaidAt: "", colTotal: "120.00"}, want{total: 12000, unpaid: true}},
		{"authorized", cells{colFinancialStatus: "authorized", colPaidAt: "", colTotal: "120.00"}, want{total: 12000, unpaid: true}},
		{"voided", cells{colFinancialStatus: "voided", colPaidAt: "", colTotal: "120.00"}, want{total: 12000, unpaid: true}},
		{"expired", cells{colFinancialStatus: "expired", colPaidAt: "", colTotal: "120.00"}, want{total: 12000, unpaid: true}},
		{"pending, and yet paid", cells{colFinancialStatus: "pending", colTotal: "120.00"}, want{total: 12000}},
		{"status unknown to the file", cells{colFinancialStatus: "", colPaidAt: "", colTotal: "120.00"}, want{total: 12000}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			first := cells{colLineQuantity: "2", colLinePrice: "50.00"}
			for column, text := range tt.with {
				first[column] = text
			}
			file := sheet(t, firstRow("#1", first), nextRow("#1", cells{colLinePrice: "20.00"}))
			in := readOne(t, file).Input
			got := want{discount: in.Discount, shipping: in.Shipping, tax: in.Tax, total: *in.Total, refunded: in.Refunded, unpaid: in.Unpaid}
			for _, l := range in.Lines {
				got.lineDiscount += l.Discount
			}
			if got != tt.want {
				t.Errorf("got %+v\nwant %+v", got, tt.want)
			}
		})
	}
}

func TestAbsentTotalIsNotInvented(t *testing.T) {
	t.Parallel()
	in := readOne(t, sheet(t, firstRow("#1", cells{colDiscountAmount: "3.00"}))).Input
	if in.Total != nil || in.Discount != 300 || in.Tax != 0 {
		t.Errorf("Total %v, Discount %d, Tax %d; want nil, 300, 0", in.Total, in.Discount, in.Tax)
	}
}

func TestZerosBeyondTheMinorUnitAreNoDecimals(t *testing.T) {
	t.Parallel()
	line := func(currency, price string) orders.LineInput {
		return readOne(t, sheet(t, firstRow("#1", cells{colCurrency: currency, colLinePrice: price}))).Input.Lines[0]
	}
	for _, tt := range []struct {
		currency, price string
		want            int64
	}{
		{"JPY", "1200.00", 1200}, {"JPY", "1200", 1200}, {"CNY", "19.900", 1990}, {"CNY", "19.9", 1990}, {"KWD", "1.250", 1250}, {"cny", "7", 700},
	} {
		if got := line(tt.currency, tt.price).UnitPrice; got != tt.want {
			t.Errorf("%s %s = %d, want %d", tt.price, tt.currency, got, tt.want)
		}
	}
}
