package casework

import (
	"context"
	"slices"
	"time"

	"aftersales/ent"
	"aftersales/internal/deadline"
	"aftersales/internal/plan"
)

// Clocks that stand still for appointments (design.md section 5.4: exactly while the customer holds the ball). Their pauses
// are no status: they end when what they wait for is there, which may be agreed on beforehand.

// Reasons of pauses that are no status.
const (
	// AppointmentMissed: nobody let the technician in; until the next appointment.
	AppointmentMissed = "APPOINTMENT_MISSED"
	// AppointmentMoved: the customer wanted another time; from the first one to the second.
	AppointmentMoved = "APPOINTMENT_MOVED"
)

func ofAppointment(p deadline.Pause) bool {
	return p.Reason == AppointmentMissed || p.Reason == AppointmentMoved
}

// held reports whether a clock stands still until there is another appointment.
func held(d *ent.Deadline) bool {
	n := len(d.Pauses)
	return n > 0 && d.Pauses[n-1].To == nil && ofAppointment(d.Pauses[n-1])
}

// Hold stops the running clocks of the kinds named at an instant, until Release; the customer holds the ball. A clock that
// was called missed after that instant, because the fact was not known yet, stands still too: nothing was missed. One that
// stands still already is left alone.
func (st *Step) Hold(ctx context.Context, reason string, from time.Time, kinds ...plan.DeadlineKind) error {
	for _, d := range st.deadlines {
		if !d.Open || !slices.Contains(kinds, d.Kind) {
			continue
		}
		switch {
		case d.State == plan.Running:
		case d.State == plan.Breached && deadline.OnTime(from, *d.DueAt):
			d.BreachedAt, d.ExplanationOwed, d.ExplanationMissed = nil, false, false
		default:
			continue
		}
		d.Pauses = append(slices.Clone(d.Pauses), deadline.Pause{From: later(from, d.StartedAt), Reason: reason})
		d.State = plan.Paused
		if err := st.recount(ctx, d); err != nil {
			return err
		}
	}
	return nil
}

// Spare takes the time between two instants, which may be to come, off the open clocks of the kinds named. Missed clocks are
// past sparing.
func (st *Step) Spare(ctx context.Context, reason string, from, to time.Time, kinds ...plan.DeadlineKind) error {
	for _, d := range st.deadlines {
		if !d.Open || d.State == plan.Breached || !slices.Contains(kinds, d.Kind) || !later(from, d.StartedAt).Before(to) {
			continue
		}
		at := len(d.Pauses)
		if d.State == plan.Paused {
			at-- // the open pause stays the last
		}
		end := to
		d.Pauses = slices.Insert(slices.Clone(d.Pauses), at, deadline.Pause{From: later(from, d.StartedAt), To: &end, Reason: reason})
		if err := st.recount(ctx, d); err != nil {
			return err
		}
	}
	return nil
}

// Release lets the clocks that wait for an appointment run from an instant on, which may be one to come: until then nothing
// is late. What was spared beyond that instant counts again, because the appointment is earlier now.
func (st *Step) Release(ctx context.Context, to time.Time) error {
	for _, d := range st.deadlines {
		if !d.Open || d.State == plan.Breached {
			continue
		}
		pauses, changed := until(d.Pauses, to, true)
		if !changed {
			continue
		}
		if held(d) {
			d.State = plan.Running
			if pr, ok := st.promiseOf(d); ok && st.to == "" && pr.PausesIn(st.Case.Status) { // it stood still for two reasons
				d.State = plan.Paused
				pauses = append(pauses, deadline.Pause{From: to, Reason: string(st.Case.Status)})
			}
		}
		d.Pauses = pauses
		if err := st.recount(ctx, d); err != nil {
			return err
		}
	}
	return nil
}

// Unspare ends at an instant what was spared for an appointment still to come, because that was called off. Clocks that wait for
// another one go on waiting.
func (st *Step) Unspare(ctx context.Context, to time.Time) error {
	for _, d := range st.deadlines {
		if !d.Open || d.State == plan.Breached {
			continue
		}
		pauses, changed := until(d.Pauses, to, false)
		if !changed {
			continue
		}
		d.Pauses = pauses
		if err := st.recount(ctx, d); err != nil {
			return err
		}
	}
	return nil
}

// until cuts off at an instant what pauses for appointments would last beyond it; open are those without an end, too.
func until(pauses []deadline.Pause, to time.Time, open bool) (out []deadline.Pause, changed bool) {
	for _, p := range pauses {
		if ofAppointment(p) && (p.To == nil && open || p.To != nil && p.To.After(to)) {
			changed = true
			if !p.From.Before(to) {
				continue
			}
			end := to
			p.To = &end
		}
		out = append(out, p)
	}
	return out, changed
}
