package clock_test

import (
	"testing"
	"time"

	"aftersales/internal/clock"
)

func TestRealIsStorable(t *testing.T) {
	before := time.Now().Add(-time.Microsecond)
	got := clock.Real()
	after := time.Now()

	if got.Location() != time.UTC {
		t.Errorf("zone is %v, want UTC", got.Location())
	}
	if got.Nanosecond()%1000 != 0 {
		t.Errorf("%v has a part below a microsecond", got)
	}
	if got.Before(before) || got.After(after) {
		t.Errorf("%v is not between %v and %v", got, before, after)
	}
	stored, err := time.Parse(time.RFC3339Nano, got.Format(time.RFC3339Nano))
	if err != nil {
		t.Fatal(err)
	}
	if stored != got { // == on purpose: a monotonic reading would make them differ
		t.Errorf("written %#v, read back %#v", got, stored)
	}
}
