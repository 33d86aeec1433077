package program

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"aftersales/internal/apptest/pgtest"
)

// patience bounds every wait for a process, on a machine that is busy with other tests.
const patience = time.Minute

// settings are environment variables of the program; it inherits none that begin with AFTERSALES_.
type settings map[string]string

const (
	secret = "a secret for tests, thirty-two bytes or more"
	issuer = "test"
)

// configured are the settings of a server on a database of its own.
func configured(databaseURL string) settings {
	return settings{"AFTERSALES_DATABASE_URL": databaseURL, "AFTERSALES_JWT_SECRET": secret, "AFTERSALES_JWT_ISSUER": issuer,
		"AFTERSALES_ADDR": "127.0.0.1:0"}
}

// fresh is the URL of an empty database.
func fresh(t testing.TB, engine string) string {
	t.Helper()
	if engine == "postgres" {
		return pgtest.URL(t)
	}
	return "sqlite://" + filepath.Join(t.TempDir(), "test.db")
}

// onEachEngine runs test with the settings for an empty database of each engine, in parallel.
func onEachEngine(t *testing.T, test func(t *testing.T, s settings)) {
	t.Helper()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			test(t, configured(fresh(t, engine)))
		})
	}
}

func (s settings) with(name, value string) settings {
	out := maps.Clone(s)
	out[name] = value
	return out
}

func (s settings) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, binary, args...)
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "AFTERSALES_") {
			cmd.Env = append(cmd.Env, v)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s)) {
		cmd.Env = append(cmd.Env, name+"="+s[name])
	}
	return cmd
}

// result is what a command that ended by itself left.
type result struct {
	out, err string
	status   int
	// peak is the most memory that was resident, in KiB.
	peak int64
	took time.Duration
}

// run runs a command to its end.
func (s settings) run(t testing.TB, args ...string) result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*patience)
	defer cancel()
	cmd := s.command(ctx, args...)
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	began := time.Now()
	err := cmd.Run()
	if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited {
		t.Fatalf("%v: %v", args, err)
	}
	r := result{out: out.String(), err: errOut.String(), status: cmd.ProcessState.ExitCode(), took: time.Since(began)}
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		r.peak = usage.Maxrss
	}
	return r
}

// must runs a command that has to succeed and returns what it printed.
func (s settings) must(t testing.TB, args ...string) string {
	t.Helper()
	r := s.run(t, args...)
	if r.status != 0 {
		t.Fatalf("%v ended with %d: %s", args, r.status, r.err)
	}
	return r.out
}
