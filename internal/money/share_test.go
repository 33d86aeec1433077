package money

import (
	"math"
	"math/big"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// MALL-4.2a, money.md F8: M17 and the edges of the largest remainder.
func TestSpread(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		why     string
		total   int64
		weights []int64
		want    []int64
	}{
		{"M17 discount split over lines", 1000, []int64{3333, 3333, 3334}, []int64{333, 333, 334}},
		{"ties to the earlier line", 100, []int64{1, 1, 1}, []int64{34, 33, 33}},
		{"two units left over", 101, []int64{1, 1, 1}, []int64{34, 34, 33}},
		{"the largest remainder first", 10, []int64{10, 25, 65}, []int64{1, 3, 6}},
		{"a free line gets nothing", 100, []int64{0, 1, 1, 0}, []int64{0, 50, 50, 0}},
		{"all free: the first takes it", 100, []int64{0, 0}, []int64{100, 0}},
		{"negative weights are none", 100, []int64{-5, 1}, []int64{0, 100}},
		{"one line", 7, []int64{3}, []int64{7}},
		{"nothing to spread", 0, []int64{1, 2}, []int64{0, 0}},
		{"fewer units than lines", 2, []int64{5, 5, 5, 5}, []int64{1, 1, 0, 0}},
		{"a negative total", -1000, []int64{3333, 3333, 3334}, []int64{-333, -333, -334}},
		{"no lines", 5, nil, []int64{}},
		{"beyond 64 bits", math.MaxInt64, []int64{math.MaxInt64, math.MaxInt64, math.MaxInt64}, []int64{
			math.MaxInt64/3 + 1, math.MaxInt64 / 3, math.MaxInt64 / 3,
		}},
		{"the smallest total", math.MinInt64, []int64{1}, []int64{math.MinInt64}},
	} {
		if got := Spread(c.total, c.weights); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.why, got, c.want)
		}
	}
}

func TestSpreadPartsAddUpAndStayWithinOneUnitOfTheirShare(t *testing.T) {
	t.Parallel()
	amount := rapid.OneOf(rapid.Int64Range(0, 1_000), rapid.Int64Range(0, math.MaxInt64))
	rapid.Check(t, func(t *rapid.T) {
		total := amount.Draw(t, "total")
		weights := rapid.SliceOfN(amount, 1, 12).Draw(t, "weights")
		given := slices.Clone(weights)
		parts := Spread(total, weights)
		sum, weight := new(big.Int), new(big.Int)
		for i := range parts {
			sum.Add(sum, big.NewInt(parts[i]))
			weight.Add(weight, big.NewInt(weights[i]))
		}
		if sum.Cmp(big.NewInt(total)) != 0 {
			t.Fatalf("%v add up to %s, not %d", parts, sum, total)
		}
		if !slices.Equal(weights, given) {
			t.Fatal("Spread changed its input")
		}
		for i, p := range parts {
			if weight.Sign() == 0 {
				break
			}
			share := new(big.Rat).SetFrac(new(big.Int).Mul(big.NewInt(total), big.NewInt(weights[i])), weight)
			off := share.Sub(share, new(big.Rat).SetInt64(p))
			if p < 0 || off.Abs(off).Cmp(big.NewRat(1, 1)) >= 0 {
				t.Fatalf("part %d of %d by %v is %d", i, total, weights, p)
			}
			for j := i + 1; j < len(parts); j++ {
				if weights[i] == weights[j] && (p < parts[j] || p > parts[j]+1) || weights[i] > weights[j] && p < parts[j] {
					t.Fatalf("weights %v, parts %v", weights, parts)
				}
			}
		}
	})
}

// MALL-4.2a, money.md F8: M19 and what a caller could get wrong.
func TestPartialRefund(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		why                         string
		paid                        int64
		quantity, before, returning int
		refunded, want              int64
	}{
		{"first of three", 1000, 3, 0, 1, 0, 333},
		{"second of three", 1000, 3, 1, 1, 333, 333},
		{"M19 third of three takes the rest", 1000, 3, 2, 1, 666, 334},
		{"two at once", 1000, 3, 0, 2, 0, 666},
		{"all at once", 1000, 3, 0, 3, 0, 1000},
		{"a smaller refund before is made up for", 1000, 3, 1, 1, 300, 366},
		{"more refunded than the target", 1000, 3, 0, 1, 400, 0},
		{"everything refunded already", 1000, 3, 2, 1, 1000, 0},
		{"more than everything", 1000, 3, 2, 1, 2000, 0},
		{"a negative refund before counts as none", 1000, 1, 0, 1, -500, 1000},
		{"more units than bought", 1000, 3, 2, 5, 666, 334},
		{"nothing left to return", 1000, 3, 3, 1, 1000, 0},
		{"nothing returned", 1000, 3, 1, 0, 333, 0},
		{"a free line", 0, 3, 0, 1, 0, 0},
		{"no quantity", 1000, 0, 0, 1, 0, 0},
		{"beyond 64 bits", math.MaxInt64, math.MaxInt, math.MaxInt - 1, 1, 0, math.MaxInt64},
		{"sums of units beyond 64 bits", 1000, math.MaxInt, math.MaxInt - 1, math.MaxInt, 999, 1},
	} {
		if got := PartialRefund(c.paid, c.quantity, c.before, c.returning, c.refunded); got != c.want {
			t.Errorf("%s: %d, want %d", c.why, got, c.want)
		}
	}
}

func TestAnySplitOfALineIsPaidBackExactly(t *testing.T) { // MALL-4.2a
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		paid := rapid.OneOf(rapid.Int64Range(0, 5_000), rapid.Int64Range(0, math.MaxInt64)).Draw(t, "paid")
		quantity := rapid.IntRange(1, 60).Draw(t, "quantity")
		refunded, returned := int64(0), 0
		for returned < quantity {
			n := rapid.IntRange(1, quantity-returned).Draw(t, "returning")
			part := PartialRefund(paid, quantity, returned, n, refunded)
			if part < 0 || part > paid-refunded {
				t.Fatalf("refund of %d after %d of %d", part, refunded, paid)
			}
			refunded += part
			returned += n
			if target := new(big.Int).Div(new(big.Int).Mul(big.NewInt(paid), big.NewInt(int64(returned))), big.NewInt(int64(quantity))); target.Int64() != refunded {
				t.Fatalf("%d of %d units: %d refunded, want %s", returned, quantity, refunded, target)
			}
		}
		if refunded != paid {
			t.Fatalf("%d refunded of %d", refunded, paid)
		}
	})
}

func TestPartialRefundNeverExceedsWhatIsLeft(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		paid, refunded := rapid.Int64().Draw(t, "paid"), rapid.Int64().Draw(t, "refunded")
		got := PartialRefund(paid, rapid.Int().Draw(t, "quantity"), rapid.Int().Draw(t, "before"), rapid.Int().Draw(t, "returning"), refunded)
		if got < 0 || got > 0 && got > paid-max(refunded, 0) {
			t.Fatalf("refund of %d, paid %d, refunded before %d", got, paid, refunded)
		}
	})
}

func TestAtRateRoundsHalfUp(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		amount int64
		rate   int
		want   int64
	}{
		{19999, 3350, 6700}, {1001, 5000, 501}, {1250, 2000, 250}, {1, 4999, 0}, {1, 5000, 1}, {3, 5000, 2}, {1999, 1500, 300},
		{-1001, 5000, -501}, {1000, 0, 0}, {1000, 10_000, 1000}, {1000, 15_000, 1500}, {1000, -5, 0}, {0, 10_000, 0},
		{math.MaxInt64, 10_000, math.MaxInt64}, {math.MaxInt64, 10_001, math.MaxInt64}, {-math.MaxInt64, 20_000, -math.MaxInt64},
		{math.MaxInt64, math.MaxInt, math.MaxInt64}, {math.MinInt64, 10_000, -math.MaxInt64},
	} {
		if got := AtRate(c.amount, c.rate); got != c.want {
			t.Errorf("AtRate(%d, %d) = %d, want %d", c.amount, c.rate, got, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		amount := rapid.Int64Range(-math.MaxInt64, math.MaxInt64).Draw(t, "amount")
		rate := rapid.IntRange(0, 10_000).Draw(t, "rate")
		got := AtRate(amount, rate)
		// |got - exact| <= 1/2, and an exact half goes away from zero.
		off := new(big.Rat).SetFrac(new(big.Int).Mul(big.NewInt(amount), big.NewInt(int64(rate))), big.NewInt(10_000))
		off.Sub(new(big.Rat).SetInt64(got), off)
		if amount < 0 {
			off.Neg(off)
		}
		if off.Cmp(big.NewRat(1, 2)) > 0 || off.Cmp(big.NewRat(-1, 2)) <= 0 {
			t.Fatalf("AtRate(%d, %d) = %d is off by %s", amount, rate, got, off)
		}
	})
}

// money.md F13: M33 is 2999.00 less 0.05% a day for 200 - 23 = 177 days: 2733.5885, rounded once to 2733.59.
func TestDepreciated(t *testing.T) {
	for _, c := range []struct {
		name      string
		price     int64
		bps, days int
		want      int64
	}{
		{"M33", 299900, 5, 177, 273359},
		{"no day", 299900, 5, 0, 299900},
		{"no rate", 299900, 0, 177, 299900},
		{"fewer days than in repair", 299900, 5, -3, 299900},
		{"the last day on which something is left", 10000, 5, 1999, 5},
		{"nothing is left", 10000, 5, 2000, 0},
		{"never below nothing", 10000, 5, 1 << 40, 0},
		{"half a minor unit goes to the customer", 1, 5000, 1, 1},
	} {
		if got := Depreciated(c.price, c.bps, c.days); got != c.want {
			t.Errorf("%s: %d, not %d", c.name, got, c.want)
		}
	}
}
