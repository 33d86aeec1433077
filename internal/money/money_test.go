package money

import (
	"math"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/govalues/decimal"
	"pgregory.net/rapid"

	"aftersales/internal/problem"
)

func TestExponentsOfISO4217(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]int{
		"CNY": 2, "USD": 2, "EUR": 2, "JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "ISK": 0, "UGX": 0, "KWD": 3, "BHD": 3, "JOD": 3,
		"OMR": 3, "TND": 3, "IQD": 3, "LYD": 3, "CLF": 4, "UYW": 4, "HUF": 2, "TWD": 2, "MGA": 2,
	} {
		if got, err := Exponent(code); err != nil || got != want {
			t.Errorf("Exponent(%s) = %d, %v; want %d", code, got, err, want)
		}
	}
	for _, code := range []string{"", "cny", "RMB", "CNYY", "XXX", "$", strings.Repeat("X", 1000)} {
		_, err := Exponent(code)
		if !problem.Is(err, problem.InvalidInput) || len(err.Error()) > 200 {
			t.Errorf("Exponent(%.10q): %v", code, err)
		}
	}
	codes := Currencies()
	if len(codes) < 150 || !slices.IsSorted(codes) || !slices.Contains(codes, "CNY") {
		t.Errorf("%d currencies", len(codes))
	}
	codes[0] = "changed"
	for _, code := range Currencies() {
		if _, err := Exponent(code); err != nil {
			t.Errorf("%s is listed and refused: %v", code, err)
		}
	}
}

func TestParseIsExactOrRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text, code string
		want       int64
	}{
		{"19.90", "CNY", 1990}, {"19.9", "CNY", 1990}, {"19", "CNY", 1900}, {"0", "CNY", 0}, {"0.01", "CNY", 1}, {"-0.05", "CNY", -5},
		{"-0", "CNY", 0}, {"007.50", "CNY", 750}, {"750", "JPY", 750}, {"1.234", "KWD", 1234}, {"1.2", "KWD", 1200},
		{"92233720368547758.07", "CNY", math.MaxInt64}, {"-92233720368547758.07", "CNY", -math.MaxInt64},
		{"9223372036854775807", "JPY", math.MaxInt64},
	} {
		if got, err := Parse(c.text, c.code); err != nil || got != c.want {
			t.Errorf("Parse(%q, %s) = %d, %v; want %d", c.text, c.code, got, err, c.want)
		}
	}
	for _, c := range [][2]string{
		{"", "CNY"}, {"-", "CNY"}, {".", "CNY"}, {".5", "CNY"}, {"5.", "CNY"}, {"+1", "CNY"}, {"--1", "CNY"}, {"1-", "CNY"}, {" 1", "CNY"},
		{"1 ", "CNY"}, {"1,50", "CNY"}, {"1,000.00", "CNY"}, {"1.2.3", "CNY"}, {"1e2", "CNY"}, {"1E2", "CNY"}, {"0x10", "CNY"},
		{"1_000", "CNY"}, {"NaN", "CNY"}, {"Inf", "CNY"}, {"-Infinity", "CNY"}, {"１９", "CNY"}, {"¥19", "CNY"}, {"19 CNY", "CNY"},
		{"19.900", "CNY"}, {"19.901", "CNY"}, {"1.0", "JPY"}, {"1.", "JPY"}, {"1.2345", "KWD"},
		{"92233720368547758.08", "CNY"}, {"-92233720368547758.08", "CNY"}, {"9223372036854775808", "JPY"}, {strings.Repeat("9", 100_000), "CNY"},
		{"1.00", "RMB"}, {"1.00", ""},
	} {
		got, err := Parse(c[0], c[1])
		all := problem.All(err)
		if len(all) != 1 || all[0].Code != problem.InvalidInput || all[0].Field != nil || all[0].Message.ZH == "" || len(err.Error()) > 300 {
			t.Errorf("Parse(%.30q, %q) = %d, %v; want INVALID_INPUT without a field", c[0], c[1], got, err)
		}
	}
	_, err := Parse("1.234", "CNY")
	if all := problem.All(err); len(all) != 1 || !slices.Contains(all[0].Params, problem.Param{Name: "decimals", Value: "2"}) {
		t.Errorf("the number of decimals is not told: %v", err)
	}
}

func TestFormatShowsAllDecimals(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		minor int64
		code  string
		want  string
	}{
		{1990, "CNY", "19.90"}, {5, "CNY", "0.05"}, {0, "CNY", "0.00"}, {-5, "CNY", "-0.05"}, {-1990, "CNY", "-19.90"}, {750, "JPY", "750"},
		{0, "JPY", "0"}, {-750, "JPY", "-750"}, {1234, "KWD", "1.234"}, {7, "KWD", "0.007"}, {12345, "CLF", "1.2345"},
		{math.MaxInt64, "CNY", "92233720368547758.07"}, {math.MinInt64, "CNY", "-92233720368547758.08"}, {100, "GONE", "1.00"},
	} {
		if got := Format(c.minor, c.code); got != c.want {
			t.Errorf("Format(%d, %s) = %q, want %q", c.minor, c.code, got, c.want)
		}
	}
}

func TestParseReadsWhatFormatWrites(t *testing.T) {
	t.Parallel()
	codes := Currencies()
	rapid.Check(t, func(t *rapid.T) {
		minor := rapid.Int64Range(-math.MaxInt64, math.MaxInt64).Draw(t, "minor")
		code := rapid.SampledFrom(codes).Draw(t, "currency")
		text := Format(minor, code)
		if got, err := Parse(text, code); err != nil || got != minor {
			t.Fatalf("%d %s is written %s and read %d, %v", minor, code, text, got, err)
		}
		// Another library's idea of the same number.
		exponent, _ := Exponent(code)
		if d, err := decimal.New(minor, exponent); err != nil || d.String() != text {
			t.Fatalf("%d %s is written %s here and %s, %v there", minor, code, text, d, err)
		}
	})
}

var wellFormed = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?$`)

// FuzzParse compares with exact rational arithmetic: accepted means well formed, exact and in range; refused means one of
// these is not so.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"19.90", "-0.05", "1e5", ".5", "92233720368547758.08", "NaN", "0.0000", "１"} {
		f.Add(s, uint(0))
	}
	codes := []string{"CNY", "JPY", "KWD", "CLF"}
	f.Fuzz(func(t *testing.T, text string, pick uint) {
		code := codes[pick%uint(len(codes))]
		exponent, _ := Exponent(code)
		got, err := Parse(text, code)
		fits := wellFormed.MatchString(text)
		var exact *big.Rat
		if fits {
			exact, _ = new(big.Rat).SetString(text)
			exact.Mul(exact, new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(exponent)), nil)))
			_, fraction, _ := strings.Cut(text, ".")
			size := new(big.Rat).Abs(exact)
			fits = len(fraction) <= exponent && size.Cmp(new(big.Rat).SetInt64(math.MaxInt64)) <= 0
		}
		if fits != (err == nil) {
			t.Fatalf("Parse(%q, %s) = %d, %v; acceptable: %v", text, code, got, err, fits)
		}
		if err == nil && exact.Cmp(new(big.Rat).SetInt64(got)) != 0 {
			t.Fatalf("Parse(%q, %s) = %d, want %s", text, code, got, exact)
		}
	})
}
