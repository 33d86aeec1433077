//go:build unix

package pgtest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

const (
	superuser  = "postgres"
	socketPort = "5432"
)

// keeper runs the server and outlives nothing: its standard input is a pipe whose other end this program holds, so that read
// returns when Stop closes it and equally when the program crashes or is killed. PostgreSQL's children then go too (QUIT is
// its immediate shutdown), and the directory is removed. It lets go of the log, so that the log ends with postgres.
const keeper = `
home=$1; shift
"$@" &
server=$!
exec >/dev/null 2>&1
read -r _
kill -QUIT "$server"
wait "$server"
rm -rf "$home"
`

// settings trade every safety for speed: the data is worth nothing the moment the program ends.
var settings = []string{
	"listen_addresses=", "max_connections=200", "fsync=off", "synchronous_commit=off", "full_page_writes=off",
	"shared_buffers=64MB", "timezone=UTC", "log_timezone=UTC", "log_min_messages=log", "logging_collector=off",
}

// credential is the OS user a server runs as; nil means the one who asks.
type credential struct{ uid, gid uint32 }

// serverUser picks who runs the server, because PostgreSQL refuses to run as root.
func serverUser() (*credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		found, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(found.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(found.Gid, 10, 32)
		if err1 == nil && err2 == nil {
			return &credential{uint32(uid), uint32(gid)}, nil
		}
	}
	return nil, errors.New("PostgreSQL does not run as root, and there is no user postgres or nobody to run it as")
}

// reachable reports whether the server's user can get to dir. For root starting a server as somebody else only what everybody
// may do counts; for anybody else it is the same user.
func reachable(dir string, owner *credential) bool {
	if owner == nil {
		return true
	}
	for ; ; dir = filepath.Dir(dir) {
		if info, err := os.Stat(dir); err != nil || info.Mode()&0o001 == 0 {
			return false
		}
		if dir == filepath.Dir(dir) {
			return true
		}
	}
}

// process is a running server with its keeper.
type process struct {
	home   string
	keeper *exec.Cmd
	hold   io.Closer // the pipe that keeps the server alive
	log    *os.File
}

// launch makes the data directory, starts the server and waits until it says that it is ready.
func launch(ctx context.Context, bin, home string, owner *credential) (*process, error) {
	data := filepath.Join(home, "data")
	initdb := exec.CommandContext(ctx, filepath.Join(bin, "initdb"), "-D", data, "-U", superuser,
		"--no-sync", "--locale=C.UTF-8", "--encoding=UTF8", "--auth=trust")
	as(initdb, home, owner)
	if out, err := initdb.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w: %s", errors.Join(err, ctx.Err()), lastLines(string(out)))
	}

	args := []string{"-c", keeper, "keeper", home, filepath.Join(bin, "postgres"), "-D", data, "-p", socketPort, "-k", home}
	for _, setting := range settings {
		args = append(args, "-c", setting)
	}
	p := &process{home: home, keeper: exec.Command("/bin/sh", args...)} //nolint:noctx // ctx bounds the start, not the server's life
	as(p.keeper, home, owner)
	p.keeper.SysProcAttr.Setpgid = true // an interrupt typed at the terminal is for the program alone; the keeper follows it
	hold, err := p.keeper.StdinPipe()
	if err != nil {
		return nil, err
	}
	p.hold = hold
	log, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	p.log, p.keeper.Stdout, p.keeper.Stderr = log, write, write
	err = p.keeper.Start()
	if err := errors.Join(err, write.Close()); err != nil {
		return nil, errors.Join(fmt.Errorf("start the test server: %w", err), log.Close())
	}
	if err := p.awaitReady(ctx); err != nil {
		return nil, errors.Join(err, p.end())
	}
	return p, nil
}

// as makes cmd run as owner, in a directory it can read, and deaf to the caller's PG… and locale variables.
func as(cmd *exec.Cmd, dir string, owner *credential) {
	cmd.Dir = dir
	cmd.Env = []string{"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C"}
	cmd.SysProcAttr = &syscall.SysProcAttr{}
	if owner != nil {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: owner.uid, Gid: owner.gid}
	}
}

// awaitReady reads the server's log up to the line that says it accepts connections, and leaves a reader behind so that the
// server never blocks on a full pipe.
func (p *process) awaitReady(ctx context.Context) error {
	ready := make(chan error, 1)
	go func() {
		var seen []string
		lines := bufio.NewScanner(p.log)
		for lines.Scan() {
			if strings.Contains(lines.Text(), "database system is ready to accept connections") {
				ready <- nil
				_, _ = io.Copy(io.Discard, p.log) // ends with the server; what it says from now on reaches clients as errors
				return
			}
			seen = append(seen, lines.Text())
		}
		ready <- fmt.Errorf("the test server ended before it was ready: %s", lastLines(strings.Join(seen, "\n")))
	}()
	select {
	case err := <-ready:
		return err
	case <-ctx.Done():
		return fmt.Errorf("the test server was not ready in time: %w", ctx.Err())
	}
}

// end stops the server, waits until it is gone and removes its directory.
func (p *process) end() error {
	_ = p.hold.Close() // Wait closes it too
	// The keeper's own exit status tells only how postgres took the signal.
	if err := p.keeper.Wait(); err != nil {
		if _, exited := errors.AsType[*exec.ExitError](err); !exited {
			return err
		}
	}
	// Again as this user: the server's own may not remove an entry of a directory that is not its.
	return errors.Join(p.log.Close(), os.RemoveAll(p.home))
}

func lastLines(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(slices.Clip(lines[max(0, len(lines)-8):]), " / ")
}
