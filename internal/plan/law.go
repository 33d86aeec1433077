package plan

import (
	"slices"

	"aftersales/internal/calendar"
	"aftersales/internal/deadline"
)

// Law is what a jurisdiction gives a buyer at a distance, as data: a floor that merchants and plans may better and never
// undercut (design decision 14). Its own clocks run beside the plan's promises.
type Law struct {
	// Plan holds the law's own clocks; its code is LawPrefix and the jurisdiction.
	Plan
	Jurisdiction string `json:"-"`
	// NoReason is the window for returning without a reason, counted from delivery, the day of delivery not counted.
	NoReason Window `json:"noReason"`
	// Exclusions are the goods that may be excepted from it.
	Exclusions []Exclusion `json:"exclusions"`
	// Freight says who bears it, for a return without reason and for one that somebody else is to blame for.
	Freight struct {
		NoReason Freight `json:"noReason"`
		Fault    Freight `json:"fault"`
	} `json:"freight"`
	// GuaranteeMonths is the legal guarantee on every sale; 0 where the law knows none of that kind.
	GuaranteeMonths int `json:"guaranteeMonths,omitempty"`
	// GuaranteeArticle is what gives it.
	GuaranteeArticle string `json:"guaranteeArticle,omitempty"`
	// Guarantees are the three guarantees for goods that do not work; the zero value where the law knows none.
	Guarantees Guarantees `json:"guarantees,omitzero"`
}

// Window is a right that lasts for a time.
type Window struct {
	Length int           `json:"length"`
	Unit   deadline.Unit `json:"unit"`
	Roll   bool          `json:"roll,omitempty"`
	// From is what starts it: the delivery of the line itself (empty), or FromLastLine.
	From    string `json:"from,omitempty"`
	Article string `json:"article"`
}

// FromLastLine starts a window with the delivery of the order's last line (Directive 2011/83/EU art. 9(2)(b)(i)).
const FromLastLine = "LAST_LINE"

// Rule is the window as package deadline counts it.
func (w Window) Rule() deadline.Rule {
	return deadline.Rule{Unit: w.Unit, Length: w.Length, Roll: w.Roll}
}

// Exclusion is a class of goods excepted from the return without reason. Where Confirmation is set it holds only if the
// buyer confirmed it at purchase in a step of its own; without that the seller cannot refuse.
type Exclusion struct {
	Kind         string `json:"kind"`
	Confirmation bool   `json:"confirmation,omitempty"`
}

// Excludes reports whether goods of a class are excepted, given whether the buyer confirmed it at purchase.
func (l *Law) Excludes(kind string, confirmed bool) bool {
	i := slices.IndexFunc(l.Exclusions, func(e Exclusion) bool { return e.Kind == kind })
	return i >= 0 && (confirmed || !l.Exclusions[i].Confirmation)
}

// Freight is who bears the way back and the way out.
type Freight struct {
	Back Party `json:"back"`
	Out  Party `json:"out"`
}

// FreightFor is who bears freight for a reason, by whose fault it is.
func (l *Law) FreightFor(atFault Party) Freight {
	if atFault == Customer {
		return l.Freight.NoReason
	}
	return l.Freight.Fault
}

// Law returns the version of a jurisdiction's law in force on a day; nil when there is none.
func (b *Book) Law(jurisdiction string, on calendar.Date) *Law {
	var found *Law
	for _, l := range b.laws {
		if l.Jurisdiction == jurisdiction && !on.Before(l.ValidFrom) && (found == nil || found.Version < l.Version) {
			found = l
		}
	}
	return found
}

// LawVersion returns one version of a law by LawPrefix and its code; nil when there is none.
func (b *Book) LawVersion(code string, version int) *Law {
	i := slices.IndexFunc(b.laws, func(l *Law) bool { return l.Code == code && l.Version == version })
	if i < 0 {
		return nil
	}
	return b.laws[i]
}

// Jurisdictions lists the codes of the laws known.
func (b *Book) Jurisdictions() []string {
	var codes []string
	for _, l := range b.laws {
		if !slices.Contains(codes, l.Jurisdiction) {
			codes = append(codes, l.Jurisdiction)
		}
	}
	return codes
}
