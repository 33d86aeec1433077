package tickets

import (
	"context"
	"strconv"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

	"aftersales/ent"
	"aftersales/ent/customer"
	"aftersales/ent/servicecase"
	"aftersales/internal/auth"
	"aftersales/internal/casework"
	"aftersales/internal/lifecycle"
	"aftersales/internal/problem"
)

// customer is whose a ticket is: of what it names, else the customer who asks, else whom staff name. Somebody who has bought
// nothing yet becomes known by asking (MALL-2.3a: also before a purchase).
func (s *Service) customer(ctx context.Context, a auth.Actor, m *ent.Merchant, in Opening, of string) (*ent.Customer, error) {
	if in.CustomerID != nil {
		row, err := s.store.Client(ctx).Customer.Query().Where(customer.ID(*in.CustomerID)).Only(ctx)
		switch {
		case ent.IsNotFound(err):
			return nil, casework.NotFound("customer", "顾客", "input", "customer")
		case err != nil:
			return nil, err
		case of != "" && of != row.ID:
			return nil, problem.Invalid(problem.Text{EN: "what is named belongs to another customer", ZH: "所指明的订单或工单属于其他顾客"}, "input", "customer")
		}
		of = row.ID
	}
	switch {
	case of != "":
		return s.store.Client(ctx).Customer.Query().Where(customer.ID(of)).Only(ctx)
	case in.Caller != nil:
		return s.becomesKnown(ctx, m.ID, *in.Caller)
	case a.Role != auth.Customer:
		return nil, problem.Invalid(problem.Text{EN: "name the customer, the caller, an order or a case", ZH: "请指明顾客、来询者、订单或工单"}, "input", "customer")
	case a.CustomerID == auth.NoCustomer:
		return s.becomesKnown(ctx, m.ID, Caller{ExternalID: a.CustomerExternalID})
	default:
		return s.store.Client(ctx).Customer.Query().Where(customer.ID(a.CustomerID)).Only(ctx)
	}
}

// becomesKnown finds a customer by the merchant's own id, or writes them down; one who is known keeps their name.
func (s *Service) becomesKnown(ctx context.Context, merchantID string, c Caller) (*ent.Customer, error) {
	row, err := s.byExternalID(ctx, merchantID, c.ExternalID)
	if row != nil || err != nil {
		return row, err
	}
	return s.store.Client(ctx).Customer.Create().SetMerchantID(merchantID).SetExternalID(c.ExternalID).SetName(c.Name).Save(ctx)
}

// byExternalID finds a customer by the merchant's own id; nil when there is none. Whom the token names, the guard does not know
// yet: the service itself looks.
func (s *Service) byExternalID(ctx context.Context, merchantID, externalID string) (*ent.Customer, error) {
	row, err := s.store.Client(ctx).Customer.Query().Where(customer.MerchantID(merchantID), customer.ExternalID(externalID)).Only(auth.AsSystem(ctx, merchantID))
	if ent.IsNotFound(err) {
		return nil, nil
	}
	return row, err
}

// notTooMany refuses one more open ticket of a customer. The customer's row is held until the transaction ends, so that of two
// at once one sees the other.
func (s *Service) notTooMany(ctx context.Context, m *ent.Merchant, customerID string) error {
	client := s.store.Client(ctx)
	if s.store.Dialect() == dialect.Postgres {
		if _, err := client.Customer.Query().Where(customer.ID(customerID)).ForUpdate(sql.WithLockClause("FOR NO KEY UPDATE")).Only(ctx); err != nil {
			return err
		}
	}
	n, err := client.ServiceCase.Query().Where(servicecase.MerchantID(m.ID), servicecase.CustomerID(customerID), servicecase.KindIn(lifecycle.Tickets()...),
		servicecase.StatusNotIn(lifecycle.EndedStatuses()...)).Count(ctx)
	if err != nil || n < maxOpen {
		return err
	}
	return problem.New(problem.LimitExceeded, problem.Textf("the customer has %d open questions and complaints already", "该顾客已有 %d 个进行中的咨询或投诉", maxOpen),
		problem.Param{Name: "maximum", Value: strconv.Itoa(maxOpen)})
}
