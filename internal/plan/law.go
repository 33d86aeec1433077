package plan

import "aftersales/internal/deadline"

// Jurisdiction is what the law gives a buyer at a distance: the window for returning goods without a reason, counted from
// delivery, its first day not counted.
type Jurisdiction struct {
	Code     string
	NoReason deadline.Rule
	// Article is the law the window comes from.
	Article string
}

var jurisdictions = []Jurisdiction{
	// Both windows end on a working day: Civil Code 203; Regulation 1182/71 art. 3(4).
	{"CN", deadline.Rule{Unit: deadline.Days, Length: 7, Roll: true}, "Consumer Rights Protection Law art. 25"},
	{"DE", deadline.Rule{Unit: deadline.Days, Length: 14, Roll: true}, "Directive 2011/83/EU art. 9"},
}

// JurisdictionOf finds a jurisdiction by its code.
func JurisdictionOf(code string) (Jurisdiction, bool) {
	for _, j := range jurisdictions {
		if j.Code == code {
			return j, true
		}
	}
	return Jurisdiction{}, false
}

// JurisdictionCodes lists the codes known.
func JurisdictionCodes() []string {
	codes := make([]string, len(jurisdictions))
	for i, j := range jurisdictions {
		codes[i] = j.Code
	}
	return codes
}
