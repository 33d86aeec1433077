package plan

import (
	"fmt"
	"slices"
	"testing"

	"aftersales/internal/calendar"
)

func on(t *testing.T, s string) calendar.Date {
	t.Helper()
	d, err := calendar.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// law.md section 2.3: sold on Saturday 1 March 2025, the seventh day after is 8 March, the fifteenth 16 March.
func TestThreeGuarantees(t *testing.T) {
	t.Parallel()
	law := book(t).Law("CN", on(t, "2025-03-01"))
	for _, c := range []struct {
		name  string
		facts Faulty
		want  []string
	}{
		{"the day of the sale", Faulty{Asked: on(t, "2025-03-01"), InWarranty: true}, []string{"RETURN_AND_REFUND WITHIN_RETURN_DAYS", "EXCHANGE WITHIN_RETURN_DAYS", "REPAIR WITHIN_RETURN_DAYS"}},
		{"the seventh day", Faulty{Asked: on(t, "2025-03-08"), InWarranty: true}, []string{"RETURN_AND_REFUND WITHIN_RETURN_DAYS", "EXCHANGE WITHIN_RETURN_DAYS", "REPAIR WITHIN_RETURN_DAYS"}},
		{"the eighth", Faulty{Asked: on(t, "2025-03-09"), InWarranty: true}, []string{"EXCHANGE WITHIN_EXCHANGE_DAYS", "REPAIR IN_WARRANTY"}},
		{"the eighth, goods without a warranty", Faulty{Asked: on(t, "2025-03-09")}, []string{"EXCHANGE WITHIN_EXCHANGE_DAYS", "REPAIR WITHIN_EXCHANGE_DAYS"}},
		{"the fifteenth", Faulty{Asked: on(t, "2025-03-16"), InWarranty: true}, []string{"EXCHANGE WITHIN_EXCHANGE_DAYS", "REPAIR IN_WARRANTY"}},
		{"the sixteenth", Faulty{Asked: on(t, "2025-03-17"), InWarranty: true}, []string{"REPAIR IN_WARRANTY"}},
		{"the sixteenth, goods without a warranty", Faulty{Asked: on(t, "2025-03-17")}, nil},
		{"one repair", Faulty{Asked: on(t, "2025-06-01"), InWarranty: true, Repairs: 1}, []string{"REPAIR IN_WARRANTY"}},
		{"two repairs", Faulty{Asked: on(t, "2025-06-01"), InWarranty: true, Repairs: 2}, []string{"RETURN_AND_REFUND REPAIRED_TOO_OFTEN less use", "EXCHANGE REPAIRED_TOO_OFTEN", "REPAIR IN_WARRANTY"}},
		{"two repairs, no such model any more", Faulty{Asked: on(t, "2025-06-01"), InWarranty: true, Repairs: 2, NoSameModel: true}, []string{"RETURN_AND_REFUND REPAIRED_TOO_OFTEN", "EXCHANGE REPAIRED_TOO_OFTEN", "REPAIR IN_WARRANTY"}},
		{"two repairs, the warranty is over", Faulty{Asked: on(t, "2026-06-01"), Repairs: 2}, nil},
		{"90 days for parts", Faulty{Asked: on(t, "2025-09-01"), InWarranty: true, PartsDays: 90}, []string{"REPAIR IN_WARRANTY"}},
		{"91 days for parts", Faulty{Asked: on(t, "2025-09-01"), InWarranty: true, PartsDays: 91}, []string{"RETURN_AND_REFUND PARTS_TOO_LONG less use", "EXCHANGE PARTS_TOO_LONG", "REPAIR IN_WARRANTY"}},
		// 自送修之日起超过90日未修好: from the day they were handed in, if parts were waited for.
		{"90 days since it was handed in, 61 of them for parts", Faulty{Asked: on(t, "2025-09-01"), InWarranty: true, PartsDays: 61, RepairerDays: 29}, []string{"REPAIR IN_WARRANTY"}},
		{"91 days since it was handed in, 61 of them for parts", Faulty{Asked: on(t, "2025-09-01"), InWarranty: true, PartsDays: 61, RepairerDays: 30}, []string{"RETURN_AND_REFUND PARTS_TOO_LONG less use", "EXCHANGE PARTS_TOO_LONG", "REPAIR IN_WARRANTY"}},
		// 使修理期超过30日: one repair's time, whatever those before took.
		{"40 days by repairs before, 20 by this one", Faulty{Asked: on(t, "2025-09-01"), InWarranty: true, Repairs: 1, RepairDays: 40, RepairerDays: 20}, []string{"REPAIR IN_WARRANTY"}},
		{"30 days by the repairer", Faulty{Asked: on(t, "2025-09-01"), InWarranty: true, RepairerDays: 30}, []string{"REPAIR IN_WARRANTY"}},
		{"31 days by the repairer", Faulty{Asked: on(t, "2025-09-01"), InWarranty: true, RepairerDays: 31}, []string{"RETURN_AND_REFUND REPAIR_TOO_LONG less use", "EXCHANGE REPAIR_TOO_LONG", "REPAIR IN_WARRANTY"}},
		{"cannot be repaired", Faulty{Asked: on(t, "2025-09-01"), InWarranty: true, Unrepairable: true}, []string{"RETURN_AND_REFUND UNREPAIRABLE less use", "EXCHANGE UNREPAIRABLE"}},
		{"cannot be repaired, the warranty is over", Faulty{Asked: on(t, "2026-09-01"), Unrepairable: true}, nil},
	} {
		c.facts.Sold = on(t, "2025-03-01")
		if got := told(law.Guarantees.Entitled(c.facts)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, not %q", c.name, got, c.want)
		}
	}
}

// Where the law has no three guarantees the warranty gives the repair.
func TestEntitledWithoutThreeGuarantees(t *testing.T) {
	t.Parallel()
	law := book(t).Law("DE", on(t, "2025-03-01"))
	if law.GuaranteeMonths != 24 || law.GuaranteeArticle == "" {
		t.Errorf("the legal guarantee is %d months by %q", law.GuaranteeMonths, law.GuaranteeArticle)
	}
	f := Faulty{Sold: on(t, "2025-03-01"), Asked: on(t, "2025-03-02"), InWarranty: true, Repairs: 2, PartsDays: 91, RepairerDays: 31}
	if got := told(law.Guarantees.Entitled(f)); !slices.Equal(got, []string{"REPAIR IN_WARRANTY"}) {
		t.Errorf("%q", got)
	}
	f.Unrepairable = true
	if got := told(law.Guarantees.Entitled(f)); !slices.Equal(got, []string{"RETURN_AND_REFUND UNREPAIRABLE", "EXCHANGE UNREPAIRABLE"}) {
		t.Errorf("%q", got)
	}
}

func told(es []Entitlement) []string {
	var out []string
	for _, e := range es {
		s := fmt.Sprint(e.Remedy, " ", e.Ground)
		if e.Depreciated {
			s += " less use"
		}
		out = append(out, s)
	}
	return out
}
