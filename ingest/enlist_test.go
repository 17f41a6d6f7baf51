package ingest

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"afterbeep/ingest/kore/koresim"
	"afterbeep/store"
)

func TestEnlist(t *testing.T) {
	quirks := koresim.Documented()
	w := newWorld(t, koresim.Config{Voicemails: 3, Quirks: &quirks})
	in, bot := w.ingester(), w.creds.BotIDs[0]
	id := w.sim.Voicemails()[0].SessionID
	long := strings.Repeat("é", store.MaxID)
	var bad *BadIDsError
	saved, err := in.Enlist(t.Context(), bot, []string{" " + id + "\r", "", id, "odd/one", long, "with space", "\x00"}, store.FoundByHook)
	if !errors.As(err, &bad) || len(bad.IDs) != 3 || !errors.Is(err, store.ErrInvalid) || len(err.Error()) > 200 {
		t.Errorf("got %v", err)
	}
	if want := (store.Saved{New: 2, Due: 2}); saved != want {
		t.Errorf("got %+v, want %+v", saved, want)
	}
	s, err := w.store.Session(t.Context(), store.AllBots(), id)
	if err != nil || s.State != store.StateDue || s.FoundBy != store.FoundByHook || s.Priority != store.PriorityVoicemail || s.StartedAt.IsZero() {
		t.Errorf("got %+v, %v", s, err)
	}
	for _, odd := range []string{"000000013685d1ba99541234", "ffffffff3685d1ba99541234"} {
		if _, err := in.Enlist(t.Context(), bot, []string{odd}, store.FoundByHook); err != nil {
			t.Error(err)
		}
		if s, err := w.store.Session(t.Context(), store.AllBots(), odd); err != nil || !s.StartedAt.IsZero() {
			t.Errorf("session %s began at %v, %v: nobody knows when", odd, s.StartedAt, err)
		}
	}
	if saved, err := in.Enlist(t.Context(), bot, []string{id}, store.FoundByHook); err != nil || saved != (store.Saved{}) {
		t.Errorf("a second time: %+v, %v", saved, err)
	}
	if _, err := in.Enlist(t.Context(), "st-x", []string{id}, store.FoundByHook); !errors.Is(err, ErrNoUpstream) {
		t.Errorf("got %v for an unknown bot, want ErrNoUpstream", err)
	}
}

// What is known and not stored is asked again; what is stored is left alone.
func TestEnlistWakesWhatIsKnown(t *testing.T) {
	quirks := koresim.Documented()
	w := newWorld(t, koresim.Config{Voicemails: 2, Other: 8, Quirks: &quirks})
	in, bot := w.ingester(), w.creds.BotIDs[0]
	waiting := w.sim.Add(koresim.NewVoicemail{TranscriptAfter: time.Hour, MediaAfter: time.Hour}).SessionID
	if _, err := in.Pass(t.Context(), PassOptions{}); err != nil {
		t.Fatal(err)
	}
	want, ids := 0, []string{}
	for id, state := range w.sessions(t.Context()) {
		ids = append(ids, id)
		switch state {
		case store.StateStored, store.StateDue:
		default:
			want++
		}
	}
	if s, err := w.store.Session(t.Context(), store.AllBots(), waiting); err != nil || s.State != store.StateWaiting || want < 2 {
		t.Fatalf("%d to be woken, one is %s, %v", want, s.State, err)
	}
	saved, err := in.Enlist(t.Context(), bot, ids, store.FoundByList)
	if err != nil || saved.New != 0 || saved.Due != want {
		t.Errorf("got %+v, %v, want %d due", saved, err, want)
	}
	before := w.sim.Stats().Requests[koresim.KindVoicemail]
	if _, err := in.Pass(t.Context(), PassOptions{SkipDiscovery: true}); err != nil {
		t.Fatal(err)
	}
	if got := w.sim.Stats().Requests[koresim.KindVoicemail] - before; got != want {
		t.Errorf("%d were asked for, want %d", got, want)
	}
}

// A list of tens of thousands is taken in, once.
func TestEnlistALongList(t *testing.T) {
	w := newWorld(t, koresim.Config{Voicemails: 1})
	in := w.ingester()
	ids := make([]string, 5*enlistBatch+1)
	for i := range ids {
		ids[i] = fmt.Sprintf("67ab573f%016x", i)
	}
	for _, want := range []store.Saved{{New: len(ids), Due: len(ids)}, {}} {
		began := time.Now()
		saved, err := in.Enlist(t.Context(), w.creds.BotIDs[0], ids, store.FoundByList)
		if err != nil || saved != want {
			t.Errorf("got %+v, %v, want %+v", saved, err, want)
		}
		t.Logf("%d ids in %s", len(ids), time.Since(began).Round(time.Millisecond))
	}
}

// What is pushed while Run runs is fetched at once.
func TestPushIsFetchedAtOnce(t *testing.T) {
	quirks := koresim.Documented()
	w := newWorld(t, koresim.Config{Voicemails: 1, Quirks: &quirks})
	in, _ := running(t, w, func(c *Config) { c.Bots[0].Discovery = DiscoverNone })
	id := w.sim.Add(koresim.NewVoicemail{Texts: []string{"hello"}}).SessionID
	if _, err := in.Enlist(t.Context(), w.creds.BotIDs[0], []string{id}, store.FoundByHook); err != nil {
		t.Fatal(err)
	}
	until(t, "the voicemail that was pushed", func() bool { _, ok := w.stored()[id]; return ok })
	if got := w.sim.Stats().Requests[koresim.KindCallDetails]; got > 0 || len(w.stored()) != 1 {
		t.Errorf("%d looks, %d are stored: discovery is off", got, len(w.stored()))
	}
}
