package repairs

import (
	"context"

	"aftersales/internal/auth"
	"aftersales/internal/casework"
	"aftersales/internal/warranty"
)

// Whether a repair is free (MALL-5.1b): the unit was in warranty on the day of the request, and neither misuse nor an excluded
// cause is to blame. It is decided once the fault is known.

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

// standing judges the unit on the day of the request, whatever happened to its warranty since.
func (s *Service) standing(ctx context.Context, st *casework.Step) (warranty.Coverage, error) {
	b, err := s.warranties.Book(auth.AsSystem(ctx, st.Merchant.ID), st.Merchant)
	if err != nil {
		return warranty.Coverage{}, err
	}
	d := st.Case.Edges.Repair
	c, line, err := s.warranties.Cover(ctx, b, d.OrderLineID, d.SerialNumber, b.Day(st.Case.OpenedAt))
	if err != nil {
		return c, err
	}
	// The unit's own entry keeps what its repairs take; which of several units it is, only its serial number tells.
	if e := c.Entry; e != nil && d.WarrantyID == nil && (line.Quantity == 1 || d.SerialNumber != "" && e.SerialNumber == d.SerialNumber) {
		d.WarrantyID = &e.ID
	}
	return c, nil
}
