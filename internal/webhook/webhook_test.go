package webhook

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"aftersales/internal/problem"
)

// The signature by hand: echo -n '1700000000.{"a":1}' | openssl dgst -sha256 -hmac whsec_test
func TestSignature(t *testing.T) {
	t.Parallel()
	body, at := []byte(`{"a":1}`), time.Unix(1700000000, 0)
	const want = "t=1700000000,v1=38877139021993b830af32feea6e18a8da83eb2f6e49ee50bd9e4cf4ca4d3789"
	header := Sign("whsec_test", at, body)
	if header != want {
		t.Errorf("signed %s, want %s", header, want)
	}
	for what, c := range map[string]struct {
		secret, header string
		now            time.Time
		body           string
		ok             bool
	}{
		"now":             {"whsec_test", header, at, `{"a":1}`, true},
		"5 minutes late":  {"whsec_test", header, at.Add(tolerance), `{"a":1}`, true},
		"5 minutes early": {"whsec_test", header, at.Add(-tolerance), `{"a":1}`, true},
		"later":           {"whsec_test", header, at.Add(tolerance + time.Second), `{"a":1}`, false},
		"earlier":         {"whsec_test", header, at.Add(-tolerance - time.Second), `{"a":1}`, false},
		"other body":      {"whsec_test", header, at, `{"a":2}`, false},
		"other secret":    {"whsec_tesT", header, at, `{"a":1}`, false},
		"no secret":       {"", Sign("", at, body), at, `{"a":1}`, false},
		"turned round":    {"whsec_test", strings.Join([]string{header[strings.Index(header, ",")+1:], "t=1700000000"}, ","), at, `{"a":1}`, false},
		"cut":             {"whsec_test", header[:len(header)-2], at, `{"a":1}`, false},
		"more":            {"whsec_test", header + ",v1=00", at, `{"a":1}`, false},
		"no number":       {"whsec_test", strings.Replace(header, "t=1", "t=x", 1), at, `{"a":1}`, false},
		"far away":        {"whsec_test", Sign("whsec_test", time.Unix(-1<<62, 0), body), at, `{"a":1}`, false},
		"empty":           {"whsec_test", "", at, `{"a":1}`, false},
	} {
		if _, ok := verify(c.secret, c.header, c.now, []byte(c.body)); ok != c.ok {
			t.Errorf("%s: %t", what, ok)
		}
	}
}

func TestPublicAddresses(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"1.1.1.1": true, "8.8.8.8": true, "2606:4700::1111": true, "172.32.0.1": true, "100.128.0.1": true, "::ffff:1.1.1.1": true,
		"127.0.0.1": false, "127.9.9.9": false, "10.1.2.3": false, "172.16.0.1": false, "192.168.1.1": false, "169.254.169.254": false, "0.0.0.0": false, "0.1.2.3": false,
		"100.64.0.1": false, "192.0.0.8": false, "198.18.0.1": false, "192.0.2.1": false, "224.0.0.1": false, "240.0.0.1": false, "255.255.255.255": false,
		"::": false, "::1": false, "fe80::1": false, "fe80::1%eth0": false, "fc00::1": false, "fd12::1": false, "ff02::1": false, "fec0::1": false, "2001:db8::1": false,
		"::ffff:127.0.0.1": false, "::ffff:10.0.0.1": false, "64:ff9b::7f00:1": false, "2002:7f00:1::": false, "2001:0:1::": false,
	} {
		if got := public(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: public %t", address, got)
		}
	}
}

// What counts is the address a name leads to when the connection is made, whatever its text looked like.
func TestNamesOfPrivateAddressesAreNotReached(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("reached") }))
	t.Cleanup(srv.Close)
	_, port, err := net.SplitHostPort(strings.TrimPrefix(srv.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{"127.0.0.1", "localhost", "[::ffff:127.0.0.1]"} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+host+":"+port, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := newClient(false).Do(req)
		if err == nil {
			resp.Body.Close()
			t.Fatalf("%s: answered %d", host, resp.StatusCode)
		}
		if got := why(0, err); got != "the address is not public" {
			t.Errorf("%s: %s (%v)", host, got, err)
		}
	}
}

// Why a call failed is told in words of our own: no address and nothing of what the other side wrote.
func TestWhyACallFailed(t *testing.T) {
	t.Parallel()
	tls := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(tls.Close)
	stuck := make(chan struct{})
	slow := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-stuck }))
	t.Cleanup(slow.Close)
	t.Cleanup(func() { close(stuck) })
	call := func(url string, within time.Duration) error {
		ctx, cancel := context.WithTimeout(t.Context(), within)
		defer cancel()
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := newClient(true).Do(req)
		if err == nil {
			resp.Body.Close()
		}
		return err
	}
	for want, err := range map[string]error{
		"its certificate is not trusted": call(tls.URL, time.Minute),
		"no answer within 10 seconds":    call(slow.URL, time.Millisecond),
		"no connection":                  call("http://127.0.0.1:1", time.Minute),
		"it answered 502":                nil,
	} {
		if got := why(502, err); got != want {
			t.Errorf("%v is told as %q, want %q", err, got, want)
		}
	}
}

func TestGatewayURLs(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]struct{ strict, lenient bool }{
		"https://pay.example/refunds?shop=1": {true, true}, "https://pay.example:8443": {true, true}, "https://1.1.1.1/": {true, true}, "https://[2606:4700::1111]/": {true, true},
		"http://pay.example/": {false, true}, "http://127.0.0.1:9/": {false, true}, "https://10.0.0.1/": {false, true}, "https://LOCALHOST./": {false, true}, "https://[::1]:1/": {false, true},
		"https://u:p@pay.example/": {}, "https://u@pay.example/": {}, "https://pay.example/#": {}, "https:///x": {}, "file:///etc/passwd": {}, "//pay.example": {}, "": {}, "https://pay.example/\x00": {}, " https://pay.example": {},
	} {
		strict, lenient := refusedURL(url, false), refusedURL(url, true)
		if (strict == problem.Text{}) != want.strict || (lenient == problem.Text{}) != want.lenient {
			t.Errorf("%q: %q, and where private addresses are allowed %q", url, strict.EN, lenient.EN)
		}
	}
}

// 10 s doubling to 1 h, shortened by up to half.
func TestWaits(t *testing.T) {
	t.Parallel()
	for call, longest := range map[int]time.Duration{1: 10 * time.Second, 2: 20 * time.Second, 5: 160 * time.Second, 8: 1280 * time.Second, 9: 2560 * time.Second, 10: time.Hour, 30: time.Hour} {
		least, most := longest, time.Duration(0)
		for range 200 {
			d := wait(call)
			if d < longest/2 || d > longest {
				t.Fatalf("after call %d: %s", call, d)
			}
			least, most = min(least, d), max(most, d)
		}
		if most-least < longest/8 {
			t.Errorf("after call %d always about %s: nothing is left to chance", call, least)
		}
	}
}
