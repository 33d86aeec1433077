package repairs

import (
	"context"
	"slices"
	"strconv"
	"time"

	"aftersales/ent"
	"aftersales/ent/repairpart"
	"aftersales/internal/auth"
	"aftersales/internal/calendar"
	"aftersales/internal/casework"
	"aftersales/internal/id"
	"aftersales/internal/lifecycle"
	"aftersales/internal/plan"
	"aftersales/internal/problem"
)

// Parts: those at hand, those that are awaited, and the special ones that buy a longer time (MALL-4.3b).

// maxParts bounds the parts of one case.
const maxParts = 50

// Part is a part that a repair needs.
type Part struct {
	// Name has 1 to 200 characters, PartNumber up to 100, Supplier up to 200.
	Name, PartNumber string
	Quantity         int
	// Special: it has to be procured specially; then Supplier and ExpectedOn are told.
	Special  bool
	Supplier string
	// ExpectedOn is the day it is expected, in the zone of the merchant's calendar; nil: it is at hand.
	ExpectedOn *calendar.Date
}

func (in *Part) check(path ...string) problem.List {
	at := func(name string) []string { return append(slices.Clone(path), name) }
	l := short(&in.Name, 200, at("name")...)
	l = append(l, maybeShort(&in.PartNumber, 100, at("partNumber")...)...)
	l = append(l, maybeShort(&in.Supplier, 200, at("supplier")...)...)
	if in.Quantity < 1 || in.Quantity > maxUnits {
		l = append(l, badQuantity(at("quantity")...))
	}
	if in.Special && in.Supplier == "" {
		l = append(l, problem.Invalid(problem.Text{EN: "say who supplies a special part", ZH: "特殊零件须填写供应商"}, at("supplier")...))
	}
	if in.Special && in.ExpectedOn == nil {
		l = append(l, problem.Invalid(problem.Text{EN: "say when a special part is expected", ZH: "特殊零件须填写预计到货日期"}, at("expectedOn")...))
	}
	return l
}

// RecordPart records a part. One that is awaited stops no clock: the extension is what special parts buy.
//
// Requires: TECHNICIAN, AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND, CONFLICT, ILLEGAL_TRANSITION, INVALID_INPUT at
// input's fields, LIMIT_EXCEEDED after 50, IDEMPOTENCY_MISMATCH. It returns the part.
func (s *Service) RecordPart(ctx context.Context, caseID string, expected *int, key string, in Part) (string, error) {
	if _, err := auth.Require(ctx, "repairPartRecord"); err != nil {
		return "", err
	}
	if err := in.check("input").Err(); err != nil {
		return "", err
	}
	act, partID := casework.Act{Action: lifecycle.RepairPartRecord, CaseID: caseID, Expected: expected, Judge: func(f *lifecycle.Facts) {
		f.Work.PartsAwaited = f.Work.PartsAwaited || in.ExpectedOn != nil
	}}, id.New(id.RepairPart)
	return s.cases.DoOnce(ctx, act, key, []any{caseID, in}, partID, func(ctx context.Context, st *casework.Step) error {
		if err := s.expected(ctx, st, in); err != nil {
			return err
		}
		if err := s.addParts(ctx, st, partID, in); err != nil {
			return err
		}
		if err := s.awaits(ctx, st, st.Now); err != nil {
			return err
		}
		return st.Happened(ctx, lifecycle.PartRecorded, "", map[string]string{"part": in.Name, "special": strconv.FormatBool(in.Special)})
	})
}

// expected refuses a part that was expected on a day that is over.
func (s *Service) expected(ctx context.Context, st *casework.Step, in Part) error {
	if in.ExpectedOn == nil {
		return nil
	}
	_, cal, err := s.cases.MerchantCalendar(ctx, st.Merchant)
	if err != nil {
		return err
	}
	if today := calendar.DateOf(st.Now, cal.Zone()); in.ExpectedOn.Before(today) {
		return problem.Invalid(problem.Textf("must not be before today (%s)", "不能早于今天（%s）", today), "input", "expectedOn")
	}
	return nil
}

// addParts writes parts down; firstID is the id of the first.
func (s *Service) addParts(ctx context.Context, st *casework.Step, firstID string, parts ...Part) error {
	if len(st.Case.Edges.Parts)+len(parts) > maxParts {
		return tooMany("parts", "个配件", maxParts)
	}
	rows := make([]*ent.RepairPartCreate, len(parts))
	for i, p := range parts {
		rows[i] = s.store.Client(ctx).RepairPart.Create().SetMerchantID(st.Case.MerchantID).SetCaseID(st.Case.ID).SetName(p.Name).SetPartNumber(p.PartNumber).
			SetQuantity(p.Quantity).SetSpecial(p.Special).SetSupplier(p.Supplier).SetRecordedAt(st.Now).SetRecordedBy(st.Actor.Name)
		if p.ExpectedOn != nil {
			rows[i].SetExpectedOn(p.ExpectedOn.String())
		}
		if i == 0 && firstID != "" {
			rows[i].SetID(firstID)
		}
	}
	if len(rows) == 0 {
		return nil
	}
	return s.store.Client(ctx).RepairPart.CreateBulk(rows...).Exec(ctx)
}

// awaits begins or ends the waiting for parts, as the status says after this act.
func (s *Service) awaits(ctx context.Context, st *casework.Step, at time.Time) error {
	d, was := s.detail(ctx, st.Case.ID), st.Case.Edges.Repair
	switch waits := st.To() == lifecycle.AwaitingParts; {
	case waits && was.PartsSince == nil:
		return d.SetPartsSince(st.Now).Exec(ctx)
	case !waits && was.PartsSince != nil:
		StopWaiting(d, was, at)
		return d.Exec(ctx)
	}
	return nil
}

// PartArrived records that an awaited part is there; with the last one the work goes on.
//
// Requires: WAREHOUSE, TECHNICIAN, AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND (part), CONFLICT, ILLEGAL_TRANSITION,
// NOT_ELIGIBLE for a part that is not awaited, INVALID_INPUT at arrivedAt. It returns the case.
func (s *Service) PartArrived(ctx context.Context, partID string, expected *int, arrivedAt *time.Time) (string, error) {
	if _, err := auth.Require(ctx, "repairPartArrive"); err != nil {
		return "", err
	}
	part, err := s.PartByID(ctx, partID)
	if err != nil {
		return "", err
	}
	act := casework.Act{Action: lifecycle.RepairPartArrive, CaseID: part.CaseID, Expected: expected, Weigh: func(_ context.Context, st *casework.Step, f *lifecycle.Facts) error {
		f.Work.PartsAwaited = false
		for _, p := range st.Case.Edges.Parts {
			awaited := p.ExpectedOn != "" && p.ArrivedAt == nil
			switch {
			case p.ID == partID && !awaited:
				return problem.New(problem.NotEligible, problem.Text{EN: "this part was at hand or arrived already", ZH: "该配件无需等待或已到货"})
			case p.ID != partID && awaited:
				f.Work.PartsAwaited = true
			}
		}
		return nil
	}}
	return part.CaseID, s.cases.Do(ctx, act, func(ctx context.Context, st *casework.Step) error {
		at, err := within(st, arrivedAt, part.RecordedAt, "arrivedAt")
		if err != nil {
			return err
		}
		if err := s.store.Client(ctx).RepairPart.Update().Where(repairpart.ID(partID)).SetArrivedAt(at).Exec(ctx); err != nil {
			return err
		}
		if err := s.awaits(ctx, st, at); err != nil {
			return err
		}
		return st.Happened(ctx, lifecycle.PartArrived, "", map[string]string{"part": part.Name})
	})
}

// PartByID finds a part within the actor's reach. Errors: NOT_FOUND.
func (s *Service) PartByID(ctx context.Context, partID string) (*ent.RepairPart, error) {
	row, err := s.store.Client(ctx).RepairPart.Query().Where(repairpart.ID(partID)).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, casework.NotFound("part", "配件", "part")
	}
	return row, err
}

// Extend gives the repair longer for a special part: once, before the limit, from the original start (MALL-4.3b, reading
// X8.10). The customer gets a message.
//
// Requires: AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND, CONFLICT, ILLEGAL_TRANSITION once nothing is repaired any
// more, INVALID_INPUT at reason, EXTENSION_REFUSED, LIMIT_EXCEEDED.
func (s *Service) Extend(ctx context.Context, caseID string, expected *int, partID, reason string) error {
	if _, err := auth.Require(ctx, "repairExtend"); err != nil {
		return err
	}
	reason, err := casework.Text(reason, "reason")
	if err != nil {
		return err
	}
	var part *ent.RepairPart
	act := casework.Act{Action: lifecycle.RepairExtend, CaseID: caseID, Expected: expected, Weigh: func(_ context.Context, st *casework.Step, f *lifecycle.Facts) error {
		if st.Case.Status.Ended() {
			return nil
		}
		i := slices.IndexFunc(st.Case.Edges.Parts, func(p *ent.RepairPart) bool { return p.ID == partID })
		if i < 0 || !st.Case.Edges.Parts[i].Special {
			return &problem.Problem{Code: problem.ExtensionRefused, Field: []string{"part"}, Message: problem.Text{
				EN: "only a special part that was recorded for this repair gives it longer", ZH: "仅限本工单已登记的特殊零件方可延长时限"}}
		}
		part = st.Case.Edges.Parts[i]
		f.Work.Extendable = true // whether the clock can be, it says itself
		return nil
	}}
	return s.cases.Do(ctx, act, func(ctx context.Context, st *casework.Step) error {
		if err := st.Extend(ctx, plan.Repair, lifecycle.Extension{Reason: reason, PartID: part.ID, Part: part.Name}); err != nil {
			return err
		}
		if err := st.Say(ctx, extended(part.Name, reason)); err != nil {
			return err
		}
		return st.Happened(ctx, lifecycle.DeadlineExtended, reason, map[string]string{"deadline": string(plan.Repair), "part": part.Name})
	})
}

// extended is what the customer is told, in both languages: messages are kept as they were written.
func extended(part, reason string) string {
	text := "维修需要特殊零件「" + part + "」，维修时限自申请之日起延长至 10 个工作日。 The repair needs the special part “" + part +
		"”: its time is extended to 10 working days from the request.\n" + reason
	return string([]rune(text)[:min(len([]rune(text)), 5000)])
}
