package orders

import (
	"time"

	"aftersales/internal/lifecycle"
	"aftersales/internal/money"
)

// Input is one order as a merchant's system tells it: what was bought, when it was dispatched and delivered, what was
// paid and what was paid back before. Amounts are in minor units of Currency (ISO 4217 exponent); times are UTC.
// An order is recognised by Number; writing the same Input twice changes nothing.
type Input struct {
	Number      string
	PlacedAt    time.Time
	PaidAt      *time.Time
	CancelledAt *time.Time
	Currency    string
	Customer    CustomerInput
	Lines       []LineInput
	// Shipping is what the customer paid for delivery.
	Shipping int64
	// Discount is the order-wide discount, on top of each line's own; it is spread over the lines by price (money.md F8).
	Discount int64
	// Tax is the tax added on top of the line prices (0 where prices include it); spread over the lines like Discount.
	Tax int64
	// Total is what the customer was charged in all; nil means lines - discounts + tax + shipping.
	Total *int64
	// Refunded is what was already paid back outside this service; it lowers what can still be refunded.
	Refunded int64
	// ShipTo is where the goods go; nil keeps what is known, else it replaces it, an address amended here included.
	ShipTo *lifecycle.Address `json:",omitempty"`
	// Unpaid marks an order known not to have been paid (pending, authorised only, voided): nothing of it can be refunded.
	Unpaid bool
	// Tenders are the means by which Total was paid and that it goes back by, adding up to it; none: what is known stays, and
	// an order of which none are known goes back as money by its one original channel.
	Tenders []money.Tender `json:",omitempty"`
	// From goods worth FreeShippingFrom on, by what was paid for the lines, delivery worth ShippingWaived cost nothing.
	FreeShippingFrom *int64 `json:",omitempty"`
	ShippingWaived   int64  `json:",omitempty"`
}

// CustomerInput identifies the buyer by ExternalID (the merchant's own customer id; an import without one uses the
// lower-cased e-mail address).
type CustomerInput struct {
	ExternalID string
	Name       string
	Email      string
	Phone      string
	Address    string
}

// LineInput is one order line. Discount is the line's own discount for its whole quantity.
type LineInput struct {
	ExternalID   string
	SKU          string
	Title        string
	Quantity     int
	UnitPrice    int64
	Discount     int64
	Category     string
	SerialNumber string
	FulfilledAt  *time.Time
	DeliveredAt  *time.Time
	// Exclusion is the class of goods excepted from the return without reason, empty for none; ExclusionConfirmed is
	// whether the buyer confirmed that at purchase in a step of its own.
	Exclusion          string `json:",omitempty"`
	ExclusionConfirmed bool   `json:",omitempty"`
	// GiftOf is the ExternalID of the line this one came with for nothing, MarkedPrice what a unit of it was said to be worth.
	GiftOf      string `json:",omitempty"`
	MarkedPrice *int64 `json:",omitempty"`
	// Bundle names the lines sold together; ListPrice is what a unit costs alone, at least UnitPrice.
	Bundle    string `json:",omitempty"`
	ListPrice *int64 `json:",omitempty"`
}
