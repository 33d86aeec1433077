package returns

import (
	"context"
	"slices"
	"strconv"
	"time"

	"aftersales/ent"
	"aftersales/ent/order"
	"aftersales/ent/orderline"
	"aftersales/ent/parcel"
	"aftersales/ent/returnitem"
	"aftersales/internal/auth"
	"aftersales/internal/casework"
	"aftersales/internal/id"
	"aftersales/internal/lifecycle"
	"aftersales/internal/money"
	"aftersales/internal/orders"
	"aftersales/internal/problem"
)

// The exchange (MALL-3.3e): a replacement is chosen and set aside, sent, and delivered, which is when the promise is kept
// (MALL-4.2a, reading X8.2).

// Purposes of a parcel (contract enum ParcelPurpose).
const (
	ParcelReturn      = "RETURN"
	ParcelReplacement = "REPLACEMENT"
	ParcelSendBack    = "SEND_BACK"
)

// Directions of a parcel (contract enum ParcelDirection).
const (
	ToMerchant = "TO_MERCHANT"
	ToCustomer = "TO_CUSTOMER"
)

// maxPrice bounds the price of a replacement and of all its units, in minor units, as for orders.
const maxPrice = 1_000_000_000_000

// Choice names the replacement of one item. Empty fields default to what the customer wanted, else to the same article;
// another article needs title and unit price. UnitPrice is a decimal of the order's currency; nil: what the goods that came
// back were worth.
type Choice struct {
	ItemID       string
	SKU, Title   string
	UnitPrice    *string
	SerialNumber string
}

// Replacing is what Replace does: choose, and with a shipment send.
type Replacing struct {
	Choices  []Choice
	Shipment *Shipment
	// DifferenceReference is the customer's payment of the difference, at the channel that was paid through.
	DifferenceReference string
}

// Replace chooses the replacement of what was accepted and sets it aside (REPLACING), or sends it (REPLACEMENT_SHIPPED).
// What was chosen stays unless named again. When it is sent the order is settled: the goods that came back count as returned,
// the replacement is a line of its own, and the difference in price goes back to the customer, or must have been paid by them;
// there is no fee (MALL-2.3c). A replacement that was lost on its way may be sent again, which settles nothing.
//
// Requires: AGENT, WAREHOUSE, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND (case, item), CONFLICT, ILLEGAL_TRANSITION,
// INVALID_INPUT naming the field (at input.differenceReference with the amount the customer owes), NOT_ELIGIBLE when the goods
// were replaced before, AMOUNT_EXCEEDS_PAID, IDEMPOTENCY_MISMATCH.
func (s *Service) Replace(ctx context.Context, caseID string, expected *int, key string, in Replacing) error {
	if _, err := auth.Require(ctx, "returnReplace"); err != nil {
		return err
	}
	if err := in.check().Err(); err != nil {
		return err
	}
	act := casework.Act{Action: lifecycle.ReturnReplace, CaseID: caseID, Expected: expected, Judge: func(f *lifecycle.Facts) { f.Shipped = in.Shipment != nil }}
	_, err := s.cases.DoOnce(ctx, act, key, []any{caseID, in}, caseID, func(ctx context.Context, st *casework.Step) error {
		if st.Case.Status == lifecycle.ReplacementShipped {
			return s.sendAgain(ctx, st, in)
		}
		chosen, err := s.choose(ctx, st, in.Choices)
		if err != nil {
			return err
		}
		if in.Shipment == nil {
			return st.Happened(ctx, lifecycle.ReplacementPrepared, "", nil)
		}
		at, err := s.send(ctx, st, *in.Shipment)
		if err != nil {
			return err
		}
		return s.settleExchange(ctx, st, chosen, in.DifferenceReference, at)
	})
	return err
}

func (in *Replacing) check() problem.List {
	var l problem.List
	text := func(s *string, most int, required bool, field ...string) {
		check := casework.OptionalText
		if required {
			check = casework.Text
		}
		t, err := check(*s, field...)
		if err == nil && len([]rune(t)) > most {
			err = problem.Invalid(problem.Textf("must have at most %d characters", "最多 %d 个字符", most), field...)
		}
		l = append(l, problem.All(err)...)
		*s = t
	}
	in.Choices = slices.Clone(in.Choices)
	for i := range in.Choices {
		c := &in.Choices[i]
		at := func(name string) []string { return []string{"input", "items", strconv.Itoa(i), name} }
		text(&c.SKU, 200, false, at("sku")...)
		text(&c.Title, 500, false, at("title")...)
		text(&c.SerialNumber, 100, false, at("serialNumber")...)
		if slices.ContainsFunc(in.Choices[:i], func(o Choice) bool { return o.ItemID == c.ItemID }) {
			l = append(l, problem.Invalid(problem.Text{EN: "this item is named twice", ZH: "该商品项重复"}, at("item")...))
		}
	}
	text(&in.DifferenceReference, 200, false, "input", "differenceReference")
	if in.Shipment == nil {
		if in.DifferenceReference != "" {
			l = append(l, problem.Invalid(problem.Text{EN: "the difference is settled when the replacement is sent", ZH: "差价在换货商品寄出时结算"}, "input", "differenceReference"))
		}
		return l
	}
	sent := *in.Shipment
	in.Shipment = &sent
	text(&sent.Carrier, 100, true, "input", "shipment", "carrier")
	text(&sent.Waybill, 100, true, "input", "shipment", "waybill")
	return l
}

// checkWanted checks the article wanted in exchange.
func checkWanted(it *RequestItem, remedy lifecycle.Remedy, i int) problem.List {
	field := []string{"input", "items", strconv.Itoa(i), "replacementSku"}
	sku, err := casework.OptionalText(it.WantedSKU, field...)
	switch {
	case err != nil:
	case sku != "" && remedy != lifecycle.Exchange:
		err = problem.Invalid(problem.Text{EN: "only an EXCHANGE has a replacement", ZH: "仅换货可指定换货商品"}, field...)
	case len([]rune(sku)) > 200:
		err = problem.Invalid(problem.Textf("must have at most %d characters", "最多 %d 个字符", 200), field...)
	}
	it.WantedSKU = sku
	return problem.All(err)
}

// choose writes down what replaces each item of which something was accepted, and returns it with quantities and prices.
func (s *Service) choose(ctx context.Context, st *casework.Step, choices []Choice) ([]orders.Replacement, error) {
	items, err := s.store.Client(ctx).ReturnItem.Query().Where(returnitem.CaseID(st.Case.ID)).Order(returnitem.ByPosition()).
		WithOrderLine().WithReplacement().All(ctx)
	if err != nil {
		return nil, err
	}
	o, err := s.store.Client(ctx).Order.Query().Where(order.ID(st.Case.OrderID)).Only(ctx)
	if err != nil {
		return nil, err
	}
	for i, c := range choices {
		at := slices.IndexFunc(items, func(it *ent.ReturnItem) bool { return it.ID == c.ItemID })
		switch {
		case at < 0:
			return nil, casework.NotFound("item in this return", "该退货中的商品项", "input", "items", strconv.Itoa(i), "item")
		case Counted(items[at]) == 0:
			return nil, problem.Invalid(problem.Text{EN: "nothing of this item was accepted", ZH: "该商品项未通过验货"}, "input", "items", strconv.Itoa(i), "item")
		}
	}
	var out []orders.Replacement
	for _, it := range items {
		if Counted(it) == 0 {
			continue
		}
		if it.Edges.Replacement != nil {
			return nil, problem.New(problem.NotEligible, problem.Text{EN: "these goods were replaced before", ZH: "该商品已换货"})
		}
		r := defaultChoice(it)
		if i := slices.IndexFunc(choices, func(c Choice) bool { return c.ItemID == it.ID }); i >= 0 {
			r, err = choices[i].resolve(it, o.Currency, "input", "items", strconv.Itoa(i))
		} else if r.Title == "" {
			err = problem.Invalid(problem.Textf("name title and unit price of the article wanted instead: %s", "请填写所需换货商品 %s 的名称和单价", r.SKU), "input", "items")
		}
		if err != nil {
			return nil, err
		}
		if err := s.store.Client(ctx).ReturnItem.Update().Where(returnitem.ID(it.ID)).SetChoice(&r).Exec(ctx); err != nil {
			return nil, err
		}
		out = append(out, orders.Replacement{ItemID: it.ID, LineID: it.OrderLineID, SKU: r.SKU, Title: r.Title, SerialNumber: r.SerialNumber, UnitPrice: r.UnitPrice})
	}
	return out, nil
}

// defaultChoice is what replaces an item of which nothing else was said: what was chosen before, else what the customer
// wants; without a title where that is another article, which nobody has described yet.
func defaultChoice(it *ent.ReturnItem) lifecycle.Replacement {
	line := it.Edges.OrderLine
	switch {
	case it.Choice != nil:
		return *it.Choice
	case it.WantedSku != "" && it.WantedSku != line.Sku:
		return lifecycle.Replacement{SKU: it.WantedSku}
	}
	return lifecycle.Replacement{SKU: line.Sku, Title: line.Title}
}

// resolve completes a choice for an item.
func (c Choice) resolve(it *ent.ReturnItem, currency string, field ...string) (lifecycle.Replacement, error) {
	line := it.Edges.OrderLine
	r := lifecycle.Replacement{SKU: c.SKU, Title: c.Title, SerialNumber: c.SerialNumber}
	if r.SKU == "" {
		r.SKU = line.Sku
		if it.WantedSku != "" {
			r.SKU = it.WantedSku
		}
	}
	var l problem.List
	at := func(name string) []string { return append(slices.Clone(field), name) }
	other := r.SKU != line.Sku
	if r.Title == "" {
		if r.Title = line.Title; other {
			l = append(l, problem.Invalid(problem.Text{EN: "another article needs a title", ZH: "换成其他商品须填写名称"}, at("title")...))
		}
	}
	switch {
	case c.UnitPrice != nil:
		price, err := money.Parse(*c.UnitPrice, currency)
		if err == nil && (price < 0 || price > maxPrice/int64(Counted(it))) {
			err = problem.Invalid(problem.Text{EN: "must be an amount of 0 or more, below ten billion for all units", ZH: "须为 0 以上的金额，总额小于一百亿"})
		}
		for _, p := range problem.All(err) {
			l = append(l, p.At(at("unitPrice")...))
		}
		r.UnitPrice, r.Currency = &price, currency
	case other:
		l = append(l, problem.Invalid(problem.Text{EN: "another article needs a unit price", ZH: "换成其他商品须填写单价"}, at("unitPrice")...))
	}
	return r, l.Err()
}

// send writes the parcel with the replacement and returns when it was sent.
func (s *Service) send(ctx context.Context, st *casework.Step, in Shipment) (time.Time, error) {
	at := st.Now
	if in.ShippedAt != nil {
		at = in.ShippedAt.UTC().Truncate(time.Microsecond)
	}
	if at.After(st.Now) || at.Before(st.Case.OpenedAt) {
		return at, problem.Invalid(problem.Textf("must lie between the request (%[1]s) and now (%[2]s)", "须在申请时间（%[1]s）与现在（%[2]s）之间",
			st.Case.OpenedAt.UTC().Format(time.RFC3339), st.Now.Format(time.RFC3339)), "input", "shipment", "shippedAt")
	}
	err := s.store.Client(ctx).Parcel.Create().SetMerchantID(st.Case.MerchantID).SetCaseID(st.Case.ID).SetDirection(ToCustomer).
		SetPurpose(ParcelReplacement).SetCarrier(in.Carrier).SetWaybill(in.Waybill).SetShippedAt(at).Exec(ctx)
	if err != nil {
		return at, err
	}
	return at, st.Happened(ctx, lifecycle.ReplacementSent, "", map[string]string{"carrier": in.Carrier, "waybill": in.Waybill})
}

// sendAgain follows a parcel that did not arrive by another one.
func (s *Service) sendAgain(ctx context.Context, st *casework.Step, in Replacing) error {
	switch {
	case in.Shipment == nil:
		return problem.Invalid(problem.Text{EN: "the replacement was sent; to send it again, name the new parcel", ZH: "换货商品已寄出；如需重新寄送，请填写新包裹"}, "input", "shipment")
	case len(in.Choices) > 0:
		return problem.Invalid(problem.Text{EN: "the replacement was sent and settled; it cannot be changed", ZH: "换货商品已寄出并结算，不能更改"}, "input", "items")
	case in.DifferenceReference != "":
		return problem.Invalid(problem.Text{EN: "the difference was settled when the replacement was first sent", ZH: "差价已在首次寄出时结算"}, "input", "differenceReference")
	}
	taken, err := s.store.Client(ctx).OrderLine.Query().Where(orderline.OrderID(st.Case.OrderID),
		orderline.HasReplacesWith(returnitem.MerchantID(st.Case.MerchantID), returnitem.CaseID(st.Case.ID)),
		orderline.Or(orderline.HeldGT(0), orderline.ReturnedGT(0))).Exist(ctx)
	if err != nil {
		return err
	}
	if taken {
		return problem.New(problem.NotEligible, problem.Text{EN: "the replacement is in another return, or was refunded there", ZH: "换货商品已在另一退货申请中或已退款"})
	}
	_, err = s.send(ctx, st, *in.Shipment)
	return err
}

// settleExchange moves goods and money of an exchange, and pays the difference back where there is one.
func (s *Service) settleExchange(ctx context.Context, st *casework.Step, chosen []orders.Replacement, payment string, at time.Time) error {
	claim, err := s.claim(ctx, st.Case)
	if err != nil {
		return err
	}
	exchanged, o, err := s.orders.Exchange(ctx, st.Case.ID, st.Case.OrderID, claim, chosen, payment, at)
	if err != nil {
		return err
	}
	if quote(o, exchanged.Settlement).Amount == 0 {
		return nil
	}
	return s.Pay(ctx, st, id.New(id.Refund), ForDifference, exchanged.Settlement, o)
}

// ReplacementDelivered records that the customer has the replacement: EXCHANGE is met then, not when it was sent. deliveredAt
// nil means now; signedBy may be empty. The case goes on only while a difference is still being paid, or goods that were not
// accepted still have to be sent back.
//
// Requires: CUSTOMER (own case), AGENT, WAREHOUSE, SUPERVISOR, MERCHANT_ADMIN or INTEGRATION. Errors: NOT_FOUND, CONFLICT,
// ILLEGAL_TRANSITION, INVALID_INPUT at deliveredAt (not before it was sent, not in the future) or signedBy.
func (s *Service) ReplacementDelivered(ctx context.Context, caseID string, expected *int, deliveredAt *time.Time, signedBy string) error {
	if _, err := auth.Require(ctx, "returnReplacementDelivered"); err != nil {
		return err
	}
	signedBy, err := casework.OptionalText(signedBy, "signedBy")
	if err == nil && len([]rune(signedBy)) > 200 {
		err = problem.Invalid(problem.Textf("must have at most %d characters", "最多 %d 个字符", 200), "signedBy")
	}
	if err != nil {
		return err
	}
	return s.do(ctx, lifecycle.ReturnReplacementDelivered, caseID, expected, func(ctx context.Context, st *casework.Step) error {
		client := s.store.Client(ctx)
		sent, err := client.Parcel.Query().Where(parcel.CaseID(caseID), parcel.Purpose(ParcelReplacement)).Order(parcel.ByID()).All(ctx)
		if err != nil {
			return err
		}
		last := sent[len(sent)-1]
		at := st.Now
		if deliveredAt != nil {
			at = deliveredAt.UTC().Truncate(time.Microsecond)
		}
		if at.After(st.Now) || at.Before(*last.ShippedAt) {
			return problem.Invalid(problem.Textf("must lie between the shipment (%[1]s) and now (%[2]s)", "须在寄出时间（%[1]s）与现在（%[2]s）之间",
				last.ShippedAt.UTC().Format(time.RFC3339), st.Now.Format(time.RFC3339)), "deliveredAt")
		}
		if err := client.Parcel.Update().Where(parcel.ID(last.ID)).SetDeliveredAt(at).SetSignedBy(signedBy).Exec(ctx); err != nil {
			return err
		}
		items, err := client.ReturnItem.Query().Where(returnitem.CaseID(caseID)).IDs(ctx)
		if err != nil {
			return err
		}
		if err := client.OrderLine.Update().Where(orderline.OrderID(st.Case.OrderID), orderline.ReplacesItemIDIn(items...)).SetDeliveredAt(at).Exec(ctx); err != nil {
			return err
		}
		if err := s.detail(ctx, caseID).SetReplacedAt(at).Exec(ctx); err != nil {
			return err
		}
		if err := s.renewWarranties(ctx, st); err != nil {
			return err
		}
		st.Ends(lifecycle.OutcomeReplaced, "")
		return st.HappenedAt(ctx, lifecycle.ReplacementDelivered, at, "", nil)
	})
}
