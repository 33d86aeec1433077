package program

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	// What go build puts into the binary is no input of this test by itself: naming it here makes a remembered result end
	// with the product that it was found for.
	_ "aftersales/internal/command"
)

// binary is the built program.
var binary string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "program-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }() // a temporary directory, which harms nobody where it is
	binary = filepath.Join(dir, "aftersales")
	build := exec.Command("go", "build", "-o", binary, "aftersales")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}
