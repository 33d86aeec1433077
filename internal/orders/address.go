package orders

import (
	"context"
	"regexp"
	"strings"
	"unicode"

	"aftersales/ent"
	"aftersales/ent/order"
	"aftersales/internal/lifecycle"
	"aftersales/internal/problem"
)

var country = regexp.MustCompile(`^[A-Z]{2}$`)

// CheckAddress trims an address and refuses what cannot be one, naming each field below the path given.
// Errors: INVALID_INPUT.
func CheckAddress(a *lifecycle.Address, field ...string) problem.List {
	var l problem.List
	invalid := func(name string, t problem.Text) {
		l = append(l, problem.Invalid(t, append(field[:len(field):len(field)], name)...))
	}
	for _, f := range []struct {
		text     *string
		name     string
		most     int
		optional bool
	}{
		{&a.Recipient, "recipient", 200, false}, {&a.Phone, "phone", 40, false}, {&a.Line, "line", 400, false},
		{&a.City, "city", 100, false}, {&a.PostalCode, "postalCode", 20, true},
	} {
		*f.text = strings.TrimSpace(*f.text)
		switch {
		case *f.text == "" && !f.optional:
			invalid(f.name, problem.Text{EN: "must not be empty", ZH: "不能为空"})
		case len([]rune(*f.text)) > f.most:
			invalid(f.name, problem.Textf("must have at most %d characters", "最多 %d 个字符", f.most))
		case strings.ContainsFunc(*f.text, func(r rune) bool { return unicode.IsControl(r) || r == unicode.ReplacementChar }):
			invalid(f.name, problem.Text{EN: "must not contain control characters", ZH: "不能包含控制字符"})
		}
	}
	if !country.MatchString(a.Country) {
		invalid("country", problem.Text{EN: "must be an ISO 3166 country code of two capital letters", ZH: "须为两位大写 ISO 3166 国家代码"})
	}
	return l
}

// Amend writes where an order goes instead. The order must be Locked.
func (s *Service) Amend(ctx context.Context, o *ent.Order, to lifecycle.Address) error {
	return s.store.Client(ctx).Order.Update().Where(order.ID(o.ID)).SetShipTo(&to).Exec(ctx)
}
