package ingest

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"afterbeep/ingest/kore"
	"afterbeep/store"

	"golang.org/x/sync/errgroup"
)

// errDiscovery is why a pass has not seen all that there is.
var errDiscovery = errors.New("discovery ended early")

// goodFor is how long after a good answer a refused token is held to be about
// one session and not about the account.
const goodFor = 10 * time.Minute

// refusedLimit is how many different sessions are refused in a row when it is
// the account that is in trouble.
const refusedLimit = 2

// account is a pass over one account: discovery and fetching side by side, so
// that the first voicemails are there while a long look goes on.
func (p *pass) account(ctx context.Context, a *account) error {
	work, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	r := &run{pass: p, account: a, cancel: cancel, wake: make(chan struct{}, 1), looked: make(chan struct{})}
	var discovery sync.WaitGroup
	discovery.Go(func() {
		defer close(r.looked)
		defer r.recovered(ctx, "discover sessions")
		r.discover(work)
	})
	r.fetchAsked(work)
	r.drain(work)
	discovery.Wait()
	return r.err(ctx)
}

// run is one account's part of a pass.
type run struct {
	*pass
	account *account
	cancel  context.CancelCauseFunc
	wake    chan struct{} // told when there may be something to claim
	looked  chan struct{} // closed when discovery has ended

	errMu sync.Mutex // guards errs
	errs  []error
}

// fail keeps an error for the pass's own. What several workers meet is told
// once, and what follows from a stop is not told.
func (r *run) fail(err error) {
	if errors.Is(err, context.Canceled) {
		return
	}
	r.errMu.Lock()
	defer r.errMu.Unlock()
	for _, had := range r.errs {
		if had.Error() == err.Error() {
			return
		}
	}
	r.errs = append(r.errs, err)
}

// err is what ended the run early, without what follows from a stop.
func (r *run) err(ctx context.Context) error {
	r.errMu.Lock()
	defer r.errMu.Unlock()
	if ctx.Err() != nil {
		return nil
	}
	return errors.Join(r.errs...)
}

// stop ends the account's part of the pass.
func (r *run) stop(err error) {
	r.fail(err)
	r.cancel(err)
}

// recovered turns a panic into an error of the run. The log gets the panic's
// type alone: its value may hold what somebody said.
func (r *run) recovered(ctx context.Context, what string) {
	if v := recover(); v != nil {
		r.in.log.ErrorContext(ctx, "panic", "in", what, "panic", fmt.Sprintf("%T", v), "stack", string(debug.Stack()))
		r.stop(fmt.Errorf("%s: %w", what, errPanicked))
	}
}

func (r *run) nudge() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// discover looks at the windows that are to be looked at in this pass.
func (r *run) discover(ctx context.Context) {
	if r.opts.SkipDiscovery {
		return
	}
	windows, err := r.windows(ctx)
	if err != nil {
		r.stop(err)
		return
	}
	d := &discoverer{
		store: r.in.cfg.Store, account: r.account, now: r.in.cfg.Now, wait: r.in.wait, log: r.in.log,
		count: r.count, found: r.nudge,
	}
	err = d.look(ctx, windows)
	switch kind := kore.KindOf(err); {
	case ctx.Err() != nil:
	case err == nil:
		r.account.listed(nil)
	case isAccountTrouble(err):
		trouble := &AccountError{r.account.id, err}
		r.account.listed(trouble)
		if kind == kore.KindScope {
			// Whoever may not list sessions may still fetch those that are due.
			r.fail(trouble)
			return
		}
		r.stop(trouble)
	case kind != kore.KindNone:
		r.fail(fmt.Errorf("%w: %w", errDiscovery, err))
	default:
		r.stop(err)
	}
}

func (r *run) windows(ctx context.Context) ([]span, error) {
	now := r.in.cfg.Now()
	if !r.opts.From.IsZero() {
		to := r.opts.To
		if to.IsZero() || to.After(now) {
			to = now
		}
		return rangeWindows(r.opts.From, to), nil
	}
	since := historyNeeded(now, r.in.cfg.LookBack)
	looked, err := r.in.cfg.Store.Windows(ctx, r.account.id, since)
	if err != nil {
		return nil, fmt.Errorf("list windows: %w", err)
	}
	if began := liveSince(looked); began.IsZero() || began.After(since) {
		// A new account, or one that was not looked at for long: where it was
		// left lies further back.
		if looked, err = r.in.cfg.Store.Windows(ctx, r.account.id, time.Time{}); err != nil {
			return nil, fmt.Errorf("list windows: %w", err)
		}
	}
	return planWindows(now, looked, r.in.cfg.LookBack), nil
}

// fetchAsked fetches the sessions that the pass was asked for, of this account.
func (r *run) fetchAsked(ctx context.Context) {
	var workers errgroup.Group
	workers.SetLimit(r.in.cfg.Workers)
	for _, key := range r.opts.Sessions {
		if bot, ok := r.account.bot(key.BotID); ok {
			workers.Go(func() error {
				r.fetchOne(ctx, bot, key.SessionID)
				return nil
			})
		}
	}
	_ = workers.Wait() // they tell the run
}

func (r *run) fetchOne(ctx context.Context, bot Bot, sessionID string) {
	if ctx.Err() != nil {
		return
	}
	session := store.Session{
		AccountID: r.account.id, BotID: bot.ID, SessionID: sessionID, FoundBy: store.FoundByList,
		Wanted: true, Priority: store.PriorityVoicemail, StartedAt: objectIDTime(sessionID),
	}
	lease, err := claimOne(ctx, r.in.cfg.Store, r.in.wait, session)
	// An account has a session once: it may be known as another bot's.
	for _, other := range r.account.bots {
		if errors.Is(err, store.ErrNotFound) {
			session.BotID = other.ID
			lease, err = r.in.cfg.Store.ClaimSession(ctx, session.Key(), leaseFor)
		}
	}
	switch {
	case err == nil:
		r.fetch(ctx, lease)
	case errors.Is(err, store.ErrLeased):
		// Somebody else is fetching it.
	case ctx.Err() == nil:
		r.stop(fmt.Errorf("claim a session: %w", err))
	}
}

// claimOne leases a session that may be unknown so far. ErrLeased where another
// holds it for longer than a moment.
func claimOne(ctx context.Context, s store.Sessions, wait func(context.Context, time.Duration) error, session store.Session) (store.Lease, error) {
	for tries := 0; ; tries++ {
		lease, err := s.ClaimSession(ctx, session.Key(), leaseFor)
		switch {
		case errors.Is(err, store.ErrNotFound) && tries == 0:
			if _, err := s.SaveSessions(ctx, []store.Session{session}); err != nil {
				return store.Lease{}, err
			}
			continue
		case !errors.Is(err, store.ErrLeased) || tries >= 10:
			return lease, err
		}
		if err := wait(ctx, 200*time.Millisecond); err != nil {
			return store.Lease{}, err
		}
	}
}

// drain claims and fetches until discovery has ended and nothing is due. At a
// stop it claims no more, and returns when what is under way is done.
func (r *run) drain(ctx context.Context) {
	var workers sync.WaitGroup
	defer workers.Wait()
	free := make(chan struct{}, r.in.cfg.Workers)
	for range r.in.cfg.Workers {
		free <- struct{}{}
	}
	for {
		looked := closed(r.looked) // before the claim: what it found last is seen
		slots := takeSlots(ctx, free)
		if slots == 0 {
			return
		}
		leases, err := r.in.cfg.Store.Claim(ctx, store.ClaimQuery{Accounts: []string{r.account.id}, Limit: slots, Lease: leaseFor})
		if err != nil {
			if ctx.Err() == nil {
				r.stop(fmt.Errorf("claim sessions: %w", err))
			}
			return
		}
		for range slots - len(leases) {
			free <- struct{}{}
		}
		for _, lease := range leases {
			workers.Go(func() {
				defer func() { free <- struct{}{}; r.nudge() }()
				r.fetch(ctx, lease)
			})
		}
		if len(leases) > 0 {
			continue
		}
		if idle := len(free) == cap(free); looked && idle && !r.soon(ctx) {
			return
		}
		r.awaitDue(ctx)
	}
}

// takeSlots waits for a free worker and takes all that are free; 0 when ctx ends.
func takeSlots(ctx context.Context, free chan struct{}) int {
	select {
	case <-ctx.Done():
		return 0
	case <-free:
	}
	for n := 1; ; n++ {
		select {
		case <-free:
		default:
			if ctx.Err() != nil {
				return 0
			}
			return n
		}
	}
}

func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// soon reports whether a pass with Until has something to wait for.
func (r *run) soon(ctx context.Context) bool {
	if !r.opts.Until {
		return false
	}
	l, err := r.in.cfg.Store.Ledger(ctx, store.AllBots())
	if err != nil || l.NextDue.IsZero() {
		return false
	}
	// What has been due for long, and was not claimed, is no work of ours.
	left := l.NextDue.Sub(l.Now)
	return left <= untilSoon && left > -time.Second
}

// awaitDue waits a moment, or until there may be something to claim.
func (r *run) awaitDue(ctx context.Context) {
	timer := time.NewTimer(500 * time.Millisecond)
	defer timer.Stop()
	looked := r.looked
	if closed(looked) {
		looked = nil
	}
	select {
	case <-ctx.Done():
	case <-r.wake:
	case <-looked:
	case <-timer.C:
	}
}

// fetch asks for one session and records how that ended. It is the only way
// from a claim to Record.
func (r *run) fetch(ctx context.Context, lease store.Lease) {
	defer r.recovered(ctx, "fetch a session")
	asking, done := r.leases.take(ctx, lease, r.in.cfg.StopWithin)
	defer done()
	a := answer{session: lease.Session, jitter: 2*r.in.cfg.Random() - 1}
	a.reply, a.status, a.err = r.ask(asking, lease.Session)
	a.now = r.in.cfg.Now()
	outcome := r.judge(a)
	if errors.Is(context.Cause(asking), store.ErrLeaseLost) {
		return
	}
	record, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordWithin)
	defer cancel()
	changed, err := r.in.cfg.Store.Record(record, lease, outcome)
	switch {
	case errors.Is(err, store.ErrLeaseLost):
		return // another has it now, and does the same
	case err != nil:
		r.stop(fmt.Errorf("record a fetch: %w", err))
		return
	}
	if outcome.State == store.StateDue {
		return
	}
	r.count(func(p *Progress) {
		p.Fetched++
		if outcome.Reply.IsVoicemail() {
			p.Stored++
		}
		if changed {
			p.Changed++
		}
	})
}

// ask puts the question and flattens the reply.
func (r *run) ask(ctx context.Context, s store.Session) (reply *store.Reply, status string, err error) {
	defer func() {
		if v := recover(); v != nil {
			r.in.log.ErrorContext(ctx, "panic in a fetch", "session", s.SessionID, "panic", fmt.Sprintf("%T", v), "stack", string(debug.Stack()))
			reply, status, err = nil, "", errPanicked
		}
	}()
	bot, _ := r.account.bot(s.BotID)
	got, err := bot.Client.Voicemail(ctx, classFor(s, r.in.cfg.Now()), s.BotID, s.SessionID)
	if err != nil {
		return nil, "", err
	}
	if len(got.Notes) > 0 {
		r.in.log.DebugContext(ctx, "odd reply", "session", s.SessionID, "notes", got.Notes)
	}
	flat := Flatten(got)
	return &flat, got.Status, nil
}

// classFor puts the voicemails of the last hour before all others.
func classFor(s store.Session, now time.Time) kore.Class {
	if !s.StartedAt.IsZero() && now.Sub(s.StartedAt) <= recent {
		return kore.ClassFresh
	}
	return kore.ClassBackfill
}

// judge settles an answer and notices when it is the account that is in trouble.
func (r *run) judge(a answer) store.Outcome {
	outcome := settle(a)
	switch {
	case a.err == nil:
		r.account.good(a.now)
	case isAccountTrouble(a.err):
		trouble := &AccountError{r.account.id, a.err}
		switch several, answered := r.account.refuse(a.session.SessionID, trouble, a.now); {
		case several:
			r.stop(trouble)
		case answered:
			// Others are answered: this one session is refused.
			return a.retry(reasonOf(a.err))
		}
	case stopped(a.err) || errors.Is(a.err, errPanicked) || kore.KindOf(a.err) != kore.KindNone:
	default:
		// The budget could not be asked: the store is away.
		r.stop(fmt.Errorf("ask for a session: %w", a.err))
		outcome = store.Outcome{State: store.StateDue}
	}
	return outcome
}

func (a *account) good(now time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.lastGood, a.notFetched = now, nil
	clear(a.refused)
}

// refuse notes a session for which the token was refused. several says that it
// was so for several in a row, answered that others were answered lately.
func (a *account) refuse(session string, trouble *AccountError, now time.Time) (several, answered bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.refused == nil {
		a.refused = map[string]bool{}
	}
	a.refused[session] = true
	several, answered = len(a.refused) >= refusedLimit, !a.lastGood.IsZero() && now.Sub(a.lastGood) <= goodFor
	if several || !answered {
		a.notFetched = trouble
	}
	return several, answered
}
