package returns

import (
	"context"
	"slices"
	"strconv"

	"aftersales/ent"
	"aftersales/ent/evidence"
	"aftersales/ent/order"
	"aftersales/ent/orderline"
	"aftersales/internal/casework"
	"aftersales/internal/lifecycle"
	"aftersales/internal/money"
	"aftersales/internal/orders"
	"aftersales/internal/plan"
	"aftersales/internal/problem"
)

// What an inspection says, held against what was sold, announced and shown.

// inspection is what the findings of one return are held against.
type inspection struct {
	order  *ent.Order
	detail *ent.ReturnDetail
	fault  plan.Party
	handle string
	// paid is whether a refund was started ahead of the goods.
	paid  bool
	known map[string]bool // evidence of the case
	fees  map[string]fee  // by code
}

// fee is an entry of the schedule, or why there is none.
type fee struct {
	entry *ent.Fee
	err   error
}

func (s *Service) inspecting(ctx context.Context, st *casework.Step, findings []Finding) (*inspection, error) {
	client := s.store.Client(ctx)
	o, err := client.Order.Query().Where(order.ID(st.Case.OrderID)).WithLines(func(q *ent.OrderLineQuery) { q.Order(orderline.ByPosition()) }).Only(ctx)
	if err != nil {
		return nil, err
	}
	d := st.Case.Edges.Detail
	reason, err := client.ReturnReason.Get(ctx, d.ReasonID)
	if err != nil {
		return nil, err
	}
	in := &inspection{order: o, detail: d, fault: plan.Party(reason.AtFault), handle: reason.Handle, paid: len(st.Case.Edges.Refunds) > 0, known: map[string]bool{}, fees: map[string]fee{}}
	var named []string
	for _, f := range findings {
		named = append(named, f.Photos...)
		for _, x := range f.Deductions {
			named = append(named, x.Evidence...)
			if _, asked := in.fees[x.FeeCode]; x.Reason != DeductFee || asked {
				continue
			}
			row, err := s.cases.FeeOn(ctx, st.Merchant, x.FeeCode, st.Now)
			if err == nil && st.Merchant.Currency != o.Currency {
				err = problem.Invalid(problem.Textf("the schedule is in %[1]s, the order in %[2]s", "收费标准币种为 %[1]s，订单币种为 %[2]s", st.Merchant.Currency, o.Currency))
			}
			if err != nil && len(problem.All(err)) == 0 {
				return nil, err
			}
			in.fees[x.FeeCode] = fee{row, err}
		}
	}
	if len(named) == 0 {
		return in, nil
	}
	ids, err := client.Evidence.Query().Where(evidence.CaseID(st.Case.ID), evidence.IDIn(named...)).IDs(ctx)
	for _, id := range ids {
		in.known[id] = true
	}
	return in, err
}

// check holds one item's finding against what was sold and announced, and gives its deductions in minor units.
func (in *inspection) check(it *ent.ReturnItem, i int, f Finding) ([]lifecycle.Deduction, error) {
	var l problem.List
	at := func(rest ...string) []string { return append([]string{"items", strconv.Itoa(i)}, rest...) }
	arrived, accepted := f.arrived(it), f.accepted(it)
	switch {
	case f.Condition == lifecycle.EmptyParcel && arrived != 0:
		l = append(l, problem.Invalid(problem.Text{EN: "an empty parcel holds none", ZH: "空包裹内没有商品"}, at("arrivedQuantity")...))
	case arrived < 0 || arrived > it.Quantity:
		l = append(l, problem.Invalid(problem.Textf("must be from 0 to %d", "须为 0 至 %d", it.Quantity), at("arrivedQuantity")...))
	}
	switch most := max(0, min(arrived, it.Quantity)); {
	case none(f.Condition) && accepted != 0:
		l = append(l, problem.Invalid(problem.Textf("%s: nothing can be accepted", "%s：不能接受任何数量", f.Condition), at("acceptedQuantity")...))
	case accepted < 0 || accepted > most:
		l = append(l, problem.Invalid(problem.Textf("must be from 0 to %d", "须为 0 至 %d", most), at("acceptedQuantity")...))
	}
	l = append(l, in.evidence(f.Photos, at("photos"))...)
	if l.Err() != nil {
		return nil, l.Err()
	}
	sale := orders.SaleOf(in.order)
	var deductions []lifecycle.Deduction
	var sum int64
	for j, x := range f.Deductions {
		path := at("deductions", strconv.Itoa(j))
		l = append(l, in.evidence(x.Evidence, append(path, "evidence"))...)
		if p := in.answers(x.Reason); p != nil {
			p.Field = append(path, "reason")
			l = append(l, p)
		}
		amount, where, err := in.amount(x)
		switch {
		case err != nil:
			for _, p := range problem.All(err) {
				l = append(l, p.At(append(path, where)...))
			}
		case amount <= 0:
			l = append(l, problem.Invalid(problem.Text{EN: "must be more than 0", ZH: "须大于 0"}, append(path, where)...))
		}
		sum += amount
		deductions = append(deductions, lifecycle.Deduction{Reason: x.Reason, Amount: amount, Note: x.Note, FeeCode: x.FeeCode, Evidence: x.Evidence})
	}
	if worth := worthOf(sale, it.OrderLineID, accepted); len(l) == 0 && sum > worth {
		l = append(l, problem.Invalid(problem.Textf("the accepted units are worth %[1]s %[2]s; %[3]s cannot be taken off", "接受的商品价值 %[1]s %[2]s，不能扣除 %[3]s",
			money.Format(worth, in.order.Currency), in.order.Currency, money.Format(sum, in.order.Currency)), at("deductions")...))
	}
	return deductions, append(l, missing(sale, it, accepted, f.MissingGifts, at("missingGifts"))...).Err()
}

// amount is what a deduction takes off, in minor units, and the field that says so.
func (in *inspection) amount(x NewDeduction) (int64, string, error) {
	if x.Reason != DeductFee {
		amount, err := money.Parse(x.Amount, in.order.Currency)
		return amount, "amount", err
	}
	f := in.fees[x.FeeCode]
	if f.err != nil {
		return 0, "feeCode", f.err
	}
	return f.entry.Amount, "feeCode", nil
}

func worthOf(sale money.Sale, lineID string, units int) int64 {
	i := slices.IndexFunc(sale.Lines, func(l money.SaleLine) bool { return l.ID == lineID })
	if i < 0 {
		return 0
	}
	return sale.Lines[i].Worth(units)
}

func (in *inspection) evidence(ids []string, path []string) problem.List {
	var l problem.List
	for k, id := range ids {
		if !in.known[id] {
			l = append(l, casework.NotFound("evidence of this case", "本工单的凭证", append(slices.Clone(path), strconv.Itoa(k))...))
		}
	}
	return l
}

// answers refuses a deduction for something that is not the customer's (MALL-2.3e): damage that was confirmed to be somebody
// else's, a part that was missing from the start, and anything but use, damage or a missing part where the fault is not the
// customer's at all.
func (in *inspection) answers(reason string) *problem.Problem {
	customers := in.fault == plan.Customer || in.detail.DamageCause == CausedByCustomer
	var why problem.Text
	switch {
	case in.paid:
		why = problem.Text{EN: "the refund was started before the goods came; nothing can be taken off it", ZH: "退款已先行发起，不能再作扣减"}
	case reason == DeductDamaged && in.handle == plan.Damaged && !customers:
		why = problem.Text{EN: "the goods arrived damaged; the customer does not answer for it", ZH: "商品送达时已破损，不应由顾客承担"}
	case reason == DeductMissingPart && in.handle == plan.MissingItem:
		why = problem.Text{EN: "the part was missing from the start; the customer does not answer for it", ZH: "商品送达时即缺件，不应由顾客承担"}
	case reason != DeductUsed && reason != DeductDamaged && reason != DeductMissingPart && !customers:
		why = problem.Text{EN: "only where the customer answers for the return", ZH: "仅适用于应由顾客承担责任的退货"}
	default:
		return nil
	}
	return problem.New(problem.NotEligible, why)
}

// missing checks the gifts that should have come back with an item and did not.
func missing(sale money.Sale, it *ent.ReturnItem, accepted int, gifts []lifecycle.MissingGift, path []string) problem.List {
	var l problem.List
	due := sale.GiftsDue(it.OrderLineID, accepted)
	for k, g := range gifts {
		at := append(slices.Clone(path), strconv.Itoa(k))
		switch i := slices.IndexFunc(sale.Lines, func(s money.SaleLine) bool { return s.ID == g.OrderLineID }); {
		case i < 0:
			l = append(l, casework.NotFound("line in this order", "该订单中的订单行", append(at, "orderLine")...))
			continue
		case sale.Lines[i].GiftOf != it.OrderLineID:
			l = append(l, problem.Invalid(problem.Text{EN: "is no gift that came with this item", ZH: "不是随该商品附赠的赠品"}, append(at, "orderLine")...))
			continue
		}
		if slices.ContainsFunc(gifts[:k], func(o lifecycle.MissingGift) bool { return o.OrderLineID == g.OrderLineID }) {
			l = append(l, problem.Invalid(problem.Text{EN: "this gift is named twice", ZH: "该赠品重复"}, append(at, "orderLine")...))
		}
		most := 0
		for _, d := range due {
			if d.LineID == g.OrderLineID {
				most = d.Quantity
			}
		}
		if g.Quantity < 1 || g.Quantity > most {
			l = append(l, problem.Invalid(problem.Textf("must be from 1 to %[1]d: so many should have come back with what was accepted", "须为 1 至 %[1]d（随接受商品应退回的数量）", most), append(at, "quantity")...))
		}
	}
	return l
}

func allPassed(checks []lifecycle.Check) bool {
	return !slices.ContainsFunc(checks, func(c lifecycle.Check) bool { return !c.Passed })
}

func checkFindings(findings []Finding) error {
	var l problem.List
	for i := range findings {
		f := &findings[i]
		at := func(rest ...string) []string { return append([]string{"items", strconv.Itoa(i)}, rest...) }
		seen := map[lifecycle.Aspect]bool{}
		for j := range f.Checks {
			c := &f.Checks[j]
			if seen[c.Aspect] {
				l = append(l, problem.Invalid(problem.Textf("%s is checked twice", "%s 重复", c.Aspect), at("checks", strconv.Itoa(j), "aspect")...))
			}
			seen[c.Aspect] = true
			var err error
			c.Note, err = casework.OptionalText(c.Note, at("checks", strconv.Itoa(j), "note")...)
			l = append(l, problem.All(err)...)
		}
		for _, a := range lifecycle.RequiredAspects() {
			if !seen[a] {
				l = append(l, problem.Invalid(problem.Textf("appearance, function and accessories must be checked; %s is missing", "外观、功能、配件均须检验，缺少 %s", a), at("checks")...))
			}
		}
		var err error
		f.Notes, err = casework.OptionalText(f.Notes, at("notes")...)
		l = append(append(l, problem.All(err)...), f.bounds(at)...)
	}
	return l.Err()
}

// bounds checks what can be said of a finding without knowing the goods.
func (f *Finding) bounds(at func(...string) []string) problem.List {
	var l problem.List
	for _, of := range []struct {
		n, most int
		name    string
	}{{len(f.Deductions), maxDeductions, "deductions"}, {len(f.Photos), maxPhotos, "photos"}} {
		if of.n > of.most {
			l = append(l, problem.Invalid(problem.Textf("at most %d", "最多 %d 项", of.most), at(of.name)...))
		}
	}
	if f.WeightGrams != nil && (*f.WeightGrams < 0 || *f.WeightGrams > maxGrams) {
		l = append(l, problem.Invalid(problem.Textf("must be from 0 to %d", "须为 0 至 %d", maxGrams), at("weightGrams")...))
	}
	for j := range f.Deductions {
		x := &f.Deductions[j]
		var err error
		of := func(name string) []string { return at("deductions", strconv.Itoa(j), name) }
		isFee := x.Reason == DeductFee
		if x.Note, err = casework.OptionalText(x.Note, of("note")...); err == nil && x.Note == "" && !isFee {
			_, err = casework.Text("", of("note")...)
		}
		l = append(l, problem.All(err)...)
		if len(x.Evidence) == 0 && !isFee || len(x.Evidence) > maxPhotos {
			l = append(l, problem.Invalid(problem.Textf("show it by 1 to %d pieces of evidence", "请提供 1 至 %d 项凭证", maxPhotos), of("evidence")...))
		}
		if x.Reason == DeductDepreciation {
			l = append(l, problem.Invalid(problem.Text{EN: "the use of goods is charged when a repair becomes a refund, not by an inspection", ZH: "折旧费仅在维修转退货时收取，不能由验货扣减"}, of("reason")...))
		}
		switch {
		case isFee && x.FeeCode == "":
			l = append(l, problem.Invalid(problem.Text{EN: "name the entry of the fee schedule", ZH: "请指明收费标准条目"}, of("feeCode")...))
		case isFee && x.Amount != "":
			l = append(l, problem.Invalid(problem.Text{EN: "the fee schedule says the amount; leave it out", ZH: "金额以收费标准为准，请勿填写"}, of("amount")...))
		case !isFee && x.FeeCode != "":
			l = append(l, problem.Invalid(problem.Text{EN: "only a fee names an entry of the schedule", ZH: "仅费用类扣减可引用收费标准"}, of("feeCode")...))
		}
	}
	return l
}
