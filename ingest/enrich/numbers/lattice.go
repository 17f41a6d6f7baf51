package numbers

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

const (
	maxPaths = 12 // kept at each item
	maxAlts  = 3  // other readings of one run
)

// path is a way to read the items of a section from its start up to some item.
type path struct {
	before int // the path that this one goes on from
	bit    bit
	digits string // of the whole path
	cost   int
}

// bit is what one step of a path reads: items [from, to) as n digits, none where
// they are skipped. The last cut digits of the items are not meant.
type bit struct{ from, to, n, cut int }

// said is the digits of a section and what says them.
type said struct {
	digits string
	bits   []bit // each with at least one digit
	alts   []string
}

// read finds the likeliest digits of items [from, to), all of which are numbers
// or fillers. Other readings that are nearly as likely become alternatives.
func (p *parser) read(from, to int, plus bool) said {
	p.limit = to
	paths := []path{{}}
	at := make([][]int, to-from+1) // paths by the item they have come to
	at[0] = []int{0}
	for i := from; i < to; i++ {
		here := at[i-from]
		slices.SortStableFunc(here, func(a, b int) int { return paths[a].cost - paths[b].cost })
		if len(here) > maxPaths {
			here = here[:maxPaths]
		}
		for _, s := range p.steps(i, from, to) {
			for _, k := range here {
				at[s.next-from] = append(at[s.next-from], len(paths))
				paths = append(paths, path{
					before: k, bit: bit{from: i, to: s.next, n: len(s.digits)},
					digits: paths[k].digits + s.digits, cost: paths[k].cost + s.cost,
				})
			}
		}
	}
	return p.best(paths, at[to-from], plus)
}

func (p *parser) best(paths []path, ends []int, plus bool) said {
	worth := func(k int) int { return paths[k].cost - p.lang.dialable(paths[k].digits, plus) }
	slices.SortStableFunc(ends, func(a, b int) int { return cmp.Compare(worth(a), worth(b)) })
	if len(ends) == 0 {
		return said{}
	}
	out := said{digits: paths[ends[0]].digits}
	for k := ends[0]; k != 0; k = paths[k].before {
		if paths[k].bit.n > 0 {
			out.bits = append(out.bits, paths[k].bit)
		}
	}
	slices.Reverse(out.bits)
	for _, k := range ends[1:] {
		digits := paths[k].digits
		if worth(k) > worth(ends[0])+open+1 || len(out.alts) == maxAlts {
			break
		}
		if len(digits) > 1 && digits != out.digits && !slices.Contains(out.alts, digits) {
			out.alts = append(out.alts, digits)
		}
	}
	return out
}

// step reads the items up to next as digits.
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
		return []step{{next: i + 1}}
	case written:
		out := []step{{next: i + 1, digits: p.figures(i)}}
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

// repeated appends the step that says the digit at item i n times, maybe behind
// an article: "zweimal die sieben".
func (p *parser) repeated(out []step, i, n int) []step {
	if p.isLink(i, filler, glueWord) && p.at(i).kind == nothing {
		i++
	}
	if d, ok := p.digit(i); ok {
		out = append(out, step{i + 1, strings.Repeat(string(d), n), -1})
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
	edge := i == from || i == to-1
	switch {
	case l.doubt == loose && edge:
		rests := i == from && i+1 < to && p.pause(i+1) || i > from && p.pause(i)
		skip := open + 1
		if rests {
			skip = open
		}
		return append(out, step{next: i + 1, cost: skip})
	case l.doubt == loose:
		return append(out, step{next: i + 1, cost: hardly})
	case l.doubt == weak:
		skip := unlikely
		if edge {
			skip = 0
		}
		for j := range out {
			if edge || i > from && i+1 < to && p.long(i-1) && p.long(i+1) {
				out[j].cost += open + 1
				skip = 0
			}
		}
		return append(out, step{next: i + 1, cost: skip})
	}
	return out
}

// long tells whether item i is written with several digits: what stands between
// two such is seldom a digit.
func (p *parser) long(i int) bool {
	it := p.items[i]
	return it.id == writtenID && it.end-it.start > 1
}
