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
}

// Explanation is what the customer was told about a missed deadline (SLA-A-2.2.5a): reason, words, when and how.
type Explanation struct {
	Reason  string    `json:"reason"`
	Text    string    `json:"text"`
	ToldAt  time.Time `json:"toldAt"`
	Channel string    `json:"channel"`
}
