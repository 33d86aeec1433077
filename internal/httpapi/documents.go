package httpapi

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

const (
	// A parsed document takes up to a hundred and fifty times the memory of its text.
	cachedDocuments     = 1000
	cachedDocumentBytes = 1 << 20

	persistedQueries     = 1000
	persistedQueryBytes  = 4 << 20
	maxValidationErrors  = 20
	mergeWorkPerField    = 20 // of Limits.Fields; see fieldsCanMerge
	apolloNotFoundPhrase = "PersistedQueryNotFound"
)

// documents turns a query text, or the hash of one, into a validated document.
type documents struct {
	schema    *ast.Schema
	limits    Limits
	rules     *rules.Rules
	parsed    *lru[*document]
	persisted *lru[string]
}

// document is a valid document with the costs of its operations, as far as they are the same every time.
type document struct {
	*ast.QueryDocument
	costs sync.Map // of *ast.OperationDefinition: int
}

// cost is what an operation costs by calculate, which is asked once where variables cannot matter.
func (d *document) cost(schema *ast.Schema, op *ast.OperationDefinition, calculate func() int) int {
	if known, ok := d.costs.Load(op); ok {
		return known.(int)
	}
	cost := calculate()
	if costsTheSame(schema, op) {
		d.costs.Store(op, cost)
	}
	return cost
}

// costsTheSame reports whether no variable of an operation can say how many rows are asked for: one that can is a number, a list,
// an object, or a scalar of ours, which could also be one that cannot be read, so that the field counts as a plain one. Null where
// a default may stand for what must not be null cannot be read either.
func costsTheSame(schema *ast.Schema, op *ast.OperationDefinition) bool {
	for _, v := range op.VariableDefinitions {
		name := v.Type.Name()
		switch {
		case v.DefaultValue != nil && !v.Type.NonNull:
			return false
		case schema.Types[name].Kind == ast.Enum:
		case v.Type.Elem == nil && (name == "ID" || name == "String" || name == "Boolean"):
		default:
			return false
		}
	}
	return true
}

func newDocuments(schema *ast.Schema, limits Limits) *documents {
	return &documents{
		schema: schema, limits: limits, rules: validationRules(limits),
		parsed:    newLRU[*document](cachedDocuments, cachedDocumentBytes),
		persisted: newLRU[string](persistedQueries, persistedQueryBytes),
	}
}

// validationRules are the specification's, without "did you mean": a typing error must not spell out the schema.
func validationRules(limits Limits) *rules.Rules {
	r := rules.NewDefaultRules()
	r.ReplaceRule("FieldsOnCorrectType", rules.FieldsOnCorrectTypeRuleWithoutSuggestions.RuleFunc)
	r.ReplaceRule("KnownArgumentNames", rules.KnownArgumentNamesRuleWithoutSuggestions.RuleFunc)
	r.ReplaceRule("KnownTypeNames", rules.KnownTypeNamesRuleWithoutSuggestions.RuleFunc)
	r.ReplaceRule("ScalarLeafs", rules.ScalarLeafsRuleWithoutSuggestions.RuleFunc)
	r.ReplaceRule("ValuesOfCorrectType", rules.ValuesOfCorrectTypeRuleWithoutSuggestions.RuleFunc)
	r.ReplaceRule("OverlappingFieldsCanBeMerged", fieldsCanMerge(limits.Fields*mergeWorkPerField).RuleFunc)
	return r
}

// resolve fills params.Query from a persisted query's hash, and returns the document, from the cache when it was seen
// before. A new persisted query is kept only when its document is valid.
func (d *documents) resolve(params *graphql.RawParams) (*document, gqlerror.List) {
	hash, err := d.persistedQuery(params)
	if err != nil {
		return nil, gqlerror.List{err}
	}
	doc, errs := d.document(params.Query)
	if errs != nil {
		return nil, errs
	}
	if hash != "" {
		d.persisted.add(hash, params.Query, len(params.Query))
	}
	if err := selectable(doc.QueryDocument, params.OperationName); err != nil {
		return nil, gqlerror.List{err}
	}
	return doc, nil
}

func (d *documents) document(query string) (*document, gqlerror.List) {
	if doc, ok := d.parsed.get(query); ok {
		return doc, nil
	}
	if len(query) > d.limits.DocumentBytes {
		return nil, gqlerror.List{codedError(CodeDocumentLimit, "the document is longer than %d bytes", d.limits.DocumentBytes)}
	}
	doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: query}, d.limits.Tokens)
	if err != nil {
		e := gqlerror.WrapIfUnwrapped(err)
		errcode.Set(e, CodeParseFailed)
		return nil, gqlerror.List{e}
	}
	if len(doc.Operations) == 0 {
		return nil, gqlerror.List{codedError(CodeValidationFailed, "the document holds no operation")}
	}
	if err := inspect(doc, d.limits); err != nil {
		return nil, gqlerror.List{err}
	}
	if errs := validator.ValidateWithRules(d.schema, doc, d.rules); len(errs) > 0 {
		errs = errs[:min(len(errs), maxValidationErrors)]
		for _, e := range errs {
			if codeOf(e) == "" {
				errcode.Set(e, CodeValidationFailed)
			}
		}
		return nil, errs
	}
	dropDefer(doc)
	known := &document{QueryDocument: doc}
	d.parsed.add(query, known, len(query))
	return known, nil
}

// persistedQuery follows the protocol of automatic persisted queries, version 1. It returns the hash when the client sent
// the query along with it.
func (d *documents) persistedQuery(params *graphql.RawParams) (string, *gqlerror.Error) {
	ext, present := params.Extensions["persistedQuery"]
	if !present || ext == nil {
		return "", nil
	}
	fields, _ := ext.(map[string]any)
	hash, _ := fields["sha256Hash"].(string)
	version, _ := fields["version"].(json.Number)
	if version != "1" || len(hash) != sha256.Size*2 {
		return "", codedError(CodeBadRequest, `extensions.persistedQuery must be {"version": 1, "sha256Hash": "64 hex digits"}`)
	}
	hash = strings.ToLower(hash)
	if params.Query == "" {
		query, ok := d.persisted.get(hash)
		if !ok {
			return "", codedError(CodePersistedQueryNotFound, apolloNotFoundPhrase)
		}
		params.Query = query
		return "", nil
	}
	sum := sha256.Sum256([]byte(params.Query))
	if hex.EncodeToString(sum[:]) != hash {
		return "", codedError(CodeBadRequest, "extensions.persistedQuery.sha256Hash is not the hash of the query")
	}
	return hash, nil
}

func selectable(doc *ast.QueryDocument, name string) *gqlerror.Error {
	if name == "" && len(doc.Operations) > 1 {
		return codedError(CodeOperationResolution, "operationName is required: the document holds several operations")
	}
	if doc.Operations.ForName(name) == nil {
		return codedError(CodeOperationResolution, "the document holds no operation of the name in operationName")
	}
	return nil
}

// dropDefer removes @defer, which the executor would honour with a stream of partial answers. The directive is a hint:
// a server may deliver everything at once, and this one does.
func dropDefer(doc *ast.QueryDocument) {
	var walk func(ast.SelectionSet)
	drop := func(list ast.DirectiveList) ast.DirectiveList {
		if list.ForName("defer") == nil {
			return list
		}
		var kept ast.DirectiveList
		for _, d := range list {
			if d.Name != "defer" {
				kept = append(kept, d)
			}
		}
		return kept
	}
	walk = func(set ast.SelectionSet) {
		for _, selection := range set {
			switch sel := selection.(type) {
			case *ast.Field:
				walk(sel.SelectionSet)
			case *ast.InlineFragment:
				sel.Directives = drop(sel.Directives)
				walk(sel.SelectionSet)
			case *ast.FragmentSpread:
				sel.Directives = drop(sel.Directives)
			}
		}
	}
	for _, op := range doc.Operations {
		walk(op.SelectionSet)
	}
	for _, f := range doc.Fragments {
		walk(f.SelectionSet)
	}
}

// preparation carries the document from the parameter mutator to the executor's cache look-up, and the full list of
// errors past the mutator's single one.
type preparation struct {
	doc  *document
	errs gqlerror.List
}

type preparationKey struct{}

// preparedCache hands the executor the document that was prepared for this very request, so that the executor's own
// parser, which knows no limits, is never reached.
type preparedCache struct{}

func (preparedCache) Get(ctx context.Context, _ string) (*ast.QueryDocument, bool) {
	p, _ := ctx.Value(preparationKey{}).(*preparation)
	if p == nil || p.doc == nil {
		return nil, false
	}
	return p.doc.QueryDocument, true
}

func (preparedCache) Add(context.Context, string, *ast.QueryDocument) {}
