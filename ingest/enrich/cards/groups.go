package cards

// How many words that say something stand between two groups of a card of which nobody
// said that it is one, and how many where they stand between two of its groups alone.
const (
	mostBetween = 6
	fewBetween  = 1
)

// groupEnds are after how many digits a group ends of a card that has so many.
var groupEnds = map[int][most]bool{
	15: {4: true, 10: true},
	16: {4: true, 8: true, 12: true},
}

// grouped are the first digits of a card that is read out group by group.
type grouped struct {
	digits []byte
	n      int // digits that the card has
	called bool
	apart  int // ends of groups behind which somebody speaks
	words  int // the most that are said there
	intro  bool
}

// inGroups adds to cards those that somebody reads out group by group and says other
// things in between, as "did you get that?": whatever the words are, digits that are a
// card's are hardly said in its own groups by chance.
func (f *finder) inGroups(cards []item) []item {
	for from := range f.pieces {
		if f.claimed[from] != nil || f.pieces[from].weak || !f.beginsGroups(from) {
			continue
		}
		for _, n := range []int{16, 15} {
			g := grouped{digits: make([]byte, 0, most), n: n, called: f.rows[f.rowOf[from]].said == cardLabel}
			if to, digits, ok := f.readGroups(g, from); ok {
				it := item{from: from, to: to, card: true, digits: digits}
				f.claim(&it)
				cards = append(cards, it)
				break
			}
		}
	}
	return cards
}

// beginsGroups reports whether a card's first group may begin with a piece: no digits
// stand right before it, and it is called nothing else.
func (f *finder) beginsGroups(from int) bool {
	r := f.rows[f.rowOf[from]]
	if r.said == otherLabel || r.direct && r.said == phoneLabel || f.plus(from) {
		return false
	}
	for from > 0 && f.pieces[from-1].weak && f.before[from].close() {
		from--
	}
	return from == 0 || !f.before[from].close()
}

// readGroups adds piece k and those behind it to groups until they are a card: its
// digits, and the piece behind it.
func (f *finder) readGroups(g grouped, k int) (to int, digits string, ok bool) {
	if f.tries--; f.tries < 0 || f.claimed[k] != nil || len(g.digits)+len(f.pieces[k].digits) > g.n {
		return 0, "", false
	}
	g.digits = append(g.digits, f.pieces[k].digits...)
	k++
	if len(g.digits) == g.n {
		return k, string(g.digits), g.isApart() && f.endsGroups(k) && gradeOf(g.digits) == sureCard
	}
	if k == len(f.pieces) || !g.goesOver(f.before[k]) {
		return 0, "", false
	}
	if to, digits, ok = f.readGroups(g, k); ok || !f.pieces[k].weak || !groupEnds[g.n][len(g.digits)] || k+1 == len(f.pieces) || !g.goesOver(f.before[k+1]) {
		return to, digits, ok
	}
	return f.readGroups(g, k+1) // "for" and "to" were words
}

// goesOver notes what stands behind the digits; false where the card ends there.
func (g *grouped) goesOver(b between) bool {
	says := b.words > 0 || b.fix || b.again || b.intro || b.counts
	switch {
	case b.ends(), !g.called && b.words > mostBetween, says && !groupEnds[g.n][len(g.digits)]:
		return false
	case says, b.fill && groupEnds[g.n][len(g.digits)]:
		g.apart++
		g.words = max(g.words, b.words)
		g.intro = g.intro || b.intro
	}
	return true
}

// isApart reports whether enough is said between the groups, or little, for them to be
// one number: two of eight digits have words between them, too.
func (g grouped) isApart() bool {
	return g.apart > 1 || g.apart == 1 && (g.called || g.words <= fewBetween && !g.intro)
}

// endsGroups reports whether no digits stand right before a piece that are part of what
// stands before them.
func (f *finder) endsGroups(at int) bool {
	for at < len(f.pieces) && f.pieces[at].weak && f.before[at].close() {
		at++
	}
	return at == len(f.pieces) || !f.before[at].close()
}
