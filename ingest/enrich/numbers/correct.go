package numbers

import "strings"

// replace returns what is left of a number when after was said to correct the
// end of before: "six one seven, no, six one eight". The second result is false
// where the two are numbers of their own. A hesitant correction may be none.
func (p *parser) replace(before, after said, hesitant bool) (said, bool) {
	first := firstChunk(after, p.pause)
	if out, ok := p.restated(before, after, first); ok {
		return out, true
	}
	best, bestWorth := before, p.worthOf(before, before, after, first)
	if hesitant {
		bestWorth += 110
		if p.lang.likely(before.digits+after.digits, false) == complete { // nothing was wrong
			bestWorth += 30
		}
	}
	for n := 1; n <= min(len(before.digits), maxDigits); n++ {
		cut, ok := p.drop(before, n)
		if !ok {
			continue
		}
		if worth := p.worthOf(before, cut, after, first); worth >= bestWorth {
			best, bestWorth = cut, worth
		}
	}
	if hesitant && len(best.digits) == len(before.digits) {
		joined := join(best, after)
		if other, over := p.overlapping(before, after, complete); over > 0 {
			joined.addAlt(other)
		}
		return joined, true
	}
	if len(best.bits) == 0 && likeness(before.digits, after.digits) < 30 &&
		p.lang.likely(before.digits, false) > local && p.lang.likely(after.digits, false) > local {
		return after, false
	}
	return join(best, after), true
}

// restated returns a number whose last digits were corrected, and its end said once
// more then: "zero one five eight, sorry, eight five, zero one eight five". first is
// how many digits the correction says before it rests.
func (p *parser) restated(before, after said, first int) (said, bool) {
	if len(before.digits) < first || len(after.digits) <= 2*first {
		return said{}, false
	}
	cut, ok := p.drop(before, first)
	if !ok {
		return said{}, false
	}
	head, bits := said{digits: after.digits[:first]}, 0
	for n := 0; n < first; bits++ {
		n += after.bits[bits].n
	}
	head.bits = after.bits[:bits]
	out := join(cut, head)
	return out, strings.HasSuffix(out.digits, after.digits[first:]) && p.whole(out.digits, false)
}

// right returns a number whose end was denied: "... nine five, sorry, not nine
// five, nine six". It is false where the denied digits are not its end.
func (p *parser) right(before, after said) (said, bool) {
	n := 0
	for i, b := range after.bits {
		if n += b.n; 2*n < len(after.digits) {
			continue
		}
		if 2*n > len(after.digits) || !strings.HasSuffix(before.digits, after.digits[:n]) {
			break
		}
		cut, ok := p.drop(before, n)
		if !ok {
			break
		}
		out := join(cut, said{digits: after.digits[n:], bits: after.bits[i+1:]})
		out.dropped = before.dropped + 2*n
		return out, true
	}
	return said{}, false
}

// drop returns s without its last n digits, if something ends there: written
// digits end anywhere.
func (p *parser) drop(s said, n int) (said, bool) {
	left := len(s.digits) - n
	out := said{digits: s.digits[:left]}
	for _, b := range s.bits {
		if left == 0 {
			break
		}
		if b.n > left {
			it := p.items[b.from]
			if it.id != writtenID || b.to != b.from+1 || it.end-it.start != b.n+b.cut {
				return said{}, false
			}
			b.n, b.cut = left, b.cut+b.n-left
		}
		left -= b.n
		out.bits = append(out.bits, b)
	}
	return out, true
}

// worthOf says how well a correction goes on where before was cut. first is how
// many digits the correction says before it rests.
func (p *parser) worthOf(before, cut, after said, first int) int {
	old := before.digits[len(cut.digits):]
	n, alike := len(old), likeness(old, after.digits)
	worth := 10*p.lang.likely(cut.digits+after.digits, false) + alike
	switch {
	case n == first && first < len(after.digits):
		worth += 40
	case n == first:
		worth += 5
	case n > len(after.digits):
		worth -= 60
	}
	switch {
	case n == 1 && old[0] == after.digits[0]: // nothing would be corrected
		worth -= 40
	case n >= 3 && alike < 20:
		worth -= 30
	}
	switch k := len(cut.bits); {
	case n == 0:
		worth -= 50
	case k > 0 && cut.bits[k-1].cut > 0: // in the midst of what was written together
		worth -= 40
	case k == 0 || p.pause(before.bits[k].from):
		worth += 20
	}
	return worth
}

// likeness returns 0 to 60: how many of the replaced digits come again.
func likeness(old, fresh string) int {
	same := 0
	for i := range min(len(old), len(fresh)) {
		if old[i] == fresh[i] {
			same++
		}
	}
	if len(old) < 2 {
		return 0
	}
	return 60 * same / len(old)
}

// firstChunk returns how many digits are said before the first rest.
func firstChunk(s said, pause func(item int) bool) int {
	n := 0
	for i, b := range s.bits {
		if i > 0 && (pause(b.from) || s.bits[i-1].to != b.from) {
			break
		}
		n += b.n
	}
	return n
}

// join says one after the other.
func join(a, b said) said {
	out := said{digits: a.digits + b.digits, dropped: a.dropped + b.dropped}
	out.bits = append(append(out.bits, a.bits...), b.bits...)
	for _, alt := range a.alts {
		out.alts = append(out.alts, alt+b.digits)
	}
	for _, alt := range b.alts {
		out.alts = append(out.alts, a.digits+alt)
	}
	out.alts = out.alts[:min(len(out.alts), maxAlts)]
	return out
}
