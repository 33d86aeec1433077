package auth

import (
	"slices"
	"testing"
)

// Standing in for a merchant that closes is doing what its own people may do, and nothing that the platform may do anyway.
func TestStandingInIsDoingWhatTheMerchantMay(t *testing.T) {
	t.Parallel()
	for _, op := range standIn {
		if !Can(MerchantAdmin, op) {
			t.Errorf("%s: not even MERCHANT_ADMIN may", op)
		}
		if Can(PlatformAdmin, op) || !StandsIn(PlatformAdmin, op) {
			t.Errorf("%s: the platform may do it anyway", op)
		}
		for _, r := range Roles() {
			if r != PlatformAdmin && StandsIn(r, op) {
				t.Errorf("%s: %s stands in", op, r)
			}
		}
	}
	for _, op := range []string{"returnRequest", "orderCancel", "disputeDecide", "merchantStatusSet", "staffUpsert", "returns"} {
		if slices.Contains(standIn, op) || StandsIn(PlatformAdmin, op) {
			t.Errorf("%s is nothing to stand in for", op)
		}
	}
}
