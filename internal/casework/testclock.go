package casework

import (
	"context"
	"time"

	"entgo.io/ent/dialect"

	"aftersales/ent"
	entdeadline "aftersales/ent/deadline"
	"aftersales/ent/merchant"
	"aftersales/internal/auth"
	"aftersales/internal/plan"
	"aftersales/internal/problem"
)

// lastClockYear leaves every promise room to end within the years that deadlines can be counted in.
const lastClockYear = 2090

// AdvanceClock moves a sandbox's clock forward, stopping at every instant at which something falls due or comes at risk
// and letting the sweep run there, before it answers with the time then shown. A crash leaves the clock at the last stop,
// with everything up to it done.
//
// Requires: MERCHANT_ADMIN or PLATFORM_ADMIN. Errors: NOT_ELIGIBLE for a LIVE merchant, INVALID_INPUT at to for a time
// that lies before the clock or after 2090.
func (s *Service) AdvanceClock(ctx context.Context, to time.Time) (time.Time, error) {
	if _, err := auth.Require(ctx, "testClockAdvance"); err != nil {
		return time.Time{}, err
	}
	m, err := s.Merchant(ctx)
	if err != nil {
		return time.Time{}, err
	}
	to = to.UTC().Truncate(time.Microsecond)
	if to.Year() > lastClockYear {
		return time.Time{}, problem.Invalid(problem.Textf("must not lie after the year %d", "不能晚于 %d 年", lastClockYear), "to")
	}
	ctx = auth.AsSystem(ctx, m.ID)
	for done := false; !done; {
		err := s.store.InTx(ctx, func(ctx context.Context) error {
			stop, err := s.nextStop(ctx, m.ID, to)
			if err != nil {
				return err
			}
			done = !stop.Before(to)
			if err := s.store.Client(ctx).Merchant.UpdateOneID(m.ID).SetClockAt(stop).Exec(ctx); err != nil {
				return err
			}
			if _, err = s.sweep(ctx, watch{sandbox: true, merchantID: m.ID, now: stop}); err != nil {
				return err
			}
			_, err = s.runTimetables(ctx, true, m.ID, stop)
			return err
		})
		if err != nil {
			return time.Time{}, err
		}
	}
	return to, nil
}

// nextStop is the next instant, not after to, at which one of the merchant's clocks says something.
func (s *Service) nextStop(ctx context.Context, merchantID string, to time.Time) (time.Time, error) {
	client := s.store.Client(ctx)
	q := client.Merchant.Query().Where(merchant.ID(merchantID))
	if s.store.Dialect() == dialect.Postgres {
		q = q.ForUpdate() // two advances at once go one after the other
	}
	m, err := q.Only(ctx)
	if err != nil {
		return time.Time{}, err
	}
	if m.ClockAt == nil {
		return time.Time{}, problem.New(problem.NotEligible, problem.Text{EN: "only a SANDBOX merchant has a test clock", ZH: "只有 SANDBOX 商家有测试时钟"})
	}
	now := s.Now(m)
	if to.Before(now) {
		return time.Time{}, problem.Invalid(problem.Textf("a test clock moves only forward; it shows %s", "测试时钟只能向前；当前为 %s", now.Format(time.RFC3339)), "to")
	}
	w := watch{sandbox: true, merchantID: merchantID}
	stop := to
	due, err := client.Deadline.Query().Where(append(w.running(), entdeadline.StateEQ(plan.Running), entdeadline.DueAtGT(now), entdeadline.DueAtLTE(to))...).
		Order(entdeadline.ByDueAt()).First(ctx)
	if err != nil && !ent.IsNotFound(err) {
		return time.Time{}, err
	}
	if due != nil && due.DueAt.Before(stop) {
		stop = due.DueAt.UTC()
	}
	risk, err := client.Deadline.Query().Where(append(w.running(), entdeadline.AtRiskTold(false), entdeadline.AtRiskAtGT(now), entdeadline.AtRiskAtLTE(to))...).
		Order(entdeadline.ByAtRiskAt()).First(ctx)
	if err != nil && !ent.IsNotFound(err) {
		return time.Time{}, err
	}
	if risk != nil && risk.AtRiskAt.Before(stop) {
		stop = risk.AtRiskAt.UTC()
	}
	for _, t := range s.timetable {
		next, err := t.Next(ctx, merchantID, now, stop)
		if err != nil {
			return time.Time{}, err
		}
		if next != nil && next.Before(stop) {
			stop = next.UTC()
		}
	}
	return stop, nil
}
