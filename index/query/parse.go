package query

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Parse reads what a person typed. It takes any bytes, never fails, and says in
// Notes what it read otherwise than typed. The language:
//
//	refund order     both words          "call me back"   these words in a row
//	refund OR order  either              (a OR b) c       parentheses group
//	-spam            everything but      refu*            words that begin so
//
// Words side by side bind tighter than OR. A typed word of several tokens, such
// as call-back or 555-0123, is a phrase of them. Nothing is everything.
func Parse(s string) Query {
	p := &parser{text: s}
	if len(s) > MaxBytes {
		p.text = cutAtRune(s, MaxBytes)
		p.note("the query is longer than %d KB, the rest is left out", MaxBytes>>10)
	}
	root := p.or()
	if root == nil {
		root = All{}
	}
	return Query{Root: root, Notes: p.finish()}
}

// parser reads text from pos on, by recursive descent. Its methods return nil
// for a part in which there is nothing to search for; they have noted why.
type parser struct {
	text    string
	pos     int
	open    int // parentheses around pos
	words   int // taken into the tree
	dropped int // words past MaxClauses
	notes   notes
}

// or reads alternatives, up to the end or to the parenthesis that closes them.
func (p *parser) or() Node {
	var nodes []Node
	stray, more := false, true
	for alternatives := 0; more; alternatives++ {
		n := p.and()
		more = p.takeWord("OR")
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
	var n Node
	switch {
	case isOpen(r):
		n = p.group()
	case isQuote(r):
		n = p.phrase()
	default:
		n = p.word()
	}
	if minus%2 == 1 {
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

func (p *parser) phrase() Node {
	p.next()
	inside := p.until(isQuote)
	if p.pos == len(p.text) {
		p.note("a quote is not closed, read to the end")
	}
	p.next()
	body := strings.TrimRightFunc(inside, isSpace)
	text := strings.TrimRight(body, "*")
	after := p.until(func(r rune) bool { return r != '*' })
	if strings.Contains(text, "*") {
		p.note("a * inside quotes counts only at the end, left out")
	}
	p.skipNear()
	tokens := Tokens(text)
	if len(tokens) == 0 {
		p.note("a phrase without words is left out")
		return nil
	}
	return p.newPhrase(tokens, len(text) < len(body) || after != "")
}

// skipNear leaves out the ~5 behind a phrase, which in the text would be a word
// that nobody said.
func (p *parser) skipNear() {
	if p.peek() != '~' {
		return
	}
	p.next()
	n := p.until(func(r rune) bool { return !unicode.IsDigit(r) })
	p.note("unknown operator ~%s behind a phrase, left out", excerpt(n))
}

func (p *parser) word() Node {
	typed := p.until(isBreak)
	p.noteOperator(typed)
	body := strings.TrimLeft(typed, "*")
	text, tail, starred := strings.Cut(body, "*")
	tokens := Tokens(text)
	switch {
	case strings.Trim(typed, "*") == "":
		p.note("a lone * is left out")
		return nil
	case len(tokens) == 0:
		p.note("%s has no letters or digits, left out", excerpt(typed))
		return nil
	case len(body) < len(typed), len(Tokens(tail)) > 0:
		p.note("a * counts only at the end of a word: %s is read as %s", excerpt(typed), excerpt(text+star(starred)))
	}
	if len(tokens) > 1 {
		return p.newPhrase(tokens, starred)
	}
	if len(p.take(tokens)) == 0 {
		return nil
	}
	return Word{Text: tokens[0].Text, Prefix: starred}
}

// noteOperator tells of what looks like an operator and is taken as text. A web address
// and a time of day do not look like one.
func (p *parser) noteOperator(typed string) {
	name, value, ok := strings.Cut(typed, ":")
	isName := name != "" && strings.TrimFunc(name, func(r rune) bool { return unicode.IsLetter(r) || r == '_' }) == ""
	if ok && isName && !strings.HasPrefix(value, "//") {
		p.note("unknown operator %s:, taken as text", excerpt(name))
	}
	if typed == "NOT" {
		p.note("NOT is taken as a word: write -word to leave one out")
	}
	if strings.Contains(typed, "~") {
		p.note("unknown operator ~, taken as text")
	}
}

// newPhrase makes a phrase of as many tokens as there is room for. One that was
// cut ends in a whole word: it still matches all that the long one would.
func (p *parser) newPhrase(tokens []Token, prefix bool) Node {
	kept := p.take(tokens)
	if len(kept) == 0 {
		return nil
	}
	words := make([]string, len(kept))
	for i, t := range kept {
		words[i] = t.Text
	}
	return Phrase{Words: words, Prefix: prefix && len(kept) == len(tokens)}
}

// take counts tokens against MaxClauses and returns those within.
func (p *parser) take(tokens []Token) []Token {
	kept := tokens[:min(len(tokens), MaxClauses-p.words)]
	p.words += len(kept)
	p.dropped += len(tokens) - len(kept)
	return kept
}

func newAnd(nodes []Node) Node {
	var flat []Node
	for _, n := range nodes {
		if and, ok := n.(And); ok {
			flat = append(flat, and.Nodes...)
		} else {
			flat = append(flat, n)
		}
	}
	switch len(flat) {
	case 0:
		return nil
	case 1:
		return flat[0]
	}
	return And{flat}
}

func newOr(nodes []Node) Node {
	var flat []Node
	for _, n := range nodes {
		if or, ok := n.(Or); ok {
			flat = append(flat, or.Nodes...)
		} else {
			flat = append(flat, n)
		}
	}
	switch len(flat) {
	case 0:
		return nil
	case 1:
		return flat[0]
	}
	return Or{flat}
}

func newNot(n Node) Node {
	switch n := n.(type) {
	case nil:
		return nil
	case Not:
		return n.Node
	}
	return Not{n}
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
