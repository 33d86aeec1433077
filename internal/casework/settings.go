package casework

import (
	"context"
	"slices"
	"sync"

	"entgo.io/ent/dialect/sql"

	"aftersales/ent"
	entcalendar "aftersales/ent/calendar"
	"aftersales/ent/derivedplan"
	"aftersales/ent/merchant"
	"aftersales/ent/planadoption"
	"aftersales/ent/returnreason"
	"aftersales/ent/staff"
	"aftersales/ent/warrantyterm"
	"aftersales/internal/auth"
	"aftersales/internal/calendar"
	"aftersales/internal/lifecycle"
	"aftersales/internal/plan"
	"aftersales/internal/problem"
	"aftersales/internal/store"
)

// What a merchant has set up is asked for with every request. It is read once and kept under the stamp that the merchant's row
// carried then (package store gives it a new one with every change), so that a request reads the row and nothing else.

// Settings are what a merchant has set up. They are shared: nobody changes them.
type Settings struct {
	// Reasons are the return reasons in their order.
	Reasons []*ent.ReturnReason
	// Terms are the merchant's own terms of warranty by category.
	Terms []*ent.WarrantyTerm

	plans map[lifecycle.Kind][]*plan.Plan // adopted ones, in the order of adoption
	stamp string

	mu    sync.Mutex
	staff map[string]*ent.Staff // by subject, as they were asked for; nil for who is not on the list
}

const (
	// maxSettings bounds the merchants whose settings are kept, maxStaff the staff kept of each.
	maxSettings = 1000
	maxStaff    = 1000
)

// settings keeps Settings by merchant.
type settings struct {
	mu    sync.Mutex
	known map[string]*Settings
}

// Settings are what a merchant has set up as of its row. Inside a transaction that writes them they are read anew.
func (s *Service) Settings(ctx context.Context, m *ent.Merchant) (*Settings, error) {
	if store.SettingsChange(ctx, m.ID) {
		return s.readSettings(ctx, m)
	}
	s.settings.mu.Lock()
	known := s.settings.known[m.ID]
	s.settings.mu.Unlock()
	if known != nil && known.stamp == m.SettingsStamp {
		return known, nil
	}
	read, err := s.readSettings(ctx, m)
	if err != nil {
		return nil, err
	}
	s.settings.mu.Lock()
	defer s.settings.mu.Unlock()
	if s.settings.known == nil || len(s.settings.known) >= maxSettings {
		s.settings.known = map[string]*Settings{}
	}
	s.settings.known[m.ID] = read
	return read, nil
}

// readSettings reads them, whoever asks.
func (s *Service) readSettings(ctx context.Context, m *ent.Merchant) (*Settings, error) {
	ctx = auth.AsSystem(ctx, m.ID)
	client := s.store.Client(ctx)
	out := &Settings{stamp: m.SettingsStamp, plans: map[lifecycle.Kind][]*plan.Plan{}, staff: map[string]*ent.Staff{}}
	var err error
	if out.Reasons, err = client.ReturnReason.Query().Where(returnreason.MerchantID(m.ID)).Order(returnreason.ByPosition()).All(ctx); err != nil {
		return nil, err
	}
	if out.Terms, err = client.WarrantyTerm.Query().Where(warrantyterm.MerchantID(m.ID)).Order(warrantyterm.ByCategory()).All(ctx); err != nil {
		return nil, err
	}
	adopted, err := client.PlanAdoption.Query().Where(planadoption.MerchantID(m.ID)).Order(planadoption.ByPosition()).All(ctx)
	if err != nil {
		return nil, err
	}
	known := map[string]*plan.Plan{}
	for _, row := range adopted {
		p := known[row.PlanCode]
		if p == nil {
			if p, err = s.LatestPlan(ctx, m.ID, row.PlanCode); err != nil {
				return nil, err
			}
			if p == nil { // adopted with a newer server
				return nil, unknownPlan(row.PlanCode)
			}
			known[row.PlanCode] = p
		}
		out.plans[row.Kind] = append(out.plans[row.Kind], p)
	}
	return out, nil
}

// LatestPlan is the newest version of a plan: built in or the merchant's own; nil when there is none.
func (s *Service) LatestPlan(ctx context.Context, merchantID, code string) (*plan.Plan, error) {
	if p := s.plans.Latest(code); p != nil {
		return p, nil
	}
	row, err := s.store.Client(ctx).DerivedPlan.Query().Where(derivedplan.MerchantID(merchantID), derivedplan.Code(code)).
		Order(derivedplan.ByVersion(sql.OrderDesc())).First(ctx)
	if ent.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &row.Spec, nil
}

// PlansFor are the plans that new cases of a kind open under: the merchant's own, then those adopted for the kind.
//
// Errors: NOT_ELIGIBLE when this server does not know one of them.
func (s *Service) PlansFor(ctx context.Context, m *ent.Merchant, k lifecycle.Kind) ([]*plan.Plan, error) {
	set, err := s.Settings(ctx, m)
	if err != nil {
		return nil, err
	}
	own, err := s.LatestPlan(ctx, m.ID, m.PlanCode)
	if err != nil {
		return nil, err
	}
	if own == nil {
		return nil, unknownPlan(m.PlanCode)
	}
	out := []*plan.Plan{own}
	for _, p := range set.plans[k] {
		if !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out, nil
}

func unknownPlan(code string) error {
	return problem.New(problem.NotEligible, problem.Textf("the merchant's plan %s is not known", "商家的服务方案 %s 不存在", code))
}

// staffOf returns the actor's staff row, nil when the merchant's list does not have the subject.
func (s *Service) staffOf(ctx context.Context, m *ent.Merchant, a auth.Actor) (*ent.Staff, error) {
	set, err := s.Settings(ctx, m)
	if err != nil {
		return nil, err
	}
	set.mu.Lock()
	row, known := set.staff[a.Subject]
	set.mu.Unlock()
	if known {
		return row, nil
	}
	row, err = s.store.Client(ctx).Staff.Query().Where(staff.MerchantID(m.ID), staff.Subject(a.Subject)).Only(auth.AsSystem(ctx, m.ID))
	if err != nil && !ent.IsNotFound(err) {
		return nil, err
	}
	set.mu.Lock()
	defer set.mu.Unlock()
	if len(set.staff) >= maxStaff {
		clear(set.staff)
	}
	set.staff[a.Subject] = row
	return row, nil
}

// newestCalendar is the column that MerchantRow reads beside the merchant's own.
const newestCalendar = "newest_calendar_id"

// MerchantRow reads a merchant, and with the same statement which version of its calendar is the newest.
func (s *Service) MerchantRow(ctx context.Context, id string) (*ent.Merchant, error) {
	q := s.store.Client(ctx).Merchant.Query().Where(merchant.ID(id))
	q.Modify(func(sel *sql.Selector) {
		versions := sql.Table(entcalendar.Table)
		newest := sql.Select(versions.C(entcalendar.FieldID)).From(versions).
			Where(sql.ColumnsEQ(versions.C(entcalendar.FieldCode), sel.C(merchant.FieldCalendarCode))).
			OrderBy(sql.Desc(versions.C(entcalendar.FieldVersion))).Limit(1)
		sel.AppendSelectExprAs(newest, newestCalendar)
	})
	return q.Only(ctx)
}

// MerchantCalendar is the newest version of a merchant's calendar: without a statement where MerchantRow read the merchant.
//
// Errors: NOT_FOUND.
func (s *Service) MerchantCalendar(ctx context.Context, m *ent.Merchant) (*ent.Calendar, *calendar.Calendar, error) {
	var id string
	switch v, _ := m.Value(newestCalendar); v := v.(type) {
	case string:
		id = v
	case []byte:
		id = string(v)
	default:
		return s.calendars.latest(ctx, m.CalendarCode)
	}
	v, err := s.calendars.version(ctx, id)
	return v.row, v.cal, err
}
