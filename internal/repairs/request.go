package repairs

import (
	"context"
	"strconv"
	"time"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

	"aftersales/ent"
	"aftersales/ent/orderline"
	"aftersales/ent/repairdetail"
	"aftersales/ent/servicecase"
	"aftersales/ent/warranty"
	"aftersales/internal/auth"
	"aftersales/internal/calendar"
	"aftersales/internal/casework"
	"aftersales/internal/id"
	"aftersales/internal/lifecycle"
	"aftersales/internal/problem"
	"aftersales/internal/returns"
)

// Request is an application for a repair.
type Request struct {
	IdempotencyKey string
	OrderLineID    string
	// Quantity is 1 or more; 1 where a serial number is given.
	Quantity     int
	SerialNumber string
	Description  string
	// FaultSince is the day the fault showed first, in the zone of the merchant's calendar; nil: not told.
	FaultSince *calendar.Date
	// Evidence shows the fault: up to 20 references.
	Evidence []casework.NewEvidence
	// WishedWay is casework.Depot or casework.OnSite; empty: not told.
	WishedWay string
	// Channel is how the customer came; empty means the website for a customer, the service centre for staff.
	Channel string
}

// Request opens a repair (MALL-2.2c, MALL-4.3a); staff may file it for a customer. The units stay sold: what is under repair
// is not held of the order line, but no unit can be under two repairs, or under a repair and a return.
//
// Requires: CUSTOMER (own orders), AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND (order line, serial number),
// INVALID_INPUT, NOT_ELIGIBLE for goods that did not arrive yet, QUANTITY_EXCEEDS_BOUGHT naming the case that holds them,
// IDEMPOTENCY_MISMATCH.
func (s *Service) Request(ctx context.Context, in Request) (string, error) {
	a, err := auth.Require(ctx, "repairRequest")
	if err != nil {
		return "", err
	}
	if err := in.check(a); err != nil {
		return "", err
	}
	hashed := in
	hashed.IdempotencyKey = ""
	return s.store.Once(ctx, "repairRequest", in.IdempotencyKey, hashed, func(ctx context.Context) (string, error) {
		return s.open(ctx, a, in)
	})
}

func (in *Request) check(a auth.Actor) error {
	var l problem.List
	var err error
	in.Description, err = casework.Text(in.Description, "input", "description")
	l = append(l, problem.All(err)...)
	l = append(l, maybeShort(&in.SerialNumber, 100, "input", "serialNumber")...)
	switch {
	case in.Quantity < 1:
		l = append(l, problem.Invalid(problem.Text{EN: "must be 1 or more", ZH: "须为 1 或以上"}, "input", "quantity"))
	case in.Quantity > 1 && in.SerialNumber != "":
		l = append(l, problem.Invalid(problem.Text{EN: "a serial number is that of one unit", ZH: "序列号对应一件商品"}, "input", "quantity"))
	}
	if len(in.Evidence) > 20 {
		l = append(l, problem.Invalid(problem.Text{EN: "at most 20 references", ZH: "最多 20 项凭证"}, "input", "evidence"))
	}
	for i := range in.Evidence {
		l = append(l, in.Evidence[i].Check("input", "evidence", strconv.Itoa(i))...)
	}
	if in.Channel == "" {
		in.Channel = "SERVICE_CENTER"
		if a.Role == auth.Customer {
			in.Channel = "WEBSITE"
		}
	}
	return l.Err()
}

func (s *Service) open(ctx context.Context, a auth.Actor, in Request) (string, error) {
	client := s.store.Client(ctx)
	m, err := s.cases.Merchant(ctx)
	if err != nil {
		return "", err
	}
	line, err := s.bought(ctx, m.ID, in.OrderLineID)
	if err != nil {
		return "", err
	}
	_, cal, err := s.cases.MerchantCalendar(ctx, m)
	if err != nil {
		return "", err
	}
	o, now := line.Edges.Order, s.cases.Now(m)
	if err := refuse(line, in, now, cal.Zone()); err != nil {
		return "", err
	}
	entry, err := s.unit(auth.AsSystem(ctx, m.ID), m.ID, line, in.SerialNumber)
	if err != nil {
		return "", err
	}
	if err := s.free(auth.AsSystem(ctx, m.ID), line, in); err != nil {
		return "", err
	}
	caseID := id.New(id.Repair)
	create := client.ServiceCase.Create().SetID(caseID).SetNumber("W" + now.In(cal.Zone()).Format("060102") + "-" + id.Suffix(caseID, 8)).
		SetKind(lifecycle.Repairs).SetCustomerID(o.CustomerID).SetOrderID(o.ID).SetChannel(in.Channel).SetPriority(casework.Normal).
		SetDescription(in.Description)
	st, err := s.cases.Open(ctx, a, m, casework.Opening{}, create, in.Description)
	if err != nil {
		return "", err
	}
	standing, err := s.standing(auth.AsSystem(ctx, m.ID), m, line.ID, in.SerialNumber, entry)
	if err != nil {
		return "", err
	}
	d := client.RepairDetail.Create().SetStanding(standing).SetMerchantID(m.ID).SetCaseID(caseID).SetOrderLineID(line.ID).SetQuantity(in.Quantity).
		SetSerialNumber(in.SerialNumber).SetWishedWay(in.WishedWay)
	if in.FaultSince != nil {
		d.SetFaultSince(in.FaultSince.String())
	}
	if entry != nil {
		d.SetWarrantyID(entry.ID)
	}
	if err := d.Exec(ctx); err != nil {
		return "", err
	}
	return caseID, st.Attach(ctx, in.Evidence)
}

// bought reads an order line with its order under the line's lock, so that no two requests take the same unit.
func (s *Service) bought(ctx context.Context, merchantID, lineID string) (*ent.OrderLine, error) {
	q := s.store.Client(ctx).OrderLine.Query().Where(orderline.ID(lineID), orderline.MerchantID(merchantID)).
		WithOrder()
	if s.store.Dialect() == dialect.Postgres {
		q = q.ForUpdate(sql.WithLockClause("FOR NO KEY UPDATE")) // as a return's counters lock it
	}
	line, err := q.Only(ctx)
	if ent.IsNotFound(err) {
		return nil, casework.NotFound("order line", "订单行", "input", "orderLine")
	}
	return line, err
}

// refuse is what stands in the way of repairing goods of a line.
func refuse(line *ent.OrderLine, in Request, now time.Time, zone *time.Location) error {
	var l problem.List
	if line.DeliveredAt == nil && now.Sub(line.Edges.Order.PlacedAt) < returns.Unheard || line.DeliveredAt != nil && line.DeliveredAt.After(now) {
		l = append(l, &problem.Problem{Code: problem.NotEligible, Field: []string{"input", "orderLine"},
			Message: problem.Text{EN: "these goods were not delivered yet", ZH: "该商品尚未送达"}})
	}
	sold, today := calendar.DateOf(line.Edges.Order.PlacedAt, zone), calendar.DateOf(now, zone)
	if since := in.FaultSince; since != nil && (since.Before(sold) || today.Before(*since)) {
		l = append(l, problem.Invalid(problem.Textf("must lie between the sale (%[1]s) and today (%[2]s)", "须在购买日（%[1]s）与今天（%[2]s）之间", sold, today),
			"input", "faultSince"))
	}
	return l.Err()
}

// unit finds the warranty entry of the unit meant, nil where none was registered. A number that is another article's, or, once
// those of all units are known, none of them, is no unit of this line.
func (s *Service) unit(ctx context.Context, merchantID string, line *ent.OrderLine, serial string) (*ent.Warranty, error) {
	entries, err := s.store.Client(ctx).Warranty.Query().
		Where(warranty.MerchantID(merchantID), warranty.State("ACTIVE"), warranty.OrderLineID(line.ID)).Order(ent.Asc(warranty.FieldID)).All(ctx)
	if err != nil {
		return nil, err
	}
	if serial == "" {
		if len(entries) == 1 && line.Quantity == 1 {
			return entries[0], nil
		}
		return nil, nil
	}
	noUnit := casework.NotFound("unit of this order line", "该订单行的商品", "input", "serialNumber")
	known := 0
	for _, e := range entries {
		if e.SerialNumber == serial {
			return e, nil
		}
		if e.SerialNumber != "" {
			known++
		}
	}
	if line.SerialNumber == serial {
		return nil, nil
	}
	if known >= line.Quantity || line.Quantity == 1 && line.SerialNumber != "" && known == 0 {
		return nil, noUnit
	}
	elsewhere, err := s.store.Client(ctx).Warranty.Query().Where(warranty.MerchantID(merchantID), warranty.SerialNumber(serial)).Exist(ctx)
	if err != nil {
		return nil, err
	}
	if !elsewhere {
		elsewhere, err = s.store.Client(ctx).OrderLine.Query().Where(orderline.MerchantID(merchantID), orderline.SerialNumber(serial)).Exist(ctx)
	}
	if err == nil && elsewhere {
		return nil, noUnit
	}
	return nil, err
}

// free refuses more units than the customer has at home: what was returned or is held for a return, and what other open
// repairs are about, is taken. A unit that names its serial number is repaired once at a time.
func (s *Service) free(ctx context.Context, line *ent.OrderLine, in Request) error {
	under, err := s.store.Client(ctx).RepairDetail.Query().
		Where(repairdetail.MerchantID(line.MerchantID), repairdetail.OrderLineID(line.ID), repairdetail.HasCaseWith(
			servicecase.MerchantID(line.MerchantID), servicecase.KindEQ(lifecycle.Repairs), servicecase.StatusNotIn(lifecycle.EndedStatuses()...))).
		WithCase().Order(ent.Asc(repairdetail.FieldID)).All(ctx)
	if err != nil {
		return err
	}
	left, same := line.Quantity-line.Returned-line.Held, false
	holder := ""
	for _, d := range under {
		left -= d.Quantity
		same = same || in.SerialNumber != "" && d.SerialNumber == in.SerialNumber
		if holder == "" || same && d.SerialNumber == in.SerialNumber {
			holder = d.CaseID
		}
	}
	if in.Quantity <= left && !same {
		return nil
	}
	p := &problem.Problem{Code: problem.QuantityExceedsBought, Field: []string{"input", "quantity"},
		Message: problem.Textf("%[1]d of these units are with the customer and in no other case", "该订单行仅有 %[1]d 件在顾客手中且未在其他工单中", max(0, left))}
	p.Params = append(p.Params, problem.Param{Name: "available", Value: strconv.Itoa(max(0, left))})
	if holder != "" {
		p.Params = append(p.Params, problem.Param{Name: "case", Value: holder})
	}
	return p
}
