//go:build !words_bleve

package words

import "strings"

// specs are the languages with stems.
var specs = map[string]spec{
	"en": {stem: func() func(string) string { return plain("ingly", "ings", "ing", "ed", "es", "s", "e") }},
	"es": {stem: func() func(string) string {
		return plain("ando", "iendo", "aron", "ieron", "ados", "adas", "ado", "ada", "ar", "er", "ir", "es", "os", "as", "o", "a", "e", "s")
	}},
	"fr": {stem: func() func(string) string {
		return plain("ements", "ement", "erons", "erai", "ees", "ee", "es", "er", "ez", "ent", "ons", "e", "s")
	}},
	"de": {stem: func() func(string) string {
		return plain("ungen", "ung", "ern", "em", "en", "er", "es", "st", "e", "t", "s", "n")
	}},
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
