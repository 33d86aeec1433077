package casework

import (
	"context"
	"sync"
	"time"

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
	"aftersales/internal/clock"
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

	plans map[lifecycle.Kind][]adopted // in the order of adoption
	staff map[string]*ent.Staff        // by subject
	stamp string
	until time.Time // under the lock of those that keep it
}

// adopted is a plan in its newest version; nil when it was adopted with a newer server.
type adopted struct {
	code string
	*plan.Plan
}

const (
	// maxSettings bounds the merchants whose settings are kept.
	maxSettings = 1000
	// settingsFor is how long they are good without being read again: a server of before there were stamps may still run, and
	// people have database shells.
	settingsFor = time.Minute
	// settingsAgain is how much longer everybody else may use them while one reads them again.
	settingsAgain = 5 * time.Second
)

// settings keeps Settings by merchant.
type settings struct {
	mu    sync.Mutex
	known map[string]*Settings
}

// of returns what is kept for a merchant, nil when the caller is to read it.
func (k *settings) of(m *ent.Merchant) *Settings {
	k.mu.Lock()
	defer k.mu.Unlock()
	known, now := k.known[m.ID], clock.Real()
	if known == nil || known.stamp != m.SettingsStamp {
		return nil
	}
	if !now.Before(known.until) {
		known.until = now.Add(settingsAgain)
		return nil
	}
	return known
}

// Settings are what a merchant has set up as of its row. Inside a transaction that writes them they are read anew.
func (s *Service) Settings(ctx context.Context, m *ent.Merchant) (*Settings, error) {
	if store.SettingsChange(ctx, m.ID) {
		return s.readSettings(ctx, m)
	}
	if known := s.settings.of(m); known != nil {
		return known, nil
	}
	read, err := s.readSettings(ctx, m)
	if err != nil {
		return nil, err
	}
	s.settings.mu.Lock()
	defer s.settings.mu.Unlock()
	if s.settings.known == nil {
		s.settings.known = map[string]*Settings{}
	}
	s.settings.known[m.ID] = read
	for other := range s.settings.known { // any one makes room
		if len(s.settings.known) <= maxSettings {
			break
		}
		if other != m.ID {
			delete(s.settings.known, other)
		}
	}
	return read, nil
}

// readSettings reads them, whoever asks.
func (s *Service) readSettings(ctx context.Context, m *ent.Merchant) (*Settings, error) {
	ctx = auth.AsSystem(ctx, m.ID)
	client := s.store.Client(ctx)
	out := &Settings{stamp: m.SettingsStamp, until: clock.Real().Add(settingsFor), plans: map[lifecycle.Kind][]adopted{}, staff: map[string]*ent.Staff{}}
	var err error
	if out.Reasons, err = client.ReturnReason.Query().Where(returnreason.MerchantID(m.ID)).Order(returnreason.ByPosition()).All(ctx); err != nil {
		return nil, err
	}
	if out.Terms, err = client.WarrantyTerm.Query().Where(warrantyterm.MerchantID(m.ID)).Order(warrantyterm.ByCategory()).All(ctx); err != nil {
		return nil, err
	}
	people, err := client.Staff.Query().Where(staff.MerchantID(m.ID)).All(ctx)
	if err != nil {
		return nil, err
	}
	for _, row := range people {
		out.staff[row.Subject] = row
	}
	adoptions, err := client.PlanAdoption.Query().Where(planadoption.MerchantID(m.ID)).Order(planadoption.ByPosition()).All(ctx)
	if err != nil {
		return nil, err
	}
	known := map[string]*plan.Plan{}
	for _, row := range adoptions {
		p, found := known[row.PlanCode]
		if !found {
			if p, err = s.LatestPlan(ctx, m.ID, row.PlanCode); err != nil {
				return nil, err
			}
			known[row.PlanCode] = p
		}
		out.plans[row.Kind] = append(out.plans[row.Kind], adopted{row.PlanCode, p})
	}
	if store.InTransaction(ctx) { // it ends before they do
		for _, r := range out.Reasons {
			r.Unwrap()
		}
		for _, t := range out.Terms {
			t.Unwrap()
		}
		for _, p := range people {
			p.Unwrap()
		}
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
		if p.Plan == nil {
			return nil, unknownPlan(p.code)
		}
		if p.code != m.PlanCode {
			out = append(out, p.Plan)
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
	return set.staff[a.Subject], nil
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
