package repairs

import (
	"context"

	"aftersales/ent"
	"aftersales/internal/auth"
	"aftersales/internal/casework"
	"aftersales/internal/lifecycle"
	"aftersales/internal/warranty"
)

// Whether a repair is free (MALL-5.1b): the unit was in warranty on the day of the request, and neither misuse nor an excluded
// cause is to blame. How it was covered that day is written down with the request; the rest is decided once the fault is known.

// Why a repair is free or not (contract enum RepairCoverage), beside what package warranty says of the unit.
const (
	HumanCaused = "HUMAN_CAUSED"
	Excluded    = "EXCLUDED"
	Goodwill    = "GOODWILL"
)

// Found is what a diagnosis says about the fault.
type Found struct {
	// HumanCaused: somebody broke it; Excluded: the warranty excludes the cause.
	HumanCaused, Excluded bool
}

// Coverage decides whether a repair is covered: standing is the unit's on the day of the request, warranty.InWarranty or why not.
func Coverage(standing string, f Found) (covered bool, reason string) {
	switch {
	case f.HumanCaused:
		return false, HumanCaused
	case standing == warranty.InWarranty && f.Excluded:
		return false, Excluded
	}
	return standing == warranty.InWarranty, standing
}

// standing judges the unit meant by a request on its day: what the merchant promises later changes nothing.
func (s *Service) standing(ctx context.Context, m *ent.Merchant, lineID, serial string, entry *ent.Warranty) (*lifecycle.Standing, error) {
	b, err := s.warranties.Book(ctx, m)
	if err != nil {
		return nil, err
	}
	c, _, err := s.warranties.Cover(ctx, b, lineID, serial, b.Today())
	if err != nil {
		return nil, err
	}
	if entry != nil {
		c = b.CoverEntry(entry, b.Today())
	}
	out := &lifecycle.Standing{Reason: c.Reason}
	if c.LastDay != nil {
		out.LastDay = c.LastDay.String()
	}
	if c.Term != nil {
		out.Exclusions, out.DepreciationBps = c.Term.Exclusions, c.Term.DepreciationBps
	}
	return out, nil
}

// StandingOf is how the unit of a repair was covered on the day of the request.
func StandingOf(d *ent.RepairDetail) lifecycle.Standing {
	if d.Standing == nil {
		return lifecycle.Standing{Reason: warranty.NoWarranty}
	}
	return *d.Standing
}

// link finds the unit's entry where it was registered since the request: it keeps what its repairs take. Which of several units
// it is, only its serial number tells.
func (s *Service) link(ctx context.Context, st *casework.Step) error {
	d := st.Case.Edges.Repair
	if d.WarrantyID != nil {
		return nil
	}
	b, err := s.warranties.Book(auth.AsSystem(ctx, st.Merchant.ID), st.Merchant)
	if err != nil {
		return err
	}
	c, line, err := s.warranties.Cover(ctx, b, d.OrderLineID, d.SerialNumber, b.Day(st.Case.OpenedAt))
	if err != nil {
		return err
	}
	if e := c.Entry; e != nil && (line.Quantity == 1 || d.SerialNumber != "" && e.SerialNumber == d.SerialNumber) {
		d.WarrantyID = &e.ID
	}
	return nil
}
