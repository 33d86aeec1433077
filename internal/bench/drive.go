package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"aftersales/internal/auth"
)

// caller sends one operation's requests to the product or to the floor.
type caller struct {
	op      operation
	size    size
	base    string // address of the server
	product bool
	ids     []string // merchants' ids by number
	tokens  *tokens
	client  *http.Client
}

// request makes the i-th request.
func (c caller) request(ctx context.Context, i int) (*http.Request, error) {
	vars := c.op.vars(c.size, i)
	merchant := 0
	if c.op.merchant != nil {
		merchant = c.op.merchant(c.size, i)
	} else {
		key := vars["in"].(map[string]any)["order"].(string)
		var n int
		if _, err := fmt.Sscanf(key[len("ord_01"):], "%d", &n); err != nil {
			return nil, err
		}
		merchant = n % c.size.merchants
	}
	url, body := c.base+"/graphql", any(map[string]any{"query": c.op.query, "variables": vars})
	if !c.product {
		url, body = c.base+"/"+c.op.name+"/"+c.ids[merchant], vars
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	if c.product {
		customer := ""
		if c.op.customer != nil {
			customer = c.op.customer(c.size, i)
		}
		token, err := c.tokens.of(c.op.role, merchant, customer)
		if err != nil {
			return nil, err
		}
		r.Header.Set("Authorization", "Bearer "+token)
	}
	return r, nil
}

func (c caller) send(ctx context.Context, i int, into *bytes.Buffer) error {
	r, err := c.request(ctx, i)
	if err != nil {
		return err
	}
	resp, err := c.client.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	into.Reset()
	if _, err := io.Copy(into, resp.Body); err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: HTTP %d: %s", c.op.name, resp.StatusCode, into)
	}
	if bytes.Contains(into.Bytes(), []byte(`"errors"`)) || bytes.Contains(into.Bytes(), []byte(`"code"`)) {
		return fmt.Errorf("%s: %s", c.op.name, into)
	}
	return nil
}

// same reports whether product and floor give the same answer to the same question.
func same(ctx context.Context, product, floor caller, i int) error {
	var a, b bytes.Buffer
	if err := product.send(ctx, i, &a); err != nil {
		return err
	}
	if err := floor.send(ctx, i, &b); err != nil {
		return err
	}
	var x, y any
	if err := json.Unmarshal(a.Bytes(), &x); err != nil {
		return err
	}
	if err := json.Unmarshal(b.Bytes(), &y); err != nil {
		return err
	}
	if !reflect.DeepEqual(x, y) {
		return fmt.Errorf("%s: different answers:\nproduct %s\nfloor   %s", product.op.name, &a, &b)
	}
	return nil
}

// load is what one stretch of requests came to.
type load struct {
	requests  int
	elapsed   time.Duration
	latencies []time.Duration
}

// drive keeps n connections busy for a while; requests are numbered from a running counter.
func drive(ctx context.Context, c caller, n int, d time.Duration, next *atomic.Int64) (load, error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var mu sync.Mutex
	var all []time.Duration
	begin := time.Now()
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			var buf bytes.Buffer
			own := make([]time.Duration, 0, 4096)
			for time.Since(begin) < d && ctx.Err() == nil {
				at := time.Now()
				if err := c.send(ctx, int(next.Add(1)), &buf); err != nil {
					stop(err)
					return
				}
				own = append(own, time.Since(at))
			}
			mu.Lock()
			defer mu.Unlock()
			all = append(all, own...)
		})
	}
	wg.Wait()
	if err := context.Cause(ctx); err != nil {
		return load{}, err
	}
	slices.Sort(all)
	return load{len(all), time.Since(begin), all}, nil
}

// tokens signs tokens and remembers them, as a client does.
type tokens struct {
	mu    sync.Mutex
	made  map[string]string
	sign  func(auth.Claims) (string, error)
	slugs []string
}

func (t *tokens) of(role string, merchant int, customer string) (string, error) {
	key := fmt.Sprint(role, merchant, customer)
	t.mu.Lock()
	defer t.mu.Unlock()
	if token, known := t.made[key]; known {
		return token, nil
	}
	claims := auth.Claims{Subject: "bench", Role: auth.Role(role), Merchant: t.slugs[merchant], Customer: customer, ExpiresAt: time.Now().Add(3 * time.Hour)}
	if customer != "" {
		claims.Subject = customer
	}
	token, err := t.sign(claims)
	if err == nil {
		t.made[key] = token
	}
	return token, err
}
