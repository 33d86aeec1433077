// Package graph answers the schema: each resolver decodes its arguments, calls one use case, and shows the result. No rule
// and no SQL lives here; what a query selects beside a row is loaded in one go (load.go), so that the number of statements
// does not depend on the size of a page.
package graph

//go:generate go run ../internal/graphgen

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"aftersales/ent"
	"aftersales/ent/servicecase"
	"aftersales/graph/view"
	"aftersales/internal/casework"
	"aftersales/internal/conversion"
	"aftersales/internal/disputes"
	"aftersales/internal/lang"
	"aftersales/internal/lifecycle"
	"aftersales/internal/merchants"
	"aftersales/internal/onsite"
	"aftersales/internal/orderchange"
	"aftersales/internal/orders"
	"aftersales/internal/plans"
	"aftersales/internal/problem"
	"aftersales/internal/repairs"
	"aftersales/internal/returns"
	"aftersales/internal/store"
	"aftersales/internal/tickets"
	"aftersales/internal/visits"
	"aftersales/internal/warranty"
	"aftersales/internal/webhook"
)

// Resolver holds the use cases.
type Resolver struct {
	store       *store.Store
	merchants   *merchants.Service
	orders      *orders.Service
	cases       *casework.Service
	returns     *returns.Service
	gateways    *webhook.Service
	changes     *orderchange.Service
	repairs     *repairs.Service
	plans       *plans.Service
	visits      *visits.Service
	services    *onsite.Service
	warranties  *warranty.Service
	conversions *conversion.Service
	disputes    *disputes.Service
	tickets     *tickets.Service
	ordinary    bool
}

// New makes the resolver.
func New(st *store.Store, m *merchants.Service, o *orders.Service, c *casework.Service, r *returns.Service, g *webhook.Service, ch *orderchange.Service, rep *repairs.Service, p *plans.Service, v *visits.Service, on *onsite.Service, w *warranty.Service, conv *conversion.Service, dis *disputes.Service, tick *tickets.Service) *Resolver {
	return &Resolver{st, m, o, c, r, g, ch, rep, p, v, on, w, conv, dis, tick, false}
}

// Ordinary is the resolver without short cuts: no plain writer and no statement written for one query. It answers the same.
func (r *Resolver) Ordinary() *Resolver {
	slow := *r
	slow.ordinary = true
	return &slow
}

// Present turns an error of a resolver into a top-level error: a refusal keeps its code and text, anything else is left
// for the HTTP layer to mask.
func Present(ctx context.Context, err error) *gqlerror.Error {
	ps := problem.All(err)
	if len(ps) == 0 {
		return nil
	}
	p := ps[0]
	code := string(p.Code)
	switch p.Code {
	case problem.NotAllowed:
		code = string(problem.Forbidden)
	case problem.InvalidInput:
		code = "BAD_USER_INPUT"
	}
	ext := map[string]any{"code": code}
	if len(p.Field) > 0 {
		ext["field"] = p.Field
	}
	for _, param := range p.Params {
		ext[param.Name] = param.Value
	}
	return &gqlerror.Error{Err: err, Message: localise(ctx, p.Message), Path: graphql.GetPath(ctx), Extensions: ext}
}

func localise(ctx context.Context, t problem.Text) string {
	if view.Lang(ctx) == lang.ZH {
		return t.ZH
	}
	return t.EN
}

// refusals shows what a use case refused as userErrors. A fault, and a caller who may not use the operation at all, stay
// errors.
func refusals(ctx context.Context, err error) ([]*view.UserError, error) {
	out := []*view.UserError{}
	if err == nil {
		forget(ctx) // what the payload shows is as it is now
		return out, nil
	}
	ps := problem.All(err)
	if len(ps) == 0 {
		return nil, err
	}
	for _, p := range ps {
		if p.Code == problem.NotAllowed || p.Code == problem.Unauthenticated {
			return nil, err
		}
		u := &view.UserError{Code: p.Code, Field: p.Field, Message: localise(ctx, p.Message), Params: []*view.ErrorParam{}}
		for _, param := range p.Params {
			u.Params = append(u.Params, &view.ErrorParam{Name: param.Name, Value: param.Value})
		}
		if p.Allowed != nil {
			u.AllowedActions = []lifecycle.Action{}
			for _, a := range p.Allowed {
				u.AllowedActions = append(u.AllowedActions, lifecycle.Action(a))
			}
		}
		out = append(out, u)
	}
	return out, nil
}

// after shows how an act on a case ended: the case as it is now (also after a conflict or an illegal transition, so that
// the client sees what it missed) and what was refused.
func (r *Resolver) after(ctx context.Context, field, caseID string, err error) (*ent.ServiceCase, []*view.UserError, error) {
	return r.afterShowing(ctx, selected(ctx).of(field), caseID, err)
}

// afterShowing is after for a case of which several fields of the payload may ask.
func (r *Resolver) afterShowing(ctx context.Context, s selection, caseID string, err error) (*ent.ServiceCase, []*view.UserError, error) {
	errs, fault := refusals(ctx, err)
	if fault != nil {
		return nil, nil, fault
	}
	if err != nil && !problem.Is(err, problem.Conflict) && !problem.Is(err, problem.IllegalTransition) && !problem.Is(err, problem.ExplanationRequired) {
		return nil, errs, nil
	}
	if short, beside := s.brief(); short && !r.ordinary {
		if reach, ok := r.store.Brief(ctx); ok {
			c, err := r.store.TrackedCase(ctx, reach, caseID, beside)
			return c, errs, err
		}
	}
	q := r.store.Client(ctx).ServiceCase.Query().Where(servicecase.ID(caseID))
	loadCase(q, s)
	c, err := q.Only(ctx)
	if ent.IsNotFound(err) {
		return nil, errs, nil
	}
	return c, errs, err
}

// afterReturn is after for payloads whose object is a return.
func (r *Resolver) afterReturn(ctx context.Context, caseID string, err error) (*view.Return, []*view.UserError, error) {
	c, errs, err := r.after(ctx, "return", caseID, err)
	if c == nil || c.Kind != lifecycle.Return {
		return nil, errs, err
	}
	return &view.Return{ServiceCase: c}, errs, err
}

// afterEither is after for payloads that show the case an act is about, and, where it is one, as a return.
func (r *Resolver) afterEither(ctx context.Context, caseID string, err error) (*view.Return, view.Case, []*view.UserError, error) {
	s := selected(ctx)
	c, errs, err := r.afterShowing(ctx, s.of("case").and(s.of("return")), caseID, err)
	if c == nil || c.Kind != lifecycle.Return {
		return nil, caseOf(c), errs, err
	}
	return &view.Return{ServiceCase: c}, caseOf(c), errs, err
}

// missing turns NOT_FOUND of a query into no answer: what is not there and what is someone else's look the same.
func missing[T any](v *T, err error) (*T, error) {
	if problem.Is(err, problem.NotFound) {
		return nil, nil
	}
	return v, err
}

func page(first *int, after *string, last *int, before *string) store.Page {
	return store.Page{First: first, After: after, Last: last, Before: before}
}

// note is an optional text of an input.
func note(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// orderOf maps the order of a case list.
func orderOf(o *view.CaseOrder) store.Order {
	if o != nil && *o == view.CaseOrderNextDue {
		return casework.NextDue
	}
	return casework.Newest
}

func verdict(v *view.ReviewVerdictInput) lifecycle.Verdict {
	return lifecycle.Verdict{OK: v.Ok, Note: note(v.Note)}
}

func review(in *view.ReviewInput) lifecycle.Review {
	return lifecycle.Review{Product: verdict(in.Product), Description: verdict(in.Description), Reason: verdict(in.Reason)}
}
