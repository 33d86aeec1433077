package webhook

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"

	"aftersales/internal/problem"
)

const (
	// callWithin bounds one call, from the connection to the end of the answer.
	callWithin = 10 * time.Second
	// maxAnswer bounds what is read of an answer, and the body of a callback, in bytes.
	maxAnswer = 64 << 10
	maxURL    = 2000
)

// errPrivate is an address that a merchant's URL must not reach.
var errPrivate = errors.New("the address is not public")

// special are networks that no gateway on the internet lives in, beside those that package netip names: shared, protocol,
// documentation, benchmark and reserved ones, and those that carry an IPv4 address inside.
var special = func() []netip.Prefix {
	var out []netip.Prefix
	for _, p := range []string{"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
		"64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "fec0::/10"} {
		out = append(out, netip.MustParsePrefix(p))
	}
	return out
}()

// public reports whether an address is one of the open internet.
func public(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	if !a.IsGlobalUnicast() || a.IsPrivate() { // not unspecified, loopback, multicast, link-local; not 10/8, fc00::/7, ...
		return false
	}
	for _, p := range special {
		if p.Contains(a) {
			return false
		}
	}
	return true
}

// refusePrivate looks at the address a name was resolved to, at the last moment before the connection: a name that resolves
// to something else the second time gains nothing.
func refusePrivate(_, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil || !public(to.Addr()) {
		return errPrivate
	}
	return nil
}

func newClient(private bool) *http.Client {
	dialer := &net.Dialer{Timeout: callWithin}
	if !private {
		dialer.Control = refusePrivate
	}
	return &http.Client{
		// No proxy: it would make the connection in our stead, to wherever it was asked.
		Transport:     &http.Transport{DialContext: dialer.DialContext, DisableKeepAlives: true, MaxResponseHeaderBytes: maxAnswer},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       callWithin,
	}
}

// refusedURL says why a URL cannot be a gateway's; the zero text for one that can.
func refusedURL(s string, private bool) problem.Text {
	u, err := url.Parse(s)
	switch {
	case len(s) > maxURL:
		return problem.Textf("must have at most %d bytes", "最多 %d 个字节", maxURL)
	case err != nil || u.Hostname() == "" || u.User != nil || strings.Contains(s, "#"):
		return problem.Text{EN: "must be a URL with a host, without user, password and fragment", ZH: "须为含主机名的 URL，不得含用户名、密码或片段"}
	case u.Scheme != "https" && (u.Scheme != "http" || !private):
		return problem.Text{EN: "must begin with https://", ZH: "须以 https:// 开头"}
	}
	address, err := netip.ParseAddr(u.Hostname())
	if !private && (err == nil && !public(address) || strings.EqualFold(strings.TrimSuffix(u.Hostname(), "."), "localhost")) {
		return problem.Text{EN: "must not be an address of a private network", ZH: "不得为内网地址"}
	}
	return problem.Text{}
}

// why puts a failed call into words that people at the merchant may read: no address, no text of the other side.
func why(status int, err error) string {
	var timeout net.Error
	var certificate *tls.CertificateVerificationError
	switch {
	case err == nil:
		return fmt.Sprintf("it answered %d", status)
	case errors.Is(err, errPrivate):
		return errPrivate.Error()
	case errors.As(err, &certificate):
		return "its certificate is not trusted"
	case errors.As(err, &timeout) && timeout.Timeout():
		return fmt.Sprintf("no answer within %d seconds", int(callWithin.Seconds()))
	}
	return "no connection"
}
