package shopify

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"aftersales/internal/money"
	"aftersales/internal/orders"
	"aftersales/internal/problem"
)

// Limits that keep every sum of an order far inside int64.
const (
	maxAmount   = int64(1e15)
	maxQuantity = 1_000_000
)

// Characters that an order takes of a SKU, where it is made of the title, and of a line's id before its "/2".
const (
	maxSKU    = 200
	maxLineID = 90
)

// conversion turns the rows of one order into an Input, collecting everything that is wrong.
type conversion struct {
	r        *Reader
	group    *group
	currency string // "" when unknown: amounts are then not looked at
	refusals []Refusal
	told     map[place]bool
}

type place struct {
	line   int
	column string
}

// refuse notes what is wrong with a cell; the first reason for a cell stands.
func (c *conversion) refuse(w row, column string, t problem.Text) {
	if c.told[place{w.line, column}] {
		return
	}
	if c.told == nil {
		c.told = map[place]bool{}
	}
	c.told[place{w.line, column}] = true
	c.refusals = append(c.refusals, Refusal{Line: w.line, Number: c.group.number, Column: column, Reason: c.r.text(t)})
}

// order reads the group; the Input counts only when nothing was refused.
func (c *conversion) order() orders.Input {
	first := c.group.rows[0]
	if c.group.continues {
		c.refuse(first, colName, problem.Textf("further rows of order %q, which was refused at line %d",
			"订单 %q 的后续行,该订单已在第 %d 行被拒绝", short(c.group.number), c.r.oversized.line))
		return orders.Input{}
	}
	c.checkRows()
	if len(c.refusals) > 0 {
		return orders.Input{} // cells of broken or stray rows are not worth a list of errors
	}
	in := orders.Input{Number: c.group.number}
	in.Currency = strings.ToUpper(c.cell(first, colCurrency))
	c.readCurrency(first, in.Currency)
	if created := c.time(first, colCreatedAt); created != nil {
		in.PlacedAt = *created
	} else if c.cell(first, colCreatedAt) == "" {
		c.refuse(first, colCreatedAt, problem.Textf("empty: the first row of an order must have it", "为空:订单的首行必须填写"))
	}
	in.PaidAt, in.CancelledAt = c.time(first, colPaidAt), c.time(first, colCancelledAt)
	in.Customer = c.customer(first)
	in.Lines = c.lines(first)
	c.readMoney(first, &in)
	return in
}

// checkRows refuses what cannot be one order in order: broken rows, rows without a Name, a Name that was here before,
// too many rows, and rows of a second order under the same Name.
func (c *conversion) checkRows() {
	g, first := c.group, c.group.rows[0]
	for _, w := range g.rows {
		if w.fault != nil {
			column := ""
			if i := w.fault.field; i < len(c.r.header.names) {
				column = strings.TrimSpace(c.r.header.names[i])
			}
			c.refuse(w, column, w.fault.text)
			continue
		}
		if c.cell(w, colName) == "" {
			c.refuse(w, colName, problem.Textf("empty: every row must name its order", "为空:每一行都必须填写订单号"))
		}
		for _, column := range []string{colID, colCurrency, colTotal} {
			here, there := c.r.header.cell(w, column), c.r.header.cell(first, column)
			if here != "" && there != "" && here != there && first.fault == nil {
				c.refuse(w, column, problem.Textf("differs from line %d: two orders under one Name", "与第 %d 行不一致:两个订单使用了同一订单号", first.line))
			}
		}
	}
	if g.oversized {
		c.refuse(first, colName, problem.Textf("more than %d rows, or %d MiB, in one order", "单个订单超过 %d 行或 %d MiB", maxOrderRows, maxOrderBytes>>20))
	}
	if g.number == "" {
		return
	}
	if at := c.r.seen.first(g.number, first.line); at > 0 {
		c.refuse(first, colName, problem.Textf("order %q began at line %d; put its rows together, directly below one another, and import the order again",
			"订单 %q 始于第 %d 行;请将该订单的各行连续排列后重新导入", short(g.number), at))
	}
}

func (c *conversion) readCurrency(first row, code string) {
	if code == "" {
		c.refuse(first, colCurrency, problem.Textf("empty: the first row of an order must have it", "为空:订单的首行必须填写"))
		return
	}
	if _, err := money.Exponent(code); err != nil {
		c.refuse(first, colCurrency, problem.Textf("not a currency (ISO 4217): %q", "不是有效的货币代码(ISO 4217):%q", short(code)))
		return
	}
	c.currency = code
}

// lines reads the order lines; Discount is each line's own.
func (c *conversion) lines(first row) []orders.LineInput {
	status := c.cell(first, colFulfillmentStatus)
	fulfilled := c.time(first, colFulfilledAt)
	ids := lineIDs{times: map[string]int{}, given: map[string]bool{}}
	var lines []orders.LineInput
	for _, w := range c.group.rows {
		quantity, price := c.cell(w, colLineQuantity), c.cell(w, colLinePrice)
		title, sku := c.text(w, colLineName), c.text(w, colLineSKU)
		if quantity == "" && price == "" && title == "" && sku == "" {
			continue // a row may carry only an e-mail address
		}
		l := orders.LineInput{SKU: sku, Title: title, Quantity: c.quantity(w, quantity)}
		if title == "" {
			if sku == "" {
				c.refuse(w, colLineName, problem.Textf("empty", "为空"))
			}
			l.Title = sku
		}
		if sku == "" {
			l.SKU = head(title, maxSKU)
		}
		if price == "" {
			c.refuse(w, colLinePrice, problem.Textf("empty", "为空"))
		}
		l.UnitPrice, l.Discount = c.amount(w, colLinePrice), c.amount(w, colLineDiscount)
		if l.Quantity > 0 && l.UnitPrice > maxAmount/int64(l.Quantity) {
			c.refuse(w, colLinePrice, problem.Textf("too large", "金额过大"))
			l.UnitPrice = 0
		} else if gross := l.UnitPrice * int64(l.Quantity); l.Quantity > 0 && l.Discount > gross {
			c.refuse(w, colLineDiscount, problem.Textf("more than %s x %s", "大于 %s × %s", colLinePrice, colLineQuantity))
		}
		l.ExternalID = ids.next(cmp.Or(sku, title))
		if strings.EqualFold(status, "fulfilled") || strings.EqualFold(c.cell(w, colLineFulfillment), "fulfilled") {
			l.FulfilledAt = fulfilled
		}
		lines = append(lines, l)
	}
	if len(lines) == 0 {
		c.refuse(first, colLineName, problem.Textf("the order has no line", "订单没有商品行"))
	}
	return lines
}

// lineIDs makes the ids of an order's lines of their SKUs.
type lineIDs struct {
	times map[string]int // how often a SKU was there
	given map[string]bool
}

func (ids lineIDs) next(sku string) string {
	base := sku
	if head(sku, maxLineID) != sku {
		// Long titles of variants differ only at their end.
		sum := sha256.Sum256([]byte(sku))
		base = head(sku, maxLineID-17) + "~" + hex.EncodeToString(sum[:8])
	}
	for {
		ids.times[sku]++
		id := base
		if n := ids.times[sku]; n > 1 {
			id += "/" + strconv.Itoa(n)
		}
		if !ids.given[id] { // another SKU may be spelled just like it
			ids.given[id] = true
			return id
		}
	}
}

func (c *conversion) quantity(w row, text string) int {
	n, err := strconv.Atoi(text)
	switch {
	case text == "":
		c.refuse(w, colLineQuantity, problem.Textf("empty", "为空"))
	case err != nil || n > maxQuantity:
		c.refuse(w, colLineQuantity, problem.Textf("not a whole number up to %[2]d: %[1]q", "不是 %[2]d 以内的整数:%[1]q", short(text), maxQuantity))
	case n <= 0:
		c.refuse(w, colLineQuantity, problem.Textf("must be 1 or more: %q", "必须大于等于 1:%q", short(text)))
	default:
		return n
	}
	return 0
}

// amount reads a cell of money in minor units of the order's currency; an empty cell is 0.
func (c *conversion) amount(w row, column string) int64 {
	text := c.cell(w, column)
	if text == "" || c.currency == "" {
		return 0
	}
	n, err := money.Parse(plainDecimal(text), c.currency)
	switch {
	case err != nil:
		c.refuse(w, column, problem.Textf("not an amount in %[2]s: %[1]q", "不是有效的 %[2]s 金额:%[1]q", short(text), c.currency))
	case n < 0:
		c.refuse(w, column, problem.Textf("must not be negative: %q", "不得为负数:%q", short(text)))
	case n > maxAmount:
		c.refuse(w, column, problem.Textf("too large: %q", "金额过大:%q", short(text)))
	default:
		return n
	}
	return 0
}

// plainDecimal drops zeros that say nothing, so that 1200.00 is an amount in yen too.
func plainDecimal(text string) string {
	if whole, fraction, ok := strings.Cut(text, "."); ok && whole != "" && fraction != "" {
		if fraction = strings.TrimRight(fraction, "0"); fraction == "" {
			return whole
		}
		return whole + "." + fraction
	}
	return text
}

var timeLayouts = []string{"2006-01-02 15:04:05 -0700", time.RFC3339}

// time reads an instant, to the microsecond and in UTC; nil for an empty cell and for one refused.
func (c *conversion) time(w row, column string) *time.Time {
	text := c.cell(w, column)
	if text == "" {
		return nil
	}
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, text); err == nil && t.Year() >= 1990 && t.Year() < 2200 {
			t = t.UTC().Truncate(time.Microsecond)
			return &t
		}
	}
	c.refuse(w, column, problem.Textf("not a time like 2025-09-28 14:03:11 +0800: %q", "不是形如 2025-09-28 14:03:11 +0800 的时间:%q", short(text)))
	return nil
}

// cell is the trimmed cell; text that no database would take is refused and read as empty.
func (c *conversion) cell(w row, column string) string {
	text := c.r.header.cell(w, column)
	if utf8.ValidString(text) && strings.IndexByte(text, 0) < 0 {
		return text
	}
	c.refuse(w, column, problem.Textf("not UTF-8 text: save the file as \"CSV UTF-8 (comma delimited)\"", "不是 UTF-8 文本:请将文件另存为“CSV UTF-8(逗号分隔)”"))
	return ""
}

// text is a cell as one line: spaces and line breaks in a row become one space.
func (c *conversion) text(w row, column string) string {
	return strings.Join(strings.Fields(c.cell(w, column)), " ")
}

// short keeps a quoted cell from filling the reason.
func short(text string) string {
	if most := head(text, 40); most != text {
		return most + "…"
	}
	return text
}

// head is the first characters of a text, most of them at most.
func head(text string, most int) string {
	n := 0
	for i := range text {
		if n++; n > most {
			return text[:i]
		}
	}
	return text
}
