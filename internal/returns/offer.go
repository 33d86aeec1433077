package returns

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"

	"aftersales/ent"
	"aftersales/ent/order"
	"aftersales/ent/orderline"
	"aftersales/ent/proposal"
	"aftersales/ent/returnitem"
	"aftersales/internal/auth"
	"aftersales/internal/casework"
	"aftersales/internal/id"
	"aftersales/internal/lifecycle"
	"aftersales/internal/money"
	"aftersales/internal/orders"
	"aftersales/internal/plan"
	"aftersales/internal/problem"
)

// Offers (MALL-3.3f): the merchant proposes something else than what was asked for, the customer takes it or leaves it, and
// silence is a no. What was agreed takes the place of the request: the case goes on as if it had been asked for and approved.

// States of a proposal (contract enum ProposalState).
const (
	OfferOpen     = "OPEN"
	OfferAccepted = "ACCEPTED"
	OfferDeclined = "DECLINED"
	// OfferExpired: the customer did not answer in time.
	OfferExpired = "EXPIRED"
)

// maxOffers bounds the rounds of one case.
const maxOffers = 10

// Offer is what the merchant proposes.
type Offer struct {
	Remedy      lifecycle.Remedy
	Disposition lifecycle.Disposition
	// Amount is what the customer would get for the goods in all, in major units of the order's currency ("19.90"); nil: by rule.
	Amount *string
	// Message is what the customer reads, 1 to 5,000 characters.
	Message string
}

func (in *Offer) check() error {
	var l problem.List
	var err error
	in.Message, err = casework.Text(in.Message, "input", "message")
	l = append(l, problem.All(err)...)
	back := in.Disposition == lifecycle.GoodsReturn
	switch {
	case !offered(in.Remedy):
		l = append(l, notEligible(problem.Text{EN: "this remedy is not offered here", ZH: "此处不提供该售后方式"}, "input", "remedy"))
	case in.Remedy == lifecycle.Refund && back:
		l = append(l, problem.Invalid(problem.Text{EN: "REFUND is money without goods coming back; offer RETURN_AND_REFUND", ZH: "REFUND 为仅退款；需寄回商品请选择 RETURN_AND_REFUND"}, "input", "disposition"))
	case in.Remedy == lifecycle.ReturnAndRefund && !back:
		l = append(l, problem.Invalid(problem.Text{EN: "RETURN_AND_REFUND means that the goods come back; offer REFUND", ZH: "RETURN_AND_REFUND 须退回商品；无需退回请选择 REFUND"}, "input", "disposition"))
	}
	if in.Remedy == lifecycle.Exchange && in.Amount != nil {
		l = append(l, problem.Invalid(problem.Text{EN: "an exchange has no amount", ZH: "换货没有金额"}, "input", "amount"))
	}
	return l.Err()
}

func notEligible(msg problem.Text, field ...string) *problem.Problem {
	return &problem.Problem{Code: problem.NotEligible, Field: field, Message: msg}
}

// Propose offers the customer something else: another remedy, to keep the goods for a part of the price, a lower sum after
// the inspection. PROPOSAL_REPLY starts, and the merchant's clocks stand still (reading X8.1); FIRST_RESPONSE is met. An
// agreement may go beyond what the reason entitles to. Goods that are with the merchant already can only be kept there: to
// send them home and pay as well is a rejection with a payment, which an offer is not. It returns the proposal's id.
//
// Requires: AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND, CONFLICT, ILLEGAL_TRANSITION, INVALID_INPUT at input's
// fields, NOT_ELIGIBLE for what changes nothing, cannot be carried out or pays nothing, AMOUNT_EXCEEDS_PAID at input.amount
// naming the maximum, LIMIT_EXCEEDED after 10 rounds, IDEMPOTENCY_MISMATCH.
func (s *Service) Propose(ctx context.Context, caseID string, expected *int, key string, in Offer) (string, error) {
	if _, err := auth.Require(ctx, "returnPropose"); err != nil {
		return "", err
	}
	if err := in.check(); err != nil {
		return "", err
	}
	proposalID := id.New(id.Proposal)
	act := casework.Act{Action: lifecycle.ReturnPropose, CaseID: caseID, Expected: expected}
	return s.cases.DoOnce(ctx, act, key, []any{caseID, in}, proposalID, func(ctx context.Context, st *casework.Step) error {
		client := s.store.Client(ctx)
		rounds, err := client.Proposal.Query().Where(proposal.CaseID(caseID)).Count(ctx)
		if err != nil {
			return err
		}
		if rounds >= maxOffers {
			return problem.New(problem.LimitExceeded, problem.Textf("a return has at most %d offers", "每个退货最多 %d 次方案", maxOffers),
				problem.Param{Name: "maximum", Value: fmt.Sprint(maxOffers)})
		}
		amount, err := s.weigh(ctx, st, in)
		if err != nil {
			return err
		}
		d := s.detail(ctx, caseID).SetCameFrom(st.Case.Status)
		if in.Disposition == lifecycle.GoodsReturn && st.Case.Status == lifecycle.Requested {
			address, err := s.address(ctx, st.Merchant.ID, nil)
			if len(problem.All(err)) > 0 {
				return notEligible(problem.Text{EN: "the merchant has no default return address, so goods cannot come back", ZH: "商家没有默认退货地址，无法退回商品"}, "input", "disposition")
			}
			if err != nil {
				return err
			}
			d.SetReturnAddressID(address)
		}
		if err := d.Exec(ctx); err != nil {
			return err
		}
		err = client.Proposal.Create().SetID(proposalID).SetMerchantID(st.Case.MerchantID).SetCaseID(caseID).SetRound(rounds + 1).
			SetRemedy(in.Remedy).SetDisposition(in.Disposition).SetNillableAmount(amount).SetMessage(in.Message).
			SetAuthorName(st.Actor.Name).SetMadeAt(st.Now).SetState(OfferOpen).Exec(ctx)
		if err != nil {
			return err
		}
		return st.Happened(ctx, lifecycle.EventProposed, in.Message, nil)
	})
}

// weigh judges an offer by what it would do to the case, and returns its amount in minor units, nil for by rule.
func (s *Service) weigh(ctx context.Context, st *casework.Step, in Offer) (*int64, error) {
	reason, err := st.Case.Edges.Detail.QueryReason().Only(ctx)
	if err != nil {
		return nil, err
	}
	asked, err := s.claim(ctx, st.Case)
	if err != nil {
		return nil, err
	}
	o, err := s.store.Client(ctx).Order.Query().Where(order.ID(st.Case.OrderID)).
		WithLines(func(q *ent.OrderLineQuery) { q.Order(orderline.ByPosition()) }).Only(ctx)
	if err != nil {
		return nil, err
	}
	missing, err := s.notThere(ctx, st.Case.ID)
	if err != nil {
		return nil, err
	}
	with := asked
	with.Agreed, with.Kept, with.GoodsBack = nil, false, in.Disposition == lifecycle.GoodsReturn
	with.Takes = nil
	all := true // whether everything asked for counts already
	for _, t := range asked.Takes {
		all = all && t.Accepted == t.Held
		t.Accepted = t.Held - missing[t.LineID]
		with.Takes = append(with.Takes, t)
	}
	if st.Case.Status != lifecycle.Requested {
		if in.Disposition != lifecycle.GoodsReturn {
			return nil, notEligible(problem.Text{EN: "the goods are with the merchant: only an offer under which they stay there (RETURN) can be made", ZH: "商品已在商家处：仅可提出商品留在商家处（RETURN）的方案"}, "input", "disposition")
		}
	} else if in.Disposition == lifecycle.GoodsReturn && reason.Handle == plan.NotReceived {
		return nil, notEligible(problem.Text{EN: "goods that never arrived cannot come back", ZH: "未收到的商品无法退回"}, "input", "disposition")
	}
	amount, err := s.offeredAmount(o, with, in.Amount)
	if err != nil {
		return nil, err
	}
	with.Agreed, with.Kept = amount, amount != nil && in.Disposition == lifecycle.GoodsKeep
	pays := orders.SaleOf(o).Settle(with).Total()
	was := st.Case.Edges.Detail
	switch {
	case in.Remedy != lifecycle.Exchange && pays == 0:
		return nil, notEligible(problem.Text{EN: "nothing is left to refund of what was paid", ZH: "实付金额已无可退余额"}, "input", "remedy")
	case all && in.Remedy == was.Remedy && in.Disposition == was.Disposition &&
		(in.Remedy == lifecycle.Exchange || pays == orders.SaleOf(o).Settle(asked).Total()):
		return nil, notEligible(problem.Text{EN: "this is what was asked for already; approve it instead", ZH: "该方案与顾客的申请相同，请直接通过审核"}, "input")
	}
	return amount, nil
}

// offeredAmount reads an offer's sum and holds it against what the goods are worth by rule: an offer pays a part of that,
// never more.
func (s *Service) offeredAmount(o *ent.Order, with money.Claim, text *string) (*int64, error) {
	if text == nil {
		return nil, nil
	}
	amount, err := money.Parse(*text, o.Currency)
	if ps := problem.All(err); len(ps) > 0 {
		return nil, ps[0].At("input", "amount")
	}
	if err != nil {
		return nil, err
	}
	if amount <= 0 {
		return nil, problem.Invalid(problem.Text{EN: "must be more than 0; leave it out to pay by rule", ZH: "须大于 0；按规则退款请勿填写"}, "input", "amount")
	}
	plain := with
	plain.Takes, plain.FreightBack, plain.Compensation = nil, 0, 0
	for _, t := range with.Takes {
		plain.Takes = append(plain.Takes, money.Take{LineID: t.LineID, Held: t.Held, Accepted: t.Accepted})
	}
	byRule := orders.SaleOf(o).Settle(plain)
	everything := int64(math.MaxInt64)
	plain.Agreed = &everything
	most := min(byRule.FromOrder-byRule.Shipping, orders.SaleOf(o).Settle(plain).FromOrder)
	if amount > most {
		limit := money.Format(most, o.Currency)
		return nil, &problem.Problem{Code: problem.AmountExceedsPaid, Field: []string{"input", "amount"},
			Message: problem.Textf("for these goods at most %s %s can be offered", "该商品最多可提出 %s %s", limit, o.Currency),
			Params:  []problem.Param{{Name: "maximum", Value: limit}, {Name: "currency", Value: o.Currency}}}
	}
	return &amount, nil
}

// notThere is how many units of each line asked for the merchant does not have: never come, or sent home.
func (s *Service) notThere(ctx context.Context, caseID string) (map[string]int, error) {
	items, err := s.items(ctx, caseID)
	if err != nil {
		return nil, err
	}
	out := map[string]int{}
	for _, it := range items {
		out[it.OrderLineID] += it.Quantity - there(it)
	}
	return out, nil
}

// AcceptProposal takes the open offer: what it says becomes what the case is about, and counts as approved. Staff who write
// down the customer's yes say what the customer said; for the customer message may be empty.
//
// Requires: CUSTOMER (own case), AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND, CONFLICT, ILLEGAL_TRANSITION,
// INVALID_INPUT at message.
func (s *Service) AcceptProposal(ctx context.Context, caseID string, expected *int, message string) error {
	message, err := checkAnswer(ctx, "returnProposalAccept", message)
	if err != nil {
		return err
	}
	open, err := s.openOffer(ctx, caseID)
	if err != nil {
		return err
	}
	act := casework.Act{Action: lifecycle.ReturnProposalAccept, CaseID: caseID, Expected: expected, Judge: func(f *lifecycle.Facts) {
		if open != nil {
			f.Remedy, f.GoodsDue = open.Remedy, open.Disposition == lifecycle.GoodsReturn && f.CameFrom == lifecycle.Requested
		}
	}}
	return s.cases.Do(ctx, act, func(ctx context.Context, st *casework.Step) error {
		if err := s.closeOffer(ctx, open, OfferAccepted, st.Now, message); err != nil {
			return err
		}
		return s.agree(ctx, st, open, message)
	})
}

// agree puts an accepted offer in the place of the request.
func (s *Service) agree(ctx context.Context, st *casework.Step, open *ent.Proposal, message string) error {
	d := s.detail(ctx, st.Case.ID).SetRemedy(open.Remedy).SetDisposition(open.Disposition).ClearCameFrom().ClearDisputeUntil()
	if open.Amount != nil {
		d.SetAgreedAmount(*open.Amount)
	} else {
		d.ClearAgreedAmount()
	}
	atMerchant := st.Case.Edges.Detail.CameFrom != lifecycle.Requested
	steps := append([]string{open.Message}, standardSteps(open.Remedy, open.Disposition)...)
	if atMerchant {
		d.SetGoodsOwed(0) // the merchant keeps what is there
		st.Stop(plan.SendBack)
		items, err := s.items(ctx, st.Case.ID)
		if err != nil {
			return err
		}
		for _, it := range items {
			if err := s.store.Client(ctx).ReturnItem.Update().Where(returnitem.ID(it.ID)).SetAcceptedQuantity(there(it)).Exec(ctx); err != nil {
				return err
			}
		}
	} else {
		d.SetSteps(steps)
	}
	if err := d.Exec(ctx); err != nil {
		return err
	}
	st.Goods(open.Disposition == lifecycle.GoodsReturn)
	if err := st.Settle(ctx, open.Remedy); err != nil {
		return err
	}
	if err := st.Happened(ctx, lifecycle.ProposalAccepted, message, nil); err != nil || atMerchant {
		return err
	}
	return st.Happened(ctx, lifecycle.Approved, strings.Join(steps, "\n"), nil)
}

// DeclineProposal leaves the open offer: the case goes on where it was, and the merchant's clocks with it. Staff who write
// down the customer's no say what the customer said.
//
// Requires: CUSTOMER (own case), AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND, CONFLICT, ILLEGAL_TRANSITION,
// INVALID_INPUT at message.
func (s *Service) DeclineProposal(ctx context.Context, caseID string, expected *int, message string) error {
	message, err := checkAnswer(ctx, "returnProposalDecline", message)
	if err != nil {
		return err
	}
	open, err := s.openOffer(ctx, caseID)
	if err != nil {
		return err
	}
	return s.do(ctx, lifecycle.ReturnProposalDecline, caseID, expected, func(ctx context.Context, st *casework.Step) error {
		if err := s.closeOffer(ctx, open, OfferDeclined, st.Now, message); err != nil {
			return err
		}
		if err := s.detail(ctx, caseID).ClearCameFrom().Exec(ctx); err != nil {
			return err
		}
		return st.Happened(ctx, lifecycle.ProposalDeclined, message, nil)
	})
}

// declineAlone takes silence for a no, at the instant the time to answer ended.
func (s *Service) declineAlone(ctx context.Context, st *casework.Step) error {
	open, err := s.openOffer(ctx, st.Case.ID)
	if err != nil {
		return err
	}
	due := st.Now
	for _, d := range st.Case.Edges.Deadlines {
		if d.Kind == plan.ProposalReply && d.Open && d.DueAt != nil {
			due = *d.DueAt
		}
	}
	if err := s.closeOffer(ctx, open, OfferExpired, due, ""); err != nil {
		return err
	}
	if err := s.detail(ctx, st.Case.ID).ClearCameFrom().Exec(ctx); err != nil {
		return err
	}
	if err := st.EndPause(ctx, lifecycle.Proposed, due); err != nil {
		return err
	}
	return st.HappenedAt(ctx, lifecycle.ProposalDeclined, due, "", nil)
}

// checkAnswer checks who answers an offer, and with which words.
func checkAnswer(ctx context.Context, operation, message string) (string, error) {
	a, err := auth.Require(ctx, operation)
	if err != nil {
		return "", err
	}
	if a.Role == auth.Customer {
		return casework.OptionalText(message, "message")
	}
	return casework.Text(message, "message")
}

// openOffer is the offer that waits for its answer, nil when there is none.
func (s *Service) openOffer(ctx context.Context, caseID string) (*ent.Proposal, error) {
	row, err := s.store.Client(ctx).Proposal.Query().Where(proposal.CaseID(caseID), proposal.State(OfferOpen)).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, nil
	}
	return row, err
}

// closeOffer writes the answer of an offer, once: a second answer is CONFLICT.
func (s *Service) closeOffer(ctx context.Context, open *ent.Proposal, state string, at time.Time, answer string) error {
	n := 0
	if open != nil {
		var err error
		n, err = s.store.Client(ctx).Proposal.Update().Where(proposal.ID(open.ID), proposal.State(OfferOpen)).
			SetState(state).SetAnsweredAt(at).SetAnswer(answer).Save(ctx)
		if err != nil {
			return err
		}
	}
	if n == 0 {
		return problem.New(problem.Conflict, problem.Text{EN: "this offer was answered meanwhile; look at the case again", ZH: "该方案已有答复，请重新查看工单"})
	}
	return nil
}

// dropOffer closes an offer that was open when its case was withdrawn.
func (s *Service) dropOffer(ctx context.Context, st *casework.Step, answer string) error {
	return s.store.Client(ctx).Proposal.Update().Where(proposal.CaseID(st.Case.ID), proposal.State(OfferOpen)).
		SetState(OfferDeclined).SetAnsweredAt(st.Now).SetAnswer(answer).Exec(ctx)
}
