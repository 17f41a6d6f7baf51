package numbers

import "strconv"

// What a reading of words costs: how far it is from what is mostly meant. Costs
// of the readings of a run add up, and the cheapest wins.
const (
	open     = 2  // as likely as the other one, or nearly
	unlikely = 4  // seldom meant
	hardly   = 12 // not meant
)

// parser reads the items of a text in one language.
type parser struct {
	text  string
	items []item
	words *lexicon
	lang  language
	start int // of the chain being read
	limit int // items from here on are out of sight

	// The section being read is the first of its piece, the last: what it begins
	// or ends with may be no digit.
	opens, closes bool

	asides int  // how often a number may still go on over what says it again
	unsure bool // whether it did in the piece that was read last

	weak bool // sound-alikes count: there are enough sure digits about
	own  bool // the language is the text's, or the text's is not known
	sure bool // the language is the text's

	// Of the section being read, reused for the next one.
	paths  []path
	fronts []front
	plain  [1]step
}

// reading is one way to understand the items from some place up to next.
type reading struct {
	next, value, cost int
}

// at returns what item i means as a part of a number.
func (p *parser) at(i int) lexeme {
	if i >= p.limit {
		return lexeme{}
	}
	switch it := p.items[i]; it.id {
	case writtenID:
		return lexeme{kind: written}
	case compoundID:
		if p.lang == german {
			return lexeme{kind: big, value: int(it.value)}
		}
		return lexeme{}
	default:
		l := p.words.lexeme(it.id, p.lang)
		if l.doubt == weak && p.counts(i, l.value) {
			l.doubt = sure
		}
		if l.doubt == weak && !p.weak {
			return lexeme{}
		}
		if l.doubt != sure {
			if f, ok := p.phrase(i); ok && len(f.words) > 1 { // one second, un momento
				return lexeme{}
			}
		}
		return l
	}
}

// counts tells whether item i, an article as well, is a number for what stands
// beside it: "ein und zwanzig", "ein hundert", "treinta y un".
func (p *parser) counts(i, value int) bool {
	if p.lang == spanish && value == 1 && i > 1 && p.isLink(i-1, and) {
		return p.words.lexeme(p.items[i-2].id, spanish).kind == tens
	}
	if p.lang != german || value != 1 || i+1 >= p.limit {
		return false
	}
	next := p.words.lexeme(p.items[i+1].id, german).kind
	return next == hundred || next == thousand ||
		i+2 < p.limit && p.isLink(i+1, and) && p.words.lexeme(p.items[i+2].id, german).kind == tens
}

// digit returns the single digit that item i says.
func (p *parser) digit(i int) (d byte, ok bool) {
	switch l := p.at(i); l.kind {
	case unit:
		return '0' + byte(l.value), l.doubt != weak
	case written:
		if it := p.items[i]; it.end-it.start == 1 && isDigit(p.text[it.start]) {
			return p.text[it.start], true
		}
	}
	return 0, false
}

// pause tells whether the speaker rests before item i.
func (p *parser) pause(i int) bool { return p.items[i].gap&gapPause != 0 }

// isLink tells whether item i is by itself a word with one of the roles.
func (p *parser) isLink(i int, roles ...role) bool {
	if i >= p.limit {
		return false
	}
	for _, f := range p.words.phrases[p.lang][p.items[i].id] {
		for _, r := range roles {
			if len(f.words) == 1 && f.role == r {
				return true
			}
		}
	}
	return false
}

// cardinal returns the readings of a cardinal number that begins at item i.
func (p *parser) cardinal(i int) []reading {
	out := p.underThousand(i)
	if p.at(i).kind == thousand {
		out = p.lower(out, reading{i + 1, 1000, 0}, 1000)
	}
	for _, r := range out {
		if r.value > 0 && r.value < 1000 && p.at(r.next).kind == thousand && !p.pause(r.next) {
			out = p.lower(out, reading{r.next + 1, r.value * 1000, r.cost}, 1000)
		}
	}
	return p.stranded(out, thousand)
}

// stranded makes the readings dear that leave a multiplier without what it
// multiplies.
func (p *parser) stranded(out []reading, k kind) []reading {
	for j, r := range out {
		if r.value > 0 && p.at(r.next).kind == k && !p.pause(r.next) {
			out[j].cost += unlikely
		}
	}
	return out
}

// mostHundreds is how many hundreds are said in French: "seize cents", but
// "dix-sept cent" is 17 and 100.
const mostHundreds = 16

func (p *parser) underThousand(i int) []reading {
	out := p.underHundred(i)
	switch l := p.at(i); l.kind {
	case written:
		it := p.items[i]
		if v, err := strconv.Atoi(p.text[it.start:it.end]); err == nil && v > 0 && v < 100 && p.text[it.start] != '0' {
			if k := p.at(i + 1).kind; k == hundred || k == thousand {
				out = append(out, reading{i + 1, v, 0})
			}
		}
	case hundred:
		out = p.lower(out, reading{i + 1, 100, 0}, 100)
	case big:
		room := 1
		for l.value%(room*10) == 0 && room < 1000 {
			room *= 10
		}
		out = p.lower(out, reading{i + 1, l.value, 0}, room)
	}
	for _, r := range out {
		if r.value > 0 && r.value < 100 && p.at(r.next).kind == hundred && !p.pause(r.next) && (p.lang != french || r.value <= mostHundreds) {
			out = p.lower(out, reading{r.next + 1, r.value * 100, r.cost}, 100)
		}
	}
	return p.stranded(out, hundred)
}

// lower appends the readings of a round number alone and together with a lower
// one, below room, that follows it.
func (p *parser) lower(out []reading, round reading, room int) []reading {
	if room < 100 {
		return append(out, round)
	}
	first := round.next
	joined := p.isLink(first, and)
	if joined {
		first++
	}
	var lows []reading
	if room == 1000 {
		lows = p.underThousand(first)
	} else {
		lows = p.underHundred(first)
	}
	apart := 0
	for _, low := range lows {
		if low.value == 0 || low.value >= room || p.at(first).kind == written {
			continue
		}
		merged, separate := p.joining(first, low, room, joined)
		apart = max(apart, separate)
		out = append(out, reading{low.next, round.value + low.value, round.cost + low.cost + merged})
	}
	round.cost += apart
	return append(out, round)
}

// joining returns what it costs to add a lower number to a round one, and not
// to: "six hundred twelve" is one number, "eight hundred five five five" is not.
func (p *parser) joining(first int, low reading, room int, joined bool) (merged, apart int) {
	if p.pause(first) && !joined {
		return unlikely, 0
	}
	if low.value < 10 && !joined {
		if _, ok := p.digit(low.next); ok || p.at(low.next).kind == written {
			return open, 0
		}
	}
	switch {
	case joined && (p.lang == english || p.lang == german):
		return 0, hardly
	case joined:
		return open, 0
	case p.lang == english && room == 1000:
		return 0, unlikely
	case p.lang == english:
		return 0, open + 1
	}
	return 0, hardly
}

func (p *parser) underHundred(i int) []reading {
	l := p.at(i)
	alone := reading{i + 1, l.value, 0}
	if l.doubt == weak {
		alone.cost = open
	}
	switch l.kind {
	case unit:
		return p.fromUnit(alone)
	case small:
		if p.lang == french && l.value == 10 {
			return p.add(nil, alone, 7, 9)
		}
		if p.lang == spanish && l.value == 10 && p.isLink(alone.next, and) { // diez y seis
			return p.add(nil, alone, 6, 9)
		}
		return []reading{alone}
	case tens:
		if p.lang == french {
			return p.frenchTens(nil, alone)
		}
		return p.add(nil, alone, 1, 9)
	case pair:
		if p.lang == french {
			return p.frenchTens(nil, alone)
		}
		return []reading{alone}
	}
	return nil
}

// fromUnit reads what begins with a unit: "quatre vingt", "ein und zwanzig".
func (p *parser) fromUnit(alone reading) []reading {
	next := alone.next
	switch {
	case alone.value == 0:
	case p.lang == french && alone.value == 4 && p.isTwenty(next):
		_, apart := p.distance(next)
		eighty := p.frenchTens(nil, reading{next + 1, 80, alone.cost})
		alone.cost += apart
		return append(eighty, alone)
	case p.lang == german && p.isLink(next, and) && p.at(next+1).kind == tens:
		whole := reading{next + 2, alone.value + p.at(next+1).value, alone.cost}
		alone.cost += unlikely
		return []reading{whole, alone}
	}
	return []reading{alone}
}

func (p *parser) isTwenty(i int) bool {
	l := p.at(i)
	return l.kind == tens && l.value == 20
}

// distance returns what it costs to take item i together with the one before it,
// and apart.
func (p *parser) distance(i int) (merged, apart int) {
	switch {
	case p.items[i].gap&gapHyphen != 0:
		return 0, hardly
	case p.pause(i):
		return unlikely, 0
	}
	return 0, unlikely
}

// add appends a round number alone and with the unit from low to high behind it.
func (p *parser) add(out []reading, round reading, low, high int) []reading {
	next := round.next
	joined := p.lang == spanish && p.isLink(next, and)
	if joined {
		next++
	}
	l := p.at(next)
	if l.kind != unit || l.value < low || l.value > high || p.lang == german { // vierzig sechs: 406
		return append(out, round)
	}
	merged, apart := p.distance(next)
	if joined {
		merged, apart = 0, hardly
	} else if p.lang == spanish && apart == unlikely {
		apart = open + 1
		switch {
		case p.text[p.items[round.next-1].start:p.items[round.next-1].end] == "veinti": // half of a word
			merged, apart = 0, hardly
		case round.value == 20: // it would be "veintiuno"
			merged, apart = unlikely, 0
		}
	}
	if l.doubt == weak {
		merged += open
	}
	if p.lang == french && l.value == 4 && p.isTwenty(next+1) { // vingt quatre-vingt
		merged, apart = merged+open, 0
	}
	out = append(out, reading{next + 1, round.value + l.value, round.cost + merged})
	round.cost += apart
	return append(out, round)
}

// frenchTens appends the readings of a ten: with a unit, with "et un", and of
// sixty and eighty with ten to nineteen.
func (p *parser) frenchTens(out []reading, round reading) []reading {
	next := round.next
	high := round.value == 60 || round.value == 80
	if round.value%10 != 0 {
		return append(out, round)
	}
	if p.isLink(next, and) {
		if l := p.at(next + 1); l.kind == unit && l.value == 1 || high && l.kind == small && l.value == 11 {
			out = append(out, reading{next + 2, round.value + l.value, round.cost})
			round.cost += unlikely
			return append(out, round)
		}
	}
	if l := p.at(next); high && l.kind == small {
		merged, apart := p.distance(next)
		for _, teen := range p.underHundred(next) {
			out = append(out, reading{teen.next, round.value + teen.value, round.cost + teen.cost + merged})
		}
		round.cost += apart
		return append(out, round)
	}
	first := 1
	if round.value == 70 || round.value == 90 { // soixantedix sept
		first = 7
		if p.at(round.next-1).kind == tens { // septante, nonante
			first = 1
		}
	}
	return p.add(out, round, first, 9)
}
