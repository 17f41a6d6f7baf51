package numbers

import "strings"

const (
	// mostAsides is how often one number goes on over "that's" and "I think".
	mostAsides = 4
	// leastAgain is how many digits are said again at least, if that is what it is.
	leastAgain = 2
	// surelyAgain is from how many on nobody means them to follow.
	surelyAgain = 3
)

// breath reads the pieces that hang together from item i on, like chain. Words
// such as "that's" and "I think" hold them together only as far as that makes a
// whole phone number: behind others something else follows.
func (p *parser) breath(i int) (pieces []piece, next int) {
	for most := mostAsides; ; most-- {
		p.asides = most
		pieces, next = p.chain(i)
		if p.asides == most || p.holds(pieces) {
			return pieces, next
		}
		most -= p.asides // those that were not there
	}
}

// holds tells whether pieces that go on over an aside are one number each.
func (p *parser) holds(pieces []piece) bool {
	for _, piece := range pieces {
		aside := false
		for _, s := range piece.sections {
			aside = aside || s.fix == again
		}
		if !aside {
			continue
		}
		fs := p.readPiece(piece)
		if len(fs) != 1 || p.unsure && !p.whole(fs[0].digits, piece.plus) {
			return false
		}
	}
	return true
}

// whole tells whether digits are a phone number with nothing missing.
func (p *parser) whole(digits string, plus bool) bool {
	return p.lang.likely(digits, plus) > local || p.lang == spanish && len(digits) == 9
}

// again goes on with a number behind words after which its end may be said once
// more, and with it what follows. It is false where the two are numbers of their own.
func (p *parser) again(before, after said) (said, bool) {
	merged, over := p.overlapping(before, after, 0)
	if p.whole(before.digits, false) && (over < len(after.digits) || before.digits == after.digits) {
		return after, false
	}
	went := join(before, after)
	p.unsure = p.unsure || over < surelyAgain
	repeats, goesOn := p.lang.likely(merged.digits, false), p.lang.likely(went.digits, false)
	switch {
	case over == 0:
	case repeats > goesOn, over >= surelyAgain && repeats == goesOn, over == len(after.digits):
		if goesOn >= complete && over < len(after.digits) {
			merged.addAlt(went)
		}
		return merged, true
	case repeats >= complete:
		went.addAlt(merged)
	}
	return went, true
}

// overlapping is before and after with the most digits in common that end the one
// and begin the other, and how many those are; none where that is not as likely.
func (p *parser) overlapping(before, after said, likely int) (said, int) {
	for n := min(len(before.digits), len(after.digits)); n >= leastAgain; n-- {
		if !strings.HasSuffix(before.digits, after.digits[:n]) {
			continue
		}
		if cut, ok := p.drop(before, n); ok {
			if out := join(cut, after); p.lang.likely(out.digits, false) >= likely {
				out.dropped += n
				return out, n
			}
		}
	}
	return said{}, 0
}

// addAlt adds the digits of another way in which the same may be meant.
func (s *said) addAlt(other said) {
	if len(s.alts) < maxAlts {
		s.alts = append(s.alts[:len(s.alts):len(s.alts)], other.digits)
	}
}
