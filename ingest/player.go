package ingest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"afterbeep/ingest/kore"
	"afterbeep/store"
	"afterbeep/store/archive"
)

// The reasons for which a recording can't be played; compare with errors.Is.
var (
	// ErrNoUpstream means that no bot is connected through which it could be asked.
	ErrNoUpstream = errors.New("no upstream is connected for the bot")
	// ErrNotReady means that the upstream is still making the recording.
	ErrNotReady = errors.New("the recording is not ready yet")
	// ErrGone means that the upstream has no such recording any more.
	ErrGone = errors.New("the recording is gone")
	// ErrRefused means that the recording lies on a host that is not allowed.
	ErrRefused = errors.New("the recording's host is not allowed")
	// ErrLimited means that the account has used up its requests for now.
	ErrLimited = errors.New("the upstream takes no more requests for now")
	// ErrUpstream means that the upstream failed, or refused our token.
	ErrUpstream = errors.New("the upstream failed")
)

// PlayError is why a recording can't be played.
type PlayError struct {
	Reason     error         // one of the reasons above
	RetryAfter time.Duration // when it is worth trying again; 0 where nobody knows
	Err        error         // what lies behind it, safe to log; may be nil
}

// Error says the reason and what lies behind it.
func (e *PlayError) Error() string {
	if e.Err == nil {
		return e.Reason.Error()
	}
	return fmt.Sprintf("%v: %v", e.Reason, e.Err)
}

// Unwrap gives the reason and what lies behind it.
func (e *PlayError) Unwrap() []error {
	if e.Err == nil {
		return []error{e.Reason}
	}
	return []error{e.Reason, e.Err}
}

// PlayerStore is where a Player writes down what a fresh reply tells.
type PlayerStore interface {
	ClaimSession(ctx context.Context, key store.SessionKey, lease time.Duration) (store.Lease, error)
	Record(ctx context.Context, l store.Lease, o store.Outcome) (changed bool, err error)
	ClaimTask(ctx context.Context, key store.TaskKey, lease time.Duration) (store.TaskLease, error)
	RecordTask(ctx context.Context, l store.TaskLease, o store.TaskOutcome) (changed bool, err error)
}

// PlayerConfig is what a Player is made of.
type PlayerConfig struct {
	Store PlayerStore
	// Client is the client of a bot; false where the bot is not connected.
	Client func(botID string) (*kore.Client, bool)
	// Redact is what is masked in the replies that the links come with; the
	// zero Redaction is RedactCards.
	Redact Redaction
	// Find is a Finder's, for those replies; nil finds nothing.
	Find func(store.Voicemail) store.Finding
	// Archive is where recordings are played from first; nil is none.
	Archive archive.Archive
	// Keeper is told of recordings that were fetched whole, and of those that
	// the archive lost; nil is nobody.
	Keeper *Keeper
	// CacheDir holds recordings while they are played. It is made with mode
	// 0700, and what an earlier Player left there is deleted.
	CacheDir string
	MaxFile  int64         // most bytes of a recording; 0 is 256 MB
	MaxCache int64         // most bytes of all recordings that nobody plays; 0 is 1 GB
	Keep     time.Duration // how long a recording is kept after it was played; 0 is 10 minutes
	// DownloadWithin is how long one download may take; 0 is 15 minutes.
	DownloadWithin time.Duration

	Now func() time.Time // nil is time.Now
	Log *slog.Logger     // nil logs nothing
}

const (
	// linkWithin is how long a listener waits for a link.
	linkWithin = 25 * time.Second
	// soonReady is when something unfinished is worth trying again.
	soonReady = 2 * time.Minute
	// afterLimit is when, where the upstream doesn't say.
	afterLimit = 30 * time.Second

	cachePattern = "recording-*.audio"
)

// Player plays recordings from the archive, or fetches them through fresh links
// and plays them while they come. It is safe for concurrent use. Links stay
// inside it.
type Player struct {
	cfg    PlayerConfig
	links  *linker
	log    *slog.Logger
	stop   context.CancelFunc
	base   context.Context // of downloads: they outlive who asked for them
	active sync.WaitGroup

	mu     sync.Mutex // guards what is below, and users, used and timer of each spool
	closed bool
	spools map[recordingID]*spool
}

// recordingID names what a spool holds: a recording of the upstream, or archived
// audio, which several recordings may share.
type recordingID struct {
	voicemail int64
	n         int
	digest    string // of archived audio, without the others
}

// NewPlayer makes a Player and empties its cache folder.
func NewPlayer(cfg PlayerConfig) (*Player, error) {
	if cfg.Store == nil || cfg.Client == nil || cfg.CacheDir == "" {
		return nil, errors.New("player: want a store, clients and a cache folder")
	}
	if cfg.MaxFile < 0 || cfg.MaxCache < 0 || cfg.Keep < 0 || cfg.DownloadWithin < 0 {
		return nil, errors.New("player: sizes and times can't be negative")
	}
	if err := cfg.Redact.check(); err != nil {
		return nil, fmt.Errorf("player: %w", err)
	}
	cfg.MaxFile = cmp.Or(cfg.MaxFile, 256<<20)
	cfg.MaxCache = cmp.Or(cfg.MaxCache, 1<<30)
	cfg.Keep = cmp.Or(cfg.Keep, 10*time.Minute)
	cfg.DownloadWithin = cmp.Or(cfg.DownloadWithin, 15*time.Minute)
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if err := os.MkdirAll(cfg.CacheDir, 0o700); err != nil {
		return nil, fmt.Errorf("player: %w", err)
	}
	left, err := filepath.Glob(filepath.Join(cfg.CacheDir, cachePattern))
	if err != nil {
		return nil, fmt.Errorf("player: %w", err)
	}
	for _, file := range left {
		if err := os.Remove(file); err != nil {
			return nil, fmt.Errorf("player: %w", err)
		}
	}
	base, stop := context.WithCancel(context.Background())
	p := &Player{cfg: cfg, log: orDiscard(cfg.Log), base: base, stop: stop, spools: map[recordingID]*spool{}}
	if cfg.Keeper != nil {
		p.links = cfg.Keeper.links // so that what one asked for serves both
	} else {
		p.links = newLinker(cfg.Store, cfg.Redact, cfg.Find, cfg.Client, cfg.Now, p.log)
	}
	return p, nil
}

// Close breaks off downloads, waits for them and empties the cache folder.
// Readers that are still open get an error.
func (p *Player) Close() error {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.stop()
	p.active.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	var errs []error
	for _, s := range p.spools {
		errs = append(errs, p.drop(s))
	}
	return errors.Join(errs...)
}

// spool is the recording's spool, counted as used; a new one begins to download.
func (p *Player) spool(id recordingID, download func(context.Context, *spool) error, after func(context.Context, *spool)) (*spool, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, &PlayError{Reason: ErrUpstream, Err: os.ErrClosed}
	}
	if s, ok := p.spools[id]; ok {
		if !s.failed() {
			s.users++
			s.timer.Stop()
			return s, nil
		}
		if s.users == 0 {
			p.dropLogged(s)
		}
	}
	s := newSpool(id, p.cfg.Now())
	s.users++
	s.timer = time.AfterFunc(p.cfg.Keep, func() { p.expire(s) })
	s.timer.Stop()
	p.spools[id] = s
	p.active.Go(func() {
		ctx, cancel := context.WithTimeout(p.base, p.cfg.DownloadWithin)
		defer cancel()
		s.end(download(ctx, s))
		after(ctx, s)
		p.trim()
	})
	return s, nil
}

// release counts a reader off; the last one starts the spool's last minutes.
func (p *Player) release(s *spool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s.users--
	s.used = p.cfg.Now()
	if s.users > 0 {
		return
	}
	if s.failed() {
		p.dropLogged(s)
		return
	}
	s.timer.Reset(p.cfg.Keep)
}

// expire drops a spool that nobody has used for a while.
func (p *Player) expire(s *spool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.spools[s.id] != s || s.users > 0 || p.closed {
		return
	}
	if !s.finished() {
		s.timer.Reset(p.cfg.Keep)
		return
	}
	p.dropLogged(s)
}

// trim drops the spools that were not used for longest while they are too many.
func (p *Player) trim() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		var total int64
		var oldest *spool
		for _, s := range p.spools {
			if s.users > 0 || !s.finished() {
				continue
			}
			total += s.length()
			if oldest == nil || s.used.Before(oldest.used) {
				oldest = s
			}
		}
		if oldest == nil || total <= p.cfg.MaxCache {
			return
		}
		p.dropLogged(oldest)
	}
}

func (p *Player) dropLogged(s *spool) {
	if err := p.drop(s); err != nil {
		p.log.Warn("delete a cached recording", "err", err)
	}
}

// drop forgets a spool that nobody writes to and deletes its file. p.mu is held.
func (p *Player) drop(s *spool) error {
	if p.spools[s.id] == s { // another may have taken its place
		delete(p.spools, s.id)
	}
	s.timer.Stop()
	if s.path == "" {
		return nil
	}
	if err := os.Remove(s.path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}
