package web

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"afterbeep/index"
	"afterbeep/store"
)

// arrivals knows which voicemails arrived lately: those whose first change the
// index has applied, so that who is told of one finds it. It reads the change
// feed only while somebody asks, once for all who do. Safe for concurrent use.
//
// What was left long before it arrived is no news: a look at the past brings
// thousands of these. What changes once more, as when its transcript follows, is
// none either.
type arrivals struct {
	feed  store.Feed
	index Searcher
	now   func() time.Time

	mu     sync.Mutex // held while the feed is read: all wait for the same
	begun  bool
	at     store.Position      // what was read
	from   int64               // of what came after this Seq, list tells all
	list   []arrival           // ascending by seq
	known  map[int64]time.Time // LeftAt of fresh voicemails that are no news
	looked time.Time           // by the wall clock
}

// arrival is a voicemail that is new.
type arrival struct {
	seq    int64
	bot    string
	queue  string
	leftAt time.Time
}

// Bounds of what is remembered and read.
const (
	freshness     = 24 * time.Hour // what was left before is no news
	lookPause     = 500 * time.Millisecond
	maxArrivals   = 2000
	maxChangesNow = 500 // changes read at one look
	maxKnown      = 20_000
)

// news is what arrived for somebody. The zero value is nothing.
type news struct {
	Count  int   `json:"count"`  // voicemails
	More   bool  `json:"more"`   // there may be more than Count
	Newest Stamp `json:"newest"` // when the last of them was left
}

// since tells what arrived in a scope after a place in the feed, and up to which
// place that is. after < 0 is the present.
func (a *arrivals) since(ctx context.Context, scope store.Scope, after int64) (news, int64, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.look(ctx); err != nil {
		return news{}, 0, err
	}
	if after < 0 || after > a.at.Seq {
		return news{}, a.at.Seq, nil
	}
	n := news{More: after < a.from}
	var newest time.Time
	for _, v := range slices.Backward(a.list) {
		if v.seq <= after {
			break
		}
		if scope.Holds(v.bot, v.queue) {
			n.Count++
			if v.leftAt.After(newest) {
				newest = v.leftAt
			}
		}
	}
	n.Newest = Stamp(newest)
	return n, a.at.Seq, nil
}

// look reads what the index has applied since the last time.
func (a *arrivals) look(ctx context.Context) error {
	if a.begun && time.Since(a.looked) < lookPause {
		return nil
	}
	a.looked = time.Now()
	status := a.index.Status()
	applied := status.Position
	applied.Seq = min(applied.Seq, status.Shown) // what is told of can be found
	switch {
	case !a.begun || applied.StoreID != a.at.StoreID || applied.Seq < a.at.Seq:
		return a.start(ctx, applied)
	case applied.Seq == a.at.Seq:
		return nil
	}
	changes, err := a.feed.Changes(ctx, a.at.Seq, maxChangesNow)
	if err != nil {
		return fmt.Errorf("look for arrivals: %w", err)
	}
	if len(changes) == maxChangesNow && changes[len(changes)-1].Seq < applied.Seq {
		// Far more than people leave: a look at the past, or a start after a long
		// stop. Whoever is behind is told that there may be more.
		return a.start(ctx, applied)
	}
	fresh := a.now().Add(-freshness)
	for _, c := range changes {
		if c.Seq <= applied.Seq && c.Voicemail != nil && c.Voicemail.LeftAt.After(fresh) {
			a.add(c)
		}
	}
	a.at = applied
	a.forget(fresh)
	return nil
}

func (a *arrivals) add(c store.Change) {
	if _, old := a.known[c.VoicemailID]; old {
		return
	}
	a.known[c.VoicemailID] = c.Voicemail.LeftAt
	a.list = append(a.list, arrival{c.Seq, c.Voicemail.BotID, c.Voicemail.Queue, c.Voicemail.LeftAt})
}

// forget keeps what is remembered within its bounds.
func (a *arrivals) forget(fresh time.Time) {
	if n := len(a.list) - maxArrivals; n > 0 {
		a.from = a.list[n-1].seq
		a.list = slices.Clone(a.list[n:])
	}
	if len(a.known) > maxKnown {
		for id, left := range a.known {
			if !left.After(fresh) {
				delete(a.known, id)
			}
		}
	}
}

// start begins at the present: what is there by now is no news.
func (a *arrivals) start(ctx context.Context, at store.Position) error {
	known := map[int64]time.Time{}
	r := index.Request{From: a.now().Add(-freshness), Sort: index.SortNewest, Limit: index.MaxFullLimit, FullOnly: true, Now: a.now()}
	for len(known) < maxKnown {
		found, err := a.index.Search(ctx, store.AllBots(), r)
		if err != nil {
			return fmt.Errorf("look for arrivals: %w", err)
		}
		for _, h := range found.Hits {
			known[h.ID] = r.From // when exactly is of no account: it is no news
		}
		if r.Cursor = found.NextCursor; r.Cursor == "" {
			break
		}
	}
	a.begun, a.at, a.from, a.list, a.known = true, at, at.Seq, nil, known
	return nil
}
