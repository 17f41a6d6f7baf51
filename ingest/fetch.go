package ingest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"afterbeep/ingest/kore"
	"afterbeep/store"

	"golang.org/x/sync/errgroup"
)

// goodFor is how long after a good answer a refused token is held to be about
// one session and not about the account.
const goodFor = 10 * time.Minute

// refusedLimit is how many different sessions are refused in a row when it is
// the account that is in trouble.
const refusedLimit = 2

// run is work on one account: its part of a pass, or a part of Run's.
type run struct {
	in      *Ingester
	account *account
	opts    PassOptions
	pass    *pass // nil where none counts
	leases  *leaseBook
	cancel  context.CancelCauseFunc
	wake    chan struct{} // told when a worker is free again
	looked  chan struct{} // closed when discovery has ended
	digger  *digger       // of the backfill that it works on; nil before

	errMu  sync.Mutex // guards what is below
	errs   []error
	barred map[*kore.Client]*AccountError // clients that are asked nothing more
}

func (in *Ingester) newRun(a *account, opts PassOptions) *run {
	return &run{
		in: in, account: a, opts: opts, leases: newLeaseBook(), cancel: func(error) {},
		wake: make(chan struct{}, 1), looked: make(chan struct{}),
	}
}

// fail keeps an error for the run's own; nil is none. What several workers meet
// is told once, and what follows from a stop is not told.
func (r *run) fail(err error) {
	if err == nil || errors.Is(err, context.Canceled) {
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

// stop ends the run.
func (r *run) stop(err error) {
	r.fail(err)
	r.cancel(err)
}

// recovered turns a panic into an error of the run. The log gets the panic's
// type alone: its value may hold what somebody said.
func (r *run) recovered(ctx context.Context, what string) {
	if v := recover(); v != nil {
		r.in.logPanic(ctx, what, v)
		r.stop(fmt.Errorf("%s: %w", what, errPanicked))
	}
}

// count counts what was done, for the account and for the pass.
func (r *run) count(change func(*Progress)) {
	r.account.count(change)
	if r.pass != nil {
		r.pass.count(change)
	}
}

// fetchAsked fetches the sessions that the pass was asked for, of this account.
func (r *run) fetchAsked(ctx context.Context) {
	var workers errgroup.Group
	workers.SetLimit(r.in.cfg.Workers)
	for _, key := range r.opts.Sessions {
		if bot, ok := r.account.bot(key.BotID); ok {
			workers.Go(func() error {
				defer r.recovered(ctx, "fetch a session")
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
		Wanted: true, Priority: store.PriorityVoicemail, StartedAt: objectIDTime(sessionID, r.in.cfg.Now()),
	}
	lease, err := claimOne(ctx, r.in.cfg.Store, r.in.wait, session)
	// An account has a session once: it may be known as another bot's.
	for _, other := range r.account.all() {
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

// drain fetches the sessions that the run was asked for, and then what is due,
// until discovery has ended and nothing is due. At a stop it claims no more, and
// returns when what is under way is done.
func (r *run) drain(ctx context.Context) error {
	r.account.began(r.in.cfg.Now())
	done := make(chan struct{})
	var beat sync.WaitGroup
	beat.Go(func() { r.in.keepLeases(context.WithoutCancel(ctx), r.leases, done) })
	r.fetchAsked(ctx)
	r.claimAll(ctx)
	close(done)
	beat.Wait()
	err := r.err(context.WithoutCancel(ctx))
	r.account.ended(workFetch, r.in.cfg.Now(), err)
	return err
}

// claimAll claims and fetches until discovery has ended and nothing is due.
func (r *run) claimAll(ctx context.Context) {
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
				defer func() { free <- struct{}{}; signal(r.wake) }()
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
	at, now, err := r.in.cfg.Store.NextDue(ctx, []string{r.account.id})
	if err != nil || at.IsZero() {
		return false
	}
	// What has been due for long, and was not claimed, is no work of ours.
	left := at.Sub(now)
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
	case <-r.account.nudged:
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
	var files []kore.File
	bot, connected := r.account.bot(lease.Session.BotID)
	barred := r.isBarred(bot.Client)
	switch {
	case !connected:
		a.err = errNotConnected
	case barred != nil:
		a.err = barred.Err
	default:
		a.reply, files, a.status, a.err = r.ask(asking, bot, lease.Session)
	}
	a.now = r.in.cfg.Now()
	outcome := settle(a)
	if barred == nil {
		outcome = r.judge(ctx, bot.Client, a, outcome)
	}
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
	if len(files) > 0 && r.in.cfg.FirstSight != nil {
		done() // nobody need renew what is recorded
		r.in.cfg.FirstSight(ctx, lease.Session.Key(), files)
	}
}

// ask puts the question and flattens the reply. The files are the reply's, with
// their links.
func (r *run) ask(ctx context.Context, bot Bot, s store.Session) (reply *store.Reply, files []kore.File, status string, err error) {
	defer func() {
		if v := recover(); v != nil {
			r.in.logPanic(ctx, "read the reply of session "+s.SessionID, v)
			reply, files, status, err = nil, nil, "", errPanicked
		}
	}()
	class := classFor(s, r.in.cfg.Now())
	r.called(class)
	got, err := bot.Client.Voicemail(ctx, class, s.BotID, s.SessionID)
	if err != nil {
		return nil, nil, "", err
	}
	if len(got.Notes) > 0 {
		r.in.log.DebugContext(ctx, "odd reply", "session", s.SessionID, "notes", got.Notes)
	}
	flat := Flatten(got, r.in.cfg.Redact)
	flat.Find = r.in.cfg.Find
	return &flat, got.Files, got.Status, nil
}

// classFor puts the voicemails of the last hour before all others.
func classFor(s store.Session, now time.Time) kore.Class {
	if !s.StartedAt.IsZero() && now.Sub(s.StartedAt) <= recent {
		return kore.ClassFresh
	}
	return kore.ClassBackfill
}

// judge notices when an answer is about the client's rights, and not about the
// session that was asked for; outcome is what it came to by itself.
func (r *run) judge(ctx context.Context, client *kore.Client, a answer, outcome store.Outcome) store.Outcome {
	switch {
	case a.err == nil:
		r.account.good(client, a.now)
	case isAccountTrouble(a.err):
		trouble := &AccountError{r.account.id, a.err}
		several, answered, news := r.account.refuse(client, a.session.SessionID, trouble, a.now)
		if news {
			r.in.log.WarnContext(ctx, "the upstream refuses an account", "account", r.account.id, "err", reasonOf(a.err))
		}
		switch {
		case several:
			r.bar(client, trouble)
		case answered:
			// Others are answered: this one session is refused.
			return a.retry(reasonOf(a.err))
		}
	case stopped(a.err) || errors.Is(a.err, errPanicked) || errors.Is(a.err, errNotConnected) || kore.KindOf(a.err) != kore.KindNone:
	default:
		// The budget could not be asked: the store is away.
		r.stop(fmt.Errorf("ask for a session: %w", a.err))
		outcome = store.Outcome{State: store.StateDue}
	}
	return outcome
}

// bar ends asking with a client, and the run where no other is left.
func (r *run) bar(client *kore.Client, trouble *AccountError) {
	r.fail(trouble)
	r.errMu.Lock()
	if r.barred == nil {
		r.barred = map[*kore.Client]*AccountError{}
	}
	r.barred[client] = trouble
	others := slices.ContainsFunc(r.account.all(), func(b Bot) bool { return r.barred[b.Client] == nil })
	r.errMu.Unlock()
	if !others {
		r.cancel(trouble)
	}
}

// isBarred is why nothing more is asked with a client; nil where it may be asked.
func (r *run) isBarred(client *kore.Client) *AccountError {
	r.errMu.Lock()
	defer r.errMu.Unlock()
	return r.barred[client]
}
