package money

import "slices"

// What an exchange comes to (MALL-3.3e, MALL-2.3c): the goods that came back against what is sent in their place, the
// difference settled both ways and without any fee. Amounts are minor units of the order's currency.

// Exchanged is what an exchange comes to: the settlement of the lines that came back and of the difference paid back, and
// what the customer owes on top.
type Exchanged struct {
	Settlement
	// Values are what the replacements are worth in all, by the claim's takes; 0 where nothing was accepted.
	Values []int64
	// Due is what the customer pays before the replacement is sent; then no difference is paid back.
	Due int64
}

// Exchange computes the exchange of what a claim accepted for replacements at a unit price, by line id; a line without one
// is replaced for what its units are worth. All takes are one sum: a cheaper replacement makes up for a dearer one. What is
// deducted from a take lowers what its units are worth. The units go on as replacements, so bundles are not broken up, gifts
// stay with the customer, and nothing changes about delivery.
func (s Sale) Exchange(c Claim, prices map[string]int64) Exchanged {
	w := &settling{sale: s, claim: c}
	out := Exchanged{Values: make([]int64, len(c.Takes))}
	var net int64
	gains := make([]int64, len(c.Takes)) // by which a take's units are worth more than what replaces them
	for k, t := range c.Takes {
		ch := LineChange{LineID: t.LineID, Released: t.Held}
		if i := w.at(t.LineID); i >= 0 && t.Accepted > 0 {
			l := s.Lines[i]
			ch.Returned = min(l.Returned+t.Accepted, l.Quantity) - l.Returned
			ch.Replaced = ch.Returned
			worth := l.Worth(t.Accepted)
			out.Values[k] = worth
			if price, named := prices[l.ID]; named {
				out.Values[k] = price * int64(t.Accepted)
			}
			if d := worth - out.Values[k]; d != 0 {
				w.add(Component{Kind: PriceDifference, LineID: l.ID, Quantity: t.Accepted, Amount: d})
			}
			left := worth
			for _, d := range t.Deductions {
				off := min(max(d.Amount, 0), left)
				left -= off
				if off > 0 {
					w.add(Component{Kind: Deduction, LineID: l.ID, Amount: -off, Reason: d.Reason})
				}
			}
			net += left - out.Values[k]
			gains[k] = max(0, left-out.Values[k])
		}
		w.out.Lines = append(w.out.Lines, ch)
	}
	out.Due = max(0, -net)
	if over := net - max(0, s.Paid-s.Refunded); net > 0 && over > 0 {
		w.add(Component{Kind: Ceiling, Amount: -over})
		net -= over
	}
	w.out.FromOrder = max(0, net)
	if net > 0 {
		for k, part := range Spread(net, gains) {
			w.out.Lines[k].Refunded = part
		}
	}
	w.beyond()
	w.out.Lines = slices.DeleteFunc(w.out.Lines, func(ch LineChange) bool { return ch == LineChange{LineID: ch.LineID} })
	out.Settlement = w.out
	return out
}

// beyond adds what does not count against the order.
func (w *settling) beyond() {
	for _, c := range []Component{{Kind: FreightBack, Amount: w.claim.FreightBack}, {Kind: Compensation, Amount: w.claim.Compensation}} {
		if c.Amount > 0 {
			w.add(c)
			w.out.Beyond += c.Amount
		}
	}
}
