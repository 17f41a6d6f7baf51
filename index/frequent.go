package index

import (
	"cmp"
	"context"
	"hash/maphash"
	"math"
	"slices"
	"unicode"
	"unicode/utf8"

	"github.com/RoaringBitmap/roaring/v2"

	"afterbeep/index/engine"
	"afterbeep/index/words"
)

// How much is told of what is frequent.
const (
	mostCallers = 20
	mostWords   = 30
	// enoughBefore is how many messages there must have been before for words to
	// be compared with.
	enoughBefore = 20
	// leastWord is in how many messages a word must be said to be told of, and
	// leastRise how many times as often as before, by share of the messages.
	leastWord = 3
	leastRise = 1.5
)

// slots counts terms by their hash, for which a million callers take 4 MB where
// their names would take a hundred. A slot may count several: it is never less
// than what any of them has.
type slots struct {
	seed   maphash.Seed
	counts [1 << 20]uint32
}

func (s *slots) of(term []byte) *uint32 {
	return &s.counts[maphash.Bytes(s.seed, term)%uint64(len(s.counts))]
}

// maxCandidates is about how many terms are counted by name.
const maxCandidates = 1 << 16

// bar is how often a term must be there at least so that not too many are
// counted by name; 2 where there are few.
func (s *slots) bar() uint32 {
	var many [1 << 10]int // slots by what they count
	for _, n := range s.counts {
		many[min(n, uint32(len(many)-1))]++
	}
	sum := 0
	for n := len(many) - 1; n > 2; n-- {
		if sum += many[n]; sum > maxCandidates {
			return uint32(n)
		}
	}
	return 2
}

// callersOf counts hits by the number that called, in two walks over the
// callers: through slots at first, then by name those that may be among the
// most frequent. What it tells is exact.
func callersOf(ctx context.Context, segments []*engine.Segment, hits []*roaring.Bitmap) ([]CallerCount, error) {
	// Terms that begin with a digit are whole numbers, from the last digit on.
	const from, to = "0", ":"
	none, every := roaring.New(), &slots{seed: maphash.MakeSeed()}
	walk := func(each func(term []byte, n int)) error {
		told := 0
		for i, seg := range segments {
			err := seg.CountTerms(engine.FieldCaller, from, to, hits[i], none, func(term []byte, n, _ int) error {
				each(term, n)
				if told++; told%(1<<12) == 0 {
					return ctx.Err()
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
		return ctx.Err()
	}
	if err := walk(func(term []byte, n int) { *every.of(term) += uint32(n) }); err != nil {
		return nil, err
	}
	bar, counts := every.bar(), map[string]int{}
	if err := walk(func(term []byte, n int) {
		if *every.of(term) >= bar {
			counts[string(term)] += n
		}
	}); err != nil {
		return nil, err
	}
	out := []CallerCount{}
	for _, v := range facetValues(counts) {
		if v.Count < int(bar) || len(out) == mostCallers {
			break
		}
		id, err := oneOf(segments, hits, engine.FieldCaller, v.Value)
		if err != nil {
			return nil, err
		}
		out = append(out, CallerCount{id, v.Count})
	}
	return out, nil
}

// oneOf is the id of a hit that has a term: of the first in the last segment,
// for that is likely to be among the newest.
func oneOf(segments []*engine.Segment, hits []*roaring.Bitmap, field engine.Field, term string) (int64, error) {
	for i, seg := range slices.Backward(segments) {
		docs, err := seg.Bitmap(field, term)
		if err != nil {
			return 0, err
		}
		if both := roaring.And(docs, hits[i]); !both.IsEmpty() {
			return seg.Columns().ID[both.Minimum()], nil
		}
	}
	return 0, nil
}

// wordsOf tells which words are more frequent in hits than in what matched
// before.
func wordsOf(ctx context.Context, segments []*engine.Segment, hits, past found) ([]WordCount, error) {
	now, then := hits.total(), past.total()
	if now == 0 || then < enoughBefore {
		return []WordCount{}, nil
	}
	type pair struct{ now, then int }
	counts, told := map[string]pair{}, 0
	for i, seg := range segments {
		err := seg.CountTerms(engine.FieldText, "", "\U0010FFFF", hits[i], past[i], func(term []byte, n, before int) error {
			if isTold(term) {
				p := counts[string(term)]
				counts[string(term)] = pair{p.now + n, p.then + before}
			}
			if told++; told%(1<<12) == 0 {
				return ctx.Err()
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	scores, out := map[string]float64{}, []WordCount{}
	for word, p := range counts {
		rise := float64(p.now) / float64(now) * float64(then) / float64(max(p.then, 1))
		if p.now >= leastWord && rise >= leastRise {
			scores[word] = surprise(p.now, now, p.then, then)
			out = append(out, WordCount{Word: word, Count: p.now, Before: p.then})
		}
	}
	slices.SortFunc(out, func(a, b WordCount) int {
		return cmp.Or(cmp.Compare(scores[b.Word], scores[a.Word]), cmp.Compare(a.Word, b.Word))
	})
	out = out[:min(len(out), mostWords)]
	for i, w := range out {
		var err error
		if out[i].Voicemail, err = oneOf(segments, hits, engine.FieldText, w.Word); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// isTold leaves out what is no word, and words that are in every message.
func isTold(term []byte) bool {
	if utf8.RuneCount(term) < 3 {
		return false
	}
	for _, r := range string(term) {
		if !unicode.IsLetter(r) && !unicode.IsMark(r) && r != '\'' && r != '-' {
			return false
		}
	}
	return !words.Hot(string(term))
}

// surprise is how unlikely it is that a word is said as often now as before: the
// logarithm of the likelihood ratio (Dunning), which does not take one message
// more for a trend where there are few.
func surprise(with, all, withBefore, allBefore int) float64 {
	share := float64(with+withBefore) / float64(all+allBefore)
	part := func(n, of int) float64 {
		expected := float64(of) * share
		if n == 0 || expected == 0 {
			return 0
		}
		return float64(n) * math.Log(float64(n)/expected)
	}
	rest := func(n, of int) float64 {
		expected := float64(of) * (1 - share)
		if n == of || expected == 0 {
			return 0
		}
		return float64(of-n) * math.Log(float64(of-n)/expected)
	}
	return 2 * (part(with, all) + rest(with, all) + part(withBefore, allBefore) + rest(withBefore, allBefore))
}
