package shopify

import (
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"

	"aftersales/internal/orders"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// Two exports with all 79 columns: orders_cn.csv with a byte order mark, CRLF and a note of two lines; orders_de.csv with
// LF and its columns shuffled. Between them: lines, discounts included, excluded and on shipping, tax inside and on top,
// duties, a tip, refunds in part and whole, cancelled, pending, authorised, voided, partly paid, yen, no e-mail.
func TestExportsAreReadAsWritten(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"orders_cn", "orders_de"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file, err := os.ReadFile("testdata/" + name + ".csv")
			if err != nil {
				t.Fatal(err)
			}
			taken, refused := readAll(t, string(file))
			if len(refused) > 0 {
				t.Fatalf("refused: %v", refused)
			}
			type entry struct {
				Line  int
				Rows  int
				Input orders.Input
			}
			var got []entry
			for _, o := range taken {
				got = append(got, entry{o.Line, len(o.Rows), o.Input})
			}
			text, err := json.MarshalIndent(got, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			golden := "testdata/" + name + ".golden.json"
			if *update {
				if err := os.WriteFile(golden, append(text, '\n'), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if strings.TrimSpace(string(want)) != string(text) {
				t.Errorf("%s differs (run with -update and look at the diff); got:\n%s", golden, text)
			}
		})
	}
}
