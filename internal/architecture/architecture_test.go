package architecture

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
)

const module = "aftersales"

// root is the repository's from here: tests run in their package's directory.
const root = "../.."

// pkg is what `go list` says of one package of this module, tests left out.
type pkg struct {
	ImportPath string
	Imports    []string
	Deps       []string
}

// path is the import path within the module; "." is the program itself.
func (p pkg) path() string {
	if p.ImportPath == module {
		return "."
	}
	return strings.TrimPrefix(p.ImportPath, module+"/")
}

var packages = sync.OnceValues(func() ([]pkg, error) {
	// -e, because a package that somebody is in the middle of writing is the compiler's business.
	list := exec.Command("go", "list", "-e", "-json=ImportPath,Imports,Deps", "./...")
	list.Dir = root
	out, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	var all []pkg
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, fmt.Errorf("read go list: %w", err)
		}
		all = append(all, p)
	}
})

// layers go from what knows nothing to what knows everything. A package imports from its own layer and from those before it,
// never from one after it. A directory stands for all below it. What is not named is a capability.
var layers = []struct {
	name string
	dirs []string
}{
	{"pure rules", pure},
	{"foundation", []string{"internal/auth", "internal/blob", "internal/clock", "internal/config", "internal/id", "internal/telemetry"}},
	{"generated entities", []string{"ent"}},
	{"store", []string{"internal/store", "migrations"}},
	{"casework", []string{"internal/casework"}},
	{"capabilities", nil},
	{"graph", []string{"graph"}},
	{"transport", []string{"internal/httpapi", "internal/console"}},
	{"wiring", []string{"internal/app"}},
	{"demo", []string{"internal/demo"}},
	{"program", []string{"internal/command", "."}},
}

const capabilities = 5 // index in layers

// pure packages compute and know no input, output, clock or storage.
var pure = []string{"internal/lang", "internal/problem", "internal/calendar", "internal/deadline", "internal/money", "internal/lifecycle", "internal/plan"}

// workshop is what builds and tests the product. It may import anything, and the product may import none of it.
var workshop = []string{"internal/apptest", "internal/architecture", "internal/bench", "internal/gate", "internal/graphgen", "internal/migrationdiff", "internal/tools"}

// within reports whether path is one of dirs or lies below one.
func within(path string, dirs []string) bool {
	return slices.ContainsFunc(dirs, func(dir string) bool { return path == dir || strings.HasPrefix(path, dir+"/") })
}

// importsAny reports whether an import path is one of modules or lies below one.
func importsAny(path string, modules ...string) bool { return within(path, modules) }

func layerOf(path string) int {
	for i, layer := range layers {
		if within(path, layer.dirs) {
			return i
		}
	}
	return capabilities
}

// violations says, one line for each wrong import, what is wrong and by which rule.
func violations(p pkg) (wrong []string) {
	path := p.path()
	if within(path, workshop) {
		return nil
	}
	refuse := func(imported, rule string) {
		wrong = append(wrong, fmt.Sprintf("%s imports %s: %s", p.ImportPath, imported, rule))
	}
	for _, imported := range p.Imports {
		inner, ours := strings.CutPrefix(imported, module+"/")
		if ours {
			from, to := layerOf(path), layerOf(inner)
			switch {
			case within(inner, workshop):
				refuse(imported, "the product does not import what builds and tests it")
			case within(path, []string{"ent/schema"}) && !within(inner, pure) && !within(inner, []string{"ent/schema", "internal/id"}):
				refuse(imported, "ent/schema describes tables and knows pure packages and ids only")
			case from < to:
				refuse(imported, fmt.Sprintf("%s (%s) come before %s (%s); imports go the other way", path, layers[from].name, inner, layers[to].name))
			}
			continue
		}
		for _, rule := range outsideRules {
			if rule.covers(imported) && !within(path, rule.allowed) {
				refuse(imported, rule.why)
			}
		}
		if within(path, pure) {
			if why := impure(imported); why != "" {
				refuse(imported, why)
			}
		}
	}
	return wrong
}

// outsideRules say who alone may know a package that is not ours.
var outsideRules = []struct {
	covers  func(string) bool
	allowed []string
	why     string
}{
	{
		func(path string) bool {
			return importsAny(path, "github.com/99designs/gqlgen", "github.com/vektah/gqlparser/v2")
		},
		[]string{"graph", "internal/httpapi", "."},
		"nothing below graph knows GraphQL",
	},
	{
		func(path string) bool {
			return importsAny(path, "database/sql", "github.com/lib/pq", "modernc.org/sqlite", "github.com/pressly/goose/v3")
		},
		[]string{"ent", "internal/store"},
		"the database is opened, and SQL written, in internal/store alone, because the tenant guard does not see SQL",
	},
	{
		func(path string) bool { return importsAny(path, "testing", "pgregory.net/rapid") },
		nil,
		"tests' packages belong in _test.go files",
	},
}

// pureModules are the modules a pure package may use: they compute, and read nothing but their arguments.
var pureModules = []string{"golang.org/x/text", "github.com/rickar/cal/v2", "github.com/govalues/decimal", "github.com/bojanz/currency", "github.com/cockroachdb/apd/v3"}

// impureStandard are the packages of the standard library that reach outside the process or are not determined by arguments.
var impureStandard = []string{
	"database", "log", "net/http", "net/smtp", "net/rpc", "os", "syscall", "io/ioutil", "plugin",
	"crypto/rand", "math/rand", "context", "runtime",
}

func impure(imported string) string {
	standard := !strings.Contains(strings.SplitN(imported, "/", 2)[0], ".")
	switch {
	case standard && (imported == "net" || importsAny(imported, impureStandard...)):
		return "a pure package knows no input, output, chance or storage; hand it what it needs as arguments"
	case !standard && !importsAny(imported, pureModules...):
		return "a pure package uses the standard library and the modules listed as pureModules"
	}
	return ""
}

func TestImportsGoOneWay(t *testing.T) {
	t.Parallel()
	all, err := packages()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 5 {
		t.Fatalf("go list found %d packages: this test looks in the wrong place", len(all))
	}
	for _, p := range all {
		for _, wrong := range violations(p) {
			t.Error(wrong)
		}
	}
}

// The rules themselves, on imports that do not exist, so that a rule which catches nothing is noticed.
func TestRulesCatchWhatTheyAreFor(t *testing.T) {
	t.Parallel()
	cases := []struct{ from, to, want string }{
		{"internal/deadline", module + "/ent", "imports go the other way"},
		{"internal/money", "database/sql", "no input, output"},
		{"internal/calendar", "net/http", "no input, output"},
		{"internal/plan", "github.com/google/uuid", "pureModules"},
		{"internal/lifecycle", module + "/internal/store", "imports go the other way"},
		{"ent/schema", module + "/internal/auth", "ent/schema describes tables"},
		{"internal/store", module + "/internal/returns", "imports go the other way"},
		{"internal/returns", module + "/graph/model", "imports go the other way"},
		{"internal/returns", "github.com/vektah/gqlparser/v2/ast", "knows GraphQL"},
		{"internal/casework", "github.com/lib/pq", "internal/store alone"},
		{"graph", module + "/internal/httpapi", "imports go the other way"},
		{"graph", "database/sql", "internal/store alone"},
		{"internal/jobs", module + "/internal/apptest/pgtest", "builds and tests it"},
		{".", "testing", "_test.go"},
		{"internal/auth", module + "/internal/casework", "imports go the other way"},
	}
	for _, c := range cases {
		got := violations(pkg{ImportPath: strings.TrimSuffix(module+"/"+c.from, "/."), Imports: []string{c.to}})
		if len(got) == 0 || !strings.Contains(strings.Join(got, "\n"), c.want) {
			t.Errorf("%s imports %s: violations %q, want one with %q", c.from, c.to, got, c.want)
		}
	}
	allowed := []struct{ from, to string }{
		{"internal/deadline", module + "/internal/calendar"},
		{"internal/calendar", "github.com/rickar/cal/v2/de"},
		{"internal/plan", "embed"},
		{"ent/schema", module + "/internal/lifecycle"},
		{"internal/returns", module + "/internal/repairs"},
		{"internal/webhook", "net/http"},
		{"graph", "github.com/99designs/gqlgen/graphql"},
		{".", module + "/internal/httpapi"},
		{"internal/apptest/pgtest", "database/sql"},
	}
	for _, c := range allowed {
		if got := violations(pkg{ImportPath: strings.TrimSuffix(module+"/"+c.from, "/."), Imports: []string{c.to}}); len(got) > 0 {
			t.Errorf("%s may import %s, but: %q", c.from, c.to, got)
		}
	}
}

// What the server links must be free of the workshop however far the way: a test server has no business in production.
func TestTheServerLinksNoWorkshop(t *testing.T) {
	t.Parallel()
	all, err := packages()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		if p.path() != "." {
			continue
		}
		for _, dep := range p.Deps {
			if inner, ours := strings.CutPrefix(dep, module+"/"); dep == "testing" || ours && within(inner, workshop) {
				t.Errorf("the server links %s", dep)
			}
		}
	}
}
