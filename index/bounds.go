package index

import (
	"slices"

	"afterbeep/index/query"
)

// The bounds of what one query may stand for. What lies past them is left out
// with a note.
const (
	// maxExpansions is how many words of the index one typed word may stand for.
	maxExpansions = 200
	// longestPhone is up to how many digits typed groups may also stand apart,
	// as several numbers do. The groups of a longer one, a card's say, mean
	// nothing by themselves: the last of them stands in the mask of a card.
	longestPhone = 12
	// mostSides is of how many words side by side a message may have only most: who
	// pastes a transcript of minutes looks for that one.
	mostSides = 256
)

// bounds are those that depend on how long a query is: who types fifteen words gets
// all that may be meant by each, and who pastes a thousand gets an answer in time.
type bounds struct {
	inflected int // words of the query that are also looked up in their other forms
	widened   int // of those that may be one edit away: looked up so, by sound and as parts of words, too
	joined    int // words side by side that are looked up as one
	lookedUp  int // words of the index that the query may stand for in all
	listed    int // words of the index that are looked through for the most frequent ones that begin so
	synonyms  int // that are looked up
	groups    int // words and groups of words that they are looked up for
}

// The lengths of queries, in words, phrases and numbers, up to which bounds hold.
const (
	fewWords  = 15
	someWords = 64
)

// boundsOf are the bounds of a query, which the query alone decides, so that a cursor
// lasts.
func boundsOf(root query.Node) bounds {
	switch n := leavesIn(root); {
	case n <= fewWords:
		return bounds{inflected: 100, widened: 32, joined: 32, lookedUp: 3000, listed: 100_000, synonyms: 200, groups: 24}
	case n <= someWords:
		return bounds{inflected: 64, widened: 16, joined: 16, lookedUp: 1500, listed: 20_000, synonyms: 120, groups: 16}
	}
	return bounds{inflected: 16, widened: 8, joined: 8, lookedUp: 1000, listed: 20_000, synonyms: 50, groups: 6}
}

// leavesIn counts the words, phrases and numbers of a query.
func leavesIn(n query.Node) int {
	switch n := n.(type) {
	case query.And:
		return leavesAmong(n.Nodes)
	case query.Or:
		return leavesAmong(n.Nodes)
	case query.Not:
		return leavesIn(n.Node)
	case query.Word, query.Phrase, query.Near, query.Number:
		return 1
	}
	return 0
}

func leavesAmong(nodes []query.Node) int {
	sum := 0
	for _, n := range nodes {
		sum += leavesIn(n)
	}
	return sum
}

// A sound finds names and rare words: of frequent ones there are too many that
// sound alike, and a recogniser knows them. A word is rare in at most so many
// voicemails, or in that share of all.
const (
	rareVoicemails = 20
	rareShare      = 0.005
)

// spent is how much of the bounds a query has used up.
type spent struct {
	inflected int  // words
	widened   int  // words
	listed    int  // words of the index
	lookedUp  int  // words of the index
	given     int  // synonyms
	groups    int  // words and groups of words with synonyms
	pairs     int  // words that may have been joined
	cut       bool // something was left out
}

// tooManyBegin is said where not all words that begin as one does were looked through.
const tooManyBegin = "there were too many beginnings of words to look through all words"

// leaveOut notes that a query came to a bound.
func (e *expander) leaveOut(note string) {
	e.cut = true
	e.remarks.add(note)
}

// remarks are what a search has to say about a query, each once.
type remarks struct{ list []string }

func (r *remarks) add(text string) {
	if !slices.Contains(r.list, text) {
		r.list = append(r.list, text)
	}
}
