package ingest

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"afterbeep/ingest/kore/koresim"
	"afterbeep/store"

	"go.uber.org/goleak"
)

// running runs the keeper until stop, which waits for its end.
func (k *kept) running() (stop func()) {
	k.t.Helper()
	ctx, cancel := context.WithCancel(k.t.Context())
	done := make(chan error, 1)
	go func() { done <- k.keeper.Run(ctx) }()
	return func() {
		k.t.Helper()
		cancel()
		select {
		case err := <-done:
			if err != nil {
				k.t.Error(err)
			}
		case <-time.After(2 * time.Minute):
			k.t.Error("it doesn't stop")
		}
	}
}

func TestRunEndsWithItsFirstSights(t *testing.T) {
	k := keepable(t, koresim.Config{}, func(c *KeeperConfig) { c.StopWithin, c.LookUps = 50*time.Millisecond, LookUpsOff })
	k.sim.Inject(koresim.Fault{Kind: koresim.FaultSlowDrip, On: koresim.KindMedia, Delay: time.Minute})
	v := k.all[0]
	links := k.links(v)
	before := goleak.IgnoreCurrent()
	k.keeper.cfg.Accounts = func() []string { return nil } // first sights alone
	stop := k.running()
	k.keeper.FirstSight(t.Context(), key(v), links)
	eventually(t, "a file comes", func() bool { return k.sim.Stats().Requests[koresim.KindMedia] > 0 })
	stop()
	select {
	case <-k.keeper.sights.whenIdle():
	default:
		t.Error("a first sight outlives Run")
	}
	if got := k.task(v.ID, store.TaskKeep, 0); got.State != store.StateDue || got.Attempts != 0 {
		t.Errorf("the task is %s after %d attempts, want it back", got.State, got.Attempts)
	}
	k.keeper.FirstSight(t.Context(), key(v), links)
	k.keeper.Hurry(store.TaskKey{VoicemailID: v.ID, Kind: store.TaskKeep})
	if got := k.keeper.sights.open; got != 0 {
		t.Errorf("%d are taken after the end", got)
	}
	k.client.Close()
	if err := k.server.Close(); err != nil {
		t.Error(err)
	}
	if err := goleak.Find(before, goleak.IgnoreAnyFunction("net/http.(*persistConn).writeLoop")); err != nil {
		t.Error(err)
	}
}

func TestFirstSightsMayComeWhileRunEnds(t *testing.T) {
	k := keepable(t, koresim.Config{}, func(c *KeeperConfig) { c.LookUps = LookUpsOff })
	links := k.links(k.all[0])
	stop := k.running()
	begun := make(chan struct{}, 4)
	over := make(chan struct{})
	var callers sync.WaitGroup
	for range cap(begun) {
		callers.Go(func() {
			begun <- struct{}{}
			for !closed(over) {
				k.keeper.FirstSight(t.Context(), key(k.all[0]), links)
				k.keeper.Hurry(store.TaskKey{VoicemailID: k.all[0].ID, Kind: store.TaskKeep})
			}
		})
	}
	for range cap(begun) {
		<-begun
	}
	stop()
	open := func() int {
		k.keeper.sights.mu.Lock()
		defer k.keeper.sights.mu.Unlock()
		return k.keeper.sights.open
	}
	if got := open(); got != 0 {
		t.Errorf("%d first sights outlive Run", got)
	}
	close(over)
	callers.Wait()
}

func TestDrainStopsTakingAtAStopOnly(t *testing.T) {
	k := keepable(t, koresim.Config{})
	takes := func() bool {
		took := false
		k.keeper.sights.take(t.Context(), func(context.Context) { took = true })
		<-k.keeper.sights.whenIdle()
		return took
	}
	if err := k.keeper.Drain(t.Context()); err != nil || !takes() {
		t.Errorf("after a drain with nothing to do: %v, or it takes nothing more", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := k.keeper.Drain(ended); err == nil || takes() {
		t.Errorf("after a stop with nothing to do: %v, or it goes on taking", err)
	}
}

func TestPanicAtFirstSightEndsNothing(t *testing.T) {
	var log bytes.Buffer
	k := keepable(t, koresim.Config{}, func(c *KeeperConfig) { c.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	k.keeper.sights.take(t.Context(), func(context.Context) { panic("what somebody said") })
	if err := k.keeper.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := log.String(); !strings.Contains(got, "panic=string") || strings.Contains(got, "somebody said") {
		t.Errorf("the log says %q", got)
	}
	v := k.all[0]
	k.keeper.FirstSight(t.Context(), key(v), k.links(v))
	if err := k.keeper.Drain(t.Context()); err != nil || k.voicemail(v.ID).Recordings[0].Digest == "" {
		t.Errorf("it goes on with nothing: %v", err)
	}
}
