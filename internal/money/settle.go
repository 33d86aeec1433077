package money

import (
	"math/bits"
	"slices"
)

// What a return is worth (MALL-4.2a, money.md F8): every rule that makes up a refund, in one place. A refund, its preview and
// a quote are the same computation. Amounts are minor units of the order's currency.

// Sale is an order as a refund sees it.
type Sale struct {
	// Paid is all the customer paid, Refunded what of it went back or is on its way: no refund goes beyond.
	Paid, Refunded int64
	// Shipping is what delivery cost the customer, ShippingRefunded what of it went back.
	Shipping, ShippingRefunded int64
	// From goods worth FreeFrom on, delivery worth Waived cost nothing; Withheld is what was kept back for it before.
	FreeFrom                 *int64
	Waived, ShippingWithheld int64
	Lines                    []SaleLine
}

// SaleLine is an order line as a refund sees it.
type SaleLine struct {
	ID                       string
	Quantity, Held, Returned int
	Paid, Refunded           int64
	UnitPrice                int64
	// Bundle names the lines sold together; ListPrice is what a unit costs alone; Withheld was kept back because the bundle
	// was broken up.
	Bundle    string
	ListPrice int64
	Withheld  int64
	// GiftOf is the line this one came with for nothing, MarkedPrice what a unit was said to be worth.
	GiftOf      string
	MarkedPrice int64
}

// target is what the first n units that come back are worth, rounded down; all of them are worth all that was paid.
func (l SaleLine) target(n int) int64 {
	return PartialRefund(l.Paid, l.Quantity, 0, min(n, l.Quantity), 0)
}

// Worth is what n more units are worth: by the cumulative target, so that deductions taken from earlier units are not paid
// back with later ones, and never more than is left of what was paid for the line.
func (l SaleLine) Worth(n int) int64 {
	if n <= 0 {
		return 0
	}
	return max(0, min(l.target(l.Returned+n)-l.target(l.Returned), l.Paid-l.Refunded))
}

// Claim is what a case asks back, with all that was found and decided about it.
type Claim struct {
	Takes []Take
	// ByChoice is a return for which nobody but the customer is to blame: bundle prices and free delivery are counted again.
	ByChoice bool
	// ShippingBack is whether the way out goes back to the customer too, once everything came back.
	ShippingBack bool
	// FreightBack is what the merchant repays of the way back, Compensation what a decision adds: neither counts against
	// what was paid for the order.
	FreightBack, Compensation int64
	// Agreed is what the customer gets for the goods in all, by an offer or a decision; nil: by rule.
	Agreed *int64
	// Kept is an agreed sum for goods that stay with the customer: no unit counts as returned.
	Kept bool
	// GoodsBack is whether goods came back, and gifts with them.
	GoodsBack bool
}

// Take is what a claim says of one line: it held Held units, of which Accepted count.
type Take struct {
	LineID         string
	Held, Accepted int
	Deductions     []Deducted
	MissingGifts   []Missing
}

// Deducted is taken off one line, by a person and for a reason.
type Deducted struct {
	Reason string
	Amount int64
}

// Missing is gifts that did not come back.
type Missing struct {
	LineID   string
	Quantity int
}

// ComponentKind names one part of the sum (contract enum RefundComponentKind).
type ComponentKind string

const (
	Goods            ComponentKind = "GOODS"
	Deduction        ComponentKind = "DEDUCTION"
	MissingGift      ComponentKind = "MISSING_GIFT"
	BundlePrice      ComponentKind = "BUNDLE_PRICE"
	FreeShippingLost ComponentKind = "FREE_SHIPPING_LOST"
	ShippingOut      ComponentKind = "SHIPPING_OUT"
	Agreed           ComponentKind = "AGREED"
	Ceiling          ComponentKind = "CEILING"
	FreightBack      ComponentKind = "FREIGHT_BACK"
	Compensation     ComponentKind = "COMPENSATION"
	PriceDifference  ComponentKind = "PRICE_DIFFERENCE"
)

// Component is one part of the sum; what is taken off is negative. LineID is empty for what concerns the whole order.
type Component struct {
	Kind     ComponentKind `json:"kind"`
	LineID   string        `json:"line,omitempty"`
	Quantity int           `json:"quantity,omitempty"`
	Amount   int64         `json:"amount"`
	Reason   string        `json:"reason,omitempty"`
}

// LineChange is what a settlement does to a line's counters.
type LineChange struct {
	LineID             string
	Released, Returned int
	Refunded, Withheld int64
}

// Settlement is what a claim comes to.
type Settlement struct {
	Components []Component
	Lines      []LineChange
	// Shipping and ShippingWithheld are added to the order's counters.
	Shipping, ShippingWithheld int64
	// FromOrder counts against what was paid, Beyond does not; the customer gets both.
	FromOrder, Beyond int64
}

// Total is what the customer gets, tenders that lapse included.
func (s Settlement) Total() int64 { return s.FromOrder + s.Beyond }

// settling is a settlement in the making: what each line gives, before it is cut to what is left of the order.
type settling struct {
	sale  Sale
	claim Claim
	out   Settlement
	// gives is what each taken line refunds, by its place in the sale.
	gives map[int]int64
	after map[int]int // units that will have come back, by place
}

// Settle computes what a claim is worth. It never gives more than was paid and not yet refunded, for a line or for the
// order; sums that would fall below 0 stop there. Lines the sale does not have are an error of the caller and count nothing.
func (s Sale) Settle(c Claim) Settlement {
	w := &settling{sale: s, claim: c, gives: map[int]int64{}, after: map[int]int{}}
	for _, t := range c.Takes {
		w.take(t)
	}
	switch {
	case c.Agreed != nil:
		w.agree(*c.Agreed)
	default:
		w.breakBundles()
		w.shipping()
	}
	w.bound()
	for i, l := range s.Lines {
		t := slices.IndexFunc(c.Takes, func(t Take) bool { return t.LineID == l.ID })
		ch := LineChange{LineID: l.ID, Refunded: w.gives[i]}
		if t >= 0 {
			ch.Released = c.Takes[t].Held
		}
		if n, ok := w.after[i]; ok {
			ch.Returned = n - l.Returned
		}
		for _, x := range w.out.Lines {
			if x.LineID == l.ID {
				ch.Withheld += x.Withheld
			}
		}
		if ch != (LineChange{LineID: l.ID}) {
			w.out.Lines = append(slices.DeleteFunc(w.out.Lines, func(x LineChange) bool { return x.LineID == l.ID }), ch)
		}
	}
	for _, beyond := range []Component{{Kind: FreightBack, Amount: c.FreightBack}, {Kind: Compensation, Amount: c.Compensation}} {
		if beyond.Amount > 0 {
			w.out.Components = append(w.out.Components, beyond)
			w.out.Beyond += beyond.Amount
		}
	}
	return w.out
}

func (w *settling) at(lineID string) int {
	return slices.IndexFunc(w.sale.Lines, func(l SaleLine) bool { return l.ID == lineID })
}

func (w *settling) add(c Component) { w.out.Components = append(w.out.Components, c) }

// take values the accepted units of one line, less what was found wrong with them.
func (w *settling) take(t Take) {
	i := w.at(t.LineID)
	if i < 0 || t.Accepted <= 0 {
		return
	}
	l := w.sale.Lines[i]
	if !w.claim.Kept {
		w.after[i] = min(l.Returned+t.Accepted, l.Quantity)
	}
	worth := l.Worth(t.Accepted)
	w.gives[i] = worth
	if w.claim.Agreed != nil {
		return
	}
	w.add(Component{Kind: Goods, LineID: l.ID, Quantity: t.Accepted, Amount: worth})
	for _, d := range t.Deductions {
		w.deduct(i, Component{Kind: Deduction, LineID: l.ID, Amount: d.Amount, Reason: d.Reason})
	}
	if w.claim.GoodsBack {
		w.gifts(i, t)
	}
}

// deduct takes an amount off what line i gives, as far as that goes, and says how much it was.
func (w *settling) deduct(i int, c Component) int64 {
	off := min(max(c.Amount, 0), w.gives[i])
	w.gives[i] -= off
	if off > 0 {
		c.Amount = -off
		w.add(c)
	}
	return off
}

// gifts come back with their article; a missing one is deducted by its marked price, the others count as returned.
func (w *settling) gifts(i int, t Take) {
	parent := w.sale.Lines[i]
	for g, gift := range w.sale.Lines {
		if gift.GiftOf != parent.ID {
			continue
		}
		expected := gift.Quantity*w.after[i]/parent.Quantity - gift.Returned
		expected = max(0, min(expected, gift.Quantity-gift.Held-gift.Returned))
		missing := 0
		for _, m := range t.MissingGifts {
			if m.LineID == gift.ID {
				missing += m.Quantity
			}
		}
		missing = min(missing, expected)
		if missing > 0 {
			w.deduct(i, Component{Kind: MissingGift, LineID: gift.ID, Quantity: missing, Amount: gift.MarkedPrice * int64(missing)})
		}
		if expected > missing {
			w.after[g] = gift.Returned + expected - missing
		}
	}
}

// breakBundles keeps back the price advantage of a bundle for what the customer keeps of it, and gives it back once nothing
// is kept.
func (w *settling) breakBundles() {
	var done []string
	for _, l := range w.sale.Lines {
		if l.Bundle == "" || slices.Contains(done, l.Bundle) {
			continue
		}
		done = append(done, l.Bundle)
		w.breakBundle(l.Bundle)
	}
}

func (w *settling) breakBundle(name string) {
	var advantage, before int64
	kept, taken := 0, []int{}
	for i, l := range w.sale.Lines {
		if l.Bundle != name {
			continue
		}
		units := l.Quantity - l.Returned
		if n, ok := w.after[i]; ok {
			units = l.Quantity - n
			if w.gives[i] > 0 {
				taken = append(taken, i)
			}
		}
		kept += units
		advantage += max(0, l.ListPrice-l.UnitPrice) * int64(units)
		before += l.Withheld
	}
	if len(taken) == 0 {
		return
	}
	if kept == 0 {
		advantage = 0
	}
	switch change := advantage - before; {
	case change > 0 && w.claim.ByChoice:
		for _, i := range taken {
			off := w.deduct(i, Component{Kind: BundlePrice, LineID: w.sale.Lines[i].ID, Amount: change, Reason: name})
			w.out.Lines = append(w.out.Lines, LineChange{LineID: w.sale.Lines[i].ID, Withheld: off})
			change -= off
		}
	case change < 0:
		for i, l := range w.sale.Lines {
			back := min(-change, l.Withheld)
			if l.Bundle != name || back <= 0 {
				continue
			}
			w.gives[i] += back
			change += back
			w.add(Component{Kind: BundlePrice, LineID: l.ID, Amount: back, Reason: name})
			w.out.Lines = append(w.out.Lines, LineChange{LineID: l.ID, Withheld: -back})
		}
	}
}

// shipping gives the way out back once all that was paid for came back, where the claim says so, and keeps back the free
// delivery that the goods kept no longer earn.
func (w *settling) shipping() {
	var keptValue int64
	all, some := true, false
	for i, l := range w.sale.Lines {
		returned := l.Returned
		if n, ok := w.after[i]; ok {
			returned, some = n, true
		}
		keptValue += l.Paid - l.target(returned)
		if l.Paid > 0 && returned < l.Quantity {
			all = false
		}
	}
	if !some {
		return
	}
	if back := w.sale.Shipping - w.sale.ShippingRefunded; all && w.claim.ShippingBack && back > 0 {
		w.out.Shipping = back
		w.add(Component{Kind: ShippingOut, Amount: back})
	}
	if w.claim.ByChoice && !w.claim.ShippingBack && w.sale.FreeFrom != nil && keptValue < *w.sale.FreeFrom {
		left := w.sale.Waived - w.sale.ShippingWithheld
		for i := range w.sale.Lines {
			if left > 0 && w.gives[i] > 0 {
				off := w.deduct(i, Component{Kind: FreeShippingLost, LineID: w.sale.Lines[i].ID, Amount: left})
				left -= off
				w.out.ShippingWithheld += off
			}
		}
	}
}

// agree puts an agreed sum in the place of what the rules say, spread over the lines by what they are worth.
func (w *settling) agree(sum int64) {
	var places []int
	var weights []int64
	var most int64
	for _, t := range w.claim.Takes {
		i := w.at(t.LineID)
		if i < 0 || w.gives[i] <= 0 {
			continue
		}
		places, weights = append(places, i), append(weights, w.gives[i])
		most += w.gives[i]
	}
	sum = min(max(sum, 0), most)
	for k, part := range Spread(sum, weights) {
		w.gives[places[k]] = part
	}
	w.add(Component{Kind: Agreed, Amount: sum})
}

// bound cuts the sum to what is left of the order, from the last line to the first.
func (w *settling) bound() {
	total := w.out.Shipping
	for _, g := range w.gives {
		total += g
	}
	over := total - max(0, w.sale.Paid-w.sale.Refunded)
	if over > 0 {
		w.add(Component{Kind: Ceiling, Amount: -over})
		cut := min(over, w.out.Shipping)
		w.out.Shipping -= cut
		total, over = total-over, over-cut
		for i := len(w.sale.Lines) - 1; i >= 0 && over > 0; i-- {
			cut := min(over, w.gives[i])
			w.gives[i] -= cut
			over -= cut
		}
	}
	w.out.FromOrder = total
}

// share is amount x part / whole, rounded down; part is at most whole.
func share(amount, part, whole int64) int64 {
	if amount <= 0 || part <= 0 || whole <= 0 {
		return 0
	}
	hi, lo := bits.Mul64(uint64(amount), uint64(part))
	quotient, _ := bits.Div64(hi, lo, uint64(whole))
	return int64(quotient)
}
