package query

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
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
		if rest := typed[len(name)+1:]; strings.EqualFold(name, "tel") && strings.ContainsFunc(rest, unicode.IsDigit) {
			return p.plain(rest) // as addresses of phones begin
		}
		p.noteOperator(name, typed[len(name)+1:])
	}
	if sign, size := utf8.DecodeRuneInString(typed); size < len(typed) {
		switch next, _ := utf8.DecodeRuneInString(typed[size:]); {
		case sign == '!' && isWordRune(next):
			p.note("a ! is left out: write -word to leave a word out")
		case sign == '+' && unicode.IsLetter(next):
			p.note("a + is not needed, left out: words side by side must all match")
		}
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
	if one := WithoutElided(text, tokens); len(one) == 1 {
		tokens = one
	}
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
	if groupsDigits(text, tokens) && (!s.star || len(tokens) > 1) {
		n := countDigits(tokens)
		if s.star && n >= minBeginning {
			return newBeginning(p.newNumbers(text, tokens), len(tokens))
		}
		if !s.star && (len(tokens) == 1 || n >= minNumber || isHyphened(text, tokens) && n+before+p.digitsAhead() >= minHyphened) {
			p.digits = before + n
			return p.newNumbers(text, tokens)
		}
	}
	if len(tokens) > 1 {
		return p.newJoint(text, tokens, s.star)
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
	if i == len(typed) { // as nearly always
		return typed, suffix{distance: -1}
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

// phone reads a number that begins with its area code in parentheses. A minus sign
// before it means all of it.
func (p *parser) phone() Node {
	typed := p.phoneAhead()
	p.pos += len(typed)
	return p.newNumbers(typed, Tokens(typed))
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

// minBeginning is from how many digits groups with a star behind are the beginning
// of a number.
const minBeginning = 4

// newBeginning puts the star behind the last of groups, if all of them are there.
func newBeginning(n Node, groups int) Node {
	and, ok := n.(And)
	if !ok || len(and.Nodes) < groups {
		return n
	}
	if last, ok := and.Nodes[groups-1].(Number); ok {
		and.Nodes[groups-1] = Word{Text: last.Digits, Prefix: true}
	}
	return n
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

// maxHyphened is of how many words a number in hyphens may be:
// quatre-vingt-dix-neuf has four.
const maxHyphened = 12

// newJoint makes a phrase of a typed word of several tokens, or what joined may
// make part of a number.
func (p *parser) newJoint(typed string, tokens []Token, prefix bool) Node {
	n := p.newPhrase(tokens, prefix)
	phrase, ok := n.(Phrase)
	if ok && !prefix && len(phrase.Words) == len(tokens) && len(tokens) <= maxHyphened &&
		isHyphened(typed, tokens) && spellsDigits(phrase.Words) {
		return hyphened{phrase}
	}
	if ok && !prefix && len(phrase.Words) == len(tokens) && isHyphened(typed, tokens) && !slices.ContainsFunc(phrase.Words, isUnplain) {
		phrase.Hyphenated = true
		return phrase
	}
	return n
}

// isUnplain tells a folded word that has other signs than the letters a to z.
func isUnplain(word string) bool {
	return strings.ContainsFunc(word, func(r rune) bool { return r < 'a' || r > 'z' })
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
