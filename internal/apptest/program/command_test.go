package program

import (
	"slices"
	"strings"
	"testing"

	"aftersales/internal/auth"
)

// Wrong values are refused at start, all at once, by the variable's name and without the value.
func TestWrongConfigurationIsRefusedByName(t *testing.T) {
	t.Parallel()
	for variable, s := range map[string]settings{
		"AFTERSALES_ADDR":             {"AFTERSALES_ADDR": "8080"},
		"AFTERSALES_DATABASE_URL":     {"AFTERSALES_DATABASE_URL": "mysql://hunter2@db/x", "AFTERSALES_JWT_SECRET": secret, "AFTERSALES_JWT_ISSUER": issuer},
		"AFTERSALES_JWT_SECRET":       {"AFTERSALES_JWT_SECRET": "hunter2", "AFTERSALES_JWT_ISSUER": issuer},
		"AFTERSALES_JWT_ISSUER":       {"AFTERSALES_JWT_SECRET": secret},
		"AFTERSALES_JWKS_URL":         {"AFTERSALES_JWKS_URL": "http://hunter2.example/keys", "AFTERSALES_JWT_ISSUER": issuer},
		"AFTERSALES_LOG_LEVEL":        {"AFTERSALES_LOG_LEVEL": "hunter2"},
		"AFTERSALES_SWEEP_INTERVAL":   {"AFTERSALES_SWEEP_INTERVAL": "1ms"},
		"AFTERSALES_DB_MAX_CONNS":     {"AFTERSALES_DB_MAX_CONNS": "one"},
		"AFTERSALES_QUERY_COMPLEXITY": {"AFTERSALES_QUERY_COMPLEXITY": "-1"},
		"AFTERSALES_REQUEST_TIMEOUT":  {"AFTERSALES_REQUEST_TIMEOUT": "30"},
		"AFTERSALES_DATABASE":         {"AFTERSALES_DATABASE": "hunter2"}, // no such variable
	} {
		s["AFTERSALES_DATA_DIR"] = t.TempDir()
		r := s.run(t)
		if r.status != 1 || !strings.Contains(r.err, variable+": ") || strings.Contains(r.err, "hunter2") || r.out != "" {
			t.Errorf("%s: status %d, %s%s", variable, r.status, r.err, r.out)
		}
	}
	r := settings{"AFTERSALES_LOG_LEVEL": "loud", "AFTERSALES_QUERY_DEPTH": "1", "AFTERSALES_DATA_DIR": t.TempDir()}.run(t, "migrate")
	if lines := strings.Count(strings.TrimSpace(r.err), "\n") + 1; r.status != 1 || lines != 2 {
		t.Errorf("two wrong values: status %d, %s", r.status, r.err)
	}
}

func TestCommandLinesThatMakeNoSenseEndWithTwo(t *testing.T) {
	t.Parallel()
	s := settings{"AFTERSALES_DATA_DIR": t.TempDir()}
	for _, args := range [][]string{{"sevre"}, {"serve", "--rest"}, {"serve", "now"}, {"migrate", "up"}, {"import", "--merchant", "demo-mall"}, {"token", "--role"}} {
		r := s.run(t, args...)
		if r.status != 2 || r.err == "" || r.out != "" {
			t.Errorf("%q: status %d, %q %q", args, r.status, r.err, r.out)
		}
	}
	for args, want := range map[string]string{
		"import nothing.csv":                        "--merchant is required",
		"import --merchant x no-such-file":          "no-such-file",
		"token --role KING":                         "--role must be one of",
		"token --role AGENT --merchant a --ttl 10y": "ttl",
	} {
		r := s.run(t, strings.Fields(args)...)
		if r.status == 0 || !strings.Contains(r.err, want) {
			t.Errorf("%q: status %d, %q, want %q", args, r.status, r.err, want)
		}
	}
}

func TestHelpAndVersion(t *testing.T) {
	t.Parallel()
	s := settings{"AFTERSALES_ADDR": "nonsense"} // neither reads the configuration
	help := s.must(t, "help")
	for _, word := range []string{"serve", "migrate", "import", "token", "version", "AFTERSALES_DATABASE_URL", "AFTERSALES_DATA_DIR"} {
		if !strings.Contains(help, word) {
			t.Errorf("help does not mention %s", word)
		}
	}
	if s.must(t, "--help") != help {
		t.Error("--help says something else than help")
	}
	if version := strings.TrimSpace(s.must(t, "version")); version == "" || version == "unknown" {
		t.Errorf("version %q", version)
	}
}

// migrate brings a database to the newest version and is harmless when it is there; --reset never touches a configured one.
func TestMigrate(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, s settings) {
		s.must(t, "migrate")
		versions := rows(t, s, "SELECT version_id FROM goose_db_version ORDER BY id")
		if len(versions) < 2 {
			t.Fatalf("migrations %v", versions)
		}
		s.must(t, "migrate")
		if again := rows(t, s, "SELECT version_id FROM goose_db_version ORDER BY id"); !slices.Equal(again, versions) {
			t.Errorf("migrating again left %v instead of %v", again, versions)
		}
		r := s.run(t, "serve", "--reset")
		if r.status != 1 || !strings.Contains(r.err, "--reset") {
			t.Errorf("--reset on a configured database: status %d, %s", r.status, r.err)
		}
		if again := rows(t, s, "SELECT version_id FROM goose_db_version ORDER BY id"); !slices.Equal(again, versions) {
			t.Errorf("--reset left %v instead of %v", again, versions)
		}
	})
}

// The token command signs with the secret that the server verifies with: the configured one, or that of the data directory.
func TestPrintedTokensAreAccepted(t *testing.T) {
	t.Parallel()
	const who = `{ viewer { role subject } }`
	for name, s := range map[string]settings{"configured": configured(fresh(t, "sqlite")), "embedded": {"AFTERSALES_DATA_DIR": t.TempDir()}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := s.start(t)
			platform := strings.TrimSpace(s.must(t, "token", "--role", "PLATFORM_ADMIN", "--subject", "root"))
			srv.shop(platform, "mall", "2025-09-24T10:00:00+08:00")
			agent := strings.TrimSpace(s.must(t, "token", "--role", string(auth.Agent), "--merchant", "mall", "--subject", "li.na"))
			d := srv.must(agent, who, nil)
			if d.Str("viewer.role") != "AGENT" || d.Str("viewer.subject") != "li.na" {
				t.Errorf("%v", d)
			}
			other := settings{"AFTERSALES_DATA_DIR": t.TempDir()}
			foreign := strings.TrimSpace(other.must(t, "token", "--role", "AGENT", "--merchant", "mall"))
			if a, err := ask(srv.url, foreign, who, nil); err != nil || len(a.Errors) != 1 || a.Errors[0].Code() != "UNAUTHENTICATED" {
				t.Errorf("a token of another installation: %v %s", err, a.raw)
			}
			if status := srv.stop(); status != 0 {
				t.Errorf("status %d", status)
			}
		})
	}
}
