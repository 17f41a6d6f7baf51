package cards

import "slices"

// certainly is how much more a number is believed whose own shape says where it
// begins and ends.
const certainly = 200

// layouts are the groups in which cards are printed and read out.
var layouts = [][]int{{4, 4, 4, 4}, {4, 6, 5}, {4, 6, 4}, {4, 4, 4, 4, 3}, {4, 4, 4, 4, 2}, {6, 13}, {8, 8}}

// isCertain reports whether the digits of an attempt, which are a card's, are one
// by their own shape: written in one run of digits, or in the groups of a card that
// no group of the same size goes on from. It doesn't matter what stands beside them.
func (f *finder) isCertain(a attempt, to int, r row) bool {
	if a.fixes+a.others > 0 || f.plus(a.from) && a.n <= mostPhone || f.isTied(a.from, r) || f.isTied(to, r) {
		return false
	}
	sizes := make([]int, 0, most)
	for k := a.from; k < to; k++ {
		p := f.pieces[k]
		b := f.before[k]
		if !p.written || p.first != p.last || k > a.from && (!b.inRow() || b.fix || b.fill || b.gap == glued || b.gap > comma) {
			return false
		}
		sizes = append(sizes, len(p.digits))
	}
	if len(sizes) == 1 {
		return true
	}
	if !slices.ContainsFunc(layouts, func(layout []int) bool { return slices.Equal(layout, sizes) }) {
		return false
	}
	return sizes[0] != sizes[1] || !f.goesOn(a.from-1, a.from, r) && !f.goesOn(to, to-1, r)
}

// isTied reports whether the digits on both sides are one identifier.
func (f *finder) isTied(at int, r row) bool {
	return at > r.from && at < r.to && f.before[at].gap <= hyphen
}

// goesOn reports whether a piece beside a number in groups is one more group, and not
// the end of a telephone number as 555 0142.
func (f *finder) goesOn(at, group int, r row) bool {
	if at < r.from || at >= r.to || !f.before[max(at, group)].close() || !f.pieces[at].written || len(f.pieces[at].digits) != len(f.pieces[group].digits) {
		return false
	}
	if at > group {
		return at < f.amountTail(r)
	}
	return at == r.from || !f.isLocal(at-1, at+1)
}
