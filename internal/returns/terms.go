package returns

import (
	"context"
	"slices"
	"strconv"
	"time"

	"aftersales/ent"
	"aftersales/internal/calendar"
	"aftersales/internal/deadline"
	"aftersales/internal/lifecycle"
	"aftersales/internal/money"
	"aftersales/internal/orders"
	"aftersales/internal/plan"
	"aftersales/internal/problem"
	"aftersales/internal/warranty"
)

// Terms are what a merchant's customers may ask for at one moment: everything that the options of an order line and the
// refusals of a request have in common, so that the two never disagree.
type Terms struct {
	Merchant *ent.Merchant
	Calendar *calendar.Calendar
	calendar *ent.Calendar
	Now      time.Time
	Law      *plan.Law
	// NoReason is the window in force: the law's, or the merchant's own where that is longer.
	NoReason plan.Window
	Plans    []*plan.Plan
	Reasons  []*ent.ReturnReason
	// Repairs are the plans that a repair would be under, Warranty what is promised for goods that break; set by ForRepairs.
	Repairs  []*plan.Plan
	Warranty *warranty.Book
}

// Terms gathers the terms of a merchant.
func (s *Service) Terms(ctx context.Context, m *ent.Merchant) (*Terms, error) {
	row, cal, err := s.cases.MerchantCalendar(ctx, m)
	if err != nil {
		return nil, err
	}
	set, err := s.cases.Settings(ctx, m)
	if err != nil {
		return nil, err
	}
	law, err := s.cases.LawBy(m, cal)
	if err != nil {
		return nil, err
	}
	noReason := law.NoReason
	if m.NoReasonDays != nil {
		noReason.Length = max(noReason.Length, *m.NoReasonDays)
	}
	plans, err := s.cases.PlansFor(ctx, m, lifecycle.Return)
	if err != nil {
		return nil, err
	}
	return &Terms{Merchant: m, Calendar: cal, calendar: row, Now: s.cases.Now(m), Law: law, NoReason: noReason, Plans: plans, Reasons: set.Reasons}, nil
}

// ForRepairs adds what options of repairs need, once.
func (s *Service) ForRepairs(ctx context.Context, t *Terms) error {
	if t.Warranty != nil {
		return nil
	}
	repairs, err := s.cases.PlansFor(ctx, t.Merchant, lifecycle.Repairs)
	if err != nil {
		return err
	}
	book, err := s.warranties.BookBy(ctx, t.Merchant, t.Calendar, t.Law)
	if err != nil {
		return err
	}
	t.Repairs, t.Warranty = repairs, book
	return nil
}

// Reason finds a return reason by its handle, nil when there is none.
func (t *Terms) Reason(handle string) *ent.ReturnReason {
	i := slices.IndexFunc(t.Reasons, func(r *ent.ReturnReason) bool { return r.Handle == handle })
	if i < 0 {
		return nil
	}
	return t.Reasons[i]
}

// offered are the remedies this service can carry out.
func offered(r lifecycle.Remedy) bool {
	return r == lifecycle.Refund || r == lifecycle.ReturnAndRefund || r == lifecycle.Exchange
}

// Window is until when a line can be returned for a reason. Bounded false means no end is set by law: the reason has
// none, or the delivery is not known, so that the window has not begun to run.
type Window struct {
	Bounded bool
	Until   time.Time // exclusive
	LastDay calendar.Date
	// Unknown is whether the window is open only because nobody said when the line was delivered.
	Unknown bool
}

// WindowOf is the window of a line of o for a reason; only the return without reason has one, counted from delivery: of the
// line, or of the order's last line where the law says so. A replacement has a window of its own and opens no other again.
func (t *Terms) WindowOf(o *ent.Order, l *ent.OrderLine, reason string) (Window, error) {
	if reason != plan.NoReason {
		return Window{}, nil
	}
	delivered := l.DeliveredAt
	if t.Law.NoReason.From == plan.FromLastLine && l.ReplacesItemID == nil {
		for _, other := range o.Edges.Lines {
			if other.ReplacesItemID != nil || other.ID != l.ID && other.DeliveredAt == nil && other.Returned >= other.Quantity {
				continue // what was taken back without ever coming is not waited for
			}
			if other.DeliveredAt == nil {
				delivered = nil
				break
			}
			if delivered != nil && other.DeliveredAt.After(*delivered) {
				delivered = other.DeliveredAt
			}
		}
	}
	if delivered == nil {
		return Window{Unknown: true}, nil
	}
	r, err := deadline.Compute(t.Calendar, deadline.Clock{Rule: t.NoReason.Rule(), Start: *delivered})
	if err != nil {
		return Window{}, err
	}
	return Window{Bounded: true, Until: r.PromisedDueAt, LastDay: *r.PromisedLastDay}, nil
}

// excluded reports whether the law lets the seller refuse a return without reason of this line, as it does.
func (t *Terms) excluded(l *ent.OrderLine) bool {
	return l.Exclusion != "" && t.Law.Excludes(l.Exclusion, l.ExclusionConfirmed)
}

// Blocker codes (contract enum BlockerCode).
const (
	WindowClosed    = "WINDOW_CLOSED"
	Excluded        = "EXCLUDED"
	QuantityHeld    = "QUANTITY_HELD"
	AlreadyRefunded = "ALREADY_REFUNDED"
	NotOffered      = "NOT_OFFERED"
	LimitReached    = "LIMIT_REACHED"
	// NotDelivered is goods of a cancelled order that never came: there is nothing to send back.
	NotDelivered = "NOT_DELIVERED"
	Gift         = "GIFT"
)

// Blocker is one reason why a remedy is not possible now.
type Blocker struct {
	Code    string
	Message problem.Text
	Params  []problem.Param
	// Case is the open case that holds the goods.
	Case *ent.ServiceCase
	// alone: it stands in the way of this line by itself, not of a request that names others too.
	alone bool
}

// Option is what a customer may do with an order line (design.md section 5.2).
type Option struct {
	Remedy      lifecycle.Remedy
	Until       *time.Time // exclusive
	LastDay     *calendar.Date
	Blockers    []Blocker
	WouldRefund *int64 // minor units of the order's currency
	// Freight is who bears it; nil where no goods come back, and where it depends on a reason that was not named.
	Freight *plan.Freight
	// Note says what the customer should know beside (the delivery date is not known).
	Note problem.Text
	// Coverage and Entitled are the warranty of the goods and what the law gives for a fault that shows today; of REPAIR alone.
	Coverage *warranty.Coverage
	Entitled []plan.Entitlement
}

// Possible reports whether nothing stands in the way.
func (o Option) Possible() bool { return len(o.Blockers) == 0 }

// Returnable is the quantity of a line that no open case holds and nothing took back.
func Returnable(l *ent.OrderLine) int { return max(0, l.Quantity-l.Held-l.Returned) }

// Assess says what is possible with a line. Its return items must be loaded with their cases, and o must be its order.
// reason nil asks for whatever reason serves best: the return without reason while its window lasts, else a reason that
// has no window. quantity 0 means all that can still be returned.
func (t *Terms) Assess(o *ent.Order, l *ent.OrderLine, remedy lifecycle.Remedy, reason *ent.ReturnReason, quantity int) (Option, error) {
	out := Option{Remedy: remedy}
	block := func(b Blocker) { out.Blockers = append(out.Blockers, b) }
	if !offered(remedy) {
		t.assessRepair(&out, o, l, reason, quantity)
		return out, nil
	}
	if o.CancelledAt != nil && l.DeliveredAt == nil && remedy != lifecycle.Refund {
		block(Blocker{Code: NotDelivered, Message: problem.Text{EN: "the order was cancelled before these goods were delivered", ZH: "订单已在该商品送达前取消"}})
	}
	if quantity == 0 {
		quantity = max(1, Repairable(l))
	}
	if reason != nil && !slices.Contains(reason.Remedies, string(remedy)) {
		block(Blocker{Code: NotOffered, Message: problem.Textf("the reason %[1]s does not lead to this; it allows %[3]v", "原因“%[2]s”不适用该方式；可选 %[3]v", reason.LabelEn, reason.LabelZh, reason.Remedies)})
	}
	if err := t.assessWindow(&out, o, l, remedy, reason, block); err != nil {
		return out, err
	}
	if remedy == lifecycle.ReturnAndRefund || remedy == lifecycle.Exchange && (reason == nil || disposition(remedy, reason) == lifecycle.GoodsReturn) {
		switch withoutReason := out.Until != nil || out.Note.EN != ""; {
		case reason != nil:
			freight := t.Law.FreightFor(plan.Party(reason.AtFault))
			out.Freight = &freight
		case withoutReason:
			out.Freight = &t.Law.Freight.NoReason
		}
	}
	switch free := Repairable(l); {
	case l.Returned >= l.Quantity:
		block(Blocker{Code: AlreadyRefunded, Message: problem.Text{EN: "all of this line was refunded already", ZH: "该行商品已全部退款"}})
	case quantity > free:
		block(t.held(l, quantity, free))
	case remedy == lifecycle.Exchange:
		if o.Refunded > 0 && o.Refunded >= o.Paid { // the money is back already: goods beside it would be a present
			block(Blocker{Code: AlreadyRefunded, Message: problem.Text{EN: "nothing is left to refund of what was paid", ZH: "实付金额已无可退余额"}})
		}
	default:
		amount := t.Quote(o, []RequestItem{{OrderLineID: l.ID, Quantity: quantity}}, remedy, reason).Amount
		out.WouldRefund = &amount
		if amount == 0 {
			block(nothingFor(o, l, quantity))
		}
	}
	if requestsOf(l) >= MaxRequests {
		block(tooOften())
	}
	return out, nil
}

// nothingFor says why so much of a line pays nothing.
func nothingFor(o *ent.Order, l *ent.OrderLine, quantity int) Blocker {
	sale := orders.SaleOf(o)
	i := slices.IndexFunc(sale.Lines, func(s money.SaleLine) bool { return s.ID == l.ID })
	switch {
	case l.GiftOf != "":
		article := l.GiftOf
		if p := slices.IndexFunc(o.Edges.Lines, func(o *ent.OrderLine) bool { return o.ExternalID == l.GiftOf }); p >= 0 {
			article = o.Edges.Lines[p].Title
		}
		return Blocker{Code: Gift, Message: problem.Textf("this is a gift: it comes back with %[1]s, not for money of its own", "该商品为赠品，须随“%[1]s”一并退回，不能单独退款", article)}
	case sale.Lines[i].Worth(quantity) > 0 && money.Payable(money.InKind(o.Tenders, o.Refunded, orders.Refundable(o))) > 0:
		return Blocker{Code: AlreadyRefunded, Message: nothingAlone, alone: true}
	default:
		return Blocker{Code: AlreadyRefunded, Message: problem.Text{EN: "nothing is left to refund of what was paid", ZH: "实付金额已无可退余额"}}
	}
}

func (t *Terms) assessWindow(out *Option, o *ent.Order, l *ent.OrderLine, remedy lifecycle.Remedy, reason *ent.ReturnReason, block func(Blocker)) error {
	handle := plan.NoReason
	if reason != nil {
		handle = reason.Handle
	} else if remedy == lifecycle.Refund {
		return nil // a refund without goods always has a reason, and those have no window
	}
	if handle == plan.NoReason && t.excluded(l) {
		if reason != nil {
			block(Blocker{Code: Excluded, Message: problem.Textf("goods of this kind (%[1]s) are excepted from the return without reason (%[2]s)",
				"该类商品（%[1]s）不适用无理由退货（%[2]s）", l.Exclusion, t.NoReason.Article),
				Params: []problem.Param{{Name: "exclusion", Value: l.Exclusion}, {Name: "rule", Value: t.NoReason.Article}}})
		}
		return nil // other reasons remain, without a window
	}
	w, err := t.WindowOf(o, l, handle)
	if err != nil {
		return err
	}
	if w.Unknown {
		out.Note = problem.Text{EN: "The delivery date is not known, so the return window is open.", ZH: "签收时间未知，退货期限视为未届满。"}
	}
	if !w.Bounded {
		return nil
	}
	closed := !t.Now.Before(w.Until)
	if closed && reason == nil {
		return nil // other reasons remain, without a window
	}
	out.Until, out.LastDay = &w.Until, &w.LastDay
	if closed {
		block(Blocker{Code: WindowClosed,
			Message: problem.Textf("the %[1]d days for a return without reason (%[2]s) ended with %[3]s", "无理由退货期限（%[1]d 天，%[2]s）已于 %[3]s 届满", t.NoReason.Length, t.NoReason.Article, w.LastDay),
			Params:  []problem.Param{{Name: "lastDay", Value: w.LastDay.String()}, {Name: "rule", Value: t.NoReason.Article}}})
	}
	return nil
}

func (t *Terms) held(l *ent.OrderLine, wanted, free int) Blocker {
	b := Blocker{Code: QuantityHeld, Params: []problem.Param{{Name: "returnable", Value: strconv.Itoa(free)}},
		Message: problem.Textf("%[1]d asked for, %[2]d can still be returned: %[3]d bought, %[4]d in open cases, %[5]d returned",
			"申请 %[1]d 件，可退 %[2]d 件：购买 %[3]d，处理中 %[4]d，已退 %[5]d", wanted, free, l.Quantity, l.Held, l.Returned)}
	for _, it := range l.Edges.ReturnItems {
		if c := it.Edges.Case; c != nil && !c.Status.Ended() {
			b.Case = c
			b.Params = append(b.Params, problem.Param{Name: "case", Value: c.Number})
			break
		}
	}
	return b
}

// Refusal is Assess for one line of a request: nil when nothing about the line stands in the way, else the refusal a client
// gets. Refuse judges the lines together.
func (t *Terms) Refusal(o *ent.Order, l *ent.OrderLine, remedy lifecycle.Remedy, reason *ent.ReturnReason, quantity int, field ...string) error {
	if !offered(remedy) {
		return &problem.Problem{Code: problem.NotEligible, Field: []string{"input", "remedy"}, Params: []problem.Param{{Name: "operation", Value: "repairRequest"}},
			Message: problem.Text{EN: "a repair is not a return: ask for it with repairRequest", ZH: "维修不属于退换货，请使用 repairRequest 申请"}}
	}
	option, err := t.Assess(o, l, remedy, reason, quantity)
	if err != nil || option.Possible() {
		return err
	}
	at := slices.IndexFunc(option.Blockers, func(b Blocker) bool { return !b.alone })
	if at < 0 {
		return nil
	}
	return option.Blockers[at].refusal(field...)
}

// refusal is a blocker as the refusal of a request.
func (b Blocker) refusal(field ...string) *problem.Problem {
	p := &problem.Problem{Code: problem.NotEligible, Field: field, Message: b.Message, Params: b.Params}
	switch b.Code {
	case WindowClosed:
		p.Code = problem.WindowClosed
	case LimitReached:
		p.Code = problem.LimitExceeded
	case QuantityHeld:
		p.Code = problem.QuantityExceedsBought
		if len(field) > 0 {
			p.Field = append(field, "quantity")
		}
	}
	return p
}

// Promise is a clock that would start if the customer asked now.
type Promise struct {
	plan.Promise
	DueAt   time.Time
	LastDay *calendar.Date
}

// Promises are what the plans promise the customer for a remedy, counted from now.
func (t *Terms) Promises(remedy lifecycle.Remedy) ([]Promise, error) {
	var out []Promise
	plans, subject := t.Plans, plan.Subject{Kind: lifecycle.Return, Remedy: remedy}
	if !offered(remedy) {
		plans, subject = t.Repairs, plan.Subject{Kind: lifecycle.Repairs}
	}
	var all []plan.Candidate
	last := map[string]*calendar.Date{}
	for _, p := range plans {
		for _, pr := range p.Starting(lifecycle.Opened, subject) {
			if pr.Obligor != plan.Merchant {
				continue
			}
			r, err := deadline.Compute(t.Calendar, deadline.Clock{Rule: pr.Rule(), Start: t.Now})
			if err != nil {
				return nil, err
			}
			all = append(all, plan.Candidate{Plan: p, Promise: pr, DueAt: r.PromisedDueAt})
			last[p.Code+pr.Clause] = r.PromisedLastDay
		}
	}
	for _, c := range plan.Holding(all) {
		out = append(out, Promise{c.Promise, c.DueAt, last[c.Plan.Code+c.Promise.Clause]})
	}
	return out, nil
}
