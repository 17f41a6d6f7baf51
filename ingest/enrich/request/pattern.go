package request

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// pattern reads a pattern: words and CLASSES, with "|" between alternatives,
// "?" behind what may be missing, "*3" for up to three words that matter not and
// part no clauses, "~3" for up to three light ones, "!" before what must not
// follow or, in front, not come before.
func (g *grammar) pattern(fields []string) ([]element, error) {
	var list []element
	for _, f := range fields {
		var e element
		switch f[0] {
		case '*', '~':
			e.light = f[0] == '~'
			if _, err := fmt.Sscan(f[1:], &e.gap); err != nil || e.gap < 1 {
				return nil, fmt.Errorf("gap %q", f)
			}
			if len(list) == 0 {
				return nil, fmt.Errorf("a pattern begins with a gap")
			}
			list = append(list, e)
			continue
		case '!':
			e.not = true
			f = f[1:]
		}
		f, e.optional = strings.CutSuffix(f, "?")
		for _, alt := range alternatives(f) {
			c, err := g.term(alt)
			if err != nil {
				return nil, err
			}
			e.any = append(e.any, c)
		}
		list = append(list, e)
	}
	for _, e := range list {
		if !e.not && e.gap == 0 && !e.optional {
			return list, nil
		}
	}
	return nil, fmt.Errorf("pattern %q matches nothing", strings.Join(fields, " "))
}

// alternatives parts a step at each "|" outside of braces, and writes these out.
func alternatives(s string) []string {
	var list []string
	from, depth := 0, 0
	for i := range len(s) {
		switch {
		case s[i] == '{':
			depth++
		case s[i] == '}':
			depth--
		case s[i] == '|' && depth == 0:
			list = append(list, expand(s[from:i])...)
			from = i + 1
		}
	}
	return append(list, expand(s[from:])...)
}

// term returns the class of a CLASS or of a word of a pattern.
func (g *grammar) term(s string) (class, error) {
	if s == "" {
		return noClass, fmt.Errorf("an empty term")
	}
	if s[0] >= 'A' && s[0] <= 'Z' {
		if c := g.names[s]; c != noClass {
			return c, nil
		}
		return noClass, fmt.Errorf("class %q is not known", s)
	}
	words := strings.Split(s, "_")
	var plain string // "follow_up" is not "followup"
	for _, w := range words {
		plain += "=" + g.spelling(w)
	}
	c, known := g.names[plain]
	if known {
		return c, nil
	}
	c = g.name(plain)
	if len(words) > 1 {
		g.enterPhrase(words, c)
		return c, nil
	}
	for _, id := range g.spelt(s) {
		g.classes[id] = append(g.classes[id], c)
	}
	return c, nil
}

// spelling is a word of a pattern as words are told from each other.
func (g *grammar) spelling(s string) string {
	plain := string(g.normal(nil, s))
	if _, ok := g.apart[g.ids[plain]]; ok && hasUmlaut(s) {
		return plain + "'"
	}
	return plain
}

// cell says that words from a place on are of a class.
type cell struct {
	class  class
	size   uint16 // words
	at     int32  // the place
	next   int32  // the next cell of the place, -1 for none
	chunks levels // those that may begin with it
}

const _ = uint16(maxTokens) // a size fits

// reserved are the classes that the reader itself knows, of one place: those of
// its word, and those that begin with it. It asks for them all the time.
type reserved struct{ one, any uint32 }

const _ = uint(32 - firstFree) // they fit

// chart is a message with all that its words may be.
type chart struct {
	g      *grammar
	tokens []token
	heads  []int32 // the first cell of each place, -1 for none
	cells  []cell
	words  []reserved // of each place
	seen   bits       // the classes of all cells, wider ones, too

	opened []int32        // room for what openings finds
	core   [maxCore]int32 // the words that the pattern stands on so far
	best   match          // the match of most words since best was cleared
	most   [maxCore]int32 // the words that it stands on
	asks   bool           // no gap may pass over a negation
	tame   bool           // nor over a word for calling
	denies bool           // nor over what begins a request, which no later step may begin with
	tells  bool           // nor over what begins a request
}

// maxCore is how many words of a match are remembered.
const maxCore = 32

// match is where a rule fits.
type match struct {
	rule       int32
	kind       kind
	weight     float64
	start, end int32   // words
	core       []int32 // the words that it stands on
	denied     bool    // a request that a negation in front turns round
}

func newChart(g *grammar, tokens []token) *chart {
	c := &chart{
		g: g, tokens: tokens, heads: make([]int32, len(tokens)), words: make([]reserved, len(tokens)),
		seen: make(bits, g.wide), cells: make([]cell, 0, 4*len(tokens)+16),
	}
	c.seen.add(noClass)
	for i, t := range tokens {
		c.heads[i] = -1
		for _, class := range g.classes[t.word] {
			c.put(i, class, 1)
		}
		if t.digits > 0 {
			c.put(i, numClass, 1)
		} else if t.word == 0 {
			c.put(i, unknownClass, 1)
		}
		if !g.opens[t.word] {
			continue
		}
	next:
		for _, p := range g.phrases[t.word] {
			for j, id := range p.words {
				if i+j >= len(tokens) || tokens[i+j].word != id {
					continue next
				}
			}
			c.put(i, p.class, len(p.words))
		}
	}
	c.phones()
	c.asks, c.best.core = true, c.most[:0]
	for n := range g.levels {
		l := &g.levels[n]
		for _, k := range c.openings(n) {
			i := int(c.cells[k].at)
			for _, o := range l.starts[c.cells[k].class] {
				if c.possible(o) {
					c.find(l.rules[o.rule].pattern, i, func(end int) { c.put(i, l.class, end-i) })
				}
			}
		}
	}
	return c
}

// openings are the cells that the rules of a level may begin with, in the order of the
// text, and of a place those first that were found last. They hold until the next call.
func (c *chart) openings(level int) []int32 {
	c.opened = c.opened[:0]
	for k := range c.cells {
		if c.cells[k].chunks&(1<<level) != 0 {
			c.opened = append(c.opened, int32(k))
		}
	}
	slices.SortFunc(c.opened, func(a, b int32) int { return cmp.Or(cmp.Compare(c.cells[a].at, c.cells[b].at), cmp.Compare(b, a)) })
	return c.opened
}

// possible tells whether the message has what a rule needs.
func (c *chart) possible(o opening) bool {
	for _, need := range o.needs {
		if !c.seen.has(need) {
			return false
		}
	}
	return true
}

// put adds a cell.
func (c *chart) put(at int, class class, size int) {
	for k := c.heads[at]; k >= 0; k = c.cells[k].next {
		if c.cells[k].class == class && int(c.cells[k].size) == size {
			return
		}
	}
	c.meet(class)
	if class < firstFree {
		c.words[at].any |= 1 << class
		if size == 1 {
			c.words[at].one |= 1 << class
		}
	}
	c.cells = append(c.cells, cell{class: class, size: uint16(size), at: int32(at), next: c.heads[at], chunks: c.g.chunks[class]})
	c.heads[at] = int32(len(c.cells) - 1)
}

// meet notes that the message has something of a class.
func (c *chart) meet(class class) {
	if c.seen.has(class) {
		return
	}
	c.seen.add(class)
	for _, wide := range c.g.wider[class] {
		c.seen.add(wide)
	}
}

// is tells whether a word begins something of one of the classes.
func (c *chart) is(at int, any bits) bool {
	for k := c.heads[at]; k >= 0; k = c.cells[k].next {
		if any.has(c.cells[k].class) {
			return true
		}
	}
	return false
}

// begins tells whether a word begins something of one of the classes that the
// reader knows.
func (c *chart) begins(at int32, class class) bool { return c.words[at].any&(1<<class) != 0 }

// has tells whether a word is of one of these.
func (c *chart) has(at int, class class) bool { return c.words[at].one&(1<<class) != 0 }

// phone numbers have so many digits; so many words may stand between two.
const (
	minPhone, maxPhone = 6, 40
	maxBetween         = 1
)

// phones marks what may be phone numbers: many digits, with little between them.
func (c *chart) phones() {
	for i := 0; i < len(c.tokens); i++ {
		if !c.has(i, numClass) {
			continue
		}
		digits, end := 0, i
		for j := i; j < len(c.tokens) && j-end <= maxBetween && j-i < maxPhone; j++ {
			if c.has(j, numClass) {
				digits += max(1, c.tokens[j].digits)
				end = j + 1
			}
		}
		if digits >= minPhone {
			c.put(i, phoneClass, end-i)
		}
		i = end - 1
	}
}

// find calls yield with each place where the pattern ends that begins at word i.
func (c *chart) find(pattern []element, i int, yield func(end int)) {
	for len(pattern) > 0 && pattern[0].not {
		if i > 0 && c.endsWith(i, pattern[0].set) {
			return
		}
		pattern = pattern[1:]
	}
	c.step(pattern, i, 0, yield)
}

// endsWith tells whether the word before i is of one of the classes.
func (c *chart) endsWith(i int, any bits) bool {
	for k := c.heads[i-1]; k >= 0; k = c.cells[k].next {
		if c.cells[k].size == 1 && any.has(c.cells[k].class) {
			return true
		}
	}
	return false
}

// parts tells whether no gap may pass over a word: it begins a clause, or what
// the rule that is tried must not reach over.
func (c *chart) parts(w int) bool {
	switch {
	case c.has(w, boundClass):
		return true
	case c.tame && c.has(w, actClass), c.asks && c.begins(int32(w), negClass), (c.denies || c.tells) && c.opens(int32(w)):
		return true
	}
	return (c.asks || c.denies) && c.has(w, subjClass)
}

// step matches the rest of a pattern from word i on; core words are remembered.
func (c *chart) step(pattern []element, i, core int, yield func(end int)) {
	if len(pattern) == 0 {
		if core > len(c.best.core) {
			c.best.core, c.best.end = append(c.best.core[:0], c.core[:core]...), int32(i)
		}
		yield(i)
		return
	}
	e, rest := &pattern[0], pattern[1:]
	switch {
	case e.gap > 0:
		c.step(rest, i, core, yield)
		for n := 1; n <= e.gap && i+n <= len(c.tokens); n++ {
			if w := i + n - 1; c.parts(w) || e.light && !c.has(w, lightClass) {
				return
			}
			c.step(rest, i+n, core, yield)
		}
		return
	case e.not:
		if i >= len(c.tokens) || !c.is(i, e.set) {
			c.step(rest, i, core, yield)
		}
		return
	case e.optional:
		c.step(rest, i, core, yield)
	}
	if i >= len(c.tokens) {
		return
	}
	for k := c.heads[i]; k >= 0; k = c.cells[k].next {
		cell := c.cells[k]
		if !e.set.has(cell.class) || core > 0 && c.denies && (c.fresh(int32(i)) || cell.size > 1 && (c.begins(int32(i), openClass) || c.begins(int32(i), impClass))) {
			continue
		}
		n := core
		for w := range int(cell.size) {
			if n < maxCore {
				c.core[n] = int32(i + w)
				n++
			}
		}
		c.step(rest, i+int(cell.size), n, yield)
	}
}
