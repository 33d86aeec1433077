package repairs

import (
	"testing"
	"time"

	"aftersales/ent"
	"aftersales/internal/warranty"
)

// MALL-5.1b: free exactly when in warranty and nobody, and no excluded cause, is to blame.
func TestCoverage(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		standing string
		found    Found
		covered  bool
		reason   string
	}{
		{warranty.InWarranty, Found{}, true, "IN_WARRANTY"},
		{warranty.InWarranty, Found{HumanCaused: true}, false, "HUMAN_CAUSED"},
		{warranty.InWarranty, Found{Excluded: true}, false, "EXCLUDED"},
		{warranty.InWarranty, Found{HumanCaused: true, Excluded: true}, false, "HUMAN_CAUSED"},
		{warranty.Expired, Found{}, false, "EXPIRED"},
		{warranty.Expired, Found{Excluded: true}, false, "EXPIRED"},
		{warranty.Expired, Found{HumanCaused: true}, false, "HUMAN_CAUSED"},
		{warranty.NoWarranty, Found{}, false, "NO_WARRANTY"},
		{warranty.Swapped, Found{}, false, "REPLACED"},
		{warranty.Returned, Found{}, false, "RETURNED"},
	} {
		if covered, reason := Coverage(tc.standing, tc.found); covered != tc.covered || reason != tc.reason {
			t.Errorf("%s, %+v: %v %s, want %v %s", tc.standing, tc.found, covered, reason, tc.covered, tc.reason)
		}
	}
}

// Civil Code art. 201: the day of the receipt is not counted; days are those of the merchant's zone. Waiting for parts counts in
// whole days, and never more than there were.
func TestDays(t *testing.T) {
	t.Parallel()
	beijing := time.FixedZone("", 8*60*60)
	at := func(s string) time.Time {
		v, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	ptr := func(s string) *time.Time { v := at(s); return &v }
	for _, tc := range []struct {
		name            string
		d               ent.RepairDetail
		until           string
		parts, repairer int
	}{
		{"same day", ent.RepairDetail{ReceivedAt: ptr("2025-03-11T00:00:00+08:00")}, "2025-03-11T23:59:59+08:00", 0, 0},
		{"over midnight", ent.RepairDetail{ReceivedAt: ptr("2025-03-11T23:59:59+08:00")}, "2025-03-12T00:00:00+08:00", 0, 1},
		{"in another zone's day", ent.RepairDetail{ReceivedAt: ptr("2025-03-11T15:59:59Z")}, "2025-03-11T16:00:00Z", 0, 1},
		{"parts so far", ent.RepairDetail{ReceivedAt: ptr("2025-03-11T10:00:00+08:00"), PartsSince: ptr("2025-03-12T10:00:00+08:00"), PartsSeconds: 24 * 60 * 60}, "2025-03-14T09:59:59+08:00", 2, 1},
		{"never more parts than days", ent.RepairDetail{ReceivedAt: ptr("2025-03-11T10:00:00+08:00"), PartsSeconds: 90 * 24 * 60 * 60}, "2025-03-13T10:00:00+08:00", 2, 0},
		{"on site from the diagnosis", ent.RepairDetail{DiagnosedAt: ptr("2025-03-11T10:00:00+08:00")}, "2025-03-14T10:00:00+08:00", 0, 3},
		{"home: as it was counted", ent.RepairDetail{ReceivedAt: ptr("2025-03-11T10:00:00+08:00"), HomeAt: ptr("2025-03-12T10:00:00+08:00"), RepairerDays: 1}, "2026-03-14T10:00:00+08:00", 0, 1},
	} {
		if got := Days(&tc.d, at(tc.until), beijing); got == nil || got.Parts != tc.parts || got.Repairer != tc.repairer {
			t.Errorf("%s: %v, want %d and %d", tc.name, got, tc.parts, tc.repairer)
		}
	}
	if got := Days(&ent.RepairDetail{}, at("2025-03-11T10:00:00+08:00"), beijing); got != nil {
		t.Errorf("not begun: %v", got)
	}
}
