package plan

import (
	"slices"
	"testing"

	"aftersales/internal/calendar"
	"aftersales/internal/deadline"
	"aftersales/internal/lifecycle"
)

// returned is goods sent back for money.
var returned = Subject{Kind: lifecycle.Return, Remedy: lifecycle.ReturnAndRefund}

func book(t *testing.T) *Book {
	t.Helper()
	b, err := BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The promises of MALL with the figures of their clauses: MALL-4.1a, MALL-4.2a.
func TestMallPromises(t *testing.T) {
	t.Parallel()
	p := book(t).Latest("MALL")
	for _, want := range []struct {
		kind   DeadlineKind
		clause string
		length int
		unit   deadline.Unit
		owes   Party
	}{
		{FirstResponse, "MALL-4.1a", 24, deadline.Hours, Merchant},
		{Review, "MALL-3.2a", 48, deadline.Hours, Merchant},
		{Refund, "MALL-4.2a", 3, deadline.WorkingDays, Merchant},
		{InfoReply, "MALL-3.1e", 7, deadline.Days, Customer},
		{ShipBack, "MALL-3.2e", 7, deadline.Days, Customer},
	} {
		got, ok := p.Promise(want.kind, returned)
		if !ok || got.Clause != want.clause || got.Length != want.length || got.Unit != want.unit || got.Obligor != want.owes {
			t.Errorf("%s: %+v", want.kind, got)
		}
	}
	if _, ok := p.Promise(StatutoryRefund, returned); ok {
		t.Error("the plan promises the law's own limit")
	}
}

// Reading X8.1: the refund's clock stands still exactly while the customer holds the ball.
func TestRefundPausesWhileTheCustomerHoldsTheBall(t *testing.T) {
	t.Parallel()
	pr, _ := book(t).Latest("MALL").Promise(Refund, returned)
	for _, s := range []lifecycle.Status{lifecycle.NeedsInfo, lifecycle.AwaitingShipment, lifecycle.InTransit} {
		if !pr.PausesIn(s) {
			t.Errorf("runs in %s", s)
		}
	}
	for _, s := range []lifecycle.Status{lifecycle.Requested, lifecycle.Received, lifecycle.InspectionPassed, lifecycle.InspectionFailed, lifecycle.Refunding} {
		if pr.PausesIn(s) {
			t.Errorf("stands still in %s", s)
		}
	}
}

// MALL-1.3a: the law as data, from the day it holds.
func TestLawsHoldFromTheirDay(t *testing.T) {
	t.Parallel()
	b := book(t)
	if b.Law("CN", calendar.Date{Year: 2014, Month: 3, Day: 14}) != nil {
		t.Error("China's law held a day early")
	}
	cn := b.Law("CN", calendar.Date{Year: 2014, Month: 3, Day: 15})
	if cn == nil || cn.Code != "LAW-CN" || cn.NoReason.Length != 7 || !cn.NoReason.Roll || b.Get("LAW-CN", cn.Version) != &cn.Plan {
		t.Fatalf("%+v", cn)
	}
	if got := b.Jurisdictions(); !slices.Equal(got, []string{"CN", "DE"}) {
		t.Errorf("jurisdictions %v", got)
	}
	for _, c := range []struct {
		kind      string
		confirmed bool
		want      bool
	}{{"PERISHABLE", false, true}, {"VALUE_FALLS_ON_USE", false, false}, {"VALUE_FALLS_ON_USE", true, true}, {"", true, false}, {"SOMETHING", true, false}} {
		if got := cn.Excludes(c.kind, c.confirmed); got != c.want {
			t.Errorf("%s confirmed %v: %v", c.kind, c.confirmed, got)
		}
	}
	if f := cn.FreightFor(Customer); f.Back != Customer {
		t.Errorf("no reason: %+v", f)
	}
	if f := cn.FreightFor(Carrier); f.Back != Merchant {
		t.Errorf("damaged on the way: %+v", f)
	}
}

func TestPlansRefuseBadData(t *testing.T) {
	t.Parallel()
	good := Promise{Kind: Refund, Clause: "c", Length: 1, Unit: deadline.Days, Start: lifecycle.Opened, Stop: []lifecycle.Event{lifecycle.RefundCredited}, AtRiskPercent: 50, Obligor: Merchant}
	for name, change := range map[string]func(*Plan){
		"no code":        func(p *Plan) { p.Code = "" },
		"twice":          func(p *Plan) { p.Promises = append(p.Promises, good) },
		"no clause":      func(p *Plan) { p.Promises[0].Clause = "" },
		"no stop":        func(p *Plan) { p.Promises[0].Stop = nil },
		"at risk at 100": func(p *Plan) { p.Promises[0].AtRiskPercent = 100 },
	} {
		p := Plan{Code: "P", Version: 1, Kinds: []lifecycle.Kind{lifecycle.Return}, Promises: []Promise{good}}
		change(&p)
		if p.validate() == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}
