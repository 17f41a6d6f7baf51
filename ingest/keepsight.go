package ingest

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"afterbeep/ingest/kore"
	"afterbeep/store"
)

// sights are what FirstSight and Hurry took and have not finished.
type sights struct {
	queue chan struct{} // one for each that is taken
	slots chan struct{} // one for each that is worked on
	log   *slog.Logger
	base  context.Context
	stop  context.CancelFunc
	// patience is how long one waits for room in the queue.
	patience time.Duration
	// failing counts how often in a row media hosts failed.
	failing atomic.Int32

	mu     sync.Mutex // guards what is below
	open   int
	closed bool
	idle   chan struct{} // closed when open is 0
}

const (
	// queued is how many first sights wait for each that is worked on.
	queued = 8
	// queuePatience is how long finding voicemails is held up by audio.
	queuePatience = 5 * time.Second
)

func (s *sights) init(workers int, log *slog.Logger) {
	s.log = log
	s.queue, s.slots = make(chan struct{}, workers*(1+queued)), make(chan struct{}, workers)
	s.base, s.stop = context.WithCancel(context.Background())
	s.idle, s.patience = make(chan struct{}), queuePatience
	close(s.idle)
}

// begin counts one more; false after close.
func (s *sights) begin() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	if s.open == 0 {
		s.idle = make(chan struct{})
	}
	s.open++
	return true
}

// close takes nothing more: what is under way has StopWithin to finish, what has
// not begun is left to the background.
func (s *sights) close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.stop()
}

// take does something soon, in a goroutine that Drain and Run wait for. It blocks while
// the queue is full, for a while. What is not taken is left to the background,
// so that those who find voicemails go on: as long as media hosts fail, or take
// too long, nobody is blocked.
func (s *sights) take(ctx context.Context, do func(context.Context)) {
	select {
	case s.queue <- struct{}{}:
	default:
		if s.failing.Load() >= failingLimit {
			return
		}
		timer := time.NewTimer(s.patience)
		defer timer.Stop()
		select {
		case s.queue <- struct{}{}:
		case <-ctx.Done():
			return
		case <-s.base.Done():
			return
		case <-timer.C:
			s.failing.Store(failingLimit)
			return
		}
	}
	if !s.begin() {
		<-s.queue
		return
	}
	go func() {
		defer func() { <-s.queue; s.end() }()
		select {
		case s.slots <- struct{}{}:
			defer func() { <-s.slots }()
			s.guarded(do)
		case <-s.base.Done():
		}
	}()
}

// guarded is do, whose panic ends nothing else. The log gets the panic's type
// alone: its value may hold what somebody said.
func (s *sights) guarded(do func(context.Context)) {
	defer func() {
		if v := recover(); v != nil {
			s.log.Error("panic in keeping at first sight", "panic", fmt.Sprintf("%T", v), "stack", string(debug.Stack()))
		}
	}()
	do(s.base)
}

// failingLimit is how often in a row a media host fails when it is not waited
// for any more.
const failingLimit = 3

// count notes how a media host answered.
func (s *sights) count(err error) {
	switch kind := kore.KindOf(err); {
	case err == nil:
		s.failing.Store(0)
	case kind == kore.KindNetwork || kind == kore.KindServer:
		s.failing.Add(1)
	}
}

func (s *sights) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open--; s.open == 0 {
		close(s.idle)
	}
}

func (s *sights) whenIdle() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.idle
}

// FirstSight keeps the recordings of a voicemail through links that were just
// seen, without a call of the API: those that are not kept yet. It is called
// when the reply with these files was recorded, and blocks only while its small
// queue is full, and not for long. After Run it takes nothing: the background of
// the next start does it.
func (k *Keeper) FirstSight(ctx context.Context, s store.SessionKey, files []kore.File) {
	v := store.Voicemail{ID: store.VoicemailID(s.BotID, s.SessionID), BotID: s.BotID, SessionID: s.SessionID}
	if k.cfg.Archive == nil || !hasLink(files) {
		return
	}
	// Whoever claims the task before us has the link at hand, too.
	k.links.remember(linkKey{v.ID, store.RecordingVoicemail}, links{files: files, status: store.RecordingSuccess, at: k.cfg.Now()})
	k.sights.take(ctx, func(ctx context.Context) { k.firstSight(ctx, v.ID, files) })
}

// Hurry does a task that a person has woken before all others, as soon as it
// can. It returns at once; where too many are asked for, or after Run, they are
// done in their turn.
func (k *Keeper) Hurry(key store.TaskKey) {
	if key.Kind == store.TaskKeep && k.cfg.Archive == nil || key.Kind == store.TaskLookUp && k.cfg.LookUps == LookUpsOff {
		return
	}
	full, cancel := context.WithCancel(context.Background())
	cancel()
	k.sights.take(full, func(ctx context.Context) {
		if key.Kind == store.TaskKeep && k.room.check(ctx, 0) != nil {
			return
		}
		if lease, ok := k.claimOne(ctx, key); ok {
			k.work(ctx, lease, kore.ClassFresh)
		}
	})
}

func hasLink(files []kore.File) bool {
	for _, f := range files {
		if f.URL != "" {
			return true
		}
	}
	return false
}

// Drain waits until what FirstSight and Hurry took is done. When ctx ends before
// that, or has ended, nothing more is taken, what is under way has StopWithin to
// finish, the rest is left to the background, and ctx's error is returned. Else
// the keeper goes on taking.
func (k *Keeper) Drain(ctx context.Context) error {
	select {
	case <-k.sights.whenIdle():
	case <-ctx.Done():
	}
	if ctx.Err() == nil {
		return nil
	}
	k.sights.close()
	<-k.sights.whenIdle()
	return ctx.Err()
}
