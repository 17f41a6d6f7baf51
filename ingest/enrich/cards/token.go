package cards

import (
	"html"
	"strings"
	"unicode"
	"unicode/utf8"

	"afterbeep/ingest/enrich/numeral"
)

// token is a word or a run of digits in a text.
type token struct {
	start, end int
	word       string // letters folded; "" for digits
	digits     string // 0-9; "" for a word
	gap        gap    // what stands before it
	plus       bool   // directly behind a plus sign
	slash      bool   // behind a slash and nothing else
	opens      bool   // the first of a written date
	closes     bool   // the last of one
	border     bool   // the first of a segment
}

// gap is what stands between two tokens, apart from letters and digits.
type gap uint8

const (
	glued  gap = iota // nothing
	hyphen            // one
	thin              // space, and what separates groups of digits
	comma
	stop  // the end of a sentence, or something that no number goes over
	other // the same where no number goes over it: brackets of a mask, a colon between digits
)

// tokens splits a text into words and digits. Letters and digits that stand
// together are one word, unless they are many digits, or a letter O among digits.
func tokens(text string) []token {
	ts := make([]token, 0, len(text)/5+1)
	end := 0
	for i := 0; i < len(text); {
		if text[i] == '[' {
			if n := maskAt(text[i:]); n > 0 {
				ts = append(ts, token{start: i, end: i + n, word: maskWord, gap: gapOf(text[end:i])})
				i += n
				end = i
				continue
			}
		}
		if text[i] == '&' {
			if n := entityAt(text[i:]); n > 0 {
				i += n
				continue
			}
		}
		j := wordEnd(text, i)
		if j == i {
			_, size := utf8.DecodeRuneInString(text[i:])
			i += size
			continue
		}
		first := len(ts)
		ts = appendWord(ts, text, i, j, gapOf(text[end:i]))
		ts[first].plus = i > 0 && text[i-1] == '+'
		ts[first].slash = text[end:i] == "/"
		i, end = j, j
	}
	markDates(text, ts)
	markGroups(text, ts)
	return ts
}

// wordEnd is the end of the letters and digits that begin at i.
func wordEnd(text string, i int) int {
	for i < len(text) {
		b := text[i]
		if b < utf8.RuneSelf {
			if !isLetter(b) && !isDigit(b) {
				return i
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.M, r) {
			return i
		}
		i += size
	}
	return i
}

func isLetter(b byte) bool { return 'a' <= b|0x20 && b|0x20 <= 'z' }
func isDigit(b byte) bool  { return '0' <= b && b <= '9' }

// gapOf classifies what stands between two tokens.
func gapOf(between string) gap {
	switch between {
	case "":
		return glued
	case "-":
		return hyphen
	}
	g := thin
	between = html.UnescapeString(between)
	for i, r := range between {
		switch r {
		case ',', ';', '…':
			g = max(g, comma)
		case '.', '!', '?':
			// A point within digits is none of a sentence.
			if i+1 < len(between) && g < stop {
				g = stop
			}
		case ':', '@', '=', '[', ']', '{', '}', '"', '$', '€', '£', '%':
			g = other
		}
	}
	return g
}

// appendWord adds the token or tokens of the letters and digits in text[i:j].
func appendWord(ts []token, text string, i, j int, g gap) []token {
	digits, letters := 0, 0
	for _, r := range text[i:j] {
		switch {
		case unicode.IsDigit(r):
			digits++
		case r != 'o' && r != 'O' && !unicode.Is(unicode.M, r):
			letters++
		}
	}
	switch {
	case digits == 0 && (letters > 0 || j-i == 1):
		return append(ts, token{start: i, end: j, word: fold(text[i:j]), gap: g})
	case letters == 0:
		return append(ts, token{start: i, end: j, digits: digitsIn(text[i:j]), gap: g})
	}
	// A word and the digits of a card, or of its code, that lost the space between them.
	at := i
	named := false
	for at < j {
		start := at
		isNumber := false
		for k, r := range text[at:j] {
			d := unicode.IsDigit(r)
			if k == 0 {
				isNumber = d
			}
			if d != isNumber {
				break
			}
			at += utf8.RuneLen(r)
		}
		if at == start {
			at = j
		}
		name := ""
		if !isNumber && at-start <= longestName && codeNames[fold(text[start:at])] {
			if name = fold(text[start:at]); at < j && text[at] == '2' && (at+1 == j || !isDigit(text[at+1])) { // CVV2
				name, at = name+"2", at+1
			}
		}
		switch {
		case name != "":
			ts = append(ts, token{start: start, end: at, word: name, gap: g})
		case isNumber && (at-start >= fewest || named && at-start >= shortestCode):
			ts = append(ts, token{start: start, end: at, digits: digitsIn(text[start:at]), gap: g})
		default:
			ts = append(ts, token{start: start, end: at, word: codeWord, gap: g})
		}
		named = name != ""
		g = glued
	}
	return ts
}

// codeNames are what is written before a security code or a date and may lose its space,
// none longer than longestName; no such number has fewer digits than shortestCode.
var codeNames = set(`cvv cvc csc cvn cid exp`)

const (
	longestName  = 3
	shortestCode = 3
)

// codeWord stands for a part of a word of letters and digits: no number goes
// over it. maskWord stands for what was masked before.
const (
	codeWord = "#"
	maskWord = "[]"
)

// digitsIn writes digits of any script as 0-9, a letter O as 0.
func digitsIn(text string) string {
	plain := true
	for i := range len(text) {
		plain = plain && isDigit(text[i])
	}
	if plain {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		switch {
		case r < utf8.RuneSelf && isDigit(byte(r)):
			b.WriteRune(r)
		case r == 'o' || r == 'O':
			b.WriteByte('0')
		case unicode.IsDigit(r):
			b.WriteByte(numeral.Of(r))
		}
	}
	return b.String()
}

// fold is a word in lower case, without accents.
func fold(word string) string {
	plain := true
	for i := range len(word) {
		b := word[i]
		plain = plain && (b < utf8.RuneSelf && (b < 'A' || b > 'Z'))
	}
	if plain {
		return word
	}
	var b strings.Builder
	for _, r := range strings.ToLower(word) {
		if base, ok := unaccented[r]; ok {
			b.WriteString(base)
		} else if !unicode.Is(unicode.M, r) {
			b.WriteRune(r)
		}
	}
	return b.String()
}

var unaccented = map[rune]string{
	'à': "a", 'á': "a", 'â': "a", 'ã': "a", 'ä': "a", 'å': "a", 'æ': "ae", 'ç': "c", 'è': "e", 'é': "e", 'ê': "e", 'ë': "e",
	'ì': "i", 'í': "i", 'î': "i", 'ï': "i", 'ñ': "n", 'ò': "o", 'ó': "o", 'ô': "o", 'õ': "o", 'ö': "o", 'ø': "o", 'œ': "oe",
	'ù': "u", 'ú': "u", 'û': "u", 'ü': "u", 'ý': "y", 'ÿ': "y", 'ß': "ss",
}
