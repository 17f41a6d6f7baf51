package index

import "afterbeep/index/query"

// NewMarker makes a Marker without an index: of the words, phrases and numbers of
// q that are not excluded, as they stand there.
func NewMarker(q query.Query) *Marker {
	if q.Root == nil {
		return nil
	}
	var leaves []leafTerms
	for _, n := range query.Wanted(q.Root) {
		leaves = append(leaves, asTyped(n))
	}
	return newMarker(leaves)
}

// asTyped is what a leaf stands for where nothing is known of the index.
func asTyped(n query.Node) leafTerms {
	l := leafTerms{node: n}
	switch n := n.(type) {
	case query.Word:
		if n.Prefix {
			l.prefix = n.Text
		} else {
			l.exact = []string{n.Text}
		}
	case query.Phrase:
		l.words = wordsAsTyped(n.Words)
		if last := len(n.Words) - 1; n.Prefix && last >= 0 {
			l.words[last] = leafTerms{prefix: n.Words[last]}
		}
	case query.Near:
		l.words, l.distance = wordsAsTyped(n.Words), n.Distance
	case query.Number:
		l.words, l.digits, l.plus, l.begins = wordsAsTyped(n.Words), n.Digits, n.Plus, n.Prefix
	}
	return l
}

func wordsAsTyped(ws []string) []leafTerms {
	out := make([]leafTerms, len(ws))
	for i, w := range ws {
		out[i].exact = []string{w}
	}
	return out
}
