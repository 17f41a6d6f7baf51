package numbers

import (
	"slices"
	"strings"
)

// others adds what the digits of a run may be as well because of how numbers are
// written: an amount without its cents, a number without the trunk zero that
// stands behind its country code.
func (p *parser) others(r *Run, bits []bit) {
	if whole, ok := p.withoutCents(bits, r.Digits); ok {
		r.alt(whole)
	}
	if code := countryCode(r.Digits); r.Plus && code > 1 && r.Digits[code] == '0' && !strings.HasPrefix(r.Digits, "39") {
		r.alt(r.Digits[:code] + r.Digits[code+1:])
	}
}

func (r *Run) alt(digits string) {
	if digits != r.Digits && !slices.Contains(r.Alts, digits) {
		r.Alts = append(r.Alts, digits)
	}
}

// withoutCents returns the digits of an amount up to the point or comma before
// its last two.
func (p *parser) withoutCents(bits []bit, digits string) (string, bool) {
	last := len(bits) - 1
	if last < 1 || bits[last].n != 2 {
		return "", false
	}
	points := p.between(bits[last-1], bits[last])
	if points != "." && points != "," {
		return "", false
	}
	for i := 1; i < last; i++ {
		if sep := p.between(bits[i-1], bits[i]); sep == points || len(sep) != 1 || bits[i].n != 3 || bits[0].n > 3 {
			return "", false
		}
	}
	whole := digits[:len(digits)-2]
	return whole, len(whole) > 1 && p.items[bits[0].from].id == writtenID
}

// between returns the text between two bits.
func (p *parser) between(a, b bit) string {
	return p.text[p.items[a.to-1].end:p.items[b.from].start]
}
