//go:build unix

package pgtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"

	"github.com/lib/pq"
)

// Server is a PostgreSQL server whose databases may be made and thrown away. Its methods may be used concurrently.
type Server struct {
	base    *url.URL // of the maintenance database
	admin   *sql.DB
	version int // as server_version_num: 150018 is 15.18
	proc    *process
	stop    sync.Once
	stopErr error
}

// Start makes a new server in a new directory below dir and returns when it accepts connections. Without dir it is in memory,
// because making a database is writing hundreds of files; where TMPDIR is set or memory has no room, in the system's directory
// for temporary files. The context bounds the start alone. The server runs until Stop or until this program is gone.
// As root it runs as the user postgres or nobody, who must be able to reach dir. The error is ErrNotInstalled where there is
// no PostgreSQL; any other carries the last lines the server wrote.
func Start(ctx context.Context, dir string) (*Server, error) {
	bin, err := Find()
	if err != nil {
		return nil, err
	}
	owner, err := serverUser()
	if err != nil {
		return nil, err
	}
	home, err := makeHome(dir, owner)
	if err != nil {
		return nil, err
	}
	proc, err := launch(ctx, bin, home, owner)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(home))
	}
	// The port only names the socket's file; it is spelled out so that PGPORT cannot change it.
	query := url.Values{"host": {home}, "port": {socketPort}, "user": {superuser}, "sslmode": {"disable"}}
	s, err := connect(ctx, &url.URL{Scheme: "postgres", Path: "/postgres", RawQuery: query.Encode()})
	if err != nil {
		return nil, errors.Join(err, proc.end())
	}
	s.proc = proc
	return s, nil
}

// connect makes a Server of one that already runs.
func connect(ctx context.Context, base *url.URL) (*Server, error) {
	connector, err := pq.NewConnector(base.String())
	if err != nil {
		return nil, fmt.Errorf("the URL of the test server: %w", err)
	}
	s := &Server{base: base, admin: sql.OpenDB(connector)}
	s.admin.SetMaxOpenConns(4)
	if err := s.admin.QueryRowContext(ctx, "SELECT current_setting('server_version_num')::int").Scan(&s.version); err != nil {
		return nil, errors.Join(fmt.Errorf("ask the test server its version: %w", err), s.admin.Close())
	}
	if s.version < 130000 {
		return nil, errors.Join(fmt.Errorf("the test server is PostgreSQL %d; 13 is the oldest that can drop a database in use", s.version/10000), s.admin.Close())
	}
	return s, nil
}

// URL returns the address of the database db on this server, for lib/pq. It does not ask whether the database exists.
func (s *Server) URL(db string) string {
	u := *s.base
	u.Path = "/" + db
	u.RawPath = ""
	return u.String()
}

// CreateDatabase makes an empty database.
func (s *Server) CreateDatabase(ctx context.Context, name string) error {
	// template0 because nothing can be connected to it: template1 refuses a copy while anybody looks at it.
	return s.exec(ctx, "CREATE DATABASE "+pq.QuoteIdentifier(name)+" TEMPLATE template0"+s.fileCopy())
}

// CopyDatabase makes the database name as a copy of template, to which nobody may be connected.
func (s *Server) CopyDatabase(ctx context.Context, name, template string) error {
	return s.exec(ctx, "CREATE DATABASE "+pq.QuoteIdentifier(name)+" TEMPLATE "+pq.QuoteIdentifier(template)+s.fileCopy())
}

// DropDatabase removes a database and throws out whoever is connected; one that does not exist is no error.
func (s *Server) DropDatabase(ctx context.Context, name string) error {
	return s.exec(ctx, "DROP DATABASE IF EXISTS "+pq.QuoteIdentifier(name)+" WITH (FORCE)")
}

// seal keeps everybody out of a template, so that a forgotten connection can never block a copy of it.
func (s *Server) seal(ctx context.Context, name string) error {
	return s.exec(ctx, "ALTER DATABASE "+pq.QuoteIdentifier(name)+" WITH ALLOW_CONNECTIONS false")
}

// fileCopy avoids the default of PostgreSQL 15 and newer, which writes every page of a copy to the log: slower without fsync.
func (s *Server) fileCopy() string {
	if s.version >= 150000 {
		return " STRATEGY FILE_COPY"
	}
	return ""
}

func (s *Server) exec(ctx context.Context, statement string) error {
	if _, err := s.admin.ExecContext(ctx, statement); err != nil {
		return fmt.Errorf("%s: %w", statement, err)
	}
	return nil
}

// Stop ends the server and removes everything it wrote; a server that Start did not make is only disconnected from. It may be
// called more than once.
func (s *Server) Stop() error {
	s.stop.Do(func() {
		s.stopErr = s.admin.Close()
		if s.proc != nil {
			s.stopErr = errors.Join(s.stopErr, s.proc.end())
		}
	})
	return s.stopErr
}

// makeHome makes the directory of one server: its data, and the socket beside it.
func makeHome(parent string, owner *credential) (string, error) {
	if parent == "" {
		if os.Getenv("TMPDIR") == "" {
			if dir := memory(); dir != "" && reachable(dir, owner) {
				if home, err := makeHome(dir, owner); err == nil {
					return home, nil
				}
			}
		}
		if parent = os.TempDir(); !reachable(parent, owner) {
			parent = "/tmp" // TMPDIR below root's own home, say
		}
	}
	parent, err := filepath.Abs(parent)
	if err != nil {
		return "", err
	}
	if !reachable(parent, owner) {
		return "", fmt.Errorf("%s: the user that runs the test server cannot reach this directory", parent)
	}
	home, err := os.MkdirTemp(parent, "pgtest-")
	if err != nil {
		return "", fmt.Errorf("make a directory for the test server: %w", err)
	}
	if n := len(filepath.Join(home, ".s.PGSQL."+socketPort)); n > 100 {
		return "", errors.Join(fmt.Errorf("%s: %d bytes are too many for a unix socket's address", home, n), os.Remove(home))
	}
	if owner != nil {
		if err := os.Chown(home, int(owner.uid), int(owner.gid)); err != nil {
			return "", errors.Join(fmt.Errorf("hand the test server its directory: %w", err), os.Remove(home))
		}
	}
	return home, nil
}
