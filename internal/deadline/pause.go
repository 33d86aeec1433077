package deadline

import (
	"cmp"
	"slices"
	"time"
)

// span is one uninterrupted pause made of all that touch or overlap; at the end of a list it may be open.
type span struct {
	from    time.Time
	to      time.Time // meaningless while open
	open    bool
	reasons []string // each once, in the order in which they began
}

// unite makes disjoint spans in the order of time, whatever the order of the pauses. What lies before `start` is cut off;
// a pause without length has no effect.
func unite(pauses []Pause, start time.Time) []span {
	if len(pauses) == 0 {
		return nil
	}
	spans := make([]span, 0, len(pauses))
	for _, p := range pauses {
		s := span{from: instant(p.From), open: p.To == nil, reasons: []string{p.Reason}}
		if !s.open {
			s.to = instant(*p.To)
		}
		if s.from.Before(start) {
			s.from = start
		}
		if s.open || s.from.Before(s.to) {
			spans = append(spans, s)
		}
	}
	slices.SortFunc(spans, func(a, b span) int {
		return cmp.Or(a.from.Compare(b.from), cmp.Compare(a.reasons[0], b.reasons[0]))
	})
	united := spans[:0]
	for _, s := range spans {
		if len(united) == 0 {
			united = append(united, s)
			continue
		}
		last := &united[len(united)-1]
		if !last.open && s.from.After(last.to) {
			united = append(united, s)
			continue
		}
		last.open = last.open || s.open
		if s.to.After(last.to) {
			last.to = s.to
		}
		if !slices.Contains(last.reasons, s.reasons[0]) {
			last.reasons = append(last.reasons, s.reasons[0])
		}
	}
	return united
}

// instant is how the product keeps time: UTC, whole microseconds.
func instant(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }
