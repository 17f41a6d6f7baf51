package index

import (
	"context"
	"unicode/utf8"

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
	if e.listed >= e.bounds.listed {
		e.leaveOut(tooManyBegin)
		return nil, nil
	}
	begins, typings := string(typed[:sureLetters]), endingsCut(word, typedEnding)
	return e.keptWords(ctx, "spelled like", word, func(g *engine.Segment, add func(term string)) error {
		return g.Prefix(engine.FieldText, begins, 0, func(term string, _ uint64) bool {
			e.listed++
			if !hasDigit(term) && butForEndings(typings, term) {
				add(term)
			}
			return e.listed%4096 != 0 || ctx.Err() == nil
		})
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

// endingsCut are a word and what is left of it where up to so many letters are cut
// off its end; never fewer than leastMistyped.
func endingsCut(word string, most int) []string {
	all := []string{word}
	for left := utf8.RuneCountInString(word); most > 0 && left > leastMistyped; most, left = most-1, left-1 {
		_, last := utf8.DecodeLastRuneInString(word)
		word = word[:len(word)-last]
		all = append(all, word)
	}
	return all
}

// butForEndings tells whether a word is as one of the typings, or one edit apart,
// where short endings are left out.
func butForEndings(typings []string, said string) bool {
	left := utf8.RuneCountInString(said)
	for end := 0; end <= saidEnding && left-end >= leastMistyped; end++ {
		for _, typed := range typings {
			apart := utf8.RuneCountInString(typed) - (left - end)
			if -1 <= apart && apart <= 1 && (typed == said || query.OneEdit(typed, said)) {
				return true
			}
		}
		_, last := utf8.DecodeLastRuneInString(said)
		said = said[:len(said)-last]
	}
	return false
}
