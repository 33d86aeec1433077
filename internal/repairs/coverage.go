package repairs

import (
	"context"

	"aftersales/internal/casework"
)

// Whether a repair is free (MALL-5.1b): the unit was in warranty on the day of the request, and neither misuse nor an excluded
// cause is to blame. It is decided once the fault is known.

// Why a repair is free or not (contract enum RepairCoverage), beside what package warranty says of the unit.
const (
	InWarranty  = "IN_WARRANTY"
	HumanCaused = "HUMAN_CAUSED"
	Excluded    = "EXCLUDED"
	Goodwill    = "GOODWILL"
)

// Found is what a diagnosis says about the fault.
type Found struct {
	// HumanCaused: somebody broke it; Excluded: the warranty excludes the cause.
	HumanCaused, Excluded bool
}

// Coverage decides whether a repair is covered: standing is the unit's on the day of the request, InWarranty or why not.
func Coverage(standing string, f Found) (covered bool, reason string) {
	switch {
	case f.HumanCaused:
		return false, HumanCaused
	case standing == InWarranty && f.Excluded:
		return false, Excluded
	}
	return standing == InWarranty, standing
}

// standing is whether the unit was in warranty on the day of the request, and the exclusions of its warranty.
func (s *Service) standing(ctx context.Context, st *casework.Step) (reason string, exclusions []string, err error) {
	return "", nil, nil
}
