package httpapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strings"
	"time"

	"github.com/99designs/gqlgen/complexity"
	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// engine runs operations for both transports: documents and limits before gqlgen's executor, masking behind it.
type engine struct {
	exec         *executor.Executor
	log          *slog.Logger
	presentError func(context.Context, error) *gqlerror.Error
}

func newEngine(cfg Config) *engine {
	e := &engine{exec: executor.New(cfg.Schema), log: cfg.Logger, presentError: cfg.PresentError}
	e.exec.SetErrorPresenter(e.present)
	e.exec.SetRecoverFunc(e.recovered)
	e.exec.SetQueryCache(preparedCache{})
	e.exec.SetDisableSuggestion(true)
	e.exec.SetParserTokenLimit(cfg.Limits.Tokens)

	e.exec.Use(introspection{})
	for _, x := range cfg.Extensions {
		e.exec.Use(x)
	}
	// Last, so that an extension that rewrites the query is subject to the limits too.
	e.exec.Use(preparer{documents: newDocuments(cfg.Schema.Schema(), cfg.Limits), schema: cfg.Schema, limit: cfg.Limits.Complexity})
	return e
}

// operation is one operation being executed. It is used by one goroutine.
type operation struct {
	*graphql.OperationContext
	engine    *engine
	ctx       context.Context
	responses graphql.ResponseHandler
}

// prepare parses, validates and measures. An operation that is refused yields no *operation but its answer, without data.
func (e *engine) prepare(ctx context.Context, params *graphql.RawParams) (op *operation, refused *graphql.Response) {
	ctx = graphql.StartOperationTrace(ctx)
	defer func() {
		if p := recover(); p != nil {
			op, refused = nil, e.crashed(ctx, p)
		}
	}()
	prep := new(preparation)
	ctx = context.WithValue(ctx, preparationKey{}, prep)

	opCtx, errs := e.exec.CreateOperationContext(ctx, params)
	ctx = graphql.WithOperationContext(ctx, opCtx)
	if prep.errs != nil {
		errs = prep.errs
	}
	if errs != nil {
		for _, err := range errs {
			nameVariable(err)
		}
		return nil, e.seal(ctx, e.exec.DispatchError(ctx, errs))
	}
	return &operation{OperationContext: opCtx, engine: e, ctx: ctx}, nil
}

// nameVariable moves the path of a bad variable into the message: "path" is for places in the answer.
func nameVariable(err *gqlerror.Error) {
	if len(err.Path) > 1 && err.Path[0] == ast.PathName("variable") {
		err.Message = fmt.Sprintf("variable $%s: %s", strings.TrimPrefix(err.Path[1:].String(), "."), err.Message)
		err.Path = nil
	}
}

// limit bounds the operation's time; call it before next.
func (op *operation) limit(d time.Duration) context.CancelFunc {
	ctx, cancel := context.WithTimeout(op.ctx, d)
	op.ctx = ctx
	return cancel
}

// next returns the operation's next answer, or nil at its end. A query or mutation has exactly one, which is never nil
// unless the caller went away.
func (op *operation) next() (resp *graphql.Response) {
	defer func() {
		if p := recover(); p != nil {
			resp = op.engine.crashed(op.ctx, p)
		}
	}()
	if op.responses == nil {
		op.responses, op.ctx = op.engine.exec.DispatchOperation(op.ctx, op.OperationContext)
	}
	if resp = op.responses(op.ctx); resp != nil {
		return op.engine.seal(op.ctx, resp)
	}
	if errors.Is(op.ctx.Err(), context.DeadlineExceeded) {
		return &graphql.Response{Errors: gqlerror.List{timeoutError()}}
	}
	return nil
}

// seal masks errors that reached an answer past the presenter, as those of an extension that answers by itself do.
func (e *engine) seal(ctx context.Context, resp *graphql.Response) *graphql.Response {
	for i, err := range resp.Errors {
		if codeOf(err) == "" {
			resp.Errors[i] = e.present(ctx, err)
		}
	}
	return resp
}

func cancelledError() *gqlerror.Error {
	return codedError(CodeUnavailable, "the operation was cancelled")
}

func timeoutError() *gqlerror.Error {
	return codedError(CodeTimeout, "the operation took too long")
}

// present lets coded errors through, asks the product about the others, and masks the rest.
func (e *engine) present(ctx context.Context, err error) *gqlerror.Error {
	var raw *gqlerror.Error
	if errors.As(err, &raw) && codeOf(raw) != "" {
		return raw
	}
	answer := e.uncoded(ctx, err, raw)
	if answer.Path == nil {
		answer.Path = graphql.GetPath(ctx)
	}
	if answer.Locations == nil && raw != nil {
		answer.Locations = raw.Locations
	}
	return answer
}

func (e *engine) uncoded(ctx context.Context, err error, raw *gqlerror.Error) *gqlerror.Error {
	if e.presentError != nil {
		if p := e.presentError(ctx, err); codeOf(p) != "" {
			return p
		}
	}
	switch {
	case raw != nil && coercing(ctx):
		return badArgument(ctx, raw)
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return timeoutError()
	case errors.Is(ctx.Err(), context.Canceled):
		// The caller has left, or the server stops; whatever broke because of it is no fault.
		return cancelledError()
	default:
		e.log.LogAttrs(ctx, slog.LevelError, "fault", slog.String("request_id", RequestID(ctx)),
			slog.String("path", graphql.GetPath(ctx).String()), slog.String("error", err.Error()))
	}
	return internalError()
}

// coercing reports whether the error arose while a field's arguments were being unmarshalled: the executor has entered
// the field and has no arguments for it yet. Such an error is the caller's, though scalars return plain errors.
func coercing(ctx context.Context) bool {
	fc := graphql.GetFieldContext(ctx)
	return fc != nil && fc.Args == nil && fc.Field.Field != nil && fc.Field.Definition != nil &&
		len(fc.Field.Definition.Arguments) > 0
}

// badArgument splits the executor's path, which runs on into the argument: "path" is for places in the answer.
func badArgument(ctx context.Context, raw *gqlerror.Error) *gqlerror.Error {
	bad := codedError(CodeBadUserInput, "%s", raw.Message)
	bad.Path = graphql.GetFieldContext(ctx).Path()
	if len(raw.Path) > len(bad.Path) {
		bad.Extensions["argument"] = strings.TrimPrefix(raw.Path[len(bad.Path):].String(), ".")
	}
	return bad
}

// recovered logs a panic with its stack; it is gqlgen's RecoverFunc.
func (e *engine) recovered(ctx context.Context, p any) error {
	e.log.LogAttrs(ctx, slog.LevelError, "panic", slog.String("request_id", RequestID(ctx)),
		slog.Any("panic", p), slog.String("stack", string(debug.Stack())))
	return internalError()
}

func (e *engine) crashed(ctx context.Context, p any) *graphql.Response {
	_ = e.recovered(ctx, p)
	return &graphql.Response{Errors: gqlerror.List{internalError()}}
}

// introspection is always on: the schema is public. It is an extension of its own so that one of Config.Extensions may
// switch it off again.
type introspection struct{}

func (introspection) ExtensionName() string                   { return "Introspection" }
func (introspection) Validate(graphql.ExecutableSchema) error { return nil }

func (introspection) MutateOperationContext(_ context.Context, op *graphql.OperationContext) *gqlerror.Error {
	op.DisableIntrospection = false
	return nil
}

// preparer resolves the document before the executor looks for it, and its cost after variables are known.
type preparer struct {
	documents *documents
	schema    graphql.ExecutableSchema
	limit     int
}

func (preparer) ExtensionName() string                   { return "Limits" }
func (preparer) Validate(graphql.ExecutableSchema) error { return nil }

func (p preparer) MutateOperationParameters(ctx context.Context, params *graphql.RawParams) *gqlerror.Error {
	prep := ctx.Value(preparationKey{}).(*preparation)
	prep.doc, prep.errs = p.documents.resolve(params)
	if len(prep.errs) > 0 {
		return prep.errs[0]
	}
	return nil
}

func (p preparer) MutateOperationContext(ctx context.Context, op *graphql.OperationContext) *gqlerror.Error {
	prep := ctx.Value(preparationKey{}).(*preparation)
	cost := prep.doc.cost(p.schema.Schema(), op.Operation, func() int { return complexity.Calculate(ctx, p.schema, op.Operation, op.Variables) })
	if cost > p.limit {
		return codedError(CodeComplexityLimit, "the operation costs %d, more than the limit of %d", cost, p.limit)
	}
	return nil
}
