// Package warranty keeps what merchants promise for goods that break: a term for each category (MALL-5.1c), an entry for each
// unit with what its repairs took, whether a unit is covered on a day (MALL-5.1b), and what the law gives its owner
// (law.md section 2.3). Days are in the zone of the merchant's calendar.
package warranty

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"aftersales/ent"
	"aftersales/ent/warrantyterm"
	"aftersales/internal/auth"
	"aftersales/internal/calendar"
	"aftersales/internal/casework"
	"aftersales/internal/plan"
	"aftersales/internal/problem"
	"aftersales/internal/store"
)

// Service keeps terms and entries.
type Service struct {
	store *store.Store
	cases *casework.Service
}

// New makes the service.
func New(st *store.Store, cases *casework.Service) *Service { return &Service{st, cases} }

// Bounds of a term.
const (
	maxMonths     = 240
	maxExclusions = 20
)

// NewTerm is a term as a merchant sets it.
type NewTerm struct {
	Category        string
	Months          int
	Basis           string
	Parts, Labour   bool
	Exclusions      []string
	DepreciationBps int
}

// SetTerm says for how long and for what goods of a category are covered; it replaces what was said before. Units registered
// already keep what they were promised. It returns the term's id.
//
// Requires: MERCHANT_ADMIN or PLATFORM_ADMIN. Errors: POLICY_BELOW_FLOOR at input.months naming the clause or article,
// INVALID_INPUT at input.category, input.months, input.basis, input.exclusions, input.depreciationBps or input.parts.
func (s *Service) SetTerm(ctx context.Context, in NewTerm) (string, error) {
	if _, err := auth.Require(ctx, "warrantyTermSet"); err != nil {
		return "", err
	}
	m, err := s.cases.Merchant(ctx)
	if err != nil {
		return "", err
	}
	law, err := s.cases.Law(ctx, m)
	if err != nil {
		return "", err
	}
	if err := in.check(law).Err(); err != nil {
		return "", err
	}
	var made string
	set := func() error {
		return s.store.InTx(ctx, func(ctx context.Context) error {
			client := s.store.Client(ctx)
			old, err := client.WarrantyTerm.Query().Where(warrantyterm.MerchantID(m.ID), warrantyterm.Category(in.Category)).Only(ctx)
			switch {
			case ent.IsNotFound(err):
				row, err := client.WarrantyTerm.Create().SetMerchantID(m.ID).SetCategory(in.Category).SetMonths(in.Months).SetBasis(in.Basis).
					SetParts(in.Parts).SetLabour(in.Labour).SetExclusions(in.Exclusions).SetDepreciationBps(in.DepreciationBps).Save(ctx)
				if err == nil {
					made = row.ID
				}
				return err
			case err != nil:
				return err
			}
			made = old.ID
			return client.WarrantyTerm.UpdateOneID(old.ID).SetMonths(in.Months).SetBasis(in.Basis).SetParts(in.Parts).SetLabour(in.Labour).
				SetExclusions(in.Exclusions).SetDepreciationBps(in.DepreciationBps).Exec(ctx)
		})
	}
	err = set()
	for try := 0; store.IsConstraint(err) && try < 5; try++ { // somebody set the same category at the same time
		err = set()
	}
	return made, err
}

func (in *NewTerm) check(law *plan.Law) problem.List {
	var l problem.List
	var err error
	if in.Category, err = casework.Text(in.Category, "input", "category"); err == nil && len([]rune(in.Category)) > 100 {
		err = problem.Invalid(problem.Textf("must have at most %d characters", "最多 %d 个字符", 100), "input", "category")
	}
	l = append(l, problem.All(err)...)
	in.Category = categoryKey(in.Category)
	switch floor := floorOf(in.Category, law); {
	case in.Months < 1 || in.Months > maxMonths:
		l = append(l, problem.Invalid(problem.Textf("must be from 1 to %d", "须为 1 至 %d", maxMonths), "input", "months"))
	case in.Months < floor.Months:
		l = append(l, &problem.Problem{Code: problem.PolicyBelowFloor, Field: []string{"input", "months"},
			Message: problem.Textf("%[1]s gives %[2]d months; a merchant can only give more", "%[1]s 规定至少 %[2]d 个月，商家只能更优", floor.Clause, floor.Months),
			Params:  []problem.Param{{Name: "clause", Value: floor.Clause}, {Name: "minimum", Value: strconv.Itoa(floor.Months)}}})
	}
	if in.Basis != Invoice && in.Basis != Delivery {
		l = append(l, problem.Invalid(problem.Text{EN: "a term counts from the invoice or the delivery", ZH: "质保须自开票或签收起算"}, "input", "basis"))
	}
	if !in.Parts && !in.Labour {
		l = append(l, problem.Invalid(problem.Text{EN: "a warranty covers parts, labour or both", ZH: "质保须涵盖配件、人工或两者"}, "input", "parts"))
	}
	if len(in.Exclusions) > maxExclusions {
		l = append(l, problem.Invalid(problem.Textf("at most %d", "最多 %d 项", maxExclusions), "input", "exclusions"))
	}
	in.Exclusions = slices.Clone(in.Exclusions)
	for i := range in.Exclusions {
		at := []string{"input", "exclusions", strconv.Itoa(i)}
		if in.Exclusions[i], err = casework.Text(in.Exclusions[i], at...); err == nil && len([]rune(in.Exclusions[i])) > 200 {
			err = problem.Invalid(problem.Textf("must have at most %d characters", "最多 %d 个字符", 200), at...)
		}
		l = append(l, problem.All(err)...)
	}
	if in.DepreciationBps < 0 || in.DepreciationBps > 10_000 {
		l = append(l, problem.Invalid(problem.Textf("must be from 0 to %d", "须为 0 至 %d", 10_000), "input", "depreciationBps"))
	}
	return l
}

// categoryKey is how categories are compared: whether letters are capitals says nothing.
func categoryKey(category string) string { return strings.ToUpper(strings.TrimSpace(category)) }

// Terms lists what a merchant promises, by category: its own terms and those that hold without it setting any.
//
// Requires: any role of the merchant. Errors: INVALID_INPUT when no merchant is named.
func (s *Service) Terms(ctx context.Context) ([]Term, error) {
	if _, err := auth.Require(ctx, "warrantyTerms"); err != nil {
		return nil, err
	}
	m, err := s.cases.Merchant(ctx)
	if err != nil {
		return nil, err
	}
	b, err := s.Book(ctx, m)
	if err != nil {
		return nil, err
	}
	return b.all(), nil
}

// Book gathers a merchant's terms.
func (s *Service) Book(ctx context.Context, m *ent.Merchant) (*Book, error) {
	_, cal, err := s.cases.MerchantCalendar(ctx, m)
	if err != nil {
		return nil, err
	}
	law, err := s.cases.LawBy(m, cal)
	if err != nil {
		return nil, err
	}
	return s.BookBy(ctx, m, cal, law)
}

// BookBy is Book for a caller who has the merchant's calendar and law at hand.
func (s *Service) BookBy(ctx context.Context, m *ent.Merchant, cal *calendar.Calendar, law *plan.Law) (*Book, error) {
	set, err := s.cases.Settings(ctx, m)
	if err != nil {
		return nil, err
	}
	return &Book{Merchant: m, Calendar: cal, Law: law, Now: s.cases.Now(m), rows: set.Terms}, nil
}
