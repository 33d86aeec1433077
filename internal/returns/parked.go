package returns

import (
	"context"
	"maps"
	"slices"

	"entgo.io/ent/dialect/sql"

	"aftersales/ent"
	"aftersales/ent/parcel"
	"aftersales/ent/parkedparcel"
	"aftersales/ent/predicate"
	"aftersales/ent/servicecase"
	"aftersales/internal/auth"
	"aftersales/internal/casework"
	"aftersales/internal/lifecycle"
	"aftersales/internal/plan"
	"aftersales/internal/problem"
	"aftersales/internal/store"
)

// Goods that came in, whoever they belong to: the warehouse scans the waybill, and nothing that arrives is lost because its
// case expired, was withdrawn, or is not known.

// Arrival is a parcel that came in.
type Arrival struct {
	// Carrier and Waybill have 1 to 100 characters, Note up to 5,000.
	Carrier, Waybill, Note string
}

// Arriving books in goods of a case that came in, with a note of who took them in; it does nothing for goods that were booked in before, or are not awaited.
type Arriving func(ctx context.Context, caseID, note string) error

// AlsoOf lets Park know the waybills of another kind's cases, by the purpose of their parcels; it is called while wiring.
func (s *Service) AlsoOf(purpose string, a Arriving) { s.arriving[purpose] = a }

// Park takes in a parcel. If exactly one open case announced this waybill, its goods are booked in at once (nothing more happens
// if they were already) and the case's id is given back; else the parcel is parked, and its own id is.
//
// Requires: WAREHOUSE, AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: INVALID_INPUT at input.carrier, input.waybill or
// input.note, CONFLICT when somebody acts on the case at the same moment, IDEMPOTENCY_MISMATCH.
func (s *Service) Park(ctx context.Context, key string, in Arrival) (string, error) {
	if _, err := auth.Require(ctx, "parcelPark"); err != nil {
		return "", err
	}
	sh := Shipment{Carrier: in.Carrier, Waybill: in.Waybill}
	l := sh.check()
	in.Carrier, in.Waybill = sh.Carrier, sh.Waybill
	var err error
	in.Note, err = casework.OptionalText(in.Note, "input", "note")
	if err := append(l, problem.All(err)...).Err(); err != nil {
		return "", err
	}
	return s.store.Once(ctx, "parcelPark", key, in, func(ctx context.Context) (string, error) {
		m, err := s.cases.Merchant(ctx)
		if err != nil {
			return "", err
		}
		announced, err := s.announced(ctx, m.ID, in.Waybill)
		if err != nil {
			return "", err
		}
		if len(announced) == 1 {
			purpose := announced[0].Edges.Parcels[0].Purpose
			if purpose == ParcelReturn {
				return announced[0].ID, s.arrive(ctx, announced[0].ID, in.Note)
			}
			return announced[0].ID, s.arriving[purpose](ctx, announced[0].ID, in.Note)
		}
		row, err := s.store.Client(ctx).ParkedParcel.Create().SetMerchantID(m.ID).SetCarrier(in.Carrier).SetWaybill(in.Waybill).SetNote(in.Note).
			SetArrivedAt(s.cases.Now(m)).Save(ctx)
		if err != nil {
			return "", err
		}
		return row.ID, nil
	})
}

// announced lists the open cases to which a waybill belongs, with the parcels that bear it.
func (s *Service) announced(ctx context.Context, merchantID, waybill string) ([]*ent.ServiceCase, error) {
	bears := []predicate.Parcel{parcel.MerchantID(merchantID), parcel.Waybill(waybill), parcel.Direction(ToMerchant),
		parcel.PurposeIn(slices.AppendSeq([]string{ParcelReturn}, maps.Keys(s.arriving))...)}
	return s.store.Client(ctx).ServiceCase.Query().
		Where(servicecase.MerchantID(merchantID), servicecase.StatusNotIn(lifecycle.EndedStatuses()...), servicecase.HasParcelsWith(bears...)).
		WithParcels(func(q *ent.ParcelQuery) { q.Where(bears...) }).
		Limit(2).All(ctx) // more than one is as good as none: the parcel does not say whose it is
}

// arrive books in the goods of a return unless that was done.
func (s *Service) arrive(ctx context.Context, caseID, note string) error {
	err := s.do(ctx, lifecycle.ReturnReceive, caseID, nil, func(ctx context.Context, st *casework.Step) error {
		return s.bookIn(ctx, st, st.Now, note)
	})
	if problem.Is(err, problem.IllegalTransition) { // refused before anything was written
		return nil
	}
	return err
}

// Match says which return parked goods belong to and books them in for it, also for one that expired or was cancelled
// meanwhile: its quantities are held again and its clocks begin anew. A parked parcel is matched once.
//
// Requires: WAREHOUSE, AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND at id (parked parcel) or case, CONFLICT,
// ILLEGAL_TRANSITION, NOT_ELIGIBLE when the parcel was matched before, QUANTITY_EXCEEDS_BOUGHT when somebody else took the
// quantities meanwhile.
func (s *Service) Match(ctx context.Context, parkedID, caseID string, expected *int) error {
	if _, err := auth.Require(ctx, "parcelMatch"); err != nil {
		return err
	}
	if _, err := s.Parked(ctx, parkedID, func(*ent.ParkedParcelQuery) {}); err != nil {
		return err
	}
	err := s.do(ctx, lifecycle.ParcelMatch, caseID, expected, func(ctx context.Context, st *casework.Step) error {
		row, err := s.Parked(ctx, parkedID, func(*ent.ParkedParcelQuery) {})
		if err != nil {
			return err
		}
		n, err := s.store.Client(ctx).ParkedParcel.Update().Where(parkedparcel.ID(parkedID), parkedparcel.CaseIDIsNil()).
			SetCaseID(caseID).SetMatchedAt(st.Now).Save(ctx)
		if err != nil {
			return err
		}
		if n == 0 {
			return problem.New(problem.NotEligible, problem.Text{EN: "this parcel was matched before", ZH: "该包裹已匹配"})
		}
		return s.matched(ctx, st, row)
	})
	if problem.Is(err, problem.NotFound) {
		return casework.NotFound("case", "工单", "case")
	}
	return err
}

// matched books in goods that were found to belong to a return.
func (s *Service) matched(ctx context.Context, st *casework.Step, row *ent.ParkedParcel) error {
	revived, started := st.Case.Status.Ended(), len(st.Case.Edges.Refunds) > 0
	if revived && !started { // what was paid early counts as returned already
		if err := s.orders.Hold(ctx, st.Case.ID); err != nil {
			return err
		}
	}
	sent, err := s.underway(ctx, st.Case.ID)
	if err != nil {
		return err
	}
	if sent == nil || sent.Waybill != row.Waybill {
		err := s.store.Client(ctx).Parcel.Create().SetMerchantID(st.Case.MerchantID).SetCaseID(st.Case.ID).SetDirection(ToMerchant).SetPurpose(ParcelReturn).
			SetCarrier(row.Carrier).SetWaybill(row.Waybill).SetDeliveredAt(row.ArrivedAt).Exec(ctx)
		if err != nil {
			return err
		}
	}
	st.Tell(ctx, lifecycle.EventParcelMatched, "", map[string]string{"carrier": row.Carrier, "waybill": row.Waybill})
	if st.Case.Status == lifecycle.Received { // a second parcel: the first was booked in
		return nil
	}
	at := st.Now
	if !revived && row.ArrivedAt.After(st.Case.OpenedAt) { // the way back ended when they came in, not when their case was found
		at = row.ArrivedAt.UTC()
		if err := endWay(ctx, st, at); err != nil {
			return err
		}
	}
	if err := s.bookIn(ctx, st, at, ""); err != nil {
		return err
	}
	if revived && !started {
		return st.StartNow(ctx, plan.Refund, plan.Exchange, plan.StatutoryRefund)
	}
	return nil
}

// Parked finds one parked parcel. Errors: NOT_FOUND at id.
func (s *Service) Parked(ctx context.Context, parkedID string, with func(*ent.ParkedParcelQuery)) (*ent.ParkedParcel, error) {
	q := s.store.Client(ctx).ParkedParcel.Query().Where(parkedparcel.ID(parkedID))
	with(q)
	row, err := q.Only(ctx)
	if ent.IsNotFound(err) {
		return nil, casework.NotFound("parked parcel", "暂存包裹", "id")
	}
	return row, err
}

// ParkedPage is a page of parked parcels together with what counts the whole list when asked.
type ParkedPage struct {
	store.Slice[*ent.ParkedParcel]
	Count func(ctx context.Context) (int, error)
}

// ParkedParcels reads a page of parked parcels, latest first; matched nil lists all.
//
// Requires: a staff role that reads cases. Errors: INVALID_INPUT for paging.
func (s *Service) ParkedParcels(ctx context.Context, p store.Page, matched *bool, with func(*ent.ParkedParcelQuery)) (*ParkedPage, error) {
	if _, err := auth.Require(ctx, "parkedParcels"); err != nil {
		return nil, err
	}
	m, err := s.cases.Merchant(ctx)
	if err != nil {
		return nil, err
	}
	where := []predicate.ParkedParcel{parkedparcel.MerchantID(m.ID)}
	switch {
	case matched != nil && *matched:
		where = append(where, parkedparcel.CaseIDNotNil())
	case matched != nil:
		where = append(where, parkedparcel.CaseIDIsNil())
	}
	latest := store.Order{Column: parkedparcel.FieldArrivedAt, Desc: true}
	slice, err := store.List(ctx, p, latest, func(ctx context.Context, by func(*sql.Selector), limit int) ([]*ent.ParkedParcel, error) {
		q := s.store.Client(ctx).ParkedParcel.Query().Where(where...).Where(by).Limit(limit)
		with(q)
		return q.All(ctx)
	}, ParkedKey)
	if err != nil {
		return nil, err
	}
	return &ParkedPage{slice, func(ctx context.Context) (int, error) {
		return s.store.Client(ctx).ParkedParcel.Query().Where(where...).Count(ctx)
	}}, nil
}

// ParkedKey is a parked parcel's place in the list.
func ParkedKey(r *ent.ParkedParcel) store.Key { return store.Key{At: &r.ArrivedAt, ID: r.ID} }
