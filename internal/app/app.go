// Package app wires the product together: store, use cases, schema and HTTP. The server, the commands and the tests all
// start from here, so that what is tested is what runs.
package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"aftersales/graph"
	"aftersales/graph/generated"
	"aftersales/graph/view"
	"aftersales/internal/auth"
	"aftersales/internal/casework"
	"aftersales/internal/clock"
	"aftersales/internal/config"
	"aftersales/internal/conversion"
	"aftersales/internal/disputes"
	"aftersales/internal/httpapi"
	"aftersales/internal/jobs"
	"aftersales/internal/lang"
	"aftersales/internal/merchants"
	"aftersales/internal/onsite"
	"aftersales/internal/orderchange"
	"aftersales/internal/orders"
	"aftersales/internal/plan"
	"aftersales/internal/plans"
	"aftersales/internal/repairs"
	"aftersales/internal/returns"
	"aftersales/internal/store"
	"aftersales/internal/tickets"
	"aftersales/internal/visits"
	"aftersales/internal/warranty"
	"aftersales/internal/webhook"
)

// App is the product, opened and ready to serve.
type App struct {
	Store      *store.Store
	Merchants  *merchants.Service
	Orders     *orders.Service
	Cases      *casework.Service
	Returns    *returns.Service
	Disputes   *disputes.Service
	Gateways   *webhook.Service
	Changes    *orderchange.Service
	Repairs    *repairs.Service
	Plans      *plans.Service
	Visits     *visits.Service
	Services   *onsite.Service
	Warranties *warranty.Service
	Tickets    *tickets.Service

	cfg      config.Config
	ordinary bool
	log      *slog.Logger
	verifier *auth.Verifier
	// Secret signs tokens in the embedded default; empty otherwise.
	Secret []byte
}

// Options are what tests and commands set beside the configuration.
type Options struct {
	// Now is the real clock; nil is the machine's.
	Now func() time.Time
	// Statement is told every SQL statement.
	Statement func(ctx context.Context, query string)
	// Ordinary takes no short cut on the way to an answer; tests compare with it.
	Ordinary bool
}

// Open opens the database, migrates it and wires the use cases.
func Open(ctx context.Context, cfg config.Config, log *slog.Logger, o Options) (*App, error) {
	if o.Now == nil {
		o.Now = clock.Real
	}
	book, err := plan.BuiltIn()
	if err != nil {
		return nil, err
	}
	st, err := store.Open(ctx, store.Options{URL: cfg.Database(), MaxConns: cfg.DBMaxConns, Statement: o.Statement})
	if err != nil {
		return nil, err
	}
	a := &App{Store: st, cfg: cfg, log: log, ordinary: o.Ordinary}
	a.Cases = casework.New(st, book, o.Now)
	a.Merchants = merchants.New(st, a.Cases)
	a.Orders = orders.New(st, a.Cases)
	a.Warranties = warranty.New(st, a.Cases)
	a.Disputes = disputes.New(st, a.Cases)
	a.Returns = returns.New(st, a.Cases, a.Orders, a.Warranties, a.Disputes)
	a.Gateways = webhook.New(st, a.Cases, a.Merchants, a.Returns, cfg.GatewayAllowPrivate, log)
	a.Changes = orderchange.New(st, a.Cases, a.Orders, a.Returns)
	a.Visits = visits.New(st, a.Cases)
	a.Repairs = repairs.New(st, a.Cases, a.Warranties, a.Visits, a.Disputes)
	a.Returns.AlsoOf(repairs.ParcelIn, a.Repairs.Arrive)
	a.Plans = plans.New(st, a.Cases)
	a.Services = onsite.New(st, a.Cases, a.Visits)
	a.Tickets = tickets.New(st, a.Cases)
	if err := a.prepare(ctx); err != nil {
		return nil, errors.Join(err, st.Close())
	}
	return a, nil
}

func (a *App) prepare(ctx context.Context) error {
	if _, err := a.Store.Migrate(ctx, a.log); err != nil {
		return err
	}
	return a.Cases.InstallCalendars(ctx)
}

// Close closes the database.
func (a *App) Close() error { return a.Store.Close() }

// Keys prepares the verification of tokens: the embedded secret, the configured one, or a key set.
func (a *App) Keys(ctx context.Context) error {
	var err error
	switch {
	case a.cfg.Embedded():
		var secret string
		if secret, err = config.EmbeddedSecret(a.cfg.DataDir); err != nil {
			return err
		}
		a.Secret = []byte(secret)
		a.verifier, err = auth.NewHMACVerifier(a.Secret, a.cfg.JWTIssuer, clock.Real)
	case a.cfg.JWTSecret != "":
		a.verifier, err = auth.NewHMACVerifier([]byte(a.cfg.JWTSecret.Reveal()), a.cfg.JWTIssuer, clock.Real)
	default:
		a.verifier, err = auth.NewJWKSVerifier(ctx, a.cfg.JWKS(), a.cfg.JWTIssuer, clock.Real, a.log)
	}
	return err
}

// Handler is the whole HTTP face; landing answers GET /. Keys must have been prepared.
func (a *App) Handler(landing http.Handler, version string) http.Handler {
	resolver := graph.New(a.Store, a.Merchants, a.Orders, a.Cases, a.Returns, a.Gateways, a.Changes, a.Repairs, a.Plans, a.Visits, a.Services, a.Warranties, conversion.New(a.Store, a.Cases, a.Returns, a.Warranties), a.Disputes, a.Tickets)
	schema := generated.NewSchema(resolver.Config())
	if a.ordinary {
		resolver = resolver.Ordinary()
		schema = generated.NewExecutableSchema(resolver.Config())
	}
	return httpapi.New(httpapi.Config{
		Schema:         schema,
		Logger:         a.log,
		Authenticate:   a.authenticate,
		PrepareContext: prepareContext,
		PresentError:   graph.Present,
		Extensions:     resolver.Extensions(),
		Ready:          a.ready,
		Landing:        landing,
		Routes:         map[string]http.Handler{webhook.CallbackPath: a.Gateways.Callback()},
		Limits: httpapi.Limits{BodyBytes: a.cfg.MaxBodyBytes, Depth: a.cfg.QueryDepth, Complexity: a.cfg.QueryComplexity,
			RequestTimeout: a.cfg.RequestTimeout},
		AllowedOrigins: a.cfg.AllowedOrigins,
		Version:        version,
	})
}

func (a *App) ready(ctx context.Context) error {
	if err := a.Store.Healthy(ctx); err != nil {
		return err
	}
	return a.Store.Migrated(ctx)
}

func (a *App) authenticate(ctx context.Context, bearer string) (context.Context, httpapi.LogIdentity, error) {
	if bearer == "" {
		return auth.With(ctx, auth.Actor{RequestID: httpapi.RequestID(ctx)}), httpapi.LogIdentity{}, nil
	}
	claims, err := a.verifier.Verify(ctx, bearer)
	if err != nil {
		return ctx, httpapi.LogIdentity{}, err
	}
	actor, err := a.Merchants.Identify(ctx, claims, httpapi.RequestID(ctx))
	if errors.Is(err, merchants.ErrUnknown) {
		return ctx, httpapi.LogIdentity{}, err
	}
	if err != nil { // our trouble, not the token's
		return ctx, httpapi.LogIdentity{}, fmt.Errorf("identify: %w: %w", httpapi.ErrUnavailable, err)
	}
	who := claims.Subject
	if actor.Role == auth.Customer {
		who = actor.CustomerID // a customer's subject may well be their e-mail address, which no log may hold
	}
	return auth.With(ctx, actor), httpapi.LogIdentity{Merchant: claims.Merchant, Actor: who, Role: string(claims.Role), ExpiresAt: claims.ExpiresAt}, nil
}

func prepareContext(ctx context.Context, r *http.Request) context.Context {
	return view.WithLang(ctx, lang.Negotiate(r.Header.Get("Accept-Language")))
}

// Serve runs the server and its background work on ln until ctx ends, then stops both in order.
func (a *App) Serve(ctx context.Context, ln net.Listener, h http.Handler) error {
	work, stop := context.WithCancel(ctx)
	var background sync.WaitGroup
	background.Go(func() {
		jobs.Sweeper{Sweep: a.Cases.Sweep, Recompute: a.Cases.RecomputeOutdated, Interval: a.cfg.SweepInterval, Log: a.log}.Run(work)
	})
	background.Go(func() { a.Gateways.Run(work, a.cfg.SweepInterval) }) // beside the sweep: a slow gateway must not delay it
	err := httpapi.Serve(ctx, ln, h, a.log, a.cfg.DrainDelay)
	stop()
	background.Wait()
	return err
}

// Token signs a token of the embedded default.
func (a *App) Token(c auth.Claims) (string, error) {
	return auth.Sign(a.Secret, a.cfg.JWTIssuer, c, clock.Real())
}
