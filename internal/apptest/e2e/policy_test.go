package e2e

import (
	"strings"
	"testing"

	"aftersales/internal/apptest"
)

const (
	readPolicy    = `query($m: ID!) { servicePolicy(merchant: $m) { merchantName version text publishedAt plan planVersion promises { kind clause length unit obligor remedies onTimeout } } }`
	publishPolicy = `mutation($t: String!, $m: ID) { policyPublish(merchant: $m, input: { text: $t }) { servicePolicy { version text } userErrors { code field message } } }`
)

// MALL-1.1a: the store-wide service policy is text, versioned, and shown to everybody, with the promises behind it.
func TestServicePolicyIsPublicAndVersioned(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-09-29T10:00:00+08:00")
		anyone := e.Anonymous()
		before := anyone.Must(readPolicy, apptest.Vars{"m": "mall"})
		if before.Get("servicePolicy.text") != nil || before.Get("servicePolicy.version") != nil {
			t.Errorf("a text before any was published: %v", before)
		}
		s.Admin.Must(publishPolicy, apptest.Vars{"t": "Customer first."})
		s.Admin.Must(publishPolicy, apptest.Vars{"t": "Customer first."})
		d := s.Admin.Must(publishPolicy, apptest.Vars{"t": "客户至上，服务第一。\nCustomer first, service first."})
		if got := d.Int("policyPublish.servicePolicy.version"); got != 2 {
			t.Errorf("version %d after two different texts", got)
		}
		for _, name := range []string{"mall", s.ID} {
			d = anyone.Must(readPolicy, apptest.Vars{"m": name})
			if got := d.Str("servicePolicy.text"); !strings.HasPrefix(got, "客户至上") {
				t.Errorf("text %q", got)
			}
			if got := d.Str("servicePolicy.publishedAt"); got != "2025-09-29T02:00:00Z" {
				t.Errorf("published at %s", got)
			}
			first := d.List("servicePolicy.promises")[0]
			if first.Str("kind") != "FIRST_RESPONSE" || first.Str("clause") != "MALL-4.1a" || first.Int("length") != 24 || first.Str("unit") != "HOURS" {
				t.Errorf("first promise %v", first)
			}
		}
		if d := anyone.Must(readPolicy, apptest.Vars{"m": "nobody"}); d.Get("servicePolicy") != nil {
			t.Error("a policy of an unknown merchant")
		}
		for _, text := range []string{"", "  \n", strings.Repeat("长", 20001)} {
			if errs := s.Admin.Refused(publishPolicy, apptest.Vars{"t": text}); errs[0].Str("code") != "INVALID_INPUT" || strings.Join(errs[0].Strings("field"), ".") != "input.text" {
				t.Errorf("%v", errs)
			}
		}
		if r := s.Agent.Do(publishPolicy, apptest.Vars{"t": "x"}); len(r.Errors) != 1 || r.Errors[0].Code() != "FORBIDDEN" {
			t.Errorf("an agent published: %s", r.Raw)
		}
		if d := anyone.Must(readPolicy, apptest.Vars{"m": "mall"}); d.Int("servicePolicy.version") != 2 {
			t.Error("a refused publication changed the policy")
		}
	})
}
