package lifecycle

func working(label string, holds func(Work) bool) *Condition {
	return &Condition{label, func(f Facts) bool { return holds(f.Work) }}
}

// Conditions of the tables of repairs and of services at the customer's.
var (
	notApproved   = &Condition{"not yet confirmed", func(f Facts) bool { return !f.Approved }}
	toDepot       = &Condition{"the goods are sent in", func(f Facts) bool { return !f.Approved && !f.Work.OnSite }}
	onSiteAgreed  = &Condition{"on site, time agreed", func(f Facts) bool { return !f.Approved && f.Work.OnSite && f.Work.Scheduled }}
	onSiteLater   = &Condition{"on site, time to be agreed", func(f Facts) bool { return !f.Approved && f.Work.OnSite && !f.Work.Scheduled }}
	comingAgain   = &Condition{"confirmed, on site", func(f Facts) bool { return f.Approved && f.Work.OnSite }}
	nextVisit     = working("on site, nobody is there", func(w Work) bool { return w.OnSite && !w.Here && !w.Visiting })
	nextVisitDue  = working("another visit was agreed", func(w Work) bool { return w.Scheduled && !w.Visiting })
	visitOpen     = working("somebody is there, work goes on", func(w Work) bool { return w.Visiting && (!w.Undone || w.TakenIn) })
	visitTaken    = working("goods taken along", func(w Work) bool { return w.TakenIn })
	visitSendIn   = working("goods to be sent in", func(w Work) bool { return w.SendIn })
	visitAgain    = working("comes again", func(w Work) bool { return !w.TakenIn && !w.SendIn })
	visitDone     = working("nothing repaired", func(w Work) bool { return w.Visiting && w.Undone && !w.Here && !w.TakenIn })
	foundOut      = working("cannot or need not be repaired", func(w Work) bool { return w.Undone && !w.Decided && (w.Here || w.Visiting) })
	foundOutThere = working("cannot or need not be repaired, goods are with the customer", func(w Work) bool { return w.Undone && !w.Decided && !w.Here && !w.Visiting })
	corrected     = working("corrected, nothing was decided", func(w Work) bool { return !w.Undone && !w.Decided })
	beforePrice   = working("before its price is accepted", func(w Work) bool { return !w.Paid && !w.Undone })
	acceptedWait  = working("a part is awaited", func(w Work) bool { return w.PartsAwaited })
	owesPrice     = working("not free", func(w Work) bool { return !w.Paid && !w.Undone })
	mayRepair     = working("free", func(w Work) bool { return w.Paid && !w.Undone })
	goodsHere     = working("goods are here", func(w Work) bool { return w.Here })
	goodsThere    = working("goods are with the customer", func(w Work) bool { return !w.Here })
	awaiting      = working("a part is awaited", func(w Work) bool { return w.Paid && !w.Undone && w.PartsAwaited })
	supplied      = working("all parts are there", func(w Work) bool { return w.Paid && !w.Undone && !w.PartsAwaited })
	passedHere    = working("test passed", func(w Work) bool { return w.Paid && !w.Undone && w.Passed && w.Here })
	passedThere   = working("test passed, on site", func(w Work) bool { return w.Paid && !w.Undone && w.Passed && !w.Here })
	notPassed     = working("test not passed", func(w Work) bool { return w.Paid && !w.Undone && !w.Passed })
	undoneHere    = working("nothing repaired, goods are here", func(w Work) bool { return w.Undone && w.Here })
	undoneThere   = working("nothing repaired, goods are with the customer, nobody is there", func(w Work) bool { return w.Undone && !w.Here && !w.Visiting })
	withdrawnHere = working("goods are here, they go home", func(w Work) bool { return w.Here && !w.Undone })
	withdrawnHome = working("goods are with the customer, nobody is there", func(w Work) bool { return !w.Here && !w.Visiting && !w.Undone })
	extendable    = working("a special part, once, before the limit", func(w Work) bool { return w.Extendable })
	nobodyComes   = &Condition{"nobody has to come", func(f Facts) bool { return !f.Approved && !f.Work.OnSite }}
	byPhone       = &Condition{"confirmed, nobody has to come", func(f Facts) bool { return f.Approved && !f.Work.OnSite }}
	cameLate      = &Condition{"approved for the depot", func(f Facts) bool { return f.Approved && !f.Work.OnSite && !f.Work.Here }}
	contested     = &Condition{"within the time for it, once, nobody is there", func(f Facts) bool { return f.Disputable && !f.Work.Visiting }}
	ruledFault    = &Condition{"for the customer, the goods are where they were looked at", func(f Facts) bool {
		return f.Upheld && (f.CameFrom == Diagnosed || f.CameFrom == Quoted)
	}}
	ruledHome  = &Condition{"for the customer, cannot be repaired, ended before", func(f Facts) bool { return f.Upheld && f.CameFrom == Completed && f.Work.Unrepairable }}
	ruledUnder = &Condition{"for the customer, the goods are on their way home", func(f Facts) bool { return f.Upheld && f.CameFrom == SentBack }}
	sentBefore = &Condition{"disputed on their way home", func(f Facts) bool { return f.CameFrom == SentBack }}
	comesBack  = &Condition{"decided for the customer meanwhile: they come back", func(f Facts) bool { return f.CameFrom == SentBack }}
	ruledVisit = &Condition{"for the customer, on site", func(f Facts) bool { return f.Upheld && f.Work.OnSite }}
	ruledSend  = &Condition{"for the customer, the goods are sent in", func(f Facts) bool { return f.Upheld && !f.Work.OnSite }}
	dismissed  = func(s Status) *Condition {
		return &Condition{"for the merchant, disputed in " + string(s), func(f Facts) bool { return !f.Upheld && f.CameFrom == s }}
	}
	stillOwed = working("could not be repaired", func(w Work) bool { return w.Unrepairable })
	waiting   = &Condition{"confirmed", func(f Facts) bool { return f.Approved }}
)

// repairTable is MALL-4.3 and SLA-A/B-2.2 as a graph: by sending the goods in, or by somebody coming. Whatever is found, the
// goods come home: repaired, unrepaired, or as another case that swaps or refunds them.
var repairTable = []Transition{
	{RepairRequestInfo, []Status{Requested}, NeedsInfo, notApproved},
	{RepairProvideInfo, []Status{NeedsInfo}, Requested, nil},
	{RepairApprove, []Status{Requested}, AwaitingShipment, toDepot},
	{RepairApprove, []Status{Requested}, VisitScheduled, onSiteAgreed},
	{RepairApprove, []Status{Requested}, "", onSiteLater},
	{RepairReject, []Status{Requested, NeedsInfo}, Rejected, notApproved},
	{RepairCancel, []Status{Requested, NeedsInfo, AwaitingShipment, InTransit, VisitScheduled}, Cancelled, nil},
	// Withdrawn when the goods are with the merchant already.
	{RepairCancel, []Status{Received, Diagnosed, InRepair, AwaitingParts}, Diagnosed, withdrawnHere},
	{RepairCancel, []Status{Diagnosed, InRepair, AwaitingParts}, Cancelled, withdrawnHome},
	// Nothing can be done, the goods never left, and the customer wants nothing instead.
	{RepairCancel, []Status{Diagnosed}, Completed, undoneThere},

	// Also again, where the first parcel was lost.
	{RepairShip, []Status{AwaitingShipment, InTransit}, InTransit, nil},
	{RepairReceive, []Status{AwaitingShipment, InTransit}, Received, nil},
	// Goods that come when nobody waited for them any more: a fact is never refused.
	{RepairReceive, []Status{Expired, Cancelled}, Received, cameLate},

	{RepairVisitSchedule, []Status{Requested}, VisitScheduled, comingAgain},
	{RepairVisitSchedule, []Status{VisitScheduled}, VisitScheduled, nil},
	{RepairVisitSchedule, []Status{Diagnosed, InRepair, AwaitingParts}, "", nextVisit},
	{RepairVisitMissed, []Status{VisitScheduled}, Requested, nil},
	{RepairVisitMissed, []Status{Diagnosed, InRepair, AwaitingParts}, "", nextVisitDue},
	{RepairVisitStart, []Status{VisitScheduled}, InVisit, nil},
	{RepairVisitStart, []Status{Diagnosed, InRepair, AwaitingParts}, "", nextVisitDue},
	{RepairVisitEnd, []Status{InVisit}, Received, visitTaken},
	{RepairVisitEnd, []Status{InVisit}, AwaitingShipment, visitSendIn},
	{RepairVisitEnd, []Status{InVisit}, Requested, visitAgain},
	{RepairVisitEnd, []Status{Diagnosed, Quoted, InRepair, AwaitingParts}, "", visitOpen},
	{RepairVisitEnd, []Status{Diagnosed}, Completed, visitDone},

	{RepairDiagnose, []Status{Received, InVisit}, Diagnosed, nil},
	{RepairDiagnose, []Status{Diagnosed, Quoted, InRepair, AwaitingParts}, Diagnosed, foundOut},
	{RepairDiagnose, []Status{Diagnosed, Quoted, InRepair, AwaitingParts}, Completed, foundOutThere},
	{RepairDiagnose, []Status{Diagnosed, Quoted}, Diagnosed, corrected},
	{RepairQuote, []Status{Diagnosed, Quoted}, Quoted, owesPrice},
	{RepairQuoteAccept, []Status{Quoted}, AwaitingParts, acceptedWait},
	{RepairQuoteAccept, []Status{Quoted}, InRepair, nil},
	{RepairQuoteDecline, []Status{Quoted}, Diagnosed, goodsHere},
	{RepairQuoteDecline, []Status{Quoted}, Completed, goodsThere},
	{RepairStart, []Status{Diagnosed}, AwaitingParts, awaiting},
	{RepairStart, []Status{Diagnosed}, InRepair, mayRepair},
	{RepairPartRecord, []Status{Diagnosed, InRepair, AwaitingParts}, AwaitingParts, awaiting},
	{RepairPartRecord, []Status{Diagnosed, InRepair, AwaitingParts}, InRepair, supplied},
	// A special part that the price depends on: it is ordered, and buys its extension, while the customer thinks.
	{RepairPartRecord, []Status{Diagnosed, Quoted}, "", beforePrice},
	{RepairPartArrive, []Status{Diagnosed, Quoted}, "", beforePrice},
	{RepairPartArrive, []Status{AwaitingParts}, AwaitingParts, awaiting},
	{RepairPartArrive, []Status{AwaitingParts}, InRepair, supplied},
	{RepairExtend, []Status{Requested, VisitScheduled, AwaitingShipment, InTransit, Received, InVisit, Diagnosed, Quoted, InRepair, AwaitingParts}, "", extendable},
	{RepairComplete, []Status{Diagnosed, InRepair}, Tested, passedHere},
	{RepairComplete, []Status{Diagnosed, InRepair}, Completed, passedThere},
	{RepairComplete, []Status{Diagnosed, InRepair}, InRepair, notPassed},

	{RepairSendBack, []Status{Tested, SentBack}, SentBack, nil},
	{RepairSendBack, []Status{Diagnosed, Expired}, SentBack, undoneHere},
	{RepairSendBackDelivered, []Status{SentBack}, AwaitingShipment, comesBack},
	{RepairSendBackDelivered, []Status{SentBack}, Completed, nil},
	// They come home while it is disputed: a fact is never refused.
	{RepairSendBackDelivered, []Status{Disputed}, "", sentBefore},
	{RepairCollect, []Status{Tested}, Completed, nil},
	{RepairCollect, []Status{Diagnosed}, Completed, undoneHere},
	// Found again after the storage limit: a fact is never refused.
	{RepairCollect, []Status{Expired}, Completed, goodsHere},
	{RepairSendBack, []Status{Expired}, SentBack, goodsHere},
	// Swapped or refunded by a linked case.
	{RepairConvert, []Status{Requested, VisitScheduled, Received, InVisit, Diagnosed, Quoted, InRepair, AwaitingParts, Tested, SentBack}, Completed, waiting},
	// What could not be repaired went home before anybody asked for something in its place.
	{RepairConvert, []Status{Completed}, Completed, stillOwed},

	// Against a rejection, or a diagnosis by which the customer pays.
	{CaseDispute, []Status{Rejected, Diagnosed, Quoted, SentBack, Completed}, Disputed, contested},
	{DisputeDecide, []Status{Disputed}, Diagnosed, ruledFault},
	// What the carrier has, nobody can send: what begins again does so once the goods are home.
	{DisputeDecide, []Status{Disputed}, SentBack, ruledUnder},
	{DisputeDecide, []Status{Disputed}, Completed, ruledHome},
	{DisputeDecide, []Status{Disputed}, Requested, ruledVisit},
	{DisputeDecide, []Status{Disputed}, AwaitingShipment, ruledSend},
	{DisputeDecide, []Status{Disputed}, Rejected, dismissed(Rejected)},
	{DisputeDecide, []Status{Disputed}, Diagnosed, dismissed(Diagnosed)},
	{DisputeDecide, []Status{Disputed}, Quoted, dismissed(Quoted)},
	{DisputeDecide, []Status{Disputed}, SentBack, dismissed(SentBack)},
	{DisputeDecide, []Status{Disputed}, Completed, dismissed(Completed)},

	{Expire, []Status{NeedsInfo, AwaitingShipment, Requested, Diagnosed, Quoted, InRepair, AwaitingParts, Tested}, Expired, nil},
}

// serviceTable is work at the customer's: installation, commissioning, guidance, maintenance (SLA-A-2.1.1, SLA-A-2.1.4).
var serviceTable = []Transition{
	{ServiceRequestInfo, []Status{Requested}, NeedsInfo, notApproved},
	{ServiceProvideInfo, []Status{NeedsInfo}, Requested, nil},
	{ServiceConfirm, []Status{Requested}, VisitScheduled, onSiteAgreed},
	{ServiceConfirm, []Status{Requested}, "", onSiteLater},
	// Guidance by telephone.
	{ServiceConfirm, []Status{Requested}, "", nobodyComes},
	{ServiceReject, []Status{Requested, NeedsInfo}, Rejected, notApproved},
	{ServiceCancel, []Status{Requested, NeedsInfo, VisitScheduled}, Cancelled, nil},
	{ServiceVisitSchedule, []Status{Requested}, VisitScheduled, waiting},
	{ServiceVisitSchedule, []Status{VisitScheduled}, VisitScheduled, nil},
	{ServiceVisitMissed, []Status{VisitScheduled}, Requested, nil},
	{ServiceVisitStart, []Status{VisitScheduled}, InVisit, nil},
	{ServiceVisitEnd, []Status{InVisit}, Requested, nil},
	{ServiceComplete, []Status{InVisit}, Completed, nil},
	{ServiceComplete, []Status{Requested}, Completed, byPhone},
	{Expire, []Status{NeedsInfo, Requested}, Expired, nil},
}
