package words

import (
	"slices"

	"afterbeep/index/query"
)

// unsaid are the codes that say that nobody knows the language.
var unsaid = map[string]bool{"": true, "und": true, "mul": true, "mis": true, "zxx": true, "xx": true, "unknown": true, "auto": true}

const (
	// leastHot is how many frequent words of a language a text must have for the
	// language to be guessed by them, and leastWrong how many where it came with
	// another one: then they must also be more than so many times that one's.
	leastHot, leastWrong, timesWrong = 2, 6, 3
	// shortestStem is the fewest letters of a word that is stemmed in languages that
	// it may not be of.
	shortestStem = 4
)

// Spoken returns the base code of the language of a text: the code that it came
// with, or where that says nothing or is surely wrong, the one of English,
// Spanish, French and German that most of its frequent words are of. It is ""
// where no code came and these are few or as many are of another.
func Spoken(lang, text string) string { return SpokenTokens(lang, query.Tokens(text)) }

// SpokenTokens is Spoken of a text that is cut into tokens already.
func SpokenTokens(lang string, tokens []query.Token) string {
	base := Base(lang)
	came := slices.Index(hotBases[:], base)
	if came < 0 && specs[base].stem != nil {
		return base
	}
	counts := hotCounts(tokens)
	best, second := 0, 0
	for i, n := range counts {
		if n > counts[best] {
			best = i
		}
	}
	for i, n := range counts {
		if i != best {
			second = max(second, n)
		}
	}
	switch {
	case unsaid[base] && counts[best] >= leastHot && counts[best] > second:
		return hotBases[best]
	case unsaid[base]:
		return ""
	case counts[best] < leastWrong || came >= 0 && counts[best] <= timesWrong*counts[came]:
		return base
	}
	return hotBases[best]
}

// hotCounts is how many frequent words of each language of hotBases are among tokens.
func hotCounts(tokens []query.Token) (counts [len(hotBases)]int) {
	known := hotLanguages()
	for _, t := range tokens {
		of := known[t.Text]
		for i := range counts {
			counts[i] += int(of >> i & 1)
		}
	}
	return counts
}

// StemsOfAny returns the terms that a folded word has in English, Spanish, French
// and German: in a text that may be of any of them. None of a word that is hot,
// short or of other letters.
func StemsOfAny(folded string) []string {
	if len(folded) < shortestStem || !latin(folded) || Hot(folded) {
		return nil
	}
	var out []string
	for _, base := range hotBases {
		if stem, ok := Stem(base, folded); ok {
			out = append(out, base+"/"+stem)
		}
	}
	return out
}
