package program

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"aftersales/internal/apptest"
	"aftersales/internal/auth"
)

const fixtures = "../../orders/shopify/testdata/"

// imported is a merchant "mall" with the Chinese fixture in its orders, and a running server to look at them.
func imported(t *testing.T, s settings) (srv *server, platform string) {
	t.Helper()
	srv = s.start(t)
	platform = token(t, auth.PlatformAdmin, "", "root")
	srv.shop(platform, "mall", "2025-10-10T10:00:00+08:00")
	if got, want := s.must(t, "import", "--merchant", "mall", fixtures+"orders_cn.csv"), "11 rows, 6 orders: 6 created, 0 updated, 0 unchanged, 0 refused\n"; got != want {
		t.Fatalf("import: %s, want %s", got, want)
	}
	return srv, platform
}

// A merchant's export goes in while the server runs; again it changes nothing, and nothing refused means no file.
func TestImportOfARealExport(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, s settings) {
		srv, platform := imported(t, s)
		db := s.open(t)
		const everything = "SELECT o.number, o.total, o.paid, o.refunded, o.input_hash, l.external_id, l.quantity, l.paid, c.external_id, c.phone FROM orders o JOIN order_lines l ON l.order_id = o.id JOIN customers c ON c.id = o.customer_id ORDER BY o.number, l.position"
		before := read(t, db, everything)
		if got, want := s.must(t, "import", "--merchant", "mall", fixtures+"orders_cn.csv"), "11 rows, 6 orders: 0 created, 0 updated, 6 unchanged, 0 refused\n"; got != want {
			t.Errorf("the second import: %s, want %s", got, want)
		}
		if after := read(t, db, everything); strings.Join(after, "\n") != strings.Join(before, "\n") {
			t.Errorf("the second import changed\n%s\ninto\n%s", strings.Join(before, "\n"), strings.Join(after, "\n"))
		}
		id := srv.must(platform, `{ merchant(id: "mall") { id } }`, nil).Str("merchant.id")
		if got := s.must(t, "import", "--merchant", id, fixtures+"orders_cn.csv"); !strings.Contains(got, "6 unchanged") {
			t.Errorf("by the merchant's id: %s", got)
		}
		if left, err := filepath.Glob(fixtures + "*.refused.csv"); err != nil || len(left) > 0 {
			t.Errorf("%v was left behind, %v", left, err)
		}

		// Orders are found by their number as the merchant shows it, by the buyer's lower-cased e-mail address.
		buyer := token(t, auth.Customer, "mall", "lin.zhiyao@example.com")
		d := srv.must(buyer, `{ order(number: "#CN2041") { number total { amount currency } customer { externalId name } lines { sku quantity paid { amount } } } orders { totalCount } }`, nil)
		if d.Str("order.total.amount") != "557.60" || d.Str("order.total.currency") != "CNY" || d.Str("order.customer.name") != "林知遥" || len(d.List("order.lines")) != 3 || d.Int("orders.totalCount") != 1 {
			t.Errorf("the buyer sees %v", d)
		}
		for _, other := range []string{"tian@example.com", "Lin.Zhiyao@Example.com", "nobody@example.com"} {
			if d := srv.must(token(t, auth.Customer, "mall", other), `{ order(number: "#CN2041") { number } }`, nil); d.Get("order") != nil {
				t.Errorf("%s sees %v", other, d)
			}
		}
	})
}

// The embedded default takes an export too, beside its demo orders and while it serves.
func TestImportIntoTheDemo(t *testing.T) {
	t.Parallel()
	s := settings{"AFTERSALES_DATA_DIR": t.TempDir()}
	if r := s.run(t, "import", "--merchant", "demo-mall", fixtures+"orders_cn.csv"); r.status != 1 || !strings.Contains(r.err, "no such merchant: demo-mall") {
		t.Errorf("before there is a demo: status %d, %s%s", r.status, r.out, r.err)
	}
	srv := s.start(t)
	if got, want := s.must(t, "import", "--merchant", "demo-mall", fixtures+"orders_cn.csv"), "11 rows, 6 orders: 6 created, 0 updated, 0 unchanged, 0 refused\n"; got != want {
		t.Errorf("import: %s, want %s", got, want)
	}
	buyer := strings.TrimSpace(s.must(t, "token", "--role", "CUSTOMER", "--merchant", "demo-mall", "--customer", "chen.mo@example.com"))
	if d := srv.must(buyer, `{ orders { nodes { number } } }`, nil); d.Str("orders.nodes.0.number") != "#CN2044" || d.Str("orders.nodes.1.number") != "#CN2043" || len(d.List("orders.nodes")) != 2 {
		t.Errorf("%v", d)
	}
}

// What was paid back before the import lowers what can still be paid back, down to nothing.
func TestImportedRefundsLowerWhatCanBeRefunded(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, s settings) {
		srv, _ := imported(t, s)
		const options = `query($n: String!) { order(number: $n) { id total { amount } refunded { amount }
		  lines { id sku returnableQuantity afterSalesOptions(reasonHandle: "QUALITY") { remedy possible wouldRefund { amount } blockers { code } } } } }`
		agent, finance := token(t, auth.Agent, "mall", "li.na"), token(t, auth.Finance, "mall", "sun.li")

		// #CN2042: 840.00 charged, 49.00 of it paid back elsewhere, so that of the two lines' 828.00 791.00 are left.
		d := srv.must(agent, options, vars{"n": "#CN2042"})
		if d.Str("order.refunded.amount") != "49.00" || d.Str("order.total.amount") != "840.00" {
			t.Errorf("%v", d)
		}
		var items []vars
		for _, line := range d.List("order.lines") {
			option := optionOf(t, line, "REFUND")
			if option.Get("possible") != true {
				t.Errorf("%s: %v", line.Str("sku"), option)
			}
			items = append(items, vars{"orderLine": line.Str("id"), "quantity": line.Int("returnableQuantity")})
		}
		id := srv.must(agent, apptest.RequestReturn, vars{"in": vars{"idempotencyKey": "1", "order": d.Str("order.id"), "remedy": "REFUND", "reasonHandle": "QUALITY",
			"description": "It does not work.", "items": items}}).Str("returnRequest.return.id")
		srv.must(agent, apptest.ApproveReturn, vars{"id": id})
		refunded := srv.must(finance, apptest.RefundReturn, vars{"id": id, "key": "1"})
		if got := refunded.Str("returnRefund.refund.amount.amount"); got != "791.00" {
			t.Errorf("refunded %s, want the 791.00 that are left of 840.00", got)
		}

		// #CN2043 was paid back in full, #CN2044 never paid.
		for _, number := range []string{"#CN2043", "#CN2044"} {
			for _, line := range srv.must(agent, options, vars{"n": number}).List("order.lines") {
				option := optionOf(t, line, "REFUND")
				if option.Get("possible") != false || option.Str("blockers.0.code") != "ALREADY_REFUNDED" || option.Str("wouldRefund.amount") != "0.00" {
					t.Errorf("%s: %v", number, option)
				}
			}
		}
	})
}

func optionOf(t *testing.T, line apptest.Data, remedy string) apptest.Data {
	t.Helper()
	for _, o := range line.List("afterSalesOptions") {
		if o.Str("remedy") == remedy {
			return o
		}
	}
	t.Fatalf("no option %s in %v", remedy, line)
	return apptest.Data{}
}

// Refused orders go to a file that says where and why, the others are taken; mended, that file goes in.
func TestRefusedRowsAreReportedAndCanBeMended(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, s settings) {
		srv := s.start(t)
		srv.shop(token(t, auth.PlatformAdmin, "", "root"), "mall", "2025-10-10T10:00:00+08:00")
		file := filepath.Join(t.TempDir(), "orders.csv")
		write(t, file, `Name,Email,Created at,Currency,Lineitem quantity,Lineitem name,Lineitem sku,Lineitem price
#1,a@example.com,2025-09-28 14:03:11 +0800,CNY,1,Cup,CUP,20.00
#2,b@example.com,2025-09-28 14:03:11 +0800,CNY,two,Mug,MUG,5.00
#2,,,,1,Lid,LID,1.00
#3,c@example.com,yesterday,CNY,1,Cup,CUP,20.00
#4,d@example.com,2025-09-28 14:03:11 +0800,CNY,2,Cup,CUP,20.00
`)
		r := s.run(t, "import", "--merchant", "mall", file)
		refused := strings.TrimSuffix(file, ".csv") + ".refused.csv"
		if r.status != 1 || r.out != "5 rows, 4 orders: 2 created, 0 updated, 0 unchanged, 2 refused\n" || !strings.Contains(r.err, "2 orders were refused; see "+refused) {
			t.Fatalf("status %d, %s%s", r.status, r.out, r.err)
		}
		report := table(t, refused)
		var got []string
		for _, row := range report[1:] {
			got = append(got, row[0]+" "+row[1])
			if row[2] == "" {
				t.Errorf("line %s has no reason", row[0])
			}
		}
		if strings.Join(got, ", ") != "3 Lineitem quantity, 4 , 5 Created at" {
			t.Errorf("refused: %q", got)
		}

		for i, row := range report {
			for j, cell := range row {
				report[i][j] = map[string]string{"two": "2", "yesterday": "2025-09-28 14:03:11 +0800"}[cell]
				if report[i][j] == "" {
					report[i][j] = cell
				}
			}
		}
		mended := filepath.Join(t.TempDir(), "mended.csv")
		var text strings.Builder
		if err := csv.NewWriter(&text).WriteAll(report); err != nil {
			t.Fatal(err)
		}
		write(t, mended, text.String())
		if got, want := s.must(t, "import", "--merchant", "mall", mended), "3 rows, 2 orders: 2 created, 0 updated, 0 unchanged, 0 refused\n"; got != want {
			t.Errorf("the mended file: %s, want %s", got, want)
		}
		if got := strings.Join(rows(t, s, "SELECT o.number, COUNT(*) FROM orders o JOIN order_lines l ON l.order_id = o.id GROUP BY o.number ORDER BY o.number"), ", "); got != "#1 1, #2 2, #3 1, #4 1" {
			t.Errorf("orders: %s", got)
		}

		// What the product itself refuses, not the file's form, is reported the same way: a sold line cannot disappear.
		write(t, mended, "Name,Created at,Currency,Lineitem quantity,Lineitem name,Lineitem sku,Lineitem price\n#2,2025-09-28 14:03:11 +0800,CNY,2,Mug,MUG,5.00\n")
		elsewhere := filepath.Join(t.TempDir(), "elsewhere.csv")
		r = s.run(t, "import", "--merchant", "mall", "--refused", elsewhere, mended)
		if r.status != 1 || !strings.HasSuffix(r.out, "0 created, 0 updated, 0 unchanged, 1 refused\n") {
			t.Errorf("status %d, %s%s", r.status, r.out, r.err)
		}
		if report := table(t, elsewhere); len(report) != 2 || report[1][0] != "2" || !strings.Contains(report[1][2], "1 known lines of order #2 are missing") {
			t.Errorf("%q", report)
		}
	})
}

// What makes an import impossible is said, and nothing is written.
func TestImportsThatCannotBegin(t *testing.T) {
	t.Parallel()
	s := configured(fresh(t, "sqlite"))
	srv := s.start(t)
	srv.shop(token(t, auth.PlatformAdmin, "", "root"), "mall", "2025-10-10T10:00:00+08:00")
	dir := t.TempDir()
	noHeader := filepath.Join(dir, "notes.csv")
	write(t, noHeader, "Dear all,\nhere are the orders.\n")
	for _, c := range []struct{ merchant, file, want string }{
		{"nobody", fixtures + "orders_cn.csv", "import: no such merchant: nobody"},
		{"mall", filepath.Join(dir, "missing.csv"), "missing.csv"},
		{"mall", noHeader, "Lineitem quantity"},
		{"mall", dir, "is a directory"},
	} {
		r := s.run(t, "import", "--merchant", c.merchant, c.file)
		if r.status != 1 || !strings.Contains(r.err, c.want) || r.out != "" {
			t.Errorf("%s %s: status %d, %s%s, want %q", c.merchant, c.file, r.status, r.out, r.err, c.want)
		}
	}
	if left, err := filepath.Glob(dir + "/*.refused.csv"); err != nil || len(left) > 0 {
		t.Errorf("%v was left behind, %v", left, err)
	}
	if n := count(t, s.open(t), "SELECT COUNT(*) FROM orders"); n != 0 {
		t.Errorf("%d orders", n)
	}
}

// A long file is a stream: its orders are never in memory together.
func TestALongImportNeedsLittleMemory(t *testing.T) {
	t.Parallel()
	const orders = 10_000 // of two rows each
	onEachEngine(t, func(t *testing.T, s settings) {
		srv := s.start(t)
		srv.shop(token(t, auth.PlatformAdmin, "", "root"), "mall", "2025-10-10T10:00:00+08:00")
		file := filepath.Join(t.TempDir(), "orders.csv")
		export(t, file, orders)
		r := s.run(t, "import", "--merchant", "mall", file)
		if want := fmt.Sprintf("%d rows, %d orders: %[2]d created, 0 updated, 0 unchanged, 0 refused\n", 2*orders, orders); r.status != 0 || r.out != want {
			t.Fatalf("status %d, %s%s, want %s", r.status, r.out, r.err, want)
		}
		t.Logf("%d rows in %v, %.0f rows/s, at most %d MiB", 2*orders, r.took.Round(10_000_000), 2*orders/r.took.Seconds(), r.peak>>10)
		if r.peak > 150<<10 {
			t.Errorf("the import took %d MiB; want 150 at most", r.peak>>10)
		}
		if got := strings.Join(rows(t, s, "SELECT COUNT(*), SUM(l.quantity), COUNT(DISTINCT o.id), COUNT(DISTINCT o.customer_id) FROM orders o JOIN order_lines l ON l.order_id = o.id"), ""); got != "20000 30000 10000 4000" {
			t.Errorf("lines, units, orders and customers are %s", got)
		}
	})
}

// export writes an export of orders of two lines and three units, of 4000 customers.
func export(t testing.TB, path string, orders int) {
	t.Helper()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriter(file)
	fmt.Fprintln(w, "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Currency,Subtotal,Shipping,Taxes,Total,Discount Amount,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Shipping Name,Shipping Street,Shipping City,Shipping Country")
	for i := range orders {
		fmt.Fprintf(w, "#%d,c%d@example.com,paid,2025-09-28 14:03:40 +0800,fulfilled,2025-09-29 09:30:00 +0800,CNY,258.00,0.00,0.00,258.00,0.00,2025-09-28 14:03:11 +0800,1,轻羽防晒衣 - 雾蓝 / M,199.00,SUN-BLU-M,林知遥,文三虚构路 88 号,杭州市,CN\n", 1000+i, i%4000)
		fmt.Fprintf(w, "#%d,c%d@example.com,,,,,,,,,,,2025-09-28 14:03:11 +0800,2,纯棉短袜(三双装),29.50,SOCK-3,,,,\n", 1000+i, i%4000)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// table reads a CSV file, header first.
func table(t testing.TB, path string) [][]string {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }() // it was only read
	all, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return all
}
