package casework

import (
	"fmt"

	"aftersales/ent"
	"aftersales/internal/lang"
	"aftersales/internal/lifecycle"
	"aftersales/internal/plan"
	"aftersales/internal/problem"
)

// What people read about a case, in both languages.

var statusLabels = map[lifecycle.Status]problem.Text{
	lifecycle.Requested:        {EN: "Requested", ZH: "已申请"},
	lifecycle.NeedsInfo:        {EN: "Waiting for your answer", ZH: "等待顾客补充信息"},
	lifecycle.AwaitingShipment: {EN: "Waiting for the goods to be sent", ZH: "等待寄回商品"},
	lifecycle.InTransit:        {EN: "Goods on their way back", ZH: "商品寄回途中"},
	lifecycle.Received:         {EN: "Goods received", ZH: "已收到商品"},
	lifecycle.InspectionPassed: {EN: "Inspection passed", ZH: "验货通过"},
	lifecycle.InspectionFailed: {EN: "Inspection failed", ZH: "验货未通过"},
	lifecycle.Refunding:        {EN: "Refund in progress", ZH: "退款处理中"},
	lifecycle.Completed:        {EN: "Completed", ZH: "已完成"},
	lifecycle.Rejected:         {EN: "Rejected", ZH: "已拒绝"},
	lifecycle.Cancelled:        {EN: "Cancelled", ZH: "已取消"},
	lifecycle.Expired:          {EN: "Expired", ZH: "已过期"},
}

// StatusLabel is a status as people read it.
func StatusLabel(s lifecycle.Status, l lang.Lang) string {
	if t, ok := statusLabels[s]; ok {
		return pick(t, l)
	}
	return string(s)
}

var deadlineNames = map[plan.DeadlineKind]problem.Text{
	plan.FirstResponse:   {EN: "first response", ZH: "首次响应"},
	plan.Review:          {EN: "review", ZH: "审核"},
	plan.Refund:          {EN: "refund", ZH: "退款"},
	plan.StatutoryRefund: {EN: "the refund by law", ZH: "法定退款"},
	plan.InfoReply:       {EN: "customer's answer", ZH: "顾客补充信息"},
	plan.ShipBack:        {EN: "sending the goods back", ZH: "寄回商品"},
}

var eventTexts = map[lifecycle.Event]problem.Text{
	lifecycle.Opened:             {EN: "The request was submitted.", ZH: "已提交售后申请。"},
	lifecycle.Responded:          {EN: "The merchant answered.", ZH: "商家已回复。"},
	lifecycle.InfoRequested:      {EN: "The merchant asked for more information.", ZH: "商家请求补充信息。"},
	lifecycle.InfoProvided:       {EN: "The information was provided.", ZH: "已补充信息。"},
	lifecycle.Approved:           {EN: "The request was approved.", ZH: "申请已通过审核。"},
	lifecycle.EventRejected:      {EN: "The request was rejected.", ZH: "申请未通过。"},
	lifecycle.Shipped:            {EN: "The goods were sent back with %[1]s, waybill %[2]s.", ZH: "商品已寄回，%[1]s，运单号 %[2]s。"},
	lifecycle.EventReceived:      {EN: "The goods were received.", ZH: "已收到退回商品。"},
	lifecycle.RefundStarted:      {EN: "The refund of %[1]s %[2]s was started.", ZH: "已发起退款 %[1]s %[2]s。"},
	lifecycle.RefundCredited:     {EN: "The refund of %[1]s %[2]s was credited.", ZH: "退款 %[1]s %[2]s 已到账。"},
	lifecycle.Assigned:           {EN: "The case was assigned to %[1]s.", ZH: "工单已分配给 %[1]s。"},
	lifecycle.Escalated:          {EN: "The case was escalated to a supervisor: the deadline for %[1]s was missed.", ZH: "工单已升级至主管：%[1]s时限已逾期。"},
	lifecycle.DeadlineAtRisk:     {EN: "The deadline for %[1]s is near.", ZH: "%[1]s时限即将到期。"},
	lifecycle.DeadlineBreached:   {EN: "The deadline for %[1]s was missed.", ZH: "%[1]s时限已逾期。"},
	lifecycle.DeadlineRecomputed: {EN: "The deadline for %[1]s was counted again by a newly published calendar.", ZH: "%[1]s时限已按新公布的日历重新计算。"},
	lifecycle.DelayExplained:     {EN: "The merchant explained the delay of %[1]s.", ZH: "商家已说明%[1]s延迟的原因。"},
	lifecycle.EventCancelled:     {EN: "The request was cancelled.", ZH: "申请已取消。"},
	lifecycle.EventExpired:       {EN: "The case expired: the deadline for %[1]s passed.", ZH: "工单已过期：%[1]s时限已过。"},
	lifecycle.MessageAdded:       {EN: "The customer wrote a message.", ZH: "顾客发来留言。"},
	lifecycle.EvidenceAdded:      {EN: "Evidence was added.", ZH: "已补充凭证。"},
	lifecycle.Closed:             {EN: "The case was closed.", ZH: "工单已关闭。"},
}

// EventText is an event as one sentence.
func EventText(e *ent.CaseEvent, l lang.Lang) string {
	p := e.Params
	switch e.Type {
	case lifecycle.Inspected:
		if p["passed"] == "true" {
			return pick(problem.Text{EN: "The goods passed the inspection.", ZH: "商品验货通过。"}, l)
		}
		return pick(problem.Text{EN: "The goods did not pass the inspection.", ZH: "商品验货未通过。"}, l)
	case lifecycle.Shipped:
		return fmt.Sprintf(pick(eventTexts[e.Type], l), p["carrier"], p["waybill"])
	case lifecycle.RefundStarted, lifecycle.RefundCredited:
		return fmt.Sprintf(pick(eventTexts[e.Type], l), p["amount"], p["currency"])
	case lifecycle.Assigned:
		return fmt.Sprintf(pick(eventTexts[e.Type], l), p["staff"])
	case lifecycle.Escalated, lifecycle.DeadlineAtRisk, lifecycle.DeadlineBreached, lifecycle.DeadlineRecomputed, lifecycle.DelayExplained, lifecycle.EventExpired:
		return fmt.Sprintf(pick(eventTexts[e.Type], l), DeadlineName(plan.DeadlineKind(p["deadline"]), l))
	default:
		return pick(eventTexts[e.Type], l)
	}
}

var outcomeTexts = map[lifecycle.Outcome]problem.Text{
	lifecycle.OutcomeRefunded:  {EN: "The refund was credited.", ZH: "退款已到账。"},
	lifecycle.OutcomeCancelled: {EN: "Cancelled without a reason.", ZH: "已取消，未说明原因。"},
	lifecycle.OutcomeExpired:   {EN: "The customer's part was not done in time.", ZH: "顾客未在时限内完成应办事项。"},
}

// OutcomeText is the reason of an outcome that nobody put into words (MALL-1.1b: no case ends without one); empty for none.
func OutcomeText(o lifecycle.Outcome, l lang.Lang) string { return pick(outcomeTexts[o], l) }

// DeadlineName is what a kind of deadline is called in a sentence.
func DeadlineName(k plan.DeadlineKind, l lang.Lang) string {
	if t, ok := deadlineNames[k]; ok {
		return pick(t, l)
	}
	return string(k)
}

func pick(t problem.Text, l lang.Lang) string {
	if l == lang.ZH {
		return t.ZH
	}
	return t.EN
}
