package index

import (
	"context"

	"afterbeep/index/query"
)

// leafTerms is what one leaf of a query was found as in this index. Words are
// folded.
type leafTerms struct {
	node   query.Node
	exact  []string
	edited []string    // words of the index that are one edit away
	sounds []string    // words of the index that sound alike
	stems  []string    // with their language, as "en/refund"
	prefix string      // "" unless the leaf is the beginning of a word
	digits string      // of a number; "" for other leaves
	plus   bool        // a country code leads the digits
	words  []leafTerms // of a phrase, a near or a synonym of several words
	// distance is how many further words may stand among words, 0 in a phrase.
	distance int
	synonyms []leafTerms
}

// Marker returns what marks the matches of q in any text, without a search.
// ErrClosed after Close.
func (x *Index) Marker(_ context.Context, q query.Query) (*Marker, error) {
	return NewMarker(q), nil
}
