package contract

import (
	"fmt"

	"aftersales/internal/apptest"
)

const (
	replace         = `mutation($id: ID!, $key: String!) { returnReplace(id: $id, idempotencyKey: $key, input: { shipment: { carrier: "SF", waybill: "1" } }) { return { id } userErrors { code } } }`
	replacementSent = "REPLACEMENT_SHIPPED"
)

// bringExchange makes an exchange of c-1 and brings it to INSPECTION_PASSED or REPLACEMENT_SHIPPED; it returns its id.
func bringExchange(s *apptest.Shop, state string) string {
	id := s.Request(order(s), "EXCHANGE", 1)
	s.ToInspected(id)
	if state == replacementSent {
		s.Agent.Must(replace, apptest.Vars{"id": id, "key": s.Key()})
	}
	return id
}

// onExchange brings an exchange to a state for an attempt, the same one until it is used up.
func onExchange(state string) func(*world) apptest.Vars {
	return func(w *world) apptest.Vars {
		if w.targets["exchange "+state] == "" {
			w.targets["exchange "+state] = bringExchange(w.main, state)
		}
		return apptest.Vars{"id": w.targets["exchange "+state], "key": fmt.Sprintf("key-%d", w.next())}
	}
}
