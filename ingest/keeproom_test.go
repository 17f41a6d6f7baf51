package ingest

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"afterbeep/ingest/kore/koresim"
)

// addingStore counts how often what is archived is added up; while hold is open
// that takes as long as its context lasts.
type addingStore struct {
	KeeperStore
	added atomic.Int32
	hold  atomic.Pointer[chan struct{}]
}

func (s *addingStore) KeptBytes(ctx context.Context) (int64, error) {
	s.added.Add(1)
	if hold := s.hold.Load(); hold != nil {
		select {
		case <-*hold:
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
	return s.KeeperStore.KeptBytes(ctx)
}

// adding is a world whose keeper has such a store.
func adding(t *testing.T, change ...func(*KeeperConfig)) (*kept, *addingStore) {
	t.Helper()
	s := &addingStore{}
	k := keepable(t, koresim.Config{}, append(change, func(c *KeeperConfig) {
		s.KeeperStore, c.Store, c.LookUps = c.Store, s, LookUpsOff
	})...)
	return k, s
}

func TestArchiveIsAddedUpForACapOrAStatus(t *testing.T) {
	k, s := adding(t)
	k.untilArchived()
	if got := s.added.Load(); got != 0 {
		t.Errorf("what is archived was added up %d times, though there is no cap", got)
	}
	if got := k.keeper.Status(); got.Bytes == 0 || s.added.Load() != 1 {
		t.Errorf("%d bytes in a status, added up %d times", got.Bytes, s.added.Load())
	}
	capped, s := adding(t, func(c *KeeperConfig) { c.MaxBytes = 1 << 40 })
	capped.untilArchived()
	if got := s.added.Load(); got != 1 {
		t.Errorf("with a cap it was added up %d times", got)
	}
}

func TestMeasuringHoldsNobodyUp(t *testing.T) {
	k, s := adding(t)
	hold := make(chan struct{})
	s.hold.Store(&hold)
	k.keeper.statusWithin = 20 * time.Millisecond
	began := time.Now()
	got := k.keeper.Status()
	if took := time.Since(began); took > statusWithin {
		t.Errorf("the status took %s", took)
	}
	if got.Why == "" || got.Full {
		t.Errorf("got %+v, want it said that there is no number yet", got)
	}
	// Keeping without a cap doesn't wait for the number.
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if err := k.keeper.room.reserve(ctx, 7); err != nil {
		t.Errorf("reserve while it is measured: %v", err)
	}
	close(hold)
	eventually(t, "the number is known", func() bool { return k.keeper.Status().Why == "" })
	if got := k.keeper.Status().Bytes; got != 7 {
		t.Errorf("%d bytes, want the 7 that were reserved meanwhile", got)
	}
}

func TestMeasuringEndsWithTheKeeper(t *testing.T) {
	k, s := adding(t)
	hold := make(chan struct{})
	s.hold.Store(&hold)
	k.keeper.statusWithin = time.Millisecond
	k.keeper.Status()
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := k.keeper.Drain(ended); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if got := k.keeper.Status(); got.Why == "" {
		t.Errorf("got %+v without a number", got)
	}
}
