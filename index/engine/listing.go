package engine

import "slices"

// listing is what a dictionary has for the terms of a range, ascending: who
// lists the words with a prefix asks for their documents next, and to find a
// term again takes as long as to read its documents.
type listing struct {
	field    string
	from, to string
	terms    []string
	values   []uint64
}

// maxListing is how many terms a listing has at most: there is one of a file.
const maxListing = 1024

// add adds a term; nil where there are too many.
func (l *listing) add(term string, value uint64) *listing {
	if l == nil || len(l.terms) == maxListing {
		return nil
	}
	l.terms, l.values = append(l.terms, term), append(l.values, value)
	return l
}

// find tells what the dictionary has for a term; not known where the term is out
// of the range.
func (l *listing) find(field, term string) (value uint64, there, known bool) {
	if l == nil || field != l.field || term < l.from || term >= l.to {
		return 0, false, false
	}
	at, there := slices.BinarySearch(l.terms, term)
	if there {
		value = l.values[at]
	}
	return value, there, true
}
