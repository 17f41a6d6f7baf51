package web

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"afterbeep/store"
)

// workFeed knows what changed in callbacks lately, and who listens to what. It
// reads the store only while somebody asks, once for all who do, so that
// everybody sees a claim within a moment, whichever process made it. Safe for
// concurrent use.
type workFeed struct {
	store interface {
		CallbackChanges(ctx context.Context, after int64, limit int) ([]store.Callback, error)
		LastCallbackChange(ctx context.Context) (int64, error)
		CallbacksOf(ctx context.Context, s store.Scope, ids []int64) (map[int64]store.Callback, error)
		AuditEntries(ctx context.Context, q store.AuditQuery) ([]store.AuditEntry, error)
	}
	now func() time.Time

	mu     sync.Mutex // held while the store is read: all wait for the same
	begun  bool
	seq    int64 // what was read
	from   int64 // of what came after it, list tells all
	list   []store.Callback
	looked time.Time // by the wall clock
	plays  time.Time // likewise: when plays were read
	newest int64     // the last play that was read
	ears   map[int64]map[string]time.Time
	heard  []play // of this feed's own numbering
	played int64
}

// play is somebody beginning to listen.
type play struct {
	n  int64
	of store.Callback
	by string
}

// Bounds of what is remembered and read.
const (
	workPause   = 150 * time.Millisecond
	playsPause  = time.Second
	maxWorkTold = 500
	maxPlays    = 50
	// listeningFor is for how long somebody is said to listen.
	listeningFor = time.Minute
)

func newWorkFeed(st store.Store, now func() time.Time) *workFeed {
	return &workFeed{store: st, now: now, ears: map[int64]map[string]time.Time{}}
}

// workNews is what changed for somebody.
type workNews struct {
	Seq     int64        `json:"seq"`
	More    bool         `json:"more"` // more changed than Changes tells
	Changes []workChange `json:"changes"`
}

// workChange is a callback that changed, or that somebody listens to.
type workChange struct {
	ID        int64  `json:"id"`
	Case      int64  `json:"case"`
	Status    string `json:"status"`
	Assignee  string `json:"assignee"`
	Listening string `json:"listening,omitempty"`
}

// workPlace is up to where somebody was told.
type workPlace struct{ seq, plays int64 }

// at is up to which change of callbacks all is known.
func (f *workFeed) at(ctx context.Context) (int64, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.looked = time.Time{} // it is for a page that shows what is there by now
	if err := f.look(ctx); err != nil {
		return 0, err
	}
	return f.seq, nil
}

// here is the present.
func (f *workFeed) here(ctx context.Context) (workPlace, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	err := f.look(ctx)
	return workPlace{f.seq, f.played}, err
}

// nudge says that something was done in this process.
func (f *workFeed) nudge() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.looked = time.Time{}
}

// listens says that somebody listens to the message of a callback, in this
// process.
func (f *workFeed) listens(to store.Callback, by string, at time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.hear(to, by, at)
}

// hear remembers that somebody listens. It is told once a minute at most.
func (f *workFeed) hear(to store.Callback, by string, at time.Time) {
	of := f.ears[to.VoicemailID]
	if of == nil {
		of = map[string]time.Time{}
		f.ears[to.VoicemailID] = of
	}
	last, known := of[by]
	if known && !at.After(last) {
		return
	}
	if of[by] = at; known && at.Sub(last) < listeningFor {
		return
	}
	f.played++
	f.heard = append(f.heard, play{f.played, to, by})
	if n := len(f.heard) - maxWorkTold; n > 0 {
		f.heard = append([]play(nil), f.heard[n:]...)
	}
}

// listener is who listens to a voicemail, somebody other than you; "" for nobody.
func (f *workFeed) listener(voicemail int64, you string, now time.Time) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	for by, at := range f.ears[voicemail] {
		if by != you && now.Sub(at) < listeningFor {
			return by
		}
	}
	return ""
}

// since tells what changed in a scope after a place, and where that leads to.
func (f *workFeed) since(ctx context.Context, scope store.Scope, you string, p workPlace) (workNews, workPlace, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.look(ctx); err != nil {
		return workNews{}, p, err
	}
	n := workNews{Seq: f.seq, More: p.seq < f.from, Changes: []workChange{}}
	for _, c := range f.list {
		if c.Seq > p.seq && scope.Sees(c.BotID) && scope.SeesQueue(c.Queue) {
			n.Changes = append(n.Changes, workChange{ID: c.VoicemailID, Case: c.CaseID, Status: string(c.StatusAt(f.now())), Assignee: c.Assignee})
		}
	}
	for _, h := range f.heard {
		if h.n > p.plays && h.by != you && scope.Sees(h.of.BotID) && scope.SeesQueue(h.of.Queue) {
			n.Changes = append(n.Changes, workChange{ID: h.of.VoicemailID, Case: h.of.CaseID, Status: string(h.of.StatusAt(f.now())), Assignee: h.of.Assignee, Listening: h.by})
		}
	}
	return n, workPlace{f.seq, f.played}, nil
}

// look reads what changed since the last time.
func (f *workFeed) look(ctx context.Context) error {
	if f.begun && time.Since(f.looked) < workPause {
		return nil
	}
	if !f.begun {
		last, err := f.store.LastCallbackChange(ctx)
		if err != nil {
			return fmt.Errorf("look for the last change of callbacks: %w", err)
		}
		f.seq, f.from, f.begun = last, last, true // what is there by now is no news
	}
	changes, err := f.store.CallbackChanges(ctx, f.seq, maxWorkTold)
	if err != nil {
		return fmt.Errorf("look for changes of callbacks: %w", err)
	}
	if len(changes) > 0 {
		f.seq = changes[len(changes)-1].Seq
	}
	f.list = append(f.list, changes...)
	if n := len(f.list) - maxWorkTold; n > 0 {
		f.from = f.list[n-1].Seq
		f.list = slices.Clone(f.list[n:])
	}
	if len(changes) < maxWorkTold { // else there are more, which the next look reads at once
		f.looked = time.Now()
	}
	return f.lookForPlays(ctx)
}

// lookForPlays reads who began to listen, in whichever process: the audit log is
// told of each listen before it begins.
func (f *workFeed) lookForPlays(ctx context.Context) error {
	if time.Since(f.plays) < playsPause {
		return nil
	}
	f.plays = time.Now()
	entries, err := f.store.AuditEntries(ctx, store.AuditQuery{Action: store.AuditPlay, Limit: maxPlays})
	if err != nil {
		return fmt.Errorf("look for who listens: %w", err)
	}
	now := f.now()
	var fresh []store.AuditEntry
	var ids []int64
	for _, e := range slices.Backward(entries) {
		if e.Allowed && e.ID > f.newest && now.Sub(e.At) < listeningFor && !strings.HasSuffix(e.Detail, downloaded) {
			fresh, ids = append(fresh, e), append(ids, e.VoicemailID)
		}
		f.newest = max(f.newest, e.ID)
	}
	if len(fresh) > 0 {
		of, err := f.store.CallbacksOf(ctx, store.AllBots(), ids)
		if err != nil {
			return fmt.Errorf("look for who listens: %w", err)
		}
		for _, e := range fresh {
			if to, worked := of[e.VoicemailID]; worked {
				f.hear(to, e.Actor, e.At)
			}
		}
	}
	for id, of := range f.ears {
		for by, at := range of {
			if now.Sub(at) >= listeningFor {
				delete(of, by)
			}
		}
		if len(of) == 0 {
			delete(f.ears, id)
		}
	}
	return nil
}
