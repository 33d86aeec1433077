package casework

import (
	"context"
	"slices"
	"time"

	"entgo.io/ent/dialect/sql"

	"aftersales/ent"
	entdeadline "aftersales/ent/deadline"
	"aftersales/ent/servicecase"
	"aftersales/internal/id"
	"aftersales/internal/lifecycle"
)

// ofCases confines a statement about rows of cases to those of some, by the index that begins with merchant and case.
func (s *Service) ofCases(cases []*ent.ServiceCase) func(*sql.Selector) {
	merchants, ids := make([]string, len(cases)), make([]string, len(cases))
	for i, c := range cases {
		merchants[i], ids[i] = c.MerchantID, c.ID
	}
	return s.store.Rows([]string{entdeadline.FieldMerchantID, entdeadline.FieldCaseID}, merchants, ids)
}

// systemEvent is an event that the clock of a deadline wrote, at the instant it speaks of.
func systemEvent(d *ent.Deadline, e lifecycle.Event, at time.Time) *ent.CaseEvent {
	by := system(d.MerchantID)
	return &ent.CaseEvent{
		ID: id.New(id.CaseEvent), MerchantID: d.MerchantID, CaseID: d.CaseID, Type: e, At: at, ActorSubject: by.Subject, ActorName: by.Name,
		Params: map[string]string{"deadline": string(d.Kind), "clause": d.Clause},
	}
}

// touch raises the revision of cases and computes anew the due instant that lists of cases sort by; and writes more.
func (s *Service) touch(ctx context.Context, cases []string, and func(*sql.UpdateBuilder)) error {
	if len(cases) == 0 {
		return nil
	}
	return s.store.Client(ctx).ServiceCase.Update().Where(s.store.Among(servicecase.FieldID, cases)).AddRevision(1).
		Modify(func(u *sql.UpdateBuilder) {
			u.Set(servicecase.FieldNextDueAt, sql.Expr("(SELECT MIN(d.due_at) FROM deadlines d WHERE d.merchant_id = service_cases.merchant_id AND d.case_id = service_cases.id AND d.open)"))
			if and != nil {
				and(u)
			}
		}).Exec(ctx)
}

func ids(ds []*ent.Deadline) []string {
	out := make([]string, len(ds))
	for i, d := range ds {
		out[i] = d.ID
	}
	return out
}

// caseIDs lists the cases of deadlines, each once.
func caseIDs(ds []*ent.Deadline) []string {
	seen := map[string]bool{}
	out := []string{}
	for _, d := range ds {
		if !seen[d.CaseID] {
			seen[d.CaseID] = true
			out = append(out, d.CaseID)
		}
	}
	return out
}

// without leaves out of a list what another one holds.
func without(list, other []string) []string {
	leave := map[string]bool{}
	for _, v := range other {
		leave[v] = true
	}
	return slices.DeleteFunc(list, func(v string) bool { return leave[v] })
}
