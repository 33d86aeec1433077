//go:build unix

package pgtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// patience bounds each step that waits for the server, on a machine busy with many test binaries.
const patience = time.Minute

// session is this program's use of one server.
type session struct {
	*Server
	run    int64 // tells this program's databases from those of others on the same server
	number atomic.Int64
	alive  *sql.Conn // holds the claim of a run on a server that others share; see join
}

// One server for all tests of a binary: starting one takes a second, a database in it milliseconds.
var open = sync.OnceValues(func() (*session, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if url := os.Getenv(envURL); url != "" {
		return join(ctx, url)
	}
	server, err := Start(ctx, "")
	if err != nil {
		return nil, err
	}
	return &session{Server: server}, nil
})

// URL returns the address (for lib/pq) of a new, empty database that is dropped when the test ends, whoever is still
// connected to it. Without PostgreSQL the test fails; it is never skipped.
func URL(t testing.TB) string {
	t.Helper()
	s := mustOpen(t)
	name := s.nextName()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := s.CreateDatabase(ctx, name); err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	dropAfter(t, s, name)
	return s.URL(name)
}

// Template returns the address (for lib/pq) of a new copy of the database that prepare filled, dropped when the test ends.
// The first call with a name makes the database and runs prepare (the migrations, say) once for the whole binary; later calls
// with that name ignore theirs. prepare must close its connections. Should it fail, so does every test that asks for the name.
func Template(t testing.TB, name string, prepare func(url string) error) string {
	t.Helper()
	s := mustOpen(t)
	original, err := templateNamed(name).prepared(s, prepare)
	if err != nil {
		t.Fatalf("pgtest: template %s: %v", name, err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	fresh := s.nextName()
	if err := s.CopyDatabase(ctx, fresh, original); err != nil {
		t.Fatalf("pgtest: template %s: %v", name, err)
	}
	dropAfter(t, s, fresh)
	return s.URL(fresh)
}

type template struct {
	once     sync.Once
	database string
	err      error
}

var templates struct {
	sync.Mutex
	byName map[string]*template
}

func templateNamed(name string) *template {
	templates.Lock()
	defer templates.Unlock()
	if templates.byName == nil {
		templates.byName = make(map[string]*template)
	}
	if templates.byName[name] == nil {
		templates.byName[name] = &template{}
	}
	return templates.byName[name]
}

func (tpl *template) prepared(s *session, prepare func(url string) error) (string, error) {
	tpl.once.Do(func() {
		tpl.err = errors.New("prepare did not return") // stands if it panics or ends its goroutine
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		name := s.nextName()
		if err := s.CreateDatabase(ctx, name); err != nil {
			tpl.err = err
			return
		}
		if err := prepare(s.URL(name)); err != nil {
			tpl.err = fmt.Errorf("prepare: %w", err)
			return
		}
		// A new bound: preparing may take as long as it takes.
		ctx, cancel = context.WithTimeout(context.Background(), patience)
		defer cancel()
		tpl.database, tpl.err = name, s.seal(ctx, name)
	})
	return tpl.database, tpl.err
}

func mustOpen(t testing.TB) *session {
	t.Helper()
	s, err := open()
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	return s
}

func dropAfter(t testing.TB, s *session, name string) {
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := s.DropDatabase(ctx, name); err != nil {
			t.Errorf("pgtest: %v", err)
		}
	})
}

func (s *session) nextName() string {
	return fmt.Sprintf("%s%d_%d", prefix, s.run, s.number.Add(1))
}
