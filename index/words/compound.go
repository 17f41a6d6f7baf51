package words

import (
	_ "embed"
	"iter"
	"strings"
	"sync"
)

// German writes as one word what others write as several. What such a word is
// made of is told from a list of nouns alone: what an index happens to hold must
// not decide what a word means.

//go:embed nouns/de.txt
var germanNouns string

const (
	// Compounding is the language whose compounds are known.
	Compounding = "de"
	// shortestPart is the fewest letters of either part of a compound.
	shortestPart = 3
	// shortestWhole is how short a compound may be, and mostParts of how many
	// nouns it may be made.
	shortestWhole, mostParts = 7, 4
)

// links may stand between the parts of a compound.
var links = []string{"", "s", "es", "n", "en", "er", "e"}

// nouns are those of the list with their stems. Words are looked up as written:
// a stemmer asked at every letter would take longer than all else.
var nouns = sync.OnceValue(func() map[string]string {
	out := make(map[string]string)
	stem := languageOf(Compounding).stem
	for w := range listedNouns() {
		out[w] = stem(w)
	}
	return out
})

// listedNouns are the words of the list.
var listedNouns = sync.OnceValue(func() map[string]bool {
	out := make(map[string]bool)
	for line := range strings.Lines(germanNouns) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		for _, w := range strings.Fields(line) {
			out[w] = true
		}
	}
	return out
})

// Parts returns the terms of the nouns that a folded German word is made of, in
// order, as "de/strom" and "de/rechnung" of "stromrechnung"; nil for what is no
// compound of known nouns.
func Parts(folded string) []string { return languageOf(Compounding).look(folded).parts }

// parts returns the stems of what a word is made of, the fewest nouns that do.
func (l *language) parts(word string) []string {
	if l.base != Compounding || len(word) < shortestWhole || !latin(word) {
		return nil
	}
	if noun(word, endings) != "" {
		return nil
	}
	for most := 2; most <= mostParts; most++ {
		if found := split(word, most); found != nil {
			for i, s := range found {
				found[i] = Compounding + "/" + s
			}
			return found
		}
	}
	return nil
}

// split parts a word into so many known nouns at most, by their stems: the
// longest end first.
func split(word string, most int) []string {
	if most < 2 {
		return nil
	}
	for at := shortestPart; at <= len(word)-shortestPart; at++ {
		end := noun(word[at:], endings)
		if end == "" {
			continue
		}
		if begin := noun(word[:at], links); begin != "" {
			return []string{begin, end}
		}
		for begin := range Unlinked(word[:at]) {
			if rest := split(begin, most-1); rest != nil {
				return append(rest, end)
			}
		}
	}
	return nil
}

// Unlinked are what the first part of a compound may be by itself: without each
// link that it may end with, as it is first.
func Unlinked(first string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, link := range links {
			if part, ok := strings.CutSuffix(first, link); ok && !yield(part) {
				return
			}
		}
	}
}

// endings are those of the forms of nouns.
var endings = []string{"", "en", "n", "e", "er", "s", "es", "ern", "in", "innen"}

// noun returns the stem of a known noun with one of the endings, "" of others.
func noun(word string, endings []string) string {
	for _, e := range endings {
		if root, ok := strings.CutSuffix(word, e); ok && len(root) >= shortestPart {
			if stem := nouns()[root]; stem != "" {
				return stem
			}
		}
	}
	return ""
}

// nounStems are the stems of the list.
var nounStems = sync.OnceValue(func() map[string]bool {
	out := make(map[string]bool)
	for _, stem := range nouns() {
		out[stem] = true
	}
	return out
})

// IsNoun tells whether a German stem, maybe behind a link, is one of the known
// nouns: what may follow the first part of a compound.
func IsNoun(stem string) bool {
	for _, link := range links {
		if rest, ok := strings.CutPrefix(stem, link); ok && len(rest) >= shortestPart && nounStems()[rest] {
			return true
		}
	}
	return false
}
