package lifecycle

import "strings"

// Action is something an actor can do to a case (contract enum CaseAction).
type Action string

const (
	ReturnRequestInfo Action = "RETURN_REQUEST_INFO"
	ReturnProvideInfo Action = "RETURN_PROVIDE_INFO"
	ReturnApprove     Action = "RETURN_APPROVE"
	ReturnReject      Action = "RETURN_REJECT"
	ReturnShip        Action = "RETURN_SHIP"
	ReturnReceive     Action = "RETURN_RECEIVE"
	ReturnInspect     Action = "RETURN_INSPECT"
	ReturnRefund      Action = "RETURN_REFUND"
	RefundConfirm     Action = "REFUND_CONFIRM"
	ReturnCancel      Action = "RETURN_CANCEL"

	ReturnPropose              Action = "RETURN_PROPOSE"
	ReturnProposalAccept       Action = "RETURN_PROPOSAL_ACCEPT"
	ReturnProposalDecline      Action = "RETURN_PROPOSAL_DECLINE"
	ReturnReplace              Action = "RETURN_REPLACE"
	ReturnReplacementDelivered Action = "RETURN_REPLACEMENT_DELIVERED"
	ReturnConvert              Action = "RETURN_CONVERT"
	ReturnSendBack             Action = "RETURN_SEND_BACK"
	ReturnSendBackDelivered    Action = "RETURN_SEND_BACK_DELIVERED"
	ReturnReopen               Action = "RETURN_REOPEN"
	ReturnDelivered            Action = "RETURN_DELIVERED"
	ReturnFreightClaim         Action = "RETURN_FREIGHT_CLAIM"
	ParcelMatch                Action = "PARCEL_MATCH"
	RefundFail                 Action = "REFUND_FAIL"
	RefundRetry                Action = "REFUND_RETRY"
	RefundRedirect             Action = "REFUND_REDIRECT"
	RefundRelease              Action = "REFUND_RELEASE"
	CaseDispute                Action = "CASE_DISPUTE"
	DisputeAnswer              Action = "DISPUTE_ANSWER"
	DisputeAsk                 Action = "DISPUTE_ASK"
	DisputeDecide              Action = "DISPUTE_DECIDE"
	OrderInterceptResolve      Action = "ORDER_INTERCEPT_RESOLVE"

	RepairRequestInfo       Action = "REPAIR_REQUEST_INFO"
	RepairProvideInfo       Action = "REPAIR_PROVIDE_INFO"
	RepairApprove           Action = "REPAIR_APPROVE"
	RepairReject            Action = "REPAIR_REJECT"
	RepairCancel            Action = "REPAIR_CANCEL"
	RepairShip              Action = "REPAIR_SHIP"
	RepairDelivered         Action = "REPAIR_DELIVERED"
	RepairReceive           Action = "REPAIR_RECEIVE"
	RepairVisitSchedule     Action = "REPAIR_VISIT_SCHEDULE"
	RepairVisitMissed       Action = "REPAIR_VISIT_MISSED"
	RepairVisitStart        Action = "REPAIR_VISIT_START"
	RepairVisitEnd          Action = "REPAIR_VISIT_END"
	RepairDiagnose          Action = "REPAIR_DIAGNOSE"
	RepairQuote             Action = "REPAIR_QUOTE"
	RepairQuoteAccept       Action = "REPAIR_QUOTE_ACCEPT"
	RepairQuoteDecline      Action = "REPAIR_QUOTE_DECLINE"
	RepairStart             Action = "REPAIR_START"
	RepairPartRecord        Action = "REPAIR_PART_RECORD"
	RepairPartArrive        Action = "REPAIR_PART_ARRIVE"
	RepairExtend            Action = "REPAIR_EXTEND"
	RepairComplete          Action = "REPAIR_COMPLETE"
	RepairSendBack          Action = "REPAIR_SEND_BACK"
	RepairSendBackDelivered Action = "REPAIR_SEND_BACK_DELIVERED"
	RepairCollect           Action = "REPAIR_COLLECT"
	RepairConvert           Action = "REPAIR_CONVERT"

	ServiceRequestInfo   Action = "SERVICE_REQUEST_INFO"
	ServiceProvideInfo   Action = "SERVICE_PROVIDE_INFO"
	ServiceConfirm       Action = "SERVICE_CONFIRM"
	ServiceReject        Action = "SERVICE_REJECT"
	ServiceCancel        Action = "SERVICE_CANCEL"
	ServiceVisitSchedule Action = "SERVICE_VISIT_SCHEDULE"
	ServiceVisitMissed   Action = "SERVICE_VISIT_MISSED"
	ServiceVisitStart    Action = "SERVICE_VISIT_START"
	ServiceVisitEnd      Action = "SERVICE_VISIT_END"
	ServiceComplete      Action = "SERVICE_COMPLETE"

	TicketRequestInfo   Action = "TICKET_REQUEST_INFO"
	TicketProvideInfo   Action = "TICKET_PROVIDE_INFO"
	TicketAnswer        Action = "TICKET_ANSWER"
	TicketAnswerAccept  Action = "TICKET_ANSWER_ACCEPT"
	TicketAnswerDecline Action = "TICKET_ANSWER_DECLINE"
	TicketReject        Action = "TICKET_REJECT"
	TicketCancel        Action = "TICKET_CANCEL"
	TicketReopen        Action = "TICKET_REOPEN"

	CaseAssign       Action = "CASE_ASSIGN"
	CaseRespond      Action = "CASE_RESPOND"
	CaseExplainDelay Action = "CASE_EXPLAIN_DELAY"
	CaseClose        Action = "CASE_CLOSE"
	CaseMessageAdd   Action = "CASE_MESSAGE_ADD"
	CaseEvidenceAdd  Action = "CASE_EVIDENCE_ADD"

	// Expire is what the sweep does when the customer's own deadline ends a case; no caller can ask for it.
	Expire Action = "EXPIRE"
)

// Operation is the name of the mutation that carries the action out: RETURN_APPROVE is returnApprove.
func (a Action) Operation() string {
	words := strings.Split(strings.ToLower(string(a)), "_")
	for i := 1; i < len(words); i++ {
		words[i] = strings.ToUpper(words[i][:1]) + words[i][1:]
	}
	return strings.Join(words, "")
}
