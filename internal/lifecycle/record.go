package lifecycle

import "time"

// What people write down while they work a case: these values travel whole, from the API into the row and back.

// Verdict is a reviewer's judgement of one thing, with a note for the customer's file.
type Verdict struct {
	OK   bool   `json:"ok"`
	Note string `json:"note,omitempty"`
}

// Review is the checklist of MALL-3.2b: product information, problem description and reason each get a verdict.
type Review struct {
	Product     Verdict `json:"product"`
	Description Verdict `json:"description"`
	Reason      Verdict `json:"reason"`
}

// Aspect is what an inspection looks at (contract enum InspectionAspect).
type Aspect string

const (
	Appearance  Aspect = "APPEARANCE"
	Function    Aspect = "FUNCTION"
	Accessories Aspect = "ACCESSORIES"
)

// RequiredAspects must stand in every inspection (MALL-3.3b).
func RequiredAspects() []Aspect { return []Aspect{Appearance, Function, Accessories} }

// Check is the finding on one aspect.
type Check struct {
	Aspect Aspect `json:"aspect"`
	Passed bool   `json:"passed"`
	Note   string `json:"note,omitempty"`
}

// Inspection is what was found when the goods of one line came back (MALL-3.3a, 3.3b).
type Inspection struct {
	Checks      []Check   `json:"checks"`
	Passed      bool      `json:"passed"`
	Notes       string    `json:"notes,omitempty"`
	InspectedAt time.Time `json:"inspectedAt"`
	// Arrived is how many units lay in the parcel; nil, as in older records, means all that were announced.
	Arrived *int `json:"arrived,omitempty"`
}

// Explanation is what the customer was told about a missed deadline (SLA-A-2.2.5a): reason, words, when and how.
type Explanation struct {
	Reason  string    `json:"reason"`
	Text    string    `json:"text"`
	ToldAt  time.Time `json:"toldAt"`
	Channel string    `json:"channel"`
	// Understanding is whether the customer accepted it: ACCEPTED, REFUSED or NO_ANSWER (SLA-A-2.2.5b).
	Understanding string `json:"understanding,omitempty"`
}

// Extension is why a clock was given longer, once (MALL-4.3b).
type Extension struct {
	Reason string    `json:"reason"`
	PartID string    `json:"part"`
	Part   string    `json:"partName"`
	At     time.Time `json:"at"`
	By     string    `json:"by"`
	Clause string    `json:"clause"`
}

// QuoteLine is one position of a quote; it cites the fee schedule it follows, as it stood when the quote was made
// (MALL-2.3d). Amount is for one, in minor units.
type QuoteLine struct {
	FeeCode        string `json:"fee"`
	Name           string `json:"name"`
	Basis          string `json:"basis"`
	LegalReference string `json:"legalReference"`
	Amount         int64  `json:"amount"`
	Quantity       int    `json:"quantity"`
	Note           string `json:"note,omitempty"`
}

// Condition of goods that came back (contract enum GoodsCondition).
type GoodsCondition string

const (
	AsSold     GoodsCondition = "AS_SOLD"
	Used       GoodsCondition = "USED"
	Damaged    GoodsCondition = "DAMAGED"
	Incomplete GoodsCondition = "INCOMPLETE"
	// WrongGoods are not what was sold.
	WrongGoods GoodsCondition = "WRONG_GOODS"
	// EmptyParcel held nothing.
	EmptyParcel GoodsCondition = "EMPTY_PARCEL"
)

// Deduction takes something off what an item is worth, for a reason that evidence shows (MALL-3.3b). Amount is in minor
// units of the order's currency. A FEE cites the entry of the fee schedule it follows (MALL-2.3d).
type Deduction struct {
	Reason   string   `json:"reason"`
	Amount   int64    `json:"amount"`
	Note     string   `json:"note,omitempty"`
	FeeCode  string   `json:"feeCode,omitempty"`
	Evidence []string `json:"evidence,omitempty"`
}

// MissingGift is a gift that should have come back with its article and did not.
type MissingGift struct {
	OrderLineID string `json:"orderLine"`
	Quantity    int    `json:"quantity"`
}

// Redirection sends a refund to another account than the money came from, with the customer's consent.
type Redirection struct {
	Account string    `json:"account"`
	Consent string    `json:"consent"`
	By      string    `json:"by"`
	At      time.Time `json:"at"`
}

// Address is where goods go to: personal data.
type Address struct {
	Recipient  string `json:"recipient"`
	Phone      string `json:"phone"`
	Line       string `json:"line"`
	City       string `json:"city"`
	PostalCode string `json:"postalCode,omitempty"`
	Country    string `json:"country"`
}

// EvidenceRound is one question of the platform in a dispute, to one side or both.
type EvidenceRound struct {
	Round    int       `json:"round"`
	Asked    []string  `json:"asked"`
	Question string    `json:"question"`
	At       time.Time `json:"at"`
	// From is, in the first round, the status that the customer disputed.
	From Status `json:"from,omitempty"`
	// Answers are what the sides said, in order.
	Answers []DisputeStatement `json:"answers,omitempty"`
}

// DisputeStatement is what one side said in a round.
type DisputeStatement struct {
	Side     string    `json:"side"`
	Text     string    `json:"text"`
	Evidence []string  `json:"evidence,omitempty"`
	By       string    `json:"by"`
	At       time.Time `json:"at"`
}

// Replacement is the article chosen in exchange for an item. UnitPrice is in minor units of Currency, the order's; nil: what
// the goods that came back were worth, so that nobody owes a difference.
type Replacement struct {
	SKU          string `json:"sku"`
	Title        string `json:"title"`
	UnitPrice    *int64 `json:"unitPrice,omitempty"`
	Currency     string `json:"currency,omitempty"`
	SerialNumber string `json:"serialNumber,omitempty"`
}

// Window is a time between two instants at which the customer would like to be visited.
type Window struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// Standing is how a unit was covered by its warranty on a day: whether or why not (enum CoverageReason), until which day, and
// what the term excluded and charged for a day of use, in ten-thousandths of the price. LastDay is empty where there is no term.
type Standing struct {
	Reason          string   `json:"reason"`
	LastDay         string   `json:"lastDay,omitempty"`
	Exclusions      []string `json:"exclusions,omitempty"`
	DepreciationBps int      `json:"depreciationBps,omitempty"`
}
