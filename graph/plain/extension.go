package plain

import (
	"context"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// Executable is the generated side: what stands below a field, and how to write it.
type Executable struct {
	Schema
	// Results numbers the fields whose results can be written, by "Object.field".
	Results map[string]Result
	// Write writes the result of a field with that number.
	Write func(w *Writer, number int, p *Plan, result any) bool
}

// Result is a field whose result can be written, and the type of its value.
type Result struct {
	Number int
	Type   string
}

// Extension is the gqlgen extension that lets plain results be written at once.
type Extension struct {
	*Executable
	results map[*ast.FieldDefinition]Result
	fixed   fixed
}

var (
	_ graphql.HandlerExtension     = (*Extension)(nil)
	_ graphql.OperationInterceptor = (*Extension)(nil)
	_ graphql.FieldInterceptor     = (*Extension)(nil)
)

// ExtensionName names the extension.
func (*Extension) ExtensionName() string { return "Plain" }

// Validate looks up the fields of the schema once and for all.
func (x *Extension) Validate(es graphql.ExecutableSchema) error {
	x.results = map[*ast.FieldDefinition]Result{}
	for _, t := range es.Schema().Types {
		for _, f := range t.Fields {
			if r, ok := x.Results[t.Name+"."+f.Name]; ok {
				x.results[f] = r
			}
		}
	}
	return nil
}

// plans remembers the plans of one operation: a field in a list is met once for each row.
type plans struct {
	mu    sync.Mutex
	made  map[place]*Plan
	spent int // steps made for them
}

// place is a selection on a type. gqlgen collects the fields of a place once, so its selection stays where it is.
type place struct {
	first *ast.Selection
	n     int
	typ   string
}

type plansKey struct{}

// InterceptOperation gives the operation its memory of plans.
func (x *Extension) InterceptOperation(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	return next(context.WithValue(ctx, plansKey{}, &plans{}))
}

// InterceptField writes the result of a field where it and all below it are plain; else it is not there.
func (x *Extension) InterceptField(ctx context.Context, next graphql.Resolver) (any, error) {
	result, err := next(ctx)
	if err != nil || result == nil {
		return result, err
	}
	fc := graphql.GetFieldContext(ctx)
	r, ok := x.results[fc.Field.Definition]
	if !ok {
		return result, nil
	}
	made, _ := ctx.Value(plansKey{}).(*plans)
	if made == nil || len(fc.Field.Selections) == 0 {
		return result, nil
	}
	p := x.planned(ctx, made, r.Type, fc.Field)
	if p == nil {
		return result, nil
	}
	if text, ok := x.written(ctx, r.Number, p, result); ok {
		return &answer{text}, nil
	}
	return result, nil
}

func (x *Extension) planned(ctx context.Context, made *plans, name string, f graphql.CollectedField) *Plan {
	if p, known := x.fixed.plan(f); known {
		return p
	}
	at := place{&f.Selections[0], len(f.Selections), name}
	made.mu.Lock()
	defer made.mu.Unlock()
	p, known := made.made[at]
	if !known {
		var spent int
		left := maxPlanned - made.spent
		p, spent = x.plan(ctx, graphql.GetOperationContext(ctx), name, f.Selections, left)
		made.spent += spent
		if made.made == nil {
			made.made = map[place]*Plan{}
		}
		made.made[at] = p
		if p != nil || left >= maxSteps { // else it may be plain in another operation
			x.fixed.keep(f, p)
		}
	}
	return p
}

// written writes a result; a panic on the way is left to gqlgen, which meets it again, and reports it where it belongs.
func (x *Extension) written(ctx context.Context, number int, p *Plan, result any) (text []byte, ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	w := &Writer{Context: ctx, buf: make([]byte, 0, 1024)}
	ok = x.Write(w, number, p, result)
	return w.buf, ok
}
