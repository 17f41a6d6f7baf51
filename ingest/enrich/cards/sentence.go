package cards

// sentences finds a written date behind a card that is a sentence by itself, and a
// code behind it that is another: 4539 1488 0343 6467. 08/27. 614.
func (f *finder) sentences(from int) []aside {
	if said := f.saidSentences(from); said != nil {
		return said
	}
	to := from + 2
	if to > len(f.pieces) || !f.isSentence(from, to, from) || !f.isWrittenDate(from) {
		return nil
	}
	all := []aside{f.asideOf(from, to, expiryMask)}
	if to == len(f.pieces) || !f.isSentence(to, to+1, from) || !f.pieces[to].written || f.beginsPhone(to) {
		return all
	}
	if n := len(f.pieces[to].digits); n == 3 || n == 4 {
		all = append(all, f.asideOf(to, to+1, codeMask))
	}
	return all
}

// saidSentences finds a date that is a sentence by itself, written or spoken in any
// way, where a code is the next: Oh nine twenty-eight. One two three.
func (f *finder) saidSentences(from int) []aside {
	to := f.sentenceEnd(from)
	end := f.sentenceEnd(to)
	if end == to || !f.isSentence(from, to, from) || !f.isSentence(to, end, from) || !f.isDate(from, to) || f.beginsPhone(from) || f.beginsPhone(to) {
		return nil
	}
	if n := len(f.digitsOf(to, end)); n != 3 && n != 4 {
		return nil
	}
	return []aside{f.asideOf(from, to, expiryMask), f.asideOf(to, end, codeMask)}
}

// sentenceEnd is the piece behind those in a row that a sentence ends with.
func (f *finder) sentenceEnd(from int) int {
	to := from
	for to < len(f.pieces) && to < from+mostUnsaid && (to == from || f.before[to].close() && !f.endsAt(f.pieces[to].first)) {
		to++
	}
	return to
}

// isSentence reports whether pieces stand between the ends of sentences, or the
// borders of segments, that nothing else is said in, and are nothing already that
// begins before the piece since.
func (f *finder) isSentence(from, to, since int) bool {
	if from == 0 || !f.isFree(from, since) || !f.isFree(to-1, since) || f.pieces[from-1].last+1 != f.pieces[from].first {
		return false
	}
	next := f.pieces[to-1].last + 1
	return f.endsAt(f.pieces[from].first) && (next == len(f.ts) || f.endsAt(next))
}

// isFree reports whether a piece is nothing already, or only what a word for a
// telephone before the card made a telephone number of.
func (f *finder) isFree(at, since int) bool {
	it := f.claimed[at]
	return it == nil || it != partOfLabel && !it.card && it.from >= since
}

// endsAt reports whether a sentence or a segment ends before a token.
func (f *finder) endsAt(i int) bool {
	return !f.ts[i].plus && (f.ts[i].gap == stop || f.ts[i].border && f.ts[i].gap < stop)
}

// isWrittenDate reports whether a month, a slash and a year are written from a piece on.
func (f *finder) isWrittenDate(from int) bool {
	a, b := f.pieces[from], f.pieces[from+1]
	return a.written && b.written && a.last+1 == b.first && f.ts[b.first].slash && len(a.digits) <= 2 && f.isDate(from, from+2)
}

// beginsPhone reports whether a piece is the first of a telephone number whose groups
// are sentences.
func (f *finder) beginsPhone(at int) bool {
	digits := ""
	for k := at; k < len(f.pieces) && len(digits) < fewestNorthAmerican; k++ {
		if k > at && (f.before[k].ends() || f.before[k].words > 0) {
			return false
		}
		digits += f.pieces[k].digits
	}
	return nanp(digits)
}

// fewestNorthAmerican is how many digits a North American number has without its country code.
const fewestNorthAmerican = 10
