package numbers

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"afterbeep/ingest/enrich/numeral"
)

// gap is what stands between an item and the one before it.
type gap uint8

const (
	gapComma  gap = 1 << iota // a short pause: comma, dash, dots
	gapStop                   // the end of a sentence
	gapLine                   // a line break
	gapSpace                  // white space
	gapHyphen                 // a hyphen without white space
	gapPlus                   // a plus sign right before the item
	gapBreak                  // a word or sign that no number goes on over
)

// gapPause is any gap at which a speaker rests.
const gapPause = gapComma | gapStop | gapLine

// item is a word of the lexicon, or digits as written.
type item struct {
	start, end int
	id         wordID
	gap        gap
	glued      glue
	value      int32 // of a compound
}

// glue says what digits are written together with, without any space.
type glue uint8

const (
	lettersBefore glue = 1 << iota
	lettersAfter
	letterO // the item is an o among digits
)

// class is what a byte below 0x80 does between words.
type class uint8

const (
	sign   class = iota // ends any number
	letter              // part of a word
	digit
	space
	line
	pause
	stop
	dot
	hyphen
	plusSign
	quiet // as if it were not there
)

var classes = func() (table [utf8.RuneSelf]class) {
	for c := 'a'; c <= 'z'; c++ {
		table[c], table[c-'a'+'A'] = letter, letter
	}
	for c := '0'; c <= '9'; c++ {
		table[c] = digit
	}
	for chars, k := range map[string]class{
		" \t": space, "\n\r\v\f": line, ",": pause, ";!?": stop, ".": dot,
		"-": hyphen, "+": plusSign, "()/:'\"`\\": quiet,
	} {
		for _, c := range chars {
			table[c] = k
		}
	}
	return table
}()

// lexer cuts a text into items.
type lexer struct {
	text    string
	words   *lexicon
	items   []item
	gap     gap // before the next item
	numbers int // of items that are numbers by themselves
	word    [maxWord]byte

	// The items read before the first number, the last of them only: nothing is
	// allocated for a text without numbers.
	early  [maxLinks]item
	earlyN int
}

// keep takes an item.
func (l *lexer) keep(it item) {
	l.gap = 0
	switch {
	case l.words.isSure(it.id):
		if l.numbers == 0 {
			l.items = make([]item, 0, max(16, len(l.text)/16))
			for i := max(0, l.earlyN-maxLinks); i < l.earlyN; i++ {
				l.items = append(l.items, l.early[i%maxLinks])
			}
		}
		l.numbers++
	case l.numbers == 0:
		l.early[l.earlyN%maxLinks] = it
		l.earlyN++
		return
	}
	l.items = append(l.items, it)
}

// run reads the whole text. Whoever wants no numbers pays for this loop only.
func (l *lexer) run() {
	l.gap = gapBreak
	for i := 0; i < len(l.text); {
		k, size := l.class(i)
		switch k {
		case letter:
			i = l.letters(i)
			continue
		case digit:
			i = l.digits(i)
			continue
		case space:
			l.gap |= gapSpace
		case line:
			l.gap |= gapLine
		case pause:
			l.gap |= gapComma
		case stop:
			l.gap |= gapStop
		case dot:
			l.gap |= l.dot(i)
		case hyphen:
			l.gap |= l.hyphen(i)
		case plusSign:
			l.gap |= gapPlus
		case sign:
			if n := l.noise(i); n > 0 {
				l.gap |= gapComma
				i += n
				continue
			}
			l.gap |= gapBreak
		case quiet:
			size = max(size, l.noise(i))
		}
		i += size
	}
}

// noise returns how many bytes a sound is long that stands in brackets at i, as
// transcripts write them: "[noise]", "(laughs)". It is 0 for everything else.
// Parentheses are for asides, too: only what is known as a sound counts there.
func (l *lexer) noise(i int) int {
	var closing byte
	switch l.text[i] {
	case '[':
		closing = ']'
	case '(':
		closing = ')'
	case '<':
		closing = '>'
	default:
		return 0
	}
	rest := l.text[i+1 : min(len(l.text), i+1+maxNoise)]
	n := strings.IndexByte(rest, closing)
	if n < 1 {
		return 0
	}
	words := strings.Fields(strings.ToLower(rest[:n]))
	for _, w := range words {
		if strings.ContainsFunc(w, func(r rune) bool { return !unicode.IsLetter(r) && r != '_' }) || l.words.isSure(l.words.ids[w]) {
			return 0
		}
	}
	if len(words) == 0 || closing == ')' && !slices.ContainsFunc(words, func(w string) bool { return slices.Contains(noises, w) }) {
		return 0
	}
	return n + 2
}

// maxNoise is longer than what stands in brackets for a sound.
const maxNoise = 40

// noises are what transcripts call the sounds that are no words.
var noises = []string{
	"laughs", "laugh", "laughter", "laughing", "chuckles", "coughs", "cough", "coughing", "sneezes", "sighs", "sigh", "sniffs", "breath",
	"breathing", "breathes", "noise", "noises", "static", "crosstalk", "inaudible", "unintelligible", "indistinct", "unclear", "silence",
	"pause", "music", "beep", "click", "throat", "lacht", "lachen", "hustet", "husten", "seufzt", "räuspert", "geräusch", "geräusche",
	"rauschen", "unverständlich", "stille", "musik", "rires", "rire", "rit", "bruit", "bruits", "toux", "tousse", "soupir", "soupire",
	"musique", "risas", "risa", "ríe", "ruido", "ruidos", "tos", "tose", "suspira", "suspiro", "silencio", "música", "ininteligible",
}

// class returns what the character at i is, and its size in bytes.
func (l *lexer) class(i int) (class, int) {
	if c := l.text[i]; c < utf8.RuneSelf {
		return classes[c], 1
	}
	r, size := utf8.DecodeRuneInString(l.text[i:])
	return foreignClass(r, size), size
}

func foreignClass(r rune, size int) class {
	switch {
	case r == utf8.RuneError && size <= 1:
		return sign
	case unicode.IsLetter(r):
		return letter
	case unicode.Is(unicode.Nd, r):
		return digit
	case r == '\u0085' || r == '\u2028' || r == '\u2029':
		return line
	case unicode.IsSpace(r) || r == '\u200b':
		return space
	case r == '…' || r == '–' || r == '—' || r == '、' || r == '，':
		return pause
	case unicode.Is(unicode.Pd, r):
		return hyphen
	case r == '＋':
		return plusSign
	case r == '。':
		return stop
	case unicode.In(r, unicode.Mn, unicode.Cf, unicode.Pi, unicode.Pf) || r == '¿' || r == '¡' || r == '´' || r == '·':
		return quiet
	}
	return sign
}

// dot tells the end of a sentence from a dot inside a number and from dots that
// only stand for a pause.
func (l *lexer) dot(i int) gap {
	if i > 0 && l.text[i-1] == '.' || i+1 < len(l.text) && l.text[i+1] == '.' {
		return gapComma
	}
	if i+1 == len(l.text) {
		return gapStop
	}
	switch k, _ := l.class(i + 1); k {
	case space, line:
		return gapStop
	}
	return 0
}

func (l *lexer) hyphen(i int) gap {
	if l.gap&gapSpace == 0 && i+1 < len(l.text) {
		if k, _ := l.class(i + 1); k == letter || k == digit {
			return gapHyphen
		}
	}
	return gapComma
}

// letters reads the word at i and returns where it ends.
func (l *lexer) letters(i int) int {
	start, n, known := i, 0, true
	for i < len(l.text) {
		if c := l.text[i]; c < utf8.RuneSelf {
			if classes[c] != letter {
				break
			}
			if n < maxWord {
				l.word[n] = c | 0x20
			}
			n++
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(l.text[i:])
		folded, part := fold(r)
		if !part {
			break
		}
		known = known && folded != unfolded
		n += copy(l.word[min(n, maxWord):], folded)
		i += size
	}
	l.add(start, i, n, known && n < maxWord)
	return i
}

// add takes a word that was read, if it is one of the lexicon.
func (l *lexer) add(start, end, n int, known bool) {
	if !known || n == 0 {
		l.gap |= gapBreak
		return
	}
	it := item{start: start, end: end, gap: l.gap}
	word := l.word[:n]
	if l.words.lengths[word[0]-'a']&(1<<n) != 0 {
		it.id = l.words.ids[string(word)]
	}
	if it.id == unknownID && n > 6 {
		if v, ok := l.words.compound(word); ok {
			it.id, it.value = compoundID, int32(v)
		}
	}
	switch {
	case n == 1 && word[0] == 'o' && isClock(l.text[end:]):
		l.gap |= gapBreak
		return
	case n == 1 && word[0] == 'o' && l.amongDigits(start, end):
		it.id, it.glued = writtenID, letterO
	case it.id == unknownID:
		l.gap |= gapBreak
		return
	case l.touchesDigit(start, end):
		l.gap |= gapBreak
		return
	}
	l.keep(it)
}

// isClock tells whether the o before was that of "o'clock".
func isClock(after string) bool {
	for _, apostrophe := range []string{"'", "’", " ", ""} {
		if rest, ok := strings.CutPrefix(after, apostrophe); ok && len(rest) >= 5 && strings.EqualFold(rest[:5], "clock") {
			return true
		}
	}
	return false
}

// amongDigits tells whether a letter is part of something like 555O123.
func (l *lexer) amongDigits(start, end int) bool {
	before := start > 0 && isDigit(l.text[start-1])
	after := end < len(l.text) && isDigit(l.text[end])
	return before && after ||
		before && start > 1 && isDigit(l.text[start-2]) ||
		after && end+1 < len(l.text) && isDigit(l.text[end+1])
}

func (l *lexer) touchesDigit(start, end int) bool {
	return start > 0 && isDigit(l.text[start-1]) || end < len(l.text) && isDigit(l.text[end])
}

// digits reads the written digits at i and returns where they end.
func (l *lexer) digits(i int) int {
	it := item{start: i, id: writtenID, gap: l.gap}
	if i > 0 && it.gap&gapBreak != 0 && isLetter(l.text[i-1]) {
		it.glued = lettersBefore
	}
	for i < len(l.text) {
		k, size := l.class(i)
		if k != digit {
			if k == letter && (l.text[i]|0x20 != 'o' || !l.amongDigits(i, i+1)) {
				it.glued |= lettersAfter
			}
			break
		}
		i += size
	}
	it.end = i
	l.keep(it)
	return i
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isLetter(c byte) bool { return c >= utf8.RuneSelf || classes[c] == letter }

// appendDigits appends the written digits of s as 0-9.
func appendDigits(dst []byte, s string) []byte {
	for _, r := range s {
		switch {
		case r < utf8.RuneSelf && classes[r] == digit:
			dst = append(dst, byte(r))
		case r == 'o' || r == 'O':
			dst = append(dst, '0')
		case unicode.Is(unicode.Nd, r):
			dst = append(dst, numeral.Of(r))
		}
	}
	return dst
}

// unfolded stands for a letter that no word of the lexicon has.
const unfolded = "?"

// latin are the letters U+00C0 to U+00FF without accents.
const latin = "aaaaaa*ceeeeiiiidnooooo*ouuuuy**aaaaaa*ceeeeiiiidnooooo*ouuuuy*y"

// fold returns a letter beyond ASCII without accents, in lower case. It is false
// for what is no part of a word. Marks and invisible characters fold to nothing.
func fold(r rune) (folded string, part bool) {
	switch {
	case r == 'ß' || r == 'ẞ':
		return "ss", true
	case r == 'Æ' || r == 'æ':
		return "ae", true
	case r == 'Œ' || r == 'œ':
		return "oe", true
	case 0xc0 <= r && r <= 0xff && latin[r-0xc0] != '*':
		return latin[r-0xc0 : r-0xc0+1], true
	case r == utf8.RuneError || r == '\u200b':
		return "", false
	case unicode.In(r, unicode.Mn, unicode.Cf):
		return "", true
	case unicode.IsLetter(r):
		return unfolded, true
	}
	return "", false
}
