package orders

import "time"

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
	// Unpaid marks an order known not to have been paid (pending, authorised only, voided): nothing of it can be refunded.
	Unpaid bool
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
}
