package e2e

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"aftersales/internal/app"
	"aftersales/internal/apptest"
)

const setGateway = `mutation($url: String, $m: ID) { refundGatewaySet(merchant: $m, input: { url: $url }) { merchant { refundGateway { kind url } } secret userErrors { code field message } } }`

// gateway is a merchant's payment service.
type gateway struct {
	t      *testing.T
	e      *apptest.Env
	s      *apptest.Shop
	url    string
	secret string
	// answers is what it does with a call; nil takes it.
	answers func(w http.ResponseWriter, r *http.Request, told map[string]any)

	mu    sync.Mutex
	calls []map[string]any
}

// newGateway starts a payment service and makes it the shop's.
func newGateway(t *testing.T, e *apptest.Env, s *apptest.Shop) *gateway {
	t.Helper()
	g := &gateway{t: t, e: e, s: s}
	srv := httptest.NewServer(http.HandlerFunc(g.take))
	t.Cleanup(srv.Close)
	g.url = srv.URL + "/refunds"
	d := s.Admin.Must(setGateway, apptest.Vars{"url": g.url})
	g.secret = d.Str("refundGatewaySet.secret")
	is(t, "gateway", d.Str("refundGatewaySet.merchant.refundGateway.kind")+" "+d.Str("refundGatewaySet.merchant.refundGateway.url"), "webhook "+g.url)
	return g
}

func (g *gateway) take(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	var told map[string]any
	if err != nil || json.Unmarshal(body, &told) != nil || r.Method != http.MethodPost || r.URL.Path != "/refunds" || r.Header.Get("Content-Type") != "application/json" {
		g.t.Errorf("called by %s %s: %s, %v", r.Method, r.URL, body, err)
	}
	header := r.Header.Get("Aftersales-Signature")
	stamp := strings.TrimPrefix(strings.Split(header, ",")[0], "t=")
	if want := signed(g.secret, stamp, body); header != want {
		g.t.Errorf("signed %s, want %s", header, want)
	}
	g.mu.Lock()
	g.calls = append(g.calls, told)
	g.mu.Unlock()
	if g.answers != nil {
		g.answers(w, r, told)
	}
}

// told is what the gateway was told so far: the ids of the attempts.
func (g *gateway) told() (ids []string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, c := range g.calls {
		ids = append(ids, fmt.Sprint(c["id"]))
	}
	return ids
}

func signed(secret, stamp string, body []byte) string {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte(stamp + "." + string(body)))
	return "t=" + stamp + ",v1=" + hex.EncodeToString(h.Sum(nil))
}

// send posts a callback as it is.
func send(t *testing.T, e *apptest.Env, slug, header string, body []byte) (status int, answer string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, e.URL+"/gateway/refunds/"+slug, bytes.NewReader(body))
	if err != nil {
		t.Error(err)
		return 0, ""
	}
	req.Header.Set("Aftersales-Signature", header)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Error(err)
		return 0, ""
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Error(err)
	}
	return resp.StatusCode, strings.TrimSpace(string(text))
}

// report sends a callback that is signed now, and returns the status.
func (g *gateway) report(about map[string]any) int {
	g.t.Helper()
	header, body := g.message(g.e.Now(), about)
	status, _ := send(g.t, g.e, g.s.Slug, header, body)
	return status
}

func (g *gateway) message(at time.Time, about map[string]any) (header string, body []byte) {
	body, err := json.Marshal(about)
	if err != nil {
		g.t.Fatal(err)
	}
	return signed(g.secret, fmt.Sprint(at.Unix()), body), body
}

func credited(refund string) map[string]any {
	return map[string]any{"refund": refund, "state": "CREDITED", "reference": "pay-77"}
}

func failed(refund string) map[string]any {
	return map[string]any{"refund": refund, "state": "FAILED", "failure": "The account is closed."}
}

func (g *gateway) turn() int {
	g.t.Helper()
	n, err := g.e.App.Gateways.Turn(g.t.Context())
	if err != nil {
		g.t.Errorf("turn: %v", err)
	}
	return n
}

// Design decision 8: a refund is paid by the merchant's own service, told once and reporting back; MALL-4.2a: REFUND is met
// by the credit. For 3 cups at 3.34 less 0.02, 10.00 was paid: 7.00 in money and 100 points worth 1.00 go back; a coupon of
// 2.00 lapses and is nothing to pay, so that 8.00 reaches the customer.
func TestGatewayPaysARefund(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		g := newGateway(t, e, s)
		o := s.OrderOf("c-1", "A1", now, apptest.Vars{
			"lines": []apptest.Vars{{"externalId": "1", "sku": "CUP", "title": "Cup", "quantity": 3, "unitPrice": "3.34", "discount": "0.02"}},
			"tenders": []apptest.Vars{{"kind": "COUPON", "reference": "SPRING", "amount": "2.00", "lapses": true}, {"kind": "POINTS", "amount": "1.00", "points": 100},
				{"kind": "MONEY", "method": "alipay", "reference": "2025031122001", "amount": "7.00"}}})
		id := s.Request(o, "REFUND", 3)
		s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": id})
		is(t, "nothing to tell", g.turn(), 0)
		refund := s.Refund(id)
		c := look(t, s.Agent, id)
		is(t, "gateway", refundSeen(s.Agent, id).Str("gateway"), "webhook")
		is(t, "told", g.turn(), 1)
		is(t, "told again", g.turn(), 0)
		e.AdvanceReal(24 * time.Hour)
		is(t, "told a day later", g.turn(), 0)
		is(t, "ids", g.told(), []string{refund + "-1"})
		told := g.calls[0]
		for field, want := range map[string]any{"refund": refund, "case": id, "number": c.Str("number"), "purpose": "RETURN", "amount": "8.00", "currency": "CNY", "attempt": 1, "redirection": nil} {
			is(t, field, told[field], want)
		}
		is(t, "parts", told["parts"], []any{map[string]any{"kind": "MONEY", "method": "alipay", "reference": "2025031122001", "amount": "7.00"}, map[string]any{"kind": "POINTS", "amount": "1.00", "points": 100}})
		seen := refundSeen(s.Agent, id)
		is(t, "calls", seen.Int("calls"), 1)
		is(t, "state", seen.Str("state"), "PROCESSING")
		is(t, "the case was seen to change", look(t, s.Agent, id).Int("revision") > c.Int("revision"), true)

		s.Advance("2025-03-12T10:00:00+08:00")
		about := credited(refund)
		about["id"] = refund + "-1"
		header, body := g.message(e.Now(), about)
		for range 2 { // the very same message twice
			status, answer := send(t, e, "mall", header, body)
			is(t, "callback", fmt.Sprint(status, " ", answer), `200 {"ok":true}`)
		}
		e.AdvanceReal(time.Second) // and once more with a signature of its own
		is(t, "callback again", g.report(about), 200)
		is(t, "the opposite", g.report(failed(refund)), 409)
		c = look(t, s.Customer, id)
		is(t, "status", c.Str("status")+" "+c.Str("outcome"), "COMPLETED REFUNDED")
		is(t, "reference", c.Str("refunds.0.reference"), "pay-77")
		is(t, "REFUND", state(c.deadline("REFUND"))+" "+at(t, c.deadline("REFUND"), "metAt"), "MET 2025-03-12T10:00:00+08:00")
		is(t, "credited once", len(c.told("REFUND_CREDITED", "")), 1)
		is(t, "by", c.first("REFUND_CREDITED", "").Get("actor.role"), nil)

		// Without a URL people pay again, and nobody's callback is taken.
		second, refund2 := started(s, "A2", now)
		d := s.Admin.Must(setGateway, apptest.Vars{"url": nil})
		is(t, "manual", []any{d.Str("refundGatewaySet.merchant.refundGateway.kind"), d.Get("refundGatewaySet.merchant.refundGateway.url"), d.Get("refundGatewaySet.secret")}, []any{"manual", nil, nil})
		is(t, "callback without a gateway", g.report(credited(refund2)), 401)
		is(t, "looked at", g.turn(), 1)
		is(t, "told", len(g.told()), 1)
		s.Confirm(refund2)
		is(t, "status", look(t, s.Agent, second).Str("status"), "COMPLETED")
		third, _ := started(s, "A3", now)
		is(t, "gateway", refundSeen(s.Agent, third).Str("gateway"), "manual")
	})
}

// A gateway that stumbles is told again after 10 s, 20 s, 40 s and so on, each time shortened by up to half; it is told the
// same. A redirect is no answer and is not followed.
func TestGatewayIsToldAgain(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		g := newGateway(t, e, s)
		elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { t.Errorf("followed to %s", r.URL) }))
		t.Cleanup(elsewhere.Close)
		g.answers = func(w http.ResponseWriter, r *http.Request, _ map[string]any) {
			switch len(g.told()) {
			case 1:
				w.WriteHeader(http.StatusInternalServerError)
			case 2:
				http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
			case 3:
				if _, err := w.Write(make([]byte, 1<<20)); err == nil { // read no farther than 64 KiB, which does not matter
					return
				}
			}
		}
		_, refund := started(s, "A1", now)
		is(t, "first", g.turn(), 1)
		e.AdvanceReal(4 * time.Second)
		is(t, "before half of 10 s", g.turn(), 0)
		e.AdvanceReal(6 * time.Second)
		is(t, "after 10 s", g.turn(), 1)
		e.AdvanceReal(9 * time.Second)
		is(t, "before half of 20 s", g.turn(), 0)
		e.AdvanceReal(11 * time.Second)
		is(t, "after 20 s", g.turn(), 1)
		e.AdvanceReal(24 * time.Hour)
		is(t, "taken", g.turn(), 0)
		is(t, "ids", g.told(), []string{refund + "-1", refund + "-1", refund + "-1"})
		is(t, "callback", g.report(credited(refund)), 200)
	})
}

// A gateway that takes nothing, 8 times, leaves a failed refund that a person sees and retries (MALL-3.3b); its clock runs on.
func TestGatewayNeverReached(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		g := newGateway(t, e, s)
		g.answers = func(w http.ResponseWriter, _ *http.Request, _ map[string]any) { w.WriteHeader(http.StatusBadGateway) }
		id, refund := started(s, "A1", now)
		for range 8 {
			is(t, "told", g.turn(), 1)
			e.AdvanceReal(time.Hour)
		}
		is(t, "told any more", g.turn(), 0)
		c := look(t, s.Finance, id)
		seen := refundSeen(s.Finance, id)
		is(t, "refund", seen.Str("state")+": "+seen.Str("failure"), "FAILED: gateway unreachable: it answered 502")
		is(t, "calls", seen.Int("calls"), 8)
		is(t, "status", c.Str("status"), "REFUND_FAILED")
		is(t, "REFUND", state(c.deadline("REFUND")), "RUNNING open")
		// What was taken after all is not simply credited: the refund has to be on its way.
		is(t, "a late callback", g.report(credited(refund)), 409)

		g.answers = nil
		s.Finance.Must(redirect, onRefund(s, refund, "6222020000001234", "By phone."))
		is(t, "calls of the new attempt", refundSeen(s.Finance, id).Int("calls"), 0)
		is(t, "told", g.turn(), 1)
		told := g.calls[8]
		is(t, "id", told["id"], refund+"-2")
		is(t, "attempt", told["attempt"], 2)
		to, _ := told["redirection"].(map[string]any)
		is(t, "redirection", fmt.Sprint(to["account"], " ", to["consent"]), "6222020000001234 By phone.")
		// A word about the first attempt changes nothing about the second; that it arrived is true whichever it was.
		late := failed(refund)
		late["id"] = refund + "-1"
		is(t, "a late failure", g.report(late), 200)
		is(t, "state", refundSeen(s.Finance, id).Str("state"), "PROCESSING")
		arrived := credited(refund)
		arrived["id"] = refund + "-1"
		is(t, "a late credit", g.report(arrived), 200)
		is(t, "status", look(t, s.Finance, id).Str("status"), "COMPLETED")

		// A server that nobody answers for at all.
		dead := httptest.NewServer(http.NotFoundHandler())
		dead.Close()
		s.Admin.Must(setGateway, apptest.Vars{"url": dead.URL})
		second, refund2 := started(s, "A2", now)
		for range 8 {
			is(t, "told", g.turn(), 1)
			e.AdvanceReal(time.Hour)
		}
		is(t, "failure", refundSeen(s.Finance, second).Str("failure"), "gateway unreachable: no connection")
		s.Finance.Must(apptest.RetryRefund, onRefund(s, refund2))
		is(t, "told", g.turn(), 1)
	})
}

// At least once: a server that dies between the call and its record leaves the refund to its lease, and it is told again
// under the same id. Several servers at once tell each refund once.
func TestCallsSurviveTheServer(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		g := newGateway(t, e, s)
		id, refund := started(s, "A1", now)
		ctx, die := context.WithCancel(t.Context())
		g.answers = func(http.ResponseWriter, *http.Request, map[string]any) { die() }
		if _, err := e.App.Gateways.Turn(ctx); err != nil {
			t.Fatal(err)
		}
		g.answers = nil
		is(t, "told", len(g.told()), 1)
		e.AdvanceReal(59 * time.Second)
		is(t, "within the lease", g.turn(), 0)
		e.AdvanceReal(2 * time.Second)
		is(t, "after the lease", g.turn(), 1)
		is(t, "ids", g.told(), []string{refund + "-1", refund + "-1"})
		is(t, "calls", refundSeen(s.Agent, id).Int("calls"), 2)

		for i := range 20 { // more than one batch
			started(s, fmt.Sprint("B", i), now)
		}
		second := apptest.StartOn(t, e.Engine, e.Config)
		second.AdvanceReal(time.Minute + time.Second)
		var wg sync.WaitGroup
		for i := range 4 {
			wg.Go(func() {
				a := e.App
				if i%2 == 1 {
					a = second.App
				}
				if _, err := a.Gateways.Turn(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		g.turn() // what one passed over because another held it
		seen := map[string]int{}
		for _, id := range g.told() {
			seen[id]++
		}
		is(t, "refunds told of", len(seen), 21)
		for id, n := range seen {
			if n != 1 && id != refund+"-1" {
				t.Errorf("%s was told %d times", id, n)
			}
		}
	})
}

// Merchants choose the URL, so it must not lead into the server's own network: not by its text, and not by what a name
// resolves to.
func TestGatewaysInsideTheNetworkAreRefused(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		g := newGateway(t, e, s) // at 127.0.0.1, allowed in this server only
		cfg := e.Config
		cfg.GatewayAllowPrivate = false
		strict := apptest.StartOn(t, e.Engine, cfg)
		admin := s.Admin
		admin.Env = strict
		for _, url := range []string{"http://pay.example/", "https://127.0.0.1/", "https://localhost/", "https://10.0.0.1:8443/", "https://[::1]/", "https://169.254.169.254/latest", "https://user:pw@pay.example/",
			"https://pay.example/#x", "ftp://pay.example/", "pay.example", "https://", "", "https://pay.example/" + strings.Repeat("x", 2000)} {
			refusedAs(t, admin.Refused(setGateway, apptest.Vars{"url": url}), "INVALID_INPUT", "input.url")
		}
		refusedAs(t, admin.Refused(setGateway, apptest.Vars{"url": "https://pay.example/", "m": "nobody"}), "NOT_FOUND", "merchant")
		_, _ = started(s, "A1", now)
		strict.AdvanceReal(time.Second)
		for range 8 {
			if n, err := strict.App.Gateways.Turn(t.Context()); n != 1 || err != nil {
				t.Fatalf("%d, %v", n, err)
			}
			strict.AdvanceReal(time.Hour)
		}
		is(t, "called", len(g.told()), 0)
		d := s.Agent.Must(`{ refunds { nodes { failure } } }`, nil)
		is(t, "failure", d.Str("refunds.nodes.0.failure"), "gateway unreachable: the address is not public")

		// The URL is for those who set it; the secret for nobody.
		const settings = `{ merchant { refundGateway { kind url } } }`
		is(t, "AGENT", s.Agent.Must(settings, nil).Get("merchant.refundGateway"), map[string]any{"kind": "webhook", "url": nil})
		is(t, "ADMIN", s.Admin.Must(settings, nil).Str("merchant.refundGateway.url"), g.url)
	})
}

// What is logged of a call that failed names merchant and refund, and nothing that a log must not hold: no secret, no account,
// no URL (which may carry a key), no word of the other side.
func TestFailedCallsAreLoggedWithoutSecrets(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now, account = "2025-03-11T10:15:00+08:00", "6222020000001234"
		s := e.Sandbox("mall", now)
		g := newGateway(t, e, s)
		g.answers = func(w http.ResponseWriter, _ *http.Request, _ map[string]any) {
			http.Error(w, "no money for "+account, http.StatusPaymentRequired)
		}
		_, refund := started(s, "A1", now)
		s.Finance.Must(apptest.FailRefund, onRefund(s, refund))
		s.Finance.Must(redirect, onRefund(s, refund, account, "By phone."))
		var log bytes.Buffer // one call at a time writes it
		a, err := app.Open(t.Context(), e.Config, slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})), app.Options{Now: e.Now})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := a.Close(); err != nil {
				t.Error(err)
			}
		})
		if n, err := a.Gateways.Turn(t.Context()); n != 1 || err != nil {
			t.Fatalf("%d, %v", n, err)
		}
		for _, wanted := range []string{"a gateway did not take a refund", refund, `"merchant":"mall"`, `"call":1`, "it answered 402"} {
			if !strings.Contains(log.String(), wanted) {
				t.Errorf("the log lacks %s: %s", wanted, log.String())
			}
		}
		for _, secret := range []string{g.secret, account, g.url, "127.0.0.1", "no money", "By phone"} {
			if strings.Contains(log.String(), secret) {
				t.Errorf("the log tells %s: %s", secret, log.String())
			}
		}
	})
}
