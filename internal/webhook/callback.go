package webhook

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"aftersales/ent"
	"aftersales/ent/merchant"
	"aftersales/internal/auth"
	"aftersales/internal/casework"
	"aftersales/internal/problem"
	"aftersales/internal/returns"
)

// CallbackPath is where gateways report, by the merchant's slug.
const CallbackPath = "/gateway/refunds/{merchant}"

// report is what a gateway says became of a refund. ID is that of the instruction, where the gateway has it at hand: then a
// late word about an earlier attempt is not taken for one about the present.
type report struct {
	ID         string     `json:"id"`
	Refund     string     `json:"refund"`
	State      string     `json:"state"`
	Reference  string     `json:"reference"`
	Failure    string     `json:"failure"`
	CreditedAt *time.Time `json:"creditedAt"`
}

// answer is a refusal of a callback by its HTTP status.
type answer struct {
	status int
	text   string
}

func (a *answer) Error() string { return a.text }

var (
	errSignature = &answer{http.StatusUnauthorized, "unauthorized"}
	errRefund    = &answer{http.StatusNotFound, "no such refund"}
	errBusy      = &answer{http.StatusServiceUnavailable, "try again"}
)

// Callback answers POST /gateway/refunds/{slug}: 200 when the report was taken, now or before; 400 for one that makes no
// sense, 401 without detail for a wrong signature and for an unknown merchant alike, 404 for an unknown refund, 409 when
// something else became of the refund, 503 when it should come again.
func (s *Service) Callback() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			w.Header().Set("Allow", http.MethodPost)
			reply(w, http.StatusMethodNotAllowed, map[string]any{"error": "use POST"})
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxAnswer))
		if err != nil {
			reply(w, http.StatusRequestEntityTooLarge, map[string]any{"error": "the body is too large or broke off"})
			return
		}
		err = s.take(r.Context(), r.PathValue("merchant"), r.Header.Get(SignatureHeader), body)
		var refused *answer
		switch {
		case err == nil:
			reply(w, http.StatusOK, map[string]any{"ok": true})
		case errors.As(err, &refused):
			reply(w, refused.status, map[string]any{"error": refused.text})
		default:
			s.log.ErrorContext(r.Context(), "a callback could not be taken", "merchant", r.PathValue("merchant"), "error", err)
			reply(w, http.StatusServiceUnavailable, map[string]any{"error": errBusy.text})
		}
	})
}

func reply(w http.ResponseWriter, status int, body map[string]any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client going away is no fault of ours
}

func (s *Service) take(ctx context.Context, slug, header string, body []byte) error {
	m, err := s.store.Client(ctx).Merchant.Query().Where(merchant.Slug(slug)).Only(auth.AsSystem(ctx, ""))
	if err != nil && !ent.IsNotFound(err) {
		return err
	}
	secret := ""
	if m != nil {
		secret = m.GatewaySecret
	}
	signature, ok := verify(secret, header, s.cases.Real(), body)
	if !ok {
		return errSignature
	}
	var rep report
	if err := json.Unmarshal(body, &rep); err != nil {
		return &answer{http.StatusBadRequest, "the body is not the JSON object expected"}
	}
	if rep.State != casework.RefundCredited && rep.State != casework.RefundFailed {
		return &answer{http.StatusBadRequest, "state must be CREDITED or FAILED"}
	}
	return s.settle(auth.AsSystem(ctx, m.ID), m, rep, "callback:"+signature)
}

// settle brings a report in as an act of the service itself for the merchant. The key names the very message, so that it
// counts once however often it comes; one that comes again under another signature is known by what became of the refund.
func (s *Service) settle(ctx context.Context, m *ent.Merchant, rep report, key string) error {
	for range 5 {
		row, err := s.store.Client(ctx).Refund.Get(ctx, rep.Refund)
		if ent.IsNotFound(err) {
			return errRefund
		}
		if err != nil {
			return err
		}
		attempt, err := attemptOf(rep, row)
		if err != nil {
			return err
		}
		earlier := attempt < row.Attempts
		switch {
		case row.State == rep.State, earlier && rep.State == casework.RefundFailed:
			return nil
		case row.Held, row.State != casework.RefundProcessing:
			return conflict(row)
		}
		if rep.State == casework.RefundCredited {
			at := s.creditedAt(m, row, rep.CreditedAt)
			err = s.returns.ConfirmRefund(ctx, row.ID, key, rep.Reference, &at)
		} else {
			err = s.returns.FailRefund(ctx, row.ID, key, returns.Failure{Reason: rep.Failure, Attempt: attempt})
		}
		switch {
		case err == nil, problem.Is(err, problem.IdempotencyMismatch): // the same message, looked at by another clock
			return nil
		case problem.Is(err, problem.Conflict):
			continue // somebody was at the case: look again
		case problem.Is(err, problem.InvalidInput):
			return &answer{http.StatusBadRequest, badInput(err)}
		case problem.Is(err, problem.IllegalTransition), problem.Is(err, problem.NotEligible):
			if row, err = s.store.Client(ctx).Refund.Get(ctx, rep.Refund); err != nil {
				return err
			}
			if row.State == rep.State {
				return nil
			}
			return conflict(row)
		default:
			return err
		}
	}
	return errBusy
}

// attemptOf is the attempt a report speaks of: the present one where it does not say.
func attemptOf(rep report, row *ent.Refund) (int, error) {
	if rep.ID == "" {
		return row.Attempts, nil
	}
	of, number, _ := strings.Cut(rep.ID, "-")
	n, err := strconv.Atoi(number)
	if err != nil || of != row.ID || n < 1 || n > row.Attempts {
		return 0, &answer{http.StatusBadRequest, "id is not that of a call about this refund"}
	}
	return n, nil
}

func conflict(row *ent.Refund) error {
	if row.Held {
		return &answer{http.StatusConflict, "the refund is not released"}
	}
	return &answer{http.StatusConflict, "the refund is " + row.State}
}

func badInput(err error) string {
	p := problem.All(err)[0]
	field := strings.Join(p.Field, ".")
	if field == "reason" {
		field = "failure"
	}
	return field + " " + p.Message.EN
}

// creditedAt is when the money arrived by the merchant's clock. The gateway's clock may be off by as much as a signature's;
// a sandbox's clock shows a time of its own, so that only its order counts.
func (s *Service) creditedAt(m *ent.Merchant, row *ent.Refund, said *time.Time) time.Time {
	now := s.cases.Now(m)
	if said == nil {
		return now
	}
	at, near := *said, tolerance
	if m.ClockAt != nil {
		near = 1<<63 - 1
	}
	if off := at.Sub(now); off > 0 && off <= near {
		return now
	}
	if off := row.StartedAt.Sub(at); off > 0 && off <= near {
		return row.StartedAt
	}
	return at
}
