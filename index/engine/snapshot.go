package engine

import (
	"fmt"
	"math"
	"sync/atomic"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"
	"golang.org/x/sync/errgroup"
)

// Snapshot is one state of the index. It is safe for concurrent use until its
// Close, which everyone who got it calls once.
type Snapshot struct {
	// Segments are the parts of the index. A document is named by its segment
	// and its number in it; the number means nothing outside the snapshot.
	Segments []*Segment

	engine *Engine
	index  *scorch.IndexSnapshot
	docs   uint64
	users  atomic.Int64
}

// newSnapshot reads a state, taking over what it has in common with the one
// before, which may be nil.
func newSnapshot(e *Engine, state *scorch.IndexSnapshot, before *Snapshot) (*Snapshot, error) {
	s := &Snapshot{engine: e, index: state}
	s.users.Store(1)
	known := map[uint64]*Segment{}
	if before != nil {
		for _, seg := range before.Segments {
			known[seg.id] = seg
		}
	}
	var fresh []*Columns
	var group errgroup.Group
	group.SetLimit(e.workers)
	for _, part := range state.Segments() {
		n := part.Segment().Count()
		if n > math.MaxInt32 {
			return nil, fmt.Errorf("%d documents are too many for a segment", n)
		}
		seg := &Segment{id: part.Id(), count: uint32(n), source: part.Segment(), kept: &keptSets{}, engine: e}
		old := known[seg.id]
		seg.setLive(part.Deleted(), old)
		s.docs += seg.live.GetCardinality()
		s.Segments = append(s.Segments, seg)
		if old != nil && old.source == seg.source {
			seg.reader, seg.columns, seg.kept = old.reader, old.columns, old.kept
			continue
		}
		var err error
		if seg.reader, err = newReader(seg.source); err != nil {
			return nil, err
		}
		// A segment in memory is replaced by its file under the same id and
		// with the same numbers.
		if old != nil && old.count == seg.count {
			seg.columns = old.columns
			continue
		}
		seg.columns = newColumns(seg.count)
		fresh = append(fresh, seg.columns)
		for _, load := range seg.columns.loads(seg.reader) {
			group.Go(func() error { return Guard(load) })
		}
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	for _, c := range fresh {
		c.finish()
	}
	return s, nil
}

// Docs is how many documents there are, without deleted ones.
func (s *Snapshot) Docs() uint64 { return s.docs }

// DocFreq is how many documents have the term, deleted ones that were not
// merged away yet included.
func (s *Snapshot) DocFreq(field Field, term string) (uint64, error) {
	var sum uint64
	for _, seg := range s.Segments {
		n, err := seg.DocFreq(field, term)
		if err != nil {
			return 0, err
		}
		sum += n
	}
	return sum, nil
}

// Internal returns a value that a batch stored; nil where there is none.
func (s *Snapshot) Internal(key string) ([]byte, error) {
	value, err := s.index.GetInternal([]byte(key))
	if err != nil {
		return nil, fmt.Errorf("read an internal value: %w", err)
	}
	return value, nil
}

// Files lists the files of the segments that are on disk. They stay until Close.
func (s *Snapshot) Files() []string {
	var out []string
	for _, seg := range s.Segments {
		if path := segmentPath(seg.source); path != "" {
			out = append(out, path)
		}
	}
	return out
}

// Close gives the snapshot back. Nothing that it gave may be used any more.
func (s *Snapshot) Close() {
	if s.users.Add(-1) == 0 {
		_ = s.index.Close() // unmaps files that were merged away, at most
	}
}

// setLive makes the segment's own bitmap of live documents: the one of deleted
// documents is shared with scorch. Where nothing was deleted since old, its
// bitmap is taken.
func (s *Segment) setLive(deleted *roaring.Bitmap, old *Segment) {
	var gone uint64
	if deleted != nil {
		gone = deleted.GetCardinality()
	}
	if old != nil && old.count == s.count && old.live.GetCardinality() == uint64(s.count)-gone {
		s.live = old.live
		return
	}
	s.live = roaring.New()
	s.live.AddRange(0, uint64(s.count))
	if gone > 0 {
		s.live.AndNot(deleted)
	}
}
