package index

import (
	"cmp"
	"context"

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
	keptBeginnings = 2 * maxExpansions
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
				e.leaveOut(tooManyBegin)
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

// topOf lists the words of a segment that begin with prefix. It lists all, past
// what a query may list: the next beginning is left out then.
func (e *expander) topOf(ctx context.Context, g *engine.Segment, prefix string) (topWords, error) {
	var all wordList
	err := g.Prefix(engine.FieldText, prefix, 0, func(term string, docs uint64) bool {
		all.add(term, docs)
		e.listed++
		return e.listed%4096 != 0 || ctx.Err() == nil
	})
	if err = cmp.Or(err, ctx.Err()); err != nil {
		return topWords{}, err
	}
	return all.top(keptBeginnings), nil
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
		for j, count := range tops[i].counts {
			counts[tops[i].word(j)] += uint64(count)
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
	return true, true, e.complete(ctx, counts, tops, unseen, least)
}

// leastOf is the count of the last of the maxExpansions most frequent, 0 where
// there are fewer.
func leastOf(counts map[string]uint64) uint64 {
	if len(counts) < maxExpansions {
		return 0
	}
	list := make([]uint64, 0, len(counts))
	for _, count := range counts {
		list = append(list, count)
	}
	return countAt(list, maxExpansions-1)
}

// complete makes counts, which are of the segments that keep a word, counts of
// all segments, and drops the words that can't come to least. A word that no
// segment keeps is in unseen documents at most.
func (e *expander) complete(ctx context.Context, counts map[string]uint64, tops []topWords, unseen, least uint64) error {
	for term, count := range counts {
		if count+unseen < least { // there are many of these, so they are not looked up in each segment
			delete(counts, term)
			continue
		}
		at := count + unseen // most
		var lacks []int
		for i, top := range tops {
			if top.has(term) {
				at -= top.rest
			} else if top.rest > 0 {
				lacks = append(lacks, i)
			}
		}
		if at < least {
			delete(counts, term)
			continue
		}
		for _, i := range lacks {
			n, err := e.snapshot.Segments[i].DocFreq(engine.FieldText, term)
			if err != nil {
				return err
			}
			counts[term] += n
		}
	}
	return ctx.Err()
}
