package numbers

import (
	"slices"
	"strings"
)

// maxAside is how many bytes of other words may stand before an area code that
// is said afterwards: "... in Boston, that's area code six one seven".
const maxAside = 80

// found is a run that is still being put together.
type found struct {
	said
	role role
	plus bool
}

// runs reads all runs of the text in the parser's language.
func (p *parser) runs() []candidate {
	var out []candidate
	var parts []found
	start, end := 0, 0 // of parts
	flush := func() {
		out = append(out, p.candidates(assemble(parts), start, end)...)
		parts = parts[:0]
	}
	for i := 0; i < len(p.items); {
		pieces, next := p.breath(i)
		p.nameArea(pieces, next)
		if from := p.items[i].start; len(pieces) > 0 {
			afterwards := pieces[0].role == area || pieces[0].role == country
			if len(parts) > 0 && (!afterwards || from > end+maxAside) {
				flush()
			}
			if len(parts) == 0 {
				start = from
			}
			end = p.items[next-1].end
		}
		for _, piece := range pieces {
			parts = append(parts, p.readPiece(piece)...)
		}
		i = next
	}
	flush()
	return out
}

// nameArea gives digits the role of the words behind them: "that's in the two oh
// six area code".
func (p *parser) nameArea(pieces []piece, next int) {
	if p.lang != english || len(pieces) != 1 || pieces[0].role != 0 || next >= len(p.items) || p.items[next].gap&(gapBreak|gapStop) != 0 {
		return
	}
	if f, ok := p.phrase(next); ok && f.role == area && len(f.words) == 2 {
		pieces[0].role = area
	}
}

// candidates finishes the runs that were said in one breath, from start to end
// of the text. Together they compete with what another language reads there.
func (p *parser) candidates(fs []found, start, end int) []candidate {
	var out []candidate
	total := 0
	for _, f := range fs {
		if !p.worth(f) {
			continue
		}
		r := p.finish(f)
		total += len(r.Digits) + f.dropped
		first := f.bits[0]
		out = append(out, candidate{
			run: r, start: r.Start(), end: r.End(),
			word: len(f.bits) == 1 && first.to == first.from+1 && p.items[first.from].id != writtenID,
		})
		if len(fs) == 1 { // what was corrected is no number in another language
			out[0].start, out[0].end = start, end
		}
	}
	for i := range out {
		out[i].digits = total
	}
	return out
}

// readPiece reads the sections of a piece and applies the corrections.
func (p *parser) readPiece(piece piece) []found {
	var out []found
	var cur said
	p.unsure = false
	for i, s := range piece.sections {
		p.opens, p.closes = i == 0, i == len(piece.sections)-1
		next := p.read(s.from, s.to, piece.plus)
		switch {
		case i == 0 || len(cur.bits) == 0:
			cur = next
		case s.fix == restart && len(next.bits) > 0:
			next.dropped = cur.dropped + len(cur.digits)
			cur = next
		case len(next.bits) == 0:
		case s.fix == again:
			said, ok := p.again(cur, next)
			if !ok {
				out = append(out, found{said: cur, role: piece.role, plus: piece.plus})
			}
			cur = said
		case s.fix == deny:
			righted, ok := p.right(cur, next)
			if !ok {
				out = append(out, found{said: cur, role: piece.role, plus: piece.plus})
				righted = next
			}
			cur = righted
		default:
			replaced, ok := p.replace(cur, next, s.fix == hesitate)
			if ok {
				replaced.dropped = cur.dropped + len(cur.digits) + len(next.digits) - len(replaced.digits)
			} else {
				out = append(out, found{said: cur, role: piece.role, plus: piece.plus})
			}
			cur = replaced
		}
	}
	if len(cur.bits) == 0 {
		return out
	}
	for _, s := range p.split(cur, piece.plus) {
		out = append(out, found{said: s, role: piece.role, plus: piece.plus})
	}
	return out
}

// split parts what was said in one breath but are several numbers.
func (p *parser) split(s said, plus bool) []said {
	if len(s.digits) < 7 {
		return p.splitShort(s)
	}
	if p.lang.likely(s.digits, plus) > local || len(s.bits) < 2 {
		return []said{s}
	}
	rests := make([]int, len(s.bits))
	for i := 1; i < len(s.bits); i++ {
		rests[i] = p.rest(s.bits[i-1].to, s.bits[i].from)
	}
	n, whole := 0, s
	for i := 1; i < len(s.bits); i++ {
		n += s.bits[i-1].n
		left, right := s.digits[:n], s.digits[n:]
		l, r := p.lang.likely(left, plus), p.lang.likely(right, false)
		longest := rests[i] > max(slices.Max(rests[:i]), slices.Max(append([]int{0}, rests[i+1:]...)))
		both, either := min(l, r), max(l, r)
		jumped := s.bits[i].from > s.bits[i-1].to // over words
		if both == complete && rests[i] > 0 || both >= local && left == right || either == complete && longest || both >= local && jumped {
			head := said{digits: left, bits: s.bits[:i], dropped: s.dropped}
			return append([]said{head}, p.split(said{digits: right, bits: s.bits[i:]}, false)...)
		}
		if l == complete && min(s.bits[i-1].n, s.bits[i].n) > 2 && len(whole.alts) < maxAlts {
			whole.alts = append(whole.alts[:len(whole.alts):len(whole.alts)], left) // its end is found without
		}
	}
	return []said{whole}
}

// rest returns how long the speaker rests between two bits.
func (p *parser) rest(from, to int) int {
	longest := 0
	for i := from; i <= to; i++ {
		switch g := p.items[i].gap; {
		case g&gapStop != 0:
			longest = max(longest, 3)
		case g&gapLine != 0:
			longest = max(longest, 2)
		case g&gapComma != 0:
			longest = max(longest, 1)
		}
	}
	return longest
}

// splitShort parts what is too short for a phone number at each "and": "twelve
// and fourteen".
func (p *parser) splitShort(s said) []said {
	n := 0
	for i := 1; i < len(s.bits); i++ {
		n += s.bits[i-1].n
		if before := s.bits[i-1].to; s.bits[i].from == before+1 && p.isLink(before, and) {
			head := said{digits: s.digits[:n], bits: s.bits[:i], dropped: s.dropped}
			return append([]said{head}, p.splitShort(said{digits: s.digits[n:], bits: s.bits[i:]})...)
		}
	}
	return []said{s}
}

// assemble joins country code, area code and the rest, in whatever order they
// were said.
func assemble(parts []found) []found {
	var out []found
	for i := 0; i < len(parts); i++ {
		f := parts[i]
		code := len(f.digits) <= 5
		last := i == len(parts)-1
		switch {
		case code && f.plus && !last && parts[i+1].role != extension && !parts[i+1].plus:
			parts[i+1].said, parts[i+1].plus = join(f.said, parts[i+1].said), true
			continue
		case code && f.role == area && len(out) > 0 && isLocal(out[len(out)-1]):
			end := &out[len(out)-1]
			end.said = join(f.said, end.said)
			continue
		case code && f.role == area && !last && parts[i+1].role == rest:
			parts[i+1].said = join(f.said, parts[i+1].said)
			continue
		case f.role == country && len(f.digits) <= 3 && len(out) > 0 && len(out[len(out)-1].digits) >= 7 && !out[len(out)-1].plus:
			end := &out[len(out)-1]
			if end.bits[0].n > 0 && strings.HasPrefix(end.digits, "0") && !strings.HasPrefix(end.digits, "00") {
				end.digits, end.alts = end.digits[1:], nil
			}
			end.said, end.plus = join(f.said, end.said), true
			continue
		}
		out = append(out, f)
	}
	return out
}

// isLocal tells whether a number may lack its area code.
func isLocal(f found) bool {
	return f.role != extension && f.role != area && !f.plus && 5 <= len(f.digits) && len(f.digits) <= 8
}

// worth tells whether a run is worth finding. Words that are numbers only by the
// way are not: "one of my two kids".
func (p *parser) worth(f found) bool {
	certain, zeros := 0, 0
	for _, b := range f.bits {
		if p.items[b.from].id == writtenID {
			return true
		}
		if p.words.lexeme(p.items[b.from].id, p.lang).doubt == sure {
			certain++
		}
	}
	zeros = strings.Count(f.digits, "0")
	switch n := len(f.digits); {
	case !p.own:
		return n >= 4 && len(f.bits) >= 3
	case n < 2 || certain == 0 && zeros == n:
		return false
	case n == 2 && len(f.bits) == 2:
		return certain == 2 && f.bits[0].to == f.bits[1].from && !p.pause(f.bits[1].from)
	case len(f.bits) == 1 && f.bits[0].to == f.bits[0].from+1:
		word := p.items[f.bits[0].from]
		return p.sure || !slices.Contains(ambiguous, strings.ToLower(p.text[word.start:word.end]))
	}
	return true
}

// ambiguous are numbers that are other words in the languages beside.
var ambiguous = []string{"once", "elf"}

// finish makes a run of what was found.
func (p *parser) finish(f found) Run {
	r := Run{Digits: f.digits, Plus: f.plus && len(f.digits) >= 7, Lang: codes[p.lang], Alts: f.alts}
	slices.SortFunc(f.bits, func(a, b bit) int { return a.from - b.from })
	last := -1
	for _, b := range f.bits {
		for i := b.from; i < b.to; i++ {
			it := p.items[i]
			it.end -= b.cut
			if i == last+1 && last >= 0 && it.gap&gapLine == 0 {
				r.Spans[len(r.Spans)-1].End = it.end
			} else {
				r.Spans = append(r.Spans, Span{it.start, it.end})
			}
			last = i
		}
	}
	p.others(&r, f.bits)
	return r
}
