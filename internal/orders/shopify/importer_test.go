package shopify

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"aftersales/internal/lang"
	"aftersales/internal/orders"
	"aftersales/internal/problem"
)

// shop stands for the use case: it keeps orders by number and refuses those of a customer it does not serve.
type shop struct {
	orders  map[string]orders.Input
	batches []int
}

func (s *shop) write(_ context.Context, batch []orders.Input) ([]Outcome, error) {
	s.batches = append(s.batches, len(batch))
	outcomes := make([]Outcome, len(batch))
	for i, in := range batch {
		old, known := s.orders[in.Number]
		switch {
		case in.Customer.Email == "blocked@example.com":
			outcomes[i].Reasons = []string{"customer is blocked", "address is unknown"}
			continue
		case !known:
			outcomes[i].Result = Created
		case fmt.Sprintf("%+v", old.Lines) != fmt.Sprintf("%+v", in.Lines):
			outcomes[i].Result = Updated
		default:
			outcomes[i].Result = Unchanged
		}
		s.orders[in.Number] = in
	}
	return outcomes, nil
}

func newShop() *shop { return &shop{orders: map[string]orders.Input{}} }

func run(t *testing.T, im *Importer, file string) (Summary, string) {
	t.Helper()
	var refused bytes.Buffer
	sum, err := im.Run(t.Context(), strings.NewReader(file), &refused)
	if err != nil {
		t.Fatalf("Run: %v", err)
	}
	return sum, refused.String()
}

func parse(t *testing.T, file string) [][]string {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(file)).ReadAll()
	if err != nil {
		t.Fatalf("the refused file is not CSV: %v", err)
	}
	return rows
}

// The whole round: import, mend what was refused where it stands in the refused file, import that file, and import
// everything again.
func TestRefusedFileCanBeMendedAndImported(t *testing.T) {
	t.Parallel()
	file := sheet(t,
		firstRow("#1", nil),
		firstRow("#2", cells{"Notes": "ring,\n\"twice\""}), nextRow("#2", cells{colLineQuantity: "0", colLinePrice: "free"}), // lines 3 and 5
		firstRow("#3", cells{colEmail: "blocked@example.com"}), // line 6
		firstRow("#4", nil),
		nextRow("#1", nil), // line 8
	) + "#5,\"broken\n"
	s := newShop()
	im := &Importer{Write: s.write}

	sum, refused := run(t, im, file)
	if want := (Summary{Rows: 7, Orders: 6, Created: 2, Refused: 4}); sum != want {
		t.Errorf("summary %+v, want %+v", sum, want)
	}
	rows := parse(t, refused)
	if !slices.Equal(rows[0], append([]string{"line", "column", "reason"}, sheetColumns...)) {
		t.Errorf("header %q", rows[0])
	}
	var report [][]string
	for _, r := range rows[1:] {
		report = append(report, r[:4])
	}
	want := [][]string{
		{"3", "", "refused with its order, see line 5", "#2"},
		{"5", "Lineitem quantity; Lineitem price", `Lineitem quantity: must be 1 or more: "0"; Lineitem price: not an amount in CNY: "free"`, "#2"},
		{"6", "", "customer is blocked; address is unknown", "#3"},
		{"8", "Name", `order "#1" began at line 2; put its rows together, directly below one another, and import the order again`, "#1"},
		{"9", "Email", "a quote is opened and not closed", "#5"},
	}
	if len(report) != len(want) {
		t.Fatalf("report %q\nwant %q", report, want)
	}
	for i := range want {
		if !slices.Equal(report[i], want[i]) {
			t.Errorf("report row %d: %q\nwant %q", i, report[i], want[i])
		}
	}

	// Refusing it all once more does not pile up columns.
	_, twice := run(t, im, refused)
	if header := parse(t, twice)[0]; !slices.Equal(header, rows[0]) {
		t.Errorf("header of the second refused file %q", header)
	}

	column := func(name string) int { return slices.Index(rows[0], name) }
	rows[2][column(colLineQuantity)], rows[2][column(colLinePrice)] = "3", "1.50"
	rows[3][column(colEmail)] = "kim@example.com"
	var mended bytes.Buffer
	w := csv.NewWriter(&mended)
	if err := w.WriteAll(rows[:4]); err != nil {
		t.Fatal(err)
	}
	sum, refused = run(t, im, mended.String())
	if want := (Summary{Rows: 3, Orders: 2, Created: 2}); sum != want || refused != "" {
		t.Errorf("mended: %+v, refused %q; want %+v and nothing", sum, refused, want)
	}
	if l := s.orders["#2"].Lines; len(l) != 2 || l[1].Quantity != 3 || l[1].UnitPrice != 150 {
		t.Errorf("mended order has lines %+v", l)
	}

	sum, _ = run(t, im, file)
	if want := (Summary{Rows: 7, Orders: 6, Unchanged: 2, Refused: 4}); sum != want {
		t.Errorf("again: %+v, want %+v", sum, want)
	}
}

// A broken row keeps all its text in the refused file.
func TestBrokenRowsAreReportedAsTheyStood(t *testing.T) {
	t.Parallel()
	_, refused := run(t, &Importer{Write: newShop().write, Lang: lang.ZH}, "\uFEFF"+smallHeader+
		smallRow("#1", `5" Cup`)+smallRow("#2", `Cup, large`)+"#3,x\n")
	text, bom := strings.CutPrefix(refused, "\uFEFF")
	if !bom {
		t.Error("the byte order mark is lost")
	}
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`2|Lineitem name|单元格内有单独的引号:应写成两个引号,并将整个单元格用引号括起|#1|2025-09-28 14:03:11 +0800|CNY|1|5" Cup|20.00|`,
		`3||此行有 8 个单元格,表头有 7 个:逗号或引号有误,或该行不完整|#2|2025-09-28 14:03:11 +0800|CNY|1|Cup| large|20.00|`,
		`4|Currency|此行有 2 个单元格,表头有 7 个:逗号或引号有误,或该行不完整|#3|x|||||`,
	}
	for i, w := range want {
		if got := strings.Join(rows[i+1], "|"); got != w {
			t.Errorf("row %d: %s\nwant   %s", i, got, w)
		}
	}
}

func TestBatches(t *testing.T) {
	t.Parallel()
	var rows []cells
	for i := range 7 {
		rows = append(rows, firstRow(fmt.Sprintf("#%d", i), nil))
	}
	s := newShop()
	var told []Summary
	im := &Importer{Write: s.write, BatchSize: 3, Progress: func(sum Summary) { told = append(told, sum) }}
	run(t, im, sheet(t, rows...))
	if !slices.Equal(s.batches, []int{3, 3, 1}) {
		t.Errorf("batches of %v; want 3, 3, 1", s.batches)
	}
	want := []Summary{{Rows: 3, Orders: 3, Created: 3}, {Rows: 6, Orders: 6, Created: 6}, {Rows: 7, Orders: 7, Created: 7}}
	if !slices.Equal(told, want) {
		t.Errorf("progress %+v; want %+v", told, want)
	}
}

func TestOrdersOfManyRowsMakeSmallerBatches(t *testing.T) {
	t.Parallel()
	var rows []cells
	for i := range 45 {
		number := fmt.Sprintf("#%d", i)
		rows = append(rows, firstRow(number, nil))
		for range 499 {
			rows = append(rows, nextRow(number, nil))
		}
	}
	s := newShop()
	run(t, &Importer{Write: s.write}, sheet(t, rows...))
	if !slices.Equal(s.batches, []int{20, 20, 5}) {
		t.Errorf("batches of %v; want 20, 20, 5 (10,000 rows each at most)", s.batches)
	}
}

func TestAnOversizedOrderCountsOnce(t *testing.T) {
	t.Parallel()
	rows := []cells{firstRow("#1", nil)}
	for range 1500 {
		rows = append(rows, nextRow("#1", nil))
	}
	sum, refused := run(t, &Importer{Write: newShop().write}, sheet(t, rows...))
	if want := (Summary{Rows: 1501, Orders: 1, Refused: 1}); sum != want {
		t.Errorf("summary %+v, want %+v", sum, want)
	}
	if n := len(parse(t, refused)); n != 1502 {
		t.Errorf("the refused file has %d rows; want all 1501 and a header", n)
	}
}

func TestNothingRefusedWritesNothing(t *testing.T) {
	t.Parallel()
	if _, refused := run(t, &Importer{Write: newShop().write}, sheet(t, firstRow("#1", nil))); refused != "" {
		t.Errorf("refused file %q; want it empty", refused)
	}
	im := &Importer{Write: newShop().write}
	if _, err := im.Run(t.Context(), strings.NewReader(sheet(t, firstRow("#1", cells{colLinePrice: "x"}))), nil); err != nil {
		t.Errorf("without a refused file: %v", err)
	}
}

func TestImportsThatStopSayHowFarTheyCame(t *testing.T) {
	t.Parallel()
	full := errors.New("disk full")
	file := sheet(t, firstRow("#1", nil), firstRow("#2", nil), firstRow("#3", cells{colLinePrice: "x"}), firstRow("#4", nil))

	t.Run("writing fails", func(t *testing.T) {
		t.Parallel()
		s, calls := newShop(), 0
		im := &Importer{BatchSize: 1, Write: func(ctx context.Context, b []orders.Input) ([]Outcome, error) {
			if calls++; calls > 2 {
				return nil, full
			}
			return s.write(ctx, b)
		}}
		sum, err := im.Run(t.Context(), strings.NewReader(file), io.Discard)
		if !errors.Is(err, full) || !strings.Contains(err.Error(), "stopped after 2 orders were taken and 0 refused") {
			t.Errorf("error %v", err)
		}
		if want := (Summary{Rows: 2, Orders: 2, Created: 2}); sum != want || len(s.orders) != 2 {
			t.Errorf("summary %+v with %d orders; want %+v", sum, len(s.orders), want)
		}
	})
	t.Run("reading fails", func(t *testing.T) {
		t.Parallel()
		s := newShop()
		in := io.MultiReader(strings.NewReader(file), iotest.ErrReader(full))
		sum, err := (&Importer{Write: s.write}).Run(t.Context(), in, io.Discard)
		if want := (Summary{Rows: 3, Orders: 3, Created: 2, Refused: 1}); !errors.Is(err, full) || sum != want {
			t.Errorf("summary %+v, error %v; want %+v (the order being read then is not complete)", sum, err, want)
		}
	})
	t.Run("the refused file cannot be written", func(t *testing.T) {
		t.Parallel()
		_, err := (&Importer{Write: newShop().write}).Run(t.Context(), strings.NewReader(file), failingWriter{full})
		if !errors.Is(err, full) {
			t.Errorf("error %v; want %v", err, full)
		}
	})
	t.Run("cancelled", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		s := newShop()
		im := &Importer{Write: s.write, BatchSize: 1, Progress: func(sum Summary) { cancel() }}
		sum, err := im.Run(ctx, strings.NewReader(file), io.Discard)
		if !errors.Is(err, context.Canceled) || sum.Created != 1 || len(s.orders) != 1 {
			t.Errorf("summary %+v, error %v, %d orders; want one created", sum, err, len(s.orders))
		}
	})
	t.Run("outcomes do not match", func(t *testing.T) {
		t.Parallel()
		for _, outcomes := range [][]Outcome{nil, {{Result: Created}}, {{Result: "kept"}, {}, {}}} {
			im := &Importer{Write: func(context.Context, []orders.Input) ([]Outcome, error) { return outcomes, nil }}
			if sum, err := im.Run(t.Context(), strings.NewReader(file), io.Discard); err == nil || sum.Orders != 0 {
				t.Errorf("outcomes %v for three orders: %+v, no error", outcomes, sum)
			}
		}
	})
	t.Run("the header is unusable", func(t *testing.T) {
		t.Parallel()
		_, err := (&Importer{Write: newShop().write}).Run(t.Context(), strings.NewReader("a,b\n"), io.Discard)
		if !problem.Is(err, problem.InvalidInput) {
			t.Errorf("error %v; want INVALID_INPUT", err)
		}
	})
}

type failingWriter struct{ err error }

func (w failingWriter) Write([]byte) (int, error) { return 0, w.err }
