package ingest

import (
	"context"
	"sync"
	"time"

	"afterbeep/store"
)

// leaseBook knows the leases of a pass that are being worked on. It is safe for
// concurrent use.
type leaseBook struct {
	mu    sync.Mutex // guards taken
	taken map[string]held
}

type held struct {
	lease store.Lease
	lost  context.CancelCauseFunc
}

func newLeaseBook() *leaseBook { return &leaseBook{taken: map[string]held{}} }

// take enters a lease and gives the context for its work. It goes on for
// stopWithin after ctx has ended, and ends with ErrLeaseLost as its cause when
// the lease is lost. done takes the lease out again.
func (b *leaseBook) take(ctx context.Context, lease store.Lease, stopWithin time.Duration) (work context.Context, done func()) {
	work, cancel := context.WithCancelCause(withStopping(context.WithoutCancel(ctx), ctx))
	b.mu.Lock()
	b.taken[lease.Token] = held{lease, cancel}
	b.mu.Unlock()
	var timer *time.Timer
	var mu sync.Mutex // guards timer
	unhook := context.AfterFunc(ctx, func() {
		mu.Lock()
		defer mu.Unlock()
		timer = time.AfterFunc(stopWithin, func() { cancel(errStopping) })
	})
	return work, func() {
		unhook()
		mu.Lock()
		if timer != nil {
			timer.Stop()
		}
		mu.Unlock()
		cancel(nil)
		b.mu.Lock()
		delete(b.taken, lease.Token)
		b.mu.Unlock()
	}
}

// held lists the leases to renew.
func (b *leaseBook) held() []store.Lease {
	b.mu.Lock()
	defer b.mu.Unlock()
	leases := make([]store.Lease, 0, len(b.taken))
	for _, h := range b.taken {
		leases = append(leases, h.lease)
	}
	return leases
}

// lose ends the work on a lease that is not held any more.
func (b *leaseBook) lose(l store.Lease) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if h, ok := b.taken[l.Token]; ok {
		h.lost(store.ErrLeaseLost)
	}
}

// loseAll is lose for every lease.
func (b *leaseBook) loseAll() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, h := range b.taken {
		h.lost(store.ErrLeaseLost)
	}
}
