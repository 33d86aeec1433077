package graph

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"aftersales/ent"
	"aftersales/ent/merchant"
	"aftersales/graph/generated"
	"aftersales/internal/auth"
	"aftersales/internal/clock"
	"aftersales/internal/returns"
	"aftersales/internal/store"
	"aftersales/internal/warranty"
)

// Request is the gqlgen extension that gives every operation its own memory: what several fields ask of the same merchant
// is read once, and customers whose personal data were shown are written to the audit before the answer leaves.
type Request struct{ store *store.Store }

var (
	_ graphql.HandlerExtension     = Request{}
	_ graphql.OperationInterceptor = Request{}
	_ graphql.ResponseInterceptor  = Request{}
)

// ExtensionName names the extension.
func (Request) ExtensionName() string { return "Request" }

// Validate accepts every schema.
func (Request) Validate(graphql.ExecutableSchema) error { return nil }

// InterceptOperation puts a fresh memory into the operation's context.
func (Request) InterceptOperation(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	return next(context.WithValue(ctx, memoryKey{}, &memory{}))
}

// InterceptResponse writes the audit rows of what the response shows; without them the response does not leave
// (SLA-A-3.1.4).
func (r Request) InterceptResponse(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	resp := next(ctx)
	m := memoryOf(ctx)
	if m == nil {
		return resp
	}
	if err := r.audit(ctx, m.takeSeen()); err != nil {
		graphql.AddError(ctx, fmt.Errorf("audit of personal data: %w", err))
		return &graphql.Response{Errors: graphql.GetErrors(ctx), Data: []byte("null")}
	}
	return resp
}

type memoryKey struct{}

// memory is what one operation remembers.
type memory struct {
	mu        sync.Mutex
	merchants map[string]*ent.Merchant
	terms     map[string]*returns.Terms
	books     map[string]*warranty.Book
	seen      []*ent.Customer
}

func memoryOf(ctx context.Context) *memory {
	m, _ := ctx.Value(memoryKey{}).(*memory)
	return m
}

// saw notes that a customer's personal data are shown unmasked.
func (m *memory) saw(c *ent.Customer) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, s := range m.seen {
		if s.ID == c.ID {
			return
		}
	}
	m.seen = append(m.seen, c)
}

func (m *memory) takeSeen() []*ent.Customer {
	m.mu.Lock()
	defer m.mu.Unlock()
	seen := m.seen
	m.seen = nil
	return seen
}

func (r Request) audit(ctx context.Context, seen []*ent.Customer) error {
	if len(seen) == 0 {
		return nil
	}
	a, _ := auth.From(ctx)
	// The client going away does not undo that the data were read.
	ctx = context.WithoutCancel(ctx)
	return r.store.InTx(auth.ForMerchant(ctx, seen[0].MerchantID), func(ctx context.Context) error {
		rows := make([]*ent.AuditEntryCreate, len(seen))
		for i, c := range seen {
			rows[i] = r.store.Client(ctx).AuditEntry.Create().SetMerchantID(c.MerchantID).SetAction("PERSONAL_DATA_READ").SetObjectID(c.ID).
				SetSubject(a.Subject).SetRole(string(a.Role)).SetRequestID(a.RequestID).SetAt(clock.Real())
		}
		return r.store.Client(ctx).AuditEntry.CreateBulk(rows...).Exec(ctx)
	})
}

// merchant reads a merchant once an operation.
func (r *Resolver) merchant(ctx context.Context, id string) (*ent.Merchant, error) {
	m := memoryOf(ctx)
	m.mu.Lock()
	defer m.mu.Unlock()
	if row := m.merchants[id]; row != nil {
		return row, nil
	}
	row, err := r.cases.MerchantRow(ctx, id)
	if err != nil {
		return nil, err
	}
	if m.merchants == nil {
		m.merchants = map[string]*ent.Merchant{}
	}
	m.merchants[id] = row
	return row, nil
}

// remember reads the merchants of disputes at once: the platform's queue has those of many.
func (r *Resolver) remember(ctx context.Context, disputes []*ent.Dispute) error {
	var ids []string
	for _, d := range disputes {
		ids = append(ids, d.MerchantID)
	}
	if len(ids) == 0 {
		return nil
	}
	rows, err := r.store.Client(ctx).Merchant.Query().Where(merchant.IDIn(ids...)).All(ctx)
	m := memoryOf(ctx)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.merchants == nil {
		m.merchants = map[string]*ent.Merchant{}
	}
	for _, row := range rows {
		m.merchants[row.ID] = row
	}
	return err
}

// now is the time a merchant's clock shows.
func (r *Resolver) now(ctx context.Context, merchantID string) (time.Time, error) {
	m, err := r.merchant(ctx, merchantID)
	if err != nil {
		return time.Time{}, err
	}
	return r.cases.Now(m), nil
}

// terms gathers a merchant's terms once an operation.
func (r *Resolver) terms(ctx context.Context, merchantID string) (*returns.Terms, error) {
	row, err := r.merchant(ctx, merchantID)
	if err != nil {
		return nil, err
	}
	m := memoryOf(ctx)
	m.mu.Lock()
	defer m.mu.Unlock()
	if t := m.terms[merchantID]; t != nil {
		return t, nil
	}
	t, err := r.returns.Terms(ctx, row)
	if err != nil {
		return nil, err
	}
	if m.terms == nil {
		m.terms = map[string]*returns.Terms{}
	}
	m.terms[merchantID] = t
	return t, nil
}

// optionTerms is terms with what options of repairs need.
func (r *Resolver) optionTerms(ctx context.Context, merchantID string) (*returns.Terms, error) {
	t, err := r.terms(ctx, merchantID)
	if err != nil {
		return nil, err
	}
	m := memoryOf(ctx)
	m.mu.Lock()
	defer m.mu.Unlock()
	return t, r.returns.ForRepairs(ctx, t)
}

// forget drops what a mutation may have changed.
func forget(ctx context.Context) {
	m := memoryOf(ctx)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.merchants, m.terms, m.books = nil, nil, nil
}

// Extensions are the gqlgen extensions the schema needs.
func (r *Resolver) Extensions() []graphql.HandlerExtension {
	if r.ordinary {
		return []graphql.HandlerExtension{Request{r.store}}
	}
	return []graphql.HandlerExtension{Request{r.store}, generated.Plain(r.Config())}
}
