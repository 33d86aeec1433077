// Package merchants sets up tenants: the merchant, its staff and its return addresses, and finds them again.
package merchants

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"aftersales/ent"
	"aftersales/ent/merchant"
	"aftersales/ent/returnaddress"
	"aftersales/ent/staff"
	"aftersales/internal/auth"
	"aftersales/internal/casework"
	"aftersales/internal/clock"
	"aftersales/internal/id"
	"aftersales/internal/money"
	"aftersales/internal/plan"
	"aftersales/internal/problem"
	"aftersales/internal/store"
)

// Modes of a merchant (contract enum MerchantMode).
const (
	Live    = "LIVE"
	Sandbox = "SANDBOX"
)

// Service sets up merchants.
type Service struct {
	store *store.Store
	cases *casework.Service
	known identities
}

// New makes the service.
func New(st *store.Store, cases *casework.Service) *Service { return &Service{store: st, cases: cases} }

// Create describes a new merchant. The test clock of a sandbox starts at TestClockStartsAt, or now.
type Create struct {
	IdempotencyKey    string
	Slug              string
	Name              string
	Mode              string
	Currency          string
	Calendar          string
	Jurisdiction      string
	TestClockStartsAt *time.Time
}

var slug = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$`)

// Create makes a merchant with the built-in return reasons and the plan MALL, and returns its id.
//
// Requires: PLATFORM_ADMIN. Errors: INVALID_INPUT naming the field, IDEMPOTENCY_MISMATCH.
func (s *Service) Create(ctx context.Context, in Create) (string, error) {
	if _, err := auth.Require(ctx, "merchantCreate"); err != nil {
		return "", err
	}
	in.Name = strings.TrimSpace(in.Name)
	if err := s.check(ctx, in).Err(); err != nil {
		return "", err
	}
	hashed := in
	hashed.IdempotencyKey = ""
	made, err := s.store.Once(ctx, "merchantCreate", in.IdempotencyKey, hashed, func(ctx context.Context) (string, error) { return s.create(ctx, in) })
	if store.IsConstraint(err) {
		return "", slugTaken(in.Slug)
	}
	return made, err
}

func (s *Service) create(ctx context.Context, in Create) (string, error) {
	taken, err := s.store.Client(ctx).Merchant.Query().Where(merchant.Slug(in.Slug)).Exist(auth.AsSystem(ctx, ""))
	if err != nil {
		return "", err
	}
	if taken {
		return "", slugTaken(in.Slug)
	}
	create := s.store.Client(ctx).Merchant.Create().SetID(id.New(id.Merchant)).SetSlug(in.Slug).SetName(in.Name).SetMode(in.Mode).
		SetCurrency(in.Currency).SetCalendarCode(in.Calendar).SetJurisdiction(in.Jurisdiction).SetPlanCode("MALL").SetCreatedAt(clock.Real())
	if in.Mode == Sandbox {
		at := clock.Real()
		if in.TestClockStartsAt != nil {
			at = in.TestClockStartsAt.UTC().Truncate(time.Microsecond)
		}
		create.SetClockAt(at)
	}
	m, err := create.Save(ctx)
	if err != nil {
		return "", err
	}
	ctx = auth.ForMerchant(ctx, m.ID)
	var reasons []*ent.ReturnReasonCreate
	for i, r := range plan.Reasons() {
		remedies := make([]string, len(r.Remedies))
		for j, remedy := range r.Remedies {
			remedies[j] = string(remedy)
		}
		reasons = append(reasons, s.store.Client(ctx).ReturnReason.Create().SetMerchantID(m.ID).SetHandle(r.Handle).SetLabelEn(r.EN).SetLabelZh(r.ZH).
			SetAtFault(string(r.AtFault)).SetRemedies(remedies).SetUrgent(r.Urgent).SetGuidanceEn(r.GuideEN).SetGuidanceZh(r.GuideZH).SetPosition(i))
	}
	return m.ID, s.store.Client(ctx).ReturnReason.CreateBulk(reasons...).Exec(ctx)
}

func slugTaken(slug string) *problem.Problem {
	return problem.Invalid(problem.Textf("the slug %s is taken", "标识 %s 已被使用", slug), "input", "slug")
}

func (s *Service) check(ctx context.Context, in Create) problem.List {
	var l problem.List
	invalid := func(field string, t problem.Text) { l = append(l, problem.Invalid(t, "input", field)) }
	if !slug.MatchString(in.Slug) {
		invalid("slug", problem.Text{EN: "must be 1 to 63 lower-case letters, digits and inner hyphens", ZH: "须为 1 至 63 个小写字母、数字或中间的连字符"})
	}
	l = append(l, text(in.Name, 200, "input", "name")...)
	if _, err := money.Exponent(in.Currency); err != nil {
		invalid("currency", problem.Text{EN: "must be an ISO 4217 currency code", ZH: "须为 ISO 4217 货币代码"})
	}
	if _, _, err := s.cases.Calendar(ctx, in.Calendar); err != nil {
		invalid("calendar", problem.Text{EN: "no such calendar; CN and DE are built in, calendarPublish adds others", ZH: "没有这样的日历；内置 CN 与 DE，其他请用 calendarPublish 发布"})
	}
	if known := s.cases.Plans().Jurisdictions(); !slices.Contains(known, in.Jurisdiction) {
		invalid("jurisdiction", problem.Textf("must be one of %v", "须为 %v 之一", known))
	}
	if in.TestClockStartsAt != nil {
		if in.Mode != Sandbox {
			invalid("testClockStartsAt", problem.Text{EN: "only a SANDBOX merchant has a test clock", ZH: "只有 SANDBOX 商家有测试时钟"})
		} else if y := in.TestClockStartsAt.Year(); y < 2000 || y > 2090 {
			invalid("testClockStartsAt", problem.Text{EN: "must lie between 2000 and 2090", ZH: "须在 2000 至 2090 年之间"})
		}
	}
	return l
}

// text checks a short text that must be there.
func text(s string, most int, field ...string) problem.List {
	switch {
	case strings.TrimSpace(s) == "":
		return problem.List{problem.Invalid(problem.Text{EN: "must not be empty", ZH: "不能为空"}, field...)}
	case len([]rune(s)) > most:
		return problem.List{problem.Invalid(problem.Textf("must have at most %d characters", "最多 %d 个字符", most), field...)}
	case strings.ContainsFunc(s, unicode.IsControl):
		return problem.List{problem.Invalid(problem.Text{EN: "must not contain control characters", ZH: "不能包含控制字符"}, field...)}
	}
	return nil
}

// Staff is a member of staff as the merchant lists them; Subject is their token's sub claim.
type Staff struct {
	Subject, Name string
	Role          auth.Role
}

// UpsertStaff adds a member of staff or changes name and role of the one with this subject. It returns the id.
//
// Requires: MERCHANT_ADMIN or PLATFORM_ADMIN. Errors: INVALID_INPUT naming the field.
func (s *Service) UpsertStaff(ctx context.Context, in Staff) (string, error) {
	if _, err := auth.Require(ctx, "staffUpsert"); err != nil {
		return "", err
	}
	l := append(text(in.Subject, 200, "input", "subject"), text(in.Name, 200, "input", "name")...)
	if slices.Contains([]auth.Role{auth.Customer, auth.PlatformAdmin, auth.Carrier}, in.Role) {
		l = append(l, problem.Invalid(problem.Textf("%s is no role of a merchant's staff", "%s 不是商家员工角色", in.Role), "input", "role"))
	}
	if err := l.Err(); err != nil {
		return "", err
	}
	m, err := s.cases.Merchant(ctx)
	if err != nil {
		return "", err
	}
	return upsert(ctx, s, func(ctx context.Context) (string, error) {
		row, err := s.store.Client(ctx).Staff.Query().Where(staff.MerchantID(m.ID), staff.Subject(in.Subject)).Only(ctx)
		if ent.IsNotFound(err) {
			row, err = s.store.Client(ctx).Staff.Create().SetMerchantID(m.ID).SetSubject(in.Subject).SetName(in.Name).SetRole(string(in.Role)).Save(ctx)
			if err != nil {
				return "", err
			}
			return row.ID, nil
		}
		if err != nil {
			return "", err
		}
		return row.ID, s.store.Client(ctx).Staff.UpdateOneID(row.ID).SetName(in.Name).SetRole(string(in.Role)).Exec(ctx)
	})
}

// upsert runs a find-or-create in a transaction, again if somebody else created the same thing meanwhile.
func upsert(ctx context.Context, s *Service, fn func(ctx context.Context) (string, error)) (string, error) {
	var made string
	run := func() error {
		return s.store.InTx(ctx, func(ctx context.Context) (err error) {
			made, err = fn(ctx)
			return err
		})
	}
	err := run()
	for try := 0; store.IsConstraint(err) && try < 5; try++ {
		err = run()
	}
	return made, err
}

// ReturnAddress is a place goods are sent back to; Name identifies it within the merchant.
type ReturnAddress struct {
	Name, Recipient, Phone, Line, City, PostalCode, Country string
	IsDefault                                               bool
}

var country = regexp.MustCompile(`^[A-Z]{2}$`)

// UpsertReturnAddress adds an address or changes the one with this name (MALL-3.2e). A new default replaces the old one.
//
// Requires: MERCHANT_ADMIN or PLATFORM_ADMIN. Errors: INVALID_INPUT naming the field.
func (s *Service) UpsertReturnAddress(ctx context.Context, in ReturnAddress) (string, error) {
	if _, err := auth.Require(ctx, "returnAddressUpsert"); err != nil {
		return "", err
	}
	l := slices.Concat(text(in.Name, 100, "input", "name"), text(in.Recipient, 200, "input", "recipient"), text(in.Phone, 40, "input", "phone"),
		text(in.Line, 400, "input", "line"), text(in.City, 100, "input", "city"))
	if in.PostalCode != "" {
		l = append(l, text(in.PostalCode, 20, "input", "postalCode")...)
	}
	if !country.MatchString(in.Country) {
		l = append(l, problem.Invalid(problem.Text{EN: "must be an ISO 3166 country code of two capital letters", ZH: "须为两位大写 ISO 3166 国家代码"}, "input", "country"))
	}
	if err := l.Err(); err != nil {
		return "", err
	}
	m, err := s.cases.Merchant(ctx)
	if err != nil {
		return "", err
	}
	return upsert(ctx, s, func(ctx context.Context) (string, error) {
		client := s.store.Client(ctx)
		if in.IsDefault {
			if err := client.ReturnAddress.Update().Where(returnaddress.MerchantID(m.ID)).SetIsDefault(false).Exec(ctx); err != nil {
				return "", err
			}
		}
		row, err := client.ReturnAddress.Query().Where(returnaddress.MerchantID(m.ID), returnaddress.Name(in.Name)).Only(ctx)
		if ent.IsNotFound(err) {
			row, err = client.ReturnAddress.Create().SetMerchantID(m.ID).SetName(in.Name).SetRecipient(in.Recipient).SetPhone(in.Phone).
				SetLine(in.Line).SetCity(in.City).SetPostalCode(in.PostalCode).SetCountry(in.Country).SetIsDefault(in.IsDefault).Save(ctx)
			if err != nil {
				return "", err
			}
			return row.ID, nil
		}
		if err != nil {
			return "", err
		}
		return row.ID, client.ReturnAddress.UpdateOneID(row.ID).SetRecipient(in.Recipient).SetPhone(in.Phone).SetLine(in.Line).
			SetCity(in.City).SetPostalCode(in.PostalCode).SetCountry(in.Country).SetIsDefault(in.IsDefault).Exec(ctx)
	})
}

// Identify turns verified claims into the actor they stand for. A token of a merchant this service does not know is as
// good as none: the error says so and nothing more.
func (s *Service) Identify(ctx context.Context, c auth.Claims, requestID string) (auth.Actor, error) {
	a := auth.Actor{Subject: c.Subject, Name: c.Subject, Role: c.Role, RequestID: requestID, CustomerExternalID: c.Customer}
	if c.Merchant == "" {
		return a, nil
	}
	ctx = auth.AsSystem(ctx, "")
	var err error
	if a.MerchantID, err = s.merchantID(ctx, c.Merchant); err != nil {
		return auth.Actor{}, err
	}
	if c.Role == auth.Customer {
		a.Name = "customer"
		if a.CustomerID, err = s.customerID(ctx, a.MerchantID, c.Customer); err != nil {
			return auth.Actor{}, err
		}
	}
	return a, nil
}

// ErrUnknown is a merchant nobody knows.
var ErrUnknown = fmt.Errorf("no such merchant")

func (s *Service) find(ctx context.Context, idOrSlug string) (*ent.Merchant, error) {
	m, err := s.store.Client(ctx).Merchant.Query().Where(merchant.Or(merchant.ID(idOrSlug), merchant.Slug(idOrSlug))).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, ErrUnknown
	}
	return m, err
}

// Scope confines the context to the merchant named by an argument (id or slug). nil leaves the actor where they are; a
// tenant's actor may name only their own merchant: any other is NOT_FOUND, as if it did not exist. With an error comes the
// context as it was, so that the refusal can be told in the reader's language.
func (s *Service) Scope(ctx context.Context, named *string) (context.Context, error) {
	a, _ := auth.From(ctx)
	if named == nil || a.Anonymous() {
		return ctx, nil
	}
	id, err := s.merchantID(auth.AsSystem(ctx, ""), *named)
	if err == ErrUnknown || err == nil && a.MerchantID != "" && a.MerchantID != id {
		return ctx, casework.NotFound("merchant", "商家", "merchant")
	}
	if err != nil {
		return ctx, err
	}
	return auth.ForMerchant(ctx, id), nil
}
