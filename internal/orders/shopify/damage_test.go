package shopify

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"aftersales/internal/problem"
)

const smallHeader = "Name,Created at,Currency,Lineitem quantity,Lineitem name,Lineitem price,Notes\n"

func smallRow(number, title string) string {
	return number + ",2025-09-28 14:03:11 +0800,CNY,1," + title + ",20.00,\n"
}

// What is wrong with one row costs the order it belongs to and nothing else: reading starts again on the next line.
func TestBrokenRowsDoNotLoseTheRest(t *testing.T) {
	t.Parallel()
	good := func(n int) string { return smallRow(fmt.Sprintf("#%d", n), "Cup") }
	tests := []struct {
		name    string
		file    string
		taken   []string
		refused []string // "line number column"
	}{
		{"quote never closed", good(1) + smallRow("#2", `"Cup`) + good(3) + good(4),
			[]string{"#1", "#3", "#4"}, []string{"3 #2 Lineitem name"}},
		{"quote never closed, quoted cells follow", good(1) + smallRow("#2", `"Cup`) + smallRow("#3", `"Cup, large"`) + good(4),
			[]string{"#1", "#3", "#4"}, []string{"3 #2 Lineitem name"}},
		{"quote inside a bare cell", good(1) + smallRow("#2", `5" Cup`) + good(3),
			[]string{"#1", "#3"}, []string{"3 #2 Lineitem name"}},
		{"quote not doubled", good(1) + smallRow("#2", `"Cup "large" red"`) + good(3),
			[]string{"#1", "#3"}, []string{"3 #2 Lineitem name"}},
		{"comma too many", good(1) + smallRow("#2", `Cup, large`) + good(3),
			[]string{"#1", "#3"}, []string{"3 #2 "}},
		{"cell too few, at the end of a file cut off", good(1) + "#2,2025-09-28 14:03:11 +0800,CNY,1,Cup,20",
			[]string{"#1"}, []string{"3 #2 Notes"}},
		{"in a further row the whole order is refused", good(1) + smallRow("#1", `"Cup`) + good(3),
			[]string{"#3"}, []string{"3 #1 Lineitem name"}},
		{"further rows of an order whose first row is broken", smallRow("#1", `"Cup`) + good(1) + good(2),
			[]string{"#2"}, []string{"2 #1 Lineitem name"}},
		{"whose order it is cannot be known", good(1) + "\"#2,x\n" + good(3),
			[]string{"#3"}, []string{"3 #1 Name"}},
		{"a note of two lines with a stray quote", smallRow("#1", "Cup") + "#2,2025-09-28 14:03:11 +0800,CNY,1,Cup,20.00,\"ring \"twice\n or knock\"\n" + good(3),
			[]string{"#1", "#3"}, []string{"3 #2 Notes"}},
		{"lines without end", good(1) + "#2,x," + strings.Repeat("y", 3*maxRowBytes) + "\n" + good(3),
			[]string{"#1", "#3"}, []string{"3 #2 Currency"}},
		{"a line without end behind an open quote", good(1) + smallRow("#2", `"Cup`) + "#3," + strings.Repeat("y", 2*maxRowBytes) + "\n" + good(4),
			[]string{"#1", "#4"}, []string{"3 #2 Lineitem name", "4 #3 Created at"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			taken, refused := readAll(t, smallHeader+tt.file)
			var gotTaken, gotRefused []string
			for _, o := range taken {
				gotTaken = append(gotTaken, o.Input.Number)
			}
			for _, e := range refused {
				f := e.Refusals[0]
				gotRefused = append(gotRefused, fmt.Sprintf("%d %s %s", f.Line, f.Number, f.Column))
			}
			if !slices.Equal(gotTaken, tt.taken) || !slices.Equal(gotRefused, tt.refused) {
				t.Errorf("taken %q, refused %q\nwant  %q, %q", gotTaken, gotRefused, tt.taken, tt.refused)
			}
		})
	}
}

// After a quote left open at the top of a large file every later order is still taken.
func TestAnOpenQuoteDoesNotSwallowALargeFile(t *testing.T) {
	t.Parallel()
	var file strings.Builder
	file.WriteString(smallHeader + smallRow("#0", `"Cup`))
	const good = 10_000 // well over maxRowBytes
	for i := 1; i <= good; i++ {
		file.WriteString(smallRow(fmt.Sprintf("#%d", i), "Cup"))
	}
	taken, refused := readAll(t, file.String())
	if len(taken) != good || len(refused) != 1 || taken[good-1].Line != good+2 {
		t.Errorf("taken %d (last at line %d), refused %d; want %d, %d, 1", len(taken), taken[len(taken)-1].Line, len(refused), good, good+2)
	}
}

func TestLinesAreThoseOfTheFile(t *testing.T) {
	t.Parallel()
	file := "\uFEFF" + strings.ReplaceAll(smallHeader+"\n"+
		"#1,2025-09-28T14:03:11+08:00,CNY,1,Cup,20.00,\"one\ntwo\n\nfour\"\n"+
		",,,,,,\n"+
		"#1,,,2,Mug,5.00,\n"+
		smallRow(" #2 ", "Cup"), "\n", "\r\n")
	taken, refused := readAll(t, file)
	if len(taken) != 2 || len(refused) != 0 {
		t.Fatalf("taken %d, refused %v", len(taken), refused)
	}
	if o := taken[0]; o.Line != 3 || !slices.Equal(o.RowLines, []int{3, 8}) || len(o.Input.Lines) != 2 || o.Rows[0][6] != "one\ntwo\n\nfour" {
		t.Errorf("first order: line %d, rows at %v, note %q", o.Line, o.RowLines, o.Rows[0][6])
	}
	if o := taken[1]; o.Line != 9 || o.Input.Number != "#2" {
		t.Errorf("second order %q at line %d; want #2 at 9", o.Input.Number, o.Line)
	}
}

func TestHeadersThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, file, want string }{
		{"empty", "", "the file is empty"},
		{"only blank lines", "\n\r\n", "the file is empty"},
		{"every missing column at once", "Name,Currency,Total\n", "columns missing: Created at, Lineitem quantity, Lineitem name, Lineitem price"},
		{"semicolons", strings.ReplaceAll(smallHeader, ",", ";"), "columns missing: Name, Created at, Currency, Lineitem quantity, Lineitem name, Lineitem price (the file is not separated by commas)"},
		{"a column twice", "Name,total,Total," + smallHeader[5:], "columns given twice: Total"},
		{"a spreadsheet", "PK\x03\x04\x14\x00", "the file is a spreadsheet or an archive"},
		{"UTF-16", "\xFF\xFEN\x00a\x00m\x00e\x00", "the file is UTF-16"},
		{"an open quote", "\"Name,Created at\n", "the header row is not proper CSV: a quote is opened and not closed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := NewReader(strings.NewReader(tt.file))
			list := problem.All(err)
			if len(list) != 1 || list[0].Code != problem.InvalidInput || !strings.HasPrefix(list[0].Message.EN, tt.want) || list[0].Message.ZH == "" {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

func TestUnknownColumnsMayComeTwice(t *testing.T) {
	t.Parallel()
	o := readOne(t, "Tags,NAME,Tags,"+smallHeader[5:]+"a,#1,b"+smallRow("", "Cup"))
	if o.Input.Number != "#1" || o.Input.Lines[0].UnitPrice != 2000 {
		t.Errorf("got %+v", o.Input)
	}
}

// An order whose rows could not all be read is not returned as if it were complete.
func TestAFileThatCannotBeReadToItsEnd(t *testing.T) {
	t.Parallel()
	broken := errors.New("connection lost")
	file := io.MultiReader(strings.NewReader(smallHeader+smallRow("#1", "Cup")+smallRow("#2", "Cup")), iotest.ErrReader(broken))
	r, err := NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	if o, err := r.Next(); err != nil || o.Input.Number != "#1" {
		t.Fatalf("first: %v, %v", o.Input.Number, err)
	}
	_, err = r.Next()
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), "after line 3") {
		t.Errorf("got %v; want the cause and line 3", err)
	}
}

func TestNamesAreForgottenOnlyAfterALongTime(t *testing.T) {
	t.Parallel()
	n := newRecentNames()
	for i := 1; i <= 3*namesKept; i++ {
		if at := n.first(fmt.Sprint(i), i); at != 0 {
			t.Fatalf("name %d mistaken for that of line %d", i, at)
		}
	}
	for _, i := range []int{3 * namesKept, 2*namesKept + 1, 2 * namesKept} {
		if at := n.first(fmt.Sprint(i), 9_000_000); at != i {
			t.Errorf("name of line %d remembered as of line %d", i, at)
		}
	}
	if len(n.young)+len(n.settled) > 2*namesKept {
		t.Errorf("%d names held; want %d at most", len(n.young)+len(n.settled), 2*namesKept)
	}
}
