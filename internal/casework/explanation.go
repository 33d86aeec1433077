package casework

import (
	"time"

	"aftersales/ent"
	"aftersales/internal/deadline"
)

// explainable reports whether lateness of a deadline can be explained now: it was missed or is at risk, the merchant owes
// it, and nothing was said yet.
func explainable(d *ent.Deadline, now time.Time) bool {
	if !d.Explain || d.Explanation != nil {
		return false
	}
	return d.BreachedAt != nil || d.Open && d.AtRiskAt != nil && !now.Before(*d.AtRiskAt)
}

// ExplanationState is where the explanation of a delay stands (contract enum ExplanationState).
type ExplanationState string

const (
	ExplanationNotNeeded ExplanationState = "NOT_NEEDED"
	// ExplanationWanted: at risk, and to be explained before the limit (SLA-B-2.2.5).
	ExplanationWanted ExplanationState = "WANTED"
	ExplanationOwed   ExplanationState = "OWED"
	ExplanationGiven  ExplanationState = "GIVEN"
	// ExplanationLate: given, though not before the limit as promised, which is a breach of its own.
	ExplanationLate ExplanationState = "LATE"
)

// ExplanationOf tells where the explanation of a deadline's delay stands at an instant.
func ExplanationOf(d *ent.Deadline, now time.Time) ExplanationState {
	switch {
	case d.Explanation != nil && d.ExplanationMissed:
		return ExplanationLate
	case d.Explanation != nil:
		return ExplanationGiven
	case d.Explain && (d.BreachedAt != nil || d.Open && d.DueAt != nil && !deadline.OnTime(now, *d.DueAt)):
		return ExplanationOwed
	case d.ExplainAhead && d.Open && d.AtRiskAt != nil && !now.Before(*d.AtRiskAt):
		return ExplanationWanted
	default:
		return ExplanationNotNeeded
	}
}
