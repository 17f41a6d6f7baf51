package numbers

import (
	"slices"
	"testing"
)

// What was said is said again to be sure, or goes on behind "I think": it is one
// number where that makes one, and what it was before where it doesn't.
func TestFindSaidAgain(t *testing.T) {
	tests := []struct{ name, text, lang, want string }{
		{"area code again", "my number is four one five that's four one five triple five oh one two seven", "en", "4155550127"},
		{"goes on", "six one seven that's triple five oh one three four", "en", "6175550134"},
		{"doubted and confirmed", "six one seven that's triple five i think no yeah triple five oh one three four", "en", "6175550134"},
		{"again and doubted", "five one two that's five one two i think five five five oh one nine two", "en", "5125550192"},
		{"checked", "it's three one two um triple five hang on let me check yeah triple five oh one six eight", "en", "3125550168"},
		{"corrected by a longer end", "it's oh one six one four nine six oh i think it's double seven three yes oh double seven three", "en", "01614960773"},
		{"believed", "my cell is three oh three five five five i believe oh one seven four", "en", "3035550174"},
		{"denied and confirmed", "seven two oh that's triple five no wait yeah triple five oh one one nine", "en", "7205550119"},
		{"all of it again", "it's six one seven five five five oh one two three that's six one seven five five five oh one two three", "en", "6175550123 6175550123"},
		{"behind the area code's name", "five five five zero one one six that's area code two oh six", "en", "2065550116"},
		{"Spanish", "es el cinco cinco cinco creo que treinta y cuatro sí treinta y cuatro cero dos once", "es", "555340211"},
		{"French", "c'est le zéro deux soixante et un quatre-vingt-onze je crois que c'est soixante-dix oui soixante-dix zéro huit", "fr", "0261917008"},
		{"German", "null eins sieben eins drei neun zwei null zwo glaube ich ja null zwo fünf acht", "de", "01713920258"},
		{"German group again", "null zwei zwei eins vier sechs neun also vier sechs neun dreimal die eins", "de", "0221469111"},
		{"twice a number of two digits", "rappelez au zéro cinq trois six quarante-neuf deux fois le treize", "fr", "0536491313"},
		{"in German", "null vier null zweimal die siebzehn dreiundzwanzig neun", "de", "0401717239"},

		{"doubled behind a pause", "null vier null doppel also sechs neun sechs neun drei eins acht", "de", "04066969318"},
		{"a card's groups alike", "vier eins eins eins also 1111 ähm 1111 eins eins eins eins", "de", "4111111111111111"},
		{"twice on a day", "j'ai été prélevé de quatre-vingt-dix deux fois le douze mars", "fr", "90212"},
		{"sums", "we paid six hundred that's two hundred too much", "en", "600 200"},
		{"a count behind it", "my number is six one seven five five five oh one two three that's two phones", "en", "6175550123"},
		{"two numbers", "six one seven five five five oh one two three yes six one seven five five five oh one nine nine", "en", "6175550123 6175550199"},
		{"an order and a sum", "order four five six seven i think fifty euros", "en", "4567 50"},
		{"goes on and then a day", "six one seven that's triple five oh one three four i think by the twelfth", "en", "6175550134"},
		{"German sums", "ich habe zweihundert bezahlt also dreihundert zu viel", "de", "200 300"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := digitsIn(tt.text, tt.lang); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// Where what was said again may also go on, the other one is not lost.
func TestAgainKeepsTheOther(t *testing.T) {
	runs := Find("null sechs neun neunhundert null null äh warten sie null null einundzwanzig", "de")
	if len(runs) != 1 || runs[0].Digits != "0699000021" && !slices.Contains(runs[0].Alts, "0699000021") {
		t.Errorf("got %v", runs)
	}
}
