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
	lifecycle.Requested:          {EN: "Requested", ZH: "已申请"},
	lifecycle.NeedsInfo:          {EN: "Waiting for your answer", ZH: "等待顾客补充信息"},
	lifecycle.Proposed:           {EN: "Waiting for your answer to an offer", ZH: "等待顾客答复方案"},
	lifecycle.RefundFailed:       {EN: "Refund failed", ZH: "退款失败"},
	lifecycle.Replacing:          {EN: "Replacement being prepared", ZH: "换货备货中"},
	lifecycle.ReplacementShipped: {EN: "Replacement on its way", ZH: "换货商品已发出"},
	lifecycle.SentBack:           {EN: "Goods on their way back to you", ZH: "商品退回顾客途中"},
	lifecycle.Disputed:           {EN: "The platform decides", ZH: "平台介入处理中"},
	lifecycle.AwaitingShipment:   {EN: "Waiting for the goods to be sent", ZH: "等待寄回商品"},
	lifecycle.InTransit:          {EN: "Goods on their way back", ZH: "商品寄回途中"},
	lifecycle.Received:           {EN: "Goods received", ZH: "已收到商品"},
	lifecycle.InspectionPassed:   {EN: "Inspection passed", ZH: "验货通过"},
	lifecycle.InspectionFailed:   {EN: "Inspection failed", ZH: "验货未通过"},
	lifecycle.Refunding:          {EN: "Refund in progress", ZH: "退款处理中"},
	lifecycle.Completed:          {EN: "Completed", ZH: "已完成"},
	lifecycle.Rejected:           {EN: "Rejected", ZH: "已拒绝"},
	lifecycle.Cancelled:          {EN: "Cancelled", ZH: "已取消"},
	lifecycle.VisitScheduled:     {EN: "Visit agreed", ZH: "已预约上门"},
	lifecycle.InVisit:            {EN: "Technician at the customer's", ZH: "技术人员上门中"},
	lifecycle.Diagnosed:          {EN: "Fault diagnosed", ZH: "已检测"},
	lifecycle.Quoted:             {EN: "Waiting for your answer to a quote", ZH: "等待顾客确认报价"},
	lifecycle.InRepair:           {EN: "Being repaired", ZH: "维修中"},
	lifecycle.AwaitingParts:      {EN: "Waiting for parts", ZH: "等待配件"},
	lifecycle.Tested:             {EN: "Repaired and tested", ZH: "维修完成"},
	AppointmentMissed:            {EN: "Nobody let the technician in", ZH: "上门无人"},
	AppointmentMoved:             {EN: "The customer moved the appointment", ZH: "顾客改约"},
	lifecycle.Expired:            {EN: "Expired", ZH: "已过期"},
}

// TicketLabel is a status of a question or complaint as people read it.
func TicketLabel(s lifecycle.Status, l lang.Lang) string {
	if s == lifecycle.Proposed {
		return pick(problem.Text{EN: "Answered; does it settle the matter?", ZH: "已答复，等待顾客确认"}, l)
	}
	return StatusLabel(s, l)
}

// StatusLabel is a status as people read it.
func StatusLabel(s lifecycle.Status, l lang.Lang) string {
	if t, ok := statusLabels[s]; ok {
		return pick(t, l)
	}
	return string(s)
}

var deadlineNames = map[plan.DeadlineKind]problem.Text{
	plan.FirstResponse:       {EN: "first response", ZH: "首次响应"},
	plan.Review:              {EN: "review", ZH: "审核"},
	plan.Refund:              {EN: "refund", ZH: "退款"},
	plan.StatutoryRefund:     {EN: "the refund by law", ZH: "法定退款"},
	plan.Exchange:            {EN: "exchange", ZH: "换货"},
	plan.ProposalReply:       {EN: "customer's answer to the offer", ZH: "顾客答复方案"},
	plan.ReceiptConfirmation: {EN: "confirmation of receipt", ZH: "确认收货"},
	plan.SendBack:            {EN: "sending the goods back to the customer", ZH: "将商品退回顾客"},
	plan.DisputeAnswer:       {EN: "merchant's answer in the dispute", ZH: "商家答辩"},
	plan.DisputeEvidence:     {EN: "customer's evidence in the dispute", ZH: "顾客举证"},
	plan.DisputeDecision:     {EN: "decision of the dispute", ZH: "平台裁决"},
	plan.InfoReply:           {EN: "customer's answer", ZH: "顾客补充信息"},
	plan.Repair:              {EN: "repair", ZH: "维修"},
	plan.SiteVisit:           {EN: "visit", ZH: "上门"},
	plan.DepotInspection:     {EN: "inspection at the depot", ZH: "返厂检测"},
	plan.QuoteReply:          {EN: "customer's answer to the quote", ZH: "顾客确认报价"},
	plan.Appointment:         {EN: "another appointment", ZH: "重新预约"},
	plan.Collection:          {EN: "collecting the goods", ZH: "顾客取件"},
	plan.Resolution:          {EN: "resolution", ZH: "处理完毕"},
	plan.OpinionReply:        {EN: "answer to the opinion", ZH: "意见反馈"},
	plan.ShipBack:            {EN: "sending the goods back", ZH: "寄回商品"},
}

var eventTexts = map[lifecycle.Event]problem.Text{
	lifecycle.Opened:               {EN: "The request was submitted.", ZH: "已提交售后申请。"},
	lifecycle.Responded:            {EN: "The merchant answered.", ZH: "商家已回复。"},
	lifecycle.InfoRequested:        {EN: "The merchant asked for more information.", ZH: "商家请求补充信息。"},
	lifecycle.InfoProvided:         {EN: "The information was provided.", ZH: "已补充信息。"},
	lifecycle.Approved:             {EN: "The request was approved.", ZH: "申请已通过审核。"},
	lifecycle.EventRejected:        {EN: "The request was rejected.", ZH: "申请未通过。"},
	lifecycle.Shipped:              {EN: "The goods were sent back with %[1]s, waybill %[2]s.", ZH: "商品已寄回，%[1]s，运单号 %[2]s。"},
	lifecycle.EventReceived:        {EN: "The goods were received.", ZH: "已收到退回商品。"},
	lifecycle.RefundStarted:        {EN: "The refund of %[1]s %[2]s was started.", ZH: "已发起退款 %[1]s %[2]s。"},
	lifecycle.RefundCredited:       {EN: "The refund of %[1]s %[2]s was credited.", ZH: "退款 %[1]s %[2]s 已到账。"},
	lifecycle.Assigned:             {EN: "The case was assigned to %[1]s.", ZH: "工单已分配给 %[1]s。"},
	lifecycle.Escalated:            {EN: "The case was escalated to a supervisor: the deadline for %[1]s was missed.", ZH: "工单已升级至主管：%[1]s时限已逾期。"},
	lifecycle.DeadlineAtRisk:       {EN: "The deadline for %[1]s is near.", ZH: "%[1]s时限即将到期。"},
	lifecycle.DeadlineBreached:     {EN: "The deadline for %[1]s was missed.", ZH: "%[1]s时限已逾期。"},
	lifecycle.DeadlineRecomputed:   {EN: "The deadline for %[1]s was counted again by a newly published calendar.", ZH: "%[1]s时限已按新公布的日历重新计算。"},
	lifecycle.DelayExplained:       {EN: "The merchant explained the delay of %[1]s.", ZH: "商家已说明%[1]s延迟的原因。"},
	lifecycle.EventCancelled:       {EN: "The request was cancelled.", ZH: "申请已取消。"},
	lifecycle.EventExpired:         {EN: "The case expired: the deadline for %[1]s passed.", ZH: "工单已过期：%[1]s时限已过。"},
	lifecycle.MessageAdded:         {EN: "The customer wrote a message.", ZH: "顾客发来留言。"},
	lifecycle.EvidenceAdded:        {EN: "Evidence was added.", ZH: "已补充凭证。"},
	lifecycle.EventProposed:        {EN: "The merchant made an offer.", ZH: "商家提出了解决方案。"},
	lifecycle.ProposalAccepted:     {EN: "The customer accepted the offer.", ZH: "顾客接受了方案。"},
	lifecycle.ProposalDeclined:     {EN: "The offer was declined.", ZH: "方案未被接受。"},
	lifecycle.Delivered:            {EN: "The goods were delivered at the merchant's door.", ZH: "商品已送达商家。"},
	lifecycle.EventParcelMatched:   {EN: "Parked goods were matched to this case.", ZH: "暂存包裹已匹配到本工单。"},
	lifecycle.SendBackDue:          {EN: "Goods that were not accepted go back to the customer.", ZH: "未通过验货的商品将退回顾客。"},
	lifecycle.EventSentBack:        {EN: "Goods that were not accepted were sent back with %[1]s, waybill %[2]s.", ZH: "未通过验货的商品已寄回顾客，%[1]s，运单号 %[2]s。"},
	lifecycle.SendBackDelivered:    {EN: "The goods sent back were delivered to the customer.", ZH: "退回的商品已送达顾客。"},
	lifecycle.EventRefundFailed:    {EN: "The refund of %[1]s %[2]s failed.", ZH: "退款 %[1]s %[2]s 失败。"},
	lifecycle.RefundRetried:        {EN: "The refund of %[1]s %[2]s is tried again.", ZH: "重新发起退款 %[1]s %[2]s。"},
	lifecycle.RefundRedirected:     {EN: "The refund of %[1]s %[2]s goes to another account.", ZH: "退款 %[1]s %[2]s 改付至其他账户。"},
	lifecycle.RefundReleased:       {EN: "The refund of %[1]s %[2]s was released.", ZH: "退款 %[1]s %[2]s 已放行。"},
	lifecycle.FreightClaimed:       {EN: "The customer asked back the return freight of %[1]s %[2]s.", ZH: "顾客申请报销退货运费 %[1]s %[2]s。"},
	lifecycle.ReplacementPrepared:  {EN: "The replacement is being prepared.", ZH: "换货商品备货中。"},
	lifecycle.ReplacementSent:      {EN: "The replacement was sent with %[1]s, waybill %[2]s.", ZH: "换货商品已寄出，%[1]s，运单号 %[2]s。"},
	lifecycle.ReplacementDelivered: {EN: "The replacement was delivered.", ZH: "换货商品已送达。"},
	lifecycle.Converted:            {EN: "What the customer gets was changed.", ZH: "售后方式已变更。"},
	lifecycle.Reopened:             {EN: "The return was taken up again.", ZH: "退货申请已重新开启。"},
	lifecycle.EventDisputed:        {EN: "The customer turned to the platform.", ZH: "顾客申请平台介入。"},
	lifecycle.EvidenceAsked:        {EN: "The platform asked for evidence.", ZH: "平台要求举证。"},
	lifecycle.DisputeAnswered:      {EN: "The merchant answered in the dispute.", ZH: "商家已答辩。"},
	lifecycle.DisputeEvidenceGiven: {EN: "The customer answered in the dispute.", ZH: "顾客已举证。"},
	lifecycle.DisputeDecided:       {EN: "The platform decided the dispute.", ZH: "平台已作出裁决。"},
	lifecycle.InterceptRequested:   {EN: "The customer asked to stop the parcel.", ZH: "顾客申请拦截包裹。"},
	lifecycle.OrderCancelled:       {EN: "What was asked for was cancelled before it arrived.", ZH: "所申请的商品已在送达前取消。"},
	lifecycle.AddressChanged:       {EN: "The delivery address was changed.", ZH: "收货地址已修改。"},
	lifecycle.SiteVisitDue:         {EN: "Somebody will come to the customer.", ZH: "将安排技术人员上门。"},
	lifecycle.EventScheduled:       {EN: "A visit was agreed for %[1]s.", ZH: "已预约上门时间：%[1]s。"},
	lifecycle.VisitMoved:           {EN: "The visit was moved to %[1]s.", ZH: "上门时间改为 %[1]s。"},
	lifecycle.VisitMissed:          {EN: "Nobody let the technician in.", ZH: "技术人员上门，无人在场。"},
	lifecycle.VisitStarted:         {EN: "The technician came.", ZH: "技术人员已上门。"},
	lifecycle.VisitEnded:           {EN: "The technician left.", ZH: "技术人员已离开。"},
	lifecycle.EventDiagnosed:       {EN: "The fault was diagnosed.", ZH: "检测已完成。"},
	lifecycle.EventQuoted:          {EN: "The price of the repair is %[1]s %[2]s.", ZH: "维修报价 %[1]s %[2]s。"},
	lifecycle.QuoteAccepted:        {EN: "The customer accepted the price.", ZH: "顾客接受了报价。"},
	lifecycle.QuoteDeclined:        {EN: "The price was declined.", ZH: "报价未被接受。"},
	lifecycle.RepairStarted:        {EN: "The repair began.", ZH: "已开始维修。"},
	lifecycle.PartRecorded:         {EN: "A part was recorded: %[1]s.", ZH: "已登记配件：%[1]s。"},
	lifecycle.PartArrived:          {EN: "A part arrived: %[1]s.", ZH: "配件已到：%[1]s。"},
	lifecycle.TestFailed:           {EN: "The test after the repair was not passed; the repair goes on.", ZH: "维修后测试未通过，继续维修。"},
	lifecycle.RepairCompleted:      {EN: "The repair is done and was tested.", ZH: "维修完成，测试通过。"},
	lifecycle.ReadyForCollection:   {EN: "The goods can be collected.", ZH: "商品可以取回。"},
	lifecycle.Collected:            {EN: "The customer collected the goods.", ZH: "顾客已取回商品。"},
	lifecycle.ServiceDone:          {EN: "The service was done.", ZH: "服务已完成。"},
	lifecycle.ProblemConfirmed:     {EN: "The merchant confirmed the problem.", ZH: "商家已确认问题。"},
	lifecycle.PlanTold:             {EN: "The merchant said how it goes on.", ZH: "商家已告知处理方案。"},
	lifecycle.DeadlineExtended:     {EN: "The deadline for %[1]s was extended for a special part.", ZH: "因特殊零件，%[1]s时限已延长。"},
	lifecycle.ExplanationMissed:    {EN: "The customer was not told in advance that the deadline for %[1]s would be missed.", ZH: "%[1]s逾期，且未提前向顾客说明。"},
	lifecycle.UnderstandingSet:     {EN: "It was recorded how the customer took the explanation for %[1]s.", ZH: "已记录顾客对%[1]s延迟说明的态度。"},
	lifecycle.CompensationProposed: {EN: "Compensation of %[1]s %[2]s is proposed for the delay.", ZH: "就延迟建议补偿 %[1]s %[2]s。"},
	lifecycle.CompensationDecided:  {EN: "The proposed compensation was decided.", ZH: "补偿建议已处理。"},
	lifecycle.Resolved:             {EN: "The matter is settled.", ZH: "问题已解决。"},
	lifecycle.Answered:             {EN: "The merchant answered the opinion.", ZH: "商家已反馈意见。"},
	lifecycle.Closed:               {EN: "The case was closed.", ZH: "工单已关闭。"},
}

// NotStopped is what a customer can do whose parcel could not be stopped.
var NotStopped = problem.Text{EN: "The parcel could not be stopped. Refuse it at the door, or ask for a return once it has arrived.",
	ZH: "包裹未能拦截，请在送达时拒收，或签收后申请退货。"}

// EventText is an event as one sentence.
func EventText(e *ent.CaseEvent, l lang.Lang) string {
	p := e.Params
	switch e.Type {
	case lifecycle.Inspected:
		if p["passed"] == "true" {
			return pick(problem.Text{EN: "The goods passed the inspection.", ZH: "商品验货通过。"}, l)
		}
		return pick(problem.Text{EN: "The goods did not pass the inspection.", ZH: "商品验货未通过。"}, l)
	case lifecycle.InterceptResolved:
		if p["stopped"] == "true" {
			return pick(problem.Text{EN: "The parcel was stopped.", ZH: "包裹已拦截。"}, l)
		}
		return pick(NotStopped, l)
	case lifecycle.Shipped, lifecycle.EventSentBack, lifecycle.ReplacementSent:
		return fmt.Sprintf(pick(goodsText(e), l), p["carrier"], p["waybill"])
	case lifecycle.RefundStarted, lifecycle.RefundCredited, lifecycle.EventRefundFailed, lifecycle.RefundRetried, lifecycle.RefundRedirected,
		lifecycle.RefundReleased, lifecycle.FreightClaimed, lifecycle.EventQuoted, lifecycle.CompensationProposed:
		return fmt.Sprintf(pick(eventTexts[e.Type], l), p["amount"], p["currency"])
	case lifecycle.EventScheduled, lifecycle.VisitMoved:
		return fmt.Sprintf(pick(eventTexts[e.Type], l), p["when"])
	case lifecycle.PartRecorded, lifecycle.PartArrived:
		return fmt.Sprintf(pick(eventTexts[e.Type], l), p["part"])
	case lifecycle.Assigned:
		return fmt.Sprintf(pick(eventTexts[e.Type], l), p["staff"])
	case lifecycle.Escalated, lifecycle.DeadlineAtRisk, lifecycle.DeadlineBreached, lifecycle.DeadlineRecomputed, lifecycle.DelayExplained, lifecycle.EventExpired,
		lifecycle.DeadlineExtended, lifecycle.ExplanationMissed, lifecycle.UnderstandingSet:
		return fmt.Sprintf(pick(eventTexts[e.Type], l), DeadlineName(plan.DeadlineKind(p["deadline"]), l))
	default:
		return pick(goodsText(e), l)
	}
}

// Goods that are repaired travel for other reasons than goods that are returned.
var repairTexts = map[lifecycle.Event]problem.Text{
	lifecycle.Shipped:           {EN: "The goods were sent to the depot with %[1]s, waybill %[2]s.", ZH: "商品已寄往维修点，%[1]s，运单号 %[2]s。"},
	lifecycle.SendBackDue:       {EN: "The goods go home.", ZH: "商品将寄回顾客。"},
	lifecycle.EventSentBack:     {EN: "The goods were sent home with %[1]s, waybill %[2]s.", ZH: "商品已寄回顾客，%[1]s，运单号 %[2]s。"},
	lifecycle.SendBackDelivered: {EN: "The goods were delivered to the customer.", ZH: "商品已送达顾客。"},
}

// What happens to questions and complaints reads otherwise than what happens to goods.
var ticketTexts = map[lifecycle.Event]problem.Text{
	lifecycle.EventProposed:    {EN: "The merchant gave an answer; the customer says whether it settles the matter.", ZH: "商家已给出解决方案，等待顾客确认。"},
	lifecycle.ProposalAccepted: {EN: "The customer accepted the answer.", ZH: "顾客认可解决方案。"},
	lifecycle.ProposalDeclined: {EN: "The answer does not settle the matter.", ZH: "顾客表示问题尚未解决。"},
	lifecycle.Reopened:         {EN: "The matter was taken up again.", ZH: "问题已重新受理。"},
}

func goodsText(e *ent.CaseEvent) problem.Text {
	if t, ok := repairTexts[e.Type]; ok && e.Params["goods"] != "" {
		return t
	}
	if t, ok := ticketTexts[e.Type]; ok && e.Params["ticket"] != "" {
		return t
	}
	return eventTexts[e.Type]
}

var outcomeTexts = map[lifecycle.Outcome]problem.Text{
	lifecycle.OutcomeRefunded:      {EN: "The refund was credited.", ZH: "退款已到账。"},
	lifecycle.OutcomeReplaced:      {EN: "The replacement was delivered.", ZH: "换货商品已送达。"},
	lifecycle.OutcomeCompensated:   {EN: "The agreed compensation was credited; the customer keeps the goods.", ZH: "约定补偿已到账，商品由顾客保留。"},
	lifecycle.OutcomeResolved:      {EN: "Done as asked.", ZH: "已按要求办理。"},
	lifecycle.OutcomeRejected:      {EN: "The merchant refused.", ZH: "商家已拒绝。"},
	lifecycle.OutcomeCancelled:     {EN: "Cancelled without a reason.", ZH: "已取消，未说明原因。"},
	lifecycle.OutcomeRepaired:      {EN: "Repaired.", ZH: "已修复。"},
	lifecycle.OutcomeUnrepairable:  {EN: "It could not be repaired; the goods went home as they were.", ZH: "无法修复，商品已原样退回。"},
	lifecycle.OutcomeQuoteDeclined: {EN: "The price was declined; the goods went home as they were.", ZH: "报价未被接受，商品已原样退回。"},
	lifecycle.OutcomeNoFault:       {EN: "No fault was found; the goods went home as they were.", ZH: "未发现故障，商品已原样退回。"},
	lifecycle.OutcomeSwapped:       {EN: "The unit is exchanged.", ZH: "转为换货处理。"},
	lifecycle.OutcomeExpired:       {EN: "The customer's part was not done in time.", ZH: "顾客未在时限内完成应办事项。"},
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
