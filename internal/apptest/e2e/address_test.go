package e2e

import (
	"fmt"
	"sync"
	"testing"

	"aftersales/internal/apptest"
)

// MALL-3.2e: the designated address is one: of several set as default at once, the last one written stays alone.
func TestThereIsOneDefaultReturnAddress(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-09-24T10:00:00+08:00")
		var wg sync.WaitGroup
		for i := range 6 {
			wg.Go(func() {
				r := s.Admin.Do(`mutation($n: String!) { returnAddressUpsert(input: { name: $n, recipient: "Returns", phone: "02100000000", line: "1 Test Road", city: "Shanghai", country: "CN", isDefault: true }) { returnAddress { id } userErrors { code } } }`,
					apptest.Vars{"n": fmt.Sprint("depot ", i)})
				if len(r.Errors) > 0 {
					t.Errorf("%s", r.Raw)
				}
			})
		}
		wg.Wait()
		defaults := 0
		addresses := s.Admin.Must(`{ merchant { returnAddresses { isDefault } } }`, nil).List("merchant.returnAddresses")
		for _, a := range addresses {
			if a.Get("isDefault") == true {
				defaults++
			}
		}
		if defaults != 1 || len(addresses) != 7 {
			t.Errorf("%d defaults among %d addresses", defaults, len(addresses))
		}
	})
}
