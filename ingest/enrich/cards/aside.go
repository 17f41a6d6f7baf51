package cards

import (
	"regexp"
	"slices"
	"sort"
	"strings"
)

// The masks of what is said with a card.
const (
	codeMask   = "[security code]"
	expiryMask = "[expiry]"
)

// aside is a security code or an expiry date: tokens first to last.
type aside struct {
	first, last int
	mask        string
}

// How many words stand between what is said of a code or date and its digits.
const (
	wordsToDigits   = 7
	wordsFromDigits = 4
)

// asides finds the security codes and expiry dates of a text with cards.
func (f *finder) asides(cards []item) []aside {
	if len(cards) == 0 {
		return nil
	}
	var found []aside
	for _, said := range f.spoken {
		if n := len(found); n > 0 { // what is a date is no code
			said.since = max(said.since, found[n-1].last+1)
		}
		if said.plain {
			if a, ok := f.plainCodeAfter(said); ok {
				found = append(found, a)
			}
		} else if a, ok := f.asideAfter(said); ok {
			found = append(found, a)
		} else if a, ok := f.asideBefore(said); ok {
			found = append(found, a)
		}
	}
	for _, c := range cards {
		found = append(found, f.unsaid(c)...)
	}
	return found
}

// folded is the text as folded words with one space between them, and where each
// token starts in it.
func (f *finder) folded() (string, []int) {
	var b strings.Builder
	starts := make([]int, len(f.ts))
	for i, t := range f.ts {
		if i > 0 {
			b.WriteByte(' ')
		}
		starts[i] = b.Len()
		b.WriteString(t.word)
		b.WriteString(t.digits)
	}
	return b.String(), starts
}

// spoken is where a text speaks of a code or a date: tokens first to last.
type spoken struct {
	first, last int
	mask        string
	plain       bool // it may be something else
	until       int  // the token of the next such place
	since       int  // the token behind the one before
}

// findSpoken finds what is said of codes and dates, in order, and labels it.
func (f *finder) findSpoken() []spoken {
	folded, starts := f.folded()
	var all []spoken
	for _, said := range []struct {
		mask  string
		words *regexp.Regexp
	}{{expiryMask, expiryWords}, {codeMask, codeWords}} { // dates first: cvv before one says that it is a card's, until it is labelled
		mask := said.mask
		for _, m := range said.words.FindAllStringIndex(folded, -1) {
			first := sort.SearchInts(starts, m[0]+1) - 1
			last := sort.SearchInts(starts, m[1]) - 1
			if mask == expiryMask && f.ofSomethingElse(first) {
				continue
			}
			all = append(all, spoken{first: first, last: last, mask: mask})
			for i := first; i <= last; i++ {
				f.labels[i] = asideLabel
			}
		}
	}
	for _, m := range plainCode.FindAllStringIndex(folded, -1) {
		at := sort.SearchInts(starts, m[0]+1) - 1
		if f.labels[at] != asideLabel && !f.isOtherCode(at) {
			all = append(all, spoken{first: at, last: at, mask: codeMask, plain: true})
		}
	}
	slices.SortFunc(all, func(a, b spoken) int { return a.first - b.first })
	for i := range all {
		all[i].until = len(f.ts)
		if i+1 < len(all) {
			all[i].until = all[i+1].first
		}
		if i > 0 {
			all[i].since = all[i-1].last + 1
		}
	}
	return all
}

// isOtherCode reports whether the code at a token is called one of something else.
func (f *finder) isOtherCode(at int) bool {
	return at > 0 && otherCodes[f.ts[at-1].word] || at+1 < len(f.ts) && otherCodes[f.ts[at+1].word]
}

// plainCodeAfter finds the three or four digits, and no more, behind a word that
// may speak of another code.
func (f *finder) plainCodeAfter(s spoken) (aside, bool) {
	at := f.pieceAt(s.last + 1)
	if at >= len(f.pieces) || f.claimed[at] != nil || f.pieces[at].first > s.last+4 || f.pieces[at].first >= s.until {
		return aside{}, false
	}
	for i := s.last + 1; i < f.pieces[at].first; i++ {
		if f.labels[i] != noLabel && f.labels[i] != fillLabel && f.labels[i] != introLabel {
			return aside{}, false
		}
	}
	to := f.runEnd(at, s.until)
	if n := len(f.digitsOf(at, to)); n != 3 && n != 4 {
		return aside{}, false
	}
	return aside{f.pieces[at].first, f.pieces[to-1].last, codeMask}, true
}

// partOfLabel stands for a piece that is part of what is said of codes and dates, as
// "three" in "the three digits on the back".
var partOfLabel = &item{}

// claimSpoken takes these pieces out.
func (f *finder) claimSpoken() {
	for i, p := range f.pieces {
		if f.labels[p.first] == asideLabel || f.labels[p.last] == asideLabel {
			f.claimed[i] = partOfLabel
		}
	}
}

// ofSomethingElse reports whether it is a passport or the like that expires.
func (f *finder) ofSomethingElse(at int) bool {
	for i := at - 1; i >= max(0, at-4) && f.ts[i+1].gap < stop; i-- {
		switch f.labels[i] {
		case otherLabel:
			return true
		case cardLabel:
			return false
		}
	}
	return false
}

// pieceAt is the first piece that begins at a token or behind it.
func (f *finder) pieceAt(token int) int {
	return sort.Search(len(f.pieces), func(i int) bool { return f.pieces[i].first >= token })
}

// runEnd is the end of the pieces in a row from one on that nobody has claimed.
func (f *finder) runEnd(from, until int) int {
	to := from
	for to < len(f.pieces) && f.claimed[to] == nil && f.pieces[to].last < until {
		if b := f.before[to]; to > from && (b.ends() || b.words > 0 || b.gap >= stop && to > from+1) {
			break
		}
		to++
	}
	return to
}

// asideAfter finds the digits behind the words.
func (f *finder) asideAfter(s spoken) (aside, bool) {
	words := 0
	for i := s.last + 1; i < s.until && words <= wordsToDigits; i++ {
		if s.mask == expiryMask && months[f.ts[i].word] {
			return f.monthAndYear(i, s.until)
		}
		at := f.pieceAt(i)
		if at < len(f.pieces) && f.pieces[at].first == i && !f.pieces[at].weak {
			if f.claimed[at] != nil {
				return aside{}, false
			}
			to := f.runEnd(at, s.until)
			if end, ok := f.fits(at, to, s.mask); ok {
				return aside{f.pieces[at].first, f.pieces[end-1].last, s.mask}, true
			}
			i = f.pieces[to-1].last
			continue
		}
		if f.labels[i] == phoneLabel || f.labels[i] == otherLabel {
			return aside{}, false
		}
		words++
	}
	return aside{}, false
}

// asideBefore finds the digits before the words: one two three is the code.
func (f *finder) asideBefore(s spoken) (aside, bool) {
	at := f.pieceAt(s.first) - 1
	if at < 0 || f.claimed[at] != nil || f.pieces[at].first < s.since || s.first-f.pieces[at].last > wordsFromDigits {
		return aside{}, false
	}
	for i := f.pieces[at].last + 1; i < s.first; i++ {
		if f.labels[i] == phoneLabel || f.labels[i] == otherLabel || f.ts[i].gap >= stop && f.labels[i] != introLabel {
			return aside{}, false
		}
	}
	from := at
	for from > 0 && f.claimed[from-1] == nil && f.pieces[from-1].first >= s.since && !f.before[from].ends() && f.before[from].words == 0 && f.before[from].gap < stop {
		from--
	}
	if end, ok := f.fits(from, at+1, s.mask); ok && end == at+1 {
		if l := f.called(from); l == phoneLabel || l == otherLabel {
			return aside{}, false
		}
		return aside{f.pieces[from].first, f.pieces[at].last, s.mask}, true
	}
	return aside{}, false
}

// fits finds how many pieces of a row are a code or a date.
func (f *finder) fits(from, to int, mask string) (end int, ok bool) {
	if mask == codeMask {
		return f.fitsCode(from, to)
	}
	digits := ""
	best := 0
	for k := from; k < to; k++ {
		digits += f.pieces[k].digits
		if len(digits) > 8 {
			break
		}
		if isExpiry(digits) && (best == 0 || len(digits) == 4 || len(digits) == 6) {
			best = k + 1
		}
		if best > 0 && len(digits) >= 4 && !strings.HasSuffix(digits, "20") {
			break
		}
	}
	if best == 0 && (len(digits) == 4 || len(digits) == 6) { // misheard
		best = to
	}
	return best, best > 0
}

// fitsCode takes three or four digits: all of a row, or as many of a longer one
// as belong together.
func (f *finder) fitsCode(from, to int) (end int, ok bool) {
	n, three := 0, 0
	for k := from; k < to; k++ {
		n += len(f.pieces[k].digits)
		switch {
		case n == 4 && k == from && f.pieces[k].written:
			return k + 1, true
		case n == 3:
			three = k + 1
		case n == 4 && k+1 == to:
			return to, true
		case n == 5 && three == 0 && k+1 == to:
			return to, true
		}
	}
	return three, three > 0
}

// isExpiry reports whether digits are a month and a year.
func isExpiry(digits string) bool {
	n := len(digits)
	var month, year string
	switch n {
	case 3, 4:
		month, year = digits[:n-2], digits[n-2:]
	case 5, 6:
		month, year = digits[:n-4], digits[n-4:]
		if year[:2] != "20" {
			return false
		}
		year = year[2:]
	default:
		return false
	}
	if len(month) == 1 {
		month = "0" + month
	}
	return month >= "01" && month <= "12" && year >= "15" && year <= "59"
}

// monthAndYear reads the name of a month and the year behind it.
func (f *finder) monthAndYear(at, until int) (aside, bool) {
	from := f.pieceAt(at)
	if from >= len(f.pieces) || f.claimed[from] != nil || f.pieces[from].first-at > 3 || f.pieces[from].first >= until {
		return aside{}, false
	}
	n := 0
	for k := from; k < f.runEnd(from, until); k++ {
		if n += len(f.pieces[k].digits); n == 4 || n == 2 && (k+1 >= len(f.pieces) || !f.before[k+1].close() || f.pieces[k].digits != "20") {
			return aside{at, f.pieces[k].last, expiryMask}, true
		}
	}
	return aside{}, false
}
