package words

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSpoken(t *testing.T) {
	for _, tt := range []struct{ lang, text, want string }{
		{"", "hi it's me can you call me back about my invoices", "en"},
		{"", "hola soy yo quería saber cuándo llega mi pedido gracias", "es"},
		{"und", "bonjour je vous appelle pour ma facture merci de me rappeler", "fr"},
		{"", "guten tag ich habe eine frage zu meiner rechnung bitte rufen sie mich an", "de"},
		{"", "Kraków Gdańsk Warszawa", ""},
		{"", "", ""},
		{"", "taxi", ""},
		{"pl", "hi it's me can you call me back", "pl"},
		{"en-US", "hola soy yo gracias", "en"},
		{"en-US", "guten tag ich habe eine frage zu meiner rechnung bitte rufen sie mich an", "de"},
		{"en-US", "hola i am calling about the invoice that you sent to me por favor", "en"},
		{"tlh", "guten tag ich habe eine frage zu meiner rechnung bitte rufen sie mich an", "de"},
		{"tlh", "hab SoSlI' Quch", "tlh"},
		{"nl", "dag ik heb een vraag over mijn rekening kunt u mij in de week bellen was ik ist", "nl"},
	} {
		if got := Spoken(tt.lang, tt.text); got != tt.want {
			t.Errorf("Spoken(%q, %q) = %q, want %q", tt.lang, tt.text, got, tt.want)
		}
	}
}

func TestStemsOfAny(t *testing.T) {
	for word, want := range map[string][]string{
		"gekundigt": {"de/kundig", "en/gekundigt", "es/gekundigt", "fr/gekundigt"},
		"bonjour":   nil, // hot
		"taxe":      {"de/tax", "en/tax", "es/tax", "fr/tax"},
		"уход":      nil,
		"uhr":       nil,
	} {
		if diff := cmp.Diff(want, StemsOfAny(word)); diff != "" {
			t.Errorf("%s: -want +got\n%s", word, diff)
		}
	}
}
