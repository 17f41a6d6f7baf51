package index

import (
	"encoding/binary"
	"sort"
	"sync"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"

	"afterbeep/index/engine"
)

// view is one state of the index, held open with its columns. Documents are
// numbered through all segments; the numbers mean nothing outside the view.
type view struct {
	shared   *engine.Snapshot
	snapshot *scorch.IndexSnapshot
	parts    []part
	docs     uint32 // how many numbers there are, deleted documents included
	live     *roaring.Bitmap
}

// part is one segment of a view: the documents base to base+len(cols.id)-1.
type part struct {
	base uint32
	cols *columns
}

// columns are the values of one segment's documents, by number in the segment.
type columns struct {
	left  []int64 // microseconds
	id    []int64
	bot   []uint32 // place in bots
	lang  []uint32 // place in langs
	bots  []string
	langs []string
}

// view opens the newest state. The caller closes it.
func (g *generation) view() (*view, error) {
	s, err := g.engine.Snapshot()
	if err != nil {
		return nil, err
	}
	v := &view{shared: s, snapshot: s.Scorch(), live: roaring.New()}
	seen := make(map[*engine.Columns]bool, len(s.Segments))
	for _, seg := range s.Segments {
		seen[seg.Columns()] = true
		v.parts = append(v.parts, part{base: v.docs, cols: g.columns.of(seg.Columns())})
		v.live.Or(roaring.AddOffset(seg.Live(), v.docs))
		v.docs += seg.Count()
	}
	g.columns.keep(seen)
	return v, nil
}

func (v *view) close() { v.shared.Close() }

// part returns the place in parts of the segment that holds the document.
func (v *view) part(doc uint32) int {
	return sort.Search(len(v.parts), func(i int) bool { return v.parts[i].base > doc }) - 1
}

// partFrom returns the place of the document's part, which is at or behind the
// given one.
func (v *view) partFrom(at int, doc uint32) int {
	for at+1 < len(v.parts) && doc >= v.parts[at+1].base {
		at++
	}
	return at
}

// columnCache keeps the columns of the segments of the newest views.
type columnCache struct {
	mu      sync.Mutex
	entries map[*engine.Columns]*columns
}

// of returns a segment's columns, reading them the first time.
func (c *columnCache) of(from *engine.Columns) *columns {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.entries == nil {
		c.entries = make(map[*engine.Columns]*columns)
	}
	out := c.entries[from]
	if out == nil {
		out = &columns{left: from.Left, id: from.ID, bots: from.Bot.Names, langs: from.Lang.Names}
		for i := range from.ID {
			out.bot = append(out.bot, from.Bot.At(uint32(i)))
			out.lang = append(out.lang, from.Lang.At(uint32(i)))
		}
		c.entries[from] = out
	}
	return out
}

func (c *columnCache) keep(seen map[*engine.Columns]bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for from := range c.entries {
		if !seen[from] {
			delete(c.entries, from)
		}
	}
}

func (c *columnCache) clear() { c.keep(nil) }

// docNumber reads the engine's internal id.
func docNumber(id []byte) uint32 { return uint32(binary.BigEndian.Uint64(id)) }
