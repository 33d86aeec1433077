package e2e

import (
	"testing"

	"aftersales/internal/apptest"
)

// A wrong input for an object that does not exist is a refusal like any other, not a fault of the server.
func TestConfirmingAnUnknownRefundWithoutReferenceIsRefused(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-09-24T10:00:00+08:00")
		errs := s.Finance.Refused(`mutation { refundConfirm(id: "ref_01m81yf5zee0pvsnee0kcyzymt", idempotencyKey: "k", reference: " ") { userErrors { code field } } }`, nil)
		if got := errs[0].Str("code"); got != "INVALID_INPUT" {
			t.Errorf("refused as %s, want INVALID_INPUT at reference", got)
		}
	})
}
