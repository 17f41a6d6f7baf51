package ingest

import (
	"cmp"
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
)

// Sessions is what the ingester needs of the store.
type Sessions interface {
	store.Sessions
	store.Locks
	store.Backfills
	// Session is store.Archive's.
	Session(ctx context.Context, s store.Scope, sessionID string) (store.Session, error)
	// Days, OpenSessions, WakeSession and NextDue are store.Completeness's.
	Days(ctx context.Context, s store.Scope, edges []time.Time, indexed int64) ([]store.LedgerDay, error)
	OpenSessions(ctx context.Context, s store.Scope, from, to time.Time) (int, error)
	WakeSession(ctx context.Context, s store.Scope, key store.SessionKey) error
	NextDue(ctx context.Context, accounts []string) (at, now time.Time, err error)
}

// Config is what an Ingester is made of.
type Config struct {
	Store Sessions
	// Bots are those connected at first; none is right too (SetBots).
	Bots []Bot
	// Schedule says when discovery runs for bots without one of their own. The
	// zero Schedule is every five minutes.
	Schedule Schedule
	// LookBack is how far back late sessions are looked for; 0 is 48 hours.
	LookBack time.Duration
	// Workers is how many sessions of an account are fetched at a time; 0 is 6.
	Workers int
	// StopWithin is how long what is under way may take to finish at a stop;
	// 0 is 10 seconds.
	StopWithin time.Duration
	// Holder names this ingester to others in the locks on discovery. One that
	// starts again under the same name need not wait until the locks of its
	// dead predecessor run out; two that run at a time need two names. "" is a
	// random one.
	Holder string
	// RatePerMinute is the most requests a minute of an account, as far as it
	// is known: estimates of when a backfill ends go no faster. 0 is not known.
	RatePerMinute float64
	// Redact is what is masked in replies; the zero Redaction is RedactCards.
	Redact Redaction
	// Find is a Finder's; nil finds nothing.
	Find func(store.Voicemail) store.Finding
	// FirstSight is called with the files of each reply that was recorded: their
	// links are as fresh as they will ever be. It may block, which holds up one
	// worker. nil is nothing.
	FirstSight func(ctx context.Context, s store.SessionKey, files []kore.File)

	Log    *slog.Logger     // nil logs nothing
	Now    func() time.Time // nil is time.Now
	Random func() float64   // 0 to 1, for jitter; nil is math/rand
}

// Ingester brings voicemails into the store, on a schedule or on demand, for
// bots that may come, go and change while it runs. It is safe for concurrent use.
type Ingester struct {
	cfg    Config
	log    *slog.Logger
	wait   func(context.Context, time.Duration) error
	holder string
	beat   time.Duration // between renewals
	reset  chan struct{} // tells Run that the accounts are others

	mu       sync.Mutex // guards accounts
	accounts []*account
}

// New makes an Ingester. The error names everything that is wrong with cfg.
func New(cfg Config) (*Ingester, error) {
	var faults []error
	if cfg.Store == nil {
		faults = append(faults, errors.New("no store"))
	}
	if cfg.LookBack < 0 || cfg.Workers < 0 || cfg.StopWithin < 0 || cfg.RatePerMinute < 0 {
		faults = append(faults, errors.New("look-back, workers, stop time and rate can't be negative"))
	}
	accounts, _, err := accountsOf(cfg.Bots, nil)
	faults = append(faults, err, cfg.Redact.check())
	if cfg.Schedule.next == nil {
		cfg.Schedule, err = ParseSchedule("*/5 * * * *")
		faults = append(faults, err)
	}
	if err := errors.Join(faults...); err != nil {
		return nil, fmt.Errorf("ingester: %w", err)
	}
	cfg.LookBack = cmp.Or(cfg.LookBack, 48*time.Hour)
	cfg.StopWithin = cmp.Or(cfg.StopWithin, 10*time.Second)
	cfg.Workers = cmp.Or(cfg.Workers, 6)
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Random == nil {
		cfg.Random = rand.Float64
	}
	return &Ingester{
		cfg: cfg, accounts: accounts, log: orDiscard(cfg.Log), wait: pauseOrStop, holder: cmp.Or(cfg.Holder, newHolder()), beat: heartbeat,
		reset: make(chan struct{}, 1),
	}, nil
}

// all lists the accounts.
func (in *Ingester) all() []*account {
	in.mu.Lock()
	defer in.mu.Unlock()
	return slices.Clone(in.accounts)
}

// of is the account of a bot, and the bot; ok is false where it is not connected.
func (in *Ingester) of(botID string) (a *account, bot Bot, ok bool) {
	for _, a := range in.all() {
		if bot, ok := a.bot(botID); ok {
			return a, bot, true
		}
	}
	return nil, Bot{}, false
}

// Bots lists the connected bots, grouped by account.
func (in *Ingester) Bots() []Bot {
	var bots []Bot
	for _, a := range in.all() {
		bots = append(bots, a.all()...)
	}
	return bots
}

// SetBots replaces the connected bots, also while Run runs: it begins with the
// accounts that are new, asks in the new name for those that are different, and
// ends its work for those that are gone, as at a stop. What is under way with a
// client that was replaced may use it until it is done. The error names what is
// wrong with bots; nothing is changed then.
func (in *Ingester) SetBots(bots []Bot) error {
	in.mu.Lock()
	defer in.mu.Unlock()
	accounts, changed, err := accountsOf(bots, in.accounts)
	if err != nil {
		return fmt.Errorf("ingester: %w", err)
	}
	in.accounts = accounts
	for _, a := range changed {
		signal(a.runNow)
		signal(a.nudged)
		signal(a.dug)
	}
	signal(in.reset)
	return nil
}

// RunNow asks Run to look for sessions now. Several calls before it begins are
// one.
func (in *Ingester) RunNow() {
	for _, a := range in.all() {
		signal(a.runNow)
	}
}

// Nudge tells Run that something was made due by hand, or a backfill was set
// going. It returns at once.
func (in *Ingester) Nudge() {
	for _, a := range in.all() {
		signal(a.nudged)
		signal(a.dug)
	}
}
