package graph

import (
	"context"

	"entgo.io/ent/dialect/sql"
	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"aftersales/ent"
	"aftersales/ent/orderline"
	"aftersales/ent/parcel"
	"aftersales/ent/proposal"
	"aftersales/ent/warranty"
)

// Loading by selection: a query says what it wants to see, and exactly that is loaded beside the rows, one statement an
// edge, however many rows there are.

// selection is the set of fields asked for at one place of a document, all aliases taken together.
type selection struct {
	op   *graphql.OperationContext
	sets []ast.SelectionSet
}

// fields are those of a selection, of every fragment whatever type it is on: loading a little too much for a fragment that
// does not match is harmless.
func (s selection) fields(set ast.SelectionSet) []graphql.CollectedField {
	return graphql.CollectFields(s.op, set, nil)
}

// selected is what is asked for below the field being resolved.
func selected(ctx context.Context) selection {
	return selection{graphql.GetOperationContext(ctx), []ast.SelectionSet{graphql.GetFieldContext(ctx).Field.Selections}}
}

// of goes down a path of fields.
func (s selection) of(path ...string) selection {
	for _, name := range path {
		next := selection{op: s.op}
		for _, set := range s.sets {
			for _, f := range s.fields(set) {
				if f.Name == name {
					next.sets = append(next.sets, f.Selections)
				}
			}
		}
		s = next
	}
	return s
}

// asks reports whether any of the fields is asked for.
func (s selection) asks(names ...string) bool {
	for _, set := range s.sets {
		for _, f := range s.fields(set) {
			for _, name := range names {
				if f.Name == name {
					return true
				}
			}
		}
	}
	return false
}

// and joins selections of the same object reached by several ways.
func (s selection) and(others ...selection) selection {
	for _, o := range others {
		s.sets = append(s.sets[:len(s.sets):len(s.sets)], o.sets...)
	}
	return s
}

// rows is what is asked for of the rows of a connection.
func (s selection) rows() selection { return s.of("nodes").and(s.of("edges", "node")) }

func loadCase(q *ent.ServiceCaseQuery, s selection) { loadCaseAnd(q, s, selection{op: s.op}) }

// loadCaseAnd is loadCase for who also shows lines of its order, of which some fields are asked for.
func loadCaseAnd(q *ent.ServiceCaseQuery, s, lines selection) {
	// The case of its own deadlines and refunds is this very row: what is asked for there is loaded here.
	for more := s; len(more.sets) > 0; {
		more = more.of("deadlines", "case").and(more.of("nextDeadline", "case"), more.of("refunds", "case"), more.of("dispute", "case"), more.of("compensations", "case"), more.of("compensations", "deadline", "case"))
		s = s.and(more)
	}
	if s.asks("merchant") {
		q.WithMerchant(func(q *ent.MerchantQuery) { loadMerchant(q, s.of("merchant")) })
	}
	if s.asks("customer") {
		q.WithCustomer()
	}
	found, offers := s.of("items", "inspection"), s.of("proposals")
	lines = lines.and(s.of("refunds", "components", "orderLine"), s.of("refundPreview", "components", "orderLine"), found.of("missingGifts", "orderLine"), s.of("orderLines"))
	needed := len(lines.sets) > 0 || s.asks("refundable", "refundPreview") || found.asks("missingGifts")
	if needed || s.asks("order", "freight", "price") || found.asks("deductions") || offers.asks("amount") || s.of("dispute").asks("refundAmount", "compensation") {
		q.WithOrder(func(q *ent.OrderQuery) {
			loadOrder(q, s.of("order"))
			if needed {
				q.WithLines(func(q *ent.OrderLineQuery) {
					q.Order(orderline.ByPosition(sql.OrderAsc()))
					loadLine(q, lines.and(linesOf(s.of("order"))), true)
				})
			}
		})
	}
	if s.asks("origin") {
		q.WithOrigin(func(q *ent.ServiceCaseQuery) { loadCase(q, s.of("origin")) })
	}
	if s.asks("successor") {
		q.WithSuccessor(func(q *ent.ServiceCaseQuery) { loadCase(q, s.of("successor")) })
	}
	if s.asks("assignee") {
		q.WithAssignee()
	}
	if s.asks("escalatedTo") {
		q.WithEscalatedTo()
	}
	if s.asks("deadlines", "nextDeadline", "allowedActions") || offers.and(s.of("quotes"), s.of("quote")).asks("expiresAt") {
		q.WithDeadlines(func(q *ent.DeadlineQuery) { loadGranter(q, s.of("deadlines").and(s.of("nextDeadline"))) })
	}
	if s.asks("proposals") {
		q.WithProposals(func(q *ent.ProposalQuery) { q.Order(proposal.ByRound()) })
	}
	if s.asks("compensations") {
		q.WithCompensations(func(q *ent.CompensationQuery) { q.WithDeadline() })
	}
	if s.asks("events") {
		q.WithEvents()
	}
	if s.asks("messages") {
		q.WithMessages()
	}
	if s.asks("evidence") || shows(found) {
		q.WithEvidence()
	}
	if s.asks("parcels") {
		q.WithParcels(func(q *ent.ParcelQuery) {
			q.Order(parcel.ByID())
			loadParcel(q, s.of("parcels"))
		})
	}
	if s.asks("refunds", "refundable", "refundPreview", "allowedActions") {
		q.WithRefunds()
	}
	if s.asks("dispute") {
		q.WithDispute()
	}
	if s.asks("change", "remedy", "returnReason", "review", "openQuestion", "instructions", "allowedActions", "refundable", "refundPreview", "freight", "disposition", "refundTrigger", "damageCause", "disputableUntil") {
		q.WithDetail(func(q *ent.ReturnDetailQuery) {
			if s.asks("returnReason", "refundable", "refundPreview", "freight") {
				q.WithReason()
			}
			if s.of("freight").asks("receipt") {
				q.WithFreightReceipt()
			}
			if s.of("instructions").asks("returnAddress") {
				q.WithReturnAddress()
			}
		})
	}
	loadWork(q, s)
	loadTicket(q, s)
	if s.asks("items", "refundable", "refundPreview") {
		q.WithItems(func(q *ent.ReturnItemQuery) {
			loadItem(q, s.of("items"))
		})
	}
}

// loadVisit loads a visit; known says that its case is at hand already.
func loadVisit(q *ent.VisitQuery, s selection, known bool) {
	if s.asks("technician") {
		q.WithTechnician()
	}
	if !known && s.asks("case") {
		q.WithCase(func(q *ent.ServiceCaseQuery) { loadCase(q, s.of("case")) })
	}
}

func loadSchedule(q *ent.MaintenanceScheduleQuery, s selection) {
	if s.asks("orderLine") {
		q.WithOrderLine(func(q *ent.OrderLineQuery) { loadLine(q, s.of("orderLine"), false) })
	}
	if s.asks("customer") {
		q.WithCustomer()
	}
}

func loadItem(q *ent.ReturnItemQuery, s selection) {
	if s.of("inspection").asks("inspector") {
		q.WithInspector()
	}
	if s.asks("orderLine") {
		q.WithOrderLine(func(q *ent.OrderLineQuery) { loadLine(q, s.of("orderLine"), false) })
	}
	if s.asks("replacement") {
		q.WithReplacement(func(q *ent.OrderLineQuery) { loadLine(q, s.of("replacement"), false) })
	}
}

// loadFindings loads, for an item that is not shown within its case, what its inspection needs of the case.
func loadFindings(q *ent.ReturnItemQuery, inspection selection) {
	if !inspection.asks("deductions", "missingGifts", "photos") {
		return
	}
	q.WithCase(func(q *ent.ServiceCaseQuery) {
		q.WithEvidence().WithOrder(func(q *ent.OrderQuery) {
			q.WithLines(func(q *ent.OrderLineQuery) { loadLine(q, inspection.of("missingGifts", "orderLine"), true) })
		})
	})
}

// shows reports whether pieces of evidence are asked for in an inspection.
func shows(inspection selection) bool {
	return inspection.asks("photos") || inspection.of("deductions").asks("evidence")
}

func loadParcel(q *ent.ParcelQuery, s selection) {
	if s.asks("proof") {
		q.WithProof()
	}
}

func loadParked(q *ent.ParkedParcelQuery, s selection) {
	if s.asks("case") {
		q.WithCase(func(q *ent.ServiceCaseQuery) { loadCase(q, s.of("case")) })
	}
}

// linesOf is what is asked for of an order's lines, by whatever way.
func linesOf(order selection) selection {
	return order.of("lines").and(order.of("cancellability", "lines", "orderLine"))
}

func loadOrder(q *ent.OrderQuery, s selection) {
	if s.asks("merchant") {
		q.WithMerchant(func(q *ent.MerchantQuery) { loadMerchant(q, s.of("merchant")) })
	}
	if s.asks("customer") {
		q.WithCustomer()
	}
	if s.asks("lines", "cancellability") {
		q.WithLines(func(q *ent.OrderLineQuery) {
			q.Order(orderline.ByPosition(sql.OrderAsc()))
			loadLine(q, linesOf(s), true)
		})
	}
	if s.asks("cases") {
		q.WithCases(func(q *ent.ServiceCaseQuery) { loadCase(q, s.of("cases").rows()) })
	}
}

// loadLine loads an order line; known says that its order is at hand already.
func loadLine(q *ent.OrderLineQuery, s selection, known bool) {
	// The line a gift came with is one of the same order: what is asked for there is loaded with them all.
	gifts := s.of("giftOf")
	for more := gifts; len(more.sets) > 0; {
		more = more.of("giftOf")
		gifts = gifts.and(more)
	}
	if !known && s.asks("unitPrice", "paid", "markedPrice", "listPrice", "giftOf", "afterSalesOptions") {
		q.WithOrder(func(q *ent.OrderQuery) {
			if s.asks("giftOf", "afterSalesOptions") { // a window may start with the delivery of the last of them
				q.WithLines(func(q *ent.OrderLineQuery) { q.Order(orderline.ByPosition()); loadLine(q, gifts, true) })
			}
		})
	}
	if known {
		s = s.and(gifts)
	}
	if s.asks("replaces") {
		q.WithReplaces(func(q *ent.ReturnItemQuery) {
			loadItem(q, s.of("replaces"))
			loadFindings(q, s.of("replaces", "inspection"))
		})
	}
	if s.asks("warranties", "afterSalesOptions") {
		q.WithWarranties(func(q *ent.WarrantyQuery) {
			q.Order(warranty.ByRegisteredAt(), warranty.ByID())
			loadWarranty(q, s.of("warranties").and(s.of("afterSalesOptions", "warranty", "warranty")))
		})
	}
	if s.asks("afterSalesOptions") {
		q.WithRepairs(func(q *ent.RepairDetailQuery) {
			q.WithCase(func(q *ent.ServiceCaseQuery) { loadCase(q, s.of("afterSalesOptions", "blockers", "case")) })
		})
		q.WithReturnItems(func(q *ent.ReturnItemQuery) {
			q.WithCase(func(q *ent.ServiceCaseQuery) { loadCase(q, s.of("afterSalesOptions", "blockers", "case")) })
		})
	}
}

// loadWarranty loads a unit under warranty; whether it is covered is judged by its line, too.
func loadWarranty(q *ent.WarrantyQuery, s selection) {
	if s.asks("orderLine", "covered", "reason", "entitlement") {
		q.WithOrderLine(func(q *ent.OrderLineQuery) {
			if s.asks("entitlement") {
				q.WithOrder()
			}
			loadLine(q, s.of("orderLine"), false)
		})
	}
	if s.asks("customer") {
		q.WithCustomer()
	}
	if s.asks("replacedBy") {
		q.WithReplacedBy(func(q *ent.WarrantyQuery) { loadWarranty(q, s.of("replacedBy")) })
	}
	if s.asks("replaces") {
		q.WithReplaces(func(q *ent.WarrantyQuery) { loadWarranty(q, s.of("replaces")) })
	}
}

func loadMerchant(q *ent.MerchantQuery, s selection) {
	if s.asks("returnAddresses") {
		q.WithReturnAddresses()
	}
	if s.asks("staff") {
		q.WithStaff()
	}
}

// loadGranter loads who granted extensions.
func loadGranter(q *ent.DeadlineQuery, s selection) {
	if s.of("extension").asks("grantedBy") {
		q.WithGranter()
	}
}

func loadDeadline(q *ent.DeadlineQuery, s selection) {
	loadGranter(q, s)
	if s.asks("case") {
		q.WithCase(func(q *ent.ServiceCaseQuery) { loadCase(q, s.of("case")) })
	}
}

// loadCompensation loads a compensation with its deadline, which says by how much it is late.
func loadCompensation(q *ent.CompensationQuery, s selection) {
	q.WithDeadline(func(q *ent.DeadlineQuery) { loadDeadline(q, s.of("deadline")) })
	if of := s.of("case").and(s.of("deadline", "case")); len(of.sets) > 0 {
		q.WithCase(func(q *ent.ServiceCaseQuery) { loadCase(q, of) })
	}
}

func loadRefund(q *ent.RefundQuery, s selection) {
	if s.asks("case", "redirection") { // whose account it is, for the audit
		q.WithCase(func(q *ent.ServiceCaseQuery) { loadCase(q, s.of("case")) })
	}
}

// loadProposal loads what an offer shows of its case.
func loadProposal(q *ent.ProposalQuery) {
	q.WithCase(func(q *ent.ServiceCaseQuery) { q.WithOrder().WithDeadlines() })
}

// loadDispute loads what is asked for of a dispute's case.
func loadDispute(q *ent.DisputeQuery, s selection) {
	amounts := s.asks("refundAmount", "compensation") // in the order's currency
	if !amounts && !s.asks("case") {
		return
	}
	q.WithCase(func(q *ent.ServiceCaseQuery) {
		if amounts {
			q.WithOrder()
		}
		loadCase(q, s.of("case"))
	})
}
