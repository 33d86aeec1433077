package contract

import (
	"slices"
	"strings"
	"testing"

	"aftersales/internal/apptest"
	"aftersales/internal/auth"
)

// A search finds by case number, order number, waybill and the customer's external id, whole or from the beginning, in small
// or capital letters, alike on both engines; what SQL would take for a pattern or a command is plain text.
func TestSearch(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", clockAt)
		file := func(customer, number string) string {
			s.Customer = e.As(auth.Customer, s.Slug, customer)
			return s.Request(s.OrderOf(customer, number, clockAt, nil, item("KETTLE", 1)), "RETURN_AND_REFUND", 1)
		}
		plain, percent, under, quote, slash := file("anna-1", "Shop-100"), file("bert%2", "SHOP-1%0"), file("carl_3", "SHOP_200"), file("d'arc", "O'Brien-1"), file(`back\slash`, `B\1`)
		chinese := file("李雷-9", "订单-7")
		s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": plain})
		s.Agent.Must(`mutation($id: ID!) { returnShip(id: $id, input: { carrier: "SF Express", waybill: "SF1234567890" }) { return { id } userErrors { code } } }`, apptest.Vars{"id": plain})
		number := s.Agent.Must(`query($id: ID!) { return(id: $id) { number } }`, apptest.Vars{"id": under}).Str("return.number")

		all := []string{plain, percent, under, quote, slash, chinese}
		names := map[string]string{plain: "plain", percent: "percent", under: "under", quote: "quote", slash: "slash", chinese: "chinese"}
		for text, want := range map[string][]string{
			number:                      {under},
			strings.ToLower(number):     {under},
			number[:len(number)-2]:      nil, // filled in below: numbers share their day
			"Shop-100":                  {plain},
			"shop-10":                   {plain},
			"SHOP-1":                    {plain, percent},
			"shop":                      {plain, percent, under},
			"SHOP-1%":                   {percent},
			"SHOP-1%0":                  {percent},
			"SHOP_":                     {under},
			"SHOP_2":                    {under},
			"hop-100":                   {}, // not from the beginning
			"%":                         {},
			"_":                         {},
			"%%":                        {},
			"anna-1":                    {plain},
			"anna-11":                   {},
			"ANNA":                      {plain},
			"bert%":                     {percent},
			"carl_":                     {under},
			"carlX3":                    {},
			"sf1234567890":              {plain},
			"SF12345":                   {plain},
			"1234567890":                {},
			"d'arc":                     {quote},
			"O'Brien":                   {quote},
			"' OR '1'='1":               {},
			"'; DROP TABLE orders; --":  {},
			`\`:                         {},
			`B\1`:                       {slash},
			`B\`:                        {slash},
			`back\s`:                    {slash},
			"李雷":                        {chinese},
			"订单-7":                      {chinese},
			"  订单  ":                    {chinese}, // white space at the ends does not count
			"":                          all,
			"   ":                       all,
			"SF Express":                {},
			"Li Lei":                    {},
			phone:                       {},
			email:                       {},
			strings.Repeat("x", 10_000): {},
			"\U0001F600\u202Etxt":       {},
			"SHOP-100 OR 1=1":           {},
			"SHOP-100\x7f":              {},
		} {
			if text == number[:len(number)-2] {
				for _, id := range all {
					n := s.Agent.Must(`query($id: ID!) { return(id: $id) { number } }`, apptest.Vars{"id": id}).Str("return.number")
					if strings.HasPrefix(strings.ToLower(n), strings.ToLower(text)) {
						want = append(want, id)
					}
				}
			}
			r := s.Agent.Do(`query($s: String) { cases(first: 100, filter: { search: $s }) { nodes { id } totalCount } }`, apptest.Vars{"s": text})
			if len(r.Errors) > 0 {
				t.Errorf("%.40q: %s", text, r.Raw)
				continue
			}
			d := apptest.ParseData(t, r.Data)
			var got, expected []string
			for _, n := range d.List("cases.nodes") {
				got = append(got, names[n.Str("id")])
			}
			for _, id := range want {
				expected = append(expected, names[id])
			}
			slices.Sort(got)
			slices.Sort(expected)
			if !slices.Equal(got, expected) || d.Int("cases.totalCount") != len(want) {
				t.Errorf("%.40q finds %v (%d counted), want %v", text, got, d.Int("cases.totalCount"), expected)
			}
		}
		// Whole numbers and slugs elsewhere are compared, never matched.
		d := s.Agent.Must(`{ a: order(number: "SHOP%") { id } b: order(number: "shop-100") { id } c: case(number: "%") { id } d: merchant(slug: "mal%") { id } e: merchant(slug: "mall' OR '1'='1") { id } f: order(number: "' OR 1=1 --") { id } }`, nil)
		for _, alias := range []string{"a", "b", "c", "d", "e", "f"} {
			if d.Get(alias) != nil {
				t.Errorf("%s: %v", alias, d.Get(alias))
			}
		}
	})
}

// Names keep every character that people write: right to left, emoji, both forms of an accent, characters beyond 16 bits.
func TestTextRoundTrips(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", clockAt)
		for i, name := range []string{"محمد علي", "דוד‏", "👩‍👩‍👧‍👦 Family", "Zoë", "Zoë", "𠮷野家", "O'Brien; DROP TABLE orders;--", `quote " back \ slash`, "<script>alert(1)</script>", "a\u00a0b", "%s %d {{.}}"} {
			o := s.OrderOf("t-"+string(rune('a'+i)), "T"+string(rune('a'+i)), clockAt, apptest.Vars{"customer": apptest.Vars{"externalId": "t-" + string(rune('a'+i)), "name": name}}, item("KETTLE", 1))
			if got := s.Agent.Must(`query($id: ID!) { order(id: $id) { customer { name } } }`, apptest.Vars{"id": o.ID}).Str("order.customer.name"); got != name {
				t.Errorf("%q came back as %q", name, got)
			}
		}
	})
}
