// Package request judges whether the caller of a voicemail asks to be called
// back, from the text that a recogniser wrote down: without punctuation, with
// fillers and with mistakes. It says how sure that is, with which words the caller
// says so, and when a person should rather listen.
//
// What it knows of a language is data (lang/*.txt): words by class, chunks that
// classes combine to ("call me", "give us a ring", "get back to my wife"), and
// rules over chunks that say what somebody does with them: asks for it, waives
// it, promises to do it, tells that it has happened. The rules read English,
// Spanish, French and German; of other languages a few words are known.
//
// It is pure and safe for concurrent use, takes any bytes, and never logs.
package request

import (
	"cmp"
	"slices"
	"time"

	"afterbeep/ingest/enrich/langcode"
	"afterbeep/ingest/enrich/numbers"
)

// Version is raised with every change that may change a verdict.
const Version = 12

// Options are what else is known of the message.
type Options struct {
	// Duration is how long it was spoken for; 0 where that isn't known.
	Duration time.Duration
	// Numbers is how many telephone numbers to call were found in it.
	Numbers int
}

// Verdict is what a message was judged to be.
type Verdict struct {
	Requested  bool
	Confidence float64 // how sure the answer is, 0.5 to 1
	// Words are the pieces of the text that say so, in its order, without
	// overlap; nil where nothing is requested.
	Words []numbers.Span
	// Sells tells that nobody waits for a call but who sells or cheats.
	Sells bool
	// Listen says why a person should listen; "" where the verdict will do.
	Listen Listen
	// Lang is the base code of the language whose rules were used: "en", "es",
	// "fr" or "de"; "" where a few words of many languages had to do.
	Lang string
}

// What counts as a request, and how sure a verdict must be not to be doubted.
const (
	threshold = 0.5
	doubtful  = 0.66
)

// Read judges the text of a message in the language that lang names ("en",
// "en-US").
func Read(text, lang string, o Options) Verdict {
	g, tokens := grammarFor(text, lang)
	c := newChart(g, tokens)
	found := c.withQuestions(text, c.matches())
	odds, words, sells := c.score(found)
	if g.lang == "" && o.Numbers > 0 {
		odds += otherNumber
	}
	p := confidence(odds)
	v := Verdict{Requested: p >= threshold, Confidence: max(p, 1-p), Lang: g.lang}
	v.Sells = sells && !v.Requested
	if v.Requested {
		v.Words = c.spans(words, found)
	}
	v.Listen = listen(c, found, v, o)
	return v
}

// otherNumber is what a number says where nothing but a few words is understood.
const otherNumber = 1.6

// spans are the places of the words that ask, else those that say where the
// caller can be reached.
func (c *chart) spans(words, found []match) []numbers.Span {
	if len(words) == 0 {
		for _, m := range found {
			if m.kind == reach {
				words = append(words, m)
			}
		}
	}
	slices.SortFunc(words, func(a, b match) int { return cmp.Compare(a.start, b.start) })
	var list []numbers.Span
	for _, m := range words {
		s := numbers.Span{Start: c.tokens[m.start].start, End: c.tokens[m.end-1].end}
		if n := len(list); n > 0 && s.Start < list[n-1].End {
			list[n-1].End = max(list[n-1].End, s.End)
			continue
		}
		list = append(list, s)
	}
	return list
}

const (
	enoughWords = 6   // so many words tell which language they are of
	wellKnown   = 0.5 // so much of a message in a language is known to its rules
	littleKnown = 0.3 // of one in another language there is less
)

// grammarFor returns the rules to use and the words as they read them: those of
// lang, unless the words are of another language that has rules.
func grammarFor(text, lang string) (*grammar, []token) {
	all := grammars()
	base := langcode.Base(lang)
	own := all.byLang[base]
	var ownTokens []token
	if own != nil {
		tokens, known := own.tokens(text)
		if len(tokens) < enoughWords || float64(known) >= littleKnown*float64(len(tokens)) {
			return own, tokens
		}
		ownTokens = tokens
	}
	best, bestTokens, share := own, ownTokens, wellKnown
	if own != nil || base == "" || base == "und" || base == "mul" || base == "auto" {
		for _, g := range all.list {
			tokens, known := g.tokens(text)
			if s := float64(known) / float64(max(1, len(tokens))); s > share && len(tokens) > 2 {
				best, bestTokens, share = g, tokens, s
			}
		}
	}
	if best == nil {
		best = all.other
		bestTokens, _ = best.tokens(text)
	}
	return best, bestTokens
}
