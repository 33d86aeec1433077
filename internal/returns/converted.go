package returns

import (
	"context"
	"fmt"
	"slices"

	"aftersales/ent"
	"aftersales/ent/evidence"
	"aftersales/ent/order"
	"aftersales/ent/orderline"
	"aftersales/ent/returnaddress"
	"aftersales/ent/returnitem"
	"aftersales/internal/casework"
	"aftersales/internal/lifecycle"
	"aftersales/internal/money"
	"aftersales/internal/orders"
	"aftersales/internal/problem"
)

// DeductDepreciation is the use of goods, charged where the law lets it be when a repair becomes a refund (money.md F13). No
// inspection makes it, and none takes it away.
const DeductDepreciation = "DEPRECIATION"

// Converted is a repair that goes on as a return.
type Converted struct {
	// CaseID is the id that the return gets.
	CaseID string
	// Remedy is EXCHANGE or RETURN_AND_REFUND.
	Remedy   lifecycle.Remedy
	LineID   string
	Quantity int
	// Here is whether the goods are with the merchant; Finding is what their diagnosis found.
	Here    bool
	Finding string
	// ReturnAddressID is where goods that are with the customer go; nil takes the merchant's default, else its first.
	ReturnAddressID *string
	// DailyBps, Days and Article are the use that is charged, in ten-thousandths of the price a day; 0: none.
	DailyBps, Days int
	Article        string
	// Clocks are those of the repair that go on.
	Clocks []*ent.Deadline
	// Why is what the customer reads.
	Why string
}

// What the customer is told to do, in both languages: nobody writes it by hand.
const (
	sendIt    = "Send the goods to the return address. 请将商品寄至退货地址。"
	nothingTo = "Nothing: the goods are with the merchant. 商品已在商家处，无需操作。"
)

// OpenConverted opens the return that the repair of st goes on as, in the same transaction: opened when the repair was, with its
// evidence and clocks; what is promised of money and goods counts from now on. Goods that are with the merchant need no
// inspection, the diagnosis was one: INSPECTION_PASSED. Those with the customer are to be sent: AWAITING_SHIPMENT.
//
// Errors: QUANTITY_EXCEEDS_BOUGHT when another case holds the goods, NOT_FOUND at input.returnAddress, NOT_ELIGIBLE when
// goods would have to be sent to a merchant without any address, or its reasons lack that for quality.
func (s *Service) OpenConverted(ctx context.Context, st *casework.Step, in Converted) error {
	client, m := s.store.Client(ctx), st.Merchant
	set, err := s.cases.Settings(ctx, m)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(set.Reasons, func(r *ent.ReturnReason) bool { return r.Handle == "QUALITY" })
	if at < 0 {
		return problem.New(problem.NotEligible, problem.Textf("the merchant has no reason %s", "商家没有原因 %s", "QUALITY"))
	}
	if err := s.orders.Reserve(ctx, in.LineID, in.Quantity); err != nil {
		return err
	}
	deducted, err := s.depreciation(ctx, st.Case.OrderID, in)
	if err != nil {
		return err
	}
	_, cal, err := s.cases.MerchantCalendar(ctx, m)
	if err != nil {
		return err
	}
	from := st.Case
	create := client.ServiceCase.Create().SetID(in.CaseID).SetNumber(number(st.Now.In(cal.Zone()).Format("060102"), in.CaseID)).SetKind(lifecycle.Return).
		SetCustomerID(from.CustomerID).SetOrderID(from.OrderID).SetChannel(from.Channel).SetPriority(from.Priority).SetDescription(from.Description)
	as := casework.Opening{Remedy: in.Remedy, Goods: true, Status: lifecycle.AwaitingShipment, From: from}
	if in.Here {
		as.Status = lifecycle.InspectionPassed
	}
	as.Then = func(ctx context.Context, st *casework.Step) error {
		detail := client.ReturnDetail.Create().SetMerchantID(m.ID).SetCaseID(in.CaseID).SetRemedy(in.Remedy).SetDisposition(lifecycle.GoodsReturn).
			SetRefundTrigger(lifecycle.TriggerInspection).SetReasonID(set.Reasons[at].ID)
		item := client.ReturnItem.Create().SetMerchantID(m.ID).SetCaseID(in.CaseID).SetOrderLineID(in.LineID).SetPosition(0).SetQuantity(in.Quantity)
		if len(deducted) > 0 {
			item.SetDeductions(deducted)
		}
		steps := sendIt
		if in.Here {
			steps = nothingTo
			detail.SetReceivedAt(st.Now)
			item.SetAcceptedQuantity(in.Quantity).SetInspection(&lifecycle.Inspection{Checks: []lifecycle.Check{}, Passed: true, Notes: in.Finding, InspectedAt: st.Now, Arrived: &in.Quantity})
		} else {
			address, err := s.anyAddress(ctx, m.ID, in.ReturnAddressID)
			if err != nil {
				return err
			}
			detail.SetReturnAddressID(address)
		}
		if err := detail.SetSteps([]string{steps}).Exec(ctx); err != nil {
			return err
		}
		if err := item.Exec(ctx); err != nil {
			return err
		}
		if err := s.copyEvidence(ctx, from.ID, in.CaseID); err != nil {
			return err
		}
		if err := st.Carry(ctx, in.Clocks); err != nil {
			return err
		}
		if !in.Here {
			return st.Happened(ctx, lifecycle.Approved, steps, nil)
		}
		if err := st.Happened(ctx, lifecycle.EventReceived, "", nil); err != nil {
			return err
		}
		return st.Happened(ctx, lifecycle.Inspected, in.Finding, map[string]string{"passed": "true"})
	}
	_, err = s.cases.Open(ctx, st.Actor, m, as, create, in.Why)
	return err
}

// anyAddress is where goods go to that a repair's end brings back: nobody who asks for it can make the merchant name a default.
func (s *Service) anyAddress(ctx context.Context, merchantID string, wanted *string) (string, error) {
	address, err := s.address(ctx, merchantID, wanted)
	if wanted != nil || !problem.Is(err, problem.InvalidInput) {
		return address, err
	}
	first, err := s.store.Client(ctx).ReturnAddress.Query().Where(returnaddress.MerchantID(merchantID)).Order(returnaddress.ByID()).FirstID(ctx)
	if ent.IsNotFound(err) {
		return "", problem.New(problem.NotEligible, problem.Text{EN: "the goods would have to come back, and the merchant has no return address", ZH: "须退回商品，但商家没有退货地址"})
	}
	return first, err
}

// depreciation is what the use of the goods takes off the refund; nothing for an exchange, and where none is charged.
func (s *Service) depreciation(ctx context.Context, orderID string, in Converted) ([]lifecycle.Deduction, error) {
	if in.Remedy == lifecycle.Exchange || in.DailyBps == 0 || in.Days == 0 {
		return nil, nil
	}
	o, err := s.store.Client(ctx).Order.Query().Where(order.ID(orderID)).WithLines(func(q *ent.OrderLineQuery) { q.Order(orderline.ByPosition()) }).Only(ctx)
	if err != nil {
		return nil, err
	}
	worth := worthOf(orders.SaleOf(o), in.LineID, in.Quantity)
	off := worth - money.Depreciated(worth, in.DailyBps, in.Days)
	if off == 0 {
		return nil, nil
	}
	return []lifecycle.Deduction{{Reason: DeductDepreciation, Amount: off, Note: fmt.Sprintf("%d x %d/10000; %s", in.Days, in.DailyBps, in.Article)}}, nil
}

// depreciated are those of an item's deductions that an inspection leaves alone.
func depreciated(it *ent.ReturnItem) []lifecycle.Deduction {
	return slices.DeleteFunc(slices.Clone(it.Deductions), func(d lifecycle.Deduction) bool { return d.Reason != DeductDepreciation })
}

// forgive takes back the charge for use, because the goods are exchanged after all.
func (s *Service) forgive(ctx context.Context, caseID string) error {
	items, err := s.items(ctx, caseID)
	if err != nil {
		return err
	}
	for _, it := range items {
		if len(depreciated(it)) == 0 {
			continue
		}
		rest := slices.DeleteFunc(slices.Clone(it.Deductions), func(d lifecycle.Deduction) bool { return d.Reason == DeductDepreciation })
		if err := s.store.Client(ctx).ReturnItem.Update().Where(returnitem.ID(it.ID)).SetDeductions(rest).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// copyEvidence lets a case show what another one's photos show, with who gave them and when.
func (s *Service) copyEvidence(ctx context.Context, from, to string) error {
	client := s.store.Client(ctx)
	rows, err := client.Evidence.Query().Where(evidence.CaseID(from)).Order(evidence.ByAt(), evidence.ByID()).All(ctx)
	if err != nil || len(rows) == 0 {
		return err
	}
	copies := make([]*ent.EvidenceCreate, len(rows))
	for i, e := range rows {
		copies[i] = client.Evidence.Create().SetMerchantID(e.MerchantID).SetCaseID(to).SetKind(e.Kind).SetURL(e.URL).SetSha256(e.Sha256).SetNote(e.Note).
			SetAuthorRole(e.AuthorRole).SetAuthorName(e.AuthorName).SetAt(e.At)
	}
	return client.Evidence.CreateBulk(copies...).Exec(ctx)
}
