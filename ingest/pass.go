package ingest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"afterbeep/store"

	"golang.org/x/sync/errgroup"
)

// Leases and the lock on passes live for leaseFor and are renewed every
// heartbeat, so that a process that dies is replaced soon.
const (
	leaseFor  = 15 * time.Second
	heartbeat = 5 * time.Second
	passLock  = "ingest"
	// recordWithin bounds writes that must not be cut short by a stop.
	recordWithin = 5 * time.Second
	// untilSoon is what a pass with Until waits for.
	untilSoon = 30 * time.Second
)

// errLockLost ends a pass whose lock another process has taken.
var errLockLost = errors.New("another process took the pass over")

// PassOptions say what a pass is about. The zero value is what is due by the
// schedule.
type PassOptions struct {
	// From and To ask for discovery of just that range; a zero To is now. Both
	// zero is the look-back by its rules.
	From time.Time
	To   time.Time
	// Sessions are asked for whatever their state is, and put into the ledger
	// where they are new.
	Sessions      []store.SessionKey
	SkipDiscovery bool
	// Until makes the pass go on while something is due within 30 seconds.
	Until bool
	// Progress is called with each change, from one goroutine at a time; nil
	// is nothing. It must not block.
	Progress func(Progress)

	noWait bool // ErrLocked instead of waiting for another's pass
}

// Progress counts what a pass has done so far.
type Progress struct {
	Sessions int // sessions that were not known before
	Due      int // sessions that this pass made due
	Fetched  int // sessions that were asked for
	Stored   int // of these, those that hold a voicemail
	Changed  int // voicemails that are new or different
	Overfull int // minutes with more sessions than the upstream lists
}

// Report is what a pass came to.
type Report struct {
	Progress
	// NextDue is how long until something is due again; 0 where nothing is.
	NextDue time.Duration
}

// AccountError is trouble of an account: its token or its rights. Nothing of
// the account is asked until the next pass.
type AccountError struct {
	AccountID string
	Err       error
}

// Error names the account and the trouble.
func (e *AccountError) Error() string {
	return fmt.Sprintf("account %s: %s", e.AccountID, reasonOf(e.Err))
}

// Unwrap gives the client's error.
func (e *AccountError) Unwrap() error { return e.Err }

// pass is one pass under way.
type pass struct {
	in     *Ingester
	opts   PassOptions
	leases *leaseBook

	mu       sync.Mutex // guards progress and calls of opts.Progress
	progress Progress
}

// Pass discovers sessions and fetches those that are due, and returns when none
// is left. One pass runs at a time, over all processes on the store: it waits
// for another's to end. When ctx ends it claims nothing more, lets what is under
// way finish for a while, gives back the rest, and returns ctx's error. Its
// error holds an *AccountError for each account in trouble; what could be done
// is done all the same and counted in the report.
func (in *Ingester) Pass(ctx context.Context, opts PassOptions) (Report, error) {
	if err := in.checkSessions(opts.Sessions); err != nil {
		return Report{}, err
	}
	select {
	case in.busy <- struct{}{}:
		defer func() { <-in.busy }()
	case <-ctx.Done():
		return Report{}, ctx.Err()
	}
	p := &pass{in: in, opts: opts, leases: newLeaseBook()}
	if err := p.lock(ctx); err != nil {
		return Report{}, fmt.Errorf("begin a pass: %w", err)
	}
	in.setStatus(func(s *Status) { s.Running, s.StartedAt = true, in.cfg.Now() })
	err := p.locked(ctx)
	report := Report{Progress: p.snapshot()}
	report.NextDue = in.untilDue(ctx)
	shown := err
	for _, a := range in.accounts {
		if shown == nil {
			shown = a.trouble()
		}
	}
	in.setStatus(func(s *Status) {
		s.Running, s.EndedAt, s.Progress, s.Err = false, in.cfg.Now(), report.Progress, safeError(shown)
	})
	if in.cfg.PassEnded != nil {
		in.cfg.PassEnded(report.Changed > 0)
	}
	return report, err
}

// untilDue is how long until something is due; 0 where nothing is, or nobody knows.
func (in *Ingester) untilDue(ctx context.Context) time.Duration {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordWithin)
	defer cancel()
	l, err := in.cfg.Store.Ledger(ctx, store.AllBots())
	if err != nil || l.NextDue.IsZero() {
		return 0
	}
	return max(l.NextDue.Sub(l.Now), time.Millisecond)
}

// checkSessions refuses sessions of bots that are not connected, and ids that
// can't be stored: one of them would end the pass for all the others.
func (in *Ingester) checkSessions(keys []store.SessionKey) error {
	for _, key := range keys {
		if len(key.SessionID) > store.MaxID {
			return fmt.Errorf("fetch a session whose id has %d bytes: %w", len(key.SessionID), store.ErrInvalid)
		}
		has := func(a *account) bool { _, ok := a.bot(key.BotID); return ok }
		if key.SessionID == "" || !slices.ContainsFunc(in.accounts, has) {
			return fmt.Errorf("fetch session %q of bot %q: %w", key.SessionID, key.BotID, ErrNoUpstream)
		}
	}
	return nil
}

// safeError is a pass's error in words for pages.
func safeError(err error) string {
	var trouble *AccountError
	switch {
	case err == nil, errors.Is(err, context.Canceled):
		return ""
	case errors.As(err, &trouble):
		return trouble.Error()
	case errors.Is(err, errLockLost), errors.Is(err, errPanicked):
		return "the last pass was broken off; it is tried again"
	case errors.Is(err, errDiscovery):
		return "looking for new sessions: " + reasonOf(err)
	}
	return "the database could not be reached; it is tried again"
}

// lock takes the right to make a pass, waiting for it unless told not to.
func (p *pass) lock(ctx context.Context) error {
	for {
		err := p.in.cfg.Store.AcquireLock(ctx, passLock, p.in.holder, leaseFor)
		if !errors.Is(err, store.ErrLocked) || p.opts.noWait {
			return err
		}
		if err := p.in.wait(ctx, time.Second); err != nil {
			return err
		}
	}
}

// locked is the pass while the lock is held.
func (p *pass) locked(ctx context.Context) error {
	work, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	done := make(chan struct{})
	var beat sync.WaitGroup
	beat.Go(func() { p.heartbeat(context.WithoutCancel(ctx), done, cancel) })
	defer func() {
		close(done)
		beat.Wait()
		release, stop := context.WithTimeout(context.WithoutCancel(ctx), recordWithin)
		defer stop()
		if err := p.in.cfg.Store.ReleaseLock(release, passLock, p.in.holder); err != nil {
			p.in.log.WarnContext(ctx, "give back the lock on passes", "err", err)
		}
	}()
	// A panic in an account's work comes out of Wait: Run's chain logs it.
	var accounts errgroup.Group
	errs := make([]error, len(p.in.accounts))
	for i, a := range p.in.accounts {
		accounts.Go(func() error {
			errs[i] = p.account(work, a)
			return nil
		})
	}
	if err := accounts.Wait(); err != nil {
		return err
	}
	if cause := context.Cause(work); cause != nil {
		errs = append(errs, cause)
	}
	return errors.Join(errs...)
}

// heartbeat keeps the lock and the leases until done. It goes on while a
// stopping pass lets its work finish.
func (p *pass) heartbeat(ctx context.Context, done <-chan struct{}, lost context.CancelCauseFunc) {
	ticker := time.NewTicker(p.in.beat)
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
		err := p.in.cfg.Store.AcquireLock(beat, passLock, p.in.holder, leaseFor)
		if err == nil {
			held = at
			err = p.renew(beat)
		}
		cancel()
		switch {
		case errors.Is(err, store.ErrLocked), time.Since(held) > leaseFor:
			p.leases.loseAll()
			lost(errLockLost)
			return
		case err != nil:
			p.in.log.WarnContext(ctx, "renew leases", "err", err)
		}
	}
}

func (p *pass) renew(ctx context.Context) error {
	held := p.leases.held()
	if len(held) == 0 {
		return nil
	}
	lost, err := p.in.cfg.Store.Renew(ctx, held, leaseFor)
	if err != nil {
		return fmt.Errorf("renew %d leases: %w", len(held), err)
	}
	for _, l := range lost {
		p.leases.lose(l)
	}
	return nil
}

// count changes the progress and tells of it.
func (p *pass) count(change func(*Progress)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change(&p.progress)
	now := p.progress
	p.in.setStatus(func(s *Status) { s.Progress = now })
	if p.opts.Progress != nil {
		p.opts.Progress(now)
	}
}

func (p *pass) snapshot() Progress {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.progress
}

// newHolder names this ingester among all processes.
func newHolder() string { return rand.Text() }
