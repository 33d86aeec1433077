package money

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func parted(parts []Part) string {
	var out []string
	for _, p := range parts {
		s := fmt.Sprintf("%s %s %d", p.Kind, p.Reference, p.Amount)
		if p.Points != 0 {
			s += fmt.Sprintf(" (%d points)", p.Points)
		}
		if p.Lapsed {
			s += " lapsed"
		}
		out = append(out, s)
	}
	return strings.Join(out, ", ")
}

// MALL-4.2a, law.md 2.2 (same means of payment, points and coupons in kind): every figure computed by hand.
func TestInKind(t *testing.T) {
	t.Parallel()
	card := Tender{Kind: TenderMoney, Method: "WECHAT", Reference: "w1", Amount: 7000}
	gift := Tender{Kind: TenderMoney, Method: "CARD", Reference: "c1", Amount: 1000}
	coupon := Tender{Kind: TenderCoupon, Reference: "k1", Amount: 1500}
	lapsing := Tender{Kind: TenderCoupon, Reference: "k2", Amount: 1500, Lapses: true}
	points := Tender{Kind: TenderPoints, Reference: "p1", Amount: 500, Points: 333}
	all := []Tender{card, gift, coupon, points} // 100.00
	for _, c := range []struct {
		why            string
		tenders        []Tender
		before, amount int64
		want           string
		payable        int64
	}{
		{"all of it", all, 0, 10000, "MONEY w1 7000, MONEY c1 1000, COUPON k1 1500, POINTS p1 500 (333 points)", 10000},
		{"money first", all, 0, 6999, "MONEY w1 6999", 6999},
		{"across two tenders", all, 6900, 200, "MONEY w1 100, MONEY c1 100", 200},
		{"the end of one tender", all, 6900, 100, "MONEY w1 100", 100},
		{"the beginning of the next", all, 7000, 1, "MONEY c1 1", 1},
		{"a coupon is given out again", all, 8000, 1500, "COUPON k1 1500", 1500},
		{"points: 333 x 100 / 500 is 66.6, rounded down", all, 9500, 100, "POINTS p1 100 (66 points)", 100},
		{"points: 333 x 200 / 500 is 133.2, less the 66 before", all, 9600, 100, "POINTS p1 100 (67 points)", 100},
		{"points: the last bring the rest, 333 - 133", all, 9700, 300, "POINTS p1 300 (200 points)", 300},
		{"a lapsing coupon is used up", []Tender{card, lapsing}, 6500, 1000, "MONEY w1 500, COUPON k2 500 lapsed", 500},
		{"nothing but a lapsing coupon", []Tender{card, lapsing}, 7000, 1500, "COUPON k2 1500 lapsed", 0},
		{"nothing known: money", nil, 0, 500, "MONEY  500", 500},
		{"beyond all tenders: money by the first channel", all, 9900, 300, "POINTS p1 100 (67 points), MONEY w1 200", 300},
		{"far beyond all tenders", all, 20000, 300, "MONEY w1 300", 300},
		{"beyond, without a money tender", []Tender{points}, 500, 300, "MONEY  300", 300},
		{"nothing", all, 100, 0, "", 0},
		{"nonsense", all, -5, -5, "", 0},
		{"yen", []Tender{{Kind: TenderMoney, Reference: "j", Amount: 1000}, {Kind: TenderPoints, Reference: "p", Amount: 1, Points: 1}}, 999, 2, "MONEY j 1, POINTS p 1 (1 points)", 2},
		{"no overflow", []Tender{{Kind: TenderPoints, Reference: "p", Amount: math.MaxInt64 / 2, Points: math.MaxInt64 / 2}}, 1, math.MaxInt64/2 - 1,
			fmt.Sprintf("POINTS p %[1]d (%[1]d points)", math.MaxInt64/2-1), math.MaxInt64/2 - 1},
	} {
		parts := InKind(c.tenders, c.before, c.amount)
		if got := parted(parts); got != c.want || Payable(parts) != c.payable {
			t.Errorf("%s: %s, payable %d, want %s, payable %d", c.why, got, Payable(parts), c.want, c.payable)
		}
	}
}

// However an order is cut into refunds, the parts of each are its amount, no tender gives back more than it was, and once all
// went back every tender and every point has.
func TestTendersAreConserved(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var tenders []Tender
		var total int64
		for i := range rapid.IntRange(1, 5).Draw(t, "tenders") {
			x := Tender{Kind: rapid.SampledFrom([]TenderKind{TenderMoney, TenderCoupon, TenderPoints}).Draw(t, "kind"), Reference: fmt.Sprint(i),
				Amount: rapid.Int64Range(1, 9999).Draw(t, "amount"), Lapses: rapid.Bool().Draw(t, "lapses")}
			if x.Kind == TenderPoints {
				x.Points = rapid.Int64Range(1, 99999).Draw(t, "points")
			}
			tenders, total = append(tenders, x), total+x.Amount
		}
		back, points := map[string]int64{}, map[string]int64{}
		for before := int64(0); before < total; {
			amount := rapid.Int64Range(1, total-before).Draw(t, "refund")
			var sum int64
			for _, p := range InKind(tenders, before, amount) {
				if p.Amount <= 0 || p.Points < 0 || p.Points > 0 && p.Kind != TenderPoints || p.Lapsed && p.Kind != TenderCoupon {
					t.Fatalf("a part of %+v", p)
				}
				sum += p.Amount
				back[p.Reference] += p.Amount
				points[p.Reference] += p.Points
			}
			if sum != amount {
				t.Fatalf("parts of %d add up to %d", amount, sum)
			}
			for _, x := range tenders {
				if back[x.Reference] > x.Amount || points[x.Reference] > x.Points {
					t.Fatalf("%+v gave back %d and %d points", x, back[x.Reference], points[x.Reference])
				}
			}
			before += amount
		}
		for _, x := range tenders {
			if back[x.Reference] != x.Amount || points[x.Reference] != x.Points {
				t.Fatalf("%+v gave back only %d and %d points", x, back[x.Reference], points[x.Reference])
			}
		}
	})
}
