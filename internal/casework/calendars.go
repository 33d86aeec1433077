package casework

import (
	"context"
	"fmt"
	"sync"

	entsql "entgo.io/ent/dialect/sql"

	"aftersales/ent"
	entcalendar "aftersales/ent/calendar"
	"aftersales/internal/auth"
	"aftersales/internal/calendar"
	"aftersales/internal/problem"
	"aftersales/internal/store"
)

// calendars gives the versions of published calendars. A version never changes, so what is once parsed is kept; which
// version is the newest is asked of the database each time, because another server may have published.
type calendars struct {
	store  *store.Store
	mu     sync.RWMutex
	parsed map[string]*calendar.Calendar
}

func newCalendars(st *store.Store) *calendars {
	return &calendars{store: st, parsed: map[string]*calendar.Calendar{}}
}

func (c *calendars) latest(ctx context.Context, code string) (*ent.Calendar, *calendar.Calendar, error) {
	row, err := c.store.Client(ctx).Calendar.Query().Where(entcalendar.Code(code)).
		Order(entcalendar.ByVersion(entsql.OrderDesc())).First(ctx)
	if ent.IsNotFound(err) {
		return nil, nil, NotFound("calendar", "日历", "calendar")
	}
	if err != nil {
		return nil, nil, err
	}
	cal, err := c.parse(row)
	return row, cal, err
}

func (c *calendars) parse(row *ent.Calendar) (*calendar.Calendar, error) {
	c.mu.RLock()
	cal := c.parsed[row.ID]
	c.mu.RUnlock()
	if cal != nil {
		return cal, nil
	}
	cal, err := calendar.New(row.Spec, row.Version)
	if err != nil {
		return nil, fmt.Errorf("stored calendar %s: %w", row.ID, err)
	}
	c.mu.Lock()
	c.parsed[row.ID] = cal
	c.mu.Unlock()
	return cal, nil
}

// byID gives a version by its row's id; it asks the database only the first time, in the caller's transaction if there is
// one: a second connection might never come free.
func (c *calendars) byID(ctx context.Context, id string) (*calendar.Calendar, error) {
	c.mu.RLock()
	cal := c.parsed[id]
	c.mu.RUnlock()
	if cal != nil {
		return cal, nil
	}
	row, err := c.store.Client(ctx).Calendar.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	return c.parse(row)
}

// Calendar returns the newest version of a calendar. Everybody may read calendars. Errors: NOT_FOUND.
func (s *Service) Calendar(ctx context.Context, code string) (*ent.Calendar, *calendar.Calendar, error) {
	if _, err := auth.Require(ctx, "calendar"); err != nil {
		return nil, nil, err
	}
	return s.calendars.latest(ctx, code)
}

// Parsed returns a stored calendar version ready for counting.
func (s *Service) Parsed(row *ent.Calendar) (*calendar.Calendar, error) {
	return s.calendars.parse(row)
}

// CalendarOf returns the version a deadline is counted by.
func (s *Service) CalendarOf(ctx context.Context, d *ent.Deadline) (*calendar.Calendar, error) {
	return s.calendars.byID(ctx, d.CalendarID)
}

// InstallCalendars writes version 1 of every built-in calendar that the database does not have yet.
func (s *Service) InstallCalendars(ctx context.Context) error {
	ctx = auth.AsSystem(ctx, "")
	for _, code := range calendar.BuiltInCodes() {
		_, _, err := s.calendars.latest(ctx, code)
		if !problem.Is(err, problem.NotFound) {
			if err != nil {
				return err
			}
			continue
		}
		spec, _ := calendar.BuiltIn(code)
		err = s.store.InTx(ctx, func(ctx context.Context) error {
			return s.store.Client(ctx).Calendar.Create().SetCode(code).SetVersion(1).SetSpec(spec).SetPublishedAt(s.real()).Exec(ctx)
		})
		if err != nil && !ent.IsConstraintError(err) { // another server was faster
			return err
		}
	}
	return nil
}
