package query

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// value reads what stands behind the name of a field: a value, a list of them
// with commas, or parentheses with values for words. start is where the name
// began: what is not understood is read again as text.
func (p *parser) value(n named, start int) Node {
	behind := p.pos
	p.skipBlank()
	spaced := p.pos > behind
	r := p.peek()
	switch {
	case isOpen(r) && (n.field.Kind != KindNumber || p.phoneAhead() == ""):
		before := p.within
		p.within = &n
		group := p.group()
		p.within = before
		return group
	case spaced && p.endsValue(r), p.pos == len(p.text), isClose(r):
		p.pos = behind
		p.note("%s: needs a value, taken as text", n.field.Name)
		return p.asText(start)
	}
	typed := p.pos
	values, starred := p.values(n.field)
	read := p.text[typed:p.pos]
	f, bad, ok := p.filters(n, values)
	if ok && starred && f != nil {
		p.note("a * counts only behind words: %s:%s is read as %s", n.field.Name, excerpt(read), f)
	}
	if ok {
		return f
	}
	p.noteValue(n.field, bad)
	if spaced { // it was rather written than asked for
		p.pos = behind
	}
	return p.asText(start)
}

// values reads a value of the field, or several if commas part them; starred tells
// that one had a star behind it, which no value has.
func (p *parser) values(f *Field) (values []string, starred bool) {
	if isQuote(p.peek()) {
		return []string{p.quoted()}, false
	}
	values = p.listed(f)
	for i, v := range values {
		values[i] = strings.TrimRight(v, "*")
		starred = starred || len(values[i]) < len(v)
	}
	return values, starred
}

// listed reads what is not in quotes.
func (p *parser) listed(f *Field) []string {
	var typed string
	if f.Kind == KindNumber {
		typed = p.phoneAhead()
		p.pos += len(typed)
	}
	if typed == "" {
		typed = p.until(isBreak)
	}
	switch {
	case f.lists():
		for p.takeFurther(f, typed) {
			p.skipBlank()
			typed += p.until(isBreak)
		}
		parts := strings.FieldsFunc(typed, isComma)
		if len(parts) == 0 {
			return []string{typed}
		}
		return parts
	case f.Kind == KindAge, f.Kind == KindLength:
		typed += p.takeUnit(typed)
	}
	return []string{typed}
}

// takeFurther tells whether a list that ends in a comma goes on behind a blank,
// with a value that the field is known to have.
func (p *parser) takeFurther(f *Field, typed string) bool {
	last, _ := utf8.DecodeLastRuneInString(typed)
	if !isComma(last) || !isSpace(p.peek()) {
		return false
	}
	start := p.pos
	p.skipBlank()
	next := p.until(isBreak)
	p.pos = start
	_, ok := f.value(strings.TrimRightFunc(next, isComma))
	return ok
}

func isComma(r rune) bool { return r == ',' || r == '，' || r == '、' }

// takeUnit reads the unit of a number that stands behind a blank.
func (p *parser) takeUnit(number string) string {
	if !isDigits(number) {
		return ""
	}
	start := p.pos
	p.skipBlank()
	unit := strings.ToLower(p.until(isBreak))
	if units[unit] == "" {
		p.pos = start
		return ""
	}
	return unit
}

// endsValue tells whether what stands behind a colon and a blank is something
// else than the value: an operator, or the next filter.
func (p *parser) endsValue(r rune) bool {
	return isMinus(r) || p.atWord("OR") || p.atWord("AND") || p.atField()
}

// atField tells whether the name of a field stands at pos.
func (p *parser) atField() bool {
	rest := p.text[p.pos:min(len(p.text), p.pos+maxName)]
	name, _, ok := strings.Cut(rest, ":")
	_, isField := byName[foldName(name)]
	return ok && isField
}

// filters makes a filter of each value; it is false if one is not understood,
// which bad is then. The node is nil where there is no room.
func (p *parser) filters(n named, values []string) (node Node, bad string, ok bool) {
	var nodes []Node
	seen := make(map[string]bool)
	for _, typed := range values {
		value, ok := n.field.read(typed)
		if !ok {
			return nil, typed, false
		}
		f := Filter{Field: n.field.Name, Value: value}
		if n.field.Kind == KindAge && isDigits(typed) {
			p.note("%s:%s is read as %s", n.field.Name, excerpt(typed), f)
		}
		if !seen[value] {
			seen[value] = true
			nodes = append(nodes, f)
		}
	}
	if room := MaxClauses - p.words; len(nodes) > room {
		p.dropped += len(nodes) - room
		nodes = nodes[:room]
	}
	p.words += len(nodes)
	if n.opposite {
		return newNot(newOr(nodes)), "", true
	}
	return newOr(nodes), "", true
}

func (p *parser) noteValue(f *Field, typed string) {
	if p.notes.full() {
		p.note("some values of filters are not understood, taken as text")
		return
	}
	hint := f.hint()
	if meant := f.nearestValue(typed); meant != "" {
		hint += "; did you mean " + f.Name + ":" + meant + "?"
	}
	p.note("%s:%s is not understood, taken as text: %s", f.Name, excerpt(typed), hint)
}

// asText makes words of what was read from start on and turned out no filter.
func (p *parser) asText(start int) Node {
	tokens := Tokens(p.text[start:p.pos])
	switch len(tokens) {
	case 0:
		return nil
	case 1:
		if len(p.take(tokens)) == 0 {
			return nil
		}
		return leafOf(tokens[0].Text, false)
	}
	return p.newPhrase(tokens, false)
}

// maxPhone is how many digits a phone number has at most.
const maxPhone = 15

// phoneAhead is the phone number that begins at pos, also where it has blanks and
// parentheses in it; "" if none begins there. It reads groups for as long as
// they are one number, as Number does.
func (p *parser) phoneAhead() string {
	rest := p.text[p.pos:]
	first, digits := phoneGroup(rest, true)
	end := first
	for digits > 0 && end < len(rest) {
		length, n := phoneGroup(rest[end:], false)
		groups := groupsOf(rest[:end])
		enough := isEnough(strings.Join(groups, ""), rest[0] == '+')
		if n == 0 || enough && n >= minNumber || digits+n > maxPhone || isWhole(groups) {
			break
		}
		end += length
		digits += n
	}
	if digits < minNumber { // two numbers, maybe
		end = first
	}
	return rest[:end]
}

func groupsOf(typed string) []string {
	var groups []string
	for _, t := range Tokens(typed) {
		groups = append(groups, t.Text)
	}
	return groups
}

// phoneGroup is one group of digits at the start of s, with blanks before it, in
// parentheses or with joints between its digits; digits is 0 where there is
// none. Only the first group of a number has a plus sign.
func phoneGroup(s string, first bool) (length, digits int) {
	blank := len(s) - len(strings.TrimLeftFunc(s, isSpace))
	open := false
	for i, r := range s[blank:] {
		switch {
		case r == '+' && i == 0 && first, isJoint(r) && digits > 0 && !open:
		case unicode.IsDigit(r):
			digits++
		case isOpen(r) && i == 0:
			open = true
		case isClose(r) && open && digits > 0:
			return blank + i + utf8.RuneLen(r), digits
		case isBreak(r) && !open && digits > 0:
			return blank + i, digits
		default:
			return 0, 0
		}
	}
	if open || digits == 0 {
		return 0, 0
	}
	return len(s), digits
}
