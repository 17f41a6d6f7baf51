package ingest

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"afterbeep/ingest/kore/koresim"
	"afterbeep/store"
)

func TestPassStopsGracefully(t *testing.T) {
	w := newWorld(t, koresim.Config{Voicemails: 60})
	ctx, cancel := context.WithCancel(t.Context())
	in := w.ingester()
	_, err := in.Pass(ctx, PassOptions{Progress: func(p Progress) {
		if p.Fetched == 5 {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want context.Canceled", err)
	}
	w.noneLeased()
	if stored := len(w.stored()); stored < 5 || stored > 5+in.cfg.Workers {
		t.Errorf("%d voicemails are stored after a stop at 5", stored)
	}
	if got := in.Status(); got.Running || got.Err != "" {
		t.Errorf("got %+v", got)
	}
	w.finish(w.ingester(), 12)
}

// What hangs at a stop is given back when its time is over.
func TestPassStopGivesBackWhatHangs(t *testing.T) {
	w := newWorld(t, koresim.Config{Voicemails: 20})
	ctx, cancel := context.WithCancel(t.Context())
	w.sim.Inject(koresim.Fault{Kind: koresim.FaultSlowDrip, Delay: time.Minute, On: koresim.KindVoicemail})
	in := w.ingester(func(c *Config) { c.StopWithin = 50 * time.Millisecond })
	due := make(chan struct{})
	var once sync.Once
	go func() { <-due; cancel() }()
	_, err := in.Pass(ctx, PassOptions{Progress: func(p Progress) {
		if p.Due == 20 {
			once.Do(func() { close(due) })
		}
	}})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want context.Canceled", err)
	}
	w.noneLeased()
	l, err := w.store.Ledger(t.Context(), store.AllBots())
	if err != nil || l.Sessions[store.StateDue] != 20 {
		t.Errorf("got %v, %v, want 20 due", l.Sessions, err)
	}
}

// Two processes share what is due; one at a time looks for more.
func TestTwoPassesShareTheWork(t *testing.T) {
	w := newWorld(t, koresim.Config{Voicemails: 40})
	first, second := w.ingester(), w.ingester()
	first.wait, second.wait = pauseOrStop, pauseOrStop // real time: no lease may run out
	inside := make(chan struct{})
	var once sync.Once
	var passes sync.WaitGroup
	var fetched [2]int
	passes.Go(func() {
		report, err := first.Pass(t.Context(), PassOptions{Progress: func(Progress) { once.Do(func() { close(inside) }) }})
		if err != nil {
			t.Error(err)
		}
		fetched[0] = report.Fetched
	})
	<-inside
	report, err := second.Pass(t.Context(), PassOptions{})
	if err != nil {
		t.Error(err)
	}
	passes.Wait()
	if fetched[0]+report.Fetched != 40 || len(w.missing()) > 0 {
		t.Errorf("fetched %d and %d, want 40; %d are missing", fetched[0], report.Fetched, len(w.missing()))
	}
}

func TestOneLookAtATime(t *testing.T) {
	w := newWorld(t, koresim.Config{Voicemails: 3})
	in := w.ingester()
	name := lookLock(w.creds.AccountID)
	if err := w.store.AcquireLock(t.Context(), name, "another", leaseFor); err != nil {
		t.Fatal(err)
	}
	if _, err := in.Pass(t.Context(), PassOptions{noWait: true}); !errors.Is(err, store.ErrLocked) {
		t.Errorf("got %v, want store.ErrLocked", err)
	}
	if got := w.sim.Stats().Requests[koresim.KindCallDetails]; got > 0 {
		t.Errorf("%d looks beside another's", got)
	}
}

// What a process that died has held is taken over by time.
func TestPassTakesOverFromTheDead(t *testing.T) {
	w := newWorld(t, koresim.Config{Voicemails: 30})
	heal := w.sim.Inject(koresim.Fault{Kind: koresim.FaultStatus, On: koresim.KindVoicemail})
	if _, err := w.ingester().Pass(t.Context(), PassOptions{}); err != nil {
		t.Fatal(err)
	}
	heal()
	w.clock.Add(10 * time.Second)
	if err := w.store.AcquireLock(t.Context(), lookLock(w.creds.AccountID), "the dead", leaseFor); err != nil {
		t.Fatal(err)
	}
	held, err := w.store.Claim(t.Context(), store.ClaimQuery{Accounts: []string{w.creds.AccountID}, Limit: 10, Lease: leaseFor})
	if err != nil || len(held) == 0 {
		t.Fatalf("claimed %d, %v", len(held), err)
	}
	began := w.clock.Now()
	w.finish(w.ingester(), 12)
	if took := w.clock.Now().Sub(began); took < leaseFor {
		t.Errorf("the lock was taken over after %v", took)
	}
	w.noneLeased()
}

// Who starts again under its name does not wait for the lock that it held when
// it was killed.
func TestPassTakesOverFromItself(t *testing.T) {
	w := newWorld(t, koresim.Config{Voicemails: 5})
	if err := w.store.AcquireLock(t.Context(), lookLock(w.creds.AccountID), "the same", leaseFor); err != nil {
		t.Fatal(err)
	}
	began := w.clock.Now()
	w.finish(w.ingester(func(c *Config) { c.Holder = "the same" }), 1)
	if took := w.clock.Now().Sub(began); took >= leaseFor {
		t.Errorf("the lock was waited for %v", took)
	}
}
