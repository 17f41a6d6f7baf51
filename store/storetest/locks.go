package storetest

import (
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"afterbeep/store"
)

func lockRows() []row {
	return []row{
		{"one holder at a time", lockExcludes},
		{"the holder prolongs", lockProlongs},
		{"runs out", lockRunsOut},
		{"released by its holder only", lockRelease},
		{"of many at once one gets it", lockConcurrent},
	}
}

func (b *bench) lock(t *testing.T, name, holder string) error {
	t.Helper()
	return b.AcquireLock(t.Context(), name, holder, time.Minute)
}

func lockExcludes(t *testing.T, b *bench) {
	must(t, b.lock(t, "pass", "a"))
	wantErr(t, "another holder", b.lock(t, "pass", "b"), store.ErrLocked)
	must(t, b.lock(t, "Pass", "b"))
	must(t, b.lock(t, "", ""))
}

func lockProlongs(t *testing.T, b *bench) {
	must(t, b.lock(t, "pass", "a"))
	b.clock.move(50 * time.Second)
	must(t, b.lock(t, "pass", "a"))
	b.clock.move(50 * time.Second)
	wantErr(t, "prolonged", b.lock(t, "pass", "b"), store.ErrLocked)
}

func lockRunsOut(t *testing.T, b *bench) {
	must(t, b.lock(t, "pass", "a"))
	b.clock.move(time.Minute - time.Microsecond)
	wantErr(t, "a microsecond early", b.lock(t, "pass", "b"), store.ErrLocked)
	b.clock.move(time.Microsecond)
	must(t, b.lock(t, "pass", "b"))
	wantErr(t, "its former holder", b.lock(t, "pass", "a"), store.ErrLocked)
}

func lockRelease(t *testing.T, b *bench) {
	must(t, b.ReleaseLock(t.Context(), "pass", "a"))
	must(t, b.lock(t, "pass", "a"))
	must(t, b.ReleaseLock(t.Context(), "pass", "b"))
	wantErr(t, "released by another", b.lock(t, "pass", "b"), store.ErrLocked)
	must(t, b.ReleaseLock(t.Context(), "pass", "a"))
	must(t, b.lock(t, "pass", "b"))
}

func lockConcurrent(t *testing.T, b *bench) {
	handles := []store.Store{b.Store, b.another(t)}
	var got atomic.Int64
	g, ctx := errgroup.WithContext(t.Context())
	for i := range 8 {
		g.Go(func() error {
			err := handles[i%2].AcquireLock(ctx, "pass", fmt.Sprint("holder ", i), time.Minute)
			if errors.Is(err, store.ErrLocked) {
				return nil
			}
			got.Add(1)
			return err
		})
	}
	must(t, g.Wait())
	equal(t, "holders", got.Load(), int64(1))
}
