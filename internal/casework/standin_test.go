package casework

import (
	"testing"

	"aftersales/ent"
	"aftersales/internal/auth"
	"aftersales/internal/lifecycle"
)

// Whatever a merchant's people can do to a case, the platform can do in their place, so that no case of a closed merchant is
// stuck (MALL-1.1b), and only then.
func TestThePlatformStandsInForEveryAction(t *testing.T) {
	t.Parallel()
	platform := auth.Actor{Role: auth.PlatformAdmin}
	for _, k := range lifecycle.Kinds() {
		for _, row := range lifecycle.Table(k) {
			op := row.Action.Operation()
			if row.Action == lifecycle.Expire || auth.Can(auth.PlatformAdmin, op) {
				continue
			}
			if !auth.StandsIn(auth.PlatformAdmin, op) {
				t.Errorf("the platform cannot do %s for a closed merchant", op)
			}
			for status, may := range map[string]bool{MerchantActive: false, MerchantClosing: true, MerchantClosed: true} {
				if err := mayAct(platform, op, &ent.Merchant{Status: status}); (err == nil) != may {
					t.Errorf("%s for a merchant that is %s: %v", op, status, err)
				}
			}
		}
	}
	for status, may := range map[string]bool{MerchantActive: true, MerchantClosing: true, MerchantClosed: false} {
		m := &ent.Merchant{Status: status}
		if err := mayAct(auth.Actor{Role: auth.Agent}, "returnApprove", m); (err == nil) != may {
			t.Errorf("AGENT of a merchant that is %s: %v", status, err)
		}
		if mayAct(auth.Actor{Role: auth.Customer}, "returnShip", m) != nil || mayAct(auth.Actor{System: true}, "returnApprove", m) != nil || mayAct(platform, "disputeDecide", m) != nil {
			t.Errorf("customer, service and platform do their own work at a merchant that is %s", status)
		}
	}
}
