package money

import (
	"cmp"
	"math"
	"math/big"
	"math/bits"
	"slices"
)

// AtRate is R(amount x rate / 10000), half up to the minor unit (away from zero for a negative amount), for a rate in
// basis points: a deduction of 1500 bps from 19.99 is 3.00. A rate below 0 counts as 0; a result that does not fit, for a
// rate far above 10000, is the largest amount there is.
func AtRate(amount int64, rateBps int) int64 {
	if rateBps <= 0 {
		return 0
	}
	hi, lo := bits.Mul64(magnitude(amount), uint64(rateBps))
	lo, carry := bits.Add64(lo, 5_000, 0)
	hi += carry
	if hi >= 10_000 {
		return saturate(math.MaxUint64, amount < 0)
	}
	quotient, _ := bits.Div64(hi, lo, 10_000)
	return saturate(quotient, amount < 0)
}

// Spread splits an order-wide amount (a discount, a tax) over lines in proportion to their weights, usually their prices:
// money.md F8, MALL-4.2a. Each part is first rounded down, then the minor units left over go one each to the largest
// remainders, ties to the earlier line, so the parts add up to the total. A line of weight 0 or less gets nothing, unless
// all are such: then the first takes everything. A negative total is spread like its magnitude. Without lines there is
// nothing to spread over and the result is empty.
func Spread(total int64, weights []int64) []int64 {
	parts := make([]int64, len(weights))
	if len(weights) == 0 {
		return parts
	}
	// Prices in minor units times a total can exceed 64 bits, and so can a sum of prices.
	sum := new(big.Int)
	for _, w := range weights {
		sum.Add(sum, big.NewInt(max(w, 0)))
	}
	if sum.Sign() == 0 {
		parts[0] = total
		return parts
	}
	whole := new(big.Int).Abs(big.NewInt(total))
	left := new(big.Int).Set(whole)
	type remainder struct {
		line int
		of   *big.Int
	}
	remainders := make([]remainder, len(weights))
	sizes := make([]*big.Int, len(weights))
	for i, w := range weights {
		product := new(big.Int).Mul(whole, big.NewInt(max(w, 0)))
		size, rest := product.QuoRem(product, sum, new(big.Int))
		sizes[i], remainders[i] = size, remainder{i, rest}
		left.Sub(left, size)
	}
	slices.SortFunc(remainders, func(a, b remainder) int {
		return cmp.Or(b.of.Cmp(a.of), cmp.Compare(a.line, b.line))
	})
	for _, r := range remainders[:left.Int64()] { // fewer units are left than lines have a remainder
		sizes[r.line].Add(sizes[r.line], big.NewInt(1))
	}
	for i, size := range sizes {
		if total < 0 {
			size.Neg(size)
		}
		parts[i] = size.Int64()
	}
	return parts
}

// PartialRefund is what is paid back for `returning` more units of a line of `quantity`, of which `returnedBefore` came
// back earlier: money.md F8, MALL-4.2a. The target is cumulative, linePaid x returned / quantity rounded down, less what
// was refunded for the line before; so the last unit takes the rest and any order of partial returns pays linePaid in
// all. refundedBefore is what the earlier units came to before deductions: with a deduction already taken off, the target
// would pay it back. The result is never negative and never more than linePaid less refundedBefore. Units beyond the line's quantity count
// for nothing here: refusing them is the caller's rule.
func PartialRefund(linePaid int64, quantity, returnedBefore, returning int, refundedBefore int64) int64 {
	if linePaid <= 0 || quantity <= 0 || returning <= 0 {
		return 0
	}
	returnedBefore = min(max(returnedBefore, 0), quantity)
	returned := returnedBefore + min(returning, quantity-returnedBefore)
	hi, lo := bits.Mul64(uint64(linePaid), uint64(returned))
	target, _ := bits.Div64(hi, lo, uint64(quantity)) // cannot overflow: returned <= quantity
	return max(int64(target)-max(refundedBefore, 0), 0)
}

// Depreciated is what of a price is paid back once use is charged (money.md F13): price less so many ten-thousandths of it a
// day, rounded half up once, on what is paid back, and never below 0. days are those since the invoice less those in repair and
// waiting for parts.
func Depreciated(price int64, dailyBps, days int) int64 {
	if dailyBps <= 0 || days <= 0 {
		return max(price, 0)
	}
	if days > 10_000/dailyBps {
		return 0
	}
	return AtRate(max(price, 0), 10_000-dailyBps*days)
}

// saturate is the amount nearest to a magnitude that may not fit.
func saturate(size uint64, negative bool) int64 {
	if size > math.MaxInt64 {
		size = math.MaxInt64
	}
	if negative {
		return -int64(size)
	}
	return int64(size)
}
