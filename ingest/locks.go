package ingest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"time"

	"afterbeep/store"
)

// Leases and the locks on discovery live for leaseFor and are renewed every
// heartbeat, so that a process that dies is replaced soon.
const (
	leaseFor  = 15 * time.Second
	heartbeat = 5 * time.Second
	// recordWithin bounds writes that must not be cut short by a stop.
	recordWithin = 5 * time.Second
)

// errLockLost ends a look whose lock another process has taken.
var errLockLost = errors.New("another process took the look for sessions over")

// lookLock and digLock name what one process at a time does for an account: the
// look at the present, and at the past. Fetching needs no lock: leases share it
// out.
func lookLock(account string) string { return "ingest:" + account }
func digLock(account string) string  { return "backfill:" + account }

// exclusively calls do while nobody else, here or in another process, does what
// name names; own is what keeps it apart in this process. noWait gives
// store.ErrLocked instead of waiting. do's context ends when the lock is lost,
// and the error is errLockLost then.
func (in *Ingester) exclusively(ctx context.Context, own chan struct{}, name string, noWait bool, do func(context.Context) error) error {
	select {
	case own <- struct{}{}:
		defer func() { <-own }()
	default:
		if noWait {
			return store.ErrLocked
		}
		select {
		case own <- struct{}{}:
			defer func() { <-own }()
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if err := in.acquire(ctx, name, noWait); err != nil {
		return fmt.Errorf("begin to look for sessions: %w", err)
	}
	work, lost := context.WithCancelCause(ctx)
	defer lost(nil)
	done := make(chan struct{})
	var beat sync.WaitGroup
	beat.Go(func() { in.keepLock(context.WithoutCancel(ctx), name, done, lost) })
	defer func() {
		close(done)
		beat.Wait()
		release, stop := context.WithTimeout(context.WithoutCancel(ctx), recordWithin)
		defer stop()
		if err := in.cfg.Store.ReleaseLock(release, name, in.holder); err != nil {
			in.log.WarnContext(ctx, "give back the lock on discovery", "err", err)
		}
	}()
	err := do(work)
	if errors.Is(context.Cause(work), errLockLost) {
		return errLockLost
	}
	return err
}

// acquire takes a lock, waiting for it unless told not to.
func (in *Ingester) acquire(ctx context.Context, name string, noWait bool) error {
	for {
		err := in.cfg.Store.AcquireLock(ctx, name, in.holder, leaseFor)
		if !errors.Is(err, store.ErrLocked) || noWait {
			return err
		}
		if err := in.wait(ctx, time.Second); err != nil {
			return err
		}
	}
}

// keepLock prolongs a lock until done, and tells when it is lost.
func (in *Ingester) keepLock(ctx context.Context, name string, done <-chan struct{}, lost context.CancelCauseFunc) {
	ticker := time.NewTicker(in.beat)
	defer ticker.Stop()
	held := time.Now()
	for {
		select {
		case <-done:
			return
		case <-ticker.C:
		}
		at := time.Now()
		beat, cancel := context.WithTimeout(ctx, heartbeat)
		err := in.cfg.Store.AcquireLock(beat, name, in.holder, leaseFor)
		cancel()
		switch {
		case err == nil:
			held = at
		case errors.Is(err, store.ErrLocked), time.Since(held) > leaseFor:
			lost(errLockLost)
			return
		default:
			in.log.WarnContext(ctx, "renew the lock on discovery", "err", err)
		}
	}
}

// keepLeases prolongs the leases in b until done, and ends the work on those
// that are lost. It goes on while a stopping run lets its work finish.
func (in *Ingester) keepLeases(ctx context.Context, b *leaseBook, done <-chan struct{}) {
	ticker := time.NewTicker(in.beat)
	defer ticker.Stop()
	renewed := time.Now()
	for {
		select {
		case <-done:
			return
		case <-ticker.C:
		}
		held, at := b.held(), time.Now()
		if len(held) == 0 {
			renewed = at
			continue
		}
		beat, cancel := context.WithTimeout(ctx, heartbeat)
		lost, err := in.cfg.Store.Renew(beat, held, leaseFor)
		cancel()
		switch {
		case err == nil:
			renewed = at
			for _, l := range lost {
				b.lose(l)
			}
		case time.Since(renewed) > leaseFor:
			b.loseAll()
		default:
			in.log.WarnContext(ctx, "renew leases", "count", len(held), "err", err)
		}
	}
}

// newHolder names this ingester among all processes.
func newHolder() string { return rand.Text() }
