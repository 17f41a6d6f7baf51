package index

import (
	"context"

	"afterbeep/index/engine"
	"afterbeep/index/query"
)

// A word that is nowhere in the index may be mistyped and in another form than the
// one that was said: "physioterapist" of "physiotherapists". One edit away from it
// there is nothing then.
const (
	// leastMistyped is how many letters such a word has at least, and is alike in.
	leastMistyped = 7
	// sureLetters are those that it begins with surely.
	sureLetters = 4
	// typedEnding and saidEnding are how many letters the endings have at most that
	// may differ.
	typedEnding, saidEnding = 2, 3
)

// mistyped lists the words of the index that are but for their endings as word is,
// or one edit away from it, where word is nowhere in any form.
func (e *expander) mistyped(ctx context.Context, word string) ([]string, error) {
	typed := []rune(word)
	if len(typed) < leastMistyped {
		return nil, nil
	}
	if known, err := e.isSaid(ctx, word); err != nil || known {
		return nil, err
	}
	begins := string(typed[:sureLetters])
	return e.lookUp(ctx, "spelled like", word, func(counts map[string]uint64) error {
		for _, g := range e.snapshot.Segments {
			err := g.Prefix(engine.FieldText, begins, 0, func(term string, docs uint64) bool {
				if e.listed == e.bounds.listed {
					e.leaveOut("there were too many beginnings of words to look through all words")
					return false
				}
				e.listed++
				if !hasDigit(term) && butForEndings(typed, []rune(term)) {
					counts[term] += docs
				}
				return e.listed%4096 != 0 || ctx.Err() == nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// isSaid tells whether a word is in the index as typed or inflected.
func (e *expander) isSaid(ctx context.Context, word string) (bool, error) {
	n, err := e.count(ctx, engine.FieldText, word)
	for _, stem := range e.stems(word) {
		if err != nil || n > 0 {
			break
		}
		n, err = e.count(ctx, engine.FieldStem, stem)
	}
	return n > 0, err
}

// butForEndings tells whether two words are alike, or one edit apart, where short
// endings are left out.
func butForEndings(typed, said []rune) bool {
	for cut := 0; cut <= typedEnding && len(typed)-cut >= leastMistyped; cut++ {
		a := string(typed[:len(typed)-cut])
		for end := 0; end <= saidEnding && len(said)-end >= leastMistyped; end++ {
			if b := string(said[:len(said)-end]); a == b || query.OneEdit(a, b) {
				return true
			}
		}
	}
	return false
}
