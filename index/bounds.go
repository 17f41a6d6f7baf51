package index

import "slices"

// The bounds of what one query may stand for. What lies past them is left out
// with a note.
const (
	// maxExpansions is how many words of the index one typed word may stand for.
	maxExpansions = 200
	// maxInflected is how many words of one query are also looked up in their
	// other forms.
	maxInflected = 100
	// maxWidened is how many words of one query, of those that may be one edit
	// away, are looked up so, by sound and as parts of words, too.
	maxWidened = 32
	// maxJoined is how many words side by side are looked up as one.
	maxJoined = 32
	// maxLookedUp is how many words of the index one query may stand for in all.
	maxLookedUp = 3000
	// maxListed is how many words of the index one query may look through for
	// the most frequent ones that begin so.
	maxListed = 100_000
	// longestPhone is up to how many digits typed groups may also stand apart,
	// as several numbers do. The groups of a longer one, a card's say, mean
	// nothing by themselves: the last of them stands in the mask of a card.
	longestPhone = 12
	// maxSynonyms is how many synonyms of one query are looked up, and maxGroups
	// for how many of its words and groups of words.
	maxSynonyms, maxGroups = 200, 24
)

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
