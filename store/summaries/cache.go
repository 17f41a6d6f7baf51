// Package summaries keeps summaries of voicemails in memory, in front of a
// store: pages of results show the same ones again and again.
//
// It hides which are kept and for how long. What it returns is never older than
// what the store held when it was asked, whatever process changed or erased it:
// each time, the store's feed of changes tells which to forget.
package summaries

import (
	"context"
	"errors"
	"slices"
	"sync"
	"unsafe"

	"afterbeep/store"
)

const (
	// DefaultBytes is what a Cache holds where nothing else was asked for: the
	// summaries of some 50,000 voicemails.
	DefaultBytes = 64 << 20
	// maxChanges is how many changes are looked through; after more, all is
	// forgotten.
	maxChanges = 1000
	// maxKept is how many voicemails of one request are kept: who reads more
	// reads them all once.
	maxKept = 200
)

// Change is one of the store's feed.
type Change struct {
	Seq         int64
	Tag         string
	VoicemailID int64 // 0 where a later change of the same voicemail takes its place
}

// Source reads a store. Each method reads one view of it.
type Source interface {
	// Since returns the first limit changes from the number seq on, itself
	// included, in order.
	Since(ctx context.Context, seq int64, limit int) ([]Change, error)
	// Last returns the newest change; the zero Change where there is none.
	Last(ctx context.Context) (Change, error)
	// Read returns those of ids that are there, of whatever bot, each once and
	// without segments, in any order, with the number of the newest change
	// in the view; which says nothing where none are there.
	Read(ctx context.Context, ids []int64) (vs []store.Voicemail, seq int64, err error)
}

// Cache reads summaries. It is safe for concurrent use.
type Cache struct {
	source Source
	half   int // of the bytes that it may hold

	mu     sync.Mutex
	at     Change // what changed up to it is not here as it was before
	epochs int    // how often all was forgotten
	// What was asked for lately, and what was before: that is forgotten when
	// the former holds half of all bytes, and becomes the latter.
	young, old map[int64]*store.Voicemail
	bytes      int // of young
}

// New makes an empty Cache that holds up to that many bytes.
func New(source Source, bytes int) (*Cache, error) {
	if source == nil || bytes <= 0 {
		return nil, errors.New("keep summaries: no source or no room for them")
	}
	c := &Cache{source: source, half: bytes / 2}
	c.forget()
	return c, nil
}

// Summaries returns those of ids that are in the scope, in the order of ids,
// each once, as store.Archive's does. Errors are the source's.
func (c *Cache) Summaries(ctx context.Context, scope store.Scope, ids []int64) ([]store.Voicemail, error) {
	if len(ids) == 0 {
		return nil, ctx.Err()
	}
	if err := c.catchUp(ctx); err != nil {
		return nil, err
	}
	found := make(map[int64]*store.Voicemail, len(ids))
	missing, epoch := c.look(ids, found)
	if len(missing) > 0 {
		vs, seq, err := c.source.Read(ctx, missing)
		if err != nil {
			return nil, err
		}
		for i := range vs {
			found[vs[i].ID] = &vs[i]
		}
		if len(vs) <= maxKept {
			c.keep(vs, seq, epoch)
		}
	}
	out := make([]store.Voicemail, 0, len(found))
	for _, id := range ids {
		if v := found[id]; v != nil && scope.Holds(v.BotID, v.Queue) {
			out = append(out, *v)
			out[len(out)-1].Recordings = slices.Clone(v.Recordings)
		}
		delete(found, id)
	}
	return out, nil
}

// catchUp forgets what had changed when it was called.
func (c *Cache) catchUp(ctx context.Context) error {
	c.mu.Lock()
	at, epoch := c.at, c.epochs
	c.mu.Unlock()
	if at == (Change{}) { // nothing is here yet
		return c.restart(ctx)
	}
	changes, err := c.source.Since(ctx, at.Seq, maxChanges)
	if err != nil {
		return err
	}
	known := len(changes) > 0 && changes[0].Seq == at.Seq && changes[0].Tag == at.Tag
	if !known || len(changes) == maxChanges {
		return c.restart(ctx)
	}
	if len(changes) == 1 {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, change := range changes[1:] {
		c.drop(change.VoicemailID)
	}
	// Where all was forgotten meanwhile, what is here was read since then.
	if last := changes[len(changes)-1]; epoch == c.epochs && last.Seq > c.at.Seq {
		c.at = last
	}
	return nil
}

// restart forgets all.
func (c *Cache) restart(ctx context.Context) error {
	last, err := c.source.Last(ctx)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = last
	c.forget()
	return nil
}

// look puts those of ids that are here into found, and returns the others.
func (c *Cache) look(ids []int64, found map[int64]*store.Voicemail) (missing []int64, epoch int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, id := range ids {
		v := c.young[id]
		if v == nil {
			if v = c.old[id]; v == nil {
				missing = append(missing, id)
				continue
			}
			c.add(v)
		}
		found[id] = v
	}
	return missing, c.epochs
}

// keep keeps what was read from a view with that newest change, unless changes
// are known that the view may not have.
func (c *Cache) keep(vs []store.Voicemail, seq int64, epoch int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if seq < c.at.Seq || epoch != c.epochs {
		return
	}
	for i := range vs {
		c.drop(vs[i].ID) // another may have read it too, from another view
		v := vs[i]       // apart, so that it keeps no others
		c.add(&v)
	}
}

func (c *Cache) add(v *store.Voicemail) {
	size := sizeOf(v)
	if size > c.half {
		return
	}
	if c.bytes+size > c.half {
		c.old, c.young, c.bytes = c.young, make(map[int64]*store.Voicemail), 0
	}
	delete(c.old, v.ID)
	c.young[v.ID] = v
	c.bytes += size
}

func (c *Cache) drop(id int64) {
	if v := c.young[id]; v != nil {
		c.bytes -= sizeOf(v)
		delete(c.young, id)
	}
	delete(c.old, id)
}

func (c *Cache) forget() {
	c.young, c.old, c.bytes = make(map[int64]*store.Voicemail), nil, 0
	c.epochs++
}

// sizeOf is about what a summary takes in memory.
func sizeOf(v *store.Voicemail) int {
	const place = 64 // in the map, and what rounding up costs
	n := place + int(unsafe.Sizeof(*v)) + len(v.AccountID) + len(v.BotID) + len(v.SessionID) + len(v.Caller) + len(v.Called) +
		len(v.Queue) + len(v.Lang) + len(v.Author.ID) + len(v.Author.Type) + len(v.Text)
	for _, r := range v.Recordings {
		n += int(unsafe.Sizeof(r)) + len(r.FileName) + len(r.Status) + len(r.Digest) + len(r.Type)
	}
	return n
}
