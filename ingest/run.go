package ingest

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"afterbeep/store"
)

// The bounds between which Run looks whether something has come due.
const (
	drainSoonest = 2 * time.Second
	drainLatest  = time.Minute
)

// The bounds between which Run tries again to work on a backfill that failed.
const (
	digSoonest = time.Minute
	digLatest  = 15 * time.Minute
)

// Run works for every account at once and independently: it looks for sessions
// at once and then as scheduled, fetches what is due whenever it is, and works
// on backfills. What fails is told by Status and the log; the work goes on.
// Without bots it waits for SetBots. It returns nil when ctx has ended and what
// was under way is finished or given back.
func (in *Ingester) Run(ctx context.Context) error {
	running := map[*account]context.CancelFunc{}
	ended := make(chan *account)
	stopping := map[*account]bool{}
	for {
		connected := map[*account]bool{}
		for _, a := range in.all() {
			connected[a] = true
			if running[a] == nil && ctx.Err() == nil {
				work, cancel := context.WithCancel(ctx)
				running[a] = cancel
				go func() { in.serve(work, a); ended <- a }()
			}
		}
		for a, cancel := range running {
			if !connected[a] && !stopping[a] {
				stopping[a] = true
				cancel()
			}
		}
		if ctx.Err() != nil && len(running) == 0 {
			return nil
		}
		done := ctx.Done()
		if ctx.Err() != nil {
			done = nil
		}
		select {
		case <-done:
		case <-in.reset:
		case a := <-ended:
			running[a]()
			delete(running, a)
			delete(stopping, a)
		}
	}
}

// serve is Run for one account.
func (in *Ingester) serve(ctx context.Context, a *account) {
	signal(a.nudged) // what is due since before is fetched at once
	defer a.next(time.Time{})
	var loops sync.WaitGroup
	loops.Go(func() { in.lookAsScheduled(ctx, a) })
	loops.Go(func() { in.fetchAsDue(ctx, a) })
	loops.Go(func() { in.digAsAsked(ctx, a) })
	loops.Wait()
}

// lookAsScheduled looks for sessions at once, as the account's bots schedule it,
// and on call.
func (in *Ingester) lookAsScheduled(ctx context.Context, a *account) {
	began := in.cfg.Now()
	for asked := true; ctx.Err() == nil; {
		r := in.newRun(a, PassOptions{noWait: !asked})
		// Of several processes, one look each time that is due is enough.
		last := began.Add(in.cfg.Now().Sub(began) / 2)
		began = in.cfg.Now()
		next := in.nextLook(a)
		a.next(next)
		if asked || !r.lookedAtSince(ctx, last) {
			err := r.safely(ctx, "look for sessions", r.discover)
			if errors.Is(err, store.ErrLocked) {
				in.log.DebugContext(ctx, "another process looks for sessions", "account", a.id)
			}
		}
		asked = in.awaitLook(ctx, a, next)
	}
}

// nextLook is when the account is looked at next; zero where it never is.
func (in *Ingester) nextLook(a *account) time.Time {
	var next time.Time
	now := in.cfg.Now()
	for _, b := range a.all() {
		if b.Discovery == DiscoverNone {
			continue
		}
		schedule := in.cfg.Schedule
		if b.Schedule.next != nil {
			schedule = b.Schedule.In(b.TimeZone)
		}
		next = earlier(next, jittered{schedule, in.cfg.Random}.Next(now))
	}
	return next
}

// awaitLook waits until the clock says next, and returns false; or until
// somebody asks for a look, and returns true. The clock may be set meanwhile.
func (in *Ingester) awaitLook(ctx context.Context, a *account, next time.Time) (asked bool) {
	for {
		left := time.Minute
		if !next.IsZero() {
			left = min(left, next.Sub(in.cfg.Now()))
		}
		if left <= 0 {
			return false
		}
		select {
		case <-ctx.Done():
			return false
		case <-a.runNow:
			return true
		case <-time.After(left):
		}
	}
}

// fetchAsDue fetches what comes due, as soon as it does.
func (in *Ingester) fetchAsDue(ctx context.Context, a *account) {
	failures := time.Duration(0) // the wait after the last of several failures
	for drained := time.Duration(0); ctx.Err() == nil; {
		due, wait := in.nextDrain(ctx, a, drained)
		wake := a.nudged
		if failures > 0 {
			due, wait, wake = true, failures, nil // or what failed would be asked again and again
		}
		nudged := false
		select {
		case <-ctx.Done():
			return
		case <-wake:
			nudged = true
		case <-time.After(wait):
		}
		if drained = 0; !due && !nudged {
			continue
		}
		r := in.newRun(a, PassOptions{SkipDiscovery: true})
		close(r.looked)
		if err := r.safely(ctx, "fetch sessions", r.drain); err != nil {
			failures = min(max(2*failures, drainSoonest), drainLatest)
			continue
		}
		failures, drained = 0, wait
	}
}

// nextDrain is how long to wait until a drain, within bounds; due is false where
// nothing comes due until then. drained is how long it waited for a drain just
// made, or 0: what is still due after that is not ours to fetch, so it waits
// longer each time.
func (in *Ingester) nextDrain(ctx context.Context, a *account, drained time.Duration) (due bool, wait time.Duration) {
	at, now, err := in.cfg.Store.NextDue(ctx, []string{a.id})
	if err != nil || at.IsZero() {
		return false, drainLatest
	}
	left := at.Sub(now)
	switch {
	case left > drainLatest:
		return false, drainLatest
	case left > 0:
		return true, max(left, drainSoonest)
	}
	return true, min(max(2*drained, drainSoonest), drainLatest)
}

// digAsAsked works on the account's backfills while there are any.
func (in *Ingester) digAsAsked(ctx context.Context, a *account) {
	for failures := time.Duration(0); ctx.Err() == nil; {
		r := in.newRun(a, PassOptions{noWait: true})
		err := r.safely(ctx, "work on a backfill", r.digAll)
		wait := digSoonest
		if err == nil || errors.Is(err, store.ErrLocked) {
			failures = 0
		} else {
			failures = min(max(2*failures, digSoonest), digLatest)
			wait = failures
		}
		select {
		case <-ctx.Done():
		case <-a.dug:
		case <-time.After(wait):
		}
	}
}

// digAll works on the account's backfills until none is open.
func (r *run) digAll(ctx context.Context) error {
	if _, ok, err := r.openBackfill(ctx, 0); !ok {
		return err
	}
	r.account.began(r.in.cfg.Now())
	var err error
	for worked := true; worked && err == nil; {
		worked, err = r.dig(ctx, 0)
	}
	err = r.settleLook(ctx, err)
	r.account.ended(workDig, r.in.cfg.Now(), err)
	return err
}

// safely does a part of Run's work: what goes wrong in it, a panic included, is
// logged, and the loop that does it goes on.
func (r *run) safely(ctx context.Context, what string, do func(context.Context) error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			r.in.logPanic(ctx, what, v)
			err = fmt.Errorf("%s: %w", what, errPanicked)
		}
	}()
	work, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	r.cancel = cancel
	err = do(work)
	switch {
	case ctx.Err() != nil:
		return nil
	case err != nil && !isAccountError(err) && !errors.Is(err, store.ErrLocked):
		r.in.log.WarnContext(ctx, "work for an account ended early", "account", r.account.id, "work", what, "err", err)
	}
	return err
}

// logPanic tells of a panic by its type alone: its value may hold what somebody
// said.
func (in *Ingester) logPanic(ctx context.Context, what string, v any) {
	in.log.ErrorContext(ctx, "panic", "in", what, "panic", fmt.Sprintf("%T", v), "stack", string(debug.Stack()))
}
