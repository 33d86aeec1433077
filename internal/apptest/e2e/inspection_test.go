package e2e

import (
	"testing"

	"aftersales/internal/apptest"
)

const inspected = `query($id: ID!) { return(id: $id) { status disposition damageCause disputableUntil refundable { amount }
	items { acceptedQuantity orderLine { returnableQuantity } inspection { condition arrivedQuantity weightGrams photos { id url }
		deductions { reason amount { amount currency } note feeCode evidence { id } } missingGifts { quantity orderLine { sku } } } } } }`

// finding is an inspection of one item with more said about it.
func finding(item string, more apptest.Vars) apptest.Vars {
	v := apptest.Vars{"item": item, "checks": checks()}
	for k, value := range more {
		v[k] = value
	}
	return v
}

// comeBack is a return of an order's first line that has come back, with a reason.
func comeBack(t *testing.T, s *apptest.Shop, o apptest.Order, reason string, quantity int, approval apptest.Vars) (id, item string) {
	t.Helper()
	id = s.Customer.Must(apptest.RequestReturn, with(s.RequestVars(o, "RETURN_AND_REFUND", quantity), "reasonHandle", reason)).Str("returnRequest.return.id")
	s.Agent.Must(approve, apptest.Vars{"id": id, "in": approval})
	s.Warehouse.Must(apptest.ReceiveReturn, apptest.Vars{"id": id})
	return id, look(t, s.Agent, id).Str("items.0.id")
}

// MALL-3.3b: what an inspection finds beside its three checks: condition, what is taken off with its proof, weight, photos.
// MALL-3.3c: what was accepted is refunded, less what was taken off. Three cups at 10.01 cost 30.03 in all; two of them are
// worth 20.02; less 1.50 and 0.52 that is 18.00, in the preview and in the refund.
func TestInspectionTakesOffWhatWasFound(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		o := s.Order("A1", now, apptest.Line{SKU: "CUP", Quantity: 3, UnitPrice: "10.01"})
		id, item := comeBack(t, s, o, "QUALITY", 3, approval())
		photo, second := s.Evidence(s.Warehouse, id), s.Evidence(s.Warehouse, id)
		s.Warehouse.Must(apptest.InspectReturn, apptest.Vars{"id": id, "items": []apptest.Vars{finding(item, apptest.Vars{
			"acceptedQuantity": 2, "condition": "USED", "weightGrams": 815, "photos": []string{photo, second},
			"deductions": []apptest.Vars{
				{"reason": "USED", "amount": "1.50", "note": "Tea stains.", "evidence": []string{photo}},
				{"reason": "MISSING_PART", "amount": "0.52", "note": "No saucer.", "evidence": []string{second}}}})}})
		d := s.Customer.Must(inspected, apptest.Vars{"id": id})
		found := sub(t, d, "return.items.0.inspection")
		is(t, "condition", found.Str("condition"), "USED")
		is(t, "arrived", found.Int("arrivedQuantity"), 3)
		is(t, "weight", found.Int("weightGrams"), 815)
		is(t, "photos", []string{found.Str("photos.0.id"), found.Str("photos.1.id")}, []string{photo, second})
		is(t, "reason", found.Str("deductions.0.reason"), "USED")
		is(t, "amount", found.Str("deductions.0.amount.amount")+found.Str("deductions.0.amount.currency"), "1.50CNY")
		is(t, "note", found.Str("deductions.1.note"), "No saucer.")
		is(t, "shown by", found.Str("deductions.1.evidence.0.id"), second)
		is(t, "fee", found.Get("deductions.0.feeCode"), nil)
		is(t, "preview", d.Str("return.refundable.amount"), "18.00")

		// The third cup goes home within three working days from Tue 11: by Fri 14. MALL-1.3c: the customer has until the
		// end of Tue 18 to turn to the platform.
		back := look(t, s.Customer, id).deadline("SEND_BACK")
		is(t, "SEND_BACK", state(back), "RUNNING open")
		is(t, "owed by", back.Str("obligor"), "MERCHANT")
		is(t, "due", at(t, back, "dueAt"), "2025-03-15T00:00:00+08:00")
		is(t, "disputable", at(t, d, "return.disputableUntil"), "2025-03-19T00:00:00+08:00")

		refund := s.Refund(id)
		is(t, "refunded", look(t, s.Customer, id).Str("refunds.0.amount.amount"), "18.00")
		s.Advance("2025-03-12T09:00:00+08:00")
		s.Warehouse.Must(apptest.SendBack, apptest.Vars{"id": id})
		c := look(t, s.Customer, id)
		is(t, "status while it is paid", c.Str("status"), "REFUNDING")
		is(t, "SEND_BACK", state(c.deadline("SEND_BACK")), "MET")
		is(t, "told", c.first("SENT_BACK", "").Str("text"), "Goods that were not accepted were sent back with SF Express, waybill SF9000000001.")
		s.Confirm(refund)
		c = look(t, s.Customer, id)
		is(t, "status", c.Str("status"), "COMPLETED")
		is(t, "cups returnable", c.Int("items.0.orderLine.returnableQuantity"), 1)
	})
}

// MALL-3.3b: refusals of an inspection name what is wrong, and write nothing.
func TestInspectionRefusals(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		o := s.Order("A1", now, apptest.Line{SKU: "CUP", Quantity: 3, UnitPrice: "10.01"})
		id, item := comeBack(t, s, o, "QUALITY", 2, approval())
		photo := s.Evidence(s.Warehouse, id)
		other, _ := comeBack(t, s, o, "QUALITY", 1, approval())
		foreign := s.Evidence(s.Warehouse, other)
		off := func(more apptest.Vars) apptest.Vars {
			v := apptest.Vars{"reason": "USED", "amount": "1.00", "note": "Worn.", "evidence": []string{photo}}
			for k, value := range more {
				v[k] = value
			}
			return apptest.Vars{"deductions": []apptest.Vars{v}}
		}
		for _, tc := range []struct {
			name, code, field string
			more              apptest.Vars
		}{
			{"wrong goods accepted", "INVALID_INPUT", "items.0.acceptedQuantity", apptest.Vars{"condition": "WRONG_GOODS", "acceptedQuantity": 1}},
			{"an empty parcel accepted", "INVALID_INPUT", "items.0.acceptedQuantity", apptest.Vars{"condition": "EMPTY_PARCEL", "acceptedQuantity": 2}},
			{"more than arrived", "INVALID_INPUT", "items.0.acceptedQuantity", apptest.Vars{"arrivedQuantity": 1, "acceptedQuantity": 2}},
			{"more arrived than were announced", "INVALID_INPUT", "items.0.arrivedQuantity", apptest.Vars{"arrivedQuantity": 3, "acceptedQuantity": 2}},
			{"fewer than none arrived", "INVALID_INPUT", "items.0.arrivedQuantity", apptest.Vars{"arrivedQuantity": -1, "acceptedQuantity": 0}},
			{"an empty parcel with something in it", "INVALID_INPUT", "items.0.arrivedQuantity", apptest.Vars{"arrivedQuantity": 1, "condition": "EMPTY_PARCEL"}},
			{"another case's photo", "NOT_FOUND", "items.0.photos.1", apptest.Vars{"photos": []string{photo, foreign}}},
			{"lighter than air", "INVALID_INPUT", "items.0.weightGrams", apptest.Vars{"weightGrams": -1}},
			{"nothing off", "INVALID_INPUT", "items.0.deductions.0.amount", off(apptest.Vars{"amount": "0.00"})},
			{"less than nothing off", "INVALID_INPUT", "items.0.deductions.0.amount", off(apptest.Vars{"amount": "-1.00"})},
			{"no amount", "INVALID_INPUT", "items.0.deductions.0.amount", off(apptest.Vars{"amount": nil})},
			{"a third of a cent", "INVALID_INPUT", "items.0.deductions.0.amount", off(apptest.Vars{"amount": "0.333"})},
			{"no note", "INVALID_INPUT", "items.0.deductions.0.note", off(apptest.Vars{"note": " "})},
			{"nothing to show it", "INVALID_INPUT", "items.0.deductions.0.evidence", off(apptest.Vars{"evidence": []string{}})},
			{"shown by another case's evidence", "NOT_FOUND", "items.0.deductions.0.evidence.0", off(apptest.Vars{"evidence": []string{foreign}})},
			{"more than two cups are worth", "INVALID_INPUT", "items.0.deductions", off(apptest.Vars{"amount": "20.03"})},
			{"a fee code without a fee", "INVALID_INPUT", "items.0.deductions.0.feeCode", off(apptest.Vars{"feeCode": "RESTOCK"})},
			{"a fee without a code", "INVALID_INPUT", "items.0.deductions.0.feeCode", off(apptest.Vars{"reason": "FEE", "amount": nil})},
			{"a fee with an amount", "INVALID_INPUT", "items.0.deductions.0.amount", off(apptest.Vars{"reason": "FEE", "feeCode": "RESTOCK"})},
			{"something else, though the merchant is to blame", "NOT_ELIGIBLE", "items.0.deductions.0.reason", off(apptest.Vars{"reason": "OTHER"})},
			{"a gift nobody knows", "NOT_FOUND", "items.0.missingGifts.0.orderLine", apptest.Vars{"missingGifts": []apptest.Vars{{"orderLine": id, "quantity": 1}}}},
			{"a gift that is none", "INVALID_INPUT", "items.0.missingGifts.0.orderLine", apptest.Vars{"missingGifts": []apptest.Vars{{"orderLine": o.Lines[0], "quantity": 1}}}},
		} {
			t.Run(tc.name, func(t *testing.T) {
				refusedAs(t, s.Warehouse.Refused(apptest.InspectReturn, apptest.Vars{"id": id, "items": []apptest.Vars{finding(item, tc.more)}}), tc.code, tc.field)
			})
		}
		c := look(t, s.Agent, id)
		is(t, "status", c.Str("status"), "RECEIVED")
		is(t, "inspection", c.Get("items.0.inspection"), nil)
		// To the cent all they are worth can be taken off.
		s.Warehouse.Must(apptest.InspectReturn, apptest.Vars{"id": id, "items": []apptest.Vars{finding(item, off(apptest.Vars{"amount": "20.02"}))}})
		is(t, "nothing left", look(t, s.Agent, id).Str("refundable.amount"), "0.00")
	})
}

// MALL-2.3e: nothing is taken off for what the customer does not answer for; MALL-2.1c: who broke the goods was confirmed.
func TestDeductionsNeedAnAnswerableCustomer(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		lines := cups(10, 1)
		for i := range lines {
			lines[i].Delivered = "2025-03-10T10:00:00+08:00"
		}
		o := s.Order("A1", now, lines...)
		s.Admin.Must(`mutation { feeUpsert(input: { code: "RESTOCK", name: "Restocking", basis: "per return", amount: "2.50", legalReference: "Price Law art. 8", validFrom: "2025-01-01" }) { fee { id } userErrors { code field message } } }`, nil)
		caused := func(cause string) apptest.Vars { in := approval(); in["damageCause"] = cause; return in }
		for i, tc := range []struct {
			reason   string
			approval apptest.Vars
			deduct   string
			allowed  bool
		}{
			{"DAMAGED", caused("TRANSIT"), "DAMAGED", false},
			{"DAMAGED", caused("TRANSIT"), "USED", true},
			{"DAMAGED", caused("TRANSIT"), "FEE", false},
			{"DAMAGED", caused("CUSTOMER"), "DAMAGED", true},
			{"DAMAGED", caused("CUSTOMER"), "FEE", true},
			{"MISSING_ITEM", approval(), "MISSING_PART", false},
			{"NO_REASON_7D", approval(), "OTHER", true},
			{"NO_REASON_7D", approval(), "FEE", true},
			{"QUALITY", approval(), "DAMAGED", true},
		} {
			id, item := comeBack(t, s, nth(o, i), tc.reason, 1, tc.approval)
			off := apptest.Vars{"reason": tc.deduct, "amount": "2.50", "note": "See photo.", "evidence": []string{s.Evidence(s.Warehouse, id)}}
			if tc.deduct == "FEE" {
				off = apptest.Vars{"reason": "FEE", "feeCode": "RESTOCK"}
			}
			vars := apptest.Vars{"id": id, "items": []apptest.Vars{finding(item, apptest.Vars{"deductions": []apptest.Vars{off}})}}
			if !tc.allowed {
				refusedAs(t, s.Warehouse.Refused(apptest.InspectReturn, vars), "NOT_ELIGIBLE", "items.0.deductions.0.reason")
				continue
			}
			s.Warehouse.Must(apptest.InspectReturn, vars)
			is(t, tc.reason+" less "+tc.deduct, look(t, s.Agent, id).Str("refundable.amount"), "7.50") // 10.00 - 2.50
		}
		// A fee that the schedule does not have on that day is none (MALL-2.3d), and one that is cited is shown.
		id, item := comeBack(t, s, nth(o, 9), "NO_REASON_7D", 1, approval())
		fee := func(code string) apptest.Vars {
			return apptest.Vars{"id": id, "items": []apptest.Vars{finding(item, apptest.Vars{"deductions": []apptest.Vars{{"reason": "FEE", "feeCode": code}}})}}
		}
		refusedAs(t, s.Warehouse.Refused(apptest.InspectReturn, fee("PACKING")), "INVALID_INPUT", "items.0.deductions.0.feeCode")
		s.Warehouse.Must(apptest.InspectReturn, fee("RESTOCK"))
		shown := sub(t, s.Customer.Must(inspected, apptest.Vars{"id": id}), "return.items.0.inspection.deductions.0")
		is(t, "fee", shown.Str("feeCode")+" "+shown.Str("amount.amount"), "RESTOCK 2.50")
	})
}

// MALL-3.3c: goods that are not what was sold go home; of an empty parcel there is nothing to send.
func TestWrongGoodsGoHomeAndEmptyParcelsDoNot(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		o := s.Order("A1", now, apptest.Line{SKU: "CUP", Quantity: 6, UnitPrice: "10.00"})
		id, item := comeBack(t, s, o, "QUALITY", 2, approval())
		s.Warehouse.Must(apptest.InspectReturn, apptest.Vars{"id": id, "items": []apptest.Vars{finding(item, apptest.Vars{"condition": "EMPTY_PARCEL"})}})
		c := look(t, s.Warehouse, id)
		is(t, "empty", c.Str("status"), "INSPECTION_FAILED")
		is(t, "nothing to send", c.has("SEND_BACK"), false)
		is(t, "actions", c.Strings("allowedActions"), []string{"RETURN_INSPECT", "CASE_MESSAGE_ADD", "CASE_EVIDENCE_ADD"})
		refusedAs(t, s.Warehouse.Refused(apptest.SendBack, apptest.Vars{"id": id}), "ILLEGAL_TRANSITION", "")
		s.Agent.Must(apptest.RejectReturn, apptest.Vars{"id": id})
		is(t, "free again", look(t, s.Agent, id).Int("items.0.orderLine.returnableQuantity"), 6)

		// Of three only two lay in the parcel, one of them broken: one is paid, one goes home, the third is nobody's here.
		id, item = comeBack(t, s, o, "QUALITY", 3, approval())
		s.Warehouse.Must(apptest.InspectReturn, apptest.Vars{"id": id, "items": []apptest.Vars{finding(item, apptest.Vars{"condition": "INCOMPLETE", "arrivedQuantity": 2, "acceptedQuantity": 1})}})
		s.Confirm(s.Refund(id))
		c = look(t, s.Agent, id)
		is(t, "paid, and still owing", c.Str("status"), "INSPECTION_FAILED")
		is(t, "paid", c.Str("refunds.0.amount.amount"), "10.00")
		s.Warehouse.Must(apptest.SendBack, apptest.Vars{"id": id})
		is(t, "on the way home", look(t, s.Agent, id).Str("status"), "SENT_BACK")
		s.Customer.Must(apptest.SentBackHome, apptest.Vars{"id": id})
		c = look(t, s.Agent, id)
		is(t, "home", c.Str("status")+" "+c.Str("outcome"), "COMPLETED REFUNDED")
		is(t, "free again", c.Int("items.0.orderLine.returnableQuantity"), 5) // 6 bought, 1 taken back

		// The wrong goods go home, and the return ends as refused, with what the inspector wrote.
		id, item = comeBack(t, s, o, "QUALITY", 2, approval())
		s.Warehouse.Must(apptest.InspectReturn, apptest.Vars{"id": id, "items": []apptest.Vars{finding(item, apptest.Vars{"condition": "WRONG_GOODS", "notes": "A plate of another shop."})}})
		is(t, "not accepted", look(t, s.Agent, id).Int("items.0.acceptedQuantity"), 0)
		s.Advance("2025-03-12T09:00:00+08:00")
		refusedAs(t, s.Warehouse.Refused(sendBack, apptest.Vars{"id": id, "in": apptest.Vars{"carrier": "", "waybill": "W1"}}), "INVALID_INPUT", "input.carrier")
		refusedAs(t, s.Warehouse.Refused(sendBack, apptest.Vars{"id": id, "in": apptest.Vars{"carrier": "SF", "waybill": "W1", "shippedAt": "2025-03-11T10:14:59+08:00"}}), "INVALID_INPUT", "input.shippedAt")
		refusedAs(t, s.Warehouse.Refused(sendBack, apptest.Vars{"id": id, "in": apptest.Vars{"carrier": "SF", "waybill": "W1", "shippedAt": "2025-03-12T09:00:01+08:00"}}), "INVALID_INPUT", "input.shippedAt")
		s.Warehouse.Must(sendBack, apptest.Vars{"id": id, "in": apptest.Vars{"carrier": "SF", "waybill": "W1", "shippedAt": "2025-03-11T18:00:00+08:00"}})
		is(t, "met when the carrier had it", at(t, look(t, s.Agent, id).deadline("SEND_BACK"), "metAt"), "2025-03-11T18:00:00+08:00")
		s.Advance("2025-03-13T09:00:00+08:00")
		refusedAs(t, s.Integration.Refused(apptest.SentBackHome, apptest.Vars{"id": id, "at": "2025-03-11T17:59:59+08:00"}), "INVALID_INPUT", "deliveredAt")
		refusedAs(t, s.Integration.Refused(apptest.SentBackHome, apptest.Vars{"id": id, "v": 1}), "CONFLICT", "")
		s.Integration.Must(apptest.SentBackHome, apptest.Vars{"id": id, "at": "2025-03-12T20:00:00+08:00"})
		refusedAs(t, s.Integration.Refused(apptest.SentBackHome, apptest.Vars{"id": id}), "ILLEGAL_TRANSITION", "")
		c = look(t, s.Customer, id)
		is(t, "home", c.Str("status")+" "+c.Str("outcome"), "REJECTED REJECTED")
		is(t, "why", c.Str("outcomeNote"), "A plate of another shop.")
		is(t, "free again", c.Int("items.0.orderLine.returnableQuantity"), 5)
		d := s.Customer.Must(`query($id: ID!) { return(id: $id) { parcels { direction purpose method signedBy deliveredAt } } }`, apptest.Vars{"id": id})
		p := sub(t, d, "return.parcels.0")
		is(t, "parcel", []string{p.Str("direction"), p.Str("purpose"), p.Str("method"), p.Str("signedBy"), at(t, p, "deliveredAt")},
			[]string{"TO_CUSTOMER", "SEND_BACK", "SELF", "Li Lei", "2025-03-12T20:00:00+08:00"})
	})
}

const sendBack = `mutation($id: ID!, $in: ReturnSendBackInput!) { returnSendBack(id: $id, input: $in) { return { id status version } userErrors { code field message params { name value } allowedActions } } }`

// A second look that accepts all calls the sending back off and leaves nothing to object to; goods that a rejected return
// still owes can be sent home, and the return stays what it was.
func TestSecondLookAndSendingBackAfterTheEnd(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		o := kettle(s, "A1", now)
		id, _ := comeBack(t, s, o, "QUALITY", 1, approval())
		s.Inspect(id, false)
		s.Inspect(id, false)
		is(t, "told once", len(look(t, s.Agent, id).told("SEND_BACK_DUE", "")), 1)
		s.Inspect(id, true)
		c := look(t, s.Agent, id)
		is(t, "SEND_BACK", state(c.deadline("SEND_BACK")), "CANCELLED")
		is(t, "disputable", s.Customer.Must(inspected, apptest.Vars{"id": id}).Get("return.disputableUntil"), nil)

		id, _ = comeBack(t, s, o, "QUALITY", 1, approval())
		s.Inspect(id, false)
		s.Agent.Must(apptest.RejectReturn, apptest.Vars{"id": id})
		before := look(t, s.Agent, id)
		s.Advance("2025-03-12T10:15:00+08:00")
		s.Warehouse.Must(apptest.SendBack, apptest.Vars{"id": id})
		c = look(t, s.Agent, id)
		is(t, "status", c.Str("status"), "REJECTED")
		is(t, "why", c.Str("outcomeNote"), "Worn.")
		is(t, "ended", c.Str("closedAt"), before.Str("closedAt"))
		refusedAs(t, s.Warehouse.Refused(apptest.SendBack, apptest.Vars{"id": id}), "ILLEGAL_TRANSITION", "")

		// MALL-1.3c: a request that is refused can be taken to the platform until the seventh day has passed, rest day or not:
		// from Wed 12 to the end of Wed 19.
		id = s.Request(kettle(s, "A2", now), "RETURN_AND_REFUND", 1)
		s.Agent.Must(apptest.RejectReturn, apptest.Vars{"id": id})
		is(t, "disputable", at(t, s.Customer.Must(inspected, apptest.Vars{"id": id}), "return.disputableUntil"), "2025-03-20T00:00:00+08:00")
	})
}

// MALL-2.1c: damage has its cause confirmed before a remedy; an approver may waive the goods.
func TestApprovalConfirmsTheCauseAndMayWaiveTheGoods(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		o := s.Order("A1", now, apptest.Line{SKU: "CUP", Quantity: 9, UnitPrice: "10.00"})
		ask := func(remedy, reason string) string {
			return s.Customer.Must(apptest.RequestReturn, with(s.RequestVars(o, remedy, 1), "reasonHandle", reason)).Str("returnRequest.return.id")
		}
		is2 := func(id, status, disposition string, cause any) {
			t.Helper()
			d := s.Customer.Must(inspected, apptest.Vars{"id": id})
			is(t, "status", d.Str("return.status"), status)
			is(t, "disposition", d.Str("return.disposition"), disposition)
			is(t, "cause", d.Get("return.damageCause"), cause)
		}
		id := ask("RETURN_AND_REFUND", "DAMAGED")
		refusedAs(t, s.Agent.Refused(approve, apptest.Vars{"id": id, "in": approval()}), "INVALID_INPUT", "input.damageCause")
		is2(id, "REQUESTED", "RETURN", nil)
		in := approval()
		in["damageCause"] = "PACKAGING"
		s.Agent.Must(approve, apptest.Vars{"id": id, "in": in})
		is2(id, "AWAITING_SHIPMENT", "RETURN", "PACKAGING")

		// Not worth sending: the money goes out at once, no parcel is awaited, and the whole cup is paid.
		id = ask("RETURN_AND_REFUND", "DAMAGED")
		in["disposition"] = "SCRAP"
		s.Agent.Must(approve, apptest.Vars{"id": id, "in": in})
		is2(id, "REFUNDING", "SCRAP", "PACKAGING")
		c := look(t, s.Customer, id)
		is(t, "SHIP_BACK", c.has("SHIP_BACK"), false)
		is(t, "REFUND", state(c.deadline("REFUND")), "RUNNING open")
		is(t, "address", c.Get("instructions.returnAddress"), nil)
		is(t, "refundable", c.Str("refundable.amount"), "10.00")
		s.Confirm(s.Refund(id))
		is(t, "status", look(t, s.Customer, id).Str("status"), "COMPLETED")

		id = ask("EXCHANGE", "QUALITY")
		keep := approval()
		keep["disposition"] = "KEEP"
		s.Agent.Must(approve, apptest.Vars{"id": id, "in": keep})
		is2(id, "REPLACING", "KEEP", nil)

		// What the customer may keep by their own request cannot be called back by an approval.
		id = ask("REFUND", "QUALITY")
		back := approval()
		back["disposition"] = "RETURN"
		refusedAs(t, s.Agent.Refused(approve, apptest.Vars{"id": id, "in": back}), "INVALID_INPUT", "input.disposition")
		is2(id, "REQUESTED", "KEEP", nil)
	})
}

// MALL-3.3b: a gift that does not come back is taken off by what it was said to be worth. Two kettles at 50.00 came with a
// mug each, worth 8.50; one kettle is accepted, so one mug should be there: 50.00 - 8.50 = 41.50. The second kettle, with
// its mug, is worth 50.00 later.
func TestMissingGiftsAreTakenOff(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		o := s.OrderOf("c-1", "A1", now, apptest.Vars{"lines": []apptest.Vars{
			{"externalId": "k", "sku": "KETTLE", "title": "Kettle", "quantity": 2, "unitPrice": "50.00"},
			{"externalId": "m", "sku": "MUG", "title": "Mug", "quantity": 2, "unitPrice": "0.00", "giftOf": "k", "markedPrice": "8.50"}}})
		id, item := comeBack(t, s, o, "QUALITY", 2, approval())
		gone := func(gifts ...apptest.Vars) apptest.Vars {
			return apptest.Vars{"id": id, "items": []apptest.Vars{finding(item, apptest.Vars{"acceptedQuantity": 1, "missingGifts": gifts})}}
		}
		mugs := func(n int) apptest.Vars { return apptest.Vars{"orderLine": o.Lines[1], "quantity": n} }
		refusedAs(t, s.Warehouse.Refused(apptest.InspectReturn, gone(mugs(2))), "INVALID_INPUT", "items.0.missingGifts.0.quantity")
		refusedAs(t, s.Warehouse.Refused(apptest.InspectReturn, gone(mugs(0))), "INVALID_INPUT", "items.0.missingGifts.0.quantity")
		refusedAs(t, s.Warehouse.Refused(apptest.InspectReturn, gone(mugs(1), mugs(1))), "INVALID_INPUT", "items.0.missingGifts.1.orderLine")
		s.Warehouse.Must(apptest.InspectReturn, gone(mugs(1)))
		d := s.Customer.Must(inspected, apptest.Vars{"id": id})
		is(t, "missing", d.Str("return.items.0.inspection.missingGifts.0.orderLine.sku"), "MUG")
		is(t, "how many", d.Int("return.items.0.inspection.missingGifts.0.quantity"), 1)
		is(t, "preview", d.Str("return.refundable.amount"), "41.50")
		byID := s.Customer.Must(`query($id: ID!) { node(id: $id) { ... on ReturnItem { inspection { missingGifts { quantity orderLine { sku } } } } } }`, apptest.Vars{"id": item})
		is(t, "by its own id", byID.Str("node.inspection.missingGifts.0.orderLine.sku"), "MUG")
		s.Confirm(s.Refund(id))
		is(t, "refunded", look(t, s.Customer, id).Str("refunds.0.amount.amount"), "41.50")

		id, item = comeBack(t, s, o, "QUALITY", 1, approval())
		s.Inspect(id, true)
		s.Confirm(s.Refund(id))
		is(t, "the second", look(t, s.Customer, id).Str("refunds.0.amount.amount"), "50.00")
	})
}
