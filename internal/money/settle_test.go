package money

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// apply is what the store does with a settlement: it moves the counters of the order and its lines.
func (s Sale) apply(x Settlement) Sale {
	s.Lines = slices.Clone(s.Lines)
	s.Refunded += x.FromOrder
	s.ShippingRefunded += x.Shipping
	s.ShippingWithheld += x.ShippingWithheld
	for _, ch := range x.Lines {
		i := slices.IndexFunc(s.Lines, func(l SaleLine) bool { return l.ID == ch.LineID })
		s.Lines[i].Returned += ch.Returned
		s.Lines[i].Refunded += ch.Refunded
		s.Lines[i].Withheld += ch.Withheld
	}
	return s
}

// told is a settlement's components as text: kind, line, amount.
func told(x Settlement) string {
	var parts []string
	for _, c := range x.Components {
		parts = append(parts, strings.TrimSpace(fmt.Sprintf("%s %s", c.Kind, c.LineID))+fmt.Sprintf(" %d", c.Amount))
	}
	return strings.Join(parts, ", ")
}

func take(line string, n int) Take { return Take{LineID: line, Held: n, Accepted: n} }

func goods(line string, n int) Claim { return Claim{Takes: []Take{take(line, n)}, GoodsBack: true} }

func byChoice(c Claim) Claim { c.ByChoice = true; return c }

func ptr(v int64) *int64 { return &v }

// step is one settlement of a story, and what it has to come to.
type step struct {
	claim Claim
	want  string
	total int64
}

// MALL-4.2a, money.md F8, law.md 2.2: whole stories of an order, every figure computed by hand.
func TestSettle(t *testing.T) {
	t.Parallel()
	cup := SaleLine{ID: "cup", Quantity: 3, Paid: 1000, UnitPrice: 334} // 3 x 3.34 less 0.02
	for _, c := range []struct {
		why   string
		sale  Sale
		steps []step
	}{
		{"cumulative floor, the last unit takes the rest: 3.33, 3.33, 3.34", Sale{Paid: 1000, Lines: []SaleLine{cup}}, []step{
			{goods("cup", 1), "GOODS cup 333", 333},
			{goods("cup", 1), "GOODS cup 333", 333},
			{goods("cup", 1), "GOODS cup 334", 334},
			{goods("cup", 1), "GOODS cup 0", 0},
		}},
		{"a deduction is not paid back with later units", Sale{Paid: 1000, Lines: []SaleLine{cup}}, []step{
			{Claim{Takes: []Take{{LineID: "cup", Held: 1, Accepted: 1, Deductions: []Deducted{{"USED", 100}, {"SCRATCH", 33}}}}},
				"GOODS cup 333, DEDUCTION cup -100, DEDUCTION cup -33", 200},
			{goods("cup", 2), "GOODS cup 667", 667}, // 867 in all, not 1000
		}},
		{"a deduction takes no more than the line gives", Sale{Paid: 2000, Lines: []SaleLine{cup, {ID: "pot", Quantity: 1, Paid: 1000}}}, []step{
			{Claim{Takes: []Take{{LineID: "cup", Held: 1, Accepted: 1, Deductions: []Deducted{{"USED", 500}, {"MORE", 1}}}, take("pot", 1)}},
				"GOODS cup 333, DEDUCTION cup -333, GOODS pot 1000", 1000},
		}},
		{"what was not accepted counts nothing and can be asked for again", Sale{Paid: 1000, Lines: []SaleLine{cup}}, []step{
			{Claim{Takes: []Take{{LineID: "cup", Held: 3, Accepted: 1}}}, "GOODS cup 333", 333},
			{goods("cup", 2), "GOODS cup 667", 667},
		}},
		{"yen have no minor unit: 1000 over 3 is 333, 333, 334", Sale{Paid: 1000, Lines: []SaleLine{{ID: "cup", Quantity: 3, Paid: 1000}}}, []step{
			{goods("cup", 2), "GOODS cup 666", 666},
			{goods("cup", 1), "GOODS cup 334", 334},
		}},
		{"never more than is left of the order: of 1000, 900 went back elsewhere", Sale{Paid: 1000, Refunded: 900, Lines: []SaleLine{cup}}, []step{
			{goods("cup", 2), "GOODS cup 666, CEILING -566", 100},
			{goods("cup", 1), "GOODS cup 334, CEILING -334", 0},
		}},
		{"an order that was never paid for gives nothing", Sale{Lines: []SaleLine{cup}}, []step{{goods("cup", 1), "GOODS cup 333, CEILING -333", 0}}},
		{"an unknown line counts nothing", Sale{Paid: 1000, Lines: []SaleLine{cup}}, []step{{goods("pot", 1), "", 0}}},

		{"a missing gift is deducted by its marked price, once, and the other comes back", Sale{Paid: 20000, Lines: []SaleLine{
			{ID: "kettle", Quantity: 2, Paid: 20000}, {ID: "mug", Quantity: 2, GiftOf: "kettle", MarkedPrice: 1500},
		}}, []step{
			{Claim{Takes: []Take{{LineID: "kettle", Held: 1, Accepted: 1, MissingGifts: []Missing{{"mug", 1}}}}, GoodsBack: true},
				"GOODS kettle 10000, MISSING_GIFT mug -1500", 8500},
			{goods("kettle", 1), "GOODS kettle 10000", 10000}, // the second mug is back
		}},
		{"more gifts cannot be missing than came with the units", Sale{Paid: 20000, Lines: []SaleLine{
			{ID: "kettle", Quantity: 2, Paid: 20000}, {ID: "mug", Quantity: 2, GiftOf: "kettle", MarkedPrice: 1500},
		}}, []step{
			{Claim{Takes: []Take{{LineID: "kettle", Held: 1, Accepted: 1, MissingGifts: []Missing{{"mug", 2}}}}, GoodsBack: true},
				"GOODS kettle 10000, MISSING_GIFT mug -1500", 8500},
			{Claim{Takes: []Take{{LineID: "kettle", Held: 1, Accepted: 1, MissingGifts: []Missing{{"mug", 2}}}}, GoodsBack: true},
				"GOODS kettle 10000, MISSING_GIFT mug -1500", 8500},
		}},
		{"one gift for two: it is due with the second", Sale{Paid: 20000, Lines: []SaleLine{
			{ID: "kettle", Quantity: 2, Paid: 20000}, {ID: "mug", Quantity: 1, GiftOf: "kettle", MarkedPrice: 1500},
		}}, []step{
			{Claim{Takes: []Take{{LineID: "kettle", Held: 1, Accepted: 1, MissingGifts: []Missing{{"mug", 1}}}}, GoodsBack: true}, "GOODS kettle 10000", 10000},
			{Claim{Takes: []Take{{LineID: "kettle", Held: 1, Accepted: 1, MissingGifts: []Missing{{"mug", 1}}}}, GoodsBack: true},
				"GOODS kettle 10000, MISSING_GIFT mug -1500", 8500},
		}},
		{"where no goods come back no gift does, and a gift alone is worth nothing", Sale{Paid: 10000, Lines: []SaleLine{
			{ID: "kettle", Quantity: 1, Paid: 10000}, {ID: "mug", Quantity: 1, GiftOf: "kettle", MarkedPrice: 1500},
		}}, []step{
			{goods("mug", 1), "GOODS mug 0", 0},
			{Claim{Takes: []Take{take("kettle", 1)}}, "GOODS kettle 10000", 10000},
		}},

		// Body 400.00 and lens 200.00 as a set; alone they cost 450.00 and 260.00.
		{"a bundle broken: what is kept is paid at its own price, and the rest comes once nothing is kept", Sale{Paid: 60000, Lines: []SaleLine{
			{ID: "body", Quantity: 1, Paid: 40000, UnitPrice: 40000, Bundle: "set", ListPrice: 45000},
			{ID: "lens", Quantity: 1, Paid: 20000, UnitPrice: 20000, Bundle: "set", ListPrice: 26000},
		}}, []step{
			{byChoice(goods("lens", 1)), "GOODS lens 20000, BUNDLE_PRICE lens -5000", 15000}, // 600 - 450
			{byChoice(goods("body", 1)), "GOODS body 40000, BUNDLE_PRICE lens 5000", 45000},  // 600 in all
		}},
		{"a bundle broken because a part was bad costs nothing", Sale{Paid: 60000, Lines: []SaleLine{
			{ID: "body", Quantity: 1, Paid: 40000, UnitPrice: 40000, Bundle: "set", ListPrice: 45000},
			{ID: "lens", Quantity: 1, Paid: 20000, UnitPrice: 20000, Bundle: "set", ListPrice: 26000},
		}}, []step{{goods("lens", 1), "GOODS lens 20000", 20000}}},
		{"a bundle that comes back whole is worth all that was paid", Sale{Paid: 60000, Lines: []SaleLine{
			{ID: "body", Quantity: 1, Paid: 40000, UnitPrice: 40000, Bundle: "set", ListPrice: 45000},
			{ID: "lens", Quantity: 1, Paid: 20000, UnitPrice: 20000, Bundle: "set", ListPrice: 26000},
		}}, []step{
			{byChoice(Claim{Takes: []Take{take("lens", 1), take("body", 1)}, GoodsBack: true}), "GOODS lens 20000, GOODS body 40000", 60000},
		}},
		// Three parts; the two kept are 1.00 and 2.00 dearer alone, then only the last.
		{"a bundle broken twice", Sale{Paid: 3000, Lines: []SaleLine{
			{ID: "a", Quantity: 1, Paid: 1000, UnitPrice: 1000, Bundle: "set", ListPrice: 1300},
			{ID: "b", Quantity: 1, Paid: 1000, UnitPrice: 1000, Bundle: "set", ListPrice: 1200},
			{ID: "c", Quantity: 1, Paid: 1000, UnitPrice: 1000, Bundle: "set", ListPrice: 1100},
		}}, []step{
			{byChoice(goods("a", 1)), "GOODS a 1000, BUNDLE_PRICE a -300", 700},
			{byChoice(goods("b", 1)), "GOODS b 1000, BUNDLE_PRICE a 200", 1200},
			{byChoice(goods("c", 1)), "GOODS c 1000, BUNDLE_PRICE a 100", 1100},
		}},
		{"the advantage kept back is bounded by what comes back, and asked for again with the next part", Sale{Paid: 3000, Lines: []SaleLine{
			{ID: "strap", Quantity: 1, Paid: 100, UnitPrice: 100, Bundle: "set", ListPrice: 100},
			{ID: "body", Quantity: 1, Paid: 1900, UnitPrice: 1900, Bundle: "set", ListPrice: 2200},
			{ID: "lens", Quantity: 1, Paid: 1000, UnitPrice: 1000, Bundle: "set", ListPrice: 1400},
		}}, []step{
			{byChoice(goods("strap", 1)), "GOODS strap 100, BUNDLE_PRICE strap -100", 0},
			{byChoice(goods("lens", 1)), "GOODS lens 1000, BUNDLE_PRICE lens -200", 800}, // the body alone is 3.00 dearer
			{byChoice(goods("body", 1)), "GOODS body 1900, BUNDLE_PRICE strap 100, BUNDLE_PRICE lens 200", 2200},
		}},
		{"a worthless last part still closes the bundle", Sale{Paid: 3000, Lines: []SaleLine{
			{ID: "a", Quantity: 1, Paid: 2000, UnitPrice: 2000, Bundle: "set", ListPrice: 2000},
			{ID: "b", Quantity: 1, Paid: 1000, UnitPrice: 1000, Bundle: "set", ListPrice: 1500},
		}}, []step{
			{byChoice(goods("a", 1)), "GOODS a 2000, BUNDLE_PRICE a -500", 1500},
			{byChoice(Claim{Takes: []Take{{LineID: "b", Held: 1, Accepted: 1, Deductions: []Deducted{{"USED", 1000}}}}}),
				"GOODS b 1000, DEDUCTION b -1000, BUNDLE_PRICE a 500", 500},
		}},

		// Free delivery, worth 8.00, from 150.00 on.
		{"free delivery lost with the second return, once", Sale{Paid: 20000, FreeFrom: ptr(15000), Waived: 800, Lines: []SaleLine{
			{ID: "a", Quantity: 1, Paid: 5000}, {ID: "b", Quantity: 2, Paid: 15000},
		}}, []step{
			{byChoice(goods("a", 1)), "GOODS a 5000", 5000}, // 150.00 is kept: still free
			{byChoice(goods("b", 1)), "GOODS b 7500, FREE_SHIPPING_LOST b -800", 6700},
			{byChoice(goods("b", 1)), "GOODS b 7500", 7500},
		}},
		{"free delivery is not lost by bad goods", Sale{Paid: 20000, FreeFrom: ptr(15000), Waived: 800, Lines: []SaleLine{
			{ID: "a", Quantity: 1, Paid: 5000}, {ID: "b", Quantity: 2, Paid: 15000},
		}}, []step{{goods("b", 2), "GOODS b 15000", 15000}}},
		{"delivery that was free whatever the goods were worth cannot be lost", Sale{Paid: 10000, FreeFrom: ptr(15000), Waived: 800, Lines: []SaleLine{
			{ID: "a", Quantity: 2, Paid: 10000},
		}}, []step{{byChoice(goods("a", 1)), "GOODS a 5000", 5000}}},
		{"delivery that costs more than what comes back is spread over the lines", Sale{Paid: 20000, FreeFrom: ptr(20000), Waived: 800, Lines: []SaleLine{
			{ID: "a", Quantity: 1, Paid: 500}, {ID: "b", Quantity: 1, Paid: 500}, {ID: "c", Quantity: 1, Paid: 19000},
		}}, []step{
			{byChoice(goods("a", 1)), "GOODS a 500, FREE_SHIPPING_LOST a -500", 0},
			{byChoice(goods("b", 1)), "GOODS b 500, FREE_SHIPPING_LOST b -300", 200},
		}},
		{"delivery kept back is given back once all came back and the seller bears the way out", Sale{Paid: 20000, FreeFrom: ptr(15000), Waived: 800, Lines: []SaleLine{
			{ID: "a", Quantity: 1, Paid: 10000}, {ID: "b", Quantity: 1, Paid: 10000},
		}}, []step{
			{byChoice(goods("a", 1)), "GOODS a 10000, FREE_SHIPPING_LOST a -800", 9200},
			{Claim{Takes: []Take{take("b", 1)}, ShippingBack: true}, "GOODS b 10000, FREE_SHIPPING_LOST 800", 10800},
		}},

		{"the way out goes back with the last of the goods, once; gifts do not hold it up", Sale{Paid: 11200, Shipping: 1200, Lines: []SaleLine{
			{ID: "a", Quantity: 2, Paid: 10000}, {ID: "mug", Quantity: 1, GiftOf: "b"},
		}}, []step{
			{Claim{Takes: []Take{take("a", 1)}, ShippingBack: true}, "GOODS a 5000", 5000},
			{Claim{Takes: []Take{take("a", 1)}, ShippingBack: true}, "GOODS a 5000, SHIPPING_OUT 1200", 6200},
			{Claim{Takes: []Take{take("a", 1)}, ShippingBack: true}, "GOODS a 0", 0},
		}},
		{"the way out stays with a customer who changed their mind where the law says so", Sale{Paid: 11200, Shipping: 1200, Lines: []SaleLine{
			{ID: "a", Quantity: 2, Paid: 10000},
		}}, []step{{byChoice(goods("a", 2)), "GOODS a 10000", 10000}}},
		{"the ceiling takes delivery first, then the last line", Sale{Paid: 11200, Refunded: 6700, Shipping: 1200, Lines: []SaleLine{
			{ID: "a", Quantity: 1, Paid: 5000}, {ID: "b", Quantity: 1, Paid: 5000},
		}}, []step{
			{Claim{Takes: []Take{take("a", 1), take("b", 1)}, ShippingBack: true}, "GOODS a 5000, GOODS b 5000, SHIPPING_OUT 1200, CEILING -6700", 4500},
		}},

		{"an agreed sum stands in the place of every rule", Sale{Paid: 11200, Shipping: 1200, Lines: []SaleLine{
			{ID: "a", Quantity: 2, Paid: 10000, Bundle: "set", UnitPrice: 5000, ListPrice: 9000},
		}}, []step{
			{byChoice(Claim{Takes: []Take{{LineID: "a", Held: 1, Accepted: 1, Deductions: []Deducted{{"USED", 100}}}}, Agreed: ptr(3000), GoodsBack: true, ShippingBack: true}), "AGREED 3000", 3000},
			{Claim{Takes: []Take{take("a", 1)}}, "GOODS a 5000", 5000},
		}},
		{"an agreed sum is at most what the goods are worth", Sale{Paid: 10000, Lines: []SaleLine{{ID: "a", Quantity: 2, Paid: 10000}}}, []step{
			{Claim{Takes: []Take{take("a", 1)}, Agreed: ptr(6000)}, "AGREED 5000", 5000},
		}},
		{"compensation for goods that are kept leaves them returnable, for what is left", Sale{Paid: 10000, Lines: []SaleLine{{ID: "a", Quantity: 1, Paid: 10000}}}, []step{
			{Claim{Takes: []Take{take("a", 1)}, Agreed: ptr(3000), Kept: true}, "AGREED 3000", 3000},
			{goods("a", 1), "GOODS a 7000", 7000},
		}},
		{"an agreed sum is spread over the lines by what they are worth: 1000 as 333 and 667", Sale{Paid: 3000, Lines: []SaleLine{
			{ID: "a", Quantity: 1, Paid: 1000}, {ID: "b", Quantity: 1, Paid: 2000},
		}}, []step{
			{Claim{Takes: []Take{take("a", 1), take("b", 1)}, Agreed: ptr(1000), Kept: true}, "AGREED 1000", 1000},
			{goods("a", 1), "GOODS a 667", 667},
			{goods("b", 1), "GOODS b 1333", 1333},
		}},

		{"the way back and compensation come on top of what was paid", Sale{Paid: 10000, Refunded: 10000, Lines: []SaleLine{{ID: "a", Quantity: 1, Paid: 10000, Refunded: 10000}}}, []step{
			{Claim{Takes: []Take{take("a", 1)}, FreightBack: 1500, Compensation: 700}, "GOODS a 0, FREIGHT_BACK 1500, COMPENSATION 700", 2200},
		}},
	} {
		sale := c.sale
		for i, step := range c.steps {
			x := sale.Settle(step.claim)
			if told(x) != step.want || x.Total() != step.total {
				t.Errorf("%s, step %d: %s = %d, want %s = %d", c.why, i+1, told(x), x.Total(), step.want, step.total)
			}
			sale = sale.apply(x)
			if err := sale.sound(); err != "" {
				t.Errorf("%s, step %d: %s", c.why, i+1, err)
			}
		}
	}
}

// sound says what is wrong with the counters of an order, "" when nothing is.
func (s Sale) sound() string {
	var lines int64
	for _, l := range s.Lines {
		lines += l.Refunded
		switch {
		case l.Refunded < 0 || l.Refunded > l.Paid:
			return fmt.Sprintf("line %s refunded %d of %d", l.ID, l.Refunded, l.Paid)
		case l.Returned < 0 || l.Returned > l.Quantity:
			return fmt.Sprintf("line %s has %d of %d back", l.ID, l.Returned, l.Quantity)
		case l.Withheld < 0:
			return fmt.Sprintf("line %s withheld %d", l.ID, l.Withheld)
		}
	}
	switch {
	case s.Refunded > s.Paid:
		return fmt.Sprintf("order refunded %d of %d", s.Refunded, s.Paid)
	case s.ShippingRefunded < 0 || s.ShippingRefunded > s.Shipping:
		return fmt.Sprintf("delivery refunded %d of %d", s.ShippingRefunded, s.Shipping)
	case s.ShippingWithheld < 0 || s.ShippingWithheld > s.Waived:
		return fmt.Sprintf("delivery kept back %d of %d", s.ShippingWithheld, s.Waived)
	case lines+s.ShippingRefunded > s.Refunded:
		return fmt.Sprintf("lines %d and delivery %d are more than the order's %d", lines, s.ShippingRefunded, s.Refunded)
	}
	return ""
}

// anySale is an order of up to five lines, with bundles, gifts, delivery that was paid for or waived, and perhaps something
// that was paid back before or elsewhere.
func anySale(t *rapid.T, refundedBefore bool) Sale {
	var s Sale
	for i := range rapid.IntRange(1, 5).Draw(t, "lines") {
		l := SaleLine{ID: fmt.Sprint(i), Quantity: rapid.IntRange(1, 4).Draw(t, "quantity"), UnitPrice: rapid.Int64Range(0, 5000).Draw(t, "price")}
		l.Paid = max(0, l.UnitPrice*int64(l.Quantity)-rapid.Int64Range(0, 900).Draw(t, "discount"))
		if i > 0 && s.Lines[0].GiftOf == "" && rapid.IntRange(0, 3).Draw(t, "gift") == 0 {
			l.GiftOf, l.UnitPrice, l.Paid, l.MarkedPrice = "0", 0, 0, rapid.Int64Range(0, 3000).Draw(t, "marked")
		} else if rapid.Bool().Draw(t, "bundled") {
			l.Bundle, l.ListPrice = rapid.SampledFrom([]string{"x", "y"}).Draw(t, "bundle"), l.UnitPrice+rapid.Int64Range(0, 2000).Draw(t, "dearer")
		}
		s.Paid += l.Paid
		s.Lines = append(s.Lines, l)
	}
	if rapid.Bool().Draw(t, "delivery paid") {
		s.Shipping = rapid.Int64Range(0, 3000).Draw(t, "shipping")
		s.Paid += s.Shipping
	} else {
		s.FreeFrom, s.Waived = ptr(rapid.Int64Range(0, 20000).Draw(t, "free from")), rapid.Int64Range(0, 3000).Draw(t, "waived")
	}
	if refundedBefore {
		s.Refunded = rapid.Int64Range(0, s.Paid).Draw(t, "refunded before")
	}
	return s
}

// anyClaim takes some of what is left of some lines.
func anyClaim(t *rapid.T, s Sale) Claim {
	c := Claim{ByChoice: rapid.Bool().Draw(t, "by choice"), ShippingBack: rapid.Bool().Draw(t, "shipping back"), GoodsBack: rapid.Bool().Draw(t, "goods back"),
		FreightBack: rapid.Int64Range(0, 50).Draw(t, "freight"), Compensation: rapid.Int64Range(0, 50).Draw(t, "compensation")}
	for _, l := range s.Lines {
		left := l.Quantity - l.Returned
		if left == 0 || rapid.Bool().Draw(t, "not this line") {
			continue
		}
		x := Take{LineID: l.ID, Held: rapid.IntRange(1, left).Draw(t, "held")}
		x.Accepted = rapid.IntRange(0, x.Held).Draw(t, "accepted")
		if rapid.Bool().Draw(t, "deducted") {
			x.Deductions = []Deducted{{"USED", rapid.Int64Range(0, 9000).Draw(t, "deduction")}}
		}
		for _, g := range s.Lines {
			if g.GiftOf == l.ID && rapid.Bool().Draw(t, "gift missing") {
				x.MissingGifts = append(x.MissingGifts, Missing{g.ID, rapid.IntRange(0, 5).Draw(t, "missing")})
			}
		}
		c.Takes = append(c.Takes, x)
	}
	if rapid.IntRange(0, 3).Draw(t, "agreed") == 0 {
		c.Agreed, c.Kept = ptr(rapid.Int64Range(0, 20000).Draw(t, "sum")), rapid.Bool().Draw(t, "kept")
	}
	return c
}

// MALL-4.2a, money.md F8: for any order and any sequence of settlements, no line refunds more than was paid for it, no order
// more than was paid for it, delivery goes back once and is kept back once; and every sum is that of its components.
func TestSettlementsConserveMoneyAndGoods(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := anySale(t, rapid.Bool().Draw(t, "refunded before"))
		for range rapid.IntRange(1, 6).Draw(t, "settlements") {
			c := anyClaim(t, s)
			x := s.Settle(c)
			var sum int64
			for _, k := range x.Components {
				sum += k.Amount
			}
			if sum != x.Total() || x.FromOrder < 0 || x.Beyond != c.FreightBack+c.Compensation {
				t.Fatalf("components %s add up to %d, not %d + %d", told(x), sum, x.FromOrder, x.Beyond)
			}
			for _, ch := range x.Lines {
				if ch.Refunded < 0 || ch.Returned < 0 || ch.Released < 0 {
					t.Fatalf("%s takes back: %+v", told(x), ch)
				}
			}
			s = s.apply(x)
			if wrong := s.sound(); wrong != "" {
				t.Fatalf("%s, after %s", wrong, told(x))
			}
		}
	})
}

// MALL-4.2a: goods that all come back without fault or agreement bring all that was paid for them, however they are cut into
// returns and whatever bundles they broke on the way; kept back is only delivery.
func TestAllBackIsAllPaid(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := anySale(t, false)
		choice, back := rapid.Bool().Draw(t, "by choice"), rapid.Bool().Draw(t, "shipping back")
		for {
			c := Claim{ByChoice: choice, ShippingBack: back, GoodsBack: true}
			for _, l := range s.Lines {
				if left := l.Quantity - l.Returned; left > 0 && l.GiftOf == "" {
					n := rapid.IntRange(0, left).Draw(t, "n")
					c.Takes = append(c.Takes, take(l.ID, n))
				}
			}
			if len(c.Takes) == 0 {
				break
			}
			s = s.apply(s.Settle(c))
		}
		want := s.Paid - s.ShippingWithheld
		if !back {
			want -= s.Shipping
		}
		if s.Refunded != want {
			t.Fatalf("refunded %d of %d, delivery %d, kept back %d", s.Refunded, s.Paid, s.Shipping, s.ShippingWithheld)
		}
		for _, l := range s.Lines {
			if l.Withheld != 0 {
				t.Fatalf("still withheld: %+v", l)
			}
		}
	})
}
