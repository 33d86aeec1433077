package orders

import (
	"strconv"
	"strings"
	"time"
	"unicode"

	"aftersales/internal/problem"
)

// Limits of one order, in characters, lines and minor units.
const (
	maxLines  = 500
	maxAmount = 1_000_000_000_000
	maxNumber = 100
)

// check refuses what cannot be an order, naming each field.
func (in *Input) check() problem.List {
	var l problem.List
	invalid := func(en, zh string, field ...string) {
		l = append(l, problem.Invalid(problem.Text{EN: en, ZH: zh}, field...))
	}
	text := func(s string, most int, required bool, field ...string) {
		switch {
		case required && strings.TrimSpace(s) == "":
			invalid("must not be empty", "不能为空", field...)
		case len([]rune(s)) > most:
			l = append(l, problem.Invalid(problem.Textf("must have at most %d characters", "最多 %d 个字符", most), field...))
		case strings.ContainsFunc(s, unicode.IsControl):
			invalid("must not contain control characters", "不能包含控制字符", field...)
		}
	}
	amount := func(v int64, field ...string) {
		if v < 0 || v > maxAmount {
			invalid("must be an amount of 0 or more, below ten billion", "须为 0 以上且小于一百亿的金额", field...)
		}
	}
	past := func(t *time.Time, field ...string) {
		if t != nil && (t.Year() < 1990 || t.Year() > 2100) {
			invalid("must be a date between 1990 and 2100", "日期须在 1990 至 2100 年之间", field...)
		}
	}
	text(in.Number, maxNumber, true, "number")
	text(in.Customer.ExternalID, 200, true, "customer", "externalId")
	text(in.Customer.Name, 200, false, "customer", "name")
	text(in.Customer.Email, 320, false, "customer", "email")
	text(in.Customer.Phone, 40, false, "customer", "phone")
	if len([]rune(in.Customer.Address)) > 1000 {
		invalid("must have at most 1000 characters", "最多 1000 个字符", "customer", "address")
	}
	if in.ShipTo != nil {
		l = append(l, CheckAddress(in.ShipTo, "shipTo")...)
	}
	past(&in.PlacedAt, "placedAt")
	past(in.PaidAt, "paidAt")
	amount(in.Shipping, "shipping")
	amount(in.Discount, "discount")
	amount(in.Tax, "tax")
	amount(in.Refunded, "refunded")
	amount(in.ShippingWaived, "shippingWaived")
	if in.FreeShippingFrom != nil {
		amount(*in.FreeShippingFrom, "freeShippingFrom")
	} else if in.ShippingWaived > 0 {
		invalid("say from which value of goods on delivery was free", "请给出免运费门槛", "freeShippingFrom")
	}
	tenders := in.checkTenders(text)
	l = append(l, tenders...)
	if len(in.Lines) == 0 || len(in.Lines) > maxLines {
		l = append(l, problem.Invalid(problem.Textf("must have 1 to %d lines", "须有 1 至 %d 行", maxLines), "lines"))
	}
	var sum int64
	external := map[string]bool{}
	for i, line := range in.Lines {
		at := func(field string) []string { return []string{"lines", strconv.Itoa(i), field} }
		text(line.SKU, 200, true, at("sku")...)
		text(line.Title, 500, true, at("title")...)
		text(line.Category, 100, false, at("category")...)
		text(line.SerialNumber, 100, false, at("serialNumber")...)
		text(line.ExternalID, 100, false, at("externalId")...)
		if line.ExternalID != "" && external[line.ExternalID] {
			invalid("stands twice in this order", "在该订单中重复", at("externalId")...)
		}
		external[line.ExternalID] = true
		if line.Quantity < 1 || line.Quantity > 1_000_000 {
			invalid("must be from 1 to 1,000,000", "须为 1 至 1,000,000", at("quantity")...)
			continue
		}
		amount(line.UnitPrice, at("unitPrice")...)
		amount(line.Discount, at("discount")...)
		if line.UnitPrice > maxAmount/int64(line.Quantity) {
			invalid("price times quantity is too large", "单价乘以数量过大", at("unitPrice")...)
			continue
		}
		net := line.UnitPrice*int64(line.Quantity) - line.Discount
		if net < 0 {
			invalid("is more than the line's price", "超过该行价格", at("discount")...)
		}
		sum += net
		past(line.FulfilledAt, at("fulfilledAt")...)
		past(line.DeliveredAt, at("deliveredAt")...)
	}
	parts := in.checkParts(amount, text)
	l = append(l, parts...)
	if len(l) > 0 {
		return l
	}
	if in.Discount > sum {
		invalid("is more than the lines' price", "超过各行价格之和", "discount")
		return l
	}
	p := in.price()
	if in.Total != nil && (p.total < 0 || p.total > maxAmount) {
		invalid("must be an amount of 0 or more", "须为 0 以上的金额", "total")
	}
	if in.Refunded > p.total {
		invalid("is more than the order's total", "超过订单总额", "refunded")
	}
	return l
}
