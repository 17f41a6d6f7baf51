package when

import (
	"afterbeep/ingest/enrich/word"
)

// parser reads the words of one message.
type parser struct {
	l     *language
	words []word.Word
	means []meaning // of the words from each one on
}

// meaning is what a word begins.
type meaning struct {
	sense sense // of the longest phrase
	words int8  // of that phrase, 0 where there is none

	number      int8
	numberWords int8 // 0 where there is no number
}

func newParser(l *language, words []word.Word) parser {
	p := parser{l: l, words: l.parted(words)}
	p.means = make([]meaning, len(p.words))
	for i := range p.means {
		s, n := l.phrases.At(p.words, i)
		value, used := l.number(p.words, i)
		p.means[i] = meaning{sense: s, words: int8(n), number: int8(value), numberWords: int8(used)}
	}
	return p
}

// at is what the longest phrase means that begins at a word, and how many words it has.
func (p *parser) at(i int) (sense, int) { return p.means[i].sense, int(p.means[i].words) }

// number is the number that begins at a word, and how many words it has.
func (p *parser) number(i int) (value, n int) {
	if i >= len(p.words) {
		return 0, 0
	}
	return int(p.means[i].number), int(p.means[i].numberWords)
}

// isNumber reports whether digits or a number are at a word.
func (p *parser) isNumber(i int) bool {
	return i < len(p.words) && p.words[i].Mark != word.Stop && (p.means[i].numberWords > 0 || p.words[i].Number)
}

// expression is a time as it is said; -1 where a part is not said.
type expression struct {
	from, to int // words
	bound    int
	prior    bool // "before" it, not up to its end
	day      int  // in how many days
	weekday  int
	part     int
	clock    int // minutes of the day, of its first half where exact and half don't say
	half     kind
	exact    bool // of a clock with 24 hours
	end      int  // of the clock, where it goes up to another hour of the same day; else 0
	week     bool // the next one
	weekEnds bool // this week, or its end
	month    int  // 0 without
	date     int
	within   int // minutes from now
	over     bool
}

// What stands between two times to choose from, and before what is not to begin yet.
var (
	choices = map[string]bool{"or": true, "ou": true, "o": true, "oder": true}
	priors  = map[string]bool{"before": true, "prior": true, "avant": true, "antes": true, "vor": true}
)

// maxLinks is how many words may stand between the parts of a time.
const maxLinks = 3

// expression reads the time that begins at a word. Where there is none, to is
// behind what may be skipped.
func (p *parser) expression(i int) (e expression, ok bool) {
	e = expression{from: i, to: i, bound: -1, day: -1, weekday: -1, part: -1, clock: -1}
	pending, links, any, choice := -1, 0, false, false
	for j := i; j < len(p.words) && links <= maxLinks; {
		if j > i && p.words[j].Mark == word.Stop {
			break
		}
		s, n := p.at(j)
		if s.kind == greeting {
			if !any {
				e.to = j + n
			}
			break
		}
		before := e
		if used := p.atom(&e, j, s, n, pending, any); used > 0 {
			took := e.take(before, pending, any)
			switch other := e.day != before.day || e.weekday != before.weekday; {
			case choice && (other || !took): // the first of two will do
				e = before
			case !took:
				return before, any
			}
			j += used
			e.to, any, pending, links = j, true, -1, 0
			continue
		}
		switch {
		case s.kind == over && any && links == 0:
			e.over = true
			j += n
			e.to = j
		case s.kind == bound && (any || pending < 0 || s.value > on):
			pending = s.value
			e.prior = e.prior || s.value == until && priors[p.words[j].Plain]
			j += n
		case s.kind == bound || (s.kind == link || s.kind == within) && (any || pending >= 0):
			choice = choice || any && choices[p.words[j].Plain]
			j += n
		default:
			return e, any
		}
		if links++; !any && links > maxLinks {
			break
		}
	}
	return e, any
}

// take puts the preposition before an atom to what was read; false where the
// atom says again what was said.
func (e *expression) take(before expression, pending int, any bool) bool {
	twice := any && (before.day >= 0 || before.weekday >= 0 || before.month > 0) &&
		(e.day != before.day || e.weekday != before.weekday)
	if twice || any && before.part >= 0 && e.part != before.part {
		return false
	}
	switch {
	case pending == since || pending == of && !any:
		e.over = true
	case pending == between:
		e.bound = from
	case pending == from || pending == until && e.bound != from:
		e.bound = pending
	case e.bound < 0 && pending >= 0:
		e.bound = pending
	}
	return true
}

// atom reads one part of a time at j, where the phrase s of n words stands, and
// returns how many words it has; 0 for none.
func (p *parser) atom(e *expression, j int, s sense, n, pending int, any bool) int {
	switch s.kind {
	case day:
		if s.value == 1 && any && e.weekday >= 0 && e.part < 0 { // "montag morgen"
			e.part = morning
			return n
		}
		if s.value < 0 {
			e.over = true
			return n
		}
		e.day = s.value
		return n
	case weekday:
		e.weekday = s.value
		return n
	case week:
		e.week, e.weekEnds = s.value > 0, s.value == 0
		return n
	case weekend:
		if pending != from && pending != until {
			return 0
		}
		e.week, e.weekEnds = pending == from, pending == until
		return n
	case tail:
		if s.value == noonish && e.part < 0 && e.clock < 0 && (pending == from || pending == until || pending == at) { // "bis Mittag"
			e.clock, e.exact = 12*60, true
			return n
		}
		if !any || e.part >= 0 || e.day < 0 && e.weekday < 0 && e.clock < 0 && e.month == 0 {
			return 0
		}
		e.part = s.value
		return n
	case part:
		e.part = s.value
		return n
	case clock:
		if e.clock >= 0 {
			return 0
		}
		e.clock, e.exact = s.value, true
		return n
	case am, pm:
		if e.clock < 0 || e.half != nothing {
			return 0
		}
		e.half = s.kind
		return n
	case within:
		return p.within(e, j, n, any)
	}
	if _, used := p.number(j); n == 0 && used == 0 { // most words
		return 0
	}
	if n := p.dateAt(e, j); n > 0 {
		return n
	}
	return p.hourAt(e, j, pending)
}

// within reads "in two hours" at j.
func (p *parser) within(e *expression, j, n int, any bool) int {
	if any {
		return 0
	}
	k := j + n
	count, used := p.number(k)
	if used == 0 && k < len(p.words) {
		switch p.words[k].Plain {
		case "a", "an", "einer", "eine", "ner":
			count, used = 1, 1
		case "half", "halben", "media", "demi":
			return 0
		}
	}
	if k += used; used == 0 || k >= len(p.words) {
		return 0
	}
	s, m := p.at(k)
	each := s.value
	if s.kind == hours {
		each = 60
	}
	if s.kind != counted && s.kind != hours || each == 0 || count == 0 {
		return 0
	}
	if each == 24*60 {
		e.day = count
	} else {
		e.within = count * each
	}
	return k + m - j
}

// dateAt reads a date with the name of its month, or an ordinal, at j.
func (p *parser) dateAt(e *expression, j int) int {
	if e.month > 0 {
		return 0
	}
	dayAt := func(k int) (value, n int) {
		if k >= len(p.words) {
			return 0, 0
		}
		if s, n := p.at(k); n > 0 && s.kind == ordinal {
			return s.value, n
		}
		value, n = p.number(k)
		if n > 0 && k+n < len(p.words) && p.words[k+n].Glued {
			switch p.words[k+n].Plain {
			case "st", "nd", "rd", "th", "er":
				n++
			}
		}
		return value, n
	}
	monthAt := func(k int) (value, n int) {
		if k < len(p.words) {
			if s, n := p.at(k); n > 0 && s.kind == month {
				return s.value, n
			}
		}
		return 0, 0
	}
	if m, n := monthAt(j); n > 0 {
		k := j + n
		if k < len(p.words) && p.words[k].Plain == "the" {
			k++
		}
		if d, dn := dayAt(k); dn > 0 && d >= 1 && d <= 31 && p.words[k].Mark < word.Stop && !p.isNumber(k+dn) {
			e.month, e.date = m, d
			return k + dn - j
		}
		return 0
	}
	d, n := dayAt(j)
	if n == 0 || d < 1 || d > 31 {
		return 0
	}
	k := j + n
	if k < len(p.words) && (p.words[k].Plain == "of" || p.words[k].Plain == "de") {
		k++
	}
	if m, mn := monthAt(k); mn > 0 {
		e.month, e.date = m, d
		return k + mn - j
	}
	return 0
}

// hourAt reads a time of the day that has a number, at j.
func (p *parser) hourAt(e *expression, j, pending int) int {
	minutesAfter, toHour, k := 0, 0, j
	s, n := p.at(k)
	switch s.kind {
	case half, past:
		minutesAfter = s.value
	case toHalf, to:
		minutesAfter, toHour = 60-s.value, 1
	default:
		n = 0
	}
	prefixed := n > 0
	k += n
	for n > 0 && k < len(p.words) && (p.words[k].Plain == "las" || p.words[k].Plain == "la") {
		k++
	}
	h, used := p.number(k)
	if used == 0 || h > 24 {
		return 0
	}
	hour := k
	k += used
	sure := prefixed
	extra, n, explicit := p.minutesAt(k, prefixed, pending == between)
	if n > 0 {
		k += n
		minutesAfter += extra
		sure = sure || explicit
	}
	if !sure && !p.bare(hour, k, pending, e) {
		return 0
	}
	if e.clock >= 0 { // the end of "between two and four"
		if p.goesOn(j, k, pending, e) {
			if e.end = h*60 + minutesAfter; e.end <= e.clock {
				e.end += 12 * 60
			}
			return k - j
		}
		return 0
	}
	if e.clock = (h-toHour)*60 + minutesAfter; e.clock < 0 {
		e.clock += 24 * 60
	}
	e.exact = h > 12 || h == 0 || p.words[hour].Number && p.words[hour].Plain[0] == '0'
	return k - j
}

// goesOn reports whether the hour words[j:k] is the end of one before it.
func (p *parser) goesOn(j, k, pending int, e *expression) bool {
	if e.bound != from && e.bound != at || p.isNumber(k) {
		return false
	}
	last := p.words[j-1].Plain
	if last == "las" && j > 1 {
		last = p.words[j-2].Plain
	}
	return pending == until || last == "and" || last == "to" || last == "und" || last == "y" || last == "et" || last == "a"
}

// minutesAt reads what stands behind the number of an hour, and returns the
// minutes and how many words it has; explicit is whether it makes the number a
// time. Of a range ("entre diez y doce") "and" leads to its end.
func (p *parser) minutesAt(k int, prefixed, ranging bool) (minute, n int, explicit bool) {
	start := k
	if k < len(p.words) && p.words[k].Number && (p.words[k].Mark == word.Colon || p.words[k].Mark == word.Dot) && len(p.words[k].Plain) == 2 {
		m, used := p.number(k)
		if used == 0 {
			return 0, 0, false
		}
		minute, k, explicit = m, k+used, p.words[k].Mark == word.Colon
	}
	if k < len(p.words) {
		if s, used := p.at(k); used > 0 && s.kind == hours {
			k += used
			explicit = true
		} else if used > 0 && (s.kind == am || s.kind == pm) {
			return minute, k - start, true // it is an atom of its own
		}
	}
	if minute == 0 && k < len(p.words) && !prefixed {
		if s, used := p.at(k); used > 0 && s.kind == minutes {
			return s.value, k + used - start, true
		}
		m, at := k, k
		if p.l.and == "y" && !ranging && at < len(p.words) && (p.words[at].Plain == "y" || p.words[at].Plain == "menos") {
			at++
		}
		v, used := p.number(at)
		spoken := at > m || explicit || used > 0 && !p.words[at].Number
		if used > 0 && v >= 10 && spoken && p.words[at].Mark < word.Comma && !p.isNumber(at+used) {
			if at > m && p.words[m].Plain == "menos" {
				v = -v
			}
			return v, at + used - start, explicit
		}
	}
	return minute, k - start, explicit
}

// ranges reports whether the number before word k begins a range of hours, not of
// things: "entre diez y doce", "entre diez y doce personas".
func (p *parser) ranges(k int) bool {
	if k+1 >= len(p.words) || p.words[k].Plain != p.l.and {
		return false
	}
	_, used := p.number(k + 1)
	if k += 1 + used; used == 0 || k >= len(p.words) {
		return used > 0
	}
	s, n := p.at(k)
	return n == 0 || s.kind != counted
}

// bare reports whether a number without a word for hours, words[hour:end], is a
// time of the day by what stands around it.
func (p *parser) bare(hour, end, pending int, e *expression) bool {
	if p.l.needsHours && !(e.clock >= 0) && !(pending == between && p.ranges(end)) {
		return false
	}
	article := hour > 0 && (p.words[hour-1].Plain == "las" || p.words[hour-1].Plain == "la")
	if p.l.needsArticle && !article && !(pending == between && p.ranges(end)) && (e.bound != from || e.clock < 0) {
		return false
	}
	if end < len(p.words) && p.words[end].Mark < word.Comma {
		if s, n := p.at(end); n > 0 && (s.kind == counted || s.kind == month) {
			return false
		}
	}
	h, _ := p.number(hour)
	strong := pending == from || pending == until || pending == between || e.clock >= 0
	if w := p.words[hour].Plain; articles[w] {
		return false
	}
	if h == 0 || h > 24 || !strong && pending != at {
		return false
	}
	return !p.isNumber(end) || strong && !p.words[hour].Number && end == hour+1 && h <= 12
}
