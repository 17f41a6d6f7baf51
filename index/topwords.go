package index

import (
	"cmp"
	"context"
	"slices"
	"sort"
	"unicode/utf8"

	"afterbeep/index/engine"
)

// wordList lists words, ascending, with how many documents have each. It is made
// to be kept for long: one string and two slices, whatever the number of words.
type wordList struct {
	text   []byte   // the words, one behind the other
	ends   []uint32 // where each ends
	counts []uint32
}

func (l *wordList) add(term string, docs uint64) {
	l.text = append(l.text, term...)
	l.ends = append(l.ends, uint32(len(l.text)))
	l.counts = append(l.counts, uint32(docs))
}

func (l *wordList) clear() { l.text, l.ends, l.counts = l.text[:0], l.ends[:0], l.counts[:0] }

// topWords are the words of a segment that begin in one way and that most of its
// documents have, ascending.
type topWords struct {
	text   string
	ends   []uint32
	counts []uint32
	rest   uint64 // a word of the segment that isn't here is in so many documents at most; 0 where all are here
}

// top is a copy of the words that most documents have: so many at most, or all
// where there are no more.
func (l *wordList) top(most int) topWords {
	var rest uint64
	if len(l.counts) > most {
		rest = uint64(countAt(slices.Clone(l.counts), most))
	}
	var text []byte
	var out topWords
	begin := uint32(0)
	for i, end := range l.ends {
		if uint64(l.counts[i]) > rest {
			text = append(text, l.text[begin:end]...)
			out.ends = append(out.ends, uint32(len(text)))
			out.counts = append(out.counts, l.counts[i])
		}
		begin = end
	}
	out.text, out.rest, out.ends, out.counts = string(text), rest, slices.Clip(out.ends), slices.Clip(out.counts)
	return out
}

// countAt is the n-th largest count, from 0 on. It sorts the counts.
func countAt[N uint32 | uint64](counts []N, n int) N {
	slices.Sort(counts)
	return counts[len(counts)-1-n]
}

func (t topWords) word(i int) string {
	begin := uint32(0)
	if i > 0 {
		begin = t.ends[i-1]
	}
	return t.text[begin:t.ends[i]]
}

func (t topWords) has(term string) bool {
	_, found := sort.Find(len(t.ends), func(i int) int { return cmp.Compare(term, t.word(i)) })
	return found
}

// bytes is about what it takes.
func (t topWords) bytes() uint64 { return uint64(len(t.text) + 8*len(t.ends)) }

// The beginnings that are looked up before somebody asks.
const (
	learntLetters = 2
	// leastLearnt is how many documents a segment has at least of which they are:
	// a smaller one takes little time, and is soon merged with others.
	leastLearnt = 4000
)

// learn looks up the words of a segment for all beginnings of one letter and of
// two that many words have, in one walk through its words: whoever types first
// after a start would wait for one walk for each letter.
func (r *recalled) learn(ctx context.Context, g *engine.Segment) error {
	var lists [learntLetters]struct {
		beginning string
		words     wordList
	}
	learnt := make(map[string]topWords)
	finish := func(level int) {
		l := &lists[level]
		if len(l.words.counts) > keptBeginnings && len(l.beginning) <= shortBeginning {
			learnt[l.beginning] = l.words.top(keptBeginnings)
		}
		l.words.clear()
	}
	walked := 0
	err := g.Prefix(engine.FieldText, "", 0, func(term string, docs uint64) bool {
		end := 0
		for level := range lists {
			_, size := utf8.DecodeRuneInString(term[end:])
			if size == 0 {
				break
			}
			if end += size; term[:end] != lists[level].beginning {
				finish(level)
				lists[level].beginning = term[:end]
			}
			lists[level].words.add(term, docs)
		}
		walked++
		return walked%4096 != 0 || ctx.Err() == nil
	})
	if err = cmp.Or(err, ctx.Err()); err != nil {
		return err
	}
	for level := range lists {
		finish(level)
	}
	r.kept.learnt.Store(&learnt)
	return nil
}

// unlearnt lists the segments of a snapshot whose beginnings are still to be
// looked up.
func unlearnt(s *engine.Snapshot) []*engine.Segment {
	return slices.DeleteFunc(slices.Clone(s.Segments), func(g *engine.Segment) bool {
		return g.Count() < leastLearnt || recalledOf(g).kept.learnt.Load() != nil
	})
}

// learn looks up the beginnings of words in the background where there are
// segments that are new, one time at a time. It gives way to all else that the
// process does. Where it can't, searches look them up, as long as they can.
func (x *Index) learn(g *generation) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.closed || x.current != g || x.learning.Load() {
		return
	}
	v, err := g.view()
	if err != nil {
		return
	}
	fresh := unlearnt(v.shared)
	if len(fresh) == 0 || x.learning.Swap(true) {
		v.close()
		return
	}
	g.users.Add(1)
	x.background.Go(func() {
		defer x.learning.Store(false)
		defer g.users.Done()
		defer v.close()
		engine.Quietly(func() {
			err := guarded(func() error {
				for _, seg := range fresh {
					if err := recalledOf(seg).learn(x.closing, seg); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil && x.closing.Err() == nil {
				x.doubt(g)
			}
		})
	})
}
