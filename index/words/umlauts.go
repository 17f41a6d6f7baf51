package words

import "slices"

// shortestUmlaut is the shortest word whose spellings are tried: "does" is not
// "dös".
const shortestUmlaut = 5

// Spellings returns the other ways in which a folded word may stand in a text
// because umlauts are spelled out or not: "muller" for "mueller" and the other
// way round. Few of them are words at all: what the index doesn't have is none.
// It is empty for words under five letters and for those with anything but
// Latin letters.
func Spellings(folded string) []string {
	if len(folded) < shortestUmlaut || !latin(folded) {
		return nil
	}
	var out []string
	put := func(w string) {
		if w != folded && !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	short, places := withoutUmlauts(folded)
	put(short)
	for _, i := range places { // only one at a time: names have seldom two
		put(short[:i+1] + "e" + short[i+1:])
	}
	return out
}

// withoutUmlauts leaves out the e of every ae, oe and ue that may be an umlaut,
// and says where one may stand: at each a, o and u without a vowel beside it.
func withoutUmlauts(word string) (short string, places []int) {
	var out []byte
	for i := range len(word) {
		if word[i] == 'e' && mayBeUmlaut(word, i-1) && !among(at(word, i+1), "aeiou") {
			continue
		}
		out = append(out, word[i])
	}
	for i := range out {
		if mayBeUmlaut(string(out), i) && !among(at(string(out), i+1), "aeiouy") {
			places = append(places, i)
		}
	}
	return string(out), places
}

// mayBeUmlaut tells whether the letter at i is an a, o or u with no vowel nor q before it.
func mayBeUmlaut(word string, i int) bool {
	return among(at(word, i), "aou") && !among(at(word, i-1), "aeiouyq")
}
