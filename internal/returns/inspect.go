package returns

import (
	"context"
	"slices"

	"aftersales/ent"
	"aftersales/ent/returnitem"
	"aftersales/internal/auth"
	"aftersales/internal/casework"
	"aftersales/internal/lifecycle"
	"aftersales/internal/plan"
	"aftersales/internal/problem"
)

// Finding is what the inspection of one item came to.
type Finding struct {
	ItemID string
	// Accepted nil means all that arrived when every check passed and the goods are the right ones, none otherwise.
	Accepted *int
	// Arrived is how many units lay in the parcel; nil means all, or none where the parcel was empty.
	Arrived *int
	Checks  []lifecycle.Check
	Notes   string
	// Condition is empty when nobody said.
	Condition    lifecycle.GoodsCondition
	Deductions   []NewDeduction
	MissingGifts []lifecycle.MissingGift
	// WeightGrams is what the goods weighed.
	WeightGrams *int
	// Photos are ids of the case's evidence.
	Photos []string
}

// Reasons of a deduction (contract enum DeductionReason).
const (
	DeductUsed        = "USED"
	DeductDamaged     = "DAMAGED"
	DeductMissingPart = "MISSING_PART"
	DeductOther       = "OTHER"
	// DeductFee is a fee of the merchant's schedule, which it cites (MALL-2.3d).
	DeductFee = "FEE"
)

// NewDeduction takes something off what an item is worth.
type NewDeduction struct {
	Reason string
	// Amount is a decimal number of the order's currency; empty for a fee, whose amount the schedule says.
	Amount  string
	FeeCode string
	Note    string
	// Evidence are ids of the case's evidence; only a fee needs none.
	Evidence []string
}

// Bounds of one item's finding.
const (
	maxDeductions = 10
	maxPhotos     = 20
	maxGrams      = 10_000_000
)

// none reports whether goods of this condition cannot be accepted.
func none(c lifecycle.GoodsCondition) bool {
	return c == lifecycle.WrongGoods || c == lifecycle.EmptyParcel
}

// arrived is how many of an item's units lay in the parcel.
func (f Finding) arrived(it *ent.ReturnItem) int {
	switch {
	case f.Arrived != nil:
		return *f.Arrived
	case f.Condition == lifecycle.EmptyParcel:
		return 0
	}
	return it.Quantity
}

// accepted is how many of an item's units are taken back.
func (f Finding) accepted(it *ent.ReturnItem) int {
	switch {
	case f.Accepted != nil:
		return *f.Accepted
	case allPassed(f.Checks) && !none(f.Condition):
		return f.arrived(it)
	}
	return 0
}

// tally counts what an inspection accepts, and what of the rest is with the merchant.
func tally(items []*ent.ReturnItem, findings []Finding) (accepted, owed int) {
	for _, it := range items {
		i := slices.IndexFunc(findings, func(f Finding) bool { return f.ItemID == it.ID })
		if i < 0 {
			continue
		}
		n := findings[i].accepted(it)
		accepted += n
		owed += max(0, findings[i].arrived(it)-n-it.SentBack)
	}
	return accepted, owed
}

// Inspect records the inspection of every item (MALL-3.3a, 3.3b): appearance, function and accessories always; condition,
// deductions, missing gifts, weight and photos where there is something to say. Something accepted leads on to the way the
// customer chose (MALL-3.3c), nothing accepted to INSPECTION_FAILED, from where the goods can be inspected again. What came
// and was not accepted goes back: SEND_BACK starts, and for seven days the customer may turn to the platform.
//
// Requires: WAREHOUSE, AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND (case, evidence, gift), CONFLICT,
// ILLEGAL_TRANSITION, INVALID_INPUT at items, NOT_ELIGIBLE for a deduction that the customer does not answer for.
func (s *Service) Inspect(ctx context.Context, caseID string, expected *int, findings []Finding) error {
	if _, err := auth.Require(ctx, "returnInspect"); err != nil {
		return err
	}
	if err := checkFindings(findings); err != nil {
		return err
	}
	announced, err := s.items(ctx, caseID)
	if err != nil {
		return err
	}
	accepted, owed := tally(announced, findings)
	act := casework.Act{Action: lifecycle.ReturnInspect, CaseID: caseID, Expected: expected, Judge: func(f *lifecycle.Facts) {
		f.Accepted, f.GoodsOwed = accepted > 0, owed > 0
	}}
	return s.cases.Do(ctx, act, func(ctx context.Context, st *casework.Step) error {
		items, err := s.items(ctx, caseID)
		if err != nil {
			return err
		}
		if err := s.found(ctx, st, items, findings); err != nil {
			return err
		}
		if err := s.judged(ctx, st, items, findings); err != nil {
			return err
		}
		st.Ends(outcomeOf(st), "")
		passed := "false"
		if accepted > 0 {
			passed = "true"
		}
		if err := st.Happened(ctx, lifecycle.Inspected, "", map[string]string{"passed": passed}); err != nil {
			return err
		}
		switch {
		case owed == 0:
			st.Stop(plan.SendBack)
		case st.Case.Edges.Detail.GoodsOwed == 0:
			return st.Happened(ctx, lifecycle.SendBackDue, "", nil)
		}
		return nil
	})
}

// found writes what was found on each item.
func (s *Service) found(ctx context.Context, st *casework.Step, items []*ent.ReturnItem, findings []Finding) error {
	in, err := s.inspecting(ctx, st, findings)
	if err != nil {
		return err
	}
	inspector, err := st.StaffID(ctx)
	if err != nil {
		return err
	}
	for _, it := range items {
		i := slices.IndexFunc(findings, func(f Finding) bool { return f.ItemID == it.ID })
		if i < 0 || len(findings) != len(items) {
			return problem.Invalid(problem.Textf("inspect each of the %d items of this return once", "请对该退货的 %d 项商品逐一验货", len(items)), "items")
		}
		f := findings[i]
		deductions, err := in.check(it, i, f)
		if err != nil {
			return err
		}
		arrived := f.arrived(it)
		u := s.store.Client(ctx).ReturnItem.Update().Where(returnitem.ID(it.ID)).SetAcceptedQuantity(f.accepted(it)).
			SetInspection(&lifecycle.Inspection{Checks: f.Checks, Passed: allPassed(f.Checks), Notes: f.Notes, InspectedAt: st.Now, Arrived: &arrived}).
			SetCondition(f.Condition).SetDeductions(append(depreciated(it), deductions...)).SetMissingGifts(f.MissingGifts).SetPhotos(f.Photos).ClearWeightGrams().ClearInspectorID()
		if f.WeightGrams != nil {
			u.SetWeightGrams(*f.WeightGrams)
		}
		if inspector != "" {
			u.SetInspectorID(inspector)
		}
		if err := u.Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// judged writes what follows for the whole return: what is to be sent back, and until when the customer may object.
func (s *Service) judged(ctx context.Context, st *casework.Step, items []*ent.ReturnItem, findings []Finding) error {
	accepted, owed := tally(items, findings)
	announced := 0
	for _, it := range items {
		announced += it.Quantity
	}
	d := s.detail(ctx, st.Case.ID).SetGoodsOwed(owed)
	if accepted < announced {
		until, err := s.disputes.Window(ctx, st)
		if err != nil {
			return err
		}
		d.SetNillableDisputeUntil(until)
	} else {
		d.ClearDisputeUntil()
	}
	return d.Exec(ctx)
}
