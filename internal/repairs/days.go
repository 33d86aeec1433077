package repairs

import (
	"time"

	"aftersales/ent"
)

// States of a quote (contract enum RepairQuoteState).
const (
	QuoteOpen     = "OPEN"
	QuoteAccepted = "ACCEPTED"
	QuoteDeclined = "DECLINED"
	QuoteExpired  = "EXPIRED"
	QuoteReplaced = "REPLACED"
)

// StopWaiting ends the waiting for parts, if the repair waits, and adds what it took.
func StopWaiting(u *ent.RepairDetailUpdate, was *ent.RepairDetail, at time.Time) {
	if was.PartsSince == nil {
		return
	}
	u.ClearPartsSince().AddPartsSeconds(int64(max(0, at.Sub(*was.PartsSince)) / time.Second))
}
