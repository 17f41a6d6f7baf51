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

	"afterbeep/ingest/kore/koresim"
	"afterbeep/store"
)

// patience is how long tests wait for what should happen at once.
const patience = 30 * time.Second

// running starts Run and gives a channel that is told of each pass's end. Run is
// stopped and waited for at the test's end.
func running(t *testing.T, w *world, change ...func(*Config)) (*Ingester, <-chan bool, context.CancelFunc) {
	t.Helper()
	ends := make(chan bool, 1000)
	hourly, err := ParseSchedule("0 0 1 1 *")
	if err != nil {
		t.Fatal(err)
	}
	change = append([]func(*Config){func(c *Config) {
		c.Schedule = hourly
		c.PassEnded = func(changed bool) { ends <- changed }
	}}, change...)
	in := w.ingester(change...)
	ctx, cancel := context.WithCancel(context.Background())
	var run sync.WaitGroup
	run.Go(func() {
		if err := in.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	stop := func() { cancel(); run.Wait() }
	t.Cleanup(stop)
	return in, ends, stop
}

func await[T any](t *testing.T, c <-chan T, what string) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(patience):
		t.Fatalf("no %s", what)
		panic("not reached")
	}
}

func TestRunBeginsAtOnceAndOnCall(t *testing.T) {
	quirks := koresim.Documented()
	w := newWorld(t, koresim.Config{Voicemails: 10, Quirks: &quirks, LivePerHour: 1})
	in, ends, stop := running(t, w)
	if changed := await(t, ends, "first pass"); !changed {
		t.Error("the first pass changed nothing")
	}
	before := len(w.stored())
	w.clock.Add(6 * time.Hour)
	in.RunNow()
	in.RunNow()
	await(t, ends, "pass on call")
	if next := in.Status().NextAt; !next.After(time.Now()) {
		t.Errorf("the next discovery is at %v", next)
	}
	if after := len(w.stored()); after <= before {
		t.Errorf("%d voicemails after %d", after, before)
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
	_, ends, _ := running(t, w, func(c *Config) { c.Schedule, c.LookBack = every, time.Hour })
	for range 3 {
		await(t, ends, "scheduled pass")
	}
}

// What comes due between the passes of the schedule is fetched then.
func TestRunDrainsWhatComesDue(t *testing.T) {
	w := newWorld(t, koresim.Config{Voicemails: 10})
	w.sim.Inject(koresim.Fault{Kind: koresim.FaultStatus, On: koresim.KindVoicemail, Times: 3})
	_, ends, _ := running(t, w)
	await(t, ends, "first pass")
	if len(w.missing()) == 0 {
		t.Fatal("nothing was left to drain")
	}
	w.clock.Add(10 * time.Second)
	await(t, ends, "drain")
	if missing := w.missing(); len(missing) > 0 {
		t.Errorf("%d voicemails are missing", len(missing))
	}
	if got := w.sim.Stats().Requests[koresim.KindCallDetails]; got > 120 {
		t.Errorf("%d looks for new sessions", got)
	}
}

func TestRunOutlivesAPanic(t *testing.T) {
	w := newWorld(t, koresim.Config{Voicemails: 3})
	var passes atomic.Int32
	done := make(chan bool, 10)
	var logged bytes.Buffer
	in, _, stop := running(t, w, func(c *Config) {
		c.Log = slog.New(slog.NewTextHandler(&logged, nil))
		c.PassEnded = func(bool) {
			n := passes.Add(1)
			done <- true
			if n == 1 {
				panic("the index is on fire")
			}
		}
	})
	await(t, done, "first pass")
	in.RunNow()
	await(t, done, "pass after the panic")
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
	in, ends, _ := running(t, w, func(c *Config) { c.Store = s })
	await(t, ends, "first pass")
	if got := in.Status().Err; got == "" {
		t.Error("the status tells of no trouble")
	}
	s.away.Store(false)
	w.clock.Add(time.Minute) // leases of what could not be recorded run out
	in.RunNow()
	for len(w.missing()) > 0 {
		await(t, ends, "pass after the store came back")
		in.RunNow()
	}
	if got := in.Status().Err; got != "" {
		t.Errorf("the status says %q", got)
	}
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

// A pass whose lock another process has taken ends, and records nothing more.
func TestPassEndsWithItsLock(t *testing.T) {
	w := newWorld(t, koresim.Config{Voicemails: 30})
	in := w.ingester()
	in.beat = 5 * time.Millisecond
	w.sim.Inject(koresim.Fault{Kind: koresim.FaultSlowDrip, Delay: time.Second, On: koresim.KindVoicemail, After: 3})
	var once sync.Once
	_, err := in.Pass(t.Context(), PassOptions{Progress: func(p Progress) {
		if p.Fetched == 3 {
			once.Do(func() {
				// The heartbeat may get it back in between.
				for err := store.ErrLocked; err != nil; {
					_ = w.store.ReleaseLock(t.Context(), passLock, in.holder)
					err = w.store.AcquireLock(t.Context(), passLock, "another", time.Hour)
				}
			})
		}
	}})
	if !errors.Is(err, errLockLost) {
		t.Errorf("got %v, want errLockLost", err)
	}
	if got := len(w.stored()); got != 3 {
		t.Errorf("%d are stored, want 3", got)
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
