package query

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Parse reads what a person typed. It takes any bytes, never fails, and says in
// Notes what it read otherwise than typed. Syntax shows the language.
//
// Words side by side bind tighter than OR. A typed word of several tokens, such
// as call-back, is a phrase of them; groups of digits, such as (617) 555-0123,
// are a Number. A name before a colon that is in Fields makes a Filter, with
// values parted by commas an Or of them. Nothing is everything.
func Parse(s string) Query {
	p := &parser{text: s}
	if len(s) > MaxBytes {
		p.text = cutAtRune(s, MaxBytes)
		p.note("the query is longer than %d KB, the rest is left out", MaxBytes>>10)
	}
	p.text = narrow(p.text)
	root := p.or()
	if root == nil {
		root = All{}
	}
	return Query{Root: joined(root), Notes: p.finish()}
}

// parser reads text from pos on, by recursive descent. Its methods return nil
// for a part in which there is nothing to search for; they have noted why.
type parser struct {
	text    string
	pos     int
	open    int    // parentheses around pos
	within  *named // the field whose values stand in the parentheses
	digits  int    // typed right before pos, in groups
	words   int    // taken into the tree
	dropped int    // words past MaxClauses
	notes   notes
	guesses map[string]string // what was asked about unknown names
}

// or reads alternatives, up to the end or to the parenthesis that closes them.
func (p *parser) or() Node {
	var nodes []Node
	stray, more := false, true
	for alternatives := 0; more; alternatives++ {
		n := p.and()
		if more = p.takeWord("OR"); more {
			p.digits = 0
		}
		if n != nil {
			nodes = append(nodes, n)
		} else {
			stray = stray || more || alternatives > 0
		}
	}
	if stray && p.dropped == 0 {
		p.note("OR needs something on both sides, left out")
	}
	return newOr(nodes)
}

// and reads what stands side by side, up to an OR, a closing parenthesis or the
// end.
func (p *parser) and() Node {
	var nodes []Node
	for {
		p.skipBlank()
		r := p.peek()
		switch {
		case p.pos == len(p.text), isClose(r) && p.open > 0, p.atWord("OR"):
			return newAnd(nodes)
		case isClose(r):
			p.next()
			p.note("a closing parenthesis has no opening one, left out")
		case p.takeWord("AND"):
			p.note("AND is not needed, left out: words side by side must all match")
		case p.takeTrunkZero(nodes):
		default:
			if n := p.term(); n != nil {
				nodes = append(nodes, n)
			}
		}
	}
}

// term reads a group, phrase or word with the minus signs before it.
func (p *parser) term() Node {
	minus := 0
	for ; isMinus(p.peek()); minus++ {
		p.next()
	}
	r := p.peek()
	if minus > 0 && (p.pos == len(p.text) || isSpace(r) || isClose(r)) {
		p.note("a lone - is left out")
		return nil
	}
	if minus > 1 {
		p.note("two minus signs cancel each other")
	}
	if minus > 0 {
		p.digits = 0
	}
	var n Node
	switch {
	case isOpen(r) && minus > 0 && p.within == nil && p.phoneAhead() != "":
		n = p.phone()
	case isOpen(r):
		n = p.group()
	case p.within != nil && !p.atField():
		n = p.value(*p.within, p.pos)
	case isQuote(r):
		n = p.phrase()
	default:
		n = p.word()
	}
	if minus%2 == 1 {
		p.digits = 0
		return newNot(n)
	}
	return n
}

func (p *parser) group() Node {
	p.next()
	if p.open == MaxDepth {
		p.note("parentheses inside each other deeper than %d are left out", MaxDepth)
		p.skipGroup()
		return nil
	}
	p.open++
	n := p.or()
	p.open--
	if n == nil && p.dropped == 0 {
		p.note("parentheses without words are left out")
	}
	if !isClose(p.peek()) {
		p.note("a parenthesis is not closed, read to the end")
	}
	p.next()
	return n
}

// skipGroup moves behind the parenthesis that closes the one just read.
func (p *parser) skipGroup() {
	for open := 1; open > 0 && p.pos < len(p.text); {
		switch r := p.next(); {
		case isOpen(r):
			open++
		case isClose(r):
			open--
		}
	}
}

// peek returns the next rune, 0 at the end.
func (p *parser) peek() rune {
	if p.pos == len(p.text) {
		return 0
	}
	r, _ := utf8.DecodeRuneInString(p.text[p.pos:])
	return r
}

// next returns the next rune and moves behind it; at the end it stays.
func (p *parser) next() rune {
	r, size := utf8.DecodeRuneInString(p.text[p.pos:])
	p.pos += size
	return r
}

// until reads up to the first rune that stop holds for, or to the end.
func (p *parser) until(stop func(rune) bool) string {
	rest := p.text[p.pos:]
	if i := strings.IndexFunc(rest, stop); i >= 0 {
		rest = rest[:i]
	}
	p.pos += len(rest)
	return rest
}

// skipBlank also passes invisible characters, which pasted text carries before
// a minus sign or a quote.
func (p *parser) skipBlank() {
	p.until(func(r rune) bool { return !isSpace(r) && !isInvisible(r) })
}

func (p *parser) atWord(operator string) bool {
	rest, ok := strings.CutPrefix(p.text[p.pos:], operator)
	if !ok {
		return false
	}
	r, _ := utf8.DecodeRuneInString(rest)
	return rest == "" || isBreak(r)
}

func (p *parser) takeWord(operator string) bool {
	if !p.atWord(operator) {
		return false
	}
	p.pos += len(operator)
	return true
}

func (p *parser) note(format string, args ...any) { p.notes.add(fmt.Sprintf(format, args...)) }

func (p *parser) finish() []string {
	if p.dropped > 0 {
		p.notes.last(fmt.Sprintf("a query holds at most %d words, %d more are left out", MaxClauses, p.dropped))
	}
	return p.notes.all()
}
