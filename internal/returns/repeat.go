package returns

import (
	"context"
	"slices"
	"strconv"

	"entgo.io/ent/dialect/sql"

	"aftersales/ent"
	"aftersales/ent/orderline"
	"aftersales/ent/repairdetail"
	"aftersales/ent/returnitem"
	"aftersales/ent/servicecase"
	"aftersales/internal/auth"
	"aftersales/internal/lifecycle"
	"aftersales/internal/problem"
)

// The same line asked for again and again.

// MaxRequests is how many returns, however they ended, one order line can be part of.
const MaxRequests = 5

// requestsOf counts the returns a line is or was part of; its return items must be loaded with their cases.
func requestsOf(l *ent.OrderLine) int {
	n := 0
	for _, it := range l.Edges.ReturnItems {
		if c := it.Edges.Case; c != nil && c.Kind == lifecycle.Return {
			n++
		}
	}
	return n
}

func tooOften() Blocker {
	return Blocker{Code: LimitReached, Message: problem.Textf("a return of this line was requested %d times already, which is as often as possible", "该行商品已申请退货 %d 次，达到上限", MaxRequests),
		Params: []problem.Param{{Name: "maximum", Value: strconv.Itoa(MaxRequests)}}}
}

// notTaken looks at the lines again once they are reserved: the reservation holds their row locks, so that of two requests at
// once one sees the other. Nobody asks for a line too often, nor for units that are being repaired.
func (s *Service) notTaken(ctx context.Context, merchantID string, o *ent.Order, items []RequestItem) error {
	lines := make([]string, len(items))
	for i, it := range items {
		lines[i] = it.OrderLineID
	}
	var counted []struct {
		ID                string `json:"id"`
		Requests, Repairs int
	}
	// The service itself counts: what a customer cannot see counts as well.
	err := s.store.Client(ctx).OrderLine.Query().Where(orderline.MerchantID(merchantID), orderline.IDIn(lines...)).Modify(func(l *sql.Selector) {
		requests, repairs := countOn(l, returnitem.Table), countOn(l, repairdetail.Table)
		ofReturns(requests)
		ofCases(repairs, func(cases *sql.SelectTable) *sql.Predicate {
			return sql.And(sql.EQ(cases.C(servicecase.FieldKind), string(lifecycle.Repairs)), sql.IsNull(cases.C(servicecase.FieldEndedAt)))
		})
		l.Select(l.C(orderline.FieldID)).AppendSelectExprAs(requests, "requests").AppendSelectExprAs(repairs, "repairs")
	}).Scan(auth.AsSystem(ctx, merchantID), &counted)
	if err != nil {
		return err
	}
	often, underRepair := len(items), false // the first item that is asked for too often
	for _, c := range counted {
		if c.Requests >= MaxRequests {
			often = min(often, slices.Index(lines, c.ID))
		}
		underRepair = underRepair || c.Repairs > 0
	}
	switch {
	case often < len(items):
		return tooOften().refusal("input", "items", strconv.Itoa(often))
	case underRepair:
		return s.notUnderRepair(ctx, merchantID, o, items)
	}
	return nil
}

// countOn counts the rows of a table that are about an order line of the outer statement.
func countOn(lines *sql.Selector, table string) *sql.Selector {
	t := sql.Table(table)
	return sql.Select(sql.Count("*")).From(t).Where(sql.And(
		sql.ColumnsEQ(t.C(returnitem.FieldMerchantID), lines.C(orderline.FieldMerchantID)),
		sql.ColumnsEQ(t.C(returnitem.FieldOrderLineID), lines.C(orderline.FieldID))))
}

// Holding narrows return items to those of cases that are still open.
func Holding(items *sql.Selector) {
	ofCases(items, func(cases *sql.SelectTable) *sql.Predicate { return sql.IsNull(cases.C(servicecase.FieldEndedAt)) })
}

// ofReturns narrows return items to those of returns.
func ofReturns(items *sql.Selector) {
	ofCases(items, func(cases *sql.SelectTable) *sql.Predicate {
		return sql.EQ(cases.C(servicecase.FieldKind), string(lifecycle.Return))
	})
}

func ofCases(items *sql.Selector, which func(*sql.SelectTable) *sql.Predicate) {
	cases := sql.Table(servicecase.Table)
	items.Where(sql.Exists(sql.Select(cases.C(servicecase.FieldID)).From(cases).Where(sql.And(
		sql.ColumnsEQ(cases.C(servicecase.FieldMerchantID), items.C(returnitem.FieldMerchantID)),
		sql.ColumnsEQ(cases.C(servicecase.FieldID), items.C(returnitem.FieldCaseID)),
		which(cases)))))
}

// Again refuses to take up again a return of a line that could not be asked for any more by the same reason: its window is
// over, or, unless it was paid ahead and counts as returned, others hold the goods. What the reason leads to is not asked
// again: what was agreed stays agreed.
func (t *Terms) Again(o *ent.Order, l *ent.OrderLine, remedy lifecycle.Remedy, reason *ent.ReturnReason, quantity int, paid bool) error {
	out := Option{Remedy: remedy}
	block := func(b Blocker) { out.Blockers = append(out.Blockers, b) }
	if err := t.assessWindow(&out, o, l, remedy, reason, block); err != nil {
		return err
	}
	if free := Returnable(l); !paid && quantity > free {
		block(t.held(l, quantity, free))
	}
	if out.Possible() {
		return nil
	}
	return out.Blockers[0].refusal()
}
