package words

import "afterbeep/index/query"

// unsaid are the codes that say that nobody knows the language.
var unsaid = map[string]bool{"": true, "und": true, "mul": true, "mis": true, "zxx": true, "xx": true, "unknown": true, "auto": true}

// leastHot is how many frequent words of a language a text must have for the
// language to be guessed by them.
const leastHot = 2

// Spoken returns the base code of the language of a text: the code that it came
// with, or where that says nothing, the one of English, Spanish, French and
// German that most of its frequent words are of. It is "" where these are few or
// as many are of another.
func Spoken(lang, text string) string {
	if base := Base(lang); !unsaid[base] {
		return base
	}
	known := hotLanguages()
	var counts [len(hotBases)]int
	for _, t := range query.Tokens(text) {
		of := known[t.Text]
		for i := range counts {
			counts[i] += int(of >> i & 1)
		}
	}
	best, second := 0, 0
	for i := 1; i < len(counts); i++ {
		if counts[i] > counts[best] {
			best = i
		}
	}
	for i, n := range counts {
		if i != best {
			second = max(second, n)
		}
	}
	if counts[best] < leastHot || counts[best] == second {
		return ""
	}
	return hotBases[best]
}
