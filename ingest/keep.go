package ingest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"time"

	"afterbeep/ingest/kore"
	"afterbeep/store"
	"afterbeep/store/archive"
)

// KeeperStore is what a Keeper needs of the store.
type KeeperStore interface {
	store.Tasks
	PlayerStore
	// Voicemail is store.Archive's.
	Voicemail(ctx context.Context, s store.Scope, id int64) (store.Voicemail, error)
}

// KeeperConfig is what a Keeper is made of.
type KeeperConfig struct {
	Store KeeperStore
	// Archive is where audio is kept; nil keeps none, look-ups still run.
	Archive archive.Archive
	// Client is the client of a bot; false where the bot is not connected.
	Client func(botID string) (*kore.Client, bool)
	// Redact is what is masked in the replies that the links come with; the
	// zero Redaction is RedactCards.
	Redact Redaction
	// Find is a Finder's, for those replies; nil finds nothing.
	Find func(store.Voicemail) store.Finding
	// Accounts lists the accounts of the connected bots.
	Accounts func() []string
	// SpoolDir holds recordings until they are archived. It is made with mode
	// 0700. What is in it has no name there, so nothing stays after a crash.
	SpoolDir string
	MaxBytes int64 // most bytes of archived audio; 0 is without limit
	MinFree  int64 // bytes that stay free on the disk; 0 is 1 GiB, negative is none
	MaxFile  int64 // most bytes of one recording; 0 is 1 GiB
	LookUps  LookUps
	Workers  int // how many recordings are worked on at a time, for each kind of work; 0 is 4
	// StopWithin is how long what is under way may take to finish at a stop; 0
	// is 10 seconds.
	StopWithin time.Duration

	Now    func() time.Time // nil is time.Now
	Random func() float64   // 0 to 1, for jitter; nil is math/rand
	Log    *slog.Logger     // nil logs nothing
}

// Keeper finds out which recordings of calls there are and brings audio into
// the archive: at first sight, with the link that was just seen, and in the
// background. Several processes may run one each on one store. It is safe for
// concurrent use.
type Keeper struct {
	cfg     KeeperConfig
	log     *slog.Logger
	links   *linker
	room    *room
	trouble *troubles
	beat    time.Duration // between renewals of a lease
	soonest time.Duration // bounds of the wait between two looks at what is due
	latest  time.Duration
	// statusWithin is how long a status waits for numbers.
	statusWithin time.Duration

	nudges  map[store.TaskKind]chan struct{}
	sights  sights
	inlined inlined
}

// The bounds between which Run looks whether a task has come due.
const (
	tasksSoonest = time.Second
	tasksLatest  = time.Minute
)

// NewKeeper makes a Keeper and its spool folder. The error names everything that
// is wrong with cfg.
func NewKeeper(cfg KeeperConfig) (*Keeper, error) {
	var faults []error
	if cfg.Store == nil || cfg.Client == nil || cfg.Accounts == nil || cfg.SpoolDir == "" {
		faults = append(faults, errors.New("want a store, clients, accounts and a spool folder"))
	}
	if cfg.MaxBytes < 0 || cfg.MaxFile < 0 || cfg.Workers < 0 || cfg.StopWithin < 0 {
		faults = append(faults, errors.New("sizes, workers and times can't be negative"))
	}
	switch cfg.LookUps = cmp.Or(cfg.LookUps, LookUpsAuto); cfg.LookUps {
	case LookUpsAuto, LookUpsAll, LookUpsOff:
	default:
		faults = append(faults, fmt.Errorf("look-ups %q: want auto, all or off", cfg.LookUps))
	}
	faults = append(faults, cfg.Redact.check())
	if err := errors.Join(faults...); err != nil {
		return nil, fmt.Errorf("keeper: %w", err)
	}
	cfg.MinFree = max(cmp.Or(cfg.MinFree, 1<<30), 0)
	cfg.MaxFile = cmp.Or(cfg.MaxFile, 1<<30)
	cfg.Workers = cmp.Or(cfg.Workers, 4)
	cfg.StopWithin = cmp.Or(cfg.StopWithin, 10*time.Second)
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Random == nil {
		cfg.Random = rand.Float64
	}
	if err := os.MkdirAll(cfg.SpoolDir, 0o700); err != nil {
		return nil, fmt.Errorf("keeper: %w", err)
	}
	log := orDiscard(cfg.Log)
	k := &Keeper{
		cfg: cfg, log: log, links: newLinker(cfg.Store, cfg.Redact, cfg.Find, cfg.Client, cfg.Now, log),
		trouble: newTroubles(cfg.Now, log), beat: heartbeat, soonest: tasksSoonest, latest: tasksLatest,
		statusWithin: statusWithin,
		nudges: map[store.TaskKind]chan struct{}{
			store.TaskLookUp: make(chan struct{}, 1), store.TaskKeep: make(chan struct{}, 1),
		},
	}
	k.room = newRoom(cfg, log)
	k.sights.init(cfg.Workers, log)
	return k, nil
}

// Nudge says that a task was woken. It returns at once.
func (k *Keeper) Nudge() {
	for kind := range k.nudges {
		k.nudge(kind)
	}
}

func (k *Keeper) nudge(kind store.TaskKind) {
	select {
	case k.nudges[kind] <- struct{}{}:
	default:
	}
}

// KeeperStatus is how the audio archive stands. Its words are safe to show.
type KeeperStatus struct {
	Off  bool // no audio is archived; look-ups run all the same
	Full bool // nothing is archived for now, for want of room
	// Why says why it is full, or what ails the archive or an account; "" for
	// nothing.
	Why       string
	Where     string // the archive in words; "" where Off
	Bytes     int64  // of all archived audio
	MaxBytes  int64  // 0 is without limit
	Free      int64  // bytes left on the archive's medium
	FreeKnown bool
}

const (
	// statusWithin is how long a status waits for the store and the archive.
	statusWithin = 2 * time.Second
	// measureWithin is how long these may take, for the next status.
	measureWithin = time.Minute
)

// Status tells how the archive stands. It waits for two seconds at most: then it
// tells what was known last. Numbers may be some minutes old.
func (k *Keeper) Status() KeeperStatus {
	s := KeeperStatus{Off: k.cfg.Archive == nil, MaxBytes: k.cfg.MaxBytes}
	if !s.Off {
		s.Where = k.cfg.Archive.String()
		k.room.status(context.Background(), &s, k.measured())
	}
	if s.Why == "" {
		s.Why = k.trouble.words()
	}
	return s
}

// measured waits until the archive is measured, for a while. While the keeper
// runs the measuring goes on after that, and ends with it.
func (k *Keeper) measured() error {
	base, within, end := k.sights.base, measureWithin, k.sights.end
	if !k.sights.begin() {
		base, within, end = context.Background(), k.statusWithin, func() {}
	}
	ctx, cancel := context.WithTimeout(base, within)
	done := make(chan error, 1)
	go func() {
		defer end()
		defer cancel()
		done <- k.room.refresh(ctx, true)
	}()
	patience := time.NewTimer(k.statusWithin)
	defer patience.Stop()
	select {
	case err := <-done:
		return err
	case <-patience.C:
		return context.DeadlineExceeded
	}
}
