// Package plan describes service plans as data: which promises a case of a kind gets, what starts, pauses and stops each
// clock, who owes it, and what happens when it is missed. The built-in plans are embedded data, each promise citing its
// clause.
//
// It is pure: it knows no storage and no clock. Package casework turns promises into running deadlines.
package plan

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"slices"

	"aftersales/internal/calendar"
	"aftersales/internal/deadline"
	"aftersales/internal/lifecycle"
)

// DeadlineKind names what a deadline is about (contract enum DeadlineKind).
type DeadlineKind string

const (
	FirstResponse DeadlineKind = "FIRST_RESPONSE"
	Review        DeadlineKind = "REVIEW"
	InfoReply     DeadlineKind = "INFO_REPLY"
	ShipBack      DeadlineKind = "SHIP_BACK"
	Refund        DeadlineKind = "REFUND"
	// StatutoryRefund is the law's own limit, beside the plan's promise.
	StatutoryRefund DeadlineKind = "STATUTORY_REFUND"
	Exchange        DeadlineKind = "EXCHANGE"
	// ProposalReply is the customer's time to answer an offer.
	ProposalReply DeadlineKind = "PROPOSAL_REPLY"
	// ReceiptConfirmation is the merchant's time to book in what was delivered.
	ReceiptConfirmation DeadlineKind = "RECEIPT_CONFIRMATION"
	// SendBack is the merchant's time to send home what was not accepted.
	SendBack DeadlineKind = "SEND_BACK"
	// DisputeAnswer and DisputeEvidence are the two sides' time in a dispute, DisputeDecision the platform's.
	DisputeAnswer   DeadlineKind = "DISPUTE_ANSWER"
	DisputeEvidence DeadlineKind = "DISPUTE_EVIDENCE"
	DisputeDecision DeadlineKind = "DISPUTE_DECISION"

	// Repair is the repair done (MALL-4.3a), SiteVisit somebody there (SLA-A-2.2.2), DepotInspection the fault found and a
	// plan given (SLA-A-2.2.3).
	Repair          DeadlineKind = "REPAIR"
	SiteVisit       DeadlineKind = "SITE_VISIT"
	DepotInspection DeadlineKind = "DEPOT_INSPECTION"
	// QuoteReply is the customer's time to answer a quote, Appointment theirs to agree on another visit, Collection theirs to
	// fetch goods that are ready.
	QuoteReply  DeadlineKind = "QUOTE_REPLY"
	Appointment DeadlineKind = "APPOINTMENT"
	Collection  DeadlineKind = "COLLECTION"
	// Resolution is a matter settled (PLEDGE-3.1.4), OpinionReply an opinion answered (PLEDGE-3.4.2).
	Resolution   DeadlineKind = "RESOLUTION"
	OpinionReply DeadlineKind = "OPINION_REPLY"
)

// Party is who owes a deadline (contract enum Party).
type Party string

const (
	Merchant Party = "MERCHANT"
	Customer Party = "CUSTOMER"
	Carrier  Party = "CARRIER"
	Platform Party = "PLATFORM"
)

// DeadlineState is where a deadline stands (contract enum DeadlineState). A missed deadline stays Breached, also when it is
// made good later.
type DeadlineState string

const (
	Running   DeadlineState = "RUNNING"
	Paused    DeadlineState = "PAUSED"
	Met       DeadlineState = "MET"
	Breached  DeadlineState = "BREACHED"
	Cancelled DeadlineState = "CANCELLED"
)

// TimeoutAction is what the server does by itself when a deadline is missed (contract enum TimeoutAction).
type TimeoutAction string

const (
	// Escalate makes the case urgent and hands it to a supervisor.
	Escalate TimeoutAction = "ESCALATE"
	// Expire ends the case, because the customer did not do their part in time.
	Expire TimeoutAction = "EXPIRE"
	// Approve approves the request, because nobody reviewed it.
	Approve TimeoutAction = "APPROVE"
	// Receive books the goods in, because nobody did after they were delivered.
	Receive TimeoutAction = "RECEIVE"
	// Decline takes the silence on an offer for a no: the case goes on where it was.
	Decline TimeoutAction = "DECLINE"
	// Accept takes the silence on an answer for a yes: the matter is settled.
	Accept TimeoutAction = "ACCEPT"
	// Compensate proposes compensation to the merchant's people (COURIER-4.1.4); PayBack starts the refund.
	Compensate TimeoutAction = "PROPOSE_COMPENSATION"
	PayBack    TimeoutAction = "REFUND"
)

// Promise is one clock of a plan.
type Promise struct {
	Kind DeadlineKind `json:"kind"`
	// Clause is the id of the clause that promises it, in internal/docs/requirements.md.
	Clause string        `json:"clause"`
	Length int           `json:"length"`
	Unit   deadline.Unit `json:"unit"`
	Roll   bool          `json:"roll,omitempty"`
	// Kinds limits the promise to cases of these kinds; empty means all of the plan's.
	Kinds []lifecycle.Kind `json:"kinds,omitempty"`
	// Goods limits it to cases whose goods come back.
	Goods bool `json:"goods,omitempty"`
	// Remedies limits the promise to cases that ask for one of them; empty means all.
	Remedies []lifecycle.Remedy `json:"remedies,omitempty"`
	// Priority limits it to cases that are this pressing when they open (COURIER-4.1.2); empty means all.
	Priority string `json:"priority,omitempty"`
	// Start is the event at which the clock starts, Stop those at which it is met.
	Start lifecycle.Event   `json:"start"`
	Stop  []lifecycle.Event `json:"stop,omitempty"`
	// StopAll are facts that together fulfil it, in any order (SLA-A-2.2.1: answered, problem confirmed, plan told).
	StopAll []lifecycle.Event `json:"stopAll,omitempty"`
	// PausedIn lists the statuses in which the other side holds the ball (reading X8.1).
	PausedIn []lifecycle.Status `json:"pausedIn,omitempty"`
	// AtRiskPercent is the share of the promised time after which an open deadline is at risk.
	AtRiskPercent int             `json:"atRiskPercent"`
	Obligor       Party           `json:"obligor"`
	OnTimeout     []TimeoutAction `json:"onTimeout"`
	// Explain is whether missing it must be explained to the customer before the case can close.
	Explain bool `json:"explain,omitempty"`
	// ExplainAhead is whether the explanation is wanted before the limit (SLA-B-2.2.5).
	ExplainAhead bool `json:"explainAhead,omitempty"`
	// Extension is how far the promise may be extended, once, for a special part (MALL-4.3b); nil: not at all.
	Extension *Extension `json:"extension,omitempty"`
	// Compensation is what missing it costs where onTimeout proposes it (COURIER-4.1.4).
	Compensation *Compensation `json:"compensation,omitempty"`
}

// Extension is the longer length, in the promise's unit and from the same start, and the clause that grants it.
type Extension struct {
	To     int    `json:"to"`
	Clause string `json:"clause"`
}

// Compensation is money.md F7: so many ten-thousandths of what the customer paid for every day of lateness, up to a cap in
// ten-thousandths of the same.
type Compensation struct {
	PerDayBps int    `json:"perDayBps"`
	CapBps    int    `json:"capBps"`
	Clause    string `json:"clause"`
}

// Rule is the promise's clock as package deadline counts it.
func (p Promise) Rule() deadline.Rule {
	return deadline.Rule{Unit: p.Unit, Length: p.Length, Roll: p.Roll}
}

// Subject is what a case is about, as far as promises ask.
type Subject struct {
	Kind     lifecycle.Kind
	Remedy   lifecycle.Remedy
	Priority string
}

// Covers reports whether the promise applies to a case.
func (p Promise) Covers(of Subject) bool {
	return (len(p.Kinds) == 0 || slices.Contains(p.Kinds, of.Kind)) && (len(p.Remedies) == 0 || slices.Contains(p.Remedies, of.Remedy)) &&
		(p.Priority == "" || p.Priority == of.Priority)
}

// StopsAt reports whether e fulfils the promise.
func (p Promise) StopsAt(e lifecycle.Event) bool { return slices.Contains(p.Stop, e) }

// PausesIn reports whether the clock stands still in status s.
func (p Promise) PausesIn(s lifecycle.Status) bool { return slices.Contains(p.PausedIn, s) }

// Ref names one version of a plan.
type Ref struct {
	Code    string `json:"code"`
	Version int    `json:"version"`
}

// Plan is one version of a service plan. A case keeps the version it opened under.
type Plan struct {
	Code    string `json:"code"`
	Version int    `json:"version"`
	Name    string `json:"name"`
	// ValidFrom is the first day it holds; plans of our own hold from the beginning.
	ValidFrom calendar.Date    `json:"validFrom,omitzero"`
	Kinds     []lifecycle.Kind `json:"kinds"`
	Promises  []Promise        `json:"promises"`
}

// Promise returns the promise of a kind to a case.
func (p *Plan) Promise(k DeadlineKind, of Subject) (Promise, bool) {
	i := slices.IndexFunc(p.Promises, func(pr Promise) bool { return pr.Kind == k && pr.Covers(of) })
	if i < 0 {
		return Promise{}, false
	}
	return p.Promises[i], true
}

// Starting lists the promises to a case that start at e.
func (p *Plan) Starting(e lifecycle.Event, of Subject) []Promise {
	var out []Promise
	for _, pr := range p.Promises {
		if pr.Start == e && pr.Covers(of) {
			out = append(out, pr)
		}
	}
	return out
}

//go:embed data
var data embed.FS

// Book is the set of plans and laws the service knows, by code and version.
type Book struct {
	plans []*Plan
	laws  []*Law
}

// BuiltIn reads the embedded plans and laws; an error is a mistake in the data, found by the package's own test.
func BuiltIn() (*Book, error) {
	b := &Book{}
	err := readAll("data/plan", func() any { return new(Plan) }, func(v any) error {
		p := v.(*Plan)
		b.plans = append(b.plans, p)
		return p.validate()
	})
	if err != nil {
		return nil, err
	}
	return b, readAll("data/law", func() any { return new(Law) }, func(v any) error {
		l := v.(*Law)
		l.Kinds = []lifecycle.Kind{lifecycle.Return}
		l.Jurisdiction, l.Code = l.Code, LawPrefix+l.Code
		b.laws = append(b.laws, l)
		return l.validate()
	})
}

func readAll(dir string, make func() any, take func(any) error) error {
	files, err := data.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, f := range files {
		raw, err := data.ReadFile(dir + "/" + f.Name())
		if err != nil {
			return err
		}
		v := make()
		dec := json.NewDecoder(bytes.NewReader(raw))
		dec.DisallowUnknownFields()
		if err := dec.Decode(v); err != nil {
			return fmt.Errorf("%s: %w", f.Name(), err)
		}
		if err := take(v); err != nil {
			return fmt.Errorf("%s: %w", f.Name(), err)
		}
	}
	return nil
}

// LawPrefix marks the code of a law where plans and laws stand in one column.
const LawPrefix = "LAW-"

// Get returns one version of a plan, or of a law by LawPrefix and its code; nil when there is none.
func (b *Book) Get(code string, version int) *Plan {
	for _, l := range b.laws {
		if l.Code == code && l.Version == version {
			return &l.Plan
		}
	}
	for _, p := range b.plans {
		if p.Code == code && p.Version == version {
			return p
		}
	}
	return nil
}

// Latest returns the newest version of a plan; nil when there is none.
func (b *Book) Latest(code string) *Plan {
	var newest *Plan
	for _, p := range b.plans {
		if p.Code == code && (newest == nil || p.Version > newest.Version) {
			newest = p
		}
	}
	return newest
}

// Plans lists every version of every plan, laws left out.
func (b *Book) Plans() []*Plan { return slices.Clone(b.plans) }

func (p *Plan) validate() error {
	if p.Code == "" || p.Version < 1 || len(p.Kinds) == 0 {
		return fmt.Errorf("code, version and kinds are required")
	}
	for i, pr := range p.Promises {
		switch {
		case slices.ContainsFunc(p.Promises[:i], pr.collides):
			return fmt.Errorf("%s is promised twice to the same cases", pr.Kind)
		case slices.ContainsFunc(p.Promises[:i], pr.mixes):
			return fmt.Errorf("%s is promised twice by one clause", pr.Kind)
		case pr.Clause == "" || pr.Length < 1 || pr.Start == "" || len(pr.Stop)+len(pr.StopAll) == 0 || pr.Obligor == "":
			return fmt.Errorf("%s: clause, length, start, stop and obligor are required", pr.Kind)
		case pr.Extension != nil && (pr.Extension.To <= pr.Length || pr.Extension.Clause == ""):
			return fmt.Errorf("%s: an extension is longer and cites its clause", pr.Kind)
		case slices.Contains(pr.OnTimeout, Compensate) != (pr.Compensation != nil):
			return fmt.Errorf("%s: compensation is proposed where its rate is known", pr.Kind)
		case pr.AtRiskPercent < 1 || pr.AtRiskPercent > 99:
			return fmt.Errorf("%s: atRiskPercent must be 1 to 99", pr.Kind)
		}
	}
	return nil
}

// collides reports whether two promises of one plan promise the same to some case. A promise to urgent cases stands beside
// the one to all.
func (p Promise) collides(q Promise) bool {
	return p.Kind == q.Kind && p.Priority == q.Priority && overlap(p.Kinds, q.Kinds) && overlap(p.Remedies, q.Remedies)
}

// mixes reports whether two promises could not be told apart once their clocks run, by kind and clause.
func (p Promise) mixes(q Promise) bool { return p.Kind == q.Kind && p.Clause == q.Clause }

// overlap reports whether two lists share something; an empty one stands for everything.
func overlap[T comparable](a, b []T) bool {
	return len(a) == 0 || len(b) == 0 || slices.ContainsFunc(a, func(v T) bool { return slices.Contains(b, v) })
}
