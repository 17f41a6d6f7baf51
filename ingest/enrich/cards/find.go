package cards

import (
	"cmp"
	"slices"
)

// between says what stands between two pieces.
type between struct {
	words  int   // that say something
	gap    gap   // the widest of the signs
	fix    bool  // a word that takes back what was said
	fill   bool  // a word that says nothing
	border bool  // the border of two segments
	label  label // the last of card, phone and other
	mask   bool  // something that was masked before, or a word of letters and digits
}

// close reports whether nothing but space and signs stand there.
func (b between) close() bool {
	return b.gap <= thin && b.words == 0 && !b.fix && !b.fill && b.label == noLabel && !b.mask
}

// most words that a number goes over.
const (
	mostWords = 8
	mostFix   = 3 // corrections within one card
)

// ends reports whether no card goes over this.
func (b between) ends() bool {
	return b.mask || b.label != noLabel || b.gap == other || b.words > mostWords
}

// cost is how much less a number is believed that goes over this.
func (b between) cost() int {
	c := 2 * b.words
	if b.gap == stop {
		c += 3
	}
	return c
}

// cut is how much less a number is believed that begins or ends here.
func (b between) cut() int {
	switch {
	case b.ends() || b.words > 1:
		return 0
	case b.words > 0 || b.gap >= stop || b.fix:
		return 1
	case b.fill:
		return 3
	case b.gap == comma:
		return 6
	case b.gap == glued:
		return 25
	}
	return 12
}

// item is a stretch of pieces that is one thing.
type item struct {
	from, to int // the pieces, the last one not included
	card     bool
	digits   string // of a card: its own, without those that were taken back
	score    int
}

// finder finds cards among the pieces of a text.
type finder struct {
	ts      []token
	labels  []label
	pieces  []piece
	before  []between // before each piece; one more for the end
	lang    string
	tries   int // what may still be tried
	asked   map[string]bool
	asks    int
	byEnd   [][]item
	claimed []*item // by piece
	spoken  []spoken
}

// newFinder looks at the tokens and pieces of a text; nil where no row of digits
// is long enough for a card.
func newFinder(ts []token, pieces []piece, lang string) *finder {
	f := &finder{ts: ts, pieces: pieces, lang: lang, tries: 200 * (len(pieces) + 100), asks: 2000, asked: map[string]bool{}}
	f.labels = labelAll(ts)
	f.lookBetween()
	if !f.longRow() {
		return nil
	}
	if f.spoken = f.findSpoken(); len(f.spoken) > 0 {
		f.lookBetween()
	}
	return f
}

// lookBetween looks at what stands between the pieces.
func (f *finder) lookBetween() {
	n := len(f.pieces)
	f.before = make([]between, n+1)
	f.before[0].gap, f.before[n].gap = other, other
	for i := 1; i < n; i++ {
		f.before[i] = f.between(f.pieces[i-1].last, f.pieces[i].first)
	}
}

// longRow reports whether as many digits as a card has stand in a row.
func (f *finder) longRow() bool {
	n := 0
	for i, p := range f.pieces {
		if f.before[i].ends() {
			n = 0
		}
		if n += len(p.digits); n >= fewest {
			return true
		}
	}
	return false
}

// between looks at the tokens behind a up to b, and at the signs around them.
func (f *finder) between(a, b int) between {
	var out between
	for i := a + 1; i <= b; i++ {
		out.gap = max(out.gap, f.ts[i].gap)
		out.border = out.border || f.ts[i].border
		if i == b {
			break
		}
		if f.ownNumber(i, b) {
			out.label = phoneLabel
		}
		switch f.labels[i] {
		case fixLabel:
			out.fix = true
		case fillLabel:
			out.fill = true
		case noLabel:
			if f.ts[i].word == maskWord || f.ts[i].word == codeWord {
				out.mask = true
			}
			out.words++
		default:
			out.label = f.labels[i]
		}
	}
	return out
}

// digitsOf are the digits of pieces.
func (f *finder) digitsOf(from, to int) string {
	n := 0
	for _, p := range f.pieces[from:to] {
		n += len(p.digits)
	}
	out := make([]byte, 0, n)
	for _, p := range f.pieces[from:to] {
		out = append(out, p.digits...)
	}
	return string(out)
}

// find gives the cards in the order of the text.
func (f *finder) find() []item {
	f.byEnd = make([][]item, len(f.pieces)+1)
	found := false
	for i := range f.pieces {
		found = f.cardsFrom(i) || found
	}
	if found {
		for i := range f.pieces {
			f.phonesFrom(i)
		}
	}
	f.claimed = make([]*item, len(f.pieces))
	f.claimSpoken()
	cards := f.choose()
	return f.nearly(cards)
}

// cardsFrom collects the cards that begin with a piece.
func (f *finder) cardsFrom(from int) bool {
	if f.pieces[from].weak && f.before[from].close() && from > 0 && f.pieces[from-1].weak {
		return false
	}
	found := false
	digits := make([]byte, 0, 64)
	f.extend(from, from, digits, nil, 0, 0, func(it item) {
		found = true
		f.byEnd[it.to] = append(f.byEnd[it.to], it)
	})
	return found
}

// extend adds piece after piece to the digits so far, whose pieces have the given
// lengths, and gives each card that it finds on the way. At a correction it
// tries also without the last pieces.
func (f *finder) extend(from, at int, digits []byte, sizes []int, cost, fixes int, give func(item)) {
	for k := at; k < len(f.pieces); k++ {
		if k > at {
			b := f.before[k]
			if b.ends() {
				return
			}
			cost += b.cost()
			if b.fix {
				if fixes < mostFix {
					f.takeBack(from, k, digits, sizes, cost, fixes, give)
				}
				cost += 20
			}
		}
		if f.tries--; f.tries < 0 {
			return
		}
		digits = append(digits, f.pieces[k].digits...)
		sizes = append(sizes, len(f.pieces[k].digits))
		if len(digits) > most {
			return
		}
		if g := gradeOf(digits); g != noCard {
			if it, ok := f.card(from, k+1, digits, cost+10*fixes, g); ok {
				give(it)
			}
		}
	}
}

// takeBack goes on at k without the last pieces.
func (f *finder) takeBack(from, k int, digits []byte, sizes []int, cost, fixes int, give func(item)) {
	left := len(digits)
	for m := 1; m <= min(len(sizes)-1, 12); m++ {
		left -= sizes[len(sizes)-m]
		kept := append(make([]byte, 0, 64), digits[:left]...)
		f.extend(from, k, kept, slices.Clone(sizes[:len(sizes)-m]), cost, fixes+1, give)
	}
}

// card is an item for digits that are a card's; false where what is said around
// them speaks against it.
func (f *finder) card(from, to int, digits []byte, cost int, g grade) (item, bool) {
	it := item{from: from, to: to, card: true, digits: string(digits)}
	said, _ := f.said(from, to)
	if said == noLabel && (f.asideBehind(to) || f.asideRightBefore(from)) {
		said = cardLabel
	}
	it.score = 100 - cost - f.before[from].cut() - f.before[to].cut()
	switch {
	case g == rareCard && said != cardLabel:
		return it, false
	case g == rareCard:
		it.score -= 20
	case said == cardLabel:
		it.score += 20
	case !f.standsAlone(from, to, said, cost):
		return it, false
	}
	if f.plus(from) {
		it.score -= 60
	}
	return it, it.score > 0
}

// choose gives the cards of the best division of the pieces into cards, phone
// numbers and the rest.
func (f *finder) choose() []item {
	n := len(f.pieces)
	type state struct {
		score int
		it    *item
		prev  int // kind of the state before
		ok    bool
	}
	const rest, phone, card = 0, 1, 2
	at := make([][3]state, n+1)
	at[0][card] = state{ok: true}
	for end := 1; end <= n; end++ {
		try := func(kind, from, score int, it *item) {
			for prev, s := range at[from] {
				if !s.ok {
					continue
				}
				total := s.score + score
				if from > 0 && prev+kind == rest+phone && f.before[from].close() {
					total -= 90 // digits in one row with a phone number that are no part of it
				}
				if t := &at[end][kind]; !t.ok || total > t.score {
					*t = state{total, it, prev, true}
				}
			}
		}
		p := f.pieces[end-1]
		loss := -len(p.digits)
		if p.weak {
			loss = 0
		}
		try(rest, end-1, loss, nil)
		for i := range f.byEnd[end] {
			it := &f.byEnd[end][i]
			if it.card {
				try(card, it.from, it.score, it)
			} else {
				try(phone, it.from, it.score, it)
			}
		}
	}
	kind := rest
	for k, s := range at[n] {
		if s.ok && (!at[n][kind].ok || s.score > at[n][kind].score) {
			kind = k
		}
	}
	var found []item
	for end := n; end > 0; {
		s := at[end][kind]
		if s.it == nil {
			end, kind = end-1, s.prev
			continue
		}
		for i := s.it.from; i < s.it.to; i++ {
			f.claimed[i] = s.it
		}
		if s.it.card {
			found = append(found, *s.it)
		}
		end, kind = s.it.from, s.prev
	}
	slices.SortFunc(found, func(a, b item) int { return cmp.Compare(a.from, b.from) })
	return found
}
