package demo

import (
	"context"

	"aftersales/internal/lifecycle"
	"aftersales/internal/tickets"
)

// What people do about a complaint.

func complains(ground, subject, text string) act {
	return func(ctx context.Context, st *stage, c *filed) error {
		orderID := st.orderIDs[c.order]
		var err error
		_, c.caseID, err = st.app.Tickets.Open(ctx, tickets.Opening{IdempotencyKey: st.key(c.order), Kind: lifecycle.Complaint, Ground: ground,
			Subject: subject, Description: text, OrderID: &orderID})
		return err
	}
}

func answers(text string) act {
	return func(ctx context.Context, st *stage, c *filed) error {
		return st.app.Tickets.Answer(ctx, c.caseID, nil, text)
	}
}

func isContent(text string) act {
	return func(ctx context.Context, st *stage, c *filed) error {
		return st.app.Tickets.Accept(ctx, c.caseID, nil, text)
	}
}
