package money

import (
	"math"
	"math/big"
)

// LateService is money.md F7: so many ten-thousandths of a base for every day of lateness, rounded half up to the minor unit,
// and no more than a cap in ten-thousandths of the same base, rounded alike. 259.00 at 300 bps for 4 days is 31.08, and 25.90
// under a cap of 1000 bps. Numbers below 0 count as 0; a result that does not fit is the largest amount there is.
func LateService(base int64, perDayBps, days, capBps int) int64 {
	product := new(big.Int).Mul(big.NewInt(max(base, 0)), big.NewInt(int64(max(perDayBps, 0))))
	product.Mul(product, big.NewInt(int64(max(days, 0))))
	amount := halfUp(product, big.NewInt(10_000))
	return min(amount, AtRate(max(base, 0), capBps))
}

// ShareOf is what was paid for some units of a line, half up to the minor unit: all of it for all of them.
func ShareOf(paid int64, units, of int) int64 {
	if of <= 0 || units <= 0 {
		return 0
	}
	return halfUp(new(big.Int).Mul(big.NewInt(max(paid, 0)), big.NewInt(int64(min(units, of)))), big.NewInt(int64(of)))
}

// halfUp divides a number that is not negative and rounds half up.
func halfUp(n, by *big.Int) int64 {
	n.Lsh(n, 1).Add(n, by)
	n.Quo(n, new(big.Int).Lsh(by, 1))
	if !n.IsInt64() {
		return math.MaxInt64
	}
	return n.Int64()
}
