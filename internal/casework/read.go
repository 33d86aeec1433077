package casework

import (
	"context"
	"reflect"
	"strings"
	"time"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

	"aftersales/ent"
	entdeadline "aftersales/ent/deadline"
	"aftersales/ent/predicate"
	"aftersales/ent/servicecase"
	"aftersales/ent/ticketdetail"
	"aftersales/internal/auth"
	"aftersales/internal/lifecycle"
	"aftersales/internal/problem"
	"aftersales/internal/store"
)

// Filter narrows a list of cases; nil and empty fields do not narrow.
type Filter struct {
	Kinds                     []lifecycle.Kind
	Statuses                  []lifecycle.Status
	Open                      *bool
	Assignee, Customer, Order *string
	Unassigned                *bool
	Risks                     []Risk
	DueBefore                 *time.Time
	OpenedAfter, OpenedBefore *time.Time
	Search                    *string
	// Grounds finds complaints by why somebody complains; About questions and complaints about a case.
	Grounds []string
	About   *string
	// SilentForHours finds open cases whose customer heard nothing for more hours than this (MALL-3.3f).
	SilentForHours *int
}

// maxSilence bounds SilentForHours: ten years.
const maxSilence = 87_600

// Orders of case lists. Never by id alone: ids carry real time, cases may carry sandbox time (design decision 15).
var (
	Newest  = store.Order{Column: servicecase.FieldOpenedAt, Desc: true}
	NextDue = store.Order{Column: servicecase.FieldNextDueAt, Nullable: true}
)

// Page is a page of cases together with what counts the whole list when asked.
type Page struct {
	store.Slice[*ent.ServiceCase]
	Order store.Order
	Count func(ctx context.Context) (int, error)
}

// Key is a case's place in a list's order.
func Key(o store.Order, c *ent.ServiceCase) store.Key {
	if o == NextDue {
		return store.Key{At: c.NextDueAt, ID: c.ID}
	}
	return store.Key{At: &c.OpenedAt, ID: c.ID}
}

// List reads a page of the cases within the actor's reach. with adds what the caller wants loaded beside each case.
//
// Requires: a role that reads cases; operation is the root field asked for. Errors: INVALID_INPUT for paging.
func (s *Service) List(ctx context.Context, operation string, p store.Page, f Filter, o store.Order, with func(*ent.ServiceCaseQuery)) (*Page, error) {
	return s.ListBrief(ctx, operation, p, f, o, nil, with)
}

// ListBrief is List for who shows no more of a case than brief brings: where the page is one that one statement can read, it
// does. A nil brief asks for the ordinary way.
func (s *Service) ListBrief(ctx context.Context, operation string, p store.Page, f Filter, o store.Order, brief *store.BriefCases, with func(*ent.ServiceCaseQuery)) (*Page, error) {
	if _, err := auth.Require(ctx, operation); err != nil {
		return nil, err
	}
	where, err := s.wherein(ctx, f)
	if err != nil {
		return nil, err
	}
	reach, short := s.store.Brief(ctx)
	short = short && brief != nil && p.Start() && o == Newest && f.oneState()
	slice, err := store.List(ctx, p, o, func(ctx context.Context, order func(*sql.Selector), limit int) ([]*ent.ServiceCase, error) {
		if short {
			b := *brief
			b.Kind, b.Limit = f.Kinds[0], limit
			if len(f.Statuses) == 1 {
				b.Status = f.Statuses[0]
			}
			return s.store.Cases(ctx, reach, b)
		}
		q := s.store.Client(ctx).ServiceCase.Query().Where(where...).Where(order).Limit(limit)
		with(q)
		return q.All(ctx)
	}, func(c *ent.ServiceCase) store.Key { return Key(o, c) })
	if err != nil {
		return nil, err
	}
	return &Page{slice, o, func(ctx context.Context) (int, error) {
		return s.store.Client(ctx).ServiceCase.Query().Where(where...).Count(ctx)
	}}, nil
}

// oneState reports whether a filter asks for nothing but one kind and at most one status.
func (f Filter) oneState() bool {
	kinds, statuses := f.Kinds, f.Statuses
	f.Kinds, f.Statuses = nil, nil
	return len(kinds) == 1 && len(statuses) <= 1 && reflect.ValueOf(f).IsZero()
}

func (s *Service) wherein(ctx context.Context, f Filter) ([]predicate.ServiceCase, error) {
	m, err := s.confined(ctx)
	if err != nil {
		return nil, err
	}
	ps := []predicate.ServiceCase{servicecase.MerchantID(m)}
	add := func(on bool, p func() predicate.ServiceCase) {
		if on {
			ps = append(ps, p())
		}
	}
	add(len(f.Kinds) > 0, func() predicate.ServiceCase { return servicecase.KindIn(f.Kinds...) })
	add(len(f.Statuses) > 0, func() predicate.ServiceCase { return servicecase.StatusIn(f.Statuses...) })
	add(f.Open != nil && *f.Open, func() predicate.ServiceCase {
		return servicecase.StatusNotIn(lifecycle.EndedStatuses()...)
	})
	add(f.Open != nil && !*f.Open, func() predicate.ServiceCase { return servicecase.StatusIn(lifecycle.EndedStatuses()...) })
	add(f.Assignee != nil, func() predicate.ServiceCase { return servicecase.AssigneeID(*f.Assignee) })
	add(f.Unassigned != nil && *f.Unassigned, servicecase.AssigneeIDIsNil)
	add(f.Unassigned != nil && !*f.Unassigned, servicecase.AssigneeIDNotNil)
	add(f.Customer != nil, func() predicate.ServiceCase { return servicecase.CustomerID(*f.Customer) })
	add(f.Order != nil, func() predicate.ServiceCase { return servicecase.OrderID(*f.Order) })
	add(len(f.Grounds) > 0, func() predicate.ServiceCase {
		return servicecase.HasTicketWith(ticketdetail.MerchantID(m), ticketdetail.GroundIn(f.Grounds...))
	})
	add(f.About != nil, func() predicate.ServiceCase { return servicecase.AboutID(*f.About) })
	add(f.DueBefore != nil, func() predicate.ServiceCase { return servicecase.NextDueAtLT(f.DueBefore.UTC()) })
	add(f.OpenedAfter != nil, func() predicate.ServiceCase { return servicecase.OpenedAtGT(f.OpenedAfter.UTC()) })
	add(f.OpenedBefore != nil, func() predicate.ServiceCase { return servicecase.OpenedAtLT(f.OpenedBefore.UTC()) })
	if len(f.Risks) > 0 {
		now, err := s.now(ctx)
		if err != nil {
			return nil, err
		}
		ps = append(ps, casesAt(m, f.Risks, now))
	}
	if f.SilentForHours != nil {
		if *f.SilentForHours < 0 || *f.SilentForHours > maxSilence {
			return nil, problem.Invalid(problem.Textf("must be from 0 to %d", "须为 0 至 %d", maxSilence), "filter", "silentForHours")
		}
		now, err := s.now(ctx)
		if err != nil {
			return nil, err
		}
		ps = append(ps, servicecase.EndedAtIsNil(), servicecase.ContactedAtLT(now.Add(-time.Duration(*f.SilentForHours)*time.Hour)))
	}
	if f.Search != nil && strings.TrimSpace(*f.Search) != "" {
		ps = append(ps, s.matching(ctx, m, strings.TrimSpace(*f.Search)))
	}
	return ps, nil
}

func (s *Service) now(ctx context.Context) (time.Time, error) {
	m, err := s.Merchant(ctx)
	if err != nil {
		return time.Time{}, err
	}
	return s.Now(m), nil
}

// confined is the merchant a list is of: lists never cross tenants, not even for PLATFORM_ADMIN.
func (s *Service) confined(ctx context.Context) (string, error) {
	a, _ := auth.From(ctx)
	if a.MerchantID == "" {
		_, err := s.Merchant(ctx)
		return "", err
	}
	return a.MerchantID, nil
}

// matching finds cases by case number, order number, waybill or the customer's external id: whole or prefix, whatever the
// case of letters. An external id that is an e-mail address or phone number is found only by who may see those: prefix by
// prefix, others could spell it out.
func (s *Service) matching(ctx context.Context, merchant, text string) predicate.ServiceCase {
	a, _ := auth.From(ctx)
	like := " LIKE "
	if s.store.Dialect() == dialect.Postgres {
		like = " ILIKE "
	}
	pattern := strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text) + "%"
	prefix := func(column string) *sql.Predicate {
		return sql.P(func(b *sql.Builder) { b.Ident(column).WriteString(like).Arg(pattern).WriteString(` ESCAPE '\'`) })
	}
	from := func(table, pick, column string) *sql.Selector {
		t := sql.Table(table)
		return sql.Select(t.C(pick)).From(t).Where(sql.And(sql.EQ(t.C("merchant_id"), merchant), prefix(t.C(column))))
	}
	return func(c *sql.Selector) {
		customers := from("customers", "id", "external_id")
		if !a.SeesPersonalData() {
			id := customers.C("external_id")
			customers.Where(sql.Not(sql.Or(sql.Contains(id, "@"), sql.HasPrefix(id, "tel:"))))
		}
		c.Where(sql.Or(
			prefix(c.C(servicecase.FieldNumber)),
			sql.In(c.C(servicecase.FieldOrderID), from("orders", "id", "number")),
			sql.In(c.C(servicecase.FieldCustomerID), customers),
			sql.In(c.C(servicecase.FieldID), from("parcels", "case_id", "waybill")),
		))
	}
}

// casesAt finds cases by the gravest risk among their open deadlines.
func casesAt(merchant string, risks []Risk, now time.Time) predicate.ServiceCase {
	having := func(r Risk) func(*sql.Selector) *sql.Predicate {
		return func(c *sql.Selector) *sql.Predicate {
			t := sql.Table(entdeadline.Table)
			sub := sql.Select(t.C(entdeadline.FieldCaseID)).From(t).
				Where(sql.And(sql.EQ(t.C("merchant_id"), merchant), sql.EQ(t.C(entdeadline.FieldOpen), true)))
			riskIs([]Risk{r}, now)(sub)
			return sql.In(c.C(servicecase.FieldID), sub)
		}
	}
	return func(c *sql.Selector) {
		var any []*sql.Predicate
		for _, r := range risks {
			switch r {
			case Late:
				any = append(any, having(Late)(c))
			case AtRisk:
				any = append(any, sql.And(having(AtRisk)(c), sql.Not(having(Late)(c))))
			case OnTrack:
				any = append(any, sql.And(sql.Not(having(AtRisk)(c)), sql.Not(having(Late)(c))))
			}
		}
		c.Where(sql.Or(any...))
	}
}

// Case finds one case by id or by number. Errors: NOT_FOUND, INVALID_INPUT unless exactly one is given.
func (s *Service) Case(ctx context.Context, operation string, id, number *string, with func(*ent.ServiceCaseQuery)) (*ent.ServiceCase, error) {
	if _, err := auth.Require(ctx, operation); err != nil {
		return nil, err
	}
	q := s.store.Client(ctx).ServiceCase.Query()
	switch {
	case id != nil && number == nil:
		q = q.Where(servicecase.ID(*id))
	case number != nil && id == nil:
		m, err := s.confined(ctx)
		if err != nil {
			return nil, err
		}
		q = q.Where(servicecase.MerchantID(m), servicecase.Number(*number))
	default:
		return nil, exactlyOne("id", "number")
	}
	with(q)
	c, err := q.Only(ctx)
	if ent.IsNotFound(err) {
		return nil, NotFound("case", "工单", "id")
	}
	return c, err
}

// Tracked is Case by id for who shows no more than store.TrackedCase brings: one statement where that will do.
func (s *Service) Tracked(ctx context.Context, operation, id string, beside bool, with func(*ent.ServiceCaseQuery)) (*ent.ServiceCase, error) {
	reach, short := s.store.Brief(ctx)
	if !short {
		return s.Case(ctx, operation, &id, nil, with)
	}
	if _, err := auth.Require(ctx, operation); err != nil {
		return nil, err
	}
	c, err := s.store.TrackedCase(ctx, reach, id, beside)
	if err == nil && c == nil {
		return nil, NotFound("case", "工单", "id")
	}
	return c, err
}
