package webhook

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

	"aftersales/ent"
	"aftersales/ent/refund"
	"aftersales/ent/servicecase"
	"aftersales/internal/auth"
	"aftersales/internal/casework"
	"aftersales/internal/money"
	"aftersales/internal/problem"
	"aftersales/internal/returns"
)

const (
	// batch is how many refunds are told at once.
	batch = 16
	// lease is how long a claimed refund is left to who claimed it: far longer than a call. When it runs out, the call was
	// not recorded, and is made again.
	lease = time.Minute
	// maxCalls is after how many calls a refund fails, so that a person sees it.
	maxCalls = 8

	firstWait = 10 * time.Second
	maxWait   = time.Hour

	recordWithin = 5 * time.Second
)

// instruction is what a gateway is told. ID names the attempt, the same however often it is told; Refund names the payment,
// the same over all attempts, and is to be paid once. Amounts are decimals of the currency.
type instruction struct {
	ID          string       `json:"id"`
	Refund      string       `json:"refund"`
	Case        string       `json:"case"`
	Number      string       `json:"number"`
	Purpose     string       `json:"purpose"`
	Amount      string       `json:"amount"`
	Currency    string       `json:"currency"`
	Parts       []part       `json:"parts"`
	Attempt     int          `json:"attempt"`
	Redirection *redirection `json:"redirection"`
}

// part is what goes back by one means of payment.
type part struct {
	Kind      money.TenderKind `json:"kind"`
	Method    string           `json:"method,omitempty"`
	Reference string           `json:"reference,omitempty"`
	Amount    string           `json:"amount"`
	Points    int64            `json:"points,omitempty"`
}

// redirection is the account that money goes to instead of where it came from.
type redirection struct {
	Account string    `json:"account"`
	Consent string    `json:"consent"`
	At      time.Time `json:"at"`
}

func instructionID(refundID string, attempt int) string {
	return fmt.Sprintf("%s-%d", refundID, attempt)
}

func instructionOf(r *ent.Refund) instruction {
	in := instruction{ID: instructionID(r.ID, r.Attempts), Refund: r.ID, Case: r.CaseID, Number: r.Edges.Case.Number, Purpose: r.Purpose,
		Amount: money.Format(r.Amount, r.Currency), Currency: r.Currency, Parts: []part{}, Attempt: r.Attempts}
	for _, p := range r.Parts {
		if !p.Lapsed { // nobody gets that back
			in.Parts = append(in.Parts, part{p.Kind, p.Method, p.Reference, money.Format(p.Amount, r.Currency), p.Points})
		}
	}
	if to := r.Redirection; to != nil {
		in.Redirection = &redirection{to.Account, to.Consent, to.At}
	}
	return in
}

// Run calls what is due at an interval of real time until ctx ends. Nothing is lost by a failure: the work is found in the
// database each time.
func (s *Service) Run(ctx context.Context, interval time.Duration) {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		if _, err := s.Turn(ctx); err != nil && ctx.Err() == nil {
			s.log.ErrorContext(ctx, "background work failed; it is tried again", "work", "refund calls", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Turn tells gateways of every refund that is due once, and returns how many it told or gave up.
func (s *Service) Turn(ctx context.Context) (int, error) {
	ctx = auth.AsSystem(ctx, "")
	total := 0
	for {
		claimed, err := s.claim(ctx)
		if err != nil {
			return total, err
		}
		var group sync.WaitGroup
		for _, r := range claimed {
			group.Go(func() {
				if err := s.deliver(ctx, r); err != nil && ctx.Err() == nil {
					s.log.ErrorContext(ctx, "a refund's call could not be recorded; it is made again", "refund", r.ID, "error", err)
				}
			})
		}
		group.Wait()
		total += len(claimed)
		if len(claimed) < batch || ctx.Err() != nil {
			return total, nil
		}
	}
}

// claim takes refunds whose call is due under the locks of their cases, as every act on a case does, skips those that
// somebody else holds, and moves their next call beyond the lease, so that no other server calls them meanwhile.
func (s *Service) claim(ctx context.Context) (claimed []*ent.Refund, err error) {
	err = s.store.InTx(ctx, func(ctx context.Context) error {
		client, now := s.store.Client(ctx), s.cases.Real()
		q := client.ServiceCase.Query().Where(func(cases *sql.Selector) {
			t := sql.Table(refund.Table)
			due := sql.Select(t.C(refund.FieldCaseID)).From(t).Where(sql.LTE(t.C(refund.FieldCallAt), now)).OrderBy(t.C(refund.FieldCallAt)).Limit(batch)
			cases.Where(sql.In(cases.C(servicecase.FieldID), due))
		})
		if s.store.Dialect() == dialect.Postgres {
			q = q.ForUpdate(sql.WithLockAction(sql.SkipLocked))
		}
		cases, err := q.IDs(ctx)
		if err != nil || len(cases) == 0 {
			claimed = nil
			return err
		}
		claimed, err = client.Refund.Query().Where(refund.CaseIDIn(cases...), refund.CallAtLTE(now), refund.State(casework.RefundProcessing), refund.Held(false)).
			WithCase(func(q *ent.ServiceCaseQuery) { q.WithMerchant() }).All(ctx)
		if err != nil || len(claimed) == 0 {
			return err
		}
		ids, of := make([]string, len(claimed)), make([]string, len(claimed))
		for i, r := range claimed {
			ids[i], of[i] = r.ID, r.CaseID
		}
		if err := client.Refund.Update().Where(refund.IDIn(ids...)).SetCallAt(now.Add(lease)).AddCalls(1).Exec(ctx); err != nil {
			return err
		}
		return client.ServiceCase.Update().Where(servicecase.IDIn(of...)).AddRevision(1).Exec(ctx)
	})
	return claimed, err
}

// deliver makes one call, outside any transaction, and records how it went.
func (s *Service) deliver(ctx context.Context, r *ent.Refund) error {
	m, call := r.Edges.Case.Edges.Merchant, r.Calls+1
	ctx = auth.AsSystem(ctx, m.ID)
	if m.GatewayURL == "" { // taken away meanwhile: a person pays
		return s.record(ctx, r, func(u *ent.RefundUpdate) { u.ClearCallAt() })
	}
	reason := "its last answer is not known"
	if call <= maxCalls {
		status, err := s.post(ctx, m, r)
		if ctx.Err() != nil {
			return nil // stopping: whether it was told is not known, so it is told again
		}
		if err == nil && status >= 200 && status < 300 {
			return s.record(ctx, r, func(u *ent.RefundUpdate) { u.ClearCallAt() })
		}
		reason = why(status, err)
		s.log.WarnContext(ctx, "a gateway did not take a refund", "merchant", m.Slug, "refund", r.ID, "call", call, "reason", reason)
	}
	if call < maxCalls {
		return s.record(ctx, r, func(u *ent.RefundUpdate) { u.SetCallAt(s.cases.Real().Add(wait(call))) })
	}
	id := instructionID(r.ID, r.Attempts)
	err := s.returns.FailRefund(ctx, r.ID, "unreachable:"+id, returns.Failure{Reason: "gateway unreachable: " + reason, Attempt: r.Attempts})
	if len(problem.All(err)) > 0 && !problem.Is(err, problem.Conflict) {
		return nil // the gateway, or a person, said meanwhile what became of it
	}
	return err
}

// record writes how a call went, unless the refund went on meanwhile: a callback may be faster than the answer to the call.
func (s *Service) record(ctx context.Context, r *ent.Refund, set func(*ent.RefundUpdate)) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordWithin) // what was said shall be known, also when stopping
	defer cancel()
	return s.store.InTx(ctx, func(ctx context.Context) error {
		u := s.store.Client(ctx).Refund.Update().Where(refund.ID(r.ID), refund.State(casework.RefundProcessing), refund.Attempts(r.Attempts), refund.Calls(r.Calls+1))
		set(u)
		return u.Exec(ctx)
	})
}

// post sends the instruction and returns the answer's status.
func (s *Service) post(ctx context.Context, m *ent.Merchant, r *ent.Refund) (int, error) {
	body, err := json.Marshal(instructionOf(r))
	if err != nil {
		return 0, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, m.GatewayURL, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "aftersales")
	req.Header.Set(SignatureHeader, Sign(m.GatewaySecret, s.cases.Real(), body))
	resp, err := s.client.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, io.LimitReader(resp.Body, maxAnswer))
	return resp.StatusCode, err
}

// wait is how long to wait after a call that failed: 10 s doubling up to 1 h, of which up to half is left to chance, so that
// a gateway that comes back is not called by all at once.
func wait(call int) time.Duration {
	d := min(firstWait<<(call-1), maxWait)
	return d/2 + rand.N(d/2+1)
}
