package program

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// server is a running process of the program.
type server struct {
	t        testing.TB
	cmd      *exec.Cmd
	url      string
	began    time.Time
	out, log *output
	ended    chan struct{} // closed when the process is gone
}

// start starts a server on a free port and returns when it says that it serves. It is killed when the test ends.
func (s settings) start(t testing.TB, args ...string) *server {
	t.Helper()
	srv := s.launch(t, args...)
	srv.awaitServing()
	return srv
}

// launch starts a server and does not wait for it.
func (s settings) launch(t testing.TB, args ...string) *server {
	t.Helper()
	srv := &server{t: t, out: newOutput(), log: newOutput(), ended: make(chan struct{}), began: time.Now()}
	srv.cmd = s.with("AFTERSALES_ADDR", "127.0.0.1:0").with("AFTERSALES_LOG_FORMAT", "json").command(context.Background(), args...)
	srv.cmd.Stdout, srv.cmd.Stderr = srv.out, srv.log
	if err := srv.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = srv.cmd.Wait() // how it ended is in ProcessState
		srv.log.end()
		srv.out.end()
		close(srv.ended)
	}()
	t.Cleanup(srv.kill)
	return srv
}

// awaitServing waits for the log line that says where the server listens.
func (srv *server) awaitServing() {
	srv.t.Helper()
	srv.url = "http://" + srv.awaitLog("serving")["listen"].(string)
}

// awaitLog waits for a log line with this message.
func (srv *server) awaitLog(message string) map[string]any {
	srv.t.Helper()
	var found map[string]any
	ok := srv.log.await(func(line string) bool {
		found = nil
		return json.Unmarshal([]byte(line), &found) == nil && found["msg"] == message
	})
	if !ok {
		srv.t.Fatalf("the server did not log %q:\n%s%s", message, srv.log, srv.out)
	}
	return found
}

// complaints are the log's lines above INFO.
func (srv *server) complaints() []string {
	var all []string
	for line := range strings.Lines(srv.log.String()) {
		var entry struct{ Level string }
		if err := json.Unmarshal([]byte(line), &entry); err != nil || entry.Level != "INFO" {
			all = append(all, line)
		}
	}
	return all
}

// kill ends the process as a power cut would, and waits until it is gone.
func (srv *server) kill() {
	_ = srv.cmd.Process.Kill() // it may be gone already
	<-srv.ended
}

// stop tells the process to end and returns its exit status.
func (srv *server) stop() int {
	srv.t.Helper()
	if err := srv.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		srv.t.Errorf("stop: %v", err)
	}
	return srv.status()
}

// status waits for the process to end by itself and returns its exit status.
func (srv *server) status() int {
	srv.t.Helper()
	select {
	case <-srv.ended:
		return srv.cmd.ProcessState.ExitCode()
	case <-time.After(patience):
		srv.t.Fatalf("the process did not end:\n%s", srv.log)
		return -1
	}
}

// get answers a GET request with status and body.
func (srv *server) get(path string) (int, string) {
	srv.t.Helper()
	resp, err := http.Get(srv.url + path)
	if err != nil {
		srv.t.Fatalf("GET %s: %v", path, err)
	}
	defer resp.Body.Close()
	var body bytes.Buffer
	if _, err := body.ReadFrom(resp.Body); err != nil {
		srv.t.Fatalf("GET %s: %v", path, err)
	}
	return resp.StatusCode, body.String()
}

// output collects what a process writes, line by line, for whoever waits for a line.
type output struct {
	mu      sync.Mutex
	written bytes.Buffer
	changed chan struct{} // closed and replaced with each write
	over    bool
}

func newOutput() *output { return &output{changed: make(chan struct{})} }

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	close(o.changed)
	o.changed = make(chan struct{})
	return o.written.Write(p)
}

func (o *output) end() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.over = true
	close(o.changed)
	o.changed = make(chan struct{})
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.written.String()
}

// await waits until a whole line satisfies is; false when the process ended, or time went by, without one.
func (o *output) await(is func(line string) bool) bool {
	late := time.After(patience)
	for {
		o.mu.Lock()
		text, over, changed := o.written.String(), o.over, o.changed
		o.mu.Unlock()
		whole := text[:strings.LastIndexByte(text, '\n')+1]
		if slices.ContainsFunc(strings.Split(whole, "\n"), is) {
			return true
		}
		if over {
			return false
		}
		select {
		case <-changed:
		case <-late:
			return false
		}
	}
}

// until looks again and again whether something has come true that no channel tells of.
func until(t testing.TB, what string, holds func() bool) {
	t.Helper()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for late := time.Now().Add(patience); !holds(); <-again.C {
		if time.Now().After(late) {
			t.Fatalf("waited in vain until %s", what)
		}
	}
}
