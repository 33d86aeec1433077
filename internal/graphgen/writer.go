package main

import (
	_ "embed"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/99designs/gqlgen/codegen"
	"github.com/99designs/gqlgen/codegen/config"
	"github.com/99designs/gqlgen/codegen/templates"
	"github.com/99designs/gqlgen/plugin"
)

// writer is the gqlgen plugin that generates the plain writer.
type writer struct{ file string }

var _ plugin.CodeGenerator = writer{}

//go:embed plain.gotpl
var plainTemplate string

// Name names the plugin.
func (writer) Name() string { return "plain" }

// GenerateCode writes the file.
func (p writer) GenerateCode(data *codegen.Data) error {
	return templates.Render(templates.Options{
		PackageName:     data.Config.Exec.Package,
		Filename:        p.file,
		Template:        plainTemplate,
		Data:            gather(data),
		GeneratedHeader: true,
		Packages:        data.Config.Packages,
	})
}

// model is what the template needs.
type model struct {
	Objects    []*object
	Interfaces []*codegen.Interface
	Types      []*typeRef // of all values written, each once
	Results    []result
}

type object struct {
	*codegen.Object
	Fields []field
}

// field is a plain field; Number counts from 1 within its object.
type field struct {
	*codegen.Field
	Number int
}

type result struct {
	*codegen.Field
	Number int
}

// typeRef is one way a value is bound.
type typeRef struct{ *config.TypeReference }

func gather(data *codegen.Data) *model {
	m := &model{}
	refs := map[string]*typeRef{}
	for _, o := range data.Objects {
		if o.Root || o.IsReserved() {
			continue
		}
		plain := &object{Object: o}
		for _, f := range o.Fields {
			if isPlain(f) {
				plain.Fields = append(plain.Fields, field{f, len(plain.Fields) + 1})
				add(refs, f.TypeReference)
			}
		}
		m.Objects = append(m.Objects, plain)
	}
	for _, o := range data.Objects {
		if o.IsReserved() || o.Stream {
			continue
		}
		for _, f := range o.Fields {
			if f.IsReserved() || !composite(f.TypeReference) || len(f.ImplDirectives()) > 0 || f.TypeReference.IsRoot {
				continue
			}
			m.Results = append(m.Results, result{f, len(m.Results) + 1})
			add(refs, f.TypeReference)
		}
	}
	for _, i := range data.Interfaces {
		m.Interfaces = append(m.Interfaces, i)
	}
	slices.SortFunc(m.Interfaces, func(a, b *codegen.Interface) int { return compare(a.Name, b.Name) })
	for _, r := range refs {
		m.Types = append(m.Types, r)
	}
	slices.SortFunc(m.Types, func(a, b *typeRef) int { return compare(a.Func(), b.Func()) })
	return m
}

func compare(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// isPlain reports whether a field shows what is in memory: a struct's field or a method. A method that takes a context and
// may fail may well read the database, and is none.
func isPlain(f *codegen.Field) bool {
	switch {
	case f.IsReserved(), f.IsResolver, f.IsBatch(), f.IsMap(), f.VOkFunc, f.HasHaser, f.Stream, f.TypeReference.IsRoot, len(f.ImplDirectives()) > 0,
		len(f.Object.Directives) > 0:
		return false
	case f.IsMethod() && f.MethodHasContext && !f.NoErr:
		return false
	}
	return writable(f.TypeReference)
}

func composite(r *config.TypeReference) bool {
	return r.Definition.Kind == ast.Object || r.Definition.Kind == ast.Interface || r.Definition.Kind == ast.Union
}

// writable reports whether the template knows how a value of the type is written.
func writable(r *config.TypeReference) bool {
	return !r.IsContext && !r.HasEnumValues() && !r.IsRoot && (composite(r) || r.IsMarshaler || r.Marshaler != nil)
}

func add(refs map[string]*typeRef, r *config.TypeReference) {
	for ; r != nil; r = r.Elem() {
		t := &typeRef{r}
		refs[t.Func()] = t
		if !r.IsPtrToSlice() && !r.IsPtrToIntf() && !r.IsSlice() && !r.IsPtrToPtr() {
			return
		}
	}
}

// Below is the name of the object or abstract type of a value, "" for a leaf.
func (f field) Below() string { return below(f.TypeReference) }

func (r result) Below() string { return below(r.TypeReference) }

func below(r *config.TypeReference) string {
	if composite(r) {
		return r.Definition.Name
	}
	return ""
}

// Writer is the function that writes a field's value.
func (f field) Writer() string { return (&typeRef{f.TypeReference}).Func() }

func (r result) Writer() string { return (&typeRef{r.TypeReference}).Func() }

// Func is the name of the function that writes a value of this type.
func (t *typeRef) Func() string { return "plain" + t.UniquenessKey() }

// ElemFunc is the function for the elements of a list, or what a pointer points to.
func (t *typeRef) ElemFunc() string { return (&typeRef{t.Elem()}).Func() }

// Through is a pointer that says nothing of its own.
func (t *typeRef) Through() bool {
	return t.IsPtrToSlice() || t.IsPtrToIntf() || t.IsPtrToPtr() && t.Marshaler == nil && !t.IsMarshaler
}

// Composite is an object or abstract type.
func (t *typeRef) Composite() bool { return composite(t.TypeReference) }

// Abstract is an interface or union.
func (t *typeRef) Abstract() bool { return t.Composite() && t.Definition.Kind != ast.Object }

// Quick is the Writer's own method for values of this type, "" where the marshaler itself is asked.
func (t *typeRef) Quick() string {
	switch t.Marshaler.FullName() {
	case "github.com/99designs/gqlgen/graphql.MarshalString", "github.com/99designs/gqlgen/graphql.MarshalID",
		"aftersales/graph/scalar.MarshalString", "aftersales/graph/scalar.MarshalID":
		return "String"
	case "github.com/99designs/gqlgen/graphql.MarshalInt", "aftersales/graph/scalar.MarshalInt":
		return "Int"
	case "github.com/99designs/gqlgen/graphql.MarshalBoolean", "aftersales/graph/scalar.MarshalBoolean":
		return "Boolean"
	case "aftersales/graph/scalar.MarshalDateTime":
		return "DateTime"
	}
	return ""
}
