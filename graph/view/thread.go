package view

import (
	"context"
	"slices"

	"aftersales/ent"
	"aftersales/internal/auth"
	"aftersales/internal/store"
)

// Message shows one entry of a thread.
type Message struct{ *ent.Message }

func (Message) IsNode() {}

// Author is who wrote it.
func (m Message) Author() *EventActor { return author(m.AuthorRole, m.AuthorName) }

func author(role, name string) *EventActor {
	r := auth.Role(role)
	return &EventActor{Role: &r, Name: name}
}

// MessageEdge is a message with its place in the thread.
type MessageEdge struct {
	Cursor string
	Node   *Message
}

// MessageConnection is a page of a thread.
type MessageConnection struct {
	Counter
	Edges    []*MessageEdge
	Nodes    []*Message
	PageInfo *PageInfo
}

// Messages pages through the thread, oldest first.
func (r *Return) Messages(first *int, after *string, last *int, before *string) (*MessageConnection, error) {
	messages := slices.Clone(r.Edges.Messages)
	slices.SortFunc(messages, func(a, b *ent.Message) int {
		if c := a.At.Compare(b.At); c != 0 {
			return c
		}
		return compare(a.ID, b.ID)
	})
	s, err := store.Cut(store.Page{First: first, After: after, Last: last, Before: before}, messages, func(m *ent.Message) string { return m.ID })
	if err != nil {
		return nil, err
	}
	c := &MessageConnection{Counter: counted(len(messages))}
	c.Nodes, c.Edges, c.PageInfo = connect(s, func(m *ent.Message) store.Key { return store.Key{At: &m.At, ID: m.ID} },
		func(m *ent.Message) *Message { return &Message{m} }, func(cursor string, n *Message) *MessageEdge { return &MessageEdge{cursor, n} })
	return c, nil
}

// Evidence shows a reference to something kept elsewhere.
type Evidence struct{ *ent.Evidence }

func (Evidence) IsNode() {}

// Author is who added it.
func (e Evidence) Author() *EventActor { return author(e.AuthorRole, e.AuthorName) }

func (e Evidence) Sha256() *string { return optional(e.Evidence.Sha256) }
func (e Evidence) Note() *string   { return optional(e.Evidence.Note) }

// Evidence lists the references, oldest first.
func (r *Return) Evidence() []*Evidence {
	rows := slices.Clone(r.Edges.Evidence)
	slices.SortFunc(rows, func(a, b *ent.Evidence) int {
		if c := a.At.Compare(b.At); c != 0 {
			return c
		}
		return compare(a.ID, b.ID)
	})
	out := make([]*Evidence, len(rows))
	for i, e := range rows {
		out[i] = &Evidence{e}
	}
	return out
}

// Guidance tells the customer how to fill in the request, in the reader's language.
func (r ReturnReason) Guidance(ctx context.Context) string {
	return say(ctx, r.GuidanceEn, r.GuidanceZh)
}
