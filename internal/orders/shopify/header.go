package shopify

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"

	"aftersales/internal/problem"
)

// The columns that are read. The export has some fifty more.
const (
	colName              = "Name"
	colEmail             = "Email"
	colFinancialStatus   = "Financial Status"
	colPaidAt            = "Paid at"
	colFulfillmentStatus = "Fulfillment Status"
	colFulfilledAt       = "Fulfilled at"
	colCurrency          = "Currency"
	colSubtotal          = "Subtotal"
	colShipping          = "Shipping"
	colTaxes             = "Taxes"
	colTotal             = "Total"
	colDiscountAmount    = "Discount Amount"
	colCreatedAt         = "Created at"
	colCancelledAt       = "Cancelled at"
	colRefundedAmount    = "Refunded Amount"
	colOutstanding       = "Outstanding Balance"
	colDuties            = "Duties"
	colID                = "Id"
	colPhone             = "Phone"

	colLineQuantity    = "Lineitem quantity"
	colLineName        = "Lineitem name"
	colLinePrice       = "Lineitem price"
	colLineSKU         = "Lineitem sku"
	colLineFulfillment = "Lineitem fulfillment status"
	colLineDiscount    = "Lineitem discount"
)

// address is the columns of one of an order's two addresses.
type address struct {
	name, street, address1, address2, company, city, zip, province, provinceName, country, phone string
}

func addressColumns(whose string) address {
	return address{
		name: whose + " Name", street: whose + " Street", address1: whose + " Address1", address2: whose + " Address2",
		company: whose + " Company", city: whose + " City", zip: whose + " Zip", province: whose + " Province",
		provinceName: whose + " Province Name", country: whose + " Country", phone: whose + " Phone",
	}
}

var (
	billing  = addressColumns("Billing")
	shipping = addressColumns("Shipping")
)

// columnsRead are the names above by their lower-cased form.
var columnsRead = func() map[string]string {
	names := []string{
		colName, colEmail, colFinancialStatus, colPaidAt, colFulfillmentStatus, colFulfilledAt, colCurrency, colSubtotal,
		colShipping, colTaxes, colTotal, colDiscountAmount, colCreatedAt, colCancelledAt, colRefundedAmount, colOutstanding,
		colDuties, colID, colPhone,
		colLineQuantity, colLineName, colLinePrice, colLineSKU, colLineFulfillment, colLineDiscount,
	}
	for _, a := range []address{billing, shipping} {
		names = append(names, a.name, a.street, a.address1, a.address2, a.company, a.city, a.zip, a.province, a.provinceName, a.country, a.phone)
	}
	byLower := make(map[string]string, len(names))
	for _, n := range names {
		byLower[strings.ToLower(n)] = n
	}
	return byLower
}()

var required = []string{colName, colCreatedAt, colCurrency, colLineQuantity, colLineName, colLinePrice}

// reportColumns lead a refused file; a file that has been refused before still has them, and they are left behind.
var reportColumns = []string{"line", "column", "reason"}

// header finds cells by column name.
type header struct {
	names []string
	index map[string]int // of the columns read, by the names above
	bom   bool
}

// readHeader reads the first row and leaves s at the data.
func readHeader(s *scanner) (header, error) {
	h := header{index: map[string]int{}}
	start, err := s.in.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return h, err
	}
	switch {
	case bytes.HasPrefix(start, []byte("\xEF\xBB\xBF")):
		h.bom = true
		if _, err := s.in.Discard(3); err != nil {
			return h, err
		}
	case bytes.HasPrefix(start, []byte("PK\x03\x04")):
		return h, problem.Invalid(problem.Textf("the file is a spreadsheet or an archive, not CSV: save it as \"CSV UTF-8 (comma delimited)\"",
			"该文件是电子表格或压缩包,不是 CSV:请另存为“CSV UTF-8(逗号分隔)”"))
	case bytes.HasPrefix(start, []byte("\xFF\xFE")), bytes.HasPrefix(start, []byte("\xFE\xFF")):
		return h, problem.Invalid(problem.Textf("the file is UTF-16: save it as \"CSV UTF-8 (comma delimited)\"",
			"该文件为 UTF-16 编码:请另存为“CSV UTF-8(逗号分隔)”"))
	}
	w, err := s.next()
	if errors.Is(err, io.EOF) {
		return h, problem.Invalid(problem.Textf("the file is empty: its first row must name the columns", "文件为空:第一行应为列名"))
	}
	if err != nil {
		return h, err
	}
	if w.fault != nil {
		return h, problem.Invalid(problem.Textf("the header row is not proper CSV: %[1]s", "表头行不是正确的 CSV:%[2]s", w.fault.text.EN, w.fault.text.ZH))
	}
	h.names = w.fields
	s.width = len(w.fields)
	return h, h.indexColumns()
}

// indexColumns names every required column that is missing, at once, and every column read that is there twice.
func (h *header) indexColumns() error {
	var twice []string
	for i, given := range h.names {
		name, read := columnsRead[strings.ToLower(strings.TrimSpace(given))]
		if !read {
			continue
		}
		if _, again := h.index[name]; again {
			twice = append(twice, name)
		}
		h.index[name] = i
	}
	var missing []string
	for _, name := range required {
		if _, ok := h.index[name]; !ok {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		list := strings.Join(missing, ", ")
		if len(h.names) == 1 && strings.ContainsAny(h.names[0], ";\t") {
			return problem.Invalid(problem.Textf("columns missing: %s (the file is not separated by commas)", "缺少列:%s(文件不是以逗号分隔)", list))
		}
		return problem.Invalid(problem.Textf("columns missing: %s", "缺少列:%s", list))
	}
	if len(twice) > 0 {
		return problem.Invalid(problem.Textf("columns given twice: %s", "列重复:%s", strings.Join(twice, ", ")))
	}
	return nil
}

// cell returns the trimmed cell of a column, "" where the file has no such column or the row no such cell.
func (h *header) cell(w row, column string) string {
	i, ok := h.index[column]
	if !ok || i >= len(w.fields) {
		return ""
	}
	return strings.TrimSpace(w.fields[i])
}

// sure reports whether the cell of a column can be relied upon although the row may be broken.
func (h *header) sure(w row, column string) bool {
	i, ok := h.index[column]
	return ok && i < len(w.fields) && (w.fault == nil || i < w.fault.field)
}

// reported is how many leading columns an earlier refused file added: 0 or 3.
func (h *header) reported() int {
	n := len(reportColumns)
	if len(h.names) > n && slices.Equal(h.names[:n], reportColumns) {
		return n
	}
	return 0
}
