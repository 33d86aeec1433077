package e2e

import (
	"slices"
	"strings"
	"testing"

	"aftersales/internal/apptest"
	"aftersales/internal/auth"
)

const ticketFields = `id number kind status statusLabel version channel priority description closedAt outcome outcomeNote subject topic ground
	order { id } orderLines { id sku unitPrice { amount } } about { id number kind } tickets { id subject } customer { name externalId } openQuestion
	answer { text at by } satisfied reply responsible evidence { url } plans { code }
	deadlines { ` + deadlineFields + ` } nextDeadline { kind } allowedActions
	messages { nodes { text } } events(first: 100) { nodes { type at text note clause actor { role name } } }`

const ticketPayload = ` { ticket { ` + ticketFields + ` }` + refusal + `} }`

const (
	openTicket    = `mutation($in: TicketOpenInput!) { ticketOpen(input: $in)` + ticketPayload
	openComplaint = `mutation($in: ComplaintOpenInput!) { complaintOpen(input: $in)` + ticketPayload
	askTicket     = `mutation($id: ID!, $v: Int, $m: String = "Which colour?") { ticketRequestInfo(id: $id, expectedVersion: $v, question: $m)` + ticketPayload
	replyTicket   = `mutation($id: ID!, $v: Int, $m: String = "The red one.") { ticketProvideInfo(id: $id, expectedVersion: $v, answer: $m)` + ticketPayload
	answerTicket  = `mutation($id: ID!, $v: Int, $m: String = "Yes, it is.") { ticketAnswer(id: $id, expectedVersion: $v, answer: $m)` + ticketPayload
	acceptTicket  = `mutation($id: ID!, $v: Int, $m: String) { ticketAnswerAccept(id: $id, expectedVersion: $v, message: $m)` + ticketPayload
	declineTicket = `mutation($id: ID!, $v: Int, $m: String = "It is not.") { ticketAnswerDecline(id: $id, expectedVersion: $v, message: $m)` + ticketPayload
	rejectTicket  = `mutation($id: ID!, $v: Int, $m: String = "Not ours.") { ticketReject(id: $id, expectedVersion: $v, reason: $m)` + ticketPayload
	cancelTicket  = `mutation($id: ID!, $v: Int, $m: String) { ticketCancel(id: $id, expectedVersion: $v, reason: $m)` + ticketPayload
	reopenTicket  = `mutation($id: ID!, $v: Int, $m: String = "It broke again.") { ticketReopen(id: $id, expectedVersion: $v, reason: $m)` + ticketPayload
)

func lookTicket(t testing.TB, c apptest.Caller, id string) caseOf {
	t.Helper()
	return caseOf{sub(t, c.Must(`query($id: ID!) { ticket(id: $id) { `+ticketFields+` } }`, apptest.Vars{"id": id}), "ticket"), t}
}

// ticket are the variables of ticketOpen; more is merged into its input.
func ticket(s *apptest.Shop, kind string, more ...any) apptest.Vars {
	in := apptest.Vars{"idempotencyKey": s.Key(), "kind": kind, "subject": "Is it red?", "description": "Is the kettle red?", "topic": "PRODUCT"}
	for i := 0; i < len(more); i += 2 {
		in[more[i].(string)] = more[i+1]
	}
	return apptest.Vars{"in": in}
}

// complaint are the variables of complaintOpen; more is merged into its input.
func complaint(s *apptest.Shop, ground string, more ...any) apptest.Vars {
	vars := ticket(s, "", more...)
	in := vars["in"].(apptest.Vars)
	delete(in, "kind")
	delete(in, "topic")
	in["ground"], in["subject"] = ground, "Not right"
	return vars
}

func queried(s *apptest.Shop, c apptest.Caller, kind string, more ...any) string {
	return c.Must(openTicket, ticket(s, kind, more...)).Str("ticketOpen.ticket.id")
}

func complained(s *apptest.Shop, c apptest.Caller, ground string, more ...any) string {
	return c.Must(openComplaint, complaint(s, ground, more...)).Str("complaintOpen.ticket.id")
}

// MALL-2.3a, SLA-A-2.1.3: a question before any purchase, from somebody the shop never heard of: asked, asked back, answered,
// not settled, answered again and settled by silence; 24 hours for the first response, and every open status has a clock that
// somebody has to keep. Opened on Tue 11 March 10:00: FIRST_RESPONSE until Wed 12 10:00, RESOLUTION 7 days, Wed 12 to Tue 18.
func TestAQuestionIsAskedAnsweredAndClosed(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-03-11T10:00:00+08:00")
		anna := e.As(auth.Customer, s.Slug, "anna")
		vars := ticket(s, "INQUIRY")
		c := caseOf{sub(t, anna.Must(openTicket, vars), "ticketOpen.ticket"), t}
		id := c.Str("id")
		is(t, "the same key", anna.Must(openTicket, vars).Str("ticketOpen.ticket.id"), id)
		refusedAs(t, anna.Refused(openTicket, with(vars, "subject", "Is it blue?")), "IDEMPOTENCY_MISMATCH", "")
		if n := c.Str("number"); !strings.HasPrefix(n, "T250311-") {
			t.Errorf("number %s", n)
		}
		is(t, "opened", c.Str("kind")+" "+c.Str("status")+" "+c.Str("channel")+" "+c.Str("priority")+" "+c.Str("topic")+" "+c.Str("customer.externalId"), "INQUIRY REQUESTED WEBSITE NORMAL PRODUCT anna")
		is(t, "about nothing", []any{c.Get("order"), c.Get("ground"), c.Get("about"), len(c.List("orderLines"))}, []any{nil, nil, nil, 0})
		d := c.deadline("FIRST_RESPONSE")
		is(t, "FIRST_RESPONSE", d.Str("rule.clause")+" "+at(t, d, "dueAt"), "MALL-4.1a 2025-03-12T10:00:00+08:00")
		is(t, "RESOLUTION", c.deadline("RESOLUTION").Str("rule.clause")+" "+at(t, c.deadline("RESOLUTION"), "dueAt"), "MALL-1.1b 2025-03-19T00:00:00+08:00")
		is(t, "customer's actions", c.Strings("allowedActions"), []string{"TICKET_CANCEL", "CASE_MESSAGE_ADD", "CASE_EVIDENCE_ADD"})
		is(t, "agent's actions", lookTicket(t, s.Agent, id).Strings("allowedActions"), []string{"TICKET_REQUEST_INFO", "TICKET_ANSWER", "TICKET_REJECT", "TICKET_CANCEL",
			"CASE_ASSIGN", "CASE_RESPOND", "CASE_MESSAGE_ADD", "CASE_EVIDENCE_ADD"})
		is(t, "nobody else's", s.Customer.Must(`query($id: ID!) { ticket(id: $id) { id } tickets { nodes { id } } }`, apptest.Vars{"id": id}).Get("ticket"), nil)

		// The customer holds the ball for two days: Thu 13 and Fri 14 are added, and Thu 20 is the last day.
		late := queried(s, anna, "INQUIRY")
		s.Advance(before(t, "2025-03-12T10:00:00+08:00"))
		s.Agent.Must(askTicket, apptest.Vars{"id": id, "v": 1})
		c = lookTicket(t, anna, id)
		is(t, "asked", c.Str("status")+" "+c.Str("openQuestion")+" "+state(c.deadline("FIRST_RESPONSE"))+" "+state(c.deadline("RESOLUTION"))+" "+c.Str("nextDeadline.kind"),
			"NEEDS_INFO Which colour? MET PAUSED open INFO_REPLY")
		s.Advance("2025-03-12T10:00:00+08:00")
		s.Agent.Must(answerTicket, apptest.Vars{"id": late})
		is(t, "the other one late", state(lookTicket(t, s.Agent, late).deadline("FIRST_RESPONSE")), "BREACHED owed")
		s.Advance("2025-03-14T09:00:00+08:00")
		refusedAs(t, anna.Refused(replyTicket, apptest.Vars{"id": id, "v": 1}), "CONFLICT", "")
		anna.Must(replyTicket, apptest.Vars{"id": id, "v": 2})
		c = lookTicket(t, anna, id)
		is(t, "answered", c.Str("status")+" "+state(c.deadline("RESOLUTION"))+" "+at(t, c.deadline("RESOLUTION"), "dueAt"), "REQUESTED RUNNING open 2025-03-21T00:00:00+08:00")

		s.Agent.Must(answerTicket, apptest.Vars{"id": id})
		c = lookTicket(t, anna, id)
		is(t, "proposed", c.Str("status")+" "+c.Str("answer.text")+" "+c.Str("answer.by")+" "+at(t, c.Data, "answer.at"), "PROPOSED Yes, it is. Li Na 2025-03-14T09:00:00+08:00")
		is(t, "customer's time", c.Str("nextDeadline.kind")+" "+at(t, c.deadline("PROPOSAL_REPLY"), "dueAt")+" "+state(c.deadline("RESOLUTION")), "PROPOSAL_REPLY 2025-03-22T00:00:00+08:00 PAUSED open")
		is(t, "in the thread", c.Str("messages.nodes.0.text"), "Yes, it is.")
		is(t, "label", c.Str("statusLabel")+" "+lookTicket(t, anna.In("zh-CN"), id).Str("statusLabel"), "Answered; does it settle the matter? 已答复，等待顾客确认")
		is(t, "customer's actions", c.Strings("allowedActions"), []string{"TICKET_ANSWER_ACCEPT", "TICKET_ANSWER_DECLINE", "TICKET_CANCEL", "CASE_MESSAGE_ADD", "CASE_EVIDENCE_ADD"})
		anna.Must(declineTicket, apptest.Vars{"id": id})
		c = lookTicket(t, anna, id)
		is(t, "declined", c.Str("status")+" "+c.Str("reply")+" "+state(c.deadline("RESOLUTION"))+" "+state(c.deadline("PROPOSAL_REPLY")), "REQUESTED It is not. RUNNING open MET")
		is(t, "not satisfied", c.Get("satisfied"), false)

		s.Agent.Must(answerTicket, apptest.Vars{"id": id, "m": "It is red inside."})
		is(t, "nothing said yet", lookTicket(t, anna, id).Get("satisfied"), nil)
		s.Advance(before(t, "2025-03-22T00:00:00+08:00"))
		is(t, "still open", lookTicket(t, anna, id).Str("status"), "PROPOSED")
		s.Advance("2025-03-22T00:00:00+08:00")
		c = lookTicket(t, anna, id)
		is(t, "settled by silence", c.Str("status")+" "+c.Str("outcome")+" "+c.Str("outcomeNote")+" "+state(c.deadline("RESOLUTION")), "COMPLETED RESOLVED It is red inside. MET")
		is(t, "closed, satisfied nobody knows", []any{c.Get("closedAt") != nil, c.Get("satisfied")}, []any{true, nil})
		is(t, "timeline", c.events(), []string{"OPENED", "DEADLINE_AT_RISK", "INFO_REQUESTED", "INFO_PROVIDED", "PROPOSED", "PROPOSAL_DECLINED", "PROPOSED", "DEADLINE_AT_RISK", "DEADLINE_BREACHED", "PROPOSAL_ACCEPTED", "RESOLVED", "CLOSED"})
		is(t, "by its rule", c.first("RESOLVED", "").Str("clause"), "MALL-2.3a")
		is(t, "said", c.first("PROPOSED", "").Str("text")+" "+c.first("RESOLVED", "").Str("text"), "The merchant gave an answer; the customer says whether it settles the matter. The matter is settled.")
		zh := lookTicket(t, anna.In("zh-CN"), id)
		is(t, "said", zh.first("PROPOSED", "").Str("text")+zh.first("PROPOSAL_DECLINED", "").Str("text"), "商家已给出解决方案，等待顾客确认。顾客表示问题尚未解决。")
	})
}

// MALL-2.3e, COURIER-4.3.4: a complaint has a way in of its own that asks why: treated unfairly, about a return of the same
// customer, which shows it, too. What staff decide about it can be looked up by its ground; called settled, it is taken up again
// when the customer says that it was not.
func TestAComplaintAboutACase(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-03-11T10:00:00+08:00")
		o := kettle(s, "A1", "2025-03-11T10:00:00+08:00")
		ret := s.Request(o, "RETURN_AND_REFUND", 1)
		refusedAs(t, s.Customer.Refused(openTicket, ticket(s, "COMPLAINT")), "INVALID_INPUT", "input.kind")
		id := complained(s, s.Customer, "UNFAIR_TREATMENT", "about", ret, "orderLines", o.Lines, "evidence", []apptest.Vars{{"kind": "PHOTO", "url": "https://photos.example/1.jpg"}})
		c := lookTicket(t, s.Customer, id)
		is(t, "complaint", c.Str("kind")+" "+c.Str("ground")+" "+c.Str("about.kind")+" "+c.Str("order.id")+" "+c.Str("orderLines.0.sku")+" "+c.Str("orderLines.0.unitPrice.amount")+" "+c.Str("evidence.0.url")+" "+c.Str("responsible"),
			"COMPLAINT UNFAIR_TREATMENT RETURN "+o.ID+" KETTLE 99.00 https://photos.example/1.jpg MERCHANT")
		is(t, "its topic", c.Get("topic"), nil)
		back := s.Customer.Must(`query($id: ID!) { case(id: $id) { tickets { id kind subject } } order(id: "`+o.ID+`") { cases { nodes { id kind } } } }`, apptest.Vars{"id": ret})
		is(t, "shown by the return", back.Str("case.tickets.0.id")+" "+back.Str("case.tickets.0.subject"), id+" Not right")
		is(t, "and the order", back.Str("order.cases.nodes.0.id"), id)
		other := complained(s, s.Agent, "DELIVERY", "order", o.ID)
		found := func(filter string) (ids []string) {
			for _, n := range s.Supervisor.Must(`{ tickets(filter: { `+filter+` }) { nodes { id } } }`, nil).List("tickets.nodes") {
				ids = append(ids, n.Str("id"))
			}
			return ids
		}
		is(t, "by ground", found("ground: [UNFAIR_TREATMENT], kind: [COMPLAINT]"), []string{id})
		is(t, "by case", found(`about: "`+ret+`"`), []string{id})
		is(t, "by order", found(`order: "`+o.ID+`", open: true`), []string{other, id})
		is(t, "filed by staff", lookTicket(t, s.Agent, other).Str("channel"), "SERVICE_CENTER")
		searched := s.Agent.Must(`query($n: String!) { cases(filter: { search: $n }) { nodes { id ... on Ticket { ground } } } ticket(number: $n) { id } node(id: "`+id+`") { ... on Ticket { subject } } }`, apptest.Vars{"n": c.Str("number")})
		is(t, "searched", searched.Str("cases.nodes.0.ground")+" "+searched.Str("ticket.id")+" "+searched.Str("node.subject"), "UNFAIR_TREATMENT "+id+" Not right")

		s.Agent.Must(answerTicket, apptest.Vars{"id": id, "m": "We look at it again."})
		refusedAs(t, s.Agent.Refused(acceptTicket, apptest.Vars{"id": id}), "INVALID_INPUT", "message")
		s.Customer.Must(acceptTicket, apptest.Vars{"id": id, "m": "Thanks."})
		c = lookTicket(t, s.Customer, id)
		is(t, "settled", []any{c.Str("status"), c.Str("outcome"), c.Get("satisfied"), c.Str("reply"), c.Get("closedAt") != nil, state(c.deadline("RESOLUTION"))}, []any{"COMPLETED", "RESOLVED", true, "Thanks.", true, "MET"})
		is(t, "customer's actions", c.Strings("allowedActions"), []string{"TICKET_REOPEN"})
		s.Advance("2025-03-13T10:00:00+08:00")
		s.Customer.Must(reopenTicket, apptest.Vars{"id": id})
		c = lookTicket(t, s.Customer, id)
		is(t, "again", []any{c.Str("status"), c.Get("outcome"), c.Get("closedAt"), c.Get("satisfied"), c.Str("reply")}, []any{"REQUESTED", nil, nil, false, "It broke again."})
		is(t, "from the start", at(t, c.deadline("FIRST_RESPONSE"), "dueAt")+" "+at(t, c.deadline("RESOLUTION"), "dueAt"), "2025-03-14T10:00:00+08:00 2025-03-21T00:00:00+08:00")
		is(t, "said", c.first("REOPENED", "").Str("text"), "The matter was taken up again.")
		s.Agent.Must(rejectTicket, apptest.Vars{"id": id})
		c = lookTicket(t, s.Customer, id)
		is(t, "refused", c.Str("status")+" "+c.Str("outcome")+" "+c.Str("outcomeNote")+" "+state(c.deadline("RESOLUTION")), "REJECTED REJECTED Not ours. MET")
		s.Customer.Must(reopenTicket, apptest.Vars{"id": id})
		s.Customer.Must(cancelTicket, apptest.Vars{"id": id})
		is(t, "withdrawn for good", slices.Contains(lookTicket(t, s.Customer, id).Strings("allowedActions"), "TICKET_REOPEN"), false)
		is(t, "not stopped by anything", lookTicket(t, s.Agent, id).Get("nextDeadline"), nil)
	})
}
