package numbers

import (
	"strings"
	"testing"
)

func TestFindAmongOtherThings(t *testing.T) {
	tests := []struct{ name, text, lang, want string }{
		{"hundreds of thousands in one word", "personalnummer dreihundertfünfundvierzigtausendeinhundertzwölf", "de", "345112"},
		{"what ends it named", "le zéro quatre soixante-cinq soixante et onze vingt-huit et pour finir soixante-trois", "fr", "0465712863"},
		{"what ends it named, in German", "null eins sieben eins drei neun zwo null null und zum schluss sieben sieben", "de", "01713920077"},
		{"mostly sound-alikes", "call for won for five five five oh won ate ate", "en", "4145550188"},
		{"few sound-alikes", "we want to pay for two to four people", "en", ""},
		{"the area code named behind it", "five five five zero one one six that's in the two oh six area code", "en", "2065550116"},
		{"an area code of something else", "I moved to the two oh six area code", "en", "206"},
		{"a sound in parentheses", "six one seven (laughs) five five five [noise] zero one two three", "en", "6175550123"},
		{"a sound of two words", "six one seven (background noise) five five five zero one two three", "en", "6175550123"},
		{"digits in brackets", "[617] 555 0123", "en", "617 5550123"},
		{"an aside in parentheses", "555 0123 (home) 555 0199 (work)", "en", "5550123 5550199"},
		{"who is asked to wait", "null eins fünf eins, warten sie, fünf zwei, zwo zwo eins eins null null", "de", "015152221100"},
		{"what was wrong is said again", "six one seven five five five oh one nine five sorry not nine five nine six", "en", "6175550196"},
		{"what was wrong is not the end", "six one seven five five five oh one nine five sorry not two one nine six", "en", "6175550195 2196"},
		{"sums in a row", "in 2019 we paid 617 and then 555 and then 0123", "en", "2019 617 555 0123"},
		{"written groups with a hint", "call me at 617 and then 555 and then 0123", "en", "6175550123"},
		{"written groups alone", "617 and then 555, then 0123", "en", "6175550123"},
		{"spoken groups", "so it was six one seven and then five five five and then zero one two three", "en", "6175550123"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := digitsIn(tt.text, tt.lang); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// digitsIn is what Find finds, the digits of each run.
func digitsIn(text, lang string) string {
	var out []string
	for _, r := range Find(text, lang) {
		out = append(out, r.Digits)
	}
	return strings.Join(out, " ")
}
