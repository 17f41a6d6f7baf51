package numbers

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Find returns every run of digits that the text says or writes, in the order
// of the text. A single digit is a run of its own only where it is written as a
// digit. lang is the base code of the text's language; where it is empty or
// none of the four, all four are tried and the reading that covers most wins.
func Find(text, lang string) []Run {
	var best []Run
	said := 0
	for _, l := range languages {
		runs := findIn(text, l)
		n := 0
		for _, r := range runs {
			n += len(r.Digits)
		}
		if l == lang {
			n += 2
		}
		if n > said && len(runs) > 0 {
			best, said = runs, n
		}
	}
	return best
}

// Said tells whether words, all of them, say digits in one of the languages, and
// which: at least three digits from at least two words. The words are folded as
// query.Tokens folds them.
func Said(words []string) (digits string, ok bool) {
	text := strings.Join(words, " ")
	runs := Find(text, "")
	if len(words) < 2 || len(runs) != 1 || len(runs[0].Digits) < 3 {
		return "", false
	}
	return runs[0].Digits, runs[0].Start() == 0 && runs[0].End() == len(text)
}

var languages = []string{"en", "es", "fr", "de"}

var units = map[string]map[string]string{
	"en": {"zero": "0", "oh": "0", "o": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9"},
	"es": {"cero": "0", "uno": "1", "dos": "2", "tres": "3", "cuatro": "4", "cinco": "5", "seis": "6", "siete": "7", "ocho": "8", "nueve": "9"},
	"fr": {"zéro": "0", "zero": "0", "un": "1", "deux": "2", "trois": "3", "quatre": "4", "cinq": "5", "six": "6", "sept": "7", "huit": "8", "neuf": "9"},
	"de": {"null": "0", "eins": "1", "zwei": "2", "zwo": "2", "drei": "3", "vier": "4", "fünf": "5", "funf": "5", "sechs": "6", "sieben": "7", "acht": "8", "neun": "9"},
}

func findIn(text, lang string) []Run {
	var runs []Run
	var r Run
	written, plus := false, false
	end := func() {
		if written || len(r.Digits) > 2 {
			runs = append(runs, r)
		}
		r, written = Run{}, false
	}
	for i := 0; i < len(text); {
		c, size := utf8.DecodeRuneInString(text[i:])
		j := i + size
		switch {
		case unicode.IsLetter(c):
			for j < len(text) {
				c, size := utf8.DecodeRuneInString(text[j:])
				if !unicode.IsLetter(c) {
					break
				}
				j += size
			}
		case c >= '0' && c <= '9':
		default:
			if c == '+' {
				end()
			}
			plus = c == '+'
			i = j
			continue
		}
		digit, ok := units[lang][strings.ToLower(text[i:j])]
		if c >= '0' && c <= '9' {
			digit, ok, written = text[i:j], true, true
		}
		if !ok {
			end()
		} else {
			if r.Digits == "" {
				r = Run{Plus: plus, Lang: lang, Spans: []Span{{i, j}}}
			}
			r.Digits += digit
			r.Spans[0].End = j
		}
		plus = false
		i = j
	}
	end()
	return runs
}
