// Package telemetry is how the service tells its operators what it does: structured log lines that carry the request,
// merchant and actor they belong to, and never a secret or a customer's contact data.
//
// It knows nothing of the domain: callers name their attributes. It must not be told whole structs or request bodies;
// redaction goes by the name of an attribute and cannot look inside a value that is not a group.
package telemetry

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode"
)

// NewLogger returns a logger that writes one line a record to w, as "text" (key=value) or "json", with times in UTC.
// Records below level (debug, info, warn or error) are dropped. Package config refuses other levels and formats; here
// they mean info and text.
func NewLogger(w io.Writer, level, format string) *slog.Logger {
	threshold := slog.LevelInfo
	switch level {
	case "debug":
		threshold = slog.LevelDebug
	case "warn":
		threshold = slog.LevelWarn
	case "error":
		threshold = slog.LevelError
	}
	opts := &slog.HandlerOptions{Level: threshold, ReplaceAttr: replace}
	var base slog.Handler = slog.NewTextHandler(w, opts)
	if format == "json" {
		base = slog.NewJSONHandler(w, opts)
	}
	return slog.New(&contextHandler{base: base, current: base})
}

type attrsKey struct{}

// WithAttrs returns a context whose every log record carries attrs besides those of ctx; an attribute named as one of
// ctx replaces it.
func WithAttrs(ctx context.Context, attrs ...slog.Attr) context.Context {
	all := slices.Clone(contextAttrs(ctx))
	for _, a := range attrs {
		all = slices.DeleteFunc(all, func(old slog.Attr) bool { return old.Key == a.Key })
		all = append(all, a)
	}
	return context.WithValue(ctx, attrsKey{}, all)
}

func contextAttrs(ctx context.Context) []slog.Attr {
	attrs, _ := ctx.Value(attrsKey{}).([]slog.Attr)
	return attrs
}

// contextHandler adds the context's attributes to each record. They belong at the top of the line even when the logger
// has an open group, so it remembers what was asked of it and can ask it again of a handler that has them already.
type contextHandler struct {
	base    slog.Handler // as built by NewLogger
	current slog.Handler // base after every step
	steps   []func(slog.Handler) slog.Handler
	grouped bool
}

func (h *contextHandler) Enabled(ctx context.Context, l slog.Level) bool {
	return h.base.Enabled(ctx, l)
}

func (h *contextHandler) Handle(ctx context.Context, r slog.Record) error {
	attrs := contextAttrs(ctx)
	if len(attrs) == 0 {
		return h.current.Handle(ctx, r)
	}
	if !h.grouped {
		r = r.Clone()
		r.AddAttrs(attrs...)
		return h.current.Handle(ctx, r)
	}
	to := h.base.WithAttrs(attrs)
	for _, step := range h.steps {
		to = step(to)
	}
	return to.Handle(ctx, r)
}

func (h *contextHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return h.after(h.grouped, func(to slog.Handler) slog.Handler { return to.WithAttrs(attrs) })
}

func (h *contextHandler) WithGroup(name string) slog.Handler {
	if name == "" {
		return h
	}
	return h.after(true, func(to slog.Handler) slog.Handler { return to.WithGroup(name) })
}

func (h *contextHandler) after(grouped bool, step func(slog.Handler) slog.Handler) slog.Handler {
	return &contextHandler{
		base:    h.base,
		current: step(h.current),
		steps:   append(slices.Clone(h.steps), step),
		grouped: grouped,
	}
}

const redacted = "[redacted]"

// replace is applied to every attribute that is not a group, with the names of the groups it stands in.
func replace(groups []string, a slog.Attr) slog.Attr {
	if len(groups) == 0 && a.Key == slog.TimeKey && a.Value.Kind() == slog.KindTime {
		a.Value = slog.TimeValue(a.Value.Time().UTC().Truncate(time.Microsecond))
		return a
	}
	headers := false
	if a.Value.Kind() == slog.KindAny {
		_, headers = a.Value.Any().(http.Header)
	}
	if headers || sensitive(a.Key) || slices.ContainsFunc(groups, sensitive) {
		a.Value = slog.StringValue(redacted)
	}
	return a
}

var sensitiveWords = map[string]bool{
	"token": true, "authorization": true, "secret": true, "password": true,
	"phone": true, "email": true, "address": true,
}

// judged remembers which names are sensitive: they are few, because they are written in the code.
var (
	judged     sync.Map
	judgements atomic.Int32
)

const maxJudged = 1000

func sensitive(name string) bool {
	if v, known := judged.Load(name); known {
		return v.(bool)
	}
	v := namesSecret(name)
	if judgements.Add(1) < maxJudged {
		judged.Store(strings.Clone(name), v)
	}
	return v
}

// namesSecret reports whether one of the words of an attribute's name, as in customer_email, Authorization, jwtSecret or
// AFTERSALES_JWT_SECRET, names something that must not be logged. A plural counts as its singular.
func namesSecret(name string) bool {
	var word strings.Builder
	found := func() bool {
		w := word.String()
		word.Reset()
		return sensitiveWords[w] || sensitiveWords[strings.TrimSuffix(w, "s")] || sensitiveWords[strings.TrimSuffix(w, "es")]
	}
	previousLower := false
	for _, c := range name {
		switch {
		case !unicode.IsLetter(c):
			if found() {
				return true
			}
		case unicode.IsUpper(c) && previousLower:
			if found() {
				return true
			}
			fallthrough
		default:
			word.WriteRune(unicode.ToLower(c))
		}
		previousLower = unicode.IsLower(c)
	}
	return found()
}
