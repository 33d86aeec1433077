package store

import (
	"context"
	"errors"
	"fmt"

	"entgo.io/ent/dialect/sql"

	"aftersales/ent"
	"aftersales/ent/intercept"
	"aftersales/internal/auth"
)

// The tenant guard (design decision 6, SLA-A-3.1.4). It fails closed: a context without an actor reads and writes
// nothing, a tenant's actor only rows of their merchant, a CUSTOMER only their own. It does not see through HasXWith,
// AddXIDs and hand-written SQL: those spell the merchant out, and composite foreign keys refuse a link across tenants.

var (
	errNoActor = errors.New("store: no actor in the context")
	errForeign = errors.New("store: write for another merchant")
)

func guard(c *ent.Client) {
	c.Intercept(intercept.TraverseFunc(func(ctx context.Context, q intercept.Query) error {
		a, ok := auth.From(ctx)
		if !ok || a.Anonymous() && q.Type() != ent.TypeCalendar {
			return errNoActor
		}
		if p := readable(a, q.Type()); p != nil {
			q.WhereP(p)
		}
		return nil
	}))
	c.Use(func(next ent.Mutator) ent.Mutator {
		return ent.MutateFunc(func(ctx context.Context, m ent.Mutation) (ent.Value, error) {
			a, ok := auth.From(ctx)
			if !ok || a.Anonymous() {
				return nil, errNoActor
			}
			if err := confine(a, m); err != nil {
				return nil, err
			}
			return next.Mutate(ctx, m)
		})
	}, stamped)
}

// readable returns the predicate that confines a read of one entity type, nil for none.
func readable(a auth.Actor, typ string) func(*sql.Selector) {
	if a.MerchantID == "" && (a.System || a.Role == auth.PlatformAdmin) {
		return nil
	}
	switch typ {
	case ent.TypeCalendar, ent.TypeIdempotencyKey:
		return nil // calendars belong to everyone; idempotency keys are only read by their whole key
	case ent.TypeMerchant:
		return sql.FieldEQ("id", a.MerchantID)
	}
	own := sql.FieldEQ("merchant_id", a.MerchantID)
	if a.Role != auth.Customer {
		return own
	}
	return func(s *sql.Selector) {
		own(s)
		ownedBy(a, typ)(s)
	}
}

// ownedBy confines a CUSTOMER to what is theirs; what nobody thought of is nobody's.
func ownedBy(a auth.Actor, typ string) func(*sql.Selector) {
	switch typ {
	case ent.TypeServiceCase, ent.TypeOrder, ent.TypeWarranty, ent.TypeMaintenanceSchedule:
		return sql.FieldEQ("customer_id", a.CustomerID)
	case ent.TypeCustomer:
		return sql.FieldEQ("id", a.CustomerID)
	case ent.TypeOrderLine:
		return within(a, "order_id", "orders")
	case ent.TypeReturnDetail, ent.TypeReturnItem, ent.TypeParcel, ent.TypeRefund, ent.TypeDeadline, ent.TypeCaseEvent:
		return within(a, "case_id", "service_cases")
	case ent.TypeEvidence, ent.TypeProposal, ent.TypeDispute, ent.TypeRepairDetail, ent.TypeVisit, ent.TypeRepairPart, ent.TypeRepairQuote, ent.TypeCompensation, ent.TypeTicketDetail:
		return within(a, "case_id", "service_cases")
	case ent.TypeMessage:
		return func(s *sql.Selector) {
			s.Where(sql.EQ(s.C("internal"), false))
			within(a, "case_id", "service_cases")(s)
		}
	case ent.TypeReturnAddress, ent.TypeReturnReason, ent.TypeStaff, ent.TypeServicePolicy, ent.TypeFee, ent.TypeWarrantyTerm, ent.TypeDerivedPlan, ent.TypePlanAdoption:
		return func(*sql.Selector) {} // whom the customer deals with; graph hides what is not theirs to see
	default:
		return func(s *sql.Selector) { s.Where(sql.False()) }
	}
}

func within(a auth.Actor, column, table string) func(*sql.Selector) {
	return func(s *sql.Selector) {
		t := sql.Table(table)
		s.Where(sql.In(s.C(column), sql.Select(t.C("id")).From(t).
			Where(sql.And(sql.EQ(t.C("merchant_id"), a.MerchantID), sql.EQ(t.C("customer_id"), a.CustomerID)))))
	}
}

// confine checks one write: a new row must be the actor's merchant's, an update or delete reaches no other rows.
func confine(a auth.Actor, m ent.Mutation) error {
	switch m.Type() {
	case ent.TypeIdempotencyKey:
		return nil
	case ent.TypeMerchant, ent.TypeCalendar:
		if !a.System && a.Role != auth.PlatformAdmin {
			return fmt.Errorf("store: role %s writes no %s", a.Role, m.Type())
		}
		return nil
	}
	if a.MerchantID == "" {
		if a.System {
			return nil
		}
		return errForeign
	}
	if m.Op().Is(ent.OpCreate) {
		if v, ok := m.Field("merchant_id"); !ok || v != a.MerchantID {
			return errForeign
		}
		return nil
	}
	w, ok := m.(interface{ WhereP(...func(*sql.Selector)) })
	if !ok {
		return fmt.Errorf("store: %s cannot be confined", m.Type())
	}
	w.WhereP(sql.FieldEQ("merchant_id", a.MerchantID))
	return nil
}
