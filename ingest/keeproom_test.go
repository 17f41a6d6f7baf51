package ingest

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"afterbeep/ingest/kore/koresim"
	"afterbeep/store"
	"afterbeep/store/archive"
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
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
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

func TestOneLargeRecordingStopsNoOther(t *testing.T) {
	const kb = 1 << 10
	for _, tt := range []struct {
		name  string
		size  int
		free  bool // the medium's room is short, not the cap
		state store.State
		words string
	}{
		{"larger than what is left", 150 * kb, false, store.StateWaiting, "larger than the room that is left"},
		{"larger than what is left on the disk", 2 * leastRoom, true, store.StateWaiting, "larger than the room that is left"},
		{"larger than the cap", 1100 * kb, false, store.StateDead, "larger than the whole audio archive may be"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k := keepable(t, koresim.Config{}, func(c *KeeperConfig) {
				c.LookUps, c.Workers = LookUpsOff, 1
				if tt.free {
					c.MinFree, c.Archive = 100<<20, &shortArchive{Archive: c.Archive, free: 100<<20 + 2*leastRoom}
				} else {
					c.MaxBytes = 1000 * kb
				}
			})
			others := k.space()
			audio := append(bytes.Clone(k.sim.VoicemailFile(k.all[0].SessionID, 0)), make([]byte, tt.size+others)...)
			large := k.add(koresim.NewVoicemail{Texts: []string{"long"}, Audio: audio}) // the newest: the first in turn
			if !tt.free {                                                               // 62 KiB are hardly anything here
				if err := k.keeper.room.reserve(t.Context(), k.keeper.cfg.MaxBytes-64*kb-int64(others)); err != nil {
					t.Fatal(err)
				}
			}
			k.until("all others are archived", func() bool { return k.archived() == k.recordings()-1 })
			got := k.task(large.ID, store.TaskKeep, 0)
			if got.State != tt.state || !strings.Contains(got.Reason, tt.words) || got.Attempts != 1 {
				t.Errorf("the large one is %s after %d attempts, %q", got.State, got.Attempts, got.Reason)
			}
			if s := k.keeper.Status(); s.Full || s.Why != "" {
				t.Errorf("got %+v", s)
			}
		})
	}
}

// space is what all voicemails' recordings take.
func (k *kept) space() (n int) {
	for _, v := range k.all {
		for _, r := range v.Recordings {
			n += len(k.sim.VoicemailFile(v.SessionID, r.N))
		}
	}
	return n
}

// shortArchive has as much room as it says.
type shortArchive struct {
	archive.Archive
	free int64
}

func (a *shortArchive) Free(context.Context) (int64, bool, error) { return a.free, true, nil }

func TestAudioOfUnknownLengthStopsWhereTheRoomEnds(t *testing.T) {
	k := keepable(t, koresim.Config{}, func(c *KeeperConfig) { c.MaxBytes = 1 << 20 })
	if err := k.keeper.room.reserve(t.Context(), 1<<19); err != nil {
		t.Fatal(err)
	}
	endless := &endlessAudio{}
	file, err := k.keeper.spool(t.Context(), endless, -1)
	if err == nil {
		file.Close()
	}
	if !errors.Is(err, errOverCap) && !errors.Is(err, errLargerThanRoom) || endless.n > 1<<20 {
		t.Errorf("got %v after %d bytes", err, endless.n)
	}
}

// endlessAudio is audio without an end.
type endlessAudio struct{ n int }

func (c *endlessAudio) Read(b []byte) (int, error) {
	c.n += len(b)
	return len(b), nil
}
