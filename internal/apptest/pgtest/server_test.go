//go:build unix

package pgtest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lib/pq"
)

// asProgram makes this test binary start a server and wait to be killed; see TestServerEndsWithItsProgram.
const asProgram = "PGTEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if dir := os.Getenv(asProgram); dir != "" {
		s, err := Start(context.Background(), dir)
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println(s.URL("postgres"))
		select {}
	}
	os.Exit(m.Run())
}

// openDir is a directory that the server's user can reach and write to, whoever runs the test.
func openDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, d := range []string{dir, filepath.Dir(dir)} { // the second is the test's own, closed to others
		if err := os.Chmod(d, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func entries(t *testing.T, dir string) []string {
	t.Helper()
	found, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range found {
		names = append(names, e.Name())
	}
	return names
}

func TestStartAndStop(t *testing.T) {
	t.Parallel()
	dir := openDir(t)
	s, err := Start(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.CreateDatabase(t.Context(), `odd "name"`); err != nil {
		t.Error(err)
	}
	db := connectTo(t, s.URL(`odd "name"`))
	if got := ask[string](t, db, "SELECT current_database()"); got != `odd "name"` {
		t.Errorf("connected to %q", got)
	}
	if got := ask[string](t, db, "SHOW listen_addresses"); got != "" {
		t.Errorf("the server listens on %q, want on no network address", got)
	}
	if got := ask[int](t, db, "SELECT current_setting('max_connections')::int"); got != 200 {
		t.Errorf("max_connections %d, want 200", got)
	}
	if err := s.Stop(); err != nil {
		t.Errorf("stop: %v", err)
	}
	if err := s.Stop(); err != nil {
		t.Errorf("stop again: %v", err)
	}
	if err := db.PingContext(t.Context()); err == nil {
		t.Error("the server still answers")
	}
	if left := entries(t, dir); left != nil {
		t.Errorf("left behind: %v", left)
	}
}

func TestServerEndsWithItsProgram(t *testing.T) {
	t.Parallel()
	dir := openDir(t)
	program := exec.CommandContext(t.Context(), os.Args[0])
	program.Env = append(os.Environ(), asProgram+"="+dir)
	out, err := program.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "postgres://") {
		t.Fatalf("the program said %q, %v", line, err)
	}
	db := connectTo(t, strings.TrimSpace(line))
	if err := db.PingContext(t.Context()); err != nil {
		t.Fatal(err)
	}

	cut := make(chan error, 1)
	go func() {
		_, err := db.ExecContext(t.Context(), "SELECT pg_sleep(120)")
		cut <- err
	}()
	if err := program.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = program.Wait() // says only that it was killed
	if err := <-cut; err == nil {
		t.Error("the server outlived its program")
	}
	// The keeper is nobody's child now: looking at what it removes is the only way to see it done.
	deadline := time.After(20 * time.Second)
	for tick := time.Tick(20 * time.Millisecond); len(entries(t, dir)) > 0; {
		select {
		case <-tick:
		case <-deadline:
			t.Fatalf("left behind: %v", entries(t, dir))
		}
	}
}

func TestStartRefusesADirectoryItsUserCannotReach(t *testing.T) {
	t.Parallel()
	dir := openDir(t)
	if err := os.Chmod(filepath.Dir(dir), 0o700); err != nil {
		t.Fatal(err)
	}
	s, err := Start(t.Context(), dir)
	if os.Geteuid() != 0 { // the server runs as the one who asks
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
		return
	}
	if err == nil || !strings.Contains(err.Error(), "cannot reach") {
		t.Errorf("error %v, want one that says who cannot reach what", err)
	}
	if left := entries(t, dir); left != nil {
		t.Errorf("left behind: %v", left)
	}
}

func TestStartGivesUpInTime(t *testing.T) {
	t.Parallel()
	dir := openDir(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Start(ctx, dir); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want %v", err, context.Canceled)
	}
	if left := entries(t, dir); left != nil {
		t.Errorf("left behind: %v", left)
	}
}

// The programs of a broken installation, as shell scripts.
func fakeInstallation(t *testing.T, initdb, postgres string) {
	t.Helper()
	bin := openDir(t)
	for name, script := range map[string]string{"initdb": initdb, "postgres": postgres} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv(envBin, bin)
}

func TestStartTellsWhatTheServerSaid(t *testing.T) {
	cases := []struct{ name, initdb, postgres, want string }{
		{"initdb fails", "echo no space left >&2; exit 1", "", "initdb: exit status 1: no space left"},
		{"postgres fails", "", "echo could not map shared memory >&2; exit 1", "ended before it was ready: could not map shared memory"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			dir := openDir(t)
			fakeInstallation(t, c.initdb, c.postgres)
			_, err := Start(t.Context(), dir)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
			if left := entries(t, dir); left != nil {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

func TestStartRefusesADirectoryTooDeepForASocket(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(openDir(t), strings.Repeat("d", 100))
	if err := os.Mkdir(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if _, err := Start(t.Context(), dir); err == nil || !strings.Contains(err.Error(), "unix socket") {
		t.Errorf("error %v, want one about the socket's address", err)
	}
	if left := entries(t, dir); left != nil {
		t.Errorf("left behind: %v", left)
	}
}

func TestFindNamesWhatToInstall(t *testing.T) {
	t.Setenv(envBin, t.TempDir())
	_, err := Find()
	if !errors.Is(err, ErrNotInstalled) {
		t.Fatalf("error %v, want %v", err, ErrNotInstalled)
	}
	if text := err.Error(); !strings.Contains(text, "postgresql") || strings.Contains(text, "\n") {
		t.Errorf("%q must name the package, in one line", text)
	}
}

func TestVersionIn(t *testing.T) {
	t.Parallel()
	for dir, want := range map[string]int{
		"/usr/lib/postgresql/9/bin": 9, "/usr/lib/postgresql/17/bin": 17, "/usr/pgsql-16/bin": 16, "/usr/local/pgsql/bin": 0,
	} {
		if got := versionIn(dir); got != want {
			t.Errorf("versionIn(%s) = %d, want %d", dir, got, want)
		}
	}
}

func TestFileCopyOnlyWhereItIsKnown(t *testing.T) {
	t.Parallel()
	for version, want := range map[int]string{140011: "", 150000: " STRATEGY FILE_COPY", 180001: " STRATEGY FILE_COPY"} {
		if got := (&Server{version: version}).fileCopy(); got != want {
			t.Errorf("PostgreSQL %d: %q, want %q", version, got, want)
		}
	}
}

func TestJoinSweepsUpAfterDeadRunsOnly(t *testing.T) {
	t.Parallel()
	host, err := Start(t.Context(), openDir(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = host.Stop() })
	living, err := join(t.Context(), host.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = living.leave() })
	inUse := living.nextName()
	for _, name := range []string{inUse, prefix + "77_1", prefix + "77_2", prefix + "notes", "production"} {
		if err := host.CreateDatabase(t.Context(), name); err != nil {
			t.Fatal(err)
		}
	}

	newcomer, err := join(t.Context(), host.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = newcomer.leave() })
	for name, want := range map[string]bool{
		inUse: true, prefix + "77_1": false, prefix + "77_2": false, prefix + "notes": true, "production": true,
	} {
		if got := exists(t, host, name); got != want {
			t.Errorf("database %s exists: %t, want %t", name, got, want)
		}
	}
	if living.run == newcomer.run {
		t.Error("two runs have one number")
	}
}

func TestJoinRefusesWhatIsNoServer(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"sqlite://file", "postgres://%zz", "host=/tmp user=secret"} {
		_, err := join(t.Context(), address)
		if err == nil || !strings.Contains(err.Error(), envURL) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: error %v, want one that names %s and quotes nothing", address, err, envURL)
		}
	}
	empty := "postgres:///postgres?sslmode=disable&host=" + t.TempDir()
	if _, err := join(t.Context(), empty); err == nil || !strings.Contains(err.Error(), envURL) {
		t.Errorf("error %v, want one that names %s", err, envURL)
	}
}

func TestNamesAreShortEnough(t *testing.T) {
	t.Parallel()
	s := &session{run: 1<<63 - 1}
	s.number.Store(1e9)
	// PostgreSQL cuts a name at 63 bytes without an error: two names could become one.
	if name := s.nextName(); len(name) > 63 || pq.QuoteIdentifier(name) != `"`+name+`"` {
		t.Errorf("name %s", name)
	}
}
