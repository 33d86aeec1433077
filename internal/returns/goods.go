package returns

import (
	"context"
	"slices"
	"strconv"
	"time"

	"aftersales/ent/parcel"
	"aftersales/ent/returnitem"
	"aftersales/internal/auth"
	"aftersales/internal/casework"
	"aftersales/internal/lifecycle"
	"aftersales/internal/problem"
)

// The goods' way back: shipped by the customer, received and inspected by the merchant.

// Ship records that the customer sent the goods (MALL-3.2e); shippedAt nil means now.
//
// Requires: CUSTOMER (own case), AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND, CONFLICT, ILLEGAL_TRANSITION,
// INVALID_INPUT at input.carrier, input.waybill or input.shippedAt (not before the case opened, not in the future).
func (s *Service) Ship(ctx context.Context, caseID string, expected *int, carrier, waybill string, shippedAt *time.Time) error {
	if _, err := auth.Require(ctx, "returnShip"); err != nil {
		return err
	}
	var l problem.List
	for _, f := range []struct {
		text *string
		name string
	}{{&carrier, "carrier"}, {&waybill, "waybill"}} {
		t, err := casework.Text(*f.text, "input", f.name)
		if err == nil && len([]rune(t)) > 100 {
			err = problem.Invalid(problem.Text{EN: "must have at most 100 characters", ZH: "最多 100 个字符"}, "input", f.name)
		}
		l = append(l, problem.All(err)...)
		*f.text = t
	}
	if err := l.Err(); err != nil {
		return err
	}
	return s.do(ctx, lifecycle.ReturnShip, caseID, expected, func(ctx context.Context, st *casework.Step) error {
		at := st.Now
		if shippedAt != nil {
			at = shippedAt.UTC().Truncate(time.Microsecond)
		}
		if at.After(st.Now) || at.Before(st.Case.OpenedAt) {
			return problem.Invalid(problem.Textf("must lie between the request (%[1]s) and now (%[2]s)", "须在申请时间（%[1]s）与现在（%[2]s）之间",
				st.Case.OpenedAt.UTC().Format(time.RFC3339), st.Now.Format(time.RFC3339)), "input", "shippedAt")
		}
		err := s.store.Client(ctx).Parcel.Create().SetMerchantID(st.Case.MerchantID).SetCaseID(caseID).SetDirection("TO_MERCHANT").
			SetCarrier(carrier).SetWaybill(waybill).SetShippedAt(at).Exec(ctx)
		if err != nil {
			return err
		}
		return st.Happened(ctx, lifecycle.Shipped, "", map[string]string{"carrier": carrier, "waybill": waybill})
	})
}

// Receive records that the goods are back; the merchant's clock runs again. Goods that arrive although nobody announced
// them are received as well.
//
// Requires: WAREHOUSE, AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND, CONFLICT, ILLEGAL_TRANSITION.
func (s *Service) Receive(ctx context.Context, caseID string, expected *int) error {
	return s.do(ctx, lifecycle.ReturnReceive, caseID, expected, func(ctx context.Context, st *casework.Step) error {
		err := s.store.Client(ctx).Parcel.Update().Where(parcel.CaseID(caseID), parcel.Direction("TO_MERCHANT"), parcel.DeliveredAtIsNil()).
			SetDeliveredAt(st.Now).Exec(ctx)
		if err != nil {
			return err
		}
		if err := s.detail(ctx, caseID).SetReceivedAt(st.Now).Exec(ctx); err != nil {
			return err
		}
		return st.Happened(ctx, lifecycle.EventReceived, "", nil)
	})
}

// Finding is what the inspection of one item came to. Accepted nil means the whole quantity when every check passed, none
// otherwise.
type Finding struct {
	ItemID   string
	Accepted *int
	Checks   []lifecycle.Check
	Notes    string
}

// Inspect records the inspection of every item (MALL-3.3a, 3.3b): appearance, function and accessories always. Something
// accepted leads on to the refund of what was accepted (MALL-3.3c), nothing accepted to INSPECTION_FAILED, from where the
// goods can be inspected again.
//
// Requires: WAREHOUSE, AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND, CONFLICT, ILLEGAL_TRANSITION, INVALID_INPUT
// at items.
func (s *Service) Inspect(ctx context.Context, caseID string, expected *int, findings []Finding) error {
	if _, err := auth.Require(ctx, "returnInspect"); err != nil {
		return err
	}
	if err := checkFindings(findings); err != nil {
		return err
	}
	accepted := slices.ContainsFunc(findings, func(f Finding) bool {
		return f.Accepted == nil && allPassed(f.Checks) || f.Accepted != nil && *f.Accepted > 0
	})
	act := casework.Act{Action: lifecycle.ReturnInspect, CaseID: caseID, Expected: expected, Judge: func(f *lifecycle.Facts) { f.Accepted = accepted }}
	return s.cases.Do(ctx, act, func(ctx context.Context, st *casework.Step) error {
		items, err := s.items(ctx, caseID)
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
			quantity := 0
			switch {
			case f.Accepted != nil:
				quantity = *f.Accepted
			case allPassed(f.Checks):
				quantity = it.Quantity
			}
			if quantity < 0 || quantity > it.Quantity {
				return problem.Invalid(problem.Textf("must be from 0 to %d", "须为 0 至 %d", it.Quantity), "items", strconv.Itoa(i), "acceptedQuantity")
			}
			u := s.store.Client(ctx).ReturnItem.Update().Where(returnitem.ID(it.ID)).SetAcceptedQuantity(quantity).
				SetInspection(&lifecycle.Inspection{Checks: f.Checks, Passed: allPassed(f.Checks), Notes: f.Notes, InspectedAt: st.Now})
			if inspector != "" {
				u.SetInspectorID(inspector)
			}
			if err := u.Exec(ctx); err != nil {
				return err
			}
		}
		passed := "false"
		if accepted {
			passed = "true"
		}
		return st.Happened(ctx, lifecycle.Inspected, "", map[string]string{"passed": passed})
	})
}

func allPassed(checks []lifecycle.Check) bool {
	return !slices.ContainsFunc(checks, func(c lifecycle.Check) bool { return !c.Passed })
}

func checkFindings(findings []Finding) error {
	var l problem.List
	for i := range findings {
		f := &findings[i]
		at := func(rest ...string) []string { return append([]string{"items", strconv.Itoa(i)}, rest...) }
		seen := map[lifecycle.Aspect]bool{}
		for j := range f.Checks {
			c := &f.Checks[j]
			if seen[c.Aspect] {
				l = append(l, problem.Invalid(problem.Textf("%s is checked twice", "%s 重复", c.Aspect), at("checks", strconv.Itoa(j), "aspect")...))
			}
			seen[c.Aspect] = true
			var err error
			c.Note, err = casework.OptionalText(c.Note, at("checks", strconv.Itoa(j), "note")...)
			l = append(l, problem.All(err)...)
		}
		for _, a := range lifecycle.RequiredAspects() {
			if !seen[a] {
				l = append(l, problem.Invalid(problem.Textf("appearance, function and accessories must be checked; %s is missing", "外观、功能、配件均须检验，缺少 %s", a), at("checks")...))
			}
		}
		var err error
		f.Notes, err = casework.OptionalText(f.Notes, at("notes")...)
		l = append(l, problem.All(err)...)
	}
	return l.Err()
}
