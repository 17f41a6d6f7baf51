package contact

import (
	"strings"
	"unicode"
)

// How far the words are looked at that say what a number is.
const (
	farBack  = 14
	farAhead = 8
)

// unending is behind every token.
const unending = 1 << 30

// before is what the words before a number say of it.
type before struct {
	kind     Kind
	phone    bool // a phone's, or to be called
	number   bool // a number of whatever
	neg      bool
	old      bool
	removed  bool
	foreign  bool // somebody was called from it, or it was called
	best     bool
	orElse   bool
	ext      bool
	area     bool
	tail     bool
	instead  bool
	labelled int  // token of a label, -1 for none
	ended    int  // token of words that may say it of the number before
	soft     bool // kind may only be what the call is about
	renewed  bool // what to do is said behind it
	writes   bool // it is to be written to
}

// after is what the words behind a number say of it.
type after struct {
	kind     Kind
	gone     bool
	removed  bool
	best     bool
	writes   bool
	calls    bool // or called
	area     bool
	tail     bool
	labelled int
}

// lookBack reads the words before a number, the nearest first, back to the number
// before it or the end of a sentence.
func (r *reader) lookBack(it *item) before {
	b := before{labelled: -1}
	linked, decided, said, own := true, false, false, false
	called := false
	for k := it.first - 1; k >= 0 && it.first-k <= farBack; k-- {
		if r.tokens[k].item >= 0 {
			b.neg = b.neg && b.ended-k > 4
			break
		}
		if r.stops(k+1) && k < it.first-1 {
			break
		}
		k = int(r.starts[k])
		c := r.cues[k]
		dist := it.first - int(r.ends[k])
		switch {
		case called || r.denied(k):
		case c.has(writing) && !b.writes:
			b.writes = true
		case c.has(anew) && !c.has(writing):
			called = true
			b.writes = b.writes && !r.joined(k, it.first)
		}
		stopped := r.tokens[it.first].gap&gapStop != 0
		own = own || r.ofCaller(k)
		if b.labelled < 0 && linked && (c.has(place) || c.has(person) && !own && !r.calls(k)) && dist < 7 {
			b.labelled = k
		}
		if linked {
			r.signs(&b, c, k, dist, said)
		}
		b.best = b.best || c.has(best) && dist < 6 && !c.has(neg) && !r.concludes(k)
		b.orElse = b.orElse || c.has(orElse) && dist < 12
		if !decided {
			if c.has(account) && r.conditional(k) {
				c &^= account // "when the parcel is there, 06 ..."
			}
			decided = b.decide(c, dist, linked, said)
			b.soft = b.kind == Account && !said && !b.number && !r.names(k)
			if b.number && c.has(number) && !c.has(account) && k > 0 {
				decided = decided || !r.cues[r.starts[k-1]].has(account|fax)
			}
		}
		said = said || c.has(be) && dist < 8
		linked = linked && (c.has(link|mine|number|phone|place|person|be|best|either|fax|account|area|ext|orElse|old|neg) && !c.has(about) || r.sounds(k))
		if stopped && k == it.first-1 && !c.has(fax|account|phone|number|be|ext|area) {
			break
		}
	}
	return b
}

// ofCaller tells whether the words at token k say that a number is the caller's,
// whoever stands before them: "have your boss call me at", "den Chef sprechen".
func (r *reader) ofCaller(k int) bool {
	for end := int(r.ends[k]); k < end; k++ {
		switch r.word(k) {
		case "me", "us", "mich", "mir", "uns", "moi", "nous", "nos", "speak", "talk", "sprechen", "reden", "hablar", "parler":
			return true
		}
	}
	return false
}

// concludes tells whether the words at token k end what is said of something
// before: "this number is best,".
func (r *reader) concludes(k int) bool {
	next := int(r.ends[k])
	return k > 0 && r.cues[r.starts[k-1]].has(be) && next < len(r.tokens) && r.tokens[next].gap&gapComma != 0 &&
		r.cues[next].has(mine|place|either)
}

// sounds tells whether a token that is not known is one of those that stand
// within numbers: "KF", "No", "-".
func (r *reader) sounds(k int) bool {
	if c := r.cues[k]; c != 0 {
		return c.has(link)
	}
	t := r.tokens[k]
	return t.short && unicode.IsUpper(rune(r.text[t.start])) || t.end-t.start == 1
}

// signs takes what a word says that only other words like it part from the number.
func (r *reader) signs(b *before, c cue, k, dist int, said bool) {
	conditional := r.conditional(k)
	rested := int(r.ends[k]) < len(r.tokens) && r.tokens[r.ends[k]].gap&gapComma != 0 && dist == 0
	switch {
	case c.has(neg) && !conditional && !rested && !said && dist < 6 && (!b.renewed || c.has(anew)) && !r.deniesOther(k, int(r.ends[k])+dist):
		b.neg, b.ended = true, unending
		if c.has(gone) {
			b.ended = k
		}
	case c.has(old) && dist < 4:
		b.old = true
	}
	b.renewed = b.renewed || c.has(anew) && !c.has(neg)
	b.removed = b.removed || c.has(remove) && dist < 6 && !c.has(phone)
	b.foreign = b.foreign || c.has(calledUs) && dist < 3 || c.has(dialled) && dist < 4
	b.ext = b.ext || c.has(ext) && dist < 4
	b.area = b.area || c.has(area) && dist < 4
	b.tail = b.tail || c.has(tail) && dist < 4
	b.instead = b.instead || c.has(instead) && dist < 3
}

// deniesOther tells whether what the words at token k deny ends before the number at
// token end: "not me, at 030 ...", "not on my mobile, at the office, 617 ...".
func (r *reader) deniesOther(k, end int) bool {
	next := int(r.ends[k])
	if next < end {
		switch r.word(next) {
		case "me", "him", "mich", "uns", "ihn", "moi", "nous":
			if k+1 == next && r.word(k) != "no" && r.word(k) != "don" {
				return true
			}
		}
	}
	for t := next + 1; t < end; t++ {
		if r.tokens[t].gap&gapComma != 0 && r.cues[r.starts[t-1]].has(place|person|phone) {
			for ; t < end; t = int(r.ends[t]) {
				if r.cues[t].has(place | person) {
					return true
				}
			}
		}
	}
	return false
}

// denied tells whether the words beside token k deny it: "no me llamen", "ne m'appelez
// pas".
func (r *reader) denied(k int) bool {
	if next := int(r.ends[k]); next < len(r.tokens) && r.cues[next].has(neg|gone) && !r.stops(next) {
		return true
	}
	for n := 0; k > 0 && n < 4 && !r.stops(k); n++ {
		k = int(r.starts[k-1])
		if r.cues[k].has(neg) {
			return true
		}
	}
	return false
}

// joined tells whether a choice is said between two tokens: "call or text me at".
func (r *reader) joined(from, to int) bool {
	for k := from; k < to; k++ {
		switch r.word(k) {
		case "or", "o", "ou", "oder":
			return true
		}
	}
	return false
}

// toWrite tells whether a number is only to be written to.
func (it *item) toWrite() bool {
	return (it.before.writes || it.after.writes && !it.before.phone) && !it.after.calls
}

// names tells whether a word names a number by itself: Kundennummer.
func (r *reader) names(k int) bool {
	w := r.word(k)
	return strings.HasSuffix(w, "nummer") || strings.HasSuffix(w, "nr")
}

// conditional tells whether the word at token k stands behind "if" or the like.
func (r *reader) conditional(k int) bool {
	for n := 0; k > 0 && n < 4; n++ {
		if r.stops(k) || r.tokens[k-1].item >= 0 {
			return false
		}
		k = int(r.starts[k-1])
		if r.cues[k].has(whether) && !r.cues[k].has(either) {
			return true
		}
	}
	return false
}

// decide takes the first word that says what kind of number it is, and tells
// whether that is it.
func (b *before) decide(c cue, dist int, linked, said bool) bool {
	switch {
	case c.has(fax) && dist < 6:
		b.kind = Fax
	case c.has(phone) && !(c.has(account) && linked && dist == 0):
		b.phone = true
	case c.has(account) && (linked || said && dist < 9):
		b.kind = Account
	case c.has(code) && linked && dist < 4:
		b.kind = Code
	case c.has(money) && linked && dist < 4:
		b.kind = Amount
	case c.has(calendar|clock) && dist < 2:
		b.kind = Date
	case c.has(number):
		b.number = true
		return false
	default:
		return false
	}
	return true
}

// lookAhead reads the words behind a number up to the next one or the end of the
// sentence.
func (r *reader) lookAhead(it *item) after {
	a := after{labelled: -1}
	linked, said, rested, owns := true, false, false, false
	for k := it.last + 1; k < len(r.tokens) && k-it.last <= farAhead; k = int(r.ends[k]) {
		if r.tokens[k].item >= 0 || r.stops(k) && (k > it.last+1 || !r.cues[k].has(be|link|gone|fix)) {
			break
		}
		c, dist := r.cues[k], k-it.last-1
		rested = rested || said && r.tokens[k].gap&gapComma != 0
		a.writes = a.writes || c.has(writing) && dist < 4
		a.calls = a.calls || c.has(anew) && !c.has(writing) && r.joined(it.last+1, k) || r.word(k) == "calling"
		if dist == 0 {
			a.kind = kindOfUnit(c)
			a.area = c.has(area)
		}
		if linked {
			a.gone = a.gone || c.has(gone) && !r.forbidsThis(k) || said && !owns && c.has(old)
			a.removed = a.removed || c.has(off)
			a.tail = a.tail || c.has(tail) && dist < 3
		}
		owned := r.introduces(int(r.ends[k]))
		if linked && said && !owned {
			switch {
			case c.has(fax):
				a.kind = Fax
			case c.has(account) && !c.has(phone) && a.kind == "":
				a.kind = Account
			}
			if c.has(place|person) && a.labelled < 0 {
				a.labelled = k
			}
			a.best = a.best || c.has(best) && !rested
		}
		owns = owns || said && c.has(number|place|person)
		said = said || c.has(be)
		linked = linked && c.has(link|mine|number|be|place|person|phone|again|fix|best|neg|gone|tail) && !c.has(about|either)
		linked = linked && (said || !c.has(fax)) // "..., the fax doesn't work"
	}
	return a
}

// forbidsThis tells whether the words at token k forbid to call what is named next
// as this number: not the one that was said, but the caller's.
func (r *reader) forbidsThis(k int) bool {
	next := int(r.ends[k])
	return r.cues[k].has(neg) && next < len(r.tokens) && r.cues[next].has(this)
}

// kindOfUnit returns what a number is for the word right behind it.
func kindOfUnit(c cue) Kind {
	switch {
	case c.has(unit):
		return Amount
	case c.has(clock|calendar) && !c.has(link|about):
		return Date
	}
	return ""
}

// introduces tells whether the words from t on lead to a number right away.
func (r *reader) introduces(t int) bool {
	for n := 0; t < len(r.tokens) && n < 4; n++ {
		if r.tokens[t].item >= 0 {
			return true
		}
		if r.stops(t) || !r.cues[t].has(link|number|be|mine) {
			return false
		}
		t = int(r.ends[t])
	}
	return false
}

// few is how many digits a telephone number has at least, said without its area
// code.
const few = 5

// calls tells whether the person at token k is to call: "que me llame el jefe".
func (r *reader) calls(k int) bool {
	j := k - 1
	for j > 0 && r.cues[j].has(mine) {
		j--
	}
	return j < k-1 && j > 0 && r.cues[j].has(phone) && r.ofCaller(j-1)
}

// judge decides what kind of number it is, as far as the words say it.
func (it *item) judge() {
	b, a := it.before, it.after
	n := len(it.Digits)
	switch {
	case n < 7 && b.ext:
		it.role = extension
	case n <= 6 && (b.area || a.area && !b.phone):
		it.role = areaCode
	case a.kind == Fax, a.kind == Account && !b.phone:
		it.Kind = a.kind
	case b.kind == Fax, b.kind == Account:
		it.Kind = b.kind
	case n <= 8 && b.kind != "" && !b.phone:
		it.Kind = b.kind
	case n < 7 && a.kind != "":
		it.Kind = a.kind
	case n < few:
		it.Kind = Other
	case b.foreign, !b.phone && !b.number && strings.HasPrefix(strings.TrimLeft(it.Digits, "0"), "123456789"): // a test
		it.Kind = Other
	}
	if it.Kind == Account && it.plus {
		it.Kind = ""
	}
	it.soft = it.Kind == Account && b.soft && a.kind != Account && n >= minDigits
}

// labelOf returns what the caller calls a number, as said, with the word before it
// that says whose it is.
func (r *reader) labelOf(it *item) string {
	k := it.after.labelled
	if k < 0 {
		k = it.before.labelled
	}
	if k < 0 {
		return ""
	}
	start, end := k, int(r.ends[k])
	if start > 0 && r.starts[start-1] == int32(start-1) && r.cues[start-1].has(mine) && !r.stops(start) {
		switch r.word(start - 1) {
		case "the", "el", "la", "le", "l", "al", "du", "au", "del", "der", "die", "das", "dem", "den":
		default:
			start--
		}
	}
	return strings.TrimSpace(r.text[r.tokens[start].start:r.tokens[end-1].end])
}
