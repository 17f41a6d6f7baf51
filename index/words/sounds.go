package words

import (
	"slices"
	"strings"
)

const (
	// shortestSound is the shortest word with sounds in the index, in letters.
	shortestSound = 3
	// shortestAsked is the shortest that is looked up by sound.
	shortestAsked = 4
	// longestSound is where names end and junk begins.
	longestSound = 40
)

// codes are the phonetic codes of single languages, by base, which is also the
// name of their scheme. Double Metaphone, "dm", is for words of any language.
var codes = map[string]func(string) string{"de": koelner, "es": spanishSound, "fr": frenchSound}

// Sounds returns the codes to look a folded query word up by, one or more of
// each scheme, each a prefix of the sound terms that it matches: "dm:KTRN|".
// It is empty for words under four letters, for hot words and for those with
// anything but Latin letters.
func Sounds(folded string) []string {
	if len(folded) < shortestAsked || !latin(folded) || Hot(folded) {
		return nil
	}
	out := soundCodes(folded, "de", "es", "fr")
	for _, heard := range heardAs(folded) {
		out = metaphoneCodes(out, heard)
	}
	for i, c := range out {
		out[i] = c + "|"
	}
	return out
}

// sounds returns the sound terms of a word in the language.
func (l *language) sounds(word string) []string {
	if len(word) < shortestSound || !latin(word) {
		return nil
	}
	found := soundCodes(word, l.scheme)
	for i, c := range found {
		found[i] = c + "|" + word
	}
	return found
}

// soundCodes returns "scheme:CODE" of Double Metaphone and of the schemes named.
func soundCodes(word string, schemes ...string) []string {
	out := metaphoneCodes(nil, word)
	if strings.Contains(word, "mps") { // Thompson, Simpson
		out = metaphoneCodes(out, strings.ReplaceAll(word, "mps", "ms"))
	}
	for _, said := range saidAs[word] {
		out = metaphoneCodes(out, said)
	}
	for _, scheme := range schemes {
		code, ok := codes[scheme]
		if !ok {
			continue
		}
		if c := code(word); c != "" {
			out = append(out, scheme+":"+c)
		}
	}
	return out
}

// metaphoneCodes appends the codes of a word that are not there yet.
func metaphoneCodes(out []string, word string) []string {
	first, second := doubleMetaphone(word)
	for _, c := range []string{first, second} {
		if c != "" && !slices.Contains(out, "dm:"+c) {
			out = append(out, "dm:"+c)
		}
	}
	return out
}

// latin tells whether a folded word is of plain letters only, and not too long.
func latin(word string) bool {
	return len(word) <= longestSound && !strings.ContainsFunc(word, func(r rune) bool { return r < 'a' || r > 'z' })
}
