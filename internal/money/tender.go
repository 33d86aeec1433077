package money

// TenderKind is how a part of an order was paid (contract enum TenderKind).
type TenderKind string

const (
	// TenderMoney goes back by the channel it came from.
	TenderMoney TenderKind = "MONEY"
	// TenderCoupon is reissued, or lapses where its rule says so.
	TenderCoupon TenderKind = "COUPON"
	// TenderPoints go back to the customer's points.
	TenderPoints TenderKind = "POINTS"
)

// Tender is one means by which an order was paid. Amount is what it was worth, in minor units of the order's currency.
type Tender struct {
	Kind   TenderKind `json:"kind"`
	Method string     `json:"method,omitempty"`
	// Reference is the channel's own: the payment, the coupon's number, the points account.
	Reference string `json:"reference,omitempty"`
	Amount    int64  `json:"amount"`
	// Points is how many points Amount was; 0 for others.
	Points int64 `json:"points,omitempty"`
	// Lapses is a coupon that is not given out again.
	Lapses bool `json:"lapses,omitempty"`
	// Extra was paid on top here, for a dearer replacement: the merchant's system does not know of it.
	Extra bool `json:"extra,omitempty"`
}

// Part is what goes back by one tender.
type Part struct {
	Kind      TenderKind `json:"kind"`
	Method    string     `json:"method,omitempty"`
	Reference string     `json:"reference,omitempty"`
	Amount    int64      `json:"amount"`
	Points    int64      `json:"points,omitempty"`
	// Lapsed is value that a coupon used up and that nobody gets back.
	Lapsed bool `json:"lapsed,omitempty"`
}

// InKind says by which tenders an amount goes back after `before` went back already: money.md F8, each tender in kind, in
// the order of the list. A refund is the stretch [before, before+amount) of the tenders laid end to end, so that no tender
// ever pays back more than it was, however the refunds are cut. What lies beyond them goes back as money by the channel of
// the first money tender. Points are counted cumulatively, rounded down, so that the last unit brings back the rest.
func InKind(tenders []Tender, before, amount int64) []Part {
	var parts []Part
	before, amount = max(before, 0), max(amount, 0)
	var start int64
	for _, t := range tenders {
		end := start + t.Amount
		from, to := max(before, start), min(before+amount, end)
		if to > from {
			p := Part{Kind: t.Kind, Method: t.Method, Reference: t.Reference, Amount: to - from, Lapsed: t.Lapses && t.Kind == TenderCoupon}
			if t.Kind == TenderPoints && t.Amount > 0 {
				p.Points = share(t.Points, to-start, t.Amount) - share(t.Points, from-start, t.Amount)
			}
			parts = append(parts, p)
		}
		start = end
	}
	if rest := before + amount - max(before, start); rest > 0 {
		parts = append(parts, Original(tenders, rest))
	}
	return parts
}

// Original is money by the channel the order was first paid through.
func Original(tenders []Tender, amount int64) Part {
	p := Part{Kind: TenderMoney, Amount: amount}
	for _, t := range tenders {
		if t.Kind == TenderMoney {
			p.Method, p.Reference = t.Method, t.Reference
			break
		}
	}
	return p
}

// Payable is what of the parts reaches the customer: all but what lapsed.
func Payable(parts []Part) int64 {
	var sum int64
	for _, p := range parts {
		if !p.Lapsed {
			sum += p.Amount
		}
	}
	return sum
}
