package query

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// kind is what a rune does to the word being read.
type kind int

const (
	separator  kind = iota // ends it
	letter                 // a letter or digit: begins or continues it
	mark                   // belongs to the letter before
	apostrophe             // joins two letters
	invisible              // as if it were not there
)

// apostrophes are what keyboards, phones and word processors write for one, and
// the point of Catalan, which joins letters likewise ("col·legi").
const apostrophes = "'`´‘’‛′＇ʹʻʼʽ·‧"

// zeroWidthSpace separates words, unlike the other invisible characters.
const zeroWidthSpace = '\u200b'

// spelled are letters that do not decompose. The tatweel only stretches a word.
var spelled = map[rune]string{
	'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "o", 'đ': "d", 'ð': "d", 'þ': "th",
	'ł': "l", 'ħ': "h", 'ŧ': "t", 'ı': "i", 'ς': "σ", 'ـ': "",
}

// foldRune appends the folded form of r to dst and says what r does to a word.
// The form of a letter is never empty and begins with a letter or digit; that
// of a mark is empty where the mark is only an accent.
func foldRune(dst []rune, r rune) ([]rune, kind) {
	switch {
	case 'a' <= r && r <= 'z', '0' <= r && r <= '9':
		return append(dst, r), letter
	case 'A' <= r && r <= 'Z':
		return append(dst, r+'a'-'A'), letter
	case r == ' ', r == '.', r == ',': // most of what is left, and nothing below holds for them
		return dst, separator
	case strings.ContainsRune(apostrophes, r):
		return dst, apostrophe
	case isInvisible(r):
		return dst, invisible
	case !unicode.In(r, unicode.L, unicode.M, unicode.N):
		return dst, separator
	}
	n := len(dst)
	dst, ok := appendDecomposed(dst, r)
	form := dst[n:]
	switch {
	case !ok:
		return dst[:n], separator
	case splits(form):
		// Its parts would be words of their own at one and the same place.
		if !unspaced(r) {
			return dst[:n], separator
		}
		return append(dst[:n], r), letter
	case len(form) == 0 || unicode.IsMark(form[0]):
		return dst, mark
	}
	return dst, letter
}

// appendDecomposed appends the parts of r without accents, in lower case. It is
// false if a part is neither letter nor digit nor mark, as in a fraction.
func appendDecomposed(dst []rune, r rune) ([]rune, bool) {
	var raw [utf8.UTFMax]byte
	parts := utf8.AppendRune(raw[:0], r)
	if d := norm.NFKD.Properties(parts).Decomposition(); d != nil {
		parts = d
	}
	for len(parts) > 0 {
		x, size := utf8.DecodeRune(parts)
		parts = parts[size:]
		x = unicode.ToLower(x)
		if s, ok := spelled[x]; ok {
			dst = append(dst, []rune(s)...)
			continue
		}
		switch {
		case isAccent(x), isInvisible(x), strings.ContainsRune(apostrophes, x):
		case unicode.Is(unicode.Nd, x):
			dst = append(dst, asciiDigit(x))
		case unicode.In(x, unicode.L, unicode.M, unicode.N):
			dst = append(dst, x)
		default:
			return dst, false
		}
	}
	return dst, true
}

// splits tells whether a folded form holds a character that is a word of its
// own together with something else than its marks.
func splits(form []rune) bool {
	alone, marks := false, 0
	for i, x := range form {
		alone = alone || unspaced(x)
		if i > 0 && unicode.IsMark(x) {
			marks++
		}
	}
	return alone && marks != len(form)-1
}

// unspaced tells whether r belongs to a script that puts no spaces between
// words, so that only its characters can be told apart.
func unspaced(r rune) bool {
	return r >= 0x0e00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana,
		unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar) && !unicode.IsMark(r)
}

// isAccent tells the marks that people leave out from those without which a
// word is another one: vowel signs of Indian scripts, voicing of kana.
func isAccent(r rune) bool {
	const voiced, halfVoiced = '\u3099', '\u309a'
	return unicode.IsMark(r) && unicode.In(r, unicode.Inherited, unicode.Hebrew) && r != voiced && r != halfVoiced
}

func isInvisible(r rune) bool {
	return r != zeroWidthSpace && unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point)
}

// asciiDigit returns the digit 0-9 for one of any script: Unicode lists them in
// runs of ten that begin with zero.
func asciiDigit(r rune) rune {
	for _, t := range unicode.Nd.R16 {
		if lo := rune(t.Lo); lo <= r && r <= rune(t.Hi) {
			return '0' + (r-lo)%10
		}
	}
	for _, t := range unicode.Nd.R32 {
		if lo := rune(t.Lo); lo <= r && r <= rune(t.Hi) {
			return '0' + (r-lo)%10
		}
	}
	return r
}
