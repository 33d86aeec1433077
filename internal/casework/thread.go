package casework

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"slices"

	"aftersales/ent"
	"aftersales/ent/evidence"
	"aftersales/ent/message"
	"aftersales/internal/auth"
	"aftersales/internal/id"
	"aftersales/internal/lifecycle"
	"aftersales/internal/plan"
	"aftersales/internal/problem"
)

// The thread of a case (MALL-3.3f): what customer and merchant write to each other, the merchant's own notes, and
// references to evidence.

// Bounds of one case's thread: messages of each side, pieces of evidence.
const (
	maxMessages = 500
	maxEvidence = 100
)

// AddMessage writes to a case's thread. internal is a note that customers never see. A message of the merchant to the
// customer is an answer: the first one meets FIRST_RESPONSE (MALL-3.1d).
//
// Requires: CUSTOMER (own case), AGENT, WAREHOUSE, TECHNICIAN, FINANCE, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND,
// INVALID_INPUT at text, FORBIDDEN at internal (a customer writes no notes; WAREHOUSE, TECHNICIAN and FINANCE write nothing
// else), LIMIT_EXCEEDED, ILLEGAL_TRANSITION once closed, IDEMPOTENCY_MISMATCH.
func (s *Service) AddMessage(ctx context.Context, caseID, key, text string, internal bool) (string, error) {
	a, err := auth.Require(ctx, lifecycle.CaseMessageAdd.Operation())
	if err != nil {
		return "", err
	}
	if text, err = Text(text, "text"); err != nil {
		return "", err
	}
	switch {
	case internal && a.Role == auth.Customer:
		return "", forbidden("customers write no internal notes", "顾客不能写内部备注")
	case !internal && a.Role != auth.Customer && !a.WritesToCustomers():
		return "", forbidden("this role writes internal notes only", "该角色只能写内部备注")
	}
	act, messageID := Act{Action: lifecycle.CaseMessageAdd, CaseID: caseID}, id.New(id.Message)
	return s.DoOnce(ctx, act, key, []any{caseID, text, internal}, messageID, func(ctx context.Context, st *Step) error {
		if err := st.say(ctx, messageID, text, internal); err != nil {
			return err
		}
		switch {
		case internal:
			return nil
		case a.Role == auth.Customer:
			if st.runs(plan.Appointment) { // who asks for another appointment is not waited for any more
				if err := st.Release(ctx, st.Now); err != nil {
					return err
				}
			}
			return st.Happened(ctx, lifecycle.MessageAdded, text, nil)
		default:
			return st.Happened(ctx, lifecycle.Responded, text, nil)
		}
	})
}

func forbidden(en, zh string) *problem.Problem {
	return &problem.Problem{Code: problem.Forbidden, Field: []string{"internal"}, Message: problem.Text{EN: en, ZH: zh}}
}

// Say tells the customer something that an act brings with it.
func (st *Step) Say(ctx context.Context, text string) error {
	return st.say(ctx, id.New(id.Message), text, false)
}

// say puts a message into the thread.
func (st *Step) say(ctx context.Context, messageID, text string, internal bool) error {
	client := st.svc.store.Client(ctx)
	// Each side has its own room, so that a customer cannot write the merchant's answers off the page.
	side := message.AuthorRoleNEQ(string(auth.Customer))
	if st.Actor.Role == auth.Customer {
		side = message.AuthorRole(string(auth.Customer))
	}
	n, err := client.Message.Query().Where(message.CaseID(st.Case.ID), side).Count(ctx)
	if err != nil {
		return err
	}
	if n >= maxMessages {
		return tooMany("messages from each side", "留言（每方）", maxMessages)
	}
	return client.Message.Create().SetID(messageID).SetMerchantID(st.Case.MerchantID).SetCaseID(st.Case.ID).SetInternal(internal).SetText(text).
		SetAuthorSubject(st.Actor.Subject).SetAuthorRole(string(st.Actor.Role)).SetAuthorName(st.Actor.Name).SetAt(st.Now).Exec(ctx)
}

func tooMany(en, zh string, most int) *problem.Problem {
	return problem.New(problem.LimitExceeded, problem.Textf("a case has at most %[2]d %[1]s", "每个工单最多 %[2]d 条%[3]s", en, most, zh),
		problem.Param{Name: "maximum", Value: fmt.Sprint(most)})
}

// NewEvidence is a reference to something that proves a point, kept elsewhere.
type NewEvidence struct {
	// Kind is PHOTO, VIDEO, DOCUMENT or OTHER.
	Kind string
	// URL is where it is: https, at most 2,000 characters.
	URL string
	// SHA256 is the content's hash in hex, empty when not known; it shows later whether the content is still the same.
	SHA256 string
	Note   string
}

var sha256Hex = regexp.MustCompile(`^[0-9a-f]{64}$`)

// Check names what is wrong with a reference, under a path of field names, and trims its note.
func (in *NewEvidence) Check(path ...string) problem.List {
	var l problem.List
	at := func(name string) []string { return append(slices.Clone(path), name) }
	if u, err := url.Parse(in.URL); err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || len(in.URL) > 2000 {
		l = append(l, problem.Invalid(problem.Text{EN: "must be an https URL of at most 2000 characters, without user or password", ZH: "须为不含用户名密码的 https 网址，最多 2000 个字符"}, at("url")...))
	}
	if in.SHA256 != "" && !sha256Hex.MatchString(in.SHA256) {
		l = append(l, problem.Invalid(problem.Text{EN: "must be 64 lower-case hexadecimal digits", ZH: "须为 64 位小写十六进制数"}, at("sha256")...))
	}
	var err error
	in.Note, err = OptionalText(in.Note, at("note")...)
	if err == nil && len([]rune(in.Note)) > 1000 {
		err = problem.Invalid(problem.Text{EN: "must have at most 1000 characters", ZH: "最多 1000 个字符"}, at("note")...)
	}
	return append(l, problem.All(err)...)
}

// Attach keeps the references, checked before, that came with the application which opened the step's case.
func (st *Step) Attach(ctx context.Context, evidence []NewEvidence) error {
	client := st.svc.store.Client(ctx)
	rows := make([]*ent.EvidenceCreate, len(evidence))
	for i, in := range evidence {
		rows[i] = client.Evidence.Create().SetMerchantID(st.Case.MerchantID).SetCaseID(st.Case.ID).SetKind(in.Kind).SetURL(in.URL).
			SetSha256(in.SHA256).SetNote(in.Note).SetAuthorRole(string(st.Actor.Role)).SetAuthorName(st.Actor.Name).SetAt(st.Now)
	}
	if len(rows) == 0 {
		return nil
	}
	return client.Evidence.CreateBulk(rows...).Exec(ctx)
}

// AddEvidence attaches a reference to a case; everybody who sees the case sees it.
//
// Requires: CUSTOMER (own case), AGENT, WAREHOUSE, TECHNICIAN, FINANCE, SUPERVISOR or MERCHANT_ADMIN. Errors: NOT_FOUND,
// INVALID_INPUT at input.url, input.sha256 or input.note, LIMIT_EXCEEDED, ILLEGAL_TRANSITION once closed,
// IDEMPOTENCY_MISMATCH.
func (s *Service) AddEvidence(ctx context.Context, caseID, key string, in NewEvidence) (string, error) {
	if _, err := auth.Require(ctx, lifecycle.CaseEvidenceAdd.Operation()); err != nil {
		return "", err
	}
	if err := in.Check("input").Err(); err != nil {
		return "", err
	}
	act, evidenceID := Act{Action: lifecycle.CaseEvidenceAdd, CaseID: caseID}, id.New(id.Evidence)
	return s.DoOnce(ctx, act, key, []any{caseID, in}, evidenceID, func(ctx context.Context, st *Step) error {
		client := s.store.Client(ctx)
		n, err := client.Evidence.Query().Where(evidence.CaseID(caseID)).Count(ctx)
		if err != nil {
			return err
		}
		if n >= maxEvidence {
			return tooMany("pieces of evidence", "凭证", maxEvidence)
		}
		err = client.Evidence.Create().SetID(evidenceID).SetMerchantID(st.Case.MerchantID).SetCaseID(caseID).SetKind(in.Kind).SetURL(in.URL).
			SetSha256(in.SHA256).SetNote(in.Note).SetAuthorRole(string(st.Actor.Role)).SetAuthorName(st.Actor.Name).SetAt(st.Now).Exec(ctx)
		if err != nil {
			return err
		}
		return st.Happened(ctx, lifecycle.EvidenceAdded, in.Note, nil)
	})
}

// Message finds one message within the actor's reach. Errors: NOT_FOUND.
func (s *Service) Message(ctx context.Context, messageID string) (*ent.Message, error) {
	row, err := s.store.Client(ctx).Message.Query().Where(message.ID(messageID)).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, NotFound("message", "留言", "id")
	}
	return row, err
}

// Evidence finds one piece of evidence within the actor's reach. Errors: NOT_FOUND.
func (s *Service) Evidence(ctx context.Context, evidenceID string) (*ent.Evidence, error) {
	row, err := s.store.Client(ctx).Evidence.Query().Where(evidence.ID(evidenceID)).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, NotFound("evidence", "凭证", "id")
	}
	return row, err
}
