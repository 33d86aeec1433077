package lifecycle

// Conditions of the return's table, by what FactsOf and a use case's input know.
var (
	goodsDue      = &Condition{"goods come back", func(f Facts) bool { return f.GoodsDue }}
	moneyNext     = &Condition{"no goods come back", func(f Facts) bool { return !f.GoodsDue && f.Remedy != Exchange }}
	exchangeNext  = &Condition{"exchange without goods", func(f Facts) bool { return !f.GoodsDue && f.Remedy == Exchange }}
	notYetStarted = &Condition{"no refund under way", func(f Facts) bool { return !f.RefundStarted }}
	nothingGiven  = &Condition{"no refund under way, nothing replaced", func(f Facts) bool { return !f.RefundStarted && !f.Settled }}
	pending       = &Condition{"refund under way", func(f Facts) bool { return f.RefundPending }}
	failed        = &Condition{"refund failed", func(f Facts) bool { return f.RefundFailed }}

	acceptedFirst     = &Condition{"something accepted", func(f Facts) bool { return f.Accepted && !f.RefundStarted && !f.Settled }}
	acceptedPending   = &Condition{"something accepted, paid early", func(f Facts) bool { return f.Accepted && f.underWay() }}
	acceptedFailed    = &Condition{"something accepted, early payment failed", func(f Facts) bool { return f.Accepted && f.RefundFailed }}
	acceptedOwed      = &Condition{"part accepted, all paid, the rest goes back", func(f Facts) bool { return f.Accepted && f.paid() && f.GoodsOwed }}
	acceptedPaid      = &Condition{"accepted, all paid", func(f Facts) bool { return f.Accepted && f.paid() && !f.GoodsOwed }}
	paidForNothing    = &Condition{"paid early, nothing to send back", func(f Facts) bool { return f.paid() && !f.GoodsOwed }}
	noneAcceptedAgain = &Condition{"nothing accepted, nothing paid", func(f Facts) bool { return !f.Accepted && !f.RefundStarted && !f.Settled }}
	noneAccepted      = &Condition{"nothing accepted", func(f Facts) bool { return !f.Accepted }}

	mayOffer = &Condition{"no refund under way, nothing replaced", func(f Facts) bool { return !f.RefundStarted && !f.Settled }}
	backTo   = func(s Status) *Condition {
		return &Condition{"offered in " + string(s), func(f Facts) bool { return f.CameFrom == s }}
	}
	owed      = &Condition{"goods to send back", func(f Facts) bool { return f.GoodsOwed }}
	moneyBack = &Condition{"money", func(f Facts) bool { return f.Remedy != Exchange && !f.RefundStarted }}

	paidEarlyOnApproval = &Condition{"paid on approval", func(f Facts) bool { return f.Trigger.reached(TriggerApproval) && f.early() }}
	paidEarlyOnPickup   = &Condition{"paid on pickup", func(f Facts) bool { return f.Trigger.reached(TriggerPickup) && f.early() }}
	paidEarlyOnReceipt  = &Condition{"paid on receipt", func(f Facts) bool { return f.Trigger.reached(TriggerReceipt) && f.early() }}

	creditedAll  = &Condition{"all paid", func(f Facts) bool { return f.RefundPending && !f.GoodsOwed }}
	creditedPart = &Condition{"paid, the rest goes back", func(f Facts) bool { return f.RefundPending && f.GoodsOwed }}

	exchange     = &Condition{"exchange", func(f Facts) bool { return f.Remedy == Exchange && !f.Shipped }}
	exchangeSent = &Condition{"exchange, sent", func(f Facts) bool { return f.Remedy == Exchange && f.Shipped }}
	// A parcel that was lost or came back is followed by another one; what was settled stays.
	sentAgain     = &Condition{"sent again", func(f Facts) bool { return f.Remedy == Exchange }}
	deliveredAll  = &Condition{"nothing left to do", func(f Facts) bool { return !f.underWay() && !f.RefundFailed && !f.GoodsOwed }}
	deliveredPay  = &Condition{"a difference is being paid", func(f Facts) bool { return f.underWay() }}
	deliveredFail = &Condition{"the difference was not paid", func(f Facts) bool { return f.RefundFailed && !f.underWay() }}
	deliveredOwed = &Condition{"the rest goes back", func(f Facts) bool { return !f.underWay() && !f.RefundFailed && f.GoodsOwed }}
	toMoney       = &Condition{"to money", func(f Facts) bool { return f.Remedy != Exchange && !f.RefundStarted }}
	toExchange    = &Condition{"to an exchange", func(f Facts) bool { return f.Remedy == Exchange && !f.RefundStarted }}

	homePending = &Condition{"a refund is under way", func(f Facts) bool { return f.RefundPending || f.Held }}
	homeFailed  = &Condition{"a refund failed", func(f Facts) bool { return f.RefundFailed }}
	homePaid    = &Condition{"part was settled", func(f Facts) bool { return f.Settled }}
	homeUnpaid  = &Condition{"nothing was accepted", func(f Facts) bool { return !f.Settled }}

	disputable     = &Condition{"within the time for it, once", func(f Facts) bool { return f.Disputable }}
	upheldGoods    = &Condition{"for the customer, goods come back", func(f Facts) bool { return f.Upheld && f.GoodsDue }}
	upheldPaid     = &Condition{"for the customer, all paid already", func(f Facts) bool { return f.Upheld && f.given() && !f.Due }}
	upheldFailed   = &Condition{"for the customer, the payment failed", func(f Facts) bool { return f.Upheld && f.RefundFailed && !f.underWay() }}
	upheldMoney    = &Condition{"for the customer, money", func(f Facts) bool { return f.Upheld && !f.GoodsDue && f.Remedy != Exchange }}
	upheldExchange = &Condition{"for the customer, exchange", func(f Facts) bool { return f.Upheld && !f.GoodsDue && f.Remedy == Exchange }}
	againstOwed    = &Condition{"for the merchant, goods go back", func(f Facts) bool { return !f.Upheld && f.GoodsOwed }}
	againstHome    = &Condition{"for the merchant, goods are on their way home", func(f Facts) bool { return !f.Upheld && f.CameFrom == SentBack }}
	againstPaying  = &Condition{"for the merchant, a refund is under way", func(f Facts) bool { return !f.Upheld && f.underWay() }}
	againstFailed  = &Condition{"for the merchant, a refund failed", func(f Facts) bool { return !f.Upheld && f.RefundFailed }}
	againstGiven   = &Condition{"for the merchant, part was settled", func(f Facts) bool { return !f.Upheld && f.given() }}
	againstNone    = &Condition{"for the merchant", func(f Facts) bool { return !f.Upheld }}

	rejectable = &Condition{"no refund under way, not decided by the platform", func(f Facts) bool { return !f.RefundStarted && !f.Upheld }}

	reopenApproved = &Condition{"approved before", func(f Facts) bool { return f.Approved && f.GoodsDue }}
	reopenNew      = &Condition{"not yet approved", func(f Facts) bool { return !f.Approved || !f.GoodsDue }}
	goodsMissed    = &Condition{"goods were awaited", func(f Facts) bool { return f.GoodsDue }}
)

// whileGoodsTravel are the statuses in which a refund may run ahead of the goods.
var whileGoodsTravel = []Status{AwaitingShipment, InTransit, Received}

// besideMoney are the statuses in which a refund is on its way while the case is about something else; money that went out
// ahead of goods that never came still arrives, or fails to.
var besideMoney = append(whileGoodsTravel, Replacing, ReplacementShipped, InspectionFailed, SentBack, Disputed, Expired)

// returnTable is MALL-3 as a graph: 3.1 request, 3.2 review and shipment, 3.3 inspection, refund and exchange. A case never
// gets stuck: every status that is not terminal has a way on (MALL-1.1b). A transition without To leaves the status.
var returnTable = []Transition{
	{ReturnRequestInfo, []Status{Requested}, NeedsInfo, nil},
	{ReturnProvideInfo, []Status{NeedsInfo}, Requested, nil},

	{ReturnPropose, []Status{Requested, InspectionPassed, InspectionFailed}, Proposed, mayOffer},
	{ReturnProposalAccept, []Status{Proposed}, AwaitingShipment, goodsDue},
	{ReturnProposalAccept, []Status{Proposed}, Refunding, moneyNext},
	{ReturnProposalAccept, []Status{Proposed}, Replacing, exchangeNext},
	{ReturnProposalDecline, []Status{Proposed}, Requested, backTo(Requested)},
	{ReturnProposalDecline, []Status{Proposed}, InspectionPassed, backTo(InspectionPassed)},
	{ReturnProposalDecline, []Status{Proposed}, InspectionFailed, backTo(InspectionFailed)},

	{ReturnApprove, []Status{Requested}, AwaitingShipment, goodsDue},
	{ReturnApprove, []Status{Requested}, Refunding, moneyNext},
	{ReturnApprove, []Status{Requested}, Replacing, exchangeNext},
	{ReturnReject, []Status{Requested, NeedsInfo, InspectionFailed}, Rejected, nothingGiven},
	// Paid ahead for goods that turned out to be no goods.
	{ReturnReject, []Status{InspectionFailed}, Rejected, paidForNothing},
	// Approved, but the money turned out to have gone back by another way: the case still needs an end with a reason.
	{ReturnReject, []Status{InspectionPassed, Refunding, Replacing}, Rejected, rejectable},

	{ReturnShip, []Status{AwaitingShipment}, InTransit, nil},
	{ReturnReceive, []Status{AwaitingShipment, InTransit}, Received, nil},
	// Goods of a case that nobody waited for any more, found by who received them.
	{ParcelMatch, []Status{AwaitingShipment, InTransit}, Received, nil},
	{ParcelMatch, []Status{Expired, Cancelled}, Received, goodsMissed},
	// A second parcel of goods that were booked in already.
	{ParcelMatch, []Status{Received}, Received, nil},
	{ReturnInspect, []Status{Received, InspectionFailed}, InspectionPassed, acceptedFirst},
	{ReturnInspect, []Status{InspectionFailed}, InspectionFailed, noneAcceptedAgain},
	{ReturnInspect, []Status{Received}, InspectionFailed, noneAccepted},
	// The money ran ahead of the goods.
	{ReturnInspect, []Status{Received}, Refunding, acceptedPending},
	{ReturnInspect, []Status{Received}, RefundFailed, acceptedFailed},
	{ReturnInspect, []Status{Received}, InspectionFailed, acceptedOwed},
	{ReturnInspect, []Status{Received}, Completed, acceptedPaid},

	{ReturnRefund, []Status{InspectionPassed, Refunding}, Refunding, moneyBack},
	{ReturnRefund, []Status{AwaitingShipment}, "", paidEarlyOnApproval},
	{ReturnRefund, []Status{InTransit}, "", paidEarlyOnPickup},
	{ReturnRefund, []Status{Received}, "", paidEarlyOnReceipt},
	{RefundConfirm, []Status{Refunding}, Completed, creditedAll},
	{RefundConfirm, []Status{Refunding}, InspectionFailed, creditedPart},
	{RefundConfirm, besideMoney, "", pending},
	{RefundFail, []Status{Refunding}, RefundFailed, pending},
	{RefundFail, besideMoney, "", pending},
	{RefundRetry, []Status{RefundFailed}, Refunding, failed},
	{RefundRetry, besideMoney, "", failed},
	{RefundRedirect, []Status{RefundFailed}, Refunding, failed},
	{RefundRedirect, besideMoney, "", failed},

	{ReturnReplace, []Status{InspectionPassed, Replacing}, ReplacementShipped, exchangeSent},
	{ReturnReplace, []Status{InspectionPassed, Replacing}, Replacing, exchange},
	{ReturnReplace, []Status{ReplacementShipped}, ReplacementShipped, sentAgain},
	{ReturnReplacementDelivered, []Status{ReplacementShipped}, Completed, deliveredAll},
	{ReturnReplacementDelivered, []Status{ReplacementShipped}, Refunding, deliveredPay},
	{ReturnReplacementDelivered, []Status{ReplacementShipped}, RefundFailed, deliveredFail},
	{ReturnReplacementDelivered, []Status{ReplacementShipped}, InspectionFailed, deliveredOwed},
	// What else the customer gets is Facts.Remedy from here on.
	{ReturnConvert, []Status{Requested, AwaitingShipment, InTransit, Received, InspectionPassed}, "", notYetStarted},
	{ReturnConvert, []Status{Replacing, Refunding}, Refunding, toMoney},
	{ReturnConvert, []Status{Replacing, Refunding}, Replacing, toExchange},

	{ReturnSendBack, []Status{InspectionFailed}, SentBack, owed},
	{ReturnSendBack, []Status{InspectionPassed, Refunding, RefundFailed, Replacing, ReplacementShipped, Rejected}, "", owed},
	// The parcel was lost or came back: another one follows.
	{ReturnSendBack, []Status{SentBack}, SentBack, nil},
	// The goods are home again: the case ends as what became of it.
	{ReturnSendBackDelivered, []Status{SentBack}, Refunding, homePending},
	{ReturnSendBackDelivered, []Status{SentBack}, RefundFailed, homeFailed},
	{ReturnSendBackDelivered, []Status{SentBack}, Completed, homePaid},
	{ReturnSendBackDelivered, []Status{SentBack}, Rejected, homeUnpaid},

	{CaseDispute, []Status{Rejected, InspectionFailed, SentBack, Completed}, Disputed, disputable},
	{DisputeDecide, []Status{Disputed}, AwaitingShipment, upheldGoods},
	{DisputeDecide, []Status{Disputed}, Completed, upheldPaid},
	{DisputeDecide, []Status{Disputed}, RefundFailed, upheldFailed},
	{DisputeDecide, []Status{Disputed}, Refunding, upheldMoney},
	{DisputeDecide, []Status{Disputed}, Replacing, upheldExchange},
	{DisputeDecide, []Status{Disputed}, InspectionFailed, againstOwed},
	// The merchant's decision stands: the case goes on where it was.
	{DisputeDecide, []Status{Disputed}, SentBack, againstHome},
	{DisputeDecide, []Status{Disputed}, Refunding, againstPaying},
	{DisputeDecide, []Status{Disputed}, RefundFailed, againstFailed},
	{DisputeDecide, []Status{Disputed}, Completed, againstGiven},
	{DisputeDecide, []Status{Disputed}, Rejected, againstNone},

	{ReturnCancel, []Status{Requested, NeedsInfo, Proposed, AwaitingShipment, InTransit}, Cancelled, notYetStarted},
	{ReturnReopen, []Status{Expired}, AwaitingShipment, reopenApproved},
	{ReturnReopen, []Status{Expired}, Requested, reopenNew},
	{Expire, []Status{NeedsInfo, AwaitingShipment}, Expired, nil},
}
