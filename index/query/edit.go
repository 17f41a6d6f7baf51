package query

import (
	"unicode"
	"unicode/utf8"
)

// minEditRunes is the length from which a word may be one edit away: in shorter
// ones one letter makes another word too often.
const minEditRunes = 4

// AllowsEdit tells whether the word may also match one edit away or by sound:
// letters only, four or longer or asked for with a tilde, not a prefix.
func (n Word) AllowsEdit() bool { return !n.Prefix && (n.Fuzzy || allowsEdit(n.Text)) }

// allowsEdit tells whether a folded word may also match one edit away or by
// sound: letters only, four or longer. A word with a digit is exact.
func allowsEdit(text string) bool {
	for _, r := range text {
		if !unicode.IsLetter(r) && !unicode.IsMark(r) {
			return false
		}
	}
	return utf8.RuneCountInString(text) >= minEditRunes
}

// OneEdit tells whether a and b are exactly one edit apart: a rune more, a rune
// less, another rune, or two neighbours swapped. Equal words are not.
func OneEdit(a, b string) bool {
	x, y := []rune(a), []rune(b)
	for len(x) > 0 && len(y) > 0 && x[0] == y[0] {
		x, y = x[1:], y[1:]
	}
	for len(x) > 0 && len(y) > 0 && x[len(x)-1] == y[len(y)-1] {
		x, y = x[:len(x)-1], y[:len(y)-1]
	}
	switch {
	case len(x)+len(y) == 1:
		return true
	case len(x) == 1 && len(y) == 1:
		return true
	case len(x) == 2 && len(y) == 2:
		return x[0] == y[1] && x[1] == y[0]
	}
	return false
}
