package shopify

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestTelephoneIsOneNumberHoweverWritten(t *testing.T) {
	t.Parallel()
	tests := []struct{ text, country, want string }{
		{"+86 120 0000 0001", "CN", "+8612000000001"},
		{"120-0000-0001", "CN", "+8612000000001"},
		{"8612000000001", "CN", "+8612000000001"},
		{"0086 120 0000 0001", "DE", "+8612000000001"},
		{"010-0000 0001", "CN", "+861000000001"},
		{"030 23125 102", "DE", "+493023125102"},
		{"+49 (0)30 23125 102", "", "+493023125102"},
		{"+49 30 23125-102", "Germany", "+493023125102"},
		{"212-555-0104", "US", "2125550104"},
		{"(212) 555-0104", "", "2125550104"},
		{"0000", "CN", ""},
		{"n/a", "DE", ""},
		{"", "", ""},
	}
	for _, tt := range tests {
		if got := telephone(tt.text, tt.country); got != tt.want {
			t.Errorf("telephone(%q, %q) = %q, want %q", tt.text, tt.country, got, tt.want)
		}
	}
}

func TestWhoTheCustomerIs(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name       string
		first      cells
		next       cells
		externalID string
		email      string
	}{
		{"by e-mail, in lower case", cells{colEmail: "Kim.Example@Example.COM"}, nil, "kim.example@example.com", "Kim.Example@Example.COM"},
		{"by e-mail of a further row", cells{colEmail: ""}, cells{colEmail: "kim@example.com"}, "kim@example.com", "kim@example.com"},
		{"e-mail before telephone", cells{colPhone: "+86 120 0000 0001"}, nil, "kim@example.com", "kim@example.com"},
		{"by telephone", cells{colEmail: "", colPhone: "'+86 120 0000 0001"}, nil, "tel:+8612000000001", ""},
		{"by order", cells{colEmail: "", colPhone: "-"}, nil, "order:#1", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := readOne(t, sheet(t, firstRow("#1", tt.first), nextRow("#1", tt.next))).Input.Customer
			if got.ExternalID != tt.externalID || got.Email != tt.email {
				t.Errorf("ExternalID %q, Email %q; want %q, %q", got.ExternalID, got.Email, tt.externalID, tt.email)
			}
		})
	}
}

func TestFulfilledAtGoesToFulfilledLines(t *testing.T) {
	t.Parallel()
	const at = "2025-09-29 09:30:00 +0800"
	tests := []struct {
		name          string
		order         string
		first, second string
		want          [2]bool
	}{
		{"whole order", "fulfilled", "", "", [2]bool{true, true}},
		{"one line", "partial", "pending", "fulfilled", [2]bool{false, true}},
		{"none", "", "pending", "", [2]bool{false, false}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			lines := readOne(t, sheet(t,
				firstRow("#1", cells{colFulfillmentStatus: tt.order, colFulfilledAt: at, colLineFulfillment: tt.first}),
				nextRow("#1", cells{colLineFulfillment: tt.second}))).Input.Lines
			for i, l := range lines {
				if (l.FulfilledAt != nil) != tt.want[i] || l.DeliveredAt != nil {
					t.Errorf("line %d: FulfilledAt %v, DeliveredAt %v; want set %v, nil", i, l.FulfilledAt, l.DeliveredAt, tt.want[i])
				}
			}
		})
	}
}

func TestLineIDsAreUniqueAndFollowTheSKU(t *testing.T) {
	t.Parallel()
	lines := readOne(t, sheet(t,
		firstRow("#1", cells{colLineSKU: "A"}),
		nextRow("#1", cells{colLineSKU: "A/2"}),
		nextRow("#1", cells{colLineSKU: "A"}),
		nextRow("#1", cells{colLineSKU: "", colLineName: "Cup"}),
		nextRow("#1", cells{colLineSKU: "", colLineName: "Cup"}))).Input.Lines
	var ids, skus []string
	for _, l := range lines {
		ids, skus = append(ids, l.ExternalID), append(skus, l.SKU)
	}
	if want := []string{"A", "A/2", "A/3", "Cup", "Cup/2"}; !slices.Equal(ids, want) {
		t.Errorf("ids %q, want %q", ids, want)
	}
	if want := []string{"A", "A/2", "A", "Cup", "Cup"}; !slices.Equal(skus, want) {
		t.Errorf("SKUs %q, want %q", skus, want)
	}
}

// SKU-less products with long titles that differ only in their variant.
func TestLongTitlesMakeShortIDs(t *testing.T) {
	t.Parallel()
	title := strings.Repeat("不锈钢保温杯", 50)
	lines := readOne(t, sheet(t,
		firstRow("#1", cells{colLineSKU: "", colLineName: title + " 红"}),
		nextRow("#1", cells{colLineSKU: "", colLineName: title + "\n 蓝"}),
		nextRow("#1", cells{colLineSKU: "", colLineName: title + " 红"}))).Input.Lines
	ids := map[string]bool{}
	for _, l := range lines {
		ids[l.ExternalID] = true
		if n := utf8.RuneCountInString(l.ExternalID); n > 100 || !strings.HasPrefix(l.ExternalID, "不锈钢保温杯") {
			t.Errorf("id %q of %d characters; want 100 at most, and to know it by", l.ExternalID, n)
		}
		if n := utf8.RuneCountInString(l.SKU); n != 200 {
			t.Errorf("SKU of %d characters; want 200", n)
		}
	}
	if len(ids) != 3 || lines[2].ExternalID != lines[0].ExternalID+"/2" {
		t.Errorf("ids %v; want three, the last being the first's with /2", ids)
	}
	if lines[1].Title != title+" 蓝" {
		t.Errorf("title %q; want it on one line", lines[1].Title)
	}
}
