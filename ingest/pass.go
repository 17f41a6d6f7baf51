package ingest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"afterbeep/ingest/kore"
	"afterbeep/store"
)

// untilSoon is what a pass with Until waits for.
const untilSoon = 30 * time.Second

// PassOptions say what a pass is about. The zero value is what is due by the
// rules of the look-back.
type PassOptions struct {
	// From and To ask for discovery of just that range; a zero To is now. Both
	// zero is the look-back by its rules. What of the range is past is a
	// backfill: broken off and asked for again, it goes on where it was.
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

	noWait bool // ErrLocked instead of waiting for another's look
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
	return fmt.Sprintf("account %s: %s", e.AccountID, e.Words())
}

// Words says what is wrong and what to do about it, for people.
func (e *AccountError) Words() string {
	words := "the upstream refuses its token: the client id, the client secret or this machine's clock is wrong"
	switch {
	case errors.Is(e.Err, kore.ErrEncrypted):
		words = "the upstream encrypts its replies: use a JWT app that has payload encryption off"
	case errors.Is(e.Err, kore.ErrReplay):
		words = "the upstream takes its tokens for replays: does somebody else use the same JWT app?"
	case kore.KindOf(e.Err) == kore.KindScope:
		words = "its JWT app lacks a scope: tick it, save, and publish the app"
	}
	return words + "; afterbeep doctor and the page Bots find out more (" + reasonOf(e.Err) + ")"
}

// Unwrap gives the client's error.
func (e *AccountError) Unwrap() error { return e.Err }

// pass counts what is done for all accounts in one pass.
type pass struct {
	tell func(Progress)

	mu       sync.Mutex // guards progress and calls of tell
	progress Progress
}

// count changes the progress and tells of it.
func (p *pass) count(change func(*Progress)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change(&p.progress)
	if p.tell != nil {
		p.tell(p.progress)
	}
}

// Pass discovers sessions of every account and fetches those that are due, and
// returns when none is left. One look for sessions of an account is made at a
// time, over all processes on the store: it waits for another's to end. When
// ctx ends it claims nothing more, lets what is under way finish for a while,
// gives back the rest, and returns ctx's error. Its error holds an
// *AccountError for each account in trouble; what could be done is done all the
// same and counted in the report.
func (in *Ingester) Pass(ctx context.Context, opts PassOptions) (Report, error) {
	accounts := in.all()
	if err := in.checkSessions(opts.Sessions); err != nil {
		return Report{}, err
	}
	p := &pass{tell: opts.Progress}
	errs := make([]error, len(accounts))
	var parts sync.WaitGroup
	for i, a := range accounts {
		parts.Go(func() {
			r := in.newRun(a, opts)
			r.pass = p
			errs[i] = r.all(ctx)
		})
	}
	parts.Wait()
	errs = append(errs, ctx.Err())
	return Report{Progress: p.progress, NextDue: in.untilDue(ctx, accounts)}, errors.Join(errs...)
}

// all is an account's part of a pass: discovery and fetching side by side, so
// that the first voicemails are there while a long look goes on.
func (r *run) all(ctx context.Context) error {
	work, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	r.cancel = cancel
	var discovery sync.WaitGroup
	discovery.Go(func() {
		defer close(r.looked)
		defer r.recovered(ctx, "discover sessions")
		if !r.opts.SkipDiscovery {
			r.fail(r.discover(work))
		}
	})
	r.fail(r.drain(work))
	discovery.Wait()
	return r.err(ctx)
}

// untilDue is how long until something of the accounts is due; 0 where nothing
// is, or nobody knows.
func (in *Ingester) untilDue(ctx context.Context, accounts []*account) time.Duration {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordWithin)
	defer cancel()
	ids := make([]string, len(accounts))
	for i, a := range accounts {
		ids[i] = a.id
	}
	at, now, err := in.cfg.Store.NextDue(ctx, ids)
	if err != nil || at.IsZero() {
		return 0
	}
	return max(at.Sub(now), time.Millisecond)
}

// checkSessions refuses sessions of bots that are not connected, and ids that
// can't be stored: one of them would end the pass for all the others.
func (in *Ingester) checkSessions(keys []store.SessionKey) error {
	for _, key := range keys {
		if len(key.SessionID) > store.MaxID {
			return fmt.Errorf("fetch a session whose id has %d bytes: %w", len(key.SessionID), store.ErrInvalid)
		}
		if _, _, ok := in.of(key.BotID); key.SessionID == "" || !ok {
			return fmt.Errorf("fetch session %q of bot %q: %w", key.SessionID, key.BotID, ErrNoUpstream)
		}
	}
	return nil
}

// safeError is an error of an account's work in words for pages.
func safeError(err error) string {
	var trouble *AccountError
	switch {
	case err == nil, errors.Is(err, context.Canceled), errors.Is(err, store.ErrLocked):
		return ""
	case errors.As(err, &trouble):
		return trouble.Words()
	case errors.Is(err, errLockLost), errors.Is(err, errPanicked):
		return "the last pass was broken off; it is tried again"
	case kore.KindOf(err) != kore.KindNone:
		return "looking for sessions: " + reasonOf(err)
	}
	return "the database could not be reached; it is tried again"
}
