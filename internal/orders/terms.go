package orders

import (
	"cmp"
	"slices"
	"strconv"

	"aftersales/ent"
	"aftersales/internal/money"
	"aftersales/internal/problem"
)

// What a refund needs to know of an order beside prices: how it was paid, what came free with it, and what was sold together.

// maxTenders bounds how many means of payment one order may name.
const maxTenders = 20

// checkTenders refuses what cannot have paid an order; whether they add up is matchTenders'.
func (in *Input) checkTenders(text func(s string, most int, required bool, field ...string)) problem.List {
	var l problem.List
	if len(in.Tenders) > maxTenders {
		return problem.List{problem.Invalid(problem.Textf("must have at most %d means of payment", "支付方式最多 %d 种", maxTenders), "tenders")}
	}
	for i, t := range in.Tenders {
		at := func(field string) []string { return []string{"tenders", strconv.Itoa(i), field} }
		refuse := func(bad bool, en, zh, field string) {
			if bad {
				l = append(l, problem.Invalid(problem.Text{EN: en, ZH: zh}, at(field)...))
			}
		}
		text(t.Method, 100, false, at("method")...)
		text(t.Reference, 200, false, at("reference")...)
		refuse(tenderRank(t.Kind) < 0, "must be MONEY, COUPON or POINTS", "须为 MONEY、COUPON 或 POINTS", "kind")
		refuse(t.Amount <= 0 || t.Amount > maxAmount, "must be an amount above 0, below ten billion", "须为大于 0 且小于一百亿的金额", "amount")
		refuse(t.Kind == money.TenderPoints && (t.Points <= 0 || t.Points > maxAmount), "say how many points it was, 1 or more", "请给出积分数，须为 1 以上", "points")
		refuse(t.Kind != money.TenderPoints && t.Points != 0, "only POINTS are counted in points", "只有 POINTS 以积分计", "points")
		refuse(t.Kind != money.TenderCoupon && t.Lapses, "only a COUPON can lapse", "只有 COUPON 可以作废", "lapses")
	}
	return l
}

func tenderRank(k money.TenderKind) int {
	return slices.Index([]money.TenderKind{money.TenderMoney, money.TenderCoupon, money.TenderPoints}, k)
}

// sortedTenders puts them in the order in which they are refunded: money, coupons, points, else as they were told.
func sortedTenders(told []money.Tender) []money.Tender {
	out := slices.Clone(told)
	slices.SortStableFunc(out, func(a, b money.Tender) int { return cmp.Compare(tenderRank(a.Kind), tenderRank(b.Kind)) })
	return out
}

// matchTenders finds the tenders of an order, new or known (left out, what is known stays): they add up to its total, and
// once a refund was started here they cannot change, since its parts went back by them.
func matchTenders(ch *change) error {
	ch.tenders = sortedTenders(ch.in.Tenders)
	var extra []money.Tender // paid here, and not the merchant's system's to know
	if ch.old != nil {
		known := slices.DeleteFunc(slices.Clone(ch.old.Tenders), func(t money.Tender) bool { return t.Extra })
		extra = slices.DeleteFunc(slices.Clone(ch.old.Tenders), func(t money.Tender) bool { return !t.Extra })
		switch {
		case len(ch.tenders) == 0:
			ch.tenders = known
		case ch.old.Refunded > ch.old.ImportedRefunded && !slices.Equal(ch.tenders, known):
			return problem.Invalid(problem.Textf("a refund of order %s was started by the tenders known so far; they cannot change any more", "订单 %s 已按现有支付方式发起退款，不能再更改", ch.old.Number), "tenders")
		}
	}
	if len(ch.tenders) == 0 {
		ch.tenders = extra
		return nil
	}
	var sum int64
	for _, t := range ch.tenders {
		sum += t.Amount
	}
	if sum != ch.price.total {
		is, want := money.Format(sum, ch.in.Currency), money.Format(ch.price.total, ch.in.Currency)
		return problem.Invalid(problem.Textf("the tenders add up to %[1]s, the order to %[2]s", "支付方式合计 %[1]s，订单总额 %[2]s", is, want), "tenders").With("tenders", is).With("total", want)
	}
	ch.tenders = append(ch.tenders, extra...)
	return nil
}

// checkParts refuses gifts, bundles and prices that contradict each other.
func (in *Input) checkParts(amount func(v int64, field ...string), text func(s string, most int, required bool, field ...string)) problem.List {
	var l problem.List
	for i, line := range in.Lines {
		refuse := func(bad bool, en, zh, field string) {
			if bad {
				l = append(l, problem.Invalid(problem.Text{EN: en, ZH: zh}, "lines", strconv.Itoa(i), field))
			}
		}
		at := func(field string) []string { return []string{"lines", strconv.Itoa(i), field} }
		text(line.Bundle, 100, false, at("bundle")...)
		if line.MarkedPrice != nil {
			amount(*line.MarkedPrice, at("markedPrice")...)
			refuse(line.GiftOf == "", "only a gift has a marked price", "只有赠品有标示价格", "markedPrice")
		}
		if line.ListPrice != nil {
			amount(*line.ListPrice, at("listPrice")...)
			refuse(line.Bundle == "", "only an article of a bundle has a price of its own beside", "只有套装商品另有单独售价", "listPrice")
			refuse(*line.ListPrice < line.UnitPrice, "is below the price in the bundle", "低于套装内的单价", "listPrice")
		}
		if line.GiftOf == "" {
			continue
		}
		parent := slices.IndexFunc(in.Lines, func(o LineInput) bool { return o.ExternalID == line.GiftOf })
		refuse(parent < 0, "no line of this order has this externalId", "该订单中没有此 externalId 的行", "giftOf")
		refuse(parent >= 0 && (parent == i || in.Lines[parent].GiftOf != ""), "a gift comes with an article that was bought, not with a gift", "赠品须随所购商品，不能随赠品", "giftOf")
		refuse(line.UnitPrice != 0, "a gift costs nothing; markedPrice says what it is worth", "赠品单价须为 0，价值请填 markedPrice", "unitPrice")
		refuse(line.Bundle != "", "a gift is not part of a bundle", "赠品不属于套装", "bundle")
	}
	return l
}

// sameParts reports whether a line's input says nothing new of gifts and bundles.
func sameParts(row *ent.OrderLine, l *LineInput) bool {
	return row.GiftOf == l.GiftOf && row.Bundle == l.Bundle && same(row.MarkedPrice, l.MarkedPrice) && same(row.ListPrice, l.ListPrice)
}

func same(a, b *int64) bool { return a == nil && b == nil || a != nil && b != nil && *a == *b }

// setParts writes what a line's input says of gifts and bundles.
func setParts(m *ent.OrderLineMutation, l *LineInput) {
	m.SetGiftOf(l.GiftOf)
	m.SetBundle(l.Bundle)
	setOrClear(l.MarkedPrice, m.SetMarkedPrice, m.ClearMarkedPrice)
	setOrClear(l.ListPrice, m.SetListPrice, m.ClearListPrice)
}

// setTerms writes how an order was paid and what its delivery would have cost.
func setTerms(m *ent.OrderMutation, ch *change) {
	if len(ch.tenders) > 0 {
		m.SetTenders(ch.tenders)
	}
	m.SetShippingWaived(ch.in.ShippingWaived)
	setOrClear(ch.in.FreeShippingFrom, m.SetFreeShippingFrom, m.ClearFreeShippingFrom)
}

func setOrClear(v *int64, set func(int64), clear func()) {
	if v == nil {
		clear()
		return
	}
	set(*v)
}
