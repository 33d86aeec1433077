package view

import (
	"aftersales/ent"
	"aftersales/internal/calendar"
)

// Fee shows an entry of a fee schedule, with the currency of its merchant.
type Fee struct {
	*ent.Fee
	Currency string
}

func (Fee) IsNode() {}

// Amount is in the merchant's currency.
func (f Fee) Amount() *Money { return MoneyOf(f.Fee.Amount, f.Currency) }

// ValidFrom and ValidTo are days; no ValidTo: until further notice.
func (f Fee) ValidFrom() calendar.Date { return *date(f.Fee.ValidFrom) }
func (f Fee) ValidTo() *calendar.Date  { return date(f.Fee.ValidTo) }
