package index

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"afterbeep/index/engine"
	"afterbeep/store"
)

// Work is what people and the machine say of voicemails beside their text: it
// changes often, and nothing is analysed again for it. store.Store is one.
type Work interface {
	// CallbackChanges is that of store.Callbacks.
	CallbackChanges(ctx context.Context, after int64, limit int) ([]store.Callback, error)
	// TagChanges is that of store.Remarks.
	TagChanges(ctx context.Context, after int64, limit int) ([]store.TagChange, error)
}

// overlay keeps in memory what Work tells, by voicemail, and for each segment of
// the index which of its documents that are. It is safe for concurrent use.
//
// One at a time brings it up to date, and only that one changes states. What it
// keeps of a segment never changes: an update makes another beside it, and what
// it did not make anew is forgotten, so that nothing is ever older than states.
type overlay struct {
	work Work // nil where there is none

	updating  sync.Mutex // held by the one who brings it up to date
	asked     time.Time  // when that last began; guarded by updating, as all up to mu
	callbacks feedPlace
	tagged    feedPlace
	sets      map[string]uint32 // the places of tagSets
	people    map[string]uint32 // the places of names

	mu      sync.RWMutex // guards the following; states may be read by who holds updating, too
	states  map[int64]state
	tagSets [][]string // what voicemails are tagged with; the first is nothing
	names   []string   // who holds claims; the first is nobody

	knowing sync.Mutex // guards known; taken after mu
	known   map[*engine.Columns]*marks
}

// feedPlace is how far a feed was read: a row that it gave last has it.
type feedPlace struct {
	seq int64
	id  int64 // its voicemail
}

// flags are what can be said of a voicemail, one bit each.
type flags uint16

const (
	isRequested flags = 1 << iota
	isOpen            // in the lane of requests
	isListen          // open, in the lane of those to listen to
	isDone
	isSeen // opened or played
	isHeard
	isOld // whatever its status
	// A claim is told by its lease. When that has run out, it is what it would be
	// without: one of these.
	elseOpen
	elseListen

	flagSets = 7 // have a set of documents in marks
)

// state is what is known of one voicemail: 24 bytes.
type state struct {
	lease  int64 // when the claim runs out, microseconds; noLease without one
	holder uint32
	tags   uint32
	flags  flags
}

const noLease = 0

// overlayBatch is how much of a feed is read at once.
const overlayBatch = 1000

func newOverlay(w Work) *overlay {
	o := &overlay{work: w}
	o.clear()
	return o
}

// clear forgets all. The caller holds updating and mu, or has it alone.
func (o *overlay) clear() {
	o.callbacks, o.tagged, o.asked = feedPlace{}, feedPlace{}, time.Time{}
	o.states, o.sets, o.people = make(map[int64]state), map[string]uint32{"": 0}, map[string]uint32{"": 0}
	o.tagSets, o.names = [][]string{nil}, []string{""}
	o.known = make(map[*engine.Columns]*marks)
}

// forget is for when another store may have taken the place of the one before.
func (o *overlay) forget() {
	o.updating.Lock()
	defer o.updating.Unlock()
	o.mu.Lock()
	defer o.mu.Unlock()
	o.knowing.Lock()
	defer o.knowing.Unlock()
	o.clear()
}

// catchUp applies all that the feeds have when it is called. segments are those
// that searches see now; they are open until it returns.
func (o *overlay) catchUp(ctx context.Context, segments []*engine.Segment) error {
	if o.work == nil {
		return nil
	}
	arrived := time.Now()
	o.updating.Lock()
	defer o.updating.Unlock()
	if o.asked.After(arrived) {
		return nil // by another, who began later
	}
	began := time.Now()
	for more := true; more; {
		n, err := o.next(ctx, segments)
		if err != nil {
			return err
		}
		more = n > 0
	}
	o.asked = began
	return nil
}

// next applies the next changes of each feed, and returns how many there were.
// The caller holds updating.
func (o *overlay) next(ctx context.Context, segments []*engine.Segment) (int, error) {
	callbacks, again, err := nextOf(ctx, &o.callbacks, o.work.CallbackChanges, func(c store.Callback) feedPlace { return feedPlace{c.Seq, c.VoicemailID} })
	if err != nil {
		return 0, fmt.Errorf("read what changed of callbacks: %w", err)
	}
	tags, tagsAgain, err := nextOf(ctx, &o.tagged, o.work.TagChanges, func(c store.TagChange) feedPlace { return feedPlace{c.Seq, c.VoicemailID} })
	if err != nil {
		return 0, fmt.Errorf("read what changed of tags: %w", err)
	}
	if again || tagsAgain { // the store was put back to an earlier state
		o.mu.Lock()
		o.knowing.Lock()
		o.clear()
		o.knowing.Unlock()
		o.mu.Unlock()
		return 1, nil
	}
	changed := make(map[int64]state, len(callbacks)+len(tags))
	now := func(id int64) state {
		if s, ok := changed[id]; ok {
			return s
		}
		return o.states[id]
	}
	names, sets := o.names, o.tagSets // others read those before
	for _, c := range callbacks {
		s := stateOf(c)
		s.tags = now(c.VoicemailID).tags
		if s.lease != noLease {
			s.holder, names = placeOf(o.people, names, c.Assignee, c.Assignee)
		}
		changed[c.VoicemailID] = s
	}
	for _, c := range tags {
		s := now(c.VoicemailID)
		s.tags, sets = placeOf(o.sets, sets, strings.Join(c.Names, "\n"), c.Names)
		changed[c.VoicemailID] = s
	}
	o.mu.Lock() // now: their places are given
	o.names, o.tagSets = names, sets
	o.mu.Unlock()
	if len(changed) > 0 {
		if err := o.update(changed, segments); err != nil {
			return 0, err
		}
	}
	for _, c := range callbacks {
		o.callbacks = feedPlace{c.Seq, c.VoicemailID}
	}
	for _, c := range tags {
		o.tagged = feedPlace{c.Seq, c.VoicemailID}
	}
	return len(changed), nil
}

// nextOf reads a feed on. It reads the row that it has read last once more: where
// that is gone, or another, the store is not as far as it was (again).
func nextOf[C any](ctx context.Context, at *feedPlace, read func(context.Context, int64, int) ([]C, error), place func(C) feedPlace) (list []C, again bool, err error) {
	list, err = read(ctx, max(at.seq-1, 0), overlayBatch)
	if err != nil || at.seq == 0 {
		return list, false, err
	}
	if len(list) == 0 {
		return nil, true, nil
	}
	switch first := place(list[0]); {
	case first == *at:
		return list[1:], false, nil
	case first.seq == at.seq:
		return nil, true, nil
	}
	return list, false, nil
}

// placeOf is the place of a value in a list, where it is added if it is not there.
func placeOf[V any](places map[string]uint32, list []V, name string, v V) (uint32, []V) {
	at, ok := places[name]
	if !ok {
		at = uint32(len(list))
		places[name] = at
		list = append(list, v)
	}
	return at, list
}

// stateOf is what a callback says, but for who holds it and tags.
func stateOf(c store.Callback) state {
	var s state
	set := func(f flags, yes bool) {
		if yes {
			s.flags |= f
		}
	}
	set(isRequested, c.Requested)
	set(isHeard, !c.HeardAt.IsZero())
	set(isSeen, !c.SeenAt.IsZero() || !c.HeardAt.IsZero())
	set(isOld, c.Lane == store.LaneOld)
	switch c.Status {
	case store.CallbackDone:
		set(isDone, true)
	case store.CallbackClaimed:
		s.lease = max(micros(c.LeaseUntil), 1)
		set(elseOpen, c.Lane == store.LaneRequests)
		set(elseListen, c.Lane == store.LaneListen)
	default:
		set(isOpen, c.Lane == store.LaneRequests)
		set(isListen, c.Lane == store.LaneListen)
	}
	return s
}

// update makes states what changed, and what is known of segments with them. The
// caller holds updating.
func (o *overlay) update(changed map[int64]state, segments []*engine.Segment) error {
	fresh, err := o.remark(changed, segments)
	if err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	for id, s := range changed {
		o.states[id] = s
	}
	o.knowing.Lock()
	defer o.knowing.Unlock()
	o.known = fresh
	return nil
}

// remark is what is known of segments, with the changes. What is known of others
// is left out.
func (o *overlay) remark(changed map[int64]state, segments []*engine.Segment) (map[*engine.Columns]*marks, error) {
	ids := make([]int64, 0, len(changed))
	for id := range changed {
		ids = append(ids, id)
	}
	names := docIDs(ids)
	fresh := make(map[*engine.Columns]*marks, len(segments))
	for _, seg := range segments {
		columns := seg.Columns()
		o.knowing.Lock()
		had := o.known[columns]
		o.knowing.Unlock()
		if had == nil {
			continue // it is made of all states when it is asked for
		}
		docs, err := seg.Named(names)
		if err != nil {
			return nil, err
		}
		b := had.change()
		for it := docs.Iterator(); it.HasNext(); {
			doc := it.Next()
			id := columns.ID[doc]
			was, is := o.states[id], changed[id]
			b.set(doc, was, is, o.tagSets[was.tags], o.tagSets[is.tags])
		}
		fresh[columns] = b.done()
	}
	return fresh, nil
}

// project is what is known of the documents of segments, all of one moment.
func (o *overlay) project(segments []*engine.Segment) projection {
	o.mu.RLock()
	defer o.mu.RUnlock()
	p := projection{names: o.names, segments: make([]*marks, len(segments))}
	for i, seg := range segments {
		if len(o.states) == 0 {
			p.segments[i] = unmarked
			continue
		}
		p.segments[i] = o.marksOf(seg.Columns())
	}
	return p
}

// marksOf is what is known of a segment's documents. The caller holds mu.
func (o *overlay) marksOf(columns *engine.Columns) *marks {
	o.knowing.Lock()
	m := o.known[columns]
	o.knowing.Unlock()
	if m != nil {
		return m
	}
	b := unmarked.change()
	for doc, id := range columns.ID {
		if s, ok := o.states[id]; ok {
			b.set(uint32(doc), state{}, s, nil, o.tagSets[s.tags])
		}
	}
	m = b.done()
	o.knowing.Lock()
	defer o.knowing.Unlock()
	o.known[columns] = m
	return m
}

// follow keeps it up to date until ctx ends.
func (o *overlay) follow(ctx context.Context, x *Index) {
	if o.work == nil {
		return
	}
	for pause := x.config.Poll; ; {
		err := x.freshen(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			pause = min(2*pause, slowestRetry)
		default:
			pause = x.config.Poll
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}

// freshen brings the overlay up to date, and makes what it keeps of segments that
// are new, so that no search has to.
func (x *Index) freshen(ctx context.Context) error {
	g, err := x.acquire()
	if err != nil {
		return err
	}
	defer g.users.Done()
	return guarded(func() error {
		v, err := g.view()
		if err != nil {
			return err
		}
		defer v.close()
		if err := x.overlay.catchUp(ctx, v.shared.Segments); err != nil {
			return err
		}
		x.overlay.project(v.shared.Segments)
		x.overlay.keepOnly(v.shared.Segments)
		return nil
	})
}

// keepOnly forgets what is known of other segments: they were merged away.
func (o *overlay) keepOnly(segments []*engine.Segment) {
	o.knowing.Lock()
	defer o.knowing.Unlock()
	if len(o.known) <= len(segments) {
		return
	}
	kept := make(map[*engine.Columns]*marks, len(segments))
	for _, seg := range segments {
		if m := o.known[seg.Columns()]; m != nil {
			kept[seg.Columns()] = m
		}
	}
	o.known = kept
}
