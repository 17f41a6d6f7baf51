package contact

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// gap is what stands before a token.
type gap uint8

const (
	gapComma gap = 1 << iota // a short pause: comma, colon, dash, bracket
	gapStop                  // the end of a sentence, or a line
	gapSign                  // a sign of money or a number sign right before
)

// token is a word, digits, or one number however many words say it.
type token struct {
	start, end int
	word       int32 // of the lexicon; 0 where it is not known
	item       int32 // the number that it says, -1 for none
	gap        gap
	digits     bool
	short      bool // a few letters such as stand before numbers: "KF", "no"
}

// maxWord is longer than every word of the lexicon.
const maxWord = 40

// tokens cuts a text into words and digits. Apostrophes and hyphens part words.
func (x *lexicon) tokens(text string) []token {
	out := make([]token, 0, len(text)/5+4)
	var word [maxWord]byte
	var before gap
	for i := 0; i < len(text); {
		r, size := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(text[i:])
		}
		switch {
		case isDigit(r):
			start := i
			for i < len(text) && isDigit(rune(text[i])) {
				i++
			}
			out = append(out, token{start: start, end: i, item: -1, gap: before, digits: true})
			before = 0
			continue
		case isLetter(r):
			start, n := i, 0
			for i < len(text) {
				if l := text[i] | 0x20; 'a' <= l && l <= 'z' { // most letters
					if n < maxWord {
						word[n] = l
					}
					n++
					i++
					continue
				}
				r, size := utf8.DecodeRuneInString(text[i:])
				if !isLetter(r) && !unicode.Is(unicode.Mn, r) {
					break
				}
				n += fold(word[min(n, maxWord):], r)
				i += size
			}
			t := token{start: start, end: i, item: -1, gap: before, short: n <= 3}
			if n <= maxWord {
				t.word = x.find(word[:n])
			}
			out = append(out, t)
			before = 0
			continue
		}
		before |= gapOf(text, i, r)
		i += size
	}
	return out
}

func isDigit(r rune) bool { return '0' <= r && r <= '9' }

func isLetter(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r|0x20 && r|0x20 <= 'z'
	}
	return unicode.IsLetter(r)
}

// gapOf returns what the sign at i does between words.
func gapOf(text string, i int, r rune) gap {
	switch r {
	case '.':
		if i+1 == len(text) || text[i+1] == ' ' || text[i+1] == '\n' {
			if i > 0 && text[i-1] == '.' {
				return gapComma
			}
			return gapStop
		}
	case '!', '?', ';', '\n', '\r', '。':
		return gapStop
	case ',', ':', '(', ')', '–', '—', '…', '"', '«', '»', '„', '“', '”':
		return gapComma
	case '$', '€', '£', '¥', '#', '%':
		return gapSign
	}
	return 0
}

// latin are the letters U+00C0 to U+00FF without accents.
const latin = "aaaaaa*ceeeeiiiidnooooo*ouuuuy**aaaaaa*ceeeeiiiidnooooo*ouuuuy*y"

// fold writes a letter without accents, in lower case, to dst and says how many
// bytes it takes, also where dst is too short.
func fold(dst []byte, r rune) int {
	switch {
	case r < utf8.RuneSelf:
		if len(dst) > 0 {
			dst[0] = byte(r) | 0x20
		}
		return 1
	case r == 'ß' || r == 'ẞ':
		copy(dst, "ss")
		return 2
	case r == 'œ' || r == 'Œ':
		copy(dst, "oe")
		return 2
	case r == 'æ' || r == 'Æ':
		copy(dst, "ae")
		return 2
	case 0xc0 <= r && r <= 0xff && latin[r-0xc0] != '*':
		copy(dst, latin[r-0xc0:r-0xc0+1])
		return 1
	case unicode.Is(unicode.Mn, r):
		return 0
	}
	copy(dst, "?")
	return 1
}

// word returns the text of a token in lower case.
func (r *reader) word(t int) string {
	return strings.ToLower(r.text[r.tokens[t].start:r.tokens[t].end])
}
