package money

import (
	"maps"
	"math/bits"
	"slices"
)

// What a return is worth (MALL-4.2a, money.md F8): every rule that makes up a refund, in one place. A refund, its preview and
// a quote are the same computation.

// settling is a settlement in the making, by the places of the lines in the sale.
type settling struct {
	sale  Sale
	claim Claim
	out   Settlement
	// gives is what a line refunds, before the sum is cut to what is left of the order.
	gives map[int]int64
	// after is how many units of a line will have come back.
	after map[int]int
	// withheld is what is kept back of a line for a broken bundle; below 0: given back.
	withheld map[int]int64
	// unlined is what goes back beside the lines and the cost of delivery: delivery that was kept back.
	unlined int64
}

// Settle computes what a claim is worth. It never gives more than was paid and not yet refunded, for a line or for the
// order; sums that would fall below 0 stop there. The components add up to the total. Lines the sale does not have are an
// error of the caller and count nothing.
func (s Sale) Settle(c Claim) Settlement {
	w := &settling{sale: s, claim: c, gives: map[int]int64{}, after: map[int]int{}, withheld: map[int]int64{}}
	for _, t := range c.Takes {
		w.take(t)
	}
	if c.Agreed != nil {
		w.agree(*c.Agreed)
	} else {
		w.breakBundles()
		w.shipping()
	}
	w.bound()
	for i, l := range s.Lines {
		ch := LineChange{LineID: l.ID, Refunded: w.gives[i], Withheld: w.withheld[i]}
		if t := slices.IndexFunc(c.Takes, func(t Take) bool { return t.LineID == l.ID }); t >= 0 {
			ch.Released = c.Takes[t].Held
		}
		if n, ok := w.after[i]; ok {
			ch.Returned = n - l.Returned
		}
		if ch != (LineChange{LineID: l.ID}) {
			w.out.Lines = append(w.out.Lines, ch)
		}
	}
	w.beyond()
	return w.out
}

func (w *settling) at(lineID string) int {
	return slices.IndexFunc(w.sale.Lines, func(l SaleLine) bool { return l.ID == lineID })
}

func (w *settling) add(c Component) { w.out.Components = append(w.out.Components, c) }

// returned is how many units of a line will have come back.
func (w *settling) returned(i int) int {
	if n, ok := w.after[i]; ok {
		return n
	}
	return w.sale.Lines[i].Returned
}

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
	w.gives[i] = l.Worth(t.Accepted)
	if w.claim.Agreed == nil {
		w.add(Component{Kind: Goods, LineID: l.ID, Quantity: t.Accepted, Amount: w.gives[i]})
		for _, d := range t.Deductions {
			w.deduct(i, Component{Kind: Deduction, LineID: l.ID, Amount: d.Amount, Reason: d.Reason})
		}
	}
	if w.claim.GoodsBack && !w.claim.Kept {
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

// gifts come back with their article, as many as its share of them rounded down. A missing one is deducted by its marked
// price, unless the sum was agreed; either way it is settled and not asked for again.
func (w *settling) gifts(i int, t Take) {
	parent := w.sale.Lines[i]
	for g, gift := range w.sale.Lines {
		if gift.GiftOf != parent.ID {
			continue
		}
		expected := gift.due(parent, w.after[i])
		if expected == 0 {
			continue
		}
		w.after[g] = gift.Returned + expected
		missing := 0
		for _, m := range t.MissingGifts {
			if m.LineID == gift.ID {
				missing += max(m.Quantity, 0)
			}
		}
		if missing = min(missing, expected); missing > 0 && w.claim.Agreed == nil {
			w.deduct(i, Component{Kind: MissingGift, LineID: gift.ID, Quantity: missing, Amount: gift.MarkedPrice * int64(missing)})
		}
	}
}

// due is how many more of a gift should come back once that many units of the line it came with have; those replaced keep theirs.
func (l SaleLine) due(parent SaleLine, after int) int {
	return max(0, min(l.Quantity*(after-parent.Replaced)/parent.Quantity-l.Returned, l.Quantity-l.Held-l.Returned))
}

// GiftsDue lists the gifts that should come back with n more units of a line.
func (s Sale) GiftsDue(lineID string, n int) []Missing {
	var out []Missing
	i := slices.IndexFunc(s.Lines, func(l SaleLine) bool { return l.ID == lineID })
	if i < 0 || n <= 0 {
		return nil
	}
	parent := s.Lines[i]
	for _, gift := range s.Lines {
		if gift.GiftOf != parent.ID {
			continue
		}
		if due := gift.due(parent, min(parent.Returned+n, parent.Quantity)); due > 0 {
			out = append(out, Missing{gift.ID, due})
		}
	}
	return out
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
	var lines []int
	comesBack := false
	for i, l := range w.sale.Lines {
		if l.Bundle != name {
			continue
		}
		lines = append(lines, i)
		comesBack = comesBack || w.returned(i) > l.Returned
		advantage += max(0, l.ListPrice-l.UnitPrice) * int64(l.Quantity-w.returned(i))
		before += l.Withheld
	}
	if !comesBack {
		return
	}
	change := advantage - before
	for _, i := range lines {
		l := w.sale.Lines[i]
		switch {
		case change > 0 && w.claim.ByChoice:
			off := w.deduct(i, Component{Kind: BundlePrice, LineID: l.ID, Amount: change, Reason: name})
			w.withheld[i] += off
			change -= off
		case change < 0:
			back := min(-change, l.Withheld)
			w.withheld[i] -= back
			change += back
			if back = min(back, l.Paid-l.Refunded-w.gives[i]); back > 0 {
				w.gives[i] += back
				w.add(Component{Kind: BundlePrice, LineID: l.ID, Amount: back, Reason: name})
			}
		}
	}
}

// shipping gives the way out back once all that was paid for came back, where the claim says so, and keeps back the free
// delivery that the goods kept no longer earn.
func (w *settling) shipping() {
	if len(w.after) == 0 {
		return
	}
	var bought, kept int64
	all := true
	for i, l := range w.sale.Lines {
		bought += l.Paid
		kept += l.Paid - l.target(w.returned(i))
		all = all && (l.Paid == 0 || w.returned(i) == l.Quantity)
	}
	if all && w.claim.ShippingBack {
		if back := w.sale.Shipping - w.sale.ShippingRefunded; back > 0 {
			w.out.Shipping = back
			w.add(Component{Kind: ShippingOut, Amount: back})
		}
		if back := w.sale.ShippingWithheld; back > 0 {
			w.out.ShippingWithheld, w.unlined = -back, back
			w.add(Component{Kind: FreeShippingLost, Amount: back})
		}
	}
	lost := w.sale.FreeFrom != nil && bought >= *w.sale.FreeFrom && kept < *w.sale.FreeFrom
	if !lost || !w.claim.ByChoice || w.claim.ShippingBack {
		return
	}
	left := w.sale.Waived - w.sale.ShippingWithheld
	for i, l := range w.sale.Lines {
		off := w.deduct(i, Component{Kind: FreeShippingLost, LineID: l.ID, Amount: left})
		left -= off
		w.out.ShippingWithheld += off
	}
}

// agree puts an agreed sum in the place of what the rules say, spread over the lines by what they are worth.
func (w *settling) agree(sum int64) {
	places := slices.Sorted(maps.Keys(w.gives))
	weights := make([]int64, len(places))
	var most int64
	for k, i := range places {
		weights[k] = w.gives[i]
		most += w.gives[i]
	}
	sum = min(max(sum, 0), most)
	for k, part := range Spread(sum, weights) {
		w.gives[places[k]] = part
	}
	w.add(Component{Kind: Agreed, Amount: sum})
}

// bound cuts the sum to what is left of the order: delivery first, then from the last line to the first.
func (w *settling) bound() {
	total := w.out.Shipping + w.unlined
	for _, g := range w.gives {
		total += g
	}
	if over := total - max(0, w.sale.Paid-w.sale.Refunded); over > 0 {
		w.add(Component{Kind: Ceiling, Amount: -over})
		total -= over
		cut := func(from *int64) {
			off := min(over, *from)
			*from -= off
			over -= off
		}
		unlined := w.unlined
		cut(&w.unlined)
		w.out.ShippingWithheld += unlined - w.unlined
		cut(&w.out.Shipping)
		for i := len(w.sale.Lines) - 1; i >= 0; i-- {
			g := w.gives[i]
			cut(&g)
			w.gives[i] = g
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
