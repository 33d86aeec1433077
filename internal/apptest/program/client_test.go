package program

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"aftersales/internal/apptest"
	"aftersales/internal/auth"
)

// client calls the API of a process, which may die meanwhile.
var client = &http.Client{Timeout: patience, Transport: &http.Transport{MaxIdleConnsPerHost: 32}}

type vars = map[string]any

// token signs for the servers of configured settings, as an issuer would.
func token(t testing.TB, role auth.Role, merchant, subject string) string {
	t.Helper()
	c := auth.Claims{Subject: subject, Role: role, Merchant: merchant, ExpiresAt: time.Now().Add(time.Hour)}
	if role == auth.Customer {
		c.Customer = subject
	}
	out, err := auth.Sign([]byte(secret), issuer, c, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// answer is what the API said: data, or top-level errors.
type answer struct {
	Data   json.RawMessage
	Errors []apptest.Error
	raw    string
}

// ask sends an operation. The error is the connection's: nobody knows then whether the operation was carried out.
func ask(url, token, query string, v vars) (answer, error) {
	body, err := json.Marshal(vars{"query": query, "variables": v})
	if err != nil {
		return answer{}, err
	}
	req, err := http.NewRequest(http.MethodPost, url+"/graphql", bytes.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := client.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return answer{}, err
	}
	a := answer{raw: string(raw)}
	if err := json.Unmarshal(raw, &a); err != nil {
		return a, fmt.Errorf("status %d, %w: %s", resp.StatusCode, err, raw)
	}
	return a, nil
}

// must sends an operation to a server that is up; it has to succeed without userErrors in its first payload.
func (srv *server) must(token, query string, v vars) apptest.Data {
	srv.t.Helper()
	a, err := ask(srv.url, token, query, v)
	if err != nil || len(a.Errors) > 0 {
		srv.t.Fatalf("%v %s\n%s", err, a.raw, query)
	}
	var payloads map[string]struct{ UserErrors []any }
	if json.Unmarshal(a.Data, &payloads) == nil {
		for name, p := range payloads {
			if len(p.UserErrors) > 0 {
				srv.t.Fatalf("%s was refused: %s", name, a.raw)
			}
		}
	}
	return apptest.ParseData(srv.t, a.Data)
}

// shop makes a sandbox merchant with a supervisor and a return address, through the API, and returns its slug.
func (srv *server) shop(platform, slug, clockAt string) {
	srv.t.Helper()
	srv.must(platform, `mutation($in: MerchantCreateInput!) { merchantCreate(input: $in) { merchant { id } userErrors { message } } }`, vars{"in": vars{
		"idempotencyKey": "create-" + slug, "slug": slug, "name": "Shop " + slug, "mode": "SANDBOX", "currency": "CNY", "calendar": "CN", "jurisdiction": "CN",
		"testClockStartsAt": clockAt}})
	srv.must(platform, `mutation($m: ID!) { returnAddressUpsert(merchant: $m, input: { name: "main", recipient: "Returns", phone: "02100000000", line: "1 Test Road", city: "Shanghai", country: "CN", isDefault: true }) { returnAddress { id } userErrors { message } } }`, vars{"m": slug})
	srv.must(platform, `mutation($m: ID!) { staffUpsert(merchant: $m, input: { subject: "chen.jing", name: "Chen Jing", role: SUPERVISOR }) { staff { id } userErrors { message } } }`, vars{"m": slug})
}
