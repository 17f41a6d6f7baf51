package engine

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"sync"

	"github.com/RoaringBitmap/roaring/v2"
)

// keptSets are sets of a segment that were asked for lately: readers see the same
// few bots in every search.
type keptSets struct {
	mu   sync.Mutex
	sets map[string]*roaring.Bitmap
}

const (
	// maxKeptSets is how many sets a segment keeps, of up to 2 bytes a document.
	maxKeptSets = 16
	// keepFrom is how many documents a segment has at least that keeps any.
	keepFrom = 10_000
)

// keep returns the set of a name, made where it is not kept. Others don't wait
// meanwhile: that two make the same set is rare, and does no harm.
func (s *Segment) keep(name string, produce func() (*roaring.Bitmap, error)) (*roaring.Bitmap, error) {
	if s.count < keepFrom {
		return produce()
	}
	if found := s.kept.get(name); found != nil {
		return found, nil
	}
	out, err := produce()
	if err != nil {
		return nil, err
	}
	s.kept.put(name, out)
	return out, nil
}

// get returns a set, nil where it is not kept.
func (k *keptSets) get(name string) *roaring.Bitmap {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.sets[name]
}

func (k *keptSets) put(name string, set *roaring.Bitmap) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.sets == nil {
		k.sets = make(map[string]*roaring.Bitmap)
	}
	if len(k.sets) >= maxKeptSets {
		clear(k.sets)
	}
	k.sets[name] = set
}

// Keyword is the documents whose value in a column is one that keep keeps,
// deleted ones included; keep is asked for every name, "" being those without a
// value. It must not be changed.
func (s *Segment) Keyword(column *Column, keep func(name string) bool) (*roaring.Bitmap, error) {
	var kept, dropped []string
	places := make([]byte, (len(column.Names)+7)/8)
	for i, name := range column.Names {
		switch {
		case keep(name):
			places[i/8] |= 1 << (i % 8)
			kept = append(kept, name)
		case i > 0:
			dropped = append(dropped, name)
		}
	}
	// Those without a value are what no other value has.
	inverted := len(kept) > 0 && kept[0] == "" && column.totals[0] > 0
	if len(kept) == 1 && !inverted {
		return s.Union(column.field, kept) // what is cheap is not kept
	}
	return s.keep(column.field.String()+" "+string(places), func() (*roaring.Bitmap, error) {
		if !inverted {
			return s.Union(column.field, slices.DeleteFunc(kept, func(name string) bool { return name == "" }))
		}
		not, err := s.Union(column.field, dropped)
		if err != nil {
			return nil, err
		}
		return roaring.Flip(not, 0, uint64(s.count)), nil
	})
}

// Between is the documents of a set that were left from a time to before
// another. The result is the set itself where all were; neither may be changed.
func (s *Segment) Between(in *roaring.Bitmap, from, to int64) *roaring.Bitmap {
	c := s.columns
	first, last := 0, len(c.byTime)
	if from > math.MinInt64 {
		first = c.before(from)
	}
	if to < math.MaxInt64 {
		last = c.before(to)
	}
	switch n := in.GetCardinality(); {
	case first >= last || n == 0:
		return roaring.New()
	case last-first == len(c.byTime):
		return in
	case uint64(last-first)*costSorted < n*costSelect:
		// Few documents are of this time: look for them in the set.
		out := roaring.New()
		for _, doc := range c.byTime[first:last] {
			if in.Contains(doc) {
				out.Add(doc)
			}
		}
		return out
	}
	return selected(in, s.count, func(doc uint32) bool { return c.Left[doc] >= from && c.Left[doc] < to })
}

// The costs of both ways through Between, in nanoseconds a document.
const (
	costSorted = 60
	costSelect = 5
)

// Lasting is the documents whose duration is known and from atLeast to below, in
// tenths of a second, deleted ones included. It must not be changed.
func (s *Segment) Lasting(atLeast, below uint32) (*roaring.Bitmap, error) {
	return s.keep(fmt.Sprint("lasting ", atLeast, " ", below), func() (*roaring.Bitmap, error) {
		words := make([]uint64, (s.count+63)/64)
		for doc, d := range s.columns.Duration {
			if d > 0 && d >= atLeast && d < below {
				words[doc/64] |= 1 << (doc % 64)
			}
		}
		return roaring.FromDense(words, true), nil
	})
}

// selected is the documents of a set that pass; count is how many documents the
// segment has.
func selected(in *roaring.Bitmap, count uint32, pass func(doc uint32) bool) *roaring.Bitmap {
	if in.GetCardinality() < uint64(count)/denseShare {
		out := roaring.New()
		blocks(in, func(docs []uint32) bool {
			n := 0
			for _, doc := range docs {
				docs[n] = doc
				if pass(doc) {
					n++
				}
			}
			out.AddMany(docs[:n])
			return true
		})
		return out
	}
	// Setting bits takes a fifth of adding documents.
	words := make([]uint64, (count+63)/64)
	blocks(in, func(docs []uint32) bool {
		for _, doc := range docs {
			if pass(doc) {
				words[doc/64] |= 1 << (doc % 64)
			}
		}
		return true
	})
	return roaring.FromDense(words, false)
}

// denseShare is the share of a segment's documents from which a set is made bit
// by bit.
const denseShare = 64

// before is how many documents were left before a time.
func (c *Columns) before(left int64) int {
	return sort.Search(len(c.byTime), func(i int) bool { return c.Left[c.byTime[i]] >= left })
}
