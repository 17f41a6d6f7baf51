package numbers

import (
	"slices"
	"strings"
)

const (
	enoughSure = 5 // sure digits without which no sound-alike is taken for one
	// enoughAlike is how many there must be with the sound-alikes where one sure
	// digit is missing.
	enoughAlike = 10
	maxLinks    = 12 // words between two digits of a number
	maxChain    = 96 // items that are read together: what is longer is no number
)

// piece is a part of what was said in one breath: items that are numbers and
// what links them.
type piece struct {
	role     role // of the words before it, if it is one of the roles from plusWord on
	plus     bool
	sections []section
}

// section is a part of a piece between two corrections.
type section struct {
	fix      role // again, hesitate, correct or restart where it may correct the one before
	from, to int  // items
}

// chain reads the pieces that hang together from item i on, and says where the
// items go on behind them.
func (p *parser) chain(i int) (pieces []piece, next int) {
	p.limit, p.start = len(p.items), i
	certain, alike := p.countDigits(i)
	p.weak = certain >= enoughSure || certain == enoughSure-1 && certain+alike >= enoughAlike
	start, role := i, role(0)
	if p.at(i).kind == nothing {
		if role, i = p.link(i); role < plusWord || role == rest || !p.goesOn(i) {
			return nil, start + 1
		}
	}
	pieces = []piece{{role: role, plus: role == plusWord || role == country}}
	cur := &pieces[0]
	fresh, fix := true, filler // the next number opens a section
	for next = i; ; {
		if p.at(i).kind != nothing {
			if next > start && p.trades(i) {
				return pieces, i + 1
			}
			it := p.items[i]
			if plus := it.gap&gapPlus != 0; plus || !fresh && p.apart(i) {
				if len(cur.sections) > 0 {
					pieces = append(pieces, piece{})
					cur = &pieces[len(pieces)-1]
				}
				cur.plus, fresh, fix = cur.plus || plus, true, filler
			}
			if fresh {
				cur.sections = append(cur.sections, section{fix, i, i})
				fresh = false
			}
			i++
			cur.sections[len(cur.sections)-1].to, next = i, i
			if p.goesOn(i) {
				continue
			}
		}
		if i >= len(p.items) || p.items[i].gap&gapBreak != 0 {
			return pieces, next
		}
		role, after := p.link(i)
		if role == 0 || !p.goesOn(after) || p.recounts(pieces, i, after) {
			return pieces, next
		}
		counted := p.counted(i) // double, yeah, five
		i = after
		switch {
		case role >= plusWord:
			pieces = append(pieces, piece{role: role, plus: role == plusWord || role == country})
			cur, fresh, fix = &pieces[len(pieces)-1], true, filler
		case role >= hesitate:
			fresh, fix = true, role
		case role == again && !counted:
			fresh, fix = true, role
			p.asides--
		}
	}
}

// recounts tells whether the words from item i to after rather tell what came
// next than that a number goes on: "we paid 617 and then 555". Between digits
// that are written, they only go on where something hints at a phone number.
func (p *parser) recounts(pieces []piece, i, after int) bool {
	if i == 0 || p.items[i-1].id != writtenID || p.items[after].id != writtenID {
		return false
	}
	told := func(w string) bool { return slices.Contains(sequences, w) }
	if !slices.ContainsFunc(strings.Fields(strings.ToLower(p.text[p.items[i].start:p.items[after].start])), told) {
		return false
	}
	for _, piece := range pieces {
		if piece.plus || piece.role >= plusWord {
			return false
		}
		for _, s := range piece.sections {
			said := func(it item) bool { return it.id != writtenID && p.words.isSure(it.id) }
			if slices.ContainsFunc(p.items[s.from:s.to], said) {
				return false
			}
		}
	}
	before := p.text[:p.items[p.start].start]
	before = strings.ToLower(strings.TrimSpace(before[max(0, len(before)-maxHint):]))
	if before == "" || strings.ContainsAny(before[len(before)-1:], ".:;?!") {
		return false
	}
	return !slices.ContainsFunc(hints, func(h string) bool { return strings.Contains(before, h) })
}

// trades tells whether item i is a word that only sounds like a digit, between
// two written numbers that stand alone and are too short to be called: "718 for
// 555 pounds".
func (p *parser) trades(i int) bool {
	if p.items[i].id == writtenID || p.at(i).doubt == sure || i != p.start+1 || !p.goesOn(i+1) || p.goesOn(i+2) {
		return false
	}
	if i+2 < len(p.items) && p.items[i+2].gap&gapBreak == 0 {
		if role, after := p.link(i + 2); role != 0 && p.goesOn(after) {
			return false
		}
	}
	before, after := len(p.figures(i-1)), len(p.figures(i+1))
	return p.items[i-1].id == writtenID && p.items[i+1].id == writtenID && before > 1 && after > 1 && before+after < 7
}

// maxHint is how many bytes before a number are looked at for hints at what it is.
const maxHint = 60

// sequences are words that part what comes one behind the other, whatever it is.
var sequences = []string{"then", "then,", "next", "next,", "dann", "danach", "luego", "despues", "después", "puis", "ensuite"}

// hints are parts of words before a phone number.
var hints = []string{
	"number", "phone", "call", "reach", "cell", "mobile", "dial", "ring me", "text me", "nummer", "telefon", "handy", "ruf", "erreich",
	"número", "numero", "numéro", "teléfono", "telefono", "téléphone", "llam", "llám", "marc", "márc", "móvil", "movil", "appel", "portable", "joindre",
}

// goesOn tells whether item i is a number that nothing parts from the item
// before it.
func (p *parser) goesOn(i int) bool {
	return i < len(p.items) && i < p.start+maxChain && p.items[i].gap&gapBreak == 0 && p.at(i).kind != nothing
}

// apart tells whether item i is written so that it belongs to nothing before it:
// the digits of "ab12", or what follows "5pm".
func (p *parser) apart(i int) bool {
	it := p.items[i]
	suffixed := it.glued&lettersAfter != 0 && it.gap&(gapHyphen|gapSpace) == gapSpace
	return it.glued&lettersBefore != 0 || suffixed || i > 0 && p.items[i-1].glued&lettersAfter != 0
}

// countDigits counts the digits from item i on that surely are such, and those
// that only sound so, up to something that no number goes on over, or until there
// are enough.
func (p *parser) countDigits(i int) (certain, alike int) {
	for j := i; j < len(p.items) && j < i+maxChain && certain < enoughSure && (j == i || p.items[j].gap&gapBreak == 0); j++ {
		l := p.words.lexeme(p.items[j].id, p.lang)
		switch it := p.items[j]; {
		case it.id == writtenID:
			certain += it.end - it.start
		case l.kind != nothing && l.doubt == weak:
			alike++
		case l.kind != nothing:
			certain++
		}
	}
	return certain, alike
}

// link reads the words from item i on that may stand between numbers. It returns
// what they are there for, zero where they don't link, and the item behind them.
func (p *parser) link(i int) (role, int) {
	main, glued := role(0), false
	start := i
	for i < len(p.items) && i-start < maxLinks {
		if i > start && p.items[i].gap&gapBreak != 0 {
			break
		}
		if l := p.at(i); l.kind != nothing && (l.doubt != weak || main != 0) {
			break
		}
		f, ok := p.phrase(i)
		if !ok {
			return 0, i
		}
		i += len(f.words)
		if f.role == glueWord {
			glued = true
		} else if main == 0 || rank(f.role) > rank(main) {
			main = f.role
		}
	}
	if main < hesitate && main != again && glued && !p.counted(start) {
		return 0, i
	}
	if i == start {
		return 0, i
	}
	return max(main, filler), i
}

// counted tells whether the word before item i says how often the next digit
// comes: then an article may stand between.
func (p *parser) counted(i int) bool {
	if i == 0 {
		return false
	}
	k := p.at(i - 1).kind
	return k == repeat || k == times
}

// rank orders roles by how much they say about what follows.
func rank(r role) int {
	if r == rest { // "no, the number is" corrects
		return int(glueWord)
	}
	return int(r)
}

// phrase returns the longest phrase that begins at item i.
func (p *parser) phrase(i int) (phrase, bool) {
next:
	for _, f := range p.words.phrases[p.lang][p.items[i].id] {
		if f.role == again && p.asides == 0 {
			continue
		}
		for j, id := range f.words {
			if i+j >= len(p.items) || p.items[i+j].id != id || j > 0 && p.items[i+j].gap&gapBreak != 0 {
				continue next
			}
		}
		return f, true
	}
	return phrase{}, false
}
