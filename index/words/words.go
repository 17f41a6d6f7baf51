// Package words says what a word of a voicemail is found by besides itself: its
// stem in the language it was spoken in, and what it sounds like. It also knows
// the words that are too frequent to be worth either.
//
// It hides the stemmers, the stop words and the phonetic codes, takes words
// folded by package query, and gives the same answer for a text and for a query
// as long as both ask in the same language. It holds no documents, reads no
// files and keeps nothing but bounded caches; every function is safe for
// concurrent use.
package words

import (
	"slices"

	"afterbeep/index/query"
)

// Term is one word of a text with all that the index knows it by.
type Term struct {
	// Text is the folded word; see query.Token.
	Text string
	// Start and End are byte offsets of the word as written.
	Start, End int
	// Digits says that the word has a digit: then it has no stem and no sounds.
	Digits bool
	// Stem is the base of its language, a slash and its stem, as in
	// "en/refund"; empty where the word has none.
	Stem string
	// Sounds are its phonetic codes as "scheme:CODE|word"; nil for hot words,
	// for words under three letters and for those with anything but Latin
	// letters. The start of a name that stands apart ("mac donald") has those
	// of the whole name as well. It is shared: don't change it.
	Sounds []string
	// Hot says that Hot holds for the word.
	Hot bool
}

// Analyse cuts one segment into its terms, in order: a term's position is its
// index. The language is that of the segment, in any spelling that Base takes;
// without one that is known, terms have no stems. The tokens are those of
// query.Tokens.
func Analyse(text, lang string) []Term {
	tokens := query.Tokens(text)
	l := languageOf(lang)
	terms := make([]Term, len(tokens))
	for i, t := range tokens {
		terms[i] = Term{Text: t.Text, Start: t.Start, End: t.End, Digits: t.Digits}
		if t.Digits {
			continue
		}
		e := l.look(t.Text)
		terms[i].Text, terms[i].Stem, terms[i].Sounds, terms[i].Hot = e.text, e.stem, e.sounds, e.hot
		if i > 0 && nameStarts[tokens[i-1].Text] && t.Start-tokens[i-1].End <= 1 {
			terms[i-1].Sounds = joined(l, terms[i-1], e)
		}
	}
	return terms
}

// nameStarts are what a recogniser may part from the name it begins.
var nameStarts = map[string]bool{"mac": true, "mc": true, "o": true, "fitz": true, "van": true, "von": true, "vander": true}

// joined returns the sounds of a term that begins a name, and those of the whole
// name: "mac donald" is found by "macdonald".
func joined(l *language, start Term, name *entry) []string {
	if name.hot || len(name.sounds) == 0 {
		return start.Sounds
	}
	return slices.Concat(start.Sounds, l.look(start.Text+name.text).sounds)
}
