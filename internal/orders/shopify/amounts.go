package shopify

import (
	"strings"

	"aftersales/internal/orders"
	"aftersales/internal/problem"
)

// tolerance is how far, in minor units, the export's own sums may be apart: it rounds each part by itself.
const tolerance = 1

// unpaidByStatus names the payment states of Shopify; true where no money was taken.
var unpaidByStatus = map[string]bool{
	"": false, "paid": false, "partially_paid": false, "partially_refunded": false, "refunded": false,
	"pending": true, "authorized": true, "voided": true, "expired": true, "unpaid": true,
}

// figures are the order-level sums of an export, in minor units. A pointer is nil where the cell is empty.
type figures struct {
	lines         int64 // price times quantity over all lines
	lineDiscounts int64
	discount      int64 // column Discount Amount
	subtotal      *int64
	shipping      int64
	taxes         int64
	duties        int64
	total         *int64
}

// readMoney fills in what was paid, kept off, and paid back.
func (c *conversion) readMoney(first row, in *orders.Input) {
	f := figures{
		discount: c.amount(first, colDiscountAmount),
		subtotal: c.optionalAmount(first, colSubtotal),
		shipping: c.amount(first, colShipping),
		taxes:    c.amount(first, colTaxes),
		duties:   c.amount(first, colDuties),
		total:    c.optionalAmount(first, colTotal),
	}
	status := strings.ReplaceAll(strings.ToLower(c.cell(first, colFinancialStatus)), " ", "_")
	unpaid, known := unpaidByStatus[status]
	if !known {
		c.refuse(first, colFinancialStatus, problem.Textf("not a payment status: %q", "不是有效的付款状态:%q", short(status)))
	}
	in.Unpaid = unpaid && in.PaidAt == nil
	in.Refunded = c.amount(first, colRefundedAmount)
	outstanding := c.optionalAmount(first, colOutstanding)
	if len(c.refusals) > 0 {
		return // sums over cells that could not be read say nothing
	}
	for _, l := range in.Lines {
		f.lines += l.UnitPrice * int64(l.Quantity)
		f.lineDiscounts += l.Discount
	}

	in.Discount = f.orderDiscount()
	goods := f.lines - f.lineDiscounts - in.Discount
	if goods < 0 {
		c.refuse(first, colDiscountAmount, problem.Textf("more than the lines come to", "大于商品行合计"))
		return
	}
	if f.total == nil && f.taxes > 0 {
		c.refuse(first, colTotal, problem.Textf("empty: without it nobody can tell whether %s are on top of the prices or inside them",
			"为空:无法判断价格是否含税(%s)", colTaxes))
		return
	}
	if f.total != nil && goods > *f.total+tolerance {
		c.refuse(first, colTotal, problem.Textf("less than the lines come to (%[1]s x %[2]s - %[3]s - %[4]s)",
			"小于商品行合计(%[1]s × %[2]s - %[3]s - %[4]s)", colLinePrice, colLineQuantity, colLineDiscount, colDiscountAmount))
		return
	}
	var off int64
	in.Tax, off = f.taxOnTop(goods, f.discount-f.lineDiscounts-in.Discount)
	in.Shipping = f.shipping - off
	c.readCharged(first, in, status, f.total, outstanding)
}

// readCharged sets what the customer was charged in all, and what of it was paid back.
func (c *conversion) readCharged(first row, in *orders.Input, status string, total, outstanding *int64) {
	in.Total = total
	switch status {
	case "partially_paid":
		switch {
		case total == nil:
			c.refuse(first, colTotal, problem.Textf("empty, in an order that is partially_paid", "为空,而订单状态为 partially_paid"))
			return
		case outstanding == nil:
			c.refuse(first, colOutstanding, problem.Textf("empty, in an order that is partially_paid", "为空,而订单状态为 partially_paid"))
			return
		case *outstanding > *total:
			c.refuse(first, colOutstanding, problem.Textf("more than %s", "大于 %s", colTotal))
			return
		}
		charged := *total - *outstanding
		in.Total = &charged
	case "refunded":
		if c.cell(first, colRefundedAmount) == "" && total != nil {
			in.Refunded = *total
		}
	case "partially_refunded":
		if c.cell(first, colRefundedAmount) == "" {
			c.refuse(first, colRefundedAmount, problem.Textf("empty, in an order that is partially_refunded", "为空,而订单状态为 partially_refunded"))
		}
	}
}

func (c *conversion) optionalAmount(w row, column string) *int64 {
	if c.cell(w, column) == "" {
		return nil
	}
	n := c.amount(w, column)
	return &n
}

// orderDiscount is the discount on the goods beside that of the single lines. Discount Amount may include the line
// discounts, exclude them, or hold a discount on shipping too: where Subtotal fits one of these, it decides.
func (f figures) orderDiscount() int64 {
	inclusive := f.discount - f.lineDiscounts
	if f.subtotal != nil {
		told := f.lines - f.lineDiscounts - *f.subtotal
		switch {
		case inclusive >= 0 && near(told, inclusive):
			return inclusive
		case near(told, f.discount):
			return f.discount
		case told >= -tolerance && told < f.discount:
			return max(told, 0)
		}
	}
	if inclusive >= 0 {
		return inclusive
	}
	return f.discount // less than the line discounts: it cannot include them
}

// taxOnTop is the tax to add to the line prices: all of Taxes or, where prices include it, none; and the part of unplaced
// (what the lines do not explain of Discount Amount) that was taken off Shipping without Shipping showing it, as with
// free-shipping codes. Total decides both. Where Total fits nothing (it holds a tip, or more was kept off), tax is taken to
// be on top when Total leaves room for it: a tip is rarely larger than the tax.
func (f figures) taxOnTop(goods, unplaced int64) (tax, offShipping int64) {
	if f.total == nil {
		return 0, 0
	}
	if f.subtotal != nil {
		goods = *f.subtotal
	}
	rest := *f.total - goods - f.shipping - f.duties
	choices := []int64{0}
	if unplaced > 0 && unplaced <= f.shipping {
		choices = append(choices, unplaced)
	}
	for _, off := range choices {
		onTop, included := distance(rest+off, f.taxes), distance(rest+off, 0)
		switch {
		case included <= onTop && included <= tolerance: // equal where there is no tax
			return 0, off
		case onTop <= tolerance:
			return f.taxes, off
		}
	}
	if rest > f.taxes {
		return f.taxes, 0
	}
	return 0, 0
}

func near(a, b int64) bool { return distance(a, b) <= tolerance }

func distance(a, b int64) int64 { return max(a-b, b-a) }
