package program

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"aftersales/internal/apptest"
	"aftersales/internal/auth"
)

const (
	pageOfReturns = `{ returns(first: 20) { nodes { id number status statusLabel order { number } customer { name email } items { quantity orderLine { sku title } }
	  deadlines { kind state dueAt } nextDeadline { kind dueAt why } allowedActions } pageInfo { hasNextPage endCursor } totalCount } }`
	workQueue    = `{ deadlines(first: 20) { nodes { kind dueAt risk why countedDays case { number statusLabel customer { name } } } } }`
	oneOrder     = `query($n: String!) { order(number: $n) { number total { amount } refunded { amount } lines { sku returnableQuantity afterSalesOptions { remedy possible until blockers { code message } wouldRefund { amount } promises { kind dueAt } } } } }`
	oneTimeline  = `query($id: ID!) { return(id: $id) { status refundable { amount } items { quantity } events { nodes { type text at actor { name role } } } deadlines { kind why pauses { from to reason } } } }`
	onePreview   = `{ deadlinePreview(input: { calendar: "CN", unit: WORKING_DAYS, length: 3, startedAt: "2025-09-29T10:00:00+08:00" }) { dueAt lastDay countedDays } }`
	whoAmI       = `{ viewer { role subject } now }`
	upsertOrder  = `mutation($in: OrderInput!) { orderUpsert(input: $in) { order { id lines { id } } userErrors { code message } } }`
	memoryAtMost = 120 << 10 // KiB
)

// The embedded default, demo data and all, serves ten thousand mixed requests in little memory. How fast it was is logged and
// not judged: the machine may be busy.
func TestTenThousandRequestsNeedLittleMemory(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Skip("memory is read from /proc, which this system does not have")
	}
	const requests, callers = 10_000, 8
	s := settings{"AFTERSALES_DATA_DIR": t.TempDir()}
	began := time.Now()
	srv := s.start(t)
	ready := time.Since(began)
	if status, body := srv.get("/readyz"); status != http.StatusOK {
		t.Fatalf("/readyz: %d %s", status, body)
	}
	as := func(role auth.Role, subject string) string {
		args := []string{"token", "--role", string(role), "--merchant", "load", "--subject", subject}
		if role == auth.Customer {
			args = append(args, "--customer", subject)
		}
		return strings.TrimSpace(s.must(t, args...))
	}
	srv.shop(strings.TrimSpace(s.must(t, "token", "--role", "PLATFORM_ADMIN")), "load", "2025-09-29T10:00:00+08:00")
	agent, customer, erp := as(auth.Agent, "li.na"), as(auth.Customer, "c-1"), as(auth.Integration, "erp")

	var next atomic.Int64
	var work sync.WaitGroup
	loaded := time.Now()
	for i := range callers {
		work.Go(func() {
			r := rand.New(rand.NewPCG(1, uint64(i)))
			number, returned := "", ""
			for n := next.Add(1); n <= requests && !t.Failed(); n = next.Add(1) {
				kind := r.IntN(20)
				switch {
				case kind == 0 || number == "":
					number = fmt.Sprintf("L%d", n)
					d, ok := called(srv, erp, upsertOrder, vars{"in": sale(number, 2)})
					if n = next.Add(1); !ok || n > requests { // the return is a request of its own
						return
					}
					d, ok = called(srv, customer, apptest.RequestReturn, vars{"in": vars{"idempotencyKey": number, "order": d.Str("orderUpsert.order.id"), "remedy": "RETURN_AND_REFUND",
						"reasonHandle": "QUALITY", "description": "It does not work.", "items": []vars{{"orderLine": d.Str("orderUpsert.order.lines.0.id"), "quantity": 1}}}})
					if !ok {
						return
					}
					returned = d.Str("returnRequest.return.id")
				case kind == 1 && returned != "":
					called(srv, agent, apptest.ApproveReturn, vars{"id": returned})
					returned = ""
				case kind == 2:
					called(srv, agent, pageOfReturns, nil)
				case kind == 3:
					called(srv, agent, workQueue, nil)
				case kind < 7:
					called(srv, customer, oneOrder, vars{"n": number})
				case kind < 10 && returned != "":
					called(srv, customer, oneTimeline, vars{"id": returned})
				case kind < 15:
					called(srv, agent, onePreview, nil)
				default:
					called(srv, agent, whoAmI, nil)
				}
			}
		})
	}
	work.Wait()
	took := time.Since(loaded)
	now, most := memory(t, srv, "VmRSS"), memory(t, srv, "VmHWM")
	t.Logf("ready in %v; %d requests in %v, %.0f/s; %d MiB resident, %d at most", ready.Round(time.Millisecond), requests, took.Round(time.Millisecond),
		requests/took.Seconds(), now>>10, most>>10)
	if now > memoryAtMost {
		t.Errorf("%d MiB resident; want %d at most", now>>10, memoryAtMost>>10)
	}
	if wrong := srv.complaints(); len(wrong) > 0 {
		t.Errorf("the server complains:\n%s", strings.Join(wrong[:min(5, len(wrong))], ""))
	}
}

// called sends an operation that has to succeed, and reports whether it did; it may run on any goroutine.
func called(srv *server, token, query string, v vars) (apptest.Data, bool) {
	a, err := ask(srv.url, token, query, v)
	if err != nil || len(a.Errors) > 0 || strings.Contains(a.raw, `"userErrors":[{`) {
		srv.t.Errorf("%v %s\n%s %v", err, a.raw, query, v)
		return apptest.Data{}, false
	}
	return apptest.ParseData(srv.t, a.Data), true
}

// memory reads one of the process's figures, in KiB.
func memory(t testing.TB, srv *server, name string) int {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", srv.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, name+":"); ok {
			n, err := strconv.Atoi(strings.Fields(rest)[0])
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
	}
	t.Fatalf("no %s in %s", name, text)
	return 0
}
