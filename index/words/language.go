package words

import (
	"slices"
	"strings"
	"sync"
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
const asked = `andern machen macht gemacht tener tengo tiene tienen tenemos tenia tuve tenido`

func makeLanguage(base string, s spec) *language {
	l := &language{base: base, stem: s.stem, cache: newCache()}
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

// aliases are codes of three letters and older or narrower ones that recognisers write.
var aliases = map[string]string{
	"ara": "ar", "arb": "ar", "bul": "bg", "cat": "ca", "ces": "cs", "cze": "cs", "cmn": "zh", "dan": "da", "deu": "de",
	"ell": "el", "eng": "en", "eus": "eu", "fas": "fa", "fin": "fi", "fra": "fr", "fre": "fr", "ger": "de", "gle": "ga",
	"glg": "gl", "hin": "hi", "hrv": "hr", "hun": "hu", "hye": "hy", "ind": "id", "in": "id", "ita": "it", "jpn": "ja",
	"kor": "ko", "nb": "no", "nn": "no", "nld": "nl", "nor": "no", "nob": "no", "nno": "no", "pes": "fa", "pol": "pl",
	"por": "pt", "ron": "ro", "rum": "ro", "mo": "ro", "rus": "ru", "spa": "es", "swe": "sv", "tur": "tr", "yue": "zh", "zho": "zh",
}

// Base returns the language of a code as upstreams write it, without region and
// script, in lower case: "en-US", "en_GB" and "EN" are "en". Codes of three
// letters and Norwegian's two written forms become the usual code of two. A
// code that is not known stays, cut and lowered; "" is "".
func Base(code string) string {
	code = strings.TrimSpace(code)
	if i := strings.IndexAny(code, "-_.@ "); i >= 0 {
		code = code[:i]
	}
	code = strings.ToLower(code)
	if base, ok := aliases[code]; ok {
		return base
	}
	return code
}

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
	e := l.look(folded)
	if e.stem == "" {
		return "", false
	}
	return e.stem[len(l.base)+1:], true
}
