package ingest

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"afterbeep/ingest/kore/koresim"
	"afterbeep/store"

	"github.com/google/go-cmp/cmp"
)

// backfill is the only one there is.
func backfill(t *testing.T, in *Ingester) BackfillStatus {
	t.Helper()
	all, err := in.Backfills(t.Context())
	if err != nil || len(all) != 1 {
		t.Fatalf("got %d backfills, %v, want one", len(all), err)
	}
	return all[0]
}

// An outage of weeks is caught up without anybody saying so, although the
// look-back is of two days.
func TestPassCatchesUpAfterAnOutage(t *testing.T) {
	for _, way := range []struct {
		name   string
		change func(*Config)
	}{{"call details", func(*Config) {}}, {"session histories", bySessions}} {
		t.Run(way.name, func(t *testing.T) {
			quirks := koresim.Documented()
			w := newWorld(t, koresim.Config{Voicemails: -1, Other: -1, LivePerHour: 0.4 / min(scale, 4), Quirks: &quirks})
			change := func(c *Config) { c.LookBack = 48 * time.Hour }
			for range 3 {
				if _, err := w.ingester(change, way.change).Pass(t.Context(), PassOptions{}); err != nil {
					t.Fatal(err)
				}
				w.clock.Add(5 * time.Minute)
			}
			before := len(w.sim.Voicemails())
			w.clock.Add(21 * 24 * time.Hour / min(scale, 2))
			w.finish(w.ingester(change, way.change), 3)
			t.Logf("%d voicemails before the outage, %d since", before, len(w.sim.Voicemails())-before)
		})
	}
}

// A range that is broken off and asked for again goes on where it was.
func TestRangeGoesOnWhereItWasBrokenOff(t *testing.T) {
	quirks := koresim.Documented()
	w := newWorld(t, koresim.Config{Voicemails: 60 / min(scale, 4), Other: 300 / min(scale, 2), Span: 60 * 24 * time.Hour, Quirks: &quirks})
	opts := PassOptions{From: koresim.DefaultUntil.Add(-61 * 24 * time.Hour), To: koresim.DefaultUntil}
	ctx, cancel := context.WithCancel(t.Context())
	broken := opts
	broken.Progress = func(p Progress) {
		if p.Sessions > 100 {
			cancel()
		}
	}
	if _, err := w.ingester().Pass(ctx, broken); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want context.Canceled", err)
	}
	w.clock.Add(time.Hour) // what was looked at again would be told from what was not
	in := w.ingester()
	if b := backfill(t, in); b.State != store.BackfillStopped || b.Looked <= 0 || b.Looked >= 1 || b.AskedBy != askedByCommand {
		t.Fatalf("after the break: got %+v", b)
	}
	first := w.sim.Stats().Requests[koresim.KindCallDetails]
	if _, err := in.Pass(t.Context(), opts); err != nil {
		t.Fatal(err)
	}
	if b := backfill(t, in); b.State != store.BackfillDone || b.Looked != 1 || b.Due != 0 || !b.EndsAt.IsZero() {
		t.Errorf("at the end: got %+v", b)
	}
	if missing := w.missing(); len(missing) > 0 {
		t.Errorf("%d voicemails are missing", len(missing))
	}
	windows, err := w.store.Windows(t.Context(), w.creds.AccountID, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	for i, one := range windows[1:] {
		if one.From.Before(windows[i].To) {
			t.Errorf("%v to %v was looked at twice", one.From, windows[i].To)
		}
	}
	t.Logf("%d calls before the break, %d after", first, w.sim.Stats().Requests[koresim.KindCallDetails]-first)
}

// Who stops the backfill of a one-off pass elsewhere ends the pass, which says so.
func TestRangeSaysThatItWasStopped(t *testing.T) {
	quirks := koresim.Documented()
	w := newWorld(t, koresim.Config{Voicemails: 20, Other: 100, Span: 60 * 24 * time.Hour, Quirks: &quirks})
	in := w.ingester()
	var once sync.Once
	opts := PassOptions{From: koresim.DefaultUntil.Add(-61 * 24 * time.Hour), To: koresim.DefaultUntil, Progress: func(p Progress) {
		if p.Sessions > 0 {
			once.Do(func() {
				if err := w.store.SetBackfill(t.Context(), backfill(t, in).ID, store.BackfillStopped); err != nil {
					t.Error(err)
				}
			})
		}
	}}
	if _, err := in.Pass(t.Context(), opts); !errors.Is(err, ErrBackfillStopped) {
		t.Errorf("got %v, want ErrBackfillStopped", err)
	}
	if b := backfill(t, in); b.State != store.BackfillStopped {
		t.Errorf("afterwards: got %+v", b)
	}
	w.noneLeased()
}

// A range that reaches the present and is short is no backfill.
func TestSplit(t *testing.T) {
	const day = 24 * time.Hour
	midnight := noon.Truncate(day)
	for _, tt := range []struct {
		name          string
		asked         span
		past, present span
	}{
		{"of the past", ago(9*day, 8*day), ago(9*day, 8*day), span{}},
		{"of the past, short", ago(2*day, day), ago(2*day, day), span{}},
		{"of the last day", span{noon.Add(-day), time.Time{}}, span{}, ago(day, 0)},
		{"of the last day, by the clock", ago(day, time.Second), span{}, ago(day, 0)},
		{"of the last year", span{noon.Add(-365 * day), time.Time{}}, span{noon.Add(-365 * day), midnight}, span{midnight, noon}},
		{"ahead", span{noon.Add(-time.Hour), noon.Add(day)}, span{}, ago(time.Hour, 0)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			past, present := split(tt.asked, noon)
			if diff := cmp.Diff([]span{tt.past, tt.present}, []span{past, present}); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

// A backfill is worked on while Run runs, stops when it is told to, survives a
// restart, and comes to its end.
func TestBackfillWhileRunning(t *testing.T) {
	quirks := koresim.Documented()
	w := newWorld(t, koresim.Config{Voicemails: 80 / min(scale, 4), Other: 400 / min(scale, 4), Span: 70 * 24 * time.Hour, Quirks: &quirks})
	account, from := w.creds.AccountID, koresim.DefaultUntil.Add(-80*24*time.Hour)
	short := func(c *Config) { c.LookBack = time.Hour }
	in, stop := running(t, w, short)
	// The first window is let through, the others fail until the fault is healed.
	heal := w.sim.Inject(koresim.Fault{Kind: koresim.FaultStatus, Status: 400, On: koresim.KindCallDetails, After: 2})
	until(t, "first look", settled(in))
	b, err := in.AddBackfill(t.Context(), account, from, w.clock.Now().Add(24*time.Hour), "ann")
	if err != nil || b.AskedBy != "ann" || b.To.After(w.clock.Now()) {
		t.Fatalf("got %+v, %v", b, err)
	}
	until(t, "a part of it", func() bool { s := backfill(t, in); return s.Looked > 0 && s.Looked < 1 && in.Status().Err != "" })
	if again, err := in.AddBackfill(t.Context(), account, from, b.To, "bob"); err != nil || again.ID != b.ID {
		t.Errorf("asked for again: got %+v, %v, want %d", again, err, b.ID)
	}
	if err := w.store.SetBackfill(t.Context(), b.ID, store.BackfillStopped); err != nil {
		t.Fatal(err)
	}
	heal()
	in.Nudge()
	if s := backfill(t, in); s.State != store.BackfillStopped || s.Why == "" {
		t.Errorf("stopped: got %+v", s)
	}
	stop()
	looked := backfill(t, in).Looked

	in, stop = running(t, w, short)
	until(t, "first look after the restart", settled(in))
	if s := backfill(t, in); s.Looked != looked {
		t.Errorf("looked at %.3f, want %.3f: it is stopped", s.Looked, looked)
	}
	if err := w.store.SetBackfill(t.Context(), b.ID, store.BackfillOpen); err != nil {
		t.Fatal(err)
	}
	in.Nudge()
	until(t, "the end", func() bool { return backfill(t, in).State == store.BackfillDone && w.all() })
	stop()
	w.noneLeased()
	if _, err := in.AddBackfill(t.Context(), "another", from, b.To, ""); !errors.Is(err, ErrNoUpstream) {
		t.Errorf("got %v for an account that is not connected, want ErrNoUpstream", err)
	}
	if _, err := in.AddBackfill(t.Context(), account, w.clock.Now(), w.clock.Now().Add(time.Hour), ""); !errors.Is(err, store.ErrInvalid) {
		t.Errorf("got %v for a range ahead, want store.ErrInvalid", err)
	}
}

// counted is a store that counts what estimates ask of it.
type counted struct {
	Sessions
	days, windows, open int
}

func (s *counted) Days(ctx context.Context, scope store.Scope, edges []time.Time, indexed int64) ([]store.LedgerDay, error) {
	s.days++
	return s.Sessions.Days(ctx, scope, edges, indexed)
}

func (s *counted) Windows(ctx context.Context, name string, since time.Time) ([]store.Window, error) {
	s.windows++
	return s.Sessions.Windows(ctx, name, since)
}

func (s *counted) OpenSessions(ctx context.Context, scope store.Scope, from, to time.Time) (int, error) {
	s.open++
	return s.Sessions.OpenSessions(ctx, scope, from, to)
}

// A page that lists backfills costs little, however many there are.
func TestBackfillsAskLittle(t *testing.T) {
	w := newWorld(t, koresim.Config{Voicemails: 1})
	in := w.ingester()
	for i := range 30 {
		from := koresim.DefaultUntil.Add(-time.Duration(i+2) * 24 * time.Hour)
		b, err := in.AddBackfill(t.Context(), w.creds.AccountID, from, koresim.DefaultUntil, "")
		if err != nil {
			t.Fatal(err)
		}
		if i%6 == 0 {
			if err := w.store.SetBackfill(t.Context(), b.ID, store.BackfillDone); err != nil {
				t.Fatal(err)
			}
		}
	}
	asked := &counted{Sessions: w.store}
	in = w.ingester(func(c *Config) { c.Store = asked })
	all, err := in.Backfills(t.Context())
	if err != nil || len(all) != 30 {
		t.Fatalf("got %d backfills, %v", len(all), err)
	}
	for i, b := range all {
		if done := b.State == store.BackfillDone; done && b.Looked != 1 || !done && b.Why == "" {
			t.Errorf("backfill %d: got %+v", i, b)
		}
	}
	if asked.days > 0 || asked.windows != estimated || asked.open != estimated {
		t.Errorf("asked for days %d, windows %d and open sessions %d times", asked.days, asked.windows, asked.open)
	}
}

// What is found of the past waits behind what is of today.
func TestBackfillIsAskedForLast(t *testing.T) {
	quirks := koresim.Documented()
	w := newWorld(t, koresim.Config{Voicemails: 40, Other: -1, Span: 40 * 24 * time.Hour, Quirks: &quirks})
	in := w.ingester(func(c *Config) { c.Workers = 1 })
	r := in.newRun(in.accounts[0], PassOptions{})
	b, err := in.AddBackfill(t.Context(), w.creds.AccountID, koresim.DefaultUntil.Add(-41*24*time.Hour), koresim.DefaultUntil, "")
	if err != nil {
		t.Fatal(err)
	}
	for worked := true; worked; {
		if worked, err = r.dig(t.Context(), b.ID); err != nil {
			t.Fatal(err)
		}
	}
	fresh := w.sim.Add(koresim.NewVoicemail{}).SessionID
	if _, err := in.Enlist(t.Context(), w.creds.BotIDs[0], []string{fresh}, store.FoundByHook); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := in.Pass(ctx, PassOptions{SkipDiscovery: true, Progress: func(Progress) { cancel() }}); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if _, ok := w.stored()[fresh]; !ok {
		t.Error("the fresh one was not the first")
	}
}

func TestEndsAt(t *testing.T) {
	const day = 24 * time.Hour
	for _, tt := range []struct {
		name string
		work workLeft
		want time.Duration // from noon; 0 is no estimate
	}{
		{"nothing is known", workLeft{}, 0},
		{"nothing was measured", workLeft{Looked: day, Sampled: day, Left: day, Pages: 10, Wanted: 10, Due: 5}, 0},
		{"nothing was looked at", workLeft{Left: day, Pace: 50}, 0},
		{"nothing was counted", workLeft{Looked: day, Left: day, Pages: 10, Pace: 50}, 0},
		{"nothing is left", workLeft{Looked: day, Sampled: day, Pages: 10, Wanted: 10, Pace: 50}, 0},
		{"sessions are left", workLeft{Looked: day, Sampled: day, Pages: 10, Wanted: 1000, Due: 500, Pace: 50}, 10 * time.Minute},
		{"half of it is left", workLeft{Looked: day, Sampled: day, Left: day, Pages: 100, Wanted: 900, Due: 500, Pace: 50}, 30 * time.Minute},
		{"a tenth was counted", workLeft{Looked: 10 * day, Sampled: day, Left: 10 * day, Pages: 100, Wanted: 90, Due: 500, Pace: 50}, 30 * time.Minute},
		{"nine tenths are left", workLeft{Looked: day, Sampled: day, Left: 9 * day, Pages: 100, Wanted: 900, Pace: 50}, 3 * time.Hour},
		{"no faster than the limit", workLeft{Looked: day, Due: 500, Pace: 500, Limit: 50}, 10 * time.Minute},
		{"slower than the limit", workLeft{Looked: day, Due: 500, Pace: 5, Limit: 50}, 100 * time.Minute},
		{"beyond all bounds", workLeft{Looked: time.Second, Sampled: time.Second, Left: 1e6 * time.Hour, Pages: 1 << 40, Pace: 1e-9}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			want := time.Time{}
			if tt.want > 0 {
				want = noon.Add(tt.want)
			}
			if got := tt.work.endsAt(noon); !got.Equal(want) {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}

func TestMeter(t *testing.T) {
	var m meter
	if got := m.perMinute(noon); got != 0 {
		t.Errorf("nothing yet: got %v", got)
	}
	for range 30 {
		m.tick(noon)
	}
	if got := m.perMinute(noon.Add(30 * time.Second)); got != 0 {
		t.Errorf("in the first minute: got %v", got)
	}
	for range 10 {
		m.tick(noon.Add(5 * time.Minute)) // nothing was to be done in between
	}
	for after, want := range map[time.Duration]float64{time.Minute: 30, 6 * time.Minute: 20, 61 * time.Minute: 10, 3 * time.Hour: 0} {
		if got := m.perMinute(noon.Add(after)); got != want {
			t.Errorf("after %s: got %v, want %v", after, got, want)
		}
	}
}
