package architecture

import (
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write internal/docs/not_yet.txt anew")

const (
	catalogueFile = root + "/internal/docs/requirements.md"
	notYetFile    = root + "/internal/docs/not_yet.txt"
)

const notYetHeading = `# Enforceable clauses (mark E in requirements.md) that no test names yet: what is still to be built, one id a line, sorted.
# A test (internal/architecture) holds the list exact: a clause stands here only while no test names it. The list shrinks: a
# line added in a change means that a proof was taken away. Written by: go test ./internal/architecture -run Clause -update
`

var (
	mention      = regexp.MustCompile(`\b(?:MALL|SLA-A|SLA-B|COURIER|PLEDGE|KPI)-\d[0-9A-Za-z.]*`)
	clauseID     = regexp.MustCompile(`^[A-Z]+(?:-[AB])?-\d+(?:\.\d+)*[a-z]?$`)
	catalogueRow = regexp.MustCompile(`^\| \*\*([^*]+)\*\* \|.*\| ([ERO])(?::[^|]*)? \|$`)
)

// clausesIn lists the clause ids that a text names, each as a whole word; the full stop of a sentence is not part of one.
func clausesIn(text string) (ids []string) {
	for _, word := range mention.FindAllString(text, -1) {
		if word = strings.TrimRight(word, "."); clauseID.MatchString(word) {
			ids = append(ids, word)
		}
	}
	return ids
}

// readCatalogue returns the mark of every clause by its id: E enforceable, R recordable, O outside.
func readCatalogue(text string) (map[string]string, error) {
	marks := make(map[string]string)
	for i, line := range strings.Split(text, "\n") {
		if !strings.HasPrefix(line, "| **") {
			continue
		}
		row := catalogueRow.FindStringSubmatch(line)
		if row == nil || !clauseID.MatchString(row[1]) {
			return nil, fmt.Errorf("line %d is no row of the catalogue: %.60s", i+1, line)
		}
		if marks[row[1]] != "" {
			return nil, fmt.Errorf("line %d: %s stands twice", i+1, row[1])
		}
		marks[row[1]] = row[2]
	}
	return marks, nil
}

// clausesNamedByTests returns, for every id that a test file or a test's data names, one such file.
func clausesNamedByTests() (map[string]string, error) {
	named := make(map[string]string)
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			// This package's own tests prove nothing about a clause.
			if name := entry.Name(); strings.HasPrefix(name, ".") && name != ".." || filepath.Base(path) == "architecture" {
				return filepath.SkipDir
			}
			return nil
		}
		slashed := filepath.ToSlash(path)
		if !strings.HasSuffix(slashed, "_test.go") && !strings.Contains(slashed, "/testdata/") {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, id := range clausesIn(string(text)) {
			if named[id] == "" {
				named[id] = strings.TrimPrefix(slashed, root+"/")
			}
		}
		return nil
	})
	return named, err
}

// coverage compares the catalogue, what tests name, and the list of what is not there yet; one line for each mistake.
func coverage(marks, named map[string]string, notYet []string) (wrong []string) {
	for id, file := range named {
		if !known(marks, id) {
			wrong = append(wrong, fmt.Sprintf("%s names %s, which the catalogue does not have", file, id))
		}
	}
	for i, id := range notYet {
		switch {
		case marks[id] != "E":
			wrong = append(wrong, fmt.Sprintf("not_yet.txt has %s, which is no enforceable clause", id))
		case named[id] != "":
			wrong = append(wrong, fmt.Sprintf("not_yet.txt has %s, but %s names it: take it off the list", id, named[id]))
		}
		if i > 0 && notYet[i-1] >= id {
			wrong = append(wrong, fmt.Sprintf("not_yet.txt is not sorted: %s before %s", notYet[i-1], id))
		}
	}
	for id, mark := range marks {
		if mark == "E" && named[id] == "" && !slices.Contains(notYet, id) {
			wrong = append(wrong, fmt.Sprintf("no test names %s, and not_yet.txt does not have it: write the test", id))
		}
	}
	slices.Sort(wrong)
	return wrong
}

// TestClausesAreNamedByTests holds the promise that every enforceable clause has a test, with the list of those still owed.
func TestClausesAreNamedByTests(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(catalogueFile)
	if err != nil {
		t.Fatal(err)
	}
	marks, err := readCatalogue(string(text))
	if err != nil {
		t.Fatal(err)
	}
	// The catalogue's own count: ids are stable and only ever added.
	enforceable := 0
	for _, mark := range marks {
		if mark == "E" {
			enforceable++
		}
	}
	if len(marks) < 276 || enforceable < 228 {
		t.Errorf("read %d clauses, %d of them enforceable; there are at least 276 and 228", len(marks), enforceable)
	}
	named, err := clausesNamedByTests()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(notYetFile, []byte(notYetText(marks, named)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	list, err := os.ReadFile(notYetFile)
	if err != nil {
		t.Fatal(err)
	}
	notYet := readNotYet(string(list))
	for _, wrong := range coverage(marks, named, notYet) {
		t.Error(wrong)
	}
	t.Logf("%d of %d enforceable clauses are named by tests", enforceable-len(notYet), enforceable)
}

// known reports whether id is a clause or the section of one (MALL-4.2 for MALL-4.2a).
func known(marks map[string]string, id string) bool {
	for clause := range marks {
		if strings.HasPrefix(clause, id) {
			return true
		}
	}
	return false
}

func readNotYet(text string) (ids []string) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			ids = append(ids, line)
		}
	}
	return ids
}

func notYetText(marks, named map[string]string) string {
	var ids []string
	for id, mark := range marks {
		if mark == "E" && named[id] == "" {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	text := notYetHeading
	for _, id := range ids {
		text += id + "\n"
	}
	return text
}

func TestClauseCoverageCatches(t *testing.T) {
	t.Parallel()
	marks, err := readCatalogue("# x\n| **MALL-1.1a** | w | e | c | E |\n| **MALL-1.1b** | w | e | c | E |\n| **KPI-2.1** | w | e | c | R |\n| **KPI-2.2** | w | e | c | O: cut off |\n")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		named  []string
		notYet string
		want   string
	}{
		{"all well", []string{"MALL-1.1a"}, notYetHeading + "MALL-1.1b\n", ""},
		{"forgotten", []string{"MALL-1.1a"}, "", "no test names MALL-1.1b"},
		{"done", []string{"MALL-1.1a", "MALL-1.1b"}, "MALL-1.1b\n", "take it off the list"},
		{"unsorted", nil, "MALL-1.1b\nMALL-1.1a\n", "not sorted"},
		{"twice", nil, "MALL-1.1a\nMALL-1.1b\nMALL-1.1b\n", "not sorted"},
		{"recordable", []string{"MALL-1.1a", "MALL-1.1b"}, "KPI-2.1\n", "no enforceable clause"},
		{"a section", []string{"MALL-1.1", "MALL-1.1a", "MALL-1.1b"}, "", ""},
		{"unknown to the catalogue", []string{"MALL-1.1a", "MALL-1.1b", "MALL-9.9"}, "", "does not have"},
	} {
		named := make(map[string]string)
		for _, id := range c.named {
			named[id] = "x_test.go"
		}
		got := strings.Join(coverage(marks, named, readNotYet(c.notYet)), "\n")
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	for _, broken := range []string{"| **MALL-1.1a** | w | X |", "| **MALL-x** | w | E |", "| **KPI-1** | w | E |\n| **KPI-1** | w | E |"} {
		if _, err := readCatalogue(broken); err == nil {
			t.Errorf("%q is taken for a catalogue", broken)
		}
	}
}

func TestClauseIDsAreWholeWords(t *testing.T) {
	t.Parallel()
	text := "// MALL-4.2a. See SLA-A-2.2.5b, KPI-1.2.1d and COURIER-6.0; not XMALL-1.1 nor MALL-1.1ab"
	want := []string{"MALL-4.2a", "SLA-A-2.2.5b", "KPI-1.2.1d", "COURIER-6.0"}
	if got := clausesIn(text); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
