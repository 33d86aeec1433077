package casework

import (
	"context"
	"time"

	"entgo.io/ent/dialect/sql"

	"aftersales/ent"
	"aftersales/ent/fee"
	"aftersales/ent/predicate"
	"aftersales/internal/calendar"
	"aftersales/internal/problem"
)

// FeeValid narrows fees to those whose schedule entry holds on a day: both ends are included, no end means until further
// notice.
func FeeValid(day calendar.Date) predicate.Fee {
	on := day.String() // written year first, so that days compare as texts
	return fee.And(fee.ValidFromLTE(on), fee.Or(fee.ValidToIsNil(), fee.ValidTo(""), fee.ValidToGTE(on)))
}

// FeeOn is the entry of a merchant's fee schedule that holds for a code at an instant, by the day it is in the zone of the
// merchant's calendar (MALL-2.3d: no fee without an entry to cite).
//
// Errors: INVALID_INPUT without a field when none holds that day.
func (s *Service) FeeOn(ctx context.Context, m *ent.Merchant, code string, at time.Time) (*ent.Fee, error) {
	_, cal, err := s.MerchantCalendar(ctx, m)
	if err != nil {
		return nil, err
	}
	day := calendar.DateOf(at, cal.Zone())
	row, err := s.store.Client(ctx).Fee.Query().Where(fee.MerchantID(m.ID), fee.Code(code), FeeValid(day)).
		Order(fee.ByValidFrom(sql.OrderDesc())).First(ctx)
	if ent.IsNotFound(err) {
		return nil, problem.Invalid(problem.Textf("the fee schedule has no entry %[1]q that holds on %[2]s", "收费标准中没有在 %[2]s 有效的条目“%[1]s”", code, day))
	}
	return row, err
}
