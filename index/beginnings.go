package index

import (
	"cmp"
	"context"
	"slices"

	"afterbeep/index/engine"
)

// Of short beginnings, which many words have, each segment keeps the words that
// most of its documents have: to walk through all of them for every letter that
// somebody types takes longer than the search. A segment never changes, so that
// they stay true.
const (
	// shortBeginning is how many bytes a beginning has at most of which they are kept.
	shortBeginning = 4
	// keptBeginnings is how many words of a segment are kept of one beginning.
	keptBeginnings = 1000
)

// beginWith lists the words of the index that begin with prefix, the most frequent
// ones where there are many.
func (e *expander) beginWith(ctx context.Context, prefix string) ([]string, error) {
	const how = "beginning with"
	return e.lookUp(ctx, how, prefix, func(counts map[string]uint64) error {
		if len(prefix) > shortBeginning || e.listed >= e.bounds.listed {
			return e.allBeginnings(ctx, prefix, counts)
		}
		listed := e.listed
		more, sure, err := e.topBeginnings(ctx, prefix, counts)
		if err != nil {
			return err
		}
		if !sure {
			e.listed = listed // they are listed again
			return e.allBeginnings(ctx, prefix, counts)
		}
		if more && len(counts) == maxExpansions {
			e.tooMany(how, prefix)
		}
		return nil
	})
}

// allBeginnings counts the words that begin with prefix by going through them.
func (e *expander) allBeginnings(ctx context.Context, prefix string, counts map[string]uint64) error {
	for _, g := range e.snapshot.Segments {
		err := g.Prefix(engine.FieldText, prefix, 0, func(term string, docs uint64) bool {
			if e.listed >= e.bounds.listed {
				e.leaveOut("there were too many beginnings of words to look through all words")
				return false
			}
			counts[term] += docs
			e.listed++
			return e.listed%4096 != 0 || ctx.Err() == nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// topWords are the words of a segment that begin in one way and that most of its
// documents have.
type topWords struct {
	words []entry
	rest  uint64 // a word of the segment that isn't here is in so many documents at most; 0 where all are here
}

// topOf lists the words of a segment that begin with prefix. It lists all, past
// what a query may list: the next beginning is left out then.
func (e *expander) topOf(ctx context.Context, g *engine.Segment, prefix string) (topWords, error) {
	var top topWords
	err := g.Prefix(engine.FieldText, prefix, 0, func(term string, docs uint64) bool {
		top.words = append(top.words, entry{term, docs})
		e.listed++
		return e.listed%4096 != 0 || ctx.Err() == nil
	})
	if err = cmp.Or(err, ctx.Err()); err != nil {
		return topWords{}, err
	}
	if len(top.words) > keptBeginnings {
		top.rest = countAt(top.words, keptBeginnings)
		top.words = slices.Clone(slices.DeleteFunc(top.words, func(w entry) bool { return w.count <= top.rest }))
	}
	return top, nil
}

// countAt is the n-th largest count, from 0 on.
func countAt(list []entry, n int) uint64 {
	counts := make([]uint64, len(list))
	for i, w := range list {
		counts[i] = w.count
	}
	slices.Sort(counts)
	return counts[len(counts)-1-n]
}

// topBeginnings puts into counts the words that begin with prefix and may be
// among the maxExpansions most frequent of all segments, with how many documents
// have them. more reports that there are others. It is not sure where words that
// no segment keeps could be among them; counts is empty then.
func (e *expander) topBeginnings(ctx context.Context, prefix string, counts map[string]uint64) (more, sure bool, err error) {
	tops := make([]topWords, len(e.snapshot.Segments))
	var unseen uint64 // a word that no segment keeps is in so many documents at most
	for i, g := range e.snapshot.Segments {
		tops[i], err = e.segments[i].kept.top(prefix, g.Count(), func() (topWords, error) { return e.topOf(ctx, g, prefix) })
		if err != nil {
			return false, false, err
		}
		unseen += tops[i].rest
		for _, w := range tops[i].words {
			counts[w.term] += w.count
		}
	}
	if unseen == 0 {
		return false, true, nil
	}
	least := leastOf(counts)
	if least <= unseen {
		clear(counts)
		return false, false, nil
	}
	return true, true, e.complete(ctx, counts, tops, least)
}

// leastOf is the count of the last of the maxExpansions most frequent, 0 where
// there are fewer.
func leastOf(counts map[string]uint64) uint64 {
	if len(counts) < maxExpansions {
		return 0
	}
	list := make([]entry, 0, len(counts))
	for term, count := range counts {
		list = append(list, entry{term, count})
	}
	return countAt(list, maxExpansions-1)
}

// complete makes counts, which are of the segments that keep a word, counts of
// all segments, and drops the words that can't come to least.
func (e *expander) complete(ctx context.Context, counts map[string]uint64, tops []topWords, least uint64) error {
	kept := make([]map[string]bool, len(tops))
	for i, top := range tops {
		if top.rest == 0 {
			continue
		}
		kept[i] = make(map[string]bool, len(top.words))
		for _, w := range top.words {
			kept[i][w.term] = true
		}
	}
	for term, count := range counts {
		at := count // most
		for i, top := range tops {
			if top.rest > 0 && !kept[i][term] {
				at += top.rest
			}
		}
		if at < least {
			delete(counts, term)
			continue
		}
		for i, top := range tops {
			if top.rest == 0 || kept[i][term] {
				continue
			}
			n, err := e.snapshot.Segments[i].DocFreq(engine.FieldText, term)
			if err != nil {
				return err
			}
			counts[term] += n
		}
	}
	return ctx.Err()
}
