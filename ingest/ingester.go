package ingest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"afterbeep/ingest/kore"
	"afterbeep/store"

	"github.com/robfig/cron/v3"
)

// Sessions is what the ingester needs of the store.
type Sessions interface {
	store.Sessions
	store.Locks
	// Ledger is store.Archive's: it tells when something is due next.
	Ledger(ctx context.Context, s store.Scope) (store.Ledger, error)
}

// Bot is one bot of the upstream and the client that speaks for it. Bots with
// the same account share one discovery and one budget.
type Bot struct {
	ID        string
	AccountID string
	Client    *kore.Client
	Region    string // for numbers without a country code, as "US"
}

// Config is what an Ingester is made of.
type Config struct {
	Store Sessions
	Bots  []Bot
	// Schedule says when discovery runs. The zero Schedule is every five minutes.
	Schedule Schedule
	// LookBack is how far back late sessions are looked for; 0 is 48 hours.
	LookBack time.Duration
	// NoDiscovery leaves finding sessions to others: only what is due is fetched.
	NoDiscovery bool
	// Workers is how many sessions of an account are fetched at a time; 0 is 6.
	Workers int
	// StopWithin is how long what is under way may take to finish at a stop;
	// 0 is 10 seconds.
	StopWithin time.Duration
	// Holder names this ingester to others in the pass lock. One that starts
	// again under the same name need not wait until the lock of its dead
	// predecessor runs out; two that run at a time need two names. "" is a
	// random one.
	Holder string
	// PassEnded is called after each pass with whether it changed voicemails;
	// nil is nothing.
	PassEnded func(changed bool)

	Log    *slog.Logger     // nil logs nothing
	Now    func() time.Time // nil is time.Now
	Random func() float64   // 0 to 1, for jitter; nil is math/rand
}

// Ingester brings voicemails into the store, on a schedule or on demand. It is
// safe for concurrent use.
type Ingester struct {
	cfg      Config
	accounts []*account
	log      *slog.Logger
	wait     func(context.Context, time.Duration) error
	holder   string
	beat     time.Duration // between renewals
	runNow   chan struct{}
	busy     chan struct{} // holds one: who has it runs a pass in this process

	mu     sync.Mutex // guards what is below
	status Status
	nextAt func() time.Time // when discovery runs next; nil while Run doesn't
}

// account is the bots that share an account.
type account struct {
	id   string
	bots []Bot

	mu       sync.Mutex // guards what is below
	lastGood time.Time  // when the upstream last answered a question as it should
	// refused are the sessions for which it refused the token since then.
	refused map[string]bool
	// notListed and notFetched are why the account's last discovery and its
	// last fetches were refused; nil when they were not.
	notListed, notFetched *AccountError
}

// bot is the account's bot with that id; ok is false where it has none.
func (a *account) bot(id string) (Bot, bool) {
	at := slices.IndexFunc(a.bots, func(b Bot) bool { return b.ID == id })
	if at < 0 {
		return a.bots[0], false
	}
	return a.bots[at], true
}

// trouble is what the account was last refused for and has not been granted
// since; nil for nothing.
func (a *account) trouble() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case a.notListed != nil:
		return a.notListed
	case a.notFetched != nil:
		return a.notFetched
	}
	return nil
}

// listed notes how discovery ended: e is why it was refused, nil that it was not.
func (a *account) listed(e *AccountError) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.notListed = e
}

// Status is what pages tell about the ingester.
type Status struct {
	Running   bool
	StartedAt time.Time // of the pass under way, else of the last one; zero before the first
	EndedAt   time.Time // of the last pass that ended
	// Err is what went wrong in the last pass, or what an account is refused
	// since an earlier one, in words that are safe to show; "" for nothing.
	Err string
	// NextAt is when discovery runs next; zero while Run doesn't.
	NextAt time.Time
	// Progress is that of the pass under way, else of the last one.
	Progress Progress
}

// New makes an Ingester. The error names everything that is wrong with cfg.
func New(cfg Config) (*Ingester, error) {
	var faults []error
	if cfg.Store == nil {
		faults = append(faults, errors.New("no store"))
	}
	if len(cfg.Bots) == 0 {
		faults = append(faults, errors.New("no bot"))
	}
	if cfg.LookBack < 0 || cfg.Workers < 0 || cfg.StopWithin < 0 {
		faults = append(faults, errors.New("look-back, workers and stop time can't be negative"))
	}
	accounts, err := accountsOf(cfg.Bots)
	faults = append(faults, err)
	if cfg.Schedule.next == nil {
		cfg.Schedule, err = ParseSchedule("*/5 * * * *")
		faults = append(faults, err)
	}
	if err := errors.Join(faults...); err != nil {
		return nil, fmt.Errorf("ingester: %w", err)
	}
	cfg.LookBack = orDefault(cfg.LookBack, 48*time.Hour)
	cfg.StopWithin = orDefault(cfg.StopWithin, 10*time.Second)
	cfg.Workers = orDefault(cfg.Workers, 6)
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Random == nil {
		cfg.Random = rand.Float64
	}
	return &Ingester{
		cfg: cfg, accounts: accounts, log: orDiscard(cfg.Log), wait: pauseOrStop, holder: orDefault(cfg.Holder, newHolder()), beat: heartbeat,
		runNow: make(chan struct{}, 1), busy: make(chan struct{}, 1),
	}, nil
}

func orDefault[T comparable](v, def T) T {
	var zero T
	if v == zero {
		return def
	}
	return v
}

// accountsOf groups bots by account, in the order in which they are given.
func accountsOf(bots []Bot) ([]*account, error) {
	var accounts []*account
	var faults []error
	for _, b := range bots {
		if b.ID == "" || b.AccountID == "" || b.Client == nil {
			faults = append(faults, fmt.Errorf("bot %q: want an id, an account and a client", b.ID))
			continue
		}
		at := slices.IndexFunc(accounts, func(a *account) bool { return a.id == b.AccountID })
		if at < 0 {
			accounts = append(accounts, &account{id: b.AccountID, bots: []Bot{b}})
			continue
		}
		if _, ok := accounts[at].bot(b.ID); ok {
			faults = append(faults, fmt.Errorf("bot %q: listed twice", b.ID))
		}
		accounts[at].bots = append(accounts[at].bots, b)
	}
	return accounts, errors.Join(faults...)
}

// RunNow asks Run for a pass as soon as none is under way. Several calls before
// it begins are one.
func (in *Ingester) RunNow() {
	select {
	case in.runNow <- struct{}{}:
	default:
	}
}

// Status tells how the ingester is doing.
func (in *Ingester) Status() Status {
	in.mu.Lock()
	defer in.mu.Unlock()
	s := in.status
	if in.nextAt != nil {
		s.NextAt = in.nextAt()
	}
	return s
}

// setNext says whom to ask when discovery runs next.
func (in *Ingester) setNext(at func() time.Time) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.nextAt = at
}

func (in *Ingester) setStatus(set func(*Status)) {
	in.mu.Lock()
	defer in.mu.Unlock()
	set(&in.status)
}

// The bounds between which Run looks whether something has come due.
const (
	drainSoonest = 2 * time.Second
	drainLatest  = time.Minute
)

// Run makes a pass at once and then as scheduled, and fetches in between what
// comes due. A pass that fails is told by Status and the log; the schedule goes
// on. It returns nil when ctx has ended and what was under way is finished or
// given back.
func (in *Ingester) Run(ctx context.Context) error {
	logger := cronLogger{in.log}
	// A panic must be recovered inside the skipping: the other way round it
	// would leave the job marked as running for ever.
	job := cron.NewChain(cron.SkipIfStillRunning(logger), cron.Recover(logger)).
		Then(cron.FuncJob(func() { in.scheduled(ctx, false) }))
	drain := cron.NewChain(cron.Recover(logger)).Then(cron.FuncJob(func() { in.scheduled(ctx, true) }))
	schedule := jittered{in.cfg.Schedule, in.cfg.Random}
	table := cron.New(cron.WithLocation(time.UTC), cron.WithLogger(logger))
	entry := table.Schedule(schedule, job)
	table.Start()
	in.setNext(func() time.Time { return table.Entry(entry).Next })
	defer func() {
		<-table.Stop().Done()
		in.setNext(nil)
	}()

	job.Run()
	for wait := time.Duration(0); ctx.Err() == nil; {
		due, left := in.nextDrain(ctx, wait)
		wait = left
		switch {
		case in.awaitWork(ctx, wait):
			// One that began while we waited for another to end began after
			// the call, so it is right that job skips then.
			job.Run()
			wait = 0
		case ctx.Err() == nil && due:
			drain.Run()
		default:
			wait = 0
		}
	}
	return nil
}

// awaitWork waits for a call of RunNow, and then until no pass is under way; or
// for d, and returns false.
func (in *Ingester) awaitWork(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return false
	case <-in.runNow:
	}
	select {
	case <-ctx.Done():
		return false
	case in.busy <- struct{}{}:
		<-in.busy
		return true
	}
}

// nextDrain is how long to wait until a drain, within bounds; due is false where
// nothing comes due until then. drained is how long it waited for a drain just
// made, or 0: what is still due after that is not ours to fetch, so it waits
// longer each time.
func (in *Ingester) nextDrain(ctx context.Context, drained time.Duration) (due bool, wait time.Duration) {
	l, err := in.cfg.Store.Ledger(ctx, store.AllBots())
	if err != nil || l.NextDue.IsZero() {
		return false, drainLatest
	}
	left := l.NextDue.Sub(l.Now)
	switch {
	case left > drainLatest:
		return false, drainLatest
	case left > 0:
		return true, max(left, drainSoonest)
	}
	return true, min(max(2*drained, drainSoonest), drainLatest)
}

// scheduled is one pass of Run.
func (in *Ingester) scheduled(ctx context.Context, onlyDue bool) {
	opts := PassOptions{SkipDiscovery: onlyDue || in.cfg.NoDiscovery, noWait: true}
	_, err := in.Pass(ctx, opts)
	switch {
	case err == nil, ctx.Err() != nil:
	case errors.Is(err, store.ErrLocked):
		in.log.DebugContext(ctx, "another process makes the pass")
	default:
		in.log.WarnContext(ctx, "pass ended early", "err", err)
	}
}

// cronLogger lets cron speak through slog.
type cronLogger struct{ log *slog.Logger }

// Info is for what cron does: nothing that an operator needs.
func (l cronLogger) Info(msg string, kv ...any) { l.log.Debug("schedule: "+msg, kv...) }

// Error is for panics. The error is the panic's value, which may hold what
// somebody said: the log gets its type alone, beside the stack.
func (l cronLogger) Error(err error, msg string, kv ...any) {
	l.log.Error("schedule: "+msg, append(kv, "err", fmt.Sprintf("%T", err))...)
}
