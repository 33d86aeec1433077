package warranty

import (
	"context"
	"slices"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

	"aftersales/ent"
	"aftersales/ent/customer"
	"aftersales/ent/orderline"
	entwarranty "aftersales/ent/warranty"
	"aftersales/internal/auth"
	"aftersales/internal/casework"
	"aftersales/internal/id"
	"aftersales/internal/problem"
	"aftersales/internal/store"
)

// Registration puts one unit of an order line under warranty.
type Registration struct {
	IdempotencyKey string
	OrderLineID    string
	// SerialNumber has up to 100 characters; empty for goods that have none.
	SerialNumber string
}

// Register puts a unit under the warranty of its category and returns the entry's id. The term counts from the delivery, or
// from the invoice, as the merchant said; from the invoice too where the delivery is not known.
//
// Requires: CUSTOMER (own order), AGENT, SUPERVISOR, MERCHANT_ADMIN or INTEGRATION. Errors: NOT_FOUND (order line),
// INVALID_INPUT at input.serialNumber (also one that is not the one the shop told of), NOT_ELIGIBLE at input.serialNumber when
// it is registered already, at input.orderLine when nothing is promised for such goods, QUANTITY_EXCEEDS_BOUGHT at
// input.orderLine when all its units are registered, IDEMPOTENCY_MISMATCH.
func (s *Service) Register(ctx context.Context, in Registration) (string, error) {
	a, err := auth.Require(ctx, "warrantyRegister")
	if err != nil {
		return "", err
	}
	if in.SerialNumber, err = casework.OptionalText(in.SerialNumber, "input", "serialNumber"); err == nil && len([]rune(in.SerialNumber)) > 100 {
		err = problem.Invalid(problem.Textf("must have at most %d characters", "最多 %d 个字符", 100), "input", "serialNumber")
	}
	if err != nil {
		return "", err
	}
	made, err := s.store.Once(ctx, "warrantyRegister", in.IdempotencyKey, []string{in.OrderLineID, in.SerialNumber}, func(ctx context.Context) (string, error) {
		return s.register(ctx, a, in)
	})
	if store.IsConstraint(err) { // registered at the same time
		return "", serialTaken(in.SerialNumber)
	}
	return made, err
}

func (s *Service) register(ctx context.Context, a auth.Actor, in Registration) (string, error) {
	client := s.store.Client(ctx)
	m, err := s.cases.Merchant(ctx)
	if err != nil {
		return "", err
	}
	b, err := s.Book(ctx, m)
	if err != nil {
		return "", err
	}
	q := client.OrderLine.Query().Where(orderline.ID(in.OrderLineID))
	if s.store.Dialect() == dialect.Postgres {
		q = q.ForUpdate(sql.WithLockClause("FOR NO KEY UPDATE")) // two registrations at once count each other
	}
	l, err := q.Only(ctx)
	if ent.IsNotFound(err) {
		return "", casework.NotFound("order line", "订单行", "input", "orderLine")
	}
	if err != nil {
		return "", err
	}
	o, err := client.Order.Get(ctx, l.OrderID)
	if err != nil {
		return "", err
	}
	if l.Quantity == 1 && l.SerialNumber != "" && in.SerialNumber != l.SerialNumber {
		return "", problem.Invalid(problem.Text{EN: "is not the serial number of these goods that the shop told of", ZH: "与商家登记的该商品序列号不符"}, "input", "serialNumber")
	}
	t := b.Term(l.Category)
	if t == nil {
		return "", &problem.Problem{Code: problem.NotEligible, Field: []string{"input", "orderLine"},
			Message: problem.Text{EN: "the merchant gives no warranty on goods of this category", ZH: "商家未对该类商品提供质保"}}
	}
	// What others registered counts too, though this actor may not see it.
	all := auth.AsSystem(ctx, m.ID)
	n, err := client.Warranty.Query().Where(entwarranty.OrderLineID(l.ID), entwarranty.State(Active)).Count(all)
	if err != nil {
		return "", err
	}
	if left := l.Quantity - l.Returned; n >= left {
		return "", &problem.Problem{Code: problem.QuantityExceedsBought, Field: []string{"input", "orderLine"},
			Message: problem.Textf("all %d units that the customer has of this line are registered", "该订单行现有的 %d 件商品均已登记", left)}
	}
	if in.SerialNumber != "" {
		taken, err := client.Warranty.Query().Where(entwarranty.MerchantID(m.ID), entwarranty.SerialNumber(in.SerialNumber), entwarranty.State(Active)).Exist(all)
		if err != nil {
			return "", err
		}
		if taken {
			return "", serialTaken(in.SerialNumber)
		}
	}
	first, basis := b.start(t, o, l)
	entryID := id.New(id.Warranty)
	return entryID, client.Warranty.Create().SetID(entryID).SetMerchantID(m.ID).SetOrderLineID(l.ID).SetCustomerID(o.CustomerID).SetSerialNumber(in.SerialNumber).
		SetCategory(categoryKey(l.Category)).SetMonths(t.Months).SetStartsOn(first.String()).SetBasis(basis).SetEndsOn(lastDay(b.Calendar, first, t.Months, 0).String()).
		SetParts(t.Parts).SetLabour(t.Labour).SetExclusions(t.Exclusions).SetRegisteredAt(b.Now).SetRegisteredBy(nameOf(a)).Exec(ctx)
}

func nameOf(a auth.Actor) string {
	if a.Role == auth.Customer {
		return "customer"
	}
	return a.Subject
}

func serialTaken(serial string) error {
	return &problem.Problem{Code: problem.NotEligible, Field: []string{"input", "serialNumber"},
		Message: problem.Textf("serial number %s is registered already", "序列号 %s 已登记", serial),
		Params:  []problem.Param{{Name: "serialNumber", Value: serial}}}
}

// Transfer gives a warranty to another customer of the merchant, because the goods changed hands; it is theirs from now on, and
// no more the one's before. To its owner: nothing changes.
//
// Requires: AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND (warranty, customer), NOT_ELIGIBLE for a unit that was
// exchanged.
func (s *Service) Transfer(ctx context.Context, entryID, externalID string) error {
	a, err := auth.Require(ctx, "warrantyTransfer")
	if err != nil {
		return err
	}
	return s.store.InTx(ctx, func(ctx context.Context) error {
		client := s.store.Client(ctx)
		e, err := client.Warranty.Get(ctx, entryID)
		if ent.IsNotFound(err) {
			return casework.NotFound("warranty", "质保", "id")
		}
		if err != nil {
			return err
		}
		to, err := client.Customer.Query().Where(customer.MerchantID(e.MerchantID), customer.ExternalID(externalID)).Only(ctx)
		if ent.IsNotFound(err) {
			return casework.NotFound("customer", "顾客", "customer")
		}
		if err != nil || to.ID == e.CustomerID {
			return err
		}
		n, err := client.Warranty.Update().Where(entwarranty.ID(e.ID), entwarranty.State(Active), entwarranty.CustomerID(e.CustomerID)).SetCustomerID(to.ID).Save(ctx)
		if err != nil {
			return err
		}
		if n == 0 {
			return ineligible(problem.Text{EN: "this unit was exchanged; transfer the warranty of the one that replaced it", ZH: "该商品已换货，请转移换货商品的质保"})
		}
		return client.AuditEntry.Create().SetMerchantID(e.MerchantID).SetAction("WARRANTY_TRANSFERRED").SetObjectID(e.ID).SetSubject(a.Subject).SetRole(string(a.Role)).
			SetRequestID(a.RequestID).SetAt(s.cases.Real()).SetData(map[string]string{"from": e.CustomerID, "to": to.ID}).Exec(ctx)
	})
}

// Unit is an exchanged unit's place: the line it was of, the line that replaces it, and when that was handed over.
type Unit struct {
	Old, New *ent.OrderLine
	// Entry is the entry of the unit that came back, where that is known.
	Entry *string
	// Quantity is how many came back.
	Quantity int
}

// Swap ends the warranty of units that were exchanged, and gives what replaced them a full term anew from the day it was handed
// over (law.md section 2.3); both serial numbers stay on record. Without an entry nothing is written: the replacement has its
// category's term. Which of several registered units came back is only known if a repair said so, or if all did; else the
// entries stay for people to sort out.
func (s *Service) Swap(ctx context.Context, st *casework.Step, u Unit) error {
	ctx = auth.AsSystem(ctx, st.Case.MerchantID)
	client := s.store.Client(ctx)
	entries, err := client.Warranty.Query().Where(entwarranty.MerchantID(st.Case.MerchantID), entwarranty.OrderLineID(u.Old.ID), entwarranty.State(Active)).
		Order(entwarranty.ByID()).All(ctx)
	if err != nil || len(entries) == 0 {
		return err
	}
	if u.Entry != nil {
		entries = slices.DeleteFunc(entries, func(e *ent.Warranty) bool { return e.ID != *u.Entry })
	} else if u.Quantity != u.Old.Quantity {
		return nil
	}
	b, err := s.Book(ctx, st.Merchant)
	if err != nil {
		return err
	}
	first := b.Day(*u.New.DeliveredAt)
	for _, old := range entries {
		serial, err := s.serialOf(ctx, u.New)
		if err != nil {
			return err
		}
		months := old.Months
		if t := b.Term(u.New.Category); t != nil {
			months = max(months, t.Months)
		}
		fresh, err := client.Warranty.Create().SetMerchantID(old.MerchantID).SetOrderLineID(u.New.ID).SetCustomerID(old.CustomerID).SetSerialNumber(serial).
			SetCategory(old.Category).SetMonths(months).SetStartsOn(first.String()).SetBasis(Exchange).SetEndsOn(lastDay(b.Calendar, first, months, 0).String()).
			SetParts(old.Parts).SetLabour(old.Labour).SetExclusions(old.Exclusions).SetRegisteredAt(st.Now).SetRegisteredBy("system").Save(ctx)
		if err != nil {
			return err
		}
		if err := client.Warranty.UpdateOneID(old.ID).SetState(Replaced).SetReplacedByID(fresh.ID).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// serialOf is the serial number of a replacement, unless it is registered already or stands for several units.
func (s *Service) serialOf(ctx context.Context, l *ent.OrderLine) (string, error) {
	if l.SerialNumber == "" || l.Quantity != 1 {
		return "", nil
	}
	taken, err := s.store.Client(ctx).Warranty.Query().Where(entwarranty.MerchantID(l.MerchantID), entwarranty.SerialNumber(l.SerialNumber), entwarranty.State(Active)).Exist(ctx)
	if err != nil || taken {
		return "", err
	}
	return l.SerialNumber, nil
}

// Repaired books what a repair took: whole days of waiting for parts and of work at the repairer's, by which the term is
// prolonged (law.md section 2.3), and, when it was free, one repair more. It runs in the caller's transaction.
func (s *Service) Repaired(ctx context.Context, entryID string, partsDays, repairerDays int, free bool) error {
	client := s.store.Client(ctx)
	e, err := client.Warranty.Query().Where(entwarranty.ID(entryID)).Only(auth.AsSystem(ctx, actorsMerchant(ctx)))
	if err != nil {
		return err
	}
	ctx = auth.AsSystem(ctx, e.MerchantID)
	m, err := s.cases.MerchantRow(ctx, e.MerchantID)
	if err != nil {
		return err
	}
	b, err := s.Book(ctx, m)
	if err != nil {
		return err
	}
	u := client.Warranty.UpdateOneID(e.ID).AddPartsDays(partsDays).AddRepairerDays(repairerDays).AddProlongedDays(partsDays + repairerDays).
		SetEndsOn(lastDay(b.Calendar, day(e.StartsOn), e.Months, e.ProlongedDays+partsDays+repairerDays).String())
	if free {
		u.AddRepairs(1)
	}
	return u.Exec(ctx)
}

func actorsMerchant(ctx context.Context) string {
	a, _ := auth.From(ctx)
	return a.MerchantID
}
