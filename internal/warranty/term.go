package warranty

import (
	"cmp"
	"slices"
	"time"

	"aftersales/ent"
	"aftersales/internal/calendar"
	"aftersales/internal/plan"
	"aftersales/internal/problem"
)

// From which day a term counts (contract enum WarrantyBasis).
const (
	// Invoice: from the day the order was paid, or placed where that is not known.
	Invoice = "INVOICE"
	// Delivery: from the day the goods were handed over; from the invoice where that is not known.
	Delivery = "DELIVERY"
	// Exchange: from the day a replacement was handed over, which starts a full term anew (law.md section 2.3).
	Exchange = "EXCHANGE"
)

// Electronics is the category that no merchant covers for less than a year (MALL-5.1c).
const Electronics = "ELECTRONICS"

const electronicsMonths = 12

// Term is what is promised for a category. Months count by the calendar.
type Term struct {
	// ID is the merchant's own term; empty for one that holds without it.
	ID       string
	Category string
	Months   int
	Basis    string
	// Parts and Labour are what a repair costs nothing of.
	Parts, Labour bool
	Exclusions    []string
	// DepreciationBps is what a day of use costs, in ten-thousandths of the price, where the law lets use be charged.
	DepreciationBps int
	// Clause is the clause or article that no term of the category goes below; empty when none does.
	Clause string
}

// Floor is the least that may be promised, and by which clause or article. Months 0: nothing must be.
type Floor struct {
	Months int
	Clause string
}

// floorOf is the law's guarantee, and for electronics a year, whichever is longer.
func floorOf(category string, law *plan.Law) Floor {
	f := Floor{law.GuaranteeMonths, law.GuaranteeArticle}
	if categoryKey(category) == Electronics && f.Months < electronicsMonths {
		f = Floor{electronicsMonths, "MALL-5.1c"}
	}
	return f
}

// Book is what a merchant promises at one moment.
type Book struct {
	Merchant *ent.Merchant
	Calendar *calendar.Calendar
	Law      *plan.Law
	Now      time.Time

	rows []*ent.WarrantyTerm
}

// Today is the day it is by the merchant's clock.
func (b *Book) Today() calendar.Date { return b.Day(b.Now) }

// Day is the day it is at an instant.
func (b *Book) Day(at time.Time) calendar.Date { return calendar.DateOf(at, b.Calendar.Zone()) }

// Term is what is promised for goods of a category; nil when nothing is. The merchant's own term, never less than clause and
// law give; without one exactly that, counted from delivery.
func (b *Book) Term(category string) *Term {
	floor := floorOf(category, b.Law)
	key := categoryKey(category)
	i := slices.IndexFunc(b.rows, func(r *ent.WarrantyTerm) bool { return r.Category == key })
	switch {
	case i >= 0 && key != "":
		r := b.rows[i]
		return &Term{ID: r.ID, Category: r.Category, Months: max(r.Months, floor.Months), Basis: r.Basis, Parts: r.Parts, Labour: r.Labour,
			Exclusions: r.Exclusions, DepreciationBps: r.DepreciationBps, Clause: floor.Clause}
	case floor.Months > 0:
		return &Term{Category: key, Months: floor.Months, Basis: Delivery, Parts: true, Labour: true, Clause: floor.Clause}
	}
	return nil
}

// all lists the merchant's terms, and that for electronics or for everything where it holds by itself.
func (b *Book) all() []Term {
	var out []Term
	for _, r := range b.rows {
		out = append(out, *b.Term(r.Category))
	}
	for _, category := range []string{Electronics, ""} {
		if t := b.Term(category); t != nil && t.ID == "" {
			out = append(out, *t)
		}
	}
	slices.SortFunc(out, func(a, b Term) int { return cmp.Compare(a.Category, b.Category) })
	return out
}

// Invoiced is the day of an order's invoice: when it was paid, or placed where that is not known.
func (b *Book) Invoiced(o *ent.Order) calendar.Date {
	if o.PaidAt != nil {
		return b.Day(*o.PaidAt)
	}
	return b.Day(o.PlacedAt)
}

// start is the day from which a term counts for a unit of a line, and the basis that this is. A replacement counts from its own
// delivery; what is not known to be delivered from its invoice.
func (b *Book) start(t *Term, o *ent.Order, l *ent.OrderLine) (calendar.Date, string) {
	if l.ReplacesItemID != nil {
		for _, at := range []*time.Time{l.DeliveredAt, l.FulfilledAt} {
			if at != nil {
				return b.Day(*at), Exchange
			}
		}
	}
	if t.Basis == Delivery && l.DeliveredAt != nil {
		return b.Day(*l.DeliveredAt), Delivery
	}
	return b.Invoiced(o), Invoice
}

// Sold is the day from which the law counts its days for a unit of a line: when it was handed over (Civil Code 512), else that
// of the invoice.
func (b *Book) Sold(o *ent.Order, l *ent.OrderLine) calendar.Date {
	if l.DeliveredAt != nil {
		return b.Day(*l.DeliveredAt)
	}
	return b.Invoiced(o)
}

// lastDay is the last day of a term, included: the day with the number of the first one, or the month's last where there is
// none (Civil Code 202), prolonged by whole days, and where that is no workday the next one (Civil Code 203).
func lastDay(cal *calendar.Calendar, first calendar.Date, months, prolonged int) calendar.Date {
	last := first.AddMonths(months).AddDays(prolonged)
	if !cal.IsWorkday(last) {
		last = cal.NextWorkday(last)
	}
	return last
}

// day reads a stored day, which is always well-formed.
func day(s string) calendar.Date {
	d, err := calendar.ParseDate(s)
	if err != nil {
		panic("stored day " + s + ": " + err.Error())
	}
	return d
}

func ineligible(why problem.Text, params ...problem.Param) *problem.Problem {
	return problem.New(problem.NotEligible, why, params...)
}
