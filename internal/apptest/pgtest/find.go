//go:build unix

package pgtest

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

const (
	envURL = "AFTERSALES_TEST_POSTGRES_URL"
	envBin = "AFTERSALES_TEST_POSTGRES_BIN"
)

// ErrNotInstalled is what Find returns; its text is the one line that tells a reader what to do.
var ErrNotInstalled = errors.New("PostgreSQL is not installed: install Debian's package postgresql (or any PostgreSQL 13 or newer), " +
	"or set " + envURL + " to a running server or " + envBin + " to the directory of initdb")

// commonPlaces are where packages put the server's programs without a link on PATH.
var commonPlaces = []string{
	"/usr/lib/postgresql/*/bin",          // Debian, Ubuntu
	"/usr/pgsql-*/bin",                   // the PostgreSQL project's packages for Red Hat and SUSE
	"/usr/libexec/postgresql*",           // Alpine
	"/opt/homebrew/opt/postgresql@*/bin", // Homebrew on Apple silicon
	"/usr/local/opt/postgresql@*/bin",    // Homebrew on Intel
	"/usr/local/pgsql/bin",               // built from source
}

// Find returns the directory that holds initdb and postgres: the one AFTERSALES_TEST_POSTGRES_BIN names and no other when it
// is set, else the one on PATH, else the newest version in the places where packages put them. The error is ErrNotInstalled.
func Find() (string, error) {
	if dir := os.Getenv(envBin); dir != "" {
		return firstServer([]string{dir})
	}
	var dirs []string
	if path, err := exec.LookPath("initdb"); err == nil {
		// A link on PATH names initdb alone; postgres stands beside its target.
		if target, err := filepath.EvalSymlinks(path); err == nil {
			dirs = append(dirs, filepath.Dir(target))
		}
	}
	for _, pattern := range commonPlaces {
		found, _ := filepath.Glob(pattern) // the only error is a malformed pattern, and these are constants
		slices.SortFunc(found, func(a, b string) int { return versionIn(b) - versionIn(a) })
		dirs = append(dirs, found...)
	}
	return firstServer(dirs)
}

func firstServer(dirs []string) (string, error) {
	for _, dir := range dirs {
		if executable(filepath.Join(dir, "initdb")) && executable(filepath.Join(dir, "postgres")) {
			return dir, nil
		}
	}
	return "", ErrNotInstalled
}

func executable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}

// versionIn reads the major version out of a directory name such as /usr/lib/postgresql/15/bin; 0 when there is none.
func versionIn(dir string) int {
	digits := strings.FieldsFunc(dir, func(r rune) bool { return r < '0' || r > '9' })
	if len(digits) == 0 {
		return 0
	}
	n, _ := strconv.Atoi(digits[len(digits)-1]) // out of range sorts last, which is right for nonsense
	return n
}
