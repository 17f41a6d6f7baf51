package query

import (
	"strings"
	"unicode"
)

// word reads what stands up to the next blank: a filter, or words.
func (p *parser) word() Node {
	start := p.pos
	typed := p.until(isBreak)
	if name, _, ok := strings.Cut(typed, ":"); ok {
		if n, ok := byName[foldName(name)]; ok && !strings.HasPrefix(typed[len(name)+1:], "//") {
			p.digits = 0
			p.pos = start + len(name) + 1
			return p.value(n, start)
		}
		p.noteOperator(name, typed[len(name)+1:])
	}
	if typed == "NOT" {
		p.note("NOT is taken as a word: write -word to leave one out")
	}
	return p.plain(typed)
}

// noteOperator tells of a name before a colon that is taken as text. A web address
// and a time of day do not look like one.
func (p *parser) noteOperator(name, value string) {
	isName := name != "" && strings.TrimFunc(name, func(r rune) bool { return unicode.IsLetter(r) || r == '_' }) == ""
	if !isName || strings.HasPrefix(value, "//") {
		return
	}
	p.note("unknown operator %s:, taken as text%s", excerpt(name), p.meant(name))
}

// meant asks about the field that an unknown name is nearest to. It looks only
// where a note can still be shown, and once for each name: there may be thousands.
func (p *parser) meant(name string) string {
	asked, known := p.guesses[name]
	if known || p.notes.full() {
		return asked
	}
	if field := nearestField(name); field != "" {
		asked = "; did you mean " + field + ":?"
	}
	if p.guesses == nil {
		p.guesses = make(map[string]string)
	}
	p.guesses[name] = asked
	return asked
}

// suffix is what stands behind a word or phrase.
type suffix struct {
	star, tilde bool
	distance    int // of the tilde, -1 without one
}

// plain reads a typed word that is no filter.
func (p *parser) plain(typed string) Node {
	before := p.digits
	p.digits = 0
	text, s := p.cutSuffix(typed)
	tokens := Tokens(text)
	switch {
	case strings.Trim(typed, "*") == "":
		p.note("a lone * is left out")
		return nil
	case len(tokens) == 0:
		p.note("%s has no letters or digits, left out", excerpt(typed))
		return nil
	}
	if s.tilde {
		s.tilde = p.allowsTilde(typed, tokens, s)
	}
	if !s.star && groupsDigits(text, tokens) {
		n := countDigits(tokens)
		if len(tokens) == 1 || before+n >= minNumber || before+n+p.digitsAhead() >= minNumber {
			p.digits = before + n
			return p.newNumbers(text, tokens)
		}
	}
	if len(tokens) > 1 {
		return p.newPhrase(tokens, s.star)
	}
	if len(p.take(tokens)) == 0 {
		return nil
	}
	return Word{Text: tokens[0].Text, Prefix: s.star, Fuzzy: s.tilde}
}

// cutSuffix parts a typed word from the star or tilde at its end.
func (p *parser) cutSuffix(typed string) (text string, s suffix) {
	body := strings.TrimLeft(typed, "*~")
	i := strings.IndexAny(body, "*~")
	if i < 0 {
		i = len(body)
	}
	text = body[:i]
	tail := body[i:]
	s = suffix{star: strings.Contains(tail, "*"), tilde: strings.Contains(tail, "~"), distance: -1}
	left := Tokens(tail)
	if s.tilde && len(left) == 1 && isDigits(left[0].Text) {
		s.distance, _ = atoi(left[0].Text)
		left = nil
	}
	switch {
	case len(Tokens(text)) == 0:
	case s.star && s.tilde:
		s.tilde = false
		p.note("a word has either * or ~ behind it: %s is read as %s", excerpt(typed), excerpt(text+"*"))
	case s.tilde && len(left) > 0, strings.HasPrefix(typed, "~"): // somebody's page on the web, mostly
		p.note("a ~ counts only at the end of a word, taken as text")
		return typed, suffix{}
	case len(body) < len(typed), len(left) > 0:
		p.note("a * counts only at the end of a word: %s is read as %s", excerpt(typed), excerpt(text+star(s.star)))
	}
	return text, s
}

// minFuzzy is from how many letters a word may be one edit away if asked for: of
// one letter nothing would be left.
const minFuzzy = 2

func (p *parser) allowsTilde(typed string, tokens []Token, s suffix) bool {
	switch {
	case len(tokens) > 1:
		p.note("a ~ counts only behind a single word, left out of %s", excerpt(typed))
	case tokens[0].Digits:
		p.note("digits match exactly, the ~ of %s is left out", excerpt(typed))
	case len([]rune(tokens[0].Text)) < minFuzzy:
		p.note("a single letter matches exactly, the ~ of %s is left out", excerpt(typed))
	default:
		if s.distance > 1 || s.distance == 0 {
			p.note("one letter off is all there is: %s is read as %s~", excerpt(typed), excerpt(tokens[0].Text))
		}
		return true
	}
	return false
}

// lookAhead is how far it is looked for the digits that make a group of them a
// number.
const lookAhead = 40

// digitsAhead counts the digits in groups behind pos.
func (p *parser) digitsAhead() int {
	n := 0
	for i, r := range p.text[p.pos:] {
		switch {
		case i >= lookAhead:
			return n
		case unicode.IsDigit(r):
			n++
		case !isSpace(r) && !isJoint(r) && !isOpen(r) && !isClose(r):
			return n
		}
	}
	return n
}

// takeTrunkZero passes the (0) of +49 (0)30, which is not dialled with the country
// code before it.
func (p *parser) takeTrunkZero(nodes []Node) bool {
	if len(nodes) == 0 {
		return false
	}
	n, ok := nodes[len(nodes)-1].(Number)
	rest := p.text[p.pos:]
	if !ok || !n.Plus || !strings.HasPrefix(rest, "(0)") && !strings.HasPrefix(rest, "（0）") {
		return false
	}
	p.until(isClose)
	p.next()
	return true
}

// newNumbers makes nodes of groups of digits; joined makes one of them.
func (p *parser) newNumbers(typed string, tokens []Token) Node {
	var nodes []Node
	for i, t := range p.take(tokens) {
		plus := i == 0 && strings.HasSuffix(typed[:t.Start], "+")
		nodes = append(nodes, leafOf(t.Text, plus))
	}
	return newAnd(nodes)
}

// phrase reads what stands in quotes, with the star or distance behind.
func (p *parser) phrase() Node {
	p.digits = 0
	inside := p.quoted()
	body := strings.TrimRightFunc(inside, isSpace)
	text := strings.TrimRight(body, "*")
	s := p.suffix()
	s.star = s.star || len(text) < len(body)
	if strings.Contains(text, "*") {
		p.note("a * inside quotes counts only at the end, left out")
	}
	tokens := Tokens(text)
	switch {
	case len(tokens) == 0:
		p.note("a phrase without words is left out")
		return nil
	case s.tilde:
		return p.newNear(tokens, s)
	}
	return p.newPhrase(tokens, s.star)
}

// quoted reads from a quote to the next one, or to the end.
func (p *parser) quoted() string {
	p.next()
	inside := p.until(isQuote)
	if p.pos == len(p.text) {
		p.note("a quote is not closed, read to the end")
	}
	p.next()
	return inside
}

// suffix reads the star and the tilde behind a phrase.
func (p *parser) suffix() suffix {
	s := suffix{distance: -1}
	marks := p.until(func(r rune) bool { return r != '*' && r != '~' })
	s.star, s.tilde = strings.Contains(marks, "*"), strings.Contains(marks, "~")
	if s.tilde {
		digits := strings.Map(toASCII, p.until(func(r rune) bool { return !unicode.IsDigit(r) }))
		if digits != "" {
			s.distance = MaxDistance + 1
			if n, ok := atoi(digits); ok {
				s.distance = n
			}
		}
	}
	return s
}

// someDistance is that of a ~ without a number.
const someDistance = 5

func (p *parser) newNear(tokens []Token, s suffix) Node {
	if s.star {
		p.note("a phrase has either * or ~ behind it, the * is left out")
	}
	distance := min(max(s.distance, 1), MaxDistance)
	switch {
	case len(tokens) == 1:
		p.note("a single word has nothing to be near to, the ~ is left out")
		return p.newPhrase(tokens, false)
	case s.distance < 0:
		distance = someDistance
		p.note("a ~ behind a phrase needs a number, read as ~%d", distance)
	case s.distance != distance:
		p.note("the number behind ~ is 1 to %d, read as ~%d", MaxDistance, distance)
	}
	words := p.takeWords(tokens)
	switch len(words) {
	case 0:
		return nil
	case 1:
		return Phrase{Words: words}
	}
	return Near{Words: words, Distance: distance}
}

// newPhrase makes a phrase of as many tokens as there is room for. One that was
// cut ends in a whole word: it still matches all that the long one would.
func (p *parser) newPhrase(tokens []Token, prefix bool) Node {
	words := p.takeWords(tokens)
	if len(words) == 0 {
		return nil
	}
	return Phrase{Words: words, Prefix: prefix && len(words) == len(tokens)}
}

func (p *parser) takeWords(tokens []Token) []string {
	kept := p.take(tokens)
	words := make([]string, len(kept))
	for i, t := range kept {
		words[i] = t.Text
	}
	return words
}

// take counts tokens against MaxClauses and returns those within.
func (p *parser) take(tokens []Token) []Token {
	kept := tokens[:min(len(tokens), MaxClauses-p.words)]
	p.words += len(kept)
	p.dropped += len(tokens) - len(kept)
	return kept
}

// value reads what stands behind the name of a field. start is where the name
// began: what is not understood is read again as text.
func (p *parser) value(n named, start int) Node {
	behind := p.pos
	p.skipBlank()
	r := p.peek()
	switch {
	case isOpen(r) && (n.field.Kind != KindNumber || p.phoneAhead() == ""):
		before := p.within
		p.within = &n
		defer func() { p.within = before }()
		return p.group()
	case p.pos > behind && p.endsValue(r), p.pos == len(p.text), isClose(r):
		p.pos = behind
		p.note("%s: needs a value, taken as text", n.field.Name)
		return p.asText(start)
	}
	var values []string
	switch typed := ""; {
	case isQuote(r):
		values = []string{p.quoted()}
	default:
		if n.field.Kind == KindNumber {
			typed = p.phoneAhead()
			p.pos += len(typed)
		}
		if typed == "" {
			typed = strings.TrimRight(p.until(isBreak), "*")
		}
		values = []string{typed}
		if n.field.lists() {
			values = strings.FieldsFunc(typed, func(r rune) bool { return r == ',' || r == '，' || r == '、' })
		}
	}
	return p.filters(n, values, start)
}

// endsValue tells whether what stands behind a colon and a blank is something
// else than the value: an operator, or the next filter.
func (p *parser) endsValue(r rune) bool {
	if isMinus(r) || p.atWord("OR") || p.atWord("AND") {
		return true
	}
	return p.atField()
}

// atField tells whether the name of a field stands at pos.
func (p *parser) atField() bool {
	rest := p.text[p.pos:min(len(p.text), p.pos+maxName)]
	name, _, ok := strings.Cut(rest, ":")
	_, isField := byName[foldName(name)]
	return ok && isField
}

// filters makes a filter of each value, or text of them all.
func (p *parser) filters(n named, values []string, start int) Node {
	var nodes []Node
	seen := make(map[string]bool)
	for _, typed := range values {
		value, ok := n.field.read(typed)
		if !ok {
			p.noteValue(n.field, typed)
			return p.asText(start)
		}
		if n.field.Kind == KindAge && isDigits(typed) {
			p.note("%s:%s is read as days", n.field.Name, excerpt(typed))
		}
		if !seen[value] {
			seen[value] = true
			nodes = append(nodes, Filter{Field: n.field.Name, Value: value})
		}
	}
	if len(nodes) == 0 {
		p.noteValue(n.field, "")
		return p.asText(start)
	}
	if room := MaxClauses - p.words; len(nodes) > room {
		p.dropped += len(nodes) - room
		nodes = nodes[:room]
	}
	p.words += len(nodes)
	if n.opposite {
		return newNot(newOr(nodes))
	}
	return newOr(nodes)
}

func (p *parser) noteValue(f *Field, typed string) {
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

// phoneAhead is the phone number that begins at pos, also where it has blanks and
// parentheses in it; "" if none begins there. It reads groups for as long as
// they are one number, as Number does.
func (p *parser) phoneAhead() string {
	rest := p.text[p.pos:]
	end, digits := 0, 0
	for {
		length, n := phoneGroup(rest[end:], end == 0)
		if n == 0 || digits >= minNumber && n >= minNumber || digits+n > maxPhone {
			break
		}
		end += length
		digits += n
	}
	if end == 0 {
		return ""
	}
	_, first := phoneGroup(rest, true)
	if digits < minNumber && digits != first {
		length, _ := phoneGroup(rest, true)
		return rest[:length]
	}
	return rest[:end]
}

// maxPhone is how many digits a phone number has at most.
const maxPhone = 15

// phoneGroup is one group of digits at the start of s, with blanks before it, in
// parentheses or with joints between its digits; digits is 0 where there is
// none.
func phoneGroup(s string, first bool) (length, digits int) {
	i := len(s) - len(strings.TrimLeftFunc(s, isSpace))
	open := false
	for j, r := range s[i:] {
		at := i + j
		switch {
		case j == 0 && first && r == '+', digits == 0 && !open && isOpen(r):
			open = open || isOpen(r)
			continue
		case unicode.IsDigit(r):
			digits++
			continue
		case open && isClose(r) && digits > 0:
			open = false
			continue
		case isJoint(r) && digits > 0 && !open:
			continue
		case (isBreak(r) || isOpen(r)) && !open && at > i:
			return at, digits
		}
		return 0, 0
	}
	if open {
		return 0, 0
	}
	return len(s), digits
}
