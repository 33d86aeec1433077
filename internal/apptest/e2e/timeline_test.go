package e2e

import (
	"testing"

	"aftersales/internal/apptest"
	"aftersales/internal/auth"
)

// MALL-1.2a, PLEDGE-2.2: the customer sees at any time where the parcel and the case stand and every step with who did it
// and when, in their language. The clock moves an hour a step, so that each step has its own time.
func TestCustomerSeesEveryStep(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-03-11T08:00:00+08:00")
		zh := s.Customer.In("zh-CN")
		id := s.Request(kettle(s, "A1", "2025-03-11T08:00:00+08:00"), "RETURN_AND_REFUND", 1)
		staff := s.Agent.Must(`{ viewer { staff { id } } }`, nil).Str("viewer.staff.id")
		refund := ""
		const customer, agent, warehouse, system = "CUSTOMER Li Lei", "AGENT Li Na", "WAREHOUSE Zhao Lei", "<nil> 系统"
		for _, step := range []struct {
			at     string
			do     func()
			label  string
			events [][4]string // type, actor, sentence, note
		}{
			{"2025-03-11T08:00:00+08:00", func() {}, "已申请", [][4]string{{"OPENED", customer, "已提交售后申请。", "It does not work."}}},
			{"2025-03-11T09:00:00+08:00", func() { answer(s, id) }, "已申请", [][4]string{{"RESPONDED", agent, "商家已回复。", "We are looking into it."}}},
			{"2025-03-11T10:00:00+08:00", func() { s.Agent.Must(assign, apptest.Vars{"id": id, "staff": staff}) }, "已申请", [][4]string{{"ASSIGNED", agent, "工单已分配给 Li Na。", "<nil>"}}},
			{"2025-03-11T11:00:00+08:00", func() { s.Agent.Must(apptest.AskInfo, apptest.Vars{"id": id}) }, "等待顾客补充信息",
				[][4]string{{"INFO_REQUESTED", agent, "商家请求补充信息。", "Which part is broken?"}}},
			{"2025-03-11T12:00:00+08:00", func() { s.Customer.Must(apptest.GiveInfo, apptest.Vars{"id": id}) }, "已申请", [][4]string{{"INFO_PROVIDED", customer, "已补充信息。", "The lid."}}},
			{"2025-03-11T13:00:00+08:00", func() { s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": id}) }, "等待寄回商品",
				[][4]string{{"APPROVED", agent, "申请已通过审核。", "Pack it\nSend it"}}},
			{"2025-03-11T14:00:00+08:00", func() { s.Customer.Must(apptest.ShipReturn, apptest.Vars{"id": id}) }, "商品寄回途中",
				[][4]string{{"SHIPPED", customer, "商品已寄回，SF Express，运单号 SF0000000001。", "<nil>"}}},
			{"2025-03-11T15:00:00+08:00", func() { s.Warehouse.Must(apptest.ReceiveReturn, apptest.Vars{"id": id}) }, "已收到商品",
				[][4]string{{"RECEIVED", warehouse, "已收到退回商品。", "<nil>"}}},
			{"2025-03-11T16:00:00+08:00", func() { s.Inspect(id, false) }, "验货未通过", [][4]string{{"INSPECTED", warehouse, "商品验货未通过。", "<nil>"}, {"SEND_BACK_DUE", warehouse, "未通过验货的商品将退回顾客。", "<nil>"}}},
			{"2025-03-11T17:00:00+08:00", func() { s.Inspect(id, true) }, "验货通过", [][4]string{{"INSPECTED", warehouse, "商品验货通过。", "<nil>"}}},
			{"2025-03-11T18:00:00+08:00", func() { refund = s.Refund(id) }, "退款处理中", [][4]string{{"REFUND_STARTED", "FINANCE sun.li", "已发起退款 99.00 CNY。", "<nil>"}}},
			// Three working days from Tue 11 end with Fri 14; at risk a quarter of 88 hours before.
			{"2025-03-14T02:00:00+08:00", func() {}, "退款处理中", [][4]string{{"DEADLINE_AT_RISK", system, "退款时限即将到期。", "<nil>"}}},
			{"2025-03-15T00:00:00+08:00", func() {}, "退款处理中",
				[][4]string{{"DEADLINE_BREACHED", system, "退款时限已逾期。", "<nil>"}, {"ESCALATED", system, "工单已升级至主管：退款时限已逾期。", "<nil>"}}},
			// The law's seven days from Tue 11 end with Tue 18; at risk a quarter of 177 hours before.
			{"2025-03-17T03:45:00+08:00", func() {}, "退款处理中", [][4]string{{"DEADLINE_AT_RISK", system, "法定退款时限即将到期。", "<nil>"}}},
			{"2025-03-17T09:00:00+08:00", func() { s.Confirm(refund) }, "已完成", [][4]string{{"REFUND_CREDITED", "FINANCE sun.li", "退款 99.00 CNY 已到账。", "<nil>"}}},
			{"2025-03-17T10:00:00+08:00", func() {
				s.Agent.Must(explain, apptest.Vars{"id": look(t, s.Agent, id).deadline("REFUND").Str("id"), "at": "2025-03-17T10:00:00+08:00", "text": "The bank was closed."})
			}, "已完成", [][4]string{{"DELAY_EXPLAINED", agent, "商家已说明退款延迟的原因。", "The bank was closed."}}},
			{"2025-03-17T11:00:00+08:00", func() { s.Agent.Must(closing, apptest.Vars{"id": id}) }, "已完成", [][4]string{{"CLOSED", agent, "工单已关闭。", "<nil>"}}},
		} {
			known := 0
			if step.at != "2025-03-11T08:00:00+08:00" {
				known = len(look(t, zh, id).events())
			}
			s.Advance(step.at)
			step.do()
			c := look(t, zh, id)
			is(t, "label at "+step.at, c.Str("statusLabel"), step.label)
			fresh := c.List("events.nodes")[known:]
			if len(fresh) != len(step.events) {
				t.Fatalf("%d events at %s: %v", len(fresh), step.at, c.events())
			}
			for i, want := range step.events {
				actor := "<nil>"
				if fresh[i].Get("actor.role") != nil {
					actor = fresh[i].Str("actor.role")
				}
				got := [4]string{fresh[i].Str("type"), actor + " " + fresh[i].Str("actor.name"), fresh[i].Str("text"), "<nil>"}
				if fresh[i].Get("note") != nil {
					got[3] = fresh[i].Str("note")
				}
				is(t, "event", got, want)
				is(t, "time of "+want[0], at(t, fresh[i], "at"), step.at)
			}
		}
		// Parcel and progress are there, and another customer sees neither.
		is(t, "parcel", at(t, look(t, zh, id).Data, "parcels.0.deliveredAt"), "2025-03-11T15:00:00+08:00")
		stranger := e.As(auth.Customer, "mall", "c-2")
		is(t, "to a stranger", stranger.Must(oneReturn, apptest.Vars{"id": id}).Get("return"), nil)
	})
}

// Steps of one instant stand in the order in which they happened, and the timeline is read in pages both ways.
func TestTimelineInOrderAndInPages(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-03-11T08:00:00+08:00") // stands still throughout
		id := s.Request(kettle(s, "A1", "2025-03-11T08:00:00+08:00"), "RETURN_AND_REFUND", 1)
		s.ToInspected(id)
		s.Confirm(s.Refund(id))
		want := []string{"OPENED", "APPROVED", "SHIPPED", "RECEIVED", "INSPECTED", "REFUND_STARTED", "REFUND_CREDITED", "CLOSED"}
		is(t, "timeline", look(t, s.Customer, id).events(), want)
		const q = `query($id: ID!, $first: Int, $after: Cursor, $last: Int, $before: Cursor) { return(id: $id) { events(first: $first, after: $after, last: $last, before: $before) {
			totalCount nodes { type } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }`
		read := func(size, cursor string, more string) (types []string) {
			var at any
			for range 9 {
				d := sub(t, s.Customer.Must(q, apptest.Vars{"id": id, size: 3, cursor: at}), "return.events")
				is(t, "total", d.Int("totalCount"), 8)
				var page []string
				for _, n := range d.List("nodes") {
					page = append(page, n.Str("type"))
				}
				if size == "first" {
					types, at = append(types, page...), d.Get("pageInfo.endCursor")
				} else {
					types, at = append(page, types...), d.Get("pageInfo.startCursor")
				}
				if d.Get("pageInfo."+more) == false {
					return types
				}
			}
			t.Fatal("pages without end")
			return nil
		}
		is(t, "forwards", read("first", "after", "hasNextPage"), want)
		is(t, "backwards", read("last", "before", "hasPreviousPage"), want)
	})
}
