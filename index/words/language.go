package words

import (
	"slices"
	"strings"
	"sync"

	"afterbeep/ingest/enrich/langcode"
)

// language is what is known of one of them.
type language struct {
	base string
	// stem returns the stem of a folded word that is no stop word; nil: none.
	stem func(string) string
	// stops are folded.
	stops map[string]bool
	// code is the phonetic code besides Double Metaphone, called scheme; nil: none.
	code   func(string) string
	scheme string
	cache  *cache
}

// spec says how to make a language.
type spec struct {
	stem  func(string) string
	stops []byte // a list as Bleve has them, read on first use
}

// languages holds every language by its base, each made when first asked for,
// and under "" what all others share. It is never written after its making.
var languages = sync.OnceValue(func() map[string]func() *language {
	all := map[string]func() *language{"": sync.OnceValue(func() *language {
		return &language{cache: newCache()}
	})}
	for base, s := range specs {
		all[base] = sync.OnceValue(func() *language { return makeLanguage(base, s) })
	}
	return all
})

// asked are words of the lists of stop words that people do ask for, or that
// are one only without their accents (ändern, andern).
const asked = `andern machen macht gemacht tener tengo tiene tienen tenemos tenia tuve tenido fui fue fuimos fueron eu eue eus gehabt musste mussen konnen durfen`

func makeLanguage(base string, s spec) *language {
	l := &language{base: base, stem: s.stem, cache: newCache()}
	if forms := irregular(base); forms != nil {
		l.stem = func(word string) string {
			if of, ok := forms[word]; ok {
				word = of
			}
			return s.stem(word)
		}
	}
	if s.stops != nil {
		l.stops = stopSet(s.stops)
		for _, w := range strings.Fields(asked) {
			delete(l.stops, w)
		}
	}
	if c, ok := codes[base]; ok {
		l.scheme, l.code = base, c
	}
	return l
}

// languageOf returns the language of a code, that without stems if it is unknown.
func languageOf(code string) *language {
	all := languages()
	if get, ok := all[Base(code)]; ok {
		return get()
	}
	return all[""]()
}

// Base returns the language of a code as upstreams write it: langcode.Base.
func Base(code string) string { return langcode.Base(code) }

// Languages returns the bases that have stems, sorted.
func Languages() []string {
	var out []string
	for base, s := range specs {
		if s.stem != nil {
			out = append(out, base)
		}
	}
	slices.Sort(out)
	return out
}

// Stem returns the stem of a folded word in a language, without the language
// before it, so that "lang/stem" is the term of Analyse. It is false where the
// language has no stemmer or the word is a stop word, has a digit or is not one
// word. Stems are names, not words: some stemmers change their own results when
// asked again, so a word meets another one by asking for both, never by asking
// for the stem of a stem.
func Stem(lang, folded string) (stem string, ok bool) {
	l := languageOf(lang)
	return l.stemOf(l.look(folded))
}

// StemOnce is Stem for what is asked once, such as a piece of a word: it is not
// remembered.
func StemOnce(lang, folded string) (stem string, ok bool) {
	l := languageOf(lang)
	return l.stemOf(l.make(folded))
}

func (l *language) stemOf(e *entry) (stem string, ok bool) {
	if e.stem == "" {
		return "", false
	}
	return e.stem[len(l.base)+1:], true
}
