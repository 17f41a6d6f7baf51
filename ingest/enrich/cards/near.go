package cards

import "strings"

// Digits in one row that are masked beside words that speak of a card, though
// they are none: one was misheard, or too many or too few were taken down.
const (
	fewestNear = 13
	mostNear   = 40
	// fewestClose is enough where the word stands close by.
	fewestClose = 12
	// fewestPart is how many digits of a card that was found are masked when
	// they are said again.
	fewestPart = 6
	// mostBeside is how many digits a card has at most with those before it that
	// are called a card too.
	mostBeside = 22
)

// nearly adds to cards what is masked beside them: digits that were taken back,
// that are a part of one, and those that are called a card and are nearly one.
func (f *finder) nearly(cards []item) []item {
	all := cards
	for from := 0; from < len(f.pieces); {
		if f.claimed[from] != nil {
			from++
			continue
		}
		to := from + 1
		for to < len(f.pieces) && f.claimed[to] == nil && !f.before[to].ends() && f.before[to].words <= 3 {
			to++
		}
		first, last := f.trimmed(from, to)
		if it, ok := f.near(first, last, cards); ok {
			f.claim(&it)
			all = append(all, it)
		}
		from = to
	}
	return all
}

// trimmed is a row of pieces without weak ones at its ends.
func (f *finder) trimmed(from, to int) (int, int) {
	for from < to && f.pieces[from].weak {
		from++
	}
	for from < to && f.pieces[to-1].weak {
		to--
	}
	return from, to
}

// near is the item for a row of pieces that is no card and is masked.
func (f *finder) near(from, to int, cards []item) (item, bool) {
	digits := f.digitsOf(from, to)
	it := item{from: from, to: to, card: true, digits: digits}
	if len(digits) == 0 {
		return it, false
	}
	for _, c := range cards {
		again := len(digits) >= fewestPart && strings.Contains(c.digits, digits)
		before := to == c.from && f.before[to].fix && !f.before[to].ends()
		after := from == c.to && f.before[from].fix && !f.before[from].ends()
		lead := to == c.from && !c.certain && f.before[to].inRow() && len(digits)+len(c.digits) <= mostBeside && f.calledCard(from, to)
		trail := from == c.to && f.trails(from, to, c) && len(digits) <= 2 // not a code
		if again || before || after || lead || trail {
			it.digits = c.digits
			return it, true
		}
	}
	if len(digits) < fewestClose || len(digits) > mostNear || f.plus(from) {
		return it, false
	}
	for _, c := range cards {
		if from == c.to && f.before[from].inRow() && len(digits) < c.least() {
			return it, false
		}
	}
	said, far := f.said(from, to)
	if said == noLabel && f.asideBehind(to) {
		said = cardLabel
	}
	return it, said == cardLabel && (len(digits) >= fewestNear || far <= 6 && !f.isPhone(digits, true))
}

// least is how many digits behind a card are another: what is called a card is
// that one, and telephone numbers and codes follow it.
func (c item) least() int { return len(c.digits) - 1 }

// trails reports whether pieces behind a card are the rest of what was said of it,
// and count nothing.
func (f *finder) trails(from, to int, c item) bool {
	if c.certain || !f.before[from].close() || f.pieces[from].written || !f.calledCard(c.from, c.to) {
		return false
	}
	next := f.pieces[to-1].last + 1
	return next >= len(f.ts) || f.ts[next].gap > thin || f.ts[next].border || f.labels[next] != noLabel
}

// calledCard reports whether a number is called a card.
func (f *finder) calledCard(from, to int) bool {
	said, _ := f.said(from, to)
	return said == cardLabel
}
