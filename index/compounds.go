package index

import (
	"context"
	"slices"
	"strings"

	"afterbeep/index/engine"
	"afterbeep/index/words"
)

// German writes as one word what others write as several: who looks for
// "Blutdruck" means "Blutdrucktabletten", too, and a "Zahnarzttermin" is an
// appointment at the dentist's. Compounds of known nouns are indexed as their
// parts (words.Parts); what follows finds those of others by how they begin.
const (
	compounding = words.Compounding
	// shortestPart is the fewest letters of either part of a compound, and
	// shortestBegin those of a word that others may begin with.
	shortestPart, shortestBegin = 4, 5
	// safeBegin is from how many letters on whatever follows is taken for a
	// part: "Tablette" need not stand anywhere alone.
	safeBegin = 6
)

// compounds are the stems of the compounds of the index that begin with a word.
// Where it is short, a known noun must follow.
func (e *expander) compounds(ctx context.Context, word string) ([]string, error) {
	stem, ok := words.Stem(compounding, word)
	if !ok || len(word) < shortestBegin || len(stem) < shortestPart || !slices.Contains(e.langs, compounding) {
		return nil, nil
	}
	prefix := compounding + "/" + stem
	return e.lookUp(ctx, "compounded from", word, func(counts map[string]uint64) error {
		for _, g := range e.snapshot.Segments {
			err := g.Prefix(engine.FieldStem, prefix, 0, func(term string, docs uint64) bool {
				if e.listed >= e.bounds.listed {
					e.leaveOut(tooManyBegin)
					return false
				}
				e.listed++
				rest := term[len(prefix):]
				if len(rest) >= shortestPart && (len(stem) >= safeBegin || words.IsNoun(rest)) {
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

// parts are the words that a compound is made of: the message may say them one
// by one. Where it is made of other nouns than those that are known, they are
// any two words of the index, the longest first one.
func (e *expander) parts(ctx context.Context, word string) ([]leafTerms, error) {
	if len(word) < 2*shortestPart || !slices.Contains(e.langs, compounding) || words.Hot(word) || !plainLetters(word) {
		return nil, nil
	}
	if known := words.Parts(word); known != nil {
		out := leafTerms{distance: synonymDistance}
		for _, stem := range known {
			out.words = append(out.words, leafTerms{stems: []string{stem}})
		}
		return []leafTerms{out}, nil
	}
	for at := len(word) - shortestPart; at >= shortestPart; at-- {
		second, ok, err := e.part(ctx, word[at:])
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		for begin := range words.Unlinked(word[:at]) {
			if len(begin) < shortestPart {
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

// partedDistance is how many further words may stand between a verb and what is
// parted from it: "rufen Sie mich bitte heute noch an".
const partedDistance = 6

// parted is a verb of two parts as it stands apart in a sentence.
func (e *expander) parted(ctx context.Context, word string) ([]leafTerms, error) {
	if !slices.Contains(e.langs, compounding) {
		return nil, nil
	}
	prefix, stem, ok := words.Separable(word)
	if !ok {
		return nil, nil
	}
	term := compounding + "/" + stem
	if n, err := e.count(ctx, engine.FieldStem, term); err != nil || n == 0 {
		return nil, err
	}
	return []leafTerms{{words: []leafTerms{{stems: []string{term}}, {exact: []string{prefix}}}, distance: partedDistance}}, nil
}

// together is the verb that two words side by side are the parts of, if the index
// has it in one word.
func (e *expander) together(ctx context.Context, word, prefix string) (leafTerms, bool, error) {
	stem, ok := words.Parted(word, prefix)
	if !ok || !slices.Contains(e.langs, compounding) {
		return leafTerms{}, false, nil
	}
	term := compounding + "/" + stem
	n, err := e.count(ctx, engine.FieldStem, term)
	return leafTerms{stems: []string{term}}, n > 0, err
}

// plainLetters tells whether each byte of a folded word is a letter.
func plainLetters(word string) bool {
	return !strings.ContainsFunc(word, func(r rune) bool { return r < 'a' || r > 'z' })
}

// part is a part of a compound, if the index has it as a word.
func (e *expander) part(ctx context.Context, word string) (leafTerms, bool, error) {
	stem, ok := words.StemOnce(compounding, word)
	if !ok {
		return leafTerms{}, false, nil
	}
	term := compounding + "/" + stem
	n, err := e.count(ctx, engine.FieldStem, term)
	return leafTerms{stems: []string{term}}, n > 0, err
}
