package words

import "strings"

// spanishSound writes what a word sounds like to speakers of Spanish in America
// and Spain, letters that they confuse as one:
//
//	b v B, w hua-at-the-start GU, hue-at-the-start and gue G, h silent, ch sh X, ll y-before-a-vowel Y,
//	c-before-e-i s z x S, c qu k K, g-before-e-i j x-at-the-start J, ph F,
//	m and n before b p v N, d at the end silent, doubled letters once,
//	vowels by class: A, I (e i y), U (o u), two of one class once.
//
// It is a code of our own: those published for Spanish differ among themselves
// and keep the vowels apart that a recogniser mixes up.
func spanishSound(word string) string {
	var out []byte
	for i := 0; i < len(word); {
		code, n := spanishLetter(word, i)
		for _, c := range []byte(code) {
			if len(out) == 0 || out[len(out)-1] != c {
				out = append(out, c)
			}
		}
		i += n
	}
	return string(out)
}

// spanishLetter returns the code of what begins at i, and how many letters it is.
func spanishLetter(word string, i int) (code string, letters int) {
	c, next, soft := word[i], at(word, i+1), among(at(word, i+1), "ei")
	switch c {
	case 'a':
		return "A", 1
	case 'e', 'i':
		return "I", 1
	case 'o', 'u':
		return "U", 1
	case 'y':
		if among(next, "aeiou") {
			return "Y", 1
		}
		return "I", 1
	case 'b', 'v':
		return "B", 1
	case 'c':
		return spanishC(next, soft)
	case 'd':
		if i > 0 && i == len(word)-1 {
			return "", 1
		}
		return "T", 1
	case 't', 'p', 's':
		return spanishH(c, next)
	case 'g':
		if soft {
			return "J", 1
		}
		if next == 'u' && among(at(word, i+2), "ei") {
			return "G", 2
		}
		return "G", 1
	case 'h':
		return spanishSilent(word, i)
	case 'j':
		return "J", 1
	case 'l':
		if next == 'l' {
			return "Y", 2
		}
		return "L", 1
	case 'm', 'n':
		if among(next, "bpv") {
			return "N", 1
		}
		return strings.ToUpper(string(c)), 1
	case 'q', 'k':
		if c == 'q' && next == 'u' {
			return "K", 2
		}
		return "K", 1
	case 'w':
		if soft {
			return "G", 1
		}
		return "GU", 1
	case 'x':
		return spanishX(word, i), 1
	case 'z':
		return "S", 1
	}
	return strings.ToUpper(string(c)), 1
}

func spanishC(next byte, soft bool) (string, int) {
	switch {
	case next == 'h':
		return "X", 2
	case soft:
		return "S", 1
	}
	return "K", 1
}

// spanishSilent reads an h, which is nothing but before "ua", "ue", "ui" at the
// start: huerta is said and heard as güerta.
func spanishSilent(word string, i int) (string, int) {
	switch {
	case i > 0 || at(word, 1) != 'u':
		return "", 1
	case among(at(word, 2), "ei"):
		return "G", 2
	case at(word, 2) == 'a':
		return "GU", 2
	}
	return "", 1
}

// spanishH reads t, p and s, which an h may change.
func spanishH(c, next byte) (string, int) {
	switch {
	case c == 'p' && next == 'h':
		return "F", 2
	case c == 's' && next == 'h':
		return "X", 2
	case c == 's':
		return "S", 1
	case c == 'p':
		return "P", 1
	}
	return "T", 1
}

// spanishX is a j in Xavier, Ximena and the names from Mexico that kept it.
func spanishX(word string, i int) string {
	if i == 0 && at(word, 1) != 'o' || i == 2 && (strings.HasPrefix(word, "mexi") || strings.HasPrefix(word, "texa")) || strings.HasPrefix(word, "oaxa") {
		return "J"
	}
	return "S"
}
