package request

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// token is a word of the message, or a group of digits.
type token struct {
	start, end int   // its bytes in the text
	from, to   int   // its bytes in the words as the lexicon has them
	word       int32 // its number in the lexicon, 0 for none
	digits     int   // how many digits are written in it
}

// fold returns what a letter is without case and accents: recognisers often
// leave accents out. It is 0 for what is no part of a word.
func fold(r rune) rune {
	switch {
	case 'a' <= r && r <= 'z' || '0' <= r && r <= '9':
		return r
	case 'A' <= r && r <= 'Z':
		return r + 'a' - 'A'
	case r < utf8.RuneSelf:
		return 0
	}
	r = unicode.ToLower(r)
	if 0xC0 <= r && r <= 0x17F {
		if plain := accented[r-0xC0]; plain != ' ' {
			return rune(plain)
		}
		return r
	}
	if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) {
		return r
	}
	return 0
}

// accented are the plain letters for U+00C0 to U+017F; ' ' where there is none.
const accented = "aaaaaaaceeeeiiiidnooooo ouuuuy  aaaaaaaceeeeiiiidnooooo ouuuuy y" +
	"aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiii  jjkk lllllllllln" + "nnnnnnnnoooooo  rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs"

// normal appends a word's letters to b as the lexicon has them: without case,
// accents and apostrophes, German's ae, oe and ue as a, o and u, and in Spanish
// one letter for those that sound alike.
func (g *grammar) normal(b []byte, word string) []byte {
	from := len(b)
	for _, r := range word {
		switch {
		case 'a' <= r && r <= 'z' && r != 'e': // most letters
			b = append(b, byte(r))
			continue
		case r == 'ß', r == 'ẞ':
			b = append(b, "ss"...)
			continue
		case r == 'œ', r == 'Œ':
			b = append(b, "oe"...)
			continue
		}
		r = fold(r)
		if r == 0 || r >= utf8.RuneSelf && unicode.Is(unicode.Mn, r) {
			continue
		}
		if g.umlauts && r == 'e' && len(b) > from {
			if last := b[len(b)-1]; last == 'a' || last == 'o' || last == 'u' {
				continue
			}
		}
		b = utf8.AppendRune(b, r)
	}
	if g.sounds && len(b)-from > minSound {
		return b[:from+alike(b[from:])]
	}
	return b
}

// minSound is how many letters a Spanish word has at most that is taken as it is.
const minSound = 3

// alike writes Spanish letters that sound alike with the same letter, in place:
// recognisers and people write "yamada" and "por fabor". It returns the length.
func alike(b []byte) int {
	n := 0
	for i := 0; i < len(b); i++ {
		l, next := b[i], byte(0)
		if i+1 < len(b) {
			next = b[i+1]
		}
		switch {
		case l == 'h' && (i == 0 || b[i-1] != 'c'):
			continue
		case l == 'v':
			l = 'b'
		case l == 'z' || l == 'c' && (next == 'e' || next == 'i'):
			l = 's'
		case l == 'l' && next == 'l':
			l = 'y'
			i++
		}
		b[n] = l
		n++
	}
	return n
}

func isApostrophe(r rune) bool {
	return r == '\'' || r == '’' || r == '‘' || r == '`' || r == '´' || r == 'ʼ'
}

// maxTokens is how many words of a message are read. Who speaks longer than half
// an hour says it at the beginning or not at all.
const maxTokens = 6000

// maxWord is how many bytes of a word are looked at.
const maxWord = 40

// cutter cuts a text into words.
type cutter struct {
	g     *grammar
	text  string
	list  []token
	plain []byte // the words as the lexicon has them, one behind the other
	known int    // how many of them the lexicon has
	dots  dots   // whether umlauts are written
}

// dots tells whether a text writes umlauts, once somebody has looked.
type dots uint8

const (
	notSeen dots = iota
	without
	written
)

// hasUmlaut tells whether a word is spelt with an umlaut.
func hasUmlaut(word string) bool {
	return strings.ContainsAny(word, umlauts) || strings.Contains(word, "ae") || strings.Contains(word, "oe") || strings.Contains(word, "ue")
}

// umlauts are the letters, and the mark that makes them of others.
const umlauts = "äöüÄÖÜ\u0308"

// spelledOut are pieces of common words whose umlauts are two letters.
var spelledOut = []string{"fuer", "zurueck", "koenn", "moecht", "wuerd", "waer", "haett", "ueber", "muess"}

// apart returns which of two words one is that an umlaut makes another. In a
// transcript without any umlaut it stays in doubt.
func (c *cutter) apart(id int32, word string) int32 {
	pair, ok := c.g.apart[id]
	if !ok {
		return id
	}
	if hasUmlaut(word) {
		return pair.umlaut
	}
	if c.dots == notSeen {
		c.dots = without
		if strings.ContainsAny(c.text, umlauts) || slices.ContainsFunc(spelledOut, func(s string) bool { return strings.Contains(c.text, s) }) {
			c.dots = written
		}
	}
	if c.dots == written {
		return pair.plain
	}
	return id
}

// tokens cuts a text into the words that the grammar reads: without fillers and
// without what is stammered twice.
func (g *grammar) tokens(text string) (list []token, known int) {
	c := cutter{g: g, text: text, list: make([]token, 0, len(text)/5+4), plain: make([]byte, 0, len(text)+8)}
	start, digits := -1, 0
	for i, r := range text {
		part := fold(r)
		switch {
		case part != 0:
			isDigit := '0' <= part && part <= '9'
			if start >= 0 && isDigit == (digits == 0) { // "5pm" are two words
				c.add(start, i, digits)
				start, digits = -1, 0
			}
			if start < 0 {
				start = i
			}
			if isDigit {
				digits++
			}
		case start >= 0 && (g.elides || digits > 0 || !isApostrophe(r)):
			c.add(start, i, digits)
			start, digits = -1, 0
			if len(c.list) >= maxTokens {
				return c.tidy(), c.known
			}
		}
	}
	if start >= 0 {
		c.add(start, len(text), digits)
	}
	return c.tidy(), c.known
}

// add adds the word text[start:end].
func (c *cutter) add(start, end, digits int) {
	from := len(c.plain)
	c.plain = c.g.normal(c.plain, c.text[start:min(end, start+maxWord)])
	b := c.plain[from:]
	if len(b) == 0 {
		return
	}
	n := len(c.list)
	if n > 0 && c.g.glue[string(b)] { // "don t" is "dont"
		last := &c.list[n-1]
		if id := c.g.ids[string(c.plain[last.from:])]; id != 0 && last.to == from {
			last.end, last.word, last.to = end, id, len(c.plain)
			return
		}
	}
	id := c.g.ids[string(b)]
	switch {
	case id != 0:
		c.known++
		if c.g.umlauts {
			id = c.apart(id, c.text[start:end])
		}
	case digits == 0:
		if id = c.g.near(b); id != 0 {
			c.known++
		}
	}
	if id != 0 && c.g.filler[id] {
		c.plain = c.plain[:from]
		return
	}
	if n > 0 && id != 0 && c.list[n-1].word == id && !c.g.number[id] {
		c.list[n-1].end = end
		return
	}
	c.list = append(c.list, token{start: start, end: end, from: from, to: len(c.plain), word: id, digits: digits})
}

// tidy takes out fillers of several words, says that words which the recogniser
// has split are one, and takes out pairs of words that were said twice.
func (c *cutter) tidy() []token {
	list, out := c.list, c.list[:0]
	for i := 0; i < len(list); i++ {
		t := list[i]
		if n := max(c.g.fillerAt(list[i:]), c.spelling(list[i:])); n > 0 {
			i += n - 1
			continue
		}
		if id, n := c.garbled(list[i:]); n > 0 {
			i += n - 1
			t.word, t.end, t.to = id, list[i].end, list[i].to
			out = append(out, t)
			continue
		}
		if i+1 < len(list) && c.split(t, list[i+1]) {
			if id := c.g.joined[string(c.plain[t.from:list[i+1].to])]; id != 0 {
				i++
				t.word, t.end, t.to = id, list[i].end, list[i].to
			}
		}
		out = append(out, t)
		if n := len(out); n >= 4 && c.same(out[n-4], out[n-2]) && c.same(out[n-3], out[n-1]) {
			out[n-3].end = out[n-1].end
			out = out[:n-2]
		}
	}
	return out
}

// split tells whether two words may be one that was split: they follow each
// other, are long enough together, and the second is no short word of its own.
func (c *cutter) split(a, b token) bool {
	if b.from != a.to {
		return false
	}
	if b.word == 0 && a.digits+b.digits == 0 {
		return b.to-a.from >= minJoined
	}
	return b.to-a.from >= minNear && (a.word == 0 || b.to-b.from >= minSplit)
}

// maxGarbled is how many words are made of one that a recogniser did not know.
const maxGarbled = 3

// garbled finds words at the beginning of a list that sound like one that the
// recogniser has split: "rat peler" is "rappeler". One of them at least is known
// to nobody. It returns how many there are, 0 for none.
func (c *cutter) garbled(list []token) (id int32, n int) {
	if len(c.g.heard) == 0 || c.plain[list[0].from] != 'r' {
		return 0, 0
	}
	sound, unknown := "", false
	for n, t := range list[:min(len(list), maxGarbled)] {
		if t.digits > 0 {
			break
		}
		sound += skeleton(string(c.plain[t.from:t.to]))
		unknown = unknown || t.word == 0
		if id := c.g.heard[sound]; id != 0 && unknown {
			return id, n + 1
		}
	}
	return 0, 0
}

// skeleton is how a French word sounds as far as recognisers hear it: without
// doubled letters, what is silent at its end, and any e.
func skeleton(plain string) string {
	plain = strings.TrimRight(plain, "tsdxzr")
	for _, end := range []string{"ai", "e"} {
		plain = strings.TrimSuffix(plain, end)
	}
	var b []byte
	for i := range len(plain) {
		if l := plain[i]; l != 'e' && l != 'h' && (len(b) == 0 || b[len(b)-1] != l) {
			b = append(b, l)
		}
	}
	return string(b)
}

// same tells whether a word was said again that is no number.
func (c *cutter) same(a, b token) bool {
	return a.word == b.word && a.word != 0 && !c.g.number[a.word]
}

// minSpelled is how many letters are said one by one at least.
const minSpelled = 3

// spelling tells how many letters somebody says one by one at the beginning of a list:
// they are none of the short words that they look like, as in "K E R B R A T".
// One of them at least is no word, nor what is left of one before an apostrophe.
func (c *cutter) spelling(list []token) int {
	n, sure := 0, false
	for ; n < len(list) && list[n].to-list[n].from == 1 && list[n].digits == 0; n++ {
		sure = sure || strings.IndexByte("bfghkpqrvwxz", c.plain[list[n].from]) >= 0
	}
	if n < minSpelled || !sure {
		return 0
	}
	return n
}

func (g *grammar) fillerAt(list []token) int {
	if !g.halts[list[0].word] {
		return 0
	}
next:
	for _, p := range g.fillers[list[0].word] {
		for j, id := range p {
			if j >= len(list) || list[j].word != id {
				continue next
			}
		}
		return len(p)
	}
	return 0
}

// minNear is how many letters a word has at least to be taken for a similar one.
const minNear = 7

// minJoined is how many letters two words have at least to be taken for one, the
// second of which nobody knows.
const minJoined = 5

// minSplit is how many letters the second part has where both are known words.
const minSplit = 3

// near returns the word of the lexicon that a long unknown word is but for one
// letter behind its first, 0 for none.
func (g *grammar) near(b []byte) int32 {
	if len(b) < minNear || len(b) > maxWord {
		return 0
	}
	if id, ok := g.close[string(b)]; ok {
		return id
	}
	var cut [maxWord]byte
	for i := 1; i < len(b); i++ {
		short := append(append(cut[:0], b[:i]...), b[i+1:]...)
		if id, ok := g.close[string(short)]; ok {
			return id
		}
	}
	return 0
}

// deletions are the words that a word becomes when one letter behind its first
// is left out, and the word itself.
func deletions(word string) []string {
	list := []string{word}
	for i := 1; i < len(word); i++ {
		list = append(list, word[:i]+word[i+1:])
	}
	return list
}
