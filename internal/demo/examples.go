package demo

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"aftersales/ent"
	"aftersales/ent/servicecase"
	"aftersales/internal/app"
	"aftersales/internal/console"
	"aftersales/internal/lifecycle"
	"aftersales/internal/merchants"
	"aftersales/internal/plan"
	"aftersales/internal/problem"
)

// Examples are the operations that the landing page offers, in the order in which to try them. In the embedded default
// they speak of the demo's own cases and name who runs them; ids and times are those of this moment, so that they still
// fit when visitors have changed the data and the server is started again, and one whose cases are gone is left out.
// Elsewhere they name no object and suit any token.
func Examples(ctx context.Context, a *app.App, embedded bool) ([]console.Example, error) {
	if !embedded {
		return anywhere(), nil
	}
	var out []console.Example
	for _, stop := range []func(context.Context, *app.App) (console.Example, error){workQueue, options, ownCase, refusal, holiday} {
		e, err := stop(ctx, a)
		switch {
		case err == nil:
			out = append(out, e)
		case !missing(err):
			return nil, err
		}
	}
	return out, nil
}

func missing(err error) bool {
	return ent.IsNotFound(err) || problem.Is(err, problem.NotFound) || errors.Is(err, merchants.ErrUnknown)
}

func workQueue(context.Context, *app.App) (console.Example, error) {
	return console.Example{
		Title:       "What must be done next?",
		Description: "The agent's work queue, each deadline with its why.",
		Query:       queueQuery,
		TokenLabel:  agentLiNa,
	}, nil
}

func options(context.Context, *app.App) (console.Example, error) {
	return console.Example{
		Title:       "What may the customer do?",
		Description: "Options for each order line, until when, for how much.",
		Query:       optionsQuery,
		Variables:   variables(map[string]any{"order": orderOptions}),
		TokenLabel:  customerWang,
	}, nil
}

func ownCase(ctx context.Context, a *app.App) (console.Example, error) {
	ctx, err := person(customerWang).as(ctx, a)
	if err != nil {
		return console.Example{}, err
	}
	c, err := caseOf(ctx, a, orderLate)
	if err != nil {
		return console.Example{}, err
	}
	return console.Example{
		Title:       "A refund that came late",
		Description: "Timeline, deadlines, and the explanation it needed.",
		Query:       ownCaseQuery,
		Variables:   variables(map[string]any{"id": c.ID}),
		TokenLabel:  customerWang,
	}, nil
}

// unrefundable are the statuses in which an agent can do something, but not start a refund.
var unrefundable = []lifecycle.Status{lifecycle.Requested, lifecycle.NeedsInfo, lifecycle.AwaitingShipment, lifecycle.InTransit, lifecycle.Received}

// refusal names the version it saw: should the case have moved on by then, the answer is CONFLICT, and never a refund.
func refusal(ctx context.Context, a *app.App) (console.Example, error) {
	ctx, err := person(agentLiNa).as(ctx, a)
	if err != nil {
		return console.Example{}, err
	}
	c, err := caseOf(ctx, a, orderFresh)
	if err != nil {
		return console.Example{}, err
	}
	if !slices.Contains(unrefundable, c.Status) { // a visitor went on with it: take another
		other, err := a.Store.Client(ctx).ServiceCase.Query().Where(servicecase.StatusIn(unrefundable...)).Order(servicecase.ByOpenedAt()).First(ctx)
		if err != nil {
			return console.Example{}, err
		}
		c = other
	}
	return console.Example{
		Title:       "A step too early is refused",
		Description: "Nothing changes; allowedActions name the ways on.",
		Query:       refusalQuery,
		Variables:   variables(map[string]any{"id": c.ID, "version": c.Version, "key": "try-a-step-too-early"}),
		TokenLabel:  agentLiNa,
	}, nil
}

// holidayOver is where the clock goes: past October 11, when the refund was due.
const holidayOver = "2025-10-13 10:00"

func holiday(ctx context.Context, a *app.App) (console.Example, error) {
	e := console.Example{
		Title:       "Over the National Day holiday",
		Description: "One clock advance: pause, breach, then explanation.",
		Query:       holidayQuery, TokenLabel: adminZhou,
	}
	ctx, err := person(adminZhou).as(ctx, a)
	if err != nil {
		return e, err
	}
	m, err := a.Cases.Merchant(ctx)
	if err != nil {
		return e, err
	}
	_, cal, err := a.Cases.Calendar(ctx, m.CalendarCode)
	if err != nil {
		return e, err
	}
	to, err := local(holidayOver, cal.Zone())
	if err != nil {
		return e, err
	}
	if now := a.Cases.Now(m); now.After(to) {
		e.Description = "The clock has passed it; start with --reset to see it again."
		to = now
	}
	c, err := caseOf(ctx, a, orderHoliday)
	if err != nil {
		return e, err
	}
	d, err := deadlineOf(ctx, a.Store.Client(ctx), c.ID, plan.Refund)
	if err != nil {
		return e, err
	}
	e.Variables = variables(map[string]any{"to": to.In(cal.Zone()).Format(time.RFC3339Nano), "deadline": d.ID,
		"text": "国庆假期财务休息，退款未能按时到账，我们今天为您处理，并向您致歉。"})
	return e, nil
}

// caseOf finds the first case of an order that the actor may see.
func caseOf(ctx context.Context, a *app.App, orderNumber string) (*ent.ServiceCase, error) {
	o, err := a.Orders.Get(ctx, nil, &orderNumber, func(*ent.OrderQuery) {})
	if err != nil {
		return nil, err
	}
	return a.Store.Client(ctx).ServiceCase.Query().Where(servicecase.OrderID(o.ID)).Order(servicecase.ByOpenedAt()).First(ctx)
}

func variables(v map[string]any) string {
	raw, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		panic(err) // text and numbers always marshal
	}
	return string(raw)
}

// anywhere are examples for a deployment whose data nobody here knows.
func anywhere() []console.Example {
	return []console.Example{
		{Title: "Who am I to this service?", Description: "Runs without a token too: viewer is null then.", Query: viewerQuery},
		{Title: "Three working days over a holiday", Description: "What a promise comes to, counted as real ones are, without any case. Needs no token.", Query: previewQuery,
			Variables: variables(map[string]any{"input": map[string]any{"calendar": "CN", "unit": "WORKING_DAYS", "length": 3, "startedAt": "2025-09-26T20:10:00+08:00",
				"pauses": []map[string]any{{"from": "2025-09-27T10:00:00+08:00", "to": "2025-09-29T09:10:00+08:00"}}}})},
		{Title: "Which days count?", Description: "The calendar with holidays and make-up workdays. Needs no token.", Query: calendarQuery,
			Variables: variables(map[string]any{"code": "CN", "from": "2025-09-27", "to": "2025-10-12"})},
		{Title: "What must be done next?", Description: "The work queue of your merchant, for staff.", Query: queueQuery},
		{Title: "The newest returns", Description: "Those of your merchant; a customer sees their own.", Query: returnsQuery},
	}
}
