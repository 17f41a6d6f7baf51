package cards

import "slices"

// between says what stands between two pieces.
type between struct {
	words  int   // that say something
	gap    gap   // the widest of the signs
	fix    bool  // a word that takes back what was said
	fill   bool  // a word that says nothing
	pause  bool  // a word by which somebody asks for a moment
	intro  bool  // a word behind which a number begins
	again  bool  // a word by which what was said comes once more
	counts bool  // how many digits come
	border bool  // the border of two segments
	label  label // the last of card, phone and other
	mask   bool  // something that was masked before, or a word of letters and digits
}

// close reports whether nothing but space and signs stand there.
func (b between) close() bool {
	return b.gap <= thin && b.words == 0 && !b.fix && !b.fill && !b.intro && !b.again && b.label == noLabel && !b.mask
}

// inRow reports whether nothing that says something stands there.
func (b between) inRow() bool { return !b.ends() && b.words == 0 && !b.border }

// How many words that say something a number goes over, where somebody asked for
// a moment or took something back: of what is called a card, and else.
const (
	mostWords   = 8
	mostPlain   = 2
	mostFix     = 3  // corrections within one card
	mostBegun   = 15 // digits of a card that goes on
	farthestCue = 40
	directWords = 4
)

// ends reports whether no number goes over this.
func (b between) ends() bool {
	return b.mask || b.label != noLabel || b.gap == other || b.words > mostWords
}

// joins reports whether what stands on both sides is one utterance of digits.
// Words that mean something end it, unless somebody looks for what comes next, or
// takes back what he said. In what is called a card a few may be others, as finally
// and por último; what goes on must be a card's rest all the same.
//
// What comes once more is no part of what was said, but of a card that was begun.
func (b between) joins(called bool, digits int) bool {
	hesitant := b.pause || b.fix
	switch {
	case b.ends():
		return false
	case b.again:
		return called && !b.intro && b.words == 0 && digits < fewest
	case b.intro && !b.fix:
		return false
	case b.words == 0:
		return true
	case !hesitant && (!called || b.words > mostPlain) || b.gap >= stop || digits > mostBegun:
		return false
	}
	return b.words <= mostPlain || called && b.pause
}

// delimits reports whether a number may begin and end here though digits stand on
// both sides: at the end of a sentence, and at every pause in what is called a card.
func (b between) delimits(called bool) bool {
	if b.gap >= stop {
		return true
	}
	return called && (b.gap == comma || b.border || b.fill || b.fix || b.words > 0)
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

// row is one utterance of digits: pieces from to to, with nothing between them that
// says something.
type row struct {
	from, to int
	digits   int
	called   bool  // a card
	cue      int   // the token that says what it is, -1 where none does
	far      int   // how many words away
	said     label // by that
	direct   bool  // that stands directly before it
	phones   bool  // it is telephone numbers and nothing else
}

// lookForRows divides the pieces into rows.
func (f *finder) lookForRows() {
	f.rowOf = make([]int, len(f.pieces))
	for from := 0; from < len(f.pieces); {
		r := row{from: from, to: from, cue: -1}
		r.said, r.far, r.cue = f.saidBefore(from)
		for {
			f.rowOf[r.to] = len(f.rows)
			if !f.pieces[r.to].weak {
				r.digits += len(f.pieces[r.to].digits)
			}
			if r.to++; r.to == len(f.pieces) || !f.before[r.to].joins(r.said == cardLabel, r.digits) || f.before[r.to].words > 0 && f.isNumber(from, r.to) {
				break
			}
		}
		if r.said == noLabel {
			r.said, r.far = f.saidBehind(r.to)
			r.direct = r.said == otherLabel && f.isDirectBehind(r.to)
		} else {
			r.direct = f.isDirect(r.cue, f.pieces[from].first) && !f.isForIt(r.cue, f.pieces[from].first)
		}
		r.called = r.said == cardLabel || !(r.direct && r.said == phoneLabel) && (f.asideBehind(r.to) || f.asideRightBefore(from))
		if !r.called && f.isAmounts(from, r.to) {
			r.said, r.direct = otherLabel, true
		}
		f.rows = append(f.rows, r)
		from = r.to
	}
}

// isAmounts reports whether pieces are called amounts right before them. No amount is
// as long as a card in one run.
func (f *finder) isAmounts(from, to int) bool {
	for _, p := range f.pieces[from:to] {
		if len(p.digits) > mostAmount {
			return false
		}
	}
	first := f.pieces[from].first
	linked := false
	for i := first - 1; i >= max(0, first-mostLinks) && f.ts[i+1].gap != stop; i-- {
		switch word := f.ts[i].word; {
		case amountLists[word]:
			return true
		case amountNames[word]:
			return linked
		case !amountLinks[word]:
			return false
		}
		linked = true
	}
	return false
}

// mostAmount is how many digits an amount has at most, mostLinks how many words away
// from it what it is called stands.
const (
	mostAmount = 7
	mostLinks  = 3
)

// isNumber reports whether pieces are a telephone number as a whole, so that what comes
// after some words is another.
func (f *finder) isNumber(from, to int) bool {
	return to-from <= mostPhone && nanp(f.digitsOf(from, to))
}

// connecting are words between what a number is called and the number.
var connecting = set(`number numbers no nr num id code ref reference is it s its was are the of for with # under as
	numero num es el la son era con de del
	le la c est numero du de sous
	nummer lautet ist die der das war mit unter von fur`)

// isDirect reports whether nothing but connecting words stand between the token
// that says what a number is and the number.
func (f *finder) isDirect(cue, first int) bool {
	words := 0
	for i := cue + 1; i < first; i++ {
		if f.ts[i].gap >= stop && f.ts[i].gap != other || words > directWords+1 || !connecting[f.ts[i].word] && f.labels[i] != fillLabel && f.labels[i] != f.labels[cue] {
			return false
		}
		words++
	}
	return true
}

// isDirectBehind reports whether nothing but connecting words stand between a number
// and the word behind it by which it is another's.
func (f *finder) isDirectBehind(to int) bool {
	for i := f.pieces[to-1].last + 1; i < len(f.ts) && f.ts[i].gap < stop; i++ {
		if f.labels[i] == otherLabel {
			return true
		}
		if !connectingBehind[f.ts[i].word] {
			return false
		}
	}
	return false
}

// connectingBehind are words between a number and what it is called.
var connectingBehind = set(`is s was my our the number no nr
	es era mi nuestro el la numero de
	c est mon notre le ma numero de
	ist war meine unsere die der das nummer`)

// amountTail is where the pieces begin at the end of a row that count what is named
// behind it: five dollars, for two payments; the end of the row where none do.
func (f *finder) amountTail(r row) int {
	if !f.isAmount(f.pieces[r.to-1].last + 1) {
		return r.to
	}
	return r.to - 1
}

// understood says where in a row a card may begin and end: at its ends, where it
// pauses, and where what is left on that side is other numbers as a whole: telephone
// numbers, other cards, a code and a date behind a card, an amount.
type understood struct{ begin, end []bool }

// understand works that out for a row with the numbers in it that pass for cards.
func (f *finder) understand(r row, passed []item) understood {
	n := r.to - r.from
	u := understood{make([]bool, n+1), make([]bool, n+1)}
	step := func(from, to int) {
		if u.begin[from-r.from] {
			u.begin[to-r.from] = true
		}
	}
	byFrom := map[int][]int{}
	byEnd := map[int][]int{}
	for _, it := range passed {
		byFrom[it.from] = append(byFrom[it.from], it.to)
		byEnd[it.to] = append(byEnd[it.to], it.from)
	}
	weak := true
	for k := r.from; k <= r.to; k++ {
		if k == r.from || weak || k < r.to && (f.before[k].fix || f.before[k].delimits(r.called)) {
			u.begin[k-r.from] = true
		}
		for _, from := range byEnd[k] {
			step(from, k)
		}
		if k == r.to {
			break
		}
		weak = weak && f.pieces[k].weak
		if u.begin[k-r.from] {
			for _, to := range f.phoneEnds(k, r) {
				step(k, to)
			}
		}
	}
	tail := f.amountTail(r)
	weak = true
	for k := r.to; k >= r.from; k-- {
		weak = weak && (k == r.to || f.pieces[k].weak || k >= tail)
		ok := weak || k > r.from && k < r.to && f.before[k].delimits(r.called)
		if !ok && k < r.to {
			for _, to := range byFrom[k] {
				ok = ok || u.end[to-r.from]
			}
			for _, to := range slices.Concat(f.phoneEnds(k, r), f.asideEnds(k, r)) {
				ok = ok || u.end[to-r.from]
			}
		}
		u.end[k-r.from] = ok
	}
	return u
}

// phoneEnds are the ends of the telephone numbers that begin with a piece of a row.
func (f *finder) phoneEnds(from int, r row) []int {
	var ends []int
	n := 0
	for k := from; k < r.to; k++ {
		if k > from && f.before[k].fix {
			break // what stands behind is another, or the same anew
		}
		if n += len(f.pieces[k].digits); n > mostPhone {
			break
		}
		if n >= fewestPhone && (n == fewestPhone && f.isLocal(from, k+1) || f.isPhoneIn(from, k+1)) {
			ends = append(ends, k+1)
		}
	}
	return ends
}

// trunklessPhone is how many digits the numbers have of countries that dial no 0
// before them: each of them is a number by itself, as in Spain.
const trunklessPhone = 9

// isPhoneIn reports whether pieces have the form of a telephone number.
func (f *finder) isPhoneIn(from, to int) bool {
	digits := f.digitsOf(from, to)
	return nanp(digits) || len(digits) == trunklessPhone && f.isPhone(digits, false) ||
		(f.plus(from) || digits[0] == '0' || f.called(from) == phoneLabel) && f.isPhone(digits, f.plus(from))
}

// called is what is said of the row of a piece.
func (f *finder) called(at int) label { return f.rows[f.rowOf[at]].said }

// asideEnds are the ends of the codes and dates that begin with a piece of a row,
// behind a card.
func (f *finder) asideEnds(from int, r row) []int {
	var ends []int
	n := 0
	for k := from; k < r.to; k++ {
		n += len(f.pieces[k].digits)
		switch {
		case n > 8:
			return ends
		case n == 3 && r.called, n == 4 && r.called, n >= 3 && f.isDate(from, k+1), f.isDateAndCode(from, k+1):
			ends = append(ends, k+1)
		}
	}
	return ends
}

// isPhones reports whether a row is telephone numbers with their area codes and
// nothing else, or one number said twice. In what is called a card two must be the same.
func (f *finder) isPhones(r row) bool {
	if r.digits < fewest || r.digits > 4*mostPhone || f.amountTail(r) < r.to {
		return false
	}
	digits := f.digitsOf(r.from, r.to)
	half := len(digits) / 2
	twice := len(digits)%2 == 0 && digits[:half] == digits[half:]
	if twice && half >= trunklessPhone && half < fewest {
		return true
	}
	n := r.to - r.from
	reached := make([]bool, n+1)
	reached[0] = true
	for k := r.from; k < r.to; k++ {
		if !reached[k-r.from] {
			continue
		}
		for _, to := range f.phoneEnds(k, r) {
			if twice || len(f.digitsOf(k, to)) > fewestPhone {
				reached[to-r.from] = true
			}
		}
	}
	return reached[n] && (twice || !r.called || len(digits) <= mostPhone)
}
