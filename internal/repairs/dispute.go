package repairs

import (
	"context"
	"time"

	"aftersales/ent"
	"aftersales/ent/returnaddress"
	"aftersales/internal/auth"
	"aftersales/internal/casework"
	"aftersales/internal/disputes"
	"aftersales/internal/lifecycle"
	"aftersales/internal/plan"
	"aftersales/internal/problem"
)

// Disputes of repairs (MALL-1.3c): against a rejection, and against a diagnosis by which the customer has to pay.
type disputed struct{ *Service }

func (disputed) Until(c *ent.ServiceCase) *time.Time {
	if c.Edges.Repair == nil {
		return nil
	}
	return c.Edges.Repair.DisputeUntil
}

// Take calls off appointments: nobody comes before it is decided. The units of an ended repair must not be in another case by
// now.
func (s disputed) Take(ctx context.Context, st *casework.Step) error {
	d := st.Case.Edges.Repair
	if st.Case.Status.Ended() {
		all := auth.AsSystem(ctx, st.Case.MerchantID)
		line, err := s.bought(all, st.Case.MerchantID, d.OrderLineID)
		if err != nil {
			return err
		}
		if err := s.free(all, line, Request{Quantity: d.Quantity, SerialNumber: d.SerialNumber}); err != nil {
			for _, p := range problem.All(err) {
				p.Field = nil
			}
			return err
		}
	}
	if err := s.visits.CallOff(ctx, []string{st.Case.ID}); err != nil {
		return err
	}
	if err := st.Unspare(ctx, st.Now); err != nil { // nobody waits for what was called off
		return err
	}
	return s.detail(ctx, st.Case.ID).SetCameFrom(st.Case.Status).ClearDisputeUntil().Exec(ctx)
}

// Rule takes a verdict and its reasoning, and nothing else: what a repair costs is not for the platform to say.
func (s disputed) Rule(ctx context.Context, st *casework.Step, in disputes.Decision, f *lifecycle.Facts) (disputes.Ruling, error) {
	var l problem.List
	for _, x := range []struct {
		field string
		given bool
	}{{"verdict", in.Verdict == disputes.BlameShared}, {"remedy", in.Remedy != nil}, {"disposition", in.Disposition != nil},
		{"compensation", in.Compensation != nil}} {
		if x.given {
			l = append(l, &problem.Problem{Code: problem.NotEligible, Field: []string{"input", x.field},
				Message: problem.Text{EN: "a repair is decided by MERCHANT, CARRIER or CUSTOMER and the reasoning alone", ZH: "维修争议仅以 MERCHANT、CARRIER 或 CUSTOMER 及理由裁决"}})
		}
	}
	if err := l.Err(); err != nil {
		return nil, err
	}
	d := st.Case.Edges.Repair
	r := upheld{Service: s.Service, as: Approval{Way: d.Way, ReturnAddressID: d.ReturnAddressID}}
	if d.CameFrom == lifecycle.Rejected {
		r.as.Way = casework.Depot
		if d.WishedWay == casework.OnSite {
			r.as.Way = casework.OnSite
		}
	}
	f.Work.OnSite = r.as.Way == casework.OnSite
	r.comesBack = d.CameFrom == lifecycle.SentBack && d.Result != lifecycle.OutcomeUnrepairable
	if to, _ := lifecycle.Next(st.Case.Kind, st.Case.Status, lifecycle.DisputeDecide, *f); to != lifecycle.AwaitingShipment && !r.comesBack {
		return r, nil
	}
	address, err := s.anyAddress(ctx, st.Merchant.ID, d.ReturnAddressID)
	if err != nil {
		return nil, err
	}
	r.as.ReturnAddressID = &address
	return r, nil
}

// anyAddress is where goods go to by a decision: the one named before, the merchant's default, else its first. No merchant is
// spared a decision by naming no default.
func (s *Service) anyAddress(ctx context.Context, merchantID string, named *string) (string, error) {
	address, err := s.address(ctx, merchantID, named)
	if named != nil || !problem.Is(err, problem.InvalidInput) {
		return address, err
	}
	first, err := s.store.Client(ctx).ReturnAddress.Query().Where(returnaddress.MerchantID(merchantID)).Order(returnaddress.ByID()).FirstID(ctx)
	if ent.IsNotFound(err) {
		return "", problem.New(problem.NotEligible, problem.Text{EN: "the goods would have to be sent in, and the merchant has no return address", ZH: "须寄送商品，但商家没有退货地址"})
	}
	return first, err
}

// Dismiss lets the case go on where it stood; one that had ended ends as it had.
func (s disputed) Dismiss(ctx context.Context, st *casework.Step, note string) error {
	switch st.To() {
	case lifecycle.Rejected:
		st.Ends(lifecycle.OutcomeRejected, note)
	case lifecycle.Completed:
		st.Ends(resultOf(st), note)
	}
	return s.detail(ctx, st.Case.ID).ClearCameFrom().Exec(ctx)
}

// upheld is a decision for the customer of a repair; as is how a repair that begins again is done.
type upheld struct {
	*Service
	as Approval
	// comesBack: it begins again once the goods, now on their way home, are there.
	comesBack bool
}

// Record writes nothing: the verdict says it all.
func (upheld) Record(*ent.DisputeUpdate) {}

// Uphold takes the blame off the fault, and the price with it; what was rejected, or went home for its price, begins again.
func (r upheld) Uphold(ctx context.Context, st *casework.Step, note string) error {
	d := st.Case.Edges.Repair
	covered, reason := d.Covered, d.CoverageReason
	if d.DiagnosedAt != nil {
		covered, reason = Coverage(StandingOf(d).Reason, Found{})
		if d.Goodwill && !covered {
			reason = Goodwill
		}
	}
	u := r.detail(ctx, st.Case.ID).SetRuled(d.DiagnosedAt != nil).SetHumanCaused(false).ClearHumanCausedEvidence().
		SetCovered(covered).SetCoverageReason(reason)
	if err := r.withdrawQuote(ctx, st); err != nil {
		return err
	}
	if r.comesBack { // CameFrom stays, and says so
		return u.SetSteps([]string{note}).SetReturnAddressID(*r.as.ReturnAddressID).Exec(ctx)
	}
	u.ClearCameFrom()
	switch st.To() {
	case lifecycle.Completed: // cannot be repaired, and went home: something else can be asked for now
		st.Ends(d.Result, note)
		if covered && d.WarrantyID != nil {
			if err := r.warranties.Repaired(ctx, *d.WarrantyID, d.PartsDays, d.RepairerDays, false); err != nil {
				return err
			}
		}
		return u.Exec(ctx)
	case lifecycle.SentBack:
		return u.Exec(ctx)
	case lifecycle.Diagnosed:
		if d.Result == lifecycle.OutcomeUnrepairable {
			return u.Exec(ctx)
		}
		st.Stop(plan.SendBack) // the price was declined, and the goods were to go home
		if err := u.ClearResult().Exec(ctx); err != nil {
			return err
		}
		return st.StartNow(ctx, plan.Repair)
	}
	r.as.Steps = []string{note}
	return r.again(ctx, st, u, r.as)
}

// again begins a repair anew, of goods that are with the customer: nothing was found yet, and all its time is to come.
func (s *Service) again(ctx context.Context, st *casework.Step, u *ent.RepairDetailUpdate, as Approval) error {
	u.ClearResult().ClearReceivedAt().ClearDeliveredAt().ClearHomeAt().ClearDiagnosedAt().SetPartsSeconds(0).SetPartsDays(0).SetRepairerDays(0)
	if err := u.Exec(ctx); err != nil {
		return err
	}
	if err := s.approve(ctx, st, as); err != nil {
		return err
	}
	return st.StartNow(ctx, plan.Repair)
}

// contest says until when a diagnosis can be disputed, if it is one by which somebody is to blame or a cause is excluded.
func (s *Service) contest(ctx context.Context, st *casework.Step, u *ent.RepairDetailUpdate, reason string, humanCaused bool) error {
	if !humanCaused && reason != Excluded {
		u.ClearDisputeUntil()
		return nil
	}
	until, err := s.disputes.Window(ctx, st)
	u.SetNillableDisputeUntil(until) // it was nil, where the case was disputed before
	return err
}
