package cards

import (
	"cmp"
	"slices"

	"afterbeep/ingest/enrich/numbers"
)

// item is a stretch of pieces that is one thing.
type item struct {
	from, to int // the pieces, the last one not included
	card     bool
	digits   string         // of a card: its own, without those that were taken back
	spans    []numbers.Span // where it stands, where that is not where the pieces stand
	score    int
	ofCard   bool // a phone number, among what is called a card
	certain  bool // a card by its own shape
	mid      bool // begins with the last word of its first piece
	rare     bool // hardly issued
	patched  bool // something in it was taken back, or read in another way
	uneven   bool // sentences end in it where no group of a card does
}

// finder finds cards among the pieces of a text.
type finder struct {
	ts      []token
	labels  []label
	pieces  []piece
	before  []between // before each piece; one more for the end
	rows    []row
	rowOf   []int // by piece
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
	f.spoken = f.findSpoken()
	f.lookBetween()
	f.lookForRows()
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
		if f.ts[i].plus || f.ts[i].opens || f.ts[i-1].closes {
			out.gap = other // a number begins, or a date does or ends
		}
		if i == b {
			break
		}
		if f.ownNumber(i, b) {
			out.label = phoneLabel
		}
		out.pause = out.pause || pauses[f.ts[i].word]
		switch f.labels[i] {
		case fixLabel:
			out.fix = true
		case fillLabel:
			out.fill = true
		case introLabel:
			// Let's see.
			out.intro = out.intro || f.ts[i].word != "s" || f.ts[i-1].word != "let"
		case againLabel:
			out.again = true
		case noLabel:
			if f.ts[i].word == maskWord || f.ts[i].word == codeWord {
				out.mask = true
			}
			if f.countsAt(i) {
				out.counts = true
			} else {
				out.words++
			}
		default:
			out.label = f.labels[i]
		}
	}
	if f.isAmount(a + 1) {
		out.gap = other // it was an amount
	}
	return out
}

// countsAt reports whether the token at i says how many digits come: the next four.
func (f *finder) countsAt(i int) bool {
	if !(reader{ts: f.ts}).counts(i) {
		return false
	}
	for _, l := range lexicons {
		if l.words[f.ts[i].word].kind == unit {
			return true
		}
	}
	return false
}

// pauses are words by which somebody asks for a moment.
var pauses = set(`uh um er erm hmm hm hum mm mmm mhm uhm umm ehm ah eh wait hold hang second sec moment see
	momento segundo espere ver
	euh heu attendez instant voyons
	ahm aehm aeh warte warten augenblick sehen`)

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
	f.claimed = make([]*item, len(f.pieces))
	f.claimSpoken()
	found := false
	for i := range f.rows {
		found = f.cardsIn(&f.rows[i]) || found
	}
	if found {
		for i := range f.pieces {
			f.phonesFrom(i)
		}
	}
	return f.nearly(f.inGroups(f.readAgain(text, f.choose())))
}

// Nobody says a card in a row of more digits than mostRow: there only those count
// whose groups are theirs, which begin with no fewer digits than shortestGroup.
const (
	mostRow       = 120
	shortestGroup = 4
)

// cardsIn collects the cards of a row.
func (f *finder) cardsIn(r *row) bool {
	if r.digits+mostWeak < fewest {
		return false
	}
	var passed []item
	long := r.digits > mostRow
	for from := r.from; from < r.to; from++ {
		if f.claimed[from] != nil || long && (!f.pieces[from].written || len(f.pieces[from].digits) < shortestGroup) {
			continue
		}
		f.extend(attempt{from: from}, from, func(it item) { passed = append(passed, it) })
	}
	if end := f.pieces[r.from].end; end != "" && !long && f.claimed[r.from] == nil {
		a, _ := attempt{from: r.from, cost: 15}.add(end)
		f.goOn(a, r.from, func(it item) {
			it.mid = true
			passed = append(passed, it)
		})
	}
	r.phones = f.isPhones(*r)
	if len(passed) == 0 {
		return false
	}
	found := false
	var u understood
	if !long {
		u = f.understand(*r, passed)
	}
	for _, it := range passed {
		if it.certain && long || !long && f.believes(it, *r, u) {
			f.byEnd[it.to] = append(f.byEnd[it.to], it)
			found = true
		}
	}
	return found
}

// believes reports whether a number that passes for a card is one, by what is said
// of its row, and by where it begins and ends in it.
func (f *finder) believes(it item, r row, u understood) bool {
	first := it.from == r.from
	switch {
	case first && r.direct && !r.called && r.said == otherLabel,
		first && r.direct && r.said == phoneLabel && len(it.digits) <= mostPhone && !it.certain:
		return false
	case it.certain:
		return true
	case r.phones, it.uneven && !r.called, it.rare && !f.isWhole(it, r):
		return false
	case !r.called && f.holdsAnother(it):
		return false
	case it.patched && !r.called:
		return first && it.to == r.to
	}
	begin, end := u.begin[it.from-r.from], u.end[it.to-r.from]
	even := f.isEven(it)
	begin = begin || even && f.changes(it.from, r)
	end = end || even && f.changes(it.to, r)
	return begin && end
}

// holdsAnother reports whether a number holds one that stands by itself: a telephone
// number in one run of digits, or the day behind the name of a month.
func (f *finder) holdsAnother(it item) bool {
	if first := f.pieces[it.from].first; first > 0 && months[f.ts[first-1].word] {
		return true
	}
	for _, p := range f.pieces[it.from:it.to] {
		if p.written && nanp(p.digits) {
			return true
		}
	}
	return false
}

// isWhole reports whether a number is a row by itself, or with a telephone number, a
// code or a date.
func (f *finder) isWhole(it item, r row) bool {
	return it.from == r.from && (it.to == r.to || slices.Contains(f.asideEnds(it.to, r), r.to) || r.to-it.to <= mostPhone && nanp(f.digitsOf(it.to, r.to)))
}

// changes reports whether digits are written on one side of a piece and spoken on
// the other.
func (f *finder) changes(at int, r row) bool {
	return at > r.from && at < r.to && f.before[at].gap >= thin && f.pieces[at-1].written != f.pieces[at].written
}

// isEven reports whether all pieces of a number are written, or all are spoken.
func (f *finder) isEven(it item) bool {
	for _, p := range f.pieces[it.from:it.to] {
		if p.written != f.pieces[it.from].written {
			return false
		}
	}
	return true
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
	ended  int  // digits before the last end of a sentence
	uneven bool // sentences ended where no group of a card does
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
	a.ended = min(a.ended, a.n)
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
	if k++; k >= f.rows[f.rowOf[a.from]].to || f.claimed[k] != nil {
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
	if b.gap >= stop {
		group := a.n - a.ended
		a.uneven = a.uneven || group != 4 && !(group == 6 && a.n == 10)
		a.ended = a.n
	}
	f.extend(a, k, give)
}

// card is the item of an attempt that passes for a card's; false where too much was
// taken back or read in another way.
func (f *finder) card(a attempt, to int, g grade) (item, bool) {
	r := f.rows[f.rowOf[a.from]]
	it := item{from: a.from, to: to, card: true, digits: string(a.digits[:a.n]), patched: a.fixes+a.others > 0}
	it.uneven = a.uneven || a.ended > 0 && a.n-a.ended > 5
	it.score = 130 - a.cost - 10*a.fixes - f.before[a.from].cut() - f.before[to].cut()
	switch {
	case g == sureCard && f.isCertain(a, to, r):
		it.certain = true
		it.score = max(it.score, 0) + certainly
		return it, true
	case g == rareCard && !r.called:
		return it, false
	case g == rareCard:
		it.rare = true
		it.score -= 20
	case r.called:
		it.score += 20
		if r.far <= 3 {
			it.score += 10
		}
	case a.n > mostPhone:
		it.score += 5
	}
	if f.plus(a.from) {
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
