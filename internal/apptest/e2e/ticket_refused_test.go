package e2e

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"aftersales/internal/apptest"
	"aftersales/internal/auth"
)

// What is asked or complained about belongs to one customer, and says who and what.
func TestATicketIsRefused(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:00:00+08:00"
		s := e.Sandbox("mall", now)
		own, other := kettle(s, "A1", now), kettle(s, "A2", now)
		foreign := s.OrderOf("c-2", "B1", now, nil, apptest.Line{SKU: "LAMP", Quantity: 1, UnitPrice: "50.00"})
		theirs := complained(s, s.Agent, "DELIVERY", "order", foreign.ID)
		customerOf := func(id string) string {
			return s.Agent.Must(`query($id: ID!) { ticket(id: $id) { customer { id } } }`, apptest.Vars{"id": id}).Str("ticket.customer.id")
		}
		for _, r := range []struct {
			by          apptest.Caller
			more        []any
			code, field string
		}{
			{s.Customer, []any{"subject", " "}, "INVALID_INPUT", "input.subject"},
			{s.Customer, []any{"subject", strings.Repeat("长", 201)}, "INVALID_INPUT", "input.subject"},
			{s.Customer, []any{"description", ""}, "INVALID_INPUT", "input.description"},
			{s.Customer, []any{"kind", "RETURN"}, "INVALID_INPUT", "input.kind"},
			{s.Customer, []any{"order", foreign.ID}, "NOT_FOUND", "input.order"},
			{s.Customer, []any{"orderLines", foreign.Lines}, "NOT_FOUND", "input.orderLines.0"},
			{s.Customer, []any{"about", theirs}, "NOT_FOUND", "input.about"},
			{s.Customer, []any{"customer", customerOf(theirs)}, "NOT_FOUND", "input.customer"},
			{s.Customer, []any{"order", own.ID, "orderLines", other.Lines}, "INVALID_INPUT", "input.orderLines.0"},
			{s.Customer, []any{"orderLines", []string{own.Lines[0], own.Lines[0]}}, "INVALID_INPUT", "input.orderLines.1"},
			{s.Customer, []any{"evidence", []apptest.Vars{{"kind": "PHOTO", "url": "ftp://x"}}}, "INVALID_INPUT", "input.evidence.0.url"},
			{s.Customer, []any{"caller", apptest.Vars{"externalId": "c-9", "name": "Nine"}}, "INVALID_INPUT", "input.caller"},
			{s.Agent, nil, "INVALID_INPUT", "input.customer"},
			{s.Agent, []any{"order", own.ID, "customer", customerOf(theirs)}, "INVALID_INPUT", "input.customer"},
			{s.Agent, []any{"order", own.ID, "about", theirs}, "INVALID_INPUT", "input.about"},
			{s.Agent, []any{"order", own.ID, "caller", apptest.Vars{"externalId": "c-9", "name": "Nine"}}, "INVALID_INPUT", "input.caller"},
			{s.Agent, []any{"caller", apptest.Vars{"externalId": "c-9", "name": " "}}, "INVALID_INPUT", "input.caller.name"},
		} {
			refusedAs(t, r.by.Refused(openTicket, ticket(s, "OTHER", r.more...)), r.code, r.field)
		}
		// Staff write down who calls and has bought nothing yet; who is known keeps their name.
		id := queried(s, s.Agent, "INQUIRY", "caller", apptest.Vars{"externalId": "c-9", "name": "Nine"}, "channel", "PHONE")
		c := lookTicket(t, s.Agent, id)
		is(t, "a caller", c.Str("customer.name")+" "+c.Str("customer.externalId")+" "+c.Str("channel"), "Nine c-9 PHONE")
		again := queried(s, s.Agent, "INQUIRY", "caller", apptest.Vars{"externalId": "c-9", "name": "Ten"})
		is(t, "the same caller", lookTicket(t, s.Agent, again).Str("customer.name"), "Nine")
		is(t, "it is theirs", lookTicket(t, e.As(auth.Customer, s.Slug, "c-9"), id).Str("id"), id)

		// Acts at the wrong time.
		refused := func(doc string, more ...any) {
			t.Helper()
			vars := apptest.Vars{"id": id}
			for i := 0; i < len(more); i += 2 {
				vars[more[i].(string)] = more[i+1]
			}
			refusedAs(t, s.Agent.Refused(doc, vars), "ILLEGAL_TRANSITION", "")
		}
		for _, doc := range []string{replyTicket, declineTicket, reopenTicket} {
			refused(doc)
		}
		refused(acceptTicket, "m", "Yes.")
		for doc, field := range map[string]string{askTicket: "question", answerTicket: "answer", rejectTicket: "reason"} {
			refusedAs(t, s.Agent.Refused(doc, apptest.Vars{"id": id, "m": " "}), "INVALID_INPUT", field)
		}
		s.Agent.Must(askTicket, apptest.Vars{"id": id})
		refusedAs(t, s.Agent.Refused(answerTicket, apptest.Vars{"id": id, "v": 1}), "CONFLICT", "")
		s.Agent.Must(answerTicket, apptest.Vars{"id": id, "v": 2}) // the question became needless
		is(t, "nothing is asked any more", lookTicket(t, s.Agent, id).Str("nextDeadline.kind"), "PROPOSAL_REPLY")
		for _, doc := range []string{askTicket, answerTicket, rejectTicket} {
			refused(doc)
		}
	})
}

// Who does not answer a question has given up, after 7 days, and can take it up again: twice, within 30 days of the end.
func TestATicketIsTakenUpAgain(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:00:00+08:00"
		s := e.Sandbox("mall", now)
		kettle(s, "A1", now)
		id, forgotten := queried(s, s.Customer, "INQUIRY"), queried(s, s.Customer, "INQUIRY")
		for _, q := range []string{id, forgotten} {
			s.Agent.Must(askTicket, apptest.Vars{"id": q})
		}
		const expired = "2025-03-19T00:00:00+08:00"
		s.Advance(expired)
		c := lookTicket(t, s.Customer, id)
		is(t, "expired", c.Str("status")+" "+at(t, c.Data, "closedAt"), "EXPIRED "+expired)
		for range 3 { // offered, and accepted
			is(t, "offered", lookTicket(t, s.Customer, id).Strings("allowedActions"), []string{"TICKET_REOPEN"})
			s.Customer.Must(reopenTicket, apptest.Vars{"id": id})
			s.Agent.Must(rejectTicket, apptest.Vars{"id": id})
		}
		offered := func() string { return fmt.Sprint(lookTicket(t, s.Customer, forgotten).Strings("allowedActions")) }
		s.Advance(before(t, "2025-04-18T00:00:00+08:00")) // 30 days after the end
		is(t, "the last moment", offered(), "[TICKET_REOPEN]")
		s.Advance("2025-04-18T00:00:00+08:00")
		is(t, "too late", offered(), "[]")
		refusedAs(t, s.Customer.Refused(reopenTicket, apptest.Vars{"id": forgotten}), "ILLEGAL_TRANSITION", "")
	})
}

// Two questions at once make one customer of somebody the shop never heard of, and an answer is accepted once. A customer has at
// most 50 open at a time.
func TestTicketsAtOnce(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-03-11T10:00:00+08:00")
		anna := e.As(auth.Customer, s.Slug, "anna")
		var wg sync.WaitGroup
		for _, vars := range []apptest.Vars{ticket(s, "INQUIRY"), ticket(s, "OPINION")} {
			wg.Go(func() {
				if r := anna.Do(openTicket, vars); len(r.Errors) > 0 || !strings.Contains(r.Raw, `"userErrors":[]`) {
					t.Errorf("asked: %s", r.Raw)
				}
			})
		}
		wg.Wait()
		d := anna.Must(`{ tickets { totalCount nodes { id kind customer { id } } } }`, nil)
		is(t, "both", d.Int("tickets.totalCount"), 2)
		is(t, "one customer", d.Str("tickets.nodes.0.customer.id"), d.Str("tickets.nodes.1.customer.id"))

		id := queried(s, anna, "INQUIRY")
		s.Agent.Must(answerTicket, apptest.Vars{"id": id})
		answers := make([]string, 2)
		for i, doc := range []string{acceptTicket, declineTicket} {
			wg.Go(func() { answers[i] = anna.Do(doc, apptest.Vars{"id": id}).Raw })
		}
		wg.Wait()
		refusals := strings.Count(strings.Join(answers, ""), `"code":"CONFLICT"`) + strings.Count(strings.Join(answers, ""), `"code":"ILLEGAL_TRANSITION"`)
		is(t, "one of two", refusals, 1)

		bert := e.As(auth.Customer, s.Slug, "bert")
		for i := range 5 {
			var doc strings.Builder
			for j := range 10 {
				fmt.Fprintf(&doc, `t%d: ticketOpen(input: { idempotencyKey: "many-%d-%d", kind: OTHER, subject: "S", description: "D" }) { ticket { id } userErrors { code } } `, j, i, j)
			}
			bert.Must("mutation { "+doc.String()+"}", nil)
		}
		refusal := refusedAs(t, bert.Refused(openTicket, ticket(s, "OTHER")), "LIMIT_EXCEEDED", "")
		is(t, "and says how many", refusal.Str("params.0.value"), "50")
		is(t, "others go on", lookTicket(t, anna, queried(s, anna, "OTHER")).Str("status"), "REQUESTED")
	})
}
