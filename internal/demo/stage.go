package demo

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"aftersales/internal/app"
	"aftersales/internal/auth"
	"aftersales/internal/lifecycle"
	"aftersales/internal/merchants"
)

// tale is the life of one case, scene by scene.
type tale struct {
	// order is the number of the order that the goods come from; no two tales share one.
	order  string
	scenes []scene
}

// scene is one act by one person: a member of staff by subject, or a customer by external id.
type scene struct {
	at, who string
	act     act
}

// act calls one use case as the person in ctx.
type act func(ctx context.Context, st *stage, c *filed) error

// filed is what a tale has brought forth so far.
type filed struct {
	order    string
	caseID   string
	refundID string
	partID   string
}

// stage is a shop while its tales are told.
type stage struct {
	*shop
	app      *app.App
	zone     *time.Location
	clock    time.Time
	orderIDs map[string]string // by number
	staffIDs map[string]string // by subject
	actors   map[string]auth.Actor
}

// perform sets the shop up and tells its tales, all of them interleaved in the order of time.
func (s *shop) perform(ctx context.Context, a *app.App) error {
	_, cal, err := a.Cases.Calendar(ctx, s.calendar)
	if err != nil {
		return err
	}
	st := &stage{shop: s, app: a, zone: cal.Zone(), orderIDs: map[string]string{}, staffIDs: map[string]string{}, actors: map[string]auth.Actor{}}
	if err := st.open(ctx); err != nil {
		return err
	}
	type turn struct {
		scene
		of *filed
	}
	var turns []turn
	for _, t := range s.tales {
		c := &filed{order: t.order}
		for _, sc := range t.scenes {
			turns = append(turns, turn{sc, c})
		}
	}
	slices.SortStableFunc(turns, func(a, b turn) int { return strings.Compare(a.at, b.at) })
	for _, t := range turns {
		if err := st.play(ctx, t.scene, t.of); err != nil {
			return fmt.Errorf("%s %s, order %s: %w", t.at, t.who, t.of.order, err)
		}
	}
	return st.advance(ctx, s.now)
}

// open makes the merchant with staff, addresses and orders.
func (st *stage) open(ctx context.Context) error {
	opens, err := local(st.opens, st.zone)
	if err != nil {
		return err
	}
	operator := auth.With(ctx, auth.Actor{Subject: "operator", Name: "operator", Role: auth.PlatformAdmin})
	if _, err := st.app.Merchants.Create(operator, merchants.Create{
		IdempotencyKey: st.key(st.slug), Slug: st.slug, Name: st.name, Mode: merchants.Sandbox, Currency: st.currency,
		Calendar: st.calendar, Jurisdiction: st.calendar, TestClockStartsAt: &opens,
	}); err != nil {
		return err
	}
	st.clock = opens
	admin, err := st.as(ctx, st.admin)
	if err != nil {
		return err
	}
	for _, m := range st.staff {
		if st.staffIDs[m.Subject], err = st.app.Merchants.UpsertStaff(admin, m); err != nil {
			return fmt.Errorf("staff %s: %w", m.Subject, err)
		}
	}
	for _, address := range st.addresses {
		if _, err := st.app.Merchants.UpsertReturnAddress(admin, address); err != nil {
			return fmt.Errorf("return address %s: %w", address.Name, err)
		}
	}
	for _, t := range st.terms {
		if _, err := st.app.Warranties.SetTerm(admin, t); err != nil {
			return fmt.Errorf("warranty of %s: %w", t.Category, err)
		}
	}
	if len(st.adopted) > 0 {
		if err := st.app.Plans.Adopt(admin, []lifecycle.Kind{lifecycle.Repairs}, st.adopted); err != nil {
			return fmt.Errorf("plans: %w", err)
		}
	}
	system, err := st.as(ctx, st.system)
	if err != nil {
		return err
	}
	return st.importOrders(system)
}

func (st *stage) play(ctx context.Context, s scene, c *filed) error {
	if err := st.advance(ctx, s.at); err != nil {
		return err
	}
	ctx, err := st.as(ctx, s.who)
	if err != nil {
		return err
	}
	return s.act(ctx, st, c)
}

// advance moves the shop's clock to a local time; what falls due on the way happens there.
func (st *stage) advance(ctx context.Context, to string) error {
	at, err := local(to, st.zone)
	if err != nil || at.Equal(st.clock) {
		return err
	}
	ctx, err = st.as(ctx, st.admin)
	if err != nil {
		return err
	}
	st.clock, err = st.app.Cases.AdvanceClock(ctx, at)
	return err
}

// as returns a context in which somebody of this shop acts.
func (st *stage) as(ctx context.Context, who string) (context.Context, error) {
	if a, known := st.actors[who]; known {
		return auth.With(ctx, a), nil
	}
	claims := auth.Claims{Subject: who, Merchant: st.slug}
	switch i := slices.IndexFunc(st.staff, func(m merchants.Staff) bool { return m.Subject == who }); {
	case i >= 0:
		claims.Role = st.staff[i].Role
	case who == st.system:
		claims.Role = auth.Integration
	default:
		claims.Role, claims.Customer = auth.Customer, who
	}
	actor, err := st.app.Merchants.Identify(ctx, claims, "")
	if err != nil {
		return nil, err
	}
	st.actors[who] = actor
	return auth.With(ctx, actor), nil
}

// key is an idempotency key that no client is likely to choose.
func (st *stage) key(what string) string { return "demo-seed-" + what }
