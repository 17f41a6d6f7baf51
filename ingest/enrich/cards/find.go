package cards

import (
	"cmp"
	"slices"

	"afterbeep/ingest/enrich/numbers"
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

// inRow reports whether nothing that says something stands there.
func (b between) inRow() bool { return !b.ends() && b.words == 0 && !b.border }

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
	digits   string         // of a card: its own, without those that were taken back
	spans    []numbers.Span // where it stands, where that is not where the pieces stand
	score    int
	ofCard   bool // a phone number, among what is called a card
	mid      bool // begins with the last word of its first piece
	certain  bool // a card by its own shape
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

// newFinder looks at the tokens and pieces of a text.
func newFinder(ts []token, pieces []piece, lang string) *finder {
	f := &finder{ts: ts, pieces: pieces, lang: lang, tries: 200 * (len(pieces) + 100), asks: 2000, asked: map[string]bool{}}
	f.labels = labelAll(ts)
	f.lookBetween()
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

// between looks at the tokens behind a up to b, and at the signs around them.
func (f *finder) between(a, b int) between {
	var out between
	for i := a + 1; i <= b; i++ {
		out.gap = max(out.gap, f.ts[i].gap)
		out.border = out.border || f.ts[i].border
		if f.ts[i].plus {
			out.gap = other // a number begins
		}
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

// find gives the cards of the text.
func (f *finder) find(text string) []item {
	f.byEnd = make([][]item, len(f.pieces)+1)
	found := false
	for i := range f.pieces {
		found = f.cardsFrom(i) || found
		found = f.midway(i) || found
	}
	if found {
		for i := range f.pieces {
			f.phonesFrom(i)
		}
	}
	f.claimed = make([]*item, len(f.pieces))
	f.claimSpoken()
	return f.nearly(f.readAgain(text, f.doubtful(f.choose())))
}

// cardsFrom collects the cards that begin with a piece.
func (f *finder) cardsFrom(from int) bool {
	found := false
	f.extend(attempt{from: from}, from, func(it item) {
		found = true
		f.byEnd[it.to] = append(f.byEnd[it.to], it)
	})
	return found
}

// attempt are the digits of a row of pieces, as far as they may be a card's.
type attempt struct {
	from   int
	digits [most]byte
	n      int         // digits
	sizes  [most]uint8 // how many digits each piece gave that is still in it
	pieces int
	cost   int  // how much less it is believed
	fixes  int  // corrections that took something back
	others int  // pieces read in another way
	mid    bool // it begins with the last word of its first piece
}

// add is the attempt with the digits of one more piece; false where there are
// too many.
func (a attempt) add(digits string) (attempt, bool) {
	if a.n+len(digits) > most {
		return a, false
	}
	a.n += copy(a.digits[a.n:], digits)
	a.sizes[a.pieces] = uint8(len(digits))
	a.pieces++
	return a, true
}

// without is the attempt without its last piece, which was taken back.
func (a attempt) without() attempt {
	a.pieces--
	a.n -= int(a.sizes[a.pieces])
	return a
}

// extend adds piece after piece to an attempt, from piece k on, and gives each
// card that it finds on the way. Behind a correction it tries also without the
// last pieces, and it reads pieces in both ways that have two.
func (f *finder) extend(a attempt, k int, give func(item)) {
	if f.tries--; f.tries < 0 {
		return
	}
	p := f.pieces[k]
	if next, ok := a.add(p.digits); ok {
		f.goOn(next, k, give)
	}
	if p.apart != "" && a.others < 3 {
		if next, ok := a.add(p.apart); ok {
			next.cost += 15
			next.others++
			f.goOn(next, k, give)
		}
	}
}

// goOn judges an attempt that ends with piece k and extends it.
func (f *finder) goOn(a attempt, k int, give func(item)) {
	if g := gradeOf(a.digits[:a.n]); g != noCard {
		if it, ok := f.card(a, k+1, g); ok {
			give(it)
		}
	}
	if k++; k >= len(f.pieces) || f.before[k].ends() {
		return
	}
	b := f.before[k]
	a.cost += b.cost()
	if b.fix {
		for back, m := a, 0; back.pieces > 1 && m < 12 && a.fixes < mostFix; m++ {
			back = back.without()
			back.fixes = a.fixes + 1
			f.extend(back, k, give)
		}
		a.cost += 20
	}
	f.extend(a, k, give)
}

// card is the item of an attempt that is a card's; false where what is said around
// them speaks against it.
func (f *finder) card(a attempt, to int, g grade) (item, bool) {
	from, cost := a.from, a.cost+10*a.fixes
	it := item{from: from, to: to, card: true, digits: string(a.digits[:a.n]), mid: a.mid}
	said, far := f.said(from, to)
	if said == noLabel && (f.asideBehind(to) || f.asideRightBefore(from)) {
		said = cardLabel
	}
	it.score = 130 - cost - f.before[from].cut() - f.before[to].cut()
	switch {
	case g == sureCard && f.isCertain(a, to, said):
		it.certain = true
		it.score = max(it.score, 0) + certainly
		return it, true
	case g == rareCard && (said != cardLabel || !f.isWhole(from, to)):
		return it, false
	case g == rareCard:
		it.score -= 20
	case said == cardLabel:
		it.score += 20
		if far <= 3 {
			it.score += 10
		}
	case !f.standsAlone(a, to, said):
		return it, false
	case a.n > mostPhone:
		it.score += 5
	}
	if f.plus(from) {
		it.score -= 60
	}
	return it, it.score > 0
}

// tears reports whether a phone number begins or ends within a row of digits.
func (f *finder) tears(at int, phone *item) bool {
	return at > 0 && (f.before[at].close() || phone.ofCard && f.before[at].inRow())
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
				if prev+kind == rest+phone && f.tears(from, cmp.Or(it, s.it)) {
					total -= 90
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
		f.claim(s.it)
		if s.it.card {
			found = append(found, *s.it)
		}
		end, kind = s.it.from, s.prev
	}
	slices.SortFunc(found, func(a, b item) int { return cmp.Compare(a.from, b.from) })
	return found
}
