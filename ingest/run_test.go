package ingest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"afterbeep/ingest/kore"
	"afterbeep/ingest/kore/koresim"
	"afterbeep/store"
)

// patience is how long tests wait for what should happen at once.
const patience = 3 * time.Minute

// running starts Run. It is stopped and waited for by stop, or at the test's end.
func running(t *testing.T, w *world, change ...func(*Config)) (in *Ingester, stop func()) {
	t.Helper()
	yearly, err := ParseSchedule("0 0 1 1 *")
	if err != nil {
		t.Fatal(err)
	}
	change = append([]func(*Config){func(c *Config) { c.Schedule = yearly }}, change...)
	in = w.ingester(change...)
	ctx, cancel := context.WithCancel(context.Background())
	var run sync.WaitGroup
	run.Go(func() {
		if err := in.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	stop = func() { cancel(); run.Wait() }
	t.Cleanup(stop)
	return in, stop
}

// until waits for a condition that work in the background brings about.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for {
		began := time.Now()
		if holds() {
			return
		}
		if began.After(deadline) {
			t.Fatalf("%s: not within %s", what, patience)
		}
		// A look that takes long leaves the most of the time to the work.
		<-time.After(max(5*time.Millisecond, 4*time.Since(began)))
	}
}

// settled is whether Run has worked and has nothing under way.
func settled(in *Ingester) func() bool {
	return func() bool { s := in.Status(); return !s.Running && !s.EndedAt.IsZero() }
}

// all is whether every voicemail of the upstream is stored.
func (w *world) all() bool { return len(w.missing()) == 0 }

func TestRunBeginsAtOnceAndOnCall(t *testing.T) {
	quirks := koresim.Documented()
	w := newWorld(t, koresim.Config{Voicemails: 10, Quirks: &quirks, LivePerHour: 1})
	in, stop := running(t, w)
	until(t, "first voicemails", w.all)
	before := len(w.stored())
	w.clock.Add(6 * time.Hour)
	in.RunNow()
	in.RunNow()
	until(t, "later voicemails", func() bool { return len(w.stored()) > before && w.all() })
	until(t, "the end of the pass", settled(in))
	if next := in.Status().NextAt; !next.After(w.clock.Now()) {
		t.Errorf("the next discovery is at %v", next)
	}
	stop()
	if s := in.Status(); s.Running || s.EndedAt.IsZero() || !s.NextAt.IsZero() || s.Err != "" {
		t.Errorf("got %+v", s)
	}
	w.noneLeased()
}

func TestRunKeepsItsSchedule(t *testing.T) {
	w := newWorld(t, koresim.Config{Voicemails: 3})
	every, err := ParseSchedule("@every 1s")
	if err != nil {
		t.Fatal(err)
	}
	running(t, w, func(c *Config) { c.Schedule, c.LookBack = every, time.Hour })
	for looks := range 3 {
		until(t, "scheduled look", func() bool { return w.sim.Stats().Requests[koresim.KindCallDetails] > looks })
		w.clock.Add(2 * time.Second)
	}
}

// What comes due between the looks of the schedule is fetched then.
func TestRunDrainsWhatComesDue(t *testing.T) {
	w := newWorld(t, koresim.Config{Voicemails: 10})
	w.sim.Inject(koresim.Fault{Kind: koresim.FaultStatus, On: koresim.KindVoicemail, Times: 3})
	in, _ := running(t, w)
	until(t, "the end of the first pass", func() bool { return settled(in)() && len(w.stored()) >= 7 })
	looks := w.sim.Stats().Requests[koresim.KindCallDetails]
	w.clock.Add(10 * time.Second)
	until(t, "what failed at first", w.all)
	if got := w.sim.Stats().Requests[koresim.KindCallDetails]; got > looks {
		t.Errorf("%d more looks for new sessions", got-looks)
	}
}

func TestRunOutlivesAPanic(t *testing.T) {
	quirks := koresim.Documented()
	w := newWorld(t, koresim.Config{Voicemails: 3, Quirks: &quirks})
	var calls atomic.Int32
	var logged bytes.Buffer
	in, stop := running(t, w, func(c *Config) {
		c.Log = slog.New(slog.NewTextHandler(&logged, nil))
		c.FirstSight = func(context.Context, store.SessionKey, []kore.File) {
			if calls.Add(1) == 1 {
				panic("the archive is on fire")
			}
		}
	})
	until(t, "first panic", func() bool { return calls.Load() > 0 })
	w.clock.Add(leaseFor)
	in.Nudge()
	until(t, "work after the panic", w.all)
	stop()
	if got := logged.String(); !strings.Contains(got, "panic") || strings.Contains(got, "on fire") {
		t.Errorf("the log says %q, want a panic without its words", got)
	}
}

// faulty is the real store, away for as long as told.
type faulty struct {
	Sessions
	away atomic.Bool
}

var errAway = errors.New("connection refused")

func (f *faulty) Claim(ctx context.Context, q store.ClaimQuery) ([]store.Lease, error) {
	if f.away.Load() {
		return nil, errAway
	}
	return f.Sessions.Claim(ctx, q)
}

func (f *faulty) Record(ctx context.Context, l store.Lease, o store.Outcome) (bool, error) {
	if f.away.Load() {
		return false, errAway
	}
	return f.Sessions.Record(ctx, l, o)
}

func TestRunOutlivesAStoreThatIsAway(t *testing.T) {
	w := newWorld(t, koresim.Config{Voicemails: 20})
	s := &faulty{Sessions: w.store}
	s.away.Store(true)
	in, _ := running(t, w, func(c *Config) { c.Store = s })
	until(t, "trouble in the status", func() bool { return in.Status().Err != "" })
	s.away.Store(false)
	w.clock.Add(time.Minute) // leases of what could not be recorded run out
	until(t, "what the store missed", w.all)
	until(t, "the end of the trouble", func() bool { return in.Status().Err == "" })
}

// renewing is a store that tells of each renewal before the pass goes on.
type renewing struct {
	Sessions
	renewed func()
}

func (r renewing) Renew(ctx context.Context, leases []store.Lease, lease time.Duration) ([]store.Lease, error) {
	lost, err := r.Sessions.Renew(ctx, leases, lease)
	if err == nil && len(lost) == 0 {
		r.renewed()
	}
	return lost, err
}

// A fetch that takes longer than a lease keeps it, and is made once. Time passes
// with the renewals: however slow the machine is, no lease runs out between two.
func TestLeasesAreRenewed(t *testing.T) {
	w := newWorld(t, koresim.Config{Voicemails: 1, Other: -1})
	var mu sync.Mutex
	began, renewals, enough := w.clock.Now(), 0, make(chan struct{})
	s := renewing{w.store, func() {
		mu.Lock()
		defer mu.Unlock()
		w.clock.Add(leaseFor / 3)
		if renewals++; renewals == 10 {
			close(enough)
		}
	}}
	// The upstream answers when the lease would have run out three times over.
	api := w.sim.API()
	slow := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/voicemail") {
			select {
			case <-enough:
			case <-r.Context().Done():
				return
			}
		}
		api.ServeHTTP(rw, r)
	}))
	t.Cleanup(slow.Close)
	w.server.APIURL, w.timeout = slow.URL, patience
	w.client = w.newClient(w.creds.ClientSecret)
	in := w.ingester(func(c *Config) { c.Store = s })
	in.beat = 5 * time.Millisecond
	report, err := in.Pass(t.Context(), PassOptions{})
	if err != nil || report.Fetched != 1 || w.sim.Stats().Requests[koresim.KindVoicemail] != 1 {
		t.Errorf("fetched %d in %d calls, %v", report.Fetched, w.sim.Stats().Requests[koresim.KindVoicemail], err)
	}
	if passed := w.clock.Now().Sub(began); passed < 3*leaseFor {
		t.Errorf("the fetch took %s, which is no longer than three leases", passed)
	}
}

// A look whose lock another process has taken ends.
func TestLookEndsWithItsLock(t *testing.T) {
	w := newWorld(t, koresim.Config{Voicemails: 30})
	in := w.ingester()
	in.beat = 5 * time.Millisecond
	name := lookLock(w.creds.AccountID)
	w.sim.Inject(koresim.Fault{Kind: koresim.FaultSlowDrip, Delay: 100 * time.Millisecond, On: koresim.KindCallDetails, After: 3})
	var once sync.Once
	_, err := in.Pass(t.Context(), PassOptions{Progress: func(p Progress) {
		once.Do(func() {
			// The heartbeat may get it back in between.
			for err := store.ErrLocked; err != nil; {
				_ = w.store.ReleaseLock(t.Context(), name, in.holder)
				err = w.store.AcquireLock(t.Context(), name, "another", time.Hour)
			}
		})
	}})
	if !errors.Is(err, errLockLost) {
		t.Errorf("got %v, want errLockLost", err)
	}
	if s := in.Status(); s.Err == "" {
		t.Error("the status tells of no trouble")
	}
}

func TestBudgetWaitsAndGivesUp(t *testing.T) {
	w := newWorld(t, koresim.Config{Voicemails: 1})
	b, err := NewBudget(w.store, "acc", store.Limits(2), nil)
	if err != nil {
		t.Fatal(err)
	}
	var waited []time.Duration
	b.wait = func(ctx context.Context, d time.Duration) error {
		waited = append(waited, d)
		return w.clock.Wait(ctx, d)
	}
	for range 3 {
		if err := b.Reserve(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
	}
	if fmt.Sprint(waited) != "[1m0s]" {
		t.Errorf("waited %v, want a minute", waited)
	}
	b.wait = pauseOrStop
	for range 2 { // use up what the wait has freed
		w.clock.Add(time.Second)
		stop, end := context.WithCancel(t.Context())
		end()
		err = b.Reserve(withStopping(t.Context(), stop), 0)
	}
	if !errors.Is(err, errStopping) {
		t.Errorf("got %v at a stop, want errStopping", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := b.Reserve(ctx, 0); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
	for _, bad := range []func() (*Budget, error){
		func() (*Budget, error) { return NewBudget(nil, "acc", store.Limits(1), nil) },
		func() (*Budget, error) { return NewBudget(w.store, "", store.Limits(1), nil) },
		func() (*Budget, error) { return NewBudget(w.store, "acc", nil, nil) },
	} {
		if b, err := bad(); err == nil {
			t.Errorf("got %v", b)
		}
	}
}
