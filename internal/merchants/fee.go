package merchants

import (
	"context"
	"regexp"
	"slices"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

	"aftersales/ent"
	"aftersales/ent/fee"
	"aftersales/ent/merchant"
	"aftersales/ent/predicate"
	"aftersales/internal/auth"
	"aftersales/internal/calendar"
	"aftersales/internal/casework"
	"aftersales/internal/money"
	"aftersales/internal/problem"
)

// Fee is an entry of a merchant's fee schedule (MALL-2.3d). Amount is a decimal in the merchant's currency; ValidFrom and
// ValidTo are days in the zone of the merchant's calendar, both included, no ValidTo means until further notice.
type Fee struct {
	Code, Name, Basis, Amount, LegalReference string
	ValidFrom                                 calendar.Date
	ValidTo                                   *calendar.Date
}

var feeCode = regexp.MustCompile(`^[A-Z0-9][A-Z0-9_-]{0,39}$`)

// maxFee bounds a fee, in minor units.
const maxFee = 1_000_000_000_000

func (in Fee) check(currency string) (amount int64, l problem.List) {
	if !feeCode.MatchString(in.Code) {
		l = append(l, problem.Invalid(problem.Text{EN: "must be 1 to 40 capital letters, digits, hyphens and underscores", ZH: "须为 1 至 40 个大写字母、数字、连字符或下划线"}, "input", "code"))
	}
	l = slices.Concat(l, text(in.Name, 200, "input", "name"), text(in.Basis, 500, "input", "basis"), text(in.LegalReference, 500, "input", "legalReference"))
	amount, err := money.Parse(in.Amount, currency)
	for _, p := range problem.All(err) {
		l = append(l, p.At("input", "amount"))
	}
	if amount < 0 || amount > maxFee {
		l = append(l, problem.Invalid(problem.Text{EN: "must be an amount of 0 or more, below ten billion", ZH: "须为 0 以上且小于一百亿的金额"}, "input", "amount"))
	}
	if in.ValidTo != nil && in.ValidTo.Before(in.ValidFrom) {
		l = append(l, problem.Invalid(problem.Textf("must not be before %s, its first day", "不得早于首日 %s", in.ValidFrom), "input", "validTo"))
	}
	return amount, l
}

// UpsertFee adds an entry to the fee schedule, or changes the one with this code and first day; what was charged by it before
// keeps its amount. It returns the id. On no day do two entries with one code hold: end the old one before the next begins.
//
// Requires: MERCHANT_ADMIN or PLATFORM_ADMIN. Errors: INVALID_INPUT naming the field.
func (s *Service) UpsertFee(ctx context.Context, in Fee) (string, error) {
	if _, err := auth.Require(ctx, "feeUpsert"); err != nil {
		return "", err
	}
	m, err := s.cases.Merchant(ctx)
	if err != nil {
		return "", err
	}
	amount, l := in.check(m.Currency)
	if err := l.Err(); err != nil {
		return "", err
	}
	to := ""
	if in.ValidTo != nil {
		to = in.ValidTo.String()
	}
	return upsert(ctx, s, func(ctx context.Context) (string, error) {
		if err := s.lock(ctx, m.ID); err != nil {
			return "", err
		}
		rows, err := s.store.Client(ctx).Fee.Query().Where(fee.MerchantID(m.ID), fee.Code(in.Code)).Order(fee.ByValidFrom()).All(ctx)
		if err != nil {
			return "", err
		}
		var old *ent.Fee
		for _, row := range rows {
			switch {
			case row.ValidFrom == in.ValidFrom.String():
				old = row
			case (row.ValidTo == "" || row.ValidTo >= in.ValidFrom.String()) && (to == "" || to >= row.ValidFrom):
				return "", problem.Invalid(problem.Textf("%[1]s has an entry from %[2]s that holds at the same time; end it first", "%[1]s 已有自 %[2]s 起同时有效的条目，请先将其终止", in.Code, row.ValidFrom), "input", "validFrom")
			}
		}
		if old == nil {
			old, err = s.store.Client(ctx).Fee.Create().SetMerchantID(m.ID).SetCode(in.Code).SetName(in.Name).SetBasis(in.Basis).SetAmount(amount).
				SetLegalReference(in.LegalReference).SetValidFrom(in.ValidFrom.String()).SetValidTo(to).Save(ctx)
			if err != nil {
				return "", err
			}
			return old.ID, nil
		}
		return old.ID, s.store.Client(ctx).Fee.UpdateOneID(old.ID).SetName(in.Name).SetBasis(in.Basis).SetAmount(amount).
			SetLegalReference(in.LegalReference).SetValidTo(to).Exec(ctx)
	})
}

// lock lets one writer at a time look at what a merchant has several of and add to it (PostgreSQL; SQLite has one writer).
func (s *Service) lock(ctx context.Context, merchantID string) error {
	if s.store.Dialect() != dialect.Postgres {
		return nil
	}
	_, err := s.store.Client(ctx).Merchant.Query().Where(merchant.ID(merchantID)).ForUpdate(sql.WithLockClause("FOR NO KEY UPDATE")).OnlyID(ctx)
	return err
}

// Fees lists a merchant's fee schedule by code and first day: all of it, or what holds on a day.
//
// Requires: any role. Errors: INVALID_INPUT when no merchant is named.
func (s *Service) Fees(ctx context.Context, on *calendar.Date) ([]*ent.Fee, error) {
	if _, err := auth.Require(ctx, "fees"); err != nil {
		return nil, err
	}
	m, err := s.cases.Merchant(ctx)
	if err != nil {
		return nil, err
	}
	where := []predicate.Fee{fee.MerchantID(m.ID)}
	if on != nil {
		where = append(where, casework.FeeValid(*on))
	}
	return s.store.Client(ctx).Fee.Query().Where(where...).Order(fee.ByCode(), fee.ByValidFrom()).All(ctx)
}
