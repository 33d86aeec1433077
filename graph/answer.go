package graph

import (
	"context"

	"aftersales/ent"
	entcalendar "aftersales/ent/calendar"
	"aftersales/ent/customer"
	entfee "aftersales/ent/fee"
	"aftersales/ent/merchant"
	entproposal "aftersales/ent/proposal"
	entrefund "aftersales/ent/refund"
	"aftersales/ent/staff"
	"aftersales/graph/view"
	"aftersales/internal/auth"
	"aftersales/internal/calendar"
	"aftersales/internal/casework"
	"aftersales/internal/deadline"
	"aftersales/internal/id"
	"aftersales/internal/lifecycle"
	"aftersales/internal/problem"
	"aftersales/internal/returns"
)

// payloadOr gives the payload unless there was a fault.
func payloadOr[P any](p *P, fault error) (*P, error) {
	if fault != nil {
		return nil, fault
	}
	return p, nil
}

// caseOf shows a case, and none as a null of the interface.
func caseOf(c *ent.ServiceCase) view.Case {
	if c == nil {
		return nil
	}
	return view.CaseOf(c)
}

// allowed lists what the caller may do to a case now.
func (r *Resolver) allowed(ctx context.Context, c *ent.ServiceCase) ([]lifecycle.Action, error) {
	m, err := r.merchant(ctx, c.MerchantID)
	if err != nil {
		return nil, err
	}
	a, _ := auth.From(ctx)
	return casework.AllowedActions(a, m, c, r.cases.Now(m)), nil
}

// noCase is missing for the interface Case.
func noCase(err error) (view.Case, error) {
	if problem.Is(err, problem.NotFound) {
		return nil, nil
	}
	return nil, err
}

// inInput prefixes the field paths of refusals with the argument input, which use cases do not know of.
func inInput(err error) error {
	ps := problem.All(err)
	if len(ps) == 0 {
		return err
	}
	out := make(problem.List, len(ps))
	for i, p := range ps {
		out[i] = p
		if len(p.Field) > 0 && p.Field[0] != "merchant" {
			out[i] = p.At("input")
		}
	}
	return out
}

func (r *Resolver) viewer(ctx context.Context) (*view.Viewer, error) {
	a, err := auth.Require(ctx, "viewer")
	if err != nil || a.Anonymous() {
		return nil, err
	}
	v := &view.Viewer{Subject: a.Subject, Role: a.Role}
	if a.MerchantID == "" {
		return v, nil
	}
	s := selected(ctx)
	if s.asks("merchant") {
		if v.Merchant, err = r.loadedMerchant(ctx, a.MerchantID, s.of("merchant")); err != nil {
			return nil, err
		}
	}
	if s.asks("customer") && a.Role == auth.Customer {
		row, err := r.store.Client(ctx).Customer.Query().Where(customer.ID(a.CustomerID)).Only(ctx)
		if err != nil && !ent.IsNotFound(err) {
			return nil, err
		}
		if row != nil {
			v.Customer = &view.Customer{Customer: row}
		}
	}
	if s.asks("staff") && a.Role != auth.Customer {
		row, err := r.store.Client(ctx).Staff.Query().Where(staff.MerchantID(a.MerchantID), staff.Subject(a.Subject)).Only(ctx)
		if err != nil && !ent.IsNotFound(err) {
			return nil, err
		}
		v.Staff = view.StaffOf(row)
	}
	return v, nil
}

func (r *Resolver) loadedMerchant(ctx context.Context, id string, s selection) (*view.Merchant, error) {
	q := r.store.Client(ctx).Merchant.Query().Where(merchant.ID(id))
	loadMerchant(q, s)
	row, err := q.Only(ctx)
	if ent.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &view.Merchant{Merchant: row}, nil
}

func (r *Resolver) findCalendars(ctx context.Context, ids []string, found map[string]view.Node) error {
	rows, err := r.store.Client(ctx).Calendar.Query().Where(entcalendar.IDIn(ids...)).All(ctx)
	for _, row := range rows {
		cal, err := r.cases.Parsed(row)
		if err != nil {
			return err
		}
		found[row.ID] = view.CalendarOf(row, cal)
	}
	return err
}

// showFee shows a fee in its merchant's currency; the merchant is read once an operation.
func (r *Resolver) showFee(ctx context.Context, row *ent.Fee) (*view.Fee, error) {
	m, err := r.merchant(ctx, row.MerchantID)
	if err != nil {
		return nil, err
	}
	return &view.Fee{Fee: row, Currency: m.Currency}, nil
}

func (r *Resolver) findFees(ctx context.Context, ids []string, found map[string]view.Node) error {
	rows, err := r.store.Client(ctx).Fee.Query().Where(entfee.IDIn(ids...)).All(ctx)
	for _, row := range rows {
		shown, err := r.showFee(ctx, row)
		if err != nil {
			return err
		}
		found[row.ID] = shown
	}
	return err
}

// personal shows a customer's phone or e-mail, or an id made of one: whole to those who need it, which the audit records
// for staff, masked to everyone else (SLA-A-3.1.4).
func (r *Resolver) personal(ctx context.Context, c *ent.Customer, value string, mask func(string) string) *string {
	if value == "" {
		return nil
	}
	a, _ := auth.From(ctx)
	if !a.SeesPersonalData() {
		value = mask(value)
	} else if a.Role != auth.Customer {
		memoryOf(ctx).saw(c)
	}
	return &value
}

func dates(ds []calendar.Date) []*calendar.Date {
	out := make([]*calendar.Date, len(ds))
	for i := range ds {
		out[i] = &ds[i]
	}
	return out
}

// preview answers deadlinePreview by the very code that counts real cases.
func (r *Resolver) preview(ctx context.Context, in view.DeadlinePreviewInput) (*view.DeadlinePreview, error) {
	a, err := auth.Require(ctx, "deadlinePreview")
	if err != nil {
		return nil, err
	}
	code := note(in.Calendar)
	if in.Calendar == nil {
		if in.Merchant == nil && a.MerchantID == "" {
			return nil, problem.Invalid(problem.Text{EN: "name a calendar or a merchant", ZH: "请指明日历或商家"}, "input", "calendar")
		}
		if ctx, err = r.merchants.Scope(ctx, in.Merchant); err != nil {
			return nil, inInput(err)
		}
		m, err := r.cases.Merchant(ctx)
		if err != nil {
			return nil, err
		}
		code = m.CalendarCode
	}
	_, cal, err := r.cases.Calendar(ctx, code)
	if err != nil {
		return nil, inInput(err)
	}
	clock := deadline.Clock{Rule: deadline.Rule{Unit: in.Unit, Length: in.Length, Roll: in.Roll != nil && *in.Roll}, Start: in.StartedAt}
	if in.ExtendedTo != nil {
		clock.ExtendedTo = *in.ExtendedTo
	}
	for _, p := range in.Pauses {
		clock.Pauses = append(clock.Pauses, deadline.Pause{From: p.From, To: p.To})
	}
	for _, f := range []struct {
		text *string
		to   **deadline.TimeOfDay
		name string
	}{{in.CutOff, &clock.Rule.CutOff, "cutOff"}, {in.CloseOfBusiness, &clock.Rule.CloseOfBusiness, "closeOfBusiness"}} {
		if f.text == nil {
			continue
		}
		t, err := deadline.ParseTimeOfDay(*f.text)
		if err != nil {
			return nil, problem.All(err)[0].At("input", f.name)
		}
		*f.to = &t
	}
	result, err := deadline.Compute(cal, clock)
	if err != nil {
		return nil, inInput(err)
	}
	return &view.DeadlinePreview{DueAt: result.DueAt, PromisedDueAt: result.PromisedDueAt, LastDay: result.LastDay, CountedDays: dates(result.CountedDays),
		Provisional: result.Provisional, Why: deadline.Explain(cal, clock, result, view.Lang(ctx))}, nil
}

func finding(in *view.ReturnInspectionInput) returns.Finding {
	f := returns.Finding{ItemID: in.Item, Accepted: in.AcceptedQuantity, Arrived: in.ArrivedQuantity, Notes: note(in.Notes), WeightGrams: in.WeightGrams, Photos: in.Photos}
	if in.Condition != nil {
		f.Condition = *in.Condition
	}
	for _, d := range in.Deductions {
		f.Deductions = append(f.Deductions, returns.NewDeduction{Reason: d.Reason, Amount: note(d.Amount), FeeCode: note(d.FeeCode), Note: note(d.Note), Evidence: d.Evidence})
	}
	for _, g := range in.MissingGifts {
		f.MissingGifts = append(f.MissingGifts, lifecycle.MissingGift{OrderLineID: g.OrderLine, Quantity: g.Quantity})
	}
	for _, c := range in.Checks {
		f.Checks = append(f.Checks, lifecycle.Check{Aspect: c.Aspect, Passed: c.Passed, Note: note(c.Note)})
	}
	return f
}

func (r *Resolver) refund(ctx context.Context, id string) (*view.Refund, error) {
	q := r.store.Client(ctx).Refund.Query().Where(entrefund.ID(id))
	loadRefund(q, selected(ctx).of("refund"))
	row, err := q.Only(ctx)
	if err != nil {
		return nil, err
	}
	return &view.Refund{Refund: row}, nil
}

// parked shows a parked parcel with what is asked for of it.
func (r *Resolver) parked(ctx context.Context, id string) (*view.ParkedParcel, error) {
	row, err := r.returns.Parked(ctx, id, func(q *ent.ParkedParcelQuery) { loadParked(q, selected(ctx).of("parkedParcel")) })
	if err != nil {
		return nil, err
	}
	return &view.ParkedParcel{ParkedParcel: row}, nil
}

func isParked(of string) bool { return id.Prefix(of) == id.ParkedParcel }

func (r *Resolver) proposal(ctx context.Context, id string) (*view.Proposal, error) {
	q := r.store.Client(ctx).Proposal.Query().Where(entproposal.ID(id))
	loadProposal(q)
	row, err := q.Only(ctx)
	if err != nil {
		return nil, err
	}
	return &view.Proposal{Proposal: row}, nil
}
