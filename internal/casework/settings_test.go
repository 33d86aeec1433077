package casework

import (
	"testing"
	"time"

	"aftersales/ent"
	"aftersales/internal/clock"
)

// When settings are due to be read again, one request does so and the others go on with what there is; a new stamp is for all.
func TestSettingsAreReadAgainByOne(t *testing.T) {
	t.Parallel()
	m := &ent.Merchant{ID: "m", SettingsStamp: "1"}
	k := settings{known: map[string]*Settings{"m": {stamp: "1", until: clock.Real().Add(time.Minute)}}}
	if k.of(m) == nil {
		t.Fatal("read again before its time")
	}
	k.known["m"].until = clock.Real()
	if k.of(m) != nil {
		t.Error("never read again")
	}
	if k.of(m) == nil {
		t.Error("read again by everybody")
	}
	k.known["m"].until = clock.Real() // whoever read it again failed
	if k.of(m) != nil {
		t.Error("a failure is for good")
	}
	if k.of(&ent.Merchant{ID: "m", SettingsStamp: "2"}) != nil || k.of(&ent.Merchant{ID: "n", SettingsStamp: "1"}) != nil {
		t.Error("settings of another stamp or merchant")
	}
}
