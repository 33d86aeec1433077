package view

import "strings"

// Masking of personal data (SLA-A-3.1.4): enough is left to recognise one's own entry, not enough to use it.

// MaskPhone keeps the first three and the last four characters of a long number, the last two of a short one.
func MaskPhone(s string) string {
	r := []rune(s)
	switch {
	case len(r) >= 11:
		return string(r[:3]) + strings.Repeat("*", len(r)-7) + string(r[len(r)-4:])
	case len(r) > 2:
		return strings.Repeat("*", len(r)-2) + string(r[len(r)-2:])
	}
	return strings.Repeat("*", len(r))
}

// MaskEmail keeps the first character and the domain.
func MaskEmail(s string) string {
	name, domain, ok := strings.Cut(s, "@")
	if !ok || name == "" {
		return "***"
	}
	return string([]rune(name)[:1]) + "***@" + domain
}

// telephone begins the external id of a customer whom an import knows by phone number alone.
const telephone = "tel:"

// PersonalID reports whether an external id is itself an e-mail address or a phone number: imports without customer ids
// make such.
func PersonalID(s string) bool { return strings.Contains(s, "@") || strings.HasPrefix(s, telephone) }

// MaskID masks an external id that is personal.
func MaskID(s string) string {
	if number, ok := strings.CutPrefix(s, telephone); ok {
		return telephone + MaskPhone(number)
	}
	return MaskEmail(s)
}
