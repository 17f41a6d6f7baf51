//go:build !words_bleve

package words

import "strings"

// specs are the languages with stems.
var specs = map[string]spec{
	"en": {stem: made(chain(replacing(irregularEnglish), plain("ingly", "ings", "ing", "ied", "ies", "ed", "es", "s", "e", "y")))},
	"es": {stem: made(stemSpanish(plain("aciones", "ación", "ándome", "arme", "arle", "arlo", "ando", "iendo", "aron", "ieron", "ados", "adas", "idos", "idas", "ado", "ada", "ido", "ida", "amos", "aba", "aban", "aste", "ar", "er", "ir", "en", "an", "es", "os", "as", "o", "a", "e", "s")))},
	"fr": {stem: made(stemFrench(plain("ements", "ement", "erons", "erai", "era", "ees", "ee", "es", "er", "ez", "ait", "ais", "ent", "ons", "e", "s")))},
	"de": {stem: made(stemGerman(strings.NewReplacer("ae", "a", "oe", "o", "ue", "u").Replace, plain("ern", "em", "en", "er", "es", "est", "st", "e")))},
}

func made(stem func(string) string) func() func(string) string {
	return func() func(string) string { return stem }
}

// plain cuts the first of the suffixes that leaves three letters.
func plain(suffixes ...string) func(string) string {
	return func(word string) string {
		for _, s := range suffixes {
			if strings.HasSuffix(word, s) && len(word)-len(s) >= 3 {
				return strings.TrimSuffix(word, s)
			}
		}
		return word
	}
}

func stopSet([]byte) map[string]bool { return nil }
