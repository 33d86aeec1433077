package orders

import "aftersales/internal/money"

// pricing is what an order's figures come to.
type pricing struct {
	total, paid int64
	lines       []int64 // what was paid for each whole line
}

// price spreads the order's discount and tax over the lines by their own price (money.md F8), so that each line knows what
// was really paid for it. What was paid for a line is never refunded twice, whatever quantity comes back when.
func (in *Input) price() pricing {
	net := make([]int64, len(in.Lines))
	var sum int64
	for i, l := range in.Lines {
		net[i] = l.UnitPrice*int64(l.Quantity) - l.Discount
		sum += net[i]
	}
	discount, tax := money.Spread(in.Discount, net), money.Spread(in.Tax, net)
	p := pricing{lines: make([]int64, len(net))}
	for i := range net {
		p.lines[i] = net[i] - discount[i] + tax[i]
	}
	p.total = sum - in.Discount + in.Tax + in.Shipping
	if in.Total != nil {
		p.total = *in.Total
	}
	p.paid = p.total
	if in.Unpaid {
		p.paid = 0
	}
	return p
}
