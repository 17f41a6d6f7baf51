package numbers

import (
	"slices"
	"strconv"
	"strings"
)

const (
	maxPaths = 32 // kept at each item
	maxAlts  = 3  // other readings of one run
	minPlain = 8  // digits of what is plainly said, though it has no known form, to be another reading
)

// path is a way to read the items of a section from its start up to some item.
type path struct {
	before   int32  // the path that this one goes on from
	from, to int32  // the items of its last step
	cost     int32  // of the whole path
	digits   string // of the step, none where it skips its items
}

// bit is items [from, to) that say n digits. The last cut digits of the items are not
// meant.
type bit struct{ from, to, n, cut int }

// said is the digits of a section and what says them.
type said struct {
	digits  string
	bits    []bit // each with at least one digit
	alts    []string
	dropped int // digits said and corrected
}

// read finds the likeliest digits of items [from, to), all of which are numbers
// or fillers. Other readings that are nearly as likely become alternatives.
func (p *parser) read(from, to int, plus bool) said {
	p.limit = to
	paths := append(slices.Grow(p.paths[:0], 2*(to-from)+1), path{}) // of most items there is one reading
	at := slices.Grow(p.fronts[:0], to-from+1)[:to-from+1]           // paths by the item they have come to
	clear(at)
	at[0].n = 1
	for i := from; i < to; i++ {
		here := at[i-from]
		if here.n == 0 {
			continue
		}
		for _, s := range p.steps(i, from, to) {
			for _, k := range here.paths[:here.n] {
				if cost := paths[k].cost + int32(s.cost); at[s.next-from].add(len(paths), cost, paths) {
					paths = append(paths, path{k, int32(i), int32(s.next), cost, s.digits})
				}
			}
		}
	}
	p.paths, p.fronts = paths, at
	return p.best(at[to-from], plus)
}

// front is the cheapest paths that have come to an item.
type front struct {
	paths [maxPaths]int32
	n     int
}

// add takes path k, which is about to be added to paths, if it is cheap enough.
func (f *front) add(k int, cost int32, paths []path) bool {
	if f.n < maxPaths {
		f.paths[f.n] = int32(k)
		f.n++
		return true
	}
	worst := 0
	for i, k := range f.paths {
		if paths[k].cost > paths[f.paths[worst]].cost {
			worst = i
		}
	}
	if paths[f.paths[worst]].cost <= cost {
		return false
	}
	f.paths[worst] = int32(k)
	return true
}

// ending is a path that has read everything.
type ending struct {
	path   int32
	digits string
	worth  int // the less the better
}

// best chooses among the paths that have read everything.
func (p *parser) best(last front, plus bool) said {
	ends := make([]ending, 0, last.n)
	for _, k := range last.paths[:last.n] {
		digits := p.digitsOf(k)
		ends = append(ends, ending{k, digits, int(p.paths[k].cost) - p.lang.likely(digits, plus)})
	}
	if len(ends) == 0 {
		return said{}
	}
	slices.SortStableFunc(ends, func(a, b ending) int { return a.worth - b.worth })
	out := said{digits: ends[0].digits, bits: make([]bit, 0, len(ends[0].digits))}
	for k := ends[0].path; k != 0; k = p.paths[k].before {
		if step := p.paths[k]; step.digits != "" {
			out.bits = append(out.bits, bit{from: int(step.from), to: int(step.to), n: len(step.digits)})
		}
	}
	slices.Reverse(out.bits)
	for _, e := range ends[1:] {
		if e.worth > ends[0].worth+open+1 || len(out.alts) == maxAlts {
			break
		}
		ending := len(e.digits) >= minTail && strings.HasSuffix(out.digits, e.digits) // is found without
		if len(e.digits) > 1 && e.digits != out.digits && !ending && !slices.Contains(out.alts, e.digits) {
			out.alts = append(out.alts, e.digits)
		}
	}
	if plainest := slices.MinFunc(ends, func(a, b ending) int { return int(p.paths[a.path].cost - p.paths[b.path].cost) }); len(out.alts) < maxAlts &&
		len(plainest.digits) >= minPlain && plainest.digits != out.digits && !slices.Contains(out.alts, plainest.digits) {
		out.alts = append(out.alts, plainest.digits)
	}
	return out
}

// digitsOf returns all digits of a path.
func (p *parser) digitsOf(k int32) string {
	n := 0
	for j := k; j != 0; j = p.paths[j].before {
		n += len(p.paths[j].digits)
	}
	var room [maxChain]byte // mostly enough
	digits := slices.Grow(room[:0], n)[:n]
	for j := k; j != 0; j = p.paths[j].before {
		n -= len(p.paths[j].digits)
		copy(digits[n:], p.paths[j].digits)
	}
	return string(digits)
}

// step reads the items up to next as digits, none where it skips them.
type step struct {
	next   int
	digits string
	cost   int
}

const figures = "0123456789"

func figure(d int) string { return figures[d : d+1] }

// steps returns the ways to read on at item i of a section. There is always one.
func (p *parser) steps(i, from, to int) []step {
	l := p.at(i)
	switch l.kind {
	case nothing:
		return append(p.plain[:0], step{next: i + 1})
	case written:
		out := append(p.plain[:0], step{next: i + 1, digits: p.figures(i)})
		if k := p.at(i + 1).kind; k != hundred && k != thousand {
			return out
		}
		return p.cardinals(out, i)
	case plural:
		return []step{{i + 1, figure(l.value), open}}
	case twin:
		return []step{{i + 1, figure(l.value) + figure(l.value), 0}}
	case repeat:
		return append(p.repeated(nil, i+1, l.value), step{next: i + 1, cost: hardly})
	case times:
		return []step{{next: i + 1, cost: hardly}}
	}
	if l.kind == unit && l.doubt == sure && p.single(i) {
		return append(p.plain[:0], step{i + 1, figure(l.value), 0})
	}
	out := p.cardinals(nil, i)
	if l.kind == unit && l.value > 1 && l.value < 10 {
		switch next := p.at(i + 1); next.kind {
		case times:
			out = p.repeated(out, i+2, l.value)
		case plural:
			out = append(out, step{i + 2, strings.Repeat(figure(next.value), l.value), -1})
		}
	}
	return p.doubtful(out, l, i, from, to)
}

// single tells whether the unit at item i can only be a digit of its own: what
// follows takes no part in a cardinal with it.
func (p *parser) single(i int) bool {
	switch p.at(i + 1).kind {
	case unit, small, written, repeat:
		return true
	case tens:
		return p.lang != french
	case nothing:
		return !p.isLink(i+1, and)
	}
	return false
}

// figures returns the written digits of item i.
func (p *parser) figures(i int) string {
	text := p.text[p.items[i].start:p.items[i].end]
	for j := range len(text) {
		if !isDigit(text[j]) {
			return string(appendDigits(nil, text))
		}
	}
	return text
}

// repeated appends the steps that say the digit at item i n times, maybe behind
// an article, or the two digits: "zweimal die sieben", "deux fois le treize".
func (p *parser) repeated(out []step, i, n int) []step {
	if p.isLink(i, filler, glueWord) && p.at(i).kind == nothing {
		i++
	}
	if d, ok := p.digit(i); ok {
		out = append(out, step{i + 1, strings.Repeat(string(d), n), -1})
	}
	if p.lang == english { // where "double fifteen" is in no number
		return out
	}
	for _, r := range p.underHundred(i) {
		if r.value >= 10 {
			out = append(out, step{r.next, strings.Repeat(strconv.Itoa(r.value), n), r.cost + hardly + 1}) // only where that makes a number
		}
	}
	return out
}

func (p *parser) cardinals(out []step, i int) []step {
	for _, r := range p.cardinal(i) {
		out = append(out, step{r.next, strconv.Itoa(r.value), r.cost})
	}
	return out
}

// doubtful adds the step over a word that may be no digit, and makes its reading
// as one dear where that is seldom meant.
func (p *parser) doubtful(out []step, l lexeme, i, from, to int) []step {
	if l.doubt == sure {
		return out
	}
	first, last := i == from && p.opens, i == to-1 && p.closes
	if i == to-1 && l.doubt == loose && l.value == 0 { // one two three, oh sorry, three two
		last = true
	}
	says, skip := 0, hardly // what it costs more to take it for a digit, and not to
	switch {
	case last && i > from && p.items[i-1].id == writtenID && (!p.ends(i) || l.doubt == weak && p.long(i-1)): // 617 555 0123 one more time
		says, skip = open, 0
		if l.doubt == weak {
			says = hardly
		}
	case l.doubt == loose && first, l.doubt == loose && last:
		skip = open + 1
		if first && i+1 < to && p.pause(i+1) || i > from && p.pause(i) {
			skip = open
		}
	case l.doubt == loose:
	case last && i > from && !p.pause(i) && p.ends(i):
		skip = open + 1
	case first || last:
		says, skip = open, 0
	case i > from && i+1 < to && p.long(i-1) && p.long(i+1):
		says, skip = open, 0
	default:
		skip = unlikely + open
	}
	for j := range out {
		out[j].cost += says
	}
	return append(out, step{next: i + 1, cost: skip})
}

// ends tells whether a sentence or the text ends behind item i: words like "to"
// seldom stand there for themselves.
func (p *parser) ends(i int) bool {
	for _, r := range p.text[p.items[i].end:] {
		switch r {
		case ' ':
		case '.', ',', ';', '!', '?', '\n':
			return true
		default:
			return false
		}
	}
	return true
}

// long tells whether item i is written with several digits: what stands between
// two such is seldom a digit.
func (p *parser) long(i int) bool {
	it := p.items[i]
	return it.id == writtenID && it.end-it.start > 1
}
