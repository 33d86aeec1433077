package store

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
)

// Reading and writing many rows at once. A set of ids is one parameter, not one for each: the text of the statement stays the
// same, and neither engine slows down with the number of parameters.

// Among confines a statement to the rows whose column holds one of texts.
func (s *Store) Among(column string, texts []string) func(*sql.Selector) {
	return s.Rows([]string{column}, texts)
}

// Rows confines a statement to the rows whose columns together are one of the rows that the sets make.
func (s *Store) Rows(columns []string, sets ...[]string) func(*sql.Selector) {
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
			if s.dialect == dialect.Postgres {
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

// insertEvents is one statement for any number of events.
const insertEvents = "INSERT INTO " + caseevent.Table + ` (id, merchant_id, case_id, type, at, actor_subject, actor_role, actor_name, params, note)
SELECT e.id, e.merchant_id, e.case_id, e.type, e.at, e.subject, '', e.name, e.params::jsonb, ''
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::text[], $7::text[], $8::text[]) AS e (id, merchant_id, case_id, type, at, subject, name, params)`

// WriteEvents writes events that no person caused, in one statement.
func (s *Store) WriteEvents(ctx context.Context, events []*ent.CaseEvent) error {
	client := s.Client(ctx)
	if s.dialect != dialect.Postgres {
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
