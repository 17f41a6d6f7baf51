package index

import (
	"encoding/binary"
	"fmt"
	"math"
	"sort"
	"sync"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"
	segment "github.com/blevesearch/scorch_segment_api/v2"
)

// view is one state of the index, held open with its columns. Documents are
// numbered through all segments; the numbers mean nothing outside the view.
type view struct {
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
	reader, err := g.engine.Reader()
	if err != nil {
		return nil, fmt.Errorf("read the index: %w", err)
	}
	v := &view{snapshot: reader.(*scorch.IndexSnapshot), live: roaring.New()}
	seen := make(map[uint64]bool, len(v.snapshot.Segments()))
	base := uint64(0)
	for _, s := range v.snapshot.Segments() {
		cols, err := g.columns.of(s)
		if err != nil {
			v.close()
			return nil, err
		}
		seen[s.Id()] = true
		v.parts = append(v.parts, part{base: uint32(base), cols: cols})
		end := base + uint64(len(cols.id))
		if end > math.MaxUint32 {
			v.close()
			return nil, fmt.Errorf("read the index: %d documents are too many", end)
		}
		v.live.AddRange(base, end)
		if deleted := s.Deleted(); deleted != nil {
			v.live.AndNot(roaring.AddOffset(deleted, uint32(base)))
		}
		base = end
	}
	v.docs = uint32(base)
	g.columns.keep(seen)
	return v, nil
}

func (v *view) close() { _ = v.snapshot.Close() }

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

// columnCache keeps the columns of the segments of the newest views. A segment
// never changes; one that is merged away gets no new views.
type columnCache struct {
	mu      sync.Mutex
	entries map[uint64]*columnEntry
}

type columnEntry struct {
	once sync.Once
	cols *columns
	err  error
}

// of returns a segment's columns, reading them the first time.
func (c *columnCache) of(s *scorch.SegmentSnapshot) (*columns, error) {
	c.mu.Lock()
	if c.entries == nil {
		c.entries = make(map[uint64]*columnEntry)
	}
	e := c.entries[s.Id()]
	if e == nil {
		e = &columnEntry{}
		c.entries[s.Id()] = e
	}
	c.mu.Unlock()
	e.once.Do(func() { e.cols, e.err = readColumns(s.Segment()) })
	if e.err == nil && e.cols == nil { // the reader before us panicked
		e.err = fmt.Errorf("read the columns of segment %d: damaged", s.Id())
	}
	return e.cols, e.err
}

func (c *columnCache) keep(seen map[uint64]bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for id := range c.entries {
		if !seen[id] {
			delete(c.entries, id)
		}
	}
}

func (c *columnCache) clear() { c.keep(nil) }

// readColumns reads a segment's doc values, of deleted documents too: an older
// view may still show them.
func readColumns(s segment.Segment) (*columns, error) {
	values, ok := s.(segment.DocValueVisitable)
	if !ok {
		return nil, fmt.Errorf("read columns: segment without doc values")
	}
	n := int(s.Count())
	c := &columns{
		left: make([]int64, n), id: make([]int64, n), bot: make([]uint32, n), lang: make([]uint32, n),
		bots: []string{""}, langs: []string{""},
	}
	bots, langs := map[string]uint32{"": 0}, map[string]uint32{"": 0}
	fields := []string{fieldOrder, fieldBot, fieldLang}
	var state segment.DocVisitState
	for i := range n {
		var perr error
		seen := false
		visit := func(field string, term []byte) {
			switch field {
			case fieldOrder:
				c.left[i], c.id[i], perr = parseOrder(term)
				seen = true
			case fieldBot:
				c.bot[i] = place(bots, &c.bots, term)
			case fieldLang:
				c.lang[i] = place(langs, &c.langs, term)
			}
		}
		var err error
		if state, err = values.VisitDocValues(uint64(i), fields, visit, state); err == nil {
			err = perr
		}
		if err == nil && !seen {
			err = fmt.Errorf("document %d has no order", i)
		}
		if err != nil {
			return nil, fmt.Errorf("read columns: %w", err)
		}
	}
	return c, nil
}

func place(places map[string]uint32, names *[]string, term []byte) uint32 {
	if at, ok := places[string(term)]; ok {
		return at
	}
	at := uint32(len(*names))
	places[string(term)] = at
	*names = append(*names, string(term))
	return at
}

// docNumber reads the engine's internal id.
func docNumber(id []byte) uint32 { return uint32(binary.BigEndian.Uint64(id)) }
