package telemetry_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"aftersales/internal/telemetry"
)

// record logs once through do and returns the JSON line as a map.
func record(t *testing.T, do func(*slog.Logger)) map[string]any {
	t.Helper()
	var out bytes.Buffer
	do(telemetry.NewLogger(&out, "debug", "json"))
	var line map[string]any
	if err := json.Unmarshal(out.Bytes(), &line); err != nil {
		t.Fatalf("%v in %q", err, out.String())
	}
	return line
}

func TestContextAttributesAreOnEveryRecord(t *testing.T) {
	t.Parallel()
	ctx := telemetry.WithAttrs(context.Background(), slog.String("request", "r1"), slog.String("merchant", "m1"))
	child := telemetry.WithAttrs(ctx, slog.String("actor", "bob"), slog.String("merchant", "m2"))

	line := record(t, func(l *slog.Logger) { l.InfoContext(child, "hi", "n", 3) })
	for key, want := range map[string]any{"request": "r1", "merchant": "m2", "actor": "bob", "n": 3.0, "msg": "hi", "level": "INFO"} {
		if line[key] != want {
			t.Errorf("%s is %v, want %v", key, line[key], want)
		}
	}

	line = record(t, func(l *slog.Logger) { l.InfoContext(ctx, "parent") })
	if line["merchant"] != "m1" || line["actor"] != nil {
		t.Errorf("the child's attributes reached the parent: %v", line)
	}
	line = record(t, func(l *slog.Logger) { l.Info("none") })
	if line["request"] != nil {
		t.Errorf("a record without that context has its attributes: %v", line)
	}
}

func TestReplacedAttributeIsWrittenOnce(t *testing.T) {
	t.Parallel()
	ctx := telemetry.WithAttrs(context.Background(), slog.String("merchant", "m1"))
	ctx = telemetry.WithAttrs(ctx, slog.String("merchant", "m2"))
	var out bytes.Buffer
	telemetry.NewLogger(&out, "info", "text").InfoContext(ctx, "x")
	if n := strings.Count(out.String(), "merchant="); n != 1 {
		t.Errorf("merchant is written %d times in %q", n, out.String())
	}
}

func TestContextAttributesStandAboveGroups(t *testing.T) {
	t.Parallel()
	ctx := telemetry.WithAttrs(context.Background(), slog.String("request", "r1"))
	line := record(t, func(l *slog.Logger) {
		l.With("a", 1).WithGroup("job").With("b", 2).WithGroup("").InfoContext(ctx, "x", "c", 3)
	})
	if line["request"] != "r1" || line["a"] != 1.0 {
		t.Errorf("top level is %v", line)
	}
	job, _ := line["job"].(map[string]any)
	if len(job) != 2 || job["b"] != 2.0 || job["c"] != 3.0 {
		t.Errorf("job is %v, want exactly b and c", job)
	}
}

func TestRedaction(t *testing.T) {
	t.Parallel()
	hidden := []string{"token", "authorization", "Authorization", "secret", "password", "phone", "email", "address",
		"customer_email", "emailAddress", "access-token", "AFTERSALES_JWT_SECRET", "jwtSecret", "userPhone2", "tokens", "addresses", "shipping.address"}
	for _, key := range hidden {
		var out bytes.Buffer
		telemetry.NewLogger(&out, "info", "text").Info("x", key, "TOPSECRET")
		if strings.Contains(out.String(), "TOPSECRET") || !strings.Contains(out.String(), "[redacted]") {
			t.Errorf("%s is not redacted: %s", key, out.String())
		}
	}
	for _, key := range []string{"addr", "merchant", "tokenizer", "secretary", "emailed", "number"} {
		var out bytes.Buffer
		telemetry.NewLogger(&out, "info", "text").Info("x", key, "plain")
		if !strings.Contains(out.String(), key+"=plain") {
			t.Errorf("%s is redacted: %s", key, out.String())
		}
	}
}

func TestRedactionReachesGroupsContextAndHeaders(t *testing.T) {
	t.Parallel()
	ctx := telemetry.WithAttrs(context.Background(), slog.String("token", "TOPSECRET"))
	for name, do := range map[string]func(*slog.Logger){
		"group":          func(l *slog.Logger) { l.Info("x", slog.Group("customer", "email", "TOPSECRET")) },
		"sensitiveGroup": func(l *slog.Logger) { l.Info("x", slog.Group("address", "street", "TOPSECRET")) },
		"loggerGroup":    func(l *slog.Logger) { l.WithGroup("phone").Info("x", "home", "TOPSECRET") },
		"with":           func(l *slog.Logger) { l.With("password", "TOPSECRET").Info("x") },
		"context":        func(l *slog.Logger) { l.InfoContext(ctx, "x") },
		"groupedContext": func(l *slog.Logger) { l.WithGroup("g").InfoContext(ctx, "x", "n", 1) },
		"headers":        func(l *slog.Logger) { l.Info("x", "headers", http.Header{"Authorization": {"TOPSECRET"}}) },
	} {
		for _, format := range []string{"text", "json"} {
			var out bytes.Buffer
			do(telemetry.NewLogger(&out, "info", format))
			if strings.Contains(out.String(), "TOPSECRET") || !strings.Contains(out.String(), "[redacted]") {
				t.Errorf("%s as %s: %s", name, format, out.String())
			}
		}
	}
}

func TestLevelsAndFormats(t *testing.T) {
	t.Parallel()
	for level, want := range map[string]int{"debug": 4, "info": 3, "warn": 2, "error": 1, "": 3} {
		var out bytes.Buffer
		l := telemetry.NewLogger(&out, level, "text")
		l.Debug("x")
		l.Info("x")
		l.Warn("x")
		l.Error("x")
		if got := strings.Count(out.String(), "\n"); got != want {
			t.Errorf("level %q wrote %d lines, want %d", level, got, want)
		}
	}
	var out bytes.Buffer
	telemetry.NewLogger(&out, "info", "text").Info("two\nlines", "k", "a\nb")
	if strings.Count(out.String(), "\n") != 1 {
		t.Errorf("a line break in a value starts a new line: %q", out.String())
	}
}

func TestTimesAreUTC(t *testing.T) {
	t.Parallel()
	line := record(t, func(l *slog.Logger) {
		r := slog.NewRecord(time.Date(2026, 3, 2, 8, 0, 0, 123456789, time.FixedZone("CST", 8*3600)), slog.LevelInfo, "x", 0)
		if err := l.Handler().Handle(context.Background(), r); err != nil {
			t.Error(err)
		}
	})
	if line["time"] != "2026-03-02T00:00:00.123456Z" {
		t.Errorf("time is %v", line["time"])
	}
}

func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	l := telemetry.NewLogger(&out, "info", "json").With("service", "s")
	base := telemetry.WithAttrs(context.Background(), slog.String("request", "r"))
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			ctx := telemetry.WithAttrs(base, slog.String("actor", "a"))
			l.InfoContext(ctx, "x")
			l.WithGroup("g").InfoContext(ctx, "x", "n", 1)
		})
	}
	wg.Wait()
	for line := range strings.Lines(out.String()) {
		var m map[string]any
		if err := json.Unmarshal([]byte(line), &m); err != nil || m["actor"] != "a" || m["service"] != "s" {
			t.Errorf("%v: %q", err, line)
		}
	}
}
