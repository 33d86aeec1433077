package money

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// comes puts what an exchange comes to into one line.
func comes(x Exchanged) string {
	var parts []string
	for _, c := range x.Components {
		parts = append(parts, fmt.Sprintf("%s %s %d", c.Kind, c.LineID, c.Amount))
	}
	var lines []string
	for _, l := range x.Lines {
		lines = append(lines, fmt.Sprintf("%s -%d +%d %d", l.LineID, l.Released, l.Replaced, l.Refunded))
	}
	return fmt.Sprintf("[%s] lines [%s] values %v back %d beyond %d due %d", strings.Join(parts, ", "), strings.Join(lines, ", "), x.Values, x.FromOrder, x.Beyond, x.Due)
}

// MALL-2.3c: three cups at 10.00 and a pot at 40.00 exchanged, the difference settled both ways and to the cent.
func TestExchange(t *testing.T) {
	t.Parallel()
	sale := func(refunded int64) Sale {
		return Sale{Paid: 7000, Refunded: refunded, Lines: []SaleLine{
			{ID: "cup", Quantity: 3, Held: 2, Paid: 3000, UnitPrice: 1000}, {ID: "pot", Quantity: 1, Held: 1, Paid: 4000, UnitPrice: 4000}}}
	}
	cups, pot := Take{LineID: "cup", Held: 2, Accepted: 2}, Take{LineID: "pot", Held: 1, Accepted: 1}
	less := func(t Take, amounts ...int64) Take {
		for _, a := range amounts {
			t.Deductions = append(t.Deductions, Deducted{"USED", a})
		}
		return t
	}
	for _, tc := range []struct {
		name     string
		refunded int64
		claim    Claim
		prices   map[string]int64
		want     string
	}{
		{"the same again", 0, Claim{Takes: []Take{cups}}, nil,
			"[] lines [cup -2 +2 0] values [2000] back 0 beyond 0 due 0"},
		{"cheaper by 2 x 2.50", 0, Claim{Takes: []Take{cups}}, map[string]int64{"cup": 750},
			"[PRICE_DIFFERENCE cup 500] lines [cup -2 +2 500] values [1500] back 500 beyond 0 due 0"},
		{"dearer by 2 x 2.00, cheaper by 3.00", 0, Claim{Takes: []Take{cups, pot}}, map[string]int64{"cup": 1200, "pot": 3700},
			"[PRICE_DIFFERENCE cup -400, PRICE_DIFFERENCE pot 300] lines [cup -2 +2 0, pot -1 +1 0] values [2400 3700] back 0 beyond 0 due 100"},
		{"dearer by 2 x 1.00, cheaper by 3.00", 0, Claim{Takes: []Take{cups, pot}}, map[string]int64{"cup": 1100, "pot": 3700},
			"[PRICE_DIFFERENCE cup -200, PRICE_DIFFERENCE pot 300] lines [cup -2 +2 0, pot -1 +1 100] values [2200 3700] back 100 beyond 0 due 0"},
		{"used by 1.50", 0, Claim{Takes: []Take{less(cups, 100, 50)}}, nil,
			"[DEDUCTION cup -100, DEDUCTION cup -50] lines [cup -2 +2 0] values [2000] back 0 beyond 0 due 150"},
		{"used by 1.50, cheaper by 2.00", 0, Claim{Takes: []Take{less(cups, 150)}}, map[string]int64{"cup": 900},
			"[PRICE_DIFFERENCE cup 200, DEDUCTION cup -150] lines [cup -2 +2 50] values [1800] back 50 beyond 0 due 0"},
		{"worth nothing any more", 0, Claim{Takes: []Take{less(pot, 3000, 3000)}}, nil,
			"[DEDUCTION pot -3000, DEDUCTION pot -1000] lines [pot -1 +1 0] values [4000] back 0 beyond 0 due 4000"},
		{"for nothing", 0, Claim{Takes: []Take{pot}}, map[string]int64{"pot": 0},
			"[PRICE_DIFFERENCE pot 4000] lines [pot -1 +1 4000] values [0] back 4000 beyond 0 due 0"},
		{"cheaper by 5.00, but only 1.00 is left of the order", 6900, Claim{Takes: []Take{cups}}, map[string]int64{"cup": 750},
			"[PRICE_DIFFERENCE cup 500, CEILING  -400] lines [cup -2 +2 100] values [1500] back 100 beyond 0 due 0"},
		{"half accepted", 0, Claim{Takes: []Take{{LineID: "cup", Held: 2, Accepted: 1}, {LineID: "pot", Held: 1}}}, nil,
			"[] lines [cup -2 +1 0, pot -1 +0 0] values [1000 0] back 0 beyond 0 due 0"},
		{"freight is repaid beside", 0, Claim{Takes: []Take{pot}, FreightBack: 1200}, map[string]int64{"pot": 4500},
			"[PRICE_DIFFERENCE pot -500, FREIGHT_BACK  1200] lines [pot -1 +1 0] values [4500] back 0 beyond 1200 due 500"},
		{"bundles stay whole and gifts stay", 0, Claim{Takes: []Take{pot}, ByChoice: true, GoodsBack: true}, nil,
			"[] lines [pot -1 +1 0] values [4000] back 0 beyond 0 due 0"},
	} {
		if got := comes(sale(tc.refunded).Exchange(tc.claim, tc.prices)); got != tc.want {
			t.Errorf("%s:\n got %s\nwant %s", tc.name, got, tc.want)
		}
	}
}

// A kettle of two came with two cups: one is exchanged and keeps its cup, the other comes back with the cup it came with.
func TestExchangedGoodsKeepTheirGifts(t *testing.T) {
	t.Parallel()
	s := Sale{Paid: 20000, Lines: []SaleLine{{ID: "kettle", Quantity: 2, Returned: 1, Replaced: 1, Paid: 20000}, {ID: "cup", Quantity: 2, GiftOf: "kettle", MarkedPrice: 500}}}
	if due := s.GiftsDue("kettle", 1); len(due) != 1 || due[0] != (Missing{"cup", 1}) {
		t.Errorf("due %v", due)
	}
	got := s.Settle(Claim{Takes: []Take{{LineID: "kettle", Held: 1, Accepted: 1, MissingGifts: []Missing{{"cup", 2}}}}, GoodsBack: true})
	if got.FromOrder != 9500 { // 100.00 less one cup of 5.00
		t.Errorf("pays %d", got.FromOrder)
	}
}

// Whatever is exchanged for whatever: no line and no order pays back more than was paid, the components add up, and what the
// customer could still get back grows by what they paid on top and shrinks by what they got.
func TestExchangeConservesMoney(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		amount := func(name string) int64 { return rapid.Int64Range(0, 5000).Draw(t, name) }
		var s Sale
		var c Claim
		prices := map[string]int64{}
		for i := range rapid.IntRange(1, 4).Draw(t, "lines") {
			l := SaleLine{ID: fmt.Sprint("line", i), Quantity: rapid.IntRange(1, 5).Draw(t, "quantity"), Paid: amount("paid")}
			l.Returned = rapid.IntRange(0, l.Quantity-1).Draw(t, "returned")
			l.Refunded = rapid.Int64Range(0, l.target(l.Returned)).Draw(t, "refunded")
			l.Held = rapid.IntRange(1, l.Quantity-l.Returned).Draw(t, "held")
			s.Lines = append(s.Lines, l)
			s.Paid, s.Refunded = s.Paid+l.Paid, s.Refunded+l.Refunded
			take := Take{LineID: l.ID, Held: l.Held, Accepted: rapid.IntRange(0, l.Held).Draw(t, "accepted")}
			if rapid.Bool().Draw(t, "deducted") {
				take.Deductions = []Deducted{{"USED", amount("deduction")}}
			}
			if rapid.Bool().Draw(t, "priced") {
				prices[l.ID] = amount("price")
			}
			c.Takes = append(c.Takes, take)
		}
		elsewhere := rapid.Int64Range(0, s.Paid-s.Refunded).Draw(t, "elsewhere")
		s.Refunded += elsewhere
		x := s.Exchange(c, prices)
		if x.Due > 0 && x.FromOrder > 0 || x.Due < 0 || x.FromOrder < 0 || x.FromOrder > s.Paid-s.Refunded {
			t.Fatalf("due %d, back %d of %d", x.Due, x.FromOrder, s.Paid-s.Refunded)
		}
		var sum, refunded int64
		for _, p := range x.Components {
			sum += p.Amount
		}
		if sum != x.FromOrder-x.Due {
			t.Fatalf("components add up to %d: %s", sum, comes(x))
		}
		for _, ch := range x.Lines {
			for i, l := range s.Lines {
				if l.ID != ch.LineID {
					continue
				}
				if ch.Released != l.Held || l.Returned+ch.Returned > l.Quantity || l.Refunded+ch.Refunded > l.Paid {
					t.Fatalf("line %d: %s", i, comes(x))
				}
			}
			refunded += ch.Refunded
		}
		if refunded != x.FromOrder {
			t.Fatalf("lines pay %d back, the order %d", refunded, x.FromOrder)
		}
	})
}
