package cards

import (
	"strings"

	"afterbeep/ingest/enrich/numbers"
)

// longestAgain is the longest text in bytes that is read again: an hour of speech
// would take too long.
const longestAgain = 16 << 10

// readAgain adds to cards those that the reader of the index finds in the text:
// what it finds could be searched for. It weighs corrections and hesitations in
// another way, and so it sees some that this package's own reader, which looks at
// every piece, does not.
func (f *finder) readAgain(text string, cards []item) []item {
	if len(text) > longestAgain {
		return cards
	}
	for _, run := range numbers.Find(text, f.lang) {
		digits, ok := f.cardIn(run)
		if !ok {
			continue
		}
		from, to := f.piecesIn(run)
		if from >= to || f.isClaimed(from, to) || !f.isRow(from, to) || f.isOther(f.rows[f.rowOf[from]]) || !f.rows[f.rowOf[from]].called && f.holdsAnother(item{from: from, to: to}) {
			continue
		}
		it := item{from: from, to: to, card: true, digits: digits, spans: run.Spans}
		f.claim(&it)
		cards = append(cards, it)
	}
	return cards
}

// cardIn is what of a run is a card: its digits, or, where somebody speaks of a
// card, what else they may be.
func (f *finder) cardIn(run numbers.Run) (digits string, ok bool) {
	if run.Plus {
		return "", false
	}
	if gradeOf([]byte(run.Digits)) == sureCard {
		return run.Digits, true
	}
	if !f.speaksOfCards() {
		return "", false
	}
	for _, digits := range run.Alts {
		if strings.Trim(digits, "0123456789") == "" && gradeOf([]byte(digits)) == sureCard {
			return digits, true
		}
	}
	return "", false
}

// isRow reports whether pieces are a row as a whole in which no sentence ends.
func (f *finder) isRow(from, to int) bool {
	r := f.rows[f.rowOf[from]]
	if from != r.from || to != r.to {
		return false
	}
	for _, b := range f.before[from+1 : to] {
		if b.gap >= stop {
			return false
		}
	}
	return true
}

// isOther reports whether a row is telephone numbers, or called something else.
func (f *finder) isOther(r row) bool {
	return r.phones || r.direct && !r.called
}

// speaksOfCards reports whether a word for a card is anywhere in the text, and
// none for another kind of number.
func (f *finder) speaksOfCards() bool {
	found := false
	for _, l := range f.labels {
		if l == otherLabel {
			return false
		}
		found = found || l == cardLabel
	}
	return found
}

// piecesIn are the pieces that a run says.
func (f *finder) piecesIn(run numbers.Run) (from, to int) {
	for to < len(f.pieces) && f.ts[f.pieces[to].first].start < run.End() {
		if f.ts[f.pieces[to].last].end <= run.Start() {
			from++
		}
		to++
	}
	return from, to
}

// isClaimed reports whether one of the pieces is something already.
func (f *finder) isClaimed(from, to int) bool {
	for _, it := range f.claimed[from:to] {
		if it != nil {
			return true
		}
	}
	return false
}

// claim marks the pieces of an item.
func (f *finder) claim(it *item) {
	for i := it.from; i < it.to; i++ {
		f.claimed[i] = it
	}
}
