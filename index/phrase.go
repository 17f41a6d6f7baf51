package index

import (
	"context"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"afterbeep/index/engine"
	"afterbeep/index/words"
)

// phrase returns the documents in which the words stand side by side, in order.
func (p *piece) phrase(ctx context.Context, list []leafTerms) (*roaring.Bitmap, error) {
	candidates, exact, err := p.candidates(ctx, list)
	if err != nil || exact || candidates.IsEmpty() {
		return candidates, err
	}
	var ends places
	for i, w := range list {
		next, err := p.places(ctx, w.forms(), candidates)
		if err != nil {
			return nil, err
		}
		if i == 0 {
			ends = next
		} else {
			ends = ends.followedBy(next)
		}
		candidates = ends.set()
		if candidates.IsEmpty() {
			break
		}
	}
	return candidates, nil
}

// candidates returns the documents that may hold a phrase, and whether they are
// known to. Frequent words side by side are indexed as pairs.
func (p *piece) candidates(ctx context.Context, list []leafTerms) (out *roaring.Bitmap, exact bool, err error) {
	var sets []*roaring.Bitmap
	paired := false // the word before is in a pair
	for i, w := range list {
		inPair := i+1 < len(list) && hotPair(w, list[i+1])
		var set *roaring.Bitmap
		switch {
		case inPair:
			set, err = p.segment.Bitmap(engine.FieldPair, pairTerm(w.exact[0], list[i+1].exact[0]))
		case !paired:
			set, err = p.any(ctx, w.forms())
		}
		if err != nil {
			return nil, false, err
		}
		paired = inPair
		if set == nil {
			continue
		}
		if set.IsEmpty() {
			return nothing, true, nil
		}
		sets = append(sets, set)
	}
	return intersection(sets), len(list) == 2 && len(sets) == 1, nil
}

// hotPair tells whether two words side by side are indexed as a pair.
func hotPair(a, b leafTerms) bool {
	return a.prefix == "" && b.prefix == "" && len(a.exact) == 1 && len(b.exact) == 1 &&
		words.Hot(a.exact[0]) && words.Hot(b.exact[0])
}

// near returns the documents in which the words stand in a window that holds
// at most distance further words, in any order. A word asked for twice must
// stand there twice.
func (p *piece) near(ctx context.Context, list []leafTerms, distance int) (*roaring.Bitmap, error) {
	candidates, err := p.every(ctx, list)
	if err != nil || candidates.IsEmpty() {
		return candidates, err
	}
	wanted, counts := distinct(list)
	found := make([]places, len(wanted))
	for i, w := range wanted {
		if found[i], err = p.places(ctx, w.forms(), candidates); err != nil {
			return nil, err
		}
	}
	out := roaring.New()
	var stands []stand
	for d, doc := range found[0].docs {
		stands = stands[:0]
		for i := range found {
			at := d
			if i > 0 { // every word stands in every candidate
				at, _ = slices.BinarySearch(found[i].docs, doc)
			}
			for _, position := range found[i].of(at) {
				stands = append(stands, stand{position, i})
			}
		}
		if within(stands, counts, uint32(distance+len(list)-1)) {
			out.Add(doc)
		}
	}
	return out, nil
}

// distinct are the words, each once, and how often each is asked for.
func distinct(list []leafTerms) (out []leafTerms, counts []int) {
	for _, w := range list {
		at := slices.IndexFunc(out, func(o leafTerms) bool {
			return slices.Equal(o.exact, w.exact) && slices.Equal(o.stems, w.stems)
		})
		if at < 0 {
			out, counts = append(out, w), append(counts, 1)
		} else {
			counts[at]++
		}
	}
	return out, counts
}

// stand is where a word stands.
type stand struct {
	position uint32
	word     int
}

// within tells whether a window with at most span between its first and last
// position holds each word as often as counts says. Two words may stand at one
// position where they are forms of one word; then they are one.
func within(stands []stand, counts []int, span uint32) bool {
	slices.SortFunc(stands, func(a, b stand) int { return int(a.position) - int(b.position) })
	have := make([]int, len(counts))
	missing := 0
	for _, n := range counts {
		missing += n
	}
	first := 0
	for _, s := range stands {
		if have[s.word]++; have[s.word] <= counts[s.word] {
			missing--
		}
		for stands[first].position+span < s.position {
			if w := stands[first].word; have[w] <= counts[w] {
				missing++
			}
			have[stands[first].word]--
			first++
		}
		if missing == 0 {
			return true
		}
	}
	return false
}

// places are positions in documents, both ascending.
type places struct {
	docs      []uint32
	ends      []int // of each document's positions
	positions []uint32
}

func (l *places) add(doc uint32, positions []uint32) {
	l.docs = append(l.docs, doc)
	l.positions = append(l.positions, positions...)
	l.ends = append(l.ends, len(l.positions))
}

// of are the positions in the i-th document.
func (l *places) of(i int) []uint32 {
	start := 0
	if i > 0 {
		start = l.ends[i-1]
	}
	return l.positions[start:l.ends[i]]
}

func (l *places) set() *roaring.Bitmap {
	out := roaring.New()
	out.AddMany(l.docs)
	return out
}

// followedBy are those of next that come right behind one of l.
func (l *places) followedBy(next places) places {
	var out places
	at := 0
	for i, doc := range next.docs {
		for at < len(l.docs) && l.docs[at] < doc {
			at++
		}
		if at == len(l.docs) {
			break
		}
		if l.docs[at] != doc {
			continue
		}
		before, start := l.of(at), len(out.positions)
		for _, position := range next.of(i) {
			if position > 0 {
				if _, ok := slices.BinarySearch(before, position-1); ok {
					out.positions = append(out.positions, position)
				}
			}
		}
		if len(out.positions) > start {
			out.docs, out.ends = append(out.docs, doc), append(out.ends, len(out.positions))
		}
	}
	return out
}

// places are where any of the terms stand in the documents of a set.
func (p *piece) places(ctx context.Context, list []term, in *roaring.Bitmap) (places, error) {
	var out places
	if len(list) == 1 {
		err := p.positions(ctx, list[0], in, out.add)
		return out, err
	}
	of := make(map[uint32][]uint32)
	for _, t := range list {
		err := p.positions(ctx, t, in, func(doc uint32, positions []uint32) {
			of[doc] = append(of[doc], positions...)
		})
		if err != nil {
			return out, err
		}
	}
	for it := in.Iterator(); it.HasNext(); {
		doc := it.Next()
		if all := of[doc]; len(all) > 0 {
			slices.Sort(all)
			out.add(doc, slices.Compact(all))
		}
	}
	return out, nil
}

func (p *piece) positions(ctx context.Context, t term, in *roaring.Bitmap, each func(uint32, []uint32)) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return p.segment.Positions(t.field, t.text, in, each)
}
