package query

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxTokenRunes is where a word is cut: longer ones are junk that would only
// make the index slow, and a query for them is cut alike.
const maxTokenRunes = 100

// Token is one word of a text.
type Token struct {
	// Text is the folded word, never empty, at most maxTokenRunes runes. Tokens
	// of it gives the same one Text again.
	Text string
	// Start and End are byte offsets in the text that was cut, at borders of
	// runes: text[Start:End] is the word as it was written.
	Start, End int
	// Digits says that the word has a digit: it matches exactly or not at all.
	Digits bool
}

// elided are the French words that lose their vowel before another one. They
// stay words of their own, so that "appel" finds "l'appel"; every other
// apostrophe between letters is dropped, so that "dont" finds "don't".
var elided = []string{"c", "d", "j", "jusqu", "l", "lorsqu", "m", "n", "puisqu", "qu", "quelqu", "quoiqu", "s", "t"}

// Tokens cuts a text into folded words, in order, without overlap. It takes any
// bytes.
//
// A word is a run of letters and digits; all else separates. Folding lowers
// case and removes accents, spells out ß, æ and the like, and writes every kind
// of digit as 0-9. An apostrophe of any shape between letters is dropped
// ("don't" is "dont"), except after an elided French word, where it separates
// ("l'appel" is "l" "appel"). Soft hyphens, joiners and other invisible marks
// are dropped. In scripts written without spaces (Chinese, Japanese, Thai, ...)
// every character is a word.
func Tokens(text string) []Token {
	c := cutter{text: text}
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		c.step(r, i, i+size)
		i += size
	}
	c.flush()
	return c.out
}

// cutter holds the word being read.
type cutter struct {
	text       string
	out        []Token
	cur        []rune // folded so far; empty between words
	start, end int
	apostrophe bool   // one was read after cur and may yet join two letters
	buf        []rune // of one folded rune, reused
}

func (c *cutter) step(r rune, start, end int) {
	var k kind
	c.buf, k = foldRune(c.buf[:0], r)
	switch k {
	case separator:
		c.flush()
	case apostrophe:
		if len(c.cur) == 0 || c.apostrophe || unicode.IsNumber(c.cur[len(c.cur)-1]) {
			c.flush()
			return
		}
		c.apostrophe = true
	case mark:
		if len(c.cur) > 0 && !c.apostrophe {
			c.add(end)
		}
	case letter:
		if len(c.cur) > 0 && c.startsNew(c.buf[0]) {
			c.flush()
		}
		if len(c.cur) == 0 {
			c.start = start
		}
		c.apostrophe = false
		c.add(end)
	case invisible:
	}
}

// startsNew tells whether the folded rune begins another word although nothing
// separates it from the one being read.
func (c *cutter) startsNew(next rune) bool {
	if unspaced(next) || unspaced(c.cur[0]) {
		return true
	}
	if !c.apostrophe {
		return false
	}
	return unicode.IsNumber(next) || strings.ContainsRune("aeiouyh", next) && slices.Contains(elided, string(c.cur))
}

func (c *cutter) add(end int) {
	room := maxTokenRunes - len(c.cur)
	c.cur = append(c.cur, c.buf[:min(room, len(c.buf))]...)
	c.end = end
}

func (c *cutter) flush() {
	if len(c.cur) > 0 {
		c.out = append(c.out, Token{
			Text: norm.NFC.String(string(c.cur)), Start: c.start, End: c.end,
			Digits: slices.ContainsFunc(c.cur, unicode.IsNumber),
		})
	}
	c.cur, c.apostrophe = c.cur[:0], false
}
