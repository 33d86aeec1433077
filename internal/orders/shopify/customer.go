package shopify

import (
	"strings"

	"aftersales/internal/orders"
)

// customer reads the buyer. The e-mail address may stand in any row of the order; the rest is in the first.
func (c *conversion) customer(first row) orders.CustomerInput {
	in := orders.CustomerInput{
		Name:    c.firstOf(first, billing.name, shipping.name),
		Address: c.address(first, shipping),
		Phone:   strings.TrimPrefix(c.firstOf(first, colPhone, shipping.phone, billing.phone), "'"),
	}
	for _, w := range c.group.rows {
		if in.Email = c.cell(w, colEmail); in.Email != "" {
			break
		}
	}
	if in.Address == "" {
		in.Address = c.address(first, billing)
	}
	switch number := telephone(in.Phone, c.firstOf(first, shipping.country, billing.country)); {
	case in.Email != "":
		in.ExternalID = strings.ToLower(in.Email)
	case number != "":
		in.ExternalID = "tel:" + number
	default:
		in.ExternalID = "order:" + c.group.number
	}
	return in
}

func (c *conversion) firstOf(w row, columns ...string) string {
	for _, column := range columns {
		if text := c.text(w, column); text != "" {
			return text
		}
	}
	return ""
}

// address is one line of text, from the house to the country.
func (c *conversion) address(w row, a address) string {
	// Street is Address1 and Address2 in one; older exports have only it.
	street := []string{c.text(w, a.address1), c.text(w, a.address2)}
	if street[0] == "" && street[1] == "" {
		street = []string{c.text(w, a.street)}
	}
	// Spreadsheets keep leading zeros by an apostrophe.
	city := strings.TrimSpace(strings.TrimPrefix(c.text(w, a.zip), "'") + " " + c.text(w, a.city))
	parts := append([]string{c.text(w, a.company)}, street...)
	parts = append(parts, city, c.firstOf(w, a.provinceName, a.province), c.text(w, a.country))
	var given []string
	for _, p := range parts {
		if p != "" {
			given = append(given, p)
		}
	}
	return strings.Join(given, ", ")
}

// dialling holds the country calling codes of numbers written the national way (with or without the trunk prefix 0).
// Where the country is another, such digits stand alone, without "+".
var dialling = map[string]string{
	"CN": "86", "China": "86", "中国": "86",
	"DE": "49", "Germany": "49", "Deutschland": "49",
}

// telephone reduces a number to its digits, so that one number written in two ways is one customer; "" when it is too
// short to be a number at all.
func telephone(text, country string) string {
	international := strings.HasPrefix(text, "+")
	if international {
		text = strings.ReplaceAll(text, "(0)", "") // +49 (0)30 …
	}
	number := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, text)
	code, known := dialling[country]
	rest, abroad := strings.CutPrefix(number, "00")
	switch {
	case len(number) < 5:
		return ""
	case international:
		return "+" + number
	case abroad:
		return "+" + rest
	case known && strings.HasPrefix(number, code) && len(number) > 11: // 86138… without its plus
		return "+" + number
	case known:
		return "+" + code + strings.TrimPrefix(number, "0")
	}
	return number
}
