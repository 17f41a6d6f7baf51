package words

import "strings"

// koelner returns the Kölner Phonetik of a word of the letters a-z (Postel
// 1969): a digit for each group of consonants that German speakers confuse,
// runs of one digit written once, vowels only as a leading zero.
func koelner(word string) string {
	var raw []byte
	for i := range len(word) {
		raw = append(raw, koelnerLetter(word, i)...)
	}
	out := make([]byte, 0, len(raw))
	for i, d := range raw {
		if i > 0 && raw[i-1] == d || d == '0' && i > 0 {
			continue
		}
		out = append(out, d)
	}
	return string(out)
}

// koelnerLetter returns the digits of the letter at i, none for a silent h.
func koelnerLetter(word string, i int) string {
	before, after := at(word, i-1), at(word, i+1)
	switch word[i] {
	case 'a', 'e', 'i', 'j', 'o', 'u', 'y':
		return "0"
	case 'b':
		return "1"
	case 'p':
		if after == 'h' {
			return "3"
		}
		return "1"
	case 'd', 't':
		if among(after, "csz") {
			return "8"
		}
		return "2"
	case 'f', 'v', 'w':
		return "3"
	case 'g', 'k', 'q':
		return "4"
	case 'c':
		return koelnerC(i == 0, before, after)
	case 'x':
		if among(before, "ckq") {
			return "8"
		}
		return "48"
	case 'l':
		return "5"
	case 'm', 'n':
		return "6"
	case 'r':
		return "7"
	case 's', 'z':
		return "8"
	}
	return "" // h
}

func koelnerC(initial bool, before, after byte) string {
	switch {
	case initial && among(after, "ahkloqrux"), !initial && among(after, "ahkoqux") && !among(before, "sz"):
		return "4"
	}
	return "8"
}

// at returns the letter at i, 0 outside the word.
func at(word string, i int) byte {
	if i < 0 || i >= len(word) {
		return 0
	}
	return word[i]
}

// among tells whether a letter is there and among some.
func among(letter byte, some string) bool {
	return letter != 0 && strings.IndexByte(some, letter) >= 0
}
