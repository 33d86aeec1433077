// Package money computes with amounts: reading and writing them, spreading one over order lines, and what is refunded for
// part of a line.
//
// An amount is an int64 in minor units beside an ISO 4217 currency code (1990 is 19.90 CNY, 750 is 750 JPY); no floats
// anywhere. The package is pure and knows no orders, refunds or merchants.
package money

import (
	"slices"
	"strconv"
	"strings"

	"github.com/bojanz/currency"

	"aftersales/internal/problem"
)

// Currencies lists the ISO 4217 codes that amounts may be in, in alphabetical order.
func Currencies() []string {
	codes := slices.Clone(currency.GetCurrencyCodes())
	slices.Sort(codes)
	return codes
}

// Exponent is the number of decimals of a currency's minor unit: 2 for CNY, 0 for JPY, 3 for KWD. The error is a
// *problem.Problem (INVALID_INPUT) without a field.
func Exponent(code string) (int, error) {
	digits, ok := currency.GetDigits(code)
	if !ok {
		return 0, problem.Invalid(problem.Textf(
			"%q is not an ISO 4217 currency code", "%q不是 ISO 4217 货币代码", clip(code)))
	}
	return int(digits), nil
}

// Parse reads a decimal number as an amount of minor units: digits, optionally a point and further digits, optionally a
// leading minus (whether a negative amount makes sense is for the caller to say). It never rounds: more decimals than
// the currency has are refused, as are signs, blanks, separators and exponents, and what does not fit. The error is a
// *problem.Problem (INVALID_INPUT) without a field.
func Parse(text, code string) (int64, error) {
	exponent, err := Exponent(code)
	if err != nil {
		return 0, err
	}
	unsigned, negative := strings.CutPrefix(text, "-")
	whole, fraction, point := strings.Cut(unsigned, ".")
	if !digits(whole) || point && !digits(fraction) {
		return 0, problem.Invalid(problem.Textf(
			"%q is not a decimal number such as 19.90", "%q不是有效的十进制金额（例如 19.90）", clip(text)))
	}
	if len(fraction) > exponent {
		return 0, problem.Invalid(problem.Textf(
			"%[1]s has at most %[2]d decimals", "%[1]s 最多 %[2]d 位小数", code, exponent)).
			With("decimals", strconv.Itoa(exponent))
	}
	minor, err := strconv.ParseInt(whole+fraction+strings.Repeat("0", exponent-len(fraction)), 10, 64)
	if err != nil {
		return 0, problem.Invalid(problem.Textf("the amount is too large", "金额过大"))
	}
	if negative {
		minor = -minor
	}
	return minor, nil
}

// Format writes an amount with all decimals of its currency: "19.90", "750" for JPY, "-0.05". A code that Exponent refuses,
// such as one withdrawn since the amount was stored, gets two decimals.
func Format(minor int64, code string) string {
	exponent, err := Exponent(code)
	if err != nil {
		exponent = 2
	}
	sign := ""
	if minor < 0 {
		sign = "-"
	}
	text := strconv.FormatUint(magnitude(minor), 10)
	if missing := exponent + 1 - len(text); missing > 0 {
		text = strings.Repeat("0", missing) + text
	}
	if exponent == 0 {
		return sign + text
	}
	return sign + text[:len(text)-exponent] + "." + text[len(text)-exponent:]
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// magnitude is right also for the smallest int64, whose negation does not exist.
func magnitude(amount int64) uint64 {
	if amount < 0 {
		return -uint64(amount)
	}
	return uint64(amount)
}

// clip keeps a caller's text short enough to be quoted in a message.
func clip(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "..."
	}
	return s
}
