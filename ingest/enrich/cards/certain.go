package cards

import "slices"

// certainly is how much more a number is believed whose own shape says where it
// begins and ends.
const certainly = 200

// layouts are the groups in which cards are printed and read out.
var layouts = [][]int{{4, 4, 4, 4}, {4, 6, 5}, {4, 6, 4}, {4, 4, 4, 4, 3}, {4, 4, 4, 4, 2}, {6, 13}, {8, 8}}

// isCertain reports whether the digits of an attempt, which are a card's, are one
// by their own shape: written in one run of digits, or in the groups of a card. It
// doesn't matter what stands beside them, unless it makes an account's number of
// the groups.
func (f *finder) isCertain(a attempt, to int, said label) bool {
	if a.fixes+a.others > 0 || f.plus(a.from) && a.n <= mostPhone {
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
	same := func(layout []int) bool { return slices.Equal(layout, sizes) }
	return slices.ContainsFunc(layouts, same) && (said != otherLabel || !f.before[a.from].mask && f.beside(a.from, -1, between.close) < 4)
}

// mayStandBeside reports whether as many digits before and after a row of n may
// stand beside a card that nobody calls one, and of which is said what said says.
func mayStandBeside(n, before, after int, said label) bool {
	phone := func(n int) bool { return n == fewestPhone || n == 10 || n == 11 }
	switch said {
	case otherLabel: // a longer number may hold one that passes
		other := func(n int) bool { return n <= 2 || n == 5 || phone(n) }
		return other(before) && other(after)
	case phoneLabel:
		aside := after >= 3 && after <= 5 // a code, a date, or where somebody lives
		return n > mostPhone || (before <= 2 || phone(before)) && (after == 0 || aside || phone(after))
	}
	return true
}

// midway collects the cards that begin with the last word of a piece, as the five
// of "fifty five four two", which is read as fifty-five, and the two of "two times
// two four".
func (f *finder) midway(from int) bool {
	p := f.pieces[from]
	if p.end == "" {
		return false
	}
	a, _ := attempt{from: from, mid: true, cost: 15, others: 1}.add(p.end)
	found := false
	f.goOn(a, from, func(it item) {
		found = true
		f.byEnd[it.to] = append(f.byEnd[it.to], it)
	})
	return found
}

// doubtful adds to cards what stands beside them and is as likely a part of them
// as their own end: nobody can tell which of the digits of a longer row are the
// card's.
func (f *finder) doubtful(cards []item) []item {
	all := cards
	for _, c := range cards {
		for _, list := range f.byEnd {
			for _, o := range list {
				if !o.card || o.from >= c.to || o.to <= c.from || o.certain || c.certain || o.mid || c.mid || o.score+2 < c.score {
					continue
				}
				for _, part := range [][2]int{{o.from, c.from}, {c.to, o.to}} {
					it := item{from: part[0], to: part[1], card: true, digits: c.digits}
					if it.from < it.to && f.inOneRow(it, c) && !f.isAmount(f.pieces[it.to-1].last+1) {
						f.claim(&it)
						all = append(all, it)
					}
				}
			}
		}
	}
	return all
}

// inOneRow reports whether nobody has claimed the pieces of an item, and nothing
// stands between them and a card.
func (f *finder) inOneRow(it, c item) bool {
	for k := it.from; k < it.to; k++ {
		if f.claimed[k] != nil {
			return false
		}
	}
	for k := min(it.from, c.from) + 1; k < max(it.to, c.to); k++ {
		if !f.before[k].close() && (k <= it.to && k >= it.from) {
			return false
		}
	}
	return true
}
