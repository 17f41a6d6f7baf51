package index

import (
	"context"
	"fmt"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
	bleveindex "github.com/blevesearch/bleve_index_api"

	"afterbeep/index/query"
)

// phrase finds the documents in which the words stand side by side. A word that
// is only a beginning may be any of its expansions.
func (m *matcher) phrase(ctx context.Context, n query.Phrase) (postings, error) {
	slots := make([][]string, len(n.Words))
	for i, w := range n.Words {
		slots[i] = []string{w}
	}
	if n.Prefix {
		last := len(slots) - 1
		var err error
		if slots[last], err = m.beginWith(ctx, n.Words[last]); err != nil {
			return postings{}, err
		}
	}
	candidates, first, err := m.candidates(ctx, slots)
	if err != nil || candidates.IsEmpty() {
		return postings{}, err
	}
	if len(slots) == 1 && len(slots[0]) == 1 {
		return first, nil
	}
	return m.adjacent(ctx, slots, candidates)
}

// candidates returns the documents that have a word of every slot, and the
// postings of the first word.
func (m *matcher) candidates(ctx context.Context, slots [][]string) (*roaring.Bitmap, postings, error) {
	var out *roaring.Bitmap
	var first postings
	for i, terms := range slots {
		lists, err := m.postingsOf(ctx, terms)
		if err != nil {
			return nil, first, err
		}
		if i == 0 && len(lists) > 0 {
			first = lists[0]
		}
		set := union(lists)
		if out == nil {
			out = set
		} else {
			out.And(set)
		}
		if out.IsEmpty() {
			break
		}
	}
	return out, first, nil
}

// adjacent keeps the candidates in which the slots stand side by side.
func (m *matcher) adjacent(ctx context.Context, slots [][]string, candidates *roaring.Bitmap) (postings, error) {
	var out postings
	readers := make([]slotReader, len(slots))
	defer func() {
		for _, r := range readers {
			r.close()
		}
	}()
	for i, terms := range slots {
		var err error
		if readers[i], err = m.slot(ctx, terms); err != nil {
			return out, err
		}
	}
	var places, ends, followed []uint64 // reused
	target := make([]byte, 8)
	for it := candidates.Iterator(); it.HasNext(); {
		doc := it.Next()
		if err := ctx.Err(); err != nil {
			return out, fmt.Errorf("read positions: %w", err)
		}
		var norm float64
		for i := range readers {
			var err error
			if places, norm, err = readers[i].positions(doc, target, places[:0]); err != nil {
				return out, err
			}
			if i == 0 {
				ends = append(ends[:0], places...)
			} else {
				followed = follow(followed[:0], ends, places)
				ends, followed = followed, ends
			}
			if len(ends) == 0 {
				break
			}
		}
		if len(ends) > 0 {
			out.docs = append(out.docs, doc)
			out.weight = append(out.weight, weigh(float64(len(ends)), norm))
		}
	}
	return out, nil
}

// follow appends to out those of next that come right behind one of before.
func follow(out, before, next []uint64) []uint64 {
	for _, p := range next {
		if slices.Contains(before, p-1) {
			out = append(out, p)
		}
	}
	return out
}

// slotReader reads positions of any of a slot's words, document by document.
type slotReader struct {
	readers []bleveindex.TermFieldReader
	current []*bleveindex.TermFieldDoc // where each reader is; nil at its end
}

func (m *matcher) slot(ctx context.Context, terms []string) (slotReader, error) {
	var s slotReader
	for _, t := range terms {
		r, err := m.view.snapshot.TermFieldReader(ctx, []byte(t), fieldText, true, true, true)
		if err != nil {
			return s, fmt.Errorf("read positions: %w", err)
		}
		s.readers = append(s.readers, r)
		d, err := r.Next(nil)
		if err != nil {
			return s, fmt.Errorf("read positions: %w", err)
		}
		s.current = append(s.current, d)
	}
	return s, nil
}

// positions appends where the slot's words stand in a document, and returns the
// document's norm. Documents must be asked for in ascending order. id is room
// for the document's internal id.
func (s slotReader) positions(doc uint32, id []byte, out []uint64) ([]uint64, float64, error) {
	var norm float64
	target := bleveindex.NewIndexInternalID(id, uint64(doc))
	for i, d := range s.current {
		if d != nil && docNumber(d.ID) < doc {
			var err error
			if d, err = s.readers[i].Advance(target, d.Reset()); err != nil {
				return nil, 0, fmt.Errorf("read positions: %w", err)
			}
			s.current[i] = d
		}
		if d != nil && docNumber(d.ID) == doc {
			norm = d.Norm
			for _, v := range d.Vectors {
				out = append(out, v.Pos)
			}
		}
	}
	return out, norm, nil
}

func (s slotReader) close() {
	for _, r := range s.readers {
		_ = r.Close()
	}
}
