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

// elided are the words of French, Catalan, Italian and Irish that lose their
// vowel before another one. They stay words of their own, so that "appel" finds
// "l'appel" and "acqua" finds "dell'acqua"; every other apostrophe between
// letters is dropped, so that "dont" finds "don't".
var elided = []string{"c", "d", "j", "jusqu", "l", "lorsqu", "m", "n", "puisqu", "qu", "quelqu", "quoiqu", "s", "t",
	"agl", "all", "b", "coll", "dagl", "dall", "degl", "dell", "gl", "negl", "nell", "quell", "quest", "sugl", "sull", "un", "v"}

// Tokens cuts a text into folded words, in order, without overlap. It takes any
// bytes.
//
// A word is a run of letters and digits; all else separates. Folding lowers
// case and removes accents, spells out ß, æ and the like, and writes every kind
// of digit as 0-9. An apostrophe of any shape between letters is dropped
// ("don't" is "dont"), except after an elided word, where it separates
// ("l'appel" is "l" "appel"). Soft hyphens, joiners and other invisible marks
// are dropped. In scripts written without spaces (Chinese, Japanese, Thai, ...)
// every character is a word.
func Tokens(text string) []Token {
	c := cutter{out: make([]Token, 0, len(text)/6+1)}
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		c.step(r, i, i+size)
		i += size
	}
	c.flush()
	return c.out
}

// WithoutElided returns the tokens of a text without the elided words that an
// apostrophe ties to the word behind them: "d'électricité" asks for
// "electricite". The tokens are shared with the given ones.
func WithoutElided(text string, tokens []Token) []Token {
	elides := func(i int) bool {
		return i+1 < len(tokens) && !tokens[i+1].Digits && slices.Contains(elided, tokens[i].Text) &&
			isApostrophe(text[tokens[i].End:tokens[i+1].Start])
	}
	var out []Token
	for i, t := range tokens {
		if !elides(i) {
			out = append(out, t)
		}
	}
	return out
}

// isApostrophe tells whether apostrophes are all that stands there.
func isApostrophe(gap string) bool {
	return gap != "" && strings.Trim(gap, apostrophes) == ""
}

// cutter holds the word being read. Its fields follow every rune, for this loop
// runs over each message of the archive.
type cutter struct {
	out         []Token
	cur         []byte // folded so far; empty between words
	runes       int    // of cur
	first, last rune   // of cur
	digits      bool   // among cur
	start, end  int
	apostrophe  bool   // one was read after cur and may yet join two letters
	form        []rune // of one folded rune, reused
}

func (c *cutter) step(r rune, start, end int) {
	var k kind
	c.form, k = foldRune(c.form[:0], r)
	switch k {
	case separator:
		c.flush()
	case apostrophe:
		if c.runes == 0 || c.apostrophe || unicode.IsNumber(c.last) {
			c.flush()
			return
		}
		c.apostrophe = true
	case mark:
		if c.runes > 0 && !c.apostrophe {
			c.add(end)
		}
	case letter:
		if c.runes > 0 && c.startsNew(c.form[0]) {
			c.flush()
		}
		if c.runes == 0 {
			c.first, c.start = c.form[0], start
		}
		c.apostrophe = false
		c.add(end)
	case invisible:
	}
}

// startsNew tells whether the folded rune begins another word although nothing
// separates it from the one being read.
func (c *cutter) startsNew(next rune) bool {
	if unspaced(next) || unspaced(c.first) {
		return true
	}
	if !c.apostrophe {
		return false
	}
	return unicode.IsNumber(next) || strings.ContainsRune("aeiouyh", next) && slices.Contains(elided, string(c.cur))
}

func (c *cutter) add(end int) {
	for _, r := range c.form {
		if c.runes == maxTokenRunes {
			break
		}
		c.cur = utf8.AppendRune(c.cur, r)
		c.runes++
		c.last = r
		c.digits = c.digits || unicode.IsNumber(r)
	}
	c.end = end
}

func (c *cutter) flush() {
	if c.runes > 0 {
		text := string(c.cur)
		if len(text) > c.runes { // only what is not ASCII can have parts to compose
			text = norm.NFC.String(text)
		}
		c.out = append(c.out, Token{Text: text, Start: c.start, End: c.end, Digits: c.digits})
	}
	c.cur, c.runes, c.digits, c.apostrophe = c.cur[:0], 0, false, false
}
