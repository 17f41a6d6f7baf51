package words

import (
	_ "embed"
	"strings"
	"sync"
)

// German writes as one word what others write as several. What such a word is
// made of is told from a list of nouns alone: what an index happens to hold must
// not decide what a word means.

//go:embed nouns/de.txt
var germanNouns string

const (
	// compounding is the language whose compounds are known.
	compounding = "de"
	// shortestPart is the fewest letters of either part of a compound.
	shortestPart = 3
	// shortestWhole is how short a compound may be, and mostParts of how many
	// nouns it may be made.
	shortestWhole, mostParts = 7, 4
)

// links may stand between the parts of a compound.
var links = []string{"", "s", "es", "n", "en", "er", "e"}

// nouns are the stems of the list.
var nouns = sync.OnceValue(func() map[string]bool {
	out := make(map[string]bool)
	stem := specs[compounding].stem
	for line := range strings.Lines(germanNouns) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		for _, w := range strings.Fields(line) {
			out[stem(w)] = true
		}
	}
	return out
})

// Parts returns the terms of the nouns that a folded German word is made of, in
// order, as "de/strom" and "de/rechnung" of "stromrechnung"; nil for what is no
// compound of known nouns.
func Parts(folded string) []string { return languageOf(compounding).look(folded).parts }

// parts returns the stems of what a word is made of, the fewest nouns that do.
func (l *language) parts(word string) []string {
	if l.base != compounding || len(word) < shortestWhole || !latin(word) {
		return nil
	}
	stem := specs[compounding].stem
	whole := stem(word)
	if nouns()[whole] {
		return nil
	}
	for most := 2; most <= mostParts; most++ {
		if found := split(word, most, stem); found != nil {
			for i, s := range found {
				found[i] = compounding + "/" + s
			}
			return found
		}
	}
	return nil
}

// split parts a word into so many known nouns at most: the longest end first.
func split(word string, most int, stem func(string) string) []string {
	if most < 2 {
		return nil
	}
	for at := shortestPart; at <= len(word)-shortestPart; at++ {
		end := stem(word[at:])
		if !nouns()[end] {
			continue
		}
		for _, link := range links {
			begin, ok := strings.CutSuffix(word[:at], link)
			if !ok || len(begin) < shortestPart {
				continue
			}
			if s := stem(begin); nouns()[s] {
				return []string{s, end}
			}
			if rest := split(begin, most-1, stem); rest != nil {
				return append(rest, end)
			}
		}
	}
	return nil
}

// IsNoun tells whether a German stem, maybe behind a link, is one of the known
// nouns: what may follow the first part of a compound.
func IsNoun(stem string) bool {
	for _, link := range links {
		if rest, ok := strings.CutPrefix(stem, link); ok && len(rest) >= shortestPart && nouns()[rest] {
			return true
		}
	}
	return false
}
