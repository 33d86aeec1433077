package program

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"aftersales/internal/apptest"
	"aftersales/internal/auth"
)

// crowd is everybody who works with a server that dies and comes back: customers, staff, the merchant's own system and the
// admin who moves the test clock. Nobody gives a request up: who got no answer asks the next server again, in the same words.
// What was answered is remembered.
type crowd struct {
	t *testing.T

	mu       sync.Mutex
	changed  *sync.Cond // a server came up, an answer arrived, somebody failed
	srv      *server
	life     int // counts the servers
	answers  int
	lost     int // requests that got no answer
	stopping bool
	failed   bool

	customer, agent, warehouse, finance, erp, admin string // tokens

	returns []*fate
	orders  []string // numbers that were acknowledged
	clock   string   // the test clock's last acknowledged instant, RFC 3339
}

// fate is what is known of one return: every step in it was acknowledged, or found done when it was repeated.
type fate struct {
	key, id, order, status string
	quantity               int
	refund, refundKey      string
	paid                   string
}

func newCrowd(t *testing.T) *crowd {
	c := &crowd{t: t}
	c.changed = sync.NewCond(&c.mu)
	as := func(role auth.Role, subject string) string { return token(t, role, "mall", subject) }
	c.customer, c.agent, c.warehouse, c.finance = as(auth.Customer, "c-1"), as(auth.Agent, "li.na"), as(auth.Warehouse, "zhao.lei"), as(auth.Finance, "sun.li")
	c.erp, c.admin = as(auth.Integration, "erp"), as(auth.MerchantAdmin, "admin")
	return c
}

// serve tells everybody of a new server.
func (c *crowd) serve(srv *server) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.srv, c.life = srv, c.life+1
	c.changed.Broadcast()
}

// awaitAnswers waits until so many more requests were answered; false when somebody failed.
func (c *crowd) awaitAnswers(more int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for target := c.answers + more; c.answers < target && !c.failed; {
		c.changed.Wait()
	}
	return !c.failed
}

func (c *crowd) stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stopping = true
}

// over reports whether to begin nothing new.
func (c *crowd) over() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stopping || c.failed
}

func (c *crowd) fail(format string, args ...any) {
	c.t.Errorf(format, args...)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.failed = true
	c.changed.Broadcast()
}

// payload is the answer to a mutation, whichever it was.
type payload struct {
	Return *struct{ ID, Status string }
	Refund *struct {
		ID, State string
		Amount    struct{ Amount string }
	}
	Order *struct {
		ID    string
		Lines []struct{ ID string }
	}
	Now                         string
	Created, Updated, Unchanged int
	RowErrors                   []any
	UserErrors                  []struct{ Code, Message string }

	// again is set when an earlier request in the same words may have been carried out.
	again bool
}

func (p *payload) refusal() string {
	if len(p.UserErrors) == 0 {
		return ""
	}
	return p.UserErrors[0].Code
}

// send sends a mutation until it is answered; nil when that failed.
func (c *crowd) send(token, query string, v vars) *payload {
	again := false
	for {
		c.mu.Lock()
		srv, life, failed := c.srv, c.life, c.failed
		c.mu.Unlock()
		if failed {
			return nil
		}
		a, err := ask(srv.url, token, query, v)
		if err != nil {
			again = true
			c.mu.Lock()
			c.lost++
			for c.life == life && !c.failed {
				c.changed.Wait()
			}
			c.mu.Unlock()
			continue
		}
		c.mu.Lock()
		c.answers++
		c.changed.Broadcast()
		c.mu.Unlock()
		var byField map[string]*payload
		if err := json.Unmarshal(a.Data, &byField); err != nil || len(a.Errors) > 0 || len(byField) != 1 {
			c.fail("unexpected answer %s\nto %s %v", a.raw, query, v)
			return nil
		}
		for _, p := range byField {
			if p == nil {
				break
			}
			p.again = again
			return p
		}
		c.fail("no payload in %s", a.raw)
		return nil
	}
}

// act carries out a step of a return until it is known to be done; false when the return went another way or the test
// failed.
func (c *crowd) act(f *fate, token, query string, v vars, to string) *payload {
	for again := false; ; {
		p := c.send(token, query, v)
		if p == nil {
			return nil
		}
		again = again || p.again
		switch refusal := p.refusal(); {
		case refusal == "" && p.Return.Status == to,
			refusal == "ILLEGAL_TRANSITION" && again && p.Return.Status == to: // done, but the answer was lost
			f.status = to
			return p
		case refusal == "ILLEGAL_TRANSITION" && p.Return.Status == "EXPIRED":
			f.status = "EXPIRED"
			return nil
		case refusal == "CONFLICT": // with the sweep: look again
		default:
			c.fail("%s of %+v: %+v", query, *f, *p)
			return nil
		}
	}
}

// journeys sells and takes back until the crowd stops: each order has two returns that go some part of the way.
func (c *crowd) journeys(name string, r *rand.Rand) {
	for i := 0; !c.over(); i++ {
		number := fmt.Sprintf("%s-%d", name, i)
		p := c.send(c.erp, `mutation($in: OrderInput!) { orderUpsert(input: $in) { order { id lines { id } } userErrors { code message } } }`, vars{"in": sale(number, 3)})
		if p == nil || p.Order == nil {
			return
		}
		c.mu.Lock()
		c.orders = append(c.orders, number)
		c.mu.Unlock()
		for quantity := 1; quantity <= 2; quantity++ {
			f := &fate{key: fmt.Sprintf("%s-%d", number, quantity), order: number, quantity: quantity}
			request := vars{"idempotencyKey": f.key, "order": p.Order.ID, "remedy": "RETURN_AND_REFUND", "reasonHandle": "QUALITY",
				"description": "It does not work.", "items": []vars{{"orderLine": p.Order.Lines[0].ID, "quantity": quantity}}}
			c.journey(f, request, r)
		}
	}
}

func (c *crowd) journey(f *fate, request vars, r *rand.Rand) {
	p := c.send(c.customer, apptest.RequestReturn, vars{"in": request})
	if p == nil {
		return
	}
	if p.refusal() != "" {
		c.fail("request %v: %+v", request, *p)
		return
	}
	f.id, f.status = p.Return.ID, "REQUESTED"
	c.mu.Lock()
	c.returns = append(c.returns, f)
	c.mu.Unlock()
	id := vars{"id": f.id}
	if r.IntN(4) == 0 && (c.act(f, c.agent, apptest.AskInfo, id, "NEEDS_INFO") == nil || c.act(f, c.customer, apptest.GiveInfo, id, "REQUESTED") == nil) {
		return
	}
	// Where it ends: left as it is after some steps, withdrawn, rejected, or paid in full.
	depth, end := r.IntN(9), r.IntN(4)
	steps := []func() *payload{
		func() *payload { return c.act(f, c.agent, apptest.ApproveReturn, id, "AWAITING_SHIPMENT") },
		func() *payload { return c.act(f, c.customer, apptest.ShipReturn, id, "IN_TRANSIT") },
		func() *payload { return c.act(f, c.warehouse, apptest.ReceiveReturn, id, "RECEIVED") },
		func() *payload { return c.inspect(f) },
		func() *payload { return c.refund(f) },
		func() *payload {
			return c.act(f, c.finance, apptest.ConfirmRefund, vars{"id": f.refund, "key": f.refundKey}, "COMPLETED")
		},
	}
	for _, step := range steps[:min(depth, len(steps))] {
		if step() == nil || c.over() {
			return
		}
	}
	switch {
	case end == 0 && depth == 0:
		c.act(f, c.agent, apptest.RejectReturn, id, "REJECTED")
	case end == 0 && depth <= 2:
		c.act(f, c.customer, apptest.CancelReturn, id, "CANCELLED")
	}
}

func (c *crowd) inspect(f *fate) *payload {
	c.mu.Lock()
	srv := c.srv
	c.mu.Unlock()
	for {
		a, err := ask(srv.url, c.warehouse, `query($id: ID!) { return(id: $id) { items { id } } }`, vars{"id": f.id})
		if err != nil {
			c.mu.Lock()
			for c.srv == srv && !c.failed {
				c.changed.Wait()
			}
			srv = c.srv
			failed := c.failed
			c.mu.Unlock()
			if failed {
				return nil
			}
			continue
		}
		item := apptest.ParseData(c.t, a.Data).Str("return.items.0.id")
		var checks []vars
		for _, aspect := range []string{"APPEARANCE", "FUNCTION", "ACCESSORIES"} {
			checks = append(checks, vars{"aspect": aspect, "passed": true})
		}
		return c.act(f, c.warehouse, apptest.InspectReturn, vars{"id": f.id, "items": []vars{{"item": item, "checks": checks}}}, "INSPECTION_PASSED")
	}
}

func (c *crowd) refund(f *fate) *payload {
	f.refundKey = "refund-" + f.key
	p := c.act(f, c.finance, apptest.RefundReturn, vars{"id": f.id, "key": f.refundKey}, "REFUNDING")
	if p == nil {
		return nil
	}
	if p.Refund == nil {
		c.fail("no refund for %+v", *f)
		return nil
	}
	f.refund, f.paid = p.Refund.ID, p.Refund.Amount.Amount
	return p
}

// imports sends batches of orders until the crowd stops, every third one again with more to tell.
func (c *crowd) imports() {
	const size = 40
	for i := 0; !c.over(); i++ {
		batch := make([]vars, size)
		for j := range batch {
			batch[j] = sale(fmt.Sprintf("I%d-%d", i-i%3/2, j), 2)
			if i%3 == 2 {
				batch[j]["refunded"] = "5.00"
			}
		}
		p := c.send(c.erp, `mutation($in: [OrderInput!]!) { ordersImport(orders: $in) { created updated unchanged rowErrors { index } userErrors { code message } } }`, vars{"in": batch})
		if p == nil {
			return
		}
		if p.Created+p.Updated+p.Unchanged != size || !p.again && p.Unchanged > 0 || p.Created > 0 && p.Created < size {
			c.fail("batch %d: %+v", i, *p) // a batch is there whole or not at all
			return
		}
		if i%3 < 2 {
			c.mu.Lock()
			for j := range batch {
				c.orders = append(c.orders, fmt.Sprintf("I%d-%d", i, j))
			}
			c.mu.Unlock()
		}
	}
}

// clockwork moves the test clock on until the crowd stops, so that deadlines pass meanwhile.
func (c *crowd) clockwork(from time.Time) {
	for at := from.Add(2 * time.Hour); !c.over(); at = at.Add(2 * time.Hour) {
		to := at.Format(time.RFC3339)
		p := c.send(c.admin, `mutation($to: DateTime!) { testClockAdvance(to: $to) { now userErrors { code message } } }`, vars{"to": to})
		if p == nil {
			return
		}
		if p.refusal() != "" || !strings.HasPrefix(p.Now, at.UTC().Format("2006-01-02T15:04:05")) {
			c.fail("advance to %s: %+v", to, *p)
			return
		}
		c.mu.Lock()
		c.clock = to
		c.mu.Unlock()
	}
}
