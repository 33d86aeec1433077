package repairs

import (
	"context"
	"time"

	"aftersales/ent"
	"aftersales/internal/calendar"
	"aftersales/internal/casework"
	"aftersales/internal/lifecycle"
	"aftersales/internal/plan"
)

// What a repair takes, by whose cause (law.md section 2.3), and its end.

// Days is what a repair took until an instant, in whole days: waiting for parts, and everything else at the repairer's. The
// day on which it began is not counted (Civil Code art. 201): at the depot that of the receipt, on site that of the diagnosis.
// nil while it has not begun.
func Days(d *ent.RepairDetail, until time.Time, zone *time.Location) *Took {
	began := d.ReceivedAt
	if began == nil {
		began = d.DiagnosedAt
	}
	if began == nil {
		return nil
	}
	if counted(d) {
		return &Took{d.PartsDays, d.RepairerDays}
	}
	waited := d.PartsSeconds
	if d.PartsSince != nil && until.After(*d.PartsSince) {
		waited += int64(until.Sub(*d.PartsSince) / time.Second)
	}
	if d.Collecting && d.CompletedAt != nil && d.CompletedAt.Before(until) {
		until = *d.CompletedAt // from then on the customer has only to fetch them
	}
	all := max(0, calendar.DateOf(*began, zone).DaysUntil(calendar.DateOf(until, zone)))
	parts := min(all, int(waited/(24*60*60)))
	return &Took{parts, all - parts}
}

// counted reports whether what a repair took is known for good: the goods are home, or never left and nothing more is done.
func counted(d *ent.RepairDetail) bool {
	return d.HomeAt != nil || d.ReceivedAt == nil && (d.CompletedAt != nil || d.Result != "")
}

// InRepair is Days of a case up to an instant, or to its end where that was before. The case's repair must be loaded.
func InRepair(c *ent.ServiceCase, until time.Time, zone *time.Location) *Took {
	if c.EndedAt != nil && c.EndedAt.Before(until) {
		until = *c.EndedAt
	}
	return Days(c.Edges.Repair, until, zone)
}

// Caused is InRepair less the time in which the customer considered a price or the platform a dispute: what the law counts (law.md section 2.3). The case's
// repair and deadlines must be loaded.
func Caused(c *ent.ServiceCase, until time.Time, zone *time.Location) *Took {
	took := InRepair(c, until, zone)
	if took != nil && !counted(c.Edges.Repair) { // else it is that already
		took.Repairer = max(0, took.Repairer-considered(c.Edges.Deadlines))
	}
	return took
}

// considered is how many whole days the customer considered a price, or the platform a dispute: REPAIR stood still for it, and it
// is nobody's delay.
func considered(clocks []*ent.Deadline) int {
	var sum time.Duration
	for _, d := range clocks {
		if d.Kind != plan.Repair {
			continue
		}
		for _, p := range d.Pauses {
			if (p.Reason == string(lifecycle.Quoted) || p.Reason == string(lifecycle.Disputed)) && p.To != nil {
				sum += p.To.Sub(p.From)
			}
		}
	}
	return int(sum / (24 * time.Hour))
}

// Took is what a repair took in whole days.
type Took struct{ Parts, Repairer int }

// StopWaiting ends the waiting for parts, if the repair waits, and adds what it took.
func StopWaiting(u *ent.RepairDetailUpdate, was *ent.RepairDetail, at time.Time) {
	if was.PartsSince == nil {
		return
	}
	waited := int64(max(0, at.Sub(*was.PartsSince)) / time.Second)
	was.PartsSince, was.PartsSeconds = nil, was.PartsSeconds+waited // so that what follows in the same act does not count it again
	u.ClearPartsSince().SetPartsSeconds(was.PartsSeconds)
}

// Finish ends a repair whose goods are home since an instant, or never left: what it took is counted, and a covered one
// prolongs the warranty of its unit by that.
func (s *Service) Finish(ctx context.Context, st *casework.Step, result lifecycle.Outcome, at time.Time, note string) error {
	if st.Case.Status.Ended() { // found again after its time: it has ended before, and only the outcome is another
		st.Set().SetOutcome(result).SetOutcomeNote(note)
	} else {
		st.Ends(result, note)
	}
	was := st.Case.Edges.Repair
	u := s.detail(ctx, st.Case.ID).SetResult(result)
	took, err := s.count(ctx, st, u, at)
	if err != nil {
		return err
	}
	StopWaiting(u, was, at)
	if result != lifecycle.OutcomeQuoteDeclined && result != lifecycle.OutcomeUnrepairable {
		u.ClearDisputeUntil()
	}
	if was.ReceivedAt != nil {
		u.SetHomeAt(at)
	}
	if err := u.Exec(ctx); err != nil {
		return err
	}
	if took != nil && was.Covered && was.WarrantyID != nil {
		if err := s.warranties.Repaired(ctx, *was.WarrantyID, took.Parts, took.Repairer, result == lifecycle.OutcomeRepaired); err != nil {
			return err
		}
	}
	return s.endVisits(ctx, st)
}

// count writes down what a repair took until an instant; nil where it has not begun.
func (s *Service) count(ctx context.Context, st *casework.Step, u *ent.RepairDetailUpdate, at time.Time) (*Took, error) {
	_, cal, err := s.cases.MerchantCalendar(ctx, st.Merchant)
	if err != nil {
		return nil, err
	}
	took := Caused(st.Case, at, cal.Zone())
	if took != nil {
		u.SetPartsDays(took.Parts).SetRepairerDays(took.Repairer)
	}
	return took, nil
}
