package ingest

import (
	"context"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"afterbeep/ingest/kore"
	"afterbeep/ingest/kore/koresim"
	"afterbeep/store"
)

// Ten days with 50,000 sessions, of which one has 20,000 and 10,000 are
// voicemails: each arrives once, at a cost close to the least there is, a call
// for each voicemail and for each hundred sessions.
func TestTenBusyDays(t *testing.T) {
	t.Parallel()
	const voicemails, sessions = 10_000 / scale, 50_000 / scale
	quirks := koresim.Documented()
	w := newWorld(t, koresim.Config{
		Voicemails: voicemails, Other: sessions - voicemails, Span: 10 * 24 * time.Hour, BusyDay: 0.4, Quirks: &quirks,
	})
	busiest := 0
	days := map[string]int{}
	for _, id := range w.sim.Sessions() {
		day := objectIDTime(id, w.clock.Now()).Format(time.DateOnly)
		days[day]++
		busiest = max(busiest, days[day])
	}
	if busiest < 20_000/scale {
		t.Fatalf("the busiest day has %d sessions, want %d", busiest, 20_000/scale)
	}
	began, asked := time.Now(), 0
	for len(w.sim.Sessions()) > 0 && asked == 0 || w.due() {
		in := w.ingester(func(c *Config) { c.LookBack = 14 * 24 * time.Hour })
		report, err := in.Pass(t.Context(), PassOptions{})
		if err != nil || report.Overfull > 0 {
			t.Fatalf("%d overfull, %v", report.Overfull, err)
		}
		asked += report.Fetched
		w.clock.Add(10 * time.Minute)
	}
	if missing := w.missing(); len(missing) > 0 {
		t.Errorf("%d voicemails are missing", len(missing))
	}
	if got := len(w.stored()); got != voicemails {
		t.Errorf("%d voicemails are stored, want %d", got, voicemails)
	}
	l, err := w.store.Ledger(t.Context(), store.AllBots())
	if err != nil {
		t.Fatal(err)
	}
	known := 0
	for _, n := range l.Sessions {
		known += n
	}
	if known != sessions {
		t.Errorf("%d sessions are in the ledger, want %d", known, sessions)
	}
	calls := w.sim.Stats().Requests
	total := calls[koresim.KindCallDetails] + calls[koresim.KindVoicemail]
	least := voicemails + sessions/100
	t.Logf("%d calls (%d for voicemails, %d for call details), %.1f %% more than %d, in %s; busiest day %d; ledger %v",
		total, calls[koresim.KindVoicemail], calls[koresim.KindCallDetails], 100*float64(total-least)/float64(least), least,
		time.Since(began).Round(time.Second), busiest, l.Sessions)
	if float64(total) > 1.1*float64(least) {
		t.Errorf("%d calls, want %d at most", total, least+least/10)
	}
}

// due is whether anything is due within ten minutes.
func (w *world) due() bool {
	w.t.Helper()
	at, now, err := w.store.NextDue(w.t.Context(), []string{w.creds.AccountID})
	if err != nil {
		w.t.Fatal(err)
	}
	return !at.IsZero() && at.Sub(now) <= 10*time.Minute
}

// peak measures the most memory that is in use while a test runs.
func peak(t *testing.T) (megabytes func() uint64) {
	t.Helper()
	var most atomic.Uint64
	done, ended := make(chan struct{}), make(chan struct{})
	measure := func() {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		most.Store(max(most.Load(), m.HeapInuse+m.StackInuse))
	}
	go func() {
		defer close(ended)
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				measure()
			}
		}
	}()
	t.Cleanup(func() { close(done); <-ended })
	return func() uint64 { measure(); return most.Load() >> 20 }
}

// Every fault at once, in every way of asking: what can arrive arrives, nothing
// twice, the rest is in the ledger with its reason, and memory stays bounded.
func TestEveryFaultAtOnce(t *testing.T) {
	for _, way := range []struct {
		name   string
		change func(*Config)
	}{{"call details", func(*Config) {}}, {"session histories", bySessions}} {
		t.Run(way.name, func(t *testing.T) {
			w := newWorld(t, koresim.Config{Seed: 7, Voicemails: 400 / scale, Other: 800 / scale, Span: 6 * 24 * time.Hour})
			w.sim.InjectAll(koresim.Chaos(0.4))
			// One that never can be read, and one whose answer was never heard of.
			all := w.sim.Voicemails()
			broken, odd := all[3].SessionID, all[5].SessionID
			w.sim.SetReply(broken, []byte(`{"status":`))
			w.sim.SetReply(odd, []byte(`{"status":"contemplated","voicemail recording":[],"transcriptions":[]}`))
			memory := peak(t)
			var seen atomic.Int32
			in := w.ingester(way.change, longLeases, func(c *Config) {
				c.LookBack = 10 * 24 * time.Hour
				c.FirstSight = func(context.Context, store.SessionKey, []kore.File) { seen.Add(1) }
			})
			passes := 0
			hopeless := func(id string) bool { return id == broken || id == odd }
			for ; passes < 120 && slices.ContainsFunc(w.missing(), func(id string) bool { return !hopeless(id) }); passes++ {
				if _, err := in.Pass(t.Context(), PassOptions{}); err != nil {
					t.Logf("pass %d ended with %v", passes, err)
				}
				w.clock.Add(2 * time.Hour)
			}
			for _, id := range w.missing() {
				s, err := w.store.Session(t.Context(), store.AllBots(), id)
				switch {
				case err != nil || s.Reason == "":
					t.Errorf("missing, and the ledger has no reason: %s, %s, %v", id, s.State, err)
				case !hopeless(id) || s.State == store.StateStored || s.State == store.StateEmpty:
					t.Errorf("missing: %s, %s (%s)", id, s.State, s.Reason)
				}
			}
			w.noneLeased()
			stats := w.sim.Stats()
			t.Logf("%d of %d voicemails after %d passes; %d calls, %d faults of %d kinds; %d calls with files; at most %d MB in use",
				len(w.stored()), len(all), passes, stats.Requests[koresim.KindVoicemail]+stats.Requests[koresim.KindCallDetails]+stats.Requests[koresim.KindSessions],
				stats.Faults, len(stats.FaultsBy), seen.Load(), memory())
			if int(seen.Load()) < len(w.stored()) {
				t.Errorf("the files of %d replies were shown, of %d voicemails", seen.Load(), len(w.stored()))
			}
			if got := memory(); got > 600 {
				t.Errorf("%d MB are in use at the peak", got)
			}
		})
	}
}
