package contract

import (
	"fmt"
	"testing"

	"aftersales/internal/apptest"
	"aftersales/internal/lifecycle"
)

// answered is the state of a ticket whose customer says whether the answer settles it; settled that of one they were content with.
const (
	ticketAnswered = "PROPOSED"
	ticketSettled  = "COMPLETED"
)

func onTicketDo(call string) string {
	return `mutation($id: ID!) { ` + call + ` { ticket { id status } userErrors { code field message } } }`
}

// complainAbout makes a complaint of c-1 about a case, and returns its id.
func complainAbout(s *apptest.Shop, caseID string) string {
	return s.Customer.Must(`mutation($k: String!, $about: ID!) { complaintOpen(input: { idempotencyKey: $k, subject: "S", description: "D", ground: AFTER_SALES, about: $about }) { ticket { id } userErrors { code field message } } }`,
		apptest.Vars{"k": s.Key(), "about": caseID}).Str("complaintOpen.ticket.id")
}

// bringTicket makes a question of c-1 and brings it to a state; it returns its id.
func bringTicket(s *apptest.Shop, state string) string {
	id := s.Customer.Must(`mutation($k: String!, $order: ID!) { ticketOpen(input: { idempotencyKey: $k, kind: INQUIRY, subject: "S", description: "D", order: $order }) { ticket { id } userErrors { code field message } } }`,
		apptest.Vars{"k": s.Key(), "order": order(s).ID}).Str("ticketOpen.ticket.id")
	vars := apptest.Vars{"id": id}
	switch state {
	case requested:
	case needsInfo:
		s.Agent.Must(onTicketDo(`ticketRequestInfo(id: $id, question: "Q?")`), vars)
	case ticketAnswered, ticketSettled:
		s.Agent.Must(onTicketDo(`ticketAnswer(id: $id, answer: "A.")`), vars)
		if state == ticketSettled {
			s.Customer.Must(onTicketDo(`ticketAnswerAccept(id: $id)`), vars)
		}
	default:
		panic("no such state: " + state)
	}
	return id
}

// onTicket brings a ticket to a state for an attempt, the same one until it is used up.
func onTicket(state string) func(*world) apptest.Vars {
	return func(w *world) apptest.Vars {
		if w.targets["ticket "+state] == "" {
			w.targets["ticket "+state] = bringTicket(w.main, state)
		}
		return apptest.Vars{"id": w.targets["ticket "+state]}
	}
}

func ticketAttempt(call string) attempt {
	return attempt{doc: `mutation($k: String!, $order: ID!) { ` + call + ` { ticket { id } userErrors { code field message } } }`,
		with: func(w *world) apptest.Vars {
			return apptest.Vars{"k": fmt.Sprintf("key-%d", w.next()), "order": w.freshOrder().ID}
		}}
}

func onATicket(call string) intrusion {
	return intrusion{prefix: "tkt", doc: `mutation($id: ID!) { ` + call + ` { ticket { id }` + ok + `} }`}
}

// ticketReads are the pages of tickets: all cases of the shop are returns and complaints about them.
var ticketReads = []pageRead{
	{"tickets with what they are about",
		`query($n: Int!) { tickets(first: $n) { nodes { number status subject ground topic orderLines { sku unitPrice { amount } } order { number } about { number kind customer { name } } answer { text } satisfied nextDeadline { kind } allowedActions } } }`,
		"tickets.nodes", 15},
	{"returns with the tickets about them",
		`query($n: Int!) { returns(first: $n) { nodes { number tickets { number subject ground customer { name } about { id } nextDeadline { kind } } } } }`,
		"returns.nodes", 8},
}

// A page of tickets, or of cases with the tickets about them, costs the same number of statements for 1 row and for 100.
func TestReadsOfTicketsCostTheSameWhateverTheirSize(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s, _, returns := stocked(t, e, "mall", 100)
		for _, id := range returns {
			s.Agent.Must(`mutation($k: String!, $about: ID!, $line: [ID!]) { complaintOpen(input: { idempotencyKey: $k, subject: "S", description: "D", ground: DELIVERY, about: $about, orderLines: $line }) { ticket { id } userErrors { code field message } } }`,
				apptest.Vars{"k": s.Key(), "about": id})
		}
		for _, read := range ticketReads {
			read.cost(t, e, s, nil)
		}
	})
}

// The diagram of tickets is drawn from their table (MALL-2.3a).
func TestDiagramOfTheTicket(t *testing.T) {
	t.Parallel()
	golden(t, "../../docs/diagrams/ticket.mmd", lifecycle.Diagram(lifecycle.Inquiry))
}
