package money

// What goes into a refund and what comes out of it (MALL-4.2a, money.md F8). Amounts are minor units of the order's currency.

// Sale is an order as a refund sees it.
type Sale struct {
	// Paid is all the customer paid, Refunded what of it went back or is on its way: no refund goes beyond.
	Paid, Refunded int64
	// Shipping is what delivery cost the customer, ShippingRefunded what of it went back.
	Shipping, ShippingRefunded int64
	// From goods worth FreeFrom on, by what was paid for the lines, delivery worth Waived cost nothing; ShippingWithheld is
	// what was kept back for it before.
	FreeFrom                 *int64
	Waived, ShippingWithheld int64
	Lines                    []SaleLine
}

// SaleLine is an order line as a refund sees it.
type SaleLine struct {
	ID                       string
	Quantity, Held, Returned int
	// Replaced counts the returned units in whose place another article was sent: their gifts stay with the customer.
	Replaced       int
	Paid, Refunded int64
	UnitPrice      int64
	// Bundle names the lines sold together; ListPrice is what a unit costs alone; Withheld was kept back because the bundle
	// was broken up.
	Bundle    string
	ListPrice int64
	Withheld  int64
	// GiftOf is the line this one came with for nothing, MarkedPrice what a unit was said to be worth. Of a gift, Returned
	// counts what came back or was deducted.
	GiftOf      string
	MarkedPrice int64
}

// target is what the first n units that come back are worth, rounded down; all of them are worth all that was paid.
func (l SaleLine) target(n int) int64 {
	return PartialRefund(l.Paid, l.Quantity, 0, min(n, l.Quantity), 0)
}

// Worth is what n more units are worth: by the cumulative target, so that deductions taken from earlier units are not paid
// back with later ones, and never more than is left of what was paid for the line. What was withheld because a bundle was
// broken up stays aside: it is given back by itself, once nothing of the bundle is kept.
func (l SaleLine) Worth(n int) int64 {
	if n <= 0 {
		return 0
	}
	return max(0, min(l.target(l.Returned+n)-l.target(l.Returned), l.Paid-l.Refunded-l.Withheld))
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
	// Replaced counts those of the returned units in whose place another article is sent.
	Replaced           int
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
