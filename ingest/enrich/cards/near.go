package cards

import "strings"

// Digits in one row that are masked beside words that speak of a card, though
// they are none: one was misheard, or too many or too few were taken down.
const (
	fewestNear = 13
	mostNear   = 40
	// fewestClose is enough where the word stands close by.
	fewestClose = 12
	// farClose is how many words away that is.
	farClose = 6
	// fewestPart is how many digits of a card that was found are masked when
	// they are said again.
	fewestPart = 6
	// fewestSame is how many pieces of what was taken back are those of the card.
	fewestSame = 3
	// mostBeside is how many digits a card has at most with those before it that
	// are called a card too.
	mostBeside = 22
	// mostOver is how many digits behind a card are the rest of one that was misheard.
	mostOver = 5
	// wordsCounted is how many words behind the word that says how many digits come
	// the digits are.
	wordsCounted = 4
	// mostSame is how many cards with the same beginning digits are compared with.
	mostSame = 8
)

// found are cards by what else is said of them.
type found struct {
	byBegin, byEnd map[int]item      // by their first piece, and by the piece behind them
	byPart         map[string][]item // by each fewestPart digits
	rows           map[int]bool      // where they are
}

// nearly adds to cards what is masked beside them: digits that were taken back,
// that are a part of one, and those that are called a card and are nearly one.
func (f *finder) nearly(cards []item) []item {
	known := found{byBegin: map[int]item{}, byEnd: map[int]item{}, byPart: map[string][]item{}, rows: map[int]bool{}}
	for _, c := range cards {
		known.byBegin[c.from], known.byEnd[c.to], known.rows[f.rowOf[c.from]] = c, c, true
		for i := 0; i+fewestPart <= len(c.digits); i++ {
			if part := c.digits[i : i+fewestPart]; len(known.byPart[part]) < mostSame {
				known.byPart[part] = append(known.byPart[part], c)
			}
		}
	}
	all := cards
	for _, r := range f.rows {
		for from := r.from; from < r.to; {
			if f.claimed[from] != nil {
				from++
				continue
			}
			to := from + 1
			for to < r.to && f.claimed[to] == nil {
				to++
			}
			first, last := f.trimmed(from, to)
			if it, ok := f.near(first, last, r, known); ok {
				f.claim(&it)
				all = append(all, it)
			}
			from = to
		}
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

// near is the item for pieces of a row that are no card and are masked.
func (f *finder) near(from, to int, r row, known found) (item, bool) {
	digits := f.digitsOf(from, to)
	it := item{from: from, to: to, card: true, digits: digits}
	if len(digits) == 0 {
		return it, false
	}
	if len(digits) >= fewestPart {
		for _, c := range known.byPart[digits[:fewestPart]] {
			if strings.Contains(c.digits, digits) {
				it.digits = c.digits
				return it, true
			}
		}
	}
	if c, ok := f.takenBack(from, to, r, known); ok {
		it.digits = c.digits
		return it, true
	}
	if c, ok := f.besideCard(from, to, r, known); ok {
		it.digits = c.digits
		return it, true
	}
	if f.isCounted(from) || r.said != cardLabel && !f.asideBehind(to) || r.phones || f.plus(from) || known.rows[f.rowOf[from]] {
		return it, false
	}
	it.from, it.to = f.withoutPhones(from, f.withoutAmount(to, r), r)
	it.digits = f.digitsOf(it.from, it.to)
	n := len(it.digits)
	if n < fewestClose || n > mostNear {
		return it, false
	}
	return it, n >= fewestNear || r.far <= farClose && !f.isPhone(it.digits, true)
}

// takenBack finds the card beside pieces that a correction parts them from, where
// they begin as it does, or it goes on as they do.
func (f *finder) takenBack(from, to int, r row, known found) (item, bool) {
	if c, ok := known.byBegin[to]; ok && f.before[to].fix && !r.phones {
		begin := min(fewestSame, to-from)
		if to < r.to || !f.before[to].ends() && f.before[to].words <= mostPlain && strings.HasPrefix(c.digits, f.digitsOf(from, from+begin)) {
			return c, true
		}
	}
	c, ok := known.byEnd[from]
	return c, ok && from > r.from && f.before[from].fix && !r.phones
}

// isCounted reports whether somebody says before a piece how many digits come: the
// last four are 1958. They are no whole card.
func (f *finder) isCounted(at int) bool {
	first := f.pieces[at].first
	for i := max(0, first-wordsCounted); i < first; i++ {
		if f.countsAt(i) {
			return true
		}
	}
	return false
}

// besideCard finds the card beside pieces that are called a card with it: what stands
// before it, and a digit or two behind it that count nothing.
func (f *finder) besideCard(from, to int, r row, known found) (item, bool) {
	if !r.called || r.said != cardLabel {
		return item{}, false
	}
	digits := f.digitsOf(from, to)
	if c, ok := known.byBegin[to]; ok && from == r.from && to < r.to && !c.certain && len(digits)+len(c.digits) <= mostBeside && !nanp(digits) {
		return c, true
	}
	c, ok := known.byEnd[from]
	b := f.before[from]
	if !ok || from == r.from || c.certain || !b.inRow() || b.fill || b.gap > comma || to < r.to || f.changes(from, r) {
		return item{}, false
	}
	n := len(digits)
	return c, (n <= 2 && b.close() && !f.pieces[from].written || n == mostOver) && f.amountTail(r) == r.to && len(f.asideEnds(from, r)) == 0
}

// withoutAmount is the end of pieces without an amount at the end of their row.
func (f *finder) withoutAmount(to int, r row) int {
	if to == r.to {
		return f.amountTail(r)
	}
	return to
}

// withoutPhones are pieces without the telephone numbers that they begin and end
// with, where enough for a card is left.
func (f *finder) withoutPhones(from, to int, r row) (int, int) {
	n := len(f.digitsOf(from, to))
	if n > mostNear+mostPhone {
		return from, to
	}
	for k := from + 1; k < to; k++ {
		if f.before[k].gap >= stop && f.isPhoneIn(k, to) {
			return from, k
		}
		rest := len(f.digitsOf(k, to))
		if nanp(f.digitsOf(k, to)) && n-rest >= fewestClose && f.before[k].gap != glued {
			return from, k
		}
		if nanp(f.digitsOf(from, k)) && rest >= fewestNear && f.before[k].delimits(true) {
			return k, to
		}
	}
	return from, to
}
