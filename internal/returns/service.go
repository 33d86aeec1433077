// Package returns is the return of goods for money: from the customer's request through review, shipment and inspection to
// the credited refund (MALL-3). Its use cases stand on package casework; goods and money it moves through package orders.
package returns

import (
	"context"
	"strconv"
	"strings"

	"aftersales/ent"
	"aftersales/ent/returnaddress"
	"aftersales/ent/returndetail"
	"aftersales/ent/returnitem"
	"aftersales/internal/auth"
	"aftersales/internal/casework"
	"aftersales/internal/disputes"
	"aftersales/internal/lifecycle"
	"aftersales/internal/orders"
	"aftersales/internal/plan"
	"aftersales/internal/problem"
	"aftersales/internal/store"
	"aftersales/internal/warranty"
)

// Service carries a return from request to refund.
type Service struct {
	store      *store.Store
	cases      *casework.Service
	orders     *orders.Service
	warranties *warranty.Service
	disputes   *disputes.Service
	arriving   map[string]Arriving // by purpose of the parcels
}

// New makes the service, lets the sweep release what expired returns held, and says what it does where somebody was silent.
func New(st *store.Store, cases *casework.Service, ord *orders.Service, war *warranty.Service, dis *disputes.Service) *Service {
	s := &Service{st, cases, ord, war, dis, map[string]Arriving{}}
	dis.Of(lifecycle.Return, disputed{s})
	cases.OnRelease(lifecycle.Return, ord.Release)
	cases.OnTimeout(plan.Receive, lifecycle.Return, casework.Automatic{Action: lifecycle.ReturnReceive, Do: s.receiveAlone})
	cases.OnTimeout(plan.Approve, lifecycle.Return, casework.Automatic{Action: lifecycle.ReturnApprove, Do: s.approveAlone})
	cases.OnTimeout(plan.PayBack, lifecycle.Return, casework.Automatic{Action: lifecycle.ReturnRefund, Judge: goodsFirst, Do: s.refundAlone})
	cases.OnTimeout(plan.Decline, lifecycle.Return, casework.Automatic{Action: lifecycle.ReturnProposalDecline, Do: s.declineAlone})
	return s
}

func (s *Service) do(ctx context.Context, action lifecycle.Action, caseID string, expected *int, fn func(ctx context.Context, st *casework.Step) error) error {
	return s.cases.Do(ctx, casework.Act{Action: action, CaseID: caseID, Expected: expected}, fn)
}

func (s *Service) detail(ctx context.Context, caseID string) *ent.ReturnDetailUpdate {
	return s.store.Client(ctx).ReturnDetail.Update().Where(returndetail.CaseID(caseID))
}

// RequestInfo asks the customer a question; the merchant's clocks stand still until the answer (MALL-3.1e).
//
// Requires: AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND, CONFLICT, ILLEGAL_TRANSITION, INVALID_INPUT at question.
func (s *Service) RequestInfo(ctx context.Context, caseID string, expected *int, question string) error {
	if _, err := auth.Require(ctx, "returnRequestInfo"); err != nil {
		return err
	}
	question, err := casework.Text(question, "question")
	if err != nil {
		return err
	}
	return s.do(ctx, lifecycle.ReturnRequestInfo, caseID, expected, func(ctx context.Context, st *casework.Step) error {
		if err := s.detail(ctx, caseID).SetOpenQuestion(question).Exec(ctx); err != nil {
			return err
		}
		return st.Happened(ctx, lifecycle.InfoRequested, question, nil)
	})
}

// ProvideInfo answers the open question; staff may write down what the customer said.
//
// Requires: CUSTOMER (own case), AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND, CONFLICT, ILLEGAL_TRANSITION,
// INVALID_INPUT at answer.
func (s *Service) ProvideInfo(ctx context.Context, caseID string, expected *int, answer string) error {
	if _, err := auth.Require(ctx, "returnProvideInfo"); err != nil {
		return err
	}
	answer, err := casework.Text(answer, "answer")
	if err != nil {
		return err
	}
	return s.do(ctx, lifecycle.ReturnProvideInfo, caseID, expected, func(ctx context.Context, st *casework.Step) error {
		if err := s.detail(ctx, caseID).ClearOpenQuestion().Exec(ctx); err != nil {
			return err
		}
		return st.Happened(ctx, lifecycle.InfoProvided, answer, nil)
	})
}

// Approval is a positive review: the checklist, what the customer does next, what to prepare, and where to send the goods.
type Approval struct {
	Review    lifecycle.Review
	Steps     []string
	Materials []string
	// ReturnAddressID is the designated address; nil takes the merchant's default. A refund without goods has none.
	ReturnAddressID *string
	// DamageCause is what broke goods that arrived broken; required for the reason DAMAGED (MALL-2.1c). Empty: not known to matter.
	DamageCause string
	// Disposition waives goods that would have to come back: KEEP or SCRAP. Empty: as it is.
	Disposition lifecycle.Disposition
}

// Causes of damage (contract enum DamageCause) that a rule asks about: one that the customer answers for, and none found.
const (
	CausedByCustomer = "CUSTOMER"
	CauseUnknown     = "UNKNOWN"
)

// Approve accepts the request (MALL-3.2a to 3.2e): goods come back next, or, where none do, money or replacement go out.
//
// Requires: AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND, CONFLICT, ILLEGAL_TRANSITION, INVALID_INPUT at
// input.steps, input.materials, input.review, input.returnAddress, input.damageCause or input.disposition.
func (s *Service) Approve(ctx context.Context, caseID string, expected *int, in Approval) error {
	if _, err := auth.Require(ctx, "returnApprove"); err != nil {
		return err
	}
	if err := in.check(); err != nil {
		return err
	}
	act := casework.Act{Action: lifecycle.ReturnApprove, CaseID: caseID, Expected: expected, Judge: func(f *lifecycle.Facts) {
		f.GoodsDue = f.GoodsDue && (in.Disposition == "" || in.Disposition == lifecycle.GoodsReturn)
	}}
	return s.cases.Do(ctx, act, func(ctx context.Context, st *casework.Step) error {
		goods, err := s.goodsOn(ctx, st, in)
		if err != nil {
			return err
		}
		d := s.detail(ctx, caseID).SetReview(&in.Review).SetSteps(in.Steps).SetMaterials(in.Materials).SetDisposition(goods).SetDamageCause(in.DamageCause)
		st.Goods(goods == lifecycle.GoodsReturn)
		if goods == lifecycle.GoodsReturn {
			address, err := s.address(ctx, st.Merchant.ID, in.ReturnAddressID)
			if err != nil {
				return err
			}
			d.SetReturnAddressID(address)
		}
		if err := d.Exec(ctx); err != nil {
			return err
		}
		return st.Happened(ctx, lifecycle.Approved, strings.Join(in.Steps, "\n"), nil)
	})
}

// goodsOn is what becomes of the goods by an approval, once what it has to confirm is there.
func (s *Service) goodsOn(ctx context.Context, st *casework.Step, in Approval) (lifecycle.Disposition, error) {
	detail := st.Case.Edges.Detail
	reason, err := s.store.Client(ctx).ReturnReason.Get(ctx, detail.ReasonID)
	if err != nil {
		return "", err
	}
	switch {
	case reason.Handle == plan.Damaged && in.DamageCause == "":
		return "", problem.Invalid(problem.Text{EN: "say what caused the damage before you promise anything", ZH: "请先确认破损原因"}, "input", "damageCause")
	case in.Disposition == "":
		return detail.Disposition, nil
	case in.Disposition == lifecycle.GoodsReturn && detail.Disposition != lifecycle.GoodsReturn:
		return "", problem.Invalid(problem.Text{EN: "the customer asked for this without sending anything back", ZH: "顾客申请的方式无需退回商品"}, "input", "disposition")
	}
	return in.Disposition, nil
}

func (in *Approval) check() error {
	var l problem.List
	if len(in.Steps) == 0 || len(in.Steps) > 20 {
		l = append(l, problem.Invalid(problem.Text{EN: "tell the customer 1 to 20 steps", ZH: "请告知顾客 1 至 20 个处理步骤"}, "input", "steps"))
	}
	if len(in.Materials) > 20 {
		l = append(l, problem.Invalid(problem.Text{EN: "at most 20 materials", ZH: "最多 20 项材料"}, "input", "materials"))
	}
	for i := range in.Steps {
		var err error
		if in.Steps[i], err = casework.Text(in.Steps[i], "input", "steps", strconv.Itoa(i)); err != nil {
			l = append(l, problem.All(err)...)
		}
	}
	for i := range in.Materials {
		var err error
		if in.Materials[i], err = casework.Text(in.Materials[i], "input", "materials", strconv.Itoa(i)); err != nil {
			l = append(l, problem.All(err)...)
		}
	}
	return append(l, checkReview(&in.Review)...).Err()
}

func checkReview(r *lifecycle.Review) problem.List {
	var l problem.List
	for name, v := range map[string]*lifecycle.Verdict{"product": &r.Product, "description": &r.Description, "reason": &r.Reason} {
		var err error
		if v.Note, err = casework.OptionalText(v.Note, "input", "review", name, "note"); err != nil {
			l = append(l, problem.All(err)...)
		}
	}
	return l
}

// address picks the designated return address (MALL-3.2e).
func (s *Service) address(ctx context.Context, merchantID string, wanted *string) (string, error) {
	q := s.store.Client(ctx).ReturnAddress.Query().Where(returnaddress.MerchantID(merchantID))
	if wanted != nil {
		q = q.Where(returnaddress.ID(*wanted))
	} else {
		q = q.Where(returnaddress.IsDefault(true))
	}
	row, err := q.First(ctx)
	switch {
	case ent.IsNotFound(err) && wanted != nil:
		return "", casework.NotFound("return address", "退货地址", "input", "returnAddress")
	case ent.IsNotFound(err):
		return "", problem.Invalid(problem.Text{EN: "the merchant has no default return address; name one", ZH: "商家没有默认退货地址，请指定"}, "input", "returnAddress")
	case err != nil:
		return "", err
	}
	return row.ID, nil
}

// Reject refuses the request, or after a failed inspection the refund, with a reason the customer reads.
//
// Requires: AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND, CONFLICT, ILLEGAL_TRANSITION, INVALID_INPUT at
// input.reason.
func (s *Service) Reject(ctx context.Context, caseID string, expected *int, reason string, review *lifecycle.Review) error {
	if _, err := auth.Require(ctx, "returnReject"); err != nil {
		return err
	}
	reason, err := casework.Text(reason, "input", "reason")
	if err != nil {
		return err
	}
	if review != nil {
		if err := checkReview(review).Err(); err != nil {
			return err
		}
	}
	return s.do(ctx, lifecycle.ReturnReject, caseID, expected, func(ctx context.Context, st *casework.Step) error {
		until, err := s.disputes.Window(ctx, st)
		if err != nil {
			return err
		}
		d := s.detail(ctx, caseID).ClearOpenQuestion().SetNillableDisputeUntil(until)
		if review != nil {
			d.SetReview(review)
		}
		if err := d.Exec(ctx); err != nil {
			return err
		}
		if err := s.giveUp(ctx, st); err != nil {
			return err
		}
		st.Ends(lifecycle.OutcomeRejected, reason)
		if err := s.orders.Release(ctx, []string{caseID}); err != nil {
			return err
		}
		return st.Happened(ctx, lifecycle.EventRejected, reason, nil)
	})
}

// Cancel withdraws the return before the goods are back; reason may be empty.
//
// Requires: CUSTOMER (own case), AGENT, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND, CONFLICT, ILLEGAL_TRANSITION.
func (s *Service) Cancel(ctx context.Context, caseID string, expected *int, reason string) error {
	if _, err := auth.Require(ctx, "returnCancel"); err != nil {
		return err
	}
	reason, err := casework.OptionalText(reason, "reason")
	if err != nil {
		return err
	}
	return s.do(ctx, lifecycle.ReturnCancel, caseID, expected, func(ctx context.Context, st *casework.Step) error {
		st.Ends(lifecycle.OutcomeCancelled, reason)
		if err := s.dropOffer(ctx, st, reason); err != nil {
			return err
		}
		if err := s.orders.Release(ctx, []string{caseID}); err != nil {
			return err
		}
		return st.Happened(ctx, lifecycle.EventCancelled, reason, nil)
	})
}

// items reads a return's items in order.
func (s *Service) items(ctx context.Context, caseID string) ([]*ent.ReturnItem, error) {
	return s.store.Client(ctx).ReturnItem.Query().Where(returnitem.CaseID(caseID)).Order(returnitem.ByPosition()).All(ctx)
}

// Reasons lists the merchant's return reasons.
//
// Requires: any role of the merchant. Errors: INVALID_INPUT when no merchant is named.
func (s *Service) Reasons(ctx context.Context) ([]*ent.ReturnReason, error) {
	if _, err := auth.Require(ctx, "returnReasons"); err != nil {
		return nil, err
	}
	m, err := s.cases.Merchant(ctx)
	if err != nil {
		return nil, err
	}
	set, err := s.cases.Settings(ctx, m)
	if err != nil {
		return nil, err
	}
	return set.Reasons, nil
}
