package index

import (
	"cmp"
	"context"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"afterbeep/index/engine"
	"afterbeep/index/query"
	"afterbeep/index/words"
)

// phrase returns the documents in which the words stand side by side, in order.
func (p *piece) phrase(ctx context.Context, list []leafTerms) (*roaring.Bitmap, error) {
	candidates, exact, err := p.candidates(ctx, list)
	if err != nil || exact || candidates.IsEmpty() {
		return candidates, err
	}
	if candidates.GetCardinality() < keptFrom {
		return p.sideBySide(ctx, list, candidates)
	}
	// The next page, another order or another filter ask for it again.
	name := "side by side " + leafTerms{words: list}.name()
	return p.recalled.kept.set(name, p.segment.Count(), func() (*roaring.Bitmap, error) {
		return p.sideBySide(ctx, list, candidates)
	})
}

// keptFrom is how many candidates a phrase has at least whose documents are
// kept: to look at fewer takes less than to copy them.
const keptFrom = 500

// sideBySide returns the candidates in which the words stand so.
func (p *piece) sideBySide(ctx context.Context, list []leafTerms, candidates *roaring.Bitmap) (*roaring.Bitmap, error) {
	all, err := p.stands(ctx, list, candidates)
	if err != nil {
		return nil, err
	}
	paired := make([]bool, len(list)+1) // with the word before; the ends are with none
	for i := range list[1:] {
		paired[i+1] = hotPair(list[i], list[i+1])
	}
	settleFirst(all, paired)
	settled := make([]bool, len(list))
	var starts []uint32 // of the phrase, by the words looked at
	return p.keep(ctx, candidates, func(doc uint32) bool {
		clear(settled)
		for i, s := range all {
			if settled[s.word] {
				continue
			}
			positions := s.in(doc)
			if i == 0 {
				starts = begins(starts[:0], positions, s.offset)
			} else {
				starts = ahead(starts, positions, s.offset)
			}
			if len(starts) == 0 {
				return false
			}
			if len(positions) == 1 { // so this is where its pairs are, too
				if paired[s.word] {
					settled[s.word-1] = true
				}
				if paired[s.word+1] {
					settled[s.word+1] = true
				}
			}
		}
		return true
	})
}

// settleFirst puts the words that must be looked at, for they are beside one
// that they are in no pair with, before those that a pair may settle.
func settleFirst(all []*stands, paired []bool) {
	last := len(all) - 1
	open := func(s *stands) int {
		switch {
		case s.word > 0 && !paired[s.word] || s.word < last && !paired[s.word+1]:
			return 0
		case s.word > 0 && s.word < last: // settles two
			return 1
		}
		return 2
	}
	slices.SortStableFunc(all, func(a, b *stands) int { return open(a) - open(b) })
}

// begins appends to out where a phrase begins whose word at offset stands at
// positions.
func begins(out, positions []uint32, offset uint32) []uint32 {
	for _, position := range positions {
		if position >= offset {
			out = append(out, position-offset)
		}
	}
	return out
}

// ahead keeps those of starts that are offset ahead of one of positions. Both
// are ascending.
func ahead(starts, positions []uint32, offset uint32) []uint32 {
	kept, at := starts[:0], 0
	for _, start := range starts {
		for at < len(positions) && positions[at] < start+offset {
			at++
		}
		if at == len(positions) {
			break
		}
		if positions[at] == start+offset {
			kept = append(kept, start)
		}
	}
	return kept
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
	all, err := p.stands(ctx, wanted, candidates)
	if err != nil {
		return nil, err
	}
	span := uint32(distance + len(list) - 1)
	var together []stand
	return p.keep(ctx, candidates, func(doc uint32) bool {
		first := all[0].in(doc)
		for _, s := range all[1:] {
			if !closer(first, s.in(doc), span) {
				return false
			}
		}
		if len(list) == 2 && len(all) == 2 {
			return true
		}
		together = together[:0]
		for _, s := range all {
			for _, position := range s.found {
				together = append(together, stand{position, s.word})
			}
		}
		return within(together, counts, span)
	})
}

// phraseDistance is how many further words in all may stand between those of a
// phrase that is found apart: "um", "you know", "I mean".
const phraseDistance = 4

// maxApart is how many documents of a segment are looked at for that: who asks for
// so frequent words finds them by themselves.
const maxApart = 1 << 17

// mayStandApart tells the phrases that are also found, in part, where other words
// stand between theirs: people hesitate in the middle of what they say, and correct
// themselves. Words that a hyphen joins are one word.
func (t leafTerms) mayStandApart() bool {
	n, ok := t.node.(query.Phrase)
	return ok && !n.Hyphenated && len(t.words) > 1
}

// apart returns the documents in which the words of a phrase stand in order with
// others between them, and how many these are at least.
func (p *piece) apart(ctx context.Context, list []leafTerms) (*roaring.Bitmap, map[uint32]uint8, error) {
	candidates, err := p.every(ctx, list)
	if err != nil || candidates.IsEmpty() {
		return nothing, nil, err
	}
	if candidates.GetCardinality() > p.mostApart {
		p.tooMany = true
		return nothing, nil, nil
	}
	all, err := p.stands(ctx, list, candidates)
	if err != nil {
		return nil, nil, err
	}
	slices.SortFunc(all, func(a, b *stands) int { return a.word - b.word })
	gaps, places := make(map[uint32]uint8), make([][]uint32, len(all))
	out, err := p.keep(ctx, candidates, func(doc uint32) bool {
		for i, s := range all {
			places[i] = s.in(doc)
		}
		gap := leastGap(places)
		if gap > phraseDistance {
			return false
		}
		gaps[doc] = uint8(gap)
		return true
	})
	return out, gaps, err
}

// leastGap is how many other places there are at least between ascending ones, one
// of each of the lists, in their order; more than phraseDistance where there are
// none such.
func leastGap(places [][]uint32) uint32 {
	least := uint32(phraseDistance + 1)
	for _, start := range places[0] {
		end, ok := start, true
		for _, list := range places[1:] {
			at, _ := slices.BinarySearch(list, end+1)
			if ok = at < len(list); !ok {
				break
			}
			end = list[at]
		}
		if ok {
			least = min(least, end-start+1-uint32(len(places)))
		}
	}
	return least
}

// closer tells whether one of a and one of b, both ascending, are at most span
// apart.
func closer(a, b []uint32, span uint32) bool {
	for i, k := 0, 0; i < len(a) && k < len(b); {
		switch {
		case a[i]+span < b[k]:
			i++
		case b[k]+span < a[i]:
			k++
		default:
			return true
		}
	}
	return false
}

// distinct are the words, each once, and how often each is asked for.
func distinct(list []leafTerms) (out []leafTerms, counts []int) {
	for _, w := range list {
		at := slices.IndexFunc(out, w.equal)
		if at < 0 {
			out, counts = append(out, w), append(counts, 1)
		} else {
			counts[at]++
		}
	}
	return out, counts
}

// equal tells whether two words are found as the same terms.
func (t leafTerms) equal(o leafTerms) bool {
	return slices.Equal(t.exact, o.exact) && slices.Equal(t.stems, o.stems)
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

// stands is where a word of a phrase or near stands, in any of its forms.
type stands struct {
	word   int    // of the phrase or near
	offset uint32 // word, as a position
	forms  []*engine.Places
	many   []uint64 // document<<32 | position of words of many forms, ascending
	docs   uint64   // that its forms have
	same   *stands  // the same word, where it was there already
	found  []uint32 // in the document asked for last
	asked  uint64   // that document + 1; 0 none
}

// manyForms is from how many forms on it takes less to put in order where all
// of them stand than to ask each for each document.
const manyForms = 9

// stands prepares the words of a phrase or near for its candidates, the rarest
// first: fewest are left for the others then.
func (p *piece) stands(ctx context.Context, list []leafTerms, in *roaring.Bitmap) ([]*stands, error) {
	out := make([]*stands, len(list))
	for i, w := range list {
		out[i] = &stands{word: i, offset: uint32(i)}
		if at := slices.IndexFunc(list[:i], w.equal); at >= 0 {
			out[i].same, out[i].docs = out[at], out[at].docs
			continue
		}
		forms, look := w.forms(), out[i].ask
		if len(forms) >= manyForms {
			look = out[i].gather
		}
		for _, t := range forms {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			if err := look(p.segment, t, in); err != nil {
				return nil, err
			}
		}
		slices.Sort(out[i].many)
		out[i].many = slices.Compact(out[i].many)
	}
	slices.SortStableFunc(out, func(a, b *stands) int { return cmp.Compare(a.docs, b.docs) })
	return out, nil
}

// ask adds a form that is asked for each document.
func (s *stands) ask(in *engine.Segment, t term, candidates *roaring.Bitmap) error {
	form, err := in.Places(t.field, t.text, candidates)
	if err == nil && form.Docs() > 0 {
		s.forms, s.docs = append(s.forms, form), s.docs+form.Docs()
	}
	return err
}

// gather adds where a form stands in all candidates.
func (s *stands) gather(in *engine.Segment, t term, candidates *roaring.Bitmap) error {
	return in.Positions(t.field, t.text, candidates, func(doc uint32, positions []uint32) {
		s.docs++
		for _, position := range positions {
			s.many = append(s.many, uint64(doc)<<32|uint64(position))
		}
	})
}

// in is where the word stands in a document, ascending; the slice is reused.
// Documents are asked for in ascending order.
func (s *stands) in(doc uint32) []uint32 {
	if s.same != nil {
		return s.same.in(doc)
	}
	if s.asked == uint64(doc)+1 {
		return s.found
	}
	s.asked = uint64(doc) + 1
	if s.found = s.found[:0]; len(s.forms) == 1 {
		s.found = s.forms[0].In(doc, s.found)
		return s.found
	}
	for ; len(s.many) > 0 && uint32(s.many[0]>>32) <= doc; s.many = s.many[1:] {
		if uint32(s.many[0]>>32) == doc {
			s.found = append(s.found, uint32(s.many[0]))
		}
	}
	having := 0
	for _, form := range s.forms {
		before := len(s.found)
		if s.found = form.In(doc, s.found); len(s.found) > before {
			having++
		}
	}
	if having > 1 {
		slices.Sort(s.found)
		s.found = slices.Compact(s.found)
	}
	return s.found
}

// perLook is how many documents are looked at before the context is.
const perLook = 1024

// keep is the candidates that the check is true for, which is called with each,
// ascending.
func (p *piece) keep(ctx context.Context, candidates *roaring.Bitmap, check func(doc uint32) bool) (*roaring.Bitmap, error) {
	looked, ended := 0, error(nil)
	out := p.segment.Keep(candidates, func(doc uint32) bool {
		if looked++; looked%perLook == 0 && ended == nil {
			ended = ctx.Err()
		}
		return ended == nil && check(doc)
	})
	return out, ended
}
