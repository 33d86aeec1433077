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

// calendars gives the versions of published calendars. A version never changes, so what was once read and parsed is kept;
// which version is the newest is asked of the database each time, because another server may have published.
type calendars struct {
	store *store.Store
	mu    sync.RWMutex
	known map[string]version
}

type version struct {
	row *ent.Calendar
	cal *calendar.Calendar
}

func newCalendars(st *store.Store) *calendars {
	return &calendars{store: st, known: map[string]version{}}
}

func (c *calendars) latest(ctx context.Context, code string) (*ent.Calendar, *calendar.Calendar, error) {
	id, err := c.store.Client(ctx).Calendar.Query().Where(entcalendar.Code(code)).
		Order(entcalendar.ByVersion(entsql.OrderDesc())).FirstID(ctx)
	if ent.IsNotFound(err) {
		return nil, nil, NotFound("calendar", "日历", "calendar")
	}
	if err != nil {
		return nil, nil, err
	}
	v, err := c.version(ctx, id)
	return v.row, v.cal, err
}

// parse keeps a version that was read.
func (c *calendars) parse(row *ent.Calendar) (*calendar.Calendar, error) {
	cal, err := calendar.New(row.Spec, row.Version)
	if err != nil {
		return nil, fmt.Errorf("stored calendar %s: %w", row.ID, err)
	}
	c.mu.Lock()
	c.known[row.ID] = version{row, cal}
	c.mu.Unlock()
	return cal, nil
}

// version gives a version by its row's id; it asks the database only the first time, in the caller's transaction if there
// is one: a second connection might never come free.
func (c *calendars) version(ctx context.Context, id string) (version, error) {
	c.mu.RLock()
	v, ok := c.known[id]
	c.mu.RUnlock()
	if ok {
		return v, nil
	}
	row, err := c.store.Client(ctx).Calendar.Get(ctx, id)
	if err != nil {
		return version{}, err
	}
	cal, err := c.parse(row)
	return version{row, cal}, err
}

// byID gives a parsed version by its row's id.
func (c *calendars) byID(ctx context.Context, id string) (*calendar.Calendar, error) {
	v, err := c.version(ctx, id)
	return v.cal, err
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
		if err != nil && !store.IsConstraint(err) { // another server was faster
			return err
		}
	}
	return nil
}
