package ingest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// How long the numbers are believed. To add up what is archived takes the
// database a while, so that in between only our own is added to it.
const (
	freeFresh      = 10 * time.Second
	bytesFresh     = 5 * time.Minute
	bytesFreshFull = time.Minute // where nothing is archived for want of room
)

// room watches how much audio may still be archived. It is safe for concurrent
// use. Several processes on one store may together go over the cap by what each
// of them is bringing in.
type room struct {
	cfg KeeperConfig
	log *slog.Logger
	// Each holds one while somebody measures.
	spaceTurn, bytesTurn chan struct{}

	mu        sync.Mutex // guards what is below; nothing slow is done under it
	at        time.Time  // when the free space was looked at
	bytesAt   time.Time  // when the archived bytes were added up
	bytes     int64      // archived
	taken     int64      // reserved since the start, less what was given back
	free      int64      // on the archive's medium
	freeKnown bool
	spoolFree int64 // on the spool's disk; negative where unknown
	why       string
	full      bool
	broken    string    // why the archive can't be written; "" where it can
	until     time.Time // when a medium that refused is tried again
}

func newRoom(cfg KeeperConfig, log *slog.Logger) *room {
	return &room{cfg: cfg, log: log, spaceTurn: make(chan struct{}, 1), bytesTurn: make(chan struct{}, 1)}
}

// check is errNoRoom or errArchive where nothing can be archived now,
// errLargerThanRoom or errOverCap where size bytes more can't be, or the store's
// error.
func (r *room) check(ctx context.Context, size int64) error {
	if err := r.refresh(ctx, r.cfg.MaxBytes > 0); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.judge(ctx, size)
}

// reserve is check that counts the size as archived; giveBack takes it off
// again.
func (r *room) reserve(ctx context.Context, size int64) error {
	if err := r.refresh(ctx, r.cfg.MaxBytes > 0); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.judge(ctx, size); err != nil {
		return err
	}
	r.take(size)
	return nil
}

func (r *room) giveBack(size int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.take(-size)
}

// take counts bytes as archived. r.mu is held.
func (r *room) take(size int64) {
	r.bytes, r.free, r.taken = max(r.bytes+size, 0), r.free-size, r.taken+size
}

// refresh takes the numbers anew where they are old: the free space, and, where
// asked for, what is archived. One measures at a time; who waits for that does so
// until ctx ends.
func (r *room) refresh(ctx context.Context, adding bool) error {
	if err := inTurn(ctx, r.spaceTurn, r.spaceStale, r.lookAtSpace); err != nil || !adding {
		return err
	}
	return inTurn(ctx, r.bytesTurn, r.bytesStale, r.addUp)
}

// inTurn measures what is stale, unless another has when it is our turn.
func inTurn(ctx context.Context, turn chan struct{}, stale func() bool, measure func(context.Context) error) error {
	if !stale() {
		return nil
	}
	select {
	case turn <- struct{}{}:
		defer func() { <-turn }()
	case <-ctx.Done():
		return fmt.Errorf("measure the archive: %w", ctx.Err())
	}
	if !stale() {
		return nil
	}
	return measure(ctx)
}

// spaceStale is whether the free space was looked at too long ago.
func (r *room) spaceStale() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.old(r.at, freeFresh)
}

// bytesStale is whether what is archived was added up too long ago.
func (r *room) bytesStale() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.full {
		return r.old(r.bytesAt, bytesFreshFull)
	}
	return r.old(r.bytesAt, bytesFresh)
}

func (r *room) old(at time.Time, fresh time.Duration) bool {
	now := r.cfg.Now()
	return at.IsZero() || now.Sub(at) >= fresh || at.After(now)
}

// addUp adds up what is archived. What is reserved meanwhile is added to it.
func (r *room) addUp(ctx context.Context) error {
	now, before := r.cfg.Now(), r.takenSoFar()
	bytes, err := r.cfg.Store.KeptBytes(ctx)
	if err != nil {
		return fmt.Errorf("measure the archive: %w", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.bytes, r.bytesAt = max(bytes+r.taken-before, 0), now
	return nil
}

// lookAtSpace looks at the free space, as addUp does at what is archived.
func (r *room) lookAtSpace(ctx context.Context) error {
	now, before := r.cfg.Now(), r.takenSoFar()
	free, known, err := r.cfg.Archive.Free(ctx)
	if err != nil {
		r.log.WarnContext(ctx, "measure the archive's free space", "err", err)
		free, known = 0, false
	}
	spool := diskFree(r.cfg.SpoolDir)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.free, r.freeKnown, r.spoolFree, r.at = free-(r.taken-before), known, spool, now
	return nil
}

func (r *room) takenSoFar() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.taken
}

// judge decides by the numbers. r.mu is held.
func (r *room) judge(ctx context.Context, size int64) error {
	if r.cfg.Now().Before(r.until) {
		if r.broken != "" {
			return errArchive
		}
		return errNoRoom
	}
	left, why := r.left()
	least := int64(leastRoom)
	if r.cfg.MaxBytes > 0 {
		least = min(least, r.cfg.MaxBytes/16)
	}
	if full := left <= 0 || left < least; full {
		r.set(ctx, why, "")
		return errNoRoom
	}
	r.set(ctx, "", "")
	if size > left {
		return r.tooLargeLocked(size)
	}
	return nil
}

// leastRoom is how little room is none: hardly any recording fits into it. Of a
// small cap it is a sixteenth.
const leastRoom = 1 << 20

// left is how much may still be archived, and why not more. r.mu is held.
func (r *room) left() (bytes int64, why string) {
	bytes = math.MaxInt64
	less := func(n int64, words string) {
		if n < bytes {
			bytes, why = n, words
		}
	}
	if r.cfg.MaxBytes > 0 {
		words := "the audio archive has reached its cap of "
		if r.bytes < r.cfg.MaxBytes {
			words = "hardly anything more fits under the audio archive's cap of "
		}
		less(r.cfg.MaxBytes-r.bytes, words+byteWords(r.cfg.MaxBytes))
	}
	if r.freeKnown {
		less(r.free-r.cfg.MinFree, "less than "+byteWords(r.cfg.MinFree)+" would stay free where audio is archived")
	}
	if r.spoolFree >= 0 {
		less(r.spoolFree-r.cfg.MinFree, "less than "+byteWords(r.cfg.MinFree)+" would stay free on the disk of the spool folder")
	}
	return bytes, why
}

// leftNow is how much may still be archived by the numbers there are, less than
// the largest number there is.
func (r *room) leftNow() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	left, _ := r.left()
	return min(max(left, 0), math.MaxInt64-1)
}

// tooLarge is the error of a recording of size bytes, which is more than there
// is room for.
func (r *room) tooLarge(size int64) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.tooLargeLocked(size)
}

func (r *room) tooLargeLocked(size int64) error {
	if r.cfg.MaxBytes > 0 && size > r.cfg.MaxBytes {
		return errOverCap
	}
	return errLargerThanRoom
}

// set changes what is told, and tells the log once. r.mu is held.
func (r *room) set(ctx context.Context, why, broken string) {
	switch full := why != ""; {
	case full && !r.full:
		r.log.WarnContext(ctx, "keeping audio stops", "why", why)
	case broken != "" && r.broken == "":
		r.log.WarnContext(ctx, "keeping audio stops", "why", broken)
	case !full && r.full, broken == "" && r.broken != "":
		r.log.InfoContext(ctx, "keeping audio goes on")
	}
	r.full, r.why, r.broken = why != "", why, broken
}

// refused turns an error of the spool's disk or of the archive into errNoRoom or
// errArchive, after which nothing is tried for a while.
func (r *room) refused(ctx context.Context, err error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.until = r.cfg.Now().Add(archiveAgain)
	r.at = time.Time{}
	if isMediumFull(err) {
		r.set(ctx, "there is no space left on the disk", "")
		return fmt.Errorf("%w: %w", errNoRoom, err)
	}
	r.log.ErrorContext(ctx, "archive a recording", "err", err)
	r.set(ctx, "", errArchive.Error()+"; it is tried again")
	return fmt.Errorf("%w: %w", errArchive, err)
}

// status fills in what a status tells of the room, by the numbers there are. err
// is that of the measurement.
func (r *room) status(ctx context.Context, s *KeeperStatus, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch measured := !r.at.IsZero() && !r.bytesAt.IsZero(); {
	case err == nil && measured:
		_ = r.judge(ctx, 0) // for what it sets
	case err != nil && !errors.Is(err, context.DeadlineExceeded):
		s.Why = "the database could not be reached"
	case !measured:
		s.Why = "the audio archive is still being measured"
	}
	s.Full, s.Bytes, s.Free, s.FreeKnown = r.full, r.bytes, max(r.free, 0), r.freeKnown
	s.Why = cmp.Or(s.Why, r.why, r.broken)
}

// diskFree is what the disk of a folder has left for us; -1 where unknown.
func diskFree(dir string) int64 {
	var fs unix.Statfs_t
	if err := unix.Statfs(dir, &fs); err != nil {
		return -1
	}
	return int64(fs.Bavail) * int64(fs.Bsize)
}

// byteWords is a size for people.
func byteWords(n int64) string {
	for _, u := range []struct {
		size int64
		name string
	}{{1 << 40, "TiB"}, {1 << 30, "GiB"}, {1 << 20, "MiB"}, {1 << 10, "KiB"}} {
		if n >= u.size {
			return fmt.Sprintf("%.4g %s", float64(n)/float64(u.size), u.name)
		}
	}
	return fmt.Sprintf("%d bytes", n)
}
