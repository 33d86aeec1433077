// Package id makes the product's ids: a prefix that says what the thing is, then a sortable UUIDv7 in base 32.
// Ids are global and opaque to clients; the prefix lets node(id) find the right table.
package id

import (
	"strings"

	"github.com/google/uuid"
	"go.jetify.com/typeid"
)

// Prefixes of what clients can address through node(id), and of internal rows.
const (
	Merchant      = "mer"
	Staff         = "stf"
	Customer      = "cus"
	ReturnAddress = "adr"
	Order         = "ord"
	OrderLine     = "lin"
	Return        = "ret"
	ReturnItem    = "rit"
	Parcel        = "par"
	Refund        = "ref"
	Deadline      = "dln"
	CaseEvent     = "evt"
	ReturnReason  = "rsn"
	Calendar      = "cal"
	Idempotency   = "idk"
	Audit         = "aud"
	ReturnDetail  = "rdt"
	ServicePolicy = "pol"
	Message       = "msg"
	Evidence      = "evi"
	Proposal      = "prp"
	Dispute       = "dsp"
	ParkedParcel  = "pkp"
	Fee           = "fee"
	OrderChange   = "och"
	Repair        = "rep"
	OnSiteService = "svc"
	RepairDetail  = "rpd"
	Visit         = "vis"
	RepairPart    = "prt"
	RepairQuote   = "quo"
	Warranty      = "war"
	WarrantyTerm  = "wtm"
	Maintenance   = "mnt"
	DerivedPlan   = "pln"
	PlanAdoption  = "ado"
	Compensation  = "cmp"
	Ticket        = "tkt"
	TicketDetail  = "tkd"
)

// New makes an id. Those that one process makes always rise, also within a millisecond: what was written together and
// happened at one instant (a sandbox's clock stands still) keeps its order. It panics when the operating system cannot give
// randomness, or for a prefix that is no prefix: both leave nothing sensible to go on with.
func New(prefix string) string {
	u, err := uuid.NewV7()
	if err != nil {
		panic(err)
	}
	t, err := typeid.FromUUIDWithPrefix(prefix, u.String())
	if err != nil {
		panic(err)
	}
	return t.String()
}

// Prefix returns the kind part of a well-formed id, and "" for anything else.
func Prefix(s string) string {
	t, err := typeid.FromString(s)
	if err != nil {
		return ""
	}
	return t.Prefix()
}

// Suffix returns the last n characters of the random part, upper case: the readable tail of a case number.
func Suffix(s string, n int) string {
	return strings.ToUpper(s[len(s)-n:])
}
