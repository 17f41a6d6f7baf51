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

import "afterbeep/index/query"

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
	// Parts are the terms of the nouns that a German compound is made of; see the
	// function of that name. It is shared: don't change it.
	Parts []string
	// Sounds are its phonetic codes as "scheme:CODE|word"; nil for hot words,
	// for words under three letters and for those with anything but Latin
	// letters. It is shared: don't change it.
	Sounds []string
	// Hot says that Hot holds for the word.
	Hot bool
}

// Analyse cuts one segment into its terms, in order: a term's position is its
// index. The language is that of the segment, in any spelling that Base takes;
// without one that is known, terms have no stems. The tokens are those of
// query.Tokens.
func Analyse(text, lang string) []Term {
	return AnalyseTokens(query.Tokens(text), lang)
}

// AnalyseTokens is Analyse of a text that is cut into tokens already.
func AnalyseTokens(tokens []query.Token, lang string) []Term {
	l := languageOf(lang)
	terms := make([]Term, len(tokens))
	for i, t := range tokens {
		terms[i] = Term{Text: t.Text, Start: t.Start, End: t.End, Digits: t.Digits}
		if t.Digits {
			continue
		}
		e := l.look(t.Text)
		terms[i].Text, terms[i].Stem, terms[i].Parts, terms[i].Sounds, terms[i].Hot = e.text, e.stem, e.parts, e.sounds, e.hot
	}
	return terms
}
