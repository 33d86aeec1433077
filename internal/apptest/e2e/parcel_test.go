package e2e

import (
	"sync"
	"testing"

	"aftersales/internal/apptest"
	"aftersales/internal/auth"
)

// openOne is the open deadline of a kind.
func (c caseOf) openOne(kind string) apptest.Data {
	c.t.Helper()
	for _, d := range c.List("deadlines") {
		if d.Str("kind") == kind && d.Get("open") == true {
			return d
		}
	}
	c.t.Fatalf("no open %s", kind)
	return apptest.Data{}
}

// onTheWay is a return asked for on Mon 2026-05-11 10:00, approved on Tue 12 15:00 and sent on Wed 13 09:00.
func onTheWay(s *apptest.Shop, number string) string {
	id := s.Request(kettle(s, number, "2026-05-11T10:00:00+08:00"), "RETURN_AND_REFUND", 1)
	s.Advance("2026-05-12T15:00:00+08:00")
	s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": id})
	s.Advance("2026-05-13T09:00:00+08:00")
	s.Customer.Must(ship, apptest.Vars{"id": id, "in": apptest.Vars{"carrier": "SF", "waybill": "W-" + number, "method": "PICKUP"}})
	return id
}

func delivery(id, at string, more ...apptest.Vars) apptest.Vars {
	in := apptest.Vars{"deliveredAt": at}
	for _, m := range more {
		for k, v := range m {
			in[k] = v
		}
	}
	return apptest.Vars{"id": id, "in": in}
}

// X8.1: IN_TRANSIT ends when the carrier's signature says delivered, not when somebody clicks. The refund's three working
// days are Tue 12, Wed 13, Thu 14; the pause from Tue 12 to Fri 15 adds three: Fri 15, Mon 18, Tue 19, so it is due when
// Tue 19 ends. MALL-3.3a: the merchant has the three days Sat 16, Sun 17, Mon 18 to book the goods in, then they count as
// received. The law's seven days from Fri 15 end with Fri 22.
func TestSignatureEndsTheWayBack(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2026-05-11T10:00:00+08:00")
		id := onTheWay(s, "A1")
		s.Advance("2026-05-18T11:00:00+08:00")
		signed := apptest.Vars{"signedBy": "Front desk"}
		const fri = "2026-05-15T09:00:00+08:00"
		refusedAs(t, s.Integration.Refused(apptest.Delivered, delivery(id, "2026-05-13T08:59:59+08:00", signed)), "INVALID_INPUT", "input.deliveredAt")
		refusedAs(t, s.Integration.Refused(apptest.Delivered, delivery(id, "2026-05-18T11:00:01+08:00", signed)), "INVALID_INPUT", "input.deliveredAt")
		refusedAs(t, s.Integration.Refused(apptest.Delivered, delivery(id, fri)), "INVALID_INPUT", "input.signedBy")
		refusedAs(t, s.Customer.Refused(apptest.Delivered, delivery(id, fri, signed)), "INVALID_INPUT", "input.proof")
		refusedAs(t, s.Customer.Refused(apptest.Delivered, delivery(id, fri, apptest.Vars{"proof": id})), "NOT_FOUND", "input.proof")
		stale := delivery(id, fri, signed)
		stale["v"] = 1
		refusedAs(t, s.Integration.Refused(apptest.Delivered, stale), "CONFLICT", "")
		for _, c := range []apptest.Caller{s.Finance, e.As(auth.Carrier, s.Slug, "sf"), e.As(auth.Technician, s.Slug, "t")} {
			if r := c.Do(apptest.Delivered, delivery(id, fri, signed)); len(r.Errors) != 1 || r.Errors[0].Code() != "FORBIDDEN" {
				t.Errorf("delivered by somebody else: %s", r.Raw)
			}
		}
		is(t, "still paused", state(look(t, s.Customer, id).deadline("REFUND")), "PAUSED open")

		s.Integration.Must(apptest.Delivered, delivery(id, fri, signed))
		refusedAs(t, s.Integration.Refused(apptest.Delivered, delivery(id, fri, signed)), "ILLEGAL_TRANSITION", "")
		c := look(t, s.Customer, id)
		is(t, "status", c.Str("status"), "IN_TRANSIT")
		is(t, "REFUND", state(c.deadline("REFUND")), "RUNNING open")
		is(t, "REFUND due", at(t, c.deadline("REFUND"), "dueAt"), "2026-05-20T00:00:00+08:00")
		is(t, "pause", at(t, c.deadline("REFUND"), "pauses.1.to"), fri)
		is(t, "the law's due", at(t, c.deadline("STATUTORY_REFUND"), "dueAt"), "2026-05-23T00:00:00+08:00")
		confirm := c.deadline("RECEIPT_CONFIRMATION")
		is(t, "RECEIPT_CONFIRMATION", state(confirm), "RUNNING open")
		is(t, "to confirm by", at(t, confirm, "dueAt"), "2026-05-19T00:00:00+08:00")
		is(t, "told", c.first("DELIVERED", "").Str("text"), "The goods were delivered at the merchant's door.")
		d := s.Customer.Must(`query($id: ID!) { return(id: $id) { parcels { method purpose signedBy deliveredAt proof { id } } } }`, apptest.Vars{"id": id})
		is(t, "signed by", d.Str("return.parcels.0.signedBy"), "Front desk")
		is(t, "method", d.Str("return.parcels.0.method")+" "+d.Str("return.parcels.0.purpose"), "PICKUP RETURN")
		is(t, "delivered", at(t, d, "return.parcels.0.deliveredAt"), fri)

		s.Advance(before(t, "2026-05-19T00:00:00+08:00"))
		is(t, "status", look(t, s.Customer, id).Str("status"), "IN_TRANSIT")
		s.Advance("2026-05-19T08:00:00+08:00")
		c = look(t, s.Customer, id)
		is(t, "received by itself", c.Str("status"), "RECEIVED")
		is(t, "by", c.first("RECEIVED", "").Get("actor.role"), nil)
		is(t, "when", at(t, c.first("RECEIVED", ""), "at"), "2026-05-19T00:00:00+08:00")
		is(t, "RECEIPT_CONFIRMATION", state(c.deadline("RECEIPT_CONFIRMATION")), "BREACHED")
		is(t, "REFUND due", at(t, c.deadline("REFUND"), "dueAt"), "2026-05-20T00:00:00+08:00")
		is(t, "the law's due", at(t, c.deadline("STATUTORY_REFUND"), "dueAt"), "2026-05-23T00:00:00+08:00")
		refusedAs(t, s.Warehouse.Refused(apptest.ReceiveReturn, apptest.Vars{"id": id}), "ILLEGAL_TRANSITION", "")
		s.Inspect(id, true)
		s.Confirm(s.Refund(id))
		is(t, "REFUND", state(look(t, s.Customer, id).deadline("REFUND")), "MET")
	})
}

// X8.1: the click on Mon 18 gave the merchant four more working days (13, 14, 15, 18: due when Wed 20 ends); the customer
// shows that the goods were signed for on Fri 15: three are left, due when Tue 19 ends, and the law counts from Fri 15, too.
func TestSignatureEarlierThanTheClick(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2026-05-11T10:00:00+08:00")
		id := onTheWay(s, "A1")
		s.Advance("2026-05-18T09:00:00+08:00")
		s.Warehouse.Must(apptest.ReceiveReturn, apptest.Vars{"id": id})
		c := look(t, s.Customer, id)
		is(t, "REFUND due", at(t, c.deadline("REFUND"), "dueAt"), "2026-05-21T00:00:00+08:00")
		is(t, "the law's due", at(t, c.openOne("STATUTORY_REFUND"), "dueAt"), "2026-05-26T00:00:00+08:00")
		s.Advance("2026-05-18T12:00:00+08:00")
		proof := apptest.Vars{"proof": s.Evidence(s.Customer, id)}
		refusedAs(t, s.Customer.Refused(apptest.Delivered, delivery(id, "2026-05-18T09:00:01+08:00", proof)), "INVALID_INPUT", "input.deliveredAt")
		s.Customer.Must(apptest.Delivered, delivery(id, "2026-05-15T09:00:00+08:00", proof))
		c = look(t, s.Customer, id)
		is(t, "status", c.Str("status"), "RECEIVED")
		is(t, "REFUND due", at(t, c.deadline("REFUND"), "dueAt"), "2026-05-20T00:00:00+08:00")
		is(t, "the law's due", at(t, c.openOne("STATUTORY_REFUND"), "dueAt"), "2026-05-23T00:00:00+08:00")
		is(t, "nothing to confirm", c.has("RECEIPT_CONFIRMATION"), false)
		is(t, "delivered", at(t, c.Data, "parcels.0.deliveredAt"), "2026-05-15T09:00:00+08:00")
		refusedAs(t, s.Customer.Refused(apptest.Delivered, delivery(id, "2026-05-14T09:00:00+08:00", proof)), "ILLEGAL_TRANSITION", "")
	})
}

// MALL-3.2e: goods refused at the door travel with the waybill they came with, and are found by it.
func TestRefusedAtTheDoor(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		o := kettle(s, "A1", now)
		id := s.Request(o, "RETURN_AND_REFUND", 1)
		s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": id})
		s.Customer.Must(ship, apptest.Vars{"id": id, "in": apptest.Vars{"carrier": "SF", "waybill": "OUT-1", "method": "REFUSED"}})
		d := s.Customer.Must(`query($id: ID!) { return(id: $id) { parcels { method waybill } } }`, apptest.Vars{"id": id})
		is(t, "parcel", d.Str("return.parcels.0.method")+" "+d.Str("return.parcels.0.waybill"), "REFUSED OUT-1")
		in := apptest.Vars{"in": apptest.Vars{"idempotencyKey": s.Key(), "carrier": "SF Express", "waybill": " OUT-1 ", "note": "Not opened."}}
		for range 2 { // the same key again changes nothing
			got := s.Warehouse.Must(apptest.ParkParcel, in)
			is(t, "found", got.Str("parcelPark.return.id")+" "+got.Str("parcelPark.return.status"), id+" RECEIVED")
			is(t, "not parked", got.Get("parcelPark.parkedParcel"), nil)
		}
		c := look(t, s.Customer, id)
		is(t, "told", c.first("RECEIVED", "").Str("note"), "Not opened.")
		is(t, "received once", len(c.told("RECEIVED", "")), 1)
		refusedAs(t, s.Warehouse.Refused(apptest.ParkParcel, with(in, "waybill", "OUT-2")), "IDEMPOTENCY_MISMATCH", "")
		// Scanned once more: it is known already.
		again := s.Warehouse.Must(apptest.ParkParcel, with(in, "idempotencyKey", s.Key()))
		is(t, "known", again.Str("parcelPark.return.id"), id)
		is(t, "received once", len(look(t, s.Customer, id).told("RECEIVED", "")), 1)
		for field, value := range map[string]any{"carrier": " ", "waybill": "", "note": "\x01"} {
			refusedAs(t, s.Warehouse.Refused(apptest.ParkParcel, with(with(in, "idempotencyKey", s.Key()), field, value)), "INVALID_INPUT", "input."+field)
		}
	})
}

// parked reads the list of parked parcels as staff see it.
func parked(s *apptest.Shop, matched any) apptest.Data {
	return s.Agent.Must(`query($m: Boolean) { parkedParcels(first: 10, matched: $m) { totalCount nodes { id carrier waybill note arrivedAt matchedAt case { id status } } } }`, apptest.Vars{"m": matched})
}

// MALL-1.3b: goods that arrive for nobody are not lost. SHIP_BACK ended with Tue 18 and the return expired; the goods came
// on Thu 20 and were matched on Fri 21: the return is taken up again, its quantity held, and the refund's three working days
// begin anew: Mon 24, Tue 25, Wed 26. The law's seven days from Fri 21 end with Fri 28.
func TestParkedGoodsOfAnExpiredReturn(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		o := kettle(s, "A1", now)
		id := s.Request(o, "RETURN_AND_REFUND", 2)
		s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": id})
		s.Advance("2025-03-20T10:00:00+08:00")
		c := look(t, s.Agent, id)
		is(t, "status", c.Str("status"), "EXPIRED")
		is(t, "free", c.Int("items.0.orderLine.returnableQuantity"), 2)
		box := s.Park("UNKNOWN-1")
		d := parked(s, false)
		is(t, "parked", d.Int("parkedParcels.totalCount"), 1)
		is(t, "arrived", at(t, d, "parkedParcels.nodes.0.arrivedAt"), "2025-03-20T10:00:00+08:00")
		is(t, "matched", d.Get("parkedParcels.nodes.0.case"), nil)
		is(t, "to a customer", s.Customer.Must(`query($id: ID!) { node(id: $id) { id } }`, apptest.Vars{"id": box}).Get("node"), nil)

		s.Advance("2025-03-21T10:00:00+08:00")
		refusedAs(t, s.Warehouse.Refused(apptest.MatchParcel, apptest.Vars{"id": id, "case": id}), "NOT_FOUND", "id")
		refusedAs(t, s.Warehouse.Refused(apptest.MatchParcel, apptest.Vars{"id": box, "case": "ret_01h455vb4pex5vsknk084sn02q"}), "NOT_FOUND", "case")
		refusedAs(t, s.Warehouse.Refused(apptest.MatchParcel, apptest.Vars{"id": box, "case": id, "v": 1}), "CONFLICT", "")
		// Somebody else asks for one of the two meanwhile: the return cannot have both again.
		other := s.Request(o, "REFUND", 1)
		r := refusedAs(t, s.Warehouse.Refused(apptest.MatchParcel, apptest.Vars{"id": box, "case": id}), "QUANTITY_EXCEEDS_BOUGHT", "")
		is(t, "left", param(t, r, "returnable"), "1")
		is(t, "still parked", parked(s, false).Int("parkedParcels.totalCount"), 1)
		refusedAs(t, s.Warehouse.Refused(apptest.MatchParcel, apptest.Vars{"id": box, "case": other}), "ILLEGAL_TRANSITION", "")
		s.Customer.Must(apptest.CancelReturn, apptest.Vars{"id": other})

		got := s.Warehouse.Must(apptest.MatchParcel, apptest.Vars{"id": box, "case": id})
		is(t, "matched to", got.Str("parcelMatch.parkedParcel.case.id"), id)
		c = look(t, s.Customer, id)
		is(t, "status", c.Str("status"), "RECEIVED")
		is(t, "no outcome any more", []any{c.Get("outcome"), c.Get("outcomeNote"), c.Get("closedAt")}, []any{nil, nil, nil})
		is(t, "held again", c.Int("items.0.orderLine.returnableQuantity"), 0)
		is(t, "REFUND", state(c.openOne("REFUND"))+" "+at(t, c.openOne("REFUND"), "dueAt"), "RUNNING open 2025-03-27T00:00:00+08:00")
		is(t, "the law's", at(t, c.openOne("STATUTORY_REFUND"), "dueAt"), "2025-03-29T00:00:00+08:00")
		is(t, "told", c.first("PARCEL_MATCHED", "").Str("text"), "Parked goods were matched to this case.")
		is(t, "parcel", c.Str("parcels.0.waybill")+" "+at(t, c.Data, "parcels.0.deliveredAt"), "UNKNOWN-1 2025-03-20T10:00:00+08:00")
		is(t, "none parked", parked(s, false).Int("parkedParcels.totalCount"), 0)
		is(t, "matched list", parked(s, true).Str("parkedParcels.nodes.0.case.id"), id)
		refusedAs(t, s.Warehouse.Refused(apptest.MatchParcel, apptest.Vars{"id": box, "case": id}), "NOT_ELIGIBLE", "")
		s.Inspect(id, true)
		s.Confirm(s.Refund(id))
		c = look(t, s.Customer, id)
		is(t, "paid", c.Str("status")+" "+c.Str("refunds.0.amount.amount"), "COMPLETED 198.00")
	})
}

// Goods of a withdrawn exchange, and of a return that is still on its way under another waybill: the way back ended when
// they came in on Fri 15, not when their case was found on Mon 18 (as in TestSignatureEndsTheWayBack).
func TestParkedGoodsOfOtherReturns(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2026-05-11T10:00:00+08:00")
		id := onTheWay(s, "A1")
		exchange := s.Request(kettle(s, "A2", "2026-05-13T09:00:00+08:00"), "EXCHANGE", 1)
		s.Customer.Must(apptest.CancelReturn, apptest.Vars{"id": exchange})
		s.Advance("2026-05-15T09:00:00+08:00")
		box, second := s.Park("MISREAD"), s.Park("LATE")
		s.Advance("2026-05-18T11:00:00+08:00")
		s.Warehouse.Must(apptest.MatchParcel, apptest.Vars{"id": box, "case": id})
		c := look(t, s.Agent, id)
		is(t, "status", c.Str("status"), "RECEIVED")
		is(t, "REFUND due", at(t, c.deadline("REFUND"), "dueAt"), "2026-05-20T00:00:00+08:00")
		is(t, "the law's due", at(t, c.openOne("STATUTORY_REFUND"), "dueAt"), "2026-05-23T00:00:00+08:00")

		refusedAs(t, s.Warehouse.Refused(apptest.MatchParcel, apptest.Vars{"id": box, "case": exchange}), "NOT_ELIGIBLE", "")
		s.Warehouse.Must(apptest.MatchParcel, apptest.Vars{"id": second, "case": exchange})
		c = look(t, s.Agent, exchange)
		is(t, "status", c.Str("status"), "RECEIVED")
		// Three working days from Mon 18: Tue 19, Wed 20, Thu 21.
		is(t, "EXCHANGE", state(c.openOne("EXCHANGE"))+" "+at(t, c.openOne("EXCHANGE"), "dueAt"), "RUNNING open 2026-05-22T00:00:00+08:00")

		// A waybill that two open returns announced says nothing: it is parked.
		for _, number := range []string{"B1", "B2"} {
			r := s.Request(kettle(s, number, "2026-05-18T09:00:00+08:00"), "RETURN_AND_REFUND", 1)
			s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": r})
			s.Customer.Must(ship, apptest.Vars{"id": r, "in": apptest.Vars{"carrier": "SF", "waybill": "SHARED"}})
		}
		s.Park("SHARED")
	})
}

// Two at once match one parked parcel to two returns: one of them gets it.
func TestParkedParcelIsMatchedOnce(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		var cases []string
		for _, number := range []string{"A1", "A2", "A3", "A4"} {
			id := s.Request(kettle(s, number, now), "RETURN_AND_REFUND", 1)
			s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": id})
			cases = append(cases, id)
		}
		box := s.Park("BOX")
		codes := make([]string, len(cases))
		var wg sync.WaitGroup
		for i, id := range cases {
			wg.Go(func() {
				payload := sub(t, apptest.ParseData(t, s.Warehouse.Do(apptest.MatchParcel, apptest.Vars{"id": box, "case": id}).Data), "parcelMatch")
				if errs := payload.List("userErrors"); len(errs) > 0 {
					codes[i] = errs[0].Str("code")
				}
			})
		}
		wg.Wait()
		won := 0
		for i, id := range cases {
			c := look(t, s.Agent, id)
			switch codes[i] {
			case "":
				won++
				is(t, "winner", c.Str("status"), "RECEIVED")
				is(t, "matched to", parked(s, true).Str("parkedParcels.nodes.0.case.id"), id)
			case "NOT_ELIGIBLE":
				is(t, "loser", c.Str("status"), "AWAITING_SHIPMENT")
			default:
				t.Errorf("refused as %s", codes[i])
			}
		}
		is(t, "matched", won, 1)
	})
}

// paysFrom lets a shop's refunds start at a point.
func paysFrom(s *apptest.Shop, trigger string) {
	s.Admin.Must(`mutation($t: RefundTrigger!) { refundTriggerSet(trigger: $t) { merchant { id } userErrors { code field message } } }`, apptest.Vars{"t": trigger})
}

// MALL-3.3c where the money ran ahead of the goods: what the inspection finds decides how the case goes on and ends, and
// nothing is taken off what was paid already.
func TestInspectionAfterTheMoney(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		paysFrom(s, "APPROVAL")
		o := s.Order("A1", now, apptest.Line{SKU: "CUP", Quantity: 9, UnitPrice: "10.00"})
		early := func(credited bool) (id, item, refund string) {
			id = s.Request(o, "RETURN_AND_REFUND", 2)
			s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": id})
			refund = s.Refund(id)
			is(t, "paid", look(t, s.Agent, id).Str("refunds.0.amount.amount"), "20.00")
			if credited {
				s.Confirm(refund)
			}
			s.Warehouse.Must(apptest.ReceiveReturn, apptest.Vars{"id": id})
			return id, look(t, s.Agent, id).Str("items.0.id"), refund
		}
		inspect := func(id, item string, accepted int) {
			s.Warehouse.Must(apptest.InspectReturn, apptest.Vars{"id": id, "items": []apptest.Vars{finding(item, apptest.Vars{"acceptedQuantity": accepted})}})
		}
		ends := func(id, want string) {
			t.Helper()
			c := look(t, s.Agent, id)
			outcome := ""
			if c.Get("outcome") != nil {
				outcome = " " + c.Str("outcome")
			}
			is(t, "now", c.Str("status")+outcome, want)
		}
		id, item, _ := early(true)
		is(t, "the law's clock", look(t, s.Agent, id).has("STATUTORY_REFUND"), false) // nothing is left that it could ask for
		off := apptest.Vars{"deductions": []apptest.Vars{{"reason": "USED", "amount": "1.00", "note": "Worn.", "evidence": []string{s.Evidence(s.Warehouse, id)}}}}
		refusedAs(t, s.Warehouse.Refused(apptest.InspectReturn, apptest.Vars{"id": id, "items": []apptest.Vars{finding(item, off)}}), "NOT_ELIGIBLE", "items.0.deductions.0.reason")
		inspect(id, item, 2)
		ends(id, "COMPLETED REFUNDED")

		id, item, refund := early(false)
		inspect(id, item, 2)
		ends(id, "REFUNDING")
		s.Confirm(refund)
		ends(id, "COMPLETED REFUNDED")

		// One is not good: it goes home, and the money stays paid.
		id, item, _ = early(true)
		inspect(id, item, 1)
		ends(id, "INSPECTION_FAILED")
		s.Warehouse.Must(apptest.SendBack, apptest.Vars{"id": id})
		ends(id, "SENT_BACK")
		s.Customer.Must(apptest.SentBackHome, apptest.Vars{"id": id})
		ends(id, "COMPLETED REFUNDED")

		// Nothing is good, and the money still on its way when the goods are home: the case waits for it.
		id, item, refund = early(false)
		inspect(id, item, 0)
		ends(id, "INSPECTION_FAILED")
		s.Warehouse.Must(apptest.SendBack, apptest.Vars{"id": id})
		s.Customer.Must(apptest.SentBackHome, apptest.Vars{"id": id})
		ends(id, "REFUNDING")
		s.Confirm(refund)
		ends(id, "COMPLETED REFUNDED")
		is(t, "cups left", lineOf(t, s, o, 0).Int("returnableQuantity"), 1) // 9 bought, 8 paid for
	})
}

// X8.1: what is done to a return whose goods stand at the merchant's door does not stop the clock again. Paid when the
// carrier has it, on Mon 18: the refund stays due when Tue 19 ends.
func TestNothingPausesAtTheDoor(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2026-05-11T10:00:00+08:00")
		paysFrom(s, "CARRIER_PICKUP")
		id := onTheWay(s, "A1")
		s.Advance("2026-05-15T12:00:00+08:00")
		s.Warehouse.Must(apptest.Delivered, delivery(id, "2026-05-15T09:00:00+08:00", apptest.Vars{"signedBy": "Zhao Lei"}))
		s.Advance("2026-05-18T10:00:00+08:00")
		refund := s.Refund(id)
		c := look(t, s.Agent, id)
		is(t, "status", c.Str("status"), "IN_TRANSIT")
		is(t, "REFUND", state(c.deadline("REFUND"))+" "+at(t, c.deadline("REFUND"), "dueAt"), "RUNNING open 2026-05-20T00:00:00+08:00")
		s.Confirm(refund)
		is(t, "REFUND", state(look(t, s.Agent, id).deadline("REFUND")), "MET")
	})
}
