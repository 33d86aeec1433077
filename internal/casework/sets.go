package casework

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"
	"github.com/lib/pq"

	"aftersales/ent"
	"aftersales/ent/caseevent"
	entdeadline "aftersales/ent/deadline"
	"aftersales/ent/servicecase"
	"aftersales/internal/auth"
	"aftersales/internal/id"
	"aftersales/internal/lifecycle"
)

// Writing to many rows at once. A set of ids is one parameter, not one for each: the text of the statement stays the same,
// and neither engine slows down with the number of parameters.

// among confines a statement to the rows whose column holds one of texts.
func (s *Service) among(column string, texts []string) func(*sql.Selector) {
	return s.rows([]string{column}, texts)
}

// ofCases confines a statement about rows of cases to those of some, by the index that begins with merchant and case.
func (s *Service) ofCases(cases []*ent.ServiceCase) func(*sql.Selector) {
	merchants, ids := make([]string, len(cases)), make([]string, len(cases))
	for i, c := range cases {
		merchants[i], ids[i] = c.MerchantID, c.ID
	}
	return s.rows([]string{entdeadline.FieldMerchantID, entdeadline.FieldCaseID}, merchants, ids)
}

// rows confines a statement to the rows whose columns together are one of the rows that the sets make.
func (s *Service) rows(columns []string, sets ...[]string) func(*sql.Selector) {
	return func(sel *sql.Selector) {
		sel.Where(sql.P(func(b *sql.Builder) {
			b.WriteString("(")
			for i, c := range columns {
				if i > 0 {
					b.Comma()
				}
				b.Ident(sel.C(c))
			}
			b.WriteString(") IN (")
			if s.store.Dialect() == dialect.Postgres {
				b.WriteString("SELECT * FROM unnest(")
				for i, set := range sets {
					if i > 0 {
						b.Comma()
					}
					b.Arg(pq.Array(set)).WriteString("::text[]")
				}
				b.WriteString("))")
				return
			}
			b.WriteString("SELECT ")
			for i := range sets {
				if i > 0 {
					b.Comma()
				}
				b.WriteString("value ->> " + strconv.Itoa(i))
			}
			b.WriteString(" FROM json_each(").Arg(folded(sets)).WriteString("))")
		}))
	}
}

// folded writes sets side by side: a JSON list of rows.
func folded(sets [][]string) string {
	rows := make([][]string, len(sets[0]))
	for i := range rows {
		for _, set := range sets {
			rows[i] = append(rows[i], set[i])
		}
	}
	data, _ := json.Marshal(rows) // texts always can be
	return string(data)
}

// systemEvent is an event that the clock of a deadline wrote, at the instant it speaks of.
func systemEvent(d *ent.Deadline, e lifecycle.Event, at time.Time) *ent.CaseEvent {
	return &ent.CaseEvent{
		ID: id.New(id.CaseEvent), MerchantID: d.MerchantID, CaseID: d.CaseID, Type: e, At: at, ActorSubject: theClock.Subject, ActorName: theClock.Name,
		Params: map[string]string{"deadline": string(d.Kind), "clause": d.Clause},
	}
}

// theClock is who acts when nobody did.
var theClock = auth.Actor{System: true, Subject: "system", Name: "system"}

// insertEvents is one statement for any number of events.
const insertEvents = "INSERT INTO " + caseevent.Table + ` (id, merchant_id, case_id, type, at, actor_subject, actor_role, actor_name, params, note)
SELECT e.id, e.merchant_id, e.case_id, e.type, e.at, e.subject, '', e.name, e.params::jsonb, ''
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::text[], $7::text[], $8::text[]) AS e (id, merchant_id, case_id, type, at, subject, name, params)`

// writeEvents writes events that no person caused.
func (s *Service) writeEvents(ctx context.Context, events []*ent.CaseEvent) error {
	client := s.store.Client(ctx)
	if s.store.Dialect() != dialect.Postgres {
		for chunk := range slices.Chunk(events, 300) { // its driver slows down with the square of a statement's parameters
			create := make([]*ent.CaseEventCreate, len(chunk))
			for i, e := range chunk {
				create[i] = client.CaseEvent.Create().SetID(e.ID).SetMerchantID(e.MerchantID).SetCaseID(e.CaseID).SetType(e.Type).SetAt(e.At).
					SetActorSubject(e.ActorSubject).SetActorRole("").SetActorName(e.ActorName).SetParams(e.Params).SetNote("")
			}
			if err := client.CaseEvent.CreateBulk(create...).Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	}
	if len(events) == 0 {
		return nil
	}
	columns := make([][]string, 8)
	for _, e := range events {
		params, err := json.Marshal(e.Params)
		if err != nil {
			return err
		}
		for i, v := range []string{e.ID, e.MerchantID, e.CaseID, string(e.Type), e.At.Format(time.RFC3339Nano), e.ActorSubject, e.ActorName, string(params)} {
			columns[i] = append(columns[i], v)
		}
	}
	args := make([]any, len(columns))
	for i, c := range columns {
		args[i] = pq.Array(c)
	}
	_, err := client.ExecContext(ctx, insertEvents, args...)
	return err
}

// touch raises the revision of cases and computes anew the due instant that lists of cases sort by; and writes more.
func (s *Service) touch(ctx context.Context, cases []string, and func(*sql.UpdateBuilder)) error {
	if len(cases) == 0 {
		return nil
	}
	return s.store.Client(ctx).ServiceCase.Update().Where(s.among(servicecase.FieldID, cases)).AddRevision(1).
		Modify(func(u *sql.UpdateBuilder) {
			u.Set(servicecase.FieldNextDueAt, sql.Expr("(SELECT MIN(d.due_at) FROM deadlines d WHERE d.merchant_id = service_cases.merchant_id AND d.case_id = service_cases.id AND d.open)"))
			if and != nil {
				and(u)
			}
		}).Exec(ctx)
}

func ids(ds []*ent.Deadline) []string {
	out := make([]string, len(ds))
	for i, d := range ds {
		out[i] = d.ID
	}
	return out
}

// caseIDs lists the cases of deadlines, each once.
func caseIDs(ds []*ent.Deadline) []string {
	seen := map[string]bool{}
	out := []string{}
	for _, d := range ds {
		if !seen[d.CaseID] {
			seen[d.CaseID] = true
			out = append(out, d.CaseID)
		}
	}
	return out
}

// without leaves out of a list what another one holds.
func without(list, other []string) []string {
	leave := map[string]bool{}
	for _, v := range other {
		leave[v] = true
	}
	return slices.DeleteFunc(list, func(v string) bool { return leave[v] })
}
