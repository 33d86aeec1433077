package tickets

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"aftersales/ent"
	"aftersales/ent/order"
	"aftersales/ent/orderline"
	"aftersales/ent/servicecase"
	"aftersales/internal/auth"
	"aftersales/internal/casework"
	"aftersales/internal/id"
	"aftersales/internal/lifecycle"
	"aftersales/internal/problem"
	"aftersales/internal/store"
)

// Opening is a question, an opinion, a complaint or any other matter. It may name an order, lines of it, and another case;
// what it names belongs to one customer.
type Opening struct {
	IdempotencyKey string
	Kind           lifecycle.Kind
	// Subject is one line of 1 to 200 characters, Description 1 to 5,000.
	Subject, Description string
	// Topic is what it is about (enum TicketTopic), Ground why somebody complains (enum ComplaintGround): the one that fits the kind.
	Topic, Ground string
	OrderID       *string
	OrderLineIDs  []string
	// AboutID is another case of the customer, of any kind.
	AboutID *string
	// CustomerID is whose it is, where staff file it and nothing else tells; Caller somebody who may have bought nothing yet.
	CustomerID *string
	Caller     *Caller
	Evidence   []casework.NewEvidence
	// Channel is how the customer came; empty means the website for a customer, the service centre for staff.
	Channel string
}

// Caller is somebody who asks, by the merchant's own customer id.
type Caller struct{ ExternalID, Name string }

// Open files a ticket; staff may file it for a customer. The plan's clocks run. A customer who has bought nothing yet becomes
// known with it: the context that comes back is theirs.
//
// Requires: CUSTOMER, AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND at what is named, INVALID_INPUT naming the field,
// LIMIT_EXCEEDED with 50 open tickets of the customer, IDEMPOTENCY_MISMATCH.
func (s *Service) Open(ctx context.Context, in Opening) (context.Context, string, error) {
	operation := "ticketOpen"
	if in.Kind == lifecycle.Complaint {
		operation = "complaintOpen"
	}
	a, err := auth.Require(ctx, operation)
	if err != nil {
		return ctx, "", err
	}
	if err := in.check(a); err != nil {
		return ctx, "", err
	}
	hashed := in
	hashed.IdempotencyKey = ""
	open := func() (string, error) {
		return s.store.Once(ctx, operation, in.IdempotencyKey, hashed, func(ctx context.Context) (string, error) { return s.open(ctx, a, in) })
	}
	made, err := open()
	if store.IsConstraint(err) { // the customer became known at this very moment
		made, err = open()
	}
	if err != nil {
		return ctx, "", err
	}
	ctx, err = s.known(ctx, a)
	return ctx, made, err
}

// known gives the context of a customer who was not known when the request began.
func (s *Service) known(ctx context.Context, a auth.Actor) (context.Context, error) {
	if a.Role != auth.Customer || a.CustomerID != auth.NoCustomer {
		return ctx, nil
	}
	row, err := s.byExternalID(ctx, a.MerchantID, a.CustomerExternalID)
	if err != nil || row == nil {
		return ctx, err
	}
	a.CustomerID = row.ID
	return auth.With(ctx, a), nil
}

func (in *Opening) check(a auth.Actor) error {
	var l problem.List
	if !in.Kind.IsTicket() {
		l = append(l, problem.Invalid(problem.Text{EN: "must be INQUIRY, OPINION or OTHER", ZH: "须为 INQUIRY、OPINION 或 OTHER"}, "input", "kind"))
	}
	var err error
	in.Subject, err = casework.Text(in.Subject, "input", "subject")
	if err == nil && len([]rune(in.Subject)) > maxSubject {
		err = problem.Invalid(problem.Textf("must have at most %d characters", "最多 %d 个字符", maxSubject), "input", "subject")
	}
	if err == nil && strings.ContainsAny(in.Subject, "\r\n") {
		err = problem.Invalid(problem.Text{EN: "must be one line", ZH: "须为一行文字"}, "input", "subject")
	}
	l = append(l, problem.All(err)...)
	in.Description, err = casework.Text(in.Description, "input", "description")
	l = append(l, problem.All(err)...)
	if len(in.OrderLineIDs) > maxLines {
		l = append(l, problem.Invalid(problem.Textf("at most %d lines", "最多 %d 行", maxLines), "input", "orderLines"))
	}
	for i, line := range in.OrderLineIDs {
		if slices.Contains(in.OrderLineIDs[:i], line) {
			l = append(l, problem.Invalid(problem.Text{EN: "is named twice", ZH: "重复"}, "input", "orderLines", strconv.Itoa(i)))
		}
	}
	if len(in.Evidence) > maxEvidence {
		l = append(l, problem.Invalid(problem.Textf("at most %d pieces of evidence", "最多 %d 条凭证", maxEvidence), "input", "evidence"))
	}
	for i := range in.Evidence {
		l = append(l, in.Evidence[i].Check("input", "evidence", strconv.Itoa(i))...)
	}
	l = append(l, in.checkCaller(a)...)
	if in.Channel == "" {
		in.Channel = "SERVICE_CENTER"
		if a.Role == auth.Customer {
			in.Channel = "WEBSITE"
		}
	}
	return l.Err()
}

func (in *Opening) checkCaller(a auth.Actor) (l problem.List) {
	c := in.Caller
	switch {
	case c == nil:
		return nil
	case a.Role == auth.Customer:
		return problem.List{problem.Invalid(problem.Text{EN: "customers ask for themselves", ZH: "顾客只能为本人提交"}, "input", "caller")}
	case in.OrderID != nil || len(in.OrderLineIDs) > 0 || in.AboutID != nil || in.CustomerID != nil:
		return problem.List{problem.Invalid(problem.Text{EN: "is for somebody whom nothing else names", ZH: "仅在未指明订单、工单或顾客时填写"}, "input", "caller")}
	}
	for _, f := range []struct {
		text *string
		name string
	}{{&c.ExternalID, "externalId"}, {&c.Name, "name"}} {
		var err error
		*f.text, err = casework.Text(*f.text, "input", "caller", f.name)
		if err == nil && len([]rune(*f.text)) > maxName {
			err = problem.Invalid(problem.Textf("must have at most %d characters", "最多 %d 个字符", maxName), "input", "caller", f.name)
		}
		l = append(l, problem.All(err)...)
	}
	return l
}

// named is what a ticket names, found within the actor's reach.
type named struct {
	customer *ent.Customer
	orderID  string
	about    *ent.ServiceCase
}

func (s *Service) open(ctx context.Context, a auth.Actor, in Opening) (string, error) {
	m, err := s.cases.Merchant(ctx)
	if err != nil {
		return "", err
	}
	n, err := s.find(ctx, a, m, in)
	if err != nil {
		return "", err
	}
	if a.Role == auth.Customer {
		a.CustomerID = n.customer.ID
		if n.customer.Name != "" {
			a.Name = n.customer.Name
		}
		ctx = auth.With(ctx, a)
	}
	if err := s.notTooMany(ctx, m, n.customer.ID); err != nil {
		return "", err
	}
	_, cal, err := s.cases.MerchantCalendar(ctx, m)
	if err != nil {
		return "", err
	}
	client, caseID := s.store.Client(ctx), id.New(id.Ticket)
	day := s.cases.Now(m).In(cal.Zone()).Format("060102")
	create := client.ServiceCase.Create().SetID(caseID).SetNumber("T" + day + "-" + id.Suffix(caseID, 8)).SetKind(in.Kind).
		SetCustomerID(n.customer.ID).SetChannel(in.Channel).SetPriority(priority(in.Ground)).SetDescription(in.Description)
	if n.orderID != "" {
		create.SetOrderID(n.orderID)
	}
	if n.about != nil {
		create.SetAboutID(n.about.ID)
	}
	st, err := s.cases.Open(ctx, a, m, casework.Opening{}, create, in.Description)
	if err != nil {
		return "", err
	}
	if err := st.Attach(ctx, in.Evidence); err != nil {
		return "", err
	}
	return caseID, client.TicketDetail.Create().SetMerchantID(m.ID).SetCaseID(caseID).SetSubject(in.Subject).SetTopic(in.Topic).SetGround(in.Ground).
		SetOrderLineIds(in.OrderLineIDs).Exec(ctx)
}

// priority puts first what may hurt somebody or lay open what is theirs.
func priority(ground string) string {
	if ground == GroundSafety || ground == GroundPrivacy {
		return casework.Urgent
	}
	return casework.Normal
}

// find looks up what a ticket names, and whose it is.
func (s *Service) find(ctx context.Context, a auth.Actor, m *ent.Merchant, in Opening) (n named, err error) {
	if n.about, err = s.aboutCase(ctx, in.AboutID); err != nil {
		return n, err
	}
	if n.orderID, err = s.orderOf(ctx, in, n.about); err != nil {
		return n, err
	}
	customerID := ""
	if n.orderID != "" {
		o, err := s.store.Client(ctx).Order.Query().Where(order.ID(n.orderID)).Only(ctx)
		if ent.IsNotFound(err) {
			return n, casework.NotFound("order", "订单", "input", "order")
		}
		if err != nil {
			return n, err
		}
		customerID = o.CustomerID
	}
	switch {
	case n.about != nil && customerID == "":
		customerID = n.about.CustomerID
	case n.about != nil && customerID != n.about.CustomerID:
		return n, problem.Invalid(problem.Text{EN: "is a case of another customer", ZH: "该工单属于其他顾客"}, "input", "about")
	}
	n.customer, err = s.customer(ctx, a, m, in, customerID)
	return n, err
}

func (s *Service) aboutCase(ctx context.Context, about *string) (*ent.ServiceCase, error) {
	if about == nil {
		return nil, nil
	}
	c, err := s.store.Client(ctx).ServiceCase.Query().Where(servicecase.ID(*about)).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, casework.NotFound("case", "工单", "input", "about")
	}
	return c, err
}

// orderOf is the order named, that of the lines named, or that of the case it is about; lines belong to it. Empty: none.
func (s *Service) orderOf(ctx context.Context, in Opening, about *ent.ServiceCase) (string, error) {
	orderID := ""
	if in.OrderID != nil {
		orderID = *in.OrderID
	}
	for i, lineID := range in.OrderLineIDs {
		l, err := s.store.Client(ctx).OrderLine.Query().Where(orderline.ID(lineID)).Only(ctx)
		switch {
		case ent.IsNotFound(err):
			return "", casework.NotFound("order line", "订单行", "input", "orderLines", strconv.Itoa(i))
		case err != nil:
			return "", err
		case orderID == "":
			orderID = l.OrderID
		case orderID != l.OrderID:
			return "", problem.Invalid(problem.Text{EN: "is a line of another order", ZH: "不属于该订单"}, "input", "orderLines", strconv.Itoa(i))
		}
	}
	if orderID == "" && about != nil {
		orderID = about.OrderID
	}
	return orderID, nil
}
