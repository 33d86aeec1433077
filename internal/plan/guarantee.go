package plan

import (
	"aftersales/internal/calendar"
	"aftersales/internal/lifecycle"
)

// What the law gives a buyer whose goods do not work: the three guarantees of repair, exchange and return (law.md section 2.3).

// Guarantees are the three guarantees of one law. The zero value is a law that has none of that kind.
type Guarantees struct {
	// ReturnDays and ExchangeDays are how many days after the sale a fault entitles to a return, or to an exchange; the day of
	// the sale is not counted (Civil Code 201).
	ReturnDays   int `json:"returnDays"`
	ExchangeDays int `json:"exchangeDays"`
	// Repairs is how many repairs without success entitle to an exchange. So does one repair that is not done after more than
	// PartsDays from the day the goods were handed in, because parts were waited for, or that takes the repairer more than
	// RepairerDays.
	Repairs      int    `json:"repairs"`
	PartsDays    int    `json:"partsDays"`
	RepairerDays int    `json:"repairerDays"`
	Article      string `json:"article"`
}

// Ground is why somebody is entitled to something (contract enum EntitlementReason).
type Ground string

const (
	// WithinReturnDays and WithinExchangeDays: the fault showed so soon after the sale.
	WithinReturnDays   Ground = "WITHIN_RETURN_DAYS"
	WithinExchangeDays Ground = "WITHIN_EXCHANGE_DAYS"
	// RepairedTooOften, PartsTooLong, RepairTooLong and CannotBeRepaired: repairing has failed.
	RepairedTooOften Ground = "REPAIRED_TOO_OFTEN"
	PartsTooLong     Ground = "PARTS_TOO_LONG"
	RepairTooLong    Ground = "REPAIR_TOO_LONG"
	CannotBeRepaired Ground = "UNREPAIRABLE"
	// InWarranty: the warranty lasts.
	InWarranty Ground = "IN_WARRANTY"
)

// Faulty are the facts about goods that do not work, though nobody misused them.
type Faulty struct {
	// Sold is the day the goods were handed over, Asked the day the customer asked for help.
	Sold, Asked calendar.Date
	// InWarranty is whether the warranty still lasted on that day.
	InWarranty bool
	// Repairs counts those done before without lasting success; RepairDays is what they took in all.
	Repairs, RepairDays int
	// PartsDays and RepairerDays are what the repair that is under way has taken so far, by cause. What earlier repairs took does
	// not count with it: the law speaks of a repair that is not done 90 days after the goods were handed in, and of a repair that
	// takes the repairer more than 30 (law.md section 2.3).
	PartsDays, RepairerDays int
	// Unrepairable is whether somebody found that they cannot be repaired.
	Unrepairable bool
	// NoSameModel is whether the same model cannot be had any more.
	NoSameModel bool
}

// Entitlement is one thing the customer may ask for, and why. Depreciated is whether use is charged (money.md F13).
type Entitlement struct {
	Remedy      lifecycle.Remedy
	Ground      Ground
	Depreciated bool
}

// Entitled lists what a customer may ask for, the most first: RETURN_AND_REFUND, EXCHANGE, REPAIR. Without three guarantees, as
// abroad, the warranty gives the repair, and what cannot be repaired is exchanged or paid back.
func (g Guarantees) Entitled(f Faulty) []Entitlement {
	if g.ReturnDays > 0 && !f.Sold.AddDays(g.ReturnDays).Before(f.Asked) {
		return []Entitlement{{lifecycle.ReturnAndRefund, WithinReturnDays, false}, {lifecycle.Exchange, WithinReturnDays, false}, {lifecycle.Repair, WithinReturnDays, false}}
	}
	var out []Entitlement
	soon := g.ExchangeDays > 0 && !f.Sold.AddDays(g.ExchangeDays).Before(f.Asked)
	ground := g.failed(f)
	if ground != "" && (soon || f.InWarranty) {
		// Whoever could have the same model and wants money instead pays for the use of it; whoever could not does not.
		out = append(out, Entitlement{lifecycle.ReturnAndRefund, ground, g.Article != "" && !f.NoSameModel})
	}
	switch {
	case soon:
		out = append(out, Entitlement{lifecycle.Exchange, WithinExchangeDays, false})
	case ground != "" && f.InWarranty:
		out = append(out, Entitlement{lifecycle.Exchange, ground, false})
	}
	if f.Unrepairable {
		return out
	}
	switch {
	case f.InWarranty:
		out = append(out, Entitlement{lifecycle.Repair, InWarranty, false})
	case soon:
		out = append(out, Entitlement{lifecycle.Repair, WithinExchangeDays, false})
	}
	return out
}

// failed is why repairing has failed; empty while it has not.
func (g Guarantees) failed(f Faulty) Ground {
	switch {
	case f.Unrepairable:
		return CannotBeRepaired
	case g.Repairs > 0 && f.Repairs >= g.Repairs:
		return RepairedTooOften
	case g.PartsDays > 0 && f.PartsDays > 0 && f.PartsDays+f.RepairerDays > g.PartsDays: // from the day they were handed in
		return PartsTooLong
	case g.RepairerDays > 0 && f.RepairerDays > g.RepairerDays:
		return RepairTooLong
	}
	return ""
}
