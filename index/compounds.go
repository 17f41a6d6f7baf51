package index

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"afterbeep/index/engine"
	"afterbeep/index/words"
)

// German writes as one word what others write as several: who looks for
// "Blutdruck" means "Blutdrucktabletten", too, and a "Zahnarzttermin" is an
// appointment at the dentist's.
const (
	compounding = "de"
	// shortestPart is the fewest letters of either part of a compound, and
	// shortestBegin those of a word that others may begin with.
	shortestPart, shortestBegin = 4, 5
	// safeBegin is from how many letters on whatever follows is taken for a
	// part: "Tablette" need not stand anywhere alone.
	safeBegin = 6
	// mostBegun is how many compounds one word may stand for.
	mostBegun = 100
)

// links may stand between the parts of a compound.
var links = []string{"", "s", "es", "n", "en", "er", "e"}

// compounds are the stems of the compounds of the index that begin with a word.
// Where it is short, another word of the index must follow.
func (e *expander) compounds(ctx context.Context, word string) ([]string, error) {
	stem, ok := words.Stem(compounding, word)
	if !ok || len(word) < shortestBegin || len(stem) < shortestPart || !slices.Contains(e.langs, compounding) {
		return nil, nil
	}
	prefix := compounding + "/" + stem
	return e.lookUp(ctx, "compounded from", word, func(counts map[string]uint64) error {
		for _, g := range e.snapshot.Segments {
			var err error
			seen := g.Prefix(engine.FieldStem, prefix, 0, func(term string, docs uint64) bool {
				rest := term[len(prefix):]
				if len(rest) < shortestPart {
					return ctx.Err() == nil
				}
				known := len(stem) >= safeBegin
				if known {
					counts[term] += docs
					return ctx.Err() == nil && len(counts) < mostBegun
				}
				if known, err = e.linked(ctx, rest); known {
					counts[term] += docs
				}
				return err == nil && ctx.Err() == nil && len(counts) < mostBegun
			})
			if err = cmp.Or(err, seen); err != nil {
				return err
			}
		}
		return nil
	})
}

// linked tells whether what follows the first part of a compound is a link and a
// stem of the index.
func (e *expander) linked(ctx context.Context, rest string) (bool, error) {
	for _, link := range links {
		part, ok := strings.CutPrefix(rest, link)
		if !ok || len(part) < shortestPart {
			continue
		}
		if n, err := e.count(ctx, engine.FieldStem, compounding+"/"+part); err != nil || n > 0 {
			return n > 0, err
		}
	}
	return false, nil
}

// parts are the two words that a compound is made of, where both are in the
// index: the message may say them one by one. The longest first part wins.
func (e *expander) parts(ctx context.Context, word string) ([]leafTerms, error) {
	if len(word) < 2*shortestPart || !slices.Contains(e.langs, compounding) || words.Hot(word) {
		return nil, nil
	}
	for at := len(word) - shortestPart; at >= shortestPart; at-- {
		second, ok, err := e.part(ctx, word[at:])
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		for _, link := range links {
			begin, linked := strings.CutSuffix(word[:at], link)
			if !linked || len(begin) < shortestPart {
				continue
			}
			first, ok, err := e.part(ctx, begin)
			if err != nil {
				return nil, err
			}
			if ok {
				return []leafTerms{{words: []leafTerms{first, second}, distance: synonymDistance}}, nil
			}
		}
	}
	return nil, nil
}

// part is a part of a compound, if the index has it as a word.
func (e *expander) part(ctx context.Context, word string) (leafTerms, bool, error) {
	stem, ok := words.Stem(compounding, word)
	if !ok {
		return leafTerms{}, false, nil
	}
	term := compounding + "/" + stem
	n, err := e.count(ctx, engine.FieldStem, term)
	return leafTerms{stems: []string{term}}, n > 0, err
}
