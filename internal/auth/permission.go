package auth

import (
	"context"
	"slices"

	"aftersales/internal/problem"
)

// The one permission table: who may use which root field of the API. A field that is not listed is refused to everybody.
// What a permitted caller then sees is narrowed further: the tenant guard by merchant, and for CUSTOMER by their own id.

var (
	caseHandlers  = []Role{Agent, Supervisor, MerchantAdmin}
	withCustomer  = []Role{Customer, Agent, Supervisor, MerchantAdmin}
	threadWriters = []Role{Customer, Agent, Warehouse, Technician, Finance, Supervisor, MerchantAdmin}
	visitors      = []Role{Agent, Technician, Supervisor, MerchantAdmin}
	goodsIn       = []Role{Warehouse, Agent, Supervisor, MerchantAdmin}
	workshop      = []Role{Technician, Agent, Supervisor, MerchantAdmin}
	depot         = []Role{Warehouse, Technician, Agent, Supervisor, MerchantAdmin}
	doorstep      = []Role{Customer, Agent, Warehouse, Supervisor, MerchantAdmin, Integration}
	staffReaders  = []Role{Agent, Warehouse, Technician, Finance, Supervisor, MerchantAdmin, Integration, PlatformAdmin}
	caseReaders   = append([]Role{Customer}, staffReaders...)
	merchantRoot  = []Role{MerchantAdmin, PlatformAdmin}
	orderWriters  = []Role{Integration, MerchantAdmin, PlatformAdmin}
)

var permissions = map[string][]Role{
	// queries
	"now":             roles,
	"node":            roles,
	"nodes":           roles,
	"merchant":        roles,
	"returnReasons":   roles,
	"order":           caseReaders,
	"orders":          caseReaders,
	"case":            caseReaders,
	"cases":           caseReaders,
	"return":          caseReaders,
	"returns":         caseReaders,
	"repair":          caseReaders,
	"repairs":         caseReaders,
	"refunds":         caseReaders,
	"refundQuote":     caseReaders,
	"compensations":   caseReaders,
	"deadlines":       staffReaders,
	"viewer":          roles,
	"calendar":        roles,
	"deadlinePreview": roles,
	"servicePolicy":   roles,
	"fees":            roles,
	"plans":           staffReaders,

	// configuration
	"merchantCreate":      {PlatformAdmin},
	"calendarPublish":     {PlatformAdmin},
	"staffUpsert":         merchantRoot,
	"policyPublish":       merchantRoot,
	"returnWindowSet":     merchantRoot,
	"feeUpsert":           merchantRoot,
	"planAdopt":           merchantRoot,
	"planDerive":          merchantRoot,
	"planPreview":         merchantRoot,
	"refundLimitSet":      merchantRoot,
	"refundGatewaySet":    merchantRoot,
	"refundTriggerSet":    merchantRoot,
	"returnAddressUpsert": merchantRoot,
	"testClockAdvance":    merchantRoot,
	"orderUpsert":         orderWriters,
	"ordersImport":        orderWriters,

	// the return (MALL-3)
	"returnRequest":      withCustomer,
	"returnProvideInfo":  withCustomer,
	"returnShip":         withCustomer,
	"returnCancel":       withCustomer,
	"returnFreightClaim": withCustomer,
	"returnRequestInfo":  caseHandlers,
	"returnApprove":      caseHandlers,
	"returnReject":       caseHandlers,
	"returnReceive":      goodsIn,
	"returnInspect":      goodsIn,
	"returnRefund":       {Agent, Finance, Supervisor, MerchantAdmin},
	"returnConvert":      withCustomer,
	"returnReplace":      goodsIn,
	"refundConfirm":      {Finance, Supervisor, MerchantAdmin, Integration},
	"refundFail":         {Finance, Supervisor, MerchantAdmin, Integration},
	"refundRetry":        {Finance, Supervisor, MerchantAdmin},
	"refundRedirect":     {Customer, Agent, Finance, Supervisor, MerchantAdmin},
	"refundRelease":      {Finance, MerchantAdmin},

	// the exchange (MALL-3.3e): the customer may confirm what the carrier did not
	"returnReplacementDelivered": append([]Role{Customer, Integration}, goodsIn...),

	// before the goods arrive (MALL-2.3b)
	"orderCancel":           withCustomer,
	"orderAmendAddress":     withCustomer,
	"orderInterceptResolve": {Agent, Warehouse, Supervisor, MerchantAdmin, Integration},
	// goods on their way (MALL-3.3a, 3.3c); INTEGRATION speaks for the carrier: a CARRIER's token is not bound to its parcels
	"returnSendBack":          goodsIn,
	"parcelPark":              goodsIn,
	"parcelMatch":             goodsIn,
	"parkedParcels":           staffReaders,
	"returnDelivered":         doorstep,
	"returnSendBackDelivered": doorstep,

	// offers, silence and repeats (MALL-3.3f)
	"returnPropose":         caseHandlers,
	"returnProposalAccept":  withCustomer,
	"returnProposalDecline": withCustomer,
	"returnReopen":          withCustomer,

	// the repair (MALL-2.2c, MALL-4.3); the repair department is the role TECHNICIAN (MALL-4.3d)
	"repairRequest":     withCustomer,
	"repairProvideInfo": withCustomer,
	"repairCancel":      withCustomer,
	"repairShip":        withCustomer,
	"repairRequestInfo": caseHandlers,
	"repairApprove":     caseHandlers,
	"repairReject":      caseHandlers,
	"repairDelivered":   doorstep,
	"repairReceive":     depot,

	"repairDiagnose":          workshop,
	"repairQuote":             workshop,
	"repairQuoteAccept":       withCustomer,
	"repairQuoteDecline":      withCustomer,
	"repairStart":             workshop,
	"repairPartRecord":        workshop,
	"repairPartArrive":        depot,
	"repairExtend":            caseHandlers,
	"repairComplete":          workshop,
	"repairSendBack":          depot,
	"repairSendBackDelivered": doorstep,
	"repairCollect":           depot,

	// disputes and closing merchants (MALL-1.3c)
	"disputes":          caseReaders,
	"merchantStatusSet": {PlatformAdmin},
	"caseDispute":       withCustomer,
	"disputeAnswer":     withCustomer,
	"disputeAsk":        {PlatformAdmin},
	"disputeDecide":     {PlatformAdmin},

	// services at the customer's (SLA-A-2.1.1, SLA-A-2.1.4)
	"service":                caseReaders,
	"services":               caseReaders,
	"visits":                 staffReaders,
	"maintenanceSchedules":   caseReaders,
	"repairVisitSchedule":    visitors,
	"repairVisitMissed":      visitors,
	"repairVisitStart":       visitors,
	"repairVisitEnd":         visitors,
	"serviceRequest":         withCustomer,
	"serviceProvideInfo":     withCustomer,
	"serviceCancel":          withCustomer,
	"serviceRequestInfo":     caseHandlers,
	"serviceConfirm":         caseHandlers,
	"serviceReject":          caseHandlers,
	"serviceVisitSchedule":   visitors,
	"serviceVisitMissed":     visitors,
	"serviceVisitStart":      visitors,
	"serviceVisitEnd":        visitors,
	"serviceComplete":        visitors,
	"maintenanceScheduleSet": withCustomer,
	"maintenanceScheduleEnd": withCustomer,

	// questions, complaints, opinions and other matters (MALL-2.3a, SLA-A-2.1.3, PLEDGE-2.4, SLA-A-2.1.5)
	"ticket":              caseReaders,
	"tickets":             caseReaders,
	"ticketOpen":          withCustomer,
	"complaintOpen":       withCustomer,
	"ticketProvideInfo":   withCustomer,
	"ticketAnswerAccept":  withCustomer,
	"ticketAnswerDecline": withCustomer,
	"ticketCancel":        withCustomer,
	"ticketReopen":        withCustomer,
	"ticketRequestInfo":   caseHandlers,
	"ticketAnswer":        caseHandlers,
	"ticketReject":        caseHandlers,

	// warranties (MALL-5.1b, MALL-5.1c)
	"warranty":         caseReaders,
	"warranties":       caseReaders,
	"warrantyTerms":    roles,
	"warrantyTermSet":  merchantRoot,
	"warrantyRegister": append([]Role{Integration}, withCustomer...),
	"warrantyTransfer": caseHandlers,
	"repairConvert":    withCustomer,

	// every case
	"caseAssign":           caseHandlers,
	"caseRespond":          caseHandlers,
	"caseExplainDelay":     caseHandlers,
	"compensationApprove":  {Finance, Supervisor, MerchantAdmin},
	"compensationReject":   {Finance, Supervisor, MerchantAdmin},
	"caseUnderstandingSet": caseHandlers,
	"caseClose":            caseHandlers,
	"caseMessageAdd":       threadWriters,
	"caseEvidenceAdd":      threadWriters,
}

// standIn lists what the platform does to the cases of a merchant that is closing, beside its people or in their place: what
// MERCHANT_ADMIN does to a case. Whether the merchant is closing, package casework judges with the case at hand.
var standIn = []string{
	"returnRequestInfo", "returnProvideInfo", "returnApprove", "returnReject", "returnPropose", "returnProposalAccept", "returnProposalDecline",
	"returnShip", "returnDelivered", "returnReceive", "returnInspect", "returnFreightClaim", "returnCancel", "returnReopen",
	"returnRefund", "refundConfirm", "refundFail", "refundRetry", "refundRedirect", "refundRelease",
	"returnReplace", "returnReplacementDelivered", "returnConvert", "returnSendBack", "returnSendBackDelivered", "parcelMatch",
	"repairConvert", "repairRequestInfo", "repairProvideInfo", "repairApprove", "repairReject", "repairCancel", "repairShip", "repairDelivered", "repairReceive",
	"repairDiagnose", "repairQuote", "repairQuoteAccept", "repairQuoteDecline", "repairStart", "repairPartRecord", "repairPartArrive", "repairExtend",
	"repairComplete", "repairSendBack", "repairSendBackDelivered", "repairCollect",
	"orderInterceptResolve", "caseDispute", "disputeAnswer",
	"repairVisitSchedule", "repairVisitMissed", "repairVisitStart", "repairVisitEnd",
	"serviceRequestInfo", "serviceProvideInfo", "serviceConfirm", "serviceReject", "serviceCancel",
	"serviceVisitSchedule", "serviceVisitMissed", "serviceVisitStart", "serviceVisitEnd", "serviceComplete",
	"ticketRequestInfo", "ticketProvideInfo", "ticketAnswer", "ticketAnswerAccept", "ticketAnswerDecline", "ticketReject", "ticketCancel", "ticketReopen",
	"caseAssign", "caseRespond", "caseExplainDelay", "caseUnderstandingSet", "compensationApprove", "compensationReject", "caseClose", "caseMessageAdd", "caseEvidenceAdd",
}

// StandsIn reports whether a role does an operation only in the place of a merchant that is closing.
func StandsIn(r Role, operation string) bool {
	return r == PlatformAdmin && !Can(r, operation) && Can(MerchantAdmin, operation) && slices.Contains(standIn, operation)
}

// public lists the root fields an anonymous caller may read.
var public = []string{"viewer", "calendar", "deadlinePreview", "servicePolicy"}

// readBy says which query's permission covers a type reached through node(id), by id prefix.
var readBy = map[string]string{
	"ord": "order", "lin": "order", "cus": "order",
	"msg": "case", "evi": "case", "dsp": "return",
	"och": "case", "rep": "case", "prt": "case", "quo": "case", "prp": "return", "svc": "service", "tkt": "ticket", "vis": "case", "mnt": "maintenanceSchedules",
	"ret": "return", "rit": "return", "par": "return", "pkp": "parkedParcels", "evt": "case", "dln": "case", "ref": "refunds",
	"cmp": "compensations", "adr": "returnReasons", "rsn": "returnReasons", "fee": "fees", "mer": "merchant", "cal": "calendar", "stf": "deadlines", "war": "warranty",
}

// Can reports whether a role may use an operation (a root field's name).
func Can(r Role, operation string) bool { return slices.Contains(permissions[operation], r) }

// CanReadNode reports whether a role may reach a type through node(id), by the id's prefix.
func CanReadNode(r Role, prefix string) bool {
	op, known := readBy[prefix]
	return known && Can(r, op)
}

// Require returns the actor of the context if they may use the operation. The service itself may use everything; an
// anonymous caller gets Unauthenticated unless the field is public, any other role without permission NotAllowed.
func Require(ctx context.Context, operation string) (Actor, error) {
	a, _ := From(ctx)
	switch {
	case a.System, Can(a.Role, operation), StandsIn(a.Role, operation), a.Anonymous() && slices.Contains(public, operation):
		return a, nil
	case a.Anonymous():
		return a, problem.New(problem.Unauthenticated, problem.Text{EN: "sign in to use this", ZH: "请先登录"})
	default:
		return a, problem.New(problem.NotAllowed, problem.Textf("role %s may not use %s", "角色 %s 无权使用 %s", a.Role, operation))
	}
}

// SeesPersonalData reports whether the actor needs a customer's phone, e-mail and address for their work (SLA-A-3.1.4).
// Everyone else gets them masked. A CUSTOMER sees only their own row anyway.
func (a Actor) SeesPersonalData() bool {
	return slices.Contains([]Role{Customer, Agent, Supervisor, MerchantAdmin}, a.Role)
}

// SeesAccounts reports whether the actor may read whole to which account a refund was redirected: whoever needs it to pay, or
// agreed it with the customer.
func (a Actor) SeesAccounts() bool { return a.SeesPersonalData() || a.Role == Finance }

// SeesShipTo reports whether the actor needs the address an order goes to: those who see personal data, and the merchant's
// system, which sends the goods and must learn of a change.
func (a Actor) SeesShipTo() bool { return a.SeesPersonalData() || a.Role == Integration }

// WritesToCustomers reports whether what the actor writes may reach the customer: those who handle cases. Everybody else in
// the house writes notes for their colleagues. The platform writes for a merchant that is closing.
func (a Actor) WritesToCustomers() bool {
	return slices.Contains(caseHandlers, a.Role) || a.Role == PlatformAdmin
}

// SeesStaff reports whether the actor may see who works for the merchant.
func (a Actor) SeesStaff() bool { return a.System || Can(a.Role, "deadlines") }
