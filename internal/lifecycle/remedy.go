package lifecycle

import "slices"

// Remedy is what the customer asks for (contract enum Remedy).
type Remedy string

const (
	Refund          Remedy = "REFUND"
	ReturnAndRefund Remedy = "RETURN_AND_REFUND"
	Exchange        Remedy = "EXCHANGE"
	Repair          Remedy = "REPAIR"
)

// Remedies lists every remedy in the order clients show them.
func Remedies() []Remedy { return []Remedy{Refund, ReturnAndRefund, Exchange, Repair} }

// Disposition is what becomes of the goods (contract enum Disposition).
type Disposition string

const (
	// GoodsReturn: the customer sends them back.
	GoodsReturn Disposition = "RETURN"
	// GoodsKeep: the customer keeps them, or never had them.
	GoodsKeep Disposition = "KEEP"
	// GoodsScrap: the customer throws them away.
	GoodsScrap Disposition = "SCRAP"
)

// Trigger is from when on a merchant lets a refund start (contract enum RefundTrigger).
type Trigger string

const (
	TriggerApproval   Trigger = "APPROVAL"
	TriggerPickup     Trigger = "CARRIER_PICKUP"
	TriggerReceipt    Trigger = "RECEIPT"
	TriggerInspection Trigger = "INSPECTION"
)

// Triggers lists them from the earliest to the latest.
func Triggers() []Trigger {
	return []Trigger{TriggerApproval, TriggerPickup, TriggerReceipt, TriggerInspection}
}

// reached reports whether a refund may start at the point named: at its own or any later one.
func (t Trigger) reached(point Trigger) bool {
	own := slices.Index(Triggers(), t)
	return own >= 0 && own <= slices.Index(Triggers(), point)
}
