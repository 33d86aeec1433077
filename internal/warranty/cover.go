package warranty

import (
	"context"

	"aftersales/ent"
	"aftersales/ent/orderline"
	"aftersales/ent/repairdetail"
	entwarranty "aftersales/ent/warranty"
	"aftersales/internal/auth"
	"aftersales/internal/calendar"
	"aftersales/internal/lifecycle"
	"aftersales/internal/plan"
)

// States of an entry (contract enum WarrantyState).
const (
	Active   = "ACTIVE"
	Replaced = "REPLACED"
)

// Why a repair is covered or not (contract enum CoverageReason).
const (
	InWarranty = "IN_WARRANTY"
	Expired    = "EXPIRED"
	NoWarranty = "NO_WARRANTY"
	// Swapped: the unit was exchanged, and another one has its warranty.
	Swapped = "REPLACED"
	// Returned: the goods went back, and nothing of them is left to cover.
	Returned = "RETURNED"
)

// Coverage is whether a unit is covered on a day, by its entry or, without one, by what holds for its category.
type Coverage struct {
	Covered bool
	Reason  string
	// Basis, StartsOn and LastDay are the term; empty and nil where there is none. Both days are included.
	Basis             string
	StartsOn, LastDay *calendar.Date
	// Term is what is covered; nil where nothing is.
	Term *Term
	// Entry is the unit's own; nil for the category's.
	Entry *ent.Warranty
}

// Cover judges a unit of a line of o on a day. The line's warranties must be loaded. serial names the unit; empty, or one that
// nobody registered, takes the only entry of the line, or of several the one that lasts longest; none: the category's term.
func (b *Book) Cover(o *ent.Order, l *ent.OrderLine, serial string, on calendar.Date) Coverage {
	e := entryOf(l.Edges.Warranties, serial)
	if n := len(l.Edges.Warranties); e == nil && n > 0 && l.Returned >= l.Quantity {
		e = l.Edges.Warranties[n-1] // all of them were exchanged
	}
	if l.Returned >= l.Quantity && (e == nil || e.State == Active) {
		return Coverage{Reason: Returned, Entry: e}
	}
	if e != nil {
		return b.CoverEntry(e, on)
	}
	t := b.Term(l.Category)
	if t == nil {
		return Coverage{Reason: NoWarranty}
	}
	first, basis := b.start(t, o, l)
	last := lastDay(b.Calendar, first, t.Months, 0)
	return judged(Coverage{Basis: basis, StartsOn: &first, LastDay: &last, Term: t}, on)
}

// CoverEntry judges a registered unit on a day; its order line should be loaded, where the reader may see it.
func (b *Book) CoverEntry(e *ent.Warranty, on calendar.Date) Coverage {
	first, last := day(e.StartsOn), day(e.EndsOn)
	t := &Term{Category: e.Category, Months: e.Months, Basis: e.Basis, Parts: e.Parts, Labour: e.Labour, Exclusions: e.Exclusions}
	if own := b.Term(e.Category); own != nil && e.Category != "" {
		t.DepreciationBps = own.DepreciationBps
	}
	c := Coverage{Basis: e.Basis, StartsOn: &first, LastDay: &last, Term: t, Entry: e}
	switch l := e.Edges.OrderLine; {
	case e.State == Replaced:
		c.Reason = Swapped
		return c
	case l != nil && l.Returned >= l.Quantity:
		c.Reason = Returned
		return c
	}
	return judged(c, on)
}

func judged(c Coverage, on calendar.Date) Coverage {
	if c.Reason, c.Covered = Expired, !c.LastDay.Before(on); c.Covered {
		c.Reason = InWarranty
	}
	return c
}

// entryOf picks the entry that a serial number stands for.
func entryOf(entries []*ent.Warranty, serial string) *ent.Warranty {
	var found *ent.Warranty
	for _, e := range entries {
		switch {
		case serial != "" && e.SerialNumber == serial:
			if found == nil || found.SerialNumber != serial || e.State == Active {
				found = e
			}
		case found != nil && serial != "" && found.SerialNumber == serial:
		case serial != "" && e.SerialNumber != "": // another unit's
		case e.State == Active && (found == nil || e.EndsOn > found.EndsOn):
			found = e
		}
	}
	return found
}

// Cover judges a unit of an order line on a day, whoever asks: what others own now counts too. The line is given with its order,
// entries and repairs.
func (s *Service) Cover(ctx context.Context, b *Book, lineID, serial string, on calendar.Date) (Coverage, *ent.OrderLine, error) {
	l, err := s.line(auth.AsSystem(ctx, b.Merchant.ID), lineID)
	if err != nil {
		return Coverage{}, nil, err
	}
	return b.Cover(l.Edges.Order, l, serial, on), l, nil
}

// line reads an order line with its order, entries and repairs.
func (s *Service) line(ctx context.Context, lineID string) (*ent.OrderLine, error) {
	return s.store.Client(ctx).OrderLine.Query().Where(orderline.ID(lineID)).
		WithOrder().
		WithWarranties(func(q *ent.WarrantyQuery) { q.Order(entwarranty.ByRegisteredAt(), entwarranty.ByID()) }).
		WithRepairs(func(q *ent.RepairDetailQuery) { q.Order(repairdetail.ByID()) }).Only(ctx)
}

// Faulty gathers what the law asks about a unit of a line that does not work, with which the customer came on a day. The line's
// repairs must be loaded; of a unit without an entry those of the same serial number count.
func (b *Book) Faulty(o *ent.Order, l *ent.OrderLine, c Coverage, serial string, asked calendar.Date) plan.Faulty {
	f := plan.Faulty{Sold: b.Sold(o, l), Asked: asked, InWarranty: c.Covered}
	if e := c.Entry; e != nil && (l.Quantity == 1 || serial != "" && e.SerialNumber == serial) {
		f.Repairs, f.RepairDays = e.Repairs, e.PartsDays+e.RepairerDays
		return f
	}
	if l.Quantity > 1 && serial == "" {
		return f // nobody knows which unit was repaired before
	}
	for _, r := range l.Edges.Repairs {
		if r.ReceivedAt != nil && r.HomeAt == nil { // not home yet: whether it worked is not known
			continue
		}
		if r.SerialNumber != serial || r.HumanCaused || r.Result != lifecycle.OutcomeRepaired || r.CompletedAt == nil {
			continue
		}
		f.Repairs++
		f.RepairDays += r.PartsDays + r.RepairerDays
	}
	return f
}

// Entitled is what the law gives the owner of a registered unit that does not work today; nothing for one that was exchanged.
// The entry's order line and its order must be loaded, unless the reader may not see them: then the invoice is the entry's start.
func (b *Book) Entitled(e *ent.Warranty) []plan.Entitlement {
	c := b.CoverEntry(e, b.Today())
	if c.Reason == Swapped || c.Reason == Returned {
		return nil
	}
	f := plan.Faulty{Sold: day(e.StartsOn), Asked: b.Today(), InWarranty: c.Covered, Repairs: e.Repairs}
	if l := e.Edges.OrderLine; l != nil && l.Edges.Order != nil {
		f.Sold = b.Sold(l.Edges.Order, l)
	}
	return b.Law.Guarantees.Entitled(f)
}

// Used is how many days a unit was used until a day, less those in repair: what a depreciation is counted by (money.md F13).
func (b *Book) Used(o *ent.Order, l *ent.OrderLine, f plan.Faulty, until calendar.Date) int {
	from := b.Invoiced(o)
	if l.ReplacesItemID != nil {
		from = b.Sold(o, l)
	}
	return max(0, from.DaysUntil(until)-f.RepairDays-f.PartsDays-f.RepairerDays)
}
