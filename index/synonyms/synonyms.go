// Package synonyms knows the words and short phrases that mean the same to the
// people of a contact centre: "call back" and "return my call". Its lists are
// text that an administrator can edit; the default ones are for English,
// Spanish, French and German.
//
// It says what may stand for words of a query, in any inflection that package
// words knows. It never guesses: only what is listed is a synonym.
package synonyms

import (
	"slices"

	"afterbeep/index/query"
	"afterbeep/index/words"
)

// Lists are groups of entries that stand for one another. The zero value has
// none. Lists never change once made and are safe for concurrent use.
type Lists struct {
	groups int
	// langs are the languages of the sections, in order, "" for groups without one.
	langs []string
	// starts finds the entries by the key of their first word.
	starts map[string][]*entry
}

// entry is one member of a group.
type entry struct {
	lang  string
	words []string // folded
	keys  []string // of words
	// group is all that it finds: itself and those that mean the same, so many, and
	// behind them what is found one way.
	group []*entry
	same  int
}

// Groups returns how many groups there are.
func (l *Lists) Groups() int { return l.groups }

// Entry is a word or phrase of a group: what it is for and its folded words.
type Entry struct {
	// Lang is the base code of the language that its inflections are of, "" for
	// every language.
	Lang  string
	Words []string
	// Related says that it is a kind of what was asked for, or says that it is so
	// in a way of its own, and does not stand for it both ways: a labrador is a
	// dog.
	Related bool
}

// Of returns the longest entry that begins at words[at] and what stands for it:
// the other members of its groups. The words are folded as
// in a query. A word stands for another one of its inflections in the language
// of the group; between the words of an entry, one or two may stand that carry
// no meaning ("call me back" is "call back"), and length counts them; then "call
// back" itself is among the others, for it asks for less. Without such an entry
// length is 0. Where several languages have the same words, all
// they offer comes together, in the order of the lists, each once in a language.
// The words of others are shared: don't change them.
func (l *Lists) Of(words []string, at int) (length int, others []Entry) {
	if at < 0 || at >= len(words) || l == nil {
		return 0, nil
	}
	var found []*entry
	for _, e := range l.begin(words[at]) {
		n := e.match(words[at:])
		switch {
		case n == 0 || n < length:
		case n > length:
			length, found = n, append(found[:0], e)
		case !slices.Contains(found, e):
			found = append(found, e)
		}
	}
	return length, alternatives(found, words[at:at+length])
}

// begin returns the entries whose first word is the word or an inflection of it.
func (l *Lists) begin(word string) []*entry {
	found := slices.Clone(l.starts[literal(word)])
	for _, lang := range l.langs {
		if k := key(lang, word); k != literal(word) {
			found = append(found, l.starts[k]...)
		}
	}
	return found
}

// match returns how many of the words e takes from the first on, 0: none.
func (e *entry) match(words []string) int {
	at := 0
	for i, w := range e.words {
		for skipped := 0; ; skipped++ {
			if at == len(words) || skipped > mostFillers {
				return 0
			}
			at++
			if words[at-1] == w || key(e.lang, words[at-1]) == e.keys[i] {
				break
			}
			if i == 0 || !filler(words[at-1]) {
				return 0
			}
		}
	}
	return at
}

// alternatives returns the members of the entries' groups, but for those that
// were typed, in whatever form. What is found both ways and one way is the former.
func alternatives(found []*entry, typed []string) []Entry {
	var out []Entry
	for _, e := range found {
		for i, o := range e.group {
			related := i >= e.same
			if slices.Equal(typed, o.words) || len(o.words) == len(typed) && slices.Contains(found, o) {
				continue
			}
			at := slices.IndexFunc(out, func(x Entry) bool { return x.Lang == o.lang && slices.Equal(x.Words, o.words) })
			if at < 0 {
				out = append(out, Entry{o.lang, o.words, related})
			} else if !related {
				out[at].Related = false
			}
		}
	}
	return out
}

// mostFillers is how many words without meaning may stand between two of an entry.
const mostFillers = 2

// filler tells whether a word may stand between two of an entry: who is called
// back says nothing about calling back.
func filler(word string) bool { return len(word) <= 5 && words.Hot(word) }

// literal is the key of a word as itself.
func literal(word string) string { return "=" + word }

// key returns what all inflections of a word share in the language.
func key(lang, word string) string {
	if stem, ok := words.Stem(lang, word); ok {
		return lang + "/" + stem
	}
	return literal(word)
}

// fold returns the folded words of an entry as a query asks for them.
func fold(text string) []string {
	var out []string
	for _, t := range query.WithoutElided(text, query.Tokens(text)) {
		out = append(out, t.Text)
	}
	return out
}
